"""The approval desk: inbox, document, decisions, sheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.approvals import batches, desk, forms, remarks, services, signers, tables
from expansion.approvals.access import withdrawers
from expansion.approvals.models import Comment, Decision, Note, Request
from expansion.approvals.selectors import acts_under_mandate, waiting_for
from expansion.approvals.sheet import export_sheet
from expansion.errors import Invalid
from expansion.people.selectors import active_people, seats_read_once
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import UNPROCESSABLE, ActPage, FormPage, ListPage, Screen

DONE = {
    Decision.Kind.APPROVE: _("Approved"),
    Decision.Kind.RETURN: _("Returned with your comment"),
    Decision.Kind.REJECT: _("Rejected with your comment"),
}


class Inbox(Screen):
    """The queue, with the most urgent document open beside it."""

    gate = SIGNED_IN
    template = "approvals/inbox.html"

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        with seats_read_once():
            active_people()  # The chain names whoever holds its steps: all seats are read at once.
            steps = list(waiting_for(request.user, seats=request.user.seats))
            first = steps[0].request if steps else None
            chosen = self.find(Request, pk) if pk else first
            context = {
                "alone": pk is not None,
                "queue": desk.queue(request.user, chosen, steps),
                "form": forms.DecisionForm(person=request.user),
                **self.document(chosen),
            }
        return self.draw(context)

    def document(self, chosen: Request | None) -> dict[str, Any]:
        if chosen is None:
            return {}
        comparing = self.request.GET.get("compare") == "1"
        return desk.document(self.request.user, chosen, comparing=comparing)


class Decide(FormPage):
    """POST of the decision bar; whoever was slower is told who decided (409)."""

    gate = SIGNED_IN
    model = Request
    form = forms.DecisionForm
    template = "approvals/inbox.html"

    def load(self, pk: int | None) -> None:
        """The service says why somebody may not decide; here only visibility counts."""
        self.record = self.find(Request, pk)

    def get(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        self.load(pk)
        return HttpResponseRedirect(self.record.get_absolute_url())

    def make_form(self, **given: Any) -> forms.DecisionForm:
        return self.form(person=self.request.user, **given)

    def write(self, form: Any) -> Request:
        values = form.values()
        self.done = DONE[values["decision"]]
        return services.decide(actor=self.request.user, request=self.record, **values)

    def differences(self, form: Any) -> list[dict[str, Any]]:
        return []  # A decision has no two versions to choose from: the page shows the new state.

    def success_url(self, record: Any) -> str:
        """The next one that waits, else the inbox."""
        step = waiting_for(self.request.user).first()
        return step.request.get_absolute_url() if step else reverse("approvals:inbox")

    def context(self, form: Any) -> dict[str, Any]:
        """Where the person decides no longer, what they typed stands where they may still say it,
        else on the page to copy: it is never lost."""
        stored = self.find(Request, self.record.pk)
        steps = list(waiting_for(self.request.user))
        document = desk.document(self.request.user, stored, comparing=False)
        return {
            "alone": True,
            "form": form,
            "queue": desk.queue(self.request.user, stored, steps),
            "unsent": "" if document["seat"] else form.typed,
            **document,
        }


class AskAnother(ActPage):
    """Asks somebody else, with the version that was read."""

    gate = SIGNED_IN
    model = Request
    action = "decide"

    def make_form(self, **given: Any) -> Any:
        asked = set(self.record.parties)
        return self.form(person=self.request.user, asked=asked, **given)

    def initial(self) -> dict[str, Any]:
        return super().initial() | {"version": self.record.version}

    def write(self, form: Any) -> Request:
        values = form.values() | {"version": form.cleaned_data["version"]}
        return self.service(actor=self.request.user, request=self.record, **values)

    def differences(self, form: Any) -> list[dict[str, Any]]:
        return []  # The page shows the new state, as with a decision.


class AddSigner(AskAnother):
    form = forms.SignerForm
    title = _("Add a signer")
    verb = _("Ask")
    done = _("Asked; the chain shows where")

    def service(self, **values: Any) -> Request:
        return signers.add_signer(**values)


class HandOn(AskAnother):
    """What is passed on may not be this person's to read any more: back to the inbox then."""

    form = forms.HandOnForm
    title = _("Pass on")
    verb = _("Pass on")
    done = _("Passed on")
    note = _("The other person decides instead of you, within the time that is left.")

    def load(self, pk: int | None) -> None:
        """A step that cannot be given away is not asked about first."""
        super().load(pk)
        self.step, principal = services.decidable(self.request.user, self.record, None)
        if refusal := signers.not_handed_on(self.step, principal):
            raise refusal

    def make_form(self, **given: Any) -> Any:
        found = signers.takers(self.step)
        among = None if found is None else {one.pk for one in found}
        return super().make_form(among=among, **given)

    def service(self, **values: Any) -> Request:
        return signers.hand_on(**values)

    def success_url(self, record: Any) -> str:
        return reverse("approvals:inbox")


class Several(Screen):
    """Approves several of those that wait at once; each answer says what became of it."""

    gate = SIGNED_IN
    template = "approvals/several.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(forms.SeveralForm(person=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = forms.SeveralForm(person=request.user, data=request.POST)
        if not form.is_valid():
            return self.answer(form, status=UNPROCESSABLE)
        comment = form.cleaned_data["comment"]
        try:
            answers = batches.approve_several(
                actor=request.user, versions=form.versions(), comment=comment
            )
        except Invalid as refusal:
            form.take(refusal)
            return self.answer(form, status=UNPROCESSABLE)
        refused = [one for one in answers if one.refusal]
        if refused:
            return self.answer(form, done=len(answers) - len(refused), refused=refused)
        messages.success(request, batches.done_words(len(answers)))
        return HttpResponseRedirect(reverse("approvals:inbox"))

    def answer(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        with seats_read_once():
            steps = waiting_for(self.request.user, seats=self.request.user.seats)
            rows = [
                {
                    "step": step,
                    "request": step.request,
                    "kind": tables.kind_label(step.request.kind),
                    "amount": desk.amount(step.request),
                    "alone": alone,
                    "value": f"{step.request_id}:{step.request.version}",
                }
                for step, alone in batches.offered(steps)
            ]
        chosen = form.data.getlist("chosen") if form.is_bound else []
        return self.draw({"form": form, "rows": rows, "chosen": chosen, **more}, status=status)


class Withdraw(ActPage):
    gate = SIGNED_IN
    model = Request
    form = forms.EmptyForm
    danger = True
    title = _("Withdraw from approval")
    verb = _("Withdraw")
    done = _("Withdrawn")

    def load(self, pk: int | None) -> None:
        """Only the submitter, or who has the record now; why it is too late, the service says."""
        self.record = self.find(Request, pk)
        if self.request.user.pk not in withdrawers(self.record):
            access.require(self.request.user, "withdraw", self.record)

    def service(self, *, actor: Any, record: Request) -> Request:
        return services.withdraw(actor=actor, request=record)

    def success_url(self, record: Any) -> str:
        """Back to the record, where the person sees it."""
        about = record.about
        seen = about is not None and access.can(self.request.user, "view", about)
        return about.get_absolute_url() if seen else record.get_absolute_url()


class CommentOn(ActPage):
    """Says something without deciding; the desk has the field for it."""

    gate = SIGNED_IN
    model = Request
    form = forms.CommentForm
    title = _("Comment without deciding")
    verb = _("Post comment")
    done = _("Comment posted")

    def load(self, pk: int | None) -> None:
        self.record = self.find(Request, pk)
        remarks.require_voice(self.request.user, self.record)

    def service(self, *, actor: Any, record: Request, text: str) -> Comment:
        return remarks.comment(actor=actor, request=record, text=text)

    def success_url(self, record: Any) -> str:
        return record.request.get_absolute_url()


class NoteAct(ActPage):
    gate = SIGNED_IN
    model = Note

    def context(self, form: Any) -> dict[str, Any]:
        return super().context(form) | {"cancel_url": self.success_url(self.record)}

    def success_url(self, record: Any) -> str:
        return record.decision.step.request.get_absolute_url()


class NoteAnswer(NoteAct):
    action = "answer"
    form = forms.AnswerForm
    title = _("Answer a note")
    verb = _("Answer")
    done = _("Answered")

    def service(self, *, actor: Any, record: Note, answer: str) -> Note:
        return remarks.answer_note(actor=actor, note=record, answer=answer)


class NoteSettle(NoteAct):
    action = "settle"
    form = forms.EmptyForm
    title = _("Settle a note")
    verb = _("Mark as settled")
    done = _("Settled")

    def service(self, *, actor: Any, record: Note) -> Note:
        return remarks.settle_note(actor=actor, note=record)


class Sheet(Screen):
    """The approval sheet as PDF (R-exp-05)."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        chosen = self.find(Request, pk)
        content = export_sheet(actor=request.user, request=chosen)
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="approval-{pk}.pdf"'
        return response


class RequestList(ListPage):
    gate = SIGNED_IN
    listing = tables.REQUESTS
    empty = {
        "icon": "inbox",
        "title": _("No approvals yet"),
        "text": _("What is submitted for approval will stand here."),
    }


class ActList(ListPage):
    """Everything decided for an absent principal (R-exp-04)."""

    gate = SIGNED_IN
    listing = tables.ACTS
    empty = {
        "icon": "user-check",
        "title": _("Nothing was decided for somebody absent"),
        "text": _("Decisions under a mandate will stand here, with both names."),
    }

    def records(self):
        return acts_under_mandate()
