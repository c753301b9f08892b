"""The papers of the demonstration office: Markdown files with a head of `key: value` lines."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from review.content import Content, with_ids
from server.intake.pandoc import Source, take_in

OFFICE = files("server").joinpath("demo/office")
CONTRACT = "smlouva-dotace"
THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
"""The space in a number, at which no line may end."""
AT_ONCE = 4
FIRST_CONTRACT, FIRST_MATTER = 612, 116210


@dataclass(frozen=True, slots=True)
class Paper:
    """`name` is the file's; contracts, made from one file, add their number."""

    name: str
    title: str
    kind: str
    department: str
    matter: str
    markdown: str

    async def content(self) -> Content:
        reading = await take_in(self.markdown.encode(), Source.MARKDOWN, lambda address: None)
        return with_ids(reading.content)


def papers() -> dict[str, Paper]:
    """All papers by name."""
    names = sorted(entry.name.removesuffix(".md") for entry in OFFICE.iterdir() if entry.name.endswith(".md"))
    single = [_paper(name, OFFICE.joinpath(f"{name}.md").read_text("utf-8")) for name in names if name != CONTRACT]
    return {paper.name: paper for paper in (*single, *contracts())}


async def contents(read: Mapping[str, Paper]) -> dict[str, Content]:
    """What the papers say, by name; a few are read at once."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(paper: Paper) -> Content:
        async with slots:
            return await paper.content()

    return dict(zip(read, await asyncio.gather(*map(one, read.values())), strict=True))


def contracts() -> Iterator[Paper]:
    """The grant contracts, one for each recipient, from one template."""
    template = OFFICE.joinpath(f"{CONTRACT}.md").read_text("utf-8")
    recipients: list[dict[str, Any]] = json.loads(OFFICE.joinpath("contracts.json").read_text("utf-8"))
    for at, recipient in enumerate(recipients):
        yield _paper(f"{CONTRACT}-{at + 1}", _filled(template, recipient, at))


def _filled(template: str, recipient: Mapping[str, Any], at: int) -> str:
    amounts = {name: f"{recipient[name]:,}".replace(",", " ") for name in ("amount", "total")}
    fields = {
        **recipient,
        **amounts,
        "matter": f"KUPK/2026/{FIRST_MATTER + at}",
        "number": f"OKP/{FIRST_CONTRACT + at}/2026",
        "start": "1. ledna 2026",
        "end": "31. prosince 2026",
        "report": "31. ledna 2027",
        "resolution": "398/R/2026 ze dne 2. listopadu 2026",
    }
    for name, value in fields.items():
        template = template.replace(f"{{{name}}}", str(value))
    return template


def _paper(name: str, text: str) -> Paper:
    _, head, body = text.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in head.strip().splitlines())
    markdown = THOUSANDS.sub("\u00a0", body.strip() + "\n")
    return Paper(name, fields["title"], fields["kind"], fields["department"], fields["matter"], markdown)
