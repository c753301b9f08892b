"""All benchmarks, or those named: `python -m tests.bench [name …]`.

Every `bench_*.py` here has `measure() -> list[Figure]`. Prints a line a figure and writes var/bench/NAME.json. The
exit code is 1 when a promise is missed.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from tests.bench.figure import keep


def main(wanted: list[str]) -> int:
    names = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    missed = 0
    for name in wanted or names:
        print(f"\n{name}", flush=True)
        figures = import_module(f"tests.bench.bench_{name}").measure()
        for figure in figures:
            print(f"  {figure.line()}", flush=True)
        keep(name, figures)
        missed += sum(not figure.holds for figure in figures)
    print(f"\n{missed} promises missed" if missed else "\nall promises held")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
