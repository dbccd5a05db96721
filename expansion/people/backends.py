"""Login by user name, e-mail, phone or, where it is unique, by name."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import Q, QuerySet, Subquery

from expansion import offers
from expansion.people.models import Revision, User
from expansion.people.revision import ONLY
from expansion.prepared import prepared


class Login(BaseBackend):
    """Finds the one active person meant and checks the password."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if not username or not password:
            return None
        user = find_account(username)
        if user is None:
            User().set_password(password)  # The same time passes as for a known name.
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        return _active.first(user_id)


@prepared
def _active(user_id: int) -> QuerySet[User]:
    word = Revision.objects.filter(pk=ONLY).values("word")
    facts = {fact.key: fact.expression() for fact in offers.of(offers.PersonFact)}
    found = User.objects.active().filter(pk=user_id)
    return found.annotate(revision=Subquery(word), **facts)


def find_account(typed: str) -> User | None:
    """The one account the typed text means; None where it means none or several."""
    text = typed.strip()
    phone = "+86" + text if text.isdigit() and len(text) == 11 else text
    found = list(
        User.objects.filter(
            Q(username__iexact=text)
            | Q(email__iexact=text, email__gt="")
            | Q(phone=phone, phone__gt="")
        )[:2]
    ) or list(User.objects.filter(name=text)[:2])
    return found[0] if len(found) == 1 else None
