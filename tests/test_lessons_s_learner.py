"""Drawings and judges of notebook 03, without running a notebook."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import norm
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from helpers import checks
from helpers.lessons import s_learner
from helpers.tidy import HDI_PROB
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, specs_of

N = 300
SEED = 2026


@functools.cache
def risks() -> dict[str, Any]:
    """Return churn with and without the plan of 300 customers, none of them the notebook's."""
    rng = np.random.default_rng(3)
    without = rng.uniform(0.02, 0.3, N)
    has = rng.random(N) < 0.3 + without
    gain = rng.normal(0.12, 0.03, N) - 0.1 * has
    return {"zero": without, "one": without + gain, "gap": gain, "has": has}


# Charts ------------------------------------------------------------------------------------------


def title_of(spec: dict[str, Any]) -> str:
    title = spec["title"]
    text = title["text"] if isinstance(title, dict) else title
    return text if isinstance(text, str) else " ".join(text)


def rows_of(spec: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """Return the rows of the one data set that has this column."""
    found = [rows for rows in spec["datasets"].values() if column in rows[0]]
    assert found
    return found[0]


def drawn(view: Any) -> dict[str, Any]:
    """Return the specification of the one drawing in a view that also holds a control."""
    (spec,) = specs_of(view)
    return spec


ANSWERS = pd.DataFrame(
    {
        "label": ["ATE", "ATT", "ATU"],
        "mean": [0.1, 0.08, 0.11],
        "lower": [0.07, 0.05, 0.08],
        "upper": [0.13, 0.11, 0.14],
        "truth": [0.09, 0.12, 0.1],
    }
)


def test_first_picture_says_the_gap() -> None:
    rates = pd.DataFrame({"mean": [0.12, 0.37], "sem": [0.01, 0.02]}, index=[0, 1])
    spec = s_learner.chart_rates(rates).to_dict()
    assert title_of(spec) == "A gap of 25 percentage points"
    assert spec["title"]["subtitle"] == "line: 94 % confidence interval"
    assert axis_titles(spec) == {"churn (% of customers)"}
    row = rows_of(spec, "upper")[1]
    assert row["mean"] == 37
    assert (row["upper"] - row["lower"]) / 4 == pytest.approx(1.8808, abs=1e-3)
    assert HDI_PROB == 0.94


def test_who_buys_names_both_lines() -> None:
    table = pd.DataFrame({"have the plan": [0.1, 0.6], "churn without the plan": [0.05, 0.4]})
    spec = s_learner.chart_who_buys(table.rename_axis("service_calls")).to_dict()
    assert title_of(spec) == "More calls: more have the plan, and more leave without it"
    expected = {"service calls before (5: five or more)", "share (% of customers)"}
    assert axis_titles(spec) == expected
    assert {row["name"]: row["at"] for row in rows_of(spec, "at")} == {
        "have the plan": 60,
        "churn without the plan": 40,
    }


def test_names_of_lines_do_not_overlap() -> None:
    table = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 1.01]}).rename_axis("x")
    _, ends = s_learner._line_frames(table)
    assert np.diff(ends["at"]).min() >= 0.1


def test_worlds_are_shown_in_per_cent() -> None:
    customers = pd.DataFrame(
        {"international_plan": [0, 1, 1, 0, 1], "call_minutes": 20.0, "service_calls": 1}
    ).assign(churn=0)
    shown = s_learner.table_of_worlds(customers, np.full(5, 0.317), np.full(5, 0.1)).text
    assert shown.count("31.7") == shown.count("10.0") == 4


def test_points_against_truth() -> None:
    frame = pd.DataFrame(
        {"label": ["naive", "ATE", "ATT", "ATU"], "mean": [0.25, *ANSWERS["mean"]]}
    ).assign(truth=[0.12, *ANSWERS["truth"]])
    spec = s_learner.chart_points(frame).to_dict()
    assert title_of(spec) == "Errors in points: naive +13.0, S-learner at most −4.0"
    assert axis_titles(spec) == {"effect on churn (percentage points)"}
    assert spec["title"]["subtitle"] == "black tick: truth"
    assert "ATT +12.0" in spec["description"]


def test_prior_says_its_interval() -> None:
    draws = 0.3 * norm.ppf((np.arange(1001) + 0.5) / 1001)
    spec = s_learner.chart_prior(0.2 + draws / 10, draws).to_dict()
    assert title_of(spec) == "Prior: 94 % of the effects lie in −56 to +56 points"
    assert axis_titles(spec) == {"churn (%) and effect on it (percentage points)"}


def test_routes_say_how_far_they_differ() -> None:
    hand = ANSWERS.assign(lower=np.nan, upper=np.nan, route="by hand")
    routes = pd.concat([hand, ANSWERS.assign(mean=[0.102, 0.083, 0.111], route="PyMC do")])
    spec = s_learner.chart_routes(routes.reset_index(drop=True)).to_dict()
    assert title_of(spec) == "The two routes differ by 0.3 points at most"
    assert "ATT, PyMC do: 8.3 (5 to 11)" in spec["description"]
    assert spec["title"]["subtitle"] == "line: 94 % HDI (PyMC); black tick: truth"


def test_picked_and_segments() -> None:
    who = s_learner.pick_whom(["everybody (ATE)", "those with the plan (ATT)"])
    assert who.value == "those with the plan (ATT)"
    picked = drawn(s_learner.show_picked(who, ANSWERS.iloc[1].drop("label").to_dict()))
    assert title_of(picked) == "those with the plan (ATT): +8.0 points"
    assert picked["title"]["subtitle"] == "line: 94 % HDI; black tick: truth"
    spec = s_learner.chart_segments(ANSWERS).to_dict()
    assert title_of(spec) == "CATE by call minutes a day: from +10.0 to +11.0 points"
    assert rows_of(spec, "upper")[0]["upper"] == pytest.approx(13)
    assert title_of(s_learner.chart_bootstrap(ANSWERS).to_dict()) == (
        "2 of 3 S-learner intervals hold the truth"
    )


def test_shrinkage_is_redrawn() -> None:
    slider = s_learner.slider_strength([0, 0.25, 1])
    assert slider.value == 0.25
    table = pd.DataFrame(
        {"S-learner": [2.0, 0.07], "T-learner": [2.0, 8.9], "truth": 1.8, "naive": 16.6},
        index=pd.Index([0.0, 0.05], name="penalty"),
    )
    spec = drawn(s_learner.show_shrinkage(slider, table))
    title = "Largest λ: S-learner +0.1, T-learner +8.9 (truth +1.8)"
    assert title_of(spec) == title
    assert {row["name"]: row["at"] for row in rows_of(spec, "at")}["naive"] == 16.6
    assert rows_of(spec, "value")[1] == {"penalty": 0.05, "what": "S-learner", "value": 0.07}
    expected = {
        "penalty λ of the lasso (log-likelihood per unit of a coefficient)",
        "ATE (percentage points)",
    }
    assert axis_titles(s_learner._shrinkage_template()) == expected


def test_dose_is_redrawn() -> None:
    slider = s_learner.slider_degree([1, 2, 3])
    assert slider.value == 3
    band = pd.DataFrame({"mean": [10.0, 8.0], "lower": [9.0, 7.0], "upper": [11.0, 9.0]})
    band = band.assign(truth=[12.0, 8.5], discount=[0, 20])
    naive = pd.DataFrame({"discount": [1.0, 19.0], "churn": [0.05, 0.31]})
    spec = drawn(s_learner.show_dose(slider, band, naive))
    assert title_of(spec) == "The band holds the truth at 50 % of the doses"
    assert [row["churn"] for row in rows_of(spec, "churn")] == [5, 31]
    expected = {"discount for everybody (euros a month)", "churn (% of customers)"}
    assert axis_titles(s_learner._dose_template()) == expected
    assert "94 % band" in s_learner._dose_template()["title"]["subtitle"]


def test_coverage_names_the_lowest_but_naive() -> None:
    table = pd.DataFrame(
        {
            "estimand": ["ATE", "ATE", "ATT", "ATT"],
            "method": ["naive", "S-learner"] * 2,
            "coverage": [0.0, 0.93, 0.0, 0.56],
            "bias": [0.15, 0.0, 0.15, 0.03],
            "mean_width": 0.07,
        }
    )
    spec = s_learner.chart_coverage(table).to_dict()
    assert title_of(spec) == "Lowest but naive: S-learner, ATT, 56 %"
    assert axis_titles(spec) == {"intervals that hold the truth (% of companies)"}
    assert "the promised 94 %" in spec["title"]["subtitle"]
    assert rows_of(spec, "told")[3]["told"] == "56 % (bias +3.0, width 7.0)"


def test_importance_beside_effect() -> None:
    table = pd.DataFrame({"feature": ["season", "points"], "importance": [0.01, 1.7]})
    left, right = specs_of(s_learner.show_importance(table.assign(effect=[2.0, 0.0])))
    assert title_of(left) == "The forest's champion: points"
    assert title_of(right) == "Its effect: 0"
    assert axis_titles(left) == {"importance (loss of R² when shuffled)"}
    assert axis_titles(right) == {"effect of do (purchases per unit)"}
    assert "season 2.00, points 0.00" in right["description"]


def test_every_chart_is_described() -> None:
    rates = pd.DataFrame({"mean": [0.12, 0.37], "sem": [0.01, 0.02]}, index=[0, 1])
    for chart in (
        s_learner.chart_rates(rates),
        s_learner.chart_segments(ANSWERS),
        s_learner.chart_bootstrap(ANSWERS),
    ):
        assert len(chart.to_dict()["description"]) > 60


@pytest.mark.parametrize("quantity", s_learner.AXES)
def test_every_axis_has_a_unit(quantity: str) -> None:
    what, unit = s_learner.AXES[quantity]
    assert what
    assert unit
    assert s_learner.axis_title(quantity) == f"{what} ({unit})"


def test_points_are_hundredths() -> None:
    assert s_learner.points(0.0787) == "+7.9"
    assert s_learner.points(-0.0787, 2) == "−7.87"


# The shops ---------------------------------------------------------------------------------------


def learnt(model: Any, columns: list[str], product: bool = True) -> np.ndarray:  # noqa: FBT001, FBT002
    """Return each shop's estimated effect, by the four steps on these columns."""
    shops = s_learner.draw_shops(SEED)

    def inputs(checkout: Any) -> pd.DataFrame:
        x = shops[columns].assign(checkout=checkout)
        return x.assign(both=x["checkout"] * x["rush"]) if product else x

    model.fit(inputs(shops["checkout"]), shops["takings"])
    return model.predict(inputs(1)) - model.predict(inputs(0))


def test_the_queue_is_a_mediator() -> None:
    """By statsmodels: with the queue in the model two thousand euros of the effect are missing."""
    shops, effect = s_learner._chain(SEED)
    assert list(shops) == ["size", "rush", "checkout", "queue", "takings"]
    x = shops[["size", "rush", "checkout"]].assign(both=shops["checkout"] * shops["rush"])
    whole = sm.OLS(shops["takings"], sm.add_constant(x)).fit().params
    x = x.assign(queue=shops["queue"])
    direct = sm.OLS(shops["takings"], sm.add_constant(x)).fit().params
    assert whole["checkout"] == pytest.approx(1, abs=0.25)
    assert direct["checkout"] == pytest.approx(-1, abs=0.4)
    assert whole["both"] == pytest.approx(2, abs=0.25)
    assert (effect["whole"] - effect["direct"]).to_numpy() == pytest.approx(2)
    assert len(s_learner.first_shops(shops).text) > 100


def test_seeds_give_other_shops() -> None:
    assert not s_learner.draw_shops(1).equals(s_learner.draw_shops(2))
    assert s_learner.draw_shops(1).equals(s_learner.draw_shops(1))


# Judges ------------------------------------------------------------------------------------------


def judge_1(answer: Any) -> checks.Check:
    return s_learner.judge_1(answer, 0.149, 0.243)


def test_exercise_1() -> None:
    wrong = {"coin": "the same", "other way": "lower", "choose": "more"}
    told_apart(judge_1, ["higher", " HIGHER "], wrong)
    never_done(judge_1)
    assert "14.9 points more" in judge_1("higher").message


def judge_2(answer: Any) -> checks.Check:
    return s_learner.judge_2(answer, risks()["gap"], risks()["has"], 0.35)


def test_exercise_2() -> None:
    gap, has = risks()["gap"], risks()["has"]
    wrong = {
        "sign": -gap[has].sum(),
        "share. How many": gap[has].mean(),
        "share, with its sign": -gap[has].mean(),
        "percentage points": 100 * gap[has].mean(),
        "everybody; who lacks": gap.sum(),
        "ATE": has.sum() * gap.mean(),
        "ATU": gap[~has].sum(),
        "naive": has.sum() * 0.35,
        "One number": gap[has],
    }
    told_apart(judge_2, [gap[has].sum(), has.sum() * gap[has].mean(), sum(gap[has])], wrong)
    never_done(judge_2, but=["True"] if abs(gap[has].sum() - 1) < 0.5 else [])


def judge_3(answer: Any) -> checks.Check:
    gap = risks()["gap"]
    return s_learner.judge_3(answer, gap, gap + 0.3 * risks()["zero"], risks()["has"])


def test_exercise_3() -> None:
    gap, has = risks()["gap"], risks()["has"]
    stale = gap + 0.3 * risks()["zero"]
    wrong = {
        "keeps its old value": stale[has].mean(),
        "Still the bug, and over everybody": stale.mean(),
        "Still the bug, and over those without": stale[~has].mean(),
        "sign": -gap[has].mean(),
        "not percentage points": 100 * gap[has].mean(),
        "*without* the plan": gap[~has].mean(),
        "mended; now average": gap.mean(),
        "One number": gap[has],
    }
    told_apart(judge_3, [gap[has].mean(), np.array([gap[has].sum() / has.sum()])], wrong)
    never_done(judge_3)


@functools.cache
def effect_draws() -> np.ndarray:
    """Return draws (chain, draw, unit) that keep about 60 customers of 300."""
    rng = np.random.default_rng(4)
    shift = rng.normal(0, 0.05, (4, 50, 1))
    return 61 / risks()["has"].sum() + shift + 0 * risks()["gap"]


def judge_4(answer: Any) -> checks.Check:
    return s_learner.judge_4(answer, effect_draws(), risks()["has"])


def test_exercise_4() -> None:
    kept = effect_draws()[..., risks()["has"]].sum(-1)
    pays = (kept > 60).mean()
    assert 0.2 < pays < 0.9
    wrong = {
        "other way": 1 - pays,
        "between 0 and 1": 100 * pays,
        "Surely": 1.0,
        "Never": 0.0,
        "expected number": kept.mean(),
        "One number": (kept > 60).astype(float),
    }
    told_apart(judge_4, [pays, np.count_nonzero(kept > 60) / kept.size], wrong)
    never_done(judge_4)


def test_exercise_4_per_customer() -> None:
    """Comparing each customer with a share of 60 is another probability, and is told so."""
    has = risks()["has"]
    draws = effect_draws() + np.where(np.arange(N) % 3, 0.06, -0.12)
    each = float((draws[..., has] > 60 / has.sum()).mean())
    found = s_learner.judge_4(each, draws, has)
    assert (found.status, "compared each customer" in found.message) == ("wrong", True)


def test_exercise_5() -> None:
    wrong = {
        "How many": "both 0",
        "cannot tell": "both naive",
        "other way": "S naive, T 0",
        "choose": "S 0",
    }
    told_apart(s_learner.judge_5, ["S 0, T naive", "s 0,  t NAIVE"], wrong)
    never_done(s_learner.judge_5)


def judge_6(answer: Any) -> checks.Check:
    return s_learner.judge_6(answer, SEED)


def test_exercise_6() -> None:
    shops = s_learner.draw_shops(SEED)
    has = (shops["checkout"] == 1).to_numpy()
    before, after = ["size", "rush"], ["size", "rush", "queue"]
    line = learnt(LinearRegression(), before)
    boosted = learnt(GradientBoostingRegressor(random_state=0), before, product=False)
    arms = [
        sm.OLS(shops["takings"][a], sm.add_constant(shops[before][a])).fit() for a in (has, ~has)
    ]
    twice = [arm.predict(sm.add_constant(shops[before])) for arm in arms]
    right = [line[has].mean(), boosted[has].mean(), (twice[0] - twice[1])[has].mean()]
    gap = shops.groupby("checkout")["takings"].mean().diff()[1]
    wrong = {
        "sign": -line[has].mean(),
        "naive": gap,
        "part of the effect": learnt(LinearRegression(), after)[has].mean(),
        "comes later, and averages": learnt(LinearRegression(), after).mean(),
        "mean over all shops": line.mean(),
        "*without*": line[~has].mean(),
        "sum": line[has].sum(),
        "One number": line[has],
    }
    told_apart(judge_6, right, wrong)
    same_for_all = learnt(LinearRegression(), before, product=False)
    assert "depend on `rush`" in judge_6(same_for_all[has].mean()).message
    only_rush = learnt(LinearRegression(), ["rush"])[has].mean()
    assert judge_6(only_rush).status == "wrong"
    never_done(judge_6)


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_exercise_6_at_other_seeds(seed: int) -> None:
    """Two fits by statsmodels are accepted, and each usual wrong idea is not."""
    shops = s_learner.draw_shops(seed)
    has = (shops["checkout"] == 1).to_numpy()
    for columns, status in ((["size", "rush"], "done"), (["size", "rush", "queue"], "wrong")):
        x = sm.add_constant(shops[columns])
        one, zero = (sm.OLS(shops["takings"][a], x[a]).fit().predict(x) for a in (has, ~has))
        assert s_learner.judge_6((one - zero)[has].mean(), seed).status == status


CHURN = pd.Series([0.12, 0.37])


def judge_7(answer: Any) -> checks.Check:
    return s_learner.judge_7(answer, risks()["one"], risks()["zero"], risks()["has"], CHURN, 1.4)


def test_exercise_7() -> None:
    one, zero, has = (risks()[name] for name in ("one", "zero", "has"))
    ratio = one[has].mean() / zero[has].mean()
    wrong = {
        "mean of ratios": (one / zero)[has].mean(),
        "Upside down": 1 / ratio,
        "everybody": one.mean() / zero.mean(),
        "difference": (one - zero)[has].mean(),
        "odds": np.exp(1.4),
        "naive ratio": 0.37 / 0.12,
        "relative increase": ratio - 1,
        "One number": (one / zero)[has],
    }
    right = [
        ratio,
        one[has].sum() / zero[has].sum(),
        1 + (one - zero)[has].mean() / zero[has].mean(),
    ]
    told_apart(judge_7, right, wrong)
    never_done(judge_7)
    assert "3.1" in judge_7(ratio).message
