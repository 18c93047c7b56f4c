#!/usr/bin/python3
"""Mirror descent, the gradient flow and the rules without gradients in NumPy, each computed in
another order than the reference's: conforms, in binary64 and binary32.

    free_rules.py           the first dialect of each rule
    free_rules.py other     another one of each
"""
import math
import sys
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "adapters"))
import plumbline_subject  # noqa: E402

OTHER = sys.argv[1:] == ["other"]
TYPES = {"binary64": numpy.float64, "binary32": numpy.float32}


class MirrorDescent:
    """In the dual variables; on the simplex by a softmax that cannot overflow."""

    def __init__(self, task):
        self.rates = [p.hyperparameters.number("learning_rate") for p in task.parameters]
        self.parameters = [numpy.array(p.values, TYPES[p.format]) for p in task.parameters]

    def set_learning_rate(self, learning_rate):
        self.rates = [learning_rate] * len(self.rates)

    def step(self, gradients):
        for values, rate, gradient in zip(self.parameters, self.rates, gradients):
            if gradient is not None and values.size:
                values[:] = self.moved(values, values.dtype.type(rate),
                                       numpy.array(gradient, values.dtype))
        return self.parameters

    @staticmethod
    def moved(values, rate, gradient):
        if OTHER:
            return values / numpy.exp(rate * gradient)
        # The greatest exponent is taken off, and products are added from the last on.
        exponents = -(rate * gradient)
        weights = values * numpy.exp(exponents - exponents.max())
        return weights / weights[::-1].cumsum()[-1]

    def state(self):
        return {}


def flat(tensors, kind):
    return numpy.concatenate([numpy.array(tensor, kind).ravel() for tensor in tensors])


class Loop:
    """A flat point over the tensors of the task, in its format."""

    def __init__(self, task, objective):
        self.kind = TYPES[task.format]
        self.sizes = [len(parameter.values) for parameter in task.parameters]
        self.objective = objective
        self.point = flat([parameter.values for parameter in task.parameters], self.kind)
        self.draws = [numpy.array(step, self.kind) for step in task.draws[:task.steps]]
        self.number = lambda name, *neutral: self.kind(task.hyperparameters.number(name, *neutral))

    def ended(self, **state):
        return plumbline_subject.Minimum(
            self.tensors(self.point), {name: numpy.ravel(values) for name, values in state.items()})

    def tensors(self, point):
        return numpy.split(point, numpy.cumsum(self.sizes)[:-1])

    def value(self, point):
        return self.kind(self.objective(self.tensors(point))[0])

    def slopes(self, point):
        _, gradients, hessian = self.objective.with_hessian(self.tensors(point))
        return flat(gradients, self.kind), numpy.array(hessian, self.kind)


def gradient_flow(task, objective):
    loop = Loop(task, objective)
    time = loop.number("learning_rate")
    for _ in range(task.steps):
        gradient, hessian = loop.slopes(loop.point)
        if OTHER:  # by elimination, in the format itself
            system = numpy.eye(gradient.size, dtype=loop.kind) + hessian * time
            loop.point = loop.point - time * numpy.linalg.solve(system, gradient)
            continue
        values, vectors = numpy.linalg.eigh(hessian)
        exponents = values * time
        small = numpy.abs(exponents) < 1e-3
        safe = numpy.where(small, loop.kind(1), exponents)
        shares = numpy.where(small, 1 - exponents / 2 + exponents ** 2 / 6,
                             -numpy.expm1(-safe) / safe)
        loop.point = loop.point - vectors @ (shares * time * (vectors.T @ gradient))
    return loop.ended()


def evolution_strategy(task, objective):
    loop = Loop(task, objective)
    sigma = loop.number("step_size")
    size, one = loop.point.size, loop.kind(1)
    best = loop.value(loop.point)
    rate = loop.kind(2) / loop.kind(11)
    for drawn in loop.draws:
        trial = drawn * sigma + loop.point
        value = loop.value(trial)
        succeeds = value <= best
        if OTHER:
            rate = rate + (loop.kind(succeeds) - rate) / 12
            sigma *= numpy.exp((rate - one * 2 / 11) * 11 / 9 / (1 + one * size / 2))
        else:
            exponent = loop.kind(4 if succeeds else -1) / (5 * numpy.sqrt(one * (size + 1)))
            sigma = numpy.exp(exponent) * sigma
        if succeeds:
            loop.point, best = trial, value
    adapted = {"success_rate": rate} if OTHER else {}
    return loop.ended(step_size=sigma, value=best, **adapted)


def simulated_annealing(task, objective):
    """Draws a uniform number only for what is worse, as GSL does; here it is given anyway."""
    loop = Loop(task, objective)
    spread, temperature = loop.number("step_size"), loop.number("temperature")
    cooling = loop.number("cooling", 1.0)
    walk = best = (loop.value(loop.point), loop.point)
    for drawn in loop.draws:
        trial = walk[1] + drawn[:-1] * spread
        value = loop.value(trial)
        if value <= walk[0] or drawn[-1] < numpy.exp((walk[0] - value) / temperature):
            walk = (value, trial)
        if value < best[0]:
            best = (value, trial)
        temperature *= cooling
    loop.point = (best if OTHER else walk)[1]
    wandering = {"walker": walk[1], "best_value": best[0]} if OTHER else {}
    return loop.ended(value=walk[0], **wandering)


def normal_distribution(values):
    """Through erfc, which keeps digits far below, in double precision."""
    return numpy.array([math.erfc(-float(value) / math.sqrt(2)) / 2 for value in values],
                       values.dtype)


class Process:
    """A Gaussian process by its Cholesky factor, with points scaled before distances."""

    def __init__(self, loop, points, values):
        self.length = loop.number("length_scale")
        self.signal = loop.number("signal_variance", 1.0)
        self.points = numpy.array(points) / self.length
        covariances = self.kernel(self.points)
        covariances[numpy.diag_indices_from(covariances)] += loop.number("noise")
        self.lower = numpy.linalg.cholesky(covariances)
        solve = numpy.linalg.solve
        self.weights = solve(self.lower.T, solve(self.lower, values))

    def kernel(self, scaled):
        differences = scaled[:, None, :] - self.points[None, :, :]
        squares = numpy.einsum("ijk,ijk->ij", differences, differences)
        if not OTHER:
            return self.signal * numpy.exp(squares / -2)
        five = squares * 5
        root = numpy.sqrt(five)
        return (five / 3 + root + 1) * self.signal / numpy.exp(root)

    def predict(self, points):
        across = self.kernel(points / self.length)
        whitened = numpy.linalg.solve(self.lower, across.T)
        return across @ self.weights, self.signal - (whitened * whitened).sum(axis=0)


def bayesian_optimization(task, objective):
    """Its other dialect is scikit-optimize's."""
    loop = Loop(task, objective)
    kept = int(loop.number("history_size", 4.0))
    points, values = [], []
    for drawn in loop.draws:
        points = [*points, loop.point][-kept:]
        values = [*values, loop.value(loop.point)][-kept:]
        observed = numpy.array(values, loop.kind)
        offset, unit = (observed.mean(), observed.std()) if OTHER else (loop.kind(0), loop.kind(1))
        unit = unit if unit > 0 and len(values) > 1 else loop.kind(1)
        candidates = drawn.reshape(-1, loop.point.size)
        mean, variance = Process(loop, points, (observed - offset) / unit).predict(candidates)
        deviation = numpy.sqrt(variance * unit * unit)
        u = (observed.min() - loop.number("exploration", 0.01) - (unit * mean + offset)) / deviation
        density = numpy.exp(u * u / -2) * loop.kind(1 / math.sqrt(2 * math.pi))
        gains = (normal_distribution(u) * u + density) * deviation
        loop.point = candidates[numpy.argmax(gains)]

    def newest_first(rows, shape):
        """In as many rows as are kept."""
        filled = numpy.zeros((kept, *shape), loop.kind)
        filled[:len(rows)] = rows[::-1]
        return filled
    return loop.ended(points=newest_first(points, loop.point.shape),
                      values=newest_first(values, ()), acquisition=gains.max())


if __name__ == "__main__":
    numpy.seterr(all="ignore")
    plumbline_subject.serve(
        "NumPy in other orders", numpy.__version__, {"mirror_descent": MirrorDescent},
        formats=TYPES,
        minimizers={"gradient_flow": gradient_flow, "evolution_strategy": evolution_strategy,
                    "simulated_annealing": simulated_annealing,
                    "bayesian_optimization": bayesian_optimization})
