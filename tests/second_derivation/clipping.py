"""Clipping: the norm exactly under the root, in rationals."""
from fractions import Fraction

from mpmath import mpf, sqrt

EPSILON = {"exact": Fraction(0),
           "epsilon": Fraction(1e-6)}  # torch/nn/utils/clip_grad.py adds Python's 1e-6

HYPERPARAMETERS = {"global_norm": {"max_norm"}}


def global_norm(dialect, h, tensors):
    """Returns (norm, clipped tensors); gradients are given as decimals written in full."""
    square = sum((Fraction(x) ** 2 for tensor in tensors for x in tensor), Fraction(0))
    norm = sqrt(mpf(square.numerator) / square.denominator)
    epsilon = EPSILON[dialect]
    divisor = norm + mpf(epsilon.numerator) / epsilon.denominator
    limit = h["max_norm"]
    factor = mpf(1) if limit >= divisor else limit / divisor
    return norm, [[mpf(Fraction(x).numerator) / Fraction(x).denominator * factor for x in tensor]
                  for tensor in tensors]


CLIPPINGS = {"global_norm": global_norm}


def clip(clipping, dialect, hyperparameters, tensors):
    return CLIPPINGS[clipping](dialect, hyperparameters, tensors)
