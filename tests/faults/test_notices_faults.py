"""A sender killed while it hands a message over: none is missing, and doubled is only what was
accepted before it could be marked, under the same key and logged (R-exp-11)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from expansion.launch.places import ROOT
from expansion.notices.outbox import MOST_ATTEMPTS

pytestmark = [pytest.mark.faults, pytest.mark.slow]

# A Wednesday morning in Shanghai: robots speak in the working hours alone.
MORNING = """
from datetime import UTC, datetime, date, timedelta
from expansion import clock
clock.set_clock(datetime(2026, 11, 18, 1, 41, tzinfo=UTC) + timedelta(minutes={later}))
"""
STORE = """
from expansion.notices.models import Mail, Robot
from expansion.rulebook.services.presets import load_preset
load_preset(actor=None, key="ktv", effective_on=date(2024, 1, 1))
robot = Robot.objects.create(name="x", kind="wecom", variable="ROBOT_X", language="en")
for number in range(3):
    kind = f"approvals.{number}"
    Mail.objects.create(
        robot=robot, kind=kind, url="/", message_id=f"<{number}0000000@x>", ready_at=clock.now()
    )
"""
# What the platform has accepted stands in a file, one line each; `dies` says where the sender ends.
SEND = """
import os
from pathlib import Path
from expansion.notices import delivery, outbox
accepted = Path({accepted!r})
def deliver(robot, text):
    if {dies!r} == "before":
        os._exit(9)
    with accepted.open("a") as file:
        file.write(text.splitlines()[-1] + "\\n")
        file.flush()
    if {dies!r} == "after":
        os._exit(9)
delivery.deliver = deliver
print(outbox.send_waiting())
"""
STATES = """
from expansion.notices.models import Mail
print(sorted(Mail.objects.values_list("state", flat=True)))
"""
TRIED_OFTEN = f"""
from expansion.notices.models import Mail
Mail.objects.update(attempts={MOST_ATTEMPTS - 1})
"""


@dataclass
class House:
    """A database of the test's own and processes of the real system over it."""

    folder: Path
    env: dict[str, str]

    def run(self, code: str, *, later: int = 0) -> subprocess.CompletedProcess[str]:
        code = MORNING.format(later=later) + code
        return subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
            cwd=ROOT, env=self.env, capture_output=True, text=True,
        )  # fmt: skip

    def send(self, *, dies: str = "", later: int = 0) -> subprocess.CompletedProcess[str]:
        accepted = str(self.folder / "accepted")
        return self.run(SEND.format(accepted=accepted, dies=dies), later=later)

    def accepted(self) -> list[str]:
        path = self.folder / "accepted"
        return path.read_text().split() if path.exists() else []


@pytest.fixture
def house(own_postgres, tmp_path) -> Iterator[House]:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "expansion.settings",
        "EXPANSION_MODE": "local",
        "DATABASE_URL": own_postgres.url,
        "VAR_DIR": str(tmp_path / "var"),
    }
    found = House(tmp_path, env)
    migrate = [sys.executable, "manage.py", "migrate", "-v", "0"]
    subprocess.run(migrate, cwd=ROOT, env=env, check=True)
    stored = found.run(STORE)
    assert stored.returncode == 0, stored.stderr
    yield found


KEYS = ["#00000000", "#10000000", "#20000000"]


def test_killed_after_it_was_accepted_a_line_comes_twice_with_one_key_and_is_logged(house):
    assert house.send(dies="after").returncode == 9
    assert house.accepted() == KEYS[:1]
    soon = house.send(later=9)
    assert soon.returncode == 0 and house.accepted() == KEYS  # the claimed one is left alone
    later = house.send(later=11)
    assert house.accepted() == [*KEYS, KEYS[0]]
    assert "may arrive twice" in later.stderr
    assert "['sent', 'sent', 'sent']" in house.run(STATES).stdout


def test_killed_before_it_was_accepted_nothing_is_missing_and_nothing_double(house):
    assert house.send(dies="before").returncode == 9
    assert house.accepted() == []
    house.send(later=11)
    assert sorted(house.accepted()) == KEYS
    assert "['sent', 'sent', 'sent']" in house.run(STATES).stdout


def test_a_line_that_killed_all_its_senders_is_given_up_and_the_others_leave(house):
    house.run(TRIED_OFTEN)
    assert house.send(dies="before").returncode == 9
    ended = house.send(later=11)
    assert ended.returncode == 0, ended.stderr
    assert sorted(house.accepted()) == KEYS[1:]
    assert "['failed', 'sent', 'sent']" in house.run(STATES).stdout
