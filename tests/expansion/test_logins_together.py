"""One link, one code and one rule for logging in, each used by two at the same moment."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from expansion.errors import Gone, Invalid, Stale
from expansion.people.models import LoginPolicy, User
from expansion.people.services import factors, links
from expansion.people.services.policy import change_login_policy
from tests.together import together

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(steps=0):
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def kept(act, *refusals):
    """What the act returns, or that it was refused."""
    try:
        return act()
    except refusals:
        return "refused"


def test_a_link_sets_one_password(cast):
    _link, secret = links.create_link(actor=cast.administrator, record=cast.member)
    words = ["seven-owls-asleep", "eleven-quiet-boats"]

    def use(word):
        return lambda: kept(lambda: links.use_link(secret=secret, password=word), Gone)

    answers = together([use(word) for word in words])
    assert answers.count("refused") == 1
    (word,) = (word for word, one in zip(words, answers, strict=True) if one != "refused")
    assert User.objects.get(pk=cast.member.pk).check_password(word)


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_opens_once(cast, kind):
    _app, codes = factors.add_app(actor=cast.member, secret=SECRET, code=code(-1))
    typed = codes[0] if kind == "recovery" else code()

    def prove():
        return kept(lambda: factors.prove_code(user=cast.member, code=typed).type, Invalid)

    assert sorted(map(str, together([prove, prove]))).count("refused") == 1


def test_of_two_administrators_one_is_told(cast):
    def choose(role):
        def act():
            return change_login_policy(actor=cast.administrator, factor_roles=[role], version=0)

        return lambda: kept(act, Stale)

    assert together([choose("hr"), choose("legal")]).count("refused") == 1
    assert LoginPolicy.objects.get().version == 1
