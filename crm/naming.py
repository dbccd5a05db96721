"""When two names mean the same firm, and how a name is found by its sound.

A firm is the same when its credit code is equal, or its name is equal after NFKC, the removal of
blanks, and 有限责任公司 read as 有限公司. 股份, 集团 and 分公司 make another firm.
"""

import re
import unicodedata

from pypinyin import lazy_pinyin

BLANK = re.compile(r"[\s\u200b\u2060\ufeff]+")

# GB 32100-2015: 17 signs weighted by the powers of 3 and a check sign, modulo 31; I, O, S, V and Z
# do not occur.
CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE = re.compile(rf"[{CREDIT_SIGNS}]{{18}}")

# Surnames that sound otherwise than the same character elsewhere; pypinyin knows the other sound.
# 单于 stands here because its first character does too.
SURNAMES = {
    "单于": ["chan", "yu"],
    "曾": ["zeng"],
    "仇": ["qiu"],
    "单": ["shan"],
    "解": ["xie"],
    "朴": ["piao"],
    "区": ["ou"],
    "盖": ["ge"],
    "查": ["zha"],
    "乐": ["yue"],
    "翟": ["zhai"],
    "员": ["yun"],
    "折": ["she"],
    "覃": ["qin"],
    "繁": ["po"],
    "召": ["shao"],
    "种": ["chong"],
    "秘": ["bi"],
    "缪": ["miao"],
    "洗": ["xian"],
    "祭": ["zhai"],
    "隗": ["wei"],
    "佴": ["nai"],
    "阚": ["kan"],
    "句": ["gou"],
    "卜": ["bu"],
    "牟": ["mu"],
}


def firm_key(name: str) -> str:
    """What is equal for two spellings of one firm, and different for two firms."""
    # Twice, because a blank may have kept apart what normalising puts together.
    plain = unicodedata.normalize("NFKC", BLANK.sub("", unicodedata.normalize("NFKC", name)))
    return plain.replace("有限责任公司", "有限公司")


def credit_code(text: str) -> str:
    """The code as it is stored: half-width capitals without blanks. It may still be wrong."""
    return BLANK.sub("", unicodedata.normalize("NFKC", text)).upper()


def valid_credit_code(text: str) -> bool:
    """18 signs of GB 32100-2015, the last one computed from the others."""
    code = credit_code(text)
    if not CREDIT_CODE.fullmatch(code):
        return False
    total = sum(
        CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17])
    )
    return CREDIT_SIGNS[-total % 31] == code[17]


def same_firm(name: str, code: str, other_name: str, other_code: str) -> bool:
    """The credit codes are equal, or the names are by `firm_key`."""
    ours, theirs = credit_code(code), credit_code(other_code)
    return bool(ours and ours == theirs) or firm_key(name) == firm_key(other_name)


def syllables(name: str, *, is_person: bool = False) -> list[str]:
    """The name in pinyin, one entry per character; what is not Chinese stays, in lower case."""
    plain = BLANK.sub("", unicodedata.normalize("NFKC", name)).lower()
    surname = _surname(plain) if is_person else ""
    given = [part for part in lazy_pinyin(plain[len(surname) :]) if part]
    return [*SURNAMES.get(surname, []), *given]


def initials(name: str, *, is_person: bool = False) -> str:
    return "".join(part[0] for part in syllables(name, is_person=is_person))


def search_key(name: str, *, is_person: bool = False) -> str:
    """Pinyin and initials: 单于静 is `chanyujing cyj`; a person's surname has its own sound."""
    parts = syllables(name, is_person=is_person)
    return f"{''.join(parts)} {''.join(part[0] for part in parts)}".strip()


def _surname(name: str) -> str:
    return next((name[:length] for length in (2, 1) if name[:length] in SURNAMES), "")
