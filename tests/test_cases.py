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
    assert wide.effect_unit == "hours per km of a"
    assert wide.outcome_unit == "hours"
    often = read("a -> b: strong\na: count, 16")
    assert often.strengths["a", "b"] == pytest.approx(1 / 4)  # for an sd of the count
    assert often.levels == (16, 17)


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        ("a: yes/no\nb: number, euros, 60, 15", "euros"),
        ("a: number, hours, 4, 2\nb: count, 3", "b per hour of a"),
        ("a: count, 8\nb: count, 2", "b per unit of a"),
        ("a: number, kg, 4, 2\nb: yes/no", "share of yes per kg of a"),
        ("", "sd per sd of a"),
    ],
)
def test_the_effect_has_the_unit_of_both(lines: str, unit: str) -> None:
    assert read(f"a -> b\n{lines}").effect_unit == unit


def test_one_of_a_unit() -> None:
    many = "hours euros years days boxes batches calls kg sd mbps class status loaves ms"
    one = "hour euro year day box batch call kg sd mbps class status loaves ms"
    assert [cases.singular(unit) for unit in many.split()] == one.split()


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
    assert cases.unit_of(found, key) == "sd per point of u"
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
    assert notes == ["20 rows have a gap and are left out: 40 remain."]
    frame = pd.DataFrame({"a": [None, *map(str, range(59))], "b": list(map(str, range(60)))})
    notes = cases.fit_columns(case, frame, {"a": "a", "b": "b"})[1]
    assert notes == ["1 row has a gap and is left out: 59 remain."]
    assert found["a"].std() == pytest.approx(1)


IN_SDS = {
    "measured causes": ("c -> a: strong\nc -> b: strong\na -> b: strong", ""),
    "a hidden one": ("u -> b: strong\nc -> b: strong\na -> b: strong", "u"),
    "a hidden one that moves the other cause": ("u -> a: strong\nu -> b: strong\na -> b", "u"),
}
"""Cases in which nothing is said of any number: text, and what nobody measures."""


@pytest.mark.parametrize(("text", "hidden"), IN_SDS.values(), ids=IN_SDS)
def test_without_a_line_the_unit_is_the_sd_beside_the_causes(text: str, hidden: str) -> None:
    """Of the program's noise, not of the whole; a file in other units is put into this one."""
    case = read(text, hidden=hidden)
    build, guess = cases.run(cases.write_program(case))
    every = [node.key for node in case.nodes.values()]
    table = cases.sampler(pm.do(build(40_000), guess), every)(2)
    left = table["b"] - sum(guess[f"{c}_to_b"] * table[c] for c in case.parents("b"))
    assert left.std() == pytest.approx(1, abs=0.02)
    assert table["b"].std() > 1.3
    raw = (7 * table[case.measured] + 100).astype(str)
    found, _ = cases.fit_columns(case, raw, {key: key for key in case.measured})
    assert (found.std() / table[case.measured].std()).to_numpy() == pytest.approx(1, abs=0.04)
    assert abs(found.mean()).max() < 1e-9


def test_numbers_without_a_unit_are_numbers_in_units() -> None:
    """Whoever gives mean and spread has said the scale: the program and the file keep it."""
    case = read("a -> b: -2\na: number, 5, 3\nb: number, 60, 15")
    assert (case.nodes["a"].unit, case.effect_unit) == ("units", "units per unit of a")
    build, guess = cases.run(cases.write_program(case))
    table = cases.sampler(pm.do(build(20_000), guess), case.measured)(2)
    assert (table["a"].mean(), table["a"].std()) == pytest.approx((5, 3), abs=0.1)
    found, _ = cases.fit_columns(case, table.astype(str), {"a": "a", "b": "b"})
    assert found.to_numpy() == pytest.approx(table.to_numpy())


def test_a_column_that_its_causes_make_up_is_put_in_its_own_sds() -> None:
    """Nothing is left beside them: the whole spread is the unit, and nothing is divided by zero."""
    case = read("c -> b\na -> b")
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"c": rng.normal(size=50), "a": rng.normal(size=50)})
    frame["b"] = 2 * frame["c"] + frame["a"]
    found, _ = cases.fit_columns(case, frame.astype(str), {key: key for key in case.measured})
    assert found["b"].std() == pytest.approx(1)


COUNTS = {
    "a count moves a count": "a -> b: -0.08\na: count, 8\nb: count, 2",
    "a large one": "a -> b: strong\na: count, 500\nb: count, 900",
    "in a chain": "c -> a: strong\na -> b: strong\na: count, 5\nb: count, 3",
    "to a yes/no": "a -> b: strong\na: count, 400\nb: yes/no",
}


@pytest.mark.parametrize("text", COUNTS.values(), ids=COUNTS)
def test_no_world_of_a_prior_overflows(text: str) -> None:
    """Sixty worlds of the priors, of 500 units each: each is drawn, and finite."""
    build, _ = cases.run(cases.write_program(read(text)))
    draw = cases.sampler(build(500), ["a", "b"])
    for seed in range(60):
        assert np.isfinite(draw(seed)).all(axis=None)


def test_priors_follow_what_is_typed() -> None:
    """Weaker words, narrower worlds."""

    def width(strength: str) -> float:
        build, _ = cases.run(cases.write_program(read(f"c -> a: {strength}\na -> b: {strength}")))
        draw = cases.sampler(build(200), ["b"])
        return float(np.median([draw(seed)["b"].std() for seed in range(40)]))

    assert width("weak") < width("medium") < width("strong")


COACHING = (
    "ambition -> coaching\nambition -> calls\ninvited -> coaching\nseniority -> coaching\n"
    "seniority -> calls\ncoaching -> calls: +3\ncalls: number, calls, 40, 6\ncoaching: yes/no"
)


def test_what_is_left_where_no_set_will_do() -> None:
    case = read(COACHING, "coaching", "calls", "ambition")
    assert case.graph.one_adjustment_set() is None
    assert case.were_measured() == ["ambition"]
    assert case.instruments() == ["invited"]
    found, hunch = cases.suspect(case)
    assert hunch == "ambition_to_coaching"
    assert cases.without(found, hunch).one_adjustment_set() == {"seniority"}
    direct = read(COACHING + "\ninvited -> calls", "coaching", "calls", "ambition")
    assert direct.instruments() == []


def test_instruments_by_their_definition() -> None:
    """On random graphs: joined with the treatment; no way to the outcome but through it."""
    import networkx as nx

    rng, found = np.random.default_rng(5), 0
    for _ in range(80):
        names = list("abcdef")
        edges = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if rng.random() < 0.4]
        if not {"d", "f"} <= {name for edge in edges for name in edge}:
            continue
        hidden = [n for n in "abc" if rng.random() < 0.4 and any(n in edge for edge in edges)]
        graph = graphs.dag(edges, treatment="d", outcome="f", hidden=hidden)
        for name in cases.Case(graph).instruments():
            found += 1
            assert name not in nx.descendants(nx.DiGraph(edges), "d") | set(hidden)
            cut = graphs.dag(
                [e for e in edges if e[0] != "d"], nodes=graph.nodes, treatment="d", outcome="f"
            )
            rest = [n for n in graph.observed if n not in {"d", "f", name}]
            sets = [[n for j, n in enumerate(rest) if i >> j & 1] for i in range(2 ** len(rest))]
            assert any(
                cut.independent(name, "f", given) and not graph.independent(name, "d", given)
                for given in sets
            )
    assert found > 10


def test_all_that_is_to_be_mended_is_said_at_once() -> None:
    text = "visit -> sale -> visit\nvisits: count\nsale: numbr, euros\nvisit -> sale: strng"
    said = " ".join(read(text, "visit", "sale", "mod").messages)
    for words in ("A cycle", "is “visit” meant", "is “number” meant", "“strng”", "“mod”"):
        assert words in said


def test_arrows_can_be_pasted_from_a_list() -> None:
    """As the page for colleagues writes them."""
    assert read("- c → a\n* a → b").graph.edges == (("c", "a"), ("a", "b"))
    assert read("c -> a -> b").text == "c -> a -> b"
