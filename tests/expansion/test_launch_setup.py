"""The set-up's refusals are sentences, and what is done is not done again."""

import os
import socket
from pathlib import Path

import polib
import pytest

from expansion.launch import bootstrap, catalogues, commit_hook, debian, packages, steps
from expansion.launch.console import CannotGoOn


def test_python_older_than_3_11_is_refused_with_what_to_do():
    assert "PYTHON=python3.11" in bootstrap.python_is_too_old((3, 10))
    assert bootstrap.python_is_too_old((3, 11)) is None


def test_a_taken_port_is_refused_with_another_one():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotGoOn, match=f"Port {port} is taken.*PORT={port + 1}"):
            steps.check_port(str(port))


@pytest.mark.parametrize("wanted", ["abc", "-1", "70000", "0", "８０００x"])
def test_a_port_that_is_no_port_is_refused(wanted):
    with pytest.raises(CannotGoOn, match="from 1 to 65534"):
        steps.port_number(wanted)


def test_no_port_means_8000():
    assert steps.port_number("") == 8000


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("error: Failed to fetch: dns error: failed to lookup address", "cannot be reached"),
        ("ERROR: No matching distribution (from versions: none)", "cannot be reached"),
        ("npm error code ENOTFOUND", "cannot be reached"),
        ("error: command 'gcc' failed: No such file", "build-essential"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("npm error EACCES: permission denied, mkdir", "cannot be written"),
        ("something else", "lines above"),
    ],
)
def test_an_installers_failure_ends_with_what_to_do(output, advice):
    told = packages.explain("The packages could not be installed.", f"first\n{output}")
    assert output in told
    assert advice in told.splitlines()[-1]


def test_a_person_who_is_not_root_is_told_the_one_line(monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(debian, "install", lambda _: pytest.fail("installed without the right to"))
    assert not debian.bring(["libpango-1.0-0"], "PDF files")
    assert "apt-get install -y --no-install-recommends libpango-1.0-0" in capsys.readouterr().out
    with pytest.raises(CannotGoOn, match="apt-get install .* python3-venv"):
        debian.require(["python3-venv"], "python3-venv")


def test_root_installs_after_one_line_that_says_so(monkeypatch, capsys):
    installed = []
    monkeypatch.setattr(debian, "may_install", lambda: True)
    monkeypatch.setattr(debian, "install", lambda names: installed.extend(names) or True)
    assert debian.bring(["chromium"], "the tests")
    assert installed == ["chromium"]
    assert capsys.readouterr().out == "Installing system packages for the tests: chromium\n"


@pytest.fixture
def environment(tmp_path: Path, monkeypatch) -> Path:
    """An empty `.venv` with locks beside it, and installers that only count."""
    for name in ("run", "developer"):
        (tmp_path / name).write_text(f"{name}==1")
    monkeypatch.setattr(packages, "VENV", tmp_path)
    monkeypatch.setattr(packages, "LOCKS", {n: tmp_path / n for n in ("run", "developer")})
    monkeypatch.setattr(packages, "machine_has_node", lambda: True)
    return tmp_path


def synced(monkeypatch) -> list[str]:
    seen: list[str] = []
    monkeypatch.setattr(
        packages, "_sync_with_uv", lambda locks, env: seen.extend(lock.name for lock in locks) or 1
    )
    return seen


def test_packages_are_installed_once_per_lock(environment, monkeypatch):
    seen = synced(monkeypatch)
    for _ in range(2):
        packages.install_python_packages({}, developer=False)
    assert seen == ["run"]
    (environment / "run").write_text("run==2")
    packages.install_python_packages({}, developer=False)
    assert seen == ["run", "run"]


def test_a_run_keeps_the_developers_packages(environment, monkeypatch):
    seen = synced(monkeypatch)
    packages.install_python_packages({}, developer=True)
    packages.install_python_packages({}, developer=False)
    assert seen == ["developer"]


def test_pip_does_it_where_uv_cannot(environment, monkeypatch):
    asked = []
    monkeypatch.setattr(packages, "_sync_with_uv", lambda locks, env: False)
    monkeypatch.setattr(packages, "run", lambda argv, failure, env: asked.append(argv))
    packages.install_python_packages({}, developer=False)
    assert "--require-hashes" in asked[0]
    assert packages.stamp("python").startswith("run ")


def test_caches_are_temporary_where_the_home_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(steps.Path, "home", lambda: tmp_path / "none")
    with steps.writable_caches() as env:
        cache = Path(env["UV_CACHE_DIR"])
        assert cache.is_dir() and env["PIP_CACHE_DIR"] == env["npm_config_cache"] == str(cache)
    assert not cache.exists()


def test_only_changed_catalogues_are_compiled(tmp_path):
    source = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Save", msgstr="保存"))
    catalogue.save(str(source))
    assert list(catalogues.changed(tmp_path)) == [source]
    catalogues.compile_catalogue(source)
    assert list(catalogues.changed(tmp_path)) == []
    assert polib.mofile(str(source.with_suffix(".mo")))[0].msgstr == "保存"
    os.utime(source, (2e9, 2e9))
    assert list(catalogues.changed(tmp_path)) == [source]


def test_a_commit_hook_of_ones_own_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(commit_hook, "ROOT", tmp_path)
    commit_hook.install()  # No checkout: nothing to do.
    commit_hook.subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    commit_hook.install()
    assert hook.read_text() == commit_hook.HOOK and os.access(hook, os.X_OK)
    hook.write_text("mine")
    commit_hook.install()
    assert hook.read_text() == "mine"
