import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Twelve questions", css_file="../theme.css")

with app.setup:
    import json

    import marimo as mo

    from helpers import quiz


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Twelve questions

    Six minutes, once **before** the workshop and once **after**. It is no exam: the two rounds show you, and the room, what was
    learnt. Choose a code name that only you know, and use the same one both times. Why an answer is right you read after
    the second round.

    Your answers go to one file on the machine that shows this page, and nowhere else.
    """)
    return


@app.cell(hide_code=True)
def form():
    _asked = [
        f"**{number}.** {question.story}\n\n{{{question.key}}}"
        for number, question in enumerate(quiz.QUESTIONS, start=1)
    ]
    _fields = {question.key: mo.ui.radio(question.options) for question in quiz.QUESTIONS}
    _fields["who"] = mo.ui.text(label="Code name", placeholder="heron-7", max_length=40)
    _fields["when"] = mo.ui.radio(list(quiz.WHENS), label="This is")
    _page = mo.md("\n\n".join(["{who}", "{when}", *_asked]))
    form = _page.batch(**_fields).form(submit_button_label="Send my answers", bordered=False)
    form
    return (form,)


@app.function(hide_code=True)
def deliver(who, when, answers):
    """Return what a person sees after sending: what was kept and where, or what to mend."""
    try:
        path, told = quiz.save(who, when, answers)
    except ValueError as problem:
        said = "Say first whether this is before or after." if when is None else str(problem)
        return mo.callout(mo.md(f"Nothing was sent. {said}"), kind="warn"), None
    except OSError as problem:
        words = f"The folder cannot be written to ({problem}). Your answers are still on this page; download them below."
        kept = json.dumps({"who": who, "when": when, "answers": answers}, indent=1)
        file = mo.download(kept.encode(), filename="answers.json", label="Download my answers")
        return mo.vstack([mo.callout(mo.md(words), kind="warn"), file]), None
    open_ = len(quiz.QUESTIONS) - len(told["answers"])
    words = f"Thank you, **{told['who']}**. Kept as `{path.name}`."
    if open_:
        words += f" {open_} left open count as *I don't know*; you may send again."
    return mo.callout(mo.md(words), kind="success"), told


@app.cell(hide_code=True)
def sent(form):
    mo.stop(form.value is None)
    _answers = {key: value for key, value in form.value.items() if key not in ("who", "when")}
    _view, sent = deliver(form.value["who"], form.value["when"], _answers)
    _view
    return (sent,)


@app.cell(hide_code=True)
def afterwards(sent):
    mo.stop(sent is None or sent["when"] != "after")
    _answers, _ = quiz.read()
    _mine = quiz.by_person(_answers).loc[sent["who"]]
    _then = f"{_mine['before']:.0f} right before, " if _mine.notna()["before"] else ""
    _told = [f"## {_then}{_mine['after']:.0f} of {len(quiz.QUESTIONS)} right now"]
    for _number, _question in enumerate(quiz.QUESTIONS, start=1):
        _given = sent["answers"].get(_question.key, _question.options[-1])
        _mark = "✓" if _given == _question.right else "✗"
        _told.append(
            f"**{_number}. {_mark}** {_question.right}. {_question.why} (`{_question.notebook}`)"
        )
    mo.md("\n\n".join(_told))
    return


if __name__ == "__main__":
    app.run()
