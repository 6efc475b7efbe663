"""The teaching material: the tracks add up, and the pages compute what they claim."""

from __future__ import annotations

import re
from typing import Any

import pytest

from helpers import derive
from tests.support import NAMES, ROOT, run

TEACHING = ROOT / "slides" / "teaching"
TRACKS = (TEACHING / "tracks.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?:(?P<start>\d\d:\d\d) \| )?(?P<minutes>\d+) \| (?P<where>\S+) \| (?P<what>.+) \|$"
)
SUM = re.compile(r"^\| (?: \| )?\*\*(?P<minutes>\d+)\*\* \| \| \*\*(?P<block>.+)\*\* \|$")


def parts() -> dict[str, str]:
    """Return each track (heading -> text); those for one person alone have a level each."""
    found = re.split(r"^##+ (.+)$", TRACKS, flags=re.MULTILINE)
    texts = dict(zip(found[1::2], found[2::2], strict=True))
    return {name: text for name, text in texts.items() if "Total:" in text}


def rows(text: str, pattern: re.Pattern[str] = ROW) -> list[dict[str, str]]:
    """Return the rows of a track's table that a pattern finds."""
    return [found.groupdict() for line in text.splitlines() if (found := pattern.match(line))]


def sections(stem: str) -> dict[str, int]:
    """Return the minutes of each section and exercise of a notebook or deck, as it states them."""
    folder = "solutions" if stem[0].isdigit() else "slides"
    source = (ROOT / folder / f"{stem}.py").read_text(encoding="utf-8")
    found = {}
    for cell in derive.cells_of(source, stem):
        notes = str(derive.slide_of(cell).get("speakerNotes", ""))
        minutes = re.search(r"Minutes: (\d+)", notes)
        code = "\n".join(cell.lines)
        heading = re.search(r"^ *#{1,2} (?!notes:|slide:|solution)(.+?) *$", code, re.MULTILINE)
        if minutes and heading:
            found[heading[1]] = int(minutes[1])
        for number, length in re.findall(r"### Exercise (\d+) · \w+ · (\d+) min", code):
            found[f"Exercise {number}"] = int(length)
    return found


def stem_of(where: str) -> str:
    """Return the file stem that a row's `where` means."""
    return next((name for name in NAMES if name.startswith(f"{where}_")), where)


def card_of(stem: str) -> tuple[str, int]:
    """Return the question and the minutes of a notebook."""
    source = (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")
    return source, int(re.search(r"\| Time \| (\d+) minutes", source)[1])


def test_all_tracks_are_there() -> None:
    """Four ways with others, and one alone in three levels."""
    totals = {name: int(re.search(r"Total: (\d+)", text)[1]) for name, text in parts().items()}
    assert totals["Workshop of 3 hours"] == 180
    assert totals["Workshop of 4 hours"] == 240
    assert totals["Full day, 8:00 to 17:00"] == 9 * 60
    assert totals["Talk of 30 minutes"] == 30
    assert {"Level: start", "Level: core", "Level: advanced"} < set(totals)


@pytest.mark.parametrize("track", parts())
def test_minutes_add_up(track: str) -> None:
    """The rows sum to the stated total, and the rows of a block to the block's sum."""
    text = parts()[track]
    assert sum(int(row["minutes"]) for row in rows(text)) == int(
        re.search(r"Total: (\d+)", text)[1]
    )
    block: list[dict[str, str]] = []
    for line in text.splitlines():
        if row := ROW.match(line):
            alone = row["where"] == "break" and not block  # a break between two blocks
            block += [] if alone else [row]
        elif total := SUM.match(line):
            assert sum(int(row["minutes"]) for row in block) == int(total["minutes"]), total[
                "block"
            ]
            block = []
    assert not block, "rows without a block"


@pytest.mark.parametrize("track", [name for name in parts() if not name.startswith("Level")])
def test_sections_are_those_of_the_notebooks(track: str) -> None:
    """Each section named exists and has the minutes that its speaker notes give."""
    named = [
        row for row in rows(parts()[track]) if row["where"] not in ("teaching", "break", "room")
    ]
    assert len(named) >= 10
    assert len({(row["where"], row["what"]) for row in named}) == len(named)
    for row in named:
        there = sections(stem_of(row["where"]))
        assert there.get(row["what"]) == int(row["minutes"]), row


def test_exercises_count_once() -> None:
    """An exercise has a row of its own only where the card adds it to the sections' minutes."""
    apart = {row["where"] for row in rows(TRACKS) if row["what"].startswith("Exercise")}
    assert apart
    for where in apart:
        assert sum(sections(stem_of(where)).values()) == card_of(stem_of(where))[1]


def test_the_day_keeps_its_times() -> None:
    """Each row of the full day starts when the one before it ends; the day ends at 17:00."""
    day = rows(parts()["Full day, 8:00 to 17:00"])
    clock = 8 * 60
    for row in day:
        assert row["start"] == f"{clock // 60:02d}:{clock % 60:02d}"
        clock += int(row["minutes"])
    assert clock == 17 * 60


def test_pages_named_by_the_tracks_exist() -> None:
    """A row of this folder begins with the file that it needs."""
    named = [row["what"] for row in rows(TRACKS) if row["where"] == "teaching"]
    assert named
    assert {what.split(":")[0] for what in named} <= {path.name for path in TEACHING.iterdir()}


def test_by_oneself_every_notebook_by_its_card() -> None:
    """The levels hold every notebook once, with its question and the minutes of its card."""
    alone = [
        row for name, text in parts().items() if name.startswith("Level") for row in rows(text)
    ]
    assert sorted(stem_of(row["where"]) for row in alone) == NAMES
    for row in alone:
        source, minutes = card_of(stem_of(row["where"]))
        assert f"# {row['what']}\n" in source
        assert int(row["minutes"]) == minutes


@pytest.fixture(scope="module")
def two_graphs() -> dict[str, Any]:
    """Return the globals of the page that compares two teams."""
    done = run(TEACHING / "two_graphs.py")
    assert done.printed == ""
    return done.defs


def test_starters_hold_what_the_kit_says(two_graphs: Any) -> None:
    """Each starter parses, has no cycle, and implies exactly the stated adjustment sets."""
    kit = (TEACHING / "kit.md").read_text(encoding="utf-8")
    starters = two_graphs["starters"]
    assert set(starters) == {"Marketing", "Logistics", "Product", "Health"}
    for name, (treatment, outcome, hidden, text) in starters.items():
        graph, _, messages = two_graphs["read_team"](text, treatment, outcome, hidden)
        assert messages == []
        assert graph.hidden == {hidden}
        section = kit.split(f"### {name}\n")[1].split("\n#")[0]
        stated = re.findall(r"^(?:Adjust for|Or): (.+)$", section, re.MULTILINE)
        assert {frozenset(names.split(", ")) for names in stated} == set(graph.adjustment_sets())
        assert "Question: what does" in section


def test_two_teams_dispute_arrows(two_graphs: Any) -> None:
    """Shared, turned and lonely arrows are told apart; each arrow of a team is said once."""
    a = [("x", "y"), ("z", "x"), ("z", "y")]
    b = [("x", "y"), ("x", "z"), ("w", "y")]
    found = two_graphs["dispute"](a, b)
    assert found == {
        "both": [("x", "y")],
        "turned round": [("z", "x")],
        "only team A": [("z", "y")],
        "only team B": [("w", "y")],
    }


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "No arrow yet"),
        ("x is y", "write an arrow"),
        ("x ->", "both sides"),
        ("x -> x", "cannot cause itself"),
        ("x -> y\ny -> z\nz -> x", "A cycle: "),
        ("a -> b", "No arrow mentions"),
    ],
)
def test_bad_lists_get_a_message(two_graphs: Any, text: str, word: str) -> None:
    """Whatever a team types, the page answers with what to mend, and no graph."""
    graph, _, messages = two_graphs["read_team"](text, "x", "y")
    assert graph is None
    assert any(word in message for message in messages), messages


def test_the_question_needs_two_names(two_graphs: Any) -> None:
    """Without a treatment, or with the outcome as treatment, the page asks for them."""
    for asked in (("", "y"), ("x", "x"), ("x", " ")):
        graph, _, messages = two_graphs["read_team"]("x -> y", *asked)
        assert graph is None
        assert "two different ones" in messages[0]


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("z -> x -> y\nz -> y", "x -> z -> y\nx -> y", "The dispute changes the analysis"),
        ("z -> x -> y\nz -> y", "z -> x -> y\nz -> y\nw -> y", "adjust for z"),
        ("z -> x -> y\nz -> y", "w -> x -> y\nw -> y", "adjust for w, z"),
        ("x -> y", "x -> m -> y", "adjust for nothing"),
    ],
)
def test_does_the_dispute_matter(two_graphs: Any, a: str, b: str, words: str) -> None:
    """One analysis serves both teams, or it is said that none does."""
    read = two_graphs["read_team"]
    verdict = two_graphs["verdict"](read(a, "x", "y")[0], read(b, "x", "y")[0])
    assert words in verdict
