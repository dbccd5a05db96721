"""Every refusal of the API as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from expansion.errors import Gone, Invalid, Missing, NotNow, Refusal, Stale, TooEarly
from expansion.ui import failures
from expansion.ui.gates import PUBLIC, behind

ADDRESSES = "/api/"  # below it nobody reads pages
PROBLEM = "application/problem+json"
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
CODES = {Invalid: "invalid", Stale: "stale", NotNow: "not_now", Gone: "gone", Missing: "missing"}


class Unconditional(Refusal):
    """A change that does not say which version it changes."""

    status = HTTPStatus.PRECONDITION_REQUIRED


class Malformed(Refusal):
    """A header that cannot be read."""


class Problem(serializers.Serializer):
    """Problem details; `detail` is a sentence in the reader's language, `errors` go by field.

    For a stale write `stored` and `sent` hold both values by field.
    """

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(required=False)
    stored = serializers.DictField(required=False)
    sent = serializers.DictField(required=False)
    version = serializers.IntegerField(required=False, allow_null=True)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Any error of the API as problem details; unknown ones stay errors of the server."""
    if isinstance(error, Stale):
        return _stale(error)
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, SuspiciousOperation | BadRequest):
        return _problem(HTTPStatus.BAD_REQUEST, _unreadable(), "bad_request")
    if isinstance(error, exceptions.ValidationError):
        errors = _by_field(error.detail)
        return _problem(UNPROCESSABLE, _first_sentence(errors), "invalid", errors)
    response = exception_handler(error, context)
    if response is None:
        return None
    status = HTTPStatus(response.status_code)
    answer = _problem(status, _sentence(error), status.phrase.lower().replace(" ", "_"))
    for name in ("WWW-Authenticate", "Retry-After"):
        if response.has_header(name):
            answer[name] = response[name]
    return answer


@behind(PUBLIC)
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """What is refused before a view is asked: problem details in the API, elsewhere the page."""
    if not request.path.startswith(ADDRESSES):
        return failures.bad_request(request, exception)
    body = _body(HTTPStatus.BAD_REQUEST, _unreadable(), "bad_request")
    return JsonResponse(body, status=HTTPStatus.BAD_REQUEST, content_type=PROBLEM)


def _problem(
    status: int, detail: str, code: str, errors: Mapping[str, Any] | None = None
) -> Response:
    body = _body(status, detail, code) | ({"errors": errors} if errors else {})
    return Response(body, HTTPStatus(status), content_type=PROBLEM)


def _body(status: int, detail: str, code: str) -> dict[str, Any]:
    status = HTTPStatus(status)
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
    }


def _refused(error: Refusal) -> Response:
    errors = error.fields if isinstance(error, Invalid) else {}
    answer = _problem(error.status, error.message, _code(error), errors)
    if isinstance(error, TooEarly):
        answer["Retry-After"] = str(error.seconds)
    return answer


def _stale(error: Stale) -> Response:
    """Both values by field, and the version that is stored now."""
    answer = _problem(error.status, error.message, "stale")
    answer.data |= {"stored": error.theirs, "sent": error.yours, "version": error.version}
    if error.version is not None:
        answer["ETag"] = f'"{error.version}"'
    return answer


def _unreadable() -> str:
    return _("The browser sent something that cannot be read. Go back and try again.")


def _code(error: Refusal) -> str:
    known = next((code for kind, code in CODES.items() if isinstance(error, kind)), "")
    return known or HTTPStatus(error.status).phrase.lower().replace(" ", "_")


def _by_field(detail: Any) -> dict[str, Any]:
    return dict(detail) if isinstance(detail, Mapping) else {"non_field_errors": list(detail)}


def _first_sentence(found: Any) -> str:
    if isinstance(found, Mapping):
        return next((_first_sentence(one) for one in found.values()), "")
    if isinstance(found, list | tuple):
        return next((_first_sentence(one) for one in found), "")
    return str(found)


def _sentence(error: Exception) -> str:
    if isinstance(error, Http404):
        return _("There is nothing here for you at this address.")
    if isinstance(error, PermissionDenied):
        return _("This is not part of your role. Ask the administrator.")
    return str(getattr(error, "detail", error))
