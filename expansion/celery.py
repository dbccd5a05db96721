"""The worker's entry: `celery -A expansion worker`. The broker only wakes; work stands in rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expansion.settings")
app = Celery("expansion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
