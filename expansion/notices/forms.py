"""Forms of this room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from expansion.ui.forms import ServiceForm


class ChannelsForm(ServiceForm):
    """In the application always; by e-mail only where the person wants it."""

    email = forms.BooleanField(label=_("Send my notices by e-mail too"), required=False)
