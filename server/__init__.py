"""The process: routes, sockets, identity, jobs, command line. The only place where the packages are put together."""

__version__ = "0.1.0"
