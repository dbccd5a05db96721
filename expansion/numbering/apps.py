from django.apps import AppConfig


class NumberingConfig(AppConfig):
    name = "expansion.numbering"
    label = "numbering"
