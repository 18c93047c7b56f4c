"""Second-order rules, from their papers. See closed_loops.py for what a rule here is."""
from mpmath import eye, lu_solve, matrix, mpf, norm


def newton(dialect, h, objective, start, draws):
    """Solves (H + mu I) p = -g by elimination; the other dialect has mu ||g|| for mu."""
    point = start
    while True:
        yield point, {}
        gradient = matrix(objective.gradient(point))
        shift = h.get("damping", mpf(0))
        if dialect == "times_gradient_norm":
            shift *= norm(gradient, 2)
        step = lu_solve(objective.hessian(point) + shift * eye(len(point)), -gradient)
        point = [x + h["learning_rate"] * p for x, p in zip(point, step)]


RULES = {"newton": newton}

HYPERPARAMETERS = {"newton": {"learning_rate", "damping"}}
