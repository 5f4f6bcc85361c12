"""What the documents lead to is there (CI-04): links, anchors, pictures, commands, and the drawing's own source."""

import re
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from tests import diagram

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("docs", "simulator", "infra", "tests")
PAGES = sorted([*ROOT.glob("*.md"), *chain.from_iterable((ROOT / room).rglob("*.md") for room in ROOMS)])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
MAKE = re.compile(r"(?:`|^ {4})make ([a-z][a-z-]+)", re.MULTILINE)
MANAGE = re.compile(r"manage\.py ([a-z_]+)")
SCRIPT = re.compile(r"(?<![\w/])\binfra/[\w/.-]+\.[\w.]*\w")
OF_DJANGO = {"check", "migrate", "collectstatic", "makemigrations", "shell"}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    found: dict[str, int] = {}
    names = []
    for heading in HEADING.findall(re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)):
        words = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        names.append(words if words not in found else f"{words}-{found[words]}")
        found[words] = found.get(words, 0) + 1
    return frozenset(names)


def links(page: Path) -> list[str]:
    return [link for link in LINK.findall(page.read_text("utf-8")) if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_ci_04_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if (
            not target.is_relative_to(ROOT)
            or not target.exists()
            or (anchor and anchor not in anchors(target))
        ):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_ci_04_the_commands_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")} | OF_DJANGO
    assert set(MAKE.findall(text)) - targets == set()
    assert set(MANAGE.findall(text)) - commands == set()
    assert [name for name in SCRIPT.findall(text) if not (ROOT / name).exists()] == []


def test_ci_04_the_diagram_is_drawn_from_its_source() -> None:
    assert diagram.PICTURE.read_text("utf-8").rstrip().endswith(diagram.mark()), "run `make diagram`"


def test_ci_04_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        near = {(page.parent / link.partition("#")[0]).resolve() for link in links(page)}
        waiting += [one for one in near if one.suffix == ".md" and one.is_file() and one not in seen]
    assert [name_of(page) for page in PAGES if page not in seen] == []


GUIDES = ROOT / "docs" / "guide"
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+\.png)\)")
ONE_KILOBYTES, ALL_KILOBYTES = 150, 4000


@pytest.mark.parametrize("who", ["manager", "accountant", "client"])
def test_ci_04_each_kind_of_person_has_a_guide_with_pictures(who: str) -> None:
    text = (GUIDES / f"{who}.md").read_text("utf-8")
    assert f"({who}.md)" in (GUIDES / "README.md").read_text("utf-8")
    assert len(PICTURE.findall(text)) >= 2
    assert all(words for words, _path in PICTURE.findall(text))
    assert len(re.findall(r"[а-я]", text)) > len(re.findall(r"[a-z]", text))


def test_ci_04_the_pictures_of_the_guides_are_small_and_all_shown() -> None:
    sizes = {path.name: path.stat().st_size / 1024 for path in (GUIDES / "img").iterdir()}
    assert {name: size for name, size in sizes.items() if size > ONE_KILOBYTES} == {}
    assert sum(sizes.values()) <= ALL_KILOBYTES
    shown = {
        Path(path).name
        for page in GUIDES.glob("*.md")
        for _, path in PICTURE.findall(page.read_text("utf-8"))
        if path.startswith("img/")
    }
    assert sizes.keys() == shown
