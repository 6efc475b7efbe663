# ruff: noqa: INP001
"""Write `refuters_study.csv`: which check notices which fault? The audit of notebook 10, repeated.

Run by `uv run python data/refuters_study.py` (some six CPU minutes). The study is the function
`audit` of `solutions/10_identification.py`: in each of 200 worlds it judges seven analyses of the
same shop, by four refuters (100 runs each) and by the checks that apply.

One row per world and analysis: `world` (number), `design`, `estimate` (€ 100 per hour, truth 1),
and a column for each check: 1 where it says that the analysis is wrong, 0 where it does not,
empty where it does not apply.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from helpers import worlds

ROOT = Path(__file__).resolve().parent.parent
N_WORLDS, SEED = 200, 2026


def notebook() -> ModuleType:
    """Return the notebook as a module: its functions, while no cell runs."""
    name = "identification_notebook"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, ROOT / "solutions" / "10_identification.py"
        )
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


if __name__ == "__main__":
    out = ROOT / "data" / "refuters_study.csv"
    raise SystemExit(worlds.command(notebook().audit, N_WORLDS, SEED, out))
