"""Forms of visits and contacts; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import own_fields
from crm.fields import NEXT_LABEL, MomentField, NearDayField, PicturesField, ask
from crm.models import Client, Contact, Interest, Outcome, Visit
from crm.pickers import ClientField
from crm.selectors import rules_of_visit
from expansion import clock
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import choices_of
from expansion.ui.forms import RecordForm, ServiceForm, SeveralRecords


class NextContactForm(ServiceForm):
    """A base for what ends with the next contact: near days as chips, any other day beside."""

    next_contact_on = NearDayField(label=NEXT_LABEL)
    other_day = forms.DateField(label=lazy("Another day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["next_contact_on"].offer(none=_("None yet"))
        if "said" in self.fields:
            self.fields["said"].widget.attrs["placeholder"] = _("One sentence is enough.")
            lacking = _("One sentence is enough: what was said?")
            self.fields["said"].error_messages["required"] = lacking

    @property
    def today(self) -> str:
        """The day from which the near days are counted."""
        return clock.today().isoformat()

    def values(self) -> dict[str, Any]:
        values = super().values()
        other = values.pop("other_day")
        values["next_contact_on"] = other or values["next_contact_on"]
        return values


class PhotosForm(ServiceForm):
    """A base for what takes pictures: the page has kept them, the service gets their key."""

    photos = PicturesField(label=lazy("Photos"), required=False)
    photo_problem = ""

    def clean_photos(self) -> list[Any]:
        if self.photo_problem:
            raise forms.ValidationError(self.photo_problem)
        return []

    def values(self) -> dict[str, Any]:
        return {**super().values(), "photos": self.cleaned_data["request_id"]}


class LogVisitForm(PhotosForm, NextContactForm):
    """Who, what was said, when next. The client of a planned visit is given and not asked."""

    client = ClientField()
    contacts = SeveralRecords(
        Contact.objects.none(),
        label=lazy("Spoke with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    outcomes = forms.MultipleChoiceField(
        label=lazy("Outcome"),
        choices=Outcome.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    said = forms.CharField(label=lazy("What was said"), widget=forms.Textarea, max_length=4000)
    needs = forms.CharField(
        label=lazy("Needs"), widget=forms.Textarea, max_length=2000, required=False
    )
    opinions = forms.CharField(
        label=lazy("Opinions"), widget=forms.Textarea, max_length=2000, required=False
    )
    concerns = forms.CharField(
        label=lazy("Concerns"), widget=forms.Textarea, max_length=2000, required=False
    )
    took_place_at = MomentField(
        label=lazy("When"), required=False, help_text=lazy("Empty means: now.")
    )

    def __init__(self, *args: Any, planned: Visit | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in own_fields.STANDING:
            self.fields[name].widget.attrs["rows"] = 2
        self._ask_contents()
        if planned is not None:
            del self.fields["client"]
            self._offer_contacts(planned.client)
            self.initial.setdefault("contacts", [one.pk for one in planned.contacts.all()])
            if planned.arrived_at:
                del self.fields["took_place_at"]
        else:
            value = self.data.get("client") or self.initial.get("client")
            self.fields["client"].ready(self.person, value)
            self._offer_contacts(self.fields["client"].widget.chosen)

    def _ask_contents(self) -> None:
        """What the rulebook in force asks for in a visit's record."""
        rules = rules_on()
        self.asked = own_fields.of_visit(rules)
        keys = {one.key for one in self.asked}
        self.unasked = [one for one in own_fields.known_of_visit(rules) if one.key not in keys]
        for one in self.unasked:
            self.fields.pop(one.name, None)
        ask(self, self.asked)

    @property
    def contents(self) -> list[forms.BoundField]:
        """The fields of what was heard, in the rulebook's order, without what was said."""
        return [self[one.name] for one in self.asked if one.column != own_fields.SAID]

    @property
    def contents_title(self) -> str:
        return _(", ").join(str(field.label) for field in self.contents)

    @property
    def has_contents(self) -> bool:
        return any(field.value() for field in self.contents)

    def values(self) -> dict[str, Any]:
        """A form that waited on a phone may hold what is asked for no more: it was said, too."""
        values = super().values()
        texts = ((one.label, self.data.get(one.name, "").strip()) for one in self.unasked)
        lines = [f"{label}{_(': ')}{text}" for label, text in texts if text]
        values["said"] = "\n".join([values["said"], *lines])
        return values

    def _offer_contacts(self, client: Client | None) -> None:
        contacts = client.contacts.filter(deleted_at=None) if client else None
        if contacts is None or not contacts:
            del self.fields["contacts"]
        else:
            self.fields["contacts"].queryset = contacts


class EditVisitForm(RecordForm):
    """The words of a recorded visit."""

    outcomes = forms.MultipleChoiceField(
        label=lazy("Outcome"),
        choices=Outcome.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Visit
        fields = ["outcomes", "said", "needs", "opinions", "concerns"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        asked = own_fields.of_visit(rules_of_visit(self.instance), self.instance)
        names = [one.name for one in asked]
        for name in own_fields.STANDING:
            if name not in names:
                del self.fields[name]
        ask(self, asked, self.instance)
        self.order_fields(["outcomes", "said", *names])


class PlanVisitForm(ServiceForm):
    """When, at whom, what for."""

    client = ClientField()
    planned_at = MomentField(label=lazy("When"))
    visitor = forms.ModelChoiceField(User.objects.none(), label=lazy("Visitor"), required=False)
    purpose = forms.CharField(label=lazy("Purpose"), max_length=300, required=False)
    place = forms.CharField(label=lazy("Place"), max_length=200, required=False)
    materials = forms.CharField(
        label=lazy("Materials"),
        max_length=300,
        required=False,
        help_text=lazy("What has to be in the bag: offer, presentation, samples."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        value = self.data.get("client") or self.initial.get("client")
        self.fields["client"].ready(self.person, value)
        units = {unit for seat in self.person.seats for unit in seat.units}
        others = User.objects.active().filter(memberships__unit__in=units).distinct()
        self.fields["visitor"].queryset = others
        self.fields["visitor"].empty_label = self.person.name
        if self.person.holds("member"):
            del self.fields["visitor"]


class MoveVisitForm(RecordForm):
    planned_at = MomentField(label=lazy("When"))

    class Meta:
        model = Visit
        fields = ["planned_at", "purpose", "place", "materials"]


class CheckInForm(PhotosForm):
    """By position, which the script fills in when the button is pressed, or by a reason."""

    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    accuracy = forms.FloatField(required=False, widget=forms.HiddenInput)
    age = forms.FloatField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=lazy("Reason without a position"),
        max_length=300,
        required=False,
        help_text=lazy("For example: no reception. It counts the same."),
    )


class CommentForm(ServiceForm):
    text = forms.CharField(label=lazy("Your feedback"), widget=forms.Textarea, max_length=2000)


class CommunicationForm(NextContactForm):
    """A call, mail or message."""

    client = ClientField()
    channel = forms.ChoiceField(label=lazy("Channel"), widget=forms.RadioSelect)
    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=lazy("Spoke with"), required=False
    )
    reached = forms.BooleanField(label=lazy("Reached"), required=False, initial=True)
    said = forms.CharField(label=lazy("What was said"), widget=forms.Textarea, max_length=4000)
    needs = forms.CharField(
        label=lazy("Needs"), widget=forms.Textarea, max_length=2000, required=False
    )
    concerns = forms.CharField(
        label=lazy("Concerns"), widget=forms.Textarea, max_length=2000, required=False
    )
    interest = forms.ChoiceField(
        label=lazy("Interest"), choices=[("", "—"), *Interest.choices], required=False
    )
    at = MomentField(label=lazy("When"), required=False, help_text=lazy("Empty means: now."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        channels = choices_of(rules_on().crm.contact_channels)
        self.fields["channel"].choices = channels
        self.initial.setdefault("channel", channels[0][0])
        for name in ("needs", "concerns"):
            self.fields[name].widget.attrs["rows"] = 2
        value = self.data.get("client") or self.initial.get("client")
        self.fields["client"].ready(self.person, value)
        chosen = self.fields["client"].widget.chosen
        if chosen is None:
            del self.fields["contact"]
        else:
            self.fields["contact"].queryset = chosen.contacts.filter(deleted_at=None)
        self.order_fields(
            ["client", "channel", "contact", "reached", "said", "next_contact_on", "other_day"]
        )


class NextContactDayForm(NextContactForm):
    """Sets a client's next contact alone."""

    def values(self) -> dict[str, Any]:
        return {"day": super().values()["next_contact_on"]}
