"""`manage.py erase_person CONTACT --actor USERNAME --reason TEXT`."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from crm.models import Contact
from crm.services.erasing import erase_person
from expansion.errors import Refusal
from expansion.people.models import User


class Command(BaseCommand):
    help = "Blanks the personal values of one contact, by the same service as the page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contact", type=int, help="number of the contact")
        parser.add_argument("--actor", required=True, help="user name of who answers for it")
        parser.add_argument("--reason", required=True, help="why; it is kept in the trail")

    def handle(self, *, contact: int, actor: str, reason: str, **_options: object) -> None:
        person = User.objects.active().filter(username__iexact=actor).first()
        if person is None:
            message = _("Nobody with the user name “%(name)s” is active.") % {"name": actor}
            raise CommandError(message)
        with translation.override(person.language):
            record = Contact.objects.select_related("client").filter(pk=contact).first()
            if record is None:
                raise CommandError(_("There is no contact of this number."))
            try:
                erase_person(actor=person, record=record, reason=reason)
            except Refusal as refusal:
                raise CommandError(refusal.message) from None
            self.stdout.write(_("The personal data are erased"))
