"""The typesetter's own fonts, found once, and the standards that every page keeps."""

from __future__ import annotations

from typing import Final

import typst

FONTS: Final = typst.Fonts(include_system_fonts=False)
STANDARDS: Final[list[typst.PDFStandard]] = ["a-2a", "ua-1"]
