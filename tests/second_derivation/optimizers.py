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
        "second_moment_corrected": {"epsilon": "outside", "second_corrected": True},
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
        if self.options.get("second_corrected"):
            mean = self.gradients.average()
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


class AverageLength:
    """Liu et al. 2020, section 5.1: the length of the simple average whose centre of mass,
    (length + 1)/2 terms back, is that of a moving mean with this ratio."""

    def __init__(self, ratio):
        self.ratio = ratio
        self.terms = 0
        self.moment = mpf(0)

    def append(self):
        self.terms += 1
        self.moment += self.terms * self.ratio ** (self.terms - 1)

    def length(self):
        return 2 * self.moment / geometric(self.ratio, self.terms) - 1

    def share(self):
        """r_t: the root of the adaptive rate's least variance over the one now, each by its
        first-order approximation (section 5.2)."""
        def variance(length):
            return length / (2 * (length - 2) * (length - 4))
        return sqrt(variance(2 / (1 - self.ratio) - 1) / variance(self.length()))


class RAdam(Adam):
    dialects = {
        "above_four": {"epsilon": "outside", "threshold": 4},
        "above_five": {"epsilon": "outside", "threshold": 5},
        "above_five_decoupled_decay": {"epsilon": "outside", "threshold": 5, "decoupled": True},
        "above_five_epsilon_hat": {"epsilon": "hat", "threshold": 5},
        "above_five_epsilon_hat_decoupled_decay": {
            "epsilon": "hat", "threshold": 5, "decoupled": True},
        "above_five_epsilon_hat_late_start": {
            "epsilon": "hat", "threshold": 5, "decoupled": True, "late": True},
    }

    def begin(self):
        super().begin()
        self.length = AverageLength(self.get("beta2"))

    def take(self, gradient, rate):
        super().take(gradient, rate)
        self.length.append()

    def is_early(self):
        return self.length.length() <= self.options["threshold"]

    def stays(self):
        return self.is_early() and self.options.get("late")

    def decay_factor(self, rate):
        return mpf(1) if self.stays() else super().decay_factor(rate)

    def shift(self):
        if self.stays():
            return mpf(0)
        return self.rate * (self.gradients.mean() if self.is_early()
                            else self.length.share() * self.direction())


class Yogi(Rule):
    dialects = {
        "uncorrected": {"uncorrected": True},
        "corrected_both_started": {"both": True},
        "corrected_both_started_decoupled_decay": {"both": True, "decoupled": True},
        "corrected_epsilon_hat_proximal_decay": {
            "hat": True, "decoupled": True, "proximal": True, "after": True},
    }

    def begin(self):
        self.gradients = Discounted(self.get("beta1"))
        self.accumulator = self.get("initial_accumulator")

    def take(self, gradient, rate):
        self.rate = rate
        self.gradients.append(gradient)
        # additive, towards the square: in steps of the square itself, up or down
        share = (1 - self.get("beta2")) * gradient ** 2
        if self.accumulator < gradient ** 2:
            self.accumulator += share
        elif self.accumulator > gradient ** 2:
            self.accumulator -= share

    def first_moment(self):
        return self.gradients.average(self.get("initial_accumulator")
                                      if self.options.get("both") else 0)

    def own_rate(self):
        """What m is multiplied with: the rate of this one element."""
        epsilon = self.get("epsilon")
        if self.options.get("uncorrected"):
            return self.rate / (sqrt(self.accumulator) + epsilon)
        beta1, beta2 = self.get("beta1"), self.get("beta2")
        left = sqrt((1 - beta2) * geometric(beta2, self.steps))
        if self.options.get("hat"):
            epsilon = epsilon / left
        return (self.rate / ((1 - beta1) * geometric(beta1, self.steps))
                / (sqrt(self.accumulator) / left + epsilon))

    def decay_factor(self, rate):
        if self.options.get("proximal"):
            # argmin of (x - y)^2/2 + own_rate lambda x^2/2
            return 1 / (1 + self.own_rate() * self.get("weight_decay"))
        return super().decay_factor(rate)

    def shift(self):
        return self.own_rate() * self.first_moment()

    def state(self):
        return {"first_moment": self.first_moment(), "second_moment": self.accumulator}


class AdaBelief(RAdam):
    dialects = {
        "epsilon_outside_root": {"epsilon": "outside"},
        "epsilon_outside_root_decoupled_decay": {"epsilon": "outside", "decoupled": True},
        "epsilon_hat": {"epsilon": "hat"},
        "epsilon_hat_decoupled_decay": {"epsilon": "hat", "decoupled": True},
        "one_epsilon_decoupled_decay": {"epsilon": "none", "decoupled": True},
        "rectified_epsilon_hat_decoupled_decay": {
            "epsilon": "hat", "decoupled": True, "threshold": 5},
        "rectified_decoupled_decay": {"epsilon": "outside", "decoupled": True, "threshold": 5},
        "rectified_above_four": {"epsilon": "outside", "threshold": 4, "early": "uncorrected"},
    }

    def take(self, gradient, rate):
        super().take(gradient, rate)
        self.surprises.append((gradient - self.gradients.average()) ** 2)
        self.epsilons.append(self.get("epsilon"))

    def begin(self):
        super().begin()
        self.surprises = Discounted(self.get("beta2"))
        self.epsilons = Discounted(self.get("beta2"))

    def belief(self):
        return self.surprises.average() + self.epsilons.sum()

    def direction(self):
        beta2, epsilon = self.get("beta2"), self.get("epsilon")
        left = (1 - beta2) * geometric(beta2, self.steps)
        second = {"outside": epsilon, "hat": epsilon / sqrt(left), "none": 0}
        return (self.gradients.mean()
                / (sqrt(self.belief() / left) + second[self.options["epsilon"]]))

    def shift(self):
        if "threshold" not in self.options:
            return self.rate * self.direction()
        if self.is_early() and self.options.get("early") == "uncorrected":
            return self.rate * self.gradients.average()
        return super().shift()

    def stays(self):
        return False

    def state(self):
        return {"first_moment": self.gradients.average(), "second_moment": self.belief()}


def sign(value):
    return mpf((value > 0) - (value < 0))


class Lion(Rule):
    """Chen et al. 2023, Algorithm 2: the direction's mean has the weights 1 - beta1 for the
    newest gradient, and beta1 times the kept mean's for those before. Optimisers.jl keeps
    beta2 g + (1 - beta2) m, and finds the direction from that new mean."""
    dialects = {
        "decay_before": {"decoupled": True},
        "decay_inside": {"decoupled": True},
        "decay_coupled": {},
        "decay_without_rate": {"decoupled": True, "alone": True},
        "new_weighted_mean": {"decoupled": True, "new_weighted": True},
    }

    def begin(self):
        beta2 = self.get("beta2")
        self.gradients = Discounted(1 - beta2 if self.options.get("new_weighted") else beta2)

    def take(self, gradient, rate):
        beta1, beta2 = self.get("beta1"), self.get("beta2")
        before = self.gradients.average()
        self.gradients.append(gradient)
        if self.options.get("new_weighted"):
            direction = (beta2 - beta1) * gradient + beta1 * self.gradients.average()
        else:
            direction = gradient - beta1 * (gradient - before)
        self.step = rate * sign(direction)

    def shift(self):
        return self.step

    def decay_factor(self, rate):
        if self.options.get("alone"):
            return 1 - self.get("weight_decay")
        return super().decay_factor(rate)

    def state(self):
        return {"first_moment": self.gradients.average()}


class SignSgd(Rule):
    """Bernstein et al. 2018, Algorithms 1 and 2; the decay as MXNet's signum.py and
    mlbench's SignSGD have it."""
    dialects = {
        "decoupled_decay": {"decoupled": True},
        "decay_coupled_with_momentum": {"coupled_with_momentum": True},
        "coupled_decay_summed": {"summed": True},
    }

    def begin(self):
        if self.options.get("coupled_with_momentum") and not self.get("momentum"):
            self.options = {"decoupled": True}
        self.gradients = Discounted(self.get("momentum"))

    def take(self, gradient, rate):
        self.gradients.append(gradient)
        self.step = rate * sign(self.gradients.sum())

    def shift(self):
        return self.step

    def state(self):
        if "momentum" not in self.h:
            return {}
        summed = self.options.get("summed")
        return {"velocity": self.gradients.sum() if summed else self.gradients.average()}


class Rprop(Rule):
    """Igel and Huesken 2000, Algorithms 1, 2 and 4. The step is kept as the count of the
    factors since it last met a bound, and the sign of the gradient by itself."""
    dialects = {
        "irprop_minus": {"turn": "stay"},
        "irprop_minus_first_step_bounded": {"turn": "stay", "clamp": "always", "late": True},
        "irprop_minus_bounded_on_both_sides": {"turn": "stay", "clamp": "changed"},
        "rprop_plus": {"turn": "back"},
        "rprop_minus": {"turn": "step"},
        "rprop_minus_forgetting": {"turn": "step", "forget": True},
    }

    def begin(self):
        self.bound, self.grown, self.shrunk = self.get("learning_rate"), 0, 0
        self.kept, self.moved = mpf(0), mpf(0)

    def size(self):
        return (self.bound * self.get("increase_factor") ** self.grown
                * self.get("decrease_factor") ** self.shrunk)

    def take(self, gradient, rate):
        if self.options.get("late") and self.steps == 1:
            self.bound = rate
        agreement = sign(self.kept) * sign(gradient)
        self.grown += agreement > 0
        self.shrunk += agreement < 0
        clamp = self.options.get("clamp")
        both = clamp == "always" or (clamp == "changed" and agreement != 0)
        low, high = self.get("minimum_step"), self.get("maximum_step")
        for bound, wanted, beyond in ((low, both or agreement < 0, self.size() < low),
                                      (high, both or agreement > 0, self.size() > high)):
            if wanted and beyond:
                self.bound, self.grown, self.shrunk = bound, 0, 0
        turn = self.options["turn"] if agreement < 0 else "step"
        self.moved = {"stay": mpf(0), "back": -self.moved,
                      "step": self.size() * sign(gradient)}[turn]
        forgets = agreement < 0 and (turn != "step" or self.options.get("forget"))
        self.kept = mpf(0) if forgets else gradient

    def shift(self):
        return self.moved

    def state(self):
        return {"step_size": self.size(), "previous_gradient": self.kept}


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
         "adagrad": AdaGrad, "rmsprop": RmsProp, "adam": Adam, "adamw": AdamW, "radam": RAdam,
         "yogi": Yogi, "adabelief": AdaBelief, "lion": Lion, "signsgd": SignSgd, "rprop": Rprop,
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
    "radam": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "yogi": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2", "initial_accumulator"},
    "adabelief": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "adadelta": {"learning_rate", "weight_decay", "epsilon", "rho"},
    "amsgrad": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "adamax": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "nadam": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2", "momentum_decay"},
    "asgd": {"learning_rate", "weight_decay", "decay", "rate_exponent", "averaging_start"},
    "lion": {"learning_rate", "weight_decay", "beta1", "beta2"},
    "signsgd": {"learning_rate", "weight_decay", "momentum"},
    "rprop": {"learning_rate", "increase_factor", "decrease_factor", "minimum_step",
              "maximum_step"},
}


def trajectory(rule, dialect, hyperparameters, rates, gradients, start):
    return RULES[rule](dialect, hyperparameters, start).trajectory(gradients, rates)
