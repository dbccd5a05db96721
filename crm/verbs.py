"""The acts of this app in words, as the changes tab and the audit page show them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

VERBS = {
    "crm.client.created": _("client added"),
    "crm.client.changed": _("client changed"),
    "crm.client.reassigned": _("client handed over"),
    "crm.client.deleted": _("client deleted"),
    "crm.client.restored": _("client restored"),
    "crm.client.completed": _("client filled in by an import"),
    "crm.client.completion_undone": _("import's additions taken off"),
    "crm.client.contact_planned": _("next contact set"),
    "crm.contact.added": _("contact added"),
    "crm.contact.changed": _("contact changed"),
    "crm.contact.removed": _("contact removed"),
    "crm.contact.revealed": _("number shown"),
    "crm.contact.reported": _("personal data given out"),
    "crm.contact.erased": _("personal data erased"),
    "files.attachment.added": _("file added"),
    "files.attachment.removed": _("file removed"),
}


def verb_label(verb: str) -> Any:
    """The words for a verb; one without words is shown as it is stored."""
    return VERBS.get(verb, verb)
