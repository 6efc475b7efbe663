"""Notebook 12: its numbers against recomputations, its stored studies, its exercises."""

from __future__ import annotations

import functools
import inspect
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import worlds
from helpers.lessons import learners as lesson
from tests.answers import accepted, asked, never_done, refused
from tests.pages import specs_of
from tests.support import ROOT, run
from tests.test_11_weighting import script

NAME = "12_learners"
SIDES = ("width", "height")


@functools.cache
def stored(name: str = "learners_study") -> pd.DataFrame:
    """Return a stored study, one row a world."""
    return pd.read_csv(ROOT / "data" / f"{name}.csv", index_col="world")


def mean(column: str, name: str = "learners_study") -> float:
    return float(stored(name)[column].mean())


def error(column: str) -> float:
    """Return the Monte Carlo error of a stored mean."""
    return float(stored()[column].sem())


@pytest.fixture(scope="module")
def done(run_notebook: Any) -> Any:
    return run_notebook("solutions", NAME)


# The shop ----------------------------------------------------------------------------------------


def test_truths_are_integrals(done: Any) -> None:
    """The oracle earns 13/12, the better half -7/8, each by an integral of its own."""
    g = done.defs
    assert g["oracle_value"] == pytest.approx(13 / 12, abs=0.003)
    values = g["rules"]["net value"]
    assert values["everybody"] == pytest.approx(0, abs=0.005)
    assert values["nobody"] == 0
    assert values["the better half"] == pytest.approx(-7 / 8, abs=0.005)
    assert values["the other half"] == pytest.approx(7 / 8, abs=0.005)
    assert g["true_cate"].std() == pytest.approx(np.sqrt(20 / 3), abs=0.01)
    a, v = np.meshgrid(*2 * [np.linspace(-1, 1, 1_001)])
    assert np.mean((8 * a + 4 * np.sin(np.pi * v) > 0) * -4 * a) == pytest.approx(-7 / 8, abs=0.01)
    # Spending is a sign of the effect here, a negative one: what exercise 1 says.
    together = np.corrcoef(g["spends"](g["market"]), g["true_cate"])[0, 1]
    assert together < -0.7
    why = asked(done, "check_1", "verdict")("a loss").message
    assert "who spends more gains less" in why
    assert "no sign" not in why


def test_worlds_are_what_the_table_says(done: Any) -> None:
    """Chances, effects and costs of the five worlds."""
    x = np.random.default_rng(0).uniform(-1, 1, (1_000, 5))
    found = done.defs["worlds"]
    assert list(found) == list(lesson.WORLDS)
    for name, (gain, chance, cost) in found.items():
        effect, e, c = script("learners_study").SETTINGS[name]
        assert np.allclose(gain(x), effect(x))
        assert np.allclose(chance(x), e(x))
        assert cost == c
    assert np.allclose(found["weak"][0](x), found["balanced"][0](x) / 4)
    assert np.allclose(found["one in ten"][1](x), 0.1)
    assert np.corrcoef(found["confounded"][1](x), x[:, 0])[0, 1] > 0.7


def test_learners_are_those_of_scikit_learn(done: Any) -> None:
    """On the page's own customers, NumPy's learners and scikit-learn's guess the same effects."""
    g, study = done.defs, script("learners_study")
    fold = np.random.default_rng([g["SEED"], 4]).permutation(1_000) % 2
    t = g["offered"] == 1
    other = study.learners(g["x"], t, g["sales"], study.coin(0.5), fold)
    for name, guess in g["learners"].items():
        again = other[name, 10 if name in ("X", "R", "DR") else 0]
        assert np.allclose(guess(study.MARKET), again, atol=1e-6), name


def test_coins_price_rules(done: Any) -> None:
    """Each interval is that of the course's level, and holds the truth or nearly."""
    table = done.defs["policy_value"].set_index("rule")
    error_ = (table["upper"] - table["lower"]) / 2 / 1.8807936
    assert (abs(table["mean"] - table["truth"]) < 4 * error_).all()
    assert table["upper"]["the better half"] < 0 < table["lower"]["X-learner"]
    assert error_.between(0.15, 0.35).all()


# The stored studies ------------------------------------------------------------------------------


def test_leaderboard_is_the_stored_study(done: Any) -> None:
    """Means over 200 shops, from the raw columns; S, T and one number do not move."""
    board = done.defs["leaderboard"].set_index(["world", "learner", "penalty"])
    assert len(stored()) == 200
    for world in lesson.WORLDS:
        for name in lesson.LEARNERS:
            for penalty in lesson.PENALTIES:
                of = penalty if name in ("X", "R", "DR") else 0
                row = board.loc[(world, name, penalty)]
                assert row["pehe"] == pytest.approx(mean(f"{world}|{name}|{of}|pehe"))
                assert row["value"] == pytest.approx(mean(f"{world}|{name}|{of}|value"))
                best = {"weak": 13 / 48, "same for all": 0}.get(world, 13 / 12)
                assert row["regret"] + row["value"] == pytest.approx(best, abs=0.003)
    assert board["pehe_se"].max() < 0.06


def test_figures_of_the_leaderboard(done: Any) -> None:
    """Who wins at 10 and at 300."""
    board = done.defs["leaderboard"].set_index(["penalty", "world", "learner"]).sort_index()
    for world, best in {
        "balanced": "S",
        "confounded": "S",
        "one in ten": "one number",
        "weak": "one number",
        "same for all": "one number",
    }.items():
        assert board.loc[(10, world), "pehe"].idxmin() == best
    assert board.loc[(10, "one in ten", "X"), "wins"] == 0
    assert board.loc[(300, "one in ten", "X"), "wins"] == 1
    assert board.loc[(10, "balanced", "rank by outcome"), "value"] == pytest.approx(-0.68, abs=0.02)
    assert board.loc[(10, "balanced", "S"), "pehe"] == pytest.approx(1.48, abs=0.04)
    assert board.loc[(300, "balanced", "X"), "pehe"] == pytest.approx(1.51, abs=0.04)


def test_qini_in_noise() -> None:
    """In sample the area is large where there is nothing; held out it is not."""
    assert mean("qini|same for all|T in sample") == pytest.approx(0.312, abs=0.02)
    held_out = "qini|same for all|T held out"
    assert abs(mean(held_out)) < 4 * error(held_out)
    assert mean("qini|balanced|truth") == pytest.approx(0.37, abs=0.02)
    assert mean("qini|balanced|outcome") < -0.2


def test_page_and_study_agree(done: Any) -> None:
    """The page's functions give the first stored shops again."""
    study, live = script("learners_study"), done.defs["live"]
    assert done.defs["SEED"] == study.SEED
    stored_too = live["learner"].isin(lesson.LEARNERS)
    for row in live[(live["world"] < 20) & stored_too].itertuples():
        at = f"{row.setting}|{row.learner}|{10 if row.learner in ('X', 'R', 'DR') else 0}"
        first = stored().loc[row.world]
        assert row.pehe == pytest.approx(first[f"{at}|pehe"], abs=0.0011), at
        assert row.value == pytest.approx(first[f"{at}|value"], abs=0.0051), at


@functools.cache
def alike(n_worlds: int) -> pd.DataFrame:
    """Return errors (dollars) of S with an effect of 56 coefficients.

    By scikit-learn, in the first shops of two worlds.
    """
    study, rows = script("learners_study"), []
    for world in range(n_worlds):
        rng = worlds.rng_of(study.SEED, world)
        for setting in ("balanced", "one in ten"):
            x, t, y = study.draw(rng, setting)
            rng.permutation(study.N)  # the folds of the learners that have some
            c, new = study.CUBES.transform(x), study.MARKET_CUBES
            one, none = np.ones((len(new), 1)), np.zeros((len(new), 1))
            single = study.ridge(np.column_stack([c, t, c * t[:, None]]), y)
            found = {
                "S with 56": single(np.column_stack([new, one, new]))
                - single(np.column_stack([new, none, 0 * new])),
            }
            for name, tau in found.items():
                error_ = np.sqrt(np.mean((tau - study.effect(study.MARKET)) ** 2))
                rows.append({"setting": setting, "learner": name, "world": world, "pehe": error_})
    return pd.DataFrame(rows)


def test_learners_of_equal_freedom_are_those_of_scikit_learn(done: Any) -> None:
    """S with 56 coefficients errs as scikit-learn's does, shop by shop."""
    index = ["setting", "learner", "world"]
    other = alike(4).set_index(index)["pehe"]
    live = done.defs["live"].set_index(index)["pehe"]
    assert len(other) == 8
    assert np.allclose(live[other.index], other, atol=1e-6)


@functools.cache
def chosen(n_worlds: int) -> pd.DataFrame:
    """Return errors (dollars) of T, X and R with the penalty that signals choose.

    By scikit-learn, in the first shops of one in ten.
    """
    study, rows = script("learners_study"), []
    for world in range(n_worlds):
        rng = worlds.rng_of(study.SEED, world)
        for setting in ("balanced", "one in ten"):
            x, t, y = study.draw(rng, setting)
            fold = rng.permutation(study.N) % 2
        c, row = study.CUBES.transform(x), {}
        for name in "TXR":
            losses = []
            for penalty in study.PENALTIES:
                guess = np.empty(len(y))
                m = np.empty(len(y))
                for part in (0, 1):
                    a, b = fold != part, fold == part
                    m[b] = study.ridge(c[a], y[a])(c[b])
                    guess[b] = effects(name, c[a], t[a], y[a], penalty)(c[b])
                signal = np.where(t, 1 / 0.1, -1 / 0.9) * (y - m)
                losses.append(np.mean((signal - guess) ** 2))
            best = study.PENALTIES[int(np.argmin(losses))]
            found = effects(name, c, t, y, best)(study.MARKET_CUBES)
            truth = study.effect(study.MARKET)
            row[f"{name}, chosen"] = np.sqrt(np.mean((found - truth) ** 2))
        rows.append(row)
    return pd.DataFrame(rows)


def effects(name: str, c: np.ndarray, t: np.ndarray, y: np.ndarray, penalty: float) -> Any:
    """Return guesses of T, X or R where one in ten gets the offer, by scikit-learn's ridge."""
    ridge = script("learners_study").ridge
    base = penalty if name == "T" else 10
    one, zero = ridge(c[t], y[t], base), ridge(c[~t], y[~t], base)
    if name == "T":
        return lambda new: one(new) - zero(new)
    if name == "X":
        few = ridge(c[t], y[t] - zero(c[t]), penalty)
        many = ridge(c[~t], one(c[~t]) - y[~t], penalty)
        return lambda new: 0.9 * few(new) + 0.1 * many(new)
    expected, odd = np.empty(len(y)), np.arange(len(y)) % 2 == 1
    for own in (odd, ~odd):
        expected[own] = ridge(c[~own], y[~own])(c[own])
    rt = t - 0.1
    return ridge(c, (y - expected) / rt, penalty, rt**2 / np.mean(rt**2))


def test_coins_choose_the_penalty(done: Any) -> None:
    """T, X and R with the penalty that signals choose err as scikit-learn's do, shop by shop."""
    live = done.defs["live"].pivot_table("pehe", ["setting", "world"], "learner").loc["one in ten"]
    other = chosen(2)
    assert np.allclose(live.loc[:1, other.columns], other, atol=1e-6)
    assert live[other.columns].mean().max() < 2
    assert live[["T", "X", "R"]].mean().min() > 3.5


def test_no_picture_is_0_pixels_wide(done: Any) -> None:
    """What Vega-Lite draws has a width: the theme's fit-x makes panels side by side vanish."""
    vl_convert = pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    every = [spec for output in done.outputs for spec in specs_of(output)]
    assert len(every) >= 6
    for spec in every:
        svg = vl_convert.vegalite_to_svg(spec)
        width, height = (float(re.search(rf' {side}="([\d.]+)"', svg)[1]) for side in SIDES)
        assert 600 < width < 760, spec["description"]
        assert height > 150, spec["description"]


def test_the_effect_of_s_has_21_coefficients(done: Any) -> None:
    """Effects of S on many customers span 21 dimensions, those of the others 56."""
    g = done.defs
    x, t, y = g["x"][:200], g["offered"][:200], g["sales"][:200]
    rng, spans = np.random.default_rng(0), {"S": [], "S with 56": [], "T": []}
    for _ in range(70):
        again = y + rng.normal(0, 5, len(y))
        spans["S"].append(g["s_learner"](x, t, again)(g["market"]))
        spans["S with 56"].append(g["s_learner"](x, t, again, degree=3)(g["market"]))
        spans["T"].append(g["t_learner"](x, t, again)(g["market"]))
    ranks = {n: np.linalg.matrix_rank(np.array(rows), tol=1e-6) for n, rows in spans.items()}
    assert ranks == {"S": 21, "S with 56": 56, "T": 56}


def test_study_writes_what_is_stored() -> None:
    """One shop of the command, run anew, is the stored row."""
    study = script("learners_study")
    again = worlds.repeat(study.study, 1, study.SEED).set_index("world")
    assert list(again.columns) == list(stored().columns)
    assert len(stored()) == study.N_WORLDS
    assert np.allclose(again, stored().loc[:0], atol=0.0051)


def test_the_pages_forest_does_as_the_stored_ones(done: Any) -> None:
    """In two stored shops the page's forest, with its own draws, errs as the study's does."""
    g, study = done.defs, script("learners_study")
    for name in ("honest", "not honest"):
        gaps = []
        for world in (0, 1):
            rng = worlds.rng_of(study.SEED, world)
            x, t, y = study.draw(rng, "balanced")
            ry = y - g["other_fold"](x, t.astype(int), y, rng.permutation(1_000) % 2)[0]
            guess = g["grow_forest"](x, t - 0.5, ry, rng, honest=name == "honest", trees=40)
            now = np.sqrt(np.mean((guess(study.MARKET) - study.effect(study.MARKET)) ** 2))
            gaps.append(now - stored("learners_forests_study")[f"balanced|{name}|pehe"][world])
        assert abs(np.mean(gaps)) < 0.12


def test_half_of_honesty_is_larger_leaves(done: Any) -> None:
    """Leaves of 20 instead of 10 close some half of the gap to the honest forest, in four shops.

    And an honest tree, grown on half of the rows, has half of the leaves.
    """
    g, study, gaps = done.defs, script("learners_study"), []
    kinds = {"honest": (True, 10), "not honest": (False, 10), "larger leaves": (False, 20)}
    for world in range(4):
        rng = worlds.rng_of(study.SEED, world)
        x, t, y = study.draw(rng, "balanced")
        ry = y - g["other_fold"](x, t.astype(int), y, rng.permutation(1_000) % 2)[0]
        errors, leaves = {}, {}
        for name, (honest, leaf) in kinds.items():
            guess = g["grow_forest"](x, t - 0.5, ry, rng, honest=honest, leaf=leaf, trees=40)
            tau = guess(study.MARKET)
            errors[name] = np.sqrt(np.mean((tau - study.effect(study.MARKET)) ** 2))
            grown = inspect.getclosurevars(guess).nonlocals["grown"]
            leaves[name] = np.mean([tree.get_n_leaves() for tree, _ in grown])
        gaps.append(
            (errors["larger leaves"] - errors["honest"]) / (errors["not honest"] - errors["honest"])
        )
        assert leaves["honest"] / leaves["not honest"] == pytest.approx(0.5, abs=0.1)
        assert leaves["larger leaves"] / leaves["honest"] == pytest.approx(1, abs=0.15)
    assert np.mean(gaps) == pytest.approx(0.5, abs=0.15)


@pytest.mark.deep
def test_forests_write_what_is_stored() -> None:
    """One shop of the second command, run anew where econml is, is the stored row."""
    pytest.importorskip("econml", reason="needs the group uplift")
    study = script("learners_forests_study")
    again = worlds.repeat(study.study, 1, study.SEED).set_index("world")
    assert np.allclose(again, stored("learners_forests_study").loc[:0], atol=0.0051)


def test_honesty_and_econml() -> None:
    """Honest leaves err less; econml's forest does as ours."""
    forests = "learners_forests_study"
    assert len(stored(forests)) == 60
    honest, not_honest = (mean(f"balanced|{n}|pehe", forests) for n in ("honest", "not honest"))
    assert honest == pytest.approx(1.26, abs=0.08)
    assert not_honest > honest + 0.7
    assert mean("same for all|not honest|sd", forests) > 2.5 * mean(
        "same for all|honest|sd", forests
    )
    assert mean("balanced|econml|pehe", forests) == pytest.approx(honest, abs=0.1)
    assert mean("balanced|econml|correlation", forests) > 0.9


# Exercises on the page ---------------------------------------------------------------------------


def test_exercises(done: Any) -> None:
    """A second right way and the usual slips, judged by the page's own check cells."""
    g = done.defs
    one = asked(done, "check_1", "verdict")
    accepted(one, ["A loss"])
    refused(one, {"good customer": "a gain", "both halves": "nothing"})
    two, a, b = asked(done, "check_2", "x_effect"), g["from_offered"], g["from_others"]
    accepted(two, [(a + 0.1 * (b - a)).tolist()])
    refused(two, {"swapped": 0.1 * a + 0.9 * b, "plain mean": (a + b) / 2})
    four = asked(done, "check_4", "x_wins")
    refused(four, {"So it is said": "nearly all", "smooths more": "about half"})
    five = asked(done, "check_5", "honest_area")
    accepted(five, [g["areas"]["fresh customers"]])
    refused(five, {"colleague": g["areas"]["training rows"]})
    six, members, earlier = asked(done, "check_6", "call"), g["members"], g["earlier"]
    x, new = (table[["visits", "months", "age"]].to_numpy() for table in (earlier, members))
    guess = g["s_learner"](x, earlier["called"].to_numpy(), earlier["fees"].to_numpy())(new)
    by_hand = members["visits"] > 2.5
    accepted(six, [guess > 10, by_hand, by_hand.astype(int).tolist()])
    refused(six, {"Everybody": np.ones(1_000), "True or False": guess})
    for judge in (one, two, four, five, six):
        never_done(judge)


def test_exercises_of_two_answers(done: Any) -> None:
    """Exercises 3 and 7: value and error, target and weight."""
    g = done.defs
    t, y, m, offer = g["fresh_offered"], g["fresh_sales"], g["m_fresh"], g["offer"]
    each = np.where(offer, (y - m) / np.where(t == 1, 0.5, -0.5) - 2, 0)
    pair = {"rule_value": each.mean(), "rule_error": each.std(ddof=1) / np.sqrt(1_000)}
    assert asked(done, "check_3", "dummy", **pair)(0).status == "done"
    without_cost = pair | {"rule_value": (offer * (each + 2)).mean()}
    assert "cost" in asked(done, "check_3", "dummy", **without_cost)(0).message
    rt, ry = g["t_residual"], g["y_residual"]
    right = {"r_target": list(ry / rt), "r_weight": 5 * rt**2}
    assert asked(done, "check_7", "dummy", **right)(0).status == "done"
    forgotten = right | {"r_weight": np.ones(1_000)}
    assert "forgotten" in asked(done, "check_7", "dummy", **forgotten)(0).message
    never_done(asked(done, "check_3", "rule_value", "rule_error"))
    for offer_ in (None, ..., offer * 1.0 - 2, offer[:3]):
        assert asked(done, "check_3", "dummy", **pair, offer=offer_)(0).status == "wrong"
    assert asked(done, "check_3", "dummy", **pair, offer=offer * 1.0)(0).status == "done"
    never_done(asked(done, "check_7", "r_target", "r_weight"))


# Other seeds -------------------------------------------------------------------------------------


@pytest.mark.deep
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_other_seeds(seed: int, done: Any) -> None:
    """Another seed is another shop; checks are done, and what is said holds."""
    other = run(ROOT / "solutions" / f"{NAME}.py", SEED=seed)
    assert {check.status for check in other.checks.values()} == {"done"}
    g = other.defs
    assert g["mean_gain"] != done.defs["mean_gain"]
    assert abs(g["mean_gain"] - 2) < 4 * 0.5
    assert g["pehe"]["S"] < g["pehe"]["X"] < g["pehe"]["T"]
    assert g["policy_value"]["upper"][0] < 0
    assert max(g["regret"][name] for name in "STX") < 0.5
    assert g["areas"]["training rows"] > 0.1 > abs(g["areas"]["fresh customers"]) - 0.1
    assert g["own_forest"]["honest"] < g["own_forest"]["not honest"]
    assert g["live_pehe"]["balanced", "S"] < 1.7
