"""Migrates and fills the database of a measurement; prints a member's session and a client's id."""

import sys

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.big import build  # noqa: E402
from crm.models import Client  # noqa: E402

call_command("migrate", verbosity=0)
member = build(float(sys.argv[1]))
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
session = SessionStore()
session[SESSION_KEY] = str(member.pk)
session[BACKEND_SESSION_KEY] = "expansion.people.backends.Login"
session[HASH_SESSION_KEY] = member.get_session_auth_hash()
session.save()
print(session.session_key, Client.objects.filter(owner=member).first().pk)
