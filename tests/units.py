"""The units of the notebooks that have no claims yet: one table, variable -> unit.

AXES: the titles of axes, with their units, and the units that charts are given. SAID: what a
sentence prints -> the units that follow it. Both are compared with the whole notebook.
"""

AXES: dict[str, list[str]] = {
    "09_marketing_mix": [
        "ROAS (euros of sales per euro)",
        "ROAS of social (euros of sales per euro)",
        "estimate of social's effect, as a multiple of the truth",
        "euros of sales per euro of TV",
        "marginal ROAS (euros of sales per further euro)",
    ],
}

SAID: dict[str, dict[str, list[str]]] = {
    "09_marketing_mix": {
        "_known": ["euros per euro"],
        "_said": ["euros"],
        "left_on_table": ["million a year"],
        "margin_slider": ["cents", "euros"],
        "media_by_do": ["weeks"],
        "roas_draws": ["draws"],
        "true_roas": ["euros"],
    },
}
