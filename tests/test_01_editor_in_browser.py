"""The graph editor of notebook 01 in a browser, with the keyboard alone."""

from __future__ import annotations

from typing import Any

from tests.browsing import Server, open_page

FOCUS = """() => {
  let here = document.activeElement;
  while (here && here.shadowRoot && here.shadowRoot.activeElement) {
    here = here.shadowRoot.activeElement;
  }
  return (here.innerText || here.value || '').trim();
}"""


def test_graph_is_drawn_by_keyboard_alone(browser: Any, course: Any) -> None:
    """Lines and menus add arrows without a mouse; bad lines are named, no text is lost."""
    typed = "age -> risk aversion\nage -> horoscope"
    with Server(course, "run", "notebooks/01_causal_graphs.py") as server:
        page = open_page(browser, server.url)
        page.get_by_text("Draw an arrow, and this place lists").wait_for()
        page.get_by_text("0 of 7 done").wait_for()
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
