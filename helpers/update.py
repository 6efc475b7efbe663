"""The first edition's name for `uv run course update`; whoever types it gets the update."""

import sys

if __name__ == "__main__":
    from helpers.course import update

    sys.exit(update.main())
