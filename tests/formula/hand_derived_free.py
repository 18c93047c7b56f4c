"""Mirror descent, the gradient flow, and rules without gradients; see hand_derived_tensors.py."""
from fractions import Fraction

from mpmath import expm, matrix

from tensors import Identity, as_tensor, of_matrix


def mirror_descent(run, dialect):
    """From the start: all moves so far at once, and one division at the end."""
    moves = [rate * gradient for rate, gradient in zip(run.rates, run.gradients[:run.t])]
    total = sum(moves[1:], moves[0])
    if dialect == "euclidean":
        return {"theta": run.thetas[0] - total}
    weights = run.thetas[0]
    if dialect == "multiplicative_weights":
        for move in moves:
            weights = weights - weights * move
    else:
        weights = weights / total.exp()
    if dialect != "unnormalised_exponentiated_gradient":
        weights = weights / weights.sum()
    return {"theta": weights}


def gradient_flow(run, dialect):
    """The exact one by an inverse and an exponential, (1 - e^-A) A^-1 g."""
    theta, rate = run.theta, run.rate
    gradient, hessian = run.objective.gradient(theta), run.objective.hessian(theta)
    scaled = hessian * rate
    if dialect == "euler":
        move = gradient * rate
    elif dialect == "exact":
        left = of_matrix(matrix(expm(matrix((-scaled).rows))))
        move = (Identity() - left) @ scaled.inverse() @ (gradient * rate)
    elif dialect == "implicit_euler":
        move = (hessian + Identity(1 / rate.value)).inverse() @ gradient
    else:
        slopes = [gradient]
        for share in (Fraction(1, 2), Fraction(1, 2), 1):
            slopes.append(run.objective.gradient(theta - rate * share * slopes[-1]))
        weights = (Fraction(1, 6), Fraction(1, 3), Fraction(1, 3), Fraction(1, 6))
        move = sum((slope * as_tensor(weight) for slope, weight in zip(slopes[1:], weights[1:])),
                   slopes[0] * as_tensor(weights[0])) * rate
    return {"theta": theta - move}


def evolution_strategy(run, dialect):
    if run.t == 1:
        start = run.get("step_size")
        run.sigma = start * 2 if dialect == "doubling" else start
        run.value, run.successes = run.objective.f(run.theta), []
    size = run.theta.size
    trial = run.drawn * run.sigma + run.theta
    value = run.objective.f(trial)
    succeeds = not run.value < value
    run.successes.append(succeeds)
    s = as_tensor(int(succeeds))
    values = {"y": trial}
    if dialect == "exponential":
        run.sigma = run.sigma * ((5 * s - 1) / (5 * as_tensor(size + 1).sqrt())).exp()
    elif dialect == "immediate":
        factor = as_tensor(Fraction(3, 2))
        run.sigma = run.sigma * (factor if succeeds else factor ** Fraction(-1, 4))
    elif dialect == "smoothed":
        share = as_tensor(Fraction(11, 12))
        ages = range(len(run.successes) - 1, -1, -1)
        rate = share ** run.t * Fraction(2, 11)
        for age, success in zip(ages, run.successes):
            rate = rate + share ** age * as_tensor(Fraction(int(success), 12))
        run.sigma = run.sigma * ((11 * rate - 2) / 9 / (1 + Fraction(size, 2))).exp()
        values["p"] = rate
    elif dialect == "window":
        count = run.t % size
        window = run.successes[-size:]
        if count == 0 and sum(window) * 5 != size:
            shrinks = sum(window) * 5 < size
            run.sigma = run.sigma * as_tensor(Fraction(17, 20)) ** (1 if shrinks else -1)
        values["k"] = as_tensor(count)
        values["s"] = as_tensor(sum(run.successes[-count:]) if count else 0)
    else:
        run.sigma = run.sigma * as_tensor(2 if succeeds else Fraction(21, 25))
    run.value = value if succeeds else run.value
    return {**values, "sigma": run.sigma, "f": run.value,
            "theta": trial if succeeds else run.theta}


def simulated_annealing(run, dialect):
    keeps_best = dialect.endswith("best")
    if run.t == 1:
        run.walk = run.best = (run.objective.f(run.theta), run.theta)
    t, temperature = as_tensor(run.t), run.get("temperature")
    cooled = run.get("cooling", 1) ** (run.t - 1)
    trial = run.walk[1] + run.get("step_size") * run.drawn
    value = run.objective.f(trial)
    rise = value - run.walk[0]
    if dialect == "tsallis_best":
        visit = Fraction(81, 50)
        temperature = temperature * (as_tensor(2) ** visit - 1) / ((t + 1) ** visit - 1) / t
        inside = 1 - 6 * rise / temperature
        chance = as_tensor(0) if inside < 0 else inside ** Fraction(1, 6)
    else:
        if dialect == "logarithmic_best":
            inverse = t.log() / temperature
        elif dialect == "logarithmic":
            inverse = (t + 1).log() / temperature
        elif dialect == "cauchy":
            inverse = t / temperature
        else:
            inverse = 1 / (temperature * cooled)
        chance = 1 / (rise * inverse).exp()
    if run.uniform[run.t - 1] < chance:
        run.walk = (value, trial)
    if value < run.best[0]:
        run.best = (value, trial)
    values = {"y": trial, "f": run.walk[0]}
    if dialect.startswith("geometric") and "cooling" not in run.h:
        values["A"] = cooled
    if keeps_best:
        values.update(x=run.walk[1], b=run.best[0])
    return {**values, "theta": (run.best if keeps_best else run.walk)[1]}


RULES = {"mirror_descent": mirror_descent, "gradient_flow": gradient_flow,
         "evolution_strategy": evolution_strategy, "simulated_annealing": simulated_annealing}


def first_trial_is_taken(form, name, tree, fault):
    """At t = 1 the exponent is a multiple of log 1 = 0: u < 1, and the branch is settled."""
    return name in ("f", "x") and "('log', ('number', '1'))" in repr(tree)


SAME = {"simulated_annealing": first_trial_is_taken}
