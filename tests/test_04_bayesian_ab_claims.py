"""What notebook 04 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import integrate, stats

from helpers.lessons import ab_testing
from helpers.tidy import HDI_PROB, hdi
from tests import claims
from tests.claims import Claim, prior_of
from tests.test_04_bayesian_ab import BASELINE, NAME, brute_force, share_claiming

SEEN, NOISE = np.log(1.75), np.sqrt(1 / 200 + 1 / 350 - 2 / 10_000)
Z = stats.norm.ppf((1 + HDI_PROB) / 2)


def near(value: Any, goal: Any, room: float = 0.006) -> bool:
    """Return whether two numbers are the same, but for half of a printed decimal and a little."""
    return bool(abs(float(value) - float(goal)) <= room)


# Recomputed beside the page ----------------------------------------------------------------------


@functools.cache
def posterior(old: int, new: int, n: int, prior: str) -> tuple[np.ndarray, np.ndarray]:
    """Return lifts and their probabilities, by a sum over both unknowns."""
    lifts = np.linspace(-0.5, 2.2, 1_081)
    if prior != "heavy-tailed":
        mass = brute_force(old, new, n, prior, lifts)
    else:
        mass = brute_force(old, new, n, "correlated", lifts, lift_sd=1.0)
        mass = mass / stats.norm.pdf(lifts) * stats.t.pdf(lifts / 0.1, 3)
    return lifts, mass / mass.sum()


@functools.cache
def figures(prior: str) -> dict[str, float]:
    """Return mean, sd and ends of the 94 % HDI of our test's lift."""
    lifts, mass = posterior(200, 350, 10_000, prior)
    mean = float(mass @ lifts)
    cdf = np.cumsum(mass) - mass / 2
    starts = np.linspace(0, 1 - HDI_PROB, 400)
    ends = np.array([np.interp(starts + shift, cdf, lifts) for shift in (0, HDI_PROB)])
    lower, upper = ends[:, np.argmin(ends[1] - ends[0])]
    sd = float(np.sqrt(mass @ (lifts - mean) ** 2))
    return {"mean": mean, "sd": sd, "lower": float(lower), "upper": float(upper)}


def is_ours(table: pd.DataFrame, row: int, prior: str, room: float = 0.006) -> bool:
    """Return whether a row of a table holds the figures of our test's lift."""
    return all(near(table[key][row], value, room) for key, value in figures(prior).items())


@functools.cache
def carried(lift_sd: float) -> float:
    """Return the posterior mean of our test's lift under Normal(0, lift_sd)."""
    lifts = np.linspace(-0.5, 2.2, 1_081)
    mass = brute_force(200, 350, 10_000, "correlated", lifts, lift_sd=lift_sd)
    return float(mass @ lifts / mass.sum())


@functools.cache
def tail(size: float) -> float:
    """Return P(|lift| >= size) under two independent Beta(15, 600)."""
    rate = stats.beta(15, 600)
    inside, _ = integrate.quad(
        lambda p: rate.pdf(p) * (rate.cdf((1 + size) * p) - rate.cdf((1 - size) * p)), 0, 0.1
    )
    return 1 - inside


@functools.cache
def invented() -> tuple[np.ndarray, np.ndarray]:
    """Return buyers of both pages in tests that the priors invent."""
    rng = np.random.default_rng(5)
    rate, lift = rng.beta(15, 600, 200_000), rng.normal(0, 0.1, 200_000)
    return rng.binomial(10_000, rate), rng.binomial(10_000, rate * (1 + lift))


@functools.cache
def repeated() -> np.ndarray:
    """Return gaps (buyers) that the fitted model expects: draws from a grid of both unknowns."""
    rng, lifts = np.random.default_rng(6), np.linspace(-0.1, 0.8, 301)
    rate = np.linspace(0.015, 0.035, 301)[:, None]
    log = stats.beta.logpdf(rate, 15, 600) + stats.norm.logpdf(lifts, 0, 0.1)
    log = log + stats.binom.logpmf(200, 10_000, rate)
    log = log + stats.binom.logpmf(350, 10_000, rate * (1 + lifts))
    mass = np.exp(log - log.max()).ravel()
    at = rng.choice(mass.size, 40_000, p=mass / mass.sum())
    p, lift = rate.ravel()[at // 301], lifts[at % 301]
    return rng.binomial(10_000, p * (1 + lift)) - rng.binomial(10_000, p)


@functools.cache
def broken(kind: str, scale: float, share: float = 0.01, fault: float = 0.5) -> float:
    """Return P(broken) of our test, by an integral over the true log-lift of a working one."""
    prior = stats.norm(0, scale) if kind == "normal" else stats.t(3, 0, scale)
    works, _ = integrate.quad(
        lambda x: prior.pdf(x) * stats.norm.pdf(SEEN, x, NOISE), -3, 3, points=[0, SEEN]
    )
    odd = share * stats.norm.pdf(SEEN, 0, np.hypot(fault, NOISE))
    return float(odd / (odd + (1 - share) * works))


BROKEN = (("normal", 0.1), ("normal", 0.15), ("normal", 0.2), ("t", 0.1))


def suspicion_holds(g: Any, table: str = "suspicion") -> bool:
    """Return whether P(broken) stands in a table as recomputed, under all four priors."""
    pairs = zip(g[table]["P(broken)"], BROKEN, strict=True)
    return all(near(found, broken(*prior), 1e-3) for found, prior in pairs)


def evidence_formula(lift: float, a: int = 20, b: int = 31, n: int = 1_000) -> float:
    """Return the formula's L(lift) over L(0), by a sum over p; and nothing of the page."""
    p = np.linspace(1e-6, 0.2, 200_001)

    def log_integrand(w: float) -> np.ndarray:
        top = (14 + a + b) * np.log(p) + (599 + n - a) * np.log1p(-p)
        return b * np.log1p(w) + top + (n - b) * np.log1p(-p * (1 + w))

    return float(np.exp(log_integrand(lift) - 150).sum() / np.exp(log_integrand(0.0) - 150).sum())


def evidence_of_the_page(g: Any, lift: float) -> float:
    """Return the same ratio as the page's function has it."""
    grid = np.log1p([lift, 0.0])
    log = g.log_evidence(np.array([20]), np.array([31]), 1_000, grid, g.counts_of("correlated"))
    return float(np.exp(log[0, 0] - log[0, 1]))


@functools.cache
def losses() -> tuple[float, float]:
    """Return the expected losses of shipping and of keeping *a hint*, in euros a year."""
    lifts, mass = posterior(244, 275, 10_000, "correlated")
    worth = 1_000_000 * BASELINE * 40
    return worth * mass @ np.maximum(-lifts, 0), worth * mass @ np.maximum(lifts, 0)


def bell(old: Any, new: Any, n: int, lift_sd: float | None) -> tuple[Any, Any]:
    """Return mean and sd of the log-lift's posterior, both bell curves; None: a flat prior."""
    error = np.sqrt(1 / old + 1 / new - 2 / n)
    weight = 1.0 if lift_sd is None else lift_sd**2 / (lift_sd**2 + error**2)
    return weight * np.log(new / old), np.sqrt(weight) * error


def outside(old: Any, new: Any, n: int, lift_sd: float | None) -> Any:
    """Return whether the HDI lies outside ±5 %, by bell curves."""
    mean, sd = bell(old, new, n, lift_sd)
    return (mean - Z * sd > np.log(1.05)) | (mean + Z * sd < np.log(0.95))


@functools.cache
def visitors(lift: float, rate: float = BASELINE) -> float:
    """Return visitors per page for 80 % power of the z-test, by statsmodels."""
    effect = abs(sm.stats.proportion_effectsize(rate * (1 + lift), rate))
    return float(sm.stats.NormalIndPower().solve_power(effect, alpha=0.05, power=0.8))


@functools.cache
def looked_at(true_sd: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return true lifts and, at 20 looks, old and new buyers of 4,000 experiments."""
    rng = np.random.default_rng(8)
    lifts = rng.normal(0, true_sd, 4_000) if true_sd else np.zeros(4_000)
    old = np.cumsum(rng.binomial(1_000, BASELINE, (20, 4_000)), axis=0)
    new = np.cumsum(rng.binomial(1_000, BASELINE * (1 + lifts), (20, 4_000)), axis=0)
    return lifts, np.maximum(old, 1), np.maximum(new, 1)


@functools.cache
def peeked() -> dict[str, float]:
    """Return the shares that 20 looks lead to, by bell curves."""
    n = 1_000 * np.arange(1, 21)[:, None]
    lifts, old, new = looked_at(0.1)
    mean, sd = bell(old, new, n, 0.1)
    sure = stats.norm.cdf(np.abs(mean / sd)) > 0.975
    first = sure.argmax(axis=0), np.arange(4_000)
    stopped, said = sure.any(axis=0), (mean / sd)[first]
    _, old, new = looked_at(0.0)
    mean, sd = bell(old, new, n, 0.1)
    return {
        "stopped": stopped.mean(),
        "right": ((said > 0) == (lifts > 0))[stopped].mean(),
        "believed": stats.norm.cdf(np.abs(said))[stopped].mean(),
        "correlated": (stats.norm.cdf(np.abs(mean / sd)) > 0.975).any(axis=0).mean(),
        "ROPE": outside(old, new, n, 0.1).any(axis=0).mean(),
    }


def regressions(customers: pd.DataFrame) -> list[Any]:
    """Return the three regressions of spending, fitted by statsmodels."""
    treated = sm.add_constant(customers[["treated"]].astype(float))
    past = treated.assign(past=customers["before"] - customers["before"].mean())
    outcomes = (("after", treated), ("adjusted", treated), ("after", past))
    return [sm.OLS(customers[name], design).fit() for name, design in outcomes]


def cuped_holds(g: Any) -> bool:
    """Return whether the posterior sds, their ratio and theta are those of least squares."""
    fits = regressions(g.customers)
    theta = np.polyfit(g.customers["before"], g.customers["after"], 1)[0]
    errors = [fit.bse["treated"] for fit in fits]
    return (
        near(g.theta_by_hand, theta, 1e-6)
        and all(near(sd / e, 1, 0.06) for sd, e in zip(g.cuped_table["sd"], errors, strict=True))
        and near(g.cuped_sd_ratio, errors[2] / errors[0], 0.03)
    )


def leak_holds(g: Any) -> bool:
    """Return whether the late estimate is 2 minus theta times the leak, and no noisier."""
    shift = g.leak.value
    theta = (1 + 2 * shift / 4) / (1 + 0.09 + shift**2 / 4)
    late, early = (g.late_effects[f"measured {when}"] for when in ("during", "before"))
    errors = (0.2 * np.sqrt(1 + 0.05), 0.2)
    return (
        near(late.mean(), 2 - theta * shift, 0.05)
        and near(early.mean(), 2, 0.04)
        and near(early.std(), errors[1], 0.02)
        and near(late.std(), early.std(), 0.03)
    )


def four_rules(g: Any) -> bool:
    """Return whether each rule turns where the page says that it does."""
    row = {"better": 0.96, "worthwhile": 0.49, "loss if shipped": 2, "loss if kept": 1}
    other = {"better": 0.98, "worthwhile": 0.51, "loss if shipped": 1, "loss if kept": 2}
    rows = [row | {"lower": -0.06, "upper": 0.2}, other | {"lower": 0.051, "upper": 0.2}]
    rows += [row | {"lower": -0.04, "upper": 0.04}, row | {"lower": 0.01, "upper": 0.051}]
    said = g.verdicts(pd.DataFrame(rows), g.MARGIN)
    return (
        said.iloc[0].tolist() == ["keep", "keep", "keep", "undecided"]
        and said.iloc[1].tolist() == ["ship", "ship", "ship", "better"]
        and said["HDI + ROPE"].tolist()[2:] == ["equal", "undecided"]
        and g.region_verdict(-0.2, -0.051, g.MARGIN) == "worse"
        and near(g.judged["upper"]["our test"], figures("correlated")["upper"])
    )


def bar_ends(bought: int) -> list[float]:
    """Return a rate of 10,000 visitors minus and plus two standard errors, in per cent."""
    error = sm.stats.proportion_confint(bought, 10_000, alpha=2 * stats.norm.sf(2))
    return [100 * end for end in error]


def bars_of(g: Any) -> list[list[float]]:
    """Return the ends of both lines of the first picture, in per cent."""
    rate = g.experiment["conversions"] / g.experiment["visitors"]
    chart = ab_testing.chart_rates(g.experiment, np.sqrt(rate * (1 - rate) / 10_000))
    (rows,) = chart.to_dict()["datasets"].values()
    assert g.numbers("line: the rate ±") == [2]
    return [[row["lower"], row["upper"]] for row in rows]


def priors_hold(g: Any) -> bool:
    """Return whether the model has the priors of the page."""
    model = g.pages_model(g.visitors)
    return (
        prior_of(model, "baseline") == ("Beta", [15, 600])
        and prior_of(model, "relative_lift") == ("Normal", [0, 0.1])
        and near(100 * stats.beta(15, 600).mean(), 2.44, 0.01)
        and near(100 * stats.beta(15, 600).std(), 0.6, 0.05)
    )


def rate_apart(model: Any) -> float:
    """Return by how much the rate differs if all see the new page, and if all see the old one."""
    import pymc as pm

    rates = []
    for page in (0, 1):
        world = pm.do(model, {"treated": [page] * 2, "baseline": 0.024, "relative_lift": 0.3})
        rates.append(pm.draw(world["mu_rate"], mode="FAST_COMPILE")[0])
    return float(rates[1] - rates[0])


def implied(g: Any) -> bool:
    """Return whether the page's three priors expect of the lift what theory says."""
    flat, independent, correlated = (
        1 - float(np.diff(g.prior_cdf([-0.5, 0.5], name))[0])
        for name in ("flat", "independent", "correlated")
    )
    return near(flat, 7 / 12, 1e-3) and near(independent, tail(0.5), 1e-3) and correlated < 1e-5


def spending_priors(g: Any) -> bool:
    """Return whether the regression has the priors of its comments."""
    model = g.ancova_model(np.array([0, 1, 1]), np.array([1.0, 2, 4]))
    wanted = {"theta": [0, 2], "effect": [0, 5], "level": [8, 5]}
    return prior_of(model, "sigma") == ("HalfNormal", [0, 3]) and all(
        prior_of(model, name) == ("Normal", values) for name, values in wanted.items()
    )


def customers_follow(g: Any) -> bool:
    """Return whether the data come from the formula: intercept 3, slope 1, effect 2, noise 1."""
    data = g.customers
    left = data["after"] - data["before"] - 3 - 2 * data["treated"]
    return (
        len(data) == 100
        and abs(left.mean()) < 0.4
        and near(left.std(), 1, 0.3)
        and near(data["before"].mean(), 5, 0.4)
        and spending_priors(g)
    )


def only_a_coin(g: Any) -> bool:
    """Return whether nothing but the coin points at the page, so that nothing is adjusted for."""
    graph = g.coin_graph
    causes = {cause for cause, effect in graph.edges if effect == "page"}
    return causes == {"coin"} and graph.adjustment_sets() == [frozenset()]


def power_holds(g: Any) -> bool:
    """Return whether the shares at 40,000 visitors are those of bell curves."""
    old, new = g.counts[0.125, 40_000].T
    return all(
        near(g.power_at[prior, "HDI outside ROPE"], outside(old, new, 40_000, sd).mean(), 0.04)
        for prior, sd in (("flat", None), ("correlated", 0.1))
    )


@functools.cache
def decided(n: int) -> float:
    """Return the share outside the ROPE, true lifts drawn from the prior, by bell curves."""
    rng = np.random.default_rng(9)
    lifts = rng.normal(0, 0.1, 4_000)
    old, new = rng.binomial(n, BASELINE, 4_000), rng.binomial(n, BASELINE * (1 + lifts))
    return float(outside(old, new, n, 0.1).mean())


def wider_costs_power(g: Any) -> bool:
    """Return whether ROPE and level cost power, a wider prior wins some, and zero brings none."""

    def at(level: float, sd: float, rope: float) -> float:
        rates = g.rates_of(g.intervals_of({c: found[c]}, level, sd), rope)
        return float(rates.query("rule == 'HDI outside ROPE'")["rate"].iloc[0])

    found, c = g.evidence["correlated"], (0.125, 40_000)
    usual = at(0.94, 0.1, 0.05)
    power = g.power.query("true_lift == 0 and n_per_arm == 80_000").set_index(["prior", "rule"])
    z, rope = (
        power["rate"][k] for k in (("none", "z-test, p < 0.05"), ("correlated", "HDI outside ROPE"))
    )
    return (
        at(0.94, 0.1, 0.1) < usual > at(0.99, 0.1, 0.05)
        and at(0.94, 0.2, 0.05) > usual
        and near(z, 0.05, 4 * np.sqrt(0.05 * 0.95 / 700))
        and rope < 0.01
    )


# The claims --------------------------------------------------------------------------------------

CLAIMS = [
    Claim(
        "200 buy on the old page, 350 on the new one: 75 % more.",
        lambda g: g.experiment["conversions"].tolist() == [200, 350] and 350 / 200 == 1.75,
    ),
    Claim(
        "The new page sold # % more",
        lambda g: g.numbers("The new page sold") == [100 * (350 / 200 - 1)],
    ),
    Claim(
        "line: the rate ± # standard errors",
        lambda g: np.allclose(bars_of(g), [bar_ends(200), bar_ends(350)], atol=1e-4),
    ),
    Claim(
        (
            "That is, the posterior under lifts Normal(0, 0.1).",
            "`do` sets `treated` for everybody, to 1 and to 0; the lift is the contrast of the two buying rates, draw by draw.",
            "Because a coin chose the page, they are the rates fitted to the two arms.",
        ),
        lambda g: (
            prior_of(g.pages_model(g.visitors), "relative_lift") == ("Normal", [0, 0.1])
            and np.allclose(
                g.lift,
                g.idata_pages.posterior["mu_rate"].sel(page="new")
                / g.idata_pages.posterior["mu_rate"].sel(page="old")
                - 1,
            )
        ),
    ),
    Claim(
        "The **raw lift** is {gain(raw_lift)}, {number(z, 1)} standard errors from nothing (p = {p_value:.0e}).",
        lambda g: (
            near(g.raw_lift, 350 / 200 - 1, 1e-9)
            and near(g.z, sm.stats.proportions_ztest([350, 200], [10_000] * 2)[0], 1e-6)
            and np.isclose(g.p_value, sm.stats.proportions_ztest([350, 200], [10_000] * 2)[1])
        ),
    ),
    Claim(
        (
            r"The **relative lift**, over all visitors of the shop while the test runs:",
            r"$$\tau = \frac{E[Y(1)]}{E[Y(0)]} - 1$$",
        ),
        lambda g: (
            near((g.lift - g.idata_pages.posterior["relative_lift"]).std(), 0, 1e-9)
            and near((1.02 * 0.03) / 0.03 - 1, 0.02, 1e-9)
        ),
    ),
    Claim(
        (
            "There is no backdoor path, so nothing is adjusted for.",
            "- **Ignorability** (no unmeasured confounding): granted by the coin, if the coin works.",
            "- **Consistency**: one new page, shown as built. **No measurement error**: what is logged is what happened.",
            "- **No interference**: one visitor's page does not change what another buys.",
            "- **Positivity**: every visitor could see either page.",
            "- **Transport** (for the decision, not for τ): next year's visitors react like those of the test. No coin grants that.",
        ),
        only_a_coin,
    ),
    Claim(
        (
            r"- **flat**: $p_0, p_1 \sim \text{Uniform}(0, 1)$;",
            r"- **independent**: $p_0, p_1 \sim \text{Beta}(15, 600)$, about 2.4 % each, as if 15 of 615 past visitors had bought;",
            r"- **correlated**: $p_0 \sim \text{Beta}(15, 600)$, $\ p_1 = p_0\,(1 + \tau)$, $\ \tau \sim \text{Normal}(0, 0.1)$.",
        ),
        lambda g: priors_hold(g) and implied(g),
    ),
    Claim(
        "Only the correlated prior *states* a belief about the lift; the others imply one.",
        implied,
    ),
    Claim(
        "Lift of # % or more, up or down: # %, # %, < # %",
        lambda g: (
            g.numbers("Lift of # % or more, up or down")
            == [50, round(700 / 12), round(100 * tail(0.5)), 1]
            and 2 * stats.norm.sf(5) < 0.01
        ),
    ),
    Claim(
        "flat, independent, correlated; what each prior expects of the lift",
        lambda g: list(g.tails) == ["flat", "independent", "correlated"] and implied(g),
    ),
    Claim(
        'The independent one, with each rate known from {number(belief_buyers.value, 0)} past buyers, expects a lift beyond ±20 % in {percent(tails["independent"][0.2])} of all tests, the correlated one in {percent(tails["correlated"][0.2])}.',
        lambda g: (
            g.belief_buyers.value == 15
            and near(stats.beta(15, 600).std() / stats.beta(15, 600).mean(), 0.25, 0.01)
            and near(g.tails["independent"][0.2], tail(0.2))
            and near(g.tails["correlated"][0.2], 2 * stats.norm.sf(2))
        ),
    ),
    Claim(
        r"""$$\begin{aligned}
    p_0 &\sim \text{Beta}(15, 600) & \tau &\sim \text{Normal}(0, 0.1) \\
    \mu_t &= p_0\,(1 + \tau\, t) & y_t &\sim \text{Binomial}(n_t, \mu_t)
    \end{aligned}$$""",
        lambda g: (
            priors_hold(g) and prior_of(g.pages_model(g.visitors), "conversions")[0] == "Binomial"
        ),
    ),
    Claim(
        "Nothing is observed yet; `treated` is a line of its own, so that `do` can set it.",
        lambda g: (
            (model := g.pages_model(g.visitors)).observed_RVs == []
            and [variable.name for variable in model.data_vars] == ["treated"]
            and near(rate_apart(model), 0.024 * 0.3, 1e-9)
        ),
    ),
    Claim(
        "The model invents {number(old_page[0], 0)} to {number(old_page[1], 0)} buyers per 10,000 visitors of the old page in 94 % of its tests: reasonable.",
        lambda g: all(
            near(found, own, 15) for found, own in zip(g.old_page, hdi(invented()[0]), strict=True)
        ),
    ),
    Claim(
        (
            "A gap of {gap_seen} buyers or more, up or down, comes up in {n_as_large} of {number(gaps.size, 0)} tests.",
            "A gap of # or more: # of # invented tests",
        ),
        lambda g: (
            g.gap_seen == 350 - 200
            and g.gaps.size == 4_000
            and near(g.gaps.std() / np.std(invented()[1] - invented()[0]), 1, 0.05)
            and g.n_as_large == int((abs(g.gaps) >= 150).sum())
            and (abs(invented()[1] - invented()[0]) >= 150).mean() < 1e-3
            and g.numbers("of # invented tests") == [150, g.n_as_large, 4_000]
        ),
    ),
    Claim(
        "A gap of # or more: # of # repeated tests",
        lambda g: (
            g.numbers("of # repeated tests") == [150, g.n_repeated, g.replicated_gaps.size]
            and near(g.n_repeated / g.replicated_gaps.size, (repeated() >= 150).mean(), 0.0015)
        ),
    ),
    Claim(
        (
            'Mean {gain(lift_table["mean"][0])}, sd {percent(lift_table["sd"][0])}; the **HDI** (highest-density interval: the shortest that holds 94 % of the posterior) runs from {gain(lift_table["lower"][0])} to {gain(lift_table["upper"][0])}.',
            "Lift # %; the dashboard says # %",
        ),
        lambda g: (
            is_ours(g.lift_table, 0, "correlated", 0.01)
            and near(
                ((g.lift > g.lift_table["lower"][0]) & (g.lift < g.lift_table["upper"][0])).mean(),
                0.94,
                0.002,
            )
            and g.numbers("Lift # %; the dashboard says")
            == [round(100 * figures("correlated")["mean"]), 75]
        ),
    ),
    Claim(
        "Under this prior the page is better, but the {percent(raw_lift)} has been more than halved: Normal(0, 0.1) deems such lifts all but impossible.",
        lambda g: (
            near(g.raw_lift, 0.75, 1e-9)
            and figures("correlated")["mean"] < 0.75 / 2
            and figures("correlated")["lower"] > 0
            and stats.norm.sf(7.5) < 1e-9
        ),
    ),
    Claim(
        "Run again, the fitted model expects a gap of {number(replicated_gaps.mean(), 0)} buyers, and {gap_seen} or more in {percent(share_repeated, 1)} of its tests.",
        lambda g: (
            near(g.replicated_gaps.mean(), repeated().mean(), 2)
            and g.gap_seen == 150
            and near(g.share_repeated, (repeated() >= 150).mean(), 0.0015)
        ),
    ),
    Claim(
        r"$$L(\tau) = (1+\tau)^{b} \int_0^{1/\max(1,\,1+\tau)} p^{\,14+a+b}\,(1-p)^{599+n-a}\,\big(1 - p\,(1+\tau)\big)^{n-b}\, dp$$",
        lambda g: all(
            near(evidence_of_the_page(g, w) / evidence_formula(w), 1, 2e-3) for w in (0.3, -0.2)
        ),
    ),
    Claim(
        (
            'Sampler and grid agree: {percent(by_prior["mean"][0], 1)} and {percent(by_prior["mean"][1], 1)}.',
            'The *prior* is what matters: the priors on rates keep {gain(by_prior["mean"][4])} and {gain(by_prior["mean"][3])}.',
            'One with the same scale of 0.1 but heavy tails (Student\'s t, 3 degrees of freedom) says {gain(by_prior["mean"][2])}: it is not shocked by a lift of seven scales.',
            "Two routes, one posterior; other priors, other answers",
        ),
        lambda g: all(
            is_ours(g.by_prior, row, prior, 0.01)
            for row, prior in enumerate(
                ("correlated", "correlated", "heavy-tailed", "independent", "flat")
            )
        ),
    ),
    Claim(
        "line: # % HDI",
        lambda g: (
            all(
                near(v, figures("flat")[k], 0.01)
                for k, v in g.by_prior.iloc[4].items()
                if k in figures("flat")
            )
            and g.numbers("line: # % HDI") == [100 * HDI_PROB]
        ),
    ),
    Claim(
        '**This assumption carries the answer**: as the slider moves, the same counts say almost anything between no lift and the raw one, from {gain(prior_carries["mean"].min())} to {gain(prior_carries["mean"].max())}.',
        lambda g: (
            g.prior_carries["mean"][:-1].is_monotonic_increasing
            and near(g.prior_carries["mean"].min(), carried(0.01))
            and near(g.prior_carries["mean"].max(), carried(0.6))
            and 0 < carried(0.01) < 0.02
            and 0.65 < carried(0.6) < 0.75
        ),
    ),
    Claim(
        ("Prior sd # %: lift # % (# % to # %)", "band: # % HDI; dashes: the raw lift"),
        lambda g: (
            g.numbers("Prior sd # %")
            == [10, *(round(100 * figures("correlated")[k]) for k in ("mean", "lower", "upper"))]
            and g.numbers("band: # % HDI") == [94]
        ),
    ),
    Claim(
        (
            "1. how many tests are broken: **1 in 100**;",
            "2. what a fault does: it sets the log-lift, Normal(0, 0.5), whatever the page does;",
            "3. what a test that *works* shows: a usual lift, **Normal(0, 0.1)** on the log scale, say.",
            "(The model above has Normal(0, 0.1) on the lift itself: there +75 % is 7.5 sds out, on the log scale 5.6.",
        ),
        lambda g: (
            near(0.75 / 0.1, 7.5, 1e-9)
            and near(SEEN / 0.1, 5.6, 0.05)
            and prior_of(g.pages_model(g.visitors), "relative_lift") == ("Normal", [0, 0.1])
            and near(g.chance_broken(SEEN, NOISE), broken("normal", 0.1), 1e-3)
            and near(g.chance_broken(SEEN, NOISE, 0.001), broken("normal", 0.1, 0.001), 1e-3)
            and near(
                g.density_seen(SEEN, NOISE, 0.5),
                stats.norm.pdf(SEEN, 0, np.hypot(0.5, NOISE)),
                1e-4,
            )
        ),
    ),
    Claim(
        (
            "At 1 broken test in 1,000, {number(chance_broken(seen, noise))} would be {number(chance_broken(seen, noise, 0.001))}; with faults of sd 0.2, {number(chance_broken(seen, noise, fault=0.2))}.",
            "The split, the logs and the bots may tell; *from the counts alone* nobody can say whether this test is broken without saying which lifts are usual.",
            "Normal, scale # %: P(broken) = #",
            "# test in # is broken; a raw lift of # %",
        ),
        lambda g: (
            suspicion_holds(g)
            and near(g.seen, SEEN, 1e-9)
            and near(g.noise, NOISE, 1e-9)
            and near(broken("normal", 0.1, 0.01), 0.91, 0.005)
            and near(broken("normal", 0.1, 0.001), 0.5, 0.02)
            and near(g.chance_broken(g.seen, g.noise, 0.001), broken("normal", 0.1, 0.001), 1e-3)
            and near(g.chance_broken(g.seen, g.noise, fault=0.2), broken("normal", 0.1, fault=0.2))
            and near(broken("normal", 0.1, fault=0.2), 0.62, 0.005)
            and g.numbers("Normal, scale # %") == [10, round(broken("normal", 0.1), 2)]
            and g.numbers("a raw lift of # %") == [1, 100, 75]
        ),
    ),
    Claim(
        (
            "1. **P(lift > 0)** above 97 %: is it better at all?",
            "2. **P(lift > 5 %)** above 50 %: is it better by what makes it worth while?",
            "3. **Expected loss** in money: which mistake costs less on average?",
            "4. **HDI + ROPE**: does the 94 % HDI lie outside the *region of practical equivalence*, here a lift within ±5 %? Wholly inside: call them equal. Else: undecided (Kruschke 2018).",
        ),
        lambda g: four_rules(g) and g.MARGIN == 0.05,
    ),
    Claim(
        "All rules ship our test, *if it works*.",
        lambda g: g.verdicts(g.judged, 0.05).loc["our test"].tolist() == ["ship"] * 3 + ["better"],
    ),
    Claim(
        'Count in that our test may be broken: P(lift > 0) is {number(all_told["better"][0])} where usual log-lifts are Normal(0, 0.1), since P(broken) = {number(all_told["P(broken)"][0])}, but {number(all_told["better"][3])} where their tails are heavy, since P(broken) = {number(all_told["P(broken)"][3])}.',
        lambda g: (
            suspicion_holds(g, "all_told")
            and all(
                near(found, 1 - broken(*prior) / 2, 1e-3)
                for found, prior in zip(g.all_told["better"], BROKEN, strict=True)
            )
        ),
    ),
    Claim(
        'On *a hint* they part: shipping risks {number(judged["loss if shipped"]["a hint"], 0, "€")} a year on average, keeping forgoes {number(judged["loss if kept"]["a hint"], 0, "€")}.',
        lambda g: (
            near(g.judged["loss if shipped"]["a hint"] / losses()[0], 1, 0.02)
            and near(g.judged["loss if kept"]["a hint"] / losses()[1], 1, 0.02)
            and g.verdicts(g.judged, 0.05).loc["a hint"].tolist()
            == ["keep", "ship", "ship", "undecided"]
        ),
    ),
    Claim(
        "*Small but sure* is surely above zero, yet as good as equal.",
        lambda g: (
            g.verdicts(g.judged, 0.05).loc["small but sure"].tolist()
            == ["ship", "keep", "ship", "equal"]
        ),
    ),
    Claim(
        (
            "5. repeat, {N_EXPERIMENTS} times for each lift and each $n$.",
            "The share of experiments that claim a difference is the **power**; where the true lift is zero, it is the **false-positive rate**.",
            "`monte_carlo_se` is the standard error that {N_EXPERIMENTS} experiments leave.",
            "{number(n_all, 0)} experiments, {number(n_pairs, 0)} different pairs of counts.",
            "Width of the prior, level of the HDI and ROPE only reweigh it: all {number(n_all, 0)} posteriors again, at each move.",
        ),
        lambda g: (
            g.N_EXPERIMENTS == 700
            and g.n_all == 5 * 9 * 700
            and g.n_pairs == sum(len(set(map(tuple, c))) for c in g.counts.values())
            and near(
                g.power.query("0.4 < rate < 0.6")["monte_carlo_se"].max(), np.sqrt(0.25 / 700), 5e-4
            )
        ),
    ),
    Claim(
        'With 40,000 visitors per page and a true lift of +12.5 %, the HDI excludes the ROPE in {percent(power_at["flat", "HDI outside ROPE"])} of experiments under the flat prior and in {percent(power_at["correlated", "HDI outside ROPE"])} under the correlated one.',
        power_holds,
    ),
    Claim(
        (
            "# per page: # % for # %, # % for no lift",
            "thick: # % HDI outside ±# % (± # standard errors); dashes: z-test, p < #",
        ),
        lambda g: (
            g.numbers("per page: # % for")[:1] == [40_000]
            and near(
                g.numbers("per page: # % for")[1] / 100,
                outside(*g.counts[0.125, 40_000].T, 40_000, 0.1).mean(),
                0.04,
            )
            and g.numbers("per page: # % for")[2:] == [12.5, 0.0]
            and g.numbers("thick: # %") == [94, 5, 2, 0.05]
        ),
    ),
    Claim(
        "The z-test reaches 80 % power with {number(visitors_for[0.25], 0)} visitors per page for a lift of +25 %, with {number(visitors_for[0.125], 0)} for +12.5 %: half the lift, nearly four times the visitors.",
        lambda g: (
            near(g.visitors_for[0.25] / visitors(0.25), 1, 0.02)
            and near(g.visitors_for[0.125] / visitors(0.125), 1, 0.02)
            and 3.5 < visitors(0.125) / visitors(0.25) < 4
        ),
    ),
    Claim(
        "To *exclude a ROPE* takes more still: a lift of 12.5 % is only 7.5 points away from it.",
        lambda g: (
            g.power_at["correlated", "HDI outside ROPE"] < 0.5
            and near(12.5 - 100 * g.MARGIN, 7.5, 1e-9)
        ),
    ),
    Claim(
        "A wider ROPE or a higher level costs power, a wider prior wins some back. Where the true lift is zero, the z-test stays at 5 %, however many visitors come; a ROPE brings the HDI rule towards none.",
        wider_costs_power,
    ),
    Claim(
        (
            "Her past tests say: lifts are usually Normal(0, 0.05), and 1 test in 50 was broken. Her new page costs €100,000 a year.",
            "(For lifts so small the log scale is nearly the same: use 0.05 for both.)",
        ),
        lambda g: (
            [g.sister_shop()[k] for k in ("lift_sd", "share_broken", "cost")]
            == [0.05, 1 / 50, 100_000]
            and near(np.log1p(0.05), 0.05, 0.002)
            and near(np.log1p(-0.05), -0.05, 0.002)
        ),
    ),
    Claim(
        (
            "The share of experiments that end with a claim is the **assurance** (O'Hagan, Stevens & Campbell 2005).",
            'With 80,000 visitors per page, {percent(assurance_last["HDI outside ROPE"])} of the experiments end outside the ROPE.',
        ),
        lambda g: near(g.assurance_last["HDI outside ROPE"], decided(80_000), 0.06),
    ),
    Claim(
        (
            "The ceiling is the prior itself: only {percent(ceiling)} of lifts are beyond 5 %, up or down, and half of those are losses.",
            "Outside the ROPE: towards # %, with any number of visitors",
            "true lift drawn from Normal(# #); # % HDI, ROPE ±# %",
        ),
        lambda g: (
            near(g.ceiling, 2 * stats.norm.cdf(-0.05, 0, 0.1), 1e-6)
            and g.numbers("Outside the ROPE: towards") == [round(200 * stats.norm.cdf(-0.5))]
            and g.numbers("true lift drawn from") == [0, 0.1, 94, 5]
            and decided(3_000_000) > 0.55
        ),
    ),
    Claim(
        "With flat priors, 40,000 visitors per page and true lifts near zero (Normal(0, 0.01)) it claims a difference in some 5 % of experiments; near +12.5 %, in about 75 %.",
        lambda g: (
            near(share_claiming(g.published, 0.05 * BASELINE)[0], 0.055, 0.015)
            and near(share_claiming(g.published, 0.05 * BASELINE)[1], 0.75, 0.04)
        ),
    ),
    Claim(
        (
            'The correlated prior brings twenty looks to {percent(at_20["P(lift > 0), correlated prior"])} false positives, the ROPE to {seen_share(at_20["HDI + ROPE, correlated prior"], N_WORLDS)}: a sceptical prior and a ROPE protect, the word *Bayesian* does not.',
            "P(lift > 0) under a flat prior is the p-value in other clothes.",
            "Twenty looks: p-value # %, HDI + ROPE # %",
            "no true lift; stop at the first claim",
        ),
        lambda g: (
            near(g.at_20["p < 0.05"], 0.248, 0.05)
            and near(g.at_20["P(lift > 0), flat prior"], g.at_20["p < 0.05"], 0.02)
            and near(g.at_20["P(lift > 0), correlated prior"], peeked()["correlated"], 0.02)
            and near(g.at_20["HDI + ROPE, correlated prior"], peeked()["ROPE"], 0.006)
            and g.N_WORLDS == 1_500
            and near(g.numbers("Twenty looks")[0] / 100, g.at_20["p < 0.05"])
            and near(
                g.numbers("Twenty looks")[1] / 100, g.at_20["HDI + ROPE, correlated prior"], 6e-4
            )
        ),
    ),
    Claim(
        (
            "Of the {percent(stopped.mean())} that stop, {percent(stopped_right, 1)} have the sign right; on average they had claimed {percent(stopped_believed, 1)}.",
            "**Stopping did not spoil the posterior**, provided that lifts do come from the prior.",
        ),
        lambda g: (
            near(g.stopped.mean(), peeked()["stopped"], 0.05)
            and near(g.stopped_right, peeked()["right"], 0.025)
            and near(g.stopped_believed, peeked()["believed"], 0.006)
            and near(g.stopped_right, g.stopped_believed, 0.03)
        ),
        blunt="`stopped` holds True and False: no number in it can be changed",
    ),
    Claim(
        "Month #: # of # changes below the line",
        lambda g: (
            g.numbers("Month #: # of #")[::2] == [1, 20]
            and g.numbers("Month #: # of #")[1] == float((g.p_values < 0.05).sum())
            and len(g.p_values) == 20
        ),
    ),
    Claim(
        (
            r"$$y_0 \sim \text{Normal}(5, 1), \qquad y_1 = y_0 + 3 + 2\,t + \text{Normal}(0, 1).$$",
            r"**CUPED** (controlled experiments using pre-experiment data; Deng et al. 2013): subtract what the past predicts, $\tilde y_1 = y_1 - \theta\,(y_0 - \bar y_0)$ with $\theta = \operatorname{cov}(y_0, y_1) / \operatorname{var}(y_0)$.",
        ),
        lambda g: (
            customers_follow(g)
            and np.allclose(
                g.customers["adjusted"],
                g.customers["after"]
                - np.polyfit(g.customers["before"], g.customers["after"], 1)[0]
                * (g.customers["before"] - g.customers["before"].mean()),
            )
        ),
    ),
    Claim(
        "All three fits keep the course's rule.",
        lambda g: len(g.spend_fits) == 3 and bool(g.diagnostics_customers["passed"].all()),
    ),
    Claim(
        (
            "Estimand: $E[Y_1(1) - Y_1(0)]$, in €10 per customer; truth 2.",
            'With θ = {number(theta_by_hand)} the posterior sd falls from {number(cuped_table["sd"][0], 3)} to {number(cuped_table["sd"][1], 3)} by hand, {number(cuped_table["sd"][2], 3)} jointly: a ratio of {number(cuped_sd_ratio)}.',
            r"The variance shrinks to $1 - \\rho^2$ of itself, with $\\rho$ the correlation of past and outcome within an arm: worth {percent(1 / cuped_sd_ratio**2 - 1)} more customers, free of charge.",
            "Posterior sd # %: the past takes noise away",
        ),
        lambda g: (
            cuped_holds(g)
            and near(g.cuped_sd_ratio, np.sqrt(0.5), 0.12)
            and near(g.numbers("Posterior sd # %")[0], 100 * (g.cuped_sd_ratio - 1), 0.6)
        ),
    ),
    Claim(
        (
            "Before the coin fell that difference is chance, 0 on average; here it is the leak, {number(leak.value)}.",
            'The simulated mean is {number(late_effects["measured during"].mean())} (measured before: {number(late_effects["measured before"].mean())}), the sd {number(late_effects["measured during"].std())} ({number(late_effects["measured before"].std())}).',
            "Measured during the test: mean #; truth #",
        ),
        lambda g: (
            leak_holds(g)
            and near(
                g.numbers("Measured during the test")[0], g.late_effects["measured during"].mean()
            )
            and g.numbers("Measured during the test")[1] == 2
        ),
    ),
    Claim(
        '- **Did it convert better? That depends on which lifts are usual.** If 1 test in 100 is broken (log-lifts Normal(0, 0.5)) and working tests have log-lifts Normal(0, 0.1), ours is most probably broken (P = {number(suspicion["P(broken)"][0])}); if it works, and lifts are Normal(0, 0.1), {gain(lift_table["mean"][0])} (94 % HDI {gain(lift_table["lower"][0])} to {gain(lift_table["upper"][0])}).',
        lambda g: suspicion_holds(g) and is_ours(g.lift_table, 0, "correlated", 0.01),
    ),
    Claim(
        '- **Other usual lifts, another answer.** With sd 0.2 (P = {number(suspicion["P(broken)"][2])}) or heavy tails (P = {number(suspicion["P(broken)"][3])}) it most probably works; heavy tails of the lift say {gain(by_prior["mean"][2])}.',
        lambda g: (
            suspicion_holds(g)
            and broken("normal", 0.1) > 0.9
            and max(broken("normal", 0.2), broken("t", 0.1)) < 0.12
            and is_ours(g.lift_table, 0, "correlated", 0.01)
            and is_ours(g.by_prior, 2, "heavy-tailed", 0.01)
        ),
    ),
    Claim(
        "- **How many visitors?** At a buying rate of 2.4 % and a lift of +12.5 %, 80 % power takes {number(visitors_for[0.125], 0)} per page for p < 0.05; to exclude a ROPE takes more.",
        lambda g: (
            near(g.visitors_for[0.125] / visitors(0.125), 1, 0.02)
            and near(100 * BASELINE, 2.4, 0.05)
            and power_holds(g)
            and g.power_at["correlated", "HDI outside ROPE"] < 0.8
        ),
    ),
    Claim(
        "- **A prior on rates is a prior on the lift.** State yours, and its source.",
        implied,
    ),
    Claim(
        "- **Fix rule, unit and looks before the test**; simulate zero lift.",
        lambda g: (
            share_claiming(g.published, 0.05 * BASELINE)[0] > 0.03
            and share_claiming(g.published, 0.05)[0] < 0.01
            and g.at_20["p < 0.05"] > 0.2
        ),
    ),
]

test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)


def test_every_axis_has_its_unit() -> None:
    """One table gives each quantity its unit; lifts and shares are in per cent, money in euros."""
    units = dict(ab_testing.AXES.values())
    assert units["relative lift"] == units["posterior lift"] == units["prior sd of the lift"] == "%"
    assert units["buying rate"] == "% of visitors"
    assert units["visitors"] == "per page"
    assert units["effect on spending"] == units["estimated effect"] == "€10"
    assert units["buyers on the new page minus buyers on the old one"] == "of 10,000 each"
    assert units["P(ours is broken)"] == "%"
    assert units["false positives"] == "%"
    assert units["claims"] == units["this claim"] == "% of experiments"
