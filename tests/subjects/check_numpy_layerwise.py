#!/usr/bin/python3
"""NumPy's LAMB and LARS conform in every dialect, and in none but their own.

    check_numpy_layerwise.py PLUMBLINE
"""
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUBJECT = ["/usr/bin/python3", "-B", str(ROOT / "tests/subjects/numpy_layerwise.py")]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "tools/adapters")}
OTHERS = {"lamb": ("paper", "decay_before"), "lars": ("paper", "norm_of_sum")}


def checked(program, rule, written, judged, *options):
    """Whether the subject of the one dialect conforms when it is held to the other."""
    done = subprocess.run(
        [program, "check", "--rule", rule, "--format", "binary64", "--format", "binary32",
         "--dialect", judged, *options, "--json", "-", "--", *SUBJECT, written],
        env=ENVIRONMENT, capture_output=True, text=True)
    verdicts = {result["verdict"] for result in json.loads(done.stdout)["results"]}
    return verdicts == {"conforms"}


def main():
    program, wrong = sys.argv[1], []
    for rule, (written, judged) in OTHERS.items():
        page = subprocess.run([program, "show", rule, "--json", "-"], check=True,
                              capture_output=True, text=True)
        for place, dialect in enumerate(json.loads(page.stdout)["dialects"]):
            # The first in both formats and with properties, which the others share.
            options = ["--no-properties"] if place else []
            if not checked(program, rule, dialect["name"], dialect["name"], *options):
                wrong.append("%s/%s is called wrong" % (rule, dialect["name"]))
        if checked(program, rule, written, judged, "--no-properties"):
            wrong.append("%s/%s is taken for %s" % (rule, written, judged))
    print("\n".join(wrong) or "every dialect conforms, and no other")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
