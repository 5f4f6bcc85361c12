"""Variables of templates (TPL-03)."""

import pytest

from templates_app.rules import filled, tidy_shortcut, unknown_variables

VALUES = {"client_name": "ООО «Ромашка»", "due": "14:30", "chat_title": "{{due}}"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Здравствуйте, {{client_name}}!", "Здравствуйте, ООО «Ромашка»!"),
        ("Ответим к {{ due }}.", "Ответим к 14:30."),
        ("Сегодня {{date}} ответим", "Сегодня ответим"),  # the space before goes with it
        ("Ваш бухгалтер {{accountant_name}}.", "Ваш бухгалтер."),
        ("{{accountant_name}}", ""),
        ("Чат: {{chat_title}}", "Чат: {{due}}"),  # what a value says is not looked into
        ("Цена {x} и {{due}}{{due}}", "Цена {x} и 14:3014:30"),
    ],
)
def test_tpl_03_a_variable_without_a_value_goes_with_the_space_before_it(text: str, read: str) -> None:
    assert filled(text, VALUES) == read


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{client_name}} {{ due }} {x} }}", []),
        ("{{client}} и {{inn}} и {{client}}", ["client", "inn"]),
        ("{{имя клиента}}", ["имя клиента"]),
        ("{{}}", ["…"]),
        ("{{due", ["due"]),
        ("{{due}", ["due}"]),
    ],
)
def test_tpl_03_unknown_names_are_found(text: str, names: list[str]) -> None:
    assert unknown_variables(text) == names


def test_a_shortcut_is_written_one_way() -> None:
    assert tidy_shortcut(" /Счёт ") == "счет"
