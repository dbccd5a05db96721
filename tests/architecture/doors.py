"""Every address of the installation by its route's name, and what a person gets there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from pypdfium2 import PdfDocument

from tests.architecture.records import House

API = "api/"
ANSWERS_TO = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
MARKER = re.compile(r"zq([a-z-]+?)qz")  # records.marker
# What a page draws by lot, new on every answer: it may spell anything, a marker too.
DRAWN_BY_LOT = re.compile(r"\b[A-Za-z0-9]{64}\b|request_id\" value=\"[^\"]*")


@dataclass(frozen=True)
class Door:
    """One route; `methods` are those its view answers."""

    name: str
    pattern: str
    methods: frozenset[str]

    def address(self, house: House, kind: str) -> str:
        """The path with the record's id, or with the word itself where the route takes a word."""
        path = self.pattern.replace("^", "").replace("$", "")
        return "/" + ANSWERS_TO.sub(lambda found: _value(found, house, kind), path)


def _value(found: re.Match[str], house: House, kind: str) -> str:
    """The id of the record, or the word that the kind has for this part; `@` stands before the
    name of another id of the house."""
    name = found[1] or found[2]
    kind, _colon, words = kind.partition(":")
    if name == "pk":
        return str(house.records[kind].pk)
    named = dict(one.split("=") for one in words.split(",") if "=" in one)
    word = named.get(name, words)
    return str(house.ids[word[1:]]) if word.startswith("@") else word


def doors() -> dict[str, Door]:
    """All of them by name."""
    found = {door.name: door for door in _walk(get_resolver())}
    return found


def _walk(resolver: URLResolver, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = (pattern.namespace,) if pattern.namespace else ()
            yield from _walk(pattern, path, spaces + space)
        else:
            yield Door(":".join((*spaces, pattern.name or path)), path, _methods(pattern))


def _methods(pattern: URLPattern) -> frozenset[str]:
    """What the view itself has a method for; a function view is asked for both."""
    view = pattern.callback
    answers = getattr(view, "actions", None)
    if answers:
        return frozenset(one.upper() for one in answers)
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    asked = ("get", "post")
    return frozenset(one.upper() for one in asked if cls is None or hasattr(cls, one))


def knock(browser: Browser, method: str, address: str, sent: Mapping[str, Any]) -> HttpResponse:
    """The answer; whatever the act changed is undone, a signing-out too."""
    cookies = {name: one.value for name, one in browser.cookies.items()}
    with transaction.atomic():
        answer = _ask(browser, method, address, sent)
        answer.body = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    browser.cookies = SimpleCookie(cookies)
    return answer


def _ask(browser: Browser, method: str, address: str, sent: Mapping[str, Any]) -> HttpResponse:
    if method == "GET":
        return browser.get(address)
    if address.startswith(f"/{API}"):
        given = {"content_type": "application/json", "headers": {"If-Match": '"1"'}}
        return getattr(browser, method.lower())(address, sent, **given)
    return browser.post(address, {**sent, "request_id": "grid", "version": "1"})


def markers_in(answer: HttpResponse) -> set[str]:
    """The kinds of record of which something can be read in the answer: in its headers, its page,
    the cells of a workbook, a PDF."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.items())
    words = headers + _text(answer.body)
    return set(MARKER.findall(without_tokens(words))) if "zq" in words else set()


def without_tokens(text: str) -> str:
    """The text without form tokens and keys."""
    return DRAWN_BY_LOT.sub("", text)


def _text(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if body.startswith(b"%PDF") and b"%%EOF" in body:
        pages = PdfDocument(body)
        return " ".join(page.get_textpage().get_text_range() for page in pages)
    return body.decode("utf-8", "replace")
