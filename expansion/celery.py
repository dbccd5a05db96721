"""The worker's entry: `celery -A expansion worker`. The broker only wakes; work stands in rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expansion.settings")
app = Celery("expansion")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Beat only ticks. What is due stands in rows (expansion.jobs.timetable), so a missed tick, or a
# missed week, is made up by the next one. A tick that waited its whole minute is not needed.
TICK = 60.0
app.conf.beat_schedule = {
    "jobs": {"task": "jobs.run_waiting", "schedule": TICK, "options": {"expires": TICK}}
}
