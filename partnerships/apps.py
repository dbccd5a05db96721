from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "partnerships"
    label = "partnerships"

    def ready(self) -> None:
        from partnerships import (  # noqa: F401
            access,
            cards,
            metrics,
            nav,
            sections,
            timeline,
            transfer,
        )
