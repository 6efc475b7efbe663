"""Fits that are kept: what misses, what hits, what cannot go wrong, and how fast a page opens."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from helpers import fits
from tests.cold import in_a_fresh_process, load, within
from tests.support import FORMS, NAMES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """
import marimo
app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    import xarray as xr
    from helpers import fits

@app.cell
def seed():
    SEED, DRAWS = 2026, 3
    return DRAWS, SEED

@app.cell
def data():
    heights = np.array([1.5, 2.5])
    return (heights,)

@app.cell
def knob():
    SCALE = 1.5
    return (SCALE,)

@app.cell
def prior(SCALE):
    def prior(rng, draws):
        return rng.normal(0, SCALE, draws)
    return (prior,)

@app.cell
def model(prior):
    def model(heights, rng, draws):
        return heights.mean() + prior(rng, draws)
    return (model,)

@app.cell
def fit_function(model):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit(heights, draws, seed):
        print("sampled")
        mu = model(heights, np.random.default_rng(seed), draws)
        return xr.Dataset({"mu": ("draw", mu)})
    return (fit,)

@app.cell
def fitted(DRAWS, SEED, fit, heights):
    with mo.status.spinner("Sampling"):
        posterior = fit(heights, DRAWS, SEED)
    idata = xr.DataTree.from_dict({"posterior": posterior})
    return (idata,)

@app.cell
def do_function():
    @mo.persistent_cache(save_path=fits.FOLDER)
    def doubled(draws, labels):
        print("doubled")
        return 2 * draws["mu"]
    return (doubled,)

@app.cell
def answer(doubled, idata):
    labels = {"unit": "metres", "names": [" ".join(["a", "b"])]}
    with mo.status.spinner("Asking"):
        answer = doubled(idata["posterior"].dataset.isel(draw=slice(0, 2)), labels)
    print("answer", answer.to_numpy().round(6).tolist())
    mo.md("opened" + " to the end")
    return

if __name__ == "__main__":
    app.run()
"""


def opened(page: Path, folder: Path, **defs: Any) -> list[str]:
    """Open a page in this process and return what it prints; its fits are kept in a folder.

    Some of its globals may be replaced.
    """
    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(written):
        patch.setattr(fits, "FOLDER", str(folder))
        load(page).app.run(defs=defs)
    return written.getvalue().splitlines()


def opened_afresh(page: Path, folder: Path) -> list[str]:
    """Open a page in a fresh process and return what it prints; its fits are kept in a folder."""
    done = subprocess.run(
        [sys.executable, str(page)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, fits.VARIABLE: str(folder)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """Return a page that was opened once, the folder of its fits, and its answer."""
    folder = tmp_path_factory.mktemp("kept")
    page = folder / "page.py"
    page.write_text(PAGE, encoding="utf-8")
    first = opened(page, folder / "fits")
    assert first[:2] == ["sampled", "doubled"]
    return page, folder / "fits", first[2]


def test_an_unchanged_page_finds_its_fits(kept: tuple[Path, Path, str]) -> None:
    """A second process samples nothing, draws of one fit as an argument of the next included."""
    page, folder, answer = kept
    assert opened_afresh(page, folder) == [answer]


def test_the_kernel_of_a_page_finds_them_too(kept: tuple[Path, Path, str], tmp_path: Path) -> None:
    """What a script has kept, such as the doctor's warm-up, serves marimo's own kernel."""
    page, folder, _ = kept
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.pickle")}
    command = [
        sys.executable,
        "-m",
        "marimo",
        "-q",
        "export",
        "html",
        str(page),
        "--no-include-code",
    ]
    done = subprocess.run(
        [*command, "-o", str(tmp_path / "page.html")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, fits.VARIABLE: str(folder)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "opened to the end" in html
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.pickle")} == before


def test_a_solution_finds_the_fits_of_its_notebook(
    kept: tuple[Path, Path, str], tmp_path: Path
) -> None:
    """A file of another name, with another cell beside, has the same keys."""
    solution = tmp_path / "solution.py"
    more = "@app.cell\ndef exercise():\n    mine = 3\n    return\n\n"
    solution.write_text(PAGE.replace("@app.cell\ndef data", f"{more}@app.cell\ndef data"))
    assert opened(solution, kept[1]) == [kept[2]]


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("return heights.mean() + prior", "return heights.max() + prior"),
        ("return rng.normal(0, SCALE, draws)", "return rng.laplace(0, SCALE, draws)"),
        ("    SCALE = 1.5", "    SCALE = 2.5"),
        ("np.random.default_rng(seed)", "np.random.default_rng([seed, 1])"),
        ("np.array([1.5, 2.5])", "np.array([1.5, 2.6])"),
        ("SEED, DRAWS = 2026, 3", "SEED, DRAWS = 2027, 3"),
        ("SEED, DRAWS = 2026, 3", "SEED, DRAWS = 2026, 4"),
    ],
    ids=["model", "function of the model", "constant", "fit", "data", "seed", "draws"],
)
def test_a_change_is_sampled_anew(
    kept: tuple[Path, Path, str], tmp_path: Path, line: str, other: str
) -> None:
    """Another line of the model, however deep, other data, another seed or draws: no old fit."""
    assert PAGE.count(line) == 1
    page = tmp_path / "changed.py"
    page.write_text(PAGE.replace(line, other), encoding="utf-8")
    first = opened(page, kept[1])
    assert first[0] == "sampled"
    assert first[-1] == kept[2] or first[1] == "doubled"
    assert opened(page, kept[1]) == first[-1:]


def test_a_replaced_global_is_sampled_anew(kept: tuple[Path, Path, str]) -> None:
    """A run that replaces what a function of the model reads does not get the old fit."""
    page, folder, answer = kept
    first = opened(page, folder, SCALE=3.5)
    assert first[0] == "sampled"
    assert first[-1] != answer
    assert opened(page, folder, SCALE=3.5) == first[-1:]


@pytest.mark.parametrize("damage", [b"", b"not a pickle", None], ids=["empty", "wrong", "cut"])
def test_a_damaged_file_is_no_file(tmp_path: Path, damage: bytes | None) -> None:
    """A file that is empty, cut short or something else is fitted again, and then is whole."""
    page = tmp_path / "page.py"
    page.write_text(PAGE, encoding="utf-8")
    answer = opened(page, tmp_path / "fits")[-1]
    for path in (tmp_path / "fits").rglob("*.pickle"):
        path.write_bytes(path.read_bytes()[:-40] if damage is None else damage)
    assert opened(page, tmp_path / "fits") == ["sampled", "doubled", answer]
    assert opened(page, tmp_path / "fits") == [answer]


def test_no_room_stops_nothing(tmp_path: Path) -> None:
    """Where nothing can be written, a page samples each time and shows the same."""
    page = tmp_path / "page.py"
    page.write_text(PAGE, encoding="utf-8")
    answer = opened(page, tmp_path / "fits")[-1]
    (tmp_path / "full").write_text("a file, where a folder would have to be", encoding="utf-8")
    for _ in range(2):
        assert opened(page, tmp_path / "full") == ["sampled", "doubled", answer]


def test_arrays_of_jax_are_kept_as_numpys() -> None:
    """What JAX computed is read again without JAX, number by number."""
    from jax import numpy as jnp

    blob = io.BytesIO()
    fits._Pickler(blob, protocol=5).dump({"draws": jnp.arange(3.0)})
    found = pickle.loads(blob.getvalue())["draws"]  # noqa: S301 - made in the line above
    assert type(found) is np.ndarray
    assert found.tolist() == [0, 1, 2]


def test_other_versions_have_files_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a file differs where a package that made it, or reads it, has another version."""
    here = fits.versions()
    assert here == fits.versions()
    version = fits.metadata.version
    for package in fits.PACKAGES:
        monkeypatch.setattr(
            fits.metadata, "version", lambda name, p=package: version(name) + "x" * (name == p)
        )
        assert fits.versions() != here, package


def test_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable names the folder; else it is the course's, or a temporary one if need be."""
    monkeypatch.setenv(fits.VARIABLE, str(tmp_path / "mine"))
    assert fits.folder() == str(tmp_path / "mine")
    monkeypatch.delenv(fits.VARIABLE)
    assert fits.folder() == str(ROOT / "__marimo__" / "fits")
    monkeypatch.setattr(fits.os, "access", lambda *_: False)
    assert fits.folder().startswith(fits.tempfile.gettempdir())


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="a temporary folder of one's own")
def test_a_temporary_folder_is_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept fits are run when they are read: a folder that others may write is never used."""
    monkeypatch.delenv(fits.VARIABLE, raising=False)
    monkeypatch.setattr(fits.os, "access", lambda *_: False)
    monkeypatch.setattr(fits.tempfile, "tempdir", str(tmp_path))
    mine = fits.Path(fits.folder())
    assert mine.stat().st_mode & 0o777 == 0o700
    assert fits.folder() == str(mine)
    mine.chmod(0o777)
    other = fits.Path(fits.folder())
    assert other != mine
    assert other.stat().st_mode & 0o777 == 0o700
    mine.rmdir()
    mine.symlink_to(other)
    assert fits.Path(fits.folder()) not in (mine, other)


def test_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size counts files at any depth, and a folder that is not there yet is empty."""
    monkeypatch.setattr(fits, "FOLDER", str(tmp_path / "fits"))
    assert fits.size() == (0, 0)
    (tmp_path / "fits" / "fit").mkdir(parents=True)
    for name, content in (("a", b"123"), ("b", b"4567")):
        (tmp_path / "fits" / "fit" / name).write_bytes(content)
    assert fits.size() == (2, 7)


# Every notebook -----------------------------------------------------------------------------------

SAMPLERS = ("pm.sample", "pm.fit")


def _kept(function: ast.FunctionDef) -> bool:
    """Return whether a function is decorated as the course does it."""
    right = "mo.persistent_cache(save_path=fits.FOLDER)"
    return any(ast.unparse(found) == right for found in function.decorator_list)


def _functions(tree: ast.Module) -> tuple[dict[str, ast.FunctionDef], list[ast.FunctionDef]]:
    """Return the kept functions of a notebook by name, and its cells."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    cells = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name: node for node in found if _kept(node)}, cells


def _calls(node: ast.AST) -> list[tuple[str, ast.Call]]:
    """Return the calls below a node, each with the text of what is called."""
    found = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    return [(ast.unparse(call.func), call) for call in found]


def _samples(name: str, call: ast.Call) -> bool:
    """Return whether a call draws: PyMC's samplers, and `run` of an MCMC or SVI with a key."""
    return name in SAMPLERS or (name.endswith("mcmc.run") and bool(call.args))


def _inside(tree: ast.Module, known: dict[str, ast.FunctionDef]) -> set[int]:
    """Return the calls in kept functions, and in functions that nothing else calls."""
    own: dict[str, set[int]] = {}  # of each function that is no cell
    for cell in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
        inner = [node for node in ast.walk(cell) if isinstance(node, ast.FunctionDef)]
        for function in inner if inner == [cell] else inner[1:]:
            own[function.name] = {id(call) for _, call in _calls(function)}
    callers: dict[str, set[int]] = {}
    for text, call in _calls(tree):
        callers.setdefault(text, set()).add(id(call))
    inside = set().union(*(own[name] for name in known))
    for _ in own:
        inside |= set().union(*(own[n] for n in own if callers.get(n) and callers[n] <= inside))
    return inside


@pytest.mark.parametrize("name", NAMES)
def test_what_samples_is_kept(name: str) -> None:
    """Every sampler stands in a kept function, or in one that only kept functions call."""
    tree = ast.parse((ROOT / "solutions" / f"{name}.py").read_text(encoding="utf-8"))
    known, _ = _functions(tree)
    inside = _inside(tree, known)
    drawing = [(text, call) for text, call in _calls(tree) if _samples(text, call)]
    assert [f"line {call.lineno}" for _, call in drawing if id(call) not in inside] == []
    for function in known.values():
        assert not {text for text, _ in _calls(function)} & set(known), function.name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_says_that_it_works(name: str) -> None:
    """A kept function is called under a spinner, which says what goes on and about how long."""
    tree = ast.parse((ROOT / "solutions" / f"{name}.py").read_text(encoding="utf-8"))
    known, cells = _functions(tree)
    checked = 0
    for cell in cells:
        direct = {node.name for node in cell.body if isinstance(node, ast.FunctionDef)}
        asked = {
            node.name
            for node in cell.body
            if isinstance(node, ast.FunctionDef)
            and not _kept(node)
            and {text for text, _ in _calls(node)} & set(known)
        }
        spinners = [
            node
            for node in ast.walk(cell)
            if isinstance(node, ast.With)
            and ast.unparse(node.items[0].context_expr).startswith("mo.status.spinner(")
        ]
        spinning = {id(call) for node in spinners for _, call in _calls(node)}
        wanted = (set(known) - direct) | asked
        local = [
            id(call)
            for node in cell.body
            if isinstance(node, ast.FunctionDef)
            for _, call in _calls(node)
        ]
        for text, call in _calls(cell):
            if text in wanted and id(call) not in local:
                assert id(call) in spinning, f"{cell.name}, line {call.lineno}: no spinner"
        for node in spinners:
            if wanted & {text for text, _ in _calls(node)}:
                said = ast.unparse(node.items[0].context_expr)
                assert "the first time" in said, f"{cell.name}: {said}"
                checked += 1
    assert checked or not known


def _other_than_fits(folder: str, names: list[str]) -> list[str]:
    """Return the files that are no fits yet: another process may be writing them."""
    return [
        name for name in names if Path(folder, name).is_file() and Path(name).suffix != ".pickle"
    ]


SECOND_OPENING_S = 10
QUICK = "11_weighting"
"""The notebook that the quick tier opens twice."""


@pytest.mark.parametrize(
    "name",
    [name if name == QUICK else pytest.param(name, marks=pytest.mark.deep) for name in NAMES],
)
def test_second_opening(name: str, run_notebook: Any, tmp_path: Path) -> None:
    """Both forms of a notebook whose fits are kept open within ten seconds, and keep nothing new.

    CPU seconds stand in for the wall clock on a busy machine, as in the budget of a cold run.
    """
    for form in FORMS:
        run_notebook(form, name)
    kept = shutil.copytree(fits.folder(), tmp_path / "fits", ignore=_other_than_fits)
    before = sorted(kept.rglob("*.pickle"))
    assert before or "persistent_cache" not in (ROOT / f"solutions/{name}.py").read_text()
    for form, verdict in (("notebooks", {"todo"}), ("solutions", {"done"})):
        cost = in_a_fresh_process(form, name, {**os.environ, fits.VARIABLE: str(kept)})
        assert sorted(kept.rglob("*.pickle")) == before, f"{form}: a fit was made again"
        seconds = min(cost["total_s"], cost["cpu_s"])
        assert within(seconds, SECOND_OPENING_S, cost["loop_s"]), cost
        assert set(cost["checks"].values()) == verdict
        assert set(cost["diagnostics"].values()) <= {True}
