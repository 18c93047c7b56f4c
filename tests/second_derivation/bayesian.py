"""Bayesian optimization: conditioning a Gaussian vector on its first part; see closed_loops.py.

Written from Rasmussen and Williams (2006), Algorithm 2.1 and (4.17), Jones, Schonlau and Welch
(1998), (15), and the libraries' own statements: scikit-optimize and bayes_opt have
predictions in units of y, GPyOpt standardizes y before it models anything.
"""
from mpmath import cholesky, exp, matrix, mpf, ncdf, npdf, sqrt

CANDIDATES = 5

# (kernel, values, whether the goal is a predicted one, whether predictions have the noise)
PROCESSES = {
    "expected_improvement": ("gauss", "raw", False, False),
    "emukit": ("gauss", "raw", False, True),
    "scikit_optimize": ("matern", "standard", False, False),
    "gpyopt": ("matern", "standard units", True, True),
    "limbo": ("matern", "centred", True, True),
    "limbo_ucb": ("gauss", "centred", True, True),
}


def process_of(dialect):
    for ending in ("_pi", "_lcb"):
        dialect = dialect.removesuffix(ending)
    return PROCESSES[dialect]


def kernel_of(name, length, variance):
    def kernel(one, other):
        distance = sqrt(sum((a - b) ** 2 for a, b in zip(one, other))) / length
        if name == "gauss":
            return variance / exp(distance ** 2) ** mpf("0.5")
        series = 1 + sqrt(5) * distance + 5 * distance ** 2 / 3
        return variance * series / exp(sqrt(5) * distance)
    return kernel


def forward(lower, right):
    """lower^-1 right by substitution."""
    solved = []
    for i, value in enumerate(right):
        solved.append((value - sum(lower[i, k] * solved[k] for k in range(i))) / lower[i, i])
    return solved


class Posterior:
    def __init__(self, kernel, noise, points, values):
        self.kernel, self.points = kernel, points
        covariances = matrix([[kernel(a, b) + (noise if i == j else 0)
                               for j, b in enumerate(points)] for i, a in enumerate(points)])
        self.lower = cholesky(covariances)
        self.whitened = forward(self.lower, values)

    def at(self, point):
        """Mean and variance of the process there."""
        seen = forward(self.lower, [self.kernel(point, known) for known in self.points])
        mean = sum(a * b for a, b in zip(seen, self.whitened))
        return mean, self.kernel(point, point) - sum(a * a for a in seen)


def acquisition(dialect, h, goal, mean, deviation):
    if dialect.endswith(("_lcb", "_ucb")):
        return -(mean - h.get("confidence", mpf(2)) * deviation)
    u = (goal - (mean + h.get("exploration", mpf(0.01)))) / deviation
    if dialect.endswith("pi"):
        return ncdf(u)
    return deviation * (u * ncdf(u) + npdf(u))


def chosen(dialect, h, points, values, candidates):
    """(acquisition, candidate), the greatest of all."""
    name, form, predicts_goal, noisy = process_of(dialect)
    count = len(values)
    offset, unit = mpf(0), mpf(1)
    if form != "raw":
        offset = sum(values) / count
    if form.startswith("standard") and count > 1:
        unit = sqrt(sum(y * y for y in values) / count - offset * offset)
    given = [(y - offset) / unit for y in values]
    kernel = kernel_of(name, h["length_scale"], h.get("signal_variance", mpf(1)))
    posterior = Posterior(kernel, h["noise"], points, given)
    goals = [posterior.at(point)[0] for point in points] if predicts_goal else given
    goal = min(goals)
    if form == "standard units":
        offset, unit = mpf(0), mpf(1)
    best = None
    for candidate in candidates:
        mean, variance = posterior.at(candidate)
        deviation = unit * sqrt(variance + (h["noise"] if noisy else 0))
        reached = acquisition(dialect, h, offset + unit * goal, offset + unit * mean, deviation)
        if best is None or reached > best[0]:
            best = (reached, candidate)
    return best


def bayesian_optimization(dialect, h, objective, start, draws):
    size, kept = len(start), int(h.get("history_size", 4))
    points, values, point, reached = [], [], start, mpf(0)
    for drawn in [None, *draws]:
        if drawn is not None:
            points.append(point)
            values.append(objective.value(point))
            points, values = points[-kept:], values[-kept:]
            candidates = [drawn[k * size:(k + 1) * size] for k in range(CANDIDATES)]
            reached, point = chosen(dialect, h, points, values, candidates)
        missing = kept - len(points)
        yield point, {"points": sum(points[::-1], []) + [mpf(0)] * (missing * size),
                      "values": values[::-1] + [mpf(0)] * missing,
                      "acquisition": [reached]}


RULES = {"bayesian_optimization": bayesian_optimization}

HYPERPARAMETERS = {"bayesian_optimization": {"length_scale", "signal_variance", "noise",
                                             "exploration", "confidence", "history_size"}}
