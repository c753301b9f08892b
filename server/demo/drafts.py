"""Drafts of the story that are still being written, with remarks outside any round."""

from __future__ import annotations

from review.document import MemberRole
from server.demo.telling import Telling

DIRECTIVE, MEMORANDUM, PRICES = "smernice-spisova-sluzba", "memorandum-pamatky", "cenik-sluzeb"


async def write_directive(telling: Telling) -> None:
    editor, reviewer = MemberRole.EDITOR, MemberRole.REVIEWER
    await telling.begin(
        DIRECTIVE, "kadlec", novotny=editor, jelinek=editor, kralovska=reviewer, malkova=MemberRole.SIGNER
    )
    telling.clock.turn_to(5, 10)
    await telling.remark(
        DIRECTIVE,
        "kralovska",
        "rozhodnutím ředitelky, o němž se pořídí záznam",
        "@Bc. Petr Kadlec, prosím doplnit, že záznam je přílohou přehledu vypořádání.",
        ("kadlec", "Doplním do čtvrtka; stejně to navrhuje porada vedení (úkol 21/2)."),
    )
    await telling.remark(
        DIRECTIVE,
        "novotny",
        "nejméně pět pracovních dnů",
        "U materiálů do rady pět dnů nevychází. Nebylo by lepší počítat lhůtu od rozeslání?",
        ("jelinek", "Souhlasím, jinak budeme o zkrácení žádat pokaždé."),
        ("kadlec", "Lhůta běží ode dne následujícího po rozeslání, upřesním v odstavci 2."),
    )
    telling.clock.turn_to(4, 14, 30)
    await telling.rewrite(
        DIRECTIVE,
        "kadlec",
        "Lhůta k uplatnění připomínek činí nejméně pět pracovních dnů.",
        "Lhůta k uplatnění připomínek činí nejméně pět pracovních dnů a počíná dnem následujícím po rozeslání.",
    )
    await telling.remark(
        DIRECTIVE,
        "jelinek",
        "KUPK/2026/097730",
        "Překlep v ukázce čísla jednacího jsem opravil.",
        done="kadlec",
    )


async def write_memorandum(telling: Telling) -> None:
    await telling.begin(MEMORANDUM, "novotny", benesova=MemberRole.EDITOR)


async def write_prices(telling: Telling) -> None:
    await telling.begin(PRICES, "simek", jelinek=MemberRole.EDITOR, kralovska=MemberRole.REVIEWER)
    await telling.remark(
        PRICES,
        "kralovska",
        "Úhrada činí 380 Kč za každou započatou hodinu práce jednoho zaměstnance",
        "K sazbě je třeba přiložit výpočet osobních nákladů, jinak ji nadřízený orgán neuzná.",
        ("jelinek", "Výpočet mám připravený, vychází 381,40 Kč; přiložím ke zprávě pro radu."),
    )
    await telling.remark(PRICES, "simek", None, "Předložit radě 7. prosince, do té doby uzavřít připomínky.")
