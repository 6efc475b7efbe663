"""Run one notebook in this process and print what it cost: `python -m tests.cold FILE`.

Cold is a run in a fresh process that finds no kept fit and nothing that Numba has compiled before:
`without_caches` gives such a process its environment.

Prints one JSON object: import_s and total_s (wall), cpu_s, peak_mib, first_picture_s (wall, when
the first cell that shows a chart or a drawing was done) and first_picture_cpu_s, loop_s (CPU
seconds of a fixed loop, before and after: how fast this machine is now), checks (name -> status),
diagnostics (name -> passed), and, on the standard streams, whatever the notebook itself wrote.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START = time.perf_counter()
LOOP_S = 0.36
"""CPU seconds of the fixed loop where the budgets were set."""
SLOWEST = 3
"""How far the loop may stretch a budget; one kind of machine needed .36 to 1.05 s."""
IMPORT_S = 1.0
"""CPU seconds of `import pymc` in a fresh process for which the budgets hold as they are."""
SLOWEST_IMPORT = 6
"""How far the import may stretch them: two machines with a loop of 1 s needed 2.7 and about 6 s."""


@contextlib.contextmanager
def without_caches() -> Iterator[dict[str, str]]:
    """Give the environment of a process that finds neither kept fits nor compiled code."""
    with tempfile.TemporaryDirectory(prefix="cold-", ignore_cleanup_errors=True) as folder:
        flags = os.environ.get("PYTENSOR_FLAGS", "")
        yield {
            **os.environ,
            "COURSE_FITS": str(Path(folder, "fits")),
            "NUMBA_CACHE_DIR": str(Path(folder, "numba")),
            "PYTENSOR_FLAGS": ",".join(
                filter(None, (flags, f"base_compiledir={Path(folder, 'pytensor')}"))
            ),
        }


def _is_picture(output: Any) -> bool:
    """Return whether a cell's output is, or holds, a chart or a drawing."""
    if type(output).__module__.startswith("altair"):
        return True
    return any(mark in getattr(output, "text", "") for mark in ("mermaid", "vega", "<svg"))


def _peak_mib() -> int | None:
    """Return the largest resident size of this process; None where nobody tells (Windows).

    Linux tells it apart from that of the process which started this one; `getrusage` does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"))
        return round(int(found.group(1)) / 2**10) if found else None
    try:
        import resource
    except ImportError:
        return None
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


def fixed_loop() -> float:
    """Return the CPU seconds of a loop that is the same everywhere."""
    start = time.process_time()
    sum(number * number for number in range(5_000_000))
    return time.process_time() - start


def slowness(loop_s: float | None = None) -> float:
    """Return how much more time a budget gets here: the fixed loop against LOOP_S, 1 to SLOWEST.

    Args:
        loop_s: CPU seconds of the loop; measured now where none are given.
    """
    return min(max((fixed_loop() if loop_s is None else loop_s) / LOOP_S, 1), SLOWEST)


def import_s() -> float:
    """Return the CPU seconds of `import pymc` in a fresh process.

    A loop of Python stays in the processor; opening a notebook reads much more memory and many
    files, as this does. Needs a system that tells what a child used (not Windows: then 0).
    """
    try:
        import resource
    except ImportError:
        return 0.0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import pymc"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def within(seconds: float, limit: float, loop_s: float | None = None) -> bool:
    """Return whether seconds keep to a limit, which stretches with how slow this machine is now.

    The limit as it is, else stretched by the fixed loop, else by an import: the two yardsticks are
    measured only when they are needed.

    Args:
        seconds: What was measured, and `limit` what it may be on the reference machine.
        limit: In seconds as well.
        loop_s: CPU seconds of the loop, where they are known.
    """
    if seconds < limit or seconds < limit * slowness(loop_s):
        return True
    return seconds < limit * min(import_s() / IMPORT_S, SLOWEST_IMPORT)


def in_a_fresh_process(
    form: str, name: str, environment: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return what a notebook costs and says (see above), and its `stderr`, in a process of its own.

    Raises:
        RuntimeError: the notebook did not run.
    """
    command = [sys.executable, "-m", "tests.cold", f"{form}/{name}.py"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[1],
        encoding="utf-8",
        env=environment,
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-3000:]}")
    *_, last = done.stdout.strip().splitlines()
    return {**json.loads(last), "stderr": done.stderr}


def load(path: Path) -> Any:
    """Return a notebook as a module; its setup cell runs, the other cells do not."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main(path: Path) -> dict[str, Any]:
    """Run the notebook and return its costs and verdicts."""
    from marimo._dependencies.dependencies import DependencyManager
    from marimo._runtime.app.script_runner import AppScriptRunner

    pictures: list[tuple[float, float]] = []
    handle = AppScriptRunner._handle_run_result

    def timed(self: Any, cell: Any, result: Any, outputs: Any) -> None:
        handle(self, cell, result, outputs)
        if _is_picture(result.output):
            pictures.append((time.perf_counter() - START, time.process_time()))

    AppScriptRunner._handle_run_result = timed
    # A page imports Matplotlib where a notebook does; marimo's runner of scripts always would.
    DependencyManager.matplotlib.has = lambda **_: False
    used = time.perf_counter(), time.process_time()
    loop_s = fixed_loop()
    idle, idle_cpu = time.perf_counter() - used[0], time.process_time() - used[1]
    module = load(path)
    imported = time.perf_counter() - START
    _, defs = module.app.run()
    total, cpu = time.perf_counter() - START - idle, time.process_time() - idle_cpu
    return {
        "import_s": round(imported - idle, 2),
        "total_s": round(total, 2),
        "cpu_s": round(cpu, 2),
        "loop_s": round((loop_s + fixed_loop()) / 2, 3),
        "peak_mib": _peak_mib(),
        "first_picture_s": round(pictures[0][0] - idle, 2) if pictures else None,
        "first_picture_cpu_s": round(pictures[0][1] - idle_cpu, 2) if pictures else None,
        "checks": {k: defs[k].status for k in defs if k.startswith("check_")},
        "diagnostics": {
            k: bool(defs[k]["passed"].all()) for k in defs if k.startswith("diagnostics_")
        },
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]).resolve())) + "\n")
