from django.apps import AppConfig


class GuestsConfig(AppConfig):
    name = "expansion.guests"
    label = "guests"
