"""Packages for the registry: everything that proves one signed version, in formats an archive takes."""
