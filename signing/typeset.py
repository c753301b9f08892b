"""A content tree becomes the pages of an office: PDF/A-2a and PDF/UA-1 at once, the same bytes for the same input.

The content goes to a fixed template as data, never as markup. Reports and protocols take the same way.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import segno
import typst

from review.content import Content
from signing.coverage import require_covered
from signing.errors import CannotTypeset
from signing.fonts import FONTS, STANDARDS
from signing.layout import Block, blocks, texts

Language = Literal["cs", "en"]
_MONTHS: Final = {
    "cs": ("ledna", "února", "března", "dubna", "května", "června",
           "července", "srpna", "září", "října", "listopadu", "prosince"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}  # fmt: skip
_SAYS: Final = {
    "cs": {
        "reference": "č. j.", "version": "verze", "verify": "Ověření pravosti\na aktuálnosti", "picture": "Obrázek",
        "code": "QR kód stránky pro ověření", "of": "ze dne", "signature": "Podpis", "place": "Místo pro podpis",
    },
    "en": {
        "reference": "Ref.", "version": "version", "verify": "Verify authenticity\nand currency", "picture": "Picture",
        "code": "QR code of the verification page", "of": "of", "signature": "Signature",
        "place": "Place for signature",
    },
}  # fmt: skip


class Orientation(Enum):
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


@dataclass(frozen=True, slots=True)
class Signer:
    """The signature field that waits for somebody, and who it is when that is known already."""

    field: str
    name: str = ""
    function: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """Where everybody may ask about the document, and the code to type when there is no camera."""

    url: str
    code: str


@dataclass(frozen=True, slots=True)
class Masthead:
    """What a page says about itself. `dated` is the day in the office; `identity` marks the file for its own kind."""

    title: str
    authority: str
    kind: str
    dated: date
    department: str = ""
    reference: str = ""
    number: str = ""
    proof: Proof | None = None
    notice: str = ""
    identity: str = ""
    language: Language = "cs"


@dataclass(frozen=True, slots=True)
class Room:
    """A signature's place. Points from the page's top left corner; pages count from 1."""

    field: str
    label: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Pages:
    """`count` is the number of pages."""

    pdf: bytes
    rooms: tuple[Room, ...] = ()
    count: int = 0


def typeset(
    content: Content, masthead: Masthead, signers: Sequence[Signer] = (), images: Mapping[str, bytes] | None = None
) -> Pages:
    """The document's pages, with the places of its signatures. `images` holds the bytes of every `src`.

    Raises `UncoveredSign`, `MissingImage`, `TableTooWide`, `CannotTypeset`.
    """
    images = images or {}
    require_covered([*_masthead_texts(masthead, signers), *texts(content)])
    paths = {src: f"/{at}{_ending(data)}" for at, (src, data) in enumerate(sorted(images.items()))}
    body = blocks(content, paths, _SAYS[masthead.language]["picture"])
    rooms = [_room_data(signer, number, masthead.language) for number, signer in enumerate(signers, 1)]
    data = page_data(masthead, body) | {"rooms": rooms}
    with tempfile.TemporaryDirectory() as root:
        for src, path in paths.items():
            Path(root, path[1:]).write_bytes(images[src])
        return _compile(data, masthead.dated, root, bool(signers))


def typeset_report(masthead: Masthead, body: Sequence[Block], orientation: Orientation = Orientation.PORTRAIT) -> bytes:
    """The PDF of a report made of ready blocks (`signing/reports.py` makes them).

    Raises `UncoveredSign`, `CannotTypeset`.
    """
    require_covered([*_masthead_texts(masthead, ()), *(("report", text) for text in _strings(body))])
    data = page_data(masthead, body) | {"report": True, "landscape": orientation is Orientation.LANDSCAPE}
    return _compile(data, masthead.dated, None, rooms=False).pdf


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for part in value.values() for text in _strings(part))
    elif isinstance(value, Sequence):
        yield from (text for part in value for text in _strings(part))


def page_data(masthead: Masthead, body: Sequence[Block]) -> dict[str, Any]:
    """What the template reads."""
    says = _SAYS[masthead.language]
    issued = f"{says['of']} {day(masthead.dated, masthead.language)}"
    number = f"{says['version']} {masthead.number}" if masthead.number else ""
    return {
        "language": masthead.language,
        "region": "cz" if masthead.language == "cs" else "gb",
        "says": says,
        "title": masthead.title,
        "running": masthead.title if len(masthead.title) < 80 else masthead.title[:78].rstrip() + "…",
        "authority": masthead.authority,
        "department": masthead.department,
        "kind": "" if masthead.title.casefold().startswith(masthead.kind.casefold()) else masthead.kind,
        "reference": masthead.reference,
        "subtitle": issued,
        "foot": " · ".join(part for part in (masthead.reference, number) if part),
        "notice": masthead.notice,
        "description": masthead.kind or masthead.title,
        "keywords": [masthead.identity] if masthead.identity else [],
        "proof": _proof_data(masthead.proof, says),
        "blocks": list(body),
        "rooms": [],
        "report": False,
        "landscape": False,
    }


def day(value: date, language: Language) -> str:
    """23. listopadu 2026, or 23 November 2026."""
    month = _MONTHS[language][value.month - 1]
    return f"{value.day}.\u00a0{month} {value.year}" if language == "cs" else f"{value.day} {month} {value.year}"


def _room_data(signer: Signer, number: int, language: Language) -> dict[str, str]:
    says = _SAYS[language]
    who = f"{says['signature']}: {signer.name}" if signer.name else f"{says['place']} {number}"
    label = ", ".join(part for part in (who, signer.function) if part)
    return {"field": signer.field, "name": signer.name, "function": signer.function, "label": label}


def _proof_data(proof: Proof | None, says: Mapping[str, str]) -> dict[str, str] | None:
    if proof is None:
        return None
    return {"url": proof.url, "code": proof.code, "picture": qr_code(proof.url), "alt": f"{says['code']} {proof.url}"}


def qr_code(text: str) -> str:
    """An SVG picture that a telephone's camera reads."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def _masthead_texts(masthead: Masthead, signers: Sequence[Signer]) -> Iterator[tuple[str, str]]:
    for part in ("title", "authority", "department", "kind", "reference", "number", "notice"):
        yield part, str(getattr(masthead, part))
    for signer in signers:
        yield "signer", f"{signer.name} {signer.function}"


def _ending(image: bytes) -> str:
    """The typesetter tells formats by their ending; the bytes decide, not what somebody called the file."""
    known = ((b"\x89PNG", ".png"), (b"\xff\xd8", ".jpg"), (b"GIF8", ".gif"), (b"RIFF", ".webp"))
    return next((ending for start, ending in known if image.startswith(start)), ".png")


@cache
def template(*names: str) -> bytes:
    folder = files("signing") / "template"
    return b"\n".join((folder / f"{name}.typ").read_bytes() for name in names)


def _compile(data: Mapping[str, Any], dated: date, root: str | None, rooms: bool) -> Pages:
    with tempfile.TemporaryDirectory() as own:
        folder = Path(root or own)
        (folder / "page.typ").write_bytes(template("blocks", "document"))
        compiler = typst.Compiler(
            folder / "page.typ",
            root=folder,
            font_paths=FONTS,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        )
        return _pages(compiler, datetime.combine(dated, time(12), UTC), rooms)


def _pages(compiler: typst.Compiler, noon: datetime, rooms: bool) -> Pages:
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=noon)
        found = compiler.query("<room>", field="value") if rooms else "[]"
        count = compiler.query("<page-count>", field="value", one=True) if rooms else "0"
    except typst.TypstError as refused:
        raise CannotTypeset(refused.message) from refused
    if not isinstance(pdf, bytes):
        raise CannotTypeset("no pages")
    return Pages(pdf, tuple(Room(**room) for room in json.loads(found)), int(json.loads(count)))
