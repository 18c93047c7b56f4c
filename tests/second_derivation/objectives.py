"""Objectives once more, in mpmath: value, gradient and Hessian at the start.

Only the value is written here, from the sources; the derivatives are mpmath's own
numerical ones at 150 digits. Compared with what `plumbline show` prints: 40 digits, the
last of which may be off by one.

    objectives.py PLUMBLINE
"""
import json
import subprocess
import sys
from itertools import pairwise

from mpmath import cos, diff, exp, log, matrix, mp, mpf, pi, tanh

mp.dps = 150


def numbers(text):
    return [mpf(word) for word in text.split()]


def quadratic(reflected, spectrum, centre):
    """1/2 x'A x - b'x along the axes: with y = H x and c in them, sum of s (y^2/2 - y c)."""
    reflected, spectrum, centre = map(numbers, (reflected, spectrum, centre))
    norm = sum(v * v for v in reflected)

    def mirrored(point):
        along = sum(v * x for v, x in zip(reflected, point))
        return [x - 2 * v * along / norm for v, x in zip(reflected, point)]

    middle = mirrored(centre)
    return lambda *x: sum(s * (y * y / 2 - y * c)
                          for s, y, c in zip(spectrum, mirrored(x), middle))


EQUAL, SKEW = "1 1 1 1", "3 1 -1 1 1 -1 1 1"
NEAR, FAR = "0.25 0.5 -1 1", "1 -0.5 0.25 2 -1.5 0.5 -0.75 1.25"


def nesterov(*x):
    """L/4 (1/2 x'T x - e_1'x) through T's eigenvectors, the sines."""
    size = len(x) + 1
    total = -x[0]
    for k in range(1, size):
        sines = [cos(pi / 2 - pi * k * i / size) for i in range(1, size)]
        along = sum(s * v for s, v in zip(sines, x))
        total += (1 - cos(k * pi / size)) * along**2 * 2 / size
    return 2 * total


def rosenbrock(*x):
    return sum(100 * (b - a**2)**2 + (1 - a)**2 for a, b in pairwise(x))


def half_square(residuals):
    return lambda *x: sum(r**2 for r in residuals(*x)) / 2


def least_squares_residuals(*x):
    rows = ["2 1 1 3", "0 1 2 0.5", "-0.5 1.5 0 -1", "1 1 -1 2", "2 0 0 1.5", "0 1 -0.5 -0.5"]
    return [sum(a * b for a, b in zip(row, x)) - row[-1] for row in map(numbers, rows)]


def huber(slope, intercept):
    total = 0
    for at, seen in map(numbers, ["1 0.875", "-1.5 -0.625", "0 0.5", "-1 2.75", "1.5 0.875",
                                  "-0.5 -0.25", "0.5 -2", "-2 -0.625"]):
        off = abs(slope * at + intercept - seen)
        total += off**2 / 2 if off <= 0.5 else off / 2 - mpf(1) / 8
    return total


LOGISTIC = ["1.5 -1 1", "-0.75 0.75 0", "0.75 1.5 1", "-1.5 -0.5 0", "-1.5 1 1", "1.25 1 0",
            "-0.25 -1.5 0", "-0.75 0.5 1"]


def logistic(regularization):
    def value(first, second, intercept):
        total = regularization * (first**2 + second**2 + intercept**2) / 2
        for one, other, label in map(numbers, LOGISTIC):
            z = first * one + second * other + intercept
            total -= z * label - log(1 + exp(z))  # the binomial log-likelihood
        return total
    return value


SOFTMAX = ["-1 2 2", "0.5 -1 0", "0.5 -2 2", "-0.5 -0.5 0", "-0.5 1 1", "0.5 -1.5 1",
           "1.5 -0.5 2", "0.5 -0.5 0"]


def softmax(*x):
    weights, bias = x[:6], x[6:]
    total = 0
    for row in SOFTMAX:
        one, other, label = numbers(row)
        powers = [exp(weights[2 * k] * one + weights[2 * k + 1] * other + bias[k])
                  for k in range(3)]
        total -= log(powers[int(label)] / sum(powers))
    return total


NETWORK = ["0.5 -1 0.5 -0.25", "-1 0.25 -1 0.75", "0.75 1 0.25 1", "-0.5 -0.75 -0.5 0"]


def network_residuals(*x):
    first, second = matrix(2, 2), matrix(2, 2)
    for i in range(4):
        first[i // 2, i % 2], second[i // 2, i % 2] = x[i], x[6 + i]
    residuals = []
    for row in NETWORK:
        seen = numbers(row)
        hidden = (first * matrix(seen[:2]) + matrix(x[4:6])).apply(tanh)
        residuals += list(second * hidden + matrix(x[10:]) - matrix(seen[2:]))
    return residuals


OBJECTIVES = {
    "quadratic_line": quadratic("1", "2", "0.75"),
    "quadratic_round": quadratic(EQUAL, EQUAL, NEAR),
    "quadratic": quadratic(EQUAL, "1 2 4 8", NEAR),
    "quadratic_ill_conditioned": quadratic(EQUAL, "0.0625 1 4 64", NEAR),
    "quadratic_indefinite": quadratic(SKEW, "-2 -0.5 0.25 1 1 2 3 6", FAR),
    "quadratic_singular": quadratic(SKEW, "0 0 0 0.5 1 2 4 8", FAR),
    "nesterov_tridiagonal": nesterov,
    "rosenbrock": rosenbrock,
    "rosenbrock_chained": rosenbrock,
    "saddle": lambda a, b: a**2 / 2 + b**4 / 4 - b**2 / 2,
    "plateau": lambda a, b: 1 - exp(-((a - mpf("0.5"))**2 + (b + mpf("0.25"))**2) / 2),
    "least_squares": half_square(least_squares_residuals),
    "huber": huber,
    "logistic": logistic(0),
    "logistic_l2": logistic(mpf("0.25")),
    "softmax": softmax,
    "network": half_square(network_residuals),
}


def agrees(text, value):
    """One unit of the 40th digit; zeros are exact there, and noise here."""
    shown = mpf(text)
    return abs(shown - value) <= (abs(value) * mpf(10)**-39 if shown else mpf(10)**-45)


def compare(name, page):
    value = OBJECTIVES[name]
    start = [mpf(number) for number in page["start"]]
    shown = page["at_start"]
    size = len(start)

    def partial(*axes):
        orders = tuple(axes.count(i) for i in range(size))
        return diff(value, tuple(start), orders) if size > 1 else diff(value, start[0], len(axes))

    wrong = [] if agrees(shown["value"], value(*start)) else ["value"]
    for i in range(size):
        if not agrees(shown["gradient"][i], partial(i)):
            wrong.append(f"gradient {i}")
        wrong += [f"hessian {i}, {j}" for j in range(i + 1)
                  if not agrees(shown["hessian"][i][j], partial(i, j))]
    return wrong


def main():
    program = sys.argv[1]

    def printed(*arguments):
        return json.loads(subprocess.run([program, *arguments, "--json", "-"], check=True,
                                         capture_output=True).stdout)

    listed = [entry["name"] for entry in printed("list", "objectives")]
    if sorted(listed) != sorted(OBJECTIVES):
        sys.exit(f"not the same objectives: {set(listed) ^ set(OBJECTIVES)}")
    failed = False
    for name in listed:
        wrong = compare(name, printed("show", name))
        failed = failed or bool(wrong)
        print(f"{name}: {', '.join(wrong) if wrong else 'value, gradient and Hessian agree'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
