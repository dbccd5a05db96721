"""A version of the rulebook to take away: as TOML, which can be uploaded again, and as PDF."""

from django.http import HttpRequest, HttpResponse

from expansion import clock
from expansion.rulebook import writing
from expansion.rulebook.deciders import names_in
from expansion.rulebook.models import Version
from expansion.rulebook.regulation import chapters_of, notes_by_clause, sections_of, values_of
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import drafted_rules, rules_of
from expansion.ui.attachments import attachment
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import Screen
from expansion.ui.pdf import pdf


class Toml(Screen):
    """The whole version as a file; a draft's own changes are in it where they hold together."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.find(Version, pk)
        text = writing.to_toml(_rules(version))
        return attachment(f"{version.preset}-{version}.toml", text.encode(), "application/toml")


class Pdf(Screen):
    """The regulation as it is read: its clauses by chapter with the notes on them, then all that
    it says with source and clause."""

    gate = SIGNED_IN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.find(Version, pk)
        rules = _rules(version)
        sections, notes = sections_of(rules), notes_by_clause()
        content = pdf(
            "rulebook/paper.html",
            {
                "version": version,
                "rules": rules,
                "chapters": [
                    {
                        "label": chapter.label,
                        "rows": [(clause, notes.get(clause.id, ())) for clause in chapter.clauses],
                    }
                    for chapter in chapters_of(rules)
                ],
                "sections": sections,
                "names": names_in(values_of(sections), rules),
                "reader": request.user,
                "printed_at": clock.now(),
            },
        )
        return attachment(f"{version.preset}-{version}.pdf", content, "application/pdf")


def _rules(version: Version) -> Rules:
    if version.status == Version.Status.PUBLISHED:
        return rules_of(version)
    return drafted_rules(version).with_changes(version.changes, confirm=True)
