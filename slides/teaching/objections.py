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

    Each answer is a small world in which the truth is known. The room chooses a number. Say the objection aloud, let people
    guess the bars, then show them. Move the slider: other luck, the same lesson. With `--` the list comes back.
    """)
    return


@app.cell(hide_code=True)
def chosen(TEN):
    objection = mo.ui.dropdown(
        {f"{_number}. {_objection}": _objection for _number, _objection in enumerate(TEN, start=1)},
        label="The room chose",
        allow_select_none=True,
    )
    objection
    return (objection,)


@app.function(hide_code=True)
def columns(lines):
    """Return a numbered list in two columns."""
    numbered = [f"{number}. {line}" for number, line in enumerate(lines, start=1)]
    half = len(numbered) // 2
    both = [mo.md("\n".join(part)) for part in (numbered[:half], numbered[half:])]
    return mo.hstack(both, widths="equal")


@app.cell(hide_code=True)
def listed(TEN, objection):
    # Gone while one is chosen: its bars need the room.
    columns(TEN) if objection.value is None else None
    return


@app.cell(hide_code=True)
def knobs(objection):
    objection.value  # another objection, and its answer is hidden again
    luck = mo.ui.slider(0, 20, 1, value=0, show_value=True, label="other luck")
    reveal = mo.ui.switch(label="show the answer")
    return luck, reveal


@app.cell(hide_code=True)
def shown(SEED, TEN, luck, objection, reveal):
    answer(objection.value, TEN, SEED + luck.value, reveal, luck)
    return


@app.function(hide_code=True)
def answer(objection, ten, seed, reveal, luck):
    """Return an objection and what to guess; once it is revealed, what its world tells as well."""
    if objection is None:
        return None
    asked, world, tell = ten[objection]
    said = [mo.md(f"## “{objection}”\n\n{asked}"), reveal]
    if reveal.value:
        words, bars, unit, form = tell(world(seed))
        said += [mo.md(words), luck, picture(bars, unit, f"{objection}:", form)]
    return mo.vstack(said)


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


@app.function
def tell_many_rows(found):
    """Return what `many_rows` found: words, bars (label -> value, role), their unit and form."""
    words = f"""More rows make the wrong answer precise: the gap stays near {number(found[200_000])} euros, and the offer does nothing."""
    bars = {f"{n:,} rows": (gap, "naive") for n, gap in found.items()} | {"truth": (0, "truth")}
    return words, bars, "gap in sales (euros)", ",.2f"


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


@app.function
def tell_good_forecast(found):
    """Return what `good_forecast` found: words, bars (label -> value, role), their unit and form."""
    words = f"""It explains {percent(found["r_squared"])} of the new weeks. Each further euro sells 0.50, not {number(found["slope"])}: the forecast may borrow from the season, a decision may not."""
    bars = {
        "slope of the forecast": (found["slope"], "naive"),
        "what a euro sells": (0.5, "truth"),
    }
    return words, bars, "sales per euro of advertising", ",.2f"


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


@app.function
def tell_everything(found):
    """Return what `everything` found: words, bars (label -> value, role), their unit and form."""
    words = f"""Everything includes what came later. With promotion held fixed, a training that helps by 0.50 seems to harm: {signed(found["everything"])}."""
    bars = {
        "nothing held fixed": (found["alone"], "adjusted"),
        "promotion held fixed": (found["everything"], "naive"),
        "truth": (0.5, "truth"),
    }
    return words, bars, "effect on performance (points)", ",.2f"


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


@app.function
def tell_no_experiment(found):
    """Return what `no_experiment` found: words, bars (label -> value, role), their unit and form."""
    words = f"""Not with everybody. A lottery among 400 customers misses by {number(found["lottery"])} euros, 20,000 logged rows by {number(found["logged"])}. What would a lottery among 400 cost?"""
    bars = {
        "20,000 logged rows": (found["logged"], "naive"),
        "a lottery among 400": (found["lottery"], "treated"),
    }
    return words, bars, "typical error of the effect (euros; the effect is 1)", ",.2f"


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


@app.function
def tell_before_after(found):
    """Return what `before_after` found: words, bars (label -> value, role), their unit and form."""
    words = f"""The worst shops were coached, and rose by {number(found["coached"], 1)}. The worst shops that nobody coached rose by {number(found["alone"], 1)}. A bad year is partly bad luck, and luck does not stay."""
    bars = {
        "coached": (found["coached"], "treated"),
        "not coached": (found["alone"], "control"),
        "truth of coaching": (0, "truth"),
    }
    return words, bars, "rise of sales (thousand euros)", ",.1f"


@app.function
def not_significant(seed):
    """Return the share of 5,000 honest tests that find a lift from 2.0 % to 2.4 % with 5,000 visitors an arm."""
    rng = np.random.default_rng(seed)
    old, new = rng.binomial(5_000, [[0.02], [0.024]], (2, 5_000)) / 5_000
    pooled = (old + new) / 2
    z = (new - old) / np.sqrt(2 * pooled * (1 - pooled) / 5_000)
    return {"found": np.mean(z > 1.96), "missed": np.mean(z <= 1.96)}


@app.function
def tell_not_significant(found):
    """Return what `not_significant` found: words, bars (label -> value, role), their unit and form."""
    words = f"""The page lifts the rate by a fifth, and {percent(found["missed"])} of the tests call it nothing. They were too small to see it."""
    bars = {
        "tests that find the lift": (found["found"], "treated"),
        "tests that miss it": (found["missed"], "control"),
        "tests in which it works": (1, "truth"),
    }
    return words, bars, "share of tests", ".0%"


@app.function
def peeking(seed):
    """Return the share of 4,000 tests of nothing that ever look significant: one look, and twenty."""
    rng = np.random.default_rng(seed)
    days = rng.normal(0, 1, (4_000, 20)).cumsum(axis=1)
    z = np.abs(days) / np.sqrt(np.arange(1, 21))
    return {"once": np.mean(z[:, -1] > 1.96), "daily": np.mean((z > 1.96).any(axis=1))}


@app.function
def tell_peeking(found):
    """Return what `peeking` found: words, bars (label -> value, role), their unit and form."""
    words = f"""Nothing works here. One look at the end calls {percent(found["once"])} of the tests a success, a look a day {percent(found["daily"])}. Plan the looks, or use a rule made for them."""
    bars = {
        "one look at the end": (found["once"], "adjusted"),
        "a look a day, 20 days": (found["daily"], "naive"),
        "promised": (0.05, "truth"),
    }
    return words, bars, "share of false successes", ".0%"


@app.function
def on_average(seed):
    """Return the effect in a lottery among 20,000: on all, on new customers, on old ones."""
    rng = np.random.default_rng(seed)
    new = rng.random(20_000) < 0.5
    treated = rng.random(20_000) < 0.5
    visits = 5 + np.where(new, 1, -1) * treated + rng.normal(0, 2, 20_000)
    rows = {"everybody": new | ~new, "new customers": new, "old customers": ~new}
    return {k: visits[r & treated].mean() - visits[r & ~treated].mean() for k, r in rows.items()}


@app.function
def tell_on_average(found):
    """Return what `on_average` found: words, bars (label -> value, role), their unit and form."""
    words = f"""An average of {signed(found["everybody"])} can hide {signed(found["new customers"])} and {signed(found["old customers"])}. Ask for whom, before the test, and in few groups."""
    bars = {k: (v, "treated") for k, v in found.items()}
    return words, bars, "effect (visits a month)", ",.2f"


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


@app.function
def tell_priors(found):
    """Return what `priors` found: words, bars (label -> value, role), their unit and form."""
    words = f"""So are designs, and nobody prints those. Two people who are {number(found["before"])} visits apart are {number(found["20,000 an arm"])} apart after 20,000 customers an arm. With little data the prior matters: print it, and try the other one."""
    bars = {k: (v, "prior") for k, v in found.items()}
    return words, bars, "distance of two posterior means (visits)", ",.2f"


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


@app.function
def tell_opinion(found):
    """Return what `opinion` found: words, bars (label -> value, role), their unit and form."""
    words = f"""An opinion that can be caught. Without the arrow season → sales, the two must be unrelated at a given budget: chance allows {number(found["noise"])}, the data say {number(found["found"])}. Which opinion is behind *your* number?"""
    bars = {
        "the graph forbids all but": (0, "truth"),
        "chance allows": (found["noise"], "control"),
        "the data say": (found["found"], "adjusted"),
    }
    return words, bars, "correlation of season and sales, given advertising", ",.2f"


@app.cell(hide_code=True)
def ten():
    # objection -> (what the room guesses, the world, what it tells)
    TEN = {
        "We have millions of rows": (
            "Keen customers get an offer more often; it does nothing. How large is the gap in sales between those with and without it, in 1,000 rows and in 200,000?",
            many_rows,
            tell_many_rows,
        ),
        "Our model predicts very well": (
            "The season moves the budget and the sales. A line through old weeks predicts new ones. What does one more euro sell by that line, and what does it sell indeed?",
            good_forecast,
            tell_good_forecast,
        ),
        "We controlled for everything": (
            "A lottery gives the training, and it helps by 0.50 points. Later the trained and the good are promoted. What does training seem to do, with nothing held fixed and with promotion held fixed?",
            everything,
            tell_everything,
        ),
        "We cannot run an experiment": (
            "The effect is 1 euro. How far off, typically, are 20,000 logged rows, in which the keen were treated more often, and a lottery among 400?",
            no_experiment,
            tell_no_experiment,
        ),
        "Sales went up after we did it": (
            "Of 2,000 shops the worst 400 of a year; half of these, by lottery, are coached, and coaching does nothing. By how much do the two halves rise next year?",
            before_after,
            tell_before_after,
        ),
        "The test was not significant, so it does not work": (
            "A page lifts the rate from 2.0 % to 2.4 %. Of all tests with 5,000 visitors an arm, how many find the lift?",
            not_significant,
            tell_not_significant,
        ),
        "We watched it daily and stopped when it was significant": (
            "Nothing works here; a test may be wrong in 5 of 100. How many call a success, with one look at the end, and with a look a day for 20 days?",
            peeking,
            tell_peeking,
        ),
        "On average it does nothing": (
            "New customers would come once more a month with the offer, old ones once less; a lottery gives it. What does the test say of everybody, of the new and of the old?",
            on_average,
            tell_on_average,
        ),
        "Priors are subjective": (
            "Before any data an optimist and a sceptic are one visit apart. How far after 200 customers an arm, and after 20,000?",
            priors,
            tell_priors,
        ),
        "Your graph is just an opinion": (
            "A graph without season → sales says: at a given budget the two are not correlated. The arrow exists. How large is the correlation in 200 weeks, and how large may it be by chance?",
            opinion,
            tell_opinion,
        ),
    }
    return (TEN,)


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


if __name__ == "__main__":
    app.run()
