import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Can we make the groups alike?",
    layout_file="layouts/11_weighting.slides.json",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    from statistics import NormalDist

    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import checks, graphs, worlds
    from helpers.data import FOLDER, load_lalonde, load_nhefs
    from helpers.lessons import weighting
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    # notes: Aim: everybody has compared volunteers with the rest. Ask for one such comparison from
    # notes: their own work. Trap: no formulas yet. Minutes: 1. If late: read the title and go on.
    mo.md("""
    # Can we make the groups alike?

    A company offers a fitness programme. Those who join feel better a year later. But who joins? If the two groups differ from the start, can a computer make them alike, and what does it cost?

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | match and weight by hand, see what stays unequal, and say whose effect a weight estimates |
    | Question | What does joining do to well-being? What did a job programme do to earnings? |
    | Estimand | the mean effect over everybody (ATE), over those who joined (ATT), or over those who are left |
    | Design | observational comparison: all that moves both joining and outcome is measured |
    | Data | 1,000 simulated employees with known truth; 614 men (LaLonde 1986), the experiment as referee |
    | Time | core 60 minutes, optional 31; seven checked exercises |
    | Before | notebook 01 (graphs, `do`), 02 (confounders); a logistic regression once |
    """)
    return


@app.cell(hide_code=True)
def company_heading():
    # notes: Aim: a difference that nobody should believe, and its sign by thinking. Trap: "older
    # notes: people join" is no bias by itself; age must matter for the outcome too. Minutes: 7.
    # notes: If late: picture and exercise 1, skip the table.
    mo.md("""
    ## Those who joined feel better

    1,000 employees were asked a year later how they feel: well-being, in points.
    """)
    return


@app.cell
def first_picture(naive_difference, naive_se, people):
    # slide: fragment
    weighting.chart_first(people, naive_difference, naive_se)
    return


@app.cell(hide_code=True)
def read_first():
    mo.md("""
    The distance of the two means is the **naive difference**. Blue circles lie further right: those who joined are older.
    """)
    return


@app.cell
def group_means(people):
    # slide: sub-slide
    _by_group = people.groupby("joined")[["age", "commute", "wellbeing"]]
    group_means = _by_group.mean().assign(people=_by_group.size())
    as_table(group_means.reset_index())
    return


@app.cell(hide_code=True)
def question_1():
    # slide: fragment
    # next: skip
    mo.md("""
    ### Exercise 1 · predict · 2 min

    Age and commute are in standard deviations. In this company older people feel better anyway, on average, and a long way to work makes people feel worse. Compared with the true mean effect, the naive difference is `"too low"`, `"about right"` or `"too high"`?
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    # solution
    direction = "too high"
    direction
    return (direction,)


@app.cell(hide_code=True)
def check_1(direction, naive_difference, set_progress, true_ate):
    check_1 = weighting.judge_1(direction, naive_difference, true_ate)
    check_1.noted(1, set_progress)
    return (check_1,)


@app.cell(hide_code=True)
def question_heading():
    # notes: Aim: estimand and assumptions before any method; then one number that stands for many
    # notes: covariates. Trap: a good score does not predict well, it balances. Minutes: 6.
    # notes: If late: the formula, the graph, the picture of the scores.
    mo.md(r"""
    ## What would we compare, if we could?

    Let $Y_i(1)$ be the well-being of person $i$ with the programme, $Y_i(0)$ without, $T_i$ whether they joined, $X_i$ age and commute. We ask for

    $$\text{ATE} = E[Y(1) - Y(0)], \qquad \text{ATT} = E[Y(1) - Y(0) \mid T = 1]$$

    **Consistency** and **no interference**: $Y_i = Y_i(T_i)$, whoever else joins. **Ignorability**: given $X$, joining says nothing more about $Y(0)$ and $Y(1)$. **Positivity**: the **propensity score** $e(X) = P(T = 1 \mid X)$ lies strictly between 0 and 1. Then

    $$E[Y(1)] = E\bigl[T\,Y / e(X)\bigr], \qquad E[Y(0)] = E\bigl[(1 - T)\,Y / (1 - e(X))\bigr]$$
    """)
    return


@app.cell(hide_code=True)
def world_note():
    # slide: sub-slide
    mo.md(r"""
    In the simulated company, with $a$ age, $c$ commute, $b = a^2 - 1$ (`bend`), $a, c \sim N(0, 1)$ and $\varepsilon \sim N(0, 5)$ (sd):

    $$\text{logit}\,e = -0.5 + 0.8\,a - 0.5\,c + 0.4\,b$$

    $$Y(0) = 50 + 4\,a - 3\,c + 3\,b + \varepsilon, \quad Y(1) = Y(0) + 4 + 2\,a$$

    Against a straight line in age, the youngest and the oldest third join more, and feel better anyway, than the line says; the middle third less. (Still the youngest third joins least.) Who forgets `bend` has both models wrong.
    """)
    return


@app.cell
def company_graph():
    # slide: sub-slide
    _arrows = [(cause, to) for cause in ("age", "commute") for to in ("joined", "wellbeing")]
    company_graph = graphs.dag(
        [*_arrows, ("joined", "wellbeing")],
        treatment="joined",
        outcome="wellbeing",
        adjusted=["age", "commute"],
    )
    company_graph.draw()
    return


@app.function
def kinds(age, commute, k=1.0, unseen=0.0):
    """Return people (age, commute in sd): chance to join, well-being without it, effect (points)."""
    bend = age**2 - 1  # beyond a line in age
    logit = k * (-0.5 + 0.8 * age - 0.5 * commute + 0.4 * bend) + unseen
    without = 50 + 4 * age - 3 * commute + 3 * bend + 3 * unseen
    people = pd.DataFrame({"age": age, "commute": commute, "bend": bend})
    return people.assign(chance=1 / (1 + np.exp(-logit)), without=without, effect=4 + 2 * age)


@app.function
def programme(n, rng, k=1.0, strength=0.0):
    """Return n employees: who joined (0 or 1), and well-being a year later (points)."""
    unseen = strength * rng.spawn(1)[0].normal(size=n)  # a cause that nobody measured
    people = kinds(*rng.normal(size=(2, n)), k, unseen)
    people["joined"] = (rng.random(n) < people["chance"]).astype(int)
    seen = people["without"] + people["effect"] * people["joined"] + rng.normal(0, 5, n)
    return people.assign(wellbeing=seen)


@app.function
def population(k=1.0, points=161):
    """Return every kind of person on a fine grid, each with its share of the company."""
    grid = np.linspace(-6, 6, points)
    age, commute = (axis.ravel() for axis in np.meshgrid(grid, grid))
    weight = np.exp(-(age**2 + commute**2) / 2)
    return kinds(age, commute, k).assign(share=weight / weight.sum())


@app.cell
def company(SEED):
    people = programme(1_000, np.random.default_rng(SEED))
    joined, wellbeing = people["joined"].to_numpy(), people["wellbeing"].to_numpy()
    naive_difference = float(wellbeing[joined == 1].mean() - wellbeing[joined == 0].mean())
    naive_se = robust_error(wellbeing, joined, np.ones(len(people)))
    _all = population()
    _joining = _all["share"] * _all["chance"]
    true_ate = float(np.average(_all["effect"], weights=_all["share"]))
    true_att = float(np.average(_all["effect"], weights=_joining))
    _with = np.average(_all["without"] + _all["effect"], weights=_joining)
    naive_limit = float(_with - np.average(_all["without"], weights=_all["share"] - _joining))
    return (
        joined,
        naive_difference,
        naive_limit,
        naive_se,
        people,
        true_ate,
        true_att,
        wellbeing,
    )


@app.cell(hide_code=True)
def read_truths(check_1, naive_difference, naive_limit, true_ate, true_att):
    # slide: fragment
    _truths = mo.md(f"""
    The simulator knows: the mean effect is **{signed(true_ate, 0)} points** over everybody and {signed(true_att)} over those who join, since older people gain more. The naive difference is {signed(naive_difference)} here, and {signed(naive_limit)} with endless data: {percent(naive_limit / true_ate - 1)} too high.
    """)
    weighting.after(check_1, _truths)
    return


@app.function
def fit_score(covariates, treated, weight=1.0, steps=12):
    """Return each row's chance of treatment by logistic regression, without a penalty."""
    x = (covariates - covariates.mean(axis=0)) / covariates.std(axis=0)
    x = np.column_stack([np.ones(len(x)), x])
    slopes = np.zeros(x.shape[1])
    for _ in range(steps):  # Newton's method
        chance = 1 / (1 + np.exp(-x @ slopes))
        curve = x.T * (weight * chance * (1 - chance))
        slopes += np.linalg.solve(curve @ x, x.T @ (weight * (treated - chance)))
    return 1 / (1 + np.exp(-x @ slopes))


@app.cell
def company_score(joined, people):
    propensity_score = fit_score(people[["age", "commute", "bend"]], joined)
    weighting.chart_scores(propensity_score, joined)
    return (propensity_score,)


@app.cell(hide_code=True)
def read_score():
    mo.md("""
    The true score is a **balancing** number: among people with equal scores, age and commute have the same distribution in both groups (Rosenbaum & Rubin 1983). So it is enough to compare at equal scores. The title counts scores beyond all of the other group's: coarse, for one extreme score moves it.
    """)
    return


@app.cell(hide_code=True)
def twins_heading(earnings, took):
    # notes: Aim: four steps by hand, and that "propensity matching" is not one number. Trap: the
    # notes: match that hits the referee is not thereby right; nobody has the referee at work.
    # notes: Minutes: 12. If late: exercise 2, the love plot, the table.
    mo.md(f"""
    ## Does everybody have a twin?

    Now real men. {took.sum()} took part in a job programme, {(1 - took).sum()} others come from a survey; the outcome is earnings in 1978 (notebook 05). The naive difference is {signed(earnings[took == 1].mean() - earnings[took == 0].mean(), 0)} dollars. An experiment with the same participants found +1,794 (Dehejia & Wahba 1999; standard error 633, {percent(HDI_PROB)} interval {number(1794 - 633 * NormalDist().inv_cdf((1 + HDI_PROB) / 2), 0)} to {number(1794 + 633 * NormalDist().inv_cdf((1 + HDI_PROB) / 2), 0)}): a referee for the **ATT**, and for no other population. The others live in other labour markets, and their earnings stand in another record (notebook 05). All that follows supposes the four assumptions, given eight covariates. **Matching** for the ATT, a twin for each participant, has four steps: score, match, balance, compare.
    """)
    return


@app.cell
def men():
    # slide: sub-slide
    men = load_lalonde()
    COVARIATES = ["age", "education_years", "black", "hispanic", "married", "no_degree"]
    COVARIATES += ["earnings_1974", "earnings_1975"]
    took, earnings = men["treated"].to_numpy(), men["earnings_1978"].to_numpy()
    men_score = fit_score(men[COVARIATES], took)
    weighting.chart_scores(men_score, took, names=("took part", "did not"))
    return COVARIATES, earnings, men, men_score, took


@app.cell(hide_code=True)
def read_men_scores(men_score, took):
    mo.md(f"""
    Step 1, the score: on average {number(men_score[took == 1].mean())} for participants and {number(men_score[took == 0].mean())} for the others. Above 0.6 lie {(men_score[took == 1] > 0.6).sum()} participants and {(men_score[took == 0] > 0.6).sum()} others: not everybody finds a twin of his own.
    """)
    return


@app.function
def match(score, treated, *, again=True, caliper=np.inf, neighbours=1):
    """Return pairs of rows (treated, other), nearest in logit; may others serve again?"""
    logit = np.log(score / (1 - score)).round(8)  # men who are alike have equal logits
    ones, others = np.flatnonzero(treated == 1), np.flatnonzero(treated == 0)
    pairs, free = [], np.ones(len(others), bool)
    for one in ones[np.argsort(-logit[ones], kind="stable")]:
        gap = np.where(free, np.abs(logit[others] - logit[one]), np.inf)
        for best in np.argsort(gap, kind="stable")[:neighbours]:
            if gap[best] <= caliper * logit.std():
                pairs.append((one, others[best]))
                free[best] = again
    return np.array(pairs)


@app.cell(hide_code=True)
def question_2(men, took):
    # next: skip
    mo.md(f"""
    ### Exercise 2 · complete · 3 min

    Of the {took.sum()} participants, {men["black"][took == 1].sum()} are black, and {men["black"][took == 0].sum()} of the {(1 - took).sum()} others. Each participant gets **one** other man, and no other serves twice. Whatever the algorithm: what share of the *matched* others can be black **at most**? `most_black`, between 0 and 1.
    """)
    return


@app.cell
def exercise_2_complete():
    # One number, or an expression with `men` and `took`.
    # solution
    most_black = 87 / 185
    most_black
    return (most_black,)


@app.cell(hide_code=True)
def check_2(men, most_black, set_progress, took):
    check_2 = weighting.judge_2(most_black, men["black"], took)
    check_2.noted(2, set_progress)
    return


@app.cell(hide_code=True)
def balance_note():
    mo.md("""
    ### What is left unequal?

    Step 2 chooses pairs. A matched sample is a **weight**: how often a man was chosen, 0, 1 or more. Step 3 asks how far apart the weighted groups still are: the **standardised mean difference**, here in standard deviations of the participants. Its picture is the **love plot**. A **caliper** forbids pairs further apart than 0.2 sd of the score's logit.
    """)
    return


@app.function
def standardised_gaps(covariates, treated, weight):
    """Return treated minus others, by covariate, in standard deviations of the treated."""
    one, other = (
        np.average(covariates[treated == arm], axis=0, weights=weight[treated == arm])
        for arm in (1, 0)
    )
    return pd.Series((one - other) / covariates[treated == 1].std(), covariates.columns)


@app.cell
def matched(COVARIATES, men, men_score, took):
    # slide: sub-slide
    matched = {
        "each other once": match(men_score, took, again=False),
        "others may serve again": match(men_score, took),
        "5 neighbours each": match(men_score, took, neighbours=5),
        "once, within 0.2 sd": match(men_score, took, again=False, caliper=0.2),
    }
    _times = {n: np.bincount(p.ravel(), minlength=len(men)) for n, p in matched.items()}
    chosen = pd.DataFrame(_times)
    _ways = chosen[["each other once", "others may serve again"]].assign(before=1)
    _ways = _ways[["before", "each other once", "others may serve again"]]
    matched_gaps = _ways.apply(lambda w: standardised_gaps(men[COVARIATES], took, w))
    weighting.chart_love(matched_gaps)
    return chosen, matched_gaps


@app.cell(hide_code=True)
def read_love(chosen, matched_gaps, took):
    mo.md(f"""
    Once each: `black` stays {number(matched_gaps["each other once"]["black"])} standard deviations apart, more than most gaps before, and `hispanic` goes from {number(matched_gaps["before"]["hispanic"])} to {number(matched_gaps["each other once"]["hispanic"])}. Serving again, the largest gap is {number(matched_gaps["others may serve again"].abs().max())}, and {(chosen["others may serve again"][took == 0] > 0).sum()} men stand for all others, one of them {chosen["others may serve again"][took == 0].max()} times.
    """)
    return


@app.function
def compare(outcome, treated, weight):
    """Return the treated's weighted mean outcome minus the others'."""
    one, other = (
        np.average(outcome[treated == arm], weights=weight[treated == arm]) for arm in (1, 0)
    )
    return float(one - other)


@app.cell
def matching_choices(COVARIATES, chosen, men, took):
    # slide: sub-slide
    _gaps = chosen.apply(lambda w: standardised_gaps(men[COVARIATES], took, w)).abs()
    matching_choices = pd.DataFrame(
        {
            "largest gap (sd)": _gaps.max(),
            "of": _gaps.idxmax(),
            "gaps above 0.1 sd": (_gaps > 0.1).sum(),
            "participants": (chosen[took == 1] > 0).sum(),
            "others": (chosen[took == 0] > 0).sum(),
        }
    )
    as_table(matching_choices.rename_axis("matching"))
    return (matching_choices,)


@app.cell(hide_code=True)
def read_balance():
    mo.md("""
    Which one would you take? Choose **before** you see an outcome. By custom a gap below 0.1 is small. And this is balance of *means* only: spread and combinations may still differ.
    """)
    return


@app.cell
def matching_effects(chosen, earnings, study, took):
    # slide: sub-slide
    matching_effects = pd.DataFrame(
        {
            "effect (dollars)": chosen.apply(lambda w: compare(earnings, took, w)).round(),
            "standard error": chosen.apply(lambda w: robust_error(earnings, took, w)).round(),
        }
    ).astype(int)
    random_orders = study["men"].droplevel(1, axis=1)
    as_table(matching_effects.rename_axis("matching"))
    return matching_effects, random_orders


@app.cell(hide_code=True)
def read_choices(matching_choices, matching_effects, random_orders, took):
    mo.md(f"""
    Step 4. All are "propensity matching" of the *same* men, and say {number(matching_effects["effect (dollars)"].min(), 0)} to {number(matching_effects["effect (dollars)"].max(), 0)} dollars: the analyst's choice. Sampling error comes on top (standard errors {number(matching_effects["standard error"].min(), 0)} to {number(matching_effects["standard error"].max(), 0)}, with the pairs as they are).

    Balance takes the third row; the **caliper** lands nearest to the referee, and drops {took.sum() - matching_choices["participants"]["once, within 0.2 sd"]} participants, so it no longer estimates the ATT. In a random order (1,000 times, stored) it gives {number(random_orders["caliper"].min(), 0)} to {number(random_orders["caliper"].max(), 0)}; ties broken at random spread the second row over {number(random_orders["with replacement"].min(), 0)} to {number(random_orders["with replacement"].max(), 0)}.
    """)
    return


@app.cell(hide_code=True)
def weights_heading():
    # notes: Aim: a weight is a choice of population. Trap: "inverse probability" is only one of
    # notes: four; ask whose effect the company wants. Minutes: 12.
    # notes: If late: exercise 3, the love plot, the table; exercise 4 at home.
    # next: skip
    mo.md(r"""
    ## Or may everybody stay, with a weight?

    Matching picks men. **Weighting** keeps all. To speak of everybody, weight each man by one over the chance of what he did: $1/e$ who took part, $1/(1 - e)$ who did not. Men who did the unlikely stand for many who did not.

    ### Exercise 3 · complete · 4 min

    Now the question is the **ATT**: what did the programme do for those who *took part*? The participants count one each. Which weight makes the others look like them? `att_weight`: one weight a man, shape (614,), from `men_score` and `took`.
    """)
    return


@app.cell
def exercise_3_complete(men_score, took):
    # np.where(took == 1, ..., ...). The others' weight depends on their score.
    _score, _took = men_score, took
    # solution
    att_weight = np.where(_took == 1, 1, _score / (1 - _score))
    att_weight[:5]
    return (att_weight,)


@app.cell(hide_code=True)
def check_3(att_weight, men_score, set_progress, took):
    check_3 = weighting.judge_3(att_weight, men_score, took)
    check_3.noted(3, set_progress)
    return


@app.cell(hide_code=True)
def weighted_note():
    mo.md(r"""
    ### Whose effect is it?

    The same scores give weights for everybody, for those who took part, and for the **overlap**, where the choice was open:

    $$E[h\,(Y(1) - Y(0))] / E[h], \quad h = e(1 - e)$$
    """)
    return


@app.cell
def weighted_balance(COVARIATES, men, men_score, took):
    # slide: sub-slide
    weights = weights_for(men_score, took)
    _ways = weights.assign(before=1.0)[["before", "ate", "att", "overlap"]]
    weighted_gaps = _ways.apply(lambda w: standardised_gaps(men[COVARIATES], took, w))
    balance = weighted_gaps.rename_axis("covariate").reset_index()
    balance = balance.rename(columns={"att": "after"})
    weighting.chart_love(weighted_gaps)
    return weighted_gaps, weights


@app.cell(hide_code=True)
def read_weighted(weighted_gaps):
    mo.md(f"""
    ATE weights leave `earnings_1974` {number(abs(weighted_gaps["ate"]["earnings_1974"]))} sd apart. Overlap weights balance the means exactly, a property of the logistic score (Li, Morgan & Zaslavsky 2018). Balance says nothing about what was not measured.
    """)
    return


@app.cell
def men_answers(earnings, men_resamples, took, weighted_gaps, weights):
    # slide: sub-slide
    _three, _errors = weights[["ate", "att", "overlap"]], men_resamples.std(ddof=0)
    _size = {a: _three[took == a].sum() ** 2 / (_three[took == a] ** 2).sum() for a in (1, 0)}
    _effects = _three.apply(lambda w: compare(earnings, took, w))
    _half = NormalDist().inv_cdf((1 + HDI_PROB) / 2) * _errors
    _ends = zip(_effects - _half, _effects + _half, strict=True)
    men_answers = pd.DataFrame({"effect (dollars)": _effects, "standard error": _errors})
    men_answers["minus ATE"] = _effects - _effects["ate"]
    men_answers["its error"] = men_resamples.sub(men_resamples["ate"], axis=0).std(ddof=0)
    men_answers["participants worth"], men_answers["others worth"] = _size[1], _size[0]
    men_answers = men_answers.round().astype(int)
    _to = "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}"
    _intervals = [f"{number(low, 0)}{_to}{number(high, 0)}" for low, high in _ends]
    men_answers.insert(2, f"{percent(HDI_PROB)} interval", _intervals)
    men_answers["largest gap (sd)"] = weighted_gaps.abs().max()
    as_table(men_answers.drop(columns="standard error").rename_axis("weights for"))
    return (men_answers,)


@app.cell(hide_code=True)
def read_men_answers(men_answers, took, weights):
    mo.md(f"""
    One table of scores, three questions, and answers that these few men cannot tell apart: by one bootstrap, the ATT lies {number(men_answers["minus ATE"]["att"], 0)} dollars above the ATE (standard error of the difference {number(men_answers["its error"]["att"], 0)}), the overlap's {number(men_answers["minus ATE"]["overlap"], 0)} ({number(men_answers["its error"]["overlap"], 0)}).

    "Worth" is the **effective sample size**, (sum of weights)² over the sum of squares: for the ATE {took.sum()} participants are worth {men_answers["participants worth"]["ate"]}, and one carries {percent(weights["ate"][took == 1].max() / weights["ate"][took == 1].sum())} of their weight.
    """)
    return


@app.cell(hide_code=True)
def question_4():
    # next: skip
    mo.md("""
    ### Exercise 4 · fix · 4 min

    Back to the company, where the truth is known. A colleague estimates the ATE by **Horvitz–Thompson**, as the formula says:

    ```python
    _e = propensity_score
    _with = np.mean(joined * wellbeing / _e)
    _without = np.mean((1 - joined) * wellbeing / (1 - _e))
    ```

    Her answer changes when the scale of well-being starts at 100 instead of 0. Repair it: the weights of each group must sum to one. `normalised_ate`, in points.
    """)
    return


@app.cell
def exercise_4_fix(joined, propensity_score, wellbeing):
    # The colleague's code. What should each sum be divided by?
    _e = propensity_score
    _with = np.mean(joined * wellbeing / _e)
    _without = np.mean((1 - joined) * wellbeing / (1 - _e))
    # solution
    _weight = joined / _e, (1 - joined) / (1 - _e)
    _with, _without = (np.sum(w * wellbeing) / np.sum(w) for w in _weight)
    normalised_ate = _with - _without
    normalised_ate
    return (normalised_ate,)


@app.cell(hide_code=True)
def check_4(joined, normalised_ate, propensity_score, set_progress, wellbeing):
    check_4 = weighting.judge_4(normalised_ate, wellbeing, joined, propensity_score)
    check_4.noted(4, set_progress)
    return (check_4,)


@app.cell(hide_code=True)
def chances_heading():
    # notes: Aim: two ways to fail, and an estimator that survives one of them. Trap: "robust" is
    # notes: not "always right"; both models share the analyst's blind spot. Minutes: 11.
    # notes: If late: the formula, the picture of nine answers.
    mo.md(r"""
    ## Two models, two chances

    Weighting trusts a model of *who joins*. Regression trusts a model of *the outcome*: fit a line in each group, predict everybody with and without, average. **AIPW** (augmented inverse probability weighting) uses both: predict, then correct by weighted residuals. With $\hat m_1$, $\hat m_0$ and $\hat e$ at each person's $X$:

    $$\hat\tau = \text{mean of}\quad \hat m_1 - \hat m_0 + \frac{T\,(Y - \hat m_1)}{\hat e} - \frac{(1 - T)\,(Y - \hat m_0)}{1 - \hat e}$$

    If the lines are right, the residuals average to nothing. If the score is right, they remove what the lines miss: given the four assumptions, **doubly robust** (Robins, Rotnitzky & Zhao 1994).
    """)
    return


@app.function
def fit_outcomes(covariates, treated, outcome):
    """Return everybody's expected outcome without and with treatment, by one line a group."""
    x = np.column_stack([np.ones(len(covariates)), covariates])
    without, with_ = (
        np.linalg.lstsq(x[treated == arm], outcome[treated == arm], rcond=None)[0] for arm in (0, 1)
    )
    return x @ without, x @ with_


@app.cell(hide_code=True)
def question_5():
    # next: skip
    mo.md("""
    ### Exercise 5 · fix · 4 min

    A colleague's lines forget `bend`, but her score is right: AIPW should rescue her. Her code has two slips, and nobody noticed: the answer looks likely enough. Find both, by the formula: `doubly_robust`, the mean effect in points.
    """)
    return


@app.cell
def exercise_5_fix(joined, people, propensity_score, wellbeing):
    # The colleague's code: what is predicted, then one correction for each group.
    _m_0, _m_1 = fit_outcomes(people[["age", "commute"]], joined, wellbeing)
    _with = joined * (wellbeing - _m_1) / propensity_score
    _without = (1 - joined) * (wellbeing - _m_0) / propensity_score
    _colleague = np.mean(_m_1 - _m_0 + _with + _without)
    # solution
    _without = (1 - joined) * (wellbeing - _m_0) / (1 - propensity_score)
    doubly_robust = np.mean(_m_1 - _m_0 + _with - _without)
    doubly_robust
    return (doubly_robust,)


@app.cell(hide_code=True)
def check_5(
    doubly_robust,
    joined,
    propensity_score,
    set_progress,
    straight_lines,
    wellbeing,
):
    check_5 = weighting.judge_5(doubly_robust, wellbeing, joined, propensity_score, straight_lines)
    check_5.noted(5, set_progress)
    return (check_5,)


@app.cell(hide_code=True)
def nine_note(N_WORLDS):
    # slide: fragment
    mo.md(f"""
    ### Nine analysts, a thousand companies

    "Wrong" means: the analyst forgot `bend`. Each of 1,000 companies of 1,000 people was analysed nine ways (`data/weighting_study.py`). This page's own functions, further down, analyse the first {N_WORLDS} of them again.
    """)
    return


@app.cell
def nine_answers(true_ate):
    # slide: sub-slide
    study = pd.read_csv(FOLDER / "weighting_study.csv", index_col="world")
    study.columns = study.columns.str.split("|", expand=True)
    _models, _analysts = ("right", "wrong"), [("naive", "none", "none")]
    _analysts += [(f"regression {line}", "none", line) for line in _models]
    _analysts += [(f"IPW {score}", score, "none") for score in _models]
    _analysts += [(f"AIPW {score} {line}", score, line) for score in _models for line in _models]
    two_by_two = pd.DataFrame(_analysts, columns=["method", "score", "outcome"])
    _grades = [grade(study["k=1"][method], true_ate) for method in two_by_two["method"]]
    two_by_two = two_by_two.join(pd.DataFrame(_grades))
    weighting.chart_nine(two_by_two)
    return study, two_by_two


@app.cell(hide_code=True)
def read_nine(two_by_two):
    mo.md(f"""
    One right model leaves little bias here: with either, AIPW's bias is at most {number(two_by_two["bias"][5:8].abs().max())} points (Monte Carlo error {number(two_by_two["bias_se"][5:8].max())}). With **both** wrong it is {signed(two_by_two["bias"][8])}, twice that of the wrong regression or the wrong weights by themselves, and the {percent(HDI_PROB)} confidence interval covers the truth in {percent(two_by_two["coverage"][8])} of the worlds.
    """)
    return


@app.function
def grade(worlds_, truth):
    """Return bias, its Monte Carlo error, sd (points) and coverage, from estimate and se."""
    error = worlds_["estimate"] - truth
    found = {"bias": error.mean(), "bias_se": error.sem(), "sd": error.std(), "coverage": np.nan}
    if "se" in worlds_:
        half = NormalDist().inv_cdf((1 + HDI_PROB) / 2) * worlds_["se"]
        found["coverage"] = float((error.abs() < half).mean())
    return found


@app.cell(hide_code=True)
def read_live(
    N_WORLDS,
    aipw_ate,
    aipw_se,
    check_4,
    check_5,
    ipw_ate,
    live_bias,
):
    # slide: skip
    _live = mo.md(f"""
    In {N_WORLDS} worlds of this page's seed the mean error is {signed(live_bias["AIPW right right"])} with both models right and {signed(live_bias["AIPW wrong wrong"])} with both wrong. In our own company weighting says {signed(ipw_ate)}, AIPW {signed(aipw_ate)} points (standard error {number(aipw_se)}).
    """)
    weighting.after(check_4, weighting.after(check_5, _live, exercise=5), exercise=4)
    return


@app.cell
def sliders():
    sharpness, unseen = weighting.slider_sharpness(), weighting.slider_unseen()
    return sharpness, unseen


@app.cell
def blind_spot(SEED, unseen):
    # slide: sub-slide
    _crowd = programme(1_000, np.random.default_rng(SEED + 4), strength=unseen.value)
    _score, _weight, _answers = three_answers(_crowd, population())
    _ways, _t = {"before": np.ones(len(_crowd)), "ATE weights": _weight}, _crowd["joined"]
    _measured = _crowd[["age", "commute", "bend"]]
    _gaps = {n: standardised_gaps(_measured, _t, w) for n, w in _ways.items()}
    blind_answers = _answers[_answers["label"] != "overlap"].assign(finite=True)
    _love = weighting.chart_love(pd.DataFrame(_gaps), small=True)
    weighting.show_pair(unseen, _love, weighting.chart_answers(blind_answers))
    return (blind_answers,)


@app.cell(hide_code=True)
def read_blind():
    mo.md(r"""
    Another 1,000 people; a cause $U \sim N(0, 1)$ that nobody measured adds $s\,U$ to the logit of joining and $3\,s\,U$ points to well-being. At $s = 0$ ignorability holds. Move the slider to 1: the weighted gaps of what *was* measured stay below 0.1, and IPW and AIPW end over two points too high: the love plot does not warn.
    """)
    return


@app.cell(hide_code=True)
def positivity_heading():
    # notes: Aim: positivity is a matter of degree, and cures change the question. Trap: "no score
    # notes: is 0 or 1, so positivity holds". Minutes: 9. If late: slider to 2, then exercise 6.
    mo.md(r"""
    ## Who is left when the choice is sharp?

    In the company the logit of joining is multiplied by $k$. At 0.2 nearly a coin decides; at 3 age and commute do. No chance is ever 0 or 1. But for those who did not join, the variance of a weighted mean needs the mean of $\exp(0.4\, k\, \text{age}^2)$, finite only if $0.4 k < 0.5$. From **k = 1.25** it is infinite, for IPW and AIPW alike: right lines leave residuals, and these have weights too. Move the slider, here with 1,000 other people: what happens to the estimates?
    """)
    return


@app.function
def robust_error(outcome, treated, weight):
    """Return the standard error of `compare`, as if the weights were known."""
    variance = 0.0
    for arm in (1, 0):
        y, w = outcome[treated == arm], weight[treated == arm]
        variance += np.sum((w * (y - np.average(y, weights=w))) ** 2) / np.sum(w) ** 2
    return float(np.sqrt(variance))


@app.function(hide_code=True)
def three_answers(crowd, everybody):
    """Return the score, and three estimators: label, mean, error, truth of their population."""
    t, y = crowd["joined"].to_numpy(), crowd["wellbeing"].to_numpy()
    x = crowd[["age", "commute", "bend"]]
    e = fit_score(x, t)
    weights = weights_for(e, t)
    tilt = everybody["share"] * everybody["chance"] * (1 - everybody["chance"])
    truths = [np.average(everybody["effect"], weights=w) for w in (everybody["share"], tilt)]
    one, two = (
        (compare(y, t, w), robust_error(y, t, w)) for w in (weights["ate"], weights["overlap"])
    )
    rows = [
        ("IPW", *one, truths[0]),
        ("AIPW", *aipw(y, t, e, *fit_outcomes(x, t, y)), truths[0]),
        ("overlap", *two, truths[1]),
    ]
    return e, weights["ate"], pd.DataFrame(rows, columns=["label", "mean", "error", "truth"])


@app.cell
def sharp(SEED, sharpness):
    # slide: sub-slide
    _crowd = programme(1_000, np.random.default_rng(SEED + 3), sharpness.value)
    _score, _weight, sharp_answers = three_answers(_crowd, population(sharpness.value))
    _joined = _crowd["joined"].to_numpy()
    heaviest = max(np.max(w) / np.sum(w) for w in (_weight[_joined == 1], _weight[_joined == 0]))
    sharp_answers["finite"] = [0.4 * sharpness.value < 0.5] * 2 + [True]  # the variance
    _scores = weighting.chart_crowd(_score, _joined, sharpness.value, heaviest)
    weighting.show_pair(sharpness, _scores, weighting.chart_answers(sharp_answers))
    return


@app.cell(hide_code=True)
def read_sharp(overlap_truths, study, true_ate):
    _share = grade(study["k=2"]["IPW right"], true_ate)["coverage"]
    mo.md(f"""
    The sharper the choice, the more one person decides. Do not trust the grey intervals: at k = 2 IPW's covers in {percent(_share)} of 1,000 worlds. Overlap weights stay calm, for other people: their mean effect at k = 2, {number(overlap_truths[2])}, is near everybody's {number(true_ate, 0)}.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    # next: skip
    mo.md("""
    ### Exercise 6 · build · 5 min

    **Trimming**: keep the `people` whose `propensity_score` lies between 0.1 and 0.9. Give the weighted difference among them, with the scores as they are, `trimmed_ate`; and what it now estimates, their mean `people["effect"]`, `trimmed_truth` (which only a simulator knows).
    """)
    return


@app.cell
def exercise_6_build(joined, people, propensity_score, wellbeing):
    # `compare(outcome, treated, weight)` is at hand.
    _e, _t = propensity_score, joined
    # solution
    _kept = (_e > 0.1) & (_e < 0.9)
    _weight = np.where(_t == 1, 1 / _e, 1 / (1 - _e))
    trimmed_ate = compare(wellbeing[_kept], _t[_kept], _weight[_kept])
    trimmed_truth = people["effect"][_kept].mean()
    trimmed_ate, trimmed_truth
    return trimmed_ate, trimmed_truth


@app.cell(hide_code=True)
def check_6(
    people,
    propensity_score,
    set_progress,
    trimmed_ate,
    trimmed_truth,
):
    check_6 = weighting.judge_6(trimmed_ate, trimmed_truth, people, propensity_score)
    check_6.noted(6, set_progress)
    return (check_6,)


@app.cell(hide_code=True)
def sharp_grades(check_6, study, true_ate):
    # Look at it after exercise 6.
    _rows, overlap_truths = [], {}
    for _k in (1, 2):
        _all = population(_k, points=801)
        _kept = _all[_all["chance"].between(0.1, 0.9)]
        _open = _all["share"] * _all["chance"] * (1 - _all["chance"])
        overlap_truths[_k] = _overlap = np.average(_all["effect"], weights=_open)
        _trimmed = np.average(_kept["effect"], weights=_kept["share"])
        _truths = dict.fromkeys(("IPW right", "AIPW right right"), true_ate)
        _truths |= {"overlap": _overlap, "trimmed": _trimmed}
        _shares = {"trimmed": _kept["share"].sum()}
        for _m, _truth in _truths.items():
            _grade = grade(study[f"k={_k}"][_m], _truth) | {"share kept": _shares.get(_m, 1.0)}
            _rows.append({"k": _k, "method": _m, "truth": _truth, **_grade})
    sharp_grades = pd.DataFrame(_rows).drop(columns="bias_se")
    _read = mo.md(f"""
    At k = 2 weighting's interval covers {percent(sharp_grades["coverage"][4])}, AIPW's {percent(sharp_grades["coverage"][5])}. Overlap and trimming keep the {percent(HDI_PROB)} that they
    promise, for mean effects of {number(sharp_grades["truth"][6])} and {number(sharp_grades["truth"][7])}, trimming with {percent(sharp_grades["share kept"][7])} of the people.
    """)
    weighting.after(check_6, mo.vstack([as_table(sharp_grades), _read]))
    return overlap_truths, sharp_grades


@app.cell(hide_code=True)
def takeaways(men_answers, two_by_two):
    # notes: Aim: each bullet with its limit. Ask whose effect their last report estimated. Trap:
    # notes: leaving with "use AIPW"; leave with "whose effect, and who is left". Minutes: 2.
    # notes: If late: read the bold words.
    mo.md(f"""
    ## Takeaways: can we make the groups alike?

    1. **In what we measured, as far as twins exist**: by matching or by weights. In what nobody measured, no; a balanced table proves nothing about it.
    2. **Look at the balance, not at the name of the method**: "propensity matching" is many numbers. A match may leave out the very thing that matters.
    3. **A weight is a population**: {number(men_answers["effect (dollars)"]["ate"], 0)}, {number(men_answers["effect (dollars)"]["att"], 0)} and {number(men_answers["effect (dollars)"]["overlap"], 0)} dollars answer three questions, and so few men do not tell the answers apart. Choose it first.
    4. **Doubly robust is two chances, not two guarantees**: with both models wrong the bias was {signed(two_by_two["bias"][8])} points in this world.
    5. **Positivity is a matter of degree**: print the heaviest weight and who is left. Calmer weights answer for other people.
    """)
    return


@app.function(hide_code=True)
def weights_for(score, treated):
    """Return the weights that make both arms like everybody, the treated, or the overlap."""
    weights = pd.DataFrame(
        {
            "ate": np.where(treated == 1, 1 / score, 1 / (1 - score)),
            "att": np.where(treated == 1, 1, score / (1 - score)),
            "overlap": np.where(treated == 1, 1 - score, score),
        }
    )
    share = np.where(treated == 1, treated.mean(), 1 - treated.mean())
    return weights.assign(stabilised=weights["ate"] * share)


@app.function(hide_code=True)
def aipw(outcome, treated, score, without, with_):
    """Return the doubly robust mean effect and its standard error."""
    residual = np.where(treated == 1, outcome - with_, outcome - without)
    weight = np.where(treated == 1, 1 / score, -1 / (1 - score))
    each = with_ - without + weight * residual
    return float(each.mean()), float(each.std() / np.sqrt(len(each)))


@app.cell(hide_code=True)
def company_answers(
    N_WORLDS,
    SEED,
    joined,
    people,
    propensity_score,
    true_ate,
    wellbeing,
):
    # Answers of the page's own functions, for the sentences above.
    def _nine_ways(rng):
        crowd = programme(1_000, rng)
        t, y, x = crowd["joined"].to_numpy(), crowd["wellbeing"].to_numpy(), {}
        x["right"], x["wrong"] = crowd[["age", "commute", "bend"]], crowd[["age", "commute"]]
        lines = {name: fit_outcomes(each, t, y) for name, each in x.items()}
        found = {"naive": compare(y, t, np.ones(len(y)))}
        found |= {f"regression {n}": float(np.mean(one - zero)) for n, (zero, one) in lines.items()}
        for name, each in x.items():
            e = fit_score(each, t)
            found[f"IPW {name}"] = compare(y, t, weights_for(e, t)["ate"])
            found |= {f"AIPW {name} {n}": aipw(y, t, e, *both)[0] for n, both in lines.items()}
        return found

    live = worlds.repeat(_nine_ways, N_WORLDS, SEED)
    live_bias = live.drop(columns="world").mean() - true_ate
    ipw_ate = compare(wellbeing, joined, weights_for(propensity_score, joined)["ate"])
    m_0, m_1 = fit_outcomes(people[["age", "commute", "bend"]], joined, wellbeing)
    straight_lines = fit_outcomes(people[["age", "commute"]], joined, wellbeing)
    aipw_ate, aipw_se = aipw(wellbeing, joined, propensity_score, m_0, m_1)
    return aipw_ate, aipw_se, ipw_ate, live_bias, straight_lines


@app.cell(hide_code=True)
def smokers_heading():
    # notes: Aim: a textbook's number, to the digit, by the functions of this page. Trap: the small
    # notes: largest gap is about what was measured. Minutes: 5. If late: read the table.
    mo.md("""
    ## Does stopping smoking make people gain weight? · optional

    1,566 smokers, 403 stopped between 1971 and 1982; the outcome is the change of weight in kg. (63 more were not weighed again and are left out.) Hernán & Robins (2020, ch. 12) ask for the ATE, under the four assumptions, weight by a score of nine covariates and find 3.4 kg (95 % confidence interval 2.4 to 4.5, published).
    """)
    return


@app.cell
def smokers():
    smokers = load_nhefs()
    stopped, gained = smokers["quit_smoking"].to_numpy(), smokers["weight_change"].to_numpy()
    _levels = smokers[["education_level", "exercise_lack", "inactivity"]].astype(str)
    _curves = smokers[["age", "cigarettes_per_day", "smoking_years", "weight_1971"]]
    _dummies = pd.get_dummies(_levels, drop_first=True, dtype=float)
    _plain = smokers[["sex_female", "race_not_white"]]
    habits = pd.concat([_plain, _dummies, _curves, (_curves**2).add_suffix("_squared")], axis=1)
    smoker_score = fit_score(habits, stopped)
    smoker_lines = fit_outcomes(habits, stopped, gained)
    _ways = weights_for(smoker_score, stopped).assign(naive=1.0)
    _ways = _ways.rename(columns={"ate": "IPW", "stabilised": "IPW, stabilised"})
    _ways = _ways[["naive", "IPW", "IPW, stabilised", "overlap"]]
    _rows = {
        n: (compare(gained, stopped, w), robust_error(gained, stopped, w)) for n, w in _ways.items()
    }
    _rows["AIPW"] = aipw(gained, stopped, smoker_score, *smoker_lines)
    nhefs_answers = pd.DataFrame(_rows, index=["effect (kg)", "standard error"]).T
    nhefs_answers["largest weight"] = _ways.max()
    nhefs_ipw, nhefs_se = nhefs_answers.loc["IPW", ["effect (kg)", "standard error"]]
    as_table(nhefs_answers.rename_axis("method"), digits=4)
    return (
        gained,
        habits,
        nhefs_answers,
        nhefs_ipw,
        nhefs_se,
        smoker_lines,
        smoker_score,
        stopped,
    )


@app.cell(hide_code=True)
def read_smokers(nhefs_answers, nhefs_ipw, nhefs_se):
    mo.md(f"""
    {signed(nhefs_ipw, 4)} kg, standard error {number(nhefs_se, 4)}: the textbook's number. **Stabilised** weights are smaller (at most {number(nhefs_answers["largest weight"]["IPW, stabilised"], 1)} instead of {number(nhefs_answers["largest weight"]["IPW"], 1)}) and change nothing: normalising each group takes the factor out again. They do not tame a sharp choice. The row "overlap" asks of others: {signed(nhefs_answers["effect (kg)"]["overlap"])} is no ATE.
    """)
    return


@app.cell(hide_code=True)
def errors_heading():
    # notes: Aim: which uncertainty is in the error bar? Trap: "when in doubt, bootstrap": not for
    # notes: matching. Minutes: 9. If late: exercise 7 at home, read the table.
    # next: skip
    mo.md("""
    ## Which standard error? · optional

    A colleague bootstraps the weighted difference: draw people, weight, compare, and take the standard deviation.

    ### Exercise 7 · fix · 5 min

    Her loop takes each person's score from the full table, as if it were known. But the score was fitted to these very people. Repair it: `honest_error`, in points, from 200 resamples.
    """)
    return


@app.cell
def exercise_7_fix(SEED, joined, people, propensity_score, wellbeing):
    # The colleague's loop. What else was estimated from these people?
    _x, _effects = people[["age", "commute", "bend"]].to_numpy(), []
    for _rows in np.random.default_rng(SEED).integers(0, len(people), (200, len(people))):
        _t, _e = joined[_rows], propensity_score[_rows]
        _effects.append(compare(wellbeing[_rows], _t, np.where(_t == 1, 1 / _e, 1 / (1 - _e))))
    _colleague = np.std(_effects)
    # solution
    _effects = []
    for _rows in np.random.default_rng(SEED).integers(0, len(people), (200, len(people))):
        _t, _e = joined[_rows], fit_score(_x[_rows], joined[_rows])
        _effects.append(compare(wellbeing[_rows], _t, np.where(_t == 1, 1 / _e, 1 / (1 - _e))))
    honest_error = np.std(_effects)
    honest_error
    return (honest_error,)


@app.cell(hide_code=True)
def check_7(bootstrap_sd, held_sd, honest_error, people, set_progress):
    check_7 = weighting.judge_7(honest_error, bootstrap_sd, held_sd, len(people))
    check_7.noted(7, set_progress)
    return


@app.cell(hide_code=True)
def matching_error_note():
    mo.md(r"""
    ### Do not bootstrap a match

    A nearest neighbour is no smooth function of the data. With one covariate, spread evenly and alike in both groups, without effect, constant outcomes of the treated, variance 1 of the others and $\alpha = n_1/n_0$, $n_1$ times the variance tends to $1 + 1.5\,\alpha$ (Abadie & Imbens 2008). What the bootstrap says tends to about $1.54 + 1.14\,\alpha$, taken about its own mean (about the estimate, as in their paper: $1.74 + 1.24\,\alpha$). With $n_1 = 100$, 1,000 stored worlds:
    """)
    return


@app.cell
def matching_errors(study):
    # slide: sub-slide
    _alphas, _out = np.array([0.1, 1, 10]), np.exp(-1)  # in no resample: one other in e
    _slope = 1.5 / (1 - _out) - 1 / (1 + _out) - 0.5
    _of = {alpha: study[f"alpha={alpha:g}"]["matching"] for alpha in _alphas}
    matching_errors = pd.DataFrame(
        {
            "alpha": _alphas,
            "limit": 1 + 1.5 * _alphas,
            "simulated": [100 * _of[alpha]["estimate"].var() for alpha in _alphas],
            "bootstrap says": [100 * (_of[alpha]["se"] ** 2).mean() for alpha in _alphas],
            "its limit": 2 - (1 - _out) / (1 + _out) + _slope * _alphas,
        }
    )
    as_table(matching_errors)
    return (matching_errors,)


@app.cell(hide_code=True)
def read_matching_errors(matching_errors):
    mo.md(f"""
    Too wide with many others ({number(matching_errors["bootstrap says"][0])} against a simulated {number(matching_errors["simulated"][0])}), too narrow with few ({number(matching_errors["bootstrap says"][2], 1)} against {number(matching_errors["simulated"][2], 1)}). More data does not close the gap: the two limits differ, {number(matching_errors["its limit"][0])} against {number(matching_errors["limit"][0])} and {number(matching_errors["its limit"][2], 1)} against {number(matching_errors["limit"][2], 1)}. Weights are smooth functions of a fitted score; there the bootstrap that refits it may be used, if their variance is finite.
    """)
    return


@app.cell(hide_code=True)
def forests_heading():
    # notes: Aim: why everybody says "cross-fit", and what it does not do. Trap: flexible is not
    # notes: right. Minutes: 5. If late: read the table.
    mo.md("""
    ## What if forests fit both models? · optional

    Nobody knows the right columns; so let forests learn score and outcome, from age, commute and three columns of noise. A forest has *seen* each person whom it predicts. **Cross-fitting**: half of the people are predicted by the other half's forests (Chernozhukov et al. 2018).
    """)
    return


@app.function
def cross_fit(x, treated, outcome, fold, leaf=10):
    """Return scores and expected outcomes of everybody, by forests of the other fold."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    look = {"n_estimators": 30, "min_samples_leaf": leaf, "random_state": 0}
    found = np.empty((3, len(x)))
    for part in (0, 1):
        own, seen = fold == part, fold != part
        model = RandomForestClassifier(**look).fit(x[seen], treated[seen])
        found[0, own] = model.predict_proba(x[own])[:, 1].clip(0.01, 0.99)
        for arm in (0, 1):
            rows = seen & (treated == arm)
            model = RandomForestRegressor(**look).fit(x[rows], outcome[rows])
            found[1 + arm, own] = model.predict(x[own])
    return found


@app.cell
def forests(SEED, joined, people, true_ate, wellbeing):
    _rng = np.random.default_rng(SEED + 2)
    _x = np.column_stack([people[["age", "commute"]], _rng.normal(size=(len(people), 3))])
    _models = cross_fit(_x, joined, wellbeing, fold=_rng.permutation(len(people)) % 2)
    forest_ate, forest_se = aipw(wellbeing, joined, *_models)
    _stored, _rows = pd.read_csv(FOLDER / "weighting_forests_study.csv"), []
    for _leaf, _worlds in _stored.astype({"leaf": int}).groupby("leaf"):
        for _way in ("in_sample", "cross_fitted"):
            _two = _worlds[[f"{_way}_estimate", f"{_way}_se"]].set_axis(["estimate", "se"], axis=1)
            _row = {"leaf of at least": _leaf, "prediction": _way.replace("_", " ")}
            _rows.append({**_row, **grade(_two, true_ate), "mean se": _two["se"].mean()})
    forests = pd.DataFrame(_rows)
    as_table(forests.rename(columns={"bias_se": "Monte Carlo error"}))
    return forest_ate, forest_se, forests


@app.cell(hide_code=True)
def read_forests(forest_ate, forest_se, forests):
    mo.md(f"""
    In sample the intervals are far too narrow: forests that have seen the answers leave small residuals. Cross-fitted, the error bars are near the spread (60 worlds). But small leaves make noisy forests (sd {number(forests["sd"][1])}), and leaves of ten still carry a bias of {signed(forests["bias"][3])}: the interval covers in {percent(forests["coverage"][3])}. Cross-fitting removes the bias of having peeked, not that of not having learnt enough. Our own company: {signed(forest_ate)} (standard error {number(forest_se)}).
    """)
    return


@app.cell(hide_code=True)
def bayes_heading():
    # notes: Aim: what a Bayesian may and may not expect of a score. Trap: weights have no
    # notes: likelihood. Minutes: 6. If late: the table.
    mo.md(r"""
    ## What does a Bayesian do with a score? · optional

    With ignorability and independent priors the likelihood of who joins and that of the outcome are two factors: a model of joining cannot move the posterior of the effect. Notebook 05's treatment model can be deleted. And yet a prior on many slopes is not neutral. 40 weak confounders, 200 people, true effect 1, all noise and covariates $N(0, 1)$:

    $$t = 0.2 \sum_j x_j + \varepsilon_t, \quad y = t + 0.2 \sum_j x_j + \varepsilon_y, \quad \text{slopes} \sim N(0, s) \ (s: \text{sd})$$
    """)
    return


@app.function
def shrunken(rng, slope_sd, with_score, signs):
    """Return posterior mean and sd of the effect (flat prior; slopes N(0, slope_sd); noise sd 1)."""
    signs = np.ones(40) if signs == "alike" else rng.choice([-1, 1], 40)
    x = rng.normal(size=(200, 40))
    t = 0.2 * x.sum(axis=1) + rng.normal(size=200)
    y = t + 0.2 * x @ signs + rng.normal(size=200)
    one = np.ones((200, 1))
    fitted = np.column_stack([one, x]) @ np.linalg.lstsq(np.column_stack([one, x]), t)[0]
    free = [one, t, fitted] if with_score else [one, t]
    design = np.column_stack([*free, x])
    precision = np.r_[np.zeros(len(free)), np.full(40, 1 / slope_sd**2)]
    covariance = np.linalg.inv(design.T @ design + np.diag(precision))
    return (covariance @ design.T @ y)[1], np.sqrt(covariance[1, 1])


@app.cell
def shrinkage(N_WORLDS, SEED):
    _rows = []
    _cases = [(1, "no", "alike"), (1, "yes", "alike"), (0.2, "no", "alike"), (0.2, "yes", "alike")]
    for _sd, _with, _signs in [*_cases, (0.2, "no", "independent")]:
        _case = _sd, _with == "yes", _signs
        _found = [shrunken(worlds.rng_of(SEED, i), *_case) for i in range(N_WORLDS)]
        _table = pd.DataFrame(_found, columns=["estimate", "se"])
        _row = {"s": _sd, "score as covariate": _with, "signs": _signs}
        _rows.append({**_row, **grade(_table, 1)})
    shrinkage = pd.DataFrame(_rows)
    as_table(shrinkage.rename(columns={"bias_se": "Monte Carlo error"}))
    return (shrinkage,)


@app.cell(hide_code=True)
def read_shrinkage(N_WORLDS, shrinkage):
    mo.md(f"""
    ({N_WORLDS} worlds, {percent(HDI_PROB)} posterior intervals.) s = 0.2 is the slopes' right **size**; yet the bias is {signed(shrinkage["bias"][2])}, the coverage {percent(shrinkage["coverage"][2])}. Small slopes are shrunk, and the treatment, which follows them, takes over what they leave: *regularisation-induced confounding* (Hahn et al. 2018). The prior misses the **signs**: what moves t moves y the same way, which independent priors deny. With independent signs: {signed(shrinkage["bias"][4])}, {percent(shrinkage["coverage"][4])}. The fitted score as one more, unpenalised covariate repairs it: {signed(shrinkage["bias"][3])}, {percent(shrinkage["coverage"][3])}.
    """)
    return


@app.cell(hide_code=True)
def published_heading():
    # notes: Aim: an error bar answers "if what were drawn again?". Trap: a narrow histogram looks
    # notes: like knowledge. Be fair: the package says what it computes. Minutes: 6.
    # notes: If late: read the two numbers.
    mo.md("""
    ## A published number, re-examined: a narrow posterior · optional

    [CausalPy's page on weighting](https://causalpy.readthedocs.io/en/latest/notebooks/inv_prop_pymc.html) (documentation of version 0.9) draws scores from their posterior, computes the effect for each draw with outcomes held fixed, and finds the doubly robust histogram on the smokers above much the narrower. The same two steps, with the logistic regression's normal approximation:
    """)
    return


@app.cell
def two_steps(
    SEED,
    gained,
    habits,
    nhefs_answers,
    smoker_lines,
    smoker_score,
    stopped,
):
    # slide: sub-slide
    _x = np.column_stack([np.ones(len(habits)), (habits - habits.mean()) / habits.std()])
    _logit, _rng = np.log(smoker_score / (1 - smoker_score)), np.random.default_rng(SEED)
    _slopes = np.linalg.lstsq(_x, _logit, rcond=None)[0]
    _spread = np.linalg.inv((_x.T * (smoker_score * (1 - smoker_score))) @ _x)
    _draws = _rng.multivariate_normal(_slopes, _spread, size=400) @ _x.T
    _scores = 1 / (1 + np.exp(-_draws))
    _robust = [aipw(gained, stopped, e, *smoker_lines)[0] for e in _scores]
    _plain = [compare(gained, stopped, weights_for(e, stopped)["ate"]) for e in _scores]
    two_step_sd = {"IPW": float(np.std(_plain)), "AIPW": float(np.std(_robust))}
    two_steps = nhefs_answers.loc[["IPW", "AIPW"], ["effect (kg)", "standard error"]]
    two_steps = two_steps.assign(**{"sd over score draws": pd.Series(two_step_sd)})
    as_table(two_steps.rename_axis("method"), digits=3)
    return two_step_sd, two_steps


@app.cell(hide_code=True)
def read_two_steps(two_step_sd, two_steps):
    mo.md(f"""
    {number(two_step_sd["AIPW"], 3)} kg is how far AIPW moves with the *score*; the standard error with respect to *people* is {number(two_steps["standard error"]["AIPW"], 3)}, {number(two_steps["standard error"]["AIPW"] / two_step_sd["AIPW"], 0)} times as much, and about that of weighting. AIPW hardly depends on the score: that is its virtue, not its error bar. The package says what it computes; the slip is to read that width as the error of the effect. **Repair**: draw people again as well, by a bootstrap or Dirichlet weights, and refit both models.
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

    - Abadie, A., & Imbens, G. W. (2008). On the failure of the bootstrap for matching estimators. *Econometrica*, 76(6), 1537–1557. [doi:10.3982/ECTA6474](https://doi.org/10.3982/ECTA6474)
    - CausalPy, PyMC Labs: *Inverse Propensity Score Weighting with pymc*, documentation of version 0.9. [The page, as it is now](https://causalpy.readthedocs.io/en/latest/notebooks/inv_prop_pymc.html)
    - Chernozhukov, V., et al. (2018). Double/debiased machine learning for treatment and structural parameters. *The Econometrics Journal*, 21(1), C1–C68. [doi:10.1111/ectj.12097](https://doi.org/10.1111/ectj.12097)
    - Dehejia, R. H., & Wahba, S. (1999). Causal effects in nonexperimental studies. *Journal of the American Statistical Association*, 94(448), 1053–1062. [doi:10.1080/01621459.1999.10473858](https://doi.org/10.1080/01621459.1999.10473858)
    - Hahn, P. R., Carvalho, C. M., Puelz, D., & He, J. (2018). Regularization and confounding in linear regression for treatment effect estimation. *Bayesian Analysis*, 13(1), 163–182. [doi:10.1214/16-BA1044](https://doi.org/10.1214/16-BA1044)
    - Hernán, M. A., & Robins, J. M. (2020). *Causal Inference: What If*. Chapman & Hall/CRC.
    - LaLonde, R. J. (1986). Evaluating the econometric evaluations of training programs with experimental data. *American Economic Review*, 76(4), 604–620.
    - Li, F., Morgan, K. L., & Zaslavsky, A. M. (2018). Balancing covariates via propensity score weighting. *Journal of the American Statistical Association*, 113(521), 390–400. [doi:10.1080/01621459.2016.1260466](https://doi.org/10.1080/01621459.2016.1260466)
    - Robins, J. M., Rotnitzky, A., & Zhao, L. P. (1994). Estimation of regression coefficients when some regressors are not always observed. *Journal of the American Statistical Association*, 89(427), 846–866. [doi:10.1080/01621459.1994.10476818](https://doi.org/10.1080/01621459.1994.10476818)
    - Rosenbaum, P. R., & Rubin, D. B. (1983). The central role of the propensity score in observational studies for causal effects. *Biometrika*, 70(1), 41–55. [doi:10.1093/biomet/70.1.41](https://doi.org/10.1093/biomet/70.1.41)

    ### Knobs

    All that is simulated here follows from `SEED`, but for the trees of the forests (`random_state`); the stored studies have seeds of their own. `N_WORLDS`: how many companies are analysed anew.
    """)
    return


@app.cell(hide_code=True)
def resamples(
    COVARIATES,
    SEED,
    earnings,
    joined,
    men,
    people,
    propensity_score,
    took,
    wellbeing,
):
    # Bootstraps: of the men's three answers, and what exercise 7 is compared with.
    _x, _again = men[COVARIATES].to_numpy(), []
    for _rows in np.random.default_rng(SEED).integers(0, len(men), (200, len(men))):
        _weights = weights_for(fit_score(_x[_rows], took[_rows]), took[_rows])
        _three = _weights[["ate", "att", "overlap"]]
        _again.append(_three.apply(lambda w, rows=_rows: compare(earnings[rows], took[rows], w)))
    men_resamples, _both = pd.DataFrame(_again), []
    _x = people[["age", "commute", "bend"]].to_numpy()
    for _rows in np.random.default_rng(SEED + 1).integers(0, len(people), (200, len(people))):
        _t, _scores = joined[_rows], (fit_score(_x[_rows], joined[_rows]), propensity_score[_rows])
        _weights = [weights_for(e, _t)["ate"] for e in _scores]
        _both.append([compare(wellbeing[_rows], _t, w) for w in _weights])
    bootstrap_sd, held_sd = np.std(_both, axis=0)
    return bootstrap_sd, held_sd, men_resamples


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 40
    return (N_WORLDS,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
