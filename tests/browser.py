"""A real browser, Debian's chromium without a window, spoken to over its DevTools pipe."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

needs_chromium = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="Debian's chromium is not installed"
)

_OPTIONS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --disable-dev-shm-usage "
    "--remote-debugging-pipe"
)
# Chromium reads its commands from file 3, and answers in file 4.
_REDIRECT = 'exec chromium "$@" 3<&"$NNLAB_READ" 4>&"$NNLAB_WRITE"'


class Tab:
    """One tab of a browser.

    Attributes:
        events: What the browser told without being asked, in order: method and parameters.
    """

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = os.fdopen(read, "rb"), os.fdopen(write, "wb")
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[tuple[str, dict[str, Any]]] = []

    def attach(self) -> None:
        """Open a new tab, and listen to its console and its requests."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        for part in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{part}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """Give a command of the DevTools protocol, and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._write.write(json.dumps(message).encode() + b"\0")
        self._write.flush()
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def open(self, page: Path, width: int = 1200, *, dark: bool = False) -> None:
        """Load a file at a width in pixels, and wait until all of it is there."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.events.clear()
        self.call("Page.navigate", url=page.resolve().as_uri())
        while not any(method == "Page.loadEventFired" for method, _ in self.events):
            self._next()

    def evaluate(self, script: str) -> Any:
        """The value of a script in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def complaints(self) -> list[str]:
        """What the console holds, errors of the page included."""
        told = {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}
        return [json.dumps(values) for method, values in self.events if method in told]

    def requests(self) -> list[str]:
        """The addresses that the page asked for, itself and what it holds apart."""
        sent = [values for method, values in self.events if method == "Network.requestWillBeSent"]
        addresses = [values["request"]["url"] for values in sent]
        return [one for one in addresses if not one.startswith(("file:", "data:"))]

    def screenshot(self, *, whole: bool = True) -> bytes:
        """The page as a PNG."""
        options = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            options["clip"] = {"x": 0, "y": 0, "scale": 1} | {
                key: size[key] for key in ("width", "height")
            }
        return base64.b64decode(self.call("Page.captureScreenshot", **options)["data"])

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF")["data"])

    def end(self) -> None:
        """End the browser."""
        self._session = None
        self.call("Browser.close")

    def close(self) -> None:
        """Hang up."""
        for pipe in (self._read, self._write):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def _next(self) -> dict[str, Any]:
        """The next message; events are kept."""
        while b"\0" not in self._buffer:
            chunk = self._read.read1(65_536)
            assert chunk, "the browser has ended"
            self._buffer += chunk
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.append((message["method"], message.get("params", {})))
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """A browser with one tab, ended when the block ends.

    Args:
        profile: An empty folder for what it writes.
    """
    commands, ours = os.pipe()
    theirs, answers = os.pipe()
    process = subprocess.Popen(
        ["/bin/bash", "-c", _REDIRECT, "bash", *_OPTIONS.split(), f"--user-data-dir={profile}"],
        pass_fds=(commands, answers),
        env=os.environ | {"NNLAB_READ": str(commands), "NNLAB_WRITE": str(answers)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(commands)
    os.close(answers)
    tab = Tab(theirs, ours)
    try:
        tab.attach()
        yield tab
        tab.end()
    finally:
        tab.close()
        process.kill()
        process.wait(timeout=30)
