"""Identities. Opaque strings outside, one type each inside, so that a document is never taken for a version."""

from __future__ import annotations

import secrets
import time
from typing import NewType

PersonId = NewType("PersonId", str)
DepartmentId = NewType("DepartmentId", str)
DocumentId = NewType("DocumentId", str)
VersionId = NewType("VersionId", str)
RoundId = NewType("RoundId", str)
ConsulteeId = NewType("ConsulteeId", str)
CommentId = NewType("CommentId", str)
ThreadId = NewType("ThreadId", str)
ReplyId = NewType("ReplyId", str)
SigningId = NewType("SigningId", str)
RequestId = NewType("RequestId", str)
ActId = NewType("ActId", str)
CredentialId = NewType("CredentialId", str)
HandoverId = NewType("HandoverId", str)
JobId = NewType("JobId", str)
FactId = NewType("FactId", str)
ClientId = NewType("ClientId", str)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """A fresh identity in Crockford's base 32, lower case: 9 letters of time (ms), 13 of chance (65 bits).

    Ids of one kind therefore sort in the order they were made.
    """
    value = (time.time_ns() // 1_000_000) << 65 | secrets.randbits(65)
    return "".join(ALPHABET[value >> shift & 31] for shift in range(105, -5, -5))
