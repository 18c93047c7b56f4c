#!/usr/bin/python3
"""Tests of the adapters: each is started, spoken to over the protocol, and checked.

    /usr/bin/python3 tools/adapters/test_adapters.py

Expected values are computed here, from the formulas each library follows, in binary64.
PyTorch's tests need a python3 with torch, TensorFlow.js's need `npm ci` in this folder;
without those they are skipped, and the end of the output says so.
"""

import importlib.util
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import textwrap
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
NODE = shutil.which("node")
HAS_TORCH = importlib.util.find_spec("torch") is not None
HAS_TENSORFLOW = NODE is not None and os.path.isdir(
    os.path.join(HERE, "node_modules", "@tensorflow", "tfjs-core")
)
SKIPPED = [
    reason
    for reason, here in [
        ("the JavaScript helper: there is no node", NODE is not None),
        ("PyTorch: {} has no torch".format(sys.executable), HAS_TORCH),
        ("TensorFlow.js: run `npm ci` in {}".format(HERE), HAS_TENSORFLOW),
    ]
    if not here
]

# The protocol's codes and JSON-RPC's.
UNSUPPORTED, REFUSED = 1, 2
PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS, FAULT = -32700, -32600, -32602, -32000


class Failure(Exception):
    """An error answered by the subject."""

    def __init__(self, error):
        super().__init__("{code}: {message}".format(**error))
        self.code = error["code"]


class Subject:
    """A subject's process, spoken to as the harness does."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.log = []
        self.reader = threading.Thread(target=self._read_log, daemon=True)
        self.reader.start()
        self.watchdog = None
        self.watch()
        self.requests = 0

    def watch(self):
        """Kill it in two minutes from now."""
        if self.watchdog:
            self.watchdog.cancel()
        self.watchdog = threading.Timer(120, self.process.kill)
        self.watchdog.start()

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line.decode("utf-8", "replace"))

    def send_line(self, line):
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def read_reply(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the subject ended; its log:\n" + "".join(self.log))
        return json.loads(line, parse_constant=lambda word: self._bare(word))

    @staticmethod
    def _bare(word):
        raise AssertionError("bare {} in a reply".format(word))

    def request(self, method, **params):
        self.requests += 1
        message = {"jsonrpc": "2.0", "id": self.requests, "method": method, "params": params}
        self.send_line(json.dumps(message, allow_nan=False).encode("utf-8"))

    def call(self, method, **params):
        self.request(method, **params)
        reply = self.read_reply()
        if reply["jsonrpc"] != "2.0" or reply["id"] != self.requests:
            raise AssertionError("not the reply to the request: {}".format(reply))
        if "error" in reply:
            raise Failure(reply["error"])
        return reply["result"]

    def close(self):
        """End its input, wait, and give its exit code."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        code = self.process.wait()
        self.watchdog.cancel()
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


def parameter(name, shape, values, **more):
    return {"name": name, "shape": shape, "values": values, **more}


def read_number(value):
    words = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    return words[value] if isinstance(value, str) else float(value)


class SubjectTest(unittest.TestCase):
    command = None
    # True: one process for all tests of the class, of a library that takes seconds to start.
    shares_subject = False
    shared = None

    def setUp(self):
        self.subject = self.shared_subject() if self.shares_subject else self.started()
        self.call = self.subject.call

    def started(self):
        subject = Subject(self.command)
        self.addCleanup(subject.close)
        return subject

    @classmethod
    def shared_subject(cls):
        """The class's own, started again where a test ended it."""
        if "shared" not in cls.__dict__ or cls.shared.process.poll() is not None:
            cls.shared = Subject(cls.command)
            cls.addClassCleanup(cls.shared.close)
        cls.shared.watch()
        return cls.shared

    def create(self, rule, hyperparameters, parameters, format="binary64", **more):
        result = self.call(
            "optimizer/create",
            rule=rule,
            format=format,
            hyperparameters=hyperparameters,
            parameters=parameters,
            **more
        )
        return result["handle"]

    def step(self, handle, gradients, **more):
        return self.call("optimizer/step", handle=handle, gradients=gradients, **more)["parameters"]

    def assert_fails(self, code, method, **params):
        with self.assertRaises(Failure) as caught:
            self.call(method, **params)
        self.assertEqual(caught.exception.code, code, caught.exception)

    def assert_create_fails(self, code, rule, hyperparameters, format="binary64", **more):
        self.assert_fails(
            code,
            "optimizer/create",
            rule=rule,
            format=format,
            hyperparameters=hyperparameters,
            **{"parameters": [parameter("w", [1], [1.0])], **more}
        )

    def assert_close(self, actual, expected, tolerance):
        """Equal but for the tolerance, relative to numbers of size 1 or the number itself."""
        actual = [[read_number(value) for value in values] for values in actual]
        self.assertEqual([len(v) for v in actual], [len(v) for v in expected])
        for actual_values, expected_values in zip(actual, expected):
            for a, e in zip(actual_values, expected_values):
                close = abs(a - e) <= tolerance * max(1.0, abs(e))
                close = close or math.isnan(a) and math.isnan(e)
                self.assertTrue(close, "{} where {} was expected".format(actual, expected))

    def assert_same(self, actual, expected):
        """Equal to the bit, NaN and the sign of zero included."""
        if isinstance(expected, list):
            self.assertEqual(len(actual), len(expected))
            for actual_item, expected_item in zip(actual, expected):
                self.assert_same(actual_item, expected_item)
        else:
            self.assertEqual(read_number(actual).hex(), read_number(expected).hex())


# --- the formulas, one element at a time -------------------------------------------


def descend(gradients, theta, update):
    """theta after each step; a step without gradient leaves everything as it was."""
    trajectory = []
    for step, gradient in enumerate(gradients):
        if gradient is not None:
            theta = update(step, theta, gradient)
        trajectory.append(theta)
    return trajectory


def sgd(h, rates, nesterov=False):
    mu, velocity = h.get("momentum", 0.0), []

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        # The first velocity is the gradient, without dampening.
        v = mu * velocity[-1] + (1 - h.get("dampening", 0.0)) * g if velocity else g
        velocity.append(v)
        return theta - rates[step] * (g + mu * v if nesterov else v)

    return update


def nesterov(h, rates):
    return sgd(h, rates, nesterov=True)


def adagrad(h, rates, inside=False):
    total, count = [h.get("initial_accumulator", 0.0)], [0]

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        rate = rates[step] / (1 + count[0] * h.get("learning_rate_decay", 0.0))
        total[0] += g * g
        count[0] += 1
        return theta - rate * g / root(total[0], h["epsilon"], inside)

    return update


def root(value, epsilon, inside):
    return math.sqrt(value + epsilon) if inside else math.sqrt(value) + epsilon


def rmsprop_of_torch(h, rates):
    square, mean, velocity = [0.0], [0.0], [0.0]

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        square[0] = h["rho"] * square[0] + (1 - h["rho"]) * g * g
        mean[0] = h["rho"] * mean[0] + (1 - h["rho"]) * g if h.get("centered") else 0.0
        direction = g / (math.sqrt(square[0] - mean[0] ** 2) + h["epsilon"])
        velocity[0] = h.get("momentum", 0.0) * velocity[0] + direction
        return theta - rates[step] * velocity[0]

    return update


def rmsprop_of_tensorflow(h, rates):
    square, mean, velocity = [0.0], [0.0], [0.0]

    def update(step, theta, g):
        square[0] = h["rho"] * square[0] + (1 - h["rho"]) * g * g
        mean[0] = h["rho"] * mean[0] + (1 - h["rho"]) * g if h.get("centered") else 0.0
        # Where it is centered, TensorFlow.js takes epsilon away instead of adding it.
        epsilon = -h["epsilon"] if h.get("centered") else h["epsilon"]
        inside = square[0] - mean[0] ** 2 + epsilon
        direction = g / math.sqrt(inside) if inside > 0 else math.nan
        velocity[0] = h.get("momentum", 0.0) * velocity[0] + rates[step] * direction
        return theta - velocity[0]

    return update


def adam(h, rates, decoupled=False):
    first, second, count = [0.0], [0.0], [0]

    def update(step, theta, g):
        decay = h.get("weight_decay", 0.0)
        if decoupled:
            theta = theta * (1 - rates[step] * decay)
        else:
            g = g + decay * theta
        count[0] += 1
        first[0] = h["beta1"] * first[0] + (1 - h["beta1"]) * g
        second[0] = h["beta2"] * second[0] + (1 - h["beta2"]) * g * g
        corrected1 = first[0] / (1 - h["beta1"] ** count[0])
        corrected2 = second[0] / (1 - h["beta2"] ** count[0])
        return theta - rates[step] * corrected1 / (math.sqrt(corrected2) + h["epsilon"])

    return update


def adamw(h, rates):
    return adam(h, rates, decoupled=True)


def adadelta(h, rates, stale=False):
    squares, updates = [0.0], [0.0]

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        before = squares[0]
        squares[0] = h["rho"] * squares[0] + (1 - h["rho"]) * g * g
        below = before if stale else squares[0]
        taken = math.sqrt(updates[0] + h["epsilon"]) / math.sqrt(below + h["epsilon"]) * g
        updates[0] = h["rho"] * updates[0] + (1 - h["rho"]) * taken * taken
        return theta - rates[step] * taken

    return update


def adadelta_of_tensorflow(h, rates):
    # A finding: it divides by the root of the mean square before this step.
    return adadelta(h, rates, stale=True)


def amsgrad(h, rates):
    first, second, greatest, count = [0.0], [0.0], [0.0], [0]

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        count[0] += 1
        first[0] = h["beta1"] * first[0] + (1 - h["beta1"]) * g
        second[0] = h["beta2"] * second[0] + (1 - h["beta2"]) * g * g
        greatest[0] = max(greatest[0], second[0])
        corrected1 = first[0] / (1 - h["beta1"] ** count[0])
        corrected2 = greatest[0] / (1 - h["beta2"] ** count[0])
        return theta - rates[step] * corrected1 / (math.sqrt(corrected2) + h["epsilon"])

    return update


def adamax(h, rates, inside=True):
    first, norm, count = [0.0], [0.0], [0]

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        count[0] += 1
        first[0] = h["beta1"] * first[0] + (1 - h["beta1"]) * g
        added = h["epsilon"] if inside else 0.0
        norm[0] = max(h["beta2"] * norm[0], abs(g) + added)
        rate = rates[step] / (1 - h["beta1"] ** count[0])
        return theta - rate * first[0] / (norm[0] + h["epsilon"] - added)

    return update


def adamax_of_tensorflow(h, rates):
    return adamax(h, rates, inside=False)


def nadam(h, rates, doubled=False):
    first, second, product, count = [0.0], [0.0], [1.0], [0]

    def scheduled(step):
        return h["beta1"] * (1 - 0.96 ** (step * h.get("momentum_decay", 0.004)) / 2)

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        count[0] += 1
        now, following = scheduled(count[0]), scheduled(count[0] + 1)
        product[0] *= now
        first[0] = h["beta1"] * first[0] + (1 - h["beta1"]) * g
        second[0] = h["beta2"] * second[0] + (1 - h["beta2"]) * g * g
        after = product[0] * following * (now if doubled else 1.0)
        mean = following * first[0] / (1 - after) + (1 - now) * g / (1 - product[0])
        corrected = second[0] / (1 - h["beta2"] ** count[0])
        return theta - rates[step] * mean / (math.sqrt(corrected) + h["epsilon"])

    return update


def nadam_of_torch(h, rates):
    # A finding: before 2.0 the product of the next step has this step's momentum twice.
    return nadam(h, rates, doubled=True)


def asgd_of_torch(h, rates):
    # The rate is computed in the step before, and kept in binary32 (a finding).
    kept, count = [None], [0]

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        rate = in_binary32(rates[step]) if kept[0] is None else kept[0]
        count[0] += 1
        fallen = (1 + h["decay"] * rates[step] * count[0]) ** h["rate_exponent"]
        kept[0] = in_binary32(rates[step] / fallen)
        return theta * (1 - h["decay"] * rate) - rate * g

    return update


def in_binary32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def radam(h, rates, epsilon=None):
    first, second, count = [0.0], [0.0], [0]
    epsilon = h["epsilon"] if epsilon is None else epsilon

    def update(step, theta, g):
        g = g + h.get("weight_decay", 0.0) * theta
        count[0] += 1
        t, power = count[0], h["beta2"] ** count[0]
        first[0] = h["beta1"] * first[0] + (1 - h["beta1"]) * g
        second[0] = h["beta2"] * second[0] + (1 - h["beta2"]) * g * g
        corrected = first[0] / (1 - h["beta1"] ** t)
        longest = 2 / (1 - h["beta2"]) - 1
        length = longest - 2 * t * power / (1 - power)
        if not length > 5:
            return theta - rates[step] * corrected
        share = (length - 4) * (length - 2) * longest
        share = math.sqrt(share / ((longest - 4) * (longest - 2) * length))
        below = (math.sqrt(second[0]) + epsilon) / math.sqrt(1 - power)
        return theta - rates[step] * share * corrected / below

    return update


def radam_of_foreach(h, rates):
    # A finding: torch 1.13's multi-tensor RAdam divides without epsilon.
    return radam(h, rates, epsilon=0.0)


def rprop(h, rates):
    size, before = [None], [0.0]

    def update(step, theta, g):
        agrees = g * before[0]
        factor = h["increase_factor"] if agrees > 0 else h["decrease_factor"] if agrees < 0 else 1
        size[0] = (RATES[0] if size[0] is None else size[0]) * factor
        size[0] = min(max(size[0], h["minimum_step"]), h["maximum_step"])
        before[0] = 0.0 if agrees < 0 else g
        return theta - math.copysign(size[0], before[0]) if before[0] != 0 else theta

    return update


ADAM = {"learning_rate": 0.125, "beta1": 0.875, "beta2": 0.96875, "epsilon": 2.0**-10}

PARAMETERS = [
    parameter("matrix", [2, 2], [1.0, -2.0, 0.5, 3.0]),
    parameter("scalar", [], [-1.5]),
    parameter("empty", [0, 3], []),
]
RATES = [0.125, 0.125, 0.0625, 0.25, 0.25, 0.125, 0.0625, 0.125]
GRADIENTS = [
    [[0.5, -1.0, 0.25, 2.0], [1.0], []],
    [[-0.25, 0.5, 0.125, 1.0], [0.5], []],
    [[0.75, 0.25, -0.5, -2.0], None, []],  # the scalar is not used in this step
    [[0.125, -0.5, 1.0, 0.5], [-2.0], []],
]


def expected_trajectory(make_update, hyperparameters, gradients=GRADIENTS):
    """[step][parameter][element], computed element by element."""
    trajectories = []
    for index, fields in enumerate(PARAMETERS):
        streams = [
            [step[index] and step[index][element] for step in gradients]
            for element in range(len(fields["values"]))
        ]
        trajectories.append(
            [
                descend(stream, theta, make_update(hyperparameters, RATES))
                for stream, theta in zip(streams, fields["values"])
            ]
        )
    return [
        [[element[step] for element in elements] for elements in trajectories]
        for step in range(len(gradients))
    ]


class RuleTest(SubjectTest):
    """Runs a rule over four steps with a rate that changes, and compares every step."""

    def begin(self, rule, hyperparameters, format):
        values = {"learning_rate": RATES[0], **hyperparameters}
        return self.create(rule, values, PARAMETERS, format)

    def check_rule(
        self, rule, make_update, hyperparameters, format, tolerance, gradients=GRADIENTS
    ):
        handle = self.begin(rule, hyperparameters, format)
        expected = expected_trajectory(make_update, hyperparameters, gradients)
        for step, gradient in enumerate(gradients):
            rate = {} if step == 0 else {"learning_rate": RATES[step]}
            actual = self.step(handle, gradient, **rate)
            self.assert_close(actual, expected[step], tolerance)
        self.assertIsNone(self.call("optimizer/close", handle=handle))

    def check_continuation(self, rule, hyperparameters, format, tolerance=0.0):
        """A loaded optimizer goes on as if never stopped, state included."""
        handle = self.begin(rule, hyperparameters, format)
        self.step(handle, GRADIENTS[0])
        self.step(handle, GRADIENTS[1], learning_rate=RATES[1])
        checkpoint = self.call("optimizer/save", handle=handle)["checkpoint"]
        loaded = self.call("optimizer/load", checkpoint=checkpoint)["handle"]
        self.assertNotEqual(handle, loaded)
        for gradient in (GRADIENTS[3], GRADIENTS[1]):
            straight, resumed = self.step(handle, gradient), self.step(loaded, gradient)
            self.assert_close(resumed, straight, tolerance)
        states = [self.call("optimizer/state", handle=h) for h in (handle, loaded)]
        self.assertEqual(list(states[0]), list(states[1]))
        for straight, resumed in zip(states[0].values(), states[1].values()):
            self.assert_close(resumed, straight, tolerance)


# --- the helpers, by way of the example adapters -----------------------------------


class ExampleTests:
    """What holds for both helpers."""

    def test_describes_itself(self):
        description = self.call("describe", protocol=1)
        self.assertEqual(description["protocol"], 1)
        self.assertTrue(description["name"])
        self.assertTrue(description["version"])

    def test_adam_is_adam(self):
        self.check_rule("adam", adam, ADAM, "binary64", 1e-13)

    def test_state_has_standard_names(self):
        handle = self.create("adam", ADAM, PARAMETERS)
        state = self.call("optimizer/state", handle=handle)
        zeros = [[0.0] * 4, [0.0], []]
        self.assertEqual(state, {"first_moment": zeros, "second_moment": zeros})
        self.step(handle, GRADIENTS[0])
        state = self.call("optimizer/state", handle=handle)
        self.assertEqual(state["first_moment"][1], [0.125])
        self.assertEqual(state["second_moment"][1], [0.03125])

    def test_handles_are_kept_apart(self):
        one, two = self.create("adam", ADAM, PARAMETERS), self.create("adam", ADAM, PARAMETERS)
        first = self.step(one, GRADIENTS[0])
        self.assertEqual(first, self.step(two, GRADIENTS[0]))
        self.assertNotEqual(first, self.step(one, GRADIENTS[0]))
        self.call("optimizer/close", handle=one)
        self.assert_fails(INVALID_PARAMS, "optimizer/step", handle=one, gradients=GRADIENTS[0])
        self.step(two, GRADIENTS[0])

    def test_unsupported(self):
        self.assert_fails(UNSUPPORTED, "optimizer/juggle")
        self.assert_fails(UNSUPPORTED, "toString")
        self.assert_fails(UNSUPPORTED, "sample", population=3)
        self.assert_fails(UNSUPPORTED, "initialize", initialization="he_normal")
        self.assert_fails(UNSUPPORTED, "clip", clipping="global_norm")
        self.assert_fails(UNSUPPORTED, "schedule/values", schedule="constant")
        self.assert_create_fails(UNSUPPORTED, "shampoo", ADAM)
        self.assert_create_fails(UNSUPPORTED, "toString", ADAM)
        self.assert_create_fails(UNSUPPORTED, "adam", ADAM, format="binary32")
        self.assert_create_fails(UNSUPPORTED, "adam", ADAM, format="bfloat16+binary32")
        self.assert_create_fails(UNSUPPORTED, "adam", {**ADAM, "weight_decay": 0.125})
        self.assert_create_fails(UNSUPPORTED, "adam", {**ADAM, "beta1": True})
        self.assert_create_fails(UNSUPPORTED, "adam", {**ADAM, "beta1": "large"})
        without = {name: value for name, value in ADAM.items() if name != "beta2"}
        self.assert_create_fails(UNSUPPORTED, "adam", without)
        handle = self.create("adam", ADAM, PARAMETERS)
        self.assert_fails(UNSUPPORTED, "optimizer/save", handle=handle)

    def test_groups_and_mixed_formats_are_never_ignored(self):
        groups = [{"hyperparameters": {"beta1": 0.5}}, {"hyperparameters": {}}]

        def two(**second):
            return [parameter("a", [1], [1.0]), parameter("b", [1], [1.0], **second)]

        self.assert_create_fails(UNSUPPORTED, "adam", ADAM, groups=groups, parameters=two(group=0))
        self.create("adam", ADAM, two(group=1), groups=groups)  # overrides nothing
        self.assert_create_fails(UNSUPPORTED, "adam", ADAM, parameters=two(format="bfloat16"))
        self.assert_create_fails(INVALID_PARAMS, "adam", ADAM, parameters=two(group=0))

    def test_malformed(self):
        handle = self.create("adam", ADAM, PARAMETERS)
        self.assert_fails(INVALID_PARAMS, "optimizer/step", handle=handle)
        self.assert_fails(INVALID_PARAMS, "optimizer/step", handle=7, gradients=[])
        self.assert_fails(INVALID_PARAMS, "optimizer/step", handle=handle, gradients=[[1.0]])
        short = [[1.0], [1.0], []]
        self.assert_fails(INVALID_PARAMS, "optimizer/step", handle=handle, gradients=short)
        odd = [[1.0, 2.0, 3.0, "four"], [1.0], []]
        self.assert_fails(INVALID_PARAMS, "optimizer/step", handle=handle, gradients=odd)
        self.assert_create_fails(
            INVALID_PARAMS, "adam", ADAM, parameters=[parameter("w", [2], [1.0])]
        )

    def test_illegal_lines_are_answered_and_survived(self):
        for line in (b"{", b"NaN x", b"\xff\xfe", b'{"id":1'):
            self.subject.send_line(line)
            reply = self.subject.read_reply()
            self.assertEqual((reply["id"], reply["error"]["code"]), (None, PARSE_ERROR))
        for line in (b"3", b"[]", b"null", b'{"id":1}', b'{"method":5}'):
            self.subject.send_line(line)
            reply = self.subject.read_reply()
            self.assertEqual(reply["error"]["code"], INVALID_REQUEST)
        self.subject.send_line(b'{"id":1,"method":"describe","params":[1]}')
        self.assertEqual(self.subject.read_reply()["error"]["code"], INVALID_PARAMS)
        self.subject.send_line(b"")  # nothing asked, nothing answered
        self.subject.send_line(b'{"method":"describe"}')  # a notification
        self.call("describe", protocol=1)

    def test_identity_and_line_separators(self):
        # U+2028 ends a line for some readers, and is an ordinary character in JSON.
        text = '{"jsonrpc":"2.0","id":"a\u2028b","method":"describe","params":{}}'
        self.subject.send_line(text.encode("utf-8"))
        self.assertEqual(self.subject.read_reply()["id"], "a\u2028b")

    def test_numbers_in_every_spelling(self):
        spelled = {"beta1": "0x1.cp-1", "beta2": "0x1.fp-1", "epsilon": "0x1p-10"}
        values = ["-0x0p+0", "0x0.0000000000001p-1022", "Infinity", "-Infinity", "NaN", "0x10p-4"]
        read = [-0.0, 5e-324, "Infinity", "-Infinity", "NaN", 1.0]
        handle = self.create("adam", {**ADAM, **spelled}, [parameter("w", [6], values)])
        self.assert_same(self.step(handle, [None]), [read])
        handle = self.create("adam", {**ADAM, **spelled}, PARAMETERS)
        plain = self.create("adam", ADAM, PARAMETERS)
        self.assertEqual(self.step(handle, GRADIENTS[0]), self.step(plain, GRADIENTS[0]))

    def test_nan_and_infinity_come_back(self):
        handle = self.create("adam", ADAM, [parameter("w", [3], [1.0, 1.0, 1.0])])
        result = self.step(handle, [["NaN", "Infinity", 1.0]])
        self.assertEqual(result[0][:2], ["NaN", "NaN"])
        moment = self.call("optimizer/state", handle=handle)["first_moment"]
        self.assert_same(moment, [["NaN", "Infinity", 0.125]])

    def test_all_binary64_numbers_survive(self):
        values = [0.1, -1 / 3, 5e-324, 2.225073858507201e-308, 1.7976931348623157e308, -0.0, 1e22]
        handle = self.create("adam", ADAM, [parameter("w", [7], values)])
        self.assert_same(self.step(handle, [None]), [values])

    def test_shutdown_exits_with_0(self):
        self.assertIsNone(self.call("shutdown"))
        self.assertEqual(self.subject.process.wait(timeout=30), 0)

    def test_end_of_input_exits_with_0(self):
        self.assertEqual(self.subject.close(), 0)


class PythonExample(ExampleTests, RuleTest):
    command = [sys.executable, os.path.join(HERE, "example_subject.py")]


@unittest.skipUnless(NODE, "no node")
class JavaScriptExample(ExampleTests, RuleTest):
    command = [NODE, os.path.join(HERE, "example_subject.mjs")]


# --- the rest of the helpers, by adapters that use all of them ---------------------

PYTHON_ADAPTER = '''
import math
import os
import plumbline_subject

plumbline_subject.guard_output()
print("printed while it is imported")

class Walk:
    """Goes on by the learning rate; its groups and formats may differ."""
    def __init__(self, task):
        self.rates = [p.hyperparameters.number("learning_rate") for p in task.parameters]
        self.fixed = [p.hyperparameters.flag("fixed") for p in task.parameters]
        self.formats = [p.format for p in task.parameters]
        self.parameters = [list(p.values) for p in task.parameters]
        if self.rates[0] < 0:
            raise plumbline_subject.Refused("negative learning rate")

    def set_learning_rate(self, rate):
        self.rates = [rate] * len(self.rates)

    def set_loss(self, loss):
        if loss > 1e9:
            raise ArithmeticError("too much")

    def step(self, gradients):
        print("printed by Python")
        os.system("echo printed by a child")
        os.write(1, b"printed past Python\\n")
        for values, rate, fixed in zip(self.parameters, self.rates, self.fixed):
            values[:] = [x if fixed else x - rate for x in values]
        return self.parameters[:-1] if len(self.parameters) > 2 else self.parameters

    def evaluate_at(self):
        return [[x + 1 for x in values] for values in self.parameters]

    def save(self):
        return {"parameters": self.parameters, "word": "some text", "nothing": None}

    def load(self, memory):
        assert memory["word"] == "some text" and memory["nothing"] is None
        self.parameters = memory["parameters"]


def minimize(task, objective):
    rate, parameters = task.hyperparameters.number("learning_rate"), [[1.0, 2.0]]
    for _ in range(task.steps):
        value, gradients = objective(parameters)
        parameters = [[x - rate * g for x, g in zip(p, d)] for p, d in zip(parameters, gradients)]
    hessian = objective.with_hessian(parameters)[2]
    assert hessian == [[2.0, 0.0], [0.0, 2.0]], hessian
    if not task.draws:
        return parameters
    jacobian = objective.wanting(parameters, "jacobian")[2]["jacobian"]
    return plumbline_subject.Minimum(parameters, {"rows": jacobian[0], "draws": task.draws[1]})


plumbline_subject.serve(
    "walk", "1", {"walk": Walk},
    formats=["binary64", "binary32"],
    schedules={"halving": lambda t: [t.hyperparameters.number("from") / 2**s for s in t.steps]},
    clippings={"all": lambda t: ([[0.0] * len(g.values) for g in t.gradients], 2.0)},
    minimizers={"walk": minimize},
    sampler=lambda t: [[t.seed % t.population] * t.batch_size] * t.batches,
    initializers={
        "seeds": lambda t: [t.seed * t.hyperparameters.number("gain", 1.0)] * math.prod(t.shape)
    },
    claims={"walk": {"formats": ["binary64"]}},
)
'''

JAVASCRIPT_ADAPTER = """
import {spawnSync} from 'node:child_process';
import {Minimum, Refused, guardOutput, serve} from 'HELPER';

guardOutput();
console.log('printed while it is imported');

/** Goes on by the learning rate; its groups and formats may differ. */
class Walk {
  constructor({parameters}) {
    this.rates = parameters.map((p) => p.hyperparameters.number('learning_rate'));
    this.fixed = parameters.map((p) => p.hyperparameters.flag('fixed'));
    this.formats = parameters.map((p) => p.format);
    this.parameters = parameters.map((p) => [...p.values]);
    if (this.rates[0] < 0) throw new Refused('negative learning rate');
  }
  setLearningRate(rate) {
    this.rates.fill(rate);
  }
  async setLoss(loss) {
    if (loss > 1e9) throw new RangeError('too much');
  }
  async step() {
    console.log('printed by JavaScript');
    process.stdout.write('printed to its stdout');
    this.parameters = this.parameters.map(
      (values, i) => values.map((x) => (this.fixed[i] ? x : x - this.rates[i])));
    return this.parameters.length > 2 ? this.parameters.slice(0, -1) : this.parameters;
  }
  evaluateAt() {
    return this.parameters.map((values) => values.map((x) => x + 1));
  }
  save() {
    return {parameters: this.parameters, word: 'some text', nothing: null};
  }
  load(memory) {
    if (memory.word !== 'some text' || memory.nothing !== null) throw new Error('lost');
    this.parameters = memory.parameters;
  }
}

async function minimize(task, objective) {
  const rate = task.hyperparameters.number('learning_rate');
  let parameters = [[1, 2]];
  for (let step = 0; step < task.steps; step += 1) {
    const {gradients} = await objective.evaluate(parameters);
    parameters = parameters.map((p, i) => p.map((x, j) => x - rate * gradients[i][j]));
  }
  const {hessian} = await objective.evaluate(parameters, {hessian: true});
  if (JSON.stringify(hessian) !== '[[2,0],[0,2]]') throw new Error('hessian');
  if (task.draws.length === 0) return parameters;
  const {jacobian} = await objective.evaluate(parameters, {want: ['jacobian']});
  return new Minimum(parameters, {rows: jacobian[0], draws: task.draws[1]});
}

await serve({
  name: 'walk',
  version: '1',
  optimizers: {walk: (task) => new Walk(task)},
  formats: ['binary64', 'binary32'],
  schedules: {halving: (t) => t.steps.map((s) => t.hyperparameters.number('from') / 2 ** s)},
  clippings: {
    all: (t) => ({gradients: t.gradients.map((g) => g.values.map(() => 0)), norm: 2}),
  },
  minimizers: {walk: minimize},
  sampler: (t) => Array(t.batches).fill(Array(t.batchSize).fill(t.seed % t.population)),
  initializers: {
    seeds: (t) => Array(t.shape.reduce((p, s) => p * s, 1)).fill(
      t.seed * t.hyperparameters.number('gain', 1)),
  },
  claims: {walk: {formats: ['binary64']}},
});
"""


class WholeHelperTests:
    def test_prints_do_not_reach_the_protocol(self):
        self.call("describe", protocol=1)
        handle = self.create("walk", {"learning_rate": 1.0}, [parameter("w", [1], [3.0])])
        self.assertEqual(self.step(handle, [None]), [[2.0]])
        self.subject.close()
        printed = [line for line in self.subject.log if "printed" in line]
        self.assertGreaterEqual(len(printed), 2)

    def test_claims(self):
        claims = self.call("describe", protocol=1)["claims"]
        self.assertEqual(claims, {"walk": {"formats": ["binary64"]}})

    def test_groups_and_formats_of_parameters(self):
        parameters = [
            parameter("a", [1], [0.0], format="binary32"),
            parameter("b", [1], [0.0], group=1),
        ]
        groups = [{"hyperparameters": {"odd": 1.0}}, {"hyperparameters": {"learning_rate": 2.0}}]
        handle = self.create("walk", {"learning_rate": 1.0}, parameters, groups=groups)
        self.assertEqual(self.step(handle, [None, None]), [[-1.0], [-2.0]])
        parameters[0]["group"] = 0  # whose name nobody asks for
        self.assert_create_fails(
            UNSUPPORTED, "walk", {"learning_rate": 1.0}, parameters=parameters, groups=groups
        )

    def test_flags_are_booleans(self):
        handle = self.create(
            "walk", {"learning_rate": 1.0, "fixed": True}, [parameter("a", [1], [0.0])]
        )
        self.assertEqual(self.step(handle, [None]), [[0.0]])
        self.assert_create_fails(UNSUPPORTED, "walk", {"learning_rate": 1.0, "fixed": 1})

    def test_evaluation_point(self):
        task = {"rule": "walk", "format": "binary64", "hyperparameters": {"learning_rate": 1.0}}
        created = self.call("optimizer/create", **task, parameters=[parameter("a", [1], [0.0])])
        self.assertEqual(created["evaluate_at"], [[1.0]])
        result = self.call("optimizer/step", handle=created["handle"], gradients=[None])
        self.assertEqual(result, {"parameters": [[-1.0]], "evaluate_at": [[0.0]]})

    def test_refused_and_fault(self):
        self.assert_create_fails(REFUSED, "walk", {"learning_rate": -1.0})
        handle = self.create("walk", {"learning_rate": 1.0}, [parameter("a", [1], [0.0])])
        self.step(handle, [None], loss=3.0)
        self.assert_fails(FAULT, "optimizer/step", handle=handle, gradients=[None], loss=1e10)
        three = [parameter(name, [1], [0.0]) for name in "abc"]
        handle = self.create("walk", {"learning_rate": 1.0}, three)  # answers with two
        self.assert_fails(FAULT, "optimizer/step", handle=handle, gradients=[None] * 3)
        self.assert_fails(UNSUPPORTED, "optimizer/state", handle=handle)

    def test_save_and_load(self):
        values = [0.5, -0.0, "NaN", "-Infinity"]
        handle = self.create("walk", {"learning_rate": 0.0}, [parameter("a", [4], values)])
        checkpoint = self.call("optimizer/save", handle=handle)["checkpoint"]
        loaded = self.call("optimizer/load", checkpoint=checkpoint)["handle"]
        self.assert_same(self.step(loaded, [None]), [values])
        del checkpoint["memory"]["parameters"]
        self.assert_fails(FAULT, "optimizer/load", checkpoint=checkpoint)

    def test_schedule_clipping_and_sample(self):
        ask = {"schedule": "halving", "steps": [0, 3], "access": "direct"}
        values = self.call("schedule/values", **ask, hyperparameters={"from": 1.0})["values"]
        self.assertEqual(values, [1.0, 0.125])
        odd = {"from": 1.0, "to": 0.0}
        self.assert_fails(UNSUPPORTED, "schedule/values", **ask, hyperparameters=odd)
        gradients = [{"shape": [2], "values": [3.0, 4.0]}, {"shape": [0], "values": []}]
        ask = {"clipping": "all", "format": "binary64", "gradients": gradients}
        result = self.call("clip", **ask, hyperparameters={})
        self.assertEqual(result, {"gradients": [[0.0, 0.0], []], "norm": 2.0})
        self.assert_fails(UNSUPPORTED, "clip", **ask, hyperparameters={"max_norm": 1.0})
        ask = {"population": 5, "batch_size": 2, "replacement": True, "seed": 8, "batches": 1}
        self.assertEqual(self.call("sample", **ask), {"batches": [[3, 3]]})

    def test_initialize(self):
        ask = {"initialization": "seeds", "shape": [2, 1], "format": "binary64", "seed": 3}
        result = self.call("initialize", **ask, hyperparameters={"gain": 2.0})
        self.assertEqual(result, {"values": [6.0, 6.0]})
        self.assert_fails(UNSUPPORTED, "initialize", **ask, hyperparameters={"slope": 2.0})
        self.assert_fails(
            UNSUPPORTED, "initialize", **{**ask, "format": "binary16"}, hyperparameters={}
        )

    ROWS = {"hessian": [[2.0, 0.0], [0.0, 2.0]], "jacobian": [[0.5, "NaN"]]}

    def minimized(self, lacking=(), **more):
        """The answer to two steps on the sum of squares, and where it was asked for."""
        self.subject.request(
            "optimizer/minimize",
            rule="walk",
            format="binary64",
            hyperparameters={"learning_rate": 0.25},
            parameters=[parameter("w", [2], [1.0, 2.0])],
            steps=2,
            **more
        )
        seen = []
        while True:
            message = self.subject.read_reply()
            if "method" not in message:
                break
            self.assertEqual(message["method"], "objective/evaluate")
            at = message["params"]["parameters"]
            seen.append(at)
            answer = {"value": 0.0, "gradients": [[2 * x for x in at[0]]]}
            reply = {"jsonrpc": "2.0", "id": message["id"], "result": answer}
            for name in message["params"].get("want", []):
                if name in lacking:
                    reply = {**reply, "error": {"code": UNSUPPORTED, "message": "no " + name}}
                    del reply["result"]
                else:
                    answer[name] = self.ROWS[name]
            self.subject.send_line(json.dumps(reply).encode())
        return message, seen

    def test_minimize_asks_the_harness(self):
        answer, seen = self.minimized()
        self.assertEqual(seen, [[[1.0, 2.0]], [[0.5, 1.0]], [[0.25, 0.5]]])
        self.assertEqual(answer["result"], {"parameters": [[0.25, 0.5]]})

    def test_minimize_is_given_draws_and_may_show_its_state(self):
        answer, seen = self.minimized(draws=[[7.0], [3.0, "Infinity"]])
        self.assertEqual(seen[2:], [[[0.25, 0.5]]] * 2)
        state = {"rows": [[0.5, "NaN"]], "draws": [[3.0, "Infinity"]]}
        self.assertEqual(answer["result"], {"parameters": [[0.25, 0.5]], "state": state})

    def test_what_an_objective_has_not_is_unsupported(self):
        answer, _ = self.minimized(lacking=["hessian"])
        self.assertEqual(answer["error"], {"code": UNSUPPORTED, "message": "no hessian"})


class WrittenAdapter(RuleTest):
    """An adapter written to a file of its own for the test."""

    @classmethod
    def write(cls, name, source):
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        return path


class PythonWholeHelper(WholeHelperTests, WrittenAdapter):
    @classmethod
    def setUpClass(cls):
        preamble = "import sys\nsys.path.insert(0, {!r})\n".format(HERE)
        path = cls.write("walk.py", preamble + textwrap.dedent(PYTHON_ADAPTER))
        cls.command = [sys.executable, path]


@unittest.skipUnless(NODE, "no node")
class JavaScriptWholeHelper(WholeHelperTests, WrittenAdapter):
    @classmethod
    def setUpClass(cls):
        helper = "file://" + os.path.join(HERE, "plumbline_subject.mjs")
        path = cls.write("walk.mjs", JAVASCRIPT_ADAPTER.replace("HELPER", helper))
        cls.command = [NODE, path]


# --- PyTorch -----------------------------------------------------------------------

SQUARES = {"rho": 0.875, "epsilon": 2.0**-10}
AVERAGED = {"decay": 0.25, "rate_exponent": 0.75, "averaging_start": 1.0}
STEP_SIZES = {
    "increase_factor": 1.25,
    "decrease_factor": 0.5,
    "minimum_step": 2.0**-10,
    "maximum_step": 1.0,
}


@unittest.skipUnless(HAS_TORCH, "no torch")
class PyTorch(RuleTest):
    shares_subject = True
    command = [sys.executable, os.path.join(HERE, "pytorch.py")]

    RULES = [
        ("gradient_descent", sgd, {}),
        ("gradient_descent", sgd, {"weight_decay": 0.25}),
        ("momentum", sgd, {"momentum": 0.875}),
        ("momentum", sgd, {"momentum": 0.875, "dampening": 0.5, "weight_decay": 0.25}),
        ("nesterov", nesterov, {"momentum": 0.875, "weight_decay": 0.25}),
        ("adagrad", adagrad, {"epsilon": 2.0**-10}),
        ("adagrad", adagrad, {"epsilon": 0.5, "initial_accumulator": 0.25, "weight_decay": 0.25}),
        ("adagrad", adagrad, {"epsilon": 0.5, "learning_rate_decay": 0.5}),
        ("rmsprop", rmsprop_of_torch, SQUARES),
        ("rmsprop", rmsprop_of_torch, {**SQUARES, "centered": True, "weight_decay": 0.25}),
        ("rmsprop", rmsprop_of_torch, {**SQUARES, "centered": True, "momentum": 0.5}),
        ("adam", adam, ADAM),
        ("adam", adam, {**ADAM, "weight_decay": 0.25}),
        ("adamw", adamw, ADAM),
        ("adamw", adamw, {**ADAM, "weight_decay": 0.25}),
        ("adadelta", adadelta, {**SQUARES, "weight_decay": 0.25}),
        ("amsgrad", amsgrad, {**ADAM, "beta2": 0.5, "weight_decay": 0.25}),
        ("adamax", adamax, {**ADAM, "weight_decay": 0.25}),
        ("rprop", rprop, STEP_SIZES),
    ]
    # The multi-tensor implementations are others.
    RULES_OF_ITS_OWN = [
        ("nadam", nadam_of_torch, ADAM),
        ("radam", radam, ADAM),
        ("asgd", asgd_of_torch, {**AVERAGED, "weight_decay": 0.25}),
    ]

    TOLERANCES = {"binary64": 1e-13, "binary32": 1e-5, "bfloat16": 0.1}

    def tolerance(self, rule, format):
        # A finding: NAdam's product of momenta is kept in binary32, whatever the format.
        return 1e-6 if (rule, format) == ("nadam", "binary64") else self.TOLERANCES[format]

    def test_rules_in_every_format(self):
        for format in self.TOLERANCES:
            for rule, make_update, hyperparameters in self.RULES + self.RULES_OF_ITS_OWN:
                with self.subTest(rule=rule, format=format, **hyperparameters):
                    tolerance = self.tolerance(rule, format)
                    gradients = GRADIENTS * (2 if rule == "radam" else 1)
                    self.check_rule(
                        rule, make_update, hyperparameters, format, tolerance, gradients
                    )

    def test_binary16_is_right_or_unsupported(self):
        for rule, make_update, hyperparameters in self.RULES:
            with self.subTest(rule=rule, **hyperparameters):
                try:
                    self.check_rule(rule, make_update, hyperparameters, "binary16", 0.02)
                except Failure as failure:
                    self.assertEqual(failure.code, UNSUPPORTED, failure)

    def test_describes_itself(self):
        description = self.call("describe", protocol=1)
        self.assertTrue(description["name"].startswith("PyTorch"))
        self.assertTrue(description["version"])

    def test_save_and_load(self):
        for format in ("binary64", "binary32", "bfloat16"):
            for rule, _, hyperparameters in self.RULES:
                with self.subTest(rule=rule, format=format, **hyperparameters):
                    self.check_continuation(rule, hyperparameters, format)

    def test_state_before_and_after_the_first_step(self):
        rate, zeros = {"learning_rate": 0.125}, [[0.0] * 4, [0.0], []]
        expected = {
            "gradient_descent": ({}, {}),
            "momentum": ({"momentum": 0.5}, {"velocity": zeros}),
            "nesterov": ({"momentum": 0.5}, {"velocity": zeros}),
            "adagrad": (
                {"epsilon": 1e-3, "initial_accumulator": 0.25},
                {"squared_gradient_sum": [[0.25] * 4, [0.25], []]},
            ),
            "rmsprop": (SQUARES, {"mean_square": zeros}),
            "adam": (ADAM, {"first_moment": zeros, "second_moment": zeros}),
            "adamw": (ADAM, {"first_moment": zeros, "second_moment": zeros}),
            "adadelta": (SQUARES, {"mean_square": zeros, "mean_square_update": zeros}),
            "adamax": (ADAM, {"first_moment": zeros, "infinity_norm": zeros}),
            "asgd": (AVERAGED, {"average": zeros}),
            "rprop": (
                STEP_SIZES,
                {"step_size": [[0.125] * 4, [0.125], []], "previous_gradient": zeros},
            ),
        }
        for rule, (hyperparameters, state) in expected.items():
            handle = self.create(rule, {**rate, **hyperparameters}, PARAMETERS)
            self.assertEqual(self.call("optimizer/state", handle=handle), state)
            self.step(handle, GRADIENTS[0])
            after = self.call("optimizer/state", handle=handle)
            self.assertEqual(list(after), list(state))
        whole = {**rate, **SQUARES, "centered": True, "momentum": 0.5}
        handle = self.create("rmsprop", whole, PARAMETERS)
        names = ["mean_square", "mean_gradient", "velocity"]
        self.assertEqual(list(self.call("optimizer/state", handle=handle)), names)

    def test_unsupported(self):
        rate = {"learning_rate": 0.125}
        self.assert_create_fails(UNSUPPORTED, "shampoo", rate)
        self.assert_create_fails(UNSUPPORTED, "gradient_descent", {})
        self.assert_create_fails(UNSUPPORTED, "gradient_descent", {**rate, "momentum": 0.5})
        self.assert_create_fails(UNSUPPORTED, "nesterov", rate)
        condition = {**rate, "momentum": 0.5, "condition_number": 10.0}
        self.assert_create_fails(UNSUPPORTED, "nesterov", condition)
        self.assert_create_fails(UNSUPPORTED, "rmsprop", {**rate, **SQUARES, "centered": 1.0})
        self.assert_create_fails(UNSUPPORTED, "gradient_descent", rate, format="bfloat16+binary32")
        ask = {"schedule": "linear_warmup_cosine", "steps": [3], "access": "direct"}
        values = {"learning_rate": 1.0, "warmup_steps": 2, "total_steps": 6}
        self.assert_fails(UNSUPPORTED, "schedule/values", **ask, hyperparameters=values)

    def test_refused(self):
        self.assert_create_fails(REFUSED, "adam", {**ADAM, "learning_rate": -1.0})
        self.assert_create_fails(REFUSED, "adamw", {**ADAM, "beta2": 1.5})
        self.assert_create_fails(REFUSED, "gradient_descent", {"learning_rate": -1.0})
        self.assert_create_fails(REFUSED, "nesterov", {"learning_rate": 1.0, "momentum": 0.0})

    def test_groups(self):
        parameters = [parameter("a", [1], [1.0]), parameter("b", [1], [1.0], group=0)]
        parameters.append(parameter("c", [1], [1.0]))
        groups = [{"hyperparameters": {"learning_rate": 0.5, "weight_decay": 1.0}}]
        handle = self.create("gradient_descent", {"learning_rate": 0.25}, parameters, groups=groups)
        ones = [[1.0]] * 3
        self.assertEqual(self.step(handle, ones), [[0.75], [0.0], [0.75]])
        # A learning rate of a step is every group's.
        self.assertEqual(self.step(handle, ones, learning_rate=1.0), [[-0.25], [-1.0], [-0.25]])

    def test_formats_of_parameters(self):
        parameters = [
            parameter(format, [1], [1.0], format=format)
            for format in ("binary64", "binary32", "bfloat16")
        ]
        handle = self.create("gradient_descent", {"learning_rate": 1.0}, parameters)
        third = self.step(handle, [[2.0**-30]] * 3)
        self.assertEqual(third, [[1.0 - 2.0**-30], [1.0], [1.0]])

    def test_special_numbers(self):
        values = [-0.0, "NaN", "Infinity", "-Infinity", 1.0]
        handle = self.create(
            "gradient_descent", {"learning_rate": 1.0}, [parameter("w", [5], values)], "binary32"
        )
        result = self.step(handle, [[-0.0, 1.0, 1.0, 1.0, "NaN"]])
        self.assert_same(result[0][1:], values[1:4] + ["NaN"])
        self.assert_same(self.step(handle, [None])[0][2:4], values[2:4])

    def test_schedules(self):
        def rates(schedule, access, **hyperparameters):
            return self.call(
                "schedule/values",
                schedule=schedule,
                hyperparameters={"learning_rate": 0.5, **hyperparameters},
                steps=[0, 1, 2, 3, 5, 8, 4],
                access=access,
            )["values"]

        def cosine(step, steps, low=0.0):
            return low + (0.5 - low) * (1 + math.cos(math.pi * step / steps)) / 2

        def warmup(step):
            return 0.5 * (step + 1) / 3 if step < 3 else cosine(step - 3, 5, 0.125)

        for access in ("sequential", "direct"):
            self.assertEqual(rates("constant", access), [0.5] * 7)
            expected = [cosine(step, 8, 0.125) for step in (0, 1, 2, 3, 5, 8, 4)]
            actual = rates("cosine_annealing", access, total_steps=8, minimum_learning_rate=0.125)
            self.assert_close([actual], [expected], 1e-12)
        actual = rates(
            "linear_warmup_cosine",
            "sequential",
            warmup_steps=3,
            total_steps=8,
            minimum_learning_rate=0.125,
        )
        self.assert_close([actual], [[warmup(step) for step in (0, 1, 2, 3, 5, 8, 4)]], 1e-12)

    def test_clipping(self):
        def clip(format, max_norm):
            gradients = [{"shape": [2], "values": [3.0, 0.0]}, {"shape": [], "values": [-4.0]}]
            gradients.append({"shape": [0], "values": []})
            return self.call(
                "clip",
                clipping="global_norm",
                format=format,
                hyperparameters={"max_norm": max_norm},
                gradients=gradients,
            )

        for format, tolerance in (("binary64", 1e-13), ("binary32", 1e-6), ("bfloat16", 0.01)):
            result = clip(format, 2.5)
            factor = 2.5 / (5.0 + 1e-6)
            self.assert_close(result["gradients"], [[3 * factor, 0], [-4 * factor], []], tolerance)
            self.assertEqual(result["norm"], 5.0)
            self.assertEqual(clip(format, 10.0)["gradients"], [[3.0, 0.0], [-4.0], []])

    def test_clipping_by_other_norms_and_by_value(self):
        def clip(clipping, **hyperparameters):
            gradients = [{"shape": [2], "values": [3.0, -1.0]}, {"shape": [], "values": [-4.0]}]
            return self.call("clip", clipping=clipping, format="binary64", gradients=gradients,
                             hyperparameters=hyperparameters)

        for clipping, norm in (("global_norm_1", 8.0), ("global_norm_infinity", 4.0)):
            result = clip(clipping, max_norm=2.0)
            factor = 2.0 / (norm + 1e-6)
            self.assert_close(result["gradients"], [[3 * factor, -factor], [-4 * factor]], 1e-13)
            self.assertEqual(result["norm"], norm)
        result = clip("tensor_norm_1", max_norm=2.0)
        own, other = 2.0 / (4.0 + 1e-6), 2.0 / (4.0 + 1e-6)
        self.assert_close(result["gradients"], [[3 * own, -own], [-4 * other]], 1e-13)
        self.assertNotIn("norm", result)
        self.assertEqual(clip("value", max_value=2.0)["gradients"], [[2.0, -1.0], [-2.0]])

    def test_shutdown_exits_with_0(self):
        self.assertIsNone(self.call("shutdown"))
        self.assertEqual(self.subject.close(), 0)


@unittest.skipUnless(HAS_TORCH, "no torch")
class PyTorchForeach(PyTorch):
    command = PyTorch.command + ["--foreach"]
    RULES_OF_ITS_OWN = [("nadam", nadam, ADAM), ("radam", radam_of_foreach, ADAM)]

    def test_asgd_gives_the_first_parameters_rate_to_all(self):
        # A finding: the second parameter misses a step, and takes its next one with the first
        # one's rate.
        values = {"learning_rate": 1.0, "decay": 1.0, "rate_exponent": 1.0, "averaging_start": 1.0}
        two = [parameter("a", [1], [0.0]), parameter("b", [1], [0.0])]
        handle = self.create("asgd", values, two)
        self.step(handle, [[0.0], None])
        # a's second rate is 1/2; b's first should be 1.
        self.assertEqual(self.step(handle, [[0.0], [1.0]]), [[0.0], [-0.5]])

    def test_radam_at_a_gradient_of_zero_is_nan(self):
        # A finding: 0/0, and multiplied by 0 where the step is not rectified.
        handle = self.create("radam", ADAM, [parameter("w", [1], [1.0])])
        self.assertEqual(self.step(handle, [[0.0]]), [["NaN"]])

    def tolerance(self, rule, format):
        # A finding: multi-tensor AdaGrad computes its rate in binary32, whatever the format.
        found = (rule, format) == ("adagrad", "binary64")
        return 1e-6 if found else super().tolerance(rule, format)


# --- TensorFlow.js -----------------------------------------------------------------


@unittest.skipUnless(HAS_TENSORFLOW, "no node_modules: run `npm ci` here")
class TensorFlow(RuleTest):
    shares_subject = True
    command = [NODE, os.path.join(HERE, "tensorflow.mjs")] if NODE else None

    # Adam's tolerance: TensorFlow.js keeps the powers of beta in binary32.
    RULES = [
        ("gradient_descent", sgd, {}, 1e-5),
        ("momentum", sgd, {"momentum": 0.875}, 1e-5),
        ("nesterov", nesterov, {"momentum": 0.875}, 1e-5),
        ("rmsprop", rmsprop_of_tensorflow, SQUARES, 1e-5),
        ("rmsprop", rmsprop_of_tensorflow, {**SQUARES, "momentum": 0.5}, 1e-5),
        ("rmsprop", rmsprop_of_tensorflow, {**SQUARES, "momentum": 0.5, "centered": True}, 1e-5),
        ("adam", adam, ADAM, 1e-5),
        ("adadelta", adadelta_of_tensorflow, SQUARES, 1e-5),
    ]
    # Its state can be neither read nor written.
    RULES_WITHOUT_STATE = [("adamax", adamax_of_tensorflow, ADAM, 1e-5)]
    EPSILON = 1e-7  # of AdaGrad, fixed

    # Without the step in which the scalar has no gradient: see the tests of that below.
    GRADIENTS = [GRADIENTS[0], GRADIENTS[1], GRADIENTS[3]]

    def test_rules(self):
        for rule, make_update, hyperparameters, tolerance in self.RULES + self.RULES_WITHOUT_STATE:
            with self.subTest(rule=rule, **hyperparameters):
                self.check_rule(
                    rule, make_update, hyperparameters, "binary32", tolerance, self.GRADIENTS
                )

    def test_adagrad(self):
        def inside(h, rates):
            return adagrad(h, rates, inside=True)

        for more in ({}, {"initial_accumulator": 0.25}):
            values = {"epsilon": self.EPSILON, **more}
            self.check_rule("adagrad", inside, values, "binary32", 1e-5, self.GRADIENTS)
        rate = {"learning_rate": 0.125}
        self.assert_create_fails(UNSUPPORTED, "adagrad", {**rate, "epsilon": 1e-8}, "binary32")

    def test_describes_itself(self):
        subject = self.started()
        self.assertTrue(subject.call("describe", protocol=1)["name"].startswith("TensorFlow.js"))
        subject.call("shutdown")
        subject.close()
        self.assertEqual(subject.log, [])  # no banner

    def test_centered_rmsprop_without_gradient_signal_is_nan(self):
        # A finding, pinned down: epsilon is taken away under the root.
        values = {"learning_rate": 0.125, **SQUARES, "centered": True}
        handle = self.create("rmsprop", values, [parameter("w", [2], [1.0, 1.0])], "binary32")
        self.assertEqual(self.step(handle, [[0.0, 1.0]])[0][0], "NaN")

    def test_state(self):
        rate, zeros = {"learning_rate": 0.125}, [[0.0] * 4, [0.0], []]
        expected = {
            "gradient_descent": ({}, {}),
            "momentum": ({"momentum": 0.5}, {"velocity": zeros}),
            "nesterov": ({"momentum": 0.5}, {"velocity": zeros}),
            "adagrad": (
                {"epsilon": self.EPSILON, "initial_accumulator": 0.25},
                {"squared_gradient_sum": [[0.25] * 4, [0.25], []]},
            ),
            "rmsprop": (SQUARES, {"mean_square": zeros}),
            "adam": (ADAM, {"first_moment": zeros, "second_moment": zeros}),
        }
        for rule, (hyperparameters, state) in expected.items():
            with self.subTest(rule=rule):
                handle = self.create(rule, {**rate, **hyperparameters}, PARAMETERS, "binary32")
                self.assertEqual(self.call("optimizer/state", handle=handle), state)
                self.step(handle, GRADIENTS[0])
                after = self.call("optimizer/state", handle=handle)
                self.assertEqual(list(after), list(state))
                for name in state:
                    self.assertNotEqual(after[name][1], state[name][1])
        whole = {**rate, **SQUARES, "centered": True, "momentum": 0.5}
        handle = self.create("rmsprop", whole, PARAMETERS, "binary32")
        names = ["mean_square", "mean_gradient", "velocity"]
        self.assertEqual(list(self.call("optimizer/state", handle=handle)), names)

    def test_save_and_load(self):
        for rule, _, hyperparameters, _ in self.RULES:
            with self.subTest(rule=rule, **hyperparameters):
                # Adam's powers of beta are not saved but raised anew, in binary32.
                tolerance = 1e-5 if rule == "adam" else 0.0
                self.check_continuation(rule, hyperparameters, "binary32", tolerance)
        self.check_continuation("adagrad", {"epsilon": self.EPSILON}, "binary32")

    def test_unsupported(self):
        rate = {"learning_rate": 0.125}
        for format in ("binary64", "bfloat16", "binary16", "bfloat16+binary32"):
            self.assert_create_fails(UNSUPPORTED, "gradient_descent", rate, format)
        self.assert_create_fails(UNSUPPORTED, "adamw", ADAM, "binary32")
        handle = self.create("adamax", ADAM, PARAMETERS, "binary32")
        self.assert_fails(UNSUPPORTED, "optimizer/state", handle=handle)
        self.assert_fails(UNSUPPORTED, "optimizer/save", handle=handle)
        decay = {**rate, "weight_decay": 0.5}
        self.assert_create_fails(UNSUPPORTED, "gradient_descent", decay, "binary32")
        self.assert_create_fails(UNSUPPORTED, "nesterov", rate, "binary32")
        dampened = {**rate, "momentum": 0.5, "dampening": 0.5}
        self.assert_create_fails(UNSUPPORTED, "momentum", dampened, "binary32")
        self.assert_create_fails(
            UNSUPPORTED,
            "gradient_descent",
            rate,
            "binary32",
            parameters=[parameter("a", [1], [1.0]), parameter("b", [1], [1.0], group=0)],
            groups=[{"hyperparameters": {"learning_rate": 0.5}}],
        )
        ask = {"clipping": "global_norm", "format": "binary32", "gradients": []}
        self.assert_fails(UNSUPPORTED, "clip", **ask, hyperparameters={"max_norm": 1.0})
        ask["clipping"] = "value"
        ask["gradients"] = [{"shape": [3], "values": [3.0, -1.0, -4.0]}]
        clipped = self.call("clip", **ask, hyperparameters={"max_value": 2.0})
        self.assertEqual(clipped["gradients"], [[2.0, -1.0, -2.0]])
        handle = self.create("gradient_descent", rate, PARAMETERS, "binary32")
        self.assert_fails(UNSUPPORTED, "optimizer/step", handle=handle, gradients=[None] * 3)

    def test_a_variable_left_out_moves_the_others_onto_its_slot(self):
        # With momentum 1/2 and the first of two parameters unused in the second step: left
        # out of the map of gradients, it hands the second one its velocity (a finding).
        values = {"learning_rate": 1.0, "momentum": 0.5}
        two = [parameter("a", [1], [0.0]), parameter("b", [1], [0.0])]
        handle = self.create("momentum", values, two, "binary32")
        self.step(handle, [[8.0], [2.0]])
        result = self.step(handle, [None, [0.0]])
        self.assertEqual(result, self.AFTER_LEAVING_OUT)

    # As it should be: -2 for b, then half its own velocity more.
    AFTER_LEAVING_OUT = [[-8.0], [-3.0]]

    def test_special_numbers(self):
        values = [-0.0, "NaN", "Infinity", "-Infinity", 1.0]
        parameters = [parameter("w", [5], values), parameter("b", [1], [1.0])]
        handle = self.create("gradient_descent", {"learning_rate": 1.0}, parameters, "binary32")
        result = self.step(handle, [[0.0, 1.0, 1.0, 1.0, "NaN"], [1.0]])
        self.assert_same(result[0], values[:4] + ["NaN"])

    def test_shutdown_exits_with_0(self):
        self.assertIsNone(self.call("shutdown"))
        self.assertEqual(self.subject.close(), 0)


@unittest.skipUnless(HAS_TENSORFLOW, "no node_modules: run `npm ci` here")
class TensorFlowLeavingOut(TensorFlow):
    command = TensorFlow.command and TensorFlow.command + ["--leave-out"]

    # b goes on with half of a's velocity of 8.
    AFTER_LEAVING_OUT = [[-8.0], [-6.0]]


if __name__ == "__main__":
    program = unittest.main(exit=False)
    for reason in SKIPPED:
        print("\n*** NOT TESTED: {} ***".format(reason), file=sys.stderr)
    sys.exit(not program.result.wasSuccessful())
