import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Where should the next euro go?",
    css_file="../slides/theme.css",
)

with app.setup:
    from statistics import NormalDist

    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd
    import xarray as xr

    from helpers import charts, checks, fits, graphs, tidy
    from helpers.data import FOLDER
    from helpers.simulate import LinearWorld


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # Where should the next euro go?

    A company pays for television, for clicks on its own name, for social media and for radio. The click report says that
    search sells everything. The regression says social. Both are about to move money. Should they?
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md(r"""
    | | |
    |:---|:---|
    | You will be able to | say which number answers which budget question, write a marketing mix model by hand, and turn its posterior into a decision |
    | Estimand | sales caused per euro spent: **ROAS** (return on ad spend), and of the *next* euro |
    | Design | weekly history, adjusted for demand; or a lift test |
    | Data | 131 simulated weeks with known truth |
    | Time | core 104 minutes; six checked exercises |
    | Prerequisites | notebooks 01 and 02 (graphs, mediators, `do`); you have met a posterior |
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def cost():
    DRAWS = 500
    return (DRAWS,)


@app.cell
def progress_state():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


@app.cell(hide_code=True)
def funnel_heading():
    mo.md(r"""
    ## The funnel: who gets the credit?

    People see a television spot, search for the brand, click on the brand's paid link, and buy. Demand (a cold month, a new need)
    moves everything: budgets, searches and sales.
    """)
    return


@app.cell
def funnel():
    def funnel_world(pull=0.5, demand=25.0):
        """TV and sales in thousand euros a week, search in thousand clicks, demand in its own sd."""
        arrows = {
            ("demand", "tv"): 8.0,  # budgets follow the season
            ("demand", "search"): 8.0,
            ("demand", "sales"): demand,
            ("tv", "search"): pull,  # thousand clicks per thousand euros
            ("tv", "sales"): 1.0,  # bought without a click
            ("search", "sales"): 1.5,  # sales that a click really causes, euros
        }
        start = {"tv": 60, "search": 10, "sales": 200}
        noise = {"demand": 1, "tv": 8, "search": 3, "sales": 10}
        return LinearWorld(arrows, start, noise)

    FUNNEL = funnel_world()
    return FUNNEL, funnel_world


@app.cell
def funnel_graph(FUNNEL):
    graph_tv = graphs.dag(FUNNEL.edges, treatment="tv", outcome="sales")
    graph_search = graphs.dag(FUNNEL.edges, treatment="search", outcome="sales")
    adjust_tv, adjust_search = (sorted(g.adjustment_sets()[0]) for g in (graph_tv, graph_search))
    return adjust_search, adjust_tv, graph_tv


@app.cell(hide_code=True)
def show_funnel_graph(graph_tv):
    _read = mo.md(
        "Follow the arrows: TV sells directly and through search. Search stands on a path *from* TV, "
        "and demand stands behind all three."
    )
    mo.vstack([graph_tv.draw("Search is a mediator of TV, and demand confounds everything"), _read])
    return


@app.cell
def funnel_data(FUNNEL, SEED):
    funnel_weeks = FUNNEL.sample(131, SEED)
    tidy.as_table(funnel_weeks.head(4), digits=1)
    return (funnel_weeks,)


@app.cell(hide_code=True)
def funnel_data_read(funnel_weeks):
    _mean = funnel_weeks.mean()
    mo.md(f"""
    A typical week: {_mean["tv"]:.0f} thousand euros of TV, {_mean["search"]:.0f} thousand clicks, {_mean["sales"]:.0f} thousand euros of sales.
    """)
    return


@app.cell(hide_code=True)
def last_click_heading():
    mo.md(r"""
    ## What the click report says

    The shop's software notes the last thing a buyer clicked. Each click on the brand's own link is followed by sales of 4 euros
    on average, and all of them are booked under search. TV cannot be clicked: it gets nothing.
    """)
    return


@app.cell
def last_click(funnel_weeks):
    SALES_PER_CLICK = 4.0  # euros booked per click, whatever brought the buyer
    total_sales = funnel_weeks["sales"].sum()
    last_click_share = float(SALES_PER_CLICK * funnel_weeks["search"].sum() / total_sales)
    return last_click_share, total_sales


@app.cell(hide_code=True)
def last_click_read(last_click_share):
    mo.md(f"""
    By last click, brand search brings **{tidy.percent(last_click_share)} of all sales** and TV 0 %. But what would have
    happened without the paid link?
    """)
    return


@app.cell(hide_code=True)
def histories_heading():
    mo.md(r"""
    ## The estimand: the same weeks, with one thing switched off

    $Y_t$ is what week $t$ sold, $Y_t(\text{search}=0)$ what it would have sold without paid clicks. The share of sales that search *causes*:

    $$\text{share} = \frac{\sum_t \big[\,Y_t - Y_t(\text{search}=0)\,\big]}{\sum_t Y_t}$$

    Likewise for TV. In a simulator we can play both histories again with the same luck.
    """)
    return


@app.cell
def histories(FUNNEL, SEED):
    without_tv = FUNNEL.sample(131, SEED, do={"tv": 0})["sales"]
    without_search = FUNNEL.sample(131, SEED, do={"search": 0})["sales"]
    _sales = pd.DataFrame({"do(TV = 0)": without_tv, "do(search = 0)": without_search})
    tidy.as_table(_sales.head(3), digits=1)
    return without_search, without_tv


@app.cell
def true_shares(total_sales, without_search, without_tv):
    true_share = float(1 - without_search.sum() / total_sales)
    true_share_tv = float(1 - without_tv.sum() / total_sales)
    return true_share, true_share_tv


@app.function(hide_code=True)
def curves(x, lines):
    """Return a frame for `chart_lines`; lines: label -> (values, role)."""
    parts = [
        {"x": x, "value": v, "label": label, "role": role} for label, (v, role) in lines.items()
    ]
    return pd.concat([pd.DataFrame(part) for part in parts])


@app.function(hide_code=True)
def line_scales(frame):
    """Return colour and dash of each label, as chart_lines needs them."""
    names = frame.drop_duplicates("label")
    labels = names["label"].tolist()
    pattern = [[1, 0], [7, 4], [2, 3], [10, 3, 2, 3]][: len(labels)]
    legend = alt.Legend(orient="top", symbolStrokeWidth=3, symbolSize=500)
    colours = alt.Scale(domain=labels, range=charts.role_scale(*names["role"]).range)
    dashes = alt.Scale(domain=labels, range=pattern)
    both = (alt.Color, colours), (alt.StrokeDash, dashes)
    return [kind("label:N", title=None, scale=scale, legend=legend) for kind, scale in both]


@app.function(hide_code=True)
def chart_lines(x, lines, axes, title, *, height=250, zero=False):
    """Return one line per label; lines: label -> (values, role); axes: titles of x and y."""
    frame = curves(x, lines)
    color, dash = line_scales(frame)
    chart = alt.Chart(frame).mark_line(strokeWidth=2.5).encode(color=color, strokeDash=dash)
    chart = chart.encode(
        x=alt.X(
            "x:Q",
            title=axes[0],
            scale=alt.Scale(zero=False, nice=False),
            axis=alt.Axis(tickMinStep=1),
        ),
        y=alt.Y("value:Q", title=axes[1], scale=alt.Scale(zero=zero)),
    ).properties(title=charts.lines(title), height=height)
    return charts.describe(chart, f"{title}. {axes[1]} against {axes[0]}: {', '.join(lines)}.")


@app.cell(hide_code=True)
def chart_histories(
    funnel_weeks,
    true_share,
    true_share_tv,
    without_search,
    without_tv,
):
    _lines = {
        "as it was": (funnel_weeks["sales"], "truth"),
        "do(search = 0)": (without_search, "treated"),
        "do(TV = 0)": (without_tv, "counterfactual"),
    }
    _title = f"Without search {tidy.percent(true_share)} of sales are lost, without TV {tidy.percent(true_share_tv)}"
    chart_lines(np.arange(1, 132), _lines, ("week", "sales (thousand euros)"), _title)
    return


@app.cell(hide_code=True)
def histories_read(last_click_share, true_share, true_share_tv):
    mo.md(f"""
    Search causes {tidy.percent(true_share)} of sales, not {tidy.percent(last_click_share)}: most of those who click would have bought anyway. TV causes
    {tidy.percent(true_share_tv)}, part of it *through* search. The two do not add up to a split of the credit: a sale on the path TV → search
    is lost in either case. In a real experiment of this kind, at eBay, clicks on the firm's own name sold next to nothing (Blake,
    Nosko & Tadelis 2015).
    """)
    return


@app.cell
def direct_history(FUNNEL, SEED, funnel_weeks):
    _do = {"tv": 0, "search": funnel_weeks["search"].to_numpy()}
    tv_only_direct = FUNNEL.sample(131, SEED, do=_do)["sales"]
    return (tv_only_direct,)


@app.cell(hide_code=True)
def question_1():
    mo.md(r"""
    ### Exercise 1 · complete · 4 min

    How much of TV's effect travels through search? `tv_only_direct` holds the sales of a history in which **search still behaves as it did** although
    TV is off. Set `through_search`: the share of TV's total effect on sales (all weeks) that is lost only because searches go away. Between 0 and 1.
    """)
    return


@app.cell
def exercise_1_through(funnel_weeks, tv_only_direct, without_tv):
    # Three columns of weekly sales: as it was, TV off with searches kept, TV off.
    _seen, _kept, _off = funnel_weeks["sales"], tv_only_direct, without_tv
    through_search = ...
    return (through_search,)


@app.cell(hide_code=True)
def truth_1(FUNNEL, funnel_weeks, tv_only_direct, without_tv):
    _total = FUNNEL.total_effect("tv", "sales")
    through_truth = 1 - FUNNEL.coefficients["tv", "sales"] / _total
    through_of_sales = (tv_only_direct - without_tv).sum() / funnel_weeks["sales"].sum()
    return through_of_sales, through_truth


@app.cell(hide_code=True)
def check_1(set_progress, through_of_sales, through_search, through_truth):
    _odds = through_truth / (1 - through_truth)
    check_1 = checks.close(
        through_search,
        through_truth,
        tolerance=1e-3,
        hints=[
            (1 - through_truth, "That is the direct part: what is lost although searches stay."),
            (100 * through_truth, "Right in per cent; a share between 0 and 1 is asked for."),
            (-through_truth, "The sign is turned: more is sold where searches are kept."),
            (_odds, "That is the indirect over the direct part; divide by the total."),
            (through_of_sales, "A share of all sales; divide by TV's total effect instead."),
            "Indirect effect = sales with searches kept minus sales with TV off.",
        ],
        why=f"{tidy.percent(through_truth)} of TV's effect is booked under search by who reads clicks, and more besides.",
    )
    set_progress(check_1.record("1"))
    check_1
    return


@app.cell(hide_code=True)
def regression_heading():
    mo.md(r"""
    ## Then let a regression decide?

    Put TV and search into one regression of sales and read the two coefficients. Exact, as with endless weeks:
    """)
    return


@app.cell
def funnel_answers(FUNNEL):
    def coefficients(world):
        """Return the exact regression coefficient of TV under four choices of regressors."""
        choices = [["search"], [], ["demand"], ["demand", "search"]]
        return {" + ".join(["TV", *more]): world.slope("sales", "tv", more) for more in choices}

    tv_coefficients = coefficients(FUNNEL)
    _column = pd.Series(tv_coefficients, name="euros of sales per euro of TV")
    tidy.as_table(_column.to_frame())
    return coefficients, tv_coefficients


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Exercise 2 · predict · 2 min

    The last of the four regressions holds TV, demand **and** search. What does its coefficient of TV measure? Answer
    `"total effect"`, `"direct effect"` or `"no effect"`.
    """)
    return


@app.cell
def exercise_2_meaning():
    # Your prediction: "total effect", "direct effect" or "no effect".
    meaning = ...
    return (meaning,)


@app.cell(hide_code=True)
def check_2(meaning, set_progress):
    _hints = [
        ("total effect", "Holding search fixed forbids TV to act through it. What is left?"),
        ("no effect", "Demand is in, so it is causal: which path from TV is still open?"),
        "Which arrows lead from TV to sales when search cannot move?",
    ]
    _why = "A right answer to another question: what TV sells without a click. A budget needs the total."
    _options = ["total effect", "direct effect", "no effect"]
    check_2 = checks.choice(meaning, "direct effect", _options, hints=_hints, why=_why)
    set_progress(check_2.record("2"))
    check_2
    return


@app.cell(hide_code=True)
def funnel_answers_read(FUNNEL, adjust_search, adjust_tv, tv_coefficients):
    _tv = {name: tidy.number(value) for name, value in tv_coefficients.items()}
    mo.md(f"""
    | question | adjust for | TV's coefficient |
    |:---|:---|---:|
    | what does TV sell in all? | {", ".join(adjust_tv)} | {_tv["TV + demand"]} |
    | ... without its searches? | demand, search | {_tv["TV + demand + search"]} |
    | none: backdoor open | nothing | {_tv["TV"]} |
    | none: backdoor open, mediator and collider held | search | {_tv["TV + search"]} |

    The truth: {tidy.number(FUNNEL.total_effect("tv", "sales"))} in all, {tidy.number(FUNNEL.coefficients["tv", "sales"])} direct. "Regress on both" blocks TV's path through search and opens
    TV → search ← demand. For *search* itself, adjust for {" and ".join(adjust_search)}: another question, another set.
    """)
    return


@app.cell(hide_code=True)
def funnel_sliders():
    pull_slider = mo.ui.slider(
        0, 1, 0.1, value=0.5, label="TV's pull on search (clicks per euro)", show_value=True
    )
    demand_slider = mo.ui.slider(
        0, 50, 5, value=25, label="demand's pull on sales (thousand euros per sd)", show_value=True
    )
    return demand_slider, pull_slider


@app.cell
def moved_funnel(coefficients, demand_slider, funnel_world, pull_slider):
    funnel_moved = funnel_world(pull_slider.value, demand_slider.value)
    moved = pd.Series(coefficients(funnel_moved))
    moved_truth = funnel_moved.total_effect("tv", "sales")
    return moved, moved_truth


@app.cell(hide_code=True)
def show_moved(demand_slider, moved, moved_truth, pull_slider):
    _frame = pd.DataFrame({"label": moved.index, "mean": moved.to_numpy()})
    _frame[["lower", "upper"]] = np.nan
    _frame["role"] = ["naive", "naive", "adjusted", "control"]
    _chart = charts.chart_effect(
        _frame,
        title=f"TV + search says {tidy.number(moved['TV + search'])}, the truth is {tidy.number(moved_truth)}",
        unit="euros of sales per euro of TV",
        truth=moved_truth,
    ).properties(height=150)
    mo.vstack([mo.hstack([pull_slider, demand_slider], justify="start"), _chart])
    return


@app.cell(hide_code=True)
def moved_read():
    mo.md(r"""
    Move TV's pull: wherever it stands, the regression with demand alone is on the truth. Move demand's pull on sales to 0: the backdoor TV ← demand → search → sales stays, so TV alone
    still errs; "TV + search" then reads the direct effect, and misses what goes through search.
    """)
    return


@app.cell(hide_code=True)
def mix_heading():
    mo.md(r"""
    ## The mix: two channels, 131 weeks

    The same lesson, now with budgets to split: a second world, without TV and search. Social media budgets follow demand: when people want the product, more is spent. Radio is bought long
    before. Each euro works for up to four weeks, and each further euro works less.
    """)
    return


@app.cell(hide_code=True)
def mix_variables():
    mo.md(r"""
    | name | meaning | unit | role |
    |:---|:---|:---|:---|
    | `spend` | social (channel 1) and radio (channel 2) | 100,000 euros a week | treatments |
    | `sales` | what the company sold | 100,000 euros a week | outcome |
    | `demand` | how much people want the product | its own sd | confounder |
    | `week` | 1 to 131: a trend and a season | weeks | covariates |

    Sales and spend share a unit, so that their ratio is euros per euro. Charts show thousands of euros.
    """)
    return


@app.function
def shift_weeks(spend):
    """Return spend of this week and of 1, 2, 3 weeks before (lag, media_week, channel).

    Three weeks without spend follow the last one, so that carry-over past the end is counted.
    """
    media_week = np.arange(1, spend.sizes["week"] + 4)
    longer = spend.reindex(week=media_week, fill_value=0.0).rename(week="media_week")
    shifted = [longer.shift(media_week=lag, fill_value=0.0) for lag in range(4)]
    return xr.concat(shifted, dim=pd.Index(range(4), name="lag"))


@app.function
def carry_over(past, alpha):
    """Return the weighted mean of this week's spend and the three before: weights 1, α, α², α³."""
    weights = [alpha**lag for lag in range(4)]
    return sum(w * past.isel(lag=lag) for lag, w in enumerate(weights)) / sum(weights)


@app.function
def saturate(spend, lam, tanh=np.tanh):
    """Return the logistic saturation curve, here as a tanh: 0 without spend, towards 1 with more."""
    return tanh(lam * spend / 2)


@app.function
def response(past, alpha, lam, beta, tanh=np.tanh):
    """Return the sales that each channel causes in each week."""
    return beta * saturate(carry_over(past, alpha), lam, tanh)


@app.cell(hide_code=True)
def playground_heading():
    mo.md(r"""
    ## Two shapes to play with

    **Adstock**: what is spent today works on later weeks, each week only $\alpha$ times as much as the week before. **Saturation**: twice the spend sells less than
    twice as much; $\lambda$ says how soon.

    $$a_t = \frac{\sum_{\ell=0}^{3} \alpha^\ell\, x_{t-\ell}}{\sum_{\ell=0}^{3} \alpha^\ell} \qquad
    s(a) = \frac{1-e^{-\lambda a}}{1+e^{-\lambda a}}$$
    """)
    return


@app.cell(hide_code=True)
def playground_sliders():
    alpha_slider = mo.ui.slider(0, 0.9, 0.1, value=0.5, label="carry-over α", show_value=True)
    lam_slider = mo.ui.slider(0.5, 5, 0.5, value=2.5, label="saturation λ", show_value=True)
    return alpha_slider, lam_slider


@app.cell
def burst(alpha_slider):
    _once = xr.DataArray([0.0, 100, 0, 0, 0, 0], dims="week", coords={"week": np.arange(1, 7)})
    after_burst = carry_over(shift_weeks(_once), alpha_slider.value)
    return (after_burst,)


@app.cell(hide_code=True)
def show_burst(after_burst, alpha_slider):
    _share = float(after_burst.sel(media_week=2) / after_burst.sum())
    _title = f"{tidy.percent(_share)} of the spend is at work in its own week"
    _lines = {"100 thousand euros spent in week 2": (after_burst, "treated")}
    _axes = "week", "spend at work (thousand euros)"
    _chart = chart_lines(after_burst["media_week"], _lines, _axes, _title, height=200, zero=True)
    mo.vstack([alpha_slider, _chart])
    return


@app.cell(hide_code=True)
def show_saturation(lam_slider):
    _spend, _lam = np.linspace(0, 2, 81), lam_slider.value
    _half = tidy.number(100 * 2 * np.arctanh(0.5) / _lam, 0)
    _title = f"Half of the ceiling is reached at {_half} thousand euros a week"
    _lines = {"s(a)": (100 * saturate(_spend, _lam), "treated")}
    _axes = "spend at work (thousand euros a week)", "% of the ceiling reached"
    mo.vstack([lam_slider, chart_lines(100 * _spend, _lines, _axes, _title, height=200, zero=True)])
    return


@app.cell(hide_code=True)
def playground_read():
    mo.md(r"""
    Carry-over moves *spend* in time and creates none: the weights sum to one. Saturation decides where the *next* euro goes: the steeper
    curve at today's spend wins.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md(r"""
    ### Exercise 3 · build · 6 min

    Write `adstock(spend, alpha, n_lags)` for a plain list or array of weekly spend: the weighted mean of this week and the `n_lags - 1` before, weights
    $\alpha^\ell$ divided by their sum. Weeks before the first count as zero. Return an array as long as `spend`. `np.convolve` is allowed.
    """)
    return


@app.function
def adstock(spend, alpha, n_lags):
    """Return weekly spend at work, in the unit of spend, an array of the same length."""
    return ...


@app.function(hide_code=True)
def adstock_truth(spend, alpha, n_lags, kind="right"):
    """Return the right answer, or that of a usual mistake."""
    lags = np.arange(1, n_lags + 1) if kind == "late" else np.arange(n_lags)
    weights = np.array([float(alpha) ** lag for lag in lags])
    weights = weights if kind == "unnormalised" else weights / weights.sum()
    weights = weights[::-1] if kind == "reversed" else weights
    spend, out = np.asarray(spend, float), np.zeros(len(spend))
    for lag, weight in enumerate(weights):
        shift = lag + 1 if kind == "late" else lag
        ahead = np.r_[spend[shift:], np.zeros(min(shift, len(spend)))]
        behind = np.r_[np.zeros(min(shift, len(spend))), spend][: len(spend)]
        out += weight * (ahead if kind == "future" else behind)
    return out


@app.cell(hide_code=True)
def tries_3():
    adstock_tries = [([0.0, 4, 0, 0, 2, 0, 1], 0.5, 3), ([1.0, 2, 3, 4, 5], 0.3, 4)]

    def answers(function, kind="right"):
        """Return whether a function gives this answer on both tries."""
        found = [np.asarray(function(*one), float) for one in adstock_tries]
        pairs = zip(found, [adstock_truth(*one, kind) for one in adstock_tries], strict=True)
        return all(f.shape == w.shape and np.allclose(f, w) for f, w in pairs)

    return adstock_tries, answers


@app.cell(hide_code=True)
def judge_adstock(adstock_tries, answers):
    def carries(function):
        """Return whether a learner's function is right, or what is wrong with its form."""
        first = function(*adstock_tries[0])
        if first is None or first is ...:
            raise checks.Unanswered
        if len(first) != len(adstock_tries[0][0]):
            return "The result is not as long as `spend`: keep the first `len(spend)` numbers of the full convolution."
        return answers(function)

    return (carries,)


@app.cell(hide_code=True)
def hints_3(answers):
    _ideas = {
        "unnormalised": "The weights do not sum to one: adstock moves spend, it must create none.",
        "reversed": "The weights run backwards: the oldest week counts most.",
        "future": "This week feels next week's spend: the shift goes the wrong way.",
        "late": "This week's own spend (lag 0) is missing.",
    }
    _centred = np.convolve([0, 0, 0, 1, 0, 0], [4 / 7, 2 / 7, 1 / 7], mode="same")
    hints_3 = [(lambda f, k=kind: answers(f, k), text) for kind, text in _ideas.items()]
    hints_3 += [
        (
            lambda f: np.allclose(f([0, 0, 0, 1, 0, 0], 0.5, 3), _centred),
            'Later spend counts here: start from the full np.convolve, not from mode="same".',
        )
    ]
    hints_3.append("With alpha 0.5 and 3 lags the weights are 4/7, 2/7 and 1/7.")
    return (hints_3,)


@app.cell(hide_code=True)
def check_3(carries, hints_3, set_progress):
    _why = "Only past spend enters, and its total is kept, but for what falls after the last week."
    check_3 = checks.holds(adstock, carries, hints=hints_3, why=_why)
    set_progress(check_3.record("3"))
    check_3
    return


@app.cell(hide_code=True)
def history_heading():
    mo.md(r"""
    ## The history, and its truth

    Sales = a base with trend and season + demand + what the two channels cause + luck. The simulator keeps everything but the media apart, so that any
    other history can be played with the same luck.
    """)
    return


@app.cell
def true_response():
    _truth = {
        "alpha": [0.3, 0.5],  # social and radio: carried to the next week
        "lam": [1.0, 2.5],  # radio saturates sooner
        "beta": [2.0, 1.5],  # ceiling: 200,000 and 150,000 euros a week
    }
    _dataset = xr.Dataset({name: ("channel", values) for name, values in _truth.items()})
    TRUTH = _dataset.assign_coords(channel=["social", "radio"])
    return (TRUTH,)


@app.cell
def simulate_spend():
    def draw_spend(rng, n_weeks=131):
        """Return demand (sd) and spend (100,000 euros): social follows demand, radio does not."""
        demand = np.zeros(n_weeks)
        for week, shock in enumerate(rng.normal(0, 0.8, n_weeks)):
            demand[week] = 0.6 * demand[week - 1] + shock
        social = (0.85 + 0.22 * demand + rng.normal(0, 0.2, n_weeks)).clip(0.05)
        radio = rng.gamma(2.5, 0.17, n_weeks)
        return demand, np.column_stack([social, radio])

    mo.md(
        "One sd of demand adds 22 thousand euros to the social budget of the week, and none to radio."
    )
    return (draw_spend,)


@app.cell
def simulate_history(TRUTH, draw_spend):
    def simulate_history(seed, n_weeks=131):
        """Return spend, demand, sales and `rest`: sales without any media, luck included."""
        rng = np.random.default_rng(seed)
        week = np.arange(1, n_weeks + 1)
        demand, spend = draw_spend(rng, n_weeks)
        year = 2 * np.pi * week / 52
        rest = 4 + 0.5 * week / n_weeks + 0.3 * np.sin(year) + 0.2 * np.cos(year)
        rest = rest + 0.5 * demand + rng.normal(0, 0.15, n_weeks)
        spend = xr.DataArray(spend, {"week": week, "channel": ["social", "radio"]})
        media = response(shift_weeks(spend), **TRUTH).sum("channel").to_numpy()[:n_weeks]
        series = {"demand": demand, "rest": rest, "sales": rest + media}
        return xr.Dataset({k: ("week", v) for k, v in series.items()}).assign(spend=spend)

    mo.md("`rest` is kept apart: what the same weeks would have sold without any media.")
    return (simulate_history,)


@app.cell
def history(SEED, simulate_history):
    history = simulate_history(SEED)
    N_WEEKS = history.sizes["week"]
    past_spend = shift_weeks(history["spend"])
    typical_spend = history["spend"].mean("week")
    return N_WEEKS, history, typical_spend


@app.cell(hide_code=True)
def chart_history(history):
    _social, _radio = (100 * history["spend"].sel(channel=c) for c in ("social", "radio"))
    _r = float(np.corrcoef(history["sales"], _social)[0, 1])
    _lines = {
        "sales": (100 * history["sales"], "truth"),
        "social spend": (_social, "treated"),
        "radio spend": (_radio, "counterfactual"),
    }
    _title = f"Sales and social spend move together (correlation {_r:.2f})"
    chart_lines(history["week"], _lines, ("week", "thousand euros"), _title, height=200, zero=True)
    return


@app.cell(hide_code=True)
def history_read(typical_spend):
    _typical = [tidy.number(100 * float(x), 0) for x in typical_spend]
    mo.md(f"""
    A typical week spends {_typical[0]} thousand euros on social and {_typical[1]} thousand on radio. Is the first line tied to the second because
    social sells, or because demand moves both?
    """)
    return


@app.cell(hide_code=True)
def estimand_heading():
    mo.md(r"""
    ## The estimand

    $M(x)$: the sales caused over the 131 weeks and the three after by the spend history $x$. Channel $c$ switched off is $do(x_c = 0)$:

    $$\begin{aligned}
    \text{ROAS}_c &= \big[M(x) - M(x \mid do(x_c = 0))\big] \,/\, \textstyle\sum_t x_{c,t} \\
    \text{mROAS}_c &= \big[M(x \mid do(x_c = 1.01\,x_c)) - M(x)\big] \,/\, \big(0.01 \textstyle\sum_t x_{c,t}\big)
    \end{aligned}$$

    **ROAS** judges the past: was the channel worth it? **Marginal ROAS** decides the future: what does the next euro bring? They are in euros of sales, not profit.
    """)
    return


@app.cell
def caused():
    def do_spend(spend, channel, factor):
        """Return the same spend history with one channel multiplied by a factor."""
        return spend.where(spend["channel"] != channel, factor * spend)

    def caused_sales(spend, parameters):
        """Return M(x): all sales that both channels cause, carry-over past the end included."""
        curve = {name: parameters[name] for name in ("alpha", "lam", "beta")}
        return response(shift_weeks(spend), **curve).sum(["media_week", "channel"])

    mo.md(
        "`do_spend` changes the plan, `caused_sales` plays it: in the simulator and, later, in every draw."
    )
    return caused_sales, do_spend


@app.cell
def estimands(caused_sales, do_spend):
    def returns(spend, parameters, factor):
        """Return euros of sales per euro (..., channel) when a channel's spend changes by `factor`."""
        now, found = caused_sales(spend, parameters), []
        for channel in ("social", "radio"):
            then = caused_sales(do_spend(spend, channel, factor), parameters)
            euros = (factor - 1) * spend.sel(channel=channel, drop=True).sum("week")
            found.append((then - now) / euros)
        return xr.concat(found, dim=pd.Index(["social", "radio"], name="channel"))

    mo.md("`factor=0` switches a channel off: ROAS. `factor=1.01` adds 1 %: marginal ROAS.")
    return (returns,)


@app.cell
def true_returns(TRUTH, history, returns):
    true_roas = returns(history["spend"], TRUTH, factor=0).to_series()
    true_marginal_roas = returns(history["spend"], TRUTH, factor=1.01).to_series()
    _true = {"true ROAS": true_roas, "true marginal ROAS": true_marginal_roas}
    tidy.as_table(pd.DataFrame(_true))
    return true_marginal_roas, true_roas


@app.cell(hide_code=True)
def true_returns_read(true_marginal_roas, true_roas):
    mo.md(f"""
    The truth that no company ever sees: a euro of social sold {tidy.number(true_roas["social"])} euros, a euro of radio
    {tidy.number(true_roas["radio"])}. The next euro brings {tidy.number(true_marginal_roas["social"])} and {tidy.number(true_marginal_roas["radio"])}:
    less than the average euro, since the curves bend.
    """)
    return


@app.cell(hide_code=True)
def graph_heading():
    mo.md(r"""
    ## What causes what?

    Can the history tell what social does? The graph decides, before any model.
    """)
    return


@app.cell
def mix_graph():
    _causes = {"social": ["demand"], "sales": ["demand", "calendar", "social", "radio"]}
    _arrows = [(cause, effect) for effect in _causes for cause in _causes[effect]]
    graph_mix = graphs.dag(_arrows, treatment="social", outcome="sales")
    graph_hidden = graphs.dag(_arrows, treatment="social", outcome="sales", hidden=["demand"])
    adjustment_set = sorted(graph_mix.adjustment_sets()[0])
    sets_without_demand = graph_hidden.adjustment_sets()
    return adjustment_set, graph_hidden, graph_mix, sets_without_demand


@app.cell(hide_code=True)
def show_mix_graphs(adjustment_set, graph_hidden, graph_mix):
    mo.hstack(
        [
            graph_mix.adjusting(*adjustment_set).draw("Demand measured: adjust for it"),
            graph_hidden.draw("Demand hidden: the backdoor stays open"),
        ],
        widths="equal",
    )
    return


@app.cell(hide_code=True)
def mix_assumptions(adjustment_set, sets_without_demand):
    mo.md(f"""
    With demand measured, {", ".join(adjustment_set)} closes social's only backdoor; radio, bought long before, has none. With demand hidden, {len(sets_without_demand) or "no"} set does. Assumed:

    - **Ignorability** (no unmeasured confounding): given demand, **measured without error** and acting in its own week, social spend is as good as random.
    - **Consistency**: a euro is a euro. **No interference** between the channels.
    - **Positivity**: spend varies at every demand; zero spend is not seen, there the curve extrapolates.
    - **Shape**: four weeks of carry-over, this curve.
    """)
    return


@app.cell(hide_code=True)
def model_heading():
    mo.md(r"""
    ## The model

    $$\begin{aligned}
    \alpha_c &\sim \text{Beta}(2, 3), \quad \lambda_c \sim \text{Gamma}(4, 2), \quad r_c \sim \text{HalfNormal}(3) \\
    g_c &= r_c\,\bar x_c, \quad \beta_c = g_c \,/\, s(\bar x_c; \lambda_c) \\
    \mu_t &= \mu_0 + \gamma\,\text{demand}_t + \text{trend}_t + \text{season}_t \\
    &\quad + \delta\,(x_{\text{social},t} - \bar x_{\text{social}}) + \textstyle\sum_c \big(\beta_c\, s(a_{c,t}) - g_c\big) \\
    \text{sales}_t &\sim \text{Normal}(\mu_t, \sigma), \quad \text{test} \sim \text{Normal}(g_{\text{social}}, \text{SE})
    \end{aligned}$$

    $r_c$: euros per euro in a typical week, which then causes $g_c$. $\delta$ is a doubt: sales that follow social spend without being caused by it.
    """)
    return


@app.cell
def analysts():
    TEST_SD = 0.12  # standard error of the lift test: 12,000 euros a week
    _rows = {
        "demand known": (1, 0, 1000.0),  # a test so imprecise that it says nothing
        "demand hidden": (0, 0, 1000.0),
        "hidden, test": (0, 0, TEST_SD),
        "hidden, test, doubt": (0, 1, TEST_SD),
    }
    analysts = pd.DataFrame.from_dict(_rows, "index", columns=["knows_demand", "doubts", "test_sd"])
    return TEST_SD, analysts


@app.cell(hide_code=True)
def analysts_table(TEST_SD):
    mo.md(f"""
    Four analysts share the history, not the knowledge:

    | analyst | knows demand | has a lift test | doubts |
    |:---|:---:|:---:|:---:|
    | demand known | yes | no | no |
    | demand hidden | no | no | no |
    | hidden, test | no | ±{100 * TEST_SD:.0f} thousand euros a week | no |
    | hidden, test, doubt | no | the same | yes |

    In the program `analyst` is a dimension that shares nothing: one run samples four posteriors side by side.
    """)
    return


@app.cell
def lift_test(SEED, TEST_SD, TRUTH, typical_spend):
    # What social truly causes in a typical week, read with an error (100,000 euros a week).
    typical_truth = TRUTH["beta"] * saturate(typical_spend, TRUTH["lam"])
    test_luck = float(np.random.default_rng([SEED, 6]).normal())  # in standard errors
    test_reading = float(typical_truth.sel(channel="social")) + TEST_SD * test_luck
    return test_luck, test_reading, typical_truth


@app.function
def about_the_weeks(history):
    """Return spend and calendar as arrays with named dimensions."""
    spend, week = history["spend"], history["week"]
    year = 2 * np.pi * week / 52
    return {
        "past_spend": shift_weeks(spend),
        "typical_spend": spend.mean("week"),
        "time": (week - week.mean()) / week.size,
        "waves": xr.concat([np.sin(year), np.cos(year)], pd.Index(["sin", "cos"], name="wave")),
    }


@app.function
def model_inputs(history, analysts, test_reading):
    """Return all that the model is given; what an analyst does not know is zero for them."""
    who = {name: analysts[name].rename_axis("analyst").to_xarray() for name in analysts}
    social = history["spend"].sel(channel="social", drop=True)
    return about_the_weeks(history) | {
        "known_demand": who["knows_demand"] * history["demand"],
        "doubted_spend": who["doubts"] * (social - social.mean("week")),
        "test_sd": who["test_sd"],
        "sales_seen": 0 * who["doubts"] + history["sales"],
        "test_seen": 0 * who["doubts"] + test_reading,
    }


@app.cell
def inputs(analysts, history, test_reading):
    inputs = model_inputs(history, analysts, test_reading)
    return (inputs,)


@app.cell
def libraries():
    import logging

    import pymc as pm
    import pymc.dims as pmd

    # PyMC says on the screen what it is doing; only its warnings matter here.
    logging.getLogger("pymc").setLevel(logging.WARNING)
    # Running a model forwards once needs no compiler: take its steps one by one.
    FORWARD = {"mode": "FAST_COMPILE"}
    return FORWARD, pm, pmd


@app.cell
def media_part(pmd):
    def media_part(given, dims):
        """Return sales caused by each channel, week by week, and in a typical week."""
        alpha = pmd.Beta("alpha", 2, 3, dims=(*dims, "channel"))  # 40 % stays, give or take 20
        lam = pmd.Gamma("lam", 4, 2, dims=(*dims, "channel"))  # half the ceiling near 55,000 euros
        per_euro = pmd.HalfNormal("typical_return", 3, dims=(*dims, "channel"))  # 0 to 6 euros
        typical = pmd.Deterministic("typical_effect", per_euro * given["typical_spend"])
        tanh = pmd.math.tanh
        beta = pmd.Deterministic("beta", typical / saturate(given["typical_spend"], lam, tanh))
        media = response(given["past_spend"], alpha, lam, beta, tanh)
        return pmd.Deterministic("media", media), typical

    mo.md(
        "Three numbers a channel: how long (`alpha`), how soon it saturates (`lam`), how much in a typical week."
    )
    return (media_part,)


@app.cell
def baseline_part(pmd):
    def baseline_part(given, dims):
        """Return weekly sales apart from changes in the media, in 100,000 euros."""
        level = pmd.Normal("level", 7, 2, dims=dims)  # a typical week: 700,000 euros
        trend = pmd.Normal("trend", 0, 1, dims=dims) * given["time"]  # 100,000 over all weeks
        season = pmd.Normal("season", 0, 0.5, dims=(*dims, "wave")) * given["waves"]  # 50,000
        demand = pmd.Normal("demand_effect", 0, 1, dims=dims) * given["known_demand"]  # 100,000
        doubt = pmd.Normal("doubt", 0, 2, dims=dims) * given["doubted_spend"]  # 2 euros a euro
        return level + trend + season.sum("wave") + demand + doubt

    mo.md("What an analyst does not know enters as zeros, and leaves that parameter at its prior.")
    return (baseline_part,)


@app.cell
def model(baseline_part, inputs, media_part, pm, pmd):
    def mix_model(inputs, dims=("analyst",)):
        """The graph as a program; one posterior for each value of `dims`."""
        coords = {dim: c.to_numpy() for a in inputs.values() for dim, c in a.coords.items()}
        with pm.Model(coords=coords) as model:
            given = {name: pmd.Data(name, inputs[name]) for name in inputs if "seen" not in name}
            media, typical = media_part(given, dims)
            n_weeks = inputs["sales_seen"].sizes["week"]
            now = media.isel(media_week=slice(None, n_weeks)).rename(media_week="week")
            mu = baseline_part(given, dims) + (now - typical).sum("channel")
            sigma = pmd.HalfNormal("sigma", 0.5, dims=dims)  # 50,000 euros of luck a week
            pmd.Normal("sales", mu, sigma, observed=inputs["sales_seen"], dims=(*dims, "week"))
            social, test_sd = typical.isel(channel=0), given["test_sd"]
            pmd.Normal("test", social, test_sd, observed=inputs["test_seen"], dims=dims)
        return model

    model_mix = mix_model(inputs)
    mo.md(
        f"{len(model_mix.free_RVs)} named parameters; two things are observed, sales and the test."
    )
    return (mix_model,)


@app.cell(hide_code=True)
def test_line():
    mo.md(r"""
    The last line is the **lift test**: an experiment that measured what social sells in a typical week is one more observation, with its own standard error. `doubt` lets
    unexplained sales follow social spend, without being caused by it.
    """)
    return


@app.cell(hide_code=True)
def prior_heading():
    mo.md(r"""
    ## What does the model believe before it sees sales?

    Run the program forwards: it invents sales, and with them the return on every euro.
    """)
    return


@app.cell
def prior_function(FORWARD, mix_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def draw_prior(inputs, seed):
        """Return 300 draws of the media's parameters, and the sales that they invent."""
        how = {"random_seed": seed, "compile_kwargs": FORWARD}
        names = ["alpha", "lam", "beta", "sales"]
        return pm.sample_prior_predictive(300, mix_model(inputs), var_names=names, **how)

    return (draw_prior,)


@app.cell
def prior_predictive(SEED, draw_prior, history, inputs, returns):
    with mo.status.spinner("Inventing 300 histories: some seconds, the first time"):
        prior = draw_prior(inputs, SEED)
    prior_known = prior["prior"].dataset.sel(analyst="demand known")
    prior_roas = returns(history["spend"], prior_known, factor=0)
    prior_sales = 100 * prior["prior_predictive"]["sales"].sel(analyst="demand known")
    return prior_roas, prior_sales


@app.cell(hide_code=True)
def chart_prior(prior_roas):
    _values = {c: prior_roas.sel(channel=c).to_numpy().ravel() for c in ("social", "radio")}
    _role = {"social": "prior", "radio": "control"}
    _draws = [pd.DataFrame({"value": v, "label": c, "role": _role[c]}) for c, v in _values.items()]
    _low, _high = tidy.hdi(_values["social"])
    charts.chart_density(
        pd.concat(_draws),
        title=f"Prior, both channels alike: a euro sells {_low:.1f} to {_high:.1f} euros (94 % HDI)",
        unit="ROAS (euros of sales per euro)",
        floor=0,
    )
    return


@app.cell(hide_code=True)
def prior_read(prior_sales):
    _low, _high = np.quantile(prior_sales, [0.03, 0.97])
    mo.md(f"""
    94 % of the invented weeks sell {tidy.number(_low, 0)} to {tidy.number(_high, 0)} thousand euros: wide, and the right order of magnitude. Both channels start equal: worthless or splendid. **HDI**: the shortest interval that holds 94 % of the draws.
    """)
    return


@app.cell(hide_code=True)
def fit_heading():
    mo.md(r"""
    ## Fit

    One run samples the four analysts' posteriors. It takes half a minute or so, the first time.
    """)
    return


@app.cell
def sampler(mix_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit(inputs, draws, seed):
        """Return posterior draws of the parameters; what follows from them is computed later."""
        model = mix_model(inputs)
        names = [variable.name for variable in model.free_RVs] + ["beta", "typical_effect"]
        how = {"cores": 1, "init": "adapt_diag"}  # far from the priors, first steps overflow
        cost = {"draws": 2 * draws, "tune": draws, "chains": 4, "progressbar": False}
        return pm.sample(model=model, var_names=names, random_seed=seed, **cost, **how)

    return (fit,)


@app.cell
def fit_mix(DRAWS, SEED, fit, inputs):
    with mo.status.spinner("Sampling four analysts' posteriors: about 30 s, the first time"):
        idata_mix = fit(inputs, DRAWS, SEED)
    return (idata_mix,)


@app.cell
def diagnose_mix(idata_mix):
    diagnostics_mix = tidy.diagnostics(idata_mix)
    tidy.show_diagnostics(diagnostics_mix)
    return


@app.cell(hide_code=True)
def rule():
    mo.md(r"""
    R-hat compares the chains (1: they agree); effective draws say how many independent draws the chain is worth; a divergence is a step that failed.
    """)
    return


@app.cell
def expected_sales(N_WEEKS, inputs):
    def expected_sales(draws):
        """Return one analyst's expected weekly sales (chain, draw, week) in 100,000 euros."""
        media = response(inputs["past_spend"], draws["alpha"], draws["lam"], draws["beta"])
        seen = media.isel(media_week=slice(None, N_WEEKS)).rename(media_week="week")
        base = draws["level"] + draws["trend"] * inputs["time"]
        base = base + (draws["season"] * inputs["waves"]).sum("wave")
        known = inputs["known_demand"].sel(analyst=draws["analyst"])
        return (
            base + draws["demand_effect"] * known + (seen - draws["typical_effect"]).sum("channel")
        )

    return (expected_sales,)


@app.cell
def replicate(SEED, expected_sales, idata_mix):
    posterior = idata_mix["posterior"].dataset.isel(draw=slice(None, None, 2))  # enough, and quick

    def replicate(analyst, every=10):
        """Return invented sales (chain, draw, week) in thousand euros, from every n-th draw."""
        draws = posterior.sel(analyst=analyst).isel(draw=slice(None, None, every))
        mu = expected_sales(draws)
        luck = np.random.default_rng(SEED).normal(size=mu.shape)
        return 100 * (mu + draws["sigma"] * xr.DataArray(luck, dims=mu.dims))

    return posterior, replicate


@app.cell
def predictive_check(history, replicate):
    def inside_share(analyst):
        """Return the weekly 94 % predictive interval and the share of weeks inside it."""
        low, high = np.quantile(replicate(analyst), [0.03, 0.97], axis=(0, 1))
        sales = 100 * history["sales"].to_numpy()
        return low, high, float(((low < sales) & (sales < high)).mean())

    _, _, inside_hidden = inside_share("demand hidden")
    band_low, band_high, inside_known = inside_share("demand known")
    return band_high, band_low, inside_hidden, inside_known


@app.cell(hide_code=True)
def chart_fit(band_high, band_low, history, inside_known):
    _title = f"{tidy.percent(inside_known)} of the weeks lie in the 94 % predictive interval (band)"
    _band = pd.DataFrame({"x": history["week"], "lower": band_low, "upper": band_high})
    _area = alt.Chart(_band).mark_area(color=charts.ROLES["adjusted"], opacity=0.3)
    _sales = {"sales": (100 * history["sales"], "truth")}
    _line = chart_lines(history["week"], _sales, ("week", "sales (thousand euros)"), _title)
    _layers = alt.layer(_area.encode(x="x:Q", y="lower:Q", y2="upper:Q"), _line)
    chart_fit = charts.describe(
        _layers.properties(title=_line.title, height=250), _line.description
    )
    chart_fit
    return


@app.cell(hide_code=True)
def fit_is_not_cause(inside_hidden, inside_known, posterior):
    _sigma = 100 * posterior["sigma"].mean(["chain", "draw"]).to_series()
    mo.md(f"""
    With demand known {tidy.percent(inside_known)} of the weeks lie inside, with demand hidden {tidy.percent(inside_hidden)}: **both models pass**. The second only calls more of it luck (±{tidy.number(_sigma["demand hidden"], 0)} thousand euros a week instead
    of ±{tidy.number(_sigma["demand known"], 0)}). A good fit does not make a model causal, and a bias does not show as a bad fit.
    """)
    return


@app.cell(hide_code=True)
def roas_heading():
    mo.md(r"""
    ## Do: what did each euro sell?

    `pm.do` sets spend to another history, and the fitted program says what it would have sold. Per draw, so that the answer has an interval.
    """)
    return


@app.cell
def do_function(FORWARD, mix_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def media_if(past_spend, draws, inputs, seed):
        """Return the sales that each channel causes, draw by draw, had spend been another."""
        how = {"random_seed": seed, "progressbar": False, "compile_kwargs": FORWARD}
        with pm.do(mix_model(inputs), {"past_spend": past_spend}):
            found = pm.sample_posterior_predictive(draws, var_names=["media"], **how)
        return found.posterior_predictive["media"]

    mo.md("`pm.do` on the fitted model, for a plan of spending.")
    return (media_if,)


@app.cell
def do_by_pymc(SEED, do_spend, history, inputs, media_if, posterior):
    _past = shift_weeks(do_spend(history["spend"], "social", 0))
    few_draws = posterior.isel(draw=slice(None, None, 50))
    with mo.status.spinner("Playing the weeks without social: some seconds, the first time"):
        media_by_do = media_if(_past.to_numpy(), few_draws, inputs, SEED)
    mo.md(
        f"Sales caused in {media_by_do.sizes['media_week']} weeks without social, for each analyst and draw."
    )
    return few_draws, media_by_do


@app.cell
def do_by_hand(do_spend, few_draws, history, media_by_do):
    _past = shift_weeks(do_spend(history["spend"], "social", 0))
    _by_hand = response(_past, few_draws["alpha"], few_draws["lam"], few_draws["beta"])
    _by_hand = _by_hand.transpose(*media_by_do.dims).to_numpy()
    do_gap = float(np.abs(_by_hand - media_by_do.to_numpy()).max())
    return (do_gap,)


@app.cell
def roas_draws(history, posterior, returns):
    roas_draws = returns(history["spend"], posterior, factor=0)
    marginal_draws = returns(history["spend"], posterior, factor=1.01)
    mo.md(
        f"{roas_draws.sizes['chain'] * roas_draws.sizes['draw']:,} draws of each return, for each analyst and channel."
    )
    return marginal_draws, roas_draws


@app.cell(hide_code=True)
def do_read(do_gap):
    mo.md(f"""
    The function that played histories in the simulator, fed with posterior draws, is the same `do`: the largest gap to `pm.do` is {do_gap:.0e}. From here on we use the function.
    """)
    return


@app.cell
def return_frame(analysts):
    def return_frame(draws, truth):
        """Return one row per model and channel: truth, mean and 94 % HDI."""
        rows = [(model, channel) for model in analysts.index for channel in truth.index]
        found = {row: draws.sel(analyst=row[0], channel=row[1]) for row in rows}
        frame = pd.DataFrame(rows, columns=["model", "channel"])
        frame["truth"] = frame["channel"].map(truth)
        return frame.join(tidy.summarise(found)[["mean", "lower", "upper"]])

    return (return_frame,)


@app.cell
def return_frames(
    marginal_draws,
    return_frame,
    roas_draws,
    true_marginal_roas,
    true_roas,
):
    roas = return_frame(roas_draws, true_roas)
    marginal_roas = return_frame(marginal_draws, true_marginal_roas)
    return marginal_roas, roas


@app.cell(hide_code=True)
def chart_returns_cell(analysts):
    _roles = ["adjusted", "naive", "counterfactual", "treated"]
    ROLE_OF = dict(zip(analysts.index, _roles, strict=True))

    def chart_returns(frame, models, channel):
        """Return the forest plot of some models' ROAS of one channel against the truth."""
        rows = frame.query("channel == @channel and model in @models")
        rows = rows.rename(columns={"model": "label"})
        said = "; ".join(
            f"{label} {tidy.number(m)}" for label, m in rows[["label", "mean"]].to_numpy()
        )
        rows = rows.assign(role=rows["label"].map(ROLE_OF))
        unit = f"ROAS of {channel} (euros of sales per euro)"
        title = f"{channel.capitalize()}: {said}"
        return charts.chart_effect(rows, title=title, unit=unit, truth=rows["truth"].iloc[0])

    return (chart_returns,)


@app.cell(hide_code=True)
def show_roas_social(chart_returns, roas):
    chart_returns(roas, ["demand known", "demand hidden"], "social")
    return


@app.cell(hide_code=True)
def show_roas_radio(chart_returns, roas):
    chart_returns(roas, ["demand known", "demand hidden"], "radio")
    return


@app.cell
def look_up(marginal_roas, roas):
    def look_up(model, channel, frame=roas):
        """Return the row of one model and channel."""
        return frame.set_index(["model", "channel"]).loc[(model, channel)]

    known = look_up("demand known", "social")
    hidden = look_up("demand hidden", "social")
    next_euro = {c: look_up("demand known", c, marginal_roas) for c in ("social", "radio")}
    return hidden, known, look_up, next_euro


@app.cell(hide_code=True)
def roas_read(hidden, known):
    _inside = known["lower"] < known["truth"] < known["upper"]
    _word = "holds" if _inside else "this time (6 % are allowed) misses"
    mo.md(f"""
    With demand in the model, social's interval ({tidy.number(known["lower"])} to {tidy.number(known["upper"])}) {_word} the truth, {tidy.number(known["truth"])}. Without it the model says
    {tidy.number(hidden["mean"])} ({tidy.number(hidden["lower"])} to {tidy.number(hidden["upper"])}): demand brings both budget and sales, and social is paid for what demand did. Radio,
    whose budget ignores demand, suffers less. **More weeks would not help**: the interval would shrink around the wrong value.
    """)
    return


@app.cell(hide_code=True)
def show_marginal(marginal_roas):
    _rows = marginal_roas.query("model == 'demand known'").rename(columns={"channel": "label"})
    _truth = ", ".join(f"{r.label} {tidy.number(r.truth)}" for r in _rows.itertuples())
    charts.chart_effect(
        _rows.assign(role="adjusted"),
        title=f"The next euro, with demand known (truth: {_truth})",
        unit="marginal ROAS (euros of sales per further euro)",
    )
    return


@app.cell(hide_code=True)
def marginal_read(known, next_euro):
    mo.md(f"""
    The average euro of social sold {tidy.number(known["mean"])}, the next one sells {tidy.number(next_euro["social"]["mean"])}; the next euro of radio sells
    {tidy.number(next_euro["radio"]["mean"])}. For a budget, compare *these* two.
    """)
    return


@app.cell(hide_code=True)
def question_4():
    mo.md(r"""
    ### Exercise 4 · fix · 5 min

    A colleague computes the marginal ROAS of radio from 10 % more spend, and gets ten times too little. One line (`_buggy`) is wrong. Keep the 10 %, and write it right in place of `...`: `next_radio_euro`, one
    number per `chain` and `draw`, euros of sales per *further* euro.
    """)
    return


@app.cell
def exercise_4_marginal(caused_sales, do_spend, history, posterior):
    # Ten per cent more radio: what does a further euro sell?
    _draws = posterior.sel(analyst="demand known")
    _spent = history["spend"].sel(channel="radio").sum()
    _gain = caused_sales(do_spend(history["spend"], "radio", 1.1), _draws) - caused_sales(
        history["spend"], _draws
    )
    _buggy = _gain / _spent
    next_radio_euro = ...
    return (next_radio_euro,)


@app.cell(hide_code=True)
def truth_4(history, posterior, returns):
    _known = posterior.sel(analyst="demand known")
    marginal_truth = returns(history["spend"], _known, factor=1.1)
    average_truth = returns(history["spend"], _known, factor=0)
    small_truth = returns(history["spend"], _known, factor=1.01)
    return average_truth, marginal_truth, small_truth


@app.cell(hide_code=True)
def hints_4(average_truth, marginal_truth, small_truth):
    _right = marginal_truth.sel(channel="radio").to_numpy()
    hints_4 = [
        (0.1 * _right, "That is still the buggy line: further sales belong to further euros."),
        (_right / 11, "Divided by the whole new budget; only the extra tenth was added."),
        (-_right, "The sign is turned: more spend minus spend as it was."),
        (average_truth.sel(channel="radio").to_numpy(), "The average ROAS judges the past."),
        (small_truth.sel(channel="radio").to_numpy(), "Right for 1 % more; 10 % were asked for."),
        (marginal_truth.sel(channel="social").to_numpy(), "That is social; radio is asked for."),
        (lambda value: np.size(value) == 1, "Keep chain and draw: one number per draw."),
        "How many euros were added?",
    ]
    return (hints_4,)


@app.cell(hide_code=True)
def check_4(hints_4, marginal_truth, next_radio_euro, set_progress):
    _right = marginal_truth.sel(channel="radio").to_numpy()
    _why = "Gain over cost, both for the change: that is what a budget decision compares."
    check_4 = checks.close(next_radio_euro, _right, tolerance=1e-6, hints=hints_4, why=_why)
    set_progress(check_4.record("4"))
    check_4
    return


@app.cell(hide_code=True)
def lift_heading():
    mo.md(r"""
    ## Can an experiment repair the model?

    Demand cannot always be measured. But for a few weeks social can be switched off in some regions at random: a **lift test**. It reads
    what social sells in a typical week, with a standard error. It rests on assumptions too: regions drawn at random, no spill-over between them, run past the carry-over, regions and weeks like the rest.
    """)
    return


@app.cell(hide_code=True)
def show_lift(chart_returns, roas):
    chart_returns(
        roas, ["demand hidden", "hidden, test", "hidden, test, doubt"], "social"
    ).properties(height=180)
    return


@app.cell(hide_code=True)
def lift_read(TEST_SD, effect_hidden, look_up, test_reading):
    _plain, _doubt = look_up("hidden, test", "social"), look_up("hidden, test, doubt", "social")
    mo.md(f"""
    The test read {tidy.number(100 * test_reading, 0)} ± {100 * TEST_SD:.0f} thousand euros a week. As a likelihood term it moves the biased model only to {tidy.number(_plain["mean"])} (truth: {tidy.number(_plain["truth"])}): the model is as
    sure of its bias (±{tidy.number(100 * effect_hidden.std(), 0)}) as the test is of the truth, so they meet in between. The analyst who *doubts*, and lets part of social's slope be something else, gets
    {tidy.number(_doubt["mean"])} ({tidy.number(_doubt["lower"])} to {tidy.number(_doubt["upper"])}): the test decides the size, the history the shape.
    """)
    return


@app.cell(hide_code=True)
def precision_slider():
    test_slider = mo.ui.slider(
        steps=[2, 3, 4, 6, 8, 10, 12],
        value=12,
        label="standard error of the test (thousand euros a week)",
        show_value=True,
    )
    return (test_slider,)


@app.cell
def slider_pieces(posterior, roas_draws):
    _social = posterior["typical_effect"].sel(channel="social")
    _roas = roas_draws.sel(channel="social").transpose(*_social.dims)
    effect_hidden = _social.sel(analyst="demand hidden").to_numpy().ravel()
    effect_doubt = _social.sel(analyst="hidden, test, doubt").to_numpy().ravel()
    roas_hidden = _roas.sel(analyst="demand hidden").to_numpy().ravel()
    roas_doubt = _roas.sel(analyst="hidden, test, doubt").to_numpy().ravel()
    return effect_doubt, effect_hidden, roas_doubt, roas_hidden


@app.cell
def reading_of(test_luck, typical_truth):
    def reading_of(test_sd):
        """Return what a test of this precision reads, with the luck of ours."""
        return float(typical_truth.sel(channel="social")) + test_sd * test_luck

    return (reading_of,)


@app.cell
def trusting(effect_hidden, reading_of, roas_hidden):
    def trusting(test_sd):
        """Return mean and sd of ROAS, demand hidden, with such a test: normal approximation."""
        slope, start = np.polyfit(effect_hidden, roas_hidden, 1)
        weight = test_sd**-2 / (test_sd**-2 + effect_hidden.var() ** -1)
        mean = weight * reading_of(test_sd) + (1 - weight) * effect_hidden.mean()
        return start + slope * mean, slope * test_sd * weight**0.5

    return (trusting,)


@app.cell
def doubting(TEST_SD, effect_doubt, reading_of, roas_doubt, test_reading):
    def doubting(test_sd):
        """Return our draws of ROAS and their weights, as if the test had been this one."""
        new = ((effect_doubt - reading_of(test_sd)) / test_sd) ** 2
        log_weight = (((effect_doubt - test_reading) / TEST_SD) ** 2 - new) / 2
        weight = np.exp(log_weight - log_weight.max())
        return roas_doubt, weight / weight.sum()

    return (doubting,)


@app.cell
def at_precision(SEED, doubting, test_slider, trusting):
    _mean, _spread = trusting(test_slider.value / 100)
    _rng = np.random.default_rng(SEED)
    _draws, _weight = doubting(test_slider.value / 100)
    effective_draws = float(1 / (_weight**2).sum())
    _trusts = np.array(NormalDist(_mean, _spread).quantiles(4001))  # evenly, without luck
    _doubts = _rng.choice(_draws, 4000, p=_weight)
    at_precision = tidy.summarise({"trusts its history": _trusts, "doubts its history": _doubts})
    at_precision["role"] = ["counterfactual", "treated"]
    return at_precision, effective_draws


@app.cell(hide_code=True)
def show_precision(at_precision, effective_draws, known, test_slider):
    _trusts = at_precision["mean"].iloc[0]
    _chart = charts.chart_effect(
        at_precision,
        title=f"Test ±{test_slider.value}: trust says {tidy.number(_trusts)}, truth {tidy.number(known['truth'])}",
        unit="ROAS of social (euros of sales per euro)",
        truth=known["truth"],
    ).properties(height=110)
    _note = f"Nothing is refitted. Above: a normal approximation; below: our draws, reweighted to the new test ({effective_draws:,.0f} effective draws)."
    mo.vstack([test_slider, _chart, mo.md(_note)])
    return


@app.cell(hide_code=True)
def precision_read(TEST_SD, effect_hidden, look_up, trusting):
    mo.md(f"""
    Check of the approximation at ±{100 * TEST_SD:.0f}: {tidy.number(trusting(TEST_SD)[0])}, and {tidy.number(look_up("hidden, test", "social")["mean"])} from the sampler. A test
    overrules a biased model only when its error is well below the model's own: ±{tidy.number(100 * effect_hidden.std(), 0)} thousand euros. For the doubter any test helps.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md(r"""
    ### Exercise 5 · complete · 5 min

    Two sources, each with mean and standard error: the model without demand (±1 standard error: its posterior sd), and a test that reads the same number as the lift test above, but with a standard error of **6 thousand euros**. Combine them as a normal likelihood and a normal prior do: weights proportional to
    1/error². Set `combined`: the mean, in thousand euros a week.
    """)
    return


@app.cell
def exercise_5_combine(effect_hidden, test_reading):
    # Thousand euros a week: mean and standard error of the model, and of the test.
    _model, _model_error = 100 * effect_hidden.mean(), 100 * effect_hidden.std()
    _test, _test_error = 100 * test_reading, 6.0
    combined = ...
    return (combined,)


@app.cell(hide_code=True)
def mix_5(effect_hidden, test_reading):
    model_sd = 100 * effect_hidden.std()

    def mix_5(model_weight, test_weight):
        """Return the weighted mean of model and test in thousand euros a week."""
        both = [100 * effect_hidden.mean(), 100 * test_reading]
        return float(np.average(both, weights=[model_weight, test_weight]))

    return mix_5, model_sd


@app.cell(hide_code=True)
def check_5(combined, mix_5, model_sd, set_progress):
    _right, _left = mix_5(model_sd**-2, 6.0**-2), mix_5(model_sd**-2, 6.0**-2) - mix_5(0, 1)
    _hints = [
        (mix_5(1, 1), "That is the plain average: the more precise source must count more."),
        (mix_5(1 / model_sd, 1 / 6), "The weights are 1/error; squared errors are asked for."),
        (mix_5(model_sd**2, 36), "Upside down: the less precise source counts more here."),
        (_right / 100, "Right in 100,000 euros; thousand euros are asked for."),
        (mix_5(1, 0), "That is the model alone; the test has a say as well."),
        (mix_5(0, 1), "That is the test alone; the model has a say as well."),
        "Weights 1/error² for both; divide the weighted sum by the sum of the weights.",
    ]
    _why = f"Even twice as precise a test leaves the answer {_left:.0f} thousand euros a week away from its own reading."
    check_5 = checks.close(combined, _right, tolerance=0.05, hints=_hints, why=_why)
    set_progress(check_5.record("5"))
    check_5
    return


@app.cell(hide_code=True)
def feedback_heading():
    mo.md(r"""
    ## Endogenous budgets: spend that follows last week's sales

    "Sales were good, spend more." Such a budget is *endogenous*: made by what it is meant to change. Past sales then cause spend, and demand, which lasts for weeks, stands behind both.
    """)
    return


@app.cell
def feedback_graph():
    _causes = {
        "last_sales": ["last_demand", "last_spend"],
        "demand": ["last_demand"],
        "spend": ["last_sales"],
        "sales": ["demand", "last_spend", "spend"],
    }
    _arrows = [(cause, effect) for effect in _causes for cause in _causes[effect]]
    graph_feedback = graphs.dag(_arrows, treatment="spend", outcome="sales")
    return (graph_feedback,)


@app.cell(hide_code=True)
def show_feedback_graph(graph_feedback):
    mo.vstack(
        [
            graph_feedback.adjusting("demand", "last_spend").draw(
                "Two weeks of a budget that follows sales"
            ),
            mo.md(
                "For *this week's* spend alone, last week's sales would do. We want the whole carry-over, this and last week's spend together: "
                "then last week's sales are an outcome of the treatment, and a collider (last spend → last sales ← last demand)."
            ),
        ]
    )
    return


@app.cell
def feedback_worlds(TRUTH):
    def feedback_worlds(follow, n_worlds, seed, n_weeks=131):
        """Return demand, sales and saturated spend (week, world); spend follows last sales."""
        alpha, lam, beta = (float(TRUTH[k].sel(channel="social")) for k in ("alpha", "lam", "beta"))
        weights = alpha ** np.arange(4)[:, None] / (alpha ** np.arange(4)).sum()
        luck = np.random.default_rng(seed).normal(0, 1, (3, n_weeks + 4, n_worlds))
        demand, sales, media, spend = np.zeros((4, n_weeks + 4, n_worlds))
        sales[3] = 4.8  # the level that the budget compares with
        for t in range(4, n_weeks + 4):
            demand[t] = 0.6 * demand[t - 1] + 0.8 * luck[0, t]
            spend[t] = 0.85 + follow * (sales[t - 1] - 4.8) + 0.2 * luck[1, t]
            spend[t] = spend[t].clip(0.05)
            media[t] = saturate((weights * spend[t : t - 4 : -1]).sum(axis=0), lam)
            sales[t] = 4 + 0.5 * demand[t] + beta * media[t] + 0.15 * luck[2, t]
        return demand[4:], sales[4:], media[4:]

    mo.md("The budget of week t reads the sales of week t − 1.")
    return (feedback_worlds,)


@app.function
def ols(outcome, *regressors):
    """Return the first regressor's coefficient in each world; arrays (week, world)."""
    x = np.stack([r - r.mean(axis=0) for r in regressors], axis=-1).transpose(1, 0, 2)
    y = (outcome - outcome.mean(axis=0)).T[..., None]
    squares = x.transpose(0, 2, 1) @ x
    return np.linalg.solve(squares, x.transpose(0, 2, 1) @ y)[:, 0, 0]


@app.cell
def over_truth(TRUTH):
    def over_truth(demand, sales, media):
        """Return estimate over truth for three analysts, one value per world."""
        truth = float(TRUTH["beta"].sel(channel="social"))
        more = {"nothing": [], "last week's sales": [sales[:-1]], "demand": [demand[1:]]}
        return {who: ols(sales[1:], media[1:], *given) / truth for who, given in more.items()}

    return (over_truth,)


@app.cell(hide_code=True)
def follow_slider_cell():
    _label = "cents of budget per further euro of last week's sales"
    follow_slider = mo.ui.slider(0, 60, 10, value=40, label=_label, show_value=True)
    return (follow_slider,)


@app.cell
def feedback_now(SEED, feedback_worlds, follow_slider, over_truth):
    feedback = over_truth(*feedback_worlds(follow_slider.value / 100, 100, SEED))
    return (feedback,)


@app.cell(hide_code=True)
def show_feedback(feedback, follow_slider):
    _frame = tidy.summarise(feedback).assign(role=["naive", "counterfactual", "adjusted"])
    _chart = charts.chart_effect(
        _frame,
        title=f"100 worlds: adjusting for nothing finds {_frame['mean'].iloc[0]:.2f} times the truth",
        unit="estimate of social's effect, as a multiple of the truth",
        truth=1.0,
        interval="94 % of the worlds",
    ).properties(height=150)
    mo.vstack([follow_slider, _chart])
    return


@app.cell(hide_code=True)
def feedback_read(feedback):
    _mean = {name: tidy.number(values.mean()) for name, values in feedback.items()}
    mo.md(f"""
    Estimate over truth, on average: {_mean["nothing"]} unadjusted, {_mean["last week's sales"]} with last week's sales, {_mean["demand"]} with demand. With the whole spend history in the
    regression (here by the known curve), demand closes every door. With the slider at 0 the budget is deaf to sales: nothing needs adjusting, and last week's sales, a collider, only harm.
    """)
    return


@app.cell(hide_code=True)
def second_heading():
    mo.md(r"""
    ## The same model in NumPyro

    One analyst, demand known, written again from the maths. The convolution is now one sum over lags.
    """)
    return


@app.cell
def numpyro_libraries():
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    numpyro.enable_x64()
    return dist, jax, jnp, numpyro


@app.cell
def numpyro_media(dist, jnp, numpyro):
    def media_numpyro(past_spend, typical_spend):
        """Return caused sales (media_week, channel) and those of a typical week (channel)."""
        with numpyro.plate("channel", 2):
            alpha = numpyro.sample("alpha", dist.Beta(2, 3))
            lam = numpyro.sample("lam", dist.Gamma(4, 2))
            per_euro = numpyro.sample("typical_return", dist.HalfNormal(3))
        typical = per_euro * typical_spend
        beta = numpyro.deterministic("beta", typical / jnp.tanh(lam * typical_spend / 2))
        weights = alpha ** jnp.arange(4.0)[:, None]
        at_work = jnp.einsum("lwc,lc->wc", past_spend, weights / weights.sum(0))
        return beta * jnp.tanh(lam * at_work / 2), typical

    mo.md("The same three numbers a channel; the convolution is one `einsum` over lags.")
    return (media_numpyro,)


@app.cell
def numpyro_model(dist, media_numpyro, numpyro):
    def mix_numpyro(past_spend, typical_spend, time, waves, demand, sales):
        """The graph as a program: past_spend (lag, media_week, channel), waves (wave, week)."""
        media, typical = media_numpyro(past_spend, typical_spend)
        level = numpyro.sample("level", dist.Normal(7, 2))
        trend = numpyro.sample("trend", dist.Normal(0, 1))
        demand_effect = numpyro.sample("demand_effect", dist.Normal(0, 1))
        season = numpyro.sample("season", dist.Normal(0, 0.5).expand([2]).to_event(1))
        mu = level + trend * time + season @ waves + demand_effect * demand
        mu = mu + (media[: len(time)] - typical).sum(1)
        sigma = numpyro.sample("sigma", dist.HalfNormal(0.5))
        numpyro.sample("sales", dist.Normal(mu, sigma), obs=sales)

    mo.md("One analyst, so that no dimension for analysts is needed.")
    return (mix_numpyro,)


@app.cell
def fit_function(jax, mix_numpyro, numpyro):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_again(given, seen, draws, seed):
        """Return posterior draws of one analyst's model, written in NumPyro."""
        kernel = numpyro.infer.NUTS(mix_numpyro, dense_mass=True, max_tree_depth=(6, 10))
        cost = {"num_warmup": draws, "num_samples": 2 * draws, "num_chains": 4}
        how = {"chain_method": "vectorized", "progress_bar": False}
        mcmc = numpyro.infer.MCMC(kernel, **cost, **how)
        mcmc.run(jax.random.PRNGKey(seed), *given, *seen)
        return tidy.posterior_from_numpyro(mcmc)

    return (fit_again,)


@app.cell
def fit_numpyro(DRAWS, SEED, fit_again, history, inputs):
    _given = [inputs[k].to_numpy() for k in ("past_spend", "typical_spend", "time", "waves")]
    _seen = [history[name].to_numpy() for name in ("demand", "sales")]
    with mo.status.spinner("Sampling once more, in NumPyro: about 15 s, the first time"):
        idata_numpyro = fit_again(_given, _seen, DRAWS, SEED)
    return (idata_numpyro,)


@app.cell
def diagnose_numpyro(idata_numpyro):
    diagnostics_numpyro = tidy.diagnostics(idata_numpyro)
    tidy.show_diagnostics(diagnostics_numpyro)
    return


@app.cell
def roas_numpyro(history, idata_numpyro, returns):
    _draws, _names = idata_numpyro["posterior"].dataset, ("alpha", "lam", "beta")
    _curves = {k: _draws[k].rename({_draws[k].dims[-1]: "channel"}) for k in _names}
    _curves = {k: v.assign_coords(channel=["social", "radio"]) for k, v in _curves.items()}
    roas_numpyro = returns(history["spend"], _curves, factor=0)
    return (roas_numpyro,)


@app.cell(hide_code=True)
def second_read(known, look_up, roas_numpyro):
    _mean = roas_numpyro.mean(["chain", "draw"]).to_series()
    _radio = look_up("demand known", "radio")
    mo.md(f"""
    | ROAS | PyMC | NumPyro | truth |
    |:---|---:|---:|---:|
    | social | {tidy.number(known["mean"])} | {tidy.number(_mean["social"])} | {tidy.number(known["truth"])} |
    | radio | {tidy.number(_radio["mean"])} | {tidy.number(_mean["radio"])} | {tidy.number(_radio["truth"])} |

    Two libraries, two programs, nearly the same numbers: a slip in either model is unlikely. Whether the graph is right, no library can say.
    """)
    return


@app.cell(hide_code=True)
def study_heading():
    mo.md(r"""
    ## Was it luck? Many histories

    The same fit on other simulated histories, run once and kept (`data/marketing_mix_study.csv`; the command stands in `data/marketing_mix_study.py`).
    """)
    return


@app.cell
def study():
    study = pd.read_csv(FOLDER / "marketing_mix_study.csv")
    study["covered"] = study["truth"].between(study["lower"], study["upper"])
    study["error"] = study["mean"] - study["truth"]
    _by = study.groupby(["model", "channel"], sort=False)
    study_table = _by.agg(
        mean_error=("error", "mean"), covered=("covered", "sum"), coverage=("covered", "mean")
    )
    return study, study_table


@app.cell(hide_code=True)
def show_study(study, study_table):
    _n = study["history"].nunique()
    _rows = "\n".join(
        f"| {model} | {channel} | {tidy.signed(row.mean_error)} | {row.covered:.0f} of {_n} |"
        for (model, channel), row in study_table.iterrows()
    )
    _head = "| analyst | channel | mean error of ROAS | 94 % HDI holds the truth |\n|:---|:---|---:|---:|\n"
    mo.md(f"{_head}{_rows}")
    return


@app.cell(hide_code=True)
def study_read(study, study_table):
    from scipy.stats import binom

    _known, _hidden = (
        study_table.loc[(name, "social")] for name in ("demand known", "demand hidden")
    )
    _n = study["history"].nunique()
    _low, _high = binom.ppf([0.025, 0.975], _n, tidy.HDI_PROB)
    mo.md(f"""
    Chance allows {_low:.0f} to {_high:.0f} of {_n} (95 %). With demand known the mean error for social is {tidy.signed(_known["mean_error"])} euros per euro; with demand hidden {tidy.signed(_hidden["mean_error"])}, and {_hidden["covered"]:.0f} intervals hold the
    truth. The bias is no accident of one history.
    """)
    return


@app.cell(hide_code=True)
def decision_heading():
    mo.md(r"""
    ## The decision: how to split next quarter's budget

    The weekly total stays as it is. No channel may fall below half, or rise above double, of what it gets now (contracts, and no data
    beyond). At a constant weekly spend $x$ the carry-over settles, and channel $c$ sells $\beta_c\,s(x_c; \lambda_c)$ a week. Which split?
    """)
    return


@app.cell
def budget(typical_spend):
    total_budget = float(typical_spend.sum())
    _social, _radio = (float(typical_spend.sel(channel=c)) for c in ("social", "radio"))
    _low = max(_social / 2, total_budget - 2 * _radio)
    _high = min(2 * _social, total_budget - _radio / 2)
    _grid = np.linspace(_low, _high, 81)
    splits = xr.DataArray(
        np.column_stack([_grid, total_budget - _grid]), dims=("split", "channel")
    ).assign_coords(channel=["social", "radio"])
    return (splits,)


@app.cell
def weekly_sales():
    def weekly_sales(parameters, plan):
        """Return weekly sales caused by a constant plan, in 100,000 euros, carry-over settled."""
        return (parameters["beta"] * saturate(plan, parameters["lam"])).sum("channel")

    mo.md("At a constant spend the carry-over is settled: the spend at work is the spend.")
    return (weekly_sales,)


@app.cell
def plan_sales(posterior, splits, typical_spend, weekly_sales):
    believed = posterior.sel(analyst="demand known")
    sales_by_split = weekly_sales(believed, splits)  # chain, draw, split
    sales_now = weekly_sales(believed, typical_spend)  # chain, draw
    mo.md(
        f"{sales_by_split.sizes['split']} splits of the same total, each with its draws of weekly sales."
    )
    return believed, sales_by_split, sales_now


@app.cell
def other_views(TRUTH, posterior, splits, weekly_sales):
    hidden_by_split = weekly_sales(posterior.sel(analyst="demand hidden"), splits)
    true_by_split = weekly_sales(TRUTH, splits)  # split: nobody sees this
    return hidden_by_split, true_by_split


@app.cell
def plans(
    believed,
    hidden_by_split,
    sales_by_split,
    splits,
    true_by_split,
    typical_spend,
    weekly_sales,
):
    _draws = ["chain", "draw"]
    _views = {
        "demand hidden": hidden_by_split.mean(_draws),
        "demand known": sales_by_split.mean(_draws),
        "at mean parameters": weekly_sales(believed[["beta", "lam"]].mean(_draws), splits),
        "best under the truth": true_by_split,
    }
    _best = [splits.isel(split=int(sales.argmax("split"))) for sales in _views.values()]
    _names = pd.Index(["as now", *_views], name="plan")
    plans = xr.concat([typical_spend, *_best], dim=_names)
    tidy.as_table((100 * plans).to_pandas(), digits=0)
    return (plans,)


@app.cell
def plan_values(TRUTH, believed, plans, true_by_split, weekly_sales):
    # Thousand euros a week, both channels together, as "demand known" expects them.
    _draws = 100 * weekly_sales(believed, plans)
    _table = tidy.summarise({str(name): _draws.sel(plan=name) for name in plans["plan"].to_numpy()})
    plan_values = _table.rename(columns={"label": "plan", "mean": "expected_sales"})
    _lost = 100 * (true_by_split.max() - weekly_sales(TRUTH, plans))
    plan_values["regret"] = _lost.to_numpy()
    return (plan_values,)


@app.cell
def allocation(plan_values, plans):
    _spend = (100 * plans).to_dataframe("spend").reset_index()
    _columns = ["plan", "expected_sales", "lower", "upper", "regret"]
    allocation = _spend.merge(plan_values[_columns], on="plan")
    return (allocation,)


@app.cell
def split_lines(hidden_by_split, sales_by_split, true_by_split):
    _draws = ["chain", "draw"]
    split_lines = {
        "truth": (100 * true_by_split, "truth"),
        "expected, demand known": (100 * sales_by_split.mean(_draws), "adjusted"),
        "expected, demand hidden": (100 * hidden_by_split.mean(_draws), "naive"),
    }
    return (split_lines,)


@app.cell(hide_code=True)
def split_marks(sales_by_split, split_lines, splits):
    _social = 100 * splits.sel(channel="social").to_numpy()
    _ranges = [tidy.hdi(100 * sales_by_split.isel(split=i)) for i in range(len(_social))]
    _band = pd.DataFrame(_ranges, columns=["lower", "upper"]).assign(x=_social)
    _area = alt.Chart(_band).mark_area(color=charts.ROLES["adjusted"], opacity=0.15)
    _tops = [
        (float(_social[int(v.argmax("split"))]), float(v.max())) for v, _ in split_lines.values()
    ]
    _dots = alt.Chart(pd.DataFrame(_tops, columns=["x", "value"])).mark_point(filled=True, size=140)
    split_layers = [
        _area.encode(x="x:Q", y="lower:Q", y2="upper:Q"),
        _dots.encode(x="x:Q", y="value:Q", color=alt.value("black")),
    ]
    return (split_layers,)


@app.cell(hide_code=True)
def show_split(social_of, split_layers, split_lines, splits):
    _axes = (
        "social (thousand euros a week; the rest to radio)",
        "sales caused (thousand euros a week)",
    )
    _said = "Social: now {0:.0f}; best {1:.0f} if demand is hidden, {2:.0f} if known"
    _title = _said.format(*social_of[["as now", "demand hidden", "demand known"]])
    _lines = chart_lines(100 * splits.sel(channel="social"), split_lines, _axes, _title)
    _subtitle = "dot: each curve's best split; band: 94 % HDI, demand known"
    chart_split = charts.describe(
        alt.layer(split_layers[0], _lines, split_layers[1]).properties(
            title=alt.Title(_title, subtitle=_subtitle)
        ),
        f"{_lines.description} {_subtitle}.",
    )
    chart_split
    return


@app.cell(hide_code=True)
def show_allocation(allocation):
    _rows = "\n".join(
        f"| {plan} | {g['spend'].iloc[0]:,.0f} | {g['spend'].iloc[1]:,.0f} | {g['expected_sales'].iloc[0]:,.0f} "
        f"({g['lower'].iloc[0]:,.0f} to {g['upper'].iloc[0]:,.0f}) | {g['regret'].iloc[0]:,.1f} |"
        for plan, g in allocation.groupby("plan", sort=False)
    )
    mo.md(
        "Thousand euros a week; sales caused by both channels, 94 % HDI of “demand known”; regret: what the plan loses against the best split under the truth.\n\n"
        "| plan | social | radio | expected sales | regret |\n|:---|---:|---:|---:|---:|\n" + _rows
    )
    return


@app.cell
def decision_numbers(believed, plan_values, plans, sales_now, weekly_sales):
    gain = 100 * (weekly_sales(believed, plans.sel(plan="demand known")) - sales_now)
    probability_better = float((gain > 0).mean())
    _regret = plan_values.set_index("plan")["regret"]
    left_on_table = float(_regret["demand hidden"] - _regret["demand known"])
    _radio = 100 * plans.sel(channel="radio")
    moved_to_radio = float(_radio.sel(plan="demand known") - _radio.sel(plan="as now"))
    return gain, left_on_table, moved_to_radio, probability_better


@app.cell
def best_per_draw(plans, sales_by_split, splits):
    best_social = 100 * splits.sel(channel="social").isel(split=sales_by_split.argmax("split"))
    social_of = (100 * plans.sel(channel="social", drop=True)).to_series()
    return best_social, social_of


@app.cell(hide_code=True)
def board_sentence(gain, left_on_table, moved_to_radio, probability_better):
    _low, _high = tidy.hdi(gain)
    _sure = tidy.percent(probability_better)
    _move = "from social to radio" if moved_to_radio > 0 else "from radio to social"
    mo.md(f"""
    **One sentence for the board.** Move {tidy.number(abs(moved_to_radio), 0)} thousand euros a week {_move}: we expect {tidy.signed(float(gain.mean()), 0)} thousand euros of sales a week (94 % HDI {tidy.signed(_low, 0)} to
    {tidy.signed(_high, 0)}), the chance that it beats today's split is {_sure}, and all of it rests on demand being the only thing that moved both budget and sales.

    **Money left on the table.** Under the truth, the plan of the model without demand sells {tidy.number(left_on_table, 0)} thousand euros a week less than ours: {tidy.number(52 * left_on_table / 1000, 1)} million a year.
    """)
    return


@app.cell
def marginal_by_split(believed, splits):
    _step = 0.01
    _curve = believed["beta"] * saturate(splits, believed["lam"])
    _more = believed["beta"] * saturate(splits + _step, believed["lam"])
    next_euro_by_split = ((_more - _curve) / _step).mean(["chain", "draw"])  # split, channel
    return (next_euro_by_split,)


@app.cell(hide_code=True)
def chart_marginal(next_euro_by_split, plans, splits):
    _lines = {
        "social": (next_euro_by_split.sel(channel="social"), "treated"),
        "radio": (next_euro_by_split.sel(channel="radio"), "counterfactual"),
    }
    _at = 100 * float(plans.sel(plan="demand known", channel="social"))
    _title = f"The best split: {_at:.0f} thousand euros for social, where the lines are closest"
    _axes = "social (thousand euros a week; the rest to radio)", "euros per further euro"
    chart_lines(100 * splits.sel(channel="social"), _lines, _axes, _title)
    return


@app.cell(hide_code=True)
def marginal_split_read(best_social, social_of):
    _low, _high = tidy.hdi(best_social)
    _plug, _chosen = social_of["at mean parameters"], social_of["demand known"]
    _differ = "another split" if abs(_plug - _chosen) > 0.5 else "here the same split"
    mo.md(f"""
    At the best split the next euro brings the same in both channels, in expectation. Where a contract stops the move first, the lines stay apart.

    The best split is itself uncertain: draw by draw between {_low:.0f} and {_high:.0f} thousand euros (94 % HDI). We choose the split whose sales are highest **on average over the draws**
    ({_chosen:.0f}), not the optimum of one curve at the mean parameters ({_plug:.0f}: {_differ}).
    """)
    return


@app.cell(hide_code=True)
def margin_heading():
    mo.md(r"""
    ## Or should the euro stay in the bank?

    ROAS counts sales. If a euro of sales leaves $m$ euros of profit, the next euro pays only where its marginal ROAS is above $1/m$.
    """)
    return


@app.cell(hide_code=True)
def margin_slider_cell():
    _label = "profit per euro of sales (cents)"
    margin_slider = mo.ui.slider(20, 100, 5, value=80, label=_label, show_value=True)
    return (margin_slider,)


@app.cell
def next_euro_pays(margin_slider, marginal_draws):
    _profit = marginal_draws.sel(analyst="demand known") * margin_slider.value / 100
    probability_pays = (_profit > 1).mean(["chain", "draw"]).to_series()
    _shown = probability_pays.map(tidy.percent).rename("P(next euro pays)").to_frame()
    mo.vstack([margin_slider, tidy.as_table(_shown)])
    return (probability_pays,)


@app.cell(hide_code=True)
def margin_read(margin_slider, probability_pays):
    mo.md(f"""
    At {margin_slider.value} cents the break-even is {tidy.number(100 / margin_slider.value)} euros of sales. The chance that the next euro pays: social {tidy.percent(probability_pays["social"])}, radio {tidy.percent(probability_pays["radio"])}.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    mo.md(r"""
    ### Exercise 6 · complete · 6 min

    If we keep today's split, how much do we expect to regret it? `sales_by_split` (chain, draw, split) and `sales_now` (chain, draw) are in 100,000 euros a week. Set `expected_regret`: in each
    draw, the best split's sales minus sales as now; then the average, in **thousand** euros a week.
    """)
    return


@app.cell
def exercise_6_regret():
    # One number, thousand euros a week.
    expected_regret = ...
    return (expected_regret,)


@app.cell(hide_code=True)
def truth_6(sales_by_split, sales_now):
    _all, _now = 100 * sales_by_split.to_numpy(), 100 * sales_now.to_numpy()
    regret_truth = (_all.max(axis=-1) - _now).mean()
    gain_of_one_split = _all.mean(axis=(0, 1)).max() - _now.mean()
    return gain_of_one_split, regret_truth


@app.cell(hide_code=True)
def hints_6(gain_of_one_split, regret_truth, sales_now):
    _best = regret_truth + 100 * float(sales_now.mean())
    hints_6 = [
        (gain_of_one_split, "One split for all draws: that is the mean before the maximum."),
        (regret_truth / 100, "Right in 100,000 euros; thousand euros are asked for."),
        (-regret_truth, "The sign is turned: best minus now."),
        (lambda value: np.size(value) > 1, "Average over the draws: one number."),
        (_best, "That is what the best splits sell; subtract sales as now."),
        "First the maximum over splits in each draw, then the mean over draws.",
    ]
    return (hints_6,)


@app.cell(hide_code=True)
def check_6(
    expected_regret,
    gain_of_one_split,
    hints_6,
    regret_truth,
    set_progress,
):
    _why = (
        f"Compared with today's split, knowing the curves would be worth {regret_truth:.1f} thousand euros a week; one well-chosen "
        f"split gets {gain_of_one_split:.1f} of it. The rest is the most that a further test is worth."
    )
    check_6 = checks.close(expected_regret, regret_truth, tolerance=1e-3, hints=hints_6, why=_why)
    set_progress(check_6.record("6"))
    check_6
    return


@app.cell(hide_code=True)
def production_heading():
    mo.md(r"""
    ## In production

    The model by hand is for understanding. **pymc-marketing** brings what a company needs around it: many channels and regions that learn from each other (partial pooling), other curves, effects that change over time, lift tests and a
    budget optimiser that are tested, model files that can be stored. Move to it when more than one person must rely on the model. It will not choose the adjustment set for you.
    """)
    return


@app.function
def production_table(history):
    """Return the history as pymc-marketing reads it: one row a week."""
    spend = history["spend"].to_pandas()
    dates = pd.date_range("2022-01-03", periods=len(spend), freq="W-MON")
    table = spend.assign(date=dates, demand=history["demand"], sales=history["sales"])
    return table.assign(time=np.linspace(-0.5, 0.5, len(spend))).reset_index(drop=True)


@app.function
def production_roas(history, draws=500, seed=0):
    """Return draws of ROAS (chain, draw, channel) from pymc-marketing, same data and units."""
    from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation

    mmm = MMM(
        date_column="date",
        target_column="sales",
        channel_columns=["social", "radio"],
        control_columns=["demand", "time"],
        adstock=GeometricAdstock(l_max=4),
        saturation=LogisticSaturation(),
        yearly_seasonality=1,
    )
    table = production_table(history)
    how = {"nuts_sampler": "numpyro", "progressbar": False, "random_seed": seed, "chains": 4}
    mmm.fit(table.drop(columns="sales"), table["sales"], draws=draws, tune=draws, **how)
    found = mmm.incrementality.contribution_over_spend("all_time")
    return found.squeeze(drop=True).transpose("chain", "draw", "channel")


@app.cell(hide_code=True)
def production_button():
    from importlib.util import find_spec

    has_production = find_spec("pymc_marketing") is not None
    run_production = mo.ui.run_button(
        label="fit with pymc-marketing (a minute)", disabled=not has_production
    )
    return has_production, run_production


@app.cell(hide_code=True)
def show_production(SEED, has_production, history, known, run_production):
    if not has_production:
        _text = "To fit the same history with it, install the optional group: `uv sync --group production`."
    elif not run_production.value:
        _text = "pymc-marketing is installed. Press the button to fit the same history."
    else:
        _found = production_roas(history, seed=SEED).mean(["chain", "draw"]).to_series()
        _text = f"pymc-marketing: social {_found['social']:.2f}, radio {_found['radio']:.2f}; our model: social {known['mean']:.2f}; truth {known['truth']:.2f}."
    mo.vstack([run_production, mo.md(_text)])
    return


@app.cell(hide_code=True)
def takeaways(
    hidden,
    known,
    last_click_share,
    left_on_table,
    moved_to_radio,
    next_euro,
    true_share,
):
    _said = {
        c: f"{tidy.number(r['mean'])} ({tidy.number(r['lower'])} to {tidy.number(r['upper'])})"
        for c, r in next_euro.items()
    }
    _move = "from social to radio" if moved_to_radio > 0 else "from radio to social"
    _first = max(next_euro, key=lambda c: next_euro[c]["mean"])
    mo.md(f"""
    ## Takeaways

    - **Where should the next euro go?** To {_first}: a further euro sells {_said["radio"]} euros in radio, {_said["social"]} in social. Move {tidy.number(abs(moved_to_radio), 0)} thousand a week {_move}. With a margin under {tidy.percent(1 / next_euro[_first]["mean"])}, keep it.
    - **Last click is bookkeeping**: it gave search {tidy.percent(last_click_share)} of sales; search caused {tidy.percent(true_share)}.
    - **Without demand** social's ROAS is {tidy.number(hidden["mean"])} (truth {tidy.number(known["truth"])}); its plan loses {tidy.number(left_on_table, 0)} thousand euros a week.
    - **A lift test repairs a model** that may doubt its history.
    - **Decide on the posterior**: average sales over the draws, then choose. The graph comes first.
    """)
    return


@app.cell(hide_code=True)
def references():
    mo.md(r"""
    ### References

    - Blake, T., Nosko, C. & Tadelis, S. (2015). Consumer heterogeneity and paid search effectiveness: a large-scale field experiment. *Econometrica* 83(1). doi:10.3982/ECTA12423
    - Gordon, B. R., Zettelmeyer, F., Bhargava, N. & Chapsky, D. (2019). A comparison of approaches to advertising measurement: evidence from big field experiments at Facebook. *Marketing Science* 38(2). doi:10.1287/mksc.2018.1135
    - Jin, Y., Wang, Y., Sun, Y., Chan, D. & Koehler, J. (2017). Bayesian methods for media mix modeling with carryover and shape effects. Google research report.
    - Lewis, R. A. & Rao, J. M. (2015). The unfavorable economics of measuring the returns to advertising. *Quarterly Journal of Economics* 130(4). doi:10.1093/qje/qjv023
    - Orduz, J. (2024). [Unobserved confounders, ROAS and lift tests in media mix models](https://juanitorduz.github.io/mmm_roas/), the world whose shape this notebook follows.
    - Robins, J. M., Hernán, M. A. & Brumback, B. (2000). Marginal structural models and causal inference in epidemiology. *Epidemiology* 11(5). doi:10.1097/00001648-200009000-00011
    """)
    return


@app.cell(hide_code=True)
def progress(get_progress):
    checks.progress(get_progress(), total=6)
    return


if __name__ == "__main__":
    app.run()
