"""Screens: list, detail, form, act and board, each declared per noun in a few lines.

Every screen works by plain link and form first; htmx asks the same address for a fragment. A noun
that needs more than two overrides writes its own view on `Screen`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from expansion import access
from expansion.errors import Gone, Invalid, Refusal, Stale
from expansion.once.services import answer_to, at_address, once
from expansion.records import checks_in_words
from expansion.ui.drawing import Page
from expansion.ui.forms import HOUSEKEEPING, ReasonForm, RecordForm, ServiceForm
from expansion.ui.gates import SIGNED_IN, Gate, May, pass_through
from expansion.ui.listing import Listing

UNPROCESSABLE = 422


class Screen(View):
    """A page with a declared permission.

    Raises:
        ImproperlyConfigured: at start, where a screen declares no `gate`.
    """

    gate: Gate | None = None
    template = ""
    fragment = ""

    @classmethod
    def as_view(cls, **given: Any) -> Callable[..., HttpResponse]:
        gate = given.get("gate") or cls.gate or cls.default_gate(given)
        if gate is None:
            raise ImproperlyConfigured(f"{cls.__name__} declares no gate: who may open it?")
        view = super().as_view(**given)
        view.gate = gate  # type: ignore[attr-defined]
        view.view_initkwargs = given | {"gate": gate}  # type: ignore[attr-defined]
        return view

    @classmethod
    def default_gate(cls, given: dict[str, Any]) -> Gate | None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        gate = self.gate or type(self).default_gate(self.__dict__)
        if gate is None:
            raise ImproperlyConfigured(f"{type(self).__name__} declares no gate.")
        return pass_through(gate, request) or super().dispatch(request, *args, **kwargs)

    def draw(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """The page, or its fragment where htmx asks for one and the screen has one."""
        wants_part = self.fragment and self.request.htmx and not self.request.htmx.boosted
        template = self.fragment if wants_part else self.template
        response = render(self.request, template, context, status=status)
        response.headers["Vary"] = "HX-Request, Cookie"
        return response

    def find(self, records: QuerySet | type[models.Model], pk: Any) -> Any:
        """The visible record; Gone where it is not there for this person."""
        if isinstance(records, type):
            records = records._default_manager.all()
        return access.find(self.request.user, records, pk)


class ListPage(Screen):
    """A list of one noun from its `Listing`."""

    listing: Listing
    template = "ui/list.html"
    fragment = "ui/_list.html"
    choices = "components/choices.html"
    create_route = ""
    create_label: Any = ""
    export_route = ""
    import_route = ""
    empty: dict[str, Any] = {}
    segments: Callable[[HttpRequest], list[dict[str, Any]]] | None = None
    extra: dict[str, Any] = {}

    @classmethod
    def default_gate(cls, given: dict[str, Any]) -> Gate | None:
        listing = given.get("listing") or getattr(cls, "listing", None)
        return May("view", listing.model) if listing else None

    def records(self) -> QuerySet:
        return self.listing.model._default_manager.all()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        visible = access.visible_to(request.user, self.records())
        page = Page(self.listing, request, visible)
        if page.opened and request.htmx:
            return render(request, self.choices, {"choices": page.choices_of(page.opened)})
        return self.draw(self.context(page))

    def context(self, page: Page) -> dict[str, Any]:
        person, model = self.request.user, self.listing.model
        return {
            "page": page,
            "create_route": self.create_route if access.can(person, "create", model) else "",
            "create_label": self.create_label,
            "export_route": self.export_route if access.can(person, "export", model) else "",
            "import_route": self.import_route if access.can(person, "import", model) else "",
            "empty": self.empty,
            "subline": self.subline(page),
            **self.extra,
        }

    def subline(self, page: Page) -> str:
        return ""


class DetailPage(Screen):
    """One record: title, facts, tabs, timeline."""

    model: type[models.Model]
    template = ""

    @classmethod
    def default_gate(cls, given: dict[str, Any]) -> Gate | None:
        """The record decides: 404 for everybody who does not see it, whatever their role."""
        return SIGNED_IN if given.get("model") or getattr(cls, "model", None) else None

    def records(self) -> QuerySet:
        return self.model._default_manager.all()

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.find(self.records(), pk)
        return self.draw({"record": record, **self.context(record)})

    def context(self, record: Any) -> dict[str, Any]:
        return {}


class FormPage(Screen):
    """Creates a record, or changes one where the address carries its id.

    `service(actor=…, **values)` creates; `service(actor=…, record=…, version=…, **values)` changes;
    it returns the record. A refusal keeps everything typed and answers 422, or 409 with both values
    where somebody else was faster.
    """

    model: type[models.Model]
    form: type[ServiceForm]
    action = "create"
    template = "ui/form.html"
    title: Any = ""
    note: Any = ""  # What follows from the act, in a sentence, where the title does not say it.
    verb: Any = ""
    done: Any = ""
    danger = False  # It takes something away: outlined in red.

    @classmethod
    def default_gate(cls, given: dict[str, Any]) -> Gate | None:
        """Creating asks the role. An act on a record asks the record: 404 where it is not visible,
        403 with whom to ask where it is (law 1); the role alone would answer 403 for both."""
        model = given.get("model") or getattr(cls, "model", None)
        if model is None:
            return None
        action = given.get("action") or cls.action
        return May(action, model) if action == "create" else SIGNED_IN

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.record: Any = None

    def service(self, **values: Any) -> models.Model:
        raise NotImplementedError

    def records(self) -> QuerySet:
        return self.model._default_manager.all()

    def load(self, pk: int | None) -> None:
        """Finds the record to change and asks whether this person may change it."""
        if pk is not None:
            self.record = self.find(self.records(), pk)
            access.require(self.request.user, self.action, self.record)

    def get(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        self.load(pk)
        return self.answer(self.make_form(initial=self.initial()))

    def post(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        # A second click gets the first one's answer, also where the first has changed who may act.
        key = form_key(request)
        earlier = answer_to(actor=request.user, key=key) if key else None
        if earlier is not None:
            return HttpResponseRedirect(self.success_url(earlier))
        self.load(pk)
        form = self.make_form(data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.answer(form, status=UNPROCESSABLE)
        try:
            with checks_in_words():
                record, _new = once(actor=request.user, key=key, act=lambda: self.write(form))
        except Gone:
            raise
        except Refusal as refusal:
            return self.refuse(form, refusal)
        self.announce(record)
        return HttpResponseRedirect(self.success_url(record))

    def announce(self, record: models.Model) -> None:
        """The toast on the next page."""
        if self.done:
            messages.success(self.request, self.done)

    def write(self, form: ServiceForm) -> models.Model:
        if self.record is None:
            return self.service(actor=self.request.user, **form.values())
        version = form.cleaned_data.get("version")
        return self.service(
            actor=self.request.user, record=self.record, version=version, **form.values()
        )

    def make_form(self, **given: Any) -> ServiceForm:
        if issubclass(self.form, RecordForm) and self.record is not None:
            given["instance"] = self.record
        return self.form(person=self.request.user, **given)

    def initial(self) -> dict[str, Any]:
        """What the address already says, so that nothing is asked twice; never the form's own key,
        which a link from elsewhere could set to one that is used up."""
        return {
            name: value
            for name, value in self.request.GET.items()
            if name in self.form.base_fields and name not in HOUSEKEEPING
        }

    def refuse(self, form: ServiceForm, refusal: Refusal) -> HttpResponse:
        form.take(refusal)
        differences = self.differences(form) if isinstance(refusal, Stale) else []
        status = UNPROCESSABLE if isinstance(refusal, Invalid) else refusal.status
        return self.answer(form, status=status, differences=differences)

    def differences(self, form: ServiceForm) -> list[dict[str, Any]]:
        """For a stale form: each field whose stored value now differs from the one typed.

        What this person has not touched is filled with what is stored.
        """
        stored = self.records().get(pk=self.record.pk)
        touched = set(form.changed_data)
        form.data = form.data.copy()
        form.data["version"] = str(stored.version)
        current = self.form_of(stored)
        found = [
            {
                "name": name,
                "label": form.fields[name].label,
                "theirs": shown(current[name]),
                "yours": shown(form[name]),
                "theirs_value": posted(current[name]),
                "yours_value": posted(form[name]),
                "touched": name in touched,
            }
            for name in form.values()
            if posted(current[name]) != posted(form[name])
        ]
        for one in found:
            if not one["touched"]:
                take_over(form, current, one["name"])
        return found

    def form_of(self, stored: models.Model) -> ServiceForm:
        """The form with what is stored now."""
        return self.form(person=self.request.user, instance=stored)

    def success_url(self, record: models.Model) -> str:
        return record.get_absolute_url()  # type: ignore[attr-defined]

    def answer(self, form: ServiceForm, *, status: int = 200, **more: Any) -> HttpResponse:
        return self.draw({**self.context(form), **more}, status=status)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        back = self.record.get_absolute_url() if hasattr(self.record, "get_absolute_url") else ""
        return {
            "form": form,
            "record": self.record,
            "title": self.title,
            "note": self.note,
            "verb": self.verb or _("Save"),
            "danger": self.danger,
            "cancel_url": back or self.way_back(),
        }

    def way_back(self) -> str:
        """Where the address says the person came from, if that lies in this installation."""
        wanted = self.request.GET.get("back", "")
        here = url_has_allowed_host_and_scheme(wanted, allowed_hosts={self.request.get_host()})
        return wanted if here else ""


def shown(bound: Any) -> str:
    """A bound field's value in words."""
    value = bound.value()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = getattr(bound.field, "choices", None)
    if choices is not None:
        several = isinstance(value, list | tuple)
        chosen = posted(bound).split() if several else [posted(bound)]
        return _(", ").join(str(label) for key, label in choices if str(key) in chosen)
    return "" if value is None else str(value)


def posted(bound: Any) -> str:
    """A bound field's value as its control sends it; several of one name with blanks between."""
    value = bound.value()
    if isinstance(value, list | tuple):
        return " ".join(sorted(str(getattr(one, "pk", one)) for one in value))
    return "" if value is None or value is False else str(getattr(value, "pk", value))


def sent_key(request: HttpRequest) -> str:
    """The key of a sent form as a key can be stored: no NUL, no longer than its column."""
    return request.POST.get("request_id", "").replace("\x00", "")[:64]


def form_key(request: HttpRequest) -> str:
    """The key under which a sent form counts as done: that of another address is none here."""
    return at_address(request, sent_key(request))


def take_over(form: ServiceForm, current: ServiceForm, name: str) -> None:
    """Fills a field of a sent form with the value that is stored now."""
    value = current[name].value()
    if isinstance(value, list | tuple):
        form.data.setlist(form.add_prefix(name), [str(getattr(one, "pk", one)) for one in value])
    else:
        form.data[form.add_prefix(name)] = posted(current[name])


class ActPage(FormPage):
    """A verb on one record: `POST /crm/leads/7/confirm`. A GET asks for what the act needs."""

    form = ReasonForm
    action = "edit"
    template = "ui/act.html"

    def make_form(self, **given: Any) -> ServiceForm:
        return self.form(person=self.request.user, **given)

    def write(self, form: ServiceForm) -> models.Model:
        return self.service(actor=self.request.user, record=self.record, **form.values())


class BoardPage(Screen):
    """Records in columns by one listed key; moving a card is a plain form first."""

    model: type[models.Model]
    template = "ui/board.html"
    fragment = "ui/_board.html"

    @classmethod
    def default_gate(cls, given: dict[str, Any]) -> Gate | None:
        model = given.get("model") or getattr(cls, "model", None)
        return May("view", model) if model else None

    def columns(self) -> list[dict[str, Any]]:
        """[{key, label, gate, count, total, cards: [{title, url, text, …}]}] left to right."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.draw({"columns": self.columns(), **self.context()})

    def context(self) -> dict[str, Any]:
        return {}
