"""The command `course`: one word for each thing that the course does for itself."""

from __future__ import annotations

import importlib
import sys

from helpers.course import forgive

COMMANDS = {
    "doctor": "say whether this machine is ready, and the line that repairs it (--warm: be quick)",
    "update": "bring the new edition, and keep what you have written",
    "derive": "write the notebooks and slide layouts from the solutions (--check: only compare)",
    "gallery": "build the pages and decks as a site that needs no installation (--serve: show it)",
    "sheets": "write one page a notebook, to print, and the published numbers re-examined",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; alone, list them.

    Args:
        arguments: what stands behind `course`; those of this process where none are given.
    """
    forgive()
    name, *rest = [*(sys.argv[1:] if arguments is None else arguments), ""]
    if name not in COMMANDS:
        asked = name in ("", "-h", "--help")
        out = sys.stdout if asked else sys.stderr
        if not asked:
            out.write(f"There is no command “{name}”.\n")
        width = max(map(len, COMMANDS))
        out.writelines(f"uv run course {c:{width}}  {what}\n" for c, what in COMMANDS.items())
        return int(not asked)
    module = importlib.import_module(f"helpers.course.{name}")
    return module.main(rest[:-1])


if __name__ == "__main__":
    sys.exit(main())
