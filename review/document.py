"""A document: its title, its owner, its members, one live draft and a growing list of versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from review.ids import DepartmentId, DocumentId, PersonId, RoundId, VersionId


class State(StrEnum):
    """Where a document stands (DOMAIN § States)."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SETTLING = "settling"
    READY = "ready"
    SIGNING = "signing"
    SIGNED = "signed"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class MemberRole(StrEnum):
    EDITOR = "editor"
    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    SIGNER = "signer"
    READER = "reader"


class Confidentiality(StrEnum):
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"


@dataclass(frozen=True, slots=True)
class Document:
    """`asked` are the departments and people consulted in any round: they may read, and comment while it is open.

    `versions` is in order of creation; `draft_of` is the number that the draft will get when it is signed (1, 2 …);
    `forked_from` is the signed version a change began with, `change_reason` why, in the words of who began it.
    """

    id: DocumentId
    title: str
    kind: str
    department: DepartmentId
    confidentiality: Confidentiality
    members: Mapping[PersonId, MemberRole]
    created: datetime
    updated: datetime
    state: State = State.DRAFT
    matter: str | None = None
    draft_of: int = 1
    forked_from: VersionId | None = None
    change_reason: str = ""
    versions: tuple[VersionId, ...] = ()
    rounds: tuple[RoundId, ...] = ()
    asked_departments: tuple[DepartmentId, ...] = ()
    asked_people: tuple[PersonId, ...] = ()


class VersionKind(StrEnum):
    FROZEN = "frozen"
    FINAL = "final"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class SignatureSummary:
    field: str
    by: PersonId
    at: datetime
    level: str


@dataclass(frozen=True, slots=True)
class Version:
    """Immutable content. `number` is "0.1" while frozen, "1", "2" … when final.

    `content` and `file` are SHA-256 of blobs: the canonical JSON of the content tree and the PDF's bytes. Only the
    places for what comes later are ever filled: `file` grows by signatures, `superseded_by` is set once. `printed` is
    the SHA-256 of whatever else stands on the paper: title, department, signers' names.
    """

    id: VersionId
    document: DocumentId
    number: str
    kind: VersionKind
    schema: int
    content: str
    created: datetime
    by: PersonId
    parent: VersionId | None = None
    supersedes: VersionId | None = None
    superseded_by: VersionId | None = None
    file: str | None = None
    size: int | None = None
    pages: int | None = None
    verify_code: str | None = None
    printed: str = ""
    published: bool = False
    earlier_files: tuple[str, ...] = ()
    signatures: tuple[SignatureSummary, ...] = ()
