"""What the rulebook lists for client files and visit records: whether it is written down."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm import own_fields
from crm.compliance.clients import filled_in
from crm.models import Client, Visit
from expansion import compliance
from expansion.compliance import Check, Fact, Listed, Query, Screen, numbers_by
from expansion.rulebook.schema import Rules


def visit_contents(rules: Rules, clause: str) -> Query:
    """Recorded visits: kept where the record says all that the rulebook lists for a visit.

    (B-3.1.3b, E11-1.d.) Where it lists nothing there are no cases.
    """
    asked = own_fields.of_visit(rules) if rules.crm.visit_fields else []
    done = Visit.objects.live().done().select_related("client")
    return Query(
        done if asked else done.none(),
        person="visitor_id",
        due="took_place_at",
        done="recorded_at",
        kept=Q(*(one.filled for one in asked), pk__isnull=False),
    )


def territories_noted(rules: Rules, clause: str) -> Listed:
    """Clients contacted for the first time: kept where the file says in which territory they lie.

    (E11-2.1.1.1, E11-2.2.1.2.) Where no territories are kept there are no cases.
    """
    wanted = [one.filled for one in own_fields.of_territory(rules)]
    return Listed(partial(filled_in, rules, wanted) if wanted else lambda reach, span: ())


def kinds(rules: Rules) -> Iterator[str]:
    """Which kinds of clients are told apart, and how many there are of each."""
    numbers = numbers_by(Client.objects.live(), "category")
    for item in rules.crm.client_kinds:
        yield _number(item.label(), numbers[item.key])


def history(rules: Rules) -> Iterator[str]:
    """What is kept of the cooperation with a client, and in how many files it stands."""
    asked = [one for one in own_fields.of_client(rules) if not one.column]
    counts = {one.name: Count("pk", filter=one.filled) for one in asked}
    numbers = Client.objects.live().aggregate(**counts) if counts else {}
    for one in asked:
        yield _number(one.label, numbers[one.name])


def _number(name: str, number: int) -> str:
    words = ngettext("%(name)s: %(count)d client", "%(name)s: %(count)d clients", number)
    return words % {"name": name, "count": number}


compliance.add(
    Check(
        "crm.visit_contents",
        _("Visit records with all that is asked for"),
        visit_contents,
        clauses=("B-3.1.3b", "E11-1.d"),
        due=_("took place"),
        done=_("recorded"),
        reads=("crm.visit_fields",),
    ),
    Check(
        "crm.territories_noted",
        _("Territory noted in new client files"),
        territories_noted,
        clauses=("E11-2.1.1.1", "E11-2.2.1.2"),
        due=_("entry due"),
        settings=("sla.visit_feedback", "crm.territories"),
        reads=("sla.visit_feedback", "crm.territories", "crm.territory_by", "working_time"),
    ),
    Fact("crm.client_kinds", kinds, ("D-2.3.3c",)),
    Fact("crm.history", history, ("B-4.1.2",)),
    Screen(
        "crm:client-list",
        _("Clients"),
        ("B-4.1.2", "D-2.3.3c", "E11-2.1.1.1", "E11-2.2.1.2"),
    ),
    Screen("crm:visit-list", _("Visits"), ("B-3.1.3b", "E11-1.d")),
)
