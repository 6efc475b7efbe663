"""One rule for minutes: speaker notes = card = README = tracks, exercises included."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import pytest

from helpers.course import derive
from tests.support import NAMES, ROOT

TRACKS = (ROOT / "slides" / "teaching" / "tracks.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DECKS = sorted(path.stem for path in (ROOT / "slides").glob("*.py"))
ROW = re.compile(r"^\| (?:\d\d:\d\d \| )?(?P<minutes>\d+) \| (?P<where>\S+) \| (?P<what>.+) \|$")
WITHOUT = re.compile(r"^(?P<heading>.+), without exercises? (?P<left>\d+(?:(?:, | and )\d+)*)$")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SIZES = "predict|fix|complete|build"


@dataclass
class Section:
    """One section of a notebook or deck: what its notes and its exercises say.

    Attributes:
        minutes: what its notes give, exercises included.
        exercises: number of the exercise -> minutes in its title.
        slides: how many there are, steps not counted.
    """

    minutes: list[int]
    exercises: dict[str, int]
    slides: int = 0


@functools.cache
def sections(stem: str) -> dict[str, Section]:
    """Return the sections of a notebook or deck by heading, in order.

    A section of a notebook starts on a slide of its own; in a deck, under a heading with minutes.
    """
    folder = "solutions" if stem[0].isdigit() else "slides"
    source = (ROOT / folder / f"{stem}.py").read_text(encoding="utf-8")
    cells, found = derive.cells_of(source, stem), {}
    for cell, slide in zip(cells, derive.slides_of(cells), strict=True):
        code = "\n".join(line for line in cell.lines if not derive.MARKS.match(line))
        timed = "Minutes:" in str(slide.get("speakerNotes", ""))
        heading = re.search(r"(?:^ *|mo\.md\(\")#{1,2} (.+?)(?: *$|\"\))", code, re.MULTILINE)
        if (timed and heading) if folder == "slides" else slide["type"] == "slide":
            assert heading, f"{stem}, {cell.name}: a section without a heading"
            assert heading[1] not in found, f"{stem}: two sections are called {heading[1]}"
            notes = str(slide.get("speakerNotes", ""))
            now = Section([int(n) for n in re.findall(r"Minutes: (\d+)", notes)], {})
            found[heading[1]] = now
        elif folder == "solutions":
            assert not timed, f"{stem}, {cell.name}: only a section's own notes give minutes"
        if found:
            now.slides += slide["type"] in ("slide", "sub-slide")
        for number, length in re.findall(rf"### Exercise (\d+) · (?:{SIZES}) · (\d+) min", code):
            now.exercises[number] = int(length)
    return found


def core_and_optional(stem: str) -> tuple[int, int]:
    """Return the minutes of a notebook's core sections, and of those marked as optional."""
    both = [0, 0]
    for heading, section in sections(stem).items():
        both[heading.endswith(" · optional")] += sum(section.minutes)
    return both[0], both[1]


@pytest.mark.parametrize("stem", [*NAMES, *DECKS])
def test_every_section_says_how_long(stem: str) -> None:
    """The notes of each section give its minutes once, and enough for its exercises."""
    assert sections(stem)
    for heading, section in sections(stem).items():
        assert len(section.minutes) == 1, f"{heading}: {section.minutes}"
        assert section.minutes[0] > sum(section.exercises.values()), heading


@pytest.mark.parametrize("stem", NAMES)
def test_the_card_is_the_sum_of_the_notes(stem: str) -> None:
    """The card gives the minutes of core and optional sections, and counts the exercises."""
    source = (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")
    core, optional = core_and_optional(stem)
    number = sum(len(section.exercises) for section in sections(stem).values())
    more = f", optional {optional}" if optional else ""
    wanted = f"| Time | core {core} minutes{more}; {WORDS[number]} checked exercises |"
    assert re.findall(r"^ *(\| Time \| .+)$", source, re.MULTILINE) == [wanted]


@pytest.mark.parametrize("stem", NAMES)
def test_the_readme_has_the_minutes_of_the_card(stem: str) -> None:
    """The table of notebooks shows `core 75 + 40`, or `125` where nothing is optional yet."""
    core, optional = core_and_optional(stem)
    (row,) = re.findall(rf"^\|.*\(notebooks/{stem}\.py\).*\|$", README, re.MULTILINE)
    said = row.strip("|").split("|")[2].strip()
    assert said == (f"core {core} + {optional}" if optional else f"{core}")


def rows() -> list[tuple[str, str, int]]:
    """Return (stem, what, minutes) of each row of the tracks that is a section."""
    text = TRACKS.split("## By yourself")[0]
    found = [match for line in text.splitlines() if (match := ROW.match(line))]
    stems = {**{name[:2]: name for name in NAMES}, **{deck: deck for deck in DECKS}}
    listed = [(stems.get(row["where"]), row["what"], int(row["minutes"])) for row in found]
    return [row for row in listed if row[0]]


def test_a_track_gives_a_section_its_minutes() -> None:
    """A row has the minutes of the notes, less the exercises that it says it leaves out."""
    assert len(rows()) > 60
    for stem, what, minutes in rows():
        without = WITHOUT.match(what)
        heading = without["heading"] if without else what
        assert heading in sections(stem), f"{stem}: no section is called {heading}"
        section = sections(stem)[heading]
        left = re.findall(r"\d+", without["left"]) if without else []
        assert set(left) <= set(section.exercises), f"{stem}: {what}"
        spent = section.minutes[0] - sum(section.exercises[number] for number in left)
        assert minutes == spent, f"{stem}: {what}"


QUICKEST_S, SLOWEST_S = 40, 240
"""So long a slide stays at least; so long at most, while nobody does an exercise."""


@pytest.mark.parametrize("row", sorted(set(rows())), ids=lambda row: f"{row[0][:2]} {row[1][:30]}")
def test_the_slides_of_a_row_fit_its_minutes(row: tuple[str, str, int]) -> None:
    """No slide is rushed through, and none stands for long where there is nothing to do.

    A notebook's own title is there before people look: it is not counted.
    """
    stem, what, minutes = row
    without = WITHOUT.match(what)
    heading = without["heading"] if without else what
    section = sections(stem)[heading]
    left = re.findall(r"\d+", without["left"]) if without else []
    busy = sum(length for number, length in section.exercises.items() if number not in left)
    title = stem[0].isdigit() and heading == next(iter(sections(stem)))
    assert (section.slides - title) * QUICKEST_S <= 60 * minutes
    assert section.slides * SLOWEST_S >= 60 * (minutes - busy)


def test_by_oneself_all_of_each_notebook() -> None:
    """The levels give each notebook once, with all the minutes of its card."""
    text = TRACKS.split("## By yourself")[1]
    found = [match for line in text.splitlines() if (match := ROW.match(line))]
    listed = {row["where"]: int(row["minutes"]) for row in found}
    assert listed == {name[:2]: sum(core_and_optional(name)) for name in NAMES}
