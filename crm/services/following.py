"""What a contact with a client sets in motion: dates, leads, the stage shown on the client.

Called inside the transaction of the service that records the contact.
"""

from datetime import date, datetime

from django.utils.translation import gettext as _

from crm.models import Client, Opportunity
from crm.models.opportunity import CLIENT_PIPELINE
from crm.pipelines import pipeline_of
from expansion import clock
from expansion.errors import Invalid
from expansion.rulebook.selectors import unread

CONTACT_DATES = ("first_contact_on", "last_contact_at", "last_visit_at", "next_contact_on")


def check_next_contact(day: date | None) -> None:
    """The next contact lies ahead.

    Raises:
        Invalid: the day is past or more than five years off.
    """
    today = clock.today()
    if day is not None and day < today:
        raise Invalid(fields={"next_contact_on": [_("The next contact lies in the past.")]})
    if day is not None and day.year > today.year + 5:
        raise Invalid(fields={"next_contact_on": [_("This is more than five years ahead.")]})


def check_past(name: str, moment: datetime) -> None:
    """What is recorded has happened.

    Raises:
        Invalid: the moment lies ahead, or more than two years back.
    """
    now = clock.now()
    if moment > now:
        raise Invalid(fields={name: [_("This lies in the future. Plan it instead.")]})
    if (now - moment).days > 730:
        raise Invalid(fields={name: [_("This is more than two years ago. Check the year.")]})


def touch(
    client: Client, *, at: datetime, next_contact_on: date | None, visited: bool = False
) -> None:
    """Notes a contact: the first one stays the first, the newest is the last (R-crm-07).

    A next contact that was due is done by this one; one that lies further ahead stays.
    """
    day = clock.local_date(at)
    due = client.next_contact_on
    client.first_contact_on = client.first_contact_on or day
    client.last_contact_at = max(filter(None, [client.last_contact_at, at]))
    if next_contact_on or (due and due <= day):
        client.next_contact_on = next_contact_on
    if visited:
        client.last_visit_at = max(filter(None, [client.last_visit_at, at]))
    _save(client, *CONTACT_DATES)


def refresh_stage(client: Client) -> None:
    """Keeps the client's stage equal to its open opportunity that is furthest on.

    It is a stage of the pipeline that every regulation has: stages of two ways have no order, and
    lists and filters of clients name those of one.
    """
    opened = Opportunity.objects.live().open().filter(client=client, pipeline=CLIENT_PIPELINE)
    leading = max(
        opened.select_related("rules_version").defer(*unread("rules_version")),
        key=lambda one: (_place(one), one.pk),
        default=None,
    )
    stage = leading.stage if leading else ""
    if client.stage != stage:
        client.stage = stage
        _save(client, "stage")


def _place(opportunity: Opportunity) -> int:
    keys = [stage.key for stage in pipeline_of(opportunity).open_stages]
    return keys.index(opportunity.stage) if opportunity.stage in keys else -1


def _save(client: Client, *fields: str) -> None:
    client.version += 1
    client.save(update_fields=[*fields, "version", "updated_at"])
