"""The people of the demo department, and the one pass phrase they share.

Public knowledge, therefore guarded: `expansion.launch.guard` keeps a server with such an account on
the loopback address, and keeps production from starting.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

DEMO_PASSPHRASE = "three-lamps-one-door"  # noqa: S105 - public by design, see above

# Fixed, so that accounts that still have the phrase are found by one query. Of this length Django
# does not replace it when somebody logs in.
DEMO_SALT = "expansionDemoSalt00001"

DEMO_PEOPLE = [
    ("manager", "部门经理"),
    ("deputy", "副经理，兼市场调研小组负责人"),
    ("leader.client", "客户开发小组组长"),
    ("leader.partnership", "商务合作小组组长"),
    ("member.research", "市场调研小组组员"),
    ("member.client", "客户开发小组组员"),
    ("member.client2", "客户开发小组组员"),
    ("member.partnership", "商务合作小组组员"),
    ("hr", "人力资源部"),
    ("legal", "法务部"),
    ("leadership", "公司领导"),
    ("admin", "系统管理员"),
    ("finance", "财务部"),
    ("liaison", "其他部门联络人"),
]


def demo_password_hash() -> str:
    """The stored form of the pass phrase, the same on every installation of one Django version."""
    return PBKDF2PasswordHasher().encode(DEMO_PASSPHRASE, DEMO_SALT)
