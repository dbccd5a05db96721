from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "expansion.approvals"
    label = "approvals"
