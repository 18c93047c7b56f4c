"""The methods' paths on Rosenbrock's function, by the formulas of their papers."""

import math


def rosenbrock(point):
    x, y = point
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2


def slope(point):
    x, y = point
    return -400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)


def path_by(step):
    """From (-1, 1), until both coordinates are within half a unit of the fourth decimal."""
    points = [(-1.0, 1.0)]
    while max(abs(points[-1][0] - 1), abs(points[-1][1] - 1)) >= 0.00005:
        points.append(step(points[-1]))
    return points


def gradient_descent(eta):
    return path_by(lambda point: tuple(p - eta * g for p, g in zip(point, slope(point))))


def momentum(eta, mu):
    velocity = [0.0, 0.0]

    def step(point):
        velocity[:] = [mu * v + g for v, g in zip(velocity, slope(point))]
        return tuple(p - eta * v for p, v in zip(point, velocity))

    return path_by(step)


def adam(eta, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m, v, t = [0.0, 0.0], [0.0, 0.0], [0]

    def step(point):
        t[0] += 1
        g = slope(point)
        m[:] = [beta1 * a + (1 - beta1) * b for a, b in zip(m, g)]
        v[:] = [beta2 * a + (1 - beta2) * b * b for a, b in zip(v, g)]
        mean = [a / (1 - beta1 ** t[0]) for a in m]
        square = [b / (1 - beta2 ** t[0]) for b in v]
        return tuple(p - eta * a / (math.sqrt(b) + epsilon) for p, a, b in zip(point, mean, square))

    return path_by(step)


def newton():
    def step(point):
        (x, y), (a, b) = point, slope(point)
        xx, xy, yy = 1200 * x * x - 400 * y + 2, -400 * x, 200
        determinant = xx * yy - xy * xy
        return x - (yy * a - xy * b) / determinant, y - (xx * b - xy * a) / determinant

    return path_by(step)
