"""Pages that add, change and take away posts, teams, indicators, chains and their like."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.errors import Invalid, Refusal
from expansion.rulebook.deciders import called, found_people
from expansion.rulebook.entries import (
    Collection,
    collection_at,
    collections,
    label_of,
    place_named,
)
from expansion.rulebook.entry_forms import EntryForm
from expansion.rulebook.forms import SeenForm
from expansion.rulebook.lists import clause_of
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import changed_rows, open_draft, rules_of, version_to_amend
from expansion.rulebook.services import entries
from expansion.rulebook.views.drafting import DraftPage
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import May
from expansion.ui.pages import FormPage, Screen


class Entries(DraftPage):
    """The entries of one list, with what can be done with each (R-exp-01)."""

    template = "rulebook/entries.html"
    first = "posts"

    def open(self) -> None:
        super().open()
        self.found = list(collections(self.rules))
        wanted = self.request.GET.get("of", self.first)
        self.shown = next((one for one in self.found if one.path == wanted), self.found[0])

    def typed(self) -> dict[str, Any]:
        return {}

    def confirmed(self) -> set[str]:
        """This page confirms nothing itself and loses nothing that was confirmed."""
        rows = changed_rows(self.draft) if self.draft else []
        return {row.path for row in rows if row.confirmed}

    def context(self, groups: Any) -> dict[str, Any]:
        return {
            "shown": self.shown,
            "rows": [self._row(one) for one in self.shown.items],
            "sections": list(self._sections()),
            "add_url": reverse("rulebook:entry-add", args=[self.shown.path]),
            "may_change": self.draft is None or self.draft.status == Version.Status.DRAFT,
        }

    def _row(self, one: Any) -> dict[str, Any]:
        here = [self.shown.path, one.key]
        return {
            "key": one.key,
            "label": label_of(one),
            "clause": clause_of(one),
            "source": getattr(one, "source", None),
            "edit_url": reverse("rulebook:entry-edit", args=here),
            "remove_url": reverse("rulebook:entry-remove", args=here),
            "inner": [each for each in self.found if _within(each, self.shown, one.key)],
        }

    def _sections(self) -> Iterator[dict[str, Any]]:
        by_section: dict[str, list[Collection]] = {}
        for one in self.found:
            by_section.setdefault(one.section, []).append(one)
        for key, found in by_section.items():
            yield {"key": key, "lists": found, "open": self.shown in found}


def _within(inner: Collection, outer: Collection, key: str) -> bool:
    """Whether a list belongs to this entry of another."""
    return inner.path.rpartition(".")[0] == f"{outer.path}.{key}"


class EntryPage(FormPage):
    """A form on one entry of the draft, or of what a draft would rest on."""

    gate = May("edit", Version)
    form = EntryForm
    done = lazy("Draft saved")
    template = "rulebook/entry_form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.path, self.key = kwargs["of"], kwargs.get("key", "")

    def load(self, pk: int | None) -> None:
        """The list and its entry, as the draft has them; 404 where there are none."""
        self.draft = open_draft()
        self.rules = rules_of(self.draft or version_to_amend())
        if self.draft:
            self.rules = self.rules.with_changes(self.draft.changes, unfinished=True)
        self.found = collection_at(self.rules, self.path)
        self.held = self.found.entry(self.key) if self.key else None

    def initial(self) -> dict[str, Any]:
        if self.draft is None:
            return {"draft": 0}
        return {"draft": self.draft.pk, "version": self.draft.version}

    def write(self, form: ServiceForm) -> Version:
        given = form.values()
        seen = {"draft": given.pop("draft"), "version": form.cleaned_data["version"]}
        return self.service(actor=self.request.user, path=self.path, **seen, **self.given(given))

    def given(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the service takes besides who acts, where, and which draft was open."""
        return {"values": values, "key": self.key}

    def refuse(self, form: ServiceForm, refusal: Refusal) -> HttpResponse:
        """A sentence stands under the field that it concerns; one about another place names it."""
        if isinstance(refusal, Invalid):
            fields: dict[str, list[str]] = {}
            for path, sentences in refusal.fields.items():
                name = path.rpartition(".")[2]
                if not self.is_own(path):
                    name, sentences = "", [self.elsewhere(path, one) for one in sentences]
                fields.setdefault(name, []).extend(sentences)
            refusal.fields = {name: list(dict.fromkeys(said)) for name, said in fields.items()}
        return super().refuse(form, refusal)

    def is_own(self, path: str) -> bool:
        """Whether this entry is meant, or one of its fields; a new one has no key yet."""
        key, _dot, field = path.removeprefix(f"{self.path}.").partition(".")
        within = path.startswith(f"{self.path}.") and self.key in ("", key)
        return "." not in path or (within and "." not in field)

    def elsewhere(self, path: str, sentence: str) -> str:
        """What is said of another place than this entry."""
        name = place_named(self.rules, path)
        return _(": ").join((name, sentence)) if name else sentence

    def differences(self, form: ServiceForm) -> list[dict[str, Any]]:
        """Somebody saved the draft meanwhile: the sentence says so, what was typed stays."""
        self.load(None)
        form.data = form.data.copy()
        for name, value in self.initial().items():
            form.data[name] = str(value)
        return []

    def success_url(self, record: Any) -> str:
        return f"{reverse('rulebook:entries')}?of={self.path}"

    def way_back(self) -> str:
        return self.success_url(None)


class EntryAdd(EntryPage):
    """A new entry, empty or like one that is there."""

    verb = lazy("Add")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        like = self.request.GET.get("like", "")
        self.like = self.found.entry(like) if like else None
        self.title = _("Add: %(list)s") % {"list": self.found.label}

    def make_form(self, **given: Any) -> ServiceForm:
        return EntryForm(
            person=self.request.user,
            found=self.found,
            rules=self.rules,
            held=None,
            like=self.like,
            **given,
        )

    def given(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"values": values, "like": self.like.key if self.like else ""}

    def service(self, **values: Any) -> Version:
        return entries.add_entry(**values)


class EntryEdit(EntryPage):
    """The words, references and values of an entry."""

    def load(self, pk: int | None) -> None:
        super().load(pk)
        words = {"list": self.found.label, "entry": label_of(self.held)}
        self.title = _("%(list)s: %(entry)s") % words

    def make_form(self, **given: Any) -> ServiceForm:
        return EntryForm(
            person=self.request.user,
            found=self.found,
            rules=self.rules,
            held=self.held,
            like=None,
            **given,
        )

    def service(self, **values: Any) -> Version:
        return entries.change_entry(**values)


class EntryRemove(EntryPage):
    """Asks once more, then takes the entry out of the draft."""

    form = SeenForm
    verb = lazy("Remove")
    template = "ui/act.html"
    danger = True
    note = lazy("It leaves the draft. What names it is asked before.")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        words = {"entry": label_of(self.held)}
        self.title = _("Remove: %(entry)s") % words

    def given(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"key": self.key}

    def elsewhere(self, path: str, sentence: str) -> str:
        """What would not hold without the entry is what names it."""
        name = place_named(self.rules, path)
        if not name:
            return sentence
        return _("“%(place)s” still names it. Change that first.") % {"place": name}

    def service(self, **values: Any) -> Version:
        return entries.remove_entry(**values)


class PersonPick(Screen):
    """What the name of a decider offers for a few typed characters."""

    gate = May("edit", Version)
    template = "rulebook/_person_options.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        people = list(found_people(request.user, text))
        names = called(people)
        return self.draw({"options": [(names[one.username], one) for one in people]})
