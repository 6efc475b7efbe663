"""causalgraphicalmodels 0.0.4 on today's Python: its two breakages are repaired here, nowhere else.

A module of its own, so that `helpers.graphs` can import it at first use: with networkx it takes
longer than the first picture of a page has time for. Python imports a module once, also where
several readers share a process.
"""

from __future__ import annotations

import collections
import collections.abc
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _old_names() -> Iterator[None]:
    """Lend `collections` the name that causalgraphicalmodels imports from it.

    Its docstrings hold a few backslashes that newer Pythons warn about while compiling; that one
    category is kept off the page, for this one import.
    """
    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            yield
    finally:
        del collections.Iterable  # type: ignore[attr-defined]


with _old_names():
    from causalgraphicalmodels import CausalGraphicalModel, StructuralCausalModel
    from causalgraphicalmodels import csm as _csm


class _NumpyWithFloat:
    """NumPy as causalgraphicalmodels knew it: with the alias `float`."""

    float = float

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


_csm.np = _NumpyWithFloat()
linear_model = _csm.linear_model
logistic_model = _csm.logistic_model

__all__ = ["CausalGraphicalModel", "StructuralCausalModel", "linear_model", "logistic_model"]
