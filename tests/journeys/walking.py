"""One person's browser: presses that count, and an ear for what the page complains about."""

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import ConsoleMessage, Locator, Page, Response

from expansion.jobs.models import Job
from expansion.jobs.services import enqueue, run
from expansion.people.models import User

ANSWERED = {403, 404, 409, 422}  # refusals in sentences; Chromium calls them errors all the same


def session_cookie(person: User, url: str) -> Any:
    """The cookie of a session that `person` has just begun."""
    browser = Client()
    browser.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": browser.cookies[name].value, "url": url}


def run_job(name: str) -> Job:
    """Does one job of the timetable now, in this process."""
    job = run(enqueue(name))
    assert job.state == Job.State.DONE, job.fault
    return job


class Walk:
    """A page with its clicks counted. Typing counts nothing; a press of a control counts one."""

    def __init__(self, page: Page):
        self.page = page
        self.clicks = 0
        self.was_cut_off = False
        self.answered = ANSWERED
        self.complaints: list[str] = []
        page.set_default_timeout(8000)
        page.on("console", self._heard)
        page.on("pageerror", lambda fault: self.complaints.append(f"{page.url}: {fault}"))
        page.on("response", self._answered)

    def press(self, what: str | Locator) -> None:
        """Clicks; a word is the name of a link or button in sight."""
        self.clicks += 1
        (self.named(what) if isinstance(what, str) else what).click()

    def named(self, word: str) -> Locator:
        """The control in sight with exactly this name."""
        either = self.page.get_by_role("link", name=word, exact=True).or_(
            self.page.get_by_role("button", name=word, exact=True)
        )
        return either.filter(visible=True).first

    def menu(self, word: str) -> None:
        """An entry of the main menu; its count may stand behind its name."""
        entry = self.page.locator(".sidebar .nav-item").filter(has_text=word)
        self.press(entry.first)

    def sees(self, *words: str) -> None:
        """Each of the words stands on the page, in sight."""
        for word in words:
            self.page.get_by_text(word).filter(visible=True).first.wait_for()

    def choose_client(self, typed: str) -> None:
        """Types part of a name and takes the first client found, by keyboard."""
        self.page.wait_for_load_state()  # the field's script listens from then on
        field = self.page.locator("[name=client_text]")
        field.fill(typed)
        self.page.get_by_role("option").first.wait_for()
        field.press("ArrowDown")
        field.press("Enter")

    def cut_off(self, gone: bool = True) -> None:
        """Takes the network away, or gives it back."""
        self.was_cut_off = self.was_cut_off or gone
        self.page.context.set_offline(gone)

    def begin_counting(self) -> None:
        self.clicks = 0

    def _heard(self, message: ConsoleMessage) -> None:
        refused = "Failed to load resource" in message.text  # judged by its status below
        cut = self.was_cut_off and "Failed to fetch" in message.text  # whatever was under way
        if message.type == "error" and not refused and not cut:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.answered:
            self.complaints.append(f"{response.url}: {response.status}")
