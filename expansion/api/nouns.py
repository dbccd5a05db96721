"""A noun's resource: read through the gate, written through its services."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DynamicRoute, Route, SimpleRouter
from rest_framework.throttling import UserRateThrottle

from expansion import access
from expansion.api.parsing import StrictJSON
from expansion.api.problems import PROBLEM, Malformed, Problem, Unconditional
from expansion.api.values import Nothing
from expansion.errors import Stale
from expansion.once.services import answer_to, at_address, once
from expansion.records import checks_in_words
from expansion.ui.listing import Listing, State


@dataclass(frozen=True)
class Act:
    """One write: the service that answers it, what it takes, and what it gives back.

    The service gets `actor`, the values, for an act on a record `record`, and for a `versioned` one
    the `version` that the caller has seen. Without `gives` the noun itself is given back.

    `asks` is the action that the gate is asked for before anybody looks at what was sent: `create`
    for a new record and `edit` for an act on one, unless another is named. With an empty word the
    service alone decides.
    """

    service: Callable[..., Any]
    takes: type[serializers.BaseSerializer] = Nothing
    gives: type[serializers.BaseSerializer] | None = None
    versioned: bool = False
    asks: str | None = None
    reads: type[BaseParser] = StrictJSON


class Pages(CursorPagination):
    """Newest first; `next` and `previous` are addresses, so no page is skipped or shown twice."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-pk"

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        place = "0" if cursor is None or cursor.position is None else cursor.position
        if not (place.isascii() and place.isdigit() and len(place) < 19):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class PerPerson(UserRateThrottle):
    """A slip of a script is slowed down before it slows everybody."""

    rate = "600/min"


ONCE = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="A repeat changes nothing twice."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag that was read."
)


class RecordViewSet(viewsets.GenericViewSet):
    """One noun: read through the gate, written through its services.

    `creates` answers POST on the list, `changes` PATCH on a record, `verbs` POST `…/7/<verb>`, and
    `starts` POST `…/<verb>` on the list. `listing` lends its filters, views and search; `queries`
    are the words that a `narrowed` of the noun's own knows.
    """

    listing: ClassVar[Listing | None] = None
    queries: ClassVar[Sequence[str]] = ()
    creates: ClassVar[Act | None] = None
    changes: ClassVar[Act | None] = None
    verbs: ClassVar[Mapping[str, Act]] = {}
    starts: ClassVar[Mapping[str, Act]] = {}
    permission_classes: Sequence[Any] = [IsAuthenticated]
    throttle_classes: Sequence[Any] = [PerPerson]
    pagination_class = Pages

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Declares a documented method for each act, so that router and schema find it."""
        super().__init_subclass__(**kwargs)
        cls.list = _documented(_listing(), 200, cls.serializer_class, _queries(cls))
        cls.retrieve = _documented(_retrieving(), 200, cls.serializer_class, [])
        if cls.creates:
            cls.parser_classes = [cls.creates.reads]
            cls.create = _acting(cls, "create", cls.creates, 201)
        if cls.changes:
            cls.partial_update = _acting(cls, "partial_update", cls.changes, 200)
        for name, act in cls.verbs.items():
            _add_verb(cls, name, act, detail=True)
        for name, act in cls.starts.items():
            _add_verb(cls, name, act, detail=False)

    def records(self) -> QuerySet:
        """What there is, before anybody's gate, with all that a row shows in one query."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return self.records().none()
        return access.visible_to(self.request.user, self.records())

    def narrowed(self, records: QuerySet) -> QuerySet:
        if self.listing is None:
            return records
        return State(self.listing, self.request.query_params, self.request.user).narrowed(records)

    def found(self) -> models.Model:
        """The record of the address; Gone where it is not there for this person."""
        return access.find(self.request.user, self.records(), self.kwargs["pk"])

    def run(self, act: Act, status: int, *, partial: bool = False) -> Response:
        """Asks the gate, checks what was sent, calls the service once, gives back what it made."""
        key = self.key()
        earlier = answer_to(actor=self.request.user, key=key) if key else None
        if earlier is not None:
            return self.replayed(act, earlier, status)
        record = self.found() if "pk" in self.kwargs else None
        self.ask(act, record)
        given = self.given(act, record, partial)
        try:
            with checks_in_words():
                result, new = self.once(key, lambda: act.service(actor=self.request.user, **given))
        except Stale as stale:
            raise self.with_both(stale) from None
        return self.answer(act, result, status) if new else self.replayed(act, result, status)

    def ask(self, act: Act, record: models.Model | None) -> None:
        """May this person do it at all? First, so that nobody is taught a form not theirs to send.

        Raises:
            Forbidden: no; the sentence names who may.
        """
        asks = ("create" if record is None else "edit") if act.asks is None else act.asks
        if asks:
            access.require(self.request.user, asks, record or self.serializer_class.Meta.model)

    def given(self, act: Act, record: models.Model | None, partial: bool) -> dict[str, Any]:
        """What the service gets, checked by form."""
        sent = act.takes(
            data=self.request.data, partial=partial, context=self.get_serializer_context()
        )
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data) | ({"record": record} if record is not None else {})
        return given | ({"version": self.version()} if act.versioned else {})

    def with_both(self, stale: Stale) -> Stale:
        """The refusal of a stale write with the values stored now, as this person reads them, and
        those sent, by field; the stored version is what to send as `If-Match` next."""
        stored = self.found()
        shown = self.get_serializer(stored).data
        sent = self.request.data if isinstance(self.request.data, Mapping) else {}
        theirs = {name: shown[name] for name in sent if name in shown}
        both = Stale(stale.message, theirs=theirs, yours={name: sent[name] for name in theirs})
        both.version = getattr(stored, "version", None)
        return both

    def version(self) -> int:
        """The version that the caller has seen, from `If-Match`.

        Raises:
            Unconditional: it does not say.
            Malformed: it is no ETag of ours.
        """
        tag = self.request.headers.get("If-Match", "").removeprefix("W/").strip('"')
        if not tag:
            raise Unconditional(_("Send the ETag that you have read as If-Match."))
        if not (tag.isascii() and tag.isdigit() and len(tag) < 10):
            raise Malformed(_("If-Match is not an ETag of this record."))
        return int(tag)

    def key(self) -> str:
        """The caller's key at this address."""
        return at_address(self.request, self.request.headers.get("Idempotency-Key", ""))

    def once(self, key: str, act: Callable[[], models.Model]) -> tuple[models.Model, bool]:
        """The act, or the first one's record where its key has been sent before."""
        return once(actor=self.request.user, key=key, act=act) if key else (act(), True)

    def replayed(self, act: Act, earlier: models.Model, status: int) -> Response:
        response = self.answer(act, earlier, status)
        response["Idempotency-Replayed"] = "true"
        return response

    def answer(self, act: Act, result: Any, status: int) -> Response:
        """What was made, read again through the gate: it may be out of sight now."""
        if act.gives:
            return Response(act.gives(result, context=self.get_serializer_context()).data, status)
        record = self.get_queryset().filter(pk=result.pk).first()
        if record is None:
            return Response(status=HTTPStatus.NO_CONTENT)
        return self.shown(record, status)

    def shown(self, record: models.Model, status: int = 200) -> Response:
        headers = {"ETag": f'"{record.version}"'} if hasattr(record, "version") else {}
        return Response(self.get_serializer(record).data, status, headers=headers)


def _listing() -> Callable[..., Response]:
    def list(self: RecordViewSet, request: Request) -> Response:
        """Those that one may see, newest first."""
        page = self.paginate_queryset(self.narrowed(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    return list


def _retrieving() -> Callable[..., Response]:
    def retrieve(self: RecordViewSet, request: Request, pk: str) -> Response:
        """One that one may see; its ETag is its version."""
        return self.shown(self.found())

    return retrieve


def _acting(
    cls: type[RecordViewSet],
    name: str,
    act: Act,
    status: int,
    declare: Callable[..., Any] = lambda method: method,
) -> Callable[..., Response]:
    partial = name == "partial_update"

    def write(self: RecordViewSet, request: Request, **place: Any) -> Response:
        return self.run(act, status, partial=partial)

    write.__name__ = name
    write.__doc__ = (act.service.__doc__ or "").split("\n\n")[0].strip()
    headers = [ONCE, IF_MATCH] if act.versioned else [ONCE]
    takes = None if act.takes is Nothing else act.takes
    # The schema reads what the outermost decorator says: `declare` comes before it.
    return _documented(declare(write), status, act.gives or cls.serializer_class, headers, takes)


def _add_verb(cls: type[RecordViewSet], name: str, act: Act, *, detail: bool) -> None:
    word = f"{'act' if detail else 'start'}_{name.replace('-', '_')}"
    declare = action(detail=detail, methods=["post"], url_path=name, parser_classes=[act.reads])
    setattr(cls, word, _acting(cls, word, act, 200 if detail else 201, declare))


def _documented(
    method: Callable[..., Response],
    status: int,
    gives: Any,
    parameters: list[OpenApiParameter],
    takes: Any = None,
) -> Callable[..., Response]:
    refusals = {(code, PROBLEM): Problem for code in (400, 401, 403, 404, 409, 422, 428, 429)}
    listed = gives(many=True) if method.__name__ == "list" else gives
    left = {204: None} if status != 200 or method.__name__.startswith("act_") else {}
    return extend_schema(
        request=takes, parameters=parameters, responses={status: listed} | left | refusals
    )(method)


def _queries(view: type[RecordViewSet]) -> list[OpenApiParameter]:
    """The words of the query string that the list's own page knows."""
    words, listing = list(view.queries), view.listing
    if listing is not None:
        words += [one.key for one in listing.filters]
        words += ["view"] if listing.views else []
        words += ["q"] if listing.is_searched else []
    return [OpenApiParameter(word, OpenApiTypes.STR) for word in words]


class Router(SimpleRouter):
    """Addresses as those of the pages: `clients/`, `clients/7`, `clients/7/reassign`."""

    routes = [
        Route(
            url=r"^{prefix}/$",
            mapping={"get": "list", "post": "create"},
            name="{basename}-list",
            detail=False,
            initkwargs={},
        ),
        DynamicRoute(
            url=r"^{prefix}/{url_path}$", name="{basename}-{url_name}", detail=False, initkwargs={}
        ),
        Route(
            url=r"^{prefix}/{lookup}$",
            mapping={"get": "retrieve", "patch": "partial_update"},
            name="{basename}-detail",
            detail=True,
            initkwargs={},
        ),
        DynamicRoute(
            url=r"^{prefix}/{lookup}/{url_path}$",
            name="{basename}-{url_name}",
            detail=True,
            initkwargs={},
        ),
    ]


def routes(app: str, nouns: Mapping[str, type[RecordViewSet]]) -> list[Any]:
    """The addresses of an app's nouns, for its `urlpatterns`."""
    router = Router(trailing_slash=False, use_regex_path=True)
    for noun, view in nouns.items():
        router.register(noun, view, basename=f"api-{app}-{noun}")
    return router.urls
