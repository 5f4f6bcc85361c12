"""The classifier's commands: lines in, lines out; figures; no worse model (CLS-07, CLS-08)."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from sla import learnt
from sla.classifier import shipped_model, training
from sla.classifier.data_sets import Example, evaluation
from sla.classifier.model import ARTIFACT, Model
from sla.management.commands import train_classifier
from sla.management.commands.classify import answers
from sla.models import Correction, TrainedModel


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


@pytest.fixture
def trains(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let training, which takes a minute, give the shipped model with its weights changed."""

    def trains(factor: float) -> None:
        good = Model.load(ARTIFACT)
        weights = good.weights * np.float32(factor)

        def train(version: str, _corrections: list[Example]) -> Model:
            return Model(weights, good.bias, good.words, good.about | {"version": version})

        monkeypatch.setattr(train_classifier, "train", train)

    return trains


def run(**options: Any) -> str:
    out = StringIO()
    call_command("train_classifier", stdout=out, **options)
    return out.getvalue()


def test_cls_07_a_worse_model_is_refused(trains: Callable[[float], None], tmp_path: Path) -> None:
    output = tmp_path / "model.npz"
    output.write_bytes(ARTIFACT.read_bytes())
    trains(0)
    with pytest.raises(CommandError, match="Not installed"):
        run(output=output, model_version="model-x")
    assert Model.load(output).about["version"] == Model.load(ARTIFACT).about["version"]


def test_cls_07_a_model_as_good_is_installed(trains: Callable[[float], None], tmp_path: Path) -> None:
    output = tmp_path / "model.npz"
    output.write_bytes(ARTIFACT.read_bytes())
    trains(1)
    run(output=output, model_version="model-x")
    assert Model.load(output).about["version"] == "model-x"


@pytest.mark.django_db
def test_cls_07_with_corrections_it_is_installed_in_the_database(trains: Callable[[float], None]) -> None:
    Correction.objects.create(text="Ждём", label="REQUEST", origin="admin", made_at=datetime.now(UTC))
    trains(1)
    assert "1 corrections" in run()
    installed = learnt.model_in_force()
    assert installed.about["version"] == f"{Model.load(ARTIFACT).about['version']}+1"
    trains(0)
    with pytest.raises(CommandError, match="Not installed"):
        run()
    assert learnt.model_in_force() is installed


@pytest.mark.django_db
def test_cls_07_a_few_models_are_kept_and_all_can_be_forgotten(trains: Callable[[float], None]) -> None:
    trains(1)
    for number in range(5):
        run(model_version=f"model-x{number}")
    assert [row.version for row in TrainedModel.objects.all()] == ["model-x4", "model-x3", "model-x2"]
    assert "3" in run(forget=True)
    assert learnt.model_in_force() is shipped_model()


def test_cls_07_without_a_database_it_says_so() -> None:
    nowhere = os.environ | {"DATABASE_URL": "postgres://a@127.0.0.1:1/a"}
    command = [sys.executable, "manage.py", "train_classifier"]
    done = subprocess.run(command, capture_output=True, env=nowhere, check=False, text=True)
    assert (done.returncode, "it does not answer" in done.stderr, "Traceback" in done.stderr) == (
        1,
        True,
        False,
    )


def test_cls_07_corrections_train_once_each_and_never_what_is_measured() -> None:
    measured = evaluation()[0]
    taught = [
        Example("Ждём ответа", "SPAM"),
        Example("ок", "REQUEST"),
        Example(measured.text, measured.label),
        Example("ждем ответа!", "REQUEST"),
    ]
    assert training.usable(taught) == [taught[3]]


def test_an_artifact_keeps_what_the_model_says(tmp_path: Path) -> None:
    model = Model.load(ARTIFACT)
    model.save(tmp_path / "again.npz")
    example = Example("Подскажите по взносам", "REQUEST")
    again = Model.load(tmp_path / "again.npz").classify(example.text)
    assert again.label == model.classify(example.text).label == example.label
