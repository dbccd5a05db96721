"""The form that ties two records; it does not write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.relations.models import Relation
from expansion.ui.forms import ServiceForm, is_id


class RelationForm(ServiceForm):
    """How the record has to do with which other one; `target` is `app.model:id`."""

    kind = forms.ChoiceField(
        label=_("How they belong together"),
        choices=[
            (Relation.Kind.CITES, _("this rests on that")),
            (Relation.Kind.LED_TO, _("this led to that")),
            (Relation.Kind.CONCERNS, _("they have to do with each other")),
        ],
        widget=forms.RadioSelect,
        initial=Relation.Kind.CONCERNS,
    )
    target = forms.CharField(
        label=_("The other record"), error_messages={"required": _("Choose one of the list.")}
    )

    def clean_target(self) -> tuple[str, str]:
        """The kind and the id; whether it is there for the person is asked by the page."""
        kind, _colon, pk = self.cleaned_data["target"].partition(":")
        if not is_id(pk):
            raise forms.ValidationError(_("Choose one of the list."))
        return kind, pk

    def values(self) -> dict[str, Any]:
        return {"kind": self.cleaned_data["kind"]}
