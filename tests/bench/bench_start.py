"""From the command to accepted connections, on a filled office, the second time."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.figure import Figure
from tests.servers.paraph import demo, paraph


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        demo(data)
        with paraph(data) as first:
            first.stop()
        with paraph(data) as second:
            taken = second.started_in
    return [Figure("second start to ready", taken, "s", "≤ 3")]
