"""The embedded engine: one SQLite file, one writer thread, readers that never wait for it."""

from storage.sqlite.engine import Access, SqliteEngine

__all__ = ["Access", "SqliteEngine"]
