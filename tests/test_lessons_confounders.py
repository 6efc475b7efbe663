"""The drawings and judges of notebook 02, without running it: small worlds made here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from helpers import charts, graphs
from helpers.checks import Check
from helpers.lessons import confounders
from helpers.simulate import LinearWorld
from tests.answers import accepted, never_done, refused, told_apart
from tests.claims import titles_of
from tests.pages import words_of
from tests.support import ROOT

QUESTION = ("listings", "price", "tourism")


def city_world(euros: float = -50) -> LinearWorld:
    """Return a city: the naive slope of price on listings is 10 + 50 v / 164."""
    arrows = {("tourism", "listings"): 2, ("tourism", "price"): euros, ("listings", "price"): 10}
    start = {"tourism": 20, "listings": 10, "price": 2_500 - 20 * euros}
    return LinearWorld(arrows, start, noise={"tourism": 5, "listings": 8, "price": 150})


@pytest.fixture(scope="module")
def city() -> pd.DataFrame:
    """Return 2,000 neighbourhoods."""
    return city_world().sample(2_000, 3)


@pytest.fixture(scope="module")
def patients() -> pd.DataFrame:
    """Return the table of a clinic, another one than the notebook's: effects +.2, +.1, -.12."""
    columns = ["drug", "marker", "patients", "recovered"]
    rows = [("yes", "high", 80, 40), ("yes", "low", 20, 18)]
    rows += [("no", "high", 20, 6), ("no", "low", 80, 64)]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    """Return 3,000 customers, e-mailed by the sum of ratings and purchases."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.normal(size=(3_000, 2)), columns=["ratings", "purchases"])
    return frame.assign(emailed=frame.sum(axis=1) + rng.logistic(size=3_000) / 2 > 0.5)


@pytest.fixture(scope="module")
def game() -> pd.DataFrame:
    """Return the rounds of the game."""
    return confounders.deal_game()


def text_of(output: Any) -> str:
    """Return the HTML of an output."""
    return str(getattr(output, "text", output))


# Units and axes ----------------------------------------------------------------------------------


def axes_of(spec: dict[str, Any]) -> set[str]:
    """Return the titles of a chart's axes, lines joined."""
    found = set()
    for layer in spec.get("layer", [spec]):
        for channel in ("x", "y"):
            title = layer.get("encoding", {}).get(channel, {}).get("title")
            if title:
                found.add(title if isinstance(title, str) else "; ".join(title))
    return found


def test_axes_carry_the_units_of_the_table(city: pd.DataFrame) -> None:
    """Each variable's axis is named by its words and its unit; each effect by outcome and cause."""
    assert confounders.named("ice_cream") == "ice cream (cones per hour)"
    assert confounders.named("price") == "price (€ per m²)"
    for treatment, outcome in confounders.LOOKS:
        rng = np.random.default_rng(1)
        record = pd.DataFrame(rng.normal(size=(40, 3)), columns=[treatment, outcome, "z"])
        slopes = {"naive": 1.0, "adjusted": 0.5}
        drawing = confounders.chart_scatter(record, (treatment, outcome, "z"), slopes)
        assert axes_of(drawing.spec) == {
            f"{name.replace('_', ' ')} ({confounders.UNITS[name]})" for name in (treatment, outcome)
        }
    numbers = pd.DataFrame([("naive", 1.0, 0.1, "naive")], columns=confounders.ESTIMATES)
    spec = confounders.chart_numbers(numbers, 2.0, "€ per mm", (0, 3)).spec
    assert axes_of(spec) == {"effect (€ per mm)"}
    spec = confounders.chart_numbers(numbers, 2.0, "€ per mm", (0, 3), "Title", 700).spec
    assert axes_of(spec) == {"€ per mm (line: 94 % confidence interval)"}
    first = confounders.chart_first(LONG, 0.1).to_dict()
    assert axes_of(first) == {"ice cream (cones per hour)", "crime (reports per day)"}
    board = confounders.chart_boardroom(city, -5.0, 10.0).to_dict()
    assert axes_of(board) == {"holiday flats (per 1,000 flats)", "price of a home (€ per m²)"}


LONG = pd.DataFrame({"ice_cream": [60.0, 100, 140], "crime": [20.0, 25, 33]})


@pytest.mark.parametrize(
    ("pair", "unit"),
    [
        (("ice_cream", "crime"), "reports per cone"),
        (("listings", "price"), "€ per m² and listing"),
        (("class_size", "score"), "points per pupil"),
        (("rain", "profit"), "€ per mm"),
        (("smoking", "lung_damage"), "points per pack"),
        (("cycling", "fitness"), "points per hour of cycling"),
        (("training", "wage"), "€ per hour of training"),
    ],
)
def test_effects_are_in_the_outcomes_unit_per_unit_of_the_treatment(
    pair: tuple[str, str], unit: str
) -> None:
    """The unit of an effect begins with the outcome's unit and ends with the treatment's."""
    look = confounders.LOOKS[pair]
    assert look.effect == unit
    treatment, outcome = (confounders.UNITS[name] for name in pair)
    assert unit.split(maxsplit=1)[0].rstrip("s") in outcome
    words = {"listing": "listings", "pupil": "pupils", "hour": "hours", "mm": "mm"}
    words |= {"cone": "cones", "pack": "packs"}
    said = re.search(r"(?:per|and) (\w+)(?: of \w+)?$", unit)[1]
    assert words[said] in (treatment, *treatment.split(), pair[0])
    assert look.limits[0] < look.limits[1]


# Drawings ----------------------------------------------------------------------------------------


def test_first_chart_draws_the_slope_that_it_is_given() -> None:
    """Title and line say the same slope; the line passes through the means."""
    spec = confounders.chart_first(LONG, 0.25).to_dict()
    assert titles_of(spec) == ["Each cone more goes with +0.25 reports"]
    assert "dot per day" in spec["description"]
    ends = confounders.line_through(LONG["ice_cream"], LONG["crime"], 0.25)
    assert np.diff(ends["y"]) / np.diff(ends["x"]) == pytest.approx([0.25])
    middle = np.interp(LONG["ice_cream"].mean(), ends["x"], ends["y"])
    assert middle == pytest.approx(LONG["crime"].mean())


def test_numbers_have_intervals_of_94_percent() -> None:
    """Estimates, interval and truth of the drawing are those of the frame that was given."""
    found = pd.DataFrame([("naive", 1.5, 0.1, "naive")], columns=confounders.ESTIMATES)
    spec = confounders.chart_numbers(found, 2.5, "€", (0, 5)).spec
    rows = [row for data in spec["datasets"].values() for row in data]
    (estimate,) = [row for row in rows if "lower" in row]
    half = norm.ppf(0.97) / 10
    assert (estimate["mean"], estimate["lower"], estimate["upper"]) == pytest.approx(
        (1.5, 1.5 - half, 1.5 + half)
    )
    assert [row["value"] for row in rows if "value" in row] == [2.5]
    assert "truth +2.50 €" in spec["description"]


def test_scatter_holds_the_lines_that_it_is_given(city: pd.DataFrame) -> None:
    """One dashed line over all with the naive slope, four solid ones with the adjusted slope."""
    slopes = {"naive": -5.0, "adjusted": 10.0}
    spec = confounders.chart_scatter(city, QUESTION, slopes).spec
    lines = pd.DataFrame(next(d for d in spec["datasets"].values() if "line" in d[0]))
    ends = lines.groupby("line").agg({"x": np.ptp, "y": lambda y: y.iloc[1] - y.iloc[0]})
    found = (ends["y"] / ends["x"]).round(6).value_counts().to_dict()
    assert found == {10.0: 4, -5.0: 1}
    dots = next(d for d in spec["datasets"].values() if "shade" in d[0])
    assert len(dots) == 300
    assert {row["shade"] for row in dots} == {0, 1, 2, 3}
    assert titles_of(spec) == ["dashed: all · solid: at equal tourism"]


def test_the_graph_leaves_out_arrows_of_weight_zero() -> None:
    """What has no weight is not drawn; who is adjusted for, and hidden, is said."""
    drawn = text_of(confounders.draw_world(city_world(0), QUESTION))
    assert "tourism causes listings" in drawn
    assert "tourism causes price" not in drawn
    assert "tourism is adjusted for" in drawn
    drawn = text_of(confounders.draw_world(city_world(), ("listings", "price", "listings")))
    assert "adjusted" not in re.search(r'aria-label="([^"]*)"', drawn)[1]
    hidden = LinearWorld({("u", "listings"): 1, ("u", "price"): 1, ("tourism", "price"): 1})
    drawn = text_of(confounders.draw_world(hidden, QUESTION, hidden=["u"]))
    assert "u is unmeasured" in drawn


def test_the_frame_says_what_the_arrows_imply() -> None:
    """Naive 10 - 50 * 50 / 164, given tourism 10, do 10, in words below the numbers."""
    world = city_world()
    words = confounders.endless(world, QUESTION)
    assert words == "Exact: naive **−5.24**, given tourism **+10.00**, `do` **+10.00**."
    record = world.sample(500, 1)
    rows = [("naive", -5, 0.5, "naive"), ("regressed", 10, 0.5, "adjusted")]
    numbers = pd.DataFrame(rows, columns=confounders.ESTIMATES)
    shown = confounders.show_world(world, record, numbers, QUESTION, "CONTROL")
    assert "CONTROL" in text_of(shown)
    assert len(words_of(shown)) == 3
    assert all(len(words) > 40 for words in words_of(shown))
    widest = f"94 % confidence intervals, ± {norm.ppf(0.97) * 0.5:.2f} at most"
    assert widest in text_of(shown)


def test_numbers_without_a_frame_have_slider_title_and_truth() -> None:
    """The chart of an assumption shows its rows, in their unit."""
    rows = [("naive", 1.0, 0.1, "naive"), ("adjusted", 2.0, 0.1, "adjusted")]
    look = ("hours a week", (0, 4))
    shown = confounders.show_numbers(rows, 2.0, look, "A finding", "CONTROL")
    (words,) = words_of(shown)
    assert words == "A finding. naive +1.00; adjusted +2.00; truth +2.00 hours a week."
    assert "CONTROL" in text_of(shown)


def test_clinic_table_has_totals(patients: pd.DataFrame) -> None:
    """Four groups, two totals, and shares in per cent."""
    shown = text_of(confounders.show_clinic(patients))
    for share in ("50 %", "90 %", "30 %", "80 %", "58 %", "70 %"):
        assert share in shown
    assert shown.count("both") == 2


def test_selection_shows_all_and_selected(customers: pd.DataFrame) -> None:
    """Two scatters, each with its own correlation as title, and a line of its sign."""
    for part, who in ((customers, "all"), (customers[customers["emailed"]], "with an e-mail")):
        spec = confounders.chart_selection(part, who).spec
        found = np.corrcoef(part["ratings"], part["purchases"])[0, 1]
        (title,) = titles_of(spec)
        assert title.startswith(f"{who}: correlation ")
        assert float(title.split()[-1].replace("−", "-")) == pytest.approx(found, abs=0.0051)
        ends = next(d for d in spec["datasets"].values() if "line" in d[0])
        assert np.sign(ends[1]["y"] - ends[0]["y"]) == np.sign(found)
        assert axes_of(spec) == {"items rated (sd)", "purchases (sd)"}
    assert len(words_of(confounders.show_selection(customers, "CONTROL"))) == 2


def test_exact_table_names_who_is_right() -> None:
    """Each row names the number that equals the effect: one, both or none."""
    rows = [("a", "z", 1.0, 2.0, 1.0), ("b", "z_z", 2.0, 2.0, 2.0), ("c", "z", 2.0, 1.0, 1.0)]
    exact = pd.DataFrame(rows, columns=["role", "control", "naive", "adjusted", "do"])
    shown = text_of(confounders.show_exact(exact))
    cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", shown)]
    assert [cells[i] for i in (5, 11, 17)] == ["naive", "naive and adjusted", "adjusted"]
    assert cells[7] == "z z"
    assert "role of the control" in shown


def test_twins_title_says_where_half_is_left_alone() -> None:
    """The number in the title is the first with a share below one half."""
    matched = pd.DataFrame({"covariates": range(5), "share": [1.0, 0.9, 0.51, 0.4, 0.1]})
    spec = confounders.chart_twins(matched).to_dict()
    assert titles_of(spec) == ["With 3 yes/no covariates, most people have no twin"]
    assert axes_of(spec) == {"yes/no covariates that must agree (number)", "share with a twin"}


def test_boardroom_lines_and_button(city: pd.DataFrame) -> None:
    """Four lines with the slopes that are given; one action, a PNG under its own name."""
    ends = confounders.board_lines(city, -5.0, 10.0)
    first = ends.groupby("label", sort=False)[["listings", "price"]].agg(["first", "last"])
    run = first["listings"]["last"] - first["listings"]["first"]
    slopes = ((first["price"]["last"] - first["price"]["first"]) / run).round(6).to_dict()
    within = dict.fromkeys(("average places", "busy places", "quiet places"), 10.0)
    assert slopes == {"all places": -5.0, **within}
    places = confounders.board_places(city).groupby("place")["tourism"].agg(["size", "mean"])
    assert places["size"].to_dict() == dict.fromkeys(within, 200)
    assert places["mean"].sort_values().index.to_list() == [
        "quiet places",
        "average places",
        "busy places",
    ]
    spec = confounders.chart_boardroom(city, -5.0, 10.0).to_dict()
    assert titles_of(spec) == ["At equal tourism each listing goes with +€10 per m²"]
    assert "−5.00" in spec["description"]
    options = spec["usermeta"]["embedOptions"]
    assert options["downloadFileName"] == "boardroom"
    assert options["defaultStyle"] is False
    assert options["actions"] == {
        "export": {"png": True, "svg": False},
        "source": False,
        "compiled": False,
        "editor": False,
    }


def test_every_drawing_is_drawn(city: pd.DataFrame, customers: pd.DataFrame) -> None:
    """Charts that are redrawn from a template have titled axes, and marks."""
    vl_convert = pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    rows = [("naive", 1.0, 0.1, "naive"), ("regressed", 2.0, 0.1, "adjusted")]
    numbers = pd.DataFrame(rows, columns=confounders.ESTIMATES)
    for drawing in (
        confounders.chart_numbers(numbers, 10, "€", (-20, 40)),
        confounders.chart_scatter(city, QUESTION, {"naive": -5, "adjusted": 10}),
        confounders.chart_selection(customers, "all"),
    ):
        mime, text = drawing._mime_()
        spec = json.loads(text)
        assert mime == charts.MIME
        assert len(spec["description"]) > 40
        svg = vl_convert.vegalite_to_svg(spec)
        assert len(re.findall(r'aria-roledescription="(?!axis|legend|title)', svg)) > 3


def test_sliders_show_their_value() -> None:
    """Start, stop, step and value are those that are given."""
    control = confounders.slider(-2, 2, 0.25, -1, "label (unit)")
    assert (control.start, control.stop, control.step, control.value) == (-2, 2, 0.25, -1)
    assert "label (unit)" in control.text


# The game ----------------------------------------------------------------------------------------


def choices_of(row: Any) -> Iterable[frozenset[str]]:
    """Return every set that a player can tick."""
    offered = [n for n in row["graph"].observed if n not in (row["treatment"], row["outcome"])]
    for bits in range(2 ** len(offered)):
        yield frozenset(name for k, name in enumerate(offered) if bits >> k & 1)


def test_graph_and_algebra_agree_on_every_choice(game: pd.DataFrame) -> None:
    """A set is valid exactly where the population bias is 0; elsewhere it is at least .15."""
    assert list(game.index) == list(range(1, 13))
    assert len({graph.mermaid() for graph in game["graph"]}) == 12
    for _, row in game.iterrows():
        world = LinearWorld(dict.fromkeys(row["graph"].edges, 1.0))
        truth = world.total_effect(row["treatment"], row["outcome"])
        for choice in choices_of(row):
            bias = abs(world.slope(row["outcome"], row["treatment"], sorted(choice)) - truth)
            assert (bias < 1e-9) or (bias > 0.15)
            assert (bias < 1e-9) == (choice in row["valid_sets"])
            assert (bias < 1e-9) == (confounders.reasons(row["graph"], choice) == [])
            assert (bias < 1e-9) == confounders.is_right(row, choice)


@pytest.mark.parametrize(
    ("number", "choice", "words"),
    [
        (2, set(), "leaves a path open**: `heating ← winter → colds`"),
        (3, {"skill"}, "blocks the mediator** skill"),
        (4, {"doctor_visits"}, "opens a collider**: `diet → doctor_visits ← weight`"),
        (5, {"season", "visits"}, "blocks the mediator** visits"),
        (6, {"side_effects"}, "caused by** blood_level"),
        (8, {"region"}, "leaves a path open**: `advert ← income → sales`"),
        (9, {"tea"}, "opens a collider**: `yoga ← values? → tea ← worry? → sleep`"),
        (10, {"reports"}, "opens a collider**: `invite → chats ← friends? → hours`"),
        (11, {"distance"}, "leaves a path open**: `college ← talent? → wage`"),
        (12, {"mood"}, "opens a collider**: `sport ← parents → mood ← school → grade`"),
    ],
)
def test_every_wrong_choice_gets_its_reason(
    game: pd.DataFrame, number: int, choice: set[str], words: str
) -> None:
    """The reason names the path, and what is wrong with it; the simulation is quoted."""
    row = game.loc[number]
    assert words in " ".join(confounders.reasons(row["graph"], choice))
    shown = text_of(confounders.verdict(row, frozenset(choice), (1.5, 0.1, 1.0)))
    assert "✘" in shown
    assert "5.0 standard errors away" in shown
    assert ("Can any box here block" in shown) == (number == 11)


def test_a_right_choice_is_told(game: pd.DataFrame) -> None:
    """With a set, and where none will do; None where one will is answered with a question."""
    shown = text_of(confounders.verdict(game.loc[2], frozenset({"winter"}), (1.0, 0.1, 1.0)))
    assert "✔" in shown
    assert "none was opened" in shown
    assert "An experiment would do" in text_of(confounders.verdict(game.loc[11], None, None))
    assert "There is a set" in text_of(confounders.verdict(game.loc[2], None, None))


def test_is_open_is_d_separation_along_a_path() -> None:
    """A collider closes its path until it or a descendant is given; another node when given."""
    import networkx as nx

    network = nx.DiGraph([("a", "m"), ("b", "m"), ("m", "copy"), ("b", "c")])
    path = ["a", "m", "b", "c"]
    assert not confounders.is_open(network, path, ())
    assert confounders.is_open(network, path, {"m"})
    assert confounders.is_open(network, path, {"copy"})
    assert not confounders.is_open(network, path, {"m", "b"})


def test_score_counts_first_tries_double(game: pd.DataFrame) -> None:
    """Two points at the first try, one later, none for what is not solved."""
    right, wrong = frozenset({"winter"}), frozenset()
    assert confounders.score(game, {}) == (0, 0)
    assert confounders.score(game, {2: [right]}) == (1, 2)
    assert confounders.score(game, {2: [wrong, right], 11: [None]}) == (2, 3)
    assert confounders.score(game, {2: [wrong], 11: [frozenset()]}) == (0, 0)


def test_playing_by_hand(game: pd.DataFrame) -> None:
    """Ticking and pressing the button records a try; the board answers it with a verdict."""
    played: dict[int, Any] = {}
    picker = confounders.pick_round(game)
    assert picker.value == 1
    ticks, button = confounders.board_controls(
        game, 1, lambda change: played.update(change(played))
    )
    assert set(ticks.elements) == {"ability", "none"}

    def simulate(graph: graphs.Graph, given: Iterable[str], seed: int) -> tuple[float, ...]:
        assert (graph.treatment, set(given), seed) == ("coaching", {"ability"}, 101)
        return 1.0, 0.1, 1.0

    def board() -> str:
        controls, tries = (picker, ticks, button), (..., played)
        return text_of(confounders.show_game(game, controls, tries, simulate, 100))

    assert "0 of 12 solved, 0 points" in board()
    assert "Graph:" not in board()
    ticks._update({"ability": True})
    button._update(1)
    assert played == {1: [frozenset({"ability"})]}
    assert "1 of 12 solved, 2 points" in board()
    assert "none was opened" in board()
    ticks._update({"none": True})
    button._update(2)
    assert played[1][-1] is None
    assert "There is a set" in board()


# Judges ------------------------------------------------------------------------------------------


def test_judge_1() -> None:
    """The right word follows from the two numbers, whatever they are."""
    judge = partial(confounders.judge_1, naive=-5.2, truth=10)
    wrong = {"raised both": "too high", "common cause": "about right", "choose one": "no idea"}
    told_apart(judge, ["too low", " Too  LOW "], wrong)
    never_done(judge)
    assert "−€5.2" in judge("too low").message
    assert confounders.judge_1("too high", naive=30, truth=10).status == "done"
    assert confounders.judge_1("too low", naive=30, truth=10).status == "wrong"
    assert confounders.judge_1("about right", naive=10.2, truth=10).status == "done"


def test_judge_2() -> None:
    """The truth is where 10 + 50 v / 164 is 0: v = -32.8."""
    judge = partial(confounders.judge_2, world=city_world)
    wrong = {
        "the sign is not": 32.8,
        "nothing confounds": 0,
        "Not −10": -10,
        "other reasons": -5,
        "other side": 60,
        "one number": [-32.8, 1],
        "NaN": float("nan"),
    }
    told_apart(judge, [-32.8, np.array([-34]), -31], wrong)
    assert judge(-30).status == "wrong"
    never_done(judge)


def test_judge_3(patients: pd.DataFrame) -> None:
    """Story A averages over markers, .5 (.2 + .1); story B takes the whole table, -.12."""
    a, b = 0.15, -0.12

    def judge(answer: Any) -> Check:
        both = answer if isinstance(answer, tuple) else (answer, answer)
        return confounders.judge_3(*both, patients)

    accepted(judge, [(a, b), (np.float64(0.15), np.array(0.58 - 0.7))])
    refused(
        judge,
        {
            "swapped": (b, a),
            "not points": (100 * a, 100 * b),
            "patients of one marker": (b, b),
            "part of what the drug does: leave it alone.": (a, a),
        },
    )
    # In story A the marker came first and steered the drug; in story B the drug moves the marker.
    assert "a confounder in story A and a mediator in story B" in judge((a, b)).message
    assert judge((a, 0.0)).status == "wrong"
    assert judge((a, None)).status == judge((..., b)).status == "todo"
    never_done(judge)


def test_judge_4() -> None:
    """2 mm of a total effect of 14; each slip of the desk has its name."""
    arrows = {("rain", "requests"): 8, ("requests", "profit"): 3, ("rain", "profit"): -10}
    judge = partial(confounders.judge_4, company=LinearWorld(arrows))
    wrong = {
        "direct effect": -20.4,
        "forecast says 2": 14,
        "the sign is not": -28,
        "through requests alone": 48,
        "level": 450,
    }
    told_apart(judge, [28, np.array([26.9]), 31.9], wrong)
    assert judge(33).status == "wrong"
    never_done(judge)


def test_judge_5() -> None:
    """A mediator, a collider with a hidden cause: both are traps; what a world lacks is said."""
    hidden = LinearWorld({("x", "y"): 0.3, ("x", "c"): 2, ("u", "c"): 2, ("u", "y"): 2})
    mediator = LinearWorld({("x", "c"): 1, ("c", "y"): 2, ("x", "y"): -1})
    wrong = {
        "Wrap them": {("x", "y"): 1},
        "No arrow mentions c": LinearWorld({("x", "y"): 1}),
        "let c listen to x": LinearWorld({("c", "x"): 1, ("c", "y"): 1, ("x", "y"): 1}),
        "must be at least 0.2": LinearWorld({("x", "y"): -1, ("x", "c"): 1}),
        "stronger": LinearWorld({("x", "y"): 0.1, ("x", "c"): 0.5, ("c", "y"): 0.3}),
        "the wrong way": LinearWorld({("x", "y"): 1, ("x", "c"): -2, ("c", "y"): 0.3}),
        "as in the smokers' world": LinearWorld({("x", "y"): 0.5, ("x", "c"): 2, ("y", "c"): 1}),
    }
    told_apart(confounders.judge_5, [hidden, mediator], wrong)
    detour = LinearWorld({("x", "y"): 0.5, ("x", "c"): 2, ("y", "m"): 1, ("m", "c"): 1})
    assert "trap of another kind" in confounders.judge_5(detour).message
    never_done(confounders.judge_5)


def test_judge_6(customers: pd.DataFrame) -> None:
    """The sign is that of the customers without an e-mail, whatever it is."""
    judge = partial(confounders.judge_6, customers=customers)
    wrong = {
        "need not balance": "positive",
        "is information as well": "zero",
        "choose one of": "-0.2",
    }
    told_apart(judge, ["negative", "NEGATIVE "], wrong)
    never_done(judge)
    turned = customers.assign(purchases=-customers["purchases"])
    assert confounders.judge_6("positive", turned).status == "done"


SOLVED: dict[int, Any] = {
    1: set(),
    2: {"winter"},
    3: (),
    4: [],
    5: "season",
    6: set(),
    7: ["test_score"],
    8: {"region", "income"},
    9: set(),
    10: set(),
    11: None,
    12: {"school", "mood"},
}


def test_judge_7(game: pd.DataFrame) -> None:
    """Written in any container, or played; a wrong round is named with its reason."""

    def judge(draft: Any) -> Check:
        return confounders.judge_7(game, draft, {})

    other = {**SOLVED, 1: {"ability"}, 8: {"income"}, 12: {"parents", "mood"}}
    wrong = {
        "Round 3: It **blocks the mediator** skill": {**SOLVED, 3: {"skill"}},
        "Round 2: It **leaves a path open**": {**SOLVED, 2: set()},
        "Round 9: It **opens a collider**": {**SOLVED, 9: {"tea"}},
        "cannot be controlled for": {**SOLVED, 11: {"talent?"}},
        "Round 4: There is a set": {**SOLVED, 4: None},
    }
    told_apart(judge, [SOLVED, other], wrong)
    played = {
        n: [None if s is None else frozenset([s] if isinstance(s, str) else s)]
        for n, s in SOLVED.items()
    }
    assert confounders.judge_7(game, ..., played).status == "done"
    assert confounders.judge_7(game, {2: set()}, {2: [frozenset({"winter"})]}).status == "todo"


def test_judge_7_says_what_is_open(game: pd.DataFrame) -> None:
    """Solved rounds count, the rest is still to do, and nothing is called wrong."""
    found = confounders.judge_7(game, {1: set(), 2: {"winter"}}, {})
    assert found.status == "todo"
    assert "2 of 12" in found.message
    found = confounders.judge_7(game, ..., {2: [frozenset(), frozenset({"winter"})]})
    assert "1 of 12" in found.message


@pytest.mark.parametrize("kind", range(2))
def test_judge_7_survives_anything(game: pd.DataFrame, kind: int) -> None:
    """An absurd draft, or an absurd answer to a round, is never done and never raises."""
    from tests.answers import ABSURD

    for label, answer in ABSURD.items():
        draft = answer if kind == 0 else {1: answer}
        found = confounders.judge_7(game, draft, {})
        assert found.status in ("todo", "wrong"), label
        assert found.message, label
        assert found.show().text, label


def test_judge_8() -> None:
    """By story, or in order; the first wrong story gets its question."""
    names = ["positivity", "ignorability", "sutva", "temporality"]
    right = [
        dict(zip("ABCD", names, strict=True)),
        {"a": "Positivity", "b": "ignorability", "c": "SUTVA", "d": "temporality"},
        names,
    ]
    wrong = {
        "Story A": {"A": "sutva"},
        "Story B": ["positivity", "sutva", "ignorability", "temporality"],
        "Story C": ["positivity", "ignorability", "temporality", "sutva"],
    }
    told_apart(confounders.judge_8, right, wrong)
    never_done(confounders.judge_8)


def test_hints_do_not_hold_the_answer() -> None:
    """No hint that stands before an answer is given holds it: neither word nor number."""
    open_checks = {
        "too low": confounders.judge_1(..., -5, 10),
        "32.8": confounders.judge_2(..., city_world),
        "negative": confounders.judge_6(
            ...,
            pd.DataFrame(
                {"ratings": [1.0, 2, 0], "purchases": [2.0, 1, 0], "emailed": [True, False, False]}
            ),
        ),
        "ignorability": confounders.judge_8(...),
        "winter": confounders.judge_7(confounders.deal_game(), ..., {}),
        "collider": confounders.judge_5(...),
    }
    for answer, found in open_checks.items():
        assert found.status == "todo"
        assert found.hints
        if answer != "collider":
            assert answer not in found.markdown()


SAID = {
    "smoking": "Smoking (packs a week)",
    "sick_days": "sick days (a year)",
    "tourism": "`tourism` (thousands a month)",
    "listings": "`listings` (holiday flats per 1,000 flats)",
    "price": "`price` of a home (€ per m²)",
    "cycling": "Each hour of cycling a week",
}
"""Where the page says in which unit a variable is counted."""


@pytest.mark.parametrize("variable", SAID)
def test_an_axis_counts_in_the_unit_of_the_page(variable: str) -> None:
    """Each word of an axis's unit stands where the page introduces the variable."""
    page = (ROOT / "solutions" / "02_confounders_colliders_mediators.py").read_text("utf-8")
    assert SAID[variable] in " ".join(page.split())
    words = {word.strip("()`").rstrip("s") for word in SAID[variable].split()}
    assert {word.rstrip("s") for word in confounders.UNITS[variable].split()} <= words
