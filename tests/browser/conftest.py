"""One furnished department per process, before a live server of its own.

The rows are committed, as the server reads them through its own connection; they go when the last
page has been looked at. What a test itself asks is rolled back, as everywhere.
"""

from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.test import Client as Browser
from django.test import override_settings
from django.utils import translation
from pytest_django.live_server_helper import LiveServer

from expansion import clock
from expansion.rulebook.selectors import forget_rules
from expansion.ui import counts
from tests import cast as company
from tests.architecture.records import House
from tests.browser.department import furnished
from tests.browser.looking import Screen, remember
from tests.in_flight import counted


@pytest.fixture(autouse=True)
def quietly(quiet) -> None:
    """What is refused here would fill the log."""


@pytest.fixture(scope="package")
def department(django_db_setup, django_db_blocker) -> Iterator[House]:
    with django_db_blocker.unblock(), clock.clock_at(company.NOW):
        forget_rules()
        counts.forget_all()
        with translation.override("zh-hans"):
            house = furnished()
        yield house
        call_command("flush", interactive=False, verbosity=0)
    forget_rules()
    counts.forget_all()


@pytest.fixture(scope="package")
def server(department) -> Iterator[str]:
    """The address of the system, served as always with static files."""
    with override_settings(ALLOWED_HOSTS=["*"]), counted() as requests:
        got_request_exception.connect(remember)
        one = LiveServer("localhost")
        yield one.url
        requests.wait()
        one.stop()
    got_request_exception.disconnect(remember)


@pytest.fixture(scope="package")
def visitors(department, django_db_blocker) -> dict[str, Browser]:
    """A session for everybody, to ask whom a page opens for; the anonymous come last."""
    opened = {part: Browser() for part in department.cast.everyone() if part != "deactivated"}
    with django_db_blocker.unblock():
        for part, browser in opened.items():
            person = getattr(department.cast, part)
            if person.is_authenticated:
                browser.force_login(person)
    return opened


@pytest.fixture(scope="package")
def screens(server, visitors, browser) -> Iterator[Callable[[str, str], Screen]]:
    """`screens(part, size)`: that person's own browser, kept for the next page."""
    opened: dict[tuple[str, str], Screen] = {}

    def screen(part: str, size: str) -> Screen:
        if (part, size) not in opened:
            opened[part, size] = Screen(browser, server, visitors[part], size)
        return opened[part, size]

    yield screen
    for one in opened.values():
        one.page.context.close()
