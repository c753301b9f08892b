"""`paraph openapi`: prints the interface description without starting anything."""

from __future__ import annotations

import argparse
import json

from server import __version__
from server.api.openapi import describe
from server.api.table import ROUTES
from server.cli.command import Command


def run(chosen: argparse.Namespace) -> int:
    print(json.dumps(describe(ROUTES, __version__), ensure_ascii=False, indent=2))
    return 0


COMMAND = Command("openapi", "Print the OpenAPI description", lambda parser: None, run)
