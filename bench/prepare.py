"""Migrates and fills the database of a measurement; prints a member's two sessions and a client."""

import sys

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.base_user import AbstractBaseUser  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.big import build  # noqa: E402
from crm.models import Client  # noqa: E402

call_command("migrate", verbosity=0)
member = build(float(sys.argv[1]))
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")


def session(backend: str, fingerprint: str) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(member.pk)
    store[BACKEND_SESSION_KEY] = backend
    store[HASH_SESSION_KEY] = fingerprint
    store.save()
    return str(store.session_key)


print(
    session("expansion.people.backends.Login", member.get_session_auth_hash()),
    session(
        "django.contrib.auth.backends.ModelBackend",
        AbstractBaseUser.get_session_auth_hash(member),
    ),
    Client.objects.filter(owner=member).first().pk,
)
