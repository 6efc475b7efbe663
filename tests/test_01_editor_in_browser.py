"""Notebook 01 in a browser, with the keyboard alone: a slider, and its graph editor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browsing import Server, open_page

pytestmark = pytest.mark.deep
FOCUS = """() => {
  let here = document.activeElement;
  while (here && here.shadowRoot && here.shadowRoot.activeElement) {
    here = here.shadowRoot.activeElement;
  }
  return (here.innerText || here.value || '').trim();
}"""


def _reading(page: Any) -> str:
    """Return what a reader, or a screen reader, finds on the page: prose and chart descriptions."""
    return page.evaluate(
        "() => document.body.innerText + [...document.querySelectorAll('[role=graphics-document]')]"
        ".map(chart => chart.getAttribute('aria-label')).join()"
    )


def _move_a_slider(page: Any) -> None:
    """Move the first slider; what the page says changes."""
    slider = page.locator("[role=slider]").first
    slider.wait_for()
    before = _reading(page)
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(1500)
    assert _reading(page) != before


def test_a_slider_moves_and_a_graph_is_drawn_by_keyboard_alone(browser: Any, course: Any) -> None:
    """A slider moves the estimate; lines and menus add arrows; bad lines get named."""
    typed = "age -> risk aversion\nage -> horoscope"
    with Server(course, "run", "notebooks/01_causal_graphs.py") as server:
        page = open_page(browser, server.url)
        page.get_by_text("Draw an arrow, and this place lists").wait_for()
        page.get_by_text("0 of 8 done").wait_for()
        _move_a_slider(page)
        area = page.locator("textarea").last
        area.focus()
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS) == "add these lines"
        page.keyboard.press("Enter")
        page.get_by_text("There is no variable “horoscope”.").wait_for()
        page.get_by_text("1 arrow.").wait_for()
        assert area.input_value() == typed
        for _ in range(6):
            page.keyboard.press("Shift+Tab")
        page.keyboard.type("car v")
        page.keyboard.press("Tab")
        page.keyboard.type("theft")
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS) == "add arrow"
        page.keyboard.press("Enter")
        page.get_by_text("2 arrows.").wait_for()
        page.get_by_text("Your graph forbids 89 correlations").wait_for()
        page.wait_for_url("**arrows=*")
        page.reload()
        page.get_by_text("The 2 arrows that you drew before came back.").wait_for()
        page.get_by_text("2 arrows.").wait_for()
        assert not page.failures
        page.close()
