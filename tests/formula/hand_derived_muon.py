"""Muon, from Jordan et al. 2024 and the libraries of its dialects: the momentum is a sum over
all past gradients, and the five steps act on the singular values alone, U p(S) V'."""
from fractions import Fraction

from hand_derived import discounted
from tensors import Tensor, as_tensor

POLYNOMIALS = {
    "usual": [("3.4445", "-4.7750", "2.0315")] * 5,
    "quintic_table": [("4.0848", "-6.8946", "2.9270"), ("3.9505", "-6.3029", "2.6377"),
                      ("3.7418", "-5.5913", "2.3037"), ("2.8769", "-3.1427", "1.2046"),
                      ("2.8366", "-3.0525", "1.2012")],
    "polar_express": [
        ("8.237312490495555", "-23.157747414558198", "16.680568411445915"),
        ("4.082441999064835", "-2.893047735332586", "0.5252849256975648"),
        ("3.9263479922546582", "-2.8547468034765298", "0.5318022422894988"),
        ("3.2982187133085143", "-2.424541981026706", "0.48632008358844075"),
        ("2.2970369434552573", "-1.63662558125903", "0.4002628455953627")],
}


def exactly(text):
    return as_tensor(Fraction(text)).value


def of_singular_values(left, direction, shares):
    """sum_i share_i u_i u_i' M: what multiplies each singular value of M."""
    return (left * Tensor([shares])) @ left.transpose() @ direction


def newton_schulz(direction, divisor, table):
    """X_0 ... X_5 and A_1 ... A_5; singular values of X_k are those of M times `shares`."""
    squares, left = (direction @ direction.transpose()).eigen()
    shares = [1 / divisor.value] * len(squares)
    values = {"X0": direction / divisor}
    for k, polynomial in enumerate(POLYNOMIALS[table], 1):
        linear, cubic, quintic = map(exactly, polynomial)
        sizes = [share ** 2 * square for share, square in zip(shares, squares)]
        values["A%d" % k] = (left * Tensor([sizes])) @ left.transpose()
        shares = [share * (linear + size * (cubic + size * quintic))
                  for share, size in zip(shares, sizes)]
        values["X%d" % k] = of_singular_values(left, direction, shares)
    return values


def scale(run, dialect):
    rows, columns = run.thetas[0].shape
    if dialect.startswith("corrected"):
        return as_tensor(Fraction(max(rows, columns), rows)).sqrt()
    if "like_adam" in dialect or "table_without" in dialect or "express" in dialect:
        return Fraction(1, 5) * as_tensor(max(rows, columns)).sqrt()
    if dialect == "sum_longer_side":
        return as_tensor(max(rows, columns)).sqrt()
    if "unscaled" in dialect or dialect == "polar_factor":
        return as_tensor(1)
    return as_tensor(Fraction(max(rows, columns), columns)).sqrt()


def muon(run, dialect):
    mu, decay, epsilon = run.get("momentum"), run.get("weight_decay"), run.get("epsilon")
    gradients = run.gradients[:run.t]
    newest = gradients[-1]
    total = discounted(mu, gradients)
    share = 1 if dialect.startswith("sum") else 1 - mu
    values = {"B": share * total}
    direction = share * (newest + mu * total)
    if dialect.startswith("corrected"):
        # (1 - mu)/(1 - mu^n) = 1/(1 + mu + ... + mu^(n-1))
        powers = [mu ** k for k in range(run.t + 1)]
        direction = mu * total / sum(powers) + newest / sum(powers[:-1])
    if "without_nesterov" in dialect or dialect == "polar_factor":
        direction = values["B"]
    else:
        values["M"] = direction
    if dialect == "polar_factor":
        squares, left = (direction @ direction.transpose()).eigen()
        moved = of_singular_values(left, direction, [1 / square.sqrt() for square in squares])
    else:
        length = direction.norm()
        at_least = "at_least" in dialect or "table_without" in dialect or "express" in dialect
        divisor = (epsilon if at_least and length < epsilon else
                   length if at_least else length + epsilon)
        table = ("polar_express" if "express" in dialect else
                 "quintic_table" if "quintic" in dialect else "usual")
        steps = newton_schulz(direction, divisor, table)
        moved = steps["X5"]
        values["named"] = steps
    theta = run.theta - run.rate * (decay * run.theta + scale(run, dialect) * moved)
    return {**values, "theta": theta}


RULES = {"muon": muon}
