"""Where files of imports and exports lie: random names below the folder of uploads."""

import secrets

from django.core.files.base import File
from django.core.files.storage import default_storage

from expansion.files.stored import open_stored

LONGEST_NAME = 200


def keep(content: File) -> str:
    """Stores the bytes; returns the key by which they are found again."""
    token = secrets.token_hex(20)
    return default_storage.save(f"{token[:2]}/{token[2:]}", content)


def open_kept(key: str) -> File:
    """The stored bytes; `Missing` where they are gone."""
    return open_stored(key)


def forget(key: str) -> None:
    if key:
        default_storage.delete(key)


def plain_name(name: str) -> str:
    """A file's name without its path and without signs that are not for reading."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    return shown[-LONGEST_NAME:]
