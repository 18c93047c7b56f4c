#!/usr/bin/python3
"""Newton's method in plain Python, as a subject that owns its loop and asks for Hessians."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tools", "adapters"))
import plumbline_subject


def solved(matrix, right):
    """Elimination with the greatest pivot of a column."""
    size = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(column + 1, size):
            factor = rows[row][column] / rows[column][column]
            for k in range(column, size + 1):
                rows[row][k] -= factor * rows[column][k]
    result = [0.0] * size
    for row in reversed(range(size)):
        known = sum(rows[row][k] * result[k] for k in range(row + 1, size))
        result[row] = (rows[row][size] - known) / rows[row][row]
    return result


def minimize(task, objective):
    share = task.hyperparameters.number("learning_rate", 1.0)
    damping = task.hyperparameters.number("damping", 0.0)
    tensors = [list(parameter.values) for parameter in task.parameters]
    for _ in range(task.steps):
        _, gradients, wanted = objective.wanting(tensors, "hessian")
        hessian = wanted["hessian"]
        for i, row in enumerate(hessian):
            row[i] += damping
        move = iter(solved(hessian, [g for gradient in gradients for g in gradient]))
        tensors = [[x - share * next(move) for x in tensor] for tensor in tensors]
    return tensors


plumbline_subject.serve("Newton in Python", "1", minimizers={"newton": minimize})
