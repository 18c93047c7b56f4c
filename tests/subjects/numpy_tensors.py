#!/usr/bin/python3
"""Adafactor, Shampoo and SOAP as one would write them in NumPy: a good subject for rules of
matrices, in other orders of operations than the reference, on LAPACK's decompositions.

Eigenvectors and the columns of a QR decomposition come with signs that are thrown at random:
none of it may show. Needs Debian's python3-numpy.
"""
import json
import sys

import numpy

FORMATS = {"binary64": numpy.float64, "binary32": numpy.float32}
CHANCE = numpy.random.RandomState(1)


def root_mean_square(x):
    return numpy.sqrt(numpy.einsum("i,i->", x.ravel(), x.ravel()) / x.size)


class Adafactor:
    defaults = {"beta1": 0.0, "weight_decay": 0.0}

    def __init__(self, h, x):
        self.t = 0
        self.factored = x.ndim >= 2
        self.rows = numpy.zeros(x.shape[:1], x.dtype)
        self.columns = numpy.zeros(x.shape[1:], x.dtype)
        self.second, self.moment = numpy.zeros_like(x), numpy.zeros_like(x)

    def step(self, h, rate, x, g):
        self.t += 1
        share = self.t ** -h["decay_exponent"]
        squares = g * g + x.dtype.type(h["epsilon1"])
        if self.factored:
            self.rows += x.dtype.type(share) * (squares.mean(axis=1) - self.rows)
            self.columns += x.dtype.type(share) * (squares.mean(axis=0) - self.columns)
            u = g / numpy.sqrt(self.rows / self.rows.mean())[:, None] / numpy.sqrt(self.columns)
        else:
            self.second = x.dtype.type(1 - share) * self.second + x.dtype.type(share) * squares
            u = g / numpy.sqrt(self.second)
        size = max(h["epsilon2"], root_mean_square(x)) * min(rate, self.t ** -0.5)
        u = x.dtype.type(size) * (u / max(1, root_mean_square(u) / h["clipping_threshold"]))
        beta = h["beta1"]
        self.moment = x.dtype.type(beta) * self.moment + x.dtype.type(1 - beta) * u
        return x - x.dtype.type(h["weight_decay"] * size) * x - self.moment


class Shampoo:
    defaults = {"momentum": 0.0, "weight_decay": 0.0}

    def __init__(self, h, x):
        self.factors = [h["epsilon"] * numpy.eye(n, dtype=x.dtype) for n in x.shape or (1,)]
        self.velocity = numpy.zeros_like(x)

    def step(self, h, rate, x, g):
        g = g + x.dtype.type(h["weight_decay"]) * x
        inside = g.reshape(x.shape or (1,))
        update = inside
        for side in range(inside.ndim):
            flat = numpy.moveaxis(inside, side, 0).reshape(inside.shape[side], -1)
            self.factors[side] = self.factors[side] + flat @ flat.T
            values, vectors = numpy.linalg.eigh(self.factors[side])
            power = (vectors * values ** (-0.5 / inside.ndim)) @ vectors.T
            update = numpy.moveaxis(numpy.tensordot(power, update, (1, side)), 0, side)
        self.velocity = x.dtype.type(h["momentum"]) * self.velocity + update.reshape(x.shape)
        return x - x.dtype.type(rate) * self.velocity


def with_random_signs(columns):
    return columns * CHANCE.choice([-1, 1], columns.shape[1]).astype(columns.dtype)


class Soap:
    defaults = {"weight_decay": 0.0}

    def __init__(self, h, x):
        self.updates = -1
        self.moment, self.second = numpy.zeros_like(x), numpy.zeros_like(x)
        if x.ndim >= 2:
            self.factors = [numpy.zeros((n, n), x.dtype) for n in x.shape]
            self.bases = None

    def collect(self, h, g):
        share = g.dtype.type(1 - h["beta2"])
        for factor, product in zip(self.factors, (g @ g.T, g.T @ g)):
            factor += share * (product - factor)

    def renew(self):
        for side, factor in enumerate(self.factors):
            basis = self.bases[side]
            order = numpy.argsort(-numpy.einsum("ki,kl,li->i", basis, factor, basis))
            self.second = numpy.take(self.second, order, side)
            self.bases[side] = with_random_signs(numpy.linalg.qr(factor @ basis[:, order])[0])

    def step(self, h, rate, x, g):
        self.updates += 1
        matrix = x.ndim >= 2
        if self.updates == 0:
            if matrix:
                self.collect(h, g)
                self.bases = [with_random_signs(numpy.linalg.eigh(factor)[1][:, ::-1])
                              for factor in self.factors]
            return x
        kind, t = x.dtype.type, self.updates
        self.moment = self.moment + kind(1 - h["beta1"]) * (g - self.moment)
        left, right = self.bases if matrix else (None, None)
        enter = (lambda a: left.T @ (a @ right)) if matrix else (lambda a: a)
        inside = enter(g)
        self.second = kind(h["beta2"]) * self.second + kind(1 - h["beta2"]) * (inside * inside)
        update = enter(self.moment) / (numpy.sqrt(self.second) + kind(h["epsilon"]))
        if matrix:
            update = left @ update @ right.T
        size = rate * (1 - h["beta2"] ** t) ** 0.5 / (1 - h["beta1"] ** t)
        x = x - kind(size) * update
        x = x - kind(rate * h["weight_decay"]) * x
        if matrix:
            self.collect(h, g)
            if t % h["period"] == 0:
                self.renew()
        return x


RULES = {"adafactor": Adafactor, "shampoo": Shampoo, "soap": Soap}


class Parameter:
    def __init__(self, rule, given, hyperparameters, kind):
        self.h = {**rule.defaults, **hyperparameters}
        self.rate = self.h["learning_rate"]
        self.x = numpy.array(given["values"], kind).reshape(given["shape"])
        self.state = rule(self.h, self.x) if self.x.size else None

    def step(self, gradient):
        if self.state is not None:
            g = numpy.array(gradient, self.x.dtype).reshape(self.x.shape)
            self.x = numpy.asarray(self.state.step(self.h, self.rate, self.x, g), self.x.dtype)


class Unsupported(Exception):
    pass


def create(params):
    rule = RULES.get(params["rule"])
    if rule is None:
        raise Unsupported("no rule " + params["rule"])
    parameters = []
    for given in params["parameters"]:
        kind = FORMATS.get(given.get("format", params["format"]))
        hyperparameters = dict(params["hyperparameters"])
        if "group" in given:
            hyperparameters.update(params["groups"][given["group"]]["hyperparameters"])
        unknown = set(hyperparameters) & {"beta1", "beta2"}
        if kind is None or rule is Shampoo and unknown:
            raise Unsupported("not in that format, or with %s" % sorted(unknown))
        parameters.append(Parameter(rule, given, hyperparameters, kind))
    return parameters


def values_of(parameters):
    def text(x):
        x = float(x)
        return x if numpy.isfinite(x) else "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"
    return [[text(x) for x in parameter.x.ravel()] for parameter in parameters]


def answer(method, params, held):
    if method == "describe":
        return {"protocol": 1, "name": "numpy", "version": numpy.__version__}
    if method == "optimizer/create":
        held.append(create(params))
        return {"handle": len(held)}
    if method == "optimizer/step":
        parameters = held[params["handle"] - 1]
        for parameter, gradient in zip(parameters, params["gradients"]):
            parameter.rate = params.get("learning_rate", parameter.rate)
            if gradient is not None:
                parameter.step([float(x) for x in gradient])
        return {"parameters": values_of(parameters)}
    if method in ("optimizer/close", "shutdown"):
        return None
    raise Unsupported("no method " + method)


def main():
    numpy.seterr(all="ignore")
    held = []
    for line in sys.stdin:
        request = json.loads(line)
        reply = {"jsonrpc": "2.0", "id": request["id"]}
        try:
            reply["result"] = answer(request["method"], request.get("params") or {}, held)
        except Unsupported as reason:
            reply["error"] = {"code": 1, "message": str(reason)}
        except numpy.linalg.LinAlgError as reason:
            reply["error"] = {"code": 1, "message": "LAPACK: %s" % reason}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()
        if request["method"] == "shutdown":
            return


main()
