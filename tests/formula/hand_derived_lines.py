"""Rules that step along a line: conjugate gradients, L-BFGS, coordinate descent.

A history is a list of rows, the newest first; the printed formula of L-BFGS is for one pair.
"""
from fractions import Fraction

from mpmath import mpf

from tensors import History, as_tensor, column


def inner(one, other):
    return one.inner_product(other)


def length(run, point, gradient, direction):
    """The exact step on a quadratic."""
    image = run.objective.hessian(point) @ direction
    return run.rate * inner(gradient, direction) / -inner(direction, image)


def conjugation(name, gradient, last, direction):
    """beta, with its products written out."""
    now, before, both = inner(gradient, gradient), inner(last, last), inner(gradient, last)
    bend = inner(direction, gradient) - inner(direction, last)
    if name == "fletcher_reeves":
        return now / before
    if name == "polak_ribiere":
        return (now - both) / before
    if name == "polak_ribiere_plus":
        share = (now - both) / before
        return share if 0 < share.value else as_tensor(0)
    if name == "hestenes_stiefel":
        return (now - both) / bend
    if name == "dai_yuan":
        return now / bend
    return ((now - both) / bend
            - 2 * (now - 2 * both + before) * inner(direction, gradient) / (bend * bend))


def conjugate_gradient(run, dialect):
    point = run.thetas[-1]
    gradient = run.objective.gradient(point)
    name = dialect.removesuffix("_given_step")
    direction = -gradient
    if run.t > 1:
        direction += conjugation(name, gradient, run.last, run.direction) * run.direction
    run.last, run.direction = gradient, direction
    step = run.rate if dialect != name else length(run, point, gradient, direction)
    return {"g0": gradient, "p": direction, "theta": point + step * direction}


def linear_conjugate_gradient(run, dialect):
    point = run.thetas[-1]
    if run.t == 1:
        run.residual = run.objective.gradient(point)
        run.direction = -run.residual
    image = run.objective.hessian(point) @ run.direction
    squared = inner(run.residual, run.residual)
    step = run.rate * squared / inner(run.direction, image)
    moved = point + step * run.direction
    run.residual = run.residual + step * image
    run.direction = inner(run.residual, run.residual) / squared * run.direction - run.residual
    return {"r": run.residual, "p": run.direction, "theta": moved}


def unit(size, place):
    return column([int(i == place) for i in range(size)])


def coordinate_descent(run, dialect):
    point = run.thetas[-1]
    gradient = run.objective.gradient(point)
    hessian = run.objective.hessian(point)
    slopes = gradient.elements()
    bends = [hessian.rows[i][i] for i in range(len(slopes))]
    scores = {"gauss_southwell": [abs(g) for g in slopes],
              "gauss_southwell_lipschitz": [g * g / b for g, b in zip(slopes, bends)],
              "ensmallen_greedy": [max(g, mpf(0)) for g in slopes]}.get(dialect)
    place = scores.index(max(scores)) if scores else 0
    divisor = mpf(1) if dialect.startswith("ensmallen") else bends[place]
    return {"theta": point - run.rate * (slopes[place] / divisor) * unit(len(slopes), place)}


TESTING = ("torch", "minfunc_armijo", "torch_strong_wolfe")  # the curvature of a pair


def inverse_l1_capped(gradient):
    return 1 / max(mpf(1), gradient.abs().sum().value)


FIRST_LENGTHS = {
    "torch": inverse_l1_capped,
    "optax": lambda g: 1 / max(mpf(1), g.norm().value),
    "ensmallen": lambda g: 1 / g.norm().value,
    "minfunc_armijo": inverse_l1_capped,
    "torch_strong_wolfe": inverse_l1_capped,
}


def inverse_hessian_product(pairs, gradient):
    """With the newest pair alone: (V' gamma V + s s'/y's) g, V = I - y s'/y's."""
    if not pairs:
        return gradient
    step, change = pairs[0]
    curvature = inner(step, change)
    projected = gradient - inner(step, gradient) / curvature * change
    scaled = curvature / inner(change, change) * projected
    return scaled + (inner(step, gradient) - inner(change, scaled)) / curvature * step


def lbfgs(run, dialect):
    point = run.thetas[-1]
    gradient = run.objective.gradient(point)
    step = run.rate
    if run.t == 1:
        run.pairs = []
        step = step * FIRST_LENGTHS.get(dialect, lambda g: 1)(gradient)
    else:
        change = gradient - run.last
        threshold = run.get("curvature_threshold", Fraction(1e-10))
        if dialect not in TESTING or threshold < inner(run.step, change):
            run.pairs = [(run.step, change), *run.pairs]
    direction = -inverse_hessian_product(run.pairs, gradient)
    if dialect == "exact_line_search":
        step = length(run, point, gradient, direction)
    if dialect == "minfunc_armijo":  # the formula has the first two trials
        decrease = run.get("sufficient_decrease", Fraction(1e-4))
        reached = run.objective.f(point + step * direction)
        if run.objective.f(point) + step * decrease * inner(gradient, direction) < reached:
            step = step / 2
    if dialect == "torch_strong_wolfe":
        decrease = run.get("sufficient_decrease", Fraction(1, 10 ** 4))
        step = run.objective.strong_wolfe_length(point, direction, as_tensor(step), as_tensor(decrease))
    run.step, run.last = step * direction, gradient
    history = (lambda rows: History(rows) if run.pairs else as_tensor(0))
    return {"S": history([s for s, _ in run.pairs]), "Y": history([y for _, y in run.pairs]),
            "C": history([inner(s, y) for s, y in run.pairs]),
            "s": run.step, "g0": gradient, "theta": point + run.step}


RULES = {"conjugate_gradient": conjugate_gradient,
         "linear_conjugate_gradient": linear_conjugate_gradient,
         "lbfgs": lbfgs,
         "coordinate_descent": coordinate_descent}

def without_one_inner_product(tree):
    """Every tree with one inner product by the unit vector e left out: (a'e) e = a e, element
    by element, and so with a divisor of e."""
    if not isinstance(tree, tuple):
        return
    if tree[0] == "inner_product":
        first, second = tree[1:]
        is_unit = [side[0] == "unit_of_greatest" or side[:2] == ("symbol", "e")
                   for side in (first, second)]
        if is_unit[1]:
            yield first
        if is_unit[0]:
            yield second
    for place, operand in enumerate(tree):
        for changed in without_one_inner_product(operand):
            yield (*tree[:place], changed, *tree[place + 1:])


SAME = {"coordinate_descent":
        lambda form, name, tree, fault: fault in without_one_inner_product(tree)}

# The formula is for a pair that is held.
FIXED = {"lbfgs": {"curvature_threshold": Fraction(1, 10 ** 10)}}
