from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "expansion.notices"
    label = "notices"
