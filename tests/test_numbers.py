"""What the numbers of every notebook keep to: their units, levels of intervals, priors and SEED.

The notebooks of `editor.PATTERN` have claims for each sentence and title, which hold their units
and priors too; the tables here are of the others. A new number or prior must be added to them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from helpers.course.derive import _used
from helpers.tidy import HDI_PROB
from tests.claims import CLOSE, OPEN, _names, prose
from tests.editor import BEFORE
from tests.support import NAMES, ROOT, Run, cells, downstream
from tests.units import AXES, SAID

UNITS = (
    "€|%|°C|euros?|dollars?|cents?|rooms?|bookings?|evenings?|customers?|(?:percentage )?points?|"
    "units?|teams?|companies|renewals?|players?|teenagers?|families|disorders?|visitors?|buyers?|"
    "experiments?|tests?|worlds?|draws?|records?|hotels?|weeks?|days?|months?|years?|hours?|"
    "minutes?|seconds?|per cent|standard (?:errors?|deviations?)|sd\\b|log-odds|nats?|steps?|runs?|"
    "starts?|million|purchases|items|times"
)
UNIT = re.compile(rf"\s*\**\s*(?:{UNITS})(?:(?: per| an?| each)(?: \w+)?)?")


def said_units(path: Path) -> dict[str, list[str]]:
    """Return the units that sentences give to what they print: names printed -> units."""
    found: dict[str, set[str]] = {}
    for text in prose(path):
        for match in re.finditer(f"{OPEN}([^{CLOSE}]*){CLOSE}", text):
            names = sorted(_names(match[0]) - TOOLS)
            unit = UNIT.match(text[match.end() :])
            inside = re.search(r"\"([€$%])\"\)$", match[1])
            for word in (inside and inside[1], unit and " ".join(unit[0].replace("*", "").split())):
                if word and names:
                    found.setdefault(", ".join(names), set()).add(word)
    return {names: sorted(words) for names, words in found.items()}


TOOLS = frozenset(
    {"number", "percent", "signed", "tidy", "len", "int", "float", "abs", "np", "round", "min"}
    | {"max", "sum", "str", "pd", "NormalDist"}
)
"""Names in braces that are no variables."""


def axis_units(path: Path) -> list[str]:
    """Return the titles of axes, and the units that charts are given, as they are written."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        kind = ast.unparse(node.func).rsplit(".", 1)[-1]
        wanted = {"unit"} | ({"title"} if kind in {"X", "Y", "Axis", "axis", "title"} else set())
        for keyword in node.keywords:
            if keyword.arg in wanted and isinstance(keyword.value, ast.Constant | ast.JoinedStr):
                found.add(ast.unparse(keyword.value).strip("'\""))
    return sorted(found - {"None"})


@pytest.mark.parametrize("name", BEFORE)
def test_units_are_those_of_the_table(name: str) -> None:
    """Each axis and each printed number has the unit that one table gives to the variable."""
    path = ROOT / "solutions" / f"{name}.py"
    assert axis_units(path) == AXES[name]
    assert said_units(path) == SAID[name]


# Intervals ---------------------------------------------------------------------------------------

AT_A_LEVEL = {
    "hdi",
    "summarise",
    "shortest",
    "inv_cdf",
    "ndtri",
    "ppf",
    "isf",
    "quantile",
    "percentile",
}
OTHER_LEVELS: dict[str, set[float]] = {
    "solutions/04_bayesian_ab_testing.py": {0.975, 0.95},  # the z-test; a published interval
    "helpers/lessons/confounders.py": {0.02, 0.98},  # where a line in a picture ends
    "helpers/lessons/identification.py": {0.01, 0.99},  # where a line in a picture ends
}
"""File -> levels, written as numbers, that are not those of the course's interval."""
TAILS = {(1 - HDI_PROB) / 2, (1 + HDI_PROB) / 2}
COURSE = sorted(
    [f"solutions/{name}.py" for name in NAMES]
    + [str(p.relative_to(ROOT)) for p in (ROOT / "helpers" / "lessons").glob("*.py")]
)


def levels_in(source: str) -> set[float]:
    """Return the levels and tails that are written as numbers where an interval is computed."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in AT_A_LEVEL:
            given = [*node.args, *(k.value for k in node.keywords)]
            numbers = [part for each in given for part in ast.walk(each)]
            found |= {
                part.value
                for part in numbers
                if isinstance(part, ast.Constant)
                and isinstance(part.value, float)
                and (0.001 < part.value <= 0.2 or 0.8 <= part.value < 0.999)
            }
    return found


@pytest.mark.parametrize("file", COURSE)
def test_intervals_are_at_the_level_of_the_course(file: str) -> None:
    """Where a notebook or its lesson computes an interval, the level is HDI_PROB."""
    found = levels_in((ROOT / file).read_text(encoding="utf-8"))
    assert {level for level in found if not np.isclose(level, sorted(TAILS)).any()} <= (
        OTHER_LEVELS.get(file, set())
    )


def test_another_level_is_seen() -> None:
    """A number in the place of HDI_PROB is found, in each of the ways to write it."""
    for code in (
        "tidy.hdi(draws, 0.88)",
        "NormalDist().inv_cdf((1 + 0.88) / 2)",
        "tidy.summarise(draws, prob=0.9)",
        "np.quantile(x, [0.06, 0.94])",
    ):
        assert levels_in(code)
    assert not levels_in("tidy.hdi(draws), NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)")


@pytest.mark.parametrize("name", NAMES)
def test_normal_intervals_are_as_wide_as_they_say(name: str, run_notebook: Any) -> None:
    """In a frame with standard errors, upper minus lower is that of the course's level."""
    frames = [
        v for v in run_notebook("solutions", name).defs.values() if isinstance(v, pd.DataFrame)
    ]
    wide = 2 * 1.8807936
    for frame in frames:
        for error in {"error", "se"} & set(frame.columns):
            if (frame[error] < 0).any():
                continue  # with a sign: how far from the truth, no standard error
            if {"lower", "upper"} <= set(frame.columns):
                ratio = ((frame["upper"] - frame["lower"]) / frame[error]).dropna()
                assert np.allclose(ratio, wide, rtol=1e-4)


# Priors ------------------------------------------------------------------------------------------


def near(*values: float) -> Callable[..., bool]:
    """Return a function: whether numbers are these, as they are rounded in a comment."""
    return lambda *found: bool(np.allclose(found, values, rtol=0.02, atol=0.005))


PRIORS: dict[str, dict[str, tuple[str, str, bool]]] = {}
"""Notebook -> variable -> (prior, what the comment beside it says, whether the two agree)."""


def priors(path: Path) -> dict[str, tuple[str, str]]:
    """Return the priors with numbers in a notebook: variable -> (distribution, comment beside).

    A variable that stands in several models has one prior, or both are given.
    """
    source = path.read_text(encoding="utf-8")
    lines, found = source.splitlines(), {}
    for node in ast.walk(ast.parse(source)):
        name, prior = _prior(node)
        if prior:
            comment = re.search(r"  # (?:← )?(.*)$", lines[node.end_lineno - 1])
            texts, comments = found.setdefault(name, ([], []))
            texts.append(prior)
            comments += [comment[1]] if comment else []
    return {
        name: (" or ".join(sorted(set(texts))), "; ".join(dict.fromkeys(comments)))
        for name, (texts, comments) in found.items()
    }


def _prior(node: ast.AST) -> tuple[str, str]:
    """Return variable and prior, where a piece of code gives a variable one with numbers."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        name, call = ast.unparse(node.targets[0]), node.value
        if not ast.unparse(call.func).startswith("dist."):
            return "", ""
        given = call.args
    elif (
        isinstance(node, ast.Call)
        and node.args
        and isinstance(getattr(node.args[0], "value", None), str)
    ):
        name, call, given = node.args[0].value, node, node.args[1:]
        if ast.unparse(node.func) in {"numpyro.sample", "draw"} and given:
            call = given[0]
            while isinstance(getattr(call, "func", None), ast.Attribute) and isinstance(
                call.func.value, ast.Call
            ):
                call = call.func.value  # dist.Normal(0, 1).expand([2])
            given = getattr(call, "args", [])
    else:
        return "", ""
    kind = re.match(r"(?:pm|pmd|dist)\.([A-Z]\w+)$", ast.unparse(getattr(call, "func", node)))
    values = [ast.unparse(each) for each in given]
    if kind is None or not values or not all(re.fullmatch(r"-?[\d.]+", each) for each in values):
        return "", ""
    return name, f"{kind[1]}({', '.join(values)})"


@pytest.mark.parametrize("name", BEFORE)
def test_priors_are_what_their_comments_say(name: str) -> None:
    """Each prior, and the comment that says what it believes, are those of the table."""
    table = {key: entry[:2] for key, entry in PRIORS[name].items()}
    assert priors(ROOT / "solutions" / f"{name}.py") == table
    assert [key for key, entry in PRIORS[name].items() if not entry[2]] == []


# SEED --------------------------------------------------------------------------------------------

DATA = {
    "01_causal_graphs": ["evenings", "season"],
    "02_confounders_colliders_mediators": ["days", "neighbourhoods", "hours", "customers"],
    "03_s_learner": ["customers", "truth"],
    "04_bayesian_ab_testing": ["customers"],
    "05_lalonde_do_operator": ["ipw_se"],
    "06_mundlak": ["customers"],
    "07_cevae": ["players"],
    "08_mediation": ["study"],
    "09_marketing_mix": ["history"],
    "10_identification": ["customers"],
    "11_weighting": ["people"],
}
"""Globals that follow from SEED: the data; in 05, which has real data, the bootstrap."""


def under_seed(done: Run, seed: int, name: str) -> Any:
    """Return a global of a finished run under another SEED: the cells that it needs run again."""
    source = {cell.name: cell for cell in cells(done.path) if cell.kind == "cell"}
    maker = {made: cell for cell in source.values() for made in cell.returned}
    needed, left = set(), [name]
    while left:
        cell = maker.get(left.pop())
        if cell is not None and cell.name not in needed:
            needed.add(cell.name)
            left += sorted(_used(cell))
    space = {**done.defs, "SEED": seed}
    for cell in downstream(done.path, "SEED"):
        if cell.name in needed:
            body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
            exec(compile(ast.Module(body, []), cell.name, "exec"), space)  # noqa: S102
    return space[name]


def _numbers(value: Any) -> np.ndarray:
    """Return the numbers of a frame, series, data set, dict or array, in one row."""
    if isinstance(value, dict):
        return np.concatenate([_numbers(part) for part in value.values()])
    if isinstance(value, pd.DataFrame):
        return value.select_dtypes("number").to_numpy(float).ravel()
    if isinstance(value, xr.Dataset):
        return np.concatenate(
            [np.ravel(part) for part in value.values() if part.dtype.kind in "iuf"]
        )
    return np.asarray(value, float).ravel()


def test_every_notebook_names_what_follows_from_its_seed() -> None:
    """No notebook is left out."""
    assert set(NAMES) <= set(DATA)


@pytest.mark.parametrize(("name", "data"), [(n, d) for n in NAMES for d in DATA.get(n, ())])
def test_two_seeds_give_two_data_sets(name: str, data: str, run_notebook: Any) -> None:
    """Another SEED gives other data, the same SEED the same."""
    done = run_notebook("solutions", name)
    kept = _numbers(done.defs[data])
    again, other = (_numbers(under_seed(done, done.defs["SEED"] + k, data)) for k in (0, 1))
    assert np.array_equal(kept, again, equal_nan=True)
    assert not np.array_equal(kept, other, equal_nan=True)
