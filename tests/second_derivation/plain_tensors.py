"""Rules of whole tensors as a consumer would write them, as in plain.py: the first dialect,
forward, in one format. Rules without an entry here are not run."""
from plain import average


def over(function, *tensors):
    return [function(*elements) for elements in zip(*tensors)]


def scaled(f, factor, tensor):
    return [f.mul(factor, x) for x in tensor]


def norm(f, tensor):
    total = 0.0
    for x in tensor:
        total = f.add(total, f.mul(x, x))
    return f.root(total)


def lamb(f, h, state, t, rate, theta, gradient):
    state["m"] = [average(f, h["beta1"], old, g)
                  for old, g in zip(state.get("m", [0.0] * len(theta)), gradient)]
    state["v"] = [average(f, h["beta2"], old, f.mul(g, g))
                  for old, g in zip(state.get("v", [0.0] * len(theta)), gradient)]
    first, second = f.round(1 - h["beta1"] ** t), f.round(1 - h["beta2"] ** t)
    epsilon, decay = f.round(h["epsilon"]), f.round(h.get("weight_decay", 0.0))
    direction = [f.add(f.div(f.div(m, first), f.add(f.root(f.div(v, second)), epsilon)),
                       f.mul(decay, w)) for m, v, w in zip(state["m"], state["v"], theta)]
    weight, own = norm(f, theta), norm(f, direction)
    ratio = f.div(weight, own) if weight > 0 and own > 0 else 1.0
    return over(f.sub, theta, scaled(f, f.mul(f.round(rate), ratio), direction))


def lars(f, h, state, t, rate, theta, gradient):
    decay = f.round(h.get("weight_decay", 0.0))
    weight, own = norm(f, theta), norm(f, gradient)
    local = 1.0
    if weight > 0 and own > 0:
        divisor = f.add(f.add(own, f.mul(decay, weight)), f.round(h.get("epsilon", 0.0)))
        local = f.div(f.mul(f.round(h.get("trust_coefficient", 1.0)), weight), divisor)
    impulse = scaled(f, f.mul(f.round(rate), local),
                     over(f.add, gradient, scaled(f, decay, theta)))
    kept = scaled(f, f.round(h["momentum"]), state.get("v", [0.0] * len(theta)))
    state["v"] = over(f.add, kept, impulse)
    return over(f.sub, theta, state["v"])


RULES = {("lamb", "paper"): lamb, ("lars", "paper"): lars}
