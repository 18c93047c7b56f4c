"""Second-order rules: systems are solved for another unknown than in the C++, or bordered, so
that no line is the same."""
from fractions import Fraction

from tensors import Identity, Tensor, as_tensor, number, scalar


def solved(system, right):
    """The solution by Cramer's rule."""
    whole = determinant(system.rows)
    size = len(system.rows)
    columns = []
    for place in range(size):
        rows = [[right.rows[i][0] if j == place else system.rows[i][j] for j in range(size)]
                for i in range(size)]
        columns.append([determinant(rows) / whole])
    return Tensor(columns)


def determinant(rows):
    if len(rows) == 1:
        return rows[0][0]
    return sum((-1) ** j * rows[0][j] * determinant([row[:j] + row[j + 1:] for row in rows[1:]])
               for j in range(len(rows)))


def newton(run, dialect):
    gradient, system = run.objective.gradient(run.theta), run.objective.hessian(run.theta)
    damping = run.get("damping")
    if dialect == "times_gradient_norm":
        damping = damping * gradient.inner_product(gradient).sqrt()
    system = system + Identity().sized(system) * damping
    rate = run.rate if "learning_rate" in run.h else run.field(1)
    return {"theta": run.theta - rate * solved(system, gradient)}


def gauss_newton(run, dialect):
    residuals, jacobian = run.objective.residuals(run.theta), run.objective.jacobian(run.theta)
    size = jacobian.shape[1]
    columns = [Tensor([[row[j]] for row in jacobian.rows]) for j in range(size)]
    damping = run.get("damping").value

    def entry(i, j):
        inner = columns[i].inner_product(columns[j]).value
        if i != j:
            return inner
        return inner + damping * (inner if dialect == "diagonal" else 1)

    system = Tensor([[entry(i, j) for j in range(size)] for i in range(size)])
    right = Tensor([[columns[j].inner_product(residuals).value] for j in range(size)])
    rate = run.rate if "learning_rate" in run.h else run.field(1)
    inner = Tensor([[columns[i].inner_product(columns[j]).value for j in range(size)]
                    for i in range(size)])
    return {"J": jacobian, "C": inner, "theta": run.theta - rate * solved(system, right)}


def levenberg_marquardt(run, dialect):
    theta, objective = run.theta, run.objective
    residuals, jacobian = objective.residuals(theta), objective.jacobian(theta)
    size = jacobian.shape[1]
    columns = [Tensor([[row[j]] for row in jacobian.rows]) for j in range(size)]
    inner = [[one.inner_product(other).value for other in columns] for one in columns]
    smooth = dialect in ("nielsen", "ceres")
    if run.t == 1:
        greatest = max(inner[j][j] for j in range(size)) if dialect == "nielsen" else 1
        run.mu, run.growth = run.get("damping").value * greatest, number(2)
    added = [[(run.mu * (1 if dialect == "nielsen" else inner[i][i]) if i == j else number(0))
              for j in range(size)] for i in range(size)]
    system = Tensor([[inner[i][j] + added[i][j] for j in range(size)] for i in range(size)])
    gradient = Tensor([[one.inner_product(residuals).value] for one in columns])
    step = solved(system, -gradient)
    reached = theta + step
    # What the undamped model loses: -p'q - p'Cp/2.
    bent = step.inner_product(Tensor(inner) @ step)
    model = -step.inner_product(gradient).value - bent.value / 2
    gain = (objective.f(theta) - objective.f(reached)).value / model
    taken = gain > (number(Fraction(1, 1000)) if dialect in ("lsqfit", "ceres") else 0)
    if smooth:
        run.mu *= max(number(1) / 3, 1 - (2 * gain - 1) ** 3) if taken else run.growth
        run.growth = number(2) if taken else 2 * run.growth
    elif not taken:
        run.mu *= run.get("increase_factor", 10).value
    elif dialect == "marquardt" or gain > number(3) / 4:
        run.mu *= run.get("decrease_factor", Fraction(1, 10)).value
    values = {"J": jacobian, "C": Tensor(inner), "q": gradient, "B": Tensor(added), "p": step,
              "rho": scalar(gain), "mu": scalar(run.mu), "theta": reached if taken else theta}
    if smooth:
        values["n"] = scalar(run.growth)
    return values


def natural_gradient(run, dialect):
    fisher, gradient = run.objective.fisher(run.theta), run.objective.gradient(run.theta)
    damping, scale = run.get("damping").value, run.get("diagonal_scale").value
    damped = Tensor([[x * (1 + scale) + damping if i == j else x for j, x in enumerate(row)]
                     for i, row in enumerate(fisher.rows)])
    direction = solved(damped, gradient)
    rate = run.rate if "learning_rate" in run.h else run.field(1)
    if "max_kl" in run.h:
        metric = damped if dialect == "of_damped" else fisher
        length = direction.inner_product(metric @ direction)
        rate = rate * (run.h["max_kl"] * 2).sqrt() / length.sqrt()
    return {"B": damped, "d": direction, "theta": run.theta - rate * direction}


def hessian_free(run, dialect):
    """Two steps of conjugate gradients: the minimiser over start + span{r, B r}."""
    lasting = not (dialect.startswith("hessian") or dialect == "gauss_newton")
    adapts = dialect.startswith("adaptive")
    first = run.t == 1
    damping = run.damping if adapts and not first else run.get("damping")
    gradient = run.objective.gradient(run.theta)
    if dialect.startswith("hessian"):
        curvature = run.objective.hessian(run.theta)
    else:
        jacobian = run.objective.jacobian(run.theta)
        curvature = jacobian.transpose() @ jacobian
    system = curvature + Identity().sized(curvature) * damping
    start = gradient * 0 if first or not lasting else run.last * number(Fraction(95, 100))
    power = system @ start + gradient
    basis = [power, system @ power]
    grams = [[one.inner_product(system @ other).value for other in basis] for one in basis]
    checked = dialect == "hessian_stops_at_negative_curvature"
    if checked and grams[0][0] <= 0:
        basis = []
    elif checked and determinant(grams) <= 0:
        basis, grams = basis[:1], [[grams[0][0]]]
    result = start
    if basis:
        right = Tensor([[-one.inner_product(power).value] for one in basis])
        for weight, one in zip(solved(Tensor(grams), right).elements(), basis):
            result = result + one * scalar(weight)
    rate = run.rate if "learning_rate" in run.h else run.field(1)
    # The second direction is the new slope's, conjugate to the first by projection.
    first_image = system @ power
    length = power.inner_product(power) / power.inner_product(first_image)
    slope = power - first_image * length
    second = power * (slope.inner_product(first_image) / power.inner_product(first_image)) - slope
    values = {"theta": run.theta + rate * result, "r": power, "u": -power, "w": -first_image,
              "v": second, "y": system @ second}
    if lasting:
        values["p"] = run.last = result
    if adapts:
        damped_model = dialect == "adaptive_by_damped_model"
        model = system if damped_model else curvature
        expected = result.inner_product(gradient + (model @ result) / 2)
        ratio = (run.objective.f(run.theta + result) - run.objective.f(run.theta)) / expected
        down = number(Fraction(66, 100)) if damped_model else number(Fraction(2, 3))
        values["rho"] = ratio
        factor = (number(Fraction(3, 2)) if ratio.value < number(0.25)
                  else down if ratio.value > number(0.75) else number(1))
        values["lambda"] = run.damping = damping * scalar(factor)
    return values


def kfac(run, dialect):
    """Of one layer, theta its matrix; the system is that of the Kronecker product."""
    inputs, gradients = run.objective.layers[run.t - 1]
    count = inputs.shape[0]
    of_mean = dialect.endswith("of_mean")
    a = inputs.transpose() @ inputs * scalar(number(Fraction(1, count)))
    s = gradients.transpose() @ gradients * scalar(number(Fraction(1, count ** (3 if of_mean else 1))))
    g = gradients.transpose() @ inputs
    if of_mean or dialect.startswith(("balanced", "alike")):
        g = g / count
    beta = run.get("factor_decay", 0)
    if dialect == "balanced_corrected":
        kept = 1 - (1 - beta) / (1 - beta ** run.t)
    elif dialect in ("balanced", "alike"):
        kept = min(as_tensor(Fraction(run.t - 1, run.t)), as_tensor(beta), key=lambda x: x.value)
    else:
        kept = beta
    if run.t == 1:
        run.factors = [scalar(number(0)) * one for one in (a, s)]
        if dialect.startswith(("of_product", "whole")):
            run.factors = [Tensor([[number(int(i == j)) for j in range(one.shape[0])]
                                   for i in range(one.shape[0])]) for one in (a, s)]
    kept = as_tensor(kept)
    a, s = (kept * before + (1 - kept) * now for before, now in zip(run.factors, (a, s)))
    run.factors = [a, s]
    values = {"A": a, "S": s, "G": g}
    if not dialect.startswith(("of_product", "whole")):
        values["b"] = kept
    mu = run.get("damping")
    on_a = on_s = on_both = number(0)
    if dialect.startswith("of_product"):
        on_both = mu.value
        values["U"], values["V"] = s.eigenvectors(), a.eigenvectors()
    elif dialect.startswith("whole"):
        on_a = on_s = mu.value
    else:
        on_a = on_s = mu.sqrt().value
        if dialect.startswith("balanced"):
            traces = [sum(m.rows[i][i] for i in range(m.shape[0])) / m.shape[0] for m in (a, s)]
            values["rho"] = scalar(traces[0] / traces[1]).sqrt()
            on_a, on_s = on_a * values["rho"].value, on_s / values["rho"].value

    def entry(i, k, j, m):
        return ((s.rows[i][j] + (on_s if i == j else 0)) * (a.rows[k][m] + (on_a if k == m else 0))
                + (on_both if (i, k) == (j, m) else 0))

    places = [(i, k) for i in range(s.shape[0]) for k in range(a.shape[0])]
    system = Tensor([[entry(i, k, j, m) for j, m in places] for i, k in places])
    flat = solved(system, Tensor([[g.rows[i][k]] for i, k in places])).elements()
    width = a.shape[0]
    step = Tensor([flat[i * width:(i + 1) * width] for i in range(s.shape[0])])
    values["theta"] = run.theta - run.rate * step
    return values


RULES = {"newton": newton, "gauss_newton": gauss_newton,
         "levenberg_marquardt": levenberg_marquardt, "natural_gradient": natural_gradient,
         "hessian_free": hessian_free, "kfac": kfac}

SAME = {}

FIXED = {"hessian_free": {"iterations": 2}}  # the formula is that of two
