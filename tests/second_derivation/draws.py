#!/usr/bin/python3
"""Sampling and initialization, derived a second time.

    draws.py PLUMBLINE

Independent of the C++, in Python with mpmath:
- the law of every initialization, dialect and case (`show`), by initializations.py;
- the mean and variance of a mini-batch's gradient, over combinations, in fractions;
- the thresholds of the statistical tests, as reports give them, against exact tails:
  binomial sums, the normal's and chi-square's distribution functions.
Needs Debian's python3-mpmath.
"""
import itertools
import json
import math
import re
import subprocess
import sys
from fractions import Fraction

from mpmath import binomial, erfc, exp, fsum, log, loggamma, mp, mpf, power, quad, sqrt

from initializations import cut_second_moment, law

mp.dps = 60
CASES_OF_A_RUN = 1000
FALSE_ALARMS = mpf("1e-9")
ALPHA = FALSE_ALARMS / CASES_OF_A_RUN

failures = []
checks = 0


def check(holds, place):
    global checks
    checks += 1
    if not holds:
        failures.append(place)


def close(text, value, place):
    """Forty digits, each proved: within one unit of the last."""
    check(abs(mpf(text) - value) <= abs(value) * mpf(10) ** -39, f"{place}: {text}, not {value}")


# --- initialization ----------------------------------------------------------------


def exact(text):
    """A hyperparameter stands for its nearest binary64 value."""
    value = Fraction(float(text))
    return mpf(value.numerator) / value.denominator


def check_law(name, options, found):
    place = found["case"] + " " + json.dumps(options)
    value = exact(found["hyperparameters"][0])
    derived = law(name, options, found["shape"], value)
    check(found["family"] == derived["family"], place + ": family")
    for quantity in ("deviation", "bound", "variance"):
        if quantity in derived:
            close(found[quantity], derived[quantity], f"{place}: {quantity}")
        else:
            check(mpf(found[quantity]) == 0, f"{place}: {quantity}")


def check_laws(plumbline):
    seen = 0
    for entry in ask(plumbline, "list", "sampling"):
        page = ask(plumbline, "show", entry["name"])
        for dialect in page["dialects"]:
            for found in dialect.get("laws", []):
                check_law(entry["name"], dialect["options"], found)
                seen += 1
    check(seen > 100, f"only {seen} laws")
    # The constant that JAX and Keras have in their sources: the same in binary64, though its
    # last digits are not (0.8796256610342397504...).
    constant = sqrt(cut_second_moment(mpf(2)))
    check(float(constant) == 0.87962566103423978, f"the constant: {constant}")


# --- mini-batches ------------------------------------------------------------------


def moments(values):
    values = list(values)
    mean = sum(values) / len(values)
    return mean, sum((x - mean) ** 2 for x in values) / len(values)


def check_mini_batches():
    gradients = [Fraction(7, 3), Fraction(-2), Fraction(5, 4), Fraction(11), Fraction(0)]
    for n in range(2, 6):
        population = gradients[:n]
        mean, variance = moments(population)
        for size in range(1, n + 1):
            without = moments(sum(c) / size for c in itertools.combinations(population, size))
            repeated = moments(sum(c) / size for c in itertools.product(population, repeat=size))
            factor = Fraction(n - size, n - 1)
            check(without == (mean, variance / size * factor), f"without, {n}, {size}")
            check(repeated == (mean, variance / size), f"with, {n}, {size}")
            # Control: the factor is no luxury.
            check(size == 1 or without[1] != variance / size, f"no factor, {n}, {size}")


# --- thresholds --------------------------------------------------------------------


def binomial_tail(n, p, first, last):
    return fsum(binomial(n, k) * power(p, k) * power(1 - p, n - k) for k in range(first, last + 1))


def hold(tails, tests, place):
    """Each tail is below alpha/(2 T), but not so far that the test says nothing."""
    most = ALPHA / (2 * tests)
    for tail in tails:
        check(tail <= most, f"{place}: a tail of {mp.nstr(tail, 5)}, above {mp.nstr(most, 5)}")
        check(tail >= most / 1000, f"{place}: a tail of only {mp.nstr(tail, 5)}")


def deviation_of(plumbline, name, dialect, mutant, case):
    report = ask(
        plumbline, "check", "--sampling", name, "--case", f"{name}/{case}", "--dialect", dialect,
        command=[plumbline, "subject", "--mutant", f"{name}/{mutant}"],
    )
    found = [result["deviation"] for result in report["results"] if "deviation" in result]
    check(bool(found), f"{name}/{mutant} does not deviate in {case}")
    return found[0]


def check_thresholds(plumbline):
    # 16,000 epochs of five indices, one a batch: 25 counts of an index in a batch, 20 of one
    # after another, 25 of a batch against one of the epoch before.
    found = deviation_of(plumbline, "without_replacement", "last_kept", "swaps-with-any",
                         "single-sample")
    check(re.fullmatch(r"index \d in batch \d of 16000 epochs", found["quantity"]) is not None,
          found["quantity"])
    lower, upper = int(float(found["lower"])), int(float(found["upper"]))
    p = mpf(1) / 5
    hold([binomial_tail(16000, p, 0, lower - 1), binomial_tail(16000, p, upper + 1, upper + 400)],
         70, "index in batch")

    # 16,384 draws of a normal law; eight tests.
    n, tests = 16384, 8
    deviation = 1 / sqrt(mpf(144))  # 2/(256 + 32)
    found = deviation_of(plumbline, "xavier_normal", "output_first", "shifted", "tall")
    check(found["quantity"] == "mean", found["quantity"])
    hold([erfc(mpf(found["upper"]) / deviation * sqrt(n) / sqrt(2)) / 2], tests, "mean")
    found = deviation_of(plumbline, "xavier_normal", "output_first", "half-the-variance", "tall")
    check(found["quantity"] == "variance", found["quantity"])
    below, above = (mpf(found[end]) / deviation**2 * n / 2 for end in ("lower", "upper"))
    half = mpf(n) / 2
    step = sqrt(half) / 2  # a quarter of a standard deviation or so

    def gamma_between(start, end):
        """P(start < sum x^2/(2 s^2) < end): a gamma variable's, by quadrature."""
        pieces = [start + (end - start) * k / 16 for k in range(17)]
        return quad(lambda x: exp((half - 1) * log(x) - x - loggamma(half)), pieces)

    hold([gamma_between(below - 16 * step, below), gamma_between(above, above + 16 * step)],
         tests, "variance")
    # Control: two thirds of that width are not enough.
    narrow = half + (above - half) * 2 / 3
    check(gamma_between(narrow, narrow + 16 * step) > ALPHA / (2 * tests), "too wide")


# --- the program -------------------------------------------------------------------


def ask(plumbline, *arguments, command=()):
    ending = ["--", *command] if command else []
    done = subprocess.run(
        [plumbline, *arguments, "--json", "-", *ending], capture_output=True, text=True
    )
    if not done.stdout:
        sys.exit(f"{' '.join(arguments)}: {done.stderr}")
    return json.loads(done.stdout)


def main():
    plumbline = sys.argv[1]
    check_mini_batches()
    check_laws(plumbline)
    check_thresholds(plumbline)
    for failure in failures[:20]:
        print(failure)
    print(f"{checks} checks, {len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
