"""What the office's own signatures lead to: the demonstration's infrastructure, made at the first start, and the
roots that an operator adds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509

from review.errors import AlreadyThere, NotFound
from review.ports import Clock, Repository
from signing.pki import DemoPki
from signing.timestamps import OwnTimeStamper
from signing.trust import Anchors, load_pem

DEMO = "demo"
FOLDER = "trust"
"""Of the data folder: every `*.pem` in it holds further roots."""


@dataclass(slots=True)
class Trust:
    store: Repository[DemoPki]
    folder: Path
    office: str
    clock: Clock
    _pki: DemoPki | None = None
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def pki(self) -> DemoPki:
        """Made once for all processes that share the database."""
        async with self._making:
            if self._pki is None:
                self._pki = await self._kept()
        return self._pki

    async def _kept(self) -> DemoPki:
        try:
            return (await self.store.get(DEMO)).value
        except NotFound:
            made = await asyncio.to_thread(DemoPki.make, self.office, self.clock())
        try:
            return (await self.store.insert(DEMO, made)).value
        except AlreadyThere:
            return (await self.store.get(DEMO)).value

    async def anchors(self) -> Anchors:
        own = (await self.pki()).anchors
        more = await asyncio.to_thread(self._added)
        return Anchors((*own.roots, *more), own.intermediates)

    def _added(self) -> list[x509.Certificate]:
        return [root for file in sorted(self.folder.glob("*.pem")) for root in load_pem(file.read_bytes())]

    async def time_stamper(self) -> OwnTimeStamper:
        return (await self.pki()).time_stamper(self.clock)

    async def arguments(self) -> dict[str, str]:
        """The anchors and the moment, as the limited child takes them."""
        anchors = await self.anchors()
        issuers = Anchors(anchors.intermediates).pem.decode()
        return {"roots": anchors.pem.decode(), "intermediates": issuers, "now": self.clock().isoformat()}
