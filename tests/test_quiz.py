"""The quiz: its answers are true, its files survive, and a room's gain is counted rightly."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import quiz
from helpers.simulate import LinearWorld
from tests.browsing import NoBrowserError, Server, chromium, copy_course, open_page
from tests.support import NAMES, ROOT, descriptions, run

TEACHING = ROOT / "slides" / "teaching"


def slope(frame: pd.DataFrame, on: str, given: tuple[str, ...] = ()) -> float:
    """Return the coefficient of `on` in a regression of the column y, with an intercept."""
    design = np.column_stack([np.ones(len(frame)), frame[[on, *given]]])
    return float(np.linalg.lstsq(design, frame["y"], rcond=None)[0][1])


def rows() -> bool:
    """The gap stays at 20 and its error shrinks: the card does nothing."""
    found = {}
    for n in (1_000, 1_000_000):
        rng = np.random.default_rng(n)
        rich = rng.random(n) < 0.5
        card = rng.random(n) < np.where(rich, 0.7, 0.3)
        spent = 100 + 50 * rich + rng.normal(0, 30, n)
        arms = spent[card], spent[~card]
        error = np.sqrt(sum(arm.var() / len(arm) for arm in arms))
        found[n] = arms[0].mean() - arms[1].mean(), error
    return (
        all(abs(gap - 20) < 4 * error for gap, error in found.values())
        and found[1_000_000][1] < found[1_000][1] / 20
    )


def control() -> bool:
    """Training by lottery: the slope alone is right, given the promotion it is not."""
    world = LinearWorld({("t", "y"): 1, ("t", "promotion"): 1, ("y", "promotion"): 1})
    truth = world.total_effect("t", "y")
    return bool(
        np.isclose(world.slope("y", "t"), truth) and world.slope("y", "t", ["promotion"]) < 0.5
    )


def simpson() -> bool:
    """One table, and both stories give it: before the drug the groups are right, after it all."""
    shares = {("yes", "high"): 0.5, ("yes", "low"): 0.9, ("no", "high"): 0.4, ("no", "low"): 0.8}
    high = {"yes": 0.75, "no": 0.25}
    whole = {
        d: high[d] * shares[d, "high"] + (1 - high[d]) * shares[d, "low"] for d in ("yes", "no")
    }
    within = [shares["yes", m] - shares["no", m] for m in ("high", "low")]
    before = np.mean(within)  # half of all patients are high
    return min(within) > 0 and before > 0 and whole["yes"] - whole["no"] < 0


def mediator() -> bool:
    """The total effect is the slope alone; with requests held fixed the sign turns."""
    world = LinearWorld({("x", "m"): 8, ("m", "y"): 3, ("x", "y"): -10})
    total = world.total_effect("x", "y")
    return bool(
        np.isclose(world.slope("y", "x"), total) and world.slope("y", "x", ["m"]) < 0 < total
    )


def selection() -> bool:
    """Independent among all, negative among those let in, however many there are."""
    sport, grades = np.random.default_rng(1).normal(size=(2, 1_000_000))
    admitted = (sport > 1) | (grades > 1)
    inside = np.corrcoef(sport[admitted], grades[admitted])[0, 1]
    return abs(np.corrcoef(sport, grades)[0, 1]) < 0.004 and inside < -0.3


def lottery() -> bool:
    """Two groups of 20 differ, without a lean, in what was measured as in what was not."""
    rng = np.random.default_rng(2)
    hidden = rng.normal(size=(5_000, 40))
    gaps = hidden[:, :20].mean(1) - hidden[:, 20:].mean(1)  # any 20 are a draw
    return abs(gaps.mean()) < 4 * gaps.std() / np.sqrt(5_000) and gaps.std() > 0.25


def surprise() -> bool:
    """If 1 test in 1,000 is broken and usual lifts have an sd of 3.5 %, +75 % is a broken one."""
    works = 0.999 * stats.norm.pdf(0.75, 0, np.hypot(0.035, 0.1))
    broken = 0.001 * stats.norm.pdf(0.75, 0, np.hypot(0.5, 0.1))
    return broken / (broken + works) > 0.99


def winner() -> bool:
    """At a power of 20 % the significant estimates are about twice as large as the truth."""
    line = stats.norm.ppf(0.975)
    lift = line - stats.norm.ppf(0.8)  # power .2, in standard errors
    draws = np.random.default_rng(3).normal(lift, 1, 400_000)
    passed = draws[np.abs(draws) > line]
    return abs(len(passed) / 400_000 - 0.2) < 0.01 and passed.mean() > 1.7 * lift


def forecast() -> bool:
    """New weeks are predicted well, and the slope is four times the effect."""
    frames = {}
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        season = rng.normal(size=2_000)
        ads = season + rng.normal(0, 0.3, 2_000)
        frames[seed] = pd.DataFrame(
            {"x": ads, "y": 0.5 * ads + 2 * season + rng.normal(0, 0.3, 2_000)}
        )
    found = slope(frames[1], "x")
    left = frames[2]["y"] - found * frames[2]["x"]
    return 1 - left.var() / frames[2]["y"].var() > 0.9 and found > 4 * 0.5


def filter_() -> bool:
    """Who takes the course by taste keeps the mean under do; who takes it by ability does not."""
    rng = np.random.default_rng(4)
    able, taste = rng.normal(size=(2, 200_000))
    with_course = 25_000 + 5_000 * able
    seen = {
        name: with_course[cause > 0].mean() for name, cause in (("able", able), ("taste", taste))
    }
    done = with_course.mean()
    return abs(seen["taste"] - done) < 60 and seen["able"] - done > 3_000


def balance() -> bool:
    """Weighted alike in x, the groups still differ in u, which nobody measured."""
    rng = np.random.default_rng(5)
    x, u = rng.normal(size=(2, 200_000))
    chance = 1 / (1 + np.exp(-x - u))
    took = rng.random(200_000) < chance
    bins = pd.qcut(x, 200, labels=False)  # the score, from x alone
    score = pd.Series(took).groupby(bins).transform("mean").to_numpy()
    weight = np.where(took, 1 / score, 1 / (1 - score))
    gap = {
        name: np.average(v[took], weights=weight[took])
        - np.average(v[~took], weights=weight[~took])
        for name, v in (("x", x), ("u", u))
    }
    return abs(gap["x"]) < 0.02 and gap["u"] > 0.5


def direct() -> bool:
    """A coin: the total effect is right; at equal sleep a hidden cause of both makes it wrong."""
    arrows = {("coin", "sleep"): 1, ("sleep", "mood"): 1, ("coin", "mood"): 0.5}
    world = LinearWorld(arrows | {("u", "sleep"): 1, ("u", "mood"): 1})
    total = np.isclose(world.slope("mood", "coin"), world.total_effect("coin", "mood"))
    known = np.isclose(world.slope("mood", "coin", ["sleep", "u"]), 0.5)
    return bool(total and known and not np.isclose(world.slope("mood", "coin", ["sleep"]), 0.5))


TRUTHS = {
    "rows": rows,
    "control": control,
    "simpson": simpson,
    "mediator": mediator,
    "selection": selection,
    "lottery": lottery,
    "surprise": surprise,
    "winner": winner,
    "forecast": forecast,
    "filter": filter_,
    "balance": balance,
    "direct": direct,
}


@pytest.mark.parametrize("question", quiz.QUESTIONS, ids=lambda question: question.key)
def test_the_right_answer_is_right(question: quiz.Question) -> None:
    """Each question has a world in which its right answer is computed."""
    assert TRUTHS[question.key]()


def test_twelve_questions_that_give_nothing_away() -> None:
    """Every answer has its idea, and neither place nor length tells which one is right."""
    assert [question.key for question in quiz.QUESTIONS] == list(TRUTHS)
    for question in quiz.QUESTIONS:
        assert question.notebook in NAMES
        assert len(set(question.options)) == 4
        assert question.options[question.place] == question.right
        assert question.idea(question.right) == ""
        assert all(question.idea(option) for option in question.options if option != question.right)
        assert question.right not in question.story
    places = [question.place for question in quiz.QUESTIONS]
    assert [places.count(place) for place in range(3)] == [4, 4, 4]
    longest = sum(len(q.right) > max(map(len, q.wrong)) for q in quiz.QUESTIONS)
    assert longest <= 8


def answers(**changed: Any) -> dict[str, Any]:
    """Return all right answers, but for those that are named."""
    return {question.key: question.right for question in quiz.QUESTIONS} | changed


def test_answers_are_kept_and_read(tmp_path: Path) -> None:
    """First before and last after count; what is open counts as not known; nothing is lost."""
    first, _ = quiz.save("Heron 7", "before", {"rows": quiz.QUESTIONS[0].right}, tmp_path)
    quiz.save("heron-7", "before", answers(), tmp_path)  # she looked things up
    quiz.save("heron-7", "after", {}, tmp_path)
    wrong = next(iter(quiz.QUESTIONS[1].wrong))
    last, told = quiz.save("heron-7", "after", answers(control=wrong, direct=None), tmp_path)
    quiz.save("owl", "before", answers(), tmp_path)
    for path, sent in ((last, "2030-01-01T00:00:00+00:00"), (first, "2020-01-01T00:00:00+00:00")):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"sent": sent}))
    assert first.name == "heron-7-before-1.json"
    assert len(list(tmp_path.iterdir())) == 5
    assert "direct" not in told["answers"]
    found, problems = quiz.read(tmp_path)
    assert problems == []
    people = quiz.by_person(found)
    assert people.loc["heron-7"].tolist() == [1, 10]
    assert people.loc["owl", "before"] == 12
    assert people["after"].isna().tolist() == [False, True]
    room = quiz.by_question(found).set_index("question")
    assert set(room["people"]) == {1}
    assert room.loc["control"].tolist() == [0, 0, 1, "more control is always safer", 1]
    assert room.loc["direct", "stayed"] == "does not know"
    assert room.loc["rows"].tolist() == [1, 1, 1, "", 0]


@pytest.mark.parametrize("name", ["", "  ", "ab", "x" * 21, "../..", "///", None, "😀"])
def test_a_code_name_that_cannot_be_one(name: Any, tmp_path: Path) -> None:
    """Too short, too long or no letters: a sentence, and no file."""
    with pytest.raises(ValueError, match="code name of 3 to 20"):
        quiz.save("" if name is None else name, "before", {}, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b/c/d", "C:\\temp", "..\\owl", "élan vital"]
)
def test_a_code_name_cannot_leave_its_folder(name: str, tmp_path: Path) -> None:
    """Whatever is typed, the file lies in the folder."""
    path, _ = quiz.save(name, "before", {}, tmp_path / "in")
    assert path.parent == tmp_path / "in"
    assert path.exists()


def test_neither_before_nor_after(tmp_path: Path) -> None:
    """The time must be one of the two."""
    with pytest.raises(ValueError, match="before or after"):
        quiz.save("heron", "now", {}, tmp_path)


ODD = {
    "picture.json": b"\x89PNG\r\n\x1a\n\x00\xff",
    "empty.json": b"",
    "list.json": b"[1, 2]",
    "deep.json": b"[" * 9_000,
    "huge.json": b'"' + b"x" * 30_000 + b'"',
    "other.json": b'{"name": "package"}',
    "when.json": b'{"course_quiz": 1, "who": "heron", "when": "noon", "answers": {}}',
    "none.json": b'{"course_quiz": 1, "who": "heron", "when": "after", "answers": null}',
    "nobody.json": b'{"course_quiz": 1, "who": 7, "when": "after", "answers": {}}',
}


def test_odd_files_are_named_and_left_out(tmp_path: Path) -> None:
    """Nine files that are none of ours: a sentence each, and the tenth is read all the same."""
    for name, content in ODD.items():
        (tmp_path / name).write_bytes(content)
    odd = {"rows": "<script>", "control": 3, "unknown": "x", "simpson": quiz.QUESTIONS[2].right}
    told = {"course_quiz": 1, "who": "heron", "when": "after", "answers": odd}
    (tmp_path / "fine.json").write_text(json.dumps(told))
    found, problems = quiz.read(tmp_path)
    assert sorted(line.split(":")[0] for line in problems) == sorted(ODD)
    assert quiz.by_person(found).loc["heron", "after"] == 1


def test_an_empty_room(tmp_path: Path) -> None:
    """No folder, or nobody who answered twice: tables without rows, and a sentence."""
    found, problems = quiz.read(tmp_path / "nowhere")
    assert "no folder" in problems[0]
    assert quiz.by_person(found).empty
    assert set(quiz.by_question(found)["people"]) == {0}


def room_of(folder: Path, people: int = 8) -> None:
    """Fill a folder: before, one in four is right; after, all but those who believe one idea."""
    wrong = {question.key: next(iter(question.wrong)) for question in quiz.QUESTIONS}
    for person in range(people):
        quiz.save(f"bird-{person}", "before", answers() if person % 4 == 0 else wrong, folder)
        stayed = {"lottery": wrong["lottery"]} if person < 6 else {}
        quiz.save(f"bird-{person}", "after", answers(**stayed), folder)


def test_the_room_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second page says the gain, its limit, and what stayed."""
    room_of(tmp_path)
    monkeypatch.setattr(quiz, "FOLDER", tmp_path)
    done = run(TEACHING / "quiz_room.py")
    assert done.printed == ""
    shown = " ".join(getattr(output, "text", "") for output in done.outputs if output is not None)
    assert "8 people have sent answers, 8 of them both times" in shown
    assert "+8.2 right answers of 12" in shown  # from 3 to 11.25
    assert "not the effect of the workshop" in shown
    assert "a lottery makes groups equal" in shown
    assert "75 %" in shown
    spec = quiz.chart_room(done.defs["room"]).to_dict()
    assert spec["title"]["text"] == "Right answers: 25 % before, 94 % after"
    assert "lottery 25 % to 25 %" in spec["description"]
    assert spec["description"] in descriptions(done)


def test_the_page_asks_sends_and_explains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands the page explains nothing; sent, it keeps the answers; after, it says why."""
    monkeypatch.setattr(quiz, "FOLDER", tmp_path)
    monkeypatch.setattr(quiz.save, "__defaults__", (tmp_path,))
    monkeypatch.setattr(quiz.read, "__defaults__", (tmp_path,))
    done = run(TEACHING / "quiz.py")
    assert done.printed == ""
    shown = " ".join(getattr(output, "text", "") for output in done.outputs if output is not None)
    assert all(question.why.split(".")[0] not in shown for question in quiz.QUESTIONS)
    assert list(tmp_path.iterdir()) == []
    deliver = done.defs["deliver"]
    view, told = deliver("heron", None, {})
    assert told is None
    assert "before or after" in view.text
    view, told = deliver("x", "before", {})
    assert told is None
    assert "3 to 20" in view.text
    view, told = deliver("heron", "before", {"rows": quiz.QUESTIONS[0].right})
    assert "11 left open" in view.text
    assert told["answers"] == {"rows": quiz.QUESTIONS[0].right}
    assert [path.name for path in tmp_path.iterdir()] == ["heron-before-1.json"]


def command_of_guide() -> list[str]:
    """Return the words of the guide's command that shows the quiz to a room, from `run` on."""
    guide = (TEACHING / "guide.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"^ *uv run marimo (run \S+/quiz\.py .+)$", guide, re.MULTILINE)
    return shlex.split(found)


@pytest.mark.deep
def test_a_room_answers_on_its_phones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's command lets in who has the word; on a small screen the answers arrive."""
    words = command_of_guide()
    at = words.index("--port")
    del words[at : at + 2]  # a free one here
    word = tmp_path / "word"
    word.write_text("collider\n", encoding="utf-8")
    words[words.index("word.txt")] = str(word)
    assert words[words.index("--host") + 1] == "0.0.0.0"  # noqa: S104
    monkeypatch.setenv("COURSE_QUIZ", str(tmp_path / "answers"))
    with contextlib.ExitStack() as opened:
        try:
            browser = opened.enter_context(chromium())
        except NoBrowserError as missing:
            pytest.skip(str(missing))
        copy_course(tmp_path)
        server = Server(tmp_path, *words)
        server.command = [each for each in server.command if each != "--no-token"]
        at = server.command.index("127.0.0.1") - 1
        del server.command[at : at + 2]  # the host is the guide's
        opened.enter_context(server)
        page = open_page(browser, server.url)
        page.set_viewport_size({"width": 390, "height": 844})
        assert "/auth/login" in page.url
        page.goto(f"{server.url}/?access_token=collider")
        page.locator("input[type=text]").first.fill("heron-7")
        page.get_by_role("radio", name="before", exact=True).click()
        right = quiz.QUESTIONS[0].right
        page.get_by_role("radio", name=right, exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Send my answers").click()
        page.get_by_text("11 left open").wait_for()
        assert page.failures == []
    found, problems = quiz.read(tmp_path / "answers")
    assert problems == []
    assert quiz.by_person(found).loc["heron-7", "before"] == 1


@pytest.mark.skipif(os.name == "nt", reason="a folder under a file fails another way on Windows")
def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers stay on the page, and a button hands them out."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(quiz.save, "__defaults__", (tmp_path / "file" / "in",))
    done = run(TEACHING / "quiz.py")
    view, told = done.defs["deliver"]("heron", "before", answers())
    assert told is None
    assert "cannot be written" in view.text
    assert "answers.json" in view.text
