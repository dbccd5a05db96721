"""Group robots: what they may say, where they may go, and at least once (R-exp-11).

The platforms are stood in for: `sent` hears what the library would post.
"""

import json
from types import SimpleNamespace

import pytest
import requests

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices import delivery, desk, outbox, platforms
from expansion.notices.models import Mail, Robot
from expansion.notices.posting import TOGETHER_WITHIN
from expansion.notices.services import tell
from expansion.people.models import Unit
from tests.cast import NOW

pytestmark = pytest.mark.django_db

KEY = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
ADDRESSES = {
    "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
    "dingtalk": f"https://oapi.dingtalk.com/robot/send?access_token={KEY.replace('-', '')}",
    "feishu": f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}",
}
HOSTS = {
    "wecom": "qyapi.weixin.qq.com",
    "dingtalk": "oapi.dingtalk.com",
    "feishu": "open.feishu.cn",
}


class Sent(list):
    """What was posted; `status` and `answer` are what the platform says."""

    status = 200
    answer = b'{"errcode": 0, "errmsg": "ok"}'

    def post(self, url, *args, **given):
        self.append(SimpleNamespace(url=url, **given))
        answer = requests.Response()
        answer.status_code = self.status
        answer._content = self.answer
        return answer

    @property
    def text(self) -> str:
        data = self[-1].data
        return json.dumps(json.loads(data), ensure_ascii=False)


@pytest.fixture
def sent(monkeypatch) -> Sent:
    heard = Sent()
    monkeypatch.setattr(requests, "post", heard.post)
    return heard


def a_robot(cast, kind="wecom", monkeypatch=None, **values) -> Robot:
    if monkeypatch is not None:
        monkeypatch.setenv("ROBOT_SALES", ADDRESSES[kind])
    given = {
        "name": "拓展群",
        "kind": kind,
        "variable": "ROBOT_SALES",
        "groups": ["approvals", "work"],
        "team": None,
        "language": "en",
        "is_active": True,
    }
    return desk.create_robot(actor=cast.administrator, **given | values)


def say(*people, kind="approvals.open", url="/approvals/7", title="许晴 SECRET 13812346217"):
    return tell(people=people, kind=kind, title=title, text="秘密", url=url)


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_robot_says_kind_count_and_place_and_nothing_of_anybody(
    cast, sent, monkeypatch, settings, kind
):
    settings.SITE_URL = "https://expansion.example.com"
    a_robot(cast, kind, monkeypatch)
    say(cast.member, cast.leader)
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert sent[0].url.startswith(f"https://{HOSTS[kind]}/")
    assert "To be decided: 1" in sent.text
    assert "https://expansion.example.com/approvals/7" in sent.text
    for word in ("许晴", "SECRET", "1381234", "秘密", cast.leader.name):
        assert word not in sent.text


def test_several_matters_are_one_line_that_leads_to_the_list(cast, sent, monkeypatch):
    a_robot(cast, monkeypatch=monkeypatch)
    for number in range(3):
        say(cast.member, url=f"/approvals/{number}")
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert "To be decided: 3" in sent.text and "/notices/" in sent.text
    with clock.clock_at(NOW + TOGETHER_WITHIN / 2):
        say(cast.member)
        assert outbox.send_waiting() == {"sent": 0, "failed": 0}


@pytest.mark.parametrize("kind", ["appraisal.appeal", "people.password", "office.change.approved"])
def test_what_concerns_one_person_alone_is_no_matter_for_a_group(cast, monkeypatch, kind):
    a_robot(cast, monkeypatch=monkeypatch)
    say(cast.member, kind=kind)
    assert not Mail.objects.filter(robot__isnull=False).exists()


def test_a_robot_of_a_team_hears_of_its_people_only(cast, monkeypatch):
    team = Unit.objects.get(key="client")
    a_robot(cast, monkeypatch=monkeypatch, team=team)
    say(cast.outsider)
    assert not Mail.objects.exists()
    say(cast.member, cast.outsider)
    assert Mail.objects.get().count == 1


def test_a_robot_not_in_use_or_of_other_events_says_nothing(cast, monkeypatch):
    robot = a_robot(cast, monkeypatch=monkeypatch, groups=["deadlines"])
    say(cast.member)
    assert not Mail.objects.exists()
    desk.update_robot(
        actor=cast.administrator, record=robot, version=1, groups=["approvals"], is_active=False
    )
    say(cast.member)
    assert not Mail.objects.exists()


def test_a_platform_that_refuses_delays_and_loses_nothing(cast, sent, monkeypatch):
    a_robot(cast, monkeypatch=monkeypatch)
    say(cast.member)
    sent.status = 500
    assert outbox.send_waiting() == {"sent": 0, "failed": 1}
    waiting = Mail.objects.get()
    assert waiting.state == "waiting" and KEY not in waiting.error
    sent.status = 200
    with clock.clock_at(waiting.ready_at):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}


def test_a_sender_that_died_says_it_again_with_the_same_key_and_logs_it(
    cast, sent, monkeypatch, caplog
):
    a_robot(cast, monkeypatch=monkeypatch)
    say(cast.member)
    outbox._claim(Mail.objects.get())
    key = Mail.objects.get().message_id
    with clock.clock_at(NOW + outbox.TOO_LONG * 2):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert key in caplog.text and f"#{key[1:9]}" in sent.text


def test_without_an_address_nothing_is_lost_and_the_log_says_why(cast, sent):
    a_robot(cast)
    say(cast.member)
    assert outbox.send_waiting() == {"sent": 0, "failed": 1}
    assert "ROBOT_SALES" in Mail.objects.get().error and sent == []


@pytest.mark.parametrize(
    "address",
    [
        f"http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
        f"https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key={KEY}",
        f"https://qyapi.weixin.qq.com@10.0.0.1/cgi-bin/webhook/send?key={KEY}",
        f"https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key={KEY}",
        f"https://127.0.0.1/cgi-bin/webhook/send?key={KEY}",
        f"https://qyapi.weixin.qq.com/other?key={KEY}",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=../../admin",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        ADDRESSES["feishu"],
    ],
)
def test_only_a_platforms_own_address_is_a_robots(cast, monkeypatch, address):
    monkeypatch.setenv("ROBOT_SALES", address)
    assert platforms.fault_of("wecom", "ROBOT_SALES")
    with pytest.raises(Invalid) as refused:
        a_robot(cast)
    assert set(refused.value.fields) == {"variable"}


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_no_redirect_leads_elsewhere(cast, sent, monkeypatch, kind):
    a_robot(cast, kind, monkeypatch)
    say(cast.member)
    outbox.send_waiting()
    assert sent[0].allow_redirects is False


@pytest.mark.parametrize("variable", ["SECRET_KEY", "ROBOT_", "robot_sales", "ROBOT_A B", ""])
def test_no_other_secret_can_be_named(cast, variable):
    with pytest.raises(Invalid) as refused:
        a_robot(cast, variable=variable)
    assert set(refused.value.fields) == {"variable"}


def test_a_robot_tells_of_at_least_one_kind_of_event_and_of_no_appraisal(cast):
    for groups in ([], ["appraisal"], ["security"]):
        with pytest.raises(Invalid):
            a_robot(cast, groups=groups)


def test_only_administrators_keep_robots_and_the_trail_tells_of_it(cast, monkeypatch):
    with pytest.raises(Forbidden):
        desk.create_robot(actor=cast.manager, name="x")
    robot = a_robot(cast, monkeypatch=monkeypatch)
    with pytest.raises(Forbidden):
        desk.update_robot(actor=cast.manager, record=robot, is_active=False)
    assert Entry.objects.filter(verb="notices.robot.created").count() == 1
    assert KEY not in str(Entry.objects.get(verb="notices.robot.created").changes)


def test_a_trial_message_goes_out_and_needs_an_address(cast, sent, monkeypatch):
    robot = a_robot(cast)
    with pytest.raises(NotNow):
        desk.greet_robot(actor=cast.administrator, record=robot)
    monkeypatch.setenv("ROBOT_SALES", ADDRESSES["wecom"])
    desk.greet_robot(actor=cast.administrator, record=robot)
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert "Trial message" in sent.text


def test_the_pages_of_robots(cast, sign_in, monkeypatch):
    monkeypatch.setenv("ROBOT_SALES", ADDRESSES["wecom"])
    browser = sign_in(cast.administrator)
    given = {
        "request_id": "a", "name": "群", "kind": "wecom", "variable": "ROBOT_SALES",
        "groups": ["approvals"], "language": "zh-hans", "is_active": "on", "team": "",
    }  # fmt: skip
    assert browser.post("/notices/robots/new", given | {"variable": "X"}).status_code == 422
    assert browser.post("/notices/robots/new", given).status_code == 302
    robot = Robot.objects.get()
    assert (robot.groups, robot.team) == (["approvals"], None)
    page = browser.get("/notices/robots/").content.decode()
    assert "群" in page and KEY not in page
    changed = given | {"request_id": "b", "name": "新群", "version": "1"}
    assert browser.post(f"/notices/robots/{robot.pk}", changed).status_code == 302
    stale = browser.post(f"/notices/robots/{robot.pk}", changed | {"request_id": "c"})
    assert stale.status_code == 409
    assert sign_in(cast.manager).get(f"/notices/robots/{robot.pk}").status_code == 404


@pytest.mark.parametrize(
    "answer", [b'{"errcode": 45009, "errmsg": "freq"}', b'{"code": 9499}', b"<html>", b"[]"]
)
def test_what_a_platform_refuses_with_a_good_status_is_not_taken_for_sent(
    cast, sent, monkeypatch, answer
):
    a_robot(cast, monkeypatch=monkeypatch)
    say(cast.member)
    sent.answer = answer
    assert outbox.send_waiting() == {"sent": 0, "failed": 1}
    waiting = Mail.objects.get()
    assert waiting.state == "waiting" and waiting.error


def test_the_way_out_leads_to_the_platforms_alone(sent):
    for url in ("https://10.0.0.1/x", "http://open.feishu.cn/x", "https://open.feishu.cn:81/x"):
        with pytest.raises(delivery.RobotRefused):
            delivery.Way().post(url)
    assert sent == []


def test_a_key_that_the_library_refuses_delays_and_breaks_nothing(cast, sent, monkeypatch):
    monkeypatch.setenv("ROBOT_SALES", ADDRESSES["dingtalk"])
    monkeypatch.setenv("ROBOT_SALES_SECRET", "no secret!")
    a_robot(cast, "dingtalk")
    say(cast.member)
    assert outbox.send_waiting() == {"sent": 0, "failed": 1}
    assert "ROBOT_SALES" in Mail.objects.get().error
