"""`collab` is read as it tells: every module needs only what stands before it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import ROOT, modules, parsed

PACKAGE = ROOT / "collab"


def told() -> list[str]:
    """The modules in the order of the package's docstring, such as `room.member`."""
    docstring = ast.get_docstring(parsed(PACKAGE / "__init__.py")) or ""
    points = docstring.replace("\n  ", " ").splitlines()
    return [module for point in points if point.startswith("- ") for module in named(point)]


def named(point: str) -> Iterator[str]:
    """`member` behind the words "in `room`:" is `room.member`."""
    what, _, names = point.partition(": ")
    folder = re.search(r"in `(\w+)`$", what)
    for name in re.findall(r"`([\w.]+)`", names):
        yield f"{folder[1]}.{name}" if folder and "." not in name else name


def there() -> dict[str, set[str]]:
    """Every module, and which others it needs."""
    paths = {path for path in modules() if path.is_relative_to(PACKAGE) and path.stem != "__init__"}
    names = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in paths}
    return {name: set(needed(parsed(path))) & names.keys() for name, path in names.items()}


def needed(tree: ast.Module) -> Iterator[str]:
    """`from collab.journal import row` may name a module on either side of its `import`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                yield one.removeprefix("collab.")
        elif isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("collab.") for alias in node.names)


def test_the_order_names_every_module_once() -> None:
    assert sorted(told()) == sorted(there())


def test_a_module_needs_only_what_stands_before_it() -> None:
    place = {name: at for at, name in enumerate(told())}
    later = [(name, other) for name, others in there().items() for other in others if place[other] >= place[name]]
    assert later == []
