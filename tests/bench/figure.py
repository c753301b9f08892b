"""One measured figure: what, how much, against what, and whether that is what we promise."""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent.parent / "var" / "bench"


@dataclass(frozen=True, slots=True)
class Figure:
    """`target` is the promise as a bound on `value` ("≤ 50" or "≥ 300"); `ratio` is ours by the peer's, same run."""

    name: str
    value: float
    unit: str
    target: str = ""
    peer: str = ""
    peer_value: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer_value if self.peer_value else None

    @property
    def holds(self) -> bool:
        if not self.target:
            return True
        bound = float(self.target[1:])
        return self.value <= bound if self.target[0] == "≤" else self.value >= bound

    def line(self) -> str:
        against = f"   {self.ratio:.2f}× {self.peer} ({self.peer_value:.4g})" if self.ratio is not None else ""
        promise = f"   target {self.target} {'met' if self.holds else 'MISSED'}" if self.target else ""
        return f"{self.name:<58} {self.value:>10.4g} {self.unit:<8}{promise}{against}"


def processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def median_ms(act: Callable[[], object], times: int = 20, warm: int = 2) -> float:
    """Milliseconds of one `act`, the median of many."""
    for _ in range(warm):
        act()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def keep(name: str, figures: Sequence[Figure]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    rows = [asdict(figure) | {"ratio": figure.ratio, "holds": figure.holds} for figure in figures]
    (RESULTS / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
