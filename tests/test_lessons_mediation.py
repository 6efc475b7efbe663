"""Drawings and judges of notebook 08, without running a notebook."""

from __future__ import annotations

import functools
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from helpers import checks
from helpers.lessons import mediation
from helpers.simulate import LinearWorld
from helpers.tidy import hdi
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, title_of


def rows_with(chart: Any, column: str) -> list[dict[str, Any]]:
    """Return the one data set of a chart that has a column."""
    (rows,) = [rows for rows in chart.to_dict()["datasets"].values() if column in rows[0]]
    return rows


CHANGE = "change in the probability of a disorder"
WORLDS = xr.DataArray(
    np.array([[[0.30, 0.28], [0.25, 0.24]], [[0.22, 0.21], [0.19, 0.18]]]),
    dims=["t", "t1", "t2"],
    coords={name: [0, 1] for name in ("t", "t1", "t2")},
)
EFFECTS = {"TE": {"111": 1, "000": -1}, "IIE1": {"010": 1, "000": -1}}


# Charts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", mediation.AXES)
def test_every_axis_has_a_unit(quantity: str) -> None:
    what, unit = mediation.AXES[quantity]
    assert mediation.axis_title(quantity) == f"{what} ({unit})"


def test_arms_say_how_many_have_a_disorder() -> None:
    rates = pd.DataFrame({"peers": [0.5, 0.3], "drugs": [0.3, 0.2], "disorder": [0.17, 0.1]})
    chart = mediation.chart_arms(rates, 410)
    assert title_of(chart) == "A disorder: 10 in a hundred with the programme, 17 without"
    assert axis_titles(chart.to_dict()) == {"happens to (share of the families)"}
    assert [(r["name"], r["share"], r["arm"]) for r in rows_with(chart, "share")][-2:] == [
        ("disorder", 0.17, "control"),
        ("disorder", 0.1, "treated"),
    ]
    assert "410 families. peers, control: 0.50" in chart.to_dict()["description"]


def test_hundred_are_counted() -> None:
    chart = mediation.chart_hundred(np.array([-0.14, -0.071, -0.07, 0.03]), -0.071)
    assert title_of(chart) == "4 such studies: −0.14 to +0.03; ours −0.07"
    assert axis_titles(chart.to_dict()) == {
        f"difference of the arms ({CHANGE})",
        "studies (number)",
    }
    assert sum(row["studies"] for row in rows_with(chart, "studies")) == 4


def test_routes_have_four_corners() -> None:
    chart = mediation.chart_routes(np.array([[0.33, 0.27], [0.22, 0.18]]))
    assert title_of(chart) == "Two routes from neither to both"
    assert axis_titles(chart.to_dict()) == {"disorder (probability)"}
    words = chart.to_dict()["description"]
    for corner in ("neither: 0.33", "directly only: 0.22", "peers only: 0.27", "both: 0.18"):
        assert corner in words
    routes = pd.DataFrame(rows_with(chart, "route"))
    assert routes.groupby("route")["p"].apply(list).to_dict() == {
        "directly first": [0.33, 0.22, 0.18],
        "peers first": [0.33, 0.27, 0.18],
    }


def test_cube_has_eight_corners_and_twelve_edges() -> None:
    """Four edges a way; rings stand where the effect has signs, the mark where we are."""
    corners = mediation.corners_of(WORLDS, EFFECTS["IIE1"], "010")
    assert set(corners.loc[corners["ring"], "corner"]) == {"010", "000"}
    assert corners.set_index("corner")["sign"][["010", "000", "111"]].tolist() == ["+", "−", ""]
    assert corners.loc[corners["here"], "corner"].tolist() == ["010"]
    for corner in corners.itertuples():
        t, t1, t2 = map(int, corner.corner)
        assert pytest.approx(float(WORLDS.sel(t=t, t1=t1, t2=t2))) == corner.E
    edges = mediation.edges_of(corners)
    assert edges["walk"].value_counts().tolist() == [4, 4, 4]
    steps = edges[["x_end", "y_end"]].to_numpy() - edges[["x", "y"]].to_numpy()
    expected = {"directly": (1, 0), "through peers": (0, 1), "through drugs": (0.42, 0.36)}
    for walk, step in zip(edges["walk"], steps, strict=True):
        assert step == pytest.approx(expected[walk])


def test_cube_says_where_we_are() -> None:
    draw = mediation.drawing_cube(WORLDS, EFFECTS)
    chart = draw("010", "IIE1")
    assert title_of(chart) == "E[0, 1, 0] = 0.250; IIE1 = −0.050"
    assert title_of(draw("111", "TE")) == "E[1, 1, 1] = 0.180; TE = −0.120"
    assert "+  010: 0.250" in chart.to_dict()["description"]
    assert sum(row["here"] for row in rows_with(chart, "corner")) == 1


def test_split_shows_the_truth_too() -> None:
    table = {"effect": ["TE", "DE"], "truth": [-0.065, -0.035], "mean": [-0.06, -0.04]}
    chart = mediation.chart_split(
        pd.DataFrame({**table, "lower": [-0.12, -0.1], "upper": [-0.01, 0.02]})
    )
    assert title_of(chart) == "Total −0.060, and one part for each way it travels"
    assert f"effect; bar: truth ({CHANGE})" in axis_titles(chart.to_dict())
    assert "DE −0.035" in chart.to_dict()["description"]
    assert "94 % HDI" in chart.to_json()


def test_said_has_the_interval() -> None:
    split = pd.DataFrame({"mean": [-0.0626], "lower": [-0.1237], "upper": [0.0044]}, index=["TE"])
    assert mediation.said(split, "TE") == "−0.063 [−0.124, +0.004]"


def sensitivity() -> pd.DataFrame:
    rho = np.arange(-8, 17) / 20
    mean = -0.02 + 0.05 * rho
    return pd.DataFrame({"rho": rho, "mean": mean, "lower": mean - 0.02, "upper": mean + 0.015})


def test_sensitivity_says_whether_zero_is_held() -> None:
    draw = mediation.drawing_sensitivity(sensitivity())
    assert title_of(draw(0.0)) == "ρ = 0.00: IIE1 −0.020, the interval excludes zero"
    assert title_of(draw(0.5)) == "ρ = 0.50: IIE1 +0.005, the interval holds zero"
    assert axis_titles(draw(0.5).to_dict()) == {
        "ρ of what is hidden behind peers and disorder (correlation)",
        "IIE1 (change in probability)",
    }
    assert [row["rho"] for row in rows_with(draw(0.5), "here")] == [0.5]
    assert draw(0.5).to_dict()["title"]["subtitle"] == "band and bar: 94 % HDI"


def test_prior_and_predictive() -> None:
    draws = {"TE": np.linspace(-0.5, 0.5, 101)}
    chart = mediation.chart_prior(draws)
    assert title_of(chart) == "The prior allows large effects of either sign"
    assert axis_titles(chart.to_dict()) == {f"effect ({CHANGE})"}
    rates = pd.DataFrame({"peers": [0.5, 0.3]})
    shares = np.linspace(0.4, 0.6, 101)
    rows = mediation.predictive_rows(rates, {("peers", 0): shares, ("peers", 1): shares - 0.2})
    assert rows["label"].tolist() == ["peers, control", "peers, treated"]
    assert rows["mean"].tolist() == [0.5, 0.3]
    assert (rows["lower"][0], rows["upper"][0]) == hdi(shares)
    inside = (shares >= rows["lower"][0]) & (shares <= rows["upper"][0])
    assert inside.mean() == pytest.approx(0.94, abs=0.011)
    assert "Mark: what we saw" in title_of(mediation.chart_predictive(rows))


def test_proportion_counts_what_lies_outside() -> None:
    values = np.array([-0.5, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.3, 4.0])
    chart = mediation.chart_proportion(values)
    low, high = hdi(values)
    assert title_of(chart) == (
        f"94 % HDI {low:.2f} to {high:.2f}; 20 % of the draws outside 0 to 1".replace("-", "−")
    )
    rows = rows_with(chart, "share")
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert sum(r["share"] for r in rows if r["role"] == "naive") == pytest.approx(0.2)
    assert "proportion mediated (outermost bars: all beyond)" in axis_titles(chart.to_dict())


def test_direct_moves_its_mark() -> None:
    table = {"direct": [-1.0, 0.0, 1.0], "TE": [-0.1, -0.03, 0.05], "mediated": [-0.03] * 3}
    curve = pd.DataFrame({**table, "proportion": [0.3, 1.0, -0.6]})
    chart = mediation.drawing_direct(curve)(curve.iloc[[2]])
    assert title_of(chart) == "TE +0.050, mediated −0.030: proportion −0.600"
    assert axis_titles(chart.to_dict()) == {
        "true direct arrow (log-odds)",
        "mediated (share of TE)",
    }
    assert [row["direct"] for row in rows_with(chart, "here")] == [1.0]
    assert {(r["direct"], r["side"]) for r in rows_with(chart, "side")} == {
        (-1.0, "helps"),
        (0.0, "helps"),
        (1.0, "harms"),
    }


def test_coverage_names_both_worlds() -> None:
    both = pd.DataFrame({"effect": ["TE", "TE"], "coverage": [0.95, 0.67], "world": ["a", "b"]})
    chart = mediation.chart_coverage(both, 200)
    assert title_of(chart) == "200 worlds of each kind (dashed: 94 %)"
    assert axis_titles(chart.to_dict()) == {"intervals that hold the truth (share of the worlds)"}
    assert "TE, b: 67 %" in chart.to_dict()["description"]


# The town of the transfer exercise ---------------------------------------------------------------


@functools.cache
def jobs(seed: int = 2026) -> pd.DataFrame:
    return mediation.simulate_jobs(seed)


def split_by_loops(table: pd.DataFrame, *, by_kind: bool = True) -> dict[str, float]:
    """Return the split by loops over rows that one counts, another way than the judge's."""
    kinds = table["long_term"] if by_kind else 0 * table["long_term"]
    e = np.zeros((2, 2))
    for x in kinds.unique():
        part = table[kinds == x]
        for t, t1, m in product((0, 1), repeat=3):
            arm, other = part[part["course"] == t], part[part["course"] == t1]
            chance = (other["applies"] == m).sum() / len(other)
            e[t, t1] += len(part) / len(table) * chance * arm[arm["applies"] == m]["job"].mean()
    return {
        "total": e[1, 1] - e[0, 0],
        "direct": e[1, 0] - e[0, 0],
        "indirect": e[0, 1] - e[0, 0],
    }


def test_jobs_are_as_described() -> None:
    """A coin for the course; long_term moves both; the true split, and no seed is like another."""
    table = jobs()
    assert list(table) == ["long_term", "course", "applies", "job"]
    assert table["course"].mean() == pytest.approx(0.5, abs=0.02)
    assert table.groupby("long_term")["course"].mean().diff().iloc[1] == pytest.approx(0, abs=0.03)
    for name in ("applies", "job"):
        assert table.groupby("long_term")[name].mean().diff().iloc[1] < -0.2
    found = split_by_loops(table)
    # .6 and .4 of the town; by hand from the chances of the docstring's world.
    direct = 0.6 * (0.10 * 0.55 + 0.15 * 0.45) + 0.4 * (0.04 * 0.85 + 0.14 * 0.15)
    indirect = 0.6 * 0.25 * 0.30 + 0.4 * 0.12 * 0.20
    assert found["direct"] == pytest.approx(direct, abs=0.02)
    assert found["indirect"] == pytest.approx(indirect, abs=0.01)
    assert not table.equals(jobs(7))


# Judges ------------------------------------------------------------------------------------------


def test_exercise_1() -> None:
    right = "families without both"
    wrong = {"coin": "all families", "formed by": "both", "nobody's help": "neither"}
    told_apart(mediation.judge_1, (right, " Families  without both"), {**wrong, "choose": "x"})
    never_done(mediation.judge_1)


FOUR = np.array([[0.33, 0.27], [0.22, 0.18]])


def judge_2(answer: Any) -> checks.Check:
    return mediation.judge_2(answer, FOUR)


def test_exercise_2() -> None:
    wrong = {
        "nothing acts directly": FOUR[0, 1] - FOUR[0, 0],
        "*direct* way moves": FOUR[1, 1] - FOUR[0, 1],
        "total": FOUR[1, 1] - FOUR[0, 0],
        "direct effect": FOUR[1, 0] - FOUR[0, 0],
        "sign": FOUR[1, 0] - FOUR[1, 1],
        "one world": FOUR[1, 1],
    }
    told_apart(judge_2, (FOUR[1, 1] - FOUR[1, 0], -0.04, np.array([-0.04])), wrong)
    never_done(judge_2)
    assert "+0.02" in judge_2(-0.04).message
    assert "−0.06" in judge_2(-0.04).message


def judge_3(answer: Any) -> checks.Check:
    return mediation.judge_3(answer, sensitivity())


def test_exercise_3() -> None:
    table = sensitivity()
    rows = table[table["rho"].between(-0.2, 0.2)]
    wrong = {
        "strongest": rows["lower"].min(),
        "weakest mean": rows["mean"].max(),
        "every": table["upper"].max(),
        "kindest": rows["upper"].min(),
        "nothing were hidden": table.loc[table["rho"] == 0, "upper"].item(),
        "both ends": table.loc[np.isclose(table["rho"], 0.15), "upper"].item(),
        "is a ρ": 0.2,
    }
    right = rows["upper"].max(), float(np.interp(0.2, table["rho"], table["upper"]))
    told_apart(judge_3, right, wrong)
    never_done(judge_3)
    assert "does not survive" in judge_3(right[0]).message
    lower = table.assign(**{c: table[c] - 0.02 for c in ("mean", "lower", "upper")})
    assert "it survives" in mediation.judge_3(right[0] - 0.02, lower).message


def judge_4(answer: Any) -> checks.Check:
    return mediation.judge_4("applies and job", answer, jobs())


def test_exercise_4() -> None:
    found = split_by_loops(jobs())
    right = (
        found,
        tuple(found.values()),
        pd.Series(found),
        {**found, "remainder": 0.02},
        {name: found[name] for name in ("indirect", "total", "direct")},
    )
    loose = split_by_loops(jobs(), by_kind=False)
    table = jobs()
    stratified = sum(
        (part[part["course"] == 1]["job"].mean() - part[part["course"] == 0]["job"].mean())
        * len(part)
        / len(table)
        for _, part in table.groupby("applies")
    )
    wrong = {
        "moves who applies": loose,
        "exchanged": {**found, "direct": found["indirect"], "indirect": found["direct"]},
        "sign": {name: -value for name, value in found.items()},
        "points of a hundred": {name: 100 * value for name, value in found.items()},
        "*without* the course": {**found, "direct": stratified},
        "indirect is no rest": {**found, "indirect": found["total"] - found["direct"]},
        "direct is no rest": {**found, "direct": found["total"] - found["indirect"]},
        "within each kind of person": {**found, "direct": loose["direct"]},
        "keys": {"total": found["total"]},
        "three numbers": found["total"],
    }
    told_apart(judge_4, right, wrong)
    never_done(judge_4)
    assert f"{loose['indirect']:.3f}" in judge_4(found).message
    rest = found["total"] - found["direct"] - found["indirect"]
    assert f"remainder +{rest:.3f}" in judge_4(found).message


def test_exercise_4_needs_both_answers() -> None:
    found = split_by_loops(jobs())
    for pair in ("course and applies", "course and job"):
        assert "coin" in mediation.judge_4(pair, found, jobs()).message
        assert mediation.judge_4(pair, found, jobs()).status == "wrong"
    for one, two in (("applies and job", ...), (..., found), (None, None)):
        assert mediation.judge_4(one, two, jobs()).status == "todo"
    never_done(lambda answer: mediation.judge_4(answer, found, jobs()))


def test_exercise_5() -> None:
    def loops(p: Any, q: Any) -> float:
        return sum(p[0, m, n] * (q[1, m, n] - q[0, m, n]) for m in (0, 1) for n in (0, 1))

    def sums(p: Any, q: Any) -> Any:
        return np.einsum("mn,mn->", p[0], q[1]) - np.tensordot(p[0], q[0])

    def margins(p: Any, q: Any) -> float:
        apart = [np.outer(q[t].sum(1), q[t].sum(0)) for t in (0, 1)]
        return float((p[0] * (apart[1] - apart[0])).sum())

    wrong = {
        "total": lambda p, q: (p[1] * q[1] - p[0] * q[0]).sum(),
        "direct": lambda p, q: ((p[1] - p[0]) * q[0]).sum(),
        "arm 0": lambda p, q: (p[1] * (q[1] - q[0])).sum(),
        "sign": lambda p, q: (p[0] * (q[0] - q[1])).sum(),
        "margins": margins,
        "one world": lambda p, q: (p[0] * q[1]).sum(),
        "4 numbers": lambda p, q: p[0] * (q[1] - q[0]),
        "what it returns": lambda *_: 0.1,
    }
    told_apart(mediation.judge_5, (loops, sums), wrong)
    never_done(mediation.judge_5)
    assert mediation.judge_5(lambda *_: ...).status == "todo"
    assert mediation.judge_5(lambda *_: None).status == "todo"


def judge_6(answer: Any) -> checks.Check:
    return mediation.judge_6(answer, -0.036, 0.030)


def test_exercise_6() -> None:
    wrong = {"sign": "below 0", "same direction": "between 0 and 1", "choose": "6"}
    told_apart(judge_6, ("above 1", "Above 1"), wrong)
    never_done(judge_6)
    assert "TE is −0.006, so the proportion is 6" in judge_6("above 1").message
    assert mediation.judge_6("between 0 and 1", -0.03, -0.03).status == "done"
    assert mediation.judge_6("below 0", -0.03, 0.04).status == "done"
    assert "smaller" in mediation.judge_6("above 1", -0.03, -0.03).message


WARM_UP = LinearWorld(
    {
        ("programme", "peer_score"): -0.8,
        ("peer_score", "risk_score"): 0.5,
        ("programme", "risk_score"): -0.3,
    }
)


def judge_7(answer: Any) -> checks.Check:
    return mediation.judge_7(answer, WARM_UP)


def test_exercise_7() -> None:
    loose = -0.8 * WARM_UP.slope("risk_score", on="peer_score")
    wrong = {
        "bug": loose,
        "not of the programme": 0.24,
        "total": -0.7,
        "direct effect": -0.3,
        "sign": 0.4,
        "first arrow": -0.8,
        "second arrow": 0.5,
    }
    total = WARM_UP.slope("risk_score", on="programme")
    held = WARM_UP.slope("risk_score", on="programme", given=["peer_score"])
    told_apart(judge_7, (-0.4, total - held, np.array([-0.4])), wrong)
    never_done(judge_7)
