"""The API's page, and what stands where no noun does."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from expansion.errors import Gone
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import Screen


class Unknown(APIView):
    """An address of the API that does not exist, as a problem and not as a page."""

    schema = None
    permission_classes = [IsAuthenticated]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Gone(_("There is nothing here for you at this address."))


class Schema(SpectacularAPIView):
    """The API's own schema. It says the same to everybody, so it is written once per language."""

    schema = None
    permission_classes = [IsAuthenticated]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        content = _written(get_language(), type(renderer))
        return HttpResponse(content, content_type=renderer.media_type)


@lru_cache(maxsize=16)
def _written(language: str, renderer: type[BaseRenderer]) -> bytes:
    return renderer().render(Schema.generator_class().get_schema(public=True), renderer_context={})


class DocsPage(Screen):
    """The schema, drawn for people."""

    gate = SIGNED_IN
    template = "api/docs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw({})
