"""Claims of notebook 01: words that stand on its page, and what makes them true.

The hotel's numbers are written down here once more (`HOTEL`), so that a careless edit of the page's
own table is seen.
"""

from __future__ import annotations

import functools
import itertools
import re
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import multivariate_normal, norm

from helpers import graphs
from helpers.lessons import causal_graphs
from helpers.simulate import LinearWorld
from helpers.tidy import HDI_PROB
from tests import claims
from tests.claims import Claim, Globals, prior_of
from tests.support import ROOT

NAME = "01_causal_graphs"
ARROWS = {("temperature", "price"): 2, ("price", "bookings"): -1, ("temperature", "bookings"): 5}
HOTEL = LinearWorld(ARROWS, {"temperature": 23}, {"temperature": 3, "price": 5, "bookings": 5})
DEAF = LinearWorld({a: w for a, w in ARROWS.items() if a != ("temperature", "bookings")})
"""A hotel whose guests do not listen to the weather."""
GRAPH = graphs.dag(ARROWS, treatment="price", outcome="bookings")
FORK = LinearWorld({("m", "a"): 1, ("m", "b"): 1})
CHAIN = LinearWorld({("a", "m"): 1, ("m", "b"): 1})
COLLIDER = LinearWorld({("a", "m"): 1, ("b", "m"): 1, ("m", "child"): 1})
COVARIANCE, MEAN = HOTEL.covariance(), HOTEL.mean()


def near(value: Any, wanted: float, within: float) -> bool:
    """Return whether a number lies within so much of another."""
    return bool(abs(float(value) - wanted) <= within)


def ols(frame: Any, outcome: str, *on: str) -> tuple[float, float]:
    """Return the coefficient of the first regressor and its standard error, by statsmodels."""
    fit = sm.OLS(frame[outcome], sm.add_constant(frame[list(on)])).fit()
    return float(fit.params[on[0]]), float(fit.bse[on[0]])


def separated(world: LinearWorld, *given: str) -> bool:
    """Return whether a and b are d-separated, by the graph; and the exact correlation agrees."""
    by_graph = graphs.dag(world.edges).independent("a", "b", given)
    assert by_graph == (abs(world.correlation("a", "b", given)) < 1e-12)
    return by_graph


def covers(draws: Any, low: float, high: float) -> bool:
    """Return whether an interval holds the course's share of the draws, and is a narrow one."""
    values = np.ravel(draws)
    share = np.mean((values >= low) & (values <= high))
    wide = np.subtract(*np.quantile(values, [(1 + HDI_PROB) / 2, (1 - HDI_PROB) / 2]))
    return near(share, HDI_PROB, 0.01) and high - low <= 1.02 * wide


@functools.cache
def power(correlation: float, n: int) -> float:
    """Return the chance that n evenings show a partial correlation, one given (Fisher z)."""
    shift, edge = np.arctanh(correlation) * np.sqrt(n - 4), norm.ppf((1 + HDI_PROB) / 2)
    return float(norm.cdf(shift - edge) + norm.cdf(-shift - edge))


def enough(correlation: float, n: float) -> bool:
    """Return whether n is the smallest number of evenings that shows it in four hotels of five."""
    return power(correlation, int(n)) >= 0.8 > power(correlation, int(n) - 1)


def means_by_offer(customers: Any, offer: int) -> tuple[int, float]:
    """Return how many had this offer, and their mean of y1 - y0, row by row."""
    effects = [row.y1 - row.y0 for row in customers.itertuples() if row.offer == offer]
    return len(effects), sum(effects) / len(effects)


def partial(frame: Any, first: str, second: str, given: str) -> float:
    """Return a partial correlation by the textbook's formula of three correlations."""
    r = frame[[first, second, given]].corr()
    ab, ac, bc = r.loc[first, second], r.loc[first, given], r.loc[second, given]
    return float((ab - ac * bc) / np.sqrt((1 - ac**2) * (1 - bc**2)))


def gain(evenings: Any, rise: float) -> float:
    """Return what the owner gains (€ per evening) if each euro costs one booking."""
    price, rooms = evenings["price"], evenings["bookings"]
    return float(np.mean((price + rise) * (rooms - rise) - price * rooms))


def spread(evenings: Any) -> float:
    """Return the sd of the price on evenings equally warm, in €, by statsmodels."""
    return float(
        sm.OLS(evenings["price"], sm.add_constant(evenings["temperature"])).fit().resid.std()
    )


def likelihood(frame: Any, edges: Any) -> float:
    """Return the largest log-likelihood of a complete graph: that of one multivariate normal."""
    assert len(edges) == 3
    return float(multivariate_normal(frame.mean(), frame.cov(ddof=0)).logpdf(frame).sum())


def independences(text: str) -> set[Any]:
    """Return what a graph, given as text, forbids."""
    table = graphs.dag(graphs.parse_edges(text)[0]).independences()
    return {(frozenset((a, b)), given) for a, b, given in table.itertuples(index=False)}


def looks(text: str) -> tuple[set[Any], set[Any]]:
    """Return skeleton and v-structures of a graph given as text."""
    edges = graphs.parse_edges(text)[0]
    skeleton = {frozenset(edge) for edge in edges}
    into = {(frozenset((a, b)), c) for (a, c), (b, d) in itertools.combinations(edges, 2) if c == d}
    return skeleton, {v for v in into if v[0] not in skeleton}


def equivalent_like_the_rule() -> bool:
    """Return whether, on all graphs of three nodes, same looks and same independences agree."""
    pairs, texts = [("A", "B"), ("A", "C"), ("B", "C")], []
    for kinds in itertools.product(("->", "<-", ""), repeat=3):
        lines = [f"{a} {k} {b}" for (a, b), k in zip(pairs, kinds, strict=True) if k]
        edges = graphs.parse_edges("\n".join(lines))[0]
        if len(edges) >= 2 and not graphs.find_cycle(edges):
            texts.append("\n".join(lines))
    complete = [text for text in texts if {n for e in looks(text)[0] for n in e} == set("ABC")]
    return len(complete) == 18 and all(
        (looks(a) == looks(b)) == (independences(a) == independences(b))
        for a, b in itertools.combinations(complete, 2)
    )


def three_distinct(g: Globals) -> bool:
    """Return whether the three stories fit alike and their answers are far apart."""
    fits = g.equivalent_fits
    alike = all(
        near(fit, likelihood(g.evenings, g.stories[story]), 1e-6)
        for story, fit in zip(fits["story"], fits["log_likelihood"], strict=True)
    )
    effects = fits["effect_of_price"].to_numpy()
    wanted = [ols(g.evenings, "bookings", "price", "temperature")[0], 0.0]
    wanted += [ols(g.evenings, "bookings", "price")[0]]
    return alike and np.allclose(effects, wanted, atol=1e-9)


def same_units(value: float) -> bool:
    """Return whether setting each price to what it was changes no evening (consistency)."""
    natural = HOTEL.sample(200, 5)
    again = HOTEL.sample(200, 5, do={"price": natural["price"].to_numpy() + value})
    return bool(np.allclose(again["bookings"] - natural["bookings"], -value))


def alone() -> bool:
    """Return whether a price set on one evening leaves all others alone (no interference)."""
    natural = HOTEL.sample(200, 5)
    prices = natural["price"].to_numpy().copy()
    prices[7] += 10
    moved = HOTEL.sample(200, 5, do={"price": prices})["bookings"] - natural["bookings"]
    return bool(np.allclose(np.delete(moved, 7), 0) and near(moved[7], -10, 1e-9))


def owner_answer(g: Globals) -> bool:
    """Return whether the page's gain is that of an effect of −1, within its error."""
    error = ols(g.evenings, "bookings", "price", "temperature")[1]
    mean_price = g.evenings["price"].mean() + 1  # what a steeper slope costs, in euros
    return (
        near(g.owner_gain, gain(g.evenings, 1), 4 * error * 47)
        and g.owner_gain > 0
        and near((g.gain_high - g.gain_low) / (2 * error * mean_price), 1.88079, 1e-3)
        and near(g.gain_high + g.gain_low, 2 * g.owner_gain, 1e-6)
    )


PRIORS = {
    "temperature_mean": ("Normal", [20, 5]),
    "temperature_sd": ("HalfNormal", [0, 5]),
    "price_base": ("Normal", [50, 15]),
    "price_per_degree": ("Normal", [0, 2]),
    "price_sd": ("HalfNormal", [0, 5]),
    "bookings_base": ("Normal", [60, 20]),
    "bookings_per_euro": ("Normal", [0, 1]),
    "bookings_per_degree": ("Normal", [0, 4]),
    "bookings_sd": ("HalfNormal", [0, 5]),
}
"""The priors of the hotel: °C, €, rooms, and their ratios."""


@functools.cache
def below_zero(n: int = 400_000) -> float:
    """Return the share of evenings below zero rooms under `PRIORS`, drawn by NumPy."""
    rng = np.random.default_rng(9)
    draw = {
        name: rng.normal(*values, n) if kind == "Normal" else abs(rng.normal(*values, n))
        for name, (kind, values) in PRIORS.items()
    }
    warmer = draw["temperature_mean"] + draw["temperature_sd"] * rng.normal(size=n) - 23
    price = draw["price_base"] + draw["price_per_degree"] * warmer
    price += draw["price_sd"] * rng.normal(size=n)
    rooms = draw["bookings_base"] + draw["bookings_per_euro"] * (price - 46)
    rooms += draw["bookings_per_degree"] * warmer + draw["bookings_sd"] * rng.normal(size=n)
    return float(np.mean(rooms < 0))


def mean_of(model: Any, name: str, **values: float) -> float:
    """Return the mean of a node of the hotel's model when its causes and numbers are set."""
    import pymc as pm

    base = {"temperature_sd": 1.0, "price_sd": 1e-9, "bookings_sd": 1e-9, "temperature_mean": 0.0}
    base |= {"price_base": 0.0, "bookings_base": 0.0}
    n = model.dim_lengths["evening"].eval()
    base |= {"price_per_degree": 0.0, "bookings_per_euro": 0.0, "bookings_per_degree": 0.0}
    flat = {k: np.full(n, v) if k in ("temperature", "price") else v for k, v in values.items()}
    world = pm.do(model, {**base, **flat})
    return float(np.mean(pm.draw(world[name], random_seed=1, mode="FAST_COMPILE")))


def unknowns(model: Any, observed: Any) -> bool:
    """Return whether twelve are unknown, nine of them once the columns are observed.

    And whether `do` takes weather and price out of the program, and nothing else.
    """
    import pymc as pm

    def names(variables: Any) -> set[str]:
        return {variable.name for variable in variables}

    numbers, columns = set(PRIORS), set(GRAPH.nodes)
    done = pm.do(observed, {"temperature": np.zeros(200), "price": np.zeros(200)})
    return (
        len(numbers) == 9
        and (names(model.free_RVs), model.observed_RVs) == (numbers | columns, [])
        and (names(observed.free_RVs), names(observed.observed_RVs)) == (numbers, columns)
        and names(done.basic_RVs) == (numbers | columns) - {"temperature", "price"}
    )


@functools.cache
def formulas_of(key: int, model: Any) -> bool:  # noqa: ARG001 -- the key tells models apart
    """Return whether price and bookings count from the ordinary evening, by their formulas."""
    price = {"price_base": 46.0, "price_per_degree": 2.0}
    rooms = {"bookings_base": 69.0, "bookings_per_euro": -1.0, "bookings_per_degree": 5.0}
    return (
        near(mean_of(model, "price", temperature=23.0, **price), 46, 1e-6)
        and near(mean_of(model, "price", temperature=26.0, **price), 52, 1e-6)
        and near(mean_of(model, "bookings", temperature=23.0, price=46.0, **rooms), 69, 1e-6)
        and near(mean_of(model, "bookings", temperature=25.0, price=50.0, **rooms), 75, 1e-6)
    )


INSTRUMENT = [("z", "x"), ("u", "x"), ("u", "y"), ("x", "y")]
"""No arrow from z to y: with u hidden, no independence of z, x and y says so."""


def agreed_arrows() -> list[tuple[int, list[float]]]:
    """Return variables and reported accuracies of each published graph, from the page's table."""
    text = (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")
    rows = re.findall(r"^ *\| [A-Z]{4,} \([^|]*\| (\d+) \| ([^|]*) \|$", text, re.MULTILINE)
    return [(int(size), [float(v) for v in shares.split(" to ")]) for size, shares in rows]


CLAIMS = [
    # Seeing
    Claim(
        (
            """Price and bookings rise together: correlation
            {signed(evenings["price"].corr(evenings["bookings"]))} (−1 to +1), slope
            {signed(naive_slope)} rooms per euro (the rise of the line).""",
            "cheap evenings are quiet.",
        ),
        lambda g: (
            len(g.evenings) == 1_000
            and near(g.naive_slope, ols(g.evenings, "bookings", "price")[0], 1e-9)
            and near(g.naive_slope, 29 / 61, 0.2)
            and near(g.evenings["price"].corr(g.evenings["bookings"]), 29 / np.sqrt(61 * 131), 0.12)
            and g.numbers("Price and bookings rise together")[0]
            == round(g.evenings["price"].corr(g.evenings["bookings"]), 2)
            and near(g.evenings["price"].mean(), 46, 2)
        ),
    ),
    Claim(
        "Seeing: each euro goes with # bookings",
        lambda g: g.numbers("Seeing: each euro goes with") == [round(g.naive_slope, 2)],
    ),
    Claim(
        """Answer with one of `"rises by about 5"`, `"stays the same"`, `"falls by about 10"`,
        `"the record cannot tell"`.""",
        lambda g: (
            near(10 * g.naive_slope, 5, 2)
            and near(10 * g.true_effect, -10, 1e-9)
            and three_distinct(g)
        ),
    ),
    Claim(
        """| `temperature` | temperature at noon, as forecast | °C |
    | `price` | price of one night | € |
    | `bookings` | rooms sold that evening | rooms |""",
        lambda g: (
            claims.unit_rows(g, {"temperature": "°C", "price": "€", "bookings": "rooms"})
            and list(g.evenings.columns) == ["temperature", "price", "bookings"]
            and causal_graphs.AXES["price"][1] == "€ per night"
            and causal_graphs.AXES["bookings"][1] == "rooms"
            and near(g.evenings["temperature"].mean(), 23, 1)
        ),
    ),
    # Potential outcomes
    Claim(
        """Each has two **potential outcomes**: `y1`, churn (1) or stay (0) with the offer, and
        `y0`, without it.""",
        lambda g: (
            set(g.customers[["y0", "y1"]].to_numpy().ravel()) == {0, 1}
            and g.churn_difference(g.customers, g.customers["offer"] == 1)
            == g.customers.query("offer == 1")["y1"].mean()
            - g.customers.query("offer == 0")["y0"].mean()
        ),
    ),
    Claim(
        (
            """Compute three means of `y1 − y0`, as shares between −1 and 1:""",
            """- `ate`: over all ten customers (*average treatment effect*),
    - `att`: over the five who got the offer (*on the treated*),
    - `atu`: over the five who did not (*on the untreated*).""",
        ),
        lambda g: (
            means_by_offer(g.customers, 1) == (5, pytest.approx(g.att))
            and means_by_offer(g.customers, 0) == (5, pytest.approx(g.atu))
            and near(g.ate, (g.att + g.atu) / 2, 1e-12)
        ),
    ),
    Claim(
        (
            "There are 252 ways to give five offers to ten customers",
            """The mean over all ways is the **true effect**, without any model: that is what
            randomisation buys.""",
            "A single draw may still miss it",
            "Chance is right on average: #",
        ),
        lambda g: (
            len(g.coin_differences) == 252
            and near(np.mean(g.coin_differences), (g.customers.y1 - g.customers.y0).mean(), 1e-12)
            and g.numbers("Chance is right on average") == [-0.2]
            and np.std(g.coin_differences) > 0.2
        ),
    ),
    Claim(
        r"""$$\tau = \frac1n \sum_{i=1}^{n} \bigl[\,Y_i(P_i+1) - Y_i(P_i)\,\bigr]$$

    in rooms per euro, over *all* evenings, warm and cold: where lines are straight,
    $E[\,Y \mid do(p+1)\,] - E[\,Y \mid do(p)\,]$ at every $p$.""",
        lambda g: near(
            np.mean(
                g.hotel_exact.sample(500, 3, do={"price": 51})["bookings"]
                - g.hotel_exact.sample(500, 3, do={"price": 50})["bookings"]
            ),
            -1,
            1e-9,
        ),
    ),
    Claim(
        r"""What the record shows is $E[\,Y \mid P = p\,]$. Seeing $P=p$ and
    setting $do(p)$ differ here, because what chose the price moves bookings too.""",
        lambda _: (
            near(HOTEL.slope("bookings", "price"), 29 / 61, 1e-9)
            and near(HOTEL.total_effect("price", "bookings"), -1, 1e-9)
            and near(DEAF.slope("bookings", "price"), DEAF.total_effect("price", "bookings"), 1e-9)
        ),
    ),
    # The graph
    Claim(
        (
            "An arrow a → b says: b listens to a.",
            "A **missing arrow** is the strong claim: no direct influence at all.",
        ),
        lambda _: (
            len(graphs.dag([("a", "b"), ("b", "c")]).independences()) == 1
            and len(graphs.dag([("a", "b"), ("b", "c"), ("a", "c")]).independences()) == 0
        ),
    ),
    Claim(
        (
            "- A **path** is a chain of arrows, whatever their direction.",
            """There is no **cycle**, nothing causes itself: hence *directed acyclic graph*,
            DAG.""",
        ),
        lambda _: (
            graphs.dag([("b", "a"), ("b", "c")], treatment="a", outcome="c").backdoor_paths()
            == ["a ← b → c"]
            and graphs.find_cycle([("a", "b"), ("b", "a")]) != []
            and graphs.find_cycle(ARROWS) == []
        ),
    ),
    Claim(
        (
            """- Two paths join price and bookings: the arrow itself, and the **backdoor path**
            `{hotel_graph.backdoor_paths()[0]}`, which enters the price.""",
            """Along it, warm evenings make both high: temperature is a **confounder**.""",
            """The graph's advice: adjust for
            **{", ".join(hotel_graph.adjustment_sets()[0])}**.""",
        ),
        lambda g: (
            g.hotel_graph.backdoor_paths() == ["price ← temperature → bookings"]
            and g.hotel_graph.adjustment_sets() == [frozenset({"temperature"})]
            and set(g.hotel_graph.edges) == set(ARROWS)
            and HOTEL.total_effect("temperature", "price") > 0
            and HOTEL.coefficients["temperature", "bookings"] > 0
        ),
    ),
    Claim(
        """- **Ignorability** (no unmeasured confounding): only temperature moves both price and
        bookings.""",
        lambda g: (
            g.hotel_graph.is_adjustment_set(["temperature"])
            and not g.hotel_graph.is_adjustment_set([])
            and near(HOTEL.slope("bookings", "price", ["temperature"]), -1, 1e-12)
        ),
    ),
    Claim(
        """- **SUTVA**: a set price works like the same price by itself (*consistency*), and one
        evening's price leaves other evenings alone (*no interference*).""",
        lambda _: same_units(0.0) and same_units(3.0) and alone(),
    ),
    Claim(
        (
            """- **Positivity**: at each temperature, several prices occur (these three: Hernán &
            Robins 2020, chapter 3).""",
            "- **No selection**: every evening is in the record.",
            """- **Straight lines**: a euro does the same at every price and temperature, and so
            does a degree.""",
        ),
        lambda g: (
            len(g.evenings) == 1_000
            and g.evenings_banded.groupby("band")["price"].std().min() > 3
            and g.evenings_banded.groupby("band").size().min() > 20
        ),
    ),
    Claim(
        """Any path is made of three pieces: **fork** a ← m → b, **chain** a → m → b, **collider**
        a → m ← b.""",
        lambda g: (
            {n: (w.edges, e, m) for n, (w, e, m) in g.pieces.items()}
            == {
                "fork": (
                    [("heat", "ice cream"), ("heat", "swimmers")],
                    ["ice cream", "swimmers"],
                    "heat",
                ),
                "chain": (
                    [("advertising", "visits"), ("visits", "bookings")],
                    ["advertising", "bookings"],
                    "visits",
                ),
                "collider": (
                    [("location", "rating"), ("kitchen", "rating")],
                    ["location", "kitchen"],
                    "rating",
                ),
            }
        ),
    ),
    Claim(
        (
            "The ends of fork and chain are correlated, and given the middle they are not.",
            """The collider is the other way round: its ends are independent, and *given* the middle
            they are not.""",
            "Among hotels of one rating, a poor kitchen hints at a good location.",
            "Adjusting for a collider, or for what it causes, makes a correlation from nothing.",
        ),
        lambda g: (
            (separated(FORK), separated(CHAIN), separated(COLLIDER)) == (False, False, True)
            and separated(FORK, "m")
            and separated(CHAIN, "m")
            and not separated(COLLIDER, "m")
            and not separated(COLLIDER, "child")
            and COLLIDER.correlation("a", "b", ["m"]) < 0
            and np.allclose(
                g.triples_exact[["correlation, exactly", "given the middle"]],
                [[0.5, 0], [1 / np.sqrt(3), 0], [0, -0.5]],
            )
        ),
    ),
    Claim(
        ("correlation #", "all units", "what heat does not explain"),
        lambda g: (
            g.piece.value == "fork"
            and near(g.pieces["fork"][0].correlation("ice cream", "swimmers"), 0.5, 1e-9)
        ),
    ),
    # The program
    Claim(
        (
            r"""$$T \sim N({HOTEL["temperature_mean"]:g}, {HOTEL["temperature_sd"]:g}), \qquad
    P = {HOTEL["price_per_degree"]:g}\,T + N(0, {HOTEL["price_sd"]:g}), \qquad
    B = {HOTEL["bookings_per_euro"]:g}\,P + {HOTEL["bookings_per_degree"]:g}\,T + N(0,
            {HOTEL["bookings_sd"]:g})$$""",
            """Here is the simulator that wrote the record: a **structural causal model**, one
            line for
            each node, causes first.""",
            "so, a program is a causal graph: each line is a mechanism.",
            "One more euro costs one booking.",
        ),
        lambda g: (
            list(g.HOTEL.values()) == [23, 3, 2, 5, -1, 5, 5]
            and list(g.hotel.assignment) == ["temperature", "price", "bookings"]
            and set(g.hotel.cgm.dag.edges) == set(ARROWS)
            and g.true_effect == -1
            and g.hotel_exact.total_effect("price", "bookings") == -1
            and g.hotel_exact.mean().to_dict() == MEAN.to_dict()
        ),
    ),
    Claim(
        (
            "Price no longer listens to the weather; everything else stays as it was.",
            """Let chance set the price of 10,000 evenings, between €25 and €65:""",
        ),
        lambda g: (
            set(g.hotel_graph.do("price").edges)
            == {("price", "bookings"), ("temperature", "bookings")}
        ),
    ),
    Claim(
        """Same hotel, same guests, opposite sign: seeing gives {signed(naive_slope)}, doing
        {signed(do_slope)} rooms per euro.""",
        lambda g: (
            near(g.do_slope, -1, 4 * g.do_error)
            and near(g.naive_slope, 29 / 61, 4 * g.naive_error)
            and g.naive_slope > 0 > g.do_slope
        ),
    ),
    Claim(
        "Doing: each euro changes bookings by #",
        lambda g: g.numbers("Doing: each euro") == [round(g.do_slope, 2)],
    ),
    Claim(
        "The graph says that temperature closes the backdoor path.",
        lambda _: GRAPH.is_adjustment_set(["temperature"]) and not GRAPH.is_adjustment_set([]),
    ),
    Claim(
        "Within one temperature, dearer means emptier",
        lambda g: (
            all(
                ols(band, "bookings", "price")[0] < 0
                for _, band in g.evenings_banded.groupby("band")
            )
            and sorted(g.evenings_banded["band"].unique()) == ["19 °C", "23 °C", "27 °C"]
        ),
    ),
    Claim(
        (
            """The adjusted slope ({signed(adjusted_slope)}) and the experiment
            ({signed(do_slope)}) agree with the truth ({signed(true_effect, 0)}).""",
            "Adjusting finds the effect that seeing hides",
        ),
        lambda g: (
            near(g.adjusted_slope, ols(g.evenings, "bookings", "price", "temperature")[0], 1e-9)
            and near(g.adjusted_slope, -1, 4 * g.adjusted_error)
            and near(g.do_slope, -1, 4 * g.do_error)
            and g.true_effect == -1
            and g.naive_slope > 0
        ),
    ),
    Claim(
        (
            """A **confidence interval** is made so that {percent(HDI_PROB)} of such intervals hold
            what they estimate.""",
            "more evenings make it narrower, not right.",
            "line: # % confidence interval",
        ),
        lambda g: (
            np.allclose(
                (g.estimates["upper"] - g.estimates["lower"]) / g.estimates["error"], 3.76159
            )
            and g.numbers("line: # % confidence interval") == [100 * g.HDI_PROB] == [94]
            and g.estimates.query("role == 'naive'")["lower"].item() > g.true_effect
        ),
    ),
    # The owner
    Claim(
        (
            """She earns price × rooms.""",
            r"The estimand is the mean over the evenings of $(P + 1)\,B(P + 1) - P\,B(P)$.",
            """**Yes, by a euro**: {signed(owner_gain, 0, "€")} an evening (94 % confidence interval
            {number(gain_low, 0)} to {number(gain_high, 0)}), if the graph is right and costs are
            left out.""",
        ),
        owner_answer,
    ),
    Claim(
        """The slope that is *seen* would have promised {signed(promised_gain, 0, "€")}.""",
        lambda g: near(
            g.promised_gain,
            np.mean(
                (g.evenings["price"] + 1) * (g.evenings["bookings"] + g.naive_slope)
                - g.evenings["price"] * g.evenings["bookings"]
            ),
            1e-6,
        ),
    ),
    Claim(
        (
            """Each further euro gains less, and the line would go up to {number(best_rise, 1)}
            euros
            more.""",
            """But on evenings equally warm, prices differ by a standard deviation of
            {number(price_spread, 1)} euros: raised by 10, {percent(dearer)} of the evenings would
            be dearer than 39 in 40 equally warm ones were.""",
            "This is a **linear extrapolation**.",
            "Positivity ends where the record ends.",
            "Dashed: over €# one sd of prices on equally warm evenings",
        ),
        lambda g: (
            near(g.best_rise, (69 - 46) / 2, 1.5)
            and near(g.price_spread, spread(g.evenings), 1e-6)
            and near(g.price_spread, 5, 0.5)
            and g.best_rise > 2 * g.price_spread
            and g.numbers("Dashed: over €")[0] == round(g.price_spread)
            and near(g.dearer, 1 - norm.cdf((1.96 * 5 - 10) / 5), 0.06)
            and np.mean(g.evenings["price"] - 2 * g.evenings["temperature"] > g.best_rise) < 0.02
            and gain(g.evenings, 2) - gain(g.evenings, 1) < gain(g.evenings, 1)
        ),
    ),
    # Break it
    Claim(
        r"""Exactly: ${HOTEL["bookings_per_euro"]:g} + {strength.value:.1f} \times
            {HOTEL["price_per_degree"]:g} \cdot
    {HOTEL["temperature_sd"]:g}^2 / {hotel_exact.covariance().loc["price", "price"]:.0f} =
            {slope_seen:+.3f}$ rooms per euro.""",
        lambda g: (
            near(g.slope_seen, -1 + g.strength.value * 2 * 3**2 / 61, 1e-9)
            and list(g.HOTEL.values())[:5] == [23, 3, 2, 5, -1]
            and near(g.hotel_exact.covariance().loc["price", "price"], 61, 1e-9)
        ),
    ),
    Claim(
        (
            """At {number(hiding_strength)} rooms per °C the record shows *no* line, and still
            each euro costs a booking.""",
            "No correlation does not mean no cause.",
        ),
        lambda g: (
            near(g.hiding_strength, 61 / 18, 1e-9)
            and near(g.hotel_with(61 / 18).correlation("price", "bookings"), 0, 1e-12)
            and near(g.hotel_with(61 / 18).total_effect("price", "bookings"), -1, 1e-12)
        ),
    ),
    Claim(
        ("Seen #, set by do #", "Only what is seen moves"),
        lambda g: (
            g.numbers("set by do #") == [round(29 / 61, 2), -1]
            and np.ptp(g.slope_curves.query("kind == 'set by do'")["slope"]) < 1e-9
            and g.slope_curves.query("kind == 'seen'")["slope"].is_monotonic_increasing
        ),
    ),
    # d-separation
    Claim(
        (
            """A path is **blocked** by a fork's or chain's middle node that is given, or by a
            collider that is not given (nor anything it causes).""",
            """If all paths are blocked, the ends are **d-separated**, and must be independent in
            the
            population (Pearl 2009).""",
        ),
        lambda g: (
            separated(FORK, "m")
            and separated(CHAIN, "m")
            and separated(COLLIDER)
            and not separated(COLLIDER, "child")
            and not separated(FORK)
            and g.resort_graph.independent("trade_fair", "swimmers")
        ),
    ),
    Claim(
        (
            """Try `temperature` and `trade_fair`: independent (exactly
            {signed(resort.correlation("temperature", "trade_fair"))}).""",
            """Given the price, a collider, they are not
            ({signed(resort.correlation("temperature", "trade_fair", ["price"]))}): a dear evening
            that is cold hints at a trade fair.""",
            """Given `breakfasts`, which only *follows* from a collider, the path is open too
            ({signed(resort.correlation("temperature", "trade_fair", ["breakfasts"]))}).""",
        ),
        lambda g: (
            g.resort_graph.independent("temperature", "trade_fair")
            and not g.resort_graph.independent("temperature", "trade_fair", ["price"])
            and not g.resort_graph.independent("temperature", "trade_fair", ["breakfasts"])
            and near(g.resort.correlation("temperature", "trade_fair"), 0, 1e-12)
            and all(
                near(
                    g.resort.correlation("temperature", "trade_fair", [given]),
                    partial(g.resort.sample(100_000, 2), "temperature", "trade_fair", given),
                    0.02,
                )
                and g.resort.correlation("temperature", "trade_fair", [given]) < 0
                for given in ("price", "breakfasts")
            )
        ),
    ),
    # The pool
    Claim(
        (
            """In the morning the manager of an open-air pool reads the forecast of sunshine, and by
            that alone she sets the discount.""",
            "Sunshine and the discount bring visitors.",
            "Visitors buy ice creams, the more the sunnier it is.",
        ),
        lambda g: (
            causal_graphs.judge_5(g.pool_arrows, ["sunshine"], 25).status == "done"
            and ols(g.pool_days, "discount", "sunshine")[0] < 0
            and ols(g.pool_days, "ice_creams", "visitors", "sunshine")[0] > 0
            and abs(ols(g.pool_days, "discount", "ice_creams", "sunshine", "visitors")[0]) < 0.02
        ),
    ),
    Claim(
        "Bigger discounts, fewer visitors: # per €",
        lambda g: (
            g.numbers("Bigger discounts, fewer")[0]
            == round(ols(g.pool_days, "visitors", "discount")[0])
        ),
    ),
    # Second way
    Claim(
        (
            "The change of sign is no accident of a sample, it is in the arrows.",
            "a degree moves bookings by 5 − 2 = 3 in all",
            r"""$$\operatorname{{var}}(P) = 2^2 \cdot 3^2 + 5^2 =
            {hotel_exact.covariance().loc["price", "price"]:.0f}, \qquad
    \operatorname{{var}}(B) = 3^2 \cdot 3^2 + 5^2 + 5^2 =
            {hotel_exact.covariance().loc["bookings", "bookings"]:.0f},$$""",
            r"""$$\operatorname{{cov}}(P, B) = -61 + 5 \cdot 2 \cdot 3^2
    = {hotel_exact.covariance().loc["price", "bookings"]:.0f}.$$""",
        ),
        lambda g: (
            (2**2 * 3**2 + 5**2, 3**2 * 3**2 + 5**2 + 5**2, -61 + 5 * 2 * 3**2) == (61, 131, 29)
            and np.allclose(
                g.hotel_exact.covariance().loc[["price", "bookings"], ["price", "bookings"]],
                [[61, 29], [29, 131]],
            )
            and near(g.hotel_exact.total_effect("temperature", "bookings"), 3, 1e-12)
            and np.allclose(
                list(g.exact_numbers.values()), [29 / np.sqrt(61 * 131), 29 / 61, -1, -1]
            )
        ),
    ),
    # PyMC
    Claim(
        r"""$$\begin{{aligned}}
    T &\sim N(\mu_T, \sigma_T) \\
    P &\sim N(\alpha_P + \beta_{{TP}}\,(T - {ordinary["temperature"]:.0f}),\; \sigma_P) \\
    B &\sim N(\alpha_B + \beta_{{PB}}\,(P - {ordinary["price"]:.0f}) +
    \beta_{{TB}}\,(T - {ordinary["temperature"]:.0f}),\; \sigma_B)
    \end{{aligned}}$$""",
        lambda g: formulas_of(id(g.model_hotel), g.model_hotel) and g.ordinary["price"] == 46,
    ),
    Claim(
        """Slopes count from an ordinary evening, {ordinary["temperature"]:.0f} °C and
        €{ordinary["price"]:.0f}, so that each base has a meaning.""",
        lambda g: np.allclose(g.ordinary[["temperature", "price", "bookings"]], [23, 46, 69]),
    ),
    Claim(
        (
            "{len(model_hotel.free_RVs)} unknowns: nine numbers, three columns",
            "`observe` hands over the columns: only the nine numbers are left to find.",
            "`do` replaces weather and price; what guests make of them stays.",
        ),
        lambda g: unknowns(g.model_hotel, g.observed_hotel(g.season, g.ordinary)),
        blunt="the model is an object, no number",
    ),
    Claim(
        """{percent(float((prior["bookings"] < 0).mean()))} of evenings fall below zero rooms, as a
        linear world allows.""",
        lambda g: (
            near((g.prior["bookings"] < 0).mean(), below_zero(), 0.03)
            and {k: prior_of(g.model_hotel, k) for k in PRIORS} == PRIORS
        ),
    ),
    Claim(
        "Before any data, # % of evenings: # to # rooms",
        lambda g: (
            covers(g.prior["bookings"], *g.numbers("Before any data, # %")[1:])
            and g.numbers("Before any data, # %")[0] == 100 * HDI_PROB
        ),
    ),
    Claim(
        (
            "`pm.do` with the true numbers makes a record of {n_evenings} evenings.",
            "`pm.observe` gives that record to the same model",
        ),
        lambda g: (
            g.n_evenings == len(g.season) == 200
            and g.true_values == pytest.approx({**g.HOTEL, "price_base": 46, "bookings_base": 69})
            and near(*ols(g.season, "bookings", "price", "temperature")[:1], -1, 0.4)
        ),
    ),
    Claim(
        (
            """A *posterior predictive* check: of new records of {len(season)} evenings,
            {percent(float((replicated_correlation > season_correlation).mean()))} show a larger
            correlation than ours ({signed(season_correlation)}).""",
            "The fitted model reproduces the correlation we saw",
        ),
        lambda g: (
            near(
                g.season_correlation,
                np.corrcoef(g.season["price"], g.season["bookings"])[0, 1],
                1e-9,
            )
            and 0.02 < np.mean(np.ravel(g.replicated_correlation) > g.season_correlation) < 0.98
            and near(np.mean(g.replicated_correlation), 29 / np.sqrt(61 * 131), 0.15)
            and near(g.season["bookings"].mean(), 69, 5)
            and len(g.season) == 200
        ),
    ),
    Claim(
        (
            """One euro more changes bookings by {signed(float(effect_draws.mean()))} rooms;
            {percent(HDI_PROB)} HDI {signed(tidy.hdi(effect_draws)[0])} to
            {signed(tidy.hdi(effect_draws)[1])} (*highest-density interval*: the shortest that holds
            that share of the draws).""",
            "Each draw's contrast is its coefficient, as the model is linear",
        ),
        lambda g: (
            np.allclose(g.effect_draws, g.idata_hotel["posterior"]["bookings_per_euro"], atol=1e-8)
            and g.HDI_PROB == HDI_PROB == 0.94
            and covers(g.effect_draws, *g.tidy.hdi(g.effect_draws))
            and near(g.effect_draws.mean(), -1, 0.4)
        ),
    ),
    Claim(
        """The owner gains {signed(float(revenue_change.mean()), 0, "€")} an evening, P(gain)
        {causal_graphs.chance(revenue_change > 0)}.""",
        lambda g: (
            near(
                g.revenue_change.mean(),
                np.mean(
                    (g.season["price"] + 1) * (g.season["bookings"] + float(g.effect_draws.mean()))
                    - g.season["price"] * g.season["bookings"]
                ),
                5,
            )
            and float((g.revenue_change > 0).mean()) > 0.999
        ),
    ),
    Claim(
        ("The same evenings answer two questions", "line: # % interval (doing: HDI)"),
        lambda g: (
            g.season_estimates["mean"].iloc[0] > 0 > g.season_estimates["mean"].iloc[1]
            and covers(g.effect_draws, *g.season_estimates[["lower", "upper"]].iloc[1])
            and g.numbers("line: # % interval (doing: HDI)") == [100 * HDI_PROB]
        ),
    ),
    # A wrong graph
    Claim(
        """Where nothing that matters is hidden, a missing arrow shows in the data, so the graph can
        be tested: **temperature ⟂ bookings, given price**.""",
        lambda g: (
            list(g.wrong_graph.independences().itertuples(index=False, name=None))
            == [("temperature", "bookings", ("price",))]
        ),
    ),
    Claim(
        """In our record that partial correlation is {signed(wrong_r)} ({percent(HDI_PROB)} interval
        {signed(wrong_low)} to {signed(wrong_high)}), not 0: the graph is wrong.""",
        lambda g: (
            near(g.wrong_r, partial(g.evenings, "temperature", "bookings", "price"), 1e-9)
            and near(np.arctanh(g.wrong_high) - np.arctanh(g.wrong_r), 1.88079 / np.sqrt(996), 1e-5)
            and near(np.arctanh(g.wrong_r) - np.arctanh(g.wrong_low), 1.88079 / np.sqrt(996), 1e-5)
            and g.wrong_low > 0
            and g.HDI_PROB == 0.94
        ),
    ),
    Claim(
        (
            """Already {number(enough_evenings, 0)} evenings would show it, in four hotels of
            five.""",
            "Half of a weak one takes four times the evenings.",
            "# rooms per °C: # evenings will do",
        ),
        lambda g: (
            enough(HOTEL.correlation("temperature", "bookings", ["price"]), g.enough_evenings)
            and near(g.needed(0.1) / g.needed(0.2), 4, 0.1)
            and enough(
                g.hotel_with(g.weak.value).correlation("temperature", "bookings", ["price"]),
                g.numbers("evenings will do")[-1],
            )
        ),
    ),
    # Three graphs
    Claim(
        (
            """One fit to the last digit, and three answers: **no amount of such data can
            choose**.""",
        ),
        three_distinct,
    ),
    Claim(
        """A graph without the arrow temperature → bookings does fit worse (by
        {number(worse_by, 0)}): data can refute a missing arrow, and cannot turn one round here.""",
        lambda g: near(
            g.worse_by,
            -len(g.evenings)
            / 2
            * np.log(1 - partial(g.evenings, "temperature", "bookings", "price") ** 2),
            1e-6,
        ),
    ),
    Claim(
        (
            """Two graphs imply the same independences, and in linear Gaussian worlds fit equally
            well, exactly when they have the same **skeleton** (the same pairs joined, directions
            left out) and the same **v-structures** (colliders a → c ← b whose ends are not
            joined).""",
        ),
        lambda _: equivalent_like_the_rule(),
    ),
    Claim(
        (
            "| ASIA (chest clinic, a textbook example) | 8 | .80 to .88 |",
            "| CHILD (blue babies) | 20 | .30 to .46 |",
            "| NEUROPATHIC (nerve pain) | 221 | .22 |",
            "Good on a small graph that textbooks print;",
            "on larger ones fewer than half of the arrows agree.",
        ),
        # As Jiralerspong et al. (2024) report it: falls with the size, from over to under one half.
        lambda _: (
            [size for size, _ in agreed_arrows()] == sorted(size for size, _ in agreed_arrows())
            and min(agreed_arrows()[0][1]) > 0.5
            and all(max(share) < 0.5 for _, share in agreed_arrows()[1:])
            and all(share == sorted(share) for _, share in agreed_arrows())
        ),
    ),
    Claim(
        "For the hotel, these are all six complete graphs.",
        lambda _: (
            len(
                {
                    frozenset(itertools.combinations(order, 2))
                    for order in itertools.permutations(("temperature", "price", "bookings"))
                }
            )
            == 6
        ),
    ),
    Claim(
        """A car insurer keeps {len(causal_graphs.INSURANCE)} variables for each driver (the last is
        our own pick): {" · ".join(causal_graphs.INSURANCE)}.""",
        lambda _: (
            len(set(causal_graphs.INSURANCE)) == 14
            and causal_graphs.INSURANCE[-1] == "annual mileage"
        ),
    ),
    # Takeaways
    Claim(
        (
            """- **Should she raise her prices? Yes, by a euro**: {signed(owner_gain, 0, "€")} an
            evening ({number(gain_low, 0)} to {number(gain_high, 0)}), if the graph is right and
            costs are left out. Far from today's prices the record is silent.""",
        ),
        lambda g: owner_answer(g) and g.best_rise > 2 * g.price_spread,
    ),
    Claim(
        """- **Seeing is not doing.** The hotel shows {signed(naive_slope)} and obeys
        {signed(true_effect, 0)} rooms per euro. To predict while nothing is changed, use the
        first.""",
        lambda g: near(g.naive_slope, 29 / 61, 4 * g.naive_error) and g.true_effect == -1,
    ),
    Claim(
        """- **An effect compares potential outcomes**, of which one is missing, in a stated
        population.""",
        lambda g: len({round(float(x), 6) for x in (g.ate, g.att, g.atu)}) == 3,
    ),
    Claim(
        """- **A graph lists assumptions**, and says what to adjust for, if nothing that matters is
        hidden.""",
        lambda _: (
            GRAPH.adjustment_sets() == [frozenset({"temperature"})]
            and graphs.dag(
                ARROWS, treatment="price", outcome="bookings", hidden=["temperature"]
            ).adjustment_sets()
            == []
        ),
    ),
    Claim(
        """- **A missing arrow is a claim**; with nothing hidden, data can refute it.""",
        lambda g: (
            g.wrong_low > 0
            and len(GRAPH.independences()) == 0
            and len(graphs.dag(INSTRUMENT).independences()) > 0
            and len(graphs.dag(INSTRUMENT, hidden=["u"]).independences()) == 0
        ),
    ),
]

test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)


@pytest.mark.parametrize("name", PRIORS)
def test_priors_are_in_the_unit_of_their_comment(name: str, run_notebook: Any) -> None:
    """Each prior is the one that its comment on the page is about."""
    model = run_notebook("solutions", NAME).defs["model_hotel"]
    assert prior_of(model, name) == PRIORS[name]
    unit = {"per_degree": "per °C", "per_euro": "per €", "base": "on an ordinary evening"}
    page = (ROOT / "solutions" / f"{NAME}.py").read_text(encoding="utf-8")
    (line,) = [each for each in page.splitlines() if f'pm.{PRIORS[name][0]}("{name}"' in each]
    variable, _, kind = name.partition("_")
    wanted = {"temperature": "°C", "price": "€", "bookings": "rooms"}[variable]
    assert line.endswith(f"# {wanted} {unit[kind]}" if kind in unit else f"# {wanted}")


def test_decks_say_when_a_program_is_a_graph() -> None:
    """Of any program it is false: each line must be a mechanism, causes first."""
    opening, bridge, closing = (
        " ".join((ROOT / "slides" / f"{deck}.py").read_text(encoding="utf-8").split())
        for deck in ("opening", "bayesian_bridge", "closing")
    )
    assert "if each line is a mechanism of the world, causes first" in opening
    assert "if each of its lines is a mechanism, causes first" in bridge
    assert "is a causal graph\n" not in opening
    assert "They are one object" not in bridge
    assert "breaks the last three" in opening
    second = (ROOT / "solutions" / "02_confounders_colliders_mediators.py").read_text("utf-8")
    optional = [line for line in second.splitlines() if line.endswith("· optional")]
    assert "boardroom" in optional[-1]
    assert "last optional section of notebook 02 has such a chart" in closing
