"""More schedules, t from 0: by products, sums and differences where the C++ text has closed forms.

A rate that falls by a factor is multiplied step by step; one that goes along a line is a weighted
mean of its two ends; half a cosine is cos^2 or sin^2 of the half angle; a power is e to a
logarithm; which cycle a step is in comes from walking through all cycles.
"""
from fractions import Fraction

from mpmath import cospi, exp, log, mpf, sinpi, sqrt


def at_steps(rate_at):
    """Turns a function of (dialect, h, t) into one of a list of steps."""
    return lambda dialect, h, steps: [rate_at(dialect, h, t) for t in steps]


def walked(start, steps, factor_at):
    """The rates at the steps, where step t multiplies the one before by factor_at(t)."""
    rates = [start]
    for t in range(1, max(steps) + 1):
        rates.append(rates[-1] * factor_at(t))
    return [rates[t] for t in steps]


def weighted(first, last, part, whole):
    """(whole - part)/whole of one end and part/whole of the other."""
    return (first * (whole - part) + last * part) / whole


def powered(base, exponent):
    return exp(exponent * log(base)) if base > 0 else mpf(0)


def lower(h):
    return h.get("minimum_learning_rate", mpf(0))


def counts(h, *names):
    return [int(h[name]) for name in names]


def step_decay(dialect, h, steps):
    length, = counts(h, "decay_steps")
    late = {"closed_form": 0, "recursive": 0, "falls_after": 1}[dialect]
    return walked(h["learning_rate"], steps,
                  lambda t: h["decay_rate"] if t > late and (t - late) % length == 0 else mpf(1))


def multistep(dialect, h, steps):
    late = {"closed_form": 0, "recursive": 0, "falls_after": 1}[dialect]
    milestones = counts(h, "first_milestone", "second_milestone", "third_milestone")
    return walked(h["learning_rate"], steps,
                  lambda t: h["decay_rate"] ** milestones.count(t - late))


def exponential(dialect, h, steps):
    length, begin = int(h.get("decay_steps", 1)), int(h.get("decay_begin", 0))
    gamma = exp(-h["decay_rate"]) if dialect.startswith("natural") else h["decay_rate"]
    if dialect in ("staircase", "natural_staircase"):
        rates = walked(h["learning_rate"], steps, lambda t: gamma if t > begin and
                       (t - begin) % length == 0 else mpf(1))
    elif dialect in ("closed_form", "recursive", "natural"):
        root = gamma ** (mpf(1) / length)
        rates = walked(h["learning_rate"], steps, lambda t: root if t > begin else mpf(1))
    else:
        raise KeyError(dialect)
    return [max(rate, lower(h)) for rate in rates]


@at_steps
def polynomial(dialect, h, t):
    total, = counts(h, "total_steps")
    t += {"closed_form": 0, "cycling": 0, "recursive": 0, "from_one": 1}[dialect]
    if dialect == "cycling":
        total *= max(1, -(-t // total))
    share = powered(mpf(max(0, total - t)) / total, h["power"])
    return h["learning_rate"] * share + lower(h) * (1 - share)


@at_steps
def linear(dialect, h, t):
    total, = counts(h, "total_steps")
    first, last = h["learning_rate"] * h.get("start_factor", mpf(1)), lower(h)
    if dialect in ("end_as_factor", "end_as_factor_recursive"):
        last = last * h["learning_rate"]
    elif dialect == "last_step_included":
        total -= 1
    elif dialect != "closed_form":
        raise KeyError(dialect)
    return weighted(first, last, min(t, total), total)


def cycle_of(t, length, multiplier):
    cycle = 0
    while t >= length:
        t, length, cycle = t - length, length * multiplier, cycle + 1
    return cycle, t, length


@at_steps
def cosine_warm_restarts(dialect, h, t):
    cycle, t, length = cycle_of(t, int(h["first_cycle_steps"]), int(h["cycle_multiplier"]))
    height = h.get("peak_decay", mpf(1)) ** cycle
    up, down = cospi(mpf(t) / (2 * length)) ** 2, sinpi(mpf(t) / (2 * length)) ** 2
    if dialect == "end_as_rate":
        return h["learning_rate"] * height * up + lower(h) * down
    if dialect == "end_as_share":
        return h["learning_rate"] * (height * up + lower(h) * (1 - height * up))
    raise KeyError(dialect)


@at_steps
def linear_warmup(dialect, h, t):
    warmup, = counts(h, "warmup_steps")
    if dialect == "logarithmic":
        return h["learning_rate"] * (log(t + 1, max(2, warmup)) if t < max(2, warmup) else 1)
    ahead = {"from_zero": 0, "from_one": 1, "from_one_recursive": 1}[dialect]
    return h["learning_rate"] * min(t + ahead, warmup) / warmup


@at_steps
def linear_warmup_linear_decay(dialect, h, t):
    warmup, total = counts(h, "warmup_steps", "total_steps")
    ahead, begin = {"from_zero": (0, warmup), "from_one": (1, warmup),
                    "from_one_recursive": (1, warmup), "decay_from_start": (0, 0)}[dialect]
    if t < warmup:
        return h["learning_rate"] * (t + ahead) / warmup
    return weighted(h["learning_rate"], lower(h), min(t, total) - begin, total - begin)


@at_steps
def warmup_inverse_sqrt(dialect, h, t):
    warmup, = counts(h, "warmup_steps")
    if dialect == "scaled":
        scale = int(h.get("time_scale", 0)) or warmup
        if t < warmup:
            return h["learning_rate"] * t / warmup
        return h["learning_rate"] * sqrt(mpf(scale) / (t - warmup + scale))
    if "time_scale" in h:
        raise KeyError("no time scale in " + dialect)
    rise = {"unscaled": mpf(min(t, warmup)) / warmup, "unscaled_without_warmup": mpf(1)}[dialect]
    return h["learning_rate"] * rise * mpf(max(t, warmup)) ** mpf("-0.5")


@at_steps
def noam(dialect, h, t):
    n = {"from_one": t + 1, "zero_as_one": t or 1}[dialect]
    width, warmup = counts(h, "model_width", "warmup_steps")
    peak = h["learning_rate"] / sqrt(mpf(width) * warmup)
    return peak * (mpf(n) / warmup if n < warmup else sqrt(mpf(warmup) / n))


@at_steps
def wsd(dialect, h, t):
    warmup, decay, total = counts(h, "warmup_steps", "decay_length", "total_steps")
    shape, to_share = dialect.removesuffix("_to_share"), dialect.endswith("_to_share")
    top = h["learning_rate"]
    bottom = top * lower(h) if to_share else lower(h)
    if t < warmup:
        return weighted(bottom if to_share else mpf(0), top, t, warmup)
    gone = mpf(max(0, min(t, total) - total + decay)) / decay
    fallen = {"linear": gone, "cosine": sinpi(gone / 2) ** 2, "one_minus_sqrt": sqrt(gone),
              "exponential": 2 - 2 ** (1 - gone)}[shape]
    return top * (1 - fallen) + bottom * fallen


def weight_in_cycle(dialect, h, t):
    up, down = counts(h, "up_steps", "down_steps")
    cycle, within, _ = cycle_of(t, up + down, 1)
    height = mpf(within) / up if within <= up else mpf(up + down - within) / down
    scale = {"triangular": 1, "cosine": 1, "triangular2": mpf(2) ** -cycle,
             "exp_range": h["decay_rate"] ** t,
             "exp_range_by_cycle": h["decay_rate"] ** (cycle + 1)}[dialect]
    if dialect == "cosine":
        height = sinpi(height / 2) ** 2
    return height * scale


@at_steps
def cyclical(dialect, h, t):
    weight = weight_in_cycle(dialect, h, t)
    return h["maximum_learning_rate"] * weight + lower(h) * (1 - weight)


@at_steps
def cyclical_momentum(dialect, h, t):
    weight = weight_in_cycle(dialect, h, t)
    return h["minimum_momentum"] * weight + h["maximum_momentum"] * (1 - weight)


def one_cycle_place(h, t, phases, ends):
    """(phase, exact progress); the shares are binary64 numbers."""
    total, rise = int(h["total_steps"]), Fraction(float(h["rise_share"]))
    if ends == "before":
        bounds = [rise * total - 1] + ([2 * rise * total - 2] if phases == 3 else []) + [total - 1]
    elif ends == "at":
        bounds = [rise * total, total]
    else:
        fall = float(h["fall_share"])
        bounds = [int(float(h["rise_share"]) * total)]
        bounds += [int(fall * total)] if phases == 3 else []
        bounds.append(total)
    begin = 0
    for phase, end in enumerate(bounds):
        last = phase + 1 == len(bounds)
        if last or (t < end if ends == "floored" else t <= end):
            if ends != "before":
                t = min(t, total)
            progress = Fraction(t - begin) / (end - begin)
            return phase, mpf(progress.numerator) / progress.denominator, last
        begin = end


def between(first, last, progress, shape):
    gone = sinpi(progress / 2) ** 2 if shape == "cosine" else progress
    return first * (1 - gone) + last * gone


ONE_CYCLE = {"two_cosines": (2, "cosine", "before"), "two_lines": (2, "line", "before"),
             "three_cosines": (3, "cosine", "before"), "three_lines": (3, "line", "before"),
             "two_cosines_at_whole_steps": (2, "cosine", "floored"),
             "three_lines_at_whole_steps": (3, "line", "floored"),
             "two_cosines_from_maximum": (2, "cosine", "at"),
             "two_cosines_to_end": (2, "cosine", "at")}


@at_steps
def one_cycle(dialect, h, t):
    phases, shape, ends = ONE_CYCLE[dialect]
    phase, progress, last = one_cycle_place(h, t, phases, ends)
    top = h["maximum_learning_rate"]
    first = top / h["initial_divisor"]
    end = top / h["final_divisor"] if ends == "at" else first / h["final_divisor"]
    return between(top if phase == 1 else first, top if phase == 0 else end if last else first,
                   progress, shape)


@at_steps
def one_cycle_momentum(dialect, h, t):
    phases, shape, ends = ONE_CYCLE[dialect]
    phase, progress, _ = one_cycle_place(h, t, phases, ends)
    high, low = h["maximum_momentum"], h["minimum_momentum"]
    if phase == 2:
        return high
    return between(low if phase == 1 else high, low if phase == 0 else high, progress, shape)


@at_steps
def inverse_time(dialect, h, t):
    length = int(h.get("decay_steps", 1))
    passed = {"continuous": mpf(t) / length, "staircase": mpf(t // length)}[dialect]
    return h["learning_rate"] * powered(1 + h["inverse_decay"] * passed, -h.get("power", mpf(1)))


@at_steps
def inverse_sqrt_horizon(dialect, h, t):
    return h["learning_rate"] * mpf({"known": int(h["total_steps"]),
                                     "unknown": t + 1}[dialect]) ** mpf("-0.5")


SCHEDULES = {name: function for name, function in globals().items() if name in (
    "step_decay", "multistep", "exponential", "polynomial", "linear", "cosine_warm_restarts",
    "linear_warmup", "linear_warmup_linear_decay", "warmup_inverse_sqrt", "noam", "wsd",
    "cyclical", "one_cycle", "one_cycle_momentum", "cyclical_momentum", "inverse_time",
    "inverse_sqrt_horizon")}

HYPERPARAMETERS = {
    "step_decay": {"learning_rate", "decay_rate", "decay_steps"},
    "multistep": {"learning_rate", "decay_rate", "first_milestone", "second_milestone",
                  "third_milestone"},
    "exponential": {"learning_rate", "decay_rate", "decay_steps", "decay_begin",
                    "minimum_learning_rate"},
    "polynomial": {"learning_rate", "total_steps", "minimum_learning_rate", "power"},
    "linear": {"learning_rate", "total_steps", "minimum_learning_rate", "start_factor"},
    "cosine_warm_restarts": {"learning_rate", "first_cycle_steps", "cycle_multiplier",
                             "minimum_learning_rate", "peak_decay"},
    "linear_warmup": {"learning_rate", "warmup_steps"},
    "linear_warmup_linear_decay": {"learning_rate", "warmup_steps", "total_steps",
                                   "minimum_learning_rate"},
    "warmup_inverse_sqrt": {"learning_rate", "warmup_steps", "time_scale"},
    "noam": {"learning_rate", "model_width", "warmup_steps"},
    "wsd": {"learning_rate", "warmup_steps", "decay_length", "total_steps",
            "minimum_learning_rate"},
    "cyclical": {"maximum_learning_rate", "minimum_learning_rate", "up_steps", "down_steps",
                 "decay_rate"},
    "one_cycle": {"maximum_learning_rate", "total_steps", "rise_share", "fall_share",
                  "initial_divisor", "final_divisor"},
    "one_cycle_momentum": {"maximum_momentum", "minimum_momentum", "total_steps", "rise_share"},
    "cyclical_momentum": {"maximum_momentum", "minimum_momentum", "up_steps", "down_steps",
                          "decay_rate"},
    "inverse_time": {"learning_rate", "inverse_decay", "decay_steps", "power"},
    "inverse_sqrt_horizon": {"learning_rate", "total_steps"},
}
