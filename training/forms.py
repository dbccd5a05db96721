"""Forms of this app; none of them writes."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.fields import MomentField
from expansion import clock
from expansion.people.models import User
from expansion.people.selectors import Tree, department, members_on
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.values import choices_of
from expansion.ui.forms import RecordForm, ServiceForm
from training.models import Course, Enrolment, Session


def staff():
    """The people of the department, to choose from."""
    root = department()
    people = members_on(Tree().below(root.pk), clock.today()) if root else []
    return User.objects.filter(pk__in=[one.pk for one in people]).order_by("username")


class CourseForm(RecordForm):
    class Meta:
        model = Course
        fields = ["title", "category", "topic", "hours", "content"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rules = rules_on().training
        self.fields["category"] = forms.ChoiceField(
            label=_("Category"), choices=choices_of(rules.categories, self.instance.category)
        )
        self.fields["topic"] = forms.ChoiceField(
            label=_("Subject area"),
            choices=[("", "—"), *choices_of(rules.topics, self.instance.topic)],
            required=False,
        )


class SessionForm(RecordForm):
    course = forms.ModelChoiceField(Course.objects.filter(deleted_at=None), label=_("Course"))
    starts_at = MomentField(label=_("Starts"))
    ends_at = MomentField(label=_("Ends"))

    class Meta:
        model = Session
        fields = [
            "course",
            "title",
            "mode",
            "starts_at",
            "ends_at",
            "hours",
            "place",
            "trainer",
            "outside_trainer",
            "capacity",
            "note",
        ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["mode"] = forms.ChoiceField(
            label=_("Mode"),
            choices=choices_of(rules_on().training.modes, self.instance.mode),
            widget=forms.RadioSelect,
        )
        self.fields["trainer"].queryset = staff()
        if self.instance.pk:
            del self.fields["course"]
            return
        for name in ("title", "hours"):
            self.fields[name].required = False
            self.fields[name].help_text = _("Left empty, it is the course's.")


class EnrolForm(ServiceForm):
    """Somebody else's seat, given by who organises."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Participant"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = staff()


class AttendanceForm(ServiceForm):
    """One choice per participant: attended, excused or absent."""

    def __init__(self, *args: Any, enrolments: Iterable[Enrolment], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for one in enrolments:
            self.fields[f"mark_{one.pk}"] = forms.ChoiceField(
                label=one.owner.name,
                choices=Enrolment.Attendance.choices,
                initial=one.attendance,
                widget=forms.RadioSelect,
                required=False,
            )

    def values(self) -> dict[str, Any]:
        """The marks that were made, by enrolment id."""
        marks = {
            int(name.removeprefix("mark_")): word for name, word in super().values().items() if word
        }
        return {"marks": marks}


class ConfirmForm(ServiceForm):
    """An act that asks nothing more."""
