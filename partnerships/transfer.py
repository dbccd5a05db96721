"""Which lists of this app are exported."""

from expansion.transfer.registry import add_export
from partnerships.models import Partner, Project
from partnerships.tables import PARTNERS, PROJECTS

add_export(PROJECTS, Project.objects.live)
add_export(PARTNERS, Partner.objects.live)
