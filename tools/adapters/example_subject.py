#!/usr/bin/env python3
"""The smallest useful subject: Adam in plain Python, correct in binary64."""
import math

import plumbline_subject


class Adam:
    def __init__(self, task):
        number = task.hyperparameters.number
        self.learning_rate, self.epsilon = number("learning_rate"), number("epsilon")
        self.beta1, self.beta2 = number("beta1"), number("beta2")
        self.parameters = [list(parameter.values) for parameter in task.parameters]
        self.first = [[0.0] * len(values) for values in self.parameters]
        self.second = [[0.0] * len(values) for values in self.parameters]
        self.steps = [0] * len(self.parameters)  # a parameter without gradient does not count

    def set_learning_rate(self, learning_rate):
        self.learning_rate = learning_rate

    def step(self, gradients):
        for index, gradient in enumerate(gradients):
            if gradient is not None:
                self.update(index, gradient)
        return self.parameters

    def update(self, index, gradient):
        self.steps[index] += 1
        correction1 = 1.0 - self.beta1 ** self.steps[index]
        correction2 = 1.0 - self.beta2 ** self.steps[index]
        theta, m, v = self.parameters[index], self.first[index], self.second[index]
        for i, g in enumerate(gradient):
            m[i] = self.beta1 * m[i] + (1.0 - self.beta1) * g
            v[i] = self.beta2 * v[i] + (1.0 - self.beta2) * (g * g)
            direction = (m[i] / correction1) / (math.sqrt(v[i] / correction2) + self.epsilon)
            theta[i] -= self.learning_rate * direction

    def state(self):
        return {"first_moment": self.first, "second_moment": self.second}


if __name__ == "__main__":
    plumbline_subject.serve("example in Python", "1.0", {"adam": Adam})
