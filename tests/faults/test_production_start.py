"""Production's own commands, as in docker-compose.yml, against real PostgreSQL and Redis."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from expansion.launch import processes
from expansion.launch.places import ROOT
from expansion.people.demo import DEMO_PASSPHRASE
from tests.ports import free_port

pytestmark = [pytest.mark.faults, pytest.mark.slow]

HOST = "expansion.example.com"
MANAGE = [sys.executable, "manage.py"]
WEB = [
    sys.executable, "-m", "gunicorn", "--config", "python:expansion.launch.web", "expansion.wsgi",
]  # fmt: skip
WORKER = [sys.executable, "-m", "celery", "--app", "expansion", "worker", "--concurrency", "1"]
BEAT = [sys.executable, "-m", "celery", "--app", "expansion", "beat", "--schedule"]
ADD_DEMO_PERSON = """
from expansion.people.demo import demo_password_hash
from expansion.people.models import User
User.objects.create(username="manager", name="王敏", password=demo_password_hash())
"""


@pytest.fixture
def env(own_postgres, own_redis) -> Iterator[dict[str, str]]:
    """What a production machine's environment holds, and nothing of this one's."""
    with processes.short_folder() as folder:
        (folder / "var").mkdir()
        yield {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "EXPANSION_MODE": "production",
            "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": own_postgres.url,
            "REDIS_URL": own_redis.url,
            "VAR_DIR": str(folder / "var"),
            "BIND": f"127.0.0.1:{free_port()}",
        }


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Ends whatever a failed test leaves."""
    with ExitStack() as stack:
        yield stack


def command(argv: list[str], env: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        argv, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def must(argv: list[str], env: dict[str, str]) -> str:
    done = command(argv, env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def start(stack: ExitStack, argv: list[str], env: dict[str, str]) -> subprocess.Popen:
    child = processes.spawn(argv, env=env, cwd=ROOT)
    stack.callback(processes.end, child)
    return child


def probe(env: dict[str, str]) -> subprocess.CompletedProcess:
    return command([sys.executable, "-m", "expansion.launch.probe"], env)


def page(path: str, env: dict[str, str]) -> str:
    headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://{env['BIND']}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def schedule(env: dict[str, str]) -> str:
    return str(Path(env["VAR_DIR"], "beat-schedule"))


def test_the_same_commands_as_in_the_containers_serve_and_end(env, running):
    must([*MANAGE, "migrate", "--noinput"], env)
    must([*MANAGE, "collectstatic", "--noinput"], env)
    must([*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], env)
    web = start(running, WEB, env)
    worker = start(running, WORKER, env)
    beat = start(running, [*BEAT, schedule(env)], env)

    assert processes.wait_until(lambda: probe(env).returncode == 0, 30, web)
    assert '"broker": "ok"' in probe(env).stdout
    login = page("/login/", env)
    assert DEMO_PASSPHRASE not in login
    assert_hashed_files_are_served(login, env)
    assert len(children(web.pid)) == 2
    ping = [*WORKER[:5], "inspect", "ping", "--timeout", "5"]
    assert processes.wait_until(lambda: "pong" in command(ping, env).stdout, 30, worker)
    assert processes.wait_until(lambda: any_file(schedule(env)), 30, beat)

    started = [web, worker, beat]
    for child in started:
        child.send_signal(signal.SIGTERM)
    assert [child.wait(20) for child in started] == [0, 0, 0]


def assert_hashed_files_are_served(html: str, env: dict[str, str]) -> None:
    sheet = next(part for part in html.split('"') if part.startswith("/static/") and ".css" in part)
    assert len(sheet.split(".")) > 2, f"{sheet} carries no hash"
    assert page(sheet, env)


def children(parent: int) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def any_file(prefix: str) -> bool:
    return any(Path(prefix).parent.glob(f"{Path(prefix).name}*"))


def test_plain_requests_are_sent_to_tls_except_the_health_page(env, running):
    must([*MANAGE, "migrate", "--noinput"], env)
    must([*MANAGE, "collectstatic", "--noinput"], env)
    web = start(running, WEB, env)
    assert processes.wait_until(lambda: probe(env).returncode == 0, 30, web)

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    request = urllib.request.Request(f"http://{env['BIND']}/login/", headers={"Host": HOST})
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.build_opener(Stay).open(request, timeout=10)
    assert answer.value.headers["Location"] == f"https://{HOST}/login/"


def test_no_process_starts_while_an_account_has_the_demo_pass_phrase(env):
    must([*MANAGE, "migrate", "--noinput"], env)
    must([*MANAGE, "shell", "-c", ADD_DEMO_PERSON], env)
    for argv in (WEB, WORKER, [*BEAT, schedule(env)]):
        done = command(argv, env)
        assert done.returncode == 2, (argv, done.stdout, done.stderr)
        assert "demo pass phrase" in done.stderr and "manager" in done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_a_missing_variable_is_named(env, name):
    done = command([*MANAGE, "check"], {**env, name: ""})
    assert done.returncode != 0
    assert f"Set {name}" in done.stderr


def test_the_health_page_follows_redis_down_and_up(env, own_redis, running):
    must([*MANAGE, "migrate", "--noinput"], env)
    web = start(running, WEB, env)
    assert processes.wait_until(lambda: probe(env).returncode == 0, 30, web)
    own_redis.kill()
    time.sleep(0.2)
    done = probe(env)
    assert done.returncode == 1 and '"broker": "no answer"' in done.stdout
