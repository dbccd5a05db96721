"""What an appraisal replays of a closed period under a draft of the rules."""

from appraisal.replays import appeals, cycles, forms, measures, scores  # noqa: F401
