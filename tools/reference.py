"""Writes the reference pages that follow from the code: routes, settings, commands. `python -m tools.reference`.

A test proves that the pages in the tree are what this writes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from server.__main__ import parser
from server.api.route import Access, Route
from server.api.table import ROUTES
from server.settings import SETTINGS
from tools import rights, states, wire

DOCS = Path(__file__).parent.parent / "docs"
NOTE = "<!-- Written by `make reference` from the code. -->\n"
ACCESS = {Access.SIGNED_IN: "signed in", Access.PUBLIC: "anyone", Access.REGISTRY: "registry client"}


def routes() -> str:
    """Every address, in the order of the route table."""
    rows = [f"| `{route.method} {route.path}` | {route.summary} | {_access(route)} |" for route in ROUTES]
    head = "# Routes\n\nShapes of bodies and answers are in `/openapi.json`; `/reference` shows them.\n"
    return "\n".join([head, NOTE, "| Route | What it is for | Who |", "|---|---|---|", *rows]) + "\n"


def _access(route: Route) -> str:
    return ACCESS[route.access] + (f", `{route.scope}`" if route.scope else "")


def settings() -> str:
    rows = [
        f"| `--{setting.name}` | `{setting.variable}` | {f'`{setting.default}`' if setting.default else '–'} "
        f"| {setting.meaning} |"
        for setting in SETTINGS
    ]
    head = "# Settings\n\nAn option wins over the environment, the environment over the default.\n"
    return "\n".join([head, NOTE, "| Option | Environment | Default | Meaning |", "|---|---|---|---|", *rows]) + "\n"


def commands() -> str:
    head = "# Commands\n\n`paraph COMMAND`, or `python -m server COMMAND`. `--help` after any of them says the same.\n"
    return "\n".join([head, NOTE, *_commands(parser(), "paraph")])


def _commands(command: argparse.ArgumentParser, name: str) -> Iterator[str]:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for word, below in action.choices.items():
                yield f"## {name} {word}\n\n{_sentence(summaries.get(word, ''))}\n"
                yield from _options(below)
                yield from _commands(below, f"{name} {word}")


def _options(command: argparse.ArgumentParser) -> Iterator[str]:
    listed = [action for action in command._actions if not isinstance(action, argparse._SubParsersAction)]
    rows = [
        f"- `{', '.join(action.option_strings) or action.dest}`{f': {action.help}' if action.help else ''}"
        for action in listed
        if action.dest != "help"
    ]
    if rows:
        yield "\n".join(rows) + "\n"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".")


PAGES = {
    "integrators/routes.md": routes,
    "integrators/rights.md": lambda: rights.page(NOTE),
    "integrators/states.md": lambda: states.page(NOTE),
    "integrators/wire.md": lambda: wire.page(NOTE),
    "operators/settings.md": settings,
    "operators/commands.md": commands,
}


def main() -> None:
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), "utf-8")


if __name__ == "__main__":
    main()
