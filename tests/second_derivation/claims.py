#!/usr/bin/python3
"""The claims ledger's figures once more, in mpmath and fractions, from the documents' sentences.

Written from the formulas and not from the C++: every refuted row, the iteration counts, and the
figures on which a condition rests.

Usage: claims.py PLUMBLINE
"""

import json
import math
import subprocess
import sys
import unittest
from fractions import Fraction

import mpmath as mp

PLUMBLINE = sys.argv[1]
mp.mp.dps = 60


def ledger():
    run = subprocess.run([PLUMBLINE, "claims", "--json", "-"], capture_output=True, text=True,
                         check=True)
    return json.loads(run.stdout)


LEDGER = ledger()
ROWS = {row["id"]: row for row in LEDGER["claims"]}


def figures(name):
    return {figure["name"]: figure["value"] for figure in ROWS[name]["figures"]}


def gradient(x, y):
    off = y - x * x
    return -400 * x * off - 2 * (1 - x), 200 * off


STOPS = {
    "each coordinate rounds to 1.0000": lambda x, y: max(abs(x - 1), abs(y - 1)) < mp.mpf(5) / 10**5,
    "each coordinate within 1e-4": lambda x, y: max(abs(x - 1), abs(y - 1)) < mp.mpf(1) / 10**4,
    "distance below 1e-4": lambda x, y: mp.hypot(x - 1, y - 1) < mp.mpf(1) / 10**4,
    "loss below 1e-8": lambda x, y: (1 - x)**2 + 100 * (y - x * x)**2 < mp.mpf(1) / 10**8,
    "loss below 1e-4": lambda x, y: (1 - x)**2 + 100 * (y - x * x)**2 < mp.mpf(1) / 10**4,
}


def count(step, digits, extra=0):
    """Steps until each stop from (-1, 1), crossings of y = x^2, and when 1e-4 is lost again."""
    with mp.workdps(digits):
        point, first, crossings, side, t, left = (mp.mpf(-1), mp.mpf(1)), {}, 0, 0, 0, None
        while len(first) < len(STOPS):
            t += 1
            point = step(point, t)
            for name, reached in STOPS.items():
                if name not in first and reached(*point):
                    first[name] = t
            now = mp.sign(point[1] - point[0]**2)
            crossings += now * side < 0
            side = now or side
        end = t
        for t in range(end + 1, end + extra + 1):
            point = step(point, t)
            if max(abs(point[0] - 1), abs(point[1] - 1)) >= mp.mpf(1) / 10**4:
                left = t
                break
        return first, crossings, end, left


def descent(rate):
    rate = mp.mpf(rate)

    def step(point, _):
        g = gradient(*point)
        return point[0] - rate * g[0], point[1] - rate * g[1]
    return step


def momentum(weight):
    velocity = [mp.mpf(0), mp.mpf(0)]
    mu, rate = mp.mpf(0.9), mp.mpf(0.001)

    def step(point, _):
        for i, g in enumerate(gradient(*point)):
            velocity[i] = mu * velocity[i] + (1 if weight is None else 1 - mu) * g
        return point[0] - rate * velocity[0], point[1] - rate * velocity[1]
    return step


def adam():
    m, v = [mp.mpf(0)] * 2, [mp.mpf(0)] * 2
    b1, b2, rate, epsilon = mp.mpf(0.9), mp.mpf(0.999), mp.mpf(0.05), mp.mpf(1e-8)

    def step(point, t):
        new = []
        for i, g in enumerate(gradient(*point)):
            m[i] = b1 * m[i] + (1 - b1) * g
            v[i] = b2 * v[i] + (1 - b2) * g * g
            new.append(point[i] - rate * (m[i] / (1 - b1**t)) /
                       (mp.sqrt(v[i] / (1 - b2**t)) + epsilon))
        return tuple(new)
    return step


class Rosenbrock(unittest.TestCase):
    def counts(self, row, name, first):
        for stop, steps in first.items():
            self.assertEqual(figures(row)[f"steps, {name}, until {stop}"], str(steps), stop)

    def test_gradient_descent(self):
        first, crossings, steps, _ = count(descent(0.001), 60)
        self.counts("002-rosenbrock-gradient-descent", "gradient descent at 0.001", first)
        shown = figures("002-rosenbrock-oscillation")
        self.assertEqual(shown["crossings of y = x^2, gradient descent at 0.001"], str(crossings))
        self.assertEqual(shown["steps, gradient descent at 0.001"], str(steps))

    def test_momentum(self):
        row = "002-rosenbrock-momentum"
        self.assertEqual(ROWS[row]["verdict"], "refuted")
        self.counts(row, "momentum 0.9, rate_outside", count(momentum(None), 60)[0])
        self.counts(row, "momentum 0.9, averaged", count(momentum("averaged"), 60)[0])

    def test_adam(self):
        first, _, _, left = count(adam(), 600, extra=600)
        self.counts("002-rosenbrock-adam", "Adam at 0.05", first)
        self.assertEqual(
            figures("002-rosenbrock-adam")
            ["step after which a coordinate is more than 1e-4 off again, Adam at 0.05"], str(left))

    def test_condition_after_diagonal_scaling(self):
        # By search over the one free scale.
        def condition(s):
            a, b, d = 802 * s * s, -400 * s, mp.mpf(200)
            root = mp.sqrt((a - d)**2 + 4 * b * b)
            return (a + d + root) / (a + d - root)
        best = min(condition(mp.mpf(i) / 10000) for i in range(4900, 5100))
        shown = mp.mpf(figures("002-adagrad-whitens-rosenbrock")
                       ["least condition number of a diagonal scaling at (1, 1)"])
        self.assertLess(abs(best - shown), mp.mpf("1e-3") * shown)


class Quadratics(unittest.TestCase):
    def test_optimal_momentum(self):
        # The spectral radius of the heavy ball on eigenvalues 1 and 100, by its companion matrix.
        def radius(eta, mu):
            worst = mp.mpf(0)
            for curvature in (1, 100):
                p = 1 + mu - eta * curvature
                root = mp.sqrt(mp.mpc(p * p - 4 * mu))
                worst = max(worst, abs((p + root) / 2), abs((p - root) / 2))
            return worst

        def best(mu):
            return min(radius(mp.mpf(i) * 4 / 100 / 2000, mu) for i in range(1, 2001))
        stated, squared = mp.mpf(9) / 11, (mp.mpf(9) / 11)**2
        self.assertEqual(ROWS["000-optimal-momentum"]["verdict"], "refuted")
        self.assertGreater(best(stated), best(squared) + mp.mpf("0.08"))
        shown = figures("000-optimal-momentum")
        self.assertAlmostEqual(
            float(shown["rate of the heavy ball with that momentum, at its best eta"]),
            float(best(stated)), 5)
        self.assertAlmostEqual(float(shown["rate of the heavy ball with it"]), 9 / 11, 9)

    def test_steps_for_two_decimals(self):
        self.assertEqual(ROWS["002-steps-for-two-decimals"]["verdict"], "refuted")
        error, steps = Fraction(1), 0
        while error > Fraction(1, 100):
            error, steps = error * Fraction(99, 101), steps + 1
        shown = figures("002-steps-for-two-decimals")
        self.assertEqual(shown["steps until error at most 1/100 of the first"], str(steps))
        self.assertAlmostEqual(float(shown["decimal places gained in 5000 steps"]),
                               5000 * math.log10(101 / 99), 6)

    def test_rho(self):
        point = [Fraction(1), Fraction(1)]
        eta, ratios = Fraction(19, 100), []
        for _ in range(60):
            before = max(map(abs, point))
            point = [x - eta * c * x for x, c in zip(point, (1, 10))]
            ratios.append(max(map(abs, point)) / before)
        self.assertEqual(ratios[-1], Fraction(9, 10))
        self.assertEqual(figures("004-rho")["contraction at kappa = 10, eta = 19/100"], "9/10")

    def test_step_below_one_over_l(self):
        x, eta = Fraction(1), Fraction(1, 1000)
        self.assertGreater(((x - eta * x) / x)**2, Fraction(9, 10))
        self.assertEqual(ROWS["003-strongly-convex-rate"]["verdict"], "holds under")


class Others(unittest.TestCase):
    def test_warmup_and_cosine(self):
        # max of sin^2(x)/x by mpmath's own root finder.
        x = mp.findroot(lambda t: mp.tan(t) - 2 * t, 1.1655)
        bound = 2 * x / (mp.pi * mp.sin(x)**2)
        shown = figures("000-warmup-cosine-minimum")
        self.assertLess(abs(bound - mp.mpf(shown["greatest w/(T - w) for which they are equal, 2/(pi M)"])),
                        mp.mpf("1e-11"))
        for warmup, rest in ((439, 500), (440, 500)):
            first = next((t for t in range(warmup)
                          if (1 + mp.cos(mp.pi * (t - warmup) / rest)) / 2 < mp.mpf(t) / warmup),
                         None)
            self.assertEqual(shown[f"first step that differs, w = {warmup}, T - w = {rest}"],
                             "none" if first is None else str(first))

    def test_vaswani(self):
        base = 1 / mp.sqrt(512 * 4000)
        for t in (1, 100, 4000, 90000):
            written = base * min(mp.mpf(t) / 4000, mp.sqrt(mp.mpf(4000) / t))
            paper = min(1 / mp.sqrt(t), t / mp.mpf(4000)**1.5) / mp.sqrt(512)
            self.assertLess(abs(written - paper), mp.mpf("1e-50"))
        self.assertAlmostEqual(float(figures("000-inverse-sqrt-is-vaswani")["eta_0 = (d w)^(-1/2)"]),
                               float(base), 12)

    def test_sgd_without_noise(self):
        # Step by step, T = 10^4.
        steps, eta, x, total = 10000, 1 / 200, 1.0, 0.0
        for _ in range(steps):
            total += x * x
            x -= eta * x
        shown = figures("000-sgd-bound")
        name = "mean squared gradient over sigma/sqrt T + 1/T, T = 10000, sigma = 0, eta = 1/(2 sqrt T)"
        self.assertAlmostEqual(float(shown[name]), total, 6)

    def test_sgd_doubling(self):
        def mean(steps, eta):
            second, total = 1.0, 0.0
            for _ in range(steps):
                total += second
                second = (1 - eta)**2 * second + eta**2
            return total / steps
        gain = mean(10**6, 1 / 2000) / mean(2 * 10**6, 1 / (2000 * math.sqrt(2)))
        shown = figures("000-doubling-steps")
        name = "T steps over 2 T, squared gradient, eta = c/sqrt T chosen anew"
        self.assertAlmostEqual(float(shown[name]), gain, 6)

    def test_linear_scaling(self):
        # E x^2 of x <- (1 - eta) x + eta noise/sqrt B where a step leaves it as it is.
        def stationary(eta, size):
            return eta**2 / size / (1 - (1 - eta)**2)
        ratio = stationary(Fraction(8, 10), 8) / stationary(Fraction(1, 10), 1)
        shown = figures("000-linear-scaling")
        name = "stationary variance afterwards over before, eta lambda = 1/10, both times 8"
        self.assertEqual(Fraction(shown[name]), ratio)

    def test_decay_half_lives(self):
        shown = figures("003-weight-decay-range")
        for name, factor in (("(1 - lambda), as that document has it, lambda = 1/10", 0.9),
                             ("(1 - eta lambda), eta = 0.001, lambda = 1/100", 1 - 1e-5)):
            self.assertEqual(int(shown[f"steps until a weight is halved by {name}"]),
                             math.ceil(math.log(0.5) / math.log(factor)))

    def test_weight_decay_square(self):
        def run(coefficient):
            theta = mp.mpf(1)
            for t in range(1, 13):
                g = (2 if t % 3 == 0 else 1) * theta + mp.mpf(3 if t % 4 == 1 else -1) / 4
                theta -= mp.mpf(1) / 64 * (g + coefficient * theta)
            return theta
        shown = figures("004-decay-is-lambda-square")
        self.assertLess(abs(run(mp.mpf(2) / 32) -
                            mp.mpf(shown["theta after 12 steps, lambda theta^2 in the loss"])), 1e-18)
        self.assertLess(abs(run(mp.mpf(1) / 32) -
                            mp.mpf(shown["theta after 12 steps, decay coefficient lambda"])), 1e-18)

    def test_natural_gradient(self):
        theta = mp.mpf(1) / 2 * (mp.mpf(4) / 5 - mp.mpf(1) / 2) / (mp.mpf(1) / 4)
        shown = figures("003-natural-gradient-invariant")
        self.assertLess(abs(1 / (1 + mp.exp(-theta)) -
                            mp.mpf(shown["probability after eta = 1/2, in theta"])), 1e-11)

    def test_amsgrad(self):
        m, top, rates = 0.0, 0.0, []
        for t in range(1, 201):
            g = 1.0 if t == 1 else 1 / 64
            m = 0.999 * m + 0.001 * g * g
            top = max(top, m)
            rates.append(1 / math.sqrt(top / (1 - 0.999**t)))
        self.assertGreater(rates[1], rates[0])
        shown = figures("003-amsgrad-monotone")
        self.assertAlmostEqual(
            float(shown["rate over eta, step 200, maximum_then_corrected"]), rates[-1], 6)

    def test_nesterov_with_constant_momentum(self):
        mu, worst = 0.9, 0.0
        for k in range(17):
            x, v, curvature = 1.0, 0.0, 2.0**-k
            for _ in range(1000):
                v = mu * v + curvature * (x - mu * v)
                x -= v
            worst = max(worst, curvature * x * x / 2)
        shown = figures("000-nesterov-rate")
        name = ("gap (T + 1)^2/(L R^2), T = 1000, a constant momentum of 0.9, as the document "
                "writes it")
        self.assertAlmostEqual(float(shown[name]), worst * 1001**2, 5)

    def test_complete(self):
        self.assertGreaterEqual(len(ROWS), 60)
        self.assertEqual(list(LEDGER)[-1], "complete")
        self.assertTrue(LEDGER["complete"])
        refuted = {name for name, row in ROWS.items() if row["verdict"] == "refuted"}
        # Each refuted row has its own derivation above.
        self.assertEqual(refuted, {"000-optimal-momentum", "002-steps-for-two-decimals",
                                   "002-rosenbrock-momentum"})
        summary = {}
        for row in ROWS.values():
            summary[row["verdict"]] = summary.get(row["verdict"], 0) + 1
        self.assertEqual({k: v for k, v in LEDGER["summary"].items() if v}, summary)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
