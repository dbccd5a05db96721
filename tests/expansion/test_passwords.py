"""What a password has to be: 10 to 128 characters, none of the common ones, nothing else."""

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.test import Client as Browser

from expansion.errors import Invalid
from expansion.people.services import passwords

pytestmark = pytest.mark.django_db
WORD = "seven-owls-asleep"


def set_to(cast, password):
    passwords.set_password(actor=cast.administrator, record=cast.member, password=password)
    return cast.again(cast.member)


@pytest.mark.parametrize(
    "password",
    [
        "o" * 4 + "wl" * 3,  # ten
        "ab" * 64,  # 128
        "十个汉字也是一个密码",
        "  two blanks at each end  ",
        "ＦＵＬＬ　ＷＩＤＴＨ",
        "no-digit-no-capital-no-sign",
        "🦉🦉🦉🦉🦉🦉🦉🦉🦉🦉",
    ],
)
def test_ten_to_128_characters_are_enough_and_taken_as_typed(cast, password):
    assert set_to(cast, password).check_password(password)
    login = {"login": "member", "password": password}
    assert Browser().post("/login/", login).status_code == 302
    for other in (password.strip(), password.upper()):
        if other != password:
            assert not cast.again(cast.member).check_password(other)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "owl",
        "o" * 3 + "wl" * 3,  # nine
        "ab" * 64 + "a",  # 129
        "1234567890",
        "qwertyuiop",
        "QwertyUiop",
        "password123",
        "administrator1",
    ],
)
def test_shorter_longer_common_and_similar_ones_are_refused(cast, password):
    person = cast.administrator if "administrator" in password else cast.member
    with pytest.raises(Invalid) as refusal:
        passwords.checked(password, person)
    assert refusal.value.fields["password"]
    with pytest.raises(Invalid):
        set_to(cast, password) if person == cast.member else passwords.checked(password, person)


def test_a_short_one_is_refused_in_a_sentence_of_the_house(cast):
    """Django's own is new, and stands in no Chinese catalogue of its."""
    with pytest.raises(Invalid) as refusal:
        passwords.checked("xy" * 4, cast.member)
    assert refusal.value.fields["password"] == ["A password has 10 characters at least."]


def test_each_common_one_that_is_long_enough_is_refused():
    """The list is a file of the framework: nobody is asked over a network."""
    common = CommonPasswordValidator().passwords
    long_enough = [one for one in common if 10 <= len(one) <= 128]
    assert len(common) > 19_000 and len(long_enough) > 100
    for password in long_enough:
        with pytest.raises(Invalid):
            passwords.checked(password.title(), None)


def test_every_form_that_takes_a_password_says_the_same(cast, sign_in):
    set_to(cast, WORD)
    own = {"current": WORD, "request_id": "k1"}
    for length, status in ((9, 422), (129, 422)):
        weak = ("xy" * 65)[:length]
        member = sign_in(cast.again(cast.member))
        assert member.post("/people/password", own | {"password": weak}).status_code == status
        admin = sign_in(cast.administrator)
        sent = {"request_id": f"k{length}", "password": weak}
        url = f"/people/{cast.colleague.pk}/password"
        assert admin.post(url, sent).status_code == status
        new = {"username": f"n{length}", "name": "新人"}
        assert admin.post("/people/new", sent | new).status_code == status
