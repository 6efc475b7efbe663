import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Did the new page convert better, and how many visitors do we need?",
    css_file="../slides/theme.css",
)

with app.setup:
    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd
    from scipy import stats

    from helpers import charts, checks, fits, graphs, tidy
    from helpers.lessons import ab_testing


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # Did the new page convert better, and how many visitors do we need?

    A shop shows its old page to 10,000 visitors and a new page to 10,000 others, by the toss of a
    coin. 200 buy on the old page, 350 on the new one: **75 % more**. Would you ship it? Would you
    believe it?
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md(r"""
    | | |
    |:--|:--|
    | You will be able to | put a prior on an effect, decide by money or by region, plan an experiment, spot four classic mistakes |
    | Estimand | relative lift: the buying rate if all visitors saw the new page, over the rate if all saw the old, minus 1 |
    | Design | randomised experiment, two arms |
    | Data | counts of one experiment; simulated experiments whose truth is known |
    | Time | core 102 minutes; six checked exercises |
    | Before | notebook 01 (graphs, `do`); you have met a posterior once |
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_draws():
    DRAWS = 2_000  # posterior draws per chain, four chains
    return (DRAWS,)


@app.cell
def knob_n_experiments():
    N_EXPERIMENTS = 700  # simulated experiments in each cell of the power grid
    return (N_EXPERIMENTS,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 1_500  # experiments that somebody peeks at
    return (N_WORLDS,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


@app.function(hide_code=True)
def percent(value, digits=0, *, plus=False):
    """Return a share as text in per cent; with its sign if it is an effect."""
    if plus:
        return tidy.signed(100 * float(value), digits) + " %"
    return tidy.percent(float(value), digits)


@app.function(hide_code=True)
def seen_share(rate, n, digits=1):
    """Return the share of n simulated cases as text: `none of 700` where none was seen."""
    return percent(rate, digits) if rate > 0 else f"none of {n:,}"


@app.function(hide_code=True)
def probability(value):
    """Return a probability as text; never a rounded 0 or 1."""
    if value > 0.999:
        return "> 0.999"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


@app.function(hide_code=True)
def chart_curves(frame, roles, *, x, y, title, subtitle="", height=270):
    """Return one line per label; frame: columns x, y, label; roles: label -> role; x, y: axes."""
    names = list(roles)
    dashes = [[1, 0], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2]]
    base = alt.Chart(frame).encode(
        x=x,
        y=y,
        color=alt.Color(
            "label:N",
            title=None,
            scale=alt.Scale(domain=names, range=[charts.ROLES[roles[name]] for name in names]),
            legend=alt.Legend(orient="top", columns=3, symbolStrokeWidth=3, labelLimit=300),
        ),
        strokeDash=alt.StrokeDash(
            "label:N", title=None, scale=alt.Scale(domain=names, range=dashes[: len(names)])
        ),
    )
    chart = base.mark_line(strokeWidth=3, clip=True).properties(
        title=alt.Title(charts.lines(title), subtitle=subtitle), height=height
    )
    return charts.describe(chart, f"{title}. {subtitle} Lines: {', '.join(names)}.")


@app.cell(hide_code=True)
def experiment_heading():
    mo.md(r"""
    ## What the dashboard says

    | name | meaning | unit | role |
    |:--|:--|:--|:--|
    | `page` | old or new, chosen by a coin for each visitor | | treatment |
    | `visitors` | people who saw that page | people | |
    | `conversions` | of them, those who bought | people | outcome |

    n = 20,000 visitors. The counts are a textbook example, not a record of a real shop.
    """)
    return


@app.cell
def data():
    experiment = pd.DataFrame(
        {"page": ["old", "new"], "visitors": [10_000, 10_000], "conversions": [200, 350]}
    )
    tidy.as_table(experiment)
    return (experiment,)


@app.function
def z_test(old, new, n):
    """Return the z statistic of two equal proportions; counts of `n` visitors per page."""
    pooled = (old + new) / (2 * n)
    error = np.sqrt(np.maximum(2 * pooled * (1 - pooled) / n, 1e-12))
    return (new - old) / n / error


@app.cell
def naive(experiment):
    _old, _new = experiment["conversions"]
    raw_lift = _new / _old - 1
    z = z_test(_old, _new, 10_000)
    p_value = 2 * stats.norm.sf(abs(z))
    return p_value, raw_lift, z


@app.cell(hide_code=True)
def naive_read(experiment, p_value, raw_lift, z):
    _rates = experiment["conversions"] / experiment["visitors"]
    mo.md(f"""
    {percent(_rates[0], 1)} buy on the old page, {percent(_rates[1], 1)} on the new one. The **raw lift** is
    {percent(raw_lift, plus=True)}, {tidy.number(z, 1)} standard errors from nothing (p = {p_value:.0e}). A p-value asks
    only: *could this be nothing?* It does not ask: *how often do pages gain {percent(raw_lift)}?*
    """)
    return


@app.cell(hide_code=True)
def estimand_heading():
    mo.md(r"""
    ## What do we want to know?

    Each visitor has two potential outcomes: $Y_i(1)$, buys (1) or not (0) if shown the new page, and $Y_i(0)$, if shown the old one. The
    **relative lift**, over all visitors of the shop while the test runs:

    $$\tau = \frac{E[Y(1)]}{E[Y(0)]} - 1$$

    The coin makes it readable: $E[Y(t)] = E[Y \mid T = t]$. Seeing is doing here.
    """)
    return


@app.cell
def graph():
    arrows = [("coin", "page"), ("page", "bought"), ("visitor", "bought")]
    coin_graph = graphs.dag(arrows, treatment="page", outcome="bought")
    needs_adjustment = bool(coin_graph.adjustment_sets()[0])
    coin_graph.draw("Only a coin points at the page")
    return (needs_adjustment,)


@app.cell(hide_code=True)
def assumptions(needs_adjustment):
    mo.md(f"""
    No backdoor path: the graph asks for {"an" if needs_adjustment else "**no**"} adjustment. What is assumed, by name:

    - **Ignorability** (no unmeasured confounding): granted by the coin, if the coin works. Check the split.
    - **Consistency**: one new page, shown as built; what is logged is what happened.
    - **No interference**: one visitor's page does not change what another buys.
    - **Positivity**: every visitor could see either page.
    - **Transport**: next year's visitors react like those of the test. No coin grants that.
    """)
    return


@app.cell(hide_code=True)
def prior_heading():
    mo.md(r"""
    ## Which lifts do you believe in, before any data?

    Three priors for the rate $p_0$ of the old page and $p_1$ of the new one:

    - **flat**: $p_0, p_1 \sim \text{Uniform}(0, 1)$;
    - **independent**: $p_0, p_1 \sim \text{Beta}(15, 600)$, about 2.4 % each, known from the past;
    - **correlated**: $p_0 \sim \text{Beta}(15, 600)$, $\ p_1 = p_0\,(1 + \tau)$, $\ \tau \sim \text{Normal}(0, 0.1)$.

    Beta(15, 600): as if 15 of 615 past visitors had bought. Only the third *states* a belief about the **lift**; the others imply one.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    mo.md(r"""
    ### Exercise 1 · predict · 2 min

    Take the **flat** prior. Before any data, how often does it expect one page to be at least **50 %** better or worse than the
    other (a lift of +50 % or more, or of −50 % or less)?

    Answer with one of `"about 5 %"`, `"about 20 %"`, `"about 60 %"`, `"it has no opinion"`.
    """)
    return


@app.cell
def exercise_1_flat():
    # Your prediction, as one of the four texts above.
    flat_belief = ...
    return (flat_belief,)


@app.cell(hide_code=True)
def check_1(flat_belief, set_progress):
    check_1 = ab_testing.judge_1(flat_belief).noted(1, set_progress)
    check_1
    return


@app.function
def prior_cdf(lifts, prior, shape=(15, 600), lift_sd=0.1):
    """Return P(relative lift <= each of `lifts`) before any data."""
    if prior == "correlated":
        return stats.norm.cdf(lifts, 0, lift_sd)
    shape = (1, 1) if prior == "flat" else shape
    old = stats.beta.ppf((np.arange(200) + 0.5) / 200, *shape)
    return stats.beta.cdf(np.outer(1 + np.asarray(lifts), old), *shape).mean(axis=1)


@app.function
def prior_tail(size, prior, **belief):
    """Return P(|relative lift| >= size) before any data."""
    below, above = prior_cdf(np.array([-size, size]), prior, **belief)
    return float(below + 1 - above)


@app.cell
def prior_sliders():
    belief_buyers = mo.ui.slider(2, 60, 1, value=15, label="past buyers", show_value=True)
    belief_visitors = mo.ui.slider(
        steps=[100, 200, 400, 615, 1000, 2000, 5000],
        value=615,
        label="among past visitors",
        show_value=True,
    )
    belief_sd = mo.ui.slider(1, 30, 1, value=10, label="sd of the lift (%)", show_value=True)
    return belief_buyers, belief_sd, belief_visitors


@app.cell
def belief(belief_buyers, belief_sd, belief_visitors):
    _shape = belief_buyers.value, belief_visitors.value - belief_buyers.value
    _lift = {"lift_sd": belief_sd.value / 100}
    beliefs = {"flat": {}, "independent": {"shape": _shape}, "correlated": _lift}
    return (beliefs,)


@app.function
def density_of(prior, belief):
    """Return a frame: lift and the prior's density there."""
    edges = np.concatenate([np.linspace(-1, 1.5, 76), np.linspace(-0.1, 0.1, 41)])
    edges = np.unique(edges.round(6))  # finer near zero, where a narrow prior has its peak
    density = np.diff(prior_cdf(edges, prior, **belief)) / np.diff(edges)
    return pd.DataFrame({"lift": (edges[1:] + edges[:-1]) / 2, "density": density, "label": prior})


@app.cell
def prior_curves(beliefs):
    prior_density = pd.concat([density_of(name, belief) for name, belief in beliefs.items()])
    return (prior_density,)


@app.cell
def prior_tails(beliefs):
    SIZES = [0.1, 0.2, 0.5, 0.6]
    tails = pd.DataFrame(
        {name: [prior_tail(size, name, **how) for size in SIZES] for name, how in beliefs.items()},
        index=SIZES,
    )
    return (tails,)


@app.cell(hide_code=True)
def prior_roles():
    PRIOR_ROLES = {"flat": "naive", "independent": "prior", "correlated": "adjusted"}
    return (PRIOR_ROLES,)


@app.cell(hide_code=True)
def chart_prior(
    PRIOR_ROLES,
    belief_buyers,
    belief_sd,
    belief_visitors,
    prior_density,
    tails,
):
    _chart = chart_curves(
        prior_density,
        PRIOR_ROLES,
        x=alt.X("lift:Q", title="relative lift", axis=alt.Axis(format="+.0%")),
        y=alt.Y("density:Q", title="prior density"),
        title=f"Lift of 50 % or more, up or down: {percent(tails.loc[0.5, 'flat'])}, "
        f"{percent(tails.loc[0.5, 'independent'])}, {percent(tails.loc[0.5, 'correlated'])}",
        subtitle="flat, independent, correlated; what each prior expects of the lift",
        height=210,
    )
    mo.vstack([mo.hstack([belief_buyers, belief_visitors, belief_sd], wrap=True), _chart])
    return


@app.cell(hide_code=True)
def prior_read(tails):
    _table = tails.T.map(probability).rename_axis("prior").reset_index()
    _table.columns = ["prior", *[f"P(lift beyond ±{percent(size)})" for size in tails.index]]
    mo.vstack(
        [
            tidy.as_table(_table),
            mo.md(
                f"The flat prior expects a lift beyond ±10 % in {percent(tails.loc[0.1, 'flat'])} of all tests, "
                f"the correlated one in {percent(tails.loc[0.1, 'correlated'])}. Which is nearer to your last ten tests?"
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def model_heading():
    mo.md(r"""
    ## The model, and what it expects to see

    $$\begin{aligned}
    p_0 &\sim \text{Beta}(15, 600) & \tau &\sim \text{Normal}(0, 0.1) \\
    \mu_t &= p_0\,(1 + \tau\, t) & y_t &\sim \text{Binomial}(n_t, \mu_t)
    \end{aligned}$$

    $t = 0$ is the old page, $t = 1$ the new one.
    """)
    return


@app.cell
def libraries():
    import logging

    import pymc as pm

    # PyMC says on the screen what it is doing; only its warnings matter here.
    logging.getLogger("pymc").setLevel(logging.WARNING)
    # Running a model forwards once needs no compiler: take its steps one by one.
    FORWARD = {"mode": "FAST_COMPILE"}
    return FORWARD, pm


@app.cell
def model(experiment, pm):
    def pages_model(visitors):
        with pm.Model(coords={"page": ["old", "new"]}) as model:
            treated = pm.Data("treated", [0, 1], dims="page")
            baseline = pm.Beta("baseline", 15, 600)  # 2.4 % of visitors, give or take 0.6 points
            relative_lift = pm.Normal("relative_lift", 0, 0.1)  # 10 % more or less, usually
            rate = baseline * (1 + relative_lift * treated)
            mu_rate = pm.Deterministic("mu_rate", rate, dims="page")
            pm.Binomial("conversions", visitors, mu_rate, dims="page")
        return model

    visitors, conversions = (experiment[name].to_numpy() for name in ("visitors", "conversions"))
    _unknown = len(pages_model(visitors).free_RVs) - 1
    f"{_unknown} unknown numbers and the conversions, nothing observed yet"
    return conversions, pages_model, visitors


@app.cell
def prior_function(FORWARD, pages_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def draw_prior(visitors, n, seed):
        """Return the conversions (chain, draw, page) of n tests that the priors invent."""
        how = {"random_seed": seed, "compile_kwargs": FORWARD}
        return pm.sample_prior_predictive(n, pages_model(visitors), **how).prior["conversions"]

    return (draw_prior,)


@app.cell
def prior_predictive(SEED, draw_prior, visitors):
    with mo.status.spinner("Inventing 4,000 tests: some seconds, the first time"):
        prior_conversions = draw_prior(visitors, 4_000, SEED)
    return (prior_conversions,)


@app.cell
def surprise(experiment, prior_conversions):
    gaps = prior_conversions.sel(page="new") - prior_conversions.sel(page="old")
    gap_seen = int(experiment["conversions"].diff().iloc[1])
    n_as_large = int((abs(gaps) >= gap_seen).sum())
    return gap_seen, gaps, n_as_large


@app.cell(hide_code=True)
def chart_gaps(gap_seen, gaps, n_as_large):
    _frame = pd.DataFrame({"label": "prior predictive", "value": np.ravel(gaps), "role": "prior"})
    charts.chart_density(
        _frame,
        title=f"A gap of {gap_seen} or more: {n_as_large} of {gaps.size:,} invented tests",
        unit="buyers on the new page minus buyers on the old one, of 10,000 each",
        truth=gap_seen,
        truth_label="our test",
    ).properties(height=220)
    return


@app.cell(hide_code=True)
def surprise_read(gap_seen, gaps, n_as_large, prior_conversions):
    _low, _high = tidy.hdi(prior_conversions.sel(page="old"))
    mo.md(f"""
    The model invents {_low:,.0f} to {_high:,.0f} buyers per 10,000 visitors of the old page in 94 % of its tests: reasonable. A gap of
    {gap_seen} or more, up or down, comes up in {n_as_large} of {gaps.size:,}. Our test is odd *before* we fit anything. Keep that in mind.
    """)
    return


@app.cell
def sampler():
    # Four chains, run side by side.
    SAMPLER = {"nuts_sampler": "numpyro", "nuts": {"chain_method": "vectorized"}}
    SAMPLER |= {"tune": 500, "chains": 4, "progressbar": False}
    return (SAMPLER,)


@app.cell
def fit_function(SAMPLER, pages_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_pages(visitors, conversions, draws, seed):
        """Return posterior draws of baseline and lift."""
        observed = pm.observe(pages_model(visitors), {"conversions": conversions})
        return pm.sample(draws, model=observed, random_seed=seed, **SAMPLER)

    "The counts are observed, the rest is sampled; a fit is kept until something changes"
    return (fit_pages,)


@app.cell
def fit(DRAWS, SEED, conversions, fit_pages, visitors):
    with mo.status.spinner("Sampling the posterior: about 5 s, the first time"):
        idata_pages = fit_pages(visitors, conversions, DRAWS, SEED)
    f"{idata_pages.posterior['relative_lift'].size:,} posterior draws"
    return (idata_pages,)


@app.cell
def diagnose_pages(idata_pages):
    diagnostics_pages = tidy.diagnostics(idata_pages)
    tidy.show_diagnostics(diagnostics_pages)
    return (diagnostics_pages,)


@app.cell(hide_code=True)
def diagnose_read():
    mo.md(r"""
    *R-hat* compares chains with each other (1 is perfect agreement); *effective draws* is what the correlated draws are
    worth; a *divergence* is a step that went wrong. Read no fit that breaks the rule.
    """)
    return


@app.cell(hide_code=True)
def lift_heading():
    mo.md(r"""
    ## The posterior does not believe the dashboard

    Because the coin chose the page, `mu_rate` of the new page is the rate under `do(page = new)`. The lift is a
    contrast of the two, **draw by draw**.
    """)
    return


@app.cell
def effect(idata_pages):
    mu_rate_draws = idata_pages.posterior["mu_rate"]
    lift = (
        mu_rate_draws.sel(page="new", drop=True) / mu_rate_draws.sel(page="old", drop=True) - 1
    ).rename("lift")
    tidy.as_table(tidy.summarise({"relative lift": lift}), digits=3)
    return lift, mu_rate_draws


@app.cell(hide_code=True)
def chart_lift(lift, raw_lift):
    charts.chart_density(
        pd.DataFrame({"label": "posterior", "value": np.ravel(lift), "role": "adjusted"}),
        title=f"Lift {percent(lift.mean(), plus=True)}; the dashboard says {percent(raw_lift, plus=True)}",
        unit="relative lift (0.1 = 10 %)",
        truth=raw_lift,
        truth_label="raw lift",
    ).properties(height=220)
    return


@app.cell(hide_code=True)
def lift_read(lift, raw_lift):
    _low, _high = tidy.hdi(lift)
    mo.md(f"""
    Mean {percent(lift.mean(), plus=True)}, sd {percent(lift.std())}; the **HDI** (highest-density interval: the shortest that
    holds 94 % of the posterior) runs from {percent(_low, plus=True)} to {percent(_high, plus=True)}. The new page is better, but the
    {percent(raw_lift)} has been more than halved: a Normal(0, 0.1) prior deems such lifts all but impossible.
    """)
    return


@app.cell
def posterior_predictive(SEED, gap_seen, mu_rate_draws):
    # The fitted model runs again: would it repeat the gap it was fitted to?
    _buyers = np.random.default_rng(SEED).binomial(10_000, mu_rate_draws.transpose("page", ...))
    replicated_gaps = _buyers[1] - _buyers[0]
    share_repeated = float((replicated_gaps >= gap_seen).mean())
    return replicated_gaps, share_repeated


@app.cell(hide_code=True)
def predictive_read(gap_seen, replicated_gaps, share_repeated):
    mo.md(f"""
    ### Does the fitted model look like the data?

    Run again, the fitted model expects a gap of {replicated_gaps.mean():.0f} buyers, and {gap_seen} or more in {percent(share_repeated, 1)} of its tests. Even after
    learning from our test it finds it strange. Prior too narrow, data faulty, or rare luck: which?
    """)
    return


@app.cell(hide_code=True)
def quadrature_heading():
    mo.md(r"""
    ## The same posterior without a sampler

    The posterior depends on the **counts alone**: $a$ and $b$ buyers among $n$ visitors of the old and the new page. For each lift on a grid, integrate the
    baseline rate out:

    $$L(\tau) = (1+\tau)^{b} \int_0^1 p^{\,14+a+b}\,(1-p)^{599+n-a}\,\big(1 - p\,(1+\tau)\big)^{n-b}\, dp$$

    On the scale of $\log p$ the integrand peaks where a quadratic says; a bell curve there gives the integral (**Laplace's method**; Tierney & Kadane 1986). Integrals by sums: *quadrature*. Multiply by the
    prior of the lift, sum up, done.
    """)
    return


@app.cell
def shapes():
    # Beta counts (hits, misses) of the old page, then of the new one. The correlated prior has
    # none for the new page: there, a prior on the lift is multiplied in.
    SHAPES = {
        "flat": (1, 1, 1, 1),
        "independent": (15, 600, 15, 600),
        "correlated": (15, 600, 0, 1),
    }
    return (SHAPES,)


@app.function
def log_evidence(old, new, n, grid, shape):
    """Return the log density that counts and rates' priors give log(1 + lift), up to a constant.

    Shapes: `old`, `new` (pairs,), `grid` of log(1 + lift) (lifts,); result (pairs, lifts).
    """
    a, b, (hit, miss, new_hit, new_miss) = old[:, None], new[:, None], shape
    k, buys, others, new_others = (
        np.exp(grid),
        hit + new_hit + a + b,
        miss + n - a - 1,
        new_miss + n - b - 1,
    )
    half = buys * (1 + k) + others + k * new_others
    p = 2 * buys / (half + np.sqrt(half**2 - 4 * k * buys * (buys + others + new_others)))
    curvature = others * p / (1 - p) ** 2 + new_others * k * p / (1 - k * p) ** 2
    at_peak = buys * np.log(p) + others * np.log1p(-p) + new_others * np.log1p(-k * p)
    return (new_hit + b) * grid + at_peak - np.log(curvature) / 2


@app.function
def log_lift_prior(grid, lift_sd):
    """Return the log density of log(1 + lift), up to a constant, for lift ~ Normal(0, lift_sd)."""
    return -0.5 * (np.expm1(grid) / lift_sd) ** 2 + grid


@app.function
def unlog(log_density):
    """Return the density of every row, up to a factor: its highest value is 1."""
    return np.exp(log_density - log_density.max(axis=1, keepdims=True))


@app.function
def cumulate(mass):
    """Return P(lift <= grid point), one row per pair of counts; the grid is evenly spaced."""
    below = np.cumsum(mass, axis=1) - mass / 2
    below[:, 1:-1] -= (mass[:, 2:] - mass[:, :-2]) / 24  # the trapezoid's error (Euler, Maclaurin)
    below -= below[:, :1].copy()
    return np.clip(below / below[:, -1:], 0, 1)


@app.function
def quantile_of(cdf, lifts):
    """Return a function: probabilities (pairs, m) -> lifts (pairs, m), for all rows at once."""
    rows = 2.0 * np.arange(len(cdf))[:, None]
    heights, values = (rows + cdf).ravel(), np.tile(lifts, len(cdf))
    return lambda share: np.interp(rows + share, heights, values)


@app.function
def shortest(cdf, lifts, prob):
    """Return the ends (lower, upper) of the highest-density interval of every row."""
    quantile, starts = quantile_of(cdf, lifts), np.linspace(0, 1 - prob, 13)
    widths = quantile(starts + prob) - quantile(starts)
    best = np.clip(widths.argmin(axis=1), 1, 11)[:, None]
    left, here, right = (np.take_along_axis(widths, best + step, 1) for step in (-1, 0, 1))
    bend = np.maximum(left - 2 * here + right, 1e-12)  # a parabola through the three best
    start = (best + np.clip((left - right) / (2 * bend), -1, 1)) * starts[1]
    return quantile(start)[:, 0], quantile(start + prob)[:, 0]


@app.function
def chance_above(cdf, lifts, threshold):
    """Return P(lift > threshold) of every row."""
    at = int(np.clip(np.searchsorted(lifts, threshold), 1, len(lifts) - 1))
    share = np.clip((threshold - lifts[at - 1]) / (lifts[at] - lifts[at - 1]), 0, 1)
    return 1 - (cdf[:, at - 1] * (1 - share) + cdf[:, at] * share)


@app.cell
def one_posterior(SHAPES):
    def posterior_of(old, new, n, prior="correlated", lift_sd=0.1, points=801):
        """Return (cdf, lifts) of one experiment on a fine grid."""
        grid = np.linspace(np.log(0.3), np.log(4), points)
        shape = SHAPES.get(prior, SHAPES["correlated"])
        density = log_evidence(np.array([old]), np.array([new]), n, grid, shape)
        if prior == "correlated":
            density = density + log_lift_prior(grid, lift_sd)
        if prior == "heavy-tailed":  # Student's t, 3 degrees of freedom: as usual, more surprises
            density = density + stats.t.logpdf(np.expm1(grid), 3, 0, lift_sd) + grid
        return cumulate(unlog(density)), np.expm1(grid)

    return (posterior_of,)


@app.function
def summary_of(cdf, lifts):
    """Return mean, sd, lower and upper end of the 94 % HDI of one posterior, as a frame."""
    mass, middle = np.diff(cdf[0]), (lifts[1:] + lifts[:-1]) / 2
    mean = mass @ middle
    (lower,), (upper,) = shortest(cdf, lifts, tidy.HDI_PROB)
    found = {"mean": mean, "sd": np.sqrt(mass @ (middle - mean) ** 2)}
    return pd.DataFrame([found | {"lower": lower, "upper": upper}])


@app.cell
def quadrature(experiment, posterior_of):
    lift_quadrature = summary_of(*posterior_of(*experiment["conversions"], n=10_000))
    tidy.as_table(lift_quadrature, digits=4)
    return (lift_quadrature,)


@app.cell
def compare_routes(lift, lift_quadrature):
    _sampled = tidy.summarise({"PyMC (draws)": lift})
    _summed = lift_quadrature.assign(label="quadrature")
    routes = pd.concat([_sampled, _summed], ignore_index=True).assign(role="adjusted")
    return (routes,)


@app.cell
def other_priors(experiment, posterior_of):
    _names = ["heavy-tailed", "independent", "flat"]
    _posteriors = [posterior_of(*experiment["conversions"], n=10_000, prior=p) for p in _names]
    other_posteriors = pd.concat([summary_of(*posterior) for posterior in _posteriors])
    other_posteriors["label"] = [f"{name} prior" for name in _names]
    return (other_posteriors,)


@app.cell
def add_priors(other_posteriors, routes):
    by_prior = pd.concat([routes, other_posteriors.assign(role="naive")], ignore_index=True)
    return (by_prior,)


@app.cell(hide_code=True)
def chart_routes(by_prior, raw_lift):
    charts.chart_effect(
        by_prior,
        title="Two routes, one posterior; other priors, other answers",
        unit="relative lift (0.1 = 10 %)",
        truth=raw_lift,
        truth_label="raw lift",
    ).properties(height=280)
    return


@app.cell(hide_code=True)
def routes_read(by_prior, diagnostics_pages):
    _row = by_prior.set_index("label")
    _mean = _row["mean"]
    _error = _row["sd"].iloc[0] / diagnostics_pages["min_ess_bulk"].iloc[0] ** 0.5
    mo.md(f"""
    Sampler and grid differ by {abs(_mean.iloc[0] - _mean.iloc[1]):.4f} in the mean; the sampler's own Monte Carlo error is {_error:.4f}. The *prior* is what
    matters: the vague ones keep {percent(_mean["flat prior"], plus=True)} and
    {percent(_mean["independent prior"], plus=True)}. One with the same scale of 0.1 but heavy tails (Student's t, 3 degrees of freedom) says {percent(_mean["heavy-tailed prior"], plus=True)}: it is
    not shocked by a lift of seven scales.
    """)
    return


@app.cell
def carry_slider():
    carry_sd = mo.ui.slider(1, 60, 1, value=10, label="prior sd of the lift (%)", show_value=True)
    return (carry_sd,)


@app.cell
def carry(carry_sd, experiment, posterior_of):
    _sds = np.r_[np.linspace(0.01, 0.60, 20), carry_sd.value / 100]
    prior_carries = pd.concat(
        summary_of(*posterior_of(*experiment["conversions"], n=10_000, lift_sd=sd, points=401))
        for sd in _sds
    ).assign(lift_sd=_sds)
    return (prior_carries,)


@app.cell(hide_code=True)
def carry_layers(prior_carries, raw_lift):
    _x = alt.X("lift_sd:Q", title="prior sd of the lift", axis=alt.Axis(format="%"))
    _y = alt.Y("mean:Q", title="posterior lift", axis=alt.Axis(format="+.0%"))
    _curve, _now = (
        alt.Chart(frame).encode(_x, color=alt.value(charts.ROLES["adjusted"]))
        for frame in (prior_carries.iloc[:-1], prior_carries.iloc[-1:])
    )
    _layers = (
        _curve.mark_area(opacity=0.2).encode(alt.Y("lower:Q", title="posterior lift"), y2="upper:Q")
        + alt.Chart(pd.DataFrame({"mean": [raw_lift]})).mark_rule(strokeDash=[6, 4]).encode(_y)
        + _curve.mark_line(strokeWidth=3).encode(_y)
        + _now.mark_point(filled=True, size=200, shape="diamond", opacity=1).encode(_y)
    )
    carry_chart = charts.describe(
        _layers,
        "Posterior lift and its 94 % HDI against the prior sd of the lift; a rule at the raw lift.",
    )
    return (carry_chart,)


@app.cell(hide_code=True)
def chart_carry(carry_chart, carry_sd, prior_carries):
    _now = prior_carries.iloc[-1].map(lambda value: percent(value, plus=True))
    _words = (
        f"Prior sd {carry_sd.value} %: lift {_now['mean']} ({_now['lower']} to {_now['upper']})"
    )
    _title = alt.Title(_words, subtitle="band: 94 % HDI; dashes: the raw lift")
    _chart = charts.describe(carry_chart.properties(title=_title, height=170), _words)
    mo.vstack([mo.md("### The assumption that carries the answer"), carry_sd, _chart])
    return


@app.cell(hide_code=True)
def carry_read():
    mo.md(r"""
    From a prior that allows nothing to one that allows everything, the same counts say anything between no lift and the raw one. Take the sd, and how often a lift is huge, from the record of your own past tests, and
    state it beside the answer.
    """)
    return


@app.cell(hide_code=True)
def twyman_heading():
    mo.md(r"""
    ## Twyman's law

    > Any figure that looks interesting or different is usually wrong. (See Kohavi, Tang & Xu 2020.)

    Our model knows two explanations: a real lift, and chance. It has no word for a broken test: bots on one page, sales logged twice. Give it
    one, by three choices. **1 in 100** tests of this shop is broken. A fault sets the log-lift, with
    sd 0.5 around zero, whatever the page does. A test that works has a usual lift: Normal(0, 0.1), for now. Chance comes on top.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Exercise 2 · complete · 6 min

    One test in 100 is broken. How probable is it that *ours* is, now that we have seen +75 %? Use Bayes' rule on the raw log-lift `_seen`:

    - if the test works, `_seen` ~ Normal(0, √(0.1² + `_noise`²)): a usual lift plus chance;
    - if it is broken, `_seen` ~ Normal(0, √(0.5² + `_noise`²)).

    Give `p_broken`, a probability between 0 and 1, right to two decimals.
    """)
    return


@app.cell
def exercise_2_twyman(experiment):
    # _seen: raw log-lift; _noise: its standard error; stats.norm.pdf(x, mean, sd) is a density.
    _old, _new = experiment["conversions"]
    _seen = np.log(_new / _old)
    _noise = np.sqrt(1 / _old - 1 / 10_000 + 1 / _new - 1 / 10_000)
    p_broken = ...
    return (p_broken,)


@app.cell(hide_code=True)
def truth_2(experiment):
    def chance_broken(share, usual=0.1, odd=0.5, raw=None, tail="normal"):
        """Return P(broken | raw lift): `share` of all tests are broken, others have usual lifts."""
        old, new = experiment["conversions"]
        noise = np.sqrt(1 / old + 1 / new - 2 / 10_000)
        lifts = np.linspace(-4, 4, 4_001)  # of the log-lift
        fits_seen = stats.norm.pdf(np.log(new / old if raw is None else 1 + raw), lifts, noise)
        shape = stats.norm if tail == "normal" else stats.t(3)
        works = (1 - share) * fits_seen @ (shape.pdf(lifts / usual) / usual)
        broken = share * fits_seen @ (stats.norm.pdf(lifts / odd) / odd)
        return float(broken / (works + broken))

    return (chance_broken,)


@app.function(hide_code=True)
def within(low, high):
    """Return a predicate: is the answer at least `low` and below `high`?"""
    return lambda value: low <= float(value) < high


@app.cell(hide_code=True)
def hints_2(chance_broken):
    truth_2 = chance_broken(0.01)
    _odds = truth_2 / (1 - truth_2)
    hints_2 = [
        (1 - truth_2, "That is the probability that the test works."),
        (100 * truth_2, "Right in per cent; a probability between 0 and 1 is asked for."),
        (within(_odds - 0.3, _odds + 0.3), "These are odds; divide by one plus odds."),
        (within(0.9985, 0.9995), "Each explanation counts by its share: 1 and 99 tests in 100."),
        (within(0.9995, 0.99995), "A working test has chance in it too: noise belongs in its sd."),
        (
            within(0.99995, 1.0001),
            "So sure? `stats.norm.pdf` takes an sd: the root of the variance.",
        ),
        (within(0.05, 0.4), "Independent spreads add as squares: √(0.1² + noise²)."),
        (0.01, "That was the probability before the test. How well does each explain +75 %?"),
        "Share of broken tests times its density, over the sum of both such products.",
    ]
    return hints_2, truth_2


@app.cell(hide_code=True)
def words_2():
    why_2 = (
        "If usual lifts are Normal(0, 0.1), a fault explains +75 % better than a lift does. That "
        "prior is a choice: see below what another one says. Either way, check the split, the "
        "bots and the logging before you celebrate."
    )
    return (why_2,)


@app.cell(hide_code=True)
def check_2(hints_2, p_broken, set_progress, truth_2, why_2):
    check_2 = checks.close(p_broken, truth_2, tolerance=0.006, hints=hints_2, why=why_2)
    set_progress(check_2.record("2"))
    check_2
    return


@app.cell
def twyman_sliders():
    working_sd = mo.ui.slider(5, 30, 1, value=10, label="usual lifts: scale (%)", show_value=True)
    working_tail = mo.ui.dropdown(
        {"Normal": "normal", "Student's t, 3 degrees of freedom": "t"},
        value="Normal",
        label="their tails",
    )
    return working_sd, working_tail


@app.cell
def under_each_prior(chance_broken):
    suspicion = pd.DataFrame(
        {
            "lifts of working tests": [
                "Normal, sd 0.1",
                "Normal, sd 0.15",
                "Normal, sd 0.2",
                "Student's t (3), scale 0.1",
            ],
            "P(broken)": [
                chance_broken(0.01, 0.1),
                chance_broken(0.01, 0.15),
                chance_broken(0.01, 0.2),
                chance_broken(0.01, 0.1, tail="t"),
            ],
        }
    )
    return (suspicion,)


@app.cell(hide_code=True)
def show_suspicion(chance_broken, suspicion, working_sd, working_tail):
    _now = chance_broken(0.01, working_sd.value / 100, tail=working_tail.value)
    mo.vstack(
        [
            mo.md("### Broken, or better? The prior for working tests decides"),
            tidy.as_table(suspicion),
            mo.hstack([working_sd, working_tail], justify="start", wrap=True),
            mo.md(f"With the prior set here: **P(broken) = {_now:.2f}**"),
        ]
    )
    return


@app.cell(hide_code=True)
def twyman_read(chance_broken, suspicion):
    _broken = suspicion["P(broken)"]
    mo.md(f"""
    Three numbers were our choice, and the third decides: how large lifts of *working* tests are. Normal(0, 0.1) gives {_broken[0]:.2f}; twice the sd gives {_broken[2]:.2f}, and heavy tails of the same scale {_broken[3]:.2f}. Of the
    others: 1 broken test in 1,000 gives {percent(chance_broken(0.001))}, and broken tests half as wild (sd 0.25)
    {percent(chance_broken(0.01, odd=0.25))}. For a raw lift of +10 % it would be {percent(chance_broken(0.01, raw=0.1), 1)}: it is the size of a surprise that accuses. Estimate the prior from your own past tests.
    """)
    return


@app.cell(hide_code=True)
def decide_heading():
    mo.md(r"""
    ## Ship it? Four rules

    1. **P(lift > 0)** above 97 %: is it better at all?
    2. **P(lift > 5 %)** above 50 %: is it better by what makes it worth while?
    3. **Expected loss** in money: which mistake costs less on average?
    4. **HDI + ROPE**: does the 94 % HDI lie outside the *region of practical equivalence*, here a lift within ±5 %? Wholly inside: call them
       equal. Else: undecided (Kruschke 2018).
    """)
    return


@app.cell
def knob_margin():
    MARGIN = 0.05  # lifts within ±5 % are as good as none; a lift must exceed it to be worth while
    return (MARGIN,)


@app.cell
def knob_baseline():
    BASELINE = 15 / 615  # the prior's mean: 2.4 % of visitors buy
    return (BASELINE,)


@app.cell
def knob_revenue(BASELINE):
    REVENUE = 1_000_000 * BASELINE * 40  # € a year: a million visitors, 2.4 % buy for €40
    return (REVENUE,)


@app.cell
def losses_function(REVENUE):
    def losses(cdf, lifts):
        """Return the expected loss of shipping and of keeping, in € a year."""
        middle, mass = (lifts[1:] + lifts[:-1]) / 2, np.diff(cdf[0])
        return REVENUE * mass @ np.maximum(-middle, 0), REVENUE * mass @ np.maximum(middle, 0)

    return (losses,)


@app.cell
def decide(MARGIN, losses, posterior_of):
    def judge(old, new, n):
        """Return what each rule computes from the counts of one experiment."""
        cdf, lifts = posterior_of(old, new, n)
        (better,), (worthwhile,) = (chance_above(cdf, lifts, least) for least in (0, MARGIN))
        found = {"better": better, "worthwhile": worthwhile}
        found["loss if shipped"], found["loss if kept"] = losses(cdf, lifts)
        (found["lower"],), (found["upper"],) = shortest(cdf, lifts, tidy.HDI_PROB)
        return found

    return (judge,)


@app.cell
def four_tests():
    TESTS = {
        "our test": (200, 350, 10_000),
        "a hint": (244, 275, 10_000),
        "small but sure": (24_390, 25_100, 1_000_000),
        "nothing": (24_390, 24_420, 1_000_000),
    }
    return (TESTS,)


@app.cell
def judge_tests(TESTS, judge):
    judged = pd.DataFrame({label: judge(*counts) for label, counts in TESTS.items()}).T
    return (judged,)


@app.function
def region_verdict(lower, upper, margin):
    """Return what HDI + ROPE says: better, worse, equal or undecided."""
    if lower > margin or upper < -margin:
        return "better" if lower > margin else "worse"
    return "equal" if -margin < lower and upper < margin else "undecided"


@app.function
def verdicts(judged, margin):
    """Return what each rule says about each experiment (one row each)."""
    loss = judged["loss if shipped"] < judged["loss if kept"]
    rules = {
        "P(lift > 0) > 97 %": judged["better"] > 0.97,
        "P(lift > 5 %) > 50 %": judged["worthwhile"] > 0.5,
        "smaller loss": loss,
    }
    said = pd.DataFrame(rules).replace({True: "ship", False: "keep"})
    said["HDI + ROPE"] = [region_verdict(r.lower, r.upper, margin) for r in judged.itertuples()]
    return said


@app.function(hide_code=True)
def judged_table(judged):
    """Return the numbers behind the verdicts as text."""
    return pd.DataFrame(
        {
            "P(lift > 0)": judged["better"].map(probability),
            "P(lift > 5 %)": judged["worthwhile"].map(probability),
            "loss if shipped": [tidy.number(v, 0, "€") for v in judged["loss if shipped"]],
            "loss if kept": [tidy.number(v, 0, "€") for v in judged["loss if kept"]],
            "94 % HDI": [
                f"{percent(r.lower, 1, plus=True)} to {percent(r.upper, 1, plus=True)}"
                for r in judged.itertuples()
            ],
        },
        index=judged.index,
    )


@app.cell(hide_code=True)
def show_numbers(TESTS, judged):
    _labels = [f"{k}: {a:,} and {b:,} of {n:,}" for k, (a, b, n) in TESTS.items()]
    tidy.as_table(judged_table(judged).set_axis(_labels).rename_axis("test").reset_index())
    return


@app.cell(hide_code=True)
def show_verdicts(MARGIN, judged):
    tidy.as_table(verdicts(judged, MARGIN).rename_axis("test").reset_index())
    return


@app.cell
def if_broken(chance_broken, judged, lift):
    # A broken test says nothing: the lift is then as likely up as down, 0 on average.
    broken = chance_broken(0.01)
    better_all_told = broken * 0.5 + (1 - broken) * judged.loc["our test", "better"]
    lift_all_told = (1 - broken) * float(lift.mean())
    return better_all_told, broken, lift_all_told


@app.cell(hide_code=True)
def verdict_read(better_all_told, broken, judged, lift_all_told):
    _hint = judged.loc["a hint"]
    mo.md(f"""
    All rules ship our test, *if it works*. With P(broken) = {broken:.2f} counted in (that of Normal(0, 0.1)), P(lift > 0) is {better_all_told:.2f} and the mean lift {percent(lift_all_told, plus=True)}: find the fault first.
    On *a hint* the rules part: shipping risks {tidy.number(_hint["loss if shipped"], 0, "€")} a year on average, keeping forgoes {tidy.number(_hint["loss if kept"], 0, "€")}. *Small but sure* is surely above zero
    and yet as good as equal: its whole HDI is below 5 %. Different questions: choose yours before the test.
    """)
    return


@app.cell
def test_slider():
    buyers_new = mo.ui.slider(
        180,
        420,
        1,
        value=275,
        label="buyers on the new page, of 10,000 (old page: 244)",
        show_value=True,
    )
    return (buyers_new,)


@app.cell(hide_code=True)
def test_yourself(MARGIN, buyers_new, judge):
    _judged = pd.DataFrame({"now": judge(244, buyers_new.value, 10_000)}).T
    _verdicts = verdicts(_judged, MARGIN)
    mo.vstack(
        [
            mo.md("### Move the count: which rule gives in first?"),
            buyers_new,
            tidy.as_table(judged_table(_judged)),
            tidy.as_table(_verdicts),
            mo.md(
                "Money tips first, as soon as the new page leads; the HDI last. In between you decide how much doubt costs."
            ),
        ]
    )
    return


@app.cell
def hint_draws(SEED, TESTS, posterior_of):
    # A grid gives draws as well: put uniform numbers through the inverse of its cdf.
    _cdf, _lifts = posterior_of(*TESTS["a hint"])
    hint_lift = np.interp(np.random.default_rng(SEED).uniform(size=20_000), _cdf[0], _lifts)
    return (hint_lift,)


@app.cell(hide_code=True)
def question_3():
    mo.md(r"""
    ### Exercise 3 · complete · 5 min

    The shop has costs: the new page costs **€20,000 a year** to run, the old one nothing. `hint_lift` holds 20,000 posterior draws of the
    relative lift in *a hint*; a lift of 1 would be worth `REVENUE` euros a year.

    Compute `regret_ship`, the expected loss of shipping: how much, on average over the draws, the old page would have earned **more** than
    the new one, counting 0 where the new one earns more. In euros a year.
    """)
    return


@app.cell
def exercise_3_regret():
    # One number, in euros a year. The gain of the new page, draw by draw, comes first.
    regret_ship = ...
    return (regret_ship,)


@app.cell(hide_code=True)
def truth_3(REVENUE, hint_lift):
    _net = REVENUE * hint_lift - 20_000
    regrets = {
        "ship": _net[_net < 0].sum() / -len(_net),
        "keep": _net[_net > 0].sum() / len(_net),
        "free": -np.minimum(REVENUE * hint_lift, 0).mean(),
        "conditional": -_net[_net < 0].mean(),
        "gain": _net.mean(),
        "late cost": -np.minimum(REVENUE * hint_lift, 0).mean() + 20_000,
        "paid": -np.minimum(_net + 40_000, 0).mean(),
    }
    return (regrets,)


@app.cell(hide_code=True)
def near_3(regrets):
    def near(key, width=250):
        """Return a predicate: is the answer one of the known wrong ones?"""
        return within(regrets[key] - width, regrets[key] + width)

    return (near,)


@app.cell(hide_code=True)
def hints_3(hint_lift, near):
    hints_3 = [
        (lambda value: np.size(value) == len(hint_lift), "One number: the mean over the draws."),
        (
            near("keep"),
            "That is the regret of *keeping*: what the new page would have earned more.",
        ),
        (near("free"), "The cost of the new page is missing."),
        (near("late cost"), "Take the cost off each draw before the cut at zero, not after."),
        (near("paid"), "The cost has the wrong sign: the new page costs money."),
        (near("conditional"), "That averages the losing draws only; count 0 for the others."),
        (near("gain"), "That is the mean gain. Cut each draw at zero first, then average."),
        (lambda value: value < 0, "A loss is counted as a positive number here."),
        (within(1e-9, 1), "That is in units of lift; multiply by REVENUE."),
        (0, "The loss of the average is not the average loss: cut at zero draw by draw."),
        "np.maximum(0, something) cuts each draw at zero.",
    ]
    return (hints_3,)


@app.cell(hide_code=True)
def words_3(regrets):
    why_3 = (
        f"Shipping risks €{regrets['ship']:,.0f} a year, keeping forgoes "
        f"€{regrets['keep']:,.0f}. Costs belong in the loss, not in a threshold for p."
    )
    return (why_3,)


@app.cell(hide_code=True)
def check_3(hints_3, regret_ship, regrets, set_progress, why_3):
    check_3 = checks.close(regret_ship, regrets["ship"], tolerance=250, hints=hints_3, why=why_3)
    set_progress(check_3.record("3"))
    check_3
    return


@app.cell(hide_code=True)
def power_heading(N_EXPERIMENTS):
    mo.md(rf"""
    ## How many visitors do we need?

    Simulate experiments before you run one:

    1. choose a true **lift**;
    2. **simulate** the counts of an experiment with $n$ visitors per page;
    3. compute its **posterior**;
    4. apply the **rule**: does the 94 % HDI exclude the ROPE?
    5. **repeat**, {N_EXPERIMENTS} times for each lift and each $n$.

    The share of experiments that claim a difference is the **power**; where the true lift is zero, it is the **false-positive rate**.
    """)
    return


@app.cell
def knob_true_lifts():
    TRUE_LIFTS = [-0.25, -0.125, 0.0, 0.125, 0.25]
    return (TRUE_LIFTS,)


@app.cell
def knob_visitors():
    VISITORS = [100, 1_000, 2_500, 5_000, 10_000, 20_000, 40_000, 60_000, 80_000]
    return (VISITORS,)


@app.cell
def simulated_counts(BASELINE, N_EXPERIMENTS, SEED, TRUE_LIFTS, VISITORS):
    _rng = np.random.default_rng(SEED)
    counts = {
        (true_lift, n): _rng.binomial(n, [BASELINE, BASELINE * (1 + true_lift)], (N_EXPERIMENTS, 2))
        for true_lift in TRUE_LIFTS
        for n in VISITORS
    }
    return (counts,)


@app.cell
def unique_counts(counts):
    # The posterior depends on the counts alone: compute each pair once.
    pairs = {cell: np.unique(c, axis=0, return_counts=True) for cell, c in counts.items()}
    n_all = sum(len(c) for c in counts.values())
    n_pairs = sum(len(p) for p, _ in pairs.values())
    return n_all, n_pairs, pairs


@app.cell
def cell_grid(BASELINE, SHAPES):
    def grid_of(true_lift, n, prior, points=121):
        """Return an even grid of log(1 + lift) that every posterior of this cell fits into."""
        hits = SHAPES[prior][2] + n * BASELINE
        reach = 7 * np.sqrt(1 / hits + 1 / (hits * (1 + true_lift)))
        ends = np.array([min(0, np.log1p(true_lift)) - reach, max(0, np.log1p(true_lift)) + reach])
        if prior == "correlated":
            ends = np.clip(ends, np.log(0.12), np.log(2.2))  # the lift's prior allows no more
        return np.linspace(*ends, points)

    return (grid_of,)


@app.cell
def evidence_function(SHAPES, grid_of, pairs):
    def evidence_of(prior):
        """Return (true lift, n) -> grid, and the evidence of every pair of counts on it."""
        found = {}
        for (true_lift, n), (p, _) in pairs.items():
            grid = grid_of(true_lift, n, prior)
            log_density = log_evidence(p[:, 0], p[:, 1], n, grid, SHAPES[prior])
            found[true_lift, n] = grid, unlog(log_density)
        return found

    return (evidence_of,)


@app.function
def intervals_of(evidence, prob, lift_sd=None):
    """Return (true lift, n) -> ends of the HDI of every pair of counts."""
    ends = {}
    for cell, (grid, density) in evidence.items():
        prior = 1 if lift_sd is None else np.exp(log_lift_prior(grid, lift_sd))
        ends[cell] = shortest(cumulate(density * prior), np.expm1(grid), prob)
    return ends


@app.function
def claims_of(ends, margin):
    """Return rule -> whether each HDI makes its claim."""
    lower, upper = ends
    return {
        "HDI excludes 0": (lower > 0) | (upper < 0),
        "HDI outside ROPE": (lower > margin) | (upper < -margin),
        "HDI inside ROPE": (lower > -margin) & (upper < margin),
    }


@app.function
def rate_with_error(rate, n):
    """Return rate and its Monte Carlo standard error (never quite zero: two more were imagined)."""
    padded = (rate * n + 1) / (n + 2)
    return {"rate": rate, "monte_carlo_se": np.sqrt(padded * (1 - padded) / n)}


@app.cell
def rates_function(N_EXPERIMENTS, pairs):
    def rates_of(intervals, margin):
        """Return a frame: share of experiments that make each claim, per true lift and n."""
        rows = []
        for (true_lift, n), ends in intervals.items():
            for rule, claimed in claims_of(ends, margin).items():
                rate = np.average(claimed, weights=pairs[true_lift, n][1])
                row = {"true_lift": true_lift, "n_per_arm": n, "rule": rule}
                rows.append(row | rate_with_error(rate, N_EXPERIMENTS))
        return pd.DataFrame(rows)

    return (rates_of,)


@app.cell
def evidence_correlated(evidence_of):
    evidence = evidence_of("correlated")
    return (evidence,)


@app.cell
def power_function(MARGIN, evidence_of, rates_of):
    def power_under(prior, lift_sd=None):
        """Return the rates of the three HDI rules for every cell, under one prior."""
        ends = intervals_of(evidence_of(prior), tidy.HDI_PROB, lift_sd)
        return rates_of(ends, MARGIN).assign(prior=prior)

    return (power_under,)


@app.cell
def power_bayes(power_under):
    power_by_prior = pd.concat(
        [power_under("flat"), power_under("independent"), power_under("correlated", lift_sd=0.1)]
    )
    return (power_by_prior,)


@app.cell
def power_z(N_EXPERIMENTS, counts):
    _rows = []
    for (_lift, _n), _c in counts.items():
        _rate = (np.abs(z_test(_c[:, 0], _c[:, 1], _n)) > stats.norm.ppf(0.975)).mean()
        _row = {"prior": "none", "true_lift": _lift, "n_per_arm": _n, "rule": "z-test, p < 0.05"}
        _rows.append(_row | rate_with_error(_rate, N_EXPERIMENTS))
    power_of_z = pd.DataFrame(_rows)
    return (power_of_z,)


@app.cell
def power_table(power_by_prior, power_of_z):
    _columns = ["prior", "true_lift", "n_per_arm", "rule", "rate", "monte_carlo_se"]
    power = pd.concat([power_by_prior, power_of_z], ignore_index=True)[_columns]
    _at = power.query("n_per_arm == 40_000 and true_lift == 0.125 and rule != 'HDI inside ROPE'")
    tidy.as_table(_at, digits=3)
    return (power,)


@app.cell(hide_code=True)
def power_read(N_EXPERIMENTS, n_all, n_pairs, power):
    _at = power.query("n_per_arm == 40_000 and true_lift == 0.125 and rule == 'HDI outside ROPE'")
    _rate = _at.set_index("prior")["rate"]
    mo.md(f"""
    {n_all:,} experiments, {n_pairs:,} different pairs of counts. With 40,000 visitors per page and a true lift of +12.5 %, the HDI excludes
    the ROPE in {percent(_rate["flat"])} of experiments under the flat prior and in {percent(_rate["correlated"])} under the
    correlated one. `monte_carlo_se` is what more than {N_EXPERIMENTS} experiments could still change. (Forty experiments, one from each of forty cells, are refitted
    with PyMC in the tests of this course: the decisions agree.)
    """)
    return


@app.cell
def lift_picker(TRUE_LIFTS):
    pick_lift = mo.ui.dropdown(
        {percent(w, 1, plus=True): w for w in TRUE_LIFTS}, value="+12.5 %", label="true lift"
    )
    return (pick_lift,)


@app.cell(hide_code=True)
def share_axes():
    x_plain = alt.X("n_per_arm:Q", title="visitors per page", axis=alt.Axis(format="~s"))
    _percent, _all = alt.Axis(format="%"), alt.Scale(domain=[0, 1])
    y_share = alt.Y("rate:Q", title="share that claims it", axis=_percent, scale=_all)
    return x_plain, y_share


@app.cell
def power_picked(pick_lift, power):
    _rules = ["HDI outside ROPE", "z-test, p < 0.05"]
    _now = power[(power["true_lift"] == pick_lift.value) & power["rule"].isin(_rules)]
    power_now = _now.assign(label=_now["prior"].replace("none", "z-test, p < 0.05"))
    return (power_now,)


@app.cell(hide_code=True)
def chart_priors_power(PRIOR_ROLES, pick_lift, power_now, x_plain, y_share):
    _chart = chart_curves(
        power_now,
        {**PRIOR_ROLES, "z-test, p < 0.05": "truth"},
        x=x_plain,
        y=y_share,
        title=f"True lift {pick_lift.selected_key}: who claims a difference?",
        subtitle="94 % HDI outside a ROPE of ±5 %, three priors; and the z-test",
        height=220,
    )
    mo.vstack([pick_lift, _chart])
    return


@app.cell(hide_code=True)
def priors_power_read(N_EXPERIMENTS, power):
    _zero = power.query("true_lift == 0 and n_per_arm == 80_000").set_index(["prior", "rule"])[
        "rate"
    ]
    _gain = power.query("true_lift == 0.125 and n_per_arm == 80_000 and rule == 'HDI outside ROPE'")
    _gain = _gain.set_index("prior")["rate"]
    mo.md(f"""
    With no true lift and 80,000 visitors per page, the z-test still cries out in
    {percent(_zero["none", "z-test, p < 0.05"], 1)} of experiments, however large $n$; the ROPE rule in
    {seen_share(_zero["correlated", "HDI outside ROPE"], N_EXPERIMENTS)}, at a price in power. At +12.5 % the flat prior claims {percent(_gain["flat"])}, the correlated one {percent(_gain["correlated"])}: with
    more data the priors come closer. (The HDI holds 94 %, the test errs in 5 %: not quite the same strictness.)
    """)
    return


@app.cell(hide_code=True)
def live_heading(n_all):
    mo.md(rf"""
    ## Move the rule, redraw the power

    What was costly (the evidence of each pair of counts) is kept. Prior width, credible level and ROPE only reweigh it: all
    {n_all:,} posteriors again, at each move.
    """)
    return


@app.cell
def live_sliders():
    live_sd = mo.ui.slider(5, 30, 2.5, value=10, label="prior sd of the lift (%)", show_value=True)
    live_level = mo.ui.slider(80, 99, 1, value=94, label="credible level (%)", show_value=True)
    live_rope = mo.ui.slider(0, 15, 1, value=5, label="ROPE ± (%)", show_value=True)
    return live_level, live_rope, live_sd


@app.cell
def live_intervals(evidence, live_level, live_sd):
    intervals = intervals_of(evidence, live_level.value / 100, live_sd.value / 100)
    return (intervals,)


@app.cell
def live_rates(intervals, live_rope, rates_of):
    live_power = rates_of(intervals, live_rope.value / 100).query("rule == 'HDI outside ROPE'")
    return (live_power,)


@app.cell
def power_start(power):
    _start = power.query("prior == 'correlated' and rule == 'HDI outside ROPE'")
    power_correlated = _start.drop(columns="prior")
    return (power_correlated,)


@app.function
def z_power(n, lift, rate):
    """Return the exact large-sample power of the z-test (5 %, two-sided)."""
    new = rate * (1 + lift)
    error = np.sqrt((rate * (1 - rate) + new * (1 - new)) / n)
    middle = rate + new
    null = np.sqrt(middle * (1 - middle / 2) / n)  # the test pools the two rates
    limit = stats.norm.ppf(0.975) * null
    return stats.norm.cdf((new - rate - limit) / error) + stats.norm.cdf(
        (rate - new - limit) / error
    )


@app.cell
def z_curves(BASELINE, TRUE_LIFTS):
    _n = np.geomspace(100, 80_000, 30)
    z_power_curves = pd.concat(
        pd.DataFrame({"n_per_arm": _n, "rate": z_power(_n, w, BASELINE), "true_lift": w})
        for w in TRUE_LIFTS
    )
    return (z_power_curves,)


@app.cell(hide_code=True)
def power_axes():
    POWER_SHAPES = {"treated": "circle", "control": "square", "counterfactual": "triangle-up"}
    _ticks = alt.Axis(format="~s", values=[100, 1000, 10_000, 80_000])
    _scale = alt.Scale(type="log", domain=[100, 90_000])
    x_visitors = alt.X("n_per_arm:Q", title="visitors per page", axis=_ticks, scale=_scale)
    y_claims = alt.Y(
        "rate:Q",
        title="share that claims a difference",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, 1]),
    )
    return POWER_SHAPES, x_visitors, y_claims


@app.function(hide_code=True)
def with_role(frame):
    """Return the frame with the role of each true lift: gain, none or loss."""
    names = {-1: "counterfactual", 0: "control", 1: "treated"}
    return frame.assign(role=np.sign(frame["true_lift"]).map(names))


@app.function(hide_code=True)
def curve_labels(frame):
    """Return one row per true lift, where its name stands: at heights that keep neighbours apart."""
    height = frame["true_lift"].map({-0.25: 0.6, -0.125: 0.8, 0.125: 0.4, 0.25: 0.45})
    far = (frame["rate"] - height.fillna(0.5)).abs()
    far = far.mask(frame["true_lift"] == 0, (frame["n_per_arm"] - 20_000).abs())
    rows = frame.loc[far.groupby(frame["true_lift"]).idxmin(), ["true_lift", "n_per_arm", "rate"]]
    rows = rows[(rows["rate"] > 0.03) | (rows["true_lift"] == 0)]
    steep = rows["true_lift"].map(frame.groupby("true_lift")["rate"].max()) > 0.6
    side = np.select([rows["true_lift"] >= 0, steep], ["below", "left"], "right")
    return rows.assign(text=[percent(w, 1, plus=True) for w in rows["true_lift"]], side=side)


@app.cell(hide_code=True)
def curve_names(x_visitors, y_claims):
    def curve_names(frame):
        """Return the names of the curves: of gains below their points, of losses beside."""
        names = alt.Chart(curve_labels(frame)).encode(x_visitors, y_claims, text="text:N")
        return [
            names.transform_filter(alt.datum.side == side).mark_text(dx=dx, dy=dy, align=align)
            for side, dx, dy, align in (
                ("left", -9, -8, "right"),
                ("right", 9, -8, "left"),
                ("below", 10, 12, "left"),
            )
        ]

    return (curve_names,)


@app.cell(hide_code=True)
def power_template(
    POWER_SHAPES,
    curve_names,
    power_correlated,
    x_visitors,
    y_claims,
    z_power_curves,
):
    # Thick with marks: HDI outside ROPE; thin dashes: z-test. Its data are replaced at each move.
    _colour = alt.Color("role:N", scale=charts.role_scale(*POWER_SHAPES), legend=None)
    _shapes = alt.Scale(domain=list(POWER_SHAPES), range=list(POWER_SHAPES.values()))
    _thick = alt.Chart(with_role(power_correlated)).encode(
        x_visitors, y_claims, _colour, detail="true_lift:N"
    )
    _thin = _thick.properties(data=with_role(z_power_curves))
    _marks = _thick.mark_point(filled=True, size=70, opacity=1)
    _marks = _marks.encode(shape=alt.Shape("role:N", scale=_shapes, legend=None))
    _dashes = _thin.mark_line(strokeWidth=1.5, strokeDash=[4, 4])
    _layers = [_dashes, _thick.mark_line(strokeWidth=3), _marks, *curve_names(power_correlated)]
    _chart = alt.layer(*_layers).properties(title=alt.Title(""), height=230)
    POWER_LIVE = _chart.to_dict()
    return (POWER_LIVE,)


@app.cell(hide_code=True)
def live_words(live_level, live_power, live_rope):
    _at = live_power.query("n_per_arm == 40_000").set_index("true_lift")["rate"]
    live_title = (
        f"40,000 per page: {percent(_at[0.125])} for +12.5 %, {percent(_at[0.0], 1)} for no lift"
    )
    live_subtitle = f"thick: {live_level.value} % HDI outside ±{live_rope.value} %; thin dashes: z-test, p < 0.05"
    return live_subtitle, live_title


@app.cell(hide_code=True)
def chart_live(
    POWER_LIVE,
    live_level,
    live_power,
    live_rope,
    live_sd,
    live_subtitle,
    live_title,
):
    _words = f"{live_title}. {live_subtitle}. Power against visitors per page for five true lifts."
    _frames = with_role(live_power), curve_labels(live_power)
    _chart = charts.redraw(
        POWER_LIVE, *_frames, words=_words, title=live_title, subtitle=live_subtitle
    )
    mo.vstack([mo.hstack([live_sd, live_level, live_rope], wrap=True), _chart])
    return


@app.cell(hide_code=True)
def live_read():
    mo.md(r"""
    A wider ROPE or a higher level costs power at every lift; a wider prior wins some back. Where the true lift is zero, the z-test stays at 5 %, however many visitors come; a ROPE wider than 0 brings the HDI rule towards none.
    """)
    return


@app.function
def z_visitors(lift, rate, power=0.8):
    """Return the visitors per page for this power of a two-sided 5 % z-test (usual formula)."""
    new = rate * (1 + lift)
    spread = rate * (1 - rate) + new * (1 - new)
    reach = stats.norm.ppf(0.975) + stats.norm.ppf(power)
    return reach**2 * spread / (new - rate) ** 2


@app.cell
def frequentist_plan(BASELINE, TRUE_LIFTS):
    z_plan = pd.DataFrame({"true_lift": [w for w in TRUE_LIFTS if w != 0]})
    z_plan["visitors_per_page"] = z_visitors(z_plan["true_lift"], BASELINE)
    _lifts = z_plan["true_lift"].map(lambda w: percent(w, 1, plus=True))
    tidy.as_table(z_plan.round(0).astype({"visitors_per_page": int}).assign(true_lift=_lifts))
    return (z_plan,)


@app.cell(hide_code=True)
def plan_read(z_plan):
    _n = z_plan.set_index("true_lift")["visitors_per_page"]
    mo.md(f"""
    The z-test reaches 80 % power with {_n[0.25]:,.0f} visitors per page for a lift of +25 %, with {_n[0.125]:,.0f} for +12.5 %:
    half the lift, nearly four times the visitors. To *exclude a ROPE* takes more still, since a lift of 12.5 % is only 7.5 points away from it.
    """)
    return


@app.cell(hide_code=True)
def assurance_heading():
    mo.md(r"""
    ## Assurance: the chance that the test will say something

    Nobody knows the true lift. Draw it from the prior as well, then simulate. The share of experiments that end with a claim is
    the **assurance** (O'Hagan, Stevens & Campbell 2005).
    """)
    return


@app.function
def simulate_posteriors(rng, n, true_lifts, rate, lift_sd=0.1):
    """Return (cdf, lifts) of one simulated experiment per true lift, under the correlated prior."""
    old, new = rng.binomial(n, rate, len(true_lifts)), rng.binomial(n, rate * (1 + true_lifts))
    ends = np.log1p([-min(7 * lift_sd, 0.9), 7 * lift_sd])
    points = int(np.clip(3 * np.ptp(ends) / np.sqrt(2 / (n * rate)), 161, 1_201))
    grid, shape = np.linspace(*ends, points), (15, 15 / rate - 15, 0, 1)
    density = log_evidence(old, new, n, grid, shape) + log_lift_prior(grid, lift_sd)
    return cumulate(unlog(density)), np.expm1(grid)


@app.cell
def assurance(BASELINE, MARGIN, N_EXPERIMENTS, SEED, VISITORS):
    _rng, _rows = np.random.default_rng(SEED + 1), []
    for _n in VISITORS:
        _true = _rng.normal(0, 0.1, N_EXPERIMENTS)
        _ends = shortest(*simulate_posteriors(_rng, _n, _true, BASELINE), tidy.HDI_PROB)
        for _rule, _said in claims_of(_ends, MARGIN).items():
            _row = {"n_per_arm": _n, "label": _rule}
            _rows.append(_row | rate_with_error(_said.mean(), N_EXPERIMENTS))
    assurance_by_n = pd.DataFrame(_rows)
    return (assurance_by_n,)


@app.cell(hide_code=True)
def chart_assurance(MARGIN, assurance_by_n, x_plain, y_share):
    _ceiling = prior_tail(MARGIN, "correlated")
    chart_curves(
        assurance_by_n,
        {"HDI excludes 0": "naive", "HDI outside ROPE": "treated", "HDI inside ROPE": "control"},
        x=x_plain,
        y=y_share,
        title=f"Outside the ROPE: towards {percent(_ceiling)}, with any number of visitors",
        subtitle="true lift drawn from Normal(0, 0.1); 94 % HDI, ROPE ±5 %",
        height=230,
    )
    return


@app.cell(hide_code=True)
def assurance_read(MARGIN, assurance_by_n):
    _last = assurance_by_n.query("n_per_arm == 80_000").set_index("label")["rate"]
    mo.md(f"""
    With 80,000 visitors per page, {percent(_last["HDI outside ROPE"])} of the experiments end outside the ROPE,
    {percent(_last["HDI inside ROPE"])} inside, the rest undecided: an HDI wider than the ROPE can't lie in it. The ceiling is the prior itself: only
    {percent(prior_tail(MARGIN, "correlated"))} of lifts are beyond 5 %, up or down, and half of
    those are losses. "80 % power" was never an 80 % chance to win.
    """)
    return


@app.cell(hide_code=True)
def bug_heading():
    mo.md(r"""
    ## Find the bug in a power analysis

    A colleague's power analysis (after one that was published) asks the same question: does the 95 % HDI of the lift exclude a ROPE of ±5 %? With flat priors,
    40,000 visitors per page and true lifts near zero (Normal(0, 0.01)) it claims a difference in some 5 % of experiments; near
    +12.5 %, in about 75 %.

    Odd: 5 % false alarms is what a rule *without* a ROPE would give. Where did the ROPE go?
    """)
    return


@app.cell
def bug_function(BASELINE, SHAPES):
    def simulate_near(rng, middle, size=2_000, n=40_000):
        """Return lower and upper ends of 95 % HDIs, flat priors, true lifts near `middle`."""
        lifts = rng.normal(middle, 0.01, size)
        old, new = rng.binomial(n, BASELINE, size), rng.binomial(n, BASELINE * (1 + lifts))
        grid = np.log1p(middle) + np.linspace(-0.6, 0.6, 161)
        cdf = cumulate(unlog(log_evidence(old, new, n, grid, SHAPES["flat"])))
        lower, upper = shortest(cdf, np.expm1(grid), 0.95)
        return pd.DataFrame({"lower": lower, "upper": upper, "lift_near": middle})

    return (simulate_near,)


@app.cell
def bug_data(SEED, simulate_near):
    _rng = np.random.default_rng(SEED + 2)
    published = pd.concat([simulate_near(_rng, 0.0), simulate_near(_rng, 0.125)], ignore_index=True)
    return (published,)


@app.cell(hide_code=True)
def question_4():
    mo.md(r"""
    ### Exercise 4 · fix · 5 min

    `published` holds one row per simulated experiment: `lower` and `upper`, the ends of the 95 % HDI of the **relative lift**, and
    `lift_near`, the true lift it was drawn near (0 or 0.125). The colleague's code below has the bug. Find it, and
    give `mended_rates`: the share of experiments that claim a difference, for lifts near 0 and near 0.125, in this order.
    """)
    return


@app.cell
def exercise_4_rope(BASELINE, published):
    # Five per cent of the conversion rate, both sides:
    _rope = 0.05 * BASELINE
    _claims = (published["lower"] > _rope) | (published["upper"] < -_rope)
    _rates = _claims.groupby(published["lift_near"]).mean()
    mended_rates = ...
    return (mended_rates,)


@app.cell
def bug_rates(BASELINE, published):
    def share_claiming(rope):
        """Return the share of experiments whose HDI lies beyond the ROPE, near 0 and near 0.125."""
        beyond = np.maximum(published["lower"], -published["upper"]) > rope
        return beyond.groupby(published["lift_near"]).mean().to_numpy()

    buggy_rates, true_rates = share_claiming(0.05 * BASELINE), share_claiming(0.05)
    return buggy_rates, share_claiming, true_rates


@app.cell(hide_code=True)
def hints_4(buggy_rates, share_claiming, true_rates):
    hints_4 = [
        (
            buggy_rates,
            "The buggy rates still. Which unit has `_rope`, which have `lower`, `upper`?",
        ),
        (share_claiming(0), "That is no ROPE at all. It reaches 5 % to both sides of zero."),
        (100 * true_rates, "Right in per cent; shares between 0 and 1 are asked for."),
        (true_rates[::-1], "The order is turned: first the lifts near 0, then near 0.125."),
        (1 - true_rates, "That is the share that claims nothing."),
        (share_claiming(0.025), "A ROPE of ±5 % reaches 5 % to *each* side."),
        (np.zeros(2), "Nothing passes: your ROPE is far too wide."),
        "The HDI is about a ratio of rates; 5 % of a rate of 2.4 % is 0.12 percentage points.",
    ]
    why_4 = (
        "5 % of the rate is ±0.0012: a region of the *rate*. Held against the *lift*, it is no "
        f"ROPE. Mended: {percent(true_rates[0], 1)} false claims instead of "
        f"{percent(buggy_rates[0], 1)}, power {percent(true_rates[1])} instead of "
        f"{percent(buggy_rates[1])}."
    )
    return hints_4, why_4


@app.cell(hide_code=True)
def check_4(hints_4, mended_rates, set_progress, true_rates, why_4):
    check_4 = checks.close(mended_rates, true_rates, tolerance=8e-4, hints=hints_4, why=why_4)
    set_progress(check_4.record("4"))
    check_4
    return


@app.cell(hide_code=True)
def bug_read():
    mo.md(r"""
    Two lessons. Put units into names (`rope_lift`, `rope_rate`). And simulate *nothing*: a rule with a ROPE whose false-positive
    rate is the nominal 5 % has lost its ROPE.
    """)
    return


@app.cell(hide_code=True)
def peek_heading():
    mo.md(r"""
    ## May we look before the end?

    The test runs until 20,000 visitors per page. The dashboard is open all day. Somebody looks $k$ times, at equal distances, and stops at the
    first look that claims a difference. There is **no** true lift.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md(r"""
    ### Exercise 5 · predict · 2 min

    With one look at the end, p < 0.05 gives 5 % false positives. With **20 looks**, stopping at the first p < 0.05, how many? Answer
    with one of `"about 5 %"`, `"about 10 %"`, `"about 25 %"`, `"about 64 %"`.
    """)
    return


@app.cell
def exercise_5_peek():
    # Your prediction, as one of the four texts above.
    peeking_guess = ...
    return (peeking_guess,)


@app.cell(hide_code=True)
def check_5(peeking_guess, set_progress):
    check_5 = ab_testing.judge_5(peeking_guess).noted(5, set_progress)
    check_5
    return


@app.cell
def knob_last_look():
    LAST_LOOK = 20  # looks at most, every 1,000 visitors per page
    return (LAST_LOOK,)


@app.cell
def knob_looks():
    LOOKS = [1, 2, 4, 5, 10, 20]
    return (LOOKS,)


@app.function
def at_every_look(rng, lifts, rate, looks):
    """Return buyers so far on both pages, shape (looks, worlds, 2); 1,000 visitors a look."""
    rates = np.column_stack([np.full(len(lifts), rate), rate * (1 + lifts)])
    return np.cumsum(rng.binomial(1_000, rates, (looks, *rates.shape)), axis=0)


@app.cell
def peek_function(BASELINE, SHAPES):
    def posteriors_at(counts_now, n, prior):
        """Return (cdf, lifts) for the counts of all worlds at one look."""
        reach = 0.75 if prior == "correlated" else 7 * np.sqrt(2 / (n * BASELINE))
        grid = np.linspace(-reach, reach, 161)
        density = log_evidence(counts_now[:, 0], counts_now[:, 1], n, grid, SHAPES[prior])
        extra = log_lift_prior(grid, 0.1) if prior == "correlated" else 0
        return cumulate(unlog(density + extra)), np.expm1(grid)

    return (posteriors_at,)


@app.cell
def peek_sure(posteriors_at):
    def sure_at(counts_now, n, prior):
        """Return whether P(lift > 0) is above 97.5 % or below 2.5 %, in each world."""
        return np.abs(chance_above(*posteriors_at(counts_now, n, prior), 0) - 0.5) > 0.475

    return (sure_at,)


@app.cell
def peek_claims(MARGIN, posteriors_at, sure_at):
    def claims_at(now, n):
        """Return rule -> whether each world claims a difference at this look."""
        ends = shortest(*posteriors_at(now, n, "correlated"), tidy.HDI_PROB)
        return {
            "p < 0.05": np.abs(z_test(now[:, 0], now[:, 1], n)) > stats.norm.ppf(0.975),
            "P(lift > 0), flat prior": sure_at(now, n, "flat"),
            "P(lift > 0), correlated prior": sure_at(now, n, "correlated"),
            "HDI + ROPE, correlated prior": claims_of(ends, MARGIN)["HDI outside ROPE"],
        }

    return (claims_at,)


@app.cell
def peek_all(BASELINE, LAST_LOOK, N_WORLDS, SEED, claims_at):
    _rng = np.random.default_rng(SEED + 3)
    _seen = at_every_look(_rng, np.zeros(N_WORLDS), BASELINE, LAST_LOOK)
    _claims = [claims_at(now, 1_000 * (look + 1)) for look, now in enumerate(_seen)]
    claimed = {rule: np.array([claim[rule] for claim in _claims]) for rule in _claims[0]}
    return (claimed,)


@app.cell
def peek(LAST_LOOK, LOOKS, claimed):
    # With k looks, only every (20 / k)-th of the 20 is taken: the last one always.
    peeking = pd.DataFrame(
        [
            (rule, k, said[LAST_LOOK // k - 1 :: LAST_LOOK // k].any(axis=0).mean())
            for rule, said in claimed.items()
            for k in LOOKS
        ],
        columns=["rule", "looks", "false_positive_rate"],
    )
    return (peeking,)


@app.cell(hide_code=True)
def chart_peeking(N_WORLDS, peeking):
    _roles = ("naive", "treated", "adjusted", "control")
    _at_20 = peeking.query("looks == 20").set_index("rule")["false_positive_rate"]
    chart_curves(
        peeking.rename(columns={"rule": "label"}),
        dict(zip(peeking["rule"].unique(), _roles, strict=True)),
        x=alt.X("looks:Q", title="looks until 20,000 visitors per page"),
        y=alt.Y("false_positive_rate:Q", title="false positives", axis=alt.Axis(format="%")),
        title=f"Twenty looks: p-value {percent(_at_20.iloc[0])}, HDI + ROPE {seen_share(_at_20.iloc[3], N_WORLDS)}",
        subtitle="no true lift; stop at the first claim",
        height=220,
    )
    return


@app.cell(hide_code=True)
def peek_read(N_WORLDS, peeking):
    _at_20 = peeking.query("looks == 20").set_index("rule")["false_positive_rate"]
    mo.md(f"""
    P(lift > 0) under a flat prior is the p-value in other clothes: {percent(_at_20.iloc[1])} against {percent(_at_20.iloc[0])}. The
    correlated prior brings it to {percent(_at_20.iloc[2])}, and the ROPE to {seen_share(_at_20.iloc[3], N_WORLDS)}. The word *Bayesian* protects nobody from
    peeking. A sceptical prior and a ROPE did here; with ever more visitors a prior fades, a ROPE stays.
    """)
    return


@app.cell
def peek_under_prior(BASELINE, LAST_LOOK, N_WORLDS, SEED, posteriors_at):
    _rng = np.random.default_rng(SEED + 4)
    drawn_lifts = _rng.normal(0, 0.1, N_WORLDS)  # now the truth is drawn from the prior
    _seen = enumerate(at_every_look(_rng, drawn_lifts, BASELINE, LAST_LOOK), start=1)
    believed_better = np.array(
        [chance_above(*posteriors_at(now, 1_000 * k, "correlated"), 0) for k, now in _seen]
    )
    return believed_better, drawn_lifts


@app.cell
def calibrate(believed_better, drawn_lifts):
    _sure = np.abs(believed_better - 0.5) > 0.475
    stopped = _sure.any(axis=0)
    _said = np.take_along_axis(believed_better, _sure.argmax(axis=0)[None], axis=0)[0]
    stopped_right = float(((drawn_lifts > 0) == (_said > 0.5))[stopped].mean())
    stopped_believed = float(np.maximum(_said, 1 - _said)[stopped].mean())
    return stopped, stopped_believed, stopped_right


@app.cell(hide_code=True)
def calibrate_read(stopped, stopped_believed, stopped_right):
    _error = np.sqrt(stopped_right * (1 - stopped_right) / stopped.sum())
    mo.md(f"""
    ### Then why do they say that Bayesians may peek?

    Draw the true lifts from the correlated prior instead, peek 20 times, stop at the first P(lift > 0) beyond 97.5 % either way. Of the
    {percent(stopped.mean())} that stop, {percent(stopped_right, 1)} (± {percent(_error, 1)}, Monte Carlo error) have the sign right; on average they had claimed
    {percent(stopped_believed, 1)}. **Stopping did not spoil the posterior**, provided that lifts do come from the prior. The
    false-positive rate asks about one special truth, zero. Two guarantees; know which one you sold.
    """)
    return


@app.cell(hide_code=True)
def cuped_heading():
    mo.md(r"""
    ## The same answer from fewer visitors

    Another shop, another outcome: what a customer spends. Estimand: $E[Y_1(1) - Y_1(0)]$, in €10 per customer; truth 2. Known: what she spent *before*. $n = 100$ customers,

    $$y_0 \sim \text{Normal}(5, 1), \qquad y_1 = y_0 + 3 + 2\,t + \text{Normal}(0, 1).$$

    **CUPED** (controlled experiments using pre-experiment data; Deng et al. 2013): subtract what the past predicts,
    $\tilde y_1 = y_1 - \theta\,(y_0 - \bar y_0)$ with $\theta = \operatorname{cov}(y_0, y_1) / \operatorname{var}(y_0)$.
    """)
    return


@app.cell
def customers_data(SEED):
    _rng = np.random.default_rng(SEED + 5)
    customers = pd.DataFrame({"before": _rng.normal(5, 1, 100)})
    customers["treated"] = _rng.permutation(np.repeat([0, 1], 50))
    _drift = 3 + _rng.normal(0, 1, 100)
    customers["after"] = customers["before"] + 2 * customers["treated"] + _drift
    return (customers,)


@app.cell
def by_hand(customers):
    _past = customers["before"] - customers["before"].mean()
    theta_by_hand = customers["before"].cov(customers["after"]) / customers["before"].var()
    customers_adjusted = customers.assign(adjusted=customers["after"] - theta_by_hand * _past)
    mo.md(f"θ = {theta_by_hand:.2f} by hand; in the population it is 1.")
    return (customers_adjusted,)


@app.cell
def two_outcomes(customers_adjusted):
    two_outcomes = customers_adjusted[["after", "adjusted"]].to_numpy()
    return (two_outcomes,)


@app.cell
def model_two(pm):
    def by_hand_model(treated):
        axes = {"customer": range(len(treated)), "analysis": ["after", "adjusted"]}
        with pm.Model(coords=axes) as model:
            treated = pm.Data("treated", treated, dims="customer")
            level = pm.Normal("level", 8, 5, dims="analysis")  # €80, give or take €50
            effect = pm.Normal("effect", 0, 5, dims="analysis")  # up to €50 or so, either way
            mu = level + effect * treated[:, None]
            mu_spend = pm.Deterministic("mu_spend", mu, dims=tuple(axes))
            sigma = pm.HalfNormal("sigma", 3, dims="analysis")  # €30
            pm.Normal("spend", mu_spend, sigma, dims=tuple(axes))
        return model

    "two regressions side by side: spending after, raw and adjusted by hand"
    return (by_hand_model,)


@app.cell
def model_joint(pm):
    def ancova_model(treated, before):
        with pm.Model(coords={"customer": range(len(treated))}) as model:
            treated = pm.Data("treated", treated, dims="customer")
            past = pm.Data("past", before - before.mean(), dims="customer")
            theta = pm.Normal("theta", 0, 2)  # € after per € before
            effect = pm.Normal("effect", 0, 5)  # up to €50 or so, either way
            level = pm.Normal("level", 8, 5)  # €80, give or take €50
            sigma = pm.HalfNormal("sigma", 3)  # €30
            mu = level + effect * treated + theta * past
            mu_spend = pm.Deterministic("mu_spend", mu, dims="customer")
            pm.Normal("spend", mu_spend, sigma, dims="customer")
        return model

    "one joint regression (ANCOVA, analysis of covariance): θ is learnt together with the effect"
    return (ancova_model,)


@app.cell
def fit_customers(SAMPLER, ancova_model, by_hand_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_by_hand(treated, outcomes, draws, seed):
        """Return posterior draws of the two regressions side by side."""
        observed = pm.observe(by_hand_model(treated), {"spend": outcomes})
        names = ["level", "effect", "sigma"]
        return pm.sample(draws, model=observed, var_names=names, random_seed=seed, **SAMPLER)

    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_ancova(treated, before, after, draws, seed):
        """Return posterior draws of the joint regression."""
        observed = pm.observe(ancova_model(treated, before), {"spend": after})
        names = ["level", "effect", "theta", "sigma"]
        return pm.sample(draws, model=observed, var_names=names, random_seed=seed, **SAMPLER)

    return fit_ancova, fit_by_hand


@app.cell
def fitted_by_hand(DRAWS, SEED, customers, fit_by_hand, two_outcomes):
    _treated = customers["treated"].to_numpy()
    with mo.status.spinner("Sampling two regressions: about 5 s, the first time"):
        idata_by_hand = fit_by_hand(_treated, two_outcomes, DRAWS, SEED)
    return (idata_by_hand,)


@app.cell
def diagnose_by_hand(idata_by_hand):
    diagnostics_by_hand = tidy.diagnostics(idata_by_hand)
    tidy.show_diagnostics(diagnostics_by_hand)
    return


@app.cell
def fitted_joint(DRAWS, SEED, customers, fit_ancova):
    _columns = (customers[name].to_numpy() for name in ("treated", "before", "after"))
    with mo.status.spinner("Sampling the joint regression: about 5 s, the first time"):
        idata_ancova = fit_ancova(*_columns, DRAWS, SEED)
    return (idata_ancova,)


@app.cell
def diagnose_joint(idata_ancova):
    diagnostics_ancova = tidy.diagnostics(idata_ancova)
    tidy.show_diagnostics(diagnostics_ancova)
    return


@app.cell
def cuped_effects(idata_ancova, idata_by_hand):
    _hand = idata_by_hand.posterior["effect"]
    spend_effect = {
        "after only": _hand.sel(analysis="after"),
        "CUPED by hand": _hand.sel(analysis="adjusted"),
        "joint model": idata_ancova.posterior["effect"],
    }
    return (spend_effect,)


@app.cell
def cuped_ratio(spend_effect):
    cuped_table = tidy.summarise(spend_effect)
    cuped_sd_ratio = float(cuped_table["sd"].iloc[2] / cuped_table["sd"].iloc[0])
    return cuped_sd_ratio, cuped_table


@app.cell(hide_code=True)
def chart_cuped(cuped_sd_ratio, cuped_table):
    charts.chart_effect(
        cuped_table.assign(role=["naive", "adjusted", "adjusted"]),
        title=f"Posterior sd {percent(cuped_sd_ratio - 1)}: the past takes noise away",
        unit="effect on spending (€10)",
        truth=2,
    )
    return


@app.cell(hide_code=True)
def cuped_read(cuped_sd_ratio, cuped_table):
    _sd = cuped_table["sd"]
    mo.md(f"""
    Posterior sd {_sd[0]:.3f} without the past, {_sd[1]:.3f} by hand, {_sd[2]:.3f} jointly: a ratio of {cuped_sd_ratio:.2f}. The variance shrinks to
    $1 - \\rho^2$ of itself, with $\\rho$ the correlation of past and outcome within an arm: worth {percent(1 / cuped_sd_ratio**2 - 1)} more customers,
    free of charge. By hand θ counts as known; jointly its doubt is carried along.
    """)
    return


@app.cell
def rho_slider():
    rho = mo.ui.slider(
        0, 0.95, 0.05, value=0.7, label="correlation ρ of past and outcome", show_value=True
    )
    return (rho,)


@app.function
def difference(values, treated):
    """Return mean of the treated minus mean of the others, along the last axis."""
    return (values * treated).sum(-1) / treated.sum(-1) - (values * (1 - treated)).sum(-1) / (
        1 - treated
    ).sum(-1)


@app.function
def remove_past(after, covariate):
    """Return `after` minus what the covariate predicts (theta pooled), along the last axis."""
    past = covariate - covariate.mean(-1, keepdims=True)
    theta = (past * after).sum(-1, keepdims=True) / (past**2).sum(-1, keepdims=True)
    return after - theta * past


@app.cell
def noise(SEED):
    HALF = np.repeat([0, 1], 50)  # 50 customers each; chance has shuffled everything else
    PAST, NOISE, WOBBLE = np.random.default_rng(SEED + 6).normal(size=(3, 600, 100))
    return HALF, NOISE, PAST, WOBBLE


@app.cell
def simulate_rho(HALF, NOISE, PAST, rho):
    _after = 8 + rho.value * PAST + np.sqrt(1 - rho.value**2) * NOISE + HALF
    _raw, _kept = difference(_after, HALF), difference(remove_past(_after, PAST), HALF)
    kept_sd = float(_kept.std() / _raw.std())
    return (kept_sd,)


@app.cell(hide_code=True)
def rho_layers(kept_sd, rho):
    _curve = pd.DataFrame({"rho": np.linspace(0, 1, 101)})
    _curve["ratio"] = np.sqrt(1 - _curve["rho"] ** 2)
    _point = pd.DataFrame({"rho": [rho.value], "ratio": [kept_sd]})
    _x = alt.X("rho:Q", title="correlation ρ of past and outcome")
    _y = alt.Y("ratio:Q", title="sd with CUPED / sd without")
    _line = alt.Chart(_curve).mark_line(color=charts.ROLES["truth"], strokeDash=[6, 4])
    _dot = alt.Chart(_point).mark_point(filled=True, size=220, shape="diamond", opacity=1)
    _layers = _line.encode(_x, _y) + _dot.encode(_x, _y, color=alt.value(charts.ROLES["adjusted"]))
    rho_chart = charts.describe(
        _layers,
        "Ratio of the sds with and without CUPED against the correlation: theory, and one simulated point.",
    )
    return (rho_chart,)


@app.cell(hide_code=True)
def chart_rho(kept_sd, rho, rho_chart):
    _words = f"ρ = {rho.value:.2f}: ratio {kept_sd:.2f}; by theory {np.sqrt(1 - rho.value**2):.2f}"
    _title = alt.Title(
        _words, subtitle="diamond: 600 experiments of 100 customers; dashes: √(1 − ρ²)"
    )
    _chart = rho_chart.properties(title=_title, height=220)
    mo.vstack([rho, charts.describe(_chart, f"{_words}. The ratio falls slowly, then fast.")])
    return


@app.cell(hide_code=True)
def rho_read(rho):
    mo.md(f"""
    At ρ = {rho.value:.2f} the test needs {percent(1 - rho.value**2)} of the customers for the same precision. A weak correlation
    buys little: below 0.4, less than one customer in six.
    """)
    return


@app.cell(hide_code=True)
def bad_heading():
    mo.md(r"""
    ## When "before" is not before

    Suppose the covariate is measured *during* the test: page views this week, say. They rise with what a customer spent before, and the treatment itself
    moves them by `leak`. They are an *effect* of the treatment: the arms now differ in them by more than chance.
    """)
    return


@app.cell
def leak_slider():
    leak = mo.ui.slider(
        0, 2, 0.25, value=1, label="leak: effect of the treatment on the covariate", show_value=True
    )
    return (leak,)


@app.cell
def measured_before(HALF, NOISE, PAST):
    _after = 8 + PAST + 2 * HALF + NOISE
    honest_effects = {
        "no adjustment": difference(_after, HALF),
        "measured before": difference(remove_past(_after, PAST), HALF),
    }
    return (honest_effects,)


@app.cell
def measured_during(HALF, NOISE, PAST, WOBBLE, honest_effects, leak):
    _during = PAST + leak.value * HALF + 0.3 * WOBBLE
    _late = difference(remove_past(8 + PAST + 2 * HALF + NOISE, _during), HALF)
    late_effects = {**honest_effects, "measured during": _late}
    return (late_effects,)


@app.cell(hide_code=True)
def leak_template(honest_effects):
    # Made once; `redraw` then only replaces the curve that the slider moves.
    def name_effects(effects):
        roles = ("naive", "adjusted", "counterfactual")
        return pd.concat(
            pd.DataFrame({"label": k, "value": v, "role": r})
            for (k, v), r in zip(effects.items(), roles, strict=True)
        )

    LEAKED = (
        charts.chart_density(
            name_effects({**honest_effects, "measured during": honest_effects["measured before"]}),
            title="",
            unit="estimated effect in 600 simulated experiments (€10)",
            truth=2,
        )
        .properties(height=200)
        .to_dict()
    )
    return LEAKED, name_effects


@app.cell(hide_code=True)
def chart_leak(LEAKED, late_effects, leak, name_effects):
    _means = {name: round(values.mean(), 2) for name, values in late_effects.items()}
    _chart = charts.redraw(
        LEAKED,
        charts.densities(name_effects(late_effects)),
        title=f"Measured during the test: mean {_means['measured during']:.2f}; truth 2",
        words=f"Densities of the effects estimated in 600 experiments, €10; means: {_means}; truth 2.",
    )
    mo.vstack([leak, _chart])
    return


@app.cell(hide_code=True)
def leak_read(late_effects, leak):
    _late, _honest = late_effects["measured during"], late_effects["measured before"]
    _theta = (1 + leak.value / 2) / (1.09 + leak.value**2 / 4)
    _verdict = (
        "No arm is favoured, and nothing is lost" if leak.value == 0 else "Precise, and wrong"
    )
    mo.md(f"""
    CUPED subtracts θ times the arms' difference in the covariate. Before the coin fell that difference is chance, 0 on average; here it is the leak. Bias −θ · leak =
    {tidy.number(-_theta * leak.value)}; simulated mean {_late.mean():.2f}, sd {_late.std():.2f} (measured before: {_honest.std():.2f}). {_verdict}. Use only what was fixed
    before the coin fell.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    mo.md(r"""
    ### Exercise 6 · build · 9 min

    A shop knows *several* things from before. Write `cuped_many(after, before, treated)`: `after` and `treated` (1 or 0) are arrays of length
    $n$, `before` has shape $(n, k)$. Find the θ (one per column) that best predicts the centred `after` from the centred columns of
    `before`, all customers together; subtract the prediction; return treated minus untreated mean: **one number**, in the unit of `after`.

    `np.linalg.lstsq(X, y)[0]` gives least-squares coefficients.
    """)
    return


@app.function
def cuped_many(after, before, treated):
    """Return the effect after CUPED with several covariates, in the unit of `after`."""
    return ...


@app.cell(hide_code=True)
def toy_6(SEED):
    _rng = np.random.default_rng(SEED + 8)
    _t = _rng.permutation(np.repeat([0, 1], 30))
    _common, _x = _rng.normal(size=(60, 1)), _rng.normal(size=(60, 3))
    _x = 4 + _x * [0.4, 1, 1] + _common * [1, 2, 0]
    toy = (_x @ [1.0, 0.5, -2.0] + 3 * _t + _rng.normal(size=60) + 10, _x, _t)
    return (toy,)


@app.cell(hide_code=True)
def answers_6(toy):
    _y, _x, _t = toy
    _past, _design = _x - _x.mean(0), np.column_stack([np.ones(60), _t, _x])
    _with_y = (_past * (_y - _y.mean())[:, None]).sum(0)
    _each, _theta = _with_y / (_past**2).sum(0), np.linalg.solve(_past.T @ _past, _with_y)
    toy_answers = {
        "right": difference(_y - _past @ _theta, _t),
        "raw": difference(_y, _t),
        "first": difference(_y - _past[:, 0] * _each[0], _t),
        "each": difference(_y - _past @ _each, _t),
        "plus": difference(_y + _past @ _theta, _t),
        "uncentred": difference(_y - _x @ np.linalg.lstsq(_x, _y)[0], _t),
        "level": difference(_y - _x @ np.linalg.lstsq(_x, _y - _y.mean())[0], _t),
        "ancova": np.linalg.solve(_design.T @ _design, _design.T @ _y)[1],
    }
    return (toy_answers,)


@app.cell(hide_code=True)
def judge_6(toy, toy_answers):
    def gives(key, sign=1):
        """Return whether a learner's function gives this answer on the toy data."""
        return lambda function: abs(float(function(*toy)) - sign * toy_answers[key]) < 1e-6

    def adjusts_rightly(function):
        answer = function(*toy)
        if answer is None or answer is ...:
            raise checks.Unanswered
        if np.size(answer) != 1:
            return "One number is asked for: the difference of the two means."
        one_column = function(toy[0], toy[1][:, :1], toy[2])
        return bool(gives("right")(function) and abs(one_column - toy_answers["first"]) < 1e-6)

    return adjusts_rightly, gives


@app.cell(hide_code=True)
def hints_6(gives, toy_answers):
    hints_6 = [
        (gives("raw"), "Nothing is subtracted yet: that is the plain difference of means."),
        (gives("first"), "Only the first column is used."),
        (gives("each"), "Each column got its own θ alone. They overlap: fit them together."),
        (
            gives("uncentred"),
            "Centre the columns and `after` first: without it θ mixes in the level.",
        ),
        (gives("level"), "Centre each column of `before` as well: its mean along axis 0."),
        (gives("plus"), "The prediction is added; it must be subtracted."),
        (gives("right", sign=-1), "The sign is turned: treated minus untreated."),
        (gives("ancova"), "That is the joint model (ANCOVA). Here θ is fitted without `treated`."),
        "past = before − its column means; θ = np.linalg.lstsq(past, after − mean of after)[0].",
    ]
    why_6 = (
        f"In a simulated shop of 60 customers: unadjusted {toy_answers['raw']:.2f}, adjusted "
        f"{toy_answers['right']:.2f}, truth 3."
    )
    return hints_6, why_6


@app.cell(hide_code=True)
def check_6(adjusts_rightly, hints_6, set_progress, why_6):
    check_6 = checks.holds(cuped_many, adjusts_rightly, hints=hints_6, why=why_6)
    set_progress(check_6.record("6"))
    check_6
    return


@app.cell(hide_code=True)
def planner_heading():
    mo.md(r"""
    ## Plan your own test

    Your buying rate now, the smallest lift worth having, your traffic, and how large lifts usually are. The rule: the 94 % HDI lies above
    zero, under the correlated prior.
    """)
    return


@app.cell
def plan_sliders():
    plan_rate = mo.ui.slider(0.5, 30, 0.5, value=2.5, label="buying rate now (%)", show_value=True)
    plan_lift = mo.ui.slider(
        1, 50, 1, value=10, label="smallest lift worth having (%)", show_value=True
    )
    plan_traffic = mo.ui.slider(
        steps=[1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000],
        value=20_000,
        label="visitors a week, both pages",
        show_value=True,
    )
    plan_sd = mo.ui.slider(2, 30, 1, value=10, label="usual lifts: sd (%)", show_value=True)
    return plan_lift, plan_rate, plan_sd, plan_traffic


@app.function
def plan_power(n, lift, rate, lift_sd, prob=tidy.HDI_PROB):
    """Return P(HDI above zero) by bell curves: log-lift estimated with its standard error."""
    error = np.sqrt((1 - rate) / (n * rate) + (1 - rate * (1 + lift)) / (n * rate * (1 + lift)))
    weight = lift_sd**2 / (lift_sd**2 + error**2)  # of the data; the prior has the rest
    needed = stats.norm.ppf((1 + prob) / 2) / np.sqrt(weight)
    return stats.norm.cdf(np.log1p(lift) / error - needed)


@app.cell
def plan(plan_lift, plan_rate, plan_sd, plan_traffic):
    _sizes = np.geomspace(100, 1e8, 4_000)
    _inputs = plan_lift.value / 100, plan_rate.value / 100, plan_sd.value / 100
    n_plan = int(np.ceil(np.interp(0.8, plan_power(_sizes, *_inputs), _sizes)))
    weeks = 2 * n_plan / plan_traffic.value
    n_z = z_visitors(plan_lift.value / 100, plan_rate.value / 100)
    return n_plan, n_z, weeks


@app.cell
def plan_check(SEED, n_plan, plan_lift, plan_rate, plan_sd):
    def share_above_zero(true_lifts):
        """Return the share of simulated experiments whose HDI lies above zero."""
        rng, sd = np.random.default_rng(SEED + 9), plan_sd.value / 100
        cdf, lifts = simulate_posteriors(rng, n_plan, true_lifts, plan_rate.value / 100, sd)
        return float((shortest(cdf, lifts, tidy.HDI_PROB)[0] > 0).mean())

    _believed = np.random.default_rng(SEED + 10).normal(0, plan_sd.value / 100, 700)
    plan_assurance = share_above_zero(np.maximum(_believed, -0.9))
    plan_simulated = share_above_zero(np.full(700, plan_lift.value / 100))
    return plan_assurance, plan_simulated


@app.cell(hide_code=True)
def plan_words(n_plan, n_z, plan_assurance, plan_simulated, weeks):
    _head = ["visitors per page", "weeks", "power, simulated", "z-test would need", "assurance"]
    _row = [
        f"{n_plan:,}",
        f"{weeks:,.1f}" if weeks >= 0.1 else "under 0.1",
        percent(plan_simulated),
        f"{n_z:,.0f}",
    ]
    plan_frame = pd.DataFrame([[*_row, percent(plan_assurance)]], columns=_head)
    return (plan_frame,)


@app.cell(hide_code=True)
def stakeholder(plan_assurance, plan_lift, plan_simulated, weeks):
    _advice = " Too long: pages and customers change meanwhile. Test something bolder."
    _n = max(int(np.ceil(weeks)), 1)
    sentence = mo.md(
        f"> **For the stakeholder:** in {_n:,} week{'s' if _n > 1 else ''} we can tell a lift of "
        f"{plan_lift.value} % from nothing in about {10 * plan_simulated:.0f} of 10 such tests. Given how large our lifts usually "
        f"are, the chance that the test ends with *the new page is better* is "
        f"{percent(plan_assurance)}.{_advice if weeks > 12 else ''}"
    )
    return (sentence,)


@app.cell(hide_code=True)
def show_plan(
    plan_frame,
    plan_lift,
    plan_rate,
    plan_sd,
    plan_traffic,
    sentence,
):
    mo.vstack(
        [
            mo.hstack([plan_rate, plan_lift], justify="start", wrap=True),
            mo.hstack([plan_traffic, plan_sd], justify="start", wrap=True),
            tidy.as_table(plan_frame),
            sentence,
        ]
    )
    return


@app.cell
def plan_for_title(BASELINE, power):
    _sizes = np.geomspace(1_000, 1e6, 2_000)
    n_above_zero = float(np.interp(0.8, plan_power(_sizes, 0.125, BASELINE, 0.1), _sizes))
    _row = "prior == 'correlated' and rule == 'HDI outside ROPE' and true_lift == 0.125"
    rate_outside = float(power.query(f"{_row} and n_per_arm == 80_000")["rate"].iloc[0])
    return n_above_zero, rate_outside


@app.cell(hide_code=True)
def takeaways(by_prior, lift, n_above_zero, rate_outside, suspicion, z_plan):
    _low, _high = tidy.hdi(lift)
    _n = z_plan.set_index("true_lift")["visitors_per_page"]
    _heavy = by_prior.set_index("label").loc["heavy-tailed prior", "mean"]
    _broken = suspicion["P(broken)"]
    mo.md(f"""
    ## Takeaways

    - **Did it convert better?** What you believe about lifts decides. Under Normal(0, 0.1), with 1 test in 100 broken, this one most probably is (P = {_broken[0]:.2f}); if it works, {percent(lift.mean(), plus=True)} (94 % HDI {percent(_low, plus=True)} to {percent(_high, plus=True)}). Under a heavy-tailed prior of the same scale it most probably works (P(broken) = {_broken[3]:.2f}), with {percent(_heavy, plus=True)}.
    - **How many visitors?** At a buying rate of 2.4 % and a lift of +12.5 %, 80 % power takes {round(n_above_zero, -2):,.0f} per page for an HDI above 0 ({round(_n[0.125], -2):,.0f} for p < 0.05); outside ±5 %, 80,000 give {percent(rate_outside)}.
    - **A prior on rates is a prior on the lift.** State the one you mean.
    - **Fix rule, unit and looks before the test**; simulate zero lift.
    - **Data from before the coin buy precision; data from after it sell the effect.**
    """)
    return


@app.cell(hide_code=True)
def references():
    mo.md(r"""
    ### References

    - Deng, A., Xu, Y., Kohavi, R. & Walker, T. (2013). Improving the sensitivity of online controlled experiments by utilizing pre-experiment data. *WSDM*. [doi:10.1145/2433396.2433413](https://doi.org/10.1145/2433396.2433413)
    - Kohavi, R., Tang, D. & Xu, Y. (2020). *Trustworthy Online Controlled Experiments*. Cambridge. [doi:10.1017/9781108653985](https://doi.org/10.1017/9781108653985)
    - Kruschke, J. K. (2018). Rejecting or accepting parameter values in Bayesian estimation. *AMPPS* 1(2). [doi:10.1177/2515245918771304](https://doi.org/10.1177/2515245918771304)
    - O'Hagan, A., Stevens, J. W. & Campbell, M. J. (2005). Assurance in clinical trial design. *Pharmaceutical Statistics* 4(3). [doi:10.1002/pst.175](https://doi.org/10.1002/pst.175)
    - Tierney, L. & Kadane, J. B. (1986). Accurate approximations for posterior moments and marginal densities. *JASA* 81(393). [doi:10.1080/01621459.1986.10478240](https://doi.org/10.1080/01621459.1986.10478240)
    """)
    return


@app.cell(hide_code=True)
def progress(get_progress):
    checks.progress(get_progress(), total=6)
    return


if __name__ == "__main__":
    app.run()
