#!/usr/bin/python3
"""LAMB and LARS as one would write them in NumPy: good subjects, in several orders of operations.

Usage: numpy_layerwise.py [DIALECT]      (default: paper)

The dialect holds for whichever rule has one of this name. Norms are taken in one of five ways,
and products in one of two orders, by a count that each tensor begins at its step: none of it
may show. Needs Debian's python3-numpy, and plumbline_subject.py on PYTHONPATH.
"""
import itertools
import sys

import numpy
import plumbline_subject

DIALECT = sys.argv[1] if len(sys.argv) > 1 else "paper"
FORMATS = {"binary64": numpy.float64, "binary32": numpy.float32}
WAYS = itertools.count()


def begin(step):
    """The same step of any optimizer goes the same ways."""
    global WAYS
    WAYS = itertools.count(step)


def norm(x):
    """By BLAS, by einsum, pairwise, by columns first, and scaled so that nothing overflows."""
    kind, way = x.dtype.type, next(WAYS) % 5
    if way == 0:
        return kind(numpy.linalg.norm(x))
    if way == 1:
        return numpy.sqrt(numpy.einsum("i,i->", x.ravel(), x.ravel()))
    if way == 2:
        return numpy.sqrt(numpy.square(x).sum())
    if way == 3:
        flat = numpy.atleast_2d(x)
        return numpy.sqrt((flat.T ** 2).sum(axis=1)[::-1].sum())
    largest = numpy.abs(x).max()
    return largest * numpy.sqrt(((x / largest) ** 2).sum()) if largest > 0 else kind(0)


def times(first, second, tensor):
    """The product of two numbers and a tensor."""
    kind = tensor.dtype.type
    if next(WAYS) % 2:
        return kind(first) * (kind(second) * tensor)
    return kind(kind(first) * kind(second)) * tensor


class Lamb:
    hyperparameters = {"beta1": None, "beta2": None, "epsilon": None, "weight_decay": 0.0}
    before = DIALECT.startswith("decay_before") or DIALECT == "weight_norm_at_most_ten"

    def __init__(self, h, x):
        self.h, self.t = h, 0
        self.m, self.v = numpy.zeros_like(x), numpy.zeros_like(x)

    def step(self, x, g, rate):
        h, kind = self.h, x.dtype.type
        decay, epsilon = h["weight_decay"], kind(h["epsilon"])
        self.t += 1
        begin(self.t)
        if DIALECT.startswith("coupled"):
            g = g + kind(decay) * x
        if self.before:
            x = x * kind(1 - rate * decay)
        share = 1 if DIALECT.startswith("gradient_sum") else 1 - h["beta1"]
        self.m = kind(h["beta1"]) * self.m + kind(share) * g
        self.v = self.v + kind(1 - h["beta2"]) * (g * g - self.v)
        first, second = 1 - h["beta1"] ** self.t, 1 - h["beta2"] ** self.t
        size = rate
        if DIALECT in ("uncorrected", "ratio_in_bounds", "weight_norm_at_most_ten"):
            u = self.m / (numpy.sqrt(self.v) + epsilon)
            if DIALECT != "uncorrected":
                size = rate / first * (second ** 0.5 if DIALECT == "ratio_in_bounds" else 1)
        elif next(WAYS) % 2:
            u = (self.m / kind(first)) / (numpy.sqrt(self.v / kind(second)) + epsilon)
        else:
            u = (self.m / kind(first)) / (numpy.sqrt(self.v) / kind(second ** 0.5) + epsilon)
        if not (self.before or DIALECT.startswith("coupled") or DIALECT == "capped_update"):
            u = u + kind(decay) * x
        x = x - times(size, self.ratio(x, u), u)
        if DIALECT == "capped_update":
            x = x * kind(1 - rate * decay)
        return x

    def ratio(self, x, u):
        kind = x.dtype.type
        if "only_with_decay" in DIALECT and not self.h["weight_decay"] > 0:
            return kind(1)
        weight, own = norm(x), norm(u)
        frozen = DIALECT in ("capped_update", "frozen_at_zero")
        if not own > 0 or not (weight > 0 or frozen):
            return kind(1)
        if DIALECT == "ratio_in_bounds":
            return numpy.clip(weight / own, kind(0.01), kind(10))
        if DIALECT == "weight_norm_at_most_ten":
            return min(weight, kind(10)) / (own + kind(self.h["epsilon"]))
        if DIALECT in ("capped_update", "ratio_at_most_one_only_with_decay"):
            return min(weight / own, kind(1))
        return weight / own

    def state(self):
        return {"first_moment": self.m, "second_moment": self.v}


class Lars:
    hyperparameters = {"momentum": None, "trust_coefficient": 1.0, "epsilon": 0.0,
                       "weight_decay": 0.0}
    inside = DIALECT in ("paper", "nesterov") or DIALECT.startswith("norm_of_sum")
    of_momentum = DIALECT in ("capped_momentum", "averaged_momentum_norm")

    def __init__(self, h, x):
        self.h, self.v, self.t = h, numpy.zeros_like(x), 0
        if (self.of_momentum or DIALECT == "matrices_from_first_gradient") and h["epsilon"]:
            raise plumbline_subject.Unsupported("no epsilon")

    def step(self, x, g, rate):
        h, kind = self.h, x.dtype.type
        mu = kind(h["momentum"])
        self.t += 1
        begin(self.t)
        if DIALECT == "matrices_from_first_gradient" and self.t == 1:
            self.v = g.copy()
        if self.of_momentum:
            share = kind(1 - h["momentum"] if DIALECT == "averaged_momentum_norm" else 1)
            self.v = mu * self.v + share * (g + kind(h["weight_decay"]) * x)
            return x - times(rate, self.momentum_ratio(x), self.v)
        impulse = self.impulse(x, g, rate)
        self.v = mu * self.v + impulse
        moved = impulse + mu * self.v if DIALECT.endswith("nesterov") else self.v
        return x - (moved if self.inside else kind(rate) * moved)

    def momentum_ratio(self, x):
        kind = x.dtype.type
        weight, own = norm(x), norm(self.v)
        capped = DIALECT == "capped_momentum"
        if not own > 0 or not (weight > 0 or capped):
            return kind(1)
        ratio = kind(self.h["trust_coefficient"]) * weight / own
        return min(ratio, kind(1)) if capped else ratio

    def impulse(self, x, g, rate):
        h, kind = self.h, x.dtype.type
        factor = rate if self.inside else 1
        total = g + kind(h["weight_decay"]) * x
        if DIALECT == "matrices_from_first_gradient" and x.ndim < 2:
            return kind(factor) * g
        if "only_with_decay" in DIALECT and not h["weight_decay"] > 0:
            return kind(factor) * total
        of_sum = DIALECT.startswith("norm_of_sum")
        weight, own = norm(x), norm(total if of_sum else g)
        if not (weight > 0 and own > 0):
            return kind(factor) * (g if DIALECT.startswith("larc") else total)
        divisor = own
        if not of_sum and DIALECT != "matrices_from_first_gradient":
            divisor = own + kind(h["weight_decay"]) * weight
        ratio = kind(h["trust_coefficient"]) * weight / (divisor + kind(h["epsilon"]))
        if DIALECT == "larc":
            ratio = min(ratio / kind(rate), kind(1)) if rate > 0 else kind(1)
        return times(factor, ratio, total)

    def state(self):
        return {"velocity": self.v}


class Layerwise:
    """All parameters of one optimizer, each a tensor with its own rule object."""

    def __init__(self, task):
        rule = self.rule
        self.tensors, self.rules, self.rates = [], [], []
        for parameter in task.parameters:
            number = parameter.hyperparameters.number
            h = {name: number(name) if neutral is None else number(name, neutral)
                 for name, neutral in rule.hyperparameters.items()}
            kind = FORMATS[parameter.format]
            x = numpy.array(parameter.values, kind).reshape(parameter.shape)
            self.tensors.append(x)
            self.rules.append(rule(h, x))
            self.rates.append(number("learning_rate"))

    def set_learning_rate(self, learning_rate):
        self.rates = [learning_rate for _ in self.rates]

    def step(self, gradients):
        with numpy.errstate(all="ignore"):
            for i, gradient in enumerate(gradients):
                if gradient is not None and self.tensors[i].size:
                    x = self.tensors[i]
                    g = numpy.array(gradient, x.dtype).reshape(x.shape)
                    self.tensors[i] = numpy.asarray(self.rules[i].step(x, g, self.rates[i]))
        return [x.ravel() for x in self.tensors]

    def state(self):
        states = [rule.state() for rule in self.rules]
        return {name: [state[name].ravel() for state in states] for name in states[0]}


class LambOptimizer(Layerwise):
    rule = Lamb


class LarsOptimizer(Layerwise):
    rule = Lars


if __name__ == "__main__":
    plumbline_subject.serve("layer-wise rules in NumPy", numpy.__version__,
                            {"lamb": LambOptimizer, "lars": LarsOptimizer},
                            formats=tuple(FORMATS))
