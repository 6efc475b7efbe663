"""Claims hold words and numbers together: on a page of a few lines, each careless edit is seen."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest

from tests import claims
from tests.claims import Claim, Globals
from tests.support import Run

PAGE = '''
import marimo

app = marimo.App()

with app.setup:
    import marimo as mo


@app.cell(hide_code=True)
def reading(gap, slope):
    mo.md(rf"""
    ## The naive answer

    A clear line: {signed(slope, 3)} rooms per euro. A plain remark. It is off by about
    {gap["euros"]:.1f} euros.

    A **fork** makes its ends move together. Never adjust for a collider.

    $$\\hat\\beta = \\frac{{\\text{{cov}}(x, y)}}{{\\text{{var}}(x)}}$$
    """)
    return


@app.cell(hide_code=True)
def ending():
    mo.md(r"""
    ## Takeaways

    - Looking is not doing:
      prices rise with the heat.
    """)
    return
'''
X = np.arange(5.0)
CLAIMS = [
    Claim(
        "A clear line: {signed(slope, 3)} rooms per euro.",
        lambda g: abs(g.slope - np.polyfit(X, 0.5 * X, 1)[0]) < 1e-9,
    ),
    Claim('It is off by about {gap["euros"]:.1f} euros.', lambda g: g.gap["euros"] == 1.5),
    Claim("A **fork** makes its ends move together.", lambda g: g.slope > 0),
    Claim("Never adjust for a collider.", lambda g: g.slope > 0),
    Claim(r"$$\hat\beta = \frac{\text{cov}(x, y)}{\text{var}(x)}$$", lambda g: g.slope > 0),
    Claim("Looking is not doing: prices rise with the heat.", lambda g: g.slope > 0),
    Claim("Dear evenings: # rooms more", lambda g: g.numbers("Dear evenings: #") == [0.5]),
]


def run_of(folder: Path, page: str = PAGE, title: str = "Dear evenings: +0.5 rooms more") -> Run:
    """Return a run of a small page that shows one chart beside a text."""
    import marimo as mo

    path = folder / "page.py"
    path.write_text(page.lstrip(), encoding="utf-8")
    claims.prose.cache_clear()
    chart = alt.Chart(pd.DataFrame({"x": X, "y": X})).mark_point().encode(x="x", y="y")
    shown = mo.vstack([mo.md("Text."), chart.properties(title=title)])
    return Run(path, (shown,), {"slope": 0.5, "gap": {"euros": 1.5}, "signed": format}, "")


def left(run: Run, every: list[Claim] = CLAIMS) -> list[str]:
    """Return what is not claimed, by kind."""
    return [unit.kind for unit in claims.uncovered(run.path, every, claims.titles(run))]


def test_a_page_can_be_claimed_in_full(tmp_path: Path) -> None:
    """Seven claims cover seven pieces; the plain remark needs none."""
    run = run_of(tmp_path)
    shown = claims.titles(run)
    kinds = [unit.kind for unit in claims.units(run.path, shown)]
    assert kinds == ["formula", "number", "number", "bold", "rule", "takeaway", "title"]
    assert left(run) == []
    assert claims.missing(run.path, CLAIMS, shown) == []
    assert claims.unread_numbers(run.path, CLAIMS, run) == []
    assert all(claims.holds(claim, Globals(run)) for claim in CLAIMS)


@pytest.mark.parametrize("place", range(len(CLAIMS)))
def test_what_no_claim_quotes_is_listed(place: int, tmp_path: Path) -> None:
    """Without one of them, its piece is left over."""
    assert len(left(run_of(tmp_path), CLAIMS[:place] + CLAIMS[place + 1 :])) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rooms per euro", "euros per room"),
        ("signed(slope, 3)", "signed(gap, 3)"),
        ("A **fork**", "A **collider**"),
        ("Never adjust", "Always adjust"),
        ("(x, y)", "(y, y)"),
        ("rise with", "fall with"),
        (":.1f} euros", ":.1f} dollars"),
    ],
)
def test_an_edited_sentence_is_not_found(old: str, new: str, tmp_path: Path) -> None:
    """The quotation fails, and what stands there now is left over."""
    assert PAGE.count(old) == 1
    run = run_of(tmp_path, PAGE.replace(old, new))
    assert len(claims.missing(run.path, CLAIMS, claims.titles(run))) == 1
    assert len(left(run)) == 1


def test_an_edited_title_is_not_found(tmp_path: Path) -> None:
    """Other words fail; another number is the predicate's."""
    run = run_of(tmp_path, title="Dear evenings: +0.5 euros more")
    assert left(run) == ["title"]
    run = run_of(tmp_path, title="Dear evenings: −0.5 rooms more")
    assert left(run) == []
    assert not claims.holds(CLAIMS[-1], Globals(run))


def test_half_a_sentence_does_not_cover_it(tmp_path: Path) -> None:
    """Two quotations may share a sentence; one half is not enough."""
    halves = [Claim("A **fork** makes", bool), Claim("its ends move together.", bool)]
    others = [claim for claim in CLAIMS if "fork" not in claim.quotes[0]]
    run = run_of(tmp_path)
    assert left(run, [*others, *halves]) == []
    assert left(run, [*others, halves[0]]) == left(run, [*others, halves[1]]) == ["bold"]


def test_a_printed_number_must_be_read(tmp_path: Path) -> None:
    """A predicate that does not look at what its sentence prints is named."""
    lazy = Claim(CLAIMS[0].quotes[0], lambda _: 1 < 2)  # noqa: PLR0133
    run = run_of(tmp_path)
    (unread,) = claims.unread_numbers(run.path, [lazy, *CLAIMS[1:]], run)
    assert unread.startswith("slope in number: A clear line")


def test_a_predicate_must_be_able_to_fail(tmp_path: Path) -> None:
    """One that any number passes is blind; one that compares is not."""
    run = run_of(tmp_path)
    names = frozenset({"slope", "gap", "signed"})
    assert claims.blind(CLAIMS[0], run, names) == ["gap"]
    blind = Claim("x", lambda g: abs(g.slope) >= 0 and g.gap["euros"] == 1.5)
    assert claims.blind(blind, run, names) == ["slope"]


def test_only_true_is_true(tmp_path: Path) -> None:
    """A predicate that returns a value that merely counts as true does not hold."""
    run = run_of(tmp_path)
    for value, expected in ((True, True), (np.bool_(1), True), (1, False), ("yes", False)):
        assert claims.holds(Claim("x", lambda _, v=value: v), Globals(run)) is expected


def test_numbers_of_the_page(tmp_path: Path) -> None:
    """A missing global is named; words that stand nowhere, too."""
    run = run_of(tmp_path)
    with pytest.raises(AttributeError, match="no global salary"):
        _ = Globals(run).salary
    with pytest.raises(AssertionError, match="0 texts"):
        Globals(run).numbers("Cheap evenings")


TABLE = '''
import marimo

app = marimo.App()

with app.setup:
    import marimo as mo


@app.cell(hide_code=True)
def variables():
    mo.md("""
    | Name | Meaning | Unit |
    |:--|:--|:--|
    | `age`, `stay` | age; time with us | years; months |
    | `red`, `blue` | its colour | 1 yes, 0 no |
    | `size` | | sd |

    | | |
    |:--|:--|
    | Data | none |
    """)
    return
'''
MEASURED = {"age": "years", "stay": "months", "red": "1 yes, 0 no", "blue": "1 yes, 0 no"}
MEASURED |= {"size": "sd"}


def test_units_are_read_from_a_table(tmp_path: Path) -> None:
    """Each row is to be claimed; another unit in it, or data of another unit, do not hold."""
    data = pd.DataFrame({"red": [0, 1, 1], "size": [-1.0, 0, 1]})
    run = run_of(tmp_path, TABLE)
    assert claims.units_of(run.path) == MEASURED
    assert [unit.kind for unit in claims.units_of_prose(run.path)] == ["unit"] * 3
    assert claims.unit_rows(Globals(run), MEASURED, data)
    for wrong in (data.assign(red=data["red"] + 1), data.assign(size=1_000 * data["size"])):
        assert not claims.unit_rows(Globals(run), MEASURED, wrong)
    assert not claims.unit_rows(Globals(run), MEASURED, data[[]])
    for old, new in (("years;", "days;"), ("1 yes, 0 no", "0 yes, 1 no"), ("| sd |", "| m² |")):
        edited = run_of(tmp_path, TABLE.replace(old, new))
        assert not claims.unit_rows(Globals(edited), MEASURED, data)


def test_each_row_below_headings_is_to_be_claimed(tmp_path: Path) -> None:
    """A card has none, and its rows are not; no row of headings, and no line below it, is one."""
    table = "    | ask | then |\n    |:--|:--|\n    | few rows? | pool |\n\n    A **fork**"
    page = PAGE.replace("    A **fork**", table)
    rows = [u.text.strip() for u in claims.units_of_prose(run_of(tmp_path, page).path)]
    assert "| few rows? | pool |" in rows
    assert "| ask | then |" not in rows
    assert left(run_of(tmp_path, page)) == ["row"]
    told = Claim("| few rows? | pool |", lambda g: g.slope > 0)
    assert left(run_of(tmp_path, page), [*CLAIMS, told]) == []
    card = page.replace("| ask | then |", "| | |")
    assert left(run_of(tmp_path, card)) == []


def test_the_prior_is_read_from_the_model() -> None:
    """Distribution and parameters are those of the random variable, whatever a comment says."""
    import pymc as pm

    with pm.Model() as model:
        pm.Normal("slope", 0, 5000)
        pm.HalfNormal("noise", np.array([1.0, 2.0]), shape=2)
    assert claims.prior_of(model, "slope") == ("Normal", [0, 5000])
    kind, (_, sd) = claims.prior_of(model, "noise")
    assert (kind, sd) == ("HalfNormal", [1, 2])
