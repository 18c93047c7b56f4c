"""Headless Chromium, told what to do through its debugging pipe: no driver, no packages.

The pipe is two file descriptors of Chromium's, 3 to read from and 4 to write to; messages of
the DevTools protocol are JSON, each with a NUL at its end.
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium-headless-shell", "chromium", "google-chrome", "chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe")


class NoChromium(Exception):
    pass


def chromium():
    """The browser's path: $PLUMBLINE_CHROMIUM, or what is installed."""
    for name in filter(None, (os.environ.get("PLUMBLINE_CHROMIUM"), *NAMES)):
        found = shutil.which(name)
        if found:
            return found
    raise NoChromium("there is no Chromium on this machine, and the pages can't be tested without "
                     f"one: looked for {', '.join(NAMES)}; install Debian's "
                     "chromium-headless-shell, or name one in PLUMBLINE_CHROMIUM")


class Browser:
    """One page in a browser of its own. What it complains of is in `complaints`."""

    def __init__(self, seconds=60):
        self.complaints = []
        self._seconds = seconds  # for one answer
        self._last_id = 0
        self._unread = b""
        self._session = None
        self._loaded = False
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        their_input, self._to = os.pipe()
        self._from, their_output = os.pipe()

        def as_three_and_four():
            # Out of the way first: one of them may be 3 or 4.
            ours = os.dup(their_input), os.dup(their_output)
            os.dup2(ours[0], 3)
            os.dup2(ours[1], 4)

        self._process = subprocess.Popen(
            [chromium(), *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=as_three_and_four)
        os.close(their_input)
        os.close(their_output)
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.command("Target.attachToTarget", targetId=target,
                                     flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")

    def close(self):
        # Chromium's other processes write to its profile until it has ended by itself.
        try:
            self._session = None
            os.write(self._to, b'{"id": 0, "method": "Browser.close"}\0')
            self._process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def command(self, method, **parameters):
        """Sends a command and gives its result; events that come before are kept."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def _next(self):
        end = time.monotonic() + self._seconds
        while b"\0" not in self._unread:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._from], [], [], left)[0]:
                raise TimeoutError(f"Chromium gave no answer in {self._seconds} seconds")
            piece = os.read(self._from, 1 << 20)
            if not piece:
                raise RuntimeError("Chromium ended")
            self._unread += piece
        message, self._unread = self._unread.split(b"\0", 1)
        answer = json.loads(message)
        self._keep(answer)
        return answer

    def _keep(self, event):
        method, said = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(said["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            if said["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(said["args"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.complaints.append(json.dumps(said["entry"]))
        elif method == "Network.requestWillBeSent":
            address = said["request"]["url"]
            if not address.startswith(("file:", "data:", "about:")):
                self.complaints.append(f"asks the network for {address}")

    def view(self, width, height=900, scheme="light"):
        """The window's size, as a phone's where it is narrow, and the colour scheme."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=1, mobile=width < 600)
        self.command("Emulation.setEmulatedMedia",
                     features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path):
        self._loaded = False
        self.command("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        while not self._loaded:
            self._next()

    def evaluate(self, expression):
        """The value of an expression in the page, awaited."""
        answer = self.command("Runtime.evaluate", expression=expression, returnByValue=True,
                              awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def frame(self):
        """Waits until the page has been laid out and drawn twice: observers have run."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => "
                      "requestAnimationFrame(() => done(true))))")

    def press(self, key, code=None, text=""):
        """One key, as from a keyboard."""
        codes = {"Tab": 9, "Enter": 13, " ": 32, "ArrowDown": 40, "ArrowUp": 38, "Backspace": 8}
        common = {"key": key, "code": code or key, "windowsVirtualKeyCode": codes.get(key, 0)}
        self.command("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown",
                     **common, **({"text": text} if text else {}))
        self.command("Input.dispatchKeyEvent", type="keyUp", **common)

    def write(self, text):
        for character in text:
            self.press(character, text=character)

    def picture(self, path, whole=True):
        """A screenshot, as PNG."""
        data = self.command("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))
