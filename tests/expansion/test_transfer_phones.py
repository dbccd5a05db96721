"""Phone numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expansion.errors import Invalid
from expansion.transfer.phones import parse_phone, phone_text, read_phones

READ = [
    ("13590830166", ["13590830166"]),
    ("１８１２２２０２９７２", ["18122202972"]),
    ("155 1643 8831", ["15516438831"]),
    ("155-5173-2904", ["15551732904"]),
    ("138.1234.5678", ["13812345678"]),
    ("+86 15731672326", ["15731672326"]),
    ("0086-13812345678", ["13812345678"]),
    ("86-13812345678", ["13812345678"]),
    (13590830166, ["13590830166"]),
    (1.3812345678e10, ["13812345678"]),
    ("1.3812345678E+10", ["13812345678"]),
    (2186878543.0, ["021-86878543"]),
    ("15667127684/021-86878543", ["15667127684", "021-86878543"]),
    ("13812345678、13912345678；13712345678", ["13812345678", "13912345678", "13712345678"]),
    ("13812345678 13912345678", ["13812345678", "13912345678"]),
    ("13812345678\n13912345678", ["13812345678", "13912345678"]),
    ("13812345678，13812345678", ["13812345678"]),
    ("（021）8687 8543", ["021-86878543"]),
    ("02186878543", ["021-86878543"]),
    ("0571/8687854", ["0571-8687854"]),
    ("+86-571-86878543", ["0571-86878543"]),
    ("021-86878543转801", ["021-86878543-801"]),
    ("021-86878543 ext. 801", ["021-86878543-801"]),
    ("021-86878543-801", ["021-86878543-801"]),
    ("021-86878543/86878544", ["021-86878543", "021-86878544"]),
    ("400-123-4567", ["400-123-4567"]),
    ("4001234567转8", ["400-123-4567-8"]),
    ("手机：13812345678；座机：021-86878543", ["13812345678", "021-86878543"]),
    ("+852 2123 4567", ["+852 2123 4567"]),
    ("无", []),
    ("", []),
    (None, []),
]
BAD = [
    ("12345", "Only 5 digits"),
    ("1381234567", "Only 10 digits"),
    ("86878543", "area code is missing"),
    ("138123456781391234567", "too many"),
    ("135908301661", "12 digits are too many"),
    ("12812345678", "begins like this"),
    ("1.38E+10", "cut off digits"),
    ("见名片", "No number stands here"),
    (True, "No number stands here"),
    (-5, "Only 1 digit."),
]


@pytest.mark.parametrize(("cell", "texts"), READ)
def test_numbers_are_read_from_every_spelling(cell, texts):
    found = read_phones(cell)
    assert [phone.text for phone in found.phones] == texts
    assert found.bad == []


@pytest.mark.parametrize(("cell", "message"), BAD)
def test_what_is_no_number_is_refused_with_its_reason(cell, message):
    found = read_phones(cell)
    assert found.phones == []
    assert message in found.bad[0].message


def test_a_good_number_is_kept_beside_a_bad_one():
    found = read_phones("1381234567 13912345678")
    assert [phone.text for phone in found.phones] == ["13912345678"]
    assert [bad.text for bad in found.bad] == ["1381234567"]


def test_words_beside_numbers_are_not_lost():
    assert read_phones("张三13812345678 李四:13912345678").words == "张三 李四"


def test_a_local_number_takes_the_area_code_it_is_given():
    assert read_phones("86878543", area="021").phones[0].e164 == "+862186878543"


def test_storing_and_showing_are_two_forms_of_one_number():
    landline = read_phones("021-86878543转801").phones[0]
    assert (landline.e164, landline.extension) == ("+862186878543", "801")
    assert phone_text(landline.e164) == "021-86878543"
    assert phone_text("unknown") == "unknown"


def test_a_form_field_takes_exactly_one_number():
    assert parse_phone(" 138 1234 5678 ").e164 == "+8613812345678"
    for text in ("", "12345", "13812345678/13912345678", "张三13812345678"):
        with pytest.raises(Invalid):
            parse_phone(text)


@given(st.text() | st.text(alphabet="0123456789+-() /转，ext", max_size=60))
def test_reading_what_was_read_gives_the_same_numbers(text):
    for phone in read_phones(text).phones:
        again = read_phones(phone.text)
        assert again.phones == [phone]
        assert again.bad == []


@given(st.text(alphabet="0123456789+-() /、abc张", max_size=60))
def test_no_digit_disappears(text):
    found = read_phones(text)
    if any(char.isdigit() for char in text):
        assert found.phones or found.bad
