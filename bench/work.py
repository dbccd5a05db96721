"""The pages that are measured; `bench.floor` answers the same addresses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """One request: a GET of `address`, or a POST where `form` says what is sent.

    `{pk}` in the address becomes a client's id, `{n}` in a value a number never used before. What
    is asked `by_sharer` comes from a member with whom many single clients are shared.
    """

    label: str
    address: str
    form: tuple[tuple[str, str], ...] = ()
    by_sharer: bool = False


LIST = "/crm/clients/"
NEW_CLIENT = (
    ("name", "南京新客{n}有限公司"),
    ("kind", "firm"),
    ("contact_name", "陈伟"),
    ("phones", "139{n}"),
    ("request_id", "bench-{n}"),
)
PAGES = (
    Work("list, first page", LIST),
    Work("list with 500 shares", LIST, by_sharer=True),
    Work("filtered by owner and stage", f"{LIST}?stage=negotiation&view=mine"),
    Work("search, two characters", f"{LIST}?q=%E6%B5%B7%E7%BA%B3"),
    Work("search, pinyin", f"{LIST}?q=hainajiudian"),
    Work("search, initials", f"{LIST}?q=hnjd"),
    Work("search, phone tail", f"{LIST}?q=4217"),
    Work("client page, 20 activities", f"{LIST}{{pk}}"),
    Work("funnel (board)", "/crm/opportunities/board"),
    Work("first page", "/"),
    Work("create by form", f"{LIST}new", NEW_CLIENT),
)
