"""A person before a screen: opens a page and says everything that is wrong with it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.http import HttpRequest, HttpResponse
from django.test import Client as Visitor
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
MEASURES = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
# The theme changes colours only, so what axe says of structure is asked once.
COLOURS = ["color-contrast", "link-in-text-block"]
# Without `preload` axe adds no styles of its own, which the policy would refuse aloud.
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}
AXE = Axe()
MOST_TABS = 120  # a page of boxes to tick stands before its button
RAISED: dict[str, str] = {}  # what broke an answer of the server, by its address


def remember(request: HttpRequest, **rest: Any) -> None:
    """Keeps what broke an answer, of which the browser learns nothing but 500."""
    RAISED[request.get_full_path()] = traceback.format_exc(limit=-6)


class Screen:
    """One person's browser of one size; every page opens in the same tab."""

    def __init__(self, browser: Browser, url: str, visitor: Visitor, size: str):
        self.size, self.url = size, url
        context = browser.new_context(
            viewport=SIZES[size], has_touch=size == "phone", locale="zh-CN", base_url=url
        )
        cookies = visitor.cookies.items()
        context.add_cookies([{"name": n, "value": one.value, "url": url} for n, one in cookies])
        context.add_init_script(MEASURES)
        self.page: Page = context.new_page()
        self.heard: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda fault: self.heard.append(f"script: {fault}"))
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._unanswered)

    def faults_of(self, address: str) -> list[str]:
        """All that is wrong with the page behind an address, in both themes."""
        self.heard.clear()
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.goto(address, wait_until="load")
        return [*self.found(), *self.heard]

    def faults_of_refusal(self, address: str, answer: HttpResponse) -> list[str]:
        """The same of an answer that somebody else has asked for: a form sent back."""
        headers = {name: value for name, value in answer.items() if name != "Content-Length"}
        self.page.context.route(
            self.url + address,
            lambda route: route.fulfill(status=200, headers=headers, body=answer.body),
        )
        try:
            return self.faults_of(address)
        finally:
            self.page.context.unroute(self.url + address)

    def found(self) -> Iterator[str]:
        """What eyes, fingers and keys find on the page that stands there."""
        yield from self._axe({})
        yield from self._facts()
        yield from (f"the page scrolls sideways: {one}" for one in self._ask("tooWide"))
        yield from (f"empty and yet there: {one}" for one in self._ask("idle"))
        if self.size == "phone":
            yield from (f"too small for a finger: {one}" for one in self._ask("tooSmall"))
        else:
            yield from self._keys()
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        self._ask("painted")
        yield from (f"dark: {one}" for one in self._axe({"runOnly": COLOURS}))

    def _axe(self, options: dict[str, Any]) -> Iterator[str]:
        answer = AXE.run(self.page, options={**AXE_OPTIONS, **options})
        for broken in answer.response["violations"]:
            for node in broken["nodes"][:4]:
                said = (node.get("any") or node.get("all") or node.get("none") or [{}])[0]
                yield f"axe {broken['id']}: {node['html'][:160]} — {said.get('message', '')}"

    def _facts(self) -> Iterator[str]:
        facts = self._ask("facts")
        if not facts["title"]:
            yield "the tab has no title"
        if facts["language"] not in {"zh-hans", "zh-Hans"}:
            yield f"the page's language is {facts['language']!r}"
        if len(facts["headings"]) != 1 or not facts["headings"][0]:
            yield f"not one heading but {facts['headings']}"
        if facts["ordered"]:
            yield "a tabindex of its own upsets the order of the keys"

    def _keys(self) -> Iterator[str]:
        """By Tab: the way past the menu, then the main act; and focus is seen everywhere."""
        self.page.keyboard.press("Tab")
        yield from (f"focus is not seen: {one}" for one in self._ask("unmarked"))
        wanted = self._ask("mainAct")
        if not wanted:
            return
        self.page.locator("#main").focus()
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self._ask("onMainAct"):
                return
        yield f"{MOST_TABS} tabs do not lead to {wanted}"

    def _ask(self, what: str) -> Any:
        return self.page.evaluate(f"page.{what}()")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load" not in message.text:
            self.heard.append(f"console: {message.text}")

    def _unanswered(self, request: Request) -> None:
        """What the page itself broke off by being left, as the count of notices, is no fault."""
        if request.failure != "net::ERR_ABORTED":
            self.heard.append(f"no answer: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            why = RAISED.pop(response.url.removeprefix(self.url), "")
            self.heard.append(" ".join((f"{response.status}: {response.url}", why)).rstrip())
