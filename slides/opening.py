import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Would it have happened anyway?",
    layout_file="layouts/opening.slides.json",
    css_file="theme.css",
)

with app.setup:
    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts, graphs, tidy
    from helpers.simulate import LinearWorld


@app.cell(hide_code=True)
def title():
    # notes: Aim: one sentence that they take home: the same data, two questions, two answers.
    # notes: Trap: do not define anything yet. Minutes: 1. If late: start at the next slide.
    mo.md(r"""
    # Would it have happened anyway?

    Every company asks what its decisions did. The record shows what happened. It does not show what
    would have happened otherwise.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell(hide_code=True)
def questions():
    # notes: Aim: people sort their own questions. Ask three of them for one question from work and
    # notes: put it into a row. Trap: "which customers will leave?" sounds causal and is not; "whom
    # notes: should we call?" is. Minutes: 3. If late: show the table, ask nobody.
    mo.md(r"""
    ## Three kinds of question

    | | a question | what it takes |
    |:---|:---|:---|
    | **seeing** | Which customers will leave next month? | a record of the past, if the future resembles it |
    | **doing** | How many stay if we call all of them? | a record, and how it came about |
    | **imagining** | Would Ms Kaya have stayed if we had called? | all of that, for one person |

    Prediction answers the first row, however good it is. Decisions are in the second.
    """)
    return


@app.cell(hide_code=True)
def firms():
    # slide: sub-slide
    # notes: Four firms that published what they found when they looked twice. Ask who has seen the
    # notes: second column at work. If late: the first row.
    mo.md(r"""
    ### Four firms that looked twice

    | firm | asked | and found |
    |:---|:---|:---|
    | **eBay** (2015) | Do our search ads pay? | by experiment, a fraction of what the record says; ads on its own name, nothing measurable |
    | **Facebook** (2019) | Can a record replace a test of ads? | in 15 campaigns, often not |
    | **Google** (2015) | What did a campaign bring, without a control group? | a model of what came before stands in |
    | **Airbnb** (2025) | Does a test flat by flat show what a fee does? | no: a fifth or more of what it shows is interference between flats |
    """)
    return


@app.cell(hide_code=True)
def prediction_heading():
    # notes: Aim: a forecast that is excellent and useless for the decision. Trap: someone says "so
    # notes: the model is bad"; it predicts well, it answers another question. Minutes: 4.
    # notes: If late: move the slider once, to its right end.
    mo.md(r"""
    ## A good forecast, a bad decision

    Before the holidays a shop advertises more, and people buy more, advertised or not. How much does
    one more euro of advertising sell? Two lines through the same weeks: one forecasts, the other decides.
    """)
    return


@app.cell
def shop(pull):
    shop = LinearWorld(
        coefficients={
            ("season", "advertising"): pull.value,
            ("season", "sales"): 3,
            ("advertising", "sales"): 0.5,
        },
        intercepts={"advertising": 20, "sales": 60},
        noise={"season": 2, "advertising": 2, "sales": 3},
    )
    return (shop,)


@app.cell(hide_code=True)
def pull():
    pull = mo.ui.slider(0, 3, 0.25, value=2, show_value=True, label="season's pull on the budget")
    return (pull,)


@app.cell
def answers(shop):
    seen = shop.slope("sales", on="advertising")
    done = shop.total_effect("advertising", "sales")
    return done, seen


@app.cell(hide_code=True)
def weeks(SEED, done, pull, seen, shop):
    # slide: sub-slide
    _weeks = shop.sample(200, SEED)
    _x = np.array([_weeks["advertising"].min(), _weeks["advertising"].max()])
    _mean = shop.mean()
    _ends = pd.concat(
        pd.DataFrame({"advertising": _x, "role": role, "answer": label}).assign(
            sales=_mean["sales"] + slope * (_x - _mean["advertising"])
        )
        for role, label, slope in [
            ("naive", f"seeing: {tidy.signed(seen)} per euro", seen),
            ("truth", f"doing: {tidy.signed(done)} per euro", done),
        ]
    )
    _axes = {
        "x": alt.X("advertising:Q", title="advertising (thousand euros)").scale(zero=False),
        "y": alt.Y("sales:Q", title="sales (thousand euros)").scale(zero=False),
    }
    _dots = alt.Chart(_weeks).mark_circle(color=charts.ROLES["control"], opacity=0.5)
    _lines = alt.Chart(_ends).mark_line(strokeWidth=4)
    _colour = alt.Color("role:N", scale=charts.role_scale("naive", "truth"), legend=None)
    _dash = alt.StrokeDash("answer:N", title=None, legend=alt.Legend(orient="top", labelLimit=340))
    _chart = alt.layer(
        _dots.encode(**_axes), _lines.encode(**_axes, color=_colour, strokeDash=_dash)
    ).properties(width="container", height=225)
    _words = (
        f"Sales against advertising in 200 weeks. Seeing {seen:.2f}, doing {done:.2f} per euro."
    )
    mo.vstack([pull, charts.describe(_chart, _words)])
    return


@app.cell(hide_code=True)
def reading(done, seen):
    # slide: fragment
    mo.md(f"""
    Both lines are right: {tidy.signed(seen)} forecasts next week's sales, {tidy.signed(done)} is what a euro more buys.
    """)
    return


@app.cell(hide_code=True)
def graph_heading(shop):
    # notes: Aim: the picture that the whole course uses. Read every arrow aloud as "decides".
    # notes: Trap: an arrow is a claim about the world, not a correlation. Minutes: 2.
    # notes: If late: left picture only.
    _graph = graphs.dag(shop.edges, treatment="advertising", outcome="sales")
    mo.vstack(
        [
            mo.md(r"""
    ## Seeing and doing are two graphs

    Seen, a high budget tells of the season. Set by us, it tells of nothing but our decision: `do` cuts
    the arrow.
    """),
            mo.hstack(
                [
                    _graph.draw("seeing: the season decides the budget"),
                    _graph.do("advertising").draw("doing: we decide it"),
                ],
                widths="equal",
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def outcomes():
    # notes: Aim: an effect is a difference between two columns, of which each person shows one.
    # notes: Trap: "collect more data" adds rows, never the missing column. Minutes: 3.
    # notes: If late: read one row.
    mo.md(r"""
    ## An effect compares two worlds, and each of us lives in one

    | customer | was called | stays if called, `y1` | stays if not, `y0` | effect |
    |:---|:---:|:---:|:---:|:---:|
    | Kaya | yes | 1 | ? | ? |
    | Lindqvist | yes | 0 | ? | ? |
    | Moreno | no | ? | 1 | ? |
    | Nowak | no | ? | 0 | ? |

    Half of the table is missing, and always will be. Causal inference is how to fill it **on average**,
    and what one must assume to do so (Neyman 1923; Rubin 1974).
    """)
    return


@app.cell(hide_code=True)
def experiments():
    # notes: Aim: experiments first, and why one is not always there. Trap: nobody should leave with
    # notes: "we can't experiment" as an excuse: ask what a small one would cost. Minutes: 3.
    # notes: If late: first column only.
    mo.md(r"""
    ## Experiment where you can. Where you cannot, design

    | why there is no experiment | for example | what is left |
    |:---|:---|:---|
    | **infeasible** | one brand, one country, one price list | before and after, with controls |
    | **unethical** | withhold a safety warning | compare those who differ by chance |
    | **too late** | the campaign ran last year | adjust for why it ran |
    | **too small** | 40 corporate clients | a model with priors, and modesty |
    | **too slow** | loyalty over five years | early outcomes, on the causal path |
    """)
    return


@app.cell(hide_code=True)
def not_by_test():
    # slide: sub-slide
    # notes: Each line is a notebook's subject. Trap: "then we don't test": a test answers its own
    # notes: question best of all. If late: read two lines.
    mo.md(r"""
    ### What an A/B test alone does not answer

    - **Why** it worked: a test shows the total effect, not its way.
    - **For whom**: its people and its weeks, not next year's.
    - **How much for everybody**, where people touch each other, or share a stock.
    - **What would have happened to her**: each customer shows one arm only.
    - **How much of it**, where only on and off were tried.
    - Whatever **nobody dares to draw lots for**.
    """)
    return


@app.cell(hide_code=True)
def hierarchy():
    # notes: Aim: where evidence usually stands, and that the rank is a prior, not a verdict.
    # notes: Trap: a broken experiment is worse than a careful comparison. Minutes: 2.
    # notes: If late: read top and bottom.
    mo.md(r"""
    ## How far to trust a number

    1. A randomised experiment, run as planned, on the people whom the decision concerns
    2. Chance assigned by accident: a threshold, a lottery, an outage, an instrument
    3. The same units before and after, against others that did not change
    4. A comparison adjusted for named causes, with a sensitivity analysis
    5. A comparison adjusted for whatever was in the table
    6. Before and after, alone. An anecdote

    Each step down asks for other assumptions that data cannot check, usually stronger ones.
    """)
    return


@app.cell(hide_code=True)
def assumptions():
    # notes: Aim: four names that come back in every notebook. Trap: all four are about the world; no
    # notes: test of the data proves one. Minutes: 3. If late: ignorability and positivity only.
    mo.md(r"""
    ## Four assumptions, always the same ones

    | name | in words | breaks when |
    |:---|:---|:---|
    | **consistency** | one version of the treatment | "a discount" is 5 % here and 50 % there |
    | **no interference** | my treatment does not reach you | players invite their friends |
    | **ignorability** | given what we adjust for, who is treated is as good as chance | a cause of both stays unmeasured |
    | **positivity** | every kind of person could have got either | all big clients were called |

    Notebook 02 breaks the last three, one slider each.
    """)
    return


@app.cell(hide_code=True)
def idea():
    # notes: Aim: the idea that carries the course. Trap: "Bayesian" frightens; say "one program, used
    # notes: three times". Minutes: 2. If late: read the bold words.
    mo.md(r"""
    ## A model written as a program can be a causal graph

    It is one if each line is a mechanism of the world, causes first. Then:

    - **Simulate** it: the truth is known, and everybody can see which method finds it.
    - **`observe`** it: seeing. The unknown numbers become a posterior.
    - **`do`** on it: doing. The same program, with one line overruled.

    You will draw a graph, write it as a program, fit it, intervene on it, and say how wrong an assumption
    must be before the answer changes.
    """)
    return


@app.cell(hide_code=True)
def references():
    # slide: sub-slide
    mo.md(r"""
    **Sources.** Blake, Nosko and Tadelis (2015), doi:10.3982/ECTA12423. Gordon and others (2019),
    doi:10.1287/mksc.2018.1135. Brodersen and others (2015), doi:10.1214/14-AOAS788. Holtz and others (2025),
    doi:10.1287/mnsc.2020.01157. Neyman (1923, translated 1990), doi:10.1214/ss/1177012031. Rubin (1974),
    doi:10.1037/h0037350. Pearl (2009), *Causality*, doi:10.1017/CBO9780511803161. Hernán and Robins (2020),
    *Causal Inference: What If*. The shop is simulated: season, advertising and sales are linear with
    Gaussian noise, and one euro of advertising sells 50 cents.
    """)
    return


if __name__ == "__main__":
    app.run()
