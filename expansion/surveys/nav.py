"""What surveys offer the house: a menu entry, search, and what a leaver holds."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from expansion import access, offers
from expansion.surveys.models import Measure, Questionnaire
from expansion.surveys.tables import SURVEYS
from expansion.transfer.registry import add_export


def find_surveys(person: Any, text: str, most: int) -> Iterator[offers.Hit]:
    """Questionnaires by a part of their title."""
    found = access.visible_to(person, Questionnaire.objects.live()).filter(title__icontains=text)
    for record in found.order_by("-pk")[:most]:
        yield offers.Hit(
            record.title,
            record.get_absolute_url(),
            _("Survey"),
            "mood-smile",
            str(record.get_status_display()),
        )


offers.add(
    offers.NavItem(
        "surveys",
        "clients",
        _("Satisfaction surveys"),
        "surveys:list",
        "mood-smile",
        70,
        lambda person: access.can(person, "view", Questionnaire),
        folders=("/surveys/",),
    ),
    offers.SearchSource("surveys", 60, find_surveys),
    offers.Holding(
        "surveys",
        _("surveys under way"),
        70,
        lambda person: Questionnaire.objects.live().filter(owner=person, reported_at=None),
    ),
    offers.Holding(
        "surveys.measures",
        _("measures after surveys"),
        71,
        lambda person: Measure.objects.running().filter(responsible=person),
        owner="responsible",
        team="",
    ),
    offers.Seed("surveys", 60, "expansion.surveys.seeds.sow"),
)
add_export(SURVEYS, Questionnaire.objects.live)
