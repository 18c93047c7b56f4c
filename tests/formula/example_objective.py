"""An objective to try printed formulas on: nothing in it is special, and every derivative is
another function than the others.

f(x) = 1/2 x'Ax - b'x + q/4 sum x_i^4, with A positive definite and q = 1, or below 0 for
curvature that turns negative; residuals and Fisher matrix are unrelated functions of the
point, and so is f of its gradient where its scale is not 1. Points are columns [n, 1].
"""
from fractions import Fraction

from tensors import Tensor, column, number


class ExampleObjective:
    def __init__(self, size, quartic=1, scale=1):
        self.quartic, self.scale = number(quartic), number(scale)
        self.matrix = Tensor([[number(Fraction(3 if i == j else 1, 2 + i + j))
                               for j in range(size)] for i in range(size)])
        self.vector = column([Fraction(2 + i, 7) for i in range(size)])
        self.mixing = Tensor([[number(Fraction(1 + i * i - 2 * j + i * j * j, 5 + i)) for j in range(size)]
                              for i in range(size + 1)])

    def f(self, point):
        return self.scale * (
            point.inner_product(self.matrix @ point) / 2 - self.vector.inner_product(point)
            + self.quartic * (point ** 4).sum() / 4)

    def gradient(self, point):
        return self.matrix @ point - self.vector + self.quartic * point ** 3

    def hessian(self, point):
        diagonal = (3 * self.quartic * point ** 2).elements()
        return self.matrix + Tensor([[number(x) if i == j else number(0)
                                      for j in range(len(diagonal))]
                                     for i, x in enumerate(diagonal)])

    def hessian_vector(self, point, direction):
        return self.matrix @ direction + 3 * self.quartic * point ** 2 * direction

    def jacobian(self, point):
        return self.mixing * (1 + point ** 2).transpose()

    def residuals(self, point):
        return self.mixing @ (point + point ** 3 / 3) - 1

    def fisher(self, point):
        return self.matrix @ self.matrix + point @ point.transpose()

    def strong_wolfe_length(self, point, direction, first, decrease):
        """A search is no expression: any function of what it is given stands for it."""
        reached = self.f(point + first * direction)
        return first * (1 + decrease * reached) / (2 + self.f(point))


NAMES = ("f", "gradient", "hessian", "hessian_vector", "fisher", "residuals", "jacobian",
         "strong_wolfe_length")
