"""Who works in the demonstration office."""

from __future__ import annotations

from dataclasses import dataclass

from review.people import Role

REGION = "Krajský úřad Podlesního kraje"
CODE = "IČO:70999001"

DEPARTMENTS = {
    "KR": "Kancelář ředitele",
    "EKO": "Ekonomický odbor",
    "OKP": "Odbor kultury a památkové péče",
    "OPR": "Právní odbor",
}


@dataclass(frozen=True, slots=True)
class Colleague:
    """`signs` tells who gets a demonstration credential."""

    login: str
    name: str
    department: str
    roles: tuple[Role, ...]
    signs: bool = False


PEOPLE = (
    Colleague("malkova", "Ing. Eva Málková", "KR", (Role.APPROVER, Role.HEAD), signs=True),
    Colleague("kadlec", "Bc. Petr Kadlec", "KR", (Role.SUBMITTER, Role.EDITOR, Role.COORDINATOR)),
    Colleague("urban", "Filip Urban", "KR", (Role.ADMINISTRATOR,)),
    Colleague("kucerova", "Ing. Blanka Kučerová", "KR", (Role.AUDITOR,)),
    Colleague("simek", "Ing. Radek Šimek", "EKO", (Role.HEAD, Role.SUBMITTER, Role.APPROVER), signs=True),
    Colleague("jelinek", "Tomáš Jelínek", "EKO", (Role.EDITOR, Role.COORDINATOR)),
    Colleague("benesova", "Mgr. Lucie Benešová", "OKP", (Role.HEAD, Role.APPROVER, Role.COORDINATOR), signs=True),
    Colleague("novotny", "Mgr. Jakub Novotný", "OKP", (Role.SUBMITTER, Role.EDITOR)),
    Colleague("kralovska", "JUDr. Martina Královská", "OPR", (Role.HEAD, Role.SUBMITTER, Role.APPROVER), signs=True),
    Colleague("sykora", "Mgr. Ondřej Sýkora", "OPR", (Role.REVIEWER,)),
)
