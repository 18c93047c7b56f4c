"""Shampoo and SOAP: a factor for each side of a matrix. From Gupta, Koren and Singer 2018,
Vyas et al. 2024 and the libraries' sources; powers and eigenvectors are mpmath's own."""
from mpmath import eigsy, eye, matrix, mpf, qr, sqrt, zeros

from optimizers import Discounted
from tensor_optimizers import TensorRule, flat, matrix_of


def negative_power(symmetric, order):
    """symmetric^(-1/order)."""
    if symmetric.rows == 1:
        return matrix([[symmetric[0, 0] ** (-1 / mpf(order))]])
    values, vectors = eigsy(symmetric)
    result = zeros(symmetric.rows)
    for i, value in enumerate(values):
        result += value ** (-1 / mpf(order)) * vectors[:, i] * vectors[:, i].T
    return result


def descending_eigenvectors(symmetric):
    if symmetric.rows == 1:
        return matrix([[mpf(1)]])
    values, vectors = eigsy(symmetric)
    order = sorted(range(len(values)), key=lambda i: -values[i])
    return with_positive_columns(permuted(vectors, order))


def permuted(vectors, order):
    return matrix([[vectors[i, j] for j in order] for i in range(vectors.rows)])


def with_positive_columns(vectors):
    """Each column with its element of greatest magnitude positive."""
    for j in range(vectors.cols):
        column = [vectors[i, j] for i in range(vectors.rows)]
        if max(column, key=abs) < 0:
            for i in range(vectors.rows):
                vectors[i, j] = -vectors[i, j]
    return vectors


def norm(values):
    return sqrt(sum((x * x for x in values), mpf(0)))


class Shampoo(TensorRule):
    hyperparameters = {"learning_rate", "epsilon", "beta1", "beta2", "momentum", "weight_decay"}
    dialects = {
        "paper": {"momentum": "after", "coupled": True},
        "over_order_in_turn": {"momentum": "last", "coupled": True, "in_turn": True},
        "grafted": {"momentum": "after", "graft": "gradient"},
        "epsilon_before_root": {"late": True},
        "exponent_half": {"late": True, "half": True},
        "adagrad_grafted": {"late": True, "graft": "adagrad"},
        "adam_grafted": {"late": True, "graft": "adam", "mean": True},
    }

    def begin(self):
        self.sides = 2 if len(self.shape) >= 2 else 1
        size = len(self.start)
        columns = size // self.rows if self.rows else 0
        self.ratio = self.get("beta2") if self.options.get("mean") else mpf(1)
        self.sums = [zeros(n) for n in (self.rows, columns)[:self.sides]]
        self.squares = [Discounted(self.ratio) for _ in range(size)]
        self.moments = [Discounted(self.get("beta1")) for _ in range(size)]
        self.buffer = [mpf(0)] * size

    def exponent(self):
        if self.options.get("half"):
            return 2
        return self.sides if self.options.get("in_turn") else 2 * self.sides

    def filled(self, side):
        """What the root is taken of."""
        count = 1 - self.ratio ** self.steps if self.options.get("mean") else 1
        return self.sums[side] / count + self.get("epsilon") * eye(self.sums[side].rows)

    def collect(self, side, product):
        share = 1 - self.ratio if self.options.get("mean") else 1
        self.sums[side] = self.ratio * self.sums[side] + share * product

    def preconditioned(self, gradient, entering):
        self.collect(0, entering * entering.T)
        result = negative_power(self.filled(0), self.exponent()) * gradient
        if self.sides == 2:
            beside = result if self.options.get("in_turn") else entering
            self.collect(1, beside.T * beside)
            result = result * negative_power(self.filled(1), self.exponent())
        return flat(result)

    def length(self, gradient, filtered):
        """Of the step that the rule in whose place this one steps would take."""
        graft, delta = self.options["graft"], mpf(1e-10)
        if graft == "gradient":
            return norm(filtered)
        for square, g in zip(self.squares, gradient):
            square.append(g * g)
        seconds = [square.mean() if graft == "adam" else square.sum() for square in self.squares]
        return norm([x / (sqrt(v) + delta) for x, v in zip(filtered, seconds)])

    def step(self, gradient, rate):
        mu, decay = self.get("momentum"), self.get("weight_decay")
        if self.options.get("momentum") == "last":
            if self.steps == 1:
                self.buffer = gradient
            gradient = [(1 - mu) * g + mu * b for g, b in zip(gradient, self.buffer)]
        if self.options.get("coupled"):
            gradient = [g + decay * x for g, x in zip(gradient, self.theta)]
        filtered = gradient
        if not self.options.get("momentum"):
            for moment, g in zip(self.moments, gradient):
                moment.append(g)
            filtered = [moment.mean() for moment in self.moments]
        update = self.preconditioned(matrix_of(filtered, self.rows),
                                     matrix_of(gradient, self.rows))
        if self.options.get("graft"):
            factor = self.length(gradient, filtered) / (norm(update) + mpf(1e-16))
            update = [factor * u for u in update]
        if not self.options.get("coupled"):
            update = [u + decay * x for u, x in zip(update, self.theta)]
        if self.options.get("momentum") == "after":
            update = [mu * b + u for b, u in zip(self.buffer, update)]
        self.buffer = update
        self.theta = [x - rate * u for x, u in zip(self.theta, update)]

    def state(self):
        extra = mpf(0) if self.options.get("late") else self.get("epsilon")
        factors = [flat(factor + extra * eye(factor.rows)) for factor in self.sums]
        held = {"row_factor": factors[0]}
        if self.sides == 2:
            held["column_factor"] = factors[1]
        if not self.options.get("momentum") and self.get("beta1") != 0:
            held["first_moment"] = [moment.average() for moment in self.moments]
        if self.options.get("momentum") and self.get("momentum") != 0:
            held["momentum_buffer"] = self.buffer
        if self.options.get("graft") in ("adagrad", "adam"):
            held["graft_moment"] = [square.average() if self.options.get("mean") else square.sum()
                                    for square in self.squares]
        return held


class Soap(TensorRule):
    """v is kept by pairs of eigenvectors, as the paper's algorithm has it; signs and order are
    put in the standard form only for the state that is shown."""
    hyperparameters = {"learning_rate", "beta1", "beta2", "epsilon", "weight_decay", "period"}
    dialects = {
        "first_step_skipped": {"corrected": True},
        "first_step_counted": {"corrected": True, "counts_calls": True},
        "uncorrected": {},
        "shorter_side": {"corrected": True, "one_side": True},
    }

    def begin(self):
        self.is_matrix = len(self.shape) >= 2
        size = len(self.start)
        columns = size // self.rows if self.rows else 0
        one = self.options.get("one_side")
        self.sides = []
        if self.is_matrix:
            self.sides = [not one or self.rows <= columns, not one or self.rows > columns]
        self.factors = [zeros(n) for n in (self.rows, columns)]
        self.bases = [None, None]
        self.moments = [Discounted(self.get("beta1")) for _ in range(size)]
        self.second = [mpf(0)] * size
        self.updates = 0

    def collect(self, gradient):
        g, share = matrix_of(gradient, self.rows), 1 - self.get("beta2")
        for side, product in enumerate((g * g.T, g.T * g)):
            self.factors[side] += share * (product - self.factors[side])

    def turn(self, values, back=False):
        if not any(basis is not None for basis in self.bases):
            return values
        left, right = [basis if basis is not None else eye(factor.rows)
                       for basis, factor in zip(self.bases, self.factors)]
        inside = matrix_of(values, self.rows)
        return flat(left * inside * right.T if back else left.T * inside * right)

    def take_eigenvectors(self):
        for side, used in enumerate(self.sides):
            if used:
                self.bases[side] = descending_eigenvectors(self.factors[side])

    def power_step(self):
        v = matrix_of(self.second, self.rows)
        for side, used in enumerate(self.sides):
            if not used:
                continue
            factor, basis = self.factors[side], self.bases[side]
            inside = basis.T * factor * basis
            order = sorted(range(factor.rows), key=lambda i: -inside[i, i])
            v = permuted(v, order) if side else permuted(v.T, order).T
            product = factor * permuted(basis, order)
            if factor.rows == 1:
                self.bases[side] = matrix([[product[0, 0] / abs(product[0, 0])]])
                continue
            orthogonal, triangle = qr(product)
            for j in range(factor.rows):  # a positive diagonal
                if triangle[j, j] < 0:
                    for i in range(factor.rows):
                        orthogonal[i, j] = -orthogonal[i, j]
            self.bases[side] = orthogonal
        if self.is_matrix:
            self.second = flat(v)

    def renews(self):
        counted = self.steps if self.options.get("counts_calls") else self.updates
        return counted % int(self.get("period")) == 0

    def step(self, gradient, rate):
        if self.steps == 1:
            self.collect(gradient)
            self.take_eigenvectors()
            return
        self.updates += 1
        beta1, beta2, decay = self.get("beta1"), self.get("beta2"), self.get("weight_decay")
        count = self.steps if self.options.get("counts_calls") else self.updates
        first_share, second_share = 1 - beta1 ** count, 1 - beta2 ** count
        for moment, g in zip(self.moments, gradient):
            moment.append(g)
        self.second = [beta2 * v + (1 - beta2) * x * x
                       for v, x in zip(self.second, self.turn(gradient))]
        first = self.turn([moment.average() for moment in self.moments])
        inside = [m / (sqrt(v) + self.get("epsilon")) for m, v in zip(first, self.second)]
        scale = sqrt(second_share) / first_share if self.options.get("corrected") else 1
        update = [scale * x for x in self.turn(inside, back=True)]
        self.theta = [(1 - rate * decay) * (x - rate * u) for x, u in zip(self.theta, update)]
        self.collect(gradient)
        if self.renews():
            self.power_step()

    def state(self):
        held = {"first_moment": [moment.average() for moment in self.moments],
                "second_moment": self.second}
        for side, used in enumerate(self.sides):
            if used:
                name = ("row", "column")[side]
                basis, factor = self.bases[side], self.factors[side]
                held[name + "_factor"] = flat(factor)
                held[name + "_basis"] = flat(zeros(factor.rows) if basis is None else basis)
        return held


RULES = {"shampoo": Shampoo, "soap": Soap}
