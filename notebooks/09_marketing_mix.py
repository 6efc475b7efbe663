import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Where should the next euro go?",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    import marimo as mo
    import numpy as np
    import pandas as pd
    import xarray as xr

    from helpers import checks, fits, graphs, tidy
    from helpers.data import FOLDER
    from helpers.lessons import marketing_mix
    from helpers.simulate import LinearWorld
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Where should the next euro go?

    A company pays for social media and for radio. In weeks with much social advertising it sells more, so the agency asks for
    a larger social budget. Should it get one?

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | write a marketing mix model by hand, say what it cannot know, add a test, and turn its posterior into a budget |
    | Estimand | sales caused per euro spent: **ROAS** (return on ad spend), and of the *next* euro |
    | Design | weekly history, adjusted for demand; or a lift test |
    | Data | 131 simulated weeks with known truth |
    | Time | core 60 minutes, optional 36; eight checked exercises |
    | Before | notebooks 01 and 02 (graphs, `do`); you have met a posterior |
    """)
    return


@app.cell(hide_code=True)
def company_heading():
    mo.md("""
    ## Sales follow social spend

    131 weeks of a company. The social budget follows **demand**, how much people want the product anyway; radio is booked
    long before.
    """)
    return


@app.cell
def first_picture(history):
    marketing_mix.chart_history(history)
    return


@app.cell
def naive(history):
    social = history["spend"].sel(channel="social")
    naive_return = float(np.polyfit(social, history["sales"], 1)[0])
    return (naive_return,)


@app.cell(hide_code=True)
def read_naive(naive_return):
    mo.md(f"""
    A straight line through sales against social spend: each euro more of social goes with **{number(naive_return)} euros**
    more of sales. That is the *naive* return.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### Exercise 1 · predict · 2 min

    A straight line asks which weeks sell more, not what the spend does to them. Compared with what a euro of social really
    sells, the naive return is `"too low"`, `"about right"` or `"too high"`? Answer with one of the three texts.
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    direction = ...
    return (direction,)


@app.cell(hide_code=True)
def check_1(direction, set_progress):
    check_1 = marketing_mix.judge_1(direction)
    check_1.noted(1, set_progress)
    return (check_1,)


@app.cell(hide_code=True)
def shapes_heading():
    mo.md(r"""
    ## How long does a euro work, and how much does the next one add?

    **Adstock**: what is spent today works on in later weeks, each week only $\alpha$ times as much as in the week before.
    **Saturation**: twice the spend sells less than twice as much; $\lambda$ says how soon (Jin et al. 2017).

    $$a_t = \frac{\sum_{\ell=0}^{3} \alpha^\ell\, x_{t-\ell}}{\sum_{\ell=0}^{3} \alpha^\ell}, \qquad
    s(a) = \frac{1-e^{-\lambda a}}{1+e^{-\lambda a}}, \qquad \text{sales caused} = \beta\, s(a_t)$$
    """)
    return


@app.function
def shift_weeks(spend):
    """Return spend of this week and of 1, 2, 3 weeks before (lag, media_week, channel).

    Three weeks without spend follow the last one, so that carry-over past the end is counted.
    """
    media_week = np.arange(1, spend.sizes["week"] + 4)
    longer = spend.reindex(week=media_week, fill_value=0.0).rename(week="media_week")
    shifted = [longer.shift(media_week=lag, fill_value=0.0) for lag in range(4)]
    return xr.concat(shifted, dim=pd.Index(range(4), name="lag"))


@app.function
def carry_over(past, alpha):
    """Return the spend at work: a weighted mean of this week and the three before."""
    total = sum(alpha**lag for lag in range(4))
    return sum(alpha**lag * past[lag] for lag in range(4)) / total


@app.function
def saturate(spend, lam):
    """Return the share of the ceiling that is reached: 0 without spend, towards 1 with more."""
    fading = np.e ** (-lam * spend)
    return (1 - fading) / (1 + fading)


@app.function
def response(past, alpha, lam, beta):
    """Return the sales that each channel causes in each week."""
    return beta * saturate(carry_over(past, alpha), lam)


@app.cell
def shapes(alpha_slider, lam_slider):
    one_burst = xr.DataArray([0.0, 100, 0, 0, 0, 0], {"week": np.arange(1, 7)})
    at_work = carry_over(shift_weeks(one_burst), alpha_slider.value)
    spends = np.linspace(0, 2, 81)
    reached = saturate(spends, lam_slider.value)
    marketing_mix.show_shapes(alpha_slider, at_work, lam_slider, spends, reached)
    return


@app.cell(hide_code=True)
def read_shapes():
    mo.md("""
    Carry-over moves *spend* in time and creates none: the weights sum to one. Saturation decides where the *next* euro goes:
    the steeper curve at today's spend wins.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Exercise 2 · build · 5 min

    Write `adstock(spend, alpha, n_lags)` for a plain list or array of weekly spend: the weighted mean of this week and the
    `n_lags - 1` before, weights $\alpha^\ell$ divided by their sum. Weeks before the first count as zero. Return an array as
    long as `spend`. `np.convolve` is allowed.
    """)
    return


@app.function
def adstock(spend, alpha, n_lags):
    """Return weekly spend at work, in the unit of spend, an array of the same length."""
    return ...


@app.cell(hide_code=True)
def check_2(set_progress):
    check_2 = marketing_mix.judge_2(adstock)
    check_2.noted(2, set_progress)
    return


@app.cell(hide_code=True)
def estimand_heading():
    mo.md(r"""
    ## What did a euro sell, and what would the next one sell?

    $M(x)$: the sales that both channels cause over 131 weeks and the three after, under the spend history $x$. Channel $c$
    switched off is $do(x_c = 0)$:

    $$\begin{aligned}
    \text{ROAS}_c &= \big[M(x) - M(x \mid do(x_c = 0))\big] \,/\, \textstyle\sum_t x_{c,t} \\
    \text{marginal ROAS}_c &= \big[M(x \mid do(x_c = 1.01\,x_c)) - M(x)\big] \,/\, \big(0.01 \textstyle\sum_t x_{c,t}\big)
    \end{aligned}$$

    **ROAS** judges the past: was the channel worth it? **Marginal ROAS** decides the future: what does the next euro bring?
    Both are in euros of sales, not of profit.
    """)
    return


@app.function
def do_spend(spend, channel, factor):
    """Return the same spend history with one channel multiplied by a factor."""
    return spend.where(spend["channel"] != channel, factor * spend)


@app.function
def caused_sales(spend, curves):
    """Return M(x): all sales that both channels cause, carry-over past the end included."""
    weekly = response(shift_weeks(spend), curves["alpha"], curves["lam"], curves["beta"])
    return weekly.sum(["media_week", "channel"])


@app.function
def returns(spend, curves, factor):
    """Return euros of sales per euro (..., channel): factor 0 for ROAS, 1.01 for the next euro."""
    now, found = caused_sales(spend, curves), []
    for channel in spend["channel"].to_numpy():
        then = caused_sales(do_spend(spend, channel, factor), curves)
        euros = (factor - 1) * spend.sel(channel=channel, drop=True).sum("week")
        found.append((then - now) / euros)
    return xr.concat(found, dim=spend["channel"])


@app.cell(hide_code=True)
def world_note():
    mo.md("""
    ### The world behind the data

    We have simulated the company, so we know its truth, which no company ever sees. Spend and sales are in **100,000 euros**
    a week, so that their ratio is euros per euro; demand is in its own standard deviations.
    """)
    return


@app.function
def draw_spend(rng, follow, n_weeks=131):
    """Return demand and the spend of two channels, each following demand by so much per sd."""
    demand = np.zeros(n_weeks)
    for week, shock in enumerate(rng.normal(0, 0.8, n_weeks)):
        demand[week] = 0.6 * demand[week - 1] + shock
    first = (0.85 + follow[0] * demand + rng.normal(0, 0.2, n_weeks)).clip(0.05)
    second = (rng.gamma(2.5, 0.17, n_weeks) + follow[1] * demand).clip(0.05)
    return demand, np.column_stack([first, second])


@app.function
def simulate_history(seed, truth, follow=(0.22, 0), n_weeks=131):
    """Return spend, demand, sales and `rest`: sales without any media, luck included."""
    rng = np.random.default_rng(seed)
    week = np.arange(1, n_weeks + 1)
    demand, spend = draw_spend(rng, follow, n_weeks)
    year = 2 * np.pi * week / 52
    rest = 4 + 0.5 * week / n_weeks + 0.3 * np.sin(year) + 0.2 * np.cos(year)
    rest = rest + 0.5 * demand + rng.normal(0, 0.15, n_weeks)
    spend = xr.DataArray(spend, {"week": week, "channel": truth["channel"]})
    media = response(shift_weeks(spend), **truth).sum("channel").to_numpy()[:n_weeks]
    series = {"demand": demand, "rest": rest, "sales": rest + media}
    return xr.Dataset({k: ("week", v) for k, v in series.items()}).assign(spend=spend)


@app.cell
def true_response():
    _truth = {
        "alpha": [0.3, 0.5],  # social and radio: carried to the next week
        "lam": [1.0, 2.5],  # radio saturates sooner
        "beta": [2.0, 1.5],  # ceiling: 200,000 and 150,000 euros a week
    }
    _curves = {name: ("channel", values) for name, values in _truth.items()}
    TRUTH = xr.Dataset(_curves, {"channel": ["social", "radio"]})
    return (TRUTH,)


@app.cell
def history(SEED, TRUTH):
    history = simulate_history(SEED, TRUTH)
    mean_spend = history["spend"].mean("week")
    return history, mean_spend


@app.cell
def true_returns(TRUTH, check_1, history):
    true_roas = returns(history["spend"], TRUTH, factor=0).to_series()
    true_marginal_roas = returns(history["spend"], TRUTH, factor=1.01).to_series()
    _table = as_table(pd.DataFrame({"ROAS": true_roas, "marginal ROAS": true_marginal_roas}))
    checks.after(check_1, _table, "table", exercise=1)
    return true_marginal_roas, true_roas


@app.cell(hide_code=True)
def read_true_returns(check_1, true_marginal_roas, true_roas):
    _read = mo.md(f"""
    A euro of social sold {number(true_roas["social"])} euros, a euro of radio {number(true_roas["radio"])}. The next euro
    brings {number(true_marginal_roas["social"])} and {number(true_marginal_roas["radio"])}: less, since the curves bend.
    """)
    checks.after(check_1, _read, "reading", exercise=1)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · fix · 3 min

    A colleague computes the marginal ROAS of radio from **10 %** more spend, and gets far too little. Her line is
    wrong. Keep the 10 %, and write it right: `next_radio_euro`, euros of sales per *further* euro.
    """)
    return


@app.cell
def exercise_3_marginal(TRUTH, history):
    _spend = history["spend"]
    _more = do_spend(_spend, "radio", 1.1)
    _gain = float(caused_sales(_more, TRUTH) - caused_sales(_spend, TRUTH))
    _spent = float(_spend.sel(channel="radio").sum())
    _colleague = _gain / _spent
    next_radio_euro = ...
    return (next_radio_euro,)


@app.cell(hide_code=True)
def check_3(TRUTH, history, next_radio_euro, set_progress):
    check_3 = marketing_mix.judge_3(next_radio_euro, history["spend"], TRUTH)
    check_3.noted(3, set_progress)
    return


@app.cell(hide_code=True)
def graph_heading():
    mo.md("""
    ## What causes what?
    """)
    return


@app.cell
def mix_graph():
    _causes = {"social": ["demand"], "sales": ["demand", "calendar", "social", "radio"]}
    _arrows = [(cause, effect) for effect in _causes for cause in _causes[effect]]
    graph_mix = graphs.dag(_arrows, treatment="social", outcome="sales")
    graph_hidden = graphs.dag(_arrows, treatment="social", outcome="sales", hidden=["demand"])
    adjustment_set = sorted(graph_mix.adjustment_sets()[0])
    sets_without_demand = graph_hidden.adjustment_sets()
    graph_mix.adjusting(*adjustment_set).draw()
    return adjustment_set, sets_without_demand


@app.cell(hide_code=True)
def assumptions(adjustment_set, sets_without_demand):
    mo.md(f"""
    Can the history tell what social does? The graph decides, before any model. Adjusting for {", ".join(adjustment_set)} closes social's only backdoor path, if spend does not move demand; radio has none. With demand hidden,
    {len(sets_without_demand) or "no"} set does it. Assumed besides:

    - **Ignorability**: given demand, measured without error and acting in its own week, social spend is as good as random.
    - **Consistency**: a euro is a euro, whatever it buys. **No interference**: a week's sales listen to the spend of that week and of the three before, to no other.
    - **Positivity**: spend varies at every demand. Zero spend is never seen; there the curve extrapolates.
    - **Shape**: this curve, four weeks, and **additivity**: a channel sells as much whatever the other does (no synergy).
    """)
    return


@app.cell(hide_code=True)
def model_heading():
    mo.md(r"""
    ## One analyst's model

    An analyst who measures demand writes down ($\bar x_c$: mean weekly spend; $r_c$, `typical_return`: the
    return of a week with mean spend: a prior on a return can be thought about, one on the ceiling $\beta_c$ cannot, as Zhang
    et al. (2024) say):

    $$\begin{aligned}
    \alpha_c &\sim \text{Beta}(2, 3), \quad \lambda_c \sim \text{Gamma}(4, 2), \quad r_c \sim \text{HalfNormal}(3) \\
    \beta_c &= r_c\,\bar x_c \,/\, s(\bar x_c; \lambda_c) \\
    \mu_t &= \text{level} + \text{trend}_t + \text{season}_t + \gamma\,\text{demand}_t + \textstyle
    \sum_c \big(\beta_c\, s(a_{c,t}) - r_c\,\bar x_c\big) \\
    \text{level} &\sim \text{Normal}(7, 2),\; \text{trend}, \gamma \sim \text{Normal}(0, 1),\;
    \text{season} \sim \text{Normal}(0, 0.5) \\
    \text{sales}_t &\sim \text{Normal}(\mu_t, \sigma), \quad \sigma \sim \text{HalfNormal}(0.5)
    \end{aligned}$$
    """)
    return


@app.function
def about_the_weeks(history):
    """Return what the program is told, as arrays: past_spend has (lag, media_week, channel)."""
    spend, week = history["spend"], history["week"].to_numpy()
    year = 2 * np.pi * week / 52
    return {
        "past_spend": shift_weeks(spend).to_numpy(),
        "mean_spend": spend.mean("week").to_numpy(),
        "time": (week - week.mean()) / len(week),
        "waves": np.stack([np.sin(year), np.cos(year)]),
        "social_above": (spend[:, 0] - spend[:, 0].mean()).to_numpy(),
        "demand": history["demand"].to_numpy(),
        "sales": history["sales"].to_numpy(),
    }


@app.cell
def libraries():
    import jax
    import numpyro
    import numpyro.distributions as dist

    numpyro.enable_x64()
    return dist, jax, numpyro


@app.cell
def baseline(dist, numpyro):
    def baseline(weeks):
        """Return weekly sales without demand and media, in 100,000 euros."""
        level = numpyro.sample("level", dist.Normal(7, 2))  # a typical week: 700,000 euros
        trend = numpyro.sample("trend", dist.Normal(0, 1))  # 100,000 euros over all weeks
        with numpyro.plate("wave", 2):
            season = numpyro.sample("season", dist.Normal(0, 0.5))  # 50,000 euros
        return level + trend * weeks["time"] + season @ weeks["waves"]

    return (baseline,)


@app.cell
def media(dist, numpyro):
    def media(weeks):
        """Return the sales that each channel causes, and those of a week with mean spend."""
        mean_spend = weeks["mean_spend"]
        with numpyro.plate("channel", 2):
            alpha = numpyro.sample("alpha", dist.Beta(2, 3))  # 40 % stays, give or take 20
            lam = numpyro.sample("lam", dist.Gamma(4, 2))  # half the ceiling near 55,000 euros
            typical_return = numpyro.sample("typical_return", dist.HalfNormal(3))  # 0 to 6 euros
        typical = typical_return * mean_spend
        beta = numpyro.deterministic("beta", typical / saturate(mean_spend, lam))
        return response(weeks["past_spend"], alpha, lam, beta), typical

    return (media,)


@app.cell
def program(baseline, dist, media, numpyro):
    def mix_model(weeks, demand="known", test=None):
        """The graph as a program. Later: demand "hidden" or "doubting"; a test, with its error."""
        caused, typical = media(weeks)
        n_weeks = len(weeks["time"])
        mu = baseline(weeks) + (caused[:n_weeks] - typical).sum(1)
        if demand == "known":
            mu += numpyro.sample("demand_effect", dist.Normal(0, 1)) * weeks["demand"]  # 100,000
        if demand == "doubting":
            mu += numpyro.sample("doubt", dist.Normal(0, 2)) * weeks["social_above"]  # 2 a euro
        mu = numpyro.deterministic("mu", mu)
        sigma = numpyro.sample("sigma", dist.HalfNormal(0.5))  # 50,000 euros of luck a week
        numpyro.sample("sales", dist.Normal(mu, sigma), obs=weeks["sales"])
        weekly_effect = numpyro.deterministic("weekly_effect", caused.sum(0) / n_weeks)
        if test is not None:
            numpyro.sample("test", dist.Normal(weekly_effect[0], test[1]), obs=test[0])

    return (mix_model,)


@app.cell(hide_code=True)
def read_program():
    mo.md("""
    `response` is the function that made the data. With `demand="known"` the other two `if`s are silent: they belong to other
    analysts, whom we meet below. The prior speaks in euros, before the data do: let the program invent sales.
    """)
    return


@app.cell
def prior_function(jax, mix_model, numpyro):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def draw_prior(history, seed):
        """Return 400 draws of the media's parameters, and the sales that they invent."""
        weeks = about_the_weeks(history) | {"sales": None}
        invent = numpyro.infer.Predictive(mix_model, num_samples=400)
        found = invent(jax.random.PRNGKey(seed), weeks)
        curves = {k: (("draw", "channel"), found[k]) for k in ("alpha", "lam", "beta")}
        invented = {"sales": (("draw", "week"), found["sales"])}
        return xr.Dataset(curves | invented, {"channel": history["channel"]})

    return (draw_prior,)


@app.cell
def prior_check(SEED, draw_prior, history):
    with mo.status.spinner("Inventing 400 histories: about 5 s, the first time"):
        prior = draw_prior(history, SEED)
    prior_roas = returns(history["spend"], prior, factor=0)
    prior_sales = tidy.hdi(100 * prior["sales"])
    marketing_mix.chart_prior(prior_roas)
    return (prior_sales,)


@app.cell(hide_code=True)
def read_prior(prior_sales):
    mo.md(f"""
    {percent(HDI_PROB)} of the invented weeks sell {number(prior_sales[0], 0)} to {number(prior_sales[1], 0)} thousand euros:
    wide, and the right order of magnitude. Both channels start equal, worthless or splendid. (**HDI**: the shortest interval that
    holds {percent(HDI_PROB)} of the draws.)
    """)
    return


@app.cell(hide_code=True)
def fit_heading():
    mo.md("""
    ## Observe, then do

    Look at the diagnostics, hold the model against the data; then play the history again without a channel, in each draw.
    (R-hat compares the chains; effective draws: how many independent ones; a divergence: a step that failed.)
    """)
    return


@app.cell
def fit_function(jax, mix_model, numpyro):
    NAMES = {name: ["channel"] for name in ("alpha", "lam", "typical_return", "beta")}
    NAMES |= {"weekly_effect": ["channel"], "season": ["wave"], "mu": ["week"]}

    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit(history, demand, test, draws, seed):
        """Return the posterior of one analyst, (chain, draw, ...)."""
        kernel = numpyro.infer.NUTS(mix_model, dense_mass=True, max_tree_depth=(6, 10))
        cost = {"num_warmup": 500, "num_samples": draws, "num_chains": 4}
        how = {"chain_method": "vectorized", "progress_bar": False}
        mcmc = numpyro.infer.MCMC(kernel, **cost, **how)
        mcmc.run(jax.random.PRNGKey(seed), about_the_weeks(history), demand, test)
        axes = {"channel": history["channel"].to_numpy(), "week": history["week"].to_numpy()}
        return tidy.posterior_from_numpyro(mcmc, dims=NAMES, coords=axes)

    return (fit,)


@app.cell
def fit_known(DRAWS, SEED, fit, history):
    with mo.status.spinner("Sampling: about 15 s, the first time"):
        idata_known = fit(history, "known", None, DRAWS, SEED)
    diagnostics_known = tidy.diagnostics(idata_known)
    known = idata_known["posterior"].dataset
    tidy.show_diagnostics(diagnostics_known)
    return (known,)


@app.function
def predictive(history, posterior, seed):
    """Return the 94 % predictive interval (HDI) of each week, and the share of weeks inside it."""
    mu = posterior["mu"]
    luck = mu.copy(data=np.random.default_rng(seed).normal(size=mu.shape))
    invented = (100 * (mu + posterior["sigma"] * luck)).transpose("week", ...).to_numpy()
    lower, upper = np.array([tidy.hdi(week) for week in invented]).T
    sales = 100 * history["sales"].to_numpy()
    return lower, upper, float(((lower < sales) & (sales < upper)).mean())


@app.cell
def predictive_check(SEED, history, known):
    band_lower, band_upper, inside_known = predictive(history, known, SEED)
    marketing_mix.chart_fit(history, band_lower, band_upper, inside_known)
    return (inside_known,)


@app.function
def return_frame(draws_of, truth):
    """Return one row per model and channel: truth, mean and 94 % HDI (euros per euro)."""
    rows = [(model, channel) for model in draws_of for channel in truth.index]
    found = {row: draws_of[row[0]].sel(channel=row[1]) for row in rows}
    frame = pd.DataFrame(rows, columns=["model", "channel"])
    frame["truth"] = frame["channel"].map(truth)
    return frame.join(tidy.summarise(found)[["mean", "lower", "upper"]])


@app.cell
def do_known(history, known, true_marginal_roas):
    roas_known = returns(history["spend"], known, factor=0)
    marginal_known = returns(history["spend"], known, factor=1.01)
    marginal_roas = return_frame({"demand known": marginal_known}, true_marginal_roas)
    as_table(marginal_roas)
    return marginal_known, marginal_roas, roas_known


@app.cell(hide_code=True)
def read_do(marginal_known, roas_known):
    mo.md(f"""
    `returns` on posterior draws is $do(x_c = \\ldots)$, played again in each of {roas_known.sizes["chain"] * roas_known.sizes["draw"]:,} draws. The average euro of social sold
    {number(roas_known.sel(channel="social").mean())}, the next one sells {number(marginal_known.sel(channel="social").mean())}
    (the table: marginal ROAS, {percent(HDI_PROB)} HDI); the next euro of radio sells
    {number(marginal_known.sel(channel="radio").mean())}. For a budget, compare the *next* euros.
    """)
    return


@app.cell(hide_code=True)
def hidden_heading():
    mo.md("""
    ## What if she had not measured demand?

    A second analyst has the same history, without the column.

    Her program lacks one line, `mu += demand_effect * demand`.
    """)
    return


@app.cell
def fit_hidden(DRAWS, SEED, fit, history):
    with mo.status.spinner("Sampling: about 15 s, the first time"):
        idata_hidden = fit(history, "hidden", None, DRAWS, SEED)
    diagnostics_hidden = tidy.diagnostics(idata_hidden)
    hidden = idata_hidden["posterior"].dataset
    tidy.show_diagnostics(diagnostics_hidden)
    return (hidden,)


@app.cell
def hidden_fits_too(SEED, hidden, history, known):
    inside_hidden = predictive(history, hidden, SEED)[2]
    luck_known, luck_hidden = (100 * float(p["sigma"].mean()) for p in (known, hidden))
    _errors = [history["sales"] - p["mu"].mean(["chain", "draw"]) for p in (known, hidden)]
    alike_known, alike_hidden = (float(np.corrcoef(e[1:], e[:-1])[0, 1]) for e in _errors)
    return alike_hidden, alike_known, inside_hidden, luck_hidden, luck_known


@app.cell(hide_code=True)
def read_fit(
    alike_hidden,
    alike_known,
    inside_hidden,
    inside_known,
    luck_hidden,
    luck_known,
):
    mo.md(f"""
    {percent(inside_known)} of the weeks lie inside the predictive interval with demand, {percent(inside_hidden)} without:
    **both pass this check**. The second calls more of it luck (±{number(luck_hidden, 0)} thousand euros a week instead of
    ±{number(luck_known, 0)}). A sharper check would warn her: her errors of neighbouring weeks correlate at
    {number(alike_hidden)}, with demand at {number(alike_known)}. It would not say what is missing, nor whether that moves the
    budget: a good fit makes no model causal.
    """)
    return


@app.cell
def do_hidden(hidden, history, roas_known, true_roas):
    roas_hidden = returns(history["spend"], hidden, factor=0)
    effect_hidden = hidden["weekly_effect"].sel(channel="social")  # 100,000 euros a week
    roas_by_demand = return_frame(
        {"demand known": roas_known, "demand hidden": roas_hidden}, true_roas
    )
    marketing_mix.chart_returns(roas_by_demand, "social")
    return effect_hidden, roas_by_demand, roas_hidden


@app.cell(hide_code=True)
def read_hidden(roas_by_demand):
    mo.md(f"""
    With demand, social's interval is {number(roas_by_demand["lower"][0])} to {number(roas_by_demand["upper"][0])}, without
    {number(roas_by_demand["lower"][2])} to {number(roas_by_demand["upper"][2])}: social is paid for what demand did. Radio,
    whose budget ignores demand, suffers less ({number(roas_by_demand["mean"][3])}; truth {number(roas_by_demand["truth"][3])}).
    **More weeks would not help**: the interval would shrink around the wrong value.
    """)
    return


@app.cell(hide_code=True)
def lift_heading():
    mo.md(r"""
    ## A lift test is one more line

    Demand cannot always be measured. But social can be switched off in some regions, drawn at random, for as long as these
    weeks: a **lift test**. It measures social's *mean weekly effect*, carry-over included, with an error:

    $$\text{test} \sim \text{Normal}\big(\text{ROAS}_{\text{social}} \cdot \bar x_{\text{social}},\ \text{SE}\big)$$

    It rests on assumptions too: no spill-over between regions, weeks and regions like the rest. Where there is no test, the
    program has no such line.
    """)
    return


@app.function
def read_test(seed, effect, error):
    """Return what a test reads that is off by one draw of its standard error."""
    return effect + error * float(np.random.default_rng([seed, 6]).normal())


@app.cell
def lift_test(SEED, mean_spend, true_roas):
    TEST_ERROR = 0.12  # 12,000 euros a week
    true_effect = true_roas["social"] * float(mean_spend.sel(channel="social"))
    test_reading = read_test(SEED, true_effect, TEST_ERROR)
    return TEST_ERROR, test_reading, true_effect


@app.cell(hide_code=True)
def question_4(TEST_ERROR, effect_hidden, test_reading):
    mo.md(f"""
    ### Exercise 4 · complete · 3 min

    Social's mean weekly effect, from two sources: the model without demand says {number(100 * effect_hidden.mean(), 1)} thousand
    euros (± its posterior sd, {number(100 * effect_hidden.std(), 1)}), the test {number(100 * test_reading, 1)}
    (±{number(100 * TEST_ERROR, 0)}). A second test, with half the error, reads the same.

    Combine **it** with the model as a normal likelihood and a
    normal prior: weights proportional to 1/error². `combined`, in thousand euros a week.
    """)
    return


@app.cell
def exercise_4_combine(TEST_ERROR, effect_hidden, test_reading):
    # Thousand euros a week: the model's mean and error, the second test's.
    _model, _model_error = 100 * effect_hidden.mean().item(), 100 * effect_hidden.std().item()
    _test, _error = 100 * test_reading, 100 * TEST_ERROR / 2
    combined = ...
    return (combined,)


@app.cell(hide_code=True)
def check_4(TEST_ERROR, combined, effect_hidden, set_progress, test_reading):
    check_4 = marketing_mix.judge_4(combined, effect_hidden, test_reading, TEST_ERROR / 2)
    check_4.noted(4, set_progress)
    return


@app.cell(hide_code=True)
def two_ways():
    mo.md("""
    ### Trust the history, or doubt it?

    One analyst adds the test's line, and goes on trusting her history. Another adds one line more,
    `mu += doubt * social_above`, with `doubt` ~ Normal(0, 2) euros per euro: sales may follow social's budget without being
    caused by it.
    """)
    return


@app.cell
def fit_tested(DRAWS, SEED, TEST_ERROR, fit, history, test_reading):
    with mo.status.spinner("Sampling twice: about 30 s, the first time"):
        idata_trusting = fit(history, "hidden", (test_reading, TEST_ERROR), DRAWS, SEED)
        idata_doubting = fit(history, "doubting", (test_reading, TEST_ERROR), DRAWS, SEED)
    diagnostics_trusting = tidy.diagnostics(idata_trusting)
    diagnostics_doubting = tidy.diagnostics(idata_doubting)
    trusting, doubting = (i["posterior"].dataset for i in (idata_trusting, idata_doubting))
    marketing_mix.table_diagnostics(
        {"test, trusting": diagnostics_trusting, "test, doubting": diagnostics_doubting}
    )
    return doubting, trusting


@app.cell
def do_tested(doubting, history, roas_hidden, roas_known, true_roas, trusting):
    _draws = {"demand known": roas_known, "demand hidden": roas_hidden}
    _draws["test, trusting"] = returns(history["spend"], trusting, factor=0)
    _draws["test, doubting"] = returns(history["spend"], doubting, factor=0)
    roas = return_frame(_draws, true_roas)
    marketing_mix.chart_returns(roas.query("model != 'demand known'"), "social")
    return (roas,)


@app.cell(hide_code=True)
def read_tested(TEST_ERROR, roas, test_reading, true_effect):
    mo.md(f"""
    The test read {number(100 * test_reading, 0)} ± {number(100 * TEST_ERROR, 0)} thousand euros a week (truth
    {number(100 * true_effect, 0)}). Trusting, the model moves only to {number(roas["mean"][4])}: it is as sure of its bias as the
    test is of the truth, so they meet in between. Doubting, it says {number(roas["mean"][6])} ({number(roas["lower"][6])} to
    {number(roas["upper"][6])}): the test decides the size, the history little.
    """)
    return


@app.cell(hide_code=True)
def study_heading():
    mo.md("""
    ## Was it luck? Other histories

    The four analysts and social's ROAS on other simulated histories, each test with luck of its own (stored:
    `data/marketing_mix_study.csv`).
    """)
    return


@app.cell
def study():
    study = pd.read_csv(FOLDER / "marketing_mix_study.csv").query("channel == 'social'")
    study["error"] = study["mean"] - study["truth"]
    study["covered"] = study["truth"].between(study["lower"], study["upper"])
    _by = study.groupby("model", sort=False)
    study_table = _by.agg(
        histories=("error", "size"),
        mean_error=("error", "mean"),
        standard_error=("error", "sem"),
        coverage=("covered", "mean"),
    )
    study_table["its error"] = np.sqrt(HDI_PROB * (1 - HDI_PROB) / study_table["histories"])
    _shown = study_table.drop(columns="its error").reset_index()
    as_table(_shown.rename(columns=lambda name: name.replace("_", " ")))
    return (study_table,)


@app.cell(hide_code=True)
def read_study(study_table):
    mo.md(f"""
    In euros per euro; coverage: how often the {percent(HDI_PROB)} interval holds the truth (Monte Carlo error at
    {percent(HDI_PROB)}: {percent(study_table["its error"]["demand known"])}, {percent(study_table["its error"]["test, doubting"])} with a test). With demand
    known a small bias is left, unexplained. With demand hidden, intervals hold the truth in
    {percent(study_table["coverage"]["demand hidden"])}; after a test, in {percent(study_table["coverage"]["test, doubting"])} for who doubts, in
    {percent(study_table["coverage"]["test, trusting"])} for who trusts, who errs less.
    """)
    return


@app.cell(hide_code=True)
def decision_heading():
    mo.md(r"""
    ## The decision: how to split the weekly budget

    The total stays. No channel may fall below half, or rise above double, of what it gets now: contracts; beyond them the history
    has short spells, no level that lasts. At a constant weekly spend $x$ the carry-over settles, and channel $c$ sells $\beta_c\,s(x_c)$ a week.
    """)
    return


@app.function
def budget_splits(mean_spend, n=81):
    """Return splits of the weekly total (split, channel), from one end of the contracts to the other."""
    total, (first, second) = float(mean_spend.sum()), mean_spend.to_numpy()
    grid = np.linspace(max(first / 2, total - 2 * second), min(2 * first, total - second / 2), n)
    both = np.column_stack([grid, total - grid])
    return xr.DataArray(both, dims=("split", "channel"), coords={"channel": mean_spend["channel"]})


@app.function
def weekly_sales(curves, plan):
    """Return weekly sales caused by a constant plan, both channels, in 100,000 euros."""
    return (curves["beta"] * saturate(plan, curves["lam"])).sum("channel")


@app.cell
def sales_of_splits(TRUTH, hidden, known, mean_spend):
    splits = budget_splits(mean_spend)
    sales_by_split = weekly_sales(known, splits)  # chain, draw, split
    expected = {
        "demand hidden": weekly_sales(hidden, splits).mean(["chain", "draw"]),
        "demand known": sales_by_split.mean(["chain", "draw"]),
        "best under the truth": weekly_sales(TRUTH, splits),
    }
    _best = [splits.isel(split=int(sales.argmax("split"))) for sales in expected.values()]
    plans = xr.concat([mean_spend, *_best], pd.Index(["as now", *expected], name="plan"))
    return expected, plans, sales_by_split, splits


@app.cell
def show_splits(expected, plans, sales_by_split, splits):
    marketing_mix.chart_splits(splits, expected, sales_by_split, plans)
    return


@app.cell
def allocation(TRUTH, known, plans):
    _draws = {
        str(p): 100 * weekly_sales(known, plans.sel(plan=p)) for p in plans["plan"].to_numpy()
    }
    _expected = tidy.summarise(_draws).rename(columns={"label": "plan", "mean": "expected_sales"})
    _true = 100 * weekly_sales(TRUTH, plans).to_series()
    _expected["regret"] = (_true["best under the truth"] - _true).to_numpy()
    _spend = (100 * plans).to_dataframe("spend").reset_index()
    allocation = _spend.merge(_expected.drop(columns="sd"), on="plan")
    marketing_mix.table_allocation(allocation)
    return (allocation,)


@app.cell
def decision_numbers(allocation, known, plans):
    gain = 100 * (
        weekly_sales(known, plans.sel(plan="demand known"))
        - weekly_sales(known, plans.sel(plan="as now"))
    )
    _social = allocation.query("channel == 'social'").set_index("plan")
    move = float(_social["spend"]["as now"] - _social["spend"]["demand known"])
    lost = float(_social["regret"]["demand hidden"] - _social["regret"]["demand known"])
    return gain, lost, move


@app.cell(hide_code=True)
def read_decision(gain, lost, move):
    mo.md(f"""
    In thousand euros a week, every plan spent evenly; sales and {percent(HDI_PROB)} HDI as "demand known" expects them;
    **regret**: what a plan loses against the best split under the truth. The plan without demand loses {number(lost, 0)} more than ours.

    **One sentence for the board.** Move {number(abs(move), 0)} thousand euros a week {"from social to radio" if move > 0 else "from radio to social"}: we expect
    {signed(gain.mean(), 0)} thousand euros of sales a week ({percent(HDI_PROB)} HDI {signed(tidy.hdi(gain)[0], 0)} to
    {signed(tidy.hdi(gain)[1], 0)}), the chance that it beats today's split, spent evenly, is {percent((gain > 0).mean())}, and all of it
    rests on demand being the only thing that moved both budget and sales, and on the shape of our curves.
    """)
    return


@app.cell(hide_code=True)
def transfer_heading():
    mo.md("""
    ## Your turn: another company

    ### Exercise 5 · build · 7 min

    `other` is the history of a second company: 131 weeks, channels `podcast` and `leaflets`, demand measured. Here it is the
    leaflets that follow demand. Same total a week, same contracts: how much should `podcast` get? Fit, look at the diagnostics, average sales over the
    draws, choose: `podcast_budget`, in thousand euros a week.
    """)
    return


@app.cell
def other_company(SEED):
    other = simulate_history(SEED + 1, marketing_mix.other_curves(), follow=(0, 0.15))
    return (other,)


@app.cell
def exercise_5_transfer():
    # `fit`, `tidy.diagnostics`, `budget_splits` and `weekly_sales` serve any company.
    podcast_budget = ...
    return (podcast_budget,)


@app.cell(hide_code=True)
def check_5(other, podcast_budget, set_progress):
    check_5 = marketing_mix.judge_5(podcast_budget, other)
    check_5.noted(5, set_progress)
    return


@app.cell(hide_code=True)
def takeaways(lost, marginal_roas, move, naive_return, roas, study_table):
    mo.md(f"""
    ## Takeaways

    - **Where should the next euro go?** To {"radio" if move > 0 else "social"}: a further euro sells {number(marginal_roas["mean"][1])} euros there, {number(marginal_roas["mean"][0])} in social, if demand is all that moves both budget and sales.
    - **Following is not causing**: social's naive return is {number(naive_return)}, the model without demand passed the predictive check and says {number(roas["mean"][2])}; the truth is {number(roas["truth"][0])}.
    - **That model's plan** loses {number(lost, 0)} thousand euros a week against ours.
    - **A lift test helps a model that may doubt its history**; one that trusts it stays {signed(study_table["mean_error"]["test, trusting"])} euros per euro off, on average over other histories.
    - **Decide on the posterior**: average sales over the draws, then choose. No interval shows the rest: the graph, the curve's shape, four weeks, no synergy.
    """)
    return


@app.cell(hide_code=True)
def precision_heading():
    mo.md("""
    ## How good must the test be? · optional

    Nothing is refitted when you move the slider. Who trusts: the model without demand, combined as in exercise 4. Who doubts:
    the draws from above, each weighted by how likely it makes the new test, compared with the old one.
    """)
    return


@app.cell(hide_code=True)
def at_precision(
    SEED,
    TEST_ERROR,
    doubting,
    effect_hidden,
    test_reading,
    test_slider,
    true_effect,
):
    new_error = test_slider.value / 100
    new_reading = read_test(SEED, true_effect, new_error)
    _precision = np.array([1 / float(effect_hidden.var()), 1 / new_error**2])
    combined_mean = float(
        np.average([float(effect_hidden.mean()), new_reading], weights=_precision)
    )
    combined_sd = float(_precision.sum() ** -0.5)
    effect_doubting = doubting["weekly_effect"].sel(channel="social").to_numpy().ravel()
    _old, _new = (
        (effect_doubting - test_reading) / TEST_ERROR,
        (effect_doubting - new_reading) / new_error,
    )
    weight = np.exp((_old**2 - _new**2) / 2)
    weight = weight / weight.sum()
    return combined_mean, combined_sd, effect_doubting, weight


@app.cell
def show_precision(
    SEED,
    combined_mean,
    combined_sd,
    effect_doubting,
    mean_spend,
    test_slider,
    true_roas,
    weight,
):
    effective_draws = float(1 / (weight**2).sum())
    _chosen = np.random.default_rng(SEED).choice(effect_doubting, 4000, p=weight)
    _euros = float(mean_spend.sel(channel="social"))  # effect over spend is ROAS
    two_ways = combined_mean / _euros, combined_sd / _euros, _chosen / _euros
    marketing_mix.show_precision(test_slider, *two_ways, true_roas["social"], effective_draws)
    return


@app.cell(hide_code=True)
def read_precision(effect_hidden):
    mo.md(f"""
    A test overrules a model that trusts itself only when its error is well below the model's own:
    ±{number(100 * effect_hidden.std(), 0)} thousand euros. Who doubts takes the test's word, at every error that the slider offers.
    """)
    return


@app.cell(hide_code=True)
def margin_heading():
    mo.md("""
    ## Or should the euro stay in the bank? · optional

    ROAS counts sales. If a euro of sales leaves $m$ euros of profit, the next euro pays only if its marginal ROAS is above
    $1/m$.
    """)
    return


@app.cell
def next_euro_pays(margin_slider, marginal_known):
    profit = marginal_known * margin_slider.value / 100
    chance_pays = (profit > 1).mean(["chain", "draw"]).to_series()
    marketing_mix.show_margin(margin_slider, chance_pays)
    return (chance_pays,)


@app.cell(hide_code=True)
def read_margin(chance_pays, margin_slider):
    mo.md(f"""
    At {margin_slider.value} cents the break-even is {number(100 / margin_slider.value)} euros of sales. The chance that the next
    euro pays: social {percent(chance_pays["social"])}, radio {percent(chance_pays["radio"])}.
    """)
    return


@app.cell(hide_code=True)
def worth_heading():
    mo.md("""
    ## What would it be worth to know the curves? · optional

    ### Exercise 6 · complete · 5 min

    If we keep today's split, how much do we expect to regret it? `sales_by_split` (chain, draw, split) and `sales_now` (chain,
    draw) are in 100,000 euros a week. `expected_regret`: in each draw, the best split's sales minus sales as now; then the
    average, in **thousand** euros a week.
    """)
    return


@app.cell
def exercise_6_regret(known, mean_spend):
    sales_now = weekly_sales(known, mean_spend)
    expected_regret = ...
    return expected_regret, sales_now


@app.cell(hide_code=True)
def check_6(expected_regret, sales_by_split, sales_now, set_progress):
    check_6 = marketing_mix.judge_6(expected_regret, sales_by_split, sales_now)
    check_6.noted(6, set_progress)
    return


@app.cell(hide_code=True)
def funnel_heading():
    mo.md("""
    ## Who gets the credit for a click? · optional

    Another company: people see a television spot, search for the brand, click on the brand's paid link, and buy. The shop books
    4 euros of sales under search for each click, since the click came last. TV cannot be clicked.
    """)
    return


@app.function
def funnel_world(pull=0.5, demand=25.0):
    """TV and sales in thousand euros a week, search in thousand clicks, demand in its own sd."""
    arrows = {
        ("demand", "tv"): 8.0,  # budgets follow the season
        ("demand", "search"): 8.0,
        ("demand", "sales"): demand,
        ("tv", "search"): pull,  # thousand clicks per thousand euros
        ("tv", "sales"): 1.0,  # euros of sales per euro
        ("search", "sales"): 1.5,  # sales that a click really causes, euros
    }
    start = {"tv": 60, "search": 10, "sales": 200}
    noise = {"demand": 1, "tv": 8, "search": 3, "sales": 10}
    return LinearWorld(arrows, start, noise)


@app.cell
def funnel_graph():
    FUNNEL = funnel_world()
    graph_tv = graphs.dag(FUNNEL.edges, treatment="tv", outcome="sales")
    graph_tv.draw("Search is a mediator of TV, and demand confounds everything")
    return (FUNNEL,)


@app.cell
def histories(FUNNEL, SEED):
    funnel_weeks = FUNNEL.sample(131, SEED)
    without_tv = FUNNEL.sample(131, SEED, do={"tv": 0})["sales"]
    without_search = FUNNEL.sample(131, SEED, do={"search": 0})["sales"]
    total_sales = funnel_weeks["sales"].sum()
    last_click_share = float(4 * funnel_weeks["search"].sum() / total_sales)
    true_share = float(1 - without_search.sum() / total_sales)
    true_share_tv = float(1 - without_tv.sum() / total_sales)
    marketing_mix.chart_histories(funnel_weeks["sales"], without_search, without_tv)
    return (
        funnel_weeks,
        last_click_share,
        true_share,
        true_share_tv,
        without_tv,
    )


@app.cell(hide_code=True)
def read_histories(last_click_share, true_share, true_share_tv):
    mo.md(f"""
    By last click, search brings {percent(last_click_share)} of all sales, and TV nothing. Played again with the same luck, search
    *causes* {percent(true_share)}: most sales booked under it would have come anyway. TV causes {percent(true_share_tv)}, part of it *through*
    search. That part is lost in either case: no split of the credit. At eBay, in an experiment, clicks on the firm's own name
    sold next to nothing (Blake, Nosko & Tadelis 2015).
    """)
    return


@app.cell(hide_code=True)
def question_7():
    mo.md("""
    ### Exercise 7 · complete · 4 min

    How much of TV's effect travels through search? `tv_only_direct` holds the sales of a history in which **search still
    behaves as it did** although TV is off. `through_search`: the share of TV's total effect on sales (all weeks) that is lost
    only because searches go away. Between 0 and 1.
    """)
    return


@app.cell
def exercise_7_through(FUNNEL, SEED, funnel_weeks, without_tv):
    tv_only_direct = FUNNEL.sample(131, SEED, do={"tv": 0, "search": funnel_weeks["search"]})[
        "sales"
    ]
    # Three columns of weekly sales: as it was, TV off with searches kept, TV off.
    _seen, _kept, _off = funnel_weeks["sales"], tv_only_direct, without_tv
    through_search = ...
    return through_search, tv_only_direct


@app.cell(hide_code=True)
def check_7(
    funnel_weeks,
    set_progress,
    through_search,
    tv_only_direct,
    without_tv,
):
    check_7 = marketing_mix.judge_7(
        through_search, funnel_weeks["sales"], tv_only_direct, without_tv
    )
    check_7.noted(7, set_progress)
    return


@app.cell(hide_code=True)
def regression_heading():
    mo.md("""
    ## Then let a regression decide? · optional

    Put TV and search into one regression of sales and read the two coefficients. Exact, as with endless weeks:
    """)
    return


@app.cell
def regressions(FUNNEL):
    def coefficients(world):
        """Return the exact coefficient of TV under four choices of regressors."""
        choices = [["search"], [], ["demand"], ["demand", "search"]]
        return {" + ".join(["TV", *more]): world.slope("sales", "tv", more) for more in choices}

    tv_coefficients = coefficients(FUNNEL)
    as_table(pd.Series(tv_coefficients, name="euros of sales per euro of TV").to_frame())
    return (coefficients,)


@app.cell(hide_code=True)
def question_8():
    mo.md("""
    ### Exercise 8 · predict · 2 min

    The last of the four regressions holds TV, demand **and** search. What does its coefficient of TV measure? Answer
    `"total effect"`, `"direct effect"` or `"no effect"`.
    """)
    return


@app.cell
def exercise_8_meaning():
    # Your prediction, as one of the three texts.
    meaning = ...
    return (meaning,)


@app.cell(hide_code=True)
def check_8(meaning, set_progress):
    check_8 = marketing_mix.judge_8(meaning)
    check_8.noted(8, set_progress)
    return (check_8,)


@app.cell
def moved_funnel(check_8, coefficients, demand_slider, pull_slider):
    funnel_moved = funnel_world(pull_slider.value, demand_slider.value)
    moved, moved_truth = coefficients(funnel_moved), funnel_moved.total_effect("tv", "sales")
    _view = marketing_mix.show_regressions(pull_slider, demand_slider, moved, moved_truth)
    checks.after(check_8, _view, "picture", exercise=8)
    return


@app.cell(hide_code=True)
def read_moved(check_8):
    _read = mo.md("""
    Wherever the sliders stand, the regression with demand alone is on the truth. "TV + search" holds the mediator fixed, and
    opens TV → search ← demand; with demand's pull at 0 only what goes through search is missed.
    """)
    checks.after(check_8, _read, "reading", exercise=8)
    return


@app.cell(hide_code=True)
def feedback_heading():
    mo.md("""
    ## Budgets that follow sales · optional

    "Sales were good, spend more." Past sales then cause spend, and demand, which lasts for weeks, stands behind both.

    For *this week's* spend alone, last week's sales would do. We want the whole carry-over: then they are an outcome of the treatment,
    and a collider (last spend → last sales ← last demand).
    """)
    return


@app.cell
def feedback_graph():
    _causes = {
        "last_sales": ["last_demand", "last_spend"],
        "demand": ["last_demand"],
        "spend": ["last_sales"],
        "sales": ["demand", "last_spend", "spend"],
    }
    _arrows = [(cause, effect) for effect in _causes for cause in _causes[effect]]
    graph_feedback = graphs.dag(_arrows, treatment="spend", outcome="sales")
    graph_feedback.adjusting("demand", "last_spend").draw(
        "Two weeks of a budget that follows sales"
    )
    return


@app.cell
def feedback_worlds(TRUTH):
    def feedback_worlds(follow, n_worlds, seed, n_weeks=131):
        """Return demand, sales and saturated spend (week, world); spend follows last sales."""
        alpha, lam, beta = (float(TRUTH[k][0]) for k in ("alpha", "lam", "beta"))
        luck = np.random.default_rng(seed).normal(0, 1, (3, n_weeks + 4, n_worlds))
        demand, sales, media, spend = np.zeros((4, n_weeks + 4, n_worlds))
        sales[3] = 4.8  # the level that the budget compares with
        for t in range(4, n_weeks + 4):
            demand[t] = 0.6 * demand[t - 1] + 0.8 * luck[0, t]
            spend[t] = (0.85 + follow * (sales[t - 1] - 4.8) + 0.2 * luck[1, t]).clip(0.05)
            media[t] = saturate(carry_over(spend[t : t - 4 : -1], alpha), lam)
            sales[t] = 4 + 0.5 * demand[t] + beta * media[t] + 0.15 * luck[2, t]
        return demand[4:], sales[4:], media[4:]

    return (feedback_worlds,)


@app.function
def ols(outcome, *regressors):
    """Return the first regressor's coefficient in each world; arrays (week, world)."""
    x = np.stack([r - r.mean(axis=0) for r in regressors], axis=-1).transpose(1, 0, 2)
    y = (outcome - outcome.mean(axis=0)).T[..., None]
    return np.linalg.solve(x.transpose(0, 2, 1) @ x, x.transpose(0, 2, 1) @ y)[:, 0, 0]


@app.cell
def feedback(SEED, TRUTH, feedback_worlds, follow_slider):
    demand, sales, at_work_now = feedback_worlds(follow_slider.value / 100, 100, SEED)
    _more = {"nothing": [], "last week's sales": [sales[:-1]], "demand": [demand[1:]]}
    over_truth = {
        who: ols(sales[1:], at_work_now[1:], *given) / float(TRUTH["beta"][0])
        for who, given in _more.items()
    }
    feedback_table = tidy.summarise(over_truth)
    feedback_table["rmse"] = [float(np.sqrt(((v - 1) ** 2).mean())) for v in over_truth.values()]
    marketing_mix.show_feedback(follow_slider, feedback_table)
    return


@app.cell(hide_code=True)
def read_feedback():
    mo.md(r"""
    All three are given the true $\alpha$ and $\lambda$. Move the slider to 0: the budget is deaf, nothing needs adjusting, and last
    week's sales, an outcome, bias the estimate. Yet they take out noise: the rmse may be smaller than with nothing. **Bias is
    not error**; only demand takes away nearly all of both.
    """)
    return


@app.cell(hide_code=True)
def second_heading():
    mo.md("""
    ## The same program in PyMC · optional

    The first analyst's model once more, from the formulas, with its own convolution and curve; nothing of the program above
    is used. If both are the same model, their densities are the same at every draw.
    """)
    return


@app.cell
def pymc_library():
    import logging

    import pymc as pm
    import pymc.dims as pmd

    logging.getLogger("pymc").setLevel(logging.WARNING)
    return pm, pmd


@app.cell
def pymc_media(pmd):
    def pymc_media(spend):
        """Return sales caused (week, channel) and those of a week with mean spend."""
        lags = [spend.shift(week=lag, fill_value=0.0) for lag in range(4)]
        past = xr.concat(lags, "lag")
        alpha = pmd.Beta("alpha", 2, 3, dims="channel")
        lam = pmd.Gamma("lam", 4, 2, dims="channel")
        typical = pmd.HalfNormal("typical_return", 3, dims="channel") * spend.mean("week")
        beta = typical / pmd.math.tanh(lam * spend.mean("week") / 2)  # s(x) is tanh(lam x / 2)
        weights = pmd.math.exp(pmd.math.log(alpha) * xr.DataArray(np.arange(4.0), dims="lag"))
        at_work = (weights * past).sum("lag") / weights.sum("lag")
        return beta * pmd.math.tanh(lam * at_work / 2), typical

    return (pymc_media,)


@app.cell
def pymc_model(history, pm, pmd, pymc_media):
    weeks_of = {d: history[d].to_numpy() for d in ("week", "channel")} | {"lag": range(4)}
    with pm.Model(coords=weeks_of | {"wave": ["sin", "cos"]}) as model_pymc:
        _media, _typical = pymc_media(history["spend"])
        _week, _year = history["week"], 2 * np.pi * history["week"] / 52
        _waves = xr.concat([np.sin(_year), np.cos(_year)], "wave")
        _mu = pmd.Normal("level", 7, 2)
        _mu += pmd.Normal("trend", 0, 1) * (_week - _week.mean()) / _week.size
        _mu += (pmd.Normal("season", 0, 0.5, dims="wave") * _waves).sum("wave")
        _mu += pmd.Normal("demand_effect", 0, 1) * history["demand"]
        _mu += (_media - _typical).sum("channel")
        _sigma = pmd.HalfNormal("sigma", 0.5)
        pmd.Normal("sales", _mu, _sigma, observed=history["sales"], dims="week")
    return (model_pymc,)


@app.cell
def densities(history, jax, known, mix_model, model_pymc, numpyro, pm):
    from pymc.stats import compute_log_prior

    def log_density(draw):
        """Return the log density of the program above at one draw."""
        weeks = about_the_weeks(history)
        return numpyro.infer.util.log_density(mix_model, (weeks,), {}, draw)[0]

    _names = sorted(set(known) & {variable.name for variable in model_pymc.free_RVs})
    _few = known[_names].isel(chain=[0], draw=slice(20))
    _how = {"model": model_pymc, "extend_inferencedata": False, "progressbar": False}
    _how |= {"compile_kwargs": {"mode": "FAST_COMPILE"}}  # for a few draws no compiler is needed
    _tree = xr.DataTree.from_dict({"posterior": _few})
    _parts = compute_log_prior(_tree, **_how), pm.compute_log_likelihood(_tree, **_how)
    _pymc = sum(v.sum(set(v.dims) - {"chain", "draw"}) for p in _parts for v in p.values())
    _numpyro = jax.vmap(log_density)({name: _few[name][0].to_numpy() for name in _names})
    density_gap = float(np.abs(_pymc.to_numpy().ravel() - np.asarray(_numpyro)).max())
    return (density_gap,)


@app.cell(hide_code=True)
def read_second(density_gap):
    mo.md(f"""
    The largest difference of the two log densities, over twenty draws, is {density_gap:.0e}: it is one model, written twice. Shared are
    the formulas and the graph; whether these are right, no library can say.

    In production, **pymc-marketing** brings what a company needs around such a model: many channels and regions, other curves,
    lift tests, a budget optimiser, all tested. It will not choose the adjustment set for you.
    """)
    return


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=8)
    return


@app.cell(hide_code=True)
def references():
    mo.md("""
    ### References

    - Blake, T., Nosko, C., & Tadelis, S. (2015). Consumer heterogeneity and paid search effectiveness: a large-scale field
      experiment. *Econometrica*, 83(1), 155–174. [doi:10.3982/ECTA12423](https://doi.org/10.3982/ECTA12423)
    - Jin, Y., Wang, Y., Sun, Y., Chan, D., & Koehler, J. (2017). *Bayesian methods for media mix modeling with carryover and
      shape effects*. Google research report.
    - Orduz, J. (2024). [Media mix model and experimental calibration: a simulation
      study](https://juanitorduz.github.io/mmm_roas/); our company has the shape of its world.
    - Zhang, Y., Wurm, M., Li, E., Wakim, A., Kelly, J., Price, B., & Liu, Y. (2024). *Media mix model calibration with
      Bayesian priors*. Google research report.

    ### Knobs

    All that is simulated here follows from `SEED`; the stored study has its own. `DRAWS`: of each chain.
    """)
    return


@app.cell(hide_code=True)
def sliders():
    alpha_slider, lam_slider = marketing_mix.sliders_shapes()
    pull_slider, demand_slider = marketing_mix.sliders_funnel()
    test_slider, margin_slider = marketing_mix.slider_test(), marketing_mix.slider_margin()
    follow_slider = marketing_mix.slider_follow()
    return (
        alpha_slider,
        demand_slider,
        follow_slider,
        lam_slider,
        margin_slider,
        pull_slider,
        test_slider,
    )


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_draws():
    DRAWS = 750
    return (DRAWS,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
