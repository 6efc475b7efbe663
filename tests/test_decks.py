"""The decks in slides/: they run, every number is computed, and a speaker knows what to say."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import altair as alt
import numpy as np
import pytest

from helpers import derive
from tests.support import DECKS, ROOT, Run, cells, move, run, sliders


@pytest.fixture(scope="module", params=DECKS)
def deck(request: pytest.FixtureRequest) -> Run:
    """Return each deck, run from top to bottom."""
    return run(ROOT / f"{request.param}.py")


def test_there_are_decks() -> None:
    """A workshop opens and closes with a deck."""
    assert {"slides/opening", "slides/closing"} <= set(DECKS)


def test_deck_writes_nothing_and_draws(deck: Run) -> None:
    """No warning reaches a slide, and a figure says in words what it shows."""
    assert deck.printed == ""
    shown = [output for output in deck.outputs if output is not None]
    assert shown
    charts = [value for value in deck.outputs if isinstance(value, alt.TopLevelMixin)]
    assert all(len(chart.to_dict().get("description", "")) > 40 for chart in charts)


def test_every_slide_has_notes(deck: Run) -> None:
    """Each slide that starts a section says: aim, trap, minutes, what to skip when late."""
    sections = [cell for cell in cells(deck.path) if derive.slide_of(cell)["type"] == "slide"]
    assert len(sections) >= 6
    for cell in sections:
        notes = str(derive.slide_of(cell).get("speakerNotes", ""))
        missing = [w for w in ("Aim", "Trap", "Minutes", "If late") if w not in notes]
        assert not missing, f"{deck.path.name}, {cell.name}: the notes lack {missing}"


def test_sliders_answer_at_once(deck: Run) -> None:
    """A live figure follows its slider in under 200 ms."""
    for name, slider in sliders(deck).items():
        seconds, shown = move(deck, name, slider.start)
        move(deck, name, slider.value)
        assert shown
        assert seconds < 0.2, f"{name}: {seconds:.2f} s"


def test_marimo_check_is_strict() -> None:
    """Marimo finds nothing to complain about in any deck."""
    files = [str(ROOT / f"{name}.py") for name in DECKS]
    command = [sys.executable, "-m", "marimo", "check", "--strict", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_opening_tells_seeing_from_doing(seed: int) -> None:
    """A euro does what it does; what is seen grows with the season's pull on the budget."""
    defs: dict[str, Any] = run(ROOT / "slides" / "opening.py", SEED=seed).defs
    assert defs["done"] == pytest.approx(0.5)
    pull, sd_season, sd_own = 2, 2, 2  # cov / var of the budget, by hand
    bias = 3 * pull * sd_season**2 / (pull**2 * sd_season**2 + sd_own**2)
    assert defs["seen"] == pytest.approx(0.5 + bias)
    weeks = defs["shop"].sample(5_000, seed)
    assert np.polyfit(weeks["advertising"], weeks["sales"], 1)[0] == pytest.approx(1.7, abs=0.05)


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_closing_counts_the_winners(seed: int) -> None:
    """Among 20 useless ideas at the 5 % level, 1 - .95^20 of teams find one that works."""
    defs = run(ROOT / "slides" / "closing.py", SEED=seed).defs
    error = np.sqrt(0.64 * 0.36 / 4_000)
    assert defs["share_with_winner"] == pytest.approx(1 - 0.95**20, abs=4 * error)
