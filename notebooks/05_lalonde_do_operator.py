import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Did the job programme raise earnings?",
    css_file="../slides/theme.css",
)

with app.setup:
    from statistics import NormalDist

    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts, checks, graphs, tidy
    from helpers.data import load_lalonde
    from helpers.tidy import number, percent, signed


@app.cell(hide_code=True)
def title(n_men, n_treated):
    mo.md(f"""
    # Did the job programme raise earnings?

    In the 1970s the National Supported Work Demonstration gave men with little work experience a job for
    about a year. What did it do to their earnings in 1978? Of {n_men} men, {n_treated} took part and {n_men - n_treated} did not.
    """)
    return


@app.cell(hide_code=True)
def card(n_men, n_treated):
    mo.md(f"""
    | | |
    |:---|:---|
    | You will be able to | write a causal graph as a program, `observe` it, `do` both arms, and say what the answer rests on |
    | Estimand | average effect on 1978 earnings: over all {n_men} men (ATE), over the {n_treated} who took part (ATT) |
    | Design | observational comparison, adjusted for what is known before the programme |
    | Data | {n_men} men, earnings in dollars (LaLonde 1986; Dehejia & Wahba 1999) |
    | Referee | the randomised experiment on the same programme |
    | Time | 137 minutes, with six checked exercises |
    | Prerequisites | notebook 01 (graphs and `do`); you have met a posterior once |
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def cost():
    DRAWS = 400
    return (DRAWS,)


@app.cell
def progress_state():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


@app.function(hide_code=True)
def with_interval(draws):
    """Return the text of a mean in dollars with its interval, from draws in dollars."""
    low, high = tidy.hdi(draws)
    level = f"{percent(tidy.HDI_PROB)} HDI"
    return (
        f"{number(float(draws.mean()), 0)} dollars ({level} {number(low, 0)} to {number(high, 0)})"
    )


@app.cell(hide_code=True)
def data_heading():
    mo.md(r"""
    ## The men and what we know about them

    Eight things are known about each man from before the programme. They are the *covariates*.
    """)
    return


@app.cell
def data():
    men = load_lalonde()
    n_men, n_treated = len(men), int(men["treated"].sum())
    took_part = men["treated"] == 1
    share_zero = float((men["earnings_1978"] == 0).mean())
    return men, n_men, n_treated, share_zero, took_part


@app.cell(hide_code=True)
def variables(n_men, n_treated):
    mo.md(f"""
    | name | meaning | unit | role |
    |:---|:---|:---|:---|
    | `treated` | took part in the programme | 1 yes, 0 no | treatment |
    | `earnings_1978` | earnings after the programme | dollars a year | outcome |
    | `earnings_1974`, `earnings_1975` | earnings before it | dollars a year | covariates |
    | `age`, `education_years` | age, years of schooling | years | covariates |
    | `black`, `hispanic` | race (neither: white) | 1 yes, 0 no | covariates |
    | `married`, `no_degree` | married; no high-school degree | 1 yes, 0 no | covariates |

    n = {n_men}: {n_treated} took part, {n_men - n_treated} are the comparison group (survey CPS-3).
    """)
    return


@app.function(hide_code=True)
def shares(values, edges):
    """Return a frame with the share of the values in each bin: columns from, to, share."""
    share = np.histogram(values, edges)[0] / len(values)
    return pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": share})


@app.function(hide_code=True)
def bin_axes(unit, whose):
    """Return the axes of a histogram: bins along x, shares up and, mirrored, down."""
    per_cent = alt.Axis(labelExpr="format(abs(100 * datum.value), '.0f') + ' %'")
    return {
        "x": alt.X("from:Q", bin="binned", title=unit, axis=alt.Axis(format="~s", tickCount=10)),
        "x2": "to:Q",
        "y": alt.Y("share:Q", title=f"share of {whose}", stack=None, axis=per_cent),
    }


@app.function(hide_code=True)
def chart_groups(treated, control, edges, *, unit, title):
    """Return histograms back to back: the treated above the line, the control group below."""
    above, below = shares(treated, edges), shares(control, edges)
    below["share"] *= -1
    frame = pd.concat([above.assign(group="treated"), below.assign(group="control")])
    base = alt.Chart(frame).encode(
        color=alt.Color("group:N", scale=charts.role_scale("treated", "control"), legend=None)
    )
    bars = base.mark_bar(opacity=0.8, stroke="white").encode(**bin_axes(unit, "the group"))
    names = base.transform_aggregate(peak="max(share)", low="min(share)", groupby=["group"])
    names = names.transform_calculate(at="0.6 * (datum.peak > 0 ? datum.peak : datum.low)")
    label = names.mark_text(align="right", fontSize=16, fontWeight="bold")
    layers = bars + label.encode(x=alt.value("width"), y="at:Q", text="group")
    layers = layers.properties(title=title, height=270)
    words = f"{title}. Histograms of {unit}: the treated above the line, control below."
    return charts.describe(layers, words)


@app.cell(hide_code=True)
def invented_chart(men, n_men):
    def chart_invented(invented, edges, *, inventor, title, role="truth"):
        """Return the men's earnings as bars, and those that a model invents as a dashed outline."""
        seen, made = shares(men["earnings_1978"], edges), shares(invented, edges)
        made = pd.concat([made, made.tail(1).assign(**{"from": edges[-1]})])  # closes the outline
        axes = bin_axes("earnings in 1978 (dollars)", "the men")
        bars = alt.Chart(seen).mark_bar(color=charts.ROLES["truth"], opacity=0.25).encode(**axes)
        outline = alt.Chart(made).mark_line(
            interpolate="step-after", strokeDash=[6, 3], strokeWidth=3, color=charts.ROLES[role]
        )
        layers = bars + outline.encode(x="from:Q", y="share:Q")
        how = f"grey bars: the {n_men} men; dashed outline: invented by the {inventor}"
        layers = layers.properties(title=alt.Title(title, subtitle=how), height=250)
        return charts.describe(layers, f"{title}. Histograms of earnings in 1978: {how}.")

    return (chart_invented,)


@app.cell(hide_code=True)
def chart_outcome(men, share_zero, took_part):
    chart_groups(
        men.loc[took_part, "earnings_1978"],
        men.loc[~took_part, "earnings_1978"],
        np.arange(0, 40_001, 2000),
        unit="earnings in 1978 (dollars)",
        title=f"{percent(share_zero)} of the men earned nothing at all",
    )
    return


@app.cell(hide_code=True)
def outcome_read(men, share_zero):
    _earned = men["earnings_1978"]
    mo.md(f"""
    Two things to keep in mind for later: {(_earned == 0).sum()} men ({percent(share_zero)}) earned exactly nothing, and the rest have a long tail, up
    to {number(_earned.max(), 0)} dollars with a median of {number(_earned[_earned > 0].median(), 0)}.
    """)
    return


@app.cell
def level():
    # Standard errors on each side of a normal interval at the level of the course.
    Z = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)
    return (Z,)


@app.cell(hide_code=True)
def naive_heading():
    mo.md(r"""
    ## The naive answer

    Compare the average earnings of the two groups, as they are.
    """)
    return


@app.cell
def naive(men):
    mean_by_group = men.groupby("treated")["earnings_1978"].mean()
    naive_difference = float(mean_by_group[1] - mean_by_group[0])
    naive_se = float(men.groupby("treated")["earnings_1978"].sem().pow(2).sum() ** 0.5)
    return mean_by_group, naive_difference, naive_se


@app.cell(hide_code=True)
def naive_read(Z, mean_by_group, naive_difference, naive_se):
    _low, _high = (number(naive_difference + side * Z * naive_se, 0) for side in (-1, 1))
    mo.md(f"""
    Men who took part earned {number(mean_by_group[1], 0)} dollars, the others {number(mean_by_group[0], 0)}. The
    `naive_difference` is **{number(naive_difference)} dollars** ({percent(tidy.HDI_PROB)} interval {_low} to {_high}): as if the
    programme had cost them money, or at best done little.
    But were the two groups alike before it began?
    """)
    return


@app.cell
def imbalance(men):
    COVARIATES = [
        "age",
        "education_years",
        "black",
        "hispanic",
        "married",
        "no_degree",
        "earnings_1974",
        "earnings_1975",
    ]
    before = men.groupby("treated")[COVARIATES].mean()
    standardised_gap = (before.loc[1] - before.loc[0]) / men[COVARIATES].std()
    return COVARIATES, before, standardised_gap


@app.cell(hide_code=True)
def chart_imbalance(standardised_gap):
    _frame = standardised_gap.rename("gap").rename_axis("covariate").reset_index()
    _worst = standardised_gap.abs().idxmax()
    _chart = alt.Chart(_frame).mark_bar(color=charts.ROLES["truth"], opacity=0.6, height=12)
    chart_gap = charts.describe(
        _chart.encode(
            y=alt.Y("covariate:N", sort="x", title=None),
            x=alt.X("gap:Q", title="treated minus control, before (standard deviations)"),
        ).properties(
            title=f"Largest gap: {_worst}, {signed(standardised_gap[_worst], 1)} sd", height=260
        ),
        "Gap between the groups, in standard deviations: "
        + ", ".join(f"{name} {signed(gap)}" for name, gap in standardised_gap.items()),
    )
    chart_gap
    return


@app.cell(hide_code=True)
def imbalance_read(standardised_gap):
    _far = standardised_gap[standardised_gap.abs() > 0.25]
    mo.md(f"""
    They were not: {len(_far)} of the {len(standardised_gap)} covariates differ by more than a quarter of a standard deviation (sd).
    """)
    return


@app.cell(hide_code=True)
def question_1(before):
    mo.md(f"""
    ### Exercise 1 · predict · 2 min

    The men who took part had earned {number(before.loc[1, "earnings_1974"], 0)} dollars in 1974, the
    others {number(before.loc[0, "earnings_1974"], 0)}. Is the naive difference *too low*, *too high* or *about right* as
    an estimate of the effect? Answer with one of these three texts.
    """)
    return


@app.cell
def exercise_1_direction():
    # Your prediction: "too low", "too high" or "about right".
    direction = ...
    return (direction,)


@app.cell(hide_code=True)
def check_1(direction, set_progress):
    check_1 = checks.choice(
        direction,
        "too low",
        ["too low", "too high", "about right"],
        hints=[
            ("too high", "Who would have earned less in 1978 even without the programme?"),
            ("about right", "It would be, had a coin decided who takes part. Look at the gaps."),
            "Imagine that the programme does nothing. Which group earns less in 1978?",
        ],
        why="The men who took part would have earned less anyway. The naive difference counts that "
        "disadvantage as an effect. This is confounding.",
    )
    set_progress(check_1.record("1"))
    check_1
    return


@app.cell(hide_code=True)
def estimand_heading(n_men, n_treated):
    mo.md(rf"""
    ## What do we want to know?

    Each man has two potential outcomes: $Y_i(1)$, his 1978 earnings if he takes part, and $Y_i(0)$, if he does not.
    We see one. Two averages, two populations:

    $$\begin{{aligned}}
    \text{{ATE}} &= \frac{{1}}{{{n_men}}}\sum_{{i=1}}^{{{n_men}}} E\big[Y_i(1) - Y_i(0) \mid x_i\big] \\
    \text{{ATT}} &= \frac{{1}}{{{n_treated}}}\sum_{{i:\,T_i=1}} E\big[Y_i(1) - Y_i(0) \mid x_i\big]
    \end{{aligned}}$$

    **ATE**: what if all {n_men} had taken part? **ATT**: what did it do for the {n_treated} who did? The experiment was run on men
    like these: it is a referee for the ATT.
    """)
    return


@app.cell(hide_code=True)
def graph_heading():
    mo.md(r"""
    ## What causes what?

    Background (age, schooling, race, marriage) and past earnings may steer both who joins and what a man
    earns later.
    """)
    return


@app.cell
def graph():
    causes = {
        "earnings_1974": ["background"],
        "earnings_1975": ["background", "earnings_1974"],
        "earnings_1978": ["background", "earnings_1974", "earnings_1975", "treated"],
        "treated": ["background", "earnings_1974", "earnings_1975"],
    }
    arrows = [(cause, effect) for effect in causes for cause in causes[effect]]
    programme_graph = graphs.dag(arrows, treatment="treated", outcome="earnings_1978")
    return (programme_graph,)


@app.cell
def adjustment(programme_graph):
    adjustment_set = sorted(programme_graph.adjustment_sets()[0])
    return (adjustment_set,)


@app.cell(hide_code=True)
def show_graph(adjustment_set, programme_graph):
    mo.vstack(
        [
            programme_graph.adjusting(*adjustment_set).draw(
                "The causal graph, with what we adjust for"
            ),
            mo.md(
                f"The only minimal set that closes every backdoor path: **{', '.join(adjustment_set)}**."
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def assumptions():
    mo.md(r"""
    What the graph and the estimand assume, by name:

    - **Consistency**: there is one version of the programme, and what we see is $Y_i(T_i)$.
    - **No interference**: one man's place does not change another man's earnings.
    - **Ignorability** (no unmeasured confounding): among men with equal covariates, joining is as good as random. Nothing unseen
      points at both `treated` and `earnings_1978`. No data can show this.
    - **Positivity**: every kind of man could have joined, and could have stayed away.
    """)
    return


@app.cell(hide_code=True)
def regression_heading():
    mo.md(r"""
    ## A regression with all eight covariates

    Least squares gives a first adjusted answer, and later a line to compare every posterior with.
    """)
    return


@app.cell
def regression(COVARIATES, men):
    import statsmodels.formula.api as smf

    formula = "earnings_1978 ~ treated + " + " + ".join(COVARIATES)
    ols = smf.ols(formula, men).fit()
    ols_without_re74 = smf.ols(formula.replace(" + earnings_1974", ""), men).fit()
    return ols, ols_without_re74, smf


@app.cell
def regression_effects(ols, ols_without_re74):
    ols_ate = float(ols.params["treated"])
    ols_ate_without_re74 = float(ols_without_re74.params["treated"])
    return ols_ate, ols_ate_without_re74


@app.cell(hide_code=True)
def regression_read(ols, ols_ate, ols_ate_without_re74, ols_without_re74):
    mo.md(f"""
    With all covariates the coefficient is **{number(ols_ate)} dollars** (standard error {number(ols.bse["treated"], 0)}). Leave
    out the earnings of 1974 (`re74`, as this column is known elsewhere) and it is {number(ols_ate_without_re74)}
    ({number(ols_without_re74.bse["treated"], 0)}). Both are positive, the naive difference was not: the adjustment carries the answer.
    """)
    return


@app.cell(hide_code=True)
def model_heading():
    mo.md(r"""
    ## The graph as a program

    Covariates, then who joins, then what he earns (in thousands of dollars): the order of the arrows.

    $$\begin{aligned}
    \alpha_0 &\sim \text{Normal}(0, 1.5), \quad \alpha_k \sim \text{Normal}(0, 2.5) \\
    T_i &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + x_i^\top \alpha)\big) \\
    \beta_0 &\sim \text{Normal}(5, 10), \quad \tau, \beta_k \sim \text{Normal}(0, 10), \quad \sigma \sim \text{HalfNormal}(10) \\
    \mu_i &= \beta_0 + \tau T_i + x_i^\top \beta \\
    Y_i &\sim \text{Normal}(\mu_i, \sigma)
    \end{aligned}$$
    """)
    return


@app.cell
def scaling(COVARIATES, men):
    def scale(table):
        """Return the table centred; all but the 0/1 columns in standard deviations."""
        spread = table.std().where(table.nunique() > 2, 1.0)
        return (table - table.mean()) / spread

    covariate_table = scale(men[COVARIATES])
    return (covariate_table,)


@app.cell
def libraries():
    import logging

    import pymc as pm

    # PyMC says on the screen what it is doing; only its warnings matter here.
    logging.getLogger("pymc").setLevel(logging.WARNING)
    # Running a model forwards once is quicker step by step than compiled.
    UNCOMPILED = {"mode": "FAST_COMPILE"}
    return UNCOMPILED, pm


@app.cell
def treatment_model(pm):
    def who_joins(covariates):
        """The first line of the maths: covariates -> treated."""
        join_intercept = pm.Normal("join_intercept", 0, 1.5)  # log-odds
        join_slopes = pm.Normal("join_slopes", 0, 2.5, dims="covariate")  # odds times or over 12
        return pm.Bernoulli(
            "treated", logit_p=join_intercept + covariates @ join_slopes, dims="unit"
        )

    return (who_joins,)


@app.cell
def linear_model(covariate_table, pm, who_joins):
    def linear_model(table, slope_sd):
        """Covariates -> treated -> earnings, in thousands of dollars."""
        with pm.Model(coords={"unit": table.index, "covariate": table.columns}) as model:
            covariates = pm.Data("covariates", table, dims=("unit", "covariate"))
            treated = who_joins(covariates)
            intercept = pm.Normal("intercept", 5, 10)  # $5,000, give or take $10,000
            effect = pm.Normal("effect", 0, slope_sd)  # thousands of dollars
            slopes = pm.Normal("slopes", 0, slope_sd, dims="covariate")
            sigma = pm.HalfNormal("sigma", 10)  # $10,000 around what is expected
            mu = intercept + effect * treated + covariates @ slopes
            mu_earnings = pm.Deterministic("mu_earnings", mu, dims="unit")
            pm.Normal("earnings", mu_earnings, sigma, dims="unit")
        return model

    model_linear = linear_model(covariate_table, slope_sd=10)  # $10,000 per step
    mo.md(f"Unknowns, two of them vectors: {len(model_linear.free_RVs)}")
    return linear_model, model_linear


@app.cell(hide_code=True)
def show_linear_model(model_linear):
    model_linear
    return


@app.cell(hide_code=True)
def prior_heading(n_men):
    mo.md(f"""
    ## What does the model believe before it sees the data?

    Run the program forwards: it invents {n_men} men, who joins, and what they earn.
    """)
    return


@app.cell
def prior_predictive(SEED, UNCOMPILED, model_linear, pm):
    prior = pm.sample_prior_predictive(
        200,
        model=model_linear,
        var_names=["effect", "earnings"],
        random_seed=SEED,
        compile_kwargs=UNCOMPILED,
    ).prior
    prior_dollars = prior["earnings"].to_numpy().ravel() * 1000
    return prior, prior_dollars


@app.cell(hide_code=True)
def chart_prior(chart_invented, prior_dollars):
    _half = (1 - tidy.HDI_PROB) / 2
    _low, _high = np.quantile(prior_dollars, [_half, 1 - _half])
    _share = percent(tidy.HDI_PROB)
    chart_invented(
        prior_dollars,
        np.arange(-80_000, 90_001, 10_000),
        inventor="prior",
        title=f"{_share} of the invented men earn {number(_low, 0)} to {number(_high, 0)}",
        role="prior",
    )
    return


@app.cell(hide_code=True)
def prior_read(prior, prior_dollars):
    _typical = number(1000 * float(np.median(np.abs(prior["effect"]))), 0)
    mo.md(f"""
    The prior allows far more than the data show, and {percent((prior_dollars < 0).mean())} of its men earn less than nothing: a
    straight line with normal noise does not know that earnings stop at zero. We come back to that. Its effects are
    wide as well: half of them beyond ±{_typical} dollars.
    """)
    return


@app.cell(hide_code=True)
def simulate_heading():
    mo.md(r"""
    ## Does the adjustment work where the truth is known?

    `pm.do` sets every parameter to a value of ours, and the same program becomes a simulator. We choose an effect
    of exactly 2,000 dollars and let men join as unevenly as they really did.
    """)
    return


@app.cell
def like_the_data(COVARIATES, covariate_table, men, smf):
    men_scaled = covariate_table.assign(
        treated=men["treated"], earnings=men["earnings_1978"] / 1000
    )
    right_side = " + ".join(COVARIATES)
    joining = smf.logit(f"treated ~ {right_side}", men_scaled).fit(disp=False).params
    earning = smf.ols(f"earnings ~ {right_side}", men_scaled).fit()
    return earning, joining


@app.cell
def true_values(COVARIATES, earning, joining):
    true_values = {
        "join_intercept": joining["Intercept"],
        "join_slopes": joining[COVARIATES].to_numpy(),
        "intercept": earning.params["Intercept"],
        "slopes": earning.params[COVARIATES].to_numpy(),
        "effect": 2.0,  # thousands of dollars
        "sigma": earning.scale**0.5,
    }
    return (true_values,)


@app.cell
def simulate(SEED, UNCOMPILED, model_linear, pm, true_values):
    world = pm.do(model_linear, true_values)
    simulated = pm.sample_prior_predictive(
        400, world, var_names=["treated", "earnings"], random_seed=SEED, compile_kwargs=UNCOMPILED
    ).prior
    return (simulated,)


@app.cell
def recover(covariate_table, n_men, simulated):
    def coefficient_of_treated(treated, earnings, table):
        """Return the least-squares coefficient of treated, in dollars."""
        design = np.column_stack([treated, np.ones(len(treated)), table])
        return 1000 * np.linalg.lstsq(design, earnings, rcond=None)[0][0]

    _columns = [simulated[name].to_numpy()[0] for name in ("treated", "earnings")]
    _worlds = list(zip(*_columns, strict=True))
    _nothing = np.empty((n_men, 0))
    simulated_naive = np.array([coefficient_of_treated(*w, _nothing) for w in _worlds])
    simulated_adjusted = np.array([coefficient_of_treated(*w, covariate_table) for w in _worlds])
    return simulated_adjusted, simulated_naive


@app.cell(hide_code=True)
def chart_recover(simulated_adjusted, simulated_naive, true_values):
    _draws = {"naive": simulated_naive, "adjusted": simulated_adjusted}
    _means = {name: found.mean() for name, found in _draws.items()}
    _rows = [pd.DataFrame({"label": k, "value": found, "role": k}) for k, found in _draws.items()]
    _text = f"{len(simulated_naive)} worlds: " + ", ".join(
        f"{name} {number(mean, 0)}" for name, mean in _means.items()
    )
    _curves = charts.chart_density(
        pd.concat(_rows),
        title=_text,
        unit="estimate (dollars)",
        truth=1000 * true_values["effect"],
    )
    _names = alt.Chart(pd.DataFrame({"label": _means.keys(), "mean": _means.values()}))
    _names = _names.mark_text(fontSize=16).encode(x="mean:Q", y=alt.value(200), text="label")
    chart_recovery = charts.describe(_curves + _names, _curves.description)
    chart_recovery
    return


@app.cell(hide_code=True)
def recover_read(simulated_adjusted, true_values):
    _truth = 1000 * true_values["effect"]
    _miss = np.abs(simulated_adjusted - _truth).mean()
    mo.md(f"""
    The adjusted estimates gather around the truth of {number(_truth, 0)} dollars; the naive ones do not. But the
    cloud is wide: one such world misses the truth by {number(_miss, 0)} dollars on average.
    """)
    return


@app.cell(hide_code=True)
def fit_heading():
    mo.md(r"""
    ## Observe

    `pm.observe` ties two nodes to the data: who joined, and what they earned. Then we sample. This takes
    about ten seconds, longer on a slow laptop.
    """)
    return


@app.cell
def observe(men, model_linear, pm):
    observed_linear = pm.observe(
        model_linear, {"treated": men["treated"], "earnings": men["earnings_1978"] / 1000}
    )
    return (observed_linear,)


@app.cell
def chains():
    import jax
    import pymc.sampling.jax  # noqa: F401  before JAX starts: it makes room for parallel chains

    CHAINS = 8
    CHAIN_METHOD = "parallel" if jax.local_device_count() >= CHAINS else "vectorized"
    return CHAINS, CHAIN_METHOD


@app.cell
def sampler(CHAINS, CHAIN_METHOD, DRAWS, SEED, pm):
    def fit(model):
        """Return posterior draws of the parameters; what follows from them is computed when needed."""
        return pm.sample(
            DRAWS,
            tune=300,
            chains=CHAINS,
            model=model,
            var_names=[variable.name for variable in model.free_RVs],
            nuts_sampler="numpyro",
            nuts={"chain_method": CHAIN_METHOD, "dense_mass": True},  # covariates are correlated
            progressbar=False,
            random_seed=SEED,
        )

    return (fit,)


@app.cell
def fit_linear(fit, observed_linear):
    idata_linear = fit(observed_linear)
    return (idata_linear,)


@app.cell
def diagnose_linear(idata_linear):
    diagnostics_linear = tidy.diagnostics(idata_linear)
    tidy.show_diagnostics(diagnostics_linear)
    return


@app.cell(hide_code=True)
def rule():
    mo.md(rf"""
    The rule for every fit here. **R-hat** compares the chains: {tidy.MAX_R_HAT} or less means that they agree. The **effective sample
    size** says how many independent draws ours are worth: at least {tidy.MIN_ESS}. A **divergence** is a step where the sampler lost
    its way: none.
    """)
    return


@app.cell(hide_code=True)
def check_heading():
    mo.md(r"""
    ## Does the fitted model look like the data?

    Let it invent 1978 again, now with what it has learnt.
    """)
    return


@app.cell
def posterior_predictive(SEED, UNCOMPILED, idata_linear, observed_linear, pm):
    def forward(model, idata, name, every=1):
        """Return what the program computes for `name`, run forwards from (every n-th of) the draws."""
        draws = idata.posterior.dataset.isel(draw=slice(None, None, every))
        return pm.sample_posterior_predictive(
            draws,
            model,
            var_names=[name],
            random_seed=SEED,
            progressbar=False,
            compile_kwargs=UNCOMPILED,
        ).posterior_predictive[name]

    replicated = forward(observed_linear, idata_linear, "earnings", every=20)
    return forward, replicated


@app.cell
def negative_share(replicated):
    share_negative = float((replicated < 0).mean())
    return (share_negative,)


@app.cell(hide_code=True)
def show_predictive(chart_invented, replicated, share_negative, share_zero):
    chart_invented(
        1000 * replicated.to_numpy().ravel(),
        np.arange(-15_000, 35_001, 2500),
        inventor="fitted model",
        title=f"Model: {percent(share_negative)} below zero; data: {percent(share_zero)} exactly zero",
    )
    return


@app.cell(hide_code=True)
def predictive_read(men, replicated, share_negative):
    _gap = 1000 * float(replicated.mean()) - men["earnings_1978"].mean()
    mo.md(f"""
    The model gets the average right (it is off by {number(abs(_gap), 0)} dollars) and the men wrong: {percent(share_negative)} of those it
    invents earn less than nothing, and none earns exactly nothing. An average effect may survive that. A statement about one man will not.
    """)
    return


@app.cell(hide_code=True)
def do_heading():
    mo.md(r"""
    ## Do

    `pm.do` replaces the node `treated` by a value. The arrows into it are gone: nobody chooses any more.
    """)
    return


@app.cell(hide_code=True)
def surgery(programme_graph):
    mo.vstack(
        [
            programme_graph.draw("Seeing: men join for reasons"),
            programme_graph.do("treated").draw("Doing: we set who takes part"),
        ]
    ).style({"zoom": "0.75"})
    return


@app.cell
def do_arms(forward, idata_linear, n_men, observed_linear, pm):
    def mean_earnings(observed, idata, treated):
        """Return expected earnings in dollars (chain, draw, unit); treated: 0, 1 or one a man."""
        arm = pm.do(observed, {"treated": np.full(n_men, treated)})
        return 1000 * forward(arm, idata, "mu_earnings")

    mu_without = mean_earnings(observed_linear, idata_linear, treated=0)
    mu_with = mean_earnings(observed_linear, idata_linear, treated=1)
    mo.md(f"Each world: {mu_with.sizes['unit']} men, {number(mu_with[..., 0].size, 0)} draws.")
    return mean_earnings, mu_with, mu_without


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Exercise 2 · fix · 5 min

    `mu_with` and `mu_without` now hold both worlds: dollars, shape (chain, draw, unit). A colleague takes the ATE from them
    with the code below, and gets a negative one. What does that line compare? Write the
    mended line in place of `...`, so that `effect_draws` holds the ATE in dollars, one number per `chain` and `draw`.
    """)
    return


@app.cell
def exercise_2_filter(mu_with, mu_without, took_part):
    # Mend the colleague's line. Both worlds hold all men, in dollars.
    _joined = took_part.to_numpy()
    _with, _without = mu_with.sel(unit=_joined), mu_without.sel(unit=~_joined)
    _buggy_draws = _with.mean("unit") - _without.mean("unit")
    effect_draws = ...
    return (effect_draws,)


@app.cell(hide_code=True)
def hints_on_form():
    hints_on_form = [
        (lambda value: isinstance(value, str), "Write the expression itself, without quotes."),
        (lambda value: np.size(value) == 1, "Keep chain and draw: average over the men only."),
        (lambda value: np.ndim(value) == 3, "That is one number per man; average over the men."),
    ]
    return (hints_on_form,)


@app.cell(hide_code=True)
def hints_2(hints_on_form, mu_with, mu_without, took_part):
    _joined = took_part.to_numpy()
    doing = (mu_with - mu_without).mean("unit").to_numpy()
    filtered = mu_with.sel(unit=_joined).mean("unit") - mu_without.sel(unit=~_joined).mean("unit")
    filtered = filtered.to_numpy()
    hints_2 = [
        (filtered, "That is still the buggy line: it conditions on who joined."),
        (-filtered, "Still two groups of men, and the sign is turned as well."),
        (-doing, "The sign is turned: with the programme minus without it."),
        (doing / 1000, "These are thousands of dollars; the draws are in dollars already."),
        *hints_on_form,
        "Both worlds must hold the same men.",
    ]
    return doing, filtered, hints_2


@app.cell(hide_code=True)
def check_2(
    doing,
    effect_draws,
    filtered,
    hints_2,
    naive_difference,
    set_progress,
):
    check_2 = checks.close(
        effect_draws,
        doing,
        tolerance=1.0,
        hints=hints_2,
        why="do puts the same men in both worlds. The buggy line compares different men: "
        f"{number(filtered.mean(), 0)} dollars, close to the naive {number(naive_difference, 0)}.",
    )
    set_progress(check_2.record("2"))
    check_2
    return


@app.cell
def effects(idata_linear, mu_with, mu_without, took_part):
    ate_do = (mu_with - mu_without).mean("unit")
    att_do = (mu_with - mu_without).sel(unit=took_part.to_numpy()).mean("unit")
    ate_coefficient = 1000 * idata_linear.posterior["effect"]
    mo.md(f"ATE by `do`: {with_interval(ate_do)}")
    return ate_coefficient, ate_do, att_do


@app.cell
def probability(ate_coefficient, ate_do):
    probability_positive = float((ate_do > 0).mean())
    largest_gap = float(np.abs(ate_do - ate_coefficient).max())
    return largest_gap, probability_positive


@app.cell(hide_code=True)
def show_effects(ate_coefficient, ate_do, att_do, probability_positive):
    _effect = f"{signed(float(ate_do.mean()), 0)} dollars, P(> 0) = {percent(probability_positive)}"
    charts.chart_effect(
        tidy.summarise(
            {"ATE by do": ate_do, "ATT by do": att_do, "coefficient": ate_coefficient}
        ).assign(role="adjusted"),
        title=f"If the graph is right: {_effect}",
        unit="effect on 1978 earnings (dollars)",
        number_format=",.0f",
    )
    return


@app.cell(hide_code=True)
def read_effects(ate_do, largest_gap):
    mo.md(f"""
    Three lines, one answer. In a straight line without interactions the coefficient *is* the effect, draw by draw: over
    {number(ate_do.size, 0)} draws they differ by less than {"a millionth of a dollar" if largest_gap < 1e-6 else f"{largest_gap:.1g} dollars"}. And everybody gains the same, so ATE
    and ATT are equal **by assumption**, not by evidence. (HDI, the highest-density interval: the shortest that holds {percent(tidy.HDI_PROB)} of the draws.)
    """)
    return


@app.cell(hide_code=True)
def counterfactual_heading():
    mo.md(r"""
    ## What would this man have earned?

    Average effects need $\mu$ only. One man's counterfactual needs his luck as well: what he earned beyond
    expectation. **Abduction**: find it, $u_i = y_i - \mu_i(t_i)$. **Action**: set $t_i$ to the other value.
    **Prediction**: $y_i^{\text{other}} = \mu_i(1 - t_i) + u_i$.
    """)
    return


@app.cell
def counterfactuals(men, mu_with, mu_without):
    five_men = men.query("treated == 1 and earnings_1978 > 0").index[:5]
    luck = men.loc[five_men, "earnings_1978"].to_numpy() - mu_with.sel(unit=five_men)
    earnings_without = mu_without.sel(unit=five_men) + luck
    mo.md(
        f"{len(five_men)} men, {number(earnings_without[..., 0].size, 0)} draws of what each would have earned."
    )
    return earnings_without, five_men


@app.cell(hide_code=True)
def chart_counterfactuals(earnings_without, five_men, men):
    _names = men.loc[five_men, "person"]
    _others = tidy.summarise({name: earnings_without.sel(unit=i) for i, name in _names.items()})
    _seen = pd.DataFrame({"label": _names, "seen": men.loc[five_men, "earnings_1978"]})
    _forest = charts.chart_effect(
        _others.assign(role="counterfactual"),
        title="Five participants: their earnings without the programme",
        unit="earnings in 1978 (dollars)",
        number_format=",.0f",
        interval=f"{percent(tidy.HDI_PROB)} HDI of his earnings without it; circle: what he did earn",
    )
    _circles = alt.Chart(_seen).mark_point(size=140, color=charts.ROLES["treated"], strokeWidth=3)
    _layers = _forest + _circles.encode(x="seen:Q", y=alt.Y("label:N", sort=None))
    _layers = _layers.properties(title=_forest.title, height=_forest.height)
    chart_men = charts.describe(_layers, f"{_forest.description} Circles: what they did earn.")
    chart_men
    return


@app.cell(hide_code=True)
def counterfactual_assumption(earnings_without):
    _least = float(earnings_without.mean(["chain", "draw"]).min())
    mo.md(rf"""
    What lets us write this: the model is **additive**, and the same $u_i$ holds in both worlds (a man's luck does
    not depend on the programme). The data cannot test it: no man was seen twice. Here it makes every man gain the same, and
    for one of the five it predicts {number(_least, 0)} dollars: where earnings stop at zero, additivity is wrong.
    """)
    return


@app.cell(hide_code=True)
def overlap_heading():
    mo.md(r"""
    ## Are the two groups comparable at all?

    The treatment sub-model gives each man's **propensity score**: his probability of joining, given his covariates. It belongs to
    this file: had more men been taken from the survey, it would be lower, and the ATE would speak of other men.
    """)
    return


@app.cell
def propensity(covariate_table, idata_linear):
    _draws = idata_linear.posterior
    _slopes = _draws["join_slopes"].to_numpy()  # chain, draw, covariate
    _log_odds = (
        _draws["join_intercept"].to_numpy()[..., None] + _slopes @ covariate_table.T.to_numpy()
    )
    propensity_score = (1 / (1 + np.exp(-_log_odds))).mean(axis=(0, 1))
    return (propensity_score,)


@app.cell
def overlap(propensity_score, took_part):
    lowest_treated = float(propensity_score[took_part].min())
    outside = float((propensity_score[~took_part] < lowest_treated).mean())
    UNLIKELY = 0.1
    unlikely = float((propensity_score[~took_part] < UNLIKELY).mean())
    return UNLIKELY, lowest_treated, outside, unlikely


@app.cell(hide_code=True)
def chart_overlap(UNLIKELY, propensity_score, took_part, unlikely):
    chart_groups(
        propensity_score[took_part],
        propensity_score[~took_part],
        np.linspace(0, 1, 21),
        unit="propensity score (probability of joining)",
        title=f"{percent(unlikely)} of the comparison group: under {percent(UNLIKELY)} chance to join",
    )
    return


@app.cell(hide_code=True)
def overlap_read(lowest_treated, n_men, n_treated, outside):
    mo.md(f"""
    {percent(outside)} of the comparison group look less like participants than any participant does
    (propensity under {number(lowest_treated)}). For the **ATT** each participant needs similar men who stayed away: there are
    some. For the **ATE** each of the {n_men - n_treated} needs similar men who joined: for many there are none, and the straight line
    fills the gap. That is why the ATE is fragile here, however narrow its interval.
    """)
    return


@app.cell
def published():
    # Effect in dollars: mean and sd. Orduz (2025), Introduction to causal inference with PPLs.
    published_effect, published_effect_sd = 552, 604
    return published_effect, published_effect_sd


@app.cell(hide_code=True)
def published_heading(n_men, published_effect, published_effect_sd):
    mo.md(f"""
    ## A published number, re-examined

    A public tutorial on these {n_men} men (Orduz 2025, after the ChiRho backdoor example) uses the same idea: joint model, then
    `do`. It leaves out `earnings_1974`, counts in thousands of dollars, gives every slope a
    Normal(0, 1) prior, and reports an effect of **{published_effect} ± {published_effect_sd} dollars**. Least squares on these
    columns says more than twice that. Who is right?
    """)
    return


@app.cell
def earnings_part(men, pm):
    def earnings_part(observed):
        """Return the model without the treatment sub-model: treated is set to what happened."""
        return pm.do(observed, {"treated": men["treated"].to_numpy()}, prune_vars=True)

    return (earnings_part,)


@app.cell(hide_code=True)
def factorisation():
    mo.md(r"""
    The two sub-models share no parameter and their priors are independent, so the joining part carries no information about the parameters of
    the pay part. From here on we fit the earnings part alone: the same posterior of the effect, sooner.
    """)
    return


@app.cell
def published_model(covariate_table, linear_model, men, pm):
    published_table = covariate_table.drop(columns="earnings_1974")
    model_published = linear_model(published_table, slope_sd=1)  # $1,000 per step: narrow
    seen = {"treated": men["treated"], "earnings": men["earnings_1978"] / 1000}
    observed_published = pm.observe(model_published, seen)
    return observed_published, published_table


@app.cell
def fit_published(earnings_part, fit, observed_published):
    idata_published = fit(earnings_part(observed_published))
    return (idata_published,)


@app.cell
def diagnose_published(idata_published):
    diagnostics_published = tidy.diagnostics(idata_published)
    tidy.show_diagnostics(diagnostics_published)
    return


@app.cell
def sampled_effect(idata_published):
    ate_published = 1000 * idata_published.posterior["effect"]
    sampled_mean, sampled_sd = float(ate_published.mean()), float(ate_published.std())
    return ate_published, sampled_mean, sampled_sd


@app.cell
def closed_form(men, n_men, ols_without_re74, published_table):
    design = np.column_stack([men["treated"], np.ones(n_men), published_table])
    residual_sd = ols_without_re74.mse_resid**0.5 / 1000

    def posterior_of_effect(effect_sd, slope_sd, unit=1000):
        """Return mean and sd of the effect in `unit` dollars: normal priors, known sigma."""
        outcome, sigma = men["earnings_1978"] / unit, residual_sd * 1000 / unit
        prior_sd = np.r_[effect_sd, 10, np.full(published_table.shape[1], slope_sd)]
        prior_mean = np.r_[0, 5, np.zeros(published_table.shape[1])]
        covariance = np.linalg.inv(design.T @ design / sigma**2 + np.diag(prior_sd**-2.0))
        mean = covariance @ (design.T @ outcome / sigma**2 + prior_mean / prior_sd**2)
        return mean[0], covariance[0, 0] ** 0.5

    return (posterior_of_effect,)


@app.cell
def closed_form_published(posterior_of_effect):
    closed_form_mean, closed_form_sd = (1000 * float(m) for m in posterior_of_effect(1, 1))
    mo.md(f"Closed form: {number(closed_form_mean, 0)} ± {number(closed_form_sd, 0)} dollars.")
    return (closed_form_mean,)


@app.cell
def prior_parts(posterior_of_effect):
    _flat, _narrow = 1e6, 1  # thousands of dollars
    shrunk_to = {
        "effect": 1000 * posterior_of_effect(_narrow, _flat)[0],
        "slopes": 1000 * posterior_of_effect(_flat, _narrow)[0],
    }
    wide_prior, wide_prior_sd = (1000 * float(m) for m in posterior_of_effect(10, 10))
    return shrunk_to, wide_prior, wide_prior_sd


@app.cell(hide_code=True)
def published_read(
    closed_form_mean,
    ols_ate_without_re74,
    published_effect,
    published_effect_sd,
    sampled_mean,
    sampled_sd,
    shrunk_to,
    wide_prior,
    wide_prior_sd,
):
    mo.md(f"""
    Sampled under those priors: **{number(sampled_mean, 0)} ± {number(sampled_sd, 0)}** dollars, the published {published_effect} ± {published_effect_sd} within Monte
    Carlo error. The closed form of Bayesian regression needs no sampler and says the same. So
    the number is no accident of sampling; **the prior makes it**, twice over. From {number(ols_ate_without_re74, 0)} by least squares:

    - a Normal(0, 1) on the effect alone pulls it to {number(shrunk_to["effect"], 0)};
    - a Normal(0, 1) on the covariates' slopes alone pulls it to {number(shrunk_to["slopes"], 0)}: a shrunken slope adjusts too little, here mostly that of `black`;
    - both: {number(closed_form_mean, 0)}. With Normal(0, 10) everywhere: {number(wide_prior, 0)} ± {number(wide_prior_sd, 0)}.

    To be fair: the published interval does hold the least-squares value.
    """)
    return


@app.cell(hide_code=True)
def prior_scale_slider():
    prior_sd_slider = mo.ui.slider(
        steps=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100],
        value=1,
        label="prior sd of every slope (thousands of dollars)",
        show_value=True,
    )
    return (prior_sd_slider,)


@app.cell
def prior_scale_curve(Z, posterior_of_effect):
    def on_scale(prior_sds):
        """Return a frame: for each prior sd, posterior mean, sd and interval in dollars."""
        mean, sd = 1000 * np.array([posterior_of_effect(sd, sd) for sd in prior_sds]).T
        frame = pd.DataFrame({"prior_sd": prior_sds, "mean": mean, "sd": sd})
        return frame.assign(lower=mean - Z * sd, upper=mean + Z * sd)

    prior_curve = on_scale(np.geomspace(0.1, 100, 61))
    return on_scale, prior_curve


@app.cell(hide_code=True)
def prior_scale_axes():
    AXES = {
        "x": alt.X("prior_sd:Q", title="prior sd of every slope (thousands of dollars)")
        .scale(type="log")
        .axis(values=[0.1, 1, 10, 100], format="~g"),
        "y": alt.Y("lower:Q", title="effect (dollars)"),
        "y2": "upper:Q",
    }
    return (AXES,)


@app.cell(hide_code=True)
def prior_scale_background(AXES, ols_ate_without_re74, prior_curve):
    _green = charts.ROLES["adjusted"]
    _ols = alt.Chart(pd.DataFrame({"mean": [ols_ate_without_re74], "label": ["least squares"]}))
    _text = _ols.mark_text(align="left", baseline="bottom", dx=4, dy=-3)
    _curve = alt.Chart(prior_curve)
    prior_layers = [
        _curve.mark_area(color=_green, opacity=0.25).encode(**AXES),
        _curve.mark_line(color=_green, strokeWidth=3).encode(x=AXES["x"], y="mean:Q"),
        _ols.mark_rule(strokeDash=[6, 4], strokeWidth=2).encode(y="mean:Q"),
        _text.encode(x=alt.value(0), y="mean:Q", text="label"),
    ]
    return (prior_layers,)


@app.cell(hide_code=True)
def prior_scale_here(AXES, on_scale, prior_sd_slider):
    here = on_scale([prior_sd_slider.value])
    _mark = {"color": charts.ROLES["adjusted"]}
    _bar = alt.Chart(here).mark_rule(strokeWidth=4, **_mark).encode(**AXES)
    _point = alt.Chart(here).mark_point(filled=True, size=180, opacity=1, shape="diamond", **_mark)
    here_layers = [_bar, _point.encode(x=AXES["x"], y="mean:Q")]
    return here, here_layers


@app.cell(hide_code=True)
def show_prior_scale(here, here_layers, prior_layers, prior_sd_slider):
    _effect = f"{number(here['mean'][0], 0)} ± {number(here['sd'][0], 0)} dollars"
    _title = f"Prior sd {here['prior_sd'][0]:g}: effect {_effect}"
    _how = f"band and bar: {percent(tidy.HDI_PROB)} interval, in closed form"
    _layers = alt.layer(*prior_layers, *here_layers)
    _layers = _layers.properties(title=alt.Title(_title, subtitle=_how), height=250)
    _words = f"{_title}. Posterior mean and interval against the prior scale, closed form."
    chart_prior_scale = charts.describe(_layers, _words)
    mo.vstack([prior_sd_slider, chart_prior_scale])
    return


@app.cell(hide_code=True)
def published_lesson():
    mo.md(rf"""
    Neither number is the truth; the referee comes later. The lesson is about units: Normal(0, 1) reads like "weak" and
    says, of each covariate, "I am {percent(NormalDist().cdf(2) - NormalDist().cdf(-2))} sure that one step of it (a standard deviation, or no to yes) moves earnings
    by less than 2,000 dollars". Write the unit beside every prior.
    """)
    return


@app.cell(hide_code=True)
def options_3(ols_ate_without_re74, published_effect):
    options_3 = [f"about {number(v, 0)}" for v in (0, published_effect, ols_ate_without_re74)]

    def nearest_option(answer):
        """Return the option that an answer means: a number, or a text with words around it."""
        if isinstance(answer, str):
            words = answer.casefold().replace("zero", "0").replace(",", "")
            found = [word.strip("~$.'\"") for word in words.split()]
            digits = [word for word in found if word.isdigit()]
            return f"about {number(int(digits[0]), 0)}" if len(digits) == 1 else answer
        if isinstance(answer, int | float) and not isinstance(answer, bool):
            return f"about {number(answer, 0)}"
        return answer

    return nearest_option, options_3


@app.cell(hide_code=True)
def question_3(options_3):
    mo.md(f"""
    ### Exercise 3 · predict · 3 min

    The same model, the same Normal(0, 1) priors on effect and slopes, but the earnings stay in **dollars**. Where does the
    posterior mean of the effect end up, in dollars: `"{options_3[0]}"`, `"{options_3[1]}"` or `"{options_3[2]}"`?
    """)
    return


@app.cell
def exercise_3_dollars():
    # Your prediction: one of the three texts, in quotes, or its number.
    effect_in_dollars = ...
    return (effect_in_dollars,)


@app.cell(hide_code=True)
def hints_3(options_3, posterior_of_effect):
    _in_dollars, _ = posterior_of_effect(1, 1, unit=1)
    hints_3 = [
        (options_3[1], "A prior does not know the unit of the data. Read it in dollars."),
        (options_3[2], "That is least squares: no prior at all. This one got stronger."),
        "The prior is now sure that the programme moves earnings by less than two dollars.",
    ]
    why_3 = (
        f"The closed form, with sigma at its least-squares value, says {number(_in_dollars, 3)} "
        "dollars. A change of unit took the effect away."
    )
    return hints_3, why_3


@app.cell(hide_code=True)
def check_3(
    effect_in_dollars,
    hints_3,
    nearest_option,
    options_3,
    set_progress,
    why_3,
):
    _answer = nearest_option(effect_in_dollars)
    check_3 = checks.choice(_answer, options_3[0], options_3, hints=hints_3, why=why_3)
    set_progress(check_3.record("3"))
    check_3
    return


@app.cell(hide_code=True)
def zeros_heading():
    mo.md(r"""
    ## Earnings are not a bell

    They are skewed and never negative. A **Gamma** with a log link has both properties, and it is a change of two lines:
    $\mu_i = \exp(\beta_0 + \tau T_i + x_i^\top \beta)$ and $Y_i \sim \text{Gamma}(k, k/\mu_i)$, with mean $\mu_i$. On this scale
    $\tau, \beta_k \sim \text{Normal}(0, 1)$, $\beta_0 \sim \text{Normal}(\log 5, 1)$ and $k \sim \text{HalfNormal}(2)$.
    """)
    return


@app.cell
def linear_predictor(pm):
    def log_line(name, covariates, treated, intercept):
        """Return intercept + effect + slopes on a log or logit scale."""
        start = pm.Normal(f"{name}_intercept", intercept, 1)
        effect = pm.Normal(f"{name}_effect", 0, 1)  # pay, or the odds of work, times or over 7
        slopes = pm.Normal(f"{name}_slopes", 0, 1, dims="covariate")  # per sd or per yes: same
        return start + effect * treated + covariates @ slopes

    return (log_line,)


@app.cell
def gamma_model(COVARIATES, covariate_table, log_line, men, pm, who_joins):
    with pm.Model(coords={"unit": men.index, "covariate": COVARIATES}) as model_gamma:
        _x = pm.Data("covariates", covariate_table, dims=("unit", "covariate"))
        _treated = who_joins(_x)
        _log_mu = log_line("pay", _x, _treated, np.log(5))  # $5,000, times or divided by 2.7
        _mu = pm.Deterministic("mu_earnings", pm.math.exp(_log_mu), dims="unit")
        _shape = pm.HalfNormal("shape", 2)  # 1: as spread out as an exponential
        pm.Gamma("earnings", alpha=_shape, beta=_shape / _mu, dims="unit")
    mo.md(f"`model_gamma` has {len(model_gamma.free_RVs)} unknowns.")
    return (model_gamma,)


@app.cell
def gamma_prior(SEED, UNCOMPILED, model_gamma, pm):
    invented_means = 1000 * pm.draw(
        model_gamma["mu_earnings"], draws=200, random_seed=SEED, **UNCOMPILED
    )
    return (invented_means,)


@app.cell(hide_code=True)
def gamma_prior_read(invented_means):
    _low, _high = np.quantile(invented_means, [0.03, 0.97])
    mo.md(f"""
    Before any data, in dollars: 94 % of the men whom the program invents expect to earn {number(_low, 0)} to {number(_high, 0)}. Slopes that look
    modest multiply on a log scale. This prior is far too wide; it adds no confidence of its own, but with few men it would need narrower slopes.
    """)
    return


@app.cell(hide_code=True)
def gamma_zero(men):
    mo.md(f"""
    A Gamma cannot produce a zero, and {(men["earnings_1978"] == 0).sum()} of our men earned exactly nothing: its density there is
    zero or infinite (finite only at shape 1). The usual hack adds a small constant. We add one dollar to everybody, and watch what it does.
    """)
    return


@app.cell
def fit_gamma(earnings_part, fit, men, model_gamma, pm):
    observed_gamma = pm.observe(
        model_gamma, {"treated": men["treated"], "earnings": (men["earnings_1978"] + 1) / 1000}
    )
    idata_gamma = fit(earnings_part(observed_gamma))
    return idata_gamma, observed_gamma


@app.cell
def diagnose_gamma(idata_gamma):
    diagnostics_gamma = tidy.diagnostics(idata_gamma)
    tidy.show_diagnostics(diagnostics_gamma)
    return


@app.cell
def do_gamma(idata_gamma, mean_earnings, observed_gamma):
    gamma_with = mean_earnings(observed_gamma, idata_gamma, treated=1)
    gamma_without = mean_earnings(observed_gamma, idata_gamma, treated=0)
    ate_gamma = (gamma_with - gamma_without).mean("unit")
    mo.md(f"ATE of the Gamma model by `do`: {with_interval(ate_gamma)}")
    return ate_gamma, gamma_with, gamma_without


@app.cell(hide_code=True)
def gamma_read(idata_gamma, men):
    _spread = float((1 / np.sqrt(idata_gamma.posterior["shape"])).mean())
    _seen = men["earnings_1978"].std() / men["earnings_1978"].mean()
    _effect = idata_gamma.posterior["pay_effect"]
    mo.md(f"""
    The coefficient is {number(float(_effect.mean()))}: earnings times {number(float(np.exp(_effect).mean()))}. That is no ATE: a
    factor is worth many dollars to a man who earns much and few to one who earns little. `do` gives dollars all the same.
    The interval is so wide because one distribution must stretch from the men at one dollar to the top: it takes a man's earnings to vary by
    {number(_spread, 1)} times their mean (standard deviation); over all our men it is {number(_seen, 1)} times.
    """)
    return


@app.cell(hide_code=True)
def hurdle_heading():
    mo.md(r"""
    ## A model that knows about zero

    Two steps, a **hurdle**: does he work at all, and if he does, for how much? Expected earnings are $\mu_i = p_i \, m_i$.

    $$\begin{aligned}
    \text{logit}\, p_i &= \gamma_0 + \gamma T_i + x_i^\top \delta, \quad \gamma_0 \sim \text{Normal}(1, 1), \quad \gamma, \delta_k \sim \text{Normal}(0, 1) \\
    \log m_i &= \beta_0 + \tau T_i + x_i^\top \beta, \quad \text{priors as in the Gamma} \\
    Y_i &= 0 \text{ with probability } 1 - p_i, \text{ else } \text{Gamma}(k, k / m_i)
    \end{aligned}$$
    """)
    return


@app.cell
def hurdle_model(COVARIATES, covariate_table, log_line, men, pm, who_joins):
    with pm.Model(coords={"unit": men.index, "covariate": COVARIATES}) as model_hurdle:
        _x = pm.Data("covariates", covariate_table, dims=("unit", "covariate"))
        _treated = who_joins(_x)
        _p = pm.math.invlogit(log_line("work", _x, _treated, 1))  # 73 % work
        _m = pm.math.exp(log_line("pay", _x, _treated, np.log(5)))  # $5,000 if he works
        _works = pm.Deterministic("mu_works", _p, dims="unit")
        _pay = pm.Deterministic("mu_pay", _m, dims="unit")
        pm.Deterministic("mu_earnings", _works * _pay, dims="unit")
        _shape = pm.HalfNormal("shape", 2)  # 1: as spread out as an exponential
        _amount = {"alpha": _shape, "beta": _shape / _pay}
        # Zeros and amounts live on different scales: earnings need no transform.
        pm.HurdleGamma("earnings", psi=_works, **_amount, dims="unit", default_transform=None)
    mo.md(f"{len(model_hurdle.free_RVs)} unknowns: a second line of slopes, for working.")
    return (model_hurdle,)


@app.cell
def fit_hurdle(earnings_part, fit, men, model_hurdle, pm):
    observed_hurdle = pm.observe(
        model_hurdle, {"treated": men["treated"], "earnings": men["earnings_1978"] / 1000}
    )
    idata_hurdle = fit(earnings_part(observed_hurdle))
    return idata_hurdle, observed_hurdle


@app.cell
def diagnose_hurdle(idata_hurdle):
    diagnostics_hurdle = tidy.diagnostics(idata_hurdle)
    tidy.show_diagnostics(diagnostics_hurdle)
    return


@app.cell
def hurdle_predictive(earnings_part, forward, idata_hurdle, observed_hurdle):
    replicated_hurdle = forward(earnings_part(observed_hurdle), idata_hurdle, "earnings", every=20)
    return (replicated_hurdle,)


@app.cell(hide_code=True)
def show_hurdle_predictive(chart_invented, replicated_hurdle, share_zero):
    chart_invented(
        1000 * replicated_hurdle.to_numpy().ravel(),
        np.arange(-15_000, 35_001, 2500),
        inventor="hurdle model",
        title=f"Hurdle: {percent(float((replicated_hurdle == 0).mean()))} zeros; data: {percent(share_zero)}",
    )
    return


@app.cell(hide_code=True)
def hurdle_predictive_read(men, replicated_hurdle):
    _rich = 20_000
    mo.md(f"""
    No man below zero any more, zeros as often as in the data, and the tail is right as well: {percent((1000 * replicated_hurdle > _rich).mean().item())} of the
    invented men earn more than {number(_rich, 0)} dollars, and {percent((men["earnings_1978"] > _rich).mean())} of ours.
    """)
    return


@app.cell
def do_hurdle(idata_hurdle, mean_earnings, observed_hurdle):
    hurdle_with = mean_earnings(observed_hurdle, idata_hurdle, treated=1)
    hurdle_without = mean_earnings(observed_hurdle, idata_hurdle, treated=0)
    ate_hurdle = (hurdle_with - hurdle_without).mean("unit")
    mo.md(f"ATE of the hurdle model by `do`: {with_interval(ate_hurdle)}")
    return ate_hurdle, hurdle_with, hurdle_without


@app.cell
def hurdle_att(hurdle_with, hurdle_without, took_part):
    att_hurdle = (hurdle_with - hurdle_without).sel(unit=took_part.to_numpy()).mean("unit")
    return (att_hurdle,)


@app.cell(hide_code=True)
def hurdle_read(ate_hurdle, att_hurdle):
    mo.md(f"""
    Two coefficients now, one for working, one for pay, and still one ATE. No formula had to be derived: the program ran twice. Men gain
    different amounts here, so the ATT is another number: {number(float(att_hurdle.mean()), 0)} against {number(float(ate_hurdle.mean()), 0)} dollars. Men who took
    part earn less, and the same factor is worth less to them. This order comes from the log link; a line with interactions turns it round.
    """)
    return


@app.cell
def policy(men):
    policy = (men["earnings_1975"] == 0).to_numpy().astype(int)
    return (policy,)


@app.cell(hide_code=True)
def question_4(n_men, policy):
    mo.md(f"""
    ### Exercise 4 · complete · 8 min

    Nobody would train all {n_men} men. Suppose the programme goes to the {policy.sum()} who earned nothing in 1975, and to nobody
    else (`policy`: 1 or 0 for each man). By how much would the average earnings **of all {n_men}** rise, compared with no
    programme? Use the hurdle model and `mean_earnings`. One number per chain and draw, in dollars; up to three lines.
    """)
    return


@app.cell
def exercise_4_policy():
    # Draws of the average gain under the policy, per man of all, in dollars: shape (chain, draw).
    policy_gain = ...
    return (policy_gain,)


@app.cell(hide_code=True)
def policy_truth(hurdle_with, hurdle_without, policy):
    gain = hurdle_with - hurdle_without
    true_gain = ((gain * policy).sum("unit") / len(policy)).to_numpy()
    gain_of_chosen = gain.sel(unit=policy == 1).mean("unit")
    return gain, gain_of_chosen, true_gain


@app.cell(hide_code=True)
def wrong_worlds_4(
    ate_hurdle,
    att_hurdle,
    gain,
    hurdle_with,
    hurdle_without,
    policy,
    took_part,
):
    _chosen = policy == 1
    _chosen_with, _rest_without = hurdle_with.sel(unit=_chosen), hurdle_without.sel(unit=~_chosen)
    wrong_worlds = {
        "total": (gain * policy).sum("unit"),
        "ate": ate_hurdle,
        "att": att_hurdle,
        "groups": _chosen_with.mean("unit") - _rest_without.mean("unit"),
        "rest": (gain * (1 - policy)).mean("unit"),
        "level": (hurdle_without + gain * policy).mean("unit"),
        "seen": (gain * (policy - took_part.to_numpy())).mean("unit"),
    }
    return (wrong_worlds,)


@app.cell(hide_code=True)
def hints_4(gain_of_chosen, hints_on_form, true_gain, wrong_worlds):
    hints_4 = [
        (gain_of_chosen, "That is the gain of each man chosen; the question is about all men."),
        (wrong_worlds["total"], "That is the sum over all men; an average is asked for."),
        (
            wrong_worlds["ate"],
            "That is the ATE: everybody gets a place. Set `treated` to the policy.",
        ),
        (wrong_worlds["att"], "That is the ATT: other men, those who did take part."),
        (wrong_worlds["groups"], "Two groups are compared; take the same men in both worlds."),
        (wrong_worlds["rest"], "The policy is turned round: places for those who had earnings."),
        (wrong_worlds["level"], "That is the average itself; subtract the world without places."),
        (wrong_worlds["seen"], "Compare with nobody taking part, not with what did happen."),
        (-true_gain, "The sign is turned: with the policy minus without the programme."),
        (true_gain / 1000, "These are thousands of dollars; the draws are dollars already."),
        *hints_on_form,
        "`treated` may be an array with one value per man.",
    ]
    return (hints_4,)


@app.cell(hide_code=True)
def check_4(
    ate_hurdle,
    gain_of_chosen,
    hints_4,
    policy,
    policy_gain,
    set_progress,
    true_gain,
):
    _each, _all = (number(float(draws.mean()), 0) for draws in (gain_of_chosen, ate_hurdle))
    check_4 = checks.close(
        policy_gain,
        true_gain,
        tolerance=1.0,
        hints=hints_4,
        why=f"{percent(policy.mean())} of the men get a place, and the average of all rises by "
        f"{number(true_gain.mean(), 0)} dollars: {_each} for each of them, against {_all} if all took part. "
        "One fitted program answers each policy that one can write down, if the graph is right.",
    )
    set_progress(check_4.record("4"))
    check_4
    return


@app.cell(hide_code=True)
def sensitivity_heading():
    mo.md(r"""
    ## How strong would a hidden confounder have to be?

    Suppose an unseen $U$ explains a share $R^2_T$ of what is left of who joins, and a share $R^2_Y$ of what is left of earnings. Then
    the least-squares estimate is off by (Cinelli & Hazlett 2020)

    $$|\text{bias}| = \text{se} \sqrt{\text{df}} \sqrt{\frac{R^2_Y\, R^2_T}{1 - R^2_T}}$$
    """)
    return


@app.cell
def sensitivity(ols):
    def bias(r2_outcome, r2_treatment):
        """Return the absolute bias in dollars that such a confounder causes."""
        return ols.bse["treated"] * np.sqrt(
            ols.df_resid * r2_outcome * r2_treatment / (1 - r2_treatment)
        )

    return (bias,)


@app.cell
def partial(COVARIATES, men, smf):
    def partial_r2(fitted, name):
        """Return the share of what is left that one more column explains."""
        return fitted.tvalues[name] ** 2 / (fitted.tvalues[name] ** 2 + fitted.df_resid)

    joins = smf.ols("treated ~ " + " + ".join(COVARIATES), men).fit()
    return joins, partial_r2


@app.cell
def benchmark(COVARIATES, joins, ols, partial_r2):
    def as_strong_as(name):
        """Return (r2_outcome, r2_treatment) of an unseen confounder as strong as a seen one."""
        odds_treatment = partial_r2(joins, name) / (1 - partial_r2(joins, name))
        odds_outcome = partial_r2(ols, name) / (1 - partial_r2(ols, name))
        stretch = (1 + odds_treatment) ** 2 / (1 - odds_treatment**2)
        return stretch * odds_outcome, odds_treatment

    benchmarks = pd.DataFrame(
        [as_strong_as(name) for name in COVARIATES], COVARIATES, ["r2_outcome", "r2_treatment"]
    )
    return as_strong_as, benchmarks


@app.cell(hide_code=True)
def sensitivity_sliders():
    r2_treatment_slider = mo.ui.slider(
        0.0, 0.6, 0.01, value=0.1, label="R² with treatment", show_value=True
    )
    r2_outcome_slider = mo.ui.slider(
        0.0, 0.1, 0.002, value=0.03, label="R² with outcome", show_value=True
    )
    return r2_outcome_slider, r2_treatment_slider


@app.cell(hide_code=True)
def sensitivity_axes():
    _percent = alt.Axis(labelExpr="format(100 * datum.value, '.0f') + ' %'")
    PLANE = {
        "x": alt.X(
            "r2_treatment:Q", title="explains of who joins (R² with treatment)", axis=_percent
        ).scale(domain=[0, 0.6]),
        "y": alt.Y("r2_outcome:Q", title="explains of earnings (R²)", axis=_percent).scale(
            domain=[0, 0.1]
        ),
    }
    return (PLANE,)


@app.cell(hide_code=True)
def sensitivity_background(PLANE, benchmarks, ols):
    _grid = np.linspace(0.002, 0.6, 300)
    _needed = ols.tvalues["treated"] ** 2 / ols.df_resid * (1 - _grid) / _grid
    _zero = pd.DataFrame({"r2_treatment": _grid, "r2_outcome": _needed}).query("r2_outcome <= 0.1")
    _seen = benchmarks.rename_axis("covariate").reset_index()
    _named = alt.Chart(_seen.query("r2_outcome > 0.01 and covariate != 'education_years'"))
    _black = charts.ROLES["truth"]
    _dot = {"size": 90, "color": _black, "filled": False}
    sensitivity_layers = [
        alt.Chart(_zero).mark_line(color=_black, strokeDash=[6, 4]).encode(**PLANE),
        alt.Chart(_seen).mark_point(**_dot).encode(**PLANE),
        _named.mark_text(align="left", dx=9, dy=-7, fontSize=13).encode(**PLANE, text="covariate"),
    ]
    return (sensitivity_layers,)


@app.cell(hide_code=True)
def your_confounder(PLANE, r2_outcome_slider, r2_treatment_slider):
    _values = r2_treatment_slider.value, r2_outcome_slider.value
    _point = pd.DataFrame([_values], columns=["r2_treatment", "r2_outcome"])
    _look = {"shape": "diamond", "size": 280, "filled": True, "opacity": 1}
    _mark = alt.Chart(_point).mark_point(color=charts.ROLES["truth"], **_look)
    your_confounder = [_mark.encode(**PLANE)]
    return (your_confounder,)


@app.cell
def left_over(bias, ols_ate, r2_outcome_slider, r2_treatment_slider):
    dollars_left = ols_ate - bias(r2_outcome_slider.value, r2_treatment_slider.value)
    return (dollars_left,)


@app.cell(hide_code=True)
def show_sensitivity(
    dollars_left,
    ols_ate,
    r2_outcome_slider,
    r2_treatment_slider,
    sensitivity_layers,
    your_confounder,
):
    _title = f"If it pushed up: {number(dollars_left, 0)} of {number(ols_ate, 0)} dollars are left"
    _how = "diamond: your sliders; dashed: nothing left; circle: like a covariate we have"
    _layers = alt.layer(*sensitivity_layers, *your_confounder)
    _layers = _layers.properties(title=alt.Title(_title, subtitle=_how), height=250)
    _sliders = mo.hstack([r2_treatment_slider, r2_outcome_slider], justify="start", gap=2)
    chart_sensitivity = charts.describe(_layers, f"{_title}. {_how}.")
    mo.vstack([_sliders, chart_sensitivity])
    return


@app.cell(hide_code=True)
def sensitivity_read(as_strong_as, bias, ols_ate):
    _left = {
        name: number(ols_ate - bias(*as_strong_as(name)), 0) for name in ("black", "earnings_1974")
    }
    mo.md(f"""
    An unseen confounder as strong as `earnings_1974` would leave {_left["earnings_1974"]} dollars, if it had pushed
    the estimate up; one as strong as `black`, which sets the two groups apart most, {_left["black"]}. A benchmark is no bound: the
    unseen can be stronger.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md(r"""
    ### Exercise 5 · complete · 7 min

    The **robustness value** is the share $q$ at which a confounder with $R^2_T = R^2_Y = q$ explains the whole estimate away: the
    bias above equals `ols_ate`. With $f = |t|/\sqrt{\text{df}}$ (the line `_f`) that is $q^2/(1-q) = f^2$. Solve it for $q$, in place of
    `...`. A number between 0 and 1, to three decimals.
    """)
    return


@app.cell
def exercise_5_robustness(ols):
    _f = abs(ols.tvalues["treated"]) / np.sqrt(ols.df_resid)
    robustness_value = ...
    return (robustness_value,)


@app.cell(hide_code=True)
def truth_5(Z, bias, ols, ols_ate):
    from scipy.optimize import brentq

    def share_that_moves(dollars):
        """Return the share q that, on both sides, moves the estimate by so many dollars."""
        return brentq(lambda share: bias(share, share) - dollars, 1e-9, 0.9)

    robustness_truth = share_that_moves(ols_ate)
    robustness_interval = share_that_moves(ols_ate - Z * ols.bse["treated"])
    f_squared = ols.tvalues["treated"] ** 2 / ols.df_resid
    return f_squared, robustness_interval, robustness_truth


@app.function(hide_code=True)
def near(wrong, within=5e-4):
    """Return whether an answer is this wrong number (a predicate for a hint)."""
    return lambda value: abs(float(value) - wrong) <= within


@app.cell(hide_code=True)
def hints_5(f_squared, ols, robustness_interval, robustness_truth):
    _f, _narrow = f_squared**0.5, 1.5e-5
    _turned, _partial = _f * (_f + (f_squared + 4) ** 0.5) / 2, f_squared / (1 + f_squared)
    hints_5 = [
        (100 * robustness_truth, "Right in per cent; a share between 0 and 1 is asked for."),
        (near(_f), "That is f, the starting point. Solve the equation for q."),
        (near(abs(ols.tvalues["treated"])), "That is |t|, which grows with n; begin with f."),
        (near(f_squared, _narrow), "That is f squared: the right-hand side. Solve for q."),
        (near(_partial, _narrow), "That is the partial R² of treatment, f²/(1 + f²). Solve for q."),
        (near(f_squared), "That is about f squared: the right-hand side. Solve for q."),
        (near(robustness_interval), "There the interval reaches zero, not yet the estimate."),
        (near(_turned), "The sign before f² is turned."),
        (near(2 * robustness_truth), "Twice too large: the formula divides by 2."),
        (lambda value: float(value) < 0, "The other root; a share is not negative."),
        "Write q² + f² q − f² = 0 and solve the quadratic equation.",
    ]
    return (hints_5,)


@app.cell(hide_code=True)
def check_5(
    hints_5,
    robustness_interval,
    robustness_truth,
    robustness_value,
    set_progress,
):
    check_5 = checks.close(
        robustness_value,
        robustness_truth,
        tolerance=5e-4,
        hints=hints_5,
        why=f"A confounder that explains {percent(robustness_truth, 1)} of what is left on both sides wipes "
        f"the estimate out. That is not much, and {percent(robustness_interval, 1)} is enough for the "
        f"{percent(tidy.HDI_PROB)} interval to reach zero.",
    )
    set_progress(check_5.record("5"))
    check_5
    return


@app.cell(hide_code=True)
def second_heading():
    mo.md(r"""
    ## The same question by another route

    Weighting needs no model of earnings. Give each man of the comparison group the weight $e_i/(1-e_i)$, with $e_i$ his propensity
    score, and the group looks like the men who took part: inverse probability weighting (**IPW**) for the ATT.
    """)
    return


@app.cell(hide_code=True)
def toy_6():
    toy = (
        np.array([9.0, 5, 4, 8, 1]),
        np.array([1, 1, 0, 0, 0]),
        np.array([0.7, 0.6, 0.5, 0.8, 0.2]),
    )
    return (toy,)


@app.cell(hide_code=True)
def toy_answers(toy):
    _all, _, _e = toy
    _odds, _took, _other = _e / (1 - _e), slice(0, 2), slice(2, None)
    _y, _w = _all[_other], _odds[_other]
    _wrong_means = {
        "right": np.average(_y, weights=_w),
        "unweighted": _y.mean(),
        "summed": (_w * _y).sum(),
        "averaged": (_w * _y).mean(),
        "by treated": (_w * _y).sum() / 2,
        "over all": (_w * _y).sum() / _odds.sum(),
        "everybody": np.average(_all, weights=_odds),
        "inverted": np.average(_y, weights=1 / _w),
        "propensity": np.average(_y, weights=_e[_other]),
        "complement": np.average(_y, weights=1 - _e[_other]),
        "one over": np.average(_y, weights=1 / (1 - _e[_other])),
    }
    toy_answers = {key: _all[_took].mean() - mean for key, mean in _wrong_means.items()}
    _treated = np.average(_all[_took], weights=1 / _e[_took])
    toy_answers["ate"] = _treated - _wrong_means["one over"]
    toy_answers["atu"] = np.average(_all[_took], weights=1 / _odds[_took]) - _y.mean()
    return (toy_answers,)


@app.cell(hide_code=True)
def question_6(toy, toy_answers):
    _earnings, _treated, _propensity = (", ".join(f"{v:g}" for v in column) for column in toy)
    mo.md(rf"""
    ### Exercise 6 · build · 10 min

    Write `weighted_att(earnings, treated, propensity)`: mean of the treated minus the **weighted mean** of the others, weights
    $e/(1-e)$ that sum to one. In: three arrays or columns of equal length (begin with `np.asarray`; `treated` holds 1 and 0). Out: one
    number, not rounded. For earnings {_earnings}, treated {_treated} and propensity {_propensity} it is {number(toy_answers["right"], 4)}.
    """)
    return


@app.function
def weighted_att(earnings, treated, propensity):
    """Return the ATT by inverse probability weighting, in the unit of earnings."""
    return ...


@app.cell(hide_code=True)
def gives(toy, toy_answers):
    def gives(key, sign=1):
        """Return whether a learner's function gives this answer on the toy data."""
        return lambda function: abs(function(*toy) - sign * toy_answers[key]) < 1e-6

    return (gives,)


@app.cell(hide_code=True)
def true_weighted(mean_by_group, men, propensity_score, took_part):
    _odds = (propensity_score / (1 - propensity_score))[~took_part]
    _others = men.loc[~took_part, "earnings_1978"]
    true_weighted = mean_by_group[1] - (_odds * _others).sum() / _odds.sum()
    return (true_weighted,)


@app.cell(hide_code=True)
def judge_6(gives, men, propensity_score, toy, true_weighted):
    def weights_rightly(function):
        answer = function(*toy)
        if answer is None or answer is ...:
            raise checks.Unanswered
        if np.size(answer) != 1:
            return f"Return one number; on the example it returns {np.size(answer)} of them."
        if not gives("right")(function):
            return f"On the example it gives {number(float(answer), 4)}, and that is not it."
        on_men = function(men["earnings_1978"], men["treated"], propensity_score)
        return bool(abs(on_men - true_weighted) < 0.01) or "Right on the example, not on the men."

    return (weights_rightly,)


@app.cell(hide_code=True)
def hints_6(gives):
    _said = {
        "unweighted": "The comparison group is not weighted: the naive difference.",
        "summed": "A sum, not a mean: divide by the sum of the weights.",
        "averaged": "`.mean()` divides by the number of men; divide by the sum of the weights.",
        "by treated": "The weights do not sum to one; np.average sees to that.",
        "over all": "Divide by the weights of the comparison group only, not of all men.",
        "everybody": "The treated are in the weighted mean as well; it is for the others only.",
        "ate": "These are weights for the ATE. For the ATT the treated weigh one each.",
        "atu": "That is the ATU: it makes the treated look like the others. Turn it round.",
        "inverted": "Upside down: men who look like participants must count more.",
        "propensity": "The weight is the odds e/(1-e), not the probability e.",
        "complement": "1-e is the chance of staying away; the weight is the odds e/(1-e).",
        "one over": "1/(1-e) makes the others look like all men; for the ATT it is e/(1-e).",
    }
    hints_6 = [(gives(key), said) for key, said in _said.items()]
    hints_6 += [(gives("right", sign=-1), "The sign is turned: treated minus weighted others.")]
    hints_6 += ["np.average(values, weights=...) gives a weighted mean."]
    return (hints_6,)


@app.cell(hide_code=True)
def check_6(hints_6, set_progress, weights_rightly):
    check_6 = checks.holds(
        weighted_att,
        weights_rightly,
        hints=hints_6,
        why="Weighted like this, the comparison group has about the mean covariates of the men who "
        "took part. Their whole distribution is another matter.",
    )
    set_progress(check_6.record("6"))
    check_6
    return


@app.cell
def weighting(COVARIATES, men):
    import statsmodels.api as sm

    def score_of(sample):
        """Return the propensity score by maximum likelihood, one value a man."""
        design = sm.add_constant(sample[COVARIATES].to_numpy(float))
        return sm.Logit(sample["treated"].to_numpy(), design).fit(disp=False).predict()

    def ipw_att(sample):
        """Return the ATT in dollars: the others weighted by their odds of joining."""
        took, score = sample["treated"].to_numpy() == 1, score_of(sample)
        earned = sample["earnings_1978"].to_numpy()
        odds = (score / (1 - score))[~took]
        return float(earned[took].mean() - np.average(earned[~took], weights=odds))

    att_ipw = ipw_att(men)
    mo.md(f"ATT by IPW: {number(att_ipw, 0)} dollars.")
    return att_ipw, ipw_att, score_of, sm


@app.cell
def doubly_robust(COVARIATES, men, score_of, sm):
    def aipw_att(sample):
        """Return the ATT in dollars: what a regression on the others leaves over, weighted."""
        took, score = sample["treated"].to_numpy() == 1, score_of(sample)
        earned = sample["earnings_1978"].to_numpy()
        design = sm.add_constant(sample[COVARIATES].to_numpy(float))
        surprise = earned - sm.OLS(earned[~took], design[~took]).fit().predict(design)
        odds = (score / (1 - score))[~took]
        return float(surprise[took].mean() - np.average(surprise[~took], weights=odds))

    att_aipw = aipw_att(men)
    mo.md(f"ATT by AIPW: {number(att_aipw, 0)} dollars.")
    return aipw_att, att_aipw


@app.cell
def weighted_ate(men, score_of):
    def ipw_ate(sample):
        """Return the ATE in dollars: every man weighted by one over the chance of his own arm."""
        took, score = sample["treated"].to_numpy() == 1, score_of(sample)
        earned, weights = sample["earnings_1978"].to_numpy(), 1 / np.where(took, score, 1 - score)
        means = [np.average(earned[arm], weights=weights[arm]) for arm in (took, ~took)]
        return float(means[0] - means[1])

    ate_ipw = ipw_ate(men)
    _weights = 1 / score_of(men)[men["treated"] == 1]
    effective_treated = float(_weights.sum() ** 2 / (_weights**2).sum())
    return ate_ipw, effective_treated, ipw_ate


@app.cell
def balance(men, score_of):
    _others = men["treated"] == 0
    _odds = (score_of(men) / (1 - score_of(men)))[_others]
    effective_others = float(_odds.sum() ** 2 / (_odds**2).sum())
    _idle = men["earnings_1974"] == 0
    idle_took_part = _idle[~_others].mean()
    idle_weighted = np.average(_idle[_others], weights=_odds)
    return effective_others, idle_took_part, idle_weighted


@app.cell
def bootstrap(SEED, aipw_att, ipw_ate, ipw_att, men, n_men):
    _answers = {"IPW": ipw_att, "AIPW": aipw_att, "IPW, ATE": ipw_ate}
    _again = [men.sample(n_men, replace=True, random_state=SEED + i) for i in range(100)]
    weighting_se = pd.DataFrame(
        [{k: answer(sample) for k, answer in _answers.items()} for sample in _again]
    ).std()
    return (weighting_se,)


@app.cell(hide_code=True)
def weighting_read(
    ate_ipw,
    att_aipw,
    att_ipw,
    effective_others,
    effective_treated,
    idle_took_part,
    idle_weighted,
    n_men,
    n_treated,
    weighting_se,
):
    _se = weighting_se.map(lambda found: number(found, 0))
    mo.md(f"""
    IPW: {number(att_ipw, 0)} dollars (bootstrap standard error {_se["IPW"]}). The doubly robust AIPW, which weights what a regression
    leaves over: {number(att_aipw, 0)} ({_se["AIPW"]}). The weighted **ATE**, {number(ate_ipw, 0)} ({_se["IPW, ATE"]}), is too uncertain to
    read: {effective_treated:.0f} effective participants out of {n_treated} must stand for men unlike them. The weighted others are {effective_others:.0f} effective men out
    of {n_men - n_treated}, alike in means only: {percent(idle_took_part)} of the participants earned nothing in 1974, {percent(idle_weighted)} of the weighted others.
    """)
    return


@app.cell(hide_code=True)
def referee_heading(experimental_benchmark, experimental_se, n_treated):
    mo.md(f"""
    ## The referee

    The programme was also randomised. Among the men of the experiment, those drawn into it earned **{number(experimental_benchmark, 0)} dollars** more in 1978
    than those drawn out of it (standard error {experimental_se}; Dehejia & Wahba 1999).

    Our {n_treated} are the experiment's own treated men, those whose 1974 earnings are known. Only the comparison group differs, so
    the referee tests one thing: the prediction of what these men would have earned without the programme.
    """)
    return


@app.cell
def referee(Z):
    # Difference in 1978 earnings and its standard error: Dehejia & Wahba (1999), doi:10.1080/01621459.1999.10473858
    experimental_benchmark, experimental_se = 1794, 633
    _half = Z * experimental_se
    experimental_interval = experimental_benchmark - _half, experimental_benchmark + _half
    return experimental_benchmark, experimental_interval, experimental_se


@app.cell
def att_by_model(
    ate_published,
    att_do,
    att_hurdle,
    gamma_with,
    gamma_without,
    took_part,
):
    _joined = took_part.to_numpy()
    att_draws = {
        "linear (ATT = ATE)": att_do,
        "published prior (ATT = ATE)": ate_published,
        "gamma, do": (gamma_with - gamma_without).sel(unit=_joined).mean("unit"),
        "hurdle, do": att_hurdle,
    }
    return (att_draws,)


@app.cell
def point_estimates(
    Z,
    att_aipw,
    att_ipw,
    naive_difference,
    naive_se,
    weighting_se,
):
    points = pd.DataFrame(
        {"label": ["naive", "IPW", "AIPW"], "mean": [naive_difference, att_ipw, att_aipw]}
    )
    _half = Z * np.array([naive_se, weighting_se["IPW"], weighting_se["AIPW"]])
    points[["lower", "upper"]] = np.column_stack([points["mean"] - _half, points["mean"] + _half])
    return (points,)


@app.cell
def verdicts(att_draws, experimental_benchmark, experimental_interval, points):
    _trial = pd.DataFrame({"label": ["experiment"], "mean": [experimental_benchmark]})
    _trial[["lower", "upper"]] = experimental_interval
    att_estimates = pd.concat([points, tidy.summarise(att_draws), _trial], ignore_index=True)
    att_estimates["role"] = ["naive", *["adjusted"] * (len(att_estimates) - 2), "truth"]
    adjusted = att_estimates.query("role == 'adjusted'")
    n_hold_zero = int((adjusted["lower"] <= 0).sum())
    return adjusted, att_estimates, n_hold_zero


@app.cell(hide_code=True)
def show_verdicts(adjusted, att_estimates, experimental_benchmark):
    _range = f"{number(adjusted['mean'].min(), 0)} to {number(adjusted['mean'].max(), 0)}"
    charts.chart_effect(
        att_estimates,
        title=f"Adjusted {_range}; experiment {number(experimental_benchmark, 0)}",
        unit="effect on 1978 earnings of those who took part (dollars)",
        truth=experimental_benchmark,
        truth_label="experiment",
        number_format=",.0f",
        interval=f"{percent(tidy.HDI_PROB)} interval (HDI of draws, confidence interval of the others)",
    ).properties(height=300)
    return


@app.cell(hide_code=True)
def verdict_read(adjusted, experimental_interval, n_hold_zero):
    _low, _high = (number(end, 0) for end in experimental_interval)
    mo.md(f"""
    The naive answer is negative and its interval holds both signs; adjustment moves the estimate above zero, and {n_hold_zero} of {len(adjusted)} intervals still hold it.
    More cannot be said: the experiment's own
    {percent(tidy.HDI_PROB)} interval runs from {_low} to {_high} dollars and overlaps all the
    intervals above it, which share its treated men. It does not say which outcome model is best, and being close to it in one data set proves nothing about the next.
    """)
    return


@app.cell(hide_code=True)
def loo_heading(men, share_zero):
    _zeros = int((men["earnings_1978"] == 0).sum())
    mo.md(f"""
    ## Could the fit have told us which model to trust?

    Leave-one-out cross-validation (LOO) asks how well a model predicts a man it has not seen. Its score (`elpd`) sums log
    probabilities: higher is better. Here is a trap: to {_zeros} zeros ({percent(share_zero)}) the hurdle gives a *probability*, the line a
    *density*, which changes with the unit: dollars instead of thousands move the gap by {_zeros} · log 1000 =
    {number(_zeros * np.log(1000), 0)}. So all four predict the same event: the band of 1,000 dollars that a man earns in.
    """)
    return


@app.cell(hide_code=True)
def leave_one_out(UNCOMPILED, earnings_part, n_men, pm):
    from arviz_stats.base import array_stats

    THINNING = 8  # every eighth draw, for speed

    def by_man(draws):
        """Return an array with dimensions unit, chain and draw as (unit, all draws)."""
        return draws.transpose("unit", "chain", "draw").to_numpy().reshape(n_men, -1)

    def leave_one_out(observed, idata):
        """Return log density of each man's earnings, PSIS log weights, and Pareto k."""
        scored = pm.compute_log_likelihood(
            idata.isel(draw=slice(None, None, THINNING)),
            model=earnings_part(observed),
            var_names=["earnings"],
            progressbar=False,
            compile_kwargs=UNCOMPILED,
        )
        log_density = by_man(scored.log_likelihood["earnings"])
        return log_density, *array_stats.psislw(log_density)

    return THINNING, by_man, leave_one_out


@app.cell
def scores(
    idata_gamma,
    idata_hurdle,
    idata_linear,
    idata_published,
    leave_one_out,
    observed_gamma,
    observed_hurdle,
    observed_linear,
    observed_published,
):
    fits = {
        "linear": (observed_linear, idata_linear),
        "linear, published prior": (observed_published, idata_published),
        "gamma, plus a dollar": (observed_gamma, idata_gamma),
        "hurdle": (observed_hurdle, idata_hurdle),
    }
    scores = {name: leave_one_out(*found) for name, found in fits.items()}
    return fits, scores


@app.cell(hide_code=True)
def drawn(THINNING, by_man, earnings_part, fits, forward):
    def drawn(name, fitted):
        """Return mu_* of each man, or a parameter, for the draws of LOO: shape (unit or 1, draw)."""
        observed, idata = fits[fitted]
        if name in idata.posterior:
            thinned = idata.posterior[name].isel(draw=slice(None, None, THINNING))
            return thinned.to_numpy().reshape(1, -1)
        return by_man(forward(earnings_part(observed), idata, name, every=THINNING))

    return (drawn,)


@app.cell(hide_code=True)
def exceedance(drawn):
    from scipy.special import gammaincc, ndtr

    def line_above(fitted):
        """Return a function: probability that a man earns more than `edge` thousand dollars."""
        mu, sigma = drawn("mu_earnings", fitted), drawn("sigma", fitted)
        return lambda edge: ndtr((mu - edge) / sigma)

    def gamma_above(fitted, mean, share=1, shift=0.0):
        """Return the same for a Gamma, of which a `share` earns anything."""
        mu, shape = drawn(mean, fitted), drawn("shape", fitted)
        return lambda edge: share * gammaincc(shape, (edge + shift) * shape / mu)

    return gamma_above, line_above


@app.cell(hide_code=True)
def bands(drawn, gamma_above, line_above, men):
    above = {
        "linear": line_above("linear"),
        "linear, published prior": line_above("linear, published prior"),
        "gamma, plus a dollar": gamma_above("gamma, plus a dollar", "mu_earnings", shift=0.001),
        "hurdle": gamma_above("hurdle", "mu_pay", share=drawn("mu_works", "hurdle")),
    }

    def log_probability_of_band(more_than):
        """Return log P(band of $1,000 in which a man's earnings fall); the lowest holds zero too."""
        low = np.floor(men["earnings_1978"].to_numpy() / 1000)[:, None]
        return np.log(np.where(low > 0, more_than(low), 1) - more_than(low + 1))

    return above, log_probability_of_band


@app.cell
def band_scores(above, log_probability_of_band, scores):
    from scipy.special import logsumexp

    elpd_bands = pd.DataFrame(
        {k: logsumexp(log_probability_of_band(above[k]) + scores[k][1], axis=1) for k in above}
    )
    return (elpd_bands,)


@app.cell
def loo_compared(ate_do, ate_gamma, ate_hurdle, ate_published, elpd_bands):
    _draws = [ate_do, ate_published, ate_gamma, ate_hurdle]
    _effects = [float(draws.mean()) for draws in _draws]
    loo_table = pd.DataFrame(
        {"elpd of $1,000 bands": elpd_bands.sum(), "ATE by do (dollars)": _effects}
    )
    tidy.as_table(loo_table, digits=0)
    return (loo_table,)


@app.cell(hide_code=True)
def loo_read(elpd_bands, loo_table, n_men, scores):
    def _gap(one, other):
        gap = elpd_bands[one] - elpd_bands[other]
        return f"{number(gap.sum(), 0)} ± {number(np.sqrt(n_men) * gap.std(), 0)}"  # standard error

    _ate = loo_table["ATE by do (dollars)"].map(lambda effect: number(effect, 0))
    _n_draws = next(iter(scores.values()))[0].shape[1]
    _limit = min(1 - 1 / np.log10(_n_draws), 0.7)
    _rough = max(int((k > _limit).sum()) for _, _, k in scores.values())
    mo.md(f"""
    The Gamma comes last, and the hurdle leads the straight line by {_gap("hurdle", "linear")} (± one standard error). Yet these
    two differ in the effect by far less than their intervals ({_ate["hurdle"]} and {_ate["linear"]}), while the
    two straight lines, {_gap("linear", "linear, published prior")} apart in fit, say {_ate["linear"]} and
    {_ate["linear, published prior"]}. **LOO ranks fit, not causal truth**: the effect is about rows that nobody has seen.
    (The short cut behind LOO is rough for men with a Pareto k over {number(_limit, 2)}, the limit for {_n_draws} draws: at most {_rough} of {n_men} in any of these fits.)
    """)
    return


@app.cell(hide_code=True)
def takeaways(
    adjusted,
    closed_form_mean,
    n_hold_zero,
    n_treated,
    ols_ate_without_re74,
):
    _least, _most = (number(end, 0) for end in (adjusted["mean"].min(), adjusted["mean"].max()))
    mo.md(f"""
    ## Takeaways

    - **Did it raise earnings?** Probably: for the {n_treated}, by {_least} to {_most} dollars, if there is no unmeasured confounding. {n_hold_zero} of
      {len(adjusted)} {percent(tidy.HDI_PROB)} intervals hold zero.
    - **A model written as a program is a causal graph.** `do` intervenes: right if the graph is.
    - **The effect comes from `do`, not from a coefficient.** They agree in a straight line, not with a log link or a hurdle.
    - **A prior has a unit.** Normal(0, 1) in thousands of dollars turned {number(ols_ate_without_re74, 0)} into {number(closed_form_mean, 0)}.
    - **Good fit is not causal truth**, and where overlap is poor the ATE is the model's guess.
    """)
    return


@app.cell(hide_code=True)
def references():
    mo.md(r"""
    ### References

    - Cinelli, C. & Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias. *JRSS B* 82(1). [doi:10.1111/rssb.12348](https://doi.org/10.1111/rssb.12348)
    - Dehejia, R. H. & Wahba, S. (1999). Causal effects in nonexperimental studies. *JASA* 94(448). [doi:10.1080/01621459.1999.10473858](https://doi.org/10.1080/01621459.1999.10473858)
    - Dehejia, R. H. & Wahba, S. (2002). Propensity score-matching methods for nonexperimental causal studies. *Review of Economics and Statistics* 84(1). [doi:10.1162/003465302317331982](https://doi.org/10.1162/003465302317331982)
    - Imbens, G. W. & Rubin, D. B. (2015). *Causal Inference for Statistics, Social, and Biomedical Sciences*. Cambridge. [doi:10.1017/CBO9781139025751](https://doi.org/10.1017/CBO9781139025751)
    - LaLonde, R. J. (1986). Evaluating the econometric evaluations of training programs with experimental data. *American Economic Review* 76(4), 604–620.
    - Orduz, J. (2025). [Introduction to causal inference with PPLs](https://juanitorduz.github.io/intro_causal_inference_ppl_pymc/), after the backdoor example of [ChiRho](https://basisresearch.github.io/chirho/backdoor.html).
    - Vehtari, A., Gelman, A. & Gabry, J. (2017). Practical Bayesian model evaluation using leave-one-out cross-validation and WAIC. *Statistics and Computing* 27. [doi:10.1007/s11222-016-9696-4](https://doi.org/10.1007/s11222-016-9696-4)
    """)
    return


@app.cell(hide_code=True)
def progress(get_progress):
    checks.progress(get_progress(), total=6)
    return


if __name__ == "__main__":
    app.run()
