"""Forms of the department's papers; none of them writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.office import sections
from expansion.office.models import WorkReport
from expansion.ui.forms import ServiceForm


class ReportForm(ServiceForm):
    """What a person writes into a work report: its sections, the plan, what became of the last."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    plan = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One line per item. It stands beside your next report."),
    )

    def __init__(self, *args: Any, report: WorkReport, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.report = report
        self.initial["version"] = report.version
        self.fields["plan"].label = sections.plan_label(report)
        self.initial["plan"] = "\n".join(report.plan)
        for section in sections.written(report):
            self._add_text(section)
        for number, line in enumerate(report.results):
            self._add_result(number, line)

    def _add_text(self, section: sections.Section) -> None:
        name = f"text_{section.key}"
        rows = 3 if section.more else 6
        self.fields[name] = forms.CharField(
            label=section.label,
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": rows}),
        )
        self.initial[name] = self.report.texts.get(section.key, "")

    def _add_result(self, number: int, line: dict[str, str]) -> None:
        choices = zip(sections.OUTCOMES, (_("done"), _("moved"), _("not done")), strict=True)
        self.fields[f"outcome_{number}"] = forms.ChoiceField(
            label=line["text"],
            required=False,
            choices=[("", "—"), *choices],
            initial=line["outcome"],
            widget=forms.Select(attrs={"aria-label": line["text"]}),
        )
        self.fields[f"note_{number}"] = forms.CharField(
            label=_("What became of it"),
            required=False,
            max_length=200,
            initial=line["note"],
            widget=forms.TextInput(
                attrs={"placeholder": _("What became of it"), "aria-label": line["text"]}
            ),
        )

    @property
    def texts(self) -> list[Any]:
        """The bound fields that every report has."""
        return [
            self[f"text_{section.key}"]
            for section in sections.written(self.report)
            if not section.more
        ]

    @property
    def more_texts(self) -> list[Any]:
        return [
            self[f"text_{section.key}"] for section in sections.written(self.report) if section.more
        ]

    @property
    def results(self) -> list[dict[str, Any]]:
        return [
            {"text": line["text"], "outcome": self[f"outcome_{n}"], "note": self[f"note_{n}"]}
            for n, line in enumerate(self.report.results)
        ]

    def values(self) -> dict[str, Any]:
        """The content as the services take it."""
        given = self.cleaned_data
        keys = [section.key for section in sections.written(self.report)]
        return {
            "texts": {key: given[f"text_{key}"] for key in keys},
            "plan": given["plan"].splitlines(),
            "results": [
                {"outcome": given[f"outcome_{n}"], "note": given[f"note_{n}"]}
                for n in range(len(self.report.results))
            ],
        }


class CommentForm(ServiceForm):
    """A remark on a report."""

    text = forms.CharField(label=_("Comment"), widget=forms.Textarea, max_length=1000)
