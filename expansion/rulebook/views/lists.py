"""Pages that change what the rulebook is made of: its lists, or all of it from a file."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from expansion.errors import Invalid, Refusal
from expansion.once.services import once
from expansion.rulebook.clause_settings import clauses_of
from expansion.rulebook.forms import DraftForm, FileForm
from expansion.rulebook.lists import Choices, as_entry, in_order, lists
from expansion.rulebook.models import Version
from expansion.rulebook.naming import LABELS
from expansion.rulebook.selectors import changed_rows, open_draft
from expansion.rulebook.services import content
from expansion.rulebook.views.drafting import DraftPage
from expansion.ui.gates import May
from expansion.ui.pages import UNPROCESSABLE, Screen, form_key

BLANK = 3  # empty lines to write new entries in
LAST = 999


class Lists(DraftPage):
    """Stages, sources, categories and every other list, one at a time (R-exp-01)."""

    template = "rulebook/lists.html"
    first = "pipelines.client.stages"

    def open(self) -> None:
        super().open()
        self.found = list(lists(self.rules))
        wanted = self.request.GET.get("list", self.first)
        self.shown = next((one for one in self.found if one.path == wanted), self.found[0])

    def typed(self) -> dict[str, Any]:
        return {}

    def confirmed(self) -> set[str]:
        """This page confirms nothing itself and loses nothing that was confirmed."""
        rows = changed_rows(self.draft) if self.draft else []
        return {row.path for row in rows if row.confirmed}

    def write(self, form: DraftForm, typed: dict[str, Any]) -> Version:
        given = form.cleaned_data
        entries = in_order(self.rows)
        if entries != [_stored(one) for one in self.shown.items]:
            draft = content.change_list(
                actor=self.request.user,
                path=self.shown.path,
                entries=entries,
                draft=given["draft"],
                version=given["version"],
            )
            given |= {"draft": draft.pk, "version": draft.version}
        return super().write(form, typed)

    def said(self, path: str, sentence: str) -> str:
        """What concerns an entry of this list names it as it was typed, with the column."""
        key, _dot, name = path.removeprefix(f"{self.shown.path}.").partition(".")
        typed = next((one for one in in_order(self.rows) if one["key"] == key), None)
        if typed is None or not path.startswith(f"{self.shown.path}."):
            return super().said(path, sentence)
        place = [self.shown.label, typed["zh"] or typed["en"], LABELS.get(name)]
        return _(": ").join((" · ".join(str(one) for one in place if one), sentence))

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of the form: as they were sent, else as they stand, with empty ones below."""
        sent = self.request.POST
        count = len(self.shown.items) + BLANK
        if sent:
            return [self._sent(place) for place in range(1, count + 1)]
        stand = [
            {**_stored(one), "source": one.source, "place": place}
            for place, one in enumerate(self.shown.items, 1)
        ]
        blank = {"key": "", "zh": "", "en": ""}
        return stand + [{**blank, "place": len(stand) + n} for n in range(1, BLANK + 1)]

    def _sent(self, place: int) -> dict[str, Any]:
        texts = {
            name: self.request.POST.get(f"{name}-{place}", "").replace("\x00", "").strip()
            for name in ("key", "zh", "en")
        }
        number = self.request.POST.get(f"place-{place}", "")
        retired = f"retired-{place}" in self.request.POST
        return {
            **texts,
            "place": int(number) if _is_place(number) else LAST,
            "retired": retired and bool(texts["key"]),
        }

    def context(self, groups: Any) -> dict[str, Any]:
        return {
            "shown": self.shown,
            "clauses": clauses_of(self.shown.path, self.shown.clause),
            "rows": self.rows,
            "sections": list(self._sections()),
        }

    def _sections(self) -> Iterator[dict[str, Any]]:
        by_section: dict[str, list[Choices]] = {}
        for one in self.found:
            by_section.setdefault(one.section, []).append(one)
        for key, found in by_section.items():
            yield {"key": key, "lists": found, "open": self.shown in found}


def _stored(one: Any) -> dict[str, Any]:
    return as_entry(one.key, one.zh, one.en, one.retired)


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(LAST))


class Upload(Screen):
    """Reads a whole rulebook from a TOML file into the draft."""

    gate = May("edit", Version)
    template = "rulebook/upload.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = open_draft()
        initial = {"draft": found.pk if found else 0, "version": found.version if found else None}
        return self.draw({"form": FileForm(initial=initial, person=request.user), "draft": found})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES, person=request.user)
        if not form.is_valid():
            return self._again(form, UNPROCESSABLE)
        given = form.cleaned_data
        try:
            draft, _new = once(
                actor=request.user,
                key=form_key(request),
                act=lambda: content.upload_draft(
                    actor=request.user,
                    text=given["text"],
                    draft=given["draft"],
                    version=given["version"],
                ),
            )
        except Refusal as refusal:
            for sentence in _sentences(refusal):
                form.add_error(None, f"{given['file'].name}: {sentence}")
            invalid = isinstance(refusal, Invalid)
            return self._again(form, UNPROCESSABLE if invalid else refusal.status)
        messages.success(request, _("The file stands in draft %(version)s.") % {"version": draft})
        return HttpResponseRedirect(reverse("rulebook:weights"))

    def _again(self, form: FileForm, status: int) -> HttpResponse:
        return self.draw({"form": form, "draft": open_draft()}, status=status)


def _sentences(refusal: Refusal) -> list[str]:
    fields = getattr(refusal, "fields", {})
    found = [f"{path}: {text}" for path, texts in fields.items() for text in texts]
    return found or [refusal.message]
