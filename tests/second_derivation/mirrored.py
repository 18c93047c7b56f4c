"""Mirror descent, solved: the dual variables add up, and the mirror map is taken at the end."""
from mpmath import exp, fprod, mpf

from tensor_optimizers import TensorRule


class MirrorDescent(TensorRule):
    """Without a division in between: on the simplex only the last sum counts."""
    dialects = {
        "exponentiated_gradient": {"factor": lambda moves: exp(-sum(moves)), "simplex": True},
        "unnormalised_exponentiated_gradient": {"factor": lambda moves: exp(-sum(moves))},
        "multiplicative_weights": {"factor": lambda moves: fprod(1 - move for move in moves),
                                   "simplex": True},
        "euclidean": {"factor": None},
    }
    hyperparameters = {"learning_rate"}

    def begin(self):
        self.moves = [[] for _ in self.start]

    def step(self, gradient, rate):
        for moves, slope in zip(self.moves, gradient):
            moves.append(rate * slope)
        factor = self.options["factor"]
        if factor is None:
            self.theta = [first - sum(moves) for first, moves in zip(self.start, self.moves)]
            return
        weights = [first * factor(moves) for first, moves in zip(self.start, self.moves)]
        whole = sum(weights) if self.options.get("simplex") else mpf(1)
        self.theta = [weight / whole for weight in weights]


RULES = {"mirror_descent": MirrorDescent}
