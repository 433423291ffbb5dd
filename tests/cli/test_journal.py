"""The journal of a folder's repair is read whatever its lines are."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from cnnstudio.cli.journal import Entry, Journal


def test_lines_that_are_no_entries_are_passed_by(tmp_path: Path) -> None:
    file = tmp_path / "report.jsonl"
    entry = Entry("a.png", "/a.png", "clean", "1")
    strange = [5, [], {}, asdict(entry) | {"photo": []}, asdict(entry) | {"key": 5}, asdict(entry) | {"more": 1}]
    lines = [json.dumps(one) for one in (asdict(entry), *strange)] + ["[" * 100_000, '{"photo":', ""]
    file.write_text("\n".join(lines))
    assert Journal(file).is_clean(entry)
