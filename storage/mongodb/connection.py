"""The client with the guarantees we rely on, and its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, ConfigurationError, DocumentTooLarge, InvalidURI, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.uri_parser import parse_uri

from storage.engine import MAX_BODY
from storage.errors import TooLarge, Unavailable, Unsuitable

Document = dict[str, Any]
Client = AsyncMongoClient[Document]
Database = AsyncDatabase[Document]
Collection = AsyncCollection[Document]

LAYOUT = 1
DUPLICATE_KEY = 11000
TIMEOUT_MS = 5000
"""For one call with all its retries: a room must learn within seconds that nothing can be kept."""

OUR_TIMEOUTS = ("timeoutMS", "serverSelectionTimeoutMS")


def connect(url: str) -> tuple[Client, Database]:
    """Raises `Unsuitable` for a URL without a database's name. Nothing is sent yet. The URL's own options win."""
    try:
        parsed = parse_uri(url, warn=False)
        given = {option.lower() for option in parsed["options"]}
        ours: dict[str, Any] = {name: TIMEOUT_MS for name in OUR_TIMEOUTS if name.lower() not in given}
        client: Client = AsyncMongoClient(url, **ours)
    except (InvalidURI, ConfigurationError, ValueError) as error:
        raise Unsuitable(f"not a MongoDB URL: {error}") from error
    if not parsed["database"]:
        raise Unsuitable("the URL must end with the database's name: mongodb://host/name")
    database = client.get_database(
        parsed["database"],
        write_concern=WriteConcern(w="majority", j=True),
        read_concern=ReadConcern("majority"),
    )
    return client, database


@contextmanager
def translated() -> Iterator[None]:
    """What the driver raises, as ours. `DuplicateKeyError` passes: its meaning depends on the place."""
    try:
        yield
    except DocumentTooLarge as error:
        raise TooLarge("document", MAX_BODY + 1, MAX_BODY) from error
    except PyMongoError as error:
        raise Unavailable(f"{type(error).__name__}: {str(error)[:200]}") from error


def refused_as_duplicate(error: BulkWriteError) -> int | None:
    """Which of several inserts, from 0, was refused for a value that is taken; None for any other failure."""
    failures = error.details.get("writeErrors", [])
    return int(failures[0]["index"]) if failures and failures[0].get("code") == DUPLICATE_KEY else None


def shows_one_moment(client: Client) -> bool:
    """True for a replica set or a sharded cluster: only they can read a snapshot."""
    return client.topology_description.topology_type_name in ("ReplicaSetWithPrimary", "Sharded", "LoadBalanced")
