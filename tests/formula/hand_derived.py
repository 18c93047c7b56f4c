"""The catalogue's formulas once more, derived by hand from the papers and from what the
libraries document, and written in other forms than the recursions of the C++: sums over
the past gradients, and forms in other variables. No line is taken from there.

trajectory(...) gives for each step t = 1, 2, ... the values by the symbols of the
printed formulas, and under "point" where g_t is to be taken (None: at theta_{t-1}).
Numbers are those of surds.py; hyperparameters that are not given are at their neutral
values.
"""
from fractions import Fraction


def root(value):
    return value.sqrt()


def discounted(ratio, values):
    """sum_k ratio^(t-k) values_k, the newest with weight 1."""
    return sum(ratio ** (len(values) - k) * value for k, value in enumerate(values, 1))


class Run:
    """One trajectory: the rates eta_1, eta_2, ..., the gradients, and all that was."""

    def __init__(self, field, hyperparameters, rates, gradients, start):
        self.field, self.h = field, hyperparameters
        self.rates, self.gradients = rates, gradients
        self.thetas = [start]
        self.impulses = []  # what entered a velocity at each step

    def get(self, name, neutral=0):
        return self.h.get(name, self.field(neutral))

    @property
    def t(self):
        return len(self.thetas)  # the step being taken

    @property
    def rate(self):
        return self.rates[self.t - 1]

    @property
    def theta(self):
        return self.thetas[-1]

    def loss_gradients(self, coupled):
        """Gradients 1..t of the loss, with (lambda/2) ||theta||^2 in it or not."""
        decay = self.get("weight_decay") if coupled else self.field(0)
        return [gradient + decay * theta
                for gradient, theta in zip(self.gradients, self.thetas)]

    def kept(self, coupled):
        """The parameter after decay outside the gradient."""
        if coupled:
            return self.theta
        return self.theta - self.rate * self.get("weight_decay") * self.theta


def gradient_descent(run, dialect):
    # theta - eta (g + lambda theta) multiplied out: both dialects
    theta = run.theta - run.rate * run.gradients[run.t - 1]
    return {"theta": theta - run.rate * run.get("weight_decay") * run.theta}


def momentum(run, dialect):
    """Polyak 1964; the library forms are in dialects.md, B.1."""
    mu, tau = run.get("momentum"), run.get("dampening")
    coupled = dialect != "rate_inside_decoupled_decay"
    gradients = run.loss_gradients(coupled)
    shares = [1 - tau] * len(gradients)
    if dialect == "rate_outside_undampened_start":
        shares[0] = run.field(1)  # the first buffer is the gradient itself
    if dialect == "averaged":
        velocity = (1 - mu) * discounted(mu, gradients)
        return {"v": velocity, "theta": run.theta - run.rate * velocity}
    if dialect.startswith("rate_outside"):
        velocity = discounted(mu, [share * g for share, g in zip(shares, gradients)])
        return {"v": velocity, "theta": run.theta - run.rate * velocity}
    # An impulse eta_k g_k moves theta by itself, then by mu, mu^2, ... of itself.
    velocity = discounted(mu, [rate * g for rate, g in zip(run.rates, gradients)])
    theta = run.kept(coupled) - velocity
    if dialect == "polyak":
        return {"p": run.theta, "theta": theta}
    return {"v": velocity, "theta": theta}


def nesterov(run, dialect):
    """Sutskever et al. 2013, (3)-(4); Nesterov 1983 in the variables of Beck and
    Teboulle 2009, (4.1)-(4.3)."""
    if dialect == "sequence_1983":
        return accelerated(run)
    mu = run.get("momentum")
    if dialect == "constant_from_condition_number":
        kappa = run.get("condition_number", 1)
        mu = (kappa + 1 - 2 * root(kappa)) / (kappa - 1)  # (sqrt(k) - 1)^2/(k - 1)
    coupled = not dialect.endswith("decoupled_decay")
    gradients = run.loss_gradients(coupled)
    inside = "rate_inside" in dialect or dialect.startswith("constant")
    impulses = [rate * g for rate, g in zip(run.rates, gradients)] if inside else gradients
    velocity, before = discounted(mu, impulses), discounted(mu, impulses[:-1])
    scale = run.field(1) if inside else run.rate
    if dialect.startswith("shifted"):
        # in the look-ahead variable y = x - mu v: two steps of the velocity at once
        moved = (1 + mu) * impulses[-1] + mu ** 2 * before
        return {"v": velocity, "theta": run.kept(coupled) - scale * moved}
    result = {"v": velocity, "theta": run.theta - scale * velocity,
              "point": run.theta - scale * mu * before}
    if dialect.startswith("constant"):
        result["mu"] = mu
    return result


def accelerated(run):
    """x_k = y_k - eta g(y_k), a_1 = 1, a_{k+1} = (1 + sqrt(1 + 4 a_k^2))/2,
    y_{k+1} = x_k + (a_k - 1)/a_{k+1} (x_k - x_{k-1})."""
    a = [run.field(1)]
    for _ in range(run.t):
        a.append(run.field(1) / 2 + root(a[-1] ** 2 + run.field(1) / 4))
    a_now, a_before = a[run.t - 1], a[max(run.t - 2, 0)]
    coefficient = (a_before - 1) / a_now
    y = run.theta
    if run.t > 1:
        y = y + coefficient * (run.theta - run.thetas[-2])
    theta = y - run.rate * run.loss_gradients(True)[-1]
    result = {"a": a_now, "v": run.theta - theta, "theta": theta}
    if run.t > 1:
        result.update(mu=coefficient, point=y)
    return result


def adagrad(run, dialect):
    """Duchi, Hazan and Singer 2011; dialects.md, B.9."""
    coupled = not dialect.endswith("decoupled_decay")
    gradients, epsilon = run.loss_gradients(coupled), run.get("epsilon")
    start = epsilon if dialect == "epsilon_start" else run.get("initial_accumulator")
    total = sum([g ** 2 for g in gradients], start)
    divisor = root(epsilon + total) if "inside" in dialect else epsilon + root(total)
    fallen = run.rate / (1 + run.get("learning_rate_decay") * (run.t - 1))
    return {"G": total, "theta": run.kept(coupled) - fallen / divisor * gradients[-1]}


def rmsprop(run, dialect):
    """Lecture 6e; Graves 2013; dialects.md, B.3."""
    coupled = not dialect.endswith("decoupled_decay")
    rho, epsilon, mu = run.get("rho"), run.get("epsilon"), run.get("momentum")
    gradients = run.loss_gradients(coupled)
    result = {"E": discounted(rho, [(1 - rho) * g ** 2 for g in gradients])}
    if dialect.endswith("start_one"):
        result["E"] = result["E"] + rho ** run.t
    spread = result["E"]
    if "centered" in run.h:
        result["a"] = discounted(rho, [(1 - rho) * g for g in gradients])
        spread = (root(spread) - result["a"]) * (root(spread) + result["a"])
    divisor = root(spread + epsilon) if "inside_root" in dialect else root(spread) + epsilon
    quotient = gradients[-1] / divisor
    inside = "rate_inside" in dialect
    run.impulses.append(run.rate * quotient if inside else quotient)
    velocity = discounted(mu, run.impulses)
    if "momentum" in run.h:
        result["v"] = velocity
    result["theta"] = run.kept(coupled) - (velocity if inside else run.rate * velocity)
    return result


def adam_moments(run, gradients):
    beta1, beta2 = run.get("beta1"), run.get("beta2")
    return {"m": discounted(beta1, gradients) * (1 - beta1),
            "v": discounted(beta2, [g ** 2 for g in gradients]) * (1 - beta2)}


def corrected(run, gradients):
    """mhat and vhat: weighted means, whose weights beta^(t-k) are divided by their sum."""
    ones = [run.field(1)] * run.t
    beta1, beta2 = run.get("beta1"), run.get("beta2")
    return (discounted(beta1, gradients) / discounted(beta1, ones),
            discounted(beta2, [g ** 2 for g in gradients]) / discounted(beta2, ones))


def adam(run, dialect):
    """Kingma and Ba 2015, Algorithm 1 and the end of section 2; dialects.md, B.4."""
    coupled = not dialect.endswith("decoupled_decay")
    gradients, epsilon = run.loss_gradients(coupled), run.get("epsilon")
    beta1, beta2 = run.get("beta1"), run.get("beta2")
    result = adam_moments(run, gradients)
    mean, mean_square = corrected(run, gradients)
    if dialect == "uncorrected":
        step = result["m"] / (root(result["v"]) + epsilon)
    elif dialect == "second_moment_corrected":
        step = result["m"] / (root(mean_square) + epsilon)
    elif dialect == "onnx":
        # the operator's count T is that of the steps before; R at T = 0
        step, before = result["m"] / (epsilon + root(result["v"])), run.t - 1
        if before > 0:
            step = step * root(1 - beta2 ** before) / (1 - beta1 ** before)
    elif dialect == "epsilon_inside_root":
        step = mean / root(epsilon + mean_square)
    elif dialect.startswith("epsilon_hat"):
        # dividing by sqrt(1 - beta2^t) shows epsilon-hat as a growing epsilon
        step = mean / (root(mean_square) + epsilon / root(1 - beta2 ** run.t))
    else:
        step = mean / (root(mean_square) + epsilon)
    result["theta"] = run.kept(coupled) - run.rate * step
    return result


def adamw(run, dialect):
    """Loshchilov and Hutter 2019, Algorithm 2; dialects.md, B.6."""
    gradients, epsilon, decay = run.gradients[:run.t], run.get("epsilon"), run.get("weight_decay")
    result = adam_moments(run, gradients)
    mean, mean_square = corrected(run, gradients)
    if dialect.endswith("epsilon_hat"):
        epsilon = epsilon / root(1 - run.get("beta2") ** run.t)
    step = run.rate * mean / (epsilon + root(mean_square))
    if "without_rate" in dialect:
        pull = decay
    elif dialect == "decay_times_schedule_multiplier":
        pull = decay * run.rate / run.rates[0]
    else:
        pull = run.rate * decay
    after = dialect.startswith("decay_after")
    result["theta"] = run.theta - step - pull * (run.theta - step if after else run.theta)
    return result


def average_length(run):
    """Liu et al. 2020, section 5.1: rho_t, and r_t^2 as a product of three ratios."""
    beta2 = run.get("beta2")
    longest = (1 + beta2) / (1 - beta2)
    length = longest - 2 * run.t / (1 / beta2 ** run.t - 1)
    return length, ((length - 4) / (longest - 4) * ((length - 2) / (longest - 2))
                    * (longest / length))


def radam(run, dialect):
    """Liu et al. 2020, Algorithm 2; PyTorch's documentation of RAdam."""
    late_start = dialect.endswith("late_start")
    coupled = not late_start and not dialect.endswith("decoupled_decay")
    gradients, epsilon = run.loss_gradients(coupled), run.get("epsilon")
    result = adam_moments(run, gradients)
    mean, mean_square = corrected(run, gradients)
    length, squared_share = average_length(run)
    result["rho"] = length
    if run.field(4 if dialect == "above_four" else 5) < length:
        if "epsilon_hat" in dialect:
            epsilon = epsilon / root(1 - run.get("beta2") ** run.t)
        mean = root(squared_share) * mean / (epsilon + root(mean_square))
    elif late_start:
        result["theta"] = run.theta
        return result
    result["theta"] = run.kept(coupled) - run.rate * mean
    return result


def yogi(run, dialect):
    """Zaheer et al. 2018, Algorithm 2: v is its start and the squares, each with its sign."""
    coupled = "decay" not in dialect
    gradients, a = run.loss_gradients(coupled), run.get("initial_accumulator")
    beta1, beta2 = run.get("beta1"), run.get("beta2")
    square, before = gradients[-1] ** 2, sum(run.impulses, a)
    share = (1 - beta2) * square
    run.impulses.append(-share if square < before else share)
    result = {"v": sum(run.impulses, a), "m": (1 - beta1) * discounted(beta1, gradients)}
    if "both_started" in dialect:
        result["m"] = result["m"] + beta1 ** run.t * a
    rate, spread, epsilon = run.rate, root(result["v"]), run.get("epsilon")
    if dialect != "uncorrected":
        rate, spread = rate / (1 - beta1 ** run.t), spread / root(1 - beta2 ** run.t)
    if "epsilon_hat" in dialect:
        epsilon = epsilon / root(1 - beta2 ** run.t)
    own_rate = rate / (epsilon + spread)
    if dialect.endswith("proximal_decay"):
        result["theta"] = ((run.theta - own_rate * result["m"])
                           / (1 + own_rate * run.get("weight_decay")))
    else:
        result["theta"] = run.kept(coupled) - own_rate * result["m"]
    return result


def adabelief(run, dialect):
    """Zhuang et al. 2020, Algorithm 2. g_t - m_t is beta1 (g_t - m_{t-1})."""
    coupled = "decoupled_decay" not in dialect
    gradients, epsilon = run.loss_gradients(coupled), run.get("epsilon")
    beta1, beta2 = run.get("beta1"), run.get("beta2")
    means = [(1 - beta1) * discounted(beta1, gradients[:k]) if k else run.field(0)
             for k in range(run.t + 1)]
    surprises = [beta1 * (g - m) for g, m in zip(gradients, means)]
    result = {"m": means[-1],
              "s": discounted(beta2, [(1 - beta2) * x ** 2 + epsilon for x in surprises])}
    mean, spread = means[-1] / (1 - beta1 ** run.t), root(result["s"] / (1 - beta2 ** run.t))
    if "epsilon_hat" in dialect:
        epsilon = epsilon / root(1 - beta2 ** run.t)
    step = mean / (spread + (0 if dialect.startswith("one_epsilon") else epsilon))
    if dialect.startswith("rectified"):
        length, squared_share = average_length(run)
        result["rho"] = length
        above_four = dialect == "rectified_above_four"
        if run.field(4 if above_four else 5) < length:
            step = root(squared_share) * step
        else:
            step = means[-1] if above_four else mean
    result["theta"] = run.kept(coupled) - run.rate * step
    return result


def sign(value):
    return (-value < 0) - (value < 0)


def lion(run, dialect):
    """Chen et al. 2023, Algorithm 2; dialects.md, B.13, and Optimisers.jl src/rules.jl."""
    gradients = run.loss_gradients(dialect == "decay_coupled")
    beta1, beta2, decay = run.get("beta1"), run.get("beta2"), run.get("weight_decay")
    kept = 1 - beta2 if dialect == "new_weighted_mean" else beta2
    mean = (1 - kept) * discounted(kept, gradients)
    if dialect == "new_weighted_mean":
        step = beta1 * mean + (beta2 - beta1) * gradients[-1]
    else:
        # over kept: the weights of c in the past gradients, but for the newest
        past = discounted(kept, gradients[:-1])
        step = beta1 * (1 - kept) * past + (1 - beta1) * gradients[-1]
    pull = {"decay_coupled": 0, "decay_without_rate": decay}.get(dialect, run.rate * decay)
    return {"m": mean, "theta": run.theta - pull * run.theta - run.rate * sign(step)}


def signsgd(run, dialect):
    """Bernstein et al. 2018, Algorithms 1 and 2; MXNet's signum.py; mlbench's SignSGD."""
    mu, with_momentum = run.get("momentum"), "momentum" in run.h
    coupled = dialect == "coupled_decay_summed" or (
        dialect == "decay_coupled_with_momentum" and with_momentum)
    total = discounted(mu, run.loss_gradients(coupled))
    result = {"theta": run.kept(coupled) - run.rate * sign(total)}
    if with_momentum:
        result["m"] = total if dialect.endswith("summed") else (1 - mu) * total
    return result


def rprop(run, dialect):
    """Igel and Huesken 2000, Algorithms 1, 2 and 4, told anew from the first step on."""
    up, down = run.get("increase_factor"), run.get("decrease_factor")
    least, greatest = run.get("minimum_step"), run.get("maximum_step")
    size, before, taken = run.rates[0], 0, run.field(0)
    for gradient in run.gradients[:run.t]:
        now = sign(gradient)
        turned = now * before < 0
        if now * before != 0:
            size = size * (down if turned else up)
        # PyTorch clamps always, optax what it has changed
        both = dialect.endswith("first_step_bounded") or (
            now * before != 0 and dialect.endswith("both_sides"))
        if (both or turned) and size < least:
            size = least
        if (both or now * before > 0) and greatest < size:
            size = greatest
        forgets = turned and dialect != "rprop_minus"
        if turned and dialect == "rprop_plus":
            taken = 0 - taken
        else:
            stays = turned and dialect.startswith("irprop")
            taken = run.field(0) if stays else size * now
        kept = run.field(0) if forgets else gradient
        before = 0 if forgets else now
    return {"D": size, "p": kept, "theta": run.theta - taken}


def largest(values):
    result = values[0]
    for value in values[1:]:
        if result < value:
            result = value
    return result


def adadelta(run, dialect):
    """Zeiler 2012, Algorithm 1; dialects.md, B.10."""
    coupled = dialect == "coupled_decay"
    gradients, rho, epsilon = run.loss_gradients(coupled), run.get("rho"), run.get("epsilon")
    squares = discounted(rho, [g ** 2 for g in gradients]) * (1 - rho)
    before = discounted(rho, run.impulses) * (1 - rho) + run.field(0)
    ratio = (before + epsilon) / (squares + epsilon)
    run.impulses.append(ratio * gradients[-1] ** 2)  # the update's square
    return {"E": squares, "D": discounted(rho, run.impulses) * (1 - rho),
            "theta": run.kept(coupled) - run.rate * root(before + epsilon)
            / root(squares + epsilon) * gradients[-1]}


def amsgrad(run, dialect):
    """Reddi, Kale and Kumar 2018, Algorithm 2; dialects.md, B.5."""
    coupled = not dialect.endswith("decoupled_decay")
    gradients, epsilon = run.loss_gradients(coupled), run.get("epsilon")
    beta1, beta2, count = run.get("beta1"), run.get("beta2"), len(gradients)
    start = epsilon if dialect.endswith("epsilon_start") else run.field(0)
    seconds = [start]
    for t in range(1, count + 1):
        second = (1 - beta2) * discounted(beta2, [g ** 2 for g in gradients[:t]])
        if dialect.endswith("corrected_then_maximum"):
            seconds.append(second / (1 - beta2 ** t))
        else:
            seconds.append(second + start * beta2 ** t)
    result = {"m": (1 - beta1) * discounted(beta1, gradients) + start * beta1 ** count,
              "v": (1 - beta2) * discounted(beta2, [g ** 2 for g in gradients])
              + start * beta2 ** count,
              "V": largest(seconds)}
    mean, second = result["m"], result["V"]
    if not dialect.startswith(("uncorrected", "second")):
        mean = mean / (1 - beta1 ** count)
    if dialect.startswith("maximum"):
        second = second / (1 - beta2 ** count)
        if "hat" in dialect:
            epsilon = epsilon / root(1 - beta2 ** count)
    result["theta"] = run.kept(coupled) - run.rate * mean / (epsilon + root(second))
    return result


def adamax(run, dialect):
    """Kingma and Ba 2015, Algorithm 2 and section 7.1; dialects.md, B.8."""
    coupled = not dialect.endswith("decoupled_decay")
    gradients, epsilon = run.loss_gradients(coupled), run.get("epsilon")
    beta1, beta2, count = run.get("beta1"), run.get("beta2"), len(gradients)
    within = epsilon if "maximum" in dialect else run.field(0)
    sizes = [beta2 ** (count - k) * (largest([g, -g]) + within)
             for k, g in enumerate(gradients, 1)]
    result = {"m": (1 - beta1) * discounted(beta1, gradients), "u": largest(sizes)}
    mean = result["m"] if dialect == "uncorrected" else result["m"] / (1 - beta1 ** count)
    divisor = result["u"] if "maximum" in dialect else result["u"] + epsilon
    result["theta"] = run.kept(coupled) - run.rate / divisor * mean
    return result


def nadam(run, dialect):
    """Dozat 2016, Algorithm 2; dialects.md, B.7."""
    coupled = not dialect.endswith("decoupled_decay")
    gradients, epsilon = run.loss_gradients(coupled), run.get("epsilon")
    beta1, beta2, count = run.get("beta1"), run.get("beta2"), len(gradients)
    constant = dialect.startswith("constant")

    def momentum(t):
        if constant:
            return beta1
        by_step = "by_step" in dialect
        exponent = run.field(t) if by_step else run.get("momentum_decay", Fraction(1, 250)) * t
        return beta1 - beta1 / 2 * run.field(Fraction(24, 25)) ** exponent.as_exponent()

    momenta = [momentum(t) for t in range(1, count + 2)]
    product = run.field(1)
    for value in momenta[:count]:
        product = product * value
    moment = (1 - beta1) * discounted(beta1, gradients)
    if "of_moment" in dialect:
        moment = run.field(0)
        for value, g in zip(momenta, gradients):
            moment = moment + (1 - value) * (g - moment)
    second = (1 - beta2) * discounted(beta2, [g ** 2 for g in gradients])
    after = product if "one_correction" in dialect else product * momenta[count]
    mean = (momenta[count] * moment / (1 - after)
            + (1 - momenta[count - 1]) * gradients[-1] / (1 - product))
    corrected = second / (1 - beta2 ** count)
    if "times_beta2" in dialect:
        corrected = corrected * beta2
    if "hat" in dialect:
        epsilon = epsilon / root(1 - beta2 ** count)
    result = {"m": moment, "v": second,
              "theta": run.kept(coupled) - run.rate * mean / (epsilon + root(corrected))}
    if not constant:
        result.update(mu=momenta[count - 1], nu=momenta[count], P=product)
    return result


def asgd(run, dialect):
    """Polyak and Juditsky 1992; Xu 2011; Bottou's svmasgd; PyTorch's and Lua Torch's."""
    late = dialect == "rate_of_last_step"
    t = run.t
    given = run.rates[max(t - 2, 0)] if late else run.rate
    exponent = run.get("rate_exponent").as_exponent()
    rate = given / (1 + run.get("decay") * given * (t - 1)) ** exponent
    gradient = run.loss_gradients(True)[-1]
    theta = run.theta - rate * (gradient + run.get("decay") * run.theta)
    # Weights of the mean: past s, the last step with s - 1 - t0 <= 1 (s - t0 <= 1), each
    # parameter counts once, and theta_s as the part of one that is left.
    past = [step - int(late) - run.get("averaging_start") for step in range(1, t + 1)]
    thetas = [*run.thetas[1:], theta]
    last = max(k for k in range(t) if not run.field(1) < past[k])
    average = theta
    if last < t - 1:
        average = (past[last] * thetas[last] + sum(thetas[last + 1:], run.field(0))) / past[-1]
    values = {"r": rate, "a": average, "theta": theta}
    return {**values, "l": run.rate} if late else values


RULES = {rule.__name__: rule for rule in
         (gradient_descent, momentum, nesterov, adagrad, rmsprop, adam, adamw, radam, yogi,
          adabelief, lion, signsgd, rprop, adadelta, amsgrad, adamax, nadam, asgd)}


def trajectory(rule, dialect, field, hyperparameters, rates, gradients, start):
    run = Run(field, hyperparameters, rates, gradients, start)
    steps = []
    for _ in rates:
        values = RULES[rule](run, dialect)
        steps.append(values)
        run.thetas.append(values["theta"])
    return steps
