"""The demo's findings: logged in time or late, screened, published, adopted."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from expansion import worktime
from expansion.rulebook.selectors import rules_on
from research.models import Finding, ResearchPlan
from research.seeds import words
from research.services.findings import adopt_finding, log_finding, publish_finding, screen_finding

COLLECTORS = ("member.research", "zeng.li", "qiu.hao", "member.research", "zeng.li", "deputy")
PER_QUARTER = 54


def particulars(demo: Any) -> dict[str, Any]:
    chance = demo.chance
    return {
        "district": chance.choice(words.DISTRICTS),
        "rival": chance.choice(words.RIVALS),
        "price": chance.randrange(48, 168, 10),
        "share": chance.randrange(8, 64),
        "count": chance.randrange(12, 96),
        "area": chance.randrange(900, 2400, 100),
    }


class Log:
    """Lets the team log its information through two and a half quarters."""

    def __init__(self, demo: Any, plans: Any):
        self.demo, self.plans, self.rules = demo, plans, rules_on()
        self._titles: set[str] = set()
        self.diary = demo.diary()

    def sow(self) -> None:
        demo = self.demo
        days = demo.workdays(demo.begins, demo.today - timedelta(days=1))
        for _number in range(round(PER_QUARTER * len(days) / 64)):
            day = demo.one(days)
            self.diary.enter(demo.moment(day, 16), partial(self._log, demo.one(COLLECTORS), day))
        self.diary.play()

    def _log(self, username: str, day: date) -> None:
        demo = self.demo
        topic, source, origin, title, text = demo.one(words.FINDINGS)
        known = particulars(demo)
        late = demo.often(9)
        plan = None if demo.often(60) else self._running_plan()
        collected = demo.workday(day - timedelta(days=9 if late else 0))
        finding = log_finding(
            actor=demo.people[username],
            rules=self.rules,
            title=self._fresh(title.format(**known), day),
            plan=plan,
            source=source,
            origin=origin.format(**known),
            category=topic,
            collected_on=min(collected, day),
            period=f"{day.year}年{day.month}月",
            text=text.format(**known),
        )
        demo.keep("findings", finding)
        if demo.often(4):
            return  # it waits to be screened
        after = worktime.now() + timedelta(days=demo.chance.randrange(1, 4))
        self.diary.enter(after.replace(hour=2), partial(self._screen, finding))

    def _fresh(self, title: str, day: date) -> str:
        """A title that is there already says its day too."""
        title = title if title not in self._titles else f"{title}（{day.month}月{day.day}日）"
        self._titles.add(title)
        return title

    def _running_plan(self) -> ResearchPlan | None:
        running = ResearchPlan.objects.collecting().filter(due_on__gte=worktime.today())
        return running.order_by("-pk").first()

    def _screen(self, finding: Finding) -> None:
        demo = self.demo
        valid = demo.often(93)
        screen_finding(
            actor=demo.people["deputy"],
            record=finding,
            valid=valid,
            reason="" if valid else demo.one(words.INVALID),
        )
        if valid and demo.often(55):
            publish_finding(actor=demo.people["deputy"], record=finding)
            if demo.often(32):
                later = worktime.now() + timedelta(days=demo.chance.randrange(2, 12), hours=4)
                self.diary.enter(later, partial(self._adopt, finding))

    def _adopt(self, finding: Finding) -> None:
        decision = self.demo.one(words.DECISIONS).format(**particulars(self.demo))
        adopter = self.demo.people[self.demo.one(("manager", "leader.client"))]
        adopt_finding(actor=adopter, record=finding, decision=decision)
