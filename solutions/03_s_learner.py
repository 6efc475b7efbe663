import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What if nobody had the international plan?",
    layout_file="layouts/03_s_learner.slides.json",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    from statistics import NormalDist

    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import checks, fits, graphs, tidy
    from helpers.lessons import s_learner
    from helpers.lessons.s_learner import points
    from helpers.simulate import LinearWorld
    from helpers.tidy import number, percent, signed


@app.cell(hide_code=True)
def title():
    # notes: Aim: one question that a manager asks; the answer is a number of customers. Trap: the room offers methods; ask for a guess in customers instead. Minutes: 1. If late: title and card only.
    mo.md("""
    # What if nobody had the international plan?

    A telephone company sells a plan for calls abroad. Customers who have it leave (they *churn*) about three times as often
    as the others. A manager wants to withdraw it. How many customers would stay?

    *Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | build an S-learner by hand in four steps, ask it about several groups of people, and say when it fails |
    | Estimand | change in churn if those who have the plan lost it (ATT); for everybody (ATE), for the others (ATU), by segment (CATE) |
    | Design | observational comparison, adjusted for what came before the plan |
    | Data | 3,300 simulated customers: the truth of each one is known, and kept for judging |
    | Time | core 60 minutes, optional 25; seven checked exercises |
    | Before | notebook 01 (graphs and `do`); you have met logistic regression and a posterior once |
    """)
    return


@app.cell(hide_code=True)
def naive_heading(n_customers, n_holders):
    # notes: Aim: everybody sees the gap and wants to act. Trap: "correlation is not causation" ends the thinking; ask who buys the plan. Minutes: 6. If late: show both charts, ask exercise 1 aloud.
    mo.md(f"""
    ## The naive answer

    Of {n_customers:,} customers, {n_holders:,} have the plan. Who has left within a quarter of a year?
    """)
    return


@app.cell
def first_picture(customers):
    # slide: fragment
    churn_by_plan = customers.groupby("international_plan")["churn"].agg(["mean", "sem"])
    naive_difference = float(churn_by_plan["mean"].diff().loc[1])
    s_learner.chart_rates(churn_by_plan)
    return churn_by_plan, naive_difference


@app.cell(hide_code=True)
def read_naive(churn_by_plan, n_holders, naive_difference):
    mo.md(f"""
    With the plan {number(100 * churn_by_plan["mean"][1], 1)} % leave, without it {number(100 * churn_by_plan["mean"][0], 1)} %.
    The `naive_difference` is **{points(naive_difference)} percentage points**. Times {n_holders:,} plan holders: withdraw the
    plan and {n_holders * naive_difference:.0f} customers stay, says the manager. But who buys the plan?
    """)
    return


@app.cell
def who_buys(customers):
    # slide: sub-slide
    _calls = customers["service_calls"].clip(upper=5)
    _others = customers[customers["international_plan"] == 0]
    by_calls = pd.DataFrame(
        {
            "have the plan": customers.groupby(_calls)["international_plan"].mean(),
            "churn without the plan": _others.groupby(_calls)["churn"].mean(),
        }
    )
    s_learner.chart_who_buys(by_calls)
    return (by_calls,)


@app.cell(hide_code=True)
def read_who_buys(by_calls):
    mo.md(f"""
    The help desk sells the plan to those who ring. From no call to four, the share who have the plan goes from
    {percent(by_calls["have the plan"][0])} to {percent(by_calls["have the plan"][4])}, and the churn of customers **without** the
    plan from {percent(by_calls["churn without the plan"][0])} to {percent(by_calls["churn without the plan"][4])}. A cause of both
    treatment and outcome is a **confounder**.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    # next: skip
    mo.md("""
    ### Exercise 1 · predict · 2 min

    Suppose that the plan did **nothing at all** to anybody. The churn of the plan holders would then be, compared with the churn
    of the others: `"lower"`, `"the same"` or `"higher"`? Answer with one of these three texts.
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    # solution
    holders_churn = "higher"
    holders_churn
    return (holders_churn,)


@app.cell(hide_code=True)
def check_1(confounding, holders_churn, naive_difference, set_progress):
    check_1 = s_learner.judge_1(holders_churn, confounding, naive_difference)
    check_1.noted(1, set_progress)
    return


@app.cell(hide_code=True)
def customers_heading():
    # notes: Aim: know the columns and their time order, and that both worlds of each customer are written down. Trap: service calls could come after the plan; here they are counted before it, and that is an assumption about the data base. Minutes: 3. If late: table only.
    mo.md("""
    ## The customers

    Six things are known about each customer **before** the plan could be bought. Then some bought it. The simulator below also
    keeps `truth`: each customer's churn probabilities `y0` without and `y1` with the plan. No company has that table; we open it
    only to judge.
    """)
    return


@app.cell(hide_code=True)
def customers_columns():
    # slide: sub-slide
    mo.md("""
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
def expit(log_odds):
    """Return the probability that belongs to log-odds (their inverse)."""
    return 1 / (1 + np.exp(-log_odds))


@app.function
def draw_customers(rng, n):
    """Return n customers as they are before the plan: one row each, six covariates."""
    customers = pd.DataFrame({"age": rng.normal(45, 13, n).clip(18, 85).round()})
    customers["account_length"] = rng.gamma(4, 9, n).clip(1, 120).round()
    regions = ["city", "border", "coast", "inland"]
    customers["region"] = rng.choice(regions, n, p=[0.35, 0.2, 0.25, 0.2])
    patience = np.exp(-0.006 * (customers["age"] - 45))
    customers["call_minutes"] = (rng.gamma(6, 5, n) * patience).round(1)
    calls = np.exp(0.5 - 0.006 * customers["account_length"])
    customers["service_calls"] = rng.poisson(calls).clip(0, 8)
    listens = expit(-1.2 + 0.02 * (customers["age"] - 45))
    return customers.assign(voicemail_plan=rng.binomial(1, listens))


@app.function
def covariate_table(customers):
    """Return the covariates in round steps from a typical customer: one row each, eight columns."""
    x = pd.DataFrame({"age": (customers["age"] - 45) / 10})
    x["account_length"] = (customers["account_length"] - 36) / 12
    x["call_minutes"] = (customers["call_minutes"] - 30) / 10
    x["service_calls"] = customers["service_calls"] - 1
    x["voicemail_plan"] = customers["voicemail_plan"]
    for region in ("border", "coast", "inland"):
        x[f"region_{region}"] = customers["region"] == region
    return x.astype(float)


@app.cell
def laws():
    JOIN = {"intercept": -1.6, "age": -0.1, "call_minutes": 0.5, "service_calls": 0.6}
    JOIN |= {"region_border": 0.9}
    CHURN = {"intercept": -2.5, "age": -0.1, "account_length": -0.2, "call_minutes": 0.65}
    CHURN |= {"service_calls": 0.75, "voicemail_plan": -0.5, "region_border": 0.8}
    EFFECT = {"intercept": 1.0, "call_minutes": -0.7}
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
def estimand_heading():
    # notes: Aim: the manager's question is about those who have the plan: do(0) for them. Trap: people answer the ATE because software prints it. Minutes: 3. If late: words only.
    mo.md(r"""
    ## What do we want to know?

    $Y_i(1)$ and $Y_i(0)$: does customer $i$ leave with, and without, the plan? Only one of the two is ever seen. Let
    $\tau(x) = E[Y(1) - Y(0) \mid X = x]$ be the mean effect among customers with covariates $x$, a difference of two probabilities. Averages
    of it differ by **whom** they cover:

    $$\text{ATE} = \frac1n\sum_{i}\tau(x_i) \qquad \text{ATT} = \frac1{n_1}\sum_{i:\,T_i=1}\tau(x_i)
    \qquad \text{ATU} = \frac1{n_0}\sum_{i:\,T_i=0}\tau(x_i)$$

    “What if *nobody* had it?” changes nothing for those without it. It is $do(T=0)$ for those who have it: the
    **ATT**, times their number.
    """)
    return


@app.cell(hide_code=True)
def estimand_table():
    # slide: sub-slide
    mo.md(r"""
    | question | estimand | averaged over |
    |:--|:--|:--|
    | What if nobody had the plan? | ATT, on the treated | those who have it |
    | What if we gave it to those without? | ATU, on the untreated | those who lack it |
    | Everybody against nobody? | ATE, average effect | all |
    | What does it do to heavy callers? | CATE, conditional | a segment |
    | What does it do to people like this customer? | $\tau(x_i)$, the finest CATE | all with her covariates |

    What it does to *her* alone no data show: $\tau(x_i)$ is often called the unit-level effect, and is an average all the same.
    """)
    return


@app.cell(hide_code=True)
def graph_heading():
    # notes: Aim: identification before estimation; the adjustment set is computed, not felt. Trap: voicemail is not needed for identification, yet it helps precision. Minutes: 4. If late: graph and set only.
    mo.md("""
    ## What causes what?

    Everything but churn came before the plan. The missing arrows are claims: nothing unseen points at both the plan and
    churn, and the voicemail plan sells nothing.
    """)
    return


@app.cell
def graph():
    # slide: sub-slide
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
    churn_graph.adjusting(*adjustment_set).draw()
    return adjustment_set, churn_graph


@app.cell(hide_code=True)
def read_graph(adjustment_set):
    # slide: sub-slide
    mo.md(f"""
    The green nodes close every backdoor path: **{", ".join(adjustment_set)}**. We adjust for the other two as well: given the
    green ones they have no say in the plan, only in churn, and so make the estimate more precise.
    """)
    return


@app.cell(hide_code=True)
def assumptions(customers):
    # slide: sub-slide
    mo.md(rf"""
    What lets us compute an effect from this table, by name:

    - **Consistency**: there is one version of the plan, and we see $Y_i(T_i)$; to lose it is like never having had it.
    - **No interference**: my plan does not make you leave.
    - **Ignorability (no unmeasured confounding)**: among customers with equal covariates, the plan is as good as drawn by lot.
    - **Positivity**: every kind of customer occurs with and without it. Of {(customers["service_calls"] >= 4).sum()} who rang
      four times or more, {customers["international_plan"][customers["service_calls"] >= 4].sum()} have the plan.

    Then, over our customers, $E[Y(t)] = \frac1n\sum_i E[Y \mid T = t, x_i]$: the **g-formula** (Robins 1986); for the ATT, average over the holders. The right side is a prediction problem.
    """)
    return


@app.cell(hide_code=True)
def learner_heading():
    # notes: Aim: four steps, each one line; the room could do it in any language. Trap: step 2 sets the treatment for all rows, it does not select rows. Minutes: 12. If late: skip exercise 3.
    # next: code
    mo.md("""
    ## The S-learner, by hand

    One **s**ingle model for both arms, treatment among its inputs. Four steps:

    1. **Fit** a model of churn on plan and covariates.
    2. **Predict** every customer's churn with the plan set to 1.
    3. **Predict** again with the plan set to 0.
    4. **Average** the difference, over whom you ask about.

    Any model can take the steps; not every one answers well. Ours, logistic regression, has the simulator's own terms: one
    product, as the plan may matter more to those who call little.
    """)
    return


@app.cell
def steps(customers):
    from sklearn.linear_model import LogisticRegression

    # C is the inverse of the penalty: infinite, so that nothing is shrunk.
    _logit = LogisticRegression(C=np.inf, max_iter=1_000, tol=1e-8)
    learner = _logit.fit(features(customers, customers["international_plan"]), customers["churn"])
    risk_with = learner.predict_proba(features(customers, 1))[:, 1]  # 2; line above: 1
    risk_without = learner.predict_proba(features(customers, 0))[:, 1]  # 3
    s_learner.table_of_worlds(customers, risk_with, risk_without)
    return learner, risk_with, risk_without


@app.function
def features(customers, plan):
    """Return what the model sees when everybody's plan is `plan` (one value, or one each)."""
    x = covariate_table(customers).assign(plan=plan)
    return x.assign(plan_x_minutes=x["plan"] * x["call_minutes"])


@app.cell(hide_code=True)
def read_worlds():
    # slide: sub-slide
    mo.md("""
    Four customers in two worlds, churn in %. Everybody is predicted twice; for each of them one of the two worlds never
    happened.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    # slide: fragment
    # next: skip
    mo.md("""
    ### Exercise 2 · complete · 3 min

    Step 4. The manager wants customers, not points. From `risk_with` and `risk_without` (one churn probability per customer)
    and `has_plan` (True for a holder) compute `customers_kept`: how many more customers would be expected to stay if **nobody** had
    the plan? One number, in customers, not rounded.
    """)
    return


@app.cell
def exercise_2_complete(has_plan, risk_with, risk_without):
    # An expected number of people is a sum of probabilities. Over whom?
    # solution
    customers_kept = (risk_with - risk_without)[has_plan].sum()
    customers_kept
    return (customers_kept,)


@app.cell(hide_code=True)
def check_2(
    customers_kept,
    has_plan,
    naive_difference,
    risk_with,
    risk_without,
    set_progress,
):
    check_2 = s_learner.judge_2(
        customers_kept, risk_with - risk_without, has_plan, naive_difference
    )
    check_2.noted(2, set_progress)
    return


@app.cell(hide_code=True)
def question_3():
    # next: skip
    mo.md("""
    ### Exercise 3 · fix · 4 min

    A colleague builds the table of features once, then only overwrites the column `plan`. Her code runs, and nothing complains.
    What else depends on the plan? (The model wants the very columns that `features` gives.)

    Mend it: `mended_att`, the mean of risk with minus without the plan, over the holders (`has_plan`), as a share, not in points.
    """)
    return


@app.cell
def exercise_3_fix(customers, has_plan, learner):
    # The bug is in the next lines. Mend it, and compute mended_att.
    _once = features(customers, customers["international_plan"])
    _tables = [_once.assign(plan=1), _once.assign(plan=0)]
    _risk = [learner.predict_proba(_table)[:, 1] for _table in _tables]
    # solution
    _mended = [learner.predict_proba(features(customers, _t))[:, 1] for _t in (1, 0)]
    mended_att = (_mended[0] - _mended[1])[has_plan].mean()
    mended_att
    return (mended_att,)


@app.cell(hide_code=True)
def check_3(
    customers,
    has_plan,
    learner,
    mended_att,
    risk_with,
    risk_without,
    set_progress,
):
    _once = features(customers, customers["international_plan"])
    _frozen = [learner.predict_proba(_once.assign(plan=t))[:, 1] for t in (1, 0)]
    check_3 = s_learner.judge_3(
        mended_att, risk_with - risk_without, _frozen[0] - _frozen[1], has_plan
    )
    check_3.noted(3, set_progress)
    return


@app.cell(hide_code=True)
def right_heading():
    # notes: Aim: step 4 for three populations, and the truth beside it. Trap: the S-learner's error is luck of the sample, the naive one is not. Minutes: 2. If late: picture only.
    mo.md("""
    ## Was it right?

    Step 4 for three populations: everybody (ATE), those who have the plan (ATT), those who lack it (ATU). The simulator knows the truth, and
    each population has its own.
    """)
    return


@app.cell
def point_answers(
    ate,
    att,
    atu,
    naive_difference,
    true_ate,
    true_att,
    true_atu,
):
    # slide: sub-slide
    point_answers = pd.DataFrame({"label": ["naive, for the ATT", "ATE", "ATT", "ATU"]})
    point_answers["mean"] = [naive_difference, ate, att, atu]
    point_answers["truth"] = [true_att, true_ate, true_att, true_atu]
    s_learner.chart_points(point_answers)
    return (point_answers,)


@app.cell(hide_code=True)
def read_points(
    att,
    confounding,
    n_holders,
    naive_difference,
    true_att,
):
    mo.md(f"""
    One fit answers all three questions; only step 4 differs. The S-learner's ATT is {points(att)} points, the truth
    {points(true_att)}, which is {n_holders * true_att:.0f} customers. But for the luck of this sample, the naive
    {points(naive_difference)} is the ATT plus {points(confounding)} points of **confounding**: what the holders' churn would exceed the
    others' by, had nobody the plan.
    """)
    return


@app.cell
def step_4(has_plan, risk_with, risk_without):
    difference = risk_with - risk_without
    ate = float(difference.mean())
    att = float(difference[has_plan].mean())
    atu = float(difference[~has_plan].mean())
    return ate, att, atu, difference


@app.cell
def true_effects(has_plan, truth):
    effect_of_plan = truth["y1"] - truth["y0"]
    true_ate = float(effect_of_plan.mean())
    true_att = float(effect_of_plan[has_plan].mean())
    true_atu = float(effect_of_plan[~has_plan].mean())
    confounding = float(truth["y0"][has_plan].mean() - truth["y0"][~has_plan].mean())
    return confounding, effect_of_plan, true_ate, true_att, true_atu


@app.cell
def libraries():
    import logging

    import pymc as pm

    # PyMC says on the screen what it is doing; only its warnings matter here.
    logging.getLogger("pymc").setLevel(logging.WARNING)
    # Running a model forwards once needs no compiler: take its steps one by one.
    FORWARD = {"mode": "FAST_COMPILE"}
    return FORWARD, pm


@app.cell(hide_code=True)
def program_heading():
    # notes: Aim: steps 2 and 3 are do, word for word. Trap: people think that do is a Bayesian thing; it is not, the posterior is a bonus. Minutes: 10. If late: model, do arms, chart.
    # next: skip
    mo.md(r"""
    ## The same four steps, as a program

    “Predict with the treatment set to 1 for all” is `do`. Write the graph as a program, in the order of its arrows: covariates, who buys the
    plan, who leaves. $m_i$: call minutes, in tens from 30.

    $$\begin{aligned}
    T_i &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + x_i^\top \alpha)\big) & \text{who buys}\\
    \mu_i &= \text{logit}^{-1}\big(\beta_0 + x_i^\top \beta + T_i\,(\tau + \gamma m_i)\big) & \text{churn probability}\\
    Y_i &\sim \text{Bernoulli}(\mu_i) & \text{who leaves}
    \end{aligned}$$
    """)
    return


@app.cell
def model(customers, pm):
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

    x_table = covariate_table(customers)
    model_churn = churn_model(x_table)
    tidy.as_table(pd.DataFrame([{name: len(c) for name, c in model_churn.coords.items()}]))
    return churn_model, model_churn, x_table


@app.cell
def do_arm(pm):
    def arm(model, plan):
        """Return the model with everybody's plan set to 0 or 1."""
        everybody = np.full(len(model.coords["unit"]), plan)
        return pm.do(model, {"international_plan": everybody})

    return (arm,)


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
    return (program_true_ate,)


@app.cell(hide_code=True)
def prior_note(program_true_ate, true_ate):
    mo.md(f"""
    ### One program, three uses

    **Simulate**: with every parameter set to the simulator's law, `do` gives an ATE of {points(program_true_ate, 3)} points; the NumPy
    simulator said {points(true_ate, 3)}. Same world. **Believe**: intercepts are wide, slopes and effect are Normal(0, 1) in
    log-odds: one step multiplies or divides the odds by about 2.7. What does that say about churn?
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
    # slide: sub-slide
    with mo.status.spinner("Drawing from the priors: some seconds, the first time"):
        prior_with, prior_churn = (prior_churn_if(plan, x_table, SEED) for plan in (1, 0))
    prior_ate = prior_with - prior_churn
    s_learner.chart_prior(prior_churn, prior_ate)
    return prior_ate, prior_churn


@app.cell(hide_code=True)
def read_prior(prior_ate):
    mo.md(f"""
    Wide, and without opinion on the sign: P(effect > 0) is {percent(float((prior_ate > 0).mean()))}. (HDI, highest-density
    interval: the shortest that holds 94 % of the draws.)
    """)
    return


@app.cell(hide_code=True)
def observe_note():
    # slide: sub-slide
    mo.md("""
    **Observe**: tie both outcomes to the table. Step 1, *fit*, becomes: draw from the posterior. The lines of who buys and of who
    leaves share no parameter, and their priors are independent, so the first teaches nothing about the second: we sample the churn
    part alone, the plan set to what it was.
    """)
    return


@app.cell
def observe(churn_model, customers, pm):
    def observed_model(x_table, plan, churn):
        return pm.observe(churn_model(x_table), {"international_plan": plan, "churn": churn})

    plan_and_churn = [customers[name].to_numpy() for name in ("international_plan", "churn")]
    return observed_model, plan_and_churn


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
    # slide: fragment
    with mo.status.spinner("Sampling the posterior: about 15 s, the first time"):
        idata_churn = fit_churn_part(x_table, *plan_and_churn, DRAWS, SEED)
    diagnostics_churn = tidy.diagnostics(idata_churn)
    tidy.show_diagnostics(diagnostics_churn)
    return (idata_churn,)


@app.cell(hide_code=True)
def rule():
    # slide: sub-slide
    # next: step
    mo.md("""
    **R-hat** near 1: the chains agree. **Effective draws**: how many independent draws these are worth. **Divergences**: places
    where the sampler got lost. Now `do`, one function for both arms: steps 2 and 3.
    """)
    return


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
def do_function(FORWARD, arm, observed_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def churn_if(do_plan, draws, x_table, plan, churn, seed):
        """Return every customer's churn probability (chain, draw, unit) under do(do_plan)."""
        world = arm(observed_model(x_table, plan, churn), do_plan)
        how = {"var_names": ["mu_churn"], "random_seed": seed, "progressbar": False}
        worlds = pm.sample_posterior_predictive(draws, world, compile_kwargs=FORWARD, **how)
        return worlds.posterior_predictive["mu_churn"]

    return (churn_if,)


@app.function
def minutes_band(customers):
    """Return each customer's band of call minutes a day."""
    names = ["under 20 minutes", "20 to 30", "30 to 40", "40 and more"]
    return pd.cut(customers["call_minutes"], [0, 20, 30, 40, np.inf], labels=names, right=False)


@app.cell
def calibration(customers, has_plan, mu_with, mu_without):
    # slide: sub-slide
    _model = mu_without.where(~has_plan, mu_with).mean(["chain", "draw"]).to_numpy()
    _arm = customers["international_plan"].map({0: "without", 1: "with"}).rename("plan")
    _by = customers.assign(model=_model).groupby([_arm, minutes_band(customers)], observed=True)
    calibration = _by[["churn", "model"]].mean()
    tidy.as_table(calibration.map(percent).reset_index())
    return (calibration,)


@app.cell(hide_code=True)
def read_calibration(calibration):
    mo.md(f"""
    Does the fitted model look like the data? Observed churn beside what the model expects: the largest gap is
    {number(100 * (calibration["churn"] - calibration["model"]).abs().max(), 1)} points. Good fit is needed; it does not show that no
    confounder is hidden.
    """)
    return


@app.cell
def effects(has_plan, mu_with, mu_without):
    effect_draws = mu_with - mu_without
    ate_draws = effect_draws.mean("unit")  # step 4, draw by draw
    att_draws = effect_draws.isel(unit=has_plan).mean("unit")
    atu_draws = effect_draws.isel(unit=~has_plan).mean("unit")
    return ate_draws, att_draws, atu_draws, effect_draws


@app.cell
def routes(ate_draws, att_draws, atu_draws, point_answers):
    # slide: sub-slide
    _do = tidy.summarise({"ATE": ate_draws, "ATT": att_draws, "ATU": atu_draws})
    routes = pd.concat([point_answers.iloc[1:], _do.drop(columns="sd")], ignore_index=True)
    routes["truth"] = [*point_answers["truth"][1:]] * 2
    routes["route"] = ["by hand"] * 3 + ["PyMC do"] * 3
    s_learner.chart_routes(routes)
    return (routes,)


@app.cell(hide_code=True)
def read_routes(att_draws, n_holders, routes):
    mo.md(f"""
    Two libraries, one idea: they differ by the priors, and hardly. The posterior adds how sure we are: ATT {points(routes["mean"][4])}
    points, 94 % HDI {points(routes["lower"][4])} to {points(routes["upper"][4])}, so withdrawing the plan keeps an expected
    {n_holders * routes["lower"][4]:.0f} to {n_holders * routes["upper"][4]:.0f} customers;
    P(ATT > 0) is {percent(min(float((att_draws > 0).mean()), 1 - 0.5 / att_draws.size))}.
    """)
    return


@app.cell(hide_code=True)
def question_4():
    # next: skip
    mo.md("""
    ### Exercise 4 · complete · 3 min

    Withdrawing the plan pays if it is expected to keep **more than 60** customers. From `mu_with` and `mu_without` (chain, draw, unit: churn
    probabilities under do) and `has_plan` compute `probability_pays`: the posterior probability of that. One number
    between 0 and 1.

    (`.isel(unit=has_plan)` selects the holders, `.sum("unit")` adds over them.)
    """)
    return


@app.cell
def exercise_4_complete(has_plan, mu_with, mu_without):
    # First the expected number of customers kept, draw by draw; then how often it exceeds 60.
    # solution
    _kept = (mu_with - mu_without).isel(unit=has_plan).sum("unit")
    probability_pays = float((_kept > 60).mean())
    probability_pays
    return (probability_pays,)


@app.cell(hide_code=True)
def check_4(effect_draws, has_plan, probability_pays, set_progress):
    check_4 = s_learner.judge_4(probability_pays, effect_draws, has_plan)
    check_4.noted(4, set_progress)
    return


@app.cell(hide_code=True)
def five_heading():
    # notes: Aim: the fit is done; questions differ in whom. Trap: reading a segment's mean as everybody's. Minutes: 4. If late: picker only.
    mo.md("""
    ## One fit, five questions

    Nothing is refitted below. Choose whom you ask about.
    """)
    return


@app.cell
def ask(effect_draws, effect_of_plan):
    def answer(who):
        """Return the effect on the customers `who`: posterior mean, 94 % HDI, and the truth."""
        draws = effect_draws.isel(unit=who).mean("unit")
        lower, upper = tidy.hdi(draws)
        found = {"mean": float(draws.mean()), "lower": lower, "upper": upper}
        return {**found, "truth": float(effect_of_plan[who].mean())}

    return (answer,)


@app.cell
def populations(customers, has_plan, n_customers):
    _minutes = customers["call_minutes"].to_numpy()
    WHO = {
        "everybody (ATE)": np.ones(n_customers, bool),
        "those with the plan (ATT)": has_plan,
        "those without it (ATU)": ~has_plan,
        "light callers, under 20 minutes (CATE)": _minutes < 20,
        "heavy callers, 40 minutes and more (CATE)": _minutes >= 40,
        "people like customer number 0 (finest CATE)": np.arange(n_customers) == 0,
    }
    who_picker = s_learner.pick_whom(WHO)
    return WHO, who_picker


@app.cell
def picked(WHO, answer, who_picker):
    # slide: fragment
    picked = answer(WHO[who_picker.value])
    s_learner.show_picked(who_picker, picked)
    return (picked,)


@app.cell(hide_code=True)
def read_picked(picked):
    mo.md(f"""
    S-learner {points(picked["mean"])} points, 94 % HDI {points(picked["lower"])} to {points(picked["upper"])}; truth
    {points(picked["truth"])}. Same fit, another average.
    """)
    return


@app.cell
def segments(answer, customers):
    # slide: sub-slide
    _bands = minutes_band(customers)
    cate = [
        {"label": name, **answer((_bands == name).to_numpy())} for name in _bands.cat.categories
    ]
    cate = pd.DataFrame(cate)
    s_learner.chart_segments(cate)
    return (cate,)


@app.cell(hide_code=True)
def read_segments(cate, difference, effect_of_plan):
    mo.md(f"""
    Light callers: {points(cate["mean"][0])} points, heavy callers: {points(cate["mean"][3])}. So “withdraw it from all” is
    no good answer; whether to *offer* it needs the effect on heavy callers who lack it. The finer the group, the less errors cancel: $\\tau(x_i)$ is off by
    {number(100 * np.sqrt(np.mean((difference - effect_of_plan) ** 2)), 1)} points (root mean square over all customers).
    """)
    return


@app.cell(hide_code=True)
def break_heading():
    # notes: Aim: the learner that predicts best may estimate an effect badly, and in a known direction. Trap: "use the T-learner then": it fails in the other direction. Minutes: 7. If late: exercise 5 aloud, slider at 0.25 only.
    mo.md(r"""
    ## Where it fails: a learner that shrinks

    Most learners are **regularised**: to predict well they pull coefficients towards 0. The lasso charges $\lambda$ for each unit of a
    coefficient; trees do not split where little is gained. To such a learner the treatment is one more column. A **T-learner**
    fits **t**wo models, one for each arm, and has no treatment column to shrink.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    # next: skip
    mo.md(r"""
    ### Exercise 5 · predict · 2 min

    Take $\lambda$ so large that **every** coefficient is 0 and only the intercepts are left (they are never shrunk): one in the
    S-learner, one for each arm in the T-learner. Which ATE does each report: 0, or the naive difference?
    Choose `"both 0"`, `"both naive"`, `"S 0, T naive"` or `"S naive, T 0"`.
    """)
    return


@app.cell
def exercise_5_predict():
    # Your prediction, one of the four texts.
    # solution
    fully_shrunk = "S 0, T naive"
    fully_shrunk
    return (fully_shrunk,)


@app.cell(hide_code=True)
def check_5(fully_shrunk, set_progress):
    check_5 = s_learner.judge_5(fully_shrunk)
    check_5.noted(5, set_progress)
    return (check_5,)


@app.cell(hide_code=True)
def weaker_note():
    mo.md("""
    ### A weaker plan

    The same customers, in 20 worlds each, with the log-odds of the plan's effect times a **strength**: 1 is the plan as above, 0 a
    plan that does nothing. Who has the plan stays as it is, and so does what else moves churn.
    """)
    return


@app.cell
def weaker_truths(shrinkage):
    # slide: fragment
    weaker_truths = pd.DataFrame({s: t.loc[0, ["truth", "naive"]] for s, t in shrinkage.items()}).T
    tidy.as_table(weaker_truths.rename_axis("strength").add_suffix(" (points)"), digits=1)
    return (weaker_truths,)


@app.cell
def show_shrinkage(check_5, shrinkage, strength_slider):
    # slide: sub-slide
    _view = s_learner.show_shrinkage(strength_slider, shrinkage[strength_slider.value])
    s_learner.after(check_5, _view, "picture")
    return


@app.cell(hide_code=True)
def read_shrinkage():
    mo.md("""
    Lines are means over 20 worlds of the same customers. Neither learner is safe to shrink: leave the treatment and the
    confounders unpenalised, or correct the bias (Hahn et al. 2018; Künzel et al. 2019).
    """)
    return


@app.cell(hide_code=True)
def read_shrinkage_code():
    # slide: skip
    mo.md("""
    The code of the picture follows. `lasso` takes Newton steps, each solved one coefficient after the other, the intercept
    free; `weaker_worlds` draws churn under a weaker plan; `shrink` fits both learners to each world, penalty after penalty.
    """)
    return


@app.function
def with_intercept(table):
    """Return a table as an array with a first column of ones."""
    return np.column_stack([np.ones(len(table)), table])


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
            pull = penalty if j else 0
            b[:, j] = np.sign(rest) * np.maximum(np.abs(rest) - pull, 0) / own
    return b


@app.cell
def weaker_worlds(CHURN, EFFECT):
    def weaker_worlds(customers, luck, strength):
        """Return the true ATE and churn (world, customer): same customers, a plan of less effect."""
        x, has_plan = covariate_table(customers), customers["international_plan"] == 1
        y0 = log_odds(CHURN, x)
        y1 = y0 + strength * log_odds(EFFECT, x)
        churn = (luck < expit(np.where(has_plan, y1, y0))).astype(float)
        return (expit(y1) - expit(y0)).mean(), churn

    return (weaker_worlds,)


@app.function
def standardised(customers):
    """Return the S-learner's designs (seen, plan 1, plan 0) and the T-learner's: mean 0, sd 1."""
    seen, one, zero = (features(customers, t) for t in (customers["international_plan"], 1, 0))
    s_designs = [with_intercept((t - seen.mean()) / seen.std()) for t in (seen, one, zero)]
    x = covariate_table(customers)
    return s_designs, with_intercept((x - x.mean()) / x.std())


@app.function
def lasso_path(design, churn, who, penalties):
    """Yield the lasso fits (world, column) to the customers `who`, penalty after penalty."""
    fit = np.zeros((len(churn), design.shape[1]))
    for penalty in penalties:
        fit = lasso(design[who], churn[:, who], np.ones(who.sum()), penalty, fit)
        yield fit


@app.cell
def shrink(weaker_worlds):
    def shrink(customers, luck, strength, penalties):
        """Return mean ATE over the worlds (points), penalty by penalty: both learners, truth, naive."""
        true, churn = weaker_worlds(customers, luck, strength)
        (seen, one, zero), x = standardised(customers)
        has_plan = (customers["international_plan"] == 1).to_numpy()
        single = lasso_path(seen, churn, has_plan | True, penalties)
        arms = [lasso_path(x, churn, arm, penalties) for arm in (has_plan, ~has_plan)]
        both = [[expit(b @ x.T).mean() for b in arm] for arm in arms]
        table = {
            "S-learner": [expit(b @ one.T).mean() - expit(b @ zero.T).mean() for b in single],
            "T-learner": np.subtract(*both),
            "truth": true,
            "naive": churn[:, has_plan].mean() - churn[:, ~has_plan].mean(),
        }
        return 100 * pd.DataFrame(table, index=pd.Index(penalties, name="penalty"))

    return (shrink,)


@app.cell
def keep_shrinkage(shrink):
    from threadpoolctl import threadpool_limits

    @mo.persistent_cache(save_path=fits.FOLDER)
    def shrink_all(customers, seed, strengths, penalties):
        """Return the tables of all strengths, one below the other."""
        luck = np.random.default_rng(seed).random((10, len(customers)))
        luck = np.vstack([luck, 1 - luck])  # each world and its mirror image: a steadier mean
        with threadpool_limits(1):  # small matrices: one thread is faster than several
            tables = {s: shrink(customers, luck, s, penalties) for s in strengths}
        return pd.concat(tables, names=["strength"])

    return shrink_all, threadpool_limits


@app.cell
def shrinkage(SEED, customers, shrink_all):
    _strengths, _penalties = [0, 0.25, 0.5, 0.75, 1], [0, 0.005, 0.01, 0.02, 0.03, 0.05]
    with mo.status.spinner("Shrinking in a hundred worlds: about 15 s, the first time"):
        _all = shrink_all(customers, SEED, _strengths, _penalties)
    shrinkage = {s: _all.loc[s] for s in _strengths}
    strength_slider = s_learner.slider_strength(_strengths)
    return shrinkage, strength_slider


@app.cell(hide_code=True)
def transfer_heading():
    # notes: Aim: the whole method alone, on another table: choose columns, fit, predict twice, average over the right shops. Trap: everything in the table goes into the model, the queue too. Minutes: 7. If late: homework.
    mo.md("""
    ## Your turn: what if no shop had self-checkout?

    A chain has 2,000 shops; some have self-checkout. Busy and large shops got it first, and that is all that decided; then
    queues got shorter. The effect on takings may depend on how busy a shop is.

    | name | meaning | unit |
    |:--|:--|:--|
    | `checkout` | has self-checkout | 1 yes, 0 no |
    | `takings` | takings this year | thousand euros a week |
    | `size` | floor space, before | standard deviations |
    | `rush` | customers an hour, before | standard deviations |
    | `queue` | mean time in the queue this year | minutes |
    """)
    return


@app.cell(hide_code=True)
def question_6():
    # next: fragment
    mo.md("""
    ### Exercise 6 · build · 6 min

    What if **no** shop had it? Estimate the mean effect of self-checkout among the shops that have it: `checkout_att`, in
    thousand euros a week, with minus without. Any learner whose effect may vary will do (`np.linalg.lstsq`, scikit-learn). Which columns may it see?
    """)
    return


@app.cell
def shops(SEED):
    shops = s_learner.draw_shops(SEED)
    s_learner.first_shops(shops)
    return (shops,)


@app.cell
def exercise_6_build(shops):
    # slide: skip
    # Fit, set to 1, set to 0, average over whom? All four steps.
    # solution
    from sklearn.linear_model import LinearRegression

    def _inputs(checkout):
        """Return what the model sees: no queue, which comes after; and a product."""
        x = shops[["size", "rush"]].assign(checkout=checkout)
        return x.assign(product=x["checkout"] * x["rush"])

    _model = LinearRegression().fit(_inputs(shops["checkout"]), shops["takings"])
    _gap = _model.predict(_inputs(1)) - _model.predict(_inputs(0))
    checkout_att = _gap[shops["checkout"] == 1].mean()
    checkout_att
    return (checkout_att,)


@app.cell(hide_code=True)
def check_6(SEED, checkout_att, set_progress):
    check_6 = s_learner.judge_6(checkout_att, SEED)
    check_6.noted(6, set_progress)
    return


@app.cell(hide_code=True)
def takeaways(n_holders, naive_difference, routes, true_att):
    # notes: Aim: the number, its condition, its limit. Ask who would now withdraw the plan, and from whom. Trap: quoting the number without "if no confounder is hidden". Minutes: 1. If late: keep.
    mo.md(f"""
    ## Takeaways

    - **What if nobody had the plan?** About **{n_holders * routes["mean"][4]:.0f} customers** more would be expected to stay (94 % HDI
      {n_holders * routes["lower"][4]:.0f} to {n_holders * routes["upper"][4]:.0f}; truth {n_holders * true_att:.0f}),
      not the naive {n_holders * naive_difference:.0f}. It is $do(0)$ for those who have it: the ATT.
    - **Fit, set to 1, set to 0, average**: one model answers many questions. `do` is steps 2 and 3.
    - **Only if nothing unseen** moves both plan and churn, every kind of customer occurs in both arms, consistency and no interference hold,
      and the model's terms are right.
    - **Regularisation** pulls the S-learner towards 0 and the T-learner towards the naive answer.
    """)
    return


@app.cell(hide_code=True)
def bootstrap_heading():
    # notes: Aim: an interval has a promise that can be tested. Trap: the bootstrap cannot see bias. Minutes: 9. If late: code once, then the coverage table.
    mo.md("""
    ## How sure, without a prior? · optional

    Another quarter, other customers, another number. The **bootstrap** (Efron 1979) imitates that: draw 3,300
    customers from ours with replacement, refit, predict both worlds for our customers, repeat.

    `logistic` is the same regression by Newton's method, for many weightings of the same customers at once: a customer drawn twice weighs two.
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
def resample_weights(rng, n, times):
    """Return how often each of n customers is drawn, in each resample (resample, customer)."""
    drawn = rng.integers(0, n, (times, n))
    return np.stack([np.bincount(row, minlength=n) for row in drawn]).astype(float)


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
def averages(SEED, Z, customers, has_plan, true_ate, true_att, true_atu):
    # slide: sub-slide
    _weights = resample_weights(np.random.default_rng(SEED), len(customers), 200)
    _one, _zero = s_learner_risks(customers, _weights)
    _rows = []
    for _label, _who in {"ATE": has_plan | True, "ATT": has_plan, "ATU": ~has_plan}.items():
        _effects = (_one - _zero)[:, _who].mean(axis=1)
        _rows.append((_label, _effects[0], _effects[1:].std(ddof=1)))
    averages = pd.DataFrame(_rows, columns=["label", "mean", "se"])
    averages["lower"] = averages["mean"] - Z * averages["se"]
    averages["upper"] = averages["mean"] + Z * averages["se"]
    averages["truth"] = [true_ate, true_att, true_atu]
    s_learner.chart_bootstrap(averages)
    return (averages,)


@app.cell(hide_code=True)
def coverage_note(N_RESAMPLES, N_WORLDS):
    mo.md(f"""
    ### Does the interval keep its promise?

    A 94 % interval should hold the truth in 94 of 100 companies. We have a simulator: found {N_WORLDS} companies, and count. Four
    methods: naive; S-learner; S-learner without the product; T-learner. In every company each is refitted
    {N_RESAMPLES} times, by one Newton step from its own fit.
    """)
    return


@app.cell
def study(N_RESAMPLES, churn_world):
    def effects_in(seed, n_resamples=N_RESAMPLES):
        """Return each estimate in one company: estimand, method, estimate, se, truth."""
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
def count():
    Z = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)  # standard errors on each side

    def count(companies):
        """Return coverage, mean width and bias for each estimand and method (shares)."""
        error = companies["estimate"] - companies["truth"]
        half = Z * companies["se"]
        told = companies.assign(coverage=error.abs() <= half, mean_width=2 * half, bias=error)
        by = told.groupby(["estimand", "method"], sort=False)
        means = by[["coverage", "mean_width", "bias"]].mean()
        return means.assign(n_worlds=by.size()).reset_index()

    return Z, count


@app.cell
def found(effects_in, threadpool_limits):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def found_companies(n_worlds, n_resamples, seed):
        """Return every estimate in so many companies, each with its standard error and truth."""
        with threadpool_limits(1):  # small matrices: one thread is faster than several
            return pd.concat([effects_in(seed + 1 + i, n_resamples) for i in range(n_worlds)])

    return (found_companies,)


@app.cell
def coverage_study(N_RESAMPLES, N_WORLDS, SEED, count, found_companies):
    # slide: sub-slide
    with mo.status.spinner(f"Founding {N_WORLDS} companies: about 20 s, the first time"):
        coverage = count(found_companies(N_WORLDS, N_RESAMPLES, SEED))
    s_learner.chart_coverage(coverage)
    return (coverage,)


@app.cell(hide_code=True)
def read_coverage(N_WORLDS, coverage):
    mo.md(f"""
    Promised: 94 %, give or take {number(100 * np.sqrt(tidy.HDI_PROB * (1 - tidy.HDI_PROB) / N_WORLDS), 1)} by chance (one standard
    error). The S-learner with the right terms covers the ATT in {percent(coverage["coverage"][5])}; without the product in
    **{percent(coverage["coverage"][6])}**: as narrow, but {points(coverage["bias"][6])} points off. The bootstrap measures scatter; it cannot see
    bias. And here the right terms were known: a model that misses some may cover less.
    """)
    return


@app.cell(hide_code=True)
def ratio_heading():
    # notes: Aim: two scales of one fit; the ratio of averages, not the average of ratios. Trap: a ratio hides how many are hit. Minutes: 5. If late: homework.
    # next: skip
    mo.md("""
    ## A difference, or a ratio? · optional

    ### Exercise 7 · complete · 4 min

    “Those who have it are ... times as likely to leave as they would be without it.” From `risk_with`, `risk_without` and `has_plan`
    compute `risk_ratio_att`: the churn of the **holders** with the plan, divided by **their** churn without it. One number without unit.
    """)
    return


@app.cell
def exercise_7_complete(has_plan, risk_with, risk_without):
    # A ratio of two averages over the same people.
    # solution
    risk_ratio_att = risk_with[has_plan].mean() / risk_without[has_plan].mean()
    risk_ratio_att
    return (risk_ratio_att,)


@app.cell(hide_code=True)
def check_7(
    churn_by_plan,
    has_plan,
    learner,
    risk_ratio_att,
    risk_with,
    risk_without,
    set_progress,
):
    check_7 = s_learner.judge_7(
        risk_ratio_att,
        risk_with,
        risk_without,
        has_plan,
        churn_by_plan["mean"],
        learner.coef_[0][-2],
    )
    check_7.noted(7, set_progress)
    return


@app.cell(hide_code=True)
def dose_heading():
    # notes: Aim: the same four steps give a curve when the treatment is a number. Trap: the naive curve has the wrong sign, and a straight line hides that the tenth euro buys less than the first. Minutes: 7. If late: chart and slider only.
    mo.md(r"""
    ## A treatment that is a number · optional

    A sister company, without the plan, gives some customers a **discount** of 0 to 20 euros a month: more to those who complain. What
    would churn be if **everybody** got $d$ euros? The estimand is a curve, $E[Y(d)] = \frac1n\sum_i E[Y \mid D = d, x_i]$.
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
    DOSES = np.arange(0, 21)
    true_curve = np.array([true_churn(np.full(len(clients), d)).mean() for d in DOSES])
    return DOSES, clients, true_curve


@app.function
def dose_design(clients, discount, degree):
    """Return covariates and powers of the discount (in tens of euros), with an intercept."""
    powers = {f"discount_{k}": (discount / 10) ** k for k in range(1, degree + 1)}
    return with_intercept(covariate_table(clients).assign(**powers))


@app.cell
def dose_response(threadpool_limits):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def dose_response(clients, doses, degree, seed):
        """Return mean churn (1 + resample, dose) if everybody gets each dose: the four steps."""
        weights = resample_weights(np.random.default_rng(seed), len(clients), 100)
        seen = dose_design(clients, clients["discount"], degree)
        with threadpool_limits(1):
            fits = refit(seen, clients["churn"].to_numpy(), weights)
            worlds = (fits @ dose_design(clients, dose, degree).T for dose in doses)
            return np.column_stack([expit(world).mean(axis=1) for world in worlds])

    return (dose_response,)


@app.cell
def dose_bands(DOSES, SEED, Z, clients, dose_response, true_curve):
    def band(curves):
        """Return curves (1 + resample, dose) as a 94 % band with the truth, in % of customers."""
        half = Z * curves[1:].std(axis=0, ddof=1)
        parts = {"mean": curves[0], "lower": curves[0] - half, "upper": curves[0] + half}
        return (100 * pd.DataFrame({**parts, "truth": true_curve})).assign(discount=DOSES)

    with mo.status.spinner("Refitting for each dose: about 6 s, the first time"):
        bands = {d: band(dose_response(clients, DOSES, d, SEED)) for d in (1, 2, 3)}
    degree_slider = s_learner.slider_degree(list(bands))
    _bins = pd.cut(clients["discount"], np.arange(-1, 22, 2))
    naive_curve = clients.groupby(_bins, observed=True)[["discount", "churn"]].mean()
    return bands, degree_slider, naive_curve


@app.cell
def show_dose(bands, degree_slider, naive_curve):
    # slide: sub-slide
    s_learner.show_dose(degree_slider, bands[degree_slider.value], naive_curve)
    return


@app.cell(hide_code=True)
def read_dose(bands, clients, naive_curve):
    # slide: sub-slide
    mo.md(f"""
    Naive: churn **rises** with the discount, from {percent(naive_curve["churn"].iloc[0])} to {percent(naive_curve["churn"].iloc[-1])}. The
    S-learner: it falls from {number(bands[3]["mean"][0], 0)} % without a discount to {number(bands[3]["mean"][20], 0)} % at 20 euros (truth:
    {number(bands[3]["truth"][0], 0)} % and {number(bands[3]["truth"][20], 0)} %). With power 1 the curve cannot bend: at 0 euros its band ends at
    {number(bands[1]["upper"][0], 0)} %, below the truth. A band knows the scatter of its own model only.
    And of the {(clients["service_calls"] >= 4).sum()} who rang four times or more, {((clients["service_calls"] >= 4) & (clients["discount"] <= 2)).sum()} got 2 euros or less:
    there positivity fails, and the model carries the curve.
    """)
    return


@app.cell(hide_code=True)
def importance_heading():
    # notes: Aim: what helps to guess is not what helps. Trap: reading a bar of importance as a lever. Minutes: 4. If late: the two bars only.
    mo.md("""
    ## What predicts best is not what works best · optional

    A shop wants more `purchases`. `season` moves the discount and the purchases; a `discount` brings
    `visits`, visits bring purchases, and purchases bring loyalty `points`. We train a random forest, which
    averages many decision trees, and ask how much its prediction suffers when a column is shuffled: its **importance**.
    """)
    return


@app.cell
def forest(SEED):
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    _arrows = {("season", "discount"): 1, ("season", "purchases"): 1, ("discount", "visits"): 1}
    _arrows |= {("visits", "purchases"): 1, ("purchases", "points"): 1}
    promotion = LinearWorld(_arrows, noise={"points": 0.5})
    FEATURES = ["season", "discount", "visits", "points"]

    _weeks, _new = promotion.sample(1_000, SEED), promotion.sample(1_000, SEED + 1)
    _forest = RandomForestRegressor(60, min_samples_leaf=5, random_state=SEED)
    _forest.fit(_weeks[FEATURES], _weeks["purchases"])
    forest_r2 = _forest.score(_new[FEATURES], _new["purchases"])
    _how = {"n_repeats": 3, "random_state": SEED}
    shuffled = permutation_importance(_forest, _new[FEATURES], _new["purchases"], **_how)
    return FEATURES, forest_r2, promotion, shuffled


@app.cell
def importance(FEATURES, promotion, shuffled):
    # slide: sub-slide
    _effects = [promotion.total_effect(name, "purchases") for name in FEATURES]
    importance = pd.DataFrame({"feature": FEATURES, "effect": _effects})
    importance["importance"] = shuffled["importances_mean"]
    weight_of_visits = promotion.slope(
        "purchases", on="visits", given=["season", "discount", "points"]
    )
    s_learner.show_importance(importance)
    return importance, weight_of_visits


@app.cell(hide_code=True)
def read_importance(forest_r2, importance, weight_of_visits):
    mo.md(f"""
    The forest predicts well: R², the share of the variance it explains, is {number(forest_r2)} on new weeks. Its champion is
    `points`, and giving points away sells nothing. A discount sells {signed(importance["effect"][1], 0)} purchase per unit, and has an
    importance of {number(importance["importance"][1])}: all that it does shows later in visits, and then in points, beside which visits add
    little too (their linear weight, given the rest, is {signed(weight_of_visits, 1)}). Importance answers *what helps to guess*, not *what helps*.
    """)
    return


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=7)
    return


@app.cell(hide_code=True)
def references():
    # slide: skip
    mo.md("""
    ### References

    - Efron, B. (1979). Bootstrap methods: another look at the jackknife. *Annals of Statistics* 7(1). [doi:10.1214/aos/1176344552](https://doi.org/10.1214/aos/1176344552)
    - Hahn, P. R., Carvalho, C. M., Puelz, D. & He, J. (2018). Regularization and confounding in linear regression for treatment effect estimation. *Bayesian Analysis* 13(1). [doi:10.1214/16-BA1044](https://doi.org/10.1214/16-BA1044)
    - Künzel, S. R., Sekhon, J. S., Bickel, P. J. & Yu, B. (2019). Metalearners for estimating heterogeneous treatment effects using machine learning. *PNAS* 116(10). [doi:10.1073/pnas.1804597116](https://doi.org/10.1073/pnas.1804597116)
    - Robins, J. (1986). A new approach to causal inference in mortality studies with a sustained exposure period. *Mathematical Modelling* 7(9–12). [doi:10.1016/0270-0255(86)90088-6](https://doi.org/10.1016/0270-0255(86)90088-6)

    ### Knobs

    All data follow from `SEED`. `DRAWS`: posterior draws per chain, of four. `N_WORLDS`: companies where coverage is counted;
    `N_RESAMPLES`: bootstrap refits in each of them.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_draws():
    DRAWS = 400
    return (DRAWS,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 100
    return (N_WORLDS,)


@app.cell
def knob_n_resamples():
    N_RESAMPLES = 50
    return (N_RESAMPLES,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
