"""What notebook 14 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np
from scipy import stats

from helpers.lessons import switchback
from tests import claims
from tests.claims import Claim, prose
from tests.support import ROOT
from tests.test_14_switchback import (
    FREEDOM,
    NAME,
    alarms,
    alternating,
    carry_over_of,
    covered,
    errors,
    exact,
    model_of,
    rmse,
    script,
    share,
    simulated,
    stored,
    variance_by_tosses,
)

PAGE = ROOT / "solutions" / f"{NAME}.py"
PRINTED = 0.006
"""Half the last of two printed decimals, and a little."""
BUSY, QUIET = exact("0.34"), exact("0.56")


def near(value: float, goal: float, room: float = PRINTED) -> bool:
    return bool(abs(float(value) - float(goal)) <= room)


@functools.cache
def our_city() -> tuple[Any, np.ndarray]:
    """Return the first city of the study, and the rides of its A/B test."""
    city = script().draw(script().worlds.rng_of(script().SEED, 0))
    return city, script().run(city, np.array([1, 0])[:, None, None])


@functools.cache
def ab_test() -> tuple[float, float]:
    return script().by_riders(our_city()[1])


@functools.cache
def truth() -> float:
    return script().effect(our_city()[0])


@functools.cache
def losses() -> float:
    """Return how many rides per 100 riders with the old rule lose in the mixed city."""
    alone = script().run(our_city()[0], np.zeros(1)).sum() / 268_800
    mixed = our_city()[1][1].sum() / 134_400
    return float(100 * (alone - mixed))


@functools.cache
def takes_a_driver() -> bool:
    """More asks of others leave fewer rides to the same riders; hours before leave more drivers."""
    old, new, drivers = our_city()[0]
    mixed = script().run((old, new, drivers), np.array([1, 0])[:, None, None], gain=0)
    none = script().run((old, new, drivers), np.zeros(1), gain=0)
    first = np.arange(336)[:, None] < 100
    before = script().run((old, new, drivers), first, roam=0)
    idle = script().run((old, new, drivers), np.zeros(1), roam=0)
    return bool(
        mixed[1].sum() < none[1].sum()
        and before[:, 100].sum() > idle[:, 100].sum()
        and np.allclose(before[:, 250:], idle[:, 250:])
    )


def block_ttest(g: Any) -> tuple[float, float]:
    """Return difference and standard error of the airport's block means, from the hours."""
    rides = g.hours["rides"].to_numpy().reshape(42, 8)[:, 2:].mean(axis=1)
    new = g.hours["new_rule"].to_numpy()[::8]
    one, other = rides[new == 1], rides[new == 0]
    variance = one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)
    return float(one.mean() - other.mean()), float(np.sqrt(variance))


@functools.cache
def tossed_p(rides: tuple[float, ...], seen: float) -> float:
    """Return the p-value of 42 block means by 20,000 other tosses."""
    means = np.array(rides)
    tosses = np.random.default_rng(8).integers(0, 2, (20_000, 42))
    n_new = tosses.sum(axis=1)
    gaps = (tosses @ means) / n_new - ((1 - tosses) @ means) / (42 - n_new)
    return float(np.mean(np.abs(gaps) >= abs(seen) - 1e-9))


def p_of(g: Any) -> float:
    means = g.hours["rides"].to_numpy().reshape(42, 8)[:, 2:].mean(axis=1)
    return tossed_p(tuple(means), block_ttest(g)[0])


def p_is_right(g: Any, value: float) -> bool:
    p, seen = p_of(g), abs(block_ttest(g)[0])
    counted = (1 + np.sum(np.abs(g.redrawn) >= seen - 1e-9)) / 1_001  # both sides
    return near(value, p, 4 * np.sqrt(p * (1 - p) / 1_000) + 0.002) and near(value, counted, 6e-4)


@functools.cache
def spread_and_turns() -> bool:
    """In a fixed design the share is known: 4 x share is the mean of the simulated differences."""
    mean, _, error = simulated(0.6, 8, 2)
    return abs(mean - 4 * share(0.6, 8, 2)) < 4 * error


def smallest(setting: str) -> str:
    """Return the design with the smallest typical error in a setting of the study."""
    names = [c.split("|")[1] for c in stored() if c.startswith("roam=0 carry=0.5|")]
    names = [name for name in dict.fromkeys(names) if name != "truth"]
    return min(names, key=lambda name: rmse(name, setting))


def follows_the_formula(g: Any) -> bool:
    """The page's airport: a step of 4, reached by 1 - phi^j; noise of sd 6 that keeps 80 %."""
    rng = [np.random.default_rng(1) for _ in range(2)]
    step = (np.arange(336) >= 100).astype(float)
    moved = g.airport(rng[0], step, 0.6) - g.airport(rng[1], 0 * step, 0.6)
    noise = g.airport(np.random.default_rng(2), np.zeros((400, 336)), 0.6) - 100
    stays = np.mean(noise[:, 1:] * noise[:, :-1]) / noise.var()
    return bool(
        np.allclose(moved[100:110], 4 * (1 - 0.6 ** np.arange(1, 11)))
        and np.allclose(moved[:100], 0)
        and near(noise.std(), 6, 0.15)
        and near(noise[:, 0].std(), 6, 1.0)
        and near(stays, 0.8, 0.01)
    )


def best_plan(g: Any, effect: float = 6.0) -> tuple[int, int]:
    """Return the plan whose worst typical error is smallest, from the process by hours."""
    plans = [(b, m) for b in range(1, 13) for m in range(b)]

    def worst(plan: tuple[int, int]) -> float:
        return max(
            g.typical_error(phi, *plan, effect, 9.0, 0.5)[2] for phi in np.linspace(0.3, 0.8, 51)
        )

    return min(plans, key=worst)


@functools.cache
def lasting_rule_alone() -> float:
    """Return false alarms of a t test on hours, blocks of 8, where the noise does not last."""
    rng = np.random.default_rng(4)
    hits = []
    for _ in range(400):
        new = np.repeat(rng.integers(0, 2, 42), 8)
        rides = rng.normal(size=336)
        hits.append(stats.ttest_ind(rides[new == 1], rides[new == 0]).pvalue < 0.05)
    return float(np.mean(hits))


def reads_the_plan(shown: list[float]) -> bool:
    """The chart's title: 8 hours without burn-in, the share seen and the typical error."""
    error = np.hypot(4 * share(0.6, 8, 0) - 4, simulated(0.6, 8, 0)[1])
    return (
        shown[:2] == [8, 0]
        and near(shown[2], 100 * share(0.6, 8, 0), 0.6)
        and near(shown[3], error, 0.08)
    )


@functools.cache
def ranked(phi: float) -> dict[tuple[int, int], float]:
    """Return all plans by typical error at the airport, the smallest first.

    The share comes from the process itself, the spread from dense covariances and from all numbers
    of blocks with the new rule.
    """
    ago = np.abs(np.subtract.outer(range(168), range(168)))

    def error(plan: tuple[int, int]) -> float:
        block, burn_in = plan
        missed = 1 - share(phi, block, burn_in)
        noise = 36 * (0.8**ago)[burn_in:block, burn_in:block].mean()
        spread = 0.0  # the variance of s where a block begins, block by block
        for _ in range(336):
            spread = phi ** (2 * block) * spread + (1 - phi**block) ** 2 / 4
        noise += (4 * missed) ** 2 * spread
        coins = 336 // block
        new = np.arange(1, coins)
        each = np.average(1 / new + 1 / (coins - new), weights=stats.binom.pmf(new, coins, 0.5))
        return float(np.hypot(4 * missed, np.sqrt(noise * each)))

    plans = [(b, m) for b in range(1, 169) if 336 % b == 0 for m in range(b)]
    return {plan: error(plan) for plan in sorted(plans, key=error)}


def best(phi: float) -> tuple[int, int]:
    """Return the plan with the smallest typical error at the airport."""
    return next(iter(ranked(phi)))


@functools.cache
def drawn_rides() -> float:
    """Return the variance that an A/A test would gain, did a coin decide each ride, per 100 squared.

    Mean of the first twenty cities of the study, whose rides are chances.
    """
    found = []
    for world in range(20):
        old, _, drivers = script().draw(script().worlds.rng_of(script().SEED, world))
        rides = script().run((old, old, drivers), np.zeros(1), gain=0)
        chance = np.divide(rides, old, out=np.zeros_like(rides), where=old > 0)
        found.append(100**2 * np.sum(old * chance * (1 - chance)) / 134_400**2)
    return float(np.mean(found))


def too_few_alarms() -> bool:
    """With drawn rides the A/B test's estimates spread as its standard error says; without, less."""
    said = stored()["nothing|user-level A/B|se"].mean()
    spread = stored()["nothing|user-level A/B|estimate"].std()
    return bool(
        spread < 0.95 * said
        and abs(np.sqrt(spread**2 + drawn_rides()) / said - 1) < 0.07  # two Monte Carlo errors
        and alarms("user-level A/B") + 2 * np.sqrt(0.06 * 0.94 / 400) < 0.06
    )


@functools.cache
def seen_by(phi: float, keep: float, block: int) -> float:
    """Return the share that a line sees on hours of which `keep` of the one before is taken away.

    Many blocks by coin, without noise: from the covariances of the rule and of what it leads to.
    """
    hours = np.arange(12 * block)
    coin = (hours[:, None] // block == hours[None, :] // block) / 4.0  # covariance of the rule
    leads = np.tril((1 - phi) * phi ** np.maximum(np.subtract.outer(hours, hours), 0))
    white = np.eye(len(hours)) - keep * np.eye(len(hours), k=-1)
    rule, both = white @ coin @ white.T, white @ coin @ leads.T @ white.T
    late = slice(10 * block, 11 * block)  # what was before the first block is forgotten
    return float(np.trace(both[late, late]) / np.trace(rule[late, late]))


def whitening_sees_less() -> bool:
    """A model of the noise alone sees less than a plain difference, whatever lasts."""
    return all(
        seen_by(phi, keep, block) < seen_by(phi, 0.0, block) - 1e-3
        for phi in (0.1, 0.3, 0.6, 0.8, 0.95)
        for keep in (0.2, 0.5, 0.8, 0.95)
        for block in (1, 2, 8, 24)
    )


def ring_of(c: int) -> tuple[np.ndarray, np.ndarray]:
    """Return own rule and the neighbours' mean, in all tosses of four clusters of c zones."""
    z = np.repeat(list(itertools.product((0, 1), repeat=4)), c, axis=1)
    return z, (np.roll(z, 1, axis=1) + np.roll(z, -1, axis=1)) / 2


def clean_chance(c: int) -> float:
    """Return how often a zone and both neighbours have the new rule."""
    z, near_ = ring_of(c)
    return float(((z == 1) & (near_ == 1)).mean())


def clean_zones(c: int) -> float:
    """Return the weighted effect of clean zones: delta 1, beta 0.3, zones that differ at the start."""
    z, near_ = ring_of(c)
    y = z - 0.3 * near_ + np.linspace(0, 5, z.shape[1])
    found = 0.0
    for arm, sign in ((1, 1), (0, -1)):
        clean = (z == arm) & (near_ == arm)
        found += sign * (clean * y / clean.mean(axis=0)).mean()
    return found


FIVE = "5 zones together, a week before"
HONEST = [f"switchback {b} h{more}" for b in (4, 8) for more in ("", ", burn-in 2")]


def rate_error(design: str) -> float:
    """Return the Monte Carlo error of a coverage, in points, over the stored cities."""
    half = stats.t.ppf(0.97, FREEDOM[design]) * stored()[f"usual|{design}|se"]
    return float(100 * (errors(design).abs() < half).std(ddof=0) / np.sqrt(len(stored())))


def tells_its_error(g: Any) -> bool:
    """What 4 and 8 hours cover, and the largest Monte Carlo error of these rates."""
    covers = [covered(name) for name in HONEST]
    return bool(
        sorted(g.honest.index) == sorted(HONEST)
        and near(g.honest["coverage"].min(), min(covers), 1e-9)
        and near(g.honest["coverage"].max(), max(covers), 1e-9)
        and all(
            abs(cover - 0.94) < 2 * rate_error(n) / 100
            for n, cover in zip(HONEST, covers, strict=True)
        )
        and near(100 * g.honest["rate_error"].max(), max(map(rate_error, HONEST)), 1e-6)
        and near(g.HDI_PROB, 0.94, 1e-9)
    )


def ahead_of_all(setting: str) -> bool:
    """Whether the design that errs least is two Monte Carlo errors ahead of each other one."""
    names = [c.split("|")[1] for c in stored() if c.startswith(f"{setting}|") and "|estimate" in c]
    best = errors(smallest(setting), setting) ** 2
    gaps = [errors(n, setting) ** 2 - best for n in names if n != smallest(setting)]
    return all(gap.mean() > 2 * gap.std() / np.sqrt(len(gap)) for gap in gaps)


OTHER_CITIES = [f"roam={r:g} carry={c:g}" for r, c in script().OTHERS]
OTHER_CITIES = [name for name in OTHER_CITIES if name != "roam=0.2 carry=0.8"]
NINE = [*OTHER_CITIES, "usual"]


def crossed(g: Any) -> set[str]:
    """Return the designs that the picture of the cities marks as biased."""
    chart = switchback.chart_cities(g.typical_errors, 0.2, 0.8).to_dict()
    rows = next(r for r in chart["datasets"].values() if "told" in r[0])
    return {row["design"] for row in rows if row["told"].endswith("×")}


def roams(g: Any) -> bool:
    """With roaming drivers a full zone serves its neighbours' waiting riders; two away, none."""
    asks = np.zeros((2, 2, 336, 20))
    asks[:, :, :, 5] = 10
    rides = []
    for at in (4, 6, 7):  # 20 drivers, in one zone only
        drivers = np.zeros((336, 20))
        drivers[:, at] = 20
        rides.append(g.dispatch(asks, drivers, 0).sum() / 336)
    return bool(np.allclose(rides, [4, 4, 0]))  # a fifth of 20


def simulated_as_told(g: Any) -> bool:
    """Asks, drivers and what the rule frees, as the page's city has them."""
    asks, drivers = np.zeros((2, 2, 336, 20)), np.full((336, 20), 4.0)
    asks[:] = [[[[3]], [[5]]]]
    new = np.zeros((336, 20))
    new[100:, 3] = 1
    rides = g.dispatch(asks, drivers, new, roam=0)
    hour = np.arange(1, 237)
    day = np.log(g.drivers).reshape(14, 24, 20).mean(axis=(0, 2))
    return bool(
        g.asks.shape == (2, 2, 336, 20)
        and near(g.asks[0].mean() / 20, 0.40, 0.01)
        and near(g.asks[1].mean() / 20, 0.46, 0.01)
        and np.allclose(rides.sum(axis=0)[100:, 3], 4 * (1 + 0.04 * (1 - 0.8**hour)))
        and np.allclose(np.delete(rides.sum(axis=0), 3, axis=1), 4)
        and np.allclose(rides[0] / 3, rides[1] / 5)
        and near(np.exp(day[:8].mean() - day[8:].mean()), 0.56 / 0.34, 0.05)
    )


def designs_are_as_told(g: Any) -> bool:
    """Who has the new rule in the designs that the table explains."""
    new = {name: plan[1] for name, plan in g.plans(np.random.default_rng(6)).items()}
    week = np.arange(336) >= 168
    days = new["days in pairs"][::24, 0].reshape(7, 2)
    zones = new["zone x 4 h, burn-in 2"]
    single = new["single zones, a week before"]
    five = new["5 zones together, a week before"]
    return bool(
        np.array_equal(new["before and after"][:, 0], week)
        and all(new[f"switchback {b} h"].shape == (336, 1) for b in (1, 4, 8))
        and (days.sum(axis=1) == 1).all()
        and zones.shape == (336, 20)
        and (zones.reshape(84, 4, 20).std(axis=1) == 0).all()
        and 0.3 < zones.mean() < 0.7
        and all(
            (each[:168] == 0).all() and (each[168:].sum(axis=1) == 10).all()
            for each in (single, five)
        )
        and (five[-1].reshape(4, 5).std(axis=1) == 0).all()
    )


CLAIMS = [
    # The A/B test
    Claim(
        "Half of 268,800 openings in two weeks, by chance, had the new rule.",
        lambda g: 2 * 20 * g.drivers.size == 268_800 and g.ab_rides.shape == (2, 336, 20),
    ),
    Claim(
        "New rule: # rides more per # openings",
        lambda g: near(g.numbers("New rule: #")[0], ab_test()[0], 0.06),
    ),
    Claim(
        "The **naive difference** is {signed(naive_difference)} rides per 100 openings, with a standard error of {number(naive_error)}. No doubt about chance, and no confounding: chance decided.",
        lambda g: (
            near(g.naive_difference, ab_test()[0], 1e-6)
            and near(g.naive_error, ab_test()[1], 1e-6)
            and g.naive_difference > 10 * g.naive_error
        ),
    ),
    Claim(
        (
            "In busy hours there are fewer drivers than riders who ask. The new rule mainly makes more riders ask.",
            'When **every** rider gets it, will rides per 100 openings rise by what the A/B test says (`"as much"`), by `"less"` or by `"more"`?',
        ),
        lambda g: (
            g.true_effect < 0.8 * g.naive_difference
            and (g.asks[1] >= g.asks[0]).all()
            and g.asks[0].mean() / 20 > 0.34 * 1.04
            and switchback.judge_1("less", 5, 3).status == "done"
        ),
    ),
    # The question
    Claim(
        (
            "Number the openings 1 to $n$, let $z_i$ be 1 where opening $i$ has the new rule, and $Y_i(z_1, \\dots, z_n)$ be the chance that it ends in a ride. The company will switch everybody or nobody, so it asks for the **global effect**",
            r"$$\tau = \frac{1}{n} \sum_i \bigl[\, Y_i(1, 1, \dots, 1) - Y_i(0, 0, \dots, 0) \,\bigr]$$",
        ),
        lambda g: (
            near(g.true_effect, truth(), 1e-9)
            and np.any(g.ab_rides[0] % 1 > 0.01)  # chances, not rides
            and (g.ab_rides <= 20).all()
        ),
    ),
    Claim(
        "We see $Y_i$ at the $z$ that was drawn (**consistency**).",
        lambda g: np.allclose(g.ab_rides, our_city()[1], atol=1e-9),
    ),
    Claim(
        (
            r"In zone $k$ and hour $h$, where a share $w_{hk}$ of riders have the new rule, $$\text{drivers} = 40\, c_0\, (1 + f s_{hk})\, e^{\text{noise}}, \qquad s_{hk} = 0.8\, s_{h-1,k} + 0.2\, w_{hk}$$",
            r"Each of 20 zones on a ring has 40 openings an hour, 20 in each arm.",
            r"A share $p_0 = 0.40$ of them ask under the old rule, $p_1 = 0.46$ under the new one.",
            r"with $c_0 = 0.34$ an opening in busy hours, 0.56 in the 8 quiet ones, and $f = 0.04$.",
            "All who ask in a zone have the same chance of a driver.",
        ),
        simulated_as_told,
    ),
    Claim(
        "The two agree, up to chance, under **no interference**: $Y_i$ depends on $z_i$ alone.",
        lambda g: (
            np.array_equal(
                g.dispatch(g.asks, 1e3 + 0 * g.drivers, np.array([1, 0])[:, None, None]),
                [g.asks[1, 0], g.asks[0, 1]],
            )
            and near(
                100 * (g.asks[1, 0].mean() - g.asks[0, 1].mean()) / 20,
                100 * (g.asks[1] - g.asks[0]).mean() / 20,
                0.5,
            )
        ),
    ),
    Claim(
        (
            "Through the **same drivers**: who asks because of the new rule takes a driver from somebody else.",
            "Through the **hours before**: the new rule shortens empty trips, and the drivers that it frees are still free an hour later.",
        ),
        lambda g: (
            takes_a_driver()
            and {("others_ask", "drivers_left"), ("rule_in_hours_before", "drivers_left")}
            <= set(g.sharing_graph.edges)
        ),
    ),
    Claim(
        "A fifth of the drivers **roam**: they also serve the two zones beside.",
        roams,
    ),
    Claim(
        "The truth is {signed(true_effect)}; the A/B test says {signed(naive_difference)}, {number(naive_difference / true_effect, 1)} times as much.",
        lambda g: (
            near(g.true_effect, truth(), 1e-6) and near(g.naive_difference, ab_test()[0], 1e-6)
        ),
    ),
    Claim(
        'In it those with the old rule get {number(two_cities["old rule"].iloc[0] - two_cities["old rule"].iloc[1])} rides per 100 fewer than in a city without the new rule, and those with the new rule {number(two_cities["new rule"].iloc[1] - two_cities["new rule"].iloc[0])} more than where all have it. The test counts both as a gain.',
        lambda g: (
            near(g.two_cities["old rule"].iloc[0] - g.two_cities["old rule"].iloc[1], losses())
            and losses() > 0
            and near(
                g.two_cities["new rule"].iloc[1] - g.two_cities["new rule"].iloc[0],
                ab_test()[0] - truth() - losses(),
            )
        ),
    ),
    # Fluid limit
    Claim(
        (
            "Take the chance out: the **fluid limit**.",
            r"When a share $w$ of riders have it, a share $f w$ of drivers is freed: there are $c_w = c_0\,(1 + f w)$ drivers an opening.",
            r"$$\text{A/B: } \; (p_1 - p_0)\, \min\Bigl(1, \frac{c_{1/2}}{(p_0 + p_1)/2}\Bigr), \qquad \text{city: } \; \min(p_1, c_1) - \min(p_0, c_0)$$",
        ),
        lambda g: all(
            near(found, goal, 1e-9)
            for c in ("0.31", "0.4", "0.44", "0.5")
            for found, goal in zip(g.fluid(float(c)), exact(c), strict=True)
        ),
    ),
    Claim(
        (
            "With drivers for all, both are $p_1 - p_0$.",
            r"In a busy hour ($c_0 \le p_0$, $c_1 \le p_1$) the A/B test says {signed(busy_says)}; the city gains only the drivers that the rule frees, {signed(busy_gains)}: an **overstatement** of {number(overstatement)} times.",
        ),
        lambda g: (
            QUIET == (6, 6)
            and near(g.busy_gains, 100 * 0.34 * 0.04, 1e-9)
            and near(g.busy_says, BUSY[0], 1e-9)
            and near(g.overstatement, BUSY[0] / BUSY[1], 1e-9)
            and all(near(exact(c)[1], 4 * float(c), 1e-9) for c in ("0.3", "0.34", "0.38", "0.4"))
            and exact("0.42", "0")[1] == 2  # too few for the new rule alone: a gain, none freed
            and exact("0.34", "0")[1] == 0
        ),
    ),
    Claim(
        "# drivers an opening: test #, city #, factor #",
        lambda g: all(
            near(shown, goal)
            for shown, goal in zip(
                g.numbers("drivers an opening: test"),
                (0.34, *BUSY, BUSY[0] / BUSY[1]),
                strict=True,
            )
        ),
    ),
    Claim(
        "Our busy hours have 0.34 drivers an opening, and the rule frees 4 % of them.",
        lambda g: (
            near(g.drivers.reshape(14, 24, 20)[:, 8:].mean() / 40, 0.34, 0.05)
            and switchback.slider_scarcity().value == 0.34
            and switchback.slider_freed().value == 4
        ),
    ),
    Claim(
        "In a quiet hour both are {signed(quiet_gains)}.",
        lambda g: near(g.quiet_gains, QUIET[1], 1e-9) and QUIET[0] == QUIET[1],
    ),
    Claim(
        "Over a day of 16 busy and 8 quiet hours: {signed(day_says)} against {signed(day_gains)}.",
        lambda g: (
            near(g.day_says, (2 * BUSY[0] + QUIET[0]) / 3, 1e-9)
            and near(g.day_gains, (2 * BUSY[1] + QUIET[1]) / 3, 1e-9)
        ),
    ),
    # Switchback
    Claim(
        (
            "In a **switchback** the whole market has one rule at a time: a coin decides for each **block** of hours.",
            "The first hours of each block, the **burn-in**, are not counted.",
        ),
        lambda g: (
            (g.hours["new_rule"].to_numpy().reshape(-1, g.BLOCK).std(axis=1) == 0).all()
            and near(g.switchback_difference, block_ttest(g)[0], 1e-9)
        ),
    ),
    Claim(
        (
            r"$$s_t = \varphi\, s_{t-1} + (1 - \varphi)\, z_t, \qquad y_t = 100 + 4\, s_t + \text{noise}$$",
            r"Here $\varphi$ is the **carry-over**.",
            "In the long run the effect is 4. The noise (standard deviation 6) lasts: 80 % of it stays from hour to hour.",
        ),
        follows_the_formula,
    ),
    Claim(
        "A switchback **assumes** that by the first hour that counts little is left of the block before, that nobody waits for the next, and that no other market shares the drivers.",
        lambda g: (
            share(g.PHI, g.BLOCK, g.BURN_IN) > 0.9
            and np.allclose(  # the hours before a block do not know it
                g.airport(np.random.default_rng(3), np.repeat([0, 1], 168), g.PHI)[:168],
                g.airport(np.random.default_rng(3), np.zeros(336), g.PHI)[:168],
            )
        ),
    ),
    Claim(
        "Blocks of {BLOCK} hours, the first {BURN_IN} not counted.",
        lambda g: (
            len(g.block_means) == 336 / g.BLOCK
            and near(g.block_means["rides"][0], g.hours["rides"][g.BURN_IN : g.BLOCK].mean(), 1e-9)
        ),
    ),
    Claim(
        "The {len(block_means)} block means differ by {signed(switchback_difference)} rides an hour, standard error {number(switchback_error)}: {percent(HDI_PROB)} interval ± {number(switchback_half)}, wide, and one for what such blocks see: not yet the whole effect.",
        lambda g: (
            near(g.switchback_difference, block_ttest(g)[0], 1e-9)
            and near(g.switchback_error, block_ttest(g)[1], 1e-9)
            and near(g.switchback_half, stats.t.ppf(0.97, 40) * block_ttest(g)[1], 1e-9)
            and g.HDI_PROB == 0.94
            and 2 * g.switchback_half > 4  # wider than the effect
            and abs(simulated(0.6, 8, 2)[0] - 4) > 4 * simulated(0.6, 8, 2)[2]
            and np.allclose(
                g.block_means["rides"],
                g.hours["rides"].to_numpy().reshape(42, 8)[:, 2:].mean(axis=1),
            )
        ),
    ),
    Claim(
        (
            "Blocks with the new rule: # rides an hour",
            "first five days; circles, blue: new rule; pale: burn-in; bars: block means",
        ),
        lambda g: near(g.numbers("Blocks with the new rule")[0], block_ttest(g)[0], 0.06),
    ),
    Claim(
        (
            r"In hour $j$ of a new block, $s$ has come $1 - \varphi^j$ of the way from where the block before left it.",
            r"A coin left it high or low alike, whatever comes next. So hour $j$ shows, on average, the share $1 - \varphi^j$ of the effect.",
        ),
        lambda _: near(share(0.6, 5, 4), 1 - 0.6**5, 1e-12) and spread_and_turns(),
    ),
    Claim(
        (
            "What share does the difference of means show, in blocks of `block` hours by coin, the first `burn_in` not counted?",
            "With `phi` = 0.5, blocks of 2 and no burn-in, hours 1 and 2 show 0.5 and 0.75: together 0.625.",
        ),
        lambda g: (
            near(g.share_seen(0.5, 2, 0), 0.625, 1e-12) and near(share(0.5, 2, 0), 0.625, 1e-12)
        ),
    ),
    Claim(
        (
            "Short blocks see a part of the effect; long ones leave few coins.",
            "**Typical error** (RMSE) is the root of the mean squared error: bias and standard deviation together.",
        ),
        lambda g: (
            near(
                g.typical_error(0.6, 8, 2)[2],
                np.hypot(4 * share(0.6, 8, 2) - 4, simulated(0.6, 8, 2)[1]),
                0.08,
            )
            and g.typical_error(0.6, 48, 0)[1] > g.typical_error(0.6, 4, 0)[1]
        ),
    ),
    Claim(
        "# hours, # not counted: # % of the effect, typical error #",
        lambda g: reads_the_plan(g.numbers("not counted: # % of the effect")),
    ),
    Claim(
        'At a carry-over of {PHI}, blocks of an hour see {percent(plans_by_length["share by coin"][0])} of the effect, however many.',
        lambda g: (
            near(g.plans_by_length["share by coin"][0], share(g.PHI, 1, 0), 1e-9) and g.PHI == 0.6
        ),
    ),
    Claim(
        (
            "Burn-in costs hours and buys truth, cheaply where noise lasts.",
            "Least error of all plans: blocks of {best_plans[PHI][0]}, {best_plans[PHI][1]} not counted; at 0.3, {best_plans[0.3][0]} and {best_plans[0.3][1]}; at 0.8, {best_plans[0.8][0]} and {best_plans[0.8][1]} (7 to 12 err 1 % more at most): **the best plan depends on a carry-over that nobody knows**.",
        ),
        lambda g: (
            all(g.best_plans[phi] == best(phi) for phi in (0.3, 0.6, 0.8))
            and len(g.best_plans) == 3 == len({block for block, _ in g.best_plans.values()})
            and all(
                min(error for plan, error in ranked(0.8).items() if plan[0] == block)
                < 1.01 * ranked(0.8)[best(0.8)]
                for block in (7, 8, 12)
            )
            and near(g.PHI, 0.6, 1e-9)
            and simulated(0.6, 4, 3)[1] > simulated(0.6, 4, 0)[1]
            and simulated(0.6, 4, 3)[1] < 1.3 * simulated(0.6, 4, 0)[1]  # of four hours one is left
            and share(0.6, 4, 3) > share(0.6, 4, 0)
        ),
    ),
    Claim(
        "**Alternating** plans see less than a coin: before each new block is an old one.",
        lambda g: all(
            near(row[4], alternating(0.6, row.block, row[2]), 1e-9) and row[4] < row[3]
            for row in g.plans_by_length.itertuples()
        ),
    ),
    # Tests
    Claim(
        (
            "336 hours, but only 42 blocks of 8.",
            "Suppose the new rule does **nothing** at the airport.",
            "Same noise in both: the rate of false alarms with a coin for each block of 8 hours, `rate_8`, and with a coin for each hour, `rate_1`.",
        ),
        lambda g: (
            336 == 42 * 8
            and near(g.false_alarms.set_index("block")["t on hours"][8], 0.371, 0.08)
            and near(g.false_alarms.set_index("block")["t on hours"][1], 0.05, 0.03)
        ),
    ),
    Claim(
        "This is the **randomisation test** (Fisher 1935); what was seen counts as one of the tosses.",
        lambda g: (
            near(g.randomisation_p * 1_001, round(g.randomisation_p * 1_001), 1e-6)
            and p_is_right(g, g.randomisation_p)
        ),
    ),
    Claim(
        "As far from zero as #: p = #",
        lambda g: (
            near(g.numbers("As far from zero")[0], block_ttest(g)[0])
            and p_is_right(g, g.numbers("As far from zero")[1])
        ),
    ),
    Claim(
        "The airport's p-value is {number(randomisation_p, 3)}.",
        lambda g: p_is_right(g, g.randomisation_p),
    ),
    Claim(
        "It tests that the rule does *nothing to any hour*; it does not say how much, and a carry-over cannot spoil it: with no effect there is nothing to carry over.",
        lambda g: (
            near(g.false_alarms["own coins"].mean(), 0.05, 0.015)
            and np.allclose(
                g.airport(np.random.default_rng(0), np.zeros(336), 0.6),
                g.airport(np.random.default_rng(0), np.ones(336), 0.6, effect=0.0),
            )
        ),
    ),
    Claim(
        (
            "Shares of 1,000 airports where the rule does nothing. Lasting noise alone does not spoil a test (first row), nor does a lasting rule alone (noise fresh each hour): the two together do.",
            "**The unit of analysis is what was randomised.**",
        ),
        lambda g: (
            near(g.false_alarms["t on hours"][0], 0.05, 0.03)
            and g.false_alarms["t on hours"][3] > 0.3
            and g.false_alarms["t on blocks"].max() < 0.08
            and g.false_alarms["same, noise fresh each hour"].max() < 0.08
            and lasting_rule_alone() < 0.08
        ),
    ),
    # Leaderboard
    Claim(
        (
            "Twelve designs ran in 400 cities (`data/switchback_study.py`), and again in the same cities with a rule that does **nothing**: an **A/A test**, the usual way to validate a platform.",
            '"Covers": how often the {percent(HDI_PROB)} confidence interval holds the truth.',
        ),
        lambda g: (
            len(stored()) == 400
            and len(FREEDOM) == 12
            and g.HDI_PROB == 0.94
            and set(g.leaderboard["design"]) == set(FREEDOM)
        ),
    ),
    Claim(
        (
            "| before and after | all, from week 2 | equal hours of the day |",
            "| switchback | all, in blocks, by coin | equal hours of the day |",
            "| days in pairs | all, on one day of two, by coin | the two days |",
            "| zone x 4 h | a zone for 4 hours, by coin | less its and the hour's mean |",
            "| a week before | half of the zones, in week 2 | changes since week 1 |",
        ),
        designs_are_as_told,
    ),
    Claim(
        (
            "user-level A/B: false alarms # %, truth covered # %",
            "mark: bias; line: one standard deviation; thick: two Monte Carlo errors; cross: covers below # %; covers: by a # % confidence interval; alarms: in A/A tests",
        ),
        lambda g: (
            near(g.numbers("user-level A/B: false alarms")[0], 100 * alarms("user-level A/B"), 0.6)
            and g.numbers("user-level A/B: false alarms")[1] == 0
            and g.numbers("mark: bias; line") == [85, 94]
            and np.allclose(
                g.leaderboard["bias_error"],
                [errors(name).sem() for name in g.leaderboard["design"]],
            )
        ),
    ),
    Claim(
        (
            'The A/B test\'s interval holds the truth in {percent(by_design["coverage"]["user-level A/B"])} of the cities.',
            'It has {percent(by_design["false_positive_rate"]["user-level A/B"], 1)} false alarms, and {percent(1 - HDI_PROB)} are due: `dispatch` returns chances of a ride, so who of those that ask gets the driver adds no noise, but the error bar counts it.',
        ),
        lambda g: (
            near(
                g.by_design["false_positive_rate"]["user-level A/B"], alarms("user-level A/B"), 1e-9
            )
            and near(g.by_design["coverage"]["user-level A/B"], covered("user-level A/B"), 1e-9)
            and near(1 - g.HDI_PROB, 0.06, 1e-9)
            and too_few_alarms()
            and np.any(g.ab_rides[0] % 1 > 0.01)
        ),
    ),
    Claim(
        'Monte Carlo error of a rate: at most {number(100 * by_design["rate_error"].max(), 1)} points.',
        lambda g: near(100 * g.by_design["rate_error"].max(), max(map(rate_error, FREEDOM)), 1e-6),
    ),
    Claim(
        'An A/A test does see one that is too short: before and after has {percent(by_design["false_positive_rate"]["before and after"])} false alarms.',
        lambda g: (
            near(
                g.by_design["false_positive_rate"]["before and after"],
                alarms("before and after"),
                1e-9,
            )
            and alarms("before and after") > 0.3
            and stored()["nothing|before and after|estimate"].std()
            > 1.5 * stored()["nothing|before and after|se"].mean()
        ),
    ),
    Claim(
        (
            'Of the switchbacks, blocks of an hour err least ({number(by_design["rmse"]["switchback 1 h"])}), unlike at the airport: here riders answer at once, and only the freed drivers last.',
            'In blocks of 4 hours burn-in does not lower the typical error, and it can hurt: days in pairs have a bias of {signed(by_design["bias"]["days in pairs"])}, with it {signed(by_design["bias"]["days in pairs, burn-in 4"])}; its hours, 0 to 3, are quiet, and there the effect is largest.',
        ),
        lambda g: (
            near(g.by_design["rmse"]["switchback 1 h"], rmse("switchback 1 h"), 1e-9)
            and near(g.by_design["bias"]["days in pairs"], errors("days in pairs").mean(), 1e-9)
            and near(
                g.by_design["bias"]["days in pairs, burn-in 4"],
                errors("days in pairs, burn-in 4").mean(),
                1e-9,
            )
            and rmse("switchback 1 h") == min(rmse(n) for n in FREEDOM if n.startswith("switch"))
            and 1 + errors("switchback 1 h").mean() / stored()["usual|truth"].mean() > 0.6
            and near(rmse("switchback 4 h"), rmse("switchback 4 h, burn-in 2"), 0.02)
            and best(0.6)[0] > 1
            and QUIET[1] > 4 * BUSY[1]
        ),
    ),
    Claim(
        (
            'Zones by blocks vary least, and cover in {percent(by_design["coverage"]["zone x 4 h, burn-in 2"])}: two biases of opposite sign meet in {signed(by_design["bias"]["zone x 4 h, burn-in 2"])}.',
            "The neighbours' drivers are shared, and carry-over hides a part of the effect: where no driver roams, it is alone, {signed(unshared_bias)}.",
        ),
        lambda g: (
            near(
                g.by_design["coverage"]["zone x 4 h, burn-in 2"],
                covered("zone x 4 h, burn-in 2"),
                1e-9,
            )
            and g.by_design["sd"].idxmin() == "zone x 4 h, burn-in 2"
            and near(
                g.by_design["bias"]["zone x 4 h, burn-in 2"],
                errors("zone x 4 h, burn-in 2").mean(),
                1e-9,
            )
            and near(
                g.unshared_bias,
                errors("zone x 4 h, burn-in 2", "roam=0 carry=0.8").mean(),
                1e-9,
            )
            and errors("zone x 4 h, burn-in 2", "roam=0 carry=0.8").mean() < -0.2
            and errors("zone x 4 h, burn-in 2", "roam=0 carry=0.5").mean()
            > -0.15  # it carries over
            and errors("zone x 4 h, burn-in 2").mean() > 0.4
        ),
    ),
    Claim(
        "**An A/A test sees neither interference nor carry-over**: without an effect there is none to spill.",
        lambda _: all(
            alarms(name) < 0.1 and covered(name) < 0.5
            for name in ("user-level A/B", "zone x 4 h, burn-in 2", "single zones, a week before")
        ),
    ),
    Claim(
        'Live, in {N_WORLDS} cities, the A/B test\'s bias is {signed(live_bias["user-level A/B"])}.',
        lambda g: (
            len(g.live) == g.N_WORLDS
            and near(
                g.live_bias["user-level A/B"], errors("user-level A/B")[: len(g.live)].mean(), 2e-3
            )
        ),
    ),
    Claim(
        "In our city a coin gave each block of 4 hours its rule, in all zones: `four_new`, shape (336,).",
        lambda g: (
            g.four_new.shape == (336,)
            and (g.four_new.reshape(84, 4).std(axis=1) == 0).all()
            and g.four_rides.shape == (336, 20)
        ),
    ),
    Claim(
        "Smallest typical error: # zones together, a week before, #",
        lambda g: (
            near(g.numbers("Smallest typical error")[1], rmse("5 zones together, a week before"))
            and smallest("usual") == "5 zones together, a week before"
        ),
    ),
    Claim(
        "×, pink: bias above the standard deviation; black: two Monte Carlo errors",
        lambda g: (
            all(
                near(row.rmse_error, (errors(row.design) ** 2).sem() / 2 / rmse(row.design), 1e-9)
                for row in g.typical_errors.itertuples()
            )
            and [
                abs(errors(name).mean()) > errors(name).std() for name in g.typical_errors["design"]
            ]
            == (g.typical_errors["bias"].abs() > g.typical_errors["sd"]).tolist()
            and crossed(g)
            == {
                name
                for name in g.typical_errors["design"]
                if abs(errors(name).mean()) > errors(name).std()
            }
        ),
    ),
    Claim(
        (
            "Move the share of roaming drivers, and the share of freed drivers still free an hour later.",
        ),
        lambda g: (
            [slider.value for slider in switchback.sliders_of_cities()] == [0.2, 0.8]
            and (script().ROAM, script().CARRY) == (0.2, 0.8)
            and near(script().memory(0.8)[9, 3] / script().memory(0.8)[8, 3], 0.8, 1e-9)
            and np.allclose(
                g.dispatch(g.asks, g.drivers, 1, roam=0.2, carry=0.8),
                g.dispatch(g.asks, g.drivers, 1),
            )
        ),
    ),
    Claim(
        (
            'Five zones together err least in {number(city_winners["5 zones together, a week before"], 0)} of the nine cities, all with roaming drivers, in {number(clear_winners["5 zones together, a week before"], 0)} of them by more than two Monte Carlo errors; a switchback in none.',
            'Yet the interval of five zones together covers in {percent(by_design["coverage"]["5 zones together, a week before"])}.',
            'It pays for its four clusters: in A/A tests {percent(by_design["false_positive_rate"]["5 zones together, a week before"], 1)} false alarms.',
            "It misses the bias by the borders ({signed(by_design['bias']['5 zones together, a week before'])}), which more weeks do not remove where drivers roam, and an effect that differs between zones and weeks: the error's standard deviation is {number(by_design['sd']['5 zones together, a week before'])}, in A/A tests {number(by_design['idle_sd']['5 zones together, a week before'])}.",
        ),
        lambda g: (
            g.city_winners[FIVE] == sum(smallest(s) == FIVE for s in NINE)
            and g.clear_winners[FIVE] == sum(smallest(s) == FIVE and ahead_of_all(s) for s in NINE)
            and not any("switchback" in smallest(s) for s in NINE)
            and len(NINE) == 9 == g.city_winners.sum()
            and all((smallest(s) == FIVE) == (not s.startswith("roam=0 ")) for s in NINE)
            and near(g.by_design["coverage"][FIVE], covered(FIVE), 1e-9)
            and near(g.by_design["false_positive_rate"][FIVE], alarms(FIVE), 1e-9)
            and abs(alarms(FIVE) - 0.06) < 0.024  # two Monte Carlo errors
            and near(g.by_design["bias"][FIVE], errors(FIVE).mean(), 1e-9)
            and near(g.by_design["sd"][FIVE], errors(FIVE).std(), 1e-9)
            and near(g.by_design["idle_sd"][FIVE], stored()[f"nothing|{FIVE}|estimate"].std(), 1e-9)
            and all(  # beside the bias: without roaming there is none, and the spread remains
                (errors(FIVE, s).mean() > 0.2) == (not s.startswith("roam=0 "))
                and errors(FIVE, s).std() > 1.3 * stored()[f"nothing|{FIVE}|estimate"].std()
                for s in NINE
            )
        ),
    ),
    Claim(
        (
            'Switchbacks pay in long blocks with few coins, in short ones with carry-over (blocks of an hour: bias {signed(by_design["bias"]["switchback 1 h"])}).',
        ),
        lambda g: (
            near(g.by_design["bias"]["switchback 1 h"], errors("switchback 1 h").mean(), 1e-9)
            and errors("switchback 1 h").mean() < errors("switchback 4 h").mean() - 0.1
            and errors("switchback 4 h").mean() < errors("switchback 8 h").mean() - 0.1
            and 1.2 * errors("switchback 1 h").std() < errors("switchback 4 h").std()
            and 1.2 * errors("switchback 4 h").std() < errors("switchback 8 h").std()
        ),
    ),
    Claim(
        'In blocks of 4 or 8 hours they cover in {percent(honest["coverage"].min(), 1)} to {percent(honest["coverage"].max(), 1)}, Monte Carlo error {number(100 * honest["rate_error"].max(), 1)} points.',
        tells_its_error,
    ),
    Claim(
        "Suppose an effect of 6 rides an hour: the bias is a share of it, so the plan depends on that guess.",
        lambda g: (
            near(
                g.typical_error(0.6, 4, 0, 12.0, 9.0, 0.5)[0],
                2 * g.typical_error(0.6, 4, 0, 6.0, 9.0, 0.5)[0],
                1e-9,
            )
            and best_plan(g) != best_plan(g, 1.0)
        ),
    ),
    Claim(
        (
            "A shift has 12 hours, and no block may be longer.",
            "Choose `plan = (block, burn_in)`, whole hours, blocks of 1 to 12, so that the typical error is small in the **worst** case of carry-over.",
            "`typical_error(phi, block, burn_in, **BICYCLES)` returns bias, sd and typical error.",
        ),
        lambda g: (
            switchback.LONGEST == 12
            and g.BICYCLES == {"effect": 6.0, "noise_sd": 9.0, "keep": 0.5}
            and g.plan == best_plan(g)
        ),
    ),
    # Takeaways
    Claim(
        '1. **Does the rule work? Yes, by less than the A/B test says**: in this city {signed(two_cities["difference"].iloc[0])} rides per 100 openings, not {signed(two_cities["difference"].iloc[1])} (standard error {number(naive_error)}). A coin does not end interference, and more riders make that wrong number more precise.',
        lambda g: (
            np.allclose(g.two_cities["difference"], [truth(), ab_test()[0]], atol=1e-6)
            and near(g.naive_error, ab_test()[1], 1e-6)
            and 10 * ab_test()[1] < truth() < ab_test()[0] - 10 * ab_test()[1]
        ),
    ),
    Claim(
        "2. **Randomise what shares.** A switchback costs coins; carry-over decides its blocks: {best_plans[0.3][0]} hours at 0.3, {best_plans[0.8][0]} at 0.8, at the airport.",
        lambda g: (
            all(g.best_plans[phi] == best(phi) for phi in (0.3, 0.8))
            and share(0.6, 8, 2) > share(0.6, 8, 0)
            and abs(errors("switchback 8 h, burn-in 2").mean())
            < 0.3 * errors("user-level A/B").mean()
        ),
    ),
    Claim(
        "3. **Count coins, not rows.** Tossing again tests *no effect in any hour*, no more.",
        lambda g: (
            g.false_alarms["t on hours"][3] > 0.3
            and near(g.false_alarms["own coins"][3], 0.05, 0.03)
            and np.allclose(
                g.airport(np.random.default_rng(0), np.zeros(336), 0.6),
                g.airport(np.random.default_rng(0), np.ones(336), 0.6, effect=0.0),
            )
            and alarms("zone x 4 h, burn-in 2") < 0.1 < errors("zone x 4 h, burn-in 2").mean()
        ),
    ),
    Claim(
        '4. **A clean A/A test proves nothing about interference.** The A/B test had {percent(by_design["false_positive_rate"]["user-level A/B"], 1)} false alarms and covered the truth in {percent(by_design["coverage"]["user-level A/B"])} of the cities.',
        lambda g: (
            near(
                g.by_design["false_positive_rate"]["user-level A/B"], alarms("user-level A/B"), 1e-9
            )
            and near(g.by_design["coverage"]["user-level A/B"], covered("user-level A/B"), 1e-9)
            and too_few_alarms()
        ),
    ),
    Claim(
        '5. **The best design depends on what is shared.** Clusters of 5 mostly err least where drivers roam; blocks of 4 or 8 hours cover in {percent(honest["coverage"].min(), 1)} to {percent(honest["coverage"].max(), 1)}.',
        lambda g: (
            tells_its_error(g)
            and all(
                smallest(s).startswith(
                    "5 zones" if not s.startswith("roam=0 ") else ("single", "zone")
                )
                for s in NINE
            )
        ),
    ),
    # Optional
    Claim(
        "Effect in rides an hour; truth 4; {percent(HDI_PROB)} HDI.",
        lambda g: (
            g.HDI_PROB == 0.94
            and near(
                np.mean(
                    (g.model_draws["without"]["tau"] > g.model_effects["lower"][1])
                    & (g.model_draws["without"]["tau"] < g.model_effects["upper"][1])
                ),
                0.94,
                0.01,
            )
        ),
    ),
    Claim(
        'Two weeks leave the carry-over itself at {number(model_phi["lower"])} to {number(model_phi["upper"])} (truth {PHI}).',
        lambda g: (
            near(g.model_phi["lower"], carry_over_of(g)[0], 0.051)  # two steps of the grid
            and near(g.model_phi["upper"], carry_over_of(g)[1], 0.051)
            and near(g.PHI, 0.6, 1e-9)
        ),
    ),
    Claim(
        (
            'With carry-over the model is wide: {signed(model_effects["mean"][0], 1)}, standard deviation {number(model_effects["sd"][0], 1)}.',
            'Without, {signed(model_effects["mean"][1], 1)}, standard deviation {number(model_effects["sd"][1], 1)}: nearer, but one airport does not rank two models.',
        ),
        lambda g: (
            near(g.model_effects["mean"][0], model_of(g, carries=True)[0], 0.2)
            and near(g.model_effects["sd"][0], model_of(g, carries=True)[1], 0.25)
            and near(g.model_effects["mean"][1], model_of(g, carries=False)[0], 0.1)
            and near(g.model_effects["sd"][1], model_of(g, carries=False)[1], 0.1)
            and abs(g.model_effects["mean"][1] - 4) < abs(g.model_effects["mean"][0] - 4)
        ),
    ),
    Claim(
        (
            "What holds over many tosses, whatever the carry-over and the memory of the noise, if neither is 0: **modelling the noise but not the carry-over sees less than a plain difference**: whitening listens to the hours after a switch, where carry-over bites.",
            'Here, in blocks of 8, it sees {percent(model_share[8])} of the effect (plain: {percent(model_share["plain 8"])}); in blocks of 24, {percent(model_share[24])} (plain: {percent(model_share["plain 24"])}).',
        ),
        lambda g: (
            near(g.model_share[8], seen_by(0.6, 0.8, 8), 0.015)
            and near(g.model_share[24], seen_by(0.6, 0.8, 24), 0.02)
            and near(g.model_share["plain 8"], share(0.6, 8, 0), 0.01)
            and near(g.model_share["plain 24"], share(0.6, 24, 0), 0.01)
            and near(seen_by(0.6, 0.0, 8), share(0.6, 8, 0), 0.001)
            and whitening_sees_less()
        ),
    ),
    Claim(
        r"Priors: $\varphi$ uniform on 0 to 0.95, $\rho$ uniform on 0 to 0.98, $\alpha$ and $\tau$ (rides an hour) flat, the noise's scale flat in its logarithm.",
        lambda g: (
            near(g.idata_carry_over["posterior"]["phi"].max(), 0.95, 1e-9)
            and g.idata_carry_over["posterior"]["phi"].min() >= 0
            and g.idata_carry_over["posterior"]["rho"].max() <= 0.98
            and near(g.model_effects["mean"][0], model_of(g, carries=True)[0], 0.2)
        ),
    ),
    Claim(
        (
            "A **two-stage design** draws for each market how many riders get the new rule, its **saturation**, then which riders (Hudgens & Halloran 2008).",
            "In the busy fluid limit, rides per 100 openings: the **direct** effect compares riders with and without the rule in the same market; the **indirect** one is what riders without it gain against a market without the rule; the **total** is their sum; the **overall** effect is what the market gains.",
        ),
        lambda g: (
            near(g.two_stages["direct"][1], BUSY[0], 1e-9)
            and near(g.two_stages["overall"][1], 2 * (17 * 1.02 - 17), 1e-9)  # of 34 drivers
            and np.allclose(
                g.two_stages["direct"][:3] + g.two_stages["indirect"][:3], g.two_stages["total"][:3]
            )
        ),
    ),
    Claim(
        (
            'An A/B test measures the direct effect at one half; the decision asks for the overall one at 1, where nobody is left to compare: {percent(two_stages["overall"][3] / two_stages["direct"][1])} of it.',
            "At each saturation those without the rule pay, and the more, the more riders have it.",
        ),
        lambda g: (
            g.two_stages["saturation"].tolist()[1::2] == [0.5, 1]
            and near(g.two_stages["direct"][1], BUSY[0], 1e-9)
            and near(g.two_stages["overall"][3], BUSY[1], 1e-9)
            and g.two_stages.loc[3, ["direct", "indirect"]].isna().all()
            and g.two_stages["indirect"][0] < 0
            and (g.two_stages["indirect"][:3].diff().dropna() < 0).all()
        ),
    ),
    Claim(
        (
            r"With one coin for each $c$ zones, the difference errs on average by $\beta / c$, at the borders.",
            "Zones tossed like both neighbours, weighted by one over their chance, do not (Aronow & Samii 2017; last column).",
        ),
        lambda g: (
            np.allclose(g.rings["bias / beta"], 1 / g.rings["zones together"])
            and all(
                near(clean_zones(row[1]), 0.7, 1e-9) and near(row[4], clean_chance(row[1]), 1e-9)
                for row in g.rings.itertuples()
            )
        ),
    ),
    Claim(
        (
            r"$$\frac{1}{(T - m)^2} \sum_{t, t'} \mathbb 1\{k_{tt'} \ge 1\}\; 2^{\,k_{tt'} + 1}$$",
            r"They prove: coins at $1, 2m + 1, 3m + 1, \dots, T - 2m + 1$ are best where $T$ is a multiple of $m$, 4 or more times.",
            "All $2^{T-1}$ ways, tried, agree:",
        ),
        lambda g: (
            near(g.moments["variance"][0], variance_by_tosses(12, 2, [1, 5, 7, 9]), 1e-9)
            and g.moments["best moments"].tolist()
            == ["1, 5, 7, 9", "1, 7", "1, 5, 7", "1, 3, 4, 5, 6, 7"]
            and (g.moments["minima"] == 1).all()
            and all(
                [int(each) for each in row[3].split(", ")]
                == [1, *range(2 * row.m + 1, row.hours - 2 * row.m + 2, row.m)]
                for row in g.moments.itertuples()
            )
        ),
    ),
    Claim(
        'If each rider has a coin of their own, the same world gives a factor of {number(six["factor, relative"][2], 0)}; in rides a rider, factors of {number(six["factor, rides"][1], 1)} and {number(six["factor, rides"][2], 1)}.',
        lambda g: (
            near(g.six["factor, relative"][2], 3, 1e-9)
            and near(g.six["factor, rides"][1], 4, 1e-9)
            and near(g.six["factor, rides"][2], 2.5, 1e-9)
        ),
    ),
    Claim(
        (
            'True gain: 33 %. An A/B test with one rider in each arm says 200 %: "a factor of six". It holds, for this pair of riders, on the *relative* scale:',
            "**A factor without its scale and its design says little**; that also holds for ours, which is in rides, in the busy fluid limit, with a coin for each rider.",
        ),
        lambda g: (
            near(g.six["gain (%)"][0], 100 / 3, 1e-9)
            and near(g.six["gain (%)"][1], 200, 1e-9)
            and near(g.six["factor, relative"][1], 6, 1e-9)
        ),
    ),
    Claim(
        (
            "`PHI`, `BLOCK`, `BURN_IN`: the airport's carry-over, blocks (a divisor of 336, at most 168) and hours not counted.",
            "All that is simulated here follows from `SEED`; the stored study has its own.",
        ),
        lambda g: (
            g.SEED == script().SEED
            and (g.PHI, g.BLOCK, g.BURN_IN) == (0.6, 8, 2)
            and all(0 < g.coin(np.random.default_rng(s), 168).mean() < 1 for s in range(20))
        ),
    ),
    Claim(
        "Design and analysis of switchback experiments.",
        lambda _: any("10.1287/mnsc.2022.4583" in text for text in prose(PAGE)),
    ),
]


test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)
