"""Puts `plumbline check` to every variant and order, and asserts that all conform.

usage: run.py PLUMBLINE VARIANT... [--seed N] [--orders 0,2] [--jobs N]

One line for each variant, order and format says what share of the budget each entry
used. Order 3 re-arranges sums with cancellation, which the tolerance does not promise to
hold: it is measured (a share marked with * is outside) and must be no more than a few
radii off, with the right dialect the nearest.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time

ORDERS = range(9)

# The one dialect that each entry is in, whatever the order. Of dialects that are
# algebraically the same the report may name either.
DIALECTS = {
    "gradient_descent": "coupled_decay",
    "momentum": "rate_outside",
    "nesterov": "shifted",
    "adagrad": "epsilon_outside_root",
    "rmsprop": "epsilon_outside_root",
    "adam": "paper",
    "adamw": "decay_before",
    "constant": "constant",
    "cosine_annealing": "closed_form",
    "linear_warmup_cosine": "piecewise",
    "global_norm": "exact",
}
# PyTorch's form has no place for a condition number.
WITH_UNSUPPORTED_CASES = {"nesterov"}

# Order 3 in these: m + (1 - beta)(g - m), theta - eta g - eta mu v, (1 - eta lambda) theta - eta g.
REARRANGED_ORDER = 3
REARRANGED = {"gradient_descent", "momentum", "nesterov", "rmsprop", "adam", "adamw"}
REARRANGED_RADII = 3


def modifiers_of(order, result):
    """What a variant does beside its dialect: beta^t held in binary32, in order 2."""
    if order == 2 and result["name"] in ("adam", "adamw") and result["format"] == "binary32":
        return ["running products in binary32"]
    return []


def check(plumbline, variant, order, seed):
    """The report of one run."""
    handle, path = tempfile.mkstemp(suffix=".json")
    os.close(handle)
    command = [plumbline, "check", "--format", "binary64", "--format", "binary32",
               "--seed", str(seed), "--json", path, "--", variant, "--order", str(order)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=300, check=False)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        return json.loads(text) if text else {"results": [], "failure": done.stdout}
    except (OSError, ValueError, subprocess.TimeoutExpired) as wrong:
        return {"results": [], "failure": str(wrong)}
    finally:
        os.unlink(path)


def radii_outside(order, result):
    """How far a re-arranged sum is outside; None where nothing of the kind is the matter."""
    if order != REARRANGED_ORDER or result["name"] not in REARRANGED:
        return None
    if result["verdict"] != "deviates" or not result["nearest"]:
        return None
    nearest = result["nearest"][0]
    equal = nearest["dialect"] == DIALECTS[result["name"]]
    return nearest["radii"] if equal and nearest["radii"] <= REARRANGED_RADII else None


def share_text(order, result):
    outside = radii_outside(order, result)
    if outside:
        return f"{outside:.3f}*"
    if result["verdict"] == "conforms":
        return f"{result['budget_used']:.3f}"
    return result["verdict"].upper()


def complaints(order, result):
    """What is wrong with one result, in a list of lines."""
    found = []
    if radii_outside(order, result):
        return found
    if result["verdict"] != "conforms":
        found.append(result["verdict"] + " " + json.dumps(
            result.get("deviation") or result.get("error") or result.get("unsupported_reason")))
        return found
    expected = DIALECTS[result["name"]]
    if expected not in [result["dialect"], *result["equivalent_dialects"]]:
        found.append(f"dialect {result['dialect']}, not {expected}")
    if result["modifiers"] != modifiers_of(order, result):
        found.append(f"modifiers {result['modifiers']}")
    # A schedule's or norm's end of the range is no rounding: cos never falls below -1.
    if not result["budget_used"] < 1:
        found.append(f"budget used {result['budget_used']}")
    if result["unsupported_cases"] and result["name"] not in WITH_UNSUPPORTED_CASES:
        found.append(f"{result['unsupported_cases']} cases unsupported")
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plumbline")
    parser.add_argument("variants", nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", default=",".join(map(str, ORDERS)))
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()

    started = time.monotonic()
    runs = [(variant, int(order)) for variant in given.variants
            for order in given.orders.split(",")]
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        reports = list(pool.map(
            lambda run: check(given.plumbline, run[0], run[1], given.seed), runs))

    passed = failed = 0
    largest = {}
    wrong = []
    width = max(len(os.path.basename(variant)) for variant in given.variants)
    shown = {name: max(len(name), 8) for name in DIALECTS}
    print(f"{'variant':{width}} order format  ", *(f"{n:>{w}}" for n, w in shown.items()))
    for (variant, order), report in zip(runs, reports):
        name = os.path.basename(variant)
        if len(report["results"]) == 0 or not report.get("complete", False):
            failed += 1
            wrong.append(f"{name} --order {order}: no complete report: "
                         f"{report.get('failure') or report.get('incomplete_reason')}")
        shares = {}
        for result in report["results"]:
            found = complaints(order, result)
            passed, failed = passed + (not found), failed + bool(found)
            where = f"{name} --order {order}: {result['name']} {result['format']}"
            wrong += [f"{where}: {line}" for line in found]
            shares[result["format"], result["name"]] = share_text(order, result)
            rearranged = order == REARRANGED_ORDER and result["name"] in REARRANGED
            if result["verdict"] == "conforms" or rearranged:
                share = radii_outside(order, result) or result["budget_used"]
                key = (rearranged, result["name"], result["format"])
                if key not in largest or share > largest[key][0]:
                    largest[key] = (share, where)
        for form in ("binary64", "binary32"):
            print(f"{name:{width}} {order:5} {form}",
                  *(f"{shares.get((form, n), '-'):>{w}}" for n, w in shown.items()))

    for rearranged, title in (
            (False, "largest share of the budget used, where the verdict was `conforms`"),
            (True, "the same of re-arranged sums (order 3), which are not promised")):
        print("\n" + title)
        for (kind, name, form), (share, where) in largest.items():
            if kind == rearranged:
                print(f"  {name:21} {form}  {share:.3f}  {where}")
    for line in wrong:
        print("FAILED", line)
    print(f"seed {given.seed}, {time.monotonic() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
