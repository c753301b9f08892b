"""Signing many documents in one act, each with its own outcome.

prepare every document → keep what is pending → sign all digests at once → finish each and check it with the public
key. Between the steps there may lie days and processes: a `Pending` is plain data. Level B-T asks for a time-stamp
over each signature value.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from cryptography import x509

from signing.cms import Container, verifies
from signing.errors import SigningError, WrongSignature
from signing.ports import Credentials, TimeStamper
from signing.revision import Revision, completed, write
from signing.stamps import Face
from signing.timestamps import sha256

# Beside the certificates: attributes, the value of an RSA key of 4096 bits, and what wraps them; a time-stamp with
# its authority's certificates. Bytes.
_FRAME = 2048
_TOKEN = 12 * 1024


@dataclass(frozen=True, slots=True)
class Order:
    """One document of an act: its bytes, and the field that this signature fills. `id` is the caller's."""

    id: str
    pdf: bytes
    field: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A prepared signature. `to_sign` is the DER of the signed attributes; a signer hashes it with SHA-256."""

    id: str
    field: str
    revision: Revision
    to_sign: bytes

    def dump(self) -> dict[str, Any]:
        """Plain JSON, some kilobytes: what is kept until the value comes back."""
        return {
            "id": self.id,
            "field": self.field,
            "base": self.revision.base,
            "tail": base64.b64encode(zlib.compress(self.revision.tail)).decode(),
            "hole": list(self.revision.hole),
            "digest": self.revision.digest.hex(),
            "toSign": base64.b64encode(self.to_sign).decode(),
        }

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Self:
        tail = zlib.decompress(base64.b64decode(raw["tail"]))
        hole = (int(raw["hole"][0]), int(raw["hole"][1]))
        revision = Revision(raw["base"], tail, hole, bytes.fromhex(raw["digest"]))
        return cls(raw["id"], raw["field"], revision, base64.b64decode(raw["toSign"]))


@dataclass(frozen=True, slots=True)
class Sealed:
    id: str
    pdf: bytes
    sha256: str
    level: str


@dataclass(frozen=True, slots=True)
class Failed:
    id: str
    code: str
    detail: str


Outcome = Sealed | Failed


@dataclass(frozen=True, slots=True)
class Act:
    """What all signatures of one act share. `name` is shown and stands in the file; `at` is the claimed time."""

    certificate: x509.Certificate
    container: Container
    face: Face
    name: str
    at: datetime
    stamper: TimeStamper | None = None

    @classmethod
    def of(
        cls,
        certificate: x509.Certificate,
        chain: Sequence[x509.Certificate],
        face: Face,
        name: str,
        at: datetime,
        stamper: TimeStamper | None = None,
    ) -> Self:
        return cls(certificate, Container.of(certificate, chain), face, name, at, stamper)

    def prepare(self, order: Order) -> Pending:
        """Raises `SealingRefused` or `FileRefused`; the document is untouched."""
        reserve = len(self.container.certificates) + _FRAME + (_TOKEN if self.stamper else 0)
        revision = write(order.pdf, order.field, self.face, self.name, self.at, reserve)
        attributes = self.container.attributes(revision.digest)
        return Pending(order.id, order.field, revision, attributes)

    def finish(self, pdf: bytes, pending: Pending, value: bytes) -> Sealed:
        """The whole signed file, checked. Raises `WrongSignature`, `StampingRefused`, `RoomTooSmall`, `Unreadable`."""
        if not verifies(self.certificate.public_key(), pending.to_sign, value):
            raise WrongSignature(pending.field)
        token = self.stamper.stamp(sha256(value)) if self.stamper else None
        whole, name = completed(pdf, pending.revision, self.container.assemble(pending.to_sign, value, token))
        return Sealed(pending.id, whole, name, "B-T" if token else "B-B")


def seal_all(act: Act, credentials: Credentials, orders: Sequence[Order]) -> Iterator[Outcome]:
    """Signs every document, one authorisation for all. Raises `CredentialRefused` before anything is signed."""
    pending, refused = prepare_all(act, orders)
    yield from refused
    values = credentials.sign_all([one.to_sign for one in pending])
    files = {order.id: order.pdf for order in orders}
    yield from finish_all(act, ((files[one.id], one, value) for one, value in zip(pending, values, strict=True)))


def prepare_all(act: Act, orders: Iterable[Order]) -> tuple[list[Pending], list[Failed]]:
    pending: list[Pending] = []
    refused: list[Failed] = []
    for order in orders:
        try:
            pending.append(act.prepare(order))
        except SigningError as error:
            refused.append(Failed(order.id, error.code, str(error)))
    return pending, refused


def finish_all(act: Act, signed: Iterable[tuple[bytes, Pending, bytes]]) -> Iterator[Outcome]:
    for pdf, pending, value in signed:
        try:
            yield act.finish(pdf, pending, value)
        except SigningError as error:
            yield Failed(pending.id, error.code, str(error))
