"""Where fits are kept, so that a notebook is slow once on a machine.

A notebook decorates its fit functions: `@mo.persistent_cache(save_path=fits.FOLDER)`. The key of a
kept fit holds the function's code, the code of the model functions that it calls, and its
arguments; it does not hold the notebook's name, so a solution finds what its notebook has fitted.
Another line of the model, other data, another seed or other draws miss, and the fit runs anew.

What marimo leaves open is settled here, as soon as this module is imported:

- a file that cannot be read (cut short, written by other versions) counts as no file;
- a full disk keeps nothing and stops nothing;
- other versions of Python or of the samplers have files of their own;
- the key holds the code of all functions that the fit comes to, where marimo's holds those that it
  calls itself, and no page is parsed again for a key;
- the draws of one fit, as an xarray Dataset, may be an argument of the next function;
- JAX's arrays come back as NumPy's, and so without an import of JAX.

A kept function takes numbers, texts, arrays, frames and Datasets, by content. It calls no other
kept function, whose code would not be part of the key. It returns a DataTree, a Dataset, an array,
a frame, or a tuple of them; no list or dict of Datasets.

The files are pickles, made and read on one machine; they are never shipped. To empty the folder,
delete it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import platform
import stat
import tempfile
from abc import ABCMeta
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

VARIABLE = "COURSE_FITS"
"""Environment variable that names another folder: for tests, or a course in a read-only place."""

PACKAGES = ("marimo", "numpy", "pandas", "xarray", "arviz", "pymc", "pytensor", "jax", "numpyro")
"""What a kept fit comes from, and is read with."""


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
    return _own_temporary_folder()


def _own_temporary_folder() -> str:
    """Return a temporary folder that nobody else may write: what lies there is run when read."""
    user = getattr(os, "getuid", lambda: None)()  # Windows gives each person a temporary folder
    own = Path(tempfile.gettempdir(), f"causal-inference-by-simulation-fits-{user}")
    with contextlib.suppress(OSError):
        own.mkdir(mode=0o700, exist_ok=True)
        found = own.lstat()
        is_folder, mine = stat.S_ISDIR(found.st_mode), user in (None, found.st_uid)
        if is_folder and mine and (user is None or not found.st_mode & 0o022):
            return str(own)
    return tempfile.mkdtemp(prefix="causal-inference-by-simulation-fits-")


FOLDER = folder()


def size() -> tuple[int, int]:
    """Return how many fits are kept, and their size together in bytes."""
    files = [path for path in Path(FOLDER).rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def versions() -> str:
    """Return a short text that differs where Python or one of `PACKAGES` has another version."""
    found = [platform.python_version()]
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:8]


def _teach_marimo() -> None:
    """Give marimo's cache the loader and the key that the docstring above speaks of."""
    from marimo._ast.toplevel import TopLevelExtraction
    from marimo._save import hash as hashing
    from marimo._save.loaders import PERSISTENT_LOADERS, PickleLoader
    from marimo._save.loaders.loader import LoaderError
    from marimo._save.stubs import STUB_REGISTRATIONS, CustomStub

    if PERSISTENT_LOADERS["pickle"].__name__ == "Kept":
        return  # taught already: this module was read again
    stamp = versions()

    class Kept(PickleLoader):
        """Reads and writes one file a fit; whatever goes wrong with it, the page runs on."""

        def build_path(self, key: Any) -> Path:
            """Return the file of a key, for these versions."""
            path = super().build_path(key)
            return path.with_name(f"{stamp}-{path.name}")

        def load_cache(self, key: Any, glbls: dict[str, Any] | None = None) -> Any:
            """Return what was kept; None if there is nothing, or nothing that can be read."""
            try:
                return super().load_cache(key, glbls)
            except (Exception, LoaderError):  # noqa: BLE001 - a pickle may raise anything
                return None

        def to_blob(self, cache: Any) -> bytes:
            """Return a result as bytes, JAX's arrays as NumPy's: to read those takes no JAX."""
            blob = io.BytesIO()
            _Pickler(blob, protocol=pickle.HIGHEST_PROTOCOL).dump(cache)
            return blob.getvalue()

        def save_cache(self, cache: Any) -> bool:
            """Keep a result; return whether there was room."""
            try:
                return super().save_cache(cache)
            except OSError:
                return False

    parse = TopLevelExtraction.from_graph

    def from_graph(graph: Any, cell: Any = None) -> Any:
        """Return the names that a page defines; marimo would parse all of it for every function."""
        return parse(graph, cell) if cell else SimpleNamespace(variables=graph.definitions)

    TopLevelExtraction.from_graph = staticmethod(from_graph)
    code_of = hashing.hash_wrapped_functions

    def whole_code_of(function: Any, hash_type: str = hashing.DEFAULT_HASH) -> bytes:
        """Return a digest of a function's code and of all code of its file that it comes to."""
        used = [hashing.hash_module(part.__code__, hash_type) for part in _parts(function, set())]
        return b"".join([code_of(function, hash_type), *used])

    hashing.hash_wrapped_functions = whole_code_of
    PERSISTENT_LOADERS["pickle"] = Kept
    ABCMeta.register(CustomStub, Content)  # its own `register` is another thing
    STUB_REGISTRATIONS["xarray.core.dataset.Dataset"] = _register_datasets


class _Pickler(pickle.Pickler):
    """Writes JAX's arrays as NumPy's."""

    def reducer_override(self, obj: Any) -> Any:
        """Return how to make the NumPy array again; anything else is left as it is."""
        if type(obj).__module__.startswith("jax") and hasattr(obj, "__array__"):
            return np.asarray(obj).__reduce_ex__(pickle.HIGHEST_PROTOCOL)
        return NotImplemented


def _names(code: CodeType) -> set[str]:
    """Return the global names that code may read, those of its inner functions included."""
    inner = [_names(const) for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*inner)


def _parts(thing: Any, seen: set[int]) -> Iterator[FunctionType]:
    """Yield a function, or the methods of a class, and what they use of their own file."""
    if isinstance(thing, type):
        methods = [vars(thing)[name] for name in sorted(vars(thing))]
        for method in methods:
            yield from _parts(method, seen)
    if not isinstance(thing, FunctionType) or id(thing) in seen:
        return
    seen.add(id(thing))
    yield thing
    for name in sorted(_names(thing.__code__)):
        other = thing.__globals__.get(name)
        if isinstance(other, ModuleType):
            continue  # and asked for nothing: some import more when asked
        if getattr(other, "__module__", None) == thing.__module__:
            yield from _parts(getattr(other, "__wrapped__", other), seen)


def _register_datasets(_: Any) -> None:
    """Let marimo tell Datasets apart by content; their pickles differ from process to process."""
    import xarray as xr
    from marimo._save.stubs import register_stub
    from xarray.core.datatree import DatasetView

    for kind in (xr.Dataset, DatasetView):
        register_stub(kind, Content)


class Content:
    """A Dataset on its way into marimo's cache.

    Attributes:
        dataset: what it is.
    """

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset

    def load(self, glbls: dict[str, Any]) -> Any:
        """Return the Dataset."""
        del glbls
        return self.dataset

    def to_bytes(self) -> bytes:
        """Return a digest of the names, dimensions and values of its variables."""
        digest = hashlib.sha256()
        for name in sorted(self.dataset.variables):
            values = self.dataset.variables[name]
            digest.update(f"{name} {values.dims} {values.shape} {values.dtype}".encode())
            plain = values.dtype.kind in "biufM"
            content = values.to_numpy()
            digest.update(content.tobytes() if plain else repr(content.tolist()).encode())
        return digest.digest()


# The doctor reads this module where marimo may be missing, or be another.
with contextlib.suppress(ImportError, AttributeError):
    _teach_marimo()
