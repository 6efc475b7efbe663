import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What would happen if we changed the price?",
    layout_file="layouts/01_causal_graphs.slides.json",
    css_file="../slides/theme.css",
)

with app.setup:
    import difflib
    import itertools
    import re
    import string
    from html import escape
    from statistics import NormalDist

    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import charts, checks, fits, graphs, simulate, tidy


@app.cell(hide_code=True)
def title():
    # notes: Aim: one question in the room, no method yet. Ask who has ever changed a price, and how
    # notes: they knew what it did. Trap: do not say "confounder" before the hotel has shown one.
    # notes: Minutes: 3. If late: read the title and go to the first picture.
    mo.md("""
    # What would happen if we changed the price?

    A hotel has kept a record of a thousand evenings. On dear evenings it sells more
    rooms than on cheap ones. Should the owner raise her prices?

    Decide for yourself first. This notebook then shows what the record can say, what is missing, and
    how to write it down.

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Each exercise says how you are doing.*
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | tell *seeing* from *doing*, draw assumptions as a graph, run the graph as a program, test what can be tested |
    | Question | How many bookings does one more euro cost the hotel, and does it pay? |
    | Estimand | the mean of bookings(price + 1) − bookings(price), over all evenings |
    | Design | a simulated hotel: its truth is known, and opened halfway |
    | Data | 1,000 simulated evenings; later ten customers, a resort, a car insurer |
    | Time | core 125 minutes; seven checked exercises |
    | Before | Python, means, the slope of a line; for one section, a posterior |
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
def knob_n_evenings():
    N_EVENINGS = 200  # in the record that PyMC simulates and learns from
    return (N_EVENINGS,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 400  # repeated hotels, where a rate is simulated
    return (N_WORLDS,)


@app.cell
def quick():
    QUICK = {"mode": "FAST_COMPILE"}  # predictive draws: interpreted, no wait for a compiler
    return (QUICK,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


@app.cell(hide_code=True)
def seeing():
    # notes: Aim: everybody reads the slope from the picture, and half the room would act on it.
    # notes: Trap: "correlation is not causation" as a phrase ends the thinking; ask who the
    # notes: number is useful to. Minutes: 7 with exercise 1. If late: skip the vote, show the answer.
    mo.md("""
    ## On dear evenings the hotel is full

    The record holds three numbers for each evening.

    | Variable | Meaning | Unit |
    |:--|:--|:--|
    | `temperature` | temperature at noon | °C |
    | `price` | price of one night | € |
    | `bookings` | rooms sold that evening | rooms |

    n = 1,000 evenings. Source: a simulator, seeded by `SEED`; we open it below.
    """)
    return


@app.cell
def record(SEED, hotel):
    evenings = graphs.sample(hotel, n=1_000, seed=SEED)
    return (evenings,)


@app.function
def regress(frame, outcome, on, given=()):
    """Return the coefficient of `on` (outcome per unit of `on`) and its standard error."""
    design = np.column_stack([np.ones(len(frame)), frame[[on, *given]]])
    coefficients, squares, *_ = np.linalg.lstsq(design, frame[outcome], rcond=None)
    variance = squares[0] / (len(frame) - design.shape[1])
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1])
    return float(coefficients[1]), float(error)


@app.cell
def naive(evenings):
    naive_slope, naive_error = regress(evenings, "bookings", on="price")
    return naive_error, naive_slope


@app.cell
def axes():
    x_price = alt.X("price:Q", title="price (€ per night)", scale=alt.Scale(domain=[15, 80]))
    y_bookings = alt.Y("bookings:Q", title="bookings (rooms)", scale=alt.Scale(domain=[0, 140]))
    return x_price, y_bookings


@app.cell(hide_code=True)
def evenings_chart(x_price, y_bookings):
    def chart_evenings(frame, role, title):
        base = alt.Chart(frame.head(1_000)[["price", "bookings"]].round(2)).encode(
            x_price, y_bookings
        )
        points = base.mark_circle(size=24, opacity=0.35, color=charts.ROLES["control"], clip=True)
        line = base.transform_regression("price", "bookings").mark_line(
            color=charts.ROLES[role], strokeWidth=5, clip=True
        )
        words = f"{title}. One dot per evening, bookings against price, with the fitted line."
        return charts.describe((points + line).properties(title=title, height=230), words)

    return (chart_evenings,)


@app.cell(hide_code=True)
def chart_seeing(chart_evenings, evenings, naive_slope):
    chart_evenings(
        evenings, "naive", f"Seeing: each euro goes with {tidy.signed(naive_slope)} bookings"
    )
    return


@app.cell(hide_code=True)
def read_naive(evenings, naive_slope):
    mo.md(f"""
    Price and bookings rise together: correlation
    {tidy.signed(evenings["price"].corr(evenings["bookings"]))} (−1 to +1), slope {tidy.signed(naive_slope)}
    rooms per euro (the rise of the fitted line). A **guest** can use this: cheap evenings are quiet.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### Exercise 1 · predict · 2 min

    The **owner** does not see a price, she sets it. From tomorrow she adds €10 to every night,
    warm or cold. What happens to the mean number of bookings?

    Answer with one of `"rises by about 5"`, `"stays the same"`, `"falls by about 10"`,
    `"the record cannot tell"`.
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the four texts above.
    # solution
    owners_answer = "the record cannot tell"
    owners_answer
    return (owners_answer,)


@app.cell(hide_code=True)
def hints_1(naive_slope):
    options_1 = [
        "rises by about 5",
        "stays the same",
        "falls by about 10",
        "the record cannot tell",
    ]
    hints_1 = [
        (
            options_1[0],
            f"You took {tidy.signed(naive_slope)} times 10. Why were some evenings dear?",
        ),
        (options_1[1], "What in the record would show that guests ignore the price?"),
        (options_1[2], "That may be so, and yet nothing in the record says it."),
        "Who, or what, chose the price of each evening in the record?",
    ]
    return hints_1, options_1


@app.cell(hide_code=True)
def check_1(hints_1, options_1, owners_answer, set_progress):
    check_1 = checks.choice(
        owners_answer.strip(" .") if isinstance(owners_answer, str) else owners_answer,
        "the record cannot tell",
        options_1,
        hints=hints_1,
        why="Three hotels with this same record can have three different answers; you will meet "
        "them. What decides is how the prices came about, and that is not in the table.",
    )
    set_progress(check_1.record("1"))
    check_1
    return


@app.cell(hide_code=True)
def outcomes_heading():
    # notes: Aim: "effect" gets a meaning before any graph. Trap: people read the revealed table as
    # notes: something a better data team could deliver; nobody can. Minutes: 12 with exercise 2.
    # notes: If late: reveal at once and skip the 252 ways.
    mo.md("""
    ## Each customer shows one of two outcomes

    A telephone company made a special offer to five of ten customers. Did it keep them?

    Each customer has two **potential outcomes**: `y1`, churn (1) or stay (0) with the offer, and
    `y0`, without it. The effect of the offer on a customer is `y1 − y0`. One of the two is always
    missing: this is the *fundamental problem of causal inference* (Rubin 1974; Holland 1986).
    """)
    return


@app.cell
def potential_outcomes():
    customers = pd.DataFrame(
        {
            "customer": ["Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon"],
            "offer": [1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
            "y0": [1, 1, 1, 1, 0, 0, 0, 0, 0, 1],
            "y1": [1, 1, 0, 0, 0, 0, 0, 1, 0, 0],
        }
    )
    return (customers,)


@app.cell
def reveal_switch():
    # slide: skip
    reveal = mo.ui.switch(label="Show what nobody can see")
    return (reveal,)


@app.cell(hide_code=True)
def reveal_table(customers, reveal):
    _table = tidy.as_table(hide_unseen(customers, reveal.value))
    mo.vstack([_table, reveal, mo.md(read_means(customers, reveal.value))])
    return


@app.function(hide_code=True)
def hide_unseen(customers, revealed):
    """Return the potential outcomes, a column for each customer; `?` until revealed."""

    def cell(value, seen):
        hue = charts.ROLES["counterfactual"]
        unseen = f"<span style='color:{hue}'>{value}</span>" if revealed else "?"
        return f"**{value}**" if seen else unseen

    c = customers.assign(effect=customers["y1"] - customers["y0"])
    seen = pd.DataFrame({"y0": c["offer"] == 0, "y1": c["offer"] == 1, "effect": False})
    for name in seen:
        c[name] = [cell(value, ok) for value, ok in zip(c[name], seen[name], strict=True)]
    c["offer"] = c["offer"].map({1: "yes", 0: "no"})
    return c.rename(columns={"effect": "y1 − y0"}).set_index("customer").T.reset_index(names="")


@app.function(hide_code=True)
def read_means(customers, revealed):
    """Return in words what the visible cells say, and what all cells say."""
    seen = churn_difference(customers, customers["offer"] == 1)
    text = f"Churn with the offer minus churn without it, visible cells: **{tidy.signed(seen)}**. "
    if not revealed:
        return text + "The offer seems to drive customers away. Move the switch."
    effect = tidy.signed((customers["y1"] - customers["y0"]).mean())
    return (
        f"{text}\n\nMean of `y1 − y0`, all ten: **{effect}**. The offer keeps customers. It went to "
        "those about to leave, and so it looks guilty."
    )


@app.function
def churn_difference(customers, offered):
    """Return observed churn with the offer minus churn without it, when `offered` get it."""
    return customers.loc[offered, "y1"].mean() - customers.loc[~offered, "y0"].mean()


@app.cell(hide_code=True)
def question_2():
    mo.md("""
    ### Exercise 2 · complete · 4 min

    You may look at all of `customers` (columns `offer`, `y0`, `y1`). Compute three means of
    `y1 − y0`, as shares between −1 and 1:

    - `ate`: over all ten customers (*average treatment effect*),
    - `att`: over the five who got the offer (*on the treated*),
    - `atu`: over the five who did not (*on the untreated*).
    """)
    return


@app.cell
def exercise_2_complete(customers):
    # Three numbers. One line for each will do.
    _effect = customers["y1"] - customers["y0"]
    # solution
    ate = _effect.mean()
    att, atu = _effect[customers["offer"] == 1].mean(), _effect[customers["offer"] == 0].mean()
    tidy.as_table(pd.DataFrame({"ate": [ate], "att": [att], "atu": [atu]}))
    return ate, att, atu


@app.cell(hide_code=True)
def truth_2(customers):
    effects_2 = customers["y1"] - customers["y0"]
    _offer = customers["offer"] == 1
    truth_2 = np.array([effects_2.mean(), effects_2[_offer].mean(), effects_2[~_offer].mean()])
    return effects_2, truth_2


@app.cell(hide_code=True)
def hints_2(customers, effects_2, truth_2):
    _naive = churn_difference(customers, customers["offer"] == 1)
    _turned = f"`ate` is minus the visible {tidy.signed(_naive)}, here by chance. And the others?"
    hints_2 = [
        (lambda v: any(np.ndim(x) for x in v), "Each of the three is one number: take the mean."),
        (-truth_2, "The sign is turned round: an effect is `y1 − y0`, with minus without."),
        (truth_2 * 100, "Give shares, not per cent."),
        (truth_2[[0, 2, 1]], "The two groups are swapped: *treated* means `offer == 1`."),
        (lambda v: abs(v[0] - _naive) < 1e-6, "`ate` is the visible difference: use both columns."),
        (
            lambda v: v[0] == v[1] == v[2],
            "Three times one number: the mean is over three populations.",
        ),
        (
            lambda v: abs(v[0] - effects_2.sum() / 5) < 1e-6,
            "`ate`: you divided by five, not by ten.",
        ),
        (lambda v: abs(v[1] - 0.5 * truth_2[1]) < 1e-6, "`att`: you divided by ten, not by five."),
        *missing_customers(customers.assign(effect=effects_2), truth_2),
        (lambda v: abs(v[0] - truth_2[0]) < 1e-6, _turned),
        "The three differ only in whom the mean is taken over.",
    ]
    return (hints_2,)


@app.function(hide_code=True)
def missing_customers(customers, truth):
    """Return a hint for each mean effect from which one customer was left out."""
    hints = []
    groups = [customers, customers.query("offer == 1"), customers.query("offer == 0")]
    for place, group in enumerate(groups):
        means = (group["effect"].sum() - group["effect"]) / (len(group) - 1)
        for mean, who in group.groupby(means)["customer"].agg(" or ".join).items():
            text = f"Someone is missing from `{['ate', 'att', 'atu'][place]}`: {who}."
            if abs(mean - truth[place]) > 1e-6:
                hints.append((lambda v, p=place, m=mean: abs(v[p] - m) < 1e-6, text))
    return hints


@app.cell(hide_code=True)
def check_2(ate, att, atu, hints_2, set_progress, truth_2):
    _answers = {"ate": ate, "att": att, "atu": atu}
    _open = [name for name, value in _answers.items() if value is None or value is ...]
    check_2 = checks.close(
        None if _open else list(_answers.values()),
        truth_2,
        tolerance=1e-6,
        hints=hints_2,
        why="One table, three right answers: an effect needs a population. The offer worked on "
        "those who got it; on the others it would have done nothing on average: one kept, one lost.",
    )
    if 0 < len(_open) < len(_answers):
        check_2 = checks.Check("todo", f"Still to do: {', '.join(_open)}.", check_2.hints)
    set_progress(check_2.record("2"))
    check_2
    return


@app.cell(hide_code=True)
def coin_note():
    mo.md("""
    ### What if chance had chosen the five?

    There are 252 ways to give five offers to ten customers. We can try them all.
    """)
    return


@app.cell
def coin(customers):
    _ways = itertools.combinations(range(10), 5)
    coin_differences = [churn_difference(customers, customers.index.isin(w)) for w in _ways]
    customers_ate = (customers["y1"] - customers["y0"]).mean()
    return coin_differences, customers_ate


@app.cell
def coin_counts(coin_differences):
    ways = pd.Series(coin_differences).round(2).value_counts()
    ways = ways.rename("ways").rename_axis("difference").reset_index()
    return (ways,)


@app.cell(hide_code=True)
def chart_coin(customers, customers_ate, ways):
    _ticks = alt.Axis(values=sorted(ways["difference"]), format="+.1f")
    _x = alt.X("difference:Q", title="churn with the offer − churn without it (share)", axis=_ticks)
    _y = alt.Y("ways:Q", title="ways out of 252", scale=alt.Scale(domain=[0, 95]))
    _bars = alt.Chart(ways).mark_bar(size=40, color=charts.ROLES["control"]).encode(_x, _y)
    _seen = churn_difference(customers, customers["offer"] == 1)
    _marks = pd.DataFrame({"x": [customers_ate, _seen], "label": ["true effect", "as it was"]})
    _rule = alt.Chart(_marks).mark_rule(strokeWidth=3, strokeDash=[6, 4]).encode(x="x:Q")
    _text = _rule.mark_text(dx=6, align="left").encode(y=alt.value(8), text="label:N")
    _title = f"Chance is right on average: {tidy.signed(customers_ate)}"
    charts.describe(
        (_bars + _rule + _text).properties(title=_title, height=220),
        f"{_title}. Bars count the 252 ways; the actual choice gave {tidy.signed(_seen)}.",
    )
    return


@app.cell(hide_code=True)
def read_coin(coin_differences, customers_ate):
    mo.md(f"""
    The mean of the 252 differences is {tidy.signed(np.mean(coin_differences), 3)}, the true effect
    {tidy.signed(customers_ate, 3)}: equal, without any model. That is what randomisation buys. A single
    draw may still miss, because ten customers are few.
    """)
    return


@app.cell(hide_code=True)
def estimand():
    mo.md(r"""
    ### The owner's question, written down

    Let $Y_i(p)$ be the bookings of evening $i$ if its price were set to $p$. The estimand is

    $$\tau = \frac1n \sum_{i=1}^{n} \bigl[\,Y_i(p+1) - Y_i(p)\,\bigr]
    \;\approx\; E[\,Y \mid do(p+1)\,] - E[\,Y \mid do(p)\,],$$

    in rooms per euro, over **all** evenings, warm and cold (equal on average over records). What the record shows is
    $E[\,Y \mid P = p\,]$. Seeing $P=p$ and setting $do(p)$ are two different things, and they
    differ here because something chose the price.
    """)
    return


@app.cell(hide_code=True)
def graph_heading():
    # notes: Aim: read an arrow as "listens to". Trap: an arrow is a claim that may be false; a
    # notes: missing arrow is the stronger claim. Minutes: 5. If late: keep the drawing only.
    mo.md("""
    ## A graph says who listens to whom

    The hotel prices by the weather report. Guests listen to the weather, and to the price.

    - A **node** is a variable. An **arrow** a → b says: b listens to a.
    - A **missing arrow** is the strong claim: no direct influence at all.
    - A **path** is a chain of arrows, whatever their direction.
    - No **cycle**: nothing causes itself. Hence *directed acyclic graph*, DAG.
    """)
    return


@app.cell
def hotel_graph(hotel):
    hotel_graph = graphs.dag(hotel.cgm.dag.edges, treatment="price", outcome="bookings")
    hotel_graph.draw("The hotel: price is what we set, bookings is what we ask about.")
    return (hotel_graph,)


@app.cell(hide_code=True)
def read_hotel_graph(hotel_graph):
    mo.md(f"""
    Two paths join price and bookings: the arrow itself, and the **backdoor path**
    `{hotel_graph.backdoor_paths()[0]}`, which enters the price. Along it, warm evenings make both
    high: temperature is a **confounder**. The graph's advice: adjust for
    **{", ".join(hotel_graph.adjustment_sets()[0])}**.
    """)
    return


@app.cell(hide_code=True)
def assumptions():
    mo.md("""
    ### What the graph assumes

    - **Ignorability (no unmeasured confounding)**: only temperature moves both price and bookings.
    - **Consistency**: one price means one thing; a set price works like the same price by itself.
    - **No interference** (SUTVA): one evening's price does not move another evening's bookings.
    - **Positivity**: at each temperature, several prices occur.
    - **No selection**: every evening is in the record.
    """)
    return


@app.cell(hide_code=True)
def triples_heading():
    # notes: Aim: fork and chain close when the middle is given, the collider opens. Trap: the
    # notes: collider feels wrong; use "either talent or luck". Minutes: 8. If late: collider only.
    mo.md("""
    ## Three nodes, three stories

    Any path is made of three pieces. In each, the two ends are not joined by an arrow. Which are
    correlated (0: unrelated, ±1: on one line), and what happens *given* the middle node, that is
    among units that share its value?

    Choose a piece.
    """)
    return


@app.cell
def triples():
    _fork = simulate.LinearWorld({("heat", "ice cream"): 1, ("heat", "swimmers"): 1})
    _chain = simulate.LinearWorld({("advertising", "visits"): 1, ("visits", "bookings"): 1})
    _collider = simulate.LinearWorld({("location", "rating"): 1, ("kitchen", "rating"): 1})
    worlds = {"fork": _fork, "chain": _chain, "collider": _collider}
    return (worlds,)


@app.cell
def triple_picker(worlds):
    # slide: skip
    piece = mo.ui.dropdown(list(worlds), value="fork", label="piece")
    return (piece,)


@app.cell
def triple_now(SEED, piece, worlds):
    ends, middle = ends_and_middle(worlds[piece.value])
    triple = worlds[piece.value].sample(2_000, SEED)
    triple_given = left_over(triple, ends, middle)
    return ends, middle, triple, triple_given


@app.cell(hide_code=True)
def triple_shown(ends, middle, piece, triple, triple_given, worlds):
    chart_raw = chart_pair(triple[ends], "all units")
    chart_given = chart_pair(triple_given, f"what {middle} does not explain")
    _graph = graphs.dag(worlds[piece.value].edges).adjusting(middle)
    mo.hstack(
        [mo.vstack([piece, _graph.draw()]), chart_raw, chart_given], widths=[0.7, 1, 1], gap=0.5
    )
    return


@app.function
def ends_and_middle(world):
    """Return the two end nodes of a world of three nodes, and the node between them."""
    nodes = [node for edge in world.edges for node in edge]
    middle = max(nodes, key=nodes.count)
    return [node for node in dict.fromkeys(nodes) if node != middle], middle


@app.function
def left_over(frame, ends, middle):
    """Return what is left of the two ends when the part that the middle explains is taken off."""
    return frame[ends].apply(lambda end: end - regress(frame, end.name, middle)[0] * frame[middle])


@app.function(hide_code=True)
def chart_pair(pair, units):
    """Return two columns against each other, with their correlation in the title."""
    x, y = pair.columns
    plain = pair.set_axis(["x", "y"], axis=1).head(700).round(2)
    base = alt.Chart(plain).encode(alt.X("x:Q", title=f"{x} (sd)"), alt.Y("y:Q", title=f"{y} (sd)"))
    points = base.mark_circle(size=18, opacity=0.4, color=charts.ROLES["control"])
    line = base.transform_regression("x", "y").mark_line(color=charts.ROLES["truth"])
    title = alt.Title(f"correlation {tidy.signed(pair.corr().iloc[0, 1])}", subtitle=units)
    words = f"{units}: {title.text}. Scatter of {y} against {x} with the fitted line."
    return charts.describe((points + line).properties(title=title, width=235, height=190), words)


@app.cell
def triples_exact(worlds):
    _rows = []
    for _piece, _world in worlds.items():
        (_a, _b), _middle = ends_and_middle(_world)
        _raw, _given = _world.correlation(_a, _b), _world.correlation(_a, _b, [_middle])
        _rows.append((_piece, f"{_a} and {_b}", tidy.signed(_raw), _middle, tidy.signed(_given)))
    tidy.as_table(pd.DataFrame(_rows, columns=["piece", "ends", "correlation", "given", "then"]))
    return


@app.cell(hide_code=True)
def read_triples():
    mo.md("""
    Fork and chain: the ends are correlated, and given the middle they are not. The **collider** is
    the other way round: its ends are independent, and *given* the middle they are not. Among
    hotels of one rating, a poor kitchen hints at a good location. Adjusting for a collider, or
    for something it causes, creates a correlation from nothing.
    """)
    return


@app.cell(hide_code=True)
def program_heading(HOTEL):
    # notes: Aim: the graph becomes a program, and do is one line of surgery. Trap: do(price) is not
    # notes: "select rows with that price"; exercise 3 is about that. Minutes: 20 with exercises 3 and 4.
    # notes: If late: skip the temperature bands.
    _h = {name: f"{value:g}" for name, value in HOTEL.items()}
    mo.md(rf"""
    ## A model is a program

    Here is the simulator that wrote the record: a **structural causal model**, one line for each
    node, causes first; $N(m, s)$ is a normal draw with mean $m$ and standard deviation $s$.

    $$T \sim N({_h["temperature_mean"]}, {_h["temperature_sd"]}), \qquad
    P = {_h["price_per_degree"]}\,T + N(0, {_h["price_sd"]}), \qquad
    B = {_h["bookings_per_euro"]}\,P + {_h["bookings_per_degree"]}\,T + N(0, {_h["bookings_sd"]})$$

    One more euro costs one booking. That is the truth, and from here on we may look.
    """)
    return


@app.cell
def hotel_numbers():
    HOTEL = {
        "temperature_mean": 23.0,  # °C
        "temperature_sd": 3.0,  # °C
        "price_per_degree": 2.0,  # € per °C
        "price_sd": 5.0,  # €
        "bookings_per_euro": -1.0,  # rooms per €
        "bookings_per_degree": 5.0,  # rooms per °C
        "bookings_sd": 5.0,  # rooms
    }
    true_effect = HOTEL["bookings_per_euro"]
    return HOTEL, true_effect


@app.cell
def structural_model(HOTEL, SEED):
    # slide: code
    _weather = HOTEL["temperature_mean"], HOTEL["temperature_sd"]
    _guests = [HOTEL["bookings_per_euro"], HOTEL["bookings_per_degree"]]
    hotel = graphs.StructuralCausalModel(
        {
            "temperature": lambda n_samples: np.random.normal(*_weather, n_samples),
            "price": graphs.linear_model(
                ["temperature"], [HOTEL["price_per_degree"]], noise_scale=HOTEL["price_sd"]
            ),
            "bookings": graphs.linear_model(
                ["price", "temperature"], _guests, noise_scale=HOTEL["bookings_sd"]
            ),
        }
    )
    tidy.as_table(graphs.sample(hotel, n=1, seed=SEED), digits=1)
    return (hotel,)


@app.cell(hide_code=True)
def read_program():
    # slide: skip
    mo.md("""
    One evening from the program. The numbers stand in `HOTEL` alone: every version of the hotel
    below reads them there.
    """)
    return


@app.cell(hide_code=True)
def do_note():
    mo.md("""
    ### `do` cuts the arrows into the price

    To *set* the price is to replace its line in the program. Price no longer listens to the
    weather; everything else stays as it was.
    """)
    return


@app.cell
def surgery(hotel_graph):
    # slide: fragment
    _seeing = hotel_graph.draw("Seeing: the price listens to the temperature")
    _doing = hotel_graph.do("price").draw("Doing: the price listens to us")
    mo.hstack([_seeing, _doing], widths="equal")
    return


@app.cell
def intervene(SEED, hotel):
    # slide: code
    _prices = np.random.default_rng(SEED).uniform(25, 65, 10_000)  # chosen by chance, in €
    evenings_do = graphs.sample(hotel, n=10_000, seed=SEED + 1, do={"price": _prices})
    do_slope, do_error = regress(evenings_do, "bookings", on="price")
    tidy.as_table(evenings_do.head(3), digits=1)
    return do_error, do_slope, evenings_do


@app.cell(hide_code=True)
def chart_doing(chart_evenings, do_slope, evenings_do):
    chart_evenings(evenings_do, "treated", f"Doing: each euro costs {-do_slope:.2f} bookings")
    return


@app.cell(hide_code=True)
def read_doing(do_slope, naive_slope):
    mo.md(f"""
    Same hotel, same guests, opposite sign: seeing gives {tidy.signed(naive_slope)}, doing gives
    {tidy.signed(do_slope)} rooms per euro. An experiment with prices would show this picture.
    """)
    return


@app.cell(hide_code=True)
def adjust_note():
    mo.md("""
    ### Without an experiment: compare evenings of one temperature

    The owner has only the record. The graph says that temperature closes the backdoor path. So
    look within narrow bands of temperature, or let a regression hold temperature fixed.
    """)
    return


@app.cell
def adjust(evenings):
    adjusted_slope, adjusted_error = regress(
        evenings, "bookings", on="price", given=["temperature"]
    )
    return adjusted_error, adjusted_slope


@app.cell
def bands(evenings):
    def band(middle):
        near = evenings["temperature"].between(middle - 0.5, middle + 0.5)
        return evenings[near].assign(band=f"{middle} °C")

    evenings_banded = pd.concat([band(19), band(23), band(27)])
    return (evenings_banded,)


@app.cell(hide_code=True)
def chart_bands(evenings_banded, x_price, y_bookings):
    _ends = evenings_banded.loc[evenings_banded.groupby("band")["price"].idxmax()]
    _base = alt.Chart(evenings_banded.round(2)).encode(x_price, y_bookings.scale(domain=[40, 110]))
    _points = _base.mark_point(filled=True, size=45, opacity=0.45, color=charts.ROLES["adjusted"])
    _lines = _base.transform_regression("price", "bookings", groupby=["band"])
    _lines = _lines.mark_line(strokeWidth=4, color=charts.ROLES["truth"])
    _names = _base.properties(data=_ends).mark_text(align="left", dx=9, fontSize=15)
    _layers = _points.encode(shape=alt.Shape("band:N", legend=None)), _names.encode(text="band:N")
    _lines = _lines.encode(strokeDash=alt.StrokeDash("band:N", legend=None))
    _title = "Within one temperature, dearer means emptier"
    charts.describe(
        alt.layer(_lines, *_layers).properties(title=_title, height=250),
        f"{_title}. Bookings against price for evenings at 19, 23 and 27 °C; each line falls.",
    )
    return


@app.cell(hide_code=True)
def read_bands(evenings_banded):
    _fits = {
        name: regress(b, "bookings", "price")[0] for name, b in evenings_banded.groupby("band")
    }
    mo.md(f"""
    Slopes within the bands: {", ".join(f"{tidy.signed(v)} at {k}" for k, v in _fits.items())}. A
    regression that also holds temperature uses every evening at once.
    """)
    return


@app.cell
def compare(
    adjusted_error,
    adjusted_slope,
    do_error,
    do_slope,
    naive_error,
    naive_slope,
):
    _rows = [
        ("naive, 1,000 evenings", naive_slope, naive_error, "naive"),
        ("given temperature, same evenings", adjusted_slope, adjusted_error, "adjusted"),
        ("do(price), 10,000 evenings", do_slope, do_error, "treated"),
    ]
    _frame = pd.DataFrame(_rows, columns=["label", "mean", "error", "role"])
    _half = _frame["error"] * NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)
    estimates = _frame.assign(lower=_frame["mean"] - _half, upper=_frame["mean"] + _half)
    return (estimates,)


@app.cell(hide_code=True)
def chart_compare(estimates, true_effect):
    charts.chart_effect(
        estimates,
        title="Adjusting finds the effect that seeing hides",
        unit="effect of one more euro (rooms)",
        truth=true_effect,
        interval=f"{100 * tidy.HDI_PROB:.0f} % confidence interval",
    )
    return


@app.cell(hide_code=True)
def read_compare(adjusted_slope, do_slope, estimates, true_effect):
    _covered = estimates.query("role != 'naive' and lower <= @true_effect <= upper")
    mo.md(f"""
    The adjusted slope ({tidy.signed(adjusted_slope)}) and the experiment ({tidy.signed(do_slope)}) agree;
    {len(_covered)} of these 2 intervals hold the truth ({tidy.signed(true_effect, 0)}). A **confidence
    interval** is made so that {100 * tidy.HDI_PROB:.0f} in 100 do. The naive one is narrow and wrong:
    more evenings make it narrower, not right.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · fix · 4 min

    *How many bookings would we have on average if every night cost €50?* A colleague answers with
    the code below. Its number is several rooms too high. Repair the idea, not the rounding.

    Expected: one number, in rooms. `graphs.sample(hotel, n, seed=..., do={...})` is yours, with
    `n` of 1,000 or more.
    """)
    return


@app.cell
def exercise_3_fix(SEED, evenings, hotel):
    # The colleague's answer: pick the nights that cost about €50, and average.
    _colleague = evenings.query("48 < price < 52")["bookings"].mean()
    # Yours: the mean of bookings when the price is *set* to €50.
    # solution
    bookings_at_50 = graphs.sample(hotel, 20_000, SEED, do={"price": 50})["bookings"].mean()
    f"{bookings_at_50:.1f} rooms at €50"
    return (bookings_at_50,)


@app.cell(hide_code=True)
def truth_3(hotel_exact):
    mean_3 = hotel_exact.mean()
    beyond_3 = 50 - mean_3["price"]
    truth_3 = mean_3["bookings"] + hotel_exact.total_effect("price", "bookings") * beyond_3
    return beyond_3, mean_3, truth_3


@app.cell(hide_code=True)
def hints_3(HOTEL, beyond_3, evenings, hotel_exact, mean_3):
    _hot = 50 * hotel_exact.total_effect("temperature", "bookings")
    _seen = mean_3["bookings"] + hotel_exact.slope("bookings", "price") * beyond_3
    _colleague = evenings.query("48 < price < 52")["bookings"].mean()
    _no_weather = 50 * HOTEL["bookings_per_euro"]
    hints_3 = [
        (lambda v: abs(v - _colleague) < 1e-6, "Still seeing: that is the colleague's number."),
        (lambda v: abs(v - mean_3["bookings"]) < 1.4, "That is the mean of the record as it is."),
        (lambda v: abs(v - _seen) < 3, "Still seeing: nights at €50 are warmer than most."),
        (lambda v: abs(v - 50) < 1, "That is the price. Average the column `bookings`."),
        (lambda v: abs(v - _hot) < 5, "You set the temperature: `do` names the price."),
        (
            lambda v: abs(v - _no_weather) < 2,
            "Guests still listen to the weather: leave its line alone.",
        ),
        (
            lambda v: abs(v) < 15,
            "That is a difference or a slope. Wanted: the mean itself, in rooms.",
        ),
        "Selecting rows is `| price = 50`. The question is `| do(price = 50)`.",
        "`do={'price': 50.0}` in `graphs.sample`, and then the mean of a column.",
    ]
    return (hints_3,)


@app.cell(hide_code=True)
def check_3(bookings_at_50, hints_3, set_progress, truth_3):
    check_3 = checks.close(
        bookings_at_50,
        truth_3,
        tolerance=1.5,
        hints=hints_3,
        why="Nights at €50 in the record are warmer than most. Setting the price leaves the "
        "weather alone. The gap between the two numbers is confounding, in rooms.",
    )
    set_progress(check_3.record("3"))
    check_3
    return


@app.cell(hide_code=True)
def question_4():
    mo.md("""
    ### Exercise 4 · build · 8 min

    Write the churn story as a structural causal model `churn_world` of three nodes:

    - `unhappiness` ~ N(0, 1), already written;
    - `offer`: 1 with probability σ(2 · unhappiness): the unhappy get it;
    - `churn`: 1 with probability σ(−1 + 2 · unhappiness − 1 · offer).

    `graphs.logistic_model(parents, weights, offset=0)` makes a 0/1 node, for example
    `graphs.logistic_model(["a"], [2])`; σ(x) = 1/(1 + e⁻ˣ). An `AssertionError` says that your two
    lists differ in length.
    """)
    return


@app.cell
def exercise_4_build():
    # Two nodes to add, and then `graphs.StructuralCausalModel({...})`.
    _nodes = {"unhappiness": lambda n_samples: np.random.normal(0, 1, n_samples)}
    # solution
    _nodes["offer"] = graphs.logistic_model(["unhappiness"], [2])
    _nodes["churn"] = graphs.logistic_model(["unhappiness", "offer"], [2, -1], offset=-1)
    churn_world = graphs.StructuralCausalModel(_nodes)
    graphs.dag(churn_world.cgm.dag.edges).draw()
    return (churn_world,)


@app.function(hide_code=True)
def judge_churn_world(world):
    """Return True, or what is wrong with a learner's churn model."""
    if isinstance(world, dict):
        return "You have the nodes. Wrap them: `graphs.StructuralCausalModel({...})`."
    if not isinstance(world, graphs.StructuralCausalModel):
        return "Give a `StructuralCausalModel`, made from three nodes."
    strangers = set(world.cgm.dag.nodes) - set(world.assignment)
    if strangers:
        return f"{min(strangers)} is not a node. Your own function takes causes and `n_samples`."
    arrows = {("unhappiness", "offer"), ("unhappiness", "churn"), ("offer", "churn")}
    drawn = set(world.cgm.dag.edges)
    for word, found in ("Missing", arrows - drawn), ("Too many", drawn - arrows):
        if found:
            return f"{word}: {', '.join(f'{a} → {b}' for a, b in sorted(found))}."
    return judge_churn_draws(world)


@app.function(hide_code=True)
def judge_churn_draws(world):
    """Return True, or which node of a churn model with the right arrows draws wrongly."""
    try:
        drawn = graphs.sample(world, 500, seed=7)
    except TypeError as error:
        takes = "n_samples" in str(error)
        return "A node that is your own function must take `n_samples`." if takes else str(error)
    if not drawn[["offer", "churn"]].isin([0, 1]).to_numpy().all():
        return "A node is an outcome, 0 or 1, not its probability: `graphs.logistic_model`."
    mood = np.repeat([-1.0, 0.0, 1.0], 4_000)
    for node, do, log_odds in (
        ("offer", {}, 2 * mood),
        ("churn", {"offer": 0}, 2 * mood - 1),
        ("churn", {"offer": 1}, 2 * mood - 2),
    ):
        drawn = graphs.sample(world, len(mood), seed=7, do={"unhappiness": mood, **do})
        chance = 1 / (1 + np.exp(-log_odds[::4_000]))
        if (drawn[node].groupby(mood).mean() - chance).abs().max() > 0.04:
            return f"The arrows are right; look at the weights and the offset of `{node}`."
    return True


@app.cell(hide_code=True)
def check_4(churn_world, set_progress):
    check_4 = checks.holds(
        churn_world,
        judge_churn_world,
        hints=[
            "One entry for each node; parents and weights are two lists of one length.",
            "`offer` has one parent, `churn` has two; the −1 in front is `offset=-1`.",
        ],
        why="In your world the offer always lowers the chance of churn, and yet those who got it "
        "churn more. The hotel's mistake, with yes and no in place of numbers.",
    )
    set_progress(check_4.record("4"))
    check_4
    return


@app.cell(hide_code=True)
def pymc_heading():
    # notes: Aim: one skeleton, three uses: do simulates, observe infers, do answers. Trap: the
    # notes: coefficient equals the do contrast only because this model is linear without
    # notes: interaction. Minutes: 14. If late: show the model, the fit's table and the last chart.
    mo.md("""
    ## The same hotel in PyMC: simulate, infer, answer

    A probabilistic program is a causal graph too, and its numbers may be unknown. We write the
    hotel **once**, with *priors* in place of the numbers: what we believe before the data. Given
    data they become the *posterior*: what we believe after. Then

    1. `pm.do(model, true_values)` fixes the parameters: a simulator;
    2. `pm.observe(model, data)` conditions on a record: inference;
    3. `pm.do(observed, {"price": ...})` sets the price: the answer.
    """)
    return


@app.cell
def import_pymc():
    # slide: skip
    import logging

    import pymc as pm
    import xarray as xr

    logging.getLogger("pymc").setLevel(logging.WARNING)  # warnings yes, chatter no
    return pm, xr


@app.cell(hide_code=True)
def model_maths(ordinary):
    # slide: sub-slide
    mo.md(rf"""
    Slopes count from an ordinary evening, {ordinary["temperature"]:.0f} °C and €{ordinary["price"]:.0f}, so
    that each base has a meaning.

    $$\begin{{aligned}}
    T &\sim N(\mu_T, \sigma_T) \\
    P &\sim N(\alpha_P + \beta_{{TP}}\,(T - {ordinary["temperature"]:.0f}),\; \sigma_P) \\
    B &\sim N(\alpha_B + \beta_{{PB}}\,(P - {ordinary["price"]:.0f}) +
    \beta_{{TB}}\,(T - {ordinary["temperature"]:.0f}),\; \sigma_B)
    \end{{aligned}}$$
    """)
    return


@app.cell
def ordinary_evening(hotel_exact):
    ordinary = hotel_exact.mean()  # °C, € and rooms
    return (ordinary,)


@app.cell
def skeleton_owner(pm):
    # slide: code
    def weather_and_price(ordinary):
        temperature_mean = pm.Normal("temperature_mean", 20, 5)  # °C
        temperature_sd = pm.HalfNormal("temperature_sd", 5)  # °C
        temperature = pm.Normal("temperature", temperature_mean, temperature_sd, dims="evening")
        price_base = pm.Normal("price_base", 50, 15)  # € on an ordinary evening
        price_per_degree = pm.Normal("price_per_degree", 0, 2)  # € per °C
        price_sd = pm.HalfNormal("price_sd", 5)  # €
        warmer = temperature - ordinary["temperature"]
        price = pm.Normal("price", price_base + price_per_degree * warmer, price_sd, dims="evening")
        return warmer, price

    "The first two lines: what the weather does, and what the owner makes of it"
    return (weather_and_price,)


@app.cell
def skeleton(N_EVENINGS, ordinary, pm, weather_and_price):
    # slide: code
    def guests(warmer, price, ordinary):
        bookings_base = pm.Normal("bookings_base", 60, 20)  # rooms on an ordinary evening
        bookings_per_euro = pm.Normal("bookings_per_euro", 0, 1)  # rooms per €
        bookings_per_degree = pm.Normal("bookings_per_degree", 0, 4)  # rooms per °C
        bookings_sd = pm.HalfNormal("bookings_sd", 5)  # rooms
        mu = bookings_base + bookings_per_euro * (price - ordinary["price"])
        mu_bookings = pm.Deterministic(
            "mu_bookings", mu + bookings_per_degree * warmer, dims="evening"
        )
        pm.Normal("bookings", mu_bookings, bookings_sd, dims="evening")

    def hotel_model(n_evenings, ordinary):
        with pm.Model(coords={"evening": np.arange(n_evenings)}) as model:
            guests(*weather_and_price(ordinary), ordinary)
        return model

    model_hotel = hotel_model(N_EVENINGS, ordinary)
    f"{len(model_hotel.free_RVs)} random variables, nothing observed yet"
    return hotel_model, model_hotel


@app.cell
def prior_function(QUICK, hotel_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def draw_prior(n_evenings, ordinary, seed):
        """Return 200 records of evenings, and their numbers, as the priors expect them."""
        model = hotel_model(n_evenings, ordinary)
        how = {"random_seed": seed, "compile_kwargs": QUICK}
        return pm.sample_prior_predictive(200, model, **how)["prior"]

    return (draw_prior,)


@app.cell
def prior_predictive(N_EVENINGS, SEED, draw_prior, ordinary):
    with mo.status.spinner("Drawing from the priors: a second or two, the first time"):
        prior = draw_prior(N_EVENINGS, ordinary, SEED)
    return (prior,)


@app.cell(hide_code=True)
def chart_prior(prior):
    _low, _high = tidy.hdi(prior["bookings"])
    _frame = pd.DataFrame({"value": np.ravel(prior["bookings"])[:20_000:10]}).assign(
        label="prior predictive", role="prior"
    )
    charts.chart_density(
        _frame,
        title=f"Before any data, 94 % of evenings: {tidy.signed(_low, 0)} to {_high:.0f} rooms",
        unit="bookings (rooms per evening)",
    ).properties(height=180)
    return


@app.cell(hide_code=True)
def read_prior(prior):
    _share = float((np.asarray(prior["bookings"]) < 0).mean())
    mo.md(f"""
    This **prior predictive** is what the model expects before any data: wide enough for such a hotel.
    {100 * _share:.0f} % of evenings fall below zero rooms, as a linear world allows. Slopes may have either sign.
    """)
    return


@app.cell(hide_code=True)
def simulate_note(N_EVENINGS):
    mo.md(f"""
    ### Simulate, then infer

    `pm.do` with the true numbers makes a record of {N_EVENINGS} evenings. `pm.observe` gives that record to
    the same model, which must now find the numbers again.
    """)
    return


@app.cell
def true_numbers(HOTEL, ordinary):
    _bases = {"price_base": ordinary["price"], "bookings_base": ordinary["bookings"]}
    true_values = HOTEL | _bases
    return (true_values,)


@app.cell
def simulate_season(QUICK, SEED, model_hotel, pm, true_values):
    # slide: code
    _world = pm.do(model_hotel, true_values)
    _nodes = ["temperature", "price", "bookings"]
    _drawn = pm.draw([_world[node] for node in _nodes], random_seed=SEED, **QUICK)
    season = pd.DataFrame(dict(zip(_nodes, _drawn, strict=True)))
    tidy.as_table(season.head(3), digits=1)
    return (season,)


@app.cell
def starts(prior):
    # Four chains from four corners of the prior: R-hat can then see that they met.
    _names = [
        name
        for name in prior.data_vars
        if name.endswith(("_mean", "_base", "_per_degree", "_per_euro"))
    ]
    _wide = {"temperature_sd": 10.0, "price_sd": 20.0, "bookings_sd": 40.0}
    starts = [
        {name: float(prior[name].quantile(share)) for name in _names} | _wide
        for share in (0.07, 0.31, 0.69, 0.93)
    ]
    return (starts,)


@app.cell
def fit_function(hotel_model, pm):
    # slide: code
    def observed_hotel(season, ordinary):
        record = {node: season[node] for node in season}
        return pm.observe(hotel_model(len(season), ordinary), record)

    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_hotel(season, ordinary, starts, draws, seed):
        """Return posterior draws: four chains, each from a start of its own."""
        observed = observed_hotel(season, ordinary)
        names = [node.name for node in observed.free_RVs]
        how = {"chains": 4, "cores": 1, "init": "adapt_diag", "progressbar": False}
        with observed:
            return pm.sample(draws, var_names=names, initvals=starts, random_seed=seed, **how)

    "Another record, model or seed is sampled anew; the same one is kept"
    return fit_hotel, observed_hotel


@app.cell
def fit(DRAWS, SEED, fit_hotel, ordinary, season, starts):
    # slide: skip
    with mo.status.spinner("Sampling the hotel's numbers: about 20 s, the first time"):
        idata_hotel = fit_hotel(season, ordinary, starts, DRAWS, SEED)
    f"{4 * DRAWS:,} draws of {len(starts[0])} unknown numbers"
    return (idata_hotel,)


@app.cell
def fit_diagnostics(idata_hotel):
    diagnostics_hotel = tidy.diagnostics(idata_hotel)
    return (diagnostics_hotel,)


@app.cell(hide_code=True)
def read_diagnostics(diagnostics_hotel):
    # slide: sub-slide
    tidy.show_diagnostics(diagnostics_hotel)
    return


@app.cell(hide_code=True)
def explain_diagnostics():
    mo.md("""
    **R-hat** compares the spread between chains with that within: 1 when all found the same place.
    **Effective draws** (ESS) count draws as if independent: in the middle (bulk), in the tails.
    **Divergences** are steps at which the sampler lost its way.
    """)
    return


@app.cell
def predictive_function(QUICK, observed_hotel, pm, xr):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def correlations_again(posterior, season, ordinary, seed):
        """Return the correlation of price and bookings in a new record for each draw."""
        how = {"random_seed": seed, "progressbar": False, "compile_kwargs": QUICK}
        with observed_hotel(season, ordinary):
            drawn = pm.sample_posterior_predictive(posterior, var_names=list(season), **how)
        again = drawn["posterior_predictive"]
        return xr.corr(again["price"], again["bookings"], dim="evening")

    return (correlations_again,)


@app.cell
def posterior_predictive(
    SEED,
    correlations_again,
    idata_hotel,
    ordinary,
    season,
):
    _few = idata_hotel["posterior"].dataset.isel(draw=slice(None, None, 5))
    with mo.status.spinner("Simulating new records: about 5 s, the first time"):
        replicated_correlation = correlations_again(_few, season, ordinary, SEED)
    return (replicated_correlation,)


@app.cell(hide_code=True)
def chart_predictive(replicated_correlation, season):
    _seen = season["price"].corr(season["bookings"])
    _frame = pd.DataFrame({"correlation": np.ravel(replicated_correlation).round(4)})
    _x = alt.X("correlation:Q", title="correlation of price and bookings", bin=alt.Bin(step=0.02))
    _x = _x.axis(values=[round(0.1 * tick, 1) for tick in range(-2, 9)], format=".1f")
    _y = alt.Y("count()", title="simulated records")
    _bars = alt.Chart(_frame).mark_bar(color=charts.ROLES["adjusted"], opacity=0.6).encode(_x, _y)
    _rule = alt.Chart(pd.DataFrame({"seen": [_seen], "label": ["in the record"]})).encode(
        x="seen:Q"
    )
    _text = _rule.mark_text(align="left", dx=5).encode(y=alt.value(-6), text="label:N")
    _line = _rule.mark_rule(color=charts.ROLES["truth"], strokeWidth=3, strokeDash=[6, 4])
    _title = "The fitted model reproduces the correlation we saw"
    charts.describe(
        (_bars + _line + _text).properties(title=alt.Title(_title, offset=22), height=240),
        f"{_title}. Bars count simulated records; in the record it is {tidy.signed(_seen)}.",
    )
    return


@app.cell(hide_code=True)
def read_predictive(N_EVENINGS, replicated_correlation, season):
    _seen = season["price"].corr(season["bookings"])
    _above = float((replicated_correlation > _seen).mean())
    mo.md(f"""
    A **posterior predictive** check: new records of {N_EVENINGS} evenings from the fitted model.
    {100 * _above:.0f} % of them show a larger correlation than ours ({tidy.signed(_seen)}): {"nothing odd" if 0.03 < _above < 0.97 else "look again"}.
    """)
    return


@app.cell
def do_function(QUICK, observed_hotel, pm):
    # slide: code
    @mo.persistent_cache(save_path=fits.FOLDER)
    def rooms_if(price, posterior, season, ordinary, seed):
        """Return the expected rooms (chain, draw, evening) when somebody sets these prices."""
        evenings = {"temperature": season["temperature"], "price": price}
        how = {"random_seed": seed, "progressbar": False, "compile_kwargs": QUICK}
        with pm.do(observed_hotel(season, ordinary), evenings):
            drawn = pm.sample_posterior_predictive(posterior, var_names=["mu_bookings"], **how)
        return drawn["posterior_predictive"]["mu_bookings"]

    "The same evenings, their prices set by the owner"
    return (rooms_if,)


@app.cell
def answer(SEED, idata_hotel, ordinary, rooms_if, season):
    # slide: code
    def rooms_when(dearer_by):
        """Return the expected rooms (chain, draw, evening), all prices raised by so many euros."""
        posterior = idata_hotel["posterior"].dataset
        return rooms_if(season["price"] + dearer_by, posterior, season, ordinary, SEED)

    with mo.status.spinner("Asking each draw about both prices: about 5 s, the first time"):
        rooms_today, rooms_dearer = rooms_when(0), rooms_when(1)
    effect_draws = (rooms_dearer - rooms_today).mean("evening")
    tidy.as_table(tidy.summarise({"effect of one euro (rooms)": effect_draws}), digits=3)
    return effect_draws, rooms_dearer, rooms_today, rooms_when


@app.cell
def two_questions(effect_draws, season):
    _slope, _error = regress(season, "bookings", on="price")
    _half = _error * NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)
    _seen = {"label": "seeing: least squares", "mean": _slope, "role": "naive"}
    _done = tidy.summarise({"doing: posterior of do(price)": effect_draws}).assign(role="adjusted")
    season_estimates = pd.concat(
        [pd.DataFrame([_seen | {"lower": _slope - _half, "upper": _slope + _half}]), _done]
    )
    return (season_estimates,)


@app.cell(hide_code=True)
def chart_answer(season, season_estimates, true_effect):
    charts.chart_effect(
        season_estimates,
        title=f"The same {len(season)} evenings answer two questions",
        unit="effect of one more euro (rooms)",
        truth=true_effect,
        interval=f"{100 * tidy.HDI_PROB:.0f} % interval (doing: HDI)",
    )
    return


@app.cell(hide_code=True)
def read_answer(effect_draws, idata_hotel, true_effect):
    _low, _high = tidy.hdi(effect_draws)
    _gap = float(np.abs(effect_draws - idata_hotel["posterior"]["bookings_per_euro"]).max())
    _same = "to nine decimals" if _gap < 1e-9 else f"to within {_gap:.2g}"
    mo.md(f"""
    One euro more changes bookings by {tidy.signed(effect_draws.mean())} rooms; {100 * tidy.HDI_PROB:.0f} % HDI
    {tidy.signed(_low)} to {tidy.signed(_high)} (*highest-density interval*: the shortest that holds that share of the
    draws); P(effect < 0) {chance(effect_draws < 0)}. The truth, {tidy.signed(true_effect, 0)}, lies
    **{"inside" if _low <= true_effect <= _high else "outside"}**. Each draw's `do` contrast is its
    coefficient ({_same}), as the model is linear. Elsewhere it is not, and `do` still answers.
    """)
    return


@app.function(hide_code=True)
def chance(events):
    """Return the share of draws in which an event happens, as text: "= 0.93" or "> 0.999"."""
    share = float(np.mean(events))
    return "> 0.999" if share > 0.999 else f"= {share:.3f}"


@app.cell(hide_code=True)
def owner_note():
    mo.md(r"""
    ### Should the owner raise her prices?

    She earns price × rooms. A euro more on every evening, dear ones and cheap ones alike: does it win more than the
    empty rooms cost? The estimand is the mean over the season's evenings of $(P + 1)\,B^{P + 1} - P\,B^{P}$.
    """)
    return


@app.cell
def owner_revenue(rooms_dearer, rooms_today, season, xr):
    # slide: code
    price = xr.DataArray(season["price"], dims="evening")
    revenue_today = (price * rooms_today).mean("evening")
    revenue_dearer = ((price + 1) * rooms_dearer).mean("evening")
    revenue_change = revenue_dearer - revenue_today
    _euros = {"today": revenue_today, "a euro dearer": revenue_dearer, "change": revenue_change}
    tidy.as_table(tidy.summarise(_euros).rename(columns={"label": "€ per evening"}), digits=1)
    return price, revenue_change, revenue_today


@app.cell
def owner_limit(effect_draws, price, revenue_today, rooms_today, season):
    # Prices move together; the mean price at which revenue peaks.
    best_price = price.mean() / 2 - rooms_today.mean("evening") / (2 * effect_draws)
    _seen_rooms = rooms_today + regress(season, "bookings", on="price")[0]
    revenue_promised = ((price + 1) * _seen_rooms).mean("evening") - revenue_today
    return best_price, revenue_promised


@app.cell(hide_code=True)
def read_revenue(best_price, revenue_change, revenue_promised):
    # slide: sub-slide
    _answer = "Yes, by a euro" if revenue_change.mean() > 0 else "No"
    _low, _high = tidy.hdi(revenue_change)
    _from, _to = tidy.hdi(best_price)
    mo.md(f"""
    **{_answer}**: {tidy.signed(revenue_change.mean(), 0, "€")} an evening ({100 * tidy.HDI_PROB:.0f} % HDI
    {tidy.signed(_low, 0, "€")} to {tidy.signed(_high, 0, "€")}), P(gain) {chance(revenue_change > 0)}. Each euro
    gains less than the last; revenue peaks at a mean price near €{float(best_price.mean()):.0f} (€{_from:.0f} to €{_to:.0f}). The slope that is
    *seen* would have promised {tidy.signed(revenue_promised.mean(), 0, "€")}, and no peak at all. Costs are not counted.
    """)
    return


@app.cell(hide_code=True)
def break_heading():
    # notes: Aim: the bias is a number that one can compute; at 3.39 it hides the effect wholly.
    # notes: Trap: the effect never moves, only what is seen. Minutes: 5. If late: slider to 3.4.
    mo.md("""
    ## Break it: how much weather does it take?

    All the trouble comes from one arrow, temperature → bookings. Weaken or strengthen it. What
    happens to the slope that is seen, and what to the effect of `do(price)`?
    """)
    return


@app.cell
def break_slider():
    # slide: skip
    strength = mo.ui.slider(0, 10, 0.2, value=5, show_value=True, label="bookings per °C")
    return (strength,)


@app.cell
def linear_hotel(HOTEL):
    def hotel_with(bookings_per_degree):
        """Return the hotel as a linear world whose guests care this much about the weather."""
        arrows = {
            ("temperature", "price"): HOTEL["price_per_degree"],
            ("price", "bookings"): HOTEL["bookings_per_euro"],
            ("temperature", "bookings"): bookings_per_degree,
        }
        noise = {node: HOTEL[f"{node}_sd"] for node in ("temperature", "price", "bookings")}
        return simulate.LinearWorld(arrows, {"temperature": HOTEL["temperature_mean"]}, noise)

    return (hotel_with,)


@app.cell
def exact_hotel(HOTEL, hotel_with):
    hotel_exact = hotel_with(HOTEL["bookings_per_degree"])
    return (hotel_exact,)


@app.cell
def broken(hotel_with, strength):
    hotel_now = hotel_with(strength.value)
    slope_seen = hotel_now.slope("bookings", "price")
    slope_set = hotel_now.total_effect("price", "bookings")
    return hotel_now, slope_seen, slope_set


@app.cell
def slope_lines(slope_seen, slope_set):
    _price = pd.DataFrame({"price": [-20.0, 20.0]})
    _seen = _price.assign(bookings=slope_seen * _price["price"], slope="seen")
    _set = _price.assign(bookings=slope_set * _price["price"], slope="set by do")
    lines_now = pd.concat([_seen, _set])
    return (lines_now,)


@app.cell
def slope_curves(hotel_with):
    def both_slopes(strength):
        world = hotel_with(strength)
        slopes = world.slope("bookings", "price"), world.total_effect("price", "bookings")
        return pd.DataFrame({"strength": strength, "slope": ["seen", "set by do"], "value": slopes})

    slope_curves = pd.concat([both_slopes(strength) for strength in np.linspace(0, 10, 41)])
    return (slope_curves,)


@app.cell(hide_code=True)
def slope_look():
    _hues = [charts.ROLES["naive"], charts.ROLES["treated"]]
    _kinds, _top = ["seen", "set by do"], alt.Legend(orient="top")
    look = {
        "color": alt.Color("slope:N", title=None, legend=_top).scale(domain=_kinds, range=_hues),
        "strokeDash": alt.StrokeDash("slope:N", title=None, legend=_top).scale(domain=_kinds),
    }
    return (look,)


@app.cell(hide_code=True)
def chart_slopes(SEED, hotel_now, lines_now, look, slope_seen, slope_set):
    _record = hotel_now.sample(300, SEED)[["price", "bookings"]]
    _base = alt.Chart((_record - _record.mean()).round(2)).encode(
        alt.X("price:Q", title="price − mean (€)", scale=alt.Scale(domain=[-25, 25])),
        alt.Y("bookings:Q", title="bookings − mean (rooms)", scale=alt.Scale(domain=[-70, 70])),
    )
    _points = _base.mark_circle(size=24, opacity=0.35, color=charts.ROLES["control"], clip=True)
    _lines = _base.properties(data=lines_now).mark_line(strokeWidth=4, clip=True).encode(**look)
    _title = f"Seen {tidy.signed(slope_seen)}, set by do {tidy.signed(slope_set)}"
    chart_slopes = charts.describe(
        (_points + _lines).properties(title=_title, width=310, height=150),
        f"{_title}. Bookings against price for 300 evenings, with the line seen and that of do.",
    )
    return (chart_slopes,)


@app.cell(hide_code=True)
def chart_strengths(look, slope_curves, strength):
    _base = alt.Chart(slope_curves).encode(
        alt.X("strength:Q", title="bookings per °C"),
        alt.Y("value:Q", title="slope (rooms per €)", axis=alt.Axis(format="+.1f")),
        color=look["color"].legend(None),
    )
    _now = alt.Chart(pd.DataFrame({"strength": [strength.value]})).mark_rule(strokeDash=[6, 4])
    _title = "Only what is seen moves"
    chart_strengths = charts.describe(
        (
            _base.mark_line(strokeWidth=4).encode(strokeDash=look["strokeDash"].legend(None))
            + _now.encode(x="strength:Q")
        ).properties(title=_title, width=310, height=150),
        f"{_title}. The slope seen rises with the temperature effect; that of do stays at −1.",
    )
    return (chart_strengths,)


@app.cell(hide_code=True)
def break_shown(chart_slopes, chart_strengths, strength):
    mo.vstack([strength, mo.hstack([chart_slopes, chart_strengths], justify="start")])
    return


@app.cell(hide_code=True)
def read_break(HOTEL, hotel_exact, slope_seen, strength):
    _b, _sd = HOTEL["price_per_degree"], HOTEL["temperature_sd"]
    _e, _var = HOTEL["bookings_per_euro"], hotel_exact.covariance().loc["price", "price"]
    _hidden = -_e * _var / (_b * _sd**2)
    mo.md(rf"""
    Exactly: ${_e:g} + {strength.value:.1f} \times {_b:g} \cdot {_sd:g}^2 / {_var:.0f} = {slope_seen:+.3f}$
    rooms per euro. At {_hidden:.2f} bookings per °C the record shows **no** relation, and still each euro
    costs a booking. No correlation does not mean no cause.
    """)
    return


@app.cell(hide_code=True)
def second_heading(HOTEL, hotel_exact):
    # notes: Aim: an independent route gives the same numbers to the last digit. Trap: skipping
    # notes: this because it "looks like theory"; it is four multiplications. Minutes: 3.
    # notes: If late: skip the section, the slider has shown it.
    _c = hotel_exact.covariance()
    _b, _sd = f"{HOTEL['price_per_degree']:g}", f"{HOTEL['temperature_sd']:g}"
    _per_degree, _net = (
        HOTEL["bookings_per_degree"],
        hotel_exact.total_effect("temperature", "bookings"),
    )
    _sd_price, _sd_bookings = f"{HOTEL['price_sd']:g}", f"{HOTEL['bookings_sd']:g}"
    mo.md(rf"""
    ## Second way: the same numbers without a draw

    A linear world needs no simulation. Its variances and covariances follow from its arrows (a degree
    moves bookings by {_per_degree:g} − {_b} = {_net:g} in all):

    $$\operatorname{{var}}(P) = {_b}^2 \cdot {_sd}^2 + {_sd_price}^2 = {_c.loc["price", "price"]:.0f}, \qquad
    \operatorname{{var}}(B) = {_net:g}^2 \cdot {_sd}^2 + {_sd_price}^2 + {_sd_bookings}^2
    = {_c.loc["bookings", "bookings"]:.0f},$$

    $$\operatorname{{cov}}(P, B) = -{_c.loc["price", "price"]:.0f} + {_per_degree:g} \cdot {_b} \cdot {_sd}^2
    = {_c.loc["price", "bookings"]:.0f}.$$
    """)
    return


@app.cell
def exact(hotel_exact):
    exact_numbers = {
        "correlation of price and bookings": hotel_exact.correlation("price", "bookings"),
        "slope that is seen": hotel_exact.slope("bookings", on="price"),
        "slope within one temperature": hotel_exact.slope("bookings", "price", ["temperature"]),
        "effect of do(price)": hotel_exact.total_effect("price", "bookings"),
    }
    return (exact_numbers,)


@app.cell(hide_code=True)
def exact_table(
    adjusted_slope,
    do_slope,
    evenings,
    exact_numbers,
    hotel_exact,
    naive_slope,
):
    _r = evenings["price"].corr(evenings["bookings"])
    _c = hotel_exact.covariance().round().astype(int)
    _cov, _p, _b = (
        _c.loc["price", "bookings"],
        _c.loc["price", "price"],
        _c.loc["bookings", "bookings"],
    )
    _columns = {
        "quantity": list(exact_numbers),
        "by hand": [f"{_cov} / √({_p} · {_b})", f"{_cov} / {_p}", "the arrow", "the arrow"],
        "exactly": [tidy.signed(value, 3) for value in exact_numbers.values()],
        "from draws": [tidy.signed(v, 3) for v in (_r, naive_slope, adjusted_slope, do_slope)],
    }
    tidy.as_table(pd.DataFrame(_columns))
    return


@app.cell(hide_code=True)
def read_exact():
    mo.md("""
    The draws scatter round the exact numbers, as draws do. The change of sign is no accident of a
    sample: it is in the arrows.
    """)
    return


@app.cell(hide_code=True)
def separation_heading():
    # notes: Aim: the graph makes claims that data can contradict. Trap: "given price" feels
    # notes: harmless and opens a collider. Minutes: 9 with exercise 5. If late: one example, the trade fair.
    mo.md("""
    ## What the graph forbids, data can judge

    A larger world: a resort. A path is **blocked** by a fork's or chain's middle node that is given,
    or by a collider that is not given (nor anything it causes). If all paths are blocked, the ends
    are *d-separated*, and must be independent in the population (Pearl 2009).

    Assert an independence. The graph judges it; so do 1,000 simulated evenings, by the *partial
    correlation* r: what is left of the correlation when the given are held fixed.
    """)
    return


@app.cell
def resort():
    resort = simulate.LinearWorld(
        {
            ("temperature", "price"): 2,
            ("temperature", "bookings"): 5,
            ("price", "bookings"): -1,
            ("trade_fair", "price"): 6,
            ("trade_fair", "bookings"): 12,
            ("temperature", "swimmers"): 3,
            ("bookings", "breakfasts"): 0.9,
        },
        intercepts={"temperature": 23},
        noise={"temperature": 3, "price": 5, "bookings": 5, "swimmers": 8, "breakfasts": 4},
    )
    resort_graph = graphs.dag(resort.edges)
    return resort, resort_graph


@app.cell
def resort_evenings(SEED, resort):
    resort_record = resort.sample(1_000, SEED)
    return (resort_record,)


@app.function
def partial_correlation(frame, first, second, given=()):
    """Return a partial correlation (given others) and its 94 % interval (Fisher z)."""
    precision = np.linalg.inv(frame[[first, second, *given]].cov().to_numpy())
    r = -precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1])
    half = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2) / np.sqrt(len(frame) - len(given) - 3)
    return float(r), float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


@app.cell
def assertion_inputs(resort_graph):
    # slide: skip
    _nodes = sorted(resort_graph.nodes)
    first = mo.ui.dropdown(_nodes, value="temperature", label="I say that")
    second = mo.ui.dropdown(_nodes, value="trade_fair", label="is independent of")
    given = mo.ui.multiselect(_nodes, label="given")
    return first, given, second


@app.cell(hide_code=True)
def assertion_judged(first, given, resort_graph, resort_record, second):
    _claim = first.value, second.value, given.value
    _inputs = mo.hstack([first, second, given], justify="start", gap=1)
    _verdict = judge_independence(resort_graph, resort_record, *_claim)
    mo.vstack([resort_graph.adjusting(*given.value).draw(), _inputs, _verdict])
    return


@app.function(hide_code=True)
def judge_independence(graph, frame, first, second, given):
    """Return the verdicts of graph and data on one asserted independence."""
    if first is None or second is None or len({first, second, *given}) < len(given) + 2:
        return mo.callout(mo.md("Choose two different nodes, and others to be given."))
    separated = graph.independent(first, second, given)
    r, low, high = partial_correlation(frame, first, second, given)
    seen = not low <= 0 <= high
    claim = f"**{first} ⟂ {second}{' given ' if given else ''}{', '.join(given)}**"
    by_graph = "✔ every path is blocked" if separated else "✘ a path is open"
    by_data = "✘ correlated" if seen else "✔ no correlation to be seen"
    interval = f"r = {tidy.signed(r)}, 94 % interval {tidy.signed(low)} to {tidy.signed(high)}"
    lines = [claim, f"Graph: {by_graph}.", f"Data: {by_data} ({interval})."]
    if seen == separated:
        rate = 100 * (1 - tidy.HDI_PROB)
        lines.append(f"They disagree: {rate:.0f} samples in 100 mislead, and a weak link may hide.")
    kind = "success" if separated and not seen else "warn"
    return mo.callout(mo.md("<br>".join(lines)), kind=kind)


@app.cell(hide_code=True)
def read_separation(resort):
    # slide: skip
    _of = ("temperature", "trade_fair")
    mo.md(f"""
    Try `temperature` and `trade_fair`. They are independent (exactly {tidy.signed(resort.correlation(*_of))}).
    Given the **price**, a collider, they are not ({tidy.signed(resort.correlation(*_of, ["price"]))}): a dear evening
    that is cold hints at a trade fair. Given `breakfasts`, which only *follows* from a collider, the path
    is open too ({tidy.signed(resort.correlation(*_of, ["breakfasts"]))}).
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Exercise 5 · complete · 3 min

    In the resort, `price` and `swimmers` are correlated. Give a set of nodes that makes them
    independent. Several sets are right; none may hold `price` or `swimmers`.

    Expected: a set, list or tuple of node names.
    """)
    return


@app.cell
def exercise_5_separate():
    # For example {"bookings"}, if you think that this is it.
    # solution
    separating_set = {"temperature"}
    separating_set
    return (separating_set,)


@app.function(hide_code=True)
def as_names(value):
    """Return the names in an answer, as the resort spells them: a text is one name."""
    names = [value] if isinstance(value, str) else value
    return {"_".join(str(name).split()).casefold() for name in names}


@app.cell(hide_code=True)
def hints_5(resort_graph):
    _ends = {"price", "swimmers"}
    _open = "The fork price ← temperature → swimmers is still open."
    hints_5 = [
        (lambda v: not as_names(v) <= set(resort_graph.nodes), "A name is not in the resort."),
        (lambda v: _ends & as_names(v), "Leave out the two ends themselves."),
        (lambda v: not as_names(v), "With nothing given, price ← temperature → swimmers is open."),
        (lambda v: "temperature" not in as_names(v), _open),
        "List the paths between price and swimmers. What do all of them pass through?",
    ]
    return (hints_5,)


@app.cell(hide_code=True)
def check_5(hints_5, resort_graph, separating_set, set_progress):
    check_5 = checks.holds(
        separating_set,
        lambda value: resort_graph.independent("price", "swimmers", sorted(as_names(value))),
        hints=hints_5,
        why="Every path to the swimmers leaves through temperature, never as a collider. Given it, "
        "all are blocked, whatever else is given.",
    )
    set_progress(check_5.record("5"))
    check_5
    return


@app.cell(hide_code=True)
def wrong_heading():
    # notes: Aim: some wrong graphs are caught, and the cost is counted in evenings. Trap: passing
    # notes: a test is not a proof. Minutes: 6. If late: state the two numbers, skip the slider.
    mo.md("""
    ## A wrong graph can be caught, at a price

    A colleague draws temperature → price → bookings: guests look at nothing but the price. A missing
    arrow is a claim, so the graph can be tested: **temperature ⟂ bookings, given price**.

    How many evenings until the data object? It depends on how strong the forgotten arrow is.
    """)
    return


@app.cell
def wrong_graph():
    wrong_graph = graphs.dag([("temperature", "price"), ("price", "bookings")])
    wrong_graph.draw("The colleague's graph")
    return (wrong_graph,)


@app.cell
def wrong_test(evenings, wrong_graph):
    _claim = wrong_graph.independences().iloc[0]
    wrong_evidence = partial_correlation(
        evenings, _claim["first"], _claim["second"], _claim["given"]
    )
    return (wrong_evidence,)


@app.cell(hide_code=True)
def read_wrong(hotel_exact, wrong_evidence):
    _r, _low, _high = wrong_evidence
    _true = hotel_exact.correlation("temperature", "bookings", ["price"])
    mo.md(f"""
    In our record that partial correlation is {tidy.signed(_r)} (94 % interval {tidy.signed(_low)} to
    {tidy.signed(_high)}), not 0: the graph is wrong. Already {evenings_needed(_true):.0f} evenings would show it,
    in four hotels of five. Now let the forgotten arrow be weaker.
    """)
    return


@app.function
def power(correlation, n, given=1, level=1 - tidy.HDI_PROB):
    """Return the chance that n units show a partial correlation to be other than 0 (Fisher z)."""
    shift = np.arctanh(correlation) * np.sqrt(n - given - 3)
    threshold = NormalDist().inv_cdf(1 - level / 2)
    return NormalDist().cdf(shift - threshold) + NormalDist().cdf(-shift - threshold)


@app.function
def evenings_needed(correlation, chance=0.8, level=1 - tidy.HDI_PROB, given=1):
    """Return the number of units with which a partial correlation is noticed at this chance."""
    sum_of_z = NormalDist().inv_cdf(1 - level / 2) + NormalDist().inv_cdf(chance)
    return np.ceil((sum_of_z / np.arctanh(abs(correlation))) ** 2 + given + 3)


@app.cell
def noise_once(N_WORLDS, SEED):
    sizes = [10, 20, 40, 80, 160, 320, 640, 1_280]
    shocks = np.random.default_rng(SEED).normal(size=(3, N_WORLDS, max(sizes)))  # a row a node
    return shocks, sizes


@app.function
def noticed(shocks, world, n):
    """Return the share of simulated hotels whose first n evenings reject the missing arrow."""
    drawn = {}
    for node, shock in zip(world.variables, shocks, strict=True):
        causes = [(cause, w) for (cause, effect), w in world.coefficients.items() if effect == node]
        drawn[node] = world.noise[node] * shock[:, :n] + sum(w * drawn[c] for c, w in causes)
    columns = np.stack([drawn["temperature"], drawn["bookings"], drawn["price"]], axis=1)
    columns -= columns.mean(axis=2, keepdims=True)
    precision = np.linalg.inv(columns @ columns.transpose(0, 2, 1))
    r = -precision[:, 0, 1] / np.sqrt(precision[:, 0, 0] * precision[:, 1, 1])
    z = np.abs(np.arctanh(r)) * np.sqrt(n - 4)
    return float((z > NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)).mean())


@app.cell
def power_sliders():
    # slide: skip
    weak = mo.ui.slider(
        0.1, 2, 0.1, value=0.5, show_value=True, label="forgotten arrow (bookings per °C)"
    )
    n_evenings = mo.ui.slider(10, 1_280, 10, value=160, show_value=True, label="evenings")
    return n_evenings, weak


@app.cell
def weak_hotel(hotel_with, weak):
    weak_hotel = hotel_with(weak.value)
    weak_correlation = weak_hotel.correlation("temperature", "bookings", ["price"])
    return weak_correlation, weak_hotel


@app.cell
def power_now(shocks, sizes, weak_correlation, weak_hotel):
    _n = np.geomspace(min(sizes), max(sizes), 60)
    power_exact = pd.DataFrame({"n": _n, "share": [power(weak_correlation, n) for n in _n]})
    _found = [noticed(shocks, weak_hotel, n) for n in sizes]
    power_simulated = pd.DataFrame({"n": sizes, "share": _found})
    return power_exact, power_simulated


@app.cell(hide_code=True)
def power_axes(sizes):
    _log = alt.Scale(type="log", domain=[min(sizes), max(sizes)])
    power_x = alt.X("n:Q", title="evenings in the record", scale=_log)
    power_x = power_x.axis(values=sizes)
    power_y = alt.Y("share:Q", title="hotels that notice (share)", scale=alt.Scale(domain=[0, 1]))
    return power_x, power_y


@app.cell(hide_code=True)
def chart_power(
    n_evenings,
    power_exact,
    power_simulated,
    power_x,
    power_y,
    weak_correlation,
):
    _line = alt.Chart(power_exact).mark_line(color=charts.ROLES["truth"], strokeWidth=3)
    _dots = alt.Chart(power_simulated).mark_point(
        size=110, color=charts.ROLES["treated"], strokeWidth=3
    )
    _now = alt.Chart(pd.DataFrame({"n": [n_evenings.value]})).mark_rule(strokeDash=[6, 4])
    _chance = power(weak_correlation, n_evenings.value)
    _title = f"{n_evenings.value:,} evenings notice the forgotten arrow in {100 * _chance:.0f} % of hotels"
    _layers = _line.encode(power_x, power_y) + _dots.encode(power_x, power_y) + _now.encode(power_x)
    _look = alt.Title(_title, subtitle="line: closed form; circles: simulated hotels")
    chart_power = charts.describe(
        _layers.properties(title=_look, height=180),
        f"{_title}. The share of hotels that notice rises with the number of evenings.",
    )
    return (chart_power,)


@app.cell(hide_code=True)
def power_shown(chart_power, n_evenings, weak):
    mo.vstack([mo.hstack([weak, n_evenings], justify="start", gap=2, wrap=True), chart_power])
    return


@app.cell(hide_code=True)
def read_power(weak, weak_correlation):
    mo.md(f"""
    At {weak.value:.1f} bookings per °C (partial correlation {tidy.signed(weak_correlation, 3)}) it takes
    {evenings_needed(weak_correlation):,.0f} evenings to notice in four hotels of five. Half the arrow,
    four times the evenings.
    """)
    return


@app.cell(hide_code=True)
def limits_of_tests():
    # slide: skip
    mo.md("""
    A graph that passes its tests is not proved. Some faults are too weak for your data, and some
    show in no amount of it. Those come next.
    """)
    return


@app.cell(hide_code=True)
def equivalence_heading():
    # notes: Aim: three graphs, one likelihood, three answers. This is the heart of the notebook.
    # notes: Trap: "take the best-fitting graph"; there is none. Minutes: 10 with exercise 6. If late: never skip.
    mo.md("""
    ## Three graphs, one fit, three answers

    Here are three stories of one hotel. In the first, we price by the weather. In the second, a
    revenue manager prices by the bookings so far. The third is absurd: prices make the weather.

    All three are fitted to the same 1,000 evenings, each node regressed on its parents. The
    *log-likelihood* says how well: how probable a graph makes the record, on a log scale.
    """)
    return


@app.cell
def stories():
    _T, _P, _B = "temperature", "price", "bookings"
    stories = {
        "priced by weather": [(_T, _P), (_T, _B), (_P, _B)],
        "priced by bookings": [(_T, _B), (_T, _P), (_B, _P)],
        "prices make weather": [(_P, _T), (_P, _B), (_T, _B)],
    }
    return (stories,)


@app.cell(hide_code=True)
def stories_drawn(stories):
    mo.hstack([graphs.dag(edges).draw(name) for name, edges in stories.items()], widths="equal")
    return


@app.function
def fit_graph(edges, frame):
    """Return the largest Gaussian log-likelihood of a graph, and the fitted linear world."""
    coefficients, noise, log_likelihood = {}, {}, 0.0
    for node in frame:
        parents = [cause for cause, effect in edges if effect == node]
        design = np.column_stack([np.ones(len(frame)), frame[parents]])
        weights = np.linalg.lstsq(design, frame[node], rcond=None)[0]
        noise[node] = np.std(frame[node] - design @ weights)
        log_likelihood -= len(frame) * (np.log(2 * np.pi * noise[node] ** 2) + 1) / 2
        coefficients |= {(p, node): w for p, w in zip(parents, weights[1:], strict=True)}
    return log_likelihood, simulate.LinearWorld(coefficients, noise=noise)


@app.cell
def fits(evenings, stories):
    _fits = {name: fit_graph(edges, evenings) for name, edges in stories.items()}
    _rows = [(name, fit, w.total_effect("price", "bookings")) for name, (fit, w) in _fits.items()]
    equivalent_fits = pd.DataFrame(_rows, columns=["story", "log_likelihood", "effect_of_price"])
    return (equivalent_fits,)


@app.cell(hide_code=True)
def fits_table(equivalent_fits):
    # slide: fragment
    _columns = {
        "story": equivalent_fits["story"],
        "log-likelihood": equivalent_fits["log_likelihood"].map(lambda x: tidy.signed(x, 8)),
        "effect of one more euro (rooms)": equivalent_fits["effect_of_price"].map(tidy.signed),
    }
    tidy.as_table(pd.DataFrame(_columns))
    return


@app.cell(hide_code=True)
def read_fits(equivalent_fits, evenings, wrong_graph):
    _gap = np.ptp(equivalent_fits["log_likelihood"])
    _less = equivalent_fits["log_likelihood"].max() - fit_graph(wrong_graph.edges, evenings)[0]
    _effects = ", ".join(tidy.signed(effect) for effect in equivalent_fits["effect_of_price"])
    mo.md(f"""
    The fits {"agree to the last digit shown" if _gap < 5e-9 else "differ"}; the answers are {_effects}. **No
    amount of such data can choose.** The colleague's graph, one arrow short, does fit worse (by
    {_less:,.0f}): data can refute a missing arrow, and cannot turn one round here.
    """)
    return


@app.cell(hide_code=True)
def rule_of_equivalence():
    mo.md("""
    ### When do two graphs fit alike?

    Two graphs imply the same independences, and in linear Gaussian
    worlds fit equally well, exactly when they have

    1. the same **skeleton**: the same pairs joined, directions left out;
    2. the same **v-structures**: colliders a → c ← b whose ends a and b are not joined.

    Such graphs are *Markov equivalent* (Verma & Pearl 1990).
    """)
    return


@app.cell(hide_code=True)
def question_6():
    mo.md("""
    ### Exercise 6 · predict · 3 min

    Data come from the chain **A → B → C**. Which of these graphs fit them exactly as well?

    - `"p"`: A ← B ← C
    - `"q"`: A ← B → C
    - `"r"`: A → B ← C
    - `"s"`: A → C → B

    Expected: a set of letters, for example `{"p", "s"}`.
    """)
    return


@app.cell
def exercise_6_equivalent():
    # The set of all letters that are right.
    # solution
    equivalent_graphs = {"p", "q"}
    equivalent_graphs
    return (equivalent_graphs,)


@app.function(hide_code=True)
def forbidden(text):
    """Return the independences that a graph, given as text, implies."""
    table = graphs.dag(graphs.parse_edges(text)[0]).independences()
    return {(frozenset(r[["first", "second"]]), r["given"]) for _, r in table.iterrows()}


@app.function(hide_code=True)
def as_letters(value):
    """Return an answer as it is, or the letters of a text such as "p, q"."""
    text = re.sub(r"[\s,;.]+", "", value) if isinstance(value, str) else ""
    return set(text) if text and set(text.casefold()) <= set("pqrs") else value


@app.cell(hide_code=True)
def hints_6():
    _letters = {"p": "A <- B <- C", "q": "A <- B -> C", "r": "A -> B <- C", "s": "A -> C -> B"}
    _goal = forbidden("A -> B -> C")
    truth_6 = {letter for letter, text in _letters.items() if forbidden(text) == _goal}
    _known = {*_letters, *map(str.upper, _letters)}
    hints_6 = [
        (lambda v: set(v) and not set(v) <= _known, "Give letters: p, q, r or s."),
        (lambda v: "r" in v, "`r` is a collider at B: A and C independent, until B is given."),
        (lambda v: "s" in v, "`s` joins other pairs: in it, A and B are independent given C."),
        (lambda v: len(v) == 1, "Another has the same skeleton and no collider, too."),
        "Write down the one independence that each graph implies.",
    ]
    return hints_6, truth_6


@app.cell(hide_code=True)
def check_6(equivalent_graphs, hints_6, set_progress, truth_6):
    check_6 = checks.same_set(
        as_letters(equivalent_graphs),
        truth_6,
        hints=hints_6,
        why="Two chains and a fork cannot be told apart by independences in a record. A collider "
        "can: that is the one foothold of algorithms that test them.",
    )
    set_progress(check_6.record("6"))
    check_6
    return


@app.cell(hide_code=True)
def discovery():
    # notes: Aim: algorithms and language models are helpers, not referees. Trap: a sneer; the
    # notes: method is useful and its authors report it plainly. Minutes: 4. If late: table only.
    mo.md("""
    ## Can a machine draw the graph?

    **From data**: without assumptions on the form of effects or noise, algorithms return at best an
    equivalence class, after many tests, each of which may err; most assume that nothing is hidden. For the hotel, the class holds all six complete graphs.

    **From names**: a large language model can be asked what causes what. One careful study
    (Jiralerspong et al. 2024) asks node by node, with a number of questions linear in the number of
    variables, and compares with published graphs:
    """)
    return


@app.cell(hide_code=True)
def discovery_table():
    # slide: sub-slide
    mo.md("""
    | Published graph | Variables | Accuracy reported |
    |:--|:--|:--|
    | ASIA (chest clinic, a textbook example) | 8 | .80 to .88 |
    | CHILD (blue babies) | 20 | .30 to .46 |
    | NEUROPATHIC (nerve pain) | 221 | .22 |

    *Accuracy*, as the authors' code counts it: arrows in both graphs, as a share of arrows in either.
    Ranges: over the variants reported.
    """)
    return


@app.cell(hide_code=True)
def read_discovery():
    mo.md("""
    Good on a small graph that textbooks print; on larger ones fewer than half of the arrows agree. It
    needs no data and few questions: a fair first draft. **Let people who know the subject sign it.**
    """)
    return


@app.cell(hide_code=True)
def fairness():
    # slide: skip
    mo.md("""
    To be fair to the study: its aim was fewer questions, it reports better results than the methods it
    is compared with, and language models have moved on since. Against that, a published test graph may
    be in what a model has read. Either way one wrong arrow can turn an answer round, as the hotel showed.
    """)
    return


@app.cell
def insurance_variables():
    _names = """make and model, theft history, car value, advanced airbag, antilock brakes,
    driving course completion, vehicle year, car safety rating, accident history, age,
    medical cost of accident, good student status, risk aversion, annual mileage"""
    INSURANCE = [" ".join(name.split()) for name in _names.split(",")]
    return (INSURANCE,)


@app.cell(hide_code=True)
def activity(INSURANCE):
    # notes: Aim: draw, argue, revise. Teams of three, one types. Trap: people draw the order of the
    # notes: form, not of causes; ask "if we changed this by hand, would that move?". Minutes: 15 with exercise 7. If late: draw five arrows around one question only.
    mo.md(f"""
    ## Your turn: what causes a car accident?

    A car insurer keeps {len(INSURANCE)} variables for each driver. Draw how they cause each other.

    {" · ".join(INSURANCE)} (the last is our own pick)

    Ask of each pair: *if we changed this one by hand, would that one move, all others held?*
    """)
    return


@app.cell(hide_code=True)
def question_7(INSURANCE):
    mo.md(f"""
    ### Exercise 7 · build · 12 min

    Draw a graph of all {len(INSURANCE)} variables: choose two of them in the editor below, or write lines
    such as `age -> risk aversion`. Done when every variable has an arrow, there is no cycle, and
    nothing causes age. There is no single right graph: be ready to defend yours.

    The page's address keeps what you draw when you run cells again or reload. To keep it for tomorrow,
    copy the text under the drawing into `insurance_draft`. Without a mouse: Esc leaves a code cell, ↓
    goes to the editor, Tab moves through it.
    """)
    return


@app.cell
def exercise_7_draw():
    # slide: skip
    # One arrow a line, between triple quotes; or leave it, and use the editor.
    # solution
    insurance_draft = """
    age -> risk aversion -> driving course completion -> accident history
    age -> accident history -> medical cost of accident
    age -> good student status
    age -> annual mileage -> accident history
    age -> driving course completion
    age -> medical cost of accident
    risk aversion -> good student status
    risk aversion -> accident history
    risk aversion -> make and model -> car value -> theft history
    risk aversion -> vehicle year -> car value
    make and model -> advanced airbag -> car safety rating
    make and model -> antilock brakes -> car safety rating
    make and model -> theft history
    vehicle year -> advanced airbag -> medical cost of accident
    vehicle year -> antilock brakes -> accident history
    """
    return (insurance_draft,)


@app.cell(hide_code=True)
def editor_inputs_shown(
    add_arrow,
    add_lines,
    arrow_lines,
    cause,
    effect,
    remove_arrow,
    undo_arrow,
):
    # slide: skip
    _row = [cause, effect, add_arrow, remove_arrow, undo_arrow]
    mo.vstack([mo.hstack(_row, justify="start", wrap=True), arrow_lines, add_lines])
    return


@app.cell(hide_code=True)
def editor_shown(
    INSURANCE,
    editor_messages,
    insurance_edges,
    insurance_question,
):
    # slide: skip
    _roles = {role: insurance_question.value[role] for role in ("treatment", "outcome")}
    _drawing = draw_insurance(insurance_edges, INSURANCE, **_roles)
    _text = mo.md(f"```text\n{as_lines(insurance_edges)}\n```")
    mo.vstack(
        [
            *[
                mo.callout(mo.Html(escape(m.replace("`", ""))), kind="warn")
                for m in editor_messages
            ],
            _drawing,
            mo.accordion({"The graph as text, to copy": _text}),
        ]
    )
    return


@app.cell(hide_code=True)
def check_7(INSURANCE, insurance_draft, insurance_edges, set_progress):
    check_7 = checks.holds(
        {"edges": insurance_edges, "draft": insurance_draft},
        lambda answer: judge_insurance(**answer, variables=INSURANCE),
        hints=[
            "Start from what nothing here causes: age. Then follow time forward.",
            "Safety equipment acts on what happens in an accident, or on whether it happens.",
        ],
        why="You signed a graph. It says what to adjust for, and what would prove it wrong. Compare "
        "with a neighbour: the arrows on which you differ are the ones worth talking about.",
    )
    set_progress(check_7.record("7"))
    check_7
    return


@app.cell(hide_code=True)
def insurance_question_inputs(INSURANCE):
    # slide: skip
    _pick = mo.ui.dropdown
    insurance_question = mo.ui.dictionary(
        {
            "treatment": _pick(INSURANCE, value="driving course completion", label="treatment"),
            "outcome": _pick(INSURANCE, value="accident history", label="outcome"),
            "hidden": mo.ui.multiselect(INSURANCE, label="nobody measured"),
        }
    )
    return (insurance_question,)


@app.cell(hide_code=True)
def insurance_question_shown(INSURANCE, insurance_edges, insurance_question):
    # slide: skip
    _ask = mo.md("**What do you want to know?** Choose a treatment and an outcome.")
    _inputs = mo.hstack(list(insurance_question.elements.values()), justify="start", wrap=True)
    _advice = mo.md(advise(insurance_edges, INSURANCE, **insurance_question.value))
    mo.vstack([_ask, _inputs, _advice])
    return


@app.cell
def insurance_independences(INSURANCE, insurance_edges, insurance_question):
    implied = graphs.dag(
        insurance_edges, nodes=INSURANCE, hidden=insurance_question.value["hidden"]
    ).independences()
    return (implied,)


@app.cell(hide_code=True)
def insurance_implied(implied, insurance_edges):
    # slide: skip
    _said = f"Your graph forbids **{len(implied)}** correlations. Each can be tested in data:"
    _none = mo.md("Draw an arrow, and this place lists the correlations that your graph forbids.")
    _list = mo.vstack([mo.md(_said), table_of_independences(implied)])
    _list if insurance_edges else _none
    return


@app.cell(hide_code=True)
def takeaways(best_price, naive_slope, revenue_change, season, true_effect):
    # notes: Aim: each bullet with its limit. Ask which assumption of the hotel they would doubt
    # notes: first in their own company. Trap: leaving with "correlation is useless"; the guest
    # notes: needs nothing else. Minutes: 4. If late: read the bold words.
    _gain = tidy.number(revenue_change.mean(), 0, "€")
    mo.md(f"""
    ## Takeaways

    - **Should she raise her prices? {"Yes" if revenue_change.mean() > 0 else "No"}**: from
      €{season["price"].mean():.0f} on average, one euro more brings {_gain} an evening, if the graph is right; near
      €{float(best_price.mean()):.0f} nothing more.
    - **Seeing is not doing.** The hotel shows {tidy.signed(naive_slope)} and obeys {tidy.signed(true_effect, 0)}
      rooms per euro. To predict while nothing is changed, use the first.
    - **An effect compares potential outcomes**, of which one is missing, in a stated population.
    - **A graph lists assumptions**, and says what to adjust for, if nothing that matters is hidden.
    - **Data can refute a missing arrow**; independences alone cannot choose between equivalent graphs.
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

    - Hernán, M. A., & Robins, J. M. (2020). *Causal Inference: What If*. Chapman & Hall/CRC.
    - Holland, P. W. (1986). Statistics and causal inference. *Journal of the American Statistical
      Association*, 81(396), 945–960. [doi:10.1080/01621459.1986.10478354](https://doi.org/10.1080/01621459.1986.10478354)
    - Jiralerspong, T., Chen, X., More, Y., Shah, V., & Bengio, Y. (2024). Efficient causal graph discovery
      using large language models. [arXiv:2402.01207](https://arxiv.org/abs/2402.01207)
    - Pearl, J. (2009). *Causality: Models, Reasoning, and Inference* (2nd ed.). Cambridge University
      Press. [doi:10.1017/CBO9780511803161](https://doi.org/10.1017/CBO9780511803161)
    - Rubin, D. B. (1974). Estimating causal effects of treatments in randomized and nonrandomized studies.
      *Journal of Educational Psychology*, 66(5), 688–701. [doi:10.1037/h0037350](https://doi.org/10.1037/h0037350)
    - Verma, T., & Pearl, J. (1990). Equivalence and synthesis of causal models. *Proceedings of the 6th
      Conference on Uncertainty in Artificial Intelligence*, 255–270.
    """)
    return


@app.cell(hide_code=True)
def behind_the_editor():
    # slide: skip
    mo.md("""
    ### Behind the editor

    The folded cells below run the editor of exercise 7. Nothing in the lesson needs them.
    """)
    return


@app.cell(hide_code=True)
def draft_read(INSURANCE, insurance_draft):
    draft_arrows = add_arrows([], draft_text(insurance_draft), INSURANCE)
    return (draft_arrows,)


@app.cell(hide_code=True)
def editor_state(INSURANCE, draft_arrows):
    _kept = from_address(mo.query_params().get("arrows"), INSURANCE)
    get_editor, set_editor = mo.state(opened(draft_arrows, _kept))
    return get_editor, set_editor


@app.cell(hide_code=True)
def editor_result(INSURANCE, draft_arrows, get_editor):
    insurance_edges, editor_messages = get_editor()[-1]
    _drawn = [] if insurance_edges == draft_arrows[0] else insurance_edges
    mo.query_params()["arrows"] = to_address(_drawn, INSURANCE) or None
    return editor_messages, insurance_edges


@app.cell(hide_code=True)
def editor_actions(INSURANCE, set_editor):
    def _change(new):
        set_editor(lambda past: [*past, new(past[-1][0])])

    edit = {
        "add": lambda text: _change(lambda edges: add_arrows(edges, text, INSURANCE)),
        "remove": lambda arrow: _change(lambda edges: ([e for e in edges if e != arrow], [])),
        "undo": lambda: set_editor(lambda past: past[:-1] or past),
    }
    return (edit,)


@app.cell(hide_code=True)
def editor_inputs(INSURANCE, edit):
    cause = mo.ui.dropdown(INSURANCE, value="age", label="cause")
    effect = mo.ui.dropdown(INSURANCE, value="risk aversion", label="effect")
    arrow_lines = mo.ui.text_area(
        rows=8, full_width=True, label="or write arrows, one chain a line"
    )
    add_arrow = press("add arrow", lambda: edit["add"](f"{cause.value} -> {effect.value}"))
    remove_arrow = press("remove arrow", lambda: edit["remove"]((cause.value, effect.value)))
    undo_arrow = press("undo", edit["undo"])
    add_lines = press("add these lines", lambda: edit["add"](arrow_lines.value))
    return (
        add_arrow,
        add_lines,
        arrow_lines,
        cause,
        effect,
        remove_arrow,
        undo_arrow,
    )


@app.function(hide_code=True)
def press(label, act):
    """Return a button that acts when it is pressed."""
    return mo.ui.button(label=label, on_click=lambda _: act())


@app.function(hide_code=True)
def opened(draft, kept):
    """Return the history (edges, messages) with which the editor opens; nothing drawn is lost."""
    edges, messages = draft
    if set(kept) <= set(edges):
        return [draft]
    n = "1 arrow" if len(kept) == 1 else f"{len(kept)} arrows"
    if not edges:
        return [draft, (kept, [*messages, f"The {n} that you drew before came back."])]
    lost = f"The draft took the place of the {n} drawn before; “undo” brings them back."
    return [(kept, []), (edges, [*messages, lost])]


@app.function(hide_code=True)
def to_address(edges, variables):
    """Return arrows as a short text for the page's address, two letters an arrow: "ab-bc"."""
    letter = dict(zip(variables, string.ascii_lowercase, strict=False))
    return "-".join(letter[cause] + letter[effect] for cause, effect in edges)


@app.function(hide_code=True)
def from_address(text, variables):
    """Return the arrows of such a text; what cannot be one is left out."""
    name = dict(zip(string.ascii_lowercase, variables, strict=False))
    pairs = [pair for pair in str(text or "").split("-") if len(pair) == 2]
    lines = [f"{name[a]} -> {name[b]}" for a, b in pairs if a in name and b in name]
    return add_arrows([], "\n".join(lines), variables)[0]


@app.function(hide_code=True)
def draft_text(draft):
    """Return a draft as text: as it is, or a line for each text and each pair of a list."""
    if not isinstance(draft, list | tuple | set):
        return draft if isinstance(draft, str) else ""
    rows = [[item] if isinstance(item, str) else item for item in draft]
    rows = [row for row in rows if isinstance(row, list | tuple)]
    return "\n".join(" -> ".join(word for word in row if isinstance(word, str)) for row in rows)


@app.function(hide_code=True)
def as_lines(edges):
    """Return arrows as text, one a line."""
    return "\n".join(f"{cause} -> {effect}" for cause, effect in edges)


@app.function(hide_code=True)
def name_of(word, variables):
    """Return (variable, "") for a word that names one, and (None, message) for one that does not."""
    known = {variable.casefold(): variable for variable in variables}
    plain = " ".join(word.replace("_", " ").split()).casefold()
    if plain in known:
        return known[plain], ""
    near = difflib.get_close_matches(plain, known, n=1)
    guess = f" Did you mean “{known[near[0]]}”?" if near else ""
    return None, f"There is no variable “{word}”.{guess}"


@app.function(hide_code=True)
def add_arrows(edges, text, variables):
    """Return the edges with the arrows of a text added, and a message for what was not added."""
    found, messages = graphs.parse_edges(text)
    edges = list(edges)
    for arrow in found:
        (cause, fault), (effect, other_fault) = (name_of(word, variables) for word in arrow)
        cycle = [] if fault or other_fault else graphs.find_cycle([*edges, (cause, effect)])
        messages += [message for message in (fault, other_fault) if message]
        if cycle:
            messages.append(f"Not added, it would close a cycle: {' → '.join(cycle)}.")
        elif cause and effect and (cause, effect) not in edges:
            edges.append((cause, effect))
    return edges, list(dict.fromkeys(messages))


@app.function(hide_code=True)
def draw_insurance(edges, variables, treatment, outcome):
    """Return the drawing of the learner's graph, with what has no arrow yet."""
    used = {name for edge in edges for name in edge}
    left = [name for name in variables if name not in used]
    rest = f"Without an arrow: {', '.join(left)}." if left else "Every variable has an arrow."
    count = "1 arrow" if len(edges) == 1 else f"{len(edges)} arrows"
    roles = {"treatment": treatment, "outcome": outcome}
    roles = {role: name for role, name in roles.items() if name in used}
    return graphs.dag(edges, **roles).draw(f"{count}. {rest}") if edges else mo.md(rest)


@app.function(hide_code=True)
def effects_of(cause, edges):
    """Return every variable that arrows lead to from a cause."""
    reached = {cause}
    for _ in edges:
        reached |= {effect for start, effect in edges if start in reached}
    return reached - {cause}


@app.function(hide_code=True)
def advise(edges, variables, treatment, outcome, hidden=()):
    """Return in words what the graph says to adjust for."""
    if treatment is None or outcome is None or treatment == outcome:
        return "Choose two different variables."
    if {treatment, outcome} & set(hidden):
        return "The treatment and the outcome must be measured."
    if outcome not in effects_of(treatment, edges):
        return f"**No effect**: in this graph no arrows lead from {treatment} to {outcome}."
    graph = graphs.dag(edges, nodes=variables, treatment=treatment, outcome=outcome, hidden=hidden)
    sets = ["{" + ", ".join(sorted(names)) + "}" for names in graph.adjustment_sets()]
    if not sets:
        return "**No measured variables close every backdoor path.** Measure more, or experiment."
    if sets == ["{}"]:
        return "**Nothing needs to be adjusted for**: no backdoor path is open."
    more = f" ({len(sets) - 3} more)" if len(sets) > 3 else ""
    return f"**Adjust for** one of these: {'; '.join(sets[:3])}{more}."


@app.function(hide_code=True)
def table_of_independences(implied):
    """Return the implied independences as a table to leaf through."""
    given = implied["given"].map(lambda names: ", ".join(names) or "nothing")
    table = implied.assign(given=given).set_axis(["this", "is independent of", "given"], axis=1)
    look = {"show_column_summaries": False, "show_data_types": False, "show_download": False}
    return mo.ui.table(table, selection=None, page_size=5, **look)


@app.function(hide_code=True)
def judge_insurance(edges, draft, variables):
    """Return True, or what a learner's graph still lacks."""
    if not edges and (draft is None or draft is ...):
        raise checks.Unanswered("Draw your first arrow in the editor above.")
    if not edges:
        return "No arrow of the draft could be read. Write lines such as `age -> risk aversion`."
    if graphs.find_cycle(edges):
        return f"There is a cycle: {' → '.join(graphs.find_cycle(edges))}."
    used = {name for edge in edges for name in edge}
    left = [name for name in variables if name not in used]
    if left:
        return f"{len(left)} variables have no arrow yet: {', '.join(left)}."
    causes = [cause for cause, effect in edges if effect == "age"]
    return f"Does {causes[0]} make people older?" if causes else True


if __name__ == "__main__":
    app.run()
