"""Shampoo and SOAP, from Gupta, Koren and Singer 2018, Vyas et al. 2024 and the libraries:
factors are sums over all past gradients."""
from fractions import Fraction

from tensors import Identity, as_tensor


def discounted(ratio, values):
    """sum_k ratio^(t-k) values_k, the newest with weight 1."""
    total = as_tensor(0)
    for value in values:
        total = total * ratio + value
    return total


def shampoo(run, dialect):
    get, t, theta = run.get, run.t, run.theta
    in_turn, late = dialect == "over_order_in_turn", "before_root" in dialect
    late = late or dialect in ("exponent_half", "adagrad_grafted", "adam_grafted")
    mu, decay, beta1, beta2 = map(get, ("momentum", "weight_decay", "beta1", "beta2"))
    gradient = run.gradients[t - 1]
    values = {}
    if in_turn:  # between the new gradient and the last update; before the first it is itself
        last = run.impulses[-1] if run.impulses else gradient
        gradient = gradient + mu * (last - gradient)
    if in_turn or dialect == "paper":
        gradient = gradient + decay * theta
    run.entered = getattr(run, "entered", []) + [gradient]
    filtered = gradient
    if late:
        moment = (1 - beta1) * discounted(beta1, run.entered)
        filtered = moment / (1 - beta1 ** t)
        if "beta1" in run.h:
            values["m"] = moment

    mean = dialect == "adam_grafted"
    ratio, share, count = (beta2, 1 - beta2, 1 - beta2 ** t) if mean else map(as_tensor, (1, 1, 1))
    order = as_tensor(2 if in_turn or dialect == "exponent_half" else 4)
    epsilon = Identity() * get("epsilon")

    def root(name, products):
        total = share * discounted(ratio, products)
        values[name] = total if late else total + epsilon
        return (total / count + epsilon).inverse_root(order)

    update = root("L", [g @ g.transpose() for g in run.entered]) @ filtered
    run.beside = getattr(run, "beside", []) + [update if in_turn else gradient]
    update = update @ root("R", [g.transpose() @ g for g in run.beside])
    if not in_turn or "momentum" not in run.h:
        values["U"] = update
    coupled = (in_turn or dialect == "paper") and "weight_decay" in run.h
    if coupled or in_turn and "momentum" in run.h:
        values["G"] = gradient
    if "grafted" in dialect:
        other = filtered
        if dialect != "grafted":
            squares = share * discounted(ratio, [g * g for g in run.entered])
            values["v"] = squares
            other = filtered / ((squares / count).sqrt() + as_tensor(Fraction(1, 10 ** 10)))
        update = update * other.norm() / (update.norm() + as_tensor(Fraction(1, 10 ** 16)))
    if not in_turn and dialect != "paper":
        update = update + decay * theta
    run.impulses.append(update)
    if not in_turn and not late:
        update = discounted(mu, run.impulses)
    if not late and "momentum" in run.h:
        values["b"] = update
    values["theta"] = theta - run.rate * update
    return values


RULES = {"shampoo": shampoo}

SAME = {}
