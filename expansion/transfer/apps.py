from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "expansion.transfer"
    label = "transfer"
