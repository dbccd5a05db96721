"""The menu entries of this app, and what can be written down from anywhere."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Client, Lead, Opportunity, Visit
from expansion import access, offers


def may(action: str, model: type[models.Model]) -> Callable[[Any], bool]:
    return lambda person: access.can(person, action, model)


offers.add(
    offers.NavItem(
        "clients",
        "clients",
        _("Clients"),
        "crm:client-list",
        "building-store",
        10,
        may("view", Client),
    ),
    offers.NavItem(
        "leads", "clients", _("Leads and pool"), "crm:lead-list", "target", 20, may("view", Lead)
    ),
    offers.NavItem(
        "opportunities",
        "clients",
        _("Pipeline board"),
        "crm:board",
        "layout-kanban",
        30,
        may("view", Opportunity),
        folders=("/crm/opportunities/",),
    ),
    offers.NavItem(
        "visits",
        "clients",
        _("Visits and outings"),
        "crm:visit-list",
        "map-pin",
        40,
        may("view", Visit),
    ),
    offers.QuickAct(
        "visit", _("Visit"), "crm:visit-create", "map-pin", 10, may("create", Visit), "v", True
    ),
    offers.QuickAct(
        "phone", _("Call"), "crm:communication-create", "phone", 20, may("create", Visit), "", True
    ),
    offers.QuickAct("lead", _("Lead"), "crm:lead-create", "target", 30, may("create", Lead)),
)
