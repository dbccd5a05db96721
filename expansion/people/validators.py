"""Rules for passwords beside Django's own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class LongestPassword:
    """A bound for whoever sends a book to be hashed."""

    def __init__(self, most: int = 128):
        self.most = most

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.most:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("A password holds %(most)d characters at most.") % {"most": self.most}
