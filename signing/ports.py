"""What signing needs from outside: keys, and the time that a third party vouches for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cryptography import x509


class Credentials(Protocol):
    """A key opened for one act. Where it lives (a file, a card, a service) is its own affair."""

    @property
    def certificate(self) -> x509.Certificate: ...

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """The intermediates, without the root."""
        ...

    def sign_all(self, messages: Sequence[bytes]) -> list[bytes]:
        """One raw signature value a message, in order, within one authorisation. Raises `CredentialRefused`."""
        ...


class TimeStamper(Protocol):
    def stamp(self, digest: bytes) -> bytes:
        """The RFC 3161 token over a SHA-256. Raises `StampingRefused`."""
        ...
