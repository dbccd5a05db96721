"""The demo's workbooks of clients: visiting cards, an association's list, one that is checked."""

from typing import Any

from crm.seeds.clients import ON_CARDS, Book, Entry
from crm.seeds.trades import PRIVATE, TRADES

IMPORTER = "leader.client"
Row = dict[str, str]


def sheets(demo: Any, book: Book) -> dict[str, list[Row]]:
    """Rows by the headers that people use; what becomes of each is the import's to say."""
    known = [one for one in book.of(IMPORTER) if one.client and not one.person]
    others = [one for one in book.of("member.client") if one.client and not one.person]
    return {
        "cards": [
            *(_fresh(demo, book) for _number in range(ON_CARDS - 1)),
            _known(known[0], 电话=book.names.phone()),
            _known(known[1]),
            _known(others[0]),
            _fresh(demo, book, 电话="025-8"),  # comes in all the same, without the number
            _fresh(demo, book, 电话=known[2].phone),
            {"客户名称": "合计", "行业": str(ON_CARDS + 4)},
        ],
        "association": [_fresh(demo, book) for _number in range(3)],
        "checked": [
            *(_fresh(demo, book) for _number in range(5)),
            *(_fresh(demo, book, 电话=one.phone) for one in known[3:7]),
            _known(known[7], 地址="见名片背面"),
            _known(others[1]),
            _fresh(demo, book, 电话="1380000"),
        ],
    }


def _fresh(demo: Any, book: Book, **other: str) -> Row:
    trade = demo.one([one for one in TRADES if one is not PRIVATE])
    place = book.names.place()
    return {
        "客户名称": book.firm(trade),
        "行业": trade.industry,
        "区域": str(place["region"]),
        "地址": str(place["address"]),
        "联系人": book.names.person(),
        "职务": demo.one(trade.posts),
        "电话": book.names.phone(),
        "下次联系": f"{demo.next_workday(demo.chance.randrange(1, 9)):%Y-%m-%d}",
    } | other


def _known(entry: Entry, **other: str) -> Row:
    row = {"客户名称": entry.name, "行业": entry.trade.industry, "联系人": entry.contact}
    return row | {"电话": entry.phone} | other
