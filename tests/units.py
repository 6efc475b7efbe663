"""The units of the notebooks that have no claims yet: one table, variable -> unit.

AXES: the titles of axes, with their units, and the units that charts are given. SAID: what a
sentence prints -> the units that follow it. Both are compared with the whole notebook.
"""

AXES: dict[str, list[str]] = {}

SAID: dict[str, dict[str, list[str]]] = {}
