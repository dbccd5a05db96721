"""The departments of the measurements, written set-based.

`big` at scale 1: 200 people, 50,000 clients, 300,000 visits, 20,000 contracts. `rollup`: 10,000
people with 20 contracts each and nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.contrib.auth.models import Permission

from crm.models import (
    Client,
    ClientPersonShare,
    Contact,
    ContactPoint,
    Contract,
    Lead,
    Opportunity,
    Visit,
)
from crm.naming import firm_key
from crm.searching import indexed
from expansion import clock
from expansion.people.models import Membership, Post, Unit, User
from expansion.people.revision import renew
from expansion.people.services.accounts import search_text
from expansion.rulebook.selectors import rules_of, rules_on, version_on
from expansion.rulebook.services.presets import load_preset
from expansion.worktime import Period

PEOPLE, TEAMS, CLIENTS, VISITS_PER_CLIENT = 200, 12, 50_000, 6
SHARES = 500  # single clients of others, shared with one member
CITIES = "南京 苏州 无锡 常州 杭州 宁波 合肥 芜湖 上海 扬州 镇江 南通".split()
BRANDS = "海纳 远航 博雅 天韵 瑞祥 万嘉 鼎盛 金海湾 锦悦 恒通 华庭 汇丰 龙湖 凯旋 和美 东方".split()
TRADES = "酒店管理 旅行社 餐饮管理 文化传媒 教育咨询 物业服务 贸易 科技 会展服务 汽车销售".split()
SURNAMES, GIVEN = "陈刘周郭孙王李赵钱吴郑冯", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超"
BATCH = 2_000
LONG_AGO = date(2024, 1, 1)
MANY_PEOPLE, CLIENTS_EACH, LOYAL = 10_000, 15, 5  # the loyal ones have signed twice


def build(scale: float) -> tuple[User, User]:
    """Fills an empty, migrated database; returns an ordinary member, and one with whom many single
    clients of others are shared."""
    chance = random.Random(7)
    load_preset(actor=None, key="ktv", effective_on=LONG_AGO)
    members = build_people(max(12, int(PEOPLE * scale)))
    clients = build_clients(chance, members, int(CLIENTS * scale))
    build_contacts(chance, clients)
    build_leads(chance, clients)
    build_opportunities(chance, clients)
    build_visits(chance, clients)
    build_contracts(chance, clients)
    share_some(chance, clients, members[0], members[1])
    return members[0], members[1]


def share_some(chance: random.Random, clients: list[Client], by: User, whom: User) -> None:
    """Single clients of others, to be read until the end of next month."""
    others = [client for client in clients if client.owner_id != whom.pk]
    read = Permission.objects.get(codename="view_client")
    until = clock.today() + timedelta(days=60)
    saved(
        ClientPersonShare,
        (
            ClientPersonShare(
                content_object=client, user=whom, permission=read, until=until, reason="", by=by
            )
            for client in chance.sample(others, min(SHARES, len(others)))
        ),
    )


def build_rollup(people: int = MANY_PEOPLE) -> tuple[User, User]:
    """Fills an empty, migrated database with what a roll-up of many people reads."""
    load_preset(actor=None, key="ktv", effective_on=LONG_AGO)
    members = build_people(people)
    quarter = Period.containing("quarter", clock.today()).previous()
    for start in range(0, people, 100):
        some = members[start : start + 100]
        clients = saved(
            Client, (_signed_client(one, n) for one in some for n in range(CLIENTS_EACH))
        )
        saved(Contract, (one for client in clients for one in _contracts_of(client, quarter)))
    return members[0], members[1]


def _signed_client(owner: User, n: int) -> Client:
    name = f"{CITIES[n % 12]}{TRADES[n % 10]}{owner.pk}-{n}有限公司"
    return Client(
        name=name,
        identity=firm_key(name),
        owner=owner,
        team=owner.bench_team,
        size_rating=n % 5 + 1,
        spending_rating=(n * 3) % 5 + 1 if n % 7 else None,
    )


def _contracts_of(client: Client, quarter: Period) -> list[Contract]:
    """One signed in the quarter, and for the loyal ones one of a year before."""
    n = client.pk % CLIENTS_EACH
    day = quarter.start + timedelta(days=client.pk % 90)
    first = [day - timedelta(days=400)] if n < LOYAL else []
    return [_contract(client, signed_on) for signed_on in (*first, day)]


def _contract(client: Client, signed_on: date) -> Contract:
    return Contract(
        client=client,
        owner_id=client.owner_id,
        team_id=client.team_id,
        title=f"包厢年度协议 {client.pk}",
        amount=client.pk % 900 * 100,
        starts_on=signed_on,
        status=Contract.Status.SIGNED,
        approved_at=clock.now(),
        signed_on=signed_on,
        signed_owner_id=client.owner_id,
    )


def build_people(count: int) -> list[User]:
    root = Unit.objects.get(key="department")
    teams = [
        Unit.objects.create(key=f"team-{n}", name=f"开发{n}组", kind=Unit.Kind.TEAM, parent=root)
        for n in range(TEAMS)
    ]
    post = Post.objects.get(key="member")
    people = User.objects.bulk_create(
        User(
            username=f"m{n}", name=f"{SURNAMES[n % 12]}{GIVEN[n % 17]}", search=search_text(f"m{n}")
        )
        for n in range(count)
    )
    Membership.objects.bulk_create(
        Membership(user=user, unit=teams[n % TEAMS], post=post, since=LONG_AGO)
        for n, user in enumerate(people)
    )
    manager = User.objects.create(username="manager", name="陈立群", search=search_text("manager"))
    head = Post.objects.get(key="manager")
    Membership.objects.create(user=manager, unit=root, post=head, since=LONG_AGO)
    for n, user in enumerate(people):
        user.bench_team = teams[n % TEAMS]
    renew()  # Writing many rows at once tells nobody that the organisation has changed.
    return people


def build_clients(chance: random.Random, members: list[User], count: int) -> list[Client]:
    stages = [stage.key for stage in rules_on().pipeline("client").stages]

    def one(n: int) -> Client:
        name = f"{CITIES[n % 12]}{chance.choice(BRANDS)}{chance.choice(TRADES)}{n}有限公司"
        owner = members[n % len(members)]
        return Client(
            name=name,
            identity=firm_key(name),
            search=indexed(name, tails=[f"{n % 10000:04d}"]),
            owner=owner,
            team=owner.bench_team,
            region=CITIES[n % 12],
            stage=chance.choice(stages),
            size_rating=n % 5 + 1,
            spending_rating=n % 4 + 1 if n % 7 else None,
            next_contact_on=clock.today() + timedelta(days=chance.randrange(-20, 60)),
        )

    return saved(Client, (one(n) for n in range(count)))


def build_contacts(chance: random.Random, clients: list[Client]) -> None:
    contacts = saved(
        Contact,
        (
            Contact(client=client, name=chance.choice(SURNAMES) + chance.choice(GIVEN), main=main)
            for client in clients
            for main in (True, False)
        ),
    )
    saved(
        ContactPoint,
        (
            ContactPoint(
                client_id=contact.client_id,
                contact=contact,
                kind=ContactPoint.Kind.PHONE,
                value=f"+861{3_000_000_000 + n}",
                tail=f"{n % 10000:04d}",
            )
            for n, contact in enumerate(contacts)
        ),
    )


def build_leads(chance: random.Random, clients: list[Client]) -> None:
    statuses = [Lead.Status.NEW, Lead.Status.WORKING]

    def one(client: Client) -> Lead:
        return Lead(
            client=client,
            owner_id=client.owner_id,
            team_id=client.team_id,
            title=f"年会场地 {client.pk}",
            status=chance.choice(statuses),
        )

    saved(Lead, (one(client) for client in clients))


def build_opportunities(chance: random.Random, clients: list[Client]) -> None:
    """One each; a fifth of them is still open."""
    version, now = version_on(), clock.now()
    stages = [stage.key for stage in rules_of(version).pipeline("client").stages]
    statuses = [Opportunity.Status.OPEN, *[Opportunity.Status.WON, Opportunity.Status.LOST] * 2]

    def one(client: Client) -> Opportunity:
        status = chance.choice(statuses)
        return Opportunity(
            client=client,
            owner_id=client.owner_id,
            team_id=client.team_id,
            title=f"包厢团购 {client.pk}",
            rules_version=version,
            stage=chance.choice(stages),
            stage_since=now - timedelta(days=chance.randrange(90)),
            amount=chance.randrange(10, 900) * 100,
            status=status,
            closed_at=None if status == Opportunity.Status.OPEN else now,
        )

    saved(Opportunity, (one(client) for client in clients))


def build_visits(chance: random.Random, clients: list[Client]) -> None:
    now = clock.now()

    def one(client: Client) -> Visit:
        at = now - timedelta(minutes=chance.randrange(700 * 1440))
        return Visit(
            client=client,
            owner_id=client.owner_id,
            team_id=client.team_id,
            visitor_id=client.owner_id,
            status=Visit.Status.DONE,
            took_place_at=at,
            recorded_at=at,
            said="看了大厅与三个包厢，问年会场地与酒水自带的规定，要一份两场连订的报价。",
        )

    saved(Visit, (one(client) for client in clients for _ in range(VISITS_PER_CLIENT)))


def build_contracts(chance: random.Random, clients: list[Client]) -> None:
    """Every fifth client has signed twice within two years."""
    today = clock.today()
    twice = (client for client in clients[::5] for _ in range(2))
    saved(Contract, (_contract(one, today - timedelta(chance.randrange(700))) for one in twice))


def saved(model: type[Any], rows: Iterator[Any]) -> list[Any]:
    """Writes in batches, so that memory does not grow with the rows still to be made."""
    kept: list[Any] = []
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        kept += model.objects.bulk_create(batch)
    return kept
