"""What notebook 12 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import functools
import json
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm

from tests import claims
from tests.claims import Claim
from tests.pages import specs_of
from tests.test_11_weighting import script
from tests.test_12_learners import NAME, alike, chosen, error, mean, stored

PRINTED = 0.006
"""Half the last of two printed decimals, and a little."""
FORESTS = "learners_forests_study"


def near(value: Any, goal: Any, room: float = PRINTED) -> bool:
    return bool(abs(float(value) - float(goal)) <= room)


_OWN: dict[int, dict[str, np.ndarray]] = {}


def own(g: Any) -> dict[str, np.ndarray]:
    """Return scikit-learn's guesses for the market, from the page's raw customers."""
    if id(g.run) not in _OWN:
        study, d = script("learners_study"), g.run.defs
        frame = d["customers"]
        x, t = frame.iloc[:, :5].to_numpy(), frame["offered"].to_numpy() == 1
        fold = np.random.default_rng([d["SEED"], 4]).permutation(1_000) % 2
        found = study.learners(x, t, frame["sales"].to_numpy(), study.coin(0.5), fold)
        _OWN[id(g.run)] = {n: found[n, p] for n, p in (("S", 0), ("T", 0), ("X", 10))}
    return _OWN[id(g.run)]


def truth() -> np.ndarray:
    study = script("learners_study")
    return study.effect(study.MARKET)


def own_pehe(g: Any, name: str) -> float:
    return float(np.sqrt(np.mean((own(g)[name] - truth()) ** 2)))


def own_regret(g: Any, name: str) -> float:
    gain = truth() - 2
    return float(np.maximum(gain, 0).mean() - ((own(g)[name] > 2) * gain).mean())


@functools.cache
def integrals() -> tuple[float, float]:
    """Return what the better half and the oracle earn, by Gauss-Legendre quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    weights = weights / 2
    a, v = np.meshgrid(nodes, nodes, indexing="ij")
    share = np.outer(weights, weights)
    better = np.sum(share * (8 * a + 4 * np.sin(np.pi * v) > 0) * -4 * a)
    oracle = np.sum(share * np.maximum(2 * v - 4 * a, 0))
    return float(better), float(oracle)


def alike_react_alike(g: Any) -> bool:
    """The same customers and coins in two worlds: sales differ by the difference of the effects."""
    one, other = (g.draw(np.random.default_rng(5), world) for world in ("balanced", "same for all"))
    effect = script("learners_study").effect(one.iloc[:, :5].to_numpy())
    return np.allclose(one["sales"] - other["sales"], (effect - 2) * one["offered"])


def free() -> float:
    """Return what the best rule earns where an offer costs nothing, by quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    a, v = np.meshgrid(nodes, nodes, indexing="ij")
    share = np.outer(weights, weights) / 4
    return float(np.sum(share * np.maximum(2 - 4 * a + 2 * v, 0)))


def board(g: Any, world: str, learner: str, penalty: int, measure: str = "pehe") -> bool:
    """Return whether the page's board holds the mean of the raw column."""
    of = penalty if learner in ("X", "R", "DR") else 0
    column = f"{world}|{learner}|{of}|{measure}"
    return near(g.board_at[measure][world, learner, penalty], mean(column), 1e-6)


def wins(world: str, learner: str, penalty: int) -> float:
    """Return the share of shops in which a learner errs least, from the raw columns."""
    names = ["S|0", "T|0", f"X|{penalty}", f"R|{penalty}", f"DR|{penalty}", "one number|0"]
    table = stored()[[f"{world}|{name}|pehe" for name in names]]
    return float((table.idxmin(axis=1).str.split("|").str[1] == learner).mean())


def better_half(g: Any) -> float:
    """Return the old rule's value by the coins, from raw tables and scikit-learn."""
    study, d = script("learners_study"), g.run.defs
    frame, x = d["customers"], d["fresh_x"]
    old, new = (study.CUBES.transform(z) for z in (frame.iloc[:, :5].to_numpy(), x))
    sales, none = frame["sales"].to_numpy(), frame["offered"].to_numpy() == 0
    spending, m = study.ridge(old[none], sales[none]), study.ridge(old, sales)(new)
    better = spending(new) > np.median(spending(old))
    t, rest = d["fresh_offered"], d["fresh_sales"] - m
    effect = np.where(t == 1, rest, 0) / 0.5 - np.where(t == 0, rest, 0) / 0.5
    return float(np.mean(better * (effect - 2)))


def half_widths(g: Any) -> list[float]:
    """Return 1.88 standard errors of the learners' values (dollars, one decimal), from raw columns."""
    t, rest = g.fresh_offered, g.fresh_sales - g.m_fresh
    signal = rest / np.where(t == 1, 0.5, -0.5) - g.COST
    rules = [g.fresh_rules[f"{name}-learner"] for name in "STX"]
    return [round(1.8807936 * float((rule * signal).std()) / np.sqrt(1_000), 1) for rule in rules]


def paired(g: Any) -> bool:
    """Each pair of S, T and X, customer by customer, from raw columns; no interval leaves out 0."""
    t, rest = g.fresh_offered, g.fresh_sales - g.m_fresh
    signal = rest / np.where(t == 1, 0.5, -0.5) - g.COST
    gaps = {}
    for one, two in ("ST", "SX", "XT"):
        differ = g.fresh_rules[f"{one}-learner"] * 1.0 - g.fresh_rules[f"{two}-learner"]
        each = differ * signal
        gaps[one + two] = each.mean(), each.std() / np.sqrt(len(each))
        away = abs(gaps[one + two][0]) / gaps[one + two][1]
        if not np.all(each[differ == 0] == 0) or away > 1.8807936:
            return False
    found = g.ahead.loc[[f"{one} over {two}" for one, two in gaps]]
    return np.allclose(found[["mean", "error"]], list(gaps.values()), atol=1e-9)


def signal_is_right() -> bool:
    """Among customers alike, S averages the effect, whatever m: four exact cases."""
    for m in (-3.0, 0.0, 20.0):
        y1, y0 = 12.0, 7.0
        mean_signal = 0.5 * 2 * (y1 - m) + 0.5 * -2 * (y0 - m)
        if not near(mean_signal, y1 - y0, 1e-12):
            return False
    return True


def two_means_are_the_effect(g: Any) -> bool:
    """In a large shop: noise of sd 5, and a difference of means among customers alike is tau."""
    study, big = script("learners_study"), g.draw(np.random.default_rng(1), n=200_000)
    x, t, y = big.iloc[:, :5].to_numpy(), big["offered"].to_numpy(), big["sales"].to_numpy()
    noise = y - study.without(x) - study.effect(x) * t
    alike_ = (x[:, 0] < -0.5) & (x[:, 1] > 0.5)  # a corner of traits: effects of some 6 dollars
    gap = y[alike_ & (t == 1)].mean() - y[alike_ & (t == 0)].mean()
    return near(noise.std(), 5, 0.05) and near(gap, study.effect(x[alike_]).mean(), 0.5)


def bends() -> bool:
    """X at 300, one in ten treated: an effect that bends, spread alike, is met less well."""
    study, errors = script("learners_study"), []
    for world in range(6):
        rng = np.random.default_rng([7, world])
        x, t = rng.uniform(-1, 1, (1_000, 5)), rng.random(1_000) < 0.1
        fold, noise = rng.permutation(1_000) % 2, rng.normal(0, 5, 1_000)
        row = []
        for tau in (study.effect, lambda z: 2 + np.sqrt(40 / 3) * np.cos(np.pi * z[:, 0])):
            y = study.without(x) + tau(x) * t + noise
            guess = study.learners(x, t, y, study.coin(0.1), fold)["X", 300]
            row.append(np.sqrt(np.mean((guess - tau(study.MARKET)) ** 2)))
        errors.append(row)
    straight, bent = np.mean(errors, axis=0)
    return bent > straight + 0.3


def equal_freedom(g: Any, world: str, name: str) -> bool:
    """Return whether the page's mean error is that of scikit-learn in the same shops."""
    found = alike(g.N_WORLDS).groupby(["setting", "learner"])["pehe"].mean()
    return near(g.live_pehe[world, name], found[world, name], 1e-4)


def coins_show_the_mean(g: Any) -> bool:
    """By least squares, with standard errors that allow either group its own spread."""
    fit = sm.OLS(g.sales, sm.add_constant(g.offered)).fit(cov_type="HC2")
    return (
        near(g.mean_gain, fit.params[1], 1e-6)
        and near(g.mean_gain_error, fit.bse[1], 1e-6)
        and abs(g.mean_gain - 2) < 4 * g.mean_gain_error
    )


def share_earned(g: Any, world: str) -> bool:
    """T's share of what the best rule earns, from raw columns and an integral."""
    best = integrals()[1] * {"balanced": 1, "weak": 0.25}[world]
    share = mean(f"{world}|T|0|value") / best
    return near(g.board_at["share"][world, "T", 10], share, 0.004)


def formulas_of_a_rule() -> bool:
    """In a tiny population: V = mean of d (tau - c), and the mean of d (S - c) has that mean."""
    tau, c = np.array([3.0, 1.0, -1.0]), 2.0
    d = tau > c
    return near(np.mean(d * (tau - c)), 1 / 3, 1e-12) and signal_is_right()


def residuals_of_a_linear_shop() -> bool:
    """Y = 5 + x + tau T exactly: sales' residual is the effect times the offer's, and no other fits."""
    x, t = np.array([0.0, 1, 0, 1]), np.array([1.0, 0, 0, 1])
    tau, e = 3.0, 0.5
    y = 5 + x + tau * t
    ry, rt = y - (5 + x + tau * e), t - e
    losses = {guess: np.sum((ry - guess * rt) ** 2) for guess in (2.0, 3.0, 4.0)}
    return near(losses[3.0], 0, 1e-12) and min(losses[2.0], losses[4.0]) > 0.5


def mixing(g: Any) -> bool:
    """Nine tenths of the X-learner's weight go to the guess that leans on the model of the many."""
    mixed = g.x_learner(*_small(g), lambda new: np.full(len(new), 0.1))
    offered, others = g.second_stage(*_small(g))
    new = g.market[:20]
    return np.allclose(mixed(new), 0.9 * offered(new) + 0.1 * others(new))


def own_penalty(g: Any) -> bool:
    """Another penalty of the second stage, by scikit-learn: 10 before, the same for both after."""
    x, t, y = _small(g)
    study, on = script("learners_study"), t == 1
    c, new = study.CUBES.transform(x), study.CUBES.transform(g.market[:20])
    one, zero = study.ridge(c[on], y[on], 10), study.ridge(c[~on], y[~on], 10)
    again = (
        study.ridge(c[on], y[on] - zero(c[on]), 300)(new),
        study.ridge(c[~on], one(c[~on]) - y[~on], 300)(new),
    )
    found = [guess(g.market[:20]) for guess in g.second_stage(x, t, y, 300)]
    return np.allclose(found, again)


def _small(g: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return g.x[:200], g.offered[:200], g.sales[:200]


def one_model_asked_twice(g: Any) -> bool:
    """Where the offer adds 3 to everybody and nothing is noise, S and T both say so."""
    x, t, _ = _small(g)
    y = 5 + 2 * x[:, 0] + 3 * t
    new = g.market[:50]
    t_ = g.t_learner(x, t, y)(new)
    return (
        near(g.s_learner(x, t, y)(new).mean(), 3, 0.3)
        and near(t_.mean(), 3, 0.3)
        and np.allclose(
            t_,
            g.ridge(g.terms(x[t == 1]), y[t == 1])(g.terms(new))
            - g.ridge(g.terms(x[t == 0]), y[t == 0])(g.terms(new)),
        )
    )


def freedom(g: Any) -> dict[str, int]:
    """Return how many dimensions the effects of a learner span, over 60 outcomes of noise."""
    x, t, _ = _small(g)
    rng, new, fold = np.random.default_rng(0), g.market[:200], np.arange(len(x)) % 2
    spans: dict[str, list[np.ndarray]] = {}
    for _ in range(60):
        y = rng.normal(0, 5, len(x))
        for name, guess in g.fit_all(x, t, y, lambda z: np.full(len(z), 0.5), fold).items():
            spans.setdefault(name, []).append(guess(new))
    return {n: int(np.linalg.matrix_rank(np.array(rows), tol=1e-6)) for n, rows in spans.items()}


def base(g: Any) -> bool:
    """55 columns; a heavy penalty leaves the constant and no slope; slopes as scikit-learn's."""
    columns = g.terms(g.x)
    flat = g.ridge(columns, g.sales, penalty=1e12)(columns)
    default = g.ridge.__defaults__[0]
    again = script("learners_study").ridge(columns, g.sales)(columns)
    return (
        columns.shape[1] == 55
        and np.allclose(flat, g.sales.mean(), atol=1e-3)
        and default == 10
        and np.allclose(g.ridge(columns, g.sales)(columns), again)
    )


def curve_of_a_line(g: Any) -> bool:
    """A constant ranking of equal gains has no area; good customers first have one."""
    t, y = np.tile([1, 0], 50), np.repeat([4.0, 0.0], 50) * np.tile([1, 0], 50)
    good_first = g.qini_area(g.uplift_curve(-np.arange(100.0), t, y))
    flat = g.qini_area(g.uplift_curve(-np.arange(100.0), t, 4.0 * t))
    bad_first = g.qini_area(g.uplift_curve(np.arange(100.0), t, y))
    return good_first > 0.2 and abs(flat) < 0.05 and bad_first < -0.2


def same_calls(g: Any) -> bool:
    """By least squares a call adds -15 + 10 visits euros, last year and this."""
    found = []
    for members in (g.earlier, g.members):
        x, t = members[["visits", "months", "age"]], members["called"]
        design = sm.add_constant(pd.concat([x, t, (t * x["visits"]).rename("both")], axis=1))
        fit = sm.OLS(members["fees"], design).fit()
        near_ = (
            abs(fit.params[["called", "both"]] - [-15, 10]) < 4 * fit.bse[["called", "both"]]
        ).all()
        found.append(bool(near_) and fit.bse["both"] < 2)
    return all(found)


def weights_of_the_formula(g: Any) -> bool:
    """One in ten treated: raw weights at 10 fit as weights of mean one do at 111, whatever the draw."""
    rng = np.random.default_rng(3)
    x, t = g.x[:500], np.arange(500) % 10 == 0
    rt, ry = t - 0.1, rng.normal(0, 5, 500)
    raw = g.ridge(g.terms(x), ry / rt, 10, rt**2)(g.terms(g.market[:50]))
    ours = g.r_learner(x, rt, ry, 10 / 0.09)(g.market[:50])
    return np.allclose(raw, ours) and round(10 / 0.09) == 111


def honest_leaves(g: Any) -> bool:
    """With one tree, an honest guess is Σ ry rt / Σ rt² of rows that did not choose the splits."""
    rng = np.random.default_rng(1)
    x, rt = rng.uniform(-1, 1, (200, 5)), rng.choice([-0.5, 0.5], 200)
    ry = 3 * rt  # an effect of 3 without noise is found by any leaf
    guess = g.grow_forest(x, rt, ry, rng, honest=True, trees=2)(x)
    noise = rng.normal(0, 5, 200)
    spread = [
        g.grow_forest(x, rt, noise, np.random.default_rng(2), honest=h, trees=10)(x).std()
        for h in (True, False)
    ]
    return np.allclose(guess, 3) and spread[0] < spread[1]


def prior_formula(g: Any) -> bool:
    """The posterior against least squares with pseudo-rows: the priors' sds are 3 and s."""
    x, t, y = g.x[:150], g.offered[:150], g.sales[:150]
    new, s = g.market[:30], 0.3
    columns = g.terms(x)
    z, z_new = ((c - columns.mean(axis=0)) / columns.std(axis=0) for c in (columns, g.terms(new)))
    one, one_new = (
        sm.add_constant(z, has_constant="add"),
        sm.add_constant(z_new, has_constant="add"),
    )
    design = np.column_stack([one, one * (t - 0.5)[:, None]]) / 5
    pseudo = np.diag(np.r_[0, np.full(55, 1 / 3), 0, np.full(55, 1 / s)])
    stacked, target = np.vstack([design, pseudo]), np.r_[y / 5, np.zeros(112)]
    slopes = np.linalg.lstsq(stacked, target, rcond=None)[0]
    guess, sd = g.effect_posterior(x, t, y, 0.5, s, new)
    return np.allclose(guess, one_new @ slopes[56:], atol=1e-6) and bool((sd > 0).all())


def bayes(measure: str, s: str) -> float:
    return mean(f"bayes|balanced|{s}|{measure}")


def best_of() -> pd.Series:
    names = ["S", "T", "X", "R", "DR"]
    table = stored(FORESTS)[[f"published|{name}" for name in names]]
    return table.idxmin(axis=1).str.split("|").str[1].value_counts()


def ahead_of_dr(name: str) -> pd.Series:
    """Return how much less a learner errs than DR, draw by draw."""
    return stored(FORESTS)["published|DR"] - stored(FORESTS)[f"published|{name}"]


def forest(g: Any, measure: str, world: str, name: str, column: str) -> bool:
    return near(g.forests[column][world, name], mean(f"{world}|{name}|{measure}", FORESTS), 1e-6)


def fewer(world: str, measure: str) -> bool:
    """An honest forest has less of it than one without honesty, by more than 4 errors, shop by shop."""
    gap = (
        stored(FORESTS)[f"{world}|not honest|{measure}"]
        - stored(FORESTS)[f"{world}|honest|{measure}"]
    )
    return bool(gap.mean() > 4 * gap.sem())


def old_live(g: Any) -> bool:
    first = stored().iloc[: g.N_WORLDS]
    return g.N_WORLDS == 60 and all(
        near(g.live_pehe["balanced", n], first[f"balanced|{n}|{p}|pehe"].mean(), 0.003)
        for n, p in (("S", 0), ("T", 0), ("X", 10))
    )


def persuadable(g: Any) -> bool:
    """Shares of the map from an independent large sample."""
    study, rng = script("learners_study"), np.random.default_rng(0)
    x = rng.uniform(-1, 1, (40_000, 5))
    gain, spending = study.effect(x), study.without(x)
    shown = g.numbers("are persuadable, of the better half")
    half = (gain > 2)[spending > np.median(spending)].mean()
    return near(shown[0], 100 * (gain > 2).mean(), 2) and near(shown[1], 100 * half, 3)


def halves_gain(g: Any) -> bool:
    """The better half gains 2 - 7/4 dollars on average, the other 2 + 7/4; the map's rule between."""
    better = g.spends(g.market) > np.median(g.spends(g.market))
    gaps = g.true_cate[better].mean() - 0.25, g.true_cate[~better].mean() - 3.75
    (spec,) = [s for out in g.run.outputs for s in specs_of(out) if '"kind"' in json.dumps(s)]
    (line,) = [r for rows in spec["datasets"].values() for r in rows if set(r) == {"at"}]
    return bool(np.abs(gaps).max() < 0.01) and near(line["at"], np.median(g.spends(g.market)), 1e-6)


def kinds_are_named(g: Any, kind: str, there: np.ndarray) -> bool:
    """As many marks of the map are called so as customers are."""
    (spec,) = [s for out in g.run.outputs for s in specs_of(out) if '"kind"' in json.dumps(s)]
    rows = [row for rows in spec["datasets"].values() for row in rows]
    return sum(row.get("kind") == kind for row in rows) == there.sum()


def first_title(g: Any) -> bool:
    """By scikit-learn, each customer expected by the other fold; nobody by a model of their own."""
    study, d = script("learners_study"), g.run.defs
    frame = d["customers"][d["offered"] == 0]
    c, y = study.CUBES.transform(frame.iloc[:, :5].to_numpy()), frame["sales"].to_numpy()
    fold = (np.random.default_rng([d["SEED"], 4]).permutation(1_000) % 2)[d["offered"] == 0]
    expected = np.empty(len(y))
    for part in (0, 1):
        expected[fold == part] = study.ridge(c[fold != part], y[fold != part])(c[fold == part])
    better = expected > np.median(expected)
    gap = y[better].mean() - y[~better].mean()
    own_rows = study.ridge(c, y)(c)
    flattered = own_rows > np.median(own_rows)
    return (
        np.allclose(d["expected"][d["offered"] == 0], expected, atol=1e-6)
        and near(g.numbers("The better half spends")[0], gap, 0.051)
        and y[flattered].mean() - y[~flattered].mean() > gap + 0.3
    )


def intervals(g: Any) -> bool:
    """The old rule's interval from raw columns: 1.88 standard errors to each side of its mean."""
    t, rest = g.fresh_offered, g.fresh_sales - g.m_fresh
    each = g.fresh_rules["the better half"] * (rest / np.where(t == 1, 0.5, -0.5) - g.COST)
    half = 1.8807936 * each.std() / np.sqrt(1_000)
    return (
        near(g.policy_value["mean"][0], better_half(g), 1e-6)
        and near(g.policy_value["lower"][0], better_half(g) - half, 1e-6)
        and near(g.policy_value["upper"][0], better_half(g) + half, 1e-6)
        and better_half(g) + half < 0
        and g.HDI_PROB == 0.94
    )


def signal_at_any_chance() -> bool:
    """Among customers alike: the signal averages the effect; losses differ by the squared error alone."""
    for e in (0.1, 0.5, 0.8):
        for m in (-3.0, 20.0):
            y1, y0 = 12.0, 7.0
            signals, p = np.array([(y1 - m) / e, -(y0 - m) / (1 - e)]), np.array([e, 1 - e])
            centre = p @ signals
            losses = [p @ (signals - guess) ** 2 for guess in (5.0, 6.0, 8.0)]
            if not near(centre, y1 - y0, 1e-9) or not np.allclose(np.diff(losses), [1, 8]):
                return False
    return True


def levelled(g: Any) -> bool:
    """Errors at 10 from stored shops, at the chosen penalty shop by shop from scikit-learn's."""
    raw = (
        g.run.defs["live"].query("setting == 'one in ten'").pivot_table("pehe", "world", "learner")
    )
    ours, names = (
        [f"{n}, chosen" for n in "TXR"],
        [f"one in ten|{n}|pehe" for n in ("T|0", "X|10", "R|10")],
    )
    return (
        len(raw) == g.N_WORLDS == 60
        and np.allclose(raw.loc[:1, ours], chosen(2)[ours], atol=1e-6)
        and np.allclose(g.errors["chosen"], raw[ours].mean(), atol=1e-9)
        and np.allclose(g.errors["at 10"], stored()[names][:60].mean(), atol=2e-3)
        and all(near(g.live_pehe["one in ten", n], raw[n].mean(), 1e-9) for n in [*"TXR", *ours])
        and all(
            near((raw[f"{a}, chosen"] - raw[f"{b}, chosen"]).sem(), 0.04, 0.01)
            for a, b in ("TX", "TR", "XR")
        )
        and np.ptp(g.errors["chosen"]) < 3 * 0.04 < np.ptp(g.errors["at 10"])
    )


def the_right_form(g: Any) -> bool:
    """The log odds of the chances are linear in the traits, which is what is fitted."""
    p = g.worlds["confounded"][1](g.market)
    design = sm.add_constant(g.market)
    left = (
        np.log(p / (1 - p)) - design @ np.linalg.lstsq(design, np.log(p / (1 - p)), rcond=None)[0]
    )
    again = g.fit_chance(g.x, g.offered)(g.market)
    logit = sm.Logit(g.offered, sm.add_constant(g.x)).fit(disp=0)
    return bool(abs(left).max() < 1e-9) and np.allclose(again, logit.predict(design), atol=1e-6)


def ten_times(g: Any) -> bool:
    """R at ten times the penalty errs as X does, along the grid; its weights have mean one."""
    pairs = [(10, 100), (30, 300), (100, 1_000), (300, 3_000)]
    x, r = (
        np.array([mean(f"one in ten|{n}|{p}|pehe") for p in penalties])
        for n, penalties in zip("XR", zip(*pairs, strict=True), strict=True)
    )
    rt = g.t_residual
    return (
        bool((abs(x - r) < 0.11).all())
        and near((rt**2 / np.mean(rt**2)).sum(), 1_000, 1e-6)
        and 70 < (rt > 0).sum() < 130
    )


def area(g: Any, name: str) -> float:
    """Return an area by another formula: mean over customers of curve minus line."""
    curve = g.curves[name]
    return float(curve.mean() - curve[-1] * (len(curve) + 1) / (2 * len(curve)))


CLAIMS = [
    Claim(
        "An offer costs {number(COST, 0)} dollars.",
        lambda g: g.COST == 2 == g.worlds["balanced"][2],
    ),
    Claim(
        r"$$\tau(x) = E[Y(1) - Y(0) \mid X = x], \qquad V(d) = E\bigl[d(X)\,(\tau(X) - c)\bigr]$$",
        lambda g: (
            formulas_of_a_rule()
            and near(g.value(np.array([1, 0, 0]), np.array([3.0, 1, -1]), 2), 1 / 3, 1e-12)
        ),
    ),
    Claim(
        "We ask for the **CATE**, the mean effect among customers alike, and for the **net value** over all customers of a rule $d$ that sends the offer where $d(x) = 1$, at cost $c$ (sales count as earned):",
        lambda _: formulas_of_a_rule(),
    ),
    Claim(
        (
            "**Consistency**: one kind of offer, and we see $Y_i(T_i)$.",
            "**No interference**: others' offers don't matter.",
            "**Ignorability** and **positivity** come from the coin: no arrow leads from the traits to the offer.",
            r"So $\tau(x) = E[Y \mid T = 1, X = x] - E[Y \mid T = 0, X = x]$, two means to estimate.",
        ),
        lambda g: (
            (g.worlds["balanced"][1](g.market) == 0.5).all()
            and ("traits", "offered") not in g.shop_graph.edges
            and two_means_are_the_effect(g)
        ),
    ),
    Claim(
        r"Only a simulator sees this map of a `market`, 1,024 customers that cover all kinds evenly; in it $Y = m_0(X) + \tau(X)\,T + \varepsilon$, with $m_0$ the mean without the offer, $\varepsilon \sim N(0, 5)$ dollars.",
        lambda g: (
            two_means_are_the_effect(g)
            and len(g.market) == 1_024
            and np.allclose(g.market.mean(axis=0), 0, atol=0.005)
            and np.allclose(g.market.std(axis=0), 1 / np.sqrt(3), atol=0.005)
        ),
    ),
    Claim("# % are persuadable, of the better half # %", persuadable),
    Claim(
        "An offer adds {number(true_cate[_better].mean())} dollars in the better half (right of the line), {number(true_cate[~_better].mean())} in the other.",
        halves_gain,
    ),
    Claim(
        "Those expected to spend more did: this list finds the buyers.",
        lambda g: np.corrcoef(g.expected[g.offered == 0], g.sales[g.offered == 0])[0, 1] > 0.5,
    ),
    Claim(
        "persuadable: gains more than the offer costs; sleeping dog: spends less because of it",
        lambda g: (
            kinds_are_named(g, "persuadable", g.true_cate > g.COST)
            and kinds_are_named(g, "sleeping dog", g.true_cate < 0)
        ),
    ),
    Claim("The better half spends # dollars more", first_title),
    Claim(
        "**Persuadable** and **sleeping dog** are words for single customers, but here all customers alike react alike.",
        lambda g: (
            near((g.true_cate > 2).mean(), 0.5, 0.01)
            and near((g.true_cate < 0).mean(), 0.25, 0.01)
            and alike_react_alike(g)
        ),
    ),
    Claim(
        'An offer to the better half: {signed(rules["net value"].iloc[2])} dollars a customer.',
        lambda g: (
            near(g.rules["net value"].iloc[2], integrals()[0], 0.005)
            and g.rules.index[2] == "the better half"
        ),
    ),
    Claim(
        "The best possible rule, the **oracle**, earns {signed(oracle_value)}.",
        lambda g: near(g.oracle_value, integrals()[1], 0.005),
    ),
    Claim(
        "The coins of our shop show the mean effect, {signed(mean_gain)} dollars (standard error {number(mean_gain_error)}), not whose it is.",
        coins_show_the_mean,
    ),
    Claim(
        (
            r"A **learner** turns customers into a guess of $\tau(x)$ for any customer.",
            r"All of ours call one base: **ridge** regression on $z_3(x)$, the products of up to three traits (55 columns, made alike in scale), slopes pulled towards zero by a penalty of 10, the constant free: $\min_{a, b} \sum_i (y_i - a - z_i b)^2 + 10\, b^\top b$.",
        ),
        base,
    ),
    Claim(
        (
            r"The **S-learner** fits one model with the offer among its columns, $f(x, t) = a + z_3(x)\,b + t\,(g + z_2(x)\,h)$, and asks it twice: $\hat\tau_S = f(x, 1) - f(x, 0)$.",
            r"The **T-learner** fits two models, with and without the offer, and subtracts: $\hat\tau_T = f_1(x) - f_0(x)$.",
            "The effect of S has 21 coefficients (products of up to *two* traits), that of T, and of X, R and DR below, 56.",
        ),
        lambda g: (
            one_model_asked_twice(g)
            and freedom(g) == dict.fromkeys(("T", "X", "R", "DR"), 56) | {"S": 21, "one number": 1}
        ),
    ),
    Claim("The **X-learner** (Künzel et al. 2019) has a **second stage**.", mixing),
    Claim(
        "Each group's gains are fitted once more: the second stage has its own penalty, the same for both groups.",
        own_penalty,
    ),
    Claim(
        "The root mean squared error of such guesses is called **PEHE** (precision in estimating heterogeneous effects, Hill 2011):",
        lambda g: all(near(g.pehe[n], own_pehe(g, n), 1e-4) for n in "STX"),
    ),
    Claim(
        '{number(pehe["S"])} dollars for S, {number(pehe["T"])} for T, {number(pehe["X"])} for X.',
        lambda g: all(near(g.pehe[n], own_pehe(g, n), 1e-4) for n in "STX"),
    ),
    Claim(
        "Effects themselves vary by {number(true_cate.std())} (standard deviation): about what one number for everybody would miss.",
        lambda g: (
            near(g.true_cate.std(), np.sqrt(20 / 3), 0.01)
            and near(mean("balanced|one number|0|pehe"), np.sqrt(20 / 3), 0.05)
        ),
        blunt="a shift of all effects leaves their spread as it is; the sign too",
    ),
    Claim(
        "The trend is right, the single effect is not",
        lambda g: all(
            np.corrcoef(own(g)[n], truth())[0, 1] > 0.6 and own_pehe(g, n) > 1 for n in "STX"
        ),
    ),
    Claim("S: off by #", lambda g: near(g.numbers("S: off by")[0], own_pehe(g, "S"))),
    Claim("T: off by #", lambda g: near(g.numbers("T: off by")[0], own_pehe(g, "T"))),
    Claim("X: off by #", lambda g: near(g.numbers("X: off by")[0], own_pehe(g, "X"))),
    Claim(
        (
            r"$$\Gamma = 2\,(2T - 1)\,\bigl(Y - m(X)\bigr), \qquad E[\Gamma \mid X] = \tau(X)$$",
            "Draw a fresh month of 1,000 customers, a coin for each, and give each a **signal**, with $m(X)$ what we expected them to spend:",
        ),
        lambda g: formulas_of_a_rule() and len(g.fresh_x) == 1_000,
    ),
    Claim(
        'Coins see that the old rule loses {number(-policy_value["mean"][0])} dollars a customer ({percent(HDI_PROB)} interval {number(-policy_value["upper"][0])} to {number(-policy_value["lower"][0])}).',
        intervals,
    ),
    Claim(
        'They do not rank S, T and X: S earns {signed(ahead["mean"]["S over T"])} dollars more than T (standard error {number(ahead["error"]["S over T"])}), {signed(ahead["mean"]["S over X"])} more than X ({number(ahead["error"]["S over X"])}), X {signed(ahead["mean"]["X over T"])} more than T ({number(ahead["error"]["X over T"])}).',
        paired,
    ),
    Claim(
        (
            "Only the simulator knows what the rules of S, T and X earn from all customers, and their **regret**, what they leave of the oracle's {number(oracle_value)} dollars:",
            '| net value | {number(rule_values["S-learner"])} | {number(rule_values["T-learner"])} | {number(rule_values["X-learner"])} |',
            '| regret | {number(regret["S"])} | {number(regret["T"])} | {number(regret["X"])} |',
        ),
        lambda g: (
            near(g.oracle_value, integrals()[1], 0.005)
            and all(near(g.regret[n], own_regret(g, n), 1e-3) for n in "STX")
            and all(
                near(g.rule_values[f"{n}-learner"], integrals()[1] - own_regret(g, n), 2e-3)
                for n in "STX"
            )
        ),
    ),
    Claim(
        "Coins price the rules: the better half #",
        lambda g: near(g.numbers("Coins price the rules")[-1], better_half(g)),
    ),
    Claim(
        "diamond, line: by the coins, # % confidence interval; tick: truth, all customers",
        lambda g: (
            g.numbers("diamond, line")[0] == 94
            and all(
                near(g.rule_values[f"{n}-learner"], integrals()[1] - own_regret(g, n), 2e-3)
                and near(g.policy_value["truth"][k], g.rule_values[f"{n}-learner"], 1e-9)
                for k, n in enumerate("STX", 1)
            )
            and near(g.policy_value["truth"][0], integrals()[0], 0.15)
        ),
    ),
    Claim(
        (
            "| balanced | our shop |",
            "| one in ten | about 100 of 1,000 customers got the offer |",
            "| weak | effects and cost are a quarter |",
            "| same for all | the offer adds 2 dollars to everybody |",
        ),
        lambda g: (
            all(
                (g.worlds[name][1](g.market) == share).all()
                for name, share in {"balanced": 0.5, "one in ten": 0.1, "weak": 0.5}.items()
            )
            and near(1_000 * g.worlds["one in ten"][1](g.market).mean(), 100)
            and len(g.customers) == 1_000
            and np.allclose(g.worlds["balanced"][0](g.market), g.true_cate)
            and np.allclose(4 * g.worlds["weak"][0](g.market), g.true_cate)
            and 4 * g.worlds["weak"][2] == g.worlds["balanced"][2]
            and (g.worlds["same for all"][0](g.market) == 2).all()
        ),
    ),
    Claim(
        "| confounded | big spenders and frequent visitors were chosen |",
        lambda g: (
            all(
                np.corrcoef(g.worlds["confounded"][1](g.market), g.market[:, k])[0, 1] > 0.3
                for k in (0, 2)
            )
            and np.ptp(g.worlds["confounded"][1](g.market)) > 0.5
        ),
    ),
    Claim(
        "Penalty #: with one in ten treated, one number errs least",
        lambda g: g.numbers("Penalty")[0] == 10 and wins("one in ten", "one number", 10) > 0.5,
    ),
    Claim(
        "bold: PEHE (dollars); below: net value (dollars a customer), share of shops won",
        lambda g: (
            board(g, "balanced", "S", 10)
            and near(g.board_at["wins"]["balanced", "S", 10], wins("balanced", "S", 10), 1e-9)
        ),
    ),
    Claim(
        "At 10 the S-learner has the smallest mean error in the balanced world and in the confounded one, where chances are estimated (by a model of the right form), one number in the other three.",
        lambda g: (
            the_right_form(g)
            and board(g, "balanced", "S", 10)
            and board(g, "confounded", "S", 10)
            and all(
                min(names, key=lambda n, w=w: mean(f"{w}|{n}|pehe")) == best
                for names in [["S|0", "T|0", "X|10", "R|10", "DR|10", "one number|0"]]
                for w, best in (
                    ("balanced", "S|0"),
                    ("confounded", "S|0"),
                    ("one in ten", "one number|0"),
                    ("weak", "one number|0"),
                    ("same for all", "one number|0"),
                )
            )
        ),
    ),
    Claim(
        (
            'In *one in ten* X errs by {number(board_at["pehe"]["one in ten", "X", 10])} dollars at 10, by {number(board_at["pehe"]["one in ten", "X", 300])} at 300.',
            "That X errs less at 300 is no rank: the slider leaves S and T at 10, R wants ten times the penalty of X, and we chose by the truth.",
        ),
        lambda g: (
            board(g, "one in ten", "X", 10)
            and board(g, "one in ten", "X", 300)
            and ten_times(g)
            and "one in ten|S|300|pehe" not in stored()
            and "one in ten|T|300|pehe" not in stored()
            and min((mean(f"one in ten|X|{p}|pehe"), p) for p in (10, 30, 100, 300, 1_000, 3_000))[
                1
            ]
            == 300
            and min((mean(f"one in ten|R|{p}|pehe"), p) for p in (10, 30, 100, 300, 1_000, 3_000))[
                1
            ]
            == 3_000
        ),
    ),
    Claim(
        (
            r"$$\Gamma = \frac{(T - e)\,(Y - m(X))}{e\,(1 - e)}$$",
            r"$$E\bigl[(\Gamma - \hat\tau)^2\bigr] = E\bigl[(\tau - \hat\tau)^2\bigr] + E\bigl[\mathrm{Var}(\Gamma \mid X)\bigr]$$",
            "The first part is PEHE squared, the second is the same whatever the guess.",
        ),
        lambda _: signal_at_any_chance(),
    ),
    Claim("| *one in ten*, {N_WORLDS} shops: error (dollars) | T | X | R |", levelled),
    Claim(
        '| penalty 10 | {number(errors["at 10"]["T"])} | {number(errors["at 10"]["X"])} | {number(errors["at 10"]["R"])} |',
        levelled,
    ),
    Claim(
        '| penalty chosen by the coins | {number(errors["chosen"]["T"])} | {number(errors["chosen"]["X"])} | {number(errors["chosen"]["R"])} |',
        levelled,
    ),
    Claim(
        'At 10 the three are up to {number(np.ptp(errors["at 10"]), 1)} dollars apart, with a chosen penalty {number(np.ptp(errors["chosen"]))} (Monte Carlo error of a difference: 0.04).',
        levelled,
    ),
    Claim(
        'With 56, as T, X, R and DR have, S would err by {number(live_pehe["balanced", "S with 56"])} dollars in the balanced world, and in *one in ten* by {number(live_pehe["one in ten", "S with 56"])}, more there than any other ({N_WORLDS} shops of this page).',
        lambda g: (
            equal_freedom(g, "balanced", "S with 56")
            and freedom(g)["DR"] == freedom(g)["R"] == 56
            and equal_freedom(g, "one in ten", "S with 56")
            and g.N_WORLDS == 60
            and g.live_pehe["one in ten"].idxmax() == "S with 56"
        ),
    ),
    Claim(
        (
            '**"Which learner" is mostly how much the effect is smoothed**, and coins of a known chance, as here, can say how much.',
            "The effect is linear here: where it bends, heavy smoothing costs more.",
        ),
        lambda g: (
            levelled(g)
            and mean("one in ten|X|10|pehe") - g.errors["chosen"]["X"] > 1.8
            and (g.worlds["one in ten"][1](g.market) == 0.1).all()
            and bends()
        ),
    ),
    Claim(
        'In the balanced world, at penalty 10, T is hardly nearer than one number, and earns most of what can be earned; in *weak* {percent(board_at["share"]["weak", "T", 10])}.',
        lambda g: (
            share_earned(g, "weak")
            and np.allclose(g.worlds["weak"][0](g.market), g.worlds["balanced"][0](g.market) / 4)
            and board(g, "balanced", "T", 10)
            and board(g, "balanced", "one number", 10)
            and board(g, "balanced", "T", 10, "value")
            and board(g, "balanced", "one number", 10, "value")
            and near(g.oracle_value, integrals()[1], 0.005)
            and mean("balanced|T|0|value") > 0.7 * integrals()[1]
        ),
    ),
    Claim(
        (
            "**Choosing is easier than measuring** here: only the side of the cost counts.",
            "But the cost is the mean effect, so one number falls either way; were the offer free, it would earn {percent(true_cate.mean() / np.maximum(true_cate, 0).mean())}.",
        ),
        lambda g: (
            mean("balanced|T|0|pehe") > 0.9 * mean("balanced|one number|0|pehe")
            and mean("balanced|T|0|value") > 0.7 * integrals()[1]
            and near(g.true_cate.mean(), 2, 0.005)
            and g.COST == 2
            and near(np.maximum(g.true_cate, 0).mean(), free(), 0.005)
            and 0.8 < 2 / free() < 0.9
            and 0.3 < (stored()["balanced|one number|0|bias"] > 0).mean() < 0.7
        ),
    ),
    Claim(
        "Errors (Monte Carlo: at most 0.06), stored",
        lambda g: (
            0.05 < float(g.leaderboard["pehe_se"].max()) <= 0.06
            and near(error("one in ten|DR|10|pehe"), g.leaderboard["pehe_se"].max(), 0.01)
        ),
    ),
    Claim(
        "Errors (Monte Carlo: at most 0.06), stored and by this page in {N_WORLDS} shops:",
        lambda g: (
            old_live(g)
            and all(
                near(
                    g.found_table["this page's functions (dollars)"][n], g.live_pehe["balanced", n]
                )
                and near(
                    g.found_table["of what can be earned (%)"][n],
                    100 * mean(f"balanced|{n}|{10 if n == 'X' else 0}|value") / integrals()[1],
                    0.3,
                )
                and near(
                    g.found_table["error (dollars)"][n],
                    mean(f"balanced|{n}|{10 if n == 'X' else 0}|pehe"),
                    1e-6,
                )
                for n in ("S", "T", "X", "one number")
            )
        ),
    ),
    Claim(
        (
            "This is the **uplift curve**.",
            "The area between it and a straight line is the **Qini** value (Radcliffe 2007): how much better the ranking is than a random order.",
        ),
        curve_of_a_line,
    ),
    Claim(
        "Area above the line: training rows #, fresh customers #",
        lambda g: (
            near(g.numbers("Area above the line")[0], area(g, "training rows"))
            and near(g.numbers("Area above the line")[1], area(g, "fresh customers"))
        ),
    ),
    Claim(
        'In 200 such shops (stored; Monte Carlo error 0.005) the area is {number(qini["in_sample"]["same for all"], 3)} on the training rows and {number(qini["held_out"]["same for all"], 3)} on fresh customers.',
        lambda g: (
            len(stored()) == 200
            and all(
                near(g.qini[column]["same for all"], mean(f"qini|same for all|T {rows}"), 1e-6)
                and near(error(f"qini|same for all|T {rows}"), 0.005, 0.0005)
                for column, rows in {"in_sample": "in sample", "held_out": "held out"}.items()
            )
        ),
    ),
    Claim(
        'Where effects differ, ranking by the truth reaches {number(qini["best"]["balanced"], 3)}; the areas of the truth and of T differ with a standard deviation of {number(qini["sd_of_gap"]["balanced"], 3)} from shop to shop: one month does not tell two such rankings 0.05 apart.',
        lambda g: (
            near(g.qini["best"]["balanced"], mean("qini|balanced|truth"), 1e-6)
            and near(
                g.qini["sd_of_gap"]["balanced"],
                np.std(
                    stored()["qini|balanced|truth"] - stored()["qini|balanced|T held out"], ddof=1
                ),
                1e-6,
            )
            and g.qini["sd_of_gap"]["balanced"] > 0.05
        ),
    ),
    Claim(
        '1. **Not the best customers, but the persuadable ones**, if they differ: here the better half loses {number(-rules["net value"].iloc[2])} dollars a customer, the best rule earns {number(rules["net value"].iloc[4])}.',
        lambda g: (
            near(g.rules["net value"].iloc[2], integrals()[0], 0.005)
            and near(g.rules["net value"].iloc[4], integrals()[1], 0.005)
        ),
    ),
    Claim(
        '2. **Choosing is easier than measuring**, but pays less where effects are small: T earned {percent(board_at["share"]["balanced", "T", 10])} of the best (balanced), {percent(board_at["share"]["weak", "T", 10])} (*weak*).',
        lambda g: (
            mean("balanced|T|0|pehe") > 0.9 * mean("balanced|one number|0|pehe")
            and share_earned(g, "balanced")
            and share_earned(g, "weak")
            and mean("weak|T|0|value") > 4 * error("weak|T|0|value")
            and mean("weak|T|0|pehe") > 3 * mean("weak|one number|0|pehe")
        ),
    ),
    Claim(
        '3. **Which learner is mostly how much it smooths**: with a linear effect and a known chance (*one in ten*, {N_WORLDS} shops) T, X and R err by {number(errors["at 10"].min(), 1)} to {number(errors["at 10"].max(), 1)} dollars at 10, by {number(errors["chosen"].min(), 1)} to {number(errors["chosen"].max(), 1)} as coins chose.',
        lambda g: levelled(g) and bends(),
    ),
    Claim(
        '4. **Coins price any rule** that was fixed before, 1,000 of them to ± {number(((policy_value["upper"] - policy_value["lower"]) / 2)[1:].mean(), 1)} dollars ({percent(HDI_PROB)}): the old rule loses; learners stay unranked.',
        lambda g: (
            signal_is_right()
            and not np.isin(g.fresh_x[:, 0], g.x[:, 0]).any()
            and half_widths(g) == [0.5] * 3
            and intervals(g)
            and paired(g)
            and near(
                ((g.policy_value["upper"] - g.policy_value["lower"]) / 2)[1:].mean(), 0.5, 0.05
            )
        ),
    ),
    Claim(
        '5. **Uplift on training rows counts noise**: {number(qini["in_sample"]["same for all"], 2)} dollars where there is none.',
        lambda g: near(
            g.qini["in_sample"]["same for all"], mean("qini|same for all|T in sample"), 1e-6
        ),
    ),
    Claim(
        (
            r"The **R-learner** (Nie & Wager 2021) first takes out what the traits explain, by models of the other fold: $\tilde Y = Y - \hat m(X)$ and $\tilde T = T - \hat e(X)$.",
            "What is left of sales is, up to noise, the effect times what is left of the offer:",
            r"$$\hat\tau = \arg\min_\tau \sum_i \bigl(\tilde Y_i - \tau(X_i)\,\tilde T_i\bigr)^2 + \text{penalty}$$",
        ),
        lambda _: residuals_of_a_linear_shop(),
    ),
    Claim(
        "Ours divides this sum by a constant, which rescales the penalty (more below).",
        weights_of_the_formula,
    ),
    Claim(
        "We assume that a call does to them what it did to members alike last year.",
        same_calls,
    ),
    Claim(
        "The **DR-learner** (Kennedy 2023) fits AIPW's terms, one a customer (notebook 11), to the traits.",
        lambda g: np.allclose(
            g.dr_learner(g.x, 2 + g.x[:, 0], 1e-6)(g.market[:20]), 2 + g.market[:20, 0], atol=1e-3
        ),
    ),
    Claim(
        (
            "| *one in ten*: error (dollars) | X | R | DR |",
            '| penalty 10 | {number(board_at["pehe"]["one in ten", "X", 10])} | {number(board_at["pehe"]["one in ten", "R", 10])} | {number(board_at["pehe"]["one in ten", "DR", 10])} |',
            '| penalty 300 | {number(board_at["pehe"]["one in ten", "X", 300])} | {number(board_at["pehe"]["one in ten", "R", 300])} | {number(board_at["pehe"]["one in ten", "DR", 300])} |',
            '| penalty 3,000 | {number(board_at["pehe"]["one in ten", "X", 3_000])} | {number(board_at["pehe"]["one in ten", "R", 3_000])} | {number(board_at["pehe"]["one in ten", "DR", 3_000])} |',
            "At 10 R and DR err most.",
        ),
        lambda g: (
            all(board(g, "one in ten", n, p) for n in ("X", "R", "DR") for p in (10, 300, 3_000))
            and min(mean(f"one in ten|{n}|10|pehe") for n in ("R", "DR"))
            > max(mean(f"one in ten|{n}|pehe") for n in ("S|0", "T|0", "X|10", "one number|0"))
        ),
    ),
    Claim(
        (
            "Ours have mean one, so they add up to 1,000 customers, where the second stage that leads X has about 100: 3,000 smooths R as 300 does X.",
            r"With the weights $\\tilde T^2$ of the formula, 10 would smooth R as {number(10 / (0.1 * 0.9), 0)} does here.",
        ),
        lambda g: weights_of_the_formula(g) and ten_times(g),
    ),
    Claim(
        (
            "Our **causal forest** (after Athey, Tibshirani & Wager 2019) grows trees on the R-learner's target.",
            "It is **honest** (Wager & Athey 2018) when half of the rows choose the splits and the other half fill the leaves: the rows that chose a leaf for its large effect do not also say how large it is.",
        ),
        honest_leaves,
    ),
    Claim(
        (
            'Means of 60 stored shops (Monte Carlo errors: of an error at most 0.03 dollars, of "coverage" 0.01).',
            "An honest forest errs less, and spreads less where the offer does the same for all.",
        ),
        lambda g: (
            len(stored(FORESTS)) == 60
            and all(
                forest(g, "pehe", w, n, "error (dollars)")
                and forest(g, "sd", w, n, "sd of guesses")
                and stored(FORESTS)[f"{w}|{n}|pehe"].sem() <= 0.03
                for n in ("honest", "not honest", "econml")
                for w in ("balanced", "same for all")
            )
            and stored(FORESTS)["balanced|econml|coverage"].sem() <= 0.01
            and stored(FORESTS)["same for all|econml|coverage"].sem() <= 0.01
            and fewer("balanced", "pehe")
            and fewer("same for all", "sd")
        ),
    ),
    Claim(
        (
            "Part of that is larger leaves:",
            'with 20 rows a leaf instead of 10, as many leaves as an honest tree has, a forest without honesty errs by {number(own_forest["larger leaves"])} dollars in our own shop, about half-way from {number(own_forest["not honest"])} to {number(own_forest["honest"])}.',
        ),
        lambda g: (
            all(
                abs(g.own_forest[n] - mean(f"balanced|{n}|pehe", FORESTS))
                < 4 * stored(FORESTS)[f"balanced|{n}|pehe"].std()
                for n in ("honest", "not honest")
            )
            and near(
                (g.own_forest["not honest"] - g.own_forest["larger leaves"])
                / (g.own_forest["not honest"] - g.own_forest["honest"]),
                0.5,
                0.15,
            )
        ),
        blunt="tests/test_12_learners.py grows these forests in four other shops, and counts leaves",
    ),
    Claim(
        (
            "**Second way**: econml's `CausalForestDML` (group `uplift`), with 95 % intervals.",
            'The forest of econml errs about as ours does, but its 95 % intervals hold {percent(forests["coverage"]["balanced", "econml"])} of the effects in the balanced world: less than they promise.',
        ),
        lambda g: (
            forest(g, "pehe", "balanced", "econml", "error (dollars)")
            and abs(mean("balanced|econml|pehe", FORESTS) - mean("balanced|honest|pehe", FORESTS))
            < 0.06
            and forest(g, "coverage", "balanced", "econml", "coverage")
            and mean("balanced|econml|coverage", FORESTS)
            < 0.95 - 4 * stored(FORESTS)["balanced|econml|coverage"].sem()
        ),
    ),
    Claim(
        r"$$Y = \alpha + z\beta + (\gamma + z\delta)\,(T - e(X)) + \varepsilon, \qquad \beta_j \sim N(0, 3), \quad \delta_j \sim N(0, s)$$",
        prior_formula,
    ),
    Claim(
        'With s = 0.3 the error is {number(prior_answers["200 shops: error"][0])} dollars and {percent(HDI_PROB)} posterior intervals hold the effect of {percent(prior_answers["covers"][0])} of the customers; with s = 3 it is {number(prior_answers["200 shops: error"][2])}.',
        lambda g: (
            g.HDI_PROB == 0.94
            and near(g.prior_answers["200 shops: error"][0], bayes("pehe", "0.3"), 1e-6)
            and near(g.prior_answers["200 shops: error"][2], bayes("pehe", "3"), 1e-6)
            and near(g.prior_answers["covers"][0], bayes("coverage", "0.3"), 1e-6)
        ),
    ),
    Claim(
        'Offering where the posterior *mean* beats the cost earns {number(prior_answers["mean rule earns"][0])} dollars; only where the *lower end* does, {number(prior_answers["careful rule earns"][0])}.',
        lambda g: (
            near(g.prior_answers["mean rule earns"][0], bayes("value", "0.3"), 1e-6)
            and near(g.prior_answers["careful rule earns"][0], bayes("careful", "0.3"), 1e-6)
        ),
    ),
    Claim(
        'DR is best in {re_ranked["best of"]["DR"]} of the 60 draws, X in {re_ranked["best of"]["X"]}, R in {re_ranked["best of"]["R"]}.',
        lambda g: (
            all(g.re_ranked["best of"][n] == best_of().get(n, 0) for n in ("X", "R", "DR"))
            and len(stored(FORESTS)) == 60
        ),
    ),
    Claim(
        (
            "X has the smallest mean error, {number(x_ahead.mean(), 5)} below that of DR (error {number(x_ahead.sem(), 5)}), but was picked for it; the median difference favours DR, by {number(-x_ahead.median(), 5)}.",
            "So X and DR stay unranked.",
            "R errs {number(r_behind.mean(), 5)} more than X (error {number(r_behind.sem(), 5)}).",
            "S and T are far behind.",
        ),
        lambda g: (
            np.allclose(g.x_ahead, ahead_of_dr("X"), atol=1e-12)
            and np.allclose(g.r_behind, ahead_of_dr("X") - ahead_of_dr("R"), atol=1e-12)
            and len(g.r_behind) == 60
            and 2 < g.r_behind.mean() / (g.r_behind.std() / np.sqrt(60)) < 4
            and ahead_of_dr("X").median() < 0 < ahead_of_dr("X").mean() < 3 * ahead_of_dr("X").sem()
            and g.re_ranked["mean of 60 draws"].idxmin() == "X"
            and best_of()[["X", "R", "DR"]].max() - best_of()[["X", "R", "DR"]].min()
            < 2 * np.sqrt(40)
            and all(-ahead_of_dr(n).mean() > 10 * ahead_of_dr(n).sem() for n in "ST")
        ),
    ),
    Claim(
        (
            'The IPW loss on 500 fresh customers finds the best of five in {number(hits["chosen by IPW"].mean(), 0)} % of the draws (Monte Carlo error {number(hits["chosen by IPW"].sem(), 1)} points), perhaps no more than chance (20 %);',
            'the doubly robust loss in {number(hits["chosen by DR"].mean(), 0)} % ({number(hits["chosen by DR"].sem(), 1)}).',
        ),
        lambda g: (
            all(
                near(g.hits[f"chosen by {n}"].mean(), 100 * share, 1e-9)
                and near(
                    g.hits[f"chosen by {n}"].sem(), 100 * np.sqrt(share * (1 - share) / 59), 1e-9
                )
                for n in ("IPW", "DR")
                for share in [mean(f"published|chosen by {n}", FORESTS)]
            )
            and abs(g.hits["chosen by IPW"].mean() - 20) < 2 * g.hits["chosen by IPW"].sem()
            and g.hits["chosen by DR"].mean() - 20 > 4 * g.hits["chosen by DR"].sem()
        ),
    ),
    Claim(
        "**A leaderboard needs worlds, not a seed.**",
        lambda _: best_of().min() >= 1 and len(best_of()) >= 3,
    ),
]
test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)
