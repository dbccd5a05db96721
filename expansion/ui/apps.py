from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "expansion.ui"
    label = "ui"
