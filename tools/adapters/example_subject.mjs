#!/usr/bin/env node
/** The smallest useful subject: Adam in plain JavaScript, correct in binary64. */
import {serve} from './plumbline_subject.mjs';

class Adam {
  constructor({hyperparameters, parameters}) {
    this.learningRate = hyperparameters.number('learning_rate');
    this.beta1 = hyperparameters.number('beta1');
    this.beta2 = hyperparameters.number('beta2');
    this.epsilon = hyperparameters.number('epsilon');
    this.parameters = parameters.map((parameter) => [...parameter.values]);
    this.first = this.parameters.map((values) => values.map(() => 0));
    this.second = this.parameters.map((values) => values.map(() => 0));
    this.steps = this.parameters.map(() => 0); // a parameter without gradient does not count
  }

  setLearningRate(learningRate) {
    this.learningRate = learningRate;
  }

  step(gradients) {
    gradients.forEach((gradient, index) => gradient && this.update(index, gradient));
    return this.parameters;
  }

  update(index, gradient) {
    this.steps[index] += 1;
    const correction1 = 1 - this.beta1 ** this.steps[index];
    const correction2 = 1 - this.beta2 ** this.steps[index];
    const [theta, m, v] = [this.parameters[index], this.first[index], this.second[index]];
    gradient.forEach((g, i) => {
      m[i] = this.beta1 * m[i] + (1 - this.beta1) * g;
      v[i] = this.beta2 * v[i] + (1 - this.beta2) * (g * g);
      const direction = (m[i] / correction1) / (Math.sqrt(v[i] / correction2) + this.epsilon);
      theta[i] -= this.learningRate * direction;
    });
  }

  state() {
    return {first_moment: this.first, second_moment: this.second};
  }
}

await serve({
  name: 'example in JavaScript',
  version: '1.0',
  optimizers: {adam: (task) => new Adam(task)},
});
