"""Files: stored by what they are, delivered through the gate of their subject."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from expansion import access, clock
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.files import services, stored
from expansion.files.models import Attachment
from expansion.files.selectors import attachments
from tests.make import contracts, partnerships
from tests.make import crm as make


@pytest.fixture
def client(cast):
    return make.client(cast.member, "南京海纳酒店管理有限公司")


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/octet-stream")


def pdf(name="报价.pdf") -> SimpleUploadedFile:
    return upload(name, b"%PDF-1.7\n" + b"x" * 100)


def photo(name="现场.jpg", size=(60, 40)) -> SimpleUploadedFile:
    data, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "camera maker"
    Image.new("RGB", size, "red").save(data, "JPEG", exif=exif)
    return upload(name, data.getvalue())


def attach(actor, record, file, **values) -> Attachment:
    return services.attach(actor=actor, record=record, upload=file, **values)


def test_a_file_is_stored_under_a_name_that_says_nothing(cast, client):
    file = attach(cast.member, client, pdf())
    assert (file.name, file.media_type, file.size) == ("报价.pdf", "application/pdf", 109)
    assert "报价" not in file.key
    assert len(file.digest) == 64
    assert list(attachments(client)) == [file]
    assert Entry.objects.filter(verb="files.attachment.added", actor=cast.member).count() == 1


def test_a_picture_is_drawn_anew_upright_and_without_its_exif(cast, client):
    file = attach(cast.member, client, photo())
    with Image.open(default_storage.open(file.key)) as picture:
        assert picture.size == (40, 60)
        assert not picture.getexif()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("空.pdf", b""),
        ("照片.jpg", b"MZ\x90\x00" + bytes(300)),
        ("网页.html", b"<html><script>alert(1)</script></html>"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("坏.docx", b"PK\x03\x04broken"),
        ("文.txt", b"a\x00b"),
        ("半张.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50)),
    ],
)
def test_what_is_no_allowed_kind_is_refused_by_its_content(cast, client, name, data):
    with pytest.raises(Invalid) as refusal:
        attach(cast.member, client, upload(name, data))
    assert refusal.value.message
    assert not Attachment.objects.exists()


def test_a_file_larger_than_allowed_is_refused(cast, client, settings):
    settings.UPLOAD_MAX_BYTES = 50
    with pytest.raises(Invalid):
        attach(cast.member, client, pdf())


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "C:\\secret\\报价.pdf", "a\n\x00b.pdf"])
def test_a_name_is_only_its_last_part_in_readable_signs(cast, client, name):
    file = attach(cast.member, client, pdf(name))
    assert "/" not in file.name
    assert "\\" not in file.name
    assert file.name.isprintable()


def test_only_who_may_change_the_record_adds_a_file(cast, client):
    with pytest.raises(Forbidden):
        attach(cast.colleague, client, pdf())


def test_a_files_permission_is_its_subjects(cast, client, sign_in):
    file = attach(cast.member, client, photo())
    for person, status in ((cast.member, 200), (cast.leader, 200), (cast.manager, 200)):
        assert sign_in(person).get(f"/files/{file.pk}").status_code == status
    for person in (cast.colleague, cast.hr, cast.legal, cast.administrator):
        for url in (f"/files/{file.pk}", f"/files/{file.pk}/picture"):
            assert sign_in(person).get(url).status_code == 404
    assert sign_in(cast.anonymous).get(f"/files/{file.pk}").status_code == 302


def test_an_original_is_never_opened_inside_the_page(cast, client, sign_in):
    file = attach(cast.member, client, pdf())
    answer = sign_in(cast.member).get(f"/files/{file.pk}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert sign_in(cast.member).get(f"/files/{file.pk}/picture").status_code == 404


def test_bytes_that_are_gone_from_the_disk_are_a_sentence_and_no_fault(
    cast, client, sign_in, monkeypatch
):
    file = attach(cast.member, client, pdf())
    default_storage.delete(file.key)
    said = []
    monkeypatch.setattr(stored.logger, "error", lambda line, *words: said.append(words))
    answer = sign_in(cast.member).get(f"/files/{file.pk}")
    assert answer.status_code == 503
    assert said == [(file.key,)]


def test_a_removed_file_is_gone_and_its_bytes_stay(cast, client, sign_in):
    file = attach(cast.member, client, pdf())
    member = sign_in(cast.member)
    assert member.post(f"/files/{file.pk}/remove").status_code == 302
    assert member.post(f"/files/{file.pk}/remove").status_code == 404
    assert member.get(f"/files/{file.pk}").status_code == 404
    assert default_storage.exists(file.key)


def test_a_colleague_who_only_sees_cannot_remove(cast, client):
    visit = make.planned(cast.member, client)
    file = attach(cast.member, visit, pdf())
    assert access.can(cast.leader, "remove", file)
    assert not access.can(cast.colleague, "remove", file)


def test_files_are_added_from_the_records_page_all_or_none(cast, client, sign_in):
    member, url = sign_in(cast.member), f"/files/crm.client/{client.pk}/add"
    assert member.post(url, {"files": [pdf(), photo()]}).status_code == 302
    refused = member.post(url, {"files": [pdf("二.pdf"), upload("病毒.exe", b"MZ")]})
    assert refused.status_code == 422
    assert "病毒.exe" in refused.text
    assert attachments(client).count() == 2
    assert sign_in(cast.colleague).post(url, {"files": [pdf()]}).status_code == 404


@pytest.mark.parametrize("kind", ["crm.nothing", "nonsense", "sessions.session", "people.user.x"])
def test_an_unknown_kind_of_record_is_not_there(cast, client, sign_in, kind):
    assert sign_in(cast.member).post(f"/files/{kind}/1/add").status_code == 404


def test_drafts_are_their_senders_alone_and_forgotten_after_a_week(cast, client, sign_in):
    kept = services.keep_drafts(
        actor=cast.member, draft="key", uploads=[photo(), photo()], kind="photo", most=9
    )
    assert len(kept) == 1
    assert sign_in(cast.member).get(f"/files/{kept[0].pk}/picture").status_code == 200
    assert sign_in(cast.manager).get(f"/files/{kept[0].pk}/picture").status_code == 404
    assert services.drafts(cast.colleague, "key") == []
    assert services.forget_drafts(now=clock.now() + timedelta(days=6)) == 0
    assert services.forget_drafts(now=clock.now() + timedelta(days=8)) == 1
    assert services.forget_drafts(now=clock.now() + timedelta(days=8)) == 0
    told = Entry.objects.get(verb="files.attachment.forgotten")
    assert told.actor is None and told.changes == {"added_by": [cast.member.name, None]}
    assert not default_storage.exists(kept[0].key)


def test_no_more_drafts_than_allowed(cast):
    shades = [photo(f"{n}.jpg", (60, 40 + n)) for n in range(3)]
    with pytest.raises(Invalid):
        services.keep_drafts(actor=cast.member, draft="k", uploads=shades, kind="photo", most=2)


@pytest.mark.parametrize("part", ["member", "manager"])
def test_a_photo_of_a_recorded_visit_is_part_of_the_record(cast, client, part):
    """Before the record its sender may take it off; afterwards nobody does."""
    planned = make.planned(cast.member, client)
    early, kept = (attach(cast.member, planned, photo(name), kind="photo") for name in "ab")
    services.remove(actor=cast.member, attachment=early)
    visit = make.visit(cast.member, None, record=planned)
    with pytest.raises(Forbidden):
        services.remove(actor=getattr(cast, part), attachment=kept)
    assert list(attachments(visit)) == [kept]
    assert Entry.objects.filter(verb="files.attachment.removed").count() == 1


def test_no_file_joins_a_contract_while_it_is_decided_and_a_scan_may_afterwards(
    cast, client, sign_in
):
    """The copy that is decided over would not name it; its own round takes one (law 6)."""
    request = contracts.submitted(cast, client=client)
    contract = request.about
    for add in (
        lambda: attach(cast.member, contract, pdf("附件.pdf")),
        lambda: services.attach_all(actor=cast.manager, record=contract, uploads=[pdf()]),
    ):
        with pytest.raises(NotNow):
            add()
    member, add = sign_in(cast.member), f"/files/crm.contract/{contract.pk}/add"
    assert member.post(add, {"files": [pdf()]}).status_code == 409
    assert add not in member.get(f"{contract.get_absolute_url()}?tab=files").text
    assert not attachments(contract).exists()
    assert attach(cast.member, request, pdf("说明.pdf")).about == request
    for person in (cast.manager, cast.legal, cast.leadership):
        decide(actor=person, request=request, decision="approve")
    assert add in member.get(f"{contract.get_absolute_url()}?tab=files").text
    assert member.post(add, {"files": [pdf("签字页.pdf")]}).status_code == 302
    assert attachments(contract).get().name == "签字页.pdf"


def test_what_the_first_of_several_deciders_has_read_stays_for_the_others(cast, client):
    request = contracts.submitted(cast, client=client)
    wrong = attach(cast.member, request, pdf("错的.pdf"))
    services.remove(actor=cast.member, attachment=wrong)
    read = attach(cast.member, request, pdf("报价.pdf"))
    clock.set_clock(clock.now() + timedelta(minutes=1))
    decide(actor=cast.manager, request=request, decision="approve")
    with pytest.raises(Forbidden):
        services.remove(actor=cast.member, attachment=read)
    clock.set_clock(clock.now() + timedelta(minutes=1))
    later = attach(cast.member, request, pdf("补充.pdf"))
    services.remove(actor=cast.member, attachment=later)
    assert list(attachments(request)) == [read]


def test_no_file_joins_a_project_while_its_scheme_is_decided(cast, sign_in):
    """Neither does the record that was read before it was handed in let one through."""
    read_before = partnerships.project(cast.partner_member, scheme=partnerships.SCHEME)
    first = attach(cast.partner_member, read_before, pdf())
    project = partnerships.submitted(cast.partner_member, type(read_before).objects.get())
    with pytest.raises(NotNow):
        attach(cast.partner_member, read_before, pdf())
    assert list(attachments(project)) == [first]
    page = sign_in(cast.partner_member).get(f"{project.get_absolute_url()}?tab=papers").text
    assert first.name in page
    for url in (f"/files/partnerships.project/{project.pk}/add", f"/files/{first.pk}/remove"):
        assert url not in page
