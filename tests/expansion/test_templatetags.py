"""Values in the reader's form, and the marks of the screens."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from expansion import clock
from expansion.ui import formats, icons
from expansion.ui.templatetags import ui

FRIDAY = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def wednesday():
    with clock.clock_at(dt.datetime(2026, 11, 18, 9, 41)), translation.override("zh-hans"):
        yield


def shown(source: str, **values) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh-hans", "11-20 周五"), ("zh-hant", "11-20 週五"), ("en", "Fri 20 Nov")],
)
def test_a_day_reads_in_the_form_of_the_language(language, expected):
    with translation.override(language):
        assert shown("{{ day|day }}", day=FRIDAY) == expected


def test_a_day_of_another_year_carries_its_year():
    assert formats.day(dt.date(2025, 3, 1)) == "2025-03-01"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("day_short", "11-20"),
        ("day_long", "11月20日 周五"),
        ("day_full", "2026-11-20"),
        ("month", "2026 年 11 月"),
        ("weekday", "周五"),
    ],
)
def test_other_forms_of_a_day(style, expected):
    assert shown(f"{{{{ day|{style} }}}}", day=FRIDAY) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (dt.datetime(2026, 11, 18, 1, 12, tzinfo=dt.UTC), "今天 09:12"),
        (dt.datetime(2026, 11, 17, 8, 40, tzinfo=dt.UTC), "昨天 16:40"),
        (dt.datetime(2026, 11, 16, 6, 3, tzinfo=dt.UTC), "11-16 周一 14:03"),
        # Late in UTC is already the next day in the department's zone.
        (dt.datetime(2026, 11, 18, 16, 30, tzinfo=dt.UTC), "明天 00:30"),
    ],
)
def test_a_moment_is_told_in_the_departments_zone(moment, expected):
    assert shown("{{ moment|moment }}", moment=moment) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("486200", "CNY", "¥486,200.00"),
        ("-0.185", "CNY", "\u2212¥0.19"),
        ("1000000000.5", "USD", "US$1,000,000,000.50"),
        ("12", "CHF", "CHF 12.00"),
    ],
)
def test_money_shows_its_currency_two_decimals_and_a_true_minus(amount, currency, expected):
    assert formats.money(Decimal(amount), currency) == expected


def test_board_cards_drop_zero_cents_only():
    assert formats.money_brief(Decimal("86000.00")) == "¥86,000"
    assert formats.money_brief(Decimal("86000.50")) == "¥86,000.50"


def test_nothing_is_shown_as_a_dash_never_as_none():
    source = "{{ v|day }}{{ v|moment }}{{ v|money }}{{ v|number }}{{ v|percent }}{{ v|clock }}"
    assert shown(source, v=None) == formats.NOTHING * 6


def test_numbers_round_half_up():
    assert formats.number(Decimal("86.325"), 2) == "86.33"
    assert shown("{{ v|percent:1 }}", v=Decimal("46.85")) == "46.9%"


def test_counts_stop_at_a_thousand():
    assert [formats.count(n) for n in (0, 999, 1000, 50_000)] == ["0", "999", "1,000+", "1,000+"]


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812346217", "138****6217"),
        ("+8613812346217", "138****6217"),
        ("025-81234410", "025-8****410"),
        ("+862581234410", "025-8****410"),
        ("0512-65123318", "0512-6****318"),
        ("+85251234567", "+852****4567"),
        ("12345", "****45"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_masked_phone_cannot_be_dialled(phone, masked):
    assert formats.masked_phone(phone) == masked


def test_a_masked_email_keeps_its_first_letter_and_host():
    assert formats.masked_email("linjia@example.com") == "l****@example.com"
    assert formats.masked_email("none") == ""


def test_a_badge_escapes_its_word_and_refuses_an_unknown_tone():
    assert str(ui.badge("late", "<b>")) == '<span class="badge badge-late">&lt;b&gt;</span>'
    with pytest.raises(ValueError, match="purple"):
        ui.badge("purple", "x")


@pytest.mark.parametrize(("days", "tone"), [(-2, "late"), (0, "due"), (7, "due"), (8, None)])
def test_a_due_badge_speaks_up_to_a_week_ahead(days, tone):
    shown_badge = ui.due_badge(clock.today() + dt.timedelta(days=days))
    assert (f"badge-{tone}" in shown_badge) if tone else shown_badge == ""


def test_an_icon_is_drawn_inline_and_named_only_when_it_carries_meaning():
    assert 'aria-hidden="true"' in icons.svg("phone")
    assert "<path" in icons.svg("phone")
    assert 'aria-label="&lt;x&gt;"' in icons.svg("phone", 16, "<x>")


@pytest.mark.parametrize("name", ["no-such-icon", "../icons/outline/phone", ""])
def test_an_unknown_icon_is_refused_in_tests(name):
    with pytest.raises(icons.UnknownIcon):
        icons.svg(name)


def test_a_missing_icon_costs_no_page_in_production(settings):
    settings.DEBUG = settings.TESTING = False
    assert "<svg" in icons.svg("gone-in-production")


def test_every_icon_that_a_template_names_exists(settings):
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        for name in re.findall(r'{% icon "([^"]+)"', text):
            icons.drawing(name)


def test_share_stays_between_nothing_and_all():
    assert [ui.share(v, 12) for v in (None, 0, 6, 24, -3)] == ["0", "0", "50.0", "100.0", "0.0"]


def test_only_a_local_address_is_offered_for_undo():
    class Message:
        def __init__(self, tags):
            self.extra_tags = tags

    assert ui.undo_url(Message("undo:/crm/visits/7/undo")) == "/crm/visits/7/undo"
    assert ui.undo_url(Message("undo:https://elsewhere")) == ""
    assert ui.undo_url(Message(None)) == ""
