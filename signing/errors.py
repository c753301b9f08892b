"""What `signing` refuses. Every code is stable and reaches the outside.

SigningError
├── TypesettingRefused
│   ├── UncoveredSign         the font has no glyph for a sign           code uncovered_sign
│   ├── MissingImage          an image's bytes were not given            code missing_image
│   ├── TableTooWide          more columns than a page can hold          code table_too_wide
│   └── CannotTypeset         the typesetter gave up                     code cannot_typeset
├── CredentialRefused
│   ├── WrongPin              the key store does not open                code wrong_pin
│   ├── BadCredential         not a key store, or without a usable key   code bad_credential
│   ├── CertificateExpired    its time is over                           code certificate_expired
│   ├── CertificateNotYet     its time has not come                      code certificate_not_yet_valid
│   └── CertificateUntrusted  it leads to no root that is trusted here   code certificate_untrusted
├── SealingRefused
│   ├── NoSuchField           the file has no such signature field       code no_such_field
│   ├── FieldTaken            the field is signed already                code field_taken
│   ├── WrongSignature        the value does not verify by the key       code wrong_signature
│   └── RoomTooSmall          the signature does not fit its place       code signature_too_large
├── StampingRefused           no time-stamp could be had                 code no_timestamp
└── FileRefused
    ├── NotPdf                it is no PDF at all                        code not_pdf
    ├── Encrypted             it is locked by a password                 code encrypted
    ├── Truncated             its end is missing                         code truncated
    ├── Unreadable            its structure cannot be followed           code unreadable_pdf
    └── TooDemanding          reading it takes more than is allowed      code too_demanding
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


class SigningError(Exception):
    """Root of all refusals here. `code` is stable, the fields say what was wrong."""

    code: ClassVar[str]

    def __str__(self) -> str:
        return repr(self)


class TypesettingRefused(SigningError):
    pass


# Not frozen: the interpreter sets an exception's traceback. Not comparable: it must stay hashable.
@dataclass(eq=False)
class UncoveredSign(TypesettingRefused):
    """`place` is the id of the block, or the name of the header's part; `at` counts code points in its text."""

    code: ClassVar[str] = "uncovered_sign"
    sign: str
    place: str
    at: int

    @property
    def codepoint(self) -> str:
        return f"U+{ord(self.sign):04X}"


@dataclass(eq=False)
class MissingImage(TypesettingRefused):
    code: ClassVar[str] = "missing_image"
    src: str


@dataclass(eq=False)
class TableTooWide(TypesettingRefused):
    code: ClassVar[str] = "table_too_wide"
    block: str
    columns: int


@dataclass(eq=False)
class CannotTypeset(TypesettingRefused):
    code: ClassVar[str] = "cannot_typeset"
    why: str


class CredentialRefused(SigningError):
    pass


@dataclass(eq=False)
class WrongPin(CredentialRefused):
    code: ClassVar[str] = "wrong_pin"


@dataclass(eq=False)
class BadCredential(CredentialRefused):
    code: ClassVar[str] = "bad_credential"
    why: str


@dataclass(eq=False)
class CertificateExpired(CredentialRefused):
    code: ClassVar[str] = "certificate_expired"
    subject: str
    not_after: datetime


@dataclass(eq=False)
class CertificateNotYet(CredentialRefused):
    code: ClassVar[str] = "certificate_not_yet_valid"
    subject: str
    not_before: datetime


@dataclass(eq=False)
class CertificateUntrusted(CredentialRefused):
    code: ClassVar[str] = "certificate_untrusted"
    subject: str
    why: str


class SealingRefused(SigningError):
    pass


@dataclass(eq=False)
class NoSuchField(SealingRefused):
    code: ClassVar[str] = "no_such_field"
    field: str


@dataclass(eq=False)
class FieldTaken(SealingRefused):
    code: ClassVar[str] = "field_taken"
    field: str


@dataclass(eq=False)
class WrongSignature(SealingRefused):
    code: ClassVar[str] = "wrong_signature"
    field: str


@dataclass(eq=False)
class RoomTooSmall(SealingRefused):
    """Bytes."""

    code: ClassVar[str] = "signature_too_large"
    reserved: int
    needed: int


@dataclass(eq=False)
class StampingRefused(SigningError):
    code: ClassVar[str] = "no_timestamp"
    why: str


@dataclass(eq=False)
class FileRefused(SigningError):
    why: str = ""


@dataclass(eq=False)
class NotPdf(FileRefused):
    code: ClassVar[str] = "not_pdf"


@dataclass(eq=False)
class Encrypted(FileRefused):
    code: ClassVar[str] = "encrypted"


@dataclass(eq=False)
class Truncated(FileRefused):
    code: ClassVar[str] = "truncated"


@dataclass(eq=False)
class Unreadable(FileRefused):
    code: ClassVar[str] = "unreadable_pdf"


@dataclass(eq=False)
class TooDemanding(FileRefused):
    code: ClassVar[str] = "too_demanding"
