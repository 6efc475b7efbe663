"""What a notebook lists as a reference it cites, by first author and year."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.course.derive import NOTES
from tests.support import NAMES, ROOT

LIST = re.compile(r"^ *### References\n(.*?)(?=\n *###|\n *\"\"\"\))", re.MULTILINE | re.DOTALL)

OWES = re.compile(r"source of the|follow his|our company has")
"""What an entry says that names its use itself: data, a world, models."""


def uncited(path: Path) -> list[str]:
    """Return the references that no paragraph, table or docstring outside the list cites.

    A paragraph cites one that holds the first author's name and, after it, the year. An entry that
    says what the page has from it (`OWES`) needs no other.
    """
    text = path.read_text(encoding="utf-8")
    found = LIST.search(text)
    if found is None:
        return []
    rest = text[: found.start()] + text[found.end() :]
    lines = [line for line in rest.splitlines() if not NOTES.match(line)]
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", "\n".join(lines))]
    lost = []
    for entry in re.split(r"\n *- ", f"\n{found[1]}")[1:]:
        entry = " ".join(entry.split())  # noqa: PLW2901
        author = re.match(r"[^,(]+", entry)[0].split(" et al")[0].strip()
        year = re.search(r"\((\d{4})", entry)
        cited = re.escape(author) + (rf"\b.*{year[1]}" if year else r"\b")
        if not OWES.search(entry) and not any(re.search(cited, block) for block in blocks):
            lost.append(entry)
    return lost


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_is_cited(name: str) -> None:
    assert uncited(ROOT / "solutions" / f"{name}.py") == []


def test_a_reference_without_a_citation_is_found(tmp_path: Path) -> None:
    """Another year, the maintainer's notes and another paragraph do not count."""
    page = tmp_path / "page.py"
    page.write_text(
        "# notes: see Roe 2001\n\nDoe (2001) and Poe, A. & Roe 1999 say so.\n\nUntil 2001.\n\n"
        '### References\n\n- Doe, J. (2001). A.\n- Roe, J. (2001). B.\n- Moe, manual.\n\n""")\n',
        encoding="utf-8",
    )
    assert uncited(page) == ["Roe, J. (2001). B.", "Moe, manual."]
