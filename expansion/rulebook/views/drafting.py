"""Pages that write into the one draft: the weights, and every other parameter by section."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from expansion import access, worktime
from expansion.audit.models import Entry
from expansion.errors import Invalid, Refusal, Stale
from expansion.once.services import once
from expansion.people.models import Membership, Role, User
from expansion.rulebook import weights
from expansion.rulebook.deciders import names_in
from expansion.rulebook.entries import place_named
from expansion.rulebook.forms import DraftForm, ParametersForm, SeenForm
from expansion.rulebook.models import Version
from expansion.rulebook.parameters import UNCONFIRMED, Listed
from expansion.rulebook.selectors import (
    changed_rows,
    drafted_rules,
    open_draft,
    restructured,
    rules_of,
    rules_on,
    unsettled,
    unsettled_lists,
    version_on,
    version_to_amend,
)
from expansion.rulebook.services import drafts
from expansion.rulebook.templatetags.rules import value_words
from expansion.rulebook.views.panels import panels_of
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import May
from expansion.ui.pages import UNPROCESSABLE, ActPage, Screen, form_key


class DraftPage(Screen):
    """Shows the draft beside the published values; saves, submits or publishes what is typed."""

    gate = May("edit", Version)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.draft: Version | None = None

    def get(self, request: HttpRequest) -> HttpResponse:
        self.open()
        return self.answer(DraftForm(initial=self.initial(), person=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Saves the draft, and goes on to submit or publish it where the button says so."""
        self.open()
        form = DraftForm(request.POST, person=request.user)
        typed = self.typed()
        if not form.is_valid() or typed is None:
            return self.answer(form, status=UNPROCESSABLE)
        try:
            once(
                actor=request.user,
                key=form_key(request),
                act=lambda: self.write(form, typed),
            )
        except Refusal as refusal:
            return self.refuse(form, refusal)
        return HttpResponseRedirect(request.get_full_path())

    def open(self) -> None:
        self.draft = open_draft()
        self.base = self.draft.based_on if self.draft else version_to_amend()
        self.published = rules_of(self.base)
        self.rules = drafted_rules(self.draft) if self.draft else self.published

    def typed(self) -> dict[str, Any] | None:
        """The values sent, by path; None where a field does not hold, which then says so."""
        raise NotImplementedError

    def confirmed(self) -> set[str]:
        """The proposals that are to stand as they are."""
        raise NotImplementedError

    @transaction.atomic
    def write(self, form: DraftForm, typed: dict[str, Any]) -> Version:
        given, person = form.cleaned_data, self.request.user
        draft = drafts.change_draft(
            actor=person,
            changes=typed,
            confirmed=self.confirmed(),
            effective_on=given["effective_on"],
            reason=given["reason"],
            draft=given["draft"],
            version=given["version"],
        )
        if "submit" in self.request.POST:
            draft = drafts.submit_draft(actor=person, record=draft, rules=rules_on())
            messages.success(self.request, _("%(version)s is submitted.") % {"version": draft})
        elif "hand_over" in self.request.POST:
            draft = drafts.hand_over_draft(actor=person, record=draft, rules=rules_on())
            messages.success(self.request, _("The administrator is asked to publish the draft."))
        elif "publish" in self.request.POST:
            draft = drafts.publish_version(actor=person, draft=draft)
            words = {"version": draft, "day": draft.effective_on}
            messages.success(self.request, _("%(version)s is in force from %(day)s.") % words)
        else:
            messages.success(self.request, self.saved())
            if self.draft and self.draft.handed_over_at and not draft.handed_over_at:
                sentence = _("It is another draft now. Ask anew for its publication.")
                messages.info(self.request, sentence)
        return draft

    def saved(self) -> str:
        """What is said once the draft is written and stays one."""
        return _("Draft saved")

    def refuse(self, form: DraftForm, refusal: Refusal) -> HttpResponse:
        """Keeps what was typed; after a conflict with the values that stand there now beside it."""
        status = UNPROCESSABLE if isinstance(refusal, Invalid) else refusal.status
        self.take(form, refusal)
        if not isinstance(refusal, Stale):
            return self.answer(form, status=status)
        self.open()
        form.move_on(self.draft)
        return self.answer(form, status=status, differences=list(self.theirs()), **last_editor())

    def take(self, form: DraftForm, refusal: Refusal) -> None:
        """Each sentence with the setting that it concerns."""
        fields = getattr(refusal, "fields", {})
        sentences = [self.said(path, text) for path, texts in fields.items() for text in texts]
        for sentence in sentences or [refusal.message]:
            form.add_error(None, sentence)

    def said(self, path: str, sentence: str) -> str:
        """The sentence behind the name of what stands at the path, where that has one."""
        name = place_named(self.rules, path)
        return _(": ").join((name, sentence)) if name else sentence

    def theirs(self) -> Iterator[dict[str, Any]]:
        """Each value that now stands otherwise in the draft than it was sent, or not at all."""
        stored, before = self.stored(), {one.path: one for one in self.published.parameters()}
        for path, value in (self.typed() or {}).items():
            one = stored.get(path)
            if one is None:
                yield {
                    "name": path,
                    "label": before[path].label if path in before else path,
                    "theirs": _("taken away meanwhile"),
                    "yours": value,
                }
                continue
            try:
                yours = one.read(value)
            except Invalid:
                yours = value
            if yours != one.value:
                names = names_in([one.value, yours], self.rules)
                yield {
                    "name": path,
                    "label": one.label,
                    "theirs": value_words(one.value, names),
                    "yours": value_words(yours, names),
                }

    def stored(self) -> dict[str, Listed]:
        """Every parameter with the value of the draft, else the published one."""
        held = self.draft.changes if self.draft else {}
        return {
            one.path: one.with_value(held[one.path]) if one.path in held else one
            for one in self.rules.parameters()
        }

    def initial(self) -> dict[str, Any]:
        if self.draft is None:
            return {"effective_on": next_quarter(), "draft": 0}
        return {
            "effective_on": self.draft.effective_on or next_quarter(),
            "reason": self.draft.reason,
            "draft": self.draft.pk,
            "version": self.draft.version,
        }

    def answer(self, form: DraftForm, *, status: int = 200, **more: Any) -> HttpResponse:
        groups = self.groups()
        changed = self.changed(groups)
        other = restructured(self.draft) if self.draft else []
        steps = list(self.steps(form, groups, differs=bool(changed or other)))
        version = self.draft or self.base
        context = {
            "form": form,
            "draft": self.draft,
            "submitted": self.draft is not None and self.draft.status == Version.Status.SUBMITTED,
            "in_force": version_on(),
            "base": self.base,
            "rules": self.rules,
            "changed": changed,
            "restructured": other,
            "differences_count": len(changed) + len(other),
            "names": names_in(self.told([*changed, *other]), self.published, self.rules),
            "steps": steps,
            "missing": sum(not one["met"] for one in steps),
            "ready": all(one["met"] for one in steps),
            "needs_approval": bool(rules_on().amendment.chain.value),
            "may_publish": access.can(self.request.user, "publish", Version),
            "publishers": publishers(),
            "unsettled": [*unsettled(version), *unsettled_lists(version)],
            "panels": panels_of(self.request.user, self.draft),
        }
        return self.draw({**context, **self.context(groups), **more}, status=status)

    def context(self, groups: list[weights.Group]) -> dict[str, Any]:
        return {}

    def told(self, rows: list[Any]) -> Iterator[Any]:
        """Every value that the page writes out beside its fields."""
        return (value for row in rows for value in (row.before, row.after))

    def groups(self) -> list[weights.Group]:
        return weights.groups(self.rules, self.draft, {}, self.published)

    def shares(self) -> weights.Shares:
        return weights.shares(self.rules, self.draft, {})

    def changed(self, groups: list[weights.Group]) -> list[Any]:
        return changed_rows(self.draft) if self.draft else []

    def steps(
        self, form: DraftForm, groups: list[weights.Group], *, differs: bool
    ) -> Iterator[dict[str, Any]]:
        """What stands between the draft and its publication."""
        for group in groups:
            sums = _("%(set)s adds up") % {"set": group.label}
            yield step(group.holds, sums, group.sentence)
        shares = self.shares()
        if shares.have_own_sum:
            yield step(shares.holds, _("The shares make 100%"), shares.sentence)
        yield from self.breaches()
        begins, reason = form["effective_on"].value(), (form["reason"].value() or "").strip()
        yield step(bool(begins), _("The first day is chosen"), _("Choose the first day"))
        yield step(bool(reason), _("The reason is written"), _("Write why the rules change"))
        yield step(differs, _("Something changes"), _("Nothing is changed yet"))

    def breaches(self) -> Iterator[dict[str, Any]]:
        """What does not hold together besides the sums of the weights."""
        if self.draft is None:
            return
        try:
            self.rules.with_changes(self.draft.changes)
        except Invalid as refusal:
            for path, sentences in refusal.fields.items():
                if not weights.is_sum(path):
                    said = (self.said(path, sentence) for sentence in sentences)
                    yield from (step(False, "", sentence) for sentence in said)


def step(met: bool, done: str, missing: str) -> dict[str, Any]:
    """One line of the list before publishing."""
    return {"met": met, "text": done if met else missing}


def next_quarter() -> Any:
    """The first day of the next quarter: a change then touches no running cycle."""
    return worktime.Period.containing("quarter", worktime.today()).next().start


def publishers() -> QuerySet[User]:
    """Who publishes where the rulebook names nobody who approves; asked only where it is shown."""
    seats = Membership.objects.on(worktime.today()).filter(post__role=Role.ADMINISTRATOR)
    return User.objects.active().filter(pk__in=seats.values("user_id")).order_by("name")


def last_editor() -> dict[str, Any]:
    """Who wrote into the rulebook last, and when, for the page of a conflict."""
    entry = Entry.objects.filter(verb__startswith="rulebook.").select_related("actor").first()
    return {"person": entry.actor, "at": entry.at} if entry else {}


class Weights(DraftPage):
    """The weights of every set beside those published, with live sums (R-apr-01)."""

    template = "rulebook/weights.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.refused: dict[str, list[str]] = {}

    def take(self, form: DraftForm, refusal: Refusal) -> None:
        """What concerns one weight stands at its field too."""
        self.refused = getattr(refusal, "fields", {})
        super().take(form, refusal)

    def typed(self) -> dict[str, str]:
        sent = self.request.POST.items()
        return {name: value.strip() for name, value in sent if "." in name}

    def confirmed(self) -> set[str]:
        """This page confirms nothing itself and loses nothing that was confirmed."""
        rows = changed_rows(self.draft) if self.draft else []
        return {row.path for row in rows if row.confirmed}

    def groups(self) -> list[weights.Group]:
        found = weights.groups(self.rules, self.draft, self.typed(), self.published)
        return [replace(one, rows=tuple(map(self.marked, one.rows))) for one in found]

    def marked(self, row: weights.Row) -> weights.Row:
        return replace(row, refused=tuple(self.refused.get(row.path, ())))

    def shares(self) -> weights.Shares:
        return weights.shares(self.rules, self.draft, self.typed())

    def changed(self, groups: list[weights.Group]) -> list[Any]:
        """The draft's changes, with the weights as they are typed at the moment."""
        drafted = {row.path: row for row in super().changed(groups)}
        listed = self.stored()
        for row in (row for group in groups for row in group.rows):
            if row.changed:
                drafted[row.path] = replace(row, label=listed[row.path].label)
            elif row.path in drafted and not drafted[row.path].confirmed:
                del drafted[row.path]
        return list(drafted.values())

    def context(self, groups: list[weights.Group]) -> dict[str, Any]:
        stored, held = self.stored(), self.draft.changes if self.draft else {}
        rows = [
            {
                "name": name,
                "path": path,
                "listed": stored[path],
                "typed": self.typed().get(path, held.get(path, stored[path].value)),
                "source": "admin" if path in held else stored[path].source,
                "refused": self.refused.get(path, ()),
            }
            for name, path in (("team", weights.TEAM_SHARE), ("overall", weights.OVERALL_SHARE))
        ]
        return {"groups": groups, "shares": self.shares(), "share_rows": rows}


class Parameters(DraftPage):
    """Deadlines, cadences, chains and every other value, a section at a time (R-exp-01)."""

    template = "rulebook/parameters.html"
    first = "sla"

    def open(self) -> None:
        super().open()
        self.listed = list(self.rules.parameters())
        self.before = {one.path: one for one in self.published.parameters()}
        sections = {one.section for one in self.listed}
        wanted = self.request.GET.get("section", "")
        self.section = wanted if wanted in sections else self.first
        self.shown = [one for one in self.listed if one.section == self.section]
        stored = self.stored()
        drafted = [stored[one.path] for one in self.shown]
        self.fields = ParametersForm(drafted, self.rules, self.request.POST or None)

    def typed(self) -> dict[str, Any] | None:
        return self.fields.cleaned_data if self.fields.is_valid() else None

    def confirmed(self) -> set[str]:
        return set(self.request.POST.getlist("confirm"))

    def take(self, form: DraftForm, refusal: Refusal) -> None:
        """What concerns a field of this section stands under it."""
        fields = getattr(refusal, "fields", {})
        for path in [path for path in fields if path in self.fields.fields]:
            for sentence in fields.pop(path):
                self.fields.add_error(path, sentence)
        if fields or not self.fields.errors:
            super().take(form, refusal)

    def context(self, groups: list[weights.Group]) -> dict[str, Any]:
        return {
            "fields": self.fields,
            "section": self.section,
            "sections": self.sections(),
            "rows": [self.row(one) for one in self.shown],
        }

    def told(self, rows: list[Any]) -> Iterator[Any]:
        yield from super().told(rows)
        yield from (self.before[one.path].value for one in self.shown if one.path in self.before)

    def sections(self) -> list[dict[str, Any]]:
        """The sections in the rulebook's order, with how many values still wait for a word."""
        waiting = Counter(one.section for one in unsettled(self.draft or self.base))
        sections = dict.fromkeys(one.section for one in self.listed)
        return [{"key": key, "waiting": waiting[key]} for key in sections]

    def row(self, one: Listed) -> dict[str, Any]:
        held = self.draft.changes if self.draft else {}
        moved = one.path in held and one.read(held[one.path]) != one.value
        ticked = self.confirmed() if self.request.POST else set(held)
        before = self.before.get(one.path)
        return {
            "listed": one,
            "published": before.value if before else None,
            "field": self.fields[one.path],
            "changed": one.path in held,
            "confirmable": one.source in UNCONFIRMED,
            "confirmed": one.path in ticked and not moved,
        }


class DiscardDraft(ActPage):
    """Asks once more, saying how much goes and who wrote it, then gives the draft up."""

    gate = May("edit", Version)
    model = Version
    form = SeenForm
    title = lazy("Give the draft up")
    verb = lazy("Give the draft up")
    danger = True
    done = lazy("The draft is given up.")

    def records(self) -> QuerySet[Version]:
        return Version.objects.filter(status=Version.Status.DRAFT)

    def initial(self) -> dict[str, Any]:
        return {"draft": self.record.pk, "version": self.record.version}

    def write(self, form: ServiceForm) -> Version:
        seen = form.cleaned_data["version"]
        return drafts.discard_draft(actor=self.request.user, draft=self.record, version=seen)

    def differences(self, form: ServiceForm) -> list[dict[str, Any]]:
        """Somebody saved the draft meanwhile: the page says so and counts anew."""
        self.load(self.record.pk)
        form.data = form.data.copy()
        form.data["version"] = str(self.record.version)
        return []

    def context(self, form: ServiceForm) -> dict[str, Any]:
        editing = {"cancel_url": reverse("rulebook:weights"), "note": self.loss()}
        return super().context(form) | editing

    def loss(self) -> str:
        """What is given up with the draft, and who wrote into it."""
        count = len(changed_rows(self.record)) + len(restructured(self.record))
        changes = ngettext("It holds %(count)s change", "It holds %(count)s changes", count)
        written = Entry.objects.filter(
            about_type=ContentType.objects.get_for_model(Version), about_id=self.record.pk
        ).select_related("actor")
        names = dict.fromkeys(one.actor.name for one in written if one.actor)
        sentence = _(
            "%(changes)s by %(names)s. It stays in the list of versions; nobody goes on with it."
        )
        return sentence % {
            "changes": changes % {"count": count},
            "names": _(", ").join(names),
        }

    def success_url(self, record: Any) -> str:
        return reverse("rulebook:weights")
