import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium", app_title="Two teams, two graphs, one question", css_file="../theme.css"
)

with app.setup:
    import marimo as mo

    from helpers import graphs


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Two teams, two graphs, one question

    Each team types its arrows. The page says where they disagree, and what each of them would have to
    adjust for. Nobody wins: a dispute is a list of things to find out.

    **Before you type,** choose your starter and let the boxes be empty: either choice replaces what stands in them. A team
    without a partner compares itself with the starter.

    **How to write it.** One arrow a line: `season -> sales`. Chains work (`a -> b -> c`), and so does the other
    direction (`sales <- season`). What follows a `#` is a remark. Names count as typed, but for capitals.
    To let a graph run, simulate and answer, take the same text to notebook 18
    (`uv run marimo edit notebooks/18_your_own_case.py`).
    """)
    return


@app.cell(hide_code=True)
def starters():
    _kit = (mo.notebook_dir() / "kit.md").read_text(encoding="utf-8")
    starters = {name: rest[:4] for name, rest in graphs.read_starters(_kit).items()}
    return (starters,)


@app.cell(hide_code=True)
def starter(starters):
    starter = mo.ui.dropdown(
        list(starters), value="Marketing", label="Starter", allow_select_none=False
    )
    boxes = mo.ui.dropdown(
        ["an example", "nothing: two teams", "nothing, and the starter: one team"],
        value="an example",
        label="The boxes hold",
        allow_select_none=False,
    )
    mo.hstack([starter, boxes], justify="start", wrap=True)
    return boxes, starter


@app.cell(hide_code=True)
def question(starter, starters):
    _treatment, _outcome, _hidden, _ = starters[starter.value]
    treatment = mo.ui.text(_treatment, label="Treatment")
    outcome = mo.ui.text(_outcome, label="Outcome")
    hidden = mo.ui.text(_hidden, label="Nobody measures (commas between)")
    mo.hstack([treatment, outcome, hidden], justify="start", wrap=True)
    return hidden, outcome, treatment


@app.cell(hide_code=True)
def edge_lists(boxes, starter, starters):
    _edges = starters[starter.value][3]
    _lines = _edges.splitlines()
    _a, _b = _lines[0].split(" -> ")[:2]
    _other = "\n".join([f"{_b} -> {_a}   # turned round", *_lines[1:-1]])
    _held = {"an example": (_edges, _other), "nothing: two teams": ("", "")}
    _text_a, _text_b = _held.get(boxes.value, ("", _edges))
    _name_b = "The starter" if "one team" in boxes.value else "Team B"
    team_a = mo.ui.text_area(_text_a, label="Team A", rows=11, full_width=True)
    team_b = mo.ui.text_area(_text_b, label=_name_b, rows=11, full_width=True)
    mo.hstack([team_a, team_b], widths="equal")
    return team_a, team_b


@app.cell
def teams(hidden, outcome, team_a, team_b, treatment):
    graph_a, edges_a, messages_a = graphs.read_question(
        team_a.value, treatment.value, outcome.value, hidden.value
    )
    graph_b, edges_b, messages_b = graphs.read_question(
        team_b.value, treatment.value, outcome.value, hidden.value
    )
    return edges_a, edges_b, graph_a, graph_b, messages_a, messages_b


@app.function(hide_code=True)
def dispute(edges_a, edges_b):
    """Return the arrows that two teams share, those of one alone, and those turned round (as A has them)."""
    a, b = set(edges_a), set(edges_b)
    turned = {(cause, effect) for cause, effect in a if (effect, cause) in b} - (a & b)
    turned_b = {(effect, cause) for cause, effect in turned}
    return {
        "both": sorted(a & b),
        "turned round": sorted(turned),
        "only team A": sorted(a - b - turned),
        "only team B": sorted(b - a - turned_b),
    }


@app.cell
def disputes(edges_a, edges_b):
    disputes = dispute(edges_a, edges_b)
    return (disputes,)


@app.cell(hide_code=True)
def disputes_shown(disputes):
    _asks = {
        "both": "Agreed. Is it agreed for the same reason?",
        "turned round": "Which came first? A date in the data settles it.",
        "only team A": "Team A: what happens to the effect if we move the cause by hand?",
        "only team B": "Team B: what happens to the effect if we move the cause by hand?",
    }
    _rows = [
        f"| {kind} | {'<br>'.join(f'{a} → {b}' for a, b in found) or '–'} | {_asks[kind] if found else ''} |"
        for kind, found in disputes.items()
    ]
    mo.md("## What they dispute\n\n| | arrows | ask |\n|:--|:--|:--|\n" + "\n".join(_rows))
    return


@app.function(hide_code=True)
def say_sets(graph):
    """Return what a graph says to adjust for, in words."""
    _n = len(graph.backdoor_paths())
    paths = f"{_n} backdoor path{'' if _n == 1 else 's'}"
    sets = graph.adjustment_sets()
    if not sets:
        return f"{paths}, and **no set of measured variables closes them**: experiment, or find another design."
    if sets == [frozenset()]:
        return f"{paths}, none of them open: **adjust for nothing**."
    words = " **or** ".join("{" + ", ".join(sorted(names)) + "}" for names in sets)
    return f"{paths}; adjust for {words}."


@app.function(hide_code=True)
def team_page(name, graph, messages):
    """Return a team's drawing with its adjustment sets, or what to mend in its text."""
    if messages:
        return mo.callout(
            mo.md(f"**{name}**\n\n" + "\n".join(f"- {m}" for m in messages)), kind="warn"
        )
    first = next(iter(graph.adjustment_sets()), frozenset())
    return mo.vstack([mo.md(f"**{name}**: {say_sets(graph)}"), graph.adjusting(*first).draw()])


@app.cell(hide_code=True)
def both(graph_a, graph_b, messages_a, messages_b):
    mo.vstack(
        [
            mo.md("## What each of them would adjust for"),
            team_page("Team A", graph_a, messages_a),
            team_page("Team B", graph_b, messages_b),
        ]
    )
    return


@app.function(hide_code=True)
def verdict(graph_a, graph_b):
    """Return whether one analysis would satisfy both teams."""
    if graph_a is None or graph_b is None:
        return "Mend the list above first."
    _a, _b = graph_a.adjustment_sets(), graph_b.adjustment_sets()
    _candidates = {*_a, *_b, *(first | second for first in _a for second in _b)}
    shared = [
        names
        for names in _candidates
        if all(
            not names & (g.hidden | {g.treatment, g.outcome})
            and g.is_adjustment_set(
                names & set(g.nodes)
            )  # a name that a team never drew is harmless
            for g in (graph_a, graph_b)
        )
    ]
    if not shared:
        return (
            "**No set of either team, nor two of them together, satisfies both.** The dispute changes the "
            "analysis: settle the arrows above first, or report both answers."
        )
    best = min(shared, key=lambda names: (len(names), sorted(names)))
    words = ", ".join(sorted(best)) or "nothing"
    return f"**Both teams accept one analysis: adjust for {words}.** Whatever else they dispute does not change it."


@app.cell(hide_code=True)
def conclusion(graph_a, graph_b):
    mo.callout(mo.md("## Does the dispute matter?\n\n" + verdict(graph_a, graph_b)), kind="info")
    return


if __name__ == "__main__":
    app.run()
