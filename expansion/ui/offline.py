"""The service worker: it lets two forms open without a network and keeps nothing else."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from expansion.ui.gates import PUBLIC, behind


@cache
def _script() -> str:
    return (settings.BASE_DIR / "static" / "js" / "worker.js").read_text(encoding="utf-8")


@behind(PUBLIC)
def worker(request: HttpRequest) -> HttpResponse:
    """The script, from the root: a worker answers only for addresses below its own."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
