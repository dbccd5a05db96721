"""What has to hold of a row is told to a person in a sentence, never by the constraint's name."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import translation

from crm.models import Contract, Opportunity
from expansion.errors import Invalid
from expansion.records import Check, checks_in_words
from tests.make import contracts, crm

FLOORS = ("expansion", "crm", "research", "partnerships", "training", "appraisal")
CHECKS = [
    pytest.param(model, one, id=one.name)
    for model in apps.get_models()
    if model.__module__.partition(".")[0] in FLOORS
    for one in model._meta.constraints
    if isinstance(one, models.CheckConstraint)
]


@pytest.mark.parametrize(("model", "check"), CHECKS)
def test_every_check_has_a_sentence_and_names_a_field_of_its_own(model, check):
    assert isinstance(check, Check)
    with translation.override("en"):
        sentence = check.get_violation_error_message()
    assert sentence.endswith((".", "?")) and check.name not in sentence
    assert not check.field or model._meta.get_field(check.field)


def test_migrations_know_them_as_they_were():
    [_condition, check] = Opportunity._meta.constraints
    path, args, given = check.deconstruct()
    assert (path, args) == ("django.db.models.CheckConstraint", ())
    assert models.CheckConstraint(**given) == check == check.clone()
    assert check.clone().sentence == check.sentence


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "-5"}, "amount"),
        ({"starts_on": "2026-12-31", "ends_on": "2026-12-01"}, "ends_on"),
    ],
)
def test_a_form_says_it_under_its_field(cast, sign_in, wrong, field):
    client = crm.client(cast.member)
    given = {"request_id": "a", "client": client.pk, "title": "框架", "kind": "sale"}
    given |= {"currency": "CNY", **contracts.TEXT, **wrong}
    page = sign_in(cast.member).post("/crm/contracts/new", given)
    name = {"amount": "contract_amount", "ends_on": "contract_term"}[field]
    [check] = [one for one in Contract._meta.constraints if one.name == name]
    with translation.override("zh-hans"):
        assert page.context["form"].errors[field] == [str(check.sentence)]
    assert page.status_code == 422 and name not in page.text


@pytest.mark.both
def test_what_only_the_database_sees_is_refused_in_words(cast):
    contract = contracts.a_contract(cast)
    rows = Contract.objects.filter(pk=contract.pk)
    for wrong, field in (
        ({"amount": Decimal(-1)}, "amount"),
        ({"ends_on": date(2026, 1, 1)}, "ends_on"),
    ):
        with pytest.raises(Invalid) as refusal, checks_in_words(), transaction.atomic():
            rows.update(**wrong)
        assert list(refusal.value.fields) == [field] and refusal.value.message
    with pytest.raises(IntegrityError), checks_in_words(), transaction.atomic():
        rows.update(client=None)


def test_the_api_answers_it_as_invalid(cast, sign_in):
    deal = crm.opportunity(cast.member, crm.client(cast.member))
    answer = sign_in(cast.member).patch(
        f"/api/v1/crm/opportunities/{deal.pk}",
        {"amount": "-5.00"},
        content_type="application/json",
        headers={"If-Match": f'"{deal.version}"'},
    )
    assert answer.status_code == 422 and "amount" in answer.json()["errors"]
