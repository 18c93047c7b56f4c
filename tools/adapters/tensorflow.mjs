#!/usr/bin/env node
/**
 * TensorFlow.js's optimizers and clipping, on its plain JavaScript backend, as a Plumbline
 * subject.
 *
 *     npm ci --prefix tools/adapters
 *     node tools/adapters/tensorflow.mjs [--leave-out]
 *
 * The rules are a table: one row a rule, see RULES. TensorFlow.js computes in binary32
 * only; it has no parameter groups, no weight decay, no schedules, and of clipping only
 * the one by value.
 *
 * A parameter without gradient reaches the optimizer as `minimize` itself would pass it.
 * `minimize(loss, false, variables)` lists it with an undefined gradient, and so does
 * this subject; `minimize(loss)` leaves it out of the map of gradients, and so does this
 * subject with `--leave-out`. The two are not the same: the optimizers keep their slots
 * by position in what they are given, so that leaving a variable out moves all later
 * variables onto their neighbours' slots (tensorflow/tfjs#8379).
 */

import process from 'node:process';

import {guardOutput, serve, Unsupported} from './plumbline_subject.mjs';

guardOutput();
const tf = await loadLibrary();
const LIST_VARIABLES = !process.argv.includes('--leave-out');

async function loadLibrary() {
  try {
    const core = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-cpu');
    core.enableProdMode(); // no banner
    await core.setBackend('cpu');
    return core;
  } catch (error) {
    const folder = new URL('.', import.meta.url).pathname;
    console.error(`TensorFlow.js is not there: run "npm ci" in ${folder}`);
    throw error;
  }
}

// --- the table --------------------------------------------------------------------

// `make` takes the hyperparameters to TensorFlow.js's optimizer. `state` takes standard
// names to those of the slots, as `getWeights` gives them after the variable's name.
const RULES = {
  gradient_descent: {
    make: (given) => tf.train.sgd(given.number('learning_rate')),
    state: () => ({}),
  },
  momentum: {
    make: (given) => tf.train.momentum(given.number('learning_rate'), given.number('momentum')),
    state: () => ({velocity: 'momentum'}),
  },
  nesterov: {
    make: (given) =>
      tf.train.momentum(given.number('learning_rate'), given.number('momentum'), true),
    state: () => ({velocity: 'momentum'}),
  },
  adagrad: {
    make: (given) => {
      requireBackendEpsilon(given);
      return tf.train.adagrad(
        given.number('learning_rate'), given.number('initial_accumulator', 0));
    },
    state: () => ({squared_gradient_sum: 'accumulator'}),
    initial: (given) => Math.fround(given.number('initial_accumulator', 0)),
  },
  rmsprop: {
    make: (given) => tf.train.rmsprop(
      given.number('learning_rate'), given.number('rho'), given.number('momentum', 0),
      given.number('epsilon'), given.flag('centered')),
    state: (given) => ({
      mean_square: 'rms',
      ...(given.flag('centered') && {mean_gradient: 'mg'}),
      ...(given.number('momentum', 0) !== 0 && {velocity: 'momentum'}),
    }),
  },
  adam: {
    make: (given) => tf.train.adam(
      given.number('learning_rate'), given.number('beta1'), given.number('beta2'),
      given.number('epsilon')),
    state: () => ({first_moment: 'm', second_moment: 'v'}),
  },
  adadelta: {
    make: (given) => tf.train.adadelta(
      given.number('learning_rate'), given.number('rho'), given.number('epsilon')),
    state: () => ({mean_square: 'accum_grad', mean_square_update: 'accum_var'}),
  },
  adamax: {
    make: (given) => tf.train.adamax(
      given.number('learning_rate'), given.number('beta1'), given.number('beta2'),
      given.number('epsilon')),
    state: () => null, // getWeights and setWeights only throw: "not implemented for Adamax yet"
  },
};

/** AdaGrad's epsilon is the backend's own (1e-7) and cannot be chosen. */
function requireBackendEpsilon(given) {
  const epsilon = tf.backend().epsilon();
  if (Math.fround(given.number('epsilon')) !== Math.fround(epsilon)) {
    throw new Unsupported(`adagrad's epsilon is fixed at ${epsilon}`);
  }
}

// --- optimizers -------------------------------------------------------------------

let subjects = 0; // variables of all optimizers share one register, so names are numbered

class TensorFlowOptimizer {
  constructor(task) {
    const rule = RULES[task.rule];
    subjects += 1;
    this.prefix = `plumbline${subjects}/`;
    this.optimizer = rule.make(task.hyperparameters);
    this.slots = rule.state(task.hyperparameters);
    this.initial = rule.initial?.(task.hyperparameters) ?? 0;
    task.hyperparameters.checkAllAsked(); // before the variables, which nobody would free
    this.variables = task.parameters.map(({shape, values}, index) =>
      tf.tidy(() => tf.variable(tensor(values, shape), true, `${this.prefix}${index}`)));
  }

  setLearningRate(learningRate) {
    if (typeof this.optimizer.setLearningRate === 'function') { // SGD and momentum
      this.optimizer.setLearningRate(learningRate);
    } else {
      // The others have no setter and read this field at every step. TypeScript calls it
      // protected; users of JavaScript set it all the same, there being nothing else.
      this.optimizer.learningRate = learningRate;
    }
  }

  step(gradients) {
    if (gradients.every((gradient) => gradient === null)) {
      throw new Unsupported('a step without any gradient: minimize() throws');
    }
    tf.tidy(() => this.optimizer.applyGradients(this.#named(gradients)));
    return this.variables.map((variable) => variable.dataSync());
  }

  /** The gradients as `minimize` passes them on; see the top of this file. */
  #named(gradients) {
    const list = this.variables.map(({name, shape}, index) => ({
      name, tensor: gradients[index] === null ? undefined : tensor(gradients[index], shape),
    }));
    if (LIST_VARIABLES) return list;
    const present = list.filter((item) => item.tensor !== undefined);
    return Object.fromEntries(present.map((item) => [item.name, item.tensor]));
  }

  async state() {
    this.#requireWeights();
    const weights = await this.optimizer.getWeights();
    const found = new Map(weights.map((weight) => [weight.name, weight.tensor]));
    const slot = (variable, name) =>
      found.get(`${variable.name}/${name}`)?.dataSync() ??
      new Float32Array(variable.size).fill(this.initial);
    return Object.fromEntries(Object.entries(this.slots).map(
      ([standard, name]) => [standard, this.variables.map((variable) => slot(variable, name))]));
  }

  /** What a user keeps: the variables, the optimizer's configuration and its weights. */
  async save() {
    this.#requireWeights();
    const weights = await this.optimizer.getWeights();
    return {
      parameters: this.variables.map((variable) => variable.dataSync()),
      learningRate: this.optimizer.getConfig().learningRate,
      weights: weights.map(({name, tensor}) => ({
        name: name.replace(this.prefix, ''),
        shape: tensor.shape,
        dtype: tensor.dtype,
        values: tensor.dataSync(),
      })),
    };
  }

  async load(memory) {
    this.#requireWeights();
    this.variables.forEach((variable, index) => tf.tidy(() =>
      variable.assign(tensor(memory.parameters[index], variable.shape))));
    this.setLearningRate(memory.learningRate);
    await this.optimizer.setWeights(memory.weights.map(({name, shape, dtype, values}) => ({
      name: name === 'iter' ? name : this.prefix + name,
      tensor: tf.tensor(values, shape, dtype),
    })));
  }

  #requireWeights() {
    if (this.slots === null) throw new Unsupported(`${this.optimizer.getClassName()}'s state`);
  }

  close() {
    this.variables.forEach((variable) => variable.dispose());
    this.optimizer.dispose();
  }
}

function tensor(values, shape) {
  return tf.tensor(Float32Array.from(values), shape, 'float32');
}

/** Each gradient through clipByValue, as a training loop of the user's own does. */
function byValue(task) {
  const limit = task.hyperparameters.number('max_value');
  const gradients = task.gradients.map(({values, shape}) => {
    const clipped = tf.clipByValue(tensor(values, shape), -limit, limit);
    return clipped.dataSync();
  });
  return {gradients};
}

await serve({
  name: LIST_VARIABLES ? 'TensorFlow.js with a variable list' : 'TensorFlow.js',
  version: tf.version_core,
  optimizers: Object.fromEntries(
    Object.keys(RULES).map((rule) => [rule, (task) => new TensorFlowOptimizer(task)])),
  formats: ['binary32'],
  clippings: {value: byValue},
  flushes_subnormals: false,
});
