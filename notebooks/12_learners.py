import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Who should get the offer?",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    from itertools import combinations_with_replacement

    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import checks, fits, graphs
    from helpers.data import FOLDER
    from helpers.lessons import learners as lesson
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed
    from helpers.worlds import repeat


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Who should get the offer?

    A shop can send an offer to each customer. It costs 2 dollars apiece. Some would buy more because of it, some would have bought anyway, some are put
    off. Whom should the shop choose, and how would it know that it chose well?

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | read three learners of customers' effects and complete one, price a rule and choose a penalty by coins, and read a leaderboard |
    | Question | For which customers does the offer bring more than it costs? |
    | Estimand | the mean effect among customers with the same traits (CATE); the net value of a rule |
    | Design | a coin decided who got last month's offer |
    | Data | 1,000 simulated customers with known truth; then the same shop in many worlds |
    | Time | core 60 minutes, optional 30; seven checked exercises |
    | Before | notebook 03 (S-learner), 11 (scores, AIPW); a linear regression once |
    """)
    return


@app.cell(hide_code=True)
def best_heading():
    mo.md("""
    ## The best customers

    These customers got no offer last month. From five traits, each from −1 to 1 (`spend` last year, `recency`: how long since the last visit,
    `visits`, `tenure`, `age`), a model of *other* customers predicts what each spends:
    """)
    return


@app.cell
def first_picture(expected, offered, sales):
    lesson.chart_first(expected[offered == 0], sales[offered == 0])
    return


@app.cell(hide_code=True)
def read_first():
    mo.md("""
    Those expected to spend more did: this list finds the buyers.
    """)
    return


@app.cell(hide_code=True)
def question_1(COST):
    mo.md(f"""
    ### Exercise 1 · predict · 2 min

    The prediction works. Head office concludes: *the offer goes to the better half*. An offer costs {number(COST, 0)} dollars. If everybody got one, it would add 2 dollars
    a customer on average: nothing is gained. It now goes to the better half only. Compared with no offers at all, is that `"a gain"`, `"nothing"` or `"a loss"`?
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    verdict = ...
    return (verdict,)


@app.cell(hide_code=True)
def check_1(rules, set_progress, verdict):
    check_1 = lesson.judge_1(verdict, rules)
    check_1.noted(1, set_progress)
    return (check_1,)


@app.cell(hide_code=True)
def effect_heading():
    mo.md(r"""
    ## What would the offer change?

    Let $Y_i(1)$ be what customer $i$ spends with the offer, $Y_i(0)$ without, $T_i$ whether it was sent, $X_i$ five traits.
    We ask for the **CATE**, the mean effect among customers alike, and for the **net value** over all customers of a rule
    $d$ that sends the offer where $d(x) = 1$, at cost $c$ (sales count as earned):

    $$\tau(x) = E[Y(1) - Y(0) \mid X = x], \qquad V(d) = E\bigl[d(X)\,(\tau(X) - c)\bigr]$$
    """)
    return


@app.cell
def shop_graph():
    shop_graph = graphs.dag(
        [("traits", "sales"), ("coin", "offered"), ("offered", "sales")],
        treatment="offered",
        outcome="sales",
    )
    shop_graph.draw()
    return


@app.cell(hide_code=True)
def read_graph():
    mo.md(r"""
    **Consistency**: one kind of offer, and we see $Y_i(T_i)$. **No interference**: others' offers don't matter.
    **Ignorability** and **positivity** come from the coin: no arrow leads from the traits to the offer. So
    $\tau(x) = E[Y \mid T = 1, X = x] - E[Y \mid T = 0, X = x]$, two means to estimate.
    """)
    return


@app.function
def draw(rng, world="balanced", n=1_000):
    """Return customers: five traits, offered (0 or 1), sales (dollars)."""
    gain, chance, _ = every_world()[world]
    x = rng.uniform(-1, 1, (n, 5))
    offered = (rng.random(n) < chance(x)).astype(int)
    sales = spends(x) + gain(x) * offered + rng.normal(0, 5, n)
    traits = pd.DataFrame(x, columns=["spend", "recency", "visits", "tenure", "age"])
    return traits.assign(offered=offered, sales=sales)


@app.cell
def shop(SEED):
    customers = draw(np.random.default_rng(SEED))
    x, offered, sales = parts(customers)
    _with, _without = sales[offered == 1], sales[offered == 0]
    mean_gain = float(_with.mean() - _without.mean())
    mean_gain_error = float(np.sqrt(sum(g.var(ddof=1) / len(g) for g in (_with, _without))))
    _fold = np.random.default_rng([SEED, 4]).permutation(len(x)) % 2
    _, expected, _ = other_fold(x, offered, sales, _fold)  # spending without the offer
    return customers, expected, mean_gain, mean_gain_error, offered, sales, x


@app.cell(hide_code=True)
def shop_map(COST, check_1, market, true_cate):
    # Look at it after exercise 1.
    _better = spends(market) > np.median(spends(market))
    _read = mo.md(f"""
    An offer adds {number(true_cate[_better].mean())} dollars in the better half (right of the line), {number(true_cate[~_better].mean())} in the other.
    """)
    lesson.after(check_1, mo.vstack([lesson.chart_kinds(spends(market), true_cate, COST), _read]))
    return


@app.function
def value(offer, gain, cost):
    """Return the net value of a rule, dollars a customer: what it adds minus what it costs."""
    return float(np.mean(offer * (gain - cost)))


@app.cell(hide_code=True)
def read_rules(check_1, mean_gain, mean_gain_error, oracle_value, rules):
    # Look at it after exercise 1.
    _read = mo.md(rf"""
    Only a simulator sees this map of a `market`, 1,024 customers that cover all kinds evenly; in it $Y = m_0(X) + \tau(X)\,T + \varepsilon$, with $m_0$ the mean without
    the offer, $\varepsilon \sim N(0, 5)$ dollars. **Persuadable** and **sleeping dog** are words for single customers, but here all customers alike react alike. An offer
    to the better half: {signed(rules["net value"].iloc[2])} dollars a customer. The best possible rule, the **oracle**, earns {signed(oracle_value)}. The coins of our
    shop show the mean effect, {signed(mean_gain)} dollars (standard error {number(mean_gain_error)}), not whose it is.
    """)
    lesson.after(check_1, mo.vstack([as_table(rules.rename_axis("the offer goes to")), _read]))
    return


@app.cell(hide_code=True)
def learners_heading():
    mo.md(r"""
    ## Three learners by hand

    A **learner** turns customers into a guess of $\tau(x)$ for any customer. All of ours call one base: **ridge** regression on $z_3(x)$, the products of up to three
    traits (55 columns, made alike in scale), slopes pulled towards zero by a penalty of 10, the constant free:
    $\min_{a, b} \sum_i (y_i - a - z_i b)^2 + 10\, b^\top b$.

    The **S-learner** fits one model with the offer among its columns, $f(x, t) = a + z_3(x)\,b + t\,(g + z_2(x)\,h)$, and asks it twice:
    $\hat\tau_S = f(x, 1) - f(x, 0)$. The **T-learner** fits two models, with and without the offer, and subtracts: $\hat\tau_T = f_1(x) -
    f_0(x)$. The effect of S has 21 coefficients (products of up to *two* traits), that of T, and of X, R and DR below, 56.
    """)
    return


@app.function
def terms(x, degree=3):
    """Return products of up to `degree` of the traits, shape (n, 5), one a column: 55 for 3."""
    one = np.column_stack([np.ones(len(x)), x])
    picks = list(combinations_with_replacement(range(one.shape[1]), degree))[1:]
    return one[:, picks].prod(axis=2)


@app.function
def ridge(columns, y, penalty=10, weight=1.0):
    """Return predictions (n,), a function of columns (n, k): least squares, slopes pulled to 0."""
    mean, sd = columns.mean(axis=0), columns.std(axis=0)
    z = np.column_stack([np.ones(len(y)), (columns - mean) / sd])
    pull = penalty * np.eye(z.shape[1])
    pull[0, 0] = 0  # the constant is free
    slopes = np.linalg.solve((z.T * weight) @ z + pull, z.T @ (weight * y))
    return lambda new: slopes[0] + (new - mean) / sd @ slopes[1:]


@app.function
def s_learner(x, t, y, degree=2):
    """Return guesses (dollars), a function of traits (n, 5): one model, asked twice (see `degree`)."""

    def both(x, t):
        sent = np.full(len(x), t)[:, None]
        return np.column_stack([terms(x), sent, terms(x, degree) * sent])

    fitted = ridge(both(x, t), y)
    return lambda new: fitted(both(new, 1)) - fitted(both(new, 0))


@app.function
def t_learner(x, t, y, penalty=10):
    """Return guesses of the effect (dollars), a function of traits (n, 5): two models, subtracted."""
    z = terms(x)
    with_offer, without = (ridge(z[t == arm], y[t == arm], penalty) for arm in (1, 0))
    return lambda new: with_offer(terms(new)) - without(terms(new))


@app.cell(hide_code=True)
def second_stage_note():
    mo.md("""
    The **X-learner** (Künzel et al. 2019) has a **second stage**. A customer who got the offer is taken to have gained what they spent minus
    what the model without offers expects; one who did not, to have missed what the model with offers expects minus what they spent. Each
    group's gains are fitted once more: the second stage has its own penalty, the same for both groups.
    """)
    return


@app.function
def second_stage(x, t, y, penalty=10):
    """Return two guesses (dollars), functions of traits (n, 5): from those with an offer, without."""
    z, on = terms(x), t == 1
    with_offer, without = ridge(z[on], y[on]), ridge(z[~on], y[~on])
    of_offered = ridge(z[on], y[on] - without(z[on]), penalty)
    of_others = ridge(z[~on], with_offer(z[~on]) - y[~on], penalty)
    return lambda new: of_offered(terms(new)), lambda new: of_others(terms(new))


@app.cell(hide_code=True)
def question_2():
    mo.md("""
    ### Exercise 2 · complete · 4 min

    In a pilot only one customer in ten got the offer: `pilot_chance` is 0.1. `from_offered` and `from_others` are the guesses from the two
    groups' gains. The X-learner mixes them; its weights are the chance of an offer and the chance of none. Which guess deserves which?
    Give `x_effect`, for each of the market's 1,024 customers, shape (1024,).
    """)
    return


@app.cell
def exercise_2_complete(from_offered, from_others):
    # Weights that add up to one, from `pilot_chance`.
    _guesses = from_offered, from_others
    x_effect = ...
    return (x_effect,)


@app.cell(hide_code=True)
def check_2(from_offered, from_others, pilot_chance, set_progress, x_effect):
    check_2 = lesson.judge_2(x_effect, from_offered, from_others, pilot_chance)
    check_2.noted(2, set_progress)
    return


@app.cell
def guesses(learners, market, true_cate):
    guesses = pd.DataFrame({name: learners[name](market) for name in ("S", "T", "X")})
    pehe = ((guesses.sub(true_cate, axis=0) ** 2).mean() ** 0.5).to_dict()
    lesson.chart_guesses(guesses, true_cate)
    return (pehe,)


@app.cell(hide_code=True)
def read_guesses(pehe, true_cate):
    mo.md(f"""
    Back in our shop. The root mean squared error of such guesses is called **PEHE** (precision in estimating heterogeneous effects, Hill
    2011): {number(pehe["S"])} dollars for S, {number(pehe["T"])} for T, {number(pehe["X"])} for X. Effects themselves vary by
    {number(true_cate.std())} (standard deviation): about what one number for everybody would miss.
    """)
    return


@app.cell(hide_code=True)
def worth_heading():
    mo.md(r"""
    ## What is a rule worth?

    Nobody outside a simulation sees $\tau$. But coins price any rule. Draw a fresh month of 1,000 customers, a coin for each, and give each
    a **signal**, with $m(X)$ what we expected them to spend:

    $$\Gamma = 2\,(2T - 1)\,\bigl(Y - m(X)\bigr), \qquad E[\Gamma \mid X] = \tau(X)$$

    and $\hat V(d)$ is the mean of $d(X)\,(\Gamma - c)$, for a rule fixed before these customers were seen.

    The 2 is one over the coin's chance. Any $m$ fitted to *other* customers will do; a good one makes the signal less noisy.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · build · 5 min

    `offer` says to whom of the fresh customers the X-learner's rule sends an offer (effect above the cost). Give the rule's net value by the coins, `rule_value`, and its
    standard error, `rule_error`: the standard deviation of what is averaged, over the root of how many. Both in dollars a customer.
    """)
    return


@app.cell
def exercise_3_build(COST, fresh_x, learners):
    # Y is fresh_sales, T is fresh_offered, m(X) is m_fresh, c is COST.
    offer = learners["X"](fresh_x) > COST
    rule_error = ...
    rule_value = ...
    return offer, rule_error, rule_value


@app.cell(hide_code=True)
def check_3(COST, fresh_month, offer, rule_error, rule_value, set_progress):
    check_3 = lesson.judge_3((rule_value, rule_error), offer, fresh_month, COST)
    check_3.noted(3, set_progress)
    return (check_3,)


@app.cell
def policy_value(COST, Z, fresh_month, fresh_rules, rule_values):
    _each = {name: priced(offer, *fresh_month, COST) for name, offer in fresh_rules.items()}
    _each = pd.DataFrame(_each)  # dollars, one row a customer of the fresh month
    _mean, _half = _each.mean(), Z * _each.sem(ddof=0)
    policy_value = pd.DataFrame({"mean": _mean, "lower": _mean - _half, "upper": _mean + _half})
    policy_value = policy_value.assign(truth=rule_values).rename_axis("rule").reset_index()
    _pairs = [(f"{a}-learner", f"{b}-learner") for a, b in ("ST", "SX", "XT")]
    _ahead = pd.DataFrame({f"{a[0]} over {b[0]}": _each[a] - _each[b] for a, b in _pairs})
    ahead = pd.DataFrame({"mean": _ahead.mean(), "error": _ahead.sem(ddof=0)})
    return ahead, policy_value


@app.cell(hide_code=True)
def policy_view(ahead, check_3, policy_value):
    # Look at it after exercise 3.
    _read = mo.md(f"""
    Coins see that the old rule loses {number(-policy_value["mean"][0])} dollars a customer ({percent(HDI_PROB)} interval
    {number(-policy_value["upper"][0])} to {number(-policy_value["lower"][0])}). They do not rank S, T and X: S earns {signed(ahead["mean"]["S over T"])}
    dollars more than T (standard error {number(ahead["error"]["S over T"])}), {signed(ahead["mean"]["S over X"])} more than X
    ({number(ahead["error"]["S over X"])}), X {signed(ahead["mean"]["X over T"])} more than T ({number(ahead["error"]["X over T"])}).
    """)
    lesson.after(check_3, mo.vstack([lesson.chart_policies(policy_value), _read]))
    return


@app.cell(hide_code=True)
def board_heading(oracle_value, regret, rule_values):
    mo.md(f"""
    ## Which learner?

    Only the simulator knows what the rules of S, T and X earn from all customers, and their **regret**, what they leave of the oracle's {number(oracle_value)} dollars:

    | dollars a customer | S | T | X |
    |:--|--:|--:|--:|
    | net value | {number(rule_values["S-learner"])} | {number(rule_values["T-learner"])} | {number(rule_values["X-learner"])} |
    | regret | {number(regret["S"])} | {number(regret["T"])} | {number(regret["X"])} |

    And one shop decides nothing. So: 200 shops in each of five worlds.
    """)
    return


@app.cell(hide_code=True)
def question_4():
    mo.md("""
    | world | what it is |
    |:--|:--|
    | balanced | our shop |
    | one in ten | about 100 of 1,000 customers got the offer |
    | weak | effects and cost are a quarter |
    | same for all | the offer adds 2 dollars to everybody |
    | confounded | big spenders and frequent visitors were chosen |

    ### Exercise 4 · predict · 2 min

    "X is made for unbalanced data." R and DR (optional, below) also have a second stage; "one number" is the mean effect for everybody. With all second stages at 10, in how
    many shops of *one in ten* has X the smallest PEHE of S, T, X, R, DR and one number: `"hardly any"`, `"about half"` or `"nearly all"`?
    """)
    return


@app.cell
def exercise_4_predict():
    # Your prediction, as one of the three texts.
    x_wins = ...
    return (x_wins,)


@app.cell(hide_code=True)
def check_4(leaderboard, set_progress, x_wins):
    check_4 = lesson.judge_4(x_wins, leaderboard)
    check_4.noted(4, set_progress)
    return (check_4,)


@app.cell
def board(board_at, check_4, leaderboard, smoothing):
    _read = mo.md(f"""
    In *one in ten* X errs by {number(board_at["pehe"]["one in ten", "X", 10])} dollars at 10, by {number(board_at["pehe"]["one in ten", "X", 300])} at 300.
    """)
    lesson.after(check_4, mo.vstack([lesson.show_board(smoothing, leaderboard), _read]))
    return


@app.cell(hide_code=True)
def read_board(N_WORLDS, check_4, live_pehe):
    # Look at it after exercise 4.
    _read = mo.md(f"""
    At 10 the S-learner has the smallest mean error in the balanced world and in the confounded one, where chances are estimated (by a model of the right form), one number
    in the other three. But the effect of S has fewer coefficients. With 56, as T, X, R and DR have, S would err by {number(live_pehe["balanced", "S with 56"])} dollars in
    the balanced world, and in *one in ten* by {number(live_pehe["one in ten", "S with 56"])}, more there than any other ({N_WORLDS} shops of this page).

    That X errs less at 300 is no rank: the slider leaves S and T at 10, R wants ten times the penalty of X, and we chose by the truth.
    """)
    lesson.after(check_4, _read)
    return


@app.cell(hide_code=True)
def choose_heading():
    mo.md(r"""
    ### A penalty without the truth

    Fit a learner to half of the customers. Each customer of the *other* half has a signal; with a chance $e$ of the offer:

    $$\Gamma = \frac{(T - e)\,(Y - m(X))}{e\,(1 - e)}$$

    $$E\bigl[(\Gamma - \hat\tau)^2\bigr] = E\bigl[(\tau - \hat\tau)^2\bigr] + E\bigl[\mathrm{Var}(\Gamma \mid X)\bigr]$$

    The first part is PEHE squared, the second is the same whatever the guess. So take the penalty with the smallest mean square, each half
    in turn, and fit all customers with it.
    """)
    return


@app.function
def choose_penalty(learner, x, t, y, chance, fold):
    """Return the penalty whose guesses from one half are nearest to the other half's signals."""
    loss = dict.fromkeys(lesson.PENALTIES, 0.0)
    for part in (0, 1):
        own, seen = fold == part, fold != part
        e, m = chance(x[own]), ridge(terms(x[seen]), y[seen])(terms(x[own]))
        signal = (t[own] - e) * (y[own] - m) / (e * (1 - e))
        for penalty in loss:
            guess = learner(x[seen], t[seen], y[seen], penalty)(x[own])
            loss[penalty] += np.sum((signal - guess) ** 2)
    return min(loss, key=loss.get)


@app.cell(hide_code=True)
def read_chosen(N_WORLDS, check_4, live_pehe):
    # Look at it after exercise 4.
    _of = live_pehe["one in ten"]
    errors = pd.DataFrame({"at 10": _of[["T", "X", "R"]]})
    errors["chosen"] = [_of[f"{name}, chosen"] for name in errors.index]
    _read = mo.md(f"""
    | *one in ten*, {N_WORLDS} shops: error (dollars) | T | X | R |
    |:--|--:|--:|--:|
    | penalty 10 | {number(errors["at 10"]["T"])} | {number(errors["at 10"]["X"])} | {number(errors["at 10"]["R"])} |
    | penalty chosen by the coins | {number(errors["chosen"]["T"])} | {number(errors["chosen"]["X"])} | {number(errors["chosen"]["R"])} |

    At 10 the three are up to {number(np.ptp(errors["at 10"]), 1)} dollars apart, with a chosen penalty {number(np.ptp(errors["chosen"]))} (Monte Carlo
    error of a difference: 0.04). **"Which learner" is mostly how much the effect is smoothed**, and coins of a known chance, as here, can say how much. The
    effect is linear here: where it bends, heavy smoothing costs more.
    """)
    lesson.after(check_4, _read)
    return (errors,)


@app.cell(hide_code=True)
def found_heading(N_WORLDS, board_at, true_cate):
    mo.md(f"""
    ## Is the money where the accuracy is?

    In the balanced world, at penalty 10, T is hardly nearer than one number, and earns most of what can be earned; in *weak*
    {percent(board_at["share"]["weak", "T", 10])}. **Choosing is easier than measuring** here: only the side of the cost counts. But the cost is the mean
    effect, so one number falls either way; were the offer free, it would earn {percent(true_cate.mean() / np.maximum(true_cate, 0).mean())}.

    Errors (Monte Carlo: at most 0.06), stored and by this page in {N_WORLDS} shops:
    """)
    return


@app.cell
def found_table(board_at, live_pehe):
    _rows = ["S", "T", "X", "one number"]
    _at = board_at.xs(("balanced", 10), level=("world", "penalty")).loc[_rows]
    found_table = pd.DataFrame({"error (dollars)": _at["pehe"]})
    found_table["this page's functions (dollars)"] = live_pehe["balanced"].reindex(_at.index)
    found_table["of what can be earned (%)"] = 100 * _at["share"]
    as_table(found_table)
    return


@app.cell(hide_code=True)
def rows_heading():
    mo.md("""
    ## A curve that finds something in nothing

    A colleague has a shop where the offer adds 2 dollars to *everybody*: nobody is worth choosing. She fits a T-learner, sorts the same
    customers by its guess, and draws what the offers among the first $k$ brought. This is the **uplift curve**. The area between it and a
    straight line is the **Qini** value (Radcliffe 2007): how much better the ranking is than a random order.
    """)
    return


@app.function
def uplift_curve(guess, t, y):
    """Return what offers to the first k brought, dollars a customer, shape (n,) (Radcliffe 2007)."""
    order = np.argsort(-guess, kind="stable")
    t, y = t[order], y[order]
    sent, not_sent = np.cumsum(t), np.cumsum(1 - t)
    others = np.cumsum((1 - t) * y) * sent / np.maximum(not_sent, 1)
    return (np.cumsum(t * y) - others) / len(y)


@app.function
def qini_area(curve):
    """Return the area between an uplift curve and the straight line, dollars a customer."""
    line = curve[-1] * np.arange(1, len(curve) + 1) / len(curve)
    return float(np.mean(curve - line))


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Exercise 5 · fix · 3 min

    Her curve finds a lot where there is nothing to find. Repair it: `honest_area`, in dollars a customer. She has a second
    table, `later_same`, with other customers of the same shop.
    """)
    return


@app.cell
def exercise_5_fix(same):
    # The colleague's lines. Which customers has the learner seen?
    _x, _t, _y = parts(same)
    _guess = t_learner(_x, _t, _y)
    _her_area = qini_area(uplift_curve(_guess(_x), _t, _y))
    honest_area = ...
    return (honest_area,)


@app.cell(hide_code=True)
def check_5(areas, honest_area, set_progress):
    check_5 = lesson.judge_5(honest_area, areas)
    check_5.noted(5, set_progress)
    return (check_5,)


@app.cell
def uplift_view(areas, check_5, curves):
    lesson.after(check_5, lesson.chart_uplift(curves, areas))
    return


@app.cell(hide_code=True)
def read_uplift(check_5, qini):
    # Look at it after exercise 5.
    _read = mo.md(f"""
    In 200 such shops (stored; Monte Carlo error 0.005) the area is {number(qini["in_sample"]["same for all"], 3)} on the training rows and
    {number(qini["held_out"]["same for all"], 3)} on fresh customers. Where effects differ, ranking by the truth reaches {number(qini["best"]["balanced"], 3)}; the areas of
    the truth and of T differ with a standard deviation of {number(qini["sd_of_gap"]["balanced"], 3)} from shop to shop: one month does not tell two such rankings 0.05 apart.
    """)
    lesson.after(check_5, _read)
    return


@app.cell(hide_code=True)
def gym_heading():
    mo.md("""
    ## Another shop: whom should the gym call?

    ### Exercise 6 · build · 8 min

    A gym calls members before their contract ends; a call costs 10 euros. Last year a coin decided: `earlier` has 2,000 members: `visits` (a week), `months`, `age`,
    `called` (0 or 1), `fees` in the next year (euros). Decide for the 1,000 `members` of this year: `call`, True or False for each, shape (1000,). We assume that a call
    does to them what it did to members alike last year. Any learner will do; your rule should earn 80 % of what the best possible rule earns.
    """)
    return


@app.cell
def exercise_6_build(earlier, members):
    # Three traits as an array: earlier.iloc[:, :3].to_numpy(); likewise for members.
    _x, _new = earlier.iloc[:, :3].to_numpy(), members.iloc[:, :3].to_numpy()
    call = ...
    return (call,)


@app.cell(hide_code=True)
def check_6(call, call_adds, members, set_progress):
    check_6 = lesson.judge_6(call, call_adds(members), members["visits"].to_numpy(), 10)
    check_6.noted(6, set_progress)
    return


@app.cell(hide_code=True)
def takeaways(N_WORLDS, board_at, errors, policy_value, qini, rules):
    mo.md(f"""
    ## Takeaways: who should get the offer?

    1. **Not the best customers, but the persuadable ones**, if they differ: here the better half loses
       {number(-rules["net value"].iloc[2])} dollars a customer, the best rule earns {number(rules["net value"].iloc[4])}.
    2. **Choosing is easier than measuring**, but pays less where effects are small: T earned
       {percent(board_at["share"]["balanced", "T", 10])} of the best (balanced), {percent(board_at["share"]["weak", "T", 10])} (*weak*).
    3. **Which learner is mostly how much it smooths**: with a linear effect and a known chance (*one in ten*, {N_WORLDS} shops)
       T, X and R err by {number(errors["at 10"].min(), 1)} to {number(errors["at 10"].max(), 1)} dollars at 10, by
       {number(errors["chosen"].min(), 1)} to {number(errors["chosen"].max(), 1)} as coins chose.
    4. **Coins price any rule** that was fixed before, 1,000 of them to ±
       {number(((policy_value["upper"] - policy_value["lower"]) / 2)[1:].mean(), 1)} dollars ({percent(HDI_PROB)}): the old rule loses; learners stay unranked.
    5. **Uplift on training rows counts noise**: {number(qini["in_sample"]["same for all"], 2)} dollars where there is none.
    """)
    return


@app.cell(hide_code=True)
def residuals_heading():
    mo.md(r"""
    ## R and DR · optional

    The **R-learner** (Nie & Wager 2021) first takes out what the traits explain, by models of the other fold: $\tilde Y = Y - \hat m(X)$ and
    $\tilde T = T - \hat e(X)$. What is left of sales is, up to noise, the effect times what is left of the offer:

    $$\hat\tau = \arg\min_\tau \sum_i \bigl(\tilde Y_i - \tau(X_i)\,\tilde T_i\bigr)^2 + \text{penalty}$$

    Ours divides this sum by a constant, which rescales the penalty (more below). The **DR-learner** (Kennedy 2023) fits AIPW's terms, one a customer (notebook 11), to the traits.
    """)
    return


@app.cell(hide_code=True)
def question_7():
    mo.md("""
    ### Exercise 7 · complete · 4 min

    `ridge` knows a target and weights. Write the loss in that form, for the pilot: `r_target` and `r_weight`, each shape
    (1000,), from `y_residual` (of sales) and `t_residual` (of the offer).
    """)
    return


@app.cell
def exercise_7_complete(t_residual, y_residual):
    # What does `ridge` minimise? One target and one weight a customer.
    _residuals = t_residual, y_residual
    r_target = ...
    r_weight = ...
    return r_target, r_weight


@app.cell(hide_code=True)
def check_7(
    pilot_sales,
    r_target,
    r_weight,
    set_progress,
    t_residual,
    y_residual,
):
    check_7 = lesson.judge_7(r_target, r_weight, (t_residual, y_residual), pilot_sales)
    check_7.noted(7, set_progress)
    return (check_7,)


@app.cell(hide_code=True)
def read_residuals(board_at, check_7):
    # Look at it after exercise 7.
    _read = mo.md(f"""
    | *one in ten*: error (dollars) | X | R | DR |
    |:--|--:|--:|--:|
    | penalty 10 | {number(board_at["pehe"]["one in ten", "X", 10])} | {number(board_at["pehe"]["one in ten", "R", 10])} | {number(board_at["pehe"]["one in ten", "DR", 10])} |
    | penalty 300 | {number(board_at["pehe"]["one in ten", "X", 300])} | {number(board_at["pehe"]["one in ten", "R", 300])} | {number(board_at["pehe"]["one in ten", "DR", 300])} |
    | penalty 3,000 | {number(board_at["pehe"]["one in ten", "X", 3_000])} | {number(board_at["pehe"]["one in ten", "R", 3_000])} | {number(board_at["pehe"]["one in ten", "DR", 3_000])} |

    At 10 R and DR err most. DR divides noise by a chance of 0.1. R's weights undo that division. Ours have mean one, so they add up to 1,000
    customers, where the second stage that leads X has about 100: 3,000 smooths R as 300 does X. With the weights $\\tilde T^2$ of the formula, 10 would smooth R as {number(10 / (0.1 * 0.9), 0)} does here.
    """)
    lesson.after(check_7, _read)
    return


@app.cell(hide_code=True)
def forest_heading():
    mo.md("""
    ## A forest that is honest · optional

    Our **causal forest** (after Athey, Tibshirani & Wager 2019) grows trees on the R-learner's target. It is **honest** (Wager & Athey 2018) when half of the rows choose
    the splits and the other half fill the leaves: the rows that chose a leaf for its large effect do not also say how large it is.

    Means of 60 stored shops (Monte Carlo errors: of an error at most 0.03 dollars, of "coverage" 0.01). **Second way**: econml's `CausalForestDML` (group
    `uplift`), with 95 % intervals.
    """)
    return


@app.cell
def forests(SEED, market, offered, sales, true_cate, x):
    _rng = np.random.default_rng([SEED, 9])
    _y_residual = sales - other_fold(x, offered, sales, _rng.permutation(len(x)) % 2)[0]
    own_forest = {}
    for _kind, _leaf in {"honest": 10, "not honest": 10, "larger leaves": 20}.items():
        _how = {"honest": _kind == "honest", "leaf": _leaf}
        _guess = grow_forest(x, offered - 0.5, _y_residual, _rng, **_how)(market)
        own_forest[_kind] = float(np.sqrt(np.mean((_guess - true_cate) ** 2)))
    _stored = pd.read_csv(FOLDER / "learners_forests_study.csv", index_col="world")
    published = _stored.filter(like="published|").rename(columns=lambda c: c.split("|")[1])
    forests = lesson.tidy_forests(_stored)
    as_table(forests.reset_index())
    return forests, own_forest, published


@app.cell(hide_code=True)
def read_forests(forests, own_forest):
    mo.md(f"""
    An honest forest errs less, and spreads less where the offer does the same for all. Part of that is larger leaves: with 20 rows a leaf instead of 10, as
    many leaves as an honest tree has, a forest without honesty errs by {number(own_forest["larger leaves"])} dollars in our own shop, about half-way from
    {number(own_forest["not honest"])} to {number(own_forest["honest"])}. The forest of econml errs about as ours does, but its 95 % intervals hold
    {percent(forests["coverage"]["balanced", "econml"])} of the effects in the balanced world: less than they promise.
    """)
    return


@app.cell(hide_code=True)
def bayes_heading():
    mo.md(r"""
    ## A prior for the effect · optional

    Give the effect a model and a prior of its own (Hahn, Murray & Carvalho 2020). With columns $z$ alike in scale, and noise of 5 dollars taken as known,

    $$Y = \alpha + z\beta + (\gamma + z\delta)\,(T - e(X)) + \varepsilon, \qquad \beta_j \sim N(0, 3), \quad \delta_j \sim N(0, s)$$

    in dollars per standard deviation of a column; $\alpha$ and $\gamma$ are flat. The posterior is normal, in closed form: nothing is sampled.
    """)
    return


@app.function
def effect_posterior(x, t, y, e, slope_sd, new):
    """Return mean and sd of the effect's posterior (dollars), each (k,), for new traits (k, 5)."""
    columns = terms(x)
    scale = columns.mean(axis=0), columns.std(axis=0)
    own, z = (
        np.column_stack([np.ones(len(c)), (c - scale[0]) / scale[1]]) for c in (columns, terms(new))
    )
    flat, k = np.r_[0, np.ones(columns.shape[1])], own.shape[1]
    design = np.column_stack([own, own * (t - e)[:, None]])
    covariance = np.linalg.inv(
        np.diag(np.r_[flat / 3**2, flat / slope_sd**2]) + design.T @ design / 5**2
    )
    slopes, of_effect = covariance @ design.T @ y / 5**2, covariance[k:, k:]
    return z @ slopes[k:], np.sqrt(np.einsum("ij,jk,ik->i", z, of_effect, z))


@app.cell
def prior_answers(market, offered, sales, study, true_cate, x):
    _rows = []
    for _sd in (0.3, 1, 3):
        _guess, _ = effect_posterior(x, offered, sales, 0.5, _sd, market)
        _of = study.filter(like=f"bayes|balanced|{_sd}|").mean().rename(lambda c: c.split("|")[3])
        _row = {"s": _sd, "our shop: error": np.sqrt(np.mean((_guess - true_cate) ** 2))}
        _row |= {"200 shops: error": _of["pehe"], "covers": _of["coverage"]}
        _rows.append(_row | {"mean rule earns": _of["value"], "careful rule earns": _of["careful"]})
    prior_answers = pd.DataFrame(_rows)
    as_table(prior_answers)
    return (prior_answers,)


@app.cell(hide_code=True)
def read_prior(prior_answers):
    mo.md(f"""
    With s = 0.3 the error is {number(prior_answers["200 shops: error"][0])} dollars and {percent(HDI_PROB)} posterior intervals hold the effect of
    {percent(prior_answers["covers"][0])} of the customers; with s = 3 it is {number(prior_answers["200 shops: error"][2])}. A small s smooths as a large penalty does;
    here the smoothing comes with intervals. Offering where the posterior *mean* beats the cost earns {number(prior_answers["mean rule earns"][0])} dollars; only where
    the *lower end* does, {number(prior_answers["careful rule earns"][0])}. A shop that doesn't mind a small risk decides by the mean.
    """)
    return


@app.cell(hide_code=True)
def published_heading():
    mo.md("""
    ## A published number, re-examined: one draw · optional

    M. Courthoud, *Evaluating Uplift Models* (2023), ranks five learners on one draw of 500 customers, and warns that it is one example.
    Published squared errors: S 0.0029, T 0.0046, X 0.0009, R 0.0010, DR 0.0006. His world (age, old sales, whether new; new customers are
    mailed with chance 0.2, others with 0.8) in 60 draws, with our own learners (forests of 25 trees, his have 100):
    """)
    return


@app.cell
def re_ranked(published):
    _names = ["S", "T", "X", "R", "DR"]
    _published = {"published, 1 draw": [0.0029, 0.0046, 0.0009, 0.0010, 0.0006]}
    re_ranked = pd.DataFrame(_published, index=_names)
    re_ranked["mean of 60 draws"] = published.mean()
    re_ranked["Monte Carlo error"] = published.sem()
    _best = published[_names].idxmin(axis=1).value_counts()
    re_ranked["best of"] = _best.reindex(_names, fill_value=0)
    x_ahead = published["DR"] - published["X"]  # one difference a draw
    r_behind = published["R"] - published["X"]
    hits = 100 * published.filter(like="chosen by")  # %: 100 where a loss chose the best
    as_table(re_ranked.rename_axis("learner"), digits=5)
    return hits, r_behind, re_ranked, x_ahead


@app.cell(hide_code=True)
def read_draws(hits, r_behind, re_ranked, x_ahead):
    mo.md(f"""
    DR is best in {re_ranked["best of"]["DR"]} of the 60 draws, X in {re_ranked["best of"]["X"]}, R in {re_ranked["best of"]["R"]}. X has the smallest mean
    error, {number(x_ahead.mean(), 5)} below that of DR (error {number(x_ahead.sem(), 5)}), but was picked for it; the median difference favours
    DR, by {number(-x_ahead.median(), 5)}. So X and DR stay unranked. R errs {number(r_behind.mean(), 5)} more than X (error
    {number(r_behind.sem(), 5)}). S and T are far behind.

    The IPW loss on 500 fresh customers finds the best of five in {number(hits["chosen by IPW"].mean(), 0)} % of the draws (Monte Carlo error
    {number(hits["chosen by IPW"].sem(), 1)} points), perhaps no more than chance (20 %); the doubly robust loss in {number(hits["chosen by DR"].mean(), 0)}
    % ({number(hits["chosen by DR"].sem(), 1)}). **A leaderboard needs worlds, not a seed.**
    """)
    return


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=7)
    return


@app.cell(hide_code=True)
def references():
    mo.md("""
    ### References

    - Athey, S., Tibshirani, J., & Wager, S. (2019). Generalized random forests. *Annals of Statistics*, 47(2), 1148–1178.
      [doi:10.1214/18-AOS1709](https://doi.org/10.1214/18-AOS1709)
    - Courthoud, M. (2023). *Evaluating Uplift Models*. Article and notebook `evaluate_uplift.ipynb`.
    - Hahn, P. R., Murray, J. S., & Carvalho, C. M. (2020). Bayesian regression tree models for causal inference: regularization, confounding, and
      heterogeneous effects. *Bayesian Analysis*, 15(3), 965–1056. [doi:10.1214/19-BA1195](https://doi.org/10.1214/19-BA1195)
    - Hill, J. L. (2011). Bayesian nonparametric modeling for causal inference. *Journal of Computational and Graphical Statistics*, 20(1), 217–240.
      [doi:10.1198/jcgs.2010.08162](https://doi.org/10.1198/jcgs.2010.08162)
    - Kennedy, E. H. (2023). Towards optimal doubly robust estimation of heterogeneous causal effects. *Electronic Journal of Statistics*, 17(2),
      3008–3049. [doi:10.1214/23-EJS2157](https://doi.org/10.1214/23-EJS2157)
    - Künzel, S. R., Sekhon, J. S., Bickel, P. J., & Yu, B. (2019). Metalearners for estimating heterogeneous treatment effects using machine
      learning. *PNAS*, 116(10), 4156–4165. [doi:10.1073/pnas.1804597116](https://doi.org/10.1073/pnas.1804597116)
    - Nie, X., & Wager, S. (2021). Quasi-oracle estimation of heterogeneous treatment effects. *Biometrika*, 108(2), 299–319.
      [doi:10.1093/biomet/asaa076](https://doi.org/10.1093/biomet/asaa076)
    - Radcliffe, N. J. (2007). Using control groups to target on predicted lift: building and assessing uplift models. *Direct Marketing Analytics
      Journal*, 1, 14–21.
    - Wager, S., & Athey, S. (2018). Estimation and inference of heterogeneous treatment effects using random forests. *Journal of the American
      Statistical Association*, 113(523), 1228–1242. [doi:10.1080/01621459.2017.1319839](https://doi.org/10.1080/01621459.2017.1319839)

    ### Knobs

    All that is simulated here follows from `SEED`; the stored studies (`data/learners_study.py`, with scikit-learn, and
    `data/learners_forests_study.py`) have their own. `N_WORLDS`: how many shops the page analyses anew in each world. Below stands what the page computes with: nothing to do there.
    """)
    return


@app.cell
def leaderboard(market):
    smoothing = lesson.slider_smoothing()
    study = pd.read_csv(FOLDER / "learners_study.csv", index_col="world")
    _best = {w: value(f(market) > c, f(market), c) for w, (f, _, c) in every_world().items()}
    leaderboard = lesson.tidy_board(study, _best)
    board_at = leaderboard.set_index(["world", "learner", "penalty"])
    qini = lesson.tidy_qini(study)
    return board_at, leaderboard, qini, smoothing, study


@app.function
@mo.persistent_cache(save_path=fits.FOLDER)
def run_worlds(n_worlds, seed):
    """Return bias, pehe and value of each learner in each world, many times."""
    return repeat(one_shop_a_world, n_worlds, seed)


@app.cell
def live(N_WORLDS, SEED):
    with mo.status.spinner("Analysing shops in five worlds: about 15 s, the first time"):
        live = run_worlds(N_WORLDS, SEED)
    live_pehe = live.groupby(["setting", "learner"])["pehe"].mean()
    return (live_pehe,)


@app.cell
def fresh_month(
    COST,
    SEED,
    learners,
    market,
    offered,
    oracle_value,
    sales,
    true_cate,
    x,
):
    fresh_x, fresh_offered, fresh_sales = parts(draw(np.random.default_rng([SEED, 1])))
    m_fresh = ridge(terms(x), sales)(terms(fresh_x))
    fresh_month = fresh_offered, fresh_sales, m_fresh
    _spending = ridge(terms(x[offered == 0]), sales[offered == 0])
    _middle = np.median(_spending(terms(x)))  # fixed before the fresh month
    _rules = {"the better half": lambda new: _spending(terms(new)) > _middle}
    _rules |= {f"{n}-learner": lambda new, f=learners[n]: f(new) > COST for n in "STX"}
    fresh_rules = {name: rule(fresh_x) for name, rule in _rules.items()}
    rule_values = {n: value(rule(market), true_cate, COST) for n, rule in _rules.items()}
    regret = {n: oracle_value - rule_values[f"{n}-learner"] for n in "STX"}
    return fresh_month, fresh_rules, fresh_x, regret, rule_values


@app.cell
def market():
    from statistics import NormalDist

    market = even_market()
    _gain, _, COST = every_world()["balanced"]
    true_cate = _gain(market)
    Z = NormalDist().inv_cdf((1 + HDI_PROB) / 2)  # standard errors to each side of an interval
    _best, _all = spends(market) > np.median(spends(market)), np.ones(len(market), bool)
    _rules = {"everybody": _all, "nobody": ~_all}
    _rules |= {"the better half": _best, "the other half": ~_best}
    _rules["whoever gains more than it costs"] = true_cate > COST
    rules = pd.DataFrame({"net value": {n: value(d, true_cate, COST) for n, d in _rules.items()}})
    oracle_value = float(rules["net value"].iloc[-1])
    return COST, Z, market, oracle_value, rules, true_cate


@app.cell
def learners(SEED, customers, market):
    _fold = np.random.default_rng([SEED, 4]).permutation(len(customers)) % 2
    worlds = every_world()
    learners = fit_all(*parts(customers), worlds["balanced"][1], _fold)
    pilot_chance = 0.1
    _rng = np.random.default_rng([SEED, 5])
    _x, _t, pilot_sales = parts(draw(_rng, "one in ten"))
    from_offered, from_others = (guess(market) for guess in second_stage(_x, _t, pilot_sales))
    _expected = other_fold(_x, _t, pilot_sales, _rng.permutation(len(_x)) % 2)[0]
    t_residual, y_residual = _t - pilot_chance, pilot_sales - _expected
    return (
        from_offered,
        from_others,
        learners,
        pilot_chance,
        pilot_sales,
        t_residual,
        y_residual,
    )


@app.function
def parts(customers):
    """Return traits (n, 5), who got the offer (n,), and sales (n,) as arrays."""
    traits = customers.iloc[:, :5].to_numpy()
    return traits, customers["offered"].to_numpy(), customers["sales"].to_numpy()


@app.function(hide_code=True)
def priced(offer, t, y, m, cost):
    """Return what each customer adds to a rule's net value by the coins (dollars), shape (n,)."""
    return offer * (2 * (2 * t - 1) * (y - m) - cost)


@app.function
def even_market():
    """Return traits of 1,024 customers that cover all kinds evenly, (1024, 5), without chance."""
    from scipy.stats import qmc

    return 2 * qmc.Sobol(5, scramble=False).random_base2(10) - 1


@app.function
def spends(x):
    """Return mean spending without the offer (dollars); traits, each from -1 to 1, shape (n, 5)."""
    spend, _, visits, _, _ = x.T
    return 20 + 8 * spend + 4 * np.sin(np.pi * visits)


@app.function
def every_world():
    """Return world -> effect (dollars) and chance of an offer, functions of traits; cost (dollars)."""

    def gains(x):
        spend, recency, *_ = x.T
        return 2 - 4 * spend + 2 * recency

    def coin(p):
        return lambda x: np.full(len(x), p)

    def chosen(x):
        spend, _, visits, _, _ = x.T
        return 1 / (1 + np.exp(-2 * spend - visits))

    return {
        "balanced": (gains, coin(0.5), 2.0),
        "one in ten": (gains, coin(0.1), 2.0),
        "weak": (lambda x: gains(x) / 4, coin(0.5), 0.5),
        "same for all": (lambda x: np.full(len(x), 2.0), coin(0.5), 2.0),
        "confounded": (gains, chosen, 2.0),
    }


@app.function(hide_code=True)
def x_learner(x, t, y, chance, penalty=10):
    """Return guesses (dollars): both second stages, mixed by the chance (Künzel et al. 2019)."""
    offered, others = second_stage(x, t, y, penalty)
    return lambda new: (1 - chance(new)) * offered(new) + chance(new) * others(new)


@app.function
def fit_all(x, t, y, chance, fold, penalty=10):
    """Return learner -> guess of the effect (dollars), a function of traits."""
    m, m0, m1 = other_fold(x, t, y, fold)
    e, score = chance(x), m1 - m0
    score = score + t * (y - m1) / e - (1 - t) * (y - m0) / (1 - e)
    return {
        "S": s_learner(x, t, y),
        "T": t_learner(x, t, y),
        "X": x_learner(x, t, y, chance, penalty),
        "R": r_learner(x, t - e, y - m, penalty),
        "DR": dr_learner(x, score, penalty),
        "one number": lambda new: np.full(len(new), score.mean()),
    }


@app.function
def other_fold(x, t, y, fold):
    """Return expected sales of everybody (all, without, with the offer), by the other fold."""
    z, found = terms(x), np.empty((3, len(y)))
    for part in (0, 1):
        own, seen = fold == part, fold != part
        for row, rows in enumerate((seen, seen & (t == 0), seen & (t == 1))):
            found[row, own] = ridge(z[rows], y[rows])(z[own])
    return found


@app.function
def dr_learner(x, score, penalty=10):
    """Return guesses of the effect (dollars) from AIPW's terms, shape (n,) (Kennedy 2023)."""
    fitted = ridge(terms(x), score, penalty)
    return lambda new: fitted(terms(new))


@app.function
def fit_chance(x, t, steps=12):
    """Return the chance of an offer, a function of traits: logistic regression, no penalty."""

    def one(x):
        return np.column_stack([np.ones(len(x)), x])

    slopes = np.zeros(x.shape[1] + 1)
    for _ in range(steps):  # Newton's method
        p = 1 / (1 + np.exp(-one(x) @ slopes))
        curve = (one(x).T * (p * (1 - p))) @ one(x)
        slopes += np.linalg.solve(curve, one(x).T @ (t - p))
    return lambda new: 1 / (1 + np.exp(-one(new) @ slopes))


@app.function
def tunable_learners(chance):
    """Return T, X and R, each a function of customers and a penalty, where `chance` is known."""

    def r(x, t, y, penalty):
        m = other_fold(x, t, y, np.arange(len(y)) % 2)[0]
        return r_learner(x, t - chance(x), y - m, penalty)

    return {"T": t_learner, "X": lambda x, t, y, p: x_learner(x, t, y, chance, p), "R": r}


@app.function
def one_shop_a_world(rng):
    """Return one row for each world and learner: bias, pehe, value (dollars a customer)."""
    rows, market = [], even_market()
    for setting, (gain, chance, cost) in every_world().items():
        x, t, y = parts(draw(rng, setting))
        fold, truth = rng.permutation(len(x)) % 2, gain(market)
        known = fit_chance(x, t) if setting == "confounded" else chance
        guesses = fit_all(x, t, y, known, fold)
        guesses |= {"S with 56": s_learner(x, t, y, degree=3)}
        for name, learner in tunable_learners(chance).items() if setting == "one in ten" else ():
            penalty = choose_penalty(learner, x, t, y, chance, fold)
            guesses[f"{name}, chosen"] = learner(x, t, y, penalty)
        for learner, guess in guesses.items():
            error = guess(market) - truth
            row = {"bias": error.mean(), "pehe": np.sqrt(np.mean(error**2))}
            row["value"] = value(guess(market) > cost, truth, cost)
            rows.append({"setting": setting, "learner": learner, **row})
    return rows


@app.cell(hide_code=True)
def other_shops(SEED):
    # Look at it after exercises 5 and 6.
    same, later_same = (draw(np.random.default_rng([SEED, k]), "same for all") for k in (2, 3))
    _x, _t, _y = parts(same)
    _guess, (_new, _t_new, _y_new) = t_learner(_x, _t, _y), parts(later_same)
    curves = {
        "training rows": uplift_curve(_guess(_x), _t, _y),
        "fresh customers": uplift_curve(_guess(_new), _t_new, _y_new),
    }
    areas = {name: qini_area(curve) for name, curve in curves.items()}

    def call_adds(members):
        """Return what a call adds to a member's fees (euros)."""
        return (10 * members["visits"] - 15).to_numpy()

    def ask(rng, n):
        """Return members of the gym; a coin decides who is called."""
        members = pd.DataFrame(
            rng.uniform([0, 0, 18], [4, 60, 78], (n, 3)), columns=["visits", "months", "age"]
        )
        called = rng.integers(0, 2, n)
        fees = 300 - 30 * members["visits"] + members["months"] + rng.normal(0, 15, n)
        return members.assign(called=called, fees=fees + called * call_adds(members))

    earlier = ask(np.random.default_rng([SEED, 6]), 2_000)
    members = ask(np.random.default_rng([SEED, 7]), 1_000)
    return areas, call_adds, curves, earlier, members, same


@app.function(hide_code=True)
def r_form(t_residual, y_residual):
    """Return the R-learner's target (dollars) and weight, each (n,), from residuals (n,)."""
    return y_residual / t_residual, t_residual**2


@app.function
def r_learner(x, t_residual, y_residual, penalty=10):
    """Return guesses of the effect (dollars), from residuals of offer and sales (Nie & Wager 2021)."""
    target, weight = r_form(t_residual, y_residual)
    fitted = ridge(terms(x), target, penalty, weight / np.mean(weight))  # mean one, on purpose
    return lambda new: fitted(terms(new))


@app.function
def grow_forest(x, t_residual, y_residual, rng, *, honest, trees=60, leaf=10):
    """Return guesses (dollars), from residuals of offer and sales (Athey et al. 2019)."""
    from sklearn.tree import DecisionTreeRegressor

    target, weight = r_form(t_residual, y_residual)
    n, grown, everywhere = len(x), [], np.average(target, weights=weight)
    for _ in range(trees):
        half = rng.permutation(n)[: n // 2]
        grow, fill = (half[: n // 4], half[n // 4 :]) if honest else (half, half)
        tree = DecisionTreeRegressor(min_samples_leaf=leaf, random_state=0)
        tree.fit(x[grow], target[grow], weight[grow])
        leaves, size = tree.apply(x[fill]), tree.tree_.node_count
        top, bottom = (np.bincount(leaves, w[fill], size) for w in (target * weight, weight))
        filled = np.where(bottom > 0, top / np.maximum(bottom, 1e-9), everywhere)
        grown.append((tree, filled))
    return lambda new: np.mean([filled[tree.apply(new)] for tree, filled in grown], axis=0)


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 60
    return (N_WORLDS,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
