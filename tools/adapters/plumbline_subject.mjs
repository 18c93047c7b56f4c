/**
 * Speak Plumbline's subject protocol, version 1, on behalf of an optimizer.
 *
 * A whole adapter is one class and one call:
 *
 *     import {serve} from './plumbline_subject.mjs';
 *
 *     class GradientDescent {
 *       constructor(task) {
 *         this.learningRate = task.hyperparameters.number('learning_rate');
 *         this.parameters = task.parameters.map((parameter) => [...parameter.values]);
 *       }
 *       step(gradients) {
 *         gradients.forEach((gradient, index) => gradient?.forEach((g, i) => {
 *           this.parameters[index][i] -= this.learningRate * g;
 *         }));
 *         return this.parameters;
 *       }
 *     }
 *
 *     await serve({
 *       name: 'my library',
 *       version: '1.0',
 *       optimizers: {gradient_descent: (task) => new GradientDescent(task)},
 *     });
 *
 * Besides `step`, the object may have any of these, each of them async if need be;
 * without one, the harness is told "unsupported" and goes on:
 *
 *     setLearningRate(learningRate)  for the coming step and those after it
 *     setLoss(loss)                  the objective's value at the coming step (else dropped)
 *     evaluateAt()                   where the next gradient is wanted, if not at the parameters
 *     state()                        {first_moment: [[...], ...], ...} by standard names
 *     save()                         all that has changed since creation, as any JSON
 *     load(memory)                   called on a fresh object of the same task
 *     close()                        let go of it
 *
 * Throw `Unsupported` for what the library has no place for, and `Refused` where it
 * rejects a value as invalid. Anything else that is thrown is reported as a fault.
 *
 * Nothing that the harness sends is ignored: a hyperparameter that nobody asked for,
 * a format not in `formats`, parameter groups or mixed formats in an adapter that
 * knows of one only, are all answered with "unsupported" here, not in the adapter.
 *
 * Node 18 or later, no dependency.
 */

import {Buffer} from 'node:buffer';
import process from 'node:process';

const PROTOCOL = 1;

// The protocol's own error codes, and those of JSON-RPC 2.0.
const UNSUPPORTED = 1;
const REFUSED = 2;
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;
const FAULT = -32000;

/** The library has no place for what was asked. A verdict, not a fault. */
export class Unsupported extends Error {}

/** The library rejects the values as invalid, as with a negative learning rate. */
export class Refused extends Error {}

/** The request breaks the protocol. A fault of the harness. */
export class Malformed extends Error {}

// --- numbers ----------------------------------------------------------------------

const WORDS = new Map([['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity]]);
const HEXADECIMAL = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?[0-9]+))?$/i;

/** Whether a JSON value is a number in one of the protocol's spellings. */
export function isNumber(value) {
  if (typeof value !== 'string') return typeof value === 'number';
  if (WORDS.has(value)) return true;
  const match = HEXADECIMAL.exec(value);
  return match !== null && match[2] + match[3] !== '';
}

export function readNumber(value) {
  if (!isNumber(value)) throw new Malformed(`not a number: ${JSON.stringify(value)}`);
  if (typeof value === 'number') return value;
  return WORDS.has(value) ? WORDS.get(value) : readHexadecimal(value);
}

function readHexadecimal(text) {
  const [, sign, whole, fraction, power] = HEXADECIMAL.exec(text);
  let significand = Number(BigInt('0x' + whole + fraction));
  let exponent = Number(power ?? 0) - 4 * fraction.length;
  // Scaled in steps of which only the last can leave the normal range, so that a
  // subnormal number is rounded at most once.
  while (exponent < -600 && significand !== 0) {
    significand *= 2 ** -600;
    exponent += 600;
  }
  while (exponent > 600 && Number.isFinite(significand) && significand !== 0) {
    significand *= 2 ** 600;
    exponent -= 600;
  }
  const magnitude = significand === 0 ? 0 : significand * 2 ** exponent;
  return sign === '-' ? -magnitude : magnitude;
}

function readValues(values, size, what) {
  if (!Array.isArray(values) || values.length !== size) {
    throw new Malformed(`${what} should be ${size} numbers`);
  }
  return values.map(readNumber);
}

/** JSON text, with the numbers that JSON.stringify loses: -0, NaN and the infinities. */
export function writeJson(value) {
  if (typeof value === 'number') return writeNumber(value);
  if (Array.isArray(value) || isTypedArray(value)) {
    return `[${Array.from(value, writeJson).join(',')}]`;
  }
  if (value !== null && typeof value === 'object' && typeof value.toJSON !== 'function') {
    const fields = Object.entries(value).filter(([, item]) => item !== undefined);
    const texts = fields.map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`);
    return `{${texts.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

function writeNumber(value) {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function isTypedArray(value) {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Results, one list a parameter; a wrong count is the adapter's mistake, so say so. */
function checkTensors(tensors, sizes, what) {
  const lengths = Array.from(tensors, (values) => values.length);
  if (lengths.length !== sizes.length || lengths.some((length, i) => length !== sizes[i])) {
    throw new Error(`${what} has [${lengths}] values, where the parameters have [${sizes}]`);
  }
  tensors.forEach((values) => checkNumbers(values, what));
  return tensors;
}

function checkNumbers(values, what) {
  if (!isTypedArray(values) && !values.every((value) => typeof value === 'number')) {
    throw new Error(`${what} holds something that is not a number`);
  }
}

/** Numbers of a checkpoint that JSON cannot write come back; other strings pass as they are. */
function readAny(value) {
  if (Array.isArray(value)) return value.map(readAny);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readAny(item)]));
  }
  return WORDS.has(value) ? WORDS.get(value) : value;
}

// --- what an adapter is given -----------------------------------------------------

/**
 * Values by name. Each must be asked for: one that nobody asks for is unsupported.
 *
 * A name asked for with a neutral value may be absent; the harness leaves out what
 * is neutral. Without one it is required.
 */
export class Hyperparameters {
  #values;
  #asked = new Set();

  constructor(values) {
    if (!isObject(values)) throw new Malformed('hyperparameters should be an object');
    this.#values = values;
  }

  number(name, neutral) {
    const value = this.#ask(name, neutral);
    return isNumber(value) ? readNumber(value) : misfit(name, value);
  }

  integer(name, neutral) {
    const value = this.#ask(name, neutral);
    const integral = isNumber(value) && Number.isInteger(readNumber(value));
    return integral ? readNumber(value) : misfit(name, value);
  }

  flag(name, neutral = false) {
    const value = this.#ask(name, neutral);
    return typeof value === 'boolean' ? value : misfit(name, value);
  }

  text(name, neutral) {
    const value = this.#ask(name, neutral);
    return typeof value === 'string' ? value : misfit(name, value);
  }

  has(name) {
    return Object.hasOwn(this.#values, name);
  }

  overriddenBy(overrides) {
    return new Hyperparameters({...this.#values, ...overrides});
  }

  checkAllAsked() {
    const ignored = Object.keys(this.#values).filter((name) => !this.#asked.has(name)).sort();
    if (ignored.length > 0) {
      throw new Unsupported(`hyperparameter without a place: ${ignored.join(', ')}`);
    }
  }

  #ask(name, neutral) {
    this.#asked.add(name);
    if (this.has(name)) return this.#values[name];
    if (neutral === undefined) throw new Unsupported(`hyperparameter required: ${name}`);
    return neutral;
  }
}

function misfit(name, value) {
  throw new Unsupported(`hyperparameter ${name} has no place for ${JSON.stringify(value)}`);
}

/** Flat row-major values with a shape; `[]` is a scalar's, and a size may be 0. */
class Tensor {
  constructor(shape, values) {
    this.shape = shape;
    const size = shape.reduce((product, length) => product * length, 1);
    this.values = readValues(values, size, `values of shape [${shape}]`);
  }
}

/** One parameter, with the format and the hyperparameters that hold for it. */
class Parameter extends Tensor {
  constructor(fields, format, hyperparameters) {
    super(field(fields, 'shape'), field(fields, 'values'));
    this.name = field(fields, 'name');
    this.format = format;
    this.hyperparameters = hyperparameters;
  }
}

/**
 * What `optimizer/create` asks for.
 *
 * `hyperparameters` and `format` are those of all parameters, and unsupported where
 * parameters differ in them. An adapter that serves groups reads each parameter's
 * `hyperparameters` (one object a group), and one that serves mixed formats each
 * parameter's `format`. `defaults` are the hyperparameters before any group's overrides.
 */
class OptimizerTask {
  #format;
  #groups;

  constructor(params, formats) {
    this.rule = field(params, 'rule');
    this.steps = params.steps; // of optimizer/minimize only
    // ... as are the random numbers of each step, of a rule that takes any.
    this.draws = (params.draws ?? []).map((step) => step.map(readNumber));
    this.#format = field(params, 'format');
    this.defaults = new Hyperparameters(field(params, 'hyperparameters'));
    this.#groups = (params.groups ?? []).map((group) => this.#group(group));
    this.parameters = field(params, 'parameters').map((fields) => this.#parameter(fields));
    this.parameters.forEach((parameter) => checkFormat(parameter.format, formats));
  }

  get hyperparameters() {
    const used = this.#usedHyperparameters();
    if (used.length > 1) throw new Unsupported('hyperparameters that differ by group');
    return used[0];
  }

  get format() {
    const formats = [...new Set(this.parameters.map((parameter) => parameter.format))];
    if (formats.length > 1) {
      throw new Unsupported(`parameters of different formats: ${formats.join(', ')}`);
    }
    return formats[0] ?? this.#format;
  }

  checkAllAsked() {
    this.#usedHyperparameters().forEach((hyperparameters) => hyperparameters.checkAllAsked());
  }

  #group(group) {
    const overrides = group.hyperparameters ?? {};
    const none = Object.keys(overrides).length === 0;
    return none ? this.defaults : this.defaults.overriddenBy(overrides);
  }

  #parameter(fields) {
    const grouped = fields.group !== undefined && fields.group !== null;
    const hyperparameters = grouped ? this.#groups[fields.group] : this.defaults;
    if (hyperparameters === undefined) throw new Malformed(`no group ${fields.group}`);
    return new Parameter(fields, fields.format ?? this.#format, hyperparameters);
  }

  #usedHyperparameters() {
    const used = new Set(this.parameters.map((parameter) => parameter.hyperparameters));
    return used.size > 0 ? [...used] : [this.defaults];
  }
}

/** What `schedule/values` asks for: the learning rates at `steps`, counted from 0. */
class ScheduleTask {
  constructor(params) {
    this.hyperparameters = new Hyperparameters(field(params, 'hyperparameters'));
    this.steps = field(params, 'steps');
    this.access = field(params, 'access');
  }
}

/** What `clip` asks for. */
class ClippingTask {
  constructor(params, formats) {
    this.format = field(params, 'format');
    checkFormat(this.format, formats);
    this.hyperparameters = new Hyperparameters(field(params, 'hyperparameters'));
    this.gradients = tensors(field(params, 'gradients'));
    // Of the same shapes, for a clipping that compares the two; else none.
    this.parameters = tensors(params.parameters ?? []);
  }
}

function tensors(list) {
  return list.map((fields) => new Tensor(field(fields, 'shape'), field(fields, 'values')));
}

/** What `sample` asks for. */
class SamplingTask {
  constructor(params) {
    this.population = field(params, 'population');
    this.batchSize = field(params, 'batch_size');
    this.replacement = field(params, 'replacement');
    this.seed = field(params, 'seed');
    this.batches = field(params, 'batches');
  }
}

/** What `initialize` asks for: a tensor of weights of this shape. */
class InitializationTask {
  constructor(params, formats) {
    this.format = field(params, 'format');
    checkFormat(this.format, formats);
    this.shape = field(params, 'shape');
    this.hyperparameters = new Hyperparameters(field(params, 'hyperparameters'));
    this.seed = field(params, 'seed');
  }
}

function field(params, name) {
  if (!isObject(params) || !Object.hasOwn(params, name)) throw new Malformed(`missing: ${name}`);
  return params[name];
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function checkFormat(format, formats) {
  if (!formats.includes(format)) throw new Unsupported(`format ${format}`);
}

// --- the wire ---------------------------------------------------------------------

/** One JSON message a line, on the streams the harness holds the other end of. */
class Wire {
  #lines = readLines(process.stdin);
  #write;
  #questions = 0;

  constructor(write) {
    this.#write = write;
  }

  /** The next line, or undefined at the end of the input. */
  async receive() {
    return (await this.#lines.next()).value;
  }

  /** Resolves once the line is written, with false if nobody reads any more. */
  send(text) {
    return new Promise((resolve) => this.#write(text + '\n', (error) => resolve(!error)));
  }

  /** Call the harness, and wait for its answer. */
  async ask(method, params) {
    this.#questions += 1;
    await this.send(writeJson({jsonrpc: '2.0', id: this.#questions, method, params}));
    const line = await this.receive();
    if (line === undefined) throw new Error(`the harness left without an answer to ${method}`);
    const answer = JSON.parse(line);
    if (answer.error?.code === UNSUPPORTED) throw new Unsupported(answer.error.message);
    if (answer.id !== this.#questions || answer.result === undefined) {
      throw new Error(`no answer to ${method}: ${JSON.stringify(answer.error)}`);
    }
    return answer.result;
  }
}

/** Lines end with a newline and nothing else: node:readline also ends them at U+2028. */
async function* readLines(stream) {
  let pieces = [];
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      yield Buffer.concat(pieces).toString('utf8');
      pieces = [];
      start = end + 1;
    }
    pieces.push(chunk.subarray(start));
  }
  const rest = Buffer.concat(pieces).toString('utf8');
  if (rest !== '') yield rest;
}

let wire;

/**
 * From here on, whatever the program or its library prints goes to stderr.
 *
 * `serve` does this by itself. Call it earlier, before a dynamic import, for a
 * library that prints while it is imported.
 */
export function guardOutput() {
  if (wire === undefined) {
    wire = new Wire(process.stdout.write.bind(process.stdout));
    process.stdout.on('error', () => {}); // the harness is gone: `send` says so
    process.stdout.write = process.stderr.write.bind(process.stderr);
  }
  return wire;
}

// --- the methods ------------------------------------------------------------------

/** The harness's objective, for libraries that own the loop. */
class Objective {
  #wire;
  #sizes;

  constructor(wire, sizes) {
    this.#wire = wire;
    this.#sizes = sizes;
  }

  /**
   * {value, gradients} at these parameters; with `hessian` that too; and whatever else is in
   * the list `want`, under its name as rows, all parameters flat in a row: hessian, fisher,
   * residuals (one row), jacobian, and for networks layer_inputs and
   * layer_output_gradients (a row an example, the layers side by side). What the objective
   * has not is Unsupported.
   */
  async evaluate(parameters, {hessian = false, want = []} = {}) {
    checkTensors(parameters, this.#sizes, "objective's argument");
    const names = hessian ? ['hessian', ...want] : want;
    const more = names.length > 0 ? {want: names} : {};
    const answer = await this.#wire.ask('objective/evaluate', {parameters, ...more});
    return {
      value: readNumber(answer.value),
      gradients: answer.gradients.map((g, i) => readValues(g, this.#sizes[i], 'gradient')),
      ...Object.fromEntries(names.map((name) => [name, readAny(answer[name])])),
    };
  }
}

/**
 * What a minimizer may return in place of the parameters: them and its state there, by
 * standard names as an optimizer's, under each one flat list: to a rule that asks for its
 * objective all parameters together are one point.
 */
export class Minimum {
  constructor(parameters, state) {
    this.parameters = parameters;
    this.state = state;
  }
}

/** An optimizer under its handle, with what is needed to check and to recreate it. */
class Held {
  constructor(optimizer, task, creation) {
    this.optimizer = optimizer;
    this.creation = creation;
    this.sizes = task.parameters.map((parameter) => parameter.values.length);
  }

  can(method) {
    return typeof this.optimizer[method] === 'function';
  }

  require(method) {
    if (!this.can(method)) {
      throw new Unsupported(`${this.optimizer.constructor.name} has no ${method}`);
    }
    return this.optimizer[method].bind(this.optimizer);
  }

  async withEvaluationPoint(result) {
    const point = this.can('evaluateAt') ? await this.optimizer.evaluateAt() : undefined;
    if (point === undefined || point === null) return result;
    return {...result, evaluate_at: checkTensors(point, this.sizes, 'evaluateAt')};
  }
}

class Subject {
  #wire;
  #offers;
  #held = new Map();
  #lastHandle = 0;
  #methods;

  constructor(wire, description, offers) {
    this.#wire = wire;
    this.#offers = offers;
    this.#methods = {
      'describe': () => description,
      'optimizer/create': (params) => this.#create(params),
      'optimizer/step': (params) => this.#step(params),
      'optimizer/state': (params) => this.#state(params),
      'optimizer/save': (params) => this.#save(params),
      'optimizer/load': (params) => this.#load(params),
      'optimizer/close': (params) => this.#close(params),
      'optimizer/minimize': (params) => this.#minimize(params),
      'schedule/values': (params) => this.#schedule(params),
      'clip': (params) => this.#clip(params),
      'sample': (params) => this.#sample(params),
      'initialize': (params) => this.#initialize(params),
      'shutdown': () => null,
    };
  }

  async call(method, params) {
    if (!Object.hasOwn(this.#methods, method)) throw new Unsupported(`method ${method}`);
    if (!isObject(params)) throw new Malformed('params should be an object');
    return await this.#methods[method](params) ?? null;
  }

  async #create(params) {
    const task = new OptimizerTask(params, this.#offers.formats);
    const optimizer = await this.#offer('optimizers', 'rule', task.rule)(task);
    task.checkAllAsked();
    this.#lastHandle += 1;
    const held = new Held(optimizer, task, params);
    this.#held.set(this.#lastHandle, held);
    return held.withEvaluationPoint({handle: this.#lastHandle});
  }

  async #step(params) {
    const held = this.#find(params);
    const gradients = readGradients(params, held.sizes);
    // An absent learning rate or loss stays what it was; null says the same.
    if (params.learning_rate !== undefined && params.learning_rate !== null) {
      await held.require('setLearningRate')(readNumber(params.learning_rate));
    }
    if (params.loss !== undefined && params.loss !== null && held.can('setLoss')) {
      await held.optimizer.setLoss(readNumber(params.loss));
    }
    const parameters = await held.optimizer.step(gradients);
    checkTensors(parameters, held.sizes, "step's result");
    return held.withEvaluationPoint({parameters});
  }

  async #state(params) {
    const state = await this.#find(params).require('state')();
    for (const [name, tensors] of Object.entries(state)) {
      tensors.forEach((values) => checkNumbers(values, name));
    }
    return state;
  }

  async #save(params) {
    const held = this.#find(params);
    const memory = await held.require('save')();
    return {checkpoint: {creation: held.creation, memory}};
  }

  async #load(params) {
    const checkpoint = field(params, 'checkpoint');
    const memory = readAny(field(checkpoint, 'memory'));
    const {handle} = await this.#create(field(checkpoint, 'creation'));
    const held = this.#held.get(handle);
    try {
      await held.require('load')(memory);
    } catch (error) {
      this.#held.delete(handle);
      throw error;
    }
    return held.withEvaluationPoint({handle});
  }

  async #close(params) {
    const held = this.#find(params);
    this.#held.delete(params.handle);
    if (held.can('close')) await held.optimizer.close();
    return null;
  }

  async #minimize(params) {
    const task = new OptimizerTask(params, this.#offers.formats);
    const minimize = this.#offer('minimizers', 'rule without a loop of its own:', task.rule);
    const sizes = task.parameters.map((parameter) => parameter.values.length);
    // The library runs before the check, but its result counts only after it.
    const result = await minimize(task, new Objective(this.#wire, sizes));
    task.checkAllAsked();
    if (!(result instanceof Minimum)) {
      return {parameters: checkTensors(result, sizes, "minimize's result")};
    }
    const state = {};
    for (const [name, values] of Object.entries(result.state)) {
      checkNumbers(values, name);
      state[name] = [values];
    }
    return {parameters: checkTensors(result.parameters, sizes, "minimize's result"), state};
  }

  async #schedule(params) {
    const schedule = this.#offer('schedules', 'schedule', field(params, 'schedule'));
    const task = new ScheduleTask(params);
    const values = await schedule(task);
    task.hyperparameters.checkAllAsked();
    return {values: checkTensors([values], [task.steps.length], "schedule's result")[0]};
  }

  async #clip(params) {
    const clipping = this.#offer('clippings', 'clipping', field(params, 'clipping'));
    const task = new ClippingTask(params, this.#offers.formats);
    const {gradients, norm} = await clipping(task);
    task.hyperparameters.checkAllAsked();
    const sizes = task.gradients.map((gradient) => gradient.values.length);
    return {gradients: checkTensors(gradients, sizes, "clipping's result"), norm};
  }

  async #sample(params) {
    if (!this.#offers.sampler) throw new Unsupported('method sample');
    return {batches: await this.#offers.sampler(new SamplingTask(params))};
  }

  async #initialize(params) {
    const name = field(params, 'initialization');
    const initializer = this.#offer('initializers', 'initialization', name);
    const task = new InitializationTask(params, this.#offers.formats);
    const values = await initializer(task);
    task.hyperparameters.checkAllAsked();
    const size = task.shape.reduce((product, side) => product * side, 1);
    return {values: checkTensors([values], [size], "the initialization's result")[0]};
  }

  #offer(kind, word, name) {
    const offers = this.#offers[kind] ?? {};
    if (!Object.hasOwn(offers, name)) throw new Unsupported(`${word} ${name}`);
    return offers[name];
  }

  #find(params) {
    const handle = field(params, 'handle');
    if (!this.#held.has(handle)) throw new Malformed(`no optimizer has the handle ${handle}`);
    return this.#held.get(handle);
  }
}

function readGradients(params, sizes) {
  const gradients = field(params, 'gradients');
  if (!Array.isArray(gradients) || gradients.length !== sizes.length) {
    throw new Malformed(`there should be ${sizes.length} gradients`);
  }
  return gradients.map((g, i) => (g === null ? null : readValues(g, sizes[i], 'gradient')));
}

// --- the loop ---------------------------------------------------------------------

/**
 * Answer the harness until it shuts the subject down or its input ends, then exit.
 *
 * optimizers   {rule: function of an `OptimizerTask` that returns an optimizer}
 * formats      those that optimizers, minimizers, clippings and initializers work in
 * schedules    {schedule: function of a `ScheduleTask` that returns the values}
 * clippings    {clipping: function of a `ClippingTask` that returns {gradients, norm?}}
 * minimizers   {rule: function of an `OptimizerTask` (with `steps`) and an `Objective`, that
 *              returns the parameters, or a `Minimum`}
 * sampler      function of a `SamplingTask` that returns the batches
 * initializers {initialization: function of an `InitializationTask` that returns the values}
 *
 * More fields go into the answer to `describe`: claims, flushes_subnormals, ...
 */
export async function serve({
  name, version, optimizers, formats = ['binary64'], schedules, clippings, minimizers, sampler,
  initializers, ...description
}) {
  if (!name || !version) throw new Error('a subject has a name and a version');
  const offers = {optimizers, formats, schedules, clippings, minimizers, sampler, initializers};
  const wire = guardOutput();
  const subject = new Subject(
    wire, {protocol: PROTOCOL, name, version, language: 'JavaScript', ...description}, offers);
  let finished = false;
  while (!finished) {
    const line = await wire.receive();
    if (line === undefined) break;
    if (line.trim() === '') continue;
    const answer = await answerTo(subject, line);
    finished = answer.finished;
    if (answer.reply !== undefined && !await wire.send(answer.reply)) break;
  }
  process.exit(0);
}

/** The reply to one line, or undefined where none is due, and whether it was the last. */
async function answerTo(subject, line) {
  let message;
  try {
    message = JSON.parse(line);
  } catch (error) {
    return {reply: errorReply(null, PARSE_ERROR, `not JSON: ${error.message}`), finished: false};
  }
  if (!isObject(message) || typeof message.method !== 'string') {
    return {reply: errorReply(null, INVALID_REQUEST, 'not a request'), finished: false};
  }
  const reply = await replyTo(subject, message.id, message.method, message.params ?? {});
  const due = Object.hasOwn(message, 'id');
  return {reply: due ? reply : undefined, finished: message.method === 'shutdown'};
}

async function replyTo(subject, id, method, params) {
  try {
    return writeJson({jsonrpc: '2.0', id, result: await subject.call(method, params)});
  } catch (error) {
    const message = error?.message ?? String(error);
    if (error instanceof Unsupported) return errorReply(id, UNSUPPORTED, message);
    if (error instanceof Refused) return errorReply(id, REFUSED, message);
    if (error instanceof Malformed) return errorReply(id, INVALID_PARAMS, message);
    console.error(error);
    return errorReply(id, FAULT, `${error?.name ?? typeof error}: ${message}`);
  }
}

function errorReply(id, code, message) {
  return writeJson({jsonrpc: '2.0', id, error: {code, message}});
}
