"""A case that somebody types: what each line means, and what is made of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pymc as pm
import pytest

from helpers import cases, graphs


def read(text: str, treatment: str = "a", outcome: str = "b", hidden: str = "") -> cases.Case:
    return cases.read_case(text, treatment, outcome, hidden)


@pytest.mark.parametrize(
    ("words", "strength"),
    [
        ("", 7.5),
        (": weak", 3),
        (": medium", 7.5),
        (": Strong", 15),
        (": -strong", -15),
        (": minus weak", -3),
        (": +8 euros", 8),
        (": −2,5 euros", -2.5),
        (": 0", 0),
    ],
)
def test_strengths_of_a_number(words: str, strength: float) -> None:
    """A word is a share of what else moves the effect; a number is a number."""
    case = read(f"a -> b{words}\nb: number, euros, 60, 15")
    assert case.strengths == {("a", "b"): strength}


def test_strengths_by_kind_and_by_the_unit_of_the_cause() -> None:
    for kind, strong in (("yes/no, 30 %", 1.2), ("count, 3", 0.5)):
        assert read(f"a -> b: strong\nb: {kind}").strengths["a", "b"] == strong
    wide = read("a -> b: strong\na: number, km, 100, 20\nb: number, hours, 6, 4")
    assert wide.strengths["a", "b"] == pytest.approx(4 / 20)
    assert wide.levels == (100, 120)
    assert wide.effect_unit == "hours"


def test_kinds() -> None:
    case = read("a -> b -> c\na: yes/no, 30 %\nb: number, euros, 60, 15\nc: count, 2")
    assert (case.nodes["a"].kind, case.nodes["a"].mean) == ("yes/no", 0.3)
    assert (case.nodes["b"].unit, case.nodes["b"].mean, case.nodes["b"].sd) == ("euros", 60, 15)
    assert (case.nodes["c"].kind, case.nodes["c"].mean) == ("count", 2)
    assert case.order == ["a", "b", "c"]
    assert case.levels == (0, 1)


def test_roles() -> None:
    case = read("u -> a\nu -> b\na -> b", hidden="u, U ")
    assert case.graph.hidden == {"u"}
    assert case.measured == ["a", "b"]
    assert case.graph.one_adjustment_set() is None
    assert "Treatment and outcome must be measured" in read("a -> b", hidden="a").messages[0]
    assert "no arrow mentions it" in read("a -> b", hidden="zzz").messages[0]


def test_the_first_line_number_is_right() -> None:
    assert read("a -> b\n\nc d").messages[0].startswith("Line 3")
    assert read("a -> b\nb: text").messages[0].startswith("Line 2")


def test_time_is_two_periods() -> None:
    case = read("price -> sales\nsales -> price next: strong", "price", "sales")
    assert set(case.graph.edges) == {
        ("price", "sales"),
        ("price before", "sales before"),
        ("sales before", "price"),
    }
    assert case.strengths["sales before", "price"] == 1
    assert case.strengths["price before", "sales before"] == case.strengths["price", "sales"]


def test_means_stay_where_they_were_typed() -> None:
    """Causes are centred: a number keeps its mean, whatever moves it."""
    case = read(
        "a -> b: strong\nc -> b: strong\na: yes/no, 20 %\nb: number, kg, 70, 4\nc: count, 3"
    )
    build, guess = cases.run(cases.write_program(case))
    table = cases.sampler(pm.do(build(20_000), guess), case.measured)(1)
    assert table["b"].mean() == pytest.approx(70, abs=0.3)
    assert table["a"].mean() == pytest.approx(0.2, abs=0.02)
    assert table["c"].mean() == pytest.approx(3, abs=0.1)


def test_draws_with_given_strengths() -> None:
    case = read("a -> b")
    build, guess = cases.run(cases.write_program(case))
    rest = {key: value for key, value in guess.items() if key != "a_to_b"}
    draw = cases.sampler(pm.do(build(4_000), rest), ["a", "b"], given=["a_to_b"])
    for strength in (-1.0, 2.0):
        table = draw(3, a_to_b=strength)
        assert np.polyfit(table["a"], table["b"], 1)[0] == pytest.approx(strength, abs=0.08)


def test_set_to_has_the_kind_of_its_node() -> None:
    case = read("a -> b\na: yes/no\nb: number")
    given = cases.set_to(case, 3, a=1, b=2)
    assert given["a"].dtype == int
    assert given["b"].dtype == float


def test_one_adjustment_set_is_one_of_all() -> None:
    """On random graphs, the quick answer is among the minimal sets, or both say there is none."""
    rng, found = np.random.default_rng(4), 0
    for _ in range(60):
        names = list("abcdef")
        edges = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if rng.random() < 0.45]
        if not {"b", "e"} <= {name for edge in edges for name in edge}:
            continue
        nodes = {name for edge in edges for name in edge}
        hidden = [name for name in "acd" if name in nodes and rng.random() < 0.4]
        graph = graphs.dag(edges, treatment="b", outcome="e", hidden=hidden)
        every, one = graph.adjustment_sets(), graph.one_adjustment_set()
        assert one in every if every else one is None
        found += bool(every)
    assert found > 20


def test_another_cause_is_measured_and_moves_the_outcome() -> None:
    case = read("a -> b\nu -> b\nc -> a\nd -> x\nb -> x", hidden="u")
    assert cases.another_cause(case).name == "c"
    assert cases.another_cause(read("a -> b")) is None


def test_the_arrow_of_a_suspicion_has_a_unit_and_a_medium_strength() -> None:
    """Medium is half an sd of the outcome for one sd of the cause, whatever the units are."""
    text = "a -> b\nb: number, euros, 60, 15\nu -> c -> b\nu: number, points, 50, 10"
    found, key = cases.suspect(read(text, hidden="u"))
    assert found.strengths["u", "b"] == pytest.approx(0.5 * 15 / 10)
    assert found.strengths["u", "a"] == pytest.approx(0.5 / 10)
    assert cases.unit_of(found, key) == "sd per points of u"
    assert cases.cause_of(found, key).name == "u"


def test_plain_text_stays_text() -> None:
    assert cases.plain("<b>*x*_y_|z`") == "".join(
        f"&#{ord(c)};" if c in "<>*_|`" else c for c in "<b>*x*_y_|z`"
    )


def test_rows_with_gaps_are_left_out_and_counted() -> None:
    case = read("a -> b")
    frame = pd.DataFrame({"a": ["1", "2", None] * 20, "b": list(map(str, range(60)))})
    found, notes = cases.fit_columns(case, frame, {"a": "a", "b": "b"})
    assert len(found) == 40
    assert notes == ["20 rows have a gap and are left out."]
    assert found["a"].std() == pytest.approx(1)
