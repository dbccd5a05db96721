"""Migrates and fills the database of a measurement.

Prints a member's session of both sites, that of one with many shares, and a client of the first."""

import sys

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends import db  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils.crypto import salted_hmac  # noqa: E402

from bench.big import build, build_rollup  # noqa: E402
from crm.models import Client  # noqa: E402
from expansion.people import sessions  # noqa: E402
from expansion.people.models import User  # noqa: E402

call_command("migrate", verbosity=0)
member, sharer = build_rollup() if sys.argv[1] == "rollup" else build(float(sys.argv[1]))
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")


def session(store: db.SessionStore, person: User, backend: str, fingerprint: str) -> str:
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = backend
    store[HASH_SESSION_KEY] = fingerprint
    store.save()
    return str(store.session_key)


# What Django's own user model says; ours has more in it.
plain = salted_hmac(
    "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash",
    member.password,
    algorithm="sha256",
)


def ours(person: User) -> str:
    fingerprint = person.get_session_auth_hash()
    return session(sessions.SessionStore(), person, "expansion.people.backends.Login", fingerprint)


DJANGOS = "django.contrib.auth.backends.ModelBackend"
print(
    ours(member),
    ours(sharer),
    session(db.SessionStore(), member, DJANGOS, plain.hexdigest()),
    Client.objects.filter(owner=member).first().pk,
)
