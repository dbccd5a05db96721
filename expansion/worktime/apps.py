from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "expansion.worktime"
    label = "worktime"
