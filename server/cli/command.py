"""One command of the command line, and the options that all of them share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from server.settings import SETTINGS, Settings, settings

STORAGE_OPTIONS = ("data", "database")


@dataclass(frozen=True, slots=True)
class Command:
    """`arguments` declares options; `run` does the work and returns the exit code."""

    name: str
    summary: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    """Options for the named settings, all of them unless named."""
    for setting in SETTINGS:
        if not names or setting.name in names:
            parser.add_argument(f"--{setting.name}", help=f"{setting.meaning} ({setting.variable})")


def settings_of(chosen: argparse.Namespace) -> Settings:
    return settings({setting.name: getattr(chosen, setting.name.replace("-", "_"), None) for setting in SETTINGS})
