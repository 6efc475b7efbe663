"""The chooser and the map: every way ends in a section that exists, every arrow on a card."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from helpers.course import gallery
from tests.support import NAMES, ROOT, Run, descriptions, run

PAGE = ROOT / "slides" / "teaching" / "find_your_way.py"


@pytest.fixture(scope="module")
def page() -> Run:
    """Return the page, run once as it opens."""
    return run(PAGE)


def headings(number: str) -> list[str]:
    """Return the headings of a notebook's sections."""
    (path,) = (ROOT / "solutions").glob(f"{number}_*.py")
    found = re.findall(r"^    ##+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return [heading.removesuffix(" · optional") for heading in found]


def test_six_questions_and_every_way_ends(page: Any) -> None:
    """Whatever is answered, the way ends in a section that exists; no question is out of reach."""
    ways, reached, ends = page.defs["WAYS"], set(), set()
    assert len(ways) == 6
    for said in itertools.product(("yes", "no"), repeat=6):
        path, end = page.defs["follow"](ways, dict(zip(ways, said, strict=True)))
        number, section, why = end
        assert section in headings(number)
        assert why.endswith(".")
        reached |= set(path)
        ends.add((number, section))
    assert reached == set(ways)
    assert len(ends) == 7


def test_a_nudge_is_an_instrument(page: Any) -> None:
    """It pushes, touches the outcome in no other way, and shares no cause with it."""
    question, yes, _ = page.defs["WAYS"]["nudge"]
    assert yes[:2] == ("10", "A coin that only encourages")
    for words in ("push some towards it", "touches it in no other way", "shares no cause"):
        assert words in question


def test_questions_come_one_after_the_other(page: Any) -> None:
    """Before an answer is given nothing further is asked; odd answers count as none."""
    follow, ways = page.defs["follow"], page.defs["WAYS"]
    assert follow(ways, {}) == (["decide"], None)
    assert follow(ways, {"decide": "perhaps"}) == (["decide"], None)
    assert follow(ways, {"decide": "yes"}) == (["decide", "share"], None)
    assert follow(ways, {"decide": "yes", "share": "yes"})[1][0] == "14"
    assert page.defs["end"] is None


def test_other_questions_lead_to_sections(page: Any) -> None:
    """With the chooser each notebook of the course is named."""
    asked = page.defs["QUESTIONS"]
    for number, section in asked.values():
        assert section in headings(number), (number, section)
    ends = [end[0] for _, *both in page.defs["WAYS"].values() for end in both if len(end) == 3]
    named = {number for number, _ in asked.values()} | set(ends)
    assert {name[:2] for name in NAMES} - named <= {"15"}


def test_the_map_is_that_of_the_cards(page: Any) -> None:
    """Every notebook but the first needs an earlier one, and can be reached from the first."""
    needed = page.defs["before"](ROOT / "solutions")
    assert sorted(needed) == NAMES
    assert needed["01_causal_graphs"] == []
    assert all(needed[name] for name in NAMES[1:])
    drawn = page.defs["course_map"]
    first = "01 causal graphs"
    assert {node for edge in drawn.edges for node in edge} == {
        f"{name[:2]} {name[3:].replace('_', ' ')}" for name in NAMES
    }
    assert all(not drawn.independent(first, node) for node in drawn.nodes if node != first)


def test_the_readme_says_what_comes_before(page: Any) -> None:
    """Its column holds what the cards name as needed; what only helps is not needed."""
    needed = page.defs["before"](ROOT / "solutions")
    rows = gallery.ROW.finditer((ROOT / "README.md").read_text(encoding="utf-8"))
    said = {row["name"]: re.findall(r"\d\d", row["before"]) for row in rows}
    assert said == needed
    assert "05" not in needed["08_mediation"]
    assert "12" not in needed["17_decisions"]


def test_the_map_leaves_longer_ways_out(page: Any) -> None:
    """1 → 2 → 3 says that 1 comes before 3."""
    arrows = page.defs["arrows_between"]({"01_a": [], "02_b": ["01"], "03_c_d": ["01", "02"]})
    assert arrows == [("01 a", "02 b"), ("02 b", "03 c d")]


def test_the_map_is_told_in_words(page: Any) -> None:
    assert any("01 causal graphs" in words for words in descriptions(page))
