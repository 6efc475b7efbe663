"""Whatever a team types or gives: a clear sentence, nothing run, nothing lost, nothing written."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import cases, fits
from helpers.lessons import your_case
from tests.cold import load
from tests.support import ROOT, cells

CODE = [
    "__import__('os').system('echo hacked')",
    "');import os;os.abort()#",
    '"""\nraise SystemExit\n"""',
    "x = pm.do(case)",
    "lambda: exec('1/0')",
    "{guess}",
    "%s%s%s",
    "${jndi:ldap://a}",
    "'; DROP TABLE customers; --",
    '" OR 1=1 --',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](y)",
    "`rm -rf /`",
    "=SUM(A1:A9)",
    "=cmd|' /C calc'!A0",
    r"\frac{a}{b}",
    "$$x^2$$",
    "\\",
    "%%{init: {}}%%",
    "classDef x fill:red",
    "end",
    "\x1b[31mred",
    "a\x00b",
    "a\u202eb",
    "a\u2028b",
    "a\x0bb\x0cc\x85d",
]
LETTERS = [
    "שלום",
    "مرحبا",
    "日本語",
    "данные",
    "ñandú",
    "straße",
    "İstanbul",
    "👩‍👩‍👧",
    "🛒",
    "é" * 30,
]
PYMC = [
    "pm",
    "np",
    "case",
    "guess",
    "build",
    "unit",
    "n",
    "model",
    "names",
    "mu_b",
    "at_b",
    "b_base",
]
PYMC += [
    "b_sd",
    "a_to_b",
    "Normal",
    "do",
    "observe",
    "draw",
    "chain",
    "mu",
    "sigma",
    "print",
    "None",
]
LINES = [
    "a -> b -> a",
    "a -> a",
    "a -> b\nb -> c\nc -> a",
    "-> b",
    "a ->",
    "a -> -> b",
    "a -> b ->",
    "->",
    "<-",
    "a",
    "a b c",
    "a - > b",
    "a => b",
    "a <-> b",
    "a -> b: ",
    "a -> b: enormous",
    "a -> b: +",
    "a -> b: 1e999",
    "a -> b: nan",
    "a -> b: inf euros",
    "a -> b: +8 euros; import os",
    "a -> b: 1e5",
    "b: yes/no\na -> b: 50",
    "a -> b\nb: number, euros, 60, -15",
    "a -> b\nb: number, euros, 60, 0",
    "a -> b\nb: yes/no, 130 %",
    "a -> b\nb: yes/no, 0 %",
    "a -> b\nb: count, -2",
    "a -> b\nb: count, 1e9",
    "a -> b\nb: text",
    "a -> b\nb:",
    "a -> b\n: number",
    "a -> b\nc: number",
    "a -> b\nb: number, " + "€" * 500,
    "a -> b\nb: number, '''\"\"\"\nimport os, 1, 2",
    "a -> b next\nnext -> b",
    "b next -> a\na -> b",
    "a next -> b next",
    "a -> b next\na before -> b",
    "a -> b" * 400,
    "a -> b\n" * 10_000,
    "\n" * 10_000,
    " " * 50_000,
    "a" * 100_000,
    "a -> " * 3_000 + "b",
    "\n".join(f"a{i} -> b" for i in range(250)),
    "\n".join(f"a -> x{i} -> b" for i in range(25)),
    "#" * 200,
    "# only a remark",
    "\ufeffa -> b",
    "a -> b\r\nb -> c",
    "a -> b\tc",
    "A -> B\na -> b",
    "🙂 -> 🙃\n🙃 -> 🙂",
]


def texts() -> list[str]:
    """Return 200 texts: odd lines, and odd names in the places of a name."""
    names = [*CODE, *LETTERS, *PYMC, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)[-45:]]
    typed = [f"{name} -> a -> b\n{name} -> b: strong\n{name}: number, kg, 3, 2" for name in names]
    return [*LINES, "", *typed][:200]


@pytest.fixture(autouse=True)
def _nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No connection to anywhere, and no file opened for writing, while a test runs."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was tried")

    plain_open = builtins.open

    def guarded(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        assert not set(mode) & set("wax+"), f"{file} was opened to write"
        return plain_open(file, mode, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(builtins, "open", guarded)
    return


def test_there_are_two_hundred_texts() -> None:
    assert len(texts()) == 200
    assert len(set(texts())) >= 195


def allowed(program: str) -> bool:
    """Return whether a program holds nothing but what the writer writes."""
    tree = ast.parse(program)
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    known = {"pm.Model", "range", "pm.Normal", "pm.HalfNormal", "pm.Bernoulli", "pm.Poisson"}
    known |= {"pm.Deterministic", "pm.math.exp", "pm.math.sigmoid", "pm.math.clip"}
    imports = [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    kinds = {type(node).__name__ for node in tree.body}
    return (
        calls <= known
        and imports == ["import pymc as pm"]
        and kinds <= {"Import", "FunctionDef", "Assign"}
    )


@pytest.mark.parametrize("number", range(200))
def test_every_text_gets_an_answer(number: int) -> None:
    """A sentence that says what to mend, or a program of nothing but the writer's own calls."""
    text = texts()[number]
    start = time.process_time()
    case = cases.read_case(text, "a", "b")
    assert time.process_time() - start < 1
    if case.graph is None:
        assert case.messages
        assert all(
            10 < len(m) <= 300 and m.rstrip().endswith((".", "`.", "…", "these."))
            for m in case.messages
        )
        shown = your_case.mended(case, used="the marketing starter").text
        assert "<script" not in shown
        assert "<img" not in shown
        return
    program = cases.write_program(case)
    assert allowed(program), program
    assert {letter for letter in program if ord(letter) > 126} <= set("€£")
    keys = [node.key for node in case.nodes.values()]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in keys)
    assert not set(keys) & {*keyword.kwlist, *dir(builtins), "pm", "case", "guess", "build", "unit"}
    assert set(case.nodes) == set(case.graph.nodes)  # nothing is lost


@pytest.mark.parametrize("number", range(54, 200, 12))
def test_programs_of_odd_names_run(number: int) -> None:
    """What is written is a program that PyMC takes, under any names."""
    case = cases.read_case(texts()[number], "a", "b")
    if case.graph is not None:
        build, guess = cases.run(cases.write_program(case))
        model = build(3)
        assert set(guess) <= set(model.named_vars)


# Files -------------------------------------------------------------------------------------------


def rows(n: int = 60, sep: str = ",", decimal: str = ".") -> str:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 2, n), rng.normal(50, 9, n).round(2)
    frame = pd.DataFrame({"a": a, "b": b, "c": rng.normal(size=n).round(3)})
    return frame.to_csv(index=False, sep=sep, decimal=decimal)


def workbook() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    return held.getvalue()


def told(text: str, yes: str, no: str) -> str:
    """Return a table whose first column says other words for 1 and 0."""
    return re.sub(r"(?m)^1,", f"{yes},", re.sub(r"(?m)^0,", f"{no},", text))


def files() -> dict[str, tuple[bytes, str | None]]:
    """Return 40 files: content, and a word of the answer; None: it is used."""
    plain = rows()
    body = plain.split("\n", 1)[1]
    head = "a,b,c\n"
    gaps = plain.replace("0,", ",", 4)
    return {
        "plain": (plain.encode(), None),
        "semicolons": (rows(sep=";").encode(), None),
        "decimal commas": (rows(sep=";", decimal=",").encode(), None),
        "tabs": (rows(sep="\t").encode(), None),
        "bars": (rows(sep="|").encode(), None),
        "Windows line ends": (plain.replace("\n", "\r\n").encode(), None),
        "old Mac line ends": (plain.replace("\n", "\r").encode(), None),
        "mark of UTF-8": (b"\xef\xbb\xbf" + plain.encode(), None),
        "UTF-16": (plain.encode("utf-16"), None),
        "Windows-1252": (plain.replace("c", "größe", 1).encode("cp1252"), None),
        "capital letters": (plain.replace("a,b,c", " A , B , C ").encode(), None),
        "blank lines": (plain.replace("\n", "\n\n").encode(), None),
        "a few gaps": (gaps.encode(), None),
        "yes and no": (told(plain, "yes", "no").encode(), None),
        "true and false": (told(plain, "True", "FALSE").encode(), None),
        "200 columns": (
            pd.concat(
                [
                    pd.read_csv(io.StringIO(plain)),
                    pd.DataFrame(np.zeros((60, 197))).add_prefix("x"),
                ],
                axis=1,
            )
            .to_csv(index=False)
            .encode(),
            None,
        ),
        "twice the same name": (plain.replace("a,b,c", "a,b,b").encode(), None),
        "one long row": ((plain + "1,2,3,4,5,6\n").encode(), None),
        "formulas in an unused column": (
            re.sub(r"[^,\n]+$", "=1+1", plain, flags=re.MULTILINE).replace("=1+1", "c", 1).encode(),
            None,
        ),
        "code in an unused name": (plain.replace("a,b,c", "a,b,__import__('os')").encode(), None),
        "no header": (body.encode(), "first row"),
        "one row": ((head + "1,50,0\n").encode(), "Rows that can be read: 1"),
        "header alone": (head.encode(), "Rows that can be read: 0"),
        "nothing": (b"", "empty"),
        "blanks": (b"  \n \n", "empty"),
        "one column": ("\n".join(["a", *map(str, range(50))]).encode(), "one column"),
        "dates": (re.sub(r",[\d.]+,", ",2024-05-01,", plain).encode(), "is no number"),
        "words": (re.sub(r",[\d.]+,", ",much,", plain).encode(), "is no number"),
        "all missing": ((head + "1,,\n0,,\n" * 30).encode(), "is empty"),
        "almost all missing": (
            (head + "1,,2\n" * 60 + "0,3,4\n" * 3).encode(),
            "rows are complete",
        ),
        "always the same": ((head + "1,5,6\n" * 60).encode(), "same value"),
        "no column of that name": (plain.replace("a,b,c", "x,y,z").encode(), "No column for"),
        "three kinds of yes": (
            (head + "1,5,6\n0,4,5\nmaybe,3,3\n" * 20).encode(),
            "a yes/no is yes or no",
        ),
        "Excel": (workbook(), "Excel"),
        "old Excel": (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "Excel"),
        "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "picture"),
        "photograph": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9, "picture"),
        "PDF": (b"%PDF-1.7\n" + b"\x00" * 100, "PDF"),
        "web page": (b"<html><body>a,b</body></html>", "HTML"),
        "noise": (np.random.default_rng(0).bytes(5_000), "not a text"),
    }


def read(content: bytes) -> tuple[pd.DataFrame | None, list[str]]:
    """Return what the page makes of a file, and all that it says."""
    case = cases.read_case("a -> b\na: yes/no\nb: number, euros, 50, 9", "a", "b")
    table = cases.read_table(content, seed=1)
    if table.frame is None:
        return None, list(table.messages)
    found, notes = cases.fit_columns(case, table.frame, cases.match_columns(case, table.frame))
    return found, [*table.messages, *notes]


def test_there_are_forty_files() -> None:
    assert len(files()) == 40


@pytest.mark.parametrize("name", files())
def test_every_file_gets_an_answer(name: str) -> None:
    """It is used, or a sentence says why not."""
    content, word = files()[name]
    frame, said = read(content)
    if word is None:
        assert frame is not None, said
        assert set(frame["a"]) == {0, 1}
        assert 40 < frame["b"].mean() < 60
        assert len(frame) >= 50
        return
    assert frame is None
    assert any(word in sentence for sentence in said), said
    assert all(len(sentence) < 300 for sentence in said)


def test_a_million_rows_are_sampled_and_said() -> None:
    """Read in seconds, sampled under the seed, and said so; the sample is no first part."""
    n = 1_000_000
    lines = ["a,b", *(f"{i % 2},{i}" for i in range(n))]
    start = time.process_time()
    table = cases.read_table("\n".join(lines).encode(), seed=3)
    assert time.process_time() - start < 8
    assert len(table.frame) == cases.MAX_ROWS
    assert table.messages == ("1,000,000 rows: a random sample of 20,000 is used (seed 3).",)
    found = table.frame["b"].astype(float)
    assert found.mean() == pytest.approx(n / 2, rel=0.03)
    assert found.max() > 0.99 * n


def test_the_row_above_is_the_period_before() -> None:
    """An arrow to the next period reads the row above, and the first row has none."""
    case = cases.read_case("price -> sales\nsales -> price next", "price", "sales")
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(50, 2)), columns=["price", "sales"])
    text = cases.read_table(frame.to_csv(index=False).encode()).frame
    found, _ = cases.fit_columns(case, text, cases.match_columns(case, text))
    assert len(found) == 49
    assert np.corrcoef(found["sales_before"], frame["sales"][:-1])[0, 1] == pytest.approx(1)


# What is kept ------------------------------------------------------------------------------------

FITTED = """
@app.cell
def fitted(fit):
    idata = fit(PROGRAM, TABLE, {}, SEED, 20)
    return (idata,)
"""


def page_of_the_fit(folder: Path, **words: str) -> Path:
    """Write a page of the notebook's own setup, sampler and fit, and a cell that calls the fit."""
    own = ("setup", "sampler_library", "fit_strengths")
    parts = {cell.name: cell for cell in cells(ROOT / "solutions" / "18_your_own_case.py")}
    source = "\n\n".join(["\n".join(parts[name].lines) for name in own] + [FITTED])
    for word, value in words.items():
        source = source.replace(word, value)
    page = folder / "page.py"
    page.write_text(f"import marimo\n\napp = marimo.App()\n\n{source}\n", encoding="utf-8")
    return page


def holding(folder: Path, table: pd.DataFrame) -> list[str]:
    """Return the files below a folder that hold a value, or a whole column, of a table.

    Looked for as text, as numbers of 8 and 4 bytes, and as whole columns.
    """
    marks = {column.to_numpy().tobytes() for _, column in table.items()}
    for value in table["b"]:
        marks |= {repr(value).encode(), np.float64(value).tobytes(), np.float32(value).tobytes()}
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(mark in path.read_bytes() for mark in marks)]


def test_no_value_of_a_table_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fit of the page keeps what was learnt, and nothing of the table that it learnt from."""
    case = cases.read_case("a -> b\na: yes/no\nb: number, euros, 123000, 900", "a", "b")
    rng = np.random.default_rng(7)
    table = pd.DataFrame({"a": rng.integers(0, 2, 40), "b": 123_456.789 + rng.normal(0, 900, 40)})
    given = tmp_path / "given.csv"
    given.write_text(table.to_csv(index=False), encoding="utf-8")
    assert holding(tmp_path, table) == [str(given)]  # what is looked for would be found
    page = page_of_the_fit(
        tmp_path,
        PROGRAM=repr(cases.write_program(case)),
        TABLE=f"pd.read_csv({str(given)!r})",
        SEED="3",
    )
    kept = tmp_path / "fits"
    monkeypatch.setattr(fits, "FOLDER", str(kept))
    _, found = load(page).app.run()
    assert len(list(kept.rglob("*.pickle"))) == 1
    assert holding(kept, table) == []
    assert set(found["idata"].children) == {"posterior", "sample_stats"}
    assert set(found["idata"].posterior.data_vars) == set(cases.guess_of(case))
    assert found["idata"].posterior["b_base"].shape == (4, 20)
