"""Forgetting somebody who was asked; the service that erases the person calls it."""

from django.db import models

from expansion.guests.services import revoke_passes
from expansion.records import about_key
from expansion.surveys.models import Answer, Invitation, Response
from expansion.surveys.services.inviting import PURPOSE


def forget_recipient(*, actor: object, record: models.Model, contact: int, alone: bool) -> int:
    """Blanks who was asked, ends open links, and takes away the words of answers that can still be
    told to be this person's; marks stay, as nobody's. Returns how many rows were changed.

    A record that is the person itself (`alone`) is named by its answers too: they are cut off.
    """
    asked = Invitation.objects.filter(contact__in=(contact, 0), **about_key(record))
    found = list(asked if alone else asked.filter(contact=contact))
    revoke_passes(actor=actor, purpose=PURPOSE, records=found)
    own = Response.objects.filter(invitation__in=found)
    if alone:
        own = Response.objects.filter(**about_key(record)) | own
    ids = list(own.values_list("pk", flat=True))
    Answer.objects.filter(response__in=ids).exclude(text="").update(text="")
    gone = {"about_type": None, "about_id": None, "about_label": ""} if alone else {}
    Response.objects.filter(pk__in=ids).update(invitation=None, **gone)
    Invitation.objects.filter(pk__in=[one.pk for one in found]).update(recipient="")
    return len(found) + len(ids)
