"""Pages and slides break no serious rule of axe-core, and grey prints of the charts still read.

Needs axe-core in build/axe, a Chromium and the dev group; `.ci/run` installs them where it can.
Every page of the whole gallery is looked at by hand: `uv run python -m tests.axe FOLDER`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import axe
from tests.support import SHOWN

pytestmark = pytest.mark.deep
needs_axe = pytest.mark.skipif(
    not axe.AXE.exists(), reason="no axe-core; tests/axe.py says how to install it"
)


def assert_mild(found: list[axe.Violation]) -> None:
    """Fail with what is serious or critical, and not marimo's own."""
    grave = [each for each in found if each.impact in axe.GRAVE and not each.known]
    assert not grave, "\n".join(map(str, grave))


@needs_axe
def test_gallery_breaks_no_serious_rule(browser: Any, site: Path) -> None:
    """The first page and the page of a notebook, with all code shown."""
    pages = list(axe.in_gallery(browser, site))
    assert len(pages) == len({"index", SHOWN})
    for found in pages:
        assert_mild(found)


@needs_axe
def test_deck_breaks_no_serious_rule(browser: Any, course: Path) -> None:
    """Every slide of the opening deck."""
    slides = list(axe.in_deck(browser, course, "slides/opening"))
    assert len(slides) >= 8
    for found in slides:
        assert_mild(found)


@needs_axe
def test_axe_finds_what_is_broken(browser: Any, tmp_path: Path) -> None:
    """A page without language, and a picture without words, do not pass."""
    page = "<html><title>x</title><body><img src='a.svg'></body></html>"
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    (found,) = axe.in_gallery(browser, tmp_path)
    assert {"html-has-lang", "image-alt"} <= {each.rule for each in found}
    with pytest.raises(AssertionError, match="image-alt"):
        assert_mild(found)
