"""The printed formulas of rules by tensor and by objective are the right ones.

As formulas_test.py does for rules by element; but every value is a tensor, to 60 digits, and
a gradient, a Hessian, ... is that of example_objective.py. Beside random points, some with a
parameter of zeros and some with gradients of zeros are tried.

    /usr/bin/python3 -B tests/formula/tensor_formulas_test.py build/plumbline
"""
import collections
import os
import random
import sys
import unittest
from fractions import Fraction

from mpmath import mp

import example_objective
import formulas_test
import hand_derived_tensors
import tensors
from formulas_test import STEPS, Point, Quantities, evaluate, faults, forms
from notation import LatexFormula, NotationError, PrintedFormula
from tensors import Identity, Tensor, as_tensor, column, number

mp.dps = 60
ROWS, COLUMNS = 2, 3  # a formula is that of a wide matrix
SEEDS = range(5)
SHARE = 1 if "PLUMBLINE_DEEP" in os.environ else 8  # one in so many single faults is tried
# The last stays at a parameter of zeros for one step more.
ZERO_PARAMETER, ZERO_GRADIENTS, ZERO_FIRST_GRADIENT = (2, 4), (3,), (4,)
# Of rules that compare norms. At a rate of 0 a parameter of zeros is one while state grows.
LARGE_PARAMETER, SMALL_PARAMETER, ZERO_FIRST_RATES = 5, 6, (7, 8)
# Of rules for matrices, whose formula holds for tall ones too; gradients on both sides of epsilon.
TALL, SMALL_GRADIENTS, LARGE_GRADIENTS = 9, 10, 11
# Of rules that turn pairs without curvature away: first there is some, then none.
TURNING, TURNING_QUARTIC = 17, -5
# Of rules that compare what f gains with what a model says: f falls, as fast as that and faster.
SCALES = {20: -1, 21: -2, 22: -4, 23: -8, 24: -16, 26: -1, 28: 3, 31: -1}


def seeds_for(rule, dialect):
    """A rule whose basis is made of its gradients has none for gradients of zeros."""
    regular = rule["name"] in hand_derived_tensors.REGULAR
    singular = ZERO_GRADIENTS + ZERO_FIRST_GRADIENT if regular else ()
    if (rule["name"], dialect["name"]) in hand_derived_tensors.WIDE_ALONE:
        singular += (TALL,)
    return [seed for seed in hand_derived_tensors.POINTS.get(rule["name"], SEEDS)
            if seed not in singular]


class TensorQuantities(Quantities):
    def __init__(self, field, constants, objective):
        super().__init__(field, constants)
        self.objective = objective

    def __call__(self, name, subscript):
        if name == "I":
            return Identity()
        if (name, subscript) == ("e", "i"):  # the coordinate that moves: any one
            return column([int(i == 0) for i in range(COLUMNS)])
        return super().__call__(name, subscript)

    def operation(self, name, values):
        if name in example_objective.NAMES:
            return getattr(self.objective, name)(*values)
        return tensors.operation(name, values)

    def sum(self, tree):
        return evaluate(tree, self).sum()


class TensorPoint(Point):
    """A random point of a tensor rule: a wide matrix; on an objective a vector."""

    def __init__(self, rule, dialect, form, seed):
        self.rule, self.dialect = rule, dialect
        chance = random.Random("%s/%s/%d" % (rule["name"], dialect["name"], seed))
        by_objective = rule["unit"] == "objective"
        self.field = lambda value: as_tensor(Fraction(value))
        self.set_hyperparameters(form, chance)
        rows, columns = (COLUMNS, 1) if by_objective else (ROWS, COLUMNS)
        if seed == TALL and not by_objective:
            rows, columns = columns, rows
        self.symbols.update(rows=self.field(rows), columns=self.field(columns),
                            pi=as_tensor(mp.pi))

        def element():
            return number(Fraction(chance.choice([-9, -7, -4, 3, 5, 8]), chance.choice([37, 41])))

        def tensor(zero=False):
            return Tensor([[element() * (not zero) for _ in range(columns)] for _ in range(rows)])

        first = self.symbols.get("eta", self.field(1))
        later = self.field(Fraction(chance.randint(1, 16), 17))
        self.rates = [first, first, later]
        if seed in ZERO_FIRST_RATES and not by_objective:
            self.rates = [self.field(0), self.field(0), later]
        self.gradients = [tensor(seed in ZERO_GRADIENTS
                                 or (step == 0 and seed in ZERO_FIRST_GRADIENT))
                          for step in range(STEPS)]
        if seed in (SMALL_GRADIENTS, LARGE_GRADIENTS) and not by_objective:
            scale = Fraction(1, 4000) if seed == SMALL_GRADIENTS else 400
            self.gradients = [gradient * scale for gradient in self.gradients]
        self.start = tensor(seed in ZERO_PARAMETER)
        if not by_objective:
            self.start = self.start * {LARGE_PARAMETER: 400, SMALL_PARAMETER: Fraction(1, 4000),
                                       ZERO_FIRST_RATES[0]: 0}.get(seed, 1)
        if rule["name"] in hand_derived_tensors.POSITIVE:
            self.start = tensor().abs()
        self.draws = [column([element() for _ in range(rows)]) for _ in range(STEPS)]
        candidates = hand_derived_tensors.CANDIDATES.get(rule["name"])
        if candidates:
            self.draws = [  # far from each other, and no two alike
                Tensor([[4 * element() + number(Fraction(place * place + i, 19))
                         for i in range(rows)] for place in range(candidates)])
                for _ in range(STEPS)]
        self.uniform = [as_tensor(Fraction(chance.randint(1, 31), 32)) for _ in range(STEPS)]
        quartic = TURNING_QUARTIC if seed == TURNING else 1
        self.objective = (example_objective.ExampleObjective(rows, quartic, SCALES.get(seed, 1))
                          if by_objective else None)
        if rule["name"] == "kfac":  # of one layer: theta is its matrix, with 4 examples
            examples, outputs, inputs = 4, 2, 2
            self.symbols["rows"] = self.field(examples)

            def table(count):
                return Tensor([[element() for _ in range(count)] for _ in range(examples)])

            self.objective.layers = [(table(inputs), table(outputs)) for _ in range(STEPS)]
            self.start = Tensor([[element() for _ in range(inputs)] for _ in range(outputs)])

    def set_hyperparameters(self, form, chance):
        shares = [Fraction(above, below) for below in (7, 11, 13) for above in range(1, below)]
        chance.shuffle(shares)
        off = set(self.dialect["without"])
        if form is self.dialect and "in_full" in self.dialect:
            off |= set(self.dialect["in_full"]["with"])
        fixed = hand_derived_tensors.FIXED.get(self.rule["name"], {})
        self.hyperparameters, self.symbols = {}, {}
        for entry in self.rule["hyperparameters"]:
            value = self.field(fixed.get(entry["name"], shares.pop()))
            if entry["name"] not in off:
                self.hyperparameters[entry["name"]] = value
                self.symbols[entry["symbol"]] = value

    def quantities(self):
        known = TensorQuantities(self.field, dict(self.symbols), self.objective)
        for step, drawn in enumerate(self.draws, 1):
            known.values["z", step] = drawn
        for step, (inputs, slopes) in enumerate(getattr(self.objective, "layers", [])):
            known.values["a", step], known.values["d", step] = inputs, slopes
        for step, drawn in enumerate(self.uniform, 1):
            known.values["u", step] = drawn
        return known

    def hand_derived(self):
        return hand_derived_tensors.trajectory(
            self.rule["name"], self.dialect["name"], self.hyperparameters, self.rates,
            self.gradients, self.start, self.objective, self.draws, self.uniform)


def every_form():
    for rule in formulas_test.catalogue("rules"):
        if rule["unit"] == "element":
            continue
        for dialect in rule["dialects"]:
            for form in forms(dialect):
                yield rule, dialect, form


class PrintedTensorFormulas(unittest.TestCase):
    def test_are_the_hand_derived_ones(self):
        count = 0
        for rule, dialect, form in every_form():
            readings = [PrintedFormula(form["formula_text"]), LatexFormula(form["formula_latex"])]
            for seed in seeds_for(rule, dialect):
                point = TensorPoint(rule, dialect, form, seed)
                expected = point.hand_derived()
                for printed in readings:
                    with self.subTest(rule=rule["name"], dialect=dialect["name"], seed=seed):
                        self.assertIsNone(point.first_difference(printed, expected))
                        count += 1
        self.assertGreaterEqual(count, 50)


def is_seen(points, printed):
    for point, expected in points:
        try:
            if point.first_difference(printed, expected) is not None:
                return True
        except (ValueError, ZeroDivisionError, KeyError, TypeError, IndexError):
            return True  # it has no value at all
    return False


class TheTensorComparison(unittest.TestCase):
    """A formula that is wrong in any one place is told from the right one."""

    def test_sees_every_single_fault(self):
        count, missed = 0, collections.defaultdict(list)
        for rule, dialect, form in every_form():
            points = [TensorPoint(rule, dialect, form, seed) for seed in seeds_for(rule, dialect)]
            points = [(point, point.hand_derived()) for point in points]
            printed = PrintedFormula(form["formula_text"])
            for section in printed.sections:
                for place, (name, subscript, tree) in enumerate(section.lines):
                    if name in hand_derived_tensors.REPEATED.get(rule["name"], ()):
                        continue
                    for fault in list(faults(tree, points[0][0].symbols))[place % SHARE::SHARE]:
                        section.lines[place] = (name, subscript, fault)
                        count += 1
                        if (not is_seen(points, printed) and not
                                hand_derived_tensors.is_the_same(rule, form, name, tree, fault)):
                            missed[rule["name"]].append((dialect["name"], name, fault))
                    section.lines[place] = (name, subscript, tree)
        print(count, "faults; unseen:", {rule: len(them) for rule, them in missed.items()})
        self.assertGreater(count, 20000 // SHARE)
        for rule, faults_missed in missed.items():
            unseen = hand_derived_tensors.UNSEEN.get(rule, (0, 0))[SHARE == 1]
            self.assertLessEqual(len(faults_missed), unseen, "%s: %s" % (rule, faults_missed[:3]))


class Arithmetic(unittest.TestCase):
    """The functions of matrices are what they are called."""

    MATRIX = Tensor([[number(x) for x in row] for row in ((4, 1, 0), (1, 3, -1), (0, -1, 2))])

    def test_functions_of_matrices(self):
        matrix, identity = self.MATRIX, Identity().sized(self.MATRIX)
        self.assertEqual(matrix @ matrix.inverse(), identity)
        root = matrix.inverse_root(as_tensor(3))
        self.assertEqual(root @ root @ root @ matrix, identity)
        vectors = matrix.eigenvectors()
        self.assertEqual(vectors.transpose() @ vectors, identity)
        inside = vectors.transpose() @ matrix @ vectors
        self.assertEqual(inside * identity, inside)
        self.assertLess(inside.rows[1][1], inside.rows[0][0])
        columns = matrix.orthonormal()
        self.assertEqual(columns.transpose() @ columns, identity)
        triangle = (columns.transpose() @ matrix).rows
        self.assertTrue(all(abs(triangle[i][j]) < tensors.TOLERANCE
                            for i in range(3) for j in range(i)))

    def test_shapes(self):
        matrix, row = self.MATRIX, Tensor([[number(1), number(2), number(3)]])
        self.assertEqual((matrix * row).column_means() * 3, row * (matrix.transpose()
                                                                  .row_means().transpose()) * 3)
        self.assertEqual(Identity() * as_tensor(2) + matrix, matrix + Identity(2).sized(matrix))
        self.assertNotEqual(matrix, matrix.transpose() * as_tensor(Fraction(999, 1000)))
        with self.assertRaises(ValueError):
            row + row.transpose() @ row.transpose()
        with self.assertRaises(ValueError):
            self.MATRIX + Tensor([[number(1), number(2)]])

    def test_derivatives_of_the_example_objective(self):
        objective, point = example_objective.ExampleObjective(3), column([1, -2, Fraction(1, 2)])
        step = mp.mpf(10) ** -20
        for i in range(3):
            ahead = column([x + step * (i == j) for j, x in enumerate(point.elements())])
            behind = column([x - step * (i == j) for j, x in enumerate(point.elements())])
            for function, derivative in (("f", "gradient"), ("gradient", "hessian"),
                                         ("residuals", "jacobian")):
                slope = (getattr(objective, function)(ahead)
                         - getattr(objective, function)(behind)) / (2 * step)
                derived = getattr(objective, derivative)(point)
                expected = derived.rows[i] if function == "f" else [row[i] for row in derived.rows]
                for one, other in zip(slope.elements(), expected):
                    self.assertLess(abs(one - other), mp.mpf(10) ** -15)
        direction = column([3, 1, -1])
        self.assertEqual(objective.hessian_vector(point, direction),
                         objective.hessian(point) @ direction)


class Reading(unittest.TestCase):
    PAIRS = [
        ("norm(a_t - b)/norm(u) x_{t-1}",
         r"\frac{\left\lVert a_{t} - b \right\rVert}{\left\lVert u \right\rVert} x_{t-1}"),
        ("transpose(A_t) @ (B @ A_t)", r"{A_{t}}^{\top} \times \left(B \times A_{t}\right)"),
        ("inverse_root(A + epsilon I, 4) @ G",
         r"{\left(A + \epsilon I\right)}^{-1/4} \times G"),
        ("inverse(H) @ gradient(theta_{t-1})",
         r"{H}^{-1} \times \operatorname{gradient}\left(\theta_{t-1}\right)"),
        ("row_means(x^2) column_means(x)", r"\operatorname{row means}\left({x}^{2}\right) "
         r"\operatorname{column means}\left(x\right)"),
        ("hessian_vector(x, z) f(x)",
         r"\operatorname{hessian vector}\left(x, z\right) \operatorname{f}\left(x\right)"),
        ("inner_product(a, b) Vhat_t",
         r"\operatorname{inner product}\left(a, b\right) \mathrm{Vhat}_{t}"),
        ("if(0 < norm(u), a, if(b < 1, c, d))",
         r"\cases{a}{0 < \left\lVert u \right\rVert}{\cases{c}{b < 1}{d}}"),
    ]

    def test_text_and_latex_say_the_same(self):
        for text, latex in self.PAIRS:
            self.assertEqual(PrintedFormula.read(text), LatexFormula.read(latex))

    def test_cases_within_cases(self):
        inner = r"\begin{cases} c & b < 1 \\ d & \text{otherwise} \end{cases}"
        line = r"x_{t} &= \begin{cases} a & 0 < u \\ %s & \text{otherwise} \end{cases}" % inner
        formula = LatexFormula("\\begin{aligned}\n" + line + "\n\\end{aligned}")
        ((_, _, tree),) = formula.section_of(1).lines
        self.assertEqual(tree, PrintedFormula.read("if(0 < u, a, if(b < 1, c, d))"))

    def test_refuses_what_it_does_not_know(self):
        for text in ("unheard(x)", "norm(x", "if(a, b, c)", "if(a < b, c)", "A @"):
            with self.assertRaises(NotationError):
                PrintedFormula.read(text)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        formulas_test.PLUMBLINE = sys.argv.pop(1)
    unittest.main()
