"""What notebook 08 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from scipy.special import expit

from helpers import graphs
from helpers.simulate import LinearWorld
from tests import claims
from tests.claims import Claim, prior_of
from tests.support import shortest

NAME = "08_mediation"
MAIN = ("TE", "DE", "IIE1", "IIE2")
CORNERS = {
    "TE": {"111": 1, "000": -1},
    "DE": {"100": 1, "000": -1},
    "IIE1": {"010": 1, "000": -1},
    "IIE2": {"001": 1, "000": -1},
    "INT": {"011": 1, "010": -1, "001": -1, "000": 1},
    "remainder": {"111": 1, "011": -1, "100": -1, "000": 1},
}
KINDS = [(g, c, n) for g in (0, 1) for c, n in zip(range(-2, 3), (25, 45, 65, 45, 25), strict=True)]
"""Gender, conflict (3 is the middle), families of this kind: 410 in all."""
WIDE = 2 * 1.8807936


def near(value: Any, goal: Any, room: float) -> bool:
    return bool(np.all(np.abs(np.asarray(value, float) - np.asarray(goal, float)) <= room))


# Recomputations ----------------------------------------------------------------------------------


def chance(arrows: Any, effect: str, gender: int, conflict: int, **causes: int) -> np.ndarray:
    """Return P(effect = 1) in one kind of family, an array over draws."""
    values = {"gender": gender, "conflict": conflict, **causes}
    line = arrows[f"{effect}_intercept"]
    return expit(line + sum(arrows[f"{effect}_{cause}"] * value for cause, value in values.items()))


def corners(arrows: Any) -> dict[str, np.ndarray]:
    """Return E of each corner, by loops over kinds and mediators, an array over draws."""
    found = dict.fromkeys(("".join(map(str, w)) for w in product((0, 1), repeat=3)), 0.0)
    for gender, conflict, n in KINDS:
        x = (gender, conflict)
        m1 = [chance(arrows, "peers", *x, intervention=t) for t in (0, 1)]
        m2 = [chance(arrows, "drugs", *x, intervention=t) for t in (0, 1)]
        for t, a, b in product((0, 1), repeat=3):
            y = chance(arrows, "disorder", *x, intervention=t, peers=a, drugs=b)
            for t1, t2 in product((0, 1), repeat=2):
                p = (m1[t1] if a else 1 - m1[t1]) * (m2[t2] if b else 1 - m2[t2])
                found[f"{t}{t1}{t2}"] = found[f"{t}{t1}{t2}"] + n / 410 * y * p
    return found


def contrasts(e: dict[str, Any]) -> dict[str, Any]:
    return {name: sum(s * e[c] for c, s in signs.items()) for name, signs in CORNERS.items()}


_KEPT: dict[tuple[int, str], Any] = {}


def kept(g: Any, name: str, make: Any) -> Any:
    """Return what `make` returns, made once a run."""
    key = (id(g.run), name)
    if key not in _KEPT:
        _KEPT[key] = make()
    return _KEPT[key]


def raw_arrows(posterior: Any) -> dict[str, np.ndarray]:
    """Return the arrows, flat over draws, from the sampler's own slopes and intercepts."""
    found = {}
    for effect in ("peers", "drugs", "disorder"):
        causes = ["intervention", "gender", "conflict"]
        causes[1:1] = ["peers", "drugs"] if effect == "disorder" else []
        found[f"{effect}_intercept"] = np.ravel(posterior[f"{effect}_intercept"])
        slopes = np.asarray(posterior[f"{effect}_slopes"]).reshape(-1, len(causes))
        found |= {f"{effect}_{cause}": slopes[:, i] for i, cause in enumerate(causes)}
    return found


def own(g: Any) -> dict[str, np.ndarray]:
    """Return the six effects, flat over draws, from the sampler's draws by loops."""
    return kept(
        g,
        "own",
        lambda: contrasts(corners(raw_arrows(g.run.defs["idata_numpyro"]["posterior"]))),
    )


def truth(g: Any) -> dict[str, float]:
    return kept(g, "truth", lambda: contrasts(corners(g.run.defs["TRUE"])))


def held(values: Any, low: float, high: float, room: float = 0.004) -> bool:
    """Return whether an interval holds 94 % of the draws, and is not longer than another."""
    values = np.sort(np.ravel(values))
    inside = ((values >= low) & (values <= high)).mean()
    others = np.quantile(values, [[0.01, 0.95], [0.03, 0.97], [0.05, 0.99]])
    return abs(inside - 0.94) < room and bool((np.diff(others) >= high - low - 1e-4).all())


def split_says(g: Any, *names: str) -> bool:
    """The table of effects is that of the recomputed draws: means and shortest intervals."""
    return all(
        near(g.split["mean"][n], own(g)[n].mean(), 1e-6)
        and held(own(g)[n], g.split["lower"][n], g.split["upper"][n])
        for n in names
    )


def helps(g: Any, name: str) -> bool:
    return near(g.helps[name], (own(g)[name] < 0).mean(), 1e-9)


def arms(g: Any, column: str = "disorder", frame: Any = None) -> pd.DataFrame:
    frame = g.study if frame is None else frame
    return pd.crosstab(frame["intervention"], frame[column])


def difference(g: Any, frame: Any = None) -> float:
    table = arms(g, frame=frame)
    share = table[1] / table.sum(axis=1)
    return float(share[1] - share[0])


def by_likelihood(study: pd.DataFrame) -> dict[str, float]:
    """Return the main effects by three logistic regressions of statsmodels and loops."""
    found = {}
    for effect in ("peers", "drugs", "disorder"):
        causes = ["intervention", "gender", "conflict"] + ["peers", "drugs"] * (
            effect == "disorder"
        )
        fit = sm.Logit(study[effect], sm.add_constant(study[causes])).fit(disp=0).params
        found |= {f"{effect}_intercept": fit["const"]}
        found |= {f"{effect}_{cause}": fit[cause] for cause in causes}
    return contrasts(corners(found))


def most_alike(g: Any) -> bool:
    """Of the first eight draws of this SEED, the study's split is nearest to the published one."""
    published = {"TE": -0.063, "DE": -0.036, "IIE1": -0.027, "IIE2": -0.009}

    def gap(k: int) -> float:
        world = g.simulate_world(np.random.default_rng([g.SEED, k]))
        frame = pd.DataFrame({name: column[0] for name, column in world.items()})
        found = by_likelihood(frame)
        return sum(abs(found[name] - value) for name, value in published.items())

    gaps = kept(g, "gaps", lambda: [gap(k) for k in range(8)])
    world = g.simulate_world(np.random.default_rng([g.SEED, 3]))
    return int(np.argmin(gaps)) == 3 and bool((world["disorder"][0] == g.study["disorder"]).all())


def four(g: Any) -> np.ndarray:
    """Return the four worlds of the small world, by its definition, in loops."""
    return np.array(
        [
            [sum(g.p_disorder[t][m] * g.p_peers[t1][m] for m in (0, 1)) for t1 in (0, 1)]
            for t in (0, 1)
        ]
    )


TEMPER = graphs.dag(
    [
        ("coin", "peers"),
        ("coin", "disorder"),
        ("peers", "disorder"),
        ("temper", "peers"),
        ("temper", "disorder"),
    ]
)


def tied_by_counting() -> tuple[float, float]:
    """Return arms' difference and TE where a disorder needs both mediators, by simulation."""
    rng = np.random.default_rng(3)
    n = 200_000
    m1, fresh = rng.integers(0, 2, (2, n))
    seen = {0: (m1, m1), 1: (m1, fresh)}
    both = {t: (a & b).mean() for t, (a, b) in seen.items()}
    apart = {t: (a & rng.permutation(b)).mean() for t, (a, b) in seen.items()}
    return both[1] - both[0], apart[1] - apart[0]


def margins(g: Any) -> bool:
    """Each mediator is as common in one arm as in the other; one arm ties them, one does not."""
    p = g.together
    same = all(near(p[0].sum(axis=k), p[1].sum(axis=k), 1e-12) for k in (0, 1))
    return same and p[0][1, 1] == 0.5 and near(p[1], np.outer([0.5, 0.5], [0.5, 0.5]), 1e-12)


def coin_and_te(g: Any) -> bool:
    """The coin's number is the arms' difference; TE is another, where mediators are tied."""
    by_arms, by_te = tied_by_counting()
    return (
        near(g.tied_arms, by_arms, 0.01)
        and near(g.tied_te, by_te, 0.01)
        and abs(g.tied_arms - g.tied_te) > 0.2
        and margins(g)
        and enough_for_te()
    )


def enough_for_te() -> bool:
    """Return whether TE is the arms' difference if mediators are independent, or their parts add.

    The chance of a disorder is .1 + .2 peers + .3 drugs, or needs both; in one pair of arms the
    mediators are independent, in another tied: only tied mediators that work together fail.
    """
    peers, drugs = np.arange(2)[:, None], np.arange(2)[None, :]
    chances = {"add": 0.1 + 0.2 * peers + 0.3 * drugs, "need both": 0.6 * peers * drugs}
    alone = {t: np.outer([1 - p, p], [1 - q, q]) for t, p, q in ((0, 0.6, 0.5), (1, 0.3, 0.4))}
    knot = 0.1 * np.array([[1, -1], [-1, 1]])
    tied = {0: alone[0] + knot, 1: alone[1] - knot / 2}
    same = {}
    for chance_name, chance_of in chances.items():
        for arms_name, arms in (("independent", alone), ("tied", tied)):
            apart = {t: np.outer(p.sum(axis=1), p.sum(axis=0)) for t, p in arms.items()}
            by_arms, by_te = (float((chance_of * (p[1] - p[0])).sum()) for p in (arms, apart))
            assert min(p.min() for p in arms.values()) >= 0
            assert abs(by_arms) > 0.05
            same[chance_name, arms_name] = near(by_arms, by_te, 1e-12)
    return [pair for pair, alike in same.items() if not alike] == [("need both", "tied")]


def iie1_at(g: Any, rho: float) -> float:
    """Return IIE1 if rho were true, at the posterior mean arrows, by bivariate normals.

    P(peers, disorder) of a kind is fixed by what is seen; eta is solved by bisection.
    """
    a = {k: v.mean() for k, v in raw_arrows(g.run.defs["idata_numpyro"]["posterior"]).items()}
    total = 0.0
    normal = stats.multivariate_normal(cov=[[1, rho], [rho, 1]])
    for gender, conflict, n in KINDS:
        x = (gender, conflict)
        p0, p1 = (float(chance(a, "peers", *x, intervention=t)) for t in (0, 1))
        q = float(chance(a, "drugs", *x, intervention=0))
        cut = stats.norm.ppf(1 - p0)
        for m2, weight in ((0, 1 - q), (1, q)):
            done = []
            for m in (0, 1):
                seen = float(chance(a, "disorder", *x, intervention=0, peers=m, drugs=m2))
                low, high = -5.0, 5.0
                for _ in range(22):
                    eta = (low + high) / 2
                    yes = normal.cdf([-cut, eta])
                    p = yes / p0 if m else (stats.norm.cdf(eta) - yes) / (1 - p0)
                    low, high = (eta, high) if p < seen else (low, eta)
                done.append(stats.norm.cdf(eta))
            total += n / 410 * weight * (p1 - p0) * (done[1] - done[0])
    return total


def bivariate(g: Any) -> bool:
    """IIE1 at the mean arrows is that of bivariate normals; so is the table's mean, nearly."""
    table = g.sensitivity.set_index(g.sensitivity["rho"].round(2))
    middle = g.arrows.mean(["chain", "draw"])
    for rho in (-0.3, 0.7):
        goal = kept(g, f"iie1 {rho}", lambda rho=rho: iie1_at(g, rho))
        if not near(float(g.iie1_if_hidden(middle, rho)), goal, 0.0004):
            return False
        if not near(table["mean"][rho], goal, 0.003):
            return False
    return True


def zero_at(g: Any, rho: float, column: str) -> bool:
    """A column of the sensitivity table changes its sign at this rho."""
    table = g.sensitivity
    before, after = table[table["rho"] < rho - 1e-9], table[table["rho"] > rho + 1e-9]
    return bool(
        before[column].iloc[-1] < 0 <= after[column].iloc[0]
        and near(np.interp(rho, table["rho"], table[column]), 0, 1e-6)
    )


def zero_of_interval(g: Any) -> bool:
    return zero_at(g, g.rho_interval, "upper") and g.rho_interval < g.run.defs["rho_mean"]


def without_conflict(g: Any) -> bool:
    """Latent correlation of log-odds plus logistic noise, by simulation, at the mean arrows."""
    a = raw_arrows(g.run.defs["idata_numpyro"]["posterior"])
    rng = np.random.default_rng(5)
    conflict = rng.choice(range(-2, 3), 200_000, p=np.array([25, 45, 65, 45, 25]) / 205)
    one, two = rng.logistic(size=(2, 200_000))
    behind = a["peers_conflict"].mean() * conflict + one, a["disorder_conflict"].mean() * conflict
    return near(np.corrcoef(behind[0], behind[1] + two)[0, 1], g.rho_conflict, 0.012)


def bernoullis(g: Any) -> bool:
    """The model's log density at given arrows is that of four Bernoulli lines and its priors."""
    from numpyro.infer.util import log_density

    rng = np.random.default_rng(2)
    causes = {e: list(c) for e, c in g.CAUSES.items()}
    params, own_density = {}, 0.0
    study = g.study
    for effect in ("peers", "drugs", "disorder"):
        intercept, slopes = rng.normal(), rng.normal(size=len(causes[effect]))
        params |= {f"{effect}_intercept": intercept, f"{effect}_slopes": slopes}
        own_density += stats.norm(0, 2).logpdf([intercept, *slopes]).sum()
        line = intercept + study[causes[effect]].to_numpy() @ slopes
        own_density += (study[effect] * line - np.logaddexp(0, line)).sum()
    own_density += len(study) * np.log(0.5)
    values = {**g.background, **g.seen}
    found, _ = log_density(g.model, (), values, params)
    return near(float(found), own_density, 0.05)


def pymc_prior(g: Any) -> tuple[str, list[float]]:
    kind, values = prior_of(g.counts_model(g.counts, list(g.TRUE)), "arrow_log_odds")
    return kind, [float(np.squeeze(value)) for value in values]


def product_of_scores(g: Any) -> bool:
    world = LinearWorld({("p", "m"): -0.8, ("m", "y"): 0.5, ("p", "y"): -0.3})
    total = world.total_effect("p", "y")
    return (
        near(world.slope("y", on="p"), total, 1e-9)
        and near(total, -0.8 * 0.5 - 0.3, 1e-12)
        and dict(g.warm_up.coefficients)
        == {
            ("programme", "peer_score"): -0.8,
            ("peer_score", "risk_score"): 0.5,
            ("programme", "risk_score"): -0.3,
        }
        and near(g.indirect_mended, world.slope("m", on="p") * world.slope("y", "m", ["p"]), 1e-9)
    )


def curve_says(g: Any) -> bool:
    """The mediated part is the same for every direct arrow, recomputed by loops."""
    for log_odds in (-1.5, 0.0, 0.7):
        found = contrasts(corners({**g.TRUE, "disorder_intervention": log_odds}))
        part = found["IIE1"] + found["IIE2"] + found["INT"]
        row = g.direct_curve[np.isclose(g.direct_curve["direct"], log_odds)].iloc[0]
        # The arrow has no part in worlds without a direct way.
        if not near([row["mediated"], row["proportion"]], [part, part / found["TE"]], 1e-6):
            return False
    return bool(np.ptp(g.direct_curve["mediated"]) < 1e-12)


def coverage_by_hand(g: Any, frame: pd.DataFrame) -> bool:
    """The table is that of the rows: every share is a count of worlds."""
    counts = frame["coverage"] * g.N_WORLDS
    return near(counts, counts.round(), 1e-6) and bool((frame["n_worlds"] == g.N_WORLDS).all())


def recounted(g: Any, rho: float) -> pd.DataFrame:
    """Return what the page counts over its worlds: their arrows through loops, counted by hand."""

    def count() -> pd.DataFrame:
        defs = g.run.defs
        rng = np.random.default_rng([defs["SEED"], 7 if rho else 6])
        world = defs["simulate_world"](rng, defs["N_WORLDS"], rho)
        arrows = {k: v.to_numpy() for k, v in defs["approximate"](rng, world).items()}
        rows = {}
        for name, values in contrasts(corners(arrows)).items():
            low, high = shortest(values)
            rows[name] = {
                "bias": (values.mean(axis=1) - truth(g)[name]).mean(),
                "coverage": 1 - np.mean((low > truth(g)[name]) | (high < truth(g)[name])),
                "mean_width": np.mean(high - low),
                "excludes_zero": np.mean((low > 0) | (high < 0)),
            }
        return pd.DataFrame(rows).T

    return kept(g, f"recounted {rho}", count)


def recount_says(g: Any, frame: pd.DataFrame, rho: float) -> bool:
    """Return whether a table of the page, by effect, is that of the recount in every column."""
    mine = recounted(g, rho).loc[list(MAIN)]
    return list(frame.index) == list(MAIN) and near(frame[mine.columns], mine, 1e-9)


def by_counts(g: Any) -> bool:
    """The counts add up to the study's, one row a combination that occurs."""
    rows = sum(
        len(
            g.study.groupby(
                [
                    "intervention",
                    "gender",
                    "conflict",
                    *(["peers", "drugs"] if e == "disorder" else []),
                ]
            )
        )
        for e in ("peers", "drugs", "disorder")
    )
    return (
        len(g.counts) == rows
        and g.counts["n"].sum() == 3 * 410
        and g.counts["yes"].sum() == g.study[["peers", "drugs", "disorder"]].to_numpy().sum()
    )


def pymc_gap(g: Any) -> float:
    """Return the largest gap of means in posterior sd, from the raw draws of both libraries."""
    a = g.run.defs["idata_pymc"]["posterior"]["arrow_log_odds"]
    arrows = {str(n): np.ravel(a.sel(arrow=n)) for n in a["arrow"].to_numpy()}
    other = kept(g, "pymc", lambda: contrasts(corners(arrows)))
    return max(abs(other[n].mean() - own(g)[n].mean()) / own(g)[n].std(ddof=1) for n in MAIN)


def published(g: Any) -> bool:
    table = {"TE": -0.063, "DE": -0.036, "IIE1": -0.027, "IIE2": -0.009}
    found = max(abs(truth(g)[n] - v) for n, v in table.items())
    return near(g.published_gap, found, 1e-9) and found < 0.0025


def inside(values: Any, low: float, high: float) -> float:
    return float(np.mean((np.ravel(values) >= low) & (np.ravel(values) <= high)))


def arms_under(g: Any, rho: float) -> float:
    """Return the difference of the arms over 400 worlds of the page's simulator."""

    def simulated() -> float:
        world = g.run.defs["simulate_world"](np.random.default_rng(9), 400, rho)
        y, t = world["disorder"], world["intervention"]
        return float(y[t == 1].mean() - y[t == 0].mean())

    return kept(g, f"arms {rho}", simulated)


def arms_exactly(g: Any, rho: float) -> float:
    """Return E[Y(1)] - E[Y(0)] of the world with this rho, by bivariate normals."""

    def exactly() -> float:
        normal = stats.multivariate_normal(cov=[[1, rho], [rho, 1]])
        found = [0.0, 0.0]
        for (gender, conflict, n), t, m2 in product(KINDS, (0, 1), (0, 1)):
            x = (gender, conflict)
            q = float(chance(g.run.defs["TRUE"], "drugs", *x, intervention=t))
            p = float(chance(g.run.defs["TRUE"], "peers", *x, intervention=t))
            eta = [
                stats.norm.ppf(
                    chance(g.run.defs["TRUE"], "disorder", *x, intervention=t, peers=m, drugs=m2)
                )
                for m in (0, 1)
            ]
            up = stats.norm.ppf(p)
            y = normal.cdf([up, eta[1]]) + stats.norm.cdf(eta[0]) - normal.cdf([up, eta[0]])
            found[t] += n / 410 * (q if m2 else 1 - q) * y
        return found[1] - found[0]

    return kept(g, f"exact {rho}", exactly)


def both_hidden(g: Any, rho: float) -> tuple[float, float]:
    """Return P(peers, disorder) in one kind of family: simulated, and by a bivariate normal."""
    world = g.simulate_world(np.random.default_rng(4), 400, rho)
    here = (world["gender"] == 0) & (world["conflict"] == 0) & (world["intervention"] == 0)
    here &= world["drugs"] == 0
    seen = (world["peers"][here] * world["disorder"][here]).mean()
    p = chance(g.TRUE, "peers", 0, 0, intervention=0)
    y = chance(g.TRUE, "disorder", 0, 0, intervention=0, peers=1, drugs=0)
    normal = stats.multivariate_normal(cov=[[1, rho], [rho, 1]])
    goal = float(normal.cdf([stats.norm.ppf(p), stats.norm.ppf(y)]))
    assert goal > p * y + 0.03  # more than without something shared
    return seen, goal


def cross_world() -> bool:
    """Return whether natural means need Y(1, m) and M(0) to be independent, and drawn ones do not.

    Both are held against the formula, of shares that a trial shows: of Y(1, m), and of M(0).
    """
    found = {}
    for tied in (True, False):
        people = [(u, v) for u in (0, 1) for v in (0, 1) if not tied or u == v]
        # M(0) = u; Y(1, m) = 1 where m is v.
        natural = np.mean([u == v for u, v in people])
        drawn = np.mean([m == v for _, v in people for m, _ in people])  # M(0) of anybody
        formula = sum(
            np.mean([m == v for _, v in people]) * np.mean([m == u for u, _ in people])
            for m in (0, 1)
        )
        found[tied] = natural == formula, drawn == formula
    return found == {True: (False, True), False: (True, True)}


def by_do_corners(g: Any) -> dict[str, np.ndarray]:
    return {
        f"{t}{a}{b}": np.ravel(g.worlds_by_do.sel(t=t, t1=a, t2=b))
        for t, a, b in product((0, 1), repeat=3)
    }


def proportion(g: Any) -> np.ndarray:
    return (own(g)["IIE1"] + own(g)["IIE2"] + own(g)["INT"]) / own(g)["TE"]


def prior_by_numpy() -> np.ndarray:
    """Return the total effect under Normal(0, 2) for every arrow."""
    rng = np.random.default_rng(6)
    names = [f"{e}_{c}" for e in ("peers", "drugs") for c in ("intervention", "gender", "conflict")]
    names += [f"disorder_{c}" for c in ("intervention", "peers", "drugs", "gender", "conflict")]
    names += [f"{e}_intercept" for e in ("peers", "drugs", "disorder")]
    return contrasts(corners({name: rng.normal(0, 2, 3000) for name in names}))["TE"]


UNITS = {
    **dict.fromkeys(("intervention", "peers", "drugs", "disorder"), "1 yes, 0 no"),
    "gender": "1 boy, 0 girl",
    "conflict": "1 calm to 5",
}
CLAIMS = [
    Claim(
        r"""| `gender` | gender of the teenager (half and half, by quota) | 1 boy, 0 girl | covariate |
    | `conflict` | conflict in the family before (by quota) | 1 calm to 5 | covariate |
    | `intervention` | the family took part (a coin decided) | 1 yes, 0 no | treatment $T$ |
    | `peers` | deviant friends, a year later | 1 yes, 0 no | mediator $M_1$ |
    | `drugs` | has tried drugs, a year later | 1 yes, 0 no | mediator $M_2$ |
    | `disorder` | substance-use disorder as a young adult | 1 yes, 0 no | outcome $Y$ |""",
        lambda g: (
            claims.unit_rows(g, UNITS, g.families, g.study.drop(columns=["gender", "conflict"]))
            and near(g.families["gender"].mean(), 0.5, 1e-9)
        ),
    ),
    Claim(
        "A disorder: # in a hundred with the programme, # without",
        lambda g: near(
            g.numbers("A disorder: # in a hundred"),
            [100 * arms(g)[1][t] / arms(g).loc[t].sum() for t in (1, 0)],
            0.5001,
        ),
    ),
    Claim(
        "The probability of a disorder changes by **{signed(naive_difference, 3)}** (94 % interval {signed(naive_interval[0], 3)} to {signed(naive_interval[1], 3)}).",
        lambda g: (
            near(g.naive_difference, difference(g), 1e-9)
            and near(np.mean(g.naive_interval), difference(g), 1e-9)
            and near((g.naive_interval[1] - g.naive_interval[0]) / g.naive_se, WIDE, 1e-4)
            and near(
                g.naive_se**2,
                sum(
                    (arms(g)[1] / arms(g).sum(axis=1))
                    * (arms(g)[0] / arms(g).sum(axis=1))
                    / (arms(g).sum(axis=1) - 1)
                ),
                1e-9,
            )
        ),
    ),
    Claim(
        """The coin makes the arms alike, but for chance, in all that came before: it vouches for this
        *difference of the arms*.""",
        lambda g: (
            TEMPER.independent("coin", "temper")
            and near(g.hundred_differences.mean(), truth(g)["TE"], 0.012)
        ),
    ),
    Claim(
        """To be frank: we simulated eight such studies, and took the one most alike a published example. A hundred others from the same
        world:""",
        lambda g: most_alike(g) and len(g.hundred_differences) == 100,
    ),
    Claim(
        "# such studies: # to #; ours #",
        lambda g: (
            near(
                g.numbers("such studies: #"),
                [100, g.hundred_differences.min(), g.hundred_differences.max(), difference(g)],
                0.00501,
            )
            and near(g.hundred_differences.std(), g.naive_se, 0.008)
        ),
    ),
    Claim(
        "A **mediator** stands between treatment and outcome: a part of the effect flows through it.",
        lambda g: all(
            {("intervention", m), (m, "disorder")} <= set(g.programme_graph.edges)
            for m in ("peers", "drugs")
        ),
    ),
    Claim(
        "A **cube**: each corner is a world, with the true numbers of our simulation.",
        lambda g: near(sorted(corners(g.TRUE).values()), np.sort(np.ravel(g.true_worlds)), 1e-9),
    ),
    Claim(
        "Nothing moves `intervention` but the coin.",
        lambda g: all(e[1] != "intervention" for e in g.programme_graph.edges),
    ),
    Claim(
        "Many would look at the families with *neither* deviant peers nor drugs: there the arms differ by {signed(difference_without_both, 3)}.",
        lambda g: near(
            g.difference_without_both,
            difference(g, g.study[(g.study["peers"] + g.study["drugs"]) == 0]),
            1e-9,
        ),
    ),
    Claim(
        "Suppose that a daring temper, which nobody measured, moves `peers` and `disorder`.",
        lambda g: (
            g.falsified == "families without both"
            and TEMPER.independent("coin", "temper")
            and not TEMPER.independent("coin", "temper", ["peers"])
        ),
    ),
    Claim(
        (
            "Let the programme act *directly* as in arm $t$, while peers are as in arm $t'$:",
            r"$$E[t, t'] = \sum_m P(Y{=}1 \mid t, m)\; P(M{=}m \mid t')$$",
        ),
        lambda g: near(g.four_worlds, four(g), 1e-12) and near(g.p_peers.sum(axis=1), 1, 1e-12),
    ),
    Claim(
        "Two routes from neither to both",
        lambda g: near(four(g), [[0.33, 0.27], [0.22, 0.18]], 1e-12),
    ),
    Claim(
        (
            "*Neither* and *both* are the two arms; nobody has seen the other two.",
            "**Total** effect {signed(hand_total, 2)}.",
            "**Direct** effect {signed(hand_direct, 2)}: peers stay as they are without the programme.",
            "**Indirect** effect {signed(hand_indirect, 2)}: only the peers change.",
            "The two parts add up to {signed(hand_direct + hand_indirect, 2)}, not to the total.",
        ),
        lambda g: (
            near(g.hand_total, four(g)[1, 1] - four(g)[0, 0], 1e-12)
            and near(g.hand_direct, four(g)[1, 0] - four(g)[0, 0], 1e-12)
            and near(g.hand_indirect, four(g)[0, 1] - four(g)[0, 0], 1e-12)
            and not near(g.hand_direct + g.hand_indirect, g.hand_total, 0.01)
        ),
    ),
    Claim(
        r"""$$\begin{aligned}
    E[t, t', t''] = \frac{1}{410} \sum_{i=1}^{410} \sum_{m_1, m_2} \; & E\big[Y_i(t, m_1, m_2) \mid x_i\big] \\
    \times \; & P\big(M_1(t') = m_1 \mid x_i\big)\; P\big(M_2(t'') = m_2 \mid x_i\big)
    \end{aligned}$$""",
        lambda g: all(
            near(float(g.true_worlds.sel(t=int(k[0]), t1=int(k[1]), t2=int(k[2]))), v, 1e-9)
            for k, v in corners(g.TRUE).items()
        ),
    ),
    Claim(
        (
            "while deviant peers are as common as in arm $t'$, and drugs as in arm $t''$.",
            "Of the eight, two are like the arms: $E[1,1,1]$ and $E[0,0,0]$. Nobody has seen the other six.",
            "The mediators are *drawn*, each apart, from what arm $t'$ or $t''$ gives families of this kind.",
            "Effects defined so are called **interventional** (Vansteelandt & Daniel 2017).",
        ),
        lambda g: near(
            float(g.true_worlds.sel(t=0, t1=1, t2=0) - g.true_worlds.sel(t=0, t1=0, t2=0)),
            truth(g)["IIE1"],
            1e-9,
        ),
    ),
    Claim(
        (
            "- **TE** = E111 − E000: everything on, everything off.",
            "- **DE** = E100 − E000: the direct way only.",
            "**IIE1** = E010 − E000: peers only.",
            "**IIE2** = E001 − E000: drugs only.",
            "- **INT** = E011 − E010 − E001 + E000: what peers and drugs do beyond the sum of the two.",
            "- **remainder** = (E111 − E011) − (E100 − E000): by how much the direct effect changes when both mediators have moved.",
        ),
        lambda g: g.EFFECTS == CORNERS,
    ),
    Claim(
        "TE = DE + IIE1 + IIE2 + INT + remainder, always: write it out, and every corner but two cancels.",
        lambda g: (
            {
                corner: total
                for corner in corners(g.TRUE)
                if (total := sum(g.EFFECTS[n].get(corner, 0) for n in CORNERS if n != "TE"))
            }
            == {"111": 1, "000": -1}
        ),
    ),
    Claim(
        "E[# # #] = #; IIE# = #",
        lambda g: (
            near(g.numbers("E[#")[-1], truth(g)["IIE1"], 0.0005)
            and near(g.numbers("E[#")[3], corners(g.TRUE)["000"], 0.0005)
        ),
    ),
    Claim(
        (
            'Walk directly from 000: {signed(true_effects["DE"], 4)}.',
            'Walk directly from 011, where the mediators have moved already: {signed(true_effects["DE"] + true_effects["remainder"], 4)}.',
            "Fewer disorders are left to prevent.",
            'The two steps differ by the remainder, {signed(true_effects["remainder"], 4)}.',
        ),
        lambda g: (
            near(g.true_effects["DE"], truth(g)["DE"], 1e-9)
            and near(
                g.true_effects["DE"] + g.true_effects["remainder"],
                corners(g.TRUE)["111"] - corners(g.TRUE)["011"],
                1e-9,
            )
            and g.true_effects["remainder"] > 0 > g.true_effects["DE"]
        ),
    ),
    Claim(
        (
            "- **Consistency**: one version of the programme; we see $Y(T, M_1, M_2)$.",
            "- **Positivity**: every kind of family could have any $(t, m_1, m_2)$.",
        ),
        lambda g: all(
            0.02 < chance(g.TRUE, e, gender, conflict, intervention=t) < 0.98
            for e in ("peers", "drugs")
            for gender, conflict, _ in KINDS
            for t in (0, 1)
        ),
    ),
    Claim(
        (
            "- **Sequential ignorability**, given $x$: nothing unmeasured moves both treatment and outcome, nor treatment and mediators (*the coin vouches*); nor **mediators and outcome** (*nobody vouches*).",
            "What does the third assumption do?",
        ),
        lambda g: (
            TEMPER.independent("coin", "temper")
            and not TEMPER.independent("temper", "peers")
            and all(e[1] != "intervention" for e in g.programme_graph.edges)
        ),
    ),
    Claim(
        "- **Mediators independent**, given $T$ and $x$: then E111 − E000 is the difference of the arms, otherwise in general not.",
        lambda g: (
            g.programme_graph.independent("peers", "drugs", ["intervention", "gender", "conflict"])
            and not g.programme_graph.independent("peers", "drugs", ["intervention"])
            and enough_for_te()
        ),
    ),
    Claim(
        (
            "Then what is *set* may be replaced by what is *seen*, and the estimand becomes the **mediation formula**, the last lines of `eight_worlds`:",
            r"""$$\begin{aligned}
    E[t, t', t''] = \frac{1}{410} \sum_i \sum_{m_1, m_2} \; & P(Y{=}1 \mid t, m_1, m_2, x_i) \\
    \times \; & P(m_1 \mid t', x_i)\; P(m_2 \mid t'', x_i)
    \end{aligned}$$""",
        ),
        lambda g: split_says(g, "TE", "IIE1") and near(np.ravel(g.draws["DE"]), own(g)["DE"], 1e-6),
    ),
    Claim(
        """Take a world where a disorder needs *both* mediators, each as common in one arm as in the other. In the control
        arm they come together; under the programme, independently.""",
        margins,
    ),
    Claim(
        (
            "The coin vouches for the difference of the arms, {signed(tied_arms, 2)}.",
            "TE draws the two mediators apart, loses what ties them, and says {number(tied_te, 2)}.",
            "So **the coin vouches for the difference of the arms, not for TE**: the two are the same number under the second and the third assumption; instead of the third it is enough that the mediators' parts in the chance of a disorder add up.",
        ),
        coin_and_te,
    ),
    Claim(
        (
            r"""$$\begin{aligned}
    T &\sim \text{Bernoulli}(0.5) & \text{the coin}\\
    M_1 &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + \alpha_T T + x^\top\alpha)\big) & \text{peers}\\
    M_2 &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\beta_0 + \beta_T T + x^\top\beta)\big) & \text{drugs}\\
    Y &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\gamma_0 + \gamma_T T + \gamma_1 M_1 + \gamma_2 M_2 + x^\top\gamma)\big) & \text{disorder}
    \end{aligned}$$""",
            "Each of the Greek letters has the prior Normal(0, 2), in log-odds.",
        ),
        lambda g: bernoullis(g) and pymc_prior(g) == ("Normal", [0, 2]),
    ),
    Claim(
        "Total #, and one part for each way it travels",
        lambda g: (
            near(g.numbers("and one part for each way"), own(g)["TE"].mean(), 0.00051)
            and all(
                near(g.effects.set_index("effect")["truth"][n], truth(g)[n], 1e-9) for n in CORNERS
            )
        ),
    ),
    Claim(
        "line: # % HDI",
        lambda g: (
            split_says(g, *MAIN)
            and all(
                held(g.prior_effects[n], *np.asarray(g.prior_ends), room=0.006) for n in ("TE",)
            )
        ),
    ),
    Claim(
        (
            '- **TE** {mediation.said(split, "TE")}: the probability that the programme helps is {percent(helps["TE"])}.',
            '- **IIE1**, through peers, {mediation.said(split, "IIE1")}: {percent(helps["IIE1"])}.',
            '**IIE2**, through drugs, {mediation.said(split, "IIE2")}: {percent(helps["IIE2"])}.',
            '- **DE**, any other way, {mediation.said(split, "DE")}: {percent(helps["DE"])}.',
            "In brackets the 94 % highest-density interval (HDI: the shortest that holds 94 % of the draws).",
        ),
        lambda g: split_says(g, *MAIN) and all(helps(g, n) for n in MAIN),
    ),
    Claim(
        """An interval that holds zero says "we do not know", not "there is nothing": 410 families are few for such a split.""",
        lambda g: (
            g.split["upper"]["DE"] > 0 > truth(g)["DE"]
            and g.n_families == sum(n for *_, n in KINDS) == 410
        ),
    ),
    Claim(
        'The parts add up to TE in each of the {draws["TE"].size:,} draws, to {remainder_identity_error:.0e}: arithmetic, not estimation.',
        lambda g: (
            all(near(np.ravel(g.draws[n]), own(g)[n], 1e-6) for n in CORNERS)
            and 0 <= g.remainder_identity_error < 1e-12
        ),
    ),
    Claim(
        (
            r"""A daring temper may lead to deviant peers *and* to a disorder. Call $\rho$ the correlation of what is hidden behind the two
            ($\rho = 0$: nothing shared; Imai, Keele & Yamamoto 2010).""",
            "How strong must it be before the effect through peers could be zero?",
        ),
        lambda g: near(*both_hidden(g, 0.5), 0.02),
    ),
    Claim(
        (
            r"""$$\underbrace{P(Y{=}1 \mid m)}_{\text{seen}} = E\!\left[\Phi\!\left(\frac{\eta + \rho\, e_M}{\sqrt{1 - \rho^2}}\right) \Big|\; m\right],
    \qquad \underbrace{P(Y(m){=}1)}_{\text{done}} = \Phi(\eta)$$""",
            r"For each $\rho$ we solve for $\eta$: no refit, and every $\rho$ fits the data equally well.",
        ),
        bivariate,
    ),
    Claim(
        "ρ = #: IIE# #, the interval excludes zero",
        lambda g: (
            near(g.numbers("the interval excludes zero")[-1], own(g)["IIE1"].mean(), 0.0012)
            and g.sensitivity["upper"][np.isclose(g.sensitivity["rho"], 0)].item() < 0
        ),
    ),
    Claim(
        "band and bar: # % HDI",
        lambda g: held(
            g.iie1_if_hidden(g.few_arrows, 0.2),
            *g.sensitivity.loc[
                np.isclose(g.sensitivity["rho"], 0.2), ["lower", "upper"]
            ].to_numpy()[0],
            room=0.006,
        ),
    ),
    Claim(
        (
            "The interval holds zero from ρ = **{number(rho_interval, 2)}** on; at ρ = **{number(rho_mean, 2)}** the mean itself is zero.",
        ),
        lambda g: zero_of_interval(g) and zero_at(g, g.rho_mean, "mean"),
    ),
    Claim(
        "To leave `conflict` out would be about a ρ of {number(rho_conflict, 2)}.",
        without_conflict,
    ),
    Claim(
        (
            "These data cannot say what ρ is.",
            "Whatever it is, the difference of the arms is an effect.",
        ),
        lambda g: (
            TEMPER.independent("coin", "temper")
            and near(arms_under(g, 0.6), arms_exactly(g, 0.6), 0.008)
        ),
    ),
    Claim(
        (
            "what is the **weakest** effect through peers that any 94 % interval in this range allows?",
            "If it is negative, the effect survives the whole range.",
            "From `sensitivity` (columns `rho`, `mean`, `lower`, `upper`):",
        ),
        lambda g: near(
            g.weakest,
            np.interp(0.2, g.sensitivity["rho"], g.sensitivity["upper"]),
            1e-9,
        ),
    ),
    Claim(
        "First `unprotected`: for which pair must we still hope that nothing unmeasured moves both?",
        lambda g: g.unprotected == "applies and job" and abs(g.jobs["course"].mean() - 0.5) < 0.02,
    ),
    Claim(
        (
            '- **How does it work?** Total {mediation.said(split, "TE")}: through peers {mediation.said(split, "IIE1")}, through drugs {mediation.said(split, "IIE2")}, in other ways {mediation.said(split, "DE")}.',
            "What holds zero is unknown, not absent.",
        ),
        lambda g: split_says(g, *MAIN) and g.split["upper"]["DE"] > 0 > truth(g)["DE"],
    ),
    Claim(
        "- **The coin vouches for the difference of the arms.** The parts need more: nothing hidden behind mediators and outcome; TE as E111 − E000 in general also independent mediators, given programme and covariates.",
        lambda g: coin_and_te(g) and abs(arms_exactly(g, 0.4) - truth(g)["TE"]) > 0.001,
    ),
    Claim(
        "- **Say how little takes it away.** With a ρ of {number(rho_interval, 2)} behind peers and disorder, the interval of the effect through peers holds zero.",
        zero_of_interval,
    ),
    Claim(
        "- **An indirect effect is a contrast of worlds**, and where you start matters: name the remainder, or two honest people report two splits.",
        lambda g: (
            abs(truth(g)["remainder"]) > 0.003
            and abs(g.indirect_after_direct - g.hand_indirect) > 0.01
        ),
    ),
    # Optional ------------------------------------------------------------------------------------
    Claim(
        (
            "So one must assume that $Y_i(1, m)$ and $M_i(0)$ are independent given $x$: the **cross-world assumption**.",
            "Interventional effects draw the mediator from a distribution, and do not need it.",
        ),
        lambda _: cross_world(),
    ),
    Claim(
        "What stays whole is their **joint** indirect effect: both mediators drawn together as in arm 1 instead of arm 0, nothing acting directly.",
        lambda g: near(
            g.joint_indirect(
                np.full((2, 2, 2), 0.0) + g.needs_both, np.stack([g.together[0], g.together[1]])
            ),
            tied_by_counting()[0],
            0.01,
        ),
    ),
    Claim(
        ("The formula sums, `do` draws: {number(do_gap, 1)} Monte Carlo errors apart at most.",),
        lambda g: (
            near(
                g.do_gap,
                max(
                    abs(float(v.mean()) - own(g)[n].mean())
                    / (np.std(np.ravel(v) - own(g)[n]) / np.sqrt(own(g)[n].size))
                    for n, v in contrasts(by_do_corners(g)).items()
                ),
                0.1,
            )
            and g.do_gap < 4.5
        ),
    ),
    Claim(
        "Everybody asks for the **proportion mediated**, (IIE1 + IIE2 + INT) / TE.",
        lambda g: near((np.ravel(g.proportion_mediated) - proportion(g)) * own(g)["TE"], 0, 1e-5),
    ),
    Claim(
        "# % HDI # to #; # % of the draws outside # to #",
        lambda g: (
            near(
                g.numbers("of the draws outside")[3],
                100 * np.mean((proportion(g) < 0) | (proportion(g) > 1)),
                0.51,
            )
            and held(proportion(g), *g.numbers("of the draws outside")[1:3], room=0.006)
        ),
    ),
    Claim(
        'The truth is {number(1 - (true_effects["DE"] + true_effects["remainder"]) / true_effects["TE"], 2)}.',
        lambda g: (
            near(
                1 - (g.true_effects["DE"] + g.true_effects["remainder"]) / g.true_effects["TE"],
                (truth(g)["IIE1"] + truth(g)["IIE2"] + truth(g)["INT"]) / truth(g)["TE"],
                1e-6,
            )
            and near(g.true_effects["TE"], truth(g)["TE"], 1e-9)
        ),
    ),
    Claim(
        (
            "- it has two definitions: this one has the median {number(medians[0], 2)}, and 1 − DE/TE has {number(medians[1], 2)}.",
            "They differ by the remainder's share.",
        ),
        lambda g: (
            near(
                g.medians,
                [np.median(proportion(g)), np.median(1 - own(g)["DE"] / own(g)["TE"])],
                1e-3,
            )
            and near(
                np.median(proportion(g) + own(g)["remainder"] / own(g)["TE"]), g.medians[1], 1e-3
            )
        ),
    ),
    Claim(
        "TE #, mediated #: proportion #",
        lambda g: near(
            g.numbers("TE #, mediated"),
            [
                truth(g)["TE"],
                truth(g)["TE"] - truth(g)["DE"] - truth(g)["remainder"],
                (truth(g)["TE"] - truth(g)["DE"] - truth(g)["remainder"]) / truth(g)["TE"],
            ],
            0.00051,
        ),
    ),
    Claim(
        (
            'The mediated part is {signed(direct_curve["mediated"][0], 3)} all along the curve: peers and drugs prevent what they prevent.',
            'The "proportion" goes from below 1 to infinity and comes back negative.',
        ),
        curve_says,
    ),
    Claim(
        (
            r"Then *indirect* $= a \times b$, *direct* $= c$, *total* $= a b + c$: the **product rule**.",
            "Mend it: `indirect_mended`, one number, in points of the risk score.",
        ),
        product_of_scores,
    ),
    Claim(
        'The product rule would say {number(TRUE["peers_intervention"], 2)} × {number(TRUE["disorder_peers"], 2)} = {number(TRUE["peers_intervention"] * TRUE["disorder_peers"], 2)}: log-odds times log-odds.',
        lambda g: (
            near([g.TRUE["peers_intervention"], g.TRUE["disorder_peers"]], [-0.75, 1.3], 1e-9)
            and g.TRUE["peers_intervention"] * g.TRUE["disorder_peers"] < 10 * truth(g)["IIE1"]
        ),
    ),
    Claim(
        (
            "The total effect then lies between {signed(prior_ends[0], 2)} and {signed(prior_ends[1], 2)} (94 % HDI), and no sign is preferred.",
            "The prior allows large effects of either sign",
        ),
        lambda g: (
            near(inside(prior_by_numpy(), *g.prior_ends), 0.94, 0.02)
            and near(np.mean(np.ravel(g.prior_effects["TE"]) > 0), 0.5, 0.06)
            and near(g.prior_ends[1], -g.prior_ends[0], 0.08)
        ),
    ),
    Claim(
        (
            '{predictive["mean"].between(predictive["lower"], predictive["upper"]).sum()} of {len(predictive)} shares lie inside.',
            "That says nothing about what is hidden.",
            "Mark: what we saw. Line: what the fitted model invents",
        ),
        lambda g: (
            len(g.predictive) == 6
            and near(
                g.predictive["mean"],
                [
                    g.study[g.study["intervention"] == t][n].mean()
                    for n in ("peers", "drugs", "disorder")
                    for t in (0, 1)
                ],
                1e-9,
            )
            and all(
                near(inside(shares, low, high), 0.94, 0.02)
                for shares, low, high in zip(
                    g.replicated.values(), g.predictive["lower"], g.predictive["upper"], strict=True
                )
            )
            and g.predictive["mean"].between(g.predictive["lower"], g.predictive["upper"]).sum()
            >= 5
        ),
    ),
    Claim(
        (
            "One study cannot tell.",
            "So we run the study again and again in the same world, and count how often the 94 % interval holds the truth (its **coverage**).",
            "NUTS for each world would take long; a **Laplace approximation** (a normal around the peak of the posterior) takes seconds for all.",
        ),
        lambda g: (
            coverage_by_hand(g, g.repeated_worlds)
            and coverage_by_hand(g, g.hidden_worlds)
            and recount_says(g, g.repeated_worlds.set_index("effect"), 0.0)
            and recount_says(g, g.hidden_worlds.set_index("effect"), 0.4)
        ),
    ),
    Claim(
        "On our own data the means of the two differ by {number(laplace_gap, 2)} posterior standard deviations at most.",
        lambda g: (
            near(
                g.laplace_gap,
                max(
                    abs(g.approximation["mean"][n] - own(g)[n].mean()) / own(g)[n].std()
                    for n in MAIN
                ),
                1e-3,
            )
            and g.laplace_gap < 0.2
        ),
    ),
    Claim(
        (
            '- **Nothing hidden**: the intervals hold the truth in {percent(nothing_hidden["coverage"].min())} to {percent(nothing_hidden["coverage"].max())} of {N_WORLDS} worlds (Monte Carlo error {number(100 * coverage_se, 1)} points).',
            'They are wide: that of DE excludes zero in {percent(nothing_hidden["excludes_zero"]["DE"])}.',
        ),
        lambda g: (
            recount_says(g, g.nothing_hidden, 0.0)
            and near(g.coverage_se, np.sqrt(0.94 * 0.06 / g.N_WORLDS), 1e-6)
            and g.repeated_worlds["n_worlds"][0] == g.N_WORLDS
        ),
    ),
    Claim(
        (
            '- **ρ = 0.4**: IIE1 comes out {number(abs(temper_hidden["bias"]["IIE1"]), 3)} too strong, DE {number(abs(temper_hidden["bias"]["DE"]), 3)} too weak; the interval of IIE1 holds the truth in {percent(temper_hidden["coverage"]["IIE1"])}.',
            'The bias moves effect from one way to another, and TE (coverage {percent(temper_hidden["coverage"]["TE"])}) hardly shows it.',
        ),
        lambda g: (
            recount_says(g, g.temper_hidden, 0.4)
            and g.temper_hidden["bias"]["IIE1"] < 0 < g.temper_hidden["bias"]["DE"]
        ),
    ),
    Claim(
        "# worlds of each kind (dashed: # %)",
        lambda g: (
            g.numbers("worlds of each kind") == [g.N_WORLDS, 94]
            and all(
                recount_says(
                    g, g.both_worlds[g.both_worlds["world"] == world].set_index("effect"), rho
                )
                for world, rho in (("nothing hidden", 0.0), ("ρ = 0.4", 0.4))
            )
        ),
    ),
    Claim(
        r"""With $\\rho = 0.4$ TE drifts
        a little as well: the fit follows the difference of the arms, and that is no longer $E[1,1,1] - E[0,0,0]$, which draws the mediators afresh and so cuts
        their tie with what is hidden.""",
        lambda g: (
            abs(arms_exactly(g, 0.4) - truth(g)["TE"]) > 0.001
            and near(arms_under(g, 0.4), arms_exactly(g, 0.4), 0.008)
            and near(g.temper_hidden["bias"]["TE"], arms_exactly(g, 0.4) - truth(g)["TE"], 0.008)
        ),
    ),
    Claim(
        (
            "The same three regressions in PyMC, with **Binomial** counts and one vector of arrows.",
            "{len(counts)} rows of counts in place of three sub-models over {n_families} families, and the largest gap of means is {number(second_gap, 2)} posterior standard deviations.",
            "Both rest on the same assumptions: agreement of two programs is no evidence for them.",
        ),
        lambda g: by_counts(g) and near(g.second_gap, pymc_gap(g), 1e-3) and g.n_families == 410,
        blunt="the number of rows of a frame",
    ),
    Claim(
        (
            "Our world was tuned to look like it: our true effects lie within {number(published_gap, 3)} of the published means.",
            "And our study is one of eight draws, chosen because its split looks most like this one: another `SEED` gives another split.",
        ),
        lambda g: published(g) and most_alike(g),
    ),
]


test_words_stand, test_claim_holds, test_all_claimed = claims.tests_of(NAME, CLAIMS)
