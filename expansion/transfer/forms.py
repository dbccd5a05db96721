"""Forms of imports and exports; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.transfer.models import Export, Import
from expansion.transfer.registry import importer
from expansion.ui.forms import ServiceForm

COLUMN = "column-"


class UploadForm(ServiceForm):
    """A workbook to import."""

    upload = forms.FileField(
        label=lazy("Workbook"),
        help_text=lazy(
            "An .xlsx or .csv file as it is: title rows, blank rows and totals may stay."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv"}),
    )


class ReadingForm(ServiceForm):
    """Which column of the sheet is which field, the year of its dates, and which sheet."""

    sheet = forms.ChoiceField(label=lazy("Sheet"))
    year = forms.IntegerField(
        label=lazy("Dates without a year"), min_value=1990, max_value=2100, required=False
    )

    def __init__(self, *args: Any, batch: Import, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.fields["sheet"].choices = [(name, name) for name in batch.sheets]
        self.fields["sheet"].required = False
        self.initial |= {"sheet": batch.sheet, "year": batch.year}
        fields = [("", _("not imported"))]
        fields += [(one.key, one.label) for one in importer(batch.importer).columns]
        for place, header in batch.headers.items():
            self.fields[COLUMN + place] = forms.ChoiceField(
                label=header,
                choices=fields,
                required=False,
                initial=batch.mapping.get(place, ""),
                widget=forms.Select(attrs={"aria-label": header}),
            )

    def values(self) -> dict[str, Any]:
        values = super().values()
        mapping = {
            name.removeprefix(COLUMN): values.pop(name)
            for name in list(values)
            if name.startswith(COLUMN)
        }
        return {"year": values["year"], "sheet": values["sheet"], "mapping": mapping}

    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(COLUMN)]


class FixForm(ServiceForm):
    """The right text for one cell."""

    row = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    field = forms.CharField(widget=forms.HiddenInput, max_length=40)
    text = forms.CharField(label=lazy("Right value"), max_length=500, required=False)
    everywhere = forms.BooleanField(label=lazy("In every row that says the same"), required=False)


class DecideForm(ServiceForm):
    """What becomes of a likely duplicate."""

    row = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    decision = forms.CharField(widget=forms.HiddenInput, max_length=6, required=False)


class ExportForm(ServiceForm):
    """The kind of file, and what it is for."""

    file_format = forms.ChoiceField(
        label=lazy("Format"),
        choices=Export.Format.choices,
        initial=Export.Format.XLSX,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=lazy("What the rows are for"), max_length=300, required=False)
