import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Is it the treatment, or the group?",
    layout_file="layouts/06_mundlak.slides.json",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import checks, fits, graphs, tidy, worlds
    from helpers.data import FOLDER
    from helpers.lessons import mundlak
    from helpers.tidy import number, percent, signed


@app.cell(hide_code=True)
def title():
    # notes: Aim: one question that everybody with customers in teams, pupils in schools or patients in clinics has met. Ask who has put a random intercept into a model and felt safe. Trap: do not say "fixed effects" yet. Minutes: 1. If late: read the title only.
    mo.md(r"""
    # Is it the treatment, or the group?

    A firm has thirty sales teams. Customers who get more attention renew their contracts more often. Is it the
    attention? Or do the teams in good markets have both: time for their customers, and customers who stay?

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md(r"""
    | | |
    |:---|:---|
    | You will be able to | say what a random intercept adjusts for, when it leaks, and mend it with one more column |
    | Estimand | average effect of one more unit of attention on the chance of renewal, over all customers |
    | Design | customers within teams; the confounder has one value per team and nobody measured it |
    | Data | simulated: 30 teams; the truth is known |
    | Time | core 60 minutes, optional 37; eight checked exercises |
    | Before | notebooks 01 and 05 (`observe`, `do`); a logistic regression |
    """)
    return


@app.cell(hide_code=True)
def naive_heading():
    # notes: Aim: everybody sees the slope and half the room would hire more sales staff; then the truth, which is on the page: attention does nothing. Trap: 600 rows feel like a lot; the confounder has only 30 values. Minutes: 5. If late: the picture, the line with log_odds, exercise 1.
    mo.md(r"""
    ## More attention, more renewals

    Sort all customers by the attention they get, in ten equal bins. How many of each bin renew?
    """)
    return


@app.cell
def view_naive(customers):
    # slide: fragment
    mundlak.chart_naive(customers)
    return


@app.cell(hide_code=True)
def naive_read(naive_difference, renewal_rate):
    mo.md(f"""
    Of the half with more attention {percent(renewal_rate[True], 1)} renew, of the other half {percent(renewal_rate[False], 1)}: the
    `naive_difference` is **{signed(100 * naive_difference, 1)} percentage points**.
    """)
    return


@app.cell(hide_code=True)
def world_heading():
    mo.md(r"""
    ### A truth that we know

    | name | meaning | unit | role |
    |:---|:---|:---|:---|
    | `attention` | contact with a customer, on a log scale | +1: 2.7 times the hours | treatment |
    | `renewed` | renewed the contract | 1 yes, 0 no | outcome |
    | `team` | who looks after the customer | 0 to 29 | group |
    | `seniority` | experience of the team | standard deviations | covariate of the team |
    | `market` | how good the team's market is | log-odds | hidden confounder |
    """)
    return


@app.function
def simulate_world(seed, n_per_team, n_teams=30, effect=0.0):
    """Return one row per customer; `market` is the column that nobody sees."""
    rng = np.random.default_rng([seed, n_per_team])
    market, seniority = rng.normal(1.5, 1, n_teams), rng.normal(0, 1, n_teams)
    attention = rng.normal(market[:, None], 1, (n_teams, n_per_team))
    log_odds = -2 + effect * attention + (market + seniority)[:, None]
    renewed = rng.random(attention.shape) < 1 / (1 + np.exp(-log_odds))
    team = np.repeat(np.arange(n_teams), n_per_team)
    customers = {"team": team, "attention": attention.ravel(), "renewed": renewed.ravel() * 1}
    return pd.DataFrame(customers).assign(seniority=seniority[team], market=market[team])


@app.cell
def data(SEED):
    N_PER_TEAM = 20
    world = simulate_world(SEED, N_PER_TEAM)
    customers = world.drop(columns="market")  # what an analyst gets
    much = customers["attention"] > customers["attention"].median()
    renewal_rate = customers.groupby(much)["renewed"].mean()
    naive_difference = float(renewal_rate[True] - renewal_rate[False])
    _most = customers.groupby("team")["attention"].transform("max")
    beyond_team = float((customers["attention"] + 1 > _most).mean())
    return N_PER_TEAM, beyond_team, customers, naive_difference, renewal_rate


@app.cell(hide_code=True)
def question_1(naive_difference):
    # next: skip
    mo.md(f"""
    ### Exercise 1 · predict · 2 min

    Now compare each customer only with customers of the **same team** (above or below the team's own median of attention), and
    average over the teams. What becomes of the {signed(100 * naive_difference, 1)} points: `"about as many"`,
    `"about zero"`, or `"about as many, negative"`?
    """)
    return


@app.cell
def exercise_1_within():
    # Your prediction, as one of the three texts.
    # solution
    within_teams = "about zero"
    within_teams
    return (within_teams,)


@app.cell(hide_code=True)
def check_1(customers, set_progress, within_teams):
    check_1 = mundlak.judge_1(within_teams, customers).noted(1, set_progress)
    check_1
    return


@app.cell(hide_code=True)
def estimand_heading():
    # notes: Aim: say what is asked before any model answers. Trap: "the effect of the team" is another question; and slopes of two models need not agree even without confounding. Minutes: 2. If late: the words, not the formula.
    mo.md(r"""
    ## What do we want to know?

    Let $Y_i(x)$ be whether customer $i$ would renew, given attention $x$. We ask for one more unit of it, for everybody:

    $$\text{ATE} = \frac{1}{n}\sum_{i=1}^{n} E\big[\,Y_i(x_i + 1) - Y_i(x_i)\,\big]$$

    averaged over all customers in the data. A **slope** asks the same in log-odds, with the model's other columns held fixed. Log-odds do
    not average (they are **non-collapsible**): two models with other columns ask for two slopes, confounded or not. Only where the effect is zero, as
    here, are all unconfounded slopes 0; elsewhere compare chances.
    """)
    return


@app.cell(hide_code=True)
def graph_heading():
    # notes: Aim: identification before estimation. The hidden node opens a backdoor; the team closes it, since the market is a function of the team. Trap: "we adjusted for team" is a claim about what a model does, and the next sections test it. Minutes: 4. If late: the right graph only.
    mo.md(r"""
    ## Where does the confounding come from?

    Left: the market opens a backdoor, and nobody measured it. Right: all that has **one value per team** (market,
    seniority, whatever else) is a function of `team`, and `team` we have.
    """)
    return


@app.cell
def two_graphs():
    # slide: fragment
    QUESTION = {"treatment": "attention", "outcome": "renewed"}
    always = [("attention", "renewed"), ("seniority", "renewed")]
    backdoor = [("market", "attention"), ("market", "renewed")]
    hidden_graph = graphs.dag(backdoor + always, hidden=["market"], **QUESTION)
    through_team = [("team", "attention"), ("team", "renewed"), ("attention", "renewed")]
    team_graph = graphs.dag(through_team, adjusted=["team"], **QUESTION)
    _both = [hidden_graph.draw("The market is hidden"), team_graph.draw("The team stands for it")]
    mo.hstack(_both, widths="equal")
    return hidden_graph, team_graph


@app.cell(hide_code=True)
def sets_read(hidden_graph, team_graph):
    mo.md(f"""
    Adjustment sets on the left: {hidden_graph.adjustment_sets() or "none"}. On the right: **{", ".join(*team_graph.adjustment_sets())}**.
    """)
    return


@app.cell(hide_code=True)
def assumptions(beyond_team):
    # slide: sub-slide
    mo.md(f"""
    What this assumes, by name:

    - **Consistency**: a unit of attention is the same thing in every team.
    - **No interference**: attention to one customer does not change another's renewal.
    - **Ignorability within teams** (no unmeasured confounding there): nothing that differs *between customers of one team* drives both
      attention and renewal. No data can show this; we break it near the end.
    - **Positivity**: within each team there must be customers with one unit more. For {percent(beyond_team)} of our customers their own team has
      none; for them the model's straight line speaks, not data.
    - **One slope**: attention counts alike in every team.
    """)
    return


@app.cell(hide_code=True)
def within_heading():
    # notes: Aim: two regressions live in one data set. Draw them in the air: the steep one through the team means, the flat one inside each team. Trap: the pooled slope is a weighted mean of the two, not a third truth. Minutes: 6. If late: the chart.
    mo.md(r"""
    ## Two slopes live in these data

    Forget logits for ten minutes: renewal is 0 or 1, and a straight line has a slope in percentage points. **Between** teams:
    do teams with more attention renew more? **Within** teams: do customers with more attention than their team's mean?

    One steep line goes through the team means, and a common one through the customers of each team.
    """)
    return


@app.function
def linear_slope(outcome, *columns):
    """Return the least-squares coefficient of the first column, with an intercept."""
    design = np.column_stack([*columns, np.ones(len(outcome))])
    return float(np.linalg.lstsq(design, outcome, rcond=None)[0][0])


@app.cell(hide_code=True)
def two_lines(customers):
    # Look at it after exercise 2.
    # slide: sub-slide
    teams = customers.groupby("team")[["attention", "renewed", "seniority"]].mean()
    own_mean = customers.groupby("team")["attention"].transform("mean").to_numpy()
    _y, _x = customers["renewed"], customers["attention"]
    slope_pooled = linear_slope(_y, _x)
    slope_between = linear_slope(teams["renewed"], teams["attention"])
    slope_dummies = linear_slope(_y, _x, *(customers["team"] == t for t in teams.index[1:]))
    mundlak.chart_two_slopes(teams, slope_between, slope_dummies)
    return own_mean, slope_between, slope_dummies, slope_pooled, teams


@app.cell(hide_code=True)
def question_2():
    # next: skip
    mo.md(r"""
    ### Exercise 2 · complete · 3 min

    The within slope: take from `renewed`, and from `attention`, the mean of the customer's own team. Then regress the one on the
    other.

    `within_slope` is one number: change in the chance (0 to 1) per unit of attention. Above it stands the pooled slope, for
    the pattern; pandas' `groupby(...).transform("mean")` gives team means row by row.
    """)
    return


@app.cell
def exercise_2_within(customers):
    # Give the slope after both columns lost their team's mean.
    _x, _y = customers["attention"], customers["renewed"]
    _pooled = linear_slope(_y, _x)
    # solution
    _team = customers["team"]
    _x, _y = (column - column.groupby(_team).transform("mean") for column in (_x, _y))
    within_slope = linear_slope(_y, _x)
    number(within_slope, 3)
    return (within_slope,)


@app.cell(hide_code=True)
def check_2(customers, set_progress, within_slope):
    check_2 = mundlak.judge_2(within_slope, customers).noted(2, set_progress)
    check_2
    return


@app.cell(hide_code=True)
def hand_heading():
    # notes: Aim: the heart of the matter in six rows: who gets the 33 points, the team or attention? Let the room compute psi. Trap: "random effects adjust for the group" is half true, and psi says which half. Minutes: 6. If late: the formula with its numbers, exercise 3 at home.
    mo.md(r"""
    ## One small team, by hand

    In the whole firm attention is 1.5 on average, and half of the customers renew. Here is a team of six:

    | attention | 2 | 2 | 3 | 3 | 4 | 4 |
    |:--|--:|--:|--:|--:|--:|--:|
    | renewed | 1 | 1 | 1 | 0 | 1 | 1 |

    **Inside** it, the line is flat: two of two renew with 2, two of two with 4. The **team** stands 1.5 units and 33 points above
    the firm. Who gets the 33 points, the team or attention?
    """)
    return


@app.cell(hide_code=True)
def hand_formula():
    # slide: sub-slide
    mo.md(r"""
    A **random intercept** splits them. With variance $\sigma^2 = 0.25$ of one renewal, $\tau^2 = 0.04$ between teams and $m$ customers, it
    leaves the share $\psi$ of what lies between to attention:

    $$\psi = \frac{\sigma^2}{\sigma^2 + m\,\tau^2}, \qquad \text{slope} = \frac{0 + \psi \cdot 6 \cdot 1.5 \cdot \tfrac13}{4 + \psi \cdot 6 \cdot 1.5^2}$$

    Above the products of distances, below the squares of attention's: inside the team (0 and 4), and of its mean, counted six times.
    """)
    return


@app.cell
def hand():
    small_team = pd.DataFrame({"attention": [2, 2, 3, 3, 4, 4], "renewed": [1, 1, 1, 0, 1, 1]})
    SIGMA_2, TAU_2 = 0.25, 0.04  # chance, squared: of one renewal; between teams
    psi_of_six = SIGMA_2 / (SIGMA_2 + 6 * TAU_2)
    above = small_team.mean() - [1.5, 0.5]  # the team, from the firm
    _between = 6 * above["attention"] * above["renewed"], 6 * above["attention"] ** 2
    small_slopes = {
        name: psi * _between[0] / (4 + psi * _between[1])
        for name, psi in {"fixed effects": 0, "multilevel": psi_of_six, "naive": 1}.items()
    }
    tidy.as_table(pd.Series(small_slopes, name="points per unit").mul(100).to_frame(), digits=1)
    return SIGMA_2, TAU_2, psi_of_six, small_slopes


@app.cell(hide_code=True)
def hand_read(psi_of_six, small_slopes):
    mo.md(f"""
    Where the team keeps all its points, the slope is 0; where it has no level of its own, {number(100 * small_slopes["naive"], 0)} points per
    unit. The random intercept lies between: $\\psi$ = {number(psi_of_six)}, and {number(100 * small_slopes["multilevel"], 0)} points **leak**
    into the slope.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    # next: skip
    mo.md(r"""
    ### Exercise 3 · complete · 3 min

    Now the team has **sixty** customers: each of the six ten times. $\sigma^2$ and $\tau^2$ stay. What is the random intercept's
    slope? `slope_of_sixty`, a chance per unit of attention.
    """)
    return


@app.cell
def exercise_3_sixty(SIGMA_2, TAU_2):
    # psi, then the formula: what in it grows with the team?
    _m = 60
    # solution
    _psi = SIGMA_2 / (SIGMA_2 + _m * TAU_2)
    slope_of_sixty = _psi * _m * 1.5 * (5 / 6 - 1 / 2) / (40 + _psi * _m * 1.5**2)
    number(slope_of_sixty, 3)
    return (slope_of_sixty,)


@app.cell(hide_code=True)
def check_3(SIGMA_2, TAU_2, set_progress, slope_of_sixty):
    check_3 = mundlak.judge_3(slope_of_sixty, SIGMA_2, TAU_2).noted(3, set_progress)
    check_3
    return


@app.cell(hide_code=True)
def leak_heading():
    # notes: Aim: the same split for thirty teams: a random intercept is a compromise that believes the intercepts have nothing to do with attention. Trap: "the multilevel model adjusts for the team" holds for large teams. Minutes: 3. If late: move the slider once.
    mo.md(r"""
    ## Why a random intercept leaks

    A multilevel model pulls each team's intercept to the common mean. What the pull takes away, the slope must explain. In our world

    $$\text{slope} \approx \frac{\psi\, m}{(m-1) + \psi\,(m+1)}, \qquad \psi = \frac{\sigma^2}{\sigma^2 + m\,\tau^2},$$

    with $\sigma^2$ the noise of one customer and $\tau^2$ what the slope leaves between teams. Large teams: $\psi \to 0$, nothing leaks.
    """)
    return


@app.cell
def leak():
    _nodes, _weights = np.polynomial.hermite_e.hermegauss(40)
    _chance = 1 / (1 + np.exp(0.5 - np.sqrt(2) * _nodes))  # log-odds ~ N(-2 + 1.5, variance 1 + 1)
    NOISE = float(_weights.sum() / (_weights @ (_chance * (1 - _chance))))  # log-odds, squared

    def leaking_slope(m):
        """Return the approximate multilevel slope with m customers per team, and psi."""
        slope = 0.0
        for _ in range(60):
            left = (1 - slope) ** 2 + slope**2 / m  # variance of market minus slope * mean
            psi = NOISE / (NOISE + m * left)
            slope = psi * m / ((m - 1) + psi * (m + 1))
        return slope, psi

    return (leaking_slope,)


@app.cell
def leak_curve(leaking_slope, repeated_worlds):
    _sizes = np.geomspace(2, 200, 80)
    leak_curve = pd.DataFrame({"m": _sizes, "slope": [leaking_slope(m)[0] for m in _sizes]})
    _fitted = repeated_worlds.query("model == 'multilevel' and effect == 0")
    fitted_leak = _fitted.set_index("n_per_group")["bias"]
    draw_leak = mundlak.drawer_leak(leak_curve, fitted_leak.rename_axis("size").reset_index())
    team_size = mundlak.slider_team_size()
    return draw_leak, fitted_leak, team_size


@app.cell
def view_leak(draw_leak, leaking_slope, team_size):
    # slide: sub-slide
    mo.vstack([team_size, draw_leak(team_size.value, *leaking_slope(team_size.value))])
    return


@app.cell(hide_code=True)
def leak_read(fitted_leak, leaking_slope):
    mo.md(f"""
    At 7 per team the formula says {signed(leaking_slope(7)[0])} (a hundred fitted worlds: {signed(fitted_leak[7])}), at 67
    {signed(leaking_slope(67)[0])} ({signed(fitted_leak[67])}). It replaces the logit by a straight line, which probably explains the gap.
    """)
    return


@app.cell
def study():
    study = pd.read_csv(FOLDER / "mundlak_study.csv")
    repeated_worlds = worlds.summarise(
        study,
        ["model", "n_per_group", "effect"],
        estimate="mean",
        truth="effect",
        interval=("lower", "upper"),
    )
    return repeated_worlds, study


@app.cell(hide_code=True)
def trick_heading():
    # notes: Aim: the repair in one column. The mean takes what lies between, so nothing is left to be pulled. Trap: the mean's own coefficient is no effect of anything. Minutes: 3. If late: the second paragraph below.
    mo.md(r"""
    ## Mundlak's trick: one more column

    Put the team's mean of attention beside attention. The population that a team is pulled to is then a line in the mean: a team with much attention
    is *expected* to renew more, and the pull takes nothing away from it.
    """)
    return


@app.cell
def trick(customers, own_mean, slope_between, slope_dummies):
    slope_mundlak = linear_slope(customers["renewed"], customers["attention"], own_mean)
    _inside = customers["attention"] - own_mean
    share_within = float(_inside.var() / customers["attention"].var())
    mixed_slope = share_within * slope_dummies + (1 - share_within) * slope_between
    return mixed_slope, share_within, slope_mundlak


@app.cell(hide_code=True)
def trick_read(
    mixed_slope,
    share_within,
    slope_between,
    slope_dummies,
    slope_mundlak,
    slope_pooled,
):
    mo.md(f"""
    **With the column**, least squares gives attention {signed(slope_mundlak, 3)}: the within slope, to the last digit (Mundlak 1978).

    **Without it** the naive slope is a mixture. {percent(share_within)} of the variance of attention lies within teams, so
    {number(share_within)} · ({signed(slope_dummies, 3)}) + {number(1 - share_within)} · ({signed(slope_between, 3)}) = {signed(mixed_slope, 3)};
    least squares says {signed(slope_pooled, 3)}.
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


@app.cell(hide_code=True)
def models_heading():
    # next: skip
    # notes: Aim: four models, one line apart. Let people find the line before you point. Trap: all four have seniority and attention; only the intercept differs. Minutes: 5. If late: table, then Mundlak's code.
    mo.md(r"""
    ## Four models, one line apart

    $$\text{renewed}_i \sim \text{Bernoulli}\big(\text{logit}^{-1}(\beta\,(x_i - \bar x) + \gamma z_g + \alpha_g)\big)$$

    | model | intercept $\alpha_g$ of team $g$ (attention $x$, seniority $z$) |
    |:---|:---|
    | naive | one $\alpha$ for all |
    | fixed effects | each by itself: Normal(0, 10) |
    | multilevel | one population: Normal($\alpha$, $\tau$) |
    | Mundlak | Normal($\alpha + \lambda\,(\bar x_g - \bar x)$, $\tau$), with the team's mean attention |

    Priors: $\beta, \gamma, \alpha, \lambda \sim \text{Normal}(0, 1)$; $\tau \sim \text{Exponential}(1)$.
    """)
    return


@app.cell
def shared_parts(pm):
    def program(customers, teams):
        """A model with nothing in it yet, and its dimensions."""
        return pm.Model(coords={"customer": customers.index, "team": teams.index})

    def of_seniority(teams):
        """A team's log-odds from its seniority."""
        slope_seniority = pm.Normal("slope_seniority", 0, 1)  # log-odds per sd
        return slope_seniority * teams["seniority"].to_numpy()

    def renewals(attention, team_log_odds, customers):
        """What all share: attention -> renewed, on top of the team's log-odds."""
        slope = pm.Normal("slope", 0, 1)  # log-odds per unit of attention
        from_mean = attention - customers["attention"].mean()
        log_odds = slope * from_mean + team_log_odds[customers["team"].to_numpy()]
        chance = pm.Deterministic("chance", pm.math.invlogit(log_odds), dims="customer")
        pm.Bernoulli("renewed", chance, dims="customer")

    mo.md("**In all of them**: the slope of attention, and the slope of seniority.")
    return of_seniority, program, renewals


@app.cell
def naive_model(of_seniority, pm, program, renewals):
    # slide: skip
    def naive_model(customers, teams):
        with program(customers, teams) as model:
            attention = pm.Data("attention", customers["attention"], dims="customer")
            intercept = pm.Normal("intercept", 0, 1)  # log-odds: 12 % to 88 %; one for all teams
            renewals(attention, intercept + of_seniority(teams), customers)
        return model

    mo.md("**Naive**: one intercept, no team in it.")
    return (naive_model,)


@app.cell
def fixed_model(of_seniority, pm, program, renewals):
    # slide: skip
    def fixed_model(customers, teams):
        with program(customers, teams) as model:
            attention = pm.Data("attention", customers["attention"], dims="customer")
            expected = of_seniority(teams)
            team = pm.Normal("team_log_odds", expected, 10, dims="team")  # ← each by itself
            renewals(attention, team, customers)
        return model

    mo.md("**Fixed effects**: a team's log-odds may be anything, ±20 around what seniority says.")
    return (fixed_model,)


@app.cell
def multilevel_model(of_seniority, pm, program, renewals):
    # slide: skip
    def population():
        """Intercepts around zero that learn their spread from each other (non-centred)."""
        tau = pm.Exponential("tau", 1)  # log-odds between teams
        return tau * pm.Normal("team_offset", 0, 1, dims="team")

    def multilevel_model(customers, teams):
        with program(customers, teams) as model:
            attention = pm.Data("attention", customers["attention"], dims="customer")
            intercept = pm.Normal("intercept", 0, 1) + population()  # ← one population
            renewals(attention, intercept + of_seniority(teams), customers)
        return model

    mo.md("**Multilevel**: an intercept for each team, and one spread that they share.")
    return multilevel_model, population


@app.cell(hide_code=True)
def mundlak_line():
    # slide: sub-slide
    # next: code
    mo.md(r"""
    And one line more. Attention counts from its mean $\bar x$, so $\alpha$ is the log-odds of a customer with average attention, seniority 0. Mundlak adds **linear in
    the mean**: given $\bar x_g$, the rest of an intercept is noise around a line.
    """)
    return


@app.cell
def mundlak_model(of_seniority, pm, population, program, renewals):
    def mundlak_model(customers, teams):
        with program(customers, teams) as model:
            attention = pm.Data("attention", customers["attention"], dims="customer")
            team_mean = pm.Data("team_mean", teams["attention"], dims="team")
            from_mean = team_mean - customers["attention"].mean()
            by_mean = pm.Normal("slope_team_mean", 0, 1) * from_mean  # ← log-odds per unit
            intercept = pm.Normal("intercept", 0, 1) + by_mean + population()
            renewals(attention, intercept + of_seniority(teams), customers)
        return model

    mo.md("**Mundlak**: the multilevel model, and the team's mean of attention as one more column.")
    return (mundlak_model,)


@app.cell
def prior_function(FORWARD, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def prior_shares(model, customers, teams, seed):
        """Return a team's share of renewals (draw, team) that a model expects before data."""
        how = {"random_seed": seed, "compile_kwargs": FORWARD, "var_names": ["chance"]}
        drawn = pm.sample_prior_predictive(400, model(customers, teams), **how).prior["chance"]
        by_team = [drawn.to_numpy()[0][:, customers["team"] == t].mean(axis=1) for t in teams.index]
        return np.transpose(by_team)

    return (prior_shares,)


@app.cell
def prior_view(
    SEED,
    customers,
    fixed_model,
    mundlak_model,
    prior_shares,
    teams,
):
    # slide: sub-slide
    with mo.status.spinner("Asking two priors: some seconds, the first time"):
        prior_fixed = prior_shares(fixed_model, customers, teams, SEED)
        prior_mundlak = prior_shares(mundlak_model, customers, teams, SEED)
    mundlak.chart_prior({"fixed effects": prior_fixed, "Mundlak": prior_mundlak})
    return prior_fixed, prior_mundlak


@app.cell(hide_code=True)
def prior_read(prior_fixed, prior_mundlak):
    mo.md(f"""
    What do the priors believe, in renewals? Fixed effects expect {percent(float((np.abs(prior_fixed - 0.5) > 0.49).mean()))} of the teams to renew under 1 % or
    over 99 % of their contracts, Mundlak {percent(float((np.abs(prior_mundlak - 0.5) > 0.49).mean()))}.
    """)
    return


@app.cell(hide_code=True)
def fit_heading():
    # notes: Aim: four fits, four verdicts of the diagnostics, no reading before. Trap: a fit with divergences has no slope to show. Minutes: 2. If late: the last table only.
    mo.md(r"""
    ## Observe, and check each fit

    Each model sees the renewals; then the sampler runs, four chains each. A fit may be read when **R-hat** (do the chains agree?) is at most
    1.01, the **effective sample size** (ESS: how many independent draws these are worth) at least 400, and no step **diverged** (the sampler
    lost its way).
    """)
    return


@app.cell
def observing(pm):
    def observe(model, customers):
        """Return the model with what was seen tied to its nodes."""
        seen = [node.name for node in model.basic_RVs if node.name in ("attention", "renewed")]
        return pm.observe(model, {name: customers[name] for name in seen})

    return (observe,)


@app.cell
def sampler(observe, pm):
    HOW = {"tune": 500, "chains": 4, "cores": 1, "target_accept": 0.9, "progressbar": False}

    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit(model, customers, teams, draws, seed):
        """Return posterior draws (chain, draw) of the parameters of one of the models."""
        observed = observe(model(customers, teams), customers)
        names = [node.name for node in observed.free_RVs]
        with observed:
            return pm.sample(draws, var_names=names, random_seed=seed, **HOW)

    return (fit,)


@app.cell
def fit_naive(DRAWS, SEED, customers, fit, naive_model, teams):
    with mo.status.spinner("Sampling the naive model: about 5 s, the first time"):
        idata_naive = fit(naive_model, customers, teams, DRAWS, SEED)
    diagnostics_naive = tidy.diagnostics(idata_naive)
    return diagnostics_naive, idata_naive


@app.cell
def fit_fixed(DRAWS, SEED, customers, fit, fixed_model, teams):
    with mo.status.spinner("Sampling the fixed effects: about 10 s, the first time"):
        idata_fixed = fit(fixed_model, customers, teams, DRAWS, SEED)
    diagnostics_fixed = tidy.diagnostics(idata_fixed)
    return diagnostics_fixed, idata_fixed


@app.cell
def fit_multilevel(DRAWS, SEED, customers, fit, multilevel_model, teams):
    with mo.status.spinner("Sampling the multilevel model: about 10 s, the first time"):
        idata_multilevel = fit(multilevel_model, customers, teams, DRAWS, SEED)
    diagnostics_multilevel = tidy.diagnostics(idata_multilevel)
    return diagnostics_multilevel, idata_multilevel


@app.cell
def fit_mundlak(DRAWS, SEED, customers, fit, mundlak_model, teams):
    with mo.status.spinner("Sampling Mundlak's model: about 10 s, the first time"):
        idata_mundlak = fit(mundlak_model, customers, teams, DRAWS, SEED)
    diagnostics_mundlak = tidy.diagnostics(idata_mundlak)
    return diagnostics_mundlak, idata_mundlak


@app.cell
def show_diagnostics(
    diagnostics_fixed,
    diagnostics_multilevel,
    diagnostics_mundlak,
    diagnostics_naive,
):
    # slide: fragment
    mundlak.table_diagnostics(
        {
            "naive": diagnostics_naive,
            "fixed effects": diagnostics_fixed,
            "multilevel": diagnostics_multilevel,
            "Mundlak": diagnostics_mundlak,
        }
    )
    return


@app.cell(hide_code=True)
def slopes_heading():
    # notes: Aim: the reveal. Ask for bets on the multilevel model first. Trap: the multilevel interval is narrow and wrong; precision is not accuracy. Minutes: 3. If late: first chart, one sentence.
    mo.md(r"""
    ## Four slopes, one truth

    The slope of attention, in log-odds per unit. Each line is a 94 % **HDI**: the shortest interval that holds 94 % of the posterior.
    """)
    return


@app.cell
def slopes(idata_fixed, idata_multilevel, idata_mundlak, idata_naive):
    idata_of = {
        "naive": idata_naive,
        "fixed effects": idata_fixed,
        "multilevel": idata_multilevel,
        "Mundlak": idata_mundlak,
    }
    _both = [("attention", "slope"), ("seniority", "slope_seniority")]
    slopes = pd.concat(
        tidy.summarise({name: idata.posterior[node] for name, idata in idata_of.items()}).assign(
            variable=variable
        )
        for variable, node in _both
    )
    slopes = slopes.rename(columns={"label": "model"}).reset_index(drop=True)
    return idata_of, slopes


@app.cell
def view_slopes(slopes):
    # slide: sub-slide
    mundlak.chart_slopes(slopes, "attention", truth=0.0)
    return


@app.cell(hide_code=True)
def slopes_read(slopes):
    mo.md(f"""
    Intervals that leave the truth out: **{", ".join(slopes.query("variable == 'attention' and lower * upper > 0")["model"]) or "none"}**. The multilevel slope stands
    between naive and fixed effects, as the small team's did. Mundlak's is {number(abs(slopes["mean"][3] - slopes["mean"][1]), 3)} from that of fixed effects. Why not just use those?
    """)
    return


@app.cell
def view_seniority(slopes):
    # slide: sub-slide
    mundlak.chart_slopes(slopes, "seniority", truth=1.0)
    return


@app.cell(hide_code=True)
def seniority_read(slopes):
    mo.md(f"""
    Seniority has one value per team, like the intercepts. Where each intercept may be anything, it explains all and leaves nothing: the
    posterior's sd is {number(slopes["sd"][5])}, hardly under the prior's 1. Mundlak keeps it at {number(slopes["sd"][7])}.
    """)
    return


@app.cell(hide_code=True)
def do_heading():
    # notes: Aim: back to the estimand: chances, not log-odds. Trap: the team mean is computed from attention, and yet do(attention) must not move it, because it stands for the market. Minutes: 6. If late: skip the exercise.
    mo.md(r"""
    ## Do

    `pm.do` gives every customer one more unit of attention. The chance of renewal, customer by customer and draw by draw, with and
    without: their mean difference is the ATE.
    """)
    return


@app.cell
def forward(FORWARD, observe, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def chance_when(attention, model, draws, customers, teams, seed):
        """Return chances (chain, draw, customer) when customers get this attention."""
        observed = observe(model(customers, teams), customers)
        how = {"random_seed": seed, "progressbar": False, "compile_kwargs": FORWARD}
        with pm.do(observed, {"attention": attention}):
            drawn = pm.sample_posterior_predictive(draws, var_names=["chance"], **how)
        return drawn.posterior_predictive["chance"]

    return (chance_when,)


@app.cell
def do_arms(
    SEED,
    chance_when,
    customers,
    fixed_model,
    idata_of,
    multilevel_model,
    mundlak_model,
    naive_model,
    teams,
):
    # slide: sub-slide
    _models = [naive_model, fixed_model, multilevel_model, mundlak_model]
    _seen = customers["attention"].to_numpy()
    chance_seen, chance_more = {}, {}
    with mo.status.spinner("Asking four models about two arms: about 10 s, the first time"):
        for _model, (_name, _idata) in zip(_models, idata_of.items(), strict=True):
            _draws = _idata.posterior.dataset.isel(draw=slice(None, None, 5))
            _given = _model, _draws, customers, teams, SEED
            chance_seen[_name] = chance_when(_seen, *_given)
            chance_more[_name] = chance_when(_seen + 1, *_given)
    ate = {name: (chance_more[name] - chance_seen[name]).mean("customer") for name in chance_seen}
    mundlak.chart_ate(ate)
    return ate, chance_seen


@app.cell(hide_code=True)
def ate_read(ate, slope_dummies):
    mo.md(f"""
    On the strength of the multilevel model the firm would expect {signed(100 * float(ate["multilevel"].mean()), 1)}
    points from one more unit of attention; Mundlak's model says {signed(100 * float(ate["Mundlak"].mean()), 1)}, the straight line within teams, by another route,
    {signed(100 * slope_dummies, 1)}. The truth is 0.
    """)
    return


@app.cell
def chances(customers, idata_mundlak):
    _thin = idata_mundlak.posterior.isel(draw=slice(None, None, 8))
    mundlak_draws = {name: np.concatenate(_thin[name].to_numpy()).T for name in _thin}

    def chance_of_renewal(attention, team_mean):
        """Return Mundlak's chances (customer, draw) from two columns, one value per customer."""
        by_team = mundlak_draws["tau"] * mundlak_draws["team_offset"] + mundlak_draws["intercept"]
        centre = customers["attention"].mean()
        log_odds = np.outer(attention - centre, mundlak_draws["slope"]) + by_team[customers["team"]]
        log_odds += np.outer(team_mean - centre, mundlak_draws["slope_team_mean"])
        log_odds += np.outer(customers["seniority"], mundlak_draws["slope_seniority"])
        return 1 / (1 + np.exp(-log_odds))

    return (chance_of_renewal,)


@app.cell(hide_code=True)
def question_4():
    # next: skip
    mo.md(r"""
    ### Exercise 4 · fix · 4 min

    And one unit **less** for everybody? A colleague takes it away, then computes the team means **again**, from the new attention, and feeds both to
    Mundlak's model.

    `chance_of_renewal` gives one row per customer and one column per draw; `effect_draws` should hold the effect, one number per
    draw (a chance, between −1 and 1). Mend the line with `_after`.
    """)
    return


@app.cell
def exercise_4_fix(chance_of_renewal, customers, own_mean):
    # Mend the line of `_after`, then give `effect_draws`: the mean over customers of after minus before.
    _less = customers["attention"] - 1
    _before = chance_of_renewal(customers["attention"], own_mean)
    # solution
    #| _after = chance_of_renewal(_less, _less.groupby(customers["team"]).transform("mean"))
    #| effect_draws = ...
    _after = chance_of_renewal(_less, own_mean)
    effect_draws = (_after - _before).mean(axis=0)
    number(100 * effect_draws.mean(), 1)
    return (effect_draws,)


@app.cell(hide_code=True)
def check_4(
    chance_of_renewal,
    customers,
    effect_draws,
    own_mean,
    set_progress,
):
    check_4 = mundlak.judge_4(effect_draws, chance_of_renewal, customers["attention"], own_mean)
    check_4.noted(4, set_progress)
    return


@app.cell(hide_code=True)
def break_heading():
    # notes: Aim: what none of the four can do. Trap: "fixed effects control for everything": only for what has one value per team. Minutes: 3. If late: slider to the right end.
    mo.md(r"""
    ## Break it: a confounder inside the team

    **Ignorability within teams** fails: customers of one team differ in a **need** (variance 1) that nobody measured, with an arrow of strength $s$ into attention and another
    into the outcome. The market (variance 1) has both arrows too, and attention has chance (variance 1). With a linear outcome the slopes tend to

    $$\text{within: } \frac{s^2}{s^2 + 1}, \qquad \text{naive: } \frac{1 + s^2}{1 + s^2 + 1}, \quad \text{not to } 0.$$
    """)
    return


@app.cell
def limits():
    def slope_limits(s):
        """Return the limits of the naive slope and of the within slope at strength s."""
        return (1 + s * s) / (2 + s * s), s * s / (s * s + 1)

    _s = np.linspace(0, 2, 81)
    _naive, _within = slope_limits(_s)
    draw_need = mundlak.drawer_need(pd.DataFrame({"s": _s, "naive": _naive, "within": _within}))
    need = mundlak.slider_need()
    return draw_need, need, slope_limits


@app.cell
def view_need(draw_need, need, slope_limits):
    # slide: sub-slide
    mo.vstack([need, draw_need(need.value, *slope_limits(need.value))])
    return


@app.cell(hide_code=True)
def break_read(slope_limits):
    mo.md(f"""
    At s = 1 the within slope tends to {number(slope_limits(1)[1])}, the naive one to {number(slope_limits(1)[0])}, however many teams and customers there are. Fixed effects and
    group means still take away the market's part. They mend what has one value per team, and **nothing else**.
    """)
    return


@app.cell(hide_code=True)
def practice_heading():
    # notes: Aim: something to do on Monday, and the whole method alone. Trap: a rule without its condition; in the exercise, the sign turns. Minutes: 10. If late: the table; the exercise is for home.
    mo.md(r"""
    ## What to do with groups at work

    | ask | then |
    |:---|:---|
    | does the treatment vary inside groups? | if not, no model here helps: find groups that changed, or an experiment |
    | is the confounder constant inside a group? | if not, measure it; group means take away only the part that is |
    | only the treatment's effect wanted? | fixed effects are enough (with a logit: if groups are large) |
    | effects of group covariates (unconfounded), or predictions, too? | multilevel **with group means** of every covariate |
    | few rows per group? | no bare random intercept, unless the treatment was randomised |
    """)
    return


@app.cell(hide_code=True)
def question_5():
    # next: skip
    mo.md(r"""
    ### Exercise 5 · build · 8 min

    Another world, the whole method. Forty clinics, eight patients each: `patients` has `clinic`, `hours` of physiotherapy, and `mobility` a
    year later (points; a straight line will do). Would one more hour help? Fill `clinic_answers`:

    - `"naive"`: the slope over all patients, points per hour;
    - `"effect"`: the slope given what all patients of a clinic share, points per hour;
    - `"spoiled by"`: which of these would still confound it, if it moved both: `"the clinic's equipment"`, `"how ill each patient is"`,
      `"the town of the clinic"`?
    """)
    return


@app.cell
def exercise_5_clinics(patients):
    # `linear_slope(outcome, *columns)` is further up; patients.groupby("clinic") too.
    _hours, _mobility = patients["hours"], patients["mobility"]
    # solution
    #| clinic_answers = {"naive": ..., "effect": ..., "spoiled by": ...}
    _clinic_mean = patients.groupby("clinic")["hours"].transform("mean")
    clinic_answers = {
        "naive": linear_slope(_mobility, _hours),
        "effect": linear_slope(_mobility, _hours, _clinic_mean),
        "spoiled by": "how ill each patient is",
    }
    clinic_answers
    return (clinic_answers,)


@app.cell(hide_code=True)
def check_5(clinic_answers, patients, set_progress):
    check_5 = mundlak.judge_5(clinic_answers, patients).noted(5, set_progress)
    check_5
    return


@app.cell
def clinics(SEED):
    patients = mundlak.clinics(SEED)
    return (patients,)


@app.cell(hide_code=True)
def takeaways(ate, fitted_leak, repeated_worlds):
    # notes: Aim: the answer to the title, then the condition. Trap: "use Mundlak" without "if the confounder is constant inside groups". Minutes: 1. If late: keep.
    mo.md(f"""
    ## Takeaways

    - **Treatment or group?** The group. One more unit of attention: naive {signed(100 * float(ate["naive"].mean()), 1)} points, Mundlak
      {signed(100 * float(ate["Mundlak"].mean()), 1)} (94 % HDI {signed(100 * tidy.hdi(ate["Mundlak"])[0], 1)} to {signed(100 * tidy.hdi(ate["Mundlak"])[1], 1)}); truth 0.
    - **A random intercept leaks, most in small groups**: its bias in such worlds is {signed(fitted_leak[7])} log-odds at 7 rows per group, {signed(fitted_leak[67])} at 67.
    - **Group means close the leak** (bias {signed(repeated_worlds.query("model == 'Mundlak' and n_per_group == 7 and effect == 0")["bias"].item())} at 7), if intercepts are linear in them, and keep group covariates.
    - **Log-odds do not average**: compare chances, not slopes of models with other columns.
    - **Limit**: only confounders that are constant inside groups are removed.
    """)
    return


@app.cell(hide_code=True)
def collapse_heading():
    # notes: Aim: two right slopes for two questions, without any confounding. Trap: "the slope changed, so there was confounding". Minutes: 5. If late: slider to both ends.
    mo.md(r"""
    ## Two right slopes, and no confounding · optional

    Now attention is drawn by **lot**, and its effect is +1 log-odds in every team. Teams differ by their log-odds only. What is the
    slope in a team, and what is that of the mean over teams?
    """)
    return


@app.cell
def mean_curve():
    # Teams at evenly spread quantiles of a normal distribution, in standard deviations.
    from statistics import NormalDist

    TEAM_AT = np.array([NormalDist().inv_cdf((i + 0.5) / 40) for i in range(40)])
    EFFECT = 1.0  # log-odds per unit of attention, in every team
    attention_grid = np.linspace(-3, 3, 61)

    def team_chances(attention, spread):
        """Return chances (attention, team) when teams' log-odds spread with this sd."""
        return 1 / (1 + np.exp(-(EFFECT * np.asarray(attention)[:, None] + spread * TEAM_AT)))

    def marginal_slope(spread):
        """Return the log-odds that the mean chance gains from half a unit below to half above."""
        below, above = team_chances([-0.5, 0.5], spread).mean(axis=1)
        return np.log(above / (1 - above)) - np.log(below / (1 - below))

    return EFFECT, attention_grid, marginal_slope, team_chances


@app.cell
def collapse_slider(attention_grid, team_chances):
    _teams = team_chances(attention_grid, 1.5)
    draw_collapse = mundlak.drawer_collapse(attention_grid, _teams[:, ::5], _teams.mean(axis=1))
    spread = mundlak.slider_spread()
    return draw_collapse, spread


@app.cell
def view_collapse(
    EFFECT,
    attention_grid,
    draw_collapse,
    marginal_slope,
    spread,
    team_chances,
):
    # slide: sub-slide
    _teams = team_chances(attention_grid, spread.value)
    _slopes = EFFECT, marginal_slope(spread.value)
    mo.vstack([spread, draw_collapse(spread.value, _teams[:, ::5], _teams.mean(axis=1), *_slopes)])
    return


@app.cell(hide_code=True)
def collapse_read(EFFECT, marginal_slope):
    # slide: sub-slide
    mo.md(f"""
    With a spread of 1.5 the mean rises by {signed(marginal_slope(1.5))} log-odds per unit, each team by {signed(EFFECT, 0)}. Both are right: the **conditional** slope speaks of a
    customer in a given team, the **marginal** one of a customer of whom the team is not known. *Chances* do average: the ATE is one number for both.
    So a naive slope that differs from Mundlak's does not prove confounding, unless the effect is zero.
    """)
    return


@app.cell(hide_code=True)
def worlds_heading():
    # notes: Aim: one world is an anecdote; a hundred are an error rate, and an error rate has an error. Trap: a slider that refits would lie about its cost; this one looks results up. Minutes: 9. If late: three stops of the slider.
    mo.md(r"""
    ## A hundred worlds · optional

    One data set can flatter any model. So: 100 worlds of each kind, five models (the fifth is further down), stored by
    `data/mundlak_study.py`. **Bias** is the mean error of the slope, **coverage** the share of worlds whose 94 %
    interval holds the truth: it should be 94 %.
    """)
    return


@app.cell
def graded(repeated_worlds, study):
    _by = ["effect", "model", "n_per_group"]
    graded = repeated_worlds.set_index(_by)[["bias", "bias_se", "sd", "coverage", "coverage_se"]]
    graded = graded.assign(posterior_sd=study.groupby(_by)["sd"].mean())
    which_worlds = mundlak.choice_of_worlds(repeated_worlds)
    draw_worlds = mundlak.drawer_worlds(study, repeated_worlds)
    return draw_worlds, graded, which_worlds


@app.cell
def view_worlds(draw_worlds, which_worlds):
    # slide: sub-slide
    mo.vstack([which_worlds, draw_worlds(*which_worlds.value)])
    return


@app.cell(hide_code=True)
def worlds_read(graded):
    # slide: sub-slide
    mo.md(f"""
    True slope 0: at 7, 20 and 67 per team the multilevel slope is off by {signed(graded["bias"][0, "multilevel", 7])}, {signed(graded["bias"][0, "multilevel", 20])} and
    {signed(graded["bias"][0, "multilevel", 67])} (Monte Carlo error {number(graded["bias_se"][0, "multilevel", 7])} or less), Mundlak's by {signed(graded["bias"][0, "Mundlak", 7])} at 7. The multilevel interval covers in
    {percent(graded["coverage"][0, "multilevel", 7])}, {percent(graded["coverage"][0, "multilevel", 20])} and {percent(graded["coverage"][0, "multilevel", 67])} of the worlds (Monte Carlo error up to {number(100 * graded["coverage_se"][0, "multilevel", 20], 0)} points),
    Mundlak's in {percent(graded["coverage"][0, "Mundlak", 7])} at 7. Chance alone takes 94 % to 89 % in 100 worlds, hardly lower: some at 7 are short.

    True slope ±0.5: at 7 per team fixed effects are off by {signed(graded["bias"][0.5, "fixed effects", 7])} and {signed(graded["bias"][-0.5, "fixed effects", 7])}, **away from zero**: the price of one free intercept
    per group (Neyman & Scott 1948). At +0.5 their slopes scatter over the worlds with sd {number(graded["sd"][0.5, "fixed effects", 7])}, where the posteriors say
    {number(graded["posterior_sd"][0.5, "fixed effects", 7])}: intervals that are off and too short cover in {percent(graded["coverage"][0.5, "fixed effects", 7])}.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    # next: skip
    mo.md(r"""
    ### Exercise 6 · complete · 4 min

    How much of the multilevel model's error at **67** per team is bias, where the true slope is 0? `rmse` is the root of the mean squared error over worlds, and
    rmse² = bias² + variance. From the frame `study` (columns `model`, `n_per_group`, `effect`, `world`, `mean`, ...), give `share_of_bias` = bias² / rmse²,
    a number between 0 and 1.
    """)
    return


@app.cell
def exercise_6_share(study):
    # The multilevel slopes of the 100 worlds with 67 customers per team, then the share.
    # solution
    _errors = study.query("model == 'multilevel' and n_per_group == 67 and effect == 0")["mean"]
    share_of_bias = _errors.mean() ** 2 / (_errors**2).mean()
    percent(share_of_bias)
    return (share_of_bias,)


@app.cell(hide_code=True)
def check_6(set_progress, share_of_bias, study):
    check_6 = mundlak.judge_6(share_of_bias, study).noted(6, set_progress)
    check_6
    return


@app.cell
def live_function():
    import runpy

    @mo.persistent_cache(save_path=fits.FOLDER)
    def repeat_study(program, code, n_per_team, seeds):
        """Return the rows of the study's program for these worlds; other code runs anew."""
        del code
        return runpy.run_path(program)["study"]("multilevel", n_per_team, seeds)

    return (repeat_study,)


@app.cell
def live(N_PER_TEAM, N_WORLDS, SEED, repeat_study, study):
    _file = FOLDER / "mundlak_study.py"
    _seeds = list(dict.fromkeys([*range(N_WORLDS), SEED]))  # each once, also if SEED is one
    with mo.status.spinner("Repeating worlds of the study: about 10 s, the first time"):
        live_worlds = repeat_study(str(_file), _file.read_text(), N_PER_TEAM, _seeds)
    _by = ["model", "n_per_group", "effect", "world"]
    _both = live_worlds.merge(study, on=_by, suffixes=("", "_stored"))
    live_gap, n_repeated = float(np.abs(_both["mean"] - _both["mean_stored"]).max()), len(_both)
    return live_gap, live_worlds, n_repeated


@app.cell(hide_code=True)
def live_read(SEED, live_gap, live_worlds, n_repeated, slopes):
    mo.md(f"""
    **How so many posteriors fit in minutes.** The intercepts are integrated out, one numerical integral per team; weighted draws stand for the two to eight
    parameters that remain. Checked twice. The multilevel slope of our world: the sampler says {signed(slopes["mean"][2], 3)}, the fast way
    {signed(live_worlds.query(f"world == {SEED}")["mean"].item(), 3)}. And {n_repeated} worlds of the stored study, repeated here, differ from it by at most {number(live_gap + 0.00005, 4)}.
    """)
    return


@app.cell(hide_code=True)
def latent_heading():
    # notes: Aim: the mean of a small team is a noisy reading of what lies behind it. Trap: for attention's own slope it buys little. Minutes: 5. If late: the picture.
    mo.md(r"""
    ## Latent Mundlak: the level behind the mean · optional

    A team's level of attention is not measured; its customers show it with noise: $x_i \sim \text{Normal}(c + \ell\, u_g,\ s)$
    with $u_g \sim \text{Normal}(0, 1)$ and a loading $\ell > 0$. The intercept of team $g$ is $\text{Normal}(\alpha + \lambda u_g, \tau)$. Priors:
    $c \sim \text{Normal}(\bar x, 1)$; $\ell, s \sim \text{Exponential}(1)$, in units of attention.
    """)
    # next: code
    return


@app.cell
def latent_model(of_seniority, pm, population, program, renewals):
    def latent_model(customers, teams):
        with program(customers, teams) as model:
            centre = pm.Normal("centre", customers["attention"].mean(), 1)  # units of attention
            noise, loading = pm.Exponential("noise", 1), pm.Exponential("loading", 1)  # positive
            level = pm.Normal("level", centre, loading, dims="team")  # ← centre + loading * u
            of_customer = level[customers["team"].to_numpy()]
            attention = pm.Normal("attention", of_customer, noise, dims="customer")  # ← modelled
            by_u = pm.Normal("slope_u", 0, 1) * (level - centre) / loading  # log-odds per sd
            intercept = pm.Normal("intercept", 0, 1) + by_u + population()
            renewals(attention, intercept + of_seniority(teams), customers)
        return model

    mo.md("**Latent Mundlak**: a team's level of attention is inferred, not read off.")
    return (latent_model,)


@app.cell
def fit_latent(DRAWS, SEED, customers, fit, latent_model, teams):
    with mo.status.spinner("Sampling the latent model: about 15 s, the first time"):
        idata_latent = fit(latent_model, customers, teams, DRAWS, SEED)
    diagnostics_latent = tidy.diagnostics(idata_latent)
    tidy.show_diagnostics(diagnostics_latent)
    return (idata_latent,)


@app.cell
def view_latent(idata_latent, slopes):
    # slide: sub-slide
    _latent = tidy.summarise({"latent Mundlak": idata_latent.posterior["slope"]})
    _latent = _latent.rename(columns={"label": "model"}).assign(variable="attention")
    five_slopes = pd.concat([slopes.query("variable == 'attention'"), _latent], ignore_index=True)
    mundlak.chart_slopes(five_slopes, "attention", truth=0.0)
    return (five_slopes,)


@app.cell(hide_code=True)
def latent_read(N_PER_TEAM, five_slopes, graded):
    mo.md(f"""
    With {N_PER_TEAM} customers per team the two agree within {number(abs(five_slopes["mean"][4] - five_slopes["mean"][3]), 3)}. Noise in $\\bar x_g$ spoils the slope of the
    *mean*, not attention's own: at 7 per team its bias is {signed(graded["bias"][0, "latent Mundlak", 7])} latent, {signed(graded["bias"][0, "Mundlak", 7])} with the mean. Who wants the effect of a team's
    *level* gains from modelling it (Lüdtke et al. 2008).
    """)
    return


@app.cell(hide_code=True)
def predictive_heading():
    # notes: Aim: fit and truth come apart. Trap: choosing the slope of the model with the best score. Minutes: 9. If late: table and sentence.
    mo.md(r"""
    ## Which fits, and which predicts best? · optional

    Each model invents the renewals again (**posterior predictive**): how much do teams' shares differ (sd)?
    """)
    return


@app.cell
def replicated(
    SEED,
    chance_seen,
    chance_when,
    customers,
    idata_latent,
    latent_model,
    teams,
):
    def team_spread(renewed):
        """Return the standard deviation of team shares, for (customer) or (draw, customer)."""
        shares = [renewed[..., customers["team"] == team].mean(-1) for team in range(30)]
        return np.std(shares, axis=0)

    _draws = idata_latent.posterior.dataset.isel(draw=slice(None, None, 5))
    _given = latent_model, _draws, customers, teams, SEED
    with mo.status.spinner("Asking the latent model: some seconds, the first time"):
        _latent = chance_when(customers["attention"].to_numpy(), *_given)
    five_chances = {**chance_seen, "latent Mundlak": _latent}
    _rng = np.random.default_rng(SEED)
    _again = {k: _rng.random(v.shape) < v.to_numpy() for k, v in five_chances.items()}
    spread_again = {name: team_spread(renewed) for name, renewed in _again.items()}
    spread_seen = float(team_spread(customers["renewed"].to_numpy()))
    return five_chances, spread_again, spread_seen


@app.cell
def spread_table(spread_again, spread_seen):
    # slide: fragment
    _columns = {
        "invented, mean": {k: draws.mean() for k, draws in spread_again.items()},
        "invented at least as large": {
            k: percent((draws >= spread_seen).mean()) for k, draws in spread_again.items()
        },
    }
    tidy.as_table(pd.DataFrame(_columns).rename_axis("model"))
    return


@app.cell(hide_code=True)
def spread_read(spread_seen):
    mo.md(f"""
    The data: {number(spread_seen)}. The multilevel model reproduces the teams, and its slope is wrong all the same.
    """)
    return


@app.cell(hide_code=True)
def loo_heading():
    mo.md(r"""
    ### LOO

    **LOO** (leave-one-out cross-validation) asks how well each model predicts the renewal of a customer whom it has not seen, in a team that it has.
    Its score, `elpd`, is a sum of log chances: higher is better.
    """)
    return


@app.cell
def score_function():
    from arviz_stats.base import array_stats
    from scipy.special import logsumexp

    @mo.persistent_cache(save_path=fits.FOLDER)
    def score(chance, renewed):
        """Return each customer's leave-one-out log chance, and the largest Pareto k."""
        seen = chance.where(renewed == 1, 1 - chance)
        log_chance = np.log(np.concatenate(seen.to_numpy())).T  # customer, draw
        log_weight, pareto_k = array_stats.psislw(log_chance)
        return logsumexp(log_chance + log_weight, axis=1), float(pareto_k.max())

    return (score,)


@app.cell
def loo_table(customers, five_chances, score):
    # slide: fragment
    _renewed = customers["renewed"].to_numpy()
    with mo.status.spinner("Leaving each customer out: some seconds, the first time"):
        scores = {name: score(draws, _renewed) for name, draws in five_chances.items()}
    _elpd = pd.DataFrame({name: pointwise for name, (pointwise, _) in scores.items()})
    _gap = _elpd.sub(_elpd[_elpd.sum().idxmax()], axis=0)  # customer by customer
    _columns = {"elpd": _elpd, "difference": _gap}
    loo = pd.DataFrame({name: each.sum() for name, each in _columns.items()})
    loo["se"], loo["difference_se"] = (len(_renewed) ** 0.5 * v.std() for v in _columns.values())
    loo["largest_pareto_k"] = pd.Series({name: k for name, (_, k) in scores.items()})
    loo = loo.rename_axis("model").reset_index()
    tidy.as_table(loo)
    return loo, scores


@app.cell
def pairs(five_chances, loo, scores):
    def gap(one, other):
        """Return how far one model scores above another, and the standard error."""
        difference = scores[one][0] - scores[other][0]  # customer by customer
        return float(difference.sum()), float(len(difference) ** 0.5 * difference.std(ddof=1))

    tie_gap, tie_se = gap("latent Mundlak", "Mundlak")
    _n_draws = five_chances["Mundlak"].sizes["chain"] * five_chances["Mundlak"].sizes["draw"]
    k_limit = min(1 - 1 / np.log10(_n_draws), 0.7)  # Vehtari et al. (2024)
    too_rough = list(loo.loc[loo["largest_pareto_k"] > k_limit, "model"])
    return gap, k_limit, tie_gap, tie_se, too_rough


@app.cell(hide_code=True)
def question_7(tie_gap, tie_se):
    # next: skip
    mo.md(f"""
    ### Exercise 7 · predict · 2 min

    Customer by customer, **latent Mundlak** scores {signed(tie_gap)} above **Mundlak**, with a standard error of {number(tie_se)}. A gap
    counts when over two standard errors and over 4 (Sivula et al. 2020). LOO prefers `"Mundlak"`, `"latent Mundlak"`, or `"neither"`?
    """)
    return


@app.cell
def exercise_7_prefer():
    # Your reading of the table.
    # solution
    preferred = "neither"
    preferred
    return (preferred,)


@app.cell(hide_code=True)
def check_7(preferred, set_progress, tie_gap, tie_se):
    check_7 = mundlak.judge_7(preferred, tie_gap, tie_se).noted(7, set_progress)
    check_7
    return


@app.cell(hide_code=True)
def loo_read(gap, k_limit, slopes, too_rough):
    # slide: sub-slide
    mo.md(f"""
    The multilevel model, whose slope of {signed(slopes["mean"][2])} is wrong, scores {signed(gap("multilevel", "fixed effects")[0], 1)} ± {number(gap("multilevel", "fixed effects")[1], 1)} (one standard error) against fixed
    effects, whose slope of {signed(slopes["mean"][1])} is right: the score does not tell them apart. **LOO ranks prediction, not causal truth.**

    Pareto k says how far leaving one customer out moves a posterior. Over {number(k_limit)}, the limit for so many draws, a score is rough: {", ".join(too_rough) or "none here"}.
    """)
    return


@app.cell(hide_code=True)
def sign_heading():
    # notes: Aim: a latent variable has no direction of its own. Trap: two mirrored hills look like a broken sampler; attention's slope does not care. Minutes: 9. If late: chart and last sentence.
    mo.md(r"""
    ## A second way, and a missing sign · optional

    The latent model once more, in NumPyro. Its `loading` says how strongly $u_g$ shows in attention, and we gave it a **positive** prior.
    Why? Turn the sign of every $u_g$, of the loading, and of the slope of $u$: attention and renewals are as likely as before.
    """)
    return


@app.cell
def numpyro_model():
    import numpyro
    from jax import numpy as jnp
    from jax import random
    from numpyro import distributions as dist

    numpyro.enable_x64()

    def latent_numpyro(loading_prior, team, seniority, attention=None, renewed=None):
        """The latent model of above; attention is counted from its mean over customers."""
        draw = numpyro.sample
        loading, noise = draw("loading", loading_prior), draw("noise", dist.Exponential(1))
        centre, tau = draw("centre", dist.Normal(0, 1)), draw("tau", dist.Exponential(1))
        with numpyro.plate("team", len(seniority)):
            level = draw("level", dist.Normal(centre, jnp.abs(loading)))
            offset = draw("team_offset", dist.Normal(0, 1))
        names = ("slope", "slope_seniority", "slope_u", "intercept")
        slope, of_seniority, of_u, intercept = (draw(n, dist.Normal(0, 1)) for n in names)
        by_team = intercept + of_u * (level - centre) / loading + tau * offset
        by_team += of_seniority * seniority
        with numpyro.plate("customer", len(team)):
            x = draw("attention", dist.Normal(level[team], noise), obs=attention)
            draw("renewed", dist.Bernoulli(logits=slope * x + by_team[team]), obs=renewed)

    return dist, latent_numpyro, numpyro, random


@app.cell(hide_code=True)
def question_8():
    # next: skip
    mo.md(r"""
    ### Exercise 8 · complete · 3 min

    Remove the constraint: give `free_loading` a NumPyro distribution (`dist.…`) for the loading in which both signs are equally likely, with a
    spread of order one.
    """)
    return


@app.cell
def exercise_8_free(dist):
    # A distribution object; dist.Exponential(1) is the constrained one.
    # solution
    free_loading = dist.Normal(0, 1)
    type(free_loading).__name__
    return (free_loading,)


@app.cell(hide_code=True)
def check_8(free_loading, set_progress):
    check_8 = mundlak.judge_8(free_loading).noted(8, set_progress)
    check_8
    return


@app.cell(hide_code=True)
def numpyro_sampler(dist, latent_numpyro, numpyro, random):
    # Look at it after exercise 8.
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_free(customers, teams, draws, seed):
        """Return posterior draws of the latent model whose loading may have either sign."""
        columns = {name: customers[name].to_numpy() for name in ("team", "attention", "renewed")}
        columns["attention"] = columns["attention"] - columns["attention"].mean()
        columns["seniority"] = teams["seniority"].to_numpy()
        mcmc = numpyro.infer.MCMC(
            numpyro.infer.NUTS(latent_numpyro),
            num_warmup=500,
            num_samples=draws,
            num_chains=8,
            chain_method="vectorized",
            progress_bar=False,
        )
        either = dist.Laplace(0, 1)  # Exponential, both sides
        mcmc.run(random.key(seed), either, **columns)
        return tidy.posterior_from_numpyro(mcmc)

    return (fit_free,)


@app.cell
def free(DRAWS, SEED, customers, fit_free, teams):
    # slide: sub-slide
    from arviz_stats import rhat

    with mo.status.spinner("Sampling without the constraint: about 20 s, the first time"):
        idata_free = fit_free(customers, teams, DRAWS // 2, SEED)
    rhat_free = {k: float(rhat(idata_free.posterior[k])) for k in ("loading", "slope_u", "slope")}
    mundlak.chart_free(idata_free.posterior["loading"].to_numpy())
    return idata_free, rhat_free


@app.cell(hide_code=True)
def free_read(rhat_free):
    mo.md(f"""
    R-hat of the loading: **{number(rhat_free["loading"])}**; of the slope of $u$: {number(rhat_free["slope_u"])}; of attention's own slope:
    {number(rhat_free["slope"])}. Attention's slope is the same on both hills, so it does not suffer. If by luck all chains start on one side, R-hat is near 1 and hides the
    problem.
    """)
    return


@app.cell
def folding(idata_free):
    import xarray as xr

    _draws = idata_free.posterior.dataset
    _sign = np.sign(_draws["loading"])
    _folded = _draws.assign(loading=_sign * _draws["loading"], slope_u=_sign * _draws["slope_u"])
    _stats = idata_free["sample_stats"].to_dataset()
    idata_numpyro = xr.DataTree.from_dict({"posterior": _folded, "sample_stats": _stats})
    slope_numpyro = idata_numpyro.posterior["slope"]
    diagnostics_numpyro = tidy.diagnostics(idata_numpyro)
    tidy.show_diagnostics(diagnostics_numpyro)
    return (slope_numpyro,)


@app.cell(hide_code=True)
def numpyro_read(five_slopes, slope_numpyro):
    mo.md(f"""
    **Folded**: each draw with a negative loading is turned round, and the two hills become one, the very posterior of the model with
    loading ~ Exponential(1). Attention's slope from NumPyro: {signed(float(slope_numpyro.mean()), 3)} ± {number(float(slope_numpyro.std()), 3)};
    from PyMC: {signed(five_slopes["mean"][4], 3)} ± {number(five_slopes["sd"][4], 3)}.
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

    - Lüdtke, O. et al. (2008). The multilevel latent covariate model. *Psychological Methods* 13(3). [doi:10.1037/a0012869](https://doi.org/10.1037/a0012869)
    - McElreath, R. (2020). *Statistical Rethinking*, 2nd edition. CRC Press. [doi:10.1201/9780429029608](https://doi.org/10.1201/9780429029608). World and models follow his lectures.
    - Mundlak, Y. (1978). On the pooling of time series and cross section data. *Econometrica* 46(1). [doi:10.2307/1913646](https://doi.org/10.2307/1913646)
    - Neyman, J. & Scott, E. L. (1948). Consistent estimates based on partially consistent observations. *Econometrica* 16(1). [doi:10.2307/1914288](https://doi.org/10.2307/1914288)
    - Sivula, T. et al. (2020). Uncertainty in Bayesian leave-one-out cross-validation based model comparison. arXiv:2008.10296
    - Vehtari, A. et al. (2024). Pareto smoothed importance sampling. *JMLR* 25(72). arXiv:1507.02646

    ### Knobs

    What is simulated here follows from `SEED`. `DRAWS`: posterior draws per chain. `N_WORLDS`: of the stored study, analysed anew.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_draws():
    DRAWS = 1_000
    return (DRAWS,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 5
    return (N_WORLDS,)


@app.cell
def progress_state():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
