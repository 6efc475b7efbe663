import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="One model, before and after data",
    layout_file="layouts/bayesian_bridge.slides.json",
    css_file="theme.css",
)

with app.setup:
    from statistics import NormalDist

    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts, graphs, tidy
    from helpers.simulate import LinearWorld

    LEGEND = alt.Legend(orient="top", labelLimit=340, symbolSize=700, symbolStrokeWidth=4)
    Z = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)


@app.cell(hide_code=True)
def title():
    # notes: Aim: a bridge for those who know Bayes and not causes, or the other way round. Ask who
    # notes: is who. Trap: do not explain Bayes' theorem; draw it, four slides on. Minutes: 1.
    # notes: If late: go on at once.
    mo.md(r"""
    # One model, before and after data

    A causal model says how the data come about. A Bayesian model says how the data come about, and what
    we don't know about it. One program can be both, if each of its lines is a mechanism, causes first.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell(hide_code=True)
def one_object():
    # notes: Aim: four verbs, one program. Read the table downwards. Trap: "posterior" sounds like
    # notes: the end; the decision is in the last row. Minutes: 2. If late: bold words only.
    mo.md(r"""
    ## Four things to do with one program

    | | what we do | what comes out |
    |:---|:---|:---|
    | **before data** | run it forwards | data that could have been: *prior predictive* |
    | **the data arrive** | `observe` | what we now believe: *posterior* |
    | **after data** | run it forwards again | data that could come: *posterior predictive* |
    | **to decide** | `do`, then run it forwards | the data that our decision would make |

    The first three rows are Bayes. The fourth needs to know which line of the program is ours to change:
    that is the causal graph.
    """)
    return


@app.cell
def newspaper():
    newspaper = LinearWorld(
        coefficients={
            ("loyalty", "minutes"): 2,
            ("loyalty", "spend"): 6,
            ("minutes", "spend"): 0.5,
        },
        intercepts={"minutes": 10, "spend": 55},
        noise={"loyalty": 1, "minutes": 2, "spend": 4},
    )
    return (newspaper,)


@app.cell
def readers(SEED, newspaper):
    readers = newspaper.sample(10_000, SEED)
    true_effect = newspaper.total_effect("minutes", "spend")
    return readers, true_effect


@app.cell(hide_code=True)
def question(true_effect):
    # notes: Aim: one story for the whole deck, and its estimand before any estimate. Trap: loyalty
    # notes: is measured for now; it goes missing later on purpose. Minutes: 2. If late: read the
    # notes: formula aloud, nothing else.
    mo.md(rf"""
    ## What does a minute on the phone earn?

    A newspaper's desk talks with its readers. Long-standing readers talk longer, and spend more anyway.

    **Estimand**, in euros a year per minute, averaged over all readers:

    $$\text{{effect}} = E\big[\,\text{{spend}}(m + 1) - \text{{spend}}(m)\,\big]$$

    We made this world, so we know the truth: **{tidy.signed(true_effect)} euros**.
    *Loyalty* is measured, in standard deviations of the years as a reader.
    """)
    return


@app.cell
def program():
    PROGRAM = (
        "with pm.Model() as model:\n"
        '    effect = pm.Normal("effect", 0, 1)\n'
        '    loyalty = pm.Normal("loyalty", 0, 1)\n'
        '    minutes = pm.Normal("minutes", 10 + 2 * loyalty, 2)\n'
        "    mean = 55 + effect * minutes + 6 * loyalty\n"
        '    spend = pm.Normal("spend", mean, 4)'
    )
    return (PROGRAM,)


@app.cell(hide_code=True)
def program_heading(PROGRAM, newspaper):
    # notes: Aim: each line is a node, and the names at its right are the arrows into it. Let them
    # notes: find both arrows into spend. Trap: the prior of the effect is a line like the others.
    # notes: To fit the slide only the effect is unknown here; the fits that follow leave the
    # notes: intercept and the weight of loyalty unknown too. Minutes: 3. If late: one line, one node.
    _graph = graphs.dag(newspaper.edges, treatment="minutes", outcome="spend")
    mo.vstack(
        [
            mo.md("## A program of mechanisms is a graph"),
            mo.md(f"```python\n{PROGRAM}\n```").style(margin="-1.2rem 0"),
            _graph.draw("a name on the right of a line is an arrow into the name on its left"),
        ],
        gap=0,
    )
    return


@app.cell(hide_code=True)
def prior_sd():
    prior_sd = mo.ui.slider(
        0.1, 3, 0.1, value=1, show_value=True, label="sd of the prior (euros per minute)"
    )
    return (prior_sd,)


@app.cell
def prior_lines(prior_sd):
    _share = (np.arange(40) + 0.5) / 40  # forty effects that cut the prior into equal parts
    _effects = [NormalDist(0, prior_sd.value).inv_cdf(share) for share in _share]
    prior_lines = pd.DataFrame(
        [(i, m, b * (m - 10)) for i, b in enumerate(_effects) for m in (5, 15)],
        columns=["draw", "minutes", "change"],
    )
    return (prior_lines,)


@app.cell(hide_code=True)
def chart_prior(prior_lines, prior_sd):
    _title = f"94 % of this prior: less than {Z * prior_sd.value:.2f} euros a minute, either way"
    _lines = alt.Chart(prior_lines).mark_line(
        color=charts.ROLES["prior"], strokeWidth=2, opacity=0.7, clip=True
    )
    chart_prior = charts.describe(
        _lines.encode(
            x=alt.X("minutes:Q", title="minutes on the phone", axis=alt.Axis(format="d")).scale(
                domain=[5, 15]
            ),
            y=alt.Y("change:Q", title="change of spend (euros)").scale(domain=[-30, 30]),
            detail="draw:N",
        ).properties(width="container", height=170, title=_title),
        f"Forty lines of spend against minutes, drawn from the prior. {_title}.",
    )
    return (chart_prior,)


@app.cell(hide_code=True)
def prior(chart_prior, prior_sd):
    # slide: slide
    # notes: Aim: a prior is a claim about the effect, in euros, and can be argued with. Each line is
    # notes: one effect that it believes in, before any data. Trap: "wide is humble": ask at 3 whether
    # notes: the desk would believe 28 euros for five minutes. Minutes: 2.
    # notes: If late: slider to both ends, one sentence each.
    mo.vstack([mo.md("## Prior: what could a minute do?"), prior_sd, chart_prior])
    return


@app.cell(hide_code=True)
def prior_reading(prior_sd):
    # slide: fragment
    mo.md(f"""
    Up to {tidy.number(5 * Z * prior_sd.value, 0)} euros for five minutes more: would the desk believe it?
    """)
    return


@app.function
def fit(rows, outcome, regressors, noise, prior_sd):
    """Return mean and covariance of (intercept, effect, ...): the conjugate posterior.

    The effect is that of the first regressor: Normal(0, prior_sd). The other priors are flat.
    """
    design = np.column_stack([np.ones(len(rows)), rows[regressors]])
    prior = np.zeros(design.shape[1])
    prior[1] = float(prior_sd) ** -2  # a precision; 0 where the sd is infinite
    covariance = np.linalg.inv(design.T @ design / noise**2 + np.diag(prior))
    return covariance @ design.T @ rows[outcome].to_numpy() / noise**2, covariance


@app.function
def bell(mean, sd, grid):
    """Return the density of Normal(mean, sd) on a grid."""
    return np.exp(-(((grid - mean) / sd) ** 2) / 2) / (sd * np.sqrt(2 * np.pi))


@app.cell(hide_code=True)
def candidate():
    candidate = mo.ui.slider(-1, 2, 0.05, value=1.5, show_value=True, label="an effect to try")
    return (candidate,)


@app.cell
def at_equal_loyalty(readers):
    _forty = readers.head(40)
    _basis = np.column_stack([np.ones(40), _forty["loyalty"]])
    _left = _forty - _basis @ np.linalg.lstsq(_basis, _forty.to_numpy(), rcond=None)[0]
    at_equal_loyalty = _left[["minutes", "spend"]]  # what loyalty does not explain
    return (at_equal_loyalty,)


@app.cell
def likelihood(candidate, readers):
    _mean, _covariance = fit(readers.head(40), "spend", ["minutes", "loyalty"], 4, np.inf)
    best, best_sd = float(_mean[1]), float(np.sqrt(_covariance[1, 1]))
    support = float(np.exp(-(((candidate.value - best) / best_sd) ** 2) / 2))
    return best, best_sd, support


@app.cell(hide_code=True)
def chart_candidate(at_equal_loyalty, candidate):
    _ends = np.array([-5.0, 5.0])
    _line = pd.DataFrame({"minutes": _ends, "spend": candidate.value * _ends})
    _x = alt.X("minutes:Q", title="minutes, given loyalty").scale(domain=[-6, 6])
    _y = alt.Y("spend:Q", title="spend, given loyalty (euros)").scale(domain=[-12, 12])
    _dots = alt.Chart(at_equal_loyalty).mark_circle(
        color=charts.ROLES["control"], size=50, clip=True
    )
    _rule = alt.Chart(_line).mark_line(color=charts.ROLES["adjusted"], strokeWidth=4, clip=True)
    chart_candidate = charts.describe(
        alt.layer(_dots.encode(x=_x, y=_y), _rule.encode(x=_x, y=_y)).properties(
            width="container", height=150, title=f"effect {tidy.signed(candidate.value)}"
        ),
        f"Spend against minutes of 40 readers at equal loyalty; a line of slope {candidate.value:.2f}.",
    )
    return (chart_candidate,)


@app.cell(hide_code=True)
def chart_likelihood(best, best_sd, candidate, support):
    _grid = np.linspace(-1, 2, 200)
    _curve = pd.DataFrame(
        {"effect": _grid, "support": np.exp(-(((_grid - best) / best_sd) ** 2) / 2)}
    )
    _here = pd.DataFrame({"effect": [candidate.value], "support": [support]})
    _x = alt.X("effect:Q", title="effect (euros per minute)")
    _y = alt.Y("support:Q", title="likelihood, best = 1").scale(domain=[0, 1])
    _line = alt.Chart(_curve).mark_line(color=charts.ROLES["control"], strokeWidth=3)
    _dot = alt.Chart(_here).mark_point(
        color=charts.ROLES["adjusted"], size=200, filled=True, opacity=1, shape="diamond"
    )
    _title = f"likelihood {tidy.percent(support)} of the best"
    chart_likelihood = charts.describe(
        alt.layer(_line.encode(x=_x, y=_y), _dot.encode(x=_x, y=_y)).properties(
            width="container", height=150, title=_title
        ),
        f"Likelihood of the effect; at {candidate.value:.2f} {_title}, which is {best:.2f}.",
    )
    return (chart_likelihood,)


@app.cell(hide_code=True)
def likelihood_figure(candidate, chart_candidate, chart_likelihood):
    # slide: slide
    # notes: Aim: pick an effect; the program says how probable these 40 readers were, and the
    # notes: likelihood ranks the effects by it. Left: what loyalty does not explain. Trap: it is not
    # notes: a probability of the effect; it needs the prior to become one. Minutes: 3.
    # notes: If late: slide to the top of the curve, and stop.
    _both = mo.hstack([chart_candidate, chart_likelihood], widths="equal")
    mo.vstack([mo.md("## Likelihood: which worlds foresaw the data?"), candidate, _both])
    return


@app.cell(hide_code=True)
def likelihood_reading(best, best_sd):
    # slide: fragment
    mo.md(f"""
    40 readers favour {tidy.signed(best)}, give or take {best_sd:.2f}; other effects foresaw other data.
    """)
    return


@app.cell(hide_code=True)
def n_readers():
    n_readers = mo.ui.slider(
        steps=[10, 20, 40, 100, 200, 400, 1000], value=40, show_value=True, label="readers"
    )
    return (n_readers,)


@app.cell
def posterior(n_readers, prior_sd, readers):
    _rows = readers.head(n_readers.value)
    _flat, _flat_covariance = fit(_rows, "spend", ["minutes", "loyalty"], 4, np.inf)
    likelihood_mean, likelihood_sd = _flat[1], np.sqrt(_flat_covariance[1, 1])
    _weights = np.array([prior_sd.value, likelihood_sd]) ** -2.0  # precisions
    posterior_mean = float(_weights @ [0, likelihood_mean] / _weights.sum())
    posterior_sd = float(_weights.sum() ** -0.5)
    return likelihood_mean, likelihood_sd, posterior_mean, posterior_sd


@app.function
def chart_curves(frame, *, title, unit, rules, height=160, across="density"):
    """Return curves of a frame (value, density, label, role), with labelled black rules."""
    roles = frame.groupby("label", sort=False)["role"].first()
    dashes = {"prior": [2, 3], "naive": [8, 4], "control": [8, 4]}
    names = list(roles.index)
    lines = (
        alt.Chart(frame)
        .mark_line(strokeWidth=4, clip=True)
        .encode(
            x=alt.X("value:Q", title=unit).scale(nice=False, zero=False),
            y=alt.Y("density:Q", title=across, axis=alt.Axis(labels=False, ticks=False)).scale(
                domain=[0, 1.2 * frame["density"].max()]  # room for the labels of the rules
            ),
            color=alt.Color("label:N", title=None, legend=LEGEND).scale(
                domain=names, range=[charts.ROLES[role] for role in roles]
            ),
            strokeDash=alt.StrokeDash("label:N", title=None).scale(
                domain=names, range=[dashes.get(role, [1, 0]) for role in roles]
            ),
        )
    )
    base = alt.Chart(pd.DataFrame(rules, columns=["value", "label"]))
    rule = base.mark_rule(strokeDash=[6, 4], strokeWidth=2).encode(x="value:Q")
    text = base.mark_text(align="left", dx=5, baseline="top")
    text = text.encode(x="value:Q", y=alt.value(2), text="label:N")
    chart = alt.layer(rule, lines, text).properties(width="container", height=height)
    words = "; ".join([*names, *(f"{label} at {value:.2f}" for value, label in rules)])
    return charts.describe(chart.properties(title=title), f"{title}. Densities of {unit}: {words}.")


@app.cell(hide_code=True)
def chart_posterior(
    likelihood_mean,
    likelihood_sd,
    posterior_mean,
    posterior_sd,
    prior_sd,
    true_effect,
):
    _grid = np.linspace(-1.5, 2.5, 240)
    _bells = [
        ("prior", "prior", 0, prior_sd.value),
        ("likelihood", "control", likelihood_mean, likelihood_sd),
        ("posterior", "adjusted", posterior_mean, posterior_sd),
    ]
    _frame = pd.concat(
        pd.DataFrame({"value": _grid, "density": bell(m, s, _grid), "label": label, "role": role})
        for label, role, m, s in _bells
    )
    _low, _high = (tidy.signed(posterior_mean + side * Z * posterior_sd) for side in (-1, 1))
    _weight = tidy.percent((posterior_sd / prior_sd.value) ** 2)
    chart_posterior = chart_curves(
        _frame,
        title=f"Posterior {tidy.signed(posterior_mean)} (94 %: {_low} to {_high}); prior weighs {_weight}",
        unit="effect (euros per minute)",
        rules=[(true_effect, "truth")],
    )
    return (chart_posterior,)


@app.cell(hide_code=True)
def posterior_figure(chart_posterior, n_readers, prior_sd):
    # slide: slide
    # notes: Aim: prior times likelihood, scaled to 1: a compromise in which each counts by its
    # notes: precision, 1 / sd². More readers: the data win. Trap: this ends well because loyalty is
    # notes: measured; remember this slide when it is not. Minutes: 3.
    # notes: If late: readers from 10 to 1,000, no word on the prior.
    _sliders = mo.hstack([n_readers, prior_sd], justify="start", gap=2)
    mo.vstack([mo.md("## Posterior: belief, after the data"), _sliders, chart_posterior])
    return


@app.cell(hide_code=True)
def do_heading(newspaper):
    # notes: Aim: observe and do are two operations on the same fitted program. Trap: do is not a
    # notes: second model, and no second fit. Minutes: 3. If late: the two pictures only.
    _graph = graphs.dag(newspaper.edges, treatment="minutes", outcome="spend")
    mo.vstack(
        [
            mo.md(r"""
    ## The same posterior, asked two questions

    *We saw a long call: what does this reader spend?* Or: *we make the call long: what will this
    reader spend?* The second overrules one line of the program.
    """),
            mo.hstack(
                [
                    _graph.draw("observe(minutes = 15): a loyal reader, probably"),
                    _graph.do("minutes").draw("do(minutes = 15): any reader"),
                ],
                widths="equal",
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def call_length():
    call_length = mo.ui.slider(
        4, 16, 1, value=15, show_value=True, label="this call lasts (minutes)"
    )
    return (call_length,)


@app.cell
def draws(SEED, readers):
    _rows, _rng = readers.head(400), np.random.default_rng(SEED)
    _spend = fit(_rows, "spend", ["minutes", "loyalty"], noise=4, prior_sd=1)
    _minutes = fit(_rows, "minutes", ["loyalty"], noise=2, prior_sd=np.inf)
    draws = pd.DataFrame(
        np.hstack([_rng.multivariate_normal(*found, 500) for found in (_spend, _minutes)]),
        columns=["base", "effect", "weight", "start", "pull"],
    )
    return (draws,)


@app.cell
def observed(call_length, draws):
    _share = draws["pull"] / (draws["pull"] ** 2 + 2**2)  # what a minute says about loyalty
    _loyalty = _share * (call_length.value - draws["start"])
    seen_mean = draws["base"] + draws["effect"] * call_length.value + draws["weight"] * _loyalty
    seen_sd = np.sqrt(draws["weight"] ** 2 * (1 - _share * draws["pull"]) + 4**2)
    return seen_mean, seen_sd


@app.cell
def intervened(call_length, draws):
    done_mean = draws["base"] + draws["effect"] * call_length.value  # loyalty stays as it is: 0
    done_sd = np.sqrt(draws["weight"] ** 2 + 4**2)
    return done_mean, done_sd


@app.cell(hide_code=True)
def chart_do(call_length, done_mean, done_sd, newspaper, seen_mean, seen_sd):
    _grid = np.linspace(30, 90, 121)
    _answers = [
        ("observe: we saw such a call", "naive", seen_mean, seen_sd),
        ("do: we make it so long", "adjusted", done_mean, done_sd),
    ]
    _frame = pd.concat(
        pd.DataFrame({"value": _grid, "label": label, "role": role}).assign(
            density=bell(mean.to_numpy()[:, None], sd.to_numpy()[:, None], _grid).mean(axis=0)
        )
        for label, role, mean, sd in _answers
    )
    _truth = newspaper.mean()["spend"] + newspaper.total_effect("minutes", "spend") * (
        call_length.value - newspaper.mean()["minutes"]
    )
    chart_do = chart_curves(
        _frame,
        title=f"Observed {seen_mean.mean():.1f} euros, done {done_mean.mean():.1f} euros",
        unit="spend of one reader (euros a year)",
        height=185,
        rules=[(_truth, "true mean, done")],
    )
    return (chart_do,)


@app.cell(hide_code=True)
def do_figure(call_length, chart_do):
    # slide: sub-slide
    mo.vstack([call_length, chart_do])
    return


@app.cell(hide_code=True)
def do_reading(draws):
    # slide: fragment
    _low, _high = tidy.hdi(draws["effect"])
    mo.md(f"""
    Long calls announce loyal readers; they don't make them. The effect is
    {tidy.signed(draws["effect"].mean())} a minute (94 % HDI {tidy.signed(_low)} to {tidy.signed(_high)}).
    """)
    return


@app.cell
def other_world():
    other_world = LinearWorld(
        coefficients={
            ("loyalty", "minutes"): 2,
            ("loyalty", "spend"): 0,
            ("minutes", "spend"): 2,
        },
        intercepts={"minutes": 10, "spend": 40},
        noise={"loyalty": 1, "minutes": 2, "spend": np.sqrt(34)},
    )
    return (other_world,)


@app.cell(hide_code=True)
def identification_heading(newspaper, other_world, true_effect):
    # notes: Aim: what no sampler, no library and no amount of rows solves. Loyalty is now unmeasured.
    # notes: Trap: "then compare their fit": the two worlds give every data set the same probability.
    # notes: Minutes: 4. If late: show the pictures, name both effects, go on.
    _hidden = {"hidden": ["loyalty"], "treatment": "minutes", "outcome": "spend"}
    _other = [edge for edge, weight in other_world.coefficients.items() if weight]
    mo.vstack(
        [
            mo.md(r"""
    ## What a PPL does not solve: identification

    Now nobody measured loyalty. Two worlds draw (minutes, spend) from exactly the same distribution; they
    have the same likelihood, for any data.
    """),
            mo.hstack(
                [
                    graphs.dag(newspaper.edges, **_hidden).draw(
                        f"ours: a minute earns {tidy.signed(true_effect)}"
                    ),
                    graphs.dag(_other, **_hidden).draw(
                        f"the other: {tidy.signed(other_world.total_effect('minutes', 'spend'))}"
                    ),
                ],
                widths="equal",
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def n_rows():
    n_rows = mo.ui.slider(
        steps=[10, 30, 100, 300, 1000, 3000, 10_000], value=100, show_value=True, label="readers"
    )
    return (n_rows,)


@app.cell
def other_readers(SEED, other_world):
    other_readers = other_world.sample(10_000, SEED + 1)
    return (other_readers,)


@app.cell
def without_loyalty(n_rows, other_readers, readers):
    without_loyalty = {}
    for _world, _rows in {"our world": readers, "the other world": other_readers}.items():
        _mean, _covariance = fit(
            _rows.head(n_rows.value), "spend", ["minutes"], noise=np.sqrt(34), prior_sd=1
        )
        without_loyalty[_world] = float(_mean[1]), float(np.sqrt(_covariance[1, 1]))
    return (without_loyalty,)


@app.cell(hide_code=True)
def chart_two_worlds(n_rows, other_world, true_effect, without_loyalty):
    _curves = []
    for (_world, (_mean, _sd)), _role in zip(
        without_loyalty.items(), ("naive", "treated"), strict=True
    ):
        _grid = np.union1d(np.linspace(-0.5, 3, 60), _mean + _sd * np.linspace(-4, 4, 60))
        _grid = _grid[(_grid >= -0.5) & (_grid <= 3)]
        _top = bell(_mean, _sd, _grid) / bell(_mean, _sd, _mean)
        _frame = {"value": _grid, "density": _top, "role": _role, "label": f"data of {_world}"}
        _curves.append(pd.DataFrame(_frame))
    _mean, _sd = without_loyalty["our world"]
    _low, _high = (tidy.signed(_mean + side * Z * _sd) for side in (-1, 1))
    chart_two_worlds = chart_curves(
        pd.concat(_curves),
        title=f"{n_rows.value:,} readers of ours, 94 % interval: {_low} to {_high}",
        unit="effect (euros per minute), loyalty left out",
        height=185,
        across="density, top = 1",
        rules=[
            (true_effect, "truth in ours"),
            (other_world.total_effect("minutes", "spend"), "truth in the other"),
        ],
    )
    return (chart_two_worlds,)


@app.cell(hide_code=True)
def two_worlds_figure(chart_two_worlds, n_rows):
    # slide: sub-slide
    mo.vstack([n_rows, chart_two_worlds])
    return


@app.cell(hide_code=True)
def two_worlds_reading(true_effect, without_loyalty):
    # slide: fragment
    _mean, _sd = without_loyalty["our world"]
    mo.md(f"""
    Our truth lies {tidy.number(abs(_mean - true_effect) / _sd, 0)} posterior sds away. More readers make
    the posterior narrow, not right.
    """)
    return


@app.cell(hide_code=True)
def unidentified_heading():
    # notes: Aim: say what we don't know, inside the model. Trap: people take a bias of 0 for "no
    # notes: prior"; it is the strongest one there is. Minutes: 4. If late: slider at 0, then at 1.
    mo.md(r"""
    ## An honest model: the prior never washes out

    The data fix the slope. They say nothing on how it splits:

    $$\text{slope} = \text{effect} + \text{bias}, \qquad \text{effect} \sim N(0, 1), \qquad
    \text{bias} \sim N(0, \kappa)$$

    $\kappa$ is how strong a hidden cause we think possible, in euros per minute. $\kappa = 0$ is a prior too:
    *no unmeasured confounding*, for certain.
    """)
    return


@app.cell(hide_code=True)
def bias_sd():
    bias_sd = mo.ui.slider(
        0, 3, 0.25, value=1, show_value=True, label="κ: sd of the bias (euros per minute)"
    )
    return (bias_sd,)


@app.cell
def slopes(readers):
    _rows = []
    for _n in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000):
        _mean, _covariance = fit(readers.head(_n), "spend", ["minutes"], np.sqrt(34), np.inf)
        _rows.append((_n, _mean[1], np.sqrt(_covariance[1, 1])))
    slopes = pd.DataFrame(_rows, columns=["readers", "mean", "sd"])
    return (slopes,)


@app.cell
def unidentified(bias_sd, slopes):
    _noise = slopes["sd"] ** 2 + bias_sd.value**2  # how far the slope may lie from the effect
    _variance = 1 / (1 + 1 / _noise)
    unidentified = slopes.assign(mean=_variance / _noise * slopes["mean"], sd=np.sqrt(_variance))
    half_width = float(Z * unidentified["sd"].iloc[-1])
    return half_width, unidentified


@app.cell
def intervals(slopes, unidentified):
    _parts = {"slope: what the data fix": slopes, "effect: what we asked": unidentified}
    intervals = pd.concat(part.assign(what=what) for what, part in _parts.items())
    intervals["low"] = intervals["mean"] - Z * intervals["sd"]
    intervals["high"] = intervals["mean"] + Z * intervals["sd"]
    return (intervals,)


@app.cell(hide_code=True)
def chart_unidentified(half_width, intervals, slopes, true_effect):
    _color = alt.Color("what:N", title=None, legend=alt.Legend(orient="top", labelLimit=340)).scale(
        domain=list(intervals["what"].unique()),
        range=[charts.ROLES["naive"], charts.ROLES["adjusted"]],
    )
    _ticks = alt.Axis(values=[10, 100, 1000, 10_000], format=",d")
    _x = alt.X("readers:Q", title="readers (log scale)", axis=_ticks).scale(type="log", nice=False)
    _y = alt.Y("low:Q", title="euros per minute").scale(domain=[-2.5, 4])
    _area = alt.Chart(intervals).mark_area(opacity=0.25, clip=True)
    _edge = alt.Chart(intervals).mark_line(strokeWidth=3, clip=True).encode(x=_x, color=_color)
    _truth = alt.Chart(pd.DataFrame({"low": [true_effect], "readers": [2000], "text": ["truth"]}))
    _layers = [
        _area.encode(x=_x, y=_y, y2="high:Q", color=_color),
        *(_edge.encode(y=_y), _edge.encode(y="high:Q")),
        _truth.mark_rule(strokeDash=[6, 4], strokeWidth=2).encode(y="low:Q"),
        _truth.mark_text(align="left", dx=5, dy=-9).encode(x=_x, y="low:Q", text="text:N"),
    ]
    _title = f"10,000 readers: slope ± {Z * slopes['sd'].iloc[-1]:.2f}, effect ± {half_width:.2f}"
    chart_unidentified = charts.describe(
        alt.layer(*_layers).properties(width="container", height=165),
        f"94 % intervals against the number of readers; only the slope's shrinks. {_title}.",
    ).properties(title=alt.Title(_title, subtitle="bands: 94 % intervals"))
    return (chart_unidentified,)


@app.cell(hide_code=True)
def unidentified_figure(bias_sd, chart_unidentified):
    # slide: sub-slide
    mo.vstack([bias_sd, chart_unidentified])
    return


@app.cell
def experiment(half_width, newspaper):
    _minutes = newspaper.covariance().loc["minutes", "minutes"]
    experiment_sd = float(np.sqrt((6**2 + 4**2) / (100 * _minutes)))  # 100 calls, dealt at random
    _both = (half_width / Z) ** -2 + experiment_sd**-2
    experiment_half_width = float(Z * _both**-0.5)
    return (experiment_half_width,)


@app.cell(hide_code=True)
def unidentified_reading(experiment_half_width, half_width):
    # slide: fragment
    mo.md(f"""
    What 10,000 readers leave at ± {half_width:.2f}, 100 more, with minutes set **at random**, bring to
    ± {experiment_half_width:.2f}.
    """)
    return


@app.cell(hide_code=True)
def take_home():
    # notes: Aim: five sentences that survive the coffee break. Trap: "so Bayes is no use": it shows
    # notes: what is not known, which a point estimate hides. Minutes: 2. If late: the bold words.
    mo.md(r"""
    ## What to take

    - **The graph is the program**, if each line is a mechanism: a name on the right is an arrow into the left.
    - **Prior, likelihood, posterior**: run it, `observe`, run it again.
    - **`do` overrules one line**; no second model, no second fit.
    - **A sampler finds the posterior. Whether it answers the question, the graph decides.**
    - **What is not identified stays prior.** Measure the cause, randomise, or find a design.

    Deeper: notebook 01 (the program, and graphs that fit alike), 04 (priors), 05 (`observe`, `do`, and a hidden
    cause).
    """)
    return


@app.cell(hide_code=True)
def references():
    # slide: sub-slide
    mo.md(r"""
    **Sources.** Rubin (1978), Bayesian inference for causal effects, doi:10.1214/aos/1176344064.
    Pearl (2009), *Causality*, doi:10.1017/CBO9780511803161. Poirier (1998), Revising beliefs in nonidentified
    models, doi:10.1017/S0266466698144043. Greenland (2005), Multiple-bias modelling,
    doi:10.1111/j.1467-985X.2004.00349.x.

    The newspaper is simulated: linear, with Gaussian noise of known size, so that every posterior is a formula.
    Intervals hold 94 %; the posterior's are centred, which for a bell is also the shortest.
    """)
    return


if __name__ == "__main__":
    app.run()
