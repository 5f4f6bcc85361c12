"""The words of django-unfold, which ships no translations."""

import shutil
import subprocess
import sys
from pathlib import Path

import polib  # type: ignore[import-untyped]
import pytest
import unfold
from django.conf import settings
from django.utils.translation import gettext, ngettext


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs xgettext (Debian: gettext)")
def test_every_word_of_unfold_that_we_show_is_translated(tmp_path: Path) -> None:
    home = Path(unfold.__file__).parent
    copy = tmp_path / "unfold"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("static", "__pycache__", "contrib"))
    shutil.copytree(home / "contrib" / "filters", copy / "contrib" / "filters")
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ru", "--no-location", "-v0"]
    subprocess.run(command, cwd=copy, check=True, env={"PATH": "/usr/bin:/bin"})
    found = polib.pofile(str(copy / "locale/ru/LC_MESSAGES/django.po"))
    same = [entry.msgid for entry in found if not _is_translated(entry)]
    assert same == []


def _is_translated(entry: polib.POEntry) -> bool:
    if entry.msgctxt:
        return True  # Django's own
    if entry.msgid_plural:
        return bool(ngettext(entry.msgid, entry.msgid_plural, 5) != entry.msgid_plural)
    return bool(gettext(entry.msgid) != entry.msgid)


def test_our_words_go_before_those_of_django() -> None:
    assert [Path(path).name for path in settings.LOCALE_PATHS] == ["locale", "unfold"]
