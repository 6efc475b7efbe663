import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What to do on Monday",
    layout_file="layouts/closing.slides.json",
    css_file="theme.css",
)

with app.setup:
    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts


@app.cell(hide_code=True)
def title():
    # notes: Aim: from the course to the office. Ask each person for the one decision of next month
    # notes: that they would now look at differently. Trap: a summary that repeats the notebooks.
    # notes: Minutes: 2. If late: ask two people.
    mo.md(r"""
    # What to do on Monday

    You can draw a question, say what would answer it, and show how far a wrong assumption moves the
    answer. Three things remain: modesty, a playbook, and colleagues.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell(hide_code=True)
def multiple_heading():
    # notes: Aim: the best of many harmless ideas looks like a success. Move the slider from 1 to 40.
    # notes: Trap: people think that an honest analyst is immune; nobody cheated here. Minutes: 4.
    # notes: If late: show 20 ideas only.
    mo.md(r"""
    ## Test enough ideas, and one of them works

    None of these ideas does anything. Each is tested once, properly, at the 5 % level. A team reports its best one: how
    many teams have something to report?
    """)
    return


@app.cell(hide_code=True)
def n_ideas():
    n_ideas = mo.ui.slider(1, 40, 1, value=20, show_value=True, label="ideas tested")
    return (n_ideas,)


@app.cell
def null_ideas(SEED):
    _rng = np.random.default_rng(SEED)
    null_z = _rng.normal(0, 1, (4_000, 40))  # 4,000 teams, 40 ideas each, no effect anywhere
    return (null_z,)


@app.cell
def a_winner(n_ideas, null_z):
    won = np.abs(null_z[:, : n_ideas.value]) > 1.96
    share_with_winner = float(won.any(axis=1).mean())
    return share_with_winner, won


@app.cell(hide_code=True)
def winners(n_ideas, share_with_winner, won):
    _count = pd.Series(won.sum(axis=1).clip(max=6)).value_counts(normalize=True)
    _frame = pd.DataFrame(
        {"winners": [*map(str, range(6)), "6+"], "share": _count.reindex(range(7), fill_value=0)}
    )
    _bars = alt.Chart(_frame).mark_bar(color=charts.ROLES["naive"], stroke="#333333")
    _bars = _bars.encode(
        x=alt.X(
            "winners:N", title="ideas that “work” (of those tested)", axis=alt.Axis(labelAngle=0)
        ),
        y=alt.Y("share:Q", title="share of teams", axis=alt.Axis(format=".0%")),
    ).properties(
        width="container",
        height=215,
        title=f"{share_with_winner:.0%} of teams find at least one winner",
    )
    _words = f"With {n_ideas.value} useless ideas, {share_with_winner:.0%} of teams find a winner."
    mo.vstack([n_ideas, charts.describe(_bars, _words)])
    return


@app.cell(hide_code=True)
def multiple_reading(n_ideas, share_with_winner):
    # slide: fragment
    mo.md(f"""
    The formula says 1 − 0.95^{n_ideas.value} = {1 - 0.95**n_ideas.value:.0%}, the simulation {share_with_winner:.0%}. Write down
    the question before the data, and count the tries.
    """)
    return


@app.cell(hide_code=True)
def humility():
    # notes: Aim: sentences that a careful analyst says. Trap: humility without numbers is an excuse;
    # notes: each sentence here ends in something one can compute. Minutes: 3. If late: first and last.
    mo.md(r"""
    ## Say it like this

    - "Under this graph the effect is between … and …; here is the graph."
    - "A hidden cause would have to be as strong as *last year's sales* to bring it to zero."
    - "This is for the customers who got the offer, not for everybody."
    - "The data cannot tell these two stories apart. This experiment could."
    - "I don't know" is a result, when it comes with what it would take to know.
    """)
    return


@app.cell(hide_code=True)
def playbook():
    # notes: Aim: a page to photograph. Trap: they look for their method; ask for their question
    # notes: first. Minutes: 4. If late: leave it on the screen during the break.
    mo.md(r"""
    ## Playbook: which tool when

    | the situation | the tool | it fails when | in |
    |:---|:---|:---|:---:|
    | We can still randomise | A/B test, simulated first | units share | 04 |
    | Units share drivers | switchback, clusters | effects last longer | 14 |
    | We know why some got it | regression, weights, `do` | some have no twin | 03,&nbsp;05,&nbsp;11 |
    | What to adjust for? | draw the graph, ask it | an arrow is forgotten | 01,&nbsp;02,&nbsp;10 |
    | It began at a date | others, or the own past | trends part anyway | 13 |
    | Units come in groups | group means | the cause varies | 06 |
    """)
    return


@app.cell(hide_code=True)
def playbook_more():
    # slide: sub-slide
    mo.md(r"""
    ### Playbook, the other half

    | the situation | the tool | it fails when | in |
    |:---|:---|:---|:---:|
    | *Why* does it work? | mediation | it is confounded | 08 |
    | Who should get it? | learners, priced by coins | priced on its own rows | 12 |
    | Where to spend next? | spend model, lift tests | demand moves budgets | 09 |
    | The cause stays hidden | front door, instrument | it has its own arrow | 07,&nbsp;10 |
    | How much is hidden? | joint model, map over ρ | a prior picks the ρ | 15 |
    | This one? Which next? | a program; Thompson | both assume a model | 16,&nbsp;17 |
    | And in our own case? | your arrows, as a program | an arrow is missing | 18 |
    """)
    return


@app.cell(hide_code=True)
def troubleshooting():
    # notes: Aim: the four places where an analysis breaks, in the order in which to look. Trap:
    # notes: people start with the sampler; the graph is wrong more often. Minutes: 3. If late: row one.
    mo.md(r"""
    ## When the answer looks wrong

    | look at | ask | repair |
    |:---|:---|:---|
    | the question | whose effect, of what, against what? | write the estimand as a sentence |
    | the graph | did we adjust for something that came later? | dates on every column |
    | the overlap | is there anyone to compare with? | narrow the population, and say so |
    | the prior | what does it say in euros? | draw from it before the data |
    | the sampler | R-hat, effective draws, divergences | simulate, then recover the truth |
    """)
    return


@app.cell(hide_code=True)
def colleagues():
    # notes: Aim: one chart and three sentences beat a model. Trap: no formula on this slide, and none
    # notes: in the meeting. Minutes: 2. If late: skip.
    mo.md(r"""
    ## For colleagues who do not read formulas

    1. **The number everybody knows**, and one reason why it misleads.
    2. **The picture of who got what, and why**: the graph, three nodes, no more.
    3. **The better number**, with its range, and the decision that it changes.

    Then simulate a world in which you are right and one in which you are wrong, and let them guess which
    is which. The last optional section of notebook 02 has such a chart.
    """)
    return


@app.cell(hide_code=True)
def reading():
    # notes: Aim: three books, one for each kind of reader. Trap: a list of ten is read by nobody.
    # notes: Minutes: 1. If late: leave it on the screen.
    mo.md(r"""
    ## Further reading

    - Hernán and Robins (2020), *Causal Inference: What If*: estimands and assumptions, free online.
    - Pearl, Glymour and Jewell (2016), *Causal Inference in Statistics: A Primer*: graphs, short.
    - McElreath (2020), *Statistical Rethinking*, doi:10.1201/9780429029608: Bayesian models, causes first.
    - Imbens and Rubin (2015), doi:10.1017/CBO9781139025751: potential outcomes and designs.

    The glossary and its sources are in README.md.
    """)
    return


if __name__ == "__main__":
    app.run()
