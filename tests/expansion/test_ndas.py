"""Confidentiality agreements: kept, replaced, missed, and what a handover says of them (E8-5.1)."""

from datetime import date, timedelta

import pytest

from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, Stale
from expansion.notices.models import Notice
from expansion.office.models import Nda
from expansion.office.selectors.confidence import lacking, secrecy_after
from expansion.office.services import ndas
from expansion.people.services.accounts import change_status
from expansion.rulebook.selectors import rules_on
from tests.cast import assemble
from tests.make import confidence as make
from tests.together import together

pytestmark = pytest.mark.django_db
STAFF = (
    "member",
    "colleague",
    "outsider",
    "partner_member",
    "leader",
    "deputy",
    "manager",
    "consolidator",
)


def changed(**values):
    return rules_on().with_changes({key.replace("__", "."): one for key, one in values.items()})


def entries(verb) -> int:
    return Entry.objects.filter(verb=verb).count()


def without(rules=None) -> set[str]:
    return {one.person.username for one in lacking(clock.today(), rules or rules_on())}


def all_signed(cast, but=()):
    for name in STAFF:
        if name not in but:
            make.nda(cast, getattr(cast, name))


# Keeping


def test_hr_and_manager_record_one_and_it_is_audited(cast):
    for keeper, person in ((cast.hr, cast.member), (cast.manager, cast.colleague)):
        nda = make.nda(cast, person, actor=keeper)
        assert (nda.person, nda.recorded_by, nda.replaced_at) == (person, keeper, None)
    assert entries("office.nda.created") == 2


@pytest.mark.parametrize("part", ["member", "leader", "deputy", "administrator", "legal"])
def test_nobody_else_keeps_them(cast, part):
    person = getattr(cast, part)
    with pytest.raises(Forbidden):
        make.nda(cast, actor=person)
    nda = make.nda(cast, person)
    with pytest.raises(Forbidden):
        ndas.change_nda(actor=person, record=nda, edition="别的")
    with pytest.raises(Forbidden):
        ndas.delete_nda(actor=person, record=nda, reason="不要了")


def test_everybody_reads_the_own_one_and_nobody_elses(cast):
    nda = make.nda(cast)
    readers = {name for name, person in cast.everyone().items() if access.can(person, "view", nda)}
    assert readers == {"member", "manager", "hr"}


@pytest.mark.parametrize("goes_on", [True, False])
def test_whether_it_survives_leaving_is_the_rulebooks_word_unless_said(cast, goes_on):
    rules = changed(confidentiality__duty_after_leaving=goes_on)
    given = {"actor": cast.hr, "rules": rules, "signed_on": date(2026, 1, 5), "edition": "2026 版"}
    assert ndas.record_nda(person=cast.member, **given).survives_leaving is goes_on
    said = ndas.record_nda(person=cast.leader, survives_leaving=not goes_on, **given)
    assert said.survives_leaving is not goes_on


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("edition", {"edition": "  "}),
        ("signed_on", {"signed_on": date(2026, 11, 19)}),
        ("until", {"until": date(2026, 1, 4)}),
    ],
)
def test_what_does_not_hold_is_refused_with_its_field(cast, field, values):
    with pytest.raises(Invalid) as refused:
        make.nda(cast, **values)
    assert field in refused.value.fields and not Nda.objects.exists()


def test_who_has_left_signs_nothing(cast):
    with pytest.raises(Invalid) as refused:
        make.nda(cast, cast.deactivated)
    assert "person" in refused.value.fields


def test_a_later_one_replaces_the_earlier_one_which_stays_readable(cast):
    first = make.nda(cast)
    second = make.nda(cast, edition="2026 修订版", signed_on=date(2026, 9, 1))
    first.refresh_from_db()
    assert first.replaced_at is not None and second.replaced_at is None
    assert access.can(cast.member, "view", first)
    assert entries("office.nda.replaced") == 1


def test_an_earlier_one_that_is_recorded_late_replaces_nothing(cast):
    current = make.nda(cast)
    old = make.nda(cast, edition="2024 版", signed_on=date(2024, 3, 1))
    current.refresh_from_db()
    assert current.replaced_at is None and old.replaced_at is not None


def test_the_day_of_signing_put_right_changes_which_one_counts(cast):
    first = make.nda(cast)
    second = make.nda(cast, edition="2026 修订版", signed_on=date(2026, 9, 1))
    ndas.change_nda(actor=cast.hr, record=second, signed_on=date(2025, 9, 1))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.replaced_at is None and second.replaced_at is not None
    assert Entry.objects.get(verb="office.nda.changed").changes["signed_on"][1] == "2025-09-01"
    assert entries("office.nda.restored") == 1


def test_one_changes_it_once_per_version(cast):
    nda = make.nda(cast)
    ndas.change_nda(actor=cast.hr, record=nda, version=1, until=date(2027, 1, 4))
    with pytest.raises(Stale):
        ndas.change_nda(actor=cast.manager, record=nda, version=1, edition="别的")


def test_with_a_deleted_one_the_one_before_counts_again(cast):
    first = make.nda(cast)
    wrong = make.nda(cast, edition="2026 修订版", signed_on=date(2026, 9, 1))
    ndas.delete_nda(actor=cast.hr, record=wrong, reason="录到别人名下了")
    first.refresh_from_db()
    assert first.replaced_at is None
    assert Entry.objects.get(verb="office.nda.deleted").changes["reason"][1] == "录到别人名下了"
    with pytest.raises((Forbidden, Gone)):
        ndas.delete_nda(actor=cast.hr, record=Nda.objects.get(pk=wrong.pk), reason="再删")


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_of_two_recorded_at_once_one_counts():
    cast = assemble()

    def sign(day):
        return lambda: make.nda(cast, signed_on=date(2026, 9, day), edition=f"第 {day} 版")

    results = together([sign(1), sign(2)])
    assert all(isinstance(one, Nda) for one in results)
    (current,) = Nda.objects.current().filter(person=cast.member)
    assert current.signed_on == date(2026, 9, 2)


# Missing


def test_everybody_of_the_department_without_a_valid_one_is_named(cast):
    all_signed(cast, but=("colleague", "outsider"))
    make.nda(cast, cast.outsider, until=date(2026, 11, 17))
    assert without() == {"colleague", "outsider"}
    words = {one.person.username: one.words for one in lacking(clock.today(), rules_on())}
    assert "2026" in words["outsider"] and words["outsider"] != words["colleague"]


def test_on_its_last_day_it_is_valid_still(cast):
    all_signed(cast, but=("member",))
    make.nda(cast, until=clock.today())
    assert without() == set()
    with clock.clock_at(clock.now() + timedelta(days=1)):
        assert without() == {"member"}


def test_where_the_rulebook_asks_for_none_nobody_lacks_one(cast):
    rules = changed(documents__nda_required=False)
    assert without(rules) == set() and len(without()) == len(STAFF)
    assert ndas.remind_of_ndas(rules=rules) == 0 and not Notice.objects.exists()


def test_who_lacks_one_is_told_once_and_hr_of_all_together(cast):
    all_signed(cast, but=("colleague", "outsider"))
    assert ndas.remind_of_ndas(rules=rules_on()) == 2
    assert ndas.remind_of_ndas(rules=rules_on()) == 0
    own = Notice.objects.filter(kind="office.nda_missing")
    assert {one.person for one in own} == {cast.colleague, cast.outsider}
    (hr,) = Notice.objects.filter(kind="office.ndas_missing")
    assert hr.person == cast.hr and hr.url == "/office/confidence/ndas/missing"
    assert cast.colleague.name in hr.text and cast.outsider.name in hr.text


def test_one_that_runs_out_later_is_told_anew(cast):
    all_signed(cast, but=("member",))
    ndas.remind_of_ndas(rules=rules_on())
    make.nda(cast, signed_on=clock.today(), until=clock.today() + timedelta(days=30))
    assert ndas.remind_of_ndas(rules=rules_on()) == 0
    with clock.clock_at(clock.now() + timedelta(days=31)):
        assert ndas.remind_of_ndas(rules=rules_on()) == 1
    assert Notice.objects.filter(person=cast.member, kind="office.nda_missing").count() == 2
    assert Notice.objects.filter(person=cast.hr, kind="office.ndas_missing").count() == 2


# Leaving


def test_a_handover_says_whether_the_agreement_survives(cast):
    assert secrecy_after(cast.manager, cast.member)["url"] == ""
    nda = make.nda(cast, survives_leaving=True)
    goes_on = secrecy_after(cast.hr, cast.member)
    assert goes_on["url"] == nda.get_absolute_url()
    ends = make.nda(cast, survives_leaving=False, signed_on=date(2026, 6, 1))
    assert secrecy_after(cast.member, cast.member) == {
        "words": "ends with leaving",
        "url": ends.get_absolute_url(),
    }
    assert goes_on["words"] == "goes on after leaving"


def test_whoever_only_takes_over_does_not_read_the_agreement(cast):
    make.nda(cast)
    for person in (cast.colleague, cast.leader, cast.administrator):
        assert secrecy_after(person, cast.member) is None


def test_it_stays_when_the_person_has_left(cast):
    nda = make.nda(cast)
    change_status(actor=cast.administrator, record=cast.member, status="left")
    assert access.can(cast.hr, "view", nda)
    assert "member" not in without()
