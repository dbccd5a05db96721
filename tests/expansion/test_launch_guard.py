"""Accounts with the public pass phrase stay on this machine and out of production."""

import socket

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from expansion.launch import apps, guard, web
from expansion.people.demo import DEMO_PASSPHRASE, DEMO_PEOPLE, demo_password_hash

pytestmark = pytest.mark.django_db

LOOPBACK = [("127.0.0.1", 8000), ("::1", 8000, 0, 0), ("localhost", 8000)]
ELSEWHERE = [("0.0.0.0", 8000), ("::", 8000, 0, 0), ("192.168.1.7", 80), ("", 8000), "/run/x.sock"]


@pytest.fixture
def demo_person():
    people = get_user_model()
    return people.objects.create(username="manager", name="王敏", password=demo_password_hash())


@pytest.fixture
def someone():
    people = get_user_model()
    encoded = PBKDF2PasswordHasher().encode(DEMO_PASSPHRASE, "another-salt-0123456789")
    return people.objects.create(username="someone", name="李静", password=encoded)


class GunicornLike:
    def __init__(self, *address):
        self.cfg = self
        self.address = address


def test_the_stored_pass_phrase_is_the_same_each_time_and_logs_in():
    hasher = PBKDF2PasswordHasher()
    assert demo_password_hash() == demo_password_hash()
    assert hasher.verify(DEMO_PASSPHRASE, demo_password_hash())
    assert not hasher.must_update(demo_password_hash()), "Django would give it another salt"


def test_the_demo_people_are_those_of_the_handbook():
    assert [name for name, _role in DEMO_PEOPLE][:4] == [
        "manager", "deputy", "leader.client", "leader.partnership",
    ]  # fmt: skip
    assert len({name for name, _role in DEMO_PEOPLE}) == 14
    assert len(DEMO_PASSPHRASE) >= 10


def test_only_accounts_with_the_public_phrase_are_found(demo_person, someone):
    assert guard.demo_accounts() == ["manager"]


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_serves_demo_accounts(demo_person, address):
    guard.refuse_off_loopback([address])


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_other_address_serves_demo_accounts(demo_person, address):
    with pytest.raises(guard.DemoAccountsExposed, match="manager"):
        guard.refuse_off_loopback([address])


@pytest.mark.parametrize("address", ELSEWHERE)
def test_any_address_serves_a_department_without_them(someone, address):
    guard.refuse_off_loopback([address])


def test_an_open_socket_is_judged_by_its_address(demo_person):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        guard.refuse_off_loopback([listener.fileno()])
        assert listener.getsockname(), "the guard must not close the server's socket"
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        with pytest.raises(guard.DemoAccountsExposed):
            guard.refuse_off_loopback([listener.fileno()])


def test_the_web_server_ends_with_code_2(demo_person, capsys):
    with pytest.raises(SystemExit) as ending:
        web.on_starting(GunicornLike(("0.0.0.0", 8000)))
    assert ending.value.code == 2
    assert "demo pass phrase" in capsys.readouterr().err


def test_production_ends_worker_and_beat_with_code_2(demo_person, settings, capsys):
    settings.PRODUCTION = True
    with pytest.raises(SystemExit) as ending:
        apps.refuse_exposed()
    assert ending.value.code == 2
    assert "Production does not start" in capsys.readouterr().err


def test_production_starts_without_demo_accounts(someone, settings):
    settings.PRODUCTION = True
    guard.refuse_in_production()
