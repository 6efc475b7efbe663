"""The teaching material: the tracks add up, and the pages compute what they claim."""

from __future__ import annotations

import contextlib
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import marimo as mo
import numpy as np
import pytest
from scipy import stats

from helpers import graphs, quiz
from helpers.course import derive
from tests.browsing import (
    CURRENT,
    NoBrowserError,
    Server,
    chromium,
    copy_course,
    open_page,
    wait_for_slides,
)
from tests.cold import within
from tests.pages import words_of
from tests.support import NAMES, ROOT, Run, cells, descriptions, move, run

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
    ("boxes", "a", "b"),
    [
        ("nothing: two teams", "", ""),
        ("nothing, and the starter: one team", "", "age -> reminder"),
        ("an example", "age -> reminder", "reminder -> age"),
    ],
)
def test_teams_begin_with_empty_boxes(boxes: str, a: str, b: str) -> None:
    """Two teams type into nothing, one team beside the starter; no error waits for them."""
    done = run(TEACHING / "two_graphs.py")
    _, now = move(done, "starter", ["Health"])
    done.defs.update(now)
    _, now = move(done, "boxes", [boxes])
    texts = [now[team].value for team in ("team_a", "team_b")]
    assert [text.partition("\n")[0].partition(" #")[0].strip() for text in texts] == [a, b]
    assert ("The starter" in now["edge_lists"].text) == ("one team" in boxes)
    assert ("No arrow yet" in now["both"].text) == (a == "")
    assert now["treatment"].value == "reminder"


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
    """Whatever the luck, each number is near what theory says, and its words and bars are there."""
    world = objections.defs[name]
    for seed in (objections.defs["SEED"], 1, 7, 42):
        found = world(seed)
        assert set(found) == set(NEAR[name])
        for key, (value, error) in NEAR[name].items():
            assert found[key] == pytest.approx(value, abs=error), (seed, key)
    (number,) = [n for n, (_, of, _) in enumerate(ten(objections).values(), 1) if of is world]
    title = list(ten(objections))[number - 1]
    _, shown = move(objections, "objection", [f"{number}. {title}"])
    assert f"“{title}”" in shown["shown"].text
    objections.defs.update({knob: shown[knob] for knob in ("objection", "reveal", "luck")})
    seconds = []
    for luck in (3, 4, 5):
        shown["reveal"]._update(value=True)
        spent, after = move(objections, "luck", luck)
        seconds.append(spent)
        words, bars, *_ = shown[f"tell_{name}"](world(objections.defs["SEED"] + luck))
        assert mo.md(words).text in after["shown"].text
        (said,) = words_of(after["shown"])
        assert said.startswith(title)
        assert all(label in said for label in bars)
    assert within(min(seconds), 0.2)


def ten(objections: Run) -> dict[str, tuple[str, Any, Any]]:
    """Return the page's objections: title -> (what is asked, the world, what it tells)."""
    return objections.defs["TEN"]


def test_there_are_ten_objections(objections: Run) -> None:
    """The page opens with a numbered list to vote from; each has its world, and nothing is told."""
    titles = list(ten(objections))
    assert len(NEAR) == len(titles) == 10
    assert {world.__name__ for _, world, _ in ten(objections).values()} == set(NEAR)
    shown = [output for output in objections.outputs if output is not None]
    text = " ".join(getattr(output, "text", "") for output in shown)
    assert re.findall(r"<li>\s*(?:<[^>]+>)?([^<\n]+)", text) == titles
    assert 'start="6"' in text  # the second column counts on
    assert list(objections.defs["objection"].options) == [
        f"{number}. {title}" for number, title in enumerate(titles, start=1)
    ]
    assert [words for output in shown for words in words_of(output)] == []


def test_an_answer_is_shown_when_it_is_asked_for(objections: Run) -> None:
    """Chosen, an objection says what to guess and no more; another one hides its answer again."""
    titles = list(ten(objections))
    for number in (1, 7, 2):
        _, now = move(objections, "objection", [f"{number}. {titles[number - 1]}"])
        asked, world, tell = ten(objections)[titles[number - 1]]
        words, *_ = tell(world(objections.defs["SEED"]))
        assert asked.split("?")[0] in now["shown"].text
        assert not now["reveal"].value
        assert words.split(",")[0] not in now["shown"].text
        assert words_of(now["shown"]) == []
        objections.defs.update({knob: now[knob] for knob in ("objection", "reveal", "luck")})
        _, after = move(objections, "reveal", True)  # noqa: FBT003
        assert words.split(",")[0] in after["shown"].text
        assert len(words_of(after["shown"])) == 1


@pytest.mark.parametrize("page", sorted(path.stem for path in TEACHING.glob("*.py")))
def test_every_picture_is_described(page: str) -> None:
    """Each chart and graph of a page says in words what it shows."""
    found = descriptions(run(TEACHING / f"{page}.py"))
    assert len(found) >= {"two_graphs": 2}.get(page, 0)
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
    assert "comes late starts with the section at hand" in " ".join(guide.split())
    assert guide.index("How sure are you") < guide.index("Good answers") < guide.index("`quiz.py`")


def test_the_guide_names_what_there_is() -> None:
    """Each slide or section that the guide puts in quotes with a capital exists in a track."""
    guide = (TEACHING / "guide.md").read_text(encoding="utf-8").split("## 3 hours")[1]
    named = re.findall(r"\"([A-Z][^\"]{6,}?)\"", guide)
    there = [row["what"] for row in rows(TRACKS)]
    assert len(named) >= 10
    for name in named:
        assert any(what.startswith(" ".join(name.split())) for what in there), name


def test_the_guide_gives_a_block_its_minutes() -> None:
    """A bold name with minutes is a block of that track, or several, or a row, with that sum."""
    guide = (TEACHING / "guide.md").read_text(encoding="utf-8")
    pages = re.split(r"^## (.+): what to watch$", guide, flags=re.MULTILINE)
    named = 0
    for heading, page in zip(pages[1::2], pages[2::2], strict=True):
        texts = [text for name, text in parts().items() if heading.split(",")[0] in name]
        for name, minutes in re.findall(r"^- \*\*(.+?) \((\d+)\)\.\*\*", page, re.MULTILINE):
            sums = []
            for wanted in name.lower().split(", "):
                blocks = [row for row in rows(texts[0], SUM) if wanted in row["block"].lower()]
                single = [
                    row for row in rows(texts[0]) if wanted in f"{row['where']} {row['what']}"
                ]
                sums.append(int((blocks or single)[0]["minutes"]))
            assert sum(sums) == int(minutes), f"{heading}: {name}"
            named += 1
    assert named >= 12


def commands(page: str) -> list[list[str]]:
    """Return the words of each marimo command of a page of this folder, from `marimo` on."""
    text = (TEACHING / page).read_text(encoding="utf-8")
    found = re.findall(r"^ *(?:uv run |runuser .*/)(marimo .+)$", text, re.MULTILINE)
    found += re.findall(r"`uv run (marimo [^`]+)`", text)
    return [shlex.split(command) for command in found]


@pytest.mark.parametrize("page", ["guide.md", "kit.md", "server.md"])
def test_commands_can_be_followed(page: str) -> None:
    """Their files are there, and marimo knows their options."""
    usage = subprocess.run(
        [sys.executable, "-m", "marimo", "run", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert commands(page)
    for _, verb, *words in commands(page):
        assert verb == "run"
        assert all((ROOT / word).is_file() for word in words if word.endswith(".py"))
        assert all(re.search(rf"{word}\b", usage) for word in words if word.startswith("--"))
    text = (TEACHING / page).read_text(encoding="utf-8")
    for name in re.findall(r"course sheets(.*)", text):
        asked = re.findall(r"--only (\w+)", name)
        assert asked
        assert set(asked) <= {*NAMES, "kit"}


def test_the_kit_forbids_colliders_and_not_mediators() -> None:
    """What lies between is held fixed for the direct effect alone; a common effect never is."""
    kit = (TEACHING / "kit.md").read_text(encoding="utf-8")
    steps = dict(re.findall(r"^\| (\d)\. (.+?) \| ", kit, re.MULTILINE))
    assert len(steps) == 8
    assert "lie between" in steps["6"] or "lies between" in steps["6"]
    assert "adjust for it only if you ask for the direct effect" in steps["6"]
    assert "never" not in steps["6"]
    assert steps["7"] == "What do both of them cause? (never adjust for it)"
    both = graphs.dag([("t", "m"), ("m", "y"), ("t", "y"), ("t", "c"), ("y", "c")])
    apart = graphs.dag([("t", "m"), ("m", "y"), ("t", "c"), ("y", "c")])  # no direct effect
    assert apart.independent("t", "y", ["m"])
    assert not both.independent("t", "y", ["m"])
    assert not apart.independent("t", "y", ["m", "c"])


def test_one_word_for_the_unit_of_what_has_no_line() -> None:
    """The printed sheet says what notebook 18 says (its claim: tests/test_18_claims.py)."""
    words = "number around 0, in sds of what moves it beside its causes"
    for page in (TEACHING / "kit.md", ROOT / "solutions" / "18_your_own_case.py"):
        assert words in " ".join(page.read_text(encoding="utf-8").split()), page


def test_a_surprise_is_weighed_by_a_prior_that_is_named() -> None:
    """The quiz does not say which is rarer: with another prior of working tests the odds turn."""
    (why,) = [question.why for question in quiz.QUESTIONS if question.key == "surprise"]
    told = " ".join(why.split())
    assert "rarer" not in told
    assert "hangs on the lifts that working tests are believed to have" in told
    assert "must be said" in told
    seen, noise = np.log(1.75), 0.1  # of a lift on the log scale; one test in a hundred is broken
    broken = 0.01 * stats.norm.pdf(seen, 0, np.hypot(0.5, noise))
    chances = [
        broken / (broken + 0.99 * stats.norm.pdf(seen, 0, np.hypot(usual, noise)))
        for usual in (0.05, 0.2)
    ]
    assert chances[0] > 0.9
    assert chances[1] < 0.1


def test_the_kit_never_hands_its_answers_out() -> None:
    """It says which pages a team gets, and how they are printed."""
    intro = (TEACHING / "kit.md").read_text(encoding="utf-8").split("## The sheet")[0]
    assert "uv run course sheets --only kit" in intro
    assert "build/sheets/kit.html" in intro
    assert "Never print the page that you read here" in " ".join(intro.split())


@pytest.mark.parametrize("name", [name for name in NAMES if name[:2] in ("01", "05", "18")])
def test_notes_answer_what_a_slide_asks(name: str) -> None:
    """Decks leave most answers out: the speaker reads them in the notes of the question."""
    found = cells(ROOT / "solutions" / f"{name}.py")
    asked = {}
    for cell, slide in zip(found, derive.slides_of(found), strict=True):
        numbers = re.findall(r"^ *### Exercise (\d+) ·", "\n".join(cell.lines), re.MULTILINE)
        if numbers and slide["type"] != "skip":
            asked[numbers[0]] = str(slide.get("speakerNotes", ""))
    assert len(asked) >= 6
    assert [number for number, notes in asked.items() if "Answer" not in notes] == []


@contextlib.contextmanager
def served(words: list[str]) -> Iterator[tuple[urllib.request.OpenerDirector, str]]:
    """Run marimo with these words on a free port; yield a browser's requests and the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "-q", *words, "--headless", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    home = f"http://127.0.0.1:{port}"
    try:
        for _ in range(900):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                browser.open(f"{home}/", timeout=5)
                break
            time.sleep(0.2)
        yield browser, home
    finally:
        server.terminate()
        server.wait(timeout=20)
        server.stdout.close()


def test_one_line_serves_the_day() -> None:
    """The guide's line serves what the 3 hours show, files of several folders, and no more."""
    (words,) = [found for found in commands("guide.md") if "solutions" in " ".join(found)]
    files = [word for word in words if word.endswith(".py")]
    day = rows(parts()["Workshop of 3 hours"])
    shown = {stem_of(row["where"]) for row in day if row["where"] not in ("break", "room")}
    pages = {row["what"].split(":")[0] for row in day if row["where"] == "teaching"}
    wanted = {f"{stem}.py" for stem in shown - {"teaching"}}
    wanted |= {page for page in pages if page.endswith(".py")}
    assert {Path(file).name for file in files} == wanted
    with served(words[1:]) as (browser, home):
        for file in files:
            place = urllib.parse.quote(str(ROOT / file), safe="")
            assert (
                Path(file).name in browser.open(f"{home}/?file={place}", timeout=20).read().decode()
            )


@pytest.mark.deep
def test_a_class_reads_from_one_server(tmp_path: Path) -> None:
    """One server has all notebooks, each by its name, and lets nobody in without the word."""
    word = tmp_path / "word"
    word.write_text("collider", encoding="utf-8")
    files = [f"notebooks/{name}.py" for name in NAMES]
    options = ["--token", "--token-password-file", str(word)]
    assert all(option in README for option in ("notebooks/*.py", "--token --token-password-file"))
    with served(["run", *files, *options]) as (browser, home):
        assert "/auth/login" in browser.open(f"{home}/", timeout=20).url
        browser.open(f"{home}/?access_token=collider", timeout=20)
        for name in (NAMES[0], NAMES[-1]):
            answer = browser.open(f"{home}/?file={name}.py", timeout=20)
            assert answer.url.endswith(f"{name}.py")
            assert f"{name}.py" in answer.read().decode()


STEP = """() => {
  const shown = [...document.querySelectorAll('section.present')].pop();
  const slider = shown && shown.querySelector('marimo-slider');
  const thumb = slider && slider.shadowRoot.querySelector('[role=slider]');
  const box = thumb && thumb.getBoundingClientRect();
  return thumb && [box.x + box.width / 2, box.y + box.height / 2, thumb.ariaValueNow];
}"""
"""The slider of the slide that is shown: where its thumb is, and its value."""


@pytest.mark.deep
def test_keys_do_what_guide_and_readme_say(tmp_path: Path) -> None:
    """Space goes through everything, → to the next section; an arrow moves a slider as well."""
    told = " ".join((TEACHING / "guide.md").read_text(encoding="utf-8").split())
    for text in (told, README):
        assert "Space goes through everything" in text
        assert "which is how you skip" in text
        assert "After a slider, click beside it first" in text
    with contextlib.ExitStack() as opened:
        try:
            browser = opened.enter_context(chromium())
        except NoBrowserError as missing:
            pytest.skip(str(missing))
        copy_course(tmp_path)
        server = opened.enter_context(Server(tmp_path, "run", "slides/designs.py"))
        page = open_page(browser, server.url)
        kinds = {
            cell.name: slide["type"]
            for cell, slide in zip(
                cells(ROOT / "slides" / "designs.py"),
                derive.slides_of(cells(ROOT / "slides" / "designs.py")),
                strict=True,
            )
        }
        wait_for_slides(page, sum(kind in ("slide", "sub-slide") for kind in kinds.values()), 60)

        def press(key: str) -> str:
            page.keyboard.press(key)
            page.wait_for_timeout(700)
            return page.evaluate(CURRENT)["cell"]

        first = press("Home")
        ways = {}
        for key, back in (("Space", "Shift+Space"), ("ArrowRight", "ArrowLeft")):
            press("Home")
            ways[key] = [press(key) for _ in range(8)]
            assert press(back) in (first, *ways[key])
        assert any(kinds[cell] == "sub-slide" for cell in ways["Space"])
        assert all(kinds[cell] == "slide" for cell in ways["ArrowRight"])
        press("Home")
        while page.evaluate(STEP) is None:
            press("Space")
        x, y, value = page.evaluate(STEP)
        page.mouse.click(x, y)
        press("ArrowRight")
        assert page.evaluate(STEP)[2] != value
        press("o")
        assert "overview" in page.evaluate("document.querySelector('.reveal').className")
