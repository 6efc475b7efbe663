"""The page contract in marimo's editor, 1280 x 900, before anything is typed; and one exercise.

The quick tier looks at the first screens of one notebook and does one exercise; the deep tier
scrolls through every page. Needs a Chromium and the dev group.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import editor
from tests.browsing import copy_course
from tests.editor import Page
from tests.support import NAMES, ROOT

STRIPS = 20
PIXELS = 32_500
"""Measured, optional sections included: 01 32,098, 05 31,289, 02 27,729; to be lowered."""


@pytest.fixture(scope="module")
def pages(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function: name -> its page in the editor, measured once."""
    course: Path = copy_course(tmp_path_factory.mktemp("pages"), few=False)
    seen: dict[str, Page] = {}

    def page(name: str) -> Page:
        if name not in seen:
            seen[name] = editor.look_at(browser, course, name)
        return seen[name]

    return page


FIRST = "02_confounders_colliders_mediators"
SCREENS = 3


def hold_first_screens(page: Page) -> None:
    """First screen: question, aim, time. Second: a picture, or something to do; no strip before."""
    height = editor.SCREEN["height"]
    first = " ".join(cell["text"] for cell in page.within(0, height))
    for words in ("?", "You will be able to", "minutes"):
        assert words in first, f"the first screen lacks “{words}”"
    to_see = page.first_to_see
    assert to_see is not None
    assert to_see["top"] < 2 * height, to_see["name"]
    before = [c["name"] for c in page.cells if c["strip"] and c["top"] < to_see["top"]]
    assert set(before) <= {"setup"}
    assert [cell["name"] for cell in page.cells if cell["failed"]] == []
    assert not page.failures


def test_one_page_and_one_exercise(browser: Any, course: Path) -> None:
    """Look as far as the third screen; then click into a cell, type, and click its run button."""
    every = editor.solved_code(FIRST)
    exercise, wrong = "exercise_1_predict", "'too high'"
    code, check = every[exercise]
    with editor.opened(browser, course, FIRST, screens=SCREENS) as (page, measured):
        hold_first_screens(measured)
        page.get_by_text(f"0 of {len(every)} done").first.wait_for()
        cell = page.locator(f"[data-cell-name={exercise}]")
        judged = page.locator(f"[data-cell-name={check}]")
        judged.get_by_text("To do.").first.wait_for()
        for answer, verdict in ((f"{code.split(' =')[0]} = {wrong}", "Not yet."), (code, "Done.")):
            cell.scroll_into_view_if_needed()
            cell.locator(".cm-content").click()
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(answer)
            cell.hover()
            cell.locator("[data-testid=run-button]").first.click()
            judged.get_by_text(verdict).first.wait_for()
        page.get_by_text(f"1 of {len(every)} done").first.wait_for()
        assert not measured.failures


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_the_first_screens(name: str, pages: Any) -> None:
    """Each page, as it stands when all of it has been in sight."""
    hold_first_screens(pages(name))


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_clean(name: str, pages: Any) -> None:
    """Few strips, those that the files foretell; no error; progress is shown; not too long."""
    page = pages(name)
    assert page.strips == list(editor.strips(ROOT / "notebooks" / f"{name}.py"))
    assert len(page.strips) <= STRIPS
    checks = sum(cell["name"].startswith("check_") for cell in page.cells)
    assert f"0 of {checks} done" in page.text
    assert "# slide:" not in page.text
    assert page.height <= PIXELS


def test_what_is_broken_is_seen(browser: Any, tmp_path: Path) -> None:
    """A page with an error, a comment above its prose and no picture: the measures say so."""
    toy = """
import marimo

app = marimo.App(width="medium")

with app.setup:
    import marimo as mo


@app.cell(hide_code=True)
def commented():
    # a comment
    mo.md("A remark.")
    return


@app.cell(hide_code=True)
def clean():
    mo.md(f"Prose, {1 + 1}.")
    return


@app.cell
def broken():
    1 / 0
    return


@app.cell(hide_code=True)
def progress():
    mo.callout(mo.md("0 of 3 done."))
    return
"""
    (tmp_path / "notebooks").mkdir()
    file = tmp_path / "notebooks" / "toy.py"
    file.write_text(toy.lstrip(), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    page = editor.look_at(browser, tmp_path, "toy")
    assert page.strips == list(editor.strips(file)) == ["commented", "progress"]
    assert editor.strips(file)["commented"] == "# a comment"
    assert [cell["name"] for cell in page.cells if cell["failed"]] == ["broken"]
    assert page.first_to_see is None
    assert 300 < page.height < 2000
