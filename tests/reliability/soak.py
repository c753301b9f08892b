"""How long tests of reliability take: short by themselves, in full by `make soak`, or a share of it.

`PARAPH_SOAK=0.2` is a fifth of the long form.
"""

from __future__ import annotations

import os

SHARE = float(os.environ.get("PARAPH_SOAK") or 0)


def of(full: int, *, at_least: int) -> int:
    """So many of what the long form has in full."""
    return max(int(full * SHARE), at_least)
