"""Who gets what at every address: the grid that `test_grid.py` tries out in full.

A row is (method, answers, routes). Answers are read from left to right: a status and the people who
get it; the last one, without names, is everybody else's. `desk` are the eight of the department who
work; `ok`: the gate lets the act in; `unfit`: refused as input, nothing is changed.
"""

from tests.architecture.doors import Door

DESK = "member colleague outsider partner_member leader deputy manager consolidator"

# Whose name stands on what: legal reads the client's name on a contract that is theirs to decide.
NAMED_ON = {
    "deal": ("client",),
    "request": ("client", "deal"),
    "project": ("partner", "ally"),
    "partner": ("ally",),
    "escalation": ("grand",),
    "bottom-line": ("opportunity", "client"),
}
# What the anonymous get where it is not the login.
PUBLIC = {
    "account_login": "200",
    "account_logout": "302",
    "mfa_authenticate": "302",
    "language": "ok",
    "launch:healthz": "ok",
    "welcome": "ok",
    "worker": "200",
    "guests:page": "ok",
}
# Health has a test of its own; addresses of no noun answer as every missing one.
ASKED_ELSEWHERE = {("GET", "launch:healthz"), ("POST", "launch:healthz")}
HIDDEN_RECORDS = (
    "crm:client",
    "crm:lead",
    "crm:visit",
    "crm:contract",
    "partnerships:project",
    "research:report",
    "research:finding",
    "approvals:request",
    "files:file",
)

# Which record stands in a route's address: the first beginning that fits.
KINDS = {
    "home:calendar-correction-back": "corrected-day",
    "home:calendar-year-back": "calendar",
    "home:compliance-cases": "-:A-3.2.4c",
    "people:person": "person",
    "people:rehearsal-begin": "person",
    "people:seat-open": "person",
    "people:seat-end": "seat",
    "people:session-end": "-:mark=@login-session",
    "people:factor-remove": "-:number=@factor",
    "welcome": "-:@account-link",
    "people:mandate": "mandate",
    "people:token": "token",
    "people:rights-of": "-:crm.client",
    "people:unit-edit": "unit",
    "people:post-edit": "post",
    "people:readers": "client:crm.client",
    "people:level": "contract:crm.contract",
    "people:share-end": "client:kind=crm.client,who=person,share=@ended-share",
    "people:share": "client:crm.client",
    "audit:control": "-:approvals.self",
    "audit:entry": "entry",
    "rulebook:interpretation-create": "-:clause=A-3.2.4c",
    "rulebook:interpretation": "interpretation",
    "rulebook:entry-add": "-:of=posts",
    "rulebook:entry-edit": "-:of=posts,key=member",
    "rulebook:entry-remove": "-:of=meetings,key=ad_hoc",
    "home:replay": "draft",
    "rulebook:": "draft",
    "files:add": "client:crm.client",
    "files:": "file",
    "relations:add": "project:partnerships.project",
    "relations:remove": "relation",
    "jobs:": "job",
    "notices:sent": "mail",
    "notices:robot": "robot",
    "notices:wording-edit": "-:kind=approvals.open,language=zh-hans",
    "notices:wording": "wording",
    "notices:": "notice",
    "approvals:note": "note",
    "approvals:": "request",
    "office:handover-thing-return": "handover:thing=@thing",
    "office:handover": "handover",
    "office:nda": "nda",
    "office:statement": "statement",
    "office:right": "right",
    "office:matter": "matter",
    "office:opening": "opening",
    "office:candidate": "candidate",
    "office:change": "change",
    "office:": "work-report",
    "guests:page": "-:@guest-secret",
    "surveys:question-create": "questionnaire",
    "surveys:question-": "question",
    "surveys:questionnaire": "questionnaire",
    "surveys:invitation": "invitation",
    "surveys:measure-create": "questionnaire",
    "surveys:measure": "measure",
    "surveys:": "questionnaire",
    "transfer:import-create": "-:crm.clients",
    "transfer:import-template": "-:crm.clients",
    "transfer:import": "import",
    "transfer:sheet": "-:people.rights",
    "transfer:export-create": "-:crm.clients",
    "transfer:export": "export",
    "crm:bottom-line-create": "opportunity",
    "crm:bottom-line": "bottom-line",
    "crm:escalation": "escalation",
    "crm:client": "client",
    "crm:contact-create": "client",
    "crm:contact-report": "contact:xlsx",
    "crm:contact-": "contact",
    "crm:point": "point",
    "crm:lead": "lead",
    "crm:opportunity": "opportunity",
    "crm:visit-record": "plan-of-visit",
    "crm:visit-reschedule": "plan-of-visit",
    "crm:visit-cancel": "plan-of-visit",
    "crm:visit-check-in": "plan-of-visit",
    "crm:visit": "visit",
    "crm:obligation-create": "contract",
    "crm:obligation-": "obligation",
    "crm:contract": "contract",
    "partnerships:partner": "partner",
    "partnerships:milestone-create": "project",
    "partnerships:milestone": "milestone",
    "partnerships:project": "project",
    "training:session": "session",
    "training:enrolment": "enrolment",
    "training:course": "course",
    "research:report": "study",
    "research:plan": "plan",
    "research:finding": "finding",
    "appraisal:appeal-create": "score",
    "appraisal:appeal": "appeal",
    "appraisal:case": "case",
    "appraisal:cycle": "cycle",
    "appraisal:target-create": "cycle",
    "appraisal:target-": "target",
    "appraisal:review-": "self-review",
    "appraisal:workbook": "cycle",
    "appraisal:": "score",
    "api-people-people": "person",
    "api-people-units": "unit",
    "api-rulebook": "draft",
    "api-approvals-requests": "request",
    "api-approvals-inbox": "request",
    "api-office-ndas": "nda",
    "api-office-statements": "statement",
    "api-office-rights": "right",
    "api-office-matters": "matter",
    "api-office-openings": "opening",
    "api-office-candidates": "candidate",
    "api-office-changes": "change",
    "api-office": "work-report",
    "api-surveys-measures": "measure",
    "api-surveys": "questionnaire",
    "api-crm-clients": "client",
    "api-crm-contacts": "contact",
    "api-crm-points": "point",
    "api-crm-leads": "lead",
    "api-crm-opp": "opportunity",
    "api-crm-visits-act-comment": "visit",
    "api-crm-visits-act": "plan-of-visit",
    "api-crm-visits": "visit",
    "api-crm-comm": "communication",
    "api-crm-contracts": "contract",
    "api-crm-obl": "obligation",
    "api-crm-escalations": "escalation",
    "api-research-findings": "finding",
    "api-research-plans": "plan",
    "api-research-reports": "study",
    "api-partnerships-partners": "partner",
    "api-partnerships-projects": "project",
    "api-partnerships-milestones": "milestone",
    "api-partnerships-checks": "check",
    "api-training-courses": "course",
    "api-training-sessions": "session",
    "api-training-enrol": "enrolment",
    "api-appraisal": "result",
    "api-transfer-imports": "import",
    "api-transfer-rows": "import-row",
}


def kind_of(door: Door) -> str:
    """`kind`, or `kind:word` where the address holds a word too, `kind:name=word,…` for several."""
    return next((kind for start, kind in KINDS.items() if door.name.startswith(start)), "")


def answer_for(name: str, answers: str) -> str:
    """What the person of this name gets by a row's answers."""
    for part in answers.split(" | "):
        status, _space, names = part.partition(" ")
        if not names or name in names.replace("desk", DESK).split():
            return status
    raise LookupError(f"{name} has no answer in {answers!r}.")


_TABLE = """
GET 200
    home:compliance rulebook:clauses
    home:calendar home:calendar-sheet
    home:today home:side home:waiting home:todo home:menu search me account_logout styleguide
    worker people:person-list people:organisation people:person people:mandate-list
    people:rights people:rights-of office:handover-list office:change-list
    api-office-openings-list api-office-candidates-list api-office-changes-list
    people:session-list people:sessions-end-others welcome people:factor-list people:app-add
    people:passkey-add people:codes-renew
    people:token-list people:token-create people:own-password rulebook:regulation jobs:job-list
    notices:notice-list notices:unread notices:channels approvals:inbox approvals:request-list
    approvals:several approvals:act-list office:report-list transfer:import-list
    transfer:export-list
    crm:contract-list crm:obligation-list api-schema api-docs api-people-people-list
    api-people-people-detail api-people-units-list api-people-units-detail
    api-rulebook-versions-list api-approvals-requests-list api-approvals-inbox-list
    api-office-reports-list api-crm-clients-list api-crm-contacts-list api-crm-points-list
    api-crm-leads-list api-crm-opportunities-list api-crm-visits-list
    api-crm-communications-list api-crm-contracts-list api-crm-obligations-list
    api-research-findings-list api-research-plans-list api-research-reports-list
    api-partnerships-partners-list api-partnerships-projects-list
    api-partnerships-milestones-list api-partnerships-checks-list api-training-courses-list
    api-training-courses-detail api-training-sessions-list api-training-sessions-detail
    api-training-enrolments-list api-appraisal-results-list training:session-list
    training:session training:enrolment-list training:course-list training:course
    research:report-list
    appraisal:mine appraisal:evaluations appraisal:appeal-list appraisal:trial
    api-transfer-imports-list api-transfer-rows-list api-surveys-questionnaires-list
    api-surveys-measures-list
GET 200
    crm:escalation-list api-crm-escalations-list
GET 200 member leader manager leadership | 404
    crm:escalation api-crm-escalations-detail
GET 200 manager | 403 member leader leadership | 404
    crm:escalation-take-over crm:escalation-leave
GET 200 member leader manager | 404
    crm:client-major
GET 200 manager | 403 member leader | 404
    crm:client-ordinary
GET 302 member manager | 403 leader | 404
    crm:bottom-line-create
GET 200 member manager leadership | 404
    crm:bottom-line
GET 200 member manager | 403 leadership | 404
    crm:bottom-line-edit
POST ok manager | 403 member leader leadership | 404
    crm:escalation-take-over crm:escalation-leave
POST ok member leader manager | 404
    crm:client-major
POST ok manager | 403 member leader | 404
    crm:client-ordinary
POST ok member manager | 403 leader | 404
    crm:bottom-line-create
POST ok member manager | 403 leadership | 404
    crm:bottom-line-edit
GET 200 manager hr | 403
    office:handover-create
    office:opening-list office:opening-create office:candidate-list office:candidate-create
    office:change-create
GET 200 manager hr | 404
    office:opening office:opening-edit office:opening-fill office:opening-withdraw
    office:candidate office:candidate-edit office:candidate-rate office:candidate-decide
    office:candidate-hire office:candidate-forget
    api-office-openings-detail api-office-candidates-detail
GET 200 manager hr leadership | 404
    office:change api-office-changes-detail
GET 302 manager hr | 403
    office:candidate-reveal
GET 403 manager hr | 404
    office:opening-open
GET 403 manager hr leadership | 404
    office:change-edit office:change-submit office:change-withdraw office:change-effect
GET 200 manager hr colleague | 404
    office:handover office:handover-accept office:handover-decline
GET 200 manager | 403 hr colleague | 404
    office:handover-divide office:handover-offer office:handover-undo office:handover-check
GET 200 hr | 403 manager colleague | 404
    office:handover-close
GET 200 manager hr | 403 colleague | 404
    office:handover-thing office:handover-thing-return
GET 200 administrator | 403
    notices:sent-list notices:told-list notices:robot-list notices:robot-create
    notices:sent-resend-all notices:wording-list notices:wording-edit
    home:calendar-correct home:calendar-import home:calendar-correction-back
    home:calendar-year-back
    people:login-policy
    people:person-factors-remove
    people:person-link
    people:person-sessions-end
    people:rehearsal-begin people:person-create people:person-edit people:person-password
    people:person-activate people:person-lock people:person-leave jobs:heartbeats
GET 200 leader deputy manager consolidator | 403
    office:team-reports
GET 200 leader deputy manager leadership | 403
    home:overview home:overview-compliance
GET 200 deputy manager hr leadership administrator | 403
    home:forecast
GET 200 leader deputy manager | 403
    training:session-create training:course-create training:course-edit
GET 200 leader manager | 403
    training:session-edit training:session-open training:session-enrol-other
    training:session-attendance training:session-close training:session-cancel
    training:session-sheet
GET 200 leader | 403 member manager hr | 404
    appraisal:evaluation
GET 200 manager hr | 403 member leader | 404
    appraisal:take-out
GET 200 administrator | 404
    notices:sent notices:sent-resend notices:robot-edit notices:robot-greet notices:wording-restore
GET 200 manager administrator | 403
    people:unit-create people:unit-edit people:post-create people:post-edit
    people:seat-open people:seat-end people:mandate-create rulebook:weights rulebook:parameters
    rulebook:lists rulebook:upload rulebook:entries rulebook:entry-add rulebook:entry-edit
    rulebook:entry-remove rulebook:person-pick rulebook:unsettled rulebook:discard
GET 200 manager administrator | 404
    rulebook:toml rulebook:pdf rulebook:version api-rulebook-versions-detail home:replay
GET 200 manager hr leadership | 403
    appraisal:cycle-list appraisal:cycle
GET 200 manager hr leadership | 404
    appraisal:case
GET 200 manager hr | 404 consolidator finance legal administrator liaison | 403
    appraisal:cycle-take-in
    appraisal:cycle-open appraisal:cycle-collect appraisal:cycle-nudge appraisal:cycle-close
GET 200 manager leadership administrator | 403
    audit:entry-list audit:control-list audit:control
GET 200 manager leadership administrator | 404
    audit:entry
GET 200 manager leadership | 404 consolidator finance legal administrator liaison | 403
    appraisal:cycle-fix appraisal:cycle-deliver
GET 200 manager | 403 hr leadership | 404
    appraisal:case-propose
GET 200 manager | 403
    rulebook:interpretation-create
GET 200 manager | 403 member leader | 404
    crm:contact-erase
GET 200 manager | 403 member leader hr | 404
    appraisal:adjust appraisal:fix appraisal:appeal-accept appraisal:appeal-decide
GET 200 manager | 404 consolidator finance legal administrator liaison | 403
    appraisal:cycle-reopen appraisal:target-create
GET 200 manager | 403 member leader | 404
    appraisal:target-remove
GET 200 member administrator | 404
    jobs:job jobs:job-cancel jobs:job-retry transfer:import api-transfer-imports-detail
GET 200 member colleague outsider partner_member leader deputy manager | 403
    research:plan-list research:finding-list
GET 200 member leader manager consolidator | 404
    office:report api-office-reports-detail
GET 200 member leader manager hr | 404
    api-appraisal-results-detail appraisal:score appraisal:appeal
GET 200 member leader manager legal | 404
    approvals:request approvals:sheet api-approvals-requests-detail api-approvals-inbox-detail
GET 200 member leader manager administrator | 404
    people:readers
GET 200 member leader manager | 404
    appraisal:review-pdf
    people:share people:share-end
    files:file crm:client crm:client-edit crm:client-next-contact
    crm:contact-create crm:contact-edit crm:contact-remove crm:lead crm:lead-edit crm:lead-mark
    crm:lead-close crm:lead-reopen crm:lead-convert crm:opportunity crm:opportunity-edit
    crm:opportunity-move crm:opportunity-win crm:opportunity-lose crm:opportunity-reopen
    crm:visit crm:visit-reschedule crm:visit-cancel crm:visit-comment crm:contract
    crm:contract-edit crm:contract-submit crm:contract-sign crm:contract-delete
    crm:obligation-create crm:obligation-done crm:obligation-reopen crm:obligation-remove
    api-crm-clients-detail api-crm-contacts-detail api-crm-points-detail api-crm-leads-detail
    api-crm-opportunities-detail api-crm-visits-detail api-crm-communications-detail
    api-crm-contracts-detail api-crm-obligations-detail api-training-enrolments-detail
GET 200 member manager leadership administrator | 404
    transfer:export
GET 200 member | 403 administrator | 404
    transfer:import-reading transfer:import-fix transfer:import-decide transfer:import-start
    transfer:import-undo transfer:import-errors
GET 200 member | 403 leader manager hr | 404
    appraisal:self-review appraisal:acknowledge appraisal:appeal-create appraisal:appeal-further
GET 403 member leader manager hr | 404
    appraisal:appeal-hand-on
GET 200 member | 403 leader manager | 404
    crm:visit-record crm:visit-edit crm:visit-check-in
GET 200 member | 403 manager leadership administrator | 404
    transfer:export-file
GET 200 member | 404
    notices:together
    people:session-end people:factor-remove people:token-revoke api-transfer-rows-detail
GET 200 outsider deputy manager | 403
    research:report-create research:plan-create research:finding-create
GET 200 outsider deputy manager | 404
    api-research-findings-detail api-research-plans-detail api-research-reports-detail
    research:report research:report-edit research:report-cite research:report-submit
    research:report-distribute research:report-read research:report-pdf research:report-delete
    research:plan research:plan-edit research:plan-submit research:plan-finish
    research:plan-delete research:finding research:finding-edit research:finding-screen
    research:finding-delete
GET 200 partner_member manager | 404
    api-partnerships-partners-detail api-partnerships-projects-detail
    api-partnerships-milestones-detail api-partnerships-checks-detail partnerships:partner
    relations:add
    partnerships:partner-edit partnerships:project partnerships:project-edit
    partnerships:project-move partnerships:project-contract partnerships:project-start
    partnerships:project-finish partnerships:project-cancel partnerships:project-reopen
    partnerships:project-check partnerships:project-submit
    partnerships:milestone-create partnerships:milestone-edit
    partnerships:milestone-done partnerships:milestone-reopen partnerships:milestone-remove
GET 302
    account_login mfa_authenticate
GET 302 leader deputy manager | 403
    crm:clients-reassign crm:clients-delete
GET 302 member leader manager consolidator | 404
    office:report-save office:report-submit
GET 302 member leader manager legal | 404
    approvals:decide
GET 302 member leader manager | 404 colleague outsider partner_member deputy consolidator | 403
    crm:point-reveal
GET 302 member | 404
    notices:notice
GET 403 hr finance legal leadership administrator liaison | 200
    transfer:import-create transfer:import-template transfer:export-create crm:client-list
    crm:client-create crm:client-pick crm:communication-create crm:lead-list crm:lead-create
    crm:opportunity-list crm:board crm:opportunity-create crm:visit-list crm:visit-week
    crm:visit-create crm:visit-plan crm:contract-create partnerships:partner-list
    partnerships:partner-create partnerships:project-list partnerships:project-create
    training:session-enrol
GET 403 manager administrator | 404
    rulebook:submit rulebook:withdraw
GET 403 member leader manager consolidator | 404
    office:report-withdraw office:report-read office:report-comment
GET 403 member | 200 leader manager | 404
    people:level crm:client-reassign crm:client-delete crm:lead-overrule
GET 403 outsider deputy manager | 404
    research:report-review
GET 403 outsider | 200 deputy manager | 404
    research:finding-publish research:finding-adopt
GET 403 partner_member | 200 manager | 404
    partnerships:project-delete
GET 404
    files:picture
GET 405
    language
GET 200 colleague leader manager leadership administrator | 404
    people:mandate
GET 200 leader administrator | 403 colleague manager leadership | 404
    people:mandate-revoke
GET 200 member manager | 403 leader | 404
    training:enrolment-withdraw
GET 200 member | 403 leader manager legal | 404
    approvals:note-answer approvals:withdraw
GET 200 manager legal | 403 member leader | 404
    approvals:note-settle
GET 200 legal | 403 member leader manager | 404
    approvals:add-signer approvals:hand-on
GET 200 member manager legal | 403 leader | 404
    approvals:comment
POST 403 hr finance legal leadership administrator liaison | ok
    transfer:import-create transfer:export-create crm:client-create crm:lead-create
    crm:opportunity-create crm:visit-plan crm:position-consent crm:contract-create
    api-crm-clients-list partnerships:partner-create partnerships:project-create
    api-crm-visits-start-plan api-crm-visits-start-photos api-partnerships-partners-list
    api-partnerships-projects-list api-transfer-imports-list
POST 404 leader deputy manager consolidator | 403
    office:team-sheet
POST 403 manager administrator | 404
    rulebook:submit rulebook:withdraw
POST 403 member leader manager consolidator | 404
    office:report-withdraw office:report-read office:report-comment
    api-office-reports-act-comment api-office-reports-act-read api-office-reports-act-withdraw
POST 403 member leader manager | ok legal | 404
    approvals:add-signer approvals:hand-on api-approvals-requests-act-add-signer
    api-approvals-requests-act-hand-on
POST 403 leader | ok member manager legal | 404
    approvals:comment api-approvals-requests-act-comment
POST 403 member leader | ok manager legal | 404
    approvals:decide approvals:note-settle api-approvals-requests-act-decide
POST 403 member | ok leader manager | 404
    people:level api-crm-contracts-act-classify
    crm:client-reassign crm:client-delete crm:lead-overrule api-crm-clients-act-delete
    api-crm-clients-act-reassign api-crm-leads-act-overrule
POST 403 outsider deputy manager | 404
    api-research-reports-act-read research:report-review research:report-read
POST 403 outsider | ok deputy manager | 404
    api-research-reports-act-classify
    api-research-findings-act-adopt api-research-findings-act-publish research:finding-publish
    research:finding-adopt
POST 403 partner_member | ok manager | 404
    api-partnerships-projects-act-delete partnerships:project-delete
POST ok member leader manager | 404
    people:share people:share-end
    crm:contact-edit files:remove files:add crm:client-edit crm:client-next-contact
    crm:contact-create crm:contact-remove crm:lead-edit crm:lead-mark crm:lead-close
    crm:lead-reopen crm:lead-convert crm:opportunity-edit crm:opportunity-move
    crm:opportunity-win crm:opportunity-lose crm:opportunity-reopen crm:visit-reschedule
    crm:visit-cancel crm:visit-comment crm:contract-edit crm:contract-submit crm:contract-sign
    crm:contract-delete crm:obligation-create crm:obligation-done crm:obligation-reopen
    crm:obligation-remove api-crm-clients-act-next-contact api-crm-contacts-act-remove
    api-crm-points-act-reveal api-crm-leads-act-close
    api-crm-leads-act-convert api-crm-leads-act-mark
    api-crm-leads-act-reopen api-crm-opportunities-act-lose api-crm-opportunities-act-move
    api-crm-opportunities-act-reopen api-crm-opportunities-act-win api-crm-visits-act-cancel
    api-crm-visits-act-comment api-crm-visits-act-reschedule api-crm-contracts-act-delete
    api-crm-contracts-act-sign api-crm-contracts-act-submit api-crm-obligations-act-done
    api-crm-obligations-act-remove api-crm-obligations-act-reopen
POST ok manager | 404
    relations:remove
POST ok
    approvals:several
    home:compliance-sheet home:compliance-cases home:compliance-paper
    account_login account_logout language styleguide worker people:token-create
    people:own-password notices:read-all notices:channels
POST ok
    mfa_authenticate people:app-add people:passkey-add people:codes-renew
    welcome people:sessions-end-others
    people:rehearsal-end
POST ok manager hr | 403
    office:handover-create
    office:opening-create office:candidate-create office:change-create office:candidate-reveal
    api-office-openings-list api-office-candidates-list api-office-changes-list
POST ok manager hr | 404
    office:opening-edit office:opening-fill office:opening-withdraw office:candidate-edit
    office:candidate-rate office:candidate-decide office:candidate-hire office:candidate-forget
    api-office-openings-act-fill api-office-openings-act-withdraw
    api-office-candidates-act-rate api-office-candidates-act-decide
    api-office-candidates-act-reveal api-office-candidates-act-hire
    api-office-candidates-act-forget
POST 403 manager hr | 404
    office:opening-open api-office-openings-act-open
POST 403 manager hr leadership | 404
    office:change-edit office:change-submit office:change-withdraw office:change-effect
    api-office-changes-act-submit api-office-changes-act-withdraw api-office-changes-act-effect
POST ok manager hr colleague | 404
    office:handover-accept office:handover-decline
POST ok manager | 403 hr colleague | 404
    office:handover-divide office:handover-offer office:handover-undo office:handover-check
POST ok hr | 403 manager colleague | 404
    office:handover-close
POST ok manager hr | 403 colleague | 404
    office:handover-thing office:handover-thing-return
POST ok administrator | 403
    notices:robot-create notices:wording-edit notices:sent-resend-all
    home:calendar-correct home:calendar-import home:calendar-correction-back
    home:calendar-year-back
    people:login-policy
    people:person-factors-remove
    people:person-link
    people:person-sessions-end
    people:rehearsal-begin people:person-create people:person-edit people:person-password
    people:person-activate people:person-lock people:person-leave people:rights-of
POST ok hr | 403
    appraisal:workbook
POST ok leader deputy manager leadership | 403
    home:remind home:teams-sheet
POST ok leader deputy manager | 403
    crm:clients-reassign crm:clients-delete training:session-create training:course-create
    training:course-edit api-training-courses-list api-training-sessions-list
POST ok leader manager | 403
    api-training-sessions-act-cancel api-training-sessions-act-close
    api-training-sessions-act-open training:session-edit training:session-open
    training:session-enrol-other training:session-attendance training:session-close
    training:session-cancel training:session-sheet api-training-sessions-act-attendance
POST ok leader | 403 member manager hr | 404
    appraisal:evaluation
POST ok manager hr | 403 member leader | 404
    appraisal:take-out
POST ok manager administrator leadership hr | 403
    transfer:sheet
POST ok manager administrator | 403
    people:unit-create people:unit-edit people:post-create people:post-edit
    people:seat-open people:seat-end people:mandate-create rulebook:weights rulebook:parameters
    rulebook:lists rulebook:upload rulebook:entries rulebook:entry-add rulebook:entry-edit
    rulebook:entry-remove rulebook:unsettled
    rulebook:discard
POST ok manager administrator | 404
    home:replay-sheet
POST ok manager hr | 404 consolidator finance legal administrator liaison | 403
    appraisal:cycle-take-in
    appraisal:cycle-open appraisal:cycle-collect appraisal:cycle-nudge appraisal:cycle-close
POST ok manager leadership | 404 consolidator finance legal administrator liaison | 403
    appraisal:cycle-fix appraisal:cycle-deliver
POST ok manager | 403 hr leadership | 404
    appraisal:case-propose
POST ok manager | 403
    rulebook:interpretation-create rulebook:interpretation-withdraw
POST ok manager | 403 member leader | 404
    crm:contact-erase crm:contact-report
POST ok manager | 403 member leader hr | 404
    appraisal:adjust appraisal:fix appraisal:appeal-accept appraisal:appeal-decide
POST ok manager | 404 consolidator finance legal administrator liaison | 403
    appraisal:cycle-reopen appraisal:target-create
POST ok manager | 403 member leader | 404
    appraisal:target-remove
POST ok member administrator | 404
    jobs:job-cancel jobs:job-retry
POST ok member leader manager | 404 colleague outsider partner_member deputy consolidator | 403
    crm:point-reveal crm:visit-read
POST ok member leader manager | unfit colleague outsider partner_member deputy consolidator | 403
    crm:communication-create crm:visit-create
POST ok member | 403 administrator | 404
    transfer:import-reading transfer:import-fix transfer:import-decide transfer:import-start
    transfer:import-undo api-transfer-imports-act-fix api-transfer-imports-act-decide
    api-transfer-imports-act-start api-transfer-imports-act-undo
POST ok member | 403 leader manager consolidator | 404
    office:report-save office:report-submit api-office-reports-act-submit
POST ok member | 403 leader manager hr | 404
    appraisal:self-review appraisal:acknowledge appraisal:appeal-create appraisal:appeal-further
POST 403 member leader manager hr | 404
    appraisal:appeal-hand-on
POST ok member | 403 leader manager legal | 404
    approvals:withdraw api-approvals-requests-act-withdraw approvals:note-answer
POST ok member | 403 leader manager | 404
    crm:visit-record crm:visit-edit crm:visit-check-in crm:visit-undo api-crm-visits-act-record
    api-crm-visits-act-check-in
POST ok member | 404
    people:session-end people:factor-remove people:token-revoke notices:notice
POST ok outsider deputy manager | 403
    api-research-plans-list research:report-create research:plan-create research:finding-create
    api-research-findings-list api-research-reports-list
POST ok outsider deputy manager | 404
    api-research-findings-act-delete api-research-findings-act-screen
    api-research-plans-act-delete api-research-plans-act-finish api-research-plans-act-submit
    api-research-reports-act-delete api-research-reports-act-distribute
    api-research-reports-act-submit research:report-edit research:report-autosave
    research:report-cite research:report-submit research:report-distribute
    research:report-delete research:plan-edit research:plan-submit research:plan-finish
    research:plan-delete research:finding-edit research:finding-screen research:finding-delete
POST ok partner_member manager | 404
    api-partnerships-projects-act-cancel api-partnerships-projects-act-check
    api-partnerships-projects-act-contract api-partnerships-projects-act-finish
    api-partnerships-projects-act-move api-partnerships-projects-act-reopen
    api-partnerships-projects-act-start api-partnerships-projects-act-submit
    api-partnerships-milestones-act-done
    api-partnerships-milestones-act-remove api-partnerships-milestones-act-reopen
    relations:add
    partnerships:partner-edit partnerships:project-edit partnerships:project-move
    partnerships:project-contract partnerships:project-start partnerships:project-finish
    partnerships:project-cancel partnerships:project-reopen partnerships:project-check
    partnerships:project-submit
    partnerships:milestone-create partnerships:milestone-edit partnerships:milestone-done
    partnerships:milestone-reopen partnerships:milestone-remove
POST unfit member | 403 hr finance legal leadership administrator liaison | ok
    api-training-sessions-act-enrol training:session-enrol
POST ok administrator | 404
    notices:sent-resend notices:robot-edit notices:robot-greet notices:wording-restore
POST ok leader administrator | 403 colleague manager leadership | 404
    people:mandate-revoke
POST ok member manager | 403 leader | 404
    training:enrolment-withdraw api-training-enrolments-act-withdraw
POST 403 hr finance legal leadership administrator liaison | ok member leader manager | unfit
    api-crm-contacts-list api-crm-leads-list api-crm-opportunities-list api-crm-visits-list
    api-crm-communications-list api-crm-contracts-list api-crm-obligations-list
POST 403 hr finance legal leadership administrator liaison | ok partner_member manager | unfit
    api-partnerships-milestones-list
GET 200
    office:nda-list office:statement-list office:right-list office:matter-list
    api-office-ndas-list api-office-statements-list api-office-rights-list
    api-office-matters-list
GET 200 manager hr | 403
    office:nda-missing office:nda-create
GET 200 manager hr member | 404
    office:nda api-office-ndas-detail
GET 200 manager hr | 403 member | 404
    office:nda-edit office:nda-delete
GET 200 desk | 403
    office:statement-create office:matter-create
GET 200 member leader manager | 404
    office:statement office:statement-edit office:statement-submit office:statement-release
    office:statement-withdraw api-office-statements-detail
GET 200 leader deputy manager consolidator legal | 403
    office:right-create
GET 200 desk legal leadership | 404
    office:right api-office-rights-detail
GET 200 manager legal | 403 desk leadership | 404
    office:right-edit office:right-delete
GET 200 member leader manager leadership | 404
    office:matter api-office-matters-detail
GET 200 member leader manager | 403 leadership | 404
    office:matter-edit
GET 200 leader manager | 403 member leadership | 404
    office:matter-delete
POST ok manager hr | 403
    office:nda-create api-office-ndas-list
POST ok manager hr | 403 member | 404
    office:nda-edit office:nda-delete api-office-ndas-act-delete
POST ok desk | 403
    office:statement-create office:matter-create api-office-statements-list
    api-office-matters-list
POST ok member leader manager | 404
    office:statement-edit office:statement-submit office:statement-release
    office:statement-withdraw api-office-statements-act-submit
    api-office-statements-act-release api-office-statements-act-withdraw
POST ok leader deputy manager consolidator legal | 403
    office:right-create api-office-rights-list
POST ok manager legal | 403 desk leadership | 404
    office:right-edit office:right-delete api-office-rights-act-delete
POST ok member leader manager | 403 leadership | 404
    office:matter-edit
POST ok leader manager | 403 member leadership | 404
    office:matter-delete api-office-matters-act-delete
GET 403
    guests:page
POST 403
    guests:page
GET 200 desk leadership | 403
    surveys:list
GET 200 desk | 403
    surveys:create
GET 200 member colleague leader deputy manager consolidator leadership | 404
    surveys:questionnaire api-surveys-questionnaires-detail api-surveys-measures-detail
GET 200 member leader manager | 403 colleague deputy consolidator leadership | 404
    surveys:edit surveys:delete surveys:question-create surveys:question-edit
    surveys:question-remove surveys:invite surveys:send surveys:close surveys:report
    surveys:invitation-link surveys:invitation-remove surveys:measure-create
    surveys:measure-remove surveys:measure-done surveys:measure-reopen
GET 200 member colleague leader deputy manager consolidator | 403 leadership | 404
    surveys:copy
GET 200 member colleague leader deputy manager consolidator leadership | 404
    surveys:sheet
GET 409 member colleague leader deputy manager consolidator leadership | 404
    surveys:pdf
POST ok desk | 403
    surveys:create
POST ok member leader manager | 403 colleague deputy consolidator leadership | 404
    surveys:edit surveys:delete surveys:question-create surveys:question-edit
    surveys:question-remove surveys:invite surveys:send surveys:close surveys:report
    surveys:invitation-link surveys:invitation-remove surveys:measure-create
    surveys:measure-remove surveys:measure-done surveys:measure-reopen
    api-surveys-measures-act-done api-surveys-measures-act-reopen
POST ok member colleague leader deputy manager consolidator | 403 leadership | 404
    surveys:copy
POST ok member colleague leader deputy manager consolidator leadership | 404
    surveys:sheet
PATCH ok manager hr | 403 member | 404
    api-office-ndas-detail
PATCH ok member leader manager | 404
    api-office-statements-detail
PATCH ok manager legal | 403 desk leadership | 404
    api-office-rights-detail
PATCH ok member leader manager | 403 leadership | 404
    api-office-matters-detail
PATCH ok leader deputy manager | 403
    api-training-courses-detail
PATCH ok manager hr | 404
    api-office-openings-detail api-office-candidates-detail
PATCH 403 manager hr leadership | 404
    api-office-changes-detail
PATCH ok leader manager | 403
    api-training-sessions-detail
PATCH ok member leader manager | 404
    api-crm-clients-detail api-crm-contacts-detail api-crm-leads-detail
    api-crm-opportunities-detail api-crm-contracts-detail
PATCH ok member | 403 leader manager consolidator | 404
    api-office-reports-detail
PATCH ok outsider deputy manager | 404
    api-research-findings-detail api-research-plans-detail api-research-reports-detail
PATCH ok partner_member manager | 404
    api-partnerships-partners-detail api-partnerships-projects-detail
    api-partnerships-milestones-detail
"""


def _rows() -> list[tuple[str, str, list[str]]]:
    rows: list[tuple[str, str, list[str]]] = []
    for line in _TABLE.strip().splitlines():
        if line.startswith("    "):
            rows[-1][2].extend(line.split())
        else:
            method, _space, answers = line.partition(" ")
            rows.append((method, answers, []))
    return rows


ROWS = _rows()
