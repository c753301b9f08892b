"""Registry clients: OAuth 2.0 client credentials (RFC 6749 § 4.4), by secret or by signed assertion (RFC 7523)."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from review.errors import AlreadyThere, ChangedMeanwhile, NotFound
from review.facts import Fact
from review.ids import ClientId, PersonId, new_id
from review.ports import Clock, Kept, Repository
from server.identity.callers import Client
from server.identity.sessions import digest
from server.identity.throttle import ADDRESS, CLIENT, Throttle
from server.problems import Field, Problem

SCOPES = ("handover:read", "handover:confirm", "retention:manage", "disposal:manage", "audit:read")
TOKEN_LIFE = timedelta(hours=1)
ASSERTION_LIFE = timedelta(minutes=10)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519"]
SKEW = timedelta(seconds=60)
MAX_ASSERTION = 8_000


@dataclass(frozen=True, slots=True)
class RegistryClient:
    """`secret` is the SHA-256 of the client's secret, empty when it signs assertions with a key of `jwks`."""

    id: ClientId
    name: str
    scopes: tuple[str, ...]
    created: datetime
    secret: str = ""
    jwks: Mapping[str, Any] | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class AccessToken:
    """Kept under the SHA-256 of the token."""

    client: ClientId
    scopes: tuple[str, ...]
    expires: datetime


@dataclass(frozen=True, slots=True)
class UsedAssertion:
    """An assertion counts once: its client and `jti`, remembered until nobody would take it any more."""

    client: ClientId
    expires: datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """What the token endpoint answers. `life` in seconds."""

    token: str
    life: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """How a client says who it is: a secret, or an assertion that names the client itself."""

    client: str = ""
    secret: str = ""
    assertion: str = ""


@dataclass(frozen=True, slots=True)
class Clients:
    """`audiences` are the names an assertion may be addressed to: the token endpoint and the office."""

    clients: Repository[RegistryClient]
    access: Repository[AccessToken]
    assertions: Repository[UsedAssertion]
    clock: Clock
    throttle: Throttle
    audiences: tuple[str, ...]

    async def add(
        self,
        name: str,
        scopes: Sequence[str],
        jwks: Mapping[str, Any] | None = None,
        by: PersonId | None = None,
        id: str | None = None,
    ) -> tuple[RegistryClient, str]:
        """The client and its secret, shown this once; empty for a client with keys. No scopes = all of them.

        The secret of one that is there under this id was never told: it gets this one instead.
        """
        wanted = known_scopes(scopes)
        if not name.strip():
            raise Problem("invalid", fields=[Field("name", "required")])
        if jwks is not None:
            _keys(jwks)
        secret = "" if jwks is not None else secrets.token_urlsafe(32)
        kept_secret = digest(secret) if secret else ""
        client = RegistryClient(
            ClientId(f"rc_{id or new_id()}"),
            name.strip(),
            wanted,
            self.clock(),
            kept_secret,
            dict(jwks) if jwks else None,
        )
        fact = Fact("client.added", self.clock(), by, data={"client": client.id, "scopes": list(wanted)})
        try:
            await self.clients.insert(client.id, client, [fact])
        except AlreadyThere:
            await self.clients.replace(await self.clients.get(client.id), client)
        return client, secret

    async def listed(self) -> list[Kept[RegistryClient]]:
        return sorted(await self.clients.all(), key=lambda kept: kept.value.created)

    async def close(self, kept: Kept[RegistryClient], by: PersonId | None = None) -> None:
        """Its tokens stop at once."""
        fact = Fact("client.closed", self.clock(), by, data={"client": kept.id})
        await self.clients.replace(kept, replace(kept.value, active=False), [fact])
        for token in await self.access.all(client=kept.id):
            await self.access.delete(token)

    async def grant(self, claim: Claim, scopes: Sequence[str], address: str) -> Granted:
        """An access token for a client that proved itself. Raises `invalid_client`, `invalid_scope`, `slow_down`."""
        named = claim.client or _issuer(claim.assertion)
        here, crowd = (CLIENT, f"{address} {named[:100]}"), (ADDRESS, address)
        self.throttle.guess(here, crowd)
        client = await self._proved(claim)
        self.throttle.right(crowd)
        self.throttle.forget(here)
        wanted = tuple(scopes) or client.scopes
        if not set(wanted) <= set(client.scopes):
            raise Problem("invalid_scope")
        await self._forget(client.id)
        token = secrets.token_urlsafe(32)
        await self.access.insert(digest(token), AccessToken(client.id, wanted, self.clock() + TOKEN_LIFE))
        return Granted(token, int(TOKEN_LIFE.total_seconds()), wanted)

    async def by_header(self, header: str, scope: str) -> Client:
        """The client behind `Authorization`. Raises `not_signed_in`, `insufficient_scope`."""
        kind, _, token = header.partition(" ")
        access = await self._access(token.strip()) if kind.lower() == "bearer" else None
        if access is None:
            raise Problem("not_signed_in", headers={"WWW-Authenticate": 'Bearer realm="registry"'})
        if scope and scope not in access.scopes:
            told = f'Bearer realm="registry", error="insufficient_scope", scope="{scope}"'
            raise Problem("insufficient_scope", {"scope": scope}, headers={"WWW-Authenticate": told})
        client = (await self.clients.get(access.client)).value
        return Client(client.id, client.name, frozenset(access.scopes))

    async def _access(self, token: str) -> AccessToken | None:
        try:
            access = (await self.access.get(digest(token))).value
        except NotFound:
            return None
        return access if access.expires > self.clock() else None

    async def _proved(self, claim: Claim) -> RegistryClient:
        if claim.assertion:
            return await self._by_assertion(claim)
        client = await self._client(claim.client)
        held = client.secret if client else ""
        good = hmac.compare_digest(held or digest("nobody"), digest(claim.secret)) and bool(held)
        if client is None or not good:
            raise Problem("invalid_client", headers=_CHALLENGE)
        return client

    async def _by_assertion(self, claim: Claim) -> RegistryClient:
        client = await self._client(_issuer(claim.assertion))
        if client is None or client.jwks is None or claim.client not in ("", client.id):
            raise Problem("invalid_client", headers=_CHALLENGE)
        claims = self._believed(claim.assertion, client)
        expires = datetime.fromtimestamp(claims["exp"], self.clock().tzinfo) + SKEW
        try:
            await self.assertions.insert(digest(f"{client.id} {claims['jti']}"), UsedAssertion(client.id, expires))
        except AlreadyThere:
            raise Problem("invalid_client", headers=_CHALLENGE) from None
        return client

    def _believed(self, assertion: str, client: RegistryClient) -> Mapping[str, Any]:
        """The claims, when signed by a key of the client, addressed to us, fresh and numbered (RFC 7523 § 3)."""
        try:
            claims = jwt.decode(assertion, _keys(client.jwks or {}), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, TypeError, RecursionError) as refused:
            raise Problem("invalid_client", headers=_CHALLENGE) from refused
        if not self._fits(claims, client.id):
            raise Problem("invalid_client", headers=_CHALLENGE)
        return claims

    def _fits(self, claims: Mapping[str, Any], client: str) -> bool:
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        now, end, start = self.clock().timestamp(), claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(end, int | float) or not isinstance(start, int | float):
            return False
        fresh = now - SKEW.total_seconds() < end < now + ASSERTION_LIFE.total_seconds() + SKEW.total_seconds()
        ours = claims.get("iss") == claims.get("sub") == client and bool(set(self.audiences) & set(map(str, named)))
        numbered = isinstance(claims.get("jti"), str) and 0 < len(claims["jti"]) <= 200
        return fresh and ours and numbered and start <= now + SKEW.total_seconds()

    async def _client(self, id: str) -> RegistryClient | None:
        try:
            client = (await self.clients.get(id)).value
        except NotFound:
            return None
        return client if client.active else None

    async def _forget(self, client: ClientId) -> None:
        """What has expired of this client goes when it comes for the next token."""
        now = self.clock()
        stale: list[tuple[Repository[Any], Kept[Any]]] = []
        stale += [(self.access, kept) for kept in await self.access.all(client=client) if kept.value.expires <= now]
        used = await self.assertions.all(client=client)
        stale += [(self.assertions, kept) for kept in used if kept.value.expires <= now]
        for repository, kept in stale:
            try:
                await repository.delete(kept)
            except (NotFound, ChangedMeanwhile):
                continue  # another process forgot it first


_CHALLENGE = {"WWW-Authenticate": 'Basic realm="registry"'}


def known_scopes(scopes: Sequence[str]) -> tuple[str, ...]:
    """In our own order; all of them for none. Raises `invalid` for one that is unknown."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise Problem(
            "invalid",
            fields=[Field("scopes", "unknown_among", {"unknown": ", ".join(unknown), "expected": ", ".join(SCOPES)})],
        )
    return tuple(scope for scope in SCOPES if scope in scopes or not scopes)


def _keys(jwks: Mapping[str, Any]) -> KeySet:
    """Public keys only: a private one has no business here. Raises `invalid`."""
    try:
        keys = KeySet.import_key_set({"keys": list(jwks["keys"])})
    except (JoseError, KeyError, ValueError, TypeError) as broken:
        raise Problem("invalid", fields=[Field("jwks", "no_key_set")]) from broken
    if not keys.keys or any(key.is_private for key in keys.keys):
        raise Problem("invalid", fields=[Field("jwks", "public_keys")])
    return keys


def _issuer(assertion: str) -> str:
    """Who the assertion says it is from, before anything of it is believed."""
    if len(assertion) > MAX_ASSERTION:
        return ""
    try:
        body = assertion.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        issuer = str(claims.get("iss", ""))[:100]
        return issuer if issuer.isascii() else ""
    except (IndexError, ValueError, AttributeError, RecursionError):
        return ""
