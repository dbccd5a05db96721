"""Forms of units and posts; none of them writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.people.models import Post, Role, Unit
from expansion.people.services.organisation import WITHIN
from expansion.ui.forms import RecordForm


class UnitForm(RecordForm):
    class Meta:
        model = Unit
        fields = ["name", "name_en", "parent"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parent"].label = _("Below")
        self.fields["parent"].queryset = Unit.objects.exclude(kind=Unit.Kind.OUTSIDE)
        self.fields["parent"].required = self.instance.kind == Unit.Kind.TEAM
        if self.instance.pk and self.instance.kind != Unit.Kind.TEAM:
            del self.fields["parent"]


class NewUnitForm(UnitForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parent"].required = True


class PostForm(RecordForm):
    headcount = forms.IntegerField(
        label=_("Headcount"), min_value=0, max_value=999, help_text=_("0 means no limit.")
    )

    class Meta:
        model = Post
        fields = ["title", "title_en", "headcount"]


class NewPostForm(PostForm):
    headcount = forms.IntegerField(
        label=_("Headcount"),
        min_value=0,
        max_value=999,
        initial=0,
        help_text=_("0 means no limit."),
    )

    class Meta:
        model = Post
        fields = ["title", "title_en", "role", "headcount"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        role.label = _("What its holders may do")
        administers = self.person.holds(Role.ADMINISTRATOR)
        role.choices = [
            ("", _("Choose one")),
            *(one for one in Role.choices if administers or one[0] in WITHIN),
        ]
