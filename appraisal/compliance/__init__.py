"""What appraisal answers for: which cases keep and break the clauses on appraisals (A-5)."""

from appraisal.compliance import checks, facts  # noqa: F401
