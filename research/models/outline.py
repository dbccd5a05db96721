"""Text in the sections that the rulebook asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import models

from expansion.language import in_language
from expansion.rulebook.values import Item


@dataclass(frozen=True)
class Section:
    """One section: its key in the rulebook, its label in the reader's language, its text."""

    key: str
    label: str
    text: str

    @property
    def length(self) -> int:
        """Characters without blanks, as a Chinese text is counted."""
        return sum(not sign.isspace() for sign in self.text)


class Outlined(models.Model):
    """A text written in the sections that the rulebook listed on the day it was begun.

    The labels are kept with the text: a later version of the rulebook changes no begun document.
    """

    outline = models.JSONField(default=list, editable=False)  # [{"key", "zh", "en"}]
    texts = models.JSONField(default=dict, editable=False)
    rules_version = models.CharField(max_length=40, editable=False)

    class Meta:
        abstract = True

    def follow(self, items: Iterable[Item], version: str) -> None:
        """Takes over the sections of the rulebook in force."""
        self.outline = [item.model_dump(include={"key", "zh", "en"}) for item in items]
        self.rules_version = version

    @property
    def sections(self) -> Iterator[Section]:
        for item in self.outline:
            text = self.texts.get(item["key"], "")
            yield Section(item["key"], in_language(item["zh"], item["en"]), text)

    @property
    def missing(self) -> list[Section]:
        """The sections in which nothing is written."""
        return [section for section in self.sections if not section.text.strip()]
