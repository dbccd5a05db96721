"""Turns a refusal of the domain into a page or a fragment with its sentence."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from expansion.errors import Refusal, Stale

TEMPLATES = {403: "403.html", 404: "404.html", 409: "409.html"}


class Refusals:
    """No service raises HTTP; no view translates a refusal; this is the one place that does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused(request, error) if isinstance(error, Refusal) else None


def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    """The page of a refusal."""
    template = TEMPLATES.get(error.status, "400.html")
    words = {"message": error.message, "somebody_else": isinstance(error, Stale)}
    return render(request, template, words, status=error.status)
