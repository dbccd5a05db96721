"""Forms of this room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.notices.events import FOR_ROBOTS, Group
from expansion.notices.models import Mail, Robot, Wish
from expansion.people.models import Unit
from expansion.ui import formats
from expansion.ui.forms import RecordForm, ServiceForm


def an_hour(label: Any, help_text: Any = "") -> forms.TimeField:
    """A time of the day that may be left open."""
    field = forms.TimeField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.TimeInput(format="%H:%M"),
    )
    field.widget.input_type = "time"
    return field


class ResendAllForm(ServiceForm):
    """Which messages are sent again: by how they have ended, with how many there are."""

    state = forms.ChoiceField(label=_("Which messages"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, counts: dict[str, int], **given: Any):
        super().__init__(*args, **given)
        self.fields["state"].choices = [
            (state, f"{state.label} ({formats.number(counts[state])})")
            for state in Mail.RESENDABLE
            if counts.get(state)
        ]


class ChannelsForm(ServiceForm):
    """In the application always; by e-mail as the person wants it, group by group."""

    digest_at = an_hour(_("Daily digest at"), _("Left open, it comes when the working day begins."))
    quiet_from = an_hour(_("Quiet from"), _("Mails wait until the quiet time is over."))
    quiet_to = an_hour(_("Quiet until"))
    quiet_days = forms.BooleanField(label=_("Quiet on days off too"), required=False)
    switched = [group for group in Group if group is not Group.SECURITY]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for group in self.switched:
            self.fields[group.value] = forms.ChoiceField(
                label=group.label, choices=Wish.choices, initial=Wish.NEVER, required=False
            )
        self.order_fields([group.value for group in self.switched])

    def values(self) -> dict[str, Any]:
        values = super().values()
        wishes = {group.value: values.pop(group.value) or Wish.NEVER for group in self.switched}
        return values | {"wishes": wishes}


class RobotForm(RecordForm):
    groups = forms.MultipleChoiceField(
        label=_("Tells of"),
        choices=[(group.value, group.label) for group in FOR_ROBOTS],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Robot
        fields = ["name", "kind", "variable", "groups", "team", "language", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["variable"].help_text = _(
            "The robot's address is a secret: it stands in the environment, under this name."
        )
        team = self.fields["team"]
        team.queryset = Unit.objects.exclude(kind=Unit.Kind.OUTSIDE)
        team.required = False
        team.help_text = _("What people of this team are told; none: the whole department.")
        self.fields["is_active"].required = False
        self.fields["is_active"].help_text = _(
            "It speaks in the department's working hours; what happens at night it says in the "
            "morning."
        )


class WordingForm(ServiceForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=1000, required=False, widget=forms.Textarea)
