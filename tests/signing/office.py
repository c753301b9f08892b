"""An office that signs: its keys, one typeset document with two rooms, and the same with one and two signatures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from review.content import Content, parse
from signing.credentials import Opened, open_pkcs12
from signing.fields import place_fields
from signing.pki import DemoPki
from signing.sealing import Act, Order, Outcome, Sealed, seal_all
from signing.stamps import draw
from signing.typeset import Masthead, Pages, Proof, Signer, typeset
from signing.verification import Known

OFFICE = "Krajský úřad Jihozápadního kraje"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PIN = "1234"
SIGNERS = (Signer("Podpis1", "Jana Nováková", "ředitelka"), Signer("Podpis2", "Petr Dvořák", "vedoucí odboru"))


def text(words: str, *marks: str) -> dict[str, Any]:
    return {"type": "text", "text": words} | ({"marks": [{"type": mark} for mark in marks]} if marks else {})


def block(kind: str, *parts: dict[str, Any] | str, **attrs: Any) -> dict[str, Any]:
    inner = [text(part) if isinstance(part, str) else part for part in parts]
    return {"type": kind, "attrs": attrs, "content": inner}


def content(*blocks: dict[str, Any]) -> Content:
    return parse({"type": "doc", "content": list(blocks)})


def contract(amount: str = "180 000 Kč") -> Content:
    return content(
        block("article", "Předmět smlouvy", id="a1"),
        block("clause", f"Poskytovatel poskytne příjemci dotaci ve výši {amount}.", id="c1"),
        block("clause", "Dotace je účelová a čerpá se ", text("výhradně", "bold"), " na projekt.", id="c2"),
        block("point", "na mzdy,", id="p1"),
        block("point", "na nájemné.", id="p2"),
        block("article", "Závěrečná ustanovení", id="a2"),
        block("clause", "Smlouva nabývá účinnosti dnem zveřejnění.", id="c3"),
    )


def masthead(**other: Any) -> Masthead:
    given: dict[str, Any] = {
        "title": "Smlouva o poskytnutí dotace č. OK/2027/016",
        "authority": OFFICE,
        "kind": "Smlouva",
        "dated": date(2026, 11, 23),
        "department": "Odbor kultury",
        "reference": "KÚ 1482/2026-16",
        "number": "1",
        "proof": Proof("http://localhost:8000/verify/ABCD-EFGH-JKMN", "ABCD-EFGH-JKMN"),
        "notice": "Ukázka bez právní závaznosti",
        "identity": "paraph:version:0123456789abcdefghjk",
    }
    return Masthead(**(given | other))


@cache
def pages(amount: str = "180 000 Kč") -> Pages:
    return typeset(contract(amount), masthead(), SIGNERS)


@cache
def unsigned(amount: str = "180 000 Kč") -> bytes:
    typeset_pages = pages(amount)
    return place_fields(typeset_pages.pdf, typeset_pages.rooms)


@cache
def pki() -> DemoPki:
    return DemoPki.make(OFFICE, NOW)


@dataclass(frozen=True)
class Hand:
    """A person's opened key and what they sign with."""

    name: str
    key: Opened

    def act(self, level: str = "B-B") -> Act:
        stamper = pki().time_stamper(lambda: NOW) if level == "B-T" else None
        face = draw(self.name, ["23. 11. 2026 10:30"], "bez právní závaznosti", "cs")
        return Act.of(self.key.certificate, self.key.chain, face, self.name, NOW, stamper)

    def sign(self, pdf: bytes, field: str, level: str = "B-B") -> bytes:
        outcome = self.outcome(pdf, field, level)
        assert isinstance(outcome, Sealed)
        return outcome.pdf

    def outcome(self, pdf: bytes, field: str, level: str = "B-B") -> Outcome:
        return next(iter(seal_all(self.act(level), self.key, [Order("one", pdf, field)])))


@cache
def hand(name: str) -> Hand:
    return Hand(name, open_pkcs12(pki().issue(name, OFFICE, PIN, NOW), PIN, pki().anchors, NOW))


@cache
def signed_once() -> bytes:
    return hand("Jana Nováková").sign(unsigned(), "Podpis1")


@cache
def signed_twice() -> bytes:
    return hand("Petr Dvořák").sign(signed_once(), "Podpis2", "B-T")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def known() -> Known:
    """What the office keeps of the twice signed contract."""
    states = {sha256(unsigned()): 0, sha256(signed_once()): 1, sha256(signed_twice()): 2}
    return Known(states, signed_twice())
