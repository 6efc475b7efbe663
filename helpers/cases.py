"""A case that somebody types: read as arrows, kinds and strengths; written as a PyMC program.

These are tools: a reader of text, a writer of program text, a reader of CSV files, a writer of what
is taken home. What a person types becomes code in one way only, as an identifier of ASCII letters,
digits and underscores (`_identifier`), or as a number; everything else of it stays a quoted text.
"""

from __future__ import annotations

import builtins
import csv
import difflib
import io
import keyword
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import graphs
from helpers.graphs import Edge, Graph

KIT = Path(__file__).resolve().parents[1] / "slides" / "teaching" / "kit.md"
"""Where the starters stand, once."""

MAX_TEXT, MAX_LINES, MAX_NAMES, MAX_NAME = 20_000, 300, 20, 40
"""Most characters, lines and names of a case, and letters of a name."""

KINDS = ("number", "yes/no", "count")
WORDS = {
    "number": {"weak": 0.2, "medium": 0.5, "strong": 1.0},
    "yes/no": {"weak": 0.3, "medium": 0.7, "strong": 1.2},
    "count": {"weak": 0.1, "medium": 0.25, "strong": 0.5},
}
"""What a word says by the kind of the effect, for one sd of the cause (yes, of a yes/no): standard
deviations of a number, log odds of a yes/no, log of a count's rate. The course's own choice."""

MOST_LOG_RATE = 15
LOG_LINK = f"pm.math.exp(pm.math.clip({{}}, -{MOST_LOG_RATE}, {MOST_LOG_RATE}))"
"""The program keeps the log rate of a count between minus this and this: no world overflows."""

NEXT, BEFORE = " next", " before"
ARROW = re.compile(r"<-+|-+>|→|←")
LINE_END = re.compile(r"\r\n|\r|\n")
NUMBER = re.compile(r"[-+−]?(\d+([.,]\d+)?|[.,]\d+)(e[-+]?\d+)?")
TAKEN = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np", "pm", "case", "guess", "build"}
TAKEN |= {
    "n",
    "unit",
    "names",
    "low",
    "high",
    "slope",
    "world",
    "pymc",
    "numpy",
    "model",
    "mo",
    "pd",
    "alt",
    "chain",
    "draw",
    "self",
}


@dataclass(frozen=True)
class Node:
    """A node of a case.

    Attributes:
        name: as it was typed, in small letters.
        key: the identifier that stands for it in the program and in frames.
        kind: one of `KINDS`.
        unit: of a number; "sd", of what moves it beside its causes, where nothing was said of it.
        mean: of a number or count, or share of yes.
        sd: of what moves a number beside its causes, in its unit; 1 for the other kinds.
    """

    name: str
    key: str
    kind: str = "number"
    unit: str = "sd"
    mean: float = 0.0
    sd: float = 1.0

    @property
    def scaled(self) -> bool:
        """Return whether nothing was said of a number: its unit is the sd of its own noise."""
        return self.kind == "number" and (self.unit, self.mean, self.sd) == ("sd", 0, 1)

    @property
    def step(self) -> float:
        """Return the step of which an effect is told: one sd of a number, one for other kinds."""
        return self.sd if self.kind == "number" else 1.0

    @property
    def spread(self) -> float:
        """Return what a strength's word counts as one: an sd (a count's: the root of its mean)."""
        return math.sqrt(self.mean) if self.kind == "count" else self.step


@dataclass(frozen=True)
class Case:
    """What a team typed, understood.

    Attributes:
        graph: its arrows and roles, names as typed; None where something has to be mended.
        nodes: name -> node.
        strengths: arrow -> what one unit more of the cause does, on the scale of the effect's kind.
        messages: what to mend, one sentence each.
        text: what was typed, without what cannot be seen.
    """

    graph: Graph | None
    nodes: Mapping[str, Node] = field(default_factory=dict)
    strengths: Mapping[Edge, float] = field(default_factory=dict)
    messages: tuple[str, ...] = ()
    text: str = ""

    def key(self, name: str) -> str:
        """Return the identifier of a node."""
        return self.nodes[name].key

    @property
    def treatment(self) -> Node:
        """Return the node that is set."""
        return self.nodes[self.graph.treatment]

    @property
    def outcome(self) -> Node:
        """Return the node that is asked about."""
        return self.nodes[self.graph.outcome]

    @property
    def measured(self) -> list[str]:
        """Return the identifiers of what somebody measures, in causal order."""
        return [self.key(name) for name in self.order if name not in self.graph.hidden]

    @property
    def order(self) -> list[str]:
        """Return the names, causes before effects."""
        parents = {name: self.parents(name) for name in self.graph.nodes}
        order: list[str] = []
        while len(order) < len(parents):
            order += [n for n, up in parents.items() if n not in order and set(up) <= set(order)]
        return order

    def parents(self, name: str) -> list[str]:
        """Return the direct causes of a node, in the order in which they were typed."""
        return [cause for cause, effect in self.graph.edges if effect == name]

    @property
    def levels(self) -> tuple[float, float]:
        """Return the two values of the treatment that are compared: no and yes, or one step."""
        node = self.treatment
        if node.kind == "yes/no":
            return 0, 1
        if node.kind == "count":
            return round(node.mean), round(node.mean) + 1
        return node.mean, node.mean + node.step

    @property
    def effect_unit(self) -> str:
        """Return the unit of the effect: the outcome's, per unit of a treatment that is no yes/no.

        For example "euros", "falls per unit of checks", "loaves per euro of price".
        """
        node = self.treatment
        one = {"yes/no": "", "count": "unit"}.get(node.kind, singular(node.unit))
        return self.outcome_unit + (f" per {one} of {node.name}" if one else "")

    @property
    def outcome_unit(self) -> str:
        """Return the unit in which the outcome's mean is told: of a count, its name."""
        node = self.outcome
        return {"yes/no": "share of yes", "count": node.name}.get(node.kind, node.unit)

    def were_measured(self) -> list[str]:
        """Return the hidden nodes of which each, were it measured, would give an adjustment set."""
        graph = self.graph
        return sorted(
            name
            for name in graph.hidden
            if replace(graph, hidden=graph.hidden - {name}).one_adjustment_set() is not None
        )

    def instruments(self) -> list[str]:
        """Return what is measured and moves the treatment, and the outcome by it alone.

        Each is joined with the treatment, and in the graph without the treatment's arrows a set of
        measured nodes, none of them its effect, separates it from the outcome.

        Source: Brito & Pearl (2002), doi:10.48550/arXiv.1301.0560.
        """
        import networkx as nx

        graph, treatment, outcome = self.graph, self.graph.treatment, self.graph.outcome
        whole = nx.DiGraph(list(graph.edges))
        later = nx.descendants(whole, treatment) | {treatment}
        cut = whole.copy()
        cut.remove_edges_from(list(whole.out_edges(treatment)))
        found = []
        for name in set(graph.observed) - later - {outcome}:
            allowed = set(graph.observed) - later - {outcome, name}
            given = nx.find_minimal_d_separator(cut, name, outcome, restricted=allowed)
            if given is not None and not nx.is_d_separator(whole, {name}, {treatment}, given):
                found.append(name)
        return sorted(found)


def singular(unit: str) -> str:
    """Return one of a unit: "hours" -> "hour", "months" -> "month"; "kg" and "sd" stay."""
    if len(unit) < 4 or not re.search("[aeiou]", unit) or unit.endswith(("ss", "us", "is", "ves")):  # noqa: PLR2004
        return unit
    ends = {"ies": "y", "ches": "ch", "shes": "sh", "xes": "x", "sses": "ss", "s": ""}
    end = next((end for end in ends if unit.endswith(end)), None)
    return unit if end is None else unit.removesuffix(end) + ends[end]


# Reading -----------------------------------------------------------------------------------------


def starters() -> dict[str, tuple[str, str, str, str]]:
    """Return the starters of the kit: name -> (treatment, outcome, hidden, text of the case)."""
    found = graphs.read_starters(KIT.read_text(encoding="utf-8"))
    return {name: (*rest[:3], rest[3] + rest[4]) for name, rest in found.items()}


def _identifier(name: str, taken: set[str]) -> str:
    """Return an identifier for a name: ASCII letters, digits and _ alone, and not taken yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:24].strip("_")
    if not key or not key[0].isalpha() or key.startswith(("mu_", "at_")):
        key = f"node_{key}".strip("_")
    if key in taken or keyword.iskeyword(key):
        key = next(k for i in range(2, 999) if (k := f"{key}_{i}") not in taken)
    taken.add(key)
    return key


def _number(text: str) -> float | None:
    """Return the number that a text is, a percentage as a share; None if it is none."""
    text = text.strip()
    share = text.endswith("%")
    text = text.rstrip("% ").replace("−", "-")
    if not NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value / 100 if share else value


def _clean(text: str) -> str:
    """Return small letters without what cannot be seen, blanks as one blank."""
    return " ".join(_visible(text.lower()).split())


def _visible(text: str) -> str:
    """Return a text with a blank for each character that cannot be seen."""
    return "".join(c if c.isprintable() else " " for c in text)


def _unit(text: str) -> str:
    """Return a unit of few plain characters: it stands in the program's comments."""
    return " ".join(re.sub(r"[^\w%€$£/. -]+", " ", text, flags=re.ASCII).split())[:20]


def read_case(text: str, treatment: str, outcome: str, hidden: str = "") -> Case:
    """Return the case that a text describes, or what to mend in it. It never raises.

    Args:
        text: one statement a line: `a -> b`, `a -> b: strong` (weak, medium, strong, a sign, or a
            number with a unit), `b: number, euros, 60, 15`, `c: yes/no, 30 %`, `d: count, 2`. An
            effect whose name ends in " next" belongs to the next period. `#` begins a remark.
        treatment: name of the node that is set.
        outcome: name of the node that is asked about.
        hidden: names of what nobody measures, commas between.
    """
    text = str(text)
    if len(text) > MAX_TEXT or text.count("\n") >= MAX_LINES:
        lines = text.count("\n") + 1
        long = f"That is long: {lines:,} lines, {len(text):,} characters. A case "
        most = f"has at most {MAX_LINES} lines and {MAX_TEXT:,} characters: keep what matters most."
        return Case(None, messages=(long + most,))
    edges, said, kinds, messages = _statements(text)
    asked = [_clean(str(name).partition(",")[0]) for name in (treatment, outcome)]
    unseen = [_clean(name) for name in str(hidden).split(",") if _clean(name)]
    messages += _odd_names([name for edge in edges for name in edge])
    if messages:
        return Case(None, messages=tuple(_few(messages)))
    try:
        arrows = _in_time(list(edges))
    except ValueError as error:
        return Case(None, messages=(str(error),))
    graph, messages = graphs.question_of(list(arrows), [], *asked, ", ".join(unseen))
    names = list(dict.fromkeys(name for edge in arrows for name in edge))
    lost = [name for name in unseen if name not in names]
    messages += [f"Nobody measures “{n}”, but no arrow mentions it{_like(n, names)}." for n in lost]
    if set(unseen) & set(asked) & set(names):
        messages.append("Treatment and outcome must be measured: take them out of the last field.")
    nodes, odd = _nodes(names, kinds)
    strengths, wrong = _strengths(arrows, said, nodes)
    messages += [*odd, *wrong]
    if messages:
        return Case(None, messages=tuple(_few(messages)))
    kept = "\n".join(_visible(line) for line in LINE_END.split(text.strip()))
    return Case(graph, nodes, strengths, text=kept)


def _like(name: str, names: Iterable[str]) -> str:
    """Return a question for the name that was perhaps meant, or nothing."""
    near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.7)
    return f" (is “{near[0]}” meant?)" if near else ""


def _statements(
    text: str,
) -> tuple[dict[Edge, None], dict[Edge, tuple[str, str]], dict[str, tuple[int, str]], list[str]]:
    """Return arrows, what is said of arrows, what is said of nodes, and what is not understood."""
    edges: dict[Edge, None] = {}
    said: dict[Edge, tuple[str, str]] = {}
    kinds: dict[str, tuple[int, str]] = {}
    messages: list[str] = []
    for number, raw in enumerate(LINE_END.split(text), start=1):
        line = re.sub(r"^[-*•] ", "", _clean(raw.split("#")[0]))  # pasted from a list
        head, colon, tail = line.rpartition(":")
        if colon and not ARROW.search(line):
            name, _, words = line.partition(":")
            kinds[_clean(name)] = (number, words)
            continue
        if not ARROW.search(head):
            head, tail = line, ""
        found, wrong = graphs.parse_edges(head)
        messages += [re.sub(r"^Line 1", f"Line {number}", each) for each in wrong]
        edges |= dict.fromkeys(found)
        said |= dict.fromkeys(found, (f"Line {number}", tail)) if tail.strip() else {}
    return edges, said, kinds, messages


def _few(messages: list[str], most: int = 6) -> list[str]:
    """Return the first messages, each of readable length, and how many more there are."""
    short = [m if len(m) <= 300 else m[:297] + "…" for m in dict.fromkeys(messages)]  # noqa: PLR2004
    more = len(short) - most
    return short if more <= 0 else [*short[:most], f"And {more} more like these."]


def _odd_names(names: list[str]) -> list[str]:
    """Return what is wrong with the names: too many, or too long."""
    names = list(dict.fromkeys(names))
    long = [name for name in names if len(name) > MAX_NAME]
    if long:
        return [f"“{long[0][:MAX_NAME]}…” is a sentence, not a name: at most {MAX_NAME} letters."]
    if len(names) > MAX_NAMES:
        many = f"{len(names)} names are more than one page can answer for: keep the {MAX_NAMES} "
        return [many + "that matter most. A cause of one thing alone can stay in the noise."]
    return []


def _in_time(edges: list[Edge]) -> dict[Edge, Edge]:
    """Return the arrows of two neighbouring periods, each with the arrow that was typed.

    `a -> b next` becomes `a before -> b`; what causes `a` within a period causes `a before` in the
    one before.

    Raises:
        ValueError: "next" stands at the tail of an arrow, or a name would be used twice.
    """
    late = [(cause, effect) for cause, effect in edges if effect.endswith(NEXT)]
    now = [edge for edge in edges if edge not in late]
    if any(name.endswith(NEXT) for edge in now for name in edge) or any(
        cause.endswith(NEXT) for cause, _ in late
    ):
        raise ValueError("“next” stands at the head of an arrow only: `sales -> price next`.")
    names = {name for edge in edges for name in edge}
    arrows = {edge: edge for edge in now}
    arrows |= {(c + BEFORE, e.removesuffix(NEXT)): (c, e) for c, e in late}
    back = {cause for cause, _ in late}
    while more := {cause for cause, effect in now if effect in back} - back:
        back |= more
    arrows |= {(c + BEFORE, e + BEFORE): (c, e) for c, e in now if e in back}
    if twice := {name + BEFORE for name in back} & names:
        raise ValueError(f"“{min(twice)}” is made by the page: choose another name for yours.")
    return arrows


def _nodes(
    names: Iterable[str], kinds: Mapping[str, tuple[int, str]]
) -> tuple[dict[str, Node], list[str]]:
    """Return the nodes of these names, and what is wrong with the lines that describe them."""
    taken, nodes, messages = set(TAKEN), {}, []
    parsed: dict[str, dict[str, Any]] = {}
    for name, (number, words) in kinds.items():
        if name not in names:
            messages.append(f"Line {number}: no arrow mentions “{name}”{_like(name, names)}.")
            continue
        try:
            parsed[name] = _kind(words)
        except ValueError as error:
            messages.append(f"Line {number}, “{name}”: {error}")
    for name in names:
        own = parsed.get(name, parsed.get(name.removesuffix(BEFORE), {}))
        nodes[name] = Node(name, _identifier(name, taken), **own)
    return nodes, messages


def _kind(words: str) -> dict[str, Any]:
    """Return kind, unit, mean and sd of what stands after a node's colon.

    Raises:
        ValueError: it is not understood; the message says what is expected.
    """
    parts = [part.strip() for part in words.split(",")]
    kind = parts[0]
    if kind not in KINDS:
        meant = _like(kind[:MAX_NAME], KINDS)
        raise ValueError(f"a kind is number, yes/no or count, not “{kind[:MAX_NAME]}”{meant}.")
    numbers = [value for part in parts[1:] if (value := _number(part)) is not None]
    units = [_unit(part) for part in parts[1:] if part and _number(part) is None]
    if any(abs(value) > 1e9 for value in numbers):  # noqa: PLR2004
        raise ValueError("numbers stay below a thousand millions: choose a larger unit.")
    if kind == "yes/no":
        mean = numbers[0] if numbers else 0.5
        if not 0 < mean < 1:
            raise ValueError(
                "the share of yes lies between 0 and 100 %, for example `yes/no, 30 %`."
            )
        return {"kind": kind, "unit": "yes", "mean": mean}
    if kind == "count":
        mean = numbers[0] if numbers else 2.0
        if not 0 < mean <= 1_000:  # noqa: PLR2004
            raise ValueError("the mean of a count lies between 0 and 1,000; else call it a number.")
        return {"kind": kind, "unit": "count", "mean": mean}
    mean, sd = numbers[0] if numbers else 0.0, numbers[1] if len(numbers) > 1 else 1.0
    if sd <= 0:
        raise ValueError("the spread is above zero, for example `number, euros, 60, 15`.")
    unit = (units or [""])[0] or ("units" if numbers else "sd")
    return {"kind": kind, "unit": unit, "mean": mean, "sd": sd}


def _strengths(
    arrows: Mapping[Edge, Edge], said: Mapping[Edge, tuple[str, str]], nodes: Mapping[str, Node]
) -> tuple[dict[Edge, float], list[str]]:
    """Return each arrow's strength on its effect's scale, and what is not understood."""
    strengths, messages = {}, []
    for edge, typed in arrows.items():
        where, words = said.get(typed, ("", "medium"))
        cause, effect = nodes[edge[0]], nodes[edge[1]]
        sign = -1.0 if words.strip().startswith(("-", "−", "minus")) else 1.0
        word = re.sub(r"^(minus|plus|[-+−])\s*", "", words.strip())
        scale = effect.sd / cause.spread
        amount = _number((NUMBER.match(words.strip()) or [""])[0])
        if word in WORDS[effect.kind]:
            strengths[edge] = sign * WORDS[effect.kind][word] * scale
        elif amount is not None and abs(amount) < 1e6:  # noqa: PLR2004
            strengths[edge] = amount
        else:
            messages.append(
                f"{where}, “{_clean(words)[:MAX_NAME]}”: a strength is weak, medium, strong, one "
                "of these after a minus, or a number with its unit, for example `+8 euros`."
            )
    too_much = [e for e, s in strengths.items() if nodes[e[1]].kind != "number" and abs(s) > 5]  # noqa: PLR2004
    messages += [
        f"“{a} -> {b}”: {strengths[a, b]:g} is a logarithm (the effect is a {nodes[b].kind}): stay "
        "between −5 and 5."
        for a, b in too_much
    ]
    return strengths, messages


# The program -------------------------------------------------------------------------------------


def _written(value: float) -> str:
    """Return a number as the program writes it: three digits."""
    return f"{value:.3g}" if abs(value) < 1e5 else f"{value:.6g}"  # noqa: PLR2004


def _parameters(case: Case, name: str) -> list[tuple[str, float, str, str, Edge | None]]:
    """Return (parameter, guess, prior, unit, arrow) of one node, its base and spread included.

    Args:
        case: the case.
        name: of the node, as typed.

    Returns:
        guess: on the scale of the node's kind (its unit, log odds, log rate), of an arrow for one
        unit more of the cause; prior: text with a gap for the name; arrow: None but for strengths.
    """
    node, rows = case.nodes[name], []
    causes = case.parents(name)
    scale = {"number": node.unit, "yes/no": "log odds", "count": "log rate"}[node.kind]
    if node.scaled and not causes:
        return rows
    base = {
        "number": (node.mean, node.sd),
        "yes/no": (math.log(node.mean / (1 - node.mean)) if node.kind == "yes/no" else 0, 1),
        "count": (math.log(node.mean) if node.kind == "count" else 0, 0.5),
    }[node.kind]
    prior = f"pm.Normal({{}}, {_written(base[0])}, {_written(base[1])})"
    rows.append((f"{node.key}_base", base[0], prior, f"{scale}, on average", None))
    for cause in causes:
        source, guess = case.nodes[cause], case.strengths[cause, name]
        wide = max(WORDS[node.kind]["weak"] * node.sd / source.spread, abs(guess))
        per = {"yes/no": f"if {source.key}", "count": f"per {source.key}"}
        unit = f"{scale} {per.get(source.kind, f'per {singular(source.unit)} of {source.key}')}"
        prior = f"pm.Normal({{}}, {_written(guess)}, {_written(wide)})"
        rows.append((f"{source.key}_to_{node.key}", guess, prior, unit, (cause, name)))
    if node.kind == "number":
        prior = f"pm.HalfNormal({{}}, {_written(2 * node.sd)})"
        rows.append((f"{node.key}_sd", node.sd, prior, f"{node.unit}, what else moves it", None))
    return rows


def _renamed(case: Case) -> dict[str, list[tuple[str, float, str, str, Edge | None]]]:
    """Return name -> its parameters, whose identifiers no node and no other parameter has."""
    taken = {*TAKEN, *(node.key for node in case.nodes.values())}
    taken |= {f"{at}_{node.key}" for node in case.nodes.values() for at in ("mu", "at")}
    found = {}
    for name in case.order:
        found[name] = []
        for parameter, *rest in _parameters(case, name):
            key = parameter
            for number in range(2, 999):
                if key not in taken:
                    break
                key = f"{parameter}_{number}"
            taken.add(key)
            found[name].append((key, *rest))
    return found


def guess_of(case: Case) -> dict[str, float]:
    """Return the team's guess of every parameter of the program, by identifier."""
    rows = _renamed(case)
    return {key: float(_written(guess)) for name in rows for key, guess, *_ in rows[name]}


def assumed(case: Case) -> dict[str, float]:
    """Return the guesses that no column is asked about: what touches a node nobody measures."""
    hidden, rows, guess = case.graph.hidden, _renamed(case), guess_of(case)
    return {
        key: guess[key]
        for name in rows
        for key, _, _, _, arrow in rows[name]
        if name in hidden or (arrow and set(arrow) & hidden)
    }


def arrows_of(case: Case) -> dict[str, Edge]:
    """Return the identifier of every arrow's strength, with its arrow."""
    return {key: arrow for rows in _renamed(case).values() for key, *_, arrow in rows if arrow}


def unit_of(case: Case, key: str) -> str:
    """Return the unit of a parameter, as the program writes it."""
    return next(unit for rows in _renamed(case).values() for k, _, _, unit, _ in rows if k == key)


def cause_of(case: Case, key: str) -> Node:
    """Return the node from which the arrow of a strength comes."""
    return case.nodes[arrows_of(case)[key][0]]


def another_cause(case: Case) -> Node | None:
    """Return a measured node without causes, beside the treatment, that moves the outcome."""
    import networkx as nx

    above = nx.ancestors(nx.DiGraph(list(case.graph.edges)), case.graph.outcome)
    names = [n for n in case.order if n in above and not case.parents(n)]
    names = [n for n in names if n != case.graph.treatment and n not in case.graph.hidden]
    return case.nodes[names[-1]] if names else None


def strength_of(case: Case, cause: str, effect: str) -> str:
    """Return the identifier of one arrow's strength."""
    rows = _renamed(case)[effect]
    return next(key for key, _, _, _, arrow in rows if arrow == (cause, effect))


def write_program(case: Case) -> str:
    """Return the case as the text of a PyMC program: a function `build(n)`, and `guess`.

    Every parameter has a prior around the team's guess and its unit as a comment; nodes come in
    causal order, causes are centred where their means are not zero.
    """
    lines = ["import pymc as pm", "", "", "def build(n):"]
    lines += ['    with pm.Model(coords={"unit": range(n)}) as case:']
    rows = _renamed(case)
    for name in case.order:
        node = case.nodes[name]
        for key, _, prior, unit, _ in rows[name]:
            lines.append(f"        {key} = {prior.format(f'"{key}"')}  # {unit}")
        lines += _node_lines(case, node, [row[0] for row in rows[name]])
    lines += ["    return case", "", "", "guess = {"]
    lines += [f'    "{key}": {_written(value)},' for key, value in guess_of(case).items()]
    lines += ["}"]
    odd = [node for node in case.nodes.values() if node.key.replace("_", " ") != node.name]
    lines += ["names = {", *(f'    "{n.key}": {n.name!a},' for n in odd), "}"] if odd else []
    return "\n".join(lines) + "\n"


def _node_lines(case: Case, node: Node, parameters: list[str]) -> list[str]:
    """Return the lines that draw one node from its causes."""
    remark = "  # nobody measures it" if node.name in case.graph.hidden else ""
    if not parameters:
        return [f'        {node.key} = pm.Normal("{node.key}", 0, 1, dims="unit"){remark}']
    terms = [parameters[0]]
    for parameter, cause in zip(parameters[1:], case.parents(node.name), strict=False):
        source = case.nodes[cause]
        away = f" - {_written(source.mean)}" if source.mean > 0 else f" + {_written(-source.mean)}"
        value = source.key if source.mean == 0 else f"({source.key}{away})"
        terms.append(f"{parameter} * {value}")
    lines, place = [f"        at_{node.key} = {' + '.join(terms)}"], f"at_{node.key}"
    if len(terms) == 1:
        lines, place = [], terms[0]
    elif len(lines[0]) > 92:  # noqa: PLR2004
        broken = [terms[0], *(f"+ {term}" for term in terms[1:])]
        lines = [f"        {place} = (", *(f"            {each}" for each in broken), "        )"]
    link = {"number": "{}", "yes/no": "pm.math.sigmoid({})", "count": LOG_LINK}
    if node.name == case.graph.outcome:
        inner = link[node.kind].format(place)
        place = f"mu_{node.key}"
        lines.append(f'        {place} = pm.Deterministic("{place}", {inner}, dims="unit")')
        link = dict.fromkeys(link, "{}")
    named = f'"{node.key}", {link[node.kind].format(place)}'
    end = {
        "number": f'pm.Normal({named}, {parameters[-1]}, dims="unit")',
        "yes/no": f'pm.Bernoulli({named}, dims="unit")',
        "count": f'pm.Poisson({named}, dims="unit")',
    }[node.kind]
    return [*lines, f"        {node.key} = {end}{remark}"]


def suspect(case: Case) -> tuple[Case, str]:
    """Return the case in which something unmeasured moves treatment and outcome, and the arrow.

    The first node that nobody measures (where no set of columns will do, one that is to blame) gets
    the arrows that it lacks, to treatment and outcome, of medium strength; one is made up where
    there is none.

    Args:
        case: the case.

    Returns:
        (case, identifier of the strength of the arrow into the treatment).
    """
    treatment, outcome = case.graph.treatment, case.graph.outcome
    before = [name for name in case.order if name in case.graph.hidden]
    if case.graph.one_adjustment_set() is None:
        before = [*case.were_measured(), *before]
    name = before[0] if before else "something else"
    nodes = {name: Node(name, _identifier(name, {*TAKEN, *(n.key for n in case.nodes.values())}))}
    nodes = {**nodes, **case.nodes}
    extra = [(name, treatment), (name, outcome)]
    edges = [*case.graph.edges, *(edge for edge in extra if edge not in case.graph.edges)]
    if graphs.find_cycle(edges):  # it is an effect of the treatment: another one is needed
        without = {n: node for n, node in case.nodes.items() if n not in case.graph.hidden}
        hidden = case.graph.hidden
        kept = [e for e in case.graph.edges if not set(e) & hidden]
        graph = graphs.dag(kept, treatment=treatment, outcome=outcome)
        strengths = {e: s for e, s in case.strengths.items() if e in kept}
        return suspect(Case(graph, {n: without[n] for n in graph.nodes}, strengths))
    graph = graphs.dag(
        edges, treatment=treatment, outcome=outcome, hidden={*case.graph.hidden, name}
    )
    usual = {
        (a, b): WORDS[nodes[b].kind]["medium"] * nodes[b].sd / nodes[a].spread for a, b in extra
    }
    strengths = {**usual, **case.strengths}
    found = Case(graph, {n: nodes[n] for n in graph.nodes}, strengths)
    return found, strength_of(found, name, treatment)


def without(case: Case, key: str) -> Graph:
    """Return the graph of a case without the arrow of a strength.

    Args:
        case: the case.
        key: identifier of the strength.
    """
    arrow, graph = arrows_of(case)[key], case.graph
    return replace(graph, edges=tuple(edge for edge in graph.edges if edge != arrow))


# Running it --------------------------------------------------------------------------------------


def run(program: str) -> tuple[Callable[[int], Any], dict[str, float]]:
    """Return what the text of a program defines: `build`, and `guess`.

    Args:
        program: what `write_program` has written.
    """
    space: dict[str, Any] = {}
    exec(compile(program, "<program>", "exec"), space)  # noqa: S102 - its names are `_identifier`'s
    return space["build"], space["guess"]


def sampler(model: Any, names: Iterable[str], given: Iterable[str] = ()) -> Callable[..., Any]:
    """Return a function that draws these variables of a model anew: compiled once, quick to call.

    Args:
        model: a PyMC model.
        names: variables to draw, each one number a unit.
        given: parameters whose values each call gives.

    Returns:
        draw(seed, **values) -> frame, one row a unit, one column a name.
    """
    from pymc.pytensorf import compile as compile_
    from pymc.pytensorf import reseed_rngs
    from pytensor.graph.traversal import graph_inputs
    from pytensor.tensor.random.type import RandomGeneratorType

    names, given = list(names), list(given)
    outputs = [model[name] for name in names]
    ask = [model[name] for name in given]
    run = compile_(ask, outputs, mode="FAST_COMPILE", on_unused_input="ignore")
    streams = [v for v in graph_inputs(outputs) if isinstance(v.type, RandomGeneratorType)]

    def draw(seed: Any, **values: float) -> pd.DataFrame:
        reseed_rngs(streams, seed)
        found = run(*(np.asarray(values[key], dtype=float) for key in given))
        return pd.DataFrame(dict(zip(names, found, strict=True)))

    return draw


def set_to(case: Case, n: int, **values: float) -> dict[str, np.ndarray]:
    """Return what `pm.do` wants for nodes that are set: one value a unit, whole numbers for counts.

    Args:
        case: the case.
        n: number of units.
        values: identifier -> value.
    """
    kinds = {node.key: node.kind for node in case.nodes.values()}
    return {
        key: np.full(n, value, dtype=float if kinds[key] == "number" else int)
        for key, value in values.items()
    }


# Tables ------------------------------------------------------------------------------------------

MAX_ROWS, MAX_BYTES, FEWEST = 20_000, 300_000_000, 20
"""Rows of a file that are read (a sample), bytes of a file, and rows that an answer needs."""

YES = {"yes", "y", "true", "t", "1", "1.0", "ja", "oui", "si", "sí"}
NO = {"no", "n", "false", "f", "0", "0.0", "nein", "non"}
FORMATS = {
    b"PK\x03\x04": "an Excel or ZIP file: in the spreadsheet, choose “save as”, then CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel file: in the spreadsheet, choose “save as”, then CSV",
    b"\x89PNG": "a picture, not a table",
    b"\xff\xd8\xff": "a picture, not a table",
    b"GIF8": "a picture, not a table",
    b"%PDF": "a PDF, not a table: export the table itself as CSV",
    b"PAR1": "a Parquet file: write it as CSV first",
    b"\x1f\x8b": "compressed: unpack it first",
    b"SQLite": "a database: export one table as CSV",
}


@dataclass(frozen=True)
class Table:
    """A file, read.

    Attributes:
        frame: its rows, all columns as text; None where it cannot be used.
        messages: what was done with it, or why it cannot be used; one sentence each.
    """

    frame: pd.DataFrame | None
    messages: tuple[str, ...] = ()


def read_table(content: bytes, seed: int = 0) -> Table:
    """Return the table in a CSV file that somebody gave. It never raises and writes nothing.

    Args:
        content: of the file.
        seed: of the sample, where the file has more than `MAX_ROWS` rows.
    """
    for start, what in FORMATS.items():
        if content.startswith(start):
            return Table(None, (f"This is {what}.",))
    if len(content) > MAX_BYTES:
        return Table(None, (f"{len(content):,} bytes are too many: cut it to the columns needed.",))
    text, notes = _decoded(content)
    if text is None:
        return Table(None, ("This is not a text: save the table as CSV (UTF-8).",))
    if not text.strip():
        return Table(None, ("The file is empty.",))
    if text.lstrip()[:1] in "{[<":
        return Table(None, ("This is JSON, HTML or XML: save the table as CSV.",))
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) - 1 > MAX_ROWS and '"' not in text:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(lines) - 1)[:MAX_ROWS]) + 1
        notes.append(
            f"{len(lines) - 1:,} rows: a random sample of {MAX_ROWS:,} is used (seed {seed})."
        )
        lines = [lines[0], *(lines[i] for i in chosen)]
    return _parsed(lines, notes, seed)


def _decoded(content: bytes) -> tuple[str | None, list[str]]:
    """Return the text of a file and what was noticed; None where it is no text."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding), ["The file is in UTF-16."]
            except UnicodeDecodeError:
                return None, []
    if b"\x00" in content[:100_000]:
        return None, []
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        odd = "The file is not UTF-8; it was read as Windows-1252: look at its letters."
        return content.decode("cp1252", errors="replace"), [odd]


def _parsed(lines: list[str], notes: list[str], seed: int) -> Table:
    """Return the table in some lines, or why they are none."""
    counts = {mark: lines[0].count(mark) for mark in (";", "\t", "|", ",")}
    mark = max(counts, key=lambda each: (counts[each], each == ","))
    if counts[mark] == 0:
        return Table(None, ("There is one column only: an effect needs two columns at least.",))
    try:
        frame = pd.read_csv(
            io.StringIO("\n".join(lines)),
            sep=mark,
            dtype=str,
            on_bad_lines="skip",
            index_col=False,
            quoting=csv.QUOTE_MINIMAL,
        )
    except Exception:  # noqa: BLE001 - the parser raises many kinds
        return Table(None, ("The rows do not fit together: is one quotation mark left open?",))
    frame.columns = [_clean(str(column))[:MAX_NAME] for column in frame.columns]
    if len(frame) > MAX_ROWS:
        notes.append(f"{len(frame):,} rows: a random sample of {MAX_ROWS:,} is used (seed {seed}).")
        frame = frame.sample(MAX_ROWS, random_state=seed).sort_index()
    numeric = sum(_number(c) is not None for c in frame.columns)
    if numeric > len(frame.columns) / 2:
        return Table(None, ("The first row holds numbers: give the columns names in a first row.",))
    if len(frame) < FEWEST:
        return Table(None, (f"Rows that can be read: {len(frame)}; {FEWEST} are needed.",))
    lost = len(lines) - 1 - len(frame)
    if 0 < lost < MAX_ROWS and len(lines) - 1 <= MAX_ROWS:
        were = "row with too many fields was" if lost == 1 else "rows with too many fields were"
        notes.append(f"{lost} {were} left out.")
    if len(frame.columns) > MAX_NAMES:
        notes.append(f"{len(frame.columns)} columns: those that belong to a node are read.")
    return Table(frame.loc[:, ~frame.columns.duplicated()], tuple(notes))


def match_columns(case: Case, frame: pd.DataFrame) -> dict[str, str | None]:
    """Return identifier -> the column of that name, or None, for what somebody measures.

    Args:
        case: the case.
        frame: what `read_table` found; any columns.
    """
    plain = {re.sub(r"[^a-z0-9]+", "_", _clean(str(c))).strip("_"): c for c in frame.columns}
    names = {node.key: node.name for node in case.nodes.values()}
    return {
        key: plain.get(key, plain.get(re.sub(r"\W+", "_", names[key]))) for key in case.measured
    }


def fit_columns(
    case: Case, frame: pd.DataFrame, columns: Mapping[str, str | None]
) -> tuple[pd.DataFrame | None, list[str]]:
    """Return the columns of the nodes as numbers, or why they cannot be used.

    Args:
        case: the case.
        frame: all columns as text.
        columns: identifier -> column; None: no column holds it.

    Returns:
        (frame, messages): one column for each identifier, rows with a gap left out; numbers of
        which nothing was said are centred and put in the program's unit (`_in_sds`). What belongs
        to the period before is the row above, where no column of its own holds it.
    """
    nodes = {node.key: node for node in case.nodes.values()}
    now = {nodes[key].name: column for key, column in columns.items()}
    late = {k for k in case.measured if not columns.get(k) and nodes[k].name.endswith(BEFORE)}
    columns = {**columns, **{k: now.get(nodes[k].name.removesuffix(BEFORE)) for k in late}}
    lacking = [key for key in case.measured if columns.get(key) not in frame.columns]
    if lacking:
        which = ", ".join(f"“{key}”" for key in lacking)
        return None, [f"No column for {which}: choose one, or say above that nobody measures it."]
    found, messages = {}, []
    for key in case.measured:
        values, wrong = _column(frame[columns[key]], nodes[key])
        found[key] = values.shift(1) if key in late else values
        messages += [wrong] if wrong else []
    if messages:
        return None, _few(messages)
    table = pd.DataFrame(found).dropna()
    if len(table) < FEWEST:
        return None, [f"{len(table)} rows are complete: at least {FEWEST} are needed."]
    flat = [key for key in table if table[key].nunique() < 2]  # noqa: PLR2004
    if flat:
        return None, [
            f"“{key}” has the same value in every row: it can tell nothing." for key in flat
        ]
    notes = []
    if len(table) < len(frame):
        gaps = len(frame) - len(table)
        have = "row has a gap and is" if gaps == 1 else "rows have a gap and are"
        notes.append(f"{gaps:,} {have} left out: {len(table):,} remain.")
    for key in table:
        if nodes[key].kind != "number":
            table[key] = table[key].astype(int)
    scaled = [key for key in table if nodes[key].scaled]
    table[scaled] = _in_sds(case, table, scaled)
    return table.reset_index(drop=True), notes


def _in_sds(case: Case, table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return columns of a table, centred, in sds of what moves each beside its causes.

    The sd beside the measured causes is that of the residuals; the unmeasured ones, whose strengths
    the program holds at the guess, have the share that they have in its own world.

    Args:
        case: the case.
        table: all columns as numbers.
        keys: of numbers of which nothing was said.
    """
    import pymc as pm

    names, found = {node.key: node.name for node in case.nodes.values()}, {}
    for key in keys:
        causes = case.parents(names[key])
        seen = [case.key(cause) for cause in causes if cause not in case.graph.hidden]
        goal = 1.0
        if len(seen) < len(causes):
            build, guess = run(write_program(case))
            goal = _beside(sampler(pm.do(build(5_000), guess), [key, *seen])(0), key, seen)
        found[key] = goal * (table[key] - table[key].mean()) / _beside(table, key, seen)
    return pd.DataFrame(found, index=table.index)


def _beside(table: pd.DataFrame, key: str, causes: list[str]) -> float:
    """Return the sd of a column beside its causes; its whole sd where they leave nothing."""
    y, whole = table[key].to_numpy(float), float(table[key].std())
    if not causes:
        return whole
    x = np.column_stack([np.ones(len(table)), table[causes]]).astype(float)
    weights, _, rank, _ = np.linalg.lstsq(x, y, rcond=None)
    left = float(np.sqrt(np.sum((y - x @ weights) ** 2) / max(len(y) - rank, 1)))
    return left if left > 1e-6 * whole else whole


def _column(column: pd.Series, node: Node) -> tuple[pd.Series, str]:
    """Return a column as numbers of a node's kind (gaps as NaN), and what is wrong with it."""
    text = column.astype("string").str.strip().str.lower()
    if text.isna().all():
        return column, f"“{column.name}” is empty."
    if node.kind == "yes/no":
        values = text.map(
            lambda t: 1.0 if t in YES else 0.0 if t in NO else None, na_action="ignore"
        )
        odd = text[values.isna() & text.notna()]
        words = (
            f"“{column.name}” holds “{odd.iloc[0][:20]}”; a yes/no is yes or no, 1 or 0."
            if len(odd)
            else ""
        )
        return pd.to_numeric(values, errors="coerce"), words
    values = pd.to_numeric(text, errors="coerce")
    if values.isna().sum() > text.isna().sum():
        values = pd.to_numeric(
            text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False),
            errors="coerce",
        )
    odd = text[values.isna() & text.notna()]
    if len(odd) > 0.2 * text.notna().sum():
        return values, f"“{column.name}” holds “{odd.iloc[0][:20]}”, which is no number."
    values = values.where(np.isfinite(values))
    if node.kind == "count" and ((values < 0) | (values % 1 != 0)).any():
        return values, f"“{column.name}” is no count: it holds parts or numbers below zero."
    return values.astype(float), ""


# What is taken home ------------------------------------------------------------------------------


def plain(text: Any) -> str:
    """Return text that Markdown and HTML show as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|!&$~])", lambda m: f"&#{ord(m[0])};", _clean(str(text)))


HEADER = """# /// script
# requires-python = ">=3.12"
# dependencies = ["marimo>=0.25", "pymc>=6.3.1,<6.4", "pandas"]
# ///
import marimo

__generated_with = "VERSION"
app = marimo.App(app_title="Our case")


@app.cell
def _():
    import marimo as mo
    import numpy as np
    import pandas as pd
    import pymc as pm

    return mo, np, pd, pm


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        "\\n".join(
            [
PAGE
            ]
        )
    )
    return


@app.cell
def _(pm):
PROGRAM
    return build, guess


"""
REST = """@app.cell
def _(build, guess, pd, pm):
    N = 5_000
    world = pm.do(build(N), guess)
    columns = COLUMNS
    drawn = pm.draw([world[c] for c in columns], random_seed=SEED, mode="FAST_COMPILE")
    simulated = pd.DataFrame(dict(zip(columns, drawn))).head(ROWS)
    simulated.head()
    return N, simulated, world


@app.cell
def _(N, np, pd, pm, simulated, world):
    def slope(names):
        x = np.column_stack([np.ones(len(simulated)), simulated[[TREATMENT, *names]]]).astype(float)
        return float(np.linalg.lstsq(x, simulated[OUTCOME], rcond=None)[0][1])

    low, high = LEVELS
    means = []
    for value in (low, high):
        set_to = pm.do(world, {TREATMENT: np.full(N, value)})
        draws = pm.draw(set_to[MU], draws=40, random_seed=SEED, mode="FAST_COMPILE")
        means.append(draws.mean())
    answers = pd.Series({"naive": slope([])})
    adjusted_for = ADJUSTED
    if adjusted_for is not None:
        answers["adjusted"] = slope(adjusted_for)
    answers["do"] = float(means[1] - means[0]) / (high - low)
    answers
    return (answers,)


if __name__ == "__main__":
    app.run()
"""


def write_notebook(
    case: Case, page: str, adjusted: Iterable[str] | None, *, seed: int, n_rows: int
) -> str:
    """Return the case as a marimo notebook of its own, which needs nothing of this course.

    Args:
        case: the case.
        page: the one page for colleagues, Markdown.
        adjusted: identifiers of what is adjusted for; None: no set will do.
        seed: of its table, the course's: its regressions say what the page says.
        n_rows: rows of its table.
    """
    program = write_program(case).replace("import pymc as pm\n\n\n", "")
    body = "\n".join(f"    {line}" if line else "" for line in program.splitlines())
    lines = "\n".join(f"                {line!r}," for line in page.splitlines())
    outcome = case.outcome.key
    words = {
        "COLUMNS": repr(case.measured),
        "TREATMENT": repr(case.treatment.key),
        "OUTCOME": repr(outcome),
        "MU": repr(f"mu_{outcome}"),
        "LEVELS": repr(tuple(case.levels)),
        "ADJUSTED": repr(None if adjusted is None else sorted(adjusted)),
        "SEED": repr(seed),
        "ROWS": repr(n_rows),
    }
    rest = re.sub(rf"\b({'|'.join(words)})\b", lambda found: words[found[0]], REST)
    filled = {"PAGE": lines, "PROGRAM": body}
    head = HEADER.replace("VERSION", version("marimo"))
    return re.sub(r"^(PAGE|PROGRAM)$", lambda m: filled[m[0]], head, flags=re.MULTILINE) + rest
