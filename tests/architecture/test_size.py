from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.tree import files, modules, name, parsed

MODULE, FUNCTION, NESTING = 400, 50, 4
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
VAGUE = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "base"}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))


def depth(node: ast.AST) -> int:
    """How deep blocks stand in blocks; `elif` is no deeper than its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.Lambda)):
            continue
        chained = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, depth(child) + (isinstance(child, BLOCKS) and not chained))
    return deepest


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in modules()}
    lengths |= {name(path): len(path.read_text("utf-8").splitlines()) for path in files(".ts", ".svelte")}
    written = {module: length for module, length in lengths.items() if not module.endswith(".d.ts")}
    assert {module: length for module, length in written.items() if length > MODULE} == {}


def test_no_function_is_longer_than_fifty_lines() -> None:
    too_long = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in modules()
        for function in functions(parsed(path))
        if (function.end_lineno or function.lineno) - function.lineno >= FUNCTION
    ]
    assert too_long == []


def test_blocks_stand_at_most_three_deep_in_a_function() -> None:
    too_deep = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in modules()
        for function in functions(parsed(path))
        if depth(function) >= NESTING
    ]
    assert too_deep == []


def test_a_module_is_named_for_what_it_holds() -> None:
    assert [name(path) for path in modules() if path.stem in VAGUE or path.parent.name in VAGUE] == []
