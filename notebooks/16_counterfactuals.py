import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What would have happened to this one?",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    import marimo as mo
    import numpy as np
    import pandas as pd
    from scipy.special import expit, logit, ndtr

    from helpers import checks, graphs
    from helpers.data import FOLDER
    from helpers.lessons import counterfactuals
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed, summarise


@app.cell(hide_code=True)
def title():
    mo.md("""
    # What would have happened to this one?

    Lea took two hours of tutoring a week and scored 70. What would she have scored without? Nobody will see that world. It can be computed all the same, if one is willing to say how the world works; and two people who agree about all data can disagree about Lea.

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | imagine one unit's other world; tell advice that changes a score from advice that changes the world; make a prediction fair |
    | Question | What would this one's outcome have been, had one thing been different? |
    | Estimand | one unit's outcome under another treatment, given all that was seen of it |
    | Design | structural causal models: abduction, action, prediction |
    | Data | a simulated school with known truth: pupils, applicants, admissions |
    | Time | core 60 minutes, optional 33; eight checked exercises |
    | Before | notebook 01 (models as programs), 05 (observe and do) |
    """)
    return


@app.cell(hide_code=True)
def doors_heading():
    mo.md("""
    ## Three doors, parallel worlds

    Three doors show a step that Lea's answer needs: what is seen tells how it came about. A car is behind one, goats behind the others. You keep door 1. A host who *knows* where the car is opens door 3: a goat. Would switching to door 2 win? Of 200,000 games, those in which just this is seen:
    """)
    return


@app.cell
def first_picture(knowing):
    counterfactuals.chart_doors(knowing)
    return


@app.cell(hide_code=True)
def read_doors():
    mo.md("""
    Working back from what was seen to what is hidden is **abduction**.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### Exercise 1 · predict · 2 min

    With the car behind door 2 that host had no choice. Another evening, another host. He knows nothing, opens door 2 or 3 by a coin, and *happens* to open door 3 with a goat. You see the same picture. In what share of these games would switching win: `"1/3"`, `"1/2"` or `"2/3"`?
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    blind_share = ...
    return (blind_share,)


@app.cell(hide_code=True)
def check_1(blind_share, games, set_progress):
    check_1 = counterfactuals.judge_1(blind_share, games)
    check_1.noted(1, set_progress)
    return (check_1,)


@app.cell
def play(SEED):
    def three_doors(rng, knows, n=200_000):
        """Return where the car is and which door the host opens; you keep door 1."""
        car, coin = rng.integers(1, 4, n), rng.integers(2, 4, n)
        opened = np.where(knows & (car != 1), 5 - car, coin)  # a goat, of doors 2 and 3
        return car, opened

    _rows = []
    for _host in ("knows", "opens blindly"):
        _car, _opened = three_doors(np.random.default_rng(SEED), _host == "knows")
        _seen = _car[(_opened == 3) & (_car != 3)]  # door 3, and a goat
        _rows += [(_host, door, len(_seen), float(np.mean(_seen == door))) for door in (1, 2)]
    games = pd.DataFrame(_rows, columns=["host", "car behind door", "games", "share"])
    knowing = games[games["host"] == "knows"]
    return games, knowing


@app.cell
def games_shown(check_1, games):
    counterfactuals.after(check_1, as_table(games, digits=3))
    return


@app.cell(hide_code=True)
def pupil_heading():
    mo.md("""
    ## One pupil

    A school with 20,000 pupils. Hours of tutoring a week, score of 0 to 100 points. What nobody measures: the **knack**, in standard deviations. Pupils with less of it take more tutoring.
    """)
    return


@app.cell
def pupil_graph():
    _arrows = [("knack", "hours"), ("knack", "score"), ("hours", "score")]
    pupil_graph = graphs.dag(_arrows, treatment="hours", outcome="score", hidden=["knack"])
    pupil_graph.draw()
    return


@app.cell(hide_code=True)
def world_note():
    mo.md(r"""
    A **structural causal model** (Pearl 2009) is a program: an equation for each variable, and a distribution for what each unit brings along, here knack $U \sim$ Normal(0, 1) and mood $M \sim$ Normal(0, 0.5):

    $$T = 1.2 - 0.6\, U + M, \qquad S = \frac{100}{1 + e^{-(-0.5 + 0.9\, T + 0.8\, U)}}$$

    | | variable | unit | role |
    |:--|:--|:--|:--|
    | $T$ | tutoring | hours a week | treatment |
    | $S$ | score | points, 0 to 100 | outcome |
    | $U$ | knack | standard deviations | common cause, not seen |
    | $M$ | mood | hours a week | moves the hours alone |
    """)
    return


@app.cell
def equations():
    def hours_of(knack, mood):
        """Return hours of tutoring a week; `mood`: what else moves them, standard deviation 0.5."""
        return 1.2 - 0.6 * knack + mood

    def log_odds_of(hours, knack):
        """Return the log odds of the score, from minus to plus infinity."""
        return -0.5 + 0.9 * hours + 0.8 * knack

    def score_of(hours, knack):
        """Return the score, 0 to 100 points."""
        return 100 * expit(log_odds_of(hours, knack))

    return hours_of, log_odds_of, score_of


@app.cell
def school(SEED, hours_of, score_of):
    _rng = np.random.default_rng(SEED)
    pupils = pd.DataFrame({"knack": _rng.normal(size=20_000)})
    pupils["hours"] = hours_of(pupils["knack"], _rng.normal(0, 0.5, 20_000))
    pupils["score"] = score_of(pupils["hours"], pupils["knack"])
    naive_slope = float(np.polyfit(pupils["hours"], pupils["score"], 1)[0])
    counterfactuals.chart_pupils(pupils, naive_slope)
    return naive_slope, pupils


@app.cell(hide_code=True)
def read_school(naive_slope, pupils):
    mo.md(f"""
    An hour more goes with only {signed(naive_slope, 1)} points. (Hours are normal here to keep the sums short; {percent(float(np.mean(pupils["hours"] < 0)))} are below zero.)
    """)
    return


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Three questions in one sentence

    "The score without tutoring", for Lea, who took 2 hours and scored 70:

    - **seeing**: the mean score of the pupils who took 0 hours, $E[S \mid T = 0]$;
    - **doing**: the mean score, if nobody got tutoring, $E[S \mid do(T = 0)]$;
    - **imagining**: the score that Lea herself would have had, $S_{T=0}$ of *this* pupil.

    ### Exercise 2 · predict · 2 min

    Order the three from lowest to highest: `readings = ["...", "...", "..."]` with the texts `"seeing"`, `"doing"`, `"imagining"`.
    """)
    return


@app.cell
def exercise_2_predict():
    # Who takes no tutoring, and who takes two hours?
    readings = ...
    return (readings,)


@app.cell(hide_code=True)
def check_2(readings, set_progress):
    check_2 = counterfactuals.judge_2(readings)
    check_2.noted(2, set_progress)
    return


@app.cell(hide_code=True)
def three_steps():
    mo.md(r"""
    ### Abduction, action, prediction

    Write $U$ for the knack, $x$ for what was seen of a unit, and $f(t, u)$ for the score equation. Then

    $$P\bigl(S_{T=t} \le s \mid x\bigr) = \int \mathbb 1\{f(t, u) \le s\}\; p(u \mid x)\, du$$

    1. **Abduction**: from what was seen, learn what this unit brings along, $p(u \mid x)$.
    2. **Action**: set $T = t$; its own equation no longer counts.
    3. **Prediction**: run the program forward with the *same* $u$.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### What the answer rests on

    - **Form**: this equation, and no other one that fits the same data.
    - **Invertibility**: *one* unseen cause, found exactly by solving for it.
    - **Invariance**: the same knack and the same equation in both worlds.
    - **Consistency**: with her own hours she has the score that was seen.
    - With a noisy score, also a **prior** and no other common cause (below).

    Seeing needs none of them; a trial could answer doing, but not imagining.

    ### Exercise 3 · complete · 5 min

    Lea's score is exact, without noise. Work back to her `knack`, then predict `score_without`, her score with 0 hours. `logit(p)` undoes `expit`.
    """)
    return


@app.cell
def exercise_3_complete():
    HOURS, SCORE = 2.0, 70.0  # what was seen of Lea
    knack = ...
    score_without = ...
    return knack, score_without


@app.cell(hide_code=True)
def check_3(knack, score_without, set_progress):
    check_3 = counterfactuals.judge_3(knack, score_without)
    check_3.noted(3, set_progress)
    return (check_3,)


@app.cell
def twin_picture(check_3, doing, imagine, seen_score):
    _grid, _seen = np.linspace(0, 3, 31), seen_score.value
    _chart = counterfactuals.chart_twin(_grid, imagine(_seen, 2.0, _grid), doing(_grid), _seen)
    counterfactuals.after(check_3, counterfactuals.below(_chart, seen_score))
    return


@app.cell
def readings_table(among, check_3, doing, imagine):
    _what = ["seeing", "doing", "imagining all of them", "imagining Lea"]
    _who = ["took 0 hours", "all", "took 2 hours", "took 2 hours and scored 70"]
    _without = [among(0.0, 0.0), doing(0.0), among(2.0, 0.0), imagine(70.0, 2.0, 0.0)]
    four_readings = pd.DataFrame({"reading": _what, "of whom": _who, "without": _without})
    average_effect = float(doing(2.0) - doing(0.0))
    counterfactuals.after(check_3, as_table(four_readings, digits=1))
    return (average_effect,)


@app.cell(hide_code=True)
def read_readings(average_effect, check_3):
    _read = mo.md(f"""
    Scores without tutoring, in points. Each is right for its own question. What is right for none: Lea's score minus the average effect of two hours, {number(average_effect, 1)} points. The equation bends, so each pupil has an effect of her own.
    """)
    counterfactuals.after(check_3, _read, "reading")
    return


@app.cell(hide_code=True)
def slip_heading():
    mo.md(r"""
    ## A pupil measured with a slip

    The *measured* score is the true one plus a **slip** (measurement error, sd 5 points). Now 70 fits many knacks: abduction is a posterior. Prior: knack $\sim$ Normal(0, 1). Her hours speak too, if they and the score have **no other common cause**.
    """)
    return


@app.cell
def pupil_program(hours_of, log_odds_of, pm):
    def pupil_model():
        """Return one pupil: knack (standard deviations), hours, scores (points)."""
        with pm.Model() as model:
            knack = pm.Normal("knack", 0, 1)
            hours = pm.Normal("hours", hours_of(knack, 0), 0.5)
            true_score = 100 * pm.math.sigmoid(log_odds_of(hours, knack))
            pm.Deterministic("true_score", true_score)
            pm.Normal("score", true_score, 5)
        return model

    mo.plain_text(pupil_model().str_repr())
    return (pupil_model,)


@app.cell
def abduction(DRAWS, SEED, fits, pm, pupil_model):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def abduct(hours, score, seed, draws):
        """Return draws of the knack of a pupil of whom this was seen; sampled once."""
        observed = pm.observe(pupil_model(), {"hours": hours, "score": score})
        how = {"nuts_sampler": "numpyro", "nuts": {"chain_method": "vectorized"}}
        how |= {"tune": 500, "chains": 4, "var_names": ["knack"], "progressbar": False}
        return pm.sample(draws, model=observed, random_seed=seed, **how)

    with mo.status.spinner("Sampling Lea's knack: about 10 s, the first time"):
        idata_pupil = abduct(2.0, 70.0, SEED, DRAWS)
    return (idata_pupil,)


@app.cell
def second_way(hours_of, score_of):
    # The same posterior without a sampler: prior times likelihoods on a grid of knacks.
    _knack = np.linspace(-5, 5, 10_001)
    _far = _knack, (2.0 - hours_of(_knack, 0)) / 0.5, (70 - score_of(2.0, _knack)) / 5
    _weight = np.exp(-0.5 * sum(each**2 for each in _far))
    by_grid = float(_weight @ score_of(0.0, _knack) / _weight.sum())
    return (by_grid,)


@app.cell
def diagnose_pupil(idata_pupil, tidy):
    diagnostics_pupil = tidy.diagnostics(idata_pupil)
    tidy.show_diagnostics(diagnostics_pupil)
    return


@app.cell
def act_and_predict(SEED, check_3, idata_pupil, pm, pupil_model, score_of):
    _how = {"random_seed": SEED, "progressbar": False, "var_names": ["true_score", "score"]}
    _how |= {"compile_kwargs": {"mode": "FAST_COMPILE"}}
    _world = pm.do(pupil_model(), {"hours": 0.0})  # action: the hours' own equation is gone
    _found = pm.sample_posterior_predictive(idata_pupil, _world, **_how).posterior_predictive
    _slip = 70 - score_of(2.0, idata_pupil.posterior["knack"])  # abducted, as the knack is
    twin_draws = {
        "true score": _found["true_score"],
        "measured, the same slip": _found["true_score"] + _slip,
        "measured, a fresh slip": _found["score"],
    }
    twin = summarise(twin_draws)
    counterfactuals.after(check_3, counterfactuals.chart_twin_draws(twin), "chart", exercise=3)
    return (twin,)


@app.cell(hide_code=True)
def read_slip(by_grid, check_3, idata_pupil, twin):
    _read = mo.md(f"""
    Knack {number(float(idata_pupil.posterior["knack"].mean()))}, standard deviation {number(float(idata_pupil.posterior["knack"].std()))}. Her true score without tutoring: {number(twin["mean"][0], 1)}, standard deviation {number(twin["sd"][0], 1)}, {percent(HDI_PROB)} HDI {number(twin["lower"][0], 1)} to {number(twin["upper"][0], 1)}; its mean on a grid of knacks, without a sampler: {number(by_grid, 1)}. **The slip is this pupil's too.** Keep it, and what the *test* would have shown is known to {number(twin["sd"][1], 1)} points: a luckier day means less knack, and the two nearly cancel. A fresh slip ({number(twin["sd"][2], 1)} points) answers for another day.
    """)
    counterfactuals.after(check_3, _read, "reading", exercise=3)
    return


@app.cell(hide_code=True)
def pairs_heading():
    mo.md(r"""
    ## Two programs that no trial tells apart

    The school tries a new textbook by coin. For a pupil with luck $e_0$ with the old book and $e_1$ with the new one, points above the old average are

    $$Y_0 = 2\, e_0, \qquad Y_1 = 1 + 2\, e_1, \qquad \operatorname{corr}(e_0, e_1) = c$$

    jointly normal, each standard. Each pupil shows one of the two.
    """)
    return


@app.cell
def pairs_picture(SEED, correlation, harmed_share):
    _c = correlation.value
    _columns = same_columns(np.random.default_rng(SEED), _c)
    _chart = counterfactuals.chart_pairs(*_columns, _c, harmed_share(_c))
    counterfactuals.below(_chart, correlation)
    return


@app.cell(hide_code=True)
def read_pairs():
    mo.md(r"""
    The trial shows both columns of dots, and nothing of the lines between them. It says: one point better on average, whatever $c$.
    """)
    return


@app.cell
def harm_table():
    def harmed_share(c):
        """Return the share of pupils who score lower with the new book: P(Y1 < Y0)."""
        spread = 2 * np.sqrt(2 * (1 - c))  # standard deviation of the individual effects, points
        return float(ndtr(-1 / spread)) if spread > 0 else 0.0

    harmed = pd.DataFrame({"c": [1.0, 0.0, -1.0]})
    harmed["share"] = [harmed_share(c) for c in harmed["c"]]
    harmed["sd of effects"] = 2 * np.sqrt(2 * (1 - harmed["c"]))
    harmed["old book, given 3 with the new"] = 2 * harmed["c"]  # of e1 = 1, times 2
    _y = np.linspace(-9, 10, 1_901)
    most_harmed = float(1 + np.min(ndtr((_y - 1) / 2) - ndtr(_y / 2)))  # Makarov's bound
    as_table(harmed, digits=3)
    return harmed, harmed_share, most_harmed


@app.cell(hide_code=True)
def read_harm(harmed, most_harmed):
    mo.md(f"""
    The share who are **harmed** may be anything from {percent(harmed["share"].iloc[0])} to {percent(harmed["share"].iloc[-1])}, as long as the pair is normal, itself an assumption: joined otherwise, the same two columns allow up to {percent(most_harmed)} (Fan & Park 2010). A pupil with the new book and 3 points would have had {signed(harmed["old book, given 3 with the new"].iloc[0], 0)} points with the old one, or {signed(harmed["old book, given 3 with the new"].iloc[-1], 0)}. **Identification first: no trial, however large, identifies $c$**, because each pupil shows one outcome. Without further assumptions, records of their own choices can at most narrow it. Lea's answer had one: her knack is the same in both worlds.
    """)
    return


@app.cell(hide_code=True)
def recourse_heading():
    mo.md(r"""
    ## Change the score, or the world?

    An advanced course admits by a formula, learnt from skill (an entrance test, in standard deviations) and from a badge in the school's app. The badge does not make ready: pupils who are ready collect it.
    """)
    return


@app.cell
def course_graph():
    _formula = [("skill", "accepted"), ("badge", "accepted")]
    course_graph = graphs.dag([("skill", "ready"), ("ready", "badge"), *_formula])
    course_graph.draw()
    return


@app.cell
def course_program():
    def ready_of(skill, slack):
        """Return 1 for pupils who can follow the course; `slack`: what else counts, sd 1."""
        return (skill + 0.7 * slack > 0).astype(int)

    def badge_of(ready, app_luck):
        """Return points of the badge; `app_luck`: what else moves them, sd 1."""
        return 1.5 * (ready - 0.5) + 0.5 * app_luck

    def margin(rule, skill, badge):
        """Return how far above zero the formula is; from zero on a pupil is accepted."""
        return rule[0] + rule[1] * skill + rule[2] * badge

    return badge_of, margin, ready_of


@app.cell
def applicants(SEED, badge_of, margin, ready_of):
    from sklearn.linear_model import LogisticRegression

    _brought = np.random.default_rng(SEED).normal(size=(200_000, 3))
    applicants = pd.DataFrame(_brought, columns=["skill", "slack", "app_luck"])
    applicants["ready"] = ready_of(applicants["skill"], applicants["slack"])
    applicants["badge"] = badge_of(applicants["ready"], applicants["app_luck"])
    _seen = applicants[["skill", "badge"]].to_numpy()
    _fit = LogisticRegression(C=1e6).fit(_seen, applicants["ready"])
    course_rule = float(_fit.intercept_[0]), *_fit.coef_[0].tolist()
    applicants["margin"] = margin(course_rule, applicants["skill"], applicants["badge"])
    rejected = applicants[applicants["margin"] < 0]
    accuracy = float(np.mean((applicants["margin"] >= 0) == applicants["ready"]))
    return accuracy, applicants, course_rule, rejected


@app.cell(hide_code=True)
def read_course(accuracy, applicants, rejected):
    mo.md(f"""
    The formula is right for {percent(accuracy)} of pupils. It rejects {percent(len(rejected) / len(applicants))}; {percent(rejected["ready"].mean(), 1)} of those are ready all the same. Each asks: what must I change? The **nearest change** of one entry lifts the formula to zero.
    """)
    return


@app.cell
def advice(course_rule, ready_of, rejected):
    _more_badge = -rejected["margin"] / course_rule[2]
    _more_skill = -rejected["margin"] / course_rule[1]
    _worked = ready_of(rejected["skill"] + _more_skill, rejected["slack"])
    advice = pd.DataFrame({"advice": ["collect the badge", "gain skill"], "formula at zero": 1.0})
    advice["mean change"] = [_more_badge.mean(), _more_skill.mean()]
    advice["ready"] = [rejected["ready"].mean(), _worked.mean()]
    counterfactuals.chart_advice(advice)
    return (advice,)


@app.cell(hide_code=True)
def read_advice(advice, applicants):
    mo.md(f"""
    Both pieces of advice lift the formula as it stands. After the badge {percent(advice["ready"][0], 1)} are ready, as many as before; after the skill {percent(advice["ready"][1], 1)}. The badge is a *symptom*: **a counterfactual explanation says what would change the score; recourse must change the world** (König et al. 2023). If all who are rejected collect the badge, the formula accepts everybody, and is right for {percent(float(applicants["ready"].mean()))} of pupils.
    """)
    return


@app.cell(hide_code=True)
def question_4():
    mo.md("""
    ### Exercise 4 · fix · 4 min

    Let every rejected pupil who is **not ready** gain one standard deviation of skill. What share is then accepted? A colleague's code holds the badge at its old value. Repair it: `accepted_share`, 0 to 1.
    """)
    return


@app.cell
def exercise_4_fix(course_rule, margin, rejected):
    # The colleague's code. What else changes with skill? What stays this pupil's?
    _those = rejected[rejected["ready"] == 0]
    _colleague = np.mean(margin(course_rule, _those["skill"] + 1, _those["badge"]) >= 0)
    accepted_share = ...
    return (accepted_share,)


@app.cell(hide_code=True)
def check_4(accepted_share, course_rule, rejected, set_progress):
    check_4 = counterfactuals.judge_4(accepted_share, rejected, course_rule)
    check_4.noted(4, set_progress)
    return


@app.cell(hide_code=True)
def fair_heading():
    mo.md(r"""
    ## Would the decision have been the same?

    A college admits the top 30 % by a predicted first-year result. Group $A$ (1: disadvantaged) pushes grade, test and first year down. Knack $U$ and all noise $\varepsilon$ are standard normal, independent of $A$:

    $$G = U - 0.8 A + 0.6\, \varepsilon_G, \qquad L = U - 1.2 A + 0.8\, \varepsilon_L$$

    $$Y = U - 0.3 A + 0.6\, \varepsilon_Y$$

    A prediction is **counterfactually fair** (Kusner et al. 2017) if it would have been the same, had this applicant's $A$ been the other one: abduct her noise, set $A$, predict again.
    """)
    return


@app.cell
def college_program():
    def results(group, noise):
        """Return grade, test and first year of applicants with this noise, in this group."""
        knack, in_grade, in_test, in_year = noise
        columns = {
            "grade": knack - 0.8 * group + 0.6 * in_grade,
            "test": knack - 1.2 * group + 0.8 * in_test,
            "year": knack - 0.3 * group + 0.6 * in_year,
        }
        return pd.DataFrame(columns).assign(group=group)

    def admissions(rng, n=200_000):
        """Return applicants as drawn, and the same ones in both groups: (frame, twins by group)."""
        noise = rng.normal(size=(4, n))
        group = rng.integers(0, 2, n)
        twins = {a: results(a, noise) for a in (0, 1)}
        return results(group, noise).assign(group=group), twins

    return (admissions,)


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Exercise 5 · fix · 4 min

    A colleague's "fair" predictor leaves the group out and uses grade and test as they are. Repair `fair_inputs`: from grade, test and group (arrays) make two inputs that would be the same, had the group been the other one, and that still tell of the knack.
    """)
    return


@app.function
def fair_inputs(grade, test, group):
    # The colleague returned (grade, test). What of them is the group's push?
    return ...


@app.cell(hide_code=True)
def check_5(set_progress):
    check_5 = counterfactuals.judge_5(fair_inputs)
    check_5.noted(5, set_progress)
    return (check_5,)


@app.cell
def fairness_table(
    SEED,
    admissions,
    check_5,
    least_squares,
    predictors,
    scorecard,
):
    college, twins = admissions(np.random.default_rng(SEED))
    _ready = college["year"] >= college["year"].quantile(0.7)
    _rows, _all = {}, predictors()
    if check_5.status == "done":  # yours
        _parts = ("grade", "test", "group")
        _all["fair"] = lambda t: np.column_stack(
            fair_inputs(*(t[p].to_numpy(copy=True) for p in _parts))
        )
    for _name, _inputs in _all.items():
        _predict = least_squares(_inputs(college), college["year"])
        _scores = _predict(_inputs(college))
        _twins = [_predict(_inputs(twins[a])) for a in (1, 0)]  # in the other group
        _other = np.where(college["group"] == 0, *_twins)
        _rows[_name] = scorecard(_scores, _other, college, _ready)
    fairness = pd.DataFrame(_rows).T.rename_axis("predictor").reset_index()
    too_much = -float(fairness["residual_1"].iloc[-1])
    own_unaware, own_half, own_too_much = (own_change(push)[0] for push in (0, 0.5, 1.5))
    counterfactuals.after(check_5, as_table(counterfactuals.fairness_view(fairness), digits=3))
    return own_half, own_too_much, own_unaware, too_much


@app.cell(hide_code=True)
def read_fairness(check_5, too_much):
    _read = mo.md(f"""
    Inputs: group, grade, test (full); grade, test (unaware); yours (fair). *Own change*: mean size of the change of an applicant's own prediction in the other group; *flipped*: decisions that change; *ready*: the true top 30 %.

    **Leaving the group out more than doubles the own change**: told the group, only the 0.3 of the first year is left; not told, the pushes pass for a lack of knack. No row is fair in all columns at once: the fair one expects {number(too_much)} too much of group 1, as much too little of group 0.
    """)
    counterfactuals.after(check_5, _read, "reading", exercise=5)
    return


@app.cell
def push_picture(assumed_push):
    _grid = np.linspace(0, 2, 41)
    _at, _changes = assumed_push.value, [own_change(each)[0] for each in _grid]
    _chart = counterfactuals.chart_push(_grid, _changes, _at, *own_change(_at))
    counterfactuals.below(_chart, assumed_push)
    return


@app.cell(hide_code=True)
def read_push(own_half, own_too_much, own_unaware):
    mo.md(f"""
    Half the true pushes off: {number(own_half)}; one and a half: {number(own_too_much)}; none (the group left out): {number(own_unaware, 3)}. That the pushes are the group's doing is an assumption: no table can show it. Which of them are unfair is a judgement (Chiappa 2019); whether a group can be *set* at all is disputed (Kohler-Hausmann 2019).
    """)
    return


@app.cell(hide_code=True)
def turn_heading():
    mo.md(r"""
    ## Your turn: one runner

    A runner trained $k$ km a week and ran a marathon in $m$ minutes. The program, with stamina $u$ standard normal:

    $$\log m = 5.7 - 0.006\, k - 0.1\, (1 + k / 100)\, u$$

    ### Exercise 6 · build · 5 min

    Write `runner(minutes, km, new_km)`: the minutes that *this* runner would have needed, had she trained `new_km` a week.
    """)
    return


@app.function
def runner(minutes, km, new_km):
    # Abduction, action, prediction; np.log and np.exp are at hand.
    return ...


@app.cell(hide_code=True)
def check_6(set_progress):
    check_6 = counterfactuals.judge_6(runner)
    check_6.noted(6, set_progress)
    return


@app.cell(hide_code=True)
def takeaways(advice, check_3, harmed, most_harmed, own_unaware, twin):
    mo.md(f"""
    ## Takeaways: name the program

    1. **One unit, three steps**: abduction, action, prediction, with one noise for both worlds. {f"Lea, measured with a slip: {number(twin['mean'][0], 1)} points untutored ({percent(HDI_PROB)} HDI {number(twin['lower'][0], 1)} to {number(twin['upper'][0], 1)}). " if check_3.status == "done" else ""}The answer is as good as the program, noise included.
    2. **Data end before the individual.** One trial fits every share of harmed pupils from {percent(harmed["share"].iloc[0])} to {percent(most_harmed)}; a normal pair, itself an assumption, ends at {percent(harmed["share"].iloc[-1])}.
    3. **Explain the score, or change the world.** In this world, after the badge {percent(advice["ready"][0], 1)} of rejected pupils are ready, after more skill {percent(advice["ready"][1], 1)}.
    4. **Leaving an attribute out is not fairness.** Here one's own prediction still changes by {number(own_unaware, 3)} sd of the knack; less its true pushes, by 0.
    """)
    return


@app.cell(hide_code=True)
def readings_of(score_of):
    # Look at it after exercise 3.
    def imagine(score, hours, new_hours):
        """Return the score that a pupil with this score and these hours would have had."""
        knack = (logit(score / 100) + 0.5 - 0.9 * hours) / 0.8
        return score_of(new_hours, knack)

    def mean_score(hours, knack_mean, knack_sd):
        """Return the mean score at some hours over normal knacks (Gauss-Hermite quadrature)."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(60)
        scores = score_of(np.asarray(hours)[..., None], knack_mean + knack_sd * nodes)
        return scores @ (weights / weights.sum())

    def knack_given(hours):
        """Return mean and sd of the knack among pupils who took so many hours (both are normal)."""
        variance = 1 / (1 + 0.6**2 / 0.5**2)
        return variance * 0.6 * (1.2 - hours) / 0.5**2, np.sqrt(variance)

    def doing(hours):
        """Return the mean score, if all took so many hours."""
        return mean_score(hours, 0, 1)

    def among(seen_hours, hours):
        """Return the mean score of those who took `seen_hours`, had they taken `hours`."""
        return mean_score(hours, *knack_given(seen_hours))

    return among, doing, imagine


@app.function
def same_columns(rng, c, n=60):
    """Return outcomes of n pupils with both books: the same two columns for every c."""
    luck = np.quantile(rng.normal(size=100_000), (np.arange(n) + 0.5) / n)
    order, other = rng.normal(size=(2, n))
    other = c * order + np.sqrt(1 - c**2) * other
    return 2 * luck[order.argsort().argsort()], 1 + 2 * luck[other.argsort().argsort()]


@app.function
def own_change(push):
    """Return own change and error (RMSE) with `push` times the true pushes removed; exact."""
    left = (1 - push) * np.array([0.8, 1.2])  # what of the pushes is still in grade and test
    covariance = np.array([[1.36, 1], [1, 1.64]]) + 0.25 * np.outer(left, left)
    with_year = 1 + 0.25 * 0.3 * left
    weights = np.linalg.solve(covariance, with_year)
    error = 1.36 + 0.25 * 0.3**2 - weights @ with_year
    return float(abs(weights @ left)), float(np.sqrt(error))


@app.cell
def predictions():
    def predictors():
        """Return name -> inputs of a prediction, columns of an array."""
        return {
            "full": lambda t: np.column_stack([t.group, t.grade, t.test]),
            "unaware": lambda t: np.column_stack([t.grade, t.test]),
        }

    def least_squares(inputs, outcome):
        """Return a prediction (a function of inputs) by least squares, with an intercept."""
        add = lambda x: np.column_stack([np.ones(len(x)), x])  # noqa: E731
        weights = np.linalg.lstsq(add(inputs), outcome.to_numpy(), rcond=None)[0]
        return lambda x: add(x) @ weights

    def scorecard(scores, other, college, ready):
        """Return error, own change, flipped decisions, and rates in groups 0 and 1."""
        cut, group = np.quantile(scores, 0.7), college["group"].to_numpy()
        admitted, card = scores >= cut, {}
        card["rmse"] = np.sqrt(np.mean((college["year"] - scores) ** 2))
        card["own_change"] = np.mean(np.abs(other - scores))
        card["flipped"] = np.mean(admitted != (other >= cut))
        for a in (0, 1):
            here = group == a
            card[f"admitted_{a}"] = admitted[here].mean()
            card[f"true_positive_{a}"] = admitted[here & ready].mean()
            card[f"residual_{a}"] = (college["year"] - scores)[here].mean()
        return card

    return least_squares, predictors, scorecard


@app.cell(hide_code=True)
def causes_heading():
    mo.md(r"""
    ## How many owe it to the treatment? · optional

    In a hospital the outcome is yes or no: recovered. Each patient is of one of four types: never recovers, is **helped** (only with the treatment), is harmed (only without), always recovers. Three shares, the **probabilities of causation**:

    - PNS, necessity and sufficiency: helped, among all;
    - PN, necessity: helped, among those who took it and recovered;
    - PS, sufficiency: helped, among those who did not take it and did not recover.
    """)
    return


@app.cell(hide_code=True)
def question_7():
    mo.md(r"""
    A trial tells how many recover if all take it, $P(y_1)$, or nobody, $P(y_0)$. Records of patients' own choice tell $P(x, y)$ and its three fellows, with $x$ took it, $y$ recovered, a prime for not. Tian & Pearl (2000) prove:

    $$\max\{0,\, P(y_1) - P(y_0),\, P(y) - P(y_0),\, P(y_1) - P(y)\} \le \text{PNS}$$

    $$\begin{aligned}\text{PNS} \le \min\{&P(y_1),\, 1 - P(y_0),\, P(x, y) + P(x', y'),\\ &P(y_1) - P(y_0) + P(x, y') + P(x', y)\}\end{aligned}$$

    ### Exercise 7 · complete · 4 min

    Complete `pns_bounds`: lower and upper bound. `y1`, `y0`: $P(y_1)$, $P(y_0)$; then four shares of all patients by own choice, together 1: `took_well`, `took_ill`, `not_well`, `not_ill`.
    """)
    return


@app.function
def pns_bounds(y1, y0, took_well, took_ill, not_well, not_ill):
    # P(y) is the share who recover when all choose for themselves.
    return ...


@app.cell(hide_code=True)
def check_7(set_progress):
    check_7 = counterfactuals.judge_7(pns_bounds)
    check_7.noted(7, set_progress)
    return (check_7,)


@app.cell
def wards(check_7):
    _types = ["never", "helped", "harmed", "always"]
    _joint = {  # shares of all patients: who does not choose it, who does
        "Anna": [[0.22, 0.02, 0.09, 0.12], [0.06, 0.30, 0.01, 0.18]],
        "Ben": [[0.14, 0.16, 0.05, 0.15], [0.14, 0.16, 0.05, 0.15]],
        "Clara": [[0.13, 0.28, 0.02, 0.14], [0.05, 0.06, 0.18, 0.14]],
    }
    WARDS = {name: pd.DataFrame(rows, columns=_types) for name, rows in _joint.items()}
    _able = WARDS if check_7.status == "done" else {}  # `causes` calls your function
    _found = [(name, *row) for name, ward in _able.items() for row in causes(ward)]
    bounds = pd.DataFrame(_found, columns=["ward", "quantity", "lower", "upper", "truth"])
    counterfactuals.after(check_7, as_table(counterfactuals.bounds_view(bounds), digits=3))
    return (WARDS,)


@app.cell(hide_code=True)
def read_wards(WARDS, check_7):
    _read = mo.md(f"""
    Anna's ward and Ben's have the same types and the same trial. In Ben's a coin chooses, and choices add nothing. In Anna's they narrow PNS: **confounded choice, which notebook 02 removes, is evidence here.** "The effect is the share helped" needs that nobody is harmed. In Anna's ward, where {percent(float(WARDS["Anna"]["harmed"].sum()))} are harmed, the effect is {number(float(WARDS["Anna"]["helped"].sum() - WARDS["Anna"]["harmed"].sum()))}, the share helped {number(float(WARDS["Anna"]["helped"].sum()))}.
    """)
    counterfactuals.after(check_7, _read, "reading", exercise=7)
    return


@app.function(hide_code=True)
def causes(ward):
    # Look at it after exercise 7.
    """Return (quantity, lower, upper, truth) of a ward's probabilities of causation, by formula."""
    (_, helped_0, harmed_0, always_0), (_, helped_1, _, always_1) = ward.to_numpy()
    total = ward.sum()
    y1, y0 = total["helped"] + total["always"], total["harmed"] + total["always"]
    took_well, not_well = helped_1 + always_1, harmed_0 + always_0
    took_ill, not_ill = ward.loc[1].sum() - took_well, ward.loc[0].sum() - not_well
    well = took_well + not_well
    closer, nearer = pns_bounds(y1, y0, took_well, took_ill, not_well, not_ill)  # yours
    pn = max(0, well - y0) / took_well, min(1, (1 - y0 - not_ill) / took_well)
    ps = max(0, y1 - well) / not_ill, min(1, (y1 - took_well) / not_ill)
    return [
        ("PNS, trial", max(0, y1 - y0), min(y1, 1 - y0), total["helped"]),
        ("PNS, with choices", closer, nearer, total["helped"]),
        ("PN", *pn, helped_1 / took_well),
        ("PS", *ps, helped_0 / not_ill),
    ]


@app.cell(hide_code=True)
def assurance_heading():
    mo.md(r"""
    ## "100 % assurance", re-examined · optional

    A textbook example (Pearl, Glymour & Jewell 2016; Tian & Pearl 2000): a man took a drug by his own choice and died. In a trial 16 of 1,000 with the drug died and 14 of 1,000 without; of those who chose it 2 of 1,000, of the others 28 of 1,000. The lower bound of PN, that the drug was needed for his death:

    $$\frac{P(y) - P(y_0)}{P(x, y)} = \frac{0.015 - 0.014}{0.001} = 1$$

    so "the data" are said to give 100 % assurance. With shares of whole populations that is right. But it rests on 44 deaths. Draw those three counts again:
    """)
    return


@app.cell
def assurance(SEED):
    _rng = np.random.default_rng(SEED + 1)
    _draw = lambda share: _rng.binomial(1_000, share, 100_000)  # noqa: E731
    _without, _chose, _other = _draw(0.014), _draw(0.002), _draw(0.028)  # of 1,000 each
    _defined = _chose > 0
    redrawn_bound = ((_chose + _other - 2 * _without) / np.where(_defined, _chose, 1))[_defined]
    no_bound = float(np.mean(~_defined))
    bound_lower, bound_upper = np.quantile(redrawn_bound, [0.03, 0.97]).tolist()
    bound_useless, bound_beyond = np.mean([redrawn_bound <= 0, redrawn_bound > 1], 1).tolist()
    counterfactuals.chart_bound(redrawn_bound, bound_lower, bound_upper)
    return bound_beyond, bound_lower, bound_upper, bound_useless, no_bound


@app.cell(hide_code=True)
def read_assurance(
    bound_beyond,
    bound_lower,
    bound_upper,
    bound_useless,
    no_bound,
):
    mo.md(f"""
    {percent(HDI_PROB)} of the redrawn bounds lie between {number(bound_lower, 0)} and {number(bound_upper, 0)}; {percent(bound_useless)} say nothing (zero or less), {percent(bound_beyond)} the impossible (above 1); in {percent(no_bound)} of the samples nobody who chose the drug died, and there is none. On these counts the bound is a coin toss. **A bound from a sample needs an interval, like any estimate.**
    """)
    return


@app.cell(hide_code=True)
def simulator_heading():
    mo.md(r"""
    ## A world model that predicts well and plans badly · optional

    A ward wants a simulator, learnt from its log, to choose doses. Fever $s$ (degrees above normal), dose $a$ (above the usual one; below zero is less); the nurse sees a pallor $h$ that nobody logs. All noises standard normal:

    $$a = 0.2\, s + h + 0.5\, e, \qquad s' = 0.8\, s - a + 2\, h + 0.5\, w$$

    A simulator predicts $s'$ from $s$ and $a$, by least squares; some doses may be random, with sd 1.5. Where both kinds mix, a model that bends predicts a little better, and is confounded too.
    """)
    return


@app.function
def ward_log(rng, random_share, patients=200, steps=25):
    """Return one row a patient and step: fever, dose, random (1: a random dose), next_fever."""
    fever, rows = rng.normal(3, 2, patients), []
    for _ in range(steps):
        pallor, e, w = rng.normal(size=(3, patients))
        drawn = rng.random(patients) < random_share
        dose = np.where(drawn, rng.normal(0, 1.5, patients), 0.2 * fever + pallor + 0.5 * e)
        later = 0.8 * fever - dose + 2 * pallor + 0.5 * w
        rows.append(np.column_stack([fever, dose, drawn, later]))
        fever = later
    return pd.DataFrame(np.vstack(rows), columns=["fever", "dose", "random", "next_fever"])


@app.cell(hide_code=True)
def question_8():
    mo.md("""
    ### Exercise 8 · build · 5 min

    In `nurses_log` 5 % of the steps had a random dose (`random` is 1). Write `act(log, fever)`: the dose, from 0 to 5 above the usual one, that brings the next fever as near to 0 as it can on average.
    """)
    return


@app.function
def act(log, fever):
    # Which rows tell what a dose does? np.linalg.lstsq, np.clip are at hand.
    return ...


@app.cell(hide_code=True)
def check_8(nurses_log, set_progress):
    check_8 = counterfactuals.judge_8(act, nurses_log)
    check_8.noted(8, set_progress)
    return (check_8,)


@app.cell(hide_code=True)
def learning(SEED):
    # Look at it after exercise 8.
    nurses_log = ward_log(np.random.default_rng(SEED + 2), 0.05)
    n_random = int(nurses_log["random"].sum())

    def learnt(log):
        """Return intercept, slope on fever, slope on dose of the next fever, by least squares."""
        inputs = np.column_stack([np.ones(len(log)), log["fever"], log["dose"]])
        return np.linalg.lstsq(inputs, log["next_fever"], rcond=None)[0]

    def rmse(model, log):
        """Return the root mean squared error of the predicted next fever."""
        said = model[0] + model[1] * log["fever"] + model[2] * log["dose"]
        return float(np.sqrt(np.mean((log["next_fever"] - said) ** 2)))

    return learnt, n_random, nurses_log, rmse


@app.cell(hide_code=True)
def simulators(SEED, check_8, learnt, rmse):
    # Look at it after exercise 8.
    _rng, _rows, _doses = np.random.default_rng(SEED + 3), [], np.linspace(0, 5, 501)
    _trial = ward_log(_rng, 1.0, patients=2_000)
    for _share in (0.0, 0.05, 0.2, 1.0):
        _log, _same = (ward_log(_rng, _share, patients=2_000) for _ in range(2))
        _model = learnt(_log)
        _size = np.abs(_model[0] + 3 * _model[1] + _model[2] * _doses)
        _dose = float(_doses[_size.argmin()])
        _errors = rmse(_model, _same), rmse(_model, _trial)
        _rows.append((_share, _model[2], *_errors, _dose, (0.8 * 3 - _dose) ** 2))
    _columns = ["log", "slope", "rmse_log", "rmse_do", "dose", "regret"]
    world_models = pd.DataFrame(_rows, columns=_columns)
    counterfactuals.after(check_8, as_table(counterfactuals.simulators_view(world_models)))
    return


@app.cell(hide_code=True)
def read_simulators(check_8, n_random):
    _read = mo.md(f"""
    2,000 patients each; best dose at a fever of 3: {number(0.8 * 3)}. The nurse's log teaches the wrong *sign*: dose leaks the pallor that she saw. For the same reason its simulator **predicts its own kind of log better than an honest one can**. Mixing in a few random doses moves the slope, and not the dose that is chosen; looked at alone, your {n_random} are enough for a good dose. A simulator that is to plan must be judged under doses that somebody *set*.
    """)
    counterfactuals.after(check_8, _read, "reading", exercise=8)
    return


@app.cell(hide_code=True)
def pictures_heading():
    mo.md(r"""
    ## Does a network find the world in a picture? · optional

    Each picture is a spot of light, 8 × 8 pixels, made from position $x$, size $s$, brightness $b$ and height $h$; $x$, $h$ and all $\varepsilon$ are standard normal:

    $$s = 0.7\, x + 0.71\, \varepsilon_s, \qquad b = -0.6\, s + 0.8\, \varepsilon_b$$

    What would *this* picture have shown, had its spot been larger? Brightness follows; position and height stay. In a **structural VAE** (variational autoencoder, notebook 07) an *encoder* guesses four latent numbers, the graph's equations are their prior, and a *decoder* draws the picture.
    """)
    return


@app.function
def factors_of(noise, size=None):
    """Return position, size, brightness, height: (n, 4) -> (n, 4); `size`: set for all."""
    position, in_size, in_brightness, height = noise.T
    sizes = 0.7 * position + 0.71 * in_size if size is None else np.full(len(noise), size)
    return np.column_stack([position, sizes, -0.6 * sizes + 0.8 * in_brightness, height])


@app.cell
def structural_vae():
    import jax
    import jax.numpy as jnp
    import optax
    from flax import nnx

    class StructuralVAE(nnx.Module):
        """Encoder 64 -> 4 means, 4 log sds; decoder 4 -> 64; slopes of the graph's equations."""

        def __init__(self, seed):
            rngs, sizes = nnx.Rngs(seed), ((64, 64), (64, 64), (64, 8), (4, 64), (64, 64), (64, 64))
            one, two, code, three, four, drawn = (nnx.Linear(*n, rngs=rngs) for n in sizes)
            self.encoder = nnx.Sequential(one, nnx.gelu, two, nnx.gelu, code)
            self.decoder = nnx.Sequential(three, nnx.gelu, four, nnx.gelu, drawn)
            self.slopes = nnx.Param(jnp.zeros(2, "float32"))

    def picture_loss(net, key, pictures, labels):
        """Return minus the ELBO per picture, without constants; plus the misses of known labels."""
        mean, log_sd = jnp.split(net.encoder(pictures), 2, axis=1)
        latents = mean + jnp.exp(log_sd) * jax.random.normal(key, mean.shape)
        drawn = (((pictures - net.decoder(latents)) / 0.05) ** 2).sum(axis=1)  # pixel noise .05
        (position, size, brightness, height), (a, c) = latents.T, net.slopes[...]
        in_size, in_brightness = (size - a * position) / 0.71, (brightness - c * size) / 0.8
        prior = position**2 + in_size**2 + in_brightness**2 + height**2
        missed = jnp.where(jnp.isnan(labels), 0, mean - labels) / 0.04  # 0: no label
        return ((drawn + prior + (missed**2).sum(axis=1)) / 2 - log_sd.sum(axis=1)).mean()

    return StructuralVAE, jax, nnx, optax, picture_loss


@app.cell
def train_pictures(StructuralVAE, fits, jax, nnx, optax, picture_loss):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def train(pictures, labels, seed, steps):
        """Return the trained weights, and the loss at each step of 128 pictures."""
        optimiser = optax.adam(optax.cosine_onecycle_schedule(steps, 0.003))
        graph, start = nnx.split(StructuralVAE(seed))
        data = jax.numpy.float32(pictures), jax.numpy.float32(labels)

        def step(state, keys):
            rows = jax.random.randint(keys[0], (128,), 0, len(pictures))
            miss = lambda w: picture_loss(nnx.merge(graph, w), keys[1], *(d[rows] for d in data))  # noqa: E731
            now, slope = jax.value_and_grad(miss)(state[0])
            change, memory = optimiser.update(slope, state[1])
            return (optax.apply_updates(state[0], change), memory), now

        keys = jax.random.split(jax.random.key(seed), (steps, 2))
        run = jax.jit(lambda state: jax.lax.scan(step, state, keys))
        with jax.enable_x64(new_val=False):  # the same 32 bits, whatever else has run
            (weights, _), losses = run((start, optimiser.init(start)))
        return jax.tree.map(np.array, nnx.to_pure_dict(weights)), np.array(losses)

    return (train,)


@app.cell
def imagining():
    from scipy.optimize import linear_sum_assignment

    def name_latents(net, pictures, factors):
        """Return each factor's latent, slope and start of the line between them; by labels."""
        latents = np.array(net.encoder(pictures)[:, :4])
        strength = np.abs(np.corrcoef(factors.T, latents.T)[:4, 4:])
        which = linear_sum_assignment(-strength)[1]
        pairs = zip(latents[:, which].T, factors.T, strict=True)
        return which, *np.transpose([np.polyfit(latent, factor, 1) for latent, factor in pairs])

    def imagine_spots(net, names, pictures, size):
        """Return what these pictures would have shown, had their size been `size`."""
        (which, slope, start), latents = names, np.array(net.encoder(pictures)[:, :4])
        factors = slope * latents[:, which] + start
        push = np.polyfit(factors[:, 1], factors[:, 2], 1)[0]  # of size on brightness
        in_brightness = factors[:, 2] - push * factors[:, 1]  # abduction
        factors[:, 1] = size  # action
        factors[:, 2] = push * size + in_brightness  # prediction
        latents[:, which] = (factors - start) / slope
        return np.array(net.decoder(latents))

    return imagine_spots, name_latents


@app.cell
def two_trainings(SEED, StructuralVAE, name_latents, nnx, train):
    _rng, networks, losses = np.random.default_rng(SEED + 4), {}, {}
    _factors = factors_of(_rng.normal(size=(5_000, 4)))
    _pictures = counterfactuals.spots(_factors) + _rng.normal(0, 0.05, (5_000, 64))
    _labels = {"with labels": _factors, "pictures alone": np.full((5_000, 4), np.nan)}
    with mo.status.spinner("Training two networks: about 15 s, the first time"):
        for _how, _told in _labels.items():
            _weights, losses[_how] = train(_pictures, _told, SEED, 2_500)
            _net = StructuralVAE(SEED)
            nnx.update(_net, _weights)
            networks[_how] = _net, name_latents(_net, _pictures[:50], _factors[:50])  # 50 labels
    return (networks,)


@app.cell
def others(SEED, imagine_spots, networks, new_size):
    _rng, _size = np.random.default_rng(SEED + 5), new_size.value
    _noise = _rng.normal(size=(2_000, 4))
    _worlds = {"seen": factors_of(_noise), "truth": factors_of(_noise, _size)}
    imagined = {world: counterfactuals.spots(factors) for world, factors in _worlds.items()}
    _seen = imagined["seen"] + _rng.normal(0, 0.05, (2_000, 64))
    imagined |= {k: imagine_spots(*each, _seen, _size) for k, each in networks.items()}
    counterfactuals.below(counterfactuals.chart_spots(imagined, _size), new_size)
    return


@app.cell(hide_code=True)
def read_spots():
    mo.md("""
    At size 1.5 labels of 5,000 pictures bring the answer nearer to the truth than pictures alone do. From pictures alone, 50 labelled ones still name the latents.
    """)
    return


@app.cell
def picture_runs():
    vae_runs = pd.read_csv(FOLDER / "pictures_study.csv")
    counterfactuals.chart_runs(vae_runs)
    return (vae_runs,)


@app.cell(hide_code=True)
def read_runs(vae_runs):
    mo.md(f"""
    All networks draw again what they saw, {number(vae_runs["redrawn"].max())} off in a light of about 0.6. Yet from pictures alone the answer is worse than none in {int((vae_runs.query("training == 'pictures alone'")["error"] > 1).sum())} of six starts: other latents draw the same pictures, and **no picture tells which latents are the world's** (Locatello et al. 2019). A **pair** of pictures with one factor drawn anew is a small experiment: it helps, most where it is said which (2020).
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

    - Chiappa, S. (2019). Path-specific counterfactual fairness. *Proceedings of the AAAI Conference on Artificial Intelligence*, 33(1), 7801–7808.
    - Fan, Y., & Park, S. S. (2010). Sharp bounds on the distribution of treatment effects and their statistical inference. *Econometric Theory*, 26(3), 931–951.
    - Kohler-Hausmann, I. (2019). Eddie Murphy and the dangers of counterfactual causal thinking about detecting racial discrimination. *Northwestern University Law Review*, 113(5), 1163–1228.
    - König, G., Freiesleben, T., & Grosse-Wentrup, M. (2023). Improvement-focused causal recourse (ICR). *Proceedings of the AAAI Conference on Artificial Intelligence*, 37(10). [doi:10.1609/aaai.v37i10.26398](https://doi.org/10.1609/aaai.v37i10.26398)
    - Kusner, M. J., Loftus, J., Russell, C., & Silva, R. (2017). Counterfactual fairness. *Advances in Neural Information Processing Systems*, 30.
    - Locatello, F., Bauer, S., Lucic, M., et al. (2019). Challenging common assumptions in the unsupervised learning of disentangled representations. *ICML*.
    - Locatello, F., Poole, B., Rätsch, G., et al. (2020). Weakly-supervised disentanglement without compromises. *ICML*.
    - Pearl, J., Glymour, M., & Jewell, N. P. (2016). *Causal Inference in Statistics: A Primer*. Wiley. Example 4.5.1.
    - Tian, J., & Pearl, J. (2000). Probabilities of causation: bounds and identification. *Annals of Mathematics and Artificial Intelligence*, 28, 287–313.
    - Pearl, J. (2009). *Causality: Models, Reasoning, and Inference* (2nd ed.). Cambridge University Press. [doi:10.1017/CBO9780511803161](https://doi.org/10.1017/CBO9780511803161)

    ### Knobs

    All that is simulated here follows from `SEED`. `DRAWS`: draws in each of four chains of Lea's posterior.
    """)
    return


@app.cell
def state_and_sliders():
    get_progress, set_progress = mo.state({})
    seen_score = counterfactuals.slider_score()
    correlation = counterfactuals.slider_correlation()
    assumed_push = counterfactuals.slider_push()
    new_size = counterfactuals.slider_size()
    return (
        assumed_push,
        correlation,
        get_progress,
        new_size,
        seen_score,
        set_progress,
    )


@app.cell
def engines():
    import logging

    import pymc as pm

    from helpers import fits, tidy

    logging.getLogger("pymc").setLevel(logging.WARNING)
    return fits, pm, tidy


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_draws():
    DRAWS = 4_000
    return (DRAWS,)


if __name__ == "__main__":
    app.run()
