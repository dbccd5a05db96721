"""The trial calculator (试算): the arithmetic of the cycles on values that somebody tries."""

import unicodedata
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from appraisal import arithmetic, scoring, trial
from appraisal.desk import explaining
from appraisal.views.scores import list_tabs
from expansion.errors import Invalid
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import KpiSet
from expansion.rulebook.selectors import rules_of, version_on
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import UNPROCESSABLE, Screen


class Trial(Screen):
    """A plain GET form: the address of a trial can be kept and sent. It stores nothing."""

    gate = SIGNED_IN
    template = "appraisal/trial.html"
    fragment = "appraisal/_trial.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        version = version_on()
        desk = TrialDesk(rules_of(version), request.GET)
        context = {
            "desk": desk,
            "version": version,
            "tabs": list_tabs(request.user, "trial"),
        }
        return self.draw(context, status=UNPROCESSABLE if desk.error else 200)


class TrialDesk:
    """What the page shows: the fields of the chosen team and the sum, or what does not fit."""

    def __init__(self, rules: Rules, query: Any):
        self.rules, self.query = rules, query
        self.error = ""
        self.sum: dict[str, Any] | None = None
        if "count" in query:
            self._compute()

    @property
    def sets(self) -> list[KpiSet]:
        return [one for one in self.rules.kpi_sets if one.kind != "common"]

    @property
    def kpi_set(self) -> KpiSet:
        wanted = self.query.get("team", "")
        return next((one for one in self.sets if one.key == wanted), self.sets[0])

    @property
    def cycle(self) -> Any:
        wanted = self.query.get("cycle", "")
        return wanted if wanted in self.rules.appraisal.cycles else self.rules.appraisal.cycles[0]

    @property
    def cycles(self) -> list[dict[str, Any]]:
        labels = {"month": _("Month"), "quarter": _("Quarter"), "year": _("Year")}
        return [
            {"key": key, "label": labels[key], "active": key == self.cycle}
            for key in self.rules.appraisal.cycles
        ]

    @property
    def fields(self) -> list[dict[str, Any]]:
        return [
            {
                "key": one.key,
                "label": one.label(),
                "weight": explaining.plain(one.weight.value),
                "rated": one.is_rated,
                "value": self.query.get(one.key, ""),
            }
            for one in scoring.indicators(self.rules, self.kpi_set)
        ]

    @property
    def shorter(self) -> list[dict[str, str]]:
        """Fields for the scores of the shorter cycles, where the rulebook uses them."""
        if arithmetic.formula(self.rules, self.cycle) is None:
            return []
        key, most = trial.SHORTER[self.cycle]
        return [
            {
                "key": f"{key}_{number}",
                "number": str(number),
                "value": self.query.get(f"{key}_{number}", ""),
            }
            for number in range(1, most + 1)
        ]

    def _compute(self) -> None:
        try:
            request = trial.read(self._data(), self.rules)
            result = arithmetic.score(
                request.rules,
                request.kpi_set,
                cycle=request.cycle,
                values=request.values,
                overall=request.overall,
                shorter=request.shorter,
                mode=request.mode,
            )
        except Invalid as refusal:
            self.error = refusal.message
            return
        if result is None:
            self.error = _("No indicator has a value, so there is no score.")
            return
        self._show(result)

    def _data(self) -> dict[str, Any]:
        values = {field["key"]: _number(field["value"], field["label"]) for field in self.fields}
        data = {
            "preset": self.rules.policy.key,
            "team": self.kpi_set.key,
            "cycle": self.cycle,
            "indicators": values,
        }
        if arithmetic.OVERALL in values:
            data["overall"] = self._overall(values.pop(arithmetic.OVERALL))
        if self.shorter:
            data[trial.SHORTER[self.cycle][0]] = self._shorter_scores()
        return data

    def _shorter_scores(self) -> list[Decimal | None]:
        mode = self.rules.appraisal.combine.mode.value
        largest = arithmetic.largest_score(self.rules, self.kpi_set, mode)
        given = [
            _number(
                one["value"], _("Score of part %(number)s") % {"number": one["number"]}, largest
            )
            for one in self.shorter
        ]
        found = [one for one in given if one is not None]
        if not found:
            raise Invalid(_("Give the score of one part at least."))
        return found

    def _overall(self, rating: Decimal | None) -> dict[str, Decimal | None]:
        """One number stands for what every party that counts has given."""
        if rating is None:
            label = scoring.overall_rating(self.rules).label()
            raise Invalid(_("“%(label)s” needs a score.") % {"label": label})
        parties = self.rules.parties(self.cycle)
        return {one.key: rating for one in parties if one.weight.value}

    def _show(self, result: arithmetic.Result) -> None:
        steps = scoring.breakdown(self.rules, self.kpi_set, result, {})
        labels = {
            line["key"]: explaining.line_label(self.rules, self.kpi_set, line["key"])
            for block in steps["blocks"]
            for line in block["lines"]
        }
        self.sum = {
            "score": f"{result.score:.2f}",
            "level": explaining.verdict(self.rules, result.level.key),
            "lines": explaining.arithmetic_lines(steps, result.score),
            "remarks": explaining.remarks(self.rules, self.kpi_set, self.cycle, steps),
            "blocks": [
                {
                    "label": explaining.block_label(self.rules, self.kpi_set, block["key"]),
                    "points": block["points"],
                    "lines": [
                        {
                            **line,
                            "label": labels[line["key"]],
                            "weight": explaining.plain(Decimal(line["weight"])),
                        }
                        for line in block["lines"]
                    ],
                }
                for block in steps["blocks"]
            ],
        }


def _number(text: str, label: str, largest: Fraction = arithmetic.HUNDRED) -> Decimal | None:
    """What somebody typed, full-width digits too; an empty field means: no target. A refusal names
    the field as the page does."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise Invalid(
            _("“%(text)s” is not a number. “%(label)s” takes 0 to 100, or nothing.")
            % {"text": plain[:20], "label": label}
        ) from None
    trial.number(found, label, largest)
    return found
