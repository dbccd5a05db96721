"""Ports for servers that tests start themselves."""

import socket


def free_port() -> int:
    """A loopback port that is free now; whoever starts a server binds it at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
