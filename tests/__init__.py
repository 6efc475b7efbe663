"""Tests of the course. Run them all by `uv run pytest`."""
