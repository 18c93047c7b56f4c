"""The update rules of one element, unrolled.

Each rule is written here without its recursion wherever the recursion has a solution:
moments and velocities are discounted sums over all past terms, decay is a product of
contractions. `trajectory` returns what one element is after 0, 1, 2, ... steps of its own:
[(theta, {state name: value})].
"""
from mpmath import exp, log, mpf, sqrt


class Discounted:
    """sum_k ratio^(t-k) x_k over all terms x_1 ... x_t, as ratio^t sum_k ratio^-k x_k."""

    def __init__(self, ratio):
        self.ratio = ratio
        self.terms = 0
        self.grown = mpf(0)
        self.last = mpf(0)

    def append(self, term):
        self.terms += 1
        self.last = term
        if self.ratio != 0:
            self.grown += term * self.ratio ** -self.terms

    def sum(self):
        return self.last if self.ratio == 0 else self.grown * self.ratio ** self.terms

    def average(self, start=0):
        """The moving average with this ratio, begun at `start`."""
        return (1 - self.ratio) * self.sum() + start * self.ratio ** self.terms

    def mean(self):
        """sum w x / sum w: the bias-corrected moving average."""
        return self.sum() / geometric(self.ratio, self.terms)


def geometric(ratio, count):
    """1 + ratio + ... + ratio^(count-1)"""
    return mpf(count) if ratio == 1 else (1 - ratio ** count) / (1 - ratio)


class Contracted:
    """theta_t = c_t theta_{t-1} - s_t solved: P_t (theta_0 - sum_k s_k/P_k), P_t = c_1 ... c_t;
    with P_{k-1} for P_k where the shift is contracted too, c_t (theta_{t-1} - s_t)."""

    def __init__(self, start, shift_is_contracted=False):
        self.start = start
        self.product = mpf(1)
        self.shifts = mpf(0)
        self.shift_is_contracted = shift_is_contracted

    def append(self, factor, shift):
        before = self.product
        self.product *= factor
        self.shifts += shift / (before if self.shift_is_contracted else self.product)
        return self.product * (self.start - self.shifts)


class Rule:
    """A rule takes in a gradient, the coupled decay's part included, with `take`; then `shift`
    is what it takes from theta in this step, and `state` what it holds."""
    dialects = {}

    def __init__(self, dialect, hyperparameters, start):
        self.options = self.dialects[dialect]
        self.h = hyperparameters
        self.start = start
        self.steps = 0
        self.path = [start]
        self.begin()

    def get(self, name, neutral=0):
        return self.h.get(name, mpf(neutral))

    def begin(self):
        pass

    def take(self, gradient, rate):
        raise NotImplementedError

    def shift(self):
        raise NotImplementedError

    def state(self):
        return {}

    def decay_factor(self, rate):
        return 1 - rate * self.get("weight_decay") if self.options.get("decoupled") else mpf(1)

    def trajectory(self, gradients, rates):
        coupled = mpf(0) if self.options.get("decoupled") else self.get("weight_decay")
        position = Contracted(self.start, self.options.get("after", False))
        result = [(self.start, self.state())]
        for gradient, rate in zip(gradients, rates):
            self.steps += 1
            self.take(gradient + coupled * self.path[-1], rate)
            self.path.append(position.append(self.decay_factor(rate), self.shift()))
            result.append((self.path[-1], self.state()))
        return result


class GradientDescent(Rule):
    """Both dialects are (1 - eta lambda) theta - eta g."""
    dialects = {"coupled_decay": {"decoupled": True}, "decoupled_decay": {"decoupled": True}}

    def take(self, gradient, rate):
        self.newest = rate * gradient

    def shift(self):
        return self.newest


class Momentum(Rule):
    dialects = {
        "rate_outside": {"rate": "outside"},
        "rate_outside_undampened_start": {"rate": "outside", "undampened_start": True},
        "rate_inside": {"rate": "inside"},
        "rate_inside_decoupled_decay": {"rate": "inside", "decoupled": True},
        "averaged": {"rate": "outside", "averaged": True},
        "polyak": {"rate": "inside", "polyak": True},
    }

    def begin(self):
        self.velocity = Discounted(self.get("momentum"))
        self.impulses = mpf(0)

    def share(self):
        """How much of a gradient enters the velocity."""
        if self.options.get("averaged"):
            return 1 - self.get("momentum")
        if self.options.get("undampened_start") and self.steps == 1:
            return mpf(1)
        return 1 - self.get("dampening")

    def take(self, gradient, rate):
        self.rate = rate
        impulse = self.share() * gradient * (rate if self.options["rate"] == "inside" else 1)
        self.velocity.append(impulse)
        self.impulses += impulse

    def shift(self):
        velocity = self.velocity.sum()
        return velocity if self.options["rate"] == "inside" else self.rate * velocity

    def state(self):
        if self.options.get("polyak"):
            return {"previous_parameter": self.path[max(self.steps - 1, 0)]}
        return {"velocity": self.velocity.sum()}

    def trajectory(self, gradients, rates):
        mu, decay = self.get("momentum"), self.get("weight_decay")
        if self.options["rate"] != "inside" or self.options.get("decoupled") or mu == 1:
            return super().trajectory(gradients, rates)
        # An impulse i_k has moved theta by i_k (1 + mu + ... + mu^(t-k)) after t steps: all of
        # them together by (sum_k i_k - mu v_t)/(1 - mu). This is Polyak's form as well.
        result = [(self.start, self.state())]
        for gradient, rate in zip(gradients, rates):
            self.steps += 1
            self.take(gradient + decay * self.path[-1], rate)
            self.path.append(self.start - (self.impulses - mu * self.velocity.sum()) / (1 - mu))
            result.append((self.path[-1], self.state()))
        return result


class Nesterov(Momentum):
    dialects = {
        "look_ahead": {"rate": "outside"},
        "look_ahead_rate_inside": {"rate": "inside"},
        "shifted": {"rate": "outside", "shifted": True},
        "shifted_rate_inside": {"rate": "inside", "shifted": True},
        "shifted_rate_inside_decoupled_decay": {"rate": "inside", "shifted": True,
                                                "decoupled": True},
        "sequence_1983": {"rate": "inside", "sequence": True},
        "constant_from_condition_number": {"rate": "inside", "condition": True},
    }

    def begin(self):
        if self.options.get("condition"):
            # (sqrt(k) - 1)/(sqrt(k) + 1), with its root moved out of the denominator
            kappa = self.get("condition_number", 1)
            self.h = dict(self.h, momentum=mpf(0) if kappa == 1
                          else (sqrt(kappa) - 1) ** 2 / (kappa - 1))
        super().begin()

    def take(self, gradient, rate):
        super().take(gradient, rate)
        self.newest = self.velocity.last

    def shift(self):
        if not self.options.get("shifted"):
            return super().shift()
        # every impulse once more discounted, and the newest added
        total = self.newest + self.get("momentum") * self.velocity.sum()
        return total if self.options["rate"] == "inside" else self.rate * total

    def trajectory(self, gradients, rates):
        if self.options.get("sequence"):
            return self.accelerated(gradients, rates)
        if self.options.get("shifted"):
            return Rule.trajectory(self, gradients, rates)
        return super().trajectory(gradients, rates)

    def accelerated(self, gradients, rates):
        """Nesterov 1983, and Beck and Teboulle 2009, (4.1)-(4.3): from a_1 = 1, y_1 = x_0,
        x_k = y_k - eta g(y_k), y_{k+1} = x_k + (a_k - 1)/a_{k+1} (x_k - x_{k-1}).
        So x_2 has no momentum yet: a_1 - 1 = 0."""
        decay = self.get("weight_decay")
        x, y, a = self.start, self.start, mpf(1)
        result = [(x, {"velocity": mpf(0)})]
        for gradient, rate in zip(gradients, rates):
            x_before, x = x, y - rate * (gradient + decay * x)
            a_next = (1 + sqrt(4 * a * a + 1)) / 2
            y = x + (a - 1) / a_next * (x - x_before)
            a = a_next
            result.append((x, {"velocity": x_before - x}))
        return result


class AdaGrad(Rule):
    dialects = {
        "epsilon_outside_root": {},
        "epsilon_inside_root": {"inside": True},
        "epsilon_inside_root_decoupled_decay": {"inside": True, "decoupled": True},
        "epsilon_start": {"start_at_epsilon": True},
    }

    def begin(self):
        self.total = self.get("epsilon" if self.options.get("start_at_epsilon")
                              else "initial_accumulator")

    def take(self, gradient, rate):
        self.gradient, self.rate = gradient, rate
        self.total += gradient ** 2

    def shift(self):
        epsilon = self.get("epsilon")
        divisor = (sqrt(self.total + epsilon) if self.options.get("inside")
                   else sqrt(self.total) + epsilon)
        return (self.rate * self.gradient
                / (divisor * (1 + (self.steps - 1) * self.get("learning_rate_decay"))))

    def state(self):
        return {"squared_gradient_sum": self.total}


class RmsProp(Rule):
    dialects = {
        "epsilon_inside_root": {"inside": True},
        "epsilon_inside_root_rate_inside": {"inside": True, "rate_inside": True},
        "epsilon_inside_root_rate_inside_decoupled_decay": {
            "inside": True, "rate_inside": True, "decoupled": True},
        "epsilon_inside_root_rate_inside_start_one": {
            "inside": True, "rate_inside": True, "start": 1},
        "epsilon_outside_root": {},
        "epsilon_outside_root_rate_inside": {"rate_inside": True},
    }

    def begin(self):
        self.squares = Discounted(self.get("rho"))
        self.gradients = Discounted(self.get("rho"))
        self.quotients = Discounted(self.get("momentum"))
        self.past = []

    def mean_square(self):
        return self.squares.average(self.options.get("start", 0))

    def spread(self):
        """The mean square; centered, less the mean's square, as a sum of squares: with weights
        w_k = (1 - rho) rho^(t-k) and mean a = sum w_k g_k,
        sum w_k g_k^2 - a^2 = sum w_k (g_k - a)^2 + a^2 rho^t."""
        if not self.h.get("centered"):
            return self.mean_square()
        mean, deviations = self.gradients.average(), Discounted(self.get("rho"))
        for gradient in self.past:
            deviations.append((gradient - mean) ** 2)
        return deviations.average(self.options.get("start", 0) + mean ** 2)

    def take(self, gradient, rate):
        self.rate = rate
        self.past.append(gradient)
        self.squares.append(gradient ** 2)
        self.gradients.append(gradient)
        epsilon, spread = self.get("epsilon"), self.spread()
        divisor = sqrt(spread + epsilon) if self.options.get("inside") else sqrt(spread) + epsilon
        self.quotients.append(gradient / divisor * (rate if self.options.get("rate_inside") else 1))

    def shift(self):
        return self.quotients.sum() * (1 if self.options.get("rate_inside") else self.rate)

    def state(self):
        result = {"mean_square": self.mean_square()}
        if self.h.get("centered"):
            result["mean_gradient"] = self.gradients.average()
        if "momentum" in self.h:
            result["velocity"] = self.quotients.sum()
        return result


class Adam(Rule):
    dialects = {
        "paper": {"epsilon": "outside"},
        "epsilon_hat": {"epsilon": "hat"},
        "epsilon_hat_decoupled_decay": {"epsilon": "hat", "decoupled": True},
        "epsilon_inside_root": {"epsilon": "inside"},
        "uncorrected": {"epsilon": "outside", "uncorrected": True},
        "onnx": {"epsilon": "hat", "onnx": True},
    }

    def begin(self):
        self.gradients = Discounted(self.get("beta1"))
        self.squares = Discounted(self.get("beta2"))

    def take(self, gradient, rate):
        self.rate = rate
        self.gradients.append(gradient)
        self.squares.append(gradient ** 2)

    def direction(self):
        beta1, beta2, epsilon = self.get("beta1"), self.get("beta2"), self.get("epsilon")
        uncorrected = self.gradients.average() / (sqrt(self.squares.average()) + epsilon)
        if self.options.get("uncorrected"):
            return uncorrected
        if self.options.get("onnx"):
            # R sqrt(1 - beta2^T)/(1 - beta1^T) with the count T before this step; R at T = 0
            before = self.steps - 1
            return uncorrected * (sqrt((1 - beta2) * geometric(beta2, before))
                                  / ((1 - beta1) * geometric(beta1, before)) if before else 1)
        mean, mean_square = self.gradients.mean(), self.squares.mean()
        if self.options["epsilon"] == "inside":
            return mean / sqrt(mean_square + epsilon)
        if self.options["epsilon"] == "hat":
            # sqrt(c) m/(c' (sqrt(v) + epsilon)): epsilon grows by 1/sqrt(c), c = 1 - beta2^t
            epsilon = epsilon / sqrt((1 - beta2) * geometric(beta2, self.steps))
        return mean / (sqrt(mean_square) + epsilon)

    def shift(self):
        return self.rate * self.direction()

    def state(self):
        return {"first_moment": self.gradients.average(), "second_moment": self.squares.average()}


class AdamW(Adam):
    dialects = {name: dict(options, decoupled=True) for name, options in {
        "decay_before": {"epsilon": "outside", "decay": "rate"},
        "decay_inside": {"epsilon": "outside", "decay": "rate"},
        "decay_after": {"epsilon": "outside", "decay": "rate", "after": True},
        "decay_before_epsilon_hat": {"epsilon": "hat", "decay": "rate"},
        "decay_without_rate": {"epsilon": "outside", "decay": "alone"},
        "decay_times_schedule_multiplier": {"epsilon": "outside", "decay": "multiplier"},
        "decay_after_without_rate": {"epsilon": "outside", "decay": "alone", "after": True},
    }.items()}

    def decay_factor(self, rate):
        scale = {"rate": rate, "alone": mpf(1), "multiplier": rate / self.h["learning_rate"]}
        return 1 - scale[self.options["decay"]] * self.get("weight_decay")


class AdaDelta(Rule):
    dialects = {"coupled_decay": {}, "decoupled_decay": {"decoupled": True}}

    def begin(self):
        self.squares = Discounted(self.get("rho"))
        self.updates = Discounted(self.get("rho"))

    def take(self, gradient, rate):
        self.rate = rate
        self.squares.append(gradient ** 2)
        epsilon = self.get("epsilon")
        # RMS[update]_{t-1} / RMS[g]_t as one root
        ratio = (self.updates.average() + epsilon) / (self.squares.average() + epsilon)
        self.update = sqrt(ratio) * gradient
        self.updates.append(ratio * gradient ** 2)

    def shift(self):
        return self.rate * self.update

    def state(self):
        return {"mean_square": self.squares.average(),
                "mean_square_update": self.updates.average()}


class AmsGrad(Rule):
    """The largest of all second moments so far, each corrected or not; optax's two flags."""
    dialects = {
        "maximum_then_corrected": {"mean": True, "divided": True},
        "maximum_then_corrected_decoupled_decay": {
            "mean": True, "divided": True, "decoupled": True},
        "maximum_then_corrected_epsilon_hat": {"mean": True, "divided": True, "hat": True},
        "maximum_then_corrected_epsilon_hat_decoupled_decay": {
            "mean": True, "divided": True, "hat": True, "decoupled": True},
        "corrected_then_maximum": {"mean": True, "means": True},
        "uncorrected": {},
        "first_moment_corrected": {"mean": True},
        "second_moment_corrected_then_maximum": {"means": True},
        "uncorrected_epsilon_start": {"start_at_epsilon": True},
    }

    def begin(self):
        self.gradients = Discounted(self.get("beta1"))
        self.squares = Discounted(self.get("beta2"))
        self.first = self.get("epsilon") if self.options.get("start_at_epsilon") else mpf(0)
        self.largest = self.first

    def take(self, gradient, rate):
        self.rate = rate
        self.gradients.append(gradient)
        self.squares.append(gradient ** 2)
        second = self.squares.mean() if self.options.get("means") else (
            self.squares.average(self.first))
        self.largest = max(self.largest, second)

    def shift(self):
        epsilon, largest = self.get("epsilon"), self.largest
        mean = (self.gradients.mean() if self.options.get("mean")
                else self.gradients.average(self.first))
        if self.options.get("divided"):
            share = 1 - self.get("beta2") ** self.steps
            largest = largest / share
            if self.options.get("hat"):
                epsilon = epsilon / sqrt(share)
        return self.rate * mean / (sqrt(largest) + epsilon)

    def state(self):
        return {"first_moment": self.gradients.average(self.first),
                "second_moment": self.squares.average(self.first),
                "greatest_second_moment": self.largest}


class AdaMax(Rule):
    """u_t = max_k beta2^(t-k) |g_k|: Kingma and Ba 2015, section 7.1."""
    dialects = {
        "epsilon_in_maximum": {"mean": True, "inside": True},
        "epsilon_in_maximum_decoupled_decay": {"mean": True, "inside": True, "decoupled": True},
        "epsilon_in_divisor": {"mean": True},
        "epsilon_in_divisor_decoupled_decay": {"mean": True, "decoupled": True},
        "uncorrected": {},
    }

    def begin(self):
        self.gradients = Discounted(self.get("beta1"))
        self.largest = mpf(0)  # max_k beta2^-k |g_k|, or the last magnitude where beta2 = 0

    def take(self, gradient, rate):
        self.rate = rate
        self.gradients.append(gradient)
        magnitude = abs(gradient) + (self.get("epsilon") if self.options.get("inside") else 0)
        beta2 = self.get("beta2")
        self.largest = (magnitude if beta2 == 0
                        else max(self.largest, magnitude * beta2 ** -self.steps))

    def norm(self):
        beta2 = self.get("beta2")
        return self.largest if beta2 == 0 else self.largest * beta2 ** self.steps

    def shift(self):
        mean = self.gradients.mean() if self.options.get("mean") else self.gradients.average()
        divisor = self.norm() + (0 if self.options.get("inside") else self.get("epsilon"))
        return self.rate * mean / divisor

    def state(self):
        return {"first_moment": self.gradients.average(), "infinity_norm": self.norm()}


class NAdam(Rule):
    """Dozat 2016, Algorithm 2, with mu_i a list; where it is constant, the forms of optax,
    Optimisers.jl and timm."""
    dialects = {
        "schedule": {"psi": True},
        "schedule_decoupled_decay": {"psi": True, "decoupled": True},
        "schedule_epsilon_hat": {"psi": True, "hat": True},
        "schedule_by_step_decoupled_decay": {"by_step": True, "decoupled": True},
        "schedule_of_moment_times_beta2": {"psi": True, "moment": True, "times": True},
        "constant": {},
        "constant_decoupled_decay": {"decoupled": True},
        "constant_times_beta2": {"times": True},
        "constant_one_correction_decoupled_decay": {"one": True, "decoupled": True},
    }

    def momentum(self, step):
        beta1 = self.get("beta1")
        if self.options.get("psi"):
            exponent = step * self.get("momentum_decay", 0.004)
        elif self.options.get("by_step"):
            exponent = mpf(step)
        else:
            return beta1
        return beta1 - beta1 / 2 * exp(exponent * log(mpf(0.96)))

    def begin(self):
        self.squares = Discounted(self.get("beta2"))
        self.gradients = Discounted(self.get("beta1"))
        self.past = []
        self.product = mpf(1)
        self.grown = mpf(0)  # sum_k (1 - mu_k) g_k / P_k

    def moment(self):
        if not self.options.get("moment"):
            return self.gradients.average()
        # g_k enters with 1 - mu_k and is kept by mu_{k+1} ... mu_t = P_t/P_k
        return self.product * self.grown

    def take(self, gradient, rate):
        self.rate = rate
        self.past.append(gradient)
        self.gradients.append(gradient)
        self.squares.append(gradient ** 2)
        momentum = self.momentum(self.steps)
        self.product *= momentum
        if self.options.get("moment"):
            self.grown += (1 - momentum) * gradient / self.product

    def shift(self):
        step, product = self.steps, self.product
        following = self.momentum(step + 1)
        after = product if self.options.get("one") else product * following
        mean = (following * self.moment() / (1 - after)
                + (1 - self.momentum(step)) * self.past[-1] / (1 - product))
        mean_square, epsilon = self.squares.mean(), self.get("epsilon")
        if self.options.get("times"):
            mean_square *= self.get("beta2")
        if self.options.get("hat"):
            epsilon = epsilon / sqrt(1 - self.get("beta2") ** step)
        return self.rate * mean / (sqrt(mean_square) + epsilon)

    def state(self):
        return {"first_moment": self.moment(), "second_moment": self.squares.average()}


class AveragedGradientDescent(Rule):
    """Polyak and Juditsky 1992; the steps are those of PyTorch's documentation and Bottou's
    svmasgd. The average is a mean of values of theta, and no recursion."""
    dialects = {"rate_of_last_step": {"late": True, "decoupled": True},
                "averaged_at_once": {"decoupled": True}}

    def begin(self):
        self.last = None
        self.total = None

    def take(self, gradient, rate):
        given = self.last if self.options.get("late") and self.last is not None else rate
        self.last = rate
        base = 1 + self.get("decay") * given * (self.steps - 1)
        self.rate = given * exp(-self.get("rate_exponent") * log(base))
        self.newest = self.rate * (gradient + self.get("weight_decay") * self.path[-1])

    def decay_factor(self, rate):
        return 1 - self.get("decay") * self.rate

    def shift(self):
        return self.newest

    def average(self):
        """Of theta from the step on at which averaging starts; before, and in the late form
        at its first step once more, the newest value."""
        if self.steps == 0:
            return mpf(0)
        # the first theta of the mean: a copy is made as long as the weight's divisor is 1
        first = int(self.get("averaging_start")) + (2 if self.options.get("late") else 1)
        if self.steps <= first:
            return self.path[-1]
        self.total = (self.path[first] if self.total is None else self.total) + self.path[-1]
        return self.total / (self.steps - first + 1)

    def state(self):
        return {"average": self.average()}


RULES = {"gradient_descent": GradientDescent, "momentum": Momentum, "nesterov": Nesterov,
         "adagrad": AdaGrad, "rmsprop": RmsProp, "adam": Adam, "adamw": AdamW,
         "adadelta": AdaDelta, "amsgrad": AmsGrad, "adamax": AdaMax, "nadam": NAdam,
         "asgd": AveragedGradientDescent}

HYPERPARAMETERS = {
    "gradient_descent": {"learning_rate", "weight_decay"},
    "momentum": {"learning_rate", "weight_decay", "momentum", "dampening"},
    "nesterov": {"learning_rate", "weight_decay", "momentum", "condition_number"},
    "adagrad": {"learning_rate", "weight_decay", "epsilon", "learning_rate_decay",
                "initial_accumulator"},
    "rmsprop": {"learning_rate", "weight_decay", "epsilon", "rho", "momentum", "centered"},
    "adam": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "adamw": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "adadelta": {"learning_rate", "weight_decay", "epsilon", "rho"},
    "amsgrad": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "adamax": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "nadam": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2", "momentum_decay"},
    "asgd": {"learning_rate", "weight_decay", "decay", "rate_exponent", "averaging_start"},
}


def trajectory(rule, dialect, hyperparameters, rates, gradients, start):
    return RULES[rule](dialect, hyperparameters, start).trajectory(gradients, rates)
