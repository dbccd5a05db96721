"""Keeps demo accounts, whose pass phrase is public, away from every network."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection

from expansion.people.demo import DEMO_SALT

IN_PRODUCTION = (
    "These accounts still have the demo pass phrase, which everybody knows: {names}. Production "
    "does not start with them. Give each a new pass phrase or start with an empty database."
)
ON_A_NETWORK = (
    "These accounts still have the demo pass phrase, which everybody knows: {names}. With them the "
    "server listens on this machine only (127.0.0.1), not on {address}."
)


class DemoAccountsExposed(Exception):
    """A server, worker or beat must not start. The message is for the person who starts it."""


def demo_accounts() -> list[str]:
    """User names that still have the demo pass phrase; none before the first migration."""
    people = get_user_model()
    if people._meta.db_table not in connection.introspection.table_names():
        return []
    # By the salt alone: it finds hashes with the iteration count of an older Django too.
    found = people._default_manager.filter(password__contains=f"${DEMO_SALT}$")
    return list(found.order_by("pk").values_list(people.USERNAME_FIELD, flat=True))


def refuse_in_production() -> None:
    """For every process of production: web, worker and beat.

    Raises:
        DemoAccountsExposed: production settings and an account with the demo pass phrase, or no
            answer from the database that would tell.
    """
    if settings.PRODUCTION:
        _refuse_if_any(IN_PRODUCTION)


def refuse_off_loopback(addresses: Iterable[object]) -> None:
    """For every web server: demo accounts are served on loopback alone.

    `addresses` are gunicorn's: (host, port), a Unix socket's path, or an open socket's number.

    Raises:
        DemoAccountsExposed: one of the addresses can be reached from elsewhere.
    """
    for address in addresses:
        if not is_loopback(address):
            _refuse_if_any(ON_A_NETWORK, address=spoken(address))


def is_loopback(address: object) -> bool:
    host = host_of(address)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # A name or the path of a socket, behind which anything may stand.
        return False


def host_of(address: object) -> str:
    if isinstance(address, int):
        with socket.socket(fileno=os.dup(address)) as listener:
            address = listener.getsockname()
    return str(address[0]) if isinstance(address, tuple) else str(address)


def spoken(address: object) -> str:
    return ":".join(map(str, address)) if isinstance(address, tuple) else str(address)


def _refuse_if_any(sentence: str, **values: str) -> None:
    try:
        names = demo_accounts()
    except DatabaseError as reason:
        raise DemoAccountsExposed(f"The database does not answer: {reason}".strip()) from reason
    finally:
        connection.close()  # Servers fork after this; children open their own.
    if names:
        raise DemoAccountsExposed(sentence.format(names=", ".join(names), **values))
