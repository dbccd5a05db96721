"""Projects of a closed period under a draft: which would have been major matters (R-exp-06)."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from crm.models import Escalation
from crm.replays.authority import NOT_REPLAYED, came_up, compared
from expansion import offers
from expansion.offers import Replayed
from expansion.rulebook.schema import Rules
from expansion.worktime import Period
from partnerships.models import Project

PUT_FORWARD = {"about_type__app_label": "partnerships", "about_type__model": "project"}


def projects(rules: Rules, period: Period) -> list[Replayed]:
    """Every project that came up as a major matter in the period, and every one opened in it that
    would have by the draft."""
    matters = came_up(period).filter(**PUT_FORWARD).prefetch_related("about__partner")
    return compared(rules, matters, _begun(period))


def _begun(period: Period) -> QuerySet[Project]:
    """What was opened in the period and put before nobody."""
    known = Escalation.objects.filter(**PUT_FORWARD).order_by().values("about_id")
    found = Project.objects.live().exclude(pk__in=known).select_related("partner", "owner", "team")
    opened = found.filter(created_at__gte=period.begins_at, created_at__lt=period.ends_at)
    return opened.defer("scheme", "resources", "evaluation").order_by("-created_at", "pk")


offers.add(
    offers.Replay(
        "partnerships.projects",
        lazy("Projects as major matters"),
        34,
        projects,
        NOT_REPLAYED,
        reads=(
            "authority.major_amount",
            "authority.major_kinds",
            "authority.major_cooperation_owner",
        ),
    )
)
