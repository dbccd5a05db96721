"""Which lists of this app are exported; the enrolments of a session are its attendance sheet."""

from expansion.transfer.registry import add_export
from training.models import Enrolment, Session
from training.tables import ENROLMENTS, SESSIONS

add_export(SESSIONS, Session.objects.live)
add_export(ENROLMENTS, Enrolment.objects.live)
