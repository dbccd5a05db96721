"""Client files, leads and the pipelines."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.models import Client, Contact, ContactPoint, Lead, Opportunity, StageMove
from crm.requirements import sentence
from expansion import clock, compliance
from expansion.approvals.wording import role_label
from expansion.compliance import (
    KEPT,
    Check,
    Fact,
    Instance,
    Listed,
    Query,
    Reach,
    Reminder,
    Screen,
    Span,
    numbers_by,
    state_of,
)
from expansion.people.models import Membership
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from expansion.rulebook.work import Pipeline
from expansion.worktime import before, deadline
from expansion.worktime.compliance import Interval

_people = Contact.objects.filter(client=OuterRef("pk"), deleted_at=None)
# What fills a field of the rulebook's `crm.lead_fields`; those not named have no column yet.
FILLED = {
    "name": ~Q(name=""),
    "company": ~Q(name=""),
    "contact_person": Exists(_people.exclude(name="")),
    "contact": Exists(ContactPoint.objects.filter(client=OuterRef("pk"), contact__deleted_at=None)),
    "industry": ~Q(industry=""),
    "size": Q(size__isnull=False),
    "property_type": ~Q(industry=""),
    "business_scope": ~Q(business_scope=""),
    "preferences": ~Q(preferences=""),
}


def files_filled_in(rules: Rules, clause: str) -> Listed:
    """Clients contacted for the first time: kept where the listed fields are filled in (B-4.1.1).

    Each is due within the limit of a record after a contact. The file is read as it stands now.
    """
    wanted = [FILLED[item.key] for item in offered(rules.crm.lead_fields) if item.key in FILLED]
    return Listed(partial(filled_in, rules, wanted))


def filled_in(rules: Rules, wanted: list[Any], reach: Reach, span: Span) -> Iterator[Instance]:
    """The files of clients contacted for the first time, by whether all that is wanted is there."""
    interval = Interval(rules.sla.visit_feedback.value, rules.working_time.as_calendar())
    begun = Client.objects.live().filter(
        reach.of("owner", "team"), first_contact_on__range=(interval.begins(span), span.last)
    )
    filled = set(begun.filter(*wanted).values_list("pk", flat=True))
    for client in begun.only("name", "owner", "first_contact_on"):
        due = interval.after(client.first_contact_on)
        if due and span.has(due):
            state = KEPT if client.pk in filled else state_of(due, None)
            yield Instance(client, client.owner_id, due, None, state)


def _asked_for(rules: Rules, clause: str) -> list[Pipeline]:
    """The pipelines that a clause describes; where none is its own, all that opportunities walk."""
    walked = rules.walked_by("opportunities")
    return [one for one in walked if one.clause == clause] or [*walked]


def stages_in_order(rules: Rules, clause: str) -> Query:
    """Moves forward in a pipeline: kept where nothing that the stage asks for was missing.

    What the manager let pass all the same is broken (C-3.2.1, E2-15, E4-10).
    """
    keys = [one.key for one in _asked_for(rules, clause)]
    forward = StageMove.objects.filter(
        back=False, opportunity__deleted_at=None, opportunity__pipeline__in=keys
    )
    return Query(
        forward.exclude(from_stage="").select_related("opportunity"),
        person="by_id",
        team="opportunity__team_id",
        due="at",
        done="at",
        kept=Q(missing=[]),
        record="opportunity",
    )


def needs_analysed(rules: Rules, clause: str) -> Listed:
    """Needs received: kept where each was taken on to its analysis within the limit (E7-3.1).

    A need is an opportunity in the pipeline of the clause, received when it was opened; lost before
    anybody took it on it is no case.
    """
    calendar, limit = rules.working_time.as_calendar(), rules.sla.need_analysis.value
    keys = [one.key for one in rules.walked_by("opportunities") if one.clause == clause]
    forward = StageMove.objects.filter(opportunity=OuterRef("pk"), back=False)
    taken_on = forward.exclude(from_stage="").order_by("at").values("at")[:1]

    def find(reach: Reach, span: Span) -> Iterator[Instance]:
        first, end = span.moments
        received = Opportunity.objects.live().filter(
            reach.of("owner", "team"),
            pipeline__in=keys,
            created_at__gte=before(first, limit, calendar) - timedelta(days=1),
            created_at__lt=end,
        )
        needs = received.annotate(taken_on=Subquery(taken_on)).select_related("client")
        for need in needs.exclude(status=Opportunity.Status.LOST, taken_on=None).order_by():
            due = deadline(need.created_at, limit, calendar)
            if due and span.has(due):
                state = state_of(due, need.taken_on)
                yield Instance(need, need.owner_id, due, need.taken_on, state)

    return Listed(find)


def sources(rules: Rules) -> Iterator[str]:
    """By which ways clients are won, and how many came by each."""
    numbers = numbers_by(Client.objects.live(), "source")
    for item in rules.crm.sources:
        number = numbers[item.key]
        words = ngettext("%(name)s: %(count)d client", "%(name)s: %(count)d clients", number)
        yield words % {"name": item.label(), "count": number}


def lead_conditions(rules: Rules) -> Iterator[str]:
    """By which conditions a lead is effective, and how many leads are."""
    test = rules.crm.effective_lead
    if not test.enabled.value:
        yield gettext("Effective leads are not told apart.")
        return
    for one in test.conditions:
        words = _("Required: %(name)s") if one.required.value else _("Not required: %(name)s")
        yield str(words) % {"name": one.label()}
    number = Lead.objects.live().filter(status=Lead.Status.EFFECTIVE).count()
    yield ngettext(
        "%(count)d lead meets the conditions", "%(count)d leads meet the conditions", number
    ) % {"count": number}


def key_clients(rules: Rules) -> Iterator[str]:
    """To whom major clients belong, and how many are there."""
    role = rules.authority.major_client_owner.value
    held = Membership.objects.on(clock.today()).filter(user=OuterRef("owner"), post__role=role)
    major = Client.objects.live().filter(major=True)
    there = major.filter(Exists(held)).count()
    yield gettext("Major clients belong to: %(role)s") % {"role": role_label(role)}
    yield gettext("%(count)d of %(all)d major clients are there") % {
        "count": there,
        "all": major.count(),
    }


def return_visit_modes(rules: Rules) -> Iterator[str]:
    """By which ways a client may be visited again."""
    return (item.label() for item in offered(rules.crm.return_visit_modes))


def grades(rules: Rules) -> Iterator[str]:
    """How often the clients of each grade are visited, and how many there are."""
    numbers = numbers_by(Client.objects.live(), "grade")
    for one in rules.crm.grading.grades:
        limit = one.return_visit.value or rules.sla.return_visit.value
        yield gettext("%(grade)s: visited every %(limit)s, clients: %(count)d") % {
            "grade": one.label(),
            "limit": limit.label,
            "count": numbers[one.key],
        }


def stages(clause: str) -> Callable[[Rules], Iterator[str]]:
    """The stages of the pipelines of a clause in order, with what each needs."""

    def told(rules: Rules) -> Iterator[str]:
        for one in _asked_for(rules, clause):
            yield from _told(one)

    return told


def _told(pipeline: Pipeline) -> Iterator[str]:
    for place, stage in enumerate(pipeline.open_stages, start=1):
        needed = gettext(", ").join(sentence(key) for key in stage.requires.value)
        words = _("%(place)d. %(stage)s, needs: %(needed)s") if needed else "%(place)d. %(stage)s"
        yield str(words) % {"place": place, "stage": stage.label(), "needed": needed}


compliance.add(
    Check(
        "crm.files_filled_in",
        _("Client files filled in after the first contact"),
        files_filled_in,
        clauses=("B-4.1.1",),
        due=_("entry due"),
        settings=("sla.visit_feedback",),
        reads=("sla.visit_feedback", "crm.lead_fields", "working_time"),
    ),
    Check(
        "crm.stages_in_order",
        _("Stages entered with all that they need"),
        stages_in_order,
        clauses=("C-3.2.1", "E2-15", "E4-10"),
        due=_("moved"),
        done=_("moved"),
        by_clause=True,
    ),
    Check(
        "crm.needs_analysed",
        _("New needs analysed in time"),
        needs_analysed,
        clauses=("E7-3.1",),
        due=_("analysis due"),
        done=_("taken on"),
        settings=("sla.need_analysis",),
        reads=("sla.need_analysis", "working_time"),
        reminder=Reminder(
            "needs",
            "crm.need",
            _("analysis of {record}"),
            lambda count: ngettext(
                "%(count)s analysis of a need", "%(count)s analyses of needs", count
            ),
        ),
    ),
    Fact("crm.sources", sources, ("A-2.2.4b", "D-2.1.2a", "E6-6.2")),
    Fact("crm.lead_conditions", lead_conditions, ("E11-2.3.2",)),
    Fact("crm.key_clients", key_clients, ("B-2.2.1d",)),
    Fact("crm.return_visit_modes", return_visit_modes, ("B-4.2.4b",)),
    Fact("crm.grades", grades, ("B-4.3.2",)),
    *(Fact("crm.stages", stages(one), (one,)) for one in ("C-3.2.1", "E2-15", "E4-10", "E7-3.1")),
    Screen(
        "crm:client-list",
        _("Clients"),
        (
            *("A-2.2.4b", "A-3.2.1a", "A-3.2.1b", "B-2.2.1d", "B-2.2.2b", "B-4.1.1", "B-4.1.4"),
            *("B-4.3.2", "C-2.2.1", "D-2.1.2a", "D-2.1.2b", "D-2.2.1b", "D-2.2.2b", "E1-8"),
            *("E3-2.1", "E4-6.2", "E5-16", "E6-6.2", "E6-6.4", "E9-4.2b"),
        ),
    ),
    Screen(
        "crm:lead-list",
        _("Leads and pool"),
        (
            *("C-2.2.1", "C-3.2.1", "E1-8", "E5-16", "E6-6.3"),
            *("E11-2.1.1.2", "E11-2.3.2", "E11-2.3.3"),
        ),
    ),
    Screen(
        "crm:board",
        _("Pipeline board"),
        (
            *("A-3.2.5a", "B-3.1.4a", "C-3.2.1", "C-5.2.1", "D-2.1.3b", "E2-15", "E4-10"),
            *("E7-3.1", "E7-3.2"),
        ),
    ),
)
