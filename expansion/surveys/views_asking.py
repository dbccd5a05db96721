"""Pages by which a questionnaire reaches people: whom to ask, and each one's link."""

import base64
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from expansion import offers
from expansion.people.factors import FactorAdapter
from expansion.people.views.once_shown import SecretPage
from expansion.surveys import forms
from expansion.surveys.models import Invitation, Questionnaire
from expansion.surveys.services import inviting
from expansion.surveys.views import SurveyAct
from expansion.ui.pages import ActPage


class SurveyInvite(SurveyAct):
    """Whom to ask, from one of the offered audiences, narrowed by a few letters."""

    form = forms.InviteForm
    template = "surveys/invite.html"
    title = lazy("Choose whom to ask")
    verb = lazy("Add these")
    done = lazy("Recipients added")

    def make_form(self, **given: Any) -> forms.InviteForm:
        return self.form(
            person=self.request.user,
            source=self._source(),
            record=self.record,
            text=self.request.GET.get("q", "").replace("\x00", "").strip()[:100],
            **given,
        )

    def _source(self) -> str:
        """The audience that was sent, else asked for, else the first one."""
        wanted = self.request.POST.get("source") or self.request.GET.get("source", "")
        known = [one.key for one in offers.of(offers.SurveyAudience)]
        return wanted if wanted in known else next(iter(known), "")

    def initial(self) -> dict[str, Any]:
        return {}

    def context(self, form: forms.InviteForm) -> dict[str, Any]:
        source = self._source()
        return super().context(form) | {
            "text": self.request.GET.get("q", ""),
            "source": source,
            "sources": [
                {"label": one.label, "url": f"?source={one.key}", "active": one.key == source}
                for one in offers.of(offers.SurveyAudience)
            ],
        }

    def service(self, **values: Any) -> Questionnaire:
        return inviting.invite(base=self.request.build_absolute_uri("/"), **values)


class InvitationLink(SecretPage):
    """Makes the link of one recipient, and shows it once: to copy, or to photograph."""

    model = Invitation
    form = forms.ConfirmForm
    action = "edit"
    template = "ui/act.html"
    shown_template = "surveys/link_created.html"
    title = lazy("Link to hand over")
    verb = lazy("Make the link")
    note = lazy("It works once. An earlier link of this recipient ends.")

    def records(self):
        return Invitation.objects.live().select_related("questionnaire")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        self.find(type(self.record.about), self.record.about_id)

    def make_form(self, **given: Any) -> forms.ConfirmForm:
        return self.form(person=self.request.user, **given)

    def make(self, **values: Any) -> tuple[Invitation, str]:
        return inviting.make_link(**values)

    def shown_context(self, record: Invitation, secret: str | None) -> dict[str, Any]:
        context: dict[str, Any] = {"record": record, "questionnaire": record.questionnaire}
        if secret is not None:
            path = reverse("guests:page", args=[secret])
            address = self.request.build_absolute_uri(path)
            context |= {"address": address, "picture": picture_of(address)}
        return context


def picture_of(address: str) -> str:
    """The address as a picture that a telephone photographs, for the page's own image."""
    drawn = FactorAdapter().build_totp_svg(address).encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"


class InvitationRemove(ActPage):
    model = Invitation
    form = forms.ConfirmForm
    danger = True
    title = lazy("Do not ask any more")
    note = lazy("The link of this recipient ends.")
    verb = lazy("Do not ask")
    done = lazy("Recipient removed")

    def records(self):
        return Invitation.objects.live().select_related("questionnaire")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        self.find(type(self.record.about), self.record.about_id)

    def service(self, **values: Any) -> Questionnaire:
        return inviting.remove_invitation(**values)
