from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from aiohttp import WSCloseCode

import collab
from collab.errors import Refusal
from review import comment, document, handover, round, signoff
from server.__main__ import parser
from server.api.openapi import describe
from server.api.table import ROUTES
from server.cli.table import COMMANDS
from server.settings import SETTINGS
from tests.architecture.tree import ROOT, parsed
from tools import wire
from tools.reference import PAGES

UNREACHED: dict[ModuleType, list[str]] = {signoff: [signoff.State.VOID]}
"""Nothing that comes from outside leads there: nobody writes in a draft whose signing runs."""

COLLAB = sorted((ROOT / "collab").rglob("[!_]*.py"))
ENDS = {"close", "cut", "drop", "drop_all", "_Refused"}
"""What ends a socket: the code comes first."""

DEPENDENCY = re.compile(r"^\s*([A-Za-z0-9_.-]+)")


@pytest.mark.parametrize("page", PAGES)
def test_the_reference_in_the_tree_is_what_the_code_says(page: str) -> None:
    assert (ROOT / "docs" / page).read_text("utf-8") == PAGES[page](), "run `make reference`"


def test_every_setting_command_and_route_is_in_the_guides() -> None:
    operators = "".join(path.read_text("utf-8") for path in (ROOT / "docs/operators").glob("*.md"))
    integrators = "".join(path.read_text("utf-8") for path in (ROOT / "docs/integrators").glob("*.md"))
    assert [setting.variable for setting in SETTINGS if setting.variable not in operators] == []
    assert [command.name for command in COMMANDS if f"paraph {command.name}" not in operators] == []
    assert [route.path for route in ROUTES if route.path not in integrators] == []


@pytest.mark.parametrize("machine", [document, round, comment, signoff, handover])
def test_every_state_is_explained(machine: ModuleType) -> None:
    page = (ROOT / "docs/integrators/states.md").read_text("utf-8")
    assert [state for state in machine.State if not re.search(rf"\b{state}\b", page)] == UNREACHED.get(machine, [])


def test_every_refusal_of_an_update_is_explained() -> None:
    assert set(wire.CODES) == set(Refusal.__subclasses__())


def test_every_code_that_a_draft_is_closed_with_is_explained() -> None:
    speakers = (
        "server.realtime.sync",
        "server.realtime.hearing",
        "server.realtime.wire",
        *(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in COLLAB),
    )
    codes = {code for name in speakers for code in _closes(import_module(name))}
    assert set(wire.CLOSES) == codes | {WSCloseCode.MESSAGE_TOO_BIG}


def _closes(module: ModuleType) -> Iterator[int]:
    """The constants that open the calls which end a socket."""
    assert module.__file__ is not None
    for node in ast.walk(parsed(Path(module.__file__))):
        if isinstance(node, ast.Call) and _name(node.func) in ENDS and node.args and _name(node.args[0]).isupper():
            yield getattr(module, _name(node.args[0]))


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_every_module_of_live_editing_has_its_place_in_the_reading_order() -> None:
    told = {name.rpartition(".")[2] for name in re.findall(r"`([\w.]+)`", collab.__doc__ or "")}
    modules, folders = {path.stem for path in COLLAB}, {path.parent.name for path in COLLAB}
    assert (sorted(modules - told), sorted(told - modules - folders)) == ([], [])


def test_every_route_is_in_the_openapi_description() -> None:
    paths = describe(ROUTES, "0")["paths"]
    plain = {route: re.sub(r":[^}]+}", "}", route.path) for route in ROUTES}
    undescribed = [
        f"{route.method} {path}" for route, path in plain.items() if route.method.lower() not in paths.get(path, {})
    ]
    assert undescribed == []


def test_every_command_says_what_it_is_for() -> None:
    assert [command.name for command in COMMANDS if len(command.summary) < 10] == []
    assert parser().prog == "paraph"


def test_every_dependency_is_explained_with_its_licence() -> None:
    rows = (ROOT / "docs/dependencies.md").read_text("utf-8").splitlines()
    explained = {row.split("|")[1].strip().strip("`") for row in rows if row.startswith("| `")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    python = {match[1].lower() for line in wanted if (match := DEPENDENCY.match(line))}
    web = json.loads((ROOT / "web/package.json").read_text("utf-8"))
    needed = python | set(web["dependencies"]) | set(web["devDependencies"])
    assert sorted(needed - {name.lower() for name in explained}) == []
    assert sorted({name.lower() for name in explained} - needed) == []


def test_the_browser_reads_the_same_schema_as_the_server() -> None:
    source = (ROOT / "web/src/editor/schema/source.ts").read_text("utf-8")
    assert "'../../../../review/schema.json'" in source


def test_the_readme_is_short_and_its_pictures_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) < 150
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme)
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


@pytest.mark.parametrize("page", sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not ((ROOT / page).parent / target).exists()] == []
