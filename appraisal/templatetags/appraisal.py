"""Small words of the appraisal pages."""

from django import template

from expansion.ui.forms import new_key

register = template.Library()

register.simple_tag(new_key, name="act_key")
