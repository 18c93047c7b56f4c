"""The first dialect of each schedule, forward, in one format, as plain.py has the rules."""
import math


def cosine_down(f, progress):
    """(1 + cos(pi p))/2."""
    return f.mul(0.5, f.add(1.0, f.round(math.cos(f.mul(f.round(math.pi), progress)))))


def share(f, part, whole):
    return f.div(float(part), float(whole))


def mixed(f, first, last, progress):
    return f.add(first, f.mul(f.sub(last, first), progress))


def powered(f, base, exponent):
    return f.round(base ** exponent)


def read(f, h, *names):
    usual = {"minimum_learning_rate": 0.0, "start_factor": 1.0, "peak_decay": 1.0, "power": 1.0}
    return [f.round(h.get(name, usual.get(name))) for name in names]


def step_decay(f, h, t):
    rate, gamma = read(f, h, "learning_rate", "decay_rate")
    for _ in range(int(t // h["decay_steps"])):
        rate = f.mul(rate, gamma)
    return rate


def multistep(f, h, t):
    rate, gamma = read(f, h, "learning_rate", "decay_rate")
    falls = sum(t >= h[name] for name in ("first_milestone", "second_milestone", "third_milestone"))
    return f.mul(rate, powered(f, gamma, falls))


def exponential(f, h, t):
    rate, gamma, end = read(f, h, "learning_rate", "decay_rate", "minimum_learning_rate")
    passed = max(0, t - h.get("decay_begin", 0))
    return max(end, f.mul(rate, powered(f, gamma, share(f, passed, h.get("decay_steps", 1)))))


def polynomial(f, h, t):
    rate, end, power = read(f, h, "learning_rate", "minimum_learning_rate", "power")
    left = f.sub(1.0, share(f, min(t, h["total_steps"]), h["total_steps"]))
    return f.add(f.mul(f.sub(rate, end), powered(f, left, power)), end)


def linear(f, h, t):
    rate, end, start = read(f, h, "learning_rate", "minimum_learning_rate", "start_factor")
    return mixed(f, f.mul(rate, start), end, share(f, min(t, h["total_steps"]), h["total_steps"]))


def cosine_warm_restarts(f, h, t):
    rate, end, decay = read(f, h, "learning_rate", "minimum_learning_rate", "peak_decay")
    length, cycle = int(h["first_cycle_steps"]), 0
    while t >= length:
        t, length, cycle = t - length, length * int(h["cycle_multiplier"]), cycle + 1
    peak = f.mul(rate, powered(f, decay, cycle))
    return f.add(end, f.mul(f.sub(peak, end), cosine_down(f, share(f, t, length))))


def linear_warmup(f, h, t):
    rate, = read(f, h, "learning_rate")
    return f.mul(rate, min(1.0, share(f, t, h["warmup_steps"])))


def linear_warmup_linear_decay(f, h, t):
    rate, end = read(f, h, "learning_rate", "minimum_learning_rate")
    warmup, total = h["warmup_steps"], h["total_steps"]
    if t < warmup:
        return f.mul(rate, share(f, t, warmup))
    return mixed(f, rate, end, share(f, min(t, total) - warmup, total - warmup))


def warmup_inverse_sqrt(f, h, t):
    rate, = read(f, h, "learning_rate")
    warmup = h["warmup_steps"]
    if t < warmup:
        return f.mul(rate, share(f, t, warmup))
    scale = h.get("time_scale") or warmup
    return f.mul(rate, f.div(1.0, f.root(share(f, t + (scale - warmup), scale))))


def noam(f, h, t):
    rate, width, warmup = read(f, h, "learning_rate", "model_width", "warmup_steps")
    lower = min(powered(f, t + 1, -0.5), f.mul(t + 1, powered(f, warmup, -1.5)))
    return f.mul(rate, f.mul(powered(f, width, -0.5), lower))


def wsd(f, h, t):
    rate, end = read(f, h, "learning_rate", "minimum_learning_rate")
    decay, total = h["decay_length"], h["total_steps"]
    if t < h["warmup_steps"]:
        return f.mul(rate, share(f, t, h["warmup_steps"]))
    if t < total - decay:
        return rate
    left = f.sub(1.0, share(f, min(t, total) - (total - decay), decay))
    return f.add(end, f.mul(left, f.sub(rate, end)))


def height_of_cycle(f, h, t):
    up, period = h["up_steps"], h["up_steps"] + h["down_steps"]
    passed = f.sub(f.add(1.0, share(f, t, period)), float(1 + t // period))
    ratio = share(f, up, period)
    return f.div(passed, ratio) if passed <= ratio else f.div(f.sub(passed, 1.0),
                                                              f.sub(ratio, 1.0))


def cyclical(f, h, t):
    top, bottom = read(f, h, "maximum_learning_rate", "minimum_learning_rate")
    return f.add(bottom, f.mul(f.sub(top, bottom), height_of_cycle(f, h, t)))


def cyclical_momentum(f, h, t):
    high, low = read(f, h, "maximum_momentum", "minimum_momentum")
    return f.sub(high, f.mul(f.sub(high, low), height_of_cycle(f, h, t)))


def two_phases(f, h, t, first, middle, last):
    end = f.sub(f.mul(f.round(h["rise_share"]), h["total_steps"]), 1.0)
    begin, start, stop = 0.0, first, middle
    if t > end:
        begin, end, start, stop = end, h["total_steps"] - 1, middle, last
    progress = f.div(f.sub(float(t), begin), f.sub(end, begin))
    return f.add(stop, f.mul(f.sub(start, stop), cosine_down(f, progress)))


def one_cycle(f, h, t):
    top, divisor, final = read(f, h, "maximum_learning_rate", "initial_divisor", "final_divisor")
    first = f.div(top, divisor)
    return two_phases(f, h, t, first, top, f.div(first, final))


def one_cycle_momentum(f, h, t):
    high, low = read(f, h, "maximum_momentum", "minimum_momentum")
    return two_phases(f, h, t, high, low, high)


def inverse_time(f, h, t):
    rate, decay, power = read(f, h, "learning_rate", "inverse_decay", "power")
    divisor = f.add(1.0, f.mul(decay, share(f, t, h.get("decay_steps", 1))))
    return f.mul(rate, powered(f, divisor, -power))


def inverse_sqrt_horizon(f, h, t):
    rate, = read(f, h, "learning_rate")
    return f.div(rate, f.root(h["total_steps"]))


FIRST_DIALECTS = {
    step_decay: "closed_form", multistep: "closed_form", exponential: "closed_form",
    polynomial: "closed_form", linear: "closed_form", cosine_warm_restarts: "end_as_rate",
    linear_warmup: "from_zero", linear_warmup_linear_decay: "from_zero",
    warmup_inverse_sqrt: "scaled", noam: "from_one", wsd: "linear", cyclical: "triangular",
    one_cycle: "two_cosines", one_cycle_momentum: "two_cosines",
    cyclical_momentum: "triangular", inverse_time: "continuous", inverse_sqrt_horizon: "known"}
SCHEDULES = {(function.__name__, dialect): function for function, dialect in FIRST_DIALECTS.items()}
