#!/usr/bin/python3
"""Gradient descent that is right until its first step, and then has one fault.

Usage: faulty_optimizer.py FAULT       (`none` is a good subject)

The faults are those that the harness must tell apart at the level of a whole check:
each gives one clear verdict. `bad_subject.py` has the finer ones of the transport.
"""

import json
import os
import signal
import sys
import time

FAULT = sys.argv[1]


def hang():
    while True:
        time.sleep(60)


def send(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def reply(request, result):
    return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}) + "\n"


def error(request, code, message):
    return json.dumps({"jsonrpc": "2.0", "id": request["id"],
                       "error": {"code": code, "message": message}}) + "\n"


def fail(request, parameters):
    """Does what FAULT says in the place of an honest reply; the text to send."""
    if FAULT == "crashes":
        sys.stderr.write("Traceback: something went wrong\n")
        os._exit(3)
    if FAULT == "exits":
        os._exit(0)
    if FAULT == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if FAULT == "hangs":
        hang()
    if FAULT == "never-reads":
        sys.stdin.close()
        hang()
    if FAULT == "floods-stdout":
        while True:
            sys.stdout.write("x" * 65536)
    if FAULT == "floods-stderr":
        while True:
            sys.stderr.write("noise " * 1000)
    if FAULT == "garbage":
        return "Segmentation fault (core dumped)\n"
    if FAULT == "half-a-line":
        send('{"jsonrpc": "2.0", "id": 1, "resu')
        os._exit(0)
    if FAULT == "another-id":
        return json.dumps({"jsonrpc": "2.0", "id": 999999, "result": {}}) + "\n"
    if FAULT == "too-few-values":
        return reply(request, {"parameters": [p[:-1] for p in parameters]})
    if FAULT == "too-few-tensors":
        return reply(request, {"parameters": []})
    if FAULT == "not-numbers":
        return reply(request, {"parameters": [["one"] * len(p) for p in parameters]})
    if FAULT == "no-parameters":
        return reply(request, {})
    if FAULT == "nan":
        return reply(request, {"parameters": [["NaN"] * len(p) for p in parameters]})
    if FAULT == "forks-and-keeps-the-pipe":
        if os.fork() == 0:
            hang()
        os._exit(0)
    if FAULT == "caught-error":
        return error(request, -32000, "ValueError: caught in step")
    if FAULT == "unsupported":
        return error(request, 1, "no place for that")
    raise SystemExit("no such fault: " + FAULT)


def main():
    optimizers = {}
    for line in sys.stdin:
        request = json.loads(line)
        method, params = request["method"], request.get("params") or {}
        if method == "describe":
            if FAULT == "no-version":
                send(reply(request, {"protocol": 1, "name": "faulty", "version": ""}))
            elif FAULT == "other-protocol":
                send(reply(request, {"protocol": 2, "name": "faulty", "version": "1"}))
            else:
                send(reply(request, {"protocol": 1, "name": "faulty " + FAULT, "version": "1"}))
        elif method == "optimizer/create":
            hyperparameters = params["hyperparameters"]
            formats = [params["format"]] + [p["format"] for p in params["parameters"] if "format" in p]
            if (params["rule"] != "gradient_descent" or formats != ["binary64"] * len(formats)
                    or set(hyperparameters) != {"learning_rate"} or "groups" in params
                    or FAULT == "all-unsupported"):
                send(error(request, 1, "only gradient_descent in binary64 without decay"))
                continue
            handle = len(optimizers) + 1
            optimizers[handle] = {"rate": hyperparameters["learning_rate"],
                                  "parameters": [list(p["values"]) for p in params["parameters"]]}
            send(reply(request, {"handle": handle}))
        elif method == "optimizer/step":
            optimizer = optimizers[params["handle"]]
            parameters = optimizer["parameters"]
            if FAULT != "none":
                send(fail(request, parameters))
                continue
            rate = optimizer["rate"] = params.get("learning_rate", optimizer["rate"])
            for values, gradient in zip(parameters, params["gradients"]):
                if gradient is not None:
                    values[:] = [v - rate * g for v, g in zip(values, gradient)]
            send(reply(request, {"parameters": parameters}))
        elif method == "optimizer/close":
            send(reply(request, None))
        elif method == "shutdown":
            send(reply(request, None))
            return
        else:
            send(error(request, 1, "no method " + method))


main()
