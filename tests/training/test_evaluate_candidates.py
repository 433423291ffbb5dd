"""Candidates are measured against the truth and against each other."""

import json

import numpy as np
import pytest
from PIL import Image

from cnnstudio.imaging.geometry import Rect
from cnnstudio.jobs import RepairResult
from training.__main__ import main
from training.evaluate_candidates import choose, draw_holes
from training.features import Features


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("one.png", "two.png"):
        small = rng.integers(0, 255, (20, 20, 3), np.uint8)
        Image.fromarray(small).resize((300, 280), Image.Resampling.BICUBIC).save(tmp_path / name)
    return tmp_path


class _Painter:
    """Repairs with a grey that tells the seed."""

    def __init__(self, greys):
        self.greys, self.asked = greys, []

    def repair(self, pixels, mask, options, progress):
        self.asked.append(options)
        filled = pixels.copy()
        filled[mask >= 128] = self.greys[options.seed]
        return RepairResult([(Rect(0, 0, pixels.shape[1], pixels.shape[0]), filled)], 0.0, "CPU", [])


def test_holes_are_a_quarter_of_the_crop_and_the_same_each_time():
    photo = {"a": np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)}
    (case,), (again,) = draw_holes(photo, 0), draw_holes(photo, 0)
    assert 0.23 <= (case.mask >= 128).mean() <= 0.27
    assert case.hash == again.hash
    assert draw_holes(photo, 1)[0].hash != case.hash


def test_the_best_is_the_nearest_to_the_truth_and_equal_candidates_are_not_apart():
    truth = np.full((300, 300, 3), 100, np.uint8)
    (case,) = draw_holes({"grey": truth}, 0)
    features = Features()
    painter = _Painter([200, 100, 30, 220])
    choice = choose(painter, features, case, 4)
    assert choice.best == 0 < choice.first
    assert choice.best < choice.mean
    assert choice.apart > 0
    assert [one.seed for one in painter.asked] == [0, 0, 1, 2, 3]
    assert (painter.asked[0].texture, painter.asked[0].grain) == (0, 0)
    same = choose(_Painter([150] * 4), features, case, 4)
    assert same.apart == 0
    assert same.first == same.best == pytest.approx(same.mean)


def test_the_command_prints_a_table_and_writes_the_figures(photos, tmp_path, capsys):
    file = tmp_path / "figures.json"
    assert main(["evaluate-candidates", "--photos", str(photos), "--candidates", "2", "--json", str(file)]) == 0
    said = capsys.readouterr().out
    assert "2 holes" in said
    assert "times as far apart" in said
    rows = json.loads(file.read_text("utf-8"))
    assert set(rows) == {"one.png", "two.png"}
    assert all(row["best"] <= row["mean"] for row in rows.values())


def test_one_candidate_is_no_choice(photos, capsys):
    assert main(["evaluate-candidates", "--photos", str(photos), "--candidates", "1"]) == 1
    assert "two candidates" in capsys.readouterr().err
