import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="The next 90 days", css_file="../theme.css")

with app.setup:
    import marimo as mo


@app.cell(hide_code=True)
def title():
    mo.md("""
    # The next 90 days

    One decision, one graph, one number, one meeting. Fill in what you know and download the plan as a
    Markdown file; an empty field stays in it as a question. What you type stays with the machine that shows this page. The numbers of the example are invented.
    """)
    return


@app.cell(hide_code=True)
def fields():
    fields = {
        "Who": (["Name, team, sponsor", "Aylin, pricing; Kofi, data; sponsor: head of sales"],),
        "Days 1 to 30: one question": (
            [
                "The decision, and who takes it when",
                "Extend the free-delivery trial to all regions? Head of sales, on 1 March",
            ],
            [
                "The estimand in one sentence (effect of what, on what, for whom, compared with what)",
                "Mean change of orders per customer in 30 days if delivery is free, against 4 euros, over all customers of last year",
            ],
            [
                "The graph: arrows, one a line",
                "region -> free delivery\nregion -> orders\nseason -> free delivery\nseason -> orders\nfree delivery -> orders",
            ],
            [
                "Who has read the graph and doubted an arrow",
                "Two regional managers; one added season",
            ],
        ),
        "Days 31 to 60: one number": (
            [
                "Data: table, rows, dates of every column",
                "orders_2025, 48,000 customers; trial dates from the depot",
            ],
            [
                "Design: experiment, natural chance, or adjustment, and why",
                "Adjustment for region and season; a lottery among 2,000 customers as a check",
            ],
            [
                "The simulation that the method must pass first",
                "Our graph with an effect of 0 and of 0.3 orders: 94 of 100 intervals hold the truth",
            ],
            [
                "The assumption that carries it, and how strong a hidden cause would have to be",
                "No other promotion in the trial regions; it would have to be twice as strong as season",
            ],
        ),
        "Days 61 to 90: one meeting": (
            ["The one-pager goes to", "Head of sales and finance, a week before 1 March"],
            [
                "What would change the decision",
                "An effect under 0.1 orders: then free delivery costs more than it brings",
            ],
            [
                "The next experiment, its size and its cost",
                "10 % of customers keep the fee for 8 weeks; about 9,000 euros of lost orders at most",
            ],
            [
                "What we do differently from now on",
                "No campaign starts without a written reason for who gets it",
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
    markdown = as_markdown("The next 90 days", fields, form.value)
    return (markdown,)


@app.cell(hide_code=True)
def download(form, markdown):
    _done = sum(bool(answer.strip()) for answer in form.value.values())
    mo.vstack(
        [
            mo.md(f"**{_done} of {len(form.value)} filled.**"),
            mo.download(
                markdown.encode(),
                filename="90-days.md",
                mimetype="text/markdown",
                label="Download as Markdown",
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
