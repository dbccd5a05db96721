# ruff: noqa: E402 — a one-file site has to be configured before it imports.
"""The floor: one file, session login, hand-written SQL, right indexes, an exact count, plain HTML.

It answers the addresses of `bench.work` with the same rows and nothing else: no menu of rooms, no
filters, no permissions but the owner's own rows.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from expansion import environment as env

PAGE = "<!doctype html><title>{{ title }}</title><nav>{{ user.name }}</nav>"
TEMPLATES = {
    "list": PAGE + "<p>{{ total }}<table>{% for r in rows %}<tr>"
    '<td><a href="/crm/clients/{{ r.0 }}">{{ r.1 }}</a><td>{{ r.3|date:"Y-m-d" }}<td>{{ r.2 }}'
    '<td>{{ r.5 }}<td>{{ r.6 }}<td>{{ r.7 }}<td>{{ r.4|date:"Y-m-d H:i" }}</tr>{% endfor %}'
    "</table>",
    "client": PAGE + "<h1>{{ c.1 }}</h1><p>{{ c.2 }} {{ c.3 }} {{ c.4 }}"
    "<ul>{% for r in contacts %}<li>{{ r.0 }} {{ r.1 }}{% endfor %}</ul>"
    "<table>{% for r in deals %}<tr><td>{{ r.0 }}<td>{{ r.1 }}<td>{{ r.2 }}{% endfor %}</table>"
    '<ul>{% for r in visits %}<li>{{ r.0|date:"Y-m-d H:i" }} {{ r.1 }} {{ r.2 }}{% endfor %}</ul>'
    "<form method=post>{% csrf_token %}<textarea name=said></textarea></form>",
    "board": PAGE + "<table>{% for r in sums %}<tr><td>{{ r.0 }}<td>{{ r.1 }}<td>{{ r.2 }}"
    "{% endfor %}</table>"
    "{% for r in cards %}<p><a href='/crm/opportunities/{{ r.0 }}'>{{ r.1 }}</a>"
    ' {{ r.2 }} {{ r.3 }} {{ r.4 }} {{ r.5|date:"Y-m-d" }}{% endfor %}',
    "today": PAGE + "<ul>{% for r in visits %}<li>{{ r.0 }} {{ r.1 }}{% endfor %}</ul>"
    "<p>{{ total }}<table>{% for r in due %}<tr><td><a href='/crm/clients/{{ r.0 }}'>{{ r.1 }}</a>"
    '<td>{{ r.2|date:"Y-m-d" }}<td>{{ r.3 }}<td>{{ r.4 }}<td>{{ r.5 }}{% endfor %}</table>',
}

if not settings.configured:
    settings.configure(
        SECRET_KEY=env.text("SECRET_KEY"),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
        DATABASES={"default": env.database(env.text("DATABASE_URL"))},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "bench",
        ],
        AUTH_USER_MODEL="bench.Person",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": ["django.contrib.auth.context_processors.auth"],
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [("django.template.loaders.locmem.Loader", TEMPLATES)],
                        )
                    ],
                },
            }
        ],
    )
    import django

    django.setup()

from django.contrib.auth.decorators import login_required
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from bench import floor_sql as sql


def rows(query: str, *values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


@login_required
def clients(request: HttpRequest) -> HttpResponse:
    more, values = "", [request.user.pk]
    if request.GET.get("stage"):
        more += " AND c.stage = %s"
        values.append(request.GET["stage"])
    if request.GET.get("q"):
        text = request.GET["q"]
        more += " AND UPPER(c.search) LIKE UPPER(%s)"
        values.append(f"% {text} %" if len(text) < 3 else f"%{text}%")
    found = rows(sql.LIST.format(more=more), *values)
    total = rows(sql.COUNT.format(more=more), *values)[0][0]
    return render(request, "list", {"title": "Clients", "rows": found, "total": total})


@login_required
def client(request: HttpRequest, pk: int) -> HttpResponse:
    (own,) = rows(sql.CLIENT, pk, request.user.pk)
    context = {
        "title": own[1],
        "c": own,
        "contacts": rows(sql.CONTACTS, pk),
        "deals": rows(sql.DEALS, pk),
        "visits": rows(sql.VISITS, pk),
    }
    return render(request, "client", context)


@login_required
def board(request: HttpRequest) -> HttpResponse:
    sums, cards = rows(sql.SUMS, request.user.pk), rows(sql.CARDS, request.user.pk)
    return render(request, "board", {"title": "Board", "sums": sums, "cards": cards})


@login_required
def today(request: HttpRequest) -> HttpResponse:
    due, visits = rows(sql.DUE, request.user.pk), rows(sql.TODAY, request.user.pk)
    return render(request, "today", {"title": "Today", "due": due, "visits": visits})


@login_required
def create(request: HttpRequest) -> HttpResponse:
    name, now = request.POST["name"], timezone.now()
    with transaction.atomic():
        ((pk,),) = rows(
            sql.NEW_CLIENT, now, now, request.user.pk, request.user.pk, name, name, name
        )
        ((contact,),) = rows(sql.NEW_CONTACT, now, now, pk, request.POST["contact_name"])
        phone = request.POST["phones"]
        rows(sql.NEW_PHONE, pk, contact, phone, phone[-4:])
    return HttpResponseRedirect(f"/crm/clients/{pk}")


urlpatterns = [
    path("", today),
    path("crm/clients/", clients),
    path("crm/clients/new", create),
    path("crm/clients/<int:pk>", client),
    path("crm/opportunities/board", board),
]
application = get_wsgi_application()
