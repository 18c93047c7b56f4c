"""Bayesian optimization by the inverse of the covariance of all observations and one more."""
from fractions import Fraction

from mpmath import exp, inverse, matrix, mpf, ncdf, npdf, sqrt

from tensors import History, Tensor, column, of_matrix, scalar

CANDIDATES = {"bayesian_optimization": 5}

GAUSSIAN = ("expected_improvement", "emukit", "limbo_ucb")
NOISY = ("gpyopt", "limbo", "emukit")  # by the first word


def kernel_of(run, dialect):
    length = run.get("length_scale").value
    signal = run.get("signal_variance", 1).value

    def kernel(one, other):
        square = sum((a - b) ** 2 for a, b in zip(one, other)) / length ** 2
        if dialect in GAUSSIAN:
            return signal * exp(-square / 2)
        return signal * (1 + sqrt(5 * square) + 5 * square / 3) * exp(-sqrt(5 * square))
    return kernel


def predicted(covariances, across, itself, values):
    """Mean and variance of one more observation, from the inverse with it."""
    size = len(values)
    joint = matrix(size + 1)
    joint[:size, :size] = covariances
    for i, share in enumerate(across):
        joint[i, size] = joint[size, i] = share
    joint[size, size] = itself
    last = inverse(joint)[size, :]
    return -sum(last[i] * values[i] for i in range(size)) / last[size], 1 / last[size]


def acquisition(run, dialect, improvement, mean, deviation):
    if dialect.endswith(("lcb", "ucb")):
        return run.get("confidence", 2).value * deviation - mean
    share = improvement / deviation
    if dialect.endswith("pi"):
        return ncdf(share)
    return deviation * (share * ncdf(share) + npdf(share))


def bayesian_optimization(run, dialect):
    if run.t == 1:
        run.seen = []
    library = dialect.split("_")[0]
    run.seen = [(run.theta, run.objective.f(run.theta)), *run.seen]
    points = [point.elements() for point, _ in run.seen]
    values = [value.value for _, value in run.seen]
    kernel, noise = kernel_of(run, dialect), run.get("noise").value
    prior = matrix([[kernel(a, b) for b in points] for a in points])
    covariances = prior + noise * matrix([[int(a is b) for b in points] for a in points])
    middle, unit = mpf(0), mpf(1)
    if dialect not in ("expected_improvement", "emukit"):
        middle = sum(values) / len(values)
    if library in ("scikit", "gpyopt") and run.t > 1:
        pairs = [(a - b) ** 2 for a in values for b in values]
        unit = sqrt(sum(pairs) / 2) / len(values)
    given = [(value - middle) / unit for value in values]
    lines = {}
    if dialect not in ("expected_improvement", "emukit"):
        lines["y"] = column(given)
    if library in ("scikit", "gpyopt") and run.t > 1:
        lines["s"] = scalar(unit)
    goal = min(given)
    if library in ("gpyopt", "limbo"):
        # At a point seen: P y without what the noise takes.
        weights = inverse(covariances) * matrix(given)
        goal = min(given[i] - noise * weights[i] for i in range(len(given)))
    if library == "gpyopt":
        middle, unit = mpf(0), mpf(1)
    candidates = run.drawn.rows
    means, deviations, gains, improvements = [], [], [], []
    for candidate in candidates:
        across = [kernel(candidate, point) for point in points]
        mean, variance = predicted(covariances, across, kernel(candidate, candidate) + noise, given)
        means.append(middle + unit * mean)
        deviations.append(unit * sqrt(variance - (0 if library in NOISY else noise)))
        improvements.append(middle + unit * goal - means[-1] - run.get("exploration", Fraction(1, 100)).value)
        gains.append(acquisition(run, dialect, improvements[-1], means[-1], deviations[-1]))
    if not dialect.endswith(("lcb", "ucb")):
        lines["d"] = column(improvements)
    best = gains.index(max(gains))
    return {**lines, "X": History([point for point, _ in run.seen]),
            "Y": History([column([value]) for value in values]),
            "K": of_matrix(prior), "P": of_matrix(inverse(covariances)),
            "k": Tensor([[kernel(z, point) for point in points] for z in candidates]),
            "mu": column(means), "sigma": column(deviations), "alpha": column(gains),
            "a": scalar(gains[best]), "theta": column(candidates[best])}


RULES = {"bayesian_optimization": bayesian_optimization}


def changes_nothing(form, name, tree, fault):
    """At t = 1 there is one point, at no distance from itself, nothing was held before it, and
    its value is the mean and the least. Values less their mean add up to 0, so that one number
    added to all of P is lost on them. Where the greatest is does not depend on what is added."""
    text = repr(tree)
    if name in ("X", "Y"):
        return fault[:2] == ("pushed", ("number", "1"))
    first = {"K": "X", "P": "K", "y": "Y", "d": "mu", "mu": "y"}
    if name in first and "('symbol', '%s', '1')" % first[name] in text:
        return True
    if name in ("mu", "d"):
        return "('add', ('symbol', 'P', 't'), ('number', '1'))" in repr(fault)
    shifted = "('unit_of_greatest', ('add', ('symbol', 'alpha', "
    return name in ("a", "theta") and shifted in repr(fault)


SAME = {"bayesian_optimization": changes_nothing}
