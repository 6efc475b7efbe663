"""Notebook 05: its words, and what makes them true."""
# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import re
from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import statsmodels.api as sm
import xarray as xr
from scipy import stats
from scipy.special import expit

from helpers import graphs, tidy
from helpers.lessons import lalonde
from tests import claims
from tests.claims import Claim, Globals, prior_of
from tests.support import ROOT
from tests.test_05_lalonde import (
    COVARIATES,
    DF,
    MEN,
    NAME,
    OLS,
    OLS_SE,
    OLS_WITHOUT,
    SCORE,
    TABLE,
    TOOK,
    T,
    X,
    Y,
    Z,
    bound,
    conjugate,
    left_by,
    lines_of,
    robust,
    same,
    weighted,
)

SOURCE = (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")


def naive_gap() -> float:
    """Return treated minus control, in dollars, from the raw table."""
    return float(Y[TOOK].mean() - Y[~TOOK].mean())


def norm_above(z: float) -> float:
    """Return the chance that a normal of this many standard deviations above 0 is positive."""
    return float(stats.norm.cdf(z))


def weighted_all() -> float:
    """Return the ATE by inverse probability weighting, weights of each arm summing to one."""
    arms = [(TOOK, 1 / SCORE), (~TOOK, 1 / (1 - SCORE))]
    treated, control = (np.average(Y[arm], weights=weights[arm]) for arm, weights in arms)
    return float(treated - control)


def paired(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Return the sum of the differences by man, and its standard error."""
    gap = np.asarray(one) - np.asarray(other)
    return gap.sum(), np.sqrt(len(gap) * gap.var(ddof=1))


def posterior_near(draws: Any, mean: float, sd: float) -> bool:
    """Return whether draws have this mean and sd, within Monte Carlo error."""
    error = 4 * float(az.mcse(draws.to_numpy()))
    return (
        abs(float(draws.mean()) - mean) < error + 0.02 * sd
        and 0.93 < float(draws.std()) / sd < 1.07
    )


def priors(model: Any, expected: dict[str, tuple[str, list[float]]]) -> bool:
    """Return whether the model's parameters have these distributions, and it has no others."""
    free = {v.name for v in model.free_RVs} - {"treated", "earnings"}
    if free != set(expected):
        return False
    for name, (kind, values) in expected.items():
        found, parameters = prior_of(model, name)
        last = [np.ravel(value)[0] for value in parameters[-len(values) :]]
        if found != kind or not same(last, values):
            return False
    return True


JOIN = {"join_intercept": ("Normal", [0, 1.5]), "join_slopes": ("Normal", [0, 2.5])}
PAY = {
    "pay_intercept": ("Normal", [np.log(5), 1]),
    "pay_effect": ("Normal", [0, 1]),
    "pay_slopes": ("Normal", [0, 1]),
    "shape": ("HalfNormal", [2]),
}
WORK = {
    "work_intercept": ("Normal", [1, 1]),
    "work_effect": ("Normal", [0, 1]),
    "work_slopes": ("Normal", [0, 1]),
}


def linear_priors(slope_sd: float) -> dict[str, tuple[str, list[float]]]:
    """Return the priors of the linear model."""
    wide = ("Normal", [0, slope_sd])
    own = {"intercept": ("Normal", [5, 10]), "effect": wide, "slopes": wide}
    return {**JOIN, **own, "sigma": ("HalfNormal", [10])}


def hidden_pair(g: Globals) -> bool:
    """Return whether two unseen causes that meet in 1975's earnings spoil the page's set."""
    pair = [("mood", "earnings_1975"), ("mood", "treated")]
    pair += [("drive", "earnings_1975"), ("drive", "earnings_1978")]
    roles = {"treatment": "treated", "outcome": "earnings_1978", "hidden": ["mood", "drive"]}
    spoiled = graphs.dag([*g.programme_graph.edges, *pair], **roles)
    return not spoiled.is_adjustment_set(set(g.adjustment_set))


def hidden_town(*, known: bool) -> graphs.Graph:
    """Return the notebook's graph with a town that moves joining and earnings."""
    arrows = [("background", "treated"), ("background", "earnings_1978")]
    arrows += [("treated", "earnings_1978"), ("town", "treated"), ("town", "earnings_1978")]
    hidden = () if known else ("town",)
    return graphs.dag(arrows, treatment="treated", outcome="earnings_1978", hidden=hidden)


def seen_world(g: Globals) -> bool:
    """Return whether setting treated to what happened gives each man the world he was in."""
    arm = g.mean_earnings(g.observed_linear, g.draws_linear.isel(draw=[0]), T.astype(int))
    expected = xr.where(xr.DataArray(TOOK, dims="unit"), g.mu_with, g.mu_without)
    expected = expected.isel(draw=[0]).transpose(*arm.dims)
    return same(arm, expected)


def naive_error() -> float:
    """Return the standard error of a difference of two means."""
    groups = Y[TOOK], Y[~TOOK]
    return float(np.sqrt(sum(group.var(ddof=1) / len(group) for group in groups)))


def others_error() -> float:
    """Return the standard error of the others' weighted mean, scores taken as known."""
    odds = (SCORE / (1 - SCORE))[~TOOK]
    around = Y[~TOOK] - np.average(Y[~TOOK], weights=odds)
    return float(np.sqrt((odds**2 * around**2).sum()) / odds.sum())


def prior_world() -> tuple[float, float]:
    """Return half the effects' absolute size, and the share below zero, by other draws."""
    rng = np.random.default_rng(8)
    n = 4000
    men = rng.integers(len(MEN), size=n)
    x = TABLE.to_numpy()[men]
    p = expit(rng.normal(0, 1.5, n) + (rng.normal(0, 2.5, x.shape) * x).sum(axis=1))
    mu = rng.normal(5, 10, n) + rng.normal(0, 10, n) * (rng.uniform(size=n) < p)
    mu += (rng.normal(0, 10, x.shape) * x).sum(axis=1)
    earned = mu + np.abs(rng.normal(0, 10, n)) * rng.normal(size=n)
    return 10_000 * stats.norm.ppf(0.75), float((earned < 0).mean())


def anticausal() -> float:
    """Return what `do` on joining changes in a program that draws earnings first."""
    with pm.Model() as model:
        earnings = pm.Normal("earnings", 0, 1)
        pm.Normal("treated", 0.8 * earnings, 0.6)
    arms = [pm.do(model, {"treated": float(arm)}) for arm in (0, 1)]
    means = [pm.draw(arm["earnings"], 50, random_seed=1).mean() for arm in arms]
    return float(means[1] - means[0])


def doubly_robust(g: Globals) -> bool:
    """Return whether AIPW is right where the regression is, and where the score is."""
    rng = np.random.default_rng(4)
    n = 40_000
    made = pd.DataFrame(rng.normal(size=(n, 8)), columns=COVARIATES)
    bent = np.exp(made["age"] / 2)

    def misses(log_odds: Any, earned: Any) -> float:
        took = rng.uniform(size=n) < expit(log_odds)
        world = made.assign(
            treated=took.astype(int), earnings_1978=earned + took + rng.normal(size=n)
        )
        return abs(g.aipw_att(world) - 1)

    right_line = misses(0.8 * bent - 1.5, 2 * made["age"])
    right_score = misses(0.8 * made["age"] - 0.5, 2 * bent)
    return right_line < 0.08 and right_score < 0.12


def weights_balance() -> bool:
    """Return whether the odds bring the means of the covariates together."""
    spread = MEN[COVARIATES].std()
    before = (MEN.loc[TOOK, COVARIATES].mean() - MEN.loc[~TOOK, COVARIATES].mean()) / spread
    odds = SCORE / (1 - SCORE)
    after = pd.Series({name: weighted(odds, MEN[name]) for name in COVARIATES}) / spread
    return bool(after.abs().max() < 0.2 < before.abs().max() / 5)


def like_him(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return for each score of `one` whether some score of `others` is within .05 of it."""
    return np.abs(one[:, None] - others[None, :]).min(axis=1) < 0.05


def gamma_by_glm() -> float:
    """Return the coefficient of a Gamma regression with a log link, by likelihood equations."""
    family = sm.families.Gamma(sm.families.links.Log())
    return float(sm.GLM(Y + 1, np.column_stack([T, X]), family=family).fit().params[0])


def hurdle_by_hand(g: Globals) -> tuple[float, float]:
    """Return ATE and ATT of the hurdle model from its parameters."""
    gains = 0
    for arm, sign in ((1, 1), (0, -1)):
        works = expit(lines_of(g.draws_hurdle, arm, "work_"))
        gains = gains + sign * 1000 * works * np.exp(lines_of(g.draws_hurdle, arm, "pay_"))
    return float(gains.mean()), float(gains[TOOK].mean())


def read_numbers(words: str, *expected: float, within: float = 0.5) -> Any:
    """Return a predicate: the numbers that a title shows are these, as rounded there."""
    return lambda g: same(g.numbers(words), expected, within)


UNITS = {
    **dict.fromkeys(("treated", "black", "hispanic", "married", "no_degree"), "1 yes, 0 no"),
    **dict.fromkeys(("earnings_1974", "earnings_1975", "earnings_1978"), "dollars a year"),
    **dict.fromkeys(("age", "education_years"), "years"),
}
CLAIMS = [
    Claim(
        (
            "Of {n_men} men, {n_treated} took part and {n_men - n_treated} did not.",
            (
                "| Estimand | average effect on 1978 earnings: over all {n_men} men (ATE), "
                "over the {n_treated} who took part (ATT) |"
            ),
            "| Data | {n_men} men, earnings in dollars (LaLonde 1986; Dehejia & Wahba 1999) |",
            "**ATE**: what if all {n_men} had taken part?",
            "**ATT**: what did it do for the {n_treated} who did?",
            ("No town holds the mixture of the {n_men}; the experiment is a referee for the ATT."),
            (
                "Our {n_treated} are the experiment's own treated men, so it tests one thing: what they "
                "would have earned without the programme."
            ),
            (
                "A public tutorial on these {n_men} men (Orduz 2025, after the ChiRho backdoor example) "
                "uses the same idea: joint model, then `do`."
            ),
            "Nobody would train all {n_men} men.",
            (
                "By how much would the average earnings **of all {n_men}** rise, compared with no "
                "programme?"
            ),
        ),
        lambda g: (g.n_men, g.n_treated) == (len(MEN), TOOK.sum()) == (614, 185),
    ),
    Claim(
        "Many men earned exactly nothing, and the rest have a long tail, up to "
        '{number(men["earnings_1978"].max(), 0)} dollars.',
        lambda g: (
            same(g.men["earnings_1978"], Y)
            and Y.max() > 6 * np.median(Y[Y > 0])
            and (Y == 0).mean() > 0.2
        ),
    ),
    Claim(
        """| `treated` | took part | 1 yes, 0 no | treatment |
    | `earnings_1978` | earnings after the programme | dollars a year | outcome |
    | `earnings_1974`, `earnings_1975` | earnings before it | dollars a year | covariates |
    | `age`, `education_years` | age, schooling | years | covariates |
    | `black`, `hispanic` | race (neither: white) | 1 yes, 0 no | covariates |
    | `married`, `no_degree` | married; no degree | 1 yes, 0 no | covariates |""",
        lambda g: (
            claims.unit_rows(g, UNITS, g.men)
            and lalonde.AXES["earnings_1978"] == ("earnings in 1978", "dollars")
            and 16 <= g.men["age"].min() < g.men["age"].max() <= 55
            and g.men["education_years"].max() <= 18
        ),
    ),
    Claim(
        "# % of the men earned nothing at all",
        read_numbers("of the men earned nothing at all", 100 * (Y == 0).mean()),
    ),
    Claim(
        "Men who took part earned {number(mean_by_group[1], 0)} dollars, the others "
        "{number(mean_by_group[0], 0)}.",
        lambda g: same(g.mean_by_group, [Y[~TOOK].mean(), Y[TOOK].mean()]),
    ),
    Claim(
        "The `naive_difference` is **{number(naive_difference, 0)} dollars** (standard error "
        "{number(naive_se, 0)}): less than one error from zero.",
        lambda g: (
            same(g.naive_difference, Y[TOOK].mean() - Y[~TOOK].mean())
            and -g.naive_se < g.naive_difference < 0
            and same(g.naive_se, naive_error())
        ),
    ),
    Claim(
        (
            (
                "They were not: {(standardised_gap.abs() > 0.25).sum()} of the {len(standardised_gap)} "
                "covariates differ by more than a quarter of a standard deviation."
            ),
            "Largest gap: black, # standard deviations",
        ),
        lambda g: (
            same(
                g.standardised_gap,
                [(MEN[c][TOOK].mean() - MEN[c][~TOOK].mean()) / MEN[c].std() for c in COVARIATES],
            )
            and g.standardised_gap.abs().idxmax() == "black"
            and same(g.numbers("Largest gap: black"), g.standardised_gap["black"], 0.05)
        ),
    ),
    Claim(
        'The men who took part had earned {number(before.loc[1, "earnings_1974"], 0)} dollars in '
        '1974, the others {number(before.loc[0, "earnings_1974"], 0)}.',
        lambda g: same(
            g.before.loc[[1, 0], "earnings_1974"],
            [MEN["earnings_1974"][TOOK].mean(), MEN["earnings_1974"][~TOOK].mean()],
        ),
    ),
    Claim(
        r"""$$\begin{aligned}
        \text{ATE} &= \frac{1}{{n_men}}\sum_{i=1}^{{n_men}} E\big[Y_i(1) - Y_i(0) \mid x_i\big] \\
        \text{ATT} &= \frac{1}{{n_treated}}\sum_{i:\,T_i=1} E\big[Y_i(1) - Y_i(0) \mid x_i, T_i = 1\big]
        \end{aligned}$$""",
        lambda g: (
            same((g.ate_hurdle.mean(), g.att_hurdle.mean()), hurdle_by_hand(g), 0.5)
            and same(g.ate_hurdle, (g.hurdle_with - g.hurdle_without).to_numpy().mean(axis=2))
            and same(
                g.att_hurdle, (g.hurdle_with - g.hurdle_without).to_numpy()[..., TOOK].mean(axis=2)
            )
        ),
    ),
    Claim(
        'Green, what we adjust for: **{", ".join(adjustment_set)}**, the only minimal set that '
        "closes every backdoor path.",
        lambda g: (
            [sorted(found) for found in g.programme_graph.adjustment_sets()]
            == [g.adjustment_set]
            == [["background", "earnings_1974", "earnings_1975"]]
            and not any(
                g.programme_graph.is_adjustment_set(set(g.adjustment_set) - {out})
                for out in g.adjustment_set
            )
        ),
    ),
    Claim(
        "**Consistency**: one version of the programme, one measure of earnings (the last is in doubt: see the referee); what we see is $Y_i(T_i)$.",
        seen_world,
    ),
    Claim(
        "**No interference**: one man's place does not change another man's earnings.",
        lambda g: same(
            g.mean_earnings(
                g.observed_linear, g.draws_linear.isel(draw=[0]), np.eye(614, dtype=int)[0]
            )[..., 1:],
            g.mu_without.isel(draw=[0])[..., 1:],
        ),
    ),
    Claim(
        (
            (
                "- **Ignorability** (no unmeasured confounding): among men with equal covariates, joining "
                "is as good as random. Here it is enough that nothing unseen causes two of the graph's "
                "nodes."
            ),
            "if nothing unseen confounds and each model is right",
        ),
        lambda g: (
            hidden_pair(g)
            and hidden_town(known=False).adjustment_sets() == []
            and hidden_town(known=True).adjustment_sets() == [frozenset({"background", "town"})]
        ),
    ),
    Claim(
        "No data can show this.",
        # The graph with a hidden common cause forbids nothing that the graph without it allows.
        lambda g: (
            g.programme_graph.independences().empty
            and hidden_town(known=False).independences().empty
        ),
    ),
    Claim(
        "**Positivity**: with his covariates, a man who joined could have stayed away (the ATT asks no "
        "more), and any man could have joined (the ATE).",
        lambda g: bool(((g.propensity_score > 0) & (g.propensity_score < 1)).all()),
    ),
    Claim(
        "With all covariates the coefficient is **{number(ols_ate, 0)} dollars** (standard error "
        "{number(ols_se, 0)}).",
        lambda g: same((g.ols_ate, g.ols_se), (OLS, OLS_SE), 1e-4),
    ),
    Claim(
        r"""$$\begin{aligned}
        \alpha_0 &\sim \text{Normal}(0, 1.5), \quad \alpha_k \sim \text{Normal}(0, 2.5) \\
        T_i &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + x_i^\top \alpha)\big) \\
        \beta_0 &\sim \text{Normal}(5, 10), \quad \tau, \beta_k \sim \text{Normal}(0, 10),
        \quad \sigma \sim \text{HalfNormal}(10) \\
        \mu_i &= \beta_0 + \tau T_i + x_i^\top \beta \\
        Y_i &\sim \text{Normal}(\mu_i, \sigma)
        \end{aligned}$$""",
        lambda g: priors(g.model_linear, linear_priors(10)),
    ),
    Claim(
        "In causal order: who joins, four priors, the mean, the earnings.",
        lambda g: (
            " ".join(g.model_linear.named_vars)
            == "covariates join_intercept join_slopes treated intercept effect slopes sigma "
            "mu_earnings earnings"
            and g.model_linear.observed_RVs == []
        ),
    ),
    Claim(
        (
            "A program can be read as a causal graph **if each line is a mechanism, in causal order**.",
            (
                "- **A program can be read as a causal graph** if each line is a mechanism, in causal "
                "order. `do` replaces a line: right if graph and lines are."
            ),
        ),
        lambda g: (
            all(
                list(g.model_linear.named_vars).index(a) < list(g.model_linear.named_vars).index(b)
                for a, b in g.program_arrows
            )
            and {("covariates", "treated"), ("treated", "mu_earnings"), ("mu_earnings", "earnings")}
            <= set(g.program_arrows)
            and anticausal() == 0.0
        ),  # earnings first: the same joint distribution, and no effect
    ),
    Claim(
        "Half of its effects lie beyond ±{number(np.median(np.abs(prior_effect)), 0)} dollars: no "
        "plausible effect is ruled out. And {percent((prior_earnings < 0).mean())} of its men earn "
        "less than nothing: the program does not know zero.",
        lambda g: (
            abs(np.median(np.abs(g.prior_effect)) - prior_world()[0]) < 1500
            and abs((g.prior_earnings < 0).mean() - prior_world()[1]) < 0.03
            and same(np.quantile(g.prior_earnings, [0.03, 0.97]), (-46e3, 57e3), 4e3)
        ),
    ),
    Claim(
        "# % of the invented men earn # to #",
        lambda g: same(
            g.numbers("of the invented men earn"),
            [94, *np.quantile(g.prior_earnings, [0.03, 0.97])],
            0.5,
        ),
    ),
    Claim(
        "grey bars: the # men; dashed outline: invented by the prior",
        read_numbers("dashed outline: invented by the prior", 614),
    ),
    Claim(
        "The rule for every fit. **R-hat** compares the chains, the **effective sample size** "
        "is how many independent draws would be as exact, a **divergence** is a failed step.",
        lambda g: (
            (tidy.MAX_R_HAT, tidy.MIN_ESS) == (1.01, 400)
            and all(
                g[f"diagnostics_{fit}"]["passed"].all()
                and int(g[f"idata_{fit}"].sample_stats["diverging"].sum()) == 0
                for fit in ("linear", "published", "gamma", "hurdle")
            )
        ),
    ),
    Claim(
        "The average is right (off by {number(abs(float(replicated.mean()) - "
        'men["earnings_1978"].mean()), 0)} dollars) and the men are wrong.',
        lambda g: (
            abs(float(g.replicated.mean()) - Y.mean()) < 250
            and same(g.men["earnings_1978"], Y)
            and float((g.replicated < 0).mean()) > 0.1
        ),
    ),
    Claim(
        "Model: # % below zero; data: # % exactly zero",
        lambda g: same(
            g.numbers("exactly zero"),
            (100 * float((g.replicated < 0).mean()), 100 * (Y == 0).mean()),
            0.5,
        ),
    ),
    Claim(
        "grey bars: the # men; dashed outline: invented by the fitted model",
        read_numbers("invented by the fitted model", 614),
    ),
    Claim(
        "A man's **propensity score**: the share of participants among men like him.",
        lambda g: same(g.propensity_score, SCORE, 1e-5),
    ),
    Claim(
        (
            (
                "The **ATT** needs others like those who joined: above 70 %, "
                "{(propensity_score[took_part] > 0.7).sum()} men are to be matched by "
                "{(propensity_score[~took_part] > 0.7).sum()}."
            ),
            (
                "The **ATE** also needs participants like the others: under 10 %, "
                "{(propensity_score[took_part] < 0.1).sum()} must stand for "
                "{(propensity_score[~took_part] < 0.1).sum()}."
            ),
            "- **Where overlap is poor, the ATE is the model's guess.** The ATT asks for less.",
        ),
        lambda g: (
            like_him(SCORE[TOOK], SCORE[~TOOK]).mean() > 0.99
            and same(g.took_part, TOOK)
            and same(g.propensity_score, SCORE, 1e-5)
            and ((SCORE[TOOK] > 0.7).sum(), (SCORE[~TOOK] > 0.7).sum()) == (68, 23)
            and (SCORE[TOOK] < 0.1).sum() < 0.05 * (SCORE[~TOOK] < 0.1).sum()
        ),
    ),
    Claim(
        "# % of the others: under # % of such men took part",
        read_numbers("of the others: under", 100 * (SCORE[~TOOK] < 0.1).mean(), 10),
    ),
    Claim(
        "And everybody gains the same: ATE and ATT are equal **by assumption**, not by evidence.",
        lambda g: same(g.ate_do, g.att_do) and not same(g.ate_hurdle, g.att_hurdle, 50),
    ),
    Claim(
        "(HDI: the shortest interval that holds {percent(tidy.HDI_PROB)} of the draws.)",
        lambda g: (
            tidy.HDI_PROB == 0.94
            and same(
                tidy.hdi(g.ate_do),
                min(
                    zip(
                        np.sort(g.ate_do.to_numpy().ravel()),
                        np.sort(g.ate_do.to_numpy().ravel())[int(0.94 * 3200) :],
                        strict=False,
                    ),
                    key=lambda ends: ends[1] - ends[0],
                ),
            )
        ),
    ),
    Claim(
        "If graph and line are right: # dollars, P(> #) = # %",
        lambda g: same(
            g.numbers("If graph and line are right"),
            (float(g.ate_coefficient.mean()), 0, 100 * float((g.ate_coefficient > 0).mean())),
            0.5,
        ),
    ),
    Claim("line: # % HDI", lambda g: 94.0 in g.numbers("of his earnings without it")),
    Claim(
        "With weights $e_i/(1-e_i)$, where $e_i$ is the propensity score, the others have about the "
        "mean covariates of the men who took part: inverse probability weighting (**IPW**).",
        lambda g: weights_balance() and same(g.att_ipw, weighted(SCORE / (1 - SCORE)), 1e-3),
    ),
    Claim(
        (
            (
                "mean of the treated minus the **weighted mean** of the others, weights $e/(1-e)$ that "
                "sum to one."
            ),
            "Write `weighted_att(earnings, treated, propensity)`:",
            "For {lalonde.toy_example()}.",
        ),
        lambda g: (
            same(g.weighted_att(*lalonde.TOY), float(lalonde.toy_example().split()[-1]), 1e-4)
            and same(g.weighted_att(Y, T, SCORE), weighted(SCORE / (1 - SCORE)))
        ),
    ),
    Claim(
        r"""$$|\text{bias}| = \text{se} \sqrt{\text{df}} \sqrt{\frac{R^2_Y\, R^2_T}{1 - R^2_T}}$$""",
        lambda g: same(g.bias(0.02, 0.3), OLS_SE * np.sqrt(DF * 0.02 * 0.3 / 0.7)),
    ),
    Claim(
        "An unseen confounder as strong as `earnings_1974` moves the estimate by "
        '{number(bias(*benchmarks.loc["earnings_1974"]), 0)} of its {number(ols_ate, 0)} dollars.',
        lambda g: (
            same(g.bias(*g.benchmarks.loc["earnings_1974"]), OLS - left_by("earnings_1974"))
            and same(g.ols_ate, OLS)
            and same(g.benchmarks.loc["black"], bound("black"))
        ),
    ),
    Claim(
        "If it pushed up: # of # dollars are left",
        read_numbers("If it pushed up", OLS - OLS_SE * np.sqrt(DF * 0.03 * 0.1 / 0.9), OLS),
    ),
    Claim(
        "diamond: your sliders; dashed: nothing left; circle: as strong as a covariate",
        lambda g: (
            same(g.bias(0.03, 0.1), OLS_SE * np.sqrt(DF * 0.03 * 0.1 / 0.9))
            and same(g.benchmarks.loc["earnings_1974"], bound("earnings_1974"))
        ),
    ),
    Claim(
        "Of its men whose 1974 earnings are known, the 185 drawn into it earned "
        "**{number(experimental_benchmark, 0)} dollars** more in 1978 than the 260 drawn out (standard "
        "error {experimental_se}; Dehejia & Wahba 1999).",
        lambda g: (
            (g.experimental_benchmark, g.experimental_se) == (1794, 633) and g.n_treated == 185
        ),
    ),
    Claim(
        "The comparison group has to tell us that, from other labour markets (Smith & Todd 2005) and "
        'from another record: its earnings of 1978 are capped at {number(men.loc[men["treated"] == 0, '
        '"earnings_1978"].max(), 0)} dollars, the participants\' are not.',
        lambda g: (
            same(g.men.query("treated == 0")["earnings_1978"].max(), Y[~TOOK].max())
            and (Y[~TOOK] == Y[~TOOK].max()).sum() == 13
            and (Y[TOOK] > Y[~TOOK].max()).sum() > 3
            and (Y[TOOK] == Y[TOOK].max()).sum() == 1
        ),
    ),
    Claim(
        (
            "**The naive answer is out.**",
            (
                "Both share the treated men; so the others earned {number(experimental_benchmark - "
                "naive_difference, 0)} dollars more than the experiment's control group, "
                "{number(naive_z, 1)} standard errors or more."
            ),
            (
                "The adjusted answers cannot be ranked: they share those men too, and the comparison "
                "men alone give the weighted answer a standard error of {number(others_se, 0)} "
                "dollars; answers and experiment lie at most "
                '{number(float(np.ptp(att_estimates["mean"].iloc[1:])), 0)} apart.'
            ),
        ),
        lambda g: (
            same(g.att_estimates[["lower", "upper"]].iloc[-1], (1794 - Z * 633, 1794 + Z * 633))
            and same(g.others_se, others_error(), 0.2 * others_error())
            and np.ptp(g.att_estimates["mean"].iloc[1:]) < Z * others_error()
            and same(np.ptp(g.att_estimates["mean"].iloc[1:]), 1794 - g.att_ipw)
            and same(g.experimental_benchmark - g.naive_difference, 1794 - naive_gap())
            and same(g.naive_z, (1794 - naive_gap()) / np.sqrt(naive_error() ** 2 + 633**2))
            and g.naive_z > Z
        ),
    ),
    Claim(
        "Adjusted # to #; experiment #",
        lambda g: same(
            g.numbers("Adjusted"),
            (weighted(SCORE / (1 - SCORE)), float(g.ate_coefficient.mean()), 1794),
            0.5,
        ),
    ),
    Claim(
        "line: # % interval (HDI of draws, confidence interval otherwise)",
        read_numbers("confidence interval otherwise", 94),
    ),
    Claim(
        "- **Did it raise earnings?** The experiment says so: for the {n_treated}, "
        "{lalonde.range_of(att_estimates.iloc[3])} dollars. From the survey alone, if nothing unseen "
        "confounds and each model is right: weighting {lalonde.range_of(att_estimates.iloc[2])}, the line "
        "{lalonde.range_of(att_estimates.iloc[1])}, {percent(tidy.HDI_PROB)} intervals.",
        lambda g: (
            g.n_treated == TOOK.sum()
            and list(g.att_estimates["label"])
            == ["naive", "model, by do", "weighting", "experiment"]
            and same(
                g.att_estimates["mean"][1:],
                [float(g.att_do.mean()), weighted(SCORE / (1 - SCORE)), 1794],
                1e-3,
            )
            and same(g.att_estimates["lower"][2], g.att_ipw - Z * g.ipw_se, 1e-6)
            and same(g.att_estimates["upper"][3], 1794 + Z * 633, 1e-6)
            and g.att_estimates["lower"][3] > 0 > g.att_estimates["lower"][2]
            and posterior_near(g.att_do, OLS, OLS_SE)
            and tidy.HDI_PROB == 0.94
            and lalonde.range_of(g.att_estimates.iloc[3]) == "1,794 (603 to 2,985)"
        ),
    ),
    Claim(
        "- **The effect is a contrast of two worlds with the same men**; a coefficient only in a "
        "straight line without interactions.",
        lambda g: (
            same(g.ate_do, 1000 * g.draws_linear["effect"], 1e-3)
            and not same(g.ate_gamma, 1000 * g.draws_gamma["pay_effect"], 500)
        ),
    ),
    Claim(
        "- **A hidden confounder can be weighed, not ruled out**: say how strong.",
        lambda g: (
            left_by("black") <= 0 < left_by("earnings_1974")
            and same(g.left_black, left_by("black"), 1e-3)
        ),
    ),
    Claim(
        "But the cloud is wide: one such world misses the truth by "
        '{number(np.abs(simulated_adjusted - 1000 * true_values["effect"]).mean(), 0)} dollars on '
        "average.",
        # The mean absolute error of a normal estimate is sqrt(2 / pi) standard errors.
        lambda g: (
            g.true_values["effect"] == 2.0
            and same(np.abs(g.simulated_adjusted - 2000).mean(), np.sqrt(2 / np.pi) * OLS_SE, 80)
        ),
    ),
    Claim(
        "# worlds: naive # adjusted #",
        lambda g: (
            same(
                g.numbers("worlds: naive"),
                (400, g.simulated_naive.mean(), g.simulated_adjusted.mean()),
                0.5,
            )
            and abs(g.simulated_adjusted.mean() - 2000) < 200 < 2000 - g.simulated_naive.mean()
        ),
    ),
    Claim(
        (
            r"**Abduction**: find it, $u_i = y_i - \mu_i(t_i)$.",
            "**Action**: set $t_i$ to the other value.",
            r"**Prediction**: $y_i^{\text{other}} = \mu_i(1 - t_i) + u_i$.",
            "What lets us write this: the model is **additive**, and the same $u_i$ holds in both worlds.",
            "No data can test the second: no man was seen twice.",
        ),
        lambda g: (
            same(
                g.earnings_without,
                g.seen_earnings.to_numpy() - 1000 * g.draws_linear["effect"].to_numpy()[..., None],
                1e-3,
            )
            and not MEN["person"].duplicated().any()
        ),
    ),
    Claim(
        "The first fails here: every man gains the same, and for one of the five it predicts {number(float("
        'earnings_without.mean(["chain", "draw"]).min()), 0)} dollars: where earnings stop at zero, '
        "additivity is wrong.",
        lambda g: (
            len(g.seen_earnings) == 5
            and same(
                g.earnings_without.mean(["chain", "draw"]).min(),
                g.seen_earnings.min() - 1000 * float(g.draws_linear["effect"].mean()),
                1e-3,
            )
            and float(g.earnings_without.mean(["chain", "draw"]).min()) < 0
        ),
    ),
    Claim(
        "# participants: their earnings without the programme",
        lambda g: g.numbers("participants: their earnings without") == [5.0],
    ),
    Claim(
        "line: # % HDI of his earnings without it; circle: what he did earn",
        read_numbers("circle: what he did earn", 94),
    ),
    Claim(
        (
            r"""$$\frac{q^2}{1-q} = f^2$$""",
            (
                "The **robustness value** is the share $q$ at which a confounder with "
                "$R^2_T = R^2_Y = q$ explains the whole estimate away: its bias equals `ols_ate`."
            ),
        ),
        lambda g: (
            same(g.robustness_value, robust(), 1e-6)
            and same(g.bias(robust(), robust()), g.ols_ate, 1e-3)
        ),
    ),
    Claim(
        "It leaves out `earnings_1974`, counts in thousands of dollars, gives every slope a "
        "Normal(0, 1) prior, and reports an effect of **{published_effect} ± {published_effect_sd} "
        "dollars**.",
        lambda g: (
            (g.published_effect, g.published_effect_sd) == (552, 604)
            and "earnings_1974" not in g.published_table
            and priors(g.linear_model(g.published_table, 1), linear_priors(1))
        ),
    ),
    Claim(
        "Our sampler finds {number(float(ate_published.mean()), 0)} ± "
        "{number(float(ate_published.std()), 0)} dollars: the same.",
        lambda g: posterior_near(g.ate_published, 552, 604),
    ),
    Claim(
        (
            "Least squares on these columns says {number(ols_ate_without_re74, 0)}.",
            (
                "Least squares on these columns says {number(ols_ate_without_re74, 0)}; **the prior "
                "makes the rest**, twice over:"
            ),
        ),
        lambda g: same(g.ols_ate_without_re74, OLS_WITHOUT, 1e-4),
    ),
    Claim(
        (
            "So the number is no accident of sampling.",
            "- both: {number(closed_form_mean, 0)}.",
        ),
        lambda g: (
            same(g.closed_form_mean, conjugate([1, 10, *[1] * 7])[0], 1e-4)
            and g.closed_form_mean < OLS_WITHOUT / 2
        ),
    ),
    Claim(
        (
            "- a Normal(0, 1) on the effect alone pulls it to {number(posterior_of_effect(1, 1e6)[0], 0)};",
            (
                "- on the covariates' slopes alone, to {number(posterior_of_effect(1e6, 1)[0], 0)}: a "
                "shrunken slope adjusts too little, here mostly that of `black`;"
            ),
            "With Normal(0, 10) everywhere: {number(posterior_of_effect(10, 10)[0], 0)}.",
        ),
        lambda g: (
            same(g.posterior_of_effect(1, 1e6), conjugate([1, 10, *[1e6] * 7]), 0.1)
            and same(g.posterior_of_effect(1e6, 1), conjugate([1e6, 10, *[1] * 7]), 0.1)
            and same(g.posterior_of_effect(10, 10), conjugate([10] * 9), 1e-4)
        ),
    ),
    Claim(
        'Normal(0, 1) reads like "weak" and says, of each covariate, "I am '
        "{percent(NormalDist().cdf(2) - NormalDist().cdf(-2))} sure that one step of it moves earnings "
        'by less than 2,000 dollars".',
        lambda g: (
            prior_of(g.linear_model(g.published_table, 1), "slopes")[1] == [[0.0], [1.0]]
            and same(stats.norm.cdf(2) - stats.norm.cdf(-2), 0.954, 1e-3)
        ),
    ),
    Claim(
        "**A prior has a unit**: write it beside every prior.",
        lambda g: abs(g.posterior_of_effect(1, 1, unit=1)[0]) < 1 < g.closed_form_mean,
    ),
    Claim(
        "Prior sd #: effect # ± # dollars",
        read_numbers("Prior sd #: effect", 1, *conjugate([1, 10, *[1] * 7])),
    ),
    Claim(
        "band and bar: # % interval, in closed form",
        read_numbers("band and bar", 94),
    ),
    Claim(
        (
            (
                "The same model, the same Normal(0, 1) priors on effect and slopes, but the earnings stay "
                "in **dollars**."
            ),
            (
                "Where does the posterior mean of the effect end up, in dollars: "
                '{", ".join(lalonde.options_7(published_effect, ols_ate_without_re74))}?'
            ),
        ),
        lambda g: (
            lalonde.options_7(g.published_effect, g.ols_ate_without_re74)
            == ["about 0", "about 552", "about 1,221"]
        ),
    ),
    Claim("They are skewed and never negative.", lambda _: Y.min() >= 0 and stats.skew(Y) > 1),
    Claim(
        r"A **Gamma** with a log link has both properties, and it changes two lines of the maths, and their priors: "
        r"$\mu_i = \exp(\beta_0 + \tau T_i + x_i^\top \beta)$ and "
        r"$Y_i \sim \text{Gamma}(\kappa, \kappa/\mu_i)$.",
        lambda g: (
            priors(g.gamma_model(TABLE), {**JOIN, **PAY})
            and same(
                g.gamma_with[0, 0],
                1000 * np.exp(lines_of(g.draws_gamma.isel(chain=[0], draw=[0]), 1, "pay_"))[:, 0],
                1e-3,
            )
        ),
    ),
    Claim(
        "It cannot produce a zero; the usual hack is to add a dollar to everybody.",
        lambda g: (
            (stats.gamma(0.5).rvs(5000, random_state=1) > 0).all()
            and g.men_and_a_dollar["earnings_1978"].min() == 1
        ),
    ),
    Claim(
        'The coefficient is {number(float(draws_gamma["pay_effect"].mean()))}.',
        lambda g: abs(float(g.draws_gamma["pay_effect"].mean()) - gamma_by_glm()) < 0.12,
    ),
    Claim(
        (
            (
                "`do` gives dollars all the same: {number(float(ate_gamma.mean()), 0)}, "
                "{number(float(ate_gamma.std() / ate_do.std()), 1)} times as uncertain as the straight line's."
            ),
            "ATE: {lalonde.with_interval(ate_gamma)}",
            "ATE: {lalonde.with_interval(ate_hurdle)}",
        ),
        lambda g: (
            same(g.ate_gamma, (g.gamma_with - g.gamma_without).mean("unit"))
            and same(g.ate_hurdle, (g.hurdle_with - g.hurdle_without).mean("unit"))
            and abs(float(g.ate_gamma.std() / g.ate_do.std()) - 2.3) < 0.5
            and tidy.hdi(g.ate_gamma)[0] < 0 < float(g.ate_gamma.mean())
        ),
    ),
    Claim(
        (
            r"""$$\begin{aligned}
            \text{logit}\, p_i &= \gamma_0 + \gamma T_i + x_i^\top \delta,
            \quad \gamma_0 \sim \text{Normal}(1, 1) \\
            \log m_i &= \beta_0 + \tau T_i + x_i^\top \beta,
            \quad \beta_0 \sim \text{Normal}(\log 5, 1) \\
            \gamma, \delta_k, \tau, \beta_k &\sim \text{Normal}(0, 1),
            \quad \kappa \sim \text{HalfNormal}(2) \\
            Y_i &= 0 \text{ with probability } 1 - p_i, \text{ else } \text{Gamma}(\kappa, \kappa / m_i)
            \end{aligned}$$""",
            "Two steps, a **hurdle**: does he work at all, and if he does, for how much?",
        ),
        lambda g: priors(g.hurdle_model(TABLE), {**JOIN, **PAY, **WORK}),
    ),
    Claim(
        "Hurdle: # % zeros; data: # %",
        lambda g: same(
            g.numbers("Hurdle:"),
            (100 * float((g.replicated_hurdle == 0).mean()), 100 * (Y == 0).mean()),
            0.5,
        ),
    ),
    Claim(
        "grey bars: the # men; dashed outline: invented by the hurdle model",
        read_numbers("invented by the hurdle model", 614),
    ),
    Claim(
        "Men gain different amounts, so the ATT is another number: "
        "{number(float(att_hurdle.mean()), 0)} against {number(float(ate_hurdle.mean()), 0)} dollars.",
        lambda g: (
            same((g.ate_hurdle.mean(), g.att_hurdle.mean()), hurdle_by_hand(g), 0.5)
            and float(g.att_hurdle.mean()) < float(g.ate_hurdle.mean())
        ),
    ),
    Claim(
        "Suppose the programme goes to the {policy.sum()} who earned nothing in 1975, and to nobody "
        "else (`policy`: 1 or 0 for each man).",
        lambda g: same(g.policy, MEN["earnings_1975"] == 0),
    ),
    Claim(
        "The doubly robust **AIPW** weights what a regression on the others leaves over: given the "
        "four assumptions, right in large samples if either model is.",
        doubly_robust,
    ),
    Claim(
        (
            (
                "Weighting says {number(ate_ipw, 0)} dollars for the **ATE** (standard error "
                "{number(ate_ipw_se, 0)}: few men stand for many), {number(att_ipw, 0)} for the ATT "
                "({number(ipw_se, 0)}); the hurdle has the opposite order, "
                "{number(float(ate_hurdle.mean()), 0)} against {number(float(att_hurdle.mean()), 0)}."
            ),
            "Neither is established.",
        ),
        lambda g: (
            (
                float(g.att_hurdle.mean()) < float(g.ate_hurdle.mean())
                and same(g.att_ipw, weighted(SCORE / (1 - SCORE)), 1e-3)
                and same(g.ate_ipw, weighted_all(), 1e-3)
                and g.ate_ipw < g.att_ipw
                and 600 < g.ipw_se < 1_000
                and 700 < g.ate_ipw_se < 1_300
                and g.att_ipw - g.ate_ipw < Z * g.ate_ipw_se
            )
            and same(
                g.ate_ipw,
                np.average(Y[TOOK], weights=1 / SCORE[TOOK])
                - np.average(Y[~TOOK], weights=1 / (1 - SCORE[~TOOK])),
                1e-3,
            )
            and 700 < g.ate_ipw_se < 1300
            and g.ate_ipw_se > g.ipw_se
        ),
    ),
    Claim(
        "All adjusted routes, # to #; experiment #",
        lambda g: same(
            g.numbers("All adjusted routes,"),
            [*g.all_estimates.query("role == 'adjusted'")["mean"].agg(["min", "max"]), 1794],
            0.5,
        ),
    ),
    Claim(
        (
            (
                "The hurdle leads the straight line by {number(hurdle_lead[0], 0)} (standard error "
                "{number(hurdle_lead[1], 0)}: not established); the two straight lines are {number(linear_lead[0], 0)} apart "
                "({number(linear_lead[1], 0)}), and one effect is {number(float(ate_do.mean() / "
                "ate_published.mean()), 1)} times the other."
            ),
            "**LOO ranks fit, not causal truth**: the effect is about rows that nobody has seen.",
            "(Pareto k is above {number(k_limit)} for {above_limit} of all scores.)",
        ),
        lambda g: (
            same(g.hurdle_lead, paired(g.scores["hurdle"][0], g.scores["linear"][0]))
            and same(
                g.linear_lead,
                paired(g.scores["linear"][0], g.scores["linear, published prior"][0]),
            )
            and g.hurdle_lead[0] < 2 * g.hurdle_lead[1]
            and same(g.k_limit, 1 - np.log(10) / np.log(400))
            and g.draws_linear["effect"][:, ::8].size == 400
            and g.above_limit == sum(sum(k > g.k_limit) for _, k in g.scores.values())
            and posterior_near(g.ate_do, OLS, OLS_SE)
            and 2 < float(g.ate_do.mean()) / float(g.ate_published.mean()) < 4
            and same(g.ate_published, 1000 * g.draws_published["effect"], 1e-6)
        ),
    ),
]
test_words, test_claims, test_covered = claims.tests_of(NAME, CLAIMS)


def test_old_statements_are_gone() -> None:
    """What the first edition said too strongly; numbers are printed by the helpers."""
    assert "is a causal graph" not in SOURCE
    assert "exchangeab" not in SOURCE
    assert not re.search(r"\d%|%}|:,\.\df|:\+", SOURCE)


def test_the_classic_objection_is_made_in_the_core() -> None:
    """Other labour markets and another record, with their source, before the takeaways."""
    core = SOURCE[: SOURCE.index("## Takeaways")]
    for words in ("labour\n    markets", "another record", "Smith & Todd 2005"):
        assert words in core
    assert "10.1016/j.jeconom.2004.04.011" in SOURCE
