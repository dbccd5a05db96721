"""The first page: what waits today, drawn from what the rooms offer."""

from django.http import HttpRequest, HttpResponse

from expansion import offers
from expansion.ui.gates import SIGNED_IN
from expansion.ui.pages import Screen


class Today(Screen):
    """Cards in two columns; a room that has nothing to say stays silent."""

    gate = SIGNED_IN
    template = "home/today.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cards = [(card, card.context(request.user)) for card in offers.of(offers.Card)]
        shown = [
            {"template": card.template, "place": card.place, **context}
            for card, context in cards
            if context is not None
        ]
        return self.draw(
            {
                "main": [card for card in shown if card["place"] == "main"],
                "side": [card for card in shown if card["place"] == "side"],
            }
        )
