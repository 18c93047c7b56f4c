"""Rules that scale a tensor's step by its norm: LAMB, and LARS with LARC.

You et al. 2020 (arXiv:1904.00962), Algorithms 1 and 2; You, Gitman and Ginsburg 2017
(arXiv:1708.03888), Algorithm 1; and the libraries that each dialect stands for. Moments and
velocities are discounted sums over all past terms, as in optimizers.py.
"""
from mpmath import mpf, sqrt

from optimizers import Discounted, geometric
from tensor_optimizers import TensorRule


def norm(values):
    return sqrt(sum(x * x for x in values))


class Lamb(TensorRule):
    hyperparameters = {"learning_rate", "beta1", "beta2", "epsilon", "weight_decay"}
    dialects = {
        "paper": {},
        "only_with_decay": {"idle_without_decay": True},
        "coupled_decay_only_with_decay": {"idle_without_decay": True, "decay": "loss"},
        "decay_before_only_with_decay": {"idle_without_decay": True, "decay": "before"},
        "gradient_sum_only_with_decay": {"idle_without_decay": True, "sum": True},
        "ratio_at_most_one_only_with_decay": {"idle_without_decay": True, "cap": True},
        "decay_before": {"decay": "before"},
        "uncorrected": {"correction": "none"},
        "ratio_in_bounds": {"correction": "rate", "deepspeed": True},
        "weight_norm_at_most_ten": {"correction": "first", "decay": "before", "kozistr": True},
        "capped_update": {"decay": "after", "cap": True, "frozen": True},
        "frozen_at_zero": {"frozen": True},
    }

    def begin(self):
        self.gradients = [Discounted(self.get("beta1")) for _ in self.start]
        self.squares = [Discounted(self.get("beta2")) for _ in self.start]
        self.decay = self.options.get("decay", "direction")

    def moments(self):
        """What is divided and what it is divided by, before epsilon."""
        correction = self.options.get("correction", "both")
        if correction != "both":
            return [d.average() for d in self.gradients], [d.average() for d in self.squares]
        means = [d.mean() for d in self.gradients]
        if self.options.get("sum"):  # not multiplied by 1 - beta1
            means = [mean / (1 - self.get("beta1")) for mean in means]
        return means, [d.mean() for d in self.squares]

    def rate_factor(self):
        first = (1 - self.get("beta1")) * geometric(self.get("beta1"), self.steps)
        second = (1 - self.get("beta2")) * geometric(self.get("beta2"), self.steps)
        return {"rate": sqrt(second) / first, "first": 1 / first}.get(
            self.options.get("correction"), mpf(1))

    def stretch(self, weights, direction):
        """By how much the direction is multiplied."""
        if self.options.get("idle_without_decay") and self.get("weight_decay") == 0:
            return mpf(1)
        size, own = norm(weights), norm(direction)
        if own == 0 or (size == 0 and not self.options.get("frozen")):
            return mpf(1)
        if self.options.get("deepspeed"):
            return sorted([mpf(0.01), size / own, mpf(10)])[1]
        if self.options.get("kozistr"):
            return min(size, mpf(10)) / (own + self.get("epsilon"))
        if self.options.get("cap") and size > own:
            return mpf(1)
        return size / own

    def step(self, gradient, rate):
        pull = self.get("weight_decay")
        weights = self.theta
        if self.decay == "loss":
            gradient = [g + pull * w for g, w in zip(gradient, weights)]
        if self.decay == "before":
            weights = [w - rate * pull * w for w in weights]
        for g, first, second in zip(gradient, self.gradients, self.squares):
            first.append(g)
            second.append(g * g)
        direction = [mean / (sqrt(square) + self.get("epsilon"))
                     for mean, square in zip(*self.moments())]
        if self.decay == "direction":
            direction = [d + pull * w for d, w in zip(direction, weights)]
        scale = rate * self.rate_factor() * self.stretch(weights, direction)
        weights = [w - scale * d for w, d in zip(weights, direction)]
        if self.decay == "after":
            weights = [w - rate * pull * w for w in weights]
        self.theta = weights

    def state(self):
        averaged = 1 - self.get("beta1") if self.options.get("sum") else mpf(1)
        return {"first_moment": [d.average() / averaged for d in self.gradients],
                "second_moment": [d.average() for d in self.squares]}


class Lars(TensorRule):
    hyperparameters = {"learning_rate", "momentum", "trust_coefficient", "epsilon",
                       "weight_decay"}
    dialects = {
        "paper": {"rate": "inside"},
        "nesterov": {"rate": "inside", "nesterov": True},
        "norm_of_sum": {"rate": "inside", "of_sum": True},
        "norm_of_sum_nesterov": {"rate": "inside", "of_sum": True, "nesterov": True},
        "rate_outside": {},
        "rate_outside_only_with_decay": {"idle_without_decay": True},
        "rate_outside_only_with_decay_nesterov": {"idle_without_decay": True, "nesterov": True},
        "larc": {"larc": True, "clip": True},
        "larc_without_bound": {"larc": True},
        "matrices_from_first_gradient": {"kozistr": True},
        "capped_momentum": {"of_momentum": "capped"},
        "averaged_momentum_norm": {"of_momentum": "averaged"},
    }

    def begin(self):
        self.impulses = [Discounted(self.get("momentum")) for _ in self.start]
        self.first = None

    def get_coefficient(self):
        return self.get("trust_coefficient", 1)

    def velocity(self):
        if self.options.get("of_momentum") == "averaged":
            return [d.average() for d in self.impulses]
        values = [d.sum() for d in self.impulses]
        if self.options.get("kozistr") and self.first:
            # The first gradient is there before the first step, and fades.
            fade = self.get("momentum") ** self.steps
            values = [v + fade * g for v, g in zip(values, self.first)]
        return values

    def scaled(self, gradient, rate):
        """The gradient with its decay, times the local rate."""
        pull = self.get("weight_decay")
        loss = [g + pull * w for g, w in zip(gradient, self.theta)]
        if self.options.get("kozistr") and len(self.shape) < 2:
            return gradient
        if self.options.get("idle_without_decay") and pull == 0:
            return loss
        weight, own = norm(self.theta), norm(loss if self.options.get("of_sum") else gradient)
        if weight == 0 or own == 0:
            return gradient if self.options.get("larc") else loss
        if not (self.options.get("of_sum") or self.options.get("kozistr")):
            own += pull * weight
        local = self.get_coefficient() / (own / weight + self.get("epsilon") / weight)
        if self.options.get("clip") and local >= rate:
            return loss
        if self.options.get("clip"):
            local /= rate
        return [local * x for x in loss]

    def step(self, gradient, rate):
        self.first = self.first or gradient
        if self.options.get("of_momentum"):
            return self.step_by_momentum(gradient, rate)
        inside = self.options.get("rate") == "inside"
        impulse = [x * (rate if inside else 1) for x in self.scaled(gradient, rate)]
        for d, x in zip(self.impulses, impulse):
            d.append(x)
        moved = self.velocity()
        if self.options.get("nesterov"):
            moved = [x + self.get("momentum") * v for x, v in zip(impulse, moved)]
        self.theta = [w - (1 if inside else rate) * x for w, x in zip(self.theta, moved)]

    def step_by_momentum(self, gradient, rate):
        pull = self.get("weight_decay")
        for d, g, w in zip(self.impulses, gradient, self.theta):
            d.append(g + pull * w)
        velocity = self.velocity()
        capped = self.options["of_momentum"] == "capped"
        weight, own = norm(self.theta), norm(velocity)
        ratio = mpf(1)
        if own != 0 and (weight != 0 or capped):
            ratio = self.get_coefficient() * weight / own
            ratio = min(ratio, mpf(1)) if capped else ratio
        self.theta = [w - rate * ratio * v for w, v in zip(self.theta, velocity)]

    def state(self):
        return {"velocity": self.velocity()}


RULES = {"lamb": Lamb, "lars": Lars}
