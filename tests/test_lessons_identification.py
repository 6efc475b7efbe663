"""Drawings and judges of notebook 10, without the notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import checks, graphs
from helpers.checks import Check
from helpers.lessons import identification
from helpers.simulate import LinearWorld
from tests.answers import ABSURD, never_done, told_apart
from tests.claims import specs_of, titles_of
from tests.cold import within

DONE, OPEN = Check("done", "yes"), Check("todo", "not yet")


def slope_and_error(
    frame: pd.DataFrame, outcome: str, treatment: str, given: Iterable[str] = ()
) -> tuple[float, float]:
    """Return a least-squares slope; the error is not looked at."""
    x = np.column_stack([np.ones(len(frame)), frame[[treatment, *given]]])
    return float(np.linalg.lstsq(x, frame[outcome].to_numpy(), rcond=None)[0][1]), 0.1


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    """Return 400 customers of a shop with confounder and collider."""
    arrows = {("income", "advice"): 0.8, ("advice", "spend"): 1, ("income", "spend"): 1.5}
    arrows |= {("age", "spend"): 0.5, ("advice", "reviews"): 1, ("spend", "reviews"): 1}
    arrows |= {("income", "last_year"): 1.5, ("age", "last_year"): 0.5}
    frame = LinearWorld(arrows).sample(400, seed=3)
    coins = np.random.default_rng(1).integers(0, 2, (2, 400))
    return frame.assign(invited=coins[0], voucher=coins[1])


def branch(direct: float = 0, leak: float = 0) -> LinearWorld:
    """Return the branch of exercise 3."""
    arrows = {("income", "advice"): 1, ("advice", "basket"): 0.8, ("basket", "spend"): 1.25}
    arrows |= {("income", "spend"): 1.5, ("advice", "spend"): direct, ("income", "basket"): leak}
    return LinearWorld(arrows)


@pytest.fixture(scope="module")
def coin() -> SimpleNamespace:
    """Return a population with a coin: kinds, its record and its means."""
    kinds = pd.DataFrame(
        {
            "kind": ["always takes it", "only if invited", "never takes it"],
            "share": [0.2, 0.45, 0.35],
            "back_without": [0.6, 0.4, 0.2],
            "back_with": [0.65, 0.7, 0.3],
        }
    )
    rows = []
    for invited, took, back in product((0, 1), repeat=3):
        share = 0.0
        for who, weight, without, with_ in kinds.itertuples(index=False):
            takes = who == "always takes it" or (who == "only if invited" and invited == 1)
            chance = with_ if takes else without
            share += weight * (takes == took) * (chance if back else 1 - chance)
        rows.append((invited, took, back, share))
    record = pd.DataFrame(rows, columns=["invited", "took", "back", "share"])
    weighted = record[["took", "back"]].mul(record["share"], axis=0)
    return SimpleNamespace(
        kinds=kinds, record=record, means=weighted.groupby(record["invited"]).sum()
    )


def test_exercise_1_takes_any_list_that_closes_the_backdoor(customers: pd.DataFrame) -> None:
    """Income with or without age and last year; reviews, income left out, and nothing: told."""

    def judge(answer: Any) -> Check:
        return identification.judge_1(answer, customers)

    def slope(*given: str) -> float:
        return slope_and_error(customers, "spend", "advice", given)[0]

    right = [slope("income"), slope("income", "age"), np.float64(slope("last_year", "income"))]
    wrong = {
        "collider": slope("income", "age", "last_year", "reviews"),
        "naive slope": slope(),
        "stands in for": slope("last_year"),
        "still open": slope("age"),
        "no list": 1.0,
        "[0]": (slope("income"), 0.03),
    }
    told_apart(judge, right, wrong)
    assert "collider" in judge(slope("reviews")).message
    never_done(judge)


@pytest.fixture(scope="module")
def identified() -> pd.DataFrame:
    """Return the table of eight graphs."""
    rows = [
        ("fork", "{x}", "no", "no"),
        ("collider", "nothing", "no", "no"),
        ("mediator", "nothing", "m", "no"),
        ("M", "nothing", "no", "no"),
        ("relay", "no", "m", "no"),
        ("lever", "no", "no", "z"),
        ("bow", "no", "no", "no"),
        ("napkin", "no", "no", "no"),
    ]
    return pd.DataFrame(rows, columns=["graph", "backdoor", "front_door", "instrument"])


def test_exercise_2_names_the_graph(identified: pd.DataFrame) -> None:
    """The right dictionary in any spelling; each usual slip has its own hint."""

    def judge(answer: Any) -> Check:
        return identification.judge_2(answer, identified)

    right = dict.fromkeys(["fork", "collider", "mediator", "M"], "backdoor")
    right |= {"relay": "front door", "lever": "instrument"}
    right |= {"bow": "none", "napkin": "none"}
    loud = {graph: f" {route.upper()} " for graph, route in reversed(right.items())}
    wrong = {
        "x is a collider": right | {"M": "none"},
        "after both": right | {"collider": "none"},
        "the front door fits too": right | {"mediator": "front door"},
        "nobody can hold": right | {"relay": "backdoor"},
        "look what m does": right | {"relay": "none"},
        "What does z do": right | {"lever": "backdoor"},
        "A good thought": right | {"napkin": "instrument"},
        "no other node": right | {"bow": "instrument"},
        "still to be answered": right | {"bow": ...},
        "choose from": right | {"fork": "sideways"},
    }
    told_apart(judge, [right, loud, pd.Series(right).to_dict()], wrong)
    assert judge(dict.fromkeys(right, ...)).status == "todo"
    assert judge({"fork": "backdoor"}).status == "wrong"
    never_done(judge)


def test_exercise_3_is_judged_in_worlds_of_other_weights() -> None:
    """Any formula that gives the truth is right; a number that fits one world is not."""

    def judge(answer: Any) -> Check:
        return identification.judge_3(answer, branch)

    def product_of_legs(slope: Callable[..., float]) -> float:
        return slope("spend", on="basket", given=["advice"]) * slope("basket", on="advice")

    def by_total(slope: Callable[..., float]) -> np.ndarray:
        legs = [slope("basket", "advice"), slope("spend", "basket", ["advice"])]
        return np.prod(legs)

    wrong = {
        "naive slope": lambda s: s("spend", on="advice"),
        "open backdoor": lambda s: s("basket", on="advice") * s("spend", on="basket"),
        "adding is": lambda s: s("basket", on="advice") + s("spend", on="basket", given=["advice"]),
        "first leg alone": lambda s: s("basket", on="advice"),
        "second leg alone": lambda s: s("spend", on="basket", given=["advice"]),
        "holds the basket": lambda s: s("spend", on="advice", given=["basket"]),
        "not it yet": lambda _: 1.0,
    }
    told_apart(judge, [product_of_legs, by_total], wrong)
    assert judge(lambda _: ...).status == "todo"
    never_done(judge)


def test_exercise_4_answers_each_refuter() -> None:
    """None of the four, as any empty container; each name has its reason."""
    wrong = {
        "shuffles": {"placebo"},
        "independent of everything": ["random cause"],
        "80 %": ("subset",),
        "Noise in the place": {"dummy outcome"},
        "Not all": set(identification.REFUTERS),
        "Give a set": "none",
    }
    told_apart(identification.judge_4, [set(), [], frozenset(), ()], wrong)
    never_done(identification.judge_4, but=["empty list", "empty set"])


def test_exercise_5_wants_ratio_and_population(coin: SimpleNamespace) -> None:
    """Both parts; the usual numbers and populations are told apart."""

    def judge(answer: Any) -> Check:
        effect, whom = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer,) * 2
        return identification.judge_5(effect, whom, coin.kinds, coin.means)

    moved = "those whom the coin moved"
    wrong = {
        "being invited": (0.135, moved),
        "upside down": (0.45 / 0.135, moved),
        "over all customers": (0.18, moved),
        "sign is turned": (-0.3, moved),
        "the *change* in taking": (0.135 / 0.65, moved),
        "always or never": (0.3, "all customers"),
        "anyway": (0.3, "those who took it"),
    }
    told_apart(judge, [(0.3, moved), (np.array([0.3]), moved.upper())], wrong)
    assert judge((0.3, ...)).status == "todo"
    never_done(judge)


def test_exercise_6_knows_the_bounds_by_another_way(coin: SimpleNamespace) -> None:
    """The closed form of Balke and Pearl; swapped, without the coin, one half, the ratio: told."""
    nothing = (-0.2975, 0.7025)

    def judge(answer: Any) -> Check:
        return identification.judge_6(answer, coin.record, coin.kinds, nothing)

    wrong = {
        "swapped": (0.545, -0.005),
        "without the coin": nothing,
        "one half": (-0.32, 0.68),
        "not bounds": (0.3, 0.3),
        "per cent": (-0.5, 54.5),
        "sign is turned": (-0.545, 0.005),
    }
    told_apart(judge, [(-0.005, 0.545), np.array([-0.005, 0.545]), [-0.005, 0.545]], wrong)
    never_done(judge)


def test_closed_form_of_the_bounds_in_random_records() -> None:
    """The closed form agrees with a search over the 16 types, in records drawn at random."""
    from scipy.optimize import linprog

    types = np.array(list(product((0, 1), repeat=4)))
    rng = np.random.default_rng(8)
    for _ in range(12):
        shares = rng.dirichlet(np.full(16, 0.4))
        rows, who = [], []
        for invited, took, back in product((0, 1), repeat=3):
            takes = types[:, invited]
            comes = np.where(takes == 1, types[:, 3], types[:, 2])
            who.append(((takes == took) & (comes == back)).astype(float))
            rows.append((invited, took, back, float(who[-1] @ shares)))
        record = pd.DataFrame(rows, columns=["invited", "took", "back", "share"])
        gain = (types[:, 3] - types[:, 2]).astype(float)
        ends = [
            sign * linprog(sign * gain, A_eq=np.array(who), b_eq=record["share"]).fun
            for sign in (1, -1)
        ]
        assert identification._bounds_by_formula(record) == pytest.approx(ends, abs=1e-7)


def test_charts_say_what_they_show(customers: pd.DataFrame) -> None:
    """Title, unit and description of the three fixed charts."""
    shop = identification.chart_shop(customers, 1.73, 0.04).to_dict()
    title = "An hour goes with € 173 more (94 % confidence: 165 to 181)"
    assert titles_of(shop) == [title]
    assert title in shop["description"]
    axes = [shop["layer"][0]["encoding"][c]["title"] for c in "xy"]
    assert axes == ["advice taken this year (hours)", "spent this year (€ 100)"]
    matrix = pd.DataFrame(0.0, index=["sound", "hidden"], columns=identification.CHECKS)
    matrix.loc["hidden", "last year's spend"] = 1.0
    drawn = identification.chart_matrix(matrix).to_dict()
    assert "pass four wrong analyses" in titles_of(drawn)[0]
    assert "hidden, last year's spend 1.00" in drawn["description"]
    matrix.loc["sound", "placebo"] = 0.5
    assert "miss" not in titles_of(identification.chart_matrix(matrix).to_dict())[0]
    card = pd.DataFrame({"controls": ["a", "b"], "ols": 0.07, "two_stage": [0.13, 0.08]})
    card = card.assign(lower=[0.04, -0.01], upper=[0.22, 0.17])
    drawn = identification.chart_card(card).to_dict()
    assert titles_of(drawn)[0] == "0.08 to 0.13, by what is held fixed; the intervals overlap"
    assert "94 % confidence interval" in titles_of(drawn)[1]
    assert "a: least squares 0.070, by the instrument 0.130" in drawn["description"]
    apart = identification.chart_card(card.assign(lower=[0.1, -0.01], upper=[0.22, 0.09])).to_dict()
    assert titles_of(apart)[0] == "0.08 to 0.13, by what is held fixed"


def title_of(view: Any) -> str:
    """Return the title of the one chart in a view."""
    (spec,) = specs_of(view)
    return titles_of(spec)[0]


@pytest.mark.parametrize("answer", [*ABSURD.values(), None])
def test_front_door_view_takes_any_function(answer: Any) -> None:
    """Whatever stands in exercise 3, it gives one number or none, and the view is drawn."""
    yours = identification.called(answer, branch().slope)
    assert isinstance(yours, float)
    assert np.isfinite(yours) or np.isnan(yours)
    assert callable(answer) or np.isnan(yours)
    title = title_of(identification.show_front(1.7, yours, 1, []))
    assert ("Exercise 3 is still open" in title) == np.isnan(yours)


def test_front_door_view_tells_right_from_wrong() -> None:
    """The title says how far the formula is off."""

    def formula(slope: Callable[..., float]) -> float:
        return slope("basket", on="advice") * slope("spend", on="basket", given=["advice"])

    for leak, title in ((0, "The formula is right"), (0.5, "The formula is +0.66 off")):
        yours = identification.called(formula, branch(leak=leak).slope)
        assert title_of(identification.show_front(1.75, yours, 1, [])) == title


def axes_of(spec: dict[str, Any]) -> set[str]:
    """Return the titles of the horizontal axes of a chart and its layers."""
    found = {
        each["encoding"]["x"].get("title") for each in spec["layer"] if "x" in each["encoding"]
    }
    return {title for title in found if title}


def test_wages_have_their_unit() -> None:
    """What a year of school adds is shown in log wage per year, wherever it is drawn."""
    card = pd.DataFrame({"controls": ["a"], "ols": [0.07], "two_stage": [0.13]})
    drawn = identification.chart_card(card.assign(lower=0.04, upper=0.22)).to_dict()
    (left,) = specs_of(identification.show_strength(0.074, 0.05, (0.1, 0.2), []))
    assert axes_of(drawn) == axes_of(left) == {"log wage per year of school"}


def test_hints_that_are_open_from_the_start_give_no_answer_away() -> None:
    """Before an answer, no hint of exercises 3 and 5 holds the second leg or the ratio."""
    none = pd.DataFrame({"kind": ["only if invited"], "back_without": 0.4, "back_with": 0.7})
    means = pd.DataFrame({"took": [0.2, 0.65], "back": [0.3, 0.435]})
    hints = identification.judge_5(..., ..., none.assign(share=1.0), means).hints
    hints += identification.judge_3(..., branch).hints
    assert len(hints) >= 2
    assert not [hint for hint in hints if "slope(" in hint or "for each customer" in hint]


def test_views_of_sliders() -> None:
    """The titles of the other views follow their numbers."""
    years = pd.DataFrame({"slope": [1.0, 2.0, 3.0, 4.0], "f": [3.0, 4.0, 5.0, 12.0]})
    assert title_of(identification.show_weak(years, "")) == "25 % of the worlds pass F > 10"
    none = identification.show_weak(years.assign(f=1.0), "")
    assert title_of(none) == "0 % of the worlds pass F > 10"
    left = identification.show_strength(0.074, 0.066, (0.04, 0.1), [])
    (spec,) = specs_of(left)
    words = "4 % of the wage, 10 % of schooling: +0.066 of +0.074 is left"
    assert " ".join(titles_of(spec)[0].split()) == words
    assert "least squares +0.074; what is left +0.066" in spec["description"]
    printed = [
        layer["encoding"]["text"].get("format")
        for layer in spec["layer"]
        if "text" in layer["encoding"]
    ]
    assert {form for form in printed if form} == {
        ",.3f"
    }  # two decimals would print one number twice


def test_bounds_view_says_what_is_left() -> None:
    """The title gives what it is told; a wrong point and a contradiction are called so."""
    rows = [("nothing", -0.3, 0.7), ("never hurts", 0, 0.7), ("the coin", np.nan, np.nan)]
    bounds = pd.DataFrame(
        [*rows, ("same for all", 0.3, 0.3)], columns=["assumption", "lower", "upper"]
    )

    def view(low: float, high: float, *ticked: str) -> str:
        ticks = SimpleNamespace(options={n: n for n in bounds["assumption"][1:]}, value=ticked)
        ticks._mime_ = lambda: ("text/plain", "")
        return title_of(identification.show_bounds(bounds, ticks, (low, high), 0.18))

    assert view(-0.3, 0.7) == "What I assume leaves −0.30 to +0.70"
    assert view(0, 0.7, "never hurts") == "What I assume leaves 0.00 to +0.70"
    assert view(0, 0.7, "never hurts", "the coin") == "What I assume leaves 0.00 to +0.70 at most"
    assert view(0.3, 0.3, "same for all").endswith("and it is wrong")
    assert view(0.4, 0.3, "a", "b") == "What I assume contradicts the record"


def test_name_of_a_rule_lies_on_no_line() -> None:
    """Pixels from the foot: the letters end below a line of six, and begin above the one below."""
    for n, height in ((2, 104), (3, 114), (6, 180)):
        frame = pd.DataFrame({"label": [f"row {i}" for i in range(n)], "role": "control"})
        frame = frame.assign(mean=0.5, lower=0.0, upper=1.0)
        spec = identification.chart_numbers(frame, 0.5, ("share", (0, 1)), "").to_dict()
        assert spec["height"] == height
        (name,) = [
            layer["mark"] for layer in spec["layer"] if layer["mark"].get("baseline") == "bottom"
        ]
        foot, head = -name["dy"], 14 - name["dy"]
        lines = [height / n * (i + 0.5) for i in range(n)]
        assert not any(foot - 3 < line < head + 3 for line in lines), (n, foot, head, lines)
        ticks = [layer["encoding"]["x"].get("axis", {}).get("tickCount") for layer in spec["layer"]]
        assert [count for count in ticks if count] == [8]


def test_pair_waits_for_the_check() -> None:
    """Bounds are shown when the exercise is done, and not before."""
    assert identification.pair((-1, 1), DONE) == (-1, 1)
    assert np.isnan(identification.pair((-1, 1), OPEN)).all()
    assert np.isnan(identification.pair(..., OPEN)).all()


def test_sets_in_words() -> None:
    """Nothing to hold fixed is not the same as no set."""
    assert identification.sets([]) == "no"
    assert identification.sets([frozenset()]) == "nothing"
    assert identification.sets([frozenset("ba"), frozenset("c")]) == "{a, b} or {c}"


def test_graphs_in_rows() -> None:
    """Each graph is drawn with its name, and described."""
    one = graphs.dag([("t", "y")], treatment="t", outcome="y")
    drawn = identification.draw_graphs({"bow": one, "fork": one}, columns=1)
    assert drawn.text.count("<marimo-mermaid") == 2
    assert "t causes y" in drawn.text
    assert "bow" in drawn.text


def test_quietly_is_local(recwarn: pytest.WarningsRecorder) -> None:
    """A warning inside stays off the page; one after it does not."""
    import warnings

    with identification.quietly():
        warnings.warn("inside", stacklevel=1)
    warnings.warn("after", stacklevel=1)
    assert [str(w.message) for w in recwarn] == ["after"]


def test_judges_are_quick(customers: pd.DataFrame, coin: SimpleNamespace) -> None:
    """A check costs under 50 ms of work, best of three."""
    import time

    judges = [
        lambda: identification.judge_1(0.123, customers),
        lambda: identification.judge_3(lambda _: 1.0, branch),
        lambda: identification.judge_6((0, 1), coin.record, coin.kinds, (0, 1)),
    ]
    for judge in judges:
        costs = []
        for _ in range(3):
            start = time.process_time()
            found = judge()
            costs.append(time.process_time() - start)
        assert isinstance(found, checks.Check)
        assert within(min(costs), 0.05), costs
