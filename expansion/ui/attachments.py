"""What a page hands out as a file of its own."""

from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(name: str, content: bytes = b"", kind: str = XLSX) -> HttpResponse:
    """An answer that is saved under this name, in whatever script it is written."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
