"""Puts `plumbline check` to every variant and order, and asserts that all conform.

usage: run_catalogue.py [--in-turn] PLUMBLINE VARIANT...

--in-turn: one variant after the other, with one of its orders in three, instead of all orders
with each.

The catalogue's own cases, in the first dialect of each rule that the variants have; random
cases in all dialects are false_alarms' part. One line for each variant and order says
what share of the budget each entry used at most.
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

ORDERS = range(9)
PRODUCTS_IN_FORMAT, HYPERPARAMETERS_IN_32 = 2, 8

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
    "radam": "above_four",
    "yogi": "corrected_both_started",
    "adabelief": "epsilon_outside_root",
    "lion": "decay_before",
    "signsgd": "decoupled_decay",
    "rprop": "irprop_minus",
    "adadelta": "coupled_decay",
    "amsgrad": "maximum_then_corrected",
    "adamax": "epsilon_in_maximum",
    "nadam": "schedule",
    "asgd": "rate_of_last_step",
    "constant": "constant",
    "cosine_annealing": "closed_form",
    "linear_warmup_cosine": "piecewise",
    "global_norm": "exact",
}
SCHEDULES = {"constant", "cosine_annealing", "linear_warmup_cosine"}
CLIPPINGS = {"global_norm"}
WITH_POWERS = {"adam", "adamw", "radam", "yogi", "adabelief", "amsgrad", "adamax", "nadam"}
# PyTorch's form has no place for a condition number.
WITH_UNSUPPORTED_CASES = {"nesterov"}


def modifiers_of(order, result):
    """What a variant does beside its dialect, as the report must name it where it shows."""
    if order == HYPERPARAMETERS_IN_32:
        return [[], ["hyperparameters in binary32"]]
    if order == PRODUCTS_IN_FORMAT and result["name"] in WITH_POWERS:
        return [[], ["running products in binary32"]]
    return [[]]


def check(plumbline, variant, order):
    """The report of one run."""
    handle, path = tempfile.mkstemp(suffix=".json")
    os.close(handle)
    command = [plumbline, "check", "--jobs", "1", "--in-process", "--plugin", variant,
               "--json", path]
    for name in DIALECTS:  # the variants have no other rules
        kind = ("--schedule" if name in SCHEDULES else
                "--clipping" if name in CLIPPINGS else "--rule")
        command += [kind, name]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=300, check=False,
                              env={**os.environ, "PLUMBLINE_VARIANT_ORDER": str(order)})
        with open(path, encoding="utf-8") as file:
            text = file.read()
        return json.loads(text) if text else {"results": [], "failure": done.stdout}
    except (OSError, ValueError, subprocess.TimeoutExpired) as wrong:
        return {"results": [], "failure": str(wrong)}
    finally:
        os.unlink(path)


def complaints(order, result):
    """What is wrong with one result, in a list of lines."""
    if result["verdict"] != "conforms":
        return [result["verdict"] + " " + json.dumps(
            result.get("deviation") or result.get("error") or result.get("unsupported_reason"))]
    found = []
    expected = DIALECTS[result["name"]]
    if expected not in [result["dialect"], *result["equivalent_dialects"],
                        *result.get("indistinguishable_dialects", [])]:
        found.append(f"dialect {result['dialect']}, not {expected}")
    if result["modifiers"] not in modifiers_of(order, result):
        found.append(f"modifiers {result['modifiers']}")
    if result["unsupported_cases"] and result["name"] not in WITH_UNSUPPORTED_CASES:
        found.append(f"{result['unsupported_cases']} cases unsupported")
    return found


def main():
    arguments = sys.argv[1:]
    in_turn = arguments[0] == "--in-turn"
    plumbline, *variants = arguments[in_turn:]
    runs = [(variant, order) for number, variant in enumerate(variants) for order in ORDERS
            if not in_turn or order % (3 * len(variants)) == number + 1]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda run: check(plumbline, *run), runs))
    wrong = []
    results = 0
    named = set()
    for (variant, order), report in zip(runs, reports):
        where = f"{os.path.basename(variant)} order {order}"
        if not report["results"] or not report.get("complete", False):
            wrong.append(f"{where}: no complete report: "
                         f"{report.get('failure') or report.get('incomplete_reason')}")
        shares = {}
        for result in report["results"]:
            results += 1
            named.update(result["modifiers"])
            wrong += [f"{where}: {result['name']} {result['format']}: {line}"
                      for line in complaints(order, result)]
            share = result.get("budget_used") or 0
            shares[result["name"]] = max(shares.get(result["name"], 0), share)
        print(f"{where:44}", *(f"{name} {share:.2f}" for name, share in shares.items()))
    if named != {"hyperparameters in binary32", "running products in binary32"}:
        wrong.append(f"the modifiers named are {sorted(named)}")
    for line in wrong:
        print("FAILED", line)
    print(f"{results} results, {len(wrong)} wrong")
    return 1 if wrong or results == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
