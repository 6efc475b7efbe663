import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What would it do in your case?",
    layout_file="layouts/18_your_own_case.slides.json",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    from statistics import NormalDist

    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import cases, checks, fits, tidy, worlds
    from helpers.lessons import your_case
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    # notes: Aim: from now on the question is theirs. Trap: nobody needs data yet. Minutes: 1.
    # notes: If late: read the title and go on.
    mo.md("""
    # What would it do in your case?

    You bring the question. This page turns your arrows into a program, the program into a world, the world into answers
    whose truth you know, and your own table into scenarios. It begins with a shop that sends coupons; put your case in its
    place whenever you like.

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Without a mouse: Escape leaves a cell, arrows go from cell
    to cell; from the cell below a control, Shift+Tab enters it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | take a graph to a simulation, an estimate, scenarios and a page for colleagues |
    | Question | What does your treatment do to your outcome? To begin with: a coupon, to spending |
    | Estimand | mean outcome with the treatment set to one value, minus that with another, over all units (ATE), per unit of the treatment |
    | Design | whatever your arrows say; assumptions: the arrows that you did not draw, and those of *What a regression needs* |
    | Data | invented by your program; your own CSV file if you have one, read on this machine only |
    | Time | core 60 minutes, optional 5; six checked exercises |
    | Before | notebook 01 (graphs, `do`), 02 (what to adjust for) |
    """)
    return


@app.cell(hide_code=True)
def draw_heading():
    # notes: Aim: four people, one text, one picture. Trap: teams argue about strengths before they
    # notes: have argued about arrows. Minutes: 8. If late: the starter as it is, exercise 1.
    mo.md(r"""
    ## Draw what you believe

    What does a coupon do to a customer's spending? With $T$ the treatment and $Y$ the outcome, over all units:

    $$\text{effect} = \frac{E[Y \mid do(T = t_1)] - E[Y \mid do(T = t_0)]}{t_1 - t_0}$$

    Choose a starter, or write your own below; another case runs the page anew, about a minute the first time. Blue is the
    treatment, the thick frame the outcome, dashed what nobody measures. A missing arrow is the stronger claim.
    """)
    return


@app.cell
def starters():
    # slide: skip
    starter = your_case.choose(cases.starters())
    starter
    return (starter,)


@app.cell
def first_picture(case):
    # slide: sub-slide
    case_graph = case.graph
    case_graph.draw()
    return


@app.cell(hide_code=True)
def how_to_write():
    # slide: sub-slide
    mo.md("""
    | write | it means |
    |:--|:--|
    | `season -> spending` | an arrow, of medium strength |
    | `loyalty -> coupon: strong` | weak, medium, strong, or with a minus: `-weak` |
    | `visit -> spending: +5 euros` | a number: what one unit more does; to a yes/no in log odds, to a count in logs of its rate |
    | `spending: number, euros, 60, 15` | its kind, unit, mean, and its sd beside its causes |
    | `coupon: yes/no, 30 %` · `visit: count, 2` | the two other kinds, with their mean |
    | no line for a node | a number around 0, in sds of what moves it beside its causes |

    Ctrl+Enter (Cmd+Enter) in the field sends it, as *Read it* does.
    """)
    return


@app.cell
def form(starter):
    # slide: skip
    typed = your_case.ask(starter.value)
    typed
    return (typed,)


@app.cell
def reading(get_last_case, marketing, set_last_case, starter, typed):
    # slide: skip
    typed_case = your_case.read(typed, starter.value)
    case = your_case.or_else(typed_case, get_last_case() or marketing)
    set_last_case(case)
    your_case.mended(typed_case, used=f"“{case.treatment.name}” and “{case.outcome.name}”")
    return (case,)


@app.cell(hide_code=True)
def needs():
    # slide: sub-slide
    mo.md(r"""
    ### What a regression needs

    With columns $Z$ beside the treatment, a regression finds $E[Y \mid do(T = t)] = E_Z\big[\,E[Y \mid T = t, Z]\,\big]$ if four things hold:

    - **Exchangeability**: given the columns, who gets what is as good as a coin's toss. They block every backdoor path
      (one that begins with an arrow into the treatment), and none comes after the treatment.
    - **Positivity**: units of every kind could get either value.
    - **Consistency, no interference**: what is seen under a treatment is what setting it would do, whatever other units get.
    - **Form**: straight lines fit.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    # slide: sub-slide
    # next: step
    # notes: Answer: too high. Loyal customers, and the season, get more coupons and spend more:
    # notes: plus times plus, known before any number. The next step shows it: let people bet first.
    mo.md("""
    ### Exercise 1 · predict · 2 min

    Exercises 1 to 4 are about the **marketing starter**, whatever case the page works on; 5 is about your case, 6 about
    another company. In the starter all strengths are positive. You compare the mean spending of customers with and without a
    coupon. As an answer to "what does the coupon do?", is that difference `"too low"`, `"about right"` or `"too high"`?
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
def check_1(direction, set_progress):
    check_1 = your_case.judge_1(direction).noted(1, set_progress)
    check_1
    return (check_1,)


@app.cell(hide_code=True)
def program_heading():
    # notes: Aim: a program is a graph that runs. Read three lines aloud, no more. Trap: "the prior
    # notes: is the truth": it is what the team would bet. Minutes: 9.
    # notes: If late: the program, one line of it, exercise 2.
    mo.md(r"""
    ## From arrows to a program

    Each node becomes a line; its causes stand in that line. In the shop, with $M$ for the mood:

    $$\text{visit} \sim \text{Poisson}\big(e^{\,0.693 + 0.3\,(\text{coupon} - 0.3) + 0.25\,M}\big)$$

    Each arrow becomes a strength with a prior: your guess, give or take as much again, and no less than a weak arrow. What
    nobody measures stays in the program, and out of the table.
    """)
    return


@app.cell
def the_program(case):
    # slide: sub-slide
    case_program = cases.write_program(case)
    build, guess = cases.run(case_program)
    your_case.show_text(case_program, height=240)
    return build, case_program, guess


@app.cell(hide_code=True)
def read_program():
    # slide: fragment
    mo.md("""
    This text is the model that the page runs: `build(n)` makes it for n units, `guess` is what you believe.
    Names that you type become plain identifiers; no word of yours is run as code. Intercepts are called `_base`, and causes
    are centred, so that means stay about as you typed them. A log rate is kept between −15 and 15: no world overflows.
    """)
    return


@app.cell
def prior_worlds(SEED, build, case, guess, pm):
    # slide: sub-slide
    outcome = case.outcome.key
    any_world = cases.sampler(build(500), [outcome])
    my_world = cases.sampler(pm.do(build(500), guess), [outcome])
    prior_ranges = your_case.ranges(
        [any_world(SEED + i)[outcome] for i in range(20)],
        my_world(SEED)[outcome],
        label="your guess",
    )
    your_case.chart_ranges(
        prior_ranges, what=case.outcome.name, unit=case.outcome_unit, drawn="your priors"
    )
    return (outcome,)


@app.cell(hide_code=True)
def read_prior(prior_ranges):
    mo.md(f"""
    A **prior predictive check** (Gelman et al. 2020): does the black line look like your world, in your unit? If not, change means, spreads and
    strengths in the text above. The blue worlds, here from {number(prior_ranges["lower"].min(), 0)} to {number(prior_ranges["upper"].max(), 0)}, are twenty of those that your priors hold possible:
    where they reach beyond what anybody believes, write smaller strengths: the priors narrow with them.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    # next: skip
    # notes: Answer: draw the coupon first, by 30 %, then visits with log rate 0.6 + 0.3 coupon. No
    # notes: table tells the two graphs apart; do does: in hers, coupons to all leave visits as they
    # notes: are.
    mo.md("""
    ### Exercise 2 · fix · 4 min

    A colleague wrote part of the marketing program by hand. In the graph the coupon comes first, and brings visits; in her
    program an arrow points the wrong way.

    Give `mended_model`: the same three variables, coupons to 30 % of the customers, visits a count with log rate
    `0.6 + 0.3 * coupon`, spending as it is.
    """)
    return


@app.cell
def exercise_2_fix(pm):
    with pm.Model(coords={"unit": range(1_000)}) as _colleague:
        _visit = pm.Poisson("visit", 2, dims="unit")
        _coupon = pm.Bernoulli("coupon", pm.math.sigmoid(-1.5 + 0.3 * _visit), dims="unit")
        pm.Normal("spending", 50 + 5 * _visit, 15, dims="unit")
    # solution
    with pm.Model(coords={"unit": range(1_000)}) as mended_model:
        _coupon = pm.Bernoulli("coupon", 0.3, dims="unit")
        _visit = pm.Poisson("visit", pm.math.exp(0.6 + 0.3 * _coupon), dims="unit")
        pm.Normal("spending", 50 + 5 * _visit, 15, dims="unit")
    mended_model.basic_RVs
    return (mended_model,)


@app.cell(hide_code=True)
def check_2(mended_model, set_progress):
    check_2 = your_case.judge_2(mended_model).noted(2, set_progress)
    check_2
    return


@app.cell(hide_code=True)
def see_heading():
    # notes: Aim: three answers to one question, and the truth beside them. Trap: "more columns are
    # notes: safer". Ask each team for its set before the picture. Minutes: 11.
    # notes: If late: exercise 3, the picture, its sentence.
    mo.md("""
    ## See, adjust, do

    In a world of your own the truth is known, by `do` (Pearl 2009). What an analyst gets is a table, here its first four rows: what nobody
    measures is no column.
    """)
    return


@app.cell
def make_world(N_UNITS, SEED, build, case, guess, pm):
    # slide: fragment
    treatment = case.treatment.key
    world = pm.do(build(5_000), guess)
    draw_world = cases.sampler(world, case.measured)
    simulated = draw_world(SEED).head(N_UNITS)
    as_table(simulated.head(4))
    return draw_world, simulated, treatment, world


@app.function
def slope(table, treatment, outcome, names=()):
    """Return the treatment's coefficient, with a 94 % confidence interval (errors: White 1980)."""
    x = np.column_stack([np.ones(len(table)), table[[treatment, *names]]]).astype(float)
    y = table[outcome].to_numpy(dtype=float)
    inverse = np.linalg.pinv(x.T @ x)
    coefficients = inverse @ x.T @ y
    residual = y - x @ coefficients
    error = np.sqrt((inverse @ (x.T * residual**2) @ x @ inverse)[1, 1])
    half = NormalDist().inv_cdf((1 + HDI_PROB) / 2) * error
    return coefficients[1], coefficients[1] - half, coefficients[1] + half


@app.cell
def doing(SEED, pm):
    def effect_by_do(world, case, n=40):
        """Return the effect of the treatment, one number a seed: expected outcomes under `do`."""
        key, mean = case.treatment.key, f"mu_{case.outcome.key}"
        draws = []
        for value in case.levels:
            set_world = pm.do(world, cases.set_to(case, 5_000, **{key: value}))
            draw = cases.sampler(set_world, [mean])
            draws.append([draw(SEED + i)[mean].mean() for i in range(n)])
        return np.subtract(draws[1], draws[0]) / (case.levels[1] - case.levels[0])

    return (effect_by_do,)


@app.cell(hide_code=True)
def question_3():
    # next: skip
    # notes: Answer: loyalty and season. Visits lie on the way, the newsletter comes after; the mood
    # notes: is not in the table, and does no harm, for it does not decide coupons.
    mo.md("""
    ### Exercise 3 · complete · 3 min

    The table has loyalty, season, visit, newsletter opened, coupon and spending. For the effect of the coupon in the
    marketing starter, which columns do you adjust for? `adjust_for`: a set of names.
    """)
    return


@app.cell
def exercise_3_complete():
    # A set of names, for example {"visit"}. All that is needed, nothing that harms.
    # solution
    adjust_for = {"loyalty", "season"}
    adjust_for
    return (adjust_for,)


@app.cell(hide_code=True)
def check_3(adjust_for, marketing, set_progress):
    check_3 = your_case.judge_3(adjust_for, marketing.graph).noted(3, set_progress)
    check_3
    return


@app.cell
def the_truth(case, effect_by_do, world):
    # slide: skip
    effect_draws = effect_by_do(world, case)
    true_effect = float(effect_draws.mean())
    truth_error = float(effect_draws.std(ddof=1)) / len(effect_draws) ** 0.5
    chosen = case.graph.one_adjustment_set()
    right_set = None if chosen is None else sorted(case.key(name) for name in chosen)
    no_set = your_case.say_no_set(case)  # nothing, where a set of columns will do
    return no_set, right_set, true_effect, truth_error


@app.cell(hide_code=True)
def three_answers_note(N_UNITS):
    # slide: sub-slide
    mo.md(f"""
    ### Three analysts, one table

    {number(N_UNITS, 0)} units of your world, and beside the three `do`, which nobody can do to a table.

    - One compares the groups.
    - One adjusts as the graph says, if any set of columns will do.
    - One puts every column in, or those that your team picks.

    For a yes/no outcome the slope is a difference in shares. Where a straight line stands in for a curve, a gap to `do` may remain.
    Where effects differ, least squares weighs the units its own way.
    """)
    return


@app.cell
def your_columns(case, outcome, treatment):
    # slide: skip
    every_column = [key for key in case.measured if key not in (treatment, outcome)]
    picked = your_case.pick(every_column)
    picked
    return every_column, picked


@app.cell
def answering(
    every_column,
    outcome,
    picked,
    right_set,
    simulated,
    treatment,
    true_effect,
):
    # slide: skip
    _label = "every column" if len(picked.value) == len(every_column) else "your columns"
    _ways = {"naive": [], "adjusted": right_set, _label: picked.value}
    _rows = [
        (method, *((np.nan,) * 3 if names is None else slope(simulated, treatment, outcome, names)))
        for method, names in _ways.items()
    ]
    _rows.append(("do", true_effect, np.nan, np.nan))
    answers = pd.DataFrame(_rows, columns=["method", "estimate", "lower", "upper"])
    answers["truth"] = true_effect
    return (answers,)


@app.cell
def answers_shown(answers, case, check_1, marketing):
    # slide: sub-slide
    _asked = case.strengths == marketing.strengths  # the starter of exercise 1
    _view = your_case.chart_answers(answers, case.effect_unit)
    your_case.after(check_1, _view) if _asked else _view
    return


@app.cell(hide_code=True)
def read_answers(
    answers,
    case,
    check_1,
    marketing,
    no_set,
    true_effect,
    truth_error,
):
    # Look at it after exercise 1.
    # slide: fragment
    _read = mo.md(f"""
    By `do` the effect is {signed(true_effect)} {cases.plain(case.effect_unit)} (Monte Carlo error {number(truth_error)}). The naive difference says
    {signed(answers["estimate"][0])}, the third analyst {signed(answers["estimate"][2])}. Columns that come after the treatment, if there are any, can take
    its effect away or open a path that was closed. {no_set}
    """)
    your_case.after(check_1, _read) if case.strengths == marketing.strengths else _read
    return


@app.cell(hide_code=True)
def question_4(holders):
    # next: step
    # notes: Answer: about 63 euros, by pm.do with a 1 for each customer; those who have a coupon
    # notes: spend 70: they are loyal, and come in the season of coupons. The next step shows it.
    mo.md(f"""
    ### Exercise 4 · build · 5 min

    In the shop those who have a coupon spend {number(holders)} euros on average: that is filtering. What would the mean be if
    **everybody** were given one? Use `pm.do` on `shop_world` (5,000 customers, variables `coupon` and `spending`) and
    `pm.draw(..., random_seed=SEED, mode="FAST_COMPILE")`. `everybody`, in euros.
    """)
    return


@app.cell
def exercise_4_build(SEED, pm, shop_world):
    # One whole number a customer; then draw "spending".
    # solution
    _given = pm.do(shop_world, {"coupon": np.ones(5_000, dtype=int)})
    everybody = pm.draw(_given["spending"], random_seed=SEED, mode="FAST_COMPILE").mean()
    everybody
    return (everybody,)


@app.cell(hide_code=True)
def check_4(everybody, holders, set_progress, shop, shop_effect, shop_truth):
    check_4 = your_case.judge_4(
        everybody, shop_truth, holders, shop["spending"].mean(), shop_effect
    ).noted(4, set_progress)
    check_4
    return


@app.cell(hide_code=True)
def clear_heading():
    # notes: Aim: a plan for data before anybody collects them. Trap: clear is not right.
    # notes: Minutes: 6. If late: the picture, its sentence.
    mo.md(f"""
    ## How many until it is clear?

    Before you collect anything: draw the world again and again, answer each time with fewer and more units. Call an answer
    **clear** when its {percent(HDI_PROB)} interval has the sign of the truth on both ends.
    """)
    return


@app.function
def answer_often(draw_world, case, right_set, truth, sizes):
    """Return a study of one world: naive and adjusted answers, from the first n of its units."""
    ways = {"naive": (), "adjusted": right_set}
    asked = case.treatment.key, case.outcome.key

    def study(rng):
        table, rows = draw_world(int(rng.integers(2**31))), []
        for n in sizes:
            for method, names in ways.items():
                if names is not None:
                    estimate, lower, upper = slope(table[:n], *asked, names)
                    found = {"estimate": estimate, "lower": lower, "upper": upper}
                    rows.append({"n": n, "method": method, **found, "truth": truth})
        return rows

    return study


@app.cell
def many_worlds(N_WORLDS, SEED, case, draw_world, right_set, true_effect):
    # slide: skip
    SIZES = (100, 200, 500, 1_000, 2_000, 5_000)
    _study = answer_often(draw_world, case, right_set, true_effect, SIZES)
    repeated = worlds.repeat(_study, N_WORLDS, SEED)
    _signed = repeated[["lower", "upper"]].mul(np.sign(true_effect), axis=0)
    repeated["clear"] = (_signed > 0).all(axis=1)
    return (repeated,)


@app.cell
def how_many(case, repeated, right_set):
    # slide: sub-slide
    clear = repeated.groupby(["n", "method"], as_index=False)["clear"].mean()
    _wanted = "naive" if right_set is None else "adjusted"
    _enough = clear["n"][(clear["method"] == _wanted) & (clear["clear"] >= 0.9)]
    n_clear = float(_enough.min()) if len(_enough) else np.nan
    _far = repeated[repeated["n"] == repeated["n"].max()].eval("estimate - truth").mean()
    _off = _far if right_set is None else None
    your_case.chart_clear(clear, n_clear, _off, case.effect_unit)
    return


@app.cell(hide_code=True)
def read_clear(N_WORLDS):
    mo.md(f"""
    {N_WORLDS} worlds for each number of units; the dashed line is nine in ten. Whose answer is clear first? Is it right as well?
    """)
    return


@app.cell(hide_code=True)
def question_5():
    # slide: sub-slide
    # next: skip
    # notes: Answer, in the starter: from a quarter or so of the worlds with 100 units to none with
    # notes: 5,000. More units make a biased interval narrower around the wrong number.
    mo.md("""
    ### Exercise 5 · complete · 3 min

    `repeated` has one row a world, number of units and method: `n`, `method`, `estimate`, `lower`, `upper`, `truth`. In what
    share of the worlds does the **naive** interval hold the truth, with 100 units and with 5,000? `naive_coverage`: two
    shares.
    """)
    return


@app.cell
def exercise_5_complete(repeated):
    # Which rows? Then: lower <= truth and truth <= upper, and a mean for each number of units.
    # solution
    _rows = repeated[repeated["method"] == "naive"]
    _holds = (_rows["lower"] <= _rows["truth"]) & (_rows["truth"] <= _rows["upper"])
    naive_coverage = [_holds[_rows["n"] == n].mean() for n in (100, 5_000)]
    naive_coverage
    return (naive_coverage,)


@app.cell(hide_code=True)
def check_5(naive_coverage, repeated, set_progress):
    check_5 = your_case.judge_5(naive_coverage, repeated).noted(5, set_progress)
    check_5
    return (check_5,)


@app.cell
def graded(repeated):
    # slide: skip
    _largest = repeated[repeated["n"] == repeated["n"].max()]
    grades = worlds.summarise(_largest, "method", interval=("lower", "upper"))
    naive_bias = float(grades.set_index("method")["bias"]["naive"])
    return grades, naive_bias


@app.cell(hide_code=True)
def read_graded(check_5, grades, naive_bias):
    # slide: skip
    _table = as_table(grades[["method", "bias", "bias_se", "sd", "coverage"]])
    _words = mo.md(f"""
    With 5,000 units: bias and its error, spread, coverage. The naive answer is {signed(naive_bias)} off on average: one that is biased away
    from zero can be clear sooner, and wrong.
    """)
    your_case.after(check_5, mo.vstack([_table, _words]))
    return


@app.cell(hide_code=True)
def hunch_heading():
    # notes: Aim: a number for "we cannot rule out that ...". Trap: the slider shows what would be,
    # notes: no table shows what is. Minutes: 4. If late: slider to both ends.
    mo.md("""
    ## When does the answer turn?

    Suppose that what nobody measures also decides the treatment: in the shop, the cashier hands coupons to those in the mood.
    Its arrow into the outcome stays as you guessed, medium where you drew none; an arrow that you drew into the treatment gets
    the slider's strength. Move the slider: when would the adjusted answer have the wrong sign?
    """)
    return


@app.cell
def hunches(SEED, case, effect_by_do, outcome, pm, treatment):
    # slide: skip
    suspected, hunch = cases.suspect(case)
    _chosen = cases.without(suspected, hunch).one_adjustment_set()  # right at a strength of 0
    hunch_set = None if _chosen is None else sorted(suspected.key(name) for name in _chosen)
    hunch_build, hunch_guess = cases.run(cases.write_program(suspected))
    _others = {key: value for key, value in hunch_guess.items() if key != hunch}
    _draw = cases.sampler(pm.do(hunch_build(5_000), _others), suspected.measured, given=[hunch])
    hunch_unit = cases.unit_of(suspected, hunch)
    _step = case.treatment.sd / cases.cause_of(suspected, hunch).step
    _strengths = [float(f"{s * _step:.3g}") for s in np.linspace(-1.5, 1.5, 31).round(1)]
    _rows = [
        (s, *slope(_draw(SEED, **{hunch: s}), treatment, outcome, hunch_set or ()))
        for s in _strengths
    ]
    hunches = pd.DataFrame(_rows, columns=["strength", "estimate", "lower", "upper"])
    _world = pm.do(hunch_build(5_000), hunch_guess)
    hunch_truth = float(effect_by_do(_world, suspected, 10).mean())
    return hunch_set, hunch_truth, hunch_unit, hunches


@app.cell
def hunch_slider(hunches):
    # slide: skip
    hunch_strength = your_case.slider_hunch(hunches["strength"])
    return (hunch_strength,)


@app.cell
def hunch_shown(
    case,
    hunch_set,
    hunch_strength,
    hunch_truth,
    hunch_unit,
    hunches,
):
    # slide: sub-slide
    hunch_chart = your_case.chart_hunch(
        hunches,
        hunch_strength.value,
        hunch_truth,
        unit=case.effect_unit,
        arrow=hunch_unit,
        way=your_case.say_way(case, hunch_set),
    )
    your_case.show_hunch(hunch_strength, hunch_chart)
    return


@app.cell
def turning(hunch_truth, hunch_unit, hunches, no_set):
    # slide: skip
    _wrong = hunches[np.sign(hunches["estimate"]) != np.sign(hunch_truth)]
    _nearest = _wrong["strength"].abs().idxmin() if len(_wrong) else None
    turning_point = np.nan if _nearest is None else float(_wrong["strength"][_nearest])
    turns = no_set or your_case.say_turning(turning_point, hunch_unit)
    return (turns,)


@app.cell
def turning_shown(hunch_strength, turns):
    # slide: fragment
    your_case.once_moved(hunch_strength, turns)
    return


@app.cell(hide_code=True)
def table_heading():
    # notes: Aim: their own file, or the invented one; what a table can tell and what it cannot.
    # notes: Trap: a good fit is no proof of the arrows. Minutes: 6. If late: the learnt strengths.
    mo.md("""
    ## Learn from a table

    Give a CSV file, one row a unit; of a longer one, 400 rows by chance are used. It is read in the memory of this process and sent nowhere; the table itself is not stored.
    What is learnt from it, the strengths, is kept on this machine: `uv run course doctor --empty` deletes it.

    Until you give one, an invented table stands in: 400 units of a world in which every arrow between measured names has
    0.6 times your guess.
    """)
    return


@app.cell
def file_field():
    # slide: skip
    file = your_case.upload()
    file
    return (file,)


@app.cell
def invented_table(SEED, build, case, effect_by_do, guess, pm):
    # slide: skip
    _learnt = set(cases.arrows_of(case)) - set(cases.assumed(case))
    fainter = {key: 0.6 * value if key in _learnt else value for key, value in guess.items()}
    invented = cases.sampler(pm.do(build(400), fainter), case.measured)(SEED + 1)
    invented_effect = float(effect_by_do(pm.do(build(5_000), fainter), case).mean())
    return invented, invented_effect


@app.cell
def columns_field(SEED, case, file, invented):
    # slide: skip
    _bytes = your_case.content_of(file, invented.to_csv(index=False).encode())
    table = cases.read_table(_bytes, SEED)
    columns = your_case.choose_columns(case, table)
    columns
    return columns, table


@app.cell
def the_data(SEED, case, columns, file, invented, table):
    # slide: skip
    _frame = pd.DataFrame() if table.frame is None else table.frame
    usable, data_notes = cases.fit_columns(case, _frame, columns.value)
    data = invented if usable is None else usable
    data = data.sample(min(len(data), 400), random_state=SEED).reset_index(drop=True)
    _notes = [*table.messages, *(data_notes if table.frame is not None else [])]
    your_case.told(_notes, fine=your_case.say_used(file, usable, len(data)))
    return data, usable


@app.cell(hide_code=True)
def learn_note():
    # slide: sub-slide
    mo.md("""
    ### The same program, the other way round

    `pm.observe` gives the columns to the program; the strengths are what is learnt. Here no column is asked how strongly
    the unmeasured moves anything, and often none could tell: `pm.do` holds these strengths at your guess, assumed, not learnt.
    """)
    return


@app.cell
def fit_strengths(pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit(program, table, assumed, seed, draws):
        """Return draws of the strengths, given a table; what is kept holds no row of the table."""
        import jax
        import pymc.sampling.jax  # noqa: F401  before JAX starts: it makes room for the chains
        import xarray as xr

        model = pm.do(cases.run(program)[0](len(table)), assumed)
        observed = pm.observe(model, {key: table[key].to_numpy() for key in table})
        strengths = [v.name for v in observed.free_RVs if v.ndim == 0]
        method = "parallel" if jax.local_device_count() >= 4 else "vectorized"
        sampled = pm.sample(
            draws,
            tune=400,
            chains=4,
            model=observed,
            var_names=strengths,
            nuts_sampler="numpyro",
            nuts={"chain_method": method},
            progressbar=False,
            random_seed=seed,
        )
        kept = ("posterior", "sample_stats")  # and not "observed_data": that is the table
        return xr.DataTree.from_dict({name: sampled[name].to_dataset() for name in kept})

    return (fit,)


@app.cell
def learn(DRAWS, SEED, case, case_program, data, fit):
    # slide: skip
    assumed = cases.assumed(case)
    with mo.status.spinner("Learning the strengths: about 20 s, the first time"):
        idata = fit(case_program, data, assumed, SEED, DRAWS)
    return assumed, idata


@app.cell
def diagnose(idata):
    # slide: fragment
    diagnostics_strengths = tidy.diagnostics(idata)
    tidy.show_diagnostics(diagnostics_strengths)
    return


@app.cell
def learnt_shown(case, guess, idata):
    # slide: sub-slide
    learnt_draws = idata.posterior.dataset
    _ratios = {
        f"{a} → {b}": learnt_draws[key] / guess[key]
        for key, (a, b) in cases.arrows_of(case).items()
        if key in learnt_draws and guess[key]
    }
    learnt = tidy.summarise(_ratios).rename(columns={"label": "arrow"})
    your_case.chart_learnt(learnt)
    return (learnt_draws,)


@app.cell(hide_code=True)
def read_learnt():
    mo.md(f"""
    Each line: a {percent(HDI_PROB)} HDI, in multiples of your guess. An arrow that you drew and the table does not need
    lies near 0; where the table is silent, near 1. An arrow that you did *not* draw has no line: the table was never asked.
    """)
    return


@app.cell
def fits_the_table(SEED, assumed, build, case, data, learnt_draws, outcome, pm):
    # slide: sub-slide
    learnt_names = list(learnt_draws.data_vars)
    learnt_rows = pd.DataFrame({key: learnt_draws[key].to_numpy().ravel() for key in learnt_names})
    learnt_rows = learnt_rows.iloc[:: len(learnt_rows) // 200]
    _model = pm.do(build(len(data)), assumed)
    _draw = cases.sampler(_model, [outcome], given=learnt_names)
    _worlds = [
        _draw(SEED + i, **row)[outcome] for i, row in enumerate(learnt_rows.to_dict("records")[:20])
    ]
    posterior_ranges = your_case.ranges(_worlds, data[outcome], label="the table")
    your_case.chart_ranges(
        posterior_ranges, what=case.outcome.name, unit=case.outcome_unit, drawn="what was learnt"
    )
    return learnt_names, learnt_rows


@app.cell(hide_code=True)
def read_posterior():
    mo.md("""
    A **posterior predictive check**: can the program, with what it has learnt, make tables like yours, here in the outcome's
    mean and sd? If all its worlds lie on one side of the table, look again at arrows, kinds, form and strengths held fixed. If they
    lie on both, that is no proof: many graphs make the same tables.
    """)
    return


@app.cell(hide_code=True)
def plans_heading():
    # notes: Aim: a scenario is a `do`, and an interval. Trap: rows of the past that look like the
    # notes: plan are not the plan (exercise 4). Minutes: 3. If late: the picture.
    mo.md("""
    ## What if, next year?

    A scenario sets a node for everybody and lets the rest follow, once for each draw of the learnt strengths: `pm.do` on the
    program that has learnt. The units are new ones, 2,000 for each draw. The last scenario also sets a measured cause that has
    none itself (in the shop the season), as a forecast, not a plan: for such a node seeing and `do` agree.
    """)
    return


@app.cell
def plans(case, treatment):
    # slide: fragment
    low, high = case.levels
    plans = {
        "as things are": {},
        f"{case.treatment.name} = {low:g} for all": {treatment: low},
        f"{case.treatment.name} = {high:g} for all": {treatment: high},
    }
    another = cases.another_cause(case)
    if another is not None:
        _more = another.mean + another.step if another.kind != "yes/no" else 1
        plans[f"the same, at {another.name} = {_more:g}"] = {treatment: high, another.key: _more}
    list(plans)
    return (plans,)


@app.cell
def ask_plans(
    SEED,
    assumed,
    build,
    case,
    learnt_names,
    learnt_rows,
    outcome,
    plans,
    pm,
):
    # slide: skip
    plan_draws = {}
    for _plan, _values in plans.items():
        _model = pm.do(build(2_000), {**assumed, **cases.set_to(case, 2_000, **_values)})
        _draw = cases.sampler(_model, [f"mu_{outcome}"], given=learnt_names)
        plan_draws[_plan] = np.array(
            [
                _draw(SEED + i, **row)[f"mu_{outcome}"].mean()
                for i, row in enumerate(learnt_rows.to_dict("records"))
            ]
        )
    scenarios = tidy.summarise(plan_draws).rename(columns={"label": "scenario"})
    _hidden = ", ".join(sorted(case.graph.hidden)) or "nothing hidden"
    scenarios["assumes"] = f"the arrows as drawn; {_hidden}: as guessed"
    return plan_draws, scenarios


@app.cell
def plans_shown(case, scenarios):
    # slide: sub-slide
    your_case.chart_scenarios(scenarios, what=case.outcome.name, unit=case.outcome_unit)
    return


@app.cell
def learnt_effect(case, plan_draws, plans):
    # slide: skip
    _none, _all = list(plans)[1:3]
    learnt_gain = (plan_draws[_all] - plan_draws[_none]) / (case.levels[1] - case.levels[0])
    gain_mean, (gain_lower, gain_upper) = float(learnt_gain.mean()), tidy.hdi(learnt_gain)
    gain_count, n_gains = int((learnt_gain > 0).sum()), len(learnt_gain)
    return gain_count, gain_lower, gain_mean, gain_upper, n_gains


@app.cell(hide_code=True)
def read_plans(
    case,
    file,
    gain_count,
    gain_lower,
    gain_mean,
    gain_upper,
    invented_effect,
    n_gains,
    usable,
):
    mo.md(f"""
    Of these, the effect of the treatment is {signed(gain_mean)} ({percent(HDI_PROB)} HDI {signed(gain_lower)} to {signed(gain_upper)})
    {cases.plain(case.effect_unit)}, above zero in {gain_count} of {n_gains} draws. It leans on every arrow that is not there, so it can be
    narrower than a regression's interval, and wrong where an arrow is missing. {your_case.say_truth(file, usable, invented_effect)}
    """)
    return


@app.cell(hide_code=True)
def home_heading():
    # notes: Aim: everybody leaves with two files. Trap: the page without its assumptions.
    # notes: Minutes: 2. If late: press both buttons.
    mo.md("""
    ## Take it home

    One page for colleagues, and your case as a notebook of its own. Your browser saves them, mostly in its folder of
    downloads: move `our_case.py` into the course's folder, then `uv run marimo edit our_case.py`. Your table is in neither.
    """)
    return


@app.cell
def take_home(
    N_UNITS,
    SEED,
    answers,
    case,
    file,
    gain_lower,
    gain_mean,
    gain_upper,
    picked,
    right_set,
    scenarios,
    turns,
    usable,
):
    # slide: fragment
    _ours = len(file.value) > 0 and usable is not None
    one_page = your_case.write_page(
        case,
        answers,
        scenarios,
        learnt_from="the table that we gave" if _ours else "an invented table",
        turns=turns,
        gain=(gain_mean, gain_lower, gain_upper),
        third=picked.value,
    )
    case_notebook = cases.write_notebook(case, one_page, right_set, seed=SEED, n_rows=N_UNITS)
    your_case.downloads(case_notebook, one_page)
    return


@app.cell(hide_code=True)
def transfer_heading():
    # notes: Aim: the whole way, alone. Trap: every column at once. The graph is given, what to adjust
    # notes: for is theirs to find. Minutes: 9. If late: exercise 6 at home.
    # notes: Answer: adjust for distance, and promised date or priority in depot: near −2 hours
    # notes: (−2.2 by do). Neither transfers (on the way) nor complaint (after both).
    mo.md("""
    ## The whole way, in another company

    ### Exercise 6 · build · 8 min

    The **logistics** starter: what does the express carrier do to a parcel's delay, in hours? `parcels` holds 5,000 parcels
    of that world: `distance`, `promised_date`, `weather`, `express_carrier`, `priority_in_depot`, `transfers`, `delay`,
    `complaint`. From the arrows below find what to adjust for, and estimate the effect with `slope(parcels, ...)` or your own
    way. `delay_effect`, in hours.
    """)
    return


@app.cell
def parcel_arrows(logistics):
    # slide: sub-slide
    # next: skip
    logistics.graph.draw()
    return


@app.cell
def exercise_6_build(parcels):
    # slope(table, treatment, outcome, names) returns estimate, lower, upper.
    # solution
    delay_effect = slope(parcels, "express_carrier", "delay", ["distance", "promised_date"])[0]
    delay_effect
    return (delay_effect,)


@app.cell(hide_code=True)
def check_6(delay_effect, logistics, parcel_truth, parcels, set_progress):
    check_6 = your_case.judge_6(delay_effect, parcels, logistics.graph, slope, parcel_truth)
    check_6.noted(6, set_progress)
    return


@app.cell(hide_code=True)
def takeaways():
    # notes: Aim: three sentences to keep. Trap: none. Minutes: 1. If late: skip.
    mo.md("""
    ## Takeaways

    - Arrows, and a guess at their strengths, are enough for a program: it invents your data, and you know the truth in them. It
      shows what your beliefs imply, not that they hold.
    - Adjust as the graph says; in the marketing starter every column together turns the sign of the coupon's effect.
    - In the shop more units make the naive answer clearer, and no truer.
    - A scenario is a `do` on the program that has learnt from your table. Its interval counts what the table leaves open, not
      the arrows that you left out.
    """)
    return


@app.cell
def sampler_library():
    # slide: skip
    import logging

    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.WARNING)  # its warnings matter, its log does not
    return (pm,)


@app.cell
def the_starter():
    # slide: skip
    marketing = your_case.read(None, cases.starters()["Marketing"])
    return (marketing,)


@app.cell(hide_code=True)
def the_shop(SEED, effect_by_do, marketing, pm):
    # Look at it after exercise 4.
    # slide: skip
    _build, _guess = cases.run(cases.write_program(marketing))
    shop_world = pm.do(_build(5_000), _guess)
    shop = cases.sampler(shop_world, marketing.measured)(SEED)
    holders = float(shop["spending"][shop["coupon"] == 1].mean())
    shop_effect = float(effect_by_do(shop_world, marketing).mean())
    _all = pm.do(shop_world, cases.set_to(marketing, 5_000, coupon=1))
    _draw = cases.sampler(_all, ["mu_spending"])
    shop_truth = float(np.mean([_draw(SEED + i)["mu_spending"].mean() for i in range(40)]))
    return holders, shop, shop_effect, shop_truth, shop_world


@app.cell
def the_parcels(SEED, effect_by_do, pm):
    # slide: skip
    logistics = your_case.read(None, cases.starters()["Logistics"])
    _build, _guess = cases.run(cases.write_program(logistics))
    _world = pm.do(_build(5_000), _guess)
    parcels = cases.sampler(_world, logistics.measured)(SEED)
    parcel_truth = float(effect_by_do(_world, logistics, 20).mean())
    return logistics, parcel_truth, parcels


@app.cell(hide_code=True)
def time_heading():
    # notes: Aim: price reacts to last week's sales: time in a graph without a circle. Trap: one step
    # notes: back is a choice. Minutes: 5. If late: leave it out.
    mo.md("""
    ## An arrow to the next period · optional

    Sales move next week's price, and the price moves sales: a circle, unless time is drawn. Write `sales -> price next`. The
    program then has two periods: `sales_before` is last week's, with its own causes. In a file whose rows are in order, it
    is read from the row above.
    """)
    return


@app.cell
def weekly():
    # slide: fragment
    weekly_text = """
    price -> sales: -0.8
    sales -> price next: strong
    season -> sales: strong
    season -> season next: strong
    """
    weekly = cases.read_case(weekly_text, "price", "sales")
    weekly.graph.draw()
    return (weekly,)


@app.cell
def weekly_answers(SEED, pm, weekly):
    # slide: sub-slide
    _build, _guess = cases.run(cases.write_program(weekly))
    weeks = cases.sampler(pm.do(_build(5_000), _guess), weekly.measured)(SEED)
    _set = sorted(weekly.key(name) for name in weekly.graph.one_adjustment_set())
    _ways = {"naive": (), f"adjusted for {', '.join(_set)}": _set}
    weekly_effects = pd.DataFrame(
        {way: slope(weeks, "price", "sales", names) for way, names in _ways.items()},
        index=["estimate", "lower", "upper"],
    ).T
    as_table(weekly_effects.rename_axis("way"))
    return (weekly_effects,)


@app.cell(hide_code=True)
def read_weekly(weekly_effects):
    mo.md(f"""
    The arrow was given as −0.80. The naive slope is {signed(weekly_effects["estimate"].iloc[0])}: a good season raises sales, and through them
    next week's price, and it lasts. What happened two weeks ago reaches today only through last week: that is assumed.
    """)
    return


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=6)
    return


@app.cell(hide_code=True)
def references():
    # slide: skip
    mo.md("""
    ### References

    - Gelman, A., et al. (2020). Bayesian workflow. [arXiv:2011.01808](https://arxiv.org/abs/2011.01808)
    - Pearl, J. (2009). *Causality: Models, Reasoning, and Inference* (2nd ed.). Cambridge University Press.
      [doi:10.1017/CBO9780511803161](https://doi.org/10.1017/CBO9780511803161)
    - White, H. (1980). A heteroskedasticity-consistent covariance matrix estimator and a direct test for
      heteroskedasticity. *Econometrica*, 48(4), 817–838. [doi:10.2307/1912934](https://doi.org/10.2307/1912934)

    ### Knobs

    All that is invented here follows from `SEED`. `N_UNITS`: units of the first table; `N_WORLDS`: worlds that are drawn
    again; `DRAWS`: draws of each of four chains.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_n_units():
    N_UNITS = 2_000
    return (N_UNITS,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 100
    return (N_WORLDS,)


@app.cell
def knob_draws():
    DRAWS = 750
    return (DRAWS,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    get_last_case, set_last_case = mo.state(None)
    return get_last_case, get_progress, set_last_case, set_progress


if __name__ == "__main__":
    app.run()
