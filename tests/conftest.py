"""Fixtures of the whole suite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import ROOT, Run, run, sliders

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def run_notebook() -> Callable[..., Run]:
    """Return a function (form, name, **replaced globals) -> Run that runs each notebook once.

    Its sliders stand where they stood when the page opened, whatever another test moved.
    """
    done: dict[tuple[Any, ...], Run] = {}

    def runner(form: str, name: str, **defs: Any) -> Run:
        key = (form, name, *sorted(defs.items()))
        if key not in done:
            done[key] = run(ROOT / form / f"{name}.py", **defs)
        for slider in sliders(done[key]).values():
            slider._update(slider._initial_value_frontend)
        return done[key]

    return runner
