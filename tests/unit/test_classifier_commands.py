"""The classifier's commands: lines in, lines out; figures; no worse model (CLS-07, CLS-08)."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from sla.classifier.data_sets import Example
from sla.classifier.model import ARTIFACT, Model
from sla.management.commands import train_classifier
from sla.management.commands.classify import answers


def test_cls_08_lines_are_answered_in_order_without_a_database() -> None:
    lines = '{"text": "Где акт?"}\nне json\n{"text": 5}\n\n[1]\n{"text": "спасибо"}\n'
    nowhere = os.environ | {"DATABASE_URL": "postgres://a@127.0.0.1:1/a", "REDIS_URL": "redis://127.0.0.1:1"}
    command = [sys.executable, "manage.py", "classify"]
    done = subprocess.run(command, input=lines.encode(), capture_output=True, env=nowhere, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("label", "error") for row in rows] == ["REQUEST", "error", "error", "error", "GRATITUDE"]
    assert set(rows[0]) == {"label", "confidence", "source"}
    assert "text" in rows[2]["error"]


@pytest.mark.parametrize("line", [b"\xff\xfe", b"[" * 100_000, b'{"text": null}', b"{}", b'"text"', b"\x00"])
def test_cls_08_a_bad_line_gives_an_error_and_not_a_traceback(line: bytes) -> None:
    assert list(answers([line]))[0].keys() == {"error"}


def test_cls_08_a_lone_surrogate_is_a_text() -> None:
    assert "label" in next(iter(answers([rb'{"text": "\ud800"}'])))


def test_cls_02_the_figures_are_printed_with_intervals_and_by_kind() -> None:
    out = StringIO()
    call_command("evaluate_classifier", stdout=out)
    assert "as written, " in out.getvalue()
    assert "one typo, " in out.getvalue()
    assert out.getvalue().count("false_starts") == out.getvalue().count("macro_f1") == 5


def _train(monkeypatch: pytest.MonkeyPatch, output: Path, weights: Any, **options: Any) -> None:
    good = Model.load(ARTIFACT)
    trained = Model(good.weights * weights, good.bias, good.words, good.about | {"version": "model-x"})
    monkeypatch.setattr(train_classifier, "train", lambda version: trained)
    call_command("train_classifier", output=output, stdout=StringIO(), **options)


def test_cls_07_a_worse_model_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    output = tmp_path / "model.npz"
    output.write_bytes(ARTIFACT.read_bytes())
    with pytest.raises(CommandError, match="Not installed"):
        _train(monkeypatch, output, np.float32(0))
    assert Model.load(output).about["version"] == Model.load(ARTIFACT).about["version"]


def test_cls_07_a_model_as_good_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    output = tmp_path / "model.npz"
    output.write_bytes(ARTIFACT.read_bytes())
    _train(monkeypatch, output, np.float32(1))
    assert Model.load(output).about["version"] == "model-x"


def test_an_artifact_keeps_what_the_model_says(tmp_path: Path) -> None:
    model = Model.load(ARTIFACT)
    model.save(tmp_path / "again.npz")
    example = Example("Подскажите по взносам", "REQUEST")
    again = Model.load(tmp_path / "again.npz").classify(example.text)
    assert again.label == model.classify(example.text).label == example.label
