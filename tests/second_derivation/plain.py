"""What a consumer would write: the first dialect of each rule, forward, in one format.

As in common libraries, what depends on hyperparameters and the step count alone (1 - beta,
bias corrections, a schedule's factor) is computed in binary64 and then rounded to the
format; what touches a tensor is rounded to the format after every operation.
binary32 is binary64 rounded by struct, which is exact for + - * / and the square root,
since binary64 has more than twice its digits.
"""
import math

from exact import to_binary32


class Format:
    def __init__(self, name):
        self.round = {"binary64": float, "binary32": to_binary32}[name]

    def add(self, x, y):
        return self.round(x + y)

    def sub(self, x, y):
        return self.round(x - y)

    def mul(self, x, y):
        return self.round(x * y)

    def div(self, x, y):
        return self.round(x / y)

    def root(self, x):
        return self.round(math.sqrt(x))


def coupled(f, h, theta, gradient):
    decay = f.round(h.get("weight_decay", 0.0))
    return f.add(gradient, f.mul(decay, theta)) if decay else gradient


def gradient_descent(f, h, state, t, rate, theta, gradient):
    return f.sub(theta, f.mul(f.round(rate), coupled(f, h, theta, gradient)))


def momentum(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    if h.get("dampening"):
        gradient = f.mul(f.round(1 - h["dampening"]), gradient)
    state["v"] = f.add(f.mul(f.round(h.get("momentum", 0.0)), state.get("v", 0.0)), gradient)
    return f.sub(theta, f.mul(f.round(rate), state["v"]))


def adagrad(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    state["G"] = f.add(state.get("G", f.round(h.get("initial_accumulator", 0.0))),
                       f.mul(gradient, gradient))
    rate = f.round(rate / (1 + (t - 1) * h.get("learning_rate_decay", 0.0)))
    return f.sub(theta, f.div(f.mul(rate, gradient),
                              f.add(f.root(state["G"]), f.round(h["epsilon"]))))


def average(f, ratio, old, new):
    return f.add(f.mul(f.round(ratio), old), f.mul(f.round(1 - ratio), new))


def rmsprop(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    state["E"] = average(f, h["rho"], state.get("E", 0.0), f.mul(gradient, gradient))
    spread = state["E"]
    if h.get("centered"):
        state["a"] = average(f, h["rho"], state.get("a", 0.0), gradient)
        spread = f.sub(spread, f.mul(state["a"], state["a"]))
    quotient = f.div(gradient, f.root(f.add(spread, f.round(h["epsilon"]))))
    if h.get("momentum"):
        state["b"] = f.add(f.mul(f.round(h["momentum"]), state.get("b", 0.0)), quotient)
        quotient = state["b"]
    return f.sub(theta, f.mul(f.round(rate), quotient))


def adam_without_decay(f, h, state, t, rate, theta, gradient):
    state["m"] = average(f, h["beta1"], state.get("m", 0.0), gradient)
    state["v"] = average(f, h["beta2"], state.get("v", 0.0), f.mul(gradient, gradient))
    mean = f.div(state["m"], f.round(1 - h["beta1"] ** t))
    mean_square = f.div(state["v"], f.round(1 - h["beta2"] ** t))
    return f.sub(theta, f.div(f.mul(f.round(rate), mean),
                              f.add(f.root(mean_square), f.round(h["epsilon"]))))


def adam(f, h, state, t, rate, theta, gradient):
    return adam_without_decay(f, h, state, t, rate, theta, coupled(f, h, theta, gradient))


def adamw(f, h, state, t, rate, theta, gradient):
    theta = f.mul(f.round(1 - rate * h.get("weight_decay", 0.0)), theta)
    return adam_without_decay(f, h, state, t, rate, theta, gradient)


def radam(f, h, state, t, rate, theta, gradient):
    """The lengths are scalars: in binary64, whatever the format."""
    longest, power = 2 / (1 - h["beta2"]) - 1, h["beta2"] ** t
    length = longest - 2 * t * power / (1 - power)
    if length > 4:
        share = math.sqrt((length - 4) * (length - 2) * longest
                          / ((longest - 4) * (longest - 2) * length))
        return adam(f, h, state, t, rate * share, theta, gradient)
    gradient = coupled(f, h, theta, gradient)
    state["m"] = average(f, h["beta1"], state.get("m", 0.0), gradient)
    state["v"] = average(f, h["beta2"], state.get("v", 0.0), f.mul(gradient, gradient))
    return f.sub(theta, f.mul(f.round(rate), f.div(state["m"], f.round(1 - h["beta1"] ** t))))


def yogi(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    state["m"] = average(f, h["beta1"], state.get("m", 0.0), gradient)
    square, v = f.mul(gradient, gradient), state.get("v", f.round(h.get("initial_accumulator", 0)))
    share = f.mul(f.round(1 - h["beta2"]), square)
    state["v"] = f.add(v, share) if v < square else f.sub(v, share) if v > square else v
    return f.sub(theta, f.div(f.mul(f.round(rate), state["m"]),
                              f.add(f.root(state["v"]), f.round(h["epsilon"]))))


def adabelief(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    state["m"] = average(f, h["beta1"], state.get("m", 0.0), gradient)
    surprise = f.sub(gradient, state["m"])
    state["s"] = f.add(average(f, h["beta2"], state.get("s", 0.0), f.mul(surprise, surprise)),
                       f.round(h["epsilon"]))
    mean = f.div(state["m"], f.round(1 - h["beta1"] ** t))
    spread = f.root(f.div(state["s"], f.round(1 - h["beta2"] ** t)))
    return f.sub(theta, f.div(f.mul(f.round(rate), mean), f.add(spread, f.round(h["epsilon"]))))


def sign(x):
    return float((x > 0) - (x < 0))


def lion(f, h, state, t, rate, theta, gradient):
    theta = f.mul(f.round(1 - rate * h.get("weight_decay", 0.0)), theta)
    before = state.get("m", 0.0)
    state["m"] = average(f, h["beta2"], before, gradient)
    return f.sub(theta, f.mul(f.round(rate), sign(average(f, h["beta1"], before, gradient))))


def signsgd(f, h, state, t, rate, theta, gradient):
    theta = f.mul(f.round(1 - rate * h.get("weight_decay", 0.0)), theta)
    state["m"] = average(f, h.get("momentum", 0.0), state.get("m", 0.0), gradient)
    return f.sub(theta, f.mul(f.round(rate), sign(state["m"])))


def rprop(f, h, state, t, rate, theta, gradient):
    size, before = state.get("D", f.round(h["learning_rate"])), state.get("p", 0.0)
    agreement = sign(before) * sign(gradient)
    if agreement > 0:
        size = min(f.mul(f.round(h["increase_factor"]), size), f.round(h["maximum_step"]))
    if agreement < 0:
        size = max(f.mul(f.round(h["decrease_factor"]), size), f.round(h["minimum_step"]))
        gradient = 0.0
    state["D"], state["p"] = size, gradient
    return f.sub(theta, f.mul(size, sign(gradient)))


def adadelta(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    epsilon, before = f.round(h["epsilon"]), state.get("D", 0.0)
    state["E"] = average(f, h["rho"], state.get("E", 0.0), f.mul(gradient, gradient))
    update = f.mul(f.div(f.root(f.add(before, epsilon)), f.root(f.add(state["E"], epsilon))),
                   gradient)
    state["D"] = average(f, h["rho"], before, f.mul(update, update))
    return f.sub(theta, f.mul(f.round(rate), update))


def amsgrad(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    state["m"] = average(f, h["beta1"], state.get("m", 0.0), gradient)
    state["v"] = average(f, h["beta2"], state.get("v", 0.0), f.mul(gradient, gradient))
    state["V"] = max(state.get("V", 0.0), state["v"])
    mean = f.div(state["m"], f.round(1 - h["beta1"] ** t))
    mean_square = f.div(state["V"], f.round(1 - h["beta2"] ** t))
    return f.sub(theta, f.div(f.mul(f.round(rate), mean),
                              f.add(f.root(mean_square), f.round(h["epsilon"]))))


def adamax(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    state["m"] = average(f, h["beta1"], state.get("m", 0.0), gradient)
    state["u"] = max(f.mul(f.round(h["beta2"]), state.get("u", 0.0)),
                     f.add(abs(gradient), f.round(h["epsilon"])))
    rate = f.round(rate / (1 - h["beta1"] ** t))
    return f.sub(theta, f.mul(rate, f.div(state["m"], state["u"])))


def nadam(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    state["m"] = average(f, h["beta1"], state.get("m", 0.0), gradient)
    state["v"] = average(f, h["beta2"], state.get("v", 0.0), f.mul(gradient, gradient))
    now, following = (h["beta1"] * (1 - 0.5 * 0.96 ** (step * h.get("momentum_decay", 0.004)))
                      for step in (t, t + 1))
    state["P"] = state.get("P", 1.0) * now
    mean = f.add(f.mul(f.round(following / (1 - state["P"] * following)), state["m"]),
                 f.mul(f.round((1 - now) / (1 - state["P"])), gradient))
    mean_square = f.div(state["v"], f.round(1 - h["beta2"] ** t))
    return f.sub(theta, f.div(f.mul(f.round(rate), mean),
                              f.add(f.root(mean_square), f.round(h["epsilon"]))))


def asgd(f, h, state, t, rate, theta, gradient):
    gradient = coupled(f, h, theta, gradient)
    given = state.get("rate", rate)
    state["rate"] = rate
    step = given / (1 + h["decay"] * given * (t - 1)) ** h["rate_exponent"]
    theta = f.mul(f.round(1 - h["decay"] * step), theta)
    return f.sub(theta, f.mul(f.round(step), gradient))


RULES = {
    ("gradient_descent", "coupled_decay"): gradient_descent,
    ("momentum", "rate_outside"): momentum,
    ("nesterov", "look_ahead"): momentum,
    ("adagrad", "epsilon_outside_root"): adagrad,
    ("rmsprop", "epsilon_inside_root"): rmsprop,
    ("adam", "paper"): adam,
    ("adamw", "decay_before"): adamw,
    ("radam", "above_four"): radam,
    ("yogi", "uncorrected"): yogi,
    ("adabelief", "epsilon_outside_root"): adabelief,
    ("lion", "decay_before"): lion,
    ("signsgd", "decoupled_decay"): signsgd,
    ("rprop", "irprop_minus"): rprop,
    ("adadelta", "coupled_decay"): adadelta,
    ("amsgrad", "maximum_then_corrected"): amsgrad,
    ("adamax", "epsilon_in_maximum"): adamax,
    ("nadam", "schedule"): nadam,
    ("asgd", "rate_of_last_step"): asgd,
}


def constant(f, h, t):
    return f.round(h["learning_rate"])


def annealed(f, h, t, length):
    top, bottom = f.round(h["learning_rate"]), f.round(h.get("minimum_learning_rate", 0.0))
    cosine = f.round(math.cos(f.div(f.mul(f.round(math.pi), float(t)), float(length))))
    return f.add(bottom, f.mul(f.mul(0.5, f.sub(top, bottom)), f.add(1.0, cosine)))


def cosine_annealing(f, h, t):
    return annealed(f, h, t, h["total_steps"])


def linear_warmup_cosine(f, h, t):
    if t < h["warmup_steps"]:
        return f.div(f.mul(f.round(h["learning_rate"]), float(t)), h["warmup_steps"])
    return annealed(f, h, t - h["warmup_steps"], h["total_steps"] - h["warmup_steps"])


SCHEDULES = {
    ("constant", "constant"): constant,
    ("cosine_annealing", "closed_form"): cosine_annealing,
    ("linear_warmup_cosine", "piecewise"): linear_warmup_cosine,
}


def norm_in(f, elements, order):
    if order is None:
        return max((abs(x) for x in elements), default=0.0)
    total = 0.0
    for x in elements:
        total = f.add(total, abs(x) if order == 1 else f.mul(x, x))
    return total if order == 1 else f.root(total)


def shortened(f, elements, norm, limit):
    if norm <= limit:
        return elements
    factor = f.div(limit, norm)
    return [f.mul(x, factor) for x in elements]


def by_global_norm(order):
    def clip(f, h, tensors, *_):
        norm = norm_in(f, [x for tensor in tensors for x in tensor], order)
        return [shortened(f, tensor, norm, f.round(h["max_norm"])) for tensor in tensors]
    return clip


def by_tensor_norm(order):
    def clip(f, h, tensors, *_):
        return [shortened(f, tensor, norm_in(f, tensor, order), f.round(h["max_norm"]))
                for tensor in tensors]
    return clip


def by_value(f, h, tensors, *_):
    limit = f.round(h["max_value"])
    return [[min(limit, max(-limit, x)) for x in tensor] for tensor in tensors]


def adaptive(f, h, tensors, parameters, shapes):
    result = []
    for gradient, weights, shape in zip(tensors, parameters, shapes):
        rows = shape[0] if len(shape) > 1 else 1
        clipped = []
        for row in range(rows):
            of_row = slice(row * len(gradient) // rows, (row + 1) * len(gradient) // rows)
            size = max(norm_in(f, weights[of_row], 2), f.round(h["epsilon"]))
            limit = f.mul(f.round(h["clipping_factor"]), size)
            clipped += shortened(f, gradient[of_row], norm_in(f, gradient[of_row], 2), limit)
        result.append(clipped)
    return result


CLIPPINGS = {("global_norm", "exact"): by_global_norm(2),
             ("global_norm_1", "exact"): by_global_norm(1),
             ("global_norm_infinity", "exact"): by_global_norm(None),
             ("tensor_norm", "exact"): by_tensor_norm(2),
             ("tensor_norm_1", "exact"): by_tensor_norm(1),
             ("tensor_norm_infinity", "exact"): by_tensor_norm(None),
             ("value", "exact"): by_value,
             ("adaptive", "paper"): adaptive}
