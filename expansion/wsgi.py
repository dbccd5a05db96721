"""The web server's entry: `gunicorn expansion.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expansion.settings")
django_application = get_wsgi_application()

# Below, because they need the apps to be ready.
from expansion.launch import guard  # noqa: E402
from expansion.ui.readable import declared  # noqa: E402

application = declared(django_application)
# Here too, for servers that do not read our gunicorn settings.
guard.refuse_in_production()
