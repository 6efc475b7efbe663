"""What each notebook costs: `uv run python -m tests.benchmark [NAME ...]`.

Printed per notebook, as an attendee opens it (the derived form): seconds of its import, to the
first picture and in all, cold (a fresh process, no kept fit, nothing compiled); seconds of the
second opening (a fresh process, kept fits); CPU seconds and peak memory when cold; the slowest
slider in CPU milliseconds (median of five moves, everything that depends on it run again); strips,
pixels in the editor (1280 x 900) and words; minutes, core and optional, as the card says. The last
line is the fixed loop, for comparison with other machines.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support import NAMES, ROOT

COLUMNS = (
    *("import_s", "picture_s", "cold_s", "second_s", "cpu_s", "peak_mib"),
    *("slider_ms", "strips", "pixels", "words", "core", "optional"),
)
CARD = re.compile(r"\| Time \| (?:core )?(\d+) minutes(?:, optional (\d+))?")


def slider_ms(name: str) -> float:
    """Return the median milliseconds of the slowest slider, over five different positions."""
    from tests.support import move, run, sliders

    done, found = run(ROOT / "solutions" / f"{name}.py"), [0.0]
    for slider, control in sliders(done).items():
        start, low, step = control.value, control.start, control.step or 1
        stops = [low + (control.stop - low) * share for share in (0.2, 0.4, 0.6, 0.8, 1.0)]
        positions = control.steps or [low + round((stop - low) / step) * step for stop in stops]
        found.append(1000 * statistics.median(move(done, slider, at)[0] for at in positions))
        move(done, slider, start)
    return max(found)


@contextlib.contextmanager
def pages() -> Iterator[Any]:
    """Give a function: name -> pixels of its page in the editor; None without a browser."""
    from tests.browsing import NoBrowserError, chromium, copy_course
    from tests.editor import look_at

    with tempfile.TemporaryDirectory(
        dir=ROOT / "build" if (ROOT / "build").exists() else None
    ) as at:
        course = copy_course(Path(at), few=False)
        try:
            with chromium() as browser:
                yield lambda name: look_at(browser, course, name).height
        except NoBrowserError:
            yield lambda _: None


def cost(name: str, pixels: Any) -> dict[str, Any]:
    """Return every column of one notebook."""
    from tests.cold import in_a_fresh_process, without_caches
    from tests.editor import figures

    with without_caches() as environment:
        cold = in_a_fresh_process("notebooks", name, environment)
    slider = slider_ms(name)  # runs the solution, and keeps the fits for what follows
    card = CARD.search((ROOT / "solutions" / f"{name}.py").read_text(encoding="utf-8"))
    return {
        "import_s": cold["import_s"],
        "picture_s": cold["first_picture_s"],
        "cold_s": cold["total_s"],
        "second_s": in_a_fresh_process("notebooks", name)["total_s"],
        "cpu_s": cold["cpu_s"],
        "peak_mib": cold["peak_mib"],
        "slider_ms": round(slider),
        "pixels": pixels(name),
        **{key: figures(name)[key] for key in ("strips", "words")},
        "core": card[1],
        "optional": card[2] or 0,
    }


def main(names: list[str]) -> None:
    """Print one line per notebook."""
    from tests.cold import fixed_loop

    print(f"{'notebook':<36}" + "".join(f"{column:>11}" for column in COLUMNS))
    with pages() as pixels:
        for name in names:
            found = cost(name, pixels)
            print(f"{name:<36}" + "".join(f"{found[key]!s:>11}" for key in COLUMNS), flush=True)
    print(f"fixed loop: {fixed_loop():.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tests.benchmark", description="What notebooks cost.")
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
    with tempfile.TemporaryDirectory(prefix="fits-of-benchmark-") as fits:
        os.environ.setdefault("COURSE_FITS", fits)
        main(parser.parse_args().names)
