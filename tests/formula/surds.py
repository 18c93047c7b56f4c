"""Exact arithmetic with rational numbers and square roots, nested ones too.

A number is a rational, or a + b sqrt(d) with a, b and d numbers of the level below: each
root that is not in the field already makes a new level. So two numbers are equal when
their coefficients are, whatever the roots they were written with. Roots are the positive
ones, which a numerical value decides; it is never asked whether a number is zero.
"""
from fractions import Fraction
from math import isqrt

from mpmath import mp, mpf, sqrt as numerical_sqrt

mp.dps = 400


class Field:
    """Q with the square roots that were taken in it."""

    def __init__(self):
        self.radicands = []  # radicands[k]: coefficients at level k
        self.roots = []      # their numerical values

    def __call__(self, value):
        return Surd(self, 0, Fraction(value))

    # Coefficients at a level: a Fraction at 0, else a pair of coefficients one below.

    def lift(self, value, level, to):
        for below in range(level, to):
            value = (value, self.zero(below))
        return value

    def zero(self, level):
        return self.lift(Fraction(0), 0, level)

    def is_zero(self, value, level):
        return value == self.zero(level)

    def add(self, x, y, level):
        if level == 0:
            return x + y
        return (self.add(x[0], y[0], level - 1), self.add(x[1], y[1], level - 1))

    def negate(self, x, level):
        return -x if level == 0 else (self.negate(x[0], level - 1), self.negate(x[1], level - 1))

    def multiply(self, x, y, level):
        if level == 0:
            return x * y
        below = level - 1
        product = lambda one, other: self.multiply(one, other, below)
        d = self.radicands[below]
        return (self.add(product(x[0], y[0]), product(product(x[1], y[1]), d), below),
                self.add(product(x[0], y[1]), product(x[1], y[0]), below))

    def norm(self, x, level):
        """(a + b sqrt(d)) (a - b sqrt(d)), one level below."""
        conjugate = (x[0], self.negate(x[1], level - 1))
        return self.multiply(x, conjugate, level)[0]

    def invert(self, x, level):
        if level == 0:
            return 1 / x
        inverse = self.invert(self.norm(x, level), level - 1)
        return (self.multiply(x[0], inverse, level - 1),
                self.negate(self.multiply(x[1], inverse, level - 1), level - 1))

    def root(self, x, level):
        """A square root at the same level, of either sign, or None."""
        if level == 0:
            if x < 0:
                return None
            above, below = isqrt(x.numerator), isqrt(x.denominator)
            exact = above * above == x.numerator and below * below == x.denominator
            return Fraction(above, below) if exact else None
        below = level - 1
        if self.is_zero(x[1], below):
            plain = self.root(x[0], below)
            if plain is not None:
                return (plain, self.zero(below))
            quotient = self.multiply(x[0], self.invert(self.radicands[below], below), below)
            other = self.root(quotient, below)
            return None if other is None else (self.zero(below), other)
        # (u + v sqrt(d))^2 = a + b sqrt(d): u^2 = (a +- sqrt(a^2 - b^2 d))/2, v = b/2u
        norm_root = self.root(self.norm(x, level), below)
        if norm_root is None:
            return None
        half = self.lift(Fraction(1, 2), 0, below)
        for candidate in (norm_root, self.negate(norm_root, below)):
            u = self.root(self.multiply(self.add(x[0], candidate, below), half, below), below)
            if u is not None:
                inverse = self.invert(self.add(u, u, below), below)
                return (u, self.multiply(x[1], inverse, below))
        return None

    def numerical(self, x, level):
        if level == 0:
            return mpf(x.numerator) / x.denominator
        return (self.numerical(x[0], level - 1)
                + self.numerical(x[1], level - 1) * self.roots[level - 1])


class Surd:
    def __init__(self, field, level, value):
        while level > 0 and field.is_zero(value[1], level - 1):
            level, value = level - 1, value[0]
        self.field, self.level, self.value = field, level, value

    def _with(self, other):
        if not isinstance(other, Surd):
            other = self.field(other)
        level = max(self.level, other.level)
        return (level, self.field.lift(self.value, self.level, level),
                self.field.lift(other.value, other.level, level))

    def __add__(self, other):
        level, x, y = self._with(other)
        return Surd(self.field, level, self.field.add(x, y, level))

    def __neg__(self):
        return Surd(self.field, self.level, self.field.negate(self.value, self.level))

    def __mul__(self, other):
        level, x, y = self._with(other)
        return Surd(self.field, level, self.field.multiply(x, y, level))

    def __truediv__(self, other):
        level, x, y = self._with(other)
        return Surd(self.field, level, self.field.multiply(x, self.field.invert(y, level), level))

    def __sub__(self, other):
        return self + (-other if isinstance(other, Surd) else self.field(-other))

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return self.field(other) / self

    def as_exponent(self):
        if self.level != 0 or self.value.denominator != 1:
            raise ValueError("a power that has no exact value")
        return int(self.value)

    def __pow__(self, exponent):
        result = self.field(1)
        for _ in range(exponent):
            result = result * self
        return result

    def __eq__(self, other):
        _, x, y = self._with(other)
        return x == y

    def __lt__(self, other):
        return not self == other and (self - other).numerical() < 0

    def __hash__(self):
        return hash((self.level, self.value))

    def numerical(self):
        return self.field.numerical(self.value, self.level)

    def __repr__(self):
        return mp.nstr(self.numerical(), 20)

    def sqrt(self):
        field, top = self.field, len(self.field.radicands)
        if self == 0:
            return self
        if self < 0:
            raise ValueError("the root of a negative number")
        value = field.lift(self.value, self.level, top)
        found = field.root(value, top)
        if found is not None:
            result = Surd(field, top, found)
            return -result if result.numerical() < 0 else result
        field.radicands.append(value)
        field.roots.append(numerical_sqrt(self.numerical()))
        return Surd(field, top + 1, (field.zero(top), field.lift(Fraction(1), 0, top)))
