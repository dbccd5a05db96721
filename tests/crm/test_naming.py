"""When two names are one firm, credit codes, and names by their sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.naming import firm_key, initials, same_firm, search_key, valid_credit_code

SAME = [
    ("苏州博雅餐饮管理有限公司", " 苏州博雅餐饮管理有限责任公司 "),
    ("杭州东方商业管理（集团）有限公司", "杭州东方商业管理(集团)有限公司"),
    ("ＫＴＶ欢唱有限公司", "KTV 欢唱有限公司"),
    ("宁波百盛科技有限责任公司分公司", "宁波百盛科技有限公司分公司"),
    ("宁波\u3000百盛\u200b科技", "宁波百盛科技"),
]
APART = [
    ("苏州博雅有限公司", "苏州博雅股份有限公司"),
    ("苏州博雅有限公司", "苏州博雅(集团)有限公司"),
    ("苏州博雅有限公司", "苏州博雅有限公司分公司"),
    ("苏州博雅有限公司", "杭州博雅有限公司"),
    ("欢唱ktv", "欢唱KTV"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_firm_have_one_key(one, other):
    assert firm_key(one) == firm_key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_firms_have_other_keys(one, other):
    assert firm_key(one) != firm_key(other)


@given(st.text())
def test_the_key_of_a_key_is_itself(name):
    assert firm_key(firm_key(name)) == firm_key(name)


def test_an_equal_credit_code_makes_one_firm_and_an_empty_one_does_not():
    assert same_firm("甲公司", "91350100M000100Y43", "乙公司", "91350100m000100y43 ")
    assert not same_firm("甲公司", "", "乙公司", "")


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91110000600037341L", " 91350100m000100y43"]
)
def test_credit_codes_with_the_right_check_sign_hold(code):
    assert valid_credit_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "91350100M000100Y44",
        "91350100M000100Y4",
        "91350100M0001O0Y43",
        "123",
        "９" * 18,
        "中" * 18,
    ],
)
def test_other_credit_codes_do_not(code):
    assert not valid_credit_code(code)


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_mistyped_sign_is_noticed(place, sign):
    code = "91350100M000100Y43"
    changed = code[:place] + sign + code[place + 1 :]
    assert valid_credit_code(changed) == (changed == code)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单于静", "chanyujing cyj"),
        ("单雄信", "shanxiongxin sxx"),
        ("曾国强", "zengguoqiang zgq"),
        ("仇英", "qiuying qy"),
        ("解晓东", "xiexiaodong xxd"),
        ("王伟", "wangwei ww"),
        ("", ""),
    ],
)
def test_a_surname_has_its_own_sound(name, key):
    assert search_key(name, is_person=True) == key


def test_a_firm_is_read_as_words_not_as_a_surname():
    assert search_key("重庆银行") == "chongqingyinhang cqyh"
    assert search_key("单店KTV") == "dandianktv ddk"
    assert initials("苏州 博雅") == "szby"
