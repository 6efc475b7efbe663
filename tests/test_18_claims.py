"""What notebook 18 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import functools
import re
import types
from typing import Any

import numpy as np
import pymc as pm

from helpers import cases, graphs
from helpers.lessons import your_case
from helpers.tidy import HDI_PROB
from tests import claims
from tests.claims import Claim, prior_of
from tests.support import ROOT, downstream
from tests.test_18_your_own_case import NAME, case_of, robust, shop_effect, visits

PRINTED = 0.006
EVERY = ["loyalty", "season", "visit", "newsletter_opened"]


def near(value: Any, goal: Any, room: float = PRINTED) -> bool:
    return bool(abs(float(value) - float(goal)) <= room)


def error_of_truth(g: Any) -> float:
    """Return four Monte Carlo errors of the page's truth."""
    return 4 * float(np.std(g.effect_draws, ddof=1)) / np.sqrt(len(g.effect_draws))


def coefficient(g: Any, *names: str) -> float:
    return float(robust(g.simulated, list(names)).params["coupon"])


@functools.cache
def by_hand() -> tuple[float, float]:
    """Return mean spending if nobody and if everybody has a coupon, from a world of plain NumPy."""
    rng, n = np.random.default_rng(5), 400_000
    mood, noise = rng.normal(size=n), rng.normal(0, 15, n)
    means = []
    for coupon in (0, 1):
        visit = rng.poisson(np.exp(0.693 + 0.3 * (coupon - 0.3) + 0.25 * mood))
        means.append(float(np.mean(60 + 5 * (visit - 2) + 7.5 * mood + noise)))
    return means[0], means[1]


@functools.cache
def weekly_by_hand() -> float:
    """Return the naive slope of the optional world: 400,000 weeks in plain NumPy."""
    rng, n = np.random.default_rng(6), 400_000
    e = rng.normal(size=(5, n))
    season_before = e[0]
    price_before = e[1]
    sales_before = -0.8 * price_before + season_before + e[2]
    season = season_before + e[3]
    price = 1.0 * sales_before + e[4]
    sales = -0.8 * price + season + rng.normal(size=n)
    return float(np.polyfit(price, sales, 1)[0])


def backdoor(g: Any) -> bool:
    """The page's set blocks every backdoor path, none of it is an effect; less or more fails."""
    graph = g.case.graph
    good = set(g.case.graph.one_adjustment_set())
    fails = [good - {name} for name in good] + [good | {"visit"}, good | {"newsletter opened"}]
    return (
        good == {"loyalty", "season"}
        and graph.is_adjustment_set(good)
        and not any(graph.is_adjustment_set(names) for names in fails)
    )


def positive(g: Any) -> bool:
    """Return whether coupons, and none, are found at both ends of loyalty and season."""
    for name in ("loyalty", "season"):
        for low, high in ((-9, -1), (1, 9)):
            share = g.shop["coupon"][g.shop[name].between(low, high)].mean()
            if not 0.02 < share < 0.98:
                return False
    return True


def consistent(g: Any) -> bool:
    """Return whether the first half, all with a coupon, spends the same whatever the others get."""
    half, every = (np.arange(5_000) < n for n in (2_500, 5_000))
    worlds = [pm.do(g.shop_world, {"coupon": given.astype(int)}) for given in (half, every)]
    one, all_ = (cases.sampler(world, ["spending"])(4)["spending"] for world in worlds)
    same = np.isclose(one, all_)
    return bool(same[half].all() and not same[~half].all())


def own_weights() -> float:
    """Return the slope on a treatment and a kind, 100 units of each: effects 0 and 4, shares .5, .1."""
    rows = [(kind, t) for kind, treated in ((0, 50), (1, 10)) for t in [1] * treated]
    rows += [(kind, 0) for kind, treated in ((0, 50), (1, 10)) for _ in range(100 - treated)]
    kind, t = np.array(rows, dtype=float).T
    x = np.column_stack([np.ones(len(t)), t, kind])
    return float(np.linalg.lstsq(x, 4 * kind * t, rcond=None)[0][1])


def after_the_coupon() -> bool:
    """Adjusting for a mediator takes the effect away; for a collider, it opens a path."""
    chain = graphs.dag([("t", "m"), ("m", "y")])
    collider = graphs.dag([("t", "c"), ("y", "c")])
    closed, opened = collider.independent("t", "y"), not collider.independent("t", "y", ["c"])
    return chain.independent("t", "y", ["m"]) and closed and opened


def as_treatment(graph: Any, name: str) -> Any:
    """Return the graph with another treatment."""
    return graphs.dag(graph.edges, treatment=name, outcome=graph.outcome, hidden=graph.hidden)


RATE = ("visit_base", "coupon_to_visit", "mood_for_shopping_to_visit")


@functools.cache
def typed(arrow: str) -> Any:
    """Return the program of one arrow, into euros whose sd is 15."""
    case = cases.read_case(f"{arrow}\nb: number, euros, 60, 15", "a", "b")
    return types.SimpleNamespace(build=cases.run(cases.write_program(case))[0])


def spread_of_priors(strength: str) -> float:
    """Return the sd of the prior of one arrow."""
    return prior_of(typed(f"a -> b{strength}").build(3), "a_to_b")[1][1]


def rate_at(log_rate: float) -> float:
    """Return the rate that a program draws a count from, at a log rate."""
    case = cases.read_case("a -> b: 1\nb: count, 1", "a", "b")
    build, guess = cases.run(cases.write_program(case))
    world = pm.do(build(3), {**guess, "a": np.full(3, log_rate)})
    return float(pm.draw(world["mu_b"], random_seed=1)[0])


def visits_by_formula(g: Any) -> bool:
    """Return whether the shop's mean visits are those of its printed line, in plain NumPy."""
    rng = np.random.default_rng(8)
    rate = np.exp(
        0.693 + 0.3 * (rng.binomial(1, 0.3, 400_000) - 0.3) + 0.25 * rng.normal(size=400_000)
    )
    return near(g.shop["visit"].mean(), rate.mean(), 0.15)


def below(ranges: Any) -> list[int]:
    """Return how many worlds have a lower mean, and how many a smaller sd, than the first row."""
    own, others = ranges.iloc[0], ranges.iloc[1:]
    return [int(np.sum(others[key].to_numpy() < own[key])) for key in ("mean", "sd")]


@functools.cache
def kind_by_kind() -> float:
    """Return an effect by means of kinds, in NumPy: 5 for one kind in two, 2 for the other."""
    rng = np.random.default_rng(9)
    kind = rng.binomial(1, 0.5, 400_000)
    t = rng.binomial(1, np.where(kind, 0.8, 0.2))
    y = 3 * kind + np.where(kind, 2, 5) * t + rng.normal(size=len(kind))
    each = [y[(t == 1) & (kind == k)].mean() - y[(t == 0) & (kind == k)].mean() for k in (0, 1)]
    return float(np.mean(each))


def one_arrow_more_turns_it() -> bool:
    """Return whether an arrow that is not drawn, mood -> coupon, leaves the page's set too small."""
    graph = case_of("Marketing").graph
    more = [*graph.edges, ("mood for shopping", "coupon")]
    told = graphs.dag(more, treatment="coupon", outcome="spending", hidden=graph.hidden)
    return not told.is_adjustment_set({"loyalty", "season"})


def ratio_of_visits(g: Any) -> float:
    """Return how many times the visits a coupon brings, with everybody set to it and to none."""
    worlds = [pm.do(g.shop_world, {"coupon": np.full(5_000, value)}) for value in (0, 1)]
    none, every = (cases.sampler(world, ["visit"])(4)["visit"].mean() for world in worlds)
    return float(every / none)


@functools.cache
def unit_world() -> Any:
    """Return 20,000 units of a strong arrow from a to b, where nothing is said of either."""
    case = cases.read_case("a -> b: strong", "a", "b")
    build, guess = cases.run(cases.write_program(case))
    return cases.sampler(pm.do(build(20_000), guess), ["a", "b"])(4)


@functools.cache
def as_the_table_writes() -> Any:
    """Return a case made of what the table on the page shows, arrows and nodes."""
    lines = (
        "season -> spending",
        "loyalty -> coupon: strong",
        "visit -> spending: +5 euros",
        "spending: number, euros, 60, 15",
        "coupon: yes/no, 30 %",
        "visit: count, 2",
        "coupon -> visit",
    )
    return cases.read_case("\n".join(lines), "coupon", "spending")


def guess_at(cause: str, effect: str) -> float:
    """Return the strength that this case guesses for an arrow, per unit of the cause."""
    case = as_the_table_writes()
    return cases.guess_of(case)[cases.strength_of(case, cause, effect)]


def guess_of_arrow(arrow: str) -> float:
    """Return the strength of one arrow, into euros whose sd is 15."""
    case = cases.read_case(f"{arrow}\nb: number, euros, 60, 15", "a", "b")
    return cases.guess_of(case)[cases.strength_of(case, "a", "b")]


def moved_by_a() -> Any:
    return unit_world()["b"]


def beside_a() -> Any:
    """Return what is left of b where a is held: the residuals of a line."""
    table = unit_world()
    return table["b"] - np.polyval(np.polyfit(table["a"], table["b"], 1), table["a"])


def as_drawn(g: Any) -> bool:
    """Return whether the first picture has the looks of each role, and no other node has them."""
    text, graph = g.case_graph.mermaid(), g.case.graph
    look = dict(re.findall(r"^classDef (\w+) (.+)$", text, re.MULTILINE))
    name = dict(re.findall(r'^(n\d+)\W+"([^"]+)"', text, re.MULTILINE))
    role = re.findall(r"^class (n\d+) (\w+)$", text, re.MULTILINE)
    having = {
        mark: {name[node] for node, kind in role if mark in look[kind]}
        for mark in ("fill:#0072B2", "stroke-width:3px", "stroke-dasharray")
    }
    return list(having.values()) == [{graph.treatment}, {graph.outcome}, set(graph.hidden)]


def exercises_that_read_the_case() -> set[str]:
    """Return the exercises that depend on what is typed."""
    found = downstream(ROOT / "solutions" / f"{NAME}.py", "case")
    return {cell.name for cell in found if cell.name.startswith("exercise")}


def clear_means_sign(g: Any) -> bool:
    """Clear: both ends have the sign of the truth, which is positive here."""
    table = g.repeated
    return bool((table["clear"] == (table[["lower", "upper"]].min(axis=1) > 0)).all())


def level(draws: Any, lower: float, upper: float, printed: float = HDI_PROB) -> bool:
    """Return whether an interval holds as many of its draws as the page prints."""
    inside = np.mean((np.asarray(draws) >= lower) & (np.asarray(draws) <= upper))
    return bool(abs(inside - printed) < 0.012)


def gains(g: Any) -> np.ndarray:
    return np.asarray(g.plan_draws["coupon = 1 for all"] - g.plan_draws["coupon = 0 for all"])


def shift(strength: float) -> float:
    """Return what a coupon does to the mean number of visits, over its factor at no effect."""
    return float(np.exp(0.7 * strength) - np.exp(-0.3 * strength))


def many_graphs_one_table() -> bool:
    """A -> b and b -> a, both standard normal with correlation .5, have one and the same joint law."""
    forward, backward = graphs.dag([("a", "b")]), graphs.dag([("b", "a")])
    return forward.independences().empty and backward.independences().empty


CLAIMS = [
    Claim(
        "| Design | whatever your arrows say; assumptions: the arrows that you did not draw, and those of *What a regression needs* |",
        lambda g: (
            len(your_missing(g.case)) == 21 - len(g.case.graph.edges)
            and one_arrow_more_turns_it()  # an arrow not drawn, and a form, are assumed
            and not near(own_weights(), 2, 0.5)
        ),
    ),
    Claim(
        "Exercises 1 to 4 are about the **marketing starter**, whatever case the page works on; 5 is about your case, 6 about another company.",
        lambda g: (
            g.marketing.graph == case_of("Marketing").graph
            and g.logistics.graph == case_of("Logistics").graph
            and exercises_that_read_the_case() == {"exercise_5_complete"}
        ),
    ),
    Claim(
        "In the starter all strengths are positive.",
        lambda g: min(g.marketing.strengths.values()) > 0,
    ),
    Claim(
        "Each arrow becomes a strength with a prior: your guess, give or take as much again, and no less than a weak arrow.",
        lambda g: (
            prior_of(g.build(3), "coupon_to_visit") == ("Normal", [0.3, 0.3])
            and prior_of(g.build(3), "loyalty_to_spending") == ("Normal", [8, 8])
            and prior_of(typed("a -> b: 40").build(3), "a_to_b") == ("Normal", [40, 40])
            and prior_of(typed("a -> b: 0").build(3), "a_to_b") == ("Normal", [0, 0.2 * 15])
        ),
    ),
    Claim(
        r"$$\text{visit} \sim \text{Poisson}\big(e^{\,0.693 + 0.3\,(\text{coupon} - 0.3) + 0.25\,M}\big)$$",
        lambda g: (
            [cases.guess_of(g.marketing)[key] for key in RATE] == [0.693, 0.3, 0.25]
            and visits_by_formula(g)
        ),
    ),
    Claim(
        "What nobody measures stays in the program, and out of the table.",
        lambda g: (
            "mood_for_shopping" in g.build(3).named_vars and "mood_for_shopping" not in g.simulated
        ),
    ),
    Claim(
        "This text is the model that the page runs: `build(n)` makes it for n units, `guess` is what you believe.",
        lambda g: cases.run(g.case_program)[1] == g.guess,
    ),
    Claim(
        "Names that you type become plain identifiers; no word of yours is run as code.",
        lambda g: all(
            node.key.isidentifier() and node.key.isascii() for node in g.case.nodes.values()
        ),
    ),
    Claim(
        "A log rate is kept between −15 and 15: no world overflows.",
        lambda g: (
            g.case_program.count("pm.math.clip(at_visit, -15, 15)") == 1
            and near(np.log(rate_at(100)), 15, 1e-9)
            and near(np.log(rate_at(-100)), -15, 1e-9)
        ),
    ),
    Claim(
        (
            "| write | it means |",
            "| `season -> spending` | an arrow, of medium strength |",
            "| `loyalty -> coupon: strong` | weak, medium, strong, or with a minus: `-weak` |",
            "| `spending: number, euros, 60, 15` | its kind, unit, mean, and its sd beside its causes |",
            "| `coupon: yes/no, 30 %` · `visit: count, 2` | the two other kinds, with their mean |",
        ),
        lambda _: (
            near(guess_at("season", "spending"), cases.WORDS["number"]["medium"] * 15, 1e-9)
            and near(guess_at("loyalty", "coupon"), cases.WORDS["yes/no"]["strong"], 1e-9)
            and near(guess_at("visit", "spending"), 5, 1e-9)
            and near(guess_of_arrow("a -> b: -weak"), -cases.WORDS["number"]["weak"] * 15, 1e-9)
            and tuple(cases.WORDS["number"]) == ("weak", "medium", "strong")
            and as_the_table_writes().nodes["spending"]
            == cases.Node("spending", "spending", "number", "euros", 60, 15)
            and as_the_table_writes().nodes["coupon"].kind == "yes/no"
            and near(as_the_table_writes().nodes["coupon"].mean, 0.3, 1e-9)
            and as_the_table_writes().nodes["visit"].kind == "count"
            and near(as_the_table_writes().nodes["visit"].mean, 2, 1e-9)
        ),
    ),
    Claim(
        "| no line for a node | a number around 0, in sds of what moves it beside its causes |",
        lambda g: (
            g.case.nodes["loyalty"] == cases.Node("loyalty", "loyalty", "number", "sd", 0, 1)
            and near(moved_by_a().std(), np.sqrt(1 + 1**2), 0.05)  # the whole is more than one
            and near(moved_by_a().mean(), 0, 0.05)
            and near(beside_a().std(), 1, 0.02)
        ),
    ),
    Claim(
        "Blue is the treatment, the thick frame the outcome, dashed what nobody measures.",
        as_drawn,
    ),
    Claim(
        "A missing arrow is the stronger claim.",
        # What an arrow allows holds no effect too; none forbids what any table may show.
        lambda _: (
            graphs.dag([("a", "b"), ("a", "c")]).independent("b", "c", ["a"])
            and graphs.dag([("a", "b"), ("a", "c"), ("b", "c")]).independences().empty
        ),
    ),
    Claim(
        "causes are centred, so that means stay about as you typed them.",
        lambda g: (
            near(g.shop["spending"].mean(), 60, 2)
            and near(g.shop["visit"].mean(), 2, 0.2)
            and near(g.shop["coupon"].mean(), 0.3, 0.05)
        ),
    ),
    Claim(
        "| `visit -> spending: +5 euros` | a number: what one unit more does; to a yes/no in log odds, to a count in logs of its rate |",
        lambda g: (
            g.case.strengths["visit", "spending"] == 5
            and near(ratio_of_visits(g), np.exp(0.3), 0.06)
            and cases.unit_of(g.case, "coupon_to_visit") == "log rate if coupon"
            and cases.unit_of(g.case, "loyalty_to_coupon").startswith("log odds")
        ),
    ),
    Claim(
        "A **prior predictive check** (Gelman et al. 2020): does the black line look like your world, in your unit?",
        lambda g: g.prior_ranges["role"].tolist() == ["truth"] + ["prior"] * 20,
    ),
    Claim(
        'The blue worlds, here from {number(prior_ranges["lower"].min(), 0)} to '
        '{number(prior_ranges["upper"].max(), 0)}, are twenty of those that your priors hold possible: where '
        "they reach beyond what anybody believes, write smaller strengths: the priors narrow with them.",
        lambda g: (
            g.prior_ranges["lower"].idxmin() > 0 < g.prior_ranges["upper"].idxmax()
            and g.prior_ranges["lower"].min() < g.prior_ranges["lower"][0] - 40
            and spread_of_priors(": weak") < 0.6 * spread_of_priors(": strong")
        ),
    ),
    Claim(
        "your guess: # to # euros; lower mean in # of # worlds, smaller sd in #",
        lambda g: (
            near(g.numbers("your guess: # to #")[0], g.prior_ranges["lower"][0], 0.06)
            and near(g.numbers("your guess: # to #")[1], g.prior_ranges["upper"][0], 0.06)
            and g.numbers("your guess: # to #")[2:]
            == [below(g.prior_ranges)[0], 20, below(g.prior_ranges)[1]]
        ),
    ),
    Claim(
        r"$$\text{effect} = \frac{E[Y \mid do(T = t_1)] - E[Y \mid do(T = t_0)]}{t_1 - t_0}$$",
        lambda g: (
            g.case.levels == (0, 1) and near(by_hand()[1] - by_hand()[0], g.true_effect, 0.25)
        ),
    ),
    Claim(
        (
            "**Exchangeability**: given the columns, who gets what is as good as a coin's toss.",
            "They block every backdoor path (one that begins with an arrow into the treatment), and none comes after the treatment.",
        ),
        backdoor,
    ),
    Claim(
        (
            r"With columns $Z$ beside the treatment, a regression finds $E[Y \mid do(T = t)] = E_Z\big[\,E[Y \mid T = t, Z]\,\big]$ if four things hold:",
        ),
        lambda g: (
            near(kind_by_kind(), 5 * 0.7, 0.05)
            and near(g.answers["estimate"][3], shop_effect(), 0.1)
        ),
    ),
    Claim(
        "What an analyst gets is a table, here its first four rows: what nobody measures is no column.",
        lambda g: set(g.simulated) == set(g.case.measured),
    ),
    Claim("**Positivity**: units of every kind could get either value.", positive),
    Claim(
        "**Consistency, no interference**: what is seen under a treatment is what setting it would do, whatever other units get.",
        consistent,
    ),
    Claim(
        (
            "**Form**: straight lines fit.",
            "Where effects differ, least squares weighs the units its own way.",
        ),
        lambda _: near(own_weights(), 0.09 * 4 / 0.34, 1e-9),  # their mean effect is 2
    ),
    Claim(
        "{number(N_UNITS, 0)} units of your world, and beside the three `do`, which nobody can do to a table.",
        lambda g: len(g.simulated) == g.N_UNITS,
    ),
    Claim(
        "By `do` the effect is {signed(true_effect)} {cases.plain(case.effect_unit)} (Monte Carlo error {number(truth_error)}).",
        lambda g: (
            abs(g.true_effect - shop_effect()) < error_of_truth(g)
            and g.case.effect_unit == "euros"
            and near(4 * g.truth_error, error_of_truth(g), 1e-9)
        ),
    ),
    Claim(
        'The naive difference says {signed(answers["estimate"][0])}, the third analyst {signed(answers["estimate"][2])}. Columns that come after the treatment, if there are any, can take its effect away or open a path that was closed. {no_set}',
        lambda g: (
            after_the_coupon()
            and g.no_set == ""
            and "No set of measured columns" in your_case.say_no_set(case_of("no way"))
            and near(g.answers["estimate"][0], coefficient(g))
            and near(g.answers["estimate"][2], coefficient(g, *EVERY))
            and g.answers["method"].tolist() == ["naive", "adjusted", "every column", "do"]
        ),
    ),
    Claim(
        "The truth is #; naive says #",
        lambda g: (
            near(g.numbers("The truth is #; naive")[0], g.true_effect)
            and near(g.numbers("The truth is #; naive")[1], coefficient(g))
        ),
    ),
    Claim(
        (
            "In the shop those who have a coupon spend {number(holders)} euros on average: that is filtering.",
            "What would the mean be if **everybody** were given one?",
        ),
        lambda g: (
            near(g.holders, g.shop.groupby("coupon")["spending"].mean()[1])
            and near(g.shop_truth, by_hand()[1], 0.3)
        ),
    ),
    Claim(
        "Call an answer **clear** when its {percent(HDI_PROB)} interval has the sign of the truth on both ends.",
        lambda g: (
            clear_means_sign(g)
            and g.HDI_PROB == 0.94
            and near(robust_half(g), (g.answers["upper"][0] - g.answers["lower"][0]) / 2, 1e-6)
        ),
    ),
    Claim(
        "Clear in some nine worlds of ten: from # units on",
        lambda g: (
            g.numbers("Clear in some nine worlds")[-1] == g.n_clear
            and share_clear(g, g.n_clear) >= 0.9 > share_clear(g, previous(g))
        ),
    ),
    Claim(
        "{N_WORLDS} worlds for each number of units; the dashed line is nine in ten.",
        lambda g: (g.repeated.groupby(["n", "method"]).size() == g.N_WORLDS).all().item(),
    ),
    Claim(
        "The naive answer is {signed(naive_bias)} off on average: one that is biased away from zero can be clear sooner, and wrong.",
        lambda g: (
            near(g.naive_bias, naive_bias(g, 5_000))
            and share_clear(g, 200, "naive") > share_clear(g, 200) + 0.3
            and g.naive_bias > 8
        ),
    ),
    Claim(
        "In what share of the worlds does the **naive** interval hold the truth, with 100 units and with 5,000?",
        lambda g: (
            sorted(g.repeated["n"].unique())[:: len(set(g.repeated["n"])) - 1] == [100, 5_000]
        ),
    ),
    Claim(
        "Its arrow into the outcome stays as you guessed, medium where you drew none; an arrow that you drew into the treatment gets the slider's strength.",
        lambda g: (
            cases.guess_of(g.suspected)["mood_for_shopping_to_spending"]
            == g.guess["mood_for_shopping_to_spending"]
            and cases.suspect(case_of("bakery"))[0].strengths["something else", "loaves"]
            == 0.5 * 20
            and cases.suspect(case_of("no way"))[1] == "u_to_t"
        ),
    ),
    Claim(
        "Hunch #: the answer is #, the truth #",
        lambda g: near(g.numbers("the answer is #")[-1], shop_effect(), 0.1),
    ),
    Claim(
        "the table itself is not stored. What is learnt from it, the strengths, is kept on this machine:",
        lambda g: set(g.idata.children) == {"posterior", "sample_stats"},  # test_18_hostile looks
    ),
    Claim(
        "an invented table stands in: 400 units of a world in which every arrow between measured names has 0.6 times your guess.",
        lambda g: (
            len(g.invented) == 400
            and all(
                near(
                    g.fainter[k],
                    (1 if set(arrow) & g.case.graph.hidden else 0.6) * g.guess[k],
                    1e-9,
                )
                for k, arrow in cases.arrows_of(g.case).items()
            )
        ),
    ),
    Claim(
        "Here no column is asked how strongly the unmeasured moves anything, and often none could tell: `pm.do` holds these strengths at your guess, assumed, not learnt.",
        lambda g: (
            set(g.assumed) == {"mood_for_shopping_to_visit", "mood_for_shopping_to_spending"}
            and not set(g.assumed) & set(g.learnt_names)
        ),
    ),
    Claim(
        "Each line: a {percent(HDI_PROB)} HDI, in multiples of your guess.",
        lambda g: level(
            g.learnt_draws["visit_to_spending"] / 5,
            *g.learnt.set_index("arrow").loc["visit → spending", ["lower", "upper"]],
            g.HDI_PROB,
        ),
    ),
    Claim(
        "An arrow that you did *not* draw has no line: the table was never asked.",
        lambda g: len(g.learnt) == len(g.case.graph.edges) - 2,
    ),
    Claim(
        "# of # guesses lie outside their interval",
        lambda g: (
            g.numbers("guesses lie outside")[0]
            == ((g.learnt["lower"] > 1) | (g.learnt["upper"] < 1)).sum()
            and g.numbers("guesses lie outside")[1] == 8
        ),
    ),
    Claim(
        (
            "A **posterior predictive check**: can the program, with what it has learnt, make tables like yours, here in the outcome's mean and sd?",
            "If all its worlds lie on one side of the table, look again at arrows, kinds, form and strengths held fixed. If they lie on both, that is no proof: many graphs make the same tables.",
        ),
        lambda g: (
            many_graphs_one_table()
            and near(g.posterior_ranges["mean"][0], g.data["spending"].mean(), 1e-9)
            and near(g.posterior_ranges["sd"][0], g.data["spending"].std(ddof=0), 1e-9)
            and all(0 < side < 20 for side in below(g.posterior_ranges))
        ),
    ),
    Claim(
        "the table: # to # euros; lower mean in # of # worlds, smaller sd in #",
        lambda g: (
            near(g.numbers("the table: # to #")[0], np.quantile(g.data["spending"], 0.05), 0.06)
            and near(g.numbers("the table: # to #")[1], np.quantile(g.data["spending"], 0.95), 0.06)
            and g.numbers("the table: # to #")[2:]
            == [below(g.posterior_ranges)[0], 20, below(g.posterior_ranges)[1]]
        ),
    ),
    Claim(
        "Of these, the effect of the treatment is {signed(gain_mean)} ({percent(HDI_PROB)} HDI {signed(gain_lower)} to {signed(gain_upper)}) {cases.plain(case.effect_unit)}, above zero in {gain_count} of {n_gains} draws.",
        lambda g: (
            near(g.gain_mean, gains(g).mean())
            and level(gains(g), g.gain_lower, g.gain_upper, g.HDI_PROB)
            and g.case.effect_unit == "euros"
            and g.gain_count == np.sum(gains(g) > 0)
            and g.n_gains == len(gains(g))
        ),
    ),
    Claim(
        "{your_case.say_truth(file, usable, invented_effect)}",
        lambda g: (
            near(g.invented_effect, 3 * np.exp(0.693 + 0.25**2 / 2) * shift(0.18), 0.1)
            and g.gain_lower < g.invented_effect < g.gain_upper
            and near(g.usable["spending"].mean(), g.invented["spending"].mean(), 1e-9)
        ),
    ),
    Claim(
        "so it can be narrower than a regression's interval, and wrong where an arrow is missing.",
        lambda g: g.gain_upper - g.gain_lower < regression_width(g),
    ),
    Claim(
        "for such a node seeing and `do` agree.",
        lambda g: (
            not g.case.parents("season")
            and g.case.graph.is_adjustment_set({"loyalty", "season"})
            and as_treatment(g.case.graph, "season").is_adjustment_set(set())
        ),
    ),
    Claim(
        "Means from # to # euros",
        lambda g: (
            near(g.numbers("Means from # to #")[0], g.scenarios["mean"].min())
            and near(g.numbers("Means from # to #")[1], g.scenarios["mean"].max())
        ),
    ),
    Claim(
        (
            "line: nine in ten units, tick: mean; black: your guess, blue: your priors",
            "line: nine in ten units, tick: mean; black: the table, blue: what was learnt",
        ),
        lambda g: (
            near(
                np.mean(g.data["spending"].between(*g.posterior_ranges.loc[0, ["lower", "upper"]])),
                0.9,
                0.011,
            )
            and near(g.posterior_ranges["mean"][0], g.data["spending"].mean(), 1e-9)
            and g.prior_ranges["world"][0] == "your guess"
        ),
    ),
    Claim(
        (
            "line: # % confidence interval",
            "coloured: adjusted as the graph says, # % confidence interval; black: the truth",
        ),
        lambda g: (
            near(robust_half(g), (g.answers["upper"][0] - g.answers["lower"][0]) / 2, 1e-6)
            and g.numbers("coloured: adjusted")[0] == 100 * HDI_PROB
        ),
    ),
    Claim(
        "clear: the # % confidence interval has the sign of the truth",
        lambda g: clear_means_sign(g) and g.numbers("clear: the #")[0] == 100 * HDI_PROB,
    ),
    Claim(
        "line: # % HDI",
        lambda g: level(
            g.plan_draws["coupon = 1 for all"], *g.scenarios.loc[2, ["lower", "upper"]]
        ),
    ),
    Claim(
        "The **logistics** starter: what does the express carrier do to a parcel's delay, in hours?",
        lambda g: (
            g.logistics.treatment.key == "express_carrier" and g.logistics.effect_unit == "hours"
        ),
    ),
    Claim(
        "Arrows, and a guess at their strengths, are enough for a program: it invents your data, and you know the truth in them. It shows what your beliefs imply, not that they hold.",
        lambda g: (
            cases.write_program(g.case) == g.case_program
            and abs(g.true_effect - shop_effect()) < error_of_truth(g)
        ),
    ),
    Claim(
        "Adjust as the graph says; in the marketing starter every column together turns the sign of the coupon's effect.",
        lambda g: big_every() < 0 < g.true_effect,
    ),
    Claim(
        "In the shop more units make the naive answer clearer, and no truer.",
        lambda g: (
            share_clear(g, 5_000, "naive") >= share_clear(g, 100, "naive")
            and naive_bias(g, 5_000) > 8
            and abs(naive_bias(g, 5_000) - naive_bias(g, 500)) < 1
        ),
    ),
    Claim(
        "A scenario is a `do` on the program that has learnt from your table. Its interval counts what the table leaves open, not the arrows that you left out.",
        lambda g: len(next(iter(g.plan_draws.values()))) == len(g.learnt_rows),
    ),
    Claim(
        "Sales move next week's price, and the price moves sales: a circle, unless time is drawn.",
        lambda g: (
            graphs.find_cycle([("price", "sales"), ("sales", "price")])
            and not graphs.find_cycle(g.weekly.graph.edges)
        ),
    ),
    Claim(
        'The naive slope is {signed(weekly_effects["estimate"].iloc[0])}: a good season raises sales, and through them next week\'s price, and it lasts.',
        lambda g: (
            near(g.weekly_effects["estimate"].iloc[0], weekly_by_hand(), 0.06)
            and weekly_by_hand() > -0.6
        ),
    ),
    Claim(
        "The arrow was given as −0.80.",
        lambda g: (
            g.weekly.strengths["price", "sales"] == -0.8
            and near(g.weekly_effects["estimate"].iloc[1], -0.8, 0.06)
        ),
    ),
]


def your_missing(case: cases.Case) -> list[str]:
    return your_case.missing_arrows(case)


def robust_half(g: Any) -> float:
    """Return half the width of the naive interval, by statsmodels."""
    lower, upper = robust(g.simulated, []).conf_int(1 - HDI_PROB).loc["coupon"]
    return float(upper - lower) / 2


def share_clear(g: Any, n: float, method: str = "adjusted") -> float:
    part = g.repeated[(g.repeated["n"] == n) & (g.repeated["method"] == method)]
    return float((part["lower"] > 0).mean())


def naive_bias(g: Any, n: int) -> float:
    part = g.repeated[(g.repeated["n"] == n) & (g.repeated["method"] == "naive")]
    return float((part["estimate"] - part["truth"]).mean())


def previous(g: Any) -> float:
    sizes = sorted(g.repeated["n"].unique())
    return sizes[sizes.index(g.n_clear) - 1]


def regression_width(g: Any) -> float:
    """Return the width of the adjusted interval from the table that the program learnt from."""
    lower, upper = robust(g.data, ["loyalty", "season"]).conf_int(1 - HDI_PROB).loc["coupon"]
    return float(upper - lower)


@functools.cache
def big_every() -> float:
    """Return the coefficient of coupon with every column, in 100,000 customers."""
    build, guess = cases.run(cases.write_program(case_of("Marketing")))
    world = pm.do(build(100_000), guess)
    table = cases.sampler(world, ["coupon", "spending", *EVERY])(8)
    return float(robust(table, EVERY).params["coupon"])


def test_the_worlds_by_hand() -> None:
    """Plain NumPy and the closed form agree."""
    assert abs(by_hand()[1] - by_hand()[0] - shop_effect()) < 0.25
    assert abs(by_hand()[1] - (60 + 5 * (visits(1, 0.693, 0.3) - 2))) < 0.2


test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)
