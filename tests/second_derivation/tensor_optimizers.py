"""The update rules of whole tensors: what optimizers.py is for rules of one element.

Each family has its own module with `RULES`, by name, of subclasses of TensorRule, written
from papers and libraries in other forms than the C++'s wherever there are other forms.
Tensors are flat lists in row-major order; `matrix_of` makes an mpmath matrix of one.
"""
from mpmath import matrix, mpf


def matrix_of(values, rows):
    """The flat list as a matrix with so many rows."""
    columns = len(values) // rows
    return matrix([[values[i * columns + j] for j in range(columns)] for i in range(rows)])


def flat(values):
    """A matrix's elements in row-major order."""
    return [values[i, j] for i in range(values.rows) for j in range(values.cols)]


class TensorRule:
    """`step` takes one gradient and moves `theta`; `state` gives what is held, by name."""
    dialects = {}
    hyperparameters = set()

    def __init__(self, dialect, hyperparameters, start, shape):
        self.options = self.dialects[dialect]
        self.h = hyperparameters
        self.start, self.theta, self.shape = start, start, shape
        self.rows = shape[0] if shape else 1
        self.steps = 0
        self.begin()

    def get(self, name, neutral=0):
        return self.h.get(name, mpf(neutral))

    def begin(self):
        pass

    def step(self, gradient, rate):
        raise NotImplementedError

    def state(self):
        return {}

    def trajectory(self, gradients, rates):
        result = [(self.theta, self.state())]
        for gradient, rate in zip(gradients, rates):
            self.steps += 1
            if self.start:
                self.step(gradient, rate)
            result.append((self.theta, self.state()))
        return result


def rules():
    import factored
    import kronecker
    import layerwise
    import mirrored
    import muon
    return {**factored.RULES, **kronecker.RULES, **layerwise.RULES, **mirrored.RULES, **muon.RULES}


def trajectory(rule, dialect, hyperparameters, rates, gradients, start, shape):
    """[(theta, {state name: values})] after 0, 1, 2, ... steps of this parameter."""
    return RULES[rule](dialect, hyperparameters, start, shape).trajectory(gradients, rates)


RULES = rules()
