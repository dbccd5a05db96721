"""The clauses of the regulation as they are read, with what was published on how to read them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import compliance
from expansion.errors import Gone
from expansion.rulebook.access import interprets
from expansion.rulebook.models import Interpretation, Version
from expansion.rulebook.regulation import chapters_of, notes_by_clause
from expansion.rulebook.selectors import rules_of, rules_on, version_on
from expansion.rulebook.services import interpretations
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import SIGNED_IN, May
from expansion.ui.pages import FormPage, Screen


class Clauses(Screen):
    """Every operative clause by chapter; readable for all it binds (A-1.2)."""

    gate = May("view", Version)
    template = "rulebook/clauses.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        version = version_on()
        notes = notes_by_clause()
        chapters = [
            {
                "id": chapter.id,
                "label": chapter.label,
                "rows": [
                    {
                        "clause": clause,
                        "notes": notes.get(clause.id, []),
                        "counted": compliance.answer_for(clause.id).check is not None,
                    }
                    for clause in chapter.clauses
                ],
            }
            for chapter in chapters_of(rules_of(version))
        ]
        return self.draw(
            {"version": version, "chapters": chapters, "may_interpret": interprets(request.user)}
        )


class InterpretationForm(ServiceForm):
    text = forms.CharField(
        label=lazy("How the clause is to be understood"), widget=forms.Textarea, max_length=2000
    )


class InterpretationCreate(FormPage):
    """Publishes a note on a clause."""

    gate = SIGNED_IN
    form = InterpretationForm
    verb = lazy("Publish")
    done = lazy("Published")
    way_home = "rulebook:clauses"

    def setup(self, request: HttpRequest, *args: Any, clause: str = "", **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.clause = clause

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._look_up()
        return super().get(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._look_up()
        return super().post(request)

    def _look_up(self) -> None:
        found = next((one for one in rules_on().clauses if one.id == self.clause), None)
        if found is None:
            raise Gone(_("The rulebook in force has no such clause."))
        interpretations.require_interpreter(self.request.user)
        self.title = f"{found.id} {found.label()}"

    def service(self, **values: Any) -> Interpretation:
        return interpretations.publish_interpretation(
            clause=self.clause, rules=rules_on(), **values
        )


class InterpretationWithdraw(Screen):
    """Takes a note on a clause back."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        note = self.find(Interpretation, pk)
        interpretations.withdraw_interpretation(actor=request.user, record=note)
        messages.success(request, _("Withdrawn"))
        return HttpResponseRedirect(note.get_absolute_url())
