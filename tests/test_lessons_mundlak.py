"""The drawings and judges of notebook 06, without running it: small made-up worlds."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from numpyro import distributions as dist

from helpers.lessons import mundlak
from tests.answers import accepted, never_done, told_apart
from tests.claims import titles_of
from tests.pages import axis_titles


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    """Return made-up customers of 30 teams: columns team, attention, renewed."""
    rng = np.random.default_rng(3)
    team = np.repeat(np.arange(30), 20)
    market = rng.normal(1.5, 1, 30)[team]
    attention = market + rng.normal(0, 1, 600)
    renewed = (rng.random(600) < 1 / (1 + np.exp(1 - market))).astype(int)
    return pd.DataFrame({"team": team, "attention": attention, "renewed": renewed})


@pytest.fixture(scope="module")
def study() -> pd.DataFrame:
    """Return a made-up study: columns model, n_per_group, effect, world, mean."""
    rng = np.random.default_rng(4)
    bias = {"multilevel": 0.3, "Mundlak": 0.02}
    rows = [
        (model, size, effect, world, effect + bias[model] / (size / 7) ** 0.5 + noise)
        for model in bias
        for size in (7, 20, 67)
        for effect in (0.0, 0.5)
        for world, noise in enumerate(rng.normal(0, 0.1, 50))
    ]
    return pd.DataFrame(rows, columns=["model", "n_per_group", "effect", "world", "mean"])


@pytest.fixture(scope="module")
def results(study: pd.DataFrame) -> pd.DataFrame:
    """Return bias and coverage of the made-up study."""
    table = study.assign(error=study["mean"] - study["effect"])
    found = table.groupby(["model", "n_per_group", "effect"])["error"].agg(["mean", "size"])
    names = {"mean": "bias", "size": "n_worlds"}
    return found.rename(columns=names).assign(coverage=0.9).reset_index()


# Judges ------------------------------------------------------------------------------------------


def test_judge_1(customers: pd.DataFrame) -> None:
    def judge(answer: Any) -> Any:
        return mundlak.judge_1(answer, customers)

    wrong = {
        "one market": "about as many",
        "turn the sign": "about as many, negative",
        "choose one": "none",
    }
    told_apart(judge, ["about zero", " About  ZERO "], wrong)
    never_done(judge)
    gaps = []
    for _, t in customers.groupby("team"):
        much = t["attention"] > t["attention"].median()
        gaps.append(100 * (t["renewed"][much].mean() - t["renewed"][~much].mean()))
    assert f"{abs(np.mean(gaps)):.0f} points" in judge("about zero").message
    assert f"standard error {np.std(gaps, ddof=1) / 30**0.5:.0f}" in judge("about zero").message


def test_judge_2(customers: pd.DataFrame) -> None:
    """Right by dummies, by deviations, by the group's mean as a column."""
    frame = customers.assign(
        mean=customers.groupby("team")["attention"].transform("mean"),
        share=customers.groupby("team")["renewed"].transform("mean"),
    )
    frame = frame.assign(
        dx=frame["attention"] - frame["mean"], dy=frame["renewed"] - frame["share"]
    )

    def of(formula: str, name: str, data: pd.DataFrame = frame) -> float:
        return float(smf.ols(formula, data).fit().params[name])

    right = [
        of("renewed ~ attention + C(team)", "attention"),
        of("renewed ~ attention + mean", "attention"),
        np.array([of("dy ~ dx - 1", "dx")]),
    ]
    means = customers.groupby("team").mean()
    each = [of("renewed ~ attention", "attention", t) for _, t in customers.groupby("team")]
    wrong = {
        "pooled slope": of("renewed ~ attention", "attention"),
        "between team means": of("renewed ~ attention", "attention", means),
        "sign is turned": -right[0],
        "percentage points": 100 * right[0],
        "Only `renewed`": of("dy ~ attention", "attention"),
        "Turned round": of("dx ~ dy", "dy"),
        "plain mean of 30": float(np.mean(each)),
    }

    def judge(answer: Any) -> Any:
        return mundlak.judge_2(answer, customers)

    told_apart(judge, right, wrong)
    never_done(judge)


def gls(m: int, noise: float, between: float) -> float:
    """Return the small team's slope with m customers by generalised least squares."""
    x = np.tile([2.0, 2, 3, 3, 4, 4], m // 6) - 1.5
    y = np.tile([1.0, 1, 1, 0, 1, 1], m // 6) - 0.5
    weight = np.linalg.inv(noise * np.eye(m) + between)
    return float((x @ weight @ y) / (x @ weight @ x))


def test_judge_3() -> None:
    """Right is the slope of generalised least squares; each half-scaled formula has its hint."""

    def judge(answer: Any) -> Any:
        return mundlak.judge_3(answer, 0.25, 0.04)

    truth = gls(60, 0.25, 0.04)
    psi = 0.25 / (0.25 + 60 * 0.04)
    wrong = {
        "team of six": gls(6, 0.25, 0.04),
        "ten times 4": psi * 30 / (4 + psi * 135),
        "m is 60 as well": psi * 3 / (40 + psi * 13.5),
        "naive slope": 3 / 17.5,
        "That is ψ": psi,
        "percentage points": 100 * truth,
        "Nothing leaks": 0,
    }
    told_apart(judge, [truth, round(truth, 3), np.array([truth])], wrong)
    never_done(judge)
    assert f"{100 * gls(6, 0.25, 0.04):.0f} points leak" in judge(truth).message
    assert f"and {100 * truth:.0f} points leak" in judge(truth).message


def test_judge_4(customers: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    slope, of_mean, intercept = rng.normal([[0.1], [1.0], [-1.0]], 0.1, (3, 25))

    def chance(attention: Any, mean: Any) -> np.ndarray:
        eta = np.outer(attention, slope) + np.outer(mean, of_mean) + intercept
        return 1 / (1 + np.exp(-eta))

    x = customers["attention"]
    mean = customers.groupby("team")["attention"].transform("mean").to_numpy()
    before = chance(x, mean)
    right = (chance(x - 1, mean) - before).mean(axis=0)

    def judge(answer: Any) -> Any:
        return mundlak.judge_4(answer, chance, x, mean)

    wrong = {
        "colleague's number": (chance(x - 1, mean - 1) - before).mean(axis=0),
        "mean alone": (chance(x, mean - 1) - before).mean(axis=0),
        "sign is turned": -right,
        "one unit more": (chance(x + 1, mean) - before).mean(axis=0),
        "percentage points": 100 * right,
        "per customer": (chance(x - 1, mean) - before).mean(axis=1),
        "keep the draws": right.mean(),
    }
    told_apart(judge, [right, list(right)], wrong)
    never_done(judge)
    error = 100 * ((chance(x - 1, mean - 1) - before).mean() - right.mean())
    assert f"−{abs(error):.0f} points" in judge(right).message


def test_judge_5() -> None:
    patients = mundlak.clinics(7)
    frame = patients.assign(mean=patients.groupby("clinic")["hours"].transform("mean"))
    fitted = smf.ols("mobility ~ hours + mean", frame).fit().params
    dummies = smf.ols("mobility ~ hours + C(clinic)", frame).fit().params
    naive = smf.ols("mobility ~ hours", frame).fit().params["hours"]
    between = smf.ols("mobility ~ hours", frame.groupby("clinic").mean()).fit().params["hours"]
    right = {"naive": naive, "effect": dummies["hours"], "spoiled by": "how ill each patient is"}

    def judge(answer: Any) -> Any:
        return mundlak.judge_5(answer, patients)

    def but(**changed: Any) -> dict[str, Any]:
        return {**right, **{key.replace("_", " "): value for key, value in changed.items()}}

    wrong = {
        "leave the clinics out": but(naive=dummies["hours"]),
        "take all patients": but(naive=between),
        "`naive`: the sign": but(naive=-naive),
        "over all patients": but(naive=3.0),
        "still the naive": but(effect=naive),
        "where the confounder lives": but(effect=between),
        "coefficient of the clinic's mean": but(effect=fitted["mean"]),
        "`effect`: the sign": but(effect=-dummies["hours"]),
        "put the clinic's mean": but(effect=9.0),
        "one value per clinic": but(spoiled_by="the clinic's equipment"),
        "one of": but(spoiled_by="rain"),
        "Still open: spoiled by": but(spoiled_by=...),
        "stopped with": but(effect="much"),
    }
    second = but(effect=fitted["hours"], spoiled_by=" How ill  each patient is")
    told_apart(judge, [right, second], wrong)
    assert judge({"naive": ..., "effect": ..., "spoiled by": ...}).status == "todo"
    never_done(judge)


@pytest.mark.parametrize("seed", [1, 7, 42, 2026, 90210])
def test_the_clinics_turn_the_sign(seed: int) -> None:
    """In every world of exercise 5 the naive slope is negative and the true one is found: +1.5."""
    patients = mundlak.clinics(seed)
    naive = smf.ols("mobility ~ hours", patients).fit().params["hours"]
    within = smf.ols("mobility ~ hours + C(clinic)", patients).fit()
    assert naive < -0.3
    assert abs(within.params["hours"] - 1.5) < 3.5 * within.bse["hours"]
    assert patients.groupby("clinic").size().eq(8).all()
    assert patients["clinic"].nunique() == 40


def test_judge_6(study: pd.DataFrame) -> None:
    def share(model: str, size: int) -> float:
        rows = study.query(f"model == '{model}' and n_per_group == {size} and effect == 0")["mean"]
        return 1 - rows.var(ddof=0) / (rows**2).mean()

    def judge(answer: Any) -> Any:
        return mundlak.judge_6(answer, study)

    truth = share("multilevel", 67)
    mixed = study.query("model == 'multilevel' and n_per_group == 67")["mean"]
    wrong = {
        "Square it": truth**0.5,
        "share of the variance": 1 - truth,
        "in per cent": 100 * truth,
        "Mundlak's": share("Mundlak", 67),
        "7 per team": share("multilevel", 7),
        "20 per team": share("multilevel", 20),
        "true slopes are mixed": 1 - mixed.var(ddof=0) / (mixed**2).mean(),
    }
    told_apart(judge, [truth, round(truth, 2)], wrong)
    never_done(judge)


def test_judge_7() -> None:
    def judge(answer: Any) -> Any:
        return mundlak.judge_7(answer, 0.5, 0.3)

    wrong = {"simpler": "Mundlak", "decimal": "latent Mundlak", "choose one": "both"}
    told_apart(judge, ["neither", " Neither "], wrong)
    never_done(judge)
    assert mundlak.judge_7("latent Mundlak", 9.0, 1.0).status == "done"
    assert mundlak.judge_7("Mundlak", -9.0, 1.0).status == "done"
    assert "over 4" in mundlak.judge_7("neither", 9.0, 1.0).message
    assert mundlak.judge_7("neither", 9.0, 5.0).status == "done"


def test_judge_8() -> None:
    right = [dist.Normal(0, 1), dist.Laplace(0, 1), dist.StudentT(3, 0, 1), dist.Uniform(-3, 3)]
    wrong = {
        "knows the sign": dist.Exponential(1),
        "equally likely": dist.Normal(1, 1),
        "almost no chance": dist.Normal(0, 0.1),
        "its parameters": dist.Normal,
        "shape of its own": dist.Normal(0, 1).expand([2]),
        "not a float": 0.5,
    }
    told_apart(mundlak.judge_8, right, wrong)
    never_done(mundlak.judge_8)


# Drawings ----------------------------------------------------------------------------------------


def spec(chart: Any) -> dict[str, Any]:
    """Return a chart's specification, which has a description."""
    found = chart.to_dict()
    assert len(found["description"]) > 40
    return found


def test_every_axis_has_a_unit() -> None:
    for quantity in mundlak.AXES:
        assert re.fullmatch(r"[^()]+ \([^()]+\)", mundlak.axis_title(quantity))


def test_chart_naive(customers: pd.DataFrame) -> None:
    found = spec(mundlak.chart_naive(customers))
    assert titles_of(found) == ["600 customers: more attention, more renewals"]
    assert axis_titles(found) == {"attention, mean of the bin (log scale)", "renewed (%)"}
    (rows,) = found["datasets"].values()
    assert len(rows) == 10
    mean = np.mean([row["renewed"] for row in rows])
    assert mean == pytest.approx(customers["renewed"].mean(), abs=1e-3)


def test_chart_two_slopes(customers: pd.DataFrame) -> None:
    """The line between goes through the middle; no title gives the slope within."""
    teams = customers.groupby("team")[["attention", "renewed"]].mean()
    found = spec(mundlak.chart_two_slopes(teams, 0.2, -0.017))
    assert titles_of(found)[0] == "Between teams: +20 points per unit of attention"
    assert "0.017" not in str(titles_of(found)) + found["description"]
    rows = [data for data in found["datasets"].values() if "x2" in data[0]]
    assert sorted(map(len, rows)) == [1, 30]
    for data in rows:
        slopes = {round((row["y2"] - row["y"]) / (row["x2"] - row["x"]), 6) for row in data}
        assert slopes in ({0.2}, {-0.017})


def test_drawer_leak() -> None:
    curve = pd.DataFrame({"m": [2.0, 200.0], "slope": [0.6, 0.02]})
    draw = mundlak.drawer_leak(curve, pd.DataFrame({"size": [7], "bias": [0.35]}))
    found = draw(20, 0.25, 0.41).spec
    assert found["title"]["text"] == ["20 per team: slope about +0.25 (ψ = 0.41)"]
    assert [{"at": 20, "now": 0.25}] in list(found["datasets"].values())
    assert axis_titles(found) == {"team size (customers)", "slope (log-odds per unit)"}
    assert mundlak.slider_team_size().value == 7


def test_chart_prior() -> None:
    shares = {"fixed effects": np.array([0.001, 0.999, 0.5, 0.2]), "Mundlak": np.full(4, 0.4)}
    found = spec(mundlak.chart_prior(shares))
    assert titles_of(found)[0] == "Teams under 1 % or over 99 %: fixed effects 50 %, Mundlak 0 %"
    rows = next(data for data in found["datasets"].values() if "share" in data[0])
    for name, sign in zip(shares, (1, -1), strict=True):
        total = sum(row["share"] for row in rows if row["model"] == name)
        assert total == pytest.approx(sign)
    assert "team's renewals that the prior expects (%)" in axis_titles(found)


def test_table_diagnostics() -> None:
    columns = ["max_rhat", "min_ess_bulk", "min_ess_tail", "divergences", "passed"]
    good, bad = ([[1.002, 900.0, 800.0, 0, True]], [[1.2, 90.0, 80.0, 3, False]])
    tables = {"one": pd.DataFrame(good, columns=columns), "two": pd.DataFrame(bad, columns=columns)}
    text = mundlak.table_diagnostics(tables).text
    assert text.index("may be read") < text.index("must not be read")
    assert "1.200" in text


@pytest.mark.parametrize(
    ("variable", "title"), [("attention", "truth 0"), ("seniority", "7 times")]
)
def test_chart_slopes(variable: str, title: str) -> None:
    rows = [
        (model, v, mean, sd, mean - 2 * sd, mean + 2 * sd)
        for v in ("attention", "seniority")
        for model, mean, sd in (("fixed effects", 0.1, 0.7), ("Mundlak", 0.05, 0.1))
    ]
    columns = ["model", "variable", "mean", "sd", "lower", "upper"]
    chart = mundlak.chart_slopes(pd.DataFrame(rows, columns=columns), variable, 0.0)
    found = spec(chart)
    assert title in titles_of(found)[0]
    assert any(variable in axis and "log-odds per" in axis for axis in axis_titles(found))
    assert "94 % HDI" in str(found["title"])


def test_chart_ate() -> None:
    rng = np.random.default_rng(0)
    ate = {
        name: rng.normal(mean, 0.01, (2, 400)) for name, mean in (("naive", 0.08), ("Mundlak", 0))
    }
    found = spec(mundlak.chart_ate(ate))
    want = 100 * ate["naive"].mean()
    assert titles_of(found)[0].startswith(f"One more unit of attention: naive +{want:.1f} points")
    assert "ATE (percentage points of renewal)" in axis_titles(found)


def test_drawer_need() -> None:
    curves = pd.DataFrame({"s": [0.0, 2.0], "naive": [0.5, 0.8], "within": [0.0, 0.8]})
    found = mundlak.drawer_need(curves)(1.0, 0.67, 0.5).spec
    assert found["title"]["text"] == ["At s = 1.00: within +0.50, naive +0.67"]
    assert axis_titles(found) >= {"slope (outcome per unit)"}
    assert mundlak.slider_need().value == 0.5


def test_drawer_collapse() -> None:
    grid = np.linspace(-1, 1, 5)
    teams = np.tile(grid[:, None], (1, 3)) / 4 + 0.5
    draw = mundlak.drawer_collapse(grid, teams, teams.mean(axis=1))
    found = draw(2.0, teams, teams.mean(axis=1), 1.0, 0.64).spec
    assert found["title"]["text"] == ["Spread 2.0: in each team +1.00, of the mean +0.64"]
    assert sorted(map(len, found["datasets"].values())) == [5, 15]
    assert "chance to renew (%)" in axis_titles(found)
    assert mundlak.slider_spread().value == 1.5


def test_drawer_worlds(study: pd.DataFrame, results: pd.DataFrame) -> None:
    """It shows the rows of one setting, their mean error, and the truth."""
    draw = mundlak.drawer_worlds(study, results)
    found = draw(20, 0.5).spec
    bias = results.query("n_per_group == 20 and effect == 0.5").set_index("model")["bias"]
    want = f"bias multilevel +{bias['multilevel']:.2f}, Mundlak +{bias['Mundlak']:.2f}"
    assert found["title"]["text"] == [f"20 per team, truth +0.5: {want}"]
    assert [{"truth": 0.5}] in list(found["datasets"].values())
    ticks = next(rows for rows in found["datasets"].values() if "mean" in rows[0])
    assert len(ticks) == 100
    menu = mundlak.choice_of_worlds(results)
    assert menu.value == (7, 0.0)
    assert len(menu.options) == 6
    assert "20 customers per team, true slope +0.5" in menu.options


def test_chart_free() -> None:
    loading = np.abs(np.random.default_rng(0).normal(1, 0.1, (4, 100))) * [[1], [-1], [1], [1]]
    found = spec(mundlak.chart_free(loading))
    assert titles_of(found) == ["Without the constraint 1 of 4 chains found the mirror image"]
    assert "loading (units of attention)" in axis_titles(found)


def test_judges_take_an_answer_in_another_form(customers: pd.DataFrame) -> None:
    """A number may come as NumPy's, in an array of one."""
    truth = smf.ols("renewed ~ attention + C(team)", customers).fit().params["attention"]
    accepted(lambda a: mundlak.judge_2(a, customers), [np.float32(truth), [truth]])
