"""Causal graphs against independent oracles: networkx, brute force, the simulated truth."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import time

import networkx as nx
import numpy as np
import pytest

from helpers import graphs
from helpers.simulate import LinearWorld

HOTEL = [("temperature", "price"), ("temperature", "bookings"), ("price", "bookings")]
M_BIAS = [("u", "x"), ("u", "m"), ("v", "m"), ("v", "y"), ("x", "y")]


def random_dag(seed: int, nodes: int = 6, density: float = 0.45) -> list[tuple[str, str]]:
    """Return a random acyclic edge list over n0 ... n5."""
    rng = np.random.default_rng(seed)
    order = [f"n{i}" for i in rng.permutation(nodes)]
    return [pair for pair in itertools.combinations(order, 2) if rng.random() < density]


@pytest.mark.parametrize("seed", range(12))
def test_adjustment_sets_agree_with_causalgraphicalmodels(seed: int) -> None:
    """The minimal sets are exactly the minimal ones among all that the library finds.

    The library overlooks the backdoor path of a single arrow, outcome -> treatment, which nothing
    can block; there the course says that no set will do.
    """
    edges = random_dag(seed)
    names = [f"n{i}" for i in range(6)]
    for treatment, outcome in itertools.permutations(names, 2):
        graph = graphs.dag(edges, treatment=treatment, outcome=outcome, nodes=names)
        if (outcome, treatment) in edges:
            assert graph.adjustment_sets() == []
            continue
        every = graph.model.get_all_backdoor_adjustment_sets(treatment, outcome)
        minimal = {s for s in every if not any(other < s for other in every)}
        assert set(graph.adjustment_sets()) == minimal
        for names_in in every:
            assert graph.is_adjustment_set(names_in)


@pytest.mark.parametrize("seed", range(12))
def test_independence_agrees_with_networkx(seed: int) -> None:
    """d-separation is the same in causalgraphicalmodels and in networkx."""
    graph = graphs.dag(random_dag(seed), nodes=[f"n{i}" for i in range(6)])
    oracle = nx.DiGraph(list(graph.edges))
    oracle.add_nodes_from(graph.nodes)
    for a, b in itertools.combinations(graph.nodes, 2):
        others = [n for n in graph.nodes if n not in (a, b)]
        for size in range(3):
            for given in itertools.combinations(others, size):
                assert graph.independent(a, b, given) == nx.is_d_separator(oracle, a, b, set(given))


@pytest.mark.parametrize("seed", range(6))
def test_independences_hold_in_a_linear_world(seed: int) -> None:
    """What the graph forbids is a partial correlation of exactly zero, whatever the weights."""
    edges = random_dag(seed)
    rng = np.random.default_rng(seed)
    world = LinearWorld({edge: rng.normal() for edge in edges})
    listed = graphs.dag(edges).independences()
    missing = [
        pair
        for pair in itertools.combinations(world.variables, 2)
        if pair not in edges and pair[::-1] not in edges
    ]
    assert len(listed) == len(missing)
    for row in listed.itertuples():
        assert world.correlation(row.first, row.second, row.given) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_adjusting_recovers_the_total_effect(seed: int) -> None:
    """The coefficient under an adjustment set is the effect of `do`, and else it is not."""
    edges = random_dag(seed)
    rng = np.random.default_rng(100 + seed)
    world = LinearWorld({edge: rng.normal() for edge in edges})
    tried = 0
    for treatment, outcome in itertools.permutations(world.variables, 2):
        graph = graphs.dag(edges, treatment=treatment, outcome=outcome)
        for chosen in graph.adjustment_sets():
            tried += 1
            slope = world.slope(outcome, treatment, chosen)
            assert slope == pytest.approx(world.total_effect(treatment, outcome), abs=1e-9)
    assert tried > 10


def test_hotel() -> None:
    """The hotel's graph: one backdoor path, one adjustment set, none after do."""
    hotel = graphs.dag(HOTEL, treatment="price", outcome="bookings")
    assert hotel.adjustment_sets() == [frozenset({"temperature"})]
    assert hotel.backdoor_paths() == ["price ← temperature → bookings"]
    assert not hotel.is_adjustment_set([])
    cut = hotel.do("price")
    assert ("temperature", "price") not in cut.edges
    assert cut.adjustment_sets() == [frozenset()]
    assert cut.nodes == hotel.nodes


def test_hidden_nodes_are_never_adjusted_for() -> None:
    """With the confounder hidden, no set of observed nodes will do; M-bias needs none."""
    hidden = graphs.dag(HOTEL, treatment="price", outcome="bookings", hidden=["temperature"])
    assert hidden.adjustment_sets() == []
    with pytest.raises(ValueError, match="Nobody measured"):
        hidden.is_adjustment_set(["temperature"])
    bow = graphs.dag(M_BIAS, treatment="x", outcome="y", hidden=["u", "v"])
    assert bow.adjustment_sets() == [frozenset()]
    assert not bow.is_adjustment_set(["m"])


def test_a_large_graph_answers_at_once() -> None:
    """Fourteen nodes: adjustment sets and independences in under two CPU seconds."""
    edges = random_dag(3, nodes=14, density=0.3)
    graph = graphs.dag(edges, treatment=edges[0][0], outcome=edges[-1][1])
    start = time.process_time()
    graph.adjustment_sets()
    graph.independences()
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([("a", "b"), ("b", "c"), ("c", "a")], "no cycle"),
        ([("a", "a")], "two different names"),
        ([("a", "b", "c")], "a pair"),
    ],
)
def test_impossible_graphs_are_refused(edges: list, message: str) -> None:
    """A cycle is named, a loop and a triple are refused."""
    with pytest.raises(ValueError, match=message):
        graphs.dag(edges)
    with pytest.raises(ValueError, match="Not in this graph"):
        graphs.dag(HOTEL, treatment="prise")
    assert graphs.find_cycle([("a", "b"), ("b", "c"), ("c", "a")])[0] in "abc"
    assert graphs.find_cycle([*HOTEL, ("a", "b"), ("b", "a")]) in (["a", "b", "a"], ["b", "a", "b"])
    assert graphs.find_cycle([("a", "a")]) == ["a", "a"]
    assert graphs.find_cycle(HOTEL) == []


def test_questions_need_known_names() -> None:
    """Unknown, repeated or missing names get a sentence, not a wrong answer."""
    hotel = graphs.dag(HOTEL)
    with pytest.raises(ValueError, match="Name the question"):
        hotel.adjustment_sets()
    with pytest.raises(ValueError, match="different"):
        hotel.independent("price", "price")
    with pytest.raises(ValueError, match="Not in this graph"):
        hotel.independent("price", "weather")


def test_parse_edges() -> None:
    """Arrows in both directions and chains are read; what is not understood is named by line."""
    edges, messages = graphs.parse_edges(
        "a -> b -> c\n\nd <- c  # why not\nb → e\nfoo\n-> x\na->b\nq -> q"
    )
    assert edges == [("a", "b"), ("b", "c"), ("c", "d"), ("b", "e")]
    assert [re.search(r"Line (\d)", m).group(1) for m in messages] == ["5", "6", "8"]


def test_drawing_tells_roles_by_shape_and_words() -> None:
    """Treatment, outcome, adjusted, hidden and intervened nodes differ without colour too."""
    graph = graphs.dag(
        [*HOTEL, ("fair", "bookings")],
        treatment="price",
        outcome="bookings",
        adjusted=["temperature"],
        hidden=["fair"],
    )
    text = graph.mermaid()
    for piece in ('{{"temperature"}}', '["price"]', '(["bookings"])', "-.->", "stroke-dasharray"):
        assert piece in text
    assert " hidden" not in text  # the page hides what has this CSS class
    assert '[["do(price)"]]' in graph.do("price").mermaid()
    page = graph.draw("Who decides the price?").text
    assert "aria-label" in page
    for words in ("price is the treatment", "fair is unmeasured", "temperature is adjusted for"):
        assert words in page


def test_drawing_after_do_keeps_its_layout() -> None:
    """What `do` cut is gone from the graph, and holds its place in the drawing, unseen."""
    graph = graphs.dag(HOTEL, treatment="price", outcome="bookings")
    after = graph.do("price")
    assert after.cut == {("temperature", "price")}
    assert ("temperature", "price") not in after.edges
    assert after.independent("temperature", "price")
    assert graph.mermaid().count("-->") == 3
    assert (after.mermaid().count("-->"), after.mermaid().count(" ~~~ ")) == (2, 1)


def test_drawing_survives_odd_names() -> None:
    """Quotes, brackets and line ends in a name cannot break the drawing."""
    text = graphs.dag([('a"]; x', "b\n{c}")]).mermaid()
    assert len(text.splitlines()) == len(graphs.dag([("a", "b")]).mermaid().splitlines())


def test_sampling_is_seeded_and_leaves_no_trace() -> None:
    """The same seed gives the same data; NumPy's global state is as it was."""
    scm = graphs.StructuralCausalModel(
        {
            "temperature": lambda n_samples: np.random.normal(23, 3, n_samples),  # noqa: NPY002
            "price": graphs.linear_model(["temperature"], [2], noise_scale=5),
            "sunny": graphs.logistic_model(["temperature"], [1], offset=-23),
        }
    )
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again = graphs.sample(scm, 4000, seed=1), graphs.sample(scm, 4000, seed=1)
    assert first.equals(again)
    assert not first.equals(graphs.sample(scm, 4000, seed=2))
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert first["price"].mean() == pytest.approx(46, abs=0.5)
    assert set(first["sunny"]) == {0, 1}
    done = graphs.sample(scm, 4000, seed=1, do={"price": 40})
    assert (done["price"] == 40).all()
    assert done["temperature"].mean() == pytest.approx(23, abs=0.3)
    with pytest.raises(ValueError, match="no variable"):
        graphs.sample(scm, 10, seed=1, do={"weather": 1})


def test_readers_of_one_process_may_need_the_library_at_once() -> None:
    """`marimo run` has one process for all: who comes second waits, and nobody gets an error."""
    code = (
        "import helpers.graphs as graphs; from concurrent.futures import ThreadPoolExecutor; "
        "pool = ThreadPoolExecutor(16); "
        "ask = lambda _: [graphs.linear_model(['a'], [1]) for _ in range(200)]; "
        "list(pool.map(ask, range(64))); assert 'linear_model' in dir(graphs)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_import_is_silent_and_leaves_the_standard_library_alone() -> None:
    """The repair of the old library shows no warning and lends its names only for the import.

    Neither it nor networkx is imported before it is used: no page waits for what it does not show.
    """
    code = (
        "import helpers.simulate, helpers.graphs, collections, numpy, sys; "
        "helpers.graphs.dag([('a', 'b')], treatment='a', outcome='b').mermaid(); "
        "assert not {'networkx', 'causalgraphicalmodels'} & set(sys.modules); "
        "helpers.graphs.linear_model(['a'], [1]); assert 'causalgraphicalmodels' in sys.modules; "
        "assert not hasattr(collections, 'Iterable') and not hasattr(numpy, 'float')"
    )
    command = [sys.executable, "-B", "-X", "pycache_prefix=does-not-exist", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as #0072B2 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("role", graphs.STYLES)
def test_text_in_a_node_stands_out(role: str) -> None:
    """Contrast of 4.5 or more between what is written in a node and its fill."""
    style = dict(item.split(":") for item in graphs.STYLES[role].split(","))
    light, dark = sorted((luminance(style["fill"]), luminance(style["color"])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_roles_are_those_of_the_question() -> None:
    """Each node has one role, the drawing shows it, and no two roles look alike."""
    graph = graphs.dag(
        [("z", "x"), ("x", "y"), ("u", "y"), ("a", "y")],
        treatment="x",
        outcome="y",
        adjusted=["z"],
        hidden=["u"],
    )
    roles = {"z": "adjusted", "x": "treatment", "y": "outcome", "u": "unmeasured", "a": "plain"}
    assert graph.roles == roles
    assert graph.do("x").roles == {**roles, "x": "intervened"}
    assert set(roles.values()) | {"intervened"} == set(graphs.STYLES)
    assert len(set(graphs.STYLES.values())) == len(graphs.STYLES)
    for number, node in enumerate(graph.nodes):
        assert f"class n{number} {roles[node]}" in graph.mermaid()
