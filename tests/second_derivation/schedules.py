"""Schedules, t from 0, each by a closed form or by its library's own recursion."""
from mpmath import cospi, mpf, sinpi

import schedules_by_count


def half_cosine(progress):
    """(1 + cos(pi p))/2 by the half angle."""
    return cospi(progress / 2) ** 2


def cosine(top, bottom, t, length, clamped=False):
    if clamped and t > length:
        return bottom
    # a convex combination of the two ends
    return top * half_cosine(mpf(t) / length) + bottom * sinpi(mpf(t) / (2 * length)) ** 2


def cosine_recursion(top, bottom, length, last):
    """PyTorch's CosineAnnealingLR.get_lr, read from torch/optim/lr_scheduler.py."""
    rates = [top]
    for t in range(1, last + 1):
        if (t - 1 - length) % (2 * length) == 0:
            rates.append(rates[-1] + (top - bottom) * (1 - cospi(mpf(1) / length)) / 2)
        else:
            rates.append((1 + cospi(mpf(t) / length)) / (1 + cospi(mpf(t - 1) / length))
                         * (rates[-1] - bottom) + bottom)
    return rates


def constant(dialect, h, steps):
    if dialect != "constant":
        raise KeyError(dialect)
    return [h["learning_rate"]] * len(steps)


def cosine_annealing(dialect, h, steps):
    top, bottom = h["learning_rate"], h.get("minimum_learning_rate", mpf(0))
    length = int(h["total_steps"])
    if dialect == "recursive":
        rates = cosine_recursion(top, bottom, length, max(steps))
        return [rates[t] for t in steps]
    clamped = {"closed_form": False, "clamped": True}[dialect]
    return [cosine(top, bottom, t, length, clamped) for t in steps]


def linear_warmup_cosine(dialect, h, steps):
    top, bottom = h["learning_rate"], h.get("minimum_learning_rate", mpf(0))
    warmup = int(h["warmup_steps"])
    length = int(h["total_steps"]) - warmup
    if dialect == "literal_minimum":
        if bottom != 0:
            raise KeyError("literal_minimum has no minimum_learning_rate")
        return [top * min(mpf(t) / warmup, half_cosine(mpf(t - warmup) / length)) for t in steps]
    if dialect == "warmup_from_one_recursive":
        # LinearLR(start_factor=1/w, total_iters=w-1) at t is s + (1 - s) t/(w - 1), its closed form
        start = mpf(1) / warmup
        rates = [top * (start if warmup == 1 else start + (1 - start) * t / (warmup - 1))
                 for t in range(warmup)]
        rates += cosine_recursion(top, bottom, length, max(0, max(steps) - warmup))
        return [rates[t] for t in steps]
    offset, clamped = {"piecewise": (0, False), "piecewise_clamped": (0, True),
                       "warmup_from_one": (1, False)}[dialect]
    return [top * (t + offset) / warmup if t < warmup
            else cosine(top, bottom, t - warmup, length, clamped) for t in steps]


SCHEDULES = {"constant": constant, "cosine_annealing": cosine_annealing,
             "linear_warmup_cosine": linear_warmup_cosine, **schedules_by_count.SCHEDULES}

HYPERPARAMETERS = {
    "constant": {"learning_rate"},
    "cosine_annealing": {"learning_rate", "minimum_learning_rate", "total_steps"},
    "linear_warmup_cosine": {"learning_rate", "minimum_learning_rate", "total_steps",
                             "warmup_steps"},
    **schedules_by_count.HYPERPARAMETERS,
}


def values(schedule, dialect, hyperparameters, steps):
    return SCHEDULES[schedule](dialect, hyperparameters, steps)
