"""The teaching material: the tracks add up, and the pages compute what they claim."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers import graphs
from tests.cold import within
from tests.support import NAMES, ROOT, Run, descriptions, move, run, sliders

TEACHING = ROOT / "slides" / "teaching"
README = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
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


def stem_of(where: str) -> str:
    """Return the file stem that a row's `where` means."""
    return next((name for name in NAMES if name.startswith(f"{where}_")), where)


def test_all_tracks_are_there() -> None:
    """Eight ways with others, and one alone in three levels."""
    totals = {name: int(re.search(r"Total: (\d+)", text)[1]) for name, text in parts().items()}
    assert totals["Workshop of 3 hours"] == 180
    assert totals["Workshop of 4 hours"] == 240
    assert totals["Full day, 8:00 to 17:00"] == 9 * 60
    assert totals["Second day, 9:00 to 17:00"] == 8 * 60
    halves = [total for name, total in totals.items() if name.startswith("Half day")]
    assert len(halves) == 3
    assert all(200 <= total <= 240 for total in halves)
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
def test_no_row_stands_twice(track: str) -> None:
    """A track has ten rows or more of notebooks and decks, and none of them twice."""
    named = [
        row for row in rows(parts()[track]) if row["where"] not in ("teaching", "break", "room")
    ]
    assert len(named) >= 10
    assert len({(row["where"], row["what"]) for row in named}) == len(named)


@pytest.mark.parametrize(
    ("day", "start"), [("Full day, 8:00 to 17:00", 8), ("Second day, 9:00 to 17:00", 9)]
)
def test_a_day_keeps_its_times(day: str, start: int) -> None:
    """Each row of a day starts when the one before it ends; the day ends at 17:00."""
    day, clock = rows(parts()[day]), start * 60
    for row in day:
        assert row["start"] == f"{clock // 60:02d}:{clock % 60:02d}"
        clock += int(row["minutes"])
    assert clock == 17 * 60


def test_pages_named_by_the_tracks_exist() -> None:
    """A row of this folder begins with the file that it needs."""
    named = [row["what"] for row in rows(TRACKS) if row["where"] == "teaching"]
    assert named
    assert {what.split(":")[0] for what in named} <= {path.name for path in TEACHING.iterdir()}


def test_by_oneself_every_notebook_by_its_question() -> None:
    """The levels hold each notebook of the README once, with its question."""
    alone = [
        row for name, text in parts().items() if name.startswith("Level") for row in rows(text)
    ]
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"^\| \[.+?\]\(notebooks/(\w+)\.py\)", table, re.MULTILINE)
    assert sorted(stem_of(row["where"]) for row in alone) == linked
    for row in alone:
        source = (ROOT / "solutions" / f"{stem_of(row['where'])}.py").read_text(encoding="utf-8")
        assert f"# {row['what']}\n" in source


def test_levels_are_those_of_the_readme() -> None:
    """A notebook stands in the level that the README's table gives it."""
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    told = dict(
        re.findall(r"^\| \[.+?\]\(notebooks/(\d\d).*\| ([a-z]+)[^|]*\|$", table, re.MULTILINE)
    )
    for name, text in parts().items():
        if name.startswith("Level: "):
            assert {told[row["where"]] for row in rows(text)} == {name.removeprefix("Level: ")}


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
        graph, _, messages = graphs.read_question(text, treatment, outcome, hidden)
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
def test_bad_lists_get_a_message(text: str, word: str) -> None:
    """Whatever a team types, the page answers with what to mend, and no graph."""
    graph, _, messages = graphs.read_question(text, "x", "y")
    assert graph is None
    assert any(word in message for message in messages), messages


def test_the_question_needs_two_names() -> None:
    """Without a treatment, or with the outcome as treatment, the page asks for them."""
    for asked in (("", "y"), ("x", "x"), ("x", " ")):
        graph, _, messages = graphs.read_question("x -> y", *asked)
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
    read = graphs.read_question
    verdict = two_graphs["verdict"](read(a, "x", "y")[0], read(b, "x", "y")[0])
    assert words in verdict


@pytest.mark.parametrize(
    ("page", "file"), [("action_plan", "90-days.md"), ("one_pager", "one-pager.md")]
)
def test_fillable_pages_export_markdown(page: str, file: str) -> None:
    """Empty fields stay as questions, filled ones come out whole, a button hands out the file."""
    done = run(TEACHING / f"{page}.py")
    assert done.printed == ""
    fields, made = done.defs["fields"], done.defs["as_markdown"]
    prompts = [prompt for asked in fields.values() for prompt, _ in asked]
    example = {prompt: filled for asked in fields.values() for prompt, filled in asked}
    assert len(set(prompts)) == len(prompts) == len(done.defs["form"].value) >= 10
    assert all(example.values())
    assert done.defs["markdown"].count("*open*") == len(prompts)
    text = made("Heading", fields, example)
    assert text.startswith("# Heading\n")
    assert "*open*" not in text
    for prompt, filled in example.items():
        assert f"**{prompt}**" in text
        assert all(line in text for line in filled.splitlines())
    assert any(file in getattr(output, "text", "") for output in done.outputs)


def test_the_example_graph_is_a_graph() -> None:
    """The arrows of the filled examples parse, and imply what the example adjusts for."""
    for page in ("action_plan", "one_pager"):
        fields = run(TEACHING / f"{page}.py").defs["fields"]
        (text,) = [f for asked in fields.values() for prompt, f in asked if "arrows" in prompt]
        edges, messages = graphs.parse_edges(text)
        graph = graphs.dag(edges, treatment="free delivery", outcome="orders")
        assert messages == []
        assert graph.adjustment_sets() == [frozenset({"region", "season"})]


@pytest.fixture(scope="module")
def objections() -> Run:
    """Return the page of the ten objections, run from top to bottom."""
    done = run(TEACHING / "objections.py")
    assert done.printed == ""
    return done


NEAR = {
    "many_rows": {1_000: (4 / np.sqrt(np.pi), 0.5), 200_000: (4 / np.sqrt(np.pi), 0.05)},
    "good_forecast": {"r_squared": (0.914, 0.02), "slope": (0.5 + 3 * 8 / 17, 0.05)},
    "everything": {"alone": (0.5, 0.1), "everything": (-0.7, 0.12)},
    "no_experiment": {"logged": (4 / np.sqrt(np.pi), 0.05), "lottery": (np.sqrt(0.05), 0.1)},
    "before_after": {"coached": (12.52, 3.2), "alone": (12.52, 3.2)},
    "not_significant": {"found": (0.274, 0.04), "missed": (0.726, 0.04)},
    "peeking": {"once": (0.05, 0.016), "daily": (0.248, 0.04)},
    "on_average": {"everybody": (0, 0.16), "new customers": (1, 0.2), "old customers": (-1, 0.2)},
    "priors": {"before": (1, 1e-9), "200 an arm": (0.5, 1e-9), "20,000 an arm": (1 / 101, 1e-9)},
    "opinion": {"found": (np.sqrt(1 / 3), 0.25), "noise": (1.96 / np.sqrt(200), 1e-9)},
}
"""Objection -> number -> (value by theory, four standard errors or more)."""


@pytest.mark.parametrize("name", NEAR)
def test_objection_is_answered(name: str, objections: Run) -> None:
    """Whatever the luck, each number is near what theory says, and the slider answers at once."""
    world = objections.defs[name]
    for seed in (objections.defs["SEED"], 1, 7, 42):
        found = world(seed)
        assert set(found) == set(NEAR[name])
        for key, (value, error) in NEAR[name].items():
            assert found[key] == pytest.approx(value, abs=error), (seed, key)
    seconds = []
    for luck in (3, 4, 5):
        spent, shown = move(objections, f"luck_{name}", luck)
        seconds.append(spent)
        assert "“" in shown[f"answer_{name}"].text
    assert within(min(seconds), 0.2)


def test_there_are_ten_objections(objections: Run) -> None:
    """Each simulation on the page has its objection, its slider and its numbers here."""
    assert len(NEAR) == len(sliders(objections)) == 10
    assert {f"luck_{name}" for name in NEAR} == set(sliders(objections))


@pytest.mark.parametrize("page", sorted(path.stem for path in TEACHING.glob("*.py")))
def test_every_picture_is_described(page: str) -> None:
    """Each chart and graph of a page says in words what it shows."""
    found = descriptions(run(TEACHING / f"{page}.py"))
    assert len(found) >= {"objections": 10, "two_graphs": 2}.get(page, 0)
    assert [words for words in found if len(words) <= 40] == []


def test_the_guide_serves_every_track() -> None:
    """One page for each way with others; poll, form, e-mail and activity are there as text."""
    guide = (TEACHING / "guide.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", guide, re.MULTILINE)
    for start in ("3 hours", "4 hours", "Full day", "Talk of 30 minutes", "The team activity"):
        assert any(heading.startswith(start) for heading in headings), start
    for words in (
        "pre-poll",
        "feedback form",
        "uv run course doctor --warm",
        "The room",
    ):
        assert words in guide


def test_the_guide_names_what_there_is() -> None:
    """Each slide or section that the guide puts in quotes with a capital exists in a track."""
    guide = (TEACHING / "guide.md").read_text(encoding="utf-8").split("## 3 hours")[1]
    named = re.findall(r"\"([A-Z][^\"]{6,}?)\"", guide)
    there = [row["what"] for row in rows(TRACKS)]
    assert len(named) >= 10
    for name in named:
        assert any(what.startswith(" ".join(name.split())) for what in there), name


def test_a_class_reads_from_one_server(tmp_path: Path) -> None:
    """One server has all notebooks, each by its name, and lets nobody in without the word."""
    word = tmp_path / "word"
    word.write_text("collider", encoding="utf-8")
    files = [f"notebooks/{name}.py" for name in NAMES]
    options = ["--headless", "--token", "--token-password-file", str(word)]
    assert all(option in README for option in ("notebooks/*.py", "--token --token-password-file"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "-q", "run", *files, *options, "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    home = f"http://127.0.0.1:{port}"
    try:
        for _ in range(900):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                locked = browser.open(f"{home}/", timeout=5).url
                break
            time.sleep(0.2)
        assert "/auth/login" in locked
        browser.open(f"{home}/?access_token=collider", timeout=20)
        for name in (NAMES[0], NAMES[-1]):
            answer = browser.open(f"{home}/?file={name}.py", timeout=20)
            assert answer.url.endswith(f"{name}.py")
            assert f"{name}.py" in answer.read().decode()
    finally:
        server.terminate()
        server.wait(timeout=20)
        server.stdout.close()
