"""What notebook 03 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import binom, norm

from helpers import graphs
from helpers.lessons import s_learner
from tests import claims
from tests.claims import Claim, prior_of

NAME = "03_s_learner"
PRINTED = 6e-4
"""Half the last printed digit of a share in points with one decimal, and a little."""


def near(value: Any, goal: Any, room: float = PRINTED) -> bool:
    return bool(np.all(np.abs(np.asarray(value, float) - np.asarray(goal, float)) <= room))


def once(compute: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of the page's globals that computes once a run."""
    kept: dict[int, Any] = {}

    @functools.wraps(compute)
    def found(g: Any) -> Any:
        if id(g.run) not in kept:
            kept[id(g.run)] = compute(g.run.defs)
        return kept[id(g.run)]

    return found


def logistic(line: Any) -> np.ndarray:
    return 1 / (1 + np.exp(-np.asarray(line, float)))


def plain(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the covariates in steps, written again: ten years, a year, ten minutes, one call."""
    return pd.DataFrame(
        {
            "age": (customers["age"] - 45) / 10,
            "account_length": (customers["account_length"] - 36) / 12,
            "call_minutes": (customers["call_minutes"] - 30) / 10,
            "service_calls": customers["service_calls"] - 1,
            "voicemail_plan": customers["voicemail_plan"],
            **{r: customers["region"].eq(r) * 1.0 for r in ("border", "coast", "inland")},
        }
    ).astype(float)


@once
def truth(defs: Any) -> dict[str, Any]:
    """Return both churn probabilities of each customer by the laws, and what follows."""
    x, has = plain(defs["customers"]), defs["customers"]["international_plan"].to_numpy() == 1
    line = -2.5 - 0.1 * x["age"] - 0.2 * x["account_length"] + 0.65 * x["call_minutes"]
    line = line + 0.75 * x["service_calls"] - 0.5 * x["voicemail_plan"] + 0.8 * x["border"]
    y0, y1 = logistic(line), logistic(line + 1 - 0.7 * x["call_minutes"])
    return {
        "y0": y0,
        "y1": y1,
        "has": has,
        "ate": (y1 - y0).mean(),
        "att": (y1 - y0)[has].mean(),
        "atu": (y1 - y0)[~has].mean(),
        "confounding": y0[has].mean() - y0[~has].mean(),
    }


def inputs(customers: pd.DataFrame, plan: Any) -> np.ndarray:
    x = plain(customers).assign(plan=plan)
    return sm.add_constant(
        x.assign(both=x["plan"] * x["call_minutes"]), has_constant="add"
    ).to_numpy(float)


@once
def by_statsmodels(defs: Any) -> dict[str, Any]:
    """Return the S-learner by another library: risks, averages, standard errors (delta method)."""
    customers = defs["customers"]
    fit = sm.Logit(customers["churn"], inputs(customers, customers["international_plan"]))
    fit = fit.fit(disp=False, maxiter=100)
    designs = [inputs(customers, t) for t in (1, 0)]
    one, zero = (fit.predict(x) for x in designs)
    slopes = (one * (1 - one))[:, None] * designs[0] - (zero * (1 - zero))[:, None] * designs[1]
    has = customers["international_plan"].to_numpy() == 1
    who = {"ate": has | True, "att": has, "atu": ~has}
    found = {name: (one - zero)[rows].mean() for name, rows in who.items()}
    for name, rows in who.items():
        gradient = slopes[rows].mean(axis=0)
        found[f"{name}_se"] = np.sqrt(gradient @ fit.cov_params() @ gradient)
    return {**found, "one": one, "zero": zero}


@once
def by_hand(defs: Any) -> dict[str, Any]:
    """Return the posterior of churn in both arms, from the coefficients (draw, unit)."""
    draws = defs["idata_churn"].posterior.isel(draw=slice(None, None, 2))
    x = plain(defs["customers"]).to_numpy()
    line = draws["intercept"].to_numpy()[..., None] + draws["slopes"].to_numpy() @ x.T
    gain = draws["effect"].to_numpy()[..., None]
    gain = gain + draws["effect_per_ten_minutes"].to_numpy()[..., None] * x[:, 2]
    one, zero = (a.reshape(-1, x.shape[0]) for a in (logistic(line + gain), logistic(line)))
    has = truth_of(defs)
    gap = one - zero
    return {
        "gap": gap,
        "ate": gap.mean(axis=1),
        "att": gap[:, has].mean(axis=1),
        "atu": gap[:, ~has].mean(axis=1),
        "seen": np.where(has, one.mean(axis=0), zero.mean(axis=0)),
    }


def truth_of(defs: Any) -> np.ndarray:
    return defs["customers"]["international_plan"].to_numpy() == 1


def is_hdi(draws: Any, lower: float, upper: float) -> bool:
    """Return whether an interval holds 94 % of draws, and no shorter one does by much."""
    draws = np.sort(np.ravel(draws))
    held = np.mean((draws >= lower) & (draws <= upper))
    k = int(0.94 * len(draws))
    shortest = (draws[k:] - draws[:-k]).min()
    return bool(abs(held - 0.94) < 0.01 and upper - lower < 1.03 * shortest)


def prior(g: Any, name: str) -> list[float]:
    """Return mean and sd of a Normal prior, read from the model."""
    kind, parameters = prior_of(g.model_churn, name)
    assert kind == "Normal"
    return np.ravel(parameters).tolist()


def band_of(customers: pd.DataFrame) -> np.ndarray:
    return np.digitize(customers["call_minutes"], [20, 30, 40])


def gap_of_calibration(g: Any) -> float:
    """Return the largest gap of observed and expected churn, by arm and band of minutes."""
    seen, arm, band = by_hand(g)["seen"], truth(g)["has"], band_of(g.customers)
    churn = g.customers["churn"].to_numpy()
    cells = [(arm == t) & (band == b) for t in (True, False) for b in range(4)]
    return max(abs(churn[c].mean() - seen[c].mean()) for c in cells)


@once
def doses(defs: Any) -> dict[str, Any]:
    """Return, by statsmodels, the dose-response curves of degrees 1 and 3, and the truth (%)."""
    clients = defs["clients"]
    x = plain(clients)
    tens = clients["discount"].to_numpy() / 10
    line = -2.5 - 0.1 * x["age"] - 0.2 * x["account_length"] + 0.65 * x["call_minutes"]
    line = line + 0.75 * x["service_calls"] - 0.5 * x["voicemail_plan"] + 0.8 * x["border"]
    found: dict[str, Any] = {
        "truth": [100 * logistic(line + 0.5 - 1.8 * (1 - np.exp(-d / 6))).mean() for d in range(21)]
    }
    for degree in (1, 3):
        powers = [tens**k for k in range(1, degree + 1)]
        fit = sm.Logit(clients["churn"], sm.add_constant(np.column_stack([x, *powers])))
        fit = fit.fit(disp=False, maxiter=100)
        curve = []
        for dose in (0, 20):
            set_to = [np.full(len(x), (dose / 10) ** k) for k in range(1, degree + 1)]
            design = sm.add_constant(np.column_stack([x, *set_to]), has_constant="add")
            p = fit.predict(design)
            gradient = ((p * (1 - p))[:, None] * design).mean(axis=0)
            se = np.sqrt(gradient @ fit.cov_params().to_numpy() @ gradient)
            curve.append((100 * p.mean(), 100 * se))
        found[degree] = curve
    return found


def seen_at(clients: pd.DataFrame, low: float, high: float) -> float:
    rows = (clients["discount"] > low) & (clients["discount"] <= high)
    return float(clients["churn"][rows].mean())


def covers(bias: float, width: float) -> float:
    """Return how often a normal 94 % interval of this width holds a truth that is off by a bias."""
    z = norm.ppf(0.97)
    shift = bias / (width / (2 * z))
    return float(norm.cdf(z - shift) - norm.cdf(-z - shift))


def with_hidden(graph: Any) -> Any:
    """Return the page's graph with something unseen that points at both plan and churn."""
    more = [("unseen", "plan"), ("unseen", "churn")]
    return graphs.dag([*graph.edges, *more], treatment="plan", outcome="churn", hidden=["unseen"])


def off_without(g: Any, broken: str | None) -> float:
    """Return how far the ATT of 60,000 customers is off where one assumption is not true.

    Without consistency, half of the holders have a plan that does nothing; with interference, who
    has no plan leaves less often, as others have it; without the right terms, the model only knows
    whether somebody rang.
    """
    customers, both = g.churn_world(9, 60_000)
    has, rng = customers["international_plan"].to_numpy() == 1, np.random.default_rng(8)
    risk = np.where(has, both["y1"], both["y0"])
    if broken == "consistency":
        risk = np.where(has & (rng.random(len(has)) < 0.5), both["y0"], risk)
    if broken == "no interference":
        risk = np.where(has, risk, 0.8 * risk)
    seen, *set_to = (inputs(customers, plan) for plan in (customers["international_plan"], 1, 0))
    if broken == "right terms":
        for design in (seen, *set_to):
            design[:, 4] = design[:, 4] > -1  # service calls, less one
    fit = sm.Logit(rng.random(len(has)) < risk, seen).fit(disp=False, maxiter=100)
    one, zero = (fit.predict(design)[has].mean() for design in set_to)
    return float(one - zero - (both["y1"] - both["y0"])[has].mean())


def g_formula() -> bool:
    """In a tiny population with equal lots at each x, E[Y | T = t, x] averaged is E[Y(t)]."""
    share, chance = np.array([0.2, 0.5, 0.3]), np.array([0.1, 0.5, 0.8])
    y1 = np.array([0.3, 0.4, 0.9])
    joint = share * chance
    seen = joint * y1 / joint  # P(Y = 1 | T = 1, x)
    naive = (joint * y1).sum() / joint.sum()
    return near(share @ seen, share @ y1, 1e-12) and not near(naive, share @ y1, 0.05)


def r_hat(chains: np.ndarray) -> float:
    """Return the plain ratio of the spread of all draws to that within chains (chain, draw)."""
    n = chains.shape[1]
    within, between = chains.var(axis=1, ddof=1).mean(), chains.mean(axis=1).var(ddof=1)
    return float(np.sqrt((n - 1) / n + between / within))


def told(g: Any, words: str, *goals: float, room: float = 0.06) -> bool:
    """Return whether the numbers of a title or paragraph are these, in order."""
    found = g.numbers(words)
    return len(found) == len(goals) and near(found, goals, room)


def errors(g: Any) -> tuple[float, float]:
    sm_, t = by_statsmodels(g), truth(g)
    naive = 100 * (np.polyfit(t["has"], g.customers["churn"], 1)[0] - t["att"])
    each = [100 * (sm_[n] - t[n]) for n in ("ate", "att", "atu")]
    return naive, max(each, key=abs)


@once
def own_r2(defs: Any) -> float:
    """Return the R² of least squares on new weeks of the shop."""
    world, names = defs["promotion"], ["season", "discount", "visits", "points"]
    old, new = world.sample(1_000, 11), world.sample(1_000, 12)
    fit = sm.OLS(old["purchases"], sm.add_constant(old[names])).fit()
    error = new["purchases"] - fit.predict(sm.add_constant(new[names]))
    return float(1 - error.var() / new["purchases"].var())


def shop_truth(seed: int) -> float:
    shops, effect = s_learner._chain(seed)
    return float(effect["whole"][shops["checkout"] == 1].mean())


UNITS = {
    **dict.fromkeys(("international_plan", "churn", "voicemail_plan", "checkout"), "1 yes, 0 no"),
    **dict.fromkeys(("call_minutes", "queue"), "minutes"),
    **dict.fromkeys(("size", "rush"), "standard deviations"),
    "region": "name",
    "age": "years",
    "account_length": "months",
    "service_calls": "count",
    "takings": "thousand euros a week",
}


def judged_in(number: int) -> str:
    """Return what the lesson says about the answer to an exercise, its unit with it."""
    return " ".join((getattr(s_learner, f"judge_{number}").__doc__ or "").split())


CLAIMS = [
    # The naive answer
    Claim(
        "Customers who have it leave (they *churn*) about three times as often as the others.",
        lambda g: 2.4 < g.churn_by_plan["mean"][1] / g.churn_by_plan["mean"][0] < 3.6,
    ),
    Claim(
        "Of {n_customers:,} customers, {n_holders:,} have the plan.",
        lambda g: (
            g.n_customers == len(g.customers) == 3_300
            and g.n_holders == int(g.customers["international_plan"].sum())
        ),
    ),
    Claim(
        (
            "A gap of # percentage points",
            "line: # % confidence interval",
        ),
        lambda g: (
            told(g, "A gap of", round(100 * g.naive_difference))
            and g.numbers("confidence interval") == [94]
        ),
    ),
    Claim(
        (
            """| `international_plan` | has the plan for calls abroad | 1 yes, 0 no | treatment |
    | `churn` | left within the next quarter | 1 yes, 0 no | outcome |
    | `region` | border, city, coast or inland | name | covariate |
    | `age`, `account_length` | age; time with the company | years; months | covariates |
    | `call_minutes` | call minutes a day, before the plan | minutes | covariate |
    | `service_calls` | calls to the help desk, before the plan | count | covariate |
    | `voicemail_plan` | has the voicemail plan | 1 yes, 0 no | covariate |""",
            """| `checkout` | has self-checkout | 1 yes, 0 no |
    | `takings` | takings this year | thousand euros a week |
    | `size` | floor space, before | standard deviations |
    | `rush` | customers an hour, before | standard deviations |
    | `queue` | mean time in the queue this year | minutes |""",
        ),
        lambda g: (
            claims.unit_rows(g, UNITS, g.customers, g.shops)
            and set(g.customers["region"]) == {"border", "city", "coast", "inland"}
            and 40 < g.customers["age"].mean() < 50
            and 30 < g.customers["account_length"].mean() < 42
            and "thousand euros a week" in judged_in(6)
        ),
    ),
    Claim(
        'With the plan {number(100 * churn_by_plan["mean"][1], 1)} % leave, without it {number(100 * churn_by_plan["mean"][0], 1)} %.',
        lambda g: near(
            g.churn_by_plan["mean"],
            [
                g.customers.query("international_plan == @t")["churn"].sum()
                / (g.customers["international_plan"] == t).sum()
                for t in (0, 1)
            ],
            1e-9,
        ),
    ),
    Claim(
        (
            "The `naive_difference` is **{points(naive_difference)} percentage points**.",
            "Times {n_holders:,} plan holders: withdraw the plan and {n_holders * naive_difference:.0f} customers stay, says the manager.",
        ),
        lambda g: (
            near(g.naive_difference, np.polyfit(truth(g)["has"], g.customers["churn"], 1)[0], 1e-9)
            and g.n_holders == int(truth(g)["has"].sum())
        ),
    ),
    Claim(
        "More calls: more have the plan, and more leave without it",
        lambda g: bool((np.diff(g.by_calls, axis=0) > 0).all()),
    ),
    Claim(
        'From no call to four, the share who have the plan goes from {percent(by_calls["have the plan"][0])} to {percent(by_calls["have the plan"][4])}, and the churn of customers **without** the plan from {percent(by_calls["churn without the plan"][0])} to {percent(by_calls["churn without the plan"][4])}.',
        lambda g: near(
            g.by_calls.loc[[0, 4]],
            [
                (
                    truth(g)["has"][g.customers["service_calls"] == k].mean(),
                    g.customers[(g.customers["service_calls"] == k) & ~truth(g)["has"]][
                        "churn"
                    ].mean(),
                )
                for k in (0, 4)
            ],
            1e-9,
        ),
    ),
    Claim(
        "A cause of both treatment and outcome is a **confounder**.",
        lambda g: (
            {("service_calls", "plan"), ("service_calls", "churn")} <= set(g.churn_graph.edges)
        ),
    ),
    Claim(
        (
            "Suppose that the plan did **nothing at all** to anybody.",
            "The churn of the plan holders would then be, compared with the churn of the others",
        ),
        lambda g: g.holders_churn == ("higher" if truth(g)["confounding"] > 0.05 else "lower"),
    ),
    # The customers
    Claim(
        "Six things are known about each customer **before** the plan could be bought.",
        lambda g: (
            g.draw_customers(np.random.default_rng(1), 5).shape == (5, 6)
            and [to for cause, to in g.churn_graph.edges if cause == "plan"] == ["churn"]
        ),
    ),
    Claim(
        "The simulator below also keeps `truth`: each customer's churn probabilities `y0` without and `y1` with the plan.",
        lambda g: near(g.truth, np.column_stack([truth(g)["y0"], truth(g)["y1"]]), 1e-12),
    ),
    Claim(
        "No company has that table; we open it only to judge.",
        lambda g: not {"y0", "y1"} & set(g.customers.columns),
    ),
    # What do we want to know?
    Claim(
        r"$$\text{ATE} = \frac1n\sum_{i}\tau(x_i) \qquad \text{ATT} = \frac1{n_1}\sum_{i:\,T_i=1}\tau(x_i) \qquad \text{ATU} = \frac1{n_0}\sum_{i:\,T_i=0}\tau(x_i)$$",
        lambda g: near(
            [g.true_ate, g.true_att, g.true_atu],
            [truth(g)[n] for n in ("ate", "att", "atu")],
            1e-12,
        ),
    ),
    Claim(
        r"Let $\tau(x) = E[Y(1) - Y(0) \mid X = x]$ be the mean effect among customers with covariates $x$, a difference of two probabilities. Averages of it differ by **whom** they cover:",
        lambda g: (
            near(g.effect_of_plan, truth(g)["y1"] - truth(g)["y0"], 1e-12)
            and g.true_att < g.true_ate < g.true_atu
        ),
    ),
    Claim(
        "It is $do(T=0)$ for those who have it: the **ATT**, times their number.",
        lambda g: near(
            g.true_att * g.n_holders, (truth(g)["y1"] - truth(g)["y0"])[truth(g)["has"]].sum(), 1e-9
        ),
    ),
    Claim(
        (
            "| What if nobody had the plan? | ATT, on the treated | those who have it |",
            "| What if we gave it to those without? | ATU, on the untreated | those who lack it |",
            "| Everybody against nobody? | ATE, average effect | all |",
            "| What does it do to heavy callers? | CATE, conditional | a segment |",
        ),
        lambda g: near(
            [g.answer(g.WHO[who])["truth"] for who in g.WHO][:5],
            [
                truth(g)["ate"],
                truth(g)["att"],
                truth(g)["atu"],
                (truth(g)["y1"] - truth(g)["y0"])[g.customers["call_minutes"] < 20].mean(),
                true_segment(g, 3),
            ],
            1e-9,
        ),
    ),
    Claim(
        (
            r"| What does it do to people like this customer? | $\tau(x_i)$, the finest CATE | all with her covariates |",
            r"What it does to *her* alone no data show: $\tau(x_i)$ is often called the unit-level effect, and is an average all the same.",
        ),
        lambda g: (
            # A function of her covariates alone, while what happens to her is 0 or 1.
            near(g.effect_of_plan, truth(g)["y1"] - truth(g)["y0"], 1e-12)
            and set(g.customers["churn"]) == {0, 1}
            and 0 < g.effect_of_plan.abs().max() < 1
        ),
    ),
    # What causes what?
    Claim(
        "The missing arrows are claims: nothing unseen points at both the plan and churn, and the voicemail plan sells nothing.",
        lambda g: (
            with_hidden(g.churn_graph).adjustment_sets() == []
            and ("voicemail", "plan") not in g.churn_graph.edges
        ),
    ),
    Claim(
        'The green nodes close every backdoor path: **{", ".join(adjustment_set)}**.',
        lambda g: (
            g.churn_graph.is_adjustment_set(g.adjustment_set)
            and not any(
                g.churn_graph.is_adjustment_set([n for n in g.adjustment_set if n != out])
                for out in g.adjustment_set
            )
        ),
    ),
    Claim(
        "given the green ones they have no say in the plan, only in churn, and so make the estimate more precise.",
        lambda g: all(
            g.churn_graph.independent("plan", other, g.adjustment_set)
            and (other, "churn") in g.churn_graph.edges
            for other in ("account_length", "voicemail")
        ),
    ),
    Claim(
        "- **Consistency**: there is one version of the plan, and we see $Y_i(T_i)$; to lose it is like never having had it.",
        lambda g: all(
            abs(g.customers["churn"][rows].mean() - truth(g)[y][rows].mean()) < 4 * 0.5 / 28
            for y, rows in (("y1", truth(g)["has"]), ("y0", ~truth(g)["has"]))
        ),
    ),
    Claim(
        "- **No interference**: my plan does not make you leave.",
        lambda g: near(
            g.log_odds(g.CHURN, g.covariate_table(g.customers)[:5]),
            g.log_odds(g.CHURN, g.covariate_table(g.customers))[:5],
            1e-12,
        ),
    ),
    Claim(
        "- **Ignorability (no unmeasured confounding)**: among customers with equal covariates, the plan is as good as drawn by lot.",
        lambda g: (
            with_hidden(g.churn_graph).adjustment_sets() == []
            and g.churn_graph.do("plan").backdoor_paths() == []
            and g.churn_graph.is_adjustment_set(g.adjustment_set)
        ),
    ),
    Claim(
        (
            "- **Positivity**: every kind of customer occurs with and without it.",
            'Of {(customers["service_calls"] >= 4).sum()} who rang four times or more, {customers["international_plan"][customers["service_calls"] >= 4].sum()} have the plan.',
        ),
        lambda g: (
            [
                (g.customers["service_calls"] >= 4).sum(),
                g.customers["international_plan"][g.customers["service_calls"] >= 4].sum(),
            ]
            == [
                np.sum(fresh(g.SEED, g.churn_world)["service_calls"].to_numpy() > 3),
                np.sum(
                    fresh(g.SEED, g.churn_world).query("service_calls > 3")["international_plan"]
                    == 1
                ),
            ]
        ),
    ),
    Claim(
        r"Then, over our customers, $E[Y(t)] = \frac1n\sum_i E[Y \mid T = t, x_i]$: the **g-formula** (Robins 1986); for the ATT, average over the holders. The right side is a prediction problem.",
        lambda _: g_formula(),
    ),
    # The S-learner
    Claim(
        (
            "One **s**ingle model for both arms, treatment among its inputs.",
            "1. **Fit** a model of churn on plan and covariates.",
            "2. **Predict** every customer's churn with the plan set to 1.",
            "3. **Predict** again with the plan set to 0.",
            "4. **Average** the difference, over whom you ask about.",
        ),
        lambda g: (
            near(g.risk_with, by_statsmodels(g)["one"], 1e-3)
            and near(g.risk_without, by_statsmodels(g)["zero"], 1e-3)
            and near([g.ate, g.att], [by_statsmodels(g)[n] for n in ("ate", "att")], 1e-4)
        ),
    ),
    Claim(
        "Everybody is predicted twice; for each of them one of the two worlds never happened.",
        lambda g: len(g.risk_with) == len(g.risk_without) == len(g.customers),
    ),
    Claim(
        "how many more customers would be expected to stay if **nobody** had the plan?",
        lambda g: near(
            g.customers_kept,
            by_statsmodels(g)["att"] * g.customers["international_plan"].sum(),
            0.1,
        ),
    ),
    Claim(
        "From `risk_with` and `risk_without` (one churn probability per customer) and `has_plan` (True for a holder) compute `customers_kept`",
        lambda g: bool((g.has_plan == truth(g)["has"]).all()) and g.risk_with.shape == (3_300,),
    ),
    Claim(
        "Errors in points: naive #, S-learner at most #",
        lambda g: told(g, "Errors in points", *errors(g)),
    ),
    Claim(
        "black tick: truth",
        lambda g: near(
            g.point_answers["truth"], [truth(g)[n] for n in ("att", "ate", "att", "atu")], 1e-12
        ),
    ),
    Claim(
        "The S-learner's ATT is {points(att)} points, the truth {points(true_att)}, which is {n_holders * true_att:.0f} customers.",
        lambda g: (
            near(g.att, by_statsmodels(g)["att"], 1e-4)
            and near(g.true_att, truth(g)["att"], 1e-12)
            and g.n_holders == truth(g)["has"].sum()
        ),
    ),
    Claim(
        "But for the luck of this sample, the naive {points(naive_difference)} is the ATT plus {points(confounding)} points of **confounding**: what the holders' churn would exceed the others' by, had nobody the plan.",
        lambda g: (
            near(g.confounding, truth(g)["confounding"], 1e-12)
            and near(g.naive_difference, np.polyfit(truth(g)["has"], g.customers["churn"], 1)[0])
            and abs(g.naive_difference - truth(g)["att"] - g.confounding) < 4 * 0.018
        ),
    ),
    # The program
    Claim(
        (
            r"$$\begin{aligned} T_i &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + x_i^\top \alpha)\big) & \text{who buys}\\ \mu_i &= \text{logit}^{-1}\big(\beta_0 + x_i^\top \beta + T_i\,(\tau + \gamma m_i)\big) & \text{churn probability}\\ Y_i &\sim \text{Bernoulli}(\mu_i) & \text{who leaves} \end{aligned}$$",
            "$m_i$: call minutes, in tens from 30.",
        ),
        lambda g: (
            near(np.ravel(g.ate_draws), by_hand(g)["ate"], 1e-8)
            and {v.name for v in g.model_churn.free_RVs}
            == {
                "buy_intercept",
                "buy_slopes",
                "international_plan",
                "intercept",
                "slopes",
                "effect",
                "effect_per_ten_minutes",
                "churn",
            }
        ),
    ),
    Claim(
        "**Simulate**: with every parameter set to the simulator's law, `do` gives an ATE of {points(program_true_ate, 3)} points; the NumPy simulator said {points(true_ate, 3)}. Same world.",
        lambda g: near([g.program_true_ate, g.true_ate], [truth(g)["ate"]] * 2, 1e-9),
    ),
    Claim(
        "**Believe**: intercepts are wide, slopes and effect are Normal(0, 1) in log-odds: one step multiplies or divides the odds by about 2.7.",
        lambda g: (
            all(
                prior(g, name) == [0, 1]
                for name in ("buy_slopes", "slopes", "effect", "effect_per_ten_minutes")
            )
            and prior(g, "buy_intercept") == [-1, 1.5]
            and prior(g, "intercept") == [-2, 1.5]
            and near(np.exp(1), 2.7, 0.05)
        ),
    ),
    Claim(
        (
            "Prior: # % of the effects lie in # to # points",
            "line: # % HDI",
        ),
        lambda g: (
            (found := g.numbers("of the effects lie in"))[0] == 94
            and is_hdi(100 * g.prior_ate, found[1], found[2])
            and found[1] < -10
            and found[2] > 10
        ),
    ),
    Claim(
        "Wide, and without opinion on the sign: P(effect > 0) is {percent(float((prior_ate > 0).mean()))}.",
        lambda g: abs(float((g.prior_ate > 0).mean()) - 0.5) < 4 * 0.5 / np.sqrt(300),
    ),
    Claim(
        "(HDI, highest-density interval: the shortest that holds 94 % of the draws.)",
        lambda g: is_hdi(by_hand(g)["att"], g.routes["lower"][4], g.routes["upper"][4]),
    ),
    Claim(
        (
            "**Observe**: tie both outcomes to the table.",
            "The lines of who buys and of who leaves share no parameter, and their priors are independent, so the first teaches nothing about the second",
        ),
        lambda g: (
            {v.name for v in g.observed_model(g.x_table, *g.plan_and_churn).observed_RVs}
            == {"international_plan", "churn"}
            and not any(name.startswith("buy") for name in g.idata_churn.posterior)
        ),
    ),
    Claim(
        "**R-hat** near 1: the chains agree.",
        lambda g: (
            r_hat(g.idata_churn.posterior["effect"].to_numpy()) < 1.02
            and r_hat(g.idata_churn.posterior["effect"].to_numpy() + np.arange(4)[:, None]) > 1.5
        ),
    ),
    Claim(
        (
            "**Effective draws**: how many independent draws these are worth.",
            "**Divergences**: places where the sampler got lost.",
        ),
        lambda g: (
            bool(g.diagnostics_churn["passed"][0])
            and g.diagnostics_churn["min_ess_bulk"][0] >= 400
            and int(g.idata_churn.sample_stats["diverging"].sum()) == 0
        ),
    ),
    Claim(
        'Observed churn beside what the model expects: the largest gap is {number(100 * (calibration["churn"] - calibration["model"]).abs().max(), 1)} points.',
        lambda g: near(
            (g.calibration["churn"] - g.calibration["model"]).abs().max(),
            gap_of_calibration(g),
            1e-6,
        ),
    ),
    Claim(
        "Good fit is needed; it does not show that no confounder is hidden.",
        lambda g: (
            # The graph with something unseen has the same observed nodes, and no adjustment set.
            with_hidden(g.churn_graph).observed == list(g.churn_graph.nodes)
            and with_hidden(g.churn_graph).adjustment_sets() == []
        ),
    ),
    Claim(
        (
            "The two routes differ by # points at most",
            "line: # % HDI (PyMC); black tick: truth",
            "Two libraries, one idea: they differ by the priors, and hardly.",
        ),
        lambda g: told(
            g,
            "The two routes differ",
            100
            * max(abs(by_hand(g)[n].mean() - by_statsmodels(g)[n]) for n in ("ate", "att", "atu")),
        ),
    ),
    Claim(
        'The posterior adds how sure we are: ATT {points(routes["mean"][4])} points, 94 % HDI {points(routes["lower"][4])} to {points(routes["upper"][4])}, so withdrawing the plan keeps an expected {n_holders * routes["lower"][4]:.0f} to {n_holders * routes["upper"][4]:.0f} customers; P(ATT > 0) is {percent(min(float((att_draws > 0).mean()), 1 - 0.5 / att_draws.size))}.',
        lambda g: (
            near(g.routes["mean"][4], by_hand(g)["att"].mean(), 1e-6)
            and is_hdi(by_hand(g)["att"], g.routes["lower"][4], g.routes["upper"][4])
            and g.n_holders == truth(g)["has"].sum()
            and near(np.ravel(g.att_draws), by_hand(g)["att"], 1e-6)
            and (by_hand(g)["att"] > 0).mean() > 0.99
        ),
    ),
    Claim(
        "Withdrawing the plan pays if it is expected to keep **more than 60** customers.",
        lambda g: near(
            g.probability_pays,
            (by_hand(g)["gap"][:, truth(g)["has"]].sum(axis=1) > 60).mean(),
            1e-9,
        ),
    ),
    # Five questions
    Claim(
        (
            "those with the plan (ATT): # points",
            "line: # % HDI; black tick: truth",
        ),
        lambda g: told(g, "those with the plan (ATT): #", 100 * by_hand(g)["att"].mean()),
    ),
    Claim(
        (
            'S-learner {points(picked["mean"])} points, 94 % HDI {points(picked["lower"])} to {points(picked["upper"])}; truth {points(picked["truth"])}.',
            "Same fit, another average.",
        ),
        lambda g: (
            near(g.picked["mean"], by_hand(g)["att"].mean(), 1e-6)
            and is_hdi(by_hand(g)["att"], g.picked["lower"], g.picked["upper"])
            and near(g.picked["truth"], truth(g)["att"], 1e-12)
        ),
    ),
    Claim(
        "CATE by call minutes a day: from # to # points",
        lambda g: told(g, "CATE by call minutes", *(100 * segment(g, b) for b in (0, 3))),
    ),
    Claim(
        (
            'Light callers: {points(cate["mean"][0])} points, heavy callers: {points(cate["mean"][3])}.',
            "So “withdraw it from all” is no good answer; whether to *offer* it needs the effect on heavy callers who lack it.",
        ),
        lambda g: (
            near(g.cate["mean"], [segment(g, b) for b in range(4)], 1e-6)
            and g.cate["upper"][3] < 0 < g.cate["lower"][0]
            and true_segment(g, 3) < 0 < true_segment(g, 0)
        ),
    ),
    Claim(
        r"The finer the group, the less errors cancel: $\\tau(x_i)$ is off by {number(100 * np.sqrt(np.mean((difference - effect_of_plan) ** 2)), 1)} points (root mean square over all customers).",
        lambda g: (
            near(g.difference, by_statsmodels(g)["one"] - by_statsmodels(g)["zero"], 2e-3)
            and near(g.effect_of_plan, truth(g)["y1"] - truth(g)["y0"], 1e-9)
            and np.sqrt(np.mean((g.difference - g.effect_of_plan) ** 2)) > abs(g.ate - g.true_ate)
        ),
    ),
    # Where it fails
    Claim(
        (
            "Most learners are **regularised**: to predict well they pull coefficients towards 0.",
            r"The lasso charges $\lambda$ for each unit of a coefficient; trees do not split where little is gained.",
        ),
        lambda g: shrinks(g.lasso),
    ),
    Claim(
        "A **T-learner** fits **t**wo models, one for each arm, and has no treatment column to shrink.",
        lambda g: (
            g.standardised(g.customers)[1].shape[1] + 2
            == g.standardised(g.customers)[0][0].shape[1]
        ),
    ),
    Claim(
        r"Take $\lambda$ so large that **every** coefficient is 0 and only the intercepts are left (they are never shrunk): one in the S-learner, one for each arm in the T-learner.",
        lambda g: alone(g.lasso),
    ),
    Claim(
        (
            "`lasso` takes Newton steps, each solved one coefficient after the other, the intercept free;",
            "`weaker_worlds` draws churn under a weaker plan;",
            "`shrink` fits both learners to each world, penalty after penalty.",
        ),
        lambda g: (
            alone(g.lasso)
            and g.weaker_worlds(g.customers, np.full((2, 3_300), 0.5), 0.25)[0]
            < g.weaker_worlds(g.customers, np.full((2, 3_300), 0.5), 1)[0]
            and list(g.shrinkage[0.25]) == ["S-learner", "T-learner", "truth", "naive"]
            and g.shrinkage[0.25].index.is_monotonic_increasing
        ),
    ),
    Claim(
        "Largest λ: S-learner #, T-learner # (truth #)",
        lambda g: (
            (found := g.numbers("Largest λ"))[0] < 0.2 * found[2]
            and found[2] < found[1] < g.shrinkage[0.25]["naive"].iloc[-1]
            and near(found[2], 100 * weak_truth(g), 0.06)
        ),
    ),
    Claim(
        (
            "The same customers, in 20 worlds each, with the log-odds of the plan's effect times a **strength**: 1 is the plan as above, 0 a plan that does nothing.",
            "Who has the plan stays as it is, and so does what else moves churn.",
            "Lines are means over 20 worlds of the same customers.",
        ),
        lambda g: (
            g.weaker_worlds(g.customers, np.full((20, 3_300), 0.5), 0.25)[1].shape == (20, 3_300)
            and near(g.weaker_truths["truth"][0], 0, 1e-9)
            and near(g.weaker_truths["truth"][0.25], 100 * weak_truth(g), 1e-6)
            and near(g.weaker_truths["truth"][1], 100 * truth(g)["ate"], 1e-6)
            and near(g.weaker_truths["naive"][0], 100 * truth(g)["confounding"], 1.5)
        ),
    ),
    Claim(
        (
            "Busy and large shops got it first, and that is all that decided; then queues got shorter.",
            "What if **no** shop had it?",
            "Estimate the mean effect of self-checkout among the shops that have it: `checkout_att`, in thousand euros a week, with minus without.",
        ),
        lambda g: (
            near(g.checkout_att, shop_truth(g.SEED), 0.3)
            and g.shops.groupby("checkout")[["size", "rush"]].mean().diff().loc[1].min() > 0.2
        ),
    ),
    # Takeaways
    Claim(
        '- **What if nobody had the plan?** About **{n_holders * routes["mean"][4]:.0f} customers** more would be expected to stay (94 % HDI {n_holders * routes["lower"][4]:.0f} to {n_holders * routes["upper"][4]:.0f}; truth {n_holders * true_att:.0f}), not the naive {n_holders * naive_difference:.0f}. It is $do(0)$ for those who have it: the ATT.',
        lambda g: (
            near(g.routes["mean"][4], by_hand(g)["att"].mean(), 1e-6)
            and is_hdi(by_hand(g)["att"], g.routes["lower"][4], g.routes["upper"][4])
            and near(g.true_att, truth(g)["att"], 1e-9)
            and near(g.naive_difference, np.polyfit(truth(g)["has"], g.customers["churn"], 1)[0])
            and g.n_holders == truth(g)["has"].sum()
        ),
    ),
    Claim(
        "- **Fit, set to 1, set to 0, average**: one model answers many questions. `do` is steps 2 and 3.",
        lambda g: near(
            g.mu_with.mean(["chain", "draw"]) - g.mu_without.mean(["chain", "draw"]),
            by_hand(g)["gap"].mean(axis=0),
            1e-6,
        ),
    ),
    Claim(
        "- **Only if nothing unseen** moves both plan and churn, every kind of customer occurs in both arms, consistency and no interference hold, and the model's terms are right.",
        lambda g: (
            with_hidden(g.churn_graph).adjustment_sets() == []
            and g.churn_graph.adjustment_sets() != []
            and abs(off_without(g, None)) < 0.012
            and all(
                abs(off_without(g, broken)) > 0.02
                for broken in ("consistency", "no interference", "right terms")
            )
        ),
    ),
    Claim(
        "- **Regularisation** pulls the S-learner towards 0 and the T-learner towards the naive answer.",
        lambda g: all(
            abs(t["S-learner"].iloc[-1]) < abs(t["S-learner"].iloc[0])
            and abs(t["T-learner"].iloc[-1] - t["naive"].iloc[-1])
            < abs(t["T-learner"].iloc[0] - t["naive"].iloc[0])
            for s, t in g.shrinkage.items()
            if s > 0
        ),
    ),
    # The bootstrap
    Claim(
        "The **bootstrap** (Efron 1979) imitates that: draw 3,300 customers from ours with replacement, refit, predict both worlds for our customers, repeat.",
        lambda g: (
            g.resample_weights(np.random.default_rng(1), 3_300, 2).sum(axis=1).tolist()
            == [3_300] * 2
            and near(
                g.averages["se"] / [by_statsmodels(g)[f"{n}_se"] for n in ("ate", "att", "atu")],
                1,
                0.2,
            )
        ),
    ),
    Claim(
        (
            "# of # S-learner intervals hold the truth",
            "line: # % bootstrap interval; black tick: truth",
        ),
        lambda g: (
            g.numbers("S-learner intervals hold")
            == [
                sum(
                    abs(by_statsmodels(g)[n] - truth(g)[n]) < 1.8808 * s
                    for n, s in zip(("ate", "att", "atu"), g.averages["se"], strict=True)
                ),
                3,
            ]
            and near(
                (g.averages["upper"] - g.averages["lower"]) / g.averages["se"], 2 * 1.8808, 1e-3
            )
        ),
    ),
    Claim(
        (
            "A 94 % interval should hold the truth in 94 of 100 companies.",
            "We have a simulator: found {N_WORLDS} companies, and count.",
            "In every company each is refitted {N_RESAMPLES} times, by one Newton step from its own fit.",
        ),
        lambda g: (
            (g.coverage["n_worlds"] == g.N_WORLDS).all()
            and g.N_WORLDS == 100
            and g.effects_in.__defaults__ == (g.N_RESAMPLES,)
        ),
    ),
    Claim(
        (
            "Lowest but naive: S-learner, no product, ATT, # %",
            "dashed: the promised # %; bias and mean width in percentage points",
        ),
        lambda g: (
            g.numbers("Lowest but naive") == [round(100 * g.coverage["coverage"][6])]
            and g.coverage["coverage"][[1, 2, 3, 5, 6, 7]].idxmin() == 6
        ),
    ),
    Claim(
        "Promised: 94 %, give or take {number(100 * np.sqrt(tidy.HDI_PROB * (1 - tidy.HDI_PROB) / N_WORLDS), 1)} by chance (one standard error).",
        lambda g: near(np.sqrt(0.94 * 0.06 / g.N_WORLDS), binom(100, 0.94).std() / 100, 1e-9),
    ),
    Claim(
        'The S-learner with the right terms covers the ATT in {percent(coverage["coverage"][5])}; without the product in **{percent(coverage["coverage"][6])}**: as narrow, but {points(coverage["bias"][6])} points off.',
        lambda g: (
            all(
                near(
                    g.coverage["coverage"][row],
                    covers(g.coverage["bias"][row], g.coverage["mean_width"][row]),
                    0.11,
                )
                for row in (5, 6)
            )
            and near(g.coverage["mean_width"][6] / g.coverage["mean_width"][5], 1, 0.1)
            and g.coverage["method"][6] == "S-learner, no product"
        ),
    ),
    Claim(
        (
            "The bootstrap measures scatter; it cannot see bias.",
            "And here the right terms were known: a model that misses some may cover less.",
        ),
        lambda g: (
            near(covers(0, 0.07), 0.94, 1e-6)  # what is missed need not bias
            and g.coverage["coverage"][6] < g.coverage["coverage"][5]
            and abs(g.coverage["bias"][6]) > 5 * abs(g.coverage["bias"][5])
        ),
    ),
    Claim(
        "From `risk_with`, `risk_without` and `has_plan` compute `risk_ratio_att`: the churn of the **holders** with the plan, divided by **their** churn without it.",
        lambda g: near(
            g.risk_ratio_att,
            by_statsmodels(g)["one"][truth(g)["has"]].mean()
            / by_statsmodels(g)["zero"][truth(g)["has"]].mean(),
            2e-3,
        ),
    ),
    # The dose
    Claim(
        (
            "A sister company, without the plan, gives some customers a **discount** of 0 to 20 euros a month: more to those who complain.",
            "What would churn be if **everybody** got $d$ euros?",
        ),
        lambda g: (
            (g.clients["discount"].min(), g.clients["discount"].max()) == (0, 20)
            and g.clients["discount"].corr(g.clients["service_calls"]) > 0.4
            and near(100 * g.true_curve, doses(g)["truth"], 1e-6)
        ),
    ),
    Claim(
        (
            "The band holds the truth at # % of the doses",
            "green: S-learner, # % band; dashed: truth; crosses: naive churn at that discount",
        ),
        lambda g: (
            g.numbers("at # % of the doses")
            == [
                round(
                    100
                    * np.mean(
                        [
                            low <= true <= high
                            for low, high, true in zip(
                                g.bands[3]["lower"],
                                g.bands[3]["upper"],
                                doses(g)["truth"],
                                strict=True,
                            )
                        ]
                    )
                )
            ]
        ),
    ),
    Claim(
        'Naive: churn **rises** with the discount, from {percent(naive_curve["churn"].iloc[0])} to {percent(naive_curve["churn"].iloc[-1])}.',
        lambda g: (
            near(
                g.naive_curve["churn"].iloc[[0, -1]],
                [seen_at(g.clients, -1, 1), seen_at(g.clients, 19, 21)],
                1e-9,
            )
            and seen_at(g.clients, -1, 1) < seen_at(g.clients, 19, 21)
        ),
    ),
    Claim(
        'The S-learner: it falls from {number(bands[3]["mean"][0], 0)} % without a discount to {number(bands[3]["mean"][20], 0)} % at 20 euros (truth: {number(bands[3]["truth"][0], 0)} % and {number(bands[3]["truth"][20], 0)} %).',
        lambda g: (
            near(g.bands[3]["mean"][[0, 20]], [mean for mean, _ in doses(g)[3]], 0.01)
            and near(g.bands[3]["truth"], doses(g)["truth"], 1e-6)
            and g.bands[3]["mean"][0] > g.bands[3]["mean"][20]
        ),
    ),
    Claim(
        (
            'With power 1 the curve cannot bend: at 0 euros its band ends at {number(bands[1]["upper"][0], 0)} %, below the truth.',
            "A band knows the scatter of its own model only.",
            'And of the {(clients["service_calls"] >= 4).sum()} who rang four times or more, {((clients["service_calls"] >= 4) & (clients["discount"] <= 2)).sum()} got 2 euros or less: there positivity fails, and the model carries the curve.',
        ),
        lambda g: (
            near(g.bands[1]["upper"][0], doses(g)[1][0][0] + 1.8808 * doses(g)[1][0][1], 0.8)
            and g.bands[1]["upper"][0] < doses(g)["truth"][0]
            and 100 < (g.clients["service_calls"] >= 4).sum() < 250
            and g.clients.query("service_calls >= 4")["discount"].min() > 2
        ),
    ),
    # Importance
    Claim(
        "ask how much its prediction suffers when a column is shuffled: its **importance**.",
        lambda g: near(g.importance["importance"], g.shuffled["importances"].mean(axis=1), 1e-12),
    ),
    Claim(
        "We train a random forest, which averages many decision trees, and",
        lambda g: g.forest_r2 < 1,
    ),
    Claim(
        ("The forest's champion: points", "Its effect: #"),
        lambda g: told(g, "Its effect", g.promotion.total_effect("points", "purchases")),
    ),
    Claim(
        (
            "The forest predicts well: R², the share of the variance it explains, is {number(forest_r2)} on new weeks.",
            "Its champion is `points`, and giving points away sells nothing.",
        ),
        lambda g: (
            near(g.forest_r2, own_r2(g), 0.03)
            and g.importance.set_index("feature")["importance"].idxmax() == "points"
            and ("points", "purchases") not in g.promotion.coefficients
        ),
    ),
    Claim(
        'A discount sells {signed(importance["effect"][1], 0)} purchase per unit, and has an importance of {number(importance["importance"][1])}: all that it does shows later in visits, and then in points, beside which visits add little too (their linear weight, given the rest, is {signed(weight_of_visits, 1)}).',
        lambda g: (
            # discount -> visits -> purchases, each arrow 1; a cause's weight given its child.
            near(g.importance["effect"], [2, 1, 1, 0], 1e-9)
            and g.importance["feature"].tolist() == ["season", "discount", "visits", "points"]
            and 0 <= g.importance["importance"][1] < 0.005
            and near(g.weight_of_visits, 1 / (1 + 1 / 0.5**2), 1e-9)
        ),
    ),
    Claim(
        "Importance answers *what helps to guess*, not *what helps*.",
        lambda g: g.importance["importance"].idxmax() == g.importance["effect"].idxmin(),
    ),
]


def segment(g: Any, band: int) -> float:
    return float(by_hand(g)["gap"][:, band_of(g.customers) == band].mean())


def true_segment(g: Any, band: int) -> float:
    return float((truth(g)["y1"] - truth(g)["y0"])[band_of(g.customers) == band].mean())


def fresh(seed: int, world: Any) -> pd.DataFrame:
    """Return the customers drawn again."""
    return world(seed)[0]


def weak_truth(g: Any) -> float:
    """Return the true ATE of a plan of a quarter of the strength, by the laws (share)."""
    y0 = truth(g)["y0"]
    line = np.log(y0 / (1 - y0))
    gain = 1 - 0.7 * plain(g.customers)["call_minutes"].to_numpy()
    return float((logistic(line + 0.25 * gain) - y0).mean())


def toy() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(400, 2))
    return x, (rng.random(400) < logistic(x[:, 0] - 0.5)).astype(float)


def shrinks(lasso: Any) -> bool:
    """A larger penalty leaves smaller coefficients, the weak one 0 first."""
    x, y = toy()
    design = np.column_stack([np.ones(400), x])
    fits = [
        lasso(design, y[None], np.ones(400), p, np.zeros((1, 3)), steps=8)[0] for p in (0, 0.05)
    ]
    return bool(abs(fits[1][1]) < abs(fits[0][1]) and fits[1][2] == 0 != fits[0][2])


def alone(lasso: Any) -> bool:
    """With a huge penalty the intercept is the log-odds of the mean, and nothing else is left."""
    x, y = toy()
    design = np.column_stack([np.ones(400), x])
    fit = lasso(design, y[None], np.ones(400), 9.0, np.zeros((1, 3)), steps=8)[0]
    return near(logistic(fit[0]), y.mean(), 1e-6) and (fit[1:] == 0).all()


test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)
