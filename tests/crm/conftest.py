"""Counting the queries of a page without those of the shell around it."""

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_htmx.middleware import HtmxDetails

SESSION = 2  # who is it: the session and the person


def drawn_shell(person) -> HttpResponse:
    """The layout alone, for somebody whose seats are not read yet."""
    request = RequestFactory().get("/")
    request.user, request.session = type(person).objects.get(pk=person.pk), {}
    request.htmx = HtmxDetails(request)
    request._messages = FallbackStorage(request)
    return render(request, "layouts/app.html")


@pytest.fixture
def own_queries(sign_in):
    """`own_queries(person, url)`: how many the page asks beyond session, person and shell."""

    def counted(act) -> int:
        act()  # Content types and rules are read once per process.
        with CaptureQueriesContext(connection) as queries:
            act()
        return len(queries)

    def own(person, url: str) -> int:
        browser = sign_in(person)
        shell = counted(lambda: drawn_shell(person)) - 1
        return counted(lambda: browser.get(url)) - shell - SESSION

    return own
