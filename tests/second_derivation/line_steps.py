"""Rules that choose a line and step along it, from their papers. See closed_loops.py for what
a rule here is.

L-BFGS is not the two loops here, but the matrix that they apply: BFGS updates of gamma I by the
pairs held, from the oldest on (Nocedal and Wright 2006, (6.17)). Conjugate gradients have their
products written out, and the linear ones' residual is the gradient, taken anew at each point.
"""
from mpmath import eye, matrix, mpf, sqrt


def inner(one, other):
    return sum(a * b for a, b in zip(one, other))


def moved(point, direction, length):
    return [x + length * p for x, p in zip(point, direction)]


def negated(vector):
    return [-x for x in vector]


def conjugate_gradient(dialect, h, objective, start, draws):
    point = list(start)
    direction = [mpf(0)] * len(start)
    last = [mpf(0)] * len(start)
    given = dialect.endswith("_given_step")
    conjugation = dialect.removesuffix("_given_step")
    first = True
    while True:
        yield point, {"direction": direction, "last_gradient": last}
        gradient = objective.gradient(point)
        now, before, both = inner(gradient, gradient), inner(last, last), inner(gradient, last)
        along, along_before = inner(direction, gradient), inner(direction, last)
        if first:
            beta = mpf(0)
        elif conjugation == "fletcher_reeves":
            beta = now / before
        elif conjugation == "polak_ribiere":
            beta = (now - both) / before
        elif conjugation == "polak_ribiere_plus":
            beta = (now - both) / before if now > both else mpf(0)
        elif conjugation == "hestenes_stiefel":
            beta = (now - both) / (along - along_before)
        elif conjugation == "dai_yuan":
            beta = now / (along - along_before)
        else:
            bend = along - along_before
            beta = (now - both) / bend - 2 * (now - 2 * both + before) * along / bend ** 2
        direction = [beta * p - g for p, g in zip(direction, gradient)]
        length = h["learning_rate"]
        if not given:
            hessian = objective.hessian(point)
            length *= -inner(gradient, direction) / inner(direction, hessian * matrix(direction))
        point = moved(point, direction, length)
        last, first = gradient, False


def linear_conjugate_gradient(dialect, h, objective, start, draws):
    point = list(start)
    hessian = objective.hessian(point)
    zeros = [mpf(0)] * len(start)
    yield point, {"residual": zeros, "direction": zeros}
    residual = objective.gradient(point)
    direction = negated(residual)
    while True:
        squared = inner(residual, residual)
        length = squared / inner(direction, hessian * matrix(direction))
        point = moved(point, direction, h["learning_rate"] * length)
        residual = objective.gradient(point)
        direction = moved(negated(residual), direction, inner(residual, residual) / squared)
        yield point, {"residual": residual, "direction": direction}


TESTING = ("torch", "minfunc_armijo", "torch_strong_wolfe")  # the curvature of a pair


def inverse_l1_capped(gradient):
    return 1 / max(mpf(1), sum(map(abs, gradient)))


FIRST_LENGTHS = {
    "nocedal_wright": lambda g: mpf(1),
    "torch": inverse_l1_capped,
    "optax": lambda g: 1 / max(mpf(1), sqrt(inner(g, g))),
    "ensmallen": lambda g: 1 / sqrt(inner(g, g)),
    "exact_line_search": lambda g: mpf(1),
    "minfunc_armijo": inverse_l1_capped,
    "torch_strong_wolfe": inverse_l1_capped,
}


def inverse_hessian(pairs, size):
    """`pairs` (s, y), the newest first."""
    if not pairs:
        return eye(size)
    s, y = pairs[0]
    estimate = inner(s, y) / inner(y, y) * eye(size)
    for s, y in reversed(pairs):
        s, y = matrix(s), matrix(y)
        rho = 1 / (s.T * y)[0]
        shift = eye(size) - rho * s * y.T
        estimate = shift * estimate * shift.T + rho * s * s.T
    return estimate


def line(objective, point, direction):
    """phi(a) = f(x + a p), as the pair of its value and its derivative."""
    def phi(length):
        there = moved(point, direction, length)
        return objective.value(there), inner(objective.gradient(there), direction)
    return phi


def cubic_minimum(left, right, lowest, highest):
    """Of the cubic with both ends' values and slopes, each (a, phi, phi'), by its coefficients
    in u = (a - left) / (right - left); halfway where it has none."""
    (a, f, g), (b, k, s) = sorted([left, right])
    width = b - a
    linear, square, cube = g * width, 3 * (k - f) - (2 * g + s) * width, 2 * (f - k) + (g + s) * width
    inside = square ** 2 - 3 * linear * cube
    if inside < 0:
        return (lowest + highest) / 2
    return min(max(a - width * linear / (square + sqrt(inside)), lowest), highest)


def strong_wolfe(phi, length, decrease, reach):
    """PyTorch's search, in the frame of Nocedal and Wright's Algorithms 3.5 and 3.6.

    At most 25 lengths past the first. That phi rose counts from the third length on."""
    origin = (mpf(0), *phi(mpf(0)))
    slope = origin[2]

    def rises(trial):
        return trial[1] > origin[1] + decrease * trial[0] * slope

    def flat(trial):
        return abs(trial[2]) <= mpf(0.9) * abs(slope)

    before, now, spent = origin, (length, *phi(length)), 0
    while True:
        if spent == 25:
            before = origin
            break
        if rises(now) or (spent >= 2 and now[1] >= before[1]):
            break
        if flat(now):
            return now[0]
        if now[2] >= 0:
            break
        lowest = now[0] + mpf(0.01) * (now[0] - before[0])
        length = cubic_minimum(before, now, lowest, 10 * now[0])
        before, now, spent = now, (length, *phi(length)), spent + 1

    better, worse = (before, now) if before[1] <= now[1] else (now, before)
    crowded = False
    while spent < 25 and abs(better[0] - worse[0]) * reach >= mpf(1e-9):
        lowest, highest = sorted((better[0], worse[0]))
        length = cubic_minimum(better, worse, lowest, highest)
        margin = mpf(0.1) * (highest - lowest)
        if min(highest - length, length - lowest) >= margin:
            crowded = False
        elif crowded or length in (lowest, highest):
            length = lowest + margin if length - lowest <= highest - length else highest - margin
            crowded = False
        else:
            crowded = True
        trial, spent = (length, *phi(length)), spent + 1
        if rises(trial) or trial[1] >= better[1]:
            better, worse = (better, trial) if better[1] <= trial[1] else (trial, better)
        elif flat(trial):
            return trial[0]
        else:
            if trial[2] * (worse[0] - better[0]) >= 0:
                worse = better
            better = trial
    return better[0]


def lbfgs(dialect, h, objective, start, draws):
    point = list(start)
    size, most = len(start), int(h["history_size"])
    zeros = [mpf(0)] * size
    step, last, pairs = zeros, zeros, []
    threshold = h.get("curvature_threshold", mpf(1e-10)) if dialect in TESTING else None
    first = True
    while True:
        missing = most - len(pairs)
        yield point, {
            "steps": sum((s for s, _ in pairs), []) + zeros * missing,
            "gradient_changes": sum((y for _, y in pairs), []) + zeros * missing,
            "curvatures": [inner(s, y) for s, y in pairs] + [mpf(0)] * missing,
            "last_step": step, "last_gradient": last}
        gradient = objective.gradient(point)
        length = h["learning_rate"]
        if first:
            length *= FIRST_LENGTHS[dialect](gradient)
        else:
            change = [a - b for a, b in zip(gradient, last)]
            if threshold is None or inner(step, change) > threshold:
                pairs = [(step, change), *pairs][:most]
        direction = negated(inverse_hessian(pairs, size) * matrix(gradient))
        if dialect == "minfunc_armijo":
            value, slope = objective.value(point), inner(gradient, direction)
            decrease = h.get("sufficient_decrease", mpf(1e-4))
            while objective.value(moved(point, direction, length)) > (
                    value + decrease * length * slope):
                length /= 2
        if dialect == "torch_strong_wolfe":
            length = strong_wolfe(line(objective, point, direction), length,
                                  h.get("sufficient_decrease", mpf(1e-4)), max(map(abs, direction)))
        if dialect == "exact_line_search":
            image = objective.hessian(point) * matrix(direction)
            length *= -inner(gradient, direction) / inner(direction, image)
        step = [length * p for p in direction]
        point = moved(point, step, 1)
        last, first = gradient, False


def coordinate_descent(dialect, h, objective, start, draws):
    point = list(start)
    turn = 0
    while True:
        yield point, {}
        gradient = objective.gradient(point)
        hessian = objective.hessian(point)
        scores = {
            "gauss_southwell": [abs(g) for g in gradient],
            "gauss_southwell_lipschitz": [g * g / hessian[i, i] for i, g in enumerate(gradient)],
            "ensmallen_greedy": [max(g, mpf(0)) for g in gradient],
        }.get(dialect)
        chosen = scores.index(max(scores)) if scores else turn % len(point)
        divisor = mpf(1) if dialect.startswith("ensmallen") else hessian[chosen, chosen]
        point = list(point)
        point[chosen] -= h["learning_rate"] * gradient[chosen] / divisor
        turn += 1


RULES = {"conjugate_gradient": conjugate_gradient,
         "linear_conjugate_gradient": linear_conjugate_gradient,
         "lbfgs": lbfgs,
         "coordinate_descent": coordinate_descent}
HYPERPARAMETERS = {"conjugate_gradient": {"learning_rate"},
                   "linear_conjugate_gradient": {"learning_rate"},
                   "lbfgs": {"learning_rate", "history_size", "curvature_threshold",
                             "sufficient_decrease"},
                   "coordinate_descent": {"learning_rate"}}
