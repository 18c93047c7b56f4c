"""The gradient flow of a quadratic and its integrators. See closed_loops.py."""
from mpmath import expm, eye, lu_solve, matrix, mpf


def exact_shift(time, hessian, gradient):
    """theta' = -(g + H (theta - theta_0)) as one linear system with a constant 1 beside theta:
    the last column of its exponential."""
    size = len(gradient)
    system = matrix(size + 1, size + 1)
    for i in range(size):
        system[i, size] = -time * gradient[i]
        for j in range(size):
            system[i, j] = -time * hessian[i, j]
    solution = expm(system)
    return matrix([solution[i, size] for i in range(size)])


SLOPES = {}  # of a quadratic, by name: gradient and Hessian at its start


def gradient_flow(dialect, h, objective, start, draws):
    point, time, size = start, h["learning_rate"], len(start)
    if objective.name not in SLOPES:
        SLOPES[objective.name] = matrix(objective.gradient(start)), objective.hessian(start)
    at_start, hessian = SLOPES[objective.name]
    while True:
        yield point, {}
        gradient = at_start + hessian * (matrix(point) - matrix(start))
        if dialect == "exact":
            shift = exact_shift(time, hessian, gradient)
        elif dialect == "euler":
            shift = -time * gradient
        elif dialect == "implicit_euler":
            # the end's own slope: H (theta + s - theta_0) + g = -s/eta
            shift = lu_solve(eye(size) / time + hessian, -gradient)
        else:  # the flow's power series to the fourth order
            shift, term = matrix(size, 1), -time * gradient
            for order in range(1, 5):
                shift += term
                term = -time * (hessian * term) / mpf(order + 1)
        point = [x + s for x, s in zip(point, shift)]


RULES = {"gradient_flow": gradient_flow}

HYPERPARAMETERS = {"gradient_flow": {"learning_rate"}}
