#!/usr/bin/python3
"""A subject that is well until it is asked `break`, and then has one fault.

Usage: bad_subject.py FAULT      (python3 -S bad_subject.py starts faster)

Every function below whose name is not private is a fault. It gets the id of the
request; what it returns is sent as it stands. Every other method is answered
with its own params, so that a healthy exchange can come first.
"""

import json
import os
import signal
import sys
import time


def _send(text):
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def _reply(request_id, result):
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "result": result}) + "\n"


def _error(request_id, code, message):
    error = {"code": code, "message": message}
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "error": error}) + "\n"


def _request(request_id, method, params):
    content = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
    return json.dumps(content) + "\n"


def _hang():
    while True:
        time.sleep(60)


def _grandchild():
    """Starts a process that keeps our streams open for long; gives its id."""
    process = os.fork()
    if process == 0:
        _hang()
    return process


# Ends


def exits_with_zero(_):
    os._exit(0)


def exits_with_three(_):
    os.write(2, b"Traceback: the third thing went wrong\n")
    os._exit(3)


def exits_after_reply(request_id):
    _send(_reply(request_id, "last words"))
    os._exit(0)


def segfaults(_):
    os.kill(os.getpid(), signal.SIGSEGV)


def kills_itself(_):
    os.kill(os.getpid(), signal.SIGKILL)


def half_a_line_then_exits(_):
    _send('{"jsonrpc": "2.0", "id"')
    os._exit(0)


def leaves_a_grandchild(_):
    _grandchild()
    os._exit(5)


def leaves_a_daemon(_):
    """A grandchild that no signal to our group reaches; it ends by itself."""
    if os.fork() == 0:
        os.setsid()
        time.sleep(6)
        os._exit(0)
    os._exit(6)


def forks_and_the_parent_exits(request_id):
    if os.fork() != 0:
        os._exit(0)
    time.sleep(0.1)
    return _reply(request_id, "from the child")


def tells_its_grandchild(request_id):
    return _reply(request_id, _grandchild())


# Hangs


def hangs(_):
    _hang()


def half_a_line_then_hangs(_):
    _send('{"jsonrpc": "2.0", "id"')
    _hang()


def ignores_terminate_and_hangs(_):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _hang()


def changes_its_group_and_hangs(_):
    os.setpgid(0, os.getpgid(os.getppid()))
    _hang()


def closes_stdout(_):
    os.close(1)
    _hang()


def closes_stdin_after_reply(request_id):
    _send(_reply(request_id, None))
    os.close(0)
    _hang()


def stops_reading_after_reply(request_id):
    _send(_reply(request_id, None))
    _hang()


# Floods


def floods_stdout(_):
    while True:
        _send(b"x" * 65536)


def floods_lines_after_reply(request_id):
    _send(_reply(request_id, None))
    while True:
        _send(b'{"jsonrpc": "2.0"}\n' * 4096)


def floods_stderr_then_replies(request_id):
    for _ in range(160):
        os.write(2, b"noise " * 11000)
    os.write(2, b"the end of the log\n")
    return _reply(request_id, "dry again")


def floods_stderr_for_ever(_):
    while True:
        os.write(2, b"noise\n" * 10000)


def too_long_a_line(request_id):
    return _reply(request_id, "x" * 200000)


def nests_deeply(request_id):
    opening, closing = b"[" * 100000, b"]" * 100000
    return _reply(request_id, "@").encode().replace(b'"@"', opening + closing)


def nests_objects_deeply(_):
    return b'{"a":' * 100000


def swells_in_memory(request_id):
    return _reply(request_id, "@").replace('"@"', "[" + "[]," * 1000000 + "[]]")


# Not the protocol


def garbage(_):
    return "Hello, I am a \x1b[31msubject\x1b[0m!\n"


def long_garbage(_):
    return "y" * 1000000 + "\n"


def empty_line(_):
    return "\n"


def nan_token(request_id):
    return _reply(request_id, [1.5, float("nan")])


def huge_number(request_id):
    return _reply(request_id, "@").replace('"@"', "1e999")


def an_array(_):
    return "[1, 2]\n"


def ill_formed_utf8(request_id):
    return _reply(request_id, "@").encode().replace(b"@", b"\xff\xfe")


def nul_byte(request_id):
    return _reply(request_id, 1).replace("\n", "\0more\n")


def name_twice(request_id):
    return _reply(request_id, 1).replace('"result": 1', '"result": 1, "result": 2')


def no_jsonrpc(request_id):
    return json.dumps({"id": request_id, "result": 1}) + "\n"


def old_jsonrpc(request_id):
    return _reply(request_id, 1).replace('"2.0"', '"1.0"')


def no_id(_):
    return '{"jsonrpc": "2.0", "result": 1}\n'


def another_id(request_id):
    return _reply(request_id + 40, 1)


def id_as_string(request_id):
    return _reply(str(request_id), 1)


def null_id(_):
    return _error(None, -32700, "Parse error")


def both_result_and_error(request_id):
    return _error(request_id, 1, "no").replace('"error"', '"result": 1, "error"')


def neither_result_nor_error(request_id):
    return json.dumps({"jsonrpc": "2.0", "id": request_id}) + "\n"


def error_without_code(request_id):
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "error": "no"}) + "\n"


def second_reply(request_id):
    return _reply(request_id, "first") + _reply(request_id, "second")


def reply_ahead(request_id):
    return _reply(request_id, "now") + _reply(request_id + 1, "ahead")


def line_ahead(request_id):
    return "Loading the model...\n" + _reply(request_id, 1)


# Asks the harness


def asks(request_id):
    _send(_request("a", "objective/evaluate", {"parameters": [[1.0, 2.0]]}))
    return _reply(request_id, json.loads(sys.stdin.buffer.readline()))


def asks_thrice(request_id):
    answers = []
    for number in range(3):
        _send(_request(number, "objective/evaluate", {"parameters": [[number]]}))
        answers.append(json.loads(sys.stdin.buffer.readline())["result"])
    return _reply(request_id, answers)


def asks_twice_at_once(_):
    request = _request("a", "objective/evaluate", {"parameters": []})
    _send(request + request)
    _hang()


def asks_without_id(_):
    return '{"jsonrpc": "2.0", "method": "objective/evaluate", "params": {}}\n'


def asks_for_ever(_):
    while True:
        _send(_request("a", "objective/evaluate", {"parameters": []}))
        sys.stdin.buffer.readline()


# Well behaved, if odd


def error_unsupported(request_id):
    return _error(request_id, 1, "no such rule")


def error_refused(request_id):
    return _error(request_id, 2, "negative learning rate")


def error_method_not_found(request_id):
    return _error(request_id, -32601, "Method not found")


def error_of_its_own(request_id):
    return _error(request_id, -32000, "two\nlines\x1b[2J")


def minus_zero(request_id):
    return _reply(request_id, "@").replace('"@"', "[-0, -0.0, 0, 1e-320, 12345678901234567890]")


def float_id(request_id):
    return _reply(float(request_id), 1)


def carriage_return(request_id):
    return _reply(request_id, 1).replace("\n", "\r\n")


def byte_by_byte(request_id):
    for byte in _reply(request_id, "slow").encode():
        os.write(1, bytes([byte]))


def big_reply(request_id):
    return _reply(request_id, [0.1] * 300000)


def _is_open(number):
    """Not so the descriptor that listed them."""
    return os.path.lexists(f"/proc/self/fd/{number}")


def tells_its_surroundings(request_id):
    listed = sorted(int(name) for name in os.listdir("/proc/self/fd"))
    return _reply(
        request_id,
        {
            "open": [number for number in listed if _is_open(number)],
            "own_group": os.getpgrp() == os.getpid(),
            "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        },
    )


# Faults at the end: what they do is done when `shutdown` is asked.


def _shutdown_exits_with_four(request_id):
    _send(_reply(request_id, None))
    os._exit(4)


def _shutdown_hangs(request_id):
    _send(_reply(request_id, None))
    _hang()


def _shutdown_prints_more(request_id):
    _send(_reply(request_id, None) + "Goodbye!\n")
    _hang()


def _shutdown_without_reply(_):
    os._exit(0)


def _shutdown_not_null(request_id):
    _send(_reply(request_id, True))
    os._exit(0)


def _shutdown_unsupported(request_id):
    _send(_error(request_id, 1, "no shutdown"))
    _hang()


def _shutdown_waits_for_the_end_of_input(request_id):
    _send(_reply(request_id, None))
    sys.stdin.buffer.read()
    os._exit(0)


def _shutdown_leaves_a_grandchild(request_id):
    _grandchild()
    _send(_reply(request_id, None))
    os._exit(0)


def main():
    fault = sys.argv[1]
    if fault == "exits_at_once":
        os._exit(7)
    if fault == "never_reads":
        _hang()
    at_shutdown = globals().get("_" + fault) if fault.startswith("shutdown_") else None
    at_break = globals()[fault] if at_shutdown is None and fault != "healthy" else None
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["method"] == "break":
            answer = at_break(request["id"])
            if answer is not None:
                _send(answer)
        elif request["method"] == "shutdown":
            if at_shutdown is not None:
                at_shutdown(request["id"])
            _send(_reply(request["id"], None))
            return
        else:
            _send(_reply(request["id"], request.get("params")))


if __name__ == "__main__":
    main()
