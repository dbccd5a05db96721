"""Pages of changes of staff."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from expansion import access, clock
from expansion.approvals.selectors import latest
from expansion.office.forms_personnel import ChangeForm, ReturnedForm
from expansion.office.models import PersonnelChange
from expansion.office.services import changes, effects
from expansion.office.tables_personnel import CHANGES, change_badge, with_places
from expansion.office.timeline import happened
from expansion.office.views.personnel import BackToList, tabs
from expansion.people.selectors import active_people, seats_read_once
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage

Stand = PersonnelChange.Status
WAY = (Stand.PROPOSED, Stand.APPROVED, Stand.EFFECTIVE)
STEPS = {
    Stand.PROPOSED: pgettext_lazy("step", "Proposed"),
    Stand.APPROVED: pgettext_lazy("step", "Approved"),
    Stand.EFFECTIVE: pgettext_lazy("step", "In effect"),
}


class ChangeList(ListPage):
    """Open to everybody: here stands what was approved about oneself."""

    gate = SIGNED_IN
    listing = CHANGES
    template = "office/personnel_list.html"
    create_route = "office:change-create"
    create_label = lazy("New change")
    export_route = "transfer:export-create"
    empty = {
        "icon": "user-cog",
        "title": lazy("No changes of staff"),
        "text": lazy(
            "Transfers, rotations, demotions and dismissals are proposed here; a hire is proposed "
            "at the chosen candidate."
        ),
    }

    def context(self, page: Any) -> dict[str, Any]:
        return super().context(page) | {"tabs": tabs(self.request.user, PersonnelChange)}


class OfChange:
    model = PersonnelChange

    def records(self) -> QuerySet[PersonnelChange]:
        found = with_places(PersonnelChange.objects.all())
        return found.select_related(
            "handover", "candidate__opening__team", "candidate__opening__post"
        )


class ChangeDetail(OfChange, DetailPage):
    template = "office/change.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        with seats_read_once():
            active_people()  # The panel names whoever holds a step: all seats are read at once.
            return super().get(request, pk)

    def context(self, record: PersonnelChange) -> dict[str, Any]:
        person, request = self.request.user, latest(record)
        inside = request is not None and access.can(person, "view", request)
        due = record.status == Stand.APPROVED and record.effective_on <= clock.today()
        return {
            "badge": change_badge(record),
            "steps": steps(record),
            "facts": facts(record),
            "inside": inside,
            "due": due,
            "may_effect": due and access.can(person, "effect", record),
            "may_edit": access.can(person, "edit", record),
            "may_withdraw": access.can(person, "withdraw", record),
            "candidate": self.shown(record.candidate),
            "handover": self.shown(record.handover),
            "entries": happened(record, decisions=False) if inside else [],
        }

    def shown(self, linked: Any) -> Any:
        """What the change is linked with, for whoever sees that."""
        return linked if linked and access.can(self.request.user, "view", linked) else None


def facts(record: PersonnelChange) -> list[dict[str, Any]]:
    """From where to where, and when; what is empty is left out."""
    from_ = _(", ").join(f"{seat.unit} · {seat.post}" for seat in record.seats.all())
    to = f"{record.to_unit} · {record.to_post}" if record.to_unit else ""
    rows = [
        (_("Kind"), record.get_kind_display()),
        (_("Posts given up"), from_),
        (_("Post taken up"), to),
        (_("Effective on"), formats.day_as("full", record.effective_on)),
        (_("Proposed by"), record.owner.name),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def steps(record: PersonnelChange) -> list[dict[str, Any]]:
    """Proposed, approved, effective: how far it has come, or where it ended."""
    notes = {
        Stand.PROPOSED: formats.moment(record.created_at),
        Stand.APPROVED: formats.moment(record.approved_at) if record.approved_at else "",
        Stand.EFFECTIVE: formats.moment(record.effective_at) if record.effective_at else "",
    }
    if record.status in (Stand.RETURNED, Stand.REJECTED, Stand.WITHDRAWN):
        ended = {"label": record.get_status_display(), "state": "back"}
        reached = [Stand.PROPOSED] + ([Stand.APPROVED] if record.approved_at else [])
        return [_step(one, "done", notes[one]) for one in reached] + [ended]
    at = WAY.index(Stand(record.status))
    states = ["done" if number <= at else "next" for number in range(len(WAY))]
    if at + 1 < len(WAY):
        states[at + 1] = "now"
    return [_step(one, state, notes[one]) for one, state in zip(WAY, states, strict=True)]


def _step(status: Stand, state: str, note: str) -> dict[str, Any]:
    return {"label": STEPS[status], "state": state, "note": note}


class ChangeCreate(BackToList, FormPage):
    list_route = "office:change-list"
    model = PersonnelChange
    form = ChangeForm
    title = lazy("New change of staff")
    note = lazy(
        "The chain of the regulation decides. The person concerned learns of it once it is "
        "approved."
    )
    verb = lazy("Propose it")
    done = lazy("Proposed; those who decide are told.")

    def service(self, **values: Any) -> PersonnelChange:
        return changes.propose_change(rules=rules_on(), **values)


class ChangeEdit(OfChange, FormPage):
    form = ReturnedForm
    action = "edit"
    title = lazy("Put the change right")
    done = lazy("Saved; submit it again when it is right.")

    def service(self, **values: Any) -> PersonnelChange:
        return changes.update_change(**values)


class ChangeSubmit(OfChange, ActPage):
    action = "submit"
    form = ServiceForm
    title = lazy("Submit again")
    verb = lazy("Submit")
    done = lazy("Submitted for approval")

    def service(self, **values: Any) -> PersonnelChange:
        return changes.submit_change(rules=rules_on(), **values)


class ChangeWithdraw(OfChange, ActPage):
    action = "withdraw"
    form = ReasonForm
    danger = True
    title = lazy("Call the change off")
    verb = lazy("Call it off")
    done = lazy("Called off")

    def service(self, **values: Any) -> PersonnelChange:
        return changes.withdraw_change(**values)


class ChangeEffect(OfChange, ActPage):
    action = "effect"
    form = ServiceForm
    title = lazy("Let it take effect")
    verb = lazy("Take effect now")
    done = lazy("The change is in effect.")

    def service(self, **values: Any) -> PersonnelChange:
        return effects.make_effective(**values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return super().context(form) | {
            "note": WHAT_FOLLOWS[PersonnelChange.Kind(self.record.kind)]
        }


MOVED = lazy("The posts given up end yesterday, the new one begins today; rights follow from it.")
WHAT_FOLLOWS = {
    PersonnelChange.Kind.HIRE: lazy(
        "The account is made, invited and seated; an administrator makes the link that opens it."
    ),
    PersonnelChange.Kind.TRANSFER: MOVED,
    PersonnelChange.Kind.ROTATION: MOVED,
    PersonnelChange.Kind.DEMOTION: MOVED,
    PersonnelChange.Kind.DISMISSAL: lazy(
        "A handover is opened; posts and account end when HR closes it."
    ),
}
