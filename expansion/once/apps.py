from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "expansion.once"
    label = "once"
