import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What would have happened without the law?",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    from statistics import NormalDist

    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import checks, fits, graphs, tidy, worlds
    from helpers.data import FOLDER, load_banks, load_deaths, load_prop99
    from helpers.lessons import before_after
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # What would have happened without the law?

    A speed limit comes into force, and accidents fall. A tax on cigarettes rises, and people smoke less. They might have done so anyway. Who stands in for the world without the law: our own past, others, or a mixture of others?

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | say who stands in for the missing world, check the interval, and find the prior that makes the result |
    | Question | What did a law do to those whom it was made for? |
    | Estimand | the mean effect on the treated, over the time after the law |
    | Design | interrupted time series, difference in differences, synthetic control |
    | Data | simulated roads, shops and series with known truth; cigarettes in 39 states (Abadie et al. 2010) |
    | Time | core 60 minutes, optional 28; eight checked exercises |
    | Before | notebook 02 (confounders); a regression with an intercept; a posterior once |
    """)
    return


@app.cell(hide_code=True)
def roads_heading():
    mo.md("""
    ## After the speed limit, fewer accidents

    Accidents a month on the roads of a region. From month 61 on there is a speed limit. The distance of the two dashed lines is the **naive difference**: the mean after the law minus the mean before.
    """)
    return


@app.cell
def region(RHO, SEED):
    roads = speed_limit(worlds.rng_of(SEED, 0), RHO)
    _means = roads.groupby("after")["accidents"].mean()
    naive_difference = float(_means[1] - _means[0])
    true_effect = -10.0
    before_after.chart_roads(roads, naive_difference)
    return roads, true_effect


@app.function
def speed_limit(rng, rho, months=96, law=60):
    """Return accidents in each month; the noise remembers the month before with weight rho."""
    month, shock = np.arange(1, months + 1), rng.normal(size=months)
    noise = [6 * shock[0]]
    for each in shock[1:]:
        noise.append(rho * noise[-1] + 6 * np.sqrt(1 - rho**2) * each)
    after = (month > law).astype(int)
    smooth = 120 - 0.25 * month + 8 * np.cos(2 * np.pi * month / 12)
    accidents = smooth - 10 * after + np.array(noise)
    return pd.DataFrame({"month": month, "after": after, "accidents": accidents})


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### Exercise 1 · predict · 2 min

    The simulator above holds the law's effect, a season and a trend of −0.25 accidents a month. The picture compares 60 months with 36. Suppose that only the last 36 months before the law were on record. Over many such regions, what is the naive difference then on average: `"about -10"`, `"about -19"` or `"about -22"`?
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    on_average = ...
    return (on_average,)


@app.cell(hide_code=True)
def check_1(on_average, set_progress, true_effect):
    check_1 = before_after.judge_1(on_average, true_effect)
    check_1.noted(1, set_progress)
    return


@app.cell(hide_code=True)
def estimand_heading():
    mo.md(r"""
    ## Our own past, carried forward

    Let $Y_t(1)$ be the accidents in month $t$ with the law and $Y_t(0)$ without. We ask for the mean effect after the law:

    $$\tau = \text{mean over } t > 60 \text{ of}\quad E[Y_t(1) - Y_t(0)]$$
    """)
    return


@app.cell
def time_graph():
    time_graph = graphs.dag(
        [("month", "law"), ("month", "accidents"), ("law", "accidents")],
        treatment="law",
        outcome="accidents",
        adjusted=["month"],
    )
    time_graph.draw()
    return


@app.cell(hide_code=True)
def form():
    mo.md(r"""
    After month 60 nobody sees $Y_t(0)$. An **interrupted time series** puts the own past in its place. It assumes **no anticipation** (drivers did not slow down before), **nothing else** that starts in month 61, and that **trend and season go on** as before, in the form that we write down. Month is a common cause of law and accidents, and no month is seen both ways: the form extrapolates.

    $$Y_t = \beta_0 + \beta_1 t + \beta_2 \cos\tfrac{2 \pi t}{12} + \beta_3 \sin\tfrac{2 \pi t}{12} + \tau \, [t > 60] + u_t$$
    """)
    return


@app.function
def design(roads):
    """Return one row a month: intercept, trend, season (two columns), law."""
    month = roads["month"].to_numpy(float)
    angle = 2 * np.pi * month / 12
    return np.column_stack(
        [np.ones(len(month)), month, np.cos(angle), np.sin(angle), roads["after"]]
    )


@app.function
def regress(x, y):
    """Return coefficients of least squares, and standard errors as if months were independent."""
    spread = np.linalg.inv(x.T @ x)
    beta = spread @ x.T @ y
    variance = np.sum((y - x @ beta) ** 2) / (len(y) - x.shape[1])
    return beta, np.sqrt(variance * np.diag(spread))


@app.cell
def its(roads):
    Z = NormalDist().inv_cdf((1 + HDI_PROB) / 2)  # standard errors to each side
    _beta, _errors = regress(design(roads), roads["accidents"].to_numpy())
    its_step, its_error = float(_beta[-1]), float(_errors[-1])
    its_interval = (its_step - Z * its_error, its_step + Z * its_error)
    before_after.chart_fit(roads, design(roads) @ _beta, _beta[-1])
    return Z, its_error, its_interval, its_step


@app.cell(hide_code=True)
def read_its(its_error, its_interval, its_step, true_effect):
    mo.md(f"""
    Least squares says {signed(its_step, 1)} accidents a month, standard error {number(its_error, 1)}, {percent(HDI_PROB)} confidence interval {signed(its_interval[0], 1)} to {signed(its_interval[1], 1)}. The simulated truth is {signed(true_effect, 0)}. May we believe the interval?
    """)
    return


@app.cell(hide_code=True)
def interval_heading():
    mo.md("""
    ## The estimate is right on average. The interval lies

    A bad month is followed by a bad month: the noise is **autocorrelated**, with correlation `RHO` from one month to the next and standard deviation 6. The least-squares step is a weighted sum of months, `step = weights @ accidents`.

    ### Exercise 2 · complete · 4 min

    `covariance` holds the true covariances of the months' noise. Give `honest_error`, the true standard deviation of the step.
    """)
    return


@app.cell
def exercise_2_complete(RHO, roads):
    _x, _month = design(roads), roads["month"].to_numpy()
    weights = np.linalg.solve(_x.T @ _x, _x.T)[-1]
    covariance = 36 * RHO ** np.abs(np.subtract.outer(_month, _month))
    # The variance of a weighted sum counts every pair of months.
    honest_error = ...
    return (honest_error,)


@app.cell(hide_code=True)
def check_2(RHO, honest_error, roads, set_progress):
    check_2 = before_after.judge_2(honest_error, design(roads), RHO)
    check_2.noted(2, set_progress)
    return (check_2,)


@app.function(hide_code=True)
def two_errors(rho, x):
    """Return sd of the step: the true one, and what least squares reports on average."""
    month = np.arange(len(x))
    covariance = 36 * rho ** np.abs(np.subtract.outer(month, month))
    rows, root = np.linalg.solve(x.T @ x, x.T), np.linalg.cholesky(covariance)
    left = np.trace(covariance - x @ rows @ covariance) / (len(x) - x.shape[1])
    return np.linalg.norm(rows[-1] @ root), np.sqrt(left) * np.linalg.norm(rows[-1])


@app.cell
def remembered(SEED, check_2, memory):
    _roads = speed_limit(worlds.rng_of(SEED, 0), memory.value)
    _true, _reported = two_errors(memory.value, design(_roads))
    _step = regress(design(_roads), _roads["accidents"].to_numpy())[0][-1]
    _shown = before_after.show_memory(memory, _roads, _step, _true, _reported)
    before_after.after(check_2, _shown)
    return


@app.cell
def interval_coverage(Z, roads):
    stored_worlds = pd.read_csv(FOLDER / "before_after_study.csv", index_col="world")
    stored_worlds.columns = stored_worlds.columns.str.split("|", expand=True)
    _rows = []
    for _rho in (0, 0.3, 0.6, 0.8):
        _world, _true = stored_worlds[f"rho={_rho:g}"], -10
        _row = {"correlation": _rho, "mean step": _world["step"].mean()}
        for _label, _se in (("least squares", "ols"), ("3 lags", "nw3"), ("12 lags", "nw12")):
            _row[_label] = ((_world["step"] - _true).abs() < Z * _world[f"{_se}_se"]).mean()
        _row["AR(1)"] = _world["ar1_lower"].lt(_true).mul(_world["ar1_upper"].gt(_true)).mean()
        _rows.append(_row)
    interval_coverage = pd.DataFrame(_rows)
    ar1_step = ar1_interval(design(roads), roads["accidents"].to_numpy())
    as_table(interval_coverage.astype({"correlation": str}), digits=3)
    return ar1_step, interval_coverage, stored_worlds


@app.cell(hide_code=True)
def read_coverage(ar1_step, interval_coverage, stored_worlds):
    mo.md(f"""
    {len(stored_worlds):,} stored worlds (`data/before_after_study.py`): the mean step, and the share of {percent(HDI_PROB)} intervals that hold the truth, **coverage** (Monte Carlo error at most {number(0.5 / np.sqrt(len(stored_worlds)), 3)}). On average the step is right. At correlation 0.6 the least-squares interval covers in {percent(interval_coverage["least squares"][2])}.

    Errors of Newey & West (1987), made for autocorrelation, want more months: they cover in {percent(interval_coverage["3 lags"][2])} with 3 lags, {percent(interval_coverage["12 lags"][2])} with 12. A model that *says* "AR(1)" and learns its correlation covers in {percent(interval_coverage["AR(1)"][2])}. For our own region it says {signed(ar1_step[0], 1)}, {percent(HDI_PROB)} posterior interval {signed(ar1_step[1], 1)} to {signed(ar1_step[2], 1)}: honesty is wide.
    """)
    return


@app.function
def ar1_interval(x, y):
    """Return mean, lower and upper of the step: flat priors, rho uniform, noise AR(1), on a grid."""
    from scipy import stats

    free, rows = len(y) - x.shape[1], []
    apart = np.abs(np.subtract.outer(np.arange(len(y)), np.arange(len(y))))
    for rho in np.linspace(-0.95, 0.99, 98):
        white = np.linalg.inv(np.linalg.cholesky(rho**apart))
        spread = np.linalg.inv(x.T @ white.T @ white @ x)
        beta = spread @ x.T @ white.T @ white @ y
        rss = np.sum((white @ (y - x @ beta)) ** 2)
        log = np.log(np.diag(white)).sum() + np.linalg.slogdet(spread)[1] / 2
        rows.append((log - free / 2 * np.log(rss), beta[-1], np.sqrt(rss / free * spread[-1, -1])))
    log, centre, scale = np.array(rows).T
    chance = np.exp(log - log.max()) / np.exp(log - log.max()).sum()
    grid = np.linspace(centre.min() - 8 * scale.max(), centre.max() + 8 * scale.max(), 2_000)
    below = chance @ stats.t.cdf((grid - centre[:, None]) / scale[:, None], free)
    return chance @ centre, *np.interp([(1 - HDI_PROB) / 2, (1 + HDI_PROB) / 2], below, grid)


@app.cell(hide_code=True)
def groups_heading():
    mo.md(r"""
    ## Others, who had no law

    In one of two districts 30 shops may open on Sundays from month 7 on; 30 shops of the other may not. We ask for the **ATT**, the mean of $E[Y_t(1) - Y_t(0) \mid \text{law}]$ over months 7 to 10: in this world +3 thousand euros a month. **Difference in differences** takes what the others went through as what ours would have gone through:

    $$\hat\tau = (\bar y^{\,\text{law}}_{\text{after}} - \bar y^{\,\text{law}}_{\text{before}}) - (\bar y^{\,\text{other}}_{\text{after}} - \bar y^{\,\text{other}}_{\text{before}})$$

    It assumes **parallel trends**: without the law both groups would have changed by the same amount. Levels may differ. Nobody may anticipate the law, shoppers must not cross over, and no shock may hit one district alone.
    """)
    return


@app.function
def sunday_law(rng, drift=0.0):
    """Return sales of 60 shops in 10 months (thousand euros); the law's shops drift up a month."""
    month, law = np.arange(1, 11), (np.arange(60) < 30).astype(int)
    level = rng.normal(0, 5, 60) + 4 * law
    sales = 50 + level[:, None] + rng.normal(0, 3, (60, 10))
    sales = sales + law[:, None] * (drift * month + 3 * (month > 6))
    shops = pd.DataFrame({"shop": np.repeat(np.arange(60), 10), "month": np.tile(month, 60)})
    shops["law"], shops["after"] = np.repeat(law, 10), (shops["month"] > 6).astype(int)
    return shops.assign(sales=sales.ravel())


@app.cell
def two_by_two(SEED):
    shops = sunday_law(np.random.default_rng(SEED))
    four_means = shops.pivot_table("sales", "law", "after")
    before_after.show_four(four_means)
    return (four_means,)


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · fix · 3 min

    A colleague compares both groups after the law. Repair it: `did`, the difference in differences, in thousand euros.
    """)
    return


@app.cell
def exercise_3_fix(four_means):
    # four_means.loc[law, after] is one mean: law 1 or 0, after 1 or 0.
    _difference = four_means.loc[1, 1] - four_means.loc[0, 1]
    did = ...
    return (did,)


@app.cell(hide_code=True)
def check_3(did, four_means, set_progress):
    check_3 = before_after.judge_3(did, four_means)
    check_3.noted(3, set_progress)
    return


@app.cell(hide_code=True)
def drift_note():
    mo.md("""
    ### And if the trends are not parallel?

    Let the law's shops drift up on their own, by `drift` a month. An **event study** compares the two groups in each month with the last month before the law; months before it should show nothing. The law's effect is 3 whatever the drift. The mean month after the law lies five months after the mean month before.
    """)
    return


@app.function
def event_study_of(shops):
    """Return one row a month: period (0 the first with the law), estimate, low, high, se."""
    z = NormalDist().inv_cdf((1 + HDI_PROB) / 2)
    wide = shops.pivot_table("sales", ["law", "shop"], "month")
    gap = wide.sub(wide[6], axis=0)
    mean, error = gap.groupby("law").mean(), gap.groupby("law").sem()
    found = pd.DataFrame({"period": wide.columns - 7, "estimate": mean.loc[1] - mean.loc[0]})
    found["se"] = np.hypot(error.loc[0], error.loc[1])
    found["low"] = found["estimate"] - z * found["se"]
    return found.assign(high=found["estimate"] + z * found["se"]).reset_index(drop=True)


@app.cell
def events(SEED, drift):
    event_study = event_study_of(sunday_law(np.random.default_rng(SEED), drift.value))
    _exactly = {"did": 3 + 5 * drift.value, "event study": 3 + 2.5 * drift.value}
    before_after.show_events(drift, event_study, _exactly)
    return


@app.cell(hide_code=True)
def read_events():
    mo.md("""
    Exactly: difference in differences gives **3 + 5 drift**, against the last month before it is **3 + 2.5 drift**. At a small drift the months before the law hardly leave zero: the noise hides it.
    """)
    return


@app.cell
def shops_worlds(Z, stored_worlds):
    _did, _detrended = stored_worlds["shops"]["did"], stored_worlds["shops"]["detrended"]
    did_coverage = float(((_did - 3).abs() < Z * stored_worlds["shops"]["did_se"]).mean())
    detrended = _detrended.mean(), _detrended.std(), _did.std()
    return detrended, did_coverage


@app.cell
def pre_trends(stored_worlds):
    _shops = stored_worlds["shops"]
    _passed = {
        "nobody tests": _shops["did"].notna(),
        "all months together (Wald)": _shops["wald_p"] > 0.05,
        "slope before the law": _shops["slope_p"] > 0.05,
        "no month with |t| > 1.96": _shops["largest_t"] < 1.96,
    }
    pre_trends = pd.DataFrame(index=pd.Index(_passed, name="pre-trend test"))
    pre_trends["alarm"] = [1 - kept.mean() for kept in _passed.values()]
    for _column, _of in (("bias of DiD, if passed", "did"), ("bias of event study", "event")):
        pre_trends[_column] = [_shops[_of][kept].mean() - 3 for kept in _passed.values()]
    as_table(pre_trends)
    return (pre_trends,)


@app.cell(hide_code=True)
def read_pre_trends(detrended, did_coverage, pre_trends):
    mo.md(f"""
    Drift 0.3 a month, the stored worlds again. The {percent(HDI_PROB)} interval of difference in differences holds the truth in {percent(did_coverage)}. The joint test raises an alarm in only {percent(pre_trends["alarm"].iloc[1])} of the worlds. Where it is passed, the bias is {signed(pre_trends["bias of DiD, if passed"].iloc[1])}: no smaller. The event study's grows from {signed(pre_trends["bias of event study"].iloc[0])} to {signed(pre_trends["bias of event study"].iloc[1:].min())} and more: who passes had, by chance, a low gap in the last month (Roth 2022). A **pre-trend test** passed does not mean parallel trends. Taking the fitted trend away leaves {signed(detrended[0])}, with standard deviation {number(detrended[1])} instead of {number(detrended[2])}: the price of believing in a straight line.
    """)
    return


@app.cell(hide_code=True)
def california_heading():
    mo.md(r"""
    ## A mixture of others

    California raised its tax on cigarettes in January 1989 (Proposition 99). The outcome: packs sold per head and year, 1970 to 2000, in California and 38 states without such a law. We ask for the mean effect on California in 1989 to 2000, $\tau = \frac{1}{12} \sum_{t \geq 1989} [Y_t(1) - Y_t(0)]$. A **synthetic control** is a weighted mean of other states, **donors**, whose weights are not negative, sum to one, and make it follow California *before* the law. It assumes **no interference** (nobody drives to Nevada, a donor, for cheaper packs), **no other law** in any of the states, and that the mixture would have gone on following.
    """)
    return


@app.function
def simplex_weights(donors, target):
    """Return weights of the donors' columns, none negative, sum 1, nearest to the target."""
    from scipy.optimize import nnls

    heavy = 1e4  # one more row that asks for the sum
    rows = np.vstack([donors, heavy * np.ones(donors.shape[1])])
    weight = nnls(rows, np.append(target, heavy))[0]
    return weight / weight.sum()


@app.cell
def synthetic():
    LAW_YEAR = 1989
    packs = load_prop99().pivot_table("packs", "year", "state")
    california, donors = packs["California"], packs.drop(columns="California")
    _before = donors.index < LAW_YEAR
    donor_weights = pd.Series(simplex_weights(donors[_before], california[_before]), donors.columns)
    gap = california - donors @ donor_weights
    synthetic_rmse = float(np.sqrt((gap[_before] ** 2).mean()))
    before_after.chart_california(california, donors.mean(axis=1), donors @ donor_weights)
    return (
        LAW_YEAR,
        california,
        donor_weights,
        donors,
        gap,
        packs,
        synthetic_rmse,
    )


@app.cell(hide_code=True)
def read_synthetic(donor_weights, synthetic_rmse):
    mo.md(f"""
    The synthetic California is {percent(donor_weights["Utah"])} Utah, {percent(donor_weights["Montana"])} Montana, {percent(donor_weights["Nevada"])} Nevada and {(donor_weights > 1e-3).sum() - 3} more; before the law it misses by {number(synthetic_rmse)} packs (root mean square). That fit was *asked for*: a good one is needed, and proves nothing.
    """)
    return


@app.cell
def four_stand_ins(LAW_YEAR, california, donors, gap):
    _after = donors.index >= LAW_YEAR
    _mean_gap = california - donors.mean(axis=1)
    _effects = {
        "before and after": california[_after].mean() - california[~_after].mean(),
        "level after, against the mean state": _mean_gap[_after].mean(),
        "difference in differences": _mean_gap[_after].mean() - _mean_gap[~_after].mean(),
        "synthetic control": gap[_after].mean(),
    }
    stand_ins = pd.DataFrame({"effect (packs)": _effects}).rename_axis("who stands in")
    as_table(stand_ins)
    return (stand_ins,)


@app.cell(hide_code=True)
def read_stand_ins(gap, stand_ins):
    mo.md(f"""
    Four stand-ins, four answers. The synthetic control says {signed(stand_ins["effect (packs)"].iloc[3])} packs a year, {signed(gap[2000])} in 2000. Two placebos test it.
    """)
    return


@app.cell
def placebo_years(LAW_YEAR, california, donors, packs):
    _rows = []
    for _year in (1980, 1983, 1985):
        _seen, _until = donors.index < _year, donors.index < 1989
        _gap = california - donors @ simplex_weights(donors[_seen], california[_seen])
        _row = {"law invented in": str(_year)}
        _row["mean gap up to 1988 (packs)"] = _gap[~_seen & _until].mean()
        _rows.append({**_row, "misses before (packs)": np.sqrt((_gap[_seen] ** 2).mean())})
    placebo_years = pd.DataFrame(_rows)
    gaps = placebo_gaps(packs, packs.index < LAW_YEAR)  # placebo in space, below
    as_table(placebo_years.set_index(placebo_years.columns[0]))
    return gaps, placebo_years


@app.cell(hide_code=True)
def read_placebo_years(gap, placebo_years):
    mo.md(f"""
    **Placebo in time**: invent an earlier law, use the years before it alone. With 1985 the "effect" is {signed(placebo_years["mean gap up to 1988 (packs)"].iloc[2])} packs before the law:
    {percent(placebo_years["mean gap up to 1988 (packs)"].iloc[2] / gap.loc[1989:1992].mean())} of that in the four years after it, though it misses the years before by only
    {number(placebo_years["misses before (packs)"].iloc[2], 1)}.

    ### Exercise 4 · build · 5 min

    **Placebo in space**: give each state in turn the law, with all others as donors. `gaps` (years × states) holds what comes out. Write `placebo_ranks(gaps, year)`: for each state the mean
    squared gap from `year` on, over the mean squared gap before; then its rank among all states, 1 for the largest, as a Series by state.
    """)
    return


@app.function
def placebo_ranks(gaps, year):
    """Return each state's rank, 1 for the largest ratio after over before."""
    # gaps.index holds the years; Series.rank(ascending=False) ranks.
    return ...


@app.cell(hide_code=True)
def check_4(gaps, set_progress):
    check_4 = before_after.judge_4(placebo_ranks, gaps)
    check_4.noted(4, set_progress)
    return (check_4,)


@app.function
def placebo_gaps(outcomes, before):
    """Return the gap of each column to its synthetic self, made of all others where `before` is true."""
    y, gaps = outcomes.to_numpy(), {}
    for at, unit in enumerate(outcomes):
        others = np.delete(y, at, axis=1)
        gaps[unit] = y[:, at] - others @ simplex_weights(others[before], y[before, at])
    return pd.DataFrame(gaps, outcomes.index)


@app.cell(hide_code=True)
def spaghetti(check_4, gaps):
    # Look at it after exercise 4.
    _read = mo.md("""
    Missouri and Virginia had no such law and rank before California: what they miss after 1988 is a larger multiple of what they missed before.
    """)
    before_after.after(check_4, mo.vstack([before_after.chart_placebos(gaps), _read]))
    return


@app.cell(hide_code=True)
def prior_heading():
    mo.md(r"""
    ## The prior on the weights is the result

    The same mixture as a program: weights with a **Dirichlet** prior, in $x_t$ the donors' packs, for the years before the law,

    $$w \sim \text{Dirichlet}(a, \dots, a), \quad \sigma \sim \text{HalfNormal}(5 \text{ packs}), \quad y_t \sim N(x_t \cdot w, \sigma)$$

    No intercept, by design: the mixture must reach California's level. With $a = 1$ all weights that sum to one are equally likely: "flat".
    """)
    return


@app.cell
def mixture_model():
    import numpyro
    import xarray as xr
    from jax import numpy as jnp
    from jax import random
    from numpyro import distributions as dist

    def mixture(donors, a, packs=None):
        """Weights of the donors (columns of `donors`, packs); a is the prior's concentration."""
        n_years, n_donors = donors.shape
        weights = numpyro.sample("weights", dist.Dirichlet(a * jnp.ones(n_donors)))
        sigma = numpyro.sample("sigma", dist.HalfNormal(5))  # packs
        with numpyro.plate("year", n_years):
            numpyro.sample("packs", dist.Normal(donors @ weights, sigma), obs=packs)

    return dist, jnp, mixture, numpyro, random, xr


@app.cell
def prior_predictive(
    LAW_YEAR,
    SEED,
    california,
    donors,
    mixture,
    numpyro,
    random,
):
    _before = donors.index < LAW_YEAR
    _invent = numpyro.infer.Predictive(mixture, num_samples=1_000)
    _drawn = _invent(random.PRNGKey(SEED), donors[_before].to_numpy(), 1.0)
    prior_packs, _weights = np.asarray(_drawn["packs"]), np.asarray(_drawn["weights"])
    prior_donors = float((1 / (_weights**2).sum(axis=-1)).mean())
    before_after.chart_prior(california[_before], prior_packs, prior_donors)
    return (prior_donors,)


@app.cell
def fit_functions(bsts, mixture, numpyro, random):
    def sampled(model, seed, draws, dims, coords, *data):
        """Return the draws of a NumPyro model, four chains, as a DataTree; half as many warm up."""
        kernel = numpyro.infer.NUTS(model, target_accept_prob=0.995)
        chains = {"num_chains": 4, "chain_method": "vectorized", "progress_bar": False}
        mcmc = numpyro.infer.MCMC(kernel, num_warmup=draws // 2, num_samples=draws, **chains)
        mcmc.run(random.PRNGKey(seed), *data, extra_fields=("diverging",))
        return tidy.posterior_from_numpyro(mcmc, dims=dims, coords=coords)

    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_mixture(donors, packs, a, seed, draws):
        named = {"weights": ["state"]}, {"state": list(donors.columns)}
        return sampled(mixture, seed, draws, *named, donors.to_numpy(), a, packs)

    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_bsts(months, series, slope_sd, seed, draws):
        sites = {site: ["model"] for site in ("start", "unit", "slope", "noise", "step")}
        size, axes = np.linalg.eigh(np.minimum.outer(months, months))  # of a walk with step sd 1
        parts = months, size.clip(0), axes, slope_sd, (axes.T @ series)[:, None]
        return sampled(bsts, seed, draws, sites, {"model": ["no slope", "with slope"]}, *parts)

    return fit_bsts, fit_mixture


@app.cell
def flat_fit(DRAWS, LAW_YEAR, SEED, california, donors, fit_mixture):
    _before = donors.index < LAW_YEAR
    with mo.status.spinner("Sampling the weights of 38 states: about 30 s, the first time"):
        _packs = california[_before].to_numpy()
        idata_weights = fit_mixture(donors[_before], _packs, 1.0, SEED, DRAWS)
    diagnostics_weights = tidy.diagnostics(idata_weights)
    tidy.show_diagnostics(diagnostics_weights)
    return (idata_weights,)


@app.cell
def flat_effect(LAW_YEAR, california, donors, idata_weights, xr):
    _weights = idata_weights["posterior"]["weights"]  # chain, draw, state
    _gaps = california.to_xarray() - _weights.dot(xr.DataArray(donors))  # year, chain, draw
    _missed = _gaps.sel(year=slice(LAW_YEAR - 1)).mean(["chain", "draw"])
    flat_effect_draws = _gaps.sel(year=slice(LAW_YEAR, None)).mean("year").to_numpy()
    flat_rmse = float(np.sqrt((_missed**2).mean()))
    flat_donors = float((1 / (_weights**2).sum("state")).mean())
    flat_interval = tidy.hdi(flat_effect_draws)
    return flat_donors, flat_effect_draws, flat_interval, flat_rmse


@app.cell(hide_code=True)
def read_flat(
    flat_donors,
    flat_effect_draws,
    flat_interval,
    flat_rmse,
    prior_donors,
    stand_ins,
):
    mo.md(f"""
    With $a = 1$: {signed(flat_effect_draws.mean(), 1)} packs ({percent(HDI_PROB)} HDI of the weights alone, {signed(flat_interval[0], 1)} to {signed(flat_interval[1], 1)}: California's own years would be noisy too). The mean lies *beyond* difference in differences, {signed(stand_ins["effect (packs)"].iloc[2], 1)}; the interval holds that. The fit before the law is poor, {number(flat_rmse, 1)} packs, and {number(flat_donors, 0)} donors count (**effective donors**: one over the sum of squared weights), before any data {number(prior_donors, 0)}. Flat over 38 weights means "none large": a pull towards the mean state.
    """)
    return


@app.cell
def priors(concentration):
    priors = pd.read_csv(FOLDER / "before_after_priors.csv")
    before_after.show_priors(concentration, priors)
    return (priors,)


@app.cell(hide_code=True)
def read_priors(priors):
    mo.md(f"""
    Other values of $a$, from `data/before_after_priors.py` (one divergence, at 1; the page's own fit has none): from {signed(priors["effect"].iloc[0], 1)} to {signed(priors["effect"].iloc[-1], 1)} packs with the same data. Print the fit beside the effect: without an intercept, a level that the mixture misses throughout counts as effect; a difference takes it away.
    """)
    return


@app.cell(hide_code=True)
def bsts_heading():
    mo.md(r"""
    ## One more past, carried forward

    BSTS, a **Bayesian structural time series**: a level that walks, and noise; it carries the past forward and calls the rest the effect. It assumes **no anticipation**, **nothing else** from the law on, and that **level and slope go on** as modelled. A page of CausalPy has a series that drifts up by 0.25 a month, with a law in month 74 of 100; a model of this kind found +13.08 for $\tau = \frac{1}{27} \sum_{t > 73} [Y_t(1) - Y_t(0)] = -50/27 = -1.85$. Our model, in index points:

    $$y_t = \alpha + \beta t + \ell_t + \varepsilon_t, \quad \varepsilon_t \sim N(0, \sigma), \quad \ell_t \sim N(\ell_{t-1}, \omega)$$

    $$\alpha \sim N(0, 10), \quad \beta \sim N(0, s), \quad \sigma, \omega \sim \text{HalfNormal}(1)$$
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Exercise 5 · complete · 3 min

    With $s$ near 0 there is no trend. Such a **local level** forecasts the last level, flat. Without the law the series would have gone on by 0.25 a month. Which mean effect does it report on average, over the 27 months after the last one that it has seen? `flat_reports`, a number with its sign.
    """)
    return


@app.cell
def exercise_5_complete():
    _true = -50 / 27
    _ahead = np.arange(1, 28)  # months since the last one seen
    flat_reports = ...
    return (flat_reports,)


@app.cell(hide_code=True)
def check_5(flat_reports, set_progress):
    check_5 = before_after.judge_5(flat_reports)
    check_5.noted(5, set_progress)
    return (check_5,)


@app.function
def drifting(rng, months=100, law=73):
    """Return columns month, index (a mixture of seven walks that drift up by 0.25), effect (points).

    Made like the series of CausalPy's page on interrupted time series (version 0.9).
    """
    from scipy import stats
    from statsmodels.nonparametric.smoothers_lowess import lowess

    month = np.arange(1, months + 1)
    walk = rng.normal(0.25, 1, (months, 7)).cumsum(axis=0)
    smooth = np.column_stack([lowess(w, month, frac=0.2, it=0)[:, 1] for w in walk.T])
    effect = -50 * stats.gamma(10).pdf(month - law - 1)
    without = smooth @ rng.dirichlet(np.ones(7)) + rng.normal(0, 0.25, months)
    return pd.DataFrame({"month": month, "index": without + effect, "effect": effect})


@app.cell
def structural_model(dist, jnp, numpyro):
    def bsts(months, size, axes, slope_sd, series=None):
        """Level plus noise, for each of `slope_sd`; the levels are summed out: `axes` part the walk."""
        with numpyro.plate("model", len(slope_sd)):
            start = numpyro.sample("start", dist.Normal(0, 10))  # alpha, points
            unit = numpyro.sample("unit", dist.Normal(0, 1))
            slope = numpyro.deterministic("slope", slope_sd * unit)  # beta
            noise = numpyro.sample("noise", dist.HalfNormal(1))  # sigma, points
            step = numpyro.sample("step", dist.HalfNormal(1))  # omega, points a month
            spread = jnp.sqrt(step**2 * size[:, None] + noise**2)
            with numpyro.plate("axis", len(months)):
                mu = axes.T @ (start + slope * months[:, None])
                numpyro.sample("series", dist.Normal(mu, spread), obs=series)

    return (bsts,)


@app.cell
def structural_fits(DRAWS, SEED, fit_bsts):
    drift_series = drifting(worlds.rng_of(SEED, 7))
    _seen = drift_series[drift_series["month"] <= 73].to_numpy(float)
    _slopes = np.array([0.001, 1.0])  # sd of the slope: none, and free; both models in one run
    with mo.status.spinner("Sampling two structural series: about 10 s, the first time"):
        idata_bsts = fit_bsts(_seen[:, 0], _seen[:, 1], _slopes, SEED, DRAWS)
    diagnostics_bsts = tidy.diagnostics(idata_bsts)
    tidy.show_diagnostics(diagnostics_bsts)
    return drift_series, idata_bsts


@app.function
def carried_forward(series, posterior, rng, law=73):
    """Return draws of what one model expects without the law, shape (draw, months after)."""
    seen, ahead = np.split(np.arange(1.0, len(series) + 1), [law])
    found, names = [], ["start", "slope", "noise", "step"]
    for start, slope, noise, step in posterior[names].to_dataframe()[names].to_numpy()[::5]:
        own = step**2 * np.minimum.outer(seen, seen) + noise**2 * np.eye(law)
        link = step**2 * np.minimum.outer(ahead, seen)  # a later level knows the earlier ones
        back = np.linalg.solve(own, np.column_stack([series[:law] - start - slope * seen, link.T]))
        mean = start + slope * ahead + link @ back[:, 0]
        spread = step**2 * np.minimum.outer(ahead, ahead) - link @ back[:, 1:]
        spread = spread + noise**2 * np.eye(len(ahead))
        found.append(rng.multivariate_normal(mean, spread, method="cholesky"))
    return np.array(found)


@app.cell
def structural_effects(SEED, check_5, drift_series, idata_bsts):
    _series = drift_series["index"].to_numpy()
    _posterior = idata_bsts["posterior"].to_dataset()
    _ahead = {
        name: carried_forward(_series, _posterior.sel(model=name), np.random.default_rng(SEED))
        for name in ("no slope", "with slope")
    }
    bsts_effects = tidy.summarise(
        {n: (_series[73:] - draws).mean(axis=1) for n, draws in _ahead.items()}
    )
    before_after.after(check_5, before_after.chart_drift(drift_series, _ahead, bsts_effects))
    return


@app.cell(hide_code=True)
def drift_estimates(check_5, stored_worlds):
    # Look at it after exercise 5.
    _stands_in = {
        "tiny_step": "flat level, tiny step",
        "flat_level": "flat level, free step",
        "line": "straight line",
        "trend": "level and slope that walk",
        "controls": "level and the seven others",
        "simplex": "weights on the seven others",
    }
    _effects = stored_worlds["series"][list(_stands_in)]
    effect_by_model = pd.DataFrame({"mean effect": _effects.mean(), "sd": _effects.std()})
    effect_by_model["wrong sign"] = (_effects > 0).mean()
    for _name in ("flat_level", "trend", "controls"):
        effect_by_model.loc[_name, "covers"] = stored_worlds["series"][f"{_name}_covers"].mean()
    _table = effect_by_model.rename(index=_stands_in).rename_axis("stands in")
    _read = mo.md("""
    One series: the flat level counts the drift of 27 months as the law's; with a slope it does not. Neither interval leaves zero out: the stored series decide.
    """)
    before_after.after(check_5, mo.vstack([_read, as_table(_table)]))
    return (effect_by_model,)


@app.function
def forecast_of(x, y, start, k):
    """Return y from `start` on less its forecast under noise covariance k: mean, error, log weight.

    Shapes: x (month, column), y (month,), k (month, month), of any scale; flat priors.
    """
    ahead, free, root = (
        slice(start, len(y)),
        start - x.shape[1],
        np.linalg.cholesky(k[:start, :start]),
    )
    before = x[:start], y[:start], k[:start, ahead].mean(axis=1)
    xw, yw, link = (np.linalg.solve(root, part) for part in before)
    spread = np.linalg.inv(xw.T @ xw)
    beta = spread @ xw.T @ yw
    left, reach = yw - xw @ beta, x[ahead].mean(axis=0) - link @ xw
    rss = left @ left
    wide = k[ahead, ahead].mean() - link @ link + reach @ spread @ reach
    log = np.linalg.slogdet(spread)[1] / 2 - np.log(np.diag(root)).sum() - free / 2 * np.log(rss)
    effect = y[ahead].mean() - x[ahead].mean(axis=0) @ beta - link @ left
    return effect, np.sqrt(wide * rss / free), log


@app.function
def forecast_effect(x, y, start, memories):
    """Return mean effect from `start` on and its error, over `memories`: equally likely covariances."""
    effect, error, log = np.array([forecast_of(x, y, start, k) for k in memories]).T
    chance = np.exp(log - log.max()) / np.exp(log - log.max()).sum()
    return chance @ effect, np.sqrt(chance @ (error**2 + (effect - chance @ effect) ** 2))


@app.cell
def memory_forecasts(roads):
    _month, _one = np.arange(96), np.eye(96)
    _sum, _ratios = np.tril(np.ones((96, 96))), np.geomspace(1e-4, 1e2, 13)  # of variances
    _walk, _apart = _sum @ _sum.T, np.abs(np.subtract.outer(_month, _month))
    _slope = _sum @ _walk @ _sum.T  # a walk that is summed up once more
    _both = [_one + r * _walk + q * _slope for r in _ratios for q in _ratios / 10]
    _memories = {"none (least squares)": [_one]}
    _memories["AR(1)"] = [rho**_apart for rho in np.linspace(-0.95, 0.99, 98)]
    _memories["a level that walks"] = [_one + r * _walk for r in _ratios]
    _memories["level and slope that walk"] = _both
    _x, _y = design(roads)[:, :4], roads["accidents"].to_numpy()  # without the law's column
    _found = {name: forecast_effect(_x, _y, 60, each) for name, each in _memories.items()}
    effect_by_memory = pd.DataFrame(_found, ["effect (accidents)", "standard error"]).T
    as_table(effect_by_memory.rename_axis("memory"))
    return (effect_by_memory,)


@app.cell(hide_code=True)
def read_estimates(check_5, effect_by_memory, effect_by_model):
    _read = mo.md(f"""
    The stored truth is −1.85. With the step's standard deviation fixed at 0.01 of the series' own, as the R package CausalImpact (Brodersen et al. 2015) guesses by default, the flat level says {signed(effect_by_model["mean effect"]["tiny_step"], 1)} and has the wrong sign in {percent(effect_by_model["wrong sign"]["tiny_step"])}. It is no fault of BSTS. On average a slope repairs it (one that walks has the wrong sign in {percent(effect_by_model["wrong sign"]["trend"])}), and nearly so do controls that share the drift and have no law. A structural series adjusts for a trend only if it, or a control, has one.

    The price of a slope that may walk, on the roads (± a standard error): {signed(effect_by_memory.iloc[3, 0], 1)} ± {number(effect_by_memory.iloc[3, 1], 1)} accidents, where AR(1) says {signed(effect_by_memory.iloc[1, 0], 1)} ± {number(effect_by_memory.iloc[1, 1], 1)} and least squares {signed(effect_by_memory.iloc[0, 0], 1)} ± {number(effect_by_memory.iloc[0, 1], 1)}.
    """)
    before_after.after(check_5, _read)
    return


@app.cell(hide_code=True)
def takeaways(interval_coverage, pre_trends, priors, stand_ins):
    mo.md(f"""
    ## Takeaways: what would have happened without the law?

    1. **Somebody stands in for the missing world**: say who. California: before and after {signed(stand_ins["effect (packs)"].iloc[0], 1)}, DiD {signed(stand_ins["effect (packs)"].iloc[2], 1)}, mixture {signed(stand_ins["effect (packs)"].iloc[3], 1)}; no fit proves one.
    2. **An unbiased estimate may have a lying interval**: {percent(interval_coverage["least squares"][2])} instead of {percent(HDI_PROB)} at correlation 0.6; the honest model was told the memory's form.
    3. **A passed pre-trend test is weak evidence**: with 60 shops, drift 0.3, the joint one missed a bias of half the effect in {percent(1 - pre_trends["alarm"].iloc[1])}.
    4. **Print the prior, and the fit before the law**: $a$ from 0.3 to 5 moves California from {signed(priors["effect"].iloc[0], 1)} to {signed(priors["effect"].iloc[-1], 1)}; the best fit is no proof.
    5. **A forecast is a belief**: without a slope it took the drift for the law's effect.
    """)
    return


@app.cell(hide_code=True)
def staggered_heading():
    mo.md("""
    ## Laws that start at different times · optional

    Two-way fixed effects (TWFE): a level for each unit, one for each period, one column "has the law". Its coefficient is a weighted sum of the outcomes; the weight of a cell is what is left of that column after both demeanings, over its sum of squares.

    ### Exercise 6 · complete · 4 min

    Unit 1 starts in period 2, unit 2 in period 3. Give `twfe_weights`, shape (2, 3).
    """)
    return


@app.cell
def exercise_6_complete():
    has_law = np.array([[0, 1, 1], [0, 0, 1]])  # unit by period
    # Take away the unit's mean and the period's mean; what was taken twice?
    twfe_weights = ...
    return (twfe_weights,)


@app.cell(hide_code=True)
def check_6(set_progress, twfe_weights):
    check_6 = before_after.judge_6(twfe_weights)
    check_6.noted(6, set_progress)
    return (check_6,)


@app.function
def started(growth, n_never):
    """Return who has the law and the effects: three cohorts of 10, 12 months, growing effects."""
    start = np.repeat([4, 7, 10, 99], [10, 10, 10, n_never])
    months_with = np.arange(1, 13) - start[:, None] + 1
    has_law = months_with > 0
    return has_law, np.where(has_law, 1 + growth * (months_with - 1), 0.0)


@app.function
def imputed(has_law, outcome):
    """Return the mean effect where it can be imputed: unit and period effects of cells without law.

    Shapes: both (unit, period). Borusyak, Jaravel & Spiess (2024), doi:10.1093/restud/rdae007.
    """
    known = ~has_law.all(axis=0)  # periods in which somebody has no law
    unit, period = np.indices(has_law.shape)
    x = np.concatenate([np.eye(len(has_law))[unit], np.eye(12)[period]], axis=-1)
    beta = np.linalg.lstsq(x[~has_law], outcome[~has_law], rcond=None)[0]
    return float(np.mean((outcome - x @ beta)[has_law & known]))


@app.cell
def staggered(check_6, growth, n_never):
    _law, _effect = started(growth.value, n_never.value)
    _unit, _period = np.indices(_law.shape).reshape(2, -1)  # of each cell
    _x = np.column_stack([np.eye(len(_law))[_unit], np.eye(12)[_period], _law.ravel()])
    _twfe = np.linalg.lstsq(_x, _effect.ravel(), rcond=None)[0][-1]
    staggered_answers = pd.DataFrame(
        {
            "label": ["mean effect on the treated", "TWFE", "imputed from cells without the law"],
            "effect": [_effect[_law].mean(), _twfe, imputed(_law, _effect)],
        }
    )
    before_after.after(check_6, before_after.show_staggered(growth, n_never, staggered_answers))
    return


@app.cell(hide_code=True)
def read_staggered(check_6):
    _read = mo.md("""
    No noise here. TWFE also takes units that have the law already as stand-ins for those that start, and subtracts their growing effects (Goodman-Bacon 2021). With one constant effect it is right. Levels fitted on cells *without* the law impute the rest rightly for months in which somebody is still without it: while nobody stays so, fewer months than the first row's.
    """)
    before_after.after(check_6, _read)
    return


@app.cell(hide_code=True)
def banks_heading():
    mo.md("""
    ## A published number, re-examined: minus 16.8 banks · optional

    In the crisis of late 1930 the Fed of Atlanta lent to banks, that of St. Louis did not (Richardson & Troost 2009; Angrist & Pischke 2014). CausalPy's page on these banks (documentation of version 0.9) prints for
    two-way fixed effects a causal impact of −16.81. Its formula gives each district its own `post` column beside the years: nine columns of rank eight.

    ### Exercise 7 · fix · 3 min

    Repair what is read off such a posterior: `banks_saved`, the mean of what `post` did in Atlanta *beyond* St. Louis, in banks.
    """)
    return


@app.cell
def bank_posterior():
    _both = load_banks().melt("year", var_name="district", value_name="open")
    _atlanta, _late = _both["district"] == "atlanta", _both["year"] > 1930
    _columns = {"atlanta": _atlanta, "st_louis": ~_atlanta}
    _columns |= {str(year): _both["year"] == year for year in range(1930, 1935)}
    _columns |= {"post_atlanta": _atlanta & _late, "post_st_louis": ~_atlanta & _late}
    bank_x, bank_open = pd.DataFrame(_columns).astype(float), _both["open"].to_numpy(float)
    _x, _noise, _prior = bank_x.to_numpy(), 1.1, 50  # sd of noise and of each coefficient, banks
    _precision = _x.T @ _x / _noise**2 + np.eye(9) / _prior**2
    bank_covariance = np.linalg.inv(_precision)
    bank_mean = pd.Series(bank_covariance @ _x.T @ bank_open / _noise**2, bank_x.columns)
    return bank_covariance, bank_mean


@app.cell
def exercise_7_fix(bank_mean):
    # bank_mean holds the posterior mean of each coefficient, by name.
    _read = bank_mean["post_atlanta"]
    banks_saved = ...
    return (banks_saved,)


@app.cell(hide_code=True)
def check_7(bank_mean, banks_saved, set_progress):
    check_7 = before_after.judge_7(banks_saved, bank_mean)
    check_7.noted(7, set_progress)
    return (check_7,)


@app.cell(hide_code=True)
def bank_reading(bank_covariance, bank_mean, check_7):
    # Look at it after exercise 7.
    _rows = {"coefficient of post_atlanta": np.eye(9)[7], "contrast": np.eye(9)[7] - np.eye(9)[8]}
    bank_reading = pd.DataFrame(
        {
            "posterior mean (banks)": {n: w @ bank_mean for n, w in _rows.items()},
            "sd": {n: np.sqrt(w @ bank_covariance @ w) for n, w in _rows.items()},
        }
    ).rename_axis("read off")
    _read = mo.md("""
    The data leave one direction open, and the prior alone closes it: a coefficient that leans on it is an opinion. A
    tighter prior would hide that, not mend it. The page's sentence was right about the contrast; its table shows a coefficient.
    """)
    before_after.after(check_7, mo.vstack([as_table(bank_reading), _read]))
    return


@app.cell(hide_code=True)
def rank_heading():
    mo.md("""
    ## A rank is a rank of a procedure · optional

    The published p of Proposition 99 is 1/39 = 0.026, with covariates in the weights (Abadie et al. 2010). We have outcomes alone, and two procedures: the **ratio**, after over before, of all states; and the **gap**, the absolute mean gap after, of those states whose mean squared gap before is at most five times California's.

    Is a rank an honest p? Try it where there is no law: 21 states follow two trends, with weights between 0 and 1. One state follows both with weight 0.5, *inside* what a mixture of the others reaches; or with 1.5, *outside*. A state picked by lot is among the first two of 21 in 2/21 = 0.095 of such worlds.
    """)
    return


@app.cell(hide_code=True)
def rank_functions():
    # Two procedures, and the worlds that data/before_after_study.py has stored.
    def rank_p(outcomes, before, own):
        """Return p of one column by two procedures: ratio of all, gap of those that fit."""
        gaps = placebo_gaps(outcomes, before)
        early, late = (np.linalg.norm(gaps[part], axis=0) for part in (before, ~before))
        gap, at = gaps[~before].mean().abs().to_numpy(), gaps.columns.get_loc(own)
        fits = early**2 <= 5 * early[at] ** 2
        ratio_p = np.mean(late / early >= late[at] / early[at])
        return {"ratio": ratio_p, "gap": np.mean(gap[fits] >= gap[at])}

    def without_law(rng):
        """Return p for state 0 of 21 in 31 years without a law; one is invented in year 20."""
        found, before = {}, np.arange(31) < 19
        for place, weight in (("inside", 0.5), ("outside", 1.5)):
            trends = rng.normal(0.3, 1, (31, 2)).cumsum(axis=0)
            weights = rng.uniform(0, 1, (21, 2))
            weights[0] = weight
            states = pd.DataFrame(trends @ weights.T + rng.normal(0, 1, (31, 21)))
            found |= {f"{place} {name}": p for name, p in rank_p(states, before, 0).items()}
        return found

    return (rank_p,)


@app.cell
def rank_tests(LAW_YEAR, check_4, packs, rank_p, stored_worlds):
    _own = rank_p(packs, packs.index < LAW_YEAR, "California")
    rank_tests = pd.DataFrame({"p of California": _own}).rename_axis("procedure")
    for _place in ("inside", "outside"):
        _shares = {
            name: (stored_worlds["ranks"][f"{_place} {name}"] <= 0.1).mean() for name in _own
        }
        rank_tests[f"p ≤ 0.1 without a law: {_place}"] = pd.Series(_shares)
    before_after.after(check_4, as_table(rank_tests, digits=3))
    return (rank_tests,)


@app.cell(hide_code=True)
def read_ranks(check_4, rank_tests, stored_worlds):
    _read = mo.md(f"""
    California's p is {number(rank_tests.iloc[0, 0], 3)} by its ratio and {number(rank_tests.iloc[1, 0], 3)} by its gap: who may choose the procedure afterwards may choose the p. In {len(stored_worlds):,} stored worlds without a law the ratio says p ≤ 0.1 in {percent(rank_tests.iloc[0, 1])} inside, about what it promises, and in {percent(rank_tests.iloc[0, 2])} outside. The gap says it in {percent(rank_tests.iloc[1, 1])} inside, too rarely, and in {percent(rank_tests.iloc[1, 2])} outside, where the gap *is* the bad fit. A rank is an honest p if the treated state is like the others. Name the procedure before you look.
    """)
    before_after.after(check_4, _read)
    return


@app.cell(hide_code=True)
def deaths_heading():
    mo.md(f"""
    ## Laws that never were · optional

    Monthly deaths in England and Wales, 2006 to 2019. Invent a law in each month that leaves 60 months before it and 12 after: 97 placebo laws. Each gets an estimate, the mean of its 12 months minus a forecast from trend and month of the year, and a standard error.

    ### Exercise 8 · complete · 3 min

    We made no law. Which share of the 97 "works": its {percent(HDI_PROB)} confidence interval, `estimate` ± `Z` · `error`, leaves zero out? `false_alarms`.
    """)
    return


@app.function
def placebo_law(deaths, start, covariates=(), ratios=(0.0,)):
    """Return effect and standard error of an invented law: trend, months, covariates, a level's walk."""
    n = start + 12
    months = pd.get_dummies(deaths["month"], dtype=float).to_numpy()[:n]
    x = np.column_stack([months, np.arange(n), *(deaths[c].to_numpy()[:n] for c in covariates)])
    walk = np.minimum.outer(np.arange(n), np.arange(n))
    memories = [ratio * walk + np.eye(n) for ratio in ratios]
    return forecast_effect(x, deaths["deaths"].to_numpy(float)[:n], start, memories)


@app.cell
def placebo_laws():
    deaths = load_deaths()
    _laws = [placebo_law(deaths, start) for start in range(60, len(deaths) - 11)]
    laws = pd.DataFrame(_laws, columns=["estimate", "error"])
    before_after.chart_laws(laws)
    return deaths, laws


@app.cell
def exercise_8_complete(Z, laws):
    _estimate, _error, _z = laws["estimate"], laws["error"], Z
    # A law in either direction counts.
    false_alarms = ...
    return (false_alarms,)


@app.cell(hide_code=True)
def check_8(false_alarms, laws, set_progress):
    check_8 = before_after.judge_8(false_alarms, laws)
    check_8.noted(8, set_progress)
    return (check_8,)


@app.cell(hide_code=True)
def four_models(Z, check_8, deaths, laws):
    # Look at it after exercise 8.
    _starts, _warmth = range(60, len(deaths) - 11), ["temperature"]
    _warm = [placebo_law(deaths, start, _warmth) for start in _starts]
    _walk = [placebo_law(deaths, start, _warmth, np.geomspace(1e-4, 1e2, 7)) for start in _starts]
    _answers = {"trend and season": laws.to_numpy(), "and temperature": np.array(_warm)}
    _answers["and a level that walks"] = np.array(_walk)
    alarms = pd.DataFrame(
        {
            "intervals without zero": {
                n: np.mean((a[:, 0] / a[:, 1]) ** 2 > Z**2) for n, a in _answers.items()
            },
            "mean error (deaths)": {n: a[:, 1].mean() for n, a in _answers.items()},
        }
    ).rename_axis("model")
    _read = mo.md(f"""
    Trend and season alone find an effect in {percent(alarms.iloc[0, 0])} of the placebo laws, with temperature in {percent(alarms.iloc[1, 0])}, with a level that walks in {percent(alarms.iloc[2, 0])}; {percent(1 - HDI_PROB)} is what the level promises. Windows overlap, so this is a description, not a test of 97 laws.
    Here a covariate that fits better made the interval narrower, not more honest; a level that may walk made it wider.
    """)
    before_after.after(check_8, mo.vstack([as_table(alarms), _read]))
    return


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=8)
    return


@app.cell(hide_code=True)
def references():
    mo.md("""
    ### References

    - Abadie, A., Diamond, A., & Hainmueller, J. (2010). Synthetic control methods for comparative case studies. *Journal of the American Statistical Association*, 105(490), 493–505. [doi:10.1198/jasa.2009.ap08746](https://doi.org/10.1198/jasa.2009.ap08746)
    - Angrist, J. D., & Pischke, J.-S. (2014). *Mastering 'Metrics*. Princeton University Press.
    - Brodersen, K. H., Gallusser, F., Koehler, J., Remy, N., & Scott, S. L. (2015). Inferring causal impact using Bayesian structural time-series models. *The Annals of Applied Statistics*, 9(1), 247–274. [doi:10.1214/14-AOAS788](https://doi.org/10.1214/14-AOAS788)
    - Borusyak, K., Jaravel, X., & Spiess, J. (2024). Revisiting event-study designs: robust and efficient estimation. *Review of Economic Studies*, 91(6), 3253–3285. [doi:10.1093/restud/rdae007](https://doi.org/10.1093/restud/rdae007)
    - CausalPy, PyMC Labs: documentation of version 0.9, the pages on the banks of 1930 and on interrupted time series.
    - Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. *Journal of Econometrics*, 225(2), 254–277. [doi:10.1016/j.jeconom.2021.03.014](https://doi.org/10.1016/j.jeconom.2021.03.014)
    - Newey, W. K., & West, K. D. (1987). A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix. *Econometrica*, 55(3), 703–708. [doi:10.2307/1913610](https://doi.org/10.2307/1913610)
    - Richardson, G., & Troost, W. (2009). Monetary intervention mitigated banking panics during the Great Depression. *Journal of Political Economy*, 117(6), 1031–1073. [doi:10.1086/649603](https://doi.org/10.1086/649603)
    - Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends. *American Economic Review: Insights*, 4(3), 305–322. [doi:10.1257/aeri.20210236](https://doi.org/10.1257/aeri.20210236)

    ### Knobs

    All that is simulated here follows from `SEED`; the stored studies have their own. `RHO`: correlation of the roads' noise from
    month to month. `DRAWS`: kept of each of four chains.
    """)
    return


@app.cell
def controls():
    memory, drift = before_after.slider_memory(), before_after.slider_drift()
    concentration = before_after.slider_concentration()
    growth, n_never = before_after.sliders_staggered()
    get_progress, set_progress = mo.state({})
    return (
        concentration,
        drift,
        get_progress,
        growth,
        memory,
        n_never,
        set_progress,
    )


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knobs():
    RHO = 0.6
    DRAWS = 1_000
    return DRAWS, RHO


if __name__ == "__main__":
    app.run()
