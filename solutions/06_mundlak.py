import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Is it the treatment, or the group?",
    layout_file="layouts/06_mundlak.slides.json",
    css_file="../slides/theme.css",
)

with app.setup:
    from statistics import NormalDist

    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts, checks, fits, graphs, tidy
    from helpers.data import FOLDER


@app.cell(hide_code=True)
def title():
    # notes: Aim: one question that everybody with customers in teams, pupils in schools or patients in clinics has met. Ask who has put a random intercept into a model and felt safe. Trap: do not say "fixed effects" yet. Minutes: 2. If late: read the title only.
    mo.md(r"""
    # Is it the treatment, or the group?

    A firm has thirty sales teams. Customers who get more attention renew their contracts more often. Is it the
    attention? Or do the teams in good markets have both: time for their customers, and customers who stay?
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md(r"""
    | | |
    |:---|:---|
    | You will be able to | say what a random intercept adjusts for, when it leaks, and mend it with one more line |
    | Estimand | average effect of one more unit of attention on the chance of renewal, over all customers |
    | Design | customers within teams; the confounder has one value per team and nobody measured it |
    | Data | simulated: 30 teams, true effect **zero** |
    | Time | core 108 minutes; seven checked exercises |
    | Prerequisites | notebooks 01 and 05 (`observe`, `do`); you have met a logistic regression |
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_draws():
    DRAWS = 1_000  # posterior draws per chain, four chains
    return (DRAWS,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 5  # of the stored study, repeated here
    return (N_WORLDS,)


@app.cell
def progress_state():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


@app.cell(hide_code=True)
def world_heading():
    # notes: Aim: the truth is on the page: attention does nothing. Trap: people forget the zero by the third chart; come back to it. Minutes: 4. If late: read the line with log_odds aloud.
    mo.md(r"""
    ## Thirty teams, and a truth that we know

    | name | meaning | unit | role |
    |:---|:---|:---|:---|
    | `attention` | contact with a customer, on a log scale | +1: 2.7 times the hours | treatment |
    | `renewed` | renewed the contract | 1 yes, 0 no | outcome |
    | `team` | who looks after the customer | 0 to 29 | group |
    | `seniority` | experience of the team | standard deviations | covariate of the team |
    | `market` | how good the team's market is | – | hidden confounder |
    """)
    return


@app.function
def simulate_world(seed, n_per_team, n_teams=30):
    """Return one row per customer; `market` is the column that nobody sees."""
    rng = np.random.default_rng([seed, n_per_team])
    market, seniority = rng.normal(1.5, 1, n_teams), rng.normal(0, 1, n_teams)
    attention = rng.normal(market[:, None], 1, (n_teams, n_per_team))
    log_odds = -2 + 0 * attention + (market + seniority)[:, None]  # the effect is zero
    renewed = rng.random(attention.shape) < 1 / (1 + np.exp(-log_odds))
    team = np.repeat(np.arange(n_teams), n_per_team)
    customers = {"team": team, "attention": attention.ravel(), "renewed": renewed.ravel() * 1}
    return pd.DataFrame(customers).assign(seniority=seniority[team], market=market[team])


@app.cell
def data(SEED):
    N_PER_TEAM = 20
    world = simulate_world(SEED, N_PER_TEAM)
    customers = world.drop(columns="market")  # what an analyst gets
    n_customers, n_teams = len(customers), customers["team"].nunique()
    return N_PER_TEAM, customers, n_customers


@app.cell(hide_code=True)
def naive_heading():
    # notes: Aim: everybody sees the slope and half the room would hire more sales staff. Trap: 600 rows feel like a lot; the confounder has only 30 values. Minutes: 3 with exercise 1. If late: the chart alone.
    mo.md(r"""
    ## The naive answer

    Sort all customers by the attention they get, in ten equal bins. How many of each bin renew?
    """)
    return


@app.cell
def naive(customers):
    much = customers["attention"] > customers["attention"].median()
    renewal_rate = customers.groupby(much)["renewed"].mean()
    naive_difference = float(renewal_rate[True] - renewal_rate[False])
    return naive_difference, renewal_rate


@app.cell(hide_code=True)
def chart_naive(customers, n_customers):
    _tenth = pd.qcut(customers["attention"], 10, labels=False)
    _bins = customers.groupby(_tenth)[["attention", "renewed"]].mean()
    _base = alt.Chart(_bins.round(3)).encode(
        x=alt.X("attention:Q", title="attention, mean of the bin (log scale)"),
        y=alt.Y("renewed:Q", title="share that renewed", axis=alt.Axis(format=".0%")),
    )
    _points = _base.mark_point(filled=True, size=120, shape="cross", color=charts.ROLES["naive"])
    _line = _base.mark_line(color=charts.ROLES["naive"])
    _title = f"{n_customers} customers: more attention, more renewals"
    charts.describe(
        (_line + _points).properties(title=_title, height=230),
        f"{_title}. Share that renewed in each tenth of attention: "
        + ", ".join(f"{tidy.percent(share)}" for share in _bins["renewed"]),
    )
    return


@app.cell(hide_code=True)
def naive_read(naive_difference, renewal_rate):
    # slide: sub-slide
    mo.md(f"""
    Of the half with more attention {tidy.percent(renewal_rate[True], 1)} renew, of the other half {tidy.percent(renewal_rate[False], 1)}: the
    `naive_difference` is **{tidy.signed(100 * naive_difference, 1)} percentage points**. The truth, we know, is zero.
    """)
    return


@app.cell(hide_code=True)
def question_1(naive_difference):
    mo.md(f"""
    ### Exercise 1 · predict · 2 min

    Now compare each customer only with customers of the **same team** (above or below the team's own median of attention), and
    average over the teams. What becomes of the {tidy.signed(100 * naive_difference, 1)} points: `"about as many"`,
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


@app.cell
def within_difference(customers):
    # slide: skip
    _above = customers["attention"] > customers.groupby("team")["attention"].transform("median")
    _shares = customers.groupby(["team", _above])["renewed"].mean()
    _gaps = _shares.xs(key=True, level=1) - _shares.xs(key=False, level=1)
    within_difference, within_se = float(_gaps.mean()), float(_gaps.sem())
    return within_difference, within_se


@app.cell(hide_code=True)
def hints_1(within_difference, within_se):
    hints_1 = [
        ("about as many", "Inside one team all customers share one market. What is left?"),
        (
            "about as many, negative",
            "Removing a confounder need not turn the sign. What is true here?",
        ),
        "Look at the line with log_odds in the simulator: what differs inside a team?",
    ]
    why_1 = (
        f"Inside teams the difference is {tidy.signed(100 * within_difference, 0)} points (standard error "
        f"{100 * within_se:.0f}): chance alone. The market has one value per team."
    )
    return hints_1, why_1


@app.cell(hide_code=True)
def check_1(hints_1, set_progress, why_1, within_teams):
    _options = ["about as many", "about zero", "about as many, negative"]
    check_1 = checks.choice(within_teams, "about zero", _options, hints=hints_1, why=why_1)
    set_progress(check_1.record("1"))
    check_1
    return


@app.cell(hide_code=True)
def estimand_heading():
    # notes: Aim: say what is asked before five models answer. Trap: "the effect of the team" is another question. Minutes: 4. If late: the words, not the formula.
    mo.md(r"""
    ## What do we want to know?

    Let $Y_i(x)$ be whether customer $i$ would renew, given attention $x$. We ask for one more unit of it, for everybody:

    $$\text{ATE} = \frac{1}{n}\sum_{i=1}^{n} E\big[\,Y_i(x_i + 1) - Y_i(x_i)\,\big]$$

    averaged over all customers in the data. A model's **slope** is the same question on the log-odds scale, at a fixed team.
    In our world both are 0.
    """)
    return


@app.cell(hide_code=True)
def graph_heading():
    # notes: Aim: identification before estimation. The hidden node opens a backdoor; the team closes it, since the market is a function of the team. Trap: "we adjusted for team" is a claim about what a model does, and the next sections test it. Minutes: 5. If late: the right graph only.
    mo.md(r"""
    ## Where does the confounding come from?

    Left: the market opens a backdoor, and nobody measured it. Right: all that has **one value per team** (market,
    seniority, whatever else) is a function of `team`, and `team` we have.
    """)
    return


@app.cell
def hidden_graph():
    QUESTION = {"treatment": "attention", "outcome": "renewed"}
    effect = [("attention", "renewed"), ("seniority", "renewed")]
    backdoor = [("market", "attention"), ("market", "renewed")]
    hidden_graph = graphs.dag(backdoor + effect, hidden=["market"], **QUESTION)
    return QUESTION, hidden_graph


@app.cell
def team_graph(QUESTION):
    through_team = [("team", "attention"), ("team", "renewed"), ("attention", "renewed")]
    team_graph = graphs.dag(through_team, adjusted=["team"], **QUESTION)
    return (team_graph,)


@app.cell(hide_code=True)
def sets_in_words(hidden_graph, team_graph):
    _left = hidden_graph.adjustment_sets() or "none"
    _right = ", ".join(sorted(team_graph.adjustment_sets()[0]))
    adjustment_words = f"Adjustment sets on the left: {_left}. On the right: **{_right}**."
    return (adjustment_words,)


@app.cell(hide_code=True)
def show_graph(adjustment_words, hidden_graph, team_graph):
    _left = hidden_graph.draw("The market is hidden")
    _right = team_graph.draw("The team stands for it")
    mo.vstack([mo.hstack([_left, _right], widths="equal"), mo.md(adjustment_words)])
    return


@app.cell(hide_code=True)
def assumptions():
    # slide: sub-slide
    mo.md(r"""
    What this assumes, by name:

    - **Consistency**: a unit of attention is the same thing in every team.
    - **No interference**: attention to one customer does not change another's renewal.
    - **Ignorability within teams** (no unmeasured confounding there): nothing that differs *between customers of one team* drives both
      attention and renewal. No data can show this; we break it near the end.
    - **Positivity**: attention varies inside every team.
    """)
    return


@app.cell(hide_code=True)
def model_assumptions():
    # slide: sub-slide
    mo.md(r"""
    All five models below add: the slope is the same in every team. And Mundlak's adds **linear in the mean**: given a team's mean attention, the rest of
    its intercept is noise around a straight line. Here that is exact (normal market, equal teams). Elsewhere it is an approximation; fixed effects do without.
    """)
    return


@app.cell(hide_code=True)
def within_heading():
    # notes: Aim: two regressions live in one data set. Draw them in the air: the steep one through the team means, the flat one inside each team. Trap: the pooled slope is a weighted mean of the two, not a third truth. Minutes: 10 with exercise 2. If late: the chart.
    mo.md(r"""
    ## Two slopes live in these data

    Forget logits for ten minutes: renewal is 0 or 1, and a straight line has a slope in percentage points. **Between** teams:
    do teams with more attention renew more? **Within** teams: do customers with more attention than their team's mean?
    """)
    return


@app.cell
def team_means(customers):
    teams = customers.groupby("team")[["attention", "renewed", "seniority"]].mean()
    mean_attention = teams["attention"].to_numpy()
    own_mean = teams["attention"].loc[customers["team"]].to_numpy()
    return own_mean, teams


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Exercise 2 · complete · 4 min

    The within slope: take from `renewed`, and from `attention`, the mean of the customer's own team. Then regress the one on the
    other. `within_slope` is one number: change in the chance (0 to 1) per unit of attention. Above it stands the pooled slope, for
    the pattern; pandas' `groupby(...).transform(...)` gives team means row by row.
    """)
    return


@app.cell
def exercise_2_within(customers):
    # Give the slope after both columns lost their team's mean.
    _x, _y = customers["attention"], customers["renewed"]
    _pooled = np.cov(_x, _y)[0, 1] / _x.var()
    # solution
    _inside = customers[["attention", "renewed"]] - customers.groupby("team")[
        ["attention", "renewed"]
    ].transform("mean")
    within_slope = float(
        _inside["attention"] @ _inside["renewed"] / (_inside["attention"] ** 2).sum()
    )
    mo.md(f"Within slope: {tidy.signed(within_slope, 3)}")
    return (within_slope,)


@app.function
def linear_slope(outcome, *columns):
    """Return the least-squares coefficient of the first column, with an intercept."""
    design = np.column_stack([*columns, np.ones(len(outcome))])
    return float(np.linalg.lstsq(design, outcome, rcond=None)[0][0])


@app.cell
def linear_slopes(customers, own_mean, teams):
    # slide: skip
    _y, _x = customers["renewed"], customers["attention"]
    slope_pooled = linear_slope(_y, _x)
    slope_between = linear_slope(teams["renewed"], teams["attention"])
    slope_dummies = linear_slope(_y, _x, *(customers["team"] == t for t in teams.index[1:]))
    slope_mundlak = linear_slope(_y, _x, own_mean)
    return slope_between, slope_dummies, slope_mundlak, slope_pooled


@app.cell(hide_code=True)
def hints_2(customers, own_mean, slope_between, slope_dummies, slope_pooled):
    _renewed = customers["renewed"] - customers.groupby("team")["renewed"].transform("mean")
    _half = linear_slope(_renewed, customers["attention"])
    _turned = linear_slope(customers["attention"] - own_mean, customers["renewed"])
    _teams = [linear_slope(t["renewed"], t["attention"]) for _, t in customers.groupby("team")]
    hints_2 = [
        (slope_pooled, "That is the pooled slope: no mean has been taken away yet."),
        (slope_between, "That is the slope between team means. Look inside the teams."),
        (-slope_dummies, "The sign is turned."),
        (100 * slope_dummies, "Right in percentage points; a chance between 0 and 1 is asked for."),
        (_half, "Only `renewed` lost its team mean. `attention` must lose its own as well."),
        (_turned, "Turned round: regress renewal on attention, not attention on renewal."),
        (np.mean(_teams), "A plain mean of 30 slopes: pool the differences of all, divide once."),
        "Sum of products of the two differences, over the sum of squares of attention's.",
    ]
    return (hints_2,)


@app.cell(hide_code=True)
def check_2(hints_2, set_progress, slope_dummies, within_slope):
    check_2 = checks.close(
        within_slope,
        slope_dummies,
        tolerance=1e-5,
        hints=hints_2,
        why="The check used another route: a regression with a dummy (a 0/1 column) for each team. It gives "
        "the same slope to the last digit. That is what 'fixed effects' means.",
    )
    set_progress(check_2.record("2"))
    check_2
    return


@app.cell(hide_code=True)
def two_lines(slope_between, slope_dummies, teams):
    def segment(at, height, slope, half):
        """Return the ends of a piece of line through a point."""
        ends = {"x": at - half, "x2": at + half}
        return {**ends, "y": height - half * slope, "y2": height + half * slope}

    inside_teams = pd.DataFrame(
        [segment(t.attention, t.renewed, slope_dummies, 1) for t in teams.itertuples()]
    )
    _middle = teams.mean()
    across_teams = pd.DataFrame([segment(_middle.attention, _middle.renewed, slope_between, 2.4)])
    return across_teams, inside_teams


@app.function(hide_code=True)
def chart_lines(frame, role, **look):
    """Return pieces of lines in the plane of attention and renewals."""
    share = alt.Scale(domain=[-0.2, 1.2], clamp=True)
    axes = {
        "x": alt.X("x:Q", title="attention (log scale)"),
        "y": alt.Y("y:Q", title="share that renewed", scale=share),
    }
    rules = alt.Chart(frame).mark_rule(color=charts.ROLES[role], **look)
    return rules.encode(**axes, x2="x2:Q", y2="y2:Q")


@app.cell(hide_code=True)
def chart_two_slopes(
    across_teams,
    inside_teams,
    slope_between,
    slope_dummies,
    teams,
):
    _dots = alt.Chart(teams.reset_index()).mark_point(
        filled=True, size=70, color=charts.ROLES["control"]
    )
    _layers = (
        chart_lines(inside_teams, "adjusted", strokeWidth=2)
        + _dots.encode(x="attention:Q", y="renewed:Q")
        + chart_lines(across_teams, "naive", strokeWidth=5, strokeDash=[8, 4])
    )
    _text = f"Between teams {tidy.signed(slope_between)}, within teams {tidy.signed(slope_dummies)}"
    _key = "dot: a team · solid: slope within · dashed: slope between"
    charts.describe(
        _layers.properties(title=alt.Title(_text, subtitle=_key), height=250),
        f"{_text}. Team means, each with the common slope inside teams, and the line between.",
    )
    return


@app.cell
def weights(customers, own_mean):
    share_within = float((customers["attention"] - own_mean).var() / customers["attention"].var())
    return (share_within,)


@app.cell(hide_code=True)
def identities(
    share_within,
    slope_between,
    slope_dummies,
    slope_mundlak,
    slope_pooled,
):
    # slide: sub-slide
    _mixed = share_within * slope_dummies + (1 - share_within) * slope_between
    mo.md(f"""
    **The naive slope is a mixture.** {tidy.percent(share_within)} of the variance of attention lies within teams, so the pooled slope is
    {share_within:.2f} · ({tidy.signed(slope_dummies, 3)}) + {1 - share_within:.2f} · ({tidy.signed(slope_between, 3)}) =
    {tidy.signed(_mixed, 3)}; least squares says {tidy.signed(slope_pooled, 3)}.

    **Mundlak's trick.** Put the team's mean of attention beside attention as a second column. The coefficient of attention becomes
    {tidy.signed(slope_mundlak, 3)}: the within slope, to the last digit (Mundlak 1978). The mean takes what is
    between, so that the slope is left with what is within.
    """)
    return


@app.cell(hide_code=True)
def leak_heading():
    # notes: Aim: the heart of the matter: a random intercept is a compromise that believes the intercepts have nothing to do with attention. Trap: "random effects adjust for the group" is half true, and the slider says which half. Minutes: 7. If late: move the slider once.
    mo.md(r"""
    ## Why a random intercept leaks

    A multilevel model pulls each team's intercept to the common mean. What the pull takes away, the slope must explain: what lies
    between teams still counts, with a weight $\psi$. In our world

    $$\text{slope} \approx \frac{\psi\, m}{(m-1) + \psi\,(m+1)}, \qquad \psi = \frac{\sigma^2}{\sigma^2 + m\,\tau^2},$$

    $m$ customers per team, $\sigma^2$ noise within, $\tau^2$ what the slope leaves between teams. Large teams: $\psi \to 0$, nothing leaks.
    """)
    return


@app.cell
def noise_of_logit():
    _nodes, _weights = np.polynomial.hermite_e.hermegauss(40)
    _chance = 1 / (1 + np.exp(0.5 - np.sqrt(2) * _nodes))  # log-odds ~ N(-2 + 1.5, variance 1 + 1)
    NOISE = float(_weights.sum() / (_weights @ (_chance * (1 - _chance))))  # log-odds, squared
    return (NOISE,)


@app.cell
def leak(NOISE):
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
def team_size_slider():
    # slide: skip
    team_size = mo.ui.slider(
        steps=[2, 3, 5, 7, 10, 15, 20, 30, 45, 67, 100, 150, 200],
        value=7,
        show_value=True,
        label="customers per team",
    )
    return (team_size,)


@app.cell(hide_code=True)
def leak_layers(leaking_slope, study_means):
    x_size = alt.X("m:Q", title="customers per team", scale=alt.Scale(type="log", domain=[2, 200]))
    y_leak = alt.Y("slope:Q", title="multilevel slope (log-odds; truth 0)")
    _sizes = np.geomspace(2, 200, 80)
    leak_curve = pd.DataFrame({"m": _sizes, "slope": [leaking_slope(m)[0] for m in _sizes]})
    _line = alt.Chart(leak_curve).mark_line(color=charts.ROLES["naive"], strokeWidth=3)
    _square = {"size": 110, "shape": "square", "color": charts.ROLES["control"]}
    _simulated = alt.Chart(study_means).mark_point(filled=True, **_square)
    leak_known = [_line.encode(x_size, y_leak), _simulated.encode(x_size, y_leak)]
    return leak_curve, leak_known, x_size, y_leak


@app.cell(hide_code=True)
def chart_leak(
    leak_curve,
    leak_known,
    leaking_slope,
    team_size,
    x_size,
    y_leak,
):
    _now, _psi = leaking_slope(team_size.value)
    _here = alt.Chart(pd.DataFrame({"m": [team_size.value], "slope": [_now]}))
    _ring = _here.mark_point(size=260, strokeWidth=3, color=charts.ROLES["naive"])
    _layers = [*leak_known, _here.mark_rule(strokeDash=[4, 4]).encode(x_size)]
    _text = f"{team_size.value} per team: slope about {tidy.signed(_now)} (ψ = {_psi:.2f})"
    _title = alt.Title(_text, subtitle="line: formula · squares: means of fitted worlds")
    _chart = charts.describe(
        alt.layer(*_layers, _ring.encode(x_size, y_leak)).properties(title=_title, height=230),
        f"{_text}. A curve that falls from {leak_curve['slope'].max():.2f} at 2 per team "
        f"to {leak_curve['slope'].min():.2f} at 200.",
    )
    mo.vstack([team_size, _chart])
    return


@app.cell(hide_code=True)
def leak_read(leaking_slope, study_means):
    # slide: sub-slide
    _fitted = study_means.set_index("m")["slope"]
    _words = ", ".join(
        f"{tidy.signed(leaking_slope(m)[0])} at {m} (fitted: {tidy.signed(_fitted[m])})"
        for m in _fitted.index
    )
    mo.md(f"""
    The formula says {_words}. It replaces the logit by a straight line, which probably explains the gap at the small end. "The multilevel
    model adjusts for the team" holds for **large** teams.
    """)
    return


@app.cell(hide_code=True)
def models_heading():
    # notes: Aim: five models, one line apart. Let people find the line before you point. Trap: all five have seniority and attention; only the intercept differs. Minutes: 10. If late: table, then Mundlak's code.
    mo.md(r"""
    ## Five models, one line apart

    $$\text{renewed}_i \sim \text{Bernoulli}\big(\text{logit}^{-1}(\beta x_i + \gamma z_g + \alpha_g)\big)$$

    | model | intercept $\alpha_g$ of team $g$ (attention $x$, seniority $z$) |
    |:---|:---|
    | naive | one $\alpha$ for all |
    | fixed effects | each by itself: Normal(0, 10) |
    | multilevel | one population: Normal($\alpha$, $\tau$) |
    | Mundlak | Normal($\alpha + \lambda \bar x_g$, $\tau$), with the team's mean attention |
    | latent Mundlak | Normal($\alpha + \lambda u_g$, $\tau$), with what is behind that mean |
    """)
    return


@app.cell(hide_code=True)
def priors():
    # slide: sub-slide
    mo.md(r"""
    The latent model has a second equation, for attention: $x_i \sim \text{Normal}(c + \ell\, u_g,\ s)$ with $u_g \sim \text{Normal}(0, 1)$ and a loading
    $\ell > 0$.

    Priors: $\beta, \gamma, \alpha, \lambda, c \sim \text{Normal}(0, 1)$; $\tau, \ell, s \sim \text{Exponential}(1)$. A slope of 1 is one unit of log-odds: from a
    chance of 50 % to 73 %.
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
def shared_parts(pm):
    # slide: code
    def program(customers, teams):
        """A model with nothing in it yet, and its dimensions."""
        return pm.Model(coords={"customer": customers.index, "team": teams.index})

    def of_seniority(teams):
        """A team's log-odds from its seniority."""
        slope_seniority = pm.Normal("slope_seniority", 0, 1)  # log-odds per sd
        return slope_seniority * teams["seniority"].to_numpy()

    def renewals(attention, team_log_odds, customers):
        """What all five share: attention -> renewed, on top of the team's log-odds."""
        slope = pm.Normal("slope", 0, 1)  # log-odds per unit of attention
        log_odds = slope * attention + team_log_odds[customers["team"].to_numpy()]
        chance = pm.Deterministic("chance", pm.math.invlogit(log_odds), dims="customer")
        pm.Bernoulli("renewed", chance, dims="customer")

    mo.md("**In all five**: the slope of attention, and the slope of seniority.")
    return of_seniority, program, renewals


@app.cell
def naive_model(customers, of_seniority, pm, program, renewals, teams):
    # slide: code
    def naive_model(customers, teams):
        with program(customers, teams) as model:
            attention = pm.Data("attention", customers["attention"], dims="customer")
            intercept = pm.Normal("intercept", 0, 1)  # ← one for all teams (log-odds)
            renewals(attention, intercept + of_seniority(teams), customers)
        return model

    _n = len(naive_model(customers, teams).free_RVs)
    mo.md(f"**Naive**: {_n} parameters with a prior, no team among them.")
    return (naive_model,)


@app.cell
def fixed_model(of_seniority, pm, program, renewals):
    # slide: code
    def fixed_model(customers, teams):
        with program(customers, teams) as model:
            attention = pm.Data("attention", customers["attention"], dims="customer")
            expected = of_seniority(teams)
            team = pm.Normal("team_log_odds", expected, 10, dims="team")  # ← each by itself
            renewals(attention, team, customers)
        return model

    mo.md(
        "**Fixed effects**: a team's log-odds may be anything, within ±20 of what seniority says."
    )
    return (fixed_model,)


@app.cell
def multilevel_model(of_seniority, pm, program, renewals):
    # slide: code
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

    mo.md("**Multilevel**: 30 intercepts, and one spread that they share.")
    return multilevel_model, population


@app.cell
def mundlak_model(of_seniority, pm, population, program, renewals):
    # slide: code
    def mundlak_model(customers, teams):
        with program(customers, teams) as model:
            attention = pm.Data("attention", customers["attention"], dims="customer")
            team_mean = pm.Data("team_mean", teams["attention"], dims="team")
            by_mean = pm.Normal("slope_team_mean", 0, 1) * team_mean  # ← log-odds per unit
            intercept = pm.Normal("intercept", 0, 1) + by_mean + population()
            renewals(attention, intercept + of_seniority(teams), customers)
        return model

    mo.md("**Mundlak**: the multilevel model, and the team's mean of attention as one more column.")
    return (mundlak_model,)


@app.cell
def attention_model(pm):
    def attention_around(level, noise, customers):
        """Attention of each customer, around the level of the team."""
        of_customer = level[customers["team"].to_numpy()]
        return pm.Normal("attention", of_customer, noise, dims="customer")

    return (attention_around,)


@app.cell
def latent_model(
    attention_around,
    of_seniority,
    pm,
    population,
    program,
    renewals,
):
    # slide: code
    def latent_model(customers, teams):
        with program(customers, teams) as model:
            centre, noise = pm.Normal("centre", 0, 1), pm.Exponential("noise", 1)  # attention
            loading = pm.Exponential("loading", 1)  # ← positive: u counts towards attention
            level = pm.Normal("level", centre, loading, dims="team")  # ← centre + loading * u
            attention = attention_around(level, noise, customers)  # ← attention is modelled too
            by_u = pm.Normal("slope_u", 0, 1) * (level - centre) / loading  # log-odds per sd
            intercept = pm.Normal("intercept", 0, 1) + by_u + population()
            renewals(attention, intercept + of_seniority(teams), customers)
        return model

    mo.md("**Latent Mundlak**: a team's level of attention is inferred, not read off.")
    return (latent_model,)


@app.cell(hide_code=True)
def latent_why(N_PER_TEAM):
    # slide: sub-slide
    mo.md(f"""
    The latent model says: a team has a level of attention that nobody measured, $u_g \\sim$ Normal(0, 1), and its customers show it with noise.
    The mean of {N_PER_TEAM} customers is a noisy reading of it; the fewer customers, the more $u_g$ differs from $\\bar x_g$.
    """)
    return


@app.cell(hide_code=True)
def prior_read():
    # slide: sub-slide
    _far = 2 * NormalDist(0, 10).cdf(-np.log(99))
    _near = 2 * NormalDist(0, np.sqrt(2)).cdf(-np.log(99))
    mo.md(f"""
    What do the priors believe? A fixed effect from Normal(0, 10) expects {tidy.percent(_far)} of all teams to renew under 1 % or over 99 % of their
    contracts; an intercept from Normal(0, 1) with $\\tau = 1$ expects {tidy.percent(_near, 1)}. Fixed effects learn nothing about one team from another.
    """)
    return


@app.cell(hide_code=True)
def fit_heading():
    # notes: Aim: five fits, five verdicts of the diagnostics, no reading before. Trap: a fit with divergences has no slope to show. Minutes: 5, of which one is sampling. If late: the last table only.
    mo.md(r"""
    ## Observe, and check each fit

    Each model sees the renewals; the latent one sees the attention as data too. Then the sampler runs, four chains each. A fit may be read when
    **R-hat** (do the chains agree?) is at most 1.01, the **effective sample size** (ESS: how many independent draws these are worth) at least
    400, and no step **diverged** (the sampler lost its way).
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
        """Return posterior draws (chain, draw) of the parameters of one of the five models."""
        observed = observe(model(customers, teams), customers)
        names = [node.name for node in observed.free_RVs]
        with observed:
            return pm.sample(draws, var_names=names, random_seed=seed, **HOW)

    return (fit,)


@app.cell
def fit_naive(DRAWS, SEED, customers, fit, naive_model, teams):
    with mo.status.spinner("Sampling the naive model: about 5 s, the first time"):
        idata_naive = fit(naive_model, customers, teams, DRAWS, SEED)
    return (idata_naive,)


@app.cell
def diagnose_naive(idata_naive):
    diagnostics_naive = tidy.diagnostics(idata_naive)
    return (diagnostics_naive,)


@app.cell
def fit_fixed(DRAWS, SEED, customers, fit, fixed_model, teams):
    with mo.status.spinner("Sampling the fixed effects: about 10 s, the first time"):
        idata_fixed = fit(fixed_model, customers, teams, DRAWS, SEED)
    return (idata_fixed,)


@app.cell
def diagnose_fixed(idata_fixed):
    diagnostics_fixed = tidy.diagnostics(idata_fixed)
    return (diagnostics_fixed,)


@app.cell
def fit_multilevel(DRAWS, SEED, customers, fit, multilevel_model, teams):
    with mo.status.spinner("Sampling the multilevel model: about 10 s, the first time"):
        idata_multilevel = fit(multilevel_model, customers, teams, DRAWS, SEED)
    return (idata_multilevel,)


@app.cell
def diagnose_multilevel(idata_multilevel):
    diagnostics_multilevel = tidy.diagnostics(idata_multilevel)
    return (diagnostics_multilevel,)


@app.cell
def fit_mundlak(DRAWS, SEED, customers, fit, mundlak_model, teams):
    with mo.status.spinner("Sampling Mundlak's model: about 10 s, the first time"):
        idata_mundlak = fit(mundlak_model, customers, teams, DRAWS, SEED)
    return (idata_mundlak,)


@app.cell
def diagnose_mundlak(idata_mundlak):
    diagnostics_mundlak = tidy.diagnostics(idata_mundlak)
    return (diagnostics_mundlak,)


@app.cell
def fit_latent(DRAWS, SEED, customers, fit, latent_model, teams):
    with mo.status.spinner("Sampling the latent model: about 15 s, the first time"):
        idata_latent = fit(latent_model, customers, teams, DRAWS, SEED)
    return (idata_latent,)


@app.cell
def diagnose_latent(idata_latent):
    diagnostics_latent = tidy.diagnostics(idata_latent)
    return (diagnostics_latent,)


@app.cell
def five(
    fixed_model,
    idata_fixed,
    idata_latent,
    idata_multilevel,
    idata_mundlak,
    idata_naive,
    latent_model,
    multilevel_model,
    mundlak_model,
    naive_model,
):
    five_fits = {
        "naive": (naive_model, idata_naive),
        "fixed effects": (fixed_model, idata_fixed),
        "multilevel": (multilevel_model, idata_multilevel),
        "Mundlak": (mundlak_model, idata_mundlak),
        "latent Mundlak": (latent_model, idata_latent),
    }
    return (five_fits,)


@app.cell(hide_code=True)
def show_diagnostics(
    diagnostics_fixed,
    diagnostics_latent,
    diagnostics_multilevel,
    diagnostics_mundlak,
    diagnostics_naive,
    five_fits,
):
    # slide: sub-slide
    _tables = [diagnostics_naive, diagnostics_fixed, diagnostics_multilevel]
    _tables += [diagnostics_mundlak, diagnostics_latent]
    _rows = "\n".join(
        f"| {name} | {t.max_rhat[0]:.3f} | {t.min_ess_bulk[0]:,.0f} | {t.min_ess_tail[0]:,.0f} "
        f"| {t.divergences[0]} | {'may be read' if t.passed[0] else '**must not be read**'} |"
        for name, t in zip(five_fits, _tables, strict=True)
    )
    mo.md(f"""
    | model | R-hat, largest | ESS, bulk | ESS, tail | divergences | verdict |
    |:--|:--|:--|:--|:--|:--|
    | *rule* | at most {tidy.MAX_R_HAT} | at least {tidy.MIN_ESS} | at least {tidy.MIN_ESS} | none | |
    {_rows}

    ESS counts effective draws: in the bulk of a posterior, and in its tails, where the ends of intervals lie.
    """).style({"zoom": "0.78"})
    return


@app.cell(hide_code=True)
def slopes_heading():
    # notes: Aim: the reveal. Ask for bets on the multilevel model first. Trap: the multilevel interval is narrow and wrong; precision is not accuracy. Minutes: 6. If late: chart, one sentence.
    mo.md(r"""
    ## Five slopes, one truth

    The slope of attention, in log-odds per unit. Each line is a 94 % **HDI**: the shortest interval that holds 94 % of the posterior.
    """)
    return


@app.cell
def slopes(five_fits):
    slopes = pd.concat(
        tidy.summarise({name: idata.posterior[node] for name, (_, idata) in five_fits.items()})
        .rename(columns={"label": "model"})
        .assign(variable=variable)
        for variable, node in (("attention", "slope"), ("seniority", "slope_seniority"))
    )[["model", "variable", "mean", "sd", "lower", "upper"]].reset_index(drop=True)
    return (slopes,)


@app.cell
def roles():
    ROLE = {
        "naive": "naive",
        "fixed effects": "adjusted",
        "multilevel": "naive",
        "Mundlak": "adjusted",
        "latent Mundlak": "adjusted",
    }
    return (ROLE,)


@app.cell(hide_code=True)
def chart_slopes(ROLE, slopes):
    def forest(variable, title, unit, truth):
        """Return the five models' slopes of one variable as a forest chart."""
        frame = slopes[slopes["variable"] == variable].rename(columns={"model": "label"})
        frame = frame.assign(role=frame["label"].map(ROLE))
        return charts.chart_effect(frame, title=title, unit=unit, truth=truth).properties(
            height=270
        )

    _mean = slopes[slopes["variable"] == "attention"].set_index("model")["mean"]
    chart_attention = forest(
        "attention",
        f"Multilevel {tidy.signed(_mean['multilevel'])}, Mundlak {tidy.signed(_mean['Mundlak'])}; truth 0",
        "slope of attention (log-odds per unit)",
        0.0,
    )
    chart_attention
    return (forest,)


@app.cell(hide_code=True)
def slopes_read(slopes):
    # slide: sub-slide
    _at = slopes[slopes["variable"] == "attention"].set_index("model")
    _miss = [m for m in _at.index if not _at["lower"][m] <= 0 <= _at["upper"][m]]
    mo.md(f"""
    Intervals that leave the truth out: **{", ".join(_miss) or "none"}**. Multilevel stands at
    {tidy.signed(_at["mean"]["multilevel"])}, between naive ({tidy.signed(_at["mean"]["naive"])}) and fixed effects
    ({tidy.signed(_at["mean"]["fixed effects"])}). The two Mundlak models stay within
    {abs(_at["mean"][["Mundlak", "latent Mundlak"]] - _at["mean"]["fixed effects"]).max():.3f} of fixed effects. Why not just use those?
    """)
    return


@app.cell(hide_code=True)
def chart_seniority(forest, slopes):
    _sd = slopes[slopes["variable"] == "seniority"].set_index("model")["sd"]
    _ratio = _sd["fixed effects"] / _sd["Mundlak"]
    chart_z = forest(
        "seniority",
        f"Fixed effects lose seniority: {_ratio:.0f} times the spread of Mundlak",
        "slope of seniority (log-odds per sd)",
        1.0,
    )
    chart_z
    return


@app.cell(hide_code=True)
def seniority_read(slopes):
    # slide: sub-slide
    _sd = slopes[slopes["variable"] == "seniority"].set_index("model")["sd"]
    mo.md(f"""
    Seniority has one value per team, like the intercepts. Where each intercept may be anything, it explains all and leaves nothing: the
    posterior's sd is {_sd["fixed effects"]:.2f}, hardly under the prior's 1. Mundlak keeps it at {_sd["Mundlak"]:.2f}.
    """)
    return


@app.cell(hide_code=True)
def do_heading():
    # notes: Aim: back to the estimand: chances, not log-odds. Trap: the team mean is computed from attention, and yet do(attention) must not move it, because it stands for the market. Minutes: 8 with exercise 3. If late: skip the exercise.
    mo.md(r"""
    ## Do

    `pm.do` gives every customer one more unit of attention. The chance of renewal, customer by customer and draw by draw, with and
    without: their mean difference is the ATE.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md(r"""
    ### Exercise 3 · fix · 6 min

    A colleague adds one unit of attention for everybody, then computes the team means **again**, from the new attention, and feeds both to Mundlak's
    model. `chance_of_renewal` gives one row per customer and one column per draw; `effect_draws` should hold the ATE, one number per draw (a chance, between −1 and 1). Mend the line with `_after`.
    """)
    return


@app.cell
def mundlak_draws(idata_mundlak):
    # slide: skip
    _posterior = idata_mundlak.posterior.isel(draw=slice(None, None, 8))
    mundlak_draws = {name: np.concatenate(_posterior[name].to_numpy()).T for name in _posterior}
    return (mundlak_draws,)


@app.cell
def chances(customers, mundlak_draws):
    def chance_of_renewal(attention, team_mean):
        """Return Mundlak's chances (customer, draw) from two columns, one value per customer."""
        by_team = mundlak_draws["tau"] * mundlak_draws["team_offset"] + mundlak_draws["intercept"]
        log_odds = np.outer(attention, mundlak_draws["slope"]) + by_team[customers["team"]]
        log_odds += np.outer(team_mean, mundlak_draws["slope_team_mean"])
        log_odds += np.outer(customers["seniority"], mundlak_draws["slope_seniority"])
        return 1 / (1 + np.exp(-log_odds))

    return (chance_of_renewal,)


@app.cell
def exercise_3_fix(chance_of_renewal, customers, own_mean):
    # Mend the line of `_after`, then give `effect_draws`: the mean over customers of after minus before.
    _more = customers["attention"] + 1
    _before = chance_of_renewal(customers["attention"], own_mean)
    # solution
    #| _after = chance_of_renewal(_more, _more.groupby(customers["team"]).transform("mean"))
    #| effect_draws = ...
    _after = chance_of_renewal(_more, own_mean)
    effect_draws = (_after - _before).mean(axis=0)
    mo.md(f"ATE: {tidy.signed(100 * effect_draws.mean(), 1)} percentage points")
    return (effect_draws,)


@app.cell(hide_code=True)
def hints_3(chance_of_renewal, customers, own_mean):
    _x = customers["attention"]
    _before, _moved = chance_of_renewal(_x, own_mean), chance_of_renewal(_x + 1, own_mean + 1)
    effect_right = (chance_of_renewal(_x + 1, own_mean) - _before).mean(axis=0)
    hints_3 = [
        (
            (_moved - _before).mean(axis=0),
            "That is the colleague's number: the means moved too, as if attention made markets.",
        ),
        (
            (chance_of_renewal(_x, own_mean + 1) - _before).mean(axis=0),
            "That moves the team mean alone; move attention alone.",
        ),
        (-effect_right, "The sign is turned: after minus before."),
        (100 * effect_right, "Right in percentage points; a chance is asked for."),
        (
            lambda value: np.shape(value) == (len(_x),),
            "One number per customer: average over customers, not over draws.",
        ),
        (
            lambda value: np.size(value) == 1,
            "One number: keep the draws, and average over customers only (axis=0).",
        ),
        "What does the team mean stand for? Would one more unit of attention change that?",
    ]
    return effect_right, hints_3


@app.cell(hide_code=True)
def check_3(effect_draws, effect_right, hints_3, set_progress):
    check_3 = checks.close(
        effect_draws,
        effect_right,
        tolerance=1e-6,
        hints=hints_3,
        why="The team mean is in the model as a stand-in for the market. Attention does not make markets, "
        "so `do` leaves it where it was seen.",
    )
    set_progress(check_3.record("3"))
    check_3
    return


@app.cell
def forward(FORWARD, observe, pm):
    # slide: skip
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
def do_arms(SEED, chance_when, customers, five_fits, teams):
    # slide: code
    def chance(name, extra=0.0):
        """Return chances (chain, draw, customer) when everybody gets `extra` attention."""
        model, idata = five_fits[name]
        draws = idata.posterior.dataset.isel(draw=slice(None, None, 5))
        attention = customers["attention"].to_numpy() + extra
        return chance_when(attention, model, draws, customers, teams, SEED)

    with mo.status.spinner("Asking five models about two arms: about 10 s, the first time"):
        chance_seen = {name: chance(name) for name in five_fits}
        chance_more = {name: chance(name, extra=1.0) for name in five_fits}
    ate = {name: (chance_more[name] - chance_seen[name]).mean("customer") for name in five_fits}
    mo.md(
        f"Each arm: {' × '.join(f'{n:,} {dim}s' for dim, n in chance_seen['naive'].sizes.items())}."
    )
    return ate, chance_seen


@app.cell(hide_code=True)
def show_ate(ROLE, ate):
    _points = tidy.summarise({name: 100 * draws for name, draws in ate.items()})
    chart_ate = charts.chart_effect(
        _points.assign(role=_points["label"].map(ROLE)),
        title="One more unit of attention for everybody",
        unit="ATE (percentage points of renewal)",
        truth=0.0,
        number_format=".1f",
    ).properties(height=270)
    chart_ate
    return


@app.cell(hide_code=True)
def ate_read(ate):
    # slide: sub-slide
    mo.md(f"""
    On the strength of the multilevel model the firm would expect {tidy.signed(100 * float(ate["multilevel"].mean()), 1)}
    points from one more unit of attention; Mundlak's model says {tidy.signed(100 * float(ate["Mundlak"].mean()), 1)}. The truth is 0.
    """)
    return


@app.cell(hide_code=True)
def spread_heading():
    # notes: Aim: a check against data that the wrong multilevel slope passes. Trap: "it fits, so it is right". Minutes: 3. If late: the table.
    mo.md(r"""
    ## Do the models look like the data?

    Let each model invent the renewals again (posterior predictive), and ask how much the teams' shares of renewals differ: their standard deviation.
    """)
    return


@app.cell
def replicated(SEED, chance_seen, customers):
    def team_spread(renewed):
        """Return the standard deviation of team shares, for (customer) or (draw, customer)."""
        shares = [renewed[..., customers["team"] == team].mean(-1) for team in range(30)]
        return np.std(shares, axis=0)

    _rng = np.random.default_rng(SEED)
    _again = {k: _rng.random(v.shape) < v.to_numpy() for k, v in chance_seen.items()}
    spread_again = {name: team_spread(renewed) for name, renewed in _again.items()}
    spread_seen = float(team_spread(customers["renewed"].to_numpy()))
    return spread_again, spread_seen


@app.cell(hide_code=True)
def spread_read(spread_again, spread_seen):
    # slide: sub-slide
    _rows = "\n".join(
        f"| {name} | {draws.mean():.2f} | {tidy.percent((draws >= spread_seen).mean())} |"
        for name, draws in spread_again.items()
    )
    mo.md(f"""
    Teams differ in the data by {spread_seen:.2f}.

    | model | invented, mean | invented at least as large |
    |:--|--:|--:|
    {_rows}

    A share near 0 % or 100 % means: data like ours are not what the model expects. The multilevel model reproduces the teams, and its slope is
    wrong all the same. A check of fit does not look at the slope.
    """)
    return


@app.cell(hide_code=True)
def predictive_heading():
    # notes: Aim: fit and truth come apart. Trap: choosing the slope of the model with the best score. Minutes: 7 with exercise 4. If late: table and sentence.
    mo.md(r"""
    ## Which model predicts best?

    **LOO** (leave-one-out cross-validation) asks how well each model predicts the renewal of a customer whom it has not seen, in a team that it has.
    Its score is `elpd`, a sum of log chances: higher is better.
    """)
    return


@app.cell
def score_function():
    # slide: skip
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
def loo_scores(chance_seen, customers, score):
    # slide: skip
    _renewed = customers["renewed"].to_numpy()
    with mo.status.spinner("Leaving each customer out: some seconds, the first time"):
        scores = {name: score(draws, _renewed) for name, draws in chance_seen.items()}
    return (scores,)


@app.cell
def loo_table(n_customers, scores):
    # slide: sub-slide
    _elpd = pd.DataFrame({name: pointwise for name, (pointwise, _) in scores.items()})
    _best = _elpd.sum().idxmax()
    _gap = _elpd.sub(_elpd[_best], axis=0)  # customer by customer
    loo = pd.DataFrame(
        {
            "elpd": _elpd.sum(),
            "se": np.sqrt(n_customers) * _elpd.std(),
            "difference": _gap.sum(),
            "difference_se": np.sqrt(n_customers) * _gap.std(),
            "largest_pareto_k": {name: k for name, (_, k) in scores.items()},
        }
    )
    loo = loo.rename_axis("model").reset_index()
    tidy.as_table(loo)
    return (loo,)


@app.cell
def pairs(n_customers, scores):
    # slide: skip
    def gap(one, other):
        """Return how far one model scores above another, and the standard error."""
        difference = scores[one][0] - scores[other][0]  # customer by customer
        return float(difference.sum()), float(np.sqrt(n_customers) * difference.std())

    tie_gap, tie_se = gap("latent Mundlak", "Mundlak")
    return gap, tie_gap, tie_se


@app.cell(hide_code=True)
def question_4(tie_gap, tie_se):
    mo.md(f"""
    ### Exercise 4 · predict · 2 min

    Customer by customer, **latent Mundlak** scores {tidy.signed(tie_gap, 2)} above **Mundlak**, with a standard error of {tidy.number(tie_se, 2)}. A gap
    counts when it is over two standard errors and over 4: of smaller gaps not even the error is known well (Sivula et al. 2020). Which one does
    LOO prefer: `"Mundlak"`, `"latent Mundlak"`, or `"neither"`?
    """)
    return


@app.cell
def exercise_4_prefer():
    # Your reading of the table.
    # solution
    preferred = "neither"
    preferred
    return (preferred,)


@app.cell(hide_code=True)
def hints_4(tie_gap, tie_se):
    _words = (
        f"The gap is {tidy.number(abs(tie_gap), 2)}, its standard error {tidy.number(tie_se, 2)}."
    )
    hints_4 = [
        ("Mundlak", f"{_words} Is the simpler model better at prediction, or only simpler?"),
        ("latent Mundlak", f"{_words} A decimal in a table is not a preference."),
        ("neither", f"{_words} That is over 4, and more than two of them."),
        "Compare the gap with what chance alone does to it, and with 4.",
    ]
    _leader = "latent Mundlak" if tie_gap > 0 else "Mundlak"
    right_4 = _leader if abs(tie_gap) > max(4, 2 * tie_se) else "neither"
    why_4 = f"{_words} Under the line a tie is a tie: choose between them for other reasons."
    return hints_4, right_4, why_4


@app.cell(hide_code=True)
def check_4(hints_4, preferred, right_4, set_progress, why_4):
    _options = ["Mundlak", "latent Mundlak", "neither"]
    check_4 = checks.choice(preferred, right_4, _options, hints=hints_4, why=why_4)
    set_progress(check_4.record("4"))
    check_4
    return


@app.cell(hide_code=True)
def loo_read(gap, loo, n_customers, slopes):
    # slide: sub-slide
    _mean = slopes[slopes["variable"] == "attention"].set_index("model")["mean"]
    _k = loo.set_index("model")["largest_pareto_k"]
    _rough = [name for name in _k.index if _k[name] > 0.7]
    _better, _se = gap("Mundlak", "multilevel")
    _each = tidy.percent(np.expm1(_better / n_customers), 1)
    mo.md(f"""
    Mundlak, with a slope of {tidy.signed(_mean["Mundlak"])}, scores {tidy.signed(_better, 1)} ± {_se:.1f} (one standard error) above the multilevel model, with
    {tidy.signed(_mean["multilevel"])}: to what happens, it gives a chance that is {_each} higher on average. To predict renewals the two are
    almost the same; to decide about attention they are not. **LOO ranks prediction, not causal truth.**

    Pareto k says how far leaving one customer out moves a posterior. Over 0.7 a score is rough: {", ".join(_rough) or "none here"}.
    """)
    return


@app.cell(hide_code=True)
def worlds_heading():
    # notes: Aim: one world is an anecdote; a hundred are an error rate. Trap: a slider that refits would lie about its cost; this one looks results up. Minutes: 9 with exercise 5. If late: three stops of the slider.
    mo.md(r"""
    ## A hundred worlds

    One data set can flatter any model. So: 100 worlds of each size, five models, 1,500 posteriors, stored in
    `data/mundlak_study.csv` by `uv run python data/mundlak_study.py`. **Bias** is the mean error of the slope, **coverage** the share of worlds whose 94 %
    interval holds the truth: it should be 94 %.
    """)
    return


@app.cell
def study():
    # slide: skip
    study = pd.read_csv(FOLDER / "mundlak_study.csv")
    study["covers"] = (study["lower"] <= 0) & (study["upper"] >= 0)
    study["width"] = study["upper"] - study["lower"]
    repeated_worlds = (
        study.groupby(["model", "n_per_group"], sort=False)
        .agg(
            n_worlds=("world", "size"),
            bias=("mean", "mean"),  # the truth is zero
            rmse=("mean", lambda error: np.sqrt((error**2).mean())),
            coverage=("covers", "mean"),
            mean_width=("width", "mean"),
        )
        .reset_index()
    )
    mo.md(f"{len(study):,} posteriors, {len(repeated_worlds)} rows of results.")
    return repeated_worlds, study


@app.cell
def study_means(repeated_worlds):
    study_means = repeated_worlds[repeated_worlds["model"] == "multilevel"].rename(
        columns={"n_per_group": "m", "bias": "slope"}
    )[["m", "slope"]]
    return (study_means,)


@app.cell
def study_size_slider():
    # slide: skip
    study_size = mo.ui.slider(
        steps=[7, 20, 67], value=7, show_value=True, label="customers per team (30 teams)"
    )
    return (study_size,)


@app.cell(hide_code=True)
def at_size(ROLE, repeated_worlds, study, study_size):
    def at_size(frame):
        """Return the rows of the chosen group size, with the role of each model."""
        rows = frame[frame["n_per_group"] == study_size.value]
        return rows.assign(role=rows["model"].map(ROLE))

    _words = [
        f"bias {tidy.signed(row.bias)}, covers in {row.coverage * row.n_worlds:.0f}"
        for row in at_size(repeated_worlds).itertuples()
    ]
    shown_worlds = at_size(study)[["model", "mean", "role"]]
    shown_results = at_size(repeated_worlds).assign(words=_words)
    return shown_results, shown_worlds


@app.cell(hide_code=True)
def worlds_layers(ROLE, shown_results, shown_worlds):
    _y = alt.Y("model:N", sort=list(ROLE), title=None)
    _x = alt.X(
        "mean:Q",
        title="posterior mean of the slope (log-odds)",
        scale=alt.Scale(domain=[-0.6, 1.5]),
    )
    _color = alt.Color("role:N", scale=charts.role_scale("naive", "adjusted"), legend=None)
    _ticks = alt.Chart(shown_worlds).mark_tick(opacity=0.5, size=22, clip=True)
    _rows = alt.Chart(shown_results)
    _mean = _rows.mark_point(filled=True, size=150, shape="diamond", color=charts.ROLES["truth"])
    _words = _rows.mark_text(align="right", fontSize=13)
    _truth = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(strokeDash=[6, 4])
    worlds_parts = [
        _truth.encode(x="x:Q"),
        _ticks.encode(_x, _y, _color),
        _mean.encode(x="bias:Q", y=_y),
        _words.encode(x=alt.datum(1.48), y=_y, text="words:N"),
    ]
    return (worlds_parts,)


@app.cell(hide_code=True)
def chart_worlds(shown_results, study_size, worlds_parts):
    _covers = shown_results.set_index("model")["coverage"].mul(100).map("{:.0f} of 100".format)
    _text = (
        f"{study_size.value} per team: multilevel covers in {_covers['multilevel']}, "
        f"Mundlak in {_covers['Mundlak']}"
    )
    _key = "tick: a world · diamond: mean · dashed: truth · interval: 94 % HDI"
    _chart = charts.describe(
        alt.layer(*worlds_parts).properties(title=alt.Title(_text, subtitle=_key), height=230),
        f"{_text}. " + "; ".join(f"{r.model}: {r.words}" for r in shown_results.itertuples()),
    )
    mo.vstack([study_size, _chart])
    return


@app.cell(hide_code=True)
def of_worlds(repeated_worlds):
    _table = repeated_worlds.set_index(["model", "n_per_group"])

    def of_worlds(model, column, digits=2):
        """Return a figure of a model at each size, in words."""
        print_one = tidy.signed if column == "bias" else tidy.number
        values = _table.loc[model, column] * (100 if column == "coverage" else 1)
        return ", ".join(print_one(values[size], digits) for size in values.index)

    return (of_worlds,)


@app.cell(hide_code=True)
def worlds_read(of_worlds):
    # slide: sub-slide
    mo.md(f"""
    At 7, 20 and 67 customers per team the multilevel slope is off by {of_worlds("multilevel", "bias")}: it fails most where teams are small.
    Its interval covers in {of_worlds("multilevel", "coverage", 0)} of 100 worlds (chance alone moves such a count by about 5), Mundlak's in
    {of_worlds("Mundlak", "coverage", 0)}, that of fixed effects in {of_worlds("fixed effects", "coverage", 0)}, with 7 per team less often than chance allows. The repair
    costs width only where teams are small: {of_worlds("Mundlak", "mean_width")} against {of_worlds("multilevel", "mean_width")}.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md(r"""
    ### Exercise 5 · complete · 4 min

    How much of the multilevel model's error at **67** per team is bias? `rmse` is the root of the mean squared error over worlds, and
    rmse² = bias² + variance. From the frame `study` (columns `model`, `n_per_group`, `world`, `mean`, ...), give `share_of_bias` = bias² / rmse²,
    a number between 0 and 1. The truth is 0.
    """)
    return


@app.cell
def exercise_5_share(study):
    # The multilevel slopes of the 100 worlds with 67 customers per team, then the share.
    # solution
    _errors = study.query("model == 'multilevel' and n_per_group == 67")["mean"]
    share_of_bias = _errors.mean() ** 2 / (_errors**2).mean()
    mo.md(f"Share of bias: {tidy.percent(share_of_bias)}")
    return (share_of_bias,)


@app.cell(hide_code=True)
def hints_5(repeated_worlds):
    def share_of(model, size):
        """Return bias² / rmse² of one model at one size."""
        row = repeated_worlds.set_index(["model", "n_per_group"]).loc[(model, size)]
        return float((row["bias"] / row["rmse"]) ** 2)

    share_truth = share_of("multilevel", 67)
    hints_5 = [
        (share_truth**0.5, "That is bias / rmse. Square it."),
        (1 - share_truth, "That is the share of the variance; the rest is bias."),
        (100 * share_truth, "Right in per cent; a share between 0 and 1 is asked for."),
        (
            share_of("Mundlak", 67),
            "That is Mundlak's model. Choose the rows of the multilevel one.",
        ),
        (share_of("multilevel", 7), "That is another group size, 7 or 20. Choose 67."),
        (share_of("multilevel", 20), "That is another group size, 7 or 20. Choose 67."),
        "bias is the mean of the column `mean`, since the truth is 0.",
    ]
    return hints_5, share_truth


@app.cell(hide_code=True)
def check_5(hints_5, set_progress, share_of_bias, share_truth):
    check_5 = checks.close(
        share_of_bias,
        share_truth,
        tolerance=0.01,
        hints=hints_5,
        why=f"{tidy.percent(share_truth)} of the squared error is bias: more teams would not mend it. More customers "
        "per team would, or one more column.",
    )
    set_progress(check_5.record("5"))
    check_5
    return


@app.cell
def live_function():
    # slide: skip
    import runpy

    @mo.persistent_cache(save_path=fits.FOLDER)
    def repeat_study(program, code, n_per_team, worlds):
        """Return the rows of the study's program for these worlds; other code runs anew."""
        del code
        return runpy.run_path(program)["study"]("multilevel", n_per_team, worlds)

    return (repeat_study,)


@app.cell
def live(N_PER_TEAM, N_WORLDS, SEED, repeat_study):
    # slide: skip
    _file = FOLDER / "mundlak_study.py"
    _worlds = list(dict.fromkeys([*range(N_WORLDS), SEED]))  # each once, also if SEED is one
    with mo.status.spinner("Repeating worlds of the study: about 10 s, the first time"):
        live_worlds = repeat_study(str(_file), _file.read_text(), N_PER_TEAM, _worlds)
    return (live_worlds,)


@app.cell
def compare_live(live_worlds, study):
    _by = ["model", "n_per_group", "world"]
    _both = live_worlds.merge(study, on=_by, suffixes=("", "_stored"))
    live_gap = float(np.abs(_both["mean"] - _both["mean_stored"]).max())
    n_repeated = len(_both)
    return live_gap, n_repeated


@app.cell(hide_code=True)
def live_read(SEED, live_gap, live_worlds, n_repeated, slopes, study):
    # slide: skip
    _nuts = slopes[slopes["variable"] == "attention"].set_index("model")
    _fast = live_worlds[live_worlds["world"] == SEED].set_index("model")

    def _pm(row):
        return f"{tidy.signed(row['mean'], 3)} ± {row['sd']:.3f}"

    _rough = int((study["effective_draws"] < 50).sum())
    mo.md(f"""
    **How 1,500 posteriors fit in minutes.** (NUTS is the sampler of the five fits above.) Each model gives a team's intercept a normal distribution, so the intercepts can be integrated out, one
    numerical integral per team (quadrature, 11 points). Two to eight parameters remain: weighted draws around their mode stand for them. Approximate are the
    integrals, and the finite number of draws: {_rough} of the {len(study):,} posteriors rest on fewer than 50 effective draws.

    Checked twice. The multilevel slope of our world: NUTS {_pm(_nuts.loc["multilevel"])}, the fast way {_pm(_fast.loc["multilevel"])}. And {n_repeated} worlds of
    the stored study, repeated here, differ from it by at most {np.ceil(1e4 * live_gap) / 1e4:.4f}.
    """)
    return


@app.cell(hide_code=True)
def sign_heading():
    # notes: Aim: a latent variable has no direction of its own. Trap: two mirrored hills look like a broken sampler; attention's slope does not care. Minutes: 9 with exercise 6. If late: chart and last sentence.
    mo.md(r"""
    ## A second way, and a missing sign

    The latent model once more, in NumPyro. Its `loading` says how strongly $u_g$ shows in attention, and we gave it a **positive** prior.
    Why? Turn the sign of every $u_g$, of the loading, and of the slope of $u$: attention and renewals are as likely as before.
    """)
    return


@app.cell
def numpyro_model():
    # slide: skip
    import numpyro
    from jax import numpy as jnp
    from jax import random
    from numpyro import distributions as dist

    numpyro.enable_x64()

    def latent_numpyro(loading_prior, team, seniority, attention=None, renewed=None):
        """The latent model of above, with the prior of the loading as an argument."""
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

    mo.md("Same names, same order as in PyMC; the prior of the loading is an argument.")
    return dist, latent_numpyro, numpyro, random


@app.cell
def numpyro_sampler(dist, latent_numpyro, numpyro, random):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_free(customers, teams, draws, seed):
        """Return posterior draws of the latent model whose loading may have either sign."""
        columns = {name: customers[name].to_numpy() for name in ("team", "attention", "renewed")}
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


@app.cell(hide_code=True)
def question_6():
    mo.md(r"""
    ### Exercise 6 · complete · 3 min

    Remove the constraint: give `free_loading` a NumPyro distribution (`dist.…`) for the loading in which both signs are equally likely. Its
    spread should be of order one. The section goes on with a prior of its own.
    """)
    return


@app.cell
def exercise_6_free(dist):
    # A distribution object; dist.Exponential(1) is the constrained one.
    # solution
    free_loading = dist.Normal(0, 1)
    mo.md(f"Prior of the loading: `{type(free_loading).__name__}`")
    return (free_loading,)


@app.cell(hide_code=True)
def judge_6(dist):
    def is_free(prior):
        """Return whether a prior allows both signs of the loading alike, or what is wrong."""
        if isinstance(prior, type):
            return "That is a kind of distribution; give it its parameters: `dist.Name(...)`."
        if not isinstance(prior, dist.Distribution):
            return f"A NumPyro distribution is expected, not a {type(prior).__name__}."
        if prior.batch_shape or prior.event_shape:
            return "One loading, one number: the distribution has a shape of its own."
        ends = np.array([-0.7, 0.7])
        if not bool(prior.support(ends[0])):
            return "This one still knows the sign: it gives negative loadings no chance."
        below, above = np.asarray(prior.log_prob(ends))
        if abs(below - above) > 1e-6:
            return "Both signs are possible, but not equally likely. Centre it at zero."
        return (
            True if below > -4 else "Its spread leaves ±0.7 almost no chance; of order one, please."
        )

    return (is_free,)


@app.cell(hide_code=True)
def check_6(free_loading, is_free, set_progress):
    check_6 = checks.holds(
        free_loading,
        is_free,
        hints=["Exponential, HalfNormal, LogNormal and Gamma are positive. Which one is not?"],
        why="Now the posterior has two mirrored hills, and no data can tell them apart.",
    )
    set_progress(check_6.record("6"))
    check_6
    return


@app.cell
def free(DRAWS, SEED, customers, fit_free, teams):
    # slide: skip
    with mo.status.spinner("Sampling without the constraint: about 20 s, the first time"):
        idata_free = fit_free(customers, teams, DRAWS // 2, SEED)
    return (idata_free,)


@app.cell
def free_chains(idata_free):
    # slide: skip
    from arviz_stats import rhat

    loading_by_chain = idata_free.posterior["loading"].mean("draw").to_numpy()
    n_negative = int((loading_by_chain < 0).sum())
    rhat_free = {k: float(rhat(idata_free.posterior[k])) for k in ("loading", "slope_u", "slope")}
    return loading_by_chain, n_negative, rhat_free


@app.cell(hide_code=True)
def chart_free(idata_free, loading_by_chain, n_negative):
    _draws = idata_free.posterior["loading"].isel(draw=slice(None, None, 20))
    _frame = tidy.tidy_draws({"loading": _draws.to_numpy()})
    _frame["chain"] += 1
    _title = f"Without the constraint {n_negative} of {len(loading_by_chain)} chains found the mirror image"
    charts.describe(
        alt.Chart(_frame)
        .mark_tick(size=16, opacity=0.5, color=charts.ROLES["adjusted"])
        .encode(
            x=alt.X("value:Q", title="loading (units of attention)"),
            y=alt.Y("chain:O", title="chain"),
        )
        .properties(title=_title, height=240),
        f"{_title}. Draws of the loading, one row per chain, on the two sides of zero.",
    )
    return


@app.cell(hide_code=True)
def free_read(loading_by_chain, n_negative, rhat_free):
    # slide: sub-slide
    _all = n_negative in (0, len(loading_by_chain))
    _verdict = "All chains started on one side, by luck" if _all else "This fit must not be read"
    mo.md(f"""
    R-hat of the loading: **{rhat_free["loading"]:.2f}**; of the slope of $u$: {rhat_free["slope_u"]:.2f}; of attention's own slope:
    {rhat_free["slope"]:.2f}. {_verdict}. Attention's slope is the same on both hills, so it does not suffer. If all chains start on one side, R-hat is near 1 and hides the
    problem: a constraint does not rely on luck.
    """)
    return


@app.cell
def folding(idata_free):
    # slide: code
    import xarray as xr

    _draws = idata_free.posterior.dataset
    _sign = np.sign(_draws["loading"])
    _folded = _draws.assign(loading=_sign * _draws["loading"], slope_u=_sign * _draws["slope_u"])
    _stats = idata_free["sample_stats"].to_dataset()
    idata_numpyro = xr.DataTree.from_dict({"posterior": _folded, "sample_stats": _stats})
    mo.md(f"Turned round: {tidy.percent(float((_sign < 0).mean()))} of the draws.")
    return (idata_numpyro,)


@app.cell
def diagnose_numpyro(idata_numpyro):
    diagnostics_numpyro = tidy.diagnostics(idata_numpyro)
    tidy.show_diagnostics(diagnostics_numpyro)
    return (diagnostics_numpyro,)


@app.cell(hide_code=True)
def numpyro_read(diagnostics_numpyro, idata_numpyro, slopes):
    # slide: sub-slide
    _pymc = slopes.query("model == 'latent Mundlak' and variable == 'attention'").iloc[0]
    _draws = idata_numpyro.posterior["slope"]
    _may = "may" if diagnostics_numpyro["passed"][0] else "still must not"
    mo.md(f"""
    **Folded**: each draw with a negative loading is turned round, and the two hills become one, the very posterior of the model with
    loading ~ Exponential(1). Now it {_may} be read. Attention's slope from NumPyro: {tidy.signed(float(_draws.mean()), 3)} ± {float(_draws.std()):.3f};
    from PyMC: {tidy.signed(_pymc["mean"], 3)} ± {_pymc["sd"]:.3f}.
    """)
    return


@app.cell(hide_code=True)
def break_heading():
    # notes: Aim: what none of the five can do. Trap: "fixed effects control for everything": only for what has one value per team. Minutes: 5. If late: slider to the right end.
    mo.md(r"""
    ## Break it: a confounder inside the team

    **Ignorability within teams** fails: customers of one team differ in a **need** (variance 1) that nobody measured, with an arrow of strength $s$ into attention and another
    into the outcome. Attention inside teams is need and chance (variance 1). With a linear outcome, the within slope tends to

    $$\frac{s \cdot s}{s^2 + 1}, \quad \text{not to } 0.$$
    """)
    return


@app.cell
def within_bias():
    def within_bias(s):
        """Return the limit of the within slope when need moves attention and outcome by s."""
        return s * s / (s * s + 1)

    need = mo.ui.slider(0.0, 2.0, 0.25, value=0.5, show_value=True, label="strength s of need")
    return need, within_bias


@app.cell(hide_code=True)
def chart_need(need, within_bias):
    _s = np.linspace(0, 2, 81)
    _curve = pd.DataFrame({"s": _s, "bias": within_bias(_s)})
    _x = alt.X("s:Q", title="strength s of need", axis=alt.Axis(tickCount=5))
    _y = alt.Y("bias:Q", title="limit of the within slope (truth 0)")
    _line = (
        alt.Chart(_curve).mark_line(strokeWidth=3, color=charts.ROLES["adjusted"]).encode(_x, _y)
    )
    _now = pd.DataFrame({"s": [need.value], "bias": [within_bias(need.value)]})
    _dot = alt.Chart(_now).mark_point(size=260, strokeWidth=3, color=charts.ROLES["adjusted"])
    _title = (
        f"At s = {need.value:.2f} the within slope tends to {tidy.signed(within_bias(need.value))}"
    )
    _chart = charts.describe(
        (_line + _dot.encode(_x, _y)).properties(title=_title, height=200),
        f"{_title}. A curve that rises from zero: the stronger the need, the larger the bias.",
    )
    mo.vstack([need, _chart])
    return


@app.cell(hide_code=True)
def break_read(need, within_bias):
    # slide: sub-slide
    _other = 1.0 if need.value != 1 else 2.0
    mo.md(f"""
    At s = {need.value:.2f} the slope tends to {within_bias(need.value):.2f}, at s = {_other:.0f} to {within_bias(_other):.2f}, however many teams and customers there are. Fixed effects,
    Mundlak and latent Mundlak remove what has one value per team, and **nothing else**.
    """)
    return


@app.cell(hide_code=True)
def practice_heading():
    # notes: Aim: something to do on Monday. Trap: a rule without its condition. Minutes: 9 with exercise 7. If late: the table; the exercise is for home.
    mo.md(r"""
    ## What to do with a panel at work

    | ask | then |
    |:---|:---|
    | does the treatment vary inside groups? | if not, no model here helps: find groups that changed, or an experiment |
    | is the confounder constant inside a group? | if not, measure it; group means do not help |
    | only the treatment's effect wanted? | fixed effects are enough (with a logit: if groups are large) |
    | effects of group covariates, or predictions, too? | multilevel **with group means** of every covariate |
    | few rows per group? | no bare random intercept, unless the treatment was randomised |
    """)
    return


@app.cell(hide_code=True)
def practice_more():
    # slide: skip
    mo.md(r"""
    What do latent means buy? For attention's own slope little: the hundred worlds show two columns alike. Noise in $\bar x_g$ spoils the slope of the *mean*; who wants that one, the
    effect of a team's level, gains from modelling it (Lüdtke et al. 2008).

    Two limits. With a binary outcome, few rows per group and an effect that is not zero, one free intercept per group pushes the slope away from zero (Neyman &
    Scott 1948): another reason to prefer group means there. And where today's outcome changes tomorrow's treatment, group means hold the future, and
    none of this applies as it stands.
    """)
    return


@app.cell(hide_code=True)
def question_7():
    mo.md(r"""
    ### Exercise 7 · build · 7 min

    A tool to take home. Write `with_group_means(frame, group, columns)`: return a **copy** of `frame`, rows in the same order, with a column
    `<name>_mean` for each name in the list `columns`: the mean of the row's group. The frame that comes in stays as it is.
    """)
    return


@app.function
def with_group_means(frame, group, columns):
    """Return a copy of the frame with the group mean of each column beside it."""
    # solution
    means = frame.groupby(group)[list(columns)].transform("mean")
    return frame.join(means.add_suffix("_mean"))


@app.cell(hide_code=True)
def toy_7():
    def toy_panel():
        """Return a small panel, rows unsorted, with an index of its own."""
        return pd.DataFrame(
            {
                "shop": ["b", "a", "b", "a", "c"],
                "price": [4.0, 1.0, 6.0, 3.0, 9.0],
                "staff": [2.0, 5.0, 4.0, 5.0, 1.0],
            },
            index=[7, 3, 5, 1, 9],
        )

    TOY_MEANS = {"price_mean": [5.0, 2.0, 5.0, 2.0, 9.0], "staff_mean": [3.0, 5.0, 3.0, 5.0, 1.0]}
    return TOY_MEANS, toy_panel


@app.cell(hide_code=True)
def means_7(TOY_MEANS):
    def judge_means(made):
        usual = {
            "That is one mean for all rows: take it group by group.": [4.6] * 5,
            "That is the deviation from the mean, not the mean.": [-1, -1, 1, 1, 0],
        }
        for words, wrong in usual.items():
            if np.allclose(made["price_mean"], wrong):
                return words
        return all(np.allclose(made[name], means) for name, means in TOY_MEANS.items())

    return (judge_means,)


@app.cell(hide_code=True)
def rows_7(TOY_MEANS, judge_means, toy_panel):
    def describe_rows(made):
        lacking = [column for column in TOY_MEANS if column not in made]
        if "mean_price" in made:
            return "The names are turned round: `price_mean`, not `mean_price`."
        if lacking:
            return f"The column {lacking[0]} is missing."
        if "price" not in made:
            return "Only the means came back: put them beside the columns of the frame."
        if len(made) != 5:
            return "One row per group is left: each row of the frame needs its group's mean."
        if list(made["price"]) != list(toy_panel()["price"]):
            return "The rows are in another order than before, or a column has changed."
        return judge_means(made)

    return (describe_rows,)


@app.cell(hide_code=True)
def judge_7(describe_rows, toy_panel):
    def adds_means(function):
        """Return whether the function adds the means of its group to each row, or what is wrong."""
        panel = toy_panel()
        made = function(panel, "shop", ["price", "staff"])
        if made is None or made is ...:
            raise checks.Unanswered
        if not panel.equals(toy_panel()) or made is panel:
            return "The frame that came in was changed; return a copy."
        if not isinstance(made, pd.DataFrame):
            return f"A data frame is expected, not a {type(made).__name__}."
        return describe_rows(made)

    return (adds_means,)


@app.cell(hide_code=True)
def check_7(adds_means, set_progress):
    check_7 = checks.holds(
        with_group_means,
        adds_means,
        hints=[
            "Group the frame, take means, and bring them back to the rows they belong to.",
            "`transform` keeps one row per row; `mean` alone gives one row per group.",
        ],
        why="One line, and a multilevel model leaks no more, as far as a straight line in the means "
        "holds. Add the means of every covariate that varies inside groups.",
    )
    set_progress(check_7.record("7"))
    check_7
    return


@app.cell(hide_code=True)
def takeaways(ate, repeated_worlds):
    # notes: Aim: the answer to the title, then the condition. Trap: "use Mundlak" without "if the confounder is constant inside groups". Minutes: 2. If late: keep.
    def _points(name):
        low, high = tidy.hdi(100 * ate[name])
        mean = tidy.signed(100 * float(ate[name].mean()), 1)
        return f"{mean} points (94 % HDI {tidy.number(low, 1)} to {tidy.number(high, 1)})"

    _c = 100 * repeated_worlds.set_index(["model", "n_per_group"])["coverage"]
    mo.md(f"""
    ## Takeaways

    - **Treatment or group?** The group. One more unit of attention: naive {_points("naive")}, Mundlak {_points("Mundlak")}; truth 0.
    - **A random intercept leaks, most in small groups**: its 94 % interval covered in {_c["multilevel", 7]:.0f} of 100 worlds at 7 rows per group, in {_c["multilevel", 67]:.0f} at 67.
    - **Group means close the leak** ({_c["Mundlak", 7]:.0f} of 100), if intercepts are linear in them, and keep group covariates.
    - **Good fit is not the right slope**: LOO and the posterior predictive check hardly see the leak.
    - **Limit**: only confounders that are constant inside groups are removed.
    """)
    return


@app.cell(hide_code=True)
def references():
    # slide: skip
    mo.md(r"""
    ### References

    - Bell, A. & Jones, K. (2015). Explaining fixed effects: random effects modeling of time-series cross-sectional and panel data. *Political Science Research and Methods* 3(1). doi:10.1017/psrm.2014.7
    - Lüdtke, O. et al. (2008). The multilevel latent covariate model. *Psychological Methods* 13(3). doi:10.1037/a0012869
    - McElreath, R. (2020). *Statistical Rethinking*, 2nd edition. CRC Press. doi:10.1201/9780429029608. World and models follow his lectures.
    - Mundlak, Y. (1978). On the pooling of time series and cross section data. *Econometrica* 46(1). doi:10.2307/1913646
    - Neyman, J. & Scott, E. L. (1948). Consistent estimates based on partially consistent observations. *Econometrica* 16(1). doi:10.2307/1914288
    - Sivula, T. et al. (2020). Uncertainty in Bayesian leave-one-out cross-validation based model comparison. arXiv:2008.10296
    - Vehtari, A., Gelman, A. & Gabry, J. (2017). Practical Bayesian model evaluation using leave-one-out cross-validation and WAIC. *Statistics and Computing* 27. doi:10.1007/s11222-016-9696-4
    """)
    return


@app.cell(hide_code=True)
def progress(get_progress):
    checks.progress(get_progress(), total=7)
    return


if __name__ == "__main__":
    app.run()
