"""What every test stands on: servers of its own where it asks for them, Chromium, the last word."""

import logging
import os
from collections.abc import Iterator

import pytest
from django.test import Client as Browser
from django.utils import translation

from expansion import clock
from expansion.rulebook.selectors import forget_rules
from expansion.ui import counts
from expansion.worktime import known
from tests import cast as company
from tests import rules_read, servers, watching

rules_read.once_per_content()

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def quiet() -> Iterator[None]:
    """Nothing is logged during a test that asks for what is refused, or breaks, by the hundred."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def fixed_clock() -> Iterator[None]:
    """Every test plays on one fixed day; none uses today's date."""
    with clock.clock_at(company.NOW):
        yield


@pytest.fixture(autouse=True)
def rules_of_this_test_only() -> None:
    """Rows are rolled back and the clock stands: a later test's version would look the same."""
    forget_rules()


@pytest.fixture(autouse=True)
def forgotten_counts() -> None:
    """No figure of an earlier test's menu is believed."""
    counts.forget_all()


@pytest.fixture(autouse=True)
def speaks_english() -> Iterator[None]:
    """Sentences of services are compared in the source's language; pages speak their reader's."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def every_service_leaves_an_entry() -> Iterator[None]:
    """Whatever a test calls: a service that wrote rows has left an entry (law 3)."""
    with watching.watched() as past:
        yield
    assert past == []


@pytest.fixture
def own_calendar() -> Iterator[None]:
    """The test says by itself what of the calendar is known; then its rows are asked again."""
    yield
    known.ask_here()


@pytest.fixture
def mail_server(settings) -> None:
    """The house has a mail server: what leaves stands in `mail.outbox`."""
    settings.MAIL_LEAVES = True


@pytest.fixture
def cast(db) -> company.Cast:
    """The people of the house under the `ktv` rulebook."""
    return company.assemble()


@pytest.fixture
def sign_in():
    """`sign_in(person)` gives a test client with that person's session."""

    def signed_in(person) -> Browser:
        browser = Browser()
        if person.is_authenticated:
            browser.force_login(person)
        return browser

    return signed_in


@pytest.fixture
def own_postgres() -> Iterator[servers.Server]:
    """A PostgreSQL that the test may kill."""
    if servers.postgres_folder() is None:
        pytest.skip("There is no PostgreSQL on this machine.")
    with servers.postgres() as server:
        yield server


@pytest.fixture
def own_redis() -> Iterator[servers.Server]:
    """A Redis that the test may kill."""
    with servers.redis() as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The machine's Chromium; playwright downloads none."""
    return {
        **browser_type_launch_args,
        "executable_path": servers.chromium(),
        "args": CHROMIUM_OPTIONS,
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What could not run is said once more, where nobody overlooks it."""
    for line in filter(None, os.environ.get("EXPANSION_NOT_RUN", "").splitlines()):
        terminalreporter.write_line(f"=== {line} ===", red=True, bold=True)
