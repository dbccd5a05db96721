"""Journeys: the cast in Chromium before the live server."""

from collections.abc import Callable, Iterator

import pytest

from expansion.people.models import User
from tests.cast import Cast
from tests.in_flight import counted
from tests.journeys.walking import Walk, session_cookie


@pytest.fixture
def house(live_server, cast: Cast) -> Iterator[Cast]:
    """The cast, with the system served to a browser. Their pages speak Chinese, as in the field.

    At the end the server has answered what closed pages still asked for: the rows go next.
    """
    with counted() as requests:
        yield cast
        requests.wait()


@pytest.fixture
def walk(house: Cast, live_server, browser) -> Iterator[Callable[..., Walk]]:
    """`walk(person)` opens a browser of that person's own on Today, `phone=True` on a phone.

    At the end no page may have complained: a console error, a script fault, a breach of the content
    security policy or a server fault fails the test.
    """
    walks: list[Walk] = []

    def begin(person: User | None, *, phone: bool = False, at: str = "/") -> Walk:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = browser.new_context(
            viewport=size, has_touch=phone, locale="zh-CN", base_url=live_server.url
        )
        if person is not None:
            context.add_cookies([session_cookie(person, live_server.url)])
        one = Walk(context.new_page())
        walks.append(one)
        one.page.goto(at)
        return one

    yield begin
    for one in walks:
        one.page.context.close()
    assert [line for one in walks for line in one.complaints] == []
