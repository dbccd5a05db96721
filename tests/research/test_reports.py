"""Reports from the first line to the approval (R-res-06, R-res-07, A-3.1.4, A-3.1.5)."""

import re

import pytest
from pypdfium2 import PdfDocument

from expansion import access
from expansion.approvals.models import Decision, Request
from expansion.approvals.selectors import latest, waiting_for
from expansion.approvals.services import decide, withdraw
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow, Stale
from expansion.machine import pdf_missing
from expansion.notices.models import Notice
from expansion.rulebook.selectors import rules_on
from research.models import Citation, QualityReview, ResearchReport
from research.services import findings, printing, removal, reports, reviews
from tests.make import research as make

pytestmark = pytest.mark.django_db


def save(cast, report, **values):
    given = {"title": report.title, "period": report.period} | values
    return reports.save_report(actor=report.owner, record=report, **given)


# Writing


def test_a_report_has_the_six_sections_of_the_rulebook(cast):
    report = make.a_report(cast, texts={})
    keys = [section.key for section in report.sections]
    assert keys == list(make.SECTIONS)
    assert len(report.missing) == 6
    assert Entry.objects.filter(verb="research.report.created").count() == 1


def test_the_sections_come_from_the_rules_and_a_begun_report_keeps_its_own(cast):
    rules = rules_on()
    two = rules.research.report_sections[:2]
    changed = rules.model_copy(
        update={"research": rules.research.model_copy(update={"report_sections": two})}
    )
    begun = make.a_report(cast)
    fresh = reports.create_report(
        actor=cast.outsider, rules=changed, title="短报告", period="2026-Q3"
    )
    assert (len(list(begun.sections)), len(list(fresh.sections))) == (6, 2)


@pytest.mark.parametrize("part", ["member", "leader", "hr", "liaison", "leadership"])
def test_who_does_no_research_begins_no_report(cast, part):
    with pytest.raises(Forbidden):
        make.a_report(cast, actor=getattr(cast, part))


@pytest.mark.parametrize("period", ["", "2026-Q5", "去年", "2026-W47-3", "99999999999"])
def test_a_period_is_one_of_the_calendar(cast, period):
    with pytest.raises(Invalid) as refusal:
        make.a_report(cast, period=period)
    assert set(refusal.value.fields) == {"period"}


def test_a_text_that_is_too_long_is_refused_and_the_stored_one_stays(cast):
    report = make.a_report(cast)
    with pytest.raises(Invalid) as refusal:
        save(cast, report, texts={"purpose": "长" * (reports.LONGEST + 1)})
    assert set(refusal.value.fields) == {"text_purpose"}
    report.refresh_from_db()
    assert report.texts["purpose"] == make.SECTIONS["purpose"]


def test_a_section_that_the_report_does_not_have_is_ignored(cast):
    report = save(cast, make.a_report(cast), texts={"appendix": "多出来的"})
    assert set(report.texts) == set(make.SECTIONS)


def test_saving_raises_the_version_and_a_stale_save_is_refused(cast):
    report = make.a_report(cast)
    save(cast, report, version=report.version, texts={"purpose": "先到"})
    with pytest.raises(Stale):
        save(cast, report, version=report.version, texts={"purpose": "后到"})
    report.refresh_from_db()
    assert report.texts["purpose"] == "先到"


def test_the_trail_names_what_was_saved_and_autosaving_leaves_none(cast):
    report = make.a_report(cast)
    before = Entry.objects.count()
    reports.autosave_report(actor=cast.outsider, record=report, texts={"purpose": "一二三"})
    assert Entry.objects.count() == before
    save(cast, report, texts={"purpose": "一二三四"})
    assert Entry.objects.latest("pk").changes == {"purpose": [3, 4]}


def test_a_report_is_its_authors_its_heads_and_the_managers(cast):
    report = make.a_report(cast)
    for person in (cast.outsider, cast.deputy, cast.manager):
        assert access.can(person, "view", report) and access.can(person, "write", report)
    mate = make.teammate()
    for person in (mate, cast.member, cast.leader, cast.hr, cast.legal, cast.liaison):
        assert not access.can(person, "view", report)
    with pytest.raises(Forbidden):
        reports.autosave_report(actor=mate, record=report, texts={"purpose": "改"})


# Citing


def test_of_the_findings_shown_exactly_the_chosen_ones_are_cited(cast):
    one, two, three = (make.valid(cast, title=f"信息 {n}") for n in range(3))
    report = make.a_report(cast)
    cite = {"actor": cast.outsider, "record": report}
    reports.cite_findings(**cite, shown=[one.pk, two.pk], chosen=[one.pk, two.pk])
    reports.cite_findings(**cite, shown=[two.pk, three.pk], chosen=[three.pk])
    cited = Citation.objects.values_list("finding_id", flat=True)
    assert set(cited) == {one.pk, three.pk}
    assert Entry.objects.filter(verb="research.report.cited").count() == 2


def test_what_one_does_not_see_or_what_does_not_hold_is_not_cited(cast):
    bad = make.a_finding(cast)
    findings.screen_finding(actor=cast.deputy, record=bad, valid=False, reason="重复")
    report = make.a_report(cast)
    ids = [bad.pk, 987654321]
    reports.cite_findings(actor=cast.outsider, record=report, shown=ids, chosen=ids)
    assert not Citation.objects.exists()


def test_a_report_on_what_was_found_invalid_is_not_submitted(cast):
    finding, report = make.valid(cast), make.a_report(cast)
    reports.cite_findings(
        actor=cast.outsider, record=report, shown=[finding.pk], chosen=[finding.pk]
    )
    findings.screen_finding(actor=cast.deputy, record=finding, valid=False, reason="样本错误")
    with pytest.raises(Invalid, match=finding.title):
        reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())


# Submitting


def test_an_empty_section_is_refused_and_the_sentence_lists_them(cast):
    texts = make.SECTIONS | {"conclusions": "   ", "recommendations": ""}
    report = make.a_report(cast, texts=texts)
    with pytest.raises(Invalid) as refusal:
        reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())
    labels = [section.label for section in report.missing]
    assert len(labels) == 2 and all(label in refusal.value.message for label in labels)
    assert not Request.objects.exists() and not ResearchReport.objects.get().number


def test_submitting_gives_the_number_once_and_asks_the_manager(cast):
    request = make.submitted(cast)
    report = request.about
    assert (report.status, report.number) == ("in_approval", "DY-2026-001")
    assert [step.request for step in waiting_for(cast.manager)] == [request]
    assert not waiting_for(cast.deputy) and not waiting_for(cast.outsider)
    withdraw(actor=cast.outsider, request=request)
    reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())
    assert ResearchReport.objects.get().number == "DY-2026-001"


def test_submitting_twice_opens_one_round(cast):
    request = make.submitted(cast)
    with pytest.raises(NotNow):
        reports.submit_report(actor=cast.outsider, record=request.about, rules=rules_on())
    assert Request.objects.count() == 1


def test_the_text_is_locked_while_it_is_decided_and_ever_after(cast):
    request = make.submitted(cast)
    with pytest.raises(NotNow):
        save(cast, request.about, texts={"purpose": "改"})
    decide(actor=cast.manager, request=request, decision="approve")
    report = ResearchReport.objects.get()
    with pytest.raises(NotNow):
        save(cast, report, texts={"purpose": "改"})
    with pytest.raises(NotNow):
        reports.autosave_report(actor=cast.outsider, record=report, texts={"purpose": "改"})
    assert not access.can(cast.outsider, "edit", report)  # what files ask


def test_returned_with_comments_revised_and_approved_in_the_second_round(cast):
    request = make.submitted(cast)
    notes = [{"section": "findings", "text": "数据来源没有写清，请注明样本数。"}]
    decide(actor=cast.manager, request=request, decision="return", comment="补样本数", notes=notes)
    report = ResearchReport.objects.get()
    assert report.status == "returned"
    save(cast, report, texts={"findings": "样本为 41 家门店的 612 张结账单。"})
    reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())
    second = latest(report)
    assert second.round == 2
    decide(actor=cast.manager, request=second, decision="approve")
    report.refresh_from_db()
    assert (report.status, report.digest) == ("approved", second.digest)
    assert Request.objects.get(round=1).snapshot["sections"][3]["text"] == make.SECTIONS["findings"]


def test_a_withdrawn_report_is_what_it_was_and_a_rejected_one_is_closed(cast):
    request = make.submitted(cast)
    withdraw(actor=cast.outsider, request=request)
    report = ResearchReport.objects.get()
    assert report.status == "draft"
    reports.submit_report(actor=cast.outsider, record=report, rules=rules_on())
    decide(actor=cast.manager, request=latest(report), decision="reject", comment="选题不对")
    with pytest.raises(NotNow):
        save(cast, report, texts={})


def test_of_two_approvers_one_wins_and_the_other_is_told_who(cast):
    make.deputised(cast)
    request = make.submitted(cast)
    decide(actor=cast.again(cast.deputy), request=request, decision="approve")
    with pytest.raises(NotNow, match=cast.deputy.name):
        decide(actor=cast.manager, request=request, decision="return", comment="再看看")
    assert ResearchReport.objects.get().status == "approved"
    assert Decision.objects.count() == 1


def test_the_delegate_acts_with_a_stamp_and_only_while_the_mandate_runs(cast):
    request = make.submitted(cast)
    with pytest.raises(Forbidden):
        decide(actor=cast.deputy, request=request, decision="approve")
    make.deputised(cast)
    decide(actor=cast.again(cast.deputy), request=request, decision="approve")
    made = Decision.objects.get()
    assert (made.by, made.for_person) == (cast.deputy, cast.manager)
    assert Entry.objects.get(verb="approvals.step.approved").for_person == cast.manager


def test_nobody_approves_the_own_report_acting_or_not(cast):
    make.deputised(cast)
    deputy = cast.again(cast.deputy)
    request = make.submitted(cast, actor=deputy)
    with pytest.raises(Forbidden):
        decide(actor=deputy, request=request, decision="approve")
    own = make.submitted(cast, actor=cast.manager, title="经理自己的报告")
    with pytest.raises(Forbidden):
        decide(actor=cast.manager, request=own, decision="approve")
    with pytest.raises(Forbidden):
        decide(actor=deputy, request=own, decision="approve")
    decide(actor=cast.leadership, request=own, decision="approve")


def test_the_approver_of_another_level_sees_what_is_submitted_to_them(cast):
    own = make.submitted(cast, actor=cast.manager)
    assert access.can(cast.leadership, "view", own.about)
    assert not access.can(cast.leadership, "view", make.a_report(cast, title="别的"))


# Scores


def test_the_approver_scores_and_approves_in_one_act(cast):
    request = make.submitted(cast)
    reviews.approve_report(
        actor=cast.manager,
        record=request.about,
        rules=rules_on(),
        scores=make.SCORES,
        checklist=["accurate", "concise", "invented"],
        note="结论清楚",
    )
    review = QualityReview.objects.get()
    assert (str(review.mean), review.by, review.for_person) == ("85", cast.manager, None)
    assert review.checklist == ["concise", "accurate"]
    assert ResearchReport.objects.get().status == "approved"


def test_a_refused_approval_leaves_no_scores(cast):
    request = make.submitted(cast)
    with pytest.raises(Forbidden):
        reviews.approve_report(
            actor=cast.outsider, record=request.about, rules=rules_on(), scores=make.SCORES
        )
    assert not QualityReview.objects.exists() and not Decision.objects.exists()


def test_scores_may_follow_the_approval_and_be_corrected_with_their_trail(cast):
    report = make.approved(cast)
    make.scored(cast, report)
    make.scored(cast, report, depth=82)
    assert QualityReview.objects.get().depth == 82
    last = Entry.objects.filter(verb="research.report.scored").latest("pk")
    assert last.changes["depth"] == [78, 82]


def test_the_delegates_scores_are_stamped(cast):
    make.deputised(cast)
    deputy = cast.again(cast.deputy)
    request = make.submitted(cast)
    reviews.score_report(actor=deputy, record=request.about, rules=rules_on(), scores=make.SCORES)
    assert QualityReview.objects.get().for_person == cast.manager


@pytest.mark.parametrize("part", ["outsider", "deputy", "member", "leadership"])
def test_only_who_decides_scores(cast, part):
    with pytest.raises(Forbidden):
        reviews.score_report(
            actor=getattr(cast, part),
            record=make.approved(cast),
            rules=rules_on(),
            scores=make.SCORES,
        )


@pytest.mark.parametrize("depth", [-1, 101, None, 10**12])
def test_a_score_lies_between_0_and_100(cast, depth):
    request = make.submitted(cast)
    with pytest.raises(Invalid) as refusal:
        reviews.score_report(
            actor=cast.manager,
            record=request.about,
            rules=rules_on(),
            scores=make.SCORES | {"depth": depth},
        )
    assert set(refusal.value.fields) == {"depth"}


def test_there_is_nothing_to_score_before_the_submission(cast):
    with pytest.raises(NotNow):
        make.scored(cast, make.a_report(cast))


# Paper and removal


@pytest.mark.skipif(bool(pdf_missing()), reason="This machine cannot make PDF.")
def test_the_paper_carries_the_text_and_the_export_its_trail(cast):
    report = make.approved(cast)
    content = printing.export_report(actor=cast.outsider, record=report)
    pages = PdfDocument(content)
    printed = "".join(page.get_textpage().get_text_range() for page in pages)
    words = re.sub(r"\s", "", printed)
    assert make.SECTIONS["findings"].replace(" ", "") in words
    assert f"{cast.outsider.name}" in words and report.number in words
    assert Entry.objects.filter(verb="research.report.exported").count() == 1


def test_what_one_does_not_see_is_not_printed(cast):
    with pytest.raises(Gone):
        printing.export_report(actor=cast.liaison, record=make.a_report(cast))


def test_a_draft_is_deleted_and_a_decided_report_stays(cast):
    with pytest.raises(NotNow):
        removal.delete_record(actor=cast.outsider, record=make.approved(cast), reason="不要")
    draft = make.a_report(cast, title="草稿")
    with pytest.raises(Forbidden):
        removal.delete_record(actor=make.teammate(), record=draft, reason="不要")
    removal.delete_record(actor=cast.outsider, record=draft, reason="重写")
    assert [one.title for one in ResearchReport.objects.live()] != ["草稿"]


def test_the_author_hears_of_the_decision(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="return", comment="补样本")
    assert Notice.objects.filter(person=cast.outsider, kind="approvals.return").count() == 1
