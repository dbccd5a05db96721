"""The hand-written SQL of `make bench` fits the tables: no column that comes later breaks it."""

import pytest
from django.db import connection

from bench import floor_sql
from crm.models import Client, Contact
from expansion import clock

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="The floor's SQL is PostgreSQL's."
    ),
]


def test_a_client_is_created(cast):
    now, name, who = clock.now(), "乐歌城", cast.member.pk
    with connection.cursor() as cursor:
        cursor.execute(floor_sql.NEW_CLIENT, [now, now, who, who, name, name, name])
        (client,) = cursor.fetchone()
        cursor.execute(floor_sql.NEW_CONTACT, [now, now, client, "陈伟"])
        (contact,) = cursor.fetchone()
        cursor.execute(floor_sql.NEW_PHONE, [client, contact, "+8613800002222", "2222"])
    kept = Client.objects.get(pk=client)
    assert (kept.name, kept.owner, kept.own) == (name, cast.member, {})
    assert Contact.objects.get(pk=contact).points.get().tail == "2222"


def test_rows_are_imported(cast):
    rows = [("乐歌城", "lege", "陈伟", "13800002222", "2026-12-01"), ("", "x", "无名", "1", "")]
    with connection.cursor() as cursor:
        cursor.execute(floor_sql.IMPORT_TABLE)
        cursor.executemany("INSERT INTO incoming VALUES (%s, %s, %s, %s, %s)", rows)
        cursor.execute(floor_sql.IMPORT, {"owner": cast.member.pk})
    assert Client.objects.get(identity="lege").contacts.get().name == "陈伟"
