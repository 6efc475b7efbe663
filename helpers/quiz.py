"""Twelve questions before and after a workshop: what was believed, and what stayed.

Each question rests on one misconception of the course, a wrong idea that a hint of some exercise
names. They stand in `slides/teaching/quiz.toml`; the page `quiz.py` beside it asks them, and
`quiz_room.py` reads the answers of a room.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from helpers import charts
from helpers.tidy import percent

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS_FILE = ROOT / "slides" / "teaching" / "quiz.toml"
FOLDER = Path(os.environ.get("COURSE_QUIZ") or ROOT / "build" / "quiz")
"""Where answers are kept: on the machine that shows the page, outside of what git tracks."""
WHENS = ("before", "after")
MAX_BYTES = 20_000
MAX_FILES = 2_000
COLUMNS = ["who", "when", "question", "option", "right"]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        key: its name in the files.
        story: what is asked, Markdown.
        right: the right answer.
        wrong: answer -> the wrong idea behind it, in a few words.
        place: where the right answer stands among the others, from 0.
        why: the reason, Markdown; shown afterwards.
        notebook: stem of the notebook that teaches it.
    """

    key: str
    story: str
    right: str
    wrong: Mapping[str, str]
    place: int
    why: str
    notebook: str

    @property
    def options(self) -> list[str]:
        """The answers in the order in which they are shown, the last one for who does not know."""
        found = list(self.wrong)
        found.insert(self.place, self.right)
        return [*found, "I don't know"]

    def idea(self, option: str) -> str:
        """Return the wrong idea behind an answer; empty for the right one."""
        if option == self.right:
            return ""
        return self.wrong.get(option, "does not know")


def _questions() -> tuple[Question, ...]:
    """Return the questions as they stand in slides/teaching/quiz.toml."""
    with QUESTIONS_FILE.open("rb") as file:
        return tuple(Question(**each) for each in tomllib.load(file)["question"])


QUESTIONS = _questions()


def code_of(name: str) -> str:
    """Return a code name as it stands in a file's name: 3 to 20 letters, digits or hyphens.

    Raises:
        ValueError: what is left is too short or too long; the message says what to type.
    """
    code = re.sub(r"[^\w-]+", "-", str(name).strip().casefold()).strip("-_")
    if not 3 <= len(code) <= 20:  # noqa: PLR2004
        raise ValueError("Choose a code name of 3 to 20 letters or digits, such as heron-7.")
    return code


def save(
    who: str, when: str, answers: Mapping[str, str | None], folder: Path = FOLDER
) -> tuple[Path, dict[str, Any]]:
    """Keep one person's answers in a file of their own; nothing that is there is written over.

    Args:
        who: a code name, see `code_of`.
        when: "before" or "after".
        answers: key of a question -> the answer as it was shown; None or absent where open.
        folder: is made where it is missing.

    Returns:
        (the file, what stands in it).

    Raises:
        ValueError: the code name cannot be used, or `when` is none of the two.
        OSError: the folder cannot be written to.
    """
    code = code_of(who)
    if when not in WHENS:
        raise ValueError(f"{when!r}: before or after?")
    known = {question.key: question.options for question in QUESTIONS}
    kept = {k: v for k, v in answers.items() if k in known and v in known[k]}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    told = {"course_quiz": 1, "who": code, "when": when, "sent": now, "answers": kept}
    folder.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, 1_000):
        path = folder / f"{code}-{when}-{attempt}.json"
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(told, file, ensure_ascii=False, indent=1)
        except FileExistsError:
            continue
        return path, told
    raise OSError(f"{folder} holds too many files of {code}.")


def _problem(path: Path) -> tuple[str, dict[str, Any]]:
    """Return why a file cannot be used (empty where it can), and what stands in it."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return "too large for a file of answers", {}
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError):
        return "cannot be read as JSON", {}
    if not isinstance(told, dict) or told.get("course_quiz") != 1:
        return "is no file of this quiz", {}
    if told.get("when") not in WHENS or not isinstance(told.get("answers"), dict):
        return "says neither before nor after, or holds no answers", {}
    try:
        code_of(told.get("who", ""))
    except ValueError:
        return "has no code name", {}
    return "", told


def read(folder: Path = FOLDER) -> tuple[pd.DataFrame, list[str]]:
    """Read a folder of answers.

    Of several files of one person, the first one before and the last one after count: who looks a
    question up in between has learnt it.

    Args:
        folder: of `*.json` as `save` writes them.

    Returns:
        (one row a person, time and question: `COLUMNS`, right is True or False; what could not be
        used, a sentence each).
    """
    if not folder.is_dir():
        return pd.DataFrame(columns=COLUMNS), [f"There is no folder {folder}."]
    files = sorted(folder.glob("*.json"))
    problems = [f"Only the first {MAX_FILES:,} files were read."] if len(files) > MAX_FILES else []
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in files[:MAX_FILES]:
        problem, told = _problem(path)
        if problem:
            problems.append(f"{path.name}: {problem}.")
            continue
        key = (code_of(told["who"]), told["when"])
        earlier = found.get(key, told)
        pick = min if told["when"] == "before" else max
        found[key] = pick(earlier, told, key=lambda each: str(each.get("sent", "")))
    rows = []
    for (who, when), told in found.items():
        for question in QUESTIONS:
            option = told["answers"].get(question.key)
            option = option if option in question.options else question.options[-1]
            rows.append((who, when, question.key, option, option == question.right))
    return pd.DataFrame(rows, columns=COLUMNS), problems


def by_person(answers: pd.DataFrame) -> pd.DataFrame:
    """Return one row a person who answered at least once: right answers before and after.

    Args:
        answers: see `read`.

    Returns:
        Columns before and after (number of right answers, missing where not sent), index who.
    """
    counts = answers.pivot_table("right", "who", "when", aggfunc="sum")
    return counts.reindex(columns=list(WHENS)).astype("Float64").rename_axis(columns=None)


def by_question(answers: pd.DataFrame) -> pd.DataFrame:
    """Return one row a question, over those who answered both times.

    Args:
        answers: see `read`.

    Returns:
        Columns question, before, after (share that was right), people, stayed (the wrong idea that
        most hold afterwards; empty where nobody does) and holds (the share that holds it).
    """
    times = answers.groupby("who")["when"].nunique()
    both = answers[answers["who"].isin(times.index[times == len(WHENS)])]
    rows = []
    for question in QUESTIONS:
        of = both[both["question"] == question.key]
        right = of.groupby("when")["right"].mean()
        after = of.loc[of["when"] == "after", "option"]
        ideas = after.map(question.idea).replace("", pd.NA).dropna().value_counts()
        rows.append(
            {
                "question": question.key,
                "before": right.get("before", float("nan")),
                "after": right.get("after", float("nan")),
                "people": of["who"].nunique(),
                "stayed": ideas.index[0] if len(ideas) else "",
                "holds": ideas.iloc[0] / len(after) if len(ideas) else 0.0,
            }
        )
    return pd.DataFrame(rows)


def chart_room(found: pd.DataFrame) -> alt.LayerChart:
    """Return a room's right answers before and after, a line for each question.

    Args:
        found: see `by_question`.

    Returns:
        A chart whose title is the change of the mean share.
    """
    people = int(found["people"].max())
    ends = percent(found["before"].mean()), percent(found["after"].mean())
    title = f"Right answers: {ends[0]} before, {ends[1]} after"
    base = alt.Chart(found).encode(y=alt.Y("question:N", sort=None, title=None))
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    x = alt.X("before:Q", title="share of the room that is right", axis=axis)
    x = x.scale(domain=[0, 1])
    line = base.mark_rule(strokeWidth=3, color="#bbbbbb").encode(x=x, x2="after:Q")
    hollow = base.mark_point(size=110, strokeWidth=2, color=charts.ROLES["control"]).encode(x=x)
    full = base.mark_point(size=130, filled=True, opacity=1, color=charts.ROLES["treated"])
    full = full.encode(x=alt.X("after:Q"))
    chart = (line + hollow + full).properties(
        title=alt.Title(title, subtitle=f"{people} people; grey ring: before; blue dot: after"),
        width=charts.WIDTH,
        height=330,
    )
    each = "; ".join(
        f"{row.question} {percent(row.before)} to {percent(row.after)}"
        for row in found.itertuples()
    )
    return charts.describe(chart, f"{title}. By question: {each}.")
