"""One page a notebook, to print: a small course made here; deep, every notebook's own."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from helpers import graphs
from helpers.course import gallery, sheets
from tests.browsing import NoBrowserError, chromium
from tests.support import NAMES, ROOT, cells

NOTEBOOK = '''
import marimo

app = marimo.App(app_title="Does it rain?")

with app.setup:
    import marimo as mo


@app.cell(hide_code=True)
def title():
    # notes: Aim: whispered to the speaker. Minutes: 2.
    mo.md("# Does it rain?")
    return


@app.cell(hide_code=True)
def card():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | look out of the window |
    | Question | Does a falling **barometer** bring rain? |
    | Time | core 5 minutes |
    """)
    return


@app.cell
def count():
    rain = 6 * 7
    return (rain,)


@app.cell(hide_code=True)
def takeaways(rain):
    mo.md(f"""
    ## Takeaways

    - It rained on **{rain} days**, and $do(0)$ would not have stopped it.
    """)
    return


@app.cell(hide_code=True)
def old_heading():
    mo.md("""
    ## A published number, re-examined: forty days · optional

    The book says 40.
    """)
    return


@app.cell(hide_code=True)
def old_read(rain):
    mo.md(f"We count {rain}.")
    return


@app.cell(hide_code=True)
def last():
    mo.md("## References\\n\\n- None.")
    return


if __name__ == "__main__":
    app.run()
'''
ROW = "| [01 small](notebooks/01_small.py) · [s](s) | Does it rain? | core 5 | none | start |\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the folder of a course of one notebook."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "slides").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "solutions" / "01_small.py").write_text(NOTEBOOK.lstrip(), "utf-8")
    (tmp_path / "tests" / "test_01_claims.py").touch()
    (tmp_path / "README.md").write_text(ROW, "utf-8")
    return tmp_path


def words(path: Path) -> str:
    """Return what a page says, in one line."""
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", path.read_text("utf-8"), flags=re.DOTALL)
    return " ".join(text.split())


def test_a_sheet_says_what_its_notebook_says(small: Path) -> None:
    """Card and takeaways, numbers computed; nothing of the speaker's; no element of marimo's."""
    made = sheets.build(small / "out", root=small)
    assert [path.name for path in made] == ["01_small.html", "published.html", "index.html"]
    said = words(made[0])
    assert "Does a falling barometer bring rain?" in said
    assert "It rained on 42 days" in said
    assert "<code>do(0)</code>" in made[0].read_text("utf-8")
    assert "whispered" not in said
    assert "marimo" not in made[0].read_text("utf-8")
    assert "Does it rain?" in words(made[2])


def test_published_numbers_stand_together(small: Path) -> None:
    """Heading, what was printed, what came out, where, and the file that tests it; no more."""
    said = words(sheets.build(small / "out", root=small)[1])
    assert "01 · A published number, re-examined: forty days" in said
    assert "The book says 40. We count 42." in said
    assert "tests/test_01_claims.py" in said
    assert "None." not in said
    assert "42 days" not in said


def test_the_gallery_leads_to_them(small: Path) -> None:
    """Its first page names them once they are there, and not before; each link leads somewhere."""
    site = small / "site"
    site.mkdir()
    found = gallery.entries(small)
    assert "sheets/" not in gallery.first_page(found, site)
    made = gallery.add_sheets(site, small)
    text = (site / "index.html").read_text("utf-8")
    links = re.findall(r'href="(sheets/[^"]+)"', text)
    assert [site / link for link in links] == [site / "sheets" / "index.html", made]
    assert all((site / link).is_file() for link in links)
    assert found["01_small"].facts == "01 small · core 5 minutes · start"


def test_a_notebook_that_does_not_run_is_named(small: Path) -> None:
    """The last line of its error, and the command that shows more."""
    path = small / "solutions" / "01_small.py"
    path.write_text(path.read_text("utf-8").replace("rain = 6 * 7", "rain = 6 / 0"), "utf-8")
    with pytest.raises(sheets.SheetError, match=r"uv run python solutions/01_small.py.*zero"):
        sheets.build(small / "out", root=small)


def test_a_notebook_without_takeaways_is_named(small: Path) -> None:
    path = small / "solutions" / "01_small.py"
    path.write_text(path.read_text("utf-8").replace("def takeaways", "def other"), "utf-8")
    with pytest.raises(sheets.SheetError, match="no takeaways"):
        sheets.build(small / "out", root=small)


def test_an_unknown_name_gets_the_list(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(sheets.SheetError, match="there are 01_small"):
        sheets.build(small / "out", ["02_large"], small)
    assert sheets.main([str(small / "out"), "--only", "99_none"]) == 1
    assert "There is no '99_none'" in capsys.readouterr().err


KEPT = ("Adjust for", "For the computer", "What to hunt for", "depot -> delay: -2")
"""What no team may read before its own answer."""


def test_the_kit_is_printed_without_its_answers(tmp_path: Path) -> None:
    """A page of paper for the sheet, one for each starter down to its arrows, the answers last."""
    made = sheets.build(tmp_path, [sheets.KIT])
    assert [path.name for path in made] == ["kit.html", "index.html"]
    text = made[0].read_text("utf-8")
    leaves = re.findall(r"<article>(.*?)</article>", text, re.DOTALL)
    kit = (ROOT / "slides" / "teaching" / "kit.md").read_text("utf-8")
    starters = graphs.read_starters(kit)
    assert len(leaves) == 1 + len(starters) + 1
    for word in KEPT:
        assert word in html.unescape(re.sub(r"<[^>]+>", "", leaves[-1]))
        assert not any(word in html.unescape(leaf) for leaf in leaves[:-1])
    for leaf, (name, (treatment, outcome, _, arrows, strengths)) in zip(
        leaves[1:-1], starters.items(), strict=True
    ):
        shown = html.unescape(re.sub(r"<[^>]+>", "", leaf))
        assert shown.strip().startswith(name)
        assert arrows.strip() in shown
        assert strengths.strip() not in shown
        assert f"Treatment: {treatment}. Outcome: {outcome}." in shown
        assert "Copy what you believe" in shown
    assert "1. The decision" in leaves[0]
    assert "article + article { break-before: page; }" in text
    assert 'href="kit.html"' in made[1].read_text("utf-8")
    assert "published.html" not in made[1].read_text("utf-8")


def test_the_kit_comes_with_all_sheets(small: Path) -> None:
    """Where a course has a team activity; one without its parts is named."""
    path = small / "slides" / "teaching" / "kit.md"
    path.parent.mkdir()
    path.write_text((ROOT / "slides" / "teaching" / "kit.md").read_text("utf-8"), "utf-8")
    names = [made.name for made in sheets.build(small / "out", root=small)]
    assert names == ["01_small.html", "published.html", "kit.html", "index.html"]
    assert "kit.html" not in [p.name for p in sheets.build(small / "o", ["01_small"], small)]
    path.write_text("# Draw\n\n## The sheet\n\n## Starters\n", "utf-8")
    with pytest.raises(sheets.SheetError, match="no part What to hunt for"):
        sheets.build(small / "out", ["kit"], small)
    path.write_text("## The sheet\n\n## Starters\n\n### Law\n\n## What to hunt for\n", "utf-8")
    with pytest.raises(sheets.SheetError, match="starter Law has no arrows"):
        sheets.build(small / "out", ["kit"], small)


@pytest.mark.deep
def test_a_team_gets_one_page_each(tmp_path: Path) -> None:
    """On A4 the sheet and each starter fit a page, whatever the speaker's pages need."""
    made = sheets.build(tmp_path, [sheets.KIT])[0]
    try:
        with chromium() as browser:
            page = browser.new_page()
            page.goto(made.as_uri())
            page.evaluate("[...document.querySelectorAll('article')].pop().remove()")
            printed = page.pdf(prefer_css_page_size=True)
    except NoBrowserError as missing:
        pytest.skip(str(missing))
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 5


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_can_have_a_sheet(name: str) -> None:
    """A card, and takeaways of a page at most, with formulas that read well as they are written."""
    source = {cell.name: cell for cell in cells(ROOT / "solutions" / f"{name}.py")}
    assert source["takeaways"].prose.startswith("## Takeaways")
    text = "\n".join(source["takeaways"].lines)
    assert len(text.split()) < 260
    assert not re.search(r"\\[a-z]{2,}", re.sub(r"\\frac|\\n", "", text)), "a formula to draw"
    whole = path_of(name).read_text("utf-8")
    assert whole.count("| You will be able to |") == 1
    assert sheets.claims_of(name, ROOT)


def test_the_course_has_published_numbers() -> None:
    """Ten notebooks or so took a public number up; the page holds them all."""
    found = [
        name
        for name in NAMES
        if any(sheets.EXAMINED.match(cell.prose or "") for cell in cells(path_of(name)))
    ]
    assert len(found) >= 7


def path_of(name: str) -> Path:
    """Return the file of a solution."""
    return ROOT / "solutions" / f"{name}.py"


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_is_one_page_of_text(name: str, tmp_path: Path) -> None:
    """The notebook runs, and its sheet has under 420 words."""
    said = words(sheets.build(tmp_path, [name])[0])
    assert 80 < len(said.split()) < 420
    assert "{" not in said
