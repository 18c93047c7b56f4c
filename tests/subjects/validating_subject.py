#!/usr/bin/python3
"""A good-mannered subject that validates every message that it is sent.

Usage: validating_subject.py [--hex]

It stands for all the subjects that rely on the protocol's letter: whatever the
harness sends must fit protocol.schema.json and what the protocol says beyond a
schema's reach (known handles, matching lengths, values exact in their format,
fresh ids, one request at a time, silence after shutdown). At the first
violation it says what it saw on stderr and exits with 70.

It knows gradient_descent, the schedule `constant` and the clipping
`global_norm`, in binary64 and binary32, and answers "unsupported" to all else.
With --hex it asks for its numbers as C99 hexadecimal floats, and answers in them.
"""

import hashlib
import json
import math
import os
import pathlib
import select
import struct
import sys

UNSUPPORTED, REFUSED = 1, 2
HEXADECIMAL = "--hex" in sys.argv[1:]
VIOLATION_EXIT = 70


def violation(what):
    print(f"PROTOCOL VIOLATION by the harness: {what}", file=sys.stderr, flush=True)
    os._exit(VIOLATION_EXIT)


try:
    import jsonschema
except ImportError:
    print("validating_subject.py needs the package python3-jsonschema", file=sys.stderr)
    sys.exit(VIOLATION_EXIT)


class ErrorAnswer(Exception):
    """An error that the subject answers: the protocol's codes 1 and 2."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


# Numbers


def from_wire(value):
    if isinstance(value, str):
        return float.fromhex(value)  # takes NaN and Infinity, too
    try:
        return float(value)
    except OverflowError:
        violation(f"an integer beyond binary64: {value}")


def to_wire(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value.hex() if HEXADECIMAL else value


def rounded(value, code):
    """VALUE rounded to nearest even in the format of a struct code."""
    try:
        return struct.unpack("<" + code, struct.pack("<" + code, value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def is_bfloat16(value):
    return rounded(value, "f") == value and struct.pack("<f", value)[:2] == b"\0\0"


IS_EXACT_IN = {
    "binary64": lambda value: True,
    "binary32": lambda value: rounded(value, "f") == value,
    "binary16": lambda value: rounded(value, "e") == value,
    "bfloat16": is_bfloat16,
}
ROUND = {"binary64": float, "binary32": lambda value: rounded(value, "f")}


def tensor(values, shape, number_format, what):
    """The values as floats, after the checks that a schema can't make."""
    if len(values) != math.prod(shape):
        violation(f"{what}: {len(values)} values for the shape {shape}")
    numbers = [from_wire(value) for value in values]
    is_exact = IS_EXACT_IN[number_format.split("+")[0]]
    for place, number in enumerate(numbers):
        if math.isfinite(number) and not is_exact(number):
            violation(f"{what}: {number!r} at {place} is not exact in {number_format}")
    return numbers


def support_format(number_format):
    if number_format not in ROUND:
        raise ErrorAnswer(UNSUPPORTED, f"no format {number_format}")


def only_hyperparameter(hyperparameters, name, may_lack=False):
    """The value of the one hyperparameter that is known; the others are unsupported."""
    for other in hyperparameters:
        if other != name:
            raise ErrorAnswer(UNSUPPORTED, f"no hyperparameter {other}")
    if name not in hyperparameters:
        if may_lack:
            return None
        raise ErrorAnswer(REFUSED, f"the hyperparameter {name} is missing")
    value = hyperparameters[name]
    if isinstance(value, (bool, list)):
        raise ErrorAnswer(REFUSED, f"{name} must be a number")
    try:
        return not_negative(from_wire(value), name)
    except ValueError:  # a word, such as the name of a shape
        raise ErrorAnswer(UNSUPPORTED, f"no value {value!r} for {name}") from None


def not_negative(value, name):
    if not (value >= 0 and math.isfinite(value)):
        raise ErrorAnswer(REFUSED, f"{name} must be finite and not negative, not {value}")
    return value


# The rule


class GradientDescent:
    """theta -= learning_rate * gradient, computed in binary64, then rounded once."""

    def __init__(self, params):
        self.parameters = []
        names = set()
        groups = params.get("groups", [])
        for parameter in params["parameters"]:
            name = parameter["name"]
            if name in names:
                violation(f"two parameters named {name}")
            names.add(name)
            if parameter.get("group", 0) >= len(groups) and "group" in parameter:
                violation(f"parameter {name} in group {parameter['group']} of {len(groups)}")
            number_format = parameter.get("format", params["format"])
            values = tensor(parameter["values"], parameter["shape"], number_format, name)
            self.parameters.append({"name": name, "format": number_format, "values": values})
        # Only after the checks, so that a rule unknown here is checked, too.
        if params["rule"] != "gradient_descent":
            raise ErrorAnswer(UNSUPPORTED, f"no rule {params['rule']}")
        for parameter in self.parameters:
            support_format(parameter["format"])
        common = only_hyperparameter(params["hyperparameters"], "learning_rate", may_lack=True)
        rates = [
            only_hyperparameter(group["hyperparameters"], "learning_rate", may_lack=True)
            for group in groups
        ]
        for parameter, given in zip(self.parameters, params["parameters"]):
            own = rates[given["group"]] if "group" in given else None
            parameter["learning_rate"] = common if own is None else own

    def check(self, gradients, what):
        """The gradients as floats."""
        if len(gradients) != len(self.parameters):
            violation(f"{what}: {len(gradients)} for {len(self.parameters)} parameters")
        return [
            None
            if gradient is None
            else tensor(
                gradient,
                [len(parameter["values"])],
                parameter["format"],
                f"{what} of {parameter['name']}",
            )
            for gradient, parameter in zip(gradients, self.parameters)
        ]

    def step(self, gradients, learning_rate=None):
        if learning_rate is not None:
            for parameter in self.parameters:
                parameter["learning_rate"] = learning_rate
        if any(parameter["learning_rate"] is None for parameter in self.parameters):
            raise ErrorAnswer(REFUSED, "no learning_rate was given")
        for parameter, gradient in zip(self.parameters, gradients):
            if gradient is None:
                continue
            rate, round_to_format = parameter["learning_rate"], ROUND[parameter["format"]]
            parameter["values"] = [
                round_to_format(theta - rate * g) for theta, g in zip(parameter["values"], gradient)
            ]

    def values(self):
        return [[to_wire(value) for value in p["values"]] for p in self.parameters]

    def checkpoint(self):
        content = [{**p, "values": v} for p, v in zip(self.parameters, self.values())]
        return {"parameters": content, "digest": digest(content)}

    @classmethod
    def restored(cls, checkpoint):
        optimizer = cls.__new__(cls)
        if not isinstance(checkpoint, dict) or set(checkpoint) != {"parameters", "digest"}:
            violation("a checkpoint that was never given out")
        if digest(checkpoint["parameters"]) != checkpoint["digest"]:
            violation("a checkpoint that was changed on its way")
        optimizer.parameters = [
            {**p, "values": [from_wire(value) for value in p["values"]]}
            for p in checkpoint["parameters"]
        ]
        return optimizer


def digest(content):
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


# The messages


def refuse_constant(token):
    violation(f"{token} is not JSON")


def checked_float(token):
    value = float(token)
    if math.isinf(value):
        violation(f"a number beyond binary64: {token}")
    return value


def checked_object(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        violation(f"a name twice in one object: {[name for name, _ in pairs]}")
    return members


class Harness:
    """The other side: checked lines in, lines out."""

    def __init__(self):
        schema_file = pathlib.Path(__file__).with_name("protocol.schema.json")
        schema = json.loads(schema_file.read_text(encoding="utf-8"))
        if HEXADECIMAL:
            schema["$defs"]["number"] = schema["$defs"]["hex_number"]
        self.request_validator = jsonschema.Draft202012Validator(schema)
        self.answer_validator = jsonschema.Draft202012Validator(
            {"$ref": "#/$defs/answer", "$defs": schema["$defs"]}
        )
        self.unread = b""
        self.ids = set()
        self.evaluations = 0

    def line(self):
        """The next line; None at the end of the input."""
        chunks = [self.unread]
        while b"\n" not in chunks[-1]:
            chunk = os.read(0, 1 << 16)
            if not chunk:
                if any(chunks):
                    violation(f"half a line: {b''.join(chunks)[:200]!r}")
                return None
            chunks.append(chunk)
        line, _, self.unread = b"".join(chunks).partition(b"\n")
        return line

    def message(self, validator):
        line = self.line()
        if line is None:
            return None
        try:
            message = json.loads(
                line.decode("utf-8", "strict"),
                parse_constant=refuse_constant,
                parse_float=checked_float,
                object_pairs_hook=checked_object,
            )
        except ValueError as error:
            violation(f"not JSON in UTF-8 ({error}): {line[:200]!r}")
        error = jsonschema.exceptions.best_match(validator.iter_errors(message))
        if error is not None:
            place = "/".join(map(str, error.absolute_path)) or "the message"
            violation(f"{place}: {error.message[:300]} in {line[:300]!r}")
        return message

    def request(self):
        request = self.message(self.request_validator)
        if request is not None:
            if request["id"] in self.ids:
                violation(f"the id {request['id']} was used before")
            self.ids.add(request["id"])
        return request

    def send(self, message):
        # Nothing may have come while the message was prepared: one at a time.
        if self.unread or (select.select([0], [], [], 0)[0] and self.more_came()):
            violation(f"another message while one is in flight: {self.unread[:200]!r}")
        text = json.dumps({"jsonrpc": "2.0", **message}, allow_nan=False) + "\n"
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.buffer.flush()

    def more_came(self):
        self.unread = os.read(0, 1 << 16)
        return bool(self.unread)

    def evaluate(self, optimizer):
        """Asks for the gradients of the objective at the optimizer's parameters."""
        self.evaluations += 1
        name = f"evaluation-{self.evaluations}"
        params = {"parameters": optimizer.values()}
        self.send({"id": name, "method": "objective/evaluate", "params": params})
        answer = self.message(self.answer_validator)
        if answer is None:
            violation("the input ended where an answer to objective/evaluate was due")
        if answer["id"] != name:
            violation(f"an answer to {answer['id']!r} instead of {name!r}")
        return optimizer.check(answer["result"]["gradients"], "gradients of objective/evaluate")


class Subject:
    def __init__(self, harness):
        self.harness = harness
        self.optimizers = {}
        self.created = 0

    def keep(self, optimizer):
        self.created += 1
        handle = f"gradient-descent-{self.created}"
        self.optimizers[handle] = optimizer
        return {"handle": handle}

    def known(self, params):
        handle = params["handle"]
        if not isinstance(handle, str) or handle not in self.optimizers:
            violation(f"the unknown handle {handle!r}")
        return self.optimizers[handle]

    def describe(self, params):
        answer = {"protocol": 1, "name": "validating subject", "version": "1.0"}
        answer["language"] = "Python"
        if HEXADECIMAL:
            answer["numbers"] = "hex"
        return answer

    def optimizer_create(self, params):
        return self.keep(GradientDescent(params))

    def optimizer_step(self, params):
        optimizer = self.known(params)
        gradients = optimizer.check(params["gradients"], "gradients")
        learning_rate = None
        if "learning_rate" in params:
            learning_rate = not_negative(from_wire(params["learning_rate"]), "learning_rate")
        optimizer.step(gradients, learning_rate)
        return {"parameters": optimizer.values()}

    def optimizer_state(self, params):
        self.known(params)
        return {}  # gradient descent keeps none

    def optimizer_save(self, params):
        return {"checkpoint": self.known(params).checkpoint()}

    def optimizer_load(self, params):
        return self.keep(GradientDescent.restored(params["checkpoint"]))

    def optimizer_close(self, params):
        self.known(params)
        del self.optimizers[params["handle"]]

    def optimizer_minimize(self, params):
        optimizer = GradientDescent(params)
        for _ in range(int(params["steps"])):
            optimizer.step(self.harness.evaluate(optimizer))
        return {"parameters": optimizer.values()}

    def schedule_values(self, params):
        if params["schedule"] != "constant":
            raise ErrorAnswer(UNSUPPORTED, f"no schedule {params['schedule']}")
        rate = only_hyperparameter(params["hyperparameters"], "learning_rate")
        return {"values": [to_wire(rate)] * len(params["steps"])}

    def clip(self, params):
        number_format = params["format"]
        gradients = [
            tensor(gradient["values"], gradient["shape"], number_format, f"gradient {place}")
            for place, gradient in enumerate(params["gradients"])
        ]
        for place, parameter in enumerate(params.get("parameters", [])):
            tensor(parameter["values"], parameter["shape"], number_format, f"parameter {place}")
        if params["clipping"] != "global_norm":
            raise ErrorAnswer(UNSUPPORTED, f"no clipping {params['clipping']}")
        support_format(number_format)
        most = only_hyperparameter(params["hyperparameters"], "max_norm")
        everything = [value for gradient in gradients for value in gradient]
        # hypot scales, so that squares neither overflow nor vanish.
        is_nan = any(map(math.isnan, everything))
        norm = math.nan if is_nan else math.hypot(*everything)
        factor = 1.0 if norm <= most else most / norm
        round_to_format = ROUND[number_format]
        clipped = [
            [to_wire(round_to_format(value * factor)) for value in gradient]
            for gradient in gradients
        ]
        return {"gradients": clipped, "norm": to_wire(round_to_format(norm))}

    def sample(self, params):
        raise ErrorAnswer(UNSUPPORTED, "no sampling here")

    def initialize(self, params):
        raise ErrorAnswer(UNSUPPORTED, "no initialization here")

    def shutdown(self, params):
        return None


def main():
    harness = Harness()
    subject = Subject(harness)
    while True:
        request = harness.request()
        if request is None:
            violation("the input ended without a shutdown")
        method = request["method"]
        try:
            result = getattr(subject, method.replace("/", "_"))(request.get("params", {}))
            harness.send({"id": request["id"], "result": result})
        except ErrorAnswer as error:
            content = {"code": error.code, "message": str(error)}
            harness.send({"id": request["id"], "error": content})
        if method == "shutdown":
            # A well-mannered harness closes our input now; nothing else may come.
            if select.select([0], [], [], 0.2)[0] and harness.more_came():
                violation(f"a message after shutdown: {harness.unread[:200]!r}")
            return


if __name__ == "__main__":
    main()
