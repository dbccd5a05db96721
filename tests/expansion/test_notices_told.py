"""The log of what was told in the application: to whom, what kind, when, and when it was read;
never what it said (R-exp-11)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expansion import access, clock
from expansion.errors import Forbidden
from expansion.notices import outbox
from expansion.notices.models import Mail, Notice, Told
from expansion.notices.services import Telling, choose_channels, read_notice, tell, tell_each
from expansion.rulebook.selectors import rules_on
from expansion.transfer.services import exports
from tests.architecture.test_budgets import MOST_OF_A_LIST
from tests.cast import NOW
from tests.expansion.test_export import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_server")]
PLACE = "/notices/told/"


def say(person, kind="office.report_due"):
    return tell(people=[person], kind=kind, title="MARKER", text="SECRET", url="/hidden-place/")[0]


@pytest.fixture
def admin(cast, sign_in):
    cast.administrator.language = "en"
    cast.administrator.save()
    return sign_in(cast.administrator)


def test_an_administrator_sees_who_was_told_what_kind_and_when_it_was_read(cast, admin):
    notice = say(cast.member)
    page = admin.get(PLACE).content.decode()
    assert cast.member.name in page and "Report falls due" in page and "09:41" in page
    assert "unread" in page and "10:30" not in page
    with clock.clock_at(NOW.replace(hour=2, minute=30)):
        read_notice(actor=cast.member, record=notice)
    assert "10:30" in admin.get(PLACE).content.decode()


def test_the_log_never_says_what_a_notice_said_or_where_it_led(cast, admin):
    say(cast.member)
    page = admin.get(f"{PLACE}?col=event&col=channel&col=told&col=read&col=kind&col=count")
    for word in ("MARKER", "SECRET", "hidden-place"):
        assert word not in page.content.decode()


def test_only_administrators_read_the_log(cast, sign_in):
    say(cast.member)
    for other in (cast.manager, cast.member, cast.hr):
        assert sign_in(other).get(PLACE).status_code == 403
        assert not access.visible_to(other, Told.objects.all()).exists()


def test_the_log_is_narrowed_by_way_person_kind_and_read_state(cast, admin):
    cast.leader.email = "leader@example.com"
    cast.leader.save()
    choose_channels(actor=cast.leader, wishes={"deadlines": "at_once"})
    say(cast.leader)
    outbox.send_waiting()
    read_notice(actor=cast.member, record=say(cast.member, kind="approvals.open"))

    def names(query: str) -> set[str]:
        page = admin.get(f"{PLACE}?{query}").content.decode()
        rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
        return {one.username for one in (cast.leader, cast.member) if one.name in rows}

    assert names("") == {"leader", "member"}
    assert names("channel=mail") == names(f"person={cast.leader.pk}") == {"leader"}
    assert names("kind=office.report_due") == names("read=no") == {"leader"}
    assert names("channel=app") == names("read=yes") == names(f"q={cast.member.name}") == {"member"}


def test_what_is_read_as_one_stands_as_one_with_its_number(cast, admin):
    tellings = [Telling(cast.member, f"Nr. {n}", "/jobs/", key=f"k{n}") for n in range(12)]
    tell_each(tellings, kind="test.said")
    page = admin.get(PLACE).content.decode()
    assert page.count("<tr data-href") == 1 and ">12<" in page


def test_the_page_costs_the_same_however_many_rows(cast, admin):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(PLACE).status_code == 200
        return len(queries)

    say(cast.member)
    admin.get(PLACE)
    few = cost()
    for person in (cast.member, cast.leader, cast.manager, cast.hr):
        for _number in range(10):
            say(person)
    assert cost() == few <= MOST_OF_A_LIST


def test_the_log_is_read_by_its_indexes(cast):
    """Three hundred thousand notices are paged without being sorted."""
    with connection.cursor() as cursor:
        for narrowed in (Told.objects.listed(), Told.objects.listed().filter(kind="x")):
            sql, params = narrowed.order_by("-at", "-pk")[:51].query.sql_with_params()
            explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"{explain} {sql}", params)
            plan = str(cursor.fetchall())
            assert "notice_listed" in plan
            assert "TEMP B-TREE" not in plan


def test_the_log_is_exported_without_what_was_said(cast):
    say(cast.member)
    Mail.objects.all().delete()

    def exported(actor, query="", file_format="xlsx") -> str:
        given = {"rules": rules_on(), "actor": actor, "key": "notices.told", "query": query}
        return str(rows_of(exports.export_list(**given, file_format=file_format)))

    rows = exported(cast.administrator)
    assert cast.member.name in rows and "office.report_due" in rows
    assert "MARKER" not in rows and "SECRET" not in rows
    assert cast.member.name not in exported(cast.administrator, "read=yes")
    with pytest.raises(Forbidden):
        exported(cast.manager)


def test_a_notice_stays_its_readers_own(cast):
    notice = say(cast.member)
    assert not access.can(cast.administrator, "view", notice)
    assert not access.visible_to(cast.administrator, Notice.objects.all()).exists()
    with clock.clock_at(NOW + timedelta(hours=1)), pytest.raises(Forbidden):
        read_notice(actor=cast.administrator, record=notice)
