"""Numbers to 60 digits, in place of surds.py's where only a difference is looked for: two
that differ by more than a 10^40th differ."""
from mpmath import mp, mpf, workdps

DIGITS = 60


class ApproximateField:
    def __call__(self, value):
        with workdps(DIGITS):
            return Approximate(mpf(value.numerator) / value.denominator)


class Approximate:
    def __init__(self, value):
        self.value = value

    def _apply(self, operation, other):
        if not isinstance(other, Approximate):
            other = ApproximateField()(other)
        with workdps(DIGITS):
            return Approximate(operation(self.value, other.value))

    def __add__(self, other):
        return self._apply(lambda x, y: x + y, other)

    def __sub__(self, other):
        return self._apply(lambda x, y: x - y, other)

    def __mul__(self, other):
        return self._apply(lambda x, y: x * y, other)

    def __truediv__(self, other):
        return self._apply(lambda x, y: x / y, other)

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return ApproximateField()(other) / self

    def as_exponent(self):
        return int(self.value) if self.value == int(self.value) else self.value

    def __neg__(self):
        return Approximate(-self.value)

    def __pow__(self, exponent):
        with workdps(DIGITS):
            return Approximate(self.value ** exponent)

    def __eq__(self, other):
        if not isinstance(other, Approximate):
            other = ApproximateField()(other)
        return abs(self.value - other.value) <= mpf(10) ** -40 * (1 + abs(other.value))

    def __lt__(self, other):
        if not isinstance(other, Approximate):
            other = ApproximateField()(other)
        return self.value < other.value

    __hash__ = None
    __radd__, __rmul__ = __add__, __mul__

    def sqrt(self):
        if self.value < 0:
            raise ValueError("the root of a negative number")
        with workdps(DIGITS):
            return Approximate(mp.sqrt(self.value))
