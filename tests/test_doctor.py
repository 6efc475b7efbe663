"""The doctor says what is wrong with a machine, and how to repair it.

No machine is imitated: each check is a small function that is given good and bad values.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers.course import doctor
from helpers.course.doctor import GIB, Result
from tests.cold import within

ROOT = Path(__file__).resolve().parent.parent
WANTED = {"pymc": ">=6.3.1,<6.4", "numpy": ">=2.0"}
LOCKED = {"pymc": ["6.3.2"], "numpy": ["2.4.0", "2.5.1"]}


def assert_repairable(result: Result, status: str, *words: str) -> None:
    """Assert the status, the words that say what was found, and that there is a repair."""
    assert result.status == status, result
    for word in words:
        assert word in result.found
    assert result.repair


def run_doctor():
    """Return a real run of the documented command, and its wall time in seconds."""
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "helpers.course", "doctor"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return run, time.perf_counter() - start


@pytest.fixture(scope="module")
def whole_run():
    """Return one real run for all the tests that look at it."""
    return run_doctor()


def test_this_machine_is_ready(whole_run):
    run, _ = whole_run
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.rstrip().endswith("Ready.")
    assert run.stderr == ""


def test_every_check_has_a_row(whole_run):
    run, _ = whole_run
    rows = [line.split()[:2] for line in run.stdout.splitlines() if line[:1].strip()]
    names = [words[1] for words in rows[:-1]]
    assert names == [
        "Python",
        "packages",
        "disk",
        "writing",
        "saving",
        "caches",
        "port",
        "browser",
        "memory",
        "imports",
        "data",
        "PyMC",
        "NumPyro",
    ]
    assert {words[0] for words in rows[:-1]} <= {"ok", "warn"}


def test_the_run_takes_less_than_a_minute(whole_run):
    """The very first run also compiles Python's own caches, so a slow one gets a second try."""
    seconds = whole_run[1]
    if seconds >= 60:
        seconds = run_doctor()[1]
    assert within(seconds, 60)


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ((3, 8, 18), "FAIL"),
        ((3, 11, 9), "FAIL"),
        ((3, 12, 0), "ok"),
        ((3, 13, 2), "ok"),
        ((3, 99, 0), "warn"),
        ((4, 0, 0), "warn"),
    ],
)
def test_python_version(version, status):
    result = doctor.check_python(version)
    assert result.status == status
    assert ".".join(map(str, version)) in result.found
    assert bool(result.repair) == (status != "ok")


def test_packages_of_the_lock_are_fine():
    installed = {"pymc": "6.3.2", "numpy": "2.5.1"}
    assert doctor.check_packages(WANTED, LOCKED, installed).status == "ok"


def test_a_missing_package_fails():
    installed = {"pymc": None, "numpy": "2.5.1"}
    result = doctor.check_packages(WANTED, LOCKED, installed)
    assert_repairable(result, "FAIL", "missing: pymc")


def test_a_package_out_of_bounds_fails():
    installed = {"pymc": "5.16.0", "numpy": "2.5.1"}
    result = doctor.check_packages(WANTED, LOCKED, installed)
    assert_repairable(result, "FAIL", "pymc 5.16.0 (locked 6.3.2)")


def test_a_package_other_than_locked_is_a_warning():
    installed = {"pymc": "6.3.2", "numpy": "2.6.0"}
    result = doctor.check_packages(WANTED, LOCKED, installed)
    assert_repairable(result, "warn", "numpy 2.6.0 (locked 2.4.0 or 2.5.1)")


def test_the_lock_of_the_course_is_read():
    wanted = doctor.wanted_packages((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = doctor.locked_versions((ROOT / "uv.lock").read_text(encoding="utf-8"))
    assert {"pymc", "numpyro", "marimo"} <= set(wanted) <= set(locked)
    assert "<6.4" in wanted["pymc"]
    assert all(version.startswith("6.3.") for version in locked["pymc"])


def test_a_lock_with_other_versions_is_noticed(tmp_path):
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    installed = doctor.installed_versions(["marimo"])["marimo"]
    assert f'name = "marimo"\nversion = "{installed}"' in lock
    other = lock.replace(
        f'name = "marimo"\nversion = "{installed}"', 'name = "marimo"\nversion = "0.0.1"'
    )
    (tmp_path / "uv.lock").write_text(other, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    result = doctor.check_environment(tmp_path)
    assert_repairable(result, "warn", f"marimo {installed} (locked 0.0.1)")


@pytest.mark.parametrize("content", [None, "not = [toml"])
def test_a_missing_or_broken_lock_fails(tmp_path, content):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    if content is not None:
        (tmp_path / "uv.lock").write_text(content, encoding="utf-8")
    assert_repairable(doctor.check_environment(tmp_path), "FAIL", "cannot read the lock")


def test_an_absent_package_has_no_version():
    names = ["pymc", "a-package-that-nobody-installs"]
    found = doctor.installed_versions(names)
    assert found["pymc"]
    assert found["a-package-that-nobody-installs"] is None


@pytest.mark.parametrize(
    ("total", "available", "status"),
    [
        (16 * GIB, 8 * GIB, "ok"),
        (4 * GIB, GIB, "warn"),
        (GIB, GIB, "FAIL"),
    ],
)
def test_memory(total, available, status):
    result = doctor.check_memory(total, available)
    assert result.status == status
    assert bool(result.repair) == (status != "ok")


def test_memory_of_this_machine_is_plausible():
    total, available = doctor.memory()
    assert GIB / 4 < available <= total < 2**50


@pytest.mark.parametrize(
    ("free", "status"), [(50 * GIB, "ok"), (GIB // 2, "warn"), (GIB // 100, "FAIL")]
)
def test_disk(free, status):
    result = doctor.check_disk(free)
    assert result.status == status
    assert bool(result.repair) == (status != "ok")


def test_a_writable_folder_is_fine_and_stays_empty(tmp_path):
    assert doctor.check_writing([tmp_path]).status == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_fails(tmp_path):
    result = doctor.check_writing([tmp_path, tmp_path / "notebooks"])
    assert_repairable(result, "FAIL", "notebooks is missing")


def test_an_unwritable_folder_fails(tmp_path):
    tmp_path.chmod(0o555)
    try:
        (tmp_path / "trial").touch()
    except OSError:
        result = doctor.check_writing([tmp_path])
    else:
        # An administrator may write anywhere, but not where the system itself lists processes.
        folder = Path("/proc/self")
        if not folder.is_dir():
            pytest.skip("no folder is closed to this user")
        result = doctor.check_writing([folder])
    finally:
        tmp_path.chmod(0o755)
    assert_repairable(result, "FAIL")
    assert "writable" in result.repair


def test_ports():
    with socket.socket() as taken, socket.socket() as second:
        for server in (taken, second):
            server.bind(("127.0.0.1", 0))
            server.listen()
        used, also_used = taken.getsockname()[1], second.getsockname()[1]
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            free = other.getsockname()[1]
        assert doctor.check_port([free]).status == "ok"
        result = doctor.check_port([used, free])
        assert_repairable(result, "warn", f"{used} is taken", str(free))
        assert_repairable(doctor.check_port([used, also_used]), "FAIL", str(used))
    assert not doctor.port_is_free(70000)


def test_an_absent_browser_is_only_a_warning():
    assert_repairable(doctor.check_browser(["no-such-browser"]), "warn", "none found")


def test_a_present_browser_is_named():
    command = f"{sys.executable} %s"
    assert doctor.check_browser(["no-such-browser", command]).status == "ok"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise ImportError('the library is broken')", ["ImportError: the library is broken"]),
        ("import os; os._exit(3)", ["exit code 3"]),
        ("print('[0.2, 0.3, 1.0]')", ["wrong posterior: 0.20"]),
        ("print('[0.91, 0.9, 1.0]')", ["wrong posterior: 0.91 +- 0.90"]),
        ("print('[NaN, NaN, 1.0]')", ["wrong posterior"]),
    ],
)
def test_a_sampler_that_breaks_or_errs_fails(program, words):
    assert_repairable(doctor.check_sampling("PyMC", program), "FAIL", *words)


def test_a_sampler_that_hangs_fails():
    result = doctor.check_sampling("PyMC", "import time; time.sleep(60)", seconds=0.5)
    assert_repairable(result, "FAIL", "no answer")


def test_the_known_posterior_is_right():
    """Conjugate normal: precision 1 + 10, so the numbers that both samplers must find."""
    precision = 1 + 10
    assert pytest.approx(10 * 1.0 / precision) == doctor.POSTERIOR_MEAN
    assert pytest.approx(precision**-0.5) == doctor.POSTERIOR_SD


def test_warming_runs_notebooks_and_names_the_one_that_fails(tmp_path):
    (tmp_path / "01_good.py").write_text("print('fine')", encoding="utf-8")
    (tmp_path / "02_bad.py").write_text("1 / 0", encoding="utf-8")
    (tmp_path / "03_slow.py").write_text("import time; time.sleep(60)", encoding="utf-8")
    good, bad, slow = doctor.warm(sorted(tmp_path.glob("*.py")), seconds=5)
    assert good.status == "ok"
    assert "01_good" in good.found
    assert_repairable(bad, "FAIL", "02_bad", "ZeroDivisionError")
    assert_repairable(slow, "FAIL", "03_slow", "over 5 s")


def test_a_row_shows_its_repair_below():
    assert doctor.row(Result("ok", "disk", "9 GiB")) == "ok    disk      9 GiB"
    lines = doctor.row(Result("FAIL", "disk", "0 GiB", "free some")).splitlines()
    assert lines[0].startswith("FAIL  disk")
    assert lines[1].split() == ["repair:", "free", "some"]


def older_pythons():
    """Return the Pythons before 3.12 that this machine offers under their usual names."""
    found = []
    for minor in range(7, 12):
        path = shutil.which(f"python3.{minor}")
        if (
            path
            and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0
        ):
            found.append(path)
    return [*found, *([sys.executable] if sys.version_info < (3, 12) else [])]


def test_an_old_python_is_told_so():
    """The file is run as a script, as somebody without uv would, by each old Python there is."""
    pythons = older_pythons()
    if not pythons:
        pytest.skip("this machine has no Python before 3.12")
    for python in pythons:
        run = subprocess.run(
            [python, str(ROOT / "helpers" / "doctor.py")],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert run.returncode == 1, python
        assert "the course needs 3.12 or newer" in run.stdout
        assert "uv run course doctor   (uv uses Python 3.13)" in run.stdout
        assert run.stderr == ""


@pytest.mark.parametrize(
    "name", ["doctor.py", "course/doctor.py", "course/__init__.py", "__init__.py"]
)
def test_the_file_is_readable_by_python_3_7(name):
    """On any machine: the grammar is that of 3.7, so that the message can be printed at all."""
    import ast

    source = (ROOT / "helpers" / name).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    with pytest.raises(SyntaxError):
        ast.parse("(a := 1)", feature_version=(3, 7))


def quick(*command, cwd=ROOT, **variables):
    """Return a finished command of the course, in the environment of a reader."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
    )


# Modules with another's name -------------------------------------------------------------------

OWN = {"helpers": ["__init__.py"], "notebooks": []}


@pytest.fixture
def place(tmp_path):
    """Return the folders of a course, with nothing in them but the package of the helpers."""
    for folder, files in OWN.items():
        (tmp_path / "course" / folder).mkdir(parents=True)
        for file in files:
            (tmp_path / "course" / folder / file).touch()
    return tmp_path / "course"


def test_modules_from_where_they_should(place):
    (place / "notebooks" / "01_causal_graphs.py").touch()
    (place / "notebooks" / "my_notes.py").touch()
    (place / "notebooks" / "data").mkdir()
    assert doctor.check_imports(place, [str(place)], ["statistics", "data"]).status == "ok"


@pytest.mark.parametrize("name", ["helpers.py", "statistics.py", "helpers/__init__.py"])
def test_a_namesake_beside_the_notebooks_is_named(place, name):
    file = place / "notebooks" / name
    file.parent.mkdir(exist_ok=True)
    file.touch()
    result = doctor.check_imports(place, [str(place)], doctor.others_names())
    shown = file.parent if file.stem == "__init__" else file
    assert_repairable(result, "FAIL", str(shown))
    assert "rename" in result.repair


def test_a_namesake_on_the_path_is_named(place, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "numpy.py").touch()
    (other / "mine.py").touch()
    result = doctor.check_imports(place, [str(other), str(place)], doctor.others_names())
    assert_repairable(result, "FAIL", str(other / "numpy.py"))
    assert "PYTHONPATH" in result.repair
    assert "mine" not in result.found


def test_helpers_of_another_course_are_named(place, tmp_path):
    """An environment that was made for another copy of the course: its helpers are in the way."""
    site = Path(sys.prefix) / "lib"
    result = doctor.check_imports(place, [str(site)], [])
    assert_repairable(result, "FAIL", "from nowhere")
    other = tmp_path / "old" / "helpers"
    other.mkdir(parents=True)
    (other / "__init__.py").touch()
    result = doctor.check_imports(place, [str(other.parent), str(place)], [])
    assert_repairable(result, "FAIL", str(other))


def test_where_helpers_are_hidden_the_doctor_still_answers(tmp_path):
    """PYTHONPATH comes before the course: the command is lost, the file is not."""
    (tmp_path / "helpers.py").write_text("", encoding="utf-8")
    lost = quick("-m", "helpers.course", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert lost.returncode == 1
    run = quick(ROOT / "helpers" / "doctor.py", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert run.returncode == 1, run.stderr
    assert f"FAIL  imports   hides a module of that name: {tmp_path / 'helpers.py'}" in run.stdout


# Folders that cannot be written, consoles that cannot be spoken to ------------------------------


def test_a_temporary_folder_is_a_warning(tmp_path):
    """Marimo's editor does not save a notebook there by itself."""
    result = doctor.check_saving(tmp_path / "course", tmp_path)
    assert_repairable(result, "warn", str(tmp_path / "course"))
    assert doctor.check_saving(tmp_path / "course", tmp_path / "other").status == "ok"


def test_where_pytensor_compiles(tmp_path):
    """The same folder that PyTensor names itself, with and without a flag."""
    program = "import pytensor; print(pytensor.config.base_compiledir)"
    for flags in ("", f"floatX=float64,base_compiledir={tmp_path / 'there'}"):
        run = quick("-c", program, PYTENSOR_FLAGS=flags)
        assert run.returncode == 0, run.stderr
        assert Path(run.stdout.strip()) == doctor.compile_folder(flags, Path.home())


CLOSED = "/dev/null/home"


@pytest.mark.skipif(os.name == "nt", reason="there is no folder that is closed to everybody")
def test_a_home_that_cannot_be_written_has_a_line_that_repairs_it(tmp_path):
    """The line is typed into a shell; then PyTensor starts where it did not before."""
    result = doctor.check_caches([doctor.compile_folder("", Path(CLOSED)), tmp_path], tmp_path)
    assert_repairable(result, "FAIL", f"cannot write to {CLOSED}")
    line = result.repair.split("   (")[0]
    program = "import pytensor; print(pytensor.config.compiledir)"
    environment = {**os.environ, "HOME": CLOSED, "PYTENSOR_FLAGS": ""}
    printed = []
    for first in (":", line):
        run = subprocess.run(
            ["sh", "-c", f"{first}; '{sys.executable}' -c '{program}'; echo $COURSE_FITS"],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        printed.append(run.stdout.split())
        if first == ":":
            assert "Unable to create the compiledir" in run.stderr
    assert all(str(tmp_path) in folder for folder in printed[1])
    assert len(printed[1]) == 2


@pytest.mark.skipif(os.name == "nt", reason="there is no folder that is closed to everybody")
def test_the_doctor_says_so_itself():
    run = quick("-m", "helpers.course", "doctor", HOME=CLOSED, PYTENSOR_FLAGS="")
    assert run.returncode == 1
    assert "FAIL  caches" in run.stdout
    assert "PyMC" not in run.stdout
    assert "Traceback" not in run.stderr


def test_a_folder_that_can_be_made_will_do(tmp_path):
    (tmp_path / "file").touch()
    assert doctor.can_write(tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()
    assert not doctor.can_write(tmp_path / "file" / "b")


# Kept fits -------------------------------------------------------------------------------------


def test_fits_are_counted_and_emptied_and_nothing_else(tmp_path):
    """What a reader has put into that folder, by a slip in COURSE_FITS, stays."""
    (tmp_path / "fit_linear").mkdir()
    for number in range(3):
        (tmp_path / "fit_linear" / f"{number}.pickle").write_bytes(bytes(2**20))
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine", encoding="utf-8")
    told = quick(
        "-c", "from helpers.course import doctor; print(doctor.kept_fits())", COURSE_FITS=tmp_path
    ).stdout
    assert f"MiB, in {tmp_path}" in told
    assert told.strip().endswith("uv run course doctor --empty")
    run = quick("-m", "helpers.course", "doctor", "--empty", COURSE_FITS=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("3 fits deleted")
    assert [file.name for file in tmp_path.rglob("*")] == ["thesis", "chapter.txt"]
    again = quick("-m", "helpers.course", "doctor", "--empty", COURSE_FITS=tmp_path / "none")
    assert again.stdout.startswith("0 fits deleted")


@pytest.mark.deep
def test_warm_fills_the_folder_that_the_next_run_finds(tmp_path):
    """A notebook with one kept fit: the second process finds it, and says so by its time."""
    page = tmp_path / "01_small.py"
    page.write_text(SMALL, encoding="utf-8")
    program = f"""
from pathlib import Path
from helpers.course import doctor
for result in doctor.warm([Path({str(page)!r})]):
    print(doctor.row(result))
print(doctor.kept_fits())
"""
    kept = tmp_path / "fits"
    for times in (1, 1):
        run = quick("-c", program, COURSE_FITS=kept)
        assert "ok    warm" in run.stdout, run.stdout + run.stderr
        assert run.stdout.splitlines()[1].startswith("1 fits are kept")
        sampled = (tmp_path / "sampled").read_text(encoding="utf-8")
        assert sampled == "x" * times


SMALL = """
import marimo
app = marimo.App()
with app.setup:
    from pathlib import Path
    import marimo as mo
    from helpers import fits

@app.cell
def _():
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_small(seed):
        with Path(__file__).with_name("sampled").open("a") as log:
            log.write("x")
        return [seed]

    draws = fit_small(3)
    return

if __name__ == "__main__":
    app.run()
"""
