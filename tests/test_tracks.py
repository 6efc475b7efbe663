"""A track shows nothing that it has not introduced: no estimate, and no posterior.

Notebooks compute a whole page at once, so that a slide works wherever a speaker begins. What a room
can follow is another matter, and that is tested here.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from helpers.course import derive
from tests.editor import needs
from tests.support import DECKS, NAMES, ROOT
from tests.test_minutes import WITHOUT
from tests.test_teaching import parts, rows, stem_of

TRACKS = [name for name in parts() if not name.startswith("Level")]
EXPLAINS = {
    ("bayesian_bridge", "Posterior: belief, after the data"),
    ("04_bayesian_ab_testing", "The model, and what it expects to see"),
}
"""The sections that say what a prior and a posterior are."""
AFTER_ANOTHER = "Second day, 9:00 to 17:00"
"""The track for those who have done another one."""
HANDED_OUT = ("18_your_own_case", "Take it home")
"""A section that gives away files: they hold more than the room has discussed."""
SILENT = re.compile(rf"{derive.MARKS.pattern}|^ *\| Before")
"""Maintainers' marks, and what a card asks of those who come alone."""
POSTERIOR = re.compile(r"\bposterior|\bHDI\b", re.IGNORECASE)
NUMBERS = (float, np.number, np.ndarray, pd.Series, pd.DataFrame, xr.DataArray)
HEADING = re.compile(r"(?:^ *|mo\.md\(\")#{1,2} (.+?)(?: *$|\"\))", re.MULTILINE)


@functools.cache
def cells_of(stem: str) -> list[tuple[str, derive.Cell, bool]]:
    """Return (section, cell, whether it stands on a slide) of a notebook or deck."""
    folder = "slides" if f"slides/{stem}" in DECKS else "solutions"
    cells = derive.cells_of((ROOT / folder / f"{stem}.py").read_text(encoding="utf-8"), stem)
    section, found = "", []
    for cell, slide in zip(cells, derive.slides_of(cells), strict=True):
        code = "\n".join(line for line in cell.lines if not derive.MARKS.match(line))
        heading = HEADING.search(code)
        timed = "Minutes:" in str(slide.get("speakerNotes", ""))
        if heading and (timed or slide["type"] == "slide"):
            section = heading[1]
        found.append((section, cell, slide["type"] != "skip"))
    return found


def taught(track: str) -> list[tuple[str, str]]:
    """Return (stem, section) of each row of a track that is one, in its order."""
    listed = [(stem_of(row["where"]), row["what"]) for row in rows(parts()[track])]
    plain = []
    for stem, what in listed:
        found = WITHOUT.match(what)
        plain.append((stem, found["heading"] if found else what))
    return [row for row in plain if row[0] in (*NAMES, *(deck.split("/")[1] for deck in DECKS))]


TAUGHT = sorted({stem for track in TRACKS for stem, _ in taught(track) if stem in NAMES})


def core(stem: str) -> list[str]:
    """Return the sections of a notebook up to its takeaways, in order."""
    order = list(dict.fromkeys(section for section, _, _ in cells_of(stem)))
    ends = (at for at, section in enumerate(order) if section.startswith("Takeaways"))
    return order[: next(ends, len(order))]


def left_out(stem: str, section: str, seen: list[str], made: dict[str, Any]) -> list[str]:
    """Return the numbers that a section shows, and that an earlier one, left out, has made."""
    order = core(stem)
    before = order[: order.index(section)] if section in order else order
    home = {name: where for where, cell, _ in cells_of(stem) for name in cell.returned}
    used = {
        name
        for where, cell, shown in cells_of(stem)
        if where == section and shown
        for name in needs(cell)
    }
    missing = (name for name in used if home.get(name) in before and home[name] not in seen)
    return sorted(name for name in missing if isinstance(made.get(name), NUMBERS))


@pytest.mark.parametrize("name", TAUGHT)
def test_no_estimate_is_shown_before_its_section(name: str, run_notebook: Any) -> None:
    """What a chart or a sentence takes from another section of the core has been shown there."""
    made = run_notebook("solutions", name).defs
    faults = []
    for track in TRACKS:
        seen: list[str] = []
        for stem, section in taught(track):
            if stem == name and (stem, section) != HANDED_OUT:
                seen.append(section)
                lost = left_out(stem, section, seen, made)
                faults += [f"{track}, {section}: {number}" for number in lost]
    assert not faults


@pytest.mark.parametrize("track", [track for track in TRACKS if track != AFTER_ANOTHER])
def test_no_posterior_before_it_is_explained(track: str) -> None:
    """A slide that says posterior, or HDI, comes after the section that says what it is."""
    explained = False
    for row in taught(track):
        explained = explained or row in EXPLAINS
        shown = [cell for section, cell, on in cells_of(row[0]) if section == row[1] and on]
        lines = [line for cell in shown for line in cell.lines if not SILENT.match(line)]
        said = [line for line in lines if row[0] in NAMES and POSTERIOR.search(line)]
        assert explained or not said, f"{row}: {said[0].strip()}"


def test_a_track_that_leaves_a_section_out_is_noticed() -> None:
    """Without the regression, the sensitivity of 05 speaks of a number that nobody has seen."""
    stem, section = "05_lalonde_do_operator", "How strong would a hidden confounder have to be?"
    assert "ols_ate" in left_out(stem, section, ["The naive answer"], {"ols_ate": 1548.0})
    seen = ["A regression with all eight covariates"]
    assert "ols_ate" not in left_out(stem, section, seen, {"ols_ate": 1548.0})
