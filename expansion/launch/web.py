"""Gunicorn's settings: `gunicorn -c python:expansion.launch.web expansion.wsgi`.

BIND, WEB_WORKERS and WEB_THREADS change them. SQLite wants one process.
"""

import gc
import os
import sys

from expansion import environment as env

_production = env.mode() == "production"

bind = env.text("BIND", "127.0.0.1:8000")
workers = env.integer("WEB_WORKERS", 2 if _production else 1)
threads = env.integer("WEB_THREADS", 4 if _production else 8)
worker_class = "gthread"
loglevel = "warning"
graceful_timeout = 8
timeout = 60
control_socket_disable = True  # It would lie in the home folder, which may not be writable.
# Heartbeat files: in memory where one may write there, else in the temporary folder.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def on_starting(server) -> None:
    """Loads the application before the workers fork, so that they start at once and share it.

    For the same reason SIGHUP loads no new code: it makes new workers of what is loaded already. A
    new version needs a restart.

    Refuses to start, exit code 2, where demo accounts would be exposed.
    """
    gc.disable()  # While all is imported nothing becomes garbage, and looking costs half a second.
    try:
        load()
    finally:
        gc.enable()
    gc.freeze()  # No collector of a worker touches what all of them share.
    from expansion.launch import guard

    try:
        guard.refuse_in_production()
        guard.refuse_off_loopback(server.cfg.address)
    except guard.DemoAccountsExposed as reason:
        print(reason, file=sys.stderr, flush=True)
        sys.exit(2)


def load() -> None:
    """Everything that a first request would import."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expansion.settings")
    import django

    django.setup()
    from django.template.loader import get_template
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 — reading it imports every view
    get_template("layouts/app.html")
