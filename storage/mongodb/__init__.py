"""The engine for several processes: any MongoDB, standalone, replica set or sharded."""

from storage.mongodb.engine import MongoEngine

__all__ = ["MongoEngine"]
