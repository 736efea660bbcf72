"""A headless Chromium, controlled over its DevTools pipe."""

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
# Chromium reads commands from file descriptor 3 and writes answers to 4.
_REDIRECT = 'exec chromium "$@" 3<&"$NNLAB_READ" 4>&"$NNLAB_WRITE"'


class Tab:
    """A browser tab.

    Attributes:
        events: The events that the browser has sent: method and parameters.
    """

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = os.fdopen(read, "rb"), os.fdopen(write, "wb")
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[tuple[str, dict[str, Any]]] = []

    def attach(self) -> None:
        """Open a new tab, and enable the events of its console and requests."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        target_session = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = target_session["sessionId"]
        for part in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{part}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command of the DevTools protocol, and return its result."""
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
        """Load a file at a width in pixels, and wait for the load event."""
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
        """Return the value of a script in the page."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def console_messages(self) -> list[str]:
        """Return the messages of the console, including errors of the page."""
        methods = {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}
        return [json.dumps(values) for method, values in self.events if method in methods]

    def requests(self) -> list[str]:
        """Return the URLs that the page requested, except files and data URLs."""
        sent = [values for method, values in self.events if method == "Network.requestWillBeSent"]
        urls = [values["request"]["url"] for values in sent]
        return [url for url in urls if not url.startswith(("file:", "data:"))]

    def screenshot(self, *, full_page: bool = True) -> bytes:
        """Return the page as a PNG."""
        options = {"format": "png", "captureBeyondViewport": full_page}
        if full_page:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            options["clip"] = {"x": 0, "y": 0, "scale": 1} | {
                key: size[key] for key in ("width", "height")
            }
        return base64.b64decode(self.call("Page.captureScreenshot", **options)["data"])

    def pdf(self) -> bytes:
        """Return the page as a PDF."""
        return base64.b64decode(self.call("Page.printToPDF")["data"])

    def quit(self) -> None:
        """Close the browser."""
        self._session = None
        self.call("Browser.close")

    def close(self) -> None:
        """Close the pipes to the browser."""
        for pipe in (self._read, self._write):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def _next(self) -> dict[str, Any]:
        """Read the next message; events are appended to `events`."""
        while b"\0" not in self._buffer:
            chunk = self._read.read1(65_536)
            assert chunk, "the browser has exited"
            self._buffer += chunk
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.append((message["method"], message.get("params", {})))
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """Start a browser with one tab, using an empty folder as its profile."""
    read_commands, write_commands = os.pipe()
    read_answers, write_answers = os.pipe()
    process = subprocess.Popen(
        ["/bin/bash", "-c", _REDIRECT, "bash", *_OPTIONS.split(), f"--user-data-dir={profile}"],
        pass_fds=(read_commands, write_answers),
        env=os.environ | {"NNLAB_READ": str(read_commands), "NNLAB_WRITE": str(write_answers)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(read_commands)
    os.close(write_answers)
    tab = Tab(read_answers, write_commands)
    try:
        tab.attach()
        yield tab
        tab.quit()
    finally:
        tab.close()
        process.kill()
        process.wait(timeout=30)
