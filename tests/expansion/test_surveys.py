"""Satisfaction surveys: written, sent, answered by others, closed, reported on (R-crm-17)."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.core import mail

from crm.services import contacts
from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow, Stale
from expansion.guests.models import Pass
from expansion.guests.services import submit_pass
from expansion.jobs.models import Cancelled, Job
from expansion.notices.models import Notice
from expansion.office.services import handovers
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on, version_on
from expansion.surveys import cards
from expansion.surveys.models import Answer, Invitation, Questionnaire, Response
from expansion.surveys.selectors import results, score_of, told_of
from expansion.surveys.services import closing, inviting, measures, questionnaires
from expansion.surveys.services.answering import keep_answers
from expansion.surveys.tasks import attend
from tests.make import crm
from tests.make import surveys as make
from tests.together import together

pytestmark = pytest.mark.django_db
Status = Questionnaire.Status
TODAY = date(2026, 11, 18)


def changed(**values):
    return rules_on().with_changes({key.replace("__", "."): one for key, one in values.items()})


def entries(verb) -> int:
    return Entry.objects.filter(verb=f"surveys.questionnaire.{verb}").count()


def send(record, rules=None, actor=None):
    return inviting.send_questionnaire(
        actor=actor or record.owner, record=record, rules=rules or rules_on(),
        rules_version=version_on(), base=make.BASE,
    )  # fmt: skip


# Writing


def test_a_draft_takes_owner_team_and_the_scale_of_the_rules(cast):
    record = questionnaires.create_questionnaire(
        actor=cast.member, rules=changed(surveys__scale=7), title=" 一月 ", audience="clients",
        purpose="改进。", intro="", valid_until=TODAY,
    )  # fmt: skip
    assert (record.title, record.owner, record.team.key) == ("一月", cast.member, "client")
    assert (record.status, record.scale) == (Status.DRAFT, 7)
    assert entries("created") == 1


@pytest.mark.parametrize("part", ["hr", "finance", "legal", "leadership", "administrator"])
def test_who_works_no_clients_writes_none(cast, part):
    with pytest.raises(Forbidden):
        make.draft(cast, actor=getattr(cast, part))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", {"title": " "}),
        ("purpose", {"purpose": " "}),
        ("audience", {"audience": "neighbours"}),
        ("valid_until", {"valid_until": TODAY - timedelta(days=1)}),
        ("valid_until", {"valid_until": TODAY + timedelta(days=31)}),
    ],
)
def test_what_does_not_hold_is_refused_with_its_field(cast, field, values):
    with pytest.raises(Invalid) as refused:
        make.draft(cast, **values)
    assert field in refused.value.fields


@pytest.mark.parametrize("days", [0, 30])
def test_the_last_day_lies_within_the_longest_a_link_is_valid(cast, days):
    assert make.draft(cast, valid_until=TODAY + timedelta(days=days)).pk


def test_colleagues_of_the_team_read_and_do_not_change_it(cast):
    record = make.drafted(cast)
    readers = {name for name, one in cast.everyone().items() if access.can(one, "view", record)}
    assert readers == {
        "member", "colleague", "leader", "deputy", "consolidator", "manager", "leadership",
        "deactivated",  # has a seat left and no way in
    }  # fmt: skip
    for person in (cast.colleague, cast.deputy, cast.leadership):
        with pytest.raises(Forbidden):
            questionnaires.change_questionnaire(
                actor=person, record=record, rules=rules_on(), title="别的"
            )
    for person in (cast.leader, cast.manager):
        assert access.can(person, "edit", record)


def test_two_who_change_a_draft_are_told_apart(cast):
    record = make.draft(cast)
    given = {"record": record, "rules": rules_on(), "version": record.version}
    questionnaires.change_questionnaire(actor=cast.member, title="甲", **given)
    with pytest.raises(Stale):
        questionnaires.change_questionnaire(actor=cast.leader, title="乙", **given)


def test_what_was_sent_stays_as_it_is_and_can_be_copied(cast):
    record = make.opened(cast)
    question = record.questions.first()
    acts = (
        lambda: questionnaires.change_questionnaire(
            actor=cast.member, record=record, rules=rules_on(), title="别的"
        ),
        lambda: make.question(record, **make.SCALE),
        lambda: questionnaires.remove_question(actor=cast.member, record=question),
        lambda: questionnaires.delete_questionnaire(actor=cast.member, record=record, reason="错"),
    )
    for act in acts:
        with pytest.raises(NotNow):
            act()
    copy = questionnaires.copy_questionnaire(
        actor=cast.colleague, record=record, rules=rules_on(), title="再问", valid_until=TODAY
    )
    assert [one.text for one in copy.questions.all()] == [
        one.text for one in record.questions.all()
    ]
    assert (copy.owner, copy.status, copy.invitations.count()) == (cast.colleague, "draft", 0)


def test_nobody_copies_what_they_do_not_see(cast):
    with pytest.raises(Gone):
        questionnaires.copy_questionnaire(
            actor=cast.outsider, record=make.draft(cast), rules=rules_on(), title="再问",
            valid_until=TODAY,
        )  # fmt: skip


@pytest.mark.parametrize(("options", "fits"), [("快", False), ("快\n快", False), ("快\n慢", True)])
def test_a_choice_has_at_least_two_different_lines(cast, options, fits):
    record = make.draft(cast)
    given = {"text": "怎么样？", "kind": "choice", "options": options}
    if fits:
        assert make.question(record, **given).choices == ["快", "慢"]
    else:
        with pytest.raises(Invalid):
            make.question(record, **given)


def test_a_text_never_counts(cast):
    question = make.question(make.draft(cast), text="想说什么？", kind="text", counts=True)
    assert question.counts is False


# Asking


def test_only_clients_that_one_sees_are_asked(cast):
    record = make.draft(cast)
    foreign = crm.client(cast.colleague)
    with pytest.raises(Invalid):
        make.invited(record, [foreign])
    make.invited(record, [foreign, crm.client(cast.member)])
    assert record.invitations.count() == 1
    make.invited(record, [one.about for one in record.invitations.all()])
    assert record.invitations.count() == 1  # twice is once


def test_an_invitation_keeps_whose_client_it_was_that_day(cast):
    record = make.draft(cast, actor=cast.leader)
    client = crm.client(cast.member)
    make.invited(record, [client])
    asked = record.invitations.get()
    assert (asked.owner, asked.team, asked.about) == (cast.member, client.team, client)


@pytest.mark.parametrize(("number", "fits"), [(2, False), (3, True)])
def test_so_few_that_nothing_could_be_read_are_not_asked(cast, number, fits):
    record = make.drafted(cast, clients=[crm.client(cast.member) for _n in range(number)])
    if fits:
        assert send(record).status == Status.SENT
    else:
        with pytest.raises(Invalid, match="at least 3"):
            send(record)
    assert entries("sent") == fits


def test_the_number_from_which_answers_are_read_is_the_rulebooks_and_stays(cast):
    clients = [crm.client(cast.member) for _n in range(4)]
    with pytest.raises(Invalid, match="at least 5"):
        send(make.drafted(cast, clients=clients), changed(surveys__min_answers=5))
    record = send(make.drafted(cast, clients=clients), changed(surveys__min_answers=4))
    assert (record.least, record.rules_version) == (4, version_on())


def test_something_has_to_count(cast):
    record = make.invited(make.draft(cast), [crm.client(cast.member) for _n in range(3)])
    make.question(record, **make.WORDS)
    with pytest.raises(Invalid, match="counts towards"):
        send(record)


def test_sent_twice_or_after_its_last_day_it_is_refused(cast):
    record = make.opened(cast)
    with pytest.raises(NotNow):
        send(record)
    late = make.drafted(cast)
    with clock.clock_at(clock.moment_on(date(2026, 12, 1), clock.now().time())):
        with pytest.raises(Invalid):
            send(late)


def test_a_link_is_made_by_whoever_runs_it_for_clients_they_see(cast):
    record = make.opened(cast)
    invitation = record.invitations.first()
    for person in (cast.colleague, cast.leadership):
        with pytest.raises(Forbidden):
            inviting.make_link(actor=person, record=invitation)
    made, secret = inviting.make_link(actor=cast.leader, record=invitation)
    assert (made.handed_by, made.handed_at) == (cast.leader, clock.now()) and len(secret) == 22


def test_a_client_that_is_no_longer_ones_own_gets_no_link_from_one(cast):
    record = make.opened(cast)
    invitation = record.invitations.first()
    type(invitation.about).objects.filter(pk=invitation.about_id).update(owner=cast.colleague)
    invitation.refresh_from_db()
    with pytest.raises(Gone):
        inviting.make_link(actor=cast.member, record=Invitation.objects.get(pk=invitation.pk))


def test_a_delegate_runs_it_for_the_absent_leader(cast):
    record = make.opened(cast, actor=cast.leader)
    create_mandate(
        actor=cast.administrator, principal=cast.leader, delegate=cast.outsider,
        starts_at=clock.now(), ends_at=clock.now() + timedelta(days=2), reason="leave",
    )  # fmt: skip
    delegate = cast.again(cast.outsider)
    assert closing.close_questionnaire(actor=delegate, record=record).status == Status.CLOSED


def test_one_who_is_not_asked_any_more_has_a_dead_link(cast):
    record = make.opened(cast)
    invitation = record.invitations.first()
    secret = make.link(cast, invitation)
    inviting.remove_invitation(actor=cast.member, record=invitation)
    with pytest.raises(Gone):
        submit_pass(secret=secret, values={})
    answered = record.invitations.first()
    make.answer(cast, answered)
    with pytest.raises(NotNow):
        inviting.remove_invitation(actor=cast.member, record=answered)


# By mail


def with_address(cast, number: int = 3):
    found = []
    for place in range(number):
        client = crm.client(cast.member)
        contacts.add_contact(
            actor=cast.member, record=client, name=f"联系人{place}", email=f"c{place}@firm.example"
        )
        found.append(client)
    return found


@pytest.fixture
def mailed(cast, settings):
    """An open questionnaire to three addresses, and its job."""
    settings.MAIL_LEAVES = True
    record = make.opened(cast, clients=with_address(cast))
    return record, Job.objects.get(name=inviting.MAIL)


def test_whoever_has_an_address_is_written_to_once(cast, mailed):
    record, job = mailed
    assert inviting.mail_invitations(record=record, base=make.BASE) == {"sent": 3, "failed": 0}
    assert inviting.mail_invitations(record=record, base=make.BASE) == {"sent": 0, "failed": 0}
    assert {one.to[0] for one in mail.outbox} == {f"c{n}@firm.example" for n in range(3)}
    assert job.arguments["base"] == make.BASE
    for message in mail.outbox:
        secret = message.body.partition("/guests/")[2].split()[0]
        assert message.body.count("http://testserver/guests/") == 1
        assert submit_pass(secret=secret, values={record.questions.first().pk: 5}).used_at
        assert record.purpose in message.body


def test_writing_is_stopped_between_two_mails_and_goes_on_where_it_stopped(cast, mailed):
    record, job = mailed

    def stop(done, total):
        if done == 2:
            raise Cancelled(job.name)

    with pytest.raises(Cancelled):
        inviting.mail_invitations(record=record, base=make.BASE, progress=stop)
    assert len(mail.outbox) == 2
    assert inviting.mail_invitations(record=record, base=make.BASE) == {"sent": 1, "failed": 0}


def test_no_secret_of_a_mail_is_stored(cast, mailed):
    record, _job = mailed
    inviting.mail_invitations(record=record, base=make.BASE)
    secrets = [one.body.partition("/guests/")[2].split()[0] for one in mail.outbox]
    kept = str(list(Pass.objects.values())) + str(list(Job.objects.values()))
    kept += str(list(Entry.objects.values())) + str(list(Invitation.objects.values()))
    assert not [one for one in secrets if one in kept]


def test_a_mail_that_is_not_accepted_is_told_and_handed_over(cast, mailed, monkeypatch):
    record, _job = mailed

    def refuse(self, fail_silently=False):
        raise OSError("no route")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert inviting.mail_invitations(record=record, base=make.BASE) == {"sent": 0, "failed": 3}
    told = Notice.objects.get(kind="surveys.mail_failed")
    assert told.person == cast.member
    assert record.invitations.filter(failed=True, mailed_at=None).count() == 3
    assert make.link(cast, record.invitations.first())


def test_a_percent_sign_in_the_words_breaks_no_mail(cast, settings):
    settings.MAIL_LEAVES = True
    record = make.opened(cast, clients=with_address(cast), title="满意度 100%s", intro="九折 %(x)s")
    assert inviting.mail_invitations(record=record, base=make.BASE)["sent"] == 3
    assert "九折 %(x)s" in mail.outbox[0].body


def test_without_a_server_nobody_is_written_to(cast):
    make.opened(cast, clients=with_address(cast))
    assert not Job.objects.filter(name=inviting.MAIL).exists()


# Answers and scores


@pytest.mark.parametrize(
    ("scale", "yes_no", "score"),
    [(5, None, 100), (1, None, 20), (4, 1, 90), (4, 0, 40), (3, None, 60)],
)
def test_a_score_is_the_mean_of_what_counts(cast, scale, yes_no, score):
    first, second, words = make.drafted(cast).questions.all()
    assert score_of([(first, scale), (second, yes_no), (words, None)], 5) == score


def test_nothing_that_counts_gives_no_score(cast):
    first, _second, words = make.drafted(cast).questions.all()
    assert score_of([(first, None), (words, None)], 5) is None


@pytest.mark.parametrize(("number", "readable"), [(2, False), (3, True)])
def test_fewer_than_the_least_number_of_answers_is_no_data(cast, number, readable):
    record = make.closed(cast, [5, 4, 3][:number])
    found = results(record)
    assert (found.answered, found.enough) == (number, readable)
    assert record.score == (Decimal("80.00") if readable else None)
    assert bool(found.tallies) is readable and bool(found.people) is readable


def test_while_it_is_open_nobody_reads_anything(cast):
    record = make.answered(cast, [5, 5, 5])
    found = results(record)
    assert (found.answered, found.score, found.tallies, found.people) == (3, None, (), ())


def test_words_show_with_the_whole_only_and_in_no_order_of_coming(cast):
    record = make.opened(cast, clients=[crm.client(cast.member) for _n in range(4)])
    for invitation, text in zip(record.invitations.all(), ("丙", "甲", ""), strict=False):
        make.answer(cast, invitation, 4, text)
    other = make.opened(cast)
    for invitation, text in zip(other.invitations.all(), ("c", "a", "b"), strict=True):
        make.answer(cast, invitation, 4, text)
    for one in (record, other):
        closing.close_questionnaire(actor=cast.member, record=one)
        one.refresh_from_db()
    few, all_told = results(record).tallies[2], results(other).tallies[2]
    assert (few.enough, few.texts) == (False, ())
    assert all_told.texts == ("a", "b", "c")


def test_the_tally_counts_each_answer(cast):
    scale = results(make.closed(cast, [5, 5, 3, 1])).tallies[0]
    assert [(one.label, one.count) for one in scale.shares] == [
        ("5", 2), ("4", 0), ("3", 1), ("2", 0), ("1", 1)
    ]  # fmt: skip
    assert scale.mean == Decimal("3.50") and scale.shares[0].percent == Decimal("50.00")


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"甲": 3}, {"甲"}),
        ({"甲": 2}, set()),
        ({"甲": 3, "乙": 3}, {"甲", "乙"}),
        ({"甲": 5, "乙": 2}, set()),  # the two could be worked out from the whole
        ({"甲": 5, "乙": 3, "丙": 2}, {"甲"}),
        ({"甲": 5, "乙": 2, "丙": 1}, {"甲"}),
    ],
)
def test_what_could_be_worked_out_from_the_whole_is_not_told(counts, told):
    assert told_of(counts, 3) == told


def test_closing_cuts_answers_from_who_gave_them(cast):
    record = make.answered(cast, [5, 4, 3])
    assert Response.objects.filter(invitation=None).count() == 0
    closing.close_questionnaire(actor=cast.member, record=record)
    assert Response.objects.filter(invitation=None).count() == 3
    assert record.invitations.exclude(answered_on=None).count() == 3


def test_nobodys_name_stands_on_an_answer(cast):
    record = make.answered(cast, [5])
    answer = Entry.objects.get(verb="surveys.questionnaire.answered")
    assert (answer.actor, answer.about, answer.changes) == (None, record, {})
    columns = {field.name for field in Response._meta.get_fields()}
    assert not columns & {"by", "created_at", "answered_at", "recipient"}


def test_an_answer_to_another_questionnaires_question_is_nothing(cast):
    record, other = make.opened(cast), make.opened(cast)
    foreign = other.questions.first().pk
    with pytest.raises(Invalid):
        keep_answers(record=record.invitations.first(), values={foreign: 5})
    assert not Answer.objects.exists()


@pytest.mark.parametrize("value", [0, 6, True, "5", 2.5, [1]])
def test_a_mark_that_was_not_offered_is_refused(cast, value):
    record = make.opened(cast)
    with pytest.raises(Invalid):
        keep_answers(record=record.invitations.first(), values={record.questions.first().pk: value})


# The end


def test_it_closes_by_itself_the_day_after_its_last(cast):
    record = make.answered(cast, [5, 4, 3])
    last = clock.moment_on(record.valid_until, clock.now().time())
    with clock.clock_at(last):
        assert attend(None)["closed"] == 0
    with clock.clock_at(last + timedelta(days=1)):
        assert attend(None)["closed"] == 1
        assert attend(None)["closed"] == 0
    record.refresh_from_db()
    assert (record.status, record.score, entries("closed")) == (Status.CLOSED, Decimal("80.00"), 1)
    told = Notice.objects.get(kind="surveys.closed")
    assert told.person == cast.member and "3" in told.title


def test_whoever_runs_it_is_reminded_once_before_it_ends(cast):
    record = make.opened(cast)  # until Monday 30 November; two working days before is Thursday
    for day, told in ((date(2026, 11, 25), 0), (date(2026, 11, 27), 1), (date(2026, 11, 27), 0)):
        with clock.clock_at(clock.moment_on(day, clock.now().time())):
            assert attend(None)["reminded"] == told
    assert Notice.objects.get(kind="surveys.ending").person == record.owner


def test_no_reminder_where_the_rules_name_no_time(cast):
    record = make.opened(cast, valid_until=TODAY)
    none = changed(surveys__remind_before="0 days")
    assert closing.remind_before_end(record=record, rules=none) is False


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_is_told(cast):
    record = make.opened(cast)

    def act():
        return closing.close_questionnaire(actor=cast.member, record=record)

    outcomes = together([act, act])
    assert sorted(type(one).__name__ for one in outcomes) == ["NotNow", "Questionnaire"]
    assert entries("closed") == 1


def measure(record, actor, **values):
    given = {"text": "缩短开票时间。", "responsible": actor, "due_on": TODAY}
    return closing.add_measure(actor=actor, record=record, **given | values)


def test_the_report_names_measures_and_whoever_is_responsible_is_told(cast):
    record = make.closed(cast, [5, 4, 3])
    with pytest.raises(Invalid, match="at least one thing"):
        closing.report_questionnaire(actor=cast.member, record=record, summary="开票慢。")
    measure(record, cast.member, responsible=cast.colleague)
    with pytest.raises(Invalid):
        closing.report_questionnaire(actor=cast.member, record=record, summary="  ")
    done = closing.report_questionnaire(actor=cast.member, record=record, summary="开票慢。")
    assert (done.status, done.reported_at) == (Status.REPORTED, clock.now())
    assert Notice.objects.get(kind="surveys.measure").person == cast.colleague
    assert entries("submitted") == 1
    for act in (
        lambda: measure(done, cast.member),
        lambda: closing.remove_measure(actor=cast.member, record=done.measures.get()),
        lambda: closing.report_questionnaire(actor=cast.member, record=done, summary="再"),
    ):
        with pytest.raises(NotNow):
            act()


def test_no_report_before_the_end_and_by_nobody_who_only_reads(cast):
    record = make.opened(cast)
    with pytest.raises(NotNow):
        measure(record, cast.member)
    over = make.closed(cast, [5, 4, 3])
    with pytest.raises(Forbidden):
        measure(over, cast.colleague)


@pytest.mark.parametrize(
    ("field", "values"),
    [("text", {"text": " "}), ("due_on", {"due_on": TODAY - timedelta(days=1)})],
)
def test_a_measure_that_does_not_hold_is_refused(cast, field, values):
    with pytest.raises(Invalid) as refused:
        measure(make.closed(cast, [5, 4, 3]), cast.member, **values)
    assert field in refused.value.fields


def test_nobody_who_has_left_is_responsible(cast):
    with pytest.raises(Invalid):
        measure(make.closed(cast, [5, 4, 3]), cast.member, responsible=cast.deactivated)


# What is to become better


def reported(cast, **values):
    return make.reported(cast, **{"responsible": cast.colleague} | values)


def finish(record, actor, **values):
    given = {"done_on": clock.today(), "done_note": "改由前台开票。"}
    return measures.finish_measure(actor=actor, record=record, **given | values)


@pytest.mark.parametrize("part", ["colleague", "member", "leader", "manager"])
def test_whoever_is_responsible_or_runs_the_survey_ticks_a_measure_off(cast, part):
    done = finish(reported(cast).measures.get(), getattr(cast, part), done_note=" 改由前台开票。 ")
    assert (done.done_on, done.done_by.username) == (TODAY, part)
    assert done.done_note == "改由前台开票。" and not done.came_late
    entry = Entry.objects.get(verb="surveys.measure.done")
    assert entry.about == done.questionnaire
    assert entry.changes["measure"] == [done.text, done.text]
    assert entry.changes["done_on"] == [None, "2026-11-18"]


@pytest.mark.parametrize("part", ["deputy", "leadership", "consolidator"])
def test_who_only_reads_a_survey_ticks_no_measure_off(cast, part):
    held = reported(cast).measures.get()
    with pytest.raises(Forbidden):
        finish(held, getattr(cast, part))
    held.refresh_from_db()
    assert held.done_on is None


def test_a_colleague_ticks_no_measure_of_others_off(cast):
    held = reported(cast, responsible=cast.leader).measures.get()
    with pytest.raises(Forbidden, match=cast.leader.name):
        finish(held, cast.colleague)


def test_before_the_report_a_measure_is_not_carried_out(cast):
    over = make.closed(cast, [5, 4, 3])
    held = measure(over, cast.member)
    with pytest.raises(NotNow, match="Hand in the report first"):
        finish(held, cast.member)
    with pytest.raises(NotNow):
        measures.reopen_measure(actor=cast.member, record=held, reason="再想。")


def test_a_measure_is_ticked_off_once(cast):
    held = finish(reported(cast).measures.get(), cast.colleague)
    with pytest.raises(NotNow, match="ticked off already"):
        finish(held, cast.member)
    assert Entry.objects.filter(verb="surveys.measure.done").count() == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("done_on", {"done_on": TODAY + timedelta(days=1)}),
        ("done_on", {"done_on": TODAY - timedelta(days=1)}),
        ("done_note", {"done_note": "  "}),
    ],
)
def test_a_day_to_come_one_before_the_end_or_no_word_ticks_nothing_off(cast, field, values):
    held = reported(cast).measures.get()
    with pytest.raises(Invalid) as refused:
        finish(held, cast.colleague, **values)
    assert set(refused.value.fields) == {field}
    held.refresh_from_db()
    assert held.done_on is None


@pytest.mark.parametrize(("day", "late"), [(date(2026, 12, 1), False), (date(2026, 12, 2), True)])
def test_done_after_its_day_it_came_late(cast, day, late):
    held = reported(cast).measures.get()
    clock.set_clock(clock.now() + timedelta(days=14))
    assert clock.today() == date(2026, 12, 2) and held.is_overdue(clock.today())
    done = finish(held, cast.colleague, done_on=day)
    assert done.came_late is late and not done.is_overdue(clock.today())


def test_a_tick_is_taken_back_by_whoever_runs_the_survey_with_its_reason(cast):
    held = finish(reported(cast).measures.get(), cast.colleague)
    with pytest.raises(Forbidden):
        measures.reopen_measure(actor=cast.colleague, record=held, reason="没做完。")
    again = measures.reopen_measure(actor=cast.member, record=held, reason="没做完。")
    assert (again.done_on, again.done_by, again.done_note) == (None, None, "")
    assert Entry.objects.get(verb="surveys.measure.reopened").changes["reason"] == [
        None,
        "没做完。",
    ]
    with pytest.raises(NotNow, match="still open"):
        measures.reopen_measure(actor=cast.member, record=again, reason="再")


def test_whoever_is_responsible_reads_the_survey_from_the_report_on(cast):
    """Told of it, they find it; before the report, and others of theirs, they do not."""
    over = make.closed(cast, [5, 4, 3])
    held = measure(over, cast.member, responsible=cast.outsider)
    assert not access.can(cast.outsider, "view", over)
    closing.report_questionnaire(actor=cast.member, record=over, summary="开票慢。")
    assert access.can(cast.outsider, "view", over) and access.can(cast.outsider, "view", held)
    assert not access.can(cast.partner_member, "view", over)
    assert not access.can(cast.outsider, "export", over)
    assert finish(held, cast.outsider).done_by == cast.outsider
    told = Notice.objects.get(kind="surveys.measure")
    assert told.person == cast.outsider


def test_a_measure_of_somebody_who_left_is_owed_by_whoever_runs_the_survey(cast):
    held = reported(cast).measures.get()
    held.responsible.status = "left"
    held.responsible.save()
    clock.set_clock(clock.now() + timedelta(days=14))
    attend(Job())
    assert Notice.objects.get(kind="surveys.measure.overdue", person=cast.member)


def evening(day: date):
    return clock.moment_on(day, time(18))


def to_do(person) -> list[str]:
    return [one.title for one in cards.measure_todos(person)]


def test_a_measure_waits_for_whoever_is_responsible_from_a_week_before_its_day(cast):
    held = reported(cast).measures.get()
    clock.set_clock(evening(held.due_on - timedelta(days=8)))
    assert to_do(cast.colleague) == []
    clock.set_clock(evening(held.due_on - timedelta(days=7)))
    assert to_do(cast.colleague) == [held.text] and to_do(cast.member) == []
    finish(held, cast.colleague)
    assert to_do(cast.colleague) == []


def test_a_measure_of_somebody_who_left_waits_for_whoever_runs_the_survey(cast):
    held = reported(cast).measures.get()
    held.responsible.status = "left"
    held.responsible.save()
    clock.set_clock(evening(held.due_on))
    assert to_do(cast.member) == [held.text]


def test_a_leaver_hands_over_the_measures_that_are_not_carried_out(cast):
    held = reported(cast).measures.get()
    record = handovers.open_handover(
        actor=cast.manager, person=cast.colleague, last_day=TODAY, reason="调往上海。"
    )
    handovers.divide(
        actor=cast.manager, record=record, receiver=cast.outsider, kind="surveys.measures"
    )
    handovers.offer(actor=cast.manager, record=record)
    handovers.accept(actor=cast.outsider, record=record)
    held.refresh_from_db()
    assert held.responsible == cast.outsider
    assert Entry.objects.get(verb="surveys.measure.handed_over").about == held


def test_of_a_measure_that_is_carried_out_nobody_is_reminded(cast):
    finish(reported(cast).measures.get(), cast.colleague)
    clock.set_clock(clock.now() + timedelta(days=30))
    attend(Job())
    assert not Notice.objects.filter(kind__startswith="surveys.measure.").exists()
