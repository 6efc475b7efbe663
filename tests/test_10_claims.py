"""What notebook 10 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: ARG005, E501, ISC004 -- a quotation stands in one line; a predicate may need no page

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from helpers import graphs
from helpers.lessons import identification
from helpers.simulate import LinearWorld
from tests import claims
from tests.claims import Claim, Globals
from tests.support import cells
from tests.test_10_identification import (
    ATE,
    HIDDEN,
    HOME,
    LATE,
    LIMIT,
    NAME,
    SHOP,
    STUDY,
    card_row,
    least_squares,
    men,
)


def is_card(g: Globals, row: int, kind: str, *columns: str) -> bool:
    """Return whether columns of the page's table are those of statsmodels."""
    mine = card_row(kind)
    return all(np.isclose(g.card[column][row], mine[column], rtol=1e-6) for column in columns)


def routes(g: Globals, column: str) -> dict[str, str]:
    """Return the graphs for which a route is open."""
    table = g.identified.set_index("graph")[column]
    return table[table != "no"].to_dict()


BOW = graphs.dag([("t", "y"), ("u", "t"), ("u", "y")], treatment="t", outcome="y", hidden=["u"])

CARD = graphs.dag(
    [
        ("college", "school"),
        ("ability", "school"),
        ("ability", "wage"),
        ("school", "wage"),
        ("school", "experience"),
        ("experience", "wage"),
    ]
)


def two_worlds_one_record() -> bool:
    """Return whether two worlds of the bow have one covariance of t and y, and two effects."""
    arrows = [{("u", "t"): 1, ("t", "y"): e, ("u", "y"): 2.5 - 2 * e} for e in (1.0, 0.5)]
    records = []
    for weights in arrows:
        e, p = weights["t", "y"], weights["u", "y"]
        noise = np.sqrt(9 - (2 * e**2 + p**2 + 2 * e * p))
        world = LinearWorld(weights, noise={"y": noise})
        records.append(world.covariance().loc[["t", "y"], ["t", "y"]].to_numpy())
    return bool(np.allclose(*records)) and not BOW.adjustment_sets()


def left_at(g: Globals, share: float) -> float:
    """Return what is left of the slope if a cause explains this share on both sides, by hand."""
    return float(g.ols - g.ols_se * np.sqrt(g.dof * share**2 / (1 - share)))


def unit_rows(g: Globals) -> bool:
    """Return whether the table of variables has the units of the lesson, row by row."""
    (cell,) = [each for each in cells(g.run.path) if each.name == "shop_note"]
    rows = re.findall(
        r"^\s*\| (`.+?`) \| [^|]+ \| ([^|]+) \|$", "\n".join(cell.lines), re.MULTILINE
    )
    found = {name: unit for names, unit in rows for name in re.findall(r"`(\w+)`", names)}
    return set(found) == set(g.customers.columns) and all(
        identification.UNITS[name] == unit for name, unit in found.items()
    )


def scales_are_those_of_the_table(g: Globals) -> bool:
    """Return whether what has sd 1 and mean 0, and what is 0 or 1, is named so, and nothing else."""
    frame = g.customers
    error = 4 / np.sqrt(len(frame))
    sd = {c for c in frame if abs(frame[c].mean()) < error and abs(frame[c].std() - 1) < error}
    coins = {c for c in frame if set(frame[c].unique()) == {0, 1}}
    units = identification.UNITS
    return (
        sd == {c for c in frame if units[c] == "sd from the mean"}
        and coins == {c for c in frame if units[c] == "0 or 1"}
        and units["spend"] == units["last_year"] == "€ 100"
        and units["effect"] == f"{units['spend']} per hour"
        and units["advice"] == "hours"
    )


def near_limit(pair: tuple[float, float], limit: float) -> bool:
    """Return whether an estimate lies within four of its standard errors of a limit."""
    return abs(pair[0] - limit) < 4 * pair[1] < 0.2


CLAIMS = [
    Claim(
        "The line rises by **{number(naive[0])}** (€ 100 per hour).",
        lambda g: (
            near_limit(g.naive, LIMIT)
            and identification.UNITS["effect"] == "€ 100 per hour"
            and np.allclose(g.naive, least_squares(g.customers, "spend", "advice"))
        ),
    ),
    Claim(
        "We built this shop: an hour of advice brings **{number(true_effect, 0)}** (€ 100) a year.",
        lambda g: np.isclose(g.true_effect, SHOP.total_effect("advice", "spend")),
    ),
    Claim(
        "Apart from chance, the rest is `income`: well-off customers ask for more advice *and* spend more.",
        lambda g: (
            near_limit(g.naive, g.true_effect + 0.8 * 1.5 / (0.8**2 + 1))
            and np.isclose(SHOP.slope("spend", "advice", ["income"]), g.true_effect)
            and min(g.shop.coefficients["income", to] for to in ("advice", "spend")) > 0
        ),
    ),
    Claim(
        (
            "| `income`, `age` | of the customer | sd from the mean |",
            "| `advice` | free advice taken this year: the treatment | hours |",
            "| `spend` | this year's spending: the outcome | € 100 |",
            "| `last_year` | last year's spending, before any advice | € 100 |",
            "| `reviews` | written at the end of the year | reviews |",
            "| `invited`, `voucher` | dealt out by coins, used later | 0 or 1 |",
        ),
        lambda g: unit_rows(g) and scales_are_those_of_the_table(g),
    ),
    Claim(
        r"$$\tau = E[Y_i(t+1) - Y_i(t)] = \frac{d}{dt}\,E[Y \mid do(t)]$$",
        lambda g: np.isclose(
            np.mean(
                g.shop.sample(50, 1, do={"advice": 6})["spend"]
                - g.shop.sample(50, 1, do={"advice": 5})["spend"]
            ),
            g.true_effect,
        ),
    ),
    Claim(
        (
            "Let $Y_i(t)$ be what customer $i$ would spend if her hours of advice were **set** to $t$.",
            "To get from one to the other takes **consistency** (one kind of advice), **no "
            "interference** (nobody spends because of another's advice), **positivity** (any "
            "customer might take any hours), and a graph.",
        ),
        lambda g: not np.isclose(SHOP.slope("spend", "advice"), g.true_effect),
    ),
    Claim(
        (
            "**Model**: draw the graph: what you know and assume.",
            r"**Identify**: turn $E[Y \mid do(t)]$ into something that the record holds.",
            "Needs the graph, and no data.",
            "**Estimate**: now data, a method, an error.",
            "**Refute**: try to break it.",
        ),
        lambda g: g.shop_graph.adjustment_sets() == [frozenset({"income"})],
    ),
    Claim(
        (
            "A question is **identified** if any two worlds with this graph and the same record "
            "have the same answer; step 2 finds its formula.",
            "Where it is not, more of the same data never gives the number; it sharpens bounds at best.",
        ),
        # The napkin has no adjustment set, and yet each world of its graph gives the same answer.
        # The bounds of an endless record are as wide as ever; a finite one only blurs their ends.
        lambda g: (
            two_worlds_one_record()
            and not g.eight["napkin"].adjustment_sets()
            and np.isclose(g.nothing[1] - g.nothing[0], 1)
            and bounds_sharpen_and_stay(g.record)
        ),
    ),
    Claim(
        (
            r"""One set is enough, $\{$`{", ".join(routes[0])}`$\}$, and the **estimand** in """
            "symbols is the backdoor formula:",
            r"$$E[Y \mid do(t)] = \sum_{w} E[Y \mid t, \text{income} = w]\, P(w)$$",
        ),
        lambda g: (
            [set(s) for s in g.routes] == [{"income"}]
            and np.isclose(SHOP.slope("spend", "advice", ["income"]), 1)
        ),
        blunt="a name is printed",
    ),
    Claim(
        "By hand: {number(by_hand[0], 4)} ± {number(by_hand[1], 4)} (standard error).",
        lambda g: (
            np.allclose(g.by_hand, least_squares(g.customers, "spend", "advice", ("income",)))
            and near_limit(g.by_hand, 1)
        ),
    ),
    Claim(
        (
            "DoWhy (Sharma & Kiciman 2020) finds the same set and the same slope, "
            "{number(estimate.value, 4)}.",
            "Its *placebo* shuffles the treatment: {number(dowhy_placebo.new_effect, 2)} is left.",
        ),
        lambda g: (
            np.isclose(
                g.estimate.value, least_squares(g.customers, "spend", "advice", ("income",))[0]
            )
            and abs(g.dowhy_placebo.new_effect) < 0.1
        ),
        blunt="objects of DoWhy",
    ),
    Claim(
        "- **Backdoor**: hold some seen nodes fixed (perhaps none, never an effect of `t`), and every non-causal path is "
        "blocked.",
        lambda g: (
            routes(g, "backdoor")
            == {"fork": "{x}", "collider": "nothing", "mediator": "nothing", "M": "nothing"}
        ),
    ),
    Claim(
        "- **Front door**: a seen node carries *all* of the effect; nothing confounds `t` with it; "
        "and `t` blocks every backdoor from it to `y`.",
        lambda g: routes(g, "front_door") == {"mediator": "m", "relay": "m"},
    ),
    Claim(
        "- **Instrument**: a seen node goes with `t`, and once the arrows into `t` are cut, nothing open "
        "leads from it to `y` (nothing held fixed).",
        lambda g: (
            routes(g, "instrument") == {"lever": "z"}
            # A child of the treatment is none.
            and not list(
                g.instruments(
                    graphs.dag(
                        [("t", "z"), ("t", "y"), ("u", "t"), ("u", "y")],
                        treatment="t",
                        outcome="y",
                        hidden=["u"],
                    )
                )
            )
        ),
    ),
    Claim(
        "**Break it**: let advice also sell by itself (0.5), and the formula still says "
        "{number(identification.called(front_door, branch_world(0.5).slope))} "
        'where the truth is {number(branch_world(0.5).total_effect("advice", "spend"), 2)}.',
        lambda g: (
            np.isclose(identification.called(g.front_door, g.branch_world(0.5).slope), 0.8 * 1.25)
            and np.isclose(g.branch_world(0.5).total_effect("advice", "spend"), 1.5)
        ),
    ),
    Claim(
        "The record looks as tidy as before: the two arrows that must be absent are knowledge, not "
        "statistics.",
        lambda g: (
            g.front_door(g.branch_world(0, 0.5).slope) > 1.6
            and graphs.dag(
                [
                    ("income", "advice"),
                    ("advice", "basket"),
                    ("basket", "spend"),
                    ("income", "spend"),
                ],
                hidden=["income"],
            )
            .independences()
            .empty
        ),
    ),
    Claim(
        "Six have a route, `mediator` two; *bow* and *napkin* have none of the three.",
        lambda g: (
            routes_by_graph(g) == dict.fromkeys(g.eight, 1) | {"mediator": 2, "bow": 0, "napkin": 0}
        ),
    ),
    Claim(
        "Four of DoWhy's refuters, by hand, each one change to the analysis:",
        # The package has these four, and more.
        lambda g: refuters_of_dowhy() > set(NAMES_IN_DOWHY) and len(identification.REFUTERS) == 4,
    ),
    Claim(
        (
            "| placebo | shuffle the treatment | 0 |",
            "| random cause | hold a column of noise fixed too | the same |",
            "| subset | keep 80 % of the customers | the same |",
            "| dummy outcome | replace the outcome by noise | 0 |",
        ),
        lambda _: (
            list(refuted_by_hand()) == identification.REFUTERS
            and np.allclose(list(refuted_by_hand().values()), [0, 1, 1, 0], atol=0.03)
        ),
    ),
    Claim(
        "An analyst holds fixed `age` alone, because `income` is **hidden** from her; with endless data her "
        "slope is 1.73.",
        lambda g: round(SHOP.slope("spend", "advice", ["age"]), 2) == 1.73,
    ),
    Claim(
        (
            "A check needs a statement that can fail (`data/refuters_study.csv` holds the worlds; two run "
            "again). The first three are of the **graph**:",
            "- **negative control** (Lipsitch et al. 2010): given her controls, `advice` does not predict "
            "`last_year`, which must share the hidden cause and not move `advice` itself;",
        ),
        lambda g: (
            SHOP.total_effect("advice", "last_year") == 0
            and abs(SHOP.slope("last_year", "advice", ["income", "age"])) < 1e-12
            and SHOP.slope("last_year", "advice", ["age"]) > 0.7
            and negative_control_needs_both()
            and (STUDY.name, len(g.live)) == ("refuters_study.csv", 2 * 7)
        ),
    ),
    Claim(
        (
            "- **age goes its own way**: causes that her graph leaves apart are uncorrelated;",
            "- for a coin: a second coin **agrees** (where the effect is the same for all);",
            "- **square adds nothing** to a line that is straight in her first control; a first-stage "
            "**F of 10** or more is a custom about strength.",
        ),
        lambda g: (
            g.refuter_matrix.loc["wrong curve", "square adds nothing"] == 1
            and g.refuter_matrix.loc["collider held fixed", "age goes its own way"] > 0.9
            and g.refuter_matrix.loc["coin, weak", "first-stage F < 10"] > 0.9
            and g.refuter_matrix.loc["coin, own path", "first-stage F < 10"] < 0.05  # strong, wrong
            and g.refuter_matrix.loc["coin, own path", "two coins agree"] > 0.9
            and coins_disagree_on_others()
        ),
    ),
    Claim(
        "{number(stored_refuted.size, 0)} verdicts of the four refuters, {number(stored_refuted.sum(), 0)} "
        'of them "refuted", all by the subset on the weak coin. '
        "Here, {number(live_refuted.sum(), 0)} of {number(live_refuted.size, 0)}.",
        lambda g: verdicts_are_those_stored(g.stored_refuted, g.live_refuted),
    ),
    Claim(
        """The negative control finds the hidden income in {percent(refuter_matrix["last year's """
        """spend"]["income hidden"])} of worlds, and errs in {percent(refuter_matrix["last """
        """year's spend"]["sound"], 1)} where all is sound.""",
        lambda g: (
            stored_rates(g.refuter_matrix)
            and g.shop.coefficients["income", "last_year"] == 1.5
            and g.shop.coefficients["income", "spend"] == 1.5
        ),
    ),
    Claim(
        "No check finds every fault; the four take the graph as given.",
        # The verdicts of the four are the same under another graph: they never ask for one.
        lambda g: (
            bool((g.refuter_matrix.loc[FAULTY].fillna(0).min() < 0.5).all())
            and refuters_see_no_graph(g)
        ),
    ),
    Claim(
        (
            "Each customer **takes** it or not, and **comes back** next year or not.",
            'In truth {percent(kinds["share"][0])} always take it, {percent(kinds["share"][2])} '
            "never, the rest only if invited.",
            "Three assumptions make the coin an **instrument** (Angrist, Imbens & Rubin 1996): *independence* (nothing moves the "
            "coin and also treatment or outcome), *relevance* (it moves the treatment), *exclusion* (it reaches the "
            "outcome by the session alone).",
            "A fourth gives a number: *monotonicity* (nobody would take it only if not invited).",
            "Then who takes it uninvited always does, who refuses invited never does; the rest cannot "
            "be named.",
        ),
        lambda g: (
            who_shows_what()
            == {
                (0, 0): {"moved", "never"},
                (0, 1): {"always"},
                (1, 0): {"never"},
                (1, 1): {"always", "moved"},
            }
            and who_shows_what(defiers=True)[0, 1] == {"always", "defies"}
            and independence_needs_both()
            and np.isclose(g.means["took"].diff()[1], 0.45)
            and np.isclose(g.means["back"].diff()[1] / 0.45, LATE)
            and np.isclose(g.means["took"][0], g.kinds["share"][0])
            and np.isclose(1 - g.means["took"][1], g.kinds["share"][2])
        ),
    ),
    Claim(
        "Those who took it come back more often, by {signed(naive_back)}: part of that is who they are.",
        lambda g: np.isclose(
            g.naive_back,
            (0.2 * 0.65 + 0.225 * 0.7) / 0.425 - (0.225 * 0.4 + 0.35 * 0.2) / 0.575,
        ),
    ),
    Claim(
        (
            "The worry: a hidden `ability` keeps boys in school, and is paid.",
            "Card (1995): near a four-year **college** a boy studies longer.",
        ),
        # A worry, as the record cannot show it; the score of those who have one goes with both.
        lambda g: (
            least_squares(men(), "education_years", "near_college")[0] > 0.8
            and all(
                least_squares(men(), what, "iq")[0] > 0 for what in ("education_years", "log_wage")
            )
        ),
    ),
    Claim(
        (
            'With experience held fixed (row 2), least squares says {number(card["ols"][1], 3)} in log wage a year, the '
            'instrument {number(card["two_stage"][1], 3)} ({number(card["lower"][1], 3)} to '
            '{number(card["upper"][1], 3)}): a mean per year, '
            "if the four assumptions hold and the mean of `near_college` is "
            "linear in the controls.",
            'The first-stage F is {number(card["f"][1], 1)}.',
        ),
        lambda g: (
            identification.UNITS["log_wage"] == "log wage per year of school"
            and is_card(g, 1, "experience", "ols", "two_stage", "se", "f")
            and is_interval(g, 1, "experience")
            and weights_need_linear_controls()
        ),
    ),
    Claim(
        (
            "Exercise 5 in symbols, for a treatment of yes or no: where the four hold, the ratio of two differences is the **local "
            "average treatment effect** (LATE), on the **compliers**, whom the coin moved:",
            r"$$\frac{{E[Y \mid Z=1] - E[Y \mid Z=0]}}{{E[T \mid Z=1] - E[T \mid Z=0]}} = "
            r"E[Y(1) - Y(0) \mid T(1) > T(0)]$$",
        ),
        lambda g: (
            np.isclose(
                g.means["back"].diff()[1] / g.means["took"].diff()[1],
                (g.kinds["back_with"] - g.kinds["back_without"])[
                    g.kinds["kind"] == "only if invited"
                ].item(),
            )
            and g.men["education_years"].nunique() > 2
        ),
    ),
    Claim(
        (
            r"We ask for $E[Y(s) - Y(s-1)]$, log wage by year $s$ of school, at equal age.",
            "With years of school it is a mean **per year** (Angrist & Imbens 1995), over boys whom a "
            "college nearby *moved* past year $s$:",
            r"$$\beta = \sum_s w_s\, E[Y(s) - Y(s-1) \mid T(1) \ge s > T(0)]$$",
            r"with weights $w_s$ in proportion to $P(T(1) \ge s > T(0))$.",
        ),
        lambda g: ratio_is_mean_per_year(),
    ),
    Claim(
        'So {number(card["two_stage"][2], 3)} (row 3) aims at a year of school at equal **experience**, a '
        "direct effect. **But** held fixed, this child of a collider links college and `ability` again.",
        lambda g: (
            is_card(g, 2, "home", "two_stage", "ols")
            and CARD.independent("college", "ability")
            and not CARD.independent("college", "ability", ["experience"])
            and bool((g.men["experience"] == g.men["age"] - g.men["education_years"] - 6).all())
        ),
    ),
    Claim(
        (
            'At equal **age**, the choice that a boy of 18 has, it is {number(card["two_stage"][3], 3)}, '
            'with a 94 % confidence interval from {number(card["lower"][3], 3)} to '
            '{number(card["upper"][3], 3)}: it holds zero.',
            'F is {number(card["f"][3], 1)}, just past the custom of 10; the interval of Anderson and Rubin (1949), '
            "right at any first-stage strength if the instrument is valid: {number(ar_age[0], 3)} to "
            "{number(ar_age[-1], 3)}.",
        ),
        lambda g: (
            is_card(g, 3, "age", "two_stage", "se", "f")
            and g.card["lower"][3] < 0 < g.card["upper"][3]
            and is_interval(g, 3, "age")
            and 10 < g.card["f"][3] < 11
            and covers_at_any_strength()
            and not covers_at_any_strength(own_path=1.0)
            and np.allclose([g.ar_age[0], g.ar_age[-1]], anderson_rubin(), rtol=0, atol=0.0021)
        ),
    ),
    Claim(
        "**When was it measured?** `city` and `south` of 1976 come after school as well; half of the men were 18 or older in 1966. With its home alone it is "
        '{number(card["two_stage"][4], 3)}, {number(card["lower"][4], 3)} to '
        '{number(card["upper"][4], 3)}.',
        lambda g: (
            is_card(g, 4, "1966", "two_stage", "se")
            and abs((men()["age"] - 10 >= 18).mean() - 0.5) < 0.02  # 1976 less ten years
            and least_squares(men(), "city", "education_years", ("age", "black", *HOME[3:]))[0]
            > 0.01
            and g.card["lower"][4] > 0
            and np.isclose(
                (g.card["upper"][4] - g.card["lower"][4]) / (2 * g.card["se"][4]), 1.8808, atol=1e-4
            )
        ),
    ),
    Claim(
        (
            '- **A negative control.** Of the {number(men["iq"].count(), 0)} men with a test score, those '
            "from near a college have {signed(iq_raw[0], 1)} points of IQ "
            "({number(iq_raw[0] / iq_raw[1], 1)} standard errors): the raw ratio is suspect.",
            "At equal race and home of 1966 it is {signed(iq_given, 1)} (94 % confidence interval "
            "{signed(iq_ends[0], 1)} to {signed(iq_ends[1], 1)}): weak comfort, for three reasons: "
            "the interval holds nearly all of the raw difference; school may move a score; and the "
            '{percent(men["iq"].isna().mean())} without one left school early (mean '
            "{number(schooling[False], 1)} years, the others {number(schooling[True], 1)}).",
        ),
        lambda g: (
            np.allclose(g.iq_raw, least_squares(men(), "iq", "near_college"))
            and np.isclose(g.iq_given, iq_before_school()[0])
            and np.allclose(g.iq_ends, iq_before_school() @ [[1, 1], [-1.880794, 1.880794]])
            and g.iq_raw[0] / g.iq_raw[1] > 3
            and g.men["iq"].count() == 2_061
            and len(g.men) == len(men()) == 3_010
            and np.isclose(g.men["iq"].mean(), men()["iq"].mean())
            and g.iq_ends[0] < 0
            and 0.95 * g.iq_raw[0] < g.iq_ends[1] < g.iq_raw[0]
            and np.allclose([g.schooling[False], g.schooling[True]], years_without_and_with_score())
            and np.allclose([g.schooling[False], g.schooling[True]], [11.83, 13.92], atol=0.01)
        ),
    ),
    Claim(
        (
            "**DoWhy, asked the same**, gives {number(dowhy_iv, 4)}, the raw ratio of row 1: its estimator "
            "by instrument (0.14) uses no covariates.",
            "Draw region → college, as we must, and it finds no instrument.",
        ),
        lambda g: (
            is_card(g, 0, "nothing", "two_stage")
            and np.isclose(g.dowhy_iv, card_row("nothing")["two_stage"], rtol=1e-6)
            and finds_no_instrument(g)
        ),
    ),
    Claim(
        (
            "That is the average effect, and the coin alone does not show it.",
            "But every customer is one of a few **types**, by what she would do and what would come "
            "of it.",
            "Search all mixtures of types that show the record: the smallest and the largest mean "
            "effect are the **bounds**.",
        ),
        lambda g: g.bounds["lower"].le(ATE)[:5].all() and g.bounds["upper"].ge(ATE)[:5].all(),
    ),
    Claim(
        (
            "Without further assumptions the effect lies between {signed(nothing[0], 4)} and "
            "{signed(nothing[1], 4)} (Manski 1990).",
            "The width is 1, whatever the record: of each customer's two outcomes one is never seen.",
        ),
        lambda g: (
            np.allclose(g.nothing, (-0.2975, 0.7025)) and np.isclose(g.nothing[1] - g.nothing[0], 1)
        ),
    ),
    Claim(
        (
            "- **never hurts**: the session makes nobody stay away who would come back without it (*monotone "
            "treatment response*; it is enough that in no kind fewer come back, as here);",
            "- **takers do better**: those who took it would come back more often anyway, with it "
            "and without (*monotone treatment selection*, Manski & Pepper 2000);",
            "- **the coin**: your bounds, of Balke and Pearl (1997), from independence and "
            "exclusion alone;",
            "- **same for all**: the session has the same mean effect on every kind.",
        ),
        lambda g: (
            np.allclose(
                g.bounds[["lower", "upper"]].to_numpy()[[1, 2, 4, 5]],
                [[0, 0.7025], [-0.2975, 0.39821], [-0.005, 0.545], [LATE, LATE]],
                atol=1e-5,
            )
            and bool((g.kinds["back_with"] >= g.kinds["back_without"]).all())
            and harm_within_a_kind_does_no_harm()
        ),
    ),
    Claim(
        (
            "The truth is {signed(true_ate)}.",
            "The first three hold here, and each leaves an interval around it.",
            "*Same for all* is wrong: {signed(late)} is the effect on those whom the coin moved.",
        ),
        lambda g: (
            np.isclose(g.true_ate, ATE)
            and np.isclose(g.late, LATE)
            and bool(g.bounds["lower"].le(ATE)[:5].all() and g.bounds["upper"].ge(ATE)[:5].all())
            and list(g.ticks.options)[:3] == ["never hurts", "takers do better", "the coin"]
            and takers_do_better()
        ),
    ),
    Claim(
        "1. **Identify first.** Graph and question decide whether any data can answer; "
        "{number(naive[0])} ± {number(naive[1])} (standard error) is precise and wrong.",
        lambda g: (
            near_limit(g.naive, LIMIT)
            and np.isclose(g.naive[1], least_squares(g.customers, "spend", "advice")[1])
            and (g.naive[0] - 1) / g.naive[1] > 10
        ),
    ),
    Claim(
        "2. **Three routes**: backdoor, front door, instrument. Each stands on *absent* arrows: "
        "knowledge.",
        lambda g: routes(g, "backdoor") and not BOW.adjustment_sets() and len(g.eight) == 8,
    ),
    Claim(
        "3. **Use checks that can fail where the graph does** (exercise 4). A negative control found "
        """the hidden income in {percent(refuter_matrix["last year's spend"]["income hidden"])} of """
        "our worlds, where it carries income as strongly as spending does.",
        lambda g: (
            stored_rates(g.refuter_matrix)
            and negative_control_needs_both()
            and g.shop.coefficients["income", "last_year"] == g.shop.coefficients["income", "spend"]
            and refuters_see_no_graph(g)
        ),
    ),
    Claim(
        "4. **An instrument answers for some** (exercise 5), if four assumptions hold.",
        lambda g: np.isclose(g.late, LATE) and not np.isclose(g.late, ATE),
    ),
    Claim(
        '5. **"No" is an answer with numbers**, where the outcome has bounds: without further assumptions {signed(bounds["lower"][0])} to '
        '{signed(bounds["upper"][0])}, and each assumption has a price.',
        lambda g: np.allclose([g.bounds["lower"][0], g.bounds["upper"][0]], (-0.2975, 0.7025)),
    ),
    Claim(
        (
            "**Do-calculus** (Pearl 1995) rewrites a formula until no $do$ is left.",
            "What the three moves cannot reach is not identified by the graph alone (Shpitser & Pearl 2006).",
            "{sum(licences)} of {len(licences)} licences hold, and give",
        ),
        lambda g: (
            list(g.licences) == [True] * 5
            and [(set(graph.edges), a, b, tuple(given)) for graph, a, b, given in g.moves.values()]
            == CUTS
        ),
        blunt="five times True",
    ),
    Claim(
        (
            r"1. **forget**: $P(y \mid do(t), z, w) = P(y \mid do(t), w)$. Cut the arrows into $t$.",
            r"2. **see, not do**: $P(y \mid do(t), do(z), w) = P(y \mid do(t), z, w)$. Cut into $t$ and "
            "out of $z$.",
            r"3. **drop**: $P(y \mid do(t), do(z), w) = P(y \mid do(t), w)$. Cut into $t$, and into "
            "those of $z$ that are no ancestors of $w$ (once $t$ is cut).",
        ),
        lambda g: moves_need_their_cuts(),
    ),
    Claim(
        r"$$P(y \mid do(t)) = \sum_m P(m \mid t) \sum_{t'} P(y \mid m, t')\, P(t')$$",
        lambda g: front_door_sum_is_do(),
    ),
    Claim(
        (
            "The truth is 0.25; no adjustment set gives it.",
            r"$$P(y \mid do(t)) = \frac{\sum_w P(w)\, P(t, y \mid w, z)}{\sum_w P(w)\, P(t \mid w, z)}$$",
            "It gives {number(napkin_long[0], 4)} at z = 0 and {number(napkin_long[1], 4)} at z = 1.",
        ),
        lambda g: (
            np.allclose(g.napkin_long, [napkin_by_hand(g.napkin, z) for z in (0, 1)])
            and np.allclose(g.napkin_long, 0.25)
            and len(g.napkin_sets) == 2**2  # w and z are all that is seen beside t and y
            and not g.eight["napkin"].adjustment_sets()
            and min(abs(each - 0.25) for each in g.napkin_sets.values()) > 0.015
        ),
    ),
    Claim(
        "The weaker the coin, the nearer its median to least squares: "
        '{number(weak_instruments["median"][0])} at 0.04 hours.',
        lambda g: (
            g.weak_instruments["hours"].tolist()[:3] == [0.04, 0.1, 0.2]
            and g.weak_instruments["median"][:3].is_monotonic_decreasing
            and abs(g.weak_instruments["median"][0] - LIMIT) < 0.25
        ),
    ),
    Claim(
        (
            'With 0.2 hours the median is {number(weak_instruments["median"][2])}; of worlds with F > 10, '
            '{number(weak_instruments["median_strong"][2])}.',
            "Publishing only where F > 10 *makes* this bias.",
            "Both 94 % intervals hold the truth about as promised; that of Anderson and Rubin keeps each "
            "effect that leaves the coin nothing to say.",
            "One weak coin is wide, rarely dishonest, while the errors correlate moderately (here by a "
            "half; Angrist & Kolesár 2024).",
        ),
        lambda g: (
            is_weak_row(g.weak_instruments.loc[2])
            and bool(
                (g.weak_instruments[["t_covers", "ar_covers"]] - 0.94).abs().max(axis=None) < 0.05
            )
            and np.isclose(1.2 / np.sqrt(1.64 * 3.25), 0.5, atol=0.03)
            and covers_while_moderate()
        ),
    ),
    Claim(
        r"""$$\begin{aligned}\text{school}_i &\sim \text{Normal}(\mu_i,\ \sigma_s), \quad \mu_i = a + \pi\, \text{near}_i \\
    \text{wage}_i &\sim \text{Normal}(b + \beta\, \text{school}_i + \kappa\,(\text{school}_i - \mu_i),\ \sigma_w)\end{aligned}$$""",
        lambda g: model_is_the_formula(g.iv_model),
    ),
    Claim(
        (
            r"Prior: $\beta \sim \text{Normal}(0, 0.2)$ log wage per year; the others stand in the code, "
            "and are wide: see the wages drawn from them.",
        ),
        lambda g: prior_is_wide(g.wages),
    ),
    Claim(
        "Sampled: {number(float(effect_draws.mean()), 3)} ± {number(float(effect_draws.std()), 3)} (sd), "
        "94 % HDI {number(hdi(effect_draws)[0], 3)} to {number(hdi(effect_draws)[1], 3)}.",
        lambda g: (
            abs(float(g.effect_draws.mean()) - 0.130) < 0.008
            and abs(float(g.effect_draws.std()) - 0.055) < 0.007
        ),
    ),
    Claim(
        (
            "The table does nearly the same by a grid (error covariance as estimated, no prior on the "
            "push), for four priors: at sd 0.05 the mean is "
            '{number(by_prior["mean"][0], 3)}.',
            "That is honest; it does not repair the instrument.",
        ),
        lambda g: (
            abs(g.by_prior["mean"][0] - 0.066) < 0.0015
            and abs(g.by_prior["mean"][2] - float(g.effect_draws.mean())) < 0.008
            and g.by_prior["mean"].is_monotonic_increasing
        ),
    ),
    Claim(
        (
            r"$$\text{bias} = \text{se}\,\sqrt{\text{df}}\,\sqrt{\frac{r_y\, r_t}{1 - r_t}}$$",
            "If it explains {percent(robustness_value, 1)} of both (the **robustness value**) and pulls "
            "that way, nothing is left; the benchmark `black` explains {percent(black_share, 1)} of the "
            "wage and {percent(black_school, 1)} of schooling: at 4 % of each, as below, about a tenth goes.",
        ),
        lambda g: (
            np.isclose(1 - left_at(g, 0.04) / g.ols, 0.1, atol=0.02)
            and {g.r_wage.value, g.r_school.value} == {0.04}
            and np.isclose(bias_of_black(), 0, atol=1e-9)
            and np.isclose(g.robustness_value, 0.31788, atol=1e-4)
            and np.isclose(g.black_share, partial_share("log_wage", "education_years"), rtol=1e-6)
            and np.isclose(g.black_school, partial_share("education_years"), rtol=1e-6)
        ),
    ),
    Claim(
        (
            "With a million rows the answer is {number(book_as_is[0], 3)} ± {number(book_as_is[1], 3)}: "
            "a child of the treatment has the limit of least squares, "
            "2 − 1/26 = {number(2 - 1 / 26, 4)}.",
            "**Turn the arrow**, and it is {number(book_turned[0], 3)} ± "
            "{number(book_turned[1], 3)} (standard errors).",
        ),
        lambda g: (
            abs(g.book_as_is[0] - BOOK.slope("y", "t", ["x"])) < 4 * g.book_as_is[1]
            and np.isclose(g.book_as_is[1], 0.000999, rtol=0.02)
            and abs(g.book_turned[0] - 2) < 4 * g.book_turned[1]
            and np.isclose(g.book_turned[1], np.sqrt(26) / 3 / np.sqrt(1_000_000), rtol=0.02)
        ),
    ),
    Claim(
        (
            "The truth, 2, lies outside even the strongest one's 95 % interval. The text explains it by the finite sample.",
        ),
        # What the sample's size cannot mend: the limit itself is not 2.
        lambda g: BOOK.slope("y", "t", ["x"]) < 1.97,
    ),
    Claim(
        "An hour goes with € # more (# % confidence: # to #)",
        lambda g: (
            g.numbers("An hour goes with")
            == [
                round(100 * g.naive[0]),
                94,
                *(round(100 * (g.naive[0] + z * g.naive[1])) for z in (-1.880794, 1.880794)),
            ]
        ),
    ),
    Claim(
        (
            "The four on the left pass four wrong analyses, and a weak one",
            "share of # worlds in which the check finds fault",
        ),
        lambda g: (
            g.refuter_matrix[identification.REFUTERS].to_numpy().max() < 0.05
            and faulty_by_their_estimates() == set(FAULTY)
            and g.numbers("in which the check finds")[0] == pd.read_csv(STUDY)["world"].nunique()
        ),
    ),
    Claim(
        (
            "# to #, by what is held fixed; the intervals overlap",
            "cross: least squares; diamond and line: by the instrument, # % confidence interval",
        ),
        lambda g: (
            g.card["controls"][3] == "equal age"
            and g.card["lower"][3] < 0 < g.card["upper"][3]
            and g.numbers("by what is held fixed")
            == [round(card_row(kind)["two_stage"], 2) for kind in ("age", "nothing")]
            and (g.card["upper"] - g.card["lower"]).min() > 0.09
            and all_overlap()
            and g.numbers("diamond and line") == [94]
        ),
    ),
    Claim("The formula is right", lambda g: np.isclose(g.front_door(g.branch_world().slope), 1)),
    Claim(
        ("What I assume leaves # to #", "line: single bounds, laid over each other"),
        lambda g: g.numbers("What I assume leaves") == [-0.30, 0.70],
    ),
    Claim(
        ("# % of the worlds pass F > #", "line: the middle # % of the worlds"),
        lambda g: (
            g.numbers("of the worlds pass F")
            == [round(100 * (g.weak_worlds[0.2]["f"] > 10).mean()), 10]
        ),
    ),
    Claim(
        "# % of the wage, # % of schooling: # of # is left",
        lambda g: np.allclose(
            g.numbers("# of # is left"), [4, 4, left_at(g, 0.04), g.ols], rtol=0, atol=6e-4
        ),
    ),
]

CUTS = [
    ({("m", "y"), ("u", "t"), ("u", "y")}, "m", "t", ()),
    ({("t", "m"), ("u", "y")}, "y", "m", ("t",)),
    ({("m", "y"), ("u", "y")}, "y", "t", ("m",)),
    ({("m", "y"), ("u", "t"), ("u", "y")}, "t", "m", ()),
    ({("t", "m"), ("u", "t"), ("u", "y")}, "y", "m", ("t",)),
]
BOOK = LinearWorld(
    {("u", "t"): 0.5, ("t", "y"): 2, ("u", "y"): -0.5, ("x", "y"): 1},
    noise={"u": 2, "x": 2, "t": 5, "y": 5},
)


NAMES_IN_DOWHY = {
    "placebo_treatment_refuter",
    "random_common_cause",
    "data_subset_refuter",
    "dummy_outcome_refuter",
}


def refuters_of_dowhy() -> set[str]:
    """Return the modules of refuters that DoWhy has."""
    import pkgutil

    from dowhy import causal_refuters

    return {module.name for module in pkgutil.iter_modules(causal_refuters.__path__)}


def routes_by_graph(g: Globals) -> dict[str, int]:
    """Return how many of the three routes are open in each graph."""
    found = [routes(g, column) for column in ("backdoor", "front_door", "instrument")]
    return {name: sum(name in each for each in found) for name in g.eight}


def bounds_sharpen_and_stay(record: pd.DataFrame) -> bool:
    """Return whether a larger record blurs the ends of the bounds less, and leaves their width 1."""
    rng = np.random.default_rng(21)
    share = record.groupby(["took", "back"])["share"].sum() / record["share"].sum()
    spread = []
    for n in (100, 10_000):
        seen = rng.multinomial(n, share.to_numpy(), size=500) / n
        p = {who: seen[:, i] for i, who in enumerate(share.index)}
        low, high = -p[1, 0] - p[0, 1], p[1, 1] + p[0, 0]
        if not np.allclose(high - low, 1):
            return False
        spread.append(low.std())
    return bool(spread[1] < spread[0] / 5)


def coins_disagree_on_others() -> bool:
    """Return whether two sound coins give two answers where they move different people."""
    effect, half = np.array([1.0, 2.0]), np.array([0.5, 0.5])
    first, second = np.array([0.6, 0.1]), np.array([0.1, 0.6])  # whom each coin moves
    answers = [float((half * moved) @ effect / (half @ moved)) for moved in (first, second)]
    alike = [float((half * moved) @ np.ones(2) / (half @ moved)) for moved in (first, second)]
    return abs(answers[0] - answers[1]) > 0.5 and np.isclose(*alike)


def ratio_is_mean_per_year() -> bool:
    """Return whether the ratio is the mean of the year's effects over those moved past each year.

    Exact: a table of kinds, with their years of school far from a college and near one, and an
    effect for each year; a mean that leaves the weights out is another number.
    """
    rng = np.random.default_rng(22)
    far = np.array([8, 10, 12, 12, 14, 16])
    near = far + np.array([4, 0, 2, 1, 2, 0])
    share, level = rng.dirichlet(np.ones(6)), rng.normal(size=6)
    steps = rng.uniform(0, 0.2, (6, 20))  # of each kind, for each year

    def wage(years: np.ndarray) -> np.ndarray:
        return level + np.array([row[:s].sum() for row, s in zip(steps, years, strict=True)])

    ratio = share @ (wage(near) - wage(far)) / (share @ (near - far))
    moved = {s: (near >= s) & (far < s) for s in range(1, 20)}
    weight = {s: share[who].sum() for s, who in moved.items() if who.any()}
    mean = {s: share[moved[s]] @ steps[moved[s], s - 1] / weight[s] for s in weight}
    formula = sum(weight[s] * mean[s] for s in weight) / sum(weight.values())
    return bool(np.isclose(ratio, formula) and abs(np.mean([*mean.values()]) - ratio) > 0.001)


@cache
def covers_at_any_strength(own_path: float = 0) -> bool:
    """Return whether "the coin says nothing of the rest" keeps the truth in 94 %, F from 1 to 100.

    Args:
        own_path: what the coin does to the outcome by itself, in standard errors; 0: it is valid.
    """
    covers = []
    for strength in (1.0, 3.3, 10.0):
        rng = np.random.default_rng(23)
        first, other = rng.normal(size=(2, 20_000))
        noise = 0.9 * first + np.sqrt(1 - 0.9**2) * other
        push, reduced = strength + first, 1.0 * (strength + first) + noise + own_path  # truth 1
        covers.append(np.mean(abs(reduced - 1.0 * push) < 1.880794))
    return bool(np.allclose(covers, 0.94, atol=0.007))


def years_without_and_with_score() -> list[float]:
    """Return the mean years of school of the men without a test score, and with one."""
    none = men()["iq"].isna().to_numpy()
    years = men()["education_years"].to_numpy(float)
    return [years[none].mean(), years[~none].mean()]


def harm_within_a_kind_does_no_harm() -> bool:
    """Return whether the bounds are the same if only the mean effect, not each one, is 0 or more.

    Of each kind the two outcomes may go against each other, so that some are hurt: the search over
    the eight types keeps all of them, and asks the mean alone.
    """
    from scipy.optimize import linprog

    types = np.array(list(itertools.product((0, 1), repeat=3)))  # took, y0, y1
    gain, back = types[:, 2] - types[:, 1], np.where(types[:, 0], types[:, 2], types[:, 1])
    share = {(1, 1): 0.2 * 0.65 + 0.225 * 0.7, (0, 1): 0.225 * 0.4 + 0.35 * 0.2}
    share |= {(1, 0): 0.425 - share[1, 1], (0, 0): 0.575 - share[0, 1]}
    who = [(types[:, 0] == took) & (back == came) for took, came in share]
    ends = [
        sign
        * linprog(
            sign * gain,
            A_ub=[-gain],
            b_ub=[0],
            A_eq=np.array(who, float),
            b_eq=list(share.values()),
        ).fun
        for sign in (1, -1)
    ]
    return bool(np.allclose(ends, (0, 0.7025), atol=1e-6))


def takers_do_better() -> bool:
    """Return whether those who took it would come back more often, with the session and without."""
    share, took = np.array([0.2, 0.45, 0.35]), np.array([1, 0.5, 0])
    worlds = np.array([[0.65, 0.7, 0.3], [0.6, 0.4, 0.2]])
    return all(
        np.average(back, weights=share * took) > np.average(back, weights=share * (1 - took))
        for back in worlds
    )


def prior_is_wide(wages: pd.DataFrame) -> bool:
    """Return whether 94 % of wages drawn by hand span what the page shows, far more than the men's."""
    rng = np.random.default_rng(24)
    n = 400_000
    rest = abs(rng.normal(0, 3, n)) * rng.normal(size=n)  # of schooling
    school = rng.normal(size=n) + rest  # the push adds little: near is within one year of 0
    drawn = rng.normal(size=n) + 0.2 * rng.normal(size=n) * school + rng.normal(size=n) * rest
    drawn += abs(rng.normal(size=n)) * rng.normal(size=n)
    low, high = np.quantile(drawn, [0.03, 0.97])
    prior, seen = wages.iloc[0, 1:], wages.iloc[1, 1:]
    return bool(
        np.isclose(prior.iloc[1] - prior.iloc[0], high - low, rtol=0.15)
        and abs(sum(prior)) < 1.5
        and prior.iloc[1] - prior.iloc[0] > 5 * (seen.iloc[1] - seen.iloc[0])
    )


@cache
def refuted_by_hand() -> dict[str, float]:
    """Return refuter -> slope of spend on advice, income and age held fixed; the truth is 1."""
    rng, year = np.random.default_rng(5), SHOP.sample(20_000, seed=5)
    noise, order = rng.normal(size=len(year)), rng.permutation(len(year))
    changed = {
        "placebo": year.assign(advice=year["advice"].to_numpy()[order]),
        "random cause": year.assign(noise=noise),
        "subset": year.iloc[order[: round(0.8 * len(year))]],
        "dummy outcome": year.assign(spend=noise),
    }
    found = {}
    for name, frame in changed.items():
        held = ["advice", "income", "age", *(["noise"] if "noise" in frame else [])]
        on = np.column_stack([np.ones(len(frame)), frame[held]])
        found[name] = float(np.linalg.lstsq(on, frame["spend"], rcond=None)[0][1])
    return found


def verdicts_are_those_stored(stored: np.ndarray, live: np.ndarray) -> bool:
    """Return whether the counts are those of the file, and all "refuted" are on the weak coin."""
    study = pd.read_csv(STUDY)
    said = study.set_index("design")[identification.REFUTERS].sum(axis=1)
    here = study.query("world < 2")[identification.REFUTERS].to_numpy()
    return (
        set(said[said > 0].index) == {"coin, weak"}
        and (stored.size, stored.sum()) == (5_600, said.sum())
        and (live.size, live.sum()) == (56, here.sum())
    )


FAULTY = [HIDDEN, "collider held fixed", "wrong curve", "coin, weak", "coin, own path"]


def faulty_by_their_estimates() -> set[str]:
    """Return the analyses of the stored study that miss the truth, 1, or have no spread to speak of."""
    spread = pd.read_csv(STUDY).groupby("design")["estimate"].agg(["median", "std"])
    return set(spread[(spread["median"].sub(1).abs() > 0.1) | (spread["std"] > 1)].index)


def refuters_see_no_graph(g: Globals) -> bool:
    """Return whether the four find no fault in a slope that no graph of its record makes causal."""
    rng = np.random.default_rng(11)
    cause, t, y = rng.normal(size=(3, 1_000))
    year = {"age": rng.normal(size=1_000), "advice": t + cause, "spend": y + cause}  # effect: 0
    on = np.column_stack([year["advice"], year["age"], np.ones(1_000)])
    slope = np.linalg.lstsq(on, year["spend"], rcond=None)[0][0]
    said = g.refuter_verdicts(year, {"given": ["age"]}, slope, rng)
    return slope > 0.4 and not any(said.values())


def negative_control_needs_both() -> bool:
    """Return whether a control outcome fails without the hidden cause, or where it moves advice."""

    def slopes(arrows: dict[tuple[str, str], float]) -> list[float]:
        world = LinearWorld({("income", "advice"): 0.8, ("age", "last_year"): 0.5, **arrows})
        return [
            abs(world.slope("last_year", "advice", held)) for held in (["age"], ["age", "income"])
        ]

    shared = slopes({("income", "last_year"): 1.5})
    apart = slopes({("income", "spend"): 1.5})
    moves = slopes({("income", "last_year"): 1.5, ("last_year", "advice"): 0.4})
    return bool(shared[0] > 0.5 and shared[1] < 1e-12 and max(apart) < 1e-12 and moves[1] > 0.1)


def who_shows_what(*, defiers: bool = False) -> dict[tuple[int, int], set[str]]:
    """Return for each coin and what was done who may have done it."""
    takes = {"always": (1, 1), "moved": (0, 1), "never": (0, 0)}
    takes |= {"defies": (1, 0)} if defiers else {}
    return {
        (coin, took): {who for who, each in takes.items() if each[coin] == took}
        for coin, took in itertools.product((0, 1), repeat=2)
    }


def independence_needs_both() -> bool:
    """Return whether a cause shared with the outcome, or with the treatment too, spoils the ratio.

    A cause of coin and treatment alone spoils the first stage: it is not what the coin does.
    """
    base = {("u", "t"): 1, ("u", "y"): 1, ("z", "t"): 0.7, ("t", "y"): 1}
    plain, to_y, to_t = (
        LinearWorld(base | shared)
        for shared in ({}, *({("c", "z"): 1, ("c", end): 1} for end in ("y", "t")))
    )
    ratio = [w.slope("y", "z") / w.slope("t", "z") for w in (plain, to_y)]
    return bool(
        np.isclose(ratio[0], 1)
        and not np.isclose(ratio[1], 1)
        and np.isclose(plain.slope("t", "z"), 0.7)
        and not np.isclose(to_t.slope("t", "z"), 0.7)
    )


def weights_need_linear_controls() -> bool:
    """Return whether 2SLS with x along a line gives a weighted mean of two effects, only if it fits.

    Exact: x is 0, 1 or 2, the chance of z is straight in x or bent, the treatment follows z for half
    of all, the effect is 1 everywhere but the outcome's level is bent in x.
    """

    def ratio(chances: tuple[float, float, float]) -> float:
        x = np.repeat([0, 1, 2], 2)
        z = np.tile([0, 1], 3)
        share = np.where(z == 1, np.repeat(chances, 2), 1 - np.repeat(chances, 2)) / 3
        t = 0.5 * z
        y = 1 * t + 2 * (x == 1)
        design = np.column_stack([np.ones(6), x])
        weighted = design * share[:, None]
        left = z - design @ np.linalg.solve(design.T @ weighted, weighted.T @ z)
        return float((share * left) @ y / ((share * left) @ t))

    return bool(np.isclose(ratio((0.2, 0.4, 0.6)), 1) and abs(ratio((0.2, 0.8, 0.2)) - 1) > 0.5)


def is_interval(g: Globals, row: int, kind: str) -> bool:
    """Return whether the ends of a row are those of 94 % around the estimate of statsmodels."""
    mine = card_row(kind)
    ends = [mine["two_stage"] + sign * 1.880794 * mine["se"] for sign in (-1, 1)]
    return bool(np.allclose([g.card["lower"][row], g.card["upper"][row]], ends, rtol=1e-5))


@cache
def anderson_rubin() -> tuple[float, float]:
    """Return the effects at which the college's t is 1.88: roots of a quadratic, by statsmodels."""
    given = "near_college + age + I(age**2) + " + " + ".join(HOME)
    wage, school = (smf.ols(f"{y} ~ {given}", men()).fit() for y in ("log_wage", "education_years"))
    a, b = wage.params["near_college"], school.params["near_college"]
    scale = wage.cov_params().loc["near_college", "near_college"] / wage.mse_resid
    covariance = np.cov(wage.resid, school.resid) * (len(men()) - 1) / wage.df_resid
    s = 1.880794**2 * scale * covariance
    low, high = sorted(
        np.roots([b**2 - s[1, 1], -2 * (a * b - s[0, 1]), a**2 - s[0, 0]]).real.tolist()
    )
    return low, high


@cache
def iq_before_school() -> np.ndarray:
    """Return the difference in IQ at equal race and home of 1966, and its error, by statsmodels."""
    given = ("black", "city_1966", "south_1966")
    return np.array(least_squares(men(), "iq", "near_college", given))


@cache
def covers_while_moderate() -> bool:
    """Return whether the interval by a weak coin holds the truth as promised, unless errors agree.

    First-stage F about 2.6; the errors of treatment and outcome correlate by .52, then by .98.
    """
    covers = []
    for correlation in (0.52, 0.98):
        rng = np.random.default_rng(12)
        first, other = rng.normal(size=(2, 4_000))
        noise = correlation * first + np.sqrt(1 - correlation**2) * other
        push = 1.3 + first  # in its standard errors
        slope = noise / push
        error = np.sqrt(1 - 2 * correlation * slope + slope**2) / abs(push)
        covers.append(np.mean(abs(slope) < 1.88 * error))
    return bool(covers[0] > 0.93 and covers[1] < 0.9)


def stored_rates(matrix: pd.DataFrame) -> bool:
    """Return whether shares are those of the stored rows, counted anew."""
    study = pd.read_csv(STUDY)
    hidden, sound = (study[study["design"] == name] for name in (HIDDEN, "sound"))
    control = "last year's spend"
    mine = [hidden[control].mean(), sound[control].mean(), hidden["placebo"].mean()]
    page = [matrix[control][HIDDEN], matrix[control]["sound"], matrix["placebo"][HIDDEN]]
    return bool(np.allclose(mine, page)) and mine[0] == 1 and mine[2] == 0 and mine[1] < 0.1


def finds_no_instrument(g: Globals) -> bool:
    """Return whether the graph with region → college leaves no instrument to DoWhy's rule."""
    arrows = [("near", "school"), ("school", "wage"), ("ability", "school"), ("ability", "wage")]
    region = [("region", "near"), ("region", "wage")]
    cut = [edge for edge in [*arrows, *region] if edge[0] != "school"]
    return not graphs.dag(cut).independent("near", "wage") and g.dowhy_iv is not None


def moves_need_their_cuts() -> bool:
    """Return whether each move is right where its cut graph separates, and wrong without the cut."""
    # Forget: a cause z of x says nothing more of y once x is set; seen, x opens z -> x <- u.
    seen = graphs.dag([("z", "x"), ("u", "x"), ("u", "y"), ("x", "y")])
    set_ = graphs.dag([edge for edge in seen.edges if edge[1] != "x"], nodes=seen.nodes)
    forget = set_.independent("y", "z", ["x"]) and not seen.independent("y", "z", ["x"])
    # See, not do: with w held, the slope on z is the effect of z; without it, it is not.
    world = LinearWorld({("w", "z"): 1, ("w", "y"): 2, ("z", "y"): 0.5})
    cut = graphs.dag([("w", "z"), ("w", "y")])
    see = cut.independent("y", "z", ["w"]) and not cut.independent("y", "z")
    see &= bool(np.isclose(world.slope("y", "z", ["w"]), world.total_effect("z", "y")))
    see &= not np.isclose(world.slope("y", "z"), world.total_effect("z", "y"))
    # Drop: setting z changes w, so given w it is not dropped: z is an ancestor of w, and not cut.
    tail = graphs.dag([("z", "w"), ("u", "w"), ("u", "y")])
    bent = LinearWorld({("z", "w"): 1, ("u", "w"): 1, ("u", "y"): 1})
    drop = tail.independent("y", "z") and bent.total_effect("z", "y") == 0
    drop &= not tail.independent("y", "z", ["w"]) and abs(bent.slope("y", "z", ["w"])) > 0.1
    return bool(forget and see and drop)


def front_door_sum_is_do() -> bool:
    """Return whether the sum gives P(y | do t) in a population of yes-no nodes drawn at random."""
    rng = np.random.default_rng(3)
    p_u, p_t, p_m, p_y = 0.4, rng.random(2), rng.random(2), rng.random((2, 2))
    p = np.zeros((2, 2, 2, 2))  # u, t, m, y
    for u, t, m, y in itertools.product((0, 1), repeat=4):
        chance = [(p_u, u), (p_t[u], t), (p_m[t], m), (p_y[m, u], y)]
        p[u, t, m, y] = np.prod([c if v else 1 - c for c, v in chance])
    seen = p.sum(axis=0)
    p_of_t, p_m_t = seen.sum(axis=(1, 2)), seen.sum(axis=2) / seen.sum(axis=(1, 2))[:, None]
    p_y_mt = seen[:, :, 1] / seen.sum(axis=2)
    formula = [(p_m_t[t] * (p_y_mt * p_of_t[:, None]).sum(axis=0)).sum() for t in (0, 1)]
    u = np.array([1 - p_u, p_u])
    truth = [((1 - p_m[t]) * p_y[0] + p_m[t] * p_y[1]) @ u for t in (0, 1)]
    return bool(np.allclose(formula, truth))


def napkin_by_hand(cells: pd.DataFrame, z: int) -> float:
    """Return the napkin's formula as loops over w."""
    p = cells.groupby(["w", "z", "t", "y"])["p"].sum()
    rates = []
    for t in (0, 1):
        top = bottom = 0.0
        for w in (0, 1):
            weight = p.loc[w].sum() / p.loc[w, z].sum()
            top += weight * p.loc[w, z, t, 1]
            bottom += weight * p.loc[w, z, t].sum()
        rates.append(top / bottom)
    return rates[1] - rates[0]


def all_overlap() -> bool:
    """Return whether one return lies in the 94 % interval of each row of Card's table."""
    rows = [card_row(kind) for kind in ("nothing", "experience", "home", "age", "1966")]
    low, high = (
        [row["two_stage"] + sign * 1.880794 * row["se"] for row in rows] for sign in (-1, 1)
    )
    return max(low) < min(high)


def is_weak_row(row: pd.Series) -> bool:
    """Return whether a row is that of .2 hours: within Monte Carlo error of 4,000 other worlds."""
    expected = {"mean_f": (7.0, 0.8), "median": (1.0, 0.1), "median_strong": (1.28, 0.06)}
    expected |= {"t_covers": (0.95, 0.03), "ar_covers": (0.94, 0.03)}
    return row["hours"] == 0.2 and all(
        abs(row[name] - middle) < spread for name, (middle, spread) in expected.items()
    )


def model_is_the_formula(iv_model: Any) -> bool:
    """Return whether the model's log density is that of the two displayed normals."""
    import pymc as pm
    from scipy import stats

    near, school, wage = (
        np.array([0.0, 1.0, 1.0]),
        np.array([-1.0, 0.5, 2.0]),
        np.array([0.1, 0.3, -0.2]),
    )
    at = {"base_school": 0.1, "push": 0.7, "sd_school": 2.0, "base_wage": 0.05, "effect": 0.12}
    at |= {"sd_wage": 0.4, "ability": -0.06}
    model = iv_model(near, 0.2)
    fixed = pm.observe(pm.do(model, at), {"school": school, "wage": wage})
    mu = at["base_school"] + at["push"] * near
    mean = at["base_wage"] + at["effect"] * school + at["ability"] * (school - mu)
    mine = stats.norm.logpdf(school, mu, at["sd_school"]).sum()
    mine += stats.norm.logpdf(wage, mean, at["sd_wage"]).sum()
    return bool(np.isclose(float(fixed.compile_logp()({})), mine))


def partial_share(outcome: str, *given: str) -> float:
    """Return the share of what is left of an outcome that `black` explains."""
    others = ["experience", "I(experience**2)", *[name for name in HOME if name != "black"], *given]
    with_, without = (
        smf.ols(f"{outcome} ~ {' + '.join(columns)}", men()).fit().ssr
        for columns in ([*others, "black"], others)
    )
    return float(1 - with_ / without)


@cache
def bias_of_black() -> float:
    """Return the formula minus the real change of the slope when `black` is left out: 0."""
    curve = ("experience", "I(experience**2)")
    short = tuple(name for name in HOME if name != "black")
    slope, _ = least_squares(men(), "log_wage", "education_years", (*curve, *HOME))
    formula = f"log_wage ~ education_years + {' + '.join([*curve, *short])}"
    left_out = smf.ols(formula, men()).fit()
    r_y = partial_share("log_wage", "education_years")
    r_t = partial_share("education_years")
    se, df = left_out.bse["education_years"], left_out.df_resid
    bias = se * np.sqrt(df * r_y * r_t / (1 - r_t))
    return float(abs(left_out.params["education_years"] - slope) - bias)


test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)
