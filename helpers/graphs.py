"""Causal graphs: one edge list feeds the drawing, d-separation and the adjustment sets.

The algebra is that of causalgraphicalmodels 0.0.4.
"""

from __future__ import annotations

import graphlib
import html
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import networkx as nx
    from marimo import Html

    from helpers._causalgraphicalmodels import CausalGraphicalModel, StructuralCausalModel

Edge = tuple[str, str]


_BORROWED = ("CausalGraphicalModel", "StructuralCausalModel", "linear_model", "logistic_model")
"""What this module offers of causalgraphicalmodels, imported at first use."""

__all__ = ["Graph", "dag", "find_cycle", "parse_edges", "question_of", "read_question", "sample"]


def __getattr__(name: str) -> Any:
    """Return a name of causalgraphicalmodels."""
    if name not in _BORROWED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from helpers import _causalgraphicalmodels

    return getattr(_causalgraphicalmodels, name)


def __dir__() -> list[str]:
    """Return the names that an editor offers: the borrowed ones too."""
    return sorted({*globals(), *_BORROWED})


def sample(
    scm: StructuralCausalModel,
    n: int,
    seed: int,
    do: Mapping[str, float | np.ndarray] | None = None,
) -> pd.DataFrame:
    """Return n units drawn from a structural causal model, under a seed.

    Args:
        scm: a model of causalgraphicalmodels.
        n: number of units.
        seed: of the draw. The library reads NumPy's global state; it is set here and put back.
        do: variable -> the value it is set to, a number or an array of shape (n,).

    Returns:
        Frame of shape (n, variables), in the units of the model.

    Raises:
        ValueError: `do` names a variable that the model does not have.
    """
    do = dict(do or {})
    unknown = set(do) - set(scm.assignment)
    if unknown:
        raise ValueError(f"do: no variable {sorted(unknown)}; there are {sorted(scm.assignment)}.")
    for name in do:
        scm = scm.do(name)
    values = {name: np.broadcast_to(np.asarray(value, float), (n,)) for name, value in do.items()}
    # This package draws from NumPy's global stream alone: it is seeded here, and given back below.
    state = np.random.get_state()  # noqa: NPY002
    try:
        np.random.seed(seed)  # noqa: NPY002
        return scm.sample(n_samples=n, set_values=values)
    finally:
        np.random.set_state(state)  # noqa: NPY002


def find_cycle(edges: Iterable[Edge]) -> list[str]:
    """Return the nodes of one cycle, the first repeated at the end; [] if there is none."""
    sorter: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
    for cause, effect in edges:
        sorter.add(effect, cause)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def parse_edges(text: str) -> tuple[list[Edge], list[str]]:
    """Return the arrows that a text describes, and a message for each line not understood.

    Args:
        text: one chain a line, for example `age -> risk aversion -> accident` or `a <- b`.
            Blank lines and what follows a `#` are ignored.

    Returns:
        (edges, messages): edges without repetition in order of appearance.
    """
    edges: dict[Edge, None] = {}
    messages = []
    for number, raw in enumerate(str(text).splitlines(), start=1):
        line = raw.split("#")[0].strip()
        if not line:
            continue
        parts = [part.strip() for part in re.split(r"(<-+|-+>|→|←)", line)]
        names, arrows = parts[::2], parts[1::2]
        if not arrows:
            messages.append(f"Line {number}, “{line}”: write an arrow, for example `a -> b`.")
        elif not all(names) or any("<" in n or ">" in n for n in names):
            messages.append(f"Line {number}, “{line}”: an arrow needs a variable on both sides.")
        else:
            for left, arrow, right in zip(names, arrows, names[1:], strict=False):
                edge = (right, left) if arrow.startswith(("<", "←")) else (left, right)
                if left == right:
                    messages.append(f"Line {number}: “{left}” cannot cause itself.")
                else:
                    edges[edge] = None
    return list(edges), messages


def read_starters(kit: str) -> dict[str, tuple[str, str, str, str, str]]:
    """Return the starters of the team activity, by name.

    Args:
        kit: text of slides/teaching/kit.md, where the starters stand once.

    Returns:
        name -> (treatment, outcome, what nobody measures, arrows, kinds and strengths).
    """
    found = re.findall(
        r"^### (\w+)\n.*?^Treatment: `(.+?)`. Outcome: `(.+?)`. Nobody measures: `(.+?)`.\n"
        r".*?^```text\n(.*?)^```.*?^```text\n(.*?)^```",
        kit,
        re.MULTILINE | re.DOTALL,
    )
    return {name: tuple(rest) for name, *rest in found}


def names_in(text: str) -> list[str]:
    """Return the names in a text that has commas between them, in small letters."""
    return [name.strip().lower() for name in str(text).split(",") if name.strip()]


def question_of(
    edges: list[Edge], messages: Iterable[str], treatment: str, outcome: str, hidden: str = ""
) -> tuple[Graph | None, list[str]]:
    """Return (graph or None, messages): arrows with their question, or what to mend.

    Args:
        edges: (cause, effect) pairs, names in small letters.
        messages: what is already to be mended.
        treatment: name of the node that is set.
        outcome: name of the node that is asked about.
        hidden: names of what nobody measures, commas between.
    """
    messages = list(messages)
    asked = [" ".join(names_in(name)[:1]) for name in (treatment, outcome)]
    nodes = {name for edge in edges for name in edge}
    cycle = find_cycle(edges)
    if not edges and not messages:
        messages.append("No arrow yet. Write one, for example `season -> sales`.")
    if cycle:
        messages.append(
            f"A cycle: {' → '.join(cycle)}. Nothing causes its own past: give the moments names of "
            "their own (`sales last week`, `sales`), or drop one of these arrows."
        )
    if "" in asked or asked[0] == asked[1]:
        messages.append("Name a treatment and an outcome above, two different ones.")
    elif edges and not set(asked) <= nodes:
        lost = ", ".join(f"“{name}”" for name in asked if name not in nodes)
        messages.append(f"No arrow mentions {lost}. There are: {', '.join(sorted(nodes))}.")
    if messages:
        return None, messages
    unseen = set(names_in(hidden)) & nodes - set(asked)
    return dag(edges, treatment=asked[0], outcome=asked[1], hidden=unseen), []


def read_question(
    text: str, treatment: str, outcome: str, hidden: str = ""
) -> tuple[Graph | None, list[Edge], list[str]]:
    """Return (graph or None, arrows, messages) of a team's text: what it says, or what to mend.

    Args:
        text: arrows, as `parse_edges` reads them; capital letters do not matter.
        treatment: name of the node that is set.
        outcome: name of the node that is asked about.
        hidden: names of what nobody measures, commas between.
    """
    edges, messages = parse_edges(str(text).lower())
    graph, messages = question_of(edges, messages, treatment, outcome, hidden)
    return graph, edges, messages


@dataclass(frozen=True)
class Graph:
    """A causal graph (DAG) with the roles that its nodes play in one question.

    Attributes:
        edges: (cause, effect) pairs.
        treatment: the node that is intervened on, if the question has one.
        outcome: the node that is asked about, if the question has one.
        adjusted: nodes that the analysis conditions on.
        hidden: nodes that nobody measured.
        intervened: nodes set by `do`; no arrow enters them.
        nodes: all nodes, in order of appearance, those without an arrow included.
    """

    edges: tuple[Edge, ...]
    nodes: tuple[str, ...]
    treatment: str | None = None
    outcome: str | None = None
    adjusted: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    intervened: frozenset[str] = frozenset()
    cut: frozenset[Edge] = frozenset()
    """Arrows that `do` removed. They are no part of the graph; the drawing keeps their place, so
    that a graph before and after `do` looks alike."""

    @property
    def observed(self) -> list[str]:
        """Return the nodes that somebody measured."""
        return [node for node in self.nodes if node not in self.hidden]

    @property
    def model(self) -> CausalGraphicalModel:
        """Return the same graph as an object of causalgraphicalmodels."""
        from helpers._causalgraphicalmodels import CausalGraphicalModel

        return CausalGraphicalModel(
            nodes=list(self.nodes), edges=list(self.edges), set_nodes=list(self.intervened)
        )

    def _digraph(self) -> nx.DiGraph:
        import networkx as nx

        graph = nx.DiGraph(list(self.edges))
        graph.add_nodes_from(self.nodes)
        return graph

    def _known(self, names: Iterable[str]) -> list[str]:
        names = [names] if isinstance(names, str) else list(names)
        unknown = [name for name in names if name not in self.nodes]
        if unknown:
            raise ValueError(f"Not in this graph: {unknown}. It has {list(self.nodes)}.")
        return names

    def do(self, *names: str) -> Graph:
        """Return the graph after an intervention: no arrow enters the named nodes any more.

        Raises:
            ValueError: a name is not in the graph.

        Source: Pearl (2009), Causality, section 3.2, doi:10.1017/CBO9780511803161.
        """
        targets = self._known(names)
        cut = frozenset(edge for edge in self.edges if edge[1] in targets)
        edges = tuple(edge for edge in self.edges if edge not in cut)
        return replace(
            self, edges=edges, intervened=self.intervened | set(targets), cut=self.cut | cut
        )

    def adjusting(self, *names: str) -> Graph:
        """Return the same graph with these nodes, and no others, adjusted for.

        Raises:
            ValueError: a name is not in the graph.
        """
        return replace(self, adjusted=frozenset(self._known(names)))

    def independent(self, a: str, b: str, given: Iterable[str] = ()) -> bool:
        """Return whether the graph separates a from b, given other nodes (d-separation).

        Raises:
            ValueError: a name is not in the graph, or a name is used twice.

        Source: Pearl (1988), Probabilistic Reasoning in Intelligent Systems,
        doi:10.1016/C2009-0-27609-4.
        """
        given = self._known(given)
        self._known([a, b])
        if a == b or {a, b} & set(given):
            raise ValueError(f"Give two different nodes and other ones to condition on: {a}, {b}.")
        return self.model.is_d_separated(a, b, frozenset(given))

    def independences(self) -> pd.DataFrame:
        """Return what the graph forbids in data: one independence for every missing arrow.

        Pairs that no set of observed nodes separates have none.

        Returns:
            Frame with columns first, second, given (tuple of names, a minimal separating set).
        """
        import networkx as nx

        graph, observed = self._digraph(), set(self.observed)
        rows = []
        for a, b in itertools.combinations(self.observed, 2):
            if graph.has_edge(a, b) or graph.has_edge(b, a):
                continue
            given = nx.find_minimal_d_separator(graph, a, b, restricted=observed - {a, b})
            if given is not None:
                rows.append((a, b, tuple(sorted(given))))
        return pd.DataFrame(rows, columns=["first", "second", "given"])

    def _question(self) -> tuple[str, str]:
        if self.treatment is None or self.outcome is None:
            raise ValueError("Name the question: dag(edges, treatment=, outcome=).")
        self._known([self.treatment, self.outcome])
        return self.treatment, self.outcome

    def backdoor_paths(self) -> list[str]:
        """Return the paths from treatment to outcome that begin with an arrow into treatment.

        Each is a text like `price ← temperature → bookings`; the list is in alphabetical order.

        Raises:
            ValueError: the graph has no treatment or no outcome.
        """
        treatment, outcome = self._question()
        graph = self._digraph()
        paths = self.model.get_all_backdoor_paths(treatment, outcome)
        return sorted(
            path[0]
            + "".join(
                f" → {b}" if graph.has_edge(a, b) else f" ← {b}"
                for a, b in itertools.pairwise(path)
            )
            for path in paths
        )

    def is_adjustment_set(self, names: Iterable[str]) -> bool:
        """Return whether these nodes satisfy the backdoor criterion for treatment and outcome.

        Raises:
            ValueError: a name is unknown, hidden, or the treatment or outcome itself, or the graph
                has no treatment or no outcome.

        Source: Pearl (1995), Causal diagrams for empirical research, doi:10.1093/biomet/82.4.669.
        """
        treatment, outcome = self._question()
        names = self._known(names)
        if {treatment, outcome} & set(names):
            raise ValueError("The treatment and the outcome cannot be adjusted for.")
        if self.hidden & set(names):
            raise ValueError(f"Nobody measured {sorted(self.hidden & set(names))}.")
        return _satisfies_backdoor(self._digraph(), treatment, outcome, set(names))

    def adjustment_sets(self) -> list[frozenset[str]]:
        """Return the minimal sets of observed nodes that satisfy the backdoor criterion.

        Minimal: no node can be dropped. Smallest sets first; [frozenset()] when nothing needs to be
        adjusted for, [] when no set of observed nodes will do.

        Raises:
            ValueError: the graph has no treatment or no outcome.

        Source: Pearl (1995), Causal diagrams for empirical research, doi:10.1093/biomet/82.4.669.
        """
        import networkx as nx

        treatment, outcome = self._question()
        graph = self._digraph()
        banned = nx.descendants(graph, treatment) | {treatment, outcome}
        relevant = nx.ancestors(graph, treatment) | nx.ancestors(graph, outcome)
        allowed = [n for n in self.observed if n not in banned and n in relevant]
        found: list[frozenset[str]] = []
        for size in range(len(allowed) + 1):
            for names in map(frozenset, itertools.combinations(allowed, size)):
                if any(smaller <= names for smaller in found):
                    continue
                if _satisfies_backdoor(graph, treatment, outcome, set(names)):
                    found.append(names)
        return found

    def one_adjustment_set(self) -> frozenset[str] | None:
        """Return one minimal set of `adjustment_sets`, None where there is none: quick everywhere.

        Raises:
            ValueError: the graph has no treatment or no outcome.

        Source: van der Zander, Liskiewicz & Textor (2019), doi:10.1016/j.artint.2018.12.006.
        """
        import networkx as nx

        treatment, outcome = self._question()
        graph = self._digraph()
        allowed = set(self.observed) - nx.descendants(graph, treatment) - {treatment, outcome}
        graph.remove_edges_from(list(graph.out_edges(treatment)))
        found = nx.find_minimal_d_separator(graph, treatment, outcome, restricted=allowed)
        return None if found is None else frozenset(found)

    def mermaid(self) -> str:
        """Return the drawing as Mermaid text; roles are told by shape and by colour.

        An arrow that `do` cut becomes a link that is not drawn, which keeps the layout.
        """
        key = {node: f"n{i}" for i, node in enumerate(self.nodes)}
        lines = ['%%{init: {"flowchart": {"curve": "basis"}}}%%', "graph LR"]
        lines += [f"accDescr: {_plain(self.describe())}"]
        lines += [f"{key[node]}{self._shape(node)}" for node in self.nodes]
        lines += [
            f"{key[a]} {'-.->' if a in self.hidden else '-->'} {key[b]}" for a, b in self.edges
        ]
        lines += [f"{key[a]} ~~~ {key[b]}" for a, b in sorted(self.cut)]
        lines += [f"classDef {name} {style}" for name, style in STYLES.items()]
        lines += [f"class {key[node]} {role}" for node, role in self.roles.items()]
        return "\n".join(lines)

    @property
    def roles(self) -> dict[str, str]:
        """Return node -> its role, one of `STYLES`: how it is drawn and spoken of."""
        return {node: self._role(node) for node in self.nodes}

    def _role(self, node: str) -> str:
        if node in self.hidden:  # not "hidden": the page has a CSS class of that name, unseen
            return "unmeasured"
        if node in self.intervened:
            return "intervened"
        if node == self.treatment:
            return "treatment"
        if node == self.outcome:
            return "outcome"
        return "adjusted" if node in self.adjusted else "plain"

    def _shape(self, node: str) -> str:
        label = _plain(node.replace("_", " "))
        role = self._role(node)
        if role == "intervened":
            label = f"do({label})"
        left, right = _SHAPES[role]
        return f'{left}"{label}"{right}'

    def describe(self) -> str:
        """Return the graph in words, for readers who do not see the drawing."""
        roles = [
            f"{node} is {word}"
            for node, role in self.roles.items()
            if (word := _ROLE_WORDS[role]) is not None
        ]
        arrows = [f"{a} causes {b}" for a, b in self.edges]
        return "Causal graph: " + "; ".join([*arrows, *roles]).replace("_", " ") + "."

    def draw(self, caption: str = "") -> Html:
        """Return the drawing for a marimo page: offline, without Graphviz, described in words."""
        import marimo as mo

        figure = mo.mermaid(self.mermaid()).text
        words = html.escape(f"{caption} {self.describe()}".strip(), quote=True)
        below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
        return mo.Html(
            f'<figure class="dag" role="img" aria-label="{words}">{figure}{below}</figure>'
        )


_SHAPES = {
    "treatment": ("[", "]"),
    "outcome": ("([", "])"),
    "adjusted": ("{{", "}}"),
    "intervened": ("[[", "]]"),
    "unmeasured": ("(", ")"),
    "plain": ("(", ")"),
}
STYLES = {
    "treatment": "fill:#0072B2,stroke:#004c77,color:#ffffff,stroke-width:2px",
    "outcome": "fill:#ffffff,stroke:#000000,color:#000000,stroke-width:3px",
    "adjusted": "fill:#009E73,stroke:#00634a,color:#000000,stroke-width:2px",
    "intervened": "fill:#D55E00,stroke:#8f3f00,color:#000000,stroke-width:2px",
    "unmeasured": "fill:#ffffff,stroke:#7F7F7F,color:#444444,stroke-width:2px,stroke-dasharray:6 4",
    "plain": "fill:#f2f2f2,stroke:#7F7F7F,color:#000000,stroke-width:1px",
}
"""The one table of how a node of each role looks; its text has a contrast of 4.5 or more."""

_ROLE_WORDS = {
    "treatment": "the treatment",
    "outcome": "the outcome",
    "adjusted": "adjusted for",
    "intervened": "set by do",
    "unmeasured": "unmeasured",
    "plain": None,
}


def _plain(text: str) -> str:
    """Return text that cannot end a Mermaid string or statement."""
    return re.sub(r'["`\[\]{}<>|\n]', " ", text).replace(";", ",")


def _satisfies_backdoor(graph: nx.DiGraph, treatment: str, outcome: str, names: set[str]) -> bool:
    """Return whether `names` holds no descendant of the treatment and blocks every backdoor path.

    networkx judges here in linear time where causalgraphicalmodels lists all paths: on a graph of
    14 nodes that is the difference between milliseconds and minutes. Tests hold the two together.
    """
    import networkx as nx

    if names & nx.descendants(graph, treatment):
        return False
    backdoor = graph.copy()
    backdoor.remove_edges_from(list(graph.out_edges(treatment)))
    return nx.is_d_separator(backdoor, {treatment}, {outcome}, names)


def dag(
    edges: Iterable[Edge],
    *,
    treatment: str | None = None,
    outcome: str | None = None,
    adjusted: Iterable[str] = (),
    hidden: Iterable[str] = (),
    nodes: Iterable[str] = (),
) -> Graph:
    """Return a causal graph from its edge list and the roles of its nodes.

    Args:
        edges: (cause, effect) pairs.
        treatment: the node that is intervened on.
        outcome: the node that is asked about.
        adjusted: nodes that the analysis conditions on.
        hidden: nodes that nobody measured; they are drawn dashed and never adjusted for.
        nodes: nodes that belong to the graph even where no arrow mentions them.

    Raises:
        ValueError: the arrows form a cycle, an edge is not a pair, or a role names an unknown node.
    """
    pairs = [tuple(edge) for edge in edges]
    odd = [edge for edge in pairs if len(edge) != 2 or edge[0] == edge[1]]  # noqa: PLR2004
    if odd:
        raise ValueError(f"An edge is a pair (cause, effect) of two different names, got {odd}.")
    cycle = find_cycle(pairs)
    if cycle:
        raise ValueError(f"A causal graph has no cycle, this one has {' → '.join(cycle)}.")
    graph = Graph(
        edges=tuple(dict.fromkeys(pairs)),
        treatment=treatment,
        outcome=outcome,
        adjusted=frozenset(adjusted),
        hidden=frozenset(hidden),
        nodes=tuple(dict.fromkeys([*itertools.chain.from_iterable(pairs), *nodes])),
    )
    graph._known([n for n in (treatment, outcome, *adjusted, *hidden) if n is not None])  # noqa: SLF001
    return graph
