"""Say whether this machine is ready for the course, and how to make it so: `uv run course doctor`.

`--warm` also runs every notebook once, so that nothing has to be sampled or compiled during the
workshop; `--empty` deletes the fits that notebooks have kept. One row a check: `ok`, `warn` (the
course runs, something is worth knowing) or `FAIL`, with the line that repairs it. Exit code 1 when
the course would not run.

This file must be readable by an old Python (3.7), to be able to say that it is too old: until the
version is known, nothing is imported or evaluated that an old one lacks.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
GIB = 2**30
OLDEST = (3, 12)
NEWEST_TESTED = (3, 13)
MARIMO_PORT = 2718
SAMPLING_SECONDS = 300
PACKAGE = "causal-inference-by-simulation"
NOTEBOOK_SECONDS = 600


class Result(NamedTuple):
    """One row of the table.

    Attributes:
        status: "ok", "warn" or "FAIL".
        name: what was checked.
        found: what was found, in a few words.
        repair: the line that repairs it, or advice with a warning; empty when ok.
    """

    status: str
    name: str
    found: str
    repair: str = ""


def check_python(version: Sequence[int]) -> Result:
    """Return whether a Python of `version`, (major, minor, ...), can run the course."""
    found = ".".join(str(part) for part in version[:3])
    if tuple(version[:2]) < OLDEST:
        needed = ".".join(str(part) for part in OLDEST)
        newest = ".".join(str(part) for part in NEWEST_TESTED)
        return Result(
            "FAIL",
            "Python",
            "{}, the course needs {} or newer".format(found, needed),  # noqa: UP032
            "uv run course doctor   (uv uses Python {})".format(newest),  # noqa: UP032
        )
    if tuple(version[:2]) > NEWEST_TESTED:
        return Result(
            "warn", "Python", f"{found}, newer than any the course is tested on", "uv sync -p 3.13"
        )
    return Result("ok", "Python", found)


def locked_versions(lock: str) -> dict[str, list[str]]:
    """Return name -> the versions that the text of a `uv.lock` holds (one for each platform)."""
    import tomllib

    versions: dict[str, list[str]] = {}
    for package in tomllib.loads(lock)["package"]:
        versions.setdefault(package["name"], []).append(package.get("version", ""))
    return versions


def wanted_packages(project: str) -> dict[str, str]:
    """Return name -> the versions it may have, from the dependencies of a `pyproject.toml`."""
    import tomllib

    from packaging.requirements import Requirement

    texts = tomllib.loads(project)["project"]["dependencies"]
    return {item.name: str(item.specifier) for item in map(Requirement, texts)}


def installed_versions(names: Iterable[str]) -> dict[str, str | None]:
    """Return name -> the version installed for this Python, None where there is none."""
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str | None] = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def check_packages(
    wanted: dict[str, str],
    locked: dict[str, list[str]],
    installed: dict[str, str | None],
) -> Result:
    """Return whether the installed packages are those of the lock.

    Args:
        wanted: name -> the versions that the course can run with (">=6.3.1,<6.4").
        locked: name -> the versions of the lock.
        installed: name -> the version found, None where there is none.

    A package that is missing, or that the course cannot run with, fails; one that is only another
    than the locked one is worth a warning.
    """
    from packaging.specifiers import SpecifierSet

    missing = [name for name in wanted if installed[name] is None]
    if missing:
        return Result("FAIL", "packages", "missing: " + ", ".join(missing), "uv sync --inexact")
    useless, other = [], []
    for name, bounds in wanted.items():
        version = str(installed[name])
        text = f"{name} {version} (locked {' or '.join(locked.get(name, ['nowhere']))})"
        if not SpecifierSet(bounds).contains(version, prereleases=True):
            useless.append(text)
        elif version not in locked.get(name, []):
            other.append(text)
    if useless:
        return Result("FAIL", "packages", "; ".join(useless), "uv sync --inexact")
    if other:
        return Result("warn", "packages", "; ".join(other), "uv sync --inexact")
    return Result("ok", "packages", f"{len(wanted)} direct dependencies as locked")


def check_environment(root: Path) -> Result:
    """Return whether the packages of this Python agree with the lock at `root`."""
    try:
        wanted = wanted_packages((root / "pyproject.toml").read_text(encoding="utf-8"))
        locked = locked_versions((root / "uv.lock").read_text(encoding="utf-8"))
    except ImportError:
        repair = "uv sync   (no Python 3.13 to be had: uv sync -p 3.12, and set UV_PYTHON=3.12)"
        return Result("FAIL", "packages", "none of the course's are installed", repair)
    except (OSError, ValueError, KeyError) as error:
        repair = "git checkout -- pyproject.toml uv.lock"
        return Result("FAIL", "packages", f"cannot read the lock: {error}", repair)
    return check_packages(wanted, locked, installed_versions(wanted))


def memory() -> tuple[int, int]:
    """Return (total, available) memory in bytes, with the limit of a container respected."""
    import psutil

    state = psutil.virtual_memory()
    total, available = state.total, state.available
    for place in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limit = int(Path(place).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
        total, available = min(total, limit), min(available, limit)
    return total, available


def check_memory(total: int, available: int) -> Result:
    """Return whether a notebook (up to 2 GiB with its editor) fits; sizes in bytes."""
    found = f"{available / GIB:.1f} of {total / GIB:.1f} GiB free"
    if total < 2 * GIB:
        return Result("FAIL", "memory", found, "use a machine with at least 4 GiB of memory")
    if available < 2 * GIB:
        return Result("warn", "memory", found, "close other programs before you open a notebook")
    return Result("ok", "memory", found)


def check_disk(free: int) -> Result:
    """Return whether caches and notebooks have room; `free` in bytes."""
    found = f"{free / GIB:.1f} GiB free"
    if free < GIB / 5:
        return Result("FAIL", "disk", found, "free at least 1 GiB on this disk")
    if free < GIB:
        return Result("warn", "disk", found, "free at least 1 GiB on this disk")
    return Result("ok", "disk", found)


def check_writing(folders: Iterable[Path]) -> Result:
    """Return whether files can be written where notebooks are saved."""
    for folder in folders:
        if not folder.is_dir():
            repair = "git checkout -- notebooks solutions, or clone the course again"
            return Result("FAIL", "writing", f"{folder} is missing", repair)
        try:
            with tempfile.TemporaryFile(dir=str(folder)):
                pass
        except OSError as error:
            repair = f"make {folder} writable, or clone the course into your home folder"
            return Result("FAIL", "writing", f"{folder}: {error.strerror}", repair)
    return Result("ok", "writing", "notebooks can be saved")


def check_saving(root: Path, temporary: Path) -> Result:
    """Return whether marimo saves by itself what is typed: not below the system's temporary folder.

    Args:
        root: of the course.
        temporary: the system's folder for temporary files.
    """
    if temporary.resolve() in root.resolve().parents:
        found = f"{root} is in the system's temporary folder: marimo does not save there by itself"
        return Result("warn", "saving", found, "move the course's folder, or press Ctrl+S often")
    return Result("ok", "saving", "what is typed is saved by itself")


def compile_folder(flags: str, home: Path) -> Path:
    """Return where PyTensor keeps what it compiles.

    Args:
        flags: the value of the environment variable PYTENSOR_FLAGS.
        home: the reader's home folder.
    """
    for flag in flags.split(","):
        name, _, value = flag.partition("=")
        if name.strip() == "base_compiledir" and value.strip():
            return Path(value.strip())
    local = os.environ.get("LOCALAPPDATA")
    return Path(local, "PyTensor") if os.name == "nt" and local else home / ".pytensor"


def can_write(folder: Path) -> bool:
    """Return whether files can be made in a folder, or in the one in which it would be made."""
    try:
        while not folder.is_dir():
            if folder.exists() or folder == folder.parent:
                return False
            folder = folder.parent
        with tempfile.TemporaryFile(dir=str(folder)):
            return True
    except OSError:
        return False


def elsewhere(folder: Path) -> str:
    """Return the line that lets PyTensor, Numba and the course keep their files in a folder."""
    values = {
        "PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}",
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        "COURSE_FITS": str(folder / "fits"),
    }
    if os.name == "nt":
        return "; ".join(f"$env:{name}='{value}'" for name, value in values.items())
    return "export " + " ".join(f"{name}='{value}'" for name, value in values.items())


def check_caches(folders: Iterable[Path], temporary: Path) -> Result:
    """Return whether compiled code and fits can be kept.

    Args:
        folders: where they go.
        temporary: a folder that anybody may write to, for the repair.
    """
    closed = [folder for folder in folders if not can_write(folder)]
    if closed:
        found = "cannot write to " + " and ".join(map(str, closed))
        line = elsewhere(temporary / "causal-inference-by-simulation")
        return Result("FAIL", "caches", found, line + "   (then go on in this terminal)")
    return Result("ok", "caches", "compiled code and fits can be kept")


def names_in(folder: Path) -> dict[str, Path]:
    """Return name -> file of each module or package that Python finds in a folder."""
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return {}
    packages = {file.name: file for file in files if (file / "__init__.py").is_file()}
    return {**{file.stem: file for file in files if file.suffix == ".py"}, **packages}


def others_names() -> set[str]:
    """Return the names of Python's own modules, and of those of the installed packages."""
    from importlib.metadata import packages_distributions

    return {*sys.stdlib_module_names, *packages_distributions()}


def check_imports(root: Path, path: Sequence[str], names: Iterable[str]) -> Result:
    """Return whether a notebook finds the modules that it means, and not namesakes of theirs.

    Args:
        root: of the course.
        path: where this Python looks for modules, behind a notebook's own folder. Folders of
            the environment may hold anything; others, such as those of PYTHONPATH, no namesakes.
        names: of modules that the course imports, helpers apart.
    """
    own, taken = (root / "helpers").resolve(), {*names, "helpers"}
    trusted = [Path(sys.prefix), Path(sys.base_prefix)]
    folders = [folder for folder in (root / "notebooks", *map(Path, path)) if folder.is_dir()]
    namesakes = [
        file
        for folder in folders
        if folder.resolve() != root.resolve()
        and not any(place in (folder, *folder.parents) for place in trusted)
        for name, file in names_in(folder).items()
        if name in taken and file.resolve() != own
    ]
    if namesakes:
        found = " and ".join(map(str, namesakes[:5]))
        repair = "rename the file, or take its folder off PYTHONPATH; then run the doctor again"
        return Result("FAIL", "imports", f"hides a module of that name: {found}", repair)
    places = [names_in(folder).get("helpers") for folder in folders]
    where = next((place for place in places if place), None)
    if where is None or where.resolve() != own:
        found = f"notebooks import helpers from {where or 'nowhere'}, not from {own}"
        return Result("FAIL", "imports", found, "uv sync --inexact --reinstall-package " + PACKAGE)
    return Result("ok", "imports", "helpers and all else come from where they should")


def port_is_free(port: int) -> bool:
    """Return whether a server can listen on `port` of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        try:
            server.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def check_port(ports: Sequence[int]) -> Result:
    """Return whether marimo finds a free port; it tries them in this order."""
    for port in ports:
        if port_is_free(port):
            if port == ports[0]:
                return Result("ok", "port", f"{port} is free for marimo")
            found = f"{ports[0]} is taken, marimo will use {port}"
            return Result("warn", "port", found, "close the other marimo, or go on")
    return Result(
        "FAIL",
        "port",
        f"none of {ports[0]} to {ports[-1]} is free",
        "stop other servers, or name a free one: uv run marimo edit --port 8080",
    )


def check_browser(names: Sequence[str]) -> Result:
    """Return whether one of the browsers `names` opens here; "" is the system's own choice."""
    for name in names:
        try:
            browser = webbrowser.get(name or None)
        except webbrowser.Error:
            continue
        return Result("ok", "browser", getattr(browser, "name", "") or "the system's own")
    return Result(
        "warn",
        "browser",
        "none found on this machine",
        "open the address that marimo prints in any browser that reaches this machine",
    )


def check_data() -> Result:
    """Return whether the tables are the original ones."""
    from helpers import data

    try:
        for name in data.CHECKSUMS:
            data.verify(name)
    except data.DataError as error:
        found, _, repair = str(error).partition(" Run ")
        return Result("FAIL", "data", found, "Run " + repair)
    return Result("ok", "data", "checksums of {} hold".format(" and ".join(data.CHECKSUMS)))


# Ten observations of 1.0 with known noise 1 and a standard normal prior: the posterior mean is
# 10/11, its standard deviation 1/sqrt(11), whoever samples it.
POSTERIOR_MEAN = 10 / 11
POSTERIOR_SD = 11**-0.5
MEAN_TOLERANCE = 0.1
SD_TOLERANCE = 0.25  # relative

PYMC_TEST = """
import json, time
import numpy as np
import pymc as pm
with pm.Model():
    level = pm.Normal("level", 0, 1)
    pm.Normal("outcome", level, 1, observed=np.ones(10))
    start = time.perf_counter()
    posterior = pm.sample(
        draws=300, tune=200, chains=2, cores=1, random_seed=1, backend="jax", progressbar=False,
        compute_convergence_checks=False,
    ).posterior["level"].to_numpy()
print(json.dumps([posterior.mean(), posterior.std(), time.perf_counter() - start]))
"""

NUMPYRO_TEST = """
import json, time
import jax, numpy as np, numpyro
from numpyro.distributions import Normal
from numpyro.infer import MCMC, NUTS
def model():
    level = numpyro.sample("level", Normal(0, 1))
    numpyro.sample("outcome", Normal(level, 1), obs=np.ones(10))
start = time.perf_counter()
mcmc = MCMC(NUTS(model), num_warmup=200, num_samples=300, num_chains=2,
            chain_method="vectorized", progress_bar=False)
mcmc.run(jax.random.key(1))
posterior = np.asarray(mcmc.get_samples()["level"])
print(json.dumps([float(posterior.mean()), float(posterior.std()), time.perf_counter() - start]))
"""


def check_sampling(name: str, program: str, seconds: float = SAMPLING_SECONDS) -> Result:
    """Return whether a small posterior with a known answer is sampled, and right.

    Args:
        name: the library, for the table.
        program: Python that prints a JSON list: posterior mean, standard deviation, seconds.
        seconds: how long it may take, with imports. It runs in a process of its own, so that a
            library that breaks the interpreter still gives a row.
    """
    repair = "uv sync --reinstall"
    try:
        run = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        found = f"no answer after {seconds:.0f} s"
        return Result("FAIL", name, found, "close other programs; then run the doctor again")
    if run.returncode:
        lines = run.stderr.strip().splitlines() or [f"exit code {run.returncode}"]
        return Result("FAIL", name, lines[-1][:200], repair)
    mean, sd, took = json.loads(run.stdout.strip().splitlines()[-1])
    right = abs(mean - POSTERIOR_MEAN) < MEAN_TOLERANCE and (
        abs(sd / POSTERIOR_SD - 1) < SD_TOLERANCE
    )
    if not right:
        found = f"wrong posterior: {mean:.2f} +- {sd:.2f}, not {POSTERIOR_MEAN:.2f} +- "
        return Result("FAIL", name, found + f"{POSTERIOR_SD:.2f}", repair)
    return Result("ok", name, f"600 draws compiled and drawn in {took:.0f} s, posterior right")


def row(result: Result) -> str:
    """Return a result as one line of the table, with the repair below where there is one."""
    line = f"{result.status:<5} {result.name:<9} {result.found}"
    label = "repair:" if result.status == "FAIL" else "advice:"
    return line + (f"\n      {label:<9} {result.repair}" if result.repair else "")


def caches_here(temporary: Path) -> Result:
    """Return whether compiled code and fits can be kept on this machine."""
    from helpers import fits

    try:
        home = Path.home()
    except RuntimeError:
        home = Path(os.sep, "no-home")
    compiled = compile_folder(os.environ.get("PYTENSOR_FLAGS", ""), home)
    return check_caches([compiled, Path(fits.FOLDER)], temporary)


def examine(root: Path) -> Iterator[Result]:
    """Yield the result of every check, the quick ones first."""
    python = check_python(sys.version_info)
    yield python
    if python.status == "FAIL":
        return
    packages = check_environment(root)
    yield packages
    yield check_disk(shutil.disk_usage(str(root)).free)
    temporary = Path(tempfile.gettempdir())
    yield check_writing([root / "notebooks", root / "solutions", temporary])
    yield check_saving(root, temporary)
    caches = caches_here(temporary)
    yield caches
    yield check_port(range(MARIMO_PORT, MARIMO_PORT + 100))
    yield check_browser([""])
    if packages.status == "FAIL":
        return
    yield check_memory(*memory())
    imports = check_imports(root, sys.path[not sys.flags.safe_path :], others_names())
    yield imports
    if imports.status == "FAIL":
        return
    yield check_data()
    if caches.status == "FAIL":  # without a place to compile no library samples
        return
    tests = {"PyMC": PYMC_TEST, "NumPyro": NUMPYRO_TEST}
    with ThreadPoolExecutor() as both:
        yield from both.map(check_sampling, tests.keys(), tests.values())


def warm(notebooks: Iterable[Path], seconds: float = NOTEBOOK_SECONDS) -> Iterator[Result]:
    """Run each notebook once as a reader's first run would; yield how long each took.

    This fills the folder of kept fits, and Python's and Numba's caches, so that the first run in
    the workshop finds them. A notebook that fails does not stop the others.
    """
    for notebook in notebooks:
        start = time.perf_counter()
        try:
            run = subprocess.run(
                [sys.executable, str(notebook)],
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=seconds,
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            )
        except subprocess.TimeoutExpired:
            repair = f"close other programs; then: uv run python {notebook}"
            yield Result("FAIL", "warm", f"{notebook.stem}: over {seconds:.0f} s", repair)
            continue
        took = time.perf_counter() - start
        if run.returncode:
            lines = run.stderr.strip().splitlines() or [f"exit code {run.returncode}"]
            repair = f"uv run python {notebook}   (shows the whole error)"
            yield Result("FAIL", "warm", f"{notebook.stem}: {lines[-1][:200]}", repair)
        else:
            yield Result("ok", "warm", f"{notebook.stem} in {took:.0f} s")


def kept_fits() -> str:
    """Return how many fits are kept, how large they are together, and how to empty the folder."""
    from helpers import fits

    count, size = fits.size()
    found = f"{count} fits are kept, {size / 2**20:.0f} MiB, in {fits.FOLDER}."
    return f"{found}\nTo empty the folder: uv run course doctor --empty"


def empty() -> str:
    """Delete the kept fits, and nothing else that stands in their folder; return what was done."""
    from helpers import fits

    folder, gone = Path(fits.FOLDER), 0
    for file in sorted(folder.rglob("*.pickle")):
        file.unlink()
        gone += 1
    for place in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        with contextlib.suppress(OSError):  # somebody's own files stand in it
            place.rmdir()
    return f"{gone} fits deleted from {folder}. A notebook samples anew when it is next opened."


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return 1 when the course would not run here, else 0."""
    from helpers.course import forgive

    forgive()
    parser = argparse.ArgumentParser(prog="course doctor", description="Am I ready?")
    parser.add_argument(
        "--warm", action="store_true", help="also run every notebook once, to fill the caches"
    )
    parser.add_argument("--empty", action="store_true", help="only delete the kept fits")
    options = parser.parse_args(arguments)
    if options.empty:
        print(empty())
        return 0
    failed = 0
    for result in examine(ROOT):
        print(row(result), flush=True)
        failed += result.status == "FAIL"
    if options.warm and not failed:
        notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.py"))
        print(f"\nEach notebook runs once ({len(notebooks)}); a minute or so each.", flush=True)
        for result in warm(notebooks):
            print(row(result), flush=True)
            failed += result.status == "FAIL"
        print(kept_fits(), flush=True)
    print("\nReady." if not failed else "\nNot ready: repair the lines marked FAIL.", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    # As a file its own folder would hide other packages' names.
    sys.path[0] = str(ROOT)
    sys.exit(main())
