"""Leads of a closed period under a draft: which would count as effective (E11-2.3.2, R-crm-02)."""

from collections.abc import Iterator, Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.models import Lead, LeadCondition
from crm.services.leads import CONTINUING, PRESENTATION
from expansion import clock, offers
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import offered
from expansion.worktime import Period

Marks = Mapping[str, LeadCondition]


def leads(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every lead that was logged in the period and not set aside since: whether it counts as
    effective, and whether it would by the conditions that the draft requires and the marks that
    stand. A source that only the draft does not offer lets it not be logged at all."""
    found = Lead.objects.live().exclude(status=Lead.Status.INVALID).select_related("client")
    found = found.filter(created_at__gte=period.begins_at, created_at__lt=period.ends_at)
    marks = _marks(found)
    now = rules_on()
    gone = _sources(now) - _sources(rules)
    for lead in found.order_by("-created_at", "pk"):
        before = _standing(lead.effective_on is not None)
        if lead.source in gone:
            yield Replayed(lead, before, _("refused"), _("The draft does not offer its source."))
            continue
        held = _required(now) if lead.effective_on else {}
        lacking = [
            label
            for key, label in _required(rules).items()
            if key not in held and not _holds(lead, key, marks.get(lead.pk, {}))
        ]
        note = _("lacks: %(names)s") % {"names": _(", ").join(lacking)} if lacking else ""
        counts = bool(_required(rules)) and not lacking
        yield Replayed(lead, before, _standing(counts), note)


def _marks(found: QuerySet[Lead]) -> dict[int, dict[str, LeadCondition]]:
    """The mark that stands for each condition of these leads: the latest."""
    marks: dict[int, dict[str, LeadCondition]] = {}
    given = LeadCondition.objects.filter(lead__in=found.order_by().values("pk"))
    for mark in given.order_by("pk"):
        marks.setdefault(mark.lead_id, {})[mark.key] = mark
    return marks


def _sources(rules: Rules) -> set[str]:
    return {one.key for one in offered(rules.crm.sources)}


def _required(rules: Rules) -> dict[str, str]:
    """The conditions that make a lead effective, by their names; none where leads are not told
    apart."""
    test = rules.crm.effective_lead
    asked = test.conditions if test.enabled.value else ()
    return {one.key: one.label() for one in asked if one.required.value}


def _holds(lead: Lead, key: str, marks: Marks) -> bool:
    mark = marks.get(key)
    if key == CONTINUING and not (mark and mark.overruled):
        return _goes_on(lead, marks.get(PRESENTATION))
    return mark is not None and mark.met


def _goes_on(lead: Lead, presented: LeadCondition | None) -> bool:
    """Whether contact goes on: a next one lies ahead, or one followed the presentation (reading
    27)."""
    ahead, last = lead.client.next_contact_on, lead.client.last_contact_at
    if ahead is not None and ahead > clock.today():
        return True
    if presented is None or not presented.met or last is None:
        return False
    return clock.local_date(last) > presented.on


def _standing(counts: bool) -> str:
    return _("counts as effective") if counts else _("does not count as effective")


offers.add(
    offers.Replay(
        "crm.leads",
        lazy("Leads"),
        25,
        leads,
        lazy("By the marks and the contacts as they stand today."),
        reads=("crm.effective_lead", "crm.sources"),
    )
)
