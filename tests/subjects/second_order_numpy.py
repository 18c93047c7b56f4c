#!/usr/bin/python3
"""Second-order rules in NumPy, in binary64 or binary32, by one of several orders of operations.

Usage: second_order_numpy.py WAY       `solve`, `eigh` or `orthogonal`: how systems are solved
"""
import os
import sys

import numpy

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tools", "adapters"))
import plumbline_subject

WAY = sys.argv[1]
TYPES = {"binary64": numpy.float64, "binary32": numpy.float32}


def solved(matrix, right):
    """Of a symmetric matrix."""
    if WAY == "solve":
        return numpy.linalg.solve(matrix, right)
    if WAY == "eigh":
        values, vectors = numpy.linalg.eigh(matrix)
        return vectors @ ((vectors.T @ right) / values.reshape(-1, *[1] * (right.ndim - 1)))
    q, r = numpy.linalg.qr(matrix)
    return numpy.linalg.solve(r, q.T @ right)


class Loop:
    """Point, questions and hyperparameters of one task, in its format."""

    def __init__(self, task, objective):
        self.task, self.objective = task, objective
        self.type = TYPES[task.format]
        self.shapes = [parameter.shape for parameter in task.parameters]
        self.point = self.array([x for p in task.parameters for x in p.values])
        self.share = self.number("learning_rate", 1.0)

    def number(self, name, neutral):
        return self.type(self.task.hyperparameters.number(name, neutral))

    def array(self, values):
        return numpy.array(values, dtype=self.type)

    def tensors(self, point):
        sizes = numpy.cumsum([int(numpy.prod(shape)) for shape in self.shapes])[:-1]
        return [part.tolist() for part in numpy.split(point, sizes)]

    def ask(self, point, *names):
        """The value, the gradient, and what was wanted, in order."""
        value, gradients, wanted = self.objective.wanting(self.tensors(point), *names)
        flat = self.array([x for gradient in gradients for x in gradient])
        return (self.type(value), flat, *(self.array(wanted[name]) for name in names))

    def run(self, move, state=dict):
        for _ in range(self.task.steps):
            self.point = self.point - self.share * move()
        return plumbline_subject.Minimum(self.tensors(self.point), state())


def newton(task, objective):
    loop = Loop(task, objective)
    damping = loop.number("damping", 0.0)

    def move():
        _, gradient, hessian = loop.ask(loop.point, "hessian")
        return solved(hessian + damping * numpy.eye(len(gradient), dtype=loop.type), gradient)
    return loop.run(move)


def gauss_newton(task, objective):
    loop = Loop(task, objective)
    damping = loop.number("damping", 0.0)

    def move():
        _, _, residuals, jacobian = loop.ask(loop.point, "residuals", "jacobian")
        system = numpy.einsum("ij,ik->jk", jacobian, jacobian)
        return solved(system + damping * numpy.eye(len(system), dtype=loop.type),
                      (residuals.ravel()[::-1] @ jacobian[::-1]))
    return loop.run(move)


def levenberg_marquardt(task, objective):
    """Marquardt's, with the factors that are asked for."""
    loop = Loop(task, objective)
    damping = loop.number("damping", 0.0)
    decrease, increase = loop.number("decrease_factor", 0.1), loop.number("increase_factor", 10.0)
    state = {"damping": damping}

    def move():
        value, _, residuals, jacobian = loop.ask(loop.point, "residuals", "jacobian")
        system = jacobian.T @ jacobian
        damped = system + state["damping"] * numpy.diag(numpy.diag(system))
        step = solved(damped, residuals.ravel() @ jacobian)
        reached = loop.ask(loop.point - step)[0]
        taken = reached < value
        state["damping"] = state["damping"] * (decrease if taken else increase)
        return step if taken else numpy.zeros_like(step)
    return loop.run(move, lambda: {"damping": [state["damping"]]})


def natural_gradient(task, objective):
    loop = Loop(task, objective)
    damping, scale = loop.number("damping", 0.0), loop.number("diagonal_scale", 0.0)
    radius = loop.number("max_kl", 0.0)

    def move():
        _, gradient, fisher = loop.ask(loop.point, "fisher")
        damped = fisher + numpy.diag(scale * numpy.diag(fisher) + damping)
        direction = solved(damped, gradient)
        if radius == 0:
            return direction
        half = loop.type(0.5) * (direction @ damped @ direction)
        return direction / numpy.sqrt(half / radius)
    return loop.run(move)


def hessian_free(task, objective):
    loop = Loop(task, objective)
    damping = loop.number("damping", 0.0)
    iterations = task.hyperparameters.integer("iterations")

    def move():
        _, gradient, jacobian = loop.ask(loop.point, "jacobian")
        result = numpy.zeros_like(gradient)
        rest = direction = -gradient
        for _ in range(iterations):
            image = jacobian.T @ (jacobian @ direction) + damping * direction
            length = (rest @ rest) / (direction @ image)
            result = result + length * direction
            before, rest = rest, rest - length * image
            direction = rest + (rest @ rest) / (before @ before) * direction
        return -result
    return loop.run(move)


def kfac(task, objective):
    loop = Loop(task, objective)
    damping = loop.number("damping", 0.0)
    decay = loop.number("factor_decay", 0.0)
    factors, steps = {}, iter(range(1, task.steps + 1))

    def averaged(key, now, kept):
        factors[key] = kept * factors[key] + (1 - kept) * now if key in factors else now
        return factors[key]

    def move():
        kept = min(loop.type(1) - loop.type(1) / loop.type(next(steps)), decay)
        _, _, inputs, slopes = loop.ask(loop.point, "layer_inputs", "layer_output_gradients")
        count, moves = loop.type(len(inputs)), []
        for layer, (outputs, width) in enumerate(loop.shapes[::2]):
            a = numpy.hstack([inputs[:, :width], numpy.ones((len(inputs), 1), loop.type)])
            d, inputs, slopes = slopes[:, :outputs], inputs[:, width:], slopes[:, outputs:]
            first, second = (a.T / count) @ a, numpy.einsum("ni,nj->ij", d, d) / count
            first = averaged((layer, "inputs"), first, kept)
            second = averaged((layer, "outputs"), second, kept)
            pi = numpy.sqrt((numpy.trace(first) * len(second)) / (numpy.trace(second) * len(first)))
            root = numpy.sqrt(damping)
            left = second + root / pi * numpy.eye(len(second), dtype=loop.type)
            right = first + root * pi * numpy.eye(len(first), dtype=loop.type)
            step = solved(left, solved(right, (a.T @ d) / count).T)
            moves += [step[:, :-1].ravel(), step[:, -1]]
        return numpy.concatenate(moves)

    def state():
        return {name + "_factors": numpy.concatenate(
            [factors[key].ravel() for key in sorted(factors) if key[1] == name + "s"])
            for name in ("input", "output")}
    return loop.run(move, state)


plumbline_subject.serve("second-order rules in NumPy, " + WAY, "1", formats=tuple(TYPES),
                        minimizers={"newton": newton, "gauss_newton": gauss_newton,
                                    "levenberg_marquardt": levenberg_marquardt,
                                    "natural_gradient": natural_gradient,
                                    "hessian_free": hessian_free, "kfac": kfac})
