"""What is done again and again: visits to clients, talks about leads, care of the files.

Of what was done only the time that the span needs is read, and the last time before it.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.models import Client, Communication, Contract, Lead, Visit
from expansion import clock, compliance
from expansion.audit.models import Entry
from expansion.compliance import Check, Instance, Listed, Reach, Reminder, Span
from expansion.rulebook.schema import Rules
from expansion.worktime.compliance import Interval

# The acts by which somebody renews a client's file (crm.services).
RENEWALS = ("crm.client.changed", "crm.contact.added", "crm.contact.changed", "crm.contact.removed")
Days = dict[int, list[date]]


def return_visits(rules: Rules, clause: str) -> Listed:
    """Clients under contract: visited or called again within the interval of their grade."""
    modes = [item.key for item in rules.crm.return_visit_modes]
    channels = Q(channel__in=modes) if modes else Q()
    return Listed(partial(_visited_again, rules, Communication.objects.filter(channels)))


def client_visits(rules: Rules, clause: str) -> Listed:
    """The same, where only a visit counts (E3-3.2a)."""
    return Listed(partial(_visited_again, rules, Communication.objects.none()))


def _visited_again(
    rules: Rules, talks: QuerySet[Communication], reach: Reach, span: Span
) -> Iterator[Instance]:
    """From the first signature to the end of the last contract, whoever owns the client today."""
    intervals = _by_grade(rules)
    clients = under_contract(reach, span)
    since = min(one.begins(span) for one in intervals.values())
    met = met_since(since, clients.values("pk"), talks)
    for client in clients:
        interval = intervals.get(client.grade, intervals[""])
        for turn in interval.turns(span, client.since, met[client.pk], client.until):
            yield Instance(client, client.owner_id, turn.due, turn.done, turn.state)


def _by_grade(rules: Rules) -> dict[str, Interval]:
    """How often the clients of each grade are visited; of no grade, or one without, under ""."""
    calendar = rules.working_time.as_calendar()
    limits = {one.key: one.return_visit.value for one in rules.crm.grading.grades}
    limits = {key: limit for key, limit in limits.items() if limit}
    limits[""] = rules.sla.return_visit.value
    return {key: Interval(limit, calendar) for key, limit in limits.items()}


def under_contract(reach: Reach, span: Span) -> QuerySet[Client]:
    """Clients with a signed contract: `since` the first signature, `until` the last end."""
    signed = {"contracts__status": Contract.Status.SIGNED, "contracts__deleted_at": None}
    return (
        Client.objects.live()
        .filter(reach.of("owner", "team"), **signed)
        .annotate(
            since=Min("contracts__signed_on"),
            until=Max(Coalesce("contracts__ends_on", Value(date.max))),
        )
        .filter(since__lte=span.last, until__gte=span.first)
        .only("name", "owner", "grade")
        .order_by()
    )


def leads_followed_up(rules: Rules, clause: str) -> Listed:
    """Effective leads: a contact within the limit, again and again until they are converted.

    (E11-2.3.3, E6-6.3.) One that was set aside is effective no more; one that takes long has an
    interval of its own where the rulebook gives one.
    """
    calendar, usual = rules.working_time.as_calendar(), rules.sla.lead_follow_up.value
    limits = {False: usual, True: rules.sla.long_cycle_follow_up.value or usual}
    intervals = {is_long: Interval(limit, calendar) for is_long, limit in limits.items()}

    def find(reach: Reach, span: Span) -> Iterator[Instance]:
        leads = _effective(reach, span)
        since = min(interval.begins(span) for interval in intervals.values())
        met = met_since(since, leads.values("client"))
        for lead in leads:
            interval = intervals[bool(lead.long_cycle)]
            until = clock.local_date(lead.converted_at) if lead.converted_at else date.max
            for turn in interval.turns(span, lead.effective_on, met[lead.client_id], until):
                yield Instance(lead, lead.owner_id, turn.due, turn.done, turn.state)

    return Listed(find)


def _effective(reach: Reach, span: Span) -> QuerySet[Lead]:
    leads = Lead.objects.live().filter(reach.of("owner", "team"), effective_on__lte=span.last)
    converted = leads.annotate(converted_at=Min("opportunities__created_at")).order_by()
    return converted.filter(Q(converted_at=None) | Q(converted_at__gte=span.moments[0]))


def files_renewed(rules: Rules, clause: str) -> Listed:
    """Client files: kept where something in them was renewed within the interval (B-4.1.4)."""
    interval = Interval(rules.sla.file_refresh.value, rules.working_time.as_calendar())

    def find(reach: Reach, span: Span) -> Iterator[Instance]:
        files = Client.objects.live().filter(
            reach.of("owner", "team"), created_at__lt=span.moments[1]
        )
        renewed = _renewed_since(interval.begins(span), files.order_by().values("pk"))
        for client in files.only("name", "owner", "created_at"):
            created_on = clock.local_date(client.created_at)
            for turn in interval.turns(span, created_on, renewed[client.pk]):
                yield Instance(client, client.owner_id, turn.due, turn.done, turn.state)

    return Listed(find if interval.limit else lambda reach, span: ())


def met_since(since: date, clients: QuerySet, talks: QuerySet[Communication] | None = None) -> Days:
    """The days on which these clients were visited or reached: since then, and the last before."""
    talks = Communication.objects.all() if talks is None else talks
    visits = Visit.objects.live().done().filter(client__in=clients)
    reached = talks.live().filter(client__in=clients, reached=True)
    moment = clock.moment_on(since, time())
    return _days(
        *_moments(visits, "client_id", "took_place_at", moment),
        *_moments(reached, "client_id", "at", moment),
    )


def _renewed_since(since: date, clients: QuerySet) -> Days:
    about = {"about_type": ContentType.objects.get_for_model(Client), "about_id__in": clients}
    entries = Entry.objects.filter(verb__in=RENEWALS, **about)
    return _days(*_moments(entries, "about_id", "at", clock.moment_on(since, time())))


def _moments(rows: QuerySet, whose: str, at: str, since: datetime) -> tuple[QuerySet, QuerySet]:
    """Whose and when: each one since then, and the last one before."""
    rows = rows.order_by()
    last = rows.filter(**{f"{at}__lt": since}).values_list(whose).annotate(last=Max(at))
    return rows.filter(**{f"{at}__gte": since}).values_list(whose, at), last


def _days(first: QuerySet, *others: QuerySet) -> Days:
    """The days of all these moments by whose they are: one query."""
    days: Days = defaultdict(list)
    for whose, at in first.union(*others, all=True):
        days[whose].append(clock.local_date(at))
    return days


RETURN_VISIT = Reminder(
    "return_visits",
    "crm.return_visit",
    _("return visit to {record}"),
    lambda count: ngettext("%(count)s return visit", "%(count)s return visits", count),
)

compliance.add(
    Check(
        "crm.return_visits",
        _("Clients under contract visited or called again"),
        return_visits,
        clauses=(
            *("A-2.2.4c", "A-3.2.6c", "B-4.2.1", "B-4.2.4a", "C-2.2.2", "D-2.1.5b"),
            *("E6-6.4", "E7-3.4"),
        ),
        due=_("next one due"),
        done=_("visited or called"),
        settings=("sla.return_visit",),
        reads=(
            "sla.return_visit",
            "crm.grading.grades.*.return_visit",
            "crm.return_visit_modes",
            "working_time",
        ),
        reminder=RETURN_VISIT,
    ),
    Check(
        "crm.client_visits",
        _("Clients under contract visited again"),
        client_visits,
        clauses=("E3-3.2a",),
        due=_("next one due"),
        done=_("visited"),
        settings=("sla.return_visit",),
        reads=("sla.return_visit", "crm.grading.grades.*.return_visit", "working_time"),
        reminder=RETURN_VISIT,
    ),
    Check(
        "crm.leads_followed_up",
        _("Effective leads followed up"),
        leads_followed_up,
        clauses=("E6-6.3", "E11-2.3.3"),
        due=_("next one due"),
        done=_("visited or called"),
        settings=("sla.lead_follow_up",),
        reads=("sla.lead_follow_up", "sla.long_cycle_follow_up", "working_time"),
        reminder=Reminder(
            "leads",
            "crm.lead",
            _("contact about {record}"),
            lambda count: ngettext(
                "%(count)s contact about a lead", "%(count)s contacts about leads", count
            ),
        ),
    ),
    Check(
        "crm.files_renewed",
        _("Client files renewed"),
        files_renewed,
        clauses=("B-4.1.4", "D-2.2.2b"),
        due=_("next one due"),
        done=_("renewed"),
        settings=("sla.file_refresh",),
        reads=("sla.file_refresh", "working_time"),
        reminder=Reminder(
            "files",
            "crm.file",
            _("renewal of the file of {record}"),
            lambda count: ngettext(
                "%(count)s renewal of a client file", "%(count)s renewals of client files", count
            ),
        ),
    ),
)
