"""The API's page, and what stands where no noun does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.permissions import IsAuthenticated
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


class DocsPage(Screen):
    """The schema, drawn for people."""

    gate = SIGNED_IN
    template = "api/docs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw({})
