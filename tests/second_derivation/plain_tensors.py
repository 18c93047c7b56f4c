"""Rules of whole tensors as a consumer would write them, as in plain.py: the first dialect,
forward, in one format. Rules without an entry here are not run."""


def over(function, *tensors):
    return [function(*elements) for elements in zip(*tensors)]


def scaled(f, factor, tensor):
    return [f.mul(factor, x) for x in tensor]


def norm(f, tensor):
    total = 0.0
    for x in tensor:
        total = f.add(total, f.mul(x, x))
    return f.root(total)


RULES = {}
