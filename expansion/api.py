"""The API's root: routes and problem details (RFC 9457). Filled by the rooms."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

from expansion.errors import Invalid, Refusal

PROBLEM = "application/problem+json"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Any error of the API as problem details; unknown ones stay errors of the server."""
    if isinstance(error, Refusal):
        body: dict[str, Any] = {"title": error.message, "status": error.status}
        if isinstance(error, Invalid) and error.fields:
            body["errors"] = error.fields
        return Response(body, status=error.status, content_type=PROBLEM)
    response = exception_handler(error, context)
    if response is not None:
        detail = response.data
        title = detail.get("detail") if isinstance(detail, dict) else None
        response.data = {"title": str(title or error), "status": response.status_code}
        if title is None:
            response.data["errors"] = detail
        response.content_type = PROBLEM
    return response
