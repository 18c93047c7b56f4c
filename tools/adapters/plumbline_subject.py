"""Speak Plumbline's subject protocol, version 1, on behalf of an optimizer.

A whole adapter is one class and one call:

    import plumbline_subject

    class GradientDescent:
        def __init__(self, task):
            self.learning_rate = task.hyperparameters.number("learning_rate")
            self.parameters = [list(parameter.values) for parameter in task.parameters]

        def step(self, gradients):
            for values, gradient in zip(self.parameters, gradients):
                if gradient is not None:
                    values[:] = [x - self.learning_rate * g for x, g in zip(values, gradient)]
            return self.parameters

    plumbline_subject.serve("my library", "1.0", {"gradient_descent": GradientDescent})

Besides `step`, the object may have any of these; without one, the harness is
told "unsupported" and goes on:

    set_learning_rate(learning_rate)  for the coming step and those after it
    set_loss(loss)                    the objective's value at the coming step (else dropped)
    evaluate_at()                     where the next gradient is wanted, if not at the parameters
    state()                           {"first_moment": [[...], ...], ...} by standard names
    save()                            all that has changed since creation, as any JSON
    load(memory)                      called on a fresh object of the same task
    close()                           let go of it

Raise `Unsupported` for what the library has no place for, and `Refused` where it
rejects a value as invalid. Anything else that is raised is reported as a fault.

Nothing that the harness sends is ignored: a hyperparameter that nobody asked for,
a format not in `formats`, parameter groups or mixed formats in an adapter that
knows of one only, are all answered with "unsupported" here, not in the adapter.

Only the standard library is needed, Python 3.8 or later.
"""

import json
import math
import os
import re
import sys
import traceback

PROTOCOL = 1

# The protocol's own error codes, and those of JSON-RPC 2.0.
UNSUPPORTED = 1
REFUSED = 2
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
FAULT = -32000


class Unsupported(Exception):
    """The library has no place for what was asked. A verdict, not a fault."""


class Refused(Exception):
    """The library rejects the values as invalid, as with a negative learning rate."""


class Malformed(Exception):
    """The request breaks the protocol. A fault of the harness."""


# --- numbers -----------------------------------------------------------------------

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_HEXADECIMAL = re.compile(
    r"[+-]?0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)([pP][+-]?[0-9]+)?"
)


def is_number(value):
    """Whether a JSON value is a number in one of the protocol's spellings."""
    if isinstance(value, str):
        return value in _WORDS or _HEXADECIMAL.fullmatch(value) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_number(value):
    if not is_number(value):
        raise Malformed("not a number: {!r}".format(value))
    if not isinstance(value, str):
        return float(value)
    return _WORDS[value] if value in _WORDS else float.fromhex(value)


def write_number(value):
    value = float(value)
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _read_values(values, size, what):
    if not isinstance(values, list) or len(values) != size:
        raise Malformed("{} should be {} numbers".format(what, size))
    return [read_number(value) for value in values]


def _write_values(values):
    """A flat list of numbers; arrays of other libraries are asked for theirs."""
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (int, float)):  # tolist() of an array without axes
        values = [values]
    return [write_number(value) for value in values]


def _write_tensors(tensors, sizes, what):
    """Results, one list a parameter; a wrong count is the adapter's mistake, so say so."""
    lists = [_write_values(values) for values in tensors]
    if [len(values) for values in lists] != sizes:
        raise ValueError(
            "{} has {} values, where the parameters have {}".format(
                what, [len(values) for values in lists], sizes
            )
        )
    return lists


def _write_any(value):
    """Any JSON, with the numbers JSON cannot write spelled as the protocol does."""
    if isinstance(value, dict):
        return {str(key): _write_any(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_write_any(item) for item in value]
    return write_number(value) if isinstance(value, float) else value


def _read_any(value):
    """The inverse of `_write_any`; other strings pass as they are."""
    if isinstance(value, dict):
        return {key: _read_any(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_read_any(item) for item in value]
    return _WORDS.get(value, value) if isinstance(value, str) else value


# --- what an adapter is given ------------------------------------------------------

_REQUIRED = object()


class Hyperparameters:
    """Values by name. Each must be asked for: one that nobody asks for is unsupported.

    A name asked for with a neutral value may be absent; the harness leaves out
    what is neutral. Without one it is required.
    """

    def __init__(self, values):
        if not isinstance(values, dict):
            raise Malformed("hyperparameters should be an object")
        self._values = values
        self._asked = set()

    def number(self, name, neutral=_REQUIRED):
        value = self._ask(name, neutral)
        return read_number(value) if is_number(value) else self._misfit(name, value)

    def integer(self, name, neutral=_REQUIRED):
        value = self._ask(name, neutral)
        if is_number(value) and read_number(value).is_integer():
            return int(read_number(value))
        return self._misfit(name, value)

    def flag(self, name, neutral=False):
        value = self._ask(name, neutral)
        return value if isinstance(value, bool) else self._misfit(name, value)

    def text(self, name, neutral=_REQUIRED):
        value = self._ask(name, neutral)
        return value if isinstance(value, str) else self._misfit(name, value)

    def __contains__(self, name):
        return name in self._values

    def check_all_asked(self):
        ignored = sorted(set(self._values) - self._asked)
        if ignored:
            raise Unsupported("hyperparameter without a place: " + ", ".join(ignored))

    def _ask(self, name, neutral):
        self._asked.add(name)
        if name in self._values:
            return self._values[name]
        if neutral is _REQUIRED:
            raise Unsupported("hyperparameter required: " + name)
        return neutral

    def _misfit(self, name, value):
        raise Unsupported("hyperparameter {} has no place for {!r}".format(name, value))


class Tensor:
    """Flat row-major values with a shape; `[]` is a scalar's, and a size may be 0."""

    def __init__(self, shape, values):
        self.shape = shape
        self.values = _read_values(values, math.prod(shape), "values of shape %s" % shape)


class Parameter(Tensor):
    """One parameter, with the format and the hyperparameters that hold for it."""

    def __init__(self, fields, format, hyperparameters):
        super().__init__(_field(fields, "shape"), _field(fields, "values"))
        self.name = _field(fields, "name")
        self.format = format
        self.hyperparameters = hyperparameters


class OptimizerTask:
    """What `optimizer/create` asks for.

    `hyperparameters` and `format` are those of all parameters, and unsupported
    where parameters differ in them. An adapter that serves groups reads each
    parameter's `hyperparameters` (one object a group), and one that serves mixed
    formats each parameter's `format`. `defaults` are the hyperparameters before
    any group's overrides.
    """

    def __init__(self, params, formats):
        self.rule = _field(params, "rule")
        self.steps = params.get("steps")  # of optimizer/minimize only
        # ... as are the random numbers of each step, of a rule that takes any.
        self.draws = [[read_number(x) for x in step] for step in params.get("draws") or []]
        self._format = _field(params, "format")
        self.defaults = Hyperparameters(_field(params, "hyperparameters"))
        self._groups = [self._group(group) for group in params.get("groups") or []]
        self.parameters = [self._parameter(fields) for fields in _field(params, "parameters")]
        for parameter in self.parameters:
            _check_format(parameter.format, formats)

    @property
    def hyperparameters(self):
        used = self._used_hyperparameters()
        if len(used) > 1:
            raise Unsupported("hyperparameters that differ by group")
        return used[0]

    @property
    def format(self):
        formats = sorted({parameter.format for parameter in self.parameters})
        if len(formats) > 1:
            raise Unsupported("parameters of different formats: " + ", ".join(formats))
        return formats[0] if formats else self._format

    def check_all_asked(self):
        for hyperparameters in self._used_hyperparameters():
            hyperparameters.check_all_asked()

    def _group(self, group):
        overrides = group.get("hyperparameters") or {}
        if not overrides:
            return self.defaults
        return Hyperparameters({**self.defaults._values, **overrides})

    def _parameter(self, fields):
        group = fields.get("group")
        if group is not None and not (isinstance(group, int) and 0 <= group < len(self._groups)):
            raise Malformed("no group {!r}".format(group))
        hyperparameters = self.defaults if group is None else self._groups[group]
        return Parameter(fields, fields.get("format") or self._format, hyperparameters)

    def _used_hyperparameters(self):
        used = {id(p.hyperparameters): p.hyperparameters for p in self.parameters}
        return list(used.values()) or [self.defaults]


class ScheduleTask:
    """What `schedule/values` asks for: the learning rates at `steps`, counted from 0."""

    def __init__(self, params):
        self.hyperparameters = Hyperparameters(_field(params, "hyperparameters"))
        self.steps = _field(params, "steps")
        self.access = _field(params, "access")


class ClippingTask:
    """What `clip` asks for."""

    def __init__(self, params, formats):
        self.format = _field(params, "format")
        _check_format(self.format, formats)
        self.hyperparameters = Hyperparameters(_field(params, "hyperparameters"))
        self.gradients = _tensors(_field(params, "gradients"))
        # Of the same shapes, for a clipping that compares the two; else none.
        self.parameters = _tensors(params.get("parameters", []))


def _tensors(list_of_fields):
    return [Tensor(_field(fields, "shape"), _field(fields, "values")) for fields in list_of_fields]


class SamplingTask:
    """What `sample` asks for."""

    def __init__(self, params):
        self.population = _field(params, "population")
        self.batch_size = _field(params, "batch_size")
        self.replacement = _field(params, "replacement")
        self.seed = _field(params, "seed")
        self.batches = _field(params, "batches")


class InitializationTask:
    """What `initialize` asks for: a tensor of weights of this shape."""

    def __init__(self, params, formats):
        self.format = _field(params, "format")
        _check_format(self.format, formats)
        self.shape = _field(params, "shape")
        self.hyperparameters = Hyperparameters(_field(params, "hyperparameters"))
        self.seed = _field(params, "seed")


def _field(params, name):
    if not isinstance(params, dict) or name not in params:
        raise Malformed("missing: " + name)
    return params[name]


def _check_format(format, formats):
    if format not in formats:
        raise Unsupported("format " + str(format))


# --- the wire ----------------------------------------------------------------------


class _Wire:
    """One JSON message a line, on the streams the harness holds the other end of."""

    def __init__(self, source, sink):
        self._source = source
        self._sink = sink
        self._questions = 0

    def receive(self):
        """The next line, or None at the end of the input."""
        return self._source.readline() or None

    def send(self, text):
        self._sink.write(text.encode("utf-8") + b"\n")
        self._sink.flush()

    def ask(self, method, params):
        """Call the harness, and wait for its answer."""
        self._questions += 1
        question = {"jsonrpc": "2.0", "id": self._questions, "method": method, "params": params}
        self.send(_dump(question))
        line = self.receive()
        if line is None:
            raise EOFError("the harness left without an answer to " + method)
        answer = json.loads(line)
        error = answer.get("error")
        if isinstance(error, dict) and error.get("code") == UNSUPPORTED:
            raise Unsupported(error.get("message"))
        if answer.get("id") != self._questions or "result" not in answer:
            raise RuntimeError("no answer to {}: {}".format(method, error))
        return answer["result"]


_wire = None


def guard_output():
    """From here on, whatever the program or its library prints goes to stderr.

    `serve` does this by itself. Call it earlier, before the import, for a library
    that prints while it is imported.
    """
    global _wire
    if _wire is None:
        _wire = _Wire(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
        # The descriptors themselves are redirected, so that native code is caught too,
        # and text still in Python's buffer leaves for stderr.
        os.dup2(2, 1)
        sys.stdout.flush()
        sys.stdout = sys.stderr
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
    return _wire


def _dump(message):
    return json.dumps(message, separators=(",", ":"), allow_nan=False)


# --- the methods -------------------------------------------------------------------


class Objective:
    """The harness's objective, for libraries that own the loop."""

    def __init__(self, wire, sizes):
        self._wire = wire
        self._sizes = sizes

    def __call__(self, parameters):
        """(value, gradients) at these parameters."""
        answer = self._ask(parameters, {})
        return read_number(answer["value"]), self._gradients(answer)

    def with_hessian(self, parameters):
        """(value, gradients, hessian) at these parameters; the hessian as it was sent."""
        answer = self._ask(parameters, {"want": ["hessian"]})
        value, gradients = read_number(answer["value"]), self._gradients(answer)
        return value, gradients, _read_any(answer["hessian"])

    def wanting(self, parameters, *names):
        """(value, gradients, {name: rows}) at these parameters, all parameters flat in a row.

        Names are hessian, fisher, residuals (one row), jacobian, and for networks
        layer_inputs and layer_output_gradients (a row an example, the layers side by
        side). What the objective has not is `Unsupported`.
        """
        answer = self._ask(parameters, {"want": list(names)})
        value, gradients = read_number(answer["value"]), self._gradients(answer)
        return value, gradients, {
            name: [[read_number(x) for x in row] for row in answer[name]] for name in names
        }

    def _ask(self, parameters, more):
        values = _write_tensors(parameters, self._sizes, "objective's argument")
        return self._wire.ask("objective/evaluate", {"parameters": values, **more})

    def _gradients(self, answer):
        return [
            _read_values(values, size, "gradient")
            for values, size in zip(answer["gradients"], self._sizes)
        ]


class Minimum:
    """What a minimizer may return in place of the parameters: them and its state there.

    `state` has standard names, as an optimizer's, and under each one flat list: to a rule
    that asks for its objective all parameters together are one point.
    """

    def __init__(self, parameters, state):
        self.parameters = parameters
        self.state = state


class _Held:
    """An optimizer under its handle, with what is needed to check and to recreate it."""

    def __init__(self, optimizer, task, creation):
        self.optimizer = optimizer
        self.creation = creation
        self.sizes = [len(parameter.values) for parameter in task.parameters]

    def can(self, method):
        return callable(getattr(self.optimizer, method, None))

    def require(self, method):
        if not self.can(method):
            raise Unsupported("{} has no {}".format(type(self.optimizer).__name__, method))
        return getattr(self.optimizer, method)

    def with_evaluation_point(self, result):
        point = self.optimizer.evaluate_at() if self.can("evaluate_at") else None
        if point is not None:
            result["evaluate_at"] = _write_tensors(point, self.sizes, "evaluate_at")
        return result


class _Subject:
    def __init__(self, wire, description, offers):
        self._wire = wire
        self._description = description
        self._offers = offers
        self._held = {}
        self._last_handle = 0
        self._methods = {
            "describe": self._describe,
            "optimizer/create": self._create,
            "optimizer/step": self._step,
            "optimizer/state": self._state,
            "optimizer/save": self._save,
            "optimizer/load": self._load,
            "optimizer/close": self._close,
            "optimizer/minimize": self._minimize,
            "schedule/values": self._schedule,
            "clip": self._clip,
            "sample": self._sample,
            "initialize": self._initialize,
            "shutdown": self._shutdown,
        }

    def call(self, method, params):
        if method not in self._methods:
            raise Unsupported("method " + method)
        if not isinstance(params, dict):
            raise Malformed("params should be an object")
        return self._methods[method](params)

    def _describe(self, params):
        return self._description

    def _create(self, params):
        task = OptimizerTask(params, self._offers["formats"])
        optimizer = self._offer("optimizers", "rule", task.rule)(task)
        task.check_all_asked()
        self._last_handle += 1
        held = _Held(optimizer, task, params)
        self._held[self._last_handle] = held
        return held.with_evaluation_point({"handle": self._last_handle})

    def _step(self, params):
        held = self._find(params)
        gradients = self._gradients(params, held.sizes)
        # An absent learning rate or loss stays what it was; null says the same.
        if params.get("learning_rate") is not None:
            held.require("set_learning_rate")(read_number(params["learning_rate"]))
        if params.get("loss") is not None and held.can("set_loss"):
            held.optimizer.set_loss(read_number(params["loss"]))
        parameters = held.optimizer.step(gradients)
        parameters = _write_tensors(parameters, held.sizes, "step's result")
        return held.with_evaluation_point({"parameters": parameters})

    def _state(self, params):
        state = self._find(params).require("state")()
        return {name: [_write_values(v) for v in tensors] for name, tensors in state.items()}

    def _save(self, params):
        held = self._find(params)
        memory = _write_any(held.require("save")())
        return {"checkpoint": {"creation": held.creation, "memory": memory}}

    def _load(self, params):
        checkpoint = _field(params, "checkpoint")
        memory = _read_any(_field(checkpoint, "memory"))
        handle = self._create(_field(checkpoint, "creation"))["handle"]
        held = self._held[handle]
        try:
            held.require("load")(memory)
        except Exception:
            del self._held[handle]
            raise
        return held.with_evaluation_point({"handle": handle})

    def _close(self, params):
        held = self._find(params)
        del self._held[params["handle"]]
        if held.can("close"):
            held.optimizer.close()

    def _minimize(self, params):
        task = OptimizerTask(params, self._offers["formats"])
        minimize = self._offer("minimizers", "rule without a loop of its own:", task.rule)
        sizes = [len(parameter.values) for parameter in task.parameters]
        # The library runs before the check, but its result counts only after it.
        result = minimize(task, Objective(self._wire, sizes))
        task.check_all_asked()
        if not isinstance(result, Minimum):
            return {"parameters": _write_tensors(result, sizes, "minimize's result")}
        return {
            "parameters": _write_tensors(result.parameters, sizes, "minimize's result"),
            "state": {name: [_write_values(values)] for name, values in result.state.items()},
        }

    def _schedule(self, params):
        schedule = self._offer("schedules", "schedule", _field(params, "schedule"))
        task = ScheduleTask(params)
        values = _write_values(schedule(task))
        task.hyperparameters.check_all_asked()
        if len(values) != len(task.steps):
            raise ValueError("{} values for {} steps".format(len(values), len(task.steps)))
        return {"values": values}

    def _clip(self, params):
        clipping = self._offer("clippings", "clipping", _field(params, "clipping"))
        task = ClippingTask(params, self._offers["formats"])
        gradients, norm = clipping(task)
        task.hyperparameters.check_all_asked()
        sizes = [len(gradient.values) for gradient in task.gradients]
        result = {"gradients": _write_tensors(gradients, sizes, "clipping's result")}
        if norm is not None:
            result["norm"] = write_number(norm)
        return result

    def _sample(self, params):
        if self._offers["sampler"] is None:
            raise Unsupported("method sample")
        return {"batches": [list(batch) for batch in self._offers["sampler"](SamplingTask(params))]}

    def _initialize(self, params):
        initializer = self._offer(
            "initializers", "initialization", _field(params, "initialization")
        )
        task = InitializationTask(params, self._offers["formats"])
        values = initializer(task)
        task.hyperparameters.check_all_asked()
        sizes = [math.prod(task.shape)]
        return {"values": _write_tensors([values], sizes, "the initialization's result")[0]}

    def _shutdown(self, params):
        return None

    def _offer(self, kind, word, name):
        if name not in self._offers[kind]:
            raise Unsupported("{} {}".format(word, name))
        return self._offers[kind][name]

    def _find(self, params):
        handle = _field(params, "handle")
        if not isinstance(handle, int) or handle not in self._held:
            raise Malformed("no optimizer has the handle {!r}".format(handle))
        return self._held[handle]

    def _gradients(self, params, sizes):
        gradients = _field(params, "gradients")
        if not isinstance(gradients, list) or len(gradients) != len(sizes):
            raise Malformed("there should be {} gradients".format(len(sizes)))
        return [
            None if gradient is None else _read_values(gradient, size, "gradient")
            for gradient, size in zip(gradients, sizes)
        ]


# --- the loop ----------------------------------------------------------------------


def serve(
    name,
    version,
    optimizers=None,
    *,
    formats=("binary64",),
    schedules=None,
    clippings=None,
    minimizers=None,
    sampler=None,
    initializers=None,
    **description
):
    """Answer the harness until it shuts the subject down or its input ends.

    optimizers    {rule: class or function}, called with an `OptimizerTask`
    formats       those that optimizers, minimizers, clippings and initializers work in
    schedules     {schedule: function of a `ScheduleTask` that returns the values}
    clippings     {clipping: function of a `ClippingTask` that returns (gradients, norm or None)}
    minimizers    {rule: function of an `OptimizerTask` (with `steps`) and an `Objective`, that
                  returns the parameters, or a `Minimum`}
    sampler       function of a `SamplingTask` that returns the batches
    initializers  {initialization: function of an `InitializationTask` that returns the values}
    description   more fields of the answer to `describe`: claims, flushes_subnormals, ...
    """
    if not name or not version:
        raise ValueError("a subject has a name and a version")
    description = {"language": "Python", **description}
    description.update(protocol=PROTOCOL, name=str(name), version=str(version))
    offers = {
        "optimizers": optimizers or {},
        "formats": tuple(formats),
        "schedules": schedules or {},
        "clippings": clippings or {},
        "minimizers": minimizers or {},
        "sampler": sampler,
        "initializers": initializers or {},
    }
    wire = guard_output()
    subject = _Subject(wire, description, offers)
    finished = False
    while not finished:
        line = wire.receive()
        if line is None:
            return
        if line.strip():
            reply, finished = _answer(subject, line)
            if reply is not None:
                try:
                    wire.send(reply)
                except BrokenPipeError:  # the harness is gone, and so is the reason to go on
                    return


def _answer(subject, line):
    """The reply to one line, or None where none is due, and whether it was the last."""
    try:
        message = json.loads(line, parse_constant=_no_bare_word)
    except (ValueError, RecursionError) as error:
        return _error(None, PARSE_ERROR, "not JSON: {}".format(error)), False
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        return _error(None, INVALID_REQUEST, "not a request"), False
    identity = message.get("id")
    reply = _reply(subject, identity, message["method"], message.get("params") or {})
    return (reply if "id" in message else None), message["method"] == "shutdown"


def _reply(subject, identity, method, params):
    try:
        result = subject.call(method, params)
        return _dump({"jsonrpc": "2.0", "id": identity, "result": result})
    except Unsupported as verdict:
        return _error(identity, UNSUPPORTED, str(verdict))
    except Refused as verdict:
        return _error(identity, REFUSED, str(verdict))
    except Malformed as fault:
        return _error(identity, INVALID_PARAMS, str(fault))
    except Exception as fault:
        traceback.print_exc(file=sys.stderr)
        return _error(identity, FAULT, "{}: {}".format(type(fault).__name__, fault))


def _error(identity, code, message):
    return _dump({"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": message}})


def _no_bare_word(word):
    # json.loads takes NaN and Infinity as bare words, which JSON has not.
    raise ValueError("bare " + word)
