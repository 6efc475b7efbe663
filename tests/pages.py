"""What the tests read off a page: its pictures and their words, and a cell as a reader types it."""

from __future__ import annotations

import ast
import contextlib
import json
import re
import textwrap
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from helpers.course.derive import MARKS, STUB, Cell


def words_of(output: Any) -> list[str]:
    """Return the description of every chart and graph in an output, wherever it is nested.

    A chart without a description, and a graph without one, give an empty text.
    """
    return [
        str(picture.get("description", "")) if isinstance(picture, dict) else _said(picture)
        for picture in pictures_of(output)
    ]


def specs_of(output: Any) -> list[dict[str, Any]]:
    """Return the specification of every chart in an output, wherever it is nested."""
    return [picture for picture in pictures_of(output) if isinstance(picture, dict)]


def title_of(chart: Any) -> str:
    """Return the title of a chart as one line, its subtitle left out."""
    title = chart.to_dict()["title"]
    text = title["text"] if isinstance(title, dict) else title
    return text if isinstance(text, str) else " ".join(text)


def axis_titles(spec: Any) -> set[str]:
    """Return every title of a vertical or horizontal axis in a specification, lines joined."""
    found: set[str] = set()
    if isinstance(spec, dict):
        for channel in ("x", "y"):
            axis = spec.get("encoding", {}).get(channel)
            title = axis.get("title") if isinstance(axis, dict) else None
            if title:
                found.add(title if isinstance(title, str) else " ".join(title))
    for part in spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else ():
        found |= axis_titles(part)
    return found


def pictures_of(output: Any) -> list[dict[str, Any] | str]:
    """Return every chart (its specification) and graph (its diagram's text) in an output."""
    import marimo as mo

    return [] if output is None else list(_in_markup(mo.as_html(output).text))


def _said(diagram: str) -> str:
    """Return what a screen reader is told of a graph."""
    said = re.search(r"^accDescr: (.*)$", diagram, re.MULTILINE)
    return said[1] if said else ""


class _Elements(HTMLParser):
    """Collects the attributes of marimo's own elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        if tag.startswith("marimo-"):
            self.found.append((tag, dict(attrs)))


def _in_markup(markup: str) -> Iterator[dict[str, Any] | str]:
    """Yield the pictures in a piece of marimo's HTML, in order."""
    parser = _Elements()
    parser.feed(markup)
    parser.close()
    for tag, attributes in parser.found:
        values = {key: _value(raw) for key, raw in attributes.items() if key.startswith("data-")}
        if tag == "marimo-mermaid":
            yield str(values.get("data-diagram"))
        elif tag == "marimo-mime-renderer":
            yield from _in_bundle(str(values.get("data-mime")), values.get("data-data"))
        else:
            for value in values.values():
                yield from _in_value(value)


def _in_value(value: Any) -> Iterator[dict[str, Any] | str]:
    """Yield the pictures in what one attribute holds: HTML, or a list of such."""
    if isinstance(value, str) and "<marimo-" in value:
        yield from _in_markup(value)
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _in_value(part)


def _in_bundle(mime: str, data: Any) -> Iterator[dict[str, Any] | str]:
    """Yield the chart that is given to the page as a MIME bundle."""
    data = _value(data) if isinstance(data, str) else data
    if mime.endswith("mimebundle") and isinstance(data, dict):
        charts = [kind for kind in data if "vegalite" in kind]
        for kind in charts or list(data)[:1]:
            yield from _in_bundle(kind, data[kind])
    elif "vegalite" in mime and isinstance(data, dict):
        yield data
    elif mime == "text/html":
        yield from _in_markup(str(data))


def _value(raw: str | None) -> Any:
    """Return what one attribute of a marimo element holds, as far as it is JSON."""
    with contextlib.suppress(ValueError):
        return json.loads(raw) if raw else None
    return raw


def code_of(cell: Cell) -> str:
    """Return the code of a cell as a reader types it: no signature, no marks, no `return`."""
    lines = [line for line in cell.lines if not (MARKS.match(line) or STUB.match(line))]
    if cell.kind == "function":
        return "\n".join(lines).split("\n", 1)[1]
    first, last = cell.node.body[0], cell.node.body[-1]
    begin = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    end = last.lineno - 1 if isinstance(last, ast.Return) else last.end_lineno
    body = cell.lines[begin - 1 - cell.start : (end or 0) - cell.start]
    return textwrap.dedent("\n".join(line for line in body if line in lines)).strip()
