import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What if nobody had the international plan?",
    css_file="../slides/theme.css",
)

with app.setup:
    from statistics import NormalDist

    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts, checks, fits, graphs, tidy

    REGIONS = ["city", "border", "coast", "inland"]
    TYPICAL = {"age": 45, "account_length": 36, "call_minutes": 30, "service_calls": 1}
    STEP = {"age": 10, "account_length": 12, "call_minutes": 10, "service_calls": 1}


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # What if nobody had the international plan?

    A telephone company sells a plan for calls abroad. Customers who have it leave (they *churn*) about three times as often
    as the others. A manager wants to withdraw it. How many customers would stay?
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md(r"""
    | | |
    |:--|:--|
    | You will be able to | build an S-learner by hand in four steps, ask it five causal questions, and say when it fails |
    | Estimand | change in churn if those who have the plan lost it (ATT); for everybody (ATE), for the others (ATU), by segment |
    | Design | observational comparison, adjusted for what came before the plan |
    | Data | 3,300 simulated customers: the truth of each one is known, and kept for judging |
    | Time | core 97 minutes; seven checked exercises |
    | Before | notebook 01 (graphs and `do`); you have met logistic regression and a posterior once |
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_draws():
    DRAWS = 400  # posterior draws per chain, four chains
    return (DRAWS,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 100  # repeated companies, where coverage is counted
    return (N_WORLDS,)


@app.cell
def knob_n_resamples():
    N_RESAMPLES = 50  # bootstrap refits in each of them
    return (N_RESAMPLES,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


@app.function(hide_code=True)
def points(share, digits=1):
    """Return a difference of shares as text in percentage points."""
    return tidy.signed(100 * share, digits)


@app.cell(hide_code=True)
def customers_heading():
    mo.md(r"""
    ## The customers

    Six things are known about each customer **before** the plan could be bought. Then some bought it. A quarter of a
    year later we see who has left.
    """)
    return


@app.cell(hide_code=True)
def variables():
    mo.md(r"""
    | name | meaning | unit | role |
    |:--|:--|:--|:--|
    | `international_plan` | has the plan for calls abroad | 1 yes, 0 no | treatment |
    | `churn` | left within the next quarter | 1 yes, 0 no | outcome |
    | `region` | border, city, coast or inland | name | covariate |
    | `age`, `account_length` | age; time with the company | years; months | covariates |
    | `call_minutes` | call minutes a day, before the plan | minutes | covariate |
    | `service_calls` | calls to the help desk, before the plan | count | covariate |
    | `voicemail_plan` | has the voicemail plan | 1 yes, 0 no | covariate |
    """)
    return


@app.function
def draw_customers(rng, n):
    """Return n customers as they are before the plan: one row each, six covariates."""
    customers = pd.DataFrame({"age": rng.normal(45, 13, n).clip(18, 85).round()})
    customers["account_length"] = rng.gamma(4, 9, n).clip(1, 120).round()
    customers["region"] = rng.choice(REGIONS, n, p=[0.35, 0.2, 0.25, 0.2])
    patience = np.exp(-0.006 * (customers["age"] - 45))
    customers["call_minutes"] = (rng.gamma(6, 5, n) * patience).round(1)
    calls = np.exp(0.5 - 0.006 * customers["account_length"])
    customers["service_calls"] = rng.poisson(calls).clip(0, 8)
    listens = expit(-1.2 + 0.02 * (customers["age"] - 45))
    return customers.assign(voicemail_plan=rng.binomial(1, listens))


@app.function
def expit(log_odds):
    """Return the probability that belongs to log-odds (their inverse)."""
    return 1 / (1 + np.exp(-log_odds))


@app.cell(hide_code=True)
def scale_note():
    mo.md(r"""
    Models like numbers of similar size. `covariate_table` counts each covariate from a typical customer (a city dweller of 45, with 30
    minutes a day and one service call) in round steps: ten years, a year with the company, ten minutes, one call.
    """)
    return


@app.function
def covariate_table(customers):
    """Return the covariates in round steps from a typical customer: one row each, eight columns."""
    x = (customers[list(STEP)] - pd.Series(TYPICAL)) / pd.Series(STEP)
    x["voicemail_plan"] = 1.0 * customers["voicemail_plan"]
    for region in REGIONS[1:]:
        x[f"region_{region}"] = 1.0 * (customers["region"] == region)
    return x


@app.cell
def laws():
    JOIN = {"intercept": -1.6, "age": -0.1, "call_minutes": 0.5, "service_calls": 0.6}
    JOIN |= {"region_border": 0.9}
    CHURN = {"intercept": -2.5, "age": -0.1, "account_length": -0.2, "call_minutes": 0.65}
    CHURN |= {"service_calls": 0.75, "voicemail_plan": -0.5, "region_border": 0.8}
    EFFECT = {"intercept": 1.0, "call_minutes": -0.7}  # bad for most, good for heavy callers
    return CHURN, EFFECT, JOIN


@app.function
def log_odds(law, x):
    """Return the log-odds (one per customer) that a law gives to a covariate table."""
    slopes = pd.Series(law).drop("intercept")
    return law["intercept"] + (x[slopes.index] @ slopes).to_numpy()


@app.cell
def churn_world(CHURN, EFFECT, JOIN):
    def churn_world(seed, n=3_300):
        """Return customers with plan and churn, and their truth: churn probabilities y0 and y1."""
        rng = np.random.default_rng(seed)
        customers = draw_customers(rng, n)
        x = covariate_table(customers)
        customers["international_plan"] = rng.binomial(1, expit(log_odds(JOIN, x)))
        y0, y1 = log_odds(CHURN, x), log_odds(CHURN, x) + log_odds(EFFECT, x)
        truth = pd.DataFrame({"y0": expit(y0), "y1": expit(y1)})
        risk = np.where(customers["international_plan"] == 1, truth["y1"], truth["y0"])
        return customers.assign(churn=rng.binomial(1, risk)), truth

    return (churn_world,)


@app.cell
def data(SEED, churn_world):
    customers, truth = churn_world(SEED)
    has_plan = (customers["international_plan"] == 1).to_numpy()
    n_customers, n_holders = len(customers), int(has_plan.sum())
    return customers, has_plan, n_customers, n_holders, truth


@app.cell(hide_code=True)
def read_data(n_customers, n_holders):
    mo.md(f"""
    n = {n_customers:,} customers, {n_holders:,} of them with the plan ({tidy.percent(n_holders / n_customers)}). Source: the simulator
    above, seeded by `SEED`. `truth` holds each customer's two churn probabilities, `y0` without and `y1` with the plan. No
    company has that table; we open it only to judge.
    """)
    return


@app.cell(hide_code=True)
def naive_heading():
    mo.md(r"""
    ## The naive answer

    Compare the churn of those who have the plan with that of those who do not.
    """)
    return


@app.cell
def naive(customers):
    churn_by_plan = customers.groupby("international_plan")["churn"].agg(["mean", "sem"])
    naive_difference = float(churn_by_plan["mean"].diff().loc[1])
    naive_se = float(np.hypot(*churn_by_plan["sem"]))
    return churn_by_plan, naive_difference, naive_se


@app.cell
def level():
    # Standard errors on each side of a normal 94 % interval.
    Z = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)
    return (Z,)


@app.cell(hide_code=True)
def chart_naive(Z, churn_by_plan, naive_difference):
    _half = Z * churn_by_plan["sem"]
    _parts = {"mean": 0, "lower": -_half, "upper": _half}
    _rates = pd.DataFrame({k: 100 * (churn_by_plan["mean"] + v) for k, v in _parts.items()})
    _who = {"label": ["without the plan", "with the plan"], "role": ["control", "treated"]}
    charts.chart_effect(
        _rates.assign(**_who),
        title=f"A gap of {100 * naive_difference:.0f} percentage points",
        unit="churn (% of customers)",
        number_format=".1f",
        interval="94 % confidence interval",
    )
    return


@app.cell(hide_code=True)
def read_naive(churn_by_plan, n_holders, naive_difference):
    _rate = 100 * churn_by_plan["mean"]
    mo.md(f"""
    With the plan {_rate[1]:.1f} % leave, without it {_rate[0]:.1f} %. The `naive_difference` is **{points(naive_difference)}
    percentage points**. Times {n_holders:,} plan holders: withdraw the plan and {n_holders * naive_difference:.0f} customers
    stay, says the manager. But who buys the plan?
    """)
    return


@app.cell
def who_buys(customers):
    _calls = customers["service_calls"].clip(upper=5)
    _by = customers.groupby(_calls)["international_plan"].mean()
    _others = customers[customers["international_plan"] == 0]
    _stay = _others.groupby(_calls)["churn"].mean()
    by_calls = pd.DataFrame({"have the plan": _by, "churn without the plan": _stay})
    return (by_calls,)


@app.function(hide_code=True)
def labels_apart(values, gap):
    """Return the values in rising order, moved up where two would be closer than the gap."""
    placed = values.sort_values()
    for place in range(1, len(placed)):
        placed.iloc[place] = max(placed.iloc[place], placed.iloc[place - 1] + gap)
    return placed


@app.function(hide_code=True)
def chart_lines(table, roles, x, y, *, title, words):
    """Return one line for each column of a table over its index, named at its right end."""
    name, what = table.index.name, list(table)
    dash = [[1, 0], [8, 4], [2, 3], [8, 3, 2, 3]][: len(roles)]
    scale = alt.Scale(domain=what, range=[charts.ROLES[role] for role in roles])
    long = table.reset_index().melt(name, var_name="what")
    base = alt.Chart(long).encode(x, y, alt.Color("what:N", scale=scale, legend=None))
    dashes = alt.StrokeDash("what:N", scale=alt.Scale(domain=what, range=dash), legend=None)
    lines = base.mark_line(strokeWidth=4, point=alt.OverlayMarkDef(size=70)).encode(dashes)
    ends = labels_apart(table.iloc[-1], 0.1 * np.ptp(table.to_numpy()))
    ends = ends.rename_axis("what").reset_index(name="value").assign(**{name: table.index[-1]})
    names = base.properties(data=ends).mark_text(align="left", dx=10, fontSize=14)
    names = names.encode(text="what:N")
    chart = (lines + names).properties(title=charts.lines(title), height=195)
    return charts.describe(chart, f"{title}. {words}")


@app.cell(hide_code=True)
def chart_who_buys(by_calls):
    chart_lines(
        100 * by_calls,
        ["treated", "control"],
        alt.X(
            "service_calls:Q",
            title="service calls before (5: five or more)",
            axis=alt.Axis(tickCount=5),
        ),
        alt.Y("value:Q", title="% of customers"),
        title="More calls: more have the plan, and more leave without it",
        words="Both shares rise with the number of service calls.",
    )
    return


@app.cell(hide_code=True)
def read_who_buys(by_calls):
    _low, _high = by_calls.loc[0], by_calls.loc[4]
    mo.md(f"""
    The help desk sells the plan to those who ring. From no call to four, the share who have the plan goes from
    {tidy.percent(_low.iloc[0])} to {tidy.percent(_high.iloc[0])}, and the churn of customers **without** the plan from {tidy.percent(_low.iloc[1])}
    to {tidy.percent(_high.iloc[1])}. A cause of both treatment and outcome is a **confounder**.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    mo.md(r"""
    ### Exercise 1 · predict · 2 min

    Suppose that the plan does **nothing at all** to anybody. The churn of the plan holders would then be, compared with the churn
    of the others: `"lower"`, `"the same"` or `"higher"`? Answer with one of these three texts.
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction: "lower", "the same" or "higher".
    holders_churn = ...
    return (holders_churn,)


@app.cell(hide_code=True)
def truth_1(has_plan, truth):
    confounding = float(truth.loc[has_plan, "y0"].mean() - truth.loc[~has_plan, "y0"].mean())
    return (confounding,)


@app.cell(hide_code=True)
def check_1(confounding, holders_churn, naive_difference, set_progress):
    check_1 = checks.choice(
        holders_churn,
        "higher",
        ["lower", "the same", "higher"],
        hints=[
            ("the same", "It would be, had a coin sold the plans. Who buys it, and do these stay?"),
            ("lower", "The other way round: do buyers ring the help desk more often, or less?"),
            "Read the chart above: what do service calls do to both curves?",
        ],
        why=f"Without any effect the holders would still churn {100 * confounding:.1f} points more. "
        f"That part of the naive {points(naive_difference)} is confounding, not the plan.",
    )
    set_progress(check_1.record("1"))
    check_1
    return


@app.cell(hide_code=True)
def estimand_heading():
    mo.md(r"""
    ## What do we want to know?

    $Y_i(1)$ and $Y_i(0)$: does customer $i$ leave with, and without, the plan? The unit-level effect is
    $\tau_i = E[Y_i(1) - Y_i(0) \mid x_i]$, a difference of two probabilities. Averages differ by **whom** they cover:

    $$\text{ATE} = \frac1n\sum_{i}\tau_i \qquad \text{ATT} = \frac1{n_1}\sum_{i:\,T_i=1}\tau_i
    \qquad \text{ATU} = \frac1{n_0}\sum_{i:\,T_i=0}\tau_i$$

    “What if *nobody* had it?” changes nothing for those without it. It is $do(T=0)$ for those who have it: the
    **ATT**, times their number.
    """)
    return


@app.cell(hide_code=True)
def estimand_table():
    mo.md(r"""
    | question | estimand | averaged over |
    |:--|:--|:--|
    | What if nobody had the plan? | ATT, on the treated | those who have it |
    | What if we gave it to those without? | ATU, on the untreated | those who lack it |
    | Everybody against nobody? | ATE, average effect | all |
    | What does it do to heavy callers? | CATE, conditional | a segment |
    | What does it do to this customer? | $\tau_i$, unit-level | one customer |
    """)
    return


@app.cell
def true_effects(has_plan, truth):
    effect_of_plan = truth["y1"] - truth["y0"]
    true_ate = float(effect_of_plan.mean())
    true_att = float(effect_of_plan[has_plan].mean())
    true_atu = float(effect_of_plan[~has_plan].mean())
    return effect_of_plan, true_ate, true_att, true_atu


@app.cell(hide_code=True)
def read_true_effects(
    confounding,
    n_holders,
    naive_difference,
    true_ate,
    true_att,
    true_atu,
):
    mo.md(f"""
    The simulator knows: ATE {points(true_ate)}, ATT {points(true_att)}, ATU {points(true_atu)} points. Withdrawing the plan would
    keep **{n_holders * true_att:.0f}** customers, not {n_holders * naive_difference:.0f}. But for the luck of this sample, the naive
    {points(naive_difference)} is the ATT plus {points(confounding)} of confounding.
    """)
    return


@app.cell(hide_code=True)
def graph_heading():
    mo.md(r"""
    ## What causes what?

    Everything but churn came before the plan. The missing arrows are claims: nothing unseen points at both the plan and
    churn, and the voicemail plan sells nothing.
    """)
    return


@app.cell
def graph():
    causes = {
        "service_calls": "account_length",
        "call_minutes": "age",
        "voicemail": "age",
        "plan": "region age call_minutes service_calls",
        "churn": "region age call_minutes service_calls account_length voicemail plan",
    }
    arrows = [(cause, effect) for effect in causes for cause in causes[effect].split()]
    churn_graph = graphs.dag(arrows, treatment="plan", outcome="churn")
    adjustment_set = sorted(churn_graph.adjustment_sets()[0])
    return adjustment_set, churn_graph


@app.cell(hide_code=True)
def show_graph(adjustment_set, churn_graph):
    churn_graph.adjusting(*adjustment_set).draw()
    return


@app.cell(hide_code=True)
def read_graph(adjustment_set):
    mo.md(f"""
    The green nodes close every backdoor path: **{", ".join(adjustment_set)}**. We adjust for the other two as well: given the
    green ones they have no say in the plan, only in churn, and so make the estimate more precise.
    """)
    return


@app.cell(hide_code=True)
def assumptions(customers):
    _often = customers[customers["service_calls"] >= 4]["international_plan"]
    mo.md(rf"""
    What lets us compute an effect from this table, by name:

    - **Consistency**: there is one version of the plan, and we see $Y_i(T_i)$.
    - **No interference**: my plan does not make you leave.
    - **Ignorability (no unmeasured confounding)**: among customers with equal covariates, the plan is as good as drawn by lot.
    - **Positivity**: every kind of customer occurs with and without it. Of {len(_often)} who rang four times or more,
      {int(_often.sum())} have the plan and {int((1 - _often).sum())} do not.

    Then $E[Y(t)] = \frac1n\sum_i E[Y \mid T = t, x_i]$: the **g-formula** (Robins 1986). The right side is a prediction problem.
    """)
    return


@app.cell(hide_code=True)
def learner_heading():
    mo.md(r"""
    ## The S-learner, by hand

    One **s**ingle model for both arms, treatment among its inputs. Four steps:

    1. **Fit** a model of churn on plan and covariates.
    2. **Predict** every customer's churn with the plan set to 1.
    3. **Predict** again with the plan set to 0.
    4. **Average** the difference, over whom you ask about.

    Any model that predicts will do. Ours is logistic regression, with one product: the plan may matter more to those who call
    little.
    """)
    return


@app.function
def features(customers, plan):
    """Return what the model sees when everybody's plan is `plan` (one value, or one each)."""
    x = covariate_table(customers).assign(plan=plan)
    return x.assign(plan_x_minutes=x["plan"] * x["call_minutes"])


@app.cell
def step_1(customers):
    from sklearn.linear_model import LogisticRegression

    # 1 Fit. C is the inverse of the penalty: infinite, so that nothing is shrunk.
    learner = LogisticRegression(C=np.inf, max_iter=1_000, tol=1e-8)
    learner.fit(features(customers, customers["international_plan"]), customers["churn"])
    _plan, _product = (tidy.signed(b) for b in learner.coef_[0][-2:])
    mo.md(
        f"Coefficients, in log-odds: plan {_plan}, product {_product}. No effect can be read off yet."
    )
    return LogisticRegression, learner


@app.cell
def steps_2_to_4(customers, has_plan, learner):
    risk_with = learner.predict_proba(features(customers, 1))[:, 1]  # 2
    risk_without = learner.predict_proba(features(customers, 0))[:, 1]  # 3
    difference = risk_with - risk_without
    ate = float(difference.mean())  # 4, over everybody
    att = float(difference[has_plan].mean())
    atu = float(difference[~has_plan].mean())
    tidy.as_table(pd.DataFrame({"ate": [points(ate)], "att": [points(att)], "atu": [points(atu)]}))
    return ate, att, atu, difference, risk_with, risk_without


@app.cell(hide_code=True)
def show_steps(customers, difference, risk_with, risk_without):
    _few = customers.groupby("international_plan").head(2).index
    _columns = ["call_minutes", "service_calls", "international_plan", "churn"]
    _risks = {"with": risk_with, "without": risk_without, "difference": difference}
    _shown = {k: [tidy.number(100 * v, 1) for v in risk[_few]] for k, risk in _risks.items()}
    tidy.as_table(customers.loc[_few, _columns].astype({"call_minutes": int}).assign(**_shown))
    return


@app.cell(hide_code=True)
def read_steps(ate, att, atu, naive_difference, true_ate, true_att, true_atu):
    mo.md(f"""
    Four customers in two worlds, churn in %; one of the two worlds is always a prediction.

    S-learner: ATE {points(ate)}, ATT {points(att)}, ATU {points(atu)} points. Truth: {points(true_ate)}, {points(true_att)},
    {points(true_atu)}. The naive difference was {points(naive_difference)}. One fit answers all three questions; only step 4
    differs.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Exercise 2 · complete · 4 min

    The manager wants customers, not points. From `risk_with` and `risk_without` (one churn probability per customer) and
    `has_plan` (True for a holder) compute `customers_kept`: how many more customers would be expected to stay if **nobody** had the
    plan? One number, in customers, not rounded.
    """)
    return


@app.cell
def exercise_2_complete():
    # An expected number of people is a sum of probabilities. Over whom?
    customers_kept = ...
    return (customers_kept,)


@app.cell(hide_code=True)
def hints_2(ate, att, atu, n_customers, n_holders, naive_difference):
    hints_2 = [
        (-n_holders * att, "The sign is turned: a customer who stays counts as plus one."),
        (att, "That is a share. How many customers is it?"),
        (-att, "A share, with its sign turned. How many customers more would *stay*?"),
        (100 * att, "Those are percentage points. How many customers is it?"),
        (n_customers * ate, "You summed over everybody; who lacks the plan cannot lose it."),
        (
            n_holders * ate,
            "That is the average over everybody (ATE) for the holders. Select first.",
        ),
        ((n_customers - n_holders) * atu, "Those are the customers *without* the plan (ATU)."),
        (n_holders * naive_difference, "The naive answer: it blames the plan for who buys it."),
        (lambda value: np.size(value) > 1, "One number: sum over the holders."),
        "`difference[has_plan]` keeps the holders only.",
    ]
    return (hints_2,)


@app.cell(hide_code=True)
def check_2(
    customers_kept,
    has_plan,
    hints_2,
    n_holders,
    risk_with,
    risk_without,
    set_progress,
):
    check_2 = checks.close(
        customers_kept,
        (risk_with - risk_without)[has_plan].sum(),
        tolerance=0.5,
        hints=hints_2,
        why=f"ATT times the {n_holders:,} holders. For the others do(0) changes nothing.",
    )
    set_progress(check_2.record("2"))
    check_2
    return


@app.cell(hide_code=True)
def frozen_product(customers, has_plan, learner):
    _once = features(customers, customers["international_plan"])
    _risk = [learner.predict_proba(_once.assign(plan=_t))[:, 1] for _t in (1, 0)]
    _gap = _risk[0] - _risk[1]
    frozen = {True: _gap[has_plan].mean(), False: _gap[~has_plan].mean(), "all": _gap.mean()}
    return (frozen,)


@app.cell(hide_code=True)
def question_3(frozen):
    mo.md(f"""
    ### Exercise 3 · fix · 6 min

    A colleague builds the table of features once, then only overwrites the column `plan`. Her code runs, and her ATT is
    {points(frozen[True])} points. What else depends on the plan? (The model wants the very columns that `features` gives.) Mend it: `mended_att`, the mean of risk with minus without the plan, over the holders (`has_plan`), as
    a share, not in points.
    """)
    return


@app.cell
def exercise_3_fix(customers, learner):
    # The bug is in the next lines. Mend it, and compute mended_att.
    _once = features(customers, customers["international_plan"])
    _tables = [_once.assign(plan=1), _once.assign(plan=0)]
    _risk = [learner.predict_proba(_table)[:, 1] for _table in _tables]
    mended_att = ...
    return (mended_att,)


@app.cell(hide_code=True)
def hints_3(ate, att, atu, frozen):
    hints_3 = [
        (frozen[True], "Still the bug: `plan_x_minutes` keeps its old value when the plan goes."),
        (frozen["all"], "Still the bug, and over everybody: mend, then select."),
        (frozen[False], "Still the bug, and over those without the plan."),
        (-att, "The sign is turned: with the plan minus without it."),
        (100 * att, "A share is asked for, not percentage points."),
        (ate, "The bug is mended; now average over the customers with the plan only."),
        (atu, "The bug is mended; but these are the customers *without* the plan."),
        (
            lambda value: np.size(value) > 1,
            "One number: the mean over the customers with the plan.",
        ),
        "Which column is computed from `plan`? Set the plan first, then build the features.",
    ]
    return (hints_3,)


@app.cell(hide_code=True)
def check_3(att, frozen, hints_3, mended_att, set_progress):
    check_3 = checks.close(
        mended_att,
        att,
        tolerance=2e-4,
        hints=hints_3,
        why=f"The frozen product gives {points(frozen[True])} points instead of {points(att)}. `do` "
        "comes first; everything computed from the treatment comes after it.",
    )
    set_progress(check_3.record("3"))
    check_3
    return


@app.cell(hide_code=True)
def interval_heading():
    mo.md(r"""
    ## How sure are we?

    Another quarter, other customers, another number. The **bootstrap** (Efron 1979) imitates that: draw 3,300
    customers from ours with replacement, refit, predict both worlds for our customers, repeat.
    """)
    return


@app.cell(hide_code=True)
def newton_note():
    mo.md(r"""
    Refitting hundreds of times asks for speed. `logistic` below is the same regression by Newton's method, for many weightings of
    the same customers at once: a customer drawn twice weighs two.
    """)
    return


@app.function
def logistic(design, churn, weights, steps=8, start=0.0):
    """Return logistic coefficients (weighting, column) by Newton's method from `start`.

    design (customer, column) includes the intercept; weights (weighting, customer).
    """
    k = design.shape[1]
    squares = (design[:, :, None] * design[:, None, :]).reshape(-1, k * k)
    coefficients = np.zeros((len(weights), k)) + start
    for _ in range(steps):
        p = expit(coefficients @ design.T)
        slope = (weights * (churn - p)) @ design
        curvature = ((weights * p * (1 - p)) @ squares).reshape(-1, k, k)
        coefficients = coefficients + np.linalg.solve(curvature, slope[..., None])[..., 0]
    return coefficients


@app.function
def with_intercept(table):
    """Return a table as an array with a first column of ones."""
    return np.column_stack([np.ones(len(table)), table])


@app.function
def resample_weights(rng, n, times):
    """Return how often each of n customers is drawn, in each resample (resample, customer)."""
    drawn = rng.integers(0, n, (times, n))
    return np.stack([np.bincount(row, minlength=n) for row in drawn]).astype(float)


@app.cell
def bootstrap(SEED, customers, n_customers):
    _weights = resample_weights(np.random.default_rng(SEED), n_customers, 200)
    _seen = with_intercept(features(customers, customers["international_plan"]))
    refits = logistic(_seen, customers["churn"].to_numpy(), _weights)
    refit_with = expit(refits @ with_intercept(features(customers, 1)).T)
    refit_without = expit(refits @ with_intercept(features(customers, 0)).T)
    mo.md(f"{len(refits)} refits, each with {refits.shape[1]} coefficients.")
    return refit_with, refit_without


@app.cell
def ask(Z, refit_with, refit_without, risk_with, risk_without):
    def contrast(with_plan, without_plan, who, scale="difference"):
        """Return the effect on the customers `who`: difference of mean risks, or their ratio."""
        mean_with, mean_without = with_plan[..., who].mean(-1), without_plan[..., who].mean(-1)
        return mean_with - mean_without if scale == "difference" else mean_with / mean_without

    def answer(who, scale="difference"):
        """Return the S-learner's effect with its 94 % bootstrap interval: mean, lower, upper."""
        mean = contrast(risk_with, risk_without, who, scale)
        half = Z * contrast(refit_with, refit_without, who, scale).std(ddof=1)
        return {"mean": float(mean), "lower": float(mean - half), "upper": float(mean + half)}

    return answer, contrast


@app.function(hide_code=True)
def chart_against_truth(frame, *, title, unit, interval):
    """Return estimates beside the truth, in points, from shares: label, mean, lower, upper, truth, role."""
    numbers = ["mean", "lower", "upper", "truth"]
    frame = frame.assign(**100 * frame[numbers])
    look = {"unit": unit, "number_format": ".1f", "interval": f"{interval}; black tick: truth"}
    forest = charts.chart_effect(frame, title=title, **look)
    ticks = alt.Chart(frame[["label", "truth"]]).mark_tick(
        thickness=4, height=28, color=charts.ROLES["truth"]
    )
    ticks = ticks.encode(x="truth:Q", y=alt.Y("label:N", sort=None))
    truths = ", ".join(f"{row.label} {row.truth:.1f}" for row in frame.itertuples())
    height = max(110, 48 * len(frame))
    return charts.describe(ticks + forest, f"{forest.description} Truth: {truths}.").properties(
        title=forest.title, height=height
    )


@app.cell
def answers(answer, has_plan, n_customers, true_ate, true_att, true_atu):
    _who = {"ATE": np.ones(n_customers, bool), "ATT": has_plan, "ATU": ~has_plan}
    averages = pd.DataFrame([{"label": label, **answer(who)} for label, who in _who.items()])
    averages["truth"] = [true_ate, true_att, true_atu]
    return (averages,)


@app.cell(hide_code=True)
def show_answers(Z, averages, naive_difference, naive_se, true_att):
    _ends = [naive_difference - Z * naive_se, naive_difference + Z * naive_se]
    _row = ["naive (for ATT)", naive_difference, *_ends, true_att, "naive"]
    _naive = pd.DataFrame([_row], columns=[*averages, "role"])
    _frame = pd.concat([_naive, averages.assign(role="adjusted")], ignore_index=True)
    _holds = _frame.eval("lower <= truth and truth <= upper").iloc[1:].sum()
    chart_against_truth(
        _frame,
        title=f"{_holds} of 3 S-learner intervals hold the truth; naive: far off",
        unit="effect on churn (percentage points)",
        interval="94 % interval (bootstrap; naive: normal)",
    )
    return


@app.cell(hide_code=True)
def read_answers(averages, n_holders):
    _att = averages.set_index("label").loc["ATT"]
    mo.md(f"""
    ATT {points(_att["mean"])} points, 94 % interval {points(_att["lower"])} to {points(_att["upper"])}: withdrawing the plan keeps
    between {n_holders * _att["lower"]:.0f} and {n_holders * _att["upper"]:.0f} customers. (Beside the naive difference stands the true
    ATT.)
    """)
    return


@app.cell(hide_code=True)
def coverage_note(N_RESAMPLES, N_WORLDS):
    mo.md(f"""
    ### Does the interval keep its promise?

    A 94 % interval should hold the truth in 94 of 100 companies. We have a simulator: found {N_WORLDS} companies, and count. Four
    methods: naive; S-learner; S-learner without the product; T-learner (**t**wo models, one for each arm). In
    every company each is refitted {N_RESAMPLES} times, by one Newton step from its own fit.
    """)
    return


@app.function
def refit(design, churn, weights):
    """Return coefficients: first those of the customers as they are, then of each resample."""
    full = logistic(design, churn, np.ones((1, len(churn))))
    return np.vstack([full, logistic(design, churn, weights, steps=1, start=full)])


@app.function
def s_learner_risks(customers, weights, columns=None):
    """Return risks with and without the plan (1 + resample, customer), of an S-learner."""
    plan = customers["international_plan"].to_numpy()
    seen, one, zero = (with_intercept(features(customers, t))[:, :columns] for t in (plan, 1, 0))
    fits = refit(seen, customers["churn"].to_numpy(), weights)
    return expit(fits @ one.T), expit(fits @ zero.T)


@app.function
def t_learner_risks(customers, weights):
    """Return risks with and without the plan (1 + resample, customer), of a T-learner."""
    plan, churn = (customers[c].to_numpy() for c in ("international_plan", "churn"))
    x = with_intercept(covariate_table(customers))
    arms = [plan == 1, plan == 0]
    return tuple(expit(refit(x[arm], churn[arm], weights[:, arm]) @ x.T) for arm in arms)


@app.cell
def study(N_RESAMPLES, churn_world):
    def effects_in(seed, n_resamples=N_RESAMPLES):
        """Return estimand -> truth, and (method, estimand) -> estimate and standard error."""
        customers, truth = churn_world(seed)
        plan = customers["international_plan"] == 1
        weights = resample_weights(np.random.default_rng(seed), len(plan), n_resamples)
        risks = {
            "S-learner": s_learner_risks(customers, weights),
            "S-learner, no product": s_learner_risks(customers, weights, columns=-1),
            "T-learner": t_learner_risks(customers, weights),
        }
        gap = customers.groupby(plan)["churn"].agg(["mean", "sem"])
        naive = gap["mean"].diff().iloc[1], np.hypot(*gap["sem"])
        rows = []
        for estimand, who in {"ATE": plan | True, "ATT": plan}.items():
            effect = (truth["y1"] - truth["y0"])[who].mean()
            rows.append((estimand, "naive", *naive, effect))
            for method, (one, zero) in risks.items():
                draws = (one - zero)[:, who].mean(axis=1)
                rows.append((estimand, method, draws[0], draws[1:].std(ddof=1), effect))
        return pd.DataFrame(rows, columns=["estimand", "method", "estimate", "se", "truth"])

    return (effects_in,)


@app.cell
def count(Z):
    def count(companies):
        """Return coverage, mean width and bias for each estimand and method (shares)."""
        error = companies["estimate"] - companies["truth"]
        half = Z * companies["se"]
        told = companies.assign(coverage=error.abs() <= half, mean_width=2 * half, bias=error)
        by = told.groupby(["estimand", "method"], sort=False)
        means = by[["coverage", "mean_width", "bias"]].mean()
        return means.assign(n_worlds=by.size()).reset_index()

    return (count,)


@app.cell
def found(effects_in):
    from threadpoolctl import threadpool_limits

    @mo.persistent_cache(save_path=fits.FOLDER)
    def found_companies(n_worlds, n_resamples, seed):
        """Return every estimate in so many companies, each with its standard error and truth."""
        with threadpool_limits(1):  # small matrices: one thread is faster than several
            return pd.concat([effects_in(seed + 1 + i, n_resamples) for i in range(n_worlds)])

    return found_companies, threadpool_limits


@app.cell
def coverage_study(N_RESAMPLES, N_WORLDS, SEED, count, found_companies):
    with mo.status.spinner(f"Founding {N_WORLDS} companies: about 20 s, the first time"):
        coverage = count(found_companies(N_WORLDS, N_RESAMPLES, SEED))
    return (coverage,)


@app.cell(hide_code=True)
def show_coverage(coverage):
    _table = coverage[["estimand", "method"]].assign(
        coverage=[f"{100 * c:.0f} %" for c in coverage["coverage"]],
        bias=[f"{points(b)} points" for b in coverage["bias"]],
        width=[f"{100 * w:.1f} points" for w in coverage["mean_width"]],
    )
    tidy.as_table(_table)
    return


@app.cell(hide_code=True)
def read_coverage(N_WORLDS, coverage):
    _c = coverage.set_index(["estimand", "method"])
    _good, _bad = (_c.loc[("ATT", m)] for m in ("S-learner", "S-learner, no product"))
    _chance = 100 * np.sqrt(tidy.HDI_PROB * (1 - tidy.HDI_PROB) / N_WORLDS)
    _right = _c.loc[
        [(e, m) for e in ("ATE", "ATT") for m in ("S-learner", "T-learner")], "coverage"
    ]
    mo.md(f"""
    Promised: 94 %, give or take {_chance:.1f} by chance (one standard error of {N_WORLDS} companies). The S-learner with the right terms
    covers the ATT in {tidy.percent(_good["coverage"])}. Without the product in **{tidy.percent(_bad["coverage"])}**: as narrow, but
    {points(_bad["bias"])} points off. The bootstrap measures scatter; it cannot see bias. (Of the four with the right terms the lowest holds {tidy.percent(_right.min())}:
    {100 * (tidy.HDI_PROB - _right.min()) / _chance:.1f} standard errors under the promise.)
    """)
    return


@app.cell(hide_code=True)
def honest_note(coverage):
    _c = coverage.set_index(["estimand", "method"])
    _naive, _s = (_c.loc[("ATT", m)] for m in ("naive", "S-learner"))
    mo.md(f"""
    This is the best case: the S-learner's form is that of the simulator. No real model has that luck, so read 94 % as an upper bound
    for real life. The naive interval holds the true ATT in {tidy.percent(_naive["coverage"])} of the companies, with
    {100 * _naive["mean_width"]:.1f} points about as wide as the S-learner's {100 * _s["mean_width"]:.1f}: it answers another question, precisely.
    """)
    return


@app.cell(hide_code=True)
def five_heading():
    mo.md(r"""
    ## One fit, five questions

    Nothing is refitted below. Choose whom you ask about, and the scale: the **difference** of two churn rates, or their **ratio**
    (with the plan over without).
    """)
    return


@app.cell
def populations(customers, has_plan, n_customers):
    _minutes = customers["call_minutes"].to_numpy()
    WHO = {
        "everybody (ATE)": np.ones(n_customers, bool),
        "those with the plan (ATT)": has_plan,
        "those without it (ATU)": ~has_plan,
        "light callers, under 20 minutes (CATE)": _minutes < 20,
        "heavy callers, 40 minutes and more (CATE)": _minutes >= 40,
        "customer number 0 (unit-level)": np.arange(n_customers) == 0,
    }
    return (WHO,)


@app.cell(hide_code=True)
def pickers(WHO):
    who_picker = mo.ui.dropdown(list(WHO), value="those with the plan (ATT)", label="whom")
    scale_picker = mo.ui.radio(
        ["difference", "ratio"], value="difference", label="scale", inline=True
    )
    return scale_picker, who_picker


@app.cell
def picked(WHO, answer, contrast, scale_picker, truth, who_picker):
    _unit = 100 if scale_picker.value == "difference" else 1
    _who = WHO[who_picker.value], scale_picker.value
    found = {key: _unit * value for key, value in answer(*_who).items()}
    found_truth = _unit * float(contrast(truth["y1"].to_numpy(), truth["y0"].to_numpy(), *_who))
    return found, found_truth


@app.cell(hide_code=True)
def show_picked(found, found_truth, scale_picker, who_picker):
    _points = scale_picker.value == "difference"
    _say = tidy.signed(found["mean"], 1) if _points else tidy.number(found["mean"], 2)
    _chart = charts.chart_effect(
        pd.DataFrame([{"label": "S-learner", **found, "role": "adjusted"}]),
        title=f"{who_picker.value}: {_say}",
        unit="percentage points" if _points else "times the churn without the plan",
        truth=found_truth,
        number_format=".1f" if _points else ".2f",
        interval="94 % bootstrap interval",
    )
    mo.vstack([mo.hstack([who_picker, scale_picker], justify="start"), _chart])
    return


@app.cell(hide_code=True)
def read_picked(found, found_truth, scale_picker):
    _say = (lambda v: points(v / 100)) if scale_picker.value == "difference" else tidy.number
    mo.md(f"""
    S-learner {_say(found["mean"])}, 94 % interval {_say(found["lower"])} to {_say(found["upper"])}; truth {_say(found_truth)}. Same fit,
    another average.
    """)
    return


@app.function
def minutes_band(customers):
    """Return each customer's band of call minutes a day."""
    names = ["under 20 minutes", "20 to 30", "30 to 40", "40 and more"]
    return pd.cut(customers["call_minutes"], [0, 20, 30, 40, np.inf], labels=names, right=False)


@app.cell
def segments(answer, customers, effect_of_plan):
    _bands = minutes_band(customers)
    _names = _bands.cat.categories
    cate = pd.DataFrame([{"label": n, **answer((_bands == n).to_numpy())} for n in _names])
    cate["truth"] = effect_of_plan.groupby(_bands, observed=False).mean().to_numpy()
    return (cate,)


@app.cell(hide_code=True)
def show_segments(cate):
    chart_against_truth(
        cate.assign(role="adjusted"),
        title="CATE: the plan drives light callers away, not the heavy ones",
        unit="effect on churn (percentage points), by call minutes a day",
        interval="94 % bootstrap interval",
    )
    return


@app.cell(hide_code=True)
def read_segments(cate):
    _light, _heavy = cate.iloc[0], cate.iloc[-1]
    mo.md(f"""
    Light callers: {points(_light["mean"])} points, heavy callers: {points(_heavy["mean"])}. So a better answer than “withdraw it” is
    “offer it to those who call a lot”. The averages over different people differ because the people do.
    """)
    return


@app.cell
def unit_effects(difference, effect_of_plan):
    unit_error = difference - effect_of_plan.to_numpy()
    typical_unit_error = float(np.sqrt((unit_error**2).mean()))
    return (typical_unit_error,)


@app.cell(hide_code=True)
def chart_units(SEED, difference, effect_of_plan, typical_unit_error):
    _frame = pd.DataFrame({"truth": 100 * effect_of_plan, "estimate": 100 * difference})
    _base = alt.Chart(_frame.sample(800, random_state=SEED).round(2)).encode(
        alt.X("truth:Q", title="true unit-level effect (points)")
    )
    _y = alt.Y("estimate:Q", title="S-learner (points)")
    _dots = _base.mark_circle(size=26, opacity=0.4, color=charts.ROLES["adjusted"]).encode(_y)
    _line = _base.mark_line(strokeDash=[6, 4], color=charts.ROLES["truth"]).encode(y="truth:Q")
    _title = f"One customer: off by {100 * typical_unit_error:.1f} points (root mean square)"
    _words = f"{_title}. Estimated against true effect of 800 customers; dashed: equality."
    charts.describe((_dots + _line).properties(title=_title, height=230), _words)
    return


@app.cell(hide_code=True)
def read_units(typical_unit_error):
    mo.md(rf"""
    Each dot is a customer, the dashed line a perfect guess. The errors, {100 * typical_unit_error:.1f} points, do not cancel when you
    look at one person. And $\tau_i$ is a difference of **probabilities**: whether *she* would have left in the other world (0 or
    1) no data show.
    """)
    return


@app.cell(hide_code=True)
def question_4():
    mo.md(r"""
    ### Exercise 4 · complete · 4 min

    “Those who have it are ... times as likely to leave as they would be without it.” From `risk_with`, `risk_without` and `has_plan`
    compute `risk_ratio_att`: the churn of the **holders** with the plan, divided by **their** churn without it. One number without unit.
    """)
    return


@app.cell
def exercise_4_complete():
    # A ratio of two averages over the same people.
    risk_ratio_att = ...
    return (risk_ratio_att,)


@app.cell(hide_code=True)
def hints_4(att, contrast, has_plan, learner, risk_with, risk_without):
    ratio_truth = float(contrast(risk_with, risk_without, has_plan, "ratio"))
    _all = contrast(risk_with, risk_without, slice(None), "ratio")
    _mean_of_ratios = (risk_with / risk_without)[has_plan].mean()
    hints_4 = [
        (
            _mean_of_ratios,
            "A mean of ratios: those who hardly ever leave dominate it. Average first.",
        ),
        (1 / ratio_truth, "Upside down: with the plan over without."),
        (_all, "That is everybody. Select the holders, above and below the line."),
        (att, "That is the difference; divide instead."),
        (np.exp(learner.coef_[0][-2]), "exp(coefficient): a ratio of *odds*, at 30 minutes."),
        (ratio_truth - 1, "That is the relative increase; the ratio is one more."),
        (lambda value: np.size(value) > 1, "One number: take both means first."),
        "Two means, over the same people, then one division.",
    ]
    return hints_4, ratio_truth


@app.cell(hide_code=True)
def check_4(churn_by_plan, hints_4, ratio_truth, risk_ratio_att, set_progress):
    _naive = churn_by_plan["mean"].loc[1] / churn_by_plan["mean"].loc[0]
    check_4 = checks.close(
        risk_ratio_att,
        ratio_truth,
        tolerance=0.004,
        hints=[(_naive, "That is the naive ratio: two different groups of people."), *hints_4],
        why=f"The naive ratio is {_naive:.1f}. A ratio hides how many are hit: give both scales.",
    )
    set_progress(check_4.record("4"))
    check_4
    return


@app.cell(hide_code=True)
def pymc_heading():
    mo.md(r"""
    ## The same four steps, as a probabilistic program

    “Predict with the treatment set to 1 for all” is `do`. Write the graph as a program, in the order of its arrows: covariates, who buys the
    plan, who leaves.

    $$\begin{aligned}
    T_i &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + x_i^\top \alpha)\big) & \text{who buys}\\
    \mu_i &= \text{logit}^{-1}\big(\beta_0 + x_i^\top \beta + T_i\,(\tau + \gamma m_i)\big) & \text{churn probability}\\
    Y_i &\sim \text{Bernoulli}(\mu_i) & \text{who leaves}
    \end{aligned}$$

    $m_i$: call minutes, in tens from 30.
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
def model_inputs(customers):
    x_table = covariate_table(customers)
    return (x_table,)


@app.cell
def model(pm, x_table):
    def churn_model(x_table):
        minutes = x_table["call_minutes"].to_numpy()
        with pm.Model(coords={"unit": x_table.index, "covariate": x_table.columns}) as model:
            x = pm.Data("x", x_table, dims=("unit", "covariate"))
            buy_intercept = pm.Normal("buy_intercept", -1, 1.5)  # 27 % buy; 2 % to 88 %
            buy_slopes = pm.Normal("buy_slopes", 0, 1, dims="covariate")  # odds × or ÷ 2.7 a step
            buy_odds = buy_intercept + x @ buy_slopes
            plan = pm.Bernoulli("international_plan", logit_p=buy_odds, dims="unit")
            intercept = pm.Normal("intercept", -2, 1.5)  # 12 % leave; 1 % to 73 %
            slopes = pm.Normal("slopes", 0, 1, dims="covariate")  # odds × or ÷ 2.7 a step
            effect = pm.Normal("effect", 0, 1)  # odds × or ÷ 2.7, at 30 minutes
            effect_per_ten = pm.Normal("effect_per_ten_minutes", 0, 1)  # the same, a step
            odds = intercept + x @ slopes + plan * (effect + effect_per_ten * minutes)
            pm.Deterministic("mu_churn", pm.math.invlogit(odds), dims="unit")
            pm.Bernoulli("churn", logit_p=odds, dims="unit")
        return model

    model_churn = churn_model(x_table)
    mo.md(f"{len(model_churn.free_RVs)} random quantities, two of them observable.")
    return churn_model, model_churn


@app.cell
def do_arm(pm):
    def arm(model, plan):
        """Return the model with everybody's plan set to 0 or 1."""
        everybody = np.full(len(model.coords["unit"]), plan)
        return pm.do(model, {"international_plan": everybody})

    return (arm,)


@app.cell(hide_code=True)
def truth_note():
    mo.md(r"""
    ### One program, three uses

    First use: `pm.do` sets every parameter to the simulator's law, and the program **is** the simulator. Its two arms must give the
    true ATE.
    """)
    return


@app.cell
def program_truth(CHURN, EFFECT, arm, model_churn, pm, x_table):
    _law = {
        "intercept": CHURN["intercept"],
        "slopes": pd.Series(CHURN).reindex(x_table.columns, fill_value=0.0).to_numpy(),
        "effect": EFFECT["intercept"],
        "effect_per_ten_minutes": EFFECT["call_minutes"],
    }
    _known = pm.do(model_churn, _law)
    _mu = [pm.draw(arm(_known, plan)["mu_churn"], mode="FAST_COMPILE") for plan in (1, 0)]
    program_true_ate = float((_mu[0] - _mu[1]).mean())
    mo.md(f"The program's ATE: {points(program_true_ate, 3)} points.")
    return (program_true_ate,)


@app.cell(hide_code=True)
def read_program_truth(program_true_ate, true_ate):
    _gap = abs(program_true_ate - true_ate)
    mo.md(f"""
    The NumPy simulator said {points(true_ate, 3)}: equal{"" if _gap == 0 else f" to within {_gap:.0e}"}. Program and simulator are the same
    world.
    """)
    return


@app.cell(hide_code=True)
def prior_note():
    mo.md(r"""
    ### What does it believe before it sees anybody?

    Draw the parameters from their priors, do both arms, average.
    """)
    return


@app.cell
def prior_function(FORWARD, arm, churn_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def prior_churn_if(plan, x_table, seed):
        """Return mean churn (chain, draw) under the prior and do."""
        forwards = arm(churn_model(x_table), plan)
        how = {"var_names": ["mu_churn"], "random_seed": seed, "compile_kwargs": FORWARD}
        return pm.sample_prior_predictive(300, forwards, **how).prior["mu_churn"].mean("unit")

    return (prior_churn_if,)


@app.cell
def prior_draws(SEED, prior_churn_if, x_table):
    with mo.status.spinner("Drawing from the priors: some seconds, the first time"):
        prior_with, prior_churn = (prior_churn_if(plan, x_table, SEED) for plan in (1, 0))
    prior_ate = prior_with - prior_churn
    return prior_ate, prior_churn


@app.cell(hide_code=True)
def chart_prior(prior_ate, prior_churn):
    _draws = {"churn without the plan": 100 * prior_churn, "effect of the plan": 100 * prior_ate}
    _low, _high = (tidy.signed(100 * v, 0) for v in tidy.hdi(prior_ate))
    charts.chart_effect(
        tidy.summarise(_draws).assign(role=["control", "prior"]),
        title=f"Prior: 94 % of the effects lie in {_low} to {_high} points",
        unit="churn (% of customers) and effect on it (percentage points)",
        number_format=".0f",
    )
    return


@app.cell(hide_code=True)
def read_prior(prior_ate):
    mo.md(f"""
    Wide, and without opinion on the sign: P(effect > 0) is {tidy.percent(float((prior_ate > 0).mean()))}. The data will decide. (HDI,
    highest-density interval: the shortest that holds 94 % of the draws.)
    """)
    return


@app.cell(hide_code=True)
def observe_note():
    mo.md(r"""
    ### Observe, and sample

    Second use: tie both outcomes to the table. Step 1, *fit*, becomes: draw from the posterior.
    """)
    return


@app.cell
def observe(churn_model, customers, pm):
    def observed_model(x_table, plan, churn):
        return pm.observe(churn_model(x_table), {"international_plan": plan, "churn": churn})

    plan_and_churn = [customers[name].to_numpy() for name in ("international_plan", "churn")]
    mo.md("Two nodes observed.")
    return observed_model, plan_and_churn


@app.cell(hide_code=True)
def factorisation():
    mo.md(r"""
    The two lines of the program share no parameter, and their priors are independent, so the line of who buys teaches nothing about the parameters of who leaves. We set the plan to what it
    was, `do(T = t)`, and sample the churn part alone: the same posterior of the effect, in half the time.
    """)
    return


@app.cell
def fit_function(observed_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_churn_part(x_table, plan, churn, draws, seed):
        """Return posterior draws of the churn part's parameters."""
        observed = observed_model(x_table, plan, churn)
        churn_part = pm.do(observed, {"international_plan": plan}, prune_vars=True)
        return pm.sample(
            draws,
            tune=200,
            chains=4,
            model=churn_part,
            var_names=[variable.name for variable in churn_part.free_RVs],
            nuts_sampler="numpyro",
            nuts={"chain_method": "vectorized"},
            progressbar=False,
            random_seed=seed,
        )

    return (fit_churn_part,)


@app.cell
def fit(DRAWS, SEED, fit_churn_part, plan_and_churn, x_table):
    with mo.status.spinner("Sampling the posterior: about 15 s, the first time"):
        idata_churn = fit_churn_part(x_table, *plan_and_churn, DRAWS, SEED)
    return (idata_churn,)


@app.cell
def diagnose(idata_churn):
    diagnostics_churn = tidy.diagnostics(idata_churn)
    tidy.show_diagnostics(diagnostics_churn)
    return


@app.cell(hide_code=True)
def rule():
    mo.md(r"""
    **R-hat** near 1: the chains agree. **Effective draws**: how many independent draws these are worth. **Divergences**: places
    where the sampler got lost.
    """)
    return


@app.cell
def do_function(FORWARD, arm, observed_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def churn_if(do_plan, draws, x_table, plan, churn, seed):
        """Return every customer's churn probability (chain, draw, unit) under do(do_plan)."""
        world = arm(observed_model(x_table, plan, churn), do_plan)
        how = {"var_names": ["mu_churn"], "random_seed": seed, "progressbar": False}
        worlds = pm.sample_posterior_predictive(draws, world, compile_kwargs=FORWARD, **how)
        return worlds.posterior_predictive["mu_churn"]

    mo.md("One function for both arms: steps 2 and 3.")
    return (churn_if,)


@app.cell
def do_arms(SEED, churn_if, idata_churn, plan_and_churn, x_table):
    _draws = idata_churn.posterior.dataset.isel(draw=slice(None, None, 2))
    with mo.status.spinner("Asking each draw about both arms: about 8 s, the first time"):
        mu_with, mu_without = (
            churn_if(arm, _draws, x_table, *plan_and_churn, SEED) for arm in (1, 0)
        )
    tidy.as_table(pd.DataFrame([dict(mu_with.sizes)]))
    return mu_with, mu_without


@app.cell
def calibration(customers, has_plan, mu_with, mu_without):
    _model = mu_without.where(~has_plan, mu_with).mean(["chain", "draw"]).to_numpy()
    _arm = customers["international_plan"].map({0: "without", 1: "with"}).rename("plan")
    _by = customers.assign(model=_model).groupby([_arm, minutes_band(customers)], observed=True)
    calibration = _by[["churn", "model"]].mean()
    tidy.as_table(calibration.map(tidy.percent).reset_index())
    return (calibration,)


@app.cell(hide_code=True)
def read_calibration(calibration):
    _gap = (calibration["churn"] - calibration["model"]).abs().max()
    mo.md(f"""
    Does the fitted model look like the data? Observed churn beside what the model expects: the largest gap is
    {100 * _gap:.0f} points. Good fit is needed; it does not show that no confounder is hidden.
    """)
    return


@app.cell
def bayes_effects(has_plan, mu_with, mu_without):
    ate_draws = (mu_with - mu_without).mean("unit")  # step 4, draw by draw
    att_draws = (mu_with - mu_without).isel(unit=has_plan).mean("unit")
    atu_draws = (mu_with - mu_without).isel(unit=~has_plan).mean("unit")
    _all = {"ATE": ate_draws, "ATT": att_draws, "ATU": atu_draws}
    tidy.as_table(tidy.summarise(_all).set_index("label").map(points).reset_index())
    return ate_draws, att_draws, atu_draws


@app.cell
def two_routes(ate_draws, att_draws, atu_draws, averages):
    _posterior = tidy.summarise({"ATE": ate_draws, "ATT": att_draws, "ATU": atu_draws})
    _bayes = _posterior.drop(columns="sd").assign(truth=averages["truth"], role="treated")
    routes = pd.concat([averages.assign(role="adjusted"), _bayes], ignore_index=True)
    routes["label"] += [", scikit-learn"] * 3 + [", PyMC do"] * 3
    return (routes,)


@app.cell(hide_code=True)
def show_routes(routes):
    chart_against_truth(
        routes.sort_values("label").reset_index(drop=True),
        title="Two libraries, one idea",
        unit="effect on churn (percentage points)",
        interval="94 % (PyMC: HDI; scikit-learn: bootstrap)",
    ).properties(height=205)
    return


@app.cell(hide_code=True)
def read_routes(att_draws, routes):
    _gap = routes["mean"].iloc[:3].to_numpy() - routes["mean"].iloc[3:].to_numpy()
    _sure = min(float((att_draws > 0).mean()), 1 - 0.5 / att_draws.size)
    mo.md(f"""
    Largest gap between the two: {100 * np.abs(_gap).max():.2f} points. The posterior adds a sentence that a manager can use:
    P(ATT > 0) is {tidy.percent(_sure)}.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md(r"""
    ### Exercise 5 · complete · 4 min

    Withdrawing the plan pays if it keeps **more than 60** customers. From `mu_with` and `mu_without` (chain, draw, unit: churn
    probabilities under do) and `has_plan` compute `probability_pays`: the posterior probability of that. One number
    between 0 and 1. (`.isel(unit=has_plan)` selects the holders, `.sum("unit")` adds over them.)
    """)
    return


@app.cell
def exercise_5_complete():
    # First the expected number of customers kept, draw by draw; then how often it exceeds 60.
    probability_pays = ...
    return (probability_pays,)


@app.cell(hide_code=True)
def hints_5(has_plan, mu_with, mu_without):
    kept_draws = (mu_with - mu_without).to_numpy()[..., has_plan].sum(-1)
    pays_truth = float((kept_draws > 60).mean())
    hints_5 = [
        (1 - pays_truth, "The other way round: the probability that it keeps *more* than 60."),
        (100 * pays_truth, "A probability lies between 0 and 1."),
        (1.0, "Surely? The holders only, please, and compare with 60 draw by draw."),
        (0.0, "Never? Add over the holders, and compare with 60 draw by draw."),
        (
            float(((mu_with - mu_without).to_numpy()[..., has_plan] > 60 / has_plan.sum()).mean()),
            "You compared each customer. 60 is a number of customers: add over the holders first.",
        ),
        (kept_draws.mean(), "The expected number kept. In what share of draws is it above 60?"),
        (lambda value: np.size(value) > 1, "One number: the share of all chains and draws."),
        "Keep chain and draw until the last step; the mean of a comparison is a share.",
    ]
    return hints_5, kept_draws, pays_truth


@app.cell(hide_code=True)
def check_5(hints_5, kept_draws, pays_truth, probability_pays, set_progress):
    check_5 = checks.close(
        probability_pays,
        pays_truth,
        tolerance=1e-4,
        hints=hints_5,
        why=f"The draws keep {kept_draws.mean():.0f} customers on average. A decision needs the whole "
        "distribution, not its centre.",
    )
    set_progress(check_5.record("5"))
    check_5
    return


@app.cell(hide_code=True)
def break_heading():
    mo.md(r"""
    ## Where it fails: a learner that shrinks

    Most learners are **regularised**: to predict well they pull coefficients towards 0. The lasso subtracts a penalty $\lambda$
    from each; trees do not split where little is gained. To such a learner the treatment is one more column. What happens
    to a weak effect?
    """)
    return


@app.cell(hide_code=True)
def question_6():
    mo.md(r"""
    ### Exercise 6 · predict · 2 min

    Take $\lambda$ so large that **every** coefficient is 0 and only the intercepts are left (they are never shrunk). The S-learner has one
    intercept, the T-learner has two: one model for those with the plan, one for those without. Which ATE does each report: 0, or the naive difference?
    Choose `"both 0"`, `"both naive"`, `"S 0, T naive"` or `"S naive, T 0"`.
    """)
    return


@app.cell
def exercise_6_predict():
    # Your prediction, one of the four texts.
    fully_shrunk = ...
    return (fully_shrunk,)


@app.cell(hide_code=True)
def hints_6():
    hints_6 = [
        ("both 0", "An intercept predicts the churn of its own arm. How many has the T-learner?"),
        ("both naive", "A model without its coefficient cannot tell plan 1 from plan 0."),
        ("S naive, T 0", "The other way round: which of the two has an intercept for each arm?"),
        "A model with an intercept only predicts the mean of those that it was fitted to.",
    ]
    return (hints_6,)


@app.cell(hide_code=True)
def check_6(fully_shrunk, hints_6, set_progress):
    check_6 = checks.choice(
        fully_shrunk,
        "S 0, T naive",
        ["both 0", "both naive", "S 0, T naive", "S naive, T 0"],
        hints=hints_6,
        why="One mean for all, or one mean for each arm: each learner shrinks to its own wrong answer.",
    )
    set_progress(check_6.record("6"))
    check_6
    return


@app.function
def soft_threshold(value, penalty):
    """Return the value, moved towards 0 by the penalty and no further."""
    return np.sign(value) * np.maximum(np.abs(value) - penalty, 0)


@app.function
def lasso(design, churn, weights, penalty, start, steps=4):
    """Return lasso coefficients (world, column): Newton steps, each by coordinate descent.

    design (customer, column), intercept first and free; churn (world, customer).
    """
    k, total, b = design.shape[1], weights.sum(), start.copy()
    squares = (design[:, :, None] * design[:, None, :]).reshape(-1, k * k)
    for _ in range(steps):
        p = expit(b @ design.T)
        curve = ((weights * p * (1 - p)) @ squares).reshape(-1, k, k) / total
        goal = np.einsum("wij,wj->wi", curve, b) + (weights * (churn - p)) @ design / total
        for j in [*range(k)] * 15:
            own = curve[:, j, j]
            rest = goal[:, j] - (curve[:, j] * b).sum(axis=1) + own * b[:, j]
            b[:, j] = soft_threshold(rest, penalty if j else 0) / own
    return b


@app.cell
def weaker_worlds(CHURN, EFFECT, SEED, customers, has_plan):
    _luck = np.random.default_rng(SEED).random((10, len(customers)))
    _luck = np.vstack([_luck, 1 - _luck])  # each world and its mirror image: a steadier mean

    def weaker_worlds(strength):
        """Return the true ATE and churn (world, customer): same customers, a plan of less effect."""
        x = covariate_table(customers)
        y0 = log_odds(CHURN, x)
        y1 = y0 + strength * log_odds(EFFECT, x)
        churn = (_luck < expit(np.where(has_plan, y1, y0))).astype(float)
        return (expit(y1) - expit(y0)).mean(), churn

    return (weaker_worlds,)


@app.cell
def standardised(customers):
    def design_for(make):
        """Return design matrices for the seen plan, plan 1, plan 0: columns of mean 0 and sd 1."""
        seen, one, zero = (make(plan) for plan in (customers["international_plan"], 1, 0))
        return [with_intercept((t - seen.mean()) / seen.std()) for t in (seen, one, zero)]

    s_designs = design_for(lambda plan: features(customers, plan))
    t_design = design_for(lambda _: covariate_table(customers))[0]
    return s_designs, t_design


@app.cell
def lasso_path(has_plan, s_designs, t_design, weaker_worlds):
    PENALTIES = [0, 0.005, 0.01, 0.02, 0.03, 0.05]

    def path(design, churn, who):
        """Yield the lasso fits (world, column) to the customers `who`, penalty after penalty."""
        fit = np.zeros((len(churn), design.shape[1]))
        for penalty in PENALTIES:
            fit = lasso(design[who], churn[:, who], np.ones(who.sum()), penalty, fit)
            yield fit

    def shrink(strength):
        """Return mean ATE over the worlds (points) for each penalty: S-, T-learner, truth, naive."""
        true, churn = weaker_worlds(strength)
        s_seen, s_one, s_zero = s_designs
        s = [
            expit(b @ s_one.T).mean() - expit(b @ s_zero.T).mean()
            for b in path(s_seen, churn, has_plan | True)
        ]
        means = [
            [expit(b @ t_design.T).mean() for b in path(t_design, churn, arm)]
            for arm in (has_plan, ~has_plan)
        ]
        naive = churn[:, has_plan].mean() - churn[:, ~has_plan].mean()
        table = {"S-learner": s, "T-learner": np.subtract(*means), "truth": true, "naive": naive}
        return 100 * pd.DataFrame(table, index=pd.Index(PENALTIES, name="penalty"))

    return (shrink,)


@app.cell
def shrinkage(shrink, threadpool_limits):
    with threadpool_limits(1):
        shrinkage = {strength: shrink(strength) for strength in (0, 0.25, 0.5, 0.75, 1)}
    return (shrinkage,)


@app.cell(hide_code=True)
def strength_slider(shrinkage):
    _look = {"label": "strength of the plan's effect (1: as above)", "show_value": True}
    strength_slider = mo.ui.slider(steps=list(shrinkage), value=0.25, **_look)
    return (strength_slider,)


@app.cell(hide_code=True)
def show_shrinkage(shrinkage, strength_slider):
    _here = shrinkage[strength_slider.value]
    _say = {name: tidy.signed(value, 1) for name, value in _here.iloc[-1].items()}
    _chart = chart_lines(
        _here,
        ["adjusted", "treated", "truth", "naive"],
        alt.X("penalty:Q", title="penalty λ of the lasso"),
        alt.Y("value:Q", title="ATE (percentage points)", scale=alt.Scale(domain=[-1, 28])),
        title=f"Strongest λ: S-learner {_say['S-learner']}, T-learner {_say['T-learner']}, truth {_say['truth']}",
        words="Mean ATE over 20 worlds against the penalty.",
    )
    mo.vstack([strength_slider, _chart])
    return


@app.cell(hide_code=True)
def read_shrinkage(shrinkage):
    _weak = {name: tidy.signed(value, 1) for name, value in shrinkage[0.25].iloc[-1].items()}
    mo.md(f"""
    Lines: means over 20 worlds. At strength 0.25 the effect is {_weak["truth"]} points. With the strongest λ the S-learner answers
    {_weak["S-learner"]}, the T-learner {_weak["T-learner"]}: not the truth, but on its way to the naive
    {_weak["naive"]}, because shrunken slopes adjust too little. Neither is safe: leave the treatment and the
    confounders unpenalised, or correct the bias (Hahn et al. 2018; Künzel et al. 2019).
    """)
    return


@app.cell(hide_code=True)
def question_7():
    mo.md(r"""
    ### Exercise 7 · build · 8 min

    Write `t_learner(fit, x, plan, y)`, which returns the ATE. Given: `fit(x, y)` fits any model and returns a function `predict`;
    `predict(x)` gives one number per row. `x` is an array (customer, column), `plan` an array of 1 and 0, `y` the outcome. Fit one model
    to those with the plan and another to those without, predict **everybody** with both, average the difference.
    """)
    return


@app.function
def t_learner(fit, x, plan, y):
    """Return the ATE of the T-learner, in the unit of y."""
    return ...


@app.cell(hide_code=True)
def toy_7():
    def fit_line(x, y):
        """Return the predictions of least squares with an intercept."""
        coefficients = np.linalg.lstsq(with_intercept(x), y, rcond=None)[0]
        return lambda new: with_intercept(new) @ coefficients

    _x, _plan = np.array([[0.0, 1, 2, 3, 4, 5, 6, 9]]).T, np.array([0, 0, 1, 0, 0, 1, 1, 1])
    toy = _x, _plan, np.array([1.0, 2, 2, 5, 5, 9, 14, 21])
    return fit_line, toy


@app.cell(hide_code=True)
def toy_answers_7(fit_line, toy):
    _x, _plan, _y = toy
    _one, _zero = (fit_line(_x[_plan == t], _y[_plan == t])(_x) for t in (1, 0))
    _single = fit_line(np.column_stack([_x, _plan]), _y)(np.array([[0, 1], [0, 0]]))
    toy_answers = {
        "ate": (_one - _zero).mean(),
        "att": (_one - _zero)[_plan == 1].mean(),
        "atu": (_one - _zero)[_plan == 0].mean(),
        "naive": _y[_plan == 1].mean() - _y[_plan == 0].mean(),
        "single": _single[0] - _single[1],
    }
    return (toy_answers,)


@app.cell(hide_code=True)
def judge_7(SEED, fit_line, toy, toy_answers):
    def gives(key, sign=1):
        """Return whether a learner's function gives this answer on the toy data."""
        return lambda function: abs(function(fit_line, *toy) - sign * toy_answers[key]) < 1e-6

    def learns_twice(function):
        answer = function(fit_line, *toy)
        if answer is None or answer is ...:
            raise checks.Unanswered
        if np.size(answer) != 1:
            return "One number is asked for: average the difference over everybody."
        x, plan = np.random.default_rng(SEED).normal(size=(60, 2)), np.arange(60) % 2
        y = x[:, 0] + plan * (2 + x[:, 1] ** 2)
        one, zero = (fit_line(x[plan == t], y[plan == t])(x) for t in (1, 0))
        return bool(
            gives("ate")(function)
            and abs(function(fit_line, x, plan, y) - (one - zero).mean()) < 1e-6
        )

    return gives, learns_twice


@app.cell(hide_code=True)
def hints_7(gives):
    hints_7 = [
        (
            gives("naive"),
            "Each model predicts its own customers: the naive difference. Predict everybody.",
        ),
        (gives("att"), "The average over those with the plan; average over everybody."),
        (gives("atu"), "The average over those without the plan; average over everybody."),
        (gives("single"), "One model for both arms: that is an S-learner without product."),
        (gives("ate", sign=-1), "The sign is turned: with the plan minus without it."),
        "`x[plan == 1]` and `y[plan == 1]` are the customers with the plan.",
    ]
    return (hints_7,)


@app.cell(hide_code=True)
def check_7(hints_7, learns_twice, set_progress):
    check_7 = checks.holds(
        t_learner,
        learns_twice,
        hints=hints_7,
        why="Two models, and no treatment column to be shrunk away; but nothing is borrowed "
        "between the arms either.",
    )
    set_progress(check_7.record("7"))
    check_7
    return


@app.cell
def t_learner_used(LogisticRegression, customers, has_plan):
    def fit_churn(x, y):
        """Return a function that predicts churn probabilities."""
        model = LogisticRegression(C=np.inf, max_iter=1_000, tol=1e-8).fit(x, y)
        return lambda new: model.predict_proba(new)[:, 1]

    _x, _churn = covariate_table(customers).to_numpy(), customers["churn"].to_numpy()
    _one, _zero = (fit_churn(_x[has_plan == t], _churn[has_plan == t])(_x) for t in (True, False))
    t_learner_ate = float((_one - _zero).mean())
    mo.md(f"T-learner, ATE: {points(t_learner_ate)} points")
    return (t_learner_ate,)


@app.cell(hide_code=True)
def read_t_learner(ate, t_learner_ate, true_ate):
    mo.md(f"""
    Unpenalised, on our customers: T-learner {points(t_learner_ate)}, S-learner {points(ate)}, truth {points(true_ate)} points. With
    the right terms in both, enough data and no shrinkage, the two come close.
    """)
    return


@app.cell(hide_code=True)
def dose_heading():
    mo.md(r"""
    ## A treatment that is a number

    A sister company, without the plan, gives some customers a **discount** of 0 to 20 euros a month: more to those who complain. What
    would churn be if **everybody** got $d$ euros? The estimand is now a curve, $E[Y(d)] = \frac1n\sum_i E[Y \mid D = d, x_i]$.
    """)
    return


@app.cell
def discounts(CHURN, SEED):
    _rng = np.random.default_rng(SEED + 10**6)
    clients = draw_customers(_rng, 3_300)
    _x = covariate_table(clients)
    _wish = 6 + 3 * _x["service_calls"] + 2 * _x["call_minutes"] + 2 * _x["region_border"]
    clients["discount"] = (_wish + _rng.normal(0, 4, len(_x))).clip(0, 20).round(1)  # euros

    def true_churn(discount):
        """Return each client's churn probability at a discount: the first euros do most."""
        return expit(log_odds(CHURN, _x) + 0.5 - 1.8 * (1 - np.exp(-np.asarray(discount) / 6)))

    clients["churn"] = _rng.binomial(1, true_churn(clients["discount"]))
    return clients, true_churn


@app.cell
def doses(clients, true_churn):
    DOSES = np.arange(0, 21)
    true_curve = np.array([true_churn(np.full(len(clients), d)).mean() for d in DOSES])
    _bins = pd.cut(clients["discount"], np.arange(-1, 22, 2))
    naive_curve = clients.groupby(_bins, observed=True)[["discount", "churn"]].mean()
    return DOSES, naive_curve, true_curve


@app.cell
def dose_design(clients):
    def dose_design(discount, degree):
        """Return covariates and powers of the discount (in tens of euros), with an intercept."""
        powers = {f"discount_{k}": (discount / 10) ** k for k in range(1, degree + 1)}
        return with_intercept(covariate_table(clients).assign(**powers))

    return (dose_design,)


@app.cell
def dose_response(DOSES, SEED, clients, dose_design):
    _weights = resample_weights(np.random.default_rng(SEED), len(clients), 100)

    def dose_response(degree):
        """Return mean churn (1 + resample, dose) if everybody gets each dose: the four steps."""
        seen = dose_design(clients["discount"], degree)
        fits = refit(seen, clients["churn"].to_numpy(), _weights)
        means = [expit(fits @ dose_design(dose, degree).T).mean(axis=1) for dose in DOSES]
        return np.column_stack(means)

    mo.md("Fit once; for each dose set it for all, predict, average.")
    return (dose_response,)


@app.cell
def dose_bands(DOSES, Z, dose_response, threadpool_limits, true_curve):
    def band(degree):
        """Return the curve of one degree with its 94 % band and the truth, in % of customers."""
        curves = dose_response(degree)
        half = Z * curves[1:].std(axis=0, ddof=1)
        parts = {"mean": curves[0], "lower": curves[0] - half, "upper": curves[0] + half}
        return (100 * pd.DataFrame({**parts, "truth": true_curve})).assign(discount=DOSES)

    with threadpool_limits(1):
        bands = {degree: band(degree) for degree in (1, 2, 3)}
    return (bands,)


@app.cell(hide_code=True)
def degree_slider(bands):
    _look = {"label": "highest power of the discount in the model", "show_value": True}
    degree_slider = mo.ui.slider(steps=list(bands), value=3, **_look)
    return (degree_slider,)


@app.cell(hide_code=True)
def naive_dots(naive_curve):
    _seen = alt.Chart((naive_curve * [1, 100]).reset_index(drop=True))
    _mark = {"shape": "cross", "size": 120, "filled": True, "color": charts.ROLES["naive"]}
    _euros = alt.Axis(values=list(range(0, 21, 2)))
    dose_axes = {
        "x": alt.X("discount:Q", title="discount for everybody (euros a month)", axis=_euros),
        "y": alt.Y("churn:Q", title="churn (% of customers)", scale=alt.Scale(domain=[0, 45])),
    }
    naive_dots = [_seen.mark_point(**_mark).encode(**dose_axes)]
    return dose_axes, naive_dots


@app.cell(hide_code=True)
def show_dose(bands, degree_slider, dose_axes, naive_dots):
    _here = bands[degree_slider.value]
    _base = alt.Chart(_here).encode(dose_axes["x"])
    _green, _black = {"color": charts.ROLES["adjusted"]}, {"color": charts.ROLES["truth"]}
    _band = _base.mark_area(opacity=0.25, clip=True, **_green).encode(y="lower:Q", y2="upper:Q")
    _line = _base.mark_line(strokeWidth=4, **_green).encode(y="mean:Q")
    _true = _base.mark_line(strokeWidth=3, strokeDash=[6, 4], **_black).encode(y="truth:Q")
    _share = _here.eval("lower <= truth and truth <= upper").mean()
    _title = f"The band holds the truth at {100 * _share:.0f} % of the doses"
    _how = "green: S-learner, 94 % band; dashed: truth; crosses: naive churn at that discount"
    _chart = alt.layer(*naive_dots, _band, _line, _true)
    _chart = _chart.properties(title=alt.Title(_title, subtitle=_how), height=240)
    mo.vstack([degree_slider, charts.describe(_chart, f"{_title}. Churn by discount. {_how}.")])
    return


@app.cell(hide_code=True)
def read_dose(bands, naive_curve):
    _start, _end, _line = bands[3].iloc[0], bands[3].iloc[-1], bands[1].iloc[0]
    _naive = naive_curve["churn"]
    mo.md(f"""
    Naive: churn **rises** with the discount, from {tidy.percent(_naive.iloc[0])} to {tidy.percent(_naive.iloc[-1])}. The S-learner: it falls
    from {_start["mean"]:.0f} % without a discount to {_end["mean"]:.0f} % at 20 euros (truth: {_start["truth"]:.0f} % and
    {_end["truth"]:.0f} %). With power 1 the curve cannot bend: at 0 euros its band ends at {_line["upper"]:.0f} %, and the truth is
    {_line["truth"]:.0f} %. A band knows the scatter of its own model only.
    """)
    return


@app.cell(hide_code=True)
def takeaways(att, averages, n_holders, naive_difference, true_att):
    _att = averages.set_index("label").loc["ATT"]
    mo.md(f"""
    ## Takeaways

    - **What if nobody had the plan?** About **{n_holders * att:.0f} customers** more would stay (94 % interval {n_holders * _att["lower"]:.0f} to
      {n_holders * _att["upper"]:.0f}; truth {n_holders * true_att:.0f}), not the naive {n_holders * naive_difference:.0f}. It is $do(0)$ for those who have it: the ATT.
    - **Fit, set to 1, set to 0, average**: one model answers many questions. `do` is steps 2 and 3.
    - **Only if nothing unseen** moves both plan and churn, and every kind of customer occurs in both arms.
    - **An interval sees scatter, not bias**: a wrong form covers too rarely.
    - **Regularisation** pulls the S-learner to 0 and the T-learner to the naive answer.
    """)
    return


@app.cell(hide_code=True)
def references():
    mo.md(r"""
    ### References

    - Efron, B. (1979). Bootstrap methods: another look at the jackknife. *Annals of Statistics* 7(1). doi:10.1214/aos/1176344552
    - Hahn, P. R., Carvalho, C. M., Puelz, D. & He, J. (2018). Regularization and confounding in linear regression for treatment effect estimation. *Bayesian Analysis* 13(1). doi:10.1214/16-BA1044
    - Hernán, M. A. & Robins, J. M. (2020). *Causal Inference: What If*. Chapman & Hall/CRC.
    - Künzel, S. R., Sekhon, J. S., Bickel, P. J. & Yu, B. (2019). Metalearners for estimating heterogeneous treatment effects using machine learning. *PNAS* 116(10). doi:10.1073/pnas.1804597116
    - Robins, J. (1986). A new approach to causal inference in mortality studies with a sustained exposure period. *Mathematical Modelling* 7(9–12). doi:10.1016/0270-0255(86)90088-6
    """)
    return


@app.cell(hide_code=True)
def progress(get_progress):
    checks.progress(get_progress(), total=7)
    return


if __name__ == "__main__":
    app.run()
