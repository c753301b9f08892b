from __future__ import annotations

import re

import pytest

from tests.architecture.tree import files, name

TEXT = (".py", ".ts", ".svelte", ".css", ".html", ".md", ".json", ".toml", ".sh", ".yml", ".typ", ".java", ".xml", "")
FORBIDDEN = {
    "unfinished work": "TO" + "DO|FIX" + "ME",
    "a silenced type error without its code": r"type:\s*ig" + r"nore(?!\[)",
    "a skipped test": r"pytest\.sk" + r"ip|mark\.sk" + r"ip|mark\.xf" + "ail|test\\.sk" + "ip",
    "a sleep in a test": r"time\.sl" + r"eep\(",
    "the address of a package registry": "pypi"
    + r"\.org|python"
    + r"hosted|registry\."
    + "npmjs|registry\\."
    + "yarnpkg",
    "a path of one machine": r"/wo" + r"rk/|/ro" + r"ot/|/ho" + "me/[a-z]",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_is_free_of(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    places = [
        f"{name(path)}:{number}"
        for path in files(*TEXT)
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert places == []
