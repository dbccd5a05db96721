from django.apps import AppConfig


class RelationsConfig(AppConfig):
    name = "expansion.relations"
    label = "relations"
