"""The report of a survey on paper."""

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import NotNow
from expansion.people.models import User
from expansion.rulebook.selectors import rules_on
from expansion.surveys.models import Questionnaire
from expansion.surveys.selectors import audience_label, results
from expansion.transfer.pdf import pdf


@transaction.atomic
def export_report(*, actor: User, record: Questionnaire) -> bytes:
    """Figures, findings and measures as PDF; who printed it stands in the trail and at its foot.

    Raises:
        Gone: the questionnaire is not visible to this person.
        NotNow: it still takes answers, or was never sent.
        Missing: this machine cannot make PDF.
    """
    held = access.find(actor, Questionnaire.objects.live(), record.pk)
    access.require(actor, "export", held)
    if not held.is_over:
        raise NotNow(_("There is nothing to print before the survey is closed."))
    entry = write(actor=actor, verb="surveys.questionnaire.exported", about=held)
    return pdf(
        "surveys/report_pdf.html",
        {
            "record": held,
            "results": results(held),
            "audience": audience_label(rules_on(), held.audience),
            "measures": held.measures.select_related("responsible"),
            "export": entry,
            "reader": actor,
            "printed_at": clock.now(),
        },
    )
