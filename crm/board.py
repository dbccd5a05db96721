"""The cards of the pipeline board: which they are, what they lack, and how they look."""

import json
from collections import defaultdict
from collections.abc import Iterable
from html import escape
from itertools import pairwise
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.funnel import Sums, by_pipeline, summed
from crm.models import Opportunity
from crm.pipelines import pipeline_of
from crm.requirements import Requirements, sentence
from crm.tables_leads import STUCK_DAYS, days_in_stage
from expansion import access
from expansion.access import Holder, Reach, reach_of
from expansion.prepared import prepared
from expansion.ui import formats, icons
from expansion.ui.markup import safe
from expansion.ui.templatetags.ui import avatar, badge, grade

CARDS = 20  # per column; the rest is behind a link to the list


def open_ones(person: Any) -> QuerySet[Opportunity]:
    return access.visible_to(person, Opportunity.objects.live().open())


def sums_of_everything(person: Any) -> dict[str, Sums]:
    """Of each pipeline the sums of all that the person sees, in one query."""
    return by_pipeline(_all_sums(person.pk, reach=reach_of(person)))


def firsts_of_everything(person: Any, pipeline: str) -> list[Opportunity]:
    """The first cards of one pipeline, in one query."""
    return _all_firsts(person.pk, pipeline, reach=reach_of(person))


@prepared
def _all_sums(person: Any, *, reach: Reach) -> QuerySet[Opportunity, dict[str, Any]]:
    return summed(open_ones(Holder(person, reach)))


@prepared
def _all_firsts(person: Any, pipeline: Any, *, reach: Reach) -> QuerySet[Opportunity]:
    return firsts(open_ones(Holder(person, reach)), pipeline)


def firsts(visible: QuerySet[Opportunity], pipeline: Any) -> QuerySet[Opportunity]:
    """The first cards of each column, whatever the number of stages; who stands longest first."""
    visible = visible.filter(pipeline=pipeline)
    place = Window(
        RowNumber(), partition_by=F("stage"), order_by=[F("stage_since").asc(), F("pk").asc()]
    )
    first = visible.annotate(
        place=place,
        client_name=F("client__name"),
        client_grade=F("client__grade"),
        owner_name=F("owner__name"),
    ).filter(place__lte=CARDS)
    shown = ("title", "amount", "currency", "pipeline", "stage", "stage_since", "client_id")
    version = (f"rules_version__{name}" for name in ("status", "updated_at"))
    first = first.select_related("rules_version").only(*shown, *version)
    return first.order_by("stage_since", "pk")


def columns(found: Iterable[Opportunity]) -> dict[str, list[SafeString]]:
    """{stage: its cards as HTML}."""
    found = list(found)
    lacking = Lacking(found)
    drawn: dict[str, list[SafeString]] = defaultdict(list)
    for one in found:
        drawn[one.stage].append(card(one, lacking))
    return drawn


class Lacking:
    """What many opportunities lack for the stages ahead of them, each by its own rulebook."""

    def __init__(self, found: list[Opportunity]):
        alike: dict[tuple[int, str], list[Opportunity]] = defaultdict(list)
        for one in found:
            alike[self._way(one)].append(one)
        self._asked = {
            way: Requirements(pipeline_of(some[0]), {one.client_id for one in some})
            for way, some in alike.items()
        }
        self._known: dict[tuple[int, str, str, frozenset[str]], tuple[str, str]] = {}

    @staticmethod
    def _way(one: Opportunity) -> tuple[int, str]:
        """Those alike in this pass the same stages."""
        return one.rules_version_id, one.pipeline

    def of(self, one: Opportunity) -> tuple[str, str]:
        """The attribute that says what is missing for each stage ahead and those between, and the
        first thing that is missing for the very next one; cards alike are asked once."""
        asked = self._asked[self._way(one)]
        key = (*self._way(one), one.stage, asked.met(one.client_id))
        if key not in self._known:
            self._known[key] = self._said(asked, one)
        return self._known[key]

    @staticmethod
    def _said(asked: Requirements, one: Opportunity) -> tuple[str, str]:
        keys = [stage.key for stage in asked.stages]
        ahead = keys[keys.index(one.stage) + 1 :] if one.stage in keys else []
        missing: dict[str, None] = {}
        lacks = {}
        for key in ahead:
            missing |= dict.fromkeys(asked.missing(key, one.client_id))
            if missing:
                lacks[key] = [sentence(item) for item in missing]
        following = dict(pairwise(keys)).get(one.stage, "")
        return escape(json.dumps(lacks, ensure_ascii=False)), *lacks.get(following, [""])[:1]


def card(one: Opportunity, lacking: Lacking) -> SafeString:
    """One card. Drawn here and not in a template: eighty of them cost 15 ms so."""
    lacks, first = lacking.of(one)
    said = _("lacks %(item)s") % {"item": first}  # No word for translators within an f-string.
    missing = (
        f'<p class="board-card-missing">{icons.svg("alert-circle", 14)}{safe(said)}</p>'
        if first
        else ""
    )
    amount = (
        f'<span class="amount">{safe(formats.money_brief(one.amount, one.currency))}</span>'
        if one.amount is not None
        else ""
    )
    url = f"/crm/opportunities/{one.pk}"
    return mark_safe(  # noqa: S308 — each part is escaped
        f'<article class="board-card" data-move="{url}/move" data-lacks="{lacks}">'
        f'<p class="board-card-title"><a href="{url}">{safe(one.client_name)}</a>'
        f"{grade(one.client_grade)}</p>"
        f'<p class="board-card-line"><span>{safe(one.title)}</span>{amount}</p>{missing}'
        f'<p class="board-card-line"><span class="person">{avatar(one.owner_name)}'
        f'{safe(one.owner_name)}</span><a class="nowrap" href="{url}/move" '
        f'aria-label="{safe(_("Move"))}">{_age(days_in_stage(one))}</a></p></article>'
    )


def _age(days: int) -> SafeString:
    """How long it stands in its stage, with the tone of how long that is."""
    words = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    if days > STUCK_DAYS:
        return badge("late" if days > 2 * STUCK_DAYS else "due", words)
    return mark_safe(f'<span class="muted">{safe(words)}</span>')  # noqa: S308
