"""What a language model is never told (CLS-06)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.classifier.masking import mask

CASES = {
    # phones
    "+7 (903) 111-22-33": "[номер]",
    "Позвоните 89031112233 сегодня": "Позвоните [номер] сегодня",
    "8.903.111.22.33": "[номер]",
    "123-45-67": "[номер]",
    "8️⃣9️⃣0️⃣3️⃣1️⃣1️⃣1️⃣": "[номер]",
    "8\u2011903\u2011111\u201122\u201133": "[номер]",  # Word's hyphen, that does not break
    "8‐903‐111‐22‐33": "[номер]",
    "8‒903‒111‒22‒33": "[номер]",
    "8·903·111·22·33": "[номер]",
    "8|903|111|22|33": "[номер]",
    "8,903,111,22,33": "[номер]",
    "8 903\n111\n22\n33": "[номер]",
    "8 (903)  -  111 - 22 - 33": "[номер]",
    "+7-903-111-22-33 или 8(903)1112233": "[номер] или [номер]",
    # tax numbers, passports, social insurance
    "ИНН 7701234567": "ИНН [номер]",
    "ИНН770123456789": "ИНН[номер]",
    "ИНН 770 123 456 7": "ИНН [номер]",
    "ИНН ７７０１２３４５６７": "ИНН [номер]",
    "770\u200b123\u200b4567": "[номер]",
    "СНИЛС 123-456-789 00": "СНИЛС [номер]",
    "паспорт 45 03 123456": "паспорт [номер]",
    # cards and accounts
    "карта 4276 3800 1234 5678": "карта [номер]",
    "4276-3800-1234-5678": "[номер]",
    "4276\u00a03800\u00a01234\u00a05678": "[номер]",
    "р/с 40702810900000012345 в банке": "р/с [номер] в банке",
    "р/с 4070 2810 9000 0001 2345": "р/с [номер]",
    "4276     3800     1234     5678": "[номер]",
    "4276\n3800\n1234\n5678": "[номер]",
    "4070'2810'9000'0001'2345": "[номер]",
    # e-mail
    "ivan@mail . ru": "[почта]",
    "ivan@mail,ru": "[почта]",
    "ivan@gmail": "[почта]",
    "ivan(at)mail.ru": "[почта]",
    "ivan собака mail точка ru": "[почта]",
    "Почта ivan@mail.ru. Жду акт": "Почта [почта]. Жду акт",
    "Привет @ivan_petrov посмотри": "Привет @ivan_petrov посмотри",
    "ivan.petrov+1@mail.example.ru": "[почта]",
    "Пишите на Иван@фирма.рф, жду": "Пишите на [почта], жду",
    "7701234567@mail.ru": "[почта]",
    "ivan @ mail.ru": "[почта]",
    # what names nobody stays
    "Сумма 45 000": "Сумма 45 000",
    "1 250 000,50 руб": "1 250 000,50 руб",
    "акт от 01.03.2026": "акт от 01.03.2026",
    "2026-03-01": "2026-03-01",
    "01.03.2026 15:30": "01.03.2026 15:30",
    "с 01.03.2026 – 31.03.26": "с 01.03.2026 – 31.03.26",
    "10:00-18:00": "10:00-18:00",
    "5000, 3000, 2000": "5000, 3000, 2000",
    "15 000 + 20 000": "15 000 + 20 000",
    "Ставка 20%, взнос 30%": "Ставка 20%, взнос 30%",
    "Наша собака болеет. Приедем завтра": "Наша собака болеет. Приедем завтра",
    "за 2025 год": "за 2025 год",
    "НДС 20%, 1С 8.3": "НДС 20%, 1С 8.3",
    # in doubt it is masked
    "150000 руб": "[номер] руб",
    "12.05.2026 1234567890": "[номер]",
}


@pytest.mark.parametrize(("text", "masked"), CASES.items())
def test_cls_06_what_is_masked_and_what_stays(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.text())
def test_cls_06_no_text_keeps_six_digits_in_a_row(text: str) -> None:
    assert not re.search(r"\d{6}", mask(text))


@given(
    st.lists(st.text("0123456789", min_size=1, max_size=5), min_size=2).filter(
        lambda p: len("".join(p)) >= 10
    ),
    st.sampled_from([" ", "-", "\u00a0", " - ", ") "]),
    st.text("абв .,:-", max_size=5),
)
def test_cls_06_ten_digits_are_masked_however_they_are_broken_up(
    pieces: list[str], between: str, around: str
) -> None:
    assert not re.search(r"\d", mask(around + between.join(pieces) + around))


@pytest.mark.parametrize("text", ["1 " * 50_000, "1" * 100_000, "a@" * 50_000, "1(-" * 50_000, "\ud800"])
def test_cls_06_odd_and_long_texts_take_no_time(text: str) -> None:
    assert isinstance(mask(text), str)
