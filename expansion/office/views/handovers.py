"""Pages of handovers: what is held, who takes it, what comes back."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.errors import Gone
from expansion.office.forms_handovers import CheckForm, DivideForm, HandoverForm, ThingForm
from expansion.office.models import Handover, HandoverItem, HandoverThing
from expansion.office.selectors.confidence import secrecy_after
from expansion.office.selectors.handovers import holdings, in_words, offered_to, parts
from expansion.office.services import handovers
from expansion.office.tables_handovers import HANDOVERS, status_badge
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.gates import SIGNED_IN, May
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage

MOST_SHOWN = 200


class HandoverList(ListPage):
    gate = SIGNED_IN
    listing = HANDOVERS
    create_route = "office:handover-create"
    create_label = lazy("New handover")
    empty = {
        "icon": "transfer",
        "title": lazy("Nobody hands over at present"),
        "text": lazy("Whoever leaves or moves hands over everything here, and gets it back once."),
    }


class HandoverCreate(FormPage):
    gate = May("create", Handover)
    model = Handover
    form = HandoverForm
    title = lazy("New handover")
    verb = lazy("Show what they hold")

    def service(self, **values: Any) -> Handover:
        return handovers.open_handover(**values)


class OfHandover:
    model = Handover

    def records(self) -> QuerySet[Handover]:
        return Handover.objects.select_related("person", "opened_by")


class HandoverDetail(OfHandover, DetailPage):
    template = "office/handover.html"

    def context(self, record: Handover) -> dict[str, Any]:
        person = self.request.user
        may_divide = access.can(person, "divide", record)
        own = list(offered_to(person, record)[:MOST_SHOWN])
        return {
            "badge": status_badge(record),
            "parts": parts(record),
            "things": record.things.select_related("returned_to"),
            "touched": list(record.items.filter(status=HandoverItem.Status.TOUCHED)[:MOST_SHOWN])
            if may_divide
            else [],
            "own": own,
            "own_words": in_words(own),
            "secrecy": secrecy_after(person, record.person),
            "may_divide": may_divide,
            "may_keep": access.can(person, "create", Handover)
            and record.status != Handover.Status.CLOSED,
            **self._acts(record, may_divide),
        }

    def _acts(self, record: Handover, may_divide: bool) -> dict[str, bool]:
        status, until = record.status, record.undoable_until
        moved = status == Handover.Status.MOVED and record.undone_at is None
        may_close = access.can(self.request.user, "close", record)
        return {
            "can_divide": may_divide and status == Handover.Status.OPEN,
            "can_undo": may_divide and moved and until is not None and clock.now() <= until,
            "can_check": may_divide and moved and record.checked_at is None,
            "can_close": may_close and moved and record.checked_at is not None,
        }


class Divide(OfHandover, ActPage):
    """One kind: some records, or all, for one receiver."""

    gate = SIGNED_IN
    action = "divide"
    form = DivideForm
    template = "office/handover_divide.html"
    verb = lazy("Give them to the receiver")
    done = lazy("Divided.")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        first = self.record.items.values_list("kind", flat=True).first() or holdings()[0].key
        wanted = self.request.GET.get("kind", first)
        found = next((one for one in holdings() if one.key == wanted), None)
        if found is None:
            raise Gone(_("There is nothing here for you at this address."))
        self.holding = found

    def make_form(self, **given: Any) -> ServiceForm:
        return DivideForm(
            person=self.request.user, handover=self.record, kind=self.holding.key, **given
        )

    def service(self, **values: Any) -> Handover:
        return handovers.divide(**values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        words = {"what": self.holding.label, "name": self.record.person.name}
        return super().context(form) | {"title": _("%(what)s of %(name)s") % words}


class Step(OfHandover, ActPage):
    """A step that needs no more than a yes."""

    gate = SIGNED_IN
    action = "divide"
    form = ServiceForm


class Offer(Step):
    title = lazy("Offer to the receivers")
    note = lazy("Each receiver gets one notice and accepts the own part at once.")
    verb = lazy("Offer it")
    done = lazy("Offered; the receivers are told.")

    def service(self, **values: Any) -> Handover:
        return handovers.offer(**values)


class Accept(Step):
    action = "view"
    title = lazy("Take over")
    verb = lazy("Take over")
    done = lazy("Taken over.")

    def service(self, **values: Any) -> Handover:
        return handovers.accept(**values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return super().context(form) | {"note": in_words(offered_to(form.person, self.record))}


class Decline(Step):
    action = "view"
    form = ReasonForm
    danger = True
    title = lazy("Do not take over")
    verb = lazy("Give it back")
    done = lazy("Given back; it is divided anew.")

    def service(self, **values: Any) -> Handover:
        return handovers.decline(**values)

    def success_url(self, record: Any) -> str:
        """It may not be this person's to read any more: back to what else is to be done then."""
        seen = access.can(self.request.user, "view", record)
        return record.get_absolute_url() if seen else reverse("home:todo")


class Undo(Step):
    danger = True
    title = lazy("Take the handover back")
    note = lazy("Every record that nobody has touched since goes back. This works once.")
    verb = lazy("Take it back")
    done = lazy("Taken back.")

    def service(self, **values: Any) -> Handover:
        return handovers.undo(**values)


class Check(Step):
    form = CheckForm
    title = lazy("Everything is handed over and back")
    verb = lazy("Checked")
    done = lazy("Checked; HR closes the handover.")

    def service(self, **values: Any) -> Handover:
        return handovers.check(**values)


class Close(Step):
    action = "close"
    danger = True
    title = lazy("Close the handover")
    note = lazy("The account ends with it: posts, sessions and tokens.")
    verb = lazy("Close it")
    done = lazy("Closed; the account has ended.")

    def service(self, **values: Any) -> Handover:
        return handovers.close(**values)


class ThingAdd(Step):
    action = "create"
    form = ThingForm
    title = lazy("Something that has to come back")
    verb = lazy("Add")

    def service(self, **values: Any) -> Handover:
        return handovers.add_thing(**values)


class ThingReturn(Step):
    action = "create"
    verb = lazy("It is back")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        thing = self.record.things.filter(pk=self.kwargs["thing"], returned_at=None).first()
        if thing is None:
            raise Gone(_("There is nothing here for you at this address."))
        self.thing: HandoverThing = thing

    def service(self, **values: Any) -> Handover:
        return handovers.return_thing(thing=self.thing, **values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        return super().context(form) | {"title": self.thing.label}
