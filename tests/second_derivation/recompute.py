#!/usr/bin/python3
"""Derives every number of the golden files a second time, and compares.

    recompute.py [GOLDEN_DIRECTORY] [ONE_IN]      (default: golden 1)

ONE_IN 3: of each file's cases one in three, the first among them, for a shorter run. The
files themselves (schema, ids, manifest) are checked whole.

Independent of the C++: other language, other arithmetic (mpmath at 150 digits), and
other, algebraically equal forms (see optimizers.py, schedules.py, clipping.py, initializations.py). It also
checks what the format promises of the files (golden-format: exact inputs, radii, ids,
manifest, schemas), and, from a consumer's side, that a plain forward implementation
in binary64 and binary32 lies within the radii. Every check counts; a failure is named
with its place. Needs Debian's python3-mpmath and
python3-fastjsonschema; python3-gmpy2 makes mpmath faster.
"""
import hashlib
import json
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import fastjsonschema
from mpmath import mp, mpf

import clipping
import closed_loops
import initializations
import optimizers
import plain
import plain_schedules
import plain_tensors
import schedules
import tensor_optimizers
from exact import (exact, fault_in, hyperparameter, is_bfloat16, is_binary32, to_bfloat16,
                   to_binary32)

FORMATS = ("binary64", "binary32", "bfloat16")
SCHEDULE_FORMATS = FORMATS[:2]  # a schedule has no bfloat16
FAILURES_SHOWN = 20  # of a file; all are counted


class Tally:
    def __init__(self):
        self.passed = self.failed = self.shown = 0

    def check(self, holds, place, message="", *values):
        if holds:
            self.passed += 1
            return
        self.failed += 1
        self.shown += 1
        if self.shown <= FAILURES_SHOWN:
            print("FAILED", " ".join(str(part) for part in place) + ":", message, *values)

    def number(self, text, derived, place):
        fault = fault_in(text, derived)
        self.check(fault is None, place, fault, "golden", text, "derived", mp.nstr(derived, 50))


tally = Tally()
ids = Counter()


def overridden(case, parameter):
    """The hyperparameters of this parameter, as text."""
    top = case["hyperparameters"]
    if "group" not in parameter:
        return top
    group = case["groups"][parameter["group"]]["hyperparameters"]
    if not set(top) <= set(group):
        raise ValueError("a group leaves out what the top level sets: its meaning is open")
    return {**top, **group}


def floats(hyperparameters):
    return {k: v if isinstance(v, bool) else float(v) for k, v in hyperparameters.items()}


def own_steps(case, index):
    """The (step, learning rate or None, gradient) at which this parameter takes a step."""
    rates = case.get("learning_rates", [None] * len(case["gradients"]))
    if "learning_rates" in case and "groups" in case:
        raise ValueError("learning rates and groups together: their meaning is open")
    return [(step, rate, gradients[index])
            for step, (rate, gradients) in enumerate(zip(rates, case["gradients"]), 1)
            if gradients[index] is not None]


def is_representable(value, name):
    held = float(value)
    held = {"binary64": float, "binary32": to_binary32, "bfloat16": to_bfloat16}[name](held)
    return value == held


def check_radii(radius, value, place, formats=FORMATS):
    """`radius` of one number, by format; `value` is the exact one, derived here."""
    tally.check(tuple(radius) == formats, place, "formats", radius)
    values = [float(radius[name]) for name in formats]
    for name, text in radius.items():
        tally.check(float(text) > 0 or text == "0", place, "radius", text)
        tally.check(text != "0" or is_representable(value, name), place, "radius 0 in", name,
                    "which does not hold", mp.nstr(value, 40))
    for lower, higher in zip(values, values[1:]):
        both_zero = lower == higher == 0
        tally.check(both_zero or lower < higher or higher == float("inf"), place,
                    "radii do not grow", radius)


def check_within(value, text, radius, place):
    if radius == "Infinity":
        tally.check(True, place)
        return
    held = value == value and abs(value) != float("inf")
    distance = abs(Fraction(value) - Fraction(text)) if held else None
    tally.check(held and distance <= Fraction(radius), place, "plain implementation gives",
                repr(value), "golden", text, "radius", radius,
                "distance", float(distance) if held else "none")


def check_hyperparameters(case, known, place):
    sets = [case["hyperparameters"]] + [g["hyperparameters"] for g in case.get("groups", [])]
    for hyperparameters in sets:
        tally.check(set(hyperparameters) <= known, place, "unknown hyperparameter", hyperparameters)
        if "dyadic" in case["id"]:
            numbers = [v for v in hyperparameters.values() if not isinstance(v, bool)]
            tally.check(all(is_binary32(v) for v in numbers), place, "not dyadic", numbers)


def check_loop(rule, case, is_first_dialect):
    """A case on an objective; its state's tensors are one a name, of all parameters."""
    asking = closed_loops.ASKING.get(rule)
    if asking is not None:
        known = asking[1]
    elif rule in tensor_optimizers.RULES:
        known = tensor_optimizers.RULES[rule].hyperparameters
    else:
        known = optimizers.HYPERPARAMETERS[rule]
    check_hyperparameters(case, known, (case["id"],))
    steps, count = case["steps"], 0
    h = {k: hyperparameter(v) for k, v in case["hyperparameters"].items()}
    start = [exact(x) for parameter in case["parameters"] for x in parameter["initial"]]
    for x in [x for parameter in case["parameters"] for x in parameter["initial"]]:
        tally.check(is_bfloat16(x), (case["id"],), "not bfloat16", x)
    draws = [[exact(x) for x in step] for step in case.get("draws", [])]
    # A rule that is given gradients has one parameter, of a shape of its own.
    path = closed_loops.trajectory(rule, case["dialect"], h, case["objective"], start, steps, draws,
                                   case["parameters"][0]["shape"])
    for checkpoint in case["checkpoints"]:
        point, state = path[checkpoint["step"]]
        place = (case["id"], "step", checkpoint["step"])
        flat = [text for values in checkpoint["parameters"] for text in values]
        tally.check([len(values) for values in checkpoint["parameters"]] ==
                    [len(p["initial"]) for p in case["parameters"]], place, "shape")
        tally.check(set(checkpoint["state"]) == set(state), place, "state",
                    set(checkpoint["state"]), set(state))
        blocks = [("point", flat, point)] + [
            (name, [text for values in checkpoint["state"][name] for text in values], state[name])
            for name in sorted(set(state) & set(checkpoint["state"]))]
        for name, texts, derived in blocks:
            tally.check(len(texts) == len(derived), (*place, name), "count", len(texts))
            for i, (text, value) in enumerate(zip(texts, derived)):
                tally.number(text, closed_loops.without_noise(value), (*place, name, i))
                count += 1
        radii = {name: [r for values in checkpoint["radius"][name] for r in values]
                 for name in checkpoint["radius"]}
        for i, value in enumerate(point):
            check_radii({name: radius[i] for name, radius in radii.items()},
                        closed_loops.without_noise(value), (*place, "radius", i), tuple(radii))
        # Past too many open branches there are none. On a plateau a search compares values of f
        # that are one in binary32.
        searches_plateau = case["objective"] == "plateau" and "wolfe" in case["dialect"]
        if checkpoint is case["checkpoints"][0] and not searches_plateau:
            tally.check(set(FORMATS[:2]) <= set(radii), place, "radii only in", list(radii))
    return count


def check_rule(rule, case, is_first_dialect):
    if rule in tensor_optimizers.RULES:
        return check_tensor_rule(rule, case, is_first_dialect)
    count = 0
    check_hyperparameters(case, optimizers.HYPERPARAMETERS[rule], (case["id"],))
    parameters = case["parameters"]
    for step, gradients in enumerate(case["gradients"], 1):
        tally.check(len(gradients) == len(parameters), (case["id"], step), "gradients")
    if "learning_rates" in case:
        tally.check(len(case["learning_rates"]) == len(case["gradients"]), (case["id"],), "rates")
    for checkpoint in case["checkpoints"]:
        for block in [checkpoint["parameters"], *checkpoint["state"].values(),
                      *checkpoint["radius"].values()]:
            tally.check([len(b) for b in block] == [len(p["initial"]) for p in parameters],
                        (case["id"], checkpoint["step"]), "shape")
    for index, parameter in enumerate(parameters):
        name = parameter["name"]
        size = 1
        for extent in parameter["shape"]:
            size *= extent
        tally.check(len(parameter["initial"]) == size, (case["id"], name), "size")
        text = overridden(case, parameter)
        h = {k: hyperparameter(v) for k, v in text.items()}
        steps = own_steps(case, index)
        rates = [h["learning_rate"] if rate is None else hyperparameter(rate)
                 for _, rate, _ in steps]
        for element in range(size):
            start = parameter["initial"][element]
            gradients = [g[element] for _, _, g in steps]
            for x in [start, *gradients]:
                tally.check(is_bfloat16(x), (case["id"], name, element), "not bfloat16", x)
            path = optimizers.trajectory(rule, case["dialect"], h, rates,
                                         [exact(g) for g in gradients], exact(start))
            for checkpoint in case["checkpoints"]:
                done = sum(step <= checkpoint["step"] for step, _, _ in steps)
                theta, state = path[done]
                place = (case["id"], "step", checkpoint["step"], name, "element", element)
                tally.number(checkpoint["parameters"][index][element], theta, place)
                tally.check(set(checkpoint["state"]) == set(state), place, "state",
                            set(checkpoint["state"]), set(state))
                for key in state:
                    tally.number(checkpoint["state"][key][index][element], state[key],
                                 (*place, key))
                check_radii({f: r[index][element] for f, r in checkpoint["radius"].items()}, theta,
                            place)
                count += 1 + len(state)
            if is_first_dialect:
                check_plain_rule(rule, case, index, element, floats(text), steps)
    return count


def check_inputs(case, place, tensors):
    for x in [x for tensor in tensors for x in tensor]:
        tally.check(is_bfloat16(x), (case["id"], place), "not bfloat16", x)


def check_tensor_rule(rule, case, is_first_dialect):
    """As check_rule, for a rule whose elements depend on each other."""
    count = 0
    check_hyperparameters(case, tensor_optimizers.RULES[rule].hyperparameters, (case["id"],))
    parameters = case["parameters"]
    for step, gradients in enumerate(case["gradients"], 1):
        tally.check(len(gradients) == len(parameters), (case["id"], step), "gradients")
    named = set()  # what any parameter holds: the others' are all zero
    for index, parameter in enumerate(parameters):
        text = overridden(case, parameter)
        h = {k: hyperparameter(v) for k, v in text.items()}
        steps = own_steps(case, index)
        rates = [h["learning_rate"] if rate is None else hyperparameter(rate)
                 for _, rate, _ in steps]
        check_inputs(case, parameter["name"], [parameter["initial"], *(g for _, _, g in steps)])
        path = tensor_optimizers.trajectory(
            rule, case["dialect"], h, rates, [[exact(x) for x in g] for _, _, g in steps],
            [exact(x) for x in parameter["initial"]], parameter["shape"])
        for checkpoint in case["checkpoints"]:
            done = sum(step <= checkpoint["step"] for step, _, _ in steps)
            theta, state = path[done]
            place = (case["id"], "step", checkpoint["step"], parameter["name"])
            named |= set(state)
            tally.check(set(checkpoint["state"]) >= set(state), place, "state",
                        set(checkpoint["state"]), set(state))
            count += check_numbers(checkpoint["parameters"][index], theta, place)
            for key in checkpoint["state"]:
                texts = checkpoint["state"][key][index]
                count += check_numbers(texts, state.get(key, [mpf(0)] * len(texts)), (*place, key))
            radii = {f: r[index] for f, r in checkpoint["radius"].items()}
            for element, value in enumerate(theta):
                check_radii({f: r[element] for f, r in radii.items()}, value, (*place, element))
        if is_first_dialect:
            check_plain_tensors(rule, case, index, floats(text), steps)
    for checkpoint in case["checkpoints"]:
        tally.check(set(checkpoint["state"]) == named, (case["id"],), "state that none has",
                    set(checkpoint["state"]) ^ named)
    return count


def check_numbers(texts, derived, place):
    tally.check(len(texts) == len(derived), place, "count", len(texts), len(derived))
    for element, (text, value) in enumerate(zip(texts, derived)):
        tally.number(text, value, (*place, "element", element))
    return len(texts)


def check_plain_tensors(rule, case, index, h, steps):
    step_of = plain_tensors.RULES[rule, case["dialect"]]
    for name in FORMATS[:2]:
        arithmetic, state = plain.Format(name), {}
        path = [[float(x) for x in case["parameters"][index]["initial"]]]
        for t, (_, rate, gradient) in enumerate(steps, 1):
            rate = h["learning_rate"] if rate is None else float(rate)
            path.append(step_of(arithmetic, h, state, t, rate, path[-1],
                                [float(x) for x in gradient]))
        for checkpoint in case["checkpoints"]:
            done = sum(step <= checkpoint["step"] for step, _, _ in steps)
            for element, value in enumerate(path[done]):
                check_within(value, checkpoint["parameters"][index][element],
                             checkpoint["radius"][name][index][element],
                             (case["id"], name, "step", checkpoint["step"], index, element))


def check_plain_rule(rule, case, index, element, h, steps):
    step_of = plain.RULES[rule, case["dialect"]]
    for name in FORMATS[:2]:
        arithmetic, state = plain.Format(name), {}
        path = [float(case["parameters"][index]["initial"][element])]
        for t, (_, rate, gradient) in enumerate(steps, 1):
            rate = h["learning_rate"] if rate is None else float(rate)
            path.append(step_of(arithmetic, h, state, t, rate, path[-1], float(gradient[element])))
        for checkpoint in case["checkpoints"]:
            done = sum(step <= checkpoint["step"] for step, _, _ in steps)
            check_within(path[done], checkpoint["parameters"][index][element],
                         checkpoint["radius"][name][index][element],
                         (case["id"], name, "step", checkpoint["step"], index, element))


def check_schedule(schedule, case, is_first_dialect):
    check_hyperparameters(case, schedules.HYPERPARAMETERS[schedule], (case["id"],))
    steps = case["steps"]
    h = {k: hyperparameter(v) for k, v in case["hyperparameters"].items()}
    derived = schedules.values(schedule, case["dialect"], h, steps)
    for block in [case["values"], *case["radius"].values()]:
        tally.check(len(block) == len(steps), (case["id"],), "count")
    for i, (t, text, value) in enumerate(zip(steps, case["values"], derived)):
        place = (case["id"], "step", t)
        tally.number(text, value, place)
        check_radii({f: r[i] for f, r in case["radius"].items()}, value, place, SCHEDULE_FORMATS)
        if is_first_dialect:
            for name in FORMATS[:2]:
                got = FAMILIES["schedules"][3][schedule, case["dialect"]](
                    plain.Format(name), floats(case["hyperparameters"]), t)
                check_within(got, text, case["radius"][name][i], (*place, name))
    return len(steps)


def check_clipping(rule, case, is_first_dialect):
    check_hyperparameters(case, clipping.HYPERPARAMETERS[rule], (case["id"],))
    tensors = [g["values"] for g in case["gradients"]]
    h = {k: hyperparameter(v) for k, v in case["hyperparameters"].items()}
    parameters = [w["values"] for w in case.get("parameters", [])]
    for text in (x for tensor in parameters for x in tensor):
        tally.check(is_bfloat16(text), (case["id"],), "not bfloat16", text)
    shaped = [(g["shape"], g["values"]) for g in case["gradients"]]
    norm, clipped = clipping.clip(rule, case["dialect"], h, shaped, parameters)
    tally.check((norm is None) == ("norm" not in case), (case["id"],), "norm")
    count = 0
    if norm is not None:
        tally.number(case["norm"], norm, (case["id"], "norm"))
        count = 1
    for block in [case["clipped"], *case["radius"].values()]:
        tally.check([len(b) for b in block] == [len(t) for t in tensors], (case["id"],), "shape")
    for i, tensor in enumerate(tensors):
        for j, x in enumerate(tensor):
            place = (case["id"], "tensor", i, "element", j)
            tally.check(is_bfloat16(x), place, "not bfloat16", x)
            tally.number(case["clipped"][i][j], clipped[i][j], place)
            check_radii({f: r[i][j] for f, r in case["radius"].items()}, clipped[i][j],
                        place)
            count += 1
    if is_first_dialect:
        for name in FORMATS[:2]:
            got = plain.CLIPPINGS[rule, case["dialect"]](
                plain.Format(name), floats(case["hyperparameters"]),
                [[float(x) for x in tensor] for tensor in tensors],
                [[float(x) for x in tensor] for tensor in parameters],
                [shape for shape, _ in shaped])
            for i, tensor in enumerate(got):
                for j, x in enumerate(tensor):
                    check_within(x, case["clipped"][i][j], case["radius"][name][i][j],
                                 (case["id"], name, "tensor", i, "element", j))
    return count


def check_initialization(name, case, is_first_dialect):
    known, at_rest, dialects = initializations.INITIALIZATIONS[name]
    check_hyperparameters(case, {known}, (case["id"],))
    given = case["hyperparameters"].get(known)
    value = mpf(at_rest) if given is None else hyperparameter(given)
    derived = initializations.law(name, dialects[case["dialect"]], case["shape"], value)
    tally.check(case["family"] == derived.pop("family"), (case["id"],), "family", case["family"])
    for quantity in ("deviation", "bound", "variance"):
        tally.check((quantity in case) == (quantity in derived), (case["id"],), quantity)
        if quantity in derived:
            tally.number(case[quantity], derived[quantity], (case["id"], quantity))
    return len(derived)


# Closed loops, and what needs matrix decompositions, have no plain implementation; draws have
# laws, and no arithmetic to be near to.
NOT_PLAIN = {**tensor_optimizers.RULES, **closed_loops.ASKING, **initializations.INITIALIZATIONS}
GIVEN_GRADIENTS = {**optimizers.RULES, **tensor_optimizers.RULES}
FAMILIES = {"rules": ("rule", check_rule, GIVEN_GRADIENTS, {**plain.RULES, **plain_tensors.RULES}),
            "closed_loops": ("closed_loops", check_loop, {**GIVEN_GRADIENTS, **NOT_PLAIN}, {}),
            "schedules": ("schedule", check_schedule, schedules.SCHEDULES,
                          {**plain.SCHEDULES, **plain_schedules.SCHEDULES}),
            "clipping": ("clipping", check_clipping, clipping.CLIPPINGS, plain.CLIPPINGS),
            "initialization": ("initialization", check_initialization,
                               initializations.INITIALIZATIONS, {})}


def check_file(family, path, one_in):
    """Returns (cases, numbers) of the file: of those derived, where that is one in so many."""
    key, check_case, known, plain_known = FAMILIES[family]
    content = json.loads(path.read_text())
    key = "rule" if family == "closed_loops" else key
    name = content[key]
    tally.check(name == path.stem, (path,), "is named", name)
    if name not in known:
        tally.check(False, (path,), "no second derivation of", name)
        return len(content["cases"]), 0
    first = content["cases"][0]["dialect"]
    tally.check((name, first) in plain_known or family == "closed_loops" or name in NOT_PLAIN, (path,),
                "no plain implementation of", first)
    numbers = 0
    for place, case in enumerate(content["cases"]):
        ids[case["id"]] += 1
        tally.check(ids[case["id"]] == 1, (path,), "id used twice:", case["id"])
        tally.check(case["id"].split("/")[:2] == [name, case["dialect"]], (case["id"],), "id")
        if place % one_in:
            continue
        try:
            numbers += check_case(name, case,
                                  case["dialect"] == first and (name, first) in plain_known)
        except (KeyError, ValueError, IndexError, ZeroDivisionError) as error:
            tally.check(False, (path, case["id"]), "not derivable:", repr(error))
    return len(content["cases"]), numbers


def check_against_schema(root, path, schema):
    text = (root / "schema" / (schema + ".schema.json")).read_text()
    validate = fastjsonschema.compile(json.loads(text))
    error = ""
    try:
        validate(json.loads(path.read_text()))
    except fastjsonschema.JsonSchemaException as exception:
        error = exception.message
    tally.check(not error, (path,), "schema:", error[:200])


def check_manifest(root, counted, whole):
    manifest = json.loads((root / "manifest.json").read_text())
    listed = {entry["path"]: entry for entry in manifest["files"]}
    tally.check(len(listed) == len(manifest["files"]), ("manifest",), "a path is listed twice")
    present = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    tally.check(set(listed) == present - {"manifest.json"}, ("manifest",),
                "lists other files:", set(listed) ^ (present - {"manifest.json"}))
    for name in sorted(set(listed) & present):
        digest = hashlib.sha256((root / name).read_bytes()).hexdigest()
        tally.check(digest == listed[name]["sha256"], ("manifest", name), "SHA-256 differs:", digest)
        if name in counted:
            entry = (listed[name]["cases"], listed[name]["certified_numbers"])
            sure = slice(0, 2 if whole else 1)
            tally.check(entry[sure] == counted[name][sure], ("manifest", name), "counts", entry,
                        counted[name])
    for i, total in enumerate(("cases", "certified_numbers") if whole else ("cases",)):
        tally.check(manifest[total] == sum(c[i] for c in counted.values()), ("manifest",), total,
                    manifest[total])


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "golden")
    one_in = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    counted = {}
    for family, (schema, *_) in FAMILIES.items():
        for path in sorted((root / family).glob("*.json")):
            before, tally.shown = tally.failed, 0
            check_against_schema(root, path, schema)
            counts = check_file(family, path, one_in)
            counted[str(path.relative_to(root))] = counts
            print("%s/%s: %d cases, %d numbers, %d failures"
                  % (family, path.name, *counts, tally.failed - before), flush=True)
    tally.shown = 0
    tally.check(counted, (root,), "holds no golden files")
    if (root / "power.json").is_file():
        check_against_schema(root, root / "power.json", "power")
    if (root / "manifest.json").is_file():
        check_against_schema(root, root / "manifest.json", "manifest")
        check_manifest(root, counted, one_in == 1)
    else:
        tally.check(False, (root,), "no manifest.json")
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
