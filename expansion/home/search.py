"""One search over everything a person may see: Ctrl-K and the search page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from expansion import offers
from expansion.transfer.cells import line

LONGEST = 80
EACH = 6  # per source in the palette
EACH_ON_PAGE = 20


def hits(person: Any, text: str, most: int) -> list[offers.Hit]:
    """What every source finds for this person, in the sources' order, then pages of the menu."""
    words = line(text)[:LONGEST]
    if not words:
        return []
    found = [
        hit for source in offers.of(offers.SearchSource) for hit in source.find(person, words, most)
    ]
    return found + list(_pages(person, words))


def _pages(person: Any, words: str) -> Iterator[offers.Hit]:
    for item in offers.of(offers.NavItem):
        if words.lower() in str(item.label).lower() and item.allowed(person):
            yield offers.Hit(str(item.label), reverse(item.route), _("Page"), item.icon)
