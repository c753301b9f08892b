"""Keeps things: one narrow engine with two adapters, and the repositories written once on top of it."""
