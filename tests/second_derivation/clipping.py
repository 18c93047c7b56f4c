"""Clipping: norms exactly under the root, in rationals; and whether a part is outside decided
before anything is shortened."""
from fractions import Fraction

from mpmath import mpf, sqrt

EPSILON = {"epsilon": Fraction(1e-6)}  # torch/nn/utils/clip_grad.py adds Python's 1e-6
MILLIONTH = Fraction(1e-6)

NORMS = {"global_norm": 2, "global_norm_1": 1, "global_norm_infinity": None,
         "tensor_norm": 2, "tensor_norm_1": 1, "tensor_norm_infinity": None}
HYPERPARAMETERS = {**{name: {"max_norm"} for name in NORMS}, "value": {"max_value"},
                   "adaptive": {"clipping_factor", "epsilon"}}


def to_mpf(fraction):
    return mpf(fraction.numerator) / fraction.denominator


def norm_of(elements, order=2):
    if order is None:
        return to_mpf(max((abs(x) for x in elements), default=Fraction(0)))
    total = sum((abs(x) ** order for x in elements), Fraction(0))
    return to_mpf(total) if order == 1 else sqrt(to_mpf(total))


def shortened(elements, norm, limit, epsilon=Fraction(0)):
    divisor = norm + to_mpf(epsilon)
    if limit >= divisor:
        return [to_mpf(x) for x in elements]
    return [to_mpf(x) * limit / divisor for x in elements]


def by_norm(clipping, dialect, limit, tensors):
    """Returns (norm or None, clipped tensors)."""
    order, epsilon = NORMS[clipping], EPSILON.get(dialect, Fraction(0))
    if clipping.startswith("global"):
        norm = norm_of([x for tensor in tensors for x in tensor], order)
        return norm, [shortened(tensor, norm, limit, epsilon) for tensor in tensors]
    return None, [shortened(tensor, norm_of(tensor, order), limit, epsilon) for tensor in tensors]


def by_value(limit, tensors):
    return None, [[to_mpf(x) if to_mpf(abs(x)) <= limit else limit * (1 if x > 0 else -1) for x in tensor]
                  for tensor in tensors]


def unit_of(index, shape, columns):
    """What says which unit of its tensor an element belongs to, from its index along each axis."""
    places = []
    for size in reversed(shape):
        places.insert(0, index % size)
        index //= size
    if not columns:
        return places[:1] if len(shape) > 1 else []
    if sum(size != 1 for size in shape) <= 1:
        return []
    return places[3:] if len(shape) == 4 else places[1:]


def adaptive(dialect, factor, epsilon, tensors, parameters):
    result = []
    for (shape, gradient), weights in zip(tensors, parameters):
        units = {}
        for index in range(len(gradient)):
            units.setdefault(tuple(unit_of(index, shape, dialect == "columns")), []).append(index)
        clipped = [None] * len(gradient)
        for indices in units.values():
            elements = [gradient[i] for i in indices]
            limit = factor * max(norm_of([weights[i] for i in indices]), epsilon)
            norm = norm_of(elements)
            if dialect != "paper" and norm >= limit:
                norm = max(norm, to_mpf(MILLIONTH))
                parts = [to_mpf(x) * limit / norm for x in elements]
            else:
                parts = shortened(elements, norm, limit)
            for i, value in zip(indices, parts):
                clipped[i] = value
        result.append(clipped)
    return None, result


def clip(clipping, dialect, h, tensors, parameters):
    """Gradients, with their shapes, and parameters are given as decimals written in full."""
    gradients = [(shape, [Fraction(x) for x in tensor]) for shape, tensor in tensors]
    plain = [tensor for _, tensor in gradients]
    if clipping == "adaptive":
        weights = [[Fraction(x) for x in tensor] for tensor in parameters]
        return adaptive(dialect, h["clipping_factor"], h["epsilon"], gradients, weights)
    if clipping == "value":
        return by_value(h["max_value"], plain)
    return by_norm(clipping, dialect, h["max_norm"], plain)


CLIPPINGS = set(HYPERPARAMETERS)
