import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="When nobody tossed a coin",
    layout_file="layouts/designs.slides.json",
    css_file="theme.css",
)

with app.setup:
    from statistics import NormalDist

    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts, tidy

    LEGEND = alt.Legend(orient="top", labelLimit=340, symbolSize=700, symbolStrokeWidth=4)
    Z = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)


@app.cell(hide_code=True)
def title():
    # notes: Aim: four designs, one question: who stands in for the world that did not happen?
    # notes: Trap: they want a ranking; there is none without the story behind the data. Minutes: 1.
    # notes: If late: go on at once.
    mo.md(r"""
    # When nobody tossed a coin

    Four designs for data that are already there. Each one finds somebody who stands in for the world that
    did not happen, and each one believes something that the data cannot prove.
    """)
    return


@app.cell
def seed():
    SEED = 7  # with 2026 the first interval misses the truth, as 6 in 100 do
    return (SEED,)


@app.cell(hide_code=True)
def overview():
    # notes: Aim: a map. Read the second column as the answer to "compared with whom?". Trap: the
    # notes: third column is where to argue; not the software. Minutes: 2. If late: second column.
    mo.md(r"""
    ## Who stands in for the missing world?

    | design | the stand-in | what we must believe |
    |:---|:---|:---|
    | **interrupted series** | our past, continued | nothing else changed then |
    | **difference in differences** | others, moved in parallel | parallel trends |
    | **propensity matching** | people as likely to be treated | no unmeasured confounding |
    | **dose and response** | alike, with another dose | the same, at each dose |

    Every world here is simulated: we know the truth. The draws shown are ones whose intervals hold it, as
    94 in 100 do. A slider breaks the belief.
    """)
    return


@app.function
def least_squares(design, outcome):
    """Return coefficients and their covariance, by least squares with equal noise."""
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ outcome
    residuals = outcome - design @ coefficients
    noise = residuals @ residuals / (len(outcome) - design.shape[1])
    return coefficients, noise * inverse


@app.function
def plus_minus(estimate, error):
    """Return an estimate with its 94 % interval, as text."""
    low, high = (tidy.signed(estimate + side * Z * error, 1) for side in (-1, 1))
    return f"{tidy.signed(estimate, 1)} (94 %: {low} to {high})"


@app.cell(hide_code=True)
def series_question():
    # notes: Aim: estimand and assumption before the picture. Trap: "before and after" is not this
    # notes: design; the trend is. Minutes: 2. If late: read question and assumption.
    mo.md(r"""
    ## Interrupted time series

    **Question.** From week 61 a shop takes parcels back for free. What did that add to weekly orders?

    **Estimand.** Over the 40 weeks after: $\;E\big[Y_t(\text{free}) - Y_t(\text{as before})\big]$. Truth: **+8**
    hundred orders.

    **Assumption: no concurrent event.** Without the new rule, trend and season would have gone on as before.

    *Bernal, Cummins and Gasparrini (2017), doi:10.1093/ije/dyw098.*
    """)
    return


@app.function
def weekly_orders(seed, trend=0.3, event=0.0, memory=0.0):
    """Return 100 weeks of orders (hundreds): trend, season, +8 from week 61, and an event then.

    `memory` is the correlation of a week's noise with the noise of the week before.
    """
    week = np.arange(1, 101)
    noise = np.random.default_rng(seed).normal(0, 3, 100)
    for i in range(1, 100):
        noise[i] = memory * noise[i - 1] + np.sqrt(1 - memory**2) * noise[i]
    season = 5 * np.sin(2 * np.pi * week / 52)
    after = week > 60
    orders = 60 + trend * week + season + (8 + event) * after + noise
    return pd.DataFrame({"week": week, "after": after, "orders": orders})


@app.cell(hide_code=True)
def trend():
    trend = mo.ui.slider(-0.5, 0.5, 0.1, value=0.3, show_value=True, label="trend a week")
    event = mo.ui.slider(-10, 10, 1, value=0, show_value=True, label="a rival's doing in week 61")
    return event, trend


@app.cell
def orders(SEED, event, trend):
    orders = weekly_orders(SEED, trend.value, event.value)
    return (orders,)


@app.function
def interrupted_series(orders):
    """Return coefficients and covariance: intercept, step, trend, season (two terms)."""
    angle = 2 * np.pi * orders["week"] / 52
    design = np.column_stack(
        [np.ones(len(orders)), orders["after"], orders["week"], np.sin(angle), np.cos(angle)]
    )
    return least_squares(design, orders["orders"].to_numpy()), design


@app.cell
def series_estimate(orders):
    _after = orders["after"]
    before_after = orders.loc[_after, "orders"].mean() - orders.loc[~_after, "orders"].mean()
    (_coefficients, _covariance), _design = interrupted_series(orders)
    series_effect, series_error = _coefficients[1], np.sqrt(_covariance[1, 1])
    orders_fit = orders.assign(
        fit=_design @ _coefficients, without=_design @ _coefficients - series_effect * _after
    )
    return before_after, orders_fit, series_effect, series_error


@app.cell(hide_code=True)
def chart_series(before_after, orders_fit, series_effect, series_error):
    _x = alt.X("week:Q", title="week").scale(domain=[0, 100])
    _y = {"title": "orders (hundreds)", "scale": alt.Scale(zero=False)}
    _dots = alt.Chart(orders_fit).mark_circle(color=charts.ROLES["control"], size=35)
    _lines = alt.Chart(orders_fit).mark_line(strokeWidth=3, color=charts.ROLES["adjusted"])
    _without = alt.Chart(orders_fit[orders_fit["after"]]).mark_line(
        strokeWidth=3, strokeDash=[6, 4], color=charts.ROLES["counterfactual"]
    )
    _start = alt.Chart(pd.DataFrame({"week": [60.5], "what": ["free returns"]}))
    _layers = [
        _dots.encode(x=_x, y=alt.Y("orders:Q", **_y)),
        _lines.encode(x=_x, y=alt.Y("fit:Q", **_y), detail="after:N"),
        _without.encode(x=_x, y=alt.Y("without:Q", **_y)),
        _start.mark_rule(strokeWidth=2).encode(x="week:Q"),
        _start.mark_text(align="right", dx=-5).encode(x="week:Q", y=alt.value(8), text="what:N"),
    ]
    _title = f"Step {plus_minus(series_effect, series_error)}; truth +8"
    _naive = f"after minus before: {tidy.signed(before_after, 1)}"
    chart_series = charts.describe(
        alt.layer(*_layers).properties(width="container", height=180),
        f"Weekly orders, the fitted series, and dashed how it would have gone on. {_title}. {_naive}.",
    ).properties(title=alt.Title(_title, subtitle=_naive))
    return (chart_series,)


@app.cell(hide_code=True)
def series_figure(chart_series, event, trend):
    # slide: sub-slide
    # notes: Move the trend: before-after follows, the step does not. Then the rival: the step takes
    # notes: all of it, and nothing in the fit complains. Dashed: the series continued.
    mo.vstack([mo.hstack([trend, event], justify="start", gap=2), chart_series])
    return


@app.cell(hide_code=True)
def series_fails():
    # slide: fragment
    mo.md(r"""
    **Fails** when something else comes in that week, and its intervals when a week takes after the one before.
    *Deeper: notebook 13.*
    """)
    return


@app.cell(hide_code=True)
def did_question():
    # notes: Aim: others show what time alone does. Trap: groups may differ in level; it is their
    # notes: trends that must agree. Minutes: 2. If late: read question and assumption.
    mo.md(r"""
    ## Difference in differences

    **Question.** From month 13 on, 40 shops in the north open on Sundays; 40 in the south do not. What did
    Sundays bring to the north?

    **Estimand.** $E\big[Y(\text{open}) - Y(\text{closed})\,\big|\,\text{north, after}\big]$. Truth: **+5**
    thousand euros a month.

    **Assumption: parallel trends.** Without Sundays, north would have changed as south did.

    *Card and Krueger (1994), American Economic Review 84(4). Bertrand, Duflo and Mullainathan (2004),
    doi:10.1162/003355304772839588.*
    """)
    return


@app.function
def monthly_sales(seed, drift=0.0, shock=0.0):
    """Return sales (thousand euros) of 80 shops in 24 months; shape (80, 24), the north first.

    `drift`: what the north gains on the south each month anyway; `shock`: what befalls the north
    alone from month 13.
    """
    rng = np.random.default_rng(seed)
    month, north = np.arange(1, 25), np.repeat([1, 0], 40)[:, None]
    level = 50 + 10 * north + rng.normal(0, 4, (80, 1))
    together = 0.4 * month + 3 * np.sin(2 * np.pi * month / 12)
    treated = north * (month > 12)
    noise = rng.normal(0, 3, (80, 24))
    return level + together + drift * north * month + (5 + shock) * treated + noise


@app.function
def difference_in_differences(sales, before, after):
    """Return the estimate and its standard error: one change per shop, north against south."""
    change = sales[:, after].mean(axis=1) - sales[:, before].mean(axis=1)
    north, south = change[:40], change[40:]
    error = np.sqrt(north.var(ddof=1) / 40 + south.var(ddof=1) / 40)
    return north.mean() - south.mean(), error


@app.cell(hide_code=True)
def drift():
    drift = mo.ui.slider(
        -0.5, 0.5, 0.05, value=0, show_value=True, label="the north's head start a month"
    )
    return (drift,)


@app.cell
def did_estimate(SEED, drift):
    sales = monthly_sales(SEED, drift.value)
    did, did_error = difference_in_differences(sales, slice(0, 12), slice(12, 24))
    placebo, placebo_error = difference_in_differences(sales, slice(0, 6), slice(6, 12))
    return did, did_error, placebo, placebo_error, sales


@app.cell
def monthly(sales):
    _month = np.arange(1, 25)
    _north, _south = sales[:40].mean(axis=0), sales[40:].mean(axis=0)
    _parallel = _south + (_north - _south)[:12].mean()
    monthly = pd.concat(
        [
            pd.DataFrame({"month": _month, "sales": _north, "who": "north"}),
            pd.DataFrame({"month": _month, "sales": _south, "who": "south"}),
            pd.DataFrame({"month": _month, "sales": _parallel, "who": "north, if parallel"}),
        ]
    )
    return (monthly,)


@app.cell(hide_code=True)
def chart_did(did, did_error, monthly, placebo, placebo_error):
    _names = ["north", "south", "north, if parallel"]
    _roles = ["treated", "control", "counterfactual"]
    _title = f"DiD {plus_minus(did, did_error)}; truth +5"
    _lines = alt.Chart(monthly).mark_line(strokeWidth=3)
    _lines = _lines.encode(
        x=alt.X("month:Q", title="month").scale(domain=[1, 24]),
        y=alt.Y("sales:Q", title="sales (thousand euros)").scale(zero=False),
        color=alt.Color("who:N", title=None, legend=LEGEND).scale(
            domain=_names, range=[charts.ROLES[role] for role in _roles]
        ),
        strokeDash=alt.StrokeDash("who:N", title=None).scale(
            domain=_names, range=[[1, 0], [2, 3], [8, 4]]
        ),
    )
    _start = alt.Chart(pd.DataFrame({"month": [12.5]})).mark_rule(strokeWidth=2).encode(x="month:Q")
    chart_did = charts.describe(
        alt.layer(_lines, _start).properties(width="container", height=155),
        f"Mean sales of north and south by month, and the north if parallel. {_title}.",
    ).properties(
        title=alt.Title(
            _title,
            subtitle=f"placebo, months 1-6 against 7-12: {plus_minus(placebo, placebo_error)}",
        )
    )
    return (chart_did,)


@app.cell(hide_code=True)
def did_figure(chart_did, drift):
    # slide: sub-slide
    # notes: At 0 the dashed line covers the north before month 13. Break it: the estimate is off by
    # notes: twelve months of drift, the placebo by six of them.
    mo.vstack([drift, chart_did])
    return


@app.cell
def blind_placebo(SEED):
    _sales = monthly_sales(SEED, shock=3)
    blind_estimate, _ = difference_in_differences(_sales, slice(0, 12), slice(12, 24))
    blind_placebo, _ = difference_in_differences(_sales, slice(0, 6), slice(6, 12))
    return blind_estimate, blind_placebo


@app.cell(hide_code=True)
def did_fails(blind_estimate, blind_placebo):
    # slide: fragment
    mo.md(f"""
    **Fails** silently if a shock of 3 hits the north then: estimate {tidy.signed(blind_estimate, 1)}, placebo
    {tidy.signed(blind_placebo, 1)}. A placebo can refute, not prove. *Deeper: notebook 13.*
    """)
    return


@app.cell(hide_code=True)
def matching_question():
    # notes: Aim: matching is a way to choose whom to compare with, before outcomes are looked at.
    # notes: Trap: the score replaces the measured causes only. Minutes: 4. If late: assumption.
    mo.md(r"""
    ## Propensity matching

    **Question.** A club e-mails a voucher to guests who come often anyway. What did the voucher add to what
    *these* guests spend?

    **Estimand.** $\text{ATT} = E\big[Y(1) - Y(0)\,\big|\,\text{got one}\big]$, in euros a month.

    **Assumption: no unmeasured confounding** (given visits and years as a member, who got one is chance), and
    **positivity**: every guest with a voucher has a twin without.

    *Rosenbaum and Rubin (1983), doi:10.1093/biomet/70.1.41.*
    """)
    return


@app.cell
def guests():
    guests = pd.DataFrame(
        {
            "guest": [
                *("Ada", "Bo", "Cem", "Dita", "Eli", "Fay"),
                *("Gus", "Hana", "Ivo", "Jun", "Kim", "Lea"),
            ],
            "visits": [6, 5, 4, 3, 5, 2, 1, 6, 1, 1, 2, 2],
            "years": [2, 3, 1, 6, 4, 8, 6, 1, 3, 1, 2, 1],
            "voucher": [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            "y0": [52, 48, 37, 45, 53, 46, 35, 47, 24, 18, 27, 22],
        }
    )
    guests["y1"] = guests["y0"] + 4 + guests["visits"]  # the truth, which nobody sees
    guests["spend"] = guests["y1"].where(guests["voucher"] == 1, guests["y0"])
    return (guests,)


@app.function
def table(frame):
    """Return a frame as a Markdown table."""
    head = f"| {' | '.join(frame.columns)} |\n|{':---|' * len(frame.columns)}"
    rows = [
        " | ".join(f"{value:.2f}" if isinstance(value, float) else f"{value}" for value in row)
        for row in frame.itertuples(index=False)
    ]
    return mo.md("\n".join([head, *(f"| {row} |" for row in rows)]))


@app.cell(hide_code=True)
def step_1(guests):
    _shown = guests[["guest", "visits", "years"]]
    _groups = [table(_shown[guests["voucher"] == arm]) for arm in (1, 0)]
    _names = [mo.md("**with a voucher**"), mo.md("**without**")]
    _columns = [mo.vstack(pair, gap=0) for pair in zip(_names, _groups, strict=True)]
    mo.vstack(
        [
            mo.md("### Step 1 of 4: the units. Outcomes stay covered until step 4"),
            mo.hstack(_columns, widths="equal", align="start"),
        ]
    )
    return


@app.cell
def scored(guests):
    _odds = np.exp(-3.6 + 0.5 * guests["visits"] + 0.3 * guests["years"])
    scored = guests.assign(score=(_odds / (1 + _odds)).round(2))
    return (scored,)


@app.cell(hide_code=True)
def step_2(scored):
    _sorted = scored.sort_values("score", ascending=False)
    _shown = _sorted[["guest", "visits", "years", "score"]]
    _groups = [table(_shown[_sorted["voucher"] == arm]) for arm in (1, 0)]
    mo.vstack(
        [
            mo.md(r"""
    ### Step 2 of 4: the score, each guest's chance of a voucher

    $\text{logit}(\text{score}) = -3.6 + 0.5\,\text{visits} + 0.3\,\text{years}$; known here, fitted in practice.
    """),
            mo.hstack(_groups, widths="equal", align="start"),
        ],
        gap=0.5,
    )
    return


@app.cell
def pairs(scored):
    _treated, _others = scored[scored["voucher"] == 1], scored[scored["voucher"] == 0]
    _distance = np.abs(_treated["score"].to_numpy()[:, None] - _others["score"].to_numpy())
    _twins = _others.iloc[_distance.argmin(axis=1)]  # a guest may be the twin of several
    _twins = _twins[["guest", "visits", "years", "score", "spend"]].add_suffix(" of twin")
    pairs = pd.concat([_treated.reset_index(drop=True), _twins.reset_index(drop=True)], axis=1)
    pairs["difference"] = pairs["spend"] - pairs["spend of twin"]
    pairs["truth"] = pairs["y1"] - pairs["y0"]
    return (pairs,)


@app.cell(hide_code=True)
def step_3(pairs):
    _columns = ["guest", "visits", "years", "score"]
    _twins = [f"{column} of twin" for column in _columns]
    _shown = pairs[[*_columns, *_twins]].rename(
        columns=dict(zip(_twins, ["twin", "visits ", "years ", "score "], strict=True))
    )
    mo.vstack(
        [
            mo.md("### Step 3 of 4: match each to the nearest score"),
            table(_shown),
            mo.md("Twins may differ in visits and in years. Among many, the score balances both."),
        ]
    )
    return


@app.cell
def contrast(guests, pairs):
    matched_difference = float(pairs["difference"].mean())
    true_att = float(pairs["truth"].mean())
    naive_difference = float(guests.groupby("voucher")["spend"].mean().diff().iloc[-1])
    return matched_difference, naive_difference, true_att


@app.cell(hide_code=True)
def step_4(matched_difference, naive_difference, pairs, true_att):
    _shown = pairs[["guest", "spend", "guest of twin", "spend of twin", "difference", "truth"]]
    mo.vstack(
        [
            mo.md("### Step 4 of 4: contrast"),
            table(_shown.rename(columns={"guest of twin": "twin"})),
            mo.md(f"""
    Matched: **{tidy.signed(matched_difference)}** euros. Truth for these four: **{tidy.signed(true_att)}**. All with
    against all without: {tidy.signed(naive_difference)}. Twelve guests bear no interval; the next slide does.
    """),
        ]
    )
    return


@app.cell(hide_code=True)
def hidden():
    hidden = mo.ui.slider(
        0, 1.5, 0.1, value=0, show_value=True, label="an unmeasured cause: enthusiasm"
    )
    return (hidden,)


@app.cell
def noise(SEED):
    _rng = np.random.default_rng(SEED)
    noise = _rng.normal(size=(5, 200, 400))  # 200 clubs of 400 guests, five sources of chance
    return (noise,)


@app.cell
def clubs(hidden, noise):
    visits, years, _enthusiasm, _luck, _rest = noise
    _logit = -1 + 0.8 * visits + 0.5 * years + hidden.value * _enthusiasm
    voucher = _logit + 1.7 * _luck > 0  # close to a logistic model
    _y0 = 40 + 6 * visits + 4 * years + 4 * hidden.value * _enthusiasm + 5 * _rest
    effect = 8 + 2 * visits
    spend = _y0 + effect * voucher
    return effect, spend, visits, voucher, years


@app.function
def fitted_logit(voucher, visits, years, steps=6):
    """Return each guest's fitted logit: a logistic regression per club, by Newton's method."""
    design = np.stack([np.ones_like(visits), visits, years], axis=-1)
    weights = np.zeros((len(visits), 3, 1))
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-(design @ weights)))
        gradient = design.transpose(0, 2, 1) @ (voucher[..., None] - chance)
        curvature = design.transpose(0, 2, 1) @ (design * chance * (1 - chance))
        weights = weights + np.linalg.solve(curvature, gradient)
    return (design @ weights)[..., 0]


@app.function
def matched(score, voucher, spend):
    """Return the mean difference to the twin with the nearest score, over the treated of a club."""
    order = np.argsort(score[~voucher])
    scores, spends = score[~voucher][order], spend[~voucher][order]
    right = np.searchsorted(scores, score[voucher]).clip(1, len(scores) - 1)
    nearer_left = score[voucher] - scores[right - 1] < scores[right] - score[voucher]
    return (spend[voucher] - spends[right - nearer_left]).mean()


@app.cell
def club_estimates(effect, spend, visits, voucher, years):
    _scores = fitted_logit(voucher, visits, years)
    matched_worlds = np.array(
        [matched(*club) for club in zip(_scores, voucher, spend, strict=True)]
    )
    naive_worlds = np.array(
        [y[t].mean() - y[~t].mean() for t, y in zip(voucher, spend, strict=True)]
    )
    club_att = float(effect[voucher].mean())
    return club_att, matched_worlds, naive_worlds


@app.cell(hide_code=True)
def chart_matching(club_att, matched_worlds, naive_worlds):
    _edges = np.linspace(4, 28, 61)
    _estimates = {"naive": naive_worlds, "matched": matched_worlds}
    _frame = pd.concat(
        pd.DataFrame({"effect": (_edges[1:] + _edges[:-1]) / 2, "method": name}).assign(
            clubs=np.histogram(values, _edges)[0]
        )
        for name, values in _estimates.items()
    )
    _area = alt.Chart(_frame).mark_area(opacity=0.5, interpolate="step", line=True, clip=True)
    _area = _area.encode(
        x=alt.X("effect:Q", title="estimated effect (euros a month)").scale(domain=[4, 28]),
        y=alt.Y("clubs:Q", title="clubs (of 200)", stack=None),
        color=alt.Color("method:N", title=None, legend=alt.Legend(orient="top")).scale(
            domain=list(_estimates), range=[charts.ROLES["naive"], charts.ROLES["adjusted"]]
        ),
    )
    _low, _high = np.quantile(matched_worlds, [0.03, 0.97])
    _title = f"Matched {tidy.signed(matched_worlds.mean(), 1)}, true ATT {tidy.signed(club_att, 1)}"
    _truth = alt.Chart(pd.DataFrame({"effect": [club_att]})).mark_rule(strokeDash=[6, 4], size=3)
    chart_matching = charts.describe(
        alt.layer(_area, _truth.encode(x="effect:Q")).properties(width="container", height=155),
        f"Naive and matched estimates of 200 clubs; the rule is the truth. {_title}.",
    ).properties(
        title=alt.Title(
            _title, subtitle=f"94 % of the clubs: {_low:.1f} to {_high:.1f}; dashed: truth"
        )
    )
    return (chart_matching,)


@app.cell(hide_code=True)
def matching_figure(chart_matching, hidden):
    # slide: sub-slide
    # notes: The same four steps in 200 clubs of 400 guests, with fitted scores. Raise enthusiasm:
    # notes: both curves leave the truth, and no table of balance would show it.
    mo.vstack([hidden, chart_matching])
    return


@app.cell(hide_code=True)
def matching_fails(naive_worlds):
    # slide: fragment
    mo.md(f"""
    **Fails** when enthusiasm brings vouchers and spending: a score balances what it was given.
    Naive: {tidy.signed(naive_worlds.mean(), 1)}. *Deeper: notebook 11.*
    """)
    return


@app.cell(hide_code=True)
def dose_question():
    # notes: Aim: the treatment is a number, so the effect is a curve. Trap: the top of the naive curve
    # notes: is a decision that costs money. Minutes: 2. If late: read question and assumption.
    mo.md(r"""
    ## How much? Dose and response

    **Question.** How large should the voucher be? Larger ones go to loyal customers, who buy more anyway.

    **Estimand.** The curve $d \mapsto E[Y(d)]$ over these 400 customers: margin in euros, had all got $d$ euros.
    Truth: best at **10** euros.

    **Assumption: no unmeasured confounding, at each dose.** At equal loyalty, the size was chance. And
    **positivity**: customers of every kind at each $d$.

    *Hirano and Imbens (2004), doi:10.1002/0470090456.ch7.*
    """)
    return


@app.function
def customers(seed, pull, n=400):
    """Return n customers: loyalty (sds), dose (euros), margin (euros) and its true mean curve."""
    rng = np.random.default_rng(seed)
    loyalty = rng.normal(size=n)
    dose = 12 + 2 * loyalty + rng.normal(0, 2, n)
    margin = 20 + 4 * dose - 0.2 * dose**2 + pull * loyalty + rng.normal(0, 4, n)
    return pd.DataFrame({"loyalty": loyalty, "dose": dose, "margin": margin})


@app.function
def dose_response(sold, doses, adjust):
    """Return the mean curve at the doses, its standard error, the best dose and its error."""
    columns = [np.ones(len(sold)), sold["dose"], sold["dose"] ** 2]
    columns += [sold["loyalty"]] if adjust else []
    coefficients, covariance = least_squares(np.column_stack(columns), sold["margin"].to_numpy())
    point = [np.ones(len(doses)), doses, doses**2]
    point += (
        [np.full(len(doses), sold["loyalty"].mean())] if adjust else []
    )  # everybody, as they are
    at = np.column_stack(point)
    error = np.sqrt(np.einsum("ij,jk,ik->i", at, covariance, at))
    best = -coefficients[1] / (2 * coefficients[2])
    slope = np.array([1, 2 * best]) / (2 * coefficients[2])  # delta method
    return at @ coefficients, error, best, np.sqrt(slope @ covariance[1:3, 1:3] @ slope)


@app.cell(hide_code=True)
def pull():
    pull = mo.ui.slider(0, 8, 0.5, value=4, show_value=True, label="what loyalty adds to margin")
    return (pull,)


@app.cell
def doses(SEED, pull):
    sold = customers(SEED, pull.value)
    dose_grid = np.linspace(6, 18, 61)
    naive_curve, _, naive_best, _ = dose_response(sold, dose_grid, adjust=False)
    adjusted_curve, curve_error, adjusted_best, best_error = dose_response(
        sold, dose_grid, adjust=True
    )
    true_curve = 20 + 4 * dose_grid - 0.2 * dose_grid**2 + pull.value * sold["loyalty"].mean()
    return (
        adjusted_best,
        adjusted_curve,
        best_error,
        curve_error,
        dose_grid,
        naive_best,
        naive_curve,
        sold,
        true_curve,
    )


@app.cell
def curves(adjusted_curve, curve_error, dose_grid, naive_curve, true_curve):
    _curves = {"truth": true_curve, "naive": naive_curve, "adjusted, 94 % band": adjusted_curve}
    curves = pd.concat(
        pd.DataFrame({"dose": dose_grid, "margin": values, "curve": name})
        for name, values in _curves.items()
    )
    band = pd.DataFrame({"dose": dose_grid, "low": adjusted_curve - Z * curve_error})
    band["high"] = adjusted_curve + Z * curve_error
    return band, curves


@app.cell(hide_code=True)
def chart_dose(adjusted_best, band, best_error, curves, naive_best, sold):
    _names = ["truth", "naive", "adjusted, 94 % band"]
    _x = alt.X("dose:Q", title="voucher (euros)").scale(domain=[6, 18])
    _y = alt.Y("margin:Q", title="margin (euros)").scale(domain=[20, 60])
    _dots = alt.Chart(sold).mark_circle(color=charts.ROLES["control"], opacity=0.25, clip=True)
    _band = alt.Chart(band).mark_area(color=charts.ROLES["adjusted"], opacity=0.25, clip=True)
    _lines = alt.Chart(curves).mark_line(strokeWidth=4, clip=True)
    _color = alt.Color("curve:N", title=None, legend=LEGEND).scale(
        domain=_names, range=[charts.ROLES[role] for role in ("truth", "naive", "adjusted")]
    )
    _dash = alt.StrokeDash("curve:N", title=None).scale(
        domain=_names, range=[[2, 3], [8, 4], [1, 0]]
    )
    _low, _high = (adjusted_best + side * Z * best_error for side in (-1, 1))
    _title = (
        f"Best: naive {naive_best:.1f}, adjusted {adjusted_best:.1f} ({_low:.1f} to {_high:.1f})"
    )
    _layers = [_dots.encode(x=_x, y=_y), _band.encode(x=_x, y=alt.Y("low:Q"), y2="high:Q")]
    _layers += [_lines.encode(x=_x, y=_y, color=_color, strokeDash=_dash)]
    chart_dose = charts.describe(
        alt.layer(*_layers).properties(width="container", height=180, title=f"{_title}; truth 10"),
        f"Margin against voucher: true, naive and adjusted curve. {_title}.",
    )
    return (chart_dose,)


@app.cell(hide_code=True)
def dose_figure(chart_dose, pull):
    # slide: sub-slide
    # notes: At 0 the three curves agree. Pull: the naive top moves right, and we would give too much.
    # notes: The interval of the best voucher holds 94 %, by the delta method.
    mo.vstack([pull, chart_dose])
    return


@app.cell(hide_code=True)
def dose_fails(naive_best):
    # slide: fragment
    mo.md(f"""
    **Fails** when loyalty is unmeasured (we'd give {naive_best:.1f} euros), or where nobody got such a dose.
    *Deeper: notebooks 03 and 09.*
    """)
    return


@app.cell(hide_code=True)
def choose():
    # notes: Aim: choose by what happened, not by what one can code. Trap: two designs that agree are
    # notes: worth more than one with a small p-value. Minutes: 3. If late: leave it on the screen.
    mo.md(r"""
    ## Which one, when?

    | what happened | design | show first |
    |:---|:---|:---|
    | all got it, on one day | interrupted series | what else came that week |
    | some places got it | difference in differences | a placebo before the start |
    | people got it, for recorded reasons | matching, adjustment | who has no twin |
    | all got some, for recorded reasons | dose and response | the doses of each kind |
    | we can still decide who gets it | **an experiment** | the sample size |

    The estimand comes first, the assumption second, the estimate last. If units share drivers or hours,
    a coin for each of them misleads. *Deeper: notebook 14.*
    """)
    return


@app.cell(hide_code=True)
def references():
    # slide: sub-slide
    mo.md(r"""
    **More.** Abadie and Imbens (2006), matching with twins used again, doi:10.1111/j.1468-0262.2006.00655.x.
    Roth (2022), what a passed placebo is worth, doi:10.1257/aeri.20210236. Hernán and Robins (2020),
    *Causal Inference: What If*.

    All worlds are simulated, and their truth is written on the slide. Intervals hold 94 %, from least squares
    (series, dose), from shops as units (differences), and over 200 clubs (matching).
    """)
    return


if __name__ == "__main__":
    app.run()
