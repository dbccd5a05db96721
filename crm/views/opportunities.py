"""Pages of opportunities: list, board, one opportunity with its gate."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import board, forms_leads, pipelines, tables_leads
from crm.authority import require_authority
from crm.funnel import Sums, by_pipeline, counted, summed, sums_label
from crm.models import Opportunity
from crm.pipelines import pipeline_of
from crm.requirements import Requirements, sentence
from crm.selectors_authority import authority_of
from crm.services import opportunities
from crm.tables import label_in
from crm.tables_leads import days_in_stage, opportunity_badge, stage_label
from expansion import access
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on, version_on
from expansion.ui.forms import ReasonForm, ServiceForm, new_key
from expansion.ui.pages import ActPage, BoardPage, DetailPage, FormPage, ListPage


def segments(current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Board"),
            "url": reverse("crm:board"),
            "icon": "layout-kanban",
            "active": current == "board",
        },
        {
            "label": _("List"),
            "url": reverse("crm:opportunity-list"),
            "icon": "table",
            "active": current == "list",
        },
    ]


class OpportunityList(ListPage):
    listing = tables_leads.OPPORTUNITIES
    export_route = "transfer:export-create"
    template = "crm/opportunity_list.html"
    create_route = "crm:opportunity-create"
    create_label = lazy("New opportunity")
    empty = {
        "icon": "layout-kanban",
        "title": lazy("No opportunities yet"),
        "text": lazy("Open the first one, or make one of a lead."),
    }

    def records(self):
        return Opportunity.objects.live()

    def context(self, page) -> dict[str, Any]:
        return {**super().context(page), "segments": segments("list")}


def board_url(pipeline: str) -> str:
    """The board of one pipeline; where there is one only, the address needs no word of it."""
    address = reverse("crm:board")
    return f"{address}?{urlencode({'pipeline': pipeline})}" if pipelines.several() else address


class Board(BoardPage):
    """The open opportunities in the stages of the rulebook, those that stand longest first.

    One pipeline at a time: the one asked for, else that of the person's own team.
    """

    model = Opportunity
    template = "crm/board.html"
    fragment = ""

    def context(self) -> dict[str, Any]:
        listing = tables_leads.OPPORTUNITIES
        return {
            "segments": segments("board"),
            "views": self._views(listing),
            "ways": self._ways(),
            "totals": sums_label(self.sums),
            "may_create": access.can(self.request.user, "create", Opportunity),
            "create_url": f"{reverse('crm:opportunity-create')}{self._query().rstrip('?')}",
            "open_count": counted(self.sums),
        }

    def columns(self) -> list[dict[str, Any]]:
        person, view = self.request.user, self._view()
        visible = view.narrow(board.open_ones(person), person) if view else None
        self.all_sums = (
            board.sums_of_everything(person) if visible is None else by_pipeline(summed(visible))
        )
        self.listed = {one.key: one for one in pipelines.walked()}
        self.ways = [*self.listed, *(key for key in self.all_sums if key not in self.listed)]
        self.pipeline = self._pipeline()
        self.sums: Sums = self.all_sums.get(self.pipeline, {})
        found = (
            board.firsts_of_everything(person, self.pipeline)
            if visible is None
            else list(board.firsts(visible, self.pipeline))
        )
        cards = board.columns(found)
        pipeline = self.listed.get(self.pipeline)
        stages = pipeline.open_stages if pipeline else ()
        known = [stage.key for stage in stages]
        names = {one.stage: stage_label(one) for one in found if one.stage not in known}
        dropped = [(key, names.get(key, key), ()) for key in self.sums if key not in known]
        listed = [(stage.key, stage.label(), stage.requires.value) for stage in stages]
        return [
            self._column(key, label, required, cards[key])
            for key, label, required in [*dropped, *listed]
        ]

    def _pipeline(self) -> str:
        """The one asked for, also one that the rulebook dropped while work still walks it."""
        wanted = self.request.GET.get("pipeline", "")
        return wanted if wanted in self.ways else pipelines.usual(self.request.user).key

    def _ways(self) -> list[dict[str, Any]]:
        """The switch between pipelines; none where there is but one."""
        view = self._view()
        return [
            {
                "label": label_in(self.listed.values(), key),
                "url": self._query(pipeline=key, view=view.key if view else ""),
                "active": key == self.pipeline,
            }
            for key in (self.ways if len(self.ways) > 1 else ())
        ]

    def _query(self, pipeline: str = "", view: str = "") -> str:
        """The words of an address on this board; only what differs from the plain board."""
        pipeline = pipeline or (self.pipeline if len(self.ways) > 1 else "")
        words = {"pipeline": pipeline, "view": view}
        return f"?{urlencode({name: word for name, word in words.items() if word})}"

    def _column(
        self, key: str, label: str, required: tuple[str, ...], cards: list[SafeString]
    ) -> dict[str, Any]:
        count, sums = self.sums.get(key, (0, {}))
        return {
            "key": key,
            "label": label,
            "gate": _(", ").join(sentence(one) for one in required),
            "count": count,
            "sums": sums_label({key: (count, sums)}),
            "cards": cards,
            "more": count - len(cards),
            "more_url": f"{reverse('crm:opportunity-list')}{self._query(view='open')}&stage={key}",
        }

    def _view(self):
        wanted = self.request.GET.get("view", "")
        views = tables_leads.OPPORTUNITIES.views
        return next((view for view in views if view.key == wanted), None)

    def _views(self, listing) -> list[dict[str, Any]]:
        current = self._view()
        every = {"label": _("All open"), "url": self._query(), "active": current is None}
        others = [
            {"label": view.label, "url": self._query(view=view.key), "active": view is current}
            for view in listing.views
            if view.key != "open"
        ]
        return [every, *others]


class OpportunityDetail(DetailPage):
    model = Opportunity
    template = "crm/opportunity.html"

    def records(self):
        found = Opportunity.objects.live()
        return found.select_related("client__owner", "owner", "team", "rules_version", "lead")

    def context(self, record: Opportunity) -> dict[str, Any]:
        person = self.request.user
        pipeline = pipeline_of(record)
        stages = pipeline.open_stages
        keys = [stage.key for stage in stages]
        place = keys.index(record.stage) if record.stage in keys else -1
        following = stages[place + 1] if record.is_open and place + 1 < len(stages) else None
        return {
            "badge": opportunity_badge(record),
            "pipeline": pipeline.label() if pipelines.several() else "",
            "board_url": board_url(record.pipeline),
            "stage": stage_label(record),
            "days": days_in_stage(record),
            "steps": steps(stages, place),
            "following": following,
            "gate": gate(record, following.key) if following else [],
            "last": place == len(stages) - 1,
            "is_open": record.is_open,
            "moves": moves(record, stages),
            "may_edit": access.can(person, "edit", record),
            **authority_of(person, record, "edit", rules_on()),
            "key": new_key(),
        }


def steps(stages: Any, place: int) -> list[dict[str, Any]]:
    return [
        {
            "label": stage.label(),
            "state": "done" if number < place else "now" if number == place else "next",
        }
        for number, stage in enumerate(stages)
    ]


def gate(one: Opportunity, stage: str) -> list[dict[str, Any]]:
    """Each requirement of a stage and whether the client meets it."""
    asked = Requirements(pipeline_of(one), [one.client_id])
    missing = set(asked.missing(stage, one.client_id))
    return [{"text": sentence(key), "met": key not in missing} for key in asked.required(stage)]


def moves(one: Opportunity, stages: Any) -> list[dict[str, Any]]:
    labels = {stage.key: stage.label() for stage in stages}
    return [
        {
            "move": move,
            "before": labels.get(move.from_stage, move.from_stage),
            "after": labels.get(move.to_stage, move.to_stage),
        }
        for move in one.moves.select_related("by").order_by("-pk")
    ]


class OpportunityForm(FormPage):
    model = Opportunity
    form = forms_leads.OpportunityForm

    def records(self):
        return Opportunity.objects.live()


class OpportunityCreate(OpportunityForm):
    title = lazy("New opportunity")
    done = lazy("Opportunity saved")

    def service(self, **values: Any) -> Opportunity:
        return opportunities.create_opportunity(rules_version=version_on(), **values)


class OpportunityEdit(OpportunityForm):
    action = "edit"
    title = lazy("Edit opportunity")
    done = lazy("Opportunity saved")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        opportunities.require_open(self.record)

    def service(self, **values: Any) -> Opportunity:
        return opportunities.update_opportunity(**values)


class OpportunityAct(ActPage):
    model = Opportunity

    def records(self):
        return Opportunity.objects.live().select_related("client__owner", "rules_version")


class OpportunityMove(OpportunityAct):
    """Moves to a stage: a card dropped on the board, the button, or the form that asks why."""

    form = forms_leads.MoveForm
    title = lazy("Move opportunity")
    verb = lazy("Move")
    done = lazy("Moved")

    def make_form(self, **given: Any) -> ServiceForm:
        person: User = self.request.user
        may_override = access.can(person, "override", self.record)
        return self.form(person=person, record=self.record, may_override=may_override, **given)

    def post(self, request: HttpRequest, pk: int | None = None, **kwargs: Any):
        """A dropped card carries no key: moving it to where it stands changes nothing anyway."""
        if not request.POST.get("request_id"):
            request.POST = request.POST.copy()
            request.POST["request_id"] = new_key()
        return super().post(request, pk, **kwargs)

    def service(self, **values: Any) -> Opportunity:
        return opportunities.move_opportunity(**values)

    def success_url(self, record: Opportunity) -> str:
        on_board = "board" in self.request.POST
        return board_url(record.pipeline) if on_board else record.get_absolute_url()


class OpportunityClose(OpportunityAct):
    """Who may not close it reads so before anything is typed."""

    losing = False

    def load(self, pk: int | None) -> None:
        super().load(pk)
        person, deal = self.request.user, self.record
        if deal.is_open:
            require_authority(person, "edit", deal, rules_on(), losing=self.losing)


class OpportunityWin(OpportunityClose):
    form = forms_leads.CloseForm
    title = lazy("Close as won")
    verb = lazy("Won")
    done = lazy("Closed as won")

    def service(self, **values: Any) -> Opportunity:
        return opportunities.win_opportunity(**values)


class OpportunityLose(OpportunityClose):
    losing = True
    form = ReasonForm
    title = lazy("Close as lost")
    verb = lazy("Lost")
    done = lazy("Closed as lost")

    def service(self, **values: Any) -> Opportunity:
        return opportunities.lose_opportunity(**values)


class OpportunityReopen(OpportunityAct):
    form = ReasonForm
    title = lazy("Take up again")
    verb = lazy("Take up again")
    done = lazy("Taken up again")

    def service(self, **values: Any) -> Opportunity:
        return opportunities.reopen_opportunity(**values)
