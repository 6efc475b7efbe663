import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What should I control for?",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    from statistics import NormalDist

    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import checks, graphs
    from helpers.lessons import confounders
    from helpers.simulate import LinearWorld
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # What should I control for?

    A colleague shows a chart. "Did you control for the season?" asks one. "And for income, for age, for
    everything we have?" asks another. Is more control always safer?

    Here you build small worlds whose truth you know, and try every answer in each.

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | say from a graph what to control for, what to leave alone, and why |
    | Question | What does one unit more of a treatment do to an outcome? |
    | Estimand | the mean change of the outcome per unit of `do(treatment)`, over all units |
    | Design | simulated worlds with known truth; each is seen, adjusted, and intervened on |
    | Data | 5,000 simulated units in each world, where the page says nothing else |
    | Time | core 75 minutes, optional 28; eight checked exercises |
    | Before | notebook 01: arrows, paths, `do`; the slope of a line |
    """)
    return


@app.cell(hide_code=True)
def ice_heading():
    mo.md("""
    ## Does ice cream cause crime?

    On 5,000 days a town counted cones of ice cream and reports of crimes.
    """)
    return


@app.cell
def ice_picture(days, ice_slope):
    confounders.chart_first(days, ice_slope)
    return


@app.cell(hide_code=True)
def read_first(ice_error, ice_slope):
    mo.md(f"""
    {number(ice_slope / ice_error, 0)} standard errors from zero! But heat sells ice cream **and** draws people out late. It is a
    **confounder**: a common cause of treatment and outcome.
    """)
    return


@app.cell(hide_code=True)
def estimand():
    mo.md(r"""
    ### The question, written down

    Let $Y_i(x)$ be the outcome of unit $i$ if its treatment were **set** to $x$. We ask for its mean change, over **all** units:

    $$\tau = \frac1n\sum_{i=1}^n \bigl[Y_i(x+1) - Y_i(x)\bigr]$$

    A record shows it, given **SUTVA**: one version of the treatment, and no interference. **Positivity**: every kind of
    unit may get every treatment. **Ignorability**: among units equal in what we hold fixed, the treatment is as good as
    random. **No selection**: given treatment and all that, being recorded says nothing about the outcome. And straight lines:
    $\tau$ is the same everywhere.
    """)
    return


@app.cell(hide_code=True)
def world_note():
    mo.md(r"""
    ### The world behind the picture

    A world is a set of arrows with weights, a start for each variable, and the standard deviation of its own noise. Here
    $\text{ice cream} = 60 + 3\,\text{heat} + \text{noise}$ (sd 12) and
    $\text{crime} = 30 + 0.5\,(\text{heat} - 18) + 0 \cdot \text{ice cream} + \text{noise}$ (sd 5).

    | Variable | Meaning | Unit |
    |:--|:--|:--|
    | `heat` | temperature at noon | °C |
    | `ice_cream` | cones sold | cones per hour |
    | `crime` | crimes reported | reports per day |
    """)
    return


@app.function
def ice_world(reports_per_degree):
    """Return the town: heat sells ice cream and draws people out; ice cream does nothing."""
    arrows = {("heat", "ice_cream"): 3, ("heat", "crime"): reports_per_degree}
    arrows |= {("ice_cream", "crime"): 0}
    start = {"heat": 18, "ice_cream": 60, "crime": 30 - 18 * reports_per_degree}
    return LinearWorld(arrows, start, noise={"heat": 6, "ice_cream": 12, "crime": 5})


@app.function
def regress(frame, outcome, on, given=()):
    """Return the coefficient of `on` (outcome per unit of `on`) and its standard error."""
    design = np.column_stack([np.ones(len(frame)), frame[[on, *given]]])
    coefficients, squares, *_ = np.linalg.lstsq(design, frame[outcome], rcond=None)
    variance = squares[0] / (len(frame) - design.shape[1])
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1])
    return float(coefficients[1]), float(error)


@app.cell
def days(N_UNITS, SEED):
    days = ice_world(reports_per_degree=0.5).sample(N_UNITS, SEED)
    ice_slope, ice_error = regress(days, "crime", on="ice_cream")
    return days, ice_error, ice_slope


@app.cell(hide_code=True)
def recipes_note():
    mo.md("""
    ### Four ways to a number

    1. **Naive**: the slope of the outcome on the treatment, as it is.
    2. **Stratified**: cut heat into bands of equally many days; the slope *within* bands, pooled.
    3. **Regressed**: the slope with heat held fixed in a regression (with an intercept, always).
    4. **`do`**: deal the same cones out to days by lottery, look at the slope.

    The first three use the record. The fourth is an experiment, and here the simulator can run it.
    """)
    return


@app.function
def stratify(frame, outcome, on, by, bands=50):
    """Return the slope within equal-sized bands of `by`, pooled, and its standard error."""
    band = pd.qcut(frame[by], bands, labels=False)
    within = frame[[on, outcome]] - frame.groupby(band)[[on, outcome]].transform("mean")
    x, y = within[on].to_numpy(), within[outcome].to_numpy()
    slope = x @ y / (x @ x)
    variance = np.sum((y - slope * x) ** 2) / (len(frame) - bands - 1)
    return float(slope), float(np.sqrt(variance / (x @ x)))


@app.function
def run_lottery(world, treatment, n, seed):
    """Return the same units after their treatments were dealt out again by lottery."""
    dealt = np.random.default_rng(seed + 1).permutation(world.sample(n, seed)[treatment])
    return world.sample(n, seed, do={treatment: dealt})


@app.function
def four_numbers(record, trial, treatment, outcome, given, bands=50):
    """Return the naive, stratified, regressed and do() slopes: label, mean, error, role."""
    rows = [
        ("naive", *regress(record, outcome, treatment), "naive"),
        ("stratified", *stratify(record, outcome, treatment, given, bands), "adjusted"),
        ("regressed", *regress(record, outcome, treatment, [given]), "adjusted"),
        ("do", *regress(trial, outcome, treatment), "treated"),
    ]
    return pd.DataFrame(rows, columns=confounders.ESTIMATES)


@app.cell
def frame(N_UNITS, SEED):
    def show(world, treatment, outcome, given, control, hidden=(), bands=50):
        record = world.sample(N_UNITS, SEED)
        trial = run_lottery(world, treatment, N_UNITS, SEED)
        numbers = four_numbers(record, trial, treatment, outcome, given, bands)
        question = (treatment, outcome, given)
        return confounders.show_world(world, record, numbers, question, control, hidden)

    return (show,)


@app.cell(hide_code=True)
def frame_note():
    mo.md("""
    ### Four numbers, one truth

    This **frame** comes back in each section; only the world changes. Ask each time: *which of the four are right?*

    - **Left, the graph**: a blue box for the treatment, a thick border for the outcome, a green hexagon for what we
      control for.
    - **Left, the dots**: 300 of the 5,000 units, darker where the controlled variable is higher. The naive line is
      dashed; the solid ones have the regression's slope, through the means of each quarter of the units.
    - **Right**: sliders, the four numbers against the truth (black rule), and, as *exact*, what three of them tend to with
      endless data. Where no slider sets them, stratified takes 50 bands.
    """)
    return


@app.cell
def first_sliders():
    heat_to_crime = confounders.slider(0, 1.5, 0.1, 0.5, "heat → crime (reports per °C)")
    bands = mo.ui.slider(steps=[2, 5, 10, 20, 50], value=5, show_value=True, label="bands")
    tourism_to_price = confounders.slider(-80, 80, 2, -50, "tourism → price (€ per thousand)")
    return bands, heat_to_crime, tourism_to_price


@app.cell
def ice_shown(bands, heat_to_crime, show):
    _town = ice_world(heat_to_crime.value)
    _control = mo.vstack([heat_to_crime, bands], gap=0)
    show(_town, "ice_cream", "crime", given="heat", control=_control, bands=bands.value)
    return


@app.cell
def left_over(SEED):
    _many = ice_world(reports_per_degree=0.5).sample(200_000, SEED)
    left_over = {n: stratify(_many, "crime", "ice_cream", "heat", n) for n in (2, 5, 50)}
    return (left_over,)


@app.cell(hide_code=True)
def read_ice(left_over):
    mo.md(f"""
    Regressed and `do` agree with the truth but for noise. Inside a band heat still varies: on 200,000 days this
    **residual confounding**, at 0.5 reports per °C, is {signed(left_over[2][0], 3)} reports per cone with 2 bands, {signed(left_over[5][0], 3)} with 5,
    {signed(left_over[50][0], 3)} with 50 (±{number(left_over[50][1], 3)}).
    """)
    return


@app.cell(hide_code=True)
def city_heading():
    mo.md("""
    ## Do holiday flats make homes dearer?

    In 5,000 neighbourhoods we know `tourism` (thousands a month), `listings` (holiday flats per 1,000 flats) and the
    `price` of a home (€ per m²). Each listing adds **€10**. Tourists bring listings, and crowds that make homes *cheaper*.
    """)
    return


@app.function
def listings_world(euros_per_visitor):
    """Return the city; `euros_per_visitor`: € per m² for each thousand visitors a month."""
    arrows = {("tourism", "listings"): 2, ("tourism", "price"): euros_per_visitor}
    arrows |= {("listings", "price"): 10}
    start = {"tourism": 20, "listings": 10, "price": 2_500 - 20 * euros_per_visitor}
    return LinearWorld(arrows, start, noise={"tourism": 5, "listings": 8, "price": 150})


@app.cell
def neighbourhoods(N_UNITS, SEED):
    city = listings_world(euros_per_visitor=-50)
    neighbourhoods = city.sample(N_UNITS, SEED)
    graphs.dag(city.edges, treatment="listings", outcome="price").draw()
    return city, neighbourhoods


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### Exercise 1 · predict · 2 min

    A colleague takes the slope of price on listings, as it is. Beside the true €10, will it be `"too low"`,
    `"about right"` or `"too high"`?
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    colleagues_slope = ...
    return (colleagues_slope,)


@app.cell(hide_code=True)
def check_1(colleagues_slope, naive_slope, set_progress, true_effect):
    check_1 = confounders.judge_1(colleagues_slope, naive_slope, true_effect).noted(1, set_progress)
    check_1
    return (check_1,)


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Exercise 2 · complete · 4 min

    At which value of tourism → price does the record show **no** relation of listings and price, although each listing
    adds €10? One number, `hidden_at`, in € per thousand visitors, right within 2. In this city
    $\text{price} = 2{,}500 + v\,(\text{tourism} - 20) + 10\;\text{listings} + \text{noise}$.

    - Search with `listings_world(v).slope("price", on="listings")`,
    - or think: the naive slope is a straight line in `v`,
    - or use the slider below, once it is there.
    """)
    return


@app.cell
def exercise_2_complete():
    # The value of the straight line at 0, and at 10.
    _at_0 = listings_world(0).slope("price", on="listings")
    _at_10 = listings_world(10).slope("price", on="listings")
    hidden_at = ...
    return (hidden_at,)


@app.cell(hide_code=True)
def check_2(hidden_at, set_progress):
    check_2 = confounders.judge_2(hidden_at, listings_world).noted(2, set_progress)
    check_2
    return


@app.cell
def city_numbers(N_UNITS, SEED, city, neighbourhoods):
    true_effect = city.total_effect("listings", "price")
    naive_slope, _ = regress(neighbourhoods, "price", on="listings")
    adjusted_slope, _ = regress(neighbourhoods, "price", on="listings", given=["tourism"])
    do_effect, _ = regress(run_lottery(city, "listings", N_UNITS, SEED), "price", on="listings")
    return adjusted_slope, do_effect, naive_slope, true_effect


@app.cell
def formula_itself(N_UNITS, SEED, city, neighbourhoods):
    _one_more = city.sample(N_UNITS, SEED, do={"listings": neighbourhoods["listings"] + 1})
    differences = _one_more["price"] - neighbourhoods["price"]  # the same homes, twice
    one_more = float(differences.mean())
    return (one_more,)


@app.cell
def city_shown(check_1, show, tourism_to_price):
    _city, _control = listings_world(tourism_to_price.value), tourism_to_price
    _frame = show(_city, "listings", "price", given="tourism", control=_control)
    confounders.after(check_1, _frame, "picture", exercise=1)
    return


@app.cell
def repeated(N_WORLDS, SEED, city, true_effect):
    _z = NormalDist().inv_cdf((1 + HDI_PROB) / 2)
    _fits = [
        [regress(_record, "price", "listings", given) for given in ([], ["tourism"])]
        for _record in (city.sample(1_000, SEED + i) for i in range(1, N_WORLDS + 1))
    ]
    coverage_naive, coverage_adjusted = np.mean(
        [[abs(slope - true_effect) < _z * error for slope, error in fits] for fits in _fits], axis=0
    )
    coverage_error = np.sqrt(coverage_adjusted * (1 - coverage_adjusted) / N_WORLDS)  # Monte Carlo
    return coverage_adjusted, coverage_error, coverage_naive


@app.cell(hide_code=True)
def read_repeated(
    N_WORLDS,
    adjusted_slope,
    check_1,
    coverage_adjusted,
    coverage_error,
    coverage_naive,
    do_effect,
    naive_slope,
    one_more,
):
    # Look at it after exercise 1.
    _read = mo.md(f"""
    The record says {signed(naive_slope, 1, "€")} a listing, at equal tourism {signed(adjusted_slope, 1, "€")}, the lottery {signed(do_effect, 1, "€")}; each neighbourhood twice, with
    one listing more, {signed(one_more, 2, "€")}. **Is the naive number bad luck?** In {N_WORLDS} records of 1,000 the 94 % confidence interval holds the truth
    in **{percent(coverage_adjusted)}** (Monte Carlo error {number(100 * coverage_error, 1)} points) with tourism held fixed, in **{percent(coverage_naive)}** without.
    """)
    confounders.after(check_1, _read, "reading", exercise=1)
    return


@app.cell(hide_code=True)
def clinic_heading():
    mo.md("""
    ## One table, two stories

    A clinic gave a drug to 1,000 of 2,000 patients. Did it help?
    """)
    return


@app.cell
def clinic():
    patients = pd.DataFrame(
        {
            "drug": ["yes", "yes", "no", "no"],
            "marker": ["high", "low", "high", "low"],
            "patients": [750, 250, 250, 750],
            "recovered": [375, 225, 100, 600],
        }
    )
    _shares = patients.assign(share=patients["recovered"] / patients["patients"])
    within_markers = _shares.pivot_table("share", "marker", "drug").diff(axis=1)["yes"]
    _arms = patients.groupby("drug")[["patients", "recovered"]].sum()
    whole_table = float((_arms["recovered"] / _arms["patients"]).diff()["yes"])
    confounders.show_clinic(patients)
    return patients, whole_table, within_markers


@app.cell(hide_code=True)
def read_clinic(whole_table, within_markers):
    mo.md(f"""
    With the drug minus without: {signed(100 * within_markers["high"], 0)} points at a high marker, {signed(100 * within_markers["low"], 0)}
    at a low one, **{signed(100 * whole_table, 0)} points** in the whole table. This is **Simpson's paradox** (Simpson 1951). Which number
    is the effect?
    """)
    return


@app.cell
def clinic_graphs():
    _roles = {"treatment": "drug", "outcome": "recovery"}
    _always = [("drug", "recovery"), ("marker", "recovery")]
    graph_before = graphs.dag([("marker", "drug"), *_always], **_roles)
    graph_after = graphs.dag([("drug", "marker"), *_always], **_roles)
    _a = "Story A: the marker was measured on arrival; doctors gave the drug mostly to those with a high one, the sicker."
    _b = "Story B: a coin gave the drug, which drives up the marker, measured a week later."
    mo.hstack([graph_before.draw(_a), graph_after.draw(_b)], widths="equal")
    return


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · complete · 4 min

    What would happen to the share that recovers if *all* patients got the drug instead of *none*? Give one
    number for each story, as a share between −1 and 1: `effect_story_a` and `effect_story_b`. Write numbers, or compute
    them from `patients`, `within_markers`, `whole_table`.
    """)
    return


@app.cell
def exercise_3_complete():
    # Two numbers. Who is compared with whom, in each story?
    effect_story_a = ...
    effect_story_b = ...
    return effect_story_a, effect_story_b


@app.cell(hide_code=True)
def check_3(effect_story_a, effect_story_b, patients, set_progress):
    check_3 = confounders.judge_3(effect_story_a, effect_story_b, patients).noted(3, set_progress)
    check_3
    return


@app.cell(hide_code=True)
def lottery_heading():
    mo.md(r"""
    ## What does a lottery do?

    Do smaller classes teach better? Well-off families find schools with small classes, and their children score higher
    anyway. Each pupil more in a class costs **2 points**:
    $\text{score} = 550 + 20\;\text{background} - 2\;\text{class size} + \text{noise}$. The slider weakens the pull of the home
    background; at 0, a lottery assigns pupils.
    """)
    return


@app.function
def school_world(pull):
    """Return the schools; `pull`: pupils per class for each standard deviation of background."""
    arrows = {("background", "class_size"): pull, ("background", "score"): 20}
    arrows |= {("class_size", "score"): -2}
    start = {"class_size": 24, "score": 550}
    return LinearWorld(arrows, start, noise={"class_size": 3, "score": 15})


@app.cell
def lottery_graphs():
    _school = graphs.dag(school_world(-3).edges, treatment="class_size", outcome="score")
    _lottery = _school.do("class_size")
    _titles = "Homes choose the class", "A lottery does: the arrow is cut"
    background_pull = confounders.slider(-3, 0, 0.25, -3, "background → class size (pupils per sd)")
    mo.hstack([_school.draw(_titles[0]), _lottery.draw(_titles[1])], widths="equal")
    return (background_pull,)


@app.cell
def lottery_shown(background_pull, show):
    school = school_world(background_pull.value)
    show(school, "class_size", "score", given="background", control=background_pull)
    return (school,)


@app.cell(hide_code=True)
def read_lottery(school):
    mo.md(f"""
    Background and class size correlate at {signed(school.correlation("background", "class_size"))}. At 0 the arrow into the treatment is
    gone, and **all four numbers are right**: on average over lotteries, for this cause and every other that nobody thought of.
    """)
    return


@app.cell(hide_code=True)
def rain_heading():
    mo.md(r"""
    ## Does rain pay?

    A ride-hailing company looks at 5,000 rush hours: `rain` (mm), ride `requests`, `profit` (€). Rain brings requests,
    and each request brings €3. Rain also slows the cars: €10 less for each mm.

    $$\begin{aligned}\text{requests} &= 100 + 8\;\text{rain} + \text{noise} \\
    \text{profit} &= 30 + 3\;\text{requests} - 10\;\text{rain} + \text{noise}\end{aligned}$$

    Requests lie **on the path** from rain to profit: a **mediator**. 1 mm more rain has two effects on profit:
    its **total effect**, whatever happens on the way, and its **direct effect**, if requests somehow stayed as they were.
    """)
    return


@app.function
def rain_world(euros_per_request):
    """Return the company; `euros_per_request`: profit of one more request, in €."""
    arrows = {("rain", "requests"): 8, ("requests", "profit"): euros_per_request}
    arrows |= {("rain", "profit"): -10}
    start = {"rain": 5, "requests": 100, "profit": 450 - 140 * euros_per_request}
    return LinearWorld(arrows, start, noise={"rain": 1.5, "requests": 10, "profit": 40})


@app.cell
def hours(N_UNITS, SEED):
    company = rain_world(euros_per_request=3)
    hours = company.sample(N_UNITS, SEED)
    graphs.dag(company.edges, treatment="rain", outcome="profit").draw()
    return company, hours


@app.cell(hide_code=True)
def question_4():
    mo.md("""
    ### Exercise 4 · fix · 4 min

    The finance desk asks: *the forecast says 2 mm more rain for every rush hour of next week. How much does mean profit
    per hour change?* A colleague "controls for everything we have": she takes
    `regress(hours, "profit", on="rain", given=["requests"])`, times 2, and says that profit falls.

    Repair it: `profit_change`, one number in € per hour, right within 4.
    """)
    return


@app.cell
def exercise_4_fix(hours):
    # The colleague's code, to be mended.
    _slope, _ = regress(hours, "profit", on="rain", given=["requests"])
    _colleague = 2 * _slope
    profit_change = ...
    return (profit_change,)


@app.cell(hide_code=True)
def check_4(company, profit_change, set_progress):
    check_4 = confounders.judge_4(profit_change, company).noted(4, set_progress)
    check_4
    return (check_4,)


@app.cell(hide_code=True)
def concert_note():
    mo.md("""
    The direct effect needs one assumption more: nothing left out moves both requests and profit. A concert does: it brings
    requests, and its crowds tip well. Notebook 08 takes this up.
    """)
    return


@app.cell
def concert_graph(company):
    _arrows = [*company.edges, ("concert", "requests"), ("concert", "profit")]
    graphs.dag(_arrows, treatment="rain", outcome="profit", hidden=["concert"]).draw()
    return


@app.cell
def rain_slider():
    request_value = confounders.slider(0, 6, 0.5, 3, "requests → profit (€ per request)")
    return (request_value,)


@app.cell
def rain_shown(check_4, request_value, show):
    _company, _control = rain_world(request_value.value), request_value
    _frame = show(_company, "rain", "profit", given="requests", control=_control)
    confounders.after(check_4, _frame, "picture", exercise=4)
    return


@app.cell(hide_code=True)
def read_rain(check_4, hours):
    # Look at it after exercise 4.
    direct_effect, _ = regress(hours, "profit", on="rain", given=["requests"])
    total_effect, _ = regress(hours, "profit", on="rain")
    _read = mo.md(f"""
    Naive and `do` agree: the **total effect**. At €3 a request the record says {signed(total_effect, 1, "€")} per mm; at equal requests
    {signed(direct_effect, 1, "€")}, the **direct effect**.
    """)
    confounders.after(check_4, _read, "reading", exercise=4)
    return


@app.cell(hide_code=True)
def smoking_heading():
    mo.md(r"""
    ## Does smoking protect the lungs?

    Smoking (packs a week) harms the lungs: half a point of damage on a scan per pack. Both smoking and bad lungs keep people
    at home, so two arrows point **into** sick days (a year): a **collider**. With $a$ days for each pack, set by the slider,

    $$\begin{aligned}\text{lung damage} &= 5 + 0.5\;\text{smoking} + \text{noise} \\
    \text{sick days} &= 2 + a\;\text{smoking} + \text{lung damage} + \text{noise}\end{aligned}$$

    An analyst controls for sick days "to compare like with like".
    """)
    return


@app.function
def smoking_world(days_per_pack):
    """Return the staff; `days_per_pack`: sick days that a pack causes other than by the lungs."""
    arrows = {("smoking", "lung_damage"): 0.5, ("smoking", "sick_days"): days_per_pack}
    arrows |= {("lung_damage", "sick_days"): 1}
    return LinearWorld(arrows, {"smoking": 5, "lung_damage": 5, "sick_days": 2})


@app.cell
def smoking_graph():
    days_per_pack = confounders.slider(0, 3, 0.25, 2, "smoking → sick days (days per pack)")
    graphs.dag(smoking_world(2).edges, treatment="smoking", outcome="lung_damage").draw()
    return (days_per_pack,)


@app.cell
def smoking_shown(days_per_pack, show):
    _staff = smoking_world(days_per_pack.value)
    show(_staff, "smoking", "lung_damage", given="sick_days", control=days_per_pack)
    return


@app.cell(hide_code=True)
def read_smoking(days_per_pack):
    mo.md(rf"""
    The naive number is right. Given sick days the slope is $(0.5 - a)/2$ (both noises have sd 1), with $a$ now {number(days_per_pack.value)}: half the
    truth at 0, and above 0.5 its **sign turns**: packs alone then cost so many days that a lighter smoker, equally often sick, tends to have worse lungs.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Exercise 5 · build · 5 min

    Build a trap of your own: a world `trap` with the variables `x`, `y` and `c`, where

    - one more `x` truly *raises* `y` (its total effect is at least 0.2),
    - given `c` the slope of `y` on `x` is *negative* (at most −0.2),
    - and, unlike the smokers' world, nothing leads from `y` to `c`.

    Give `LinearWorld` a dictionary (cause, effect) → weight, such as `{("x", "c"): 1}`. All noise has standard
    deviation 1.
    """)
    return


@app.cell
def exercise_5_build():
    # One arrow is given; add what it takes.
    _arrows = {("x", "c"): 1}
    trap = ...
    return (trap,)


@app.cell(hide_code=True)
def check_5(set_progress, trap):
    check_5 = confounders.judge_5(trap).noted(5, set_progress)
    check_5
    return


@app.cell(hide_code=True)
def shop_heading():
    mo.md("""
    ## Selection is a collider that you cannot see

    A shop sends e-mails to customers who rate many items or buy a lot: the chance of an e-mail is
    σ(2 · ratings + 2 · purchases − 1), with σ(x) = 1/(1 + e⁻ˣ), both in standard deviations. Ratings and purchases have
    **nothing** to do with each other, unless the slider says so. The analyst's table holds the customers who got an e-mail.
    """)
    return


@app.cell
def shop_graph():
    _arrows, _role = [("ratings", "emailed"), ("purchases", "emailed")], {"treatment": "ratings"}
    shop_link = confounders.slider(0, 0.4, 0.05, 0, "true correlation of ratings and purchases")
    graphs.dag(_arrows, **_role, outcome="purchases", adjusted=["emailed"]).draw()
    return (shop_link,)


@app.function
def shop(n, seed, link=0.0):
    """Return n customers: ratings, purchases (sd), and who got an e-mail (True or False)."""
    rng = np.random.default_rng(seed)
    ratings = rng.normal(size=n)
    purchases = link * ratings + np.sqrt(1 - link**2) * rng.normal(size=n)
    chance = 1 / (1 + np.exp(-(2 * ratings + 2 * purchases - 1)))
    emailed = rng.random(n) < chance
    return pd.DataFrame({"ratings": ratings, "purchases": purchases, "emailed": emailed})


@app.cell
def customers(N_UNITS, SEED):
    customers = shop(N_UNITS, SEED)
    _emailed = customers[customers["emailed"]]
    correlation_all = float(customers["ratings"].corr(customers["purchases"]))
    correlation_selected = float(_emailed["ratings"].corr(_emailed["purchases"]))
    return correlation_all, correlation_selected, customers


@app.cell
def shop_shown(N_UNITS, SEED, shop_link):
    confounders.show_selection(shop(N_UNITS, SEED, link=shop_link.value), shop_link)
    return


@app.cell(hide_code=True)
def read_shop(correlation_all, correlation_selected, customers):
    mo.md(rf"""
    With the slider at 0 the effect $\tau$ is 0. The correlation is {signed(correlation_all)} among all customers, and among the {percent(customers["emailed"].mean())} with an e-mail
    **{signed(correlation_selected)}**: a correlation **out of nothing**. Few ratings and an e-mail: then it was the purchases. With
    the slider at 0.2, a true *positive* relation turns **negative**.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    mo.md("""
    ### Exercise 6 · predict · 2 min

    Zero among all, negative among those with an e-mail. What is the correlation of ratings and purchases among
    the customers **without** an e-mail: `"positive"`, `"zero"` or `"negative"`?

    Decide first; then look, with `customers`.
    """)
    return


@app.cell
def exercise_6_predict():
    # Your prediction, as one of the three texts.
    without_email = ...
    return (without_email,)


@app.cell(hide_code=True)
def check_6(customers, set_progress, without_email):
    check_6 = confounders.judge_6(without_email, customers).noted(6, set_progress)
    check_6
    return


@app.cell(hide_code=True)
def rule_heading():
    mo.md(rf"""
    ## Second way: no data at all, and one rule

    In a linear world $\tau$ is the same at every $x$, and each slope follows from the arrows' weights and the noises. A confounder $z$, with arrows $a$ into the treatment $x$ and $b$ into the outcome, and no other open path, adds
    $ab\,\text{{Var}}(z)/\text{{Var}}(x)$: for the cones, with noises of sd 6 and 12, the naive slope is 0 + 3 · 0.5 · 6²/(3² · 6² + 12²) = {signed(1.5 * 36 / 468)}.
    """)
    return


@app.cell
def exact(check_4):
    _worlds = {
        "confounder": (ice_world(0.5), "ice_cream", "crime", "heat"),
        "confounder, in the city": (listings_world(-50), "listings", "price", "tourism"),
        "nothing: a lottery": (school_world(0), "class_size", "score", "background"),
        "mediator": (rain_world(3), "rain", "profit", "requests"),
        "collider": (smoking_world(2), "smoking", "lung_damage", "sick_days"),
    }
    _rows = [
        (role, control, world.slope(y, x), world.slope(y, x, [control]), world.total_effect(x, y))
        for role, (world, x, y, control) in _worlds.items()
    ]
    exact = pd.DataFrame(_rows, columns=["role", "control", "naive", "adjusted", "do"])
    confounders.after(check_4, confounders.show_exact(exact), "table", exercise=4)
    return (exact,)


@app.cell(hide_code=True)
def read_exact(exact):
    mo.md(f"""
    In some of {len(exact)} worlds above one must control, in others one must not; only the arrows say which. If they are right, the **backdoor criterion** (Pearl 1995) is safe for the total effect:
    block every path that *enters* the treatment, also those that your controls open, and touch nothing that the treatment
    changes. Sometimes no measured set does.
    """)
    return


@app.cell(hide_code=True)
def game_heading():
    mo.md("""
    ## Game: pick the adjustment set

    Twelve graphs. Tick what you would control for to get the **total effect** of the blue box on the thickly bordered
    node, or tick that no set will do. Names with a question mark are unmeasured. The graph judges, and so does a simulation
    in which every arrow has weight 1.
    """)
    return


@app.cell(hide_code=True)
def question_7():
    mo.md("""
    ### Exercise 7 · complete · 8 min

    Play with the mouse or the keyboard (Tab and space): 2 points at the first try, 1 later. To keep your answers, write
    them below the board: round → set of names, such as `{1: {"age", "town"}}`; `set()` controls for
    nothing, `None` says that no set will do.
    """)
    return


@app.cell
def game_shown(
    SEED,
    game,
    game_answers,
    get_tries,
    judge_button,
    round_picker,
    ticks,
):
    _controls, _tries = (round_picker, ticks, judge_button), (game_answers, get_tries())
    confounders.show_game(game, _controls, _tries, simulate_choice, SEED)
    return


@app.cell
def exercise_7_game():
    # A dictionary, round -> set of names; or leave it, and play above.
    game_answers = ...
    return (game_answers,)


@app.cell(hide_code=True)
def check_7(game, game_answers, get_tries, set_progress):
    check_7 = confounders.judge_7(game, game_answers, get_tries()).noted(7, set_progress)
    check_7
    return


@app.function
def simulate_choice(graph, given, seed, n=5_000):
    """Return the adjusted slope, its error, and the truth, in a world with every weight 1."""
    world = LinearWorld(dict.fromkeys(graph.edges, 1.0))
    slope, error = regress(world.sample(n, seed), graph.outcome, graph.treatment, sorted(given))
    return slope, error, world.total_effect(graph.treatment, graph.outcome)


@app.cell(hide_code=True)
def takeaways(correlation_selected):
    mo.md(f"""
    ## Takeaways: what should I control for?

    1. **Draw** what causes what, and when each thing was measured. No table can do this for you.
    2. **Control for what blocks an open path into the treatment.** A path on which nothing was measured stays open; a lottery would cut it.
    3. **For the total effect leave alone what the treatment changes**: a mediator (the direct effect is
       another question), a collider, a copy of one. And a collider
       from before, unless you also block what it opens. Beware of selected samples: nothing became
       {signed(correlation_selected, 2)}.
    4. Report **one effect per regression**, with its assumptions: time order, SUTVA, positivity, ignorability, no
       selection, straight lines.
    """)
    return


@app.cell(hide_code=True)
def further_heading():
    mo.md("""
    ## What about a copy of a collider, or a cause of nothing? · optional

    **Descendant of a collider.** Sick days are not in the data, but visits to the pharmacy are: a noisy copy. Is it safe to
    control for a copy?
    """)
    return


@app.cell
def copies():
    _staff, _copy = smoking_world(days_per_pack=2), "pharmacy_visits"
    _arrows = {**_staff.coefficients, ("sick_days", _copy): 1}
    _worlds = {n: LinearWorld(_arrows, _staff.intercepts, noise={_copy: n}) for n in (0, 1, 4)}
    _slopes = {n: w.slope("lung_damage", "smoking", [_copy]) for n, w in _worlds.items()}
    copies = pd.Series(_slopes, name="given the visits (points per pack)").rename_axis("noise")
    as_table(copies.reset_index())
    return (copies,)


@app.cell(hide_code=True)
def read_copy(copies):
    mo.md(f"""
    The truth is +0.5. A faithful copy (noise 0) does all the harm of the collider itself: {signed(copies[0])}. A noisy one
    does less: {signed(copies[4])} with a noise of 4 visits. Any descendant of a collider opens the path: the better the copy, the
    wider.
    """)
    return


@app.cell(hide_code=True)
def m_note():
    mo.md("""
    ### M-bias: a collider from before the treatment

    Buying organic food was recorded *before* anyone cycled, and it causes neither cycling nor fitness. Is it safe to control
    for what came before? Each hour of cycling a week adds **1 point** of fitness.
    """)
    return


@app.function
def m_world(strength):
    """Return M-bias: two hidden causes of this strength meet in organic food."""
    arrows = {("values", "cycling"): strength, ("values", "organic_food"): strength}
    arrows |= {("worry", "organic_food"): strength, ("worry", "fitness"): -strength}
    start = {"cycling": 12, "organic_food": 10, "fitness": 38}
    return LinearWorld(arrows | {("cycling", "fitness"): 1}, start)


@app.cell
def m_graph():
    m_strength = confounders.slider(0, 3, 0.25, 2, "strength of the four hidden arrows")
    _roles = {"treatment": "cycling", "outcome": "fitness", "hidden": ["values", "worry"]}
    graphs.dag(m_world(2).edges, **_roles).draw()
    return (m_strength,)


@app.cell
def m_shown(m_strength, show):
    _question = {"treatment": "cycling", "outcome": "fitness", "given": "organic_food"}
    show(m_world(m_strength.value), **_question, control=m_strength, hidden=["values", "worry"])
    return


@app.cell(hide_code=True)
def read_m(m_strength):
    mo.md(f"""
    The naive number is right; controlling for a variable from *before* the treatment shifts it, at this strength by
    {signed(m_world(m_strength.value).slope("fitness", "cycling", ["organic_food"]) - 1)} points per hour. In most of the cases that Ding & Miratrix (2015)
    study, confounding weighs more.
    """)
    return


@app.cell(hide_code=True)
def table2_heading():
    mo.md("""
    ## One regression, one effect · optional

    The regression of price on listings and tourism gave the right effect of **listings**. Its table has another row. May
    we report that coefficient too, as the effect of tourism?
    """)
    return


@app.cell
def table2(city, neighbourhoods):
    _rows = [
        (name, regress(neighbourhoods, "price", name, [other])[0], city.total_effect(name, "price"))
        for name, other in (("listings", "tourism"), ("tourism", "listings"))
    ]
    _columns = ["variable", "coefficient", "total effect"]
    table2 = pd.DataFrame(_rows, columns=_columns).set_index("variable")
    as_table(table2, digits=1)
    return (table2,)


@app.cell(hide_code=True)
def read_table2(table2):
    mo.md(f"""
    For listings the coefficient is the effect. For tourism it is not: {signed(table2.loc["tourism", "coefficient"], 0, "€")} holds
    listings fixed, and listings are a *mediator* of tourism. Its total effect is {signed(table2.loc["tourism", "total effect"], 0, "€")}
    per thousand visitors. Each row of a table may need another adjustment set. To read all rows as effects is the **Table 2
    fallacy** (Westreich & Greenland 2013).
    """)
    return


@app.cell(hide_code=True)
def assumptions_heading():
    mo.md("""
    ## Four ways to be wrong with a careful regression · optional

    Time order, and three assumptions of the beginning, each with a simulator that breaks it (the shop broke the fourth).

    1. **Temporality**: the cause comes before the effect.
    2. **Positivity**: every kind of unit may get every treatment.
    3. **SUTVA**: one version of the treatment, and no interference. Here the second half breaks.
    4. **Ignorability**: enough for it is that what is held fixed blocks every path into the treatment, opened ones too, and is not changed by it.
    """)
    return


@app.cell
def assumption_sliders():
    emails_per_point = confounders.slider(-2, 2, 0.25, -1, "last year → e-mails (per point)")
    strictness = confounders.slider(0, 12, 1, 6, "how strictly reserved")
    spill = confounders.slider(0, 4, 0.25, 2, "spill-over (hours a week)")
    motivation = confounders.slider(0, 40, 2.5, 20, "motivation → wage (€ per sd)")
    return emails_per_point, motivation, spill, strictness


@app.cell(hide_code=True)
def time_note():
    mo.md("""
    ### Temporality: e-mails and last year's satisfaction

    A firm e-mails unhappy customers; its column `satisfaction` is *last* year's.
    """)
    return


@app.function
def email_world(emails_per_point):
    """Return the company: last year's satisfaction steers e-mails; e-mails help a little."""
    arrows = {("last_year", "emails"): emails_per_point, ("last_year", "this_year"): 0.8}
    return LinearWorld(arrows | {("emails", "this_year"): 0.3}, {"last_year": 6, "emails": 8})


@app.cell
def time_shown(N_UNITS, SEED, emails_per_point):
    _record = email_world(emails_per_point.value).sample(N_UNITS, SEED)
    _given_last = regress(_record, "this_year", "emails", ["last_year"])
    _rows = [
        ("last year's survey", *regress(_record, "last_year", "emails"), "naive"),
        ("this year's given last's", *_given_last, "adjusted"),
    ]
    _title = f"The wrong column says {signed(_rows[0][1])} points per e-mail"
    _look = "satisfaction points per e-mail", (-0.7, 1)
    confounders.show_numbers(_rows, 0.3, _look, _title, emails_per_point)
    return


@app.cell(hide_code=True)
def read_time():
    mo.md("""
    E-mails cannot change last year: for the upper number the truth is 0, not the rule. This year's survey, given last
    year's, is near the rule. *When was each column measured?*
    """)
    return


@app.cell(hide_code=True)
def positivity_note():
    mo.md("""
    ### Positivity: 40 neighbourhoods, 20 covariates

    A job programme, more or less strictly for the poor neighbourhoods, helps most where need is greatest. Its mean effect is
    **2 points**.
    """)
    return


@app.function
def programme(n, seed, strictness):
    """Return n people in 40 neighbourhoods: area, treated (0 or 1), outcome (points)."""
    rng = np.random.default_rng(seed)
    area = rng.integers(0, 40, n)
    need = (area - 19.5) / 11.5
    treated = rng.random(n) < 1 / (1 + np.exp(-strictness * (need - 0.7)))
    outcome = 10 - 3 * need + (2 + 2 * need) * treated + rng.normal(size=n)
    return pd.DataFrame({"area": area, "treated": treated.astype(int), "outcome": outcome})


@app.function
def compare_within(people):
    """Return the effect within areas with two or more in each arm, its error, and these areas."""
    moments = ["mean", "var", "size"]
    arms = people.pivot_table("outcome", index="area", columns="treated", aggfunc=moments)
    both = arms[(arms["size"] >= 2).all(axis=1)]
    weight = both["size"].sum(axis=1) / both["size"].to_numpy().sum()
    effect = (weight * (both["mean"][1] - both["mean"][0])).sum()
    error = np.sqrt((weight**2 * (both["var"] / both["size"]).sum(axis=1)).sum())
    return float(effect), float(error), weight


@app.cell
def positivity_shown(N_UNITS, SEED, strictness):
    _people = programme(N_UNITS, SEED, strictness.value)
    within_areas, _error, _weight = compare_within(_people)
    comparable_areas, _need = len(_weight), (_weight.index - 19.5) / 11.5
    truth_there = float((_weight * (2 + 2 * _need)).sum())  # of the areas that can be compared
    _naive = ("naive", *regress(_people, "outcome", "treated"), "naive")
    _rows = [_naive, ("within comparable areas", within_areas, _error, "adjusted")]
    _title = f"{comparable_areas} of 40 areas hold two or more of each"
    confounders.show_numbers(_rows, 2, ("effect (points)", (-4, 5)), _title, strictness)
    return comparable_areas, truth_there, within_areas


@app.cell(hide_code=True)
def read_positivity(comparable_areas, truth_there, within_areas):
    mo.md(f"""
    Within comparable areas we find {signed(within_areas)} points: near the truth of these {comparable_areas},
    {signed(truth_there)}. An area in which nearly all or none take part has hardly any data.
    """)
    return


@app.cell
def twins(N_UNITS, SEED):
    _rng = np.random.default_rng(SEED)
    _bits, _arm = _rng.integers(0, 2, (N_UNITS, 20)), pd.Series(_rng.integers(0, 2, N_UNITS))
    _kinds = [_bits[:, :k] @ 2 ** np.arange(k) for k in range(21)]  # who agrees on k covariates
    _shares = [(_arm.groupby(kind).transform("nunique") == 2).mean() for kind in _kinds]
    matched = pd.DataFrame({"covariates": range(21), "share": _shares})
    confounders.chart_twins(matched)
    return (matched,)


@app.cell(hide_code=True)
def read_twins(matched):
    mo.md(f"""
    Even a fair coin cannot save exact comparison: with 10 independent yes/no covariates {percent(matched["share"][10])} of 5,000 people have a
    twin in the other arm, with 20 only {percent(matched["share"][20], 1)}: a million kinds of people. "Control for everything" runs
    out of people.
    """)
    return


@app.cell(hide_code=True)
def sutva_note():
    mo.md("""
    ### SUTVA: invites in a multiplayer game

    5,000 players in 1,000 teams of five. An invite makes a player play 2 hours more a week, and brings team mates along. What
    if **everybody** were invited?
    """)
    return


@app.function
def invite(n, seed, spill, by_team):
    """Return n players in teams of five: team, invited (0 or 1), hours a week."""
    rng = np.random.default_rng(seed)
    team = np.arange(n) // 5
    invited = rng.integers(0, 2, n // 5)[team] if by_team else rng.integers(0, 2, n)
    mates = (np.bincount(team, invited)[team] - invited) / 4
    hours = 10 + 2 * invited + spill * mates + rng.normal(0, 3, n)
    return pd.DataFrame({"team": team, "invited": invited, "hours": hours})


@app.cell
def sutva_shown(N_UNITS, SEED, spill):
    _players = invite(N_UNITS, SEED, spill.value, by_team=False)
    _teams = invite(N_UNITS, SEED, spill.value, by_team=True).groupby("team").mean()
    by_player, by_team = (regress(each, "hours", "invited") for each in (_players, _teams))
    _rows = [("coin for each player", *by_player, "naive")]
    _rows += [("coin for each team", *by_team, "adjusted")]
    _title = f"Inviting everybody adds {number(2 + spill.value)} hours a week"
    _look = "hours a week per player", (1, 7)
    confounders.show_numbers(_rows, 2 + spill.value, _look, _title, spill)
    return by_player, by_team


@app.cell(hide_code=True)
def read_sutva(by_player, by_team):
    mo.md(f"""
    A coin for each player finds {signed(by_player[0])} hours: what spills over lifts both arms. A coin for each **team**
    finds {signed(by_team[0])}. Ask: *who else is touched when I treat one?*
    """)
    return


@app.cell(hide_code=True)
def office_note():
    mo.md(r"""
    ### Ignorability: job training, adjusted for age only

    Older people train less and earn more: an office adjusts for age. Nobody recorded motivation. One hour of training adds
    **€1** a week: $\text{wage} = 400 + 3\;\text{age} + 1\;\text{training} + m\;\text{motivation} + \text{noise}$, and the slider is $m$.
    """)
    return


@app.function
def training_world(motivation):
    """Return the office; `motivation`: € a week for each standard deviation of motivation."""
    arrows = {("age", "training"): -0.5, ("age", "wage"): 3, ("training", "wage"): 1}
    arrows |= {("motivation", "training"): 4, ("motivation", "wage"): motivation}
    start = {"age": 40, "training": 45, "wage": 400}
    return LinearWorld(arrows, start, noise={"age": 8, "training": 5, "wage": 40})


@app.cell
def office_shown(motivation, show):
    _question = {"treatment": "training", "outcome": "wage", "given": "age"}
    _world = training_world(motivation.value)
    show(_world, **_question, control=motivation, hidden=["motivation"])
    return


@app.cell(hide_code=True)
def read_office():
    mo.md(f"""
    Adjusting for age closes one path; the one through motivation stays open. At $m$ = 20 the answer moves from {signed(training_world(20).slope("wage", "training"))} to {signed(training_world(20).slope("wage", "training", ["age"]))},
    *away* from 1: two errors had nearly cancelled. **No test on this record can show it.**
    """)
    return


@app.cell(hide_code=True)
def question_8():
    mo.md("""
    ### Exercise 8 · predict · 3 min

    Which assumption is broken? Give each story one of `"temporality"`, `"positivity"`, `"sutva"`, `"ignorability"`.

    - **A**: All premium customers got the discount, and nobody else did. Do discounts raise loyalty?
    - **B**: Parents chose tutoring for their child. We compare grades, adjusted for school and sex.
    - **C**: Half of each dormitory is vaccinated, by a coin. We compare the infections of the two halves.
    - **D**: Shops that *opened a café in June* had higher sales in *May*.
    """)
    return


@app.cell
def exercise_8_predict():
    # A dictionary: story -> assumption.
    broken = ...
    return (broken,)


@app.cell(hide_code=True)
def check_8(broken, set_progress):
    check_8 = confounders.judge_8(broken).noted(8, set_progress)
    check_8
    return


@app.cell(hide_code=True)
def boardroom_heading():
    mo.md("""
    ## One chart for the boardroom · optional

    Ten seconds, three sentences: what it looks like, why it misleads, what is true.
    """)
    return


@app.cell
def boardroom(adjusted_slope, naive_slope, neighbourhoods):
    confounders.chart_boardroom(neighbourhoods, naive_slope, adjusted_slope)
    return


@app.cell(hide_code=True)
def boardroom_words(adjusted_slope, naive_slope):
    mo.md(f"""
    1. Put all places in one heap and holiday flats seem to make homes *cheaper*: {signed(naive_slope, 0, "€")} per m² and listing.
    2. But busy places have more holiday flats **and** lower prices, because of noise and crowds: we compared busy
       with quiet.
    3. Among equally busy places each listing goes with **{signed(adjusted_slope, 0, "€")}**; if nothing else separates them, that is
       what a new one would do.
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

    - Ding, P., & Miratrix, L. W. (2015). To adjust or not to adjust? Sensitivity analysis of M-bias and
      butterfly-bias. *Journal of Causal Inference*, 3(1), 41–57. [doi:10.1515/jci-2013-0021](https://doi.org/10.1515/jci-2013-0021)
    - Pearl, J. (1995). Causal diagrams for empirical research. *Biometrika*, 82(4), 669–688.
      [doi:10.1093/biomet/82.4.669](https://doi.org/10.1093/biomet/82.4.669)
    - Simpson, E. H. (1951). The interpretation of interaction in contingency tables. *Journal of the Royal
      Statistical Society, Series B*, 13(2), 238–241. [doi:10.1111/j.2517-6161.1951.tb00088.x](https://doi.org/10.1111/j.2517-6161.1951.tb00088.x)
    - Westreich, D., & Greenland, S. (2013). The Table 2 fallacy: presenting and interpreting confounder and
      modifier coefficients. *American Journal of Epidemiology*, 177(4), 292–298.
      [doi:10.1093/aje/kws412](https://doi.org/10.1093/aje/kws412)

    ### Knobs

    All numbers follow from `SEED`: change it, and the records are drawn anew (the repeated ones use `SEED` + 1, `SEED` + 2 and so on: a step of one draws one of them anew). Then come the number of units and of repeated
    records, the progress, and the state of the game.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_n_units():
    N_UNITS = 5_000  # units in each world
    return (N_UNITS,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 200  # repeated records, where a rate is simulated
    return (N_WORLDS,)


@app.cell
def state():
    get_progress, set_progress = mo.state({})
    get_tries, set_tries = mo.state({})
    game = confounders.deal_game()
    round_picker = confounders.pick_round(game)
    return game, get_progress, get_tries, round_picker, set_progress, set_tries


@app.cell
def round_controls(game, round_picker, set_tries):
    ticks, judge_button = confounders.board_controls(game, round_picker.value, set_tries)
    return judge_button, ticks


if __name__ == "__main__":
    app.run()
