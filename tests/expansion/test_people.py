"""Accounts, posts, mandates and tokens: what the services promise and refuse."""

from datetime import date, timedelta

import pytest

from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.people import selectors
from expansion.people.models import Mandate, Membership, Post, Status, Token, Unit, User
from expansion.people.services import accounts, mandates, passwords, posts, tokens
from tests.cast import LOADED_ON

WORD = "seven-owls-asleep"
OTHERS = ["member", "leader", "deputy", "manager", "hr", "legal", "leadership", "liaison"]


def mandate(cast, actor="manager", principal="manager", delegate="deputy", **given):
    times = {"starts_at": clock.now(), "ends_at": clock.now() + timedelta(days=2)}
    return mandates.create_mandate(
        actor=cast.again(getattr(cast, actor)),
        principal=getattr(cast, principal),
        delegate=getattr(cast, delegate),
        reason="leave",
        **times | given,
    )


def verbs(record):
    of_people = Entry.objects.filter(verb__startswith="people.", about_id=record.pk)
    return list(of_people.values_list("verb", flat=True))


class TestAccounts:
    def test_the_administrator_creates_one_that_is_found_by_pinyin(self, cast):
        user = accounts.create_person(
            actor=cast.administrator, username="shan", name="单于飞", password=WORD
        )
        assert user.check_password(WORD) and "fei" in user.search
        assert verbs(user) == ["people.person.created"]

    @pytest.mark.parametrize("part", OTHERS)
    def test_nobody_else_creates_changes_or_closes_one(self, cast, part):
        actor = getattr(cast, part)
        with pytest.raises(Forbidden):
            accounts.create_person(actor=actor, username="x", name="x")
        with pytest.raises(Forbidden):
            accounts.update_person(actor=actor, record=cast.colleague, name="x")
        with pytest.raises(Forbidden):
            accounts.change_status(actor=actor, record=cast.colleague, status=Status.LOCKED)
        with pytest.raises(Forbidden):
            passwords.set_password(actor=actor, record=cast.colleague, password=WORD)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"username": "MEMBER"}, "username"),
            ({"email": "A@example.com"}, "email"),
            ({"phone": "+8613800138000"}, "phone"),
            ({"password": "short"}, "password"),
            ({"password": "password123"}, "password"),
        ],
    )
    def test_what_is_taken_or_weak_is_refused_under_its_field(self, cast, given, field):
        User.objects.filter(pk=cast.member.pk).update(email="a@example.com", phone="+8613800138000")
        with pytest.raises(Invalid) as refusal:
            accounts.create_person(
                actor=cast.administrator, **{"username": "new", "name": "新人"} | given
            )
        assert set(refusal.value.fields) == {field}

    def test_a_changed_name_is_found_at_once_and_stands_in_the_trail(self, cast):
        accounts.update_person(actor=cast.administrator, record=cast.member, name="许清")
        user = cast.again(cast.member)
        assert (user.name, "xuqing" in user.search) == ("许清", True)
        assert Entry.objects.first().changes == {"name": ["许晴", "许清"]}

    def test_of_two_editors_the_second_is_told(self, cast):
        accounts.update_person(actor=cast.administrator, record=cast.member, name="甲", version=1)
        with pytest.raises(Stale):
            accounts.update_person(
                actor=cast.administrator, record=cast.member, name="乙", version=1
            )

    def test_nobody_locks_out_themselves(self, cast):
        with pytest.raises(Forbidden):
            accounts.change_status(
                actor=cast.administrator, record=cast.administrator, status=Status.LEFT
            )

    def test_an_account_moves_only_along_its_table(self, cast):
        admin = cast.administrator
        accounts.change_status(actor=admin, record=cast.member, status=Status.LOCKED)
        with pytest.raises(NotNow):
            accounts.change_status(actor=admin, record=cast.member, status=Status.LOCKED)
        accounts.change_status(actor=admin, record=cast.member, status=Status.ACTIVE)
        assert verbs(cast.member) == ["people.person.active", "people.person.locked"]

    def test_who_leaves_gives_up_posts_and_mandates(self, cast):
        given = mandate(cast)
        accounts.change_status(actor=cast.administrator, record=cast.deputy, status=Status.LEFT)
        seat = Membership.objects.get(user=cast.deputy)
        assert seat.until == clock.today()
        assert Mandate.objects.get(pk=given.pk).revoked_at is not None

    def test_one_changes_the_own_password_knowing_the_present_one(self, cast):
        passwords.set_password(actor=cast.administrator, record=cast.member, password=WORD)
        me = cast.again(cast.member)
        with pytest.raises(Invalid) as refusal:
            passwords.change_own_password(actor=me, current="wrong", password="eleven-quiet-boats")
        assert set(refusal.value.fields) == {"current"}
        passwords.change_own_password(actor=me, current=WORD, password="eleven-quiet-boats")
        assert cast.again(me).check_password("eleven-quiet-boats")
        changes = Entry.objects.filter(verb="people.password.changed").values_list("changes")
        assert set(map(str, changes)) == {"({},)"}


class TestPosts:
    """R-exp-02: headcount and vacancies."""

    def seat(self, cast, post, user="colleague", unit="department", **given):
        return posts.open_membership(
            actor=cast.administrator,
            user=getattr(cast, user),
            unit=Unit.objects.get(key=unit),
            post=Post.objects.get(key=post),
            **{"since": clock.today()} | given,
        )

    def test_a_second_manager_is_refused_while_the_first_is_current(self, cast):
        with pytest.raises(Invalid) as refusal:
            self.seat(cast, "manager")
        assert "陈立群" in refusal.value.message

    def test_the_next_manager_may_begin_the_day_after_the_first_one_ends(self, cast):
        held = Membership.objects.get(user=cast.manager)
        last = date(2026, 12, 31)
        posts.end_membership(actor=cast.administrator, membership=held, until=last)
        with pytest.raises(Invalid):
            self.seat(cast, "manager", since=last)
        assert self.seat(cast, "manager", since=last + timedelta(days=1)).pk

    def test_a_post_without_limit_takes_any_number_but_nobody_twice(self, cast):
        self.seat(cast, "member", unit="research")
        with pytest.raises(Invalid):
            self.seat(cast, "member", unit="research")

    def test_one_person_may_hold_several_posts(self, cast):
        self.seat(cast, "leader", unit="partnership")
        roles = {seat.role for seat in cast.again(cast.colleague).seats}
        assert roles == {"leader", "member"}

    def test_a_last_day_before_the_first_is_refused(self, cast):
        held = Membership.objects.get(user=cast.member)
        with pytest.raises(Invalid):
            posts.end_membership(
                actor=cast.administrator, membership=held, until=LOADED_ON - timedelta(days=1)
            )

    @pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr", "leadership"])
    def test_manager_and_administrator_alone_seat_people(self, cast, part):
        with pytest.raises(Forbidden):
            posts.open_membership(
                actor=getattr(cast, part),
                user=cast.colleague,
                unit=Unit.objects.get(key="research"),
                post=Post.objects.get(key="member"),
                since=clock.today(),
            )

    def test_headcount_and_vacancies_are_counted_for_active_people(self, cast):
        posts = {post.key: post for post in selectors.filled_posts(clock.today())}
        assert (posts["manager"].held, posts["manager"].vacant) == (1, 0)
        accounts.change_status(actor=cast.administrator, record=cast.deputy, status=Status.LEFT)
        posts = {post.key: post for post in selectors.filled_posts(clock.today())}
        assert (posts["deputy"].held, posts["deputy"].vacant) == (0, 1)

    def test_people_without_a_post_are_listed(self, cast):
        new = accounts.create_person(
            actor=cast.administrator, username="new", name="新人", password=WORD
        )
        assert list(selectors.unseated(clock.today())) == [new]


class TestMandates:
    """R-exp-04, A-2.2.2a."""

    def test_the_delegate_holds_the_principals_seat_while_it_runs_and_not_after(self, cast):
        given = mandate(cast)
        assert "manager" in {seat.role for seat in cast.again(cast.deputy).seats}
        with clock.clock_at(given.ends_at):
            assert "manager" not in {seat.role for seat in cast.again(cast.deputy).seats}

    def test_a_revoked_one_opens_nothing_from_that_moment(self, cast):
        given = mandate(cast)
        mandates.revoke_mandate(actor=cast.manager, mandate=given)
        assert not cast.again(cast.deputy).holds("manager")
        with pytest.raises(NotNow):
            mandates.revoke_mandate(actor=cast.manager, mandate=given)
        assert verbs(given) == ["people.mandate.revoked", "people.mandate.created"]

    def test_it_is_never_chained(self, cast):
        mandate(cast)
        with pytest.raises(Forbidden):
            mandate(cast, actor="deputy", principal="manager", delegate="leader")
        mandate(cast, actor="administrator", principal="deputy", delegate="leader")
        assert not cast.again(cast.leader).holds("manager")

    @pytest.mark.parametrize("part", ["member", "leader", "hr", "legal", "leadership"])
    def test_nobody_gives_one_for_somebody_else(self, cast, part):
        with pytest.raises(Forbidden):
            mandate(cast, actor=part)

    @pytest.mark.parametrize(
        "given",
        [
            {"ends_at": clock.now() - timedelta(days=900)},
            {"delegate": "manager"},
            {"delegate": "deactivated"},
        ],
    )
    def test_what_makes_no_sense_is_refused_under_its_field(self, cast, given):
        with pytest.raises(Invalid) as refusal:
            mandate(cast, **given)
        assert set(refusal.value.fields) <= {"delegate", "ends_at"}

    def test_the_entry_is_stamped_only_where_somebody_else_gave_it(self, cast):
        mandate(cast)
        later = {
            "starts_at": clock.now() + timedelta(days=3),
            "ends_at": clock.now() + timedelta(5),
        }
        mandate(cast, actor="administrator", delegate="leader", **later)
        stamped = Entry.objects.filter(verb="people.mandate.created").order_by("pk")
        assert [entry.for_person for entry in stamped] == [None, cast.manager]

    def test_the_shell_says_for_whom_one_acts(self, cast):
        mandate(cast)
        assert "陈立群" in selectors.banner(cast.again(cast.deputy))
        assert selectors.banner(cast.member) is None


class TestTokens:
    def test_the_secret_is_given_once_and_kept_as_a_hash(self, cast):
        token, secret = tokens.create_token(
            actor=cast.member, name="报表", expires_on=date(2027, 1, 1)
        )
        assert len(secret) >= 40 and secret not in str(Token.objects.values().get(pk=token.pk))
        assert verbs(token) == ["people.token.created"]

    def test_it_ends_after_today_at_the_earliest(self, cast):
        with pytest.raises(Invalid):
            tokens.create_token(actor=cast.member, name="x", expires_on=clock.today())

    def test_nobody_else_sees_or_revokes_it_not_even_a_delegate(self, cast):
        token, _secret = tokens.create_token(
            actor=cast.manager, name="x", expires_on=date(2027, 1, 1)
        )
        mandate(cast)
        for person in (cast.again(cast.deputy), cast.administrator):
            assert not access.visible_to(person, Token.objects.all()).exists()
            with pytest.raises(Forbidden):
                tokens.revoke_token(actor=person, token=token)
        tokens.revoke_token(actor=cast.manager, token=token)
        assert Token.objects.get(pk=token.pk).revoked_at == clock.now()
