"""The real server in a process of its own, on a free loopback port, and its command line.

with paraph(data, database) as server:
    server.url …                # http://localhost:port
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0


@dataclass(slots=True)
class Server:
    """`log` holds what the process wrote; `started_in` are the seconds until it was ready."""

    process: subprocess.Popen[str]
    url: str
    log: Path
    started_in: float

    def kill(self) -> None:
        """As a power cut does: SIGKILL."""
        self.process.kill()
        self._gone()

    def stop(self) -> int:
        """As Ctrl-C does. Returns the exit code."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def command(*arguments: str, module: str = "server") -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def run(*arguments: str, env: Mapping[str, str] = {}) -> str:
    """One command to its end; its standard output. Raises with all it wrote when it fails."""
    done = subprocess.run(
        command(*arguments), cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        raise RuntimeError(f"paraph {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def start(
    data: Path, database: str = "", port: int | None = None, redis: str = "", url: str = "", module: str = "server"
) -> Server:
    """Returns when connections are accepted. Another `module` does something before it is the server."""
    port = port or free_port()
    log = data / f"server-{port}.log"
    arguments = ["serve", "--port", str(port), "--data", str(data)]
    for name, chosen in (("database", database), ("redis", redis), ("url", url)):
        arguments += [f"--{name}", chosen] if chosen else []
    began = time.monotonic()
    data.mkdir(parents=True, exist_ok=True)
    with log.open("a") as errors:
        process = subprocess.Popen(
            command(*arguments, module=module), cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Paraph ready at "):
            return Server(process, f"http://localhost:{port}", log, time.monotonic() - began)
    Server(process, "", log, 0).kill()
    raise RuntimeError(f"the server did not start: {log.read_text()}")


@contextmanager
def paraph(data: Path, database: str = "", port: int | None = None) -> Iterator[Server]:
    server = start(data, database, port)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def demo(data: Path, database: str = "") -> list[dict[str, Any]]:
    """Fills an empty database with the demo office; the sign-ins."""
    chosen = ["--data", str(data), *(["--database", database] if database else [])]
    people: list[dict[str, Any]] = json.loads(run("demo", "--json", *chosen))
    return people
