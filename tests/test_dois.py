"""Every DOI that the course names leads somewhere: asked of doi.org where there is a network."""

from __future__ import annotations

import http.server
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support import ROOT

REGISTRY = "https://doi.org/api/handles/"
DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"'`<>\]|]+")


def named() -> dict[str, set[str]]:
    """Return the files that name each DOI."""
    found: dict[str, set[str]] = {}
    folders = ("solutions", "slides", "helpers", "data")
    files = [ROOT / "README.md", *(p for f in folders for p in (ROOT / f).rglob("*.*"))]
    for path in files:
        if path.suffix not in (".py", ".md", ".toml"):
            continue
        for match in DOI.findall(path.read_text(encoding="utf-8")):
            doi = match.rstrip(".,;:*_\\")
            while doi.endswith(")") and doi.count("(") < doi.count(")"):
                doi = doi[:-1].rstrip(".,;:")
            found.setdefault(doi, set()).add(path.relative_to(ROOT).as_posix())
    return found


def unknown(dois: list[str], registry: str = REGISTRY) -> list[str]:
    """Return the DOIs that the registry does not know.

    Raises:
        OSError: the registry cannot be reached, or answers with another error than "not found".
    """

    def is_unknown(doi: str) -> bool:
        try:
            with urllib.request.urlopen(registry + urllib.parse.quote(doi), timeout=20) as answer:  # noqa: S310
                return json.load(answer)["responseCode"] != 1
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.NOT_FOUND:
                raise
            return True

    with ThreadPoolExecutor(8) as pool:
        missing = pool.map(is_unknown, dois)
        return [doi for doi, gone in zip(dois, missing, strict=True) if gone]


class Registry(http.server.BaseHTTPRequestHandler):
    """Knows one DOI, with a bracket in it."""

    def do_GET(self) -> None:
        """Answer as doi.org does."""
        known = urllib.parse.unquote(self.path) == "/10.1016/0022-2496(93)90001-X"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"responseCode": 1 if known else 100}).encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def registry() -> Iterator[str]:
    """Return the address of a registry on this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_what_a_registry_does_not_know_is_named(registry: str) -> None:
    asked = ["10.1016/0022-2496(93)90001-X", "10.1000/nothing"]
    assert unknown(asked, registry) == ["10.1000/nothing"]


def test_one_spelling_of_each_doi() -> None:
    """A DOI is the same in capitals: two spellings would be two sources to a reader."""
    dois = named()
    assert len(dois) >= 80
    spelt: dict[str, set[str]] = {}
    for doi in dois:
        spelt.setdefault(doi.lower(), set()).add(doi)
    assert {k: v for k, v in spelt.items() if len(v) > 1} == {}


@pytest.mark.deep
def test_every_doi_is_registered() -> None:
    dois = named()
    try:
        missing = unknown(sorted(dois))
    except OSError as error:
        pytest.skip(f"doi.org does not answer: {error}")
    assert {doi: dois[doi] for doi in missing} == {}
