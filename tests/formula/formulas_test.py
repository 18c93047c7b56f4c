"""The formula that `plumbline show` prints for each dialect is the right one.

What is printed, as text and as LaTeX, is read back and evaluated over several steps,
exactly, at random rational points; and so is a second form, derived by hand
(hand_derived.py). Every value must be the same number: parameters, state, scalars, and
where the gradient is wanted.

    /usr/bin/python3 -B tests/formula/formulas_test.py build/plumbline
"""
import collections
import json
import os
import random
import subprocess
import sys
import unittest
from fractions import Fraction

import hand_derived
import hand_derived_clipping
from approximate import ApproximateField
from notation import LatexFormula, NotationError, PrintedFormula
from surds import Field, Surd

SHARE = 1 if "PLUMBLINE_DEEP" in os.environ else 2  # one in so many single faults is tried

POINTS = 3
STEPS = 3
STEPS_OF_RECTIFIED = 7  # rho_t passes 4 and 5 on the way
STEPS_OF_AVERAGED = 5  # averaging starts on the way
# Under too many roots, or too many steps of them, for exact numbers, or with powers that have no
# exact value: to 60 digits.
APPROXIMATE = {"radam", "yogi", "adabelief", "adadelta", "amsgrad", "nadam"}
ABOVE_ONE = {"condition_number", "increase_factor", "averaging_start"}
# Where a power is to have an exact value its exponent is an integer.
INTEGERS = {"momentum_decay": Fraction(2), "rate_exponent": Fraction(3)}
# Far inside, far outside, so small that the millionths show, and 0 where nothing divides by it.
THRESHOLDS = {False: [Fraction(1, 3), Fraction(50), Fraction(1, 10 ** 7), Fraction(0)],
              True: [Fraction(1, 3), Fraction(50), Fraction(1, 10 ** 7)]}
DIVIDE_BY_THRESHOLD = {"reciprocals", "divisor"}
PLUMBLINE = "build/plumbline"


def plumbline(*arguments):
    return subprocess.run([PLUMBLINE, *arguments], check=True, capture_output=True,
                          text=True).stdout


def catalogue(kind):
    names = [entry["name"] for entry in json.loads(plumbline("list", kind, "--json", "-"))]
    return [json.loads(plumbline("show", name, "--json", "-")) for name in names]


def evaluate(tree, value_of):
    """`value_of(name, subscript)` gives a symbol's value; literals are rational."""
    operator, *operands = tree
    if operator == "symbol":
        return value_of(*operands)
    if operator == "number":
        return value_of.field(Fraction(operands[0]))
    if operator in ("sum", "greatest"):
        return getattr(value_of, operator)(operands[0])
    if operator == "select":  # the branch not taken may have no value
        left, right = (evaluate(operand, value_of) for operand in operands[:2])
        return evaluate(operands[2] if left < right else operands[3], value_of)
    values = [evaluate(operand, value_of) for operand in operands]
    if operator == "add":
        return values[0] + values[1]
    if operator == "subtract":
        return values[0] - values[1]
    if operator == "multiply":
        return values[0] * values[1]
    if operator == "divide":
        return values[0] / values[1]
    if operator == "negate":
        return -values[0]
    if value_of.operation:
        return value_of.operation(operator, values)
    if operator == "sqrt":
        return values[0].sqrt()
    if operator == "abs":
        return -values[0] if values[0] < 0 else values[0]
    if operator == "sign":
        return value_of.field(Fraction(0 if values[0] == 0 else -1 if values[0] < 0 else 1))
    if operator in ("min", "max"):
        return values[0] if (values[0] < values[1]) == (operator == "min") else values[1]
    if operator == "power":
        exponent = values[1].as_exponent()
        return values[0] ** exponent if exponent >= 0 else 1 / values[0] ** -exponent
    raise NotationError("no meaning for %s" % operator)


class Quantities:
    """Values of symbols: hyperparameters by name, others by name and step. `operation` is for
    numbers that have their own."""
    operation = None

    def __init__(self, field, constants):
        self.field, self.constants, self.values, self.step = field, constants, {}, 0

    def __call__(self, name, subscript):
        if name == "t" and not subscript:
            return self.field(self.step)
        if not subscript:
            return self.constants[name]
        return self.values[name, self.index(subscript)]

    def index(self, subscript):
        steps = {"t": self.step, "t-1": self.step - 1}
        return steps[subscript] if subscript in steps else int(subscript)


class Elements(Quantities):
    """g_i and w_i for each element i, and ||g|| and ||w|| once they have been set."""

    def __init__(self, field, constants, gradient, parameter):
        super().__init__(field, constants)
        self.elements, self.element = list(zip(gradient, parameter)), None

    def __call__(self, name, subscript):
        if subscript == "i":
            return self.element["gw".index(name)]
        return super().__call__(name, subscript)

    def at(self, tree, element):
        self.element = element
        return evaluate(tree, self)

    def sum(self, tree):
        return sum((self.at(tree, element) for element in self.elements), self.field(0))

    def greatest(self, tree):
        values = [self.at(tree, element) for element in self.elements]
        largest = values[0]
        for value in values[1:]:
            largest = value if largest < value else largest
        return largest


class Point:
    """A random rational point for one form of one dialect's formula."""

    def __init__(self, rule, dialect, form, seed, field=None):
        self.rule, self.dialect = rule, dialect
        chance = random.Random("%s/%s/%d" % (rule["name"], dialect["name"], seed))
        shares = [Fraction(above, below) for below in (7, 11, 13) for above in range(1, below)]
        chance.shuffle(shares)  # none is 1/2, and no two are the same
        share = shares.pop
        # A 17th or 19th stays one in products with those: no quantity is 1 by chance.
        signed_choices = [-9, -7, -4, 3, 5, 8]
        self.branches = any(name in form["formula_text"] for name in ("sign(", "if(", "max("))
        rectified = "rho_t" in form["formula_text"]
        if not rectified:
            signed_choices += [0] * (self.branches and seed > 0)
        signed = lambda: Fraction(chance.choice(signed_choices), chance.choice([17, 19]))
        averaged = "t0" in form["formula_text"]
        steps = (STEPS_OF_RECTIFIED if rectified else STEPS_OF_AVERAGED if averaged else STEPS)
        approximate = rule["name"] in APPROXIMATE
        self.field = field or (ApproximateField() if approximate else Field())
        off = set(dialect["without"])
        if form is dialect and "in_full" in dialect:
            off |= set(dialect["in_full"]["with"])
        self.hyperparameters, self.symbols = {}, {}
        for entry in rule["hyperparameters"]:
            if entry["name"] == "minimum_step":
                shares[-2:] = sorted(shares[-2:], reverse=True)  # and then the maximum
            value = share() + (entry["name"] in ABOVE_ONE)
            value = INTEGERS.get(entry["name"], value)
            if entry["name"] not in off:
                value = 1 if entry["name"] == "centered" else value
                if rectified and entry["name"] == "beta2":
                    value = chance.choice([Fraction(14, 15), Fraction(16, 17), Fraction(18, 19)])
                self.hyperparameters[entry["name"]] = self.field(value)
                self.symbols[entry["symbol"]] = self.field(value)
        first, later = self.symbols["eta"], self.field(share())
        self.rates = [first, first] + [later] * (steps - 2)  # set anew in mid-run
        self.gradients = [self.field(signed()) for _ in range(steps)]
        if "sign(v_{t-1} - " in form["formula_text"]:
            # v below, above and between squares: 9, 4, 16 and 64 over 17^2
            self.gradients = [self.field(Fraction(above, 17)) for above in (-3, 8, 4)]
            self.symbols["a"] = self.hyperparameters["initial_accumulator"] = self.field(
                Fraction(12, 289))
        self.start = self.field(signed())

    def hand_derived(self):
        return hand_derived.trajectory(self.rule["name"], self.dialect["name"], self.field,
                                       self.hyperparameters, self.rates, self.gradients, self.start)

    def quantities(self):
        return Quantities(self.field, dict(self.symbols))

    def first_difference(self, printed, expected):
        """Where the printed formula gives another number than `expected`, or None."""
        known = self.quantities()
        known.values["theta", 0] = self.start
        known.values["eta", 0] = self.rates[0]
        for name, _, tree in printed.start:
            known.values[name, 0] = evaluate(tree, known)
        for step, values in enumerate(expected, 1):
            known.step, known.constants["eta"] = step, self.rates[step - 1]
            known.values["g", step] = self.gradients[step - 1]
            section = printed.section_of(step)
            for name, subscript, tree in section.lines:
                known.values[name, known.index(subscript)] = evaluate(tree, known)
            names = {name for name, _, _ in section.lines}
            named = values.get("named", {})  # may have lines, and need not
            if names - set(named) != set(values) - {"point", "named"}:
                return "step %d has values for %s" % (step, sorted(names))
            for name in sorted(names):
                value = named[name] if name in named else values[name]
                if not known.values[name, step] == value:
                    return "step %d, %s: %r and not %r" % (step, name, known.values[name, step],
                                                           value)
            if (section.gradient_at is None) != ("point" not in values):
                return "step %d: a gradient at another point" % step
            if section.gradient_at and not evaluate(section.gradient_at, known) == values["point"]:
                return "step %d: the gradient is wanted elsewhere" % step
        return None


def forms(dialect):
    return [dialect] + ([dialect["in_full"]] if "in_full" in dialect else [])


def every_form():
    for rule in catalogue("rules"):
        if rule["unit"] != "element":
            continue  # tensor_formulas_test.py
        for dialect in rule["dialects"]:
            for form in forms(dialect):
                yield rule, dialect, form


class PrintedFormulas(unittest.TestCase):
    def test_are_the_hand_derived_ones(self):
        """As text and as LaTeX: what LaTeX says is checked as a formula, not as a string."""
        count = 0
        for rule, dialect, form in every_form():
            readings = [PrintedFormula(form["formula_text"]), LatexFormula(form["formula_latex"])]
            for seed in range(POINTS):
                field = ApproximateField() if rule["name"] in APPROXIMATE else None
                point = Point(rule, dialect, form, seed, field)
                expected = point.hand_derived()
                for printed in readings:
                    with self.subTest(rule=rule["name"], dialect=dialect["name"], seed=seed):
                        self.assertIsNone(point.first_difference(printed, expected))
                        count += 1
        self.assertGreaterEqual(count, 200)

    def test_of_clippings_are_the_hand_derived_ones(self):
        count = 0
        for clipping in catalogue("clipping"):
            for dialect in clipping["dialects"]:
                for reading in (PrintedFormula(dialect["formula_text"]),
                                LatexFormula(dialect["formula_latex"])):
                    for threshold in THRESHOLDS[dialect["name"] in DIVIDE_BY_THRESHOLD]:
                        with self.subTest(clipping=clipping["name"], dialect=dialect["name"],
                                          threshold=threshold):
                            self.check_clipping(clipping["name"], dialect["name"], reading,
                                                threshold)
                            count += 1
        self.assertGreaterEqual(count, 100)

    def check_clipping(self, clipping, dialect, printed, threshold):
        field = Field()
        constants = {"c": field(threshold), "lambda": field(threshold),
                     "epsilon": field(Fraction(1, 50))}
        gradient = [field(Fraction(*parts)) for parts in ((3, 7), (-2, 5), (1, 9), (4, 3))]
        parameter = [field(Fraction(*parts)) for parts in ((-1, 5), (2, 11), (0, 1), (1, 3))]
        names, expected = hand_derived_clipping.clipped(clipping, dialect, constants, gradient,
                                                        parameter)
        known = Elements(field, dict(constants), gradient, parameter)
        lines = printed.section_of(1).lines if names else []
        self.assertEqual({name for name, _, _ in lines}, set(names))
        for name, _, tree in lines:
            known.constants[name] = evaluate(tree, known)
            self.assertEqual(known.constants[name], names[name])
        ((target, value),) = printed.elementwise
        self.assertEqual(target, ("symbol", "g", "i"))
        for element, result in zip(known.elements, expected):
            self.assertEqual(known.at(value, element), result)

    def test_state_and_counts_are_there(self):
        for rule, _, form in every_form():
            tensors = form["state_memory"]["tensors"]
            self.assertLessEqual(set(tensors), {entry["name"] for entry in rule["state"]})
            count = len(tensors)
            self.assertEqual(form["state_memory"]["size"],
                             "0" if count == 0 else "P" if count == 1 else "%dP" % count)
            self.assertGreaterEqual(sum(form["operations"]["per_element"].values()), 2)


def faults(tree, constants):
    """Trees that differ from this one by one operation, symbol or literal."""
    operator, *operands = tree
    if operator == "symbol":
        name, subscript = operands
        if subscript == "t-1":
            yield ("symbol", name, "t")
        if name in constants:
            yield from (("symbol", other, "") for other in constants if other != name)
        yield ("add", tree, ("number", "1"))
        return
    if operator == "number":
        yield ("number", str(Fraction(operands[0]) + 1))
        return
    if operator == "sign":  # which side it is on is all that shows of what it is taken of
        (argument,) = operands
        yield argument
        yield from (("sign", side) for side in argument[1:] if argument[0] == "subtract")
        if argument[0] == "subtract":
            yield ("sign", ("add", *argument[1:]))
        return
    if operator == "select":
        left, right, if_true, otherwise = operands
        yield ("select", right, left, if_true, otherwise)
        yield ("select", left, right, otherwise, if_true)
        for side, place in ((left, 0), (right, 1)):  # of what else is compared little shows
            if side[0] == "number":
                for fault in faults(side, constants):
                    yield (operator, *operands[:place], fault, *operands[place + 1:])
        for place in (2, 3):
            yield operands[place]
            for fault in faults(operands[place], constants):
                yield (operator, *operands[:place], fault, *operands[place + 1:])
        return
    others = {"add": ["subtract"], "subtract": ["add"], "multiply": ["divide", "add"],
              "divide": ["multiply"], "min": ["max"], "max": ["min"]}
    if operator == "multiply" and operands[1][0] == "sign":
        others = {"multiply": ["add"]}  # by a sign or over it: the same
    for other in others.get(operator, []):
        if other == "divide" and operands[1][0] == "sign":
            continue  # x/1 = x, and x/-1 = -x
        yield (other, *operands)
    for operand in operands:
        yield operand  # the operation dropped
    for place, operand in enumerate(operands):
        if operator == "power" and place == 1 and operand[0] == "number":
            continue
        for fault in faults(operand, constants):
            yield (operator, *operands[:place], fault, *operands[place + 1:])


# Single faults that no point shows, at most, by rule and line; all others are seen. Where
# Rprop's step size neither grows nor shrinks, D_t is D_{t-1}, and the average of ASGD's first
# step is the parameter: t0 < -1 is never so.
UNSEEN = {("rprop", "theta"): 3, ("asgd", "a"): 35}


class TheComparison(unittest.TestCase):
    """A formula that is wrong in any one place is told from the right one."""

    def test_sees_every_single_fault(self):
        count, missed = 0, collections.defaultdict(list)
        for rule, dialect, form in every_form():
            points = [Point(rule, dialect, form, 0, ApproximateField())]
            if points[0].branches:
                # What stands in a sign or a comparison shows at few of all points.
                points += [Point(rule, dialect, form, seed, ApproximateField())
                           for seed in range(1, 150)]
            expected = [point.hand_derived() for point in points]
            printed = PrintedFormula(form["formula_text"])
            for section in printed.sections:
                for place, (name, subscript, tree) in enumerate(section.lines):
                    for fault in list(faults(tree, points[0].symbols))[place % SHARE::SHARE]:
                        section.lines[place] = (name, subscript, fault)
                        count += 1
                        if not any(self.is_seen(point, printed, values)
                                   for point, values in zip(points, expected)):
                            missed[rule["name"], name].append((dialect["name"], fault))
                    section.lines[place] = (name, subscript, tree)
        self.assertGreater(count, 1000)
        for line, faults_missed in missed.items():
            self.assertLessEqual(len(faults_missed), UNSEEN.get(line, 0),
                                 "%s: %s" % (line, faults_missed[:3]))

    @staticmethod
    def is_seen(point, printed, expected):
        try:
            return point.first_difference(printed, expected) is not None
        except (ValueError, ZeroDivisionError, KeyError, TypeError):
            return True  # it has no value at all


class ExactNumbers(unittest.TestCase):
    def test_nested_roots_are_recognised(self):
        field = Field()
        two, three = field(2).sqrt(), field(3).sqrt()
        self.assertEqual(field(6).sqrt(), two * three)
        self.assertEqual((5 + 2 * field(6).sqrt()).sqrt(), two + three)
        self.assertEqual((3 - 2 * two).sqrt(), two - 1)
        self.assertEqual(1 / (two + three), three - two)
        self.assertEqual(len(field.radicands), 2)
        self.assertNotEqual((two + 1).sqrt(), (two + 2).sqrt())
        self.assertEqual((two + 1).sqrt() * (two - 1).sqrt(), 1)
        self.assertIsInstance(two, Surd)
        with self.assertRaises(ValueError):
            (two - 2).sqrt()


class Reading(unittest.TestCase):
    def test_refuses_what_it_does_not_know(self):
        for text in ("a +", "a + (b", "a b)", "a $ b", "f_t = g ^"):
            with self.assertRaises(NotationError):
                PrintedFormula.read(text)
        for text in (r"\frac{a}{b", r"\left(a + b)", r"\unknown{a}", r"a}", r"\frac{a}"):
            with self.assertRaises(NotationError):
                LatexFormula.read(text)

    def test_order_of_operations(self):
        read = PrintedFormula.read
        self.assertEqual(read("a - b c/d"), read("a - ((b c)/d)"))
        self.assertEqual(read("a b^2"), read("a (b^2)"))
        self.assertNotEqual(read("a/b c"), read("a/(b c)"))
        self.assertNotEqual(read("a - b - c"), read("a - (b - c)"))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        PLUMBLINE = sys.argv.pop(1)
    unittest.main()
