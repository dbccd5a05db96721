"""The lines of a calendar as people write, paste and upload them."""

from datetime import date

import pytest

from expansion.errors import Invalid
from expansion.worktime.lines import MOST_LINES, Line, read_lines, written


def faults(text: str, year: int = 2027) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        read_lines(text, year)
    return refusal.value.fields["text"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2027-02-15 off Spring Festival", Line(date(2027, 2, 15), False, "", "Spring Festival")),
        ("2027-02-15 off 春节", Line(date(2027, 2, 15), False, "春节", "")),
        ("2027-02-20 work", Line(date(2027, 2, 20), True)),
        ("2027年2月15日 放假 春节 / Spring Festival",
         Line(date(2027, 2, 15), False, "春节", "Spring Festival")),
        ("2027-02-15 off Spring Festival / 春节",
         Line(date(2027, 2, 15), False, "春节", "Spring Festival")),
        ("2027/2/20，上班，春节", Line(date(2027, 2, 20), True, "春节", "")),
        ("2027-02-15\toff\t春节\tSpring Festival\tpublished",
         Line(date(2027, 2, 15), False, "春节", "Spring Festival")),
        ("２０２７-０２-１５ OFF", Line(date(2027, 2, 15), False)),
    ],
)  # fmt: skip
def test_a_line_is_read_as_it_is_written_here_and_there(text, line):
    assert read_lines(text, 2027) == [line]


@pytest.mark.parametrize("between", ["to", "至", "~", "..", " – "])
def test_a_run_of_days_is_one_line(between):
    days = read_lines(f"2027-10-01{between}2027-10-07 休 国庆节", 2027)
    assert [one.day.day for one in days] == [1, 2, 3, 4, 5, 6, 7]
    assert {one.zh for one in days} == {"国庆节"}


def test_lines_come_out_by_day_and_read_what_they_write():
    days = read_lines("2027-05-04 work\n\n2027-05-01 off 劳动节 / Labour Day\n", 2027)
    assert written(days) == "2027-05-01 off 劳动节 / Labour Day\n2027-05-04 work"
    assert read_lines(written(days), 2027) == days


def test_a_heading_above_the_days_is_passed_over():
    assert len(read_lines("Date,Day,Name\n2027-05-01,off,Labour Day", 2027)) == 1
    assert len(read_lines("日期\t类别\n2027-05-01\t休", 2027)) == 1


def test_every_faulty_line_gets_its_own_sentence_with_its_number():
    text = (
        "2027-01-01 off\n2026-12-31 off\nsoon\n2027-01-04 perhaps\n2027-02-30 off\n"
        "2027-01-01 work\n2027-10-07 to 2027-10-01 off"
    )
    found = faults(text)
    assert [one.partition(":")[0] for one in found] == [f"Line {n}" for n in (2, 3, 4, 5, 6, 7)]
    assert "no day of 2027" in found[0]
    assert "cannot be read" in found[1]
    assert "neither" in found[2]
    assert "no day 2027-02-30" in found[3]
    assert "stands in line 1 already" in found[4]
    assert "no run of a month" in found[5]


def test_a_run_of_31_days_is_taken_and_one_of_32_is_not():
    assert len(read_lines("2027-07-01 to 2027-07-31 off", 2027)) == 31
    assert "no run" in faults("2027-07-01 to 2027-08-01 off")[0]


@pytest.mark.parametrize("text", ["", " \n\n", "Date,Day"])
def test_nothing_is_no_calendar(text):
    assert "no day in it" in faults(text)[0]


def test_a_name_has_sixty_characters_and_no_more():
    assert len(read_lines(f"2027-01-01 off {'长' * 60}", 2027)[0].zh) == 60
    assert "at most 60" in faults(f"2027-01-01 off {'长' * 61}")[0]


def test_a_text_longer_than_a_calendar_is_not_read_line_by_line():
    assert len(faults("x\n" * MOST_LINES)) == MOST_LINES
    (sentence,) = faults("x\n" * (MOST_LINES + 1))
    assert "too many lines" in sentence
