"""What has left the house, and the robots; never with what it said."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.notices.events import EVENTS, event_label
from expansion.notices.models import Mail, Robot
from expansion.notices.platforms import fault_of
from expansion.people.models import User
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge

TONES = {
    Mail.State.WAITING: "due",
    Mail.State.SENDING: "info",
    Mail.State.SENT: "done",
    Mail.State.FAILED: "late",
}
CHANNELS = {"mail": _("e-mail"), "digest": _("daily digest"), "robot": _("robot")}
BY_CHANNEL = {
    "mail": Q(robot=None, digest=False),
    "digest": Q(robot=None, digest=True),
    "robot": Q(robot__isnull=False),
}


def state_badge(mail: Mail) -> SafeString:
    return badge(TONES[Mail.State(mail.state)], mail.get_state_display())


def channel(mail: Mail) -> Any:
    return CHANNELS["robot" if mail.robot_id else "digest" if mail.digest else "mail"]


def with_receivers(mails: QuerySet) -> QuerySet:
    return mails.select_related("person", "robot")


def receivers(person: Any) -> list[tuple[str, str]]:
    """The people to whom something was sent."""
    seen = access.visible_to(person, Mail.objects.order_by()).values("person")
    return [(str(one.pk), one.name) for one in User.objects.filter(pk__in=seen).order_by("name")]


def received_by(mails: QuerySet, text: str) -> QuerySet:
    return mails.filter(Q(person__search__contains=text.lower()) | Q(robot__name__icontains=text))


SENT = Listing(
    key="notices.sent",
    model=Mail,
    label=_("Sent notices"),
    name=_("Receiver"),
    title=lambda mail: mail.receiver,
    url=lambda mail: mail.get_absolute_url(),
    columns=[
        Column("event", _("Event"), lambda mail: event_label(mail.kind), sort="kind"),
        Column("channel", _("Way"), channel),
        Column(
            "state",
            _("State"),
            lambda mail: mail.get_state_display(),
            sort="state",
            cell=state_badge,
        ),
        Column("created", _("Told"), lambda mail: mail.created_at, "moment", sort="created_at"),
        Column("ready", _("Leaves"), lambda mail: mail.ready_at, "moment", shown=False),
        Column("sent", _("Sent"), lambda mail: mail.sent_at, "moment", sort="sent_at"),
        Column("attempts", _("Attempts"), lambda mail: mail.attempts, "number", sort="attempts"),
        Column("error", _("Error"), lambda mail: mail.error, width=30),
        Column("kind", _("Kind"), lambda mail: mail.kind, shown=False),
    ],
    filters=[
        Filter(
            "state",
            _("State"),
            lambda person: Mail.State.choices,
            lambda mails, key: mails.filter(state=key),
        ),
        Filter(
            "channel",
            _("Way"),
            lambda person: list(CHANNELS.items()),
            lambda mails, key: mails.filter(BY_CHANNEL[key]),
        ),
        Filter(
            "kind",
            _("Event"),
            lambda person: [(key, one.label) for key, one in EVENTS.items()],
            lambda mails, key: mails.filter(kind=key),
            many=True,
        ),
        Filter(
            "person",
            _("Receiver"),
            receivers,
            lambda mails, key: mails.filter(person=int(key)),
            many=True,
        ),
    ],
    views=[
        SavedView("failed", _("Failed"), lambda mails, person: mails.filter(state="failed")),
        SavedView(
            "waiting", _("In the queue"), lambda mails, person: mails.filter(state="waiting")
        ),
    ],
    search=received_by,
    search_hint=_("Receiver"),
    prepare=with_receivers,
)


def reach(robot: Robot) -> str:
    """Whether the robot can be reached: a sentence where it cannot."""
    return fault_of(robot.kind, robot.variable) or str(_("address found"))


def use_badge(robot: Robot) -> SafeString:
    return badge("done", _("in use")) if robot.is_active else badge("neutral", _("not in use"))


ROBOTS = Listing(
    key="notices.robots",
    model=Robot,
    label=_("Group robots"),
    name=_("Robot"),
    url=lambda robot: robot.get_absolute_url(),
    columns=[
        Column("kind", _("Platform"), lambda robot: robot.get_kind_display(), sort="kind"),
        Column("team", _("Team"), lambda robot: str(robot.team or _("whole department"))),
        Column("use", _("State"), lambda robot: robot.is_active, cell=use_badge),
        Column("variable", _("Variable"), lambda robot: robot.variable),
        Column("reach", _("Address"), reach, width=30),
    ],
    order=("name", "pk"),
    prepare=lambda robots: robots.select_related("team"),
)
