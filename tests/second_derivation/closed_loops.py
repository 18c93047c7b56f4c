"""Rules in a loop with an objective, derived a second time.

A rule that is given gradients is unrolled as in the open loop (optimizers.py), each gradient
taken at the point where the steps so far lead. A rule that asks its objective itself is a
generator in a module of FAMILIES, written from its paper:

    def rule(dialect, hyperparameters, objective, start, draws):
        yield start, {state name: flat list}     before the first step
        ...                                      and after each one

`start` is a flat list of mpf, `draws` one list a step (or []); `objective` is an
AskedObjective. RULES of the module has its rules by name, HYPERPARAMETERS their names.
The values are objectives.py's; derivatives are central differences at 220 digits, good to
more than 100.
"""
import importlib

from mpmath import exp, log, matrix, mp, mpf, tanh

import objectives
import optimizers
import tensor_optimizers

FAMILIES = (
    "second_order",
    "line_steps",
    "gradient_flow",
    "derivative_free",
    "bayesian",
)

# The gradient is wanted where a step of none would lead, without decay.
LOOKING_AHEAD = {("nesterov", dialect) for dialect in (
    "look_ahead", "look_ahead_rate_inside", "sequence_1983", "constant_from_condition_number")}

NOISE = mpf(10) ** -90  # what differences leave of an exact 0


class AskedObjective:
    """Value and derivatives at flat lists of mpf; matrices are mpmath's."""

    def __init__(self, name):
        self.name = name
        self.function = objectives.OBJECTIVES[name]

    def value(self, point):
        return self.function(*point)

    def gradient(self, point):
        return gradient_of(self.function, point)

    def hessian(self, point):
        return second_derivatives(self.function, point)

    def hessian_vector(self, point, direction):
        return list(self.hessian(point) * matrix(direction))

    def residuals(self, point):
        return RESIDUALS[self.name](*point)

    def jacobian(self, point):
        return jacobian_of(RESIDUALS[self.name], point)

    def fisher(self, point):
        """The mean of the scores' outer products under the model's own distribution; for
        residuals, normal about the outputs with variance 1."""
        if self.name in RESIDUALS:
            jacobian = self.jacobian(point)
            return jacobian.T * jacobian
        log_probabilities = LOG_PROBABILITIES[self.name]
        scores = jacobian_of(log_probabilities, point)
        weighted = scores.copy()
        for row, log_probability in enumerate(log_probabilities(*point)):
            for column in range(len(point)):
                weighted[row, column] *= exp(log_probability)
        return weighted.T * scores

    def layers(self, point):
        """[(inputs, output gradients)], each a matrix with a row an example."""
        return LAYERS[self.name](point)


def shifted(point, *shifts):
    moved = list(point)
    for place, shift in shifts:
        moved[place] += shift
    return moved


def jacobian_of(function, point):
    """Of a function that returns a list: its entries by the coordinates."""
    with mp.workdps(220):
        h = mpf(10) ** -70
        columns = [[(ahead - behind) / (2 * h) for ahead, behind in
                    zip(function(*shifted(point, (j, h))), function(*shifted(point, (j, -h))))]
                   for j in range(len(point))]
        return matrix(columns).T


def gradient_of(function, point):
    return list(jacobian_of(lambda *x: [function(*x)], point))


def second_derivatives(function, point):
    size = len(point)
    result = matrix(size, size)
    with mp.workdps(220):
        h = mpf(10) ** -55
        for i in range(size):
            for j in range(i + 1):
                total = sum(one * other * function(*shifted(point, (i, one * h), (j, other * h)))
                            for one in (1, -1) for other in (1, -1))
                result[i, j] = result[j, i] = total / (4 * h ** 2)
    return result


RESIDUALS = {"least_squares": objectives.least_squares_residuals,
             "network": objectives.network_residuals,
             "rosenbrock": objectives.rosenbrock_residuals,
             "rosenbrock_chained": objectives.rosenbrock_residuals}


def log_probabilities_of_logistic(*x):
    """Of 1 and of 0, of each example."""
    result = []
    for one, other, _ in map(objectives.numbers, objectives.LOGISTIC):
        logit = x[0] * one + x[1] * other + x[2]
        result += [-log(1 + exp(-logit)), -log(1 + exp(logit))]
    return result


def log_probabilities_of_softmax(*x):
    """Of each class, of each example."""
    result = []
    for one, other, _ in map(objectives.numbers, objectives.SOFTMAX):
        logits = [x[2 * k] * one + x[2 * k + 1] * other + x[6 + k] for k in range(3)]
        result += [logit - log(sum(map(exp, logits))) for logit in logits]
    return result


LOG_PROBABILITIES = {"logistic": log_probabilities_of_logistic,
                     "logistic_l2": log_probabilities_of_logistic,
                     "softmax": log_probabilities_of_softmax}


def layers_of_softmax(point):
    inputs, slopes = [], []
    for one, other, label in map(objectives.numbers, objectives.SOFTMAX):
        logits = [point[2 * k] * one + point[2 * k + 1] * other + point[6 + k] for k in range(3)]
        inputs.append([one, other])
        slopes.append(gradient_of(
            lambda *z, k=int(label): log(sum(map(exp, z))) - z[k], logits))
    return [(matrix(inputs), matrix(slopes))]


def layers_of_network(point):
    """Each output gradient is the derivative in what is added to that layer's output."""
    first_inputs, first_slopes, second_inputs, second_slopes = [], [], [], []
    for row in objectives.NETWORK:
        seen = objectives.numbers(row)
        into = [point[2 * j] * seen[0] + point[2 * j + 1] * seen[1] + point[4 + j]
                for j in range(2)]

        def output(hidden):
            return [point[6 + 2 * k] * hidden[0] + point[7 + 2 * k] * hidden[1] + point[10 + k]
                    for k in range(2)]

        def loss(*off):
            outputs = output([tanh(z + o) for z, o in zip(into, off[:2])])
            return sum((y + o - t) ** 2 for y, o, t in zip(outputs, off[2:], seen[2:])) / 2

        slopes = gradient_of(loss, [mpf(0)] * 4)
        first_inputs.append(seen[:2])
        first_slopes.append(slopes[:2])
        second_inputs.append([tanh(z) for z in into])
        second_slopes.append(slopes[2:])
    return [(matrix(first_inputs), matrix(first_slopes)),
            (matrix(second_inputs), matrix(second_slopes))]


LAYERS = {"softmax": layers_of_softmax, "network": layers_of_network}


def asking_rules():
    """{rule: (generator, hyperparameter names)} of rules that ask their objective."""
    rules = {}
    for family in FAMILIES:
        module = importlib.import_module(family)
        rules.update({name: (rule, module.HYPERPARAMETERS[name])
                      for name, rule in module.RULES.items()})
    return rules


ASKING = asking_rules()


def given_gradients(rule, dialect, h, objective, start, steps):
    """[(point, state)] after 0 ... `steps` steps of a rule by element."""
    rates = [h["learning_rate"]] * (steps + 1)
    gradients = [[] for _ in start]

    def unrolled(more):
        return [optimizers.trajectory(rule, dialect, h, rates[:len(seen) + len(more)],
                                      seen + more, first)[-1]
                for seen, first in zip(gradients, start)]

    def both(elements):
        states = [state for _, state in elements]
        return ([point for point, _ in elements],
                {name: [state[name] for state in states] for name in states[0]})

    path = [both(unrolled([]))]
    for _ in range(steps):
        ahead = (rule, dialect) in LOOKING_AHEAD
        at = both(unrolled([mpf(0)]))[0] if ahead else path[-1][0]
        for seen, slope in zip(gradients, objective.gradient(at)):
            seen.append(slope)
        path.append(both(unrolled([])))
    return path


def given_tensor_gradients(rule, dialect, h, objective, start, steps, shape):
    """The same for a rule by tensor."""
    gradients = []
    for taken in range(steps + 1):
        path = tensor_optimizers.trajectory(rule, dialect, h, [h["learning_rate"]] * taken,
                                            gradients, start, shape)
        gradients.append(objective.gradient(path[-1][0]))
    return path


def trajectory(rule, dialect, h, objective, start, steps, draws, shape):
    """[(flat point, {state name: flat list})] after 0 ... `steps` steps."""
    asked = AskedObjective(objective)
    if rule in tensor_optimizers.RULES:
        return given_tensor_gradients(rule, dialect, h, asked, list(start), steps, shape)
    if rule not in ASKING:
        return given_gradients(rule, dialect, h, asked, start, steps)
    path = ASKING[rule][0](dialect, h, asked, list(start), draws)
    return [next(path) for _ in range(steps + 1)]


def without_noise(value):
    return mpf(0) if abs(value) < NOISE else value
