"""Pages of candidates: seen by the manager and by HR alone."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as lazy

from expansion import access
from expansion.office.forms_personnel import CandidateForm, DecisionForm, HireForm, RatingForm
from expansion.office.models import Candidate, PersonnelChange
from expansion.office.selectors.personnel import average, criteria
from expansion.office.services import candidates, changes, forgetting
from expansion.office.tables_personnel import CANDIDATES, candidate_badge, change_badge
from expansion.office.timeline import happened
from expansion.office.views.personnel import BackToList, tabs
from expansion.rulebook.selectors import rules_on
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.gates import May
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage, Screen


class CandidateList(ListPage):
    listing = CANDIDATES
    template = "office/personnel_list.html"
    create_route = "office:candidate-create"
    create_label = lazy("New candidate")
    export_route = "transfer:export-create"
    empty = {
        "icon": "users",
        "title": lazy("No candidates yet"),
        "text": lazy("Whoever applies for an open opening is noted here, rated and decided on."),
    }

    def context(self, page: Any) -> dict[str, Any]:
        return super().context(page) | {"tabs": tabs(self.request.user, Candidate)}


class OfCandidate:
    model = Candidate

    def records(self) -> QuerySet[Candidate]:
        related = ("opening__team", "opening__post", "decided_by", "rules_version")
        return Candidate.objects.select_related(*related)


class CandidateDetail(OfCandidate, DetailPage):
    template = "office/candidate.html"

    def context(self, record: Candidate) -> dict[str, Any]:
        person = self.request.user
        hires = list(record.hires.select_related("person", "owner"))
        live = [one for one in hires if one.status in PersonnelChange.LIVE]
        return {
            "badge": candidate_badge(record),
            "criteria": criteria(record, rules_on()),
            "average": average(record),
            "hires": [{"change": one, "badge": change_badge(one)} for one in hires],
            "may_edit": access.can(person, "edit", record),
            "may_reveal": access.can(person, "reveal", record),
            "may_decide": access.can(person, "edit", record) and not live,
            "may_hire": self.may_hire(record, live),
            "may_forget": access.can(person, "erase", record) and not live,
            "entries": happened(record),
        }

    def may_hire(self, record: Candidate, live: list[PersonnelChange]) -> bool:
        chosen = record.decision == "chosen" and record.opening.status == "open"
        asked = chosen and not live and record.forgotten_at is None
        return asked and access.can(self.request.user, "create", PersonnelChange)


class CandidateWrite(FormPage):
    model = Candidate
    form = CandidateForm


class CandidateCreate(BackToList, CandidateWrite):
    list_route = "office:candidate-list"
    title = lazy("New candidate")
    done = lazy("Candidate noted")

    def service(self, **values: Any) -> Candidate:
        return candidates.add_candidate(**values)


class CandidateEdit(OfCandidate, CandidateWrite):
    action = "edit"
    title = lazy("Edit the candidate")
    done = lazy("Candidate saved")

    def service(self, **values: Any) -> Candidate:
        return candidates.update_candidate(**values)


class CandidateRate(OfCandidate, ActPage):
    form = RatingForm
    title = lazy("Rate the candidate")
    note = lazy("1 is weak, 5 is excellent. What you leave open stays as it was.")
    verb = lazy("Save the ratings")
    done = lazy("Ratings saved")

    def make_form(self, **given: Any) -> ServiceForm:
        person = self.request.user
        return RatingForm(person=person, candidate=self.record, rules=rules_on(), **given)

    def service(self, **values: Any) -> Candidate:
        return candidates.rate_candidate(rules=rules_on(), **values)


class CandidateDecide(OfCandidate, ActPage):
    form = DecisionForm
    title = lazy("Decide on the candidate")
    verb = lazy("Save the decision")
    done = lazy("Decision saved")

    def make_form(self, **given: Any) -> ServiceForm:
        return DecisionForm(person=self.request.user, candidate=self.record, **given)

    def service(self, **values: Any) -> Candidate:
        return candidates.decide_candidate(**values)


class CandidateForget(OfCandidate, ActPage):
    action = "erase"
    form = ReasonForm
    danger = True
    title = lazy("Forget this person")
    note = lazy(
        "Name, numbers, notes and reasons go for good, in the trail and in notices too. Ratings "
        "and decision stay without the person."
    )
    verb = lazy("Forget")
    done = lazy("Nothing personal is left of this candidate.")

    def service(self, **values: Any) -> Candidate:
        return forgetting.forget_candidate(**values)


class CandidateHire(OfCandidate, ActPage):
    """The proposal to hire; whoever may not propose is refused, whoever sees no candidate gets
    none."""

    action = "view"
    form = HireForm
    title = lazy("Propose to hire")
    note = lazy("The chain of the regulation decides; on the first day the account begins.")
    verb = lazy("Propose it")
    done = lazy("Proposed; those who decide are told.")

    def load(self, pk: int | None) -> None:
        self.record = self.find(self.records(), pk)
        access.require(self.request.user, "create", PersonnelChange)

    def make_form(self, **given: Any) -> ServiceForm:
        return HireForm(person=self.request.user, candidate=self.record, **given)

    def service(self, *, record: Candidate, **values: Any) -> PersonnelChange:
        return changes.propose_hire(rules=rules_on(), candidate=record, **values)


class CandidateReveal(Screen):
    """Shows number and address in full, once per press; the trail keeps who looked."""

    gate = May("reveal", Candidate)
    template = "office/candidate_contact.html"
    fragment = "office/_candidate_contact.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.find(Candidate.objects.select_related("opening"), pk)
        record = candidates.reveal_candidate(actor=request.user, record=found)
        return self.draw({"record": record, "shown": True})

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A reload of the revealed page shows nothing again."""
        return HttpResponseRedirect(self.find(Candidate, pk).get_absolute_url())
