"""What may write rows without an entry in the trail, each with its reason.

The services are read as text for it (architecture/test_trail.py) and watched at work (watching.py).
"""

LET_OFF = {
    "expansion.audit.services": "the trail itself",
    "expansion.guests.services.count_try": "submissions of a one-time link that did not hold",
    "expansion.home.management.commands.seed": "made-up rows of the demo department",
    "expansion.jobs": "a job's row is the account of its own run; asking, stopping and starting "
    "again leave entries",
    "expansion.notices": "a notice and its mail tell of an entry; that it was read is the reader's",
    "expansion.office.services.reminders._tell_group": "that a notice has been sent for a report",
    "expansion.once.services": "keys of forms that were sent",
    "expansion.people.groups": "groups follow the seats, whose changes leave entries",
    "expansion.people.revision": "says that what is kept is old; the change itself leaves an entry",
    "expansion.people.services.factors._take": "the counter of a code that was used at a login, "
    "which the log of logins tells of; a recovery code leaves an entry",
    "expansion.people.sessions.see": "when a session was seen last",
    "expansion.people.throttle": "wrong passwords are counted; the log of logins tells of each",
    "expansion.people.tokens": "when a token was used last",
    "expansion.transfer.services.imports.check_import": "the background half of receiving a file",
    "expansion.transfer.staging.judge_all": "as above: the rows of a file before it is written",
    "expansion.transfer.staging.read_file": "as above",
    "expansion.files.services.keep_drafts": "files of a form that is not sent yet; the act that "
    "takes them over leaves its entry, and so does their end",
    "research.services.reports.autosave_report": "what is being typed; the next save leaves one",
}


def let_off(place: str) -> bool:
    """Whether a module or a function, by its full name, is let off."""
    return any(place == one or place.startswith(f"{one}.") for one in LET_OFF)
