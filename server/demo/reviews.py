"""The rounds of the story: one running, one ending today, one in settlement with a dispute, one settled."""

from __future__ import annotations

from dataclasses import dataclass, field

from review.document import MemberRole
from review.ids import RoundId
from review.opinion import CommentClass, Stance
from review.settlement import SettlementKind
from review.settling import Reply
from server.demo.telling import Line, Telling
from server.services.comments import Found

MAJOR, RECOMMENDING, EDITORIAL = CommentClass.MAJOR, CommentClass.RECOMMENDING, CommentClass.EDITORIAL
RULES, ORDINANCE, STATUTE, REPORT = "zasady-kultura-2027", "vyhlaska-odpady", "statut-fondu", "zprava-hospodareni"
METHOD = "metodika-kontrol"

ADVANCE = Line(
    "jelinek",
    MAJOR,
    "70 % do 30 dnů od nabytí účinnosti smlouvy",
    "Výše první splátky je pro rozpočet kraje příliš riziková.",
    "U dotací nad 100 000 Kč bylo v letech 2024 a 2025 vráceno nebo odebráno 6,3 % vyplacených prostředků. Při první "
    "splátce 50 % by kraj vymáhal nejvýše polovinu této částky.",
    "50 % do 30 dnů od nabytí účinnosti smlouvy",
)
PUBLICITY = Line(
    "jelinek",
    RECOMMENDING,
    "pozvat zástupce kraje na veřejné akce projektu nejméně 14 dnů předem",
    "U opakovaných akcí je čtrnáctidenní lhůta zbytečně dlouhá.",
    "",
    "pozvat zástupce kraje na veřejné akce projektu nejméně 7 dnů předem",
)
CREDITED = Line(
    "simek",
    EDITORIAL,
    "Rozhodný je den připsání na účet.",
    "Doplnit, na čí účet.",
    "",
    "Rozhodný je den připsání na účet kraje.",
)
OWNERS = Line(
    "sykora",
    MAJOR,
    "Odbor si údaje ověří ve veřejných rejstřících a v účetnictví kraje.",
    "Chybí ověření skutečného majitele.",
    "Povinnost ověřit skutečného majitele příjemce plyne ze zákona č. 37/2021 Sb., o evidenci skutečných majitelů, "
    "a z § 10a odst. 3 písm. f) zákona č. 250/2000 Sb.",
    "Odbor si údaje ověří ve veřejných rejstřících, v evidenci skutečných majitelů a v účetnictví kraje.",
)
EXCEPTIONS = Line(
    "sykora",
    RECOMMENDING,
    "Výjimky z těchto zásad může v odůvodněném případě povolit zastupitelstvo kraje",
    "Ustanovení o výjimkách doporučujeme vypustit; zásady jsou programem podle § 10c zákona č. 250/2000 Sb. "
    "a výjimka by mohla být považována za nerovné zacházení.",
)
WEIGHTS = Line(
    "sykora",
    RECOMMENDING,
    None,
    "Doporučujeme připojit příklad výpočtu bodů s vahami, aby si žadatel mohl výsledek ověřit.",
)
SHORTER = Line(
    "kralovska",
    EDITORIAL,
    "marným uplynutím této lhůty nárok na uzavření smlouvy zaniká",
    "Zásady v čl. 1 odst. 3 uvádějí, že nárok nevzniká; sjednotit.",
    "",
    "marným uplynutím této lhůty pozbývá rozhodnutí o poskytnutí dotace účinnosti",
)


@dataclass(slots=True)
class Rules:
    """The round on the grant rules, which is told over several days."""

    round: RoundId
    comments: dict[str, Found] = field(default_factory=dict)


async def begin_rules(telling: Telling) -> None:
    editor = MemberRole.EDITOR
    await telling.begin(RULES, "novotny", jelinek=editor, benesova=MemberRole.READER, malkova=MemberRole.SIGNER)
    telling.clock.turn_to(13, 10, 20)
    await telling.remark(
        RULES,
        "jelinek",
        "18 400 000 Kč",
        "Částka odpovídá návrhu rozpočtu po druhém kole jednání, souhlasí s kapitolou 16.",
        ("novotny", "Děkuji, ponechávám."),
        done="novotny",
    )


async def ask_rules(telling: Telling) -> Rules:
    round = await telling.ask(RULES, "novotny", -4, "EKO", "OPR", "KR")
    return Rules(round)


async def comment_rules(telling: Telling, rules: Rules) -> None:
    telling.clock.turn_to(8, 9, 10)
    rules.comments = {
        "advance": await telling.comment(rules.round, ADVANCE),
        "publicity": await telling.comment(rules.round, PUBLICITY),
        "credited": await telling.comment(rules.round, CREDITED),
    }
    telling.clock.turn_to(7, 13, 40)
    rules.comments |= {
        "owners": await telling.comment(rules.round, OWNERS),
        "exceptions": await telling.comment(rules.round, EXCEPTIONS),
        "weights": await telling.comment(rules.round, WEIGHTS),
        "shorter": await telling.comment(rules.round, SHORTER),
    }
    telling.clock.turn_to(6, 15)
    await telling.opine(
        rules.round, "simek", "EKO", Stance.WITH_MAJOR_COMMENTS, "Zásadní připomínka se týká výše první splátky."
    )
    telling.clock.turn_to(5, 11, 30)
    await telling.opine(rules.round, "kralovska", "OPR", Stance.WITH_MAJOR_COMMENTS)


async def settle_rules(telling: Telling, rules: Rules) -> None:
    """The director's office was silent: it is deemed to have no comments."""
    await telling.office.reviewing.rounds.close_due()
    comments = rules.comments
    await telling.settle("novotny", comments["owners"], SettlementKind.ACCEPTED)
    await telling.apply("novotny", comments["owners"])
    await telling.settle("novotny", comments["credited"], SettlementKind.ACCEPTED)
    await telling.apply("novotny", comments["credited"])
    await telling.settle(
        "novotny",
        comments["advance"],
        SettlementKind.REJECTED,
        "Příjemci jsou převážně spolky bez vlastních zdrojů; při první splátce 50 % by řada letních akcí nemohla "
        "být zajištěna. Riziko snižuje průběžná zpráva k 30. září.",
    )
    await telling.settle(
        "novotny",
        comments["publicity"],
        SettlementKind.PARTLY,
        "Čtrnáctidenní lhůta zůstává pro první konání, u opakovaných akcí postačí sedm dnů.",
        "pozvat zástupce kraje na veřejné akce projektu nejméně 14 dnů předem, u opakovaných akcí nejméně 7 dnů předem",
    )


async def answer_rules(telling: Telling, rules: Rules) -> None:
    """One department agrees; the other does not: a dispute."""
    comments = rules.comments
    await answer(telling, "kralovska", comments["owners"], agree=True)
    await answer(
        telling,
        "simek",
        comments["advance"],
        agree=False,
        note="Odbor na snížení první splátky trvá. Navrhujeme jednání za účasti ředitelky.",
    )


async def explain_rules(telling: Telling, rules: Rules) -> None:
    await telling.settle(
        "novotny",
        rules.comments["exceptions"],
        SettlementKind.EXPLAINED,
        "Výjimku povoluje orgán, který zásady schválil, a jen v mezích zákona; ustanovení se dosud osvědčilo při "
        "zániku příjemce.",
    )


async def answer(telling: Telling, by: str, comment: Found, *, agree: bool, note: str = "") -> None:
    seen = await telling.find(by, comment)
    person = telling.people[by]
    await telling.office.reviewing.settlements.answer(person, seen, Reply(person.id, agree, note))


async def review_report(telling: Telling) -> Found:
    """A short round with one comment."""
    await telling.begin(REPORT, "simek", jelinek=MemberRole.EDITOR, malkova=MemberRole.SIGNER)
    telling.clock.turn_to(9, 9)
    round = await telling.ask(REPORT, "simek", -6, "OKP", optional=("OPR",))
    telling.clock.turn_to(8, 14)
    found = await telling.comment(
        round,
        Line(
            "benesova",
            EDITORIAL,
            "Vyúčtování předložilo ve lhůtě 96 % příjemců.",
            "Doplnit, že údaj platí ke dni zpracování zprávy.",
            "",
            "Vyúčtování předložilo ke dni zpracování zprávy ve lhůtě 96 % příjemců.",
        ),
    )
    await telling.opine(round, "benesova", "OKP", Stance.WITH_COMMENTS)
    return found


async def settle_report(telling: Telling, found: Found) -> None:
    """Everything is settled: the report waits to be finalised."""
    await telling.office.reviewing.rounds.close_due()
    await telling.settle("simek", found, SettlementKind.ACCEPTED)
    await telling.apply("simek", found)


async def ask_statute(telling: Telling) -> None:
    """A round whose last day is today."""
    await telling.begin(STATUTE, "novotny", benesova=MemberRole.EDITOR)
    round = await telling.ask(STATUTE, "novotny", 0, "EKO", "OPR")
    telling.clock.turn_to(4, 9, 15)
    await telling.comment(
        round,
        Line(
            "sykora",
            RECOMMENDING,
            "do 50 000 Kč v jednotlivém případě při mimořádném zásahu",
            "Doporučujeme doplnit, že o výdaji vedoucí odboru vyrozumí i ekonomický odbor.",
        ),
    )
    telling.clock.turn_to(3, 10)
    await telling.opine(round, "kralovska", "OPR", Stance.WITH_COMMENTS)


async def ask_ordinance(telling: Telling) -> RoundId:
    await telling.begin(ORDINANCE, "kralovska", sykora=MemberRole.REVIEWER, malkova=MemberRole.SIGNER)
    return await telling.ask(ORDINANCE, "kralovska", 4, "EKO", "OKP", "KR")


async def comment_ordinance(telling: Telling, round: RoundId) -> None:
    """A round in its midst: one opinion is in, one department is still drafting, one has not begun."""
    await telling.comment(
        round,
        Line(
            "benesova",
            RECOMMENDING,
            "omezuje jednorázové obaly při akcích, které pořádá nebo finančně podporuje",
            "U podporovaných akcí je třeba povinnost promítnout i do zásad dotačních programů.",
            "",
            "omezuje jednorázové obaly při akcích, které pořádá, a u akcí, které finančně podporuje, "
            "to stanoví v zásadách dotačního programu",
        ),
    )
    await telling.opine(round, "benesova", "OKP", Stance.WITH_COMMENTS)
    telling.clock.turn_to(1, 14)
    await telling.comment(
        round,
        Line(
            "jelinek",
            MAJOR,
            "v rozsahu 25 % hmotnosti kameniva",
            "Podíl recyklátu zvýší náklady staveb a není v návrhu rozpočtu zohledněn.",
            "Podle rozpočtů tří staveb z roku 2026 jde o zvýšení o 2,1 až 3,4 % ceny.",
            "v rozsahu 15 % hmotnosti kameniva",
        ),
    )
    await telling.comment(
        round,
        Line("jelinek", EDITORIAL, "kompostárnách nebo bioplynových stanicích", "Uvést jednotné číslo v celém článku."),
    )


async def ask_method(telling: Telling) -> None:
    """A round that has just been opened; beside it goes a remark on the draft."""
    await telling.begin(METHOD, "simek", jelinek=MemberRole.EDITOR)
    await telling.remark(
        METHOD,
        "jelinek",
        "Vzorek dokladů pokryje nejméně 60 % hodnoty dotace.",
        "U dotací do 50 000 Kč bych kontroloval všechny doklady, je jich málo.",
    )
    await telling.ask(METHOD, "simek", 6, "OPR", "OKP")
