import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Which notebook do I need?",
    css_file="../theme.css",
)

with app.setup:
    import re

    import marimo as mo

    from helpers import graphs


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Which notebook do I need?

    At most six questions about what you have; the answer is a notebook and a section of it. No method here repairs data
    that cannot answer: sometimes the way ends there, and that is an answer too.
    """)
    return


@app.cell(hide_code=True)
def folder():
    SOLUTIONS = mo.notebook_dir().parents[1] / "solutions"
    return (SOLUTIONS,)


@app.cell
def ways():
    # question: what is asked, then where "yes" and "no" lead: another question, or a section.
    WAYS = {
        "decide": (
            "Can you still decide who gets the treatment?",
            "share",
            "nudge",
        ),
        "share": (
            "Do the units share something that one can take from another: drivers, stock, team mates?",
            ("14", "Switch the whole market, hour by hour", "Randomise what shares."),
            ("04", "How many visitors do we need?", "A coin for each unit; plan it by simulation."),
        ),
        "nudge": (
            "Did a coin, a distance or a rule, which shares no cause with the outcome and touches it in no other way, push some towards it?",
            ("10", "A coin that only encourages", "An instrument, for those whom it moves."),
            "date",
        ),
        "date": (
            "Did it begin at a date, for some places and not for others (or for all of them)?",
            ("13", "Others, who had no law", "Past and others stand in for the missing world."),
            "groups",
        ),
        "groups": (
            "Are there several units in each group, and is what you fear the same for all of a group?",
            ("06", "Mundlak's trick: one more column", "Compare within groups, keep the rest."),
            "measured",
        ),
        "measured": (
            "Is everything that decided who got it, and matters for the outcome, in your table?",
            (
                "11",
                "Or may everybody stay, with a weight?",
                "Make the groups alike, see who is left.",
            ),
            ("10", "When the answer is no: bounds", "No number, but limits; or measure more."),
        ),
    }
    return (WAYS,)


@app.cell(hide_code=True)
def asked(WAYS):
    answers = mo.ui.dictionary(
        {
            key: mo.ui.radio(["yes", "no"], label=question, inline=True)
            for key, (question, *_) in WAYS.items()
        }
    )
    return (answers,)


@app.function(hide_code=True)
def follow(ways, said):
    """Return (questions that are asked, in order; the section at the end, or None as yet).

    Args:
        ways: question -> (words, where yes leads, where no leads).
        said: question -> "yes", "no" or None.
    """
    step, path = next(iter(ways)), []
    while isinstance(step, str):
        path.append(step)
        if said.get(step) not in ("yes", "no"):
            return path, None
        step = ways[step][1 + (said[step] == "no")]
    return path, step


@app.cell(hide_code=True)
def chooser(SOLUTIONS, WAYS, answers):
    _path, end = follow(WAYS, answers.value)
    _shown = [answers[key] for key in _path]
    if end is not None:
        _number, _section, _why = end
        _file = next(SOLUTIONS.glob(f"{_number}_*.py")).stem
        _say = f"**Notebook {_number}, “{_section}”.** {_why} `uv run marimo edit notebooks/{_file}.py`"
        _shown.append(mo.callout(mo.md(_say), kind="success"))
    mo.vstack(_shown, gap=1)
    return


@app.cell
def questions():
    # What else people ask, and where it is answered.
    QUESTIONS = {
        "Which arrows do we believe in, and can data refute one?": (
            "01",
            "What the graph forbids, data can judge",
        ),
        "What should I control for?": ("02", "Second way: no data at all, and one rule"),
        "One fit, but whose effect?": ("03", "One fit, five questions"),
        "Did the new page convert better?": ("04", "Ship it? Four rules"),
        "What does the program of a colleague assume?": ("05", "The graph as a program"),
        "Can a network find what is hidden?": ("07", "What do three readings buy?"),
        "How does it work, through what?": ("08", "Two mediators: eight worlds"),
        "Where should the next euro go?": ("09", "The decision: how to split the weekly budget"),
        "Who should get it?": ("12", "What is a rule worth?"),
        "What would have happened to this one?": ("16", "One pupil"),
        "Which arm next, and what may a log teach?": ("17", "A clerk who hears the mood"),
        "And in our own case?": ("18", "Draw what you believe"),
    }
    return (QUESTIONS,)


@app.cell(hide_code=True)
def questions_shown(QUESTIONS):
    _rows = [f"| {asks} | {number} | {section} |" for asks, (number, section) in QUESTIONS.items()]
    mo.md(
        "## Or do you have a question of another kind?\n\n| | notebook | section |\n|:--|:--|:--|\n"
        + "\n".join(_rows)
    )
    return


@app.function(hide_code=True)
def before(folder):
    """Return (notebook, the notebooks that its card names as needed before), by number.

    Args:
        folder: that holds the solutions.
    """
    found = {}
    for path in sorted(folder.glob("[0-9]*.py")):
        row = re.search(r"\| Before \| (.*?) \|$", path.read_text("utf-8"), re.MULTILINE)
        needed = re.findall(r"\b\d\d\b(?! helps)", row[1]) if row else []
        found[path.stem] = [n for n in needed if n < path.stem[:2]]
    return found


@app.function(hide_code=True)
def arrows_between(needed):
    """Return the arrows of the map: only those that no longer way says already."""
    short = {stem[:2]: f"{stem[:2]} {stem[3:].replace('_', ' ')}" for stem in needed}
    direct = {stem[:2]: set(before) for stem, before in needed.items()}

    def far(number):
        """Return all that comes before a notebook, near or far."""
        near = direct.get(number, set())
        return near | {each for n in near for each in far(n)}

    return [
        (short[n], short[number])
        for number, near in direct.items()
        for n in sorted(near)
        if n in short and not any(n in far(other) for other in near - {n})
    ]


@app.cell(hide_code=True)
def map_shown(SOLUTIONS):
    needed = before(SOLUTIONS)
    course_map = graphs.dag(arrows_between(needed))
    mo.vstack(
        [
            mo.md(
                "## What leads to what\n\nFrom the notebooks' own cards: an arrow means *before*. Nothing else has to be "
                "taken in order."
            ),
            course_map.draw("The notebooks of the course"),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
