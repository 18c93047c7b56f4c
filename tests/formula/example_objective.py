"""An objective to try printed formulas on: nothing in it is special, and every derivative is
another function than the others.

f(x) = 1/2 x'Ax - b'x + 1/4 sum x_i^4, with A positive definite; residuals and Fisher matrix
are unrelated functions of the point. Points are columns [n, 1].
"""
from fractions import Fraction

from tensors import Tensor, column, number


class ExampleObjective:
    def __init__(self, size):
        self.matrix = Tensor([[number(Fraction(3 if i == j else 1, 2 + i + j))
                               for j in range(size)] for i in range(size)])
        self.vector = column([Fraction(2 + i, 7) for i in range(size)])
        self.mixing = Tensor([[number(Fraction(1 + i * i - 2 * j + i * j * j, 5 + i)) for j in range(size)]
                              for i in range(size + 1)])

    def f(self, point):
        return (point.inner_product(self.matrix @ point) / 2 - self.vector.inner_product(point)
                + (point ** 4).sum() / 4)

    def gradient(self, point):
        return self.matrix @ point - self.vector + point ** 3

    def hessian(self, point):
        diagonal = (3 * point ** 2).elements()
        return self.matrix + Tensor([[number(x) if i == j else number(0)
                                      for j in range(len(diagonal))]
                                     for i, x in enumerate(diagonal)])

    def hessian_vector(self, point, direction):
        return self.matrix @ direction + 3 * point ** 2 * direction

    def jacobian(self, point):
        return self.mixing * (1 + point ** 2).transpose()

    def residuals(self, point):
        return self.mixing @ (point + point ** 3 / 3) - 1

    def fisher(self, point):
        return self.matrix @ self.matrix + point @ point.transpose()


NAMES = ("f", "gradient", "hessian", "hessian_vector", "fisher", "residuals", "jacobian")
