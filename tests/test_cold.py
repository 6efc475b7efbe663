"""How far a budget stretches where the machine is slow."""

from __future__ import annotations

import pytest

from tests import cold


@pytest.mark.parametrize(
    ("seconds", "loop_s", "imported", "kept"),
    [
        (9, 0.36, None, True),  # the limit as it is
        (11, 0.36, 0.9, False),  # as fast as where it was set
        (19, 0.72, None, True),  # twice as slow by the loop
        (21, 0.72, 1.0, False),
        (29, 3.6, None, True),  # the loop stretches threefold at most
        (40, 1.08, 4.1, True),  # slower by the import
        (42, 1.08, 4.1, False),
        (61, 1.08, 60.0, False),  # which stretches sixfold at most
    ],
)
def test_a_budget_stretches_by_two_yardsticks(monkeypatch, seconds, loop_s, imported, kept):
    """The import is measured only where the loop did not settle it."""

    def measure():
        assert imported is not None, "the import was measured for nothing"
        return imported

    monkeypatch.setattr(cold, "import_s", measure)
    assert cold.within(seconds, 10, loop_s) is kept


def test_the_import_takes_time():
    """A fresh process that imports PyMC uses CPU seconds, where the system tells."""
    pytest.importorskip("resource")
    assert 0.1 < cold.import_s() < 120
