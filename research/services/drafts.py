"""What plans and reports share while they are written: open or locked, titled, complete."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from expansion.errors import Invalid, NotNow
from research.models import ResearchPlan, ResearchReport, Section

Draft = ResearchPlan | ResearchReport


def require_open(record: Draft) -> None:
    """Raises NotNow where the text of a plan or report is locked; the sentence says why."""
    if record.is_editable:
        return
    if record.status == "in_approval":
        raise NotNow(_("This is being approved. Withdraw it first, then change it."))
    raise NotNow(_("The text is locked: it has been decided."))


def require_title(title: str) -> None:
    if not title:
        raise Invalid(fields={"title": [_("Give it a title.")]})


def take_texts(record: Draft, texts: Mapping[str, str], longest: int) -> None:
    """Takes over the texts of the sections that the record has; refuses one that is too long."""
    known = {item["key"] for item in record.outline}
    given = {key: text.strip() for key, text in texts.items() if key in known}
    sentence = _("At most %(count)s characters. Shorten it.") % {"count": longest}
    long = {f"text_{key}": [sentence] for key, text in given.items() if len(text) > longest}
    if long:
        raise Invalid(fields=long)
    record.texts = record.texts | given


def refuse_empty(missing: Iterable[Section]) -> None:
    """Nobody is asked to approve what is not written: names every empty section."""
    labels = [section.label for section in missing]
    if labels:
        raise Invalid(
            _("Still empty: %(names)s. Fill it in, then submit.") % {"names": _(", ").join(labels)}
        )
