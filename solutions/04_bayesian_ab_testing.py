import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Did the new page convert better, and how many visitors do we need?",
    layout_file="layouts/04_bayesian_ab_testing.slides.json",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    import marimo as mo
    import numpy as np
    import pandas as pd
    from scipy import stats

    from helpers import checks, fits, graphs
    from helpers.lessons import ab_testing
    from helpers.lessons.ab_testing import (
        chance_above,
        cumulate,
        gain,
        grid_of,
        rate_with_error,
        seen_share,
        shortest,
        unlog,
    )
    from helpers.tidy import (
        HDI_PROB,
        as_table,
        diagnostics,
        hdi,
        number,
        percent,
        show_diagnostics,
        summarise,
    )


@app.cell(hide_code=True)
def title():
    # notes: Aim: two questions that every experiment asks, before any method. Ask who has shipped a "winner" that later won nothing. Trap: jumping to p-values; stay with the decision. Minutes: 2. If late: title and card only.
    mo.md(r"""
    # Did the new page convert better, and how many visitors do we need?

    A shop shows its old page to 10,000 visitors and a new page to 10,000 others, drawn at random, half each (*the coin*). 200 buy
    on the old page, 350 on the new one: 75 % more. Would you ship it? Would you believe it?

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md(r"""
    | | |
    |:--|:--|
    | You will be able to | put a prior on an effect, ask whether a test is broken, decide by money or by region, plan an experiment |
    | Estimand | relative lift: the buying rate if all visitors saw the new page, over the rate if all saw the old, minus 1 |
    | Design | randomised experiment, two arms |
    | Data | counts of one experiment; simulated experiments whose truth is known |
    | Time | core 73 minutes, optional 43; eight checked exercises |
    | Before | notebook 01 (graphs, `do`); you have met a posterior once |
    """)
    return


@app.cell(hide_code=True)
def experiment_heading():
    # notes: Aim: the counts, and the number most people would report. Ask for a bet: how large is the lift next year? Write the bets down. Trap: nothing is wrong with the arithmetic. Minutes: 4. If late: the picture only.
    mo.md(r"""
    ## What the dashboard says

    `page`, old or new, is the treatment; of the `visitors` who saw it, the `conversions` bought (people). The counts are a textbook
    example, not a record of a real shop.
    """)
    return


@app.cell
def data():
    # slide: fragment
    experiment = pd.DataFrame(
        {"page": ["old", "new"], "visitors": [10_000, 10_000], "conversions": [200, 350]}
    )
    _rate = experiment["conversions"] / experiment["visitors"]
    ab_testing.chart_rates(experiment, np.sqrt(_rate * (1 - _rate) / experiment["visitors"]))
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
def naive_read(p_value, raw_lift, z):
    mo.md(f"""
    The **raw lift** is {gain(raw_lift)}, {number(z, 1)} standard errors from nothing (p = {p_value:.0e}). A p-value asks only: *could
    this be nothing?* It does not ask: *how often do pages gain so much?*
    """)
    return


@app.cell(hide_code=True)
def estimand_heading():
    # notes: Aim: name the quantity before modelling it. Trap: the lift is a ratio of two averages, not the average of ratios; a single visitor has no relative lift. Minutes: 3. If late: formula and graph only.
    mo.md(r"""
    ## What do we want to know?

    Each visitor has two potential outcomes: $Y_i(1)$, buys (1) or not (0) if shown the new page, and $Y_i(0)$, if shown the old
    one. The **relative lift**, over all visitors of the shop while the test runs:

    $$\tau = \frac{E[Y(1)]}{E[Y(0)]} - 1$$

    The coin makes it readable: $E[Y(t)] = E[Y \mid T = t]$. Seeing is doing here.
    """)
    return


@app.cell
def graph():
    # slide: sub-slide
    arrows = [("coin", "page"), ("page", "bought"), ("visitor", "bought")]
    coin_graph = graphs.dag(arrows, treatment="page", outcome="bought")
    coin_graph.draw("Only a coin points at the page")
    return (coin_graph,)


@app.cell(hide_code=True)
def assumptions():
    # slide: sub-slide
    mo.md("""
    There is no backdoor path, so nothing is adjusted for. What is assumed, by name:

    - **Ignorability** (no unmeasured confounding): granted by the coin, if the coin works. Check the split.
    - **Consistency**: one new page, shown as built. **No measurement error**: what is logged is what happened.
    - **No interference**: one visitor's page does not change what another buys.
    - **Positivity**: every visitor could see either page.
    - **Transport** (for the decision, not for τ): next year's visitors react like those of the test. No coin grants that.
    """)
    return


@app.cell(hide_code=True)
def prior_heading():
    # notes: Aim: a prior on two rates is a prior on the lift, and usually an absurd one. Let the room answer exercise 1 before the picture. Trap: "flat means no opinion". Minutes: 8. If late: exercise and table; skip the sliders.
    mo.md(r"""
    ## Which lifts do you believe in, before any data?

    Three priors for the rate $p_0$ of the old page and $p_1$ of the new one:

    - **flat**: $p_0, p_1 \sim \text{Uniform}(0, 1)$;
    - **independent**: $p_0, p_1 \sim \text{Beta}(15, 600)$, about 2.4 % each, as if 15 of 615 past visitors had bought;
    - **correlated**: $p_0 \sim \text{Beta}(15, 600)$, $\ p_1 = p_0\,(1 + \tau)$, $\ \tau \sim \text{Normal}(0, 0.1)$.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    # next: skip
    mo.md(r"""
    ### Exercise 1 · predict · 2 min

    Take the *flat* prior. Before any data, how often does it expect the new page to be at least 50 % better or worse than
    the old one (a lift of +50 % or more, or of −50 % or less)?

    Answer with one of `"about 5 %"`, `"about 20 %"`, `"about 60 %"`, `"it has no opinion"`.
    """)
    return


@app.cell
def exercise_1_flat():
    # Your prediction, as one of the four texts above.
    # solution
    flat_belief = "about 60 %"
    flat_belief
    return (flat_belief,)


@app.cell(hide_code=True)
def check_1(flat_belief, set_progress):
    check_1 = ab_testing.judge_1(flat_belief).noted(1, set_progress)
    check_1
    return (check_1,)


@app.function
def prior_cdf(lifts, prior, shape=(15, 600), lift_sd=0.1):
    """Return P(relative lift <= each of `lifts`) before any data."""
    if prior == "correlated":
        return stats.norm.cdf(lifts, 0, lift_sd)
    shape = (1, 1) if prior == "flat" else shape
    old = stats.beta.ppf((np.arange(200) + 0.5) / 200, *shape)
    return stats.beta.cdf(np.outer(1 + np.asarray(lifts), old), *shape).mean(axis=1)


@app.cell
def prior_sliders():
    belief_buyers = ab_testing.slider(2, 60, 1, 15, "past buyers")
    belief_visitors = ab_testing.steps([100, 200, 400, 615, 1000, 2000, 5000], 615, "of visitors")
    belief_sd = ab_testing.slider(1, 30, 1, 10, "sd of the lift (%)")
    return belief_buyers, belief_sd, belief_visitors


@app.cell
def priors_shown(belief_buyers, belief_sd, belief_visitors, check_1):
    # slide: sub-slide
    beliefs = {
        "flat": {},
        "independent": {
            "shape": (belief_buyers.value, belief_visitors.value - belief_buyers.value)
        },
        "correlated": {"lift_sd": belief_sd.value / 100},
    }
    tails = pd.DataFrame(
        {
            name: {
                size: float(1 - np.diff(prior_cdf([-size, size], name, **belief))[0])
                for size in (0.1, 0.2, 0.5, 0.6)
            }
            for name, belief in beliefs.items()
        }
    )
    _sliders = [belief_buyers, belief_visitors, belief_sd]
    ab_testing.after(
        check_1, ab_testing.show_priors(_sliders, prior_cdf, beliefs, tails), exercise=1
    )
    return beliefs, tails


@app.cell(hide_code=True)
def prior_read(belief_buyers, check_1, tails):
    # slide: sub-slide
    _read = mo.md(f"""
    Only the correlated prior *states* a belief about the lift; the others imply one. The independent one, with each rate known from {number(belief_buyers.value, 0)} past
    buyers, expects a lift beyond ±20 % in {percent(tails["independent"][0.2])} of all tests, the correlated one in {percent(tails["correlated"][0.2])}. Which is nearer to your last ten tests?
    """)
    _view = mo.vstack([ab_testing.table_of_tails(tails), _read])
    ab_testing.after(check_1, _view, "table", exercise=1)
    return


@app.cell(hide_code=True)
def model_heading():
    # notes: Aim: the maths and the code say the same, in causal order. Trap: the lift is a parameter here, yet we read it from mu_rate under do. Minutes: 5. If late: show the model, skip the prior predictive.
    # next: code
    mo.md(r"""
    ## The model, and what it expects to see

    $$\begin{aligned}
    p_0 &\sim \text{Beta}(15, 600) & \tau &\sim \text{Normal}(0, 0.1) \\
    \mu_t &= p_0\,(1 + \tau\, t) & y_t &\sim \text{Binomial}(n_t, \mu_t)
    \end{aligned}$$

    $t = 0$ is the old page, $t = 1$ the new one; $y_t$ of $n_t$ visitors buy.
    """)
    return


@app.cell
def model(experiment, pm):
    def pages_model(visitors):
        """Return the program: baseline rate and lift -> rate of each page -> conversions."""
        with pm.Model(coords={"page": ["old", "new"]}) as model:
            treated = pm.Data("treated", [0, 1], dims="page")
            baseline = pm.Beta("baseline", 15, 600)  # 2.4 % of visitors, give or take 0.6 points
            relative_lift = pm.Normal("relative_lift", 0, 0.1)  # 10 % more or less, usually
            rate = baseline * (1 + relative_lift * treated)
            mu_rate = pm.Deterministic("mu_rate", rate, dims="page")
            pm.Binomial("conversions", visitors, mu_rate, dims="page")
        return model

    visitors, conversions = (experiment[name].to_numpy() for name in ("visitors", "conversions"))
    mo.md("Nothing is observed yet; `treated` is a line of its own, so that `do` can set it.")
    return conversions, pages_model, visitors


@app.cell
def libraries():
    import logging

    import pymc as pm

    # PyMC says on the screen what it is doing; only its warnings matter here.
    logging.getLogger("pymc").setLevel(logging.WARNING)
    # Four chains, run side by side.
    SAMPLER = {"nuts_sampler": "numpyro", "nuts": {"chain_method": "vectorized"}}
    SAMPLER |= {"tune": 500, "chains": 4, "progressbar": False}
    return SAMPLER, pm


@app.cell
def fit_functions(SAMPLER, pages_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def draw_prior(visitors, n, seed):
        """Return the conversions (chain, draw, page) of n tests that the priors invent."""
        # Running a model forwards once needs no compiler: take its steps one by one.
        how = {"random_seed": seed, "compile_kwargs": {"mode": "FAST_COMPILE"}}
        return pm.sample_prior_predictive(n, pages_model(visitors), **how).prior["conversions"]

    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_pages(visitors, conversions, draws, seed):
        """Return posterior draws of baseline and lift."""
        observed = pm.observe(pages_model(visitors), {"conversions": conversions})
        return pm.sample(draws, model=observed, random_seed=seed, **SAMPLER)

    return draw_prior, fit_pages


@app.cell
def prior_predictive(SEED, draw_prior, experiment, visitors):
    # slide: sub-slide
    with mo.status.spinner("Inventing 4,000 tests: some seconds, the first time"):
        prior_conversions = draw_prior(visitors, 4_000, SEED)
    gaps = prior_conversions.sel(page="new") - prior_conversions.sel(page="old")
    gap_seen = int(experiment["conversions"].diff().iloc[1])
    n_as_large = int((abs(gaps) >= gap_seen).sum())
    old_page = hdi(prior_conversions.sel(page="old"))
    ab_testing.chart_gaps(gaps, gap_seen, n_as_large)
    return gap_seen, gaps, n_as_large, old_page


@app.cell(hide_code=True)
def surprise_read(gap_seen, gaps, n_as_large, old_page):
    mo.md(f"""
    The model invents {number(old_page[0], 0)} to {number(old_page[1], 0)} buyers per 10,000 visitors of the old page in 94 % of its tests: reasonable. A gap of
    {gap_seen} buyers or more, up or down, comes up in {n_as_large} of {number(gaps.size, 0)} tests. Ours is odd *before* we fit anything.
    """)
    return


@app.cell
def fit(DRAWS, SEED, conversions, fit_pages, visitors):
    with mo.status.spinner("Sampling the posterior: about 5 s, the first time"):
        idata_pages = fit_pages(visitors, conversions, DRAWS, SEED)
    return (idata_pages,)


@app.cell
def diagnose_pages(idata_pages):
    # slide: sub-slide
    diagnostics_pages = diagnostics(idata_pages)
    show_diagnostics(diagnostics_pages)
    return (diagnostics_pages,)


@app.cell(hide_code=True)
def lift_heading():
    # notes: Aim: the effect is a contrast of two mu, draw by draw. Trap: HDI is a statement about the lift given model and data, not about repeated tests. Minutes: 4. If late: keep the chart, skip nothing.
    mo.md(r"""
    ## The posterior does not believe the dashboard

    That is, the posterior under lifts Normal(0, 0.1). `do` sets `treated` for everybody, to 1 and to 0; the lift is the contrast of
    the two buying rates, draw by draw. Because a coin chose the page, they are the rates fitted to the two arms.
    """)
    return


@app.cell
def effect(conversions, idata_pages, pages_model, pm, raw_lift, visitors):
    def rate_if(treated):
        """Return the buying rate (chain, draw) if all saw the new page (treated 1) or the old (0)."""
        observed = pm.observe(pages_model(visitors), {"conversions": conversions})
        world = pm.do(observed, {"treated": [treated, treated]})  # both arms see one page
        how = {"progressbar": False, "compile_kwargs": {"mode": "FAST_COMPILE"}}
        draws = idata_pages.posterior.to_dataset()[["baseline", "relative_lift"]]
        rates = pm.compute_deterministics(draws, model=world, merge_dataset=False, **how)
        return rates["mu_rate"].isel(page=0, drop=True)

    lift = (rate_if(1) / rate_if(0) - 1).rename("lift")
    lift_table = summarise({"relative lift": lift})
    ab_testing.chart_lift(lift, raw_lift)
    return lift, lift_table


@app.cell(hide_code=True)
def lift_read(lift_table, raw_lift):
    mo.md(f"""
    Mean {gain(lift_table["mean"][0])}, sd {percent(lift_table["sd"][0])}; the **HDI** (highest-density interval: the shortest that holds 94 % of the posterior) runs from
    {gain(lift_table["lower"][0])} to {gain(lift_table["upper"][0])}. Under this prior the page is better, but the {percent(raw_lift)} has been more than
    halved: Normal(0, 0.1) deems such lifts all but impossible.
    """)
    return


@app.cell(hide_code=True)
def predictive_read(gap_seen, replicated_gaps, share_repeated):
    mo.md(f"""
    ### Does the fitted model look like the data?

    Run again, the fitted model expects a gap of {number(replicated_gaps.mean(), 0)} buyers, and {gap_seen} or more in {percent(share_repeated, 1)} of its tests. Even after
    learning from our test it finds it strange. Prior too narrow, test broken, or rare luck: which?
    """)
    return


@app.cell
def replicate(SEED, gap_seen, idata_pages):
    # slide: fragment
    # The fitted model runs again: would it repeat the gap it was fitted to?
    _rates = idata_pages.posterior["mu_rate"].transpose("page", ...)
    _buyers = np.random.default_rng(SEED).binomial(10_000, _rates)
    replicated_gaps = _buyers[1] - _buyers[0]
    n_repeated = int((replicated_gaps >= gap_seen).sum())
    share_repeated = n_repeated / replicated_gaps.size
    ab_testing.chart_gaps(replicated_gaps, gap_seen, n_repeated, "repeated tests", "adjusted", 130)
    return n_repeated, replicated_gaps, share_repeated


@app.cell(hide_code=True)
def quadrature_heading():
    # notes: Aim: the same posterior in microseconds, by a sum over a grid; everything later stands on it. Then the slider: the prior carries the answer. Trap: it is no new model; only the arithmetic differs. Minutes: 5. If late: the comparison and the slider, not the function.
    mo.md(r"""
    ## Second way: the same posterior without a sampler

    Only the counts matter: $a$ and $b$ buyers among $n$ visitors of the old and the new page. For each lift on a
    grid, integrate the baseline rate out:

    $$L(\tau) = (1+\tau)^{b} \int_0^{1/\max(1,\,1+\tau)} p^{\,14+a+b}\,(1-p)^{599+n-a}\,\big(1 - p\,(1+\tau)\big)^{n-b}\, dp$$

    On the scale of $\log p$ the integrand peaks where a quadratic says; a bell curve there gives the integral (Laplace's method;
    Tierney & Kadane 1986). Times the prior of the lift, summed up: done.
    """)
    return


@app.function
def counts_of(prior):
    """Return Beta counts (hits, misses) of the old page, then of the new; correlated: none there."""
    known = {"flat": (1, 1, 1, 1), "independent": (15, 600, 15, 600)}
    return known.get(prior, (15, 600, 0, 1))


@app.function
def log_evidence(old, new, n, grid, shape):
    """Return the log density that counts and rates' priors give log(1 + lift), up to a constant.

    Shapes: `old`, `new` (pairs,), `grid` of log(1 + lift) (lifts,); result (pairs, lifts).
    """
    a, b, (hit, miss, new_hit, new_miss) = old[:, None], new[:, None], shape
    k, buys = np.exp(grid), hit + new_hit + a + b
    others, new_others = miss + n - a - 1, new_miss + n - b - 1
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
def posterior_of(old, new, n, prior="correlated", lift_sd=0.1, points=801):
    """Return (cdf, lifts): P(lift <= each of `lifts`), one row per pair of counts."""
    grid = np.linspace(np.log(0.3), np.log(4), points)
    density = log_evidence(np.atleast_1d(old), np.atleast_1d(new), n, grid, counts_of(prior))
    if prior == "correlated":
        density = density + log_lift_prior(grid, lift_sd)
    if prior == "heavy-tailed":  # Student's t, 3 degrees of freedom: as usual, more surprises
        density = density + stats.t.logpdf(np.expm1(grid), 3, 0, lift_sd) + grid
    return cumulate(unlog(density)), np.expm1(grid)


@app.function
def summary_of(cdf, lifts):
    """Return mean, sd, lower and upper end of the 94 % HDI of one posterior, as a frame."""
    mass, middle = np.diff(cdf[0]), (lifts[1:] + lifts[:-1]) / 2
    mean = mass @ middle
    (lower,), (upper,) = shortest(cdf, lifts, HDI_PROB)
    found = {"mean": mean, "sd": np.sqrt(mass @ (middle - mean) ** 2)}
    return pd.DataFrame([found | {"lower": lower, "upper": upper}])


@app.cell
def by_prior(experiment, lift_table, raw_lift):
    # slide: sub-slide
    _counts = *experiment["conversions"], 10_000
    _others = ["heavy-tailed", "independent", "flat"]
    _found = {name: summary_of(*posterior_of(*_counts, prior=name)) for name in _others}
    lift_quadrature = summary_of(*posterior_of(*_counts))
    by_prior = pd.concat([lift_table, lift_quadrature, *_found.values()], ignore_index=True)
    by_prior["label"] = ["sampled (PyMC)", "grid", *(f"{name} prior" for name in _others)]
    by_prior["role"] = ["adjusted", "adjusted", "naive", "naive", "naive"]
    carry_sd = ab_testing.slider(1, 60, 1, 10, "prior sd of the lift (%)")
    ab_testing.chart_by_prior(by_prior, raw_lift)
    return by_prior, carry_sd, lift_quadrature


@app.cell(hide_code=True)
def routes_read(by_prior):
    mo.md(f"""
    Sampler and grid agree: {percent(by_prior["mean"][0], 1)} and {percent(by_prior["mean"][1], 1)}. The *prior* is what matters: the priors on rates keep
    {gain(by_prior["mean"][4])} and {gain(by_prior["mean"][3])}. One with the same scale of 0.1 but heavy tails (Student's t, 3 degrees of freedom) says
    {gain(by_prior["mean"][2])}: it is not shocked by a lift of seven scales.
    """)
    return


@app.cell
def carry(carry_sd, experiment, raw_lift):
    # slide: sub-slide
    _sds = np.r_[np.linspace(0.01, 0.60, 20), carry_sd.value / 100]
    prior_carries = pd.concat(
        summary_of(*posterior_of(*experiment["conversions"], n=10_000, lift_sd=sd, points=401))
        for sd in _sds
    ).assign(lift_sd=_sds)
    ab_testing.show_carry(carry_sd, prior_carries, raw_lift)
    return (prior_carries,)


@app.cell(hide_code=True)
def carry_read(prior_carries):
    mo.md(f"""
    **This assumption carries the answer**: as the slider moves, the same counts say almost anything between no lift and the raw one,
    from {gain(prior_carries["mean"].min())} to {gain(prior_carries["mean"].max())}.
    """)
    return


@app.cell(hide_code=True)
def twyman_heading():
    # notes: Aim: a too good result may be a fault, and whether it is hangs on a third choice that most people overlook. Ask for stories of broken logging. Trap: the model above could not even think of a fault; its posterior is only as wide as its list of explanations. Minutes: 7. If late: do the exercise together.
    mo.md(r"""
    ## Twyman's law

    > Any figure that looks interesting or different is usually wrong. (See Kohavi, Tang & Xu 2020.)

    Our model knows two explanations: a real lift, and chance. It has no word for a broken test: bots on one page, sales logged
    twice.
    """)
    return


@app.cell(hide_code=True)
def twyman_choices():
    # slide: sub-slide
    mo.md(r"""
    Give it one, by three choices:

    1. how many tests are broken: **1 in 100**;
    2. what a fault does: it sets the log-lift, Normal(0, 0.5), whatever the page does;
    3. what a test that *works* shows: a usual lift, **Normal(0, 0.1)** on the log scale, say.

    Chance comes on top of both. (The model above has Normal(0, 0.1) on the lift itself: there +75 % is 7.5 sds out, on the log scale
    5.6. Which scale is a choice as well.)
    """)
    return


@app.cell
def raw_log_lift(experiment):
    _old, _new = experiment["conversions"]
    seen = np.log(_new / _old)  # the raw log-lift
    noise = np.sqrt(1 / _old + 1 / _new - 2 / 10_000)  # its standard error: chance
    working_scale = ab_testing.slider(5, 30, 1, 10, "lifts of working tests: scale (%)")
    working_tail = ab_testing.pick_tail()
    return noise, seen, working_scale, working_tail


@app.function
def density_seen(seen, noise, scale, tail="normal"):
    """Return the density of a raw log-lift: true ones of this scale and tail, chance on top."""
    shape, true = stats.norm if tail == "normal" else stats.t(3), np.linspace(-4, 4, 4_001)
    return np.sum(shape.pdf(true / scale) / scale * stats.norm.pdf(seen, true, noise)) * 0.002


@app.cell(hide_code=True)
def question_2():
    # next: skip
    mo.md(r"""
    ### Exercise 2 · complete · 5 min

    One test in 100 is broken. How probable is it that *ours* is, now that we have seen +75 %? Use Bayes' rule;
    `density_seen(seen, noise, scale)` says how well lifts of a scale explain what we saw. Do it twice:

    - working tests have lifts of scale 0.1;
    - working tests have lifts of scale 0.2 (broken ones still 0.5).

    Give `p_broken`, a list of the two probabilities, right to two decimals.
    """)
    return


@app.cell
def exercise_2_twyman(noise, seen):
    # A list of two probabilities. Each explanation has a share of all tests, and a density.
    # solution
    _broken = 0.01 * density_seen(seen, noise, 0.5)
    _works = [0.99 * density_seen(seen, noise, scale) for scale in (0.1, 0.2)]
    p_broken = [_broken / (_broken + works) for works in _works]
    p_broken
    return (p_broken,)


@app.cell(hide_code=True)
def check_2(noise, p_broken, seen, set_progress):
    check_2 = ab_testing.judge_2(p_broken, seen, noise).noted(2, set_progress)
    check_2
    return (check_2,)


@app.cell
def under_each_prior(noise, seen):
    _named = {"Normal, sd 0.1": (0.1,), "Normal, sd 0.15": (0.15,), "Normal, sd 0.2": (0.2,)}
    _named["Student's t (3), scale 0.1"] = 0.1, "t"
    _found = [chance_broken(seen, noise, 0.01, *prior) for prior in _named.values()]
    suspicion = pd.DataFrame({"lifts of working tests": list(_named), "P(broken)": _found})
    suspicion_curve = pd.DataFrame({"scale": np.linspace(0.05, 0.3, 26)})
    for _tail in ("normal", "t"):
        _chances = [chance_broken(seen, noise, 0.01, s, _tail) for s in suspicion_curve["scale"]]
        suspicion_curve[_tail] = _chances
    return suspicion, suspicion_curve


@app.cell
def suspicion_shown(
    check_2,
    noise,
    seen,
    suspicion_curve,
    working_scale,
    working_tail,
):
    # slide: sub-slide
    _scale, _controls = working_scale.value / 100, [working_scale, working_tail]
    p_now = chance_broken(seen, noise, 0.01, _scale, working_tail.value)
    _view = ab_testing.show_suspicion(_controls, suspicion_curve, _scale, p_now)
    ab_testing.after(check_2, _view, exercise=2)
    return


@app.cell(hide_code=True)
def suspicion_read(check_2, noise, seen):
    # slide: fragment
    _read = mo.md(f"""
    Three choices count. At 1 broken test in 1,000, {number(chance_broken(seen, noise))} would be {number(chance_broken(seen, noise, 0.001))}; with faults of sd 0.2, {number(chance_broken(seen, noise, fault=0.2))}.
    The third, the prior for *working* tests, hides in the word "usual". The split, the logs and the bots may tell; *from the counts
    alone* nobody can say whether this test is broken without saying which lifts are usual.
    """)
    ab_testing.after(check_2, _read, "reading", exercise=2)
    return


@app.cell(hide_code=True)
def decide_heading():
    # notes: Aim: a posterior is not a decision. Four rules, four questions. Trap: P(lift > 0) says nothing about size. Minutes: 10. If late: show the table of four tests and ask which rule the room uses.
    mo.md(r"""
    ## Ship it? Four rules

    1. **P(lift > 0)** above 97 %: is it better at all?
    2. **P(lift > 5 %)** above 50 %: is it better by what makes it worth while?
    3. **Expected loss** in money: which mistake costs less on average?
    4. **HDI + ROPE**: does the 94 % HDI lie outside the *region of practical equivalence*, here a lift within ±5 %? Wholly inside:
       call them equal. Else: undecided (Kruschke 2018).
    """)
    return


@app.cell
def decide():
    MARGIN = 0.05  # lifts within ±5 % are as good as none; a lift must exceed it to be worth while
    BASELINE = 15 / 615  # the prior's mean: 2.4 % of visitors buy
    REVENUE = 1_000_000 * BASELINE * 40  # € a year: a million visitors, 2.4 % buy for €40

    def judge(old, new, n):
        """Return what each rule computes from the counts of one experiment."""
        cdf, lifts = posterior_of(old, new, n)
        middle, mass = (lifts[1:] + lifts[:-1]) / 2, np.diff(cdf[0])
        (better,), (worthwhile,) = (chance_above(cdf, lifts, least) for least in (0, MARGIN))
        found = {"better": better, "worthwhile": worthwhile}
        found["loss if shipped"] = REVENUE * mass @ np.maximum(-middle, 0)  # € a year
        found["loss if kept"] = REVENUE * mass @ np.maximum(middle, 0)
        (found["lower"],), (found["upper"],) = shortest(cdf, lifts, HDI_PROB)
        return found

    return BASELINE, MARGIN, REVENUE, judge


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


@app.cell
def four_tests(MARGIN, judge):
    # slide: sub-slide
    TESTS = {
        "our test": (200, 350, 10_000),
        "a hint": (244, 275, 10_000),
        "small but sure": (24_390, 25_100, 1_000_000),
        "nothing": (24_390, 24_420, 1_000_000),
    }
    judged = pd.DataFrame({label: judge(*counts) for label, counts in TESTS.items()}).T
    ab_testing.show_tests(TESTS, judged, verdicts(judged, MARGIN))
    return TESTS, judged


@app.cell
def two_doubts(SEED, TESTS, judged, suspicion):
    # A broken test says nothing: the lift is then as likely up as down.
    _broken, _better = suspicion["P(broken)"], judged["better"]["our test"]
    all_told = suspicion.assign(better=0.5 * _broken + (1 - _broken) * _better)
    # A grid gives draws as well: put uniform numbers through the inverse of its cdf.
    _cdf, _lifts = posterior_of(*TESTS["a hint"])
    hint_lift = np.interp(np.random.default_rng(SEED).uniform(size=20_000), _cdf[0], _lifts)
    return all_told, hint_lift


@app.cell(hide_code=True)
def verdict_read(judged):
    mo.md(f"""
    All rules ship our test, *if it works*. On *a hint* they part: shipping risks {number(judged["loss if shipped"]["a hint"], 0, "€")} a year on average, keeping forgoes
    {number(judged["loss if kept"]["a hint"], 0, "€")}. *Small but sure* is surely above zero, yet as good as equal. Choose your question before the test.
    """)
    return


@app.cell(hide_code=True)
def doubt_read(all_told, check_2):
    # slide: sub-slide
    _read = mo.md(f"""
    Count in that our test may be broken: P(lift > 0) is {number(all_told["better"][0])} where usual log-lifts are Normal(0, 0.1), since P(broken) = {number(all_told["P(broken)"][0])},
    but {number(all_told["better"][3])} where their tails are heavy, since P(broken) = {number(all_told["P(broken)"][3])}.
    """)
    _table = as_table(all_told.rename(columns={"better": "P(lift > 0)"}))
    ab_testing.after(check_2, mo.vstack([_table, _read]), "table", exercise=2)
    return


@app.cell(hide_code=True)
def question_3():
    # next: skip
    mo.md(r"""
    ### Exercise 3 · complete · 5 min

    The shop has costs: the new page costs €20,000 a year to run, the old one nothing. `hint_lift` holds 20,000 posterior draws of
    the relative lift in *a hint*; a lift of 1 would be worth `REVENUE` euros a year.

    Compute `regret_ship`, the expected loss of shipping: how much, on average over the draws, the old page would have earned
    *more* than the new one, counting 0 where the new one earns more. In euros a year.
    """)
    return


@app.cell
def exercise_3_regret(REVENUE, hint_lift):
    # One number, in euros a year. The gain of the new page, draw by draw, comes first.
    # solution
    _gain = REVENUE * hint_lift - 20_000
    regret_ship = float(np.maximum(-_gain, 0).mean())
    regret_ship
    return (regret_ship,)


@app.cell(hide_code=True)
def check_3(REVENUE, hint_lift, regret_ship, set_progress):
    check_3 = ab_testing.judge_3(regret_ship, hint_lift, REVENUE).noted(3, set_progress)
    check_3
    return


@app.cell(hide_code=True)
def power_heading(N_EXPERIMENTS):
    # notes: Aim: plan by simulation, in five steps that fit on a hand. Trap: power is a property of the rule and the true lift, not of the data you will have. Minutes: 8. If late: the live chart only.
    mo.md(f"""
    ## How many visitors do we need?

    Simulate experiments before you run one:

    1. choose a true lift;
    2. simulate the counts of an experiment with $n$ visitors per page;
    3. compute its posterior;
    4. apply the rule: does the 94 % HDI exclude the ROPE?
    5. repeat, {N_EXPERIMENTS} times for each lift and each $n$.

    The share of experiments that claim a difference is the **power**; where the true lift is zero, it is the **false-positive rate**.
    """)
    return


@app.cell
def simulated_counts(BASELINE, N_EXPERIMENTS, SEED):
    TRUE_LIFTS = [-0.25, -0.125, 0.0, 0.125, 0.25]
    VISITORS = [100, 1_000, 2_500, 5_000, 10_000, 20_000, 40_000, 60_000, 80_000]
    _rng = np.random.default_rng(SEED)
    counts = {
        (true_lift, n): _rng.binomial(n, [BASELINE, BASELINE * (1 + true_lift)], (N_EXPERIMENTS, 2))
        for true_lift in TRUE_LIFTS
        for n in VISITORS
    }
    # The posterior depends on the counts alone: compute each pair once.
    pairs = {cell: np.unique(c, axis=0, return_counts=True) for cell, c in counts.items()}
    n_all, n_pairs = len(counts) * N_EXPERIMENTS, sum(len(p) for p, _ in pairs.values())
    return TRUE_LIFTS, VISITORS, counts, n_all, n_pairs, pairs


@app.cell
def evidence_function(BASELINE, pairs):
    def evidence_of(prior):
        """Return (true lift, n) -> grid, and the evidence of every pair of counts on it."""
        found = {}
        for (true_lift, n), (p, _) in pairs.items():
            grid = grid_of(true_lift, counts_of(prior)[2] + n * BASELINE, prior)
            log_density = log_evidence(p[:, 0], p[:, 1], n, grid, counts_of(prior))
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


@app.cell
def rules(N_EXPERIMENTS, pairs):
    def claims_of(ends, margin):
        """Return rule -> whether each HDI makes its claim."""
        lower, upper = ends
        return {
            "HDI excludes 0": (lower > 0) | (upper < 0),
            "HDI outside ROPE": (lower > margin) | (upper < -margin),
            "HDI inside ROPE": (lower > -margin) & (upper < margin),
        }

    def rates_of(intervals, margin):
        """Return a frame: share of experiments that make each claim, per true lift and n."""
        rows = []
        for (true_lift, n), ends in intervals.items():
            for rule, claimed in claims_of(ends, margin).items():
                rate = np.average(claimed, weights=pairs[true_lift, n][1])
                row = {"true_lift": true_lift, "n_per_arm": n, "rule": rule}
                rows.append(row | rate_with_error(rate, N_EXPERIMENTS))
        return pd.DataFrame(rows)

    return claims_of, rates_of


@app.cell
def power_bayes(MARGIN, evidence_of, rates_of):
    evidence = {name: evidence_of(name) for name in ("flat", "independent", "correlated")}
    _sd = {"flat": None, "independent": None, "correlated": 0.1}
    power_by_prior = pd.concat(
        rates_of(intervals_of(found, HDI_PROB, _sd[name]), MARGIN).assign(prior=name)
        for name, found in evidence.items()
    )
    return evidence, power_by_prior


@app.cell
def power_table(N_EXPERIMENTS, counts, power_by_prior):
    # slide: sub-slide
    _rows = []
    for (_lift, _n), _c in counts.items():
        _rate = (np.abs(z_test(_c[:, 0], _c[:, 1], _n)) > stats.norm.ppf(0.975)).mean()
        _row = {"prior": "none", "true_lift": _lift, "n_per_arm": _n, "rule": "z-test, p < 0.05"}
        _rows.append(_row | rate_with_error(_rate, N_EXPERIMENTS))
    _columns = ["prior", "true_lift", "n_per_arm", "rule", "rate", "monte_carlo_se"]
    power = pd.concat([power_by_prior, pd.DataFrame(_rows)], ignore_index=True)[_columns]
    _at = power.query("n_per_arm == 40_000 and true_lift == 0.125 and rule != 'HDI inside ROPE'")
    power_at = _at.set_index(["prior", "rule"])["rate"]
    as_table(_at.drop(columns=["true_lift", "n_per_arm"]), digits=3)
    return power, power_at


@app.cell(hide_code=True)
def power_read(N_EXPERIMENTS, n_all, n_pairs, power_at):
    mo.md(f"""
    {number(n_all, 0)} experiments, {number(n_pairs, 0)} different pairs of counts. With 40,000 visitors per page and a true lift of +12.5 %, the HDI excludes the ROPE in
    {percent(power_at["flat", "HDI outside ROPE"])} of experiments under the flat prior and in {percent(power_at["correlated", "HDI outside ROPE"])} under the correlated one.
    `monte_carlo_se` is the standard error that {N_EXPERIMENTS} experiments leave.
    """)
    return


@app.cell(hide_code=True)
def live_heading(n_all):
    # notes: Aim: power is a choice of rule. Let the room move one slider at a time and predict the direction first. Trap: a wider ROPE is not a "stricter alpha". Minutes: 5. If late: prior width only.
    mo.md(f"""
    ## Move the rule, redraw the power

    What was costly (the evidence of each pair of counts) is kept. Width of the prior, level of the HDI and ROPE only reweigh it: all
    {number(n_all, 0)} posteriors again, at each move.
    """)
    return


@app.cell
def live_sliders():
    live_sd = ab_testing.slider(5, 30, 2.5, 10, "prior sd (%)")
    live_level = ab_testing.slider(80, 99, 1, 94, "HDI level (%)")
    live_rope = ab_testing.slider(0, 15, 1, 5, "ROPE ± (%)")
    _traffic = [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000]
    plan_rate = ab_testing.slider(0.5, 30, 0.5, 2.5, "your buying rate (%)")
    plan_lift = ab_testing.slider(1, 50, 1, 10, "smallest lift worth having (%)")
    plan_traffic = ab_testing.steps(_traffic, 20_000, "visitors a week, both pages")
    return live_level, live_rope, live_sd, plan_lift, plan_rate, plan_traffic


@app.cell
def live_shown(evidence, live_level, live_rope, live_sd, power, rates_of):
    # slide: sub-slide
    _level, _rope = live_level.value, live_rope.value
    _intervals = intervals_of(evidence["correlated"], _level / 100, live_sd.value / 100)
    live_power = rates_of(_intervals, _rope / 100).query("rule == 'HDI outside ROPE'")
    _z_test = power.query("prior == 'none'")
    ab_testing.show_power([live_sd, live_level, live_rope], live_power, _z_test, _level, _rope)
    return (live_power,)


@app.cell(hide_code=True)
def live_read():
    mo.md("""
    A wider ROPE or a higher level costs power, a wider prior wins some back. Where the true lift is zero, the z-test stays at 5 %,
    however many visitors come; a ROPE brings the HDI rule towards none.
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
    # slide: skip
    z_plan = pd.DataFrame({"true_lift": [w for w in TRUE_LIFTS if w != 0]})
    z_plan["visitors_per_page"] = z_visitors(z_plan["true_lift"], BASELINE)
    visitors_for = z_plan.set_index("true_lift")["visitors_per_page"]
    as_table(z_plan.assign(true_lift=[gain(w, 1) for w in z_plan["true_lift"]]), digits=0)
    return visitors_for, z_plan


@app.cell(hide_code=True)
def plan_read(visitors_for):
    # slide: sub-slide
    mo.md(f"""
    The z-test reaches 80 % power with {number(visitors_for[0.25], 0)} visitors per page for a lift of +25 %, with {number(visitors_for[0.125], 0)} for +12.5 %: half the
    lift, nearly four times the visitors. To *exclude a ROPE* takes more still: a lift of 12.5 % is only 7.5 points away from it.
    """)
    return


@app.cell
def plan_shown(plan_lift, plan_rate, plan_traffic):
    # slide: fragment
    n_plan = z_visitors(plan_lift.value / 100, plan_rate.value / 100)
    weeks = 2 * n_plan / plan_traffic.value
    ab_testing.show_plan([plan_rate, plan_lift, plan_traffic], n_plan, weeks)
    return n_plan, weeks


@app.cell(hide_code=True)
def transfer_heading():
    # notes: Aim: the whole method once more, by oneself, with other numbers: prior, fault, decision, visitors. Trap: the first shop's prior and costs. Minutes: 10. If late: do `lift` and `decision` together.
    mo.md("""
    ## Your turn: the sister shop

    A sister shop, with the same buying rate and revenue, has tested as well. Her past tests say: lifts are usually Normal(0, 0.05),
    and 1 test in 50 was broken. Her new page costs €100,000 a year. (For lifts so small the log scale is nearly the same: use 0.05
    for both.)
    """)
    return


@app.function
def sister_shop():
    """Return her test: visitors a page, buyers; and her past: sd of lifts, share of broken tests."""
    test = {"visitors": 20_000, "old": 480, "new": 566}
    return test | {"lift_sd": 0.05, "share_broken": 0.02, "cost": 100_000}  # € a year


@app.function
def chance_broken(seen, noise, share=0.01, usual=0.1, tail="normal", fault=0.5):
    """Return P(broken | raw log-lift): `share` of all tests are broken, others have usual lifts.

    `usual` is the scale of working tests' log-lifts, `fault` that of broken ones'.
    """
    works = (1 - share) * density_seen(seen, noise, usual, tail)
    broken = share * density_seen(seen, noise, fault)
    return float(broken / (works + broken))


@app.cell(hide_code=True)
def question_4():
    # next: skip
    mo.md("""
    ### Exercise 4 · build · 8 min

    What do you tell her? Give `answer`, a dictionary:

    - `lift`: the posterior mean of the relative lift, under her prior (correlated);
    - `p_broken`: how probable it is that her test is broken, by `chance_broken`;
    - `decision`: `"ship"` or `"keep"`: does the mean lift, if the test works, earn more than the page costs?
    - `region`: what HDI + ROPE says, with `MARGIN`: `"better"`, `"worse"`, `"equal"` or `"undecided"`;
    - `visitors`: per page, for 80 % power of the z-test at a true lift of +10 %.

    `posterior_of` takes `lift_sd`; `summary_of` reads a posterior.
    """)
    return


@app.cell
def exercise_4_build(BASELINE, MARGIN, REVENUE):
    # The shop's numbers: a dictionary. Its raw log-lift and the standard error of that.
    _shop = sister_shop()
    _old, _new, _n = _shop["old"], _shop["new"], _shop["visitors"]
    _seen, _noise = np.log(_new / _old), np.sqrt(1 / _old + 1 / _new - 2 / _n)
    # solution
    _found = summary_of(*posterior_of(_old, _new, _n, lift_sd=_shop["lift_sd"])).iloc[0]
    answer = {
        "lift": _found["mean"],
        "p_broken": chance_broken(_seen, _noise, _shop["share_broken"], _shop["lift_sd"]),
        "decision": "ship" if REVENUE * _found["mean"] > _shop["cost"] else "keep",
        "region": region_verdict(_found["lower"], _found["upper"], MARGIN),
        "visitors": z_visitors(0.1, BASELINE),
    }
    as_table(pd.DataFrame([answer]), digits=3)
    return (answer,)


@app.cell(hide_code=True)
def check_4(BASELINE, MARGIN, REVENUE, answer, set_progress):
    check_4 = ab_testing.judge_4(
        answer,
        sister_shop() | {"revenue": REVENUE, "margin": MARGIN, "baseline": BASELINE},
        posterior_of,
        chance_broken,
        z_visitors,
    )
    check_4.noted(4, set_progress)
    return


@app.cell(hide_code=True)
def assurance_heading():
    # notes: Aim: power answers "if the lift is w"; assurance averages over what we believe about w. Trap: more visitors do not bring assurance to 100 %. Minutes: 4. If late: say the ceiling and go on.
    mo.md(r"""
    ## Assurance: the chance that the test will say something · optional

    Nobody knows the true lift. Draw it from the prior as well, then simulate. The share of experiments that end with a claim is the
    **assurance** (O'Hagan, Stevens & Campbell 2005).
    """)
    return


@app.cell
def assurance(BASELINE, MARGIN, N_EXPERIMENTS, SEED, VISITORS, claims_of):
    # slide: sub-slide
    _rng, _rows = np.random.default_rng(SEED + 1), []
    for _n in VISITORS:
        _true = _rng.normal(0, 0.1, N_EXPERIMENTS)
        _old, _new = (
            _rng.binomial(_n, BASELINE, N_EXPERIMENTS),
            _rng.binomial(_n, BASELINE * (1 + _true)),
        )
        _ends = shortest(*posterior_of(_old, _new, _n, points=401), HDI_PROB)
        for _rule, _said in claims_of(_ends, MARGIN).items():
            _row = {"n_per_arm": _n, "label": _rule}
            _rows.append(_row | rate_with_error(_said.mean(), N_EXPERIMENTS))
    assurance_by_n = pd.DataFrame(_rows)
    assurance_last = assurance_by_n.query("n_per_arm == 80_000").set_index("label")["rate"]
    ceiling = float(2 * stats.norm.sf(MARGIN / 0.1))  # lifts beyond the ROPE, under the prior
    ab_testing.chart_assurance(assurance_by_n, ceiling)
    return assurance_by_n, assurance_last, ceiling


@app.cell(hide_code=True)
def assurance_read(assurance_last, ceiling):
    mo.md(f"""
    With 80,000 visitors per page, {percent(assurance_last["HDI outside ROPE"])} of the experiments end outside the ROPE. The ceiling is the prior itself: only
    {percent(ceiling)} of lifts are beyond 5 %, up or down, and half of those are losses. "80 % power" was no 80 % chance to win.
    """)
    return


@app.cell(hide_code=True)
def bug_heading():
    # notes: Aim: units are part of a model. This bug was found in published code, it is easy to make, and the pictures look fine. Trap: nobody sees it in a plot. Minutes: 6. If late: keep, it is quick.
    mo.md(r"""
    ## Find the bug in a power analysis · optional

    A colleague's power analysis (after one that was published) asks the same question: does the 95 % HDI of the lift exclude a ROPE
    of ±5 %? With flat priors, 40,000 visitors per page and true lifts near zero (Normal(0, 0.01)) it claims a difference in some
    5 % of experiments; near +12.5 %, in about 75 %.

    Odd: 5 % false alarms is what a rule *without* a ROPE would give. Where did the ROPE go?
    """)
    return


@app.cell
def bug_data(BASELINE, SEED):
    def simulate_near(rng, middle, size=2_000, n=40_000):
        """Return lower and upper ends of 95 % HDIs, flat priors, true lifts near `middle`."""
        lifts = rng.normal(middle, 0.01, size)
        old, new = rng.binomial(n, BASELINE, size), rng.binomial(n, BASELINE * (1 + lifts))
        lower, upper = shortest(*posterior_of(old, new, n, "flat", points=401), 0.95)
        return pd.DataFrame({"lower": lower, "upper": upper, "lift_near": middle})

    _rng = np.random.default_rng(SEED + 2)
    published = pd.concat([simulate_near(_rng, 0.0), simulate_near(_rng, 0.125)], ignore_index=True)
    return (published,)


@app.cell(hide_code=True)
def question_5():
    # next: skip
    mo.md(r"""
    ### Exercise 5 · fix · 5 min

    `published` holds one row per simulated experiment: `lower` and `upper`, the ends of the 95 % HDI of the *relative lift*, and
    `lift_near`, the true lift it was drawn near (0 or 0.125). The colleague's code below has the bug. Find it, and give
    `mended_rates`: the share of experiments that claim a difference, for lifts near 0 and near 0.125, in this order.
    """)
    return


@app.cell
def exercise_5_rope(BASELINE, published):
    # Five per cent of the conversion rate, both sides:
    _rope = 0.05 * BASELINE
    _claims = (published["lower"] > _rope) | (published["upper"] < -_rope)
    _rates = _claims.groupby(published["lift_near"]).mean()
    # solution
    _mended = (published["lower"] > 0.05) | (published["upper"] < -0.05)
    mended_rates = _mended.groupby(published["lift_near"]).mean().to_numpy()
    mended_rates
    return (mended_rates,)


@app.cell(hide_code=True)
def check_5(BASELINE, mended_rates, published, set_progress):
    check_5 = ab_testing.judge_5(mended_rates, published, BASELINE).noted(5, set_progress)
    check_5
    return


@app.cell(hide_code=True)
def peek_heading():
    # notes: Aim: looking often and stopping at the first success changes the procedure. Trap: "Bayesians may peek" is true of calibration under the prior, false of the false-positive rate. Minutes: 8. If late: exercise and chart.
    mo.md(r"""
    ## May we look before the end? · optional

    The test runs until 20,000 visitors per page. Somebody looks $k$ times, at equal distances, and
    stops at the first look that claims a difference. There is *no* true lift.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    # slide: fragment
    # next: skip
    mo.md(r"""
    ### Exercise 6 · predict · 2 min

    With one look at the end, p < 0.05 gives 5 % false positives. With 20 looks, stopping at the first p < 0.05, how many? Answer
    with one of `"about 5 %"`, `"about 10 %"`, `"about 25 %"`, `"about 50 %"`.
    """)
    return


@app.cell
def exercise_6_peek():
    # Your prediction, as one of the four texts above.
    # solution
    peeking_guess = "about 25 %"
    peeking_guess
    return (peeking_guess,)


@app.cell(hide_code=True)
def check_6(peeking_guess, set_progress):
    check_6 = ab_testing.judge_6(peeking_guess).noted(6, set_progress)
    check_6
    return (check_6,)


@app.cell
def peek_claims(MARGIN, claims_of):
    def at_every_look(rng, lifts, rate, looks=20):
        """Return buyers so far on both pages, shape (looks, worlds, 2); 1,000 visitors a look."""
        rates = np.column_stack([np.full(len(lifts), rate), rate * (1 + lifts)])
        return np.cumsum(rng.binomial(1_000, rates, (looks, *rates.shape)), axis=0)

    def claims_at(now, n):
        """Return rule -> whether each world claims a difference at this look."""
        flat, correlated = (posterior_of(*now.T, n, p, points=241) for p in ("flat", "correlated"))
        ends = shortest(*correlated, HDI_PROB)
        return {
            "p < 0.05": np.abs(z_test(*now.T, n)) > stats.norm.ppf(0.975),
            "P(lift > 0), flat prior": np.abs(chance_above(*flat, 0) - 0.5) > 0.475,
            "P(lift > 0), correlated prior": np.abs(chance_above(*correlated, 0) - 0.5) > 0.475,
            "HDI + ROPE, correlated prior": claims_of(ends, MARGIN)["HDI outside ROPE"],
        }

    return at_every_look, claims_at


@app.cell
def peek(BASELINE, N_WORLDS, SEED, at_every_look, check_6, claims_at):
    # slide: sub-slide
    _seen = at_every_look(np.random.default_rng(SEED + 3), np.zeros(N_WORLDS), BASELINE)
    _claims = [claims_at(now, 1_000 * k) for k, now in enumerate(_seen, start=1)]
    _claimed = {rule: np.array([claim[rule] for claim in _claims]) for rule in _claims[0]}
    # With k looks, only every (20 / k)-th of the 20 is taken: the last one always.
    peeking = pd.DataFrame(
        [
            (rule, k, said[20 // k - 1 :: 20 // k].any(axis=0).mean())
            for rule, said in _claimed.items()
            for k in (1, 2, 4, 5, 10, 20)
        ],
        columns=["rule", "looks", "false_positive_rate"],
    )
    at_20 = peeking.query("looks == 20").set_index("rule")["false_positive_rate"]
    ab_testing.after(check_6, ab_testing.chart_peeking(peeking, N_WORLDS), exercise=6)
    return at_20, peeking


@app.cell(hide_code=True)
def peek_read(N_WORLDS, at_20, check_6):
    # slide: fragment
    _read = mo.md(f"""
    P(lift > 0) under a flat prior is the p-value in other clothes. The correlated prior brings twenty looks to
    {percent(at_20["P(lift > 0), correlated prior"])} false positives, the ROPE to {seen_share(at_20["HDI + ROPE, correlated prior"], N_WORLDS)}: a sceptical prior and a ROPE protect, the
    word *Bayesian* does not.
    """)
    ab_testing.after(check_6, _read, "reading", exercise=6)
    return


@app.cell
def peek_under_prior(BASELINE, N_WORLDS, SEED, at_every_look):
    _rng = np.random.default_rng(SEED + 4)
    _lifts = _rng.normal(0, 0.1, N_WORLDS)  # now the truth is drawn from the prior
    _seen = enumerate(at_every_look(_rng, _lifts, BASELINE), start=1)
    _better = np.array(
        [chance_above(*posterior_of(*now.T, 1_000 * k, points=241), 0) for k, now in _seen]
    )
    _sure = np.abs(_better - 0.5) > 0.475
    stopped = _sure.any(axis=0)
    _said = np.take_along_axis(_better, _sure.argmax(axis=0)[None], axis=0)[0]
    stopped_right = float(((_lifts > 0) == (_said > 0.5))[stopped].mean())
    stopped_believed = float(np.maximum(_said, 1 - _said)[stopped].mean())
    return stopped, stopped_believed, stopped_right


@app.cell(hide_code=True)
def calibrate_read(stopped, stopped_believed, stopped_right):
    mo.md(f"""
    ### Then why do they say that Bayesians may peek?

    Draw the true lifts from the correlated prior instead, peek 20 times, stop at the first P(lift > 0) beyond 97.5 % either way. Of the
    {percent(stopped.mean())} that stop, {percent(stopped_right, 1)} have the sign right; on average they had claimed {percent(stopped_believed, 1)}.

    **Stopping did not spoil the posterior**, provided that lifts do come from the prior. The false-positive rate asks about one special
    truth, zero. Two guarantees; know which one you sold.
    """)
    return


@app.cell(hide_code=True)
def multiple_heading():
    # notes: Aim: even without any bias, looking often enough finds something. Trap: blaming the threshold; the fault is to hide how many were tried. Minutes: 6. If late: move the slider three times, state the formula.
    mo.md("""
    ## Twenty treatments that do nothing · optional

    A team tests 20 changes to a page, each on 500 users by a fair coin. None does anything. For each it computes a p-value; at
    p < 0.05 it calls the change a success. Each position of the slider is another month.
    """)
    return


@app.function
def null_p_values(seed, tests=20, n=500):
    """Return the p-values of `tests` randomised comparisons in which nothing happens."""
    rng = np.random.default_rng(seed)
    treated, outcome = rng.integers(0, 2, (tests, n)), rng.normal(size=(tests, n))
    share = treated.mean(axis=1)
    gap = (outcome * (treated - share[:, None])).mean(axis=1) / (share * (1 - share))
    z = gap * np.sqrt(n * share * (1 - share))  # the outcome's sd is known: 1
    return 2 * stats.norm.sf(abs(z))


@app.cell
def month_slider():
    month = ab_testing.slider(1, 24, 1, 1, "month")
    return (month,)


@app.cell
def month_shown(SEED, month):
    # slide: fragment
    p_values = null_p_values(SEED + 1_000 * month.value)
    ab_testing.show_month(month, p_values)
    return (p_values,)


@app.cell(hide_code=True)
def question_7():
    # next: skip
    mo.md("""
    ### Exercise 7 · complete · 3 min

    Every "success" in the picture, month by month, is false: no confounder, no collider, only many tests. Give

    - `chance_of_alarm`: the exact chance that at least one of 20 independent null tests has p < 0.05,
    - `stricter_threshold`: a threshold for each test, above 0.001, with which that chance is at most 0.05.
    """)
    return


@app.cell
def exercise_7_complete():
    # Two numbers between 0 and 1.
    # solution
    chance_of_alarm = 1 - 0.95**20
    stricter_threshold = 0.05 / 20
    as_table(pd.DataFrame({"chance": [chance_of_alarm], "threshold": stricter_threshold}), digits=4)
    return chance_of_alarm, stricter_threshold


@app.cell(hide_code=True)
def check_7(chance_of_alarm, set_progress, stricter_threshold):
    check_7 = ab_testing.judge_7([chance_of_alarm, stricter_threshold]).noted(7, set_progress)
    check_7
    return


@app.cell(hide_code=True)
def cuped_heading():
    # notes: Aim: the past of a customer explains noise; taking it out is worth visitors. Trap: CUPED removes noise, not bias; there is none here. Minutes: 8. If late: chart of the sd ratio and the warning.
    mo.md(r"""
    ## The same answer from fewer visitors · optional

    Another shop, another outcome: what a customer spends. Estimand: $E[Y_1(1) - Y_1(0)]$, in €10 per customer; truth 2. Known: what
    she spent *before*. $n = 100$ customers,

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
    _past = customers["before"] - customers["before"].mean()
    theta_by_hand = customers["before"].cov(customers["after"]) / customers["before"].var()
    customers["adjusted"] = customers["after"] - theta_by_hand * _past
    # next: code
    return customers, theta_by_hand


@app.cell
def joint_model(pm):
    def ancova_model(treated, before):
        """Return one regression (ANCOVA): θ is learnt together with the effect."""
        with pm.Model(coords={"customer": range(len(treated))}) as model:
            treated = pm.Data("treated", treated, dims="customer")
            past = pm.Data("past", before - before.mean(), dims="customer")
            theta = pm.Normal("theta", 0, 2)  # € after per € before
            effect = pm.Normal("effect", 0, 5)  # €50, either way
            level = pm.Normal("level", 8, 5)  # €80, give or take €50
            sigma = pm.HalfNormal("sigma", 3)  # €30
            mu = level + effect * treated + theta * past
            mu_spend = pm.Deterministic("mu_spend", mu, dims="customer")
            pm.Normal("spend", mu_spend, sigma, dims="customer")
        return model

    "ANCOVA, analysis of covariance: θ is learnt together with the effect"
    return (ancova_model,)


@app.cell
def fit_customers(SAMPLER, ancova_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_ancova(treated, before, after, draws, seed):
        """Return posterior draws of the regression; a constant `before` says nothing."""
        observed = pm.observe(ancova_model(treated, before), {"spend": after})
        names = ["level", "effect", "theta", "sigma"]
        return pm.sample(draws, model=observed, var_names=names, random_seed=seed, **SAMPLER)

    return (fit_ancova,)


@app.cell
def fitted_customers(DRAWS, SEED, customers, fit_ancova):
    _t, _past, _after, _adjusted = (
        customers[name].to_numpy() for name in ("treated", "before", "after", "adjusted")
    )
    _analyses = {
        "after only": (_t, 0 * _past, _after),
        "CUPED by hand": (_t, 0 * _past, _adjusted),
        "joint model": (_t, _past, _after),
    }
    with mo.status.spinner("Sampling three regressions: about 15 s, the first time"):
        spend_fits = {name: fit_ancova(*data, DRAWS, SEED) for name, data in _analyses.items()}
    return (spend_fits,)


@app.cell
def diagnose_customers(spend_fits):
    # slide: skip
    diagnostics_customers = pd.concat(diagnostics(fit) for fit in spend_fits.values())
    diagnostics_customers.index = pd.Index(spend_fits, name="fit")
    as_table(diagnostics_customers, digits=3)
    return (diagnostics_customers,)


@app.cell
def cuped_effects(spend_fits):
    # slide: sub-slide
    cuped_table = summarise({name: fit.posterior["effect"] for name, fit in spend_fits.items()})
    cuped_sd_ratio = float(cuped_table["sd"].iloc[2] / cuped_table["sd"].iloc[0])
    ab_testing.chart_cuped(cuped_table, cuped_sd_ratio)
    return cuped_sd_ratio, cuped_table


@app.cell(hide_code=True)
def cuped_read(cuped_sd_ratio, cuped_table, theta_by_hand):
    mo.md(f"""
    All three fits keep the course's rule. With θ = {number(theta_by_hand)} the posterior sd falls from {number(cuped_table["sd"][0], 3)} to {number(cuped_table["sd"][1], 3)} by hand, {number(cuped_table["sd"][2], 3)} jointly: a ratio of {number(cuped_sd_ratio)}. The variance
    shrinks to $1 - \\rho^2$ of itself, with $\\rho$ the correlation of past and outcome within an arm: worth
    {percent(1 / cuped_sd_ratio**2 - 1)} more customers, free of charge. By hand θ counts as known; jointly its doubt is carried along.
    """)
    return


@app.cell(hide_code=True)
def bad_heading():
    # notes: Aim: the same line of code with a covariate measured too late is a bias machine. Trap: it also narrows the interval, so it looks like success. Minutes: 11. If late: chart only.
    mo.md(r"""
    ## When "before" is not before · optional

    Suppose the covariate is measured *during* the test: page views this week, say. They rise with what a customer spent before, and
    the treatment itself moves them by `leak`. They are an *effect* of the treatment: the arms now differ in them by more than
    chance.
    """)
    return


@app.cell
def by_arm():
    def difference(values, treated):
        """Return mean of the treated minus mean of the others, along the last axis."""
        arms = (treated, 1 - treated)
        one, other = ((values * arm).sum(-1) / arm.sum(-1) for arm in arms)
        return one - other

    def remove_past(after, covariate):
        """Return `after` minus what the covariate predicts (theta pooled), along the last axis."""
        past = covariate - covariate.mean(-1, keepdims=True)
        theta = (past * after).sum(-1, keepdims=True) / (past**2).sum(-1, keepdims=True)
        return after - theta * past

    leak = ab_testing.slider(0, 2, 0.25, 1, "leak: effect of the treatment on the covariate")
    return difference, leak, remove_past


@app.cell
def adjusted_late(SEED, difference, leak, remove_past):
    # slide: sub-slide
    _half = np.repeat([0, 1], 50)  # 50 customers each; chance has shuffled everything else
    _past, _noise, _wobble = np.random.default_rng(SEED + 6).normal(size=(3, 600, 100))
    _after = 8 + _past + 2 * _half + _noise
    _during = _past + leak.value * _half + 0.3 * _wobble
    late_effects = {
        "no adjustment": difference(_after, _half),
        "measured before": difference(remove_past(_after, _past), _half),
        "measured during": difference(remove_past(_after, _during), _half),
    }
    ab_testing.show_leak(leak, late_effects)
    return (late_effects,)


@app.cell(hide_code=True)
def leak_read(late_effects, leak):
    mo.md(f"""
    CUPED subtracts θ times the arms' difference in the covariate. Before the coin fell that difference is chance, 0 on average; here
    it is the leak, {number(leak.value)}. The simulated mean is {number(late_effects["measured during"].mean())} (measured before: {number(late_effects["measured before"].mean())}), the sd {number(late_effects["measured during"].std())}
    ({number(late_effects["measured before"].std())}). Use only what was fixed before the coin fell.
    """)
    return


@app.cell(hide_code=True)
def question_8():
    # next: skip
    mo.md(r"""
    ### Exercise 8 · build · 9 min

    A shop knows *several* things from before. Write `cuped_many(after, before, treated)`: `after` and `treated` (1 or 0) are arrays of
    length $n$, `before` has shape $(n, k)$. Find the θ (one per column) that best predicts the centred `after` from the centred
    columns of `before`, all customers together; subtract the prediction; return treated minus untreated mean: *one number*, in the
    unit of `after`.

    `np.linalg.lstsq(X, y)[0]` gives least-squares coefficients.
    """)
    return


@app.function
def cuped_many(after, before, treated):
    """Return the effect after CUPED with several covariates, in the unit of `after`."""
    # solution
    past = before - before.mean(axis=0)
    theta = np.linalg.lstsq(past, after - after.mean())[0]
    adjusted = after - past @ theta
    return adjusted[treated == 1].mean() - adjusted[treated == 0].mean()


@app.cell(hide_code=True)
def check_8(set_progress):
    check_8 = ab_testing.judge_8(cuped_many).noted(8, set_progress)
    check_8
    return


@app.cell(hide_code=True)
def takeaways(by_prior, lift_table, suspicion, visitors_for):
    # notes: Aim: answer both halves of the title. Ask each group for the one rule they will change on Monday. Trap: quoting a lift without its prior. Minutes: 2. If late: keep.
    mo.md(f"""
    ## Takeaways

    - **Did it convert better? That depends on which lifts are usual.** If 1 test in 100 is broken (log-lifts Normal(0, 0.5)) and working tests have log-lifts Normal(0, 0.1), ours is most probably broken (P = {number(suspicion["P(broken)"][0])}); if it works, and lifts are Normal(0, 0.1), {gain(lift_table["mean"][0])} (94 % HDI {gain(lift_table["lower"][0])} to {gain(lift_table["upper"][0])}).
    - **Other usual lifts, another answer.** With sd 0.2 (P = {number(suspicion["P(broken)"][2])}) or heavy tails (P = {number(suspicion["P(broken)"][3])}) it most probably works; heavy tails of the lift say {gain(by_prior["mean"][2])}.
    - **How many visitors?** At a buying rate of 2.4 % and a lift of +12.5 %, 80 % power takes {number(visitors_for[0.125], 0)} per page for p < 0.05; to exclude a ROPE takes more.
    - **A prior on rates is a prior on the lift.** State yours, and its source.
    - **Fix rule, unit and looks before the test**; simulate zero lift.
    """)
    return


@app.cell(hide_code=True)
def progress(get_progress):
    checks.progress(get_progress(), total=8)
    return


@app.cell(hide_code=True)
def references():
    # slide: skip
    mo.md(r"""
    ### References

    - Deng, A., Xu, Y., Kohavi, R. & Walker, T. (2013). Improving the sensitivity of online controlled experiments by utilizing pre-experiment data. *WSDM*. [doi:10.1145/2433396.2433413](https://doi.org/10.1145/2433396.2433413)
    - Kohavi, R., Tang, D. & Xu, Y. (2020). *Trustworthy Online Controlled Experiments*. Cambridge. [doi:10.1017/9781108653985](https://doi.org/10.1017/9781108653985)
    - Kruschke, J. K. (2018). Rejecting or accepting parameter values in Bayesian estimation. *AMPPS* 1(2). [doi:10.1177/2515245918771304](https://doi.org/10.1177/2515245918771304)
    - O'Hagan, A., Stevens, J. W. & Campbell, M. J. (2005). Assurance in clinical trial design. *Pharmaceutical Statistics* 4(3). [doi:10.1002/pst.175](https://doi.org/10.1002/pst.175)
    - Tierney, L. & Kadane, J. B. (1986). Accurate approximations for posterior moments and marginal densities. *JASA* 81(393). [doi:10.1080/01621459.1986.10478240](https://doi.org/10.1080/01621459.1986.10478240)

    ### Knobs

    All that is simulated follows from `SEED`.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knobs():
    DRAWS = 2_000  # posterior draws per chain, four chains
    N_EXPERIMENTS = 700  # simulated experiments in each cell of the power grid
    N_WORLDS = 1_500  # experiments that somebody peeks at
    return DRAWS, N_EXPERIMENTS, N_WORLDS


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
