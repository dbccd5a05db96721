"""What somebody asked sees behind a link, and where the answers go."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import offers
from expansion.people.selectors import house_name
from expansion.surveys.forms import AnswerForm
from expansion.surveys.models import Invitation
from expansion.surveys.services.answering import keep_answers
from expansion.surveys.services.inviting import PURPOSE


def show(record: Invitation) -> dict[str, Any]:
    """The questionnaire's own words, what the answers are for, and who keeps them; nothing of
    whoever is asked, so that a link in wrong hands tells no name."""
    asked = record.questionnaire
    return {
        "title": asked.title,
        "intro": asked.intro,
        "purpose": asked.purpose,
        "keeper": house_name(),
        "promise": _(
            "Answers are read together, from %(least)d on. Once the survey is closed nobody can "
            "tell whose an answer is."
        )
        % {"least": asked.least},
        "verb": _("Send my answers"),
    }


def closed(record: Invitation) -> str:
    return "" if record.questionnaire.is_open else _("This survey is over. Thank you all the same.")


offers.add(
    offers.GuestPage(
        PURPOSE,
        show,
        AnswerForm,
        closed,
        keep_answers,
        template="surveys/_questions.html",
        refuses_house=gettext_lazy(
            "This is for whoever was asked. Nobody of the house answers for somebody else."
        ),
    )
)
