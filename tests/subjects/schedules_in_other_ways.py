#!/usr/bin/env python3
"""Schedules as other libraries write them, in NumPy's binary64 or binary32: all of them right.

usage: schedules_in_other_ways.py binary64|binary32 factors|interpolations
Needs Debian's python3-numpy, and plumbline_subject.py on PYTHONPATH.

`factors`: a share of the rate that the rate is multiplied by, powers by repeated products,
weights of two ends. `interpolations`: the value at the start of a phase, and a way from there;
powers through the logarithm. What a way has no place for is refused.
"""
import sys

import numpy as np
import plumbline_subject
from plumbline_subject import Unsupported

F = {"binary64": np.float64, "binary32": np.float32}[sys.argv[1]]
BY_FACTORS = sys.argv[2] == "factors"
PI = F(np.pi)


class Given:
    """A task's hyperparameters in the format."""

    def __init__(self, task):
        self.task = task

    def __call__(self, name, neutral=None):
        ask = self.task.hyperparameters.number
        return F(ask(name) if neutral is None else ask(name, neutral))

    def count(self, name, neutral=None):
        ask = self.task.hyperparameters.integer
        return ask(name) if neutral is None else ask(name, neutral)

    def at_rest(self, **neutral):
        for name, value in neutral.items():
            if self.task.hyperparameters.number(name, value) != value:
                raise Unsupported(f"no {name} here")


def power(base, n):
    """base^n for a whole n."""
    if BY_FACTORS:
        product = F(1)
        for _ in range(n):
            product = product * base
        return product
    return F(np.exp(F(n) * np.log(base)))


def real_power(base, exponent):
    if base == 0 or BY_FACTORS:
        return F(base ** exponent)
    return F(np.exp(exponent * np.log(base)))


def step_decay(given, t):
    return given("learning_rate") * power(given("decay_rate"), t // given.count("decay_steps"))


def multistep(given, t):
    rate, gamma = given("learning_rate"), given("decay_rate")
    for name in ("first_milestone", "second_milestone", "third_milestone"):
        before = F(max(0, np.sign(given.count(name) - t)))
        rate = rate * before + (F(1) - before) * gamma * rate
    return rate


def exponential(given, t):
    passed = max(0, t - given.count("decay_begin", 0))
    share = F(passed) / F(given.count("decay_steps", 1))
    rate = given("learning_rate") * real_power(given("decay_rate"), share)
    return max(rate, given("minimum_learning_rate", 0.0))


def polynomial(given, t):
    total, end = given.count("total_steps"), given("minimum_learning_rate", 0.0)
    left = F(max(0, total - t)) / F(total) if BY_FACTORS else F(1) - F(min(t, total)) / F(total)
    return (given("learning_rate") - end) * real_power(left, given("power")) + end


def line(start, end, part, whole):
    share = F(part) / F(whole)
    return start * (F(1) - share) + end * share if BY_FACTORS else start + share * (end - start)


def linear(given, t):
    total = given.count("total_steps")
    start = given("learning_rate") * given("start_factor", 1.0)
    return line(start, given("minimum_learning_rate", 0.0), min(t, total), total)


def cosine_warm_restarts(given, t):
    rate, end = given("learning_rate"), given("minimum_learning_rate", 0.0)
    length, multiplier = given.count("first_cycle_steps"), given.count("cycle_multiplier")
    height, cycle = given("peak_decay", 1.0), 0
    if multiplier == 1:
        cycle, t = divmod(t, length)
    while t >= length:
        t, length, cycle = t - length, length * multiplier, cycle + 1
    fall = F(0.5) * (F(1) + np.cos(PI * (F(t) / F(length))))
    height = power(height, cycle)
    if BY_FACTORS:  # the end as a share of the rate, as in Keras
        return rate * ((F(1) - end) * (height * fall) + end)
    return end + F(0.5) * (rate * height - end) * (F(1) + np.cos(PI * F(t) / F(length)))


def linear_warmup(given, t):
    rate, warmup = given("learning_rate"), given.count("warmup_steps")
    if BY_FACTORS:
        return rate * (F(t) / F(warmup) if t < warmup else F(1))
    return F(min(t, warmup)) * (rate / F(warmup)) if t < warmup else rate


def linear_warmup_linear_decay(given, t):
    rate, end = given("learning_rate"), given("minimum_learning_rate", 0.0)
    warmup, total = given.count("warmup_steps"), given.count("total_steps")
    if t < warmup:
        return rate * F(t) / F(warmup)
    if BY_FACTORS:
        given.at_rest(minimum_learning_rate=0.0)
        return rate * max(F(0), F(total - t) / F(max(1, total - warmup)))
    return end + (F(1) - F(min(t, total) - warmup) / F(total - warmup)) * (rate - end)


def warmup_inverse_sqrt(given, t):
    rate, warmup = given("learning_rate"), given.count("warmup_steps")
    scale = given.count("time_scale", 0) or warmup
    if t < warmup:
        return rate * (F(t) / F(warmup))
    if BY_FACTORS:
        return rate * (F(1) / np.sqrt(F(t + scale - warmup) / F(scale)))
    return rate * F(scale) ** F(0.5) * F(t + scale - warmup) ** F(-0.5)


def noam(given, t):
    rate, width, warmup = given("learning_rate"), given("model_width"), given("warmup_steps")
    n = F(t + 1)
    lower = min(n ** F(-0.5), n * warmup ** F(-1.5))
    return rate * (width ** F(-0.5) * lower) if BY_FACTORS else rate * width ** F(-0.5) * lower


def wsd(given, t):
    rate, end = given("learning_rate"), given("minimum_learning_rate", 0.0)
    warmup, total = given.count("warmup_steps"), given.count("total_steps")
    length = given.count("decay_length")
    begin = total - length
    if BY_FACTORS:  # transformers: a share of the rate, in warmup and decay
        if t < warmup:
            factor = F(t) / F(max(1, warmup))
        elif t < begin:
            return rate
        elif t < total:
            factor = F(0.5) * (F(1) + np.cos(PI * (F(t - begin) / F(length))))
        else:
            return rate * end
        return rate * (factor * (F(1) - end) + end)
    if t <= warmup:
        return rate * F(t) / F(warmup)
    if t > total:
        return end
    left = F(1) - np.sqrt(F(t - begin) / F(length)) if t > begin else F(1)
    return end + left * (rate - end)


def height_of_cycle(given, t):
    up, down = given.count("up_steps"), given.count("down_steps")
    given("decay_rate")
    if up == down:
        cycle = np.floor(F(1) + F(t) / F(2 * up))
        return max(F(0), F(1) - abs(F(t) / F(up) - F(2) * cycle + F(1)))
    within = t % (up + down)
    return F(within) / F(up) if within < up else F(1) - F(within - up) / F(down)


def cyclical(given, t):
    top, bottom = given("maximum_learning_rate"), given("minimum_learning_rate", 0.0)
    return bottom + (top - bottom) * height_of_cycle(given, t)


def cyclical_momentum(given, t):
    high, low = given("maximum_momentum"), given("minimum_momentum")
    return high - (high - low) * height_of_cycle(given, t)


def one_cycle(given, t):
    top, total = given("maximum_learning_rate"), given.count("total_steps")
    rise = given.task.hyperparameters.number("rise_share")
    first, last = given("initial_divisor"), given("final_divisor")
    fall = given.task.hyperparameters.number("fall_share")
    if BY_FACTORS:  # optax's linear_onecycle_schedule: products of what comes before
        ends = [0, int(rise * total), int(fall * total), total]
        values = np.cumprod(np.array([top / first, first, F(1) / first, F(1) / last], F), dtype=F)
        for begin, end, start, stop in zip(ends, ends[1:], values, values[1:]):
            if begin <= t < end:
                return (stop - start) * (F(t - begin) / F(max(1, end - begin))) + start
        return values[-1]
    ends = [0, int(rise * total), total]  # optax's cosine_onecycle_schedule
    values = np.cumprod(np.array([top / first, first, F(1) / (first * last)], F), dtype=F)
    for begin, end, start, stop in zip(ends, ends[1:], values, values[1:]):
        if begin <= t < end:
            share = F(t - begin) / F(max(1, end - begin))
            return stop + (start - stop) / F(2) * (np.cos(PI * share) + F(1))
    return values[-1]


def one_cycle_momentum(given, t):  # fastai's
    high, low = given("maximum_momentum"), given("minimum_momentum")
    total, rise = given.count("total_steps"), F(given("rise_share"))
    at = min(F(1), F(t) / F(total))
    if at < rise:
        start, stop, share = high, low, at / rise
    else:
        start, stop, share = low, high, (at - rise) / (F(1) - rise)
    return start + (F(1) + np.cos(PI * (F(1) - share))) * (stop - start) / F(2)


def inverse_time(given, t):
    passed = F(t) / F(given.count("decay_steps", 1))
    divisor = F(1) + given("inverse_decay") * passed
    exponent = given("power", 1.0)
    if BY_FACTORS:
        return given("learning_rate") * real_power(divisor, -exponent)
    return given("learning_rate") / real_power(divisor, exponent)


def inverse_sqrt_horizon(given, t):
    total = given("total_steps")
    return given("learning_rate") * (total ** F(-0.5) if BY_FACTORS else F(1) / np.sqrt(total))


def served(function):
    return lambda task: [float(function(Given(task), step)) for step in task.steps]


plumbline_subject.serve(
    "schedules in other ways", np.__version__, {},
    schedules={function.__name__: served(function) for function in (
        step_decay, multistep, exponential, polynomial, linear, cosine_warm_restarts,
        linear_warmup, linear_warmup_linear_decay, warmup_inverse_sqrt, noam, wsd, cyclical,
        one_cycle, one_cycle_momentum, cyclical_momentum, inverse_time, inverse_sqrt_horizon)})
