"""Adafactor, from Shazeer and Stern 2018: the second moment is a weighted sum over all past
squares, and its factors are sums over the total, as in the paper."""
from tensors import as_tensor


def root_mean_square(value):
    return (value.norm() ** 2 / value.size).sqrt()


def adafactor(run, dialect):
    get, rate, theta, t = run.get, run.rate, run.theta, run.t
    gradient = run.gradients[t - 1]
    floors, whole = dialect == "floored", dialect == "unfactored"
    shares = [run.field(k) ** -get("decay_exponent") for k in range(1, t + 1)]
    mean = as_tensor(0)
    for k, share in enumerate(shares):
        weight = share
        for later in shares[k + 1:]:
            weight = weight - weight * later
        square = run.gradients[k] * run.gradients[k]
        mean = mean + weight * (square if floors else square + get("epsilon1"))
    rows, columns = gradient.shape
    values = {"beta2": 1 - shares[-1]}
    if whole:
        values["v"] = divisor = mean
    else:
        values["R"], values["C"] = mean.row_means(), mean.column_means()
        total = mean.sum() / (rows * columns)
        total = total.max(get("epsilon1")) if floors else total
        divisor = (values["R"] @ values["C"]) / total
    if floors:
        divisor = divisor.max(get("epsilon1") ** 2)
    values["U"] = update = gradient / divisor.sqrt()

    decay = get("weight_decay")
    kept = theta - rate * decay * theta if dialect == "decay_before_scale" else theta
    capped = dialect in ("relative_step", "floored", "decay_before_scale")
    length = rate.min(1 / run.field(t).sqrt()) if capped else rate
    if dialect != "absolute_step":
        length = length * root_mean_square(kept).max(get("epsilon2"))
    step = length * update / (root_mean_square(update) / get("clipping_threshold")).max(
        as_tensor(1))
    run.impulses.append(step)
    beta = get("beta1")
    moved = as_tensor(0)
    for k, impulse in enumerate(run.impulses):
        moved = moved + beta ** (t - 1 - k) * impulse if t - 1 - k else moved + impulse
    moved = (1 - beta) * moved
    if "beta1" in run.h:
        values["m"] = moved
    pull = {"floored": rate * decay, "decay_before_scale": as_tensor(0),
            "decay_without_rate": decay, "unfactored": decay}.get(dialect, length * decay)
    values["theta"] = kept - pull * theta - moved
    return values


RULES = {"adafactor": adafactor}

SAME = {}
