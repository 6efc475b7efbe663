"""Repeated worlds: the same study in many worlds, on one core, on many, or on a cluster.

A study is a function `study(rng)` of a NumPy generator. It makes one world, asks its estimators,
and returns one row or several: a mapping, a list of mappings, or a frame. `repeat` runs it once per
world; `summarise` turns the rows into bias, error and coverage, each with its Monte Carlo error.

World `i` of seed `s` draws from the i-th child of `np.random.SeedSequence(s)`: its rows depend on
nothing else, not on the number of workers, the order in which they finish, or the number of worlds.
joblib runs the worlds, so that `with joblib.parallel_config("dask"):` around `repeat` takes the
same study to a cluster; see `command` for studies that are stored in data/.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.machinery
import json
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Study = Callable[[np.random.Generator], Any]

BACKENDS = ("loky", "dask", "ray", "threading", "sequential")
CHUNKS = 40
"""A study is handed out, noted and shown in about so many parts."""


class StudyError(Exception):
    """A study that cannot be run or continued; the message says why and what to do."""


def rng_of(seed: int, world: int) -> np.random.Generator:
    """Return the generator of one world, to look at that world alone.

    Args:
        seed: of the whole study.
        world: number of the world, from 0.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(world,)))


def _plain(value: Any) -> Any:
    """Return a value of a row as JSON can hold it; numbers stay exact.

    Raises:
        TypeError: neither a number nor a text.
    """
    if hasattr(value, "item") and getattr(value, "size", 1) == 1:
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a row holds a {type(value).__name__}; numbers and texts are expected")


def _rows(found: Any) -> list[dict[str, Any]]:
    """Return what a study gave as a list of rows.

    Raises:
        TypeError: it gave something else than a mapping, mappings or a frame.
    """
    if isinstance(found, pd.DataFrame):
        found = found.to_dict("records")
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, Sequence) or not all(isinstance(row, Mapping) for row in found):
        raise TypeError(f"the study returned a {type(found).__name__}; rows are expected")
    return [{str(key): _plain(value) for key, value in row.items()} for row in found]


def _one_world(study: Study, seed: int, world: int) -> dict[str, Any]:
    """Return the rows of one world, or the error that stopped it."""
    try:
        return {"world": world, "rows": _rows(study(rng_of(seed, world)))}
    except Exception as error:  # noqa: BLE001
        return {"world": world, "failed": f"{type(error).__name__}: {error}"}


def _digest(code: types.CodeType) -> str:
    """Return a short text that changes with a function's own code (not with what it calls)."""
    parts: list[Any] = [code.co_code, code.co_names]
    parts += [_digest(c) if isinstance(c, types.CodeType) else c for c in code.co_consts]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _header(study: Study, seed: int) -> dict[str, Any]:
    """Return what a file of noted worlds must agree with to be continued."""
    code = getattr(study, "__code__", None)
    name = getattr(study, "__name__", type(study).__name__)
    return {"study": name, "seed": seed, "code": _digest(code) if code else ""}


def _noted(path: Path, header: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Return the worlds that an earlier run has noted in a file, by number.

    A last line that was cut off is left out; a world that failed runs again.

    Raises:
        StudyError: the file belongs to another study, another seed, or is no such file.
    """
    if not path.exists() or not path.read_text(encoding="utf-8").strip():
        return {}
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    with contextlib.suppress(json.JSONDecodeError):
        if json.loads(first) == header:
            found = {}
            for line in rest:
                with contextlib.suppress(json.JSONDecodeError):
                    note = json.loads(line)
                    if "rows" in note:
                        found[note["world"]] = note
            return found
    raise StudyError(
        f"{path} holds another study, another seed or an older version of this study. "
        "Name another file, or delete this one to start again."
    )


@contextlib.contextmanager
def _progress(total: int, label: str) -> Iterator[Callable[[int], None]]:
    """Show progress where somebody looks: on a page, or in a terminal; elsewhere be silent."""
    import marimo as mo

    if mo.running_in_notebook():
        with mo.status.progress_bar(total=total, title=label, remove_on_exit=True) as bar:
            yield lambda done: bar.update(increment=done)
        return
    count = 0

    def show(done: int) -> None:
        nonlocal count
        count += done
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{label}: {count} of {total}")

    yield show
    if sys.stderr.isatty():
        sys.stderr.write("\n")


@contextlib.contextmanager
def _portable(study: Study) -> Iterator[None]:
    """Let workers have a study whose module they could not import, such as a notebook's."""
    name = getattr(study, "__module__", None) or "__main__"
    module = sys.modules.get(name)
    # What is in sys.modules here is known to importlib; a worker looks along the path.
    found = importlib.machinery.PathFinder.find_spec(name.partition(".")[0])
    known = name == "__main__" or found is not None
    if module is None or known:
        yield
        return
    import cloudpickle

    cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def repeat(
    study: Study,
    n_worlds: int,
    seed: int,
    *,
    jobs: int | None = None,
    keep: Path | str | None = None,
    label: str = "worlds",
) -> pd.DataFrame:
    """Return the rows of a study in many worlds.

    A world that raises does not end the study: it has no rows, and `failures` names it.

    Args:
        study: function of a generator; see the module. Its rows hold numbers and texts.
        n_worlds: how many worlds.
        seed: of the study.
        jobs: processes at a time; None: what `joblib.parallel_config` says, else 1; -1: all cores.
        keep: a file in which each world is noted when it is done. A study that was interrupted
            continues from it, and so does one with more worlds.
        label: what the progress bar says.

    Returns:
        A frame with the column `world` (number, from 0) and the columns of the study's rows, in the
        order of the worlds; `attrs["failed"]` lists (world, error) of those that failed.

    Raises:
        StudyError: no world at all succeeded; or `keep` holds another study.
        ValueError: fewer than one world.
    """
    from joblib import Parallel, delayed, effective_n_jobs
    from threadpoolctl import threadpool_limits

    if n_worlds < 1:
        raise ValueError(f"n_worlds is {n_worlds}; at least one world is needed.")
    header, path = _header(study, seed), None if keep is None else Path(keep)
    done = _noted(path, header) if path else {}
    done = {world: note for world, note in done.items() if world < n_worlds}
    open_worlds = [world for world in range(n_worlds) if world not in done]
    size = max(effective_n_jobs(jobs), -(-len(open_worlds) // CHUNKS), 1)
    # Small matrices: several threads wait for each other, above all on a busy machine.
    with threadpool_limits(1), _portable(study), _progress(n_worlds, label) as show:
        show(len(done))
        for start in range(0, len(open_worlds), size):
            chunk = open_worlds[start : start + size]
            tasks = (delayed(_one_world)(study, seed, world) for world in chunk)
            found = Parallel(n_jobs=jobs)(tasks)
            done |= {note["world"]: note for note in found}
            if path:
                _note(path, header, found)
            show(len(chunk))
    return _frame(done, seed)


def _note(path: Path, header: dict[str, Any], found: list[dict[str, Any]]) -> None:
    """Add finished worlds to a file, which begins with the study's header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists() or not path.read_text(encoding="utf-8").strip()
    cut_off = not new and not path.read_text(encoding="utf-8").endswith("\n")
    lines = [json.dumps(each) for each in ([header, *found] if new else found)]
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(("\n" if cut_off else "") + "\n".join(lines) + "\n")


def _frame(done: Mapping[int, dict[str, Any]], seed: int) -> pd.DataFrame:
    """Return the rows of all worlds as one frame.

    Raises:
        StudyError: there is none.
    """
    failed = [(world, done[world]["failed"]) for world in sorted(done) if "failed" in done[world]]
    rows = [
        {"world": world, **row} for world in sorted(done) for row in done[world].get("rows", ())
    ]
    if not rows:
        what = f"world {failed[0][0]}: {failed[0][1]}" if failed else "the study returned no rows"
        raise StudyError(f"No world of seed {seed} gave a result; {what}.")
    frame = pd.DataFrame(rows)
    frame.attrs["failed"], frame.attrs["seed"] = failed, seed
    return frame


def failures(results: pd.DataFrame) -> str:
    """Return a sentence that names the worlds that failed; "" where none did.

    Args:
        results: what `repeat` returns.
    """
    failed = results.attrs.get("failed", [])
    if not failed:
        return ""
    world, error = failed[0]
    return (
        f"{len(failed)} of the worlds failed. World {world}: {error}. To look at it: "
        f"study(worlds.rng_of({results.attrs['seed']}, {world}))."
    )


def summarise(
    results: pd.DataFrame,
    by: str | Sequence[str] = "method",
    *,
    estimate: str = "estimate",
    truth: str | float = "truth",
    interval: tuple[str, str] | None = None,
) -> pd.DataFrame:
    """Return bias, error and coverage of each method over the worlds, with Monte Carlo errors.

    Args:
        results: what `repeat` returns.
        by: column or columns that tell methods (and worlds' settings) apart.
        estimate: column of the estimate.
        truth: column of the true value, or one value for all; the estimate's unit.
        interval: columns of the ends of an interval, for coverage; None: none is given.

    Returns:
        One row for each value of `by`: n_worlds, bias, bias_se, sd, rmse, rmse_se (all in the unit
        of the estimate), and with an interval coverage, coverage_se (shares) and mean_width.
        A standard error that one world cannot tell is NaN.

    Raises:
        KeyError: a column that the results lack.
    """
    keys = [by] if isinstance(by, str) else list(by)
    lacking = {*keys, estimate, *(interval or ()), *([truth] if isinstance(truth, str) else [])}
    lacking -= set(results.columns)
    if lacking:
        raise KeyError(f"The results lack {sorted(lacking)}; they have {list(results.columns)}.")
    goal = results[truth] if isinstance(truth, str) else float(truth)
    table = results[keys].assign(error=results[estimate] - goal)
    if interval:
        lower, upper = (results[end] for end in interval)
        table = table.assign(covers=(lower <= goal) & (goal <= upper), width=upper - lower)
    rows = [
        dict(zip(keys, names, strict=True)) | _scores(part)
        for names, part in table.groupby(keys, sort=False)
    ]
    return pd.DataFrame(rows)


def _scores(part: pd.DataFrame) -> dict[str, float]:
    """Return the scores of one method: see `summarise`."""
    error, n = part["error"].to_numpy(float), len(part)
    squares = error**2
    rmse = float(np.sqrt(squares.mean()))
    spread, spread_squares = (
        float(values.std(ddof=1)) if n > 1 else float("nan") for values in (error, squares)
    )
    # The error of a root is that of the square over twice the root (delta method).
    rmse_se = spread_squares / np.sqrt(n) / (2 * rmse) if rmse > 0 else 0.0
    scores = {"n_worlds": n, "bias": float(error.mean()), "bias_se": spread / np.sqrt(n)}
    scores |= {"sd": spread, "rmse": rmse, "rmse_se": float(rmse_se)}
    if "covers" in part:
        share = float(part["covers"].mean())
        scores |= {"coverage": share, "coverage_se": float(np.sqrt(share * (1 - share) / n))}
        scores |= {"mean_width": float(part["width"].mean())}
    return scores


@contextlib.contextmanager
def backend(name: str, scheduler: str | None = None) -> Iterator[None]:
    """Run what stands in the `with` block on a backend of joblib.

    Args:
        name: one of `BACKENDS`; dask and ray come with the dependency group `cluster`.
        scheduler: address of a running cluster; None: one on this machine, for the block alone.

    Raises:
        StudyError: the backend is unknown, or its package is not installed.
    """
    import joblib

    if name not in BACKENDS:
        raise StudyError(f"There is no backend {name!r}; there are {', '.join(BACKENDS)}.")
    with contextlib.ExitStack() as opened:
        try:
            if name == "dask":
                from dask.distributed import Client

                opened.enter_context(Client(scheduler) if scheduler else Client())
            elif name == "ray":
                import ray
                from ray.util.joblib import register_ray

                ray.init(address=scheduler)
                opened.callback(ray.shutdown)
                register_ray()
        except ImportError as error:
            raise StudyError(
                f"The backend {name!r} needs a package that is not installed: "
                "uv sync --group cluster"
            ) from error
        opened.enter_context(joblib.parallel_config(name))
        yield


def command(
    study: Study, n_worlds: int, seed: int, out: Path, arguments: Sequence[str] | None = None
) -> int:
    """Run a stored study from the command line, write its rows as CSV, return the exit code.

    The worlds are noted beside `out` while it runs, so that an interrupted study continues when the
    same command is given again.

    Args:
        study: see the module.
        n_worlds: how many worlds, where the command does not say.
        seed: likewise.
        out: CSV file, where the command does not say.
        arguments: of the command line; those of this process where none are given.
    """
    parser = argparse.ArgumentParser(description=(study.__doc__ or "A study.").splitlines()[0])
    parser.add_argument("--worlds", type=int, default=n_worlds, help="how many worlds")
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--jobs", type=int, default=-1, help="processes at a time; -1: all cores")
    parser.add_argument("--backend", choices=BACKENDS, default="loky")
    parser.add_argument("--scheduler", help="address of a running dask or ray cluster")
    parser.add_argument("--out", type=Path, default=out, help="the CSV file to write")
    asked = parser.parse_args(arguments)
    notes = asked.out.with_suffix(".part.jsonl")
    try:
        with backend(asked.backend, asked.scheduler):
            found = repeat(
                study, asked.worlds, asked.seed, jobs=asked.jobs, keep=notes, label=asked.out.stem
            )
    except (StudyError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found.to_csv(asked.out, index=False, lineterminator="\n")
    if failures(found):
        sys.stderr.write(f"{failures(found)}\n")
        return 1
    notes.unlink()
    sys.stdout.write(f"{asked.out}: {len(found):,} rows of {asked.worlds} worlds\n")
    return 0
