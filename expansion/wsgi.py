"""The web server's entry: `gunicorn expansion.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expansion.settings")
application = get_wsgi_application()
