"""Background work of surveys."""

from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.rulebook.selectors import rules_on
from expansion.surveys.models import Questionnaire
from expansion.surveys.services import closing, inviting, measures


@registry.job(inviting.MAIL, label=_("Write to whom a questionnaire asks"))
def mail_invitations(job: Job) -> dict:
    """What was sent before is not sent again, however often it runs."""
    base = job.arguments["base"]
    return inviting.mail_invitations(record=job.about, base=base, progress=job.progress)


@registry.every("surveys.attend", "20 * * * *", label=_("Close surveys that have ended"))
def attend(job: Job) -> dict:
    """Closes those whose last day has passed, and reminds who runs one that ends soon or is to be
    reported on, and who is to carry out a measure."""
    ended = Questionnaire.objects.ended_before(clock.today())
    running = Questionnaire.objects.live().filter(status=Questionnaire.Status.SENT)
    rules = rules_on()
    return {
        "closed": sum(closing.close_ended(record=one) for one in list(ended)),
        "reminded": sum(
            closing.remind_before_end(record=one, rules=rules)
            for one in running.select_related("owner")
        ),
        "reports": closing.remind_of_reports(now=clock.now(), rules=rules),
        "measures": measures.remind(now=clock.now(), rules=rules),
    }
