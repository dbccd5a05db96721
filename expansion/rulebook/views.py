"""Pages of the rulebook: the weights, every parameter, the versions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from expansion import access, worktime
from expansion.errors import Invalid, Refusal
from expansion.rulebook import services, weights
from expansion.rulebook.forms import DraftForm
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_of, version_on
from expansion.ui.gates import May
from expansion.ui.pages import UNPROCESSABLE, DetailPage, Screen


def current_draft() -> Version | None:
    return Version.objects.filter(status=Version.Status.DRAFT).select_related("based_on").first()


class Weights(Screen):
    """The weights of every set beside those in force, with sums, and the way to publish them."""

    gate = May("edit", Version)
    template = "rulebook/weights.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        draft = current_draft()
        form = DraftForm(initial=self.initial(draft), person=request.user)
        return self.answer(form, draft, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Saves the draft, and publishes it where the button says so."""
        form = DraftForm(request.POST, person=request.user)
        typed = {name: value.strip() for name, value in request.POST.items() if "." in name}
        if not form.is_valid():
            return self.answer(form, current_draft(), typed, status=UNPROCESSABLE)
        try:
            self.write(form, typed, publish="publish" in request.POST)
        except Refusal as refusal:
            form.take(Refusal(refusal.message))
            status = UNPROCESSABLE if isinstance(refusal, Invalid) else refusal.status
            return self.answer(form, current_draft(), typed, status=status)
        return HttpResponseRedirect(reverse("rulebook:weights"))

    def write(self, form: DraftForm, typed: dict[str, str], *, publish: bool) -> None:
        given = form.cleaned_data
        draft = services.change_draft(
            actor=self.request.user,
            changes=typed,
            effective_on=given["effective_on"],
            reason=given["reason"],
            version=given["version"],
        )
        if publish:
            draft = services.publish_version(actor=self.request.user, draft=draft)
            messages.success(
                self.request,
                _("%(version)s is in force from %(day)s.")
                % {"version": draft, "day": draft.effective_on},
            )

    def initial(self, draft: Version | None) -> dict[str, Any]:
        if draft is None:
            return {"effective_on": next_quarter()}
        return {
            "effective_on": draft.effective_on or next_quarter(),
            "reason": draft.reason,
            "version": draft.version,
        }

    def answer(
        self, form: DraftForm, draft: Version | None, typed: dict[str, str], *, status: int = 200
    ) -> HttpResponse:
        in_force = version_on()
        base = draft.based_on if draft else in_force
        rules = rules_of(base)
        groups = weights.groups(rules, draft, typed)
        combine = rules.appraisal.combine
        stored = draft.changes if draft else {}
        context = {
            "form": form,
            "draft": draft,
            "in_force": in_force,
            "groups": groups,
            "changed": [row for group in groups for row in group.rows if row.changed],
            "steps": self.steps(form, groups),
            "team_share": typed.get(
                weights.TEAM_SHARE, stored.get(weights.TEAM_SHARE, combine.team_share.value)
            ),
            "team_share_path": weights.TEAM_SHARE,
            "share_source": combine.team_share.source,
            "needs_approval": bool(rules.policy.amendment_chain.value),
        }
        context["ready"] = all(step["met"] for step in context["steps"])
        return self.draw(context, status=status)

    def steps(self, form: DraftForm, groups: list[weights.Group]) -> list[dict[str, Any]]:
        """What stands between the draft and its publication."""
        begins = form["effective_on"].value()
        reason = (form["reason"].value() or "").strip()
        steps: list[dict[str, Any]] = [
            {
                "met": group.holds,
                "text": group.sentence or _("%(set)s adds up") % {"set": group.label},
            }
            for group in groups
        ]
        changed = any(row.changed for group in groups for row in group.rows)
        steps += [
            step(bool(begins), _("The first day is chosen"), _("Choose the first day")),
            step(bool(reason), _("The reason is written"), _("Write why the rules change")),
            step(changed, _("Something changes"), _("Nothing is changed yet")),
        ]
        return steps


def step(met: bool, done: str, missing: str) -> dict[str, Any]:
    """One line of the list before publishing."""
    return {"met": met, "text": done if met else missing}


def next_quarter() -> Any:
    """The first day of the next quarter: a change then touches no running cycle."""
    return worktime.Period.containing("quarter", worktime.today()).next().start


class DiscardDraft(Screen):
    """Gives the draft up."""

    gate = May("edit", Version)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.find(Version, pk)
        services.discard_draft(actor=request.user, draft=draft)
        messages.success(request, _("The draft is given up."))
        return HttpResponseRedirect(reverse("rulebook:weights"))


class Regulation(Screen):
    """Everything the rulebook says, by section; readable for all it binds (A-1.2)."""

    gate = May("view", Version)
    template = "rulebook/regulation.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        version = version_on()
        sections: dict[str, list[Any]] = {}
        for one in rules_of(version).parameters():
            sections.setdefault(one.section, []).append(one)
        wanted = request.GET.get("source", "")
        shown = [
            {"key": key, "rows": [row for row in rows if not wanted or row.source == wanted]}
            for key, rows in sections.items()
        ]
        return self.draw(
            {
                "version": version,
                "sections": [section for section in shown if section["rows"]],
                "wanted": wanted,
                "versions": Version.objects.published().order_by("-effective_on", "-number"),
                "may_edit": access.can(request.user, "edit", Version),
            }
        )


class VersionDetail(DetailPage):
    """One version: who published it, from when, and what it changed."""

    model = Version
    template = "rulebook/version.html"

    def context(self, record: Version) -> dict[str, Any]:
        base = rules_of(record.based_on) if record.based_on else None
        stored = {one.path: one for one in base.parameters()} if base else {}
        rows = [
            {"label": stored[path].label, "before": stored[path].value, "after": value}
            for path, value in record.changes.items()
            if path in stored
        ]
        return {"rows": rows}
