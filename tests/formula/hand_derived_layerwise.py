"""Rules that scale a tensor's step by its norm: LAMB and LARS."""
from fractions import Fraction

from hand_derived import adam_moments, corrected, discounted, root


def unit(values):
    return values / values.norm()


def is_zero(values):
    return not 0 < values.norm().value


def lamb(run, dialect):
    """You et al. 2020, Algorithm 2; facts of each library in the rule's dialects."""
    coupled = dialect.startswith("coupled")
    gradients = run.loss_gradients(coupled)[:run.t]
    decay, epsilon = run.get("weight_decay"), run.get("epsilon")
    before = dialect.startswith("decay_before") or dialect == "weight_norm_at_most_ten"
    theta = run.kept(not before)
    result = adam_moments(run, gradients)
    mean, mean_square = corrected(run, gradients)
    if dialect.startswith("gradient_sum"):
        result["m"] = discounted(run.get("beta1"), gradients)
        mean = mean / (1 - run.get("beta1"))
    rate = run.rate
    if dialect in ("uncorrected", "ratio_in_bounds", "weight_norm_at_most_ten"):
        mean, mean_square = result["m"], result["v"]
    if dialect in ("ratio_in_bounds", "weight_norm_at_most_ten"):
        rate = rate / (1 - run.get("beta1") ** run.t)
    if dialect == "ratio_in_bounds":
        rate = rate * root(1 - run.get("beta2") ** run.t)
    direction = mean / (epsilon + root(mean_square))
    if not coupled and not before and dialect != "capped_update":
        direction = direction + decay * theta
    step = rate * stretched(run, dialect, theta, direction)
    result["theta"] = theta - step
    if dialect == "capped_update":
        result["theta"] = result["theta"] - run.rate * decay * result["theta"]
    result["named"] = {"u": direction}
    return result


def stretched(run, dialect, theta, direction):
    """The direction as long as the parameter, or what becomes of that."""
    frozen = dialect in ("capped_update", "frozen_at_zero")
    without_decay = "only_with_decay" in dialect and "weight_decay" not in run.h
    if without_decay or is_zero(direction) or (is_zero(theta) and not frozen):
        return direction
    length, own = theta.norm(), direction.norm()
    if dialect == "weight_norm_at_most_ten":
        return direction * (length if length < 10 else 10) / (own + run.get("epsilon"))
    if dialect == "ratio_in_bounds":
        if length < own / 100:
            return direction * run.field(Fraction(1, 100))
        if 10 * own < length:
            return direction * 10
    if dialect in ("capped_update", "ratio_at_most_one_only_with_decay") and own < length:
        return direction
    return length * unit(direction)


def lars(run, dialect):
    """You, Gitman and Ginsburg 2017, Algorithm 1; You et al. 2020, Algorithm 1."""
    mu = run.get("momentum")
    loss_gradients = run.loss_gradients(True)
    if dialect in ("capped_momentum", "averaged_momentum_norm"):
        velocity = discounted(mu, loss_gradients)
        if dialect == "averaged_momentum_norm":
            velocity = velocity * (1 - mu)
        ratio = momentum_ratio(run, velocity, dialect == "capped_momentum")
        return {"v": velocity, "named": {"u": loss_gradients[-1]},
                "theta": run.theta - run.rate * (ratio * velocity)}
    inside = dialect in ("paper", "nesterov") or dialect.startswith("norm_of_sum")
    impulse = local_rate(run, dialect, loss_gradients[-1])
    run.impulses.append(run.rate * impulse if inside else impulse)
    velocity = discounted(mu, run.impulses)
    if dialect == "matrices_from_first_gradient":
        velocity = velocity + mu ** run.t * run.gradients[0]
    moved = velocity
    if dialect.endswith("nesterov"):
        moved = run.impulses[-1] + mu * velocity
    return {"v": velocity, "named": {"u": loss_gradients[-1]},
            "theta": run.theta - (moved if inside else run.rate * moved)}


def momentum_ratio(run, velocity, capped):
    if is_zero(velocity) or (is_zero(run.theta) and not capped):
        return run.field(1)
    ratio = run.get("trust_coefficient", 1) * run.theta.norm() / velocity.norm()
    return run.field(1) if capped and 1 < ratio.value else ratio


def local_rate(run, dialect, loss_gradient):
    """The gradient with its decay, times the local rate."""
    gradient, theta, decay = run.gradients[run.t - 1], run.theta, run.get("weight_decay")
    if "only_with_decay" in dialect and "weight_decay" not in run.h:
        return loss_gradient
    of_sum = dialect.startswith("norm_of_sum")
    divisor = (loss_gradient if of_sum else gradient).norm()
    if is_zero(theta) or is_zero(divisor):
        return gradient if dialect.startswith("larc") else loss_gradient
    if not of_sum and dialect != "matrices_from_first_gradient":
        divisor = divisor + decay * theta.norm()
    ratio = theta.norm() * run.get("trust_coefficient", 1) / (run.get("epsilon") + divisor)
    if dialect == "larc":
        if not 0 < run.rate.value:
            return loss_gradient
        ratio = ratio / run.rate
        if 1 < ratio.value:
            return loss_gradient
    return ratio * loss_gradient


RULES = {"lamb": lamb, "lars": lars}

def is_zero_direction(tree):
    """Chosen where a norm other than the parameter's is zero: 0 < norm(u), and not."""
    return (tree[0] == "select" and tree[1] == ("number", "0") and tree[2][0] == "norm"
            and tree[2][1] != ("symbol", "theta", "t-1") and not is_decayed(tree[2][1]))


def is_decayed(tree):
    return tree[0] == "multiply" and tree[2] == ("symbol", "theta", "t-1")


def is_choice_by_decay(tree):
    """0 < lambda, in a form with decay; the other has a form of its own."""
    return tree[:3] == ("select", ("number", "0"), ("symbol", "lambda", ""))


def is_zero_parameter(tree):
    """Chosen where the parameter, maybe decayed, is zero: 0 < norm(theta), and not."""
    return (tree[:2] == ("select", ("number", "0")) and tree[2][0] == "norm"
            and (tree[2][1] == ("symbol", "theta", "t-1") or is_decayed(tree[2][1])))


def adds_nothing(tree, fault):
    """With theta = 0: a fault in a multiple of theta, or in whether it is added."""
    if is_decayed(tree):
        return True
    return tree[0] == "add" and is_decayed(tree[2]) and fault in (("subtract", *tree[1:]), tree[1])


def is_in_velocity(tree, fault):
    """Where the parameter is zero: a fault in the velocity's share, mu v_{t-1}, or the share
    left out."""
    share = ("multiply", ("symbol", "mu", ""), ("symbol", "v", "t-1"))
    return tree == share or (tree[0] == "add" and tree[1] == share and fault == tree[2])


def does_not_show(form, name, tree, fault):
    """Unseen at points of zeros and others, a fault in what a direction of zeros is multiplied
    by: 0 times anything is 0. So is one in a multiple of a parameter of zeros; and a guard that
    is passed by no direction says the same as none. And where the rate is in the velocity, a
    parameter of zeros has stood still, and its velocity is zero too (that a step ends at zero
    exactly is not tried)."""
    parameter_is_zero = False
    while True:
        if parameter_is_zero and (adds_nothing(tree, fault) or is_in_velocity(tree, fault)):
            return True
        places = [i for i in range(1, len(tree)) if tree[0] == fault[0] and len(tree) == len(fault)
                  and tree[i] != fault[i]]
        if len(places) != 1 or tree[0] in ("symbol", "number"):
            break
        if places == [4] and (is_zero_direction(tree) or is_choice_by_decay(tree)):
            return True
        parameter_is_zero = parameter_is_zero or (places == [4] and is_zero_parameter(tree))
        tree, fault = tree[places[0]], fault[places[0]]
    return (is_zero_direction(tree) or is_choice_by_decay(tree)) and fault == tree[3]


SAME = {"lamb": does_not_show, "lars": does_not_show}
