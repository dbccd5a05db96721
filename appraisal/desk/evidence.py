"""The evidence drawer: the frozen records behind an indicator, and contesting one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from appraisal import scoring
from appraisal.desk import explaining
from appraisal.models import Appeal, Evidence, Line, Review
from expansion import access, metrics
from expansion.audit.models import Entry
from expansion.rounding import two_places
from expansion.rulebook.scoring import Indicator
from expansion.ui import formats

if TYPE_CHECKING:
    from appraisal.desk.score import ScorePage

MOST = 100


class Drawer:
    """One indicator opened: its parts, the records of one of them, the comments."""

    def __init__(self, page: ScorePage, indicator: Indicator):
        self.page, self.indicator = page, indicator
        self.lines = [line for line in page.lines if line.indicator == indicator.key]
        self.counted = page.query.get("show") != "other"

    @property
    def title(self) -> str:
        return self.indicator.label()

    @property
    def close_url(self) -> str:
        return self.page.participant.get_absolute_url()

    @property
    def facts(self) -> list[dict[str, str]]:
        """Each part with value, target and score, then what they make together."""
        shown = []
        for part in self.indicator.how:
            score = scoring.part_score(self.indicator, part, self.page.figures)
            shown.append(
                {
                    "label": self._label(part.metric, part.key),
                    "value": self._reached(part),
                    "score": formats.NOTHING if score is None else f"{two_places(score):.2f}",
                }
            )
        whole = scoring.indicator_score(self.indicator, self.page.figures)
        if whole is not None and len(shown) > 1:
            shown.append({"label": _("Together"), "value": "", "score": f"{two_places(whole):.2f}"})
        return shown

    def _reached(self, part: Any) -> str:
        line = self.page.figures.get((self.indicator.key, part.key))
        if line is None or line.value is None:
            return ""
        value = explaining.read(line.value)
        target = "" if line.target is None else f" / {explaining.read(line.target)}"
        return value + target

    @staticmethod
    def _label(metric: str, key: str) -> str:
        if not metric:
            return _("Rating")
        known = metrics.known().get(metric)
        return str(known.label) if known else key

    @cached_property
    def line(self) -> Line | None:
        """The part whose records are listed: the chosen one, else the first with records."""
        wanted = self.page.query.get("part")
        computed = [line for line in self.lines if not line.rated]
        chosen = [line for line in computed if line.part == wanted]
        with_records = [line for line in computed if self.page.counted.get(line.pk)]
        return next(iter(chosen or with_records or computed), None)

    @property
    def part_choices(self) -> list[dict[str, Any]]:
        computed = [line for line in self.lines if not line.rated]
        if len(computed) < 2:
            return []
        return [
            {
                "label": self._label(line.metric, line.part),
                "url": self._url(part=line.part),
                "active": line == self.line,
                "count": self.page.counted.get(line.pk, 0),
            }
            for line in computed
        ]

    def _url(self, **more: Any) -> str:
        return "?" + urlencode({"indicator": self.indicator.key, **more})

    @cached_property
    def records(self) -> Sequence[Evidence]:
        if self.line is None:
            return []
        return list(
            self.line.evidence.select_related("about_type").order_by("-counted", "on", "pk")
        )

    @property
    def show_choices(self) -> list[dict[str, Any]]:
        counted = sum(one.counted for one in self.records)
        part = {"part": self.line.part} if self.line else {}
        return [
            {
                "label": _("Counted"),
                "url": self._url(**part),
                "active": self.counted,
                "count": counted,
            },
            {
                "label": _("Not counted"),
                "url": self._url(**part, show="other"),
                "active": not self.counted,
                "count": len(self.records) - counted,
            },
        ]

    @property
    def rows(self) -> list[dict[str, Any]]:
        shown = [one for one in self.records if one.counted == self.counted][:MOST]
        links = self._links(shown)
        changed = self._changed(shown)
        open_appeals = {one.evidence_id: one for one in self.page.appeals if one.evidence_id}
        contested = self.page.query.get("contest")
        return [
            {
                "evidence": one,
                "value": explaining.read(one.value),
                "url": links.get((one.about_type_id, one.about_id), ""),
                "changed": (one.about_type_id, one.about_id) in changed,
                "appeal": open_appeals.get(one.pk),
                "contest_url": self._contest_url(one) if self.page.may_appeal else "",
                "open": contested == str(one.pk) and (self.page.may_appeal or self.page.refused),
            }
            for one in shown
        ]

    def _contest_url(self, one: Evidence) -> str:
        more = {"part": one.line.part, "contest": one.pk}
        return (
            self._url(**more, **({} if self.counted else {"show": "other"})) + f"#record-{one.pk}"
        )

    def _links(self, shown: Iterable[Evidence]) -> dict[tuple[int, int], str]:
        """Addresses of the records that this person may see; the others stay plain text."""
        return {
            (kind.pk, record.pk): record.get_absolute_url()
            for kind, ids in _by_kind(shown).items()
            if hasattr(kind.model_class(), "get_absolute_url")
            for record in access.visible_to(
                self.page.person, kind.model_class()._default_manager.filter(pk__in=ids)
            )
        }

    def _changed(self, shown: Iterable[Evidence]) -> set[tuple[int, int]]:
        """Records with a later entry in the trail: shown so, and moving no score (law 8)."""
        frozen_at = self.page.cycle.frozen_at
        return {
            (kind.pk, pk)
            for kind, ids in _by_kind(shown).items()
            for pk in Entry.objects.filter(
                about_type=kind, about_id__in=ids, at__gt=frozen_at
            ).values_list("about_id", flat=True)
        }

    @property
    def comments(self) -> list[dict[str, str]]:
        """What self-review and evaluation say of this indicator, where this person may read it."""
        found = []
        for party in (Review.Party.SUPERIOR, Review.Party.SELF):
            rating = self.page.ratings.get((party, self.indicator.key))
            if rating and (rating.comment or rating.score is not None):
                found.append(
                    {
                        "party": party.label,
                        "name": rating.review.by.name,
                        "score": "" if rating.score is None else f"{rating.score:.2f}",
                        "text": rating.comment,
                    }
                )
        return found

    @property
    def corrections(self) -> list[Appeal]:
        return [line.corrected_by for line in self.lines if line.corrected_by]


def _by_kind(shown: Iterable[Evidence]) -> dict[ContentType, list[int]]:
    found: dict[ContentType, list[int]] = defaultdict(list)
    for one in shown:
        if one.about_type_id:
            found[one.about_type].append(one.about_id)
    return found
