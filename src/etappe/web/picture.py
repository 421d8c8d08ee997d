"""Charts as pictures for mails, whose readers run no script and load no font: drawn large, then made smaller."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from etappe.web.curve import Drawing
from etappe.web.ranges import Range, scale

WIDTH = 600
"""Points across, as mails are wide."""
SHARP, FINE = 2, 2
"""Dots per point in the file, and how many times as large it is drawn, for smooth edges."""
SCALE = SHARP * FINE
MARGIN, ROW, GAP = 12.0, 26.0, 12.0
SMALL, PLAIN = 11.0, 13.0
MOST_LABEL, MOST_TEXT = 210.0, 130.0
PAPER, INK, SOFT, HAIR = (255, 255, 255), (24, 32, 28), (85, 96, 90), (226, 229, 223)
ACCENT, WARN, BAD = (11, 90, 77), (122, 77, 0), (160, 44, 34)
TONES = {"open": INK, "won": ACCENT, "lost": BAD, "disqualified": WARN}
BAND = 36
"""Of 255: how much a confidence band covers."""
FONTS = Path(__file__).parent / "static" / "built"
LATIN_ENDS = 0x100
"""From here on letters are in the second file of the font, but for punctuation and signs of money."""
Colour = tuple[int, ...]


@dataclass(frozen=True)
class Picture:
    """A chart as bytes, its size in points, and what it shows in words."""

    png: bytes
    width: int
    height: int
    says: str = ""


def ranges(rows: Sequence[Range], write: Callable[[float], str], says: str = "") -> Picture:
    """Values below each other on one axis from 0: a bar each, or with an interval a dot on its line."""
    canvas = _Canvas(MARGIN * 2 + ROW * (len(rows) + 1))
    left = MARGIN + min(MOST_LABEL, max(canvas.width_of(row.label, PLAIN) for row in rows)) + GAP
    right = WIDTH - MARGIN - min(MOST_TEXT, max(canvas.width_of(row.text, PLAIN) for row in rows)) - GAP
    axis = scale(rows)

    def place(value: float) -> float:
        return left + (right - left) * axis.place(value)

    ground = MARGIN + ROW * len(rows)
    for mark in axis.marks:
        canvas.line((place(mark), MARGIN), (place(mark), ground), HAIR, 1)
        canvas.text((place(mark), ground + 14), write(mark), SMALL, SOFT, "mm")
    for index, row in enumerate(rows):
        middle = MARGIN + ROW * (index + 0.5)
        canvas.text((MARGIN, middle), canvas.cut(row.label, PLAIN, MOST_LABEL), PLAIN, INK, "lm")
        canvas.text((WIDTH - MARGIN, middle), canvas.cut(row.text, PLAIN, MOST_TEXT), PLAIN, INK, "rm")
        _row(canvas, row, place, middle, axis.last)
    return canvas.picture(says)


def _row(canvas: _Canvas, row: Range, place: Callable[[float], float], middle: float, last: float) -> None:
    if row.low is None:
        canvas.box((place(0), middle - 6), (place(row.value), middle + 6), ACCENT)
        return
    canvas.box((place(row.low), middle - 4), (place(last if row.high is None else row.high), middle + 4), ACCENT, 70)
    canvas.dot((place(row.value), middle), 4.5, ACCENT)


def curves(
    drawing: Drawing, labels: Mapping[str, str], share: Callable[[float], str], days: Callable[[float], str]
) -> Picture:
    """Shares over days on a logarithmic axis, each line named at its end."""
    canvas = _Canvas(drawing.height + 2 * MARGIN)
    right = WIDTH - MARGIN - max(canvas.width_of(label, SMALL) for label in labels.values()) - GAP
    top = MARGIN + drawing.top

    def place(corner: tuple[float, float]) -> tuple[float, float]:
        return MARGIN + (right - MARGIN) * corner[0] / 1000, top + drawing.plot * corner[1] / 1000

    for mark in drawing.up:
        height = MARGIN + mark.at
        canvas.line((MARGIN, height), (right, height), HAIR, 1)
        canvas.text((MARGIN, height - 7), share(mark.text), SMALL, SOFT, "lm")
    canvas.line((MARGIN, top + drawing.plot), (right, top + drawing.plot), HAIR, 1)
    for mark in drawing.across:
        anchor = {"start": "lm", "middle": "mm", "end": "rm"}[mark.anchor]
        canvas.text((place((mark.at * 10, 0))[0], top + drawing.plot + 16), days(mark.text), SMALL, SOFT, anchor)
    for line in drawing.lines:
        canvas.area([place(corner) for corner in line.outline], TONES[line.key])
    for line in drawing.lines:
        canvas.path([place(corner) for corner in line.steps], TONES[line.key])
    heights = _apart({line.key: place((0, 1000 * (1 - line.end)))[1] for line in drawing.lines})
    for key, height in heights.items():
        canvas.text((right + GAP / 2, height), labels[key], SMALL, TONES[key], "lm")
    return canvas.picture()


def _apart(heights: dict[str, float], least: float = 14.0) -> dict[str, float]:
    """The heights, moved down where names would lie on each other."""
    placed: dict[str, float] = {}
    last = float("-inf")
    for key, height in sorted(heights.items(), key=lambda item: item[1]):
        last = placed[key] = max(height, last + least)
    beyond = max(0.0, last - max(heights.values()) - least)
    return {key: height - beyond for key, height in placed.items()}


class _Canvas:
    """A sheet that is drawn on in points."""

    def __init__(self, height: float) -> None:
        self.height = round(height)
        self.image = Image.new("RGB", (WIDTH * SCALE, self.height * SCALE), PAPER)
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def line(self, begin: tuple[float, float], end: tuple[float, float], colour: Colour, width: float) -> None:
        self.draw.line([_dots(begin), _dots(end)], colour, round(width * SCALE))

    def path(self, corners: Sequence[tuple[float, float]], colour: Colour) -> None:
        self.draw.line([_dots(corner) for corner in corners], colour, 2 * SCALE, joint="curve")

    def area(self, corners: Sequence[tuple[float, float]], colour: Colour) -> None:
        self.draw.polygon([_dots(corner) for corner in corners], (*colour, BAND))

    def box(self, begin: tuple[float, float], end: tuple[float, float], colour: Colour, opaque: int = 255) -> None:
        (left, top), (right, bottom) = _dots(begin), _dots(end)
        self.draw.rectangle([min(left, right), top, max(left, right), bottom], (*colour, opaque))

    def dot(self, middle: tuple[float, float], radius: float, colour: Colour) -> None:
        x, y = _dots(middle)
        self.draw.ellipse([x - radius * SCALE, y - radius * SCALE, x + radius * SCALE, y + radius * SCALE], colour)

    def text(self, at: tuple[float, float], text: str, size: float, colour: Colour, anchor: str) -> None:
        """A line of text; `anchor` says what of it lies at `at`: left, middle or right, in the middle of its height."""
        x, y = _dots(at)
        x -= {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]] * self.width_of(text, size) * SCALE
        for run, font in _runs(text, size):
            self.draw.text((x, y), run, colour, font, f"l{anchor[1]}")
            x += font.getlength(run)

    def width_of(self, text: str, size: float) -> float:
        return sum(font.getlength(run) for run, font in _runs(text, size)) / SCALE

    def cut(self, text: str, size: float, most: float) -> str:
        """The text, or as much of it as there is room for."""
        if self.width_of(text, size) <= most:
            return text
        while text and self.width_of(f"{text}…", size) > most:
            text = text[:-1]
        return f"{text.rstrip()}…"

    def picture(self, says: str = "") -> Picture:
        smaller = self.image.resize((WIDTH * SHARP, self.height * SHARP), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        smaller.quantize(64, Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
        return Picture(file.getvalue(), WIDTH, self.height, says)


def _dots(point: tuple[float, float]) -> tuple[float, float]:
    return point[0] * SCALE, point[1] * SCALE


def _runs(text: str, size: float) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """The text in pieces, each with the file of the font that has its letters."""
    runs: list[tuple[str, str]] = []
    for letter in text:
        name = "latin-ext" if LATIN_ENDS <= ord(letter) < 0x2000 else "latin"
        if runs and runs[-1][1] == name:
            runs[-1] = (runs[-1][0] + letter, name)
        else:
            runs.append((letter, name))
    return [(run, _font(name, round(size * SCALE))) for run, name in runs]


@cache
def _font(name: str, dots: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"hanken-grotesk-{name}-wght-normal.woff2", dots)
