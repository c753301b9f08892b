"""What is done to hostile files inside the limited child: bytes and JSON in, JSON out."""

from __future__ import annotations

import base64
import io
import logging
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

import pdfplumber
from PIL import Image

from signing.changes import Change
from signing.credentials import describe_pkcs12
from signing.errors import Unreadable
from signing.trust import Anchors, load_pem
from signing.verification import Known, Signature, identify, verify

# A hostile file is a verdict, not news for the operator's log.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

PICTURES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
MAX_PIXELS: Final = 60_000_000
ENDINGS: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
MAX_PICTURES: Final = 16 * 2**20
MAX_PAGES: Final = 500


def identify_pdf(data: bytes) -> dict[str, Any]:
    """`{sha256, states, marks}`."""
    return asdict(identify(data))


def verify_pdf(
    data: bytes, original: bytes, *, roots: str, intermediates: str, now: str, states: Mapping[str, int] | None
) -> dict[str, Any]:
    """A `Verification` as the outside sees it; `original` is empty and `states` None for a document not known."""
    anchors = Anchors(tuple(load_pem(roots.encode())), tuple(load_pem(intermediates.encode())) if intermediates else ())
    known = Known(states, original) if states is not None else None
    found = verify(data, anchors, datetime.fromisoformat(now), known)
    return {
        "verdict": found.verdict.value,
        "signatures": [_signature(one) for one in found.signatures],
        "changes": [_change(one) for one in found.changes],
    }


def describe_key_store(data: bytes, *, pin: str, roots: str, intermediates: str, now: str) -> dict[str, str]:
    """Whose key a PKCS#12 file holds. Its key derivation may be made to take hours: that is why it is done here."""
    anchors = Anchors(tuple(load_pem(roots.encode())), tuple(load_pem(intermediates.encode())))
    found = describe_pkcs12(data, pin, anchors, datetime.fromisoformat(now))
    return {
        "subject": found.subject,
        "issuer": found.issuer,
        "notBefore": found.not_before.isoformat(),
        "notAfter": found.not_after.isoformat(),
        "certificate": base64.b64encode(found.certificate).decode(),
    }


def inspect_picture(data: bytes) -> dict[str, Any]:
    """`{type, width, height}` of a picture that decodes whole. Raises `Unreadable`."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            kind, (width, height) = picture.format or "", picture.size
            if kind not in PICTURES or width * height > MAX_PIXELS:
                raise Unreadable("not a picture of a kind or size that is taken")
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise Unreadable(type(broken).__name__) from broken
    return {"type": PICTURES[kind], "width": width, "height": height}


def pictures_of(data: bytes) -> dict[str, str]:
    """The pictures of a DOCX or ODT file in base64, by the address that its text uses. No ZIP: none.

    Only such as decode whole, and no more than `MAX_PICTURES` bytes together.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _pictures(package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        return {}


def _pictures(package: zipfile.ZipFile) -> dict[str, str]:
    found: dict[str, str] = {}
    left = MAX_PICTURES
    for entry in package.infolist():
        if PurePosixPath(entry.filename).suffix.lower() not in ENDINGS or entry.file_size > left:
            continue
        picture = package.read(entry)
        left -= len(picture)
        found |= _decodable(entry.filename.removeprefix("word/"), picture)
    return found


def _decodable(address: str, picture: bytes) -> dict[str, str]:
    try:
        inspect_picture(picture)
    except Unreadable:
        return {}
    return {address: base64.b64encode(picture).decode()}


def text_of_pdf(data: bytes) -> list[str]:
    """The paragraphs of a PDF: lines that follow each other closely are one. Raises `Unreadable`."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as file:
            pages = [page.extract_text_lines(return_chars=False) for page in file.pages[:MAX_PAGES]]
    except Exception as broken:  # the parser raises whatever a hostile file makes it stumble over
        raise Unreadable(type(broken).__name__) from broken
    return [text for lines in pages for text in _joined(lines)]


def _joined(lines: list[dict[str, Any]]) -> list[str]:
    """Lines of one page as paragraphs: a gap of more than half a line begins the next one."""
    paragraphs: list[str] = []
    bottom = None
    for line in lines:
        height = line["bottom"] - line["top"]
        if bottom is not None and line["top"] - bottom < height / 2:
            paragraphs[-1] += " " + line["text"]
        else:
            paragraphs.append(line["text"])
        bottom = line["bottom"]
    return ["".join(sign for sign in text if sign >= " " and sign != "\ufffc") for text in paragraphs]


def _signature(one: Signature) -> dict[str, Any]:
    return {
        "field": one.field,
        "by": one.by,
        "at": one.at.isoformat() if one.at else None,
        "level": one.level,
        "covers": one.covers,
        "indication": one.indication.value,
        "trusted": one.trusted,
    }


def _change(one: Change) -> dict[str, Any]:
    told = {"kind": one.kind.value, "page": one.page, "before": one.before, "after": one.after}
    box = [round(side, 1) for side in one.box] if one.box else None
    return {name: value for name, value in (told | {"box": box}).items() if value is not None}
