"""The first edition's name for `uv run course doctor`; whoever types it gets the doctor.

As a file, `python helpers/doctor.py`, it also answers where the course's modules are hidden by
others, and to a Python that is too old.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from helpers.course import doctor

    sys.exit(doctor.main())
