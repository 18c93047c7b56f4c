#!/usr/bin/python3
"""The command line as scripts use it: exit codes, JSON, faults, reproduce commands.

Usage: command_line.py PLUMBLINE SOURCE_DIR
"""

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor

PLUMBLINE, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
PYTHON = "/usr/bin/python3"


def plumbline(*arguments, timeout=120):
    return subprocess.run([PLUMBLINE, *map(str, arguments)], capture_output=True, text=True,
                          timeout=timeout, stdin=subprocess.DEVNULL)


def check(*arguments, subject=None):
    """Exit code and JSON report of a check."""
    command = ["check", "--json", "-", *arguments]
    if subject:
        command += ["--", *subject]
    run = plumbline(*command)
    return run.returncode, json.loads(run.stdout)


def faulty(fault, *options):
    start = time.monotonic()
    code, report = check("--rule", "gradient_descent", "--format", "binary64", "--timeout", "1.5",
                         *options,
                         subject=[PYTHON, "-S", str(SOURCE / "tests/subjects/faulty_optimizer.py"), fault])
    return code, report, time.monotonic() - start


class Faults(unittest.TestCase):
    """One clear verdict for each way in which a subject breaks down."""

    def test_good_subject_conforms(self):
        code, report, _ = faulty("none")
        self.assertEqual((code, report["results"][0]["verdict"]), (0, "conforms"))
        self.assertGreater(report["results"][0]["unsupported_cases"], 0)

    def test_unusable_subjects_end_the_run_and_say_so(self):
        faults = ("crashes", "exits", "killed", "hangs", "never-reads", "floods-stdout",
                  "floods-stderr", "garbage", "half-a-line", "another-id", "too-few-values",
                  "too-few-tensors", "not-numbers", "no-parameters", "forks-and-keeps-the-pipe")
        with ThreadPoolExecutor(4) as pool:  # most of them wait
            outcomes = list(pool.map(faulty, faults))
        for fault, (code, report, seconds) in zip(faults, outcomes):
            with self.subTest(fault):
                self.assertEqual(code, 3)
                self.assertEqual(report["complete"], False)
                self.assertEqual(list(report)[-1], "complete")
                self.assertEqual(report["results"][0]["verdict"], "error")
                self.assertIn("in a row", report["incomplete_reason"])
                self.assertLess(seconds, 30)

    def test_kinds_of_fault_are_told_apart(self):
        seen = {}
        for fault, words in (("crashes", "code 3"), ("exits", "code 0"), ("killed", "SIGKILL"),
                             ("hangs", "1500 ms"), ("garbage", "JSON"), ("too-few-values", "values"),
                             ("caught-error", "ValueError"), ("nan", None), ("unsupported", None)):
            code, report, _ = faulty(fault, "--case", "*/steps-1")
            result = report["results"][0]
            seen[fault] = (result["verdict"], result.get("fault", ""))
            if words:
                self.assertEqual(code, 3, fault)
                self.assertIn(words, result["error"])
        self.assertEqual(seen["nan"][0], "deviates")
        self.assertEqual(seen["unsupported"][0], "unsupported")
        kinds = {seen[fault] for fault in ("exits", "killed", "hangs", "garbage", "caught-error")}
        self.assertEqual(len(kinds), 5, seen)

    def test_nothing_checked_is_an_error(self):
        code, report, _ = faulty("all-unsupported")
        self.assertEqual((code, report["results"][0]["verdict"]), (3, "unsupported"))

    def test_bad_description(self):
        for fault, word in (("no-version", "version"), ("other-protocol", "protocol")):
            code, report, _ = faulty(fault)
            self.assertEqual(code, 3)
            self.assertIn(word, report["incomplete_reason"])

    def test_no_process_is_left(self):
        faulty("forks-and-keeps-the-pipe")
        time.sleep(0.2)
        listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
        self.assertNotIn("faulty_optimizer.py forks", listing)

    def test_command_that_does_not_exist(self):
        code, report = check("--rule", "adam", subject=["/does/not/exist"])
        self.assertEqual(code, 3)
        self.assertIn("/does/not/exist", report["incomplete_reason"])

    def test_every_message_is_valid(self):
        subject = [PYTHON, str(SOURCE / "tests/subjects/validating_subject.py")]
        for style in ([], ["--hex"]):
            code, report = check(subject=subject + style)
            self.assertEqual(code, 0, json.dumps(report, indent=1)[:3000])
            conforming = {(r["name"], r["format"]) for r in report["results"] if r["verdict"] == "conforms"}
            self.assertIn(("gradient_descent", "binary64"), conforming)
            self.assertIn(("gradient_descent", "binary32"), conforming)
            self.assertIn("constant", {name for name, _ in conforming})


class Reports(unittest.TestCase):
    def test_json_contract(self):
        code, report = check("--rule", "adam", "--format", "binary32")
        self.assertEqual(code, 0)
        self.assertEqual([report[key] for key in ("plumbline", "protocol", "seed", "budget")],
                         ["1.0.0", 1, 1, 2])
        self.assertTrue(report["complete"])
        (result,) = report["results"]
        self.assertEqual((result["kind"], result["name"], result["format"]), ("rule", "adam", "binary32"))
        self.assertEqual((result["verdict"], result["dialect"]), ("conforms", "paper"))
        self.assertLess(result["budget_used"], 1)
        self.assertGreater(result["cases"], 40)
        self.assertEqual(report["summary"], {"conforms": 1, "deviates": 0, "unsupported": 0, "error": 0})

    def test_same_seed_same_bytes(self):
        runs = {plumbline("check", "--rule", "adam", "--jobs", jobs, "--json", "-").stdout
                for jobs in (1, 2, 2)}
        self.assertEqual(len(runs), 1)

    def test_a_deviation_is_reproduced_by_its_command(self):
        subject = [PLUMBLINE, "subject", "--mutant", "adam/epsilon-doubled"]
        code, report = check("--rule", "adam", "--format", "binary32", subject=subject)
        self.assertEqual(code, 1)
        deviation = report["results"][0]["deviation"]
        words = shlex.split(deviation["reproduce"])
        self.assertEqual(words[0], "plumbline")
        again = subprocess.run([PLUMBLINE, *words[1:2], "--json", "-", *words[2:]],
                               capture_output=True, text=True)
        self.assertEqual(again.returncode, 1)
        same = json.loads(again.stdout)["results"][0]["deviation"]
        for key in ("case", "step", "parameter", "element", "value", "lower", "upper", "radii"):
            self.assertEqual(same[key], deviation[key], key)

    def test_a_failed_property_is_reproduced_by_its_command(self):
        subject = [PLUMBLINE, "subject", "--mutant", "adam/step-counted-twice"]
        code, report = check("--rule", "adam", "--format", "binary64", subject=subject)
        result = report["results"][0]
        self.assertEqual((code, result["verdict"]), (1, "deviates"))
        failed = {p["name"]: p for p in result["properties"] if p["verdict"] == "fails"}
        self.assertIn("parameters-apart", failed)
        self.assertTrue(any(p["verdict"] == "holds" for p in result["properties"]))
        for name, prop in failed.items():
            words = shlex.split(prop["reproduce"])
            self.assertEqual(words[0], "plumbline")
            separator = words.index("--")
            again = subprocess.run(
                [PLUMBLINE, *words[1:separator], "--json", "-", *words[separator:]],
                capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
            self.assertEqual(again.returncode, 1, again.stderr)
            only, = json.loads(again.stdout)["results"]
            self.assertEqual([(p["name"], p["verdict"]) for p in only["properties"]],
                             [(name, "fails")])
            self.assertEqual(only["properties"][0]["counterexample"], prop["counterexample"])

    def test_properties_can_be_chosen_and_left_out(self):
        code, report = check("--rule", "momentum", "--format", "binary32", "--property", "r*")
        self.assertEqual(code, 0)
        self.assertEqual([p["name"] for p in report["results"][0]["properties"]],
                         ["reshape", "repeated-rate", "rate-change-at-once", "rotation"])
        code, report = check("--rule", "momentum", "--format", "binary32", "--no-properties")
        self.assertEqual((code, report["results"][0]["properties"]), (0, []))

    def test_files_are_written_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            names = [f"{folder}/r.{kind}" for kind in ("json", "xml", "html")]
            run = plumbline("check", "--rule", "adagrad", "--format", "binary64", "--json", names[0],
                            "--junit", names[1], "--html", names[2])
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(sorted(os.listdir(folder)), ["r.html", "r.json", "r.xml"])
            self.assertEqual(xml.etree.ElementTree.parse(names[1]).getroot().tag, "testsuites")
            self.assertIn("adagrad", run.stdout)
            run = plumbline("check", "--rule", "adagrad", "--json", f"{folder}/no/such/place.json")
            self.assertEqual(run.returncode, 2)
            self.assertIn("place.json", run.stderr)

    def test_a_wrong_claim_is_found_out(self):
        # The example adapter claims nothing; a subject of our own claims what it is not.
        script = ("import sys, json, subprocess\n"
                  "p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
                  "for line in sys.stdin:\n"
                  "    p.stdin.write(line); p.stdin.flush()\n"
                  "    reply = json.loads(p.stdout.readline())\n"
                  "    if json.loads(line)['method'] == 'describe':\n"
                  "        reply['result']['claims'] = {'adam': {'dialect': CLAIM}}\n"
                  "    print(json.dumps(reply), flush=True)\n")
        for claim, verdict in (("keras", "deviates"), ("pytorch", "conforms")):
            subject = [PYTHON, "-c", script.replace("CLAIM", repr(claim)), PLUMBLINE, "subject"]
            code, report = check("--rule", "adam", "--format", "binary64", subject=subject)
            self.assertEqual(report["results"][0]["verdict"], verdict, claim)
            self.assertEqual(code, 1 if verdict == "deviates" else 0)

    def test_shards_are_a_partition(self):
        names = []
        for shard in (1, 2, 3):
            _, report = check("--rule", "adam*", "--shard", f"{shard}/3")
            names += [(r["name"], r["format"]) for r in report["results"]]
        _, whole = check("--rule", "adam*")
        self.assertEqual(sorted(names), sorted((r["name"], r["format"]) for r in whole["results"]))


class Usage(unittest.TestCase):
    def test_wrong_usage_gives_2_and_one_line(self):
        for arguments in (["chekc"], [], ["check", "--rule", "nothing"], ["check", "--format", "x"],
                          ["check", "--budget", "-1"], ["check", "--budget", "many"],
                          ["check", "--shard", "3/2"], ["check", "--timeout", "0"],
                          ["check", "--expect", "/no/such/file"], ["check", "--dialect", "nobody"],
                          ["show", "nothing"], ["show", "adam", "--dialect", "nobody"],
                          ["list", "nothing"], ["golden", "verify", "/no/such"],
                          ["subject", "--dialect", "nobody"], ["subject", "--mutant", "nobody"]):
            run = plumbline(*arguments)
            self.assertEqual(run.returncode, 2, arguments)
            self.assertNotEqual(run.stderr, "", arguments)

    def test_a_damaged_input_is_named(self):
        for text in ["{", "[]", '{"hyperparameters": {"rho": 1}, "parameters": [], "gradients": []}']:
            run = plumbline("check", "--rule", "adam", "--property", "rotation", "--input", text)
            self.assertEqual(run.returncode, 2, text)
            self.assertIn("--input", run.stderr)
        run = plumbline("check", "--property", "no-such-property")
        self.assertEqual(run.returncode, 2)
        self.assertIn("no-such-property", run.stderr)

    def test_list_and_show(self):
        rules = json.loads(plumbline("list", "rules", "--json", "-").stdout)
        self.assertIn("adam", [rule["name"] for rule in rules])
        for dialect in json.loads(plumbline("list", "dialects", "--json", "-").stdout):
            self.assertTrue(dialect["rule"] and dialect["dialect"])
        for mutant in json.loads(plumbline("list", "mutants", "--json", "-").stdout):
            self.assertTrue(mutant["rule"] and mutant["name"])
        for what in ("rules", "dialects", "schedules", "clipping", "objectives", "cases", "mutants"):
            self.assertEqual(plumbline("list", what).returncode, 0)
        for rule in rules:
            self.assertIn("Hyperparameters", plumbline("show", rule["name"]).stdout)
        for objective in json.loads(plumbline("list", "objectives", "--json", "-").stdout):
            self.assertIn("At the start", plumbline("show", objective["name"]).stdout)

    def test_mutants_prints_the_matrix(self):
        run = plumbline("mutants", "--rule", "global_norm", "--jobs", "2", "--json", "-")
        self.assertEqual(run.returncode, 0)
        document = json.loads(run.stdout)
        verdicts = {mutant["verdict"] for mutant in document["mutants"]}
        self.assertEqual(verdicts, {"caught", "equivalent"})
        self.assertEqual(document["summary"]["alive"], 0)
        again = plumbline("mutants", "--rule", "global_norm", "--jobs", "1", "--json", "-")
        self.assertEqual(run.stdout, again.stdout)
        self.assertIn("operation replaced", run.stderr)
        self.assertEqual(plumbline("mutants", "--rule", "nobody").returncode, 2)
        self.assertEqual(plumbline("mutants", "--format", "binary16").returncode, 2)

    def test_show_prints_the_formula_of_each_dialect(self):
        page = plumbline("show", "adam").stdout
        self.assertIn("m_t = beta1 m_{t-1} + (1 - beta1) g_t", page)
        self.assertIn("state: 2P beside P parameters (3P with them)", page)
        latex = plumbline("show", "adam", "--latex", "--dialect", "keras").stdout
        self.assertEqual(latex.count(r"\begin{aligned}"), 2)  # without and with weight decay
        self.assertIn("epsilon_hat_decoupled_decay", latex)
        self.assertNotIn("bias_correction=none", latex)
        self.assertIn("not derived from the code", plumbline("show", "constant").stdout)

    def test_samplings_are_a_kind_of_their_own(self):
        names = [entry["name"] for entry in json.loads(plumbline("list", "sampling", "--json", "-").stdout)]
        self.assertIn("without_replacement", names)
        self.assertIn("he_normal", names)
        code, report = check("--sampling", "without_*", "--sampling", "he_normal")
        kinds = {(result["kind"], result["name"], result["verdict"]) for result in report["results"]}
        self.assertEqual(code, 0)
        self.assertEqual(kinds, {("sampling", "without_replacement", "conforms"),
                                 ("sampling", "he_normal", "conforms")})
        run = plumbline("check", "--sampling", "no_such")
        self.assertEqual(run.returncode, 2)
        laws = json.loads(plumbline("show", "he_uniform", "--json", "-").stdout)["dialects"][0]["laws"]
        self.assertTrue(laws[0]["bound"].startswith("0.4330127018922193"), laws[0])  # sqrt(6/32)

    def test_identify(self):
        run = plumbline("identify", "--rule", "adam", "--format", "binary32", "--",
                        PLUMBLINE, "subject", "--dialect", "epsilon_hat")
        self.assertEqual(run.returncode, 0)
        self.assertRegex(run.stdout, r"adam +binary32 +epsilon_hat")


class Claims(unittest.TestCase):
    def test_a_row_has_what_the_contract_says(self):
        run = plumbline("claims", "002-steps-*", "004-rho", "--json", "-")
        self.assertEqual(run.returncode, 0)
        report = json.loads(run.stdout)
        self.assertEqual(list(report), ["claims", "summary", "complete"])
        self.assertTrue(report["complete"])
        refuted, bound = report["claims"]
        self.assertEqual((refuted["verdict"], bound["verdict"]), ("refuted", "holds under"))
        for row in (refuted, bound):
            for key in ("id", "document", "sentence", "computed", "reproduce", "counterexample"):
                self.assertTrue(row[key], key)
            for figure in row["figures"]:
                self.assertEqual(set(figure), {"name", "value"})
        self.assertTrue(bound["condition"])
        self.assertEqual(report["summary"]["refuted"], 1)

    def test_what_is_not_in_the_ledger_is_wrong_usage(self):
        for arguments in (("nothing",), ("--document", "nothing"), ("--verdict", "nothing")):
            self.assertEqual(plumbline("claims", *arguments).returncode, 2, arguments)

    def test_filters(self):
        run = plumbline("claims", "000-*formula", "--verdict", "convention", "--json", "-")
        rows = json.loads(run.stdout)["claims"]
        self.assertGreater(len(rows), 2)
        self.assertEqual({row["verdict"] for row in rows}, {"convention"})
        run = plumbline("claims", "*-formula", "--document", "001_*", "--json", "-")
        self.assertEqual([row["id"] for row in json.loads(run.stdout)["claims"]],
                         ["001-gradient_descent-formula"])

    def test_reproduces(self):
        run = plumbline("claims", "004-*", "--json", "-")
        for row in json.loads(run.stdout)["claims"]:
            again = plumbline(*shlex.split(row["reproduce"])[1:])
            self.assertEqual(again.returncode, 0, row["reproduce"])


class Golden(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.good = SOURCE / "golden"

    def test_verify_of_some_agrees(self):
        # All files: the test golden_verify.
        run = plumbline("golden", "verify", self.good, "--rule", "sign*", "--schedule", "constant",
                        "--clipping", "global_norm")
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertIn("the others with the manifest", run.stdout)

    def test_size(self):
        total = sum(f.stat().st_size for f in self.good.rglob("*") if f.is_file())
        self.assertLess(total, 45_000_000)

    def damaged(self, damage, expected, *selection):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "golden"
            shutil.copytree(self.good, copy)
            damage(copy)
            run = plumbline("golden", "verify", copy, *selection)
            self.assertEqual(run.returncode, 1)
            for word in expected:
                self.assertIn(word, run.stdout)
            told = [line for line in run.stdout.splitlines() if not line.startswith("note: ")]
            self.assertEqual(len(told), 1, run.stdout)

    def test_a_flipped_digit_is_named(self):
        def flip(folder):
            path = folder / "rules/adadelta.json"
            content = json.loads(path.read_text())
            old = content["cases"][3]["checkpoints"][0]["parameters"][0][1]
            new = old[:-1] + str((int(old[-1]) + 1) % 10)
            path.write_text(path.read_text().replace(old, new, 1))
        self.damaged(flip, ["rules/adadelta.json", "/cases/", "recomputed"], "--rule", "adadelta")
        # Without recomputing it, the manifest tells.
        self.damaged(flip, ["rules/adadelta.json", "SHA-256"], "--rule", "gradient_descent")

    def test_a_truncated_file_is_named(self):
        def truncate(folder):
            path = folder / "rules/gradient_descent.json"
            path.write_text(path.read_text()[:5000])
        self.damaged(truncate, ["rules/gradient_descent.json", "JSON"], "--rule", "gradient_descent")
        self.damaged(lambda folder: (folder / "manifest.json").write_text("{"),
                     ["manifest.json", "no manifest"], "--schedule", "constant")

    def test_a_missing_file_is_named(self):
        self.damaged(lambda folder: (folder / "clipping/global_norm.json").unlink(),
                     ["clipping/global_norm.json: missing"], "--clipping", "global_norm")
        self.damaged(lambda folder: (folder / "power.json").unlink(),
                     ["power.json: missing"], "--schedule", "constant")

    def test_a_stray_file_is_named(self):
        self.damaged(lambda folder: (folder / "rules/stray.json").write_text("{}"),
                     ["rules/stray.json: is not one of the golden files"], "--schedule", "constant")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
