"""A record's level of confidentiality as a mark."""

from django import template

from expansion.ui.levels import kept_badge, level_badge

register = template.Library()
register.simple_tag(level_badge)
register.simple_tag(kept_badge)
