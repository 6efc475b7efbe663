"""The course's own tooling, run as `uv run course`: doctor, update, derive, gallery, sheets.

No notebook imports it. An old Python (3.7) can read this file: the doctor must be able to say so.
"""

import sys


def forgive():  # noqa: ANN201
    """Let a console that lacks a character show a question mark for it, not an error.

    Windows consoles have code pages of 256 characters; a path, a subject line or a notebook's error
    may hold any other.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
