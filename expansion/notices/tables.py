"""What was told and what has left the house, never with what it said; and the robots."""

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.notices.events import EVENTS, event_label
from expansion.notices.models import Mail, Notice, Robot, Told
from expansion.notices.platforms import fault_of
from expansion.people.models import User
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge

TONES = {
    Mail.State.WAITING: "due",
    Mail.State.SENDING: "info",
    Mail.State.SENT: "done",
    Mail.State.FAILED: "late",
    Mail.State.UNSENT: "late",
    Mail.State.DROPPED: "neutral",
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


APP, MAILED = "app", "mail"
WAYS = {APP: _("in the application"), MAILED: _("in the application and by e-mail")}
READ = {"no": _("unread"), "yes": _("read"), "settled": _("settled unread")}
BY_READ = {
    "no": Q(read_at=None),
    "yes": Q(read_at__isnull=False, settled=False),
    "settled": Q(settled=True),
}
READ_TONES = {"no": "due", "yes": "done", "settled": "neutral"}


def way(notice: Any) -> Any:
    return WAYS[MAILED if notice.mailed else APP]


def _read(notice: Told) -> str:
    if notice.settled:
        return "settled"
    return "yes" if notice.read_at else "no"


def read_state(notice: Told) -> Any:
    return READ[_read(notice)]


def read_badge(notice: Told) -> SafeString:
    return badge(READ_TONES[_read(notice)], read_state(notice))


def read_by_person(notice: Told) -> Any:
    """When its person has read it; what was settled unread nobody has."""
    return None if notice.settled else notice.read_at


def _mailed() -> Exists:
    """Whether it has left by e-mail too."""
    return Exists(Mail.objects.filter(notice=OuterRef("pk"), state=Mail.State.SENT))


def without_words(notices: QuerySet) -> QuerySet:
    """Whose they are and when, whether they left by e-mail too, and how many things they stand for;
    what they say and where they lead is not even read."""
    members = Notice.objects.filter(within=OuterRef("pk")).order_by().values("within")
    number = members.annotate(number=Count("pk")).values("number")
    return (
        notices.only("person", "kind", "at", "read_at", "settled")
        .select_related("person")
        .annotate(
            mailed=_mailed(),
            standing_for=Coalesce(Subquery(number, output_field=IntegerField()), 1),
        )
    )


def told_people(person: Any) -> list[tuple[str, str]]:
    """The people who were ever told anything."""
    told = User.objects.filter(Exists(Notice.objects.filter(person=OuterRef("pk"))))
    return [(str(one.pk), one.name) for one in told.order_by("name")]


def by_way(notices: QuerySet, key: str) -> QuerySet:
    return notices.filter(_mailed() if key == MAILED else ~_mailed())


def told_to(notices: QuerySet, text: str) -> QuerySet:
    return notices.filter(person__search__contains=text.lower())


TOLD = Listing(
    key="notices.told",
    model=Told,
    label=_("Notices in the application"),
    name=_("Receiver"),
    title=lambda notice: notice.person.name,
    url=lambda notice: reverse("people:person", args=[notice.person_id]),
    columns=[
        Column("event", _("Event"), lambda notice: event_label(notice.kind)),
        Column("channel", _("Way"), way, width=24),
        Column("state", _("State"), read_state, cell=read_badge),
        Column("told", _("Told"), lambda notice: notice.at, "moment", sort="at"),
        Column("read", _("Read at"), read_by_person, "moment"),
        Column("count", _("Stands for"), lambda notice: notice.standing_for, "number"),
        Column("kind", _("Kind"), lambda notice: notice.kind, shown=False),
    ],
    filters=[
        Filter("channel", _("Way"), lambda person: list(WAYS.items()), by_way),
        Filter(
            "read",
            _("State"),
            lambda person: list(READ.items()),
            lambda notices, key: notices.filter(BY_READ[key]),
        ),
        Filter(
            "kind",
            _("Event"),
            lambda person: [(key, one.label) for key, one in EVENTS.items()],
            lambda notices, key: notices.filter(kind=key),
            many=True,
        ),
        Filter(
            "person",
            _("Receiver"),
            told_people,
            lambda notices, key: notices.filter(person=int(key)),
            many=True,
        ),
    ],
    order=("-at", "-pk"),
    search=told_to,
    search_hint=_("Receiver"),
    prepare=without_words,
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
