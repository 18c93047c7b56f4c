"""torch.optim.LBFGS, which asks for the loss itself, as a minimizer of a Plumbline subject."""

import torch
from plumbline_subject import Minimum
from pytorch_tensors import from_torch, like, to_torch, unsupported_where_torch_has_no_kernel


def minimizer(strong_wolfe):
    """One call of step(), of one iteration each, for a step of the rule.

    The tolerances are 0: torch then stops only where a gradient is exactly zero.
    """

    def minimize(task, objective):
        parameters = [to_torch(p, task.format).requires_grad_() for p in task.parameters]
        optimizer = torch.optim.LBFGS(
            parameters,
            lr=task.hyperparameters.number("learning_rate"),
            max_iter=1,
            tolerance_grad=0.0,
            tolerance_change=0.0,
            history_size=task.hyperparameters.integer("history_size"),
            line_search_fn="strong_wolfe" if strong_wolfe else None,
        )

        def closure():
            value, gradients = objective([from_torch(parameter) for parameter in parameters])
            for parameter, gradient in zip(parameters, gradients):
                parameter.grad = like(parameter, gradient)
            return value

        with unsupported_where_torch_has_no_kernel():
            for _ in range(task.steps):
                optimizer.step(closure)
        return Minimum(
            [from_torch(parameter) for parameter in parameters],
            state_of(optimizer, sum(parameter.numel() for parameter in parameters)),
        )

    return minimize


def state_of(optimizer, size):
    """The pairs that torch holds, the newest first, and where its last step was taken from.

    Of a pair's curvature it holds the reciprocal alone.
    """
    held = optimizer.state[optimizer.param_groups[0]["params"][0]]
    history_size = optimizer.param_groups[0]["history_size"]

    def newest_first(rows):
        flat = [value for row in reversed(rows) for value in from_torch(row)]
        return flat + [0.0] * (history_size * size - len(flat))

    return {
        "steps": newest_first(held["old_stps"]),
        "gradient_changes": newest_first(held["old_dirs"]),
        "last_gradient": from_torch(held["prev_flat_grad"]),
    }
