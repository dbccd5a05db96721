"""What a list offers beside each row, carried by the page once."""

from tests.make import crm as make


def test_who_works_clients_gets_the_acts_of_a_row_once_whatever_the_number_of_rows(cast, sign_in):
    for _number in range(3):
        make.client(cast.member)
    page = sign_in(cast.member).get("/crm/clients/").text
    assert page.count('data-url="/crm/visits/new?client={pk}"') == 1
    assert page.count('data-url="/crm/clients/{pk}/edit"') == 1
