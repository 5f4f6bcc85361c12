"""What staff corrected is remembered, exactly and by likeness (CLS-07)."""

import time
from statistics import median

import pytest

from sla.classifier.data_sets import Example, written
from sla.classifier.memory import Memory

TAUGHT = Memory(
    [
        Example("Отправили вам документы по новой точке на Ленина, сверьте", "CLARIFICATION"),
        Example("Когда будет готов отчёт за третий квартал по второй фирме?", "REQUEST"),
        Example("Жду", "SPAM"),
        Example("ок", "REQUEST"),
        Example("👍", "REQUEST"),
        Example("Оплата 5 100 прошла", "REQUEST"),
        Example("Оплата 7 300 прошла", "CLARIFICATION"),
    ]
)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("жду", "SPAM"),
        ("Добрый день! Жду", "SPAM"),
        ("Оплата 9 500 прошла", "CLARIFICATION"),  # numbers are all one; the later correction counts
        ("Отправили вам документы по новой точке на Ленина, сверте", "CLARIFICATION"),
        ("когда будет готов отчет за третий квартал по второй фирме?", "REQUEST"),
        ("Когда будет готов отчёт за третий квартал по первой фирме?", None),
        ("Когда не будет готов отчёт за третий квартал по второй фирме?", None),
        ("Отправили вам документы по новой точке на Ленина, сверьте?", None),
        ("Жду акт", None),
        ("ок", None),  # says nothing by itself
        ("🔥", None),
        ("", None),
    ],
)
def test_cls_07_what_is_remembered(text: str, label: str | None) -> None:
    found = TAUGHT.recall(text)
    assert (found and found.label) == label
    assert found is None or (found.version == "memory" and found.confidence >= 0.92)


def test_cls_07_nothing_taught_nothing_recalled() -> None:
    assert Memory([]).recall("Где акт?") is None


def test_cls_07_a_thousand_corrections_take_a_millisecond_at_most() -> None:
    examples = written()
    memory = Memory(examples[:1000])
    times = []
    for example in examples[1000:]:
        started = time.perf_counter()
        memory.recall(f"{example.text} и ещё")
        times.append(time.perf_counter() - started)
    assert median(times) <= 0.001
