import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="One page, one decision", css_file="../theme.css")

with app.setup:
    import marimo as mo


@app.cell(hide_code=True)
def title():
    mo.md("""
    # One page, one decision

    For people who will not open the notebook. Ten fields, each a sentence or two; download the page as
    Markdown. If a field stays open, say so in the meeting: it is the first thing that somebody will ask.
    What you type stays with the machine that shows this page. The numbers of the example are invented.
    """)
    return


@app.cell(hide_code=True)
def fields():
    fields = {
        "The decision": (
            [
                "What is decided, by whom, when",
                "Free delivery in all regions, or nowhere. Head of sales, 1 March",
            ],
            [
                "The number everybody knows, and why it misleads",
                "Regions with free delivery order 40 % more. They were chosen because they grow",
            ],
        ),
        "The answer": (
            [
                "The effect, with its interval, unit and population",
                "0.31 orders a customer in 30 days (94 % interval 0.18 to 0.44), all customers of last year",
            ],
            [
                "What it means for the decision, in money",
                "About 2.10 euros a customer, against 1.60 euros of delivery: extend, and watch the small regions",
            ],
        ),
        "Why you may believe it": (
            [
                "The picture: who got it, and why (arrows, one a line)",
                "region -> free delivery\nregion -> orders\nseason -> free delivery\nseason -> orders\nfree delivery -> orders",
            ],
            [
                "Assumptions, by name",
                "Ignorability given region and season; no interference between customers; every region had a chance of a trial; one kind of free delivery",
            ],
            [
                "How strong a hidden cause would have to be",
                "Twice as strong as season, which is the strongest thing that we measured",
            ],
            ["The check by another route", "A lottery among 2,000 customers: 0.27 (0.02 to 0.52)"],
        ),
        "What we do not know": (
            ["What the data cannot tell", "Whether it lasts beyond 30 days; what competitors do"],
            [
                "The experiment that would tell, and its price",
                "10 % of customers keep the fee for 8 weeks",
            ],
        ),
    }
    return (fields,)


@app.cell(hide_code=True)
def example():
    example = mo.ui.switch(label="Show the filled example (it replaces what you typed)")
    example
    return (example,)


@app.cell(hide_code=True)
def form(example, fields):
    form = mo.ui.dictionary(
        {
            prompt: mo.ui.text_area(
                value=filled if example.value else "",
                label=prompt,
                rows=3 + 2 * ("arrows" in prompt),
                full_width=True,
            )
            for asked in fields.values()
            for prompt, filled in asked
        }
    )
    _parts = []
    for _heading, _asked in fields.items():
        _parts += [mo.md(f"## {_heading}"), *(form[prompt] for prompt, _ in _asked)]
    mo.vstack(_parts)
    return (form,)


@app.function(hide_code=True)
def as_markdown(heading, fields, answers):
    """Return the filled page as Markdown; an empty answer becomes a question to come back to."""
    lines = [f"# {heading}", ""]
    for section, asked in fields.items():
        lines += [f"## {section}", ""]
        for prompt, _ in asked:
            answer = str(answers.get(prompt, "")).strip()
            several = (
                [f"    {line}" for line in answer.splitlines()] if "\n" in answer else [answer]
            )
            lines += [f"**{prompt}**", "", *(several if answer else ["*open*"]), ""]
    return "\n".join(lines).rstrip() + "\n"


@app.cell
def markdown(fields, form):
    markdown = as_markdown("One page, one decision", fields, form.value)
    return (markdown,)


@app.cell(hide_code=True)
def download(form, markdown):
    _done = sum(bool(answer.strip()) for answer in form.value.values())
    mo.vstack(
        [
            mo.md(f"**{_done} of {len(form.value)} filled.**"),
            mo.download(
                markdown.encode(),
                filename="one-pager.md",
                mimetype="text/markdown",
                label="Download as Markdown",
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
