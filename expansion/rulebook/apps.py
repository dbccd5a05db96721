from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "expansion.rulebook"
    label = "rulebook"
