"""Pages of one person's appraisal: result, self-review, evaluation, adjustment."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import forms, tables
from appraisal.desk import explaining
from appraisal.desk.score import ScorePage
from appraisal.models import Appeal, Cycle, Participant, Review
from appraisal.selectors import appeals_known_today
from appraisal.services import results, reviews
from expansion import access
from expansion.errors import NotNow
from expansion.ui.pages import ActPage, DetailPage, ListPage, posted, shown, take_over


def list_tabs(person: Any, active: str) -> list[dict[str, Any]]:
    """The pages of this app that a person has business on."""
    offered = [
        ("mine", _("My scores"), "/appraisal/", True),
        (
            "evaluations",
            _("Evaluations"),
            "/appraisal/evaluations/",
            Participant.objects.filter(superior=person).exists(),
        ),
        ("cycles", _("Cycles"), "/appraisal/cycles/", access.can(person, "view", Cycle)),
        (
            "appeals",
            _("Appeals"),
            "/appraisal/appeals/",
            appeals_known_today() or Appeal.objects.filter(owner=person).exists(),
        ),
        ("trial", _("Trial calculator"), "/appraisal/trial", True),
    ]
    return [
        {"label": label, "url": url, "active": key == active}
        for key, label, url, allowed in offered
        if allowed
    ]


class TabbedList(ListPage):
    """A list of this app under its common tabs."""

    template = "appraisal/list.html"
    tab = ""

    def context(self, page: Any) -> dict[str, Any]:
        return super().context(page) | {"tabs": list_tabs(self.request.user, self.tab)}


class Mine(TabbedList):
    listing = tables.MINE
    tab = "mine"
    empty = {
        "icon": "trophy",
        "title": gettext_lazy("No appraisal yet"),
        "text": gettext_lazy("The first one opens on the first working day after the quarter."),
    }

    def records(self):
        return Participant.objects.filter(owner=self.request.user)


class Evaluations(TabbedList):
    listing = tables.EVALUATIONS
    tab = "evaluations"
    empty = {
        "icon": "clipboard-text",
        "title": gettext_lazy("Nobody to evaluate"),
        "text": gettext_lazy("People whose superior you are stand here once a cycle is open."),
    }

    def records(self):
        return Participant.objects.filter(superior=self.request.user)


class ScoreDetail(DetailPage):
    """The result with its arithmetic; `?indicator=key` opens the drawer."""

    model = Participant
    template = "appraisal/score.html"

    def records(self):
        return Participant.objects.complete()

    def context(self, record: Participant) -> dict[str, Any]:
        page = ScorePage(self.request.user, record, self.request.GET)
        return {"page": page, "form": forms.AppealForm(person=self.request.user)}


class StatedAct(ActPage):
    """An act that says on opening what its service would refuse, so that nobody fills a form which
    cannot be saved."""

    def allowed_now(self) -> None:
        """Raises NotNow where the state of the record does not allow the act."""

    def get(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        self.load(pk)
        try:
            self.allowed_now()
        except NotNow as refusal:
            self.template = "appraisal/closed.html"
            return self.draw({"record": self.record, "title": self.title, "why": refusal.message})
        return self.answer(self.make_form(initial=self.initial()))


class ParticipantAct(StatedAct):
    model = Participant

    def records(self):
        return Participant.objects.complete()


class ReviewPage(ParticipantAct):
    """Self-review and evaluation share their form; saving keeps a draft, submitting locks it."""

    form = forms.ReviewForm
    template = "appraisal/review.html"
    party = ""

    def allowed_now(self) -> None:
        kept = self._kept()
        if kept is None or not kept.submitted:  # what is submitted stays readable here
            reviews.written_now(self.record, self.party)

    def make_form(self, **given: Any) -> forms.ReviewForm:
        kept = self._kept()
        form = self._form(kept, **given)
        if kept and kept.submitted and not form.is_bound:
            for name in form.names:
                form.fields[name].disabled = True
        return form

    def _form(self, kept: Review | None, **given: Any) -> forms.ReviewForm:
        return self.form(
            person=self.request.user,
            participant=self.record,
            review=kept if kept and self._reads(kept) else None,
            stored=kept.version if kept else 0,
            **given,
        )

    def _kept(self) -> Review | None:
        return Review.objects.filter(participant=self.record, party=self.party).first()

    def _reads(self, kept: Review) -> bool:
        """A draft is its writer's alone, also where another writes the form after."""
        return kept.submitted or kept.by == self.request.user

    def differences(self, form: Any) -> list[dict[str, Any]]:
        """By the form that is kept, whose version it is, not the appraisal's; field by field."""
        kept = self._kept()
        form.data = form.data.copy()
        form.data["version"] = str(kept.version if kept else 0)
        if kept is None or not self._reads(kept):
            return []
        current, touched, found = self.make_form(), set(form.changed_data), []
        for name in form.names:
            theirs, yours = current[name], form[name]
            if not form.fields[name].has_changed(theirs.value(), yours.value()):
                continue
            found.append(
                {
                    "name": name,
                    "label": form.label_of(name),
                    "theirs": shown(theirs),
                    "yours": shown(yours),
                    "theirs_value": posted(theirs),
                    "yours_value": posted(yours),
                    "touched": name in touched,
                }
            )
            if name not in touched:
                take_over(form, current, name)
        return found

    def write(self, form: Any) -> Any:
        version = form.cleaned_data.get("version")
        return self.service(
            actor=self.request.user, record=self.record, version=version, **form.values()
        )

    def context(self, form: Any) -> dict[str, Any]:
        page = ScorePage(self.request.user, self.record, {})
        rows = {row.get("key"): row for block in page.blocks for row in block["rows"]}
        shown = [{**row, "figure": rows.get(row["indicator"].key)} for row in form.rows]
        kept = self._kept()
        return super().context(form) | {
            "page": page,
            "submitted_at": kept.submitted_at if kept and not form.is_bound else None,
            "rows": shown,
            "own": page.reviews.get(Review.Party.SELF) if self.party != Review.Party.SELF else None,
            "self_ratings": {key: one for (by, key), one in page.ratings.items() if by == "self"},
        }


class SelfReview(ReviewPage):
    action = "self_review"
    party = Review.Party.SELF
    title = gettext_lazy("Self-review")
    done = gettext_lazy("Self-review saved")

    def service(self, **values: Any) -> Participant:
        return reviews.save_self_review(**values)


class Evaluation(ReviewPage):
    action = "evaluate"
    party = Review.Party.SUPERIOR
    done = gettext_lazy("Evaluation saved")

    def service(self, **values: Any) -> Participant:
        return reviews.save_evaluation(**values)

    @property
    def title(self) -> str:
        return explaining.evaluation(self.record.cycle.rules)

    def success_url(self, record: Participant) -> str:
        return "/appraisal/evaluations/"


class Adjust(ParticipantAct):
    action = "review"
    form = forms.AdjustForm
    title = gettext_lazy("Adjust the score")
    verb = gettext_lazy("Adjust")
    done = gettext_lazy("Score adjusted")

    def allowed_now(self) -> None:
        results.open_result(self.record)

    def service(self, **values: Any) -> Participant:
        return results.adjust_result(**values)


class Fix(ParticipantAct):
    action = "review"
    form = forms.PlainForm
    title = gettext_lazy("Fix the score")
    verb = gettext_lazy("Fix")
    done = gettext_lazy("Score fixed")

    def allowed_now(self) -> None:
        results.result_to_fix(self.record)

    def service(self, **values: Any) -> Participant:
        return results.fix_result(**values)

    def success_url(self, record: Participant) -> str:
        return record.cycle.get_absolute_url()


class Acknowledge(ParticipantAct):
    action = "acknowledge"
    form = forms.PlainForm
    title = gettext_lazy("Confirm the result")
    verb = gettext_lazy("Confirm the result")
    done = gettext_lazy("Result confirmed")

    def allowed_now(self) -> None:
        results.delivered(self.record)

    def service(self, **values: Any) -> Participant:
        return results.acknowledge_result(**values)
