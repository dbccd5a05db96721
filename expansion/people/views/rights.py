"""The matrix of rights: read by everybody, changed by administrators."""

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access
from expansion.access import Scope
from expansion.people.forms import RightsForm
from expansion.people.models import Rights, Role
from expansion.people.rights import Kind, Line, kind_of, matrix
from expansion.people.services.rights import change_rights
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import SIGNED_IN, May
from expansion.ui.pages import FormPage, Screen


class Matrix(Screen):
    """What each role sees, kind by kind; each kind's page has the other acts."""

    gate = May("view", Rights)
    template = "people/rights.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rooms: dict[str, list[Kind]] = defaultdict(list)
        for kind in matrix():
            rooms[kind.room].append(kind)
        return self.draw(
            {
                "rooms": list(rooms.items()),
                "roles": Role,
                "width": len(Role) + 1,
                "may_export": access.can(request.user, "export", Rights),
            }
        )


class RightsOf(FormPage):
    """Everything the roles may do to one kind of record."""

    gate = SIGNED_IN
    model = Rights
    form = RightsForm
    template = "people/rights_of.html"
    verb = lazy("Save the rights")
    done = lazy("The new rights hold from now on.")

    def load(self, pk: Any) -> None:
        key = self.kwargs["kind"]
        stored = Rights.objects.filter(kind=key).first()
        self.record = stored or Rights(kind=key, version=0)
        self.kind = kind_of(key, self.record.cells)
        if self.request.method != "GET":
            access.require(self.request.user, "edit", Rights)

    def make_form(self, **given: Any) -> ServiceForm:
        return self.form_of(self.record, **given)

    def form_of(self, stored: Rights, **given: Any) -> ServiceForm:
        kind = kind_of(stored.kind, stored.cells)
        given["initial"] = {"version": stored.version}
        return RightsForm(person=self.request.user, kind=kind, **given)

    def write(self, form: ServiceForm) -> Rights:
        """Only what was touched: two administrators at different cells do not meet."""
        cells: dict[str, dict[str, Scope]] = defaultdict(dict)
        for name in form.changed_data:
            action, _dot, role = name.partition(".")
            if role:
                cells[action][role] = Scope[form.cleaned_data[name].upper()]
        return change_rights(
            actor=self.request.user,
            kind=self.kind.key,
            cells=cells,
            version=form.cleaned_data["version"],
        )

    def context(self, form: ServiceForm) -> dict[str, Any]:
        may_edit = access.can(self.request.user, "edit", Rights)
        rows = [
            {
                "role": role,
                "cells": [
                    (line.cells[place], self._field(form, line, role, may_edit))
                    for line in self.kind.lines
                ],
            }
            for place, role in enumerate(Role)
        ]
        title = _("Rights: %(kind)s") % {"kind": self.kind.label}
        return super().context(form) | {
            "kind": self.kind,
            "rows": rows,
            "may_edit": may_edit,
            "title": title,
        }

    @staticmethod
    def _field(form: ServiceForm, line: Line, role: Role, may_edit: bool) -> Any:
        name = f"{line.action}.{role}"
        return form[name] if may_edit and name in form.fields else None
