"""What has to hold in a rulebook as a whole: sums, references, order. Each breach is a sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from pydantic import BaseModel

from expansion.rulebook.lists import lists
from expansion.rulebook.overlays import KEPT
from expansion.rulebook.values import offered, words

if TYPE_CHECKING:
    from expansion.rulebook.deciding import ApprovalRule
    from expansion.rulebook.organisation import Post, Team
    from expansion.rulebook.schema import Rules
    from expansion.rulebook.scoring import Indicator, KpiSet
    from expansion.rulebook.values import Choice
    from expansion.rulebook.work import Factor, Grade

HUNDRED = Decimal(100)
CLIENT = "client"  # the pipeline whose stage a client shows
PREPARED = "appeal"  # the kind of approval whose chain says who prepares an appeal
SCORERS = ("manager", "deputy", "leader", "hr", "leadership")
ROLES = ("manager", "deputy", "leader", "member", "consolidator")
LONGEST_NUMBER = 40  # of a contract, a report or an appeal, as their tables keep it


class Problem(NamedTuple):
    """What does not hold. What is `unfinished` may stand while a draft is written: a sum that is
    mended by the next weight. All else is refused at once."""

    path: str
    sentence: str
    unfinished: bool = False


def problems(rules: "Rules") -> Iterator[Problem]:
    """Everything that does not hold."""
    yield from _doubled_keys(rules)
    yield from _retired_problems(rules)
    for one in rules.kpi_sets:
        yield from _set_problems(one)
    yield from _share_problems(rules)
    yield from _formula_problems(rules)
    yield from _party_problems(rules)
    yield from _scorer_problems(rules)
    yield from _level_problems(rules)
    yield from _band_problems(rules)
    yield from _organisation_problems(rules)
    yield from _chain_problems(rules)
    yield from _work_problems(rules)
    yield from _factor_problems(rules)
    yield from _clause_problems(rules)
    yield from _overlay_problems(rules)


def _doubled_keys(node: Any, path: str = "") -> Iterator[Problem]:
    """Entries of one list under one key: records could not tell them apart."""
    for name in type(node).model_fields:
        child, place = getattr(node, name), f"{path}.{name}" if path else name
        if isinstance(child, BaseModel):
            yield from _doubled_keys(child, place)
        elif isinstance(child, tuple):
            entries = [one for one in child if isinstance(one, BaseModel) and hasattr(one, "key")]
            for key, count in Counter(one.key for one in entries).items():
                if count > 1:
                    words = _("“%(key)s” stands there twice.") % {"key": key}
                    yield Problem(f"{place}.{key}", words)
            for one in entries:
                yield from _doubled_keys(one, f"{place}.{one.key}")


def _retired_problems(rules: "Rules") -> Iterator[Problem]:
    """A list keeps what new records choose; a pipeline where work begins and what closes it."""
    for one in lists(rules):
        if one.items and not offered(one.items):
            sentence = _("At least one entry of “%(name)s” stays offered.") % {"name": one.label}
            yield Problem(one.path, sentence)
    for pipeline in rules.pipelines:
        path = f"pipelines.{pipeline.key}.stages"
        if not pipeline.stages:
            yield Problem(path, _("Work passes at least one stage."))
        elif pipeline.stages[0].retired or pipeline.stages[-1].retired:
            sentence = _(
                "The first and the last stage stay: where work begins, and what closes it."
            )
            yield Problem(path, sentence)
        yield from _unknown(f"pipelines.{pipeline.key}.team", [pipeline.team], rules.teams)
    if CLIENT not in {one.key for one in rules.walked_by("opportunities")}:
        sentence = _("Opportunities walk the pipeline “%(key)s”: clients show its stages.")
        yield Problem("pipelines", sentence % {"key": CLIENT})


def _set_problems(one: "KpiSet") -> Iterator[Problem]:
    path = f"kpi_sets.{one.key}"
    if not one.indicators:
        sentence = _("“%(name)s” has no indicator yet. Add one, or take the set away.")
        yield Problem(path, sentence % {"name": one.label()}, unfinished=True)
    elif one.kind != "common" and one.total != HUNDRED:
        yield Problem(path, _off_hundred(one.label(), one.total), unfinished=True)
    for indicator in one.indicators:
        yield from _indicator_problems(f"{path}.indicators.{indicator.key}", indicator)


def _off_hundred(label: str, total: Decimal) -> str:
    words = {"name": label, "sum": f"{total:f}", "off": f"{abs(total - HUNDRED):f}"}
    if total > HUNDRED:
        return (
            _(
                "“%(name)s” adds up to %(sum)s%%, %(off)s%% too much. "
                "Take it from the other indicators."
            )
            % words
        )
    return (
        _("“%(name)s” adds up to %(sum)s%%, %(off)s%% too little. Add it to the other indicators.")
        % words
    )


def _indicator_problems(path: str, indicator: "Indicator") -> Iterator[Problem]:
    total = sum((part.share.value for part in indicator.how), Decimal())
    if total != HUNDRED:
        yield Problem(f"{path}.how", _off_hundred(indicator.label(), total), unfinished=True)
    for part in indicator.how:
        if (part.kind == "rated") == bool(part.metric):
            yield Problem(
                f"{path}.how.{part.key}",
                _("A computed part of “%(name)s” names its metric, a rated one has none.")
                % {"name": indicator.label()},
            )


def _share_problems(rules: "Rules") -> Iterator[Problem]:
    combine = rules.appraisal.combine
    common = sum((one.total for one in rules.kpi_sets if one.kind == "common"), Decimal())
    if combine.mode.value != "common_shares_fixed":
        return
    team, overall = combine.team_share.value, combine.overall_share.value
    total = team + overall + common
    if total != HUNDRED:
        yield Problem(
            "appraisal.combine.team_share",
            _(
                "The team share of %(team)s%%, the overall rating of %(overall)s%% and the common "
                "weights of %(common)s%% add up to %(sum)s%%. Together they have to make 100%%."
            )
            % {"team": team, "overall": overall, "common": common, "sum": total},
            unfinished=True,
        )


def _formula_problems(rules: "Rules") -> Iterator[Problem]:
    for name in ("quarter_formula", "year_formula"):
        formula = getattr(rules.appraisal, name)
        if formula and formula.parts_mean.value + formula.evaluation.value != HUNDRED:
            yield Problem(
                f"appraisal.{name}", _("Both shares of a longer cycle together make 100%.")
            )


def _party_problems(rules: "Rules") -> Iterator[Problem]:
    for cycle in rules.appraisal.cycles:
        if not any(one.weight.value for one in rules.parties(cycle)):
            yield Problem(
                "appraisal.parties", _("At least one party needs a share in every cycle.")
            )


def _scorer_problems(rules: "Rules") -> Iterator[Problem]:
    """Whoever fixes scores or handles appeals does so by a role, for one person as for all."""
    ways = rules.appraisal
    named = {
        "final_by": ways.final_by,
        "superior_of_manager": ways.superior_of_manager,
        "appeal_handler": ways.appeal_handler,
    }
    for name, parameter in named.items():
        if parameter.value not in SCORERS:
            yield Problem(f"appraisal.{name}", _one_of_the_scorers())
    yield from _instance_problems(rules)


def _instance_problems(rules: "Rules") -> Iterator[Problem]:
    """Each of those whom an appeal passes has a role, and one alone has it at a time."""
    chains = {"appraisal.second_instance": rules.appraisal.second_instance}
    if prepared := rules.approval_if_any(PREPARED):
        chains[f"approvals.{PREPARED}.chain"] = prepared.chain
    for path, chain in chains.items():
        if not {*chain.value} <= {*SCORERS}:
            yield Problem(path, _one_of_the_scorers())


def _one_of_the_scorers() -> str:
    return _("Name one of: %(roles)s.") % {"roles": ", ".join(SCORERS)}


def _level_problems(rules: "Rules") -> Iterator[Problem]:
    starts = [one.starts_at.value for one in rules.appraisal.levels]
    if starts.count(Decimal(0)) != 1 or len(set(starts)) != len(starts):
        yield Problem(
            "appraisal.levels",
            _("Each level begins at a score of its own, and the lowest at 0."),
        )
    known = {one.key for one in rules.appraisal.levels}
    for one in rules.consequences:
        if one.level not in known or not one.periods.value:
            yield Problem(
                f"consequences.{one.key}",
                _("A consequence names a known level and at least one period."),
            )
        if not one.measures:
            sentence = _("“%(name)s” names no measure yet. Write one under “Stages and lists”.")
            path = f"consequences.{one.key}.measures"
            yield Problem(path, sentence % {"name": one.label()}, unfinished=True)
        if not one.decided_by.value:
            path = f"consequences.{one.key}.decided_by"
            yield Problem(path, _("A measure needs at least one person who decides."))


def _band_problems(rules: "Rules") -> Iterator[Problem]:
    """Every score lies in one band, where there are bands."""
    starts = [one.starts_at.value for one in rules.bonus.bands]
    if starts and (starts.count(Decimal(0)) != 1 or len(set(starts)) != len(starts)):
        sentence = _("Each band begins at a score of its own, and the lowest at 0.")
        yield Problem("bonus.bands", sentence, unfinished=True)


def _organisation_problems(rules: "Rules") -> Iterator[Problem]:
    for team in rules.teams:
        yield from _unknown(f"teams.{team.key}.head", [team.head.value], rules.posts)
        yield from _unknown(f"teams.{team.key}.parent", [team.parent], rules.teams)
        yield from _loop_problems(rules, team)
    for post in rules.posts:
        yield from _unknown(f"posts.{post.key}.acts_for", [post.acts_for], rules.posts)
        yield from _unknown(f"posts.{post.key}.leads_team", [post.leads_team], rules.teams)
    for kind, owners in (("teams", rules.teams), ("posts", rules.posts)):
        for owner in owners:
            yield from _unknown(f"{kind}.{owner.key}.kpi_set", [owner.kpi_set], rules.kpi_sets)
    for plan in rules.plans:
        yield from _unknown(f"plans.{plan.key}.team", [plan.team], rules.teams)
    for topic in rules.sharing.topics:
        yield from _unknown(f"sharing.topics.{topic.key}.team", [topic.team], rules.teams)
    yield from _gathering_problems(rules)
    yield from _delegation_problems(rules)


def _loop_problems(rules: "Rules", team: "Team") -> Iterator[Problem]:
    """A team that lies below itself: nobody could walk the tree any more."""
    parents = {one.key: one.parent for one in rules.teams}
    passed, above = {team.key}, team.parent
    while above in parents and above not in passed:
        passed.add(above)
        above = parents[above]
    if above == team.key:
        words = {"team": team.label()}
        sentence = _(
            "“%(team)s” would lie below itself. Choose another team to be part of, or none."
        )
        yield Problem(f"teams.{team.key}.parent", sentence % words)


def _delegation_problems(rules: "Rules") -> Iterator[Problem]:
    ours = rules.delegation
    yield from _unknown("delegation.delegate", [ours.delegate.value], rules.posts)
    yield from _unknown("delegation.passed_on", ours.passed_on.value, rules.approvals)
    if ours.kinds == ():
        sentence = _("Choose the approvals that are passed on, or let all powers pass.")
        yield Problem("delegation.passed_on", sentence)


def _gathering_problems(rules: "Rules") -> Iterator[Problem]:
    """Who gathers sees what everybody else has written: no post that sees its own work alone."""
    members = {one.key for one in rules.posts if one.role == "member"}
    for report in rules.reports:
        path, gathered = f"reports.{report.key}.consolidated_by", report.consolidated_by.value
        yield from _unknown(path, [gathered], rules.posts)
        if gathered in members:
            words = {"post": rules.post(gathered).label()}
            sentence = _(
                "“%(post)s” sees its own reports only. Choose the post of a consolidator or of "
                "somebody who leads."
            )
            yield Problem(path, sentence % words)


def _unknown(
    path: str,
    keys: Iterable[str | None],
    entries: "Iterable[Post | Team | KpiSet | Grade | ApprovalRule | Choice]",
) -> Iterator[Problem]:
    known = {one.key for one in entries}
    for key in keys:
        if key is not None and key not in known:
            yield Problem(path, _("“%(key)s” is not known here.") % {"key": key})


def _chain_problems(rules: "Rules") -> Iterator[Problem]:
    for rule in rules.approvals:
        path, chain = f"approvals.{rule.key}.chain", rule.chain.value
        if not chain:
            yield Problem(path, _("An approval needs at least one person who decides."))
        everybody = list(words(chain))
        if len(set(everybody)) != len(everybody):
            yield Problem(path, _("Nobody stands twice in a chain."))
        yield from _extra_problems(rules, rule)
    for listed in rules.parameters():
        values = listed.value if isinstance(listed.value, tuple) else (listed.value,)
        named = list(words(value for value in values if isinstance(value, str)))
        for kind, entries in (("post", rules.posts), ("team", rules.teams)):
            keys = [word[5:] for word in named if word.startswith(f"{kind}:")]
            yield from _unknown(listed.path, keys, entries)
    ours = rules.authority
    partners = rules.partnerships.partner_types
    yield from _unknown("authority.major_kinds", ours.major_kinds.value, partners)
    if ours.manager_limit.value is not None and not ours.beyond_limit_chain.value:
        sentence = _("Say who decides beyond the manager's limit.")
        yield Problem("authority.beyond_limit_chain", sentence)


def _extra_problems(rules: "Rules", rule: "ApprovalRule") -> Iterator[Problem]:
    for one in rule.also:
        path = f"approvals.{rule.key}.also.{one.key}"
        if not one.has_condition:
            yield Problem(path, _("Say when: from an amount, for a grade or for a level."))
        if not one.chain.value:
            yield Problem(f"{path}.chain", _("An approval needs at least one person who decides."))
        yield from _unknown(f"{path}.grades", one.grades, rules.crm.grading.grades)


def _work_problems(rules: "Rules") -> Iterator[Problem]:
    hours = rules.working_time
    if hours.opens.value >= hours.closes.value:
        yield Problem("working_time.closes", _("The working day ends after it begins."))
    if not hours.own_week.value:
        yield Problem("working_time.own_week", _("A working week has at least one day."))
    for pattern in rules.numbers:
        if not pattern.is_usable:
            yield Problem(
                f"numbers.{pattern.key}.pattern",
                _(
                    "A number needs {number}, or {number:04d} with at most ten digits, may use "
                    "{year}, and knows nothing else in braces."
                ),
            )
        elif pattern.longest > LONGEST_NUMBER:
            words = {"count": pattern.longest, "most": LONGEST_NUMBER}
            sentence = _(
                "A number of this pattern has %(count)s characters. A record keeps %(most)s."
            )
            yield Problem(f"numbers.{pattern.key}.pattern", sentence % words)
    yield from _audience_problems(rules)


def _factor_problems(rules: "Rules") -> Iterator[Problem]:
    for path, title, factors in (
        ("crm.screening", _("Screening of target clients"), rules.crm.screening),
        ("crm.grading.factors", _("Factors"), rules.crm.grading.factors),
        ("training.promotion_factors", _("Factors of promotion"), rules.training.promotion_factors),
    ):
        total = _sum(factors)
        if factors and total != HUNDRED:
            yield Problem(path, _off_hundred(title, total), unfinished=True)


def _sum(factors: "Iterable[Factor]") -> Decimal:
    return sum((one.weight.value for one in factors), Decimal())


def _clause_problems(rules: "Rules") -> Iterator[Problem]:
    letter = rules.policy.letter
    known = {one.id for one in rules.clauses}
    for id in sorted(known):
        if not id.startswith(letter):
            yield Problem(
                f"clauses.{id}",
                _("A clause of this regulation begins with “%(letter)s”.") % {"letter": letter},
            )
    named = {one.path: one.clause for one in rules.parameters()} if known else {}
    if known:
        named |= {f"origins.{path}": one.clause for path, one in rules.origins.items()}
    for path, clause in named.items():
        # Another regulation may be borrowed from; a clause of this one has to be there.
        if clause and clause.startswith(letter) and clause not in known and not _narrowed(rules):
            yield Problem(path, _("The clause %(clause)s is not in the list.") % {"clause": clause})


def _narrowed(rules: "Rules") -> bool:
    return rules.policy.overlay is not None


def _overlay_problems(rules: "Rules") -> Iterator[Problem]:
    if _narrowed(rules):
        return
    indicators = {one.key for each in rules.kpi_sets for one in each.indicators}
    paths = {one.path for one in rules.parameters()} if rules.overlays else set()
    for overlay in rules.overlays:
        kept = [(name, getattr(overlay, name)) for name in KEPT]
        known = {name: {one.key for one in getattr(rules, name)} for name in (*KEPT, "posts")}
        posts = ("posts", [one.like or one.key for one in overlay.posts])
        indicated = ("indicators", overlay.indicators)
        wanted = [*kept, posts, indicated, ("values", tuple(overlay.values))]
        known |= {"indicators": indicators, "values": paths}
        for name, keys in wanted:
            for key in keys:
                if key not in known[name]:
                    yield Problem(
                        f"overlays.{overlay.key}.{name}",
                        _("“%(key)s” is not known here.") % {"key": key},
                    )


def _audience_problems(rules: "Rules") -> Iterator[Problem]:
    known = {"everyone", *ROLES, *(one.key for one in (*rules.posts, *rules.teams))}
    for report in rules.reports:
        for key in report.who:
            if key not in known:
                yield Problem(
                    f"reports.{report.key}.who", _("“%(key)s” is not known here.") % {"key": key}
                )
