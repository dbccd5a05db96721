from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "expansion.office"
    label = "office"
