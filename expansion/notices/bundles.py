"""Very many notices of one kind at once, read as one."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from expansion.notices.models import Notice

MOST = 3  # of one kind at once that a person reads one by one
NAMED = 3  # of those in the bundle that its text names


def gather(stored: list[Notice]) -> list[Notice]:
    """What each person reads of these: their notices, or one that stands for very many.

    Those it stands for stay stored under their keys, as read, and are listed on its page.
    """
    by_person: dict[int, list[Notice]] = defaultdict(list)
    for notice in stored:
        by_person[notice.person_id].append(notice)
    many = [found for found in by_person.values() if len(found) > MOST]
    if not many:
        return stored
    heads = Notice.objects.bulk_create([_head(members) for members in many])
    for head in heads:
        head.url = reverse("notices:together", args=[head.pk])
    Notice.objects.bulk_update(heads, ["url"], batch_size=200)
    _put_within(heads, [one.pk for members in many for one in members])
    return heads + [one for found in by_person.values() if len(found) <= MOST for one in found]


def _put_within(heads: list[Notice], members: list[int]) -> None:
    """Each below the head of its own person, and read: one statement for all."""
    own = Notice.objects.filter(pk__in=[head.pk for head in heads], person=OuterRef("person"))
    Notice.objects.filter(pk__in=members).update(
        within=Subquery(own.order_by().values("pk")), read_at=heads[0].at
    )


def words(members: list[Notice], language: str) -> tuple[str, str]:
    """Title and text of what stands for these; of a single one its own."""
    first, more = members[0], len(members) - 1
    if not more:
        return first.title, first.text
    with translation.override(language):
        said = ngettext("%(title)s, and %(count)s more", "%(title)s, and %(count)s more", more)
    room = 200 - len(said)
    title = said % {"title": first.title[:room], "count": more}
    return title, "\n".join(one.title for one in members[:NAMED])


def _head(members: list[Notice]) -> Notice:
    first = members[0]
    title, text = words(members, first.person.language)
    return Notice(
        person=first.person,
        actor_id=first.actor_id,
        kind=first.kind,
        title=title,
        text=text,
        url=reverse("notices:notice-list"),
        at=first.at,
    )
