"""The drawings and judges of notebook 05, without running it: made-up draws, the real table."""

from __future__ import annotations

import re
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xarray as xr

from helpers.data import load_lalonde
from helpers.lessons import lalonde
from helpers.tidy import number
from tests.answers import accepted, never_done, refused, told_apart
from tests.claims import titles_of
from tests.pages import axis_titles

N_CHAINS, N_DRAWS = 2, 30


@pytest.fixture(scope="module")
def men() -> pd.DataFrame:
    """Return the men of the notebook."""
    return load_lalonde()


@pytest.fixture(scope="module")
def took_part(men: pd.DataFrame) -> pd.Series:
    """Return who joined."""
    return men["treated"] == 1


@pytest.fixture(scope="module")
def worlds(men: pd.DataFrame) -> tuple[xr.DataArray, xr.DataArray]:
    """Return made-up expected earnings (with, without) in dollars: the gain differs by man."""
    rng = np.random.default_rng(5)
    shape, dims = (N_CHAINS, N_DRAWS, len(men)), ("chain", "draw", "unit")
    without = 6000 - 2500 * men["treated"].to_numpy() + rng.normal(0, 800, shape)
    gain = 1500 + 400 * men["married"].to_numpy() + rng.normal(0, 300, shape)
    return xr.DataArray(without + gain, dims=dims), xr.DataArray(without, dims=dims)


@pytest.fixture(scope="module")
def propensity(men: pd.DataFrame) -> np.ndarray:
    """Return made-up probabilities of joining, one a man."""
    return np.random.default_rng(1).uniform(0.05, 0.9, len(men)) * (0.5 + men["black"] / 2)


@pytest.fixture(scope="module")
def sensitivity() -> tuple[Any, pd.DataFrame]:
    """Return a function for the bias in dollars, and made-up benchmarks."""

    def bias(r2_outcome: Any, r2_treatment: Any) -> Any:
        return 781 * np.sqrt(604 * r2_outcome * r2_treatment / (1 - r2_treatment))

    table = {"r2_outcome": [0.003, 0.0102, 0.0434], "r2_treatment": [0.01, 0.406, 0.0068]}
    return bias, pd.DataFrame(table, index=["age", "black", "earnings_1974"])


# Judges ------------------------------------------------------------------------------------------


def test_judge_1() -> None:
    wrong = {"less in 1978": "too high", "coin": "about right", "choose one": "low"}
    told_apart(lalonde.judge_1, ["too low", " Too  LOW "], wrong)
    never_done(lalonde.judge_1)


def test_judge_2() -> None:
    """The four assumptions by name; another name of the same assumption is as good."""
    right = ["ignorability", " Ignorability ", "no unmeasured confounding", "exchangeability"]
    wrong = {
        "equal covariates": "positivity",
        "versions": "consistency",
        "one man's place": "no interference",
        "choose one": "randomness",
    }
    told_apart(lalonde.judge_2, right, wrong)
    assert lalonde.judge_2("overlap").message == lalonde.judge_2("positivity").message
    never_done(lalonde.judge_2)


def test_judge_2_says_the_classic_objection() -> None:
    """What is said when it is done: other labour markets, another another record."""
    why = lalonde.judge_2("ignorability").message
    assert "labour markets" in why
    assert "another record" in why


def test_judge_3(worlds: Any, took_part: pd.Series) -> None:
    with_, without = worlds
    joined = took_part.to_numpy()
    ate = (with_ - without).mean("unit")
    buggy = with_.sel(unit=joined).mean("unit") - without.sel(unit=~joined).mean("unit")

    def judge(answer: Any) -> Any:
        return lalonde.judge_3(answer, with_, without, took_part)

    wrong = {
        "different men": buggy,
        "sign is turned:": -ate,
        "thousands": ate / 1000,
        "chain and draw": float(ate.mean()),
        "per man": with_ - without,
        "shape": ate.mean("chain"),
        "quotes": "mu_with - mu_without",
        "turned as well": -buggy,
    }
    told_apart(judge, [ate, ate.to_numpy(), with_.mean("unit") - without.mean("unit")], wrong)
    never_done(judge)
    assert number(float(buggy.mean()), 0) in judge(ate).message


def _by_hand(earnings: Any, treated: Any, propensity: Any) -> float:
    y, t, e = (np.asarray(column, dtype=float) for column in (earnings, treated, propensity))
    w = np.where(t == 1, 0, e / (1 - e))
    return (t * y).sum() / t.sum() - (w * y).sum() / w.sum()


def _by_regression(earnings: Any, treated: Any, propensity: Any) -> float:
    t, e = np.asarray(treated, dtype=float), np.asarray(propensity, dtype=float)
    weights = np.where(t == 1, 1, e / (1 - e))
    fit = sm.WLS(np.asarray(earnings, dtype=float), sm.add_constant(t), weights=weights).fit()
    return float(fit.params[1])


def _minus(mean: Any) -> Any:
    """Return a function: mean of the treated minus mean(y, t, odds)."""

    def function(y: Any, t: Any, e: Any) -> Any:
        y, t, e = np.asarray(y, dtype=float), np.asarray(t) == 1, np.asarray(e, dtype=float)
        return y[t].mean() - mean(y, t, e / (1 - e))

    return function


def _weighted(weigh: Any) -> Any:
    """Return a function: mean of the treated minus the others weighted by weigh(e)."""

    def function(y: Any, t: Any, e: Any) -> float:
        y, t = np.asarray(y, dtype=float), np.asarray(t) == 1
        return y[t].mean() - np.average(y[~t], weights=weigh(np.asarray(e, dtype=float))[~t])

    return function


def _ate(y: Any, t: Any, e: Any) -> float:
    y, t, e = np.asarray(y, dtype=float), np.asarray(t) == 1, np.asarray(e)
    return np.average(y[t], weights=1 / e[t]) - np.average(y[~t], weights=1 / (1 - e[~t]))


def _atu(y: Any, t: Any, e: Any) -> float:
    y, t, e = np.asarray(y, dtype=float), np.asarray(t) == 1, np.asarray(e, dtype=float)
    return np.average(y[t], weights=((1 - e) / e)[t]) - y[~t].mean()


def test_judge_4(men: pd.DataFrame, propensity: np.ndarray) -> None:
    def judge(answer: Any) -> Any:
        return lalonde.judge_4(answer, men, propensity)

    toy = lalonde.TOY_ANSWERS["right"]
    assert toy == pytest.approx(_by_hand(*lalonde.TOY))
    wrong = {
        "not weighted": _minus(lambda y, t, _: y[~t].mean()),
        "not a mean": _minus(lambda y, t, w: (w * y)[~t].sum()),
        "`.mean()`": _minus(lambda y, t, w: (w * y)[~t].mean()),
        "sum to one": _minus(lambda y, t, w: (w * y)[~t].sum() / t.sum()),
        "not of all men": _minus(lambda y, t, w: (w * y)[~t].sum() / w.sum()),
        "the treated are": _minus(lambda y, _, w: np.average(y, weights=w)),
        "ATE": _ate,
        "ATU": _atu,
        "men who look like participants must count more.": _weighted(lambda e: (1 - e) / e),
        "not the probability": _weighted(lambda e: e),
        "staying away": _weighted(lambda e: 1 - e),
        "like all men": _weighted(lambda e: 1 / (1 - e)),
        "sign": lambda y, t, e: -_by_hand(y, t, e),
        "one number": lambda y, t, e: np.asarray(y) - np.asarray(t) * np.asarray(e),
        "On the example it gives": lambda *_: 3.0,
        "not on the men": lambda *_: toy,
    }
    told_apart(judge, [_by_hand, _by_regression], wrong)
    never_done(judge)
    assert judge(lambda *_: ...).status == "todo"
    assert number(toy, 4) in lalonde.toy_example()


def test_judge_5(sensitivity: Any) -> None:
    bias, benchmarks = sensitivity
    estimate = 1548.24

    def judge(answer: Any) -> Any:
        return lalonde.judge_5(answer, estimate, bias, benchmarks)

    moved = bias(0.0102, 0.406)
    right = [estimate - moved, np.array([estimate - moved]), round(estimate - moved)]
    wrong = {
        "is the bias": moved,
        "sign is turned": moved - estimate,
        "take the bias away": estimate + moved,
        "changed places": estimate - bias(0.406, 0.0102),
        "thousands": (estimate - moved) / 1000,
        "Nothing is taken": estimate,
        "`earnings_1974`": estimate - bias(0.0434, 0.0068),
    }
    told_apart(judge, right, wrong)
    never_done(judge)


def test_judge_6() -> None:
    t, df, z = 1.9817, 604, 1.881
    f = t / np.sqrt(df)
    by_formula = (np.sqrt(f**4 + 4 * f**2) - f**2) / 2
    by_roots = max(np.roots([1, f**2, -(f**2)]).real)
    shorter = (t - z) / np.sqrt(df)
    interval = max(np.roots([1, shorter**2, -(shorter**2)]).real)

    def judge(answer: Any) -> Any:
        return lalonde.judge_6(answer, t, df, z)

    wrong = {
        "per cent": 100 * by_formula,
        "starting point": f,
        "is f squared": f**2,
        "partial R²": f**2 / (1 + f**2),
        "about f squared": f**2 + 2e-4,
        "|t|": t,
        "sign before": (np.sqrt(f**4 + 4 * f**2) + f**2) / 2,
        "divides by 2": 2 * by_formula,
        "interval": interval,
        "negative": min(np.roots([1, f**2, -(f**2)]).real),
    }
    told_apart(judge, [by_formula, by_roots, np.array([by_formula])], wrong)
    never_done(judge)
    assert f"{100 * by_formula:.1f} %" in judge(by_formula).message
    assert f"{100 * interval:.1f} %" in judge(by_formula).message


def test_judge_7() -> None:
    def judge(answer: Any) -> Any:
        return lalonde.judge_7(answer, 552, 1221.2, 0.023)

    accepted(judge, ["ABOUT 0", "0", "zero", 0, 0.0, "about 0 dollars", "$0", "~0"])
    refused(judge, {"unit": "about 552", "least squares": "about 1,221", "choose": 300})
    assert judge(552).message == judge("552 dollars").message == judge("about 552").message
    assert judge("1221").message == judge("about 1,221").message
    assert judge("nothing").status == "wrong"
    never_done(judge)
    assert lalonde.options_7(552, 1221.2) == ["about 0", "about 552", "about 1,221"]


def test_judge_8(worlds: Any, men: pd.DataFrame, took_part: pd.Series) -> None:
    """The policy's gain by hand, by selecting men, as an array; each wrong idea has its hint."""
    with_, without = worlds
    policy = (men["earnings_1975"] == 0).to_numpy().astype(int)
    gain, chosen, joined = with_ - without, policy == 1, took_part.to_numpy()

    def judge(answer: Any) -> Any:
        return lalonde.judge_8(answer, with_, without, policy, took_part)

    by_hand = gain.sel(unit=chosen).sum("unit") / len(policy)
    mixed = xr.where(xr.DataArray(chosen, dims="unit"), with_, without).transpose(*with_.dims)
    happened = xr.where(xr.DataArray(joined, dims="unit"), with_, without).transpose(*with_.dims)
    wrong = {
        "each man chosen": gain.sel(unit=chosen).mean("unit"),
        "sum over all": gain.sel(unit=chosen).sum("unit"),
        "ATE": gain.mean("unit"),
        "ATT": gain.sel(unit=joined).mean("unit"),
        "turned round": gain.sel(unit=~chosen).sum("unit") / len(policy),
        "average itself": mixed.mean("unit"),
        "did happen": mixed.mean("unit") - happened.mean("unit"),
        "sign": -by_hand,
        "thousands": by_hand / 1000,
        "same men": with_.sel(unit=chosen).mean("unit") - without.sel(unit=~chosen).mean("unit"),
        "chain and draw": float(by_hand.mean()),
        "per man": gain * policy,
        "quotes": "hurdle_with",
    }
    told_apart(
        judge, [by_hand, by_hand.to_numpy(), mixed.mean("unit") - without.mean("unit")], wrong
    )
    never_done(judge)


def test_no_judge_shows_its_answer_before_it_is_asked() -> None:
    """Open, a check shows a general hint at most: never the right option or its number."""
    opened = [lalonde.judge_1(...), lalonde.judge_2(...), lalonde.judge_7(..., 552, 1221.2, 0.02)]
    for check, answer in zip(opened, ("too low", "ignorability", "about 0"), strict=True):
        assert check.status == "todo"
        assert answer not in check.markdown()


# Drawings ----------------------------------------------------------------------------------------


def estimates() -> pd.DataFrame:
    """Return made-up rows of the referee's chart."""
    rows = [("naive", -635.0), ("model", 1550.0), ("weighting", 1214.0), ("experiment", 1794.0)]
    frame = pd.DataFrame(rows, columns=["label", "mean"])
    frame["lower"], frame["upper"] = frame["mean"] - 1400, frame["mean"] + 1400
    return frame.assign(role=["naive", "adjusted", "adjusted", "truth"])


@pytest.fixture(scope="module")
def drawings(
    men: pd.DataFrame,
    took_part: pd.Series,
    worlds: Any,
    propensity: np.ndarray,
    sensitivity: Any,
) -> dict[str, Any]:
    """Return each drawing of the notebook, by name."""
    rng = np.random.default_rng(2)
    earned, (with_, without) = men["earnings_1978"], worlds
    gap = pd.Series({"age": -0.2, "black": 1.67, "married": -0.7})
    curve = pd.DataFrame({"prior_sd": [0.1, 1.0, 10.0], "mean": [10.0, 550, 1200]})
    curve = curve.assign(sd=[60.0, 600, 790], lower=curve["mean"] - 1e3, upper=curve["mean"] + 1e3)
    seen = earned[took_part].head(3).rename(dict(enumerate("abc")))
    bias, benchmarks = sensitivity
    invented = rng.normal(6000, 7000, 5000)
    zeros = np.where(rng.uniform(size=5000) < 0.25, 0, np.abs(invented))
    return {
        "outcome": lalonde.chart_outcome(earned, took_part),
        "overlap": lalonde.chart_overlap(propensity, took_part, unlikely=0.1),
        "prior": lalonde.chart_prior(earned, 5 * invented),
        "predictive": lalonde.chart_predictive(earned, xr.DataArray(invented)),
        "hurdle": lalonde.chart_hurdle(earned, xr.DataArray(zeros)),
        "imbalance": lalonde.chart_imbalance(gap),
        "effects": lalonde.chart_effects({"ATE": with_.mean("unit") - without.mean("unit")}),
        "recovery": lalonde.chart_recovery(
            rng.normal(-300, 700, 200), rng.normal(2000, 800, 200), 2000.0
        ),
        "counterfactuals": lalonde.chart_counterfactuals(seen, without.isel(unit=[0, 1, 2])),
        "referee": lalonde.chart_referee(estimates(), 1794),
        "prior scale": lalonde.drawer_prior_scale(curve, 1221.2)(curve.iloc[[1]]),
        "sensitivity": lalonde.drawer_sensitivity(benchmarks, bias, 1548.0)(0.1, 0.03),
    }


TITLES = {
    "outcome": "23 % of the men earned nothing at all",
    "imbalance": "Largest gap: black, +1.7 standard deviations",
    "referee": "Adjusted 1,214 to 1,550; experiment 1,794",
    "prior scale": "Prior sd 1: effect 550 ± 600 dollars",
    "sensitivity": "If it pushed up: 440 of 1,548 dollars are left",
}


def test_titles_say_the_finding(drawings: dict[str, Any], worlds: Any) -> None:
    for name, title in TITLES.items():
        assert titles_of(drawings[name].to_dict())[0] == title, name
    (overlap, *_) = titles_of(drawings["overlap"].to_dict())
    assert re.fullmatch(r"\d+ % of the others: under 10 % of such men took part", overlap)
    (prior, *_) = titles_of(drawings["prior"].to_dict())
    assert prior.startswith("94 % of the invented men earn −")
    (effects, *_) = titles_of(drawings["effects"].to_dict())
    gain = float(worlds[0].mean() - worlds[1].mean())
    assert effects.startswith(f"If graph and line are right: +{number(gain, 0)} dollars, P(> 0) = ")


def test_titles_fit_and_words_are_said(drawings: dict[str, Any]) -> None:
    """Every line of a title fits its chart, and a screen reader is told what is there."""
    for name, drawing in drawings.items():
        spec = drawing.to_dict()
        for text in titles_of(spec):
            assert text, name
        title = spec["title"]["text"] if isinstance(spec["title"], dict) else spec["title"]
        lines = [title] if isinstance(title, str) else title
        assert all(len(line) <= 62 for line in lines), name
        assert len(spec["description"]) > 60, name


ON_AXES = {
    "outcome": {"earnings in 1978 (dollars)", "share of the group"},
    "overlap": {"propensity score (share of participants)", "share of the group"},
    "prior": {"earnings in 1978 (dollars)", "share of the men"},
    "predictive": {"earnings in 1978 (dollars)", "share of the men"},
    "hurdle": {"earnings in 1978 (dollars)", "share of the men"},
    "imbalance": {"treated minus control, before (standard deviations)"},
    "effects": {"effect on 1978 earnings (dollars)"},
    "recovery": {"estimate (dollars)", "density"},
    "counterfactuals": {"earnings in 1978 (dollars)"},
    "referee": {"effect on 1978 earnings of those who took part (dollars)"},
    "prior scale": {"prior sd of every slope (thousands of dollars)", "effect (dollars)"},
    "sensitivity": {"joining explained (partial R²)", "earnings explained (partial R²)"},
}


def test_axes_say_quantity_and_unit(drawings: dict[str, Any]) -> None:
    assert set(ON_AXES) == set(drawings)
    for name, drawing in drawings.items():
        assert axis_titles(drawing.to_dict()) == ON_AXES[name], name


def test_every_drawing_draws(drawings: dict[str, Any]) -> None:
    """Each renders without a browser to a picture that is not blank."""
    vl_convert = pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    for name, drawing in drawings.items():
        svg = vl_convert.vegalite_to_svg(drawing.to_dict())
        assert len(re.findall(r'aria-roledescription="(?!axis|legend|title)', svg)) > 2, name


def test_shares_are_of_all_values() -> None:
    found = lalonde.shares([0, 0, 1, 9, 99], np.array([0, 5, 10]))
    assert found.to_dict("list") == {"from": [0, 5], "to": [5, 10], "share": [0.6, 0.2]}


def test_histograms_show_the_groups(men: pd.DataFrame, took_part: pd.Series) -> None:
    """The treated stand above the line, the others below, each as shares of its own group."""
    chart = lalonde.chart_outcome(men["earnings_1978"], took_part)
    assert isinstance(chart, alt.LayerChart)
    rows = pd.concat([pd.DataFrame(r) for r in chart.to_dict()["datasets"].values()])
    for group, sign in (("treated", 1), ("control", -1)):
        mine = rows[rows["group"] == group]
        earned = men.loc[took_part == (sign == 1), "earnings_1978"]
        assert sign * mine["share"].sum() == pytest.approx(1)
        assert sign * mine["share"].iloc[0] == pytest.approx((earned < 2000).mean())


def test_dashed_line_of_nothing_left(sensitivity: Any) -> None:
    """On the dashed line the bias is the whole estimate."""
    bias, benchmarks = sensitivity
    spec = lalonde.drawer_sensitivity(benchmarks, bias, 1548.0)(0.1, 0.03).to_dict()
    lines = [r for r in spec["datasets"].values() if set(r[0]) == {"r2_treatment", "r2_outcome"}]
    for row in lines[0][::20]:
        assert bias(row["r2_outcome"], row["r2_treatment"]) == pytest.approx(1548.0)


def test_the_covariate_of_an_exercise_is_not_drawn(sensitivity: Any) -> None:
    """No circle answers exercise 5, nor on the slide before it; the others are there."""
    bias, benchmarks = sensitivity
    rows = lalonde.drawer_sensitivity(benchmarks, bias, 1548.0)(0.1, 0.03).to_dict()["datasets"]
    drawn = {row["covariate"] for each in rows.values() for row in each if "covariate" in row}
    assert drawn == {"age", "earnings_1974"}


def test_sliders_move_the_marks(sensitivity: Any) -> None:
    """A drawing takes its mark from the sliders, and keeps all else."""
    bias, benchmarks = sensitivity
    draw = lalonde.drawer_sensitivity(benchmarks, bias, 1548.0)
    one, two = (draw(share, 0.03).to_dict()["datasets"] for share in (0.1, 0.5))
    moved = [name for name in one if one[name] != two[name]]
    assert len(moved) == 1
    assert two[moved[0]][0]["r2_treatment"] == 0.5
    treatment, outcome = lalonde.sliders_confounder()
    assert (treatment.value, outcome.value) == (0.1, 0.03)
    assert lalonde.slider_prior_sd().value == 1


def test_dollars_and_intervals() -> None:
    """A text gives mean and HDI with unit and level: here of the numbers 0 to 1,000."""
    assert lalonde.dollars(-635.03) == "−635"
    text = lalonde.with_interval(np.arange(1001.0))
    low, high = (
        float(found.replace(",", "")) for found in re.findall(r"([\d,]+) to ([\d,]+)", text)[0]
    )
    assert text.startswith("500 dollars (94 % HDI")
    assert high - low == pytest.approx(940, abs=2)


def test_axis_titles_come_from_one_table() -> None:
    for quantity, (what, unit) in lalonde.AXES.items():
        assert lalonde.axis_title(quantity) == f"{what} ({unit})"


def test_arrows_of_a_program() -> None:
    found = lalonde.arrows_of("graph TD\na([a ~ Normal])\na --> b\nb --> c\n%% done")
    assert found == [("a", "b"), ("b", "c")]
    with pytest.raises(ValueError, match="No arrow"):
        lalonde.arrows_of("graph TD")
