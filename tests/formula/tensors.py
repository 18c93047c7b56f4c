"""Tensors of numbers to 60 digits, for formulas of rules by tensor and by objective: two that
differ by more than a 10^40th of their size differ.

A tensor is a matrix, a vector a column, and a scalar fits to every shape. `I` is an identity
of every size.
"""
import operator
from fractions import Fraction

from mpmath import cos, eigsy, erf, exp, inverse, log, matrix, mp, mpf, sqrt, tanh

mp.dps = 60
TOLERANCE = mpf(10) ** -40


def number(value):
    if isinstance(value, Fraction):
        return mpf(value.numerator) / value.denominator
    return mpf(value)


class Tensor:
    def __init__(self, rows, is_scalar=False):
        self.rows, self.is_scalar = rows, is_scalar

    @property
    def shape(self):
        return (len(self.rows), len(self.rows[0]))

    @property
    def size(self):
        return self.shape[0] * self.shape[1]

    @property
    def value(self):
        """Of a scalar."""
        ((value,),) = self.rows
        return value

    def elements(self):
        return [element for row in self.rows for element in row]

    def map(self, function):
        return Tensor([[function(element) for element in row] for row in self.rows],
                      self.is_scalar)

    def join(self, function, other):
        if isinstance(other, Identity):
            return NotImplemented
        other = as_tensor(other)
        sizes = []
        for one, two in zip(self.shape, other.shape):
            if self.is_scalar or other.is_scalar or one == two or 1 in (one, two):
                sizes.append(max(one, two))
            else:
                raise ValueError("tensors of shapes %s and %s" % (self.shape, other.shape))

        def place(tensor, i, j):
            return tensor.rows[i if tensor.shape[0] > 1 else 0][j if tensor.shape[1] > 1 else 0]

        return Tensor([[function(place(self, i, j), place(other, i, j)) for j in range(sizes[1])]
                       for i in range(sizes[0])], self.is_scalar and other.is_scalar)

    def __add__(self, other):
        return self.join(operator.add, other)

    def __sub__(self, other):
        return self.join(operator.sub, other)

    def __mul__(self, other):
        return self.join(operator.mul, other)

    def __truediv__(self, other):
        return self.join(operator.truediv, other)

    def __radd__(self, other):
        return as_tensor(other) + self

    def __rsub__(self, other):
        return as_tensor(other) - self

    def __rmul__(self, other):
        return as_tensor(other) * self

    def __rtruediv__(self, other):
        return as_tensor(other) / self

    def __neg__(self):
        return self.map(operator.neg)

    def __pow__(self, exponent):
        exponent = exponent if isinstance(exponent, Tensor) else number(exponent)
        return self.join(lambda base, power: base ** power, exponent)

    def __matmul__(self, other):
        if isinstance(other, Identity):
            return NotImplemented
        if self.is_scalar or other.is_scalar:
            return self * other
        if self.shape[1] != other.shape[0]:
            raise ValueError("matrices that do not fit: %s, %s" % (self.shape, other.shape))
        columns = list(zip(*other.rows))
        return Tensor([[sum(map(operator.mul, row, column)) for column in columns]
                       for row in self.rows])

    def __lt__(self, other):
        return self.value < as_tensor(other).value

    def __eq__(self, other):
        difference = (self - other).norm().value
        return difference <= TOLERANCE * (1 + self.norm().value)

    __hash__ = None

    def __repr__(self):
        return str([mp.nstr(element, 20) for element in self.elements()])

    def sqrt(self):
        if any(element < 0 for element in self.elements()):
            raise ValueError("the root of a negative number")
        return self.map(sqrt)

    def abs(self):
        return self.map(abs)

    def sign(self):
        return self.map(mp.sign)

    def exp(self):
        return self.map(exp)

    def log(self):
        return self.map(log)

    def cos(self):
        return self.map(cos)

    def tanh(self):
        return self.map(tanh)

    def erf(self):
        return self.map(erf)

    def max(self, other):
        return self.join(max, other)

    def min(self, other):
        return self.join(min, other)

    def power(self, exponent):
        return self ** exponent

    def transpose(self):
        return Tensor([list(column) for column in zip(*self.rows)], self.is_scalar)

    def sum(self):
        return scalar(sum(self.elements()))

    def mean(self):
        return self.sum() / self.size

    def least(self):
        return scalar(min(self.elements()))

    def squared_distances(self, other):
        return Tensor([[sum((a - b) ** 2 for a, b in zip(one, two)) for two in other.rows]
                       for one in self.rows])

    def inner_product(self, other):
        return (self * other).sum()

    def norm(self):
        return scalar(sqrt(sum(abs(element) ** 2 for element in self.elements())))

    def diagonal(self):
        return column([self.rows[i][i] for i in range(len(self.rows))])

    def unit_of_greatest(self):
        """1 at the first of the greatest elements, 0 elsewhere."""
        elements = self.elements()
        place = elements.index(max(elements))
        return column([int(i == place) for i in range(len(elements))])

    def row(self, place):
        """Counted from 1; a single number is a scalar."""
        (row,) = [self.rows[int(place.value) - 1]]
        return scalar(row[0]) if len(row) == 1 else column(row)

    def pushed(self, newest):
        rows = [] if self.is_scalar else self.rows  # 0: nothing yet
        return History([newest, *map(column, rows)])

    def row_means(self):
        return Tensor([[sum(row) / len(row)] for row in self.rows], self.is_scalar)

    def column_means(self):
        return self.transpose().row_means().transpose()

    def inverse(self):
        return 1 / self if self.is_scalar else of_matrix(inverse(matrix(self.rows)))

    def eigen(self):
        """Eigenvalues, descending, and the orthonormal eigenvectors as columns, each with its
        element of greatest magnitude positive."""
        values, vectors = eigsy(matrix(self.rows))
        order = sorted(range(len(values)), key=lambda i: -values[i])
        columns = []
        for i in order:
            column = list(vectors[:, i])
            largest = max(column, key=abs)
            columns.append([-x for x in column] if largest < 0 else column)
        return [values[i] for i in order], Tensor(columns).transpose()

    def eigenvectors(self):
        return self.eigen()[1]

    def inverse_root(self, order):
        if self.is_scalar:
            return self ** (-1 / order.value)
        values, vectors = self.eigen()
        if any(value <= 0 for value in values):
            raise ValueError("a matrix that is not positive definite")
        scaled = vectors * Tensor([[value ** (-1 / order.value) for value in values]])
        return scaled @ vectors.transpose()

    def mean_decay(self):
        """(1 - e^-z)/z of each eigenvalue z, 1 at 0."""
        if self.is_scalar:
            return self.map(lambda z: (1 - exp(-z)) / z if z else mpf(1))
        values, vectors = self.eigen()
        scaled = vectors * Tensor([[(1 - exp(-z)) / z if z else mpf(1) for z in values]])
        return scaled @ vectors.transpose()

    def orthonormal(self):
        """The Q of a QR decomposition with a positive diagonal, by Gram and Schmidt."""
        columns = []
        for column in self.transpose().rows:
            rest = list(column)
            for before in columns:
                share = sum(map(operator.mul, before, rest))
                rest = [x - share * y for x, y in zip(rest, before)]
            length = sqrt(sum(x * x for x in rest))
            columns.append([x / length for x in rest])
        return Tensor(columns).transpose()


class History(Tensor):
    """Rows of vectors, the newest first; as many as were pushed."""

    def __init__(self, vectors=()):
        super().__init__([vector.elements() for vector in vectors])

    def __eq__(self, other):
        return len(self.rows) == len(other.rows) and all(
            column(one) == column(two) for one, two in zip(self.rows, other.rows))

    __hash__ = None


class Identity(Tensor):
    """A multiple of the identity matrix of any size."""

    def __init__(self, factor=1):
        super().__init__([[number(factor)]], True)

    def sized(self, other):
        size = other.shape[0]
        return Tensor([[self.value if i == j else mpf(0) for j in range(size)]
                       for i in range(size)])

    def __add__(self, other):
        if isinstance(other, Identity):
            return Identity(self.value + other.value)
        return self.sized(other) + other

    __radd__ = __add__

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __neg__(self):
        return Identity(-self.value)

    def __mul__(self, other):
        if not other.is_scalar:
            return self.sized(other) * other
        return Identity(self.value * other.value)

    __rmul__ = __mul__

    def __truediv__(self, other):
        return Identity(self.value / other.value)

    def __rtruediv__(self, other):
        raise ValueError("division by a matrix")

    def __matmul__(self, other):
        return other * scalar(self.value)

    __rmatmul__ = __matmul__


def scalar(value):
    return Tensor([[number(value)]], True)


def as_tensor(value):
    return value if isinstance(value, Tensor) else scalar(value)


def of_matrix(values):
    return Tensor([[values[i, j] for j in range(values.cols)] for i in range(values.rows)])


def column(values):
    return Tensor([[number(value)] for value in values])


def operation(name, values):
    """What a formula's operation gives of these values."""
    if name == "matrix_product":
        return values[0] @ values[1]
    return getattr(Tensor, name)(*values)
