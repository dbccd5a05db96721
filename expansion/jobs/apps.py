from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "expansion.jobs"
    label = "jobs"
