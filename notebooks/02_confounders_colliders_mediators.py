import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What should I control for?",
    css_file="../slides/theme.css",
)

with app.setup:
    import functools
    import itertools
    from statistics import NormalDist

    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts, checks, graphs
    from helpers.simulate import LinearWorld
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # What should I control for?

    A colleague shows you a chart. Someone asks: "Did you control for the season?" Someone else: "And
    for income, for age, for everything we have?" Is more control always safer?

    This notebook builds small worlds whose truth you know, and tries every answer in each.

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Each exercise says how you are doing.*
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
    | Data | 5,000 simulated units in each world |
    | Time | 105 minutes, with nine checked exercises |
    | Before | notebook 01: arrows, paths, `do`; the slope of a line |
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
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


@app.cell(hide_code=True)
def ice_heading():
    mo.md("""
    ## Does ice cream cause crime?

    A town has counted, on 5,000 days:

    | Variable | Meaning | Unit |
    |:--|:--|:--|
    | `heat` | temperature at noon | °C |
    | `ice_cream` | cones sold | cones per hour |
    | `crime` | crimes reported | reports per day |

    Source: a simulator, seeded by `SEED`. It is shown below.
    """)
    return


@app.function
def ice_world(reports_per_degree):
    """Return the town: heat sells ice cream and draws people out; ice cream does nothing."""
    arrows = {("heat", "ice_cream"): 3, ("heat", "crime"): reports_per_degree}
    arrows |= {("ice_cream", "crime"): 0}
    start = {"heat": 18, "ice_cream": 60, "crime": 30 - 18 * reports_per_degree}
    return LinearWorld(arrows, start, noise={"heat": 6, "ice_cream": 12, "crime": 5})


@app.cell
def days(N_UNITS, SEED):
    days = ice_world(reports_per_degree=0.5).sample(N_UNITS, SEED)
    return (days,)


@app.function
def regress(frame, outcome, on, given=()):
    """Return the coefficient of `on` (outcome per unit of `on`) and its standard error."""
    design = np.column_stack([np.ones(len(frame)), frame[[on, *given]]])
    coefficients, squares, *_ = np.linalg.lstsq(design, frame[outcome], rcond=None)
    variance = squares[0] / (len(frame) - design.shape[1])
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1])
    return float(coefficients[1]), float(error)


@app.cell(hide_code=True)
def chart_first(days):
    _base = alt.Chart(days[["ice_cream", "crime"]].head(800).round(2)).encode(
        alt.X("ice_cream:Q", title="ice cream (cones per hour)"),
        alt.Y("crime:Q", title="crime (reports per day)", scale=alt.Scale(zero=False)),
    )
    _points = _base.mark_circle(size=24, opacity=0.4, color=charts.ROLES["control"])
    _line = _base.transform_regression("ice_cream", "crime")
    _line = _line.mark_line(color=charts.ROLES["naive"], strokeWidth=5, strokeDash=[8, 4])
    _title = f"Each cone more goes with {signed(regress(days, 'crime', on='ice_cream')[0])} reports"
    _words = f"{_title}. One dot per day, crime against ice cream, with the fitted line that rises."
    charts.describe((_points + _line).properties(title=_title, height=220), _words)
    return


@app.cell(hide_code=True)
def read_first(days):
    _slope, _error = regress(days, "crime", on="ice_cream")
    mo.md(f"""
    A clear line: {signed(_slope, 3)} reports per cone, {_slope / _error:.0f} standard errors from zero. Nobody
    believes that cones cause crime. On hot days people buy ice cream **and** are out late. Heat is a
    **confounder**: a common cause of treatment and outcome.
    """)
    return


@app.cell(hide_code=True)
def estimand():
    mo.md(r"""
    ### The question, written down

    Let $Y_i(x)$ be the outcome of unit $i$ if its treatment were **set** to $x$. In every world of this
    notebook we ask for

    $$\tau = \frac1n\sum_{i=1}^n \bigl[Y_i(x+1) - Y_i(x)\bigr],$$

    the mean change of the outcome per unit of $do(x)$, over **all** units. It is identified from a record
    if *consistency*, *no interference* (SUTVA), *positivity* and *ignorability* hold, and time runs the right way.
    Later in this notebook you break each of them.
    """)
    return


@app.cell(hide_code=True)
def recipes_note():
    mo.md("""
    ### Four ways to a number

    1. **Naive**: the slope of the outcome on the treatment, as it is.
    2. **Stratified**: cut heat into 50 bands; the slope *within* bands, pooled.
    3. **Regressed**: the slope with heat held fixed in a regression (with an intercept, always).
    4. **`do`**: deal the same cones out to days by lottery, look at the slope.

    The first three use the record. The fourth is an experiment, and here the simulator can run it.
    """)
    return


@app.function
def stratify(frame, outcome, on, by, strata=50):
    """Return the slope within equal-sized strata of `by`, pooled, and its standard error."""
    stratum = pd.qcut(frame[by], strata, labels=False)
    within = frame[[on, outcome]] - frame.groupby(stratum)[[on, outcome]].transform("mean")
    x, y = within[on].to_numpy(), within[outcome].to_numpy()
    slope = x @ y / (x @ x)
    variance = np.sum((y - slope * x) ** 2) / (len(frame) - strata - 1)
    return float(slope), float(np.sqrt(variance / (x @ x)))


@app.function
def run_lottery(world, treatment, n, seed):
    """Return the same units after their treatments were dealt out again by lottery."""
    dealt = np.random.default_rng(seed + 1).permutation(world.sample(n, seed)[treatment])
    return world.sample(n, seed, do={treatment: dealt})


@app.function
def four_numbers(world, treatment, outcome, given, seed, n=5_000):
    """Return the naive, stratified, regressed and do() slopes: label, mean, error, role."""
    record, trial = world.sample(n, seed), run_lottery(world, treatment, n, seed)
    rows = [
        ("naive", *regress(record, outcome, treatment), "naive"),
        ("stratified", *stratify(record, outcome, treatment, given), "adjusted"),
        ("regressed", *regress(record, outcome, treatment, [given]), "adjusted"),
        ("do", *regress(trial, outcome, treatment), "treated"),
    ]
    return pd.DataFrame(rows, columns=["label", "mean", "error", "role"])


@app.cell(hide_code=True)
def axes():
    # Title and range of the axis of each variable that is drawn.
    AXES = {
        "ice_cream": ("ice cream (cones per hour)", (40, 190)),
        "crime": ("crime (reports per day)", (0, 60)),
        "listings": ("listings (per 1,000 flats)", (0, 100)),
        "price": ("price (€ per m²)", (1_600, 4_400)),
        "class_size": ("class size (pupils)", (10, 38)),
        "score": ("score (points)", (400, 600)),
        "rain": ("rain (mm)", (0, 10)),
        "profit": ("profit (€)", (100, 700)),
        "smoking": ("smoking (packs a week)", (1, 9)),
        "lung_damage": ("lung damage (points)", (2, 14)),
        "cycling": ("cycling (sd)", (-10, 10)),
        "fitness": ("fitness (points)", (-14, 14)),
        "training": ("training (hours)", (0, 55)),
        "wage": ("wage (€ a week)", (350, 750)),
    }
    return (AXES,)


@app.cell
def questions():
    # Treatment, outcome, the control that is tried, unit of the effect, and its range on the chart.
    QUESTIONS = {
        "ice": ("ice_cream", "crime", "heat", "reports per cone", (-0.1, 0.4)),
        "city": ("listings", "price", "tourism", "€ per m² and listing", (-20, 40)),
        "school": ("class_size", "score", "background", "points per pupil", (-7, 0)),
        "rain": ("rain", "profit", "requests", "€ per mm", (-15, 42)),
        "smoking": ("smoking", "lung_damage", "sick_days", "points per pack", (-1.5, 1)),
        "copy": ("smoking", "lung_damage", "pharmacy_visits", "points per pack", (-1.5, 1)),
        "m": ("cycling", "fitness", "organic_food", "points per sd of cycling", (0.4, 1.8)),
        "office": ("training", "wage", "age", "€ per hour of training", (-2, 6)),
    }
    return (QUESTIONS,)


@app.function(hide_code=True)
@functools.cache
def numbers_template(labels, roles, unit, limits, width):
    """Return the specification of a chart of numbers against the truth, its axis fixed."""
    frame = pd.DataFrame({"label": labels, "role": roles}).assign(mean=0.5, lower=0.5, upper=0.5)
    interval = f"{100 * HDI_PROB:.0f} % confidence interval, if wide enough"
    chart = charts.chart_effect(frame, title="", unit=unit, truth=0.5, interval=interval)
    ends = alt.Chart(pd.DataFrame({"mean": limits})).mark_point(opacity=0)
    ends = ends.encode(alt.X("mean:Q", title=unit, axis=alt.Axis(tickCount=6)))
    height = 46 * len(labels) + 14
    chart = alt.layer(ends, *chart.layer, title=chart.title)
    spec = chart.properties(width=width, height=height).to_dict()
    return {**spec, "layer": [lower_label(layer, height) for layer in spec["layer"]]}


@app.function(hide_code=True)
def lower_label(layer, height):
    """Return a layer with the label of the truth moved to the foot of the chart."""
    if layer["mark"].get("baseline") != "top":
        return layer
    encoding = {**layer["encoding"], "y": {"value": height - 2}}
    return {**layer, "mark": {**layer["mark"], "baseline": "bottom"}, "encoding": encoding}


@app.function(hide_code=True)
def chart_numbers(estimates, truth, unit, limits, title="", width=355):
    """Return estimates with 94 % confidence intervals against the truth."""
    half = NormalDist().inv_cdf((1 + HDI_PROB) / 2) * estimates["error"]
    frame = estimates.assign(lower=estimates["mean"] - half, upper=estimates["mean"] + half)
    labels, roles = tuple(frame["label"]), tuple(frame["role"])
    words = "; ".join(f"{row.label} {signed(row.mean)}" for row in frame.itertuples())
    return charts.redraw(
        numbers_template(labels, roles, unit, tuple(limits), width),
        frame[["label", "mean", "lower", "upper", "role"]],
        pd.DataFrame({"value": [truth], "label": ["truth"]}),
        title=title,
        words=f"{title or 'Estimates against the truth'}. {words}; truth {signed(truth)} {unit}.",
    )


@app.function(hide_code=True)
def lines_of(record, treatment, outcome, given):
    """Return end points of the line over all units, and of lines at equal `given`, one a quarter."""
    fixed, _ = regress(record, outcome, treatment, [given])
    slope, _ = regress(record, outcome, treatment)
    quarters = record.groupby(pd.qcut(record[given], 4, labels=False))
    parts = [*((part, fixed, "adjusted") for _, part in quarters), (record, slope, "naive")]
    lines = [line_through(part[treatment], part[outcome], rise) for part, rise, _ in parts]
    names = [{"line": number, "role": role} for number, (_, _, role) in enumerate(parts)]
    return pd.concat([line.assign(**name) for line, name in zip(lines, names, strict=True)])


@app.function(hide_code=True)
def line_through(x, y, slope):
    """Return the two ends of a line of this slope through the means of x and y."""
    ends = np.quantile(x, [0.02, 0.98])
    return pd.DataFrame({"x": ends, "y": y.mean() + slope * (ends - x.mean())})


@app.cell(hide_code=True)
def scatter_template(AXES):
    @functools.cache
    def scatter_template(treatment, outcome):
        """Return the specification of the scatter: units, shaded, and fitted lines."""
        (x_title, x_domain), (y_title, y_domain) = AXES[treatment], AXES[outcome]
        x = alt.X(
            "x:Q", title=x_title, scale=alt.Scale(domain=x_domain), axis=alt.Axis(tickCount=5)
        )
        y = alt.Y("y:Q", title=y_title, scale=alt.Scale(domain=y_domain))
        dots = alt.Chart(pd.DataFrame({"x": [0.0], "y": 0.0, "shade": 0}))
        dots = dots.mark_circle(size=16, color=charts.ROLES["control"], clip=True)
        shade = alt.Opacity(
            "shade:Q", legend=None, scale=alt.Scale(domain=[0, 3], range=[0.15, 0.6])
        )
        ends = alt.Chart(pd.DataFrame({"line": [0], "role": "naive", "x": 0.0, "y": 0.0}))
        role = alt.Color("role:N", scale=charts.role_scale("naive", "adjusted"), legend=None)
        dash = alt.Scale(domain=["naive", "adjusted"], range=[[7, 4], [1, 0]])
        dash = alt.StrokeDash("role:N", legend=None, scale=dash)
        thick = alt.Scale(domain=["naive", "adjusted"], range=[5, 3])
        thick = alt.StrokeWidth("role:N", legend=None, scale=thick)
        looks = (role, dash, thick)
        lines = ends.mark_line(clip=True).encode(x, y, *looks, detail="line:N")
        chart = dots.encode(x, y, shade) + lines
        return chart.properties(title=alt.Title(""), width=290, height=140).to_dict()

    return (scatter_template,)


@app.cell(hide_code=True)
def scatter_chart(scatter_template):
    def chart_scatter(record, treatment, outcome, given):
        """Return 300 units with the line over all, and lines at equal `given`."""
        shade = pd.qcut(record[given], 4, labels=False)
        dots = pd.DataFrame({"x": record[treatment], "y": record[outcome], "shade": shade})
        lines = lines_of(record, treatment, outcome, given)
        words = f"dashed: all · solid: at equal {given}".replace("_", " ")
        return charts.redraw(
            scatter_template(treatment, outcome) | {"title": {"subtitle": charts.lines(words, 38)}},
            dots.head(300).round(2),
            lines,
            words=f"Scatter of {outcome} against {treatment}, with fitted lines; {words}.",
        )

    return (chart_scatter,)


@app.function(hide_code=True)
def draw(graph, zoom=1.0):
    """Return the drawing of a graph in this size."""
    return graph.draw().style({"zoom": str(zoom)})


@app.function(hide_code=True)
def draw_world(world, treatment, outcome, given, hidden):
    """Return the graph of a world; an arrow of weight 0 is left out."""
    arrows = [edge for edge, weight in world.coefficients.items() if weight]
    roles = {"treatment": treatment, "outcome": outcome, "adjusted": [given], "hidden": hidden}
    graph = graphs.dag(arrows, nodes=world.variables, **roles)
    return draw(graph, zoom=0.65 if len(world.variables) > 3 else 0.8)


@app.cell(hide_code=True)
def world_frame(N_UNITS, SEED, chart_scatter):
    def show_world(world, treatment, outcome, given, unit, limits, control, hidden=()):
        """Return the frame of this notebook: graph, scatter, slider, four numbers."""
        estimates = four_numbers(world, treatment, outcome, given, SEED, N_UNITS)
        truth = world.total_effect(treatment, outcome)
        graph = draw_world(world, treatment, outcome, given, hidden)
        scatter = chart_scatter(world.sample(N_UNITS, SEED), treatment, outcome, given)
        numbers = chart_numbers(estimates, truth, unit, limits)
        right = [control, numbers, mo.md(exactly(world, treatment, outcome, given))]
        columns = [mo.vstack([graph, scatter], gap=0), mo.vstack(right, gap=0.3)]
        return mo.hstack(columns, widths=[7, 8], gap=0.5)

    return (show_world,)


@app.function(hide_code=True)
def exactly(world, treatment, outcome, given):
    """Return in words what each number tends to as the record grows."""
    seen = world.slope(outcome, on=treatment)
    fixed = world.slope(outcome, on=treatment, given=[given])
    effect = world.total_effect(treatment, outcome)
    return (
        f"With endless data: naive **{signed(seen)}**, given {given.replace('_', ' ')} "
        f"**{signed(fixed)}**, `do` **{signed(effect)}**."
    )


@app.cell
def ice_slider():
    heat_to_crime = mo.ui.slider(
        0, 1.5, 0.1, value=0.5, show_value=True, label="heat → crime (reports per °C)"
    )
    return (heat_to_crime,)


@app.cell(hide_code=True)
def ice_shown(QUESTIONS, heat_to_crime, show_world):
    show_world(ice_world(heat_to_crime.value), *QUESTIONS["ice"], heat_to_crime)
    return


@app.cell(hide_code=True)
def read_ice():
    mo.md("""
    Three of the four numbers agree with the truth, up to sampling noise. The naive one moves with an arrow that has
    nothing to do with ice cream. At equal heat (solid lines, one for each quarter of the days), more cones mean no more
    crime.

    Move the slider to 0: the arrow is gone, and so is the lie.
    """)
    return


@app.cell(hide_code=True)
def read_frame():
    mo.md("""
    This is the **frame** of the whole notebook. Upper left: the graph, with the treatment as a blue box,
    the outcome with a thick border, what we adjust for as a green hexagon. Below it: 300 of the 5,000
    units, darker where the adjusted variable is higher, with the naive line (dashed) and four lines at equal
    values of the adjusted variable (solid). Right: a slider, and the four numbers against
    the truth (black rule), and what they tend to with endless data. From here on only the world changes. Ask each time: *which of the four are
    right?*
    """)
    return


@app.cell(hide_code=True)
def listings_heading():
    mo.md("""
    ## Do holiday flats make homes dearer?

    A city rents out flats to tourists. In 5,000 neighbourhoods we know

    | Variable | Meaning | Unit |
    |:--|:--|:--|
    | `tourism` | visitors | thousands a month |
    | `listings` | flats offered to tourists | per 1,000 flats |
    | `price` | price of a home | € per m² |

    In this world each listing adds **€10** per m². Tourists bring listings; they also bring noise and
    crowds, which make homes *cheaper*.
    """)
    return


@app.function
def listings_world(euros_per_visitor):
    """Return the city; `euros_per_visitor`: € per m² for each thousand visitors a month."""
    arrows = {("tourism", "listings"): 2, ("tourism", "price"): euros_per_visitor}
    arrows |= {("listings", "price"): 10}
    start = {"tourism": 20, "listings": 10, "price": 2_500 - 20 * euros_per_visitor}
    return LinearWorld(arrows, start, noise={"tourism": 5, "listings": 8, "price": 150})


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### Exercise 1 · predict · 2 min

    Tourism raises listings and *lowers* the price. A colleague takes the slope of price on listings, as
    it is. Compared with the true €10 per listing, her number will be
    `"too low"`, `"about right"` or `"too high"`?
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    colleagues_slope = ...
    return (colleagues_slope,)


@app.cell(hide_code=True)
def hints_1():
    options_1 = ["too low", "about right", "too high"]
    hints_1 = [
        ("too high", "It would be, if tourism raised both. Look at the sign of each arrow."),
        ("about right", "A common cause is at work: busy places differ from quiet ones."),
        "Neighbourhoods with many listings are busy. What does being busy do to the price?",
    ]
    why_1 = """The bias has the sign of the product of the two arrows: plus times minus is minus. A
    confounder can inflate an effect, hide it, or turn it round."""
    return hints_1, options_1, why_1


@app.cell(hide_code=True)
def check_1(colleagues_slope, hints_1, options_1, set_progress, why_1):
    check_1 = checks.choice(colleagues_slope, "too low", options_1, hints=hints_1, why=why_1)
    set_progress(check_1.record("1"))
    check_1
    return


@app.cell
def neighbourhoods(N_UNITS, SEED):
    city = listings_world(euros_per_visitor=-50)
    neighbourhoods = city.sample(N_UNITS, SEED)
    return city, neighbourhoods


@app.cell
def city_numbers(N_UNITS, SEED, city, neighbourhoods):
    true_effect = city.total_effect("listings", "price")
    naive_slope, naive_error = regress(neighbourhoods, "price", on="listings")
    adjusted_slope, _ = regress(neighbourhoods, "price", on="listings", given=["tourism"])
    do_effect, _ = regress(run_lottery(city, "listings", N_UNITS, SEED), "price", on="listings")
    _values = [naive_slope, adjusted_slope, do_effect, true_effect]
    as_table(
        pd.DataFrame([map(signed, _values)], columns=["naive", "given tourism", "do", "truth"])
    )
    return adjusted_slope, naive_error, naive_slope, true_effect


@app.cell(hide_code=True)
def read_city(adjusted_slope, naive_error, naive_slope, true_effect):
    mo.md(f"""
    The naive slope says that a listing takes {number(-naive_slope, 2, "€")} off each m². The truth is
    {signed(true_effect, 0, "€")}, and among equally busy places we find {signed(adjusted_slope, 2, "€")}. The **sign flips**.
    The naive answer is not noisy (standard error {number(naive_error, 2, "€")}); it is precisely wrong.
    """)
    return


@app.cell
def listings_slider():
    tourism_to_price = mo.ui.slider(
        -80, 80, 2, value=-50, show_value=True, label="tourism → price (€ per thousand)"
    )
    return (tourism_to_price,)


@app.cell(hide_code=True)
def listings_shown(QUESTIONS, show_world, tourism_to_price):
    show_world(listings_world(tourism_to_price.value), *QUESTIONS["city"], tourism_to_price)
    return


@app.cell(hide_code=True)
def read_listings():
    mo.md("""
    To the right of 0 confounding exaggerates, to the left it hides, and far left it turns the sign. The
    effect itself never moves.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    mo.md("""
    ### Exercise 2 · complete · 4 min

    At which value of tourism → price does the record show **no** relation of listings and price, although
    each listing adds €10? One number, in € per thousand visitors, right within 2.

    Use the slider, search with `listings_world(v).slope("price", on="listings")`, or think: the naive slope
    is a straight line in `v`.
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
def hints_2():
    _at_0, _at_1 = (listings_world(v).slope("price", on="listings") for v in (0, 1))
    truth_2 = -_at_0 / (_at_1 - _at_0)
    hints_2 = [
        (
            -truth_2,
            "The size is right, the sign is not: to hide a rise, tourism must lower prices.",
        ),
        (lambda v: abs(v) < 1, "At 0 nothing confounds, and the record shows the true €10."),
        (lambda v: abs(v + 10) < 1, "Not −10: how far an arrow carries depends on spreads too."),
        (lambda v: abs(v + 5) < 1, "−10 / 2 forgets that listings vary for other reasons too."),
        (lambda v: v > 1, "To the right of 0 the naive slope only grows. Try the other side."),
        "The line starts at the value for 0; each unit of v adds a tenth of the step from 0 to 10.",
    ]
    return hints_2, truth_2


@app.cell(hide_code=True)
def check_2(hidden_at, hints_2, set_progress, truth_2):
    _why = """No correlation does not mean no cause: here two paths cancel. A data team that keeps
    only what correlates would have dropped the variable that matters."""
    check_2 = checks.close(hidden_at, truth_2, tolerance=2, hints=hints_2, why=_why)
    set_progress(check_2.record("2"))
    check_2
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
    return coverage_adjusted, coverage_naive


@app.cell(hide_code=True)
def read_repeated(N_WORLDS, coverage_adjusted, coverage_naive):
    mo.md(f"""
    **Is this luck?** In {N_WORLDS} further records of 1,000 neighbourhoods, the 94 % confidence interval holds the
    true effect in **{percent(coverage_adjusted)}** when tourism is held fixed, and in **{percent(coverage_naive)}** when it is not.
    More data would not help the naive number: its interval shrinks around the wrong value.
    """)
    return


@app.cell(hide_code=True)
def simpson_heading():
    mo.md("""
    ## One table, two right answers

    A clinic gave a drug to 1,000 of 2,000 patients. Each patient also has a blood marker, high or low. Did
    the drug help?
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
    return (patients,)


@app.cell(hide_code=True)
def clinic_table(patients):
    _all = patients.groupby("drug", sort=False)[["patients", "recovered"]].sum().reset_index()
    _table = pd.concat([patients, _all.assign(marker="**both**")])
    _table["share"] = (_table["recovered"] / _table["patients"]).map(percent)
    as_table(_table)
    return


@app.cell
def clinic_differences(patients):
    _counts = patients.groupby("drug")[["patients", "recovered"]].sum()
    _shares = patients.assign(share=patients["recovered"] / patients["patients"])
    within_markers = _shares.pivot_table("share", "marker", "drug").diff(axis=1)["yes"]
    whole_table = float((_counts["recovered"] / _counts["patients"]).diff()["yes"])
    return whole_table, within_markers


@app.cell(hide_code=True)
def read_clinic(whole_table, within_markers):
    mo.md(f"""
    Recovered with the drug minus without: {signed(100 * within_markers["high"], 0)} points among patients with a high marker,
    {signed(100 * within_markers["low"], 0)} among those with a low one, and **{signed(100 * whole_table, 0)} points** in the whole table.
    This is **Simpson's paradox** (Simpson 1951). Which number is the effect?
    """)
    return


@app.cell
def clinic_graphs():
    _drug, _outcome = {"treatment": "drug"}, {"outcome": "recovery"}
    _always = [("drug", "recovery"), ("marker", "recovery")]
    graph_before = graphs.dag([("marker", "drug"), *_always], **_drug, **_outcome)
    graph_after = graphs.dag([("drug", "marker"), *_always], **_drug, **_outcome)
    return graph_after, graph_before


@app.cell(hide_code=True)
def clinic_graphs_shown(graph_after, graph_before):
    _a = "Story A: the marker was measured on arrival; doctors gave the drug to the sick."
    _b = "Story B: the marker was measured a week later; the drug drives it up."
    mo.hstack([graph_before.draw(_a), graph_after.draw(_b)], widths="equal")
    return


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · complete · 4 min

    What would happen to the share that recovers if *all* patients got the drug instead of *none*? Give one
    number for each story, as a share between −1 and 1:

    - `effect_story_a`: the marker came first,
    - `effect_story_b`: the drug came first.

    Hand over numbers or compute them from `patients`, `within_markers`, `whole_table`.
    """)
    return


@app.cell
def exercise_3_complete():
    # Two numbers. Who is compared with whom, in each story?
    effect_story_a = ...
    effect_story_b = ...
    return effect_story_a, effect_story_b


@app.cell(hide_code=True)
def hints_3(whole_table, within_markers):
    truth_3 = np.array([within_markers.mean(), whole_table])
    hints_3 = [
        (
            truth_3[::-1],
            "Stories swapped, or both signs turned: take with the drug minus without. In which story does the marker steer the drug?",
        ),
        (truth_3 * 100, "Give shares between −1 and 1, not points."),
        (truth_3[[1, 1]], "In story A the sick got the drug: compare patients of one marker."),
        (truth_3[[0, 0]], "In story B the marker is part of what the drug does: leave it alone."),
        "Story A: the marker is a confounder. Story B: it is a mediator.",
    ]
    return hints_3, truth_3


@app.cell(hide_code=True)
def check_3(effect_story_a, effect_story_b, hints_3, set_progress, truth_3):
    _given = [effect_story_a, effect_story_b]
    _given = None if any(x is None or x is ... for x in _given) else _given
    _why = """The same 2,000 rows, and the drug is good in one story and harmful in the other. No
    statistic of the table can tell them apart; knowing when the marker was measured can."""
    check_3 = checks.close(_given, truth_3, tolerance=1e-6, hints=hints_3, why=_why)
    set_progress(check_3.record("3"))
    check_3
    return


@app.cell(hide_code=True)
def lottery_heading():
    mo.md("""
    ## What does a lottery do?

    Do smaller classes teach better? Well-off families find schools with small classes, and their
    children score higher anyway. `class_size` counts pupils, `background` is the home background
    in standard deviations, `score` is in points. Each pupil more costs **2 points**.

    The slider weakens the pull of the background on class size. At 0, a lottery assigns pupils.
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
def lottery_slider():
    background_pull = mo.ui.slider(
        -3, 0, 0.25, value=-3, show_value=True, label="background → class size"
    )
    return (background_pull,)


@app.cell(hide_code=True)
def lottery_shown(QUESTIONS, background_pull, show_world):
    show_world(school_world(background_pull.value), *QUESTIONS["school"], background_pull)
    return


@app.cell
def lottery_balance(background_pull):
    balance = school_world(background_pull.value).correlation("background", "class_size")
    return (balance,)


@app.cell(hide_code=True)
def read_lottery(background_pull, balance):
    mo.md(f"""
    With a pull of {number(background_pull.value)}, background and class size correlate at {signed(balance)}. At 0 the
    arrow into the treatment is gone, and **all four numbers are right**: for this cause, and for every other one
    that nobody thought of. Adjusting is then no longer needed against bias; it still narrows the interval.
    """)
    return


@app.cell(hide_code=True)
def mediator_heading():
    mo.md("""
    ## Does rain pay?

    A ride-hailing company looks at 5,000 rush hours: `rain` (mm), ride `requests`, `profit` (€). Rain
    brings requests, and each request brings €3. Rain also slows the cars: €10 less for each mm, at equal requests.

    Requests lie **on the path** from rain to profit: a **mediator**. Should we control for them?
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
    return company, hours


@app.cell
def total_and_direct(company, hours):
    total_effect, _ = regress(hours, "profit", on="rain")
    direct_effect, _ = regress(hours, "profit", on="rain", given=["requests"])
    _direct = company.coefficients["rain", "profit"]
    _truth = company.total_effect("rain", "profit")
    _rows = [("total", total_effect, _truth), ("direct", direct_effect, _direct)]
    _rows = [(which, *map(signed, values)) for which, *values in _rows]
    as_table(pd.DataFrame(_rows, columns=["effect of 1 mm (€)", "5,000 hours", "truth"]))
    return direct_effect, total_effect


@app.cell(hide_code=True)
def read_total(direct_effect, total_effect):
    mo.md(f"""
    Both numbers are right, and they answer different questions.

    - **Total**, {signed(total_effect, 1, "€")}: *it rains 1 mm more; what happens to profit?* For the finance desk.
    - **Direct**, {signed(direct_effect, 1, "€")}: *it rains 1 mm more and somehow requests stay as they were?* For
      whoever wants to know what slow cars cost.

    Controlling for a mediator takes away the part of the effect that runs through it.
    """)
    return


@app.cell
def mediator_slider():
    request_value = mo.ui.slider(
        0, 6, 0.5, value=3, show_value=True, label="requests → profit (€ per request)"
    )
    return (request_value,)


@app.cell(hide_code=True)
def mediator_shown(QUESTIONS, request_value, show_world):
    show_world(rain_world(request_value.value), *QUESTIONS["rain"], request_value)
    return


@app.cell(hide_code=True)
def read_mediator():
    mo.md("""
    Here the *naive* slope agrees with `do`, and the two adjusted ones do not: nothing confounds rain.

    The direct effect needs one more assumption: nothing unseen moves both requests and profit. A concert
    does; notebook 08 takes this up.
    """)
    return


@app.cell(hide_code=True)
def question_4():
    mo.md("""
    ### Exercise 4 · fix · 4 min

    The finance desk asks: *the forecast says 2 mm more rain for every rush hour of next week. How much does
    mean profit per hour change?* A colleague's code says that it falls. Repair it.

    Expected: `profit_change`, one number in € per hour, right within 4. The record is `hours`.
    """)
    return


@app.cell
def exercise_4_fix(hours):
    # The colleague "controls for everything we have".
    _slope, _ = regress(hours, "profit", on="rain", given=["requests"])
    _colleague = 2 * _slope
    profit_change = ...
    return (profit_change,)


@app.cell(hide_code=True)
def hints_4(company, direct_effect):
    truth_4 = 2 * company.total_effect("rain", "profit")
    hints_4 = [
        (
            lambda v: abs(v - 2 * direct_effect) < 3,
            "That is the direct effect: requests held fixed.",
        ),
        (truth_4 / 2, "That is for 1 mm; the forecast says 2."),
        (-truth_4, "The size is right, the sign is not."),
        (2 * 8 * 3, "That is the part through requests alone; rain also slows the cars."),
        (lambda v: v > 60, "That is a level of profit. A change is asked for."),
        "When it rains, do requests stay as they were? What must not be held fixed?",
    ]
    return hints_4, truth_4


@app.cell(hide_code=True)
def check_4(hints_4, profit_change, set_progress, truth_4):
    _why = """A variable that the treatment changes does not belong among the controls when the
    total effect is asked for. “Everything we have” is not a rule."""
    check_4 = checks.close(profit_change, truth_4, tolerance=4, hints=hints_4, why=_why)
    set_progress(check_4.record("4"))
    check_4
    return


@app.cell(hide_code=True)
def collider_heading():
    mo.md("""
    ## Does smoking protect the lungs?

    `smoking` (packs a week), `lung_damage` (points on a scan), `sick_days` (a year). Smoking harms the
    lungs: half a point per pack. Both smoking and bad lungs keep people at home, so two arrows point
    **into** sick days: a **collider**.

    An analyst has the staff's data and controls for sick days "to compare like with like".
    """)
    return


@app.function
def smoking_world(days_per_pack):
    """Return the staff; `days_per_pack`: sick days that a pack causes other than by the lungs."""
    arrows = {("smoking", "lung_damage"): 0.5, ("smoking", "sick_days"): days_per_pack}
    arrows |= {("lung_damage", "sick_days"): 1}
    return LinearWorld(arrows, {"smoking": 5, "lung_damage": 5, "sick_days": 2})


@app.cell
def collider_slider():
    days_per_pack = mo.ui.slider(
        0, 3, 0.25, value=2, show_value=True, label="smoking → sick days (days per pack)"
    )
    return (days_per_pack,)


@app.cell(hide_code=True)
def collider_shown(QUESTIONS, days_per_pack, show_world):
    show_world(smoking_world(days_per_pack.value), *QUESTIONS["smoking"], days_per_pack)
    return


@app.cell(hide_code=True)
def read_collider(days_per_pack):
    mo.md(f"""
    The naive number is right. Given sick days the slope is (0.5 − a)/2, where a is the slider, now
    {number(days_per_pack.value)}: above 0.5 its **sign turns**.

    Why? Among people equally often sick, the non-smokers must have another reason to be at home: worse lungs.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Exercise 5 · build · 5 min

    Build a trap of your own: a world `trap` with the variables `x`, `y` and `c`, where

    - one more `x` truly *raises* `y` (its total effect is at least 0.2),
    - and given `c` the slope of `y` on `x` is *negative* (at most −0.2).

    Give `LinearWorld` a dictionary (cause, effect) → weight. All noise has standard deviation 1.
    """)
    return


@app.cell
def exercise_5_build():
    # One arrow is given; add what it takes.
    _arrows = {("x", "y"): 0.5}
    trap = ...
    return (trap,)


@app.function(hide_code=True)
def judge_trap(world):
    """Return True, or what a learner's trap still lacks."""
    if isinstance(world, dict):
        return "You have the arrows. Wrap them: `LinearWorld({...})`."
    missing = [name for name in ("x", "y", "c") if name not in world.variables]
    if missing:
        return f"No arrow mentions {', '.join(missing)}."
    effect, fixed = world.total_effect("x", "y"), world.slope("y", on="x", given=["c"])
    found = f"Total effect {signed(effect)}, slope given c {signed(fixed)}."
    if effect < 0.2:
        return f"{found} The effect of x on y must be at least 0.2, over all paths."
    return True if fixed <= -0.2 else f"{found} {advise_trap(world)}"


@app.function(hide_code=True)
def advise_trap(world):
    """Return what to change in a world where the slope given c is not negative enough."""
    if graphs.dag(world.edges, treatment="x", outcome="y").is_adjustment_set(["c"]):
        return "In your graph controlling for c does no harm: let c listen to x."
    if world.slope("y", on="x", given=["c"]) > world.total_effect("x", "y"):
        return "The bias points the wrong way, up: turn the sign of one arrow at c."
    return "You are on the way: make the arrows into c, or out of it, stronger."


@app.cell(hide_code=True)
def check_5(set_progress, trap):
    _hints = [
        "The smoking world is such a trap, if c is sick days.",
        "The rain world is another, if c is requests: a mediator can do it too.",
    ]
    _why = """The two usual traps are c as a collider and c as a mediator: both listen to the
    treatment. (M-bias, or a confounder left out, makes others.) Beware of controls that were measured after the treatment began."""
    check_5 = checks.holds(trap, judge_trap, hints=_hints, why=_why)
    set_progress(check_5.record("5"))
    check_5
    return


@app.cell(hide_code=True)
def selection_note():
    mo.md("""
    ### Selection is a collider that you cannot see

    A shop sends e-mails to customers who rate many items or buy a lot: the chance of an e-mail is
    σ(2 · ratings + 2 · purchases − 1), with σ(x) = 1/(1 + e⁻ˣ), both in standard deviations. Ratings and purchases have
    **nothing** to do with each other. The analyst's table holds the customers who got an e-mail.
    """)
    return


@app.function
def shop(n, seed, link=0.0, pull=2.0):
    """Return n customers: ratings, purchases (sd), and who got an e-mail (True or False)."""
    rng = np.random.default_rng(seed)
    ratings = rng.normal(size=n)
    purchases = link * ratings + np.sqrt(1 - link**2) * rng.normal(size=n)
    chance = 1 / (1 + np.exp(-(pull * (ratings + purchases) - 1)))
    emailed = rng.random(n) < chance
    return pd.DataFrame({"ratings": ratings, "purchases": purchases, "emailed": emailed})


@app.cell
def customers(N_UNITS, SEED):
    customers = shop(N_UNITS, SEED)
    emailed_customers = customers[customers["emailed"]]
    correlation_all = float(customers["ratings"].corr(customers["purchases"]))
    correlation_selected = float(emailed_customers["ratings"].corr(emailed_customers["purchases"]))
    return correlation_all, correlation_selected, customers


@app.cell
def selection_sliders():
    shop_link = mo.ui.slider(
        0, 0.4, 0.05, value=0, show_value=True, label="true correlation of ratings and purchases"
    )
    return (shop_link,)


@app.cell
def selection_now(N_UNITS, SEED, shop_link):
    shop_now = shop(N_UNITS, SEED, link=shop_link.value)
    return (shop_now,)


@app.cell(hide_code=True)
def selection_shown(selection_chart, shop_link, shop_now):
    _emailed = shop_now[shop_now["emailed"]]
    _pair = [selection_chart(shop_now, "all"), selection_chart(_emailed, "with an e-mail")]
    mo.vstack([shop_link, mo.hstack(_pair, justify="start")])
    return


@app.cell(hide_code=True)
def selection_template():
    _scale = alt.Scale(domain=[-4, 4])
    _x = alt.X("x:Q", title="items rated (sd)", scale=_scale)
    _y = alt.Y("y:Q", title="purchases (sd)", scale=_scale)
    _dots = alt.Chart(pd.DataFrame({"x": [0.0], "y": 0.0}))
    _dots = _dots.mark_circle(size=18, opacity=0.5, color=charts.ROLES["control"]).encode(_x, _y)
    _ends = alt.Chart(pd.DataFrame({"x": [0.0], "y": 0.0, "line": "fit"}))
    _line = _ends.mark_line(strokeWidth=4, color=charts.ROLES["naive"]).encode(_x, _y)
    _chart = (_dots + _line).properties(title=alt.Title(""), width=330, height=210)
    SELECTION = _chart.to_dict()
    return (SELECTION,)


@app.cell(hide_code=True)
def selection_chart(SELECTION):
    def selection_chart(frame, who):
        """Return purchases against ratings of some customers, with their correlation as title."""
        dots = frame[["ratings", "purchases"]].set_axis(["x", "y"], axis=1)
        slope, start = np.polyfit(dots["x"], dots["y"], 1)
        ends = pd.DataFrame({"x": [-3.0, 3.0], "line": "fit"})
        ends = ends.assign(y=start + slope * ends["x"])
        title = f"{who}: correlation {signed(dots['x'].corr(dots['y']))}"
        words = f"{title}. Scatter of purchases against items rated, with the fitted line."
        return charts.redraw(SELECTION, dots.head(500).round(2), ends, title=title, words=words)

    return (selection_chart,)


@app.cell(hide_code=True)
def read_selection(correlation_all, correlation_selected, customers):
    mo.md(f"""
    At 0: among all customers the correlation is {signed(correlation_all)}; among the {percent(customers["emailed"].mean())} with an
    e-mail it is **{signed(correlation_selected)}**: a correlation **out of nothing**. Few ratings and an e-mail: then it must
    have been the purchases. Move the slider to 0.2: now a true *positive* relation turns **negative**.
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
def truth_6(customers):
    _rest = customers[~customers["emailed"]]
    correlation_rest = float(_rest["ratings"].corr(_rest["purchases"]))
    sign_6 = "negative" if correlation_rest < -0.05 else "not negative"
    return correlation_rest, sign_6


@app.cell(hide_code=True)
def hints_6(correlation_all, correlation_rest):
    options_6 = ["positive", "zero", "negative"]
    hints_6 = [
        ("positive", "The two groups need not balance: their means differ too."),
        ("zero", "No e-mail is information as well. Many ratings and no e-mail: what then?"),
        "Someone rated a lot and still got no e-mail. Did she buy much?",
    ]
    why_6 = f"""It is {signed(correlation_rest)}. Both parts are negative and the whole is
    {signed(correlation_all)}: one group is high on both, and that makes up for it. Splitting by a
    collider, or keeping either part, makes a correlation."""
    return hints_6, options_6, why_6


@app.cell(hide_code=True)
def check_6(hints_6, options_6, set_progress, sign_6, why_6, without_email):
    check_6 = checks.choice(without_email, sign_6, options_6, hints=hints_6, why=why_6)
    set_progress(check_6.record("6"))
    check_6
    return


@app.cell(hide_code=True)
def further_heading():
    mo.md("""
    ## What about a copy of a collider, or a cause of nothing?

    1. **Descendant of a collider.** Sick days are not in the data, but visits to the pharmacy are: a noisy
       copy. Is it safe to control for a copy?
    2. **M-bias.** Buying organic food was recorded *before* anyone cycled, and it causes neither cycling nor
       fitness. Is it safe to control for what came before?
    """)
    return


@app.function
def pharmacy_world(copy_noise):
    """Return the staff, with visits to the pharmacy: sick days, and noise of this size (visits)."""
    staff = smoking_world(days_per_pack=2)
    arrows = {**staff.coefficients, ("sick_days", "pharmacy_visits"): 1}
    return LinearWorld(arrows, staff.intercepts, noise={"pharmacy_visits": copy_noise})


@app.cell
def copy_slider():
    copy_noise = mo.ui.slider(
        0, 8, 0.5, value=1, show_value=True, label="noise of the copy (visits)"
    )
    return (copy_noise,)


@app.cell(hide_code=True)
def copy_shown(QUESTIONS, copy_noise, show_world):
    show_world(pharmacy_world(copy_noise.value), *QUESTIONS["copy"], copy_noise)
    return


@app.cell(hide_code=True)
def read_copy():
    mo.md("""
    A faithful copy (noise 0) does all the harm of the collider itself; a noisy one does less. Any
    descendant of a collider opens the path a little.
    """)
    return


@app.function
def m_world(strength):
    """Return M-bias: two hidden causes of this strength meet in organic food."""
    arrows = {("values", "cycling"): strength, ("values", "organic_food"): strength}
    arrows |= {("worry", "organic_food"): strength, ("worry", "fitness"): -strength}
    return LinearWorld(arrows | {("cycling", "fitness"): 1})


@app.cell
def m_slider():
    m_strength = mo.ui.slider(
        0, 3, 0.25, value=2, show_value=True, label="strength of the hidden causes"
    )
    return (m_strength,)


@app.cell(hide_code=True)
def m_shown(QUESTIONS, m_strength, show_world):
    show_world(m_world(m_strength.value), *QUESTIONS["m"], m_strength, hidden=["values", "worry"])
    return


@app.cell(hide_code=True)
def read_m():
    _bias = m_world(1).slope("fitness", "cycling", ["organic_food"]) - 1
    mo.md(f"""
    The naive number is right, and a variable from *before* the treatment spoils it. How much? At strength 1 the
    bias is {signed(_bias)}: M-bias needs strong hidden causes, and confounding usually weighs more (Ding &
    Miratrix 2015). "Adjust for everything that came before" is often good advice, and it is not a law.
    """)
    return


@app.cell(hide_code=True)
def second_heading():
    mo.md("""
    ## Second way: no simulation at all

    In a linear world the covariances follow from the arrows, and so does every slope. The numbers above,
    computed from the arrows alone:
    """)
    return


@app.cell
def seven_worlds():
    WORLDS = {
        "confounder": (ice_world(0.5), "ice"),
        "confounder, sign flip": (listings_world(-50), "city"),
        "nothing: a lottery": (school_world(0), "school"),
        "mediator": (rain_world(3), "rain"),
        "collider": (smoking_world(2), "smoking"),
        "copy of a collider": (pharmacy_world(1), "copy"),
        "collider before treatment": (m_world(2), "m"),
    }
    return (WORLDS,)


@app.cell
def exact_table(QUESTIONS, WORLDS):
    _rows = []
    for _role, (_world, _name) in WORLDS.items():
        _x, _y, _control = QUESTIONS[_name][:3]
        _slopes = _world.slope(_y, _x), _world.slope(_y, _x, [_control])
        _rows.append((_role, _control, *_slopes, _world.total_effect(_x, _y)))
    exact = pd.DataFrame(
        _rows, columns=["role of the control", "control", "naive", "adjusted", "do"]
    )
    return (exact,)


@app.cell(hide_code=True)
def exact_shown(exact):
    _shown = exact.assign(control=exact["control"].str.replace("_", " "))
    _right = [
        " and ".join(w for w in ("naive", "adjusted") if abs(row[w] - row["do"]) < 1e-9)
        for _, row in exact.iterrows()
    ]
    _numbers = {c: exact[c].map(signed) for c in ("naive", "adjusted", "do")}
    as_table(_shown.assign(**_numbers, right=_right))
    return


@app.cell(hide_code=True)
def read_exact(exact):
    _controlled, _alone = (
        int(((exact[column] - exact["do"]).abs() < 1e-9).sum()) for column in ("adjusted", "naive")
    )
    mo.md(f"""
    Of {len(exact)} worlds, controlling was right in {_controlled}, and leaving alone in {_alone}. The data do not say
    which is which: most show correlated columns, and no more. The rule that tells them apart is the **backdoor criterion** (Pearl 1995): block
    every path that *enters* the treatment, open no collider, and touch nothing that the treatment changes.
    """)
    return


@app.cell(hide_code=True)
def game_heading():
    mo.md("""
    ## Game: pick the adjustment set

    Twelve graphs. Tick what you would control for to get the **total effect** of the blue box on the
    thickly bordered node, or tick that no set will do. Names with a question mark are unmeasured.

    The graph judges, and so does a simulation of 5,000 units in which every arrow has weight 1. A wrong
    choice gets its reason. Points: 2 at the first try, 1 later.
    """)
    return


@app.cell
def rounds():
    ROUNDS = """
    coaching, grade: coaching -> grade, ability -> grade
    heating, colds: winter -> heating, winter -> colds, heating -> colds
    training, wage: training -> skill, skill -> wage, training -> wage
    diet, weight: diet -> weight, diet -> doctor_visits, weight -> doctor_visits
    price, sales: season -> price, season -> sales, price -> visits, visits -> sales, price -> sales
    drug, recovery: drug -> blood_level, blood_level -> recovery, blood_level -> side_effects
    course, wage: drive? -> test_score, test_score -> course, drive? -> wage, course -> wage
    advert, sales: region -> income, income -> advert, region -> sales, income -> sales, advert -> sales
    yoga, sleep: values? -> yoga, values? -> tea, worry? -> tea, worry? -> sleep, yoga -> sleep
    invite, hours: invite -> hours, invite -> chats, friends? -> chats, friends? -> hours, chats -> reports
    college, wage: distance -> college, college -> wage, talent? -> college, talent? -> wage
    sport, grade: parents -> sport, parents -> mood, school -> mood, school -> grade, mood -> sport, mood -> grade, sport -> grade
    """
    return (ROUNDS,)


@app.function
def read_round(line):
    """Return one row of the game: its graph, treatment, outcome, and every valid set."""
    question, arrows = line.split(": ")
    treatment, outcome = question.strip().split(", ")
    edges, _ = graphs.parse_edges(arrows.replace(", ", "\n"))
    hidden = {node for edge in edges for node in edge if node.endswith("?")}
    graph = graphs.dag(edges, treatment=treatment, outcome=outcome, hidden=hidden)
    offered = [node for node in graph.observed if node not in (treatment, outcome)]
    sets = itertools.chain.from_iterable(
        itertools.combinations(offered, size) for size in range(len(offered) + 1)
    )
    valid = [frozenset(names) for names in sets if graph.is_adjustment_set(names)]
    return {"graph": graph, "treatment": treatment, "outcome": outcome, "valid_sets": valid}


@app.cell
def game(ROUNDS):
    game = pd.DataFrame([read_round(line) for line in ROUNDS.strip().splitlines()])
    game.index = range(1, len(game) + 1)
    return (game,)


@app.function
def is_open(network, path, given):
    """Return whether a path lets association through, given some nodes."""
    import networkx as nx

    for before, node, after in zip(path, path[1:], path[2:], strict=False):
        collider = network.has_edge(before, node) and network.has_edge(after, node)
        if collider and not ({node} | nx.descendants(network, node)) & set(given):
            return False
        if not collider and node in given:
            return False
    return True


@app.function(hide_code=True)
def written(network, path):
    """Return a path with its arrows, in code style."""
    steps = [f"{'→' if network.has_edge(a, b) else '←'} {b}" for a, b in itertools.pairwise(path)]
    return f"`{' '.join([path[0], *steps])}`"


@app.function
def reasons(graph, given):
    """Return what is wrong with controlling for these nodes; [] if nothing is."""
    import networkx as nx

    network = nx.DiGraph(list(graph.edges))
    found, on_the_way = [], set()
    for path in nx.all_simple_paths(network.to_undirected(), graph.treatment, graph.outcome):
        if all(network.has_edge(a, b) for a, b in itertools.pairwise(path)):
            on_the_way |= set(path[1:])
            blocked = [f"It **blocks the mediator** {n}." for n in path[1:-1] if n in given]
            found += blocked
        elif is_open(network, path, given):
            opens = not is_open(network, path, ()) and any(
                network.has_edge(a, n) and network.has_edge(b, n)
                for a, n, b in zip(path, path[1:], path[2:], strict=False)
            )
            what = "It **opens a collider**" if opens else "It **leaves a path open**"
            found.append(f"{what}: {written(network, path)}.")
    late = {n: sorted(nx.ancestors(network, n) & on_the_way) for n in given if n not in on_the_way}
    late = [f"{n} is **caused by** {a[0]}, part of the effect." for n, a in late.items() if a]
    return list(dict.fromkeys(found)) or late


@app.function
def simulate_choice(graph, given, seed, n=5_000):
    """Return the adjusted slope, its error, and the truth, in a world with every weight 1."""
    world = LinearWorld(dict.fromkeys(graph.edges, 1.0))
    slope, error = regress(world.sample(n, seed), graph.outcome, graph.treatment, sorted(given))
    return slope, error, world.total_effect(graph.treatment, graph.outcome)


@app.cell(hide_code=True)
def question_7():
    mo.md("""
    ### Exercise 7 · complete · 12 min

    Play below with the mouse or the keyboard (Tab and space). Or write answers here as a dictionary, round → set of
    names, for example `{1: {"ability"}, 2: set()}` (`set()`: control for nothing); `None` says that no set will do. What you write is where the game
    starts from. The score of the mouse lives until the notebook is closed or this cell runs again; to keep it, write it
    here.
    """)
    return


@app.cell
def exercise_7_game():
    # A dictionary, round -> set of names; or leave it, and play below.
    game_answers = ...
    return (game_answers,)


@app.function(hide_code=True)
def as_choice(answer):
    """Return an answer as a frozenset of names; None means that no set will do."""
    if answer is None:
        return None
    return frozenset([answer] if isinstance(answer, str) else map(str, answer))


@app.function(hide_code=True)
def tries_in(draft, last):
    """Return round -> list of choices from what a learner wrote; {} where it cannot be read."""
    if not isinstance(draft, dict):
        return {}
    tries = {}
    for number_, answer in draft.items():
        readable = answer is None or isinstance(answer, str | set | frozenset | list | tuple | dict)
        if isinstance(number_, int) and 1 <= number_ <= last and readable:
            tries[number_] = [as_choice(answer)]
    return tries


@app.function
def is_right(row, choice):
    """Return whether a choice (None: no set will do) is right for one row of the game."""
    return choice in row["valid_sets"] if choice is not None else not row["valid_sets"]


@app.function(hide_code=True)
def score(game, tries):
    """Return (rounds solved, points): 2 points at the first try, 1 later."""
    right = {n: [is_right(game.loc[n], choice) for choice in tries[n]] for n in tries}
    return sum(map(any, right.values())), sum(2 if r[0] else any(r) for r in right.values() if r)


@app.cell
def game_state(game, game_answers):
    get_tries, set_tries = mo.state(tries_in(game_answers, len(game)))
    return get_tries, set_tries


@app.cell
def round_input(game):
    round_picker = mo.ui.dropdown(
        {f"{n}: {row.treatment} → {row.outcome}": n for n, row in game.iterrows()},
        value=f"1: {game.loc[1, 'treatment']} → {game.loc[1, 'outcome']}",
        label="round",
        allow_select_none=False,
    )
    return (round_picker,)


@app.cell
def ticks_input(game, round_picker):
    _row = game.loc[round_picker.value]
    _offered = [n for n in _row["graph"].observed if n not in (_row["treatment"], _row["outcome"])]
    _boxes = {n: mo.ui.checkbox(label=n.replace("_", " ")) for n in _offered}
    ticks = mo.ui.dictionary(_boxes | {"none": mo.ui.checkbox(label="no set will do")})
    return (ticks,)


@app.cell
def judge_input(round_picker, set_tries, ticks):
    def _judge(_):
        ticked = frozenset(n for n, on in ticks.value.items() if on and n != "none")
        choice = None if ticks.value["none"] else ticked
        n = round_picker.value
        set_tries(lambda tries: {**tries, n: [*tries.get(n, []), choice]})

    judge_button = mo.ui.button(label="judge", on_click=_judge)
    return (judge_button,)


@app.cell(hide_code=True)
def game_shown(SEED, game, get_tries, judge_button, round_picker, ticks):
    _row, _tries = game.loc[round_picker.value], get_tries()
    _ticked = [name for name, on in ticks.value.items() if on and name != "none"]
    _solved, _points = score(game, _tries)
    _score = mo.md(
        f"**{_solved} of {len(game)} solved, {_points} {'point' if _points == 1 else 'points'}**"
    )
    _boxes = [*ticks.elements.values(), judge_button]
    _parts = [mo.hstack([round_picker, _score]), draw(_row["graph"].adjusting(*_ticked))]
    _parts += [mo.hstack(_boxes, justify="start", gap=1, wrap=True)]
    if round_picker.value in _tries:
        _parts += [verdict(_row, _tries[round_picker.value][-1], SEED + round_picker.value)]
    mo.vstack(_parts)
    return


@app.function(hide_code=True)
def verdict(row, choice, seed):
    """Return what graph and simulation say about one choice."""
    right = is_right(row, choice)
    if choice is None:
        text = "Right: what confounds is unmeasured. An experiment would do."
        text = text if right else "There is a set: which measured nodes block the open paths?"
    else:
        text = f"{'✔' if right else '✘'} {explain(row['graph'], choice, seed)}"
        if not right and is_right(row, None):
            text += " Can any box here block what is open?"
    return mo.callout(mo.md(text), kind="success" if right else "warn")


@app.function(hide_code=True)
def explain(graph, choice, seed):
    """Return the reasons of the graph, and the numbers of the simulation, for one choice."""
    why = " ".join(reasons(graph, choice)) or "Every other path is blocked, and none was opened."
    slope, error, truth = simulate_choice(graph, choice, seed)
    gap = f"{abs(slope - truth) / error:.1f} standard errors away"
    return (
        f"Controlling for **{', '.join(sorted(choice)) or 'nothing'}**. Graph: {why} Simulation: "
        f"{signed(slope)} against the truth {signed(truth)}, {gap}."
    )


@app.function(hide_code=True)
def judge_game(game, tries):
    """Return True when every round is solved, or what is still to be done."""
    if not isinstance(tries, dict) or not all(isinstance(tries[n], list) for n in tries):
        return 'Write a dictionary, round → set of names, such as `{1: {"ability"}}`; or play.'
    for n, choices in tries.items():
        if not any(is_right(game.loc[n], choice) for choice in choices):
            return f"Round {n}: {blame(game.loc[n, 'graph'], choices[-1])}"
    open_rounds = [str(n) for n in game.index if n not in tries]
    if open_rounds:
        done = f"{len(tries)} of {len(game)} rounds solved."
        raise checks.Unanswered(f"{done} Open: {', '.join(open_rounds)}.")
    return True


@app.function(hide_code=True)
def blame(graph, choice):
    """Return why a wrong choice is wrong; what the graph does not offer is named."""
    if choice is None:
        return "There is a set: which measured nodes block the open paths?"
    offered = set(graph.observed) - {graph.treatment, graph.outcome}
    unknown = sorted(set(choice) - offered)
    if unknown:
        return f"{', '.join(unknown)} cannot be controlled for: choose from {sorted(offered)}."
    return " ".join(reasons(graph, choice))


@app.cell(hide_code=True)
def check_7(game, game_answers, get_tries, set_progress):
    _hints = [
        "First rule out every node that the treatment changes.",
        "Then write down each path that enters the treatment, and block it.",
        "A collider blocks its path by itself. Leave it, and all that it causes, alone.",
    ]
    _why = """Twelve graphs, and nobody looked at a correlation. What to control for is read off
    the graph; the data only have to supply the columns."""
    _tries = get_tries() or tries_in(game_answers, len(game)) or game_answers
    check_7 = checks.holds(_tries, functools.partial(judge_game, game), hints=_hints, why=_why)
    set_progress(check_7.record("7"))
    check_7
    return


@app.cell(hide_code=True)
def read_game():
    mo.md("""
    In round 8 two answers are right, in round 12 three; in round 1 controlling for ability is not needed,
    and narrows the interval. In round 11 controlling for the distance makes things *worse*: it removes the part of
    college that chance decides, and leaves the part that talent decides (economists use such a distance as an *instrument*).
    """)
    return


@app.cell(hide_code=True)
def table2_heading():
    mo.md("""
    ## One regression, one effect

    The city again. The regression of price on listings and tourism gave the right effect of **listings**.
    Its table has another row: tourism. May we report that coefficient too, as the effect of tourism?
    """)
    return


@app.cell
def table2(city, neighbourhoods):
    _columns = ["listings", "tourism"]
    _rest = {"listings": ["tourism"], "tourism": ["listings"]}
    table2 = pd.DataFrame(
        {
            "variable": _columns,
            "coefficient": [regress(neighbourhoods, "price", c, _rest[c])[0] for c in _columns],
            "total effect": [city.total_effect(c, "price") for c in _columns],
        }
    )
    return (table2,)


@app.cell(hide_code=True)
def table2_shown(table2):
    _round = {c: table2[c].map(lambda v: signed(v, 1)) for c in ("coefficient", "total effect")}
    as_table(table2.assign(**_round))
    return


@app.cell(hide_code=True)
def read_table2(table2):
    _tourism = table2.set_index("variable").loc["tourism"]
    mo.md(f"""
    For listings the coefficient is the effect. For tourism it is not: {signed(_tourism["coefficient"], 0, "€")} holds
    listings fixed, and listings are a *mediator* of tourism. Its total effect is
    {signed(_tourism["total effect"], 0, "€")} per thousand visitors. Each row of a table answers another question, and may
    need another adjustment set. Reading them all as effects is the **Table 2 fallacy** (Westreich & Greenland 2013).
    """)
    return


@app.cell(hide_code=True)
def importance_note():
    mo.md("""
    ### What predicts best is not what works best

    A shop wants more `purchases`. `season` moves the discount and the purchases; a `discount` brings
    `visits`, visits bring purchases, and purchases bring loyalty `points`. We train a random forest, which
    averages many decision trees, and ask how much its prediction suffers when a column is shuffled.
    """)
    return


@app.cell
def promotion_world():
    _arrows = {("season", "discount"): 1, ("season", "purchases"): 1, ("discount", "visits"): 1}
    _arrows |= {("visits", "purchases"): 1, ("purchases", "points"): 1}
    promotion = LinearWorld(_arrows, noise={"points": 0.5})
    FEATURES = ["season", "discount", "visits", "points"]
    return FEATURES, promotion


@app.cell
def forest(FEATURES, SEED, promotion):
    from sklearn.ensemble import RandomForestRegressor

    _weeks, new_weeks = promotion.sample(1_000, SEED), promotion.sample(1_000, SEED + 1)
    forest = RandomForestRegressor(60, min_samples_leaf=5, random_state=SEED)
    forest.fit(_weeks[FEATURES], _weeks["purchases"])
    forest_r2 = forest.score(new_weeks[FEATURES], new_weeks["purchases"])
    return forest, forest_r2, new_weeks


@app.cell
def importance(FEATURES, SEED, forest, new_weeks, promotion):
    from sklearn.inspection import permutation_importance

    _shuffled = permutation_importance(
        forest, new_weeks[FEATURES], new_weeks["purchases"], n_repeats=3, random_state=SEED
    )
    _effects = [promotion.total_effect(name, "purchases") for name in FEATURES]
    importance = pd.DataFrame(
        {"feature": FEATURES, "importance": _shuffled["importances_mean"], "effect": _effects}
    )
    return (importance,)


@app.cell(hide_code=True)
def importance_shown(importance):
    _left = ("importance", "naive", "What the forest uses", "loss of R² when shuffled")
    _right = ("effect", "treated", "What do() would change", "purchases per unit")
    mo.hstack([chart_bars(importance, *_panel) for _panel in (_left, _right)], justify="start")
    return


@app.function(hide_code=True)
def chart_bars(frame, column, role, title, unit):
    """Return one bar for each feature, in the order of the frame."""
    y = alt.Y("feature:N", title=None, sort=frame["feature"].tolist())
    bars = alt.Chart(frame.round(3)).mark_bar(height=26, color=charts.ROLES[role])
    chart = bars.encode(alt.X(f"{column}:Q", title=unit), y)
    values = ", ".join(f"{row.feature} {getattr(row, column):.2f}" for row in frame.itertuples())
    return charts.describe(
        chart.properties(title=title, width=330, height=170), f"{title}: {values}"
    )


@app.cell(hide_code=True)
def read_importance(forest_r2, importance):
    _of = importance.set_index("feature")
    _top = _of["importance"].idxmax()
    mo.md(f"""
    The forest predicts well: R², the share of the variance it explains, is {forest_r2:.2f} on new weeks. Its champion is **{_top}**, whose true effect is
    {number(_of.loc[_top, "effect"], 0)}: giving points away sells nothing. The discount has a true effect of
    {signed(_of.loc["discount", "effect"], 0)} purchase per unit and an importance of {number(_of.loc["discount", "importance"], 2)}, because
    everything it does shows later in visits, and then in points; so visits, too, add nothing. Importance answers *what helps to guess*, not *what helps*.
    """)
    return


@app.cell(hide_code=True)
def assumptions_heading():
    mo.md("""
    ## Four ways to be wrong with the right graph

    A number is an effect only under assumptions. Four of them, each with a simulator that breaks it:

    1. **Temporality**: the cause comes before the effect.
    2. **Positivity**: every kind of unit may get every treatment.
    3. **SUTVA**, no interference: one unit's treatment leaves the others alone.
    4. **Ignorability**, no unmeasured confounding: nothing unseen moves both treatment and outcome.
    """)
    return


@app.cell(hide_code=True)
def time_note():
    mo.md("""
    ### 1 · Temporality: e-mails and last year's satisfaction

    A telephone company e-mails its unhappy customers. Its table holds `e-mails` of this year and one
    column `satisfaction`. Nobody noticed that the survey was *last* year's.
    """)
    return


@app.function
def email_world(emails_per_point):
    """Return the company: last year's satisfaction steers e-mails; e-mails help a little."""
    arrows = {("last_year", "emails"): emails_per_point, ("last_year", "this_year"): 0.8}
    return LinearWorld(arrows | {("emails", "this_year"): 0.3}, {"last_year": 6, "emails": 8})


@app.cell
def time_slider():
    emails_per_point = mo.ui.slider(
        -2, 2, 0.25, value=-1, show_value=True, label="satisfaction last year → e-mails"
    )
    return (emails_per_point,)


@app.cell
def time_numbers(N_UNITS, SEED, emails_per_point):
    _record = email_world(emails_per_point.value).sample(N_UNITS, SEED)
    _given_last = regress(_record, "this_year", "emails", ["last_year"])
    _rows = [
        ("last year's survey", *regress(_record, "last_year", "emails"), "naive"),
        ("this year's survey", *regress(_record, "this_year", "emails"), "naive"),
        ("this year's given last's", *_given_last, "adjusted"),
    ]
    time_numbers = pd.DataFrame(_rows, columns=["label", "mean", "error", "role"])
    return (time_numbers,)


@app.cell(hide_code=True)
def time_shown(emails_per_point, time_numbers):
    _title = f"The wrong column says {signed(time_numbers['mean'].iloc[0])} per e-mail"
    _unit = "satisfaction points per e-mail"
    _chart = chart_numbers(time_numbers, 0.3, _unit, (-0.7, 1), _title, 700)
    mo.vstack([emails_per_point, _chart])
    return


@app.cell(hide_code=True)
def read_time(emails_per_point, time_numbers):
    mo.md(f"""
    E-mails cannot change last year: their effect on that column is exactly 0, and the slope is {signed(time_numbers["mean"].iloc[0])} at
    the slider's {signed(emails_per_point.value)}. The arrow runs the other way. With the right column, and last year's survey as what it is, a
    confounder, we are back at the truth. Ask of every column: *when was it measured?*
    """)
    return


@app.cell(hide_code=True)
def positivity_note():
    mo.md("""
    ### 2 · Positivity: 40 neighbourhoods, 20 covariates

    A job programme runs in 40 neighbourhoods. The slider says how strictly it is reserved for the poor ones. It helps
    most where need is greatest; over all people its mean effect is **2** points. Where all or none take part, nobody can
    be compared.
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
    """Return the effect within areas that hold both arms, its error, and how many areas do."""
    moments = ["mean", "var", "size"]
    arms = people.pivot_table("outcome", index="area", columns="treated", aggfunc=moments)
    both = arms[(arms["size"] >= 2).all(axis=1)]
    weight = both["size"].sum(axis=1) / both["size"].to_numpy().sum()
    effect = (weight * (both["mean"][1] - both["mean"][0])).sum()
    error = np.sqrt((weight**2 * (both["var"] / both["size"]).sum(axis=1)).sum())
    return float(effect), float(error), len(both)


@app.cell
def positivity_slider():
    strictness = mo.ui.slider(0, 12, 1, value=6, show_value=True, label="how strictly reserved")
    return (strictness,)


@app.cell
def positivity_numbers(N_UNITS, SEED, strictness):
    _people = programme(N_UNITS, SEED, strictness.value)
    _effect, _error, comparable_areas = compare_within(_people)
    _rows = [
        ("naive", *regress(_people, "outcome", "treated"), "naive"),
        ("within comparable areas", _effect, _error, "adjusted"),
    ]
    positivity_numbers = pd.DataFrame(_rows, columns=["label", "mean", "error", "role"])
    return comparable_areas, positivity_numbers


@app.cell(hide_code=True)
def positivity_shown(comparable_areas, positivity_numbers, strictness):
    _title = f"{comparable_areas} of 40 areas hold both arms"
    _chart = chart_numbers(positivity_numbers, 2, "effect (points)", (-4, 5), _title, 700)
    mo.vstack([strictness, _chart])
    return


@app.cell(hide_code=True)
def read_positivity(comparable_areas, positivity_numbers):
    _rest = "That is everybody: move the slider up."
    if comparable_areas < 40:
        _rest = """For the other areas the data are silent, and the mean over all people is out of reach. A
    regression would fill the gap with a straight line, and not say so."""
    mo.md(f"""
    Within comparable areas we find {signed(positivity_numbers["mean"].iloc[1])}, and it speaks for *them*: {comparable_areas} of 40. {_rest}
    """)
    return


@app.cell
def twenty_covariates(N_UNITS, SEED):
    _rng = np.random.default_rng(SEED)
    _bits, _arm = _rng.integers(0, 2, (N_UNITS, 20)), pd.Series(_rng.integers(0, 2, N_UNITS))
    _kinds = [_bits[:, :k] @ 2 ** np.arange(k) for k in range(21)]  # who agrees on k covariates
    _shares = [(_arm.groupby(kind).transform("nunique") == 2).mean() for kind in _kinds]
    matched = pd.DataFrame({"covariates": range(21), "share": _shares})
    return (matched,)


@app.cell(hide_code=True)
def matched_shown(matched):
    _half = int(matched.loc[matched["share"] < 0.5, "covariates"].min())
    _title = f"With {_half} yes/no covariates, most people have no twin"
    _x = alt.X("covariates:Q", title="yes/no covariates that must agree (number)")
    _y = alt.Y("share:Q", title="share with a twin", axis=alt.Axis(format="%"))
    _dot = alt.OverlayMarkDef(size=70)
    _chart = alt.Chart(matched).mark_line(point=_dot, color=charts.ROLES["adjusted"]).encode(_x, _y)
    _words = f"{_title}. Share of 5,000 people who have somebody just like them in the other arm."
    charts.describe(_chart.properties(title=_title, height=190), _words)
    return


@app.cell(hide_code=True)
def read_matched(matched):
    _share = matched.set_index("covariates")["share"]
    mo.md(f"""
    Even a fair coin cannot save exact comparison: with 10 covariates {percent(_share[10])} of 5,000 people have a twin in the
    other arm, with 20 only {percent(_share[20], 1)}: a million kinds of people. "Control for everything" runs out of people.
    Models and weights trade this for assumptions.
    """)
    return


@app.cell(hide_code=True)
def sutva_note():
    mo.md("""
    ### 3 · SUTVA: invites in a multiplayer game

    5,000 players in 1,000 teams of five. An invite makes a player play 2 hours more a week. But players who
    were invited bring their team along: each gains when team mates are invited. What would happen if **everybody**
    were invited, instead of nobody?
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
def sutva_slider():
    _label = "spill-over (hours if all team mates are invited)"
    spill = mo.ui.slider(0, 4, 0.25, value=2, show_value=True, label=_label)
    return (spill,)


@app.cell
def sutva_numbers(N_UNITS, SEED, spill):
    _players = invite(N_UNITS, SEED, spill.value, by_team=False)
    _teams = invite(N_UNITS, SEED, spill.value, by_team=True).groupby("team").mean()
    _rows = [
        ("coin for each player", *regress(_players, "hours", "invited"), "naive"),
        ("coin for each team", *regress(_teams, "hours", "invited"), "adjusted"),
    ]
    sutva_numbers = pd.DataFrame(_rows, columns=["label", "mean", "error", "role"])
    return (sutva_numbers,)


@app.cell(hide_code=True)
def sutva_shown(spill, sutva_numbers):
    _truth, _unit = 2 + spill.value, "hours per week and player"
    _title = f"Inviting everybody adds {number(_truth)} hours"
    mo.vstack([spill, chart_numbers(sutva_numbers, _truth, _unit, (1, 7), _title, 700)])
    return


@app.cell(hide_code=True)
def read_sutva(spill, sutva_numbers):
    _player, _team = map(signed, sutva_numbers["mean"])
    _spills = f"""Invited team mates lift the players without an invite as much as those with one: the comparison cancels the
    spill-over. A coin for whole **teams** finds {_team}: no spill-over crosses from team to team."""
    _quiet = f"Nothing spills over, and a coin for whole teams agrees: {_team}. Move the slider up."
    mo.md(f"""
    A perfect coin for each player finds {_player}; the truth is {signed(2 + spill.value)}. {_spills if spill.value else _quiet} Ask: *who
    else is touched when I treat one?*
    """)
    return


@app.cell(hide_code=True)
def hidden_note():
    mo.md("""
    ### 4 · Ignorability: job training, adjusted for age only

    An office records `age`, hours of `training` and later `wage`. Older people train less and earn more: it
    adjusts for age. Nobody recorded `motivation`. One hour of training adds **€1** a week.
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
def hidden_slider():
    motivation = mo.ui.slider(
        0, 40, 2.5, value=20, show_value=True, label="motivation → wage (€ per sd)"
    )
    return (motivation,)


@app.cell(hide_code=True)
def hidden_shown(QUESTIONS, motivation, show_world):
    _world = training_world(motivation.value)
    show_world(_world, *QUESTIONS["office"], motivation, hidden=["motivation"])
    return


@app.cell(hide_code=True)
def read_hidden():
    mo.md("""
    Adjusting for age closes one path; the one through motivation stays open, and **no test on this record can
    show it**: only knowledge, a better measurement, or a lottery. At 0 the adjusted number is right, and the naive one
    is not.
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
def stories():
    STORIES = {
        "A": ("positivity", "is there a premium customer without the discount to compare with?"),
        "B": (
            "ignorability",
            "what moves both the choice and the grades, and is not in the table?",
        ),
        "C": ("sutva", "can a vaccinated room mate protect somebody who is not?"),
        "D": ("temporality", "can June change May?"),
    }
    return (STORIES,)


@app.cell(hide_code=True)
def judge_stories(STORIES):
    def judge_broken(answer):
        """Return True, or the question to ask of the first story that is not right."""
        if isinstance(answer, list | tuple) and len(answer) == len(STORIES):
            answer = dict(zip(STORIES, answer, strict=True))
        if not isinstance(answer, dict):
            return "A dictionary is expected, story → assumption, or four texts in order A to D."
        given = {str(k).strip().upper(): str(v).strip().casefold() for k, v in answer.items()}
        wrong = [story for story, (name, _) in STORIES.items() if given.get(story) != name]
        return f"Story {wrong[0]}: {STORIES[wrong[0]][1]}" if wrong else True

    return (judge_broken,)


@app.cell(hide_code=True)
def check_8(broken, judge_broken, set_progress):
    _hints = ["Each of the four is broken once.", "Look for a coin, a calendar, a rule, a wish."]
    _why = """None of the four shows in the regression's output. They are claims about how the data
    came about; a good report lists them, and says what would break each."""
    check_8 = checks.holds(broken, judge_broken, hints=_hints, why=_why)
    set_progress(check_8.record("8"))
    check_8
    return


@app.cell(hide_code=True)
def multiple_heading():
    mo.md("""
    ## Twenty treatments that do nothing

    A team tests 20 changes to a page, each on 500 users by a fair coin. **None does anything.** For each it computes a
    p-value: the chance of a difference at least this large if there is no effect. Below .05 it calls the change a success.

    Move the slider: each position is another month.
    """)
    return


@app.function
def null_p_values(seed, tests=20, n=500):
    """Return the p-values of `tests` randomised comparisons in which nothing happens."""
    rng = np.random.default_rng(seed)
    treated, outcome = rng.integers(0, 2, (tests, n)), rng.normal(size=(tests, n))
    share = treated.mean(axis=1)
    gap = (outcome * (treated - share[:, None])).mean(axis=1) / (share * (1 - share))
    z = gap * np.sqrt(n * share * (1 - share))  # the outcome's sd is known: 1
    return np.array([2 * NormalDist().cdf(-abs(value)) for value in z])


@app.cell
def month_slider():
    month = mo.ui.slider(1, 24, 1, value=1, show_value=True, label="month")
    return (month,)


@app.cell
def month_now(SEED, month):
    p_values = null_p_values(SEED + 1_000 * month.value)
    found_now = int((p_values < 0.05).sum())
    return found_now, p_values


@app.cell(hide_code=True)
def month_template():
    _names = ["“success”", "nothing"]
    _hues = alt.Scale(domain=_names, range=[charts.ROLES["naive"], charts.ROLES["control"]])
    _shapes = alt.Scale(domain=_names, range=["diamond", "circle"])
    _x = alt.X("change:O", title="change (number)", axis=alt.Axis(labelAngle=0))
    _y = alt.Y("p:Q", title="p-value", scale=alt.Scale(domain=[0, 1]))
    _base = alt.Chart(pd.DataFrame({"change": [1], "p": 0.5, "verdict": "nothing"}))
    _dots = _base.mark_point(filled=True, size=150, opacity=1).encode(_x, _y)
    _dots = _dots.encode(
        alt.Shape("verdict:N", scale=_shapes, legend=None),
        alt.Color("verdict:N", scale=_hues, legend=None),
    )
    _rule = alt.Chart(pd.DataFrame({"line": [0.05]})).mark_rule(strokeDash=[6, 4])
    _chart = (_dots + _rule.encode(y="line:Q")).properties(title=alt.Title(""))
    MONTH = _chart.properties(width=700, height=184).to_dict()
    return (MONTH,)


@app.cell(hide_code=True)
def month_shown(MONTH, found_now, month, p_values):
    _verdicts = np.where(p_values < 0.05, "“success”", "nothing")
    _dots = pd.DataFrame({"change": range(1, 21), "p": p_values.round(4), "verdict": _verdicts})
    _title = f"Month {month.value}: {found_now} of 20 changes below the line"
    _words = f"{_title}. p-values of 20 changes that do nothing; diamonds lie below .05."
    mo.vstack([month, charts.redraw(MONTH, _dots, title=_title, words=_words)])
    return


@app.cell(hide_code=True)
def read_month(found_now, month):
    _n = f"{found_now} “success{'es' if found_now != 1 else ''}”"
    _what = "Nothing was found, by luck." if not found_now else "Every one of them is false."
    mo.md(f"""
    Month {month.value}: {_n} (diamonds below the dashed line). {_what} No confounder, no
    collider: whoever looks often enough finds something. How often does that happen?
    """)
    return


@app.cell
def false_alarms(N_WORLDS, SEED):
    share_with_alarm = np.mean(
        [null_p_values(SEED + 100_000 + i).min() < 0.05 for i in range(N_WORLDS)]
    )
    return (share_with_alarm,)


@app.cell(hide_code=True)
def question_9(N_WORLDS, share_with_alarm):
    mo.md(f"""
    ### Exercise 9 · complete · 3 min

    In **{percent(share_with_alarm)}** of {N_WORLDS} simulated months at least one change "worked". Give

    - `chance_of_alarm`: the exact chance that at least one of 20 independent null tests has p < .05,
    - `stricter_threshold`: a threshold for each test, above .001, with which that chance is at most .05.
    """)
    return


@app.cell
def exercise_9_complete():
    # Two numbers between 0 and 1.
    chance_of_alarm = ...
    stricter_threshold = ...
    return chance_of_alarm, stricter_threshold


@app.function(hide_code=True)
def judge_alarm(answers):
    """Return True, or which of the two numbers is not right, and why."""
    chance, threshold = (float(np.asarray(a, dtype=float).reshape(())) for a in answers)
    if not abs(chance - (1 - 0.95**20)) <= 0.005:
        return f"`chance_of_alarm`: {slip_of(chance)}"
    if not 0.001 <= threshold <= 1:
        return "`stricter_threshold`: a number above .001, and no more than it takes."
    still = 1 - (1 - threshold) ** 20
    if still > 0.05 + 1e-9:
        return f"`stricter_threshold`: with {threshold:.4g} the chance is still {percent(still)}."
    return True


@app.function(hide_code=True)
def slip_of(chance):
    """Return the usual mistake that leads to this number."""
    slips = {
        "That is the chance of *no* alarm.": 0.95**20,
        "That is for one test. There are twenty.": 0.05,
        "20 × .05 is the number of alarms to be expected; chances do not add up like this.": 1.0,
        "Give a chance between 0 and 1, not per cent.": 100 * (1 - 0.95**20),
        "That is exactly one alarm; the question says at least one.": 20 * 0.05 * 0.95**19,
    }
    near = [why for why, value in slips.items() if abs(chance - value) < 0.01 * max(1, value)]
    return near[0] if near else "Turn it round: what is the chance of no alarm at all?"


@app.cell(hide_code=True)
def check_9(chance_of_alarm, set_progress, stricter_threshold):
    _given = [chance_of_alarm, stricter_threshold]
    _given = None if any(x is None or x is ... for x in _given) else _given
    _hints = [
        "Twenty times nothing happens: .95 · .95 · …",
        "Share .05 out among the twenty tests.",
    ]
    _why = """A search always finds something. Say how many were tried, share the threshold out
    (Bonferroni), or try the winner again on new data."""
    check_9 = checks.holds(_given, judge_alarm, hints=_hints, why=_why)
    set_progress(check_9.record("9"))
    check_9
    return


@app.cell(hide_code=True)
def boardroom_heading():
    mo.md("""
    ## One chart for the boardroom

    Your manager has ten seconds. One chart, three sentences: what it looks like, why it misleads, what is true.
    """)
    return


@app.cell
def boardroom_data(neighbourhoods):
    _busy = pd.qcut(neighbourhoods["tourism"], [0, 0.1, 0.45, 0.55, 0.9, 1], labels=False)
    _names = {0: "quiet", 2: "average", 4: "busy"}
    boardroom = neighbourhoods.assign(place=_busy.map(_names)).dropna(subset=["place"])
    return (boardroom,)


@app.function(hide_code=True)
def line_ends(frame, label, role):
    """Return the two ends of the fitted line of price on listings."""
    slope, start = np.polyfit(frame["listings"], frame["price"], 1)
    x = np.quantile(frame["listings"], [0.03, 0.97])
    ends = {"label": label, "role": role, "listings": x, "price": start + slope * x}
    return pd.DataFrame(ends)


@app.cell(hide_code=True)
def boardroom_lines(boardroom, neighbourhoods):
    _within = [
        line_ends(part, f"{place} places", "adjusted") for place, part in boardroom.groupby("place")
    ]
    boardroom_ends = pd.concat([line_ends(neighbourhoods, "all places", "naive"), *_within])
    return (boardroom_ends,)


@app.cell(hide_code=True)
def boardroom_axes():
    board_x = alt.X("listings:Q", title="holiday flats (per 1,000 flats)")
    board_x = board_x.scale(domain=[10, 110])
    board_y = alt.Y("price:Q", title="price of a home (€ per m²)", scale=alt.Scale(zero=False))
    return board_x, board_y


@app.cell(hide_code=True)
def boardroom_layers(board_x, board_y, boardroom, boardroom_ends):
    _dots = alt.Chart(boardroom.head(400)[["listings", "price", "place"]].round(1))
    _dots = _dots.mark_point(size=20, opacity=0.4, color=charts.ROLES["control"])
    _ends = alt.Chart(boardroom_ends.round(1)).encode(board_x, board_y, detail="label:N")
    _dash = alt.Scale(domain=["naive", "adjusted"], range=[[8, 5], [1, 0]])
    _lines = _ends.mark_line(strokeWidth=5).encode(
        alt.Color("role:N", scale=charts.role_scale("naive", "adjusted"), legend=None),
        alt.StrokeDash("role:N", scale=_dash, legend=None),
    )
    _dots = _dots.encode(board_x, board_y, alt.Shape("place:N", legend=None))
    boardroom_layers = [_dots, _lines]
    return (boardroom_layers,)


@app.cell(hide_code=True)
def boardroom_labels(board_x, board_y, boardroom_ends):
    def _label(ends, dx, dy):
        text = alt.Chart(ends.round(1)).encode(board_x, board_y, text="label:N")
        return text.mark_text(align="left", dx=dx, dy=dy, fontSize=15, fontWeight="bold")

    _all, _within = (boardroom_ends[boardroom_ends["role"] == r] for r in ("naive", "adjusted"))
    boardroom_labels = [
        _label(_all.head(1), -10, 20),
        _label(_within.drop_duplicates("label", keep="last"), 8, 0),
    ]
    return (boardroom_labels,)


@app.cell(hide_code=True)
def boardroom_chart(adjusted_slope, boardroom_labels, boardroom_layers):
    _title = f"Every listing makes homes dearer: {signed(adjusted_slope, 0, '€')} per m²"
    _words = """Price against listings: the line over all places falls, the three lines for quiet,
    average and busy places rise."""
    chart_boardroom = alt.layer(*boardroom_layers, *boardroom_labels)
    chart_boardroom = chart_boardroom.properties(title=_title, height=270)
    chart_boardroom = charts.describe(chart_boardroom, f"{_title}. {_words}")
    return (chart_boardroom,)


@app.cell
def boardroom_export(chart_boardroom):
    # One button under the chart. The browser draws the file: no network, no further package.
    _actions = {"export": {"png": True, "svg": False}}
    _actions |= {"source": False, "compiled": False, "editor": False}
    _button = {"defaultStyle": False, "actions": _actions, "downloadFileName": "boardroom"}
    _button |= {"scaleFactor": {"png": 3}, "i18n": {"PNG_ACTION": "Save this chart as PNG"}}
    boardroom_png = chart_boardroom.properties(usermeta={"embedOptions": _button})
    boardroom_png
    return


@app.cell(hide_code=True)
def boardroom_words(adjusted_slope, naive_slope):
    mo.md(f"""
    1. Put all places in one heap and holiday flats seem to make homes *cheaper*: {signed(naive_slope, 0, "€")} per m² and listing.
    2. But busy places have more holiday flats **and** lower prices, because of noise and crowds: we compared busy
       with quiet.
    3. Among equally busy places each listing goes with **{signed(adjusted_slope, 0, "€")}**; if nothing else separates them, that is what a new one would do.
    """)
    return


@app.cell(hide_code=True)
def takeaways(adjusted_slope, correlation_selected, naive_slope):
    mo.md(f"""
    ## Takeaways: what should I control for?

    1. **Draw** what causes what, and when each thing was measured. No table can do this for you.
    2. **Control for what blocks an open path into the treatment**: {signed(naive_slope, 0, "€")} became
       {signed(adjusted_slope, 0, "€")}. What nobody measured stays open; a lottery would cut it.
    3. **Leave alone what the treatment changes**, mediators, colliders and their copies, and beware of selected
       samples: nothing became {signed(correlation_selected, 1)}.

    Then report **one effect per regression**, its assumptions (time, positivity, SUTVA, ignorability), and how many
    you tried. Importance is not an effect.
    """)
    return


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=9)
    return


@app.cell(hide_code=True)
def references():
    mo.md("""
    ### References

    - Ding, P., & Miratrix, L. W. (2015). To adjust or not to adjust? Sensitivity analysis of M-bias and
      butterfly-bias. *Journal of Causal Inference*, 3(1), 41–57. [doi:10.1515/jci-2013-0021](https://doi.org/10.1515/jci-2013-0021)
    - Hernán, M. A., & Robins, J. M. (2020). *Causal Inference: What If*. Chapman & Hall/CRC.
    - Pearl, J. (1995). Causal diagrams for empirical research. *Biometrika*, 82(4), 669–688.
      [doi:10.1093/biomet/82.4.669](https://doi.org/10.1093/biomet/82.4.669)
    - Simpson, E. H. (1951). The interpretation of interaction in contingency tables. *Journal of the Royal
      Statistical Society, Series B*, 13(2), 238–241. [doi:10.1111/j.2517-6161.1951.tb00088.x](https://doi.org/10.1111/j.2517-6161.1951.tb00088.x)
    - Westreich, D., & Greenland, S. (2013). The Table 2 fallacy: presenting and interpreting confounder and
      modifier coefficients. *American Journal of Epidemiology*, 177(4), 292–298.
      [doi:10.1093/aje/kws412](https://doi.org/10.1093/aje/kws412)
    """)
    return


if __name__ == "__main__":
    app.run()
