"""Rules that ask for values alone; their random numbers are given. See closed_loops.py."""
from mpmath import exp, log, mpf, sqrt


def evolution_strategy(dialect, h, objective, start, draws):
    """The logarithm of sigma is counted up and down from the successes of all trials."""
    size, point, successes = len(start), start, []
    best = None
    sigma = h["step_size"] * (2 if dialect == "doubling" else 1)
    fixed = sigma
    rate = mpf(2) / 11
    window = []
    for drawn in [None, *draws]:
        if drawn is not None:
            best = objective.value(point) if best is None else best
            trial = [x + sigma * z for x, z in zip(point, drawn)]
            value = objective.value(trial)
            succeeds = value < best or (value == best and dialect != "doubling")
            successes.append(succeeds)
            won, lost = successes.count(True), successes.count(False)
            if dialect == "exponential":
                sigma = fixed * exp((mpf(4) / 5 * won - lost / mpf(5)) / sqrt(size + 1))
            elif dialect == "immediate":
                sigma = fixed * mpf("1.5") ** (won - lost / mpf(4))
            elif dialect == "smoothed":
                rate += (succeeds - rate) / 12
                sigma *= exp((11 * rate - 2) / 9 * 2 / (2 + size))
            elif dialect == "window":
                window.append(succeeds)
                if len(window) == size:
                    share = mpf(sum(window)) / size - mpf(1) / 5
                    sigma *= (mpf(17) / 20) ** (0 if share == 0 else 1 if share < 0 else -1)
                    window = []
            elif value != best:
                sigma *= 2 if succeeds else mpf("0.84")
            if succeeds:
                point, best = trial, value
        state = {"step_size": [sigma], "value": [best if best is not None else mpf(0)]}
        if dialect == "smoothed":
            state["success_rate"] = [rate]
        if dialect == "window":
            state["trials"] = [mpf(len(window))]
            state["successes"] = [mpf(sum(window))]
        yield point, state


def probability(dialect, h, rise, t):
    """To go where the value is higher by `rise`; for the t-th trial."""
    if rise <= 0:
        return mpf(1)
    temperature = h["temperature"]
    if dialect.startswith("geometric"):
        temperature *= h.get("cooling", mpf(1)) ** (t - 1)
    elif dialect == "logarithmic_best":
        if t == 1:
            return mpf(1)  # at a temperature without bound
        temperature /= log(t)
    elif dialect == "logarithmic":
        temperature /= log(t + 1)
    elif dialect == "cauchy":
        temperature /= t
    else:  # scipy: temperature_step = temperature / (iteration + 1), iterations from 0
        visit, acceptance = mpf("2.62"), -5
        temperature *= (2 ** (visit - 1) - 1) / ((t + mpf(1)) ** (visit - 1) - 1) / t
        inside = 1 - (1 - acceptance) * rise / temperature
        return mpf(0) if inside <= 0 else exp(log(inside) / (1 - acceptance))
    return exp(-rise / temperature)


def simulated_annealing(dialect, h, objective, start, draws):
    walk = best = (None, start)
    keeps_best = dialect.endswith("best")
    for t, drawn in enumerate([None, *draws]):
        if drawn is not None:
            if t == 1:
                walk = best = (objective.value(start), start)
            *moves, chance = drawn
            trial = [x + h["step_size"] * z for x, z in zip(walk[1], moves)]
            value = objective.value(trial)
            if chance < probability(dialect, h, value - walk[0], t):
                walk = (value, trial)
            if value < best[0]:
                best = (value, trial)
        shown = {"value": [walk[0] if t else mpf(0)]}
        if keeps_best:
            shown.update(walker=walk[1], best_value=[best[0] if t else mpf(0)])
        yield (best if keeps_best else walk)[1], shown


RULES = {"evolution_strategy": evolution_strategy, "simulated_annealing": simulated_annealing}

HYPERPARAMETERS = {"evolution_strategy": {"step_size"},
                   "simulated_annealing": {"step_size", "temperature", "cooling"}}
