"""The ways in beside the password, for the login page."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from expansion.single_sign_on import COMPANY, OIDC, Way

register = template.Library()


@register.simple_tag
def ways_in() -> list[dict[str, Any]]:
    """[{label, url}], empty where no single sign-on is configured."""
    return [{"label": way.label, "url": _address(way)} for way in settings.SSO]


def _address(way: Way) -> str:
    return reverse(f"{way.provider}_login", args=[COMPANY] if way.provider == OIDC else [])
