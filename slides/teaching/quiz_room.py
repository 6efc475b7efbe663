import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="What the room has learnt", css_file="../theme.css")

with app.setup:
    from pathlib import Path

    import marimo as mo

    from helpers import quiz
    from helpers.tidy import as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # What the room has learnt

    Reads the answers that `quiz.py` kept, and draws the room before and after. Only people who sent both rounds count.
    Nothing leaves this machine.
    """)
    return


@app.cell(hide_code=True)
def where():
    where = mo.ui.text(value=str(quiz.FOLDER), label="Folder of the answers", full_width=True)
    again = mo.ui.run_button(label="Read again")
    mo.vstack([where, again])
    return again, where


@app.cell
def room(again, where):
    again.value  # a press reads the folder anew
    answers, problems = quiz.read(Path(where.value.strip() or ".").expanduser())
    people, room = quiz.by_person(answers), quiz.by_question(answers)
    both = people.dropna()
    return both, people, problems, room


@app.cell(hide_code=True)
def told(both, people, problems):
    _gain = both["after"] - both["before"]
    _words = [f"{len(people)} people have sent answers, {len(both)} of them both times."]
    if len(both):
        _words.append(
            f"On average {signed(_gain.mean(), 1)} right answers of {len(quiz.QUESTIONS)}: "
            f"from {number(both['before'].mean(), 1)} to {number(both['after'].mean(), 1)}. "
            "Nobody stayed away by lottery: those who were taught were all there, so this is a difference, "
            "not the effect of the workshop."
        )
    _words += [f"- {_problem}" for _problem in problems]
    mo.md("\n\n".join(_words))
    return


@app.cell(hide_code=True)
def drawn(both, room):
    mo.stop(both.empty)
    quiz.chart_room(room)
    return


@app.cell(hide_code=True)
def stayed(both, room):
    mo.stop(both.empty)
    _stayed = room[room["holds"] > 0].sort_values("holds", ascending=False)
    _stayed = _stayed.assign(holds=_stayed["holds"].map(percent))[["question", "stayed", "holds"]]
    _stayed.columns = ["question", "idea that stayed", "of the room"]
    mo.vstack([mo.md("## What stayed"), as_table(_stayed)])
    return


if __name__ == "__main__":
    app.run()
