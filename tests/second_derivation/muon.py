"""Muon: Jordan et al. 2024 (kellerjordan.github.io/posts/muon), and the libraries that each
dialect stands for.

Five Newton-Schulz steps are one odd polynomial of a matrix. It is taken here on the singular
values alone: p(U S V') = U p(S) V' = M V (p(S)/S) V', from the eigensystem of M'M on its
smaller side, and p(s)/s has its limit where s is zero, so that no rank is special. The momentum
is a discounted sum over all past gradients.
"""
from mpmath import eigsy, matrix, mpf, sqrt

from optimizers import Discounted, geometric
from tensor_optimizers import TensorRule, flat, matrix_of

# Binary64 numbers, as every library holds them.
USUAL = [(3.4445, -4.7750, 2.0315)] * 5
QUINTIC = [(4.0848, -6.8946, 2.9270), (3.9505, -6.3029, 2.6377), (3.7418, -5.5913, 2.3037),
           (2.8769, -3.1427, 1.2046), (2.8366, -3.0525, 1.2012)]
POLAR_EXPRESS = [(8.237312490495555, -23.157747414558198, 16.680568411445915),
                 (4.082441999064835, -2.893047735332586, 0.5252849256975648),
                 (3.9263479922546582, -2.8547468034765298, 0.5318022422894988),
                 (3.2982187133085143, -2.424541981026706, 0.48632008358844075),
                 (2.2970369434552573, -1.63662558125903, 0.4002628455953627)]


def gain(table, squared):
    """p(s)/s of all five steps, as a function of s^2: a product, step by step."""
    product = mpf(1)
    for a, b, c in table:
        factor = mpf(a) + squared * (mpf(b) + squared * mpf(c))
        product *= factor
        squared *= factor ** 2
    return product


def on_singular_values(values, function):
    """M V f(S^2) V' of a matrix M = U S V'."""
    if values.rows < values.cols:
        return on_singular_values(values.T, function).T
    squares, vectors = eigsy(values.T * values)
    shares = matrix(values.cols, values.cols)
    for i in range(values.cols):
        shares[i, i] = function(max(squares[i], mpf(0)))
    return values * (vectors * shares * vectors.T)


class Muon(TensorRule):
    hyperparameters = {"learning_rate", "momentum", "epsilon", "weight_decay"}
    dialects = {
        "averaged": {"scale": "tall"},
        "averaged_at_least_epsilon": {"scale": "tall", "at_least": True},
        "averaged_at_least_epsilon_like_adam": {"scale": "adam", "at_least": True},
        "quintic_table_without_nesterov": {"scale": "adam", "at_least": True, "plain": True,
                                           "table": QUINTIC},
        "polar_express_without_nesterov": {"scale": "adam", "at_least": True, "plain": True,
                                           "table": POLAR_EXPRESS},
        "corrected": {"scale": "wide", "corrected": True},
        "corrected_quintic_table": {"scale": "wide", "corrected": True, "table": QUINTIC},
        "sum_like_adam": {"scale": "adam", "sum": True},
        "sum_unscaled": {"sum": True},
        "sum_unscaled_without_nesterov": {"sum": True, "plain": True},
        "sum_at_least_epsilon": {"scale": "tall", "sum": True, "at_least": True},
        "sum_longer_side": {"scale": "longer", "sum": True},
        "polar_factor": {"plain": True, "exact": True},
    }

    def begin(self):
        self.sums = [Discounted(self.get("momentum")) for _ in self.start]

    def buffer(self):
        share = 1 if self.options.get("sum") else 1 - self.get("momentum")
        return [share * d.sum() for d in self.sums]

    def direction(self, gradient):
        mu = self.get("momentum")
        if self.options.get("plain"):
            return self.buffer()
        if self.options.get("corrected"):
            # (1 - mu)/(1 - mu^n) is 1/(1 + mu + ... + mu^(n-1))
            return [mu * d.sum() / geometric(mu, self.steps + 1) + g / geometric(mu, self.steps)
                    for d, g in zip(self.sums, gradient)]
        share = 1 if self.options.get("sum") else 1 - mu
        return [share * (g + mu * d.sum()) for d, g in zip(self.sums, gradient)]

    def orthogonalized(self, direction):
        values = matrix_of(direction, self.rows)
        if self.options.get("exact"):
            return on_singular_values(values, lambda squared: 1 / sqrt(squared))
        length = sqrt(sum(x * x for x in direction))
        added = self.get("epsilon")
        length = max(length, added) if self.options.get("at_least") else length + added
        table = self.options.get("table", USUAL)
        return on_singular_values(values,
                                  lambda squared: gain(table, squared / length ** 2) / length)

    def scale(self):
        rows, columns = mpf(self.rows), mpf(len(self.start) // self.rows)
        return {"tall": sqrt(max(1, rows / columns)), "wide": sqrt(max(1, columns / rows)),
                "adam": mpf(0.2) * sqrt(max(rows, columns)),
                "longer": sqrt(max(rows, columns))}.get(self.options.get("scale"), mpf(1))

    def step(self, gradient, rate):
        for d, g in zip(self.sums, gradient):
            d.append(g)
        moved = flat(self.orthogonalized(self.direction(gradient)))
        kept = 1 - rate * self.get("weight_decay")
        self.theta = [kept * w - rate * self.scale() * o for w, o in zip(self.theta, moved)]

    def state(self):
        return {"momentum_buffer": self.buffer()}


RULES = {"muon": Muon}
