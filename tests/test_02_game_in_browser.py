"""Notebook 02 in a browser: the game is played with the keyboard, and the chart leaves as PNG."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import Server, open_page


@pytest.mark.deep
def test_game_and_export(browser: Any, course: Any) -> None:
    """A wrong choice gets its reason, a right one a point; one button saves a large PNG."""
    with Server(course, "run", "notebooks/02_confounders_colliders_mediators.py") as server:
        page = open_page(browser, server.url)
        page.get_by_text("0 of 12 solved, 0 points").wait_for()
        judge = page.get_by_role("button", name="judge")
        page.locator("select").last.select_option(label="3: training → wage")
        box = page.get_by_role("checkbox", name="skill")
        box.focus()
        page.keyboard.press("Space")
        page.wait_for_timeout(1500)
        judge.focus()
        page.keyboard.press("Enter")
        page.get_by_text("blocks the mediator").first.wait_for()
        page.get_by_text("0 of 12 solved, 0 points").wait_for()
        box.focus()
        page.keyboard.press("Space")
        page.wait_for_timeout(1500)
        judge.focus()
        page.keyboard.press("Enter")
        page.get_by_text("1 of 12 solved, 1 point").wait_for()
        page.get_by_text("1 of 12 rounds solved.").wait_for()
        with page.expect_download() as download:
            page.get_by_text("Save this chart as PNG").click()
        assert download.value.suggested_filename == "boardroom.png"
        head = Path(download.value.path()).read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", head[16:24])
        assert width > 1_800
        assert height > 600
        assert not page.failures
        page.close()
