"""The web server's entry: `gunicorn expansion.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expansion.settings")
application = get_wsgi_application()

# Here too, for servers that do not read our gunicorn settings: it needs the apps to be ready.
from expansion.launch import guard  # noqa: E402

guard.refuse_in_production()
