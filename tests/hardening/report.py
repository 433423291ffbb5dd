"""What the two commands share that look for losses: their options, which jobs there are, and the table at the end."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from cnnstudio.cli.console import print_table, say
from tests.hardening.calls import forked
from tests.hardening.jobs import Job, Loss, jobs

ROOM = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where the jobs write: in memory nobody waits for the disk at each of thousands of syncs."""


def parser(about: str) -> argparse.ArgumentParser:
    """The options of a command that this says about itself."""
    made = argparse.ArgumentParser(description=about.splitlines()[0])
    made.add_argument("--report", type=Path, metavar="FILE", help="write the counts there as JSON")
    made.add_argument("--only", nargs="+", metavar="WORDS", help="jobs whose name has one of these words in it")
    made.add_argument("--every", type=int, default=1, metavar="N", help="try each N-th moment only")
    return made


def chosen(words: Sequence[str] | None) -> Iterator[Job]:
    """The jobs that are asked for. What few of them need is imported late: the less there is, the faster is a fork."""

    def wanted(jobs: Sequence[Job]) -> Iterator[Job]:
        return (job for job in jobs if words is None or any(word in job.name for word in words))

    yield from wanted(jobs())
    from tests.hardening import window_jobs

    yield from wanted(window_jobs.jobs())
    from tests.hardening import training_jobs

    yield from wanted(training_jobs.jobs())


class Count(Protocol):
    """What came of a job: a data class whose fields are numbers, but for the losses."""

    losses: list[str]


C = TypeVar("C", bound=Count)


def checked(job: Job, folder: Path, said: str, *, done: bool) -> Iterator[str]:
    """What a job's check finds, in a process of its own, in words."""

    def look() -> int:
        try:
            job.check(folder, said, done)
        except Loss as loss:
            print(loss)
            return 1
        return 0

    ended = forked(look)
    if ended.code != 0:
        yield ended.said.strip()


def tell(name: str, count: C) -> C:
    """Says on stderr what came of a job, and returns it."""
    for loss in count.losses:
        say(f"{name}: {loss}")
    say(f"{name}: {len(count.losses)} losses")
    return count


def finish(counts: Mapping[str, Count], report: Path | None) -> int:
    """Prints the counts with their sums, and writes the report; returns the exit code."""
    rows = {name: {**vars(count), "losses": len(count.losses)} for name, count in counts.items()}
    columns = list(next(iter(rows.values())))
    total = {column: sum(row[column] for row in rows.values()) for column in columns}
    cells = [[name, *(str(row[column]) for column in columns)] for name, row in (*rows.items(), ("all", total))]
    print_table(["job", *columns], cells, right=columns)
    if report:
        losses = [f"{name}: {loss}" for name, count in counts.items() for loss in count.losses]
        report.write_text(json.dumps({"jobs": rows, "all": total, "losses": losses}, indent=2) + "\n", "utf-8")
    return 1 if total["losses"] else 0
