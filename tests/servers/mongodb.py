"""A MongoDB for tests and scripts: a real one when PARAPH_TEST_MONGODB names it, else mongo-java-server.

with mongodb() as url:          # mongodb://127.0.0.1:port
    database = fresh(url)       # mongodb://127.0.0.1:port/paraph_test_3f9a…
"""

from __future__ import annotations

import fcntl
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

PROJECT = Path(__file__).parent / "mongo-java-server"
TARGET = Path(__file__).parent.parent / "target"
JAR = TARGET / "mongodb" / "mongodb-for-tests-1.jar"
MAIN = "cz.paraph.MongodbForTests"


@contextmanager
def mongodb() -> Iterator[str]:
    """The URL of a server, without a database's name. Ours ends with the block."""
    if given := os.environ.get("PARAPH_TEST_MONGODB"):
        yield given
        return
    build()
    classpath = f"{JAR}:{JAR.parent / 'lib'}/*"
    command = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath, MAIN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        url = server.stdout.readline().decode().strip()
        if not url:
            raise RuntimeError("the MongoDB for tests did not start: is a JDK installed?")
        try:
            yield url
        finally:
            server.kill()


def fresh(url: str) -> str:
    """The URL of a database on this server that nobody else uses."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/paraph_test_{secrets.token_hex(6)}"))


def build() -> None:
    """Compile the server with Maven once; several test processes wait for the one that does it."""
    TARGET.mkdir(exist_ok=True)
    with open(TARGET / "mongodb.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not JAR.exists() or JAR.stat().st_mtime < newest_source():
            command = ["mvn", "-q", "-B", "--no-transfer-progress", "package"]
            subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def newest_source() -> float:
    return max(path.stat().st_mtime for path in PROJECT.rglob("*") if path.is_file())
