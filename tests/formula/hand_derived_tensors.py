"""Rules by tensor and by objective, derived by hand as in hand_derived.py: each by its own
function of a run and a dialect, in a file of its rules' own. Numbers are those of tensors.py.
"""
from fractions import Fraction

import hand_derived_bayesian
import hand_derived_factored
import hand_derived_kronecker
import hand_derived_free
import hand_derived_layerwise
import hand_derived_lines
import hand_derived_muon
import hand_derived_second_order
from hand_derived import Run
from tensors import as_tensor

RULES = {**hand_derived_bayesian.RULES, **hand_derived_factored.RULES, **hand_derived_free.RULES, **hand_derived_kronecker.RULES,
         **hand_derived_layerwise.RULES, **hand_derived_lines.RULES,
         **hand_derived_muon.RULES, **hand_derived_second_order.RULES}

# Faults that change no value, by rule: functions of the form, the line's name and both trees.
SAME = {**hand_derived_bayesian.SAME, **hand_derived_factored.SAME, **hand_derived_free.SAME, **hand_derived_kronecker.SAME,
        **hand_derived_layerwise.SAME, **hand_derived_lines.SAME,
        **hand_derived_second_order.SAME}

# Rules that have a meaning for gradients of full rank alone.
REGULAR = {"muon", "soap"}

# Points to try, where a few do not take every branch.
POINTS = {"evolution_strategy": range(24), "lamb": range(8), "lars": range(9),
          "lbfgs": (0, 1, 2, 3, 4, 17), "levenberg_marquardt": (*range(5), 20, 21, 22, 23, 24, 26, 28, 31),
          "muon": (0, 1, 2, 9, 10, 11), "simulated_annealing": range(48)}

# Dialects that a tall matrix has no value in: its Gram matrix is singular.
WIDE_ALONE = {("muon", "polar_factor")}

# Single faults that no point shows, at most: they stand where a branch is not taken at any of
# them (a curvature condition that fails, a floor that is reached, an adaptation that turns).
# All others are seen; the numbers only ever fall. Of the one in eight that a plain run tries,
# and of all.
UNSEEN = {"adafactor": (26, 163), "soap": (6, 40), "hessian_free": (10, 143), "kfac": (0, 8),
          "lbfgs": (81, 579), "levenberg_marquardt": (1, 7), "coordinate_descent": (0, 2),
          "evolution_strategy": (19, 128)}

# Lines that repeat one before them but for an index: single faults are tried in that one.
REPEATED = {"muon": {"A3", "X3", "A4", "X4", "A5", "X5"}}

# Rules whose draws are several points.
CANDIDATES = hand_derived_bayesian.CANDIDATES

# Rules whose parameters have to be positive.
POSITIVE = {"mirror_descent"}

# Where a hyperparameter cannot be any number: by rule, then by name.
FIXED = {**hand_derived_lines.FIXED, **hand_derived_second_order.FIXED}


class TensorRun(Run):
    """Beside what a Run holds: the objective, and the draws of each step, normal and uniform."""

    def __init__(self, hyperparameters, rates, gradients, start, objective, draws, uniform):
        super().__init__(lambda value: as_tensor(Fraction(value)), hyperparameters, rates,
                         gradients, start)
        self.objective, self.draws, self.uniform = objective, draws, uniform

    @property
    def drawn(self):
        return self.draws[self.t - 1]


def trajectory(rule, dialect, *given):
    """By step, the values by the symbols of the printed formula."""
    run = TensorRun(*given)
    steps = []
    for _ in run.rates:
        values = RULES[rule](run, dialect)
        steps.append(values)
        run.thetas.append(values["theta"])
    return steps


def is_the_same(rule, form, name, tree, fault):
    """A fault that changes no value, by what the rule's own file proves of it."""
    proved = SAME.get(rule["name"])
    return proved is not None and proved(form, name, tree, fault)
