"""What the office offers to appraisal."""

from django.utils.translation import gettext_lazy as lazy

from expansion import metrics
from expansion.metrics import Metric

metrics.add(
    Metric(
        "office.plan_completion",
        lazy("Goals of the plan reached"),
        "%",
        metrics.no_data,
        clause="C-2.1.2",
    ),
)
