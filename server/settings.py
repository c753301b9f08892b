"""What the operator chooses. Every setting is an option of `paraph serve` and an environment variable."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Setting:
    """One documented setting: option `--name`, variable `PARAPH_NAME`, default, meaning."""

    name: str
    default: str
    meaning: str

    @property
    def variable(self) -> str:
        return f"PARAPH_{self.name.upper().replace('-', '_')}"


SETTINGS = (
    Setting("host", "127.0.0.1", "address to listen on"),
    Setting("port", "8000", "port to listen on"),
    Setting("data", "var", "folder for the database, secrets and the demo keys"),
    Setting("database", "", "sqlite:///relative, sqlite:////absolute or mongodb://…/name; default paraph.db in data"),
    Setting("redis", "", "redis://… or rediss://…, the bell between several processes on one MongoDB"),
    Setting("office", "Krajský úřad", "the office's name, as packages for the registry carry it"),
    Setting("office-code", "IČO:00000000", "the office's identification number with its kind, in the same packages"),
    Setting("minimum-working-days", "1", "how many working days a review round lasts at least"),
    Setting(
        "trusted-proxies",
        "",
        "addresses or networks of reverse proxies, with commas between: whose Forwarded or X-Forwarded-For is believed",
    ),
    Setting("sockets-per-person", "1000", "open connections of one person to drafts, and to facts as many again"),
    Setting(
        "silent-per-address",
        "1000",
        "connections of one address that have not asked for anything yet; trusted proxies may have any number",
    ),
    Setting("url", "", "the address people use; default http://localhost:PORT"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`url` has no trailing slash; `database` always names an engine."""

    host: str
    port: int
    data: Path
    database: str
    redis: str
    url: str
    office: str
    office_code: str
    minimum_working_days: int
    trusted_proxies: tuple[Network, ...]
    sockets_per_person: int
    silent_per_address: int

    @property
    def shared(self) -> bool:
        """Other processes may work on the same database."""
        return not self.database.startswith("sqlite:")

    @property
    def secure(self) -> bool:
        return self.url.startswith("https://")


class BadSetting(ValueError):
    """A setting that cannot be served with; its words are for the operator."""


def require_servable(settings: Settings) -> None:
    """Raises `BadSetting`."""
    if settings.redis and not settings.shared:
        raise BadSetting(
            "--redis is for several processes on one MongoDB; with SQLite one process serves, leave it out"
        )
    if settings.redis and urlsplit(settings.redis).scheme not in ("redis", "rediss", "unix"):
        raise BadSetting("--redis is redis://host:port, or rediss:// with TLS")


def settings(chosen: Mapping[str, str | None], environment: Mapping[str, str] = os.environ) -> Settings:
    """Options win over the environment, the environment over the defaults. Raises `ValueError` for what is none."""
    value = {s.name: chosen.get(s.name) or environment.get(s.variable) or s.default for s in SETTINGS}
    data = Path(value["data"])
    return Settings(
        host=value["host"],
        port=int(value["port"]),
        data=data,
        database=value["database"] or f"sqlite:///{data / 'paraph.db'}",
        redis=value["redis"],
        office=value["office"],
        office_code=value["office-code"],
        minimum_working_days=int(value["minimum-working-days"]),
        trusted_proxies=_networks(value["trusted-proxies"]),
        sockets_per_person=int(value["sockets-per-person"]),
        silent_per_address=int(value["silent-per-address"]),
        url=(value["url"] or f"http://localhost:{value['port']}").rstrip("/"),
    )


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
