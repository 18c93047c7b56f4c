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


def soap(run, dialect):
    get, t, theta = run.get, run.t, run.theta
    beta1, beta2, decay = map(get, ("beta1", "beta2", "weight_decay"))
    one_side = dialect == "shorter_side"
    gradients = run.gradients[:t]
    factors = {"L": (1 - beta2) * discounted(beta2, [g @ g.transpose() for g in gradients])}
    if not one_side:
        factors["R"] = (1 - beta2) * discounted(beta2, [g.transpose() @ g for g in gradients])
    names = {"L": "P", "R": "Q"}
    if t == 1:
        bases = {names[name]: factor.eigenvectors() for name, factor in factors.items()}
    else:
        bases = run.bases

    def turned(value):
        value = bases["P"].transpose() @ value
        return value if one_side else value @ bases["Q"]

    if t == 1:
        run.bases, run.second = bases, as_tensor(0)
        return {**factors, **bases, "m": as_tensor(0), "v": as_tensor(0), "theta": theta}
    updates = gradients[1:]
    moment = (1 - beta1) * discounted(beta1, updates)
    entered = turned(gradients[-1])
    second = (1 - beta2) * entered ** 2 + beta2 * run.second
    count = t if dialect == "first_step_counted" else t - 1
    first_share, second_share = 1 - beta1 ** count, 1 - beta2 ** count
    update = bases["P"] @ (turned(moment) / (second.sqrt() + get("epsilon")))
    if not one_side:
        update = update @ bases["Q"].transpose()
    rate = run.rate
    if dialect != "uncorrected":
        rate = rate * second_share.sqrt() / first_share
    moved = (theta - rate * update) * (1 - run.rate * decay)
    for name, factor in factors.items():
        basis = bases[names[name]]
        order = (Identity().sized(factor) * (basis.transpose() @ factor @ basis)).eigenvectors()
        bases = {**bases, names[name]: (factor @ basis @ order).orthonormal()}
        second = order.transpose() @ second if name == "L" else second @ order
    run.bases, run.second = bases, second
    return {**factors, **bases, "m": moment, "v": second, "theta": moved, "G": entered,
            "N": update}


RULES = {"shampoo": shampoo, "soap": soap}

SAME = {}
