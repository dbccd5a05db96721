"""A form whose answer holds a secret: shown this once, kept nowhere but as a hash."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse

from expansion.errors import Gone, Refusal
from expansion.once.services import once
from expansion.ui.forms import ServiceForm
from expansion.ui.pages import UNPROCESSABLE, FormPage, form_key


class SecretPage(FormPage):
    """201 with the secret; a form sent again is told that it was shown already."""

    shown_template = ""

    def make(self, **values: Any) -> tuple[models.Model, Any]:
        """The record and its secret."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        self.load(pk)
        form = self.make_form(data=request.POST)
        if not form.is_valid():
            return self.answer(form, status=UNPROCESSABLE)
        secrets: list[Any] = []

        def act() -> models.Model:
            record, secret = self.make(**self.given(form))
            secrets.append(secret)
            return record

        try:
            record, _new = once(actor=request.user, key=form_key(request), act=act)
        except Gone:
            raise
        except Refusal as refusal:
            return self.refuse(form, refusal)
        return self.shown(record, next(iter(secrets), None))

    def given(self, form: ServiceForm) -> dict[str, Any]:
        """What the service is handed."""
        about = {} if self.record is None else {"record": self.record}
        return {"actor": self.request.user, **about, **form.values()}

    def shown(self, record: Any, secret: Any) -> HttpResponse:
        self.template = self.shown_template
        status = 200 if secret is None else 201
        response = self.draw(self.shown_context(record, secret), status=status)
        response.headers["Cache-Control"] = "no-store"
        return response

    def shown_context(self, record: Any, secret: Any) -> dict[str, Any]:
        return {"record": record, "secret": secret}
