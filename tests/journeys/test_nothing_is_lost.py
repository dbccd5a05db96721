"""What the page must survive: a refused form, an impatient hand, two people on one record."""

import io

import pytest
from PIL import Image

from crm.models import Client, Visit
from crm.services.clients import update_client
from expansion.files.selectors import attachments
from tests.make import crm

pytestmark = pytest.mark.browser


def picture() -> dict:
    file = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(file, "JPEG")
    return {"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def test_a_refused_visit_keeps_its_text_and_its_photos(house, walk):
    crm.client(house.member, "南京金陵票务有限公司")
    one = walk(house.member, phone=True, at="/crm/visits/new")
    one.page.locator("[name=said]").fill("看了二楼宴会厅，层高不够。")
    one.page.locator("[name=photos]").set_input_files(picture())
    one.press("保存拜访")
    one.page.locator(
        "#client_error, [id$=client_error], .error-summary, [data-error-summary]"
    ).first.wait_for()
    assert one.page.locator("[name=said]").input_value() == "看了二楼宴会厅，层高不够。"
    assert one.page.locator(".uploads img").count() == 1
    one.choose_client("金陵")
    one.press("保存拜访")
    one.page.wait_for_url("**/crm/clients/*")
    one.sees("看了二楼宴会厅，层高不够。")
    assert attachments(Visit.objects.get(), kind="photo").count() == 1


def test_a_double_click_on_save_makes_one_record(house, walk):
    one = walk(house.member, at="/crm/clients/new")
    one.page.locator("[name=name]").fill("苏州文轩印刷有限公司")
    one.named("保存").dblclick()
    one.sees("苏州文轩印刷有限公司")
    assert Client.objects.filter(name="苏州文轩印刷有限公司").count() == 1


def test_the_second_of_two_people_on_one_record_sees_both_values(house, walk):
    client = crm.client(house.member, "无锡正和地产有限公司", address="太湖大道 1 号")
    one = walk(house.member, at=f"/crm/clients/{client.pk}/edit")
    update_client(actor=house.leader, record=client, address="太湖大道 88 号")
    one.page.locator("[name=address]").fill("太湖大道 18 号")
    one.press("保存")
    one.sees("太湖大道 88 号", house.leader.name)
    assert one.page.locator("[name=address]").input_value() == "太湖大道 18 号"
    client.refresh_from_db()
    assert client.address == "太湖大道 88 号"
    one.press("保存")
    one.page.wait_for_url(f"**/crm/clients/{client.pk}")
    client.refresh_from_db()
    assert client.address == "太湖大道 18 号"
