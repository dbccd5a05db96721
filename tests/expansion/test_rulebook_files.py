"""A regulation as a file: what is read, what is refused by name, what is written back."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from expansion.errors import Gone, Invalid
from expansion.people.models import Post, Unit
from expansion.rulebook import loading, writing
from expansion.rulebook.comparing import differences
from expansion.rulebook.models import Version
from expansion.rulebook.values import Source

NEW_CLIENTS = "kpi_sets.client.indicators.new_clients.weight"
# What stands in the shipped file, what is written instead, the entry that the refusal names, and
# words of its sentence.
FAULTS = [
    ('key = "ktv"', 'key = "ktv', "", "TOML"),
    ('key = "ktv"', 'key = "KTV"', "policy.key", "small letters"),
    ('key = "ktv"', "key = 7", "policy.key", "a text"),
    ('key = "ktv"\n', "", "policy.key", "missing"),
    ('letter = "A"', 'letter = "Z"', "policy.letter", "Choose one of"),
    ("edition = 1", 'edition = "one"', "policy.edition", "a whole number"),
    ("edition = 1", "edition = 1.5", "policy.edition", "a whole number"),
    ("edition = 1", "edition = -1", "policy.edition", "smallest"),
    ('scope = "拓展部全体人员"', 'scope = ""', "policy.scope", "not empty"),
    ('scope = "拓展部全体人员"', 'scope = ["全体"]', "policy.scope", "a text"),
    ("[working_time]", "[working_hours]", "working_hours", "not a known entry"),
    ('opens = { value = "09:00"', 'opens = { value = "nine"', "working_time.opens", "15:00"),
    ('opens = { value = "09:00"', 'opens = { value = "19:00"', "working_time.closes", "ends after"),
    ('calendar = { value = "statutory"', 'calendar = { value = "lunar"', "calendar", "Choose one"),
    ('source = "proposal" }', 'source = "guess" }', "source", "Choose one of"),
    ('opens = { value = "09:00", source = "proposal" }', 'opens = "09:00"', "opens", "a table"),
    ('role = "manager"', 'role = "boss"', "posts", "Choose one of"),
    ("limit = { value = 1,", 'limit = { value = "one",', "posts", "a whole number"),
    ("limit = { value = 1,", "limit = { value = 10000,", "posts", "largest"),
    ('kpi_set = "management"', 'kpi_set = "nobody"', "posts.manager.kpi_set", "not known here"),
    ('acts_for = "manager"', 'acts_for = "owner"', "posts.deputy.acts_for", "not known here"),
    ('leads_team = "research"', 'leads_team = "sea"', "posts.deputy.leads_team", "not known here"),
    ('head = { value = "deputy"', 'head = { value = "chef"', "teams.research.head", "not known"),
    ('key = "deputy"\nzh', 'key = "manager"\nzh', "posts.manager", "twice"),
    ('auto_on_leave = { value = true', 'auto_on_leave = { value = "perhaps"', "auto", "true or"),
    ('delegate = { value = "deputy"', 'delegate = { value = "cook"', "delegation.delegate", "not"),
    ('absent_when = { value = ["leave"', 'absent_when = { value = ["moon"', "absent", "Choose"),
    ('final_by = { value = "manager"', 'final_by = { value = "cook"', "final_by", "has the role"),
    ('self_due = { value = "5 working days"', 'self_due = { value = "soon"', "self_due", "unit"),
    ('self_due = { value = "5 working days"', "self_due = { value = 5", "self_due", "unit"),
    ("team_share = { value = 60", "team_share = { value = 50", "team_share", "make 100"),
    ("parts_mean = { value = 50", "parts_mean = { value = 40", "year_formula", "make 100"),
    ("starts_at = { value = 90", "starts_at = { value = 80", "appraisal.levels", "of its own"),
    ("starts_at = { value = 90", "starts_at = { value = 101", "starts_at", "largest"),
    ("starts_at = { value = 90", "starts_at = { value = 90.125", "starts_at", "decimal places"),
    ("weight = { value = 40,", "weight = { value = 41,", "kpi_sets.research", "1% too much"),
    ("weight = { value = 40,", "weight = { value = 39,", "kpi_sets.research", "1% too little"),
    ('metric = "research.findings"', 'metric = ""', "how.volume", "names its metric"),
    ("periods = { value = 2", "periods = { value = 0", "consequences.two_unqualified", "at least"),
    ('level = "unqualified"', 'level = "hopeless"', "consequences.one_unqualified", "known level"),
    ('who = ["everyone"]', 'who = ["kitchen"]', "reports.weekly_summary.who", "not known here"),
    ('who = ["everyone"]', 'who = "everyone"', "reports.weekly_summary.who", "a list"),
    ('every = "week"', 'every = "fortnight"', "cadence", "Choose one of"),
    ('["manager", "legal", "leadership"]', '["manager", "manager"]', "contract", "stands twice"),
    ('["manager", "legal", "leadership"]', "[]", "contract", "at least one"),
    ('"HT-{year}-{number:04d}"', '"HT"', "numbers.contract", "{number}"),
    ('clause = "A-5.3b"', 'clause = "A-99.9"', "opens", "A-99.9 is not in the list"),
    ('clause = "A-5.3b"', 'clause = "5.3b"', "opens", "small letters"),
    ('app = "crm"', 'app = "kitchen"', "clauses", "Choose one of"),
    ('kind = ["configuration"]', 'kind = ["fate"]', "clauses", "Choose one of"),
    ('kind = ["configuration"]', "kind = []", "clauses", "at least one entry"),
    ('"A-1.2" =', '"B-1.2" =', "clauses.B-1.2", "begins with"),
]  # fmt: skip


@pytest.fixture
def text() -> str:
    return (loading.PRESETS / "ktv.toml").read_text(encoding="utf-8")


@pytest.mark.django_db
@pytest.mark.parametrize(("stands", "instead", "entry", "words"), FAULTS)
def test_a_broken_file_is_refused_by_name_and_changes_nothing(
    text, tmp_path, stands, instead, entry, words
):
    assert stands in text
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace(stands, instead, 1), encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("rulebook", "load", str(broken))
    sentence = str(refused.value)
    assert refused.value.returncode == 2
    assert all(line.startswith(f"{broken}: ") for line in sentence.splitlines())
    assert entry in sentence and words in sentence, sentence
    assert not Version.objects.exists()
    assert not Post.objects.exists() and not Unit.objects.exists()


ABSURD = {
    "deep": "a = " + "[" * 3000,
    "long": "a = " + "9" * 5000,
    "huge": "x = 1e99999999999999999999",
    "nul": 'a = "x\\u0000"',
}


@pytest.mark.parametrize("written", ABSURD.values(), ids=ABSURD)
def test_what_no_program_can_read_is_refused_in_a_sentence(tmp_path, written):
    path = tmp_path / "rules.toml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("rulebook", "check", str(path))
    assert refused.value.returncode == 2 and "The file holds" in str(refused.value)


def test_a_giant_number_in_a_known_place_is_refused(text, tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(text.replace("edition = 1", "edition = 0x" + "f" * 9000, 1), encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("rulebook", "check", str(path))
    assert "policy.edition" in str(refused.value) and len(str(refused.value)) < 300


def test_a_mark_before_the_first_letter_is_read_over(text, tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8-sig")
    assert loading.from_file(path) == loading.from_toml(text)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a = 1\nb = = 2", "line 2, column 5"),
        ('a = """x', "the file ends"),
    ],
    ids=["place", "end"],
)
def test_a_fault_of_the_syntax_is_placed_in_words_of_the_house(written, said):
    with pytest.raises(Invalid) as refused:
        loading.from_toml(written)
    told = refused.value.message
    assert told.startswith("This is not TOML: ") and said in told and "(at" not in told


def test_errors_name_the_entry_by_its_key_and_say_the_path_once(text, tmp_path):
    path = tmp_path / "rules.toml"
    typo = text.replace("step_limit =", "step_limt =", 1)
    path.write_text(typo.replace('key = "deputy"\n', "", 1), encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("rulebook", "check", str(path))
    first = loading.preset("ktv").approvals[0].key
    assert str(refused.value).splitlines() == [
        f"{path}: posts.[2].key: This is missing.",
        f"{path}: approvals.{first}.step_limit: This is missing.",
        f"{path}: approvals.{first}.step_limt: This is not a known entry. Is “step_limit” meant?",
    ]


def test_forty_different_faults_are_tried():
    assert len({(stands, instead) for stands, instead, _entry, _words in FAULTS}) >= 40


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["no text", "no file"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "rules.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Gone, match=re.escape(str(path))):
        loading.from_file(path)


@pytest.mark.parametrize("key", loading.preset_keys())
def test_what_is_written_reads_back_equal(key):
    rules = loading.preset(key)
    assert loading.from_toml(writing.to_toml(rules)) == rules


def test_a_changed_rulebook_survives_the_way_through_a_file(tmp_path, capsys):
    rules = loading.preset("ktv").with_changes(
        {NEW_CLIENTS: "45.5", "kpi_sets.client.indicators.satisfaction.weight": "34.5"}
    )
    path = tmp_path / "own.toml"
    path.write_text(writing.to_toml(rules), encoding="utf-8")
    call_command("rulebook", "check", str(path))
    assert "holds" in capsys.readouterr().out
    assert loading.from_file(path).kpi_set("client").indicators[0].weight.source is Source.ADMIN


def test_diff_names_each_entry_that_differs(tmp_path, capsys):
    rules = loading.preset("ktv")
    other = rules.with_changes(
        {NEW_CLIENTS: 45, "kpi_sets.client.indicators.satisfaction.weight": 35}
    )
    assert {one.path for one in differences(rules, other)} == {
        NEW_CLIENTS,
        "kpi_sets.client.indicators.satisfaction.weight",
    }
    path = tmp_path / "own.toml"
    path.write_text(writing.to_toml(other), encoding="utf-8")
    call_command("rulebook", "diff", "ktv", str(path))
    assert f"{NEW_CLIENTS}: 50 [stated] A-5.2.2a -> 45 [admin] A-5.2.2a" in capsys.readouterr().out


def test_diff_tells_what_only_one_side_has():
    club, ktv = loading.preset("club"), loading.preset("ktv")
    found = {one.path: one for one in differences(ktv, club)}
    assert found["teams.research.zh"].after is None
    assert found["clauses.B-1.2.app"].before is None


@pytest.mark.django_db
def test_export_prints_a_stored_version(cast, capsys):
    number = Version.objects.published().get().number
    call_command("rulebook", "export", f"v{number}")
    assert loading.from_toml(capsys.readouterr().out) == loading.preset("ktv")


@pytest.mark.django_db
def test_a_version_that_is_not_there_is_refused():
    with pytest.raises(CommandError, match="v99"):
        call_command("rulebook", "show", "v99")


@pytest.mark.django_db
def test_a_second_rulebook_is_not_loaded_over_the_first(cast):
    with pytest.raises(CommandError, match="loaded already"):
        call_command("rulebook", "load", "club")
    assert Version.objects.count() == 1


def test_check_says_every_fault_at_once(text, tmp_path):
    broken = text.replace('role = "deputy"', 'role = "boss"', 1).replace(
        "edition = 1", "edition = -1"
    )
    with pytest.raises(Invalid) as refused:
        loading.from_toml(broken)
    assert len(refused.value.fields) == 2


def test_diff_names_the_file_that_does_not_hold(text, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace("edition = 1", "edition = -1", 1), encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("rulebook", "diff", "ktv", str(broken))
    assert str(refused.value).startswith(f"{broken}: policy.edition: ")


def test_check_goes_through_each_of_the_regulations_that_a_file_unites(tmp_path):
    united = (loading.PRESETS / "market.toml").read_text(encoding="utf-8")
    stated = '"reports.progress.cadence" = { value = { every = "week" }, source = "stated"'
    assert stated in united
    broken = tmp_path / "own.toml"
    broken.write_text(united.replace(stated, stated.replace("week", "moon")), encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("rulebook", "check", str(broken))
    told = str(refused.value)
    where = f"{broken}: overlays.e1.reports.progress.cadence"
    assert told.startswith(where) and "Choose one of" in told


@pytest.mark.parametrize("name", ["market:", "market:e99", "ktv:e1"])
def test_a_sub_regulation_that_is_not_there_is_refused(name):
    with pytest.raises(CommandError, match="There is no sub-regulation"):
        call_command("rulebook", "check", name)


def test_a_version_is_refused_in_a_sentence_where_no_database_answers(monkeypatch):
    def no_answer(**_asked):
        raise OperationalError("unable to open database file")

    monkeypatch.setattr(Version.objects, "filter", no_answer)
    with pytest.raises(CommandError, match="The database does not answer: unable") as refused:
        call_command("rulebook", "show", "v1")
    assert refused.value.returncode == 2
