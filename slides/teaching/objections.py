import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium", app_title="Ten objections, thirty seconds each", css_file="../theme.css"
)

with app.setup:
    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts
    from helpers.tidy import number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Ten objections, thirty seconds each

    Each answer is a small world in which the truth is known. Say the objection aloud, let the room guess
    the bars, then show them. Move a slider: other luck, the same lesson.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.function(hide_code=True)
def picture(bars, unit, words, form=",.2f"):
    """Return bars (label -> value, role), the truth in black, each with its number."""
    frame = pd.DataFrame([(k, *v) for k, v in bars.items()], columns=["label", "value", "role"])
    room = [min(0, 1.1 * frame["value"].min()), 1.2 * max(frame["value"].max(), 0)]
    # Room for the numbers, but no tick beyond 100 %.
    shares = form.endswith("%") and frame["value"].max() > 1 / 2
    ticks = {"values": [0, 0.2, 0.4, 0.6, 0.8, 1]} if shares else {"tickCount": 5}
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=330, minExtent=250)),
        x=alt.X("value:Q", title=unit, axis=alt.Axis(format=form, **ticks)).scale(domain=room),
    )
    colour = alt.Color(
        "role:N", scale=charts.role_scale(*dict.fromkeys(frame["role"])), legend=None
    )
    marks = base.mark_bar(height=22, stroke="#333333").encode(color=colour)
    text = {"align": "left", "dx": 6, "fontSize": 15}
    labels = base.transform_calculate(end="max(datum.value, 0)").mark_text(**text)
    labels = labels.encode(x="end:Q", text=alt.Text("value:Q", format=form))
    whole = alt.layer(marks, labels).properties(width=700, height=alt.Step(34))
    said = "; ".join(f"{k} {v:.2f}" for k, v in zip(frame["label"], frame["value"], strict=True))
    return charts.describe(whole, f"{words} {unit}: {said}.")


@app.function(hide_code=True)
def answer(objection, words, luck, chart):
    """Return one objection with its answer."""
    return mo.vstack([mo.md(f"## “{objection}”\n\n{words}"), luck, chart])


@app.function
def many_rows(seed):
    """Return the gap of sales between who got an offer that does nothing and who did not: few rows, many rows."""
    rng = np.random.default_rng(seed)
    gaps = {}
    for n in (1_000, 200_000):
        motive = rng.normal(0, 1, n)
        offered = motive + rng.normal(0, 1, n) > 0  # the keen are offered more often
        sales = 10 + 2 * motive + rng.normal(0, 1, n)  # the offer does nothing
        gaps[n] = sales[offered].mean() - sales[~offered].mean()
    return gaps


@app.cell(hide_code=True)
def luck_many_rows():
    luck_many_rows = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_many_rows,)


@app.cell(hide_code=True)
def answer_many_rows(SEED, luck_many_rows):
    _found = many_rows(SEED + luck_many_rows.value)
    _words = f"""More rows make the wrong answer precise: the gap stays near {number(_found[200_000])} euros, and the offer does nothing."""
    _bars = {f"{n:,} rows": (gap, "naive") for n, gap in _found.items()} | {"truth": (0, "truth")}
    answer(
        "We have millions of rows",
        _words,
        luck_many_rows,
        picture(_bars, "gap in sales (euros)", "We have millions of rows:", ",.2f"),
    )
    return


@app.function
def good_forecast(seed):
    """Return the accuracy of a forecast on new weeks, the slope it uses, and the slope of do(advertising)."""
    rng = np.random.default_rng(seed)
    season = rng.normal(0, 2, 4_000)
    advertising = 2 * season + rng.normal(0, 1, 4_000)
    sales = 0.5 * advertising + 3 * season + rng.normal(0, 2, 4_000)
    old, new = slice(0, 2_000), slice(2_000, None)
    slope, level = np.polyfit(advertising[old], sales[old], 1)
    missed = sales[new] - level - slope * advertising[new]
    return {"r_squared": 1 - missed.var() / sales[new].var(), "slope": slope}


@app.cell(hide_code=True)
def luck_good_forecast():
    luck_good_forecast = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_good_forecast,)


@app.cell(hide_code=True)
def answer_good_forecast(SEED, luck_good_forecast):
    _found = good_forecast(SEED + luck_good_forecast.value)
    _words = f"""It explains {percent(_found["r_squared"])} of the new weeks. Each further euro sells 0.50, not {number(_found["slope"])}: the forecast may borrow from the season, a decision may not."""
    _bars = {
        "slope of the forecast": (_found["slope"], "naive"),
        "what a euro sells": (0.5, "truth"),
    }
    answer(
        "Our model predicts very well",
        _words,
        luck_good_forecast,
        picture(_bars, "sales per euro of advertising", "Our model predicts very well:", ",.2f"),
    )
    return


@app.function
def everything(seed):
    """Return the slope of performance on training, which a lottery gave, alone and with a later promotion held fixed."""
    rng = np.random.default_rng(seed)
    training = rng.normal(0, 1, 3_000)
    performance = 0.5 * training + rng.normal(0, 1, 3_000)
    promotion = training + performance + rng.normal(0, 0.5, 3_000)
    one = np.ones(3_000)
    alone = np.linalg.lstsq(np.c_[training, one], performance)[0][0]
    everything = np.linalg.lstsq(np.c_[training, promotion, one], performance)[0][0]
    return {"alone": alone, "everything": everything}


@app.cell(hide_code=True)
def luck_everything():
    luck_everything = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_everything,)


@app.cell(hide_code=True)
def answer_everything(SEED, luck_everything):
    _found = everything(SEED + luck_everything.value)
    _words = f"""Everything includes what came later. With promotion held fixed, a training that helps by 0.50 seems to harm: {signed(_found["everything"])}."""
    _bars = {
        "nothing held fixed": (_found["alone"], "adjusted"),
        "promotion held fixed": (_found["everything"], "naive"),
        "truth": (0.5, "truth"),
    }
    answer(
        "We controlled for everything",
        _words,
        luck_everything,
        picture(_bars, "effect on performance (points)", "We controlled for everything:", ",.2f"),
    )
    return


@app.function
def no_experiment(seed):
    """Return the typical error of 20,000 logged rows and of a lottery among 400, over 50 worlds."""
    rng = np.random.default_rng(seed)
    logged, lottery = [], []
    for _ in range(50):
        for n, random, errors in ((20_000, False, logged), (400, True, lottery)):
            motive = rng.normal(0, 1, n)
            treated = rng.normal(0, 1, n) + (0 if random else motive) > 0
            sales = treated + 2 * motive + rng.normal(0, 1, n)
            errors.append(sales[treated].mean() - sales[~treated].mean() - 1)
    return {
        "logged": np.sqrt(np.mean(np.square(logged))),
        "lottery": np.sqrt(np.mean(np.square(lottery))),
    }


@app.cell(hide_code=True)
def luck_no_experiment():
    luck_no_experiment = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_no_experiment,)


@app.cell(hide_code=True)
def answer_no_experiment(SEED, luck_no_experiment):
    _found = no_experiment(SEED + luck_no_experiment.value)
    _words = f"""Not with everybody. A lottery among 400 customers misses by {number(_found["lottery"])} euros, 20,000 logged rows by {number(_found["logged"])}. What would a lottery among 400 cost?"""
    _bars = {
        "20,000 logged rows": (_found["logged"], "naive"),
        "a lottery among 400": (_found["lottery"], "treated"),
    }
    answer(
        "We cannot run an experiment",
        _words,
        luck_no_experiment,
        picture(
            _bars,
            "typical error of the effect (euros; the effect is 1)",
            "We cannot run an experiment:",
            ",.2f",
        ),
    )
    return


@app.function
def before_after(seed):
    """Return how much the worst 20 % of 2,000 shops rise next year: half of them coached, and coaching does nothing."""
    rng = np.random.default_rng(seed)
    shop = rng.normal(100, 5, 2_000)
    this_year, next_year = shop + rng.normal(0, 10, (2, 2_000))
    worst = np.argsort(this_year)[:400]
    coached, alone = rng.permutation(worst).reshape(2, 200)
    rise = next_year - this_year
    return {"coached": rise[coached].mean(), "alone": rise[alone].mean()}


@app.cell(hide_code=True)
def luck_before_after():
    luck_before_after = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_before_after,)


@app.cell(hide_code=True)
def answer_before_after(SEED, luck_before_after):
    _found = before_after(SEED + luck_before_after.value)
    _words = f"""The worst shops were coached, and rose by {number(_found["coached"], 1)}. The worst shops that nobody coached rose by {number(_found["alone"], 1)}. A bad year is partly bad luck, and luck does not stay."""
    _bars = {
        "coached": (_found["coached"], "treated"),
        "not coached": (_found["alone"], "control"),
        "truth of coaching": (0, "truth"),
    }
    answer(
        "Sales went up after we did it",
        _words,
        luck_before_after,
        picture(_bars, "rise of sales (thousand euros)", "Sales went up after we did it:", ",.1f"),
    )
    return


@app.function
def not_significant(seed):
    """Return the share of 5,000 honest tests that find a lift from 2.0 % to 2.4 % with 5,000 visitors an arm."""
    rng = np.random.default_rng(seed)
    old, new = rng.binomial(5_000, [[0.02], [0.024]], (2, 5_000)) / 5_000
    pooled = (old + new) / 2
    z = (new - old) / np.sqrt(2 * pooled * (1 - pooled) / 5_000)
    return {"found": np.mean(z > 1.96), "missed": np.mean(z <= 1.96)}


@app.cell(hide_code=True)
def luck_not_significant():
    luck_not_significant = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_not_significant,)


@app.cell(hide_code=True)
def answer_not_significant(SEED, luck_not_significant):
    _found = not_significant(SEED + luck_not_significant.value)
    _words = f"""The page lifts the rate by a fifth, and {percent(_found["missed"])} of the tests call it nothing. They were too small to see it."""
    _bars = {
        "tests that find the lift": (_found["found"], "treated"),
        "tests that miss it": (_found["missed"], "control"),
        "tests in which it works": (1, "truth"),
    }
    answer(
        "The test was not significant, so it does not work",
        _words,
        luck_not_significant,
        picture(
            _bars, "share of tests", "The test was not significant, so it does not work:", ".0%"
        ),
    )
    return


@app.function
def peeking(seed):
    """Return the share of 4,000 tests of nothing that ever look significant: one look, and twenty."""
    rng = np.random.default_rng(seed)
    days = rng.normal(0, 1, (4_000, 20)).cumsum(axis=1)
    z = np.abs(days) / np.sqrt(np.arange(1, 21))
    return {"once": np.mean(z[:, -1] > 1.96), "daily": np.mean((z > 1.96).any(axis=1))}


@app.cell(hide_code=True)
def luck_peeking():
    luck_peeking = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_peeking,)


@app.cell(hide_code=True)
def answer_peeking(SEED, luck_peeking):
    _found = peeking(SEED + luck_peeking.value)
    _words = f"""Nothing works here. One look at the end calls {percent(_found["once"])} of the tests a success, a look a day {percent(_found["daily"])}. Plan the looks, or use a rule made for them."""
    _bars = {
        "one look at the end": (_found["once"], "adjusted"),
        "a look a day, 20 days": (_found["daily"], "naive"),
        "promised": (0.05, "truth"),
    }
    answer(
        "We watched it daily and stopped when it was significant",
        _words,
        luck_peeking,
        picture(
            _bars,
            "share of false successes",
            "We watched it daily and stopped when it was significant:",
            ".0%",
        ),
    )
    return


@app.function
def on_average(seed):
    """Return the effect in a lottery among 20,000: on all, on new customers, on old ones."""
    rng = np.random.default_rng(seed)
    new = rng.random(20_000) < 0.5
    treated = rng.random(20_000) < 0.5
    visits = 5 + np.where(new, 1, -1) * treated + rng.normal(0, 2, 20_000)
    rows = {"everybody": new | ~new, "new customers": new, "old customers": ~new}
    return {k: visits[r & treated].mean() - visits[r & ~treated].mean() for k, r in rows.items()}


@app.cell(hide_code=True)
def luck_on_average():
    luck_on_average = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_on_average,)


@app.cell(hide_code=True)
def answer_on_average(SEED, luck_on_average):
    _found = on_average(SEED + luck_on_average.value)
    _words = f"""An average of {signed(_found["everybody"])} can hide {signed(_found["new customers"])} and {signed(_found["old customers"])}. Ask for whom, before the test, and in few groups."""
    _bars = {k: (v, "treated") for k, v in _found.items()}
    answer(
        "On average it does nothing",
        _words,
        luck_on_average,
        picture(_bars, "effect (visits a month)", "On average it does nothing:", ",.2f"),
    )
    return


@app.function
def priors(seed):
    """Return how far an optimist and a sceptic are apart: before, after 200, after 20,000 customers an arm."""
    rng = np.random.default_rng(seed)
    apart = {"before": 1.0}  # priors N(0.5, 0.3) and N(-0.5, 0.3) on the effect in visits
    for n in (200, 20_000):
        new, old = rng.normal(0.2, 3, n), rng.normal(0, 3, n)
        weight = 0.3**-2 + n / (2 * 3**2)
        means = [(m * 0.3**-2 + (new.mean() - old.mean()) * n / 18) / weight for m in (0.5, -0.5)]
        apart[f"{n:,} an arm"] = means[0] - means[1]
    return apart


@app.cell(hide_code=True)
def luck_priors():
    luck_priors = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_priors,)


@app.cell(hide_code=True)
def answer_priors(SEED, luck_priors):
    _found = priors(SEED + luck_priors.value)
    _words = f"""So are designs, and nobody prints those. Two people who are {number(_found["before"])} visits apart are {number(_found["20,000 an arm"])} apart after 20,000 customers an arm. With little data the prior matters: print it, and try the other one."""
    _bars = {k: (v, "prior") for k, v in _found.items()}
    answer(
        "Priors are subjective",
        _words,
        luck_priors,
        picture(
            _bars, "distance of two posterior means (visits)", "Priors are subjective:", ",.2f"
        ),
    )
    return


@app.function
def opinion(seed):
    """Return the correlation that a graph without season → sales forbids, in 200 weeks in which the arrow exists."""
    rng = np.random.default_rng(seed)
    season = rng.normal(0, 1, 200)
    advertising = season + rng.normal(0, 1, 200)
    sales = advertising + season + rng.normal(0, 1, 200)
    design = np.c_[advertising, np.ones(200)]
    left = [v - design @ np.linalg.lstsq(design, v)[0] for v in (season, sales)]
    return {"found": np.corrcoef(*left)[0, 1], "noise": 1.96 / np.sqrt(200)}


@app.cell(hide_code=True)
def luck_opinion():
    luck_opinion = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    return (luck_opinion,)


@app.cell(hide_code=True)
def answer_opinion(SEED, luck_opinion):
    _found = opinion(SEED + luck_opinion.value)
    _words = f"""An opinion that can be caught. Without the arrow season → sales, the two must be unrelated at a given budget: chance allows {number(_found["noise"])}, the data say {number(_found["found"])}. Which opinion is behind *your* number?"""
    _bars = {
        "the graph forbids all but": (0, "truth"),
        "chance allows": (_found["noise"], "control"),
        "the data say": (_found["found"], "adjusted"),
    }
    answer(
        "Your graph is just an opinion",
        _words,
        luck_opinion,
        picture(
            _bars,
            "correlation of season and sales, given advertising",
            "Your graph is just an opinion:",
            ",.2f",
        ),
    )
    return


if __name__ == "__main__":
    app.run()
