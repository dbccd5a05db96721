"""The people that stand in every test, and the day on which all tests play.

Wednesday, 18 November 2026, 09:41 in Shanghai: an ordinary working day in the middle of a quarter.
"""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from django.contrib.auth.models import AnonymousUser

from expansion.people.models import Membership, Post, Status, Unit, User
from expansion.people.services.accounts import search_text
from expansion.rulebook.models import Version
from expansion.rulebook.services import load_preset

NOW = datetime(2026, 11, 18, 1, 41, tzinfo=UTC)
LOADED_ON = date(2024, 1, 1)

# username: (name, unit, post)
SEATS = {
    "member": ("许晴", "client", "member"),
    "colleague": ("冯璐", "client", "member"),
    "outsider": ("何思远", "research", "member"),
    "partner_member": ("罗海涛", "partnership", "member"),
    "leader": ("林嘉", "client", "leader"),
    "deputy": ("周敏", "department", "deputy"),
    "manager": ("陈立群", "department", "manager"),
    "consolidator": ("高洁", "department", "consolidator"),
    "hr": ("方蕾", "company", "hr"),
    "finance": ("韩雪", "company", "finance"),
    "legal": ("郑琳", "company", "legal"),
    "leadership": ("沈国华", "company", "leadership"),
    "administrator": ("孙宁", "company", "administrator"),
    "liaison": ("吴桐", "company", "liaison"),
    "deactivated": ("赵一鸣", "client", "member"),
}


# Who stands above whom (reading 2): user names, below → above.
UP = {
    "member": "leader",
    "colleague": "leader",
    "leader": "manager",
    "outsider": "deputy",
    "partner_member": "manager",
    "deputy": "manager",
    "manager": "leadership",
}


@dataclass
class Cast:
    """Everybody by part. `outsider` sits in another team than `member`."""

    member: User
    colleague: User
    outsider: User
    partner_member: User
    leader: User
    deputy: User
    manager: User
    consolidator: User
    hr: User
    finance: User
    legal: User
    leadership: User
    administrator: User
    liaison: User
    deactivated: User
    anonymous: AnonymousUser
    version: Version

    def everyone(self) -> dict[str, User | AnonymousUser]:
        """Part → person, the anonymous and the deactivated included."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "version"}

    def again(self, person: User) -> User:
        """The same person read anew, with today's seats."""
        return User.objects.get(pk=person.pk)


def assemble() -> Cast:
    """Loads the `ktv` rulebook and seats everybody."""
    version = load_preset(actor=None, key="ktv", effective_on=LOADED_ON)
    units = {unit.key: unit for unit in Unit.objects.all()}
    posts = {post.key: post for post in Post.objects.all()}
    people = {}
    for username, (name, unit, post) in SEATS.items():
        user = User.objects.create(username=username, name=name, search=search_text(name))
        Membership.objects.create(user=user, unit=units[unit], post=posts[post], since=LOADED_ON)
        people[username] = user
    people["deactivated"].status = Status.LEFT
    people["deactivated"].save()
    return Cast(**people, anonymous=AnonymousUser(), version=version)
