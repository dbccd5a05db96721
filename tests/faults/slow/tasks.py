"""The slow job: one line into a file per step, and how often it has begun."""

import time
from pathlib import Path

from expansion.jobs import registry
from expansion.jobs.models import Job


@registry.job("slow.write", label="Write slowly")
def write(job: Job) -> dict:
    """Begins anew when it is repeated: the file ends the same, however often it was killed."""
    folder, steps = Path(job.arguments["folder"]), job.arguments["steps"]
    with (folder / "begun").open("a") as begun:
        begun.write("x")
    for step in range(steps):
        (folder / "written").write_text(str(step + 1))
        job.progress(step + 1, steps)
        time.sleep(job.arguments["seconds"])
    return {"text": (folder / "written").read_text()}
