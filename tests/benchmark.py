"""What each notebook costs: `uv run python -m tests.benchmark [NAME ...]`.

Each form of each notebook runs cold, in a fresh process. Printed per notebook: wall seconds of its
import and in all, CPU seconds, peak memory, seconds to the first picture, and the slowest slider in
CPU milliseconds (median of five moves, everything that depends on it run again).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from typing import Any

from tests.support import FORMS, NAMES, ROOT, Run, move, run, sliders

COLUMNS = ("import_s", "total_s", "cpu_s", "peak_mib", "first_picture_s")


def cold(form: str, name: str) -> dict[str, Any]:
    """Return what one cold run of a notebook costs (see tests/cold.py)."""
    command = [sys.executable, "-m", "tests.cold", f"{form}/{name}.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.strip().splitlines()[-1])


def slider_ms(done: Run) -> dict[str, float]:
    """Return the median milliseconds that each slider takes, over five different positions."""
    found = {}
    for name, slider in sliders(done).items():
        start, low, step = slider.value, slider.start, slider.step or 1
        stops = [low + (slider.stop - low) * share for share in (0.2, 0.4, 0.6, 0.8, 1.0)]
        positions = slider.steps or [low + round((stop - low) / step) * step for stop in stops]
        found[name] = 1000 * statistics.median(move(done, name, at)[0] for at in positions)
        move(done, name, start)
    return found


def main(names: list[str]) -> None:
    """Print one line per notebook and form."""
    print(
        f"{'notebook':<36}" + "".join(f"{column:>17}" for column in COLUMNS) + f"{'slider_ms':>17}"
    )
    for name in names:
        moves = slider_ms(run(ROOT / "solutions" / f"{name}.py"))
        slowest = max(moves, key=moves.get) if moves else "none"
        for form in FORMS:
            cost = cold(form, name)
            figures = "".join(f"{cost[column]!s:>17}" for column in COLUMNS)
            print(f"{form + '/' + name:<36}{figures}{moves.get(slowest, 0):>17.0f}", flush=True)
        print(f"{'':<36}slowest slider: {slowest} of {len(moves)}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tests.benchmark", description=__doc__)
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
    main(parser.parse_args().names)
