"""The page contract, read from the files and one run: short, clean, and nothing is given away.

What only a browser can measure is in tests/test_editor.py. Every notebook keeps to every limit.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.course import derive
from helpers.course.derive import EXERCISE
from tests import editor
from tests.editor import figures
from tests.support import NAMES, ROOT, Run, cells

MOST = {"lines": 1800, "cells": 130, "strips": 20, "marks": 0, "words": 3000}
"""The limits of the first nine notebooks; later ones are held to MOST_LATER."""
MOST_LATER = MOST | {"lines": 1300, "cells": 100}


def limits(name: str) -> dict[str, int]:
    """Return the limits of a notebook."""
    return MOST if name < "10" else MOST_LATER


@pytest.mark.parametrize("name", NAMES)
def test_page_is_not_too_long(name: str) -> None:
    """Lines, cells, strips, words: within the design's limits."""
    found = figures(name)
    over = {key: (found[key], most) for key, most in limits(name).items() if found[key] > most}
    assert not over, f"(is, at most): {over}"


TOY = '''
import marimo

app = marimo.App()

with app.setup(hide_code=True):
    import marimo as mo


@app.cell(hide_code=True)
def heading():
    mo.md(f"""
    ## First things, {1 + 1} of them
    """)
    return


@app.cell(hide_code=True)
def commented():
    # notes: Aim: none.
    mo.md("Four little words here.")
    return


@app.cell
def open_code():
    shown = 1
    return (shown,)


@app.function(hide_code=True)
def twice(x):
    """Return twice x."""
    half = x
    return 2 * half


@app.cell(hide_code=True)
def more():
    mo.md("""
    ## Something more · optional
    """)
    return


@app.cell
def extra(shown):
    half = twice(shown)
    return (half,)


@app.cell(hide_code=True)
def references():
    mo.md("""
    ### References
    """)
    return


@app.cell
def seed():
    SEED = 1
    return (SEED,)
'''


def test_what_is_measured(tmp_path: Path) -> None:
    """Strips, marks, words and sections of a page of a few cells."""
    file = tmp_path / "toy.py"
    file.write_text(TOY.lstrip(), encoding="utf-8")
    assert editor.strips(file) == {
        "setup": "import marimo as mo",
        "commented": "# notes: Aim: none.",
        "twice": "def twice(x):",
    }
    assert editor.marks(file) == ["# notes: Aim: none."]
    assert editor.words(file) == 12
    first, optional, end = editor.sections(file)[1:]
    assert [heading for heading, _ in (first, optional, end)] == [
        "First things,",
        "Something more · optional",
        "References",
    ]
    assert [editor.is_optional(heading) for heading, _ in (first, optional, end)] == [0, 1, 0]
    needs = {cell.name: editor.needs(cell) & {"shown", "half", "twice"} for cell in cells(file)}
    assert needs["extra"] == {"shown", "twice"}
    assert needs["twice"] == set()


def test_what_gives_an_answer_away() -> None:
    """One text alone does, a list of options does not; a number does with three digits or more."""
    assert given_away('direction, "too low",', "too low")
    assert not given_away('["too low", "too high"]', "too low")
    assert printed_forms(1794.2) >= {"1,794", "1,794.2"}
    assert printed_forms(-0.3217) == {"0.322", "0.3217"}
    assert printed_forms(12) == {"12.0", "12.00", "12.000", "12.0000"}
    assert printed_forms("about 0") == printed_forms(float("nan")) == set()


# Nothing is given away ---------------------------------------------------------------------------


def answers_of(name: str, solved: Run) -> dict[str, tuple[str, Any]]:
    """Return the answer to each exercise: its cell -> (name of the answer, its value)."""
    found = {}
    for cell in cells(ROOT / "solutions" / f"{name}.py"):
        if cell.markers:
            for asked in derive.asked_names(cell):
                found[cell.name] = (asked, solved.defs.get(asked))
    return found


def given_away(text: str, answer: str) -> bool:
    """Return whether a text holds an answer alone: a list of all options gives nothing away."""
    quoted = re.findall(r"[\"“`]([^\"”`\n]+)[\"”`]", text)
    return quoted == [answer]


def printed_forms(value: Any) -> set[str]:
    """Return how a number may be printed: with three digits or more, so that chance is no leak."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return set()
    if not np.isfinite(value):
        return set()
    forms = {f"{abs(value):,.{digits}f}" for digits in range(5)}
    return {form for form in forms if len(re.sub(r"\D", "", form).lstrip("0")) >= 3}


@pytest.mark.parametrize("name", NAMES)
def test_no_strip_gives_an_answer_away(name: str, run_notebook: Any) -> None:
    """The grey first line of a cell holds no answer."""
    answers = answers_of(name, run_notebook("solutions", name))
    assert answers
    for cell, line in editor.strips(ROOT / "notebooks" / f"{name}.py").items():
        for exercise, (_, value) in answers.items():
            assert not (isinstance(value, str) and given_away(line, value)), f"{exercise}: {cell}"


def wanted_lines(name: str) -> dict[str, set[str]]:
    """Return what the lines of each exercise's solution compute, and its given lines do not."""
    wanted = {}
    for cell in cells(ROOT / "solutions" / f"{name}.py"):
        if cell.markers:
            given, _, solved = "\n".join(cell.lines).partition("# solution\n")
            assert solved
            known = set(map(computed, given.splitlines()))
            wanted[cell.name] = set(map(computed, solved.splitlines())) - known
    return wanted


@pytest.mark.parametrize("name", NAMES)
def test_no_strip_is_a_line_of_a_solution(name: str) -> None:
    """The grey first line of a cell does not compute what an exercise asks for."""
    wanted = set().union(*wanted_lines(name).values())
    shown = editor.strips(ROOT / "notebooks" / f"{name}.py")
    leaks = [c for c, line in shown.items() if computed(line) in wanted and len(line) > SHORT]
    assert leaks == []


@pytest.mark.parametrize("name", NAMES)
def test_no_visible_code_is_a_line_of_a_solution(name: str) -> None:
    """In the section of an exercise no cell in sight computes what it asks for."""
    wanted = wanted_lines(name)
    for _, section in editor.sections(ROOT / "notebooks" / f"{name}.py"):
        for exercise in (cell.name for cell in section if cell.name in wanted):
            leaks = {
                f"{cell.name}: {line.strip()}"
                for cell in section
                if cell.name != exercise and not editor.is_hidden(cell)
                for line in cell.lines
                if computed(line) in wanted[exercise] and len(computed(line)) > SHORT
            }
            assert leaks == set(), exercise


def test_a_line_of_a_solution_is_known_by_what_it_computes() -> None:
    """Whatever its name."""
    assert computed('total, _ = regress(hours, on="rain")') == computed(
        '_slope, _ = regress(hours,on="rain")'
    )
    assert computed("x == 2") == "x==2"


SHORT = 20
"""A line that computes less than so many characters gives nothing away."""


def computed(line: str) -> str:
    """Return what stands right of the first assignment of a line, without blanks."""
    return re.sub(r"\s", "", re.split(r"(?<![=!<>])=(?!=)", line, maxsplit=1)[-1])


@pytest.mark.parametrize("name", NAMES)
def test_no_backslash_was_lost(name: str) -> None:
    """A formula's command whose backslash was read as an escape leaves a character to control."""
    for form in ("solutions", "notebooks"):
        text = (ROOT / form / f"{name}.py").read_text(encoding="utf-8")
        assert re.findall(r".{0,20}[\x00-\x08\t\x0b-\x1f].{0,20}", text) == []


@pytest.mark.parametrize("name", NAMES)
def test_formulas_are_drawn(name: str, run_notebook: Any) -> None:
    """No formula stands on a page as its source: Markdown may take a line of it for a list."""
    shown = [getattr(output, "text", "") for output in run_notebook("notebooks", name).outputs]
    assert any("marimo-tex" in text for text in shown)
    assert [
        text[:300] for text in shown if "$$" in text or "\\begin{aligned}" in text_of(text)
    ] == []


def text_of(html: str) -> str:
    """Return the text of a page outside of its formulas."""
    return re.sub(r"<marimo-tex.*?</marimo-tex>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_no_why_stands_on_the_page(name: str, run_notebook: Any) -> None:
    """What a check says once the answer is right stands nowhere before."""
    whys = {k: c.message for k, c in run_notebook("solutions", name).checks.items()}
    page = run_notebook("notebooks", name)
    shown = " ".join(getattr(output, "text", "") for output in page.outputs)
    assert all(len(why) > 20 for why in whys.values()), whys
    assert [check for check, why in whys.items() if why[:60] in shown] == []
    assert {c.message for c in page.checks.values()} & set(whys.values()) == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_number_gives_an_answer_away(name: str, run_notebook: Any) -> None:
    """In the section of an exercise, above it and below, nothing shows the number it asks for."""
    answers = answers_of(name, run_notebook("solutions", name))
    page = run_notebook("notebooks", name)
    path = ROOT / "notebooks" / f"{name}.py"
    source = [cell.name for cell in cells(path) if cell.kind != "setup"]
    shown = dict(zip(source, page.outputs, strict=True))
    for _, section in editor.sections(path):
        names = [cell.name for cell in section]
        for exercise in (each for each in names if each in answers and EXERCISE.match(each)):
            asked, value = answers[exercise]
            text = " ".join(getattr(shown.get(each), "text", "") for each in names)
            seen = {
                form
                for form in printed_forms(value)
                if re.search(rf"(?<![\d.,]){re.escape(form)}(?![\d])", text)
            }
            assert not seen, f"{exercise}: {asked} = {seen}"


HELD = {"01": 1, "02": 5, "03": 1, "04": 7, "05": 1, "07": 4, "09": 4, "10": 8, "11": 3, "12": 9}
HELD |= {"13": 11, "14": 8, "15": 6, "16": 12, "17": 5, "18": 3}
"""How many pictures, tables and sentences of each page wait for an exercise."""


@pytest.mark.parametrize("name", NAMES)
def test_what_is_held_back_is_not_shown(name: str, run_notebook: Any) -> None:
    """Where a view waits for an exercise, the page of an attendee shows a line in its place."""
    page = run_notebook("notebooks", name)
    source = [cell for cell in cells(ROOT / "notebooks" / f"{name}.py") if cell.kind != "setup"]
    held = {
        cell.name: getattr(output, "text", "")
        for cell, output in zip(source, page.outputs, strict=True)
        if re.search(r"\bafter\(\s*check_\d", "\n".join(cell.lines))
    }
    assert len(held) == HELD.get(name[:2], 0), sorted(held)
    assert [cell for cell, text in held.items() if "appears here" not in text] == []


ITS_USE = (
    "World and models follow his lectures",
    "our company has the shape of its world",
    "source of the NHEFS table",
)
"""What an entry of a list of references may say itself, in the place of a citation."""


def uncited(page: str) -> list[str]:
    """Return the entries under `### References` that nothing else on the page names.

    Named is an entry in one paragraph, of text or code, by its first author with its year, or with
    its title; where it has no year, by its author alone.
    """
    before, rest = page.split("### References")
    listed, after = re.split(r'(?=\n *###|\n *""")', rest, maxsplit=1)
    entries = [" ".join(entry.split()) for entry in re.split(r"\n *- ", f"\n{listed}")[1:]]
    paragraphs = [" ".join(text.split()) for text in re.split(r"\n\s*\n", before + after)]
    found = []
    for entry in entries:
        author = re.split(r",| \(", entry)[0]
        year, title = (re.findall(form, entry)[:1] for form in (r"\((\d{4})", r"\*([^*]+)\*"))
        marks = year + title if year else [author]
        named = any(
            re.search(rf"\b{re.escape(author)}\b", text) and any(mark in text for mark in marks)
            for text in paragraphs
        )
        if not named and not any(use in entry for use in ITS_USE):
            found.append(entry)
    return found


LISTED = '''
def text():
    mo.md("""
    Heat is behind both (Vogel
    & Baum 1999), says *A Book of Lakes* (Sommer, chapter 2).

    Herbst wrote more.
    """)

def references():
    mo.md("""
    ### References

    - Baum, A. (1999). Not the first author.
    - Herbst, C. (2003). Cited in 2003
      by nobody.
    - Sommer, B. (2001). *A Book of Lakes*.
    - Vogel, D., & Baum, A. (1999). Heat.

    ### Knobs

    Herbst was born in 1903.
    """)
'''


def test_what_nobody_cites_is_found() -> None:
    """By author and year in one paragraph, or by author and title."""
    assert [entry[:6] for entry in uncited(LISTED)] == ["Herbst"]
    assert uncited(LISTED.replace("Herbst wrote", "Herbst (2003) wrote")) == []
    assert len(uncited(LISTED.replace("Vogel\n", "Wolf\n").replace("Lakes* (S", "Seas* (S"))) == 3


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_is_cited(name: str) -> None:
    """No book or article is listed that the page does not use."""
    page = (ROOT / "notebooks" / f"{name}.py").read_text(encoding="utf-8")
    assert page.count("### References") == 1
    assert uncited(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_listed_doi_is_a_link(name: str) -> None:
    """Who reads a reference can open it: its DOI is a link to itself."""
    page = (ROOT / "notebooks" / f"{name}.py").read_text(encoding="utf-8")
    listed = re.split(r'\n *###|\n *"""', page.split("### References")[1], maxsplit=1)[0]
    named = re.findall(r"doi:(10\.\S+?)[].,;]*(?:[\s\]]|$)", re.sub(r"\]\(\S+", "] ", listed))
    linked = re.findall(r"\[doi:(10\.[^\]]+)\]\(https://doi\.org/\1\)", listed)
    assert named == linked


@pytest.mark.parametrize("name", NAMES)
def test_core_does_without_the_optional(name: str) -> None:
    """No core section uses what an optional one makes."""
    for form in ("solutions", "notebooks"):
        optional: set[str] = set()
        for heading, section in editor.sections(ROOT / form / f"{name}.py"):
            if editor.is_optional(heading):
                optional |= {made for cell in section for made in cell.returned}
        assert any(editor.is_optional(h) for h, _ in editor.sections(ROOT / form / f"{name}.py"))
        for heading, section in editor.sections(ROOT / form / f"{name}.py"):
            if not editor.is_optional(heading):
                for cell in section:
                    used = editor.needs(cell) & optional
                    assert not used, f"{cell.name} ({heading}) needs {used}"
