"""Second-order rules, from their papers. See closed_loops.py for what a rule here is.

Systems are solved by elimination: no inverse and no eigenvectors are taken.
"""
from mpmath import det, eye, lu_solve, matrix, mpf, norm, sqrt


def moved(point, step, share=1):
    return [x + share * p for x, p in zip(point, step)]


def inner(one, other):
    return sum(a * b for a, b in zip(one, other))


def share(h):
    return h.get("learning_rate", mpf(1))


def newton(dialect, h, objective, start, draws):
    """Solves (H + mu I) p = -g; the other dialect has mu ||g|| for mu."""
    point = start
    while True:
        yield point, {}
        gradient = matrix(objective.gradient(point))
        shift = h.get("damping", mpf(0))
        if dialect == "times_gradient_norm":
            shift *= norm(gradient, 2)
        step = lu_solve(objective.hessian(point) + shift * eye(len(point)), -gradient)
        point = moved(point, step, share(h))


def damped_step(jacobian, residuals, weights):
    """min ||r + J p||^2 + sum weights p^2, as a least-squares problem of stacked rows."""
    rows, right = jacobian.tolist(), [-r for r in residuals]
    for j, weight in enumerate(weights):
        rows.append([sqrt(weight) if j == k else mpf(0) for k in range(len(weights))])
        right.append(mpf(0))
    stacked = matrix(rows)
    return lu_solve(stacked.T * stacked, stacked.T * matrix(right))


def squared_lengths(jacobian):
    return [inner(jacobian[:, j], jacobian[:, j]) for j in range(jacobian.cols)]


def gauss_newton(dialect, h, objective, start, draws):
    point = start
    while True:
        yield point, {}
        jacobian = objective.jacobian(point)
        damping = h.get("damping", mpf(0))
        weights = [damping * (square if dialect == "diagonal" else 1)
                   for square in squared_lengths(jacobian)]
        step = damped_step(jacobian, objective.residuals(point), weights)
        point = moved(point, step, share(h))


def levenberg_marquardt(dialect, h, objective, start, draws):
    """The gain compares sums of squares."""
    point, mu, growth = start, mpf(0), mpf(0)
    adapts_smoothly = dialect in ("nielsen", "ceres")
    first = True
    while True:
        yield point, {"damping": [mu], **({"growth": [growth]} if adapts_smoothly else {})}
        jacobian, residuals = objective.jacobian(point), matrix(objective.residuals(point))
        squares = squared_lengths(jacobian)
        if first:
            mu = h["damping"] * (max(squares) if dialect == "nielsen" else 1)
            growth, first = mpf(2), False
        weights = [mu * (1 if dialect == "nielsen" else square) for square in squares]
        step = damped_step(jacobian, residuals, weights)
        reached = moved(point, step)
        now = inner(residuals, residuals)
        linear = residuals + jacobian * step
        after = matrix(objective.residuals(reached))
        gain = (now - inner(after, after)) / (now - inner(linear, linear))
        taken = gain > (mpf(1e-3) if dialect in ("lsqfit", "ceres") else 0)
        if taken:
            point = reached
        if adapts_smoothly:
            mu *= max(mpf(1) / 3, 1 - (2 * gain - 1) ** 3) if taken else growth
            growth = mpf(2) if taken else 2 * growth
        elif not taken:
            mu *= h.get("increase_factor", mpf(10))
        elif dialect == "marquardt" or gain > mpf(3) / 4:
            mu *= h.get("decrease_factor", mpf(0.1))


def natural_gradient(dialect, h, objective, start, draws):
    point = start
    while True:
        yield point, {}
        fisher = objective.fisher(point)
        size = len(point)
        damped = fisher.copy()
        for i in range(size):
            damped[i, i] = fisher[i, i] * (1 + h.get("diagonal_scale", mpf(0))) + h.get(
                "damping", mpf(0))
        gradient = objective.gradient(point)
        direction = lu_solve(damped, -matrix(gradient))
        length = share(h)
        if h.get("max_kl", 0):
            # The divergence of the full step, to second order; of the damped matrix it is
            # -g'd/2.
            full = (-inner(gradient, direction) if dialect == "of_damped"
                    else inner(direction, fisher * direction)) / 2
            length *= sqrt(h["max_kl"] / full)
        point = moved(point, direction, length)


class Krylov:
    """Conjugate gradients by what they give: the minimiser of 1/2 p'Bp + g'p over
    start + span{r, Br, B^2 r, ...}, r = B start + g; each power another dimension."""

    def __init__(self, matrix_, gradient, start):
        self.matrix, self.gradient, self.start = matrix_, gradient, start
        self.residual = matrix_ * start + gradient

    def result(self, count):
        columns = [self.residual]
        while len(columns) < count:
            columns.append(self.matrix * columns[-1])
        basis = matrix([[column[i] for column in columns] for i in range(len(self.residual))])
        weights = lu_solve(basis.T * self.matrix * basis, -basis.T * self.residual)
        return self.start + basis * weights

    def positive_count(self, most):
        """How many steps are taken before a direction of negative curvature: the Gram
        determinants of the powers in the matrix's form change sign with it."""
        for count in range(1, most + 1):
            columns = [self.residual]
            while len(columns) < count:
                columns.append(self.matrix * columns[-1])
            gram = matrix([[inner(a, self.matrix * b) for b in columns] for a in columns])
            if det(gram) <= 0:
                return count - 1
        return most


def hessian_free(dialect, h, objective, start, draws):
    point = start
    lasting = dialect in ("warm_start", "adaptive", "adaptive_by_damped_model")
    adapts = dialect.startswith("adaptive")
    damping = mpf(0)
    last = matrix([mpf(0)] * len(start))
    steps = 0
    while True:
        state = {}
        if lasting:
            state["last_result"] = list(last)
        if adapts:
            state["damping"] = [damping]
        yield point, state
        steps += 1
        if steps == 1:
            damping = h.get("damping", mpf(0))
        if dialect.startswith("hessian"):
            curvature = objective.hessian(point)
        else:
            jacobian = objective.jacobian(point)
            curvature = jacobian.T * jacobian
        gradient = matrix(objective.gradient(point))
        damped = curvature + damping * eye(len(point))
        first = mpf(0.95) * last if lasting else 0 * last
        krylov = Krylov(damped, gradient, first)
        count = int(h["iterations"])
        if dialect == "hessian_stops_at_negative_curvature":
            count = krylov.positive_count(count)
        result = krylov.result(count) if count else first
        if lasting:
            last = result
        if adapts:
            model = damped if dialect == "adaptive_by_damped_model" else curvature
            expected = inner(result, model * result) / 2 + inner(gradient, result)
            change = objective.value(moved(point, result)) - objective.value(point)
            ratio = change / expected
            if ratio < mpf(1) / 4:
                damping = damping * mpf(3) / 2
            elif ratio > mpf(3) / 4:
                damping *= mpf(0.66) if dialect == "adaptive_by_damped_model" else mpf(2) / 3
        point = moved(point, result, share(h))


def averaged(dialect, beta, seen):
    """The mean of all matrices seen, with its weights written out."""
    ages = range(len(seen) - 1, -1, -1)
    if dialect.startswith("balanced_corrected"):
        return sum_of((beta ** age, one) for age, one in zip(ages, seen)) / sum(
            beta ** age for age in ages)
    if dialect in ("balanced", "alike"):
        mean = seen[0]
        for count, one in enumerate(seen[1:], start=2):
            kept = min(1 - mpf(1) / count, beta)
            mean = kept * mean + (1 - kept) * one
        return mean
    return beta ** len(seen) * eye(seen[0].rows) + (1 - beta) * sum_of(
        (beta ** age, one) for age, one in zip(ages, seen))


def sum_of(weighted):
    (weight, first), *rest = weighted
    total = weight * first
    for weight, one in rest:
        total += weight * one
    return total


def kfac(dialect, h, objective, start, draws):
    """As one linear system a layer, in the Kronecker product itself."""
    point = start
    beta = h.get("factor_decay", mpf(0))
    seen = [([], []) for _ in objective.layers(point)]
    sizes = [(inputs.cols + 1, gradients.cols) for inputs, gradients in objective.layers(point)]
    factors = [[[mpf(0)] * size ** 2 for size in sides] for sides in zip(*sizes)]
    while True:
        yield point, {"input_factors": sum(factors[0], []), "output_factors": sum(factors[1], [])}
        step, mu = [], h["damping"]
        for layer, (inputs, gradients) in enumerate(objective.layers(point)):
            count = inputs.rows
            with_one = matrix([inputs.tolist()[i] + [mpf(1)] for i in range(count)])
            a = with_one.T * with_one / count
            s = gradients.T * gradients / count
            g = gradients.T * with_one
            if dialect.endswith("of_mean"):
                s /= count ** 2
            for side, one in enumerate((a, s)):
                seen[layer][side].append(one)
            a, s = (averaged(dialect, beta, matrices) for matrices in seen[layer])
            for side, one in enumerate((a, s)):
                factors[side][layer] = [x for row in one.tolist() for x in row]
            if dialect.startswith(("balanced", "alike")) or dialect.endswith("of_mean"):
                g /= count
            on_a = on_s = on_both = mpf(0)
            if dialect.startswith("of_product"):
                on_both = mu
            elif dialect.startswith("whole"):
                on_a = on_s = mu
            else:
                pi = mpf(1)
                if dialect.startswith("balanced"):
                    pi = sqrt(trace(a) * s.rows / (trace(s) * a.rows))
                on_a, on_s = sqrt(mu) * pi, sqrt(mu) / pi
            system = (kronecker(s + on_s * eye(s.rows), a + on_a * eye(a.rows))
                      + on_both * eye(s.rows * a.rows))
            solved = lu_solve(system, matrix([x for row in g.tolist() for x in row]))
            rows = [solved[i * a.rows:(i + 1) * a.rows] for i in range(s.rows)]
            step += [x for row in rows for x in list(row)[:-1]] + [list(row)[-1] for row in rows]
        point = moved(point, step, -h["learning_rate"])


def trace(square):
    return sum(square[i, i] for i in range(square.rows))


def kronecker(one, other):
    size = other.rows
    return matrix([[one[i // size, j // size] * other[i % size, j % size]
                    for j in range(one.cols * size)] for i in range(one.rows * size)])


RULES = {"newton": newton, "gauss_newton": gauss_newton,
         "levenberg_marquardt": levenberg_marquardt, "natural_gradient": natural_gradient,
         "hessian_free": hessian_free, "kfac": kfac}

HYPERPARAMETERS = {
    "newton": {"learning_rate", "damping"},
    "gauss_newton": {"learning_rate", "damping"},
    "levenberg_marquardt": {"damping", "decrease_factor", "increase_factor"},
    "natural_gradient": {"learning_rate", "damping", "diagonal_scale", "max_kl"},
    "hessian_free": {"learning_rate", "damping", "iterations"},
    "kfac": {"learning_rate", "damping", "factor_decay"},
}
