"""What managers write becomes Telegram HTML: known tags stay, all else is a mere character (STF-05, SEC-10)."""

import pytest

from buhbot.markup import UnclosedTag, telegram_html


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Добрый день", "Добрый день"),
        ("<b>Важно</b>", "<b>Важно</b>"),
        ("<STRONG>Важно</STRONG>, <em>да</em>", "<b>Важно</b>, <i>да</i>"),
        ("Рога & Копыта", "Рога &amp; Копыта"),
        ("1 < 2 > 0", "1 &lt; 2 &gt; 0"),
        ("&lt;уже&gt; &amp; &nbsp;", "&lt;уже&gt; &amp; &amp;nbsp;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('<b onclick="x">', "&lt;b onclick=&quot;x&quot;&gt;"),
        ('<a href="https://firm.ru/?a=1&b=2">сайт</a>', '<a href="https://firm.ru/?a=1&amp;b=2">сайт</a>'),
        ("<a href='http://firm.ru'>сайт</a>", '<a href="http://firm.ru">сайт</a>'),
        ("первая\r\nвторая", "первая\nвторая"),
        ("\0", ""),
    ],
)
def test_known_tags_stay_and_all_else_is_escaped(written: str, sent: str) -> None:
    assert telegram_html(written) == sent


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("<b>Важно", "b"),
        ("Важно</b>", "b"),
        ("<b><i>x</b></i>", "i"),
        ("<b><b>x</b></b>", "b"),
        ('<a href="https://firm.ru">сайт', "a"),
        ('<a href="javascript:alert(1)">x</a>', "a"),
    ],
)
def test_a_tag_out_of_turn_is_named(written: str, tag: str) -> None:
    with pytest.raises(UnclosedTag) as refused:
        telegram_html(written)
    assert str(refused.value) == tag
