"""Claims: words that stand on a page, each with a predicate that is true of what the page computes.

A test of a notebook that recomputes a number beside the page does not see a careless edit *of* the
page: "rises" for "falls", dollars for euros, another variable in the braces. A claim holds both
together. How to write them:

    from tests.claims import Claim, tests_of

    CLAIMS = [
        Claim(
            "Each euro more goes with {signed(naive_slope, 3)} rooms.",
            lambda g: abs(g.naive_slope - 29 / 61) < 4 * g.naive_error,
        ),
        Claim("A **collider** opens when it is given.", lambda g: COLLIDER.independent("a", "b")
              and not COLLIDER.independent("a", "b", ["c"])),
        Claim("Dearer evenings sell # rooms more", lambda g: g.numbers("Dearer evenings")[0] > 0),
    ]
    test_words, test_claims, test_covered = tests_of("02_confounders_colliders_mediators", CLAIMS)

Words are copied out of the solution's source, the text of `mo.md`: whole sentences, expressions in
their braces as they are written there. White space, kinds of quotes and doubled braces or
backslashes do not matter. A chart's title is quoted as it is shown, with `#` for each number and
its sign. Words that nobody can find fail, so an edited sentence fails.

A predicate gets the globals of the solved page (`g.naive_slope`, `g["naive_slope"]`) and must
return True. It compares with the truth, an exact formula, the graph's algebra, the parameters of a
model (`prior_of`), the units of a table (`unit_rows`), or an independent recomputation; never with
the page's own estimator again.
`g.numbers(words)` are the numbers that a rendered sentence or title shows, `g.run` is the run.

Three tests come of it: the words stand; the predicates hold; and nothing on the page is left over
(`uncovered`): each takeaway, each sentence with a number in braces, a bold term or a rule's word
(`RULE`), each row of a table with headings, each display formula and each chart title. A global
that a sentence prints must be read by the predicate of a claim that quotes the sentence; and the
predicate must fail when that global is another one (a half more, the sign turned, one more or
less): a check that cannot fail is none.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import itertools
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.pages import specs_of
from tests.support import ROOT, Run, cells

RULE = re.compile(
    r"\b(always|never|unless|must|cannot|whatever|only (if|when)|no data|blocks?|opens?|closes?)\b",
    re.IGNORECASE,
)
"""The words of a rule: a sentence that holds one of them is claimed."""
NUMBER = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?|(?<![\w.])[-−+]?\.\d+")
OPEN, CLOSE = "\ue000", "\ue001"
"""The braces of an expression in prose, told apart from those of LaTeX."""
END = re.compile(r"[.!?][)”’\"'*_`]*(?=\s+[(“\"*`_$\[{A-Z0-9])")
BOLD = re.compile(rf"\*\*[^*{OPEN}]*[A-Za-z]{{2}}[^*]*\*\*")
START = re.compile(r"^\s*(?:[-*] |\d+\. |#{1,6} |\|)")
UNITS = {"unit", "values"}
"""What stands over a column of units."""
OTHERS: tuple[Callable[[Any], Any], ...] = (
    lambda x: x * 1.5,
    lambda x: -x,
    lambda x: x + 1,
    lambda x: x - 1,
)
"""What `blind` puts in the place of a printed number, to see whether a predicate notices."""


@dataclass(frozen=True)
class Claim:
    """Words of a page, and what makes them true.

    Attributes:
        words: a quotation of the page, or several.
        holds: globals of the solved page -> True.
        blunt: why the predicate may miss another number in the place of one that is printed.
    """

    words: str | tuple[str, ...]
    holds: Callable[[Globals], Any]
    blunt: str = ""

    @property
    def quotes(self) -> tuple[str, ...]:
        """Return the quotations."""
        return (self.words,) if isinstance(self.words, str) else self.words


class Globals(Mapping[str, Any]):
    """The globals of a run, which notes the names that somebody reads."""

    def __init__(self, run: Run, **others: Any) -> None:
        self.run, self._others, self.read = run, others, set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return self._others.get(name, self.run.defs[name])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the page has no global {name}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.run.defs)

    def __len__(self) -> int:
        return len(self.run.defs)

    def numbers(self, words: str) -> list[float]:
        """Return the numbers of the one title, subtitle or paragraph on the page that holds words.

        Args:
            words: part of it as it is shown, with `#` for a number and its sign.
        """
        wanted = squeeze(words)[0]
        found = [text for text in shown_texts(self.run) if wanted in squeeze(hashed(text))[0]]
        found = list(dict.fromkeys(found))
        assert len(found) == 1, f"{len(found)} texts of the page hold {words!r}: {found}"
        signs = str.maketrans("−", "-", ",+")
        return [float(number.translate(signs)) for number in NUMBER.findall(found[0])]


@dataclass(frozen=True)
class Unit:
    """A piece of a page that a claim must cover.

    Attributes:
        kind: "takeaway", "number", "bold", "rule", "unit", "row", "formula" or "title".
        text: as it is written.
        printed: the names in its braces.
    """

    kind: str
    text: str
    printed: frozenset[str] = frozenset()

    def __str__(self) -> str:
        text = self.text.replace(OPEN, "{").replace(CLOSE, "}")
        return f"{self.kind}: {' '.join(text.split())}"


# The page's words --------------------------------------------------------------------------------


@cache
def squeeze(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a text without what does not matter, and where each of its characters came from."""
    out: list[str] = []
    places = []
    for place, sign in enumerate(text):
        if sign.isspace():
            continue
        plain = {'"': "'", OPEN: "{", CLOSE: "}"}.get(sign, sign)
        if plain in "{}\\" and out and out[-1] == plain:
            continue
        out.append(plain)
        places.append(place)
    return "".join(out), tuple(places)


def hashed(text: str) -> str:
    """Return a text with `#` for each number."""
    return NUMBER.sub("#", text)


@cache
def prose(path: Path) -> tuple[str, ...]:
    """Return the text of every `mo.md` of a notebook, with expressions as they are written."""
    found = []
    source = path.read_text(encoding="utf-8")
    for cell in cells(path):
        calls = [node for node in ast.walk(cell.node) if _is_prose(node)]
        found += [_written(call.args[0], source) for call in sorted(calls, key=_place)]
    return tuple(found)


def _place(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _is_prose(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "mo.md"
        and len(node.args) == 1
        and (
            isinstance(node.args[0], ast.JoinedStr)
            or (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str))
        )
    )


def _written(text: ast.expr, source: str) -> str:
    """Return a text as it is written, an expression in one pair of braces."""
    if isinstance(text, ast.Constant):
        return str(text.value)
    parts = []
    for part in text.values:  # noqa: PD011 -- of the syntax tree
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            code = ast.get_source_segment(source, part.value)
            form = _written(part.format_spec, source) if part.format_spec else ""
            parts.append(f"{OPEN}{code}{':' if form else ''}{form}{CLOSE}")
    return "".join(parts)


def _blocks(text: str) -> Iterator[str]:
    """Yield paragraphs, bullets, headings and rows of tables, without display formulas."""
    block: list[str] = []
    for line in [*re.sub(r"\$\$.*?\$\$", "\n\n", text, flags=re.DOTALL).splitlines(), ""]:
        if block and (not line.strip() or START.match(line) or block[0].lstrip()[0] == "|"):
            yield "\n".join(block)
            block = []
        if line.strip():
            block.append(line)


def sentences(block: str) -> list[str]:
    """Return the sentences of a paragraph; what stands in braces or between dollars is whole."""
    whole = rf"{OPEN}[^{CLOSE}]*{CLOSE}|\$[^$]*\$"
    hidden = re.sub(whole, lambda m: "{" + "x" * (len(m[0]) - 2) + "}", block)
    ends = [0, *(match.end() for match in END.finditer(hidden)), len(block)]
    return [block[a:b].strip() for a, b in itertools.pairwise(ends) if block[a:b].strip()]


def _names(text: str) -> frozenset[str]:
    """Return the names in the expressions of a text."""
    found: set[str] = set()
    for code in re.findall(f"{OPEN}([^{CLOSE}]*){CLOSE}", text):
        for size in range(len(code), 0, -1):  # without a format, which follows the last colon
            with contextlib.suppress(SyntaxError):
                tree = ast.parse(code[:size].strip(), mode="eval")
                found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
                break
    return frozenset(found)


def _rows_of_units(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield row, variables and unit from the tables of a text that have a column of units."""
    place: tuple[int, int] | None = None
    for line in map(str.strip, text.splitlines()):
        row = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        heads = [cell.casefold() for cell in row]
        if not line.startswith("|"):
            place = None
        elif place and re.search(r"\w", line):
            yield line, row[place[0]], row[place[1]]
        elif unit := UNITS & set(heads):
            place = next(i for i, cell in enumerate(heads) if cell), heads.index(*unit)


def _rows_below_a_heading(text: str) -> Iterator[str]:
    """Yield the rows of the tables of a text that have headings: a card has none."""
    heads: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if not line.startswith("|"):
            heads = []
        elif not heads:
            heads = [cell.strip() for cell in line.strip("|").split("|")]
        elif any(heads) and re.search(r"\w", line):
            yield line


def units_of_prose(path: Path) -> list[Unit]:
    """Return what claims must cover in the prose of a notebook."""
    found = []
    for text in prose(path):
        found += [Unit("formula", formula) for formula in re.findall(r"(?s)\$\$.*?\$\$", text)]
        ending = re.search(r"^\s*#+ .*Takeaway", text, re.MULTILINE)
        measured = {line for line, _, _ in _rows_of_units(text)}
        told = set(_rows_below_a_heading(text))
        for block in _blocks(text):
            if block.lstrip().startswith("#"):
                continue
            if block.strip() in measured:
                found.append(Unit("unit", block, _names(block)))
                continue
            if ending and START.match(block):
                found.append(Unit("takeaway", block, _names(block)))
                continue
            if block.strip() in told:
                found.append(Unit("row", block, _names(block)))
                continue
            row = block.lstrip().startswith("|")
            for sentence in [block] if row else sentences(block):
                printed = _names(sentence)
                kind = (
                    "number" if printed else "bold" if BOLD.search(sentence) and not row else "rule"
                )
                if kind != "rule" or RULE.search(sentence):
                    found.append(Unit(kind, sentence, printed))
    return found


# What the page shows -----------------------------------------------------------------------------


def titles_of(spec: dict[str, Any]) -> list[str]:
    """Return title and subtitle of a chart, and those of its parts."""
    title = spec.get("title") or {}
    title = title if isinstance(title, dict) else {"text": title}
    texts = [title[key] for key in ("text", "subtitle") if title.get(key)]
    return [text if isinstance(text, str) else " ".join(text) for text in texts] + [
        text for part in parts_of(spec) for text in titles_of(part)
    ]


def parts_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the charts that a chart is made of."""
    found = []
    for key in ("layer", "hconcat", "vconcat", "concat", "spec"):
        inner = spec.get(key, [])
        found += inner if isinstance(inner, list) else [inner]
    return found


_TITLES: dict[int, tuple[Run, list[str]]] = {}


def titles(run: Run) -> list[str]:
    """Return the titles and subtitles of all charts that a run shows, each once."""
    if id(run) not in _TITLES:
        every = [t for out in run.outputs for spec in specs_of(out) for t in titles_of(spec)]
        _TITLES[id(run)] = run, list(dict.fromkeys(every))
    return _TITLES[id(run)][1]


def shown_texts(run: Run) -> list[str]:
    """Return titles, subtitles and rendered paragraphs of a run."""
    texts = []
    for output in run.outputs:
        html = getattr(output, "text", "")
        if isinstance(html, str) and "<marimo-" not in html:
            texts += re.findall(r"(?s)<(?:span class=\"paragraph\"|p|li|td)[^>]*>(.*?)</", html)
    return titles(run) + [re.sub(r"<[^>]+>", "", text) for text in texts]


# The tests ---------------------------------------------------------------------------------------


def missing(path: Path, claims: Sequence[Claim], shown: Sequence[str]) -> list[str]:
    """Return the quotations that stand nowhere on the page.

    Args:
        path: of the solution.
        claims: about it.
        shown: the titles of its charts.
    """
    page = [squeeze(text)[0] for text in [*prose(path), *map(hashed, shown)]]
    quotes = [quote for claim in claims for quote in claim.quotes]
    return [quote for quote in quotes if not any(squeeze(quote)[0] in text for text in page)]


def covering(unit: Unit, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims whose words touch a unit, all of them together covering it; else none."""
    text = squeeze(unit.text)[0]
    covered = [not sign.isalnum() for sign in text]
    found = []
    for claim in claims:
        for quote in (squeeze(quote)[0] for quote in claim.quotes):
            for start in _overlaps(text, quote):
                end = min(start + len(quote), len(text))
                covered[max(start, 0) : end] = [True] * (end - max(start, 0))
                found.append(claim)
    return list(dict.fromkeys(found)) if all(covered) else []


def _overlaps(text: str, quote: str) -> list[int]:
    """Return where a quotation stands in a text, or the text in the quotation (minus its start)."""
    if text in quote:
        return [-quote.index(text)]
    return [match.start() for match in re.finditer(re.escape(quote), text)]


def units(path: Path, shown: Sequence[str] = ()) -> list[Unit]:
    """Return all that must be claimed: of the prose, and the titles of charts."""
    return units_of_prose(path) + [
        Unit("title", text)
        for text in dict.fromkeys(map(hashed, shown))
        if re.search("[A-Za-z]", text)
    ]


def uncovered(path: Path, claims: Sequence[Claim], shown: Sequence[str] = ()) -> list[Unit]:
    """Return what no claims cover; see `units`."""
    return [unit for unit in units(path, shown) if not covering(unit, claims)]


def unread_numbers(path: Path, claims: Sequence[Claim], run: Run) -> list[str]:
    """Return the sentences that print a global which no predicate of their claims reads."""
    read = {}
    for claim in claims:
        _passes(claim, globals_ := Globals(run))
        read[claim] = globals_.read
    values = {name for name, value in run.defs.items() if _is_value(value)}
    found = []
    for unit in units_of_prose(path):
        known = set().union(*(read[claim] for claim in covering(unit, claims)))
        if lacking := sorted((unit.printed & values) - known):
            found.append(f"{', '.join(lacking)} in {unit}")
    return found


def _is_value(value: Any) -> bool:
    """Return whether a global is data: no function, class, module, nor element of the page."""
    from marimo import Html

    return not (callable(value) or isinstance(value, types.ModuleType | Html))


def holds(claim: Claim, globals_: Globals) -> bool:
    """Return whether a predicate returns True."""
    found = claim.holds(globals_)
    return isinstance(found, bool | np.bool_) and bool(found)


def blind(claim: Claim, run: Run, names: frozenset[str]) -> list[str]:
    """Return the printed numbers among `names` that could be others without the claim failing."""
    found = []
    for name in sorted(names & set(run.defs)):
        value = run.defs[name]
        if not _is_value(value):
            continue
        others = [other for change in OTHERS if (other := changed(value, change)) is not None]
        if others and all(_passes(claim, Globals(run, **{name: other})) for other in others):
            found.append(name)
    return found


def _passes(claim: Claim, globals_: Globals) -> bool:
    try:
        return holds(claim, globals_)
    except Exception:  # noqa: BLE001 -- an error is noticed too
        return False


def changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a value with every number in it changed; None where it holds none."""
    if isinstance(value, bool | str | bytes) or value is None:
        return None
    if isinstance(value, pd.DataFrame):
        numeric = value.select_dtypes("number").columns
        return value.assign(**{c: change(value[c]) for c in numeric}) if len(numeric) else None
    if isinstance(value, dict):
        other = _changed_parts(value.values(), change)
        return other and dict(zip(value, other, strict=True))
    if isinstance(value, list | tuple):
        other = _changed_parts(value, change)
        return other and (list(other) if isinstance(value, list) else tuple(other))
    with contextlib.suppress(Exception):
        return change(copy.copy(value))
    return None


def _changed_parts(parts: Iterable[Any], change: Callable[[Any], Any]) -> list[Any] | None:
    pairs = [(part, changed(part, change)) for part in parts]
    if all(other is None for _, other in pairs):
        return None
    return [part if other is None else other for part, other in pairs]


def prior_of(model: Any, name: str) -> tuple[str, list[float]]:
    """Return a variable's distribution and parameters, read from the model of PyMC itself.

    Returns:
        ("Normal", [mean, sd]), ("HalfNormal", [sd]) and so on: PyTensor's parameters, as numbers.
    """
    variable = model[name]
    node = variable.owner
    values = [np.asarray(part.eval(), float) for part in node.op.dist_params(node)]
    kind = type(node.op).__name__.removesuffix("RV")
    return kind, [float(value) if value.ndim == 0 else value.tolist() for value in values]


def units_of(path: Path) -> dict[str, str]:
    """Return the unit of each variable, from the tables of a notebook with a column of units.

    Two variables in one row share its unit, or have one each: "years; months", "years, score".
    """
    found: dict[str, str] = {}
    for text in prose(path):
        for _, variables, unit in _rows_of_units(text):
            names = re.findall(r"`(\w+)`", variables) or [variables]
            parts = re.split("; |, ", unit)
            each = len(parts) == len(names) and not re.search(r"\d", unit)
            found |= dict(zip(names, parts if each else [unit] * len(names), strict=True))
    return found


def unit_rows(g: Globals, units: Mapping[str, str], *frames: pd.DataFrame) -> bool:
    """Return whether a page's tables name these variables and these units, and the data fit them.

    What data can contradict: yes or no, standard deviations, counts, "0 to 29". No frame may lack
    all of the variables.

    Args:
        g: globals of the page.
        units: variable -> unit, of the lesson's axes or written down anew.
        frames: their columns with these names are looked at.
    """
    looked = [frame[name] for frame in frames for name in frame.columns if name in units]
    return (
        units_of(g.run.path) == dict(units)
        and all(set(frame.columns) & set(units) for frame in frames)
        and all(_fits(units[str(column.name)], column) for column in looked)
    )


def _fits(unit: str, column: pd.Series[Any]) -> bool:
    """Return whether values may be in a unit."""
    if re.match(r"1 \w+, 0 \w+$|0 or 1$", unit):
        return set(column) == {0, 1}
    if match := re.match(r"(\d+)\D*? to (\d+)$", unit):
        return (column.min(), column.max()) == (int(match[1]), int(match[2]))
    if unit in ("sd", "standard deviations"):
        return bool(abs(column.mean()) < 0.5 and 0.7 < column.std() < 1.3)
    if unit == "count":
        return bool((column >= 0).all() and (column == column.round()).all())
    return True


def _label(claim: Claim) -> str:
    return re.sub(r"\W+", "-", claim.quotes[0])[:48].strip("-")


def broken(claims: Sequence[Claim], run: Run) -> list[str]:
    """Return the first quotation of each claim that a run, perhaps with another seed, refutes."""
    return [claim.quotes[0] for claim in claims if not holds(claim, Globals(run))]


def tests_of(
    name: str, claims: Sequence[Claim]
) -> tuple[Callable[..., None], Callable[..., None], Callable[..., None]]:
    """Return the three tests of a notebook's claims: words stand, predicates hold, nothing is left.

    Args:
        name: of the notebook.
        claims: about it.
    """
    path = ROOT / "solutions" / f"{name}.py"

    @cache
    def covered() -> list[tuple[Unit, list[Claim]]]:
        """Return each unit of the prose with the claims that cover it."""
        return [(unit, covering(unit, claims)) for unit in units_of_prose(path)]

    def test_words_stand_on_the_page(run_notebook: Any) -> None:
        """Every quotation is found."""
        lost = missing(path, claims, titles(run_notebook("solutions", name)))
        assert not lost, "not on the page:\n" + "\n".join(lost)

    @pytest.mark.parametrize("claim", claims, ids=_label)
    def test_claim_holds(claim: Claim, run_notebook: Any) -> None:
        """The predicate is true; with another number in place of one that is printed, it is not."""
        run = run_notebook("solutions", name)
        globals_ = Globals(run)
        assert holds(claim, globals_), claim.quotes[0]
        mine = [unit.printed for unit, by in covered() if claim in by]
        printed = frozenset().union(*mine) & globals_.read
        assert claim.blunt or not blind(claim, run, printed)

    def test_everything_is_claimed(run_notebook: Any) -> None:
        """No takeaway, number, definition, rule, formula or title is without a claim."""
        run = run_notebook("solutions", name)
        left = uncovered(path, claims, titles(run))
        assert not left, f"{len(left)} without a claim:\n" + "\n".join(map(str, left))
        unread = unread_numbers(path, claims, run)
        assert not unread, "printed, and read by no predicate:\n" + "\n".join(unread)

    return test_words_stand_on_the_page, test_claim_holds, test_everything_is_claimed
