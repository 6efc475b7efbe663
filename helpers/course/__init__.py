"""The course's own tooling, run as `uv run course`: doctor, update, derive, gallery.

No notebook imports it.
"""
