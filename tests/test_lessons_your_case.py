"""Drawings, controls and judges of notebook 18, without running a notebook."""

from __future__ import annotations

import functools
from statistics import NormalDist
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytest

from helpers import cases, checks
from helpers.lessons import your_case
from helpers.tidy import HDI_PROB
from tests.answers import never_done, told_apart
from tests.pages import axis_titles, title_of


@functools.cache
def starter(name: str) -> cases.Case:
    return your_case.read(None, cases.starters()[name])


# Controls ----------------------------------------------------------------------------------------


def test_every_starter_is_read_and_a_blank_one_is_offered() -> None:
    chosen = your_case.choose(cases.starters())
    assert set(chosen.options) == {"Marketing", "Logistics", "Product", "Health", "Blank"}
    for name in cases.starters():
        assert starter(name).messages == ()
    blank = your_case.read(None, chosen.options["Blank"])
    assert blank.graph is None
    assert your_case.or_else(blank, starter("Health")) is starter("Health")


def test_a_form_counts_when_it_is_sent() -> None:
    typed = {"text": "x -> y", "treatment": "x", "outcome": "y", "hidden": ""}
    sent, open_ = SimpleNamespace(value=typed), SimpleNamespace(value=None)
    assert your_case.read(sent, cases.starters()["Marketing"]).graph.nodes == ("x", "y")
    assert len(your_case.read(open_, cases.starters()["Marketing"]).graph.nodes) == 7
    assert "2 names, 1 arrows" in your_case.mended(your_case.read(sent, ()), used="-").text
    assert your_case.ask(cases.starters()["Marketing"]).value is None


def test_a_text_to_mend_is_answered_and_kept() -> None:
    shown = your_case.mended(cases.read_case("a -> b -> a", "a", "b"), used="the starter").text
    assert "A cycle" in shown
    assert "Your text is kept" in shown
    assert "`" not in shown
    assert your_case._code("write `a -> b`, no `") == "write <code>a -> b</code>, no `"


def no_way() -> cases.Case:
    text = "u -> t\nu -> y\nt -> y: +3 calls\nz -> t\ny: number, calls, 40, 6\nt: yes/no"
    return cases.read_case(text, "t", "y", "u")


def test_where_no_set_will_do_the_page_says_so() -> None:
    """Under the reading line, in the picture of the hunch, and on the page for colleagues."""
    said = your_case.say_no_set(no_way())
    assert "No set of measured columns will do" in said
    assert "were “u” measured" in said
    assert "“z”, an instrument" in said
    assert "No set" in your_case.mended(no_way(), used="").text
    assert your_case.say_no_set(starter("Marketing")) == ""
    assert your_case.say_way(no_way(), []) == "adjusted for nothing, enough at 0 alone"
    assert your_case.say_way(no_way(), None) == "not adjusted, no set will do"
    assert your_case.say_way(starter("Marketing"), ["a"]) == "adjusted as the graph says"
    plans = pd.DataFrame({"scenario": ["all"], "mean": [62.0], "lower": [61.0], "upper": [63.0]})
    page = your_case.write_page(
        no_way(), answers(), plans, learnt_from="x", turns=said, gain=(3.0, 2.0, 4.0), third=["z"]
    )
    assert page.index("No set of measured") < page.index("## Our graph")
    assert "To adjust for: no set of measured variables will do." in page
    assert "No hidden arrow" not in page


def test_text_is_shown_and_never_markup() -> None:
    shown = your_case.show_text("<script>alert(1)</script>").text
    assert "<script>" not in shown
    assert 'tabindex="0"' in shown


def test_a_file_is_read_where_one_was_given() -> None:
    given = SimpleNamespace(value=[SimpleNamespace(contents=b"a,b")])
    assert your_case.content_of(given, b"other") == b"a,b"
    assert your_case.content_of(your_case.upload(), b"other") == b"other"


def test_which_table_is_used_is_always_said() -> None:
    """The file's name, how many rows, and the invented table where the file cannot be used."""
    given = SimpleNamespace(value=[SimpleNamespace(contents=b"a,b", name="ours.csv")])
    frame = pd.DataFrame({"a": range(500)})
    assert your_case.say_used(given, frame, 400) == "“ours.csv” is used: 400 of 500 rows."
    assert your_case.say_used(given, frame[:299], 299) == "“ours.csv” is used: 299 rows."
    refused = your_case.say_used(given, None, 400)
    assert refused.startswith("“ours.csv” is not used: the invented table")
    assert "No file yet" in your_case.say_used(your_case.upload(), frame, 400)
    shown = your_case.told(["No column for “x”."], fine=refused).text
    assert "invented table" in shown
    assert "No column for" in shown


def test_the_truth_is_told_of_the_invented_table_only() -> None:
    """Nobody knows the truth of a file."""
    given = SimpleNamespace(value=[SimpleNamespace(contents=b"a,b", name="ours.csv")])
    frame = pd.DataFrame({"a": range(5)})
    assert your_case.say_truth(given, frame, 1.16) == ""
    for field, usable in ((given, None), (your_case.upload(), frame)):
        assert "by `do`: +1.16." in your_case.say_truth(field, usable, 1.16)


def test_columns_of_the_same_name_are_chosen_already() -> None:
    frame = pd.DataFrame({"Coupon": ["1"], "spending": ["3"], "newsletter opened": ["0"]})
    fields = your_case.choose_columns(starter("Marketing"), cases.Table(frame))
    assert fields.value["coupon"] == "Coupon"
    assert fields.value["newsletter_opened"] == "newsletter opened"
    assert fields.value["visit"] is None
    assert "mood_for_shopping" not in fields.value
    assert set(
        your_case.choose_columns(starter("Marketing"), cases.Table(None)).value.values()
    ) == {None}


def test_what_gives_an_exercise_away_waits() -> None:
    view = object()
    assert your_case.after(checks.Check("done", ""), view) is view
    assert your_case.after(checks.Check("todo", ""), view) is not view


def test_all_columns_are_picked_to_begin_with() -> None:
    assert your_case.pick(["a", "b"]).value == ["a", "b"]


def test_told_escapes() -> None:
    assert "<b>" not in your_case.told(["<b>"], fine="").text
    assert "fine" in your_case.told([], fine="fine").text


def test_both_files_can_be_saved() -> None:
    shown = your_case.downloads("print()", "# page").text
    assert "our_case.py" in shown
    assert "our_case.md" in shown


# Charts ------------------------------------------------------------------------------------------


def test_ranges_and_their_picture() -> None:
    own = np.arange(101.0)
    frame = your_case.ranges([own + 500, own / 2], own, label="your guess")
    assert frame.iloc[0].tolist() == ["your guess", 5.0, 50.0, 95.0, np.std(own), "truth"]
    chart = your_case.chart_ranges(frame, what="spending", unit="euros", drawn="your priors")
    seen = "your guess: 5.0 to 95.0 euros; lower mean in 1 of 2 worlds, smaller sd in 1"
    assert title_of(chart) == seen
    assert "spending (euros)" in axis_titles(chart.to_dict())
    counts = your_case.chart_ranges(frame, what="falls", unit="falls", drawn="your priors")
    assert "falls (number)" in axis_titles(counts.to_dict())


def test_a_table_unlike_its_worlds_is_seen() -> None:
    """Twice the spread, or another level: all worlds lie on one side; the same: they do not."""
    rng = np.random.default_rng(1)
    worlds = [rng.normal(60, 15, 400) for _ in range(20)]

    def seen(own: Any) -> list[str]:
        frame = your_case.ranges(worlds, own, label="the table")
        title = title_of(your_case.chart_ranges(frame, what="y", unit="euros", drawn="it"))
        return [word for word in title.split("lower mean in")[1].split() if word.isdigit()]

    assert seen(rng.normal(60, 30, 400))[2] == "20"
    assert seen(rng.normal(75, 15, 400))[0] == "20"
    alike = [NormalDist(60, 15).inv_cdf((i + 0.5) / 400) for i in range(400)]
    assert all(0 < int(side) < 20 for side in seen(alike)[::2])


def test_one_wide_world_does_not_flatten_the_others() -> None:
    own = np.arange(101.0)
    frame = your_case.ranges([own] * 19 + [own * 1_000], own, label="your guess")
    spec = your_case.chart_ranges(frame, what="y", unit="euros", drawn="your priors").to_dict()
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"][1] < 10_000
    assert "the widest go on" in " ".join(spec["title"]["subtitle"])


def answers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "method": ["naive", "adjusted", "every column", "do"],
            "estimate": [14.8, 3.5, -0.9, 3.3],
            "lower": [13.0, 2.0, -2.0, np.nan],
            "upper": [16.0, 5.0, 0.2, np.nan],
            "truth": 3.3,
        }
    )


def test_answers_name_the_one_that_is_far_off() -> None:
    chart = your_case.chart_answers(answers(), "euros")
    assert title_of(chart) == "The truth is +3.30; naive says +14.80"
    assert "effect of the treatment (euros)" in axis_titles(chart.to_dict())
    assert f"{HDI_PROB:.0%}".replace("%", " %") in chart.to_dict()["title"]["subtitle"]


def test_clear_says_from_how_many() -> None:
    clear = pd.DataFrame({"n": [100, 500] * 2, "method": ["naive"] * 2 + ["adjusted"] * 2})
    clear["clear"] = [1.0, 1.0, 0.2, 0.95]
    assert title_of(your_case.chart_clear(clear, 500)).endswith("from 500 units on")
    chart = your_case.chart_clear(clear, float("nan"))
    assert title_of(chart).startswith("Not clear")
    lost = your_case.chart_clear(clear, 500, 2.08, "calls")
    assert title_of(lost) == "Naive, +2.08 calls off on average: clear from 500 units on, and wrong"
    lost = your_case.chart_clear(clear, float("nan"), -2.0, "calls")
    assert title_of(lost).endswith("not clear with any of these numbers")
    assert {your_case.axis_title("n"), your_case.axis_title("clear")} <= axis_titles(
        chart.to_dict()
    )


def test_learnt_counts_the_guesses_outside() -> None:
    learnt = pd.DataFrame(
        {"arrow": ["a → b", "c → b"], "mean": [0.5, 1.0], "lower": [0.3, 0.8], "upper": [0.7, 1.2]}
    )
    chart = your_case.chart_learnt(learnt)
    assert title_of(chart) == "1 of 2 guesses lie outside their interval"
    assert "learnt strength (times the guess)" in axis_titles(chart.to_dict())


def test_scenarios_tell_their_range() -> None:
    frame = pd.DataFrame(
        {"scenario": ["as things are", "coupon = 1 for all"], "mean": [60.0, 62.0]}
    )
    frame = frame.assign(lower=frame["mean"] - 1, upper=frame["mean"] + 1)
    chart = your_case.chart_scenarios(frame, what="spending", unit="euros")
    assert title_of(chart) == "Means from 60.00 to 62.00 euros"
    assert "mean spending (euros)" in axis_titles(chart.to_dict())


def test_hunch_marks_where_the_slider_is() -> None:
    hunches = pd.DataFrame({"strength": [-1.0, 0.0, 1.0], "estimate": [-2.0, 3.0, 8.0]})
    hunches = hunches.assign(lower=hunches["estimate"] - 1, upper=hunches["estimate"] + 1)
    slider = your_case.slider_hunch(hunches["strength"])
    assert slider.value == 0
    said = {"unit": "euros", "arrow": "log odds per sd of mood"}
    chart = your_case.chart_hunch(hunches, -1.0, 3.1, **said)
    words = "Hunch −1: the answer is −2.00, the truth +3.10"
    assert " ".join(chart.to_dict()["title"]["text"]) == words
    assert "hidden arrow (log odds per sd of mood)" in axis_titles(chart.to_dict())
    assert "adjusted as the graph says" in chart.to_dict()["title"]["subtitle"]
    assert len(your_case.show_hunch(slider, chart).text) > 500
    way = "not adjusted, no set will do"
    plain = your_case.chart_hunch(hunches, -1.0, 3.1, **said, way=way).to_dict()
    assert "not adjusted, no set will do" in plain["title"]["subtitle"]


def test_strengths_of_any_size_are_written() -> None:
    assert [your_case.short(s) for s in (0.0, -1.0, 0.015, -123.4)] == [
        "+0",
        "−1",
        "+0.015",
        "−1.2e+02",
    ]


def test_what_turns_is_said_once_the_slider_has_moved() -> None:
    slider = your_case.slider_hunch([-1.0, 0.0, 1.0])
    assert "It turns" not in your_case.once_moved(slider, "It turns.").text
    slider._update(0)
    assert "It turns" in your_case.once_moved(slider, "It turns.").text


@pytest.mark.parametrize("quantity", your_case.AXES)
def test_every_axis_has_a_unit(quantity: str) -> None:
    what, unit = your_case.AXES[quantity]
    assert your_case.axis_title(quantity) == f"{what} ({unit})"


def test_what_turns_the_answer_is_said() -> None:
    assert "An arrow of −0.3 (log odds per" in your_case.say_turning(-0.3, "log odds per sd")
    assert your_case.say_turning(float("nan"), "euros").startswith("No hidden arrow")


# The page ----------------------------------------------------------------------------------------


def test_the_page_names_graph_assumptions_answer_and_limit() -> None:
    case = starter("Marketing")
    plans = pd.DataFrame({"scenario": ["all"], "mean": [62.0], "lower": [61.0], "upper": [63.0]})
    page = your_case.write_page(
        case,
        answers(),
        plans,
        learnt_from="the table",
        turns="A hunch of 0.7.",
        gain=(2.5, 1.25, 3.75),
        third=["visit", "season"],
    )
    for words in (
        "Learnt from the table: +2.50 euros (94 % HDI +1.25 to +3.75)",
        "adjusted for loyalty, season | +3.50",
        "adjusted for visit, season | −0.90",
        "could get either value of coupon",
        "\n    loyalty -> coupon: strong\n",
        "by `do` | +3.30",
        "naive | +14.80 | +13.00 to +16.00 |",
        "coupon → visit",
        "loyalty, season",
        "mood for shopping",
        "| all | 62.00 |",
    ):
        assert words in page
    for name in (
        "No other arrows",
        "Consistency",
        "what setting it would do",
        "whatever other units",
    ):
        assert name in page
    for name in ("Positivity", "A hunch of 0.7."):
        assert name in page
    assert len(your_case.missing_arrows(case)) == 7 * 6 // 2 - len(case.graph.edges)


# Judges ------------------------------------------------------------------------------------------


def test_judge_1() -> None:
    wrong = {"Would these customers": "too low", "a coin dealt": "about right"}
    told_apart(your_case.judge_1, ["too high", " Too High "], wrong)
    never_done(your_case.judge_1)


def model(kind: str) -> pm.Model:
    with pm.Model() as found:
        if kind == "turned":
            visit = pm.Poisson("visit", 2)
            pm.Bernoulli("coupon", pm.math.sigmoid(visit))
        else:
            coupon = pm.Bernoulli("coupon", 0.5 if kind == "half" else 0.3)
            log_rate = 0.6 + 0.3 * coupon
            rate = {"none": 2, "straight": 2 + coupon, "no log": log_rate}
            visit = pm.Poisson("visit", rate.get(kind, pm.math.exp(log_rate)))
        extra = coupon if kind == "direct" else 0
        pm.Normal("spending", 50 + (4 if kind == "less" else 5) * visit + extra, 15)
    return found


def second_way() -> pm.Model:
    with pm.Model(coords={"customer": range(7)}) as found:
        coupon = pm.Bernoulli("coupon", logit_p=-0.8, dims="customer")
        rate = pm.Deterministic("rate", pm.math.exp(0.6 + 0.3 * coupon), dims="customer")
        visit = pm.Poisson("visit", rate, dims="customer")
        pm.Normal("spending", 50 + 5 * visit, 15, dims="customer")
    return found


def test_judge_2() -> None:
    hints = {"still decides": "turned", "No arrow is left": "none", "a new arrow": "direct"}
    hints |= {"with one; they should": "straight", "goes through pm.math.exp": "no log"}
    hints |= {"customers get a coupon": "half", "line of the spending": "less"}
    wrong = {hint: model(kind) for hint, kind in hints.items()}
    told_apart(your_case.judge_2, [model("right")], wrong)
    never_done(your_case.judge_2)


def test_judge_2_takes_a_rate_of_its_own_name() -> None:
    assert your_case.judge_2(second_way()).status == "done"


def judge_3(value: Any) -> checks.Check:
    return your_case.judge_3(value, starter("Marketing").graph)


def test_judge_3() -> None:
    right = [{"loyalty", "season"}, ["Season", "loyalty"], ("loyalty", "season", "season")]
    wrong = {
        "way is shut": {"loyalty", "season", "visit"},
        "comes after the coupon": {"loyalty", "season", "newsletter opened"},
        "which other name": {"loyalty"},
        "apart from the season": {"season"},
        "Nobody measures": {"loyalty", "season", "mood_for_shopping"},
        "what you compare": {"coupon"},
        "Not in this graph": {"weather"},
    }
    told_apart(judge_3, right, wrong)
    never_done(judge_3)


def judge_4(value: Any) -> checks.Check:
    return your_case.judge_4(value, 62.7, 71.0, 60.4, 3.3)


def test_judge_4() -> None:
    wrong = {"Filtering": 71.0, "as it is": 60.4, "difference": 3.3, "nobody": 59.4}
    told_apart(judge_4, [62.7, np.float64(62.2), np.array([63.3])], wrong)
    never_done(judge_4)


def repeated() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        {"n": n, "method": m, "estimate": e, "lower": e - 2, "upper": e + 2, "truth": 3.0}
        for n in (100, 5_000)
        for m, mean in (("naive", 5.2), ("adjusted", 3.0))
        for e in rng.normal(mean, 1.1 if n == 5_000 else 3, 100)
    ]
    return pd.DataFrame(rows)


def judge_5(value: Any) -> checks.Check:
    return your_case.judge_5(value, repeated())


def test_judge_5() -> None:
    table = repeated()
    table["covers"] = (table["lower"] <= 3) & (table["upper"] >= 3)
    table["clear"] = (table["lower"] > 0) | (table["upper"] < 0)
    shares = table.groupby(["method", "n"])[["covers", "clear"]].mean()
    naive = shares.loc["naive", "covers"]
    wrong = {
        "the adjusted": shares.loc["adjusted", "covers"],
        "misses": 1 - naive,
        "excludes zero": shares.loc["naive", "clear"],
        "other way round": naive.to_list()[::-1],
        "numbers of worlds": 100 * naive,
        "Both methods": table.groupby("n")["covers"].mean(),
        "shape": naive[5_000],
        "not it": [0, 0],
    }
    told_apart(judge_5, [naive, list(naive), tuple(naive), naive.to_numpy()], wrong)
    never_done(judge_5)
    alone = your_case.judge_5(list(naive), table[table["method"] == "naive"])
    assert alone.status == "done"
    assert "nan" not in alone.message


@functools.cache
def parcels() -> tuple[pd.DataFrame, cases.Case]:
    case = starter("Logistics")
    build, guess = cases.run(cases.write_program(case))
    return cases.sampler(pm.do(build(5_000), guess), case.measured)(11), case


def slope(
    table: pd.DataFrame, treatment: str, outcome: str, names: Any = ()
) -> tuple[float, float]:
    """Return a coefficient by least squares, not the page's code."""
    x = np.column_stack([table[[treatment, *names]].to_numpy(float), np.ones(len(table))])
    return float(np.linalg.lstsq(x, table[outcome].to_numpy(float), rcond=None)[0][0]), 0.0


def judge_6(value: Any) -> checks.Check:
    table, case = parcels()
    return your_case.judge_6(value, table, case.graph, slope, -2.16)


def test_judge_6() -> None:
    table, _ = parcels()

    def by(*names: str) -> float:
        return slope(table, "express_carrier", "delay", names)[0]

    right = [by("distance", "promised_date"), by("distance", "priority_in_depot"), -2.2]
    right += [by("distance", "promised_date", "weather")]
    every = ["distance", "promised_date", "weather", "priority_in_depot", "transfers", "complaint"]
    wrong = {
        "naive difference": by(),
        "what else decides": by("distance"),
        "All columns": by(*every),
        "on the way": by("distance", "promised_date", "transfers"),
        "comes of both": by("distance", "promised_date", "complaint"),
        "The sign": 2.16,
    }
    told_apart(judge_6, right, wrong)
    never_done(judge_6)
