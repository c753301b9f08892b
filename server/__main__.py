"""`paraph` and `python -m server`: one command line, one small module per command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from server.cli.table import COMMANDS


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="paraph", description="Review, commenting and signing of official documents.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(command.name, help=command.summary, description=command.summary)
        command.arguments(added)
        added.set_defaults(run=command.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    code: int = chosen.run(chosen)
    return code


if __name__ == "__main__":
    sys.exit(main())
