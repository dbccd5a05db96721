"""The health page, for load balancers and container supervisors."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from expansion.launch import broker
from expansion.ui.gates import PUBLIC, behind


@behind(PUBLIC)
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when database and broker answer, else 503; open to everybody, says no more than that."""
    parts = {
        "database": database_answers(),
        "broker": broker.fault(settings.REDIS_URL) is None,
    }
    well = all(parts.values())
    words = {name: "ok" if answers else "no answer" for name, answers in parts.items()}
    return JsonResponse(
        {"status": "ok" if well else "degraded", **words}, status=200 if well else 503
    )


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
