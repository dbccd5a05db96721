"""The floor: the same rows by hand-written SQL and plain HTML, with a session and nothing else."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from expansion import environment as env

if not settings.configured:
    settings.configure(
        SECRET_KEY=env.text("SECRET_KEY"),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATABASES={"default": env.database(env.text("DATABASE_URL"))},
        INSTALLED_APPS=["django.contrib.sessions"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    )
    import django

    django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import escape

LIST = """
SELECT c.id, c.name, c.stage, c.next_contact_on, c.last_contact_at, u.name,
  (SELECT name FROM crm_contact k WHERE k.client_id = c.id ORDER BY main DESC, id LIMIT 1),
  (SELECT value FROM crm_contactpoint p WHERE p.client_id = c.id ORDER BY id LIMIT 1)
FROM crm_client c JOIN people_user u ON u.id = c.owner_id
WHERE c.deleted_at IS NULL AND c.owner_id = %s {more} ORDER BY c.id DESC LIMIT 50
"""
COUNT = "SELECT count(*) FROM crm_client c WHERE c.deleted_at IS NULL AND c.owner_id = %s {more}"


def rows(sql: str, *values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def table(found: list[tuple]) -> str:
    lines = ("<td>".join(escape(str(value)) for value in row) for row in found)
    return "<table>" + "".join(f"<tr><td>{line}</tr>" for line in lines) + "</table>"


def clients(request: HttpRequest) -> HttpResponse:
    person = int(request.session["_auth_user_id"])
    more, values = "", [person]
    if request.GET.get("stage"):
        more += " AND c.stage = %s"
        values.append(request.GET["stage"])
    if request.GET.get("q"):
        text = request.GET["q"]
        more += " AND UPPER(c.search) LIKE UPPER(%s)"
        values.append(f"% {text} %" if len(text) < 3 else f"%{text}%")
    found = rows(LIST.format(more=more), *values)
    total = rows(COUNT.format(more=more), *values)[0][0]
    return HttpResponse(f"<!doctype html><title>Clients</title><p>{total}{table(found)}")


def client(request: HttpRequest, pk: int) -> HttpResponse:
    person = int(request.session["_auth_user_id"])
    own = rows("SELECT * FROM crm_client WHERE id = %s AND owner_id = %s", pk, person)
    contacts = rows("SELECT id, name FROM crm_contact WHERE client_id = %s", pk)
    visits = rows(
        "SELECT took_place_at, said FROM crm_visit WHERE client_id = %s "
        "ORDER BY took_place_at DESC LIMIT 20",
        pk,
    )
    return HttpResponse(f"<!doctype html>{table(own)}{table(contacts)}{table(visits)}")


urlpatterns = [path("crm/clients/", clients), path("crm/clients/<int:pk>", client)]
application = get_wsgi_application()
