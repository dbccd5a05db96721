"""What a user name and a password have to be, beside Django's own rules."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

user_name = RegexValidator(
    r"^[A-Za-z0-9._-]+\Z",
    gettext_lazy("A user name has letters, digits, dots, hyphens and underscores only."),
    code="user_name",
)


class ShortestPassword:
    """Django's rule in our words: its own sentence is new and stands in no Chinese catalogue."""

    def __init__(self, least: int = 10):
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return _("A password has %(least)d characters at least.") % {"least": self.least}


class LongestPassword:
    """A bound for whoever sends a book to be hashed."""

    def __init__(self, most: int = 128):
        self.most = most

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.most:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("A password holds %(most)d characters at most.") % {"most": self.most}
