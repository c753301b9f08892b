"""Identities. Opaque strings outside, one type each inside, so that a document is never taken for a version."""

from __future__ import annotations

import secrets
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
    """A fresh identity: 100 random bits in 20 letters of Crockford's base 32, lower case."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))
