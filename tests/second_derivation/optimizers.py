"""The update rules of one element, unrolled.

Each rule is written here without its recursion wherever the recursion has a solution:
moments are weighted sums over all past gradients, momentum is each past gradient's
influence on the path, decay is a product of contractions. `trajectory` returns what
one element is after 0, 1, 2, ... steps of its own: [(theta, {state name: value})].
"""
from mpmath import mpf, sqrt


def weights(ratio, count):
    """ratio^(count-1), ..., ratio, 1: the weight of the oldest term first."""
    return [ratio ** (count - k) for k in range(1, count + 1)]


def weighted_sum(ratio, terms):
    return sum((w * x for w, x in zip(weights(ratio, len(terms)), terms)), mpf(0))


def weighted_mean(ratio, terms):
    """Equal to the bias-corrected moving average: sum w x / sum w."""
    return weighted_sum(ratio, terms) / sum(weights(ratio, len(terms)), mpf(0))


def moving_average(ratio, terms, start=0):
    return (1 - ratio) * weighted_sum(ratio, terms) + start * ratio ** len(terms)


def geometric(ratio, count):
    """1 + ratio + ... + ratio^(count-1)"""
    return mpf(count) if ratio == 1 else (1 - ratio ** count) / (1 - ratio)


def contracted(start, factors, shifts, shift_is_contracted=False):
    """theta_t = c_t theta_{t-1} - s_t, or c_t (theta_{t-1} - s_t), solved."""
    result = start
    for factor in factors:
        result *= factor
    for k, shift in enumerate(shifts):
        for factor in factors[k if shift_is_contracted else k + 1:]:
            shift = shift * factor
        result -= shift
    return result


class Rule:
    """A rule gives `shift(t)`, what is taken from theta in its step t, and `state(t)`.

    `self.gradients` holds the first t gradients at that time, the coupled decay's part
    included; they are appended as theta becomes known.
    """
    dialects = {}

    def __init__(self, dialect, hyperparameters, rates, start):
        self.options = self.dialects[dialect]
        self.h = hyperparameters
        self.rates = rates
        self.start = start
        self.gradients = []
        self.path = [start]

    def get(self, name, neutral=0):
        return self.h.get(name, mpf(neutral))

    def shift(self, t):
        raise NotImplementedError

    def state(self, t):
        return {}

    def trajectory(self, raw_gradients):
        decay = self.get("weight_decay")
        decoupled = self.options.get("decoupled", False)
        result = [(self.start, self.state(0))]
        shifts = []
        for t, gradient in enumerate(raw_gradients, 1):
            coupled_part = 0 if decoupled else decay * self.path[-1]
            self.gradients.append(gradient + coupled_part)
            shifts.append(self.shift(t))
            if decoupled:
                factors = [1 - rate * decay for rate in self.rates[:t]]
            else:
                factors = [mpf(1)] * t
            self.path.append(contracted(self.start, factors, shifts))
            result.append((self.path[-1], self.state(t)))
        return result


class GradientDescent(Rule):
    dialects = {"coupled_decay": {}, "decoupled_decay": {}}

    def trajectory(self, raw_gradients):
        # Both are (1 - eta lambda) theta - eta g.
        decay = self.get("weight_decay")
        factors = [1 - rate * decay for rate in self.rates]
        shifts = [rate * g for rate, g in zip(self.rates, raw_gradients)]
        return [(contracted(self.start, factors[:t], shifts[:t]), {})
                for t in range(len(raw_gradients) + 1)]


class Momentum(Rule):
    dialects = {
        "rate_outside": {"rate": "outside"},
        "rate_outside_undampened_start": {"rate": "outside", "undampened_start": True},
        "rate_inside": {"rate": "inside"},
        "rate_inside_decoupled_decay": {"rate": "inside", "decoupled": True},
        "averaged": {"rate": "outside", "averaged": True},
        "polyak": {"rate": "inside", "polyak": True},
    }

    def share(self, k):
        """How much of gradient k enters the velocity."""
        if self.options.get("averaged"):
            return 1 - self.get("momentum")
        if self.options.get("undampened_start") and k == 1:
            return mpf(1)
        return 1 - self.get("dampening")

    def impulses(self, t):
        inside = self.options["rate"] == "inside"
        return [self.share(k) * self.gradients[k - 1] * (self.rates[k - 1] if inside else 1)
                for k in range(1, t + 1)]

    def velocity(self, t):
        return weighted_sum(self.get("momentum"), self.impulses(t))

    def shift(self, t):
        velocity = self.velocity(t)
        return velocity if self.options["rate"] == "inside" else self.rates[t - 1] * velocity

    def state(self, t):
        if self.options.get("polyak"):
            return {"previous_parameter": self.path[max(t - 1, 0)]}
        return {"velocity": self.velocity(t)}

    def trajectory(self, raw_gradients):
        if self.options.get("decoupled"):
            return super().trajectory(raw_gradients)
        # Each gradient's whole influence on the path so far, gradient by gradient.
        mu, decay = self.get("momentum"), self.get("weight_decay")
        inside = self.options["rate"] == "inside"
        result = [(self.start, self.state(0))]
        for t, gradient in enumerate(raw_gradients, 1):
            self.gradients.append(gradient + decay * self.path[-1])
            theta = self.start
            for k in range(1, t + 1):
                if inside:
                    reach = self.rates[k - 1] * geometric(mu, t - k + 1)
                else:
                    reach = sum((self.rates[j - 1] * mu ** (j - k) for j in range(k, t + 1)), mpf(0))
                theta -= self.share(k) * self.gradients[k - 1] * reach
            self.path.append(theta)
            result.append((theta, self.state(t)))
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

    def __init__(self, dialect, hyperparameters, rates, start):
        super().__init__(dialect, hyperparameters, rates, start)
        if self.options.get("condition"):
            # (sqrt(k) - 1)/(sqrt(k) + 1), with its root moved out of the denominator
            kappa = self.get("condition_number", 1)
            root = sqrt(kappa)
            self.h = dict(hyperparameters,
                          momentum=mpf(0) if kappa == 1 else (root - 1) ** 2 / (kappa - 1))

    def trajectory(self, raw_gradients):
        if self.options.get("sequence"):
            return self.accelerated(raw_gradients)
        if self.options.get("shifted"):
            return Rule.trajectory(self, raw_gradients)
        return super().trajectory(raw_gradients)

    def shift(self, t):
        """Of the shifted forms: every past impulse once more discounted, and today's added."""
        mu = self.get("momentum")
        impulses = self.impulses(t)
        if not self.options.get("shifted"):
            return super().shift(t)
        total = impulses[-1] + sum((mu ** (t - k + 1) * x for k, x in enumerate(impulses, 1)),
                                   mpf(0))
        return total if self.options["rate"] == "inside" else self.rates[t - 1] * total

    def accelerated(self, raw_gradients):
        """Nesterov 1983: x_k = y_k - eta g(y_k), y_{k+1} = x_k + (a_k - 1)/a_{k+1} (x_k - x_{k-1})."""
        decay = self.get("weight_decay")
        x_before, x = self.start, self.start
        y, a = self.start, mpf(1)
        result = [(x, {"velocity": mpf(0)})]
        for rate, gradient in zip(self.rates, raw_gradients):
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

    def accumulator(self, t):
        at_start = self.get("epsilon" if self.options.get("start_at_epsilon")
                            else "initial_accumulator")
        return sum((g * g for g in self.gradients[:t]), at_start)

    def shift(self, t):
        epsilon, total = self.get("epsilon"), self.accumulator(t)
        divisor = sqrt(total + epsilon) if self.options.get("inside") else sqrt(total) + epsilon
        return (self.rates[t - 1] * self.gradients[t - 1]
                / (divisor * (1 + (t - 1) * self.get("learning_rate_decay"))))

    def state(self, t):
        return {"squared_gradient_sum": self.accumulator(t)}


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

    def spread(self, t):
        """The mean square, or the mean square less the mean's square, as a sum of squares:
        with weights w_k = (1 - rho) rho^(t-k) and mean a = sum w_k g_k,
        sum w_k g_k^2 - a^2 = sum w_k (g_k - a)^2 + a^2 rho^t."""
        rho, past = self.get("rho"), self.gradients[:t]
        mean = moving_average(rho, past) if self.h.get("centered") else mpf(0)
        start = self.options.get("start", 0) + (mean * mean if self.h.get("centered") else 0)
        return moving_average(rho, [(g - mean) ** 2 for g in past], start)

    def quotient(self, t):
        epsilon, spread = self.get("epsilon"), self.spread(t)
        divisor = sqrt(spread + epsilon) if self.options.get("inside") else sqrt(spread) + epsilon
        return self.gradients[t - 1] / divisor

    def velocity(self, t):
        inside = self.options.get("rate_inside")
        return weighted_sum(self.get("momentum"),
                            [self.quotient(k) * (self.rates[k - 1] if inside else 1)
                             for k in range(1, t + 1)])

    def shift(self, t):
        return self.velocity(t) * (1 if self.options.get("rate_inside") else self.rates[t - 1])

    def state(self, t):
        rho, past = self.get("rho"), self.gradients[:t]
        result = {"mean_square": moving_average(rho, [g * g for g in past],
                                                self.options.get("start", 0))}
        if self.h.get("centered"):
            result["mean_gradient"] = moving_average(rho, past)
        if "momentum" in self.h:
            result["velocity"] = self.velocity(t)
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

    def direction(self, t):
        beta1, beta2, epsilon = self.get("beta1"), self.get("beta2"), self.get("epsilon")
        past = self.gradients[:t]
        squares = [g * g for g in past]
        if self.options.get("uncorrected"):
            return moving_average(beta1, past) / (sqrt(moving_average(beta2, squares)) + epsilon)
        if self.options.get("onnx"):
            # R sqrt(1 - beta2^T)/(1 - beta1^T) with the count T before this step; R at T = 0
            before = t - 1
            factor = (sqrt((1 - beta2) * geometric(beta2, before))
                      / ((1 - beta1) * geometric(beta1, before)) if before else 1)
            return factor * (moving_average(beta1, past)
                             / (sqrt(moving_average(beta2, squares)) + epsilon))
        mean, mean_square = weighted_mean(beta1, past), weighted_mean(beta2, squares)
        if self.options["epsilon"] == "inside":
            return mean / sqrt(mean_square + epsilon)
        if self.options["epsilon"] == "hat":
            # sqrt(c) m/(c' (sqrt(v) + epsilon)): epsilon grows by 1/sqrt(c), c = 1 - beta2^t
            epsilon = epsilon / sqrt((1 - beta2) * geometric(beta2, t))
        return mean / (sqrt(mean_square) + epsilon)

    def shift(self, t):
        return self.rates[t - 1] * self.direction(t)

    def state(self, t):
        past = self.gradients[:t]
        return {"first_moment": moving_average(self.get("beta1"), past),
                "second_moment": moving_average(self.get("beta2"), [g * g for g in past])}


class AdamW(Adam):
    dialects = {
        "decay_before": {"epsilon": "outside", "decay": "rate"},
        "decay_inside": {"epsilon": "outside", "decay": "rate"},
        "decay_after": {"epsilon": "outside", "decay": "rate", "after": True},
        "decay_before_epsilon_hat": {"epsilon": "hat", "decay": "rate"},
        "decay_without_rate": {"epsilon": "outside", "decay": "alone"},
        "decay_times_schedule_multiplier": {"epsilon": "outside", "decay": "multiplier"},
        "decay_after_without_rate": {"epsilon": "outside", "decay": "alone", "after": True},
    }

    def trajectory(self, raw_gradients):
        decay = self.get("weight_decay")
        scale = {"rate": lambda rate: rate, "alone": lambda rate: mpf(1),
                 "multiplier": lambda rate: rate / self.h["learning_rate"]}[self.options["decay"]]
        factors = [1 - scale(rate) * decay for rate in self.rates]
        self.gradients = list(raw_gradients)
        shifts = [self.shift(t) for t in range(1, len(raw_gradients) + 1)]
        return [(contracted(self.start, factors[:t], shifts[:t], self.options.get("after", False)),
                 self.state(t)) for t in range(len(raw_gradients) + 1)]


RULES = {"gradient_descent": GradientDescent, "momentum": Momentum, "nesterov": Nesterov,
         "adagrad": AdaGrad, "rmsprop": RmsProp, "adam": Adam, "adamw": AdamW}

HYPERPARAMETERS = {
    "gradient_descent": {"learning_rate", "weight_decay"},
    "momentum": {"learning_rate", "weight_decay", "momentum", "dampening"},
    "nesterov": {"learning_rate", "weight_decay", "momentum", "condition_number"},
    "adagrad": {"learning_rate", "weight_decay", "epsilon", "learning_rate_decay",
                "initial_accumulator"},
    "rmsprop": {"learning_rate", "weight_decay", "epsilon", "rho", "momentum", "centered"},
    "adam": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
    "adamw": {"learning_rate", "weight_decay", "epsilon", "beta1", "beta2"},
}


def trajectory(rule, dialect, hyperparameters, rates, gradients, start):
    return RULES[rule](dialect, hyperparameters, rates, start).trajectory(gradients)
