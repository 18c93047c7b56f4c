"""Adafactor, from Shazeer and Stern 2018 (sums over rows and columns, as there) and the
libraries' sources. The moving means are one product times a sum over all past squares."""
from mpmath import mpf, sqrt

from optimizers import Discounted
from tensor_optimizers import TensorRule


def root_mean_square(values):
    return sqrt(sum(x * x for x in values) / len(values))


class Adafactor(TensorRule):
    hyperparameters = {"learning_rate", "decay_exponent", "epsilon1", "epsilon2",
                       "clipping_threshold", "beta1", "weight_decay"}
    dialects = {
        "relative_step": {"capped": True, "scaled": True, "decay": "step"},
        "absolute_step": {"decay": "step"},
        "absolute_scaled_step": {"scaled": True, "decay": "step"},
        "floored": {"capped": True, "scaled": True, "floors": True, "decay": "rate"},
        "decay_before_scale": {"capped": True, "scaled": True, "decay": "first"},
        "decay_without_rate": {"scaled": True, "decay": "alone"},
        "unfactored": {"scaled": True, "whole": True, "decay": "alone"},
    }

    def begin(self):
        self.factored = len(self.shape) >= 2 and not self.options.get("whole")
        self.columns = len(self.start) // self.rows if self.rows else 0
        self.kept, self.grown = mpf(1), [mpf(0)] * len(self.start)
        self.moments = [Discounted(self.get("beta1")) for _ in self.start]

    def square_means(self):
        """K_t (g_1^2 + sum_k (1 - beta_k)/K_k g_k^2), K_k = beta_2 ... beta_k: beta_1 is 0."""
        return [self.kept * x for x in self.grown]

    def sums(self):
        means = self.square_means()
        rows = [sum(means[i * self.columns:(i + 1) * self.columns]) for i in range(self.rows)]
        columns = [sum(means[j::self.columns]) for j in range(self.columns)]
        return rows, columns

    def divisors(self):
        if not self.factored:
            return self.square_means()
        rows, columns = self.sums()
        total = sum(rows)
        if self.options.get("floors"):
            total = max(total, self.get("epsilon1") * len(self.start))
        return [row * column / total for row in rows for column in columns]

    def step(self, gradient, rate):
        share = mpf(self.steps) ** -self.get("decay_exponent")  # 1 - beta_t
        epsilon, floors = self.get("epsilon1"), self.options.get("floors")
        if self.steps > 1:
            self.kept *= 1 - share
        squares = [g * g + (0 if floors else epsilon) for g in gradient]
        self.grown = [x + share / self.kept * square for x, square in zip(self.grown, squares)]
        decay, place = self.get("weight_decay"), self.options["decay"]
        before = [(1 - rate * decay) * x for x in self.theta] if place == "first" else self.theta
        length = min(rate, 1 / sqrt(mpf(self.steps))) if self.options.get("capped") else rate
        if self.options.get("scaled"):
            length *= max(self.get("epsilon2"), root_mean_square(before))
        least = epsilon ** 2 if floors else mpf(0)
        update = [g / sqrt(max(v, least)) for g, v in zip(gradient, self.divisors())]
        shrunk = max(mpf(1), root_mean_square(update) / self.get("clipping_threshold"))
        for moment, u in zip(self.moments, update):
            moment.append(length * u / shrunk)
        pull = {"first": 0, "step": decay * length, "rate": decay * rate, "alone": decay}[place]
        self.theta = [x - pull * x - moment.average() for x, moment in zip(before, self.moments)]

    def state(self):
        held = {}
        if self.factored:
            rows, columns = self.sums()
            held["row_second_moment"] = [row / self.columns for row in rows]
            held["column_second_moment"] = [column / self.rows for column in columns]
        else:
            held["second_moment"] = self.square_means()
        if self.get("beta1") != 0:
            held["first_moment"] = [moment.average() for moment in self.moments]
        return held


RULES = {"adafactor": Adafactor}
