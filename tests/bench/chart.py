"""A small line chart as SVG, for a page of the documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 260, 50, 110, 40, 40
COLOURS = ("#2563eb", "#059669", "#d97706", "#be123c")


@dataclass(frozen=True)
class Line:
    """A name and a value for each place on the axis."""

    name: str
    values: Sequence[float]


def drawn(places: Sequence[str], lines: Sequence[Line], *, title: str) -> str:
    """Draw the lines over the places; the axis of values begins at 0."""
    most = max(max(line.values) for line in lines) * 1.1
    marks = [_text(LEFT, 20, title, "start")]
    marks += [
        _text(_x(number, len(places)), HEIGHT - 15, place, "middle") for number, place in enumerate(places)
    ]
    for part in range(5):
        value = most * part / 4
        y = _y(value, most)
        marks.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#d1d5db"/>')
        marks.append(_text(LEFT - 8, y + 4, f"{value:.1f}", "end"))
    for number, line in enumerate(lines):
        marks += _line(line, COLOURS[number % len(COLOURS)], most, 20 * number)
    body = "\n".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="12" role="img" aria-label="{escape(title)}">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _line(line: Line, colour: str, most: float, down: int) -> list[str]:
    points = [(_x(number, len(line.values)), _y(value, most)) for number, value in enumerate(line.values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    name = _text(WIDTH - RIGHT + 15, TOP + 12 + down, line.name, "start", colour)
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots, name]


def _x(number: int, count: int) -> float:
    return LEFT + (WIDTH - RIGHT - LEFT) * (number + 0.5) / count


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#374151") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
