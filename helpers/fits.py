"""Where fits are kept, so that a notebook is slow once on a machine.

A notebook decorates its fit functions: `@mo.persistent_cache(save_path=fits.FOLDER)`. The key of a
kept fit holds the function's code, the code of the model functions that it calls, and its
arguments; it does not hold the notebook's name, so a solution finds what its notebook has fitted.
Another line of the model, other data, another seed or other draws miss, and the fit runs anew.

The files are pickles, made and read on one machine; they are never shipped. To empty the folder,
delete it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

VARIABLE = "COURSE_FITS"
"""Environment variable that names another folder: for tests, or a course in a read-only place."""


def folder() -> str:
    """Return the folder of kept fits, as text: `VARIABLE`, the course's, or a temporary one.

    The temporary folder is for a course that stands where nobody may write.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return named
    root = Path(__file__).resolve().parents[1]
    kept = root / "__marimo__" / "fits"
    writable = kept if kept.exists() else root
    if os.access(writable, os.W_OK):
        return str(kept)
    return str(Path(tempfile.gettempdir(), "causal-inference-by-simulation-fits"))


FOLDER = folder()


def size() -> tuple[int, int]:
    """Return how many fits are kept, and their size together in bytes."""
    files = [path for path in Path(FOLDER).rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)
