"""Drawings and judges of notebook 01, without running a notebook."""

from __future__ import annotations

import itertools
from typing import Any

import marimo as mo
import numpy as np
import pandas as pd
import pytest

from helpers import charts, checks, graphs
from helpers.lessons import causal_graphs
from helpers.simulate import LinearWorld
from helpers.tidy import HDI_PROB
from tests.answers import Awkward, never_done, told_apart
from tests.pages import axis_titles, title_of, words_of

HOTEL = LinearWorld(
    {("temperature", "price"): 2, ("price", "bookings"): -1, ("temperature", "bookings"): 5},
    {"temperature": 23},
    {"temperature": 3, "price": 5, "bookings": 5},
)
EVENINGS = HOTEL.sample(400, 1)
CUSTOMERS = pd.DataFrame(
    {
        "customer": ["Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon"],
        "offer": [1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
        "y0": [1, 1, 1, 1, 0, 0, 0, 0, 0, 1],
        "y1": [1, 1, 0, 0, 0, 0, 0, 1, 0, 0],
    }
)


def rows_with(chart: Any, column: str) -> pd.DataFrame:
    """Return the one data set of a chart that has a column."""
    (rows,) = [r for r in chart.to_dict()["datasets"].values() if column in r[0]]
    return pd.DataFrame(rows)


# Charts ------------------------------------------------------------------------------------------


def estimates() -> pd.DataFrame:
    """Return two estimates with intervals."""
    return pd.DataFrame(
        {
            "label": ["naive", "do"],
            "mean": [0.5, -1.0],
            "lower": [0.4, -1.1],
            "upper": [0.6, -0.9],
            "role": ["naive", "treated"],
        }
    )


def pictures() -> dict[str, Any]:
    """Return each chart of the lesson, drawn from data that are not the notebook's."""
    banded = EVENINGS.assign(band=np.where(EVENINGS["temperature"] > 23, "27 °C", "19 °C"))
    curves = pd.DataFrame({"strength": [0.0, 1.0], "slope": [-1.0, -0.7], "kind": "seen"})
    gains = pd.DataFrame({"rise": [0.0, 5.0, 10.0, 15.0], "gain": [0.0, 90.0, 130.0, 120.0]})
    return {
        "seeing": causal_graphs.chart_seeing(EVENINGS, 0.475),
        "doing": causal_graphs.chart_doing(EVENINGS, -0.99),
        "bands": causal_graphs.chart_bands(banded),
        "estimates": causal_graphs.chart_estimates(estimates(), -1, "Adjusting finds it"),
        "gain": causal_graphs.chart_gain(gains, familiar=5.1),
        "coin": causal_graphs.chart_coin([-0.6, -0.2, -0.2, 0.2], 0.2),
        "record": causal_graphs.chart_record(EVENINGS, 0.5, -1.0),
        "strength": causal_graphs.chart_strength(curves, 0.5),
        "pool": causal_graphs.chart_pool(causal_graphs.pool(300, 2)),
        "prior": causal_graphs.chart_prior(np.random.default_rng(0).normal(60, 20, 30_000)),
        "predictive": causal_graphs.chart_predictive(np.linspace(0.1, 0.5, 60), 0.324),
    }


PRICE, ROOMS = "price (€ per night)", "bookings (rooms)"
ON_AXES = {
    "seeing": {PRICE, ROOMS},
    "doing": {PRICE, ROOMS},
    "bands": {PRICE, ROOMS},
    "estimates": {"effect of one more euro (rooms)"},
    "gain": {"all prices raised by (€)", "gain per evening (€)"},
    "coin": {"churn with the offer − churn without it (share)", "ways out of 252 (number)"},
    "record": {"price − mean (€ per night)", "bookings − mean (rooms)"},
    "strength": {"arrow (rooms per °C)", "slope (rooms per €)"},
    "pool": {"discount (€ off the ticket)", "visitors (people per day)"},
    "prior": {"bookings (rooms per evening)", "density"},
    "predictive": {"price and bookings (correlation)", "simulated records (number)"},
}
TITLES = {
    "seeing": "Seeing: each euro goes with +0.47 bookings",
    "doing": "Doing: each euro changes bookings by −0.99",
    "bands": "Within one temperature, dearer means emptier",
    "estimates": "Adjusting finds it",
    "gain": "Dashed: over €5, one sd of prices on equally warm evenings",
    "coin": "Chance is right on average: −0.20",
    "record": "Seen +0.50, set by do −1.00",
    "strength": "Only what is seen moves",
    "predictive": "The fitted model reproduces the correlation we saw",
}


@pytest.mark.parametrize("name", ON_AXES)
def test_axes_have_their_units(name: str) -> None:
    """Each axis says what it measures and in what unit; each chart says in words what it shows."""
    chart = pictures()[name]
    assert axis_titles(chart.to_dict()) == ON_AXES[name]
    assert len(chart.to_dict()["description"]) > 40
    if name in TITLES:
        assert title_of(chart) == TITLES[name]


def test_every_axis_of_the_table_is_used() -> None:
    """The table has no unit that no chart shows."""
    shown = set().union(*ON_AXES.values()) | axis_titles(causal_graphs._needed_template())
    assert {causal_graphs.axis_title(quantity) for quantity in causal_graphs.AXES} <= shown


def test_titles_with_numbers_of_their_data() -> None:
    """The pool's title has the slope of its days; the prior's has the interval of its draws."""
    days = causal_graphs.pool(5_000, 3)
    assert title_of(causal_graphs.chart_pool(days)).endswith("fewer visitors: −46 per €")
    draws = np.random.default_rng(0).normal(60, 20, 100_000)
    title = title_of(causal_graphs.chart_prior(draws))
    assert title.startswith("Before any data, 94 % of evenings: +2")
    assert title.endswith("to 97 rooms")


def test_lines_of_the_record_have_the_slopes() -> None:
    """Both lines of the broken hotel pass through the mean with the slope that they are given."""
    lines = rows_with(causal_graphs.chart_record(EVENINGS, 0.5, -1.0), "kind")
    for kind, slope in (("seen", 0.5), ("set by do", -1.0)):
        part = lines[lines["kind"] == kind]
        assert (part["bookings"] / part["price"]).tolist() == pytest.approx([slope, slope])


def test_gain_is_a_guess_beyond_what_is_familiar() -> None:
    """The curve is solid up to the familiar rise, and dashed from there."""
    gains = pd.DataFrame({"rise": [0.0, 5.0, 10.0, 15.0], "gain": [0.0, 90.0, 130.0, 120.0]})
    solid, dashed = causal_graphs.chart_gain(gains, familiar=10).to_dict()["layer"]
    assert "strokeDash" not in solid["mark"]
    assert dashed["mark"]["strokeDash"]
    assert solid["mark"]["color"] == charts.ROLES["adjusted"]


def test_estimates_say_their_level() -> None:
    chart = causal_graphs.chart_estimates(estimates(), -1, "Found", "interval (doing: HDI)")
    level = f"{100 * HDI_PROB:.0f} %"
    assert chart.to_dict()["title"]["subtitle"] == f"line: {level} interval (doing: HDI)"


def test_table_hides_until_revealed() -> None:
    """Half of the outcomes and all effects are missing; one click shows them, and gives no mean."""
    hide = causal_graphs.hide_unseen
    assert (hide(CUSTOMERS, revealed=False) == "?").to_numpy().sum() == 20
    shown = hide(CUSTOMERS, revealed=True)
    assert not (shown == "?").to_numpy().any()
    effects = shown.set_index("").loc["y1 − y0"].str.extract(r">(-?\d)<")[0].astype(int)
    assert effects.tolist() == (CUSTOMERS["y1"] - CUSTOMERS["y0"]).tolist()
    for value, words in ((False, "drive customers away"), (True, "Exercise 2 asks for its mean")):
        text = causal_graphs.show_customers(CUSTOMERS, mo.ui.switch(value=value), 0.2).text
        assert words in text
        assert "+0.20" in text
        assert "0.40" not in text


def test_pieces_are_shown_with_their_correlations() -> None:
    world = LinearWorld({("a", "m"): 1, ("b", "m"): 1})
    units = world.sample(2_000, 1)
    chart = causal_graphs.chart_pair(units[["a", "b"]], "all units")
    assert title_of(chart).startswith("correlation ")
    assert axis_titles(chart.to_dict()) == {"a (sd)", "b (sd)"}
    tall = causal_graphs.chart_pair(units[["a", "m"]] * 9, "all units")
    for drawn in (chart, tall):
        rows = next(iter(drawn.to_dict()["datasets"].values()))
        assert pd.DataFrame(rows).std().to_numpy() == pytest.approx([1, 1], abs=0.1)
    menu = mo.ui.dropdown(["collider"], value="collider")
    view = causal_graphs.show_piece(menu, graphs.dag(world.edges), "m", *2 * [units[["a", "b"]]])
    assert len(view.text) > 1_000


def test_evenings_needed_are_marked() -> None:
    curve = pd.DataFrame({"strength": [0.1, 1.0], "n": [9_000.0, 100.0]})
    slider = causal_graphs.slider_weak()
    view = causal_graphs.show_needed(slider, curve, 350)
    assert slider.value == 0.5
    assert "0.5 rooms per °C: 350 evenings will do" in " ".join(words_of(view))


def test_stories_and_fits_are_tables() -> None:
    fits = pd.DataFrame(
        {"story": ["one", "two"], "log_likelihood": [-1.5, -1.5], "effect_of_price": [-1.0, 0.5]}
    )
    text = causal_graphs.show_fits(fits).text
    assert "effect of one more euro (rooms)" in text
    assert "−1.50000000" in text
    assert "one" in causal_graphs.show_stories({"one": [("a", "b")]}).text


def test_chance_is_never_one() -> None:
    """A share of all draws is "> 0.999"; other shares keep three digits."""
    assert causal_graphs.chance(np.ones(4_000)) == "> 0.999"
    assert causal_graphs.chance(np.arange(4) < 3) == "= 0.750"


def test_sliders_begin_at_the_hotel() -> None:
    slider = causal_graphs.slider_strength()
    assert (slider.start, slider.stop, slider.value) == (0, 10, 5)
    pair = [mo.md("a"), mo.md("b")]
    assert len(causal_graphs.show_break(slider, *pair).text) > 100


# An asserted independence ------------------------------------------------------------------------

RESORT = graphs.dag(
    [
        ("temperature", "price"),
        ("temperature", "bookings"),
        ("price", "bookings"),
        ("trade_fair", "price"),
        ("trade_fair", "bookings"),
        ("temperature", "swimmers"),
        ("bookings", "breakfasts"),
    ]
)


def partial(r: float) -> causal_graphs.Partial:
    """Return an estimator that says this correlation, give or take .1."""
    return lambda *_: (r, r - 0.1, r + 0.1)


@pytest.mark.parametrize(
    ("given", "r", "words"),
    [
        ([], 0.02, ("every path is blocked", "no correlation to be seen")),
        (["price"], -0.4, ("a path is open", "correlated")),
        (["breakfasts"], -0.3, ("a path is open", "correlated")),
        ([], 0.3, ("They disagree: 6 samples in 100 mislead",)),
        (["temperature"], 0.0, ("Choose two different",)),
    ],
)
def test_asserted_independence_is_judged(given: list[str], r: float, words: tuple) -> None:
    """Graph and data both give their verdict on what the learner asserts."""
    claim = ("temperature", "trade_fair", given)
    shown = causal_graphs.verdict_independence(RESORT, pd.DataFrame(), claim, partial(r))
    assert all(word in shown.text for word in words)


def test_the_board_of_assertions() -> None:
    menus = causal_graphs.assertion_controls(RESORT)
    assert [menu.value for menu in menus] == ["temperature", "trade_fair", []]
    view = causal_graphs.show_assertion(RESORT, pd.DataFrame(), menus, partial(0.0))
    assert "temperature ⟂ trade_fair" in view.text


# Judges ------------------------------------------------------------------------------------------


def test_judge_1() -> None:
    def judge(answer: Any) -> checks.Check:
        return causal_graphs.judge_1(answer, 0.475)

    told_apart(
        judge,
        ["the record cannot tell", "  The record  cannot tell. "],
        {
            "times 10": "rises by about 5",
            "ignore the price": "stays the same",
            "two columns do not say it": "falls by about 10",
            "choose one of": "it depends",
        },
    )
    never_done(judge)


def test_judge_2() -> None:
    def judge(answer: Any) -> checks.Check:
        return causal_graphs.judge_2(*answer, CUSTOMERS)

    told_apart(
        judge,
        [(-0.2, -0.4, 0), (np.float64(-0.2), np.array(-0.4), np.array([0.0])[0])],
        {
            "turned round": (0.2, 0.4, 0.0),
            "visible difference": (0.2, -0.4, 0.0),
            "swapped": (-0.2, 0.0, -0.4),
            "per cent": (-20, -40, 0),
            "three populations": (-0.2, -0.2, -0.2),
            "divided by ten, not": (-0.2, -0.2, 0.0),
            "divided by five, not": (-0.4, -0.4, 0.0),
            "from `atu`: Jon": (-0.2, -0.4, 0.25),
            "from `att`: Ada or Ben or Eve": (-0.2, -0.5, 0.0),
            "minus the visible": (-0.2, 0.1, 0.3),
            "one number": (np.zeros(10), np.zeros(10), np.zeros(10)),
        },
    )
    never_done(lambda answer: causal_graphs.judge_2(answer, answer, answer, CUSTOMERS))
    half = causal_graphs.judge_2(-0.2, ..., 0.0, CUSTOMERS)
    assert (half.status, half.message) == ("todo", "Still to do: att.")


def test_judge_3() -> None:
    def judge(answer: Any) -> checks.Check:
        return causal_graphs.judge_3(answer, EVENINGS, HOTEL)

    colleague = EVENINGS.query("48 < price < 52")["bookings"].mean()
    told_apart(
        judge,
        [65, np.array([65.8]), pd.Series([64.3])],
        {
            "colleague's number": colleague,
            "You set the temperature": 150.3,
            "a difference or a slope": -4.0,
            "warmer than most": 71.5,
            "record as it is": 69.0,
            "That is the price": 50.0,
            "listen to the weather": -50.2,
        },
    )
    never_done(judge)


def test_judge_4() -> None:
    def judge(answer: Any) -> checks.Check:
        return causal_graphs.judge_4(answer, RESORT)

    told_apart(
        judge,
        [
            {"temperature"},
            ["temperature", "bookings", "trade_fair"],
            "temperature",
            {"Temperature ", "trade fair"},
        ],
        {
            "nothing given": set(),
            "still open": {"bookings"},
            "two ends": {"price"},
            "not in the resort": {"weather"},
        },
    )
    never_done(judge)


ARROWS = """
sunshine -> discount -> visitors -> ice_creams
sunshine -> visitors
sunshine -> ice_creams
"""
MORE = "\nsunshine -> ice_creams"
PAIRS = [
    ("sunshine", "discount"),
    ("discount", "visitors"),
    ("visitors", "ice_creams"),
    ("sunshine", "visitors"),
    ("sunshine", "ice_creams"),
]


def test_judge_5() -> None:
    """All three answers: in other words done, and each usual mistake told by its own hint."""

    def judge(answer: Any) -> checks.Check:
        return causal_graphs.judge_5(*answer)

    told_apart(
        judge,
        [
            (ARROWS, {"sunshine"}, 25.0),
            (PAIRS, ["Sunshine"], np.array([23.1])),
            (graphs.dag(PAIRS), "sunshine", 28),
            (ARROWS.replace("ice_creams", "ice creams"), ("sunshine",), np.float64(25)),
        ],
        {
            "what ice_creams listens to": (ARROWS.replace(MORE, ""), ..., ...),
            "is not in the story": (f"{ARROWS}\ndiscount -> ice_creams", ..., ...),
            "read again who listens to whom": (
                ARROWS.replace("sunshine -> discount", "discount -> sunshine"),
                ...,
                ...,
            ),
            "no variable “rain”": (f"{ARROWS}\nrain -> visitors", ..., ...),
            "write lines such as": ("", ..., ...),
            "still open": (..., set(), ...),
            "follow from what the discount does": (..., {"sunshine", "ice_creams"}, ...),
            "the question itself": (..., {"visitors"}, ...),
            "rain is not a column": (..., {"rain"}, ...),
            "still seeing": (..., ..., -46.0),
            "held fixed too": (..., ..., 12.5),
            "the sign is not": (..., ..., -25.0),
            "euros per visitor": (..., ..., 0.0072),
            "a number is expected": (..., ..., "25"),
        },
    )
    never_done(lambda answer: causal_graphs.judge_5(answer, answer, answer))
    for place in range(3):
        right = [ARROWS, {"sunshine"}, 25.0]

        def alone(answer: Any, place: int = place, right: list[Any] = right) -> checks.Check:
            given = [*right[:place], answer, *right[place + 1 :]]
            return causal_graphs.judge_5(*given)

        never_done(alone)
    open_ = causal_graphs.judge_5(ARROWS, ..., ...)
    assert (open_.status, open_.message) == ("todo", "Still to do: pool_set, pool_effect.")


def test_the_pool_is_the_story() -> None:
    """Seen, adjusted and overadjusted slopes are far apart; no discount is negative by much."""
    days = causal_graphs.pool(20_000, 4)
    assert list(days.columns) == ["sunshine", "discount", "visitors", "ice_creams"]

    def slope(*given: str) -> float:
        design = np.column_stack([np.ones(len(days)), days[["discount", *given]]])
        return float(np.linalg.lstsq(design, days["visitors"], rcond=None)[0][1])

    assert slope() == pytest.approx(-46, abs=2)
    assert slope("sunshine") == pytest.approx(25, abs=2)
    assert slope("sunshine", "ice_creams") == pytest.approx(12.5, abs=2)
    assert (days["discount"] < 0).mean() < 0.02
    assert (days["visitors"] > 0).all()
    assert not causal_graphs.pool(5, 1).equals(causal_graphs.pool(5, 2))


def churn(
    offer: tuple[list[str], list[float], float] = (["unhappiness"], [2], 0),
    outcome: tuple[list[str], list[float], float] = (["unhappiness", "offer"], [2, -1], -1),
) -> Any:
    """Return a churn model with these parents, weights and offsets."""
    nodes = {"unhappiness": lambda n_samples: np.random.normal(0, 1, n_samples)}  # noqa: NPY002
    nodes["offer"] = graphs.logistic_model(*offer)
    nodes["churn"] = graphs.logistic_model(*outcome)
    return graphs.StructuralCausalModel(nodes)


def test_judge_6() -> None:
    told_apart(
        causal_graphs.judge_6,
        [churn(), churn(outcome=(["offer", "unhappiness"], [-1, 2], -1))],
        {
            "offset of `churn`": churn(outcome=(["unhappiness", "offer"], [2, 1], -1)),
            "offset of `offer`": churn(offer=(["unhappiness"], [1], 0)),
            "Missing: unhappiness → churn": churn(outcome=(["offer"], [-1], -1)),
            "Wrap them": {"offer": graphs.logistic_model(["unhappiness"], [2])},
            "Give a `StructuralCausalModel`": "unhappiness -> offer",
        },
    )
    never_done(causal_graphs.judge_6)


def test_judge_7() -> None:
    told_apart(
        causal_graphs.judge_7,
        [{"p", "q"}, ["Q", "p", "p"], "p, Q", "qp"],
        {
            "collider": {"p", "q", "r"},
            "other pairs": {"p", "q", "s"},
            "same skeleton": {"p"},
            "Give letters": {"p", "z"},
            "that is not it": set(),
        },
    )
    never_done(causal_graphs.judge_7)


NAMES = causal_graphs.INSURANCE
CHAIN = list(itertools.pairwise(["age", *[name for name in NAMES if name != "age"]]))
STAR = [("risk aversion", name) for name in NAMES if name not in ("risk aversion", "age")]


def test_judge_8() -> None:
    """Complete graphs pass, whatever their arrows; gaps and absurd arrows are named."""
    told_apart(
        lambda edges: causal_graphs.judge_8(edges, ...),
        [CHAIN, [*STAR, ("age", "risk aversion")]],
        {
            "4 variables": CHAIN[:9],
            "make people older": [*STAR, ("risk aversion", "age")],
            "There is a cycle": [*CHAIN, (CHAIN[-1][1], "make and model")],
        },
    )
    never_done(lambda draft: causal_graphs.judge_8([], draft))
    assert "No arrow of the draft" in causal_graphs.judge_8([], "age, car value").message


# The editor --------------------------------------------------------------------------------------


def test_editor_adds_chains_and_forgives_spelling() -> None:
    """Capital letters, blanks, underscores and both arrow directions are understood."""
    add = causal_graphs.add_arrows
    edges, messages = add([], "Age -> risk_aversion ->  annual  mileage\ncar value <- age", NAMES)
    assert edges == [
        ("age", "risk aversion"),
        ("risk aversion", "annual mileage"),
        ("age", "car value"),
    ]
    assert messages == []
    assert add(edges, "age -> car value", NAMES) == (edges, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("age risk aversion", "write an arrow"),
        ("age ->", "both sides"),
        ("age -> age", "cannot cause itself"),
        ("age -> risk aversoin", "Did you mean “risk aversion”?"),
        ("age -> horoscope", "There is no variable “horoscope”."),
        ("car value -> age", "close a cycle"),
        ("<b>theft</b> -> age", "both sides"),
        ("a{b}`c` -> age", "There is no variable"),
    ],
)
def test_bad_text_gets_a_message_and_loses_nothing(text: str, words: str) -> None:
    """What cannot be used is named; what stood there stays, and good lines are taken."""
    before = [("age", "risk aversion"), ("risk aversion", "car value")]
    edges, messages = causal_graphs.add_arrows(before, f"{text}\nage -> annual mileage", NAMES)
    assert edges == [*before, ("age", "annual mileage")]
    assert words in " ".join(messages)


def test_a_cycle_is_named() -> None:
    """The message lists the nodes of the cycle that an arrow would close."""
    text = "risk aversion -> car value -> age"
    _, (message,) = causal_graphs.add_arrows([("age", "risk aversion")], text, NAMES)
    assert "cycle" in message
    for name in ("age", "risk aversion", "car value"):
        assert name in message


def test_draft_may_be_text_or_pairs() -> None:
    """A draft of pairs reads like one of lines; anything else starts an empty editor."""
    text = causal_graphs.draft_text
    assert text("age -> car value") == "age -> car value"
    for draft in (
        [("age", "car value"), ["age", "annual mileage"]],
        ["age -> car value", ("age", "annual mileage")],
    ):
        assert text(draft) == "age -> car value\nage -> annual mileage"
    for nothing in (None, ..., 3, {}, pd.DataFrame(), [Awkward()], [3, None]):
        assert text(nothing) == ""
    assert text([(Awkward(), "age")]) == "age"


def test_nothing_drawn_is_lost_when_cells_run_again() -> None:
    """The page's address holds the arrows; what a draft replaces is one undo away, and said."""
    opened, to_address, from_address = (
        causal_graphs.opened,
        causal_graphs.to_address,
        causal_graphs.from_address,
    )
    drawn, draft = CHAIN, [("age", "car value")]
    assert from_address(to_address(drawn)) == drawn
    assert len(to_address(drawn)) == 3 * len(drawn) - 1
    for rubbish in (None, "", "zz", "a", "ab-ba", ["ab"], "ja<b>", "--"):
        assert graphs.find_cycle(from_address(rubbish)) == []
    assert opened((draft, []), []) == [(draft, [])]
    assert opened((drawn, ["note"]), drawn[:3]) == [(drawn, ["note"])]
    empty, (edges, (message,)) = opened(([], []), drawn)
    assert (empty, edges) == (([], []), drawn)
    assert f"The {len(drawn)} arrows that you drew before came back" in message
    before, (edges, (message,)) = opened((draft, []), drawn)
    assert (before, edges) == ((drawn, []), draft)
    assert "undo" in message


def test_actions_change_the_history() -> None:
    """Adding, removing and undoing lead back to where one was."""
    history: list[Any] = [([("age", "car value")], [])]

    def keep(change: Any) -> None:
        history[:] = change(history)

    edit = causal_graphs.editor_actions(keep)
    edit["add"]("age -> theft history")
    assert history[-1][0] == [("age", "car value"), ("age", "theft history")]
    edit["remove"](("age", "car value"))
    assert history[-1][0] == [("age", "theft history")]
    for _ in range(4):
        edit["undo"]()
    assert history == [([("age", "car value")], [])]


def test_the_editor_is_shown() -> None:
    """Messages are text, never HTML of the learner's; an empty editor is shown too."""
    question = causal_graphs.question_menus()
    view = causal_graphs.show_editor(CHAIN[:2], ["There is no <b>x</b>."], question)
    assert "&lt;b&gt;x" in view.text.replace("&amp;", "&")
    assert "2 arrows." in view.text
    assert "Without an arrow" in causal_graphs.draw_insurance([], "age", "car value").text
    empty = pd.DataFrame(columns=["first", "second", "given"])
    assert "Draw an arrow, and" in causal_graphs.show_question([], question, empty).text
    implied = graphs.dag(CHAIN, nodes=NAMES).independences()
    text = causal_graphs.show_question(CHAIN, question, implied).text
    assert f"Your graph forbids <strong>{len(implied)}</strong> correlations" in text
    controls = causal_graphs.editor_controls(causal_graphs.editor_actions(lambda _: None))
    assert len(causal_graphs.show_controls(*controls).text) > 500


ADVISED = [
    ("age", "driving course completion"),
    ("risk aversion", "driving course completion"),
    ("driving course completion", "accident history"),
    ("age", "accident history"),
    ("risk aversion", "accident history"),
    ("age", "car value"),
]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (("driving course completion", "accident history"), "{age, risk aversion}"),
        (("age", "accident history"), "Nothing needs"),
        (("accident history", "age"), "No effect"),
        (("age", "age"), "two different"),
        ((None, "age"), "two different"),
        (
            ("driving course completion", "accident history", ["risk aversion"]),
            "Measure more, or experiment",
        ),
        (("age", "car value", ["age"]), "must be measured"),
    ],
)
def test_advice(question: tuple[Any, ...], words: str) -> None:
    """A set, nothing to do, nothing that helps, and no question: each is said in words."""
    assert words in causal_graphs.advise(ADVISED, *question)
    assert "No effect" in causal_graphs.advise([], "age", "car value")
