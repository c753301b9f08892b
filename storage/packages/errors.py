"""What building a package may refuse.

PackageError
├── UnknownFormat   a format that is not built here            code unknown_format
└── PackageFault    a package that its own check found wrong   code package_fault
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class PackageError(Exception):
    """Root of what goes wrong with packages. `code` is stable."""

    code: ClassVar[str]

    def __str__(self) -> str:
        return repr(self)


@dataclass(eq=False)
class UnknownFormat(PackageError):
    code: ClassVar[str] = "unknown_format"
    format: str


@dataclass(eq=False)
class PackageFault(PackageError):
    """`path` is the file inside the package, `why` what the check found."""

    code: ClassVar[str] = "package_fault"
    path: str
    why: str
