"""Notebook 10: its figures against the truth, the algebra of its worlds, or another library."""

from __future__ import annotations

import ast
import itertools
from functools import cache
from typing import Any

import marimo as mo
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from helpers import data, worlds
from helpers.checks import Check
from helpers.lessons import identification
from helpers.simulate import LinearWorld
from tests.claims import prior_of
from tests.pages import code_of
from tests.support import ROOT, cells, load, run

NAME = "10_identification"
STUDY = ROOT / "data" / "refuters_study.csv"
SHOP = LinearWorld(
    {
        ("income", "advice"): 0.8,
        ("advice", "spend"): 1,
        ("income", "spend"): 1.5,
        ("age", "spend"): 0.5,
        ("advice", "reviews"): 1,
        ("spend", "reviews"): 1,
        ("income", "last_year"): 1.5,
        ("age", "last_year"): 0.5,
    }
)
LIMIT = 1 + 0.8 * 1.5 / (0.8**2 + 1)
HIDDEN = "income hidden"
LATE, ATE = 0.30, 0.20 * 0.05 + 0.45 * 0.30 + 0.35 * 0.10
HOME = ["black", "city", "south", "city_1966", "south_1966"]


@pytest.fixture(scope="module")
def page(run_notebook: Any) -> dict[str, Any]:
    """Return the globals of the solved page."""
    return run_notebook("solutions", NAME).defs


def shown(page: dict[str, Any], name: str, *change: str, **others: Any) -> str:
    """Return what a cell shows when it runs again: other globals, one piece of its code another."""
    (cell,) = [each for each in cells(ROOT / "solutions" / f"{NAME}.py") if each.name == name]
    code = code_of(cell)
    if change:
        assert change[0] in code
        code = code.replace(*change)
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    space = {**page, **others}
    exec(compile(tree, name, "exec"), space)  # noqa: S102
    return mo.as_html(eval(compile(ast.Expression(last.value), name, "eval"), space)).text  # noqa: S307


@cache
def men() -> pd.DataFrame:
    """Return Card's men with the columns that the page makes."""
    frame = data.load_schooling()
    frame["log_wage"] = np.log(frame["wage"])
    frame["experience"] = frame["age"] - frame["education_years"] - 6
    return frame


def least_squares(
    frame: pd.DataFrame, outcome: str, on: str, given: tuple[str, ...] = ()
) -> tuple[float, float]:
    """Return slope and standard error by statsmodels."""
    fit = smf.ols(f"{outcome} ~ {' + '.join([on, *given])}", frame).fit()
    return float(fit.params[on]), float(fit.bse[on])


@cache
def card_row(kind: str) -> dict[str, float]:
    """Return a row of Card's table by statsmodels, two-stage least squares in two stages."""
    curve = {"experience": ("experience", "I(experience**2)"), "age": ("age", "I(age**2)")}
    home = HOME[:3] if kind == "experience" else HOME
    given = {
        "nothing": (),
        "age": (*curve["age"], *home),
        "1966": (*curve["age"], "black", "city_1966", "south_1966"),
    }.get(kind, (*curve["experience"], *home))
    ols, ols_se = least_squares(men(), "log_wage", "education_years", given)
    push, push_se = least_squares(men(), "education_years", "near_college", given)
    first = smf.ols(f"education_years ~ {' + '.join(['near_college', *given])}", men()).fit()
    frame = men().assign(predicted=first.fittedvalues)
    second = smf.ols(f"log_wage ~ {' + '.join(['predicted', *given])}", frame).fit()
    slope = second.params["predicted"]
    rest = second.resid - slope * (frame["education_years"] - frame["predicted"])
    scale = np.sqrt((rest**2).sum() / second.df_resid / second.mse_resid)
    se = second.bse["predicted"] * scale
    return {"ols": ols, "ols_se": ols_se, "two_stage": slope, "se": se, "f": (push / push_se) ** 2}


# Cells -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", ["return ...", "raise ValueError", "return first / 0", "return 'much'", "return None"]
)
def test_cell_of_exercise_3_takes_any_body(page: dict[str, Any], body: str) -> None:
    """The solution's effect is 1.00; whatever gives no number shows a dash, and breaks nothing."""
    solved = 'return first * slope("spend", on="basket", given=["advice"])'
    assert "1.00" in shown(page, "exercise_3_complete")
    text = shown(page, "exercise_3_complete", solved, body)
    assert "–" in text
    assert not any(word in text for word in ("1.00", "nan", "Ellipsis", "much", "None"))


def test_reading_of_the_bounds_waits_for_both_exercises(page: dict[str, Any]) -> None:
    """It names the effect of exercise 5 and the bounds of exercise 6, so it waits for each."""
    still = Check("todo", "Not yet.")
    truth = "The truth is +0.18"
    assert truth in shown(page, "read_bounds")
    for number in (5, 6):
        text = shown(page, "read_bounds", **{f"check_{number}": still})
        assert truth not in text
        assert f"when exercise {number} is done" in text


def test_table_of_weak_coins_is_named_for_readers(page: dict[str, Any]) -> None:
    """No name of the code's own stands above a column that is shown."""
    text = shown(page, "weak_worlds")
    for name in ("mean F", "t interval holds 1", "Anderson–Rubin holds 1", "their median"):
        assert name in text
    assert "_" not in text


# Figures -----------------------------------------------------------------------------------------


def test_adjustment_sets_of_the_shop() -> None:
    """Naive and age alone 1.7317, income 1, with reviews exactly 0: by the world's algebra."""
    slopes = [
        SHOP.slope("spend", "advice", given)
        for given in ([], ["age"], ["income", "age"], ["income", "age", "reviews"])
    ]
    assert slopes == pytest.approx([1.7317, 1.7317, 1, 0], abs=5e-5)


def test_shop_of_the_page_is_that_shop(page: dict[str, Any]) -> None:
    """The page's arrows that act are these, and its graph has them all."""
    acting = {edge: weight for edge, weight in page["shop"].coefficients.items() if weight}
    assert acting == SHOP.coefficients
    assert set(page["shop_graph"].edges) == set(acting)


def test_front_door_and_how_it_breaks(page: dict[str, Any]) -> None:
    """1 where the graph is right; 1 for 1.5, 1.6625 and .5042 for 1 where it is not."""
    for (direct, leak), (formula, truth) in {
        (0, 0): (1, 1),
        (0.5, 0): (1, 1.5),
        (0, 0.5): (1.6625, 1),
        (0, -0.5): (0.5042, 1),
    }.items():
        world = page["branch_world"](direct, leak)
        assert page["front_door"](world.slope) == pytest.approx(formula, abs=5e-5)
        assert world.total_effect("advice", "spend") == pytest.approx(truth)


def test_stored_audit(page: dict[str, Any]) -> None:
    """5,600 verdicts of refuters, none of them on the hidden income; useful checks at their rates.

    The few that say "refuted" are on the weak coin, by the subset (.025, Monte Carlo error .011).

    Rates of a right check are near .05; in 200 worlds their Monte Carlo error is .015.
    """
    study = pd.read_csv(STUDY)
    assert len(study) == 200 * 7
    assert study[identification.REFUTERS].size == 5_600
    refuted = study.groupby("design")[identification.REFUTERS].sum()
    assert refuted.drop(index="coin, weak").to_numpy().sum() == 0
    assert refuted.loc["coin, weak"].tolist() == [0, 0, 5, 0]
    rate = page["refuter_matrix"]
    assert rate.loc[HIDDEN, "last year's spend"] == 1
    assert rate.loc["wrong curve", ["last year's spend", "square adds nothing"]].tolist() == [1, 1]
    assert rate.loc["collider held fixed", "age goes its own way"] > 0.9
    assert rate.loc["coin, weak", "first-stage F < 10"] > 0.9
    assert rate.loc["coin, own path", "two coins agree"] > 0.9
    silent = [(d, c) for d in rate.index for c in identification.CHECKS[4:] if rate.loc[d, c] < 0.5]
    assert len(silent) == 14
    assert all(rate.loc[d, c] < 0.05 + 4 * 0.0155 for d, c in silent)


def test_stored_estimates() -> None:
    """Where each analysis lands: 1, 1.73, 0, 1.73, 1, wide, 1.6."""
    spread = pd.read_csv(STUDY).groupby("design")["estimate"].agg(["median", "std"])
    for design, (middle, sd) in {
        "sound": (1, 0.03),
        HIDDEN: (LIMIT, 0.04),
        "collider held fixed": (0, 0.04),
        "wrong curve": (LIMIT, 0.06),
        "coin, strong": (1, 0.12),
        "coin, own path": (1.6, 0.11),
    }.items():
        found = spread.loc[design]
        assert abs(found["median"] - middle) < 5 * sd / np.sqrt(200)
        assert found["std"] == pytest.approx(sd, rel=0.25)
    assert spread.loc["coin, weak", "std"] > 2


def test_stored_audit_is_the_audit_of_the_page(page: dict[str, Any]) -> None:
    """The first two worlds, audited live under the study's seed, are the stored ones."""
    stored = pd.read_csv(STUDY).query("world < 2")
    assert page["SEED"] == 2026
    pd.testing.assert_frame_equal(
        page["live"].reset_index(drop=True), stored.reset_index(drop=True), check_dtype=False
    )
    script = load(ROOT / "data" / "refuters_study.py")
    assert (script.N_WORLDS, script.SEED) == (200, 2026)
    again = pd.DataFrame(script.notebook().audit(worlds.rng_of(2026, 1)))
    stored = stored[stored["world"] == 1].drop(columns="world").reset_index(drop=True)
    pd.testing.assert_frame_equal(again[stored.columns], stored, check_dtype=False)


def test_dowhy_finds_the_slope_and_no_placebo(page: dict[str, Any]) -> None:
    """DoWhy's slope is that by hand, and its placebo leaves 0 within the spread of ten runs."""
    error = page["naive"][1] / np.sqrt(10)
    assert abs(page["dowhy_placebo"].new_effect) < 5 * error
    assert page["estimate"].value == pytest.approx(page["by_hand"][0], abs=1e-9)


def test_each_refuter_changes_what_its_row_says(
    page: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run, its four analyses noted down: the rest of the record and of the analysis stays."""
    verdicts, noted = page["refuter_verdicts"], []
    slope_of = verdicts.__globals__["slope_of"]

    def note(frame: Any, outcome: str, treatment: str, given: Any = (), by: Any = None) -> Any:
        noted.append(({name: np.array(values) for name, values in frame.items()}, list(given)))
        return slope_of(frame, outcome, treatment, given, by)

    monkeypatch.setitem(verdicts.__globals__, "slope_of", note)
    year = {name: column.to_numpy() for name, column in SHOP.sample(1_000, 3).items()}
    verdicts(year, {"given": ["age"]}, LIMIT, np.random.default_rng(4), n_runs=1)
    placebo, cause, subset, dummy = (frame for frame, _ in noted)
    assert [given for _, given in noted] == [["age"], ["age", "noise"], ["age"], ["age"]]
    changed = [
        {name for name in year if not np.array_equal(frame[name], year[name])}
        for frame in (placebo, cause, dummy)
    ]
    assert changed == [{"advice"}, set(), {"spend"}]
    assert sorted(placebo["advice"]) == sorted(year["advice"])
    for noise in (cause["noise"], dummy["spend"]):
        assert max(abs(np.corrcoef(noise, column)[0, 1]) for column in year.values()) < 0.15
    kept = set(zip(*subset.values(), strict=True))
    assert len(kept) == 0.8 * 1_000
    assert kept < set(zip(*year.values(), strict=True))


def test_card_rows(page: dict[str, Any]) -> None:
    """The published-size figures: least squares, two stages, errors, F, and at equal age."""
    table = page["card"].set_index("controls")
    figures = {
        "nothing": (0.0521, 0.1881, 0.0263, 63.9),
        "equal experience": (0.0740, 0.1323, 0.0492, 16.7),
        "and home in 1966": (0.0740, 0.1260, 0.0567, 12.4),
        "equal age": (0.0342, 0.0794, 0.0479, 10.7),
        "age, home in 1966 only": (0.0374, 0.1012, 0.0422, 15.1),
    }
    for controls, (ols, two_stage, se, f) in figures.items():
        row = table.loc[controls]
        assert row["ols"] == pytest.approx(ols, abs=5e-5)
        assert row["two_stage"] == pytest.approx(two_stage, abs=5e-5)
        assert row["se"] == pytest.approx(se, abs=5e-5)
        assert row["f"] == pytest.approx(f, abs=0.05)


def test_bounds(page: dict[str, Any]) -> None:
    """No assumption, two monotone ones, the coin, one effect for all."""
    table = page["bounds"].set_index("assumption")
    for assumption, ends in {
        "nothing": (-0.2975, 0.7025),
        "never hurts, takers do better": (0, 0.3982),
        "the coin": (-0.005, 0.545),
        "same for all": (LATE, LATE),
    }.items():
        assert table.loc[assumption].tolist() == pytest.approx(ends, abs=5e-5)
    assert page["kinds"]["share"].sum() == pytest.approx(1)
    assert page["left_by"]([]) == pytest.approx((-0.2975, 0.7025), abs=5e-5)
    assert page["left_by"](["never hurts", "the coin"]) == pytest.approx((0, 0.545), abs=5e-5)


def test_true_population_obeys_what_is_assumed(page: dict[str, Any]) -> None:
    """Takers would come back more often anyway, in both worlds; nobody is hurt on average."""
    kinds = page["kinds"].set_index("kind")
    took = pd.Series([1, 0.5, 0], ["always takes it", "only if invited", "never takes it"])
    for world in ("back_with", "back_without"):
        means = [np.average(kinds[world], weights=kinds["share"] * who) for who in (took, 1 - took)]
        assert means[0] > means[1]
    assert (kinds["back_with"] >= kinds["back_without"]).all()


def test_napkin(page: dict[str, Any]) -> None:
    """No adjustment set gives .25; the long way gives it at both values of z."""
    sets = page["napkin_sets"]
    assert list(sets) == ["nothing", "w", "z", "w + z"]
    assert list(sets.values()) == pytest.approx([0.2974, 0.2048, 0.2312, 0.1935], abs=5e-5)
    assert page["napkin_long"] == pytest.approx([0.25, 0.25], abs=1e-12)
    naive = page["napkin"].pivot_table("p", "t", "y", aggfunc="sum")
    assert float((naive[1] / naive.sum(axis=1)).diff()[1]) == pytest.approx(0.2974, abs=5e-5)


def test_weak_coins(page: dict[str, Any]) -> None:
    """Median, selection by F and coverage, for five strengths; Monte Carlo error said."""
    table = page["weak_instruments"].set_index("hours")
    assert table["mean_f"].tolist() == pytest.approx([1.2, 2.6, 7.2, 25.6, 153], rel=0.12)
    assert table.loc[0.2, "median"] == pytest.approx(1, abs=0.12)
    assert table.loc[0.2, "median_strong"] == pytest.approx(1.28, abs=0.06)
    assert table.loc[0.1, "median_strong"] > 1.3
    assert table.loc[0.2, "strong"] == pytest.approx(0.25, abs=0.06)
    assert (table["ar_covers"] - 0.94).abs().max() < 4 * 0.0075
    assert (table["t_covers"] > 0.91).all()


def test_joint_model_against_its_grid(page: dict[str, Any]) -> None:
    """The sampler, and the grid for four priors, agree with the figures of the curriculum."""
    grid = page["by_prior"].set_index("prior sd")
    assert grid["mean"].tolist()[:3] == pytest.approx([0.066, 0.107, 0.130], abs=0.0015)
    assert grid["sd"].tolist()[:3] == pytest.approx([0.037, 0.047, 0.055], abs=0.0015)
    draws = page["effect_draws"]
    assert abs(float(draws.mean()) - grid["mean"][0.2]) < 0.008
    assert float(draws.std()) == pytest.approx(grid["sd"][0.2], rel=0.12)
    model = page["iv_model"](page["partial"]["near"], 0.2)
    assert prior_of(model, "effect") == ("Normal", [0, 0.2])
    assert prior_of(model, "ability") == ("Normal", [0, 1])
    assert prior_of(model, "push") == ("Normal", [0, 1])


def test_joint_model_finds_a_truth_it_is_given(page: dict[str, Any]) -> None:
    """Simulated by do from the same model, the ratio of slopes gives the effect back."""
    import pymc as pm

    rng = np.random.default_rng(5)
    near = rng.integers(0, 2, 40_000) - 0.5
    truth = {"base_school": 0, "push": 1.5, "sd_school": 2.5, "base_wage": 0, "effect": 0.1}
    world = pm.do(page["iv_model"](near, 0.2), truth | {"sd_wage": 0.35, "ability": -0.08})
    school, wage = pm.draw([world["school"], world["wage"]], random_seed=6)
    assert (wage @ near) / (school @ near) == pytest.approx(0.1, abs=4 * 0.4 / 1.5 / 100)
    assert np.polyfit(school, wage, 1)[0] < 0.06


def test_robustness_value(page: dict[str, Any]) -> None:
    """It is .318, and a cause as strong as that on both sides leaves nothing."""
    value = page["robustness_value"]
    assert value == pytest.approx(0.318, abs=5e-4)
    bias = page["ols_se"] * np.sqrt(page["dof"] * value**2 / (1 - value))
    assert bias == pytest.approx(page["ols"], rel=1e-9)
    assert page["black_share"] == pytest.approx(0.036, abs=5e-4)


@pytest.mark.deep
@pytest.mark.parametrize("seed", [1, 7, 42, 90210])
def test_other_seeds_tell_the_same_story(seed: int) -> None:
    """The claims that rest on simulated numbers hold for other seeds too."""
    page = run(ROOT / "solutions" / f"{NAME}.py", SEED=seed)
    assert {check.status for check in page.checks.values()} == {"done"}
    g = page.defs
    assert abs(g["naive"][0] - LIMIT) < 4 * g["naive"][1]
    assert abs(g["by_hand"][0] - 1) < 4 * g["by_hand"][1]
    assert g["live_refuted"].mean() < 0.05
    assert abs(g["book_as_is"][0] - (2 - 1 / 26)) < 4 * g["book_as_is"][1]
    assert abs(g["book_turned"][0] - 2) < 4 * g["book_turned"][1]
    weak = g["weak_instruments"].set_index("hours")
    assert weak.loc[0.2, "median_strong"] - weak.loc[0.2, "median"] > 0.1
    assert bool(g["diagnostics_iv"]["passed"].all())


def test_seed_is_used(page: dict[str, Any]) -> None:
    """Another seed draws another year."""
    other = page["open_shop"](1_000, page["SEED"] + 1)
    assert not np.allclose(other["spend"], page["customers"]["spend"])


def test_machine_and_learner_agree_on_eight_graphs(page: dict[str, Any]) -> None:
    """Each criterion against a search of its own, graph by graph."""
    table = page["identified"].set_index("graph")
    for name, graph in page["eight"].items():
        seen = [node for node in graph.observed if node not in ("t", "y")]
        subsets = itertools.chain.from_iterable(
            itertools.combinations(seen, k) for k in range(len(seen) + 1)
        )
        closes = any(graph.is_adjustment_set(choice) for choice in subsets)
        assert (table.loc[name, "backdoor"] != "no") == closes, name
        doors = graph.model.get_all_frontdoor_adjustment_sets("t", "y")
        single = {next(iter(door)) for door in doors if len(door) == 1} & set(seen)
        assert (table.loc[name, "front_door"] != "no") == bool(single), name
