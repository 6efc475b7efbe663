import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="What would happen if we changed the price?",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    import itertools
    from statistics import NormalDist

    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import checks, fits, graphs, tidy
    from helpers.lessons import causal_graphs
    from helpers.simulate import LinearWorld
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # What would happen if we changed the price?

    A hotel has kept a record of a thousand evenings. On dear evenings it sells more rooms than on cheap ones. Should the
    owner raise her prices?

    Decide for yourself first. Then see what the record can say, what is missing, and how to write it down.

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. A name is given in one cell: start your own with `_`.
    Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | tell *seeing* from *doing*, draw assumptions as a graph, read off it what to adjust for, run it as a program |
    | Question | What does one more euro do to the hotel's bookings, and does it pay? |
    | Estimand | the mean of bookings(price + 1) − bookings(price), over all evenings |
    | Design | a simulated hotel: its truth is known, and opened halfway |
    | Data | 1,000 simulated evenings; later ten customers, a resort, a pool |
    | Time | core 75 minutes, optional 62; eight checked exercises |
    | Before | Python, means, the slope of a line; for one optional section, a posterior |
    """)
    return


@app.cell(hide_code=True)
def seeing():
    mo.md("""
    ## On dear evenings the hotel is full

    Each dot is one of 1,000 evenings: the price of a night, and the rooms sold.
    """)
    return


@app.cell
def seeing_picture(evenings, naive_slope):
    causal_graphs.chart_seeing(evenings, naive_slope)
    return


@app.cell(hide_code=True)
def read_naive(evenings, naive_slope):
    mo.md(f"""
    Price and bookings rise together: correlation {signed(evenings["price"].corr(evenings["bookings"]))} (−1 to +1), slope
    {signed(naive_slope)} rooms per euro (the rise of the line). A *guest* can use this: cheap evenings are quiet.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### Exercise 1 · predict · 2 min

    The *owner* does not see a price, she sets it. From tomorrow she adds €10 to every night, warm or cold. What do
    the record's two columns, price and bookings, say of the mean number of bookings?

    Answer with one of `"rises by about 5"`, `"stays the same"`, `"falls by about 10"`, `"the record cannot tell"`.
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the four texts above.
    owners_answer = ...
    return (owners_answer,)


@app.cell(hide_code=True)
def check_1(naive_slope, owners_answer, set_progress):
    check_1 = causal_graphs.judge_1(owners_answer, naive_slope).noted(1, set_progress)
    check_1
    return


@app.cell(hide_code=True)
def record_note():
    mo.md("""
    ### The record

    | Variable | Meaning | Unit |
    |:--|:--|:--|
    | `temperature` | temperature at noon, as forecast | °C |
    | `price` | price of one night | € |
    | `bookings` | rooms sold that evening | rooms |

    n = 1,000 evenings. Source: a simulator, seeded by `SEED` (more below). The slope is that of least squares:
    """)
    return


@app.cell
def record(SEED, hotel):
    evenings = graphs.sample(hotel, n=1_000, seed=SEED)
    naive_slope, naive_error = regress(evenings, "bookings", on="price")
    return evenings, naive_error, naive_slope


@app.function
def regress(frame, outcome, on, given=()):
    """Return the coefficient of `on` (outcome per unit of `on`) and its standard error."""
    design = np.column_stack([np.ones(len(frame)), frame[[on, *given]]])
    coefficients, squares, *_ = np.linalg.lstsq(design, frame[outcome], rcond=None)
    variance = squares[0] / (len(frame) - design.shape[1])
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1])
    return float(coefficients[1]), float(error)


@app.cell(hide_code=True)
def outcomes_heading():
    mo.md("""
    ## Each customer shows one of two outcomes

    A telephone company made a special offer to five of ten customers. Did it keep them?

    Each has two **potential outcomes**: `y1`, churn (1) or stay (0) with the offer, and `y0`, without it. The effect of the
    offer on a customer is `y1 − y0`. One of the two is missing for everybody: the *fundamental problem of causal
    inference* (Rubin 1974; Holland 1986).
    """)
    return


@app.cell
def customers_shown(customers, reveal, seen_difference):
    causal_graphs.show_customers(customers, reveal, seen_difference)
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
    seen_difference = churn_difference(customers, customers["offer"] == 1)
    reveal = mo.ui.switch(label="Show what nobody can see")
    return customers, reveal, seen_difference


@app.function
def churn_difference(customers, offered):
    """Return observed churn with the offer minus churn without it, when `offered` get it."""
    return customers.loc[offered, "y1"].mean() - customers.loc[~offered, "y0"].mean()


@app.cell(hide_code=True)
def question_2():
    mo.md("""
    ### Exercise 2 · complete · 4 min

    You may look at all of `customers` (columns `offer`, `y0`, `y1`). Compute three means of `y1 − y0`, as shares between
    −1 and 1:

    - `ate`: over all ten customers (*average treatment effect*),
    - `att`: over the five who got the offer (*on the treated*),
    - `atu`: over the five who did not (*on the untreated*).
    """)
    return


@app.cell
def exercise_2_complete(customers):
    # Three numbers. One line for each will do.
    _effect = customers["y1"] - customers["y0"]
    ate = ...
    att = ...
    atu = ...
    return ate, att, atu


@app.cell(hide_code=True)
def check_2(ate, att, atu, customers, set_progress):
    check_2 = causal_graphs.judge_2(ate, att, atu, customers).noted(2, set_progress)
    check_2
    return (check_2,)


@app.cell(hide_code=True)
def coin_note():
    mo.md("""
    ### What if chance had chosen the five?

    There are 252 ways to give five offers to ten customers. We can try them all. The mean over all ways is the **true
    effect**, without any model: that is what randomisation buys. A single draw may still miss it.
    """)
    return


@app.cell
def coin(check_2, customers, seen_difference):
    _ways = itertools.combinations(range(10), 5)
    coin_differences = [churn_difference(customers, customers.index.isin(w)) for w in _ways]
    _chart = causal_graphs.chart_coin(coin_differences, seen_difference)
    causal_graphs.after(check_2, _chart, "picture", exercise=2)
    return


@app.cell(hide_code=True)
def estimand():
    mo.md(r"""
    ### The owner's question, written down

    Let $Y_i(p)$ be the bookings of evening $i$ if its price were set to $p$. The estimand is

    $$\tau = \frac1n \sum_{i=1}^{n} \bigl[\,Y_i(P_i+1) - Y_i(P_i)\,\bigr]$$

    in rooms per euro, over *all* evenings, warm and cold: where lines are straight, $E[\,Y \mid do(p+1)\,] - E[\,Y \mid do(p)\,]$ at every $p$. What the record shows is $E[\,Y \mid P = p\,]$. Seeing $P=p$ and
    setting $do(p)$ differ here, because what chose the price moves bookings too.
    """)
    return


@app.cell(hide_code=True)
def graph_heading():
    mo.md("""
    ## A graph says who listens to whom

    The hotel prices by the weather report. Guests listen to the weather, and to the price.
    """)
    return


@app.cell
def hotel_graph(hotel):
    hotel_graph = graphs.dag(hotel.cgm.dag.edges, treatment="price", outcome="bookings")
    hotel_graph.draw("The hotel: price is what we set, bookings is what we ask about.")
    return (hotel_graph,)


@app.cell(hide_code=True)
def read_graph(hotel_graph):
    mo.md(f"""
    - An arrow a → b says: b listens to a. A **missing arrow** is the strong claim: no direct influence at all.
    - A **path** is a chain of arrows, whatever their direction. There is no **cycle**, nothing causes itself: hence
      *directed acyclic graph*, DAG.
    - Two paths join price and bookings: the arrow itself, and the **backdoor path** `{hotel_graph.backdoor_paths()[0]}`, which
      enters the price. Along it, warm evenings make both high: temperature is a **confounder**. The graph's advice: adjust
      for **{", ".join(hotel_graph.adjustment_sets()[0])}**.
    """)
    return


@app.cell(hide_code=True)
def assumptions():
    mo.md("""
    ### What the answer assumes

    - **Ignorability** (no unmeasured confounding): only temperature moves both price and bookings.
    - **SUTVA**: a set price works like the same price by itself (*consistency*), and one evening's price leaves other
      evenings alone (*no interference*).
    - **Positivity**: at each temperature, several prices occur (these three: Hernán & Robins 2020, chapter 3).
    - **No selection**: every evening is in the record.
    - **Straight lines**: a euro does the same at every price and temperature, and so does a degree.
    """)
    return


@app.cell(hide_code=True)
def triples_heading():
    mo.md("""
    ## Three nodes, three stories

    Any path is made of three pieces: **fork** a ← m → b, **chain** a → m → b, **collider** a → m ← b. In which are the ends
    correlated (0: no line, ±1: on one line)? And *given* the middle, among units that share its value? Choose a piece.
    """)
    return


@app.cell
def piece_shown(SEED, piece, pieces):
    _world, _ends, _middle = pieces[piece.value]
    _units = _world.sample(2_000, SEED)
    _given, _graph = left_over(_units, _ends, _middle), graphs.dag(_world.edges)
    causal_graphs.show_piece(piece, _graph, _middle, _units[_ends], _given)
    return


@app.cell
def triples():
    _fork = LinearWorld({("heat", "ice cream"): 1, ("heat", "swimmers"): 1})
    _chain = LinearWorld({("advertising", "visits"): 1, ("visits", "bookings"): 1})
    _collider = LinearWorld({("location", "rating"): 1, ("kitchen", "rating"): 1})
    pieces = {  # world, its two ends, the node between them
        "fork": (_fork, ["ice cream", "swimmers"], "heat"),
        "chain": (_chain, ["advertising", "bookings"], "visits"),
        "collider": (_collider, ["location", "kitchen"], "rating"),
    }
    piece = mo.ui.dropdown(list(pieces), value="fork", label="piece")
    return piece, pieces


@app.function
def left_over(frame, ends, middle):
    """Return what is left of the two ends when the part that the middle explains is taken off."""
    return frame[ends].apply(lambda end: end - regress(frame, end.name, middle)[0] * frame[middle])


@app.cell
def triples_exact(pieces):
    triples_exact = pd.DataFrame(
        [
            (
                piece,
                " and ".join(ends),
                world.correlation(*ends),
                world.correlation(*ends, [middle]),
            )
            for piece, (world, ends, middle) in pieces.items()
        ],
        columns=["piece", "ends", "correlation, exactly", "given the middle"],
    )
    as_table(triples_exact)
    return


@app.cell(hide_code=True)
def read_triples():
    mo.md("""
    The ends of fork and chain are correlated, and given the middle they are not. The collider is the other way round: its
    ends are independent, and *given* the middle they are not. Among hotels of one rating, a poor kitchen hints at a good
    location. Adjusting for a collider, or for what it causes, makes a correlation from nothing.
    """)
    return


@app.cell(hide_code=True)
def program_heading(HOTEL):
    mo.md(rf"""
    ## A model is a program

    Here is the simulator that wrote the record: a **structural causal model**, one line for each node, causes first. Read
    so, a program is a causal graph: each line is a mechanism. $N(m, s)$ is a normal draw of its own, mean $m$, standard deviation $s$.

    $$T \sim N({HOTEL["temperature_mean"]:g}, {HOTEL["temperature_sd"]:g}), \qquad
    P = {HOTEL["price_per_degree"]:g}\,T + N(0, {HOTEL["price_sd"]:g}), \qquad
    B = {HOTEL["bookings_per_euro"]:g}\,P + {HOTEL["bookings_per_degree"]:g}\,T + N(0, {HOTEL["bookings_sd"]:g})$$

    One more euro costs one booking. That is the truth, and from here on we may look.
    """)
    return


@app.cell
def structural_model(HOTEL, SEED):
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
    as_table(graphs.sample(hotel, n=1, seed=SEED), digits=1)
    return (hotel,)


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


@app.cell(hide_code=True)
def do_note():
    mo.md("""
    ### `do` cuts the arrows into the price

    To *set* the price is to replace its line in the program. Price no longer listens to the weather; everything else stays
    as it was. Let chance set the price of 10,000 evenings, between €25 and €65:
    """)
    return


@app.cell
def surgery(hotel_graph):
    _seeing = hotel_graph.draw("Seeing: the price listens to the temperature")
    _doing = hotel_graph.do("price").draw("Doing: the price listens to us")
    mo.hstack([_seeing, _doing], widths="equal")
    return


@app.cell
def intervene(SEED, hotel):
    _prices = np.random.default_rng(SEED).uniform(25, 65, 10_000)  # chosen by chance, in €
    evenings_do = graphs.sample(hotel, n=10_000, seed=SEED + 1, do={"price": _prices})
    do_slope, do_error = regress(evenings_do, "bookings", on="price")
    causal_graphs.chart_doing(evenings_do, do_slope)
    return do_error, do_slope


@app.cell(hide_code=True)
def read_doing(do_slope, naive_slope):
    mo.md(f"""
    Same hotel, same guests, opposite sign: seeing gives {signed(naive_slope)}, doing {signed(do_slope)} rooms per euro. An
    experiment with prices would show this picture.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · fix · 4 min

    *How many bookings would we have on average if every night cost €50?* A colleague answers with the code below. Its
    number is several rooms too high. Repair the idea, not the rounding.

    Expected: one number, in rooms. `graphs.sample(hotel, n, seed=..., do={...})` is yours, with `n` of 1,000 or more.
    """)
    return


@app.cell
def exercise_3_fix(evenings):
    # The colleague's answer: pick the nights that cost about €50, and average.
    _colleague = evenings.query("48 < price < 52")["bookings"].mean()
    # Yours: the mean of bookings when the price is *set* to €50.
    bookings_at_50 = ...
    return (bookings_at_50,)


@app.cell(hide_code=True)
def check_3(bookings_at_50, evenings, hotel_exact, set_progress):
    check_3 = causal_graphs.judge_3(bookings_at_50, evenings, hotel_exact).noted(3, set_progress)
    check_3
    return


@app.cell(hide_code=True)
def adjust_note():
    mo.md("""
    ### Without an experiment: compare evenings of one temperature

    The owner has only the record. The graph says that temperature closes the backdoor path. So look within bands of
    temperature, or hold it fixed in a regression.
    """)
    return


@app.cell
def bands(evenings):
    def band(middle):
        near = evenings["temperature"].between(middle - 0.5, middle + 0.5)
        return evenings[near].assign(band=f"{middle} °C")

    evenings_banded = pd.concat([band(19), band(23), band(27)])
    causal_graphs.chart_bands(evenings_banded)
    return


@app.cell
def adjust(evenings):
    adjusted_slope, adjusted_error = regress(
        evenings, "bookings", on="price", given=["temperature"]
    )
    return adjusted_error, adjusted_slope


@app.cell
def compare(
    adjusted_error,
    adjusted_slope,
    do_error,
    do_slope,
    naive_error,
    naive_slope,
    true_effect,
):
    _rows = [
        ("naive, 1,000 evenings", naive_slope, naive_error, "naive"),
        ("given temperature, same evenings", adjusted_slope, adjusted_error, "adjusted"),
        ("do(price), 10,000 evenings", do_slope, do_error, "treated"),
    ]
    _frame = pd.DataFrame(_rows, columns=["label", "mean", "error", "role"])
    _half = _frame["error"] * NormalDist().inv_cdf((1 + HDI_PROB) / 2)
    estimates = _frame.assign(lower=_frame["mean"] - _half, upper=_frame["mean"] + _half)
    _title = "Adjusting finds the effect that seeing hides"
    causal_graphs.chart_estimates(estimates, true_effect, _title)
    return


@app.cell(hide_code=True)
def read_compare(adjusted_slope, do_slope, true_effect):
    mo.md(f"""
    The adjusted slope ({signed(adjusted_slope)}) and the experiment ({signed(do_slope)}) agree with the truth
    ({signed(true_effect, 0)}). A **confidence interval** is made so that {percent(HDI_PROB)} of such intervals hold what they
    estimate. The naive one estimates something else: more evenings make it narrower, not right.
    """)
    return


@app.cell(hide_code=True)
def owner_heading():
    mo.md(r"""
    ## Should the owner raise her prices?

    She earns price × rooms. A euro more on every evening, dear ones and cheap ones alike: does it win more than the empty
    rooms cost? The estimand is the mean over the evenings of $(P + 1)\,B(P + 1) - P\,B(P)$.
    """)
    return


@app.cell
def owner(adjusted_error, adjusted_slope, evenings, naive_slope):
    def gain(rise, slope):
        """Return the change of revenue (€ per evening) when all prices rise by so many euros."""
        price, rooms = evenings["price"], evenings["bookings"]
        return float(((price + rise) * (rooms + slope * rise) - price * rooms).mean())

    owner_gain, promised_gain = gain(1, adjusted_slope), gain(1, naive_slope)
    _half = adjusted_error * NormalDist().inv_cdf((1 + HDI_PROB) / 2)
    gain_low, gain_high = (gain(1, adjusted_slope + side * _half) for side in (-1, 1))
    return gain, gain_high, gain_low, owner_gain, promised_gain


@app.cell
def gains(adjusted_slope, evenings, gain):
    _left = left_over(evenings, ["price"], "temperature")["price"]
    price_spread, dearer = _left.std(), (_left + 10 > _left.quantile(39 / 40)).mean()
    _rises = np.arange(0, 20.5, 0.5)
    gains = pd.DataFrame({"rise": _rises, "gain": [gain(rise, adjusted_slope) for rise in _rises]})
    best_rise = gains["rise"].iloc[gains["gain"].argmax()]
    causal_graphs.chart_gain(gains, familiar=price_spread)
    return best_rise, dearer, price_spread


@app.cell(hide_code=True)
def read_gains(
    best_rise,
    dearer,
    gain_high,
    gain_low,
    owner_gain,
    price_spread,
    promised_gain,
):
    mo.md(f"""
    **Yes, by a euro**: {signed(owner_gain, 0, "€")} an evening (94 % confidence interval {number(gain_low, 0)} to {number(gain_high, 0)}), if the graph is right and costs are left out. The slope that is
    *seen* would have promised {signed(promised_gain, 0, "€")}. Each further euro gains less, and the line would go up to
    {number(best_rise, 1)} euros more. But on evenings equally warm, prices differ by a standard deviation of
    {number(price_spread, 1)} euros: raised by 10, {percent(dearer)} of the evenings would be dearer than 39 in 40 equally warm ones were. This is a **linear extrapolation**. Positivity ends
    where the record ends.
    """)
    return


@app.cell(hide_code=True)
def break_heading():
    mo.md("""
    ## Break it: how much weather does it take?

    Two arrows make the trouble. Weaken or strengthen one of them, temperature → bookings. What happens to the slope that
    is seen, and what to the effect of `do(price)`?
    """)
    return


@app.cell
def break_shown(SEED, hotel_with, slope_curves, strength):
    _hotel = hotel_with(strength.value)
    slope_seen = _hotel.slope("bookings", "price")
    slope_set = _hotel.total_effect("price", "bookings")
    _record = causal_graphs.chart_record(_hotel.sample(300, SEED), slope_seen, slope_set)
    _curves = causal_graphs.chart_strength(slope_curves, strength.value)
    causal_graphs.show_break(strength, _record, _curves)
    return (slope_seen,)


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
        return LinearWorld(arrows, {"temperature": HOTEL["temperature_mean"]}, noise)

    hotel_exact = hotel_with(HOTEL["bookings_per_degree"])
    return hotel_exact, hotel_with


@app.cell(hide_code=True)
def slope_curves(hotel_with):
    def both_slopes(strength):
        world = hotel_with(strength)
        slopes = world.slope("bookings", "price"), world.total_effect("price", "bookings")
        return pd.DataFrame({"strength": strength, "slope": slopes, "kind": ["seen", "set by do"]})

    slope_curves = pd.concat([both_slopes(strength) for strength in np.linspace(0, 10, 41)])
    _at_0, _at_1 = (hotel_with(strength).slope("bookings", "price") for strength in (0, 1))
    hiding_strength = _at_0 / (_at_0 - _at_1)
    strength = causal_graphs.slider_strength()
    return hiding_strength, slope_curves, strength


@app.cell(hide_code=True)
def read_break(HOTEL, hiding_strength, hotel_exact, slope_seen, strength):
    mo.md(rf"""
    Exactly: ${HOTEL["bookings_per_euro"]:g} + {strength.value:.1f} \times {HOTEL["price_per_degree"]:g} \cdot
    {HOTEL["temperature_sd"]:g}^2 / {hotel_exact.covariance().loc["price", "price"]:.0f} = {slope_seen:+.3f}$ rooms per euro. At
    {number(hiding_strength)} rooms per °C the record shows *no* line, and still each euro costs a booking. No
    correlation does not mean no cause.
    """)
    return


@app.cell(hide_code=True)
def separation_heading():
    mo.md("""
    ## What the graph forbids, data can judge

    A larger world, a resort. A path is **blocked** by a fork's or chain's middle node that is given, or by a collider that
    is not given (nor anything it causes). If all paths are blocked, the ends are **d-separated**, and must be independent
    in the population (Pearl 2009). Assert an independence: the graph judges it, and so do 1,000 simulated evenings, by the
    *partial correlation* r, what is left of the correlation when the given are held fixed.
    """)
    return


@app.cell
def assertion_shown(first, given, resort_graph, resort_record, second):
    _menus = first, second, given
    causal_graphs.show_assertion(resort_graph, resort_record, _menus, partial_correlation)
    return


@app.cell(hide_code=True)
def read_separation(resort):
    mo.md(f"""
    Try `temperature` and `trade_fair`: independent (exactly {signed(resort.correlation("temperature", "trade_fair"))}). Given the
    price, a collider, they are not ({signed(resort.correlation("temperature", "trade_fair", ["price"]))}): a dear evening that is cold
    hints at a trade fair. Given `breakfasts`, which only *follows* from a collider, the path is open too
    ({signed(resort.correlation("temperature", "trade_fair", ["breakfasts"]))}).
    """)
    return


@app.cell
def resort():
    resort = LinearWorld(
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


@app.function
def partial_correlation(frame, first, second, given=()):
    """Return a partial correlation (given others) and its 94 % interval (Fisher z)."""
    precision = np.linalg.inv(frame[[first, second, *given]].cov().to_numpy())
    r = -precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1])
    half = NormalDist().inv_cdf((1 + HDI_PROB) / 2) / np.sqrt(len(frame) - len(given) - 3)
    return float(r), float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))


@app.cell
def resort_evenings(SEED, resort, resort_graph):
    resort_record = resort.sample(1_000, SEED)
    first, second, given = causal_graphs.assertion_controls(resort_graph)
    return first, given, resort_record, second


@app.cell(hide_code=True)
def question_4():
    mo.md("""
    ### Exercise 4 · complete · 3 min

    In the resort, `price` and `swimmers` are correlated. Give a set of nodes that makes them independent. Several sets are
    right; none may hold `price` or `swimmers`.

    Expected: a set, list or tuple of node names.
    """)
    return


@app.cell
def exercise_4_separate():
    # For example {"bookings"}, if you think that this is it.
    separating_set = ...
    return (separating_set,)


@app.cell(hide_code=True)
def check_4(resort_graph, separating_set, set_progress):
    check_4 = causal_graphs.judge_4(separating_set, resort_graph).noted(4, set_progress)
    check_4
    return


@app.cell(hide_code=True)
def pool_heading():
    mo.md("""
    ## The whole method, once more: does a discount fill the pool?

    In the morning the manager of an open-air pool reads the forecast of sunshine, and by that alone she sets the discount.
    Sunshine and the discount bring visitors. Visitors buy ice creams, the more the sunnier it is. In the evening `sunshine`
    (hours, as forecast), `discount` (€ off the ticket), `visitors` (people) and `ice_creams` (sold) are written down.
    """)
    return


@app.cell
def pool_picture(SEED):
    pool_days = causal_graphs.pool(1_000, SEED)
    causal_graphs.chart_pool(pool_days)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Exercise 5 · build · 7 min

    What does one more euro of discount do to the mean number of visitors?

    - `pool_arrows`: the story as text, one chain of arrows a line, such as `a -> b -> c`;
    - `pool_set`: the columns to adjust for;
    - `pool_effect`: the estimate from `pool_days`, in visitors per euro, by `regress`.

    The graph gives advice, too: `graphs.dag(graphs.parse_edges(text)[0], treatment=..., outcome=...).adjustment_sets()`.
    """)
    return


@app.cell
def exercise_5_pool():
    # Three answers; regress(frame, outcome, on, given) returns the slope and its error.
    pool_arrows = ...
    pool_effect = ...
    pool_set = ...
    return pool_arrows, pool_effect, pool_set


@app.cell(hide_code=True)
def check_5(pool_arrows, pool_effect, pool_set, set_progress):
    check_5 = causal_graphs.judge_5(pool_arrows, pool_set, pool_effect).noted(5, set_progress)
    check_5
    return


@app.cell(hide_code=True)
def takeaways(gain_high, gain_low, naive_slope, owner_gain, true_effect):
    mo.md(f"""
    ## Takeaways

    - **Should she raise her prices? Yes, by a euro**: {signed(owner_gain, 0, "€")} an evening ({number(gain_low, 0)} to {number(gain_high, 0)}), if the graph is right and costs are left out. Far from
      today's prices the record is silent.
    - **Seeing is not doing.** The hotel shows {signed(naive_slope)} and obeys {signed(true_effect, 0)} rooms per euro. To
      predict while nothing is changed, use the first.
    - **An effect compares potential outcomes**, of which one is missing, in a stated population.
    - **A graph lists assumptions**, and says what to adjust for, if nothing that matters is hidden.
    - **A missing arrow is a claim**; with nothing hidden, data can refute it.
    """)
    return


@app.cell(hide_code=True)
def second_heading(hotel_exact):
    mo.md(rf"""
    ## Second way: the same numbers without a draw · optional

    The change of sign is no accident of a sample, it is in the arrows. A linear world needs no simulation. Its variances and covariances follow from its arrows (a degree moves bookings by
    5 − 2 = 3 in all):

    $$\operatorname{{var}}(P) = 2^2 \cdot 3^2 + 5^2 = {hotel_exact.covariance().loc["price", "price"]:.0f}, \qquad
    \operatorname{{var}}(B) = 3^2 \cdot 3^2 + 5^2 + 5^2 = {hotel_exact.covariance().loc["bookings", "bookings"]:.0f},$$

    $$\operatorname{{cov}}(P, B) = -61 + 5 \cdot 2 \cdot 3^2
    = {hotel_exact.covariance().loc["price", "bookings"]:.0f}.$$
    """)
    return


@app.cell
def exact(adjusted_slope, do_slope, evenings, hotel_exact, naive_slope):
    exact_numbers = {
        "correlation of price and bookings": hotel_exact.correlation("price", "bookings"),
        "slope that is seen": hotel_exact.slope("bookings", on="price"),
        "slope within one temperature": hotel_exact.slope("bookings", "price", ["temperature"]),
        "effect of do(price)": hotel_exact.total_effect("price", "bookings"),
    }
    _table = pd.DataFrame({"quantity": list(exact_numbers), "exactly": exact_numbers.values()})
    _table["by hand"] = ["29 / √(61 · 131)", "29 / 61", "the arrow", "the arrow"]
    _r = evenings["price"].corr(evenings["bookings"])
    as_table(_table.assign(drawn=[_r, naive_slope, adjusted_slope, do_slope]), digits=3)
    return


@app.cell(hide_code=True)
def churn_heading():
    mo.md("""
    ## The churn story as a program · optional

    ### Exercise 6 · build · 8 min

    Write the telephone company as a structural causal model `churn_world` of three nodes:

    - `unhappiness` ~ N(0, 1), already written;
    - `offer`: 1 with probability σ(2 · unhappiness): the unhappy get it;
    - `churn`: 1 with probability σ(−1 + 2 · unhappiness − 1 · offer).

    `graphs.logistic_model(parents, weights, offset=0)` makes a 0/1 node, for example `graphs.logistic_model(["a"], [2])`;
    σ(x) = 1/(1 + e⁻ˣ).
    """)
    return


@app.cell
def exercise_6_build():
    # Two nodes to add, and then `graphs.StructuralCausalModel({...})`.
    # An AssertionError says that your two lists differ in length.
    _nodes = {"unhappiness": lambda n_samples: np.random.normal(0, 1, n_samples)}
    churn_world = ...
    return (churn_world,)


@app.cell(hide_code=True)
def check_6(churn_world, set_progress):
    check_6 = causal_graphs.judge_6(churn_world).noted(6, set_progress)
    check_6
    return


@app.cell(hide_code=True)
def pymc_heading():
    mo.md("""
    ## The same hotel in PyMC: simulate, infer, answer · optional

    The numbers of a program may be unknown. We write the hotel once, with *priors* in place of the numbers: what we
    believe before the data. Given data they become the *posterior*: what we believe after. Then

    1. `pm.do(model, true_values)` fixes the parameters: a simulator;
    2. `pm.observe(model, data)` conditions on a record: inference;
    3. `pm.do(observed, {"price": ...})` sets the price: the answer.
    """)
    return


@app.cell
def import_pymc():
    import logging

    import pymc as pm
    import xarray as xr

    logging.getLogger("pymc").setLevel(logging.WARNING)  # warnings yes, chatter no
    QUICK = {"mode": "FAST_COMPILE"}  # predictive draws: interpreted, no wait for a compiler
    return QUICK, pm, xr


@app.cell(hide_code=True)
def model_maths(ordinary):
    mo.md(rf"""
    Slopes count from an ordinary evening, {ordinary["temperature"]:.0f} °C and €{ordinary["price"]:.0f}, so that each base has a
    meaning.

    $$\begin{{aligned}}
    T &\sim N(\mu_T, \sigma_T) \\
    P &\sim N(\alpha_P + \beta_{{TP}}\,(T - {ordinary["temperature"]:.0f}),\; \sigma_P) \\
    B &\sim N(\alpha_B + \beta_{{PB}}\,(P - {ordinary["price"]:.0f}) +
    \beta_{{TB}}\,(T - {ordinary["temperature"]:.0f}),\; \sigma_B)
    \end{{aligned}}$$
    """)
    return


@app.cell
def skeleton(n_evenings, ordinary, pm, weather_and_price):
    def guests(warmer, price, ordinary):
        bookings_base = pm.Normal("bookings_base", 60, 20)  # rooms on an ordinary evening
        bookings_per_euro = pm.Normal("bookings_per_euro", 0, 1)  # rooms per €
        bookings_per_degree = pm.Normal("bookings_per_degree", 0, 4)  # rooms per °C
        bookings_sd = pm.HalfNormal("bookings_sd", 5)  # rooms
        mu = bookings_base + bookings_per_euro * (price - ordinary["price"])
        mu = pm.Deterministic("mu_bookings", mu + bookings_per_degree * warmer, dims="evening")
        pm.Normal("bookings", mu, bookings_sd, dims="evening")

    def hotel_model(n_evenings, ordinary):
        with pm.Model(coords={"evening": np.arange(n_evenings)}) as model:
            guests(*weather_and_price(ordinary), ordinary)
        return model

    model_hotel = hotel_model(n_evenings, ordinary)
    mo.md(f"{len(model_hotel.free_RVs)} unknowns: nine numbers, three columns")
    return hotel_model, model_hotel


@app.cell
def skeleton_owner(pm):
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

    return (weather_and_price,)


@app.cell
def ordinary_evening(HOTEL, hotel_exact):
    ordinary = hotel_exact.mean()  # °C, € and rooms
    true_values = HOTEL | {"price_base": ordinary["price"], "bookings_base": ordinary["bookings"]}
    n_evenings = 200  # in the record that PyMC simulates and learns from
    return n_evenings, ordinary, true_values


@app.cell(hide_code=True)
def prior_note(prior):
    mo.md(f"""
    ### What does the model expect before any data?

    The *prior predictive*, 200 records drawn from the priors, is wide enough for such a hotel.
    {percent(float((prior["bookings"] < 0).mean()))} of evenings fall below zero rooms, as a linear world allows. Slopes may have
    either sign.
    """)
    return


@app.cell(hide_code=True)
def prior_function(QUICK, hotel_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def draw_prior(n_evenings, ordinary, seed):
        """Return 200 records of evenings, and their numbers, as the priors expect them."""
        model = hotel_model(n_evenings, ordinary)
        how = {"random_seed": seed, "compile_kwargs": QUICK}
        return pm.sample_prior_predictive(200, model, **how)["prior"]

    return (draw_prior,)


@app.cell
def prior_predictive(SEED, draw_prior, n_evenings, ordinary):
    with mo.status.spinner("Drawing from the priors: a second or two, the first time"):
        prior = draw_prior(n_evenings, ordinary, SEED)
    causal_graphs.chart_prior(prior["bookings"])
    return (prior,)


@app.cell(hide_code=True)
def simulate_note(n_evenings):
    mo.md(f"""
    ### Simulate, then infer

    `pm.do` with the true numbers makes a record of {n_evenings} evenings. `pm.observe` gives that record to the same model,
    which then looks for the numbers.
    """)
    return


@app.cell
def simulate_season(QUICK, SEED, model_hotel, pm, true_values):
    _world = pm.do(model_hotel, true_values)
    _nodes = ["temperature", "price", "bookings"]
    _drawn = pm.draw([_world[node] for node in _nodes], random_seed=SEED, **QUICK)
    season = pd.DataFrame(dict(zip(_nodes, _drawn, strict=True)))
    as_table(season.head(3), digits=1)
    return (season,)


@app.cell(hide_code=True)
def observe_note():
    mo.md("""
    Now `observe`, with four chains from far corners of the prior. *R-hat* compares the spread between chains with that
    within: 1 when all found the same place. *Effective draws* count draws as if independent, in the middle (bulk) and in the
    tails. *Divergences* are steps at which the sampler lost its way.
    """)
    return


@app.cell
def fit_function(hotel_model, pm):
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

    mo.md("`observe` hands over the columns: only the nine numbers are left to find.")
    return fit_hotel, observed_hotel


@app.cell
def fit(DRAWS, SEED, fit_hotel, ordinary, prior, season):
    _ends = ("_mean", "_base", "_per_degree", "_per_euro")
    _names = [name for name in prior.data_vars if name.endswith(_ends)]
    _wide = {"temperature_sd": 10.0, "price_sd": 20.0, "bookings_sd": 40.0}
    starts = [  # four corners of the prior: R-hat can then see that the chains met
        {name: float(prior[name].quantile(share)) for name in _names} | _wide
        for share in (0.07, 0.31, 0.69, 0.93)
    ]
    with mo.status.spinner("Sampling the hotel's numbers: about 20 s, the first time"):
        idata_hotel = fit_hotel(season, ordinary, starts, DRAWS, SEED)
    return (idata_hotel,)


@app.cell
def fit_diagnostics(idata_hotel):
    diagnostics_hotel = tidy.diagnostics(idata_hotel)
    tidy.show_diagnostics(diagnostics_hotel)
    return


@app.cell(hide_code=True)
def predictive_note(replicated_correlation, season, season_correlation):
    mo.md(f"""
    ### Does the fitted model make such records?

    A *posterior predictive* check: of new records of {len(season)} evenings,
    {percent(float((replicated_correlation > season_correlation).mean()))} show a larger correlation than ours
    ({signed(season_correlation)}).
    """)
    return


@app.cell(hide_code=True)
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
    season_correlation = season["price"].corr(season["bookings"])
    causal_graphs.chart_predictive(replicated_correlation, season_correlation)
    return replicated_correlation, season_correlation


@app.cell(hide_code=True)
def answer_note():
    mo.md("""
    ### Answer: `do` on the observed model

    Each draw of the posterior is a hotel. In each, the same evenings are asked twice: at their prices, and a euro dearer.
    """)
    return


@app.cell
def do_function(QUICK, observed_hotel, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def rooms_if(price, posterior, season, ordinary, seed):
        """Return expected rooms (chain, draw, evening) if these prices are set."""
        evenings = {"temperature": season["temperature"], "price": price}
        how = {"random_seed": seed, "progressbar": False, "compile_kwargs": QUICK}
        with pm.do(observed_hotel(season, ordinary), evenings):
            drawn = pm.sample_posterior_predictive(posterior, var_names=["mu_bookings"], **how)
        return drawn["posterior_predictive"]["mu_bookings"]

    mo.md("`do` replaces weather and price; what guests make of them stays.")
    return (rooms_if,)


@app.cell
def answer(SEED, idata_hotel, ordinary, rooms_if, season, xr):
    def rooms_when(dearer_by):
        """Return the expected rooms (chain, draw, evening), all prices raised by so many euros."""
        posterior = idata_hotel["posterior"].dataset
        return rooms_if(season["price"] + dearer_by, posterior, season, ordinary, SEED)

    with mo.status.spinner("Asking each draw about both prices: about 5 s, the first time"):
        rooms_today, rooms_dearer = rooms_when(0), rooms_when(1)
    effect_draws = (rooms_dearer - rooms_today).mean("evening")
    _price = xr.DataArray(season["price"], dims="evening")
    revenue_change = ((_price + 1) * rooms_dearer - _price * rooms_today).mean("evening")
    return effect_draws, revenue_change


@app.cell(hide_code=True)
def read_answer(effect_draws, revenue_change):
    mo.md(f"""
    ### The answer, and its uncertainty

    One euro more changes bookings by {signed(float(effect_draws.mean()))} rooms; {percent(HDI_PROB)} HDI {signed(tidy.hdi(effect_draws)[0])} to
    {signed(tidy.hdi(effect_draws)[1])} (*highest-density interval*: the shortest that holds that share of the draws). Each draw's
    contrast is its coefficient, as the model is linear; elsewhere it is not, and `do` still answers. The owner gains
    {signed(float(revenue_change.mean()), 0, "€")} an evening, P(gain) {causal_graphs.chance(revenue_change > 0)}.
    """)
    return


@app.cell
def two_questions(effect_draws, season, true_effect):
    _slope, _error = regress(season, "bookings", on="price")
    _half = _error * NormalDist().inv_cdf((1 + HDI_PROB) / 2)
    _seen = {"label": "seeing: least squares", "mean": _slope, "role": "naive"}
    _seen |= {"lower": _slope - _half, "upper": _slope + _half}
    _done = tidy.summarise({"doing: posterior of do(price)": effect_draws}).assign(role="adjusted")
    season_estimates = pd.concat([pd.DataFrame([_seen]), _done])
    _title = "The same evenings answer two questions"
    causal_graphs.chart_estimates(season_estimates, true_effect, _title, "interval (doing: HDI)")
    return


@app.cell(hide_code=True)
def wrong_heading():
    mo.md("""
    ## A wrong graph can be caught, at a price · optional

    A colleague draws temperature → price → bookings: guests look at nothing but the price. Where nothing that matters is hidden, a missing arrow shows in the
    data, so the graph can be tested: **temperature ⟂ bookings, given price**.
    """)
    return


@app.cell
def wrong_graph(evenings, hotel_exact):
    wrong_graph = graphs.dag([("temperature", "price"), ("price", "bookings")])
    _claim = wrong_graph.independences().iloc[0]
    _names = _claim["first"], _claim["second"], _claim["given"]
    wrong_r, wrong_low, wrong_high = partial_correlation(evenings, *_names)
    enough_evenings = evenings_needed(hotel_exact.correlation(*_names))
    wrong_graph.draw("The colleague's graph")
    return enough_evenings, wrong_graph, wrong_high, wrong_low, wrong_r


@app.cell(hide_code=True)
def read_wrong(enough_evenings, wrong_high, wrong_low, wrong_r):
    mo.md(f"""
    In our record that partial correlation is {signed(wrong_r)} ({percent(HDI_PROB)} interval {signed(wrong_low)} to {signed(wrong_high)}),
    not 0: the graph is wrong. Already {number(enough_evenings, 0)} evenings would show it, in four hotels of five. And a weaker
    arrow? Half of a weak one takes four times the evenings. A graph that passes its tests is not proved.
    """)
    return


@app.function
def evenings_needed(correlation, chance=0.8, level=1 - HDI_PROB, given=1):
    """Return the number of units with which a partial correlation is noticed at this chance."""
    sum_of_z = NormalDist().inv_cdf(1 - level / 2) + NormalDist().inv_cdf(chance)
    return np.ceil((sum_of_z / np.arctanh(abs(correlation))) ** 2 + given + 3)


@app.cell
def needed_shown(needed, needed_curve, weak):
    causal_graphs.show_needed(weak, needed_curve, needed(weak.value))
    return


@app.cell(hide_code=True)
def weak_slider(hotel_with):
    def needed(strength):
        """Return the evenings that show a forgotten arrow of this strength (rooms per °C)."""
        correlation = hotel_with(strength).correlation("temperature", "bookings", ["price"])
        return evenings_needed(correlation)

    _strengths = np.geomspace(0.1, 5, 50)
    needed_curve = pd.DataFrame({"strength": _strengths, "n": [needed(s) for s in _strengths]})
    weak = causal_graphs.slider_weak()
    return needed, needed_curve, weak


@app.cell(hide_code=True)
def equivalence_heading():
    mo.md("""
    ## Three graphs, one fit, three answers · optional

    Three stories of one hotel. In the first, we price by the weather. In the second, a revenue manager prices by the
    bookings so far. The third is absurd: prices make the weather. All are fitted to the same 1,000 evenings, each node
    regressed on its parents. The *log-likelihood* says how probable a graph makes the record, on a log scale.
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
    causal_graphs.show_stories(stories)
    return (stories,)


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
    return log_likelihood, LinearWorld(coefficients, noise=noise)


@app.cell
def story_fits(evenings, stories, wrong_graph):
    _fits = {name: fit_graph(edges, evenings) for name, edges in stories.items()}
    _rows = [(name, fit, w.total_effect("price", "bookings")) for name, (fit, w) in _fits.items()]
    equivalent_fits = pd.DataFrame(_rows, columns=["story", "log_likelihood", "effect_of_price"])
    worse_by = _rows[0][1] - fit_graph(wrong_graph.edges, evenings)[0]
    causal_graphs.show_fits(equivalent_fits)
    return (worse_by,)


@app.cell(hide_code=True)
def read_fits(worse_by):
    mo.md(f"""
    One fit to the last digit, and three answers: **no amount of such data can choose**. A graph without the arrow
    temperature → bookings does fit worse (by {number(worse_by, 0)}): data can refute a missing arrow, and cannot turn one
    round here.

    Two graphs imply the same independences, and in linear Gaussian worlds fit equally well, exactly when they have the same
    **skeleton** (the same pairs joined, directions left out) and the same **v-structures** (colliders a → c ← b whose ends
    are not joined). Such graphs are *Markov equivalent* (Verma & Pearl 1990).
    """)
    return


@app.cell(hide_code=True)
def question_7():
    mo.md("""
    ### Exercise 7 · predict · 3 min

    Data come from the chain **A → B → C**. Which of these graphs fit them exactly as well?

    - `"p"`: A ← B ← C
    - `"q"`: A ← B → C
    - `"r"`: A → B ← C
    - `"s"`: A → C → B

    Expected: a set of letters.
    """)
    return


@app.cell
def exercise_7_equivalent():
    # The set of all letters that are right.
    equivalent_graphs = ...
    return (equivalent_graphs,)


@app.cell(hide_code=True)
def check_7(equivalent_graphs, set_progress):
    check_7 = causal_graphs.judge_7(equivalent_graphs).noted(7, set_progress)
    check_7
    return


@app.cell(hide_code=True)
def discovery():
    mo.md("""
    ## Can a machine draw the graph? · optional

    *From data*: without assumptions on the form of effects or noise, algorithms return at best all graphs that fit alike,
    and most assume that nothing is hidden. For the hotel, these are all six complete graphs.

    *From names*: a language model can be asked. One careful study (Jiralerspong et al. 2024) goes node by node, and compares
    with published graphs:

    | Published graph | Variables | Accuracy reported |
    |:--|:--|:--|
    | ASIA (chest clinic, a textbook example) | 8 | .80 to .88 |
    | CHILD (blue babies) | 20 | .30 to .46 |
    | NEUROPATHIC (nerve pain) | 221 | .22 |
    """)
    return


@app.cell(hide_code=True)
def read_discovery():
    mo.md("""
    *Accuracy*, as the authors' code counts it: arrows in both graphs, as a share of arrows in either. Ranges: over the
    variants reported. Good on a small graph that textbooks print; on larger ones fewer than half of the arrows agree.

    To be fair: the study's aim was fewer questions, it reports better results than the methods it is compared with, and
    language models have moved on since; and a published graph may be in what a model has read. A fair first draft, then. Let
    people who know the subject sign it: one wrong arrow can turn an answer round.
    """)
    return


@app.cell(hide_code=True)
def activity():
    mo.md(f"""
    ## What causes a car accident? · optional

    A car insurer keeps {len(causal_graphs.INSURANCE)} variables for each driver (the last is our own pick):
    {" · ".join(causal_graphs.INSURANCE)}.

    Ask of each pair: *if we changed this one by hand, would that one move, all others held?*
    """)
    return


@app.cell(hide_code=True)
def question_8():
    mo.md("""
    ### Exercise 8 · build · 12 min

    Draw how they cause each other: choose two in the editor below, or write lines such as `age -> risk aversion`. Done when
    every variable has an arrow, there is no cycle, and nothing causes age. There is no single right graph: be ready to
    defend yours.

    The page's address keeps what you draw when you run cells again or reload. To keep it for tomorrow, copy the text under
    the drawing into `insurance_draft`. Without a mouse: Esc leaves a code cell, ↓ goes to the editor, Tab moves through it.
    """)
    return


@app.cell
def exercise_8_draw():
    # One arrow a line, between triple quotes; or leave it, and use the editor.
    insurance_draft = ...
    return (insurance_draft,)


@app.cell
def editor_controls_shown(
    add_arrow,
    add_lines,
    arrow_lines,
    cause,
    effect,
    remove_arrow,
    undo_arrow,
):
    _buttons = add_arrow, remove_arrow, undo_arrow
    causal_graphs.show_controls(cause, effect, *_buttons, arrow_lines, add_lines)
    return


@app.cell
def editor_shown(editor_messages, insurance_edges, insurance_question):
    causal_graphs.show_editor(insurance_edges, editor_messages, insurance_question)
    return


@app.cell(hide_code=True)
def check_8(insurance_draft, insurance_edges, set_progress):
    check_8 = causal_graphs.judge_8(insurance_edges, insurance_draft).noted(8, set_progress)
    check_8
    return


@app.cell
def insurance_implied(insurance_edges, insurance_question):
    _roles = {"nodes": causal_graphs.INSURANCE, "hidden": insurance_question.value["hidden"]}
    implied = graphs.dag(insurance_edges, **_roles).independences()
    causal_graphs.show_question(insurance_edges, insurance_question, implied)
    return


@app.cell(hide_code=True)
def editor_state(insurance_draft):
    get_editor, set_editor = mo.state(causal_graphs.open_editor(insurance_draft))
    insurance_question = causal_graphs.question_menus()
    return get_editor, insurance_question, set_editor


@app.cell(hide_code=True)
def editor_result(get_editor, insurance_draft):
    insurance_edges, editor_messages = get_editor()[-1]
    causal_graphs.keep_in_address(insurance_edges, insurance_draft)
    return editor_messages, insurance_edges


@app.cell(hide_code=True)
def editor_controls(set_editor):
    edit = causal_graphs.editor_actions(set_editor)
    _controls = causal_graphs.editor_controls(edit)
    cause, effect, add_arrow, remove_arrow, undo_arrow, arrow_lines, add_lines = _controls
    return (
        add_arrow,
        add_lines,
        arrow_lines,
        cause,
        effect,
        remove_arrow,
        undo_arrow,
    )


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=8)
    return


@app.cell(hide_code=True)
def references():
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

    ### Knobs

    All numbers follow from `SEED`: change it, and every record is drawn anew. Then come the draws of PyMC, and the progress.
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
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
