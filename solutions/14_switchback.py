import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Does the new dispatch rule work, when drivers and hours are shared?",
    layout_file="layouts/14_switchback.slides.json",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    import marimo as mo
    import numpy as np
    import pandas as pd
    from scipy.signal import lfilter
    from scipy.special import comb, stdtrit

    from helpers import checks, graphs, worlds
    from helpers.data import FOLDER
    from helpers.lessons import switchback
    from helpers.tidy import HDI_PROB, as_table, number, percent, signed, summarise


@app.cell(hide_code=True)
def title():
    # notes: Aim: everybody has read an A/B test; few have asked who pays for its winners. Trap: no
    # notes: formulas yet. Minutes: 1. If late: read the title and go on.
    mo.md("""
    # Does the new dispatch rule work, when drivers and hours are shared?

    A ride company tests a new dispatch rule on half of its riders. They get more rides. What will happen when everybody gets the new rule, and which experiment could have told?

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | see when riders share an outcome, design a switchback, test it by its own coins, compare designs |
    | Question | How many more rides, if all riders get the new rule? |
    | Estimand | all riders under the new rule minus all under the old one, over two weeks |
    | Design | A/B test, switchback, zones, clusters of zones: all randomised |
    | Data | a simulated city (20 zones, 336 hours) and a simulated airport, with known truth |
    | Time | core 60 minutes, optional 26; seven checked exercises |
    | Before | notebook 02 (assumptions), 04 (A/B tests) |
    """)
    return


@app.cell(hide_code=True)
def naive_heading():
    # notes: Aim: a randomised experiment, large, clean, significant. Trap: nobody should be able to
    # notes: say what is wrong with the randomisation: nothing is. Minutes: 6.
    # notes: If late: the picture and exercise 1.
    mo.md("""
    ## The A/B test says yes

    Half of 268,800 openings in two weeks, by chance, had the new rule.
    """)
    return


@app.cell
def first_picture(ab_rides, naive_difference):
    # slide: fragment
    switchback.chart_first(ab_rides, naive_difference)
    return


@app.cell(hide_code=True)
def read_first(naive_difference, naive_error):
    mo.md(f"""
    The **naive difference** is {signed(naive_difference)} rides per 100 openings, with a standard error of {number(naive_error)}. No doubt about chance, and no confounding: chance decided.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    # next: skip
    mo.md("""
    ### Exercise 1 · predict · 2 min

    In busy hours there are fewer drivers than riders who ask. The new rule mainly makes more riders ask. When **every**
    rider gets it, will rides per 100 openings rise by what the A/B test says (`"as much"`), by `"less"` or by `"more"`?
    """)
    return


@app.cell
def exercise_1_predict():
    # Your prediction, as one of the three texts.
    # solution
    whole_city = "less"
    whole_city
    return (whole_city,)


@app.cell(hide_code=True)
def check_1(naive_difference, set_progress, true_effect, whole_city):
    check_1 = switchback.judge_1(whole_city, naive_difference, true_effect)
    check_1.noted(1, set_progress)
    return (check_1,)


@app.cell(hide_code=True)
def question_heading():
    # notes: Aim: the estimand is two whole cities, not two riders. Trap: "the coin guarantees it":
    # notes: the coin guarantees who is compared, not what they share. Minutes: 6.
    # notes: If late: the formula and the graph.
    mo.md(r"""
    ## What do we want to know?

    Number the openings 1 to $n$, let $z_i$ be 1 where opening $i$ has the new rule, and $Y_i(z_1, \dots, z_n)$ be the
    chance that it ends in a ride. The company will switch everybody or nobody, so it asks for the **global effect**

    $$\tau = \frac{1}{n} \sum_i \bigl[\, Y_i(1, 1, \dots, 1) - Y_i(0, 0, \dots, 0) \,\bigr]$$

    We see $Y_i$ at the $z$ that was drawn (**consistency**). The A/B test compares neighbours in *one* mixed city. The two agree, up to chance, under **no interference**: $Y_i$ depends on
    $z_i$ alone. Does that hold here?
    """)
    return


@app.cell(hide_code=True)
def sharing_graph(check_1):
    # slide: sub-slide
    # Look at it after exercise 1.
    sharing_graph = graphs.dag(
        [
            ("my_rule", "I_ask"),
            ("I_ask", "my_ride"),
            ("others_rule", "others_ask"),
            ("others_ask", "drivers_left"),
            ("rule_in_hours_before", "drivers_left"),
            ("drivers_left", "my_ride"),
        ],
        treatment="my_rule",
        outcome="my_ride",
    )
    _read = mo.md("""
    It fails twice. Through the **same drivers**: who asks because of the new rule takes a driver from somebody else. Through the **hours before**: the new rule shortens empty trips, and the drivers that it frees are still free an hour later.
    """)
    switchback.after(check_1, mo.vstack([sharing_graph.draw(), _read]))
    return (sharing_graph,)


@app.cell(hide_code=True)
def city_note():
    # slide: skip
    mo.md(r"""
    ### The city, as it is simulated

    Each of 20 zones on a ring has 40 openings an hour, 20 in each arm. A share $p_0 = 0.40$ of them ask under the old rule, $p_1 = 0.46$ under the new one. In zone $k$ and hour $h$, where a
    share $w_{hk}$ of riders have the new rule,

    $$\text{drivers} = 40\, c_0\, (1 + f s_{hk})\, e^{\text{noise}}, \qquad s_{hk} = 0.8\, s_{h-1,k} + 0.2\, w_{hk}$$

    with $c_0 = 0.34$ an opening in busy hours, 0.56 in the 8 quiet ones, and $f = 0.04$. All who ask in a zone have the same chance of a driver. A fifth of the drivers **roam**: they
    also serve the two zones beside.
    """)
    return


@app.function
def city(rng):
    """Return two weeks of a city: asks (2 rules, 2 halves, hours, zones); drivers (hours, zones)."""
    old = rng.binomial(20, 0.40, (2, 336, 20))  # of 20 openings in each half
    new = old + rng.binomial(20 - old, 0.06 / 0.60)  # some ask under the new rule only
    log_supply = (noise(rng, 0.9, 0.15) + noise(rng, 0.995, 0.08))[:, None]
    log_supply = log_supply + rng.normal(0, 0.08, 20) + rng.normal(0, 0.05, (336, 20))
    an_opening = np.where(np.arange(336) % 24 >= 8, 0.34, 0.56)[:, None]  # busy, quiet
    return np.stack([old, new]), 40 * an_opening * np.exp(log_supply)


@app.function
def dispatch(asks, drivers, new, roam=0.2, carry=0.8, freed=0.04):
    """Return rides (halves, hours, zones); `new`: 1 where the new rule holds, else 0."""
    asking = np.where(new, asks[1], asks[0])
    share = np.broadcast_to(new, asking.shape).mean(axis=0)
    level = lfilter([1 - carry], [1, -carry], share, axis=0)  # it takes hours to build up
    drivers = drivers * (1 + freed * level)
    demand = asking.sum(axis=0)
    served = np.minimum(demand, (1 - roam) * drivers)
    waiting = demand - served
    # The rest roam: each serves who waits, in the own zone or the two beside it.
    nearby = waiting + np.roll(waiting, 1, axis=1) + np.roll(waiting, -1, axis=1)
    rate = roam * drivers / np.maximum(nearby, 1e-9)
    rate = rate + np.roll(rate, 1, axis=1) + np.roll(rate, -1, axis=1)
    rides = served + waiting * np.minimum(1, rate)
    return asking * (rides / np.maximum(demand, 1))  # all who ask have the same chance


@app.cell
def our_city(SEED):
    asks, drivers = city(worlds.rng_of(SEED, 0))
    riders = np.array([1, 0])[:, None, None]  # chance: the first half of the openings, or not
    ab_rides = dispatch(asks, drivers, riders)
    naive_difference, naive_error, _ = by_riders(ab_rides)
    all_new, all_old = (dispatch(asks, drivers, rule) for rule in (1, 0))
    true_effect = float(per_100(all_new - all_old))
    two_cities = pd.DataFrame(
        {
            "new rule": [per_100(all_new), per_100(ab_rides[0])],
            "old rule": [per_100(all_old), per_100(ab_rides[1])],
        },
        index=["two cities, all or nobody", "A/B test, one mixed city"],
    )
    two_cities["difference"] = two_cities["new rule"] - two_cities["old rule"]
    return (
        ab_rides,
        asks,
        drivers,
        naive_difference,
        naive_error,
        true_effect,
        two_cities,
    )


@app.cell(hide_code=True)
def read_truth(check_1, naive_difference, true_effect, two_cities):
    _view = as_table(two_cities.rename_axis("rides per 100 openings"))
    _read = mo.md(f"""
    Only a simulator can run both cities. The truth is {signed(true_effect)}; the A/B test says {signed(naive_difference)}, {number(naive_difference / true_effect, 1)} times as much. In it those with
    the old rule get {number(two_cities["old rule"].iloc[0] - two_cities["old rule"].iloc[1])} rides per 100 fewer than in a city without the new rule, and those with the new rule
    {number(two_cities["new rule"].iloc[1] - two_cities["new rule"].iloc[0])} more than where all have it. The test counts both as a gain.
    """)
    switchback.after(check_1, mo.vstack([_view, _read]))
    return


@app.cell(hide_code=True)
def fluid_heading():
    # notes: Aim: the whole bias in one line of arithmetic. Trap: the overstatement is not noise, so
    # notes: more riders do not help. Minutes: 9. If late: the formula, the slider to .46.
    mo.md(r"""
    ## Where do the extra rides come from?

    Take the chance out: the **fluid limit**. A share $p_0 = 0.40$ ask under the old rule, $p_1 = 0.46$ under the new one. When a share $w$ of riders have it, a share $f w$ of drivers
    is freed: there are $c_w = c_0\,(1 + f w)$ drivers an opening. Who asks gets a ride with chance $\min(1, c_w / \text{asks an opening})$, whichever rule sent them. So

    $$\text{A/B: } \; (p_1 - p_0)\, \min\Bigl(1, \frac{c_{1/2}}{(p_0 + p_1)/2}\Bigr), \qquad
    \text{city: } \; \min(p_1, c_1) - \min(p_0, c_0)$$

    With drivers for all, both are $p_1 - p_0$.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    # next: skip
    mo.md("""
    ### Exercise 2 · complete · 4 min

    An evening with 0.42 drivers an opening; the rule frees none. In rides per 100 openings: what does the A/B test say, `ab_says`, and what does the city gain, `city_gains`?
    """)
    return


@app.cell
def exercise_2_complete():
    # Asks an opening: 0.40 under the old rule, 0.46 under the new one.
    # solution
    ab_says = 100 * (0.46 - 0.40) * min(1, 0.42 / 0.43)
    city_gains = 100 * (min(0.46, 0.42) - min(0.40, 0.42))
    ab_says, city_gains
    return ab_says, city_gains


@app.cell(hide_code=True)
def check_2(ab_says, city_gains, set_progress):
    check_2 = switchback.judge_2(ab_says, city_gains)
    check_2.noted(2, set_progress)
    return (check_2,)


@app.cell(hide_code=True)
def scarcity_note():
    # slide: skip
    mo.md("""
    ### How scarce are the drivers?

    Our busy hours have 0.34 drivers an opening, and the rule frees 4 % of them. Move both: when does the A/B test tell the truth, and when does a useless rule win?
    """)
    return


@app.cell
def scarce(check_2, freed_share, scarcity):
    # slide: sub-slide
    _curve = np.linspace(0.30, 0.60, 61)
    _at = fluid(scarcity.value, freed_share.value / 100)
    _chart = switchback.chart_scarcity(
        _curve, *fluid(_curve, freed_share.value / 100), scarcity.value, *_at
    )
    switchback.after(check_2, switchback.below(_chart, scarcity, freed_share))
    return


@app.cell(hide_code=True)
def busy_hour(check_1):
    # slide: fragment
    # Look at it after exercise 1.
    busy_says, busy_gains = fluid(0.34)
    overstatement = float(busy_says / busy_gains)
    quiet_gains = fluid(0.56)[1]
    day_says, day_gains = ((16 * np.array(fluid(0.34)) + 8 * np.array(fluid(0.56))) / 24).tolist()
    _read = mo.md(rf"""
    In a busy hour ($c_0 \le p_0$, $c_1 \le p_1$) the A/B test says {signed(busy_says)}; the city gains only the drivers that the rule frees, {signed(busy_gains)}: an **overstatement** of {number(overstatement)} times.
    In a quiet hour both are {signed(quiet_gains)}. Over a day of 16 busy and 8 quiet hours: {signed(day_says)} against {signed(day_gains)}.
    """)
    switchback.after(check_1, _read, "reading", exercise=1)
    return busy_gains, busy_says, day_gains, day_says, overstatement, quiet_gains


@app.cell(hide_code=True)
def switch_heading():
    # notes: Aim: give the whole market one rule at a time; the price is time. Trap: burn-in is not
    # notes: free, it throws hours away. Minutes: 11. If late: the picture, the formula, the slider.
    mo.md(r"""
    ## Switch the whole market, hour by hour

    In a **switchback** the whole market has one rule at a time: a coin decides for each **block** of hours. First at the airport: one
    market, no zones. What remains is the hours before. Rides in hour $t$ with rule $z_t$, less the swing of the day:

    $$s_t = \varphi\, s_{t-1} + (1 - \varphi)\, z_t, \qquad y_t = 100 + 4\, s_t + \text{noise}$$

    Here $\varphi$ is the **carry-over**. In the long run the effect is 4. The noise (standard deviation 6) lasts: 80 % of it stays from hour to hour.
    The first hours of each block, the **burn-in**, are not counted. A switchback **assumes** that by the first hour that
    counts little is left of the block before, that nobody waits for the next, and that no other market shares the drivers.
    """)
    return


@app.function
def coin(rng, block):
    """Return who has the new rule in 336 hours: one coin a block; all alike are tossed again."""
    new = np.repeat(rng.integers(0, 2, 336 // block), block)
    return new if 0 < new.mean() < 1 else coin(rng, block)


@app.function
def airport(rng, new, phi, effect=4.0):
    """Return rides an hour, hours last; `new`: 1 where the new rule holds, else 0."""
    level = lfilter([1 - phi], [1, -phi], new)
    return 100 + effect * level + noise(rng, 0.8, 6, np.shape(new))


@app.cell
def airport_weeks(BLOCK, BURN_IN, PHI, SEED):
    _rng = np.random.default_rng(SEED)
    hours = pd.DataFrame({"hour": np.arange(336), "new_rule": coin(_rng, BLOCK)})
    hours["rides"] = airport(_rng, hours["new_rule"].to_numpy(), PHI)
    _kept = hours[hours["hour"] % BLOCK >= BURN_IN]
    block_means = _kept.groupby(_kept["hour"] // BLOCK)[["new_rule", "rides"]].mean()
    block_means = block_means.rename_axis("block").reset_index()
    _means = block_means.groupby("new_rule")["rides"]
    switchback_difference = float(_means.mean()[1] - _means.mean()[0])
    switchback_error = float(np.sqrt((_means.var() / _means.size()).sum()))
    switchback_half = stdtrit(len(block_means) - 2, (1 + HDI_PROB) / 2) * switchback_error
    return (
        block_means,
        hours,
        switchback_difference,
        switchback_error,
        switchback_half,
    )


@app.cell
def airport_picture(BLOCK, BURN_IN, block_means, hours, switchback_difference):
    # slide: sub-slide
    switchback.chart_hours(hours, block_means, BLOCK, BURN_IN, switchback_difference)
    return


@app.cell(hide_code=True)
def read_airport(
    BLOCK,
    BURN_IN,
    block_means,
    switchback_difference,
    switchback_error,
    switchback_half,
):
    mo.md(f"""
    Blocks of {BLOCK} hours, the first {BURN_IN} not counted. The {len(block_means)} block means differ by {signed(switchback_difference)} rides an hour, standard
    error {number(switchback_error)}: {percent(HDI_PROB)} interval ± {number(switchback_half)}, wide, and one for what such blocks see: not yet the whole effect.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md(r"""
    ### How much of the effect does it see?

    In hour $j$ of a new block, $s$ has come $1 - \varphi^j$ of the way from where the block before left it. A coin left it high or low alike, whatever comes next. So hour $j$ shows, on average, the share $1 - \varphi^j$ of the effect.

    ### Exercise 3 · complete · 4 min

    What share does the difference of means show, in blocks of `block` hours by coin, the first `burn_in` not counted?
    Complete `share_seen`. With `phi` = 0.5, blocks of 2 and no burn-in, hours 1 and 2 show 0.5 and 0.75: together 0.625.
    """)
    return


@app.function
def share_seen(phi, block, burn_in):
    # Which hours are counted? np.arange(first, last + 1) is at hand.
    # solution
    counted = np.arange(burn_in + 1, block + 1)
    return 1 - np.mean(phi**counted)


@app.cell(hide_code=True)
def check_3(set_progress):
    check_3 = switchback.judge_3(share_seen)
    check_3.noted(3, set_progress)
    return (check_3,)


@app.cell(hide_code=True)
def length_note():
    # slide: skip
    mo.md("""
    ### How long should a block be?

    Short blocks see a part of the effect; long ones leave few coins. **Typical error** (RMSE) is the root of the mean squared error: bias and standard deviation together.
    """)
    return


@app.cell
def lengths(block, burn_in, carry_over, check_3):
    # slide: sub-slide
    _blocks = [b for b in (1, 2, 3, 4, 6, 8, 12, 24, 48) if b > burn_in.value]
    _rows = [typical_error(carry_over.value, b, burn_in.value) for b in _blocks]
    _table = pd.DataFrame(_rows, columns=["bias", "sd", "rmse"]).assign(block=_blocks)
    _chart = switchback.chart_lengths(_table, block.value, burn_in.value, carry_over.value, 4.0)
    switchback.after(check_3, switchback.below(_chart, carry_over, burn_in, block))
    return


@app.cell(hide_code=True)
def lengths_table(PHI, check_3):
    # slide: sub-slide
    # Look at it after exercise 3.
    _rows = []
    for _b, _m in [(1, 0), (2, 1), (4, 0), (4, 3), (8, 0), (8, 2), (8, 5)]:
        _bias, _sd, _rmse = typical_error(PHI, _b, _m)
        _missed = -_bias / 4  # of the effect
        _rows.append((_b, _m, 1 - _missed, 1 - 2 * _missed / (1 + PHI**_b), _sd, _rmse))
    _columns = ["block", "burn-in", "share by coin", "share alternating", "sd", "typical error"]
    plans_by_length = pd.DataFrame(_rows, columns=_columns)
    _plans = [(b, m) for b in range(1, 49) if 336 % b == 0 for m in range(b)]
    best_plans = {
        phi: min(_plans, key=lambda plan: typical_error(phi, *plan)[2]) for phi in (0.3, PHI, 0.8)
    }
    _read = mo.md(f"""
    At a carry-over of {PHI}, blocks of an hour see {percent(plans_by_length["share by coin"][0])} of the effect, however many. Burn-in costs hours and buys truth, cheaply where noise
    lasts. Least error of all plans: blocks of {best_plans[PHI][0]}, {best_plans[PHI][1]} not counted; at 0.3, {best_plans[0.3][0]} and {best_plans[0.3][1]}; at 0.8, {best_plans[0.8][0]} and {best_plans[0.8][1]} (7 to 12 err 1 % more at most):
    **the best plan depends on a carry-over that nobody knows**. **Alternating** plans see less than a coin: before each new block is an old one.
    """)
    switchback.after(check_3, mo.vstack([as_table(plans_by_length), _read]))
    return best_plans, plans_by_length


@app.cell(hide_code=True)
def test_heading():
    # notes: Aim: what was randomised is what is counted. Trap: blaming autocorrelation alone; with
    # notes: one coin an hour the same noise does no harm. Minutes: 11.
    # notes: If late: exercise 4, then the table.
    # next: skip
    mo.md("""
    ## How many coins were tossed?

    336 hours, but only 42 blocks of 8. An analyst compares *hours* by a t test. Suppose the new rule does **nothing** at the airport. How often does the test (at 5 %) find an effect?

    ### Exercise 4 · predict · 2 min

    Same noise in both: the rate of false alarms with a coin for each block of 8 hours, `rate_8`, and with a coin for each
    hour, `rate_1`. For each choose `"about 5 %"`, `"about 10 %"` or `"about 40 %"`.
    """)
    return


@app.cell
def exercise_4_predict():
    # Two texts. The t test takes hours for independent.
    # solution
    rate_8 = "about 40 %"
    rate_1 = "about 5 %"
    rate_8, rate_1
    return rate_1, rate_8


@app.cell(hide_code=True)
def check_4(false_alarms, rate_1, rate_8, set_progress):
    check_4 = switchback.judge_4(rate_8, rate_1, false_alarms)
    check_4.noted(4, set_progress)
    return (check_4,)


@app.cell(hide_code=True)
def false_alarms_shown(check_4, false_alarms):
    _read = mo.md("""
    Shares of 1,000 airports where the rule does nothing. Lasting noise alone does not spoil a test (first row), nor does a
    lasting rule alone (noise fresh each hour): the two together do. **The unit of analysis is what was randomised.**
    """)
    switchback.after(check_4, mo.vstack([as_table(false_alarms), _read]))
    return


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Let the coins be the judge

    No formula for noise is needed. If the rule does nothing, the rides would have been the same under any other toss of the same coins. So toss them again, many times, compute the difference each
    time, and see how often chance alone is as far from zero as what was seen. This is the **randomisation test** (Fisher 1935); what was seen counts as one of the tosses.

    ### Exercise 5 · build · 5 min

    Write `randomisation_test`: `rides` and `new` have one entry an hour, `toss()` returns another `new` by the design's own
    coins, `draws` says how often. Return the two-sided p-value of the difference in means (new minus old).
    """)
    return


@app.function
def randomisation_test(rides, new, toss, draws):
    # How far from zero is the difference that was seen? How many redrawn ones are as far?
    # solution
    def far(which):
        return abs(rides[which == 1].mean() - rides[which == 0].mean())

    seen = far(new)
    as_far = sum(far(toss()) >= seen - 1e-9 for _ in range(draws))
    return (1 + as_far) / (1 + draws)


@app.cell(hide_code=True)
def check_5(set_progress):
    check_5 = switchback.judge_5(randomisation_test)
    check_5.noted(5, set_progress)
    return (check_5,)


@app.cell(hide_code=True)
def read_p(check_5, randomisation_p, redrawn, seen_difference):
    _view = switchback.chart_redrawn(redrawn, seen_difference, randomisation_p)
    _read = mo.md(f"""
    The airport's p-value is {number(randomisation_p, 3)}. It tests that the rule does *nothing to any hour*; it does not
    say how much, and a carry-over cannot spoil it: with no effect there is nothing to carry over.
    """)
    switchback.after(check_5, mo.vstack([_view, _read]))
    return


@app.cell(hide_code=True)
def board_heading():
    # notes: Aim: a clean A/A test proves nothing about interference. Trap: choosing the smallest
    # notes: error bar; look at bias and coverage. Minutes: 8. If late: the picture and its sentence.
    mo.md(f"""
    ## Which design for the city?

    Twelve designs ran in 400 cities (`data/switchback_study.py`), and again in the same cities with a rule that does **nothing**: an **A/A test**,
    the usual way to validate a platform. "Covers": how often the {percent(HDI_PROB)} confidence interval holds the truth.

    | Design | Who has the new rule | Compared |
    |:--|:--|:--|
    | before and after | all, from week 2 | equal hours of the day |
    | switchback | all, in blocks, by coin | equal hours of the day |
    | days in pairs | all, on one day of two, by coin | the two days |
    | zone x 4 h | a zone for 4 hours, by coin | less its and the hour's mean |
    | a week before | half of the zones, in week 2 | changes since week 1 |
    """)
    return


@app.cell
def board(leaderboard):
    # slide: sub-slide
    switchback.chart_board(leaderboard)
    return


@app.cell(hide_code=True)
def read_board(N_WORLDS, live_bias):
    # slide: fragment
    mo.md(f"""
    **An A/A test sees neither interference nor carry-over**: without an effect there is none to spill. Live, in {N_WORLDS} cities, the A/B test's bias is {signed(live_bias["user-level A/B"])}.
    """)
    return


@app.cell(hide_code=True)
def read_board_more(by_design):
    # slide: sub-slide
    mo.md(f"""
    The A/B test's interval holds the truth in {percent(by_design["coverage"]["user-level A/B"])} of the cities. It has {percent(by_design["false_positive_rate"]["user-level A/B"], 1)} false alarms, and {percent(1 - HDI_PROB)} are due: `dispatch` returns chances of a
    ride, so who of those that ask gets the driver adds no noise, but the error bar counts it. An A/A test does see one that is too short: before and after has
    {percent(by_design["false_positive_rate"]["before and after"])} false alarms. Monte Carlo error of a rate: at most {number(100 * by_design["rate_error"].max(), 1)} points.

    Of the switchbacks, blocks of an hour err least ({number(by_design["rmse"]["switchback 1 h"])}), unlike at the airport: here riders answer
    at once, and only the freed drivers last. In blocks of 4 hours burn-in does not lower the typical error, and it can hurt: days in pairs have a bias
    of {signed(by_design["bias"]["days in pairs"])}, with it {signed(by_design["bias"]["days in pairs, burn-in 4"])}; its hours, 0 to 3, are quiet, and there the effect is largest.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    # next: skip
    mo.md("""
    ### Exercise 6 · fix · 4 min

    In our city a coin gave each block of 4 hours its rule, in all zones: `four_new`, shape (336,). `four_rides`, shape (336, 20): rides per 100
    openings. A colleague counts 6,720 zone-hours as independent. Repair her standard error of new minus old: `honest_error`.
    """)
    return


@app.cell
def exercise_6_fix(four_new, four_rides):
    # The colleague's code. What was randomised, and how many of them are there?
    _y, _z = four_rides.ravel(), np.repeat(four_new, 20)
    _parts = [_y[_z == rule].var(ddof=1) / np.sum(_z == rule) for rule in (0, 1)]
    _colleague = np.sqrt(sum(_parts))
    # solution
    _y, _z = four_rides.mean(axis=1).reshape(84, 4).mean(axis=1), four_new[::4]
    _parts = [_y[_z == rule].var(ddof=1) / np.sum(_z == rule) for rule in (0, 1)]
    honest_error = np.sqrt(sum(_parts))
    honest_error
    return (honest_error,)


@app.cell(hide_code=True)
def check_6(four_new, four_rides, honest_error, set_progress):
    check_6 = switchback.judge_6(honest_error, four_rides, four_new)
    check_6.noted(6, set_progress)
    return


@app.cell(hide_code=True)
def cities_note():
    # slide: skip
    mo.md("""
    ### Which design wins where?

    400 stored cities for each setting. Move the share of roaming drivers, and the share of freed drivers still free an hour later.
    """)
    return


@app.cell
def cities(city_errors, lasting, roaming):
    # slide: sub-slide
    _key = f"roam={roaming.value:g} carry={lasting.value:g}"
    _errors = city_errors[_key if _key in city_errors.columns.get_level_values(0) else "usual"]
    _errors = _errors[city_errors["roam=0 carry=0.5"].columns]  # the eight designs of all cities
    typical_errors = pd.DataFrame({"bias": _errors.mean(), "sd": _errors.std()})
    typical_errors["rmse"] = np.sqrt((_errors**2).mean())
    typical_errors["rmse_error"] = (_errors**2).sem() / (2 * typical_errors["rmse"])  # Monte Carlo
    typical_errors = typical_errors.rename_axis("design").reset_index()
    _chart = switchback.chart_cities(typical_errors, roaming.value, lasting.value)
    switchback.below(_chart, roaming, lasting)
    return (typical_errors,)


@app.cell(hide_code=True)
def read_cities(city_winners, clear_winners):
    # slide: fragment
    mo.md(f"""
    Five zones together err least in {number(city_winners["5 zones together, a week before"], 0)} of the nine cities, all with roaming drivers, in
    {number(clear_winners["5 zones together, a week before"], 0)} of them by more than two Monte Carlo errors; a switchback in none.
    """)
    return


@app.cell(hide_code=True)
def read_cities_more(by_design, honest, unshared_bias):
    # slide: sub-slide
    mo.md(f"""
    Yet the interval of five zones together covers in {percent(by_design["coverage"]["5 zones together, a week before"])}. It pays for its four clusters: in A/A tests {percent(by_design["false_positive_rate"]["5 zones together, a week before"], 1)} false alarms. It misses
    the bias by the borders ({signed(by_design["bias"]["5 zones together, a week before"])}), which more weeks do not remove where drivers roam, and an effect that differs
    between zones and weeks: the error's standard deviation is {number(by_design["sd"]["5 zones together, a week before"])}, in A/A tests {number(by_design["idle_sd"]["5 zones together, a week before"])}.

    Zones by blocks vary least, and cover in {percent(by_design["coverage"]["zone x 4 h, burn-in 2"])}: two biases of opposite sign meet in {signed(by_design["bias"]["zone x 4 h, burn-in 2"])}. The neighbours' drivers are shared,
    and carry-over hides a part of the effect: where no driver roams, it is alone, {signed(unshared_bias)}.

    Switchbacks pay in long blocks with few coins, in short ones with carry-over (blocks of an hour: bias {signed(by_design["bias"]["switchback 1 h"])}). In blocks of 4 or 8 hours they cover in
    {percent(honest["coverage"].min(), 1)} to {percent(honest["coverage"].max(), 1)}, Monte Carlo error {number(100 * honest["rate_error"].max(), 1)} points.
    """)
    return


@app.cell(hide_code=True)
def turn_heading():
    # notes: Aim: the whole choice once more, for a market that nobody has measured. Trap: tuning to
    # notes: one carry-over; the worst one counts. Minutes: 6. If late: at home.
    # next: skip
    mo.md("""
    ## Your turn: plan for a city that you do not know

    A bicycle company has two weeks. Nobody knows how long its effect takes: the carry-over may be anything from 0.3 to 0.8. Suppose an effect of 6 rides an hour: the bias is a share of it, so the
    plan depends on that guess. The noise has a standard deviation of 9, and half of it stays from hour to hour. A shift has 12 hours, and no block may be longer.

    ### Exercise 7 · build · 5 min

    Choose `plan = (block, burn_in)`, whole hours, blocks of 1 to 12, so that the typical error is small in the **worst** case
    of carry-over. `typical_error(phi, block, burn_in, **BICYCLES)` returns bias, sd and typical error.
    """)
    return


@app.cell
def exercise_7_build(BICYCLES):
    _carry_overs = np.linspace(0.3, 0.8, 11)  # the worst of these counts
    # solution
    _plans = [(b, m) for b in range(1, 13) for m in range(b)]
    _worst = [max(typical_error(c, *p, **BICYCLES)[2] for c in _carry_overs) for p in _plans]
    plan = _plans[int(np.argmin(_worst))]
    plan
    return (plan,)


@app.cell(hide_code=True)
def check_7(BICYCLES, plan, set_progress):
    check_7 = switchback.judge_7(plan, typical_error, BICYCLES)
    check_7.noted(7, set_progress)
    return


@app.cell(hide_code=True)
def takeaways(best_plans, by_design, honest, naive_error, two_cities):
    # notes: Aim: each bullet with its limit. Ask what the units of their last test shared. Trap:
    # notes: leaving with "use switchbacks"; leave with "what do the units share?". Minutes: 2.
    # notes: If late: read the bold words.
    mo.md(f"""
    ## Takeaways: what do the units share?

    1. **Does the rule work? Yes, by less than the A/B test says**: in this city {signed(two_cities["difference"].iloc[0])} rides per 100 openings, not {signed(two_cities["difference"].iloc[1])} (standard error {number(naive_error)}). A coin does not end interference, and more riders make that wrong number more precise.
    2. **Randomise what shares.** A switchback costs coins; carry-over decides its blocks: {best_plans[0.3][0]} hours at 0.3, {best_plans[0.8][0]} at 0.8, at the airport.
    3. **Count coins, not rows.** Tossing again tests *no effect in any hour*, no more.
    4. **A clean A/A test proves nothing about interference.** The A/B test had {percent(by_design["false_positive_rate"]["user-level A/B"], 1)} false alarms
       and covered the truth in {percent(by_design["coverage"]["user-level A/B"])} of the cities.
    5. **The best design depends on what is shared.** Clusters of 5 mostly err least where drivers roam; blocks of 4 or 8 hours cover in {percent(honest["coverage"].min(), 1)} to {percent(honest["coverage"].max(), 1)}.
    """)
    return


@app.cell(hide_code=True)
def model_heading():
    # notes: Aim: a model that admits a carry-over is wide; one that does not is biased. Trap: "model the
    # notes: autocorrelation, then you are safe". Minutes: 6. If late: the table and its sentence.
    mo.md(r"""
    ## Can a model replace the burn-in? · optional

    Say what is unknown: $y_t = \alpha + \tau s_t(\varphi) + u_t$, where a share $\rho$ of the noise $u$ stays from hour to hour. Priors:
    $\varphi$ uniform on 0 to 0.95, $\rho$ uniform on 0 to 0.98, $\alpha$ and $\tau$ (rides an hour) flat, the noise's scale flat in its
    logarithm. For each $\varphi, \rho$ the rest is a straight line, so the posterior is a sum over a grid; no sampler is needed.
    """)
    return


@app.function
def line_given(rides, level, keep):
    """Return tau and its error, residual df, log weight: a line after whitening, flat priors."""
    white = np.column_stack([np.ones(len(level)), level, rides])
    white = np.vstack([np.sqrt(1 - keep**2) * white[:1], white[1:] - keep * white[:-1]])
    x, y = white[:, :2], white[:, 2]
    inverse = np.linalg.inv(x.T @ x)
    slopes, df = inverse @ x.T @ y, len(y) - 2
    left = np.sum((y - x @ slopes) ** 2)
    weight = np.log(1 - keep**2) + np.log(np.linalg.det(inverse)) - df * np.log(left)
    return slopes[1], np.sqrt(left / df * inverse[1, 1]), df, weight / 2


@app.cell
def model_answers(SEED, hours):
    import xarray as xr

    _new, _rides = hours["new_rule"].to_numpy(), hours["rides"].to_numpy()
    _rng, model_draws = np.random.default_rng(SEED + 3), {}
    for _name, _phis in {"with carry-over": np.linspace(0, 0.95, 39), "without": [0.0]}.items():
        _rows = [
            (phi, keep, *line_given(_rides, lfilter([1 - phi], [1, -phi], _new), keep))
            for phi in _phis
            for keep in np.linspace(0, 0.98, 50)
        ]
        _grid = pd.DataFrame(_rows, columns=["phi", "rho", "tau", "error", "df", "weight"])
        _share = np.exp(_grid["weight"] - _grid["weight"].max())
        _pick = _grid.iloc[_rng.choice(len(_grid), 4_000, p=_share / _share.sum())]
        _tau = _pick["tau"] + _pick["error"] * _rng.standard_t(_pick["df"])
        model_draws[_name] = _pick.assign(tau=_tau)
    _with = model_draws["with carry-over"]  # independent draws
    _posterior = {k: (("chain", "draw"), _with[[k]].to_numpy().T) for k in ("tau", "phi", "rho")}
    idata_carry_over = xr.DataTree.from_dict({"posterior": xr.Dataset(_posterior)})
    return idata_carry_over, model_draws


@app.cell
def model_table(PHI, SEED, idata_carry_over, model_draws):
    model_effects = summarise({name: draws["tau"] for name, draws in model_draws.items()})
    model_phi = summarise({"phi": idata_carry_over["posterior"]["phi"]}).iloc[0]
    _rng, model_share = np.random.default_rng(SEED + 4), {}
    for _b in (8, 24):  # without noise: what whitened hours show of the effect, and plain ones
        _z = np.array([coin(_rng, _b) for _ in range(1_000)]) - 0.5
        _s = lfilter([1 - PHI], [1, -PHI], _z)
        for _name, _keep in ((_b, 0.8), (f"plain {_b}", 0)):
            _x, _y = (v[:, 1:] - _keep * v[:, :-1] for v in (_z, _s))
            model_share[_name] = float(np.sum(_x * _y) / np.sum(_x * _x))
    as_table(model_effects.set_index("label").rename_axis("model"))
    return model_effects, model_phi, model_share


@app.cell(hide_code=True)
def read_model(PHI, model_effects, model_phi, model_share):
    mo.md(f"""
    Effect in rides an hour; truth 4; {percent(HDI_PROB)} HDI. With carry-over the model is wide: {signed(model_effects["mean"][0], 1)}, standard deviation
    {number(model_effects["sd"][0], 1)}. Two weeks leave the carry-over itself at {number(model_phi["lower"])} to {number(model_phi["upper"])} (truth {PHI}). Without,
    {signed(model_effects["mean"][1], 1)}, standard deviation {number(model_effects["sd"][1], 1)}: nearer, but one airport does not rank two models. What holds over
    many tosses, whatever the carry-over and the memory of the noise, if neither is 0: **modelling the noise but not the carry-over sees less than a plain difference**: whitening listens
    to the hours after a switch, where carry-over bites. Here, in blocks of 8, it sees {percent(model_share[8])} of the effect (plain: {percent(model_share["plain 8"])}); in blocks of 24, {percent(model_share[24])} (plain: {percent(model_share["plain 24"])}).
    """)
    return


@app.cell(hide_code=True)
def stage_heading():
    # notes: Aim: name what an A/B test measures: a direct effect. Trap: the direct effect is real;
    # notes: it answers another question. Minutes: 5. If late: the table.
    mo.md("""
    ## Who gains, and who pays? · optional

    A **two-stage design** draws for each market how many riders get the new rule, its **saturation**, then which riders (Hudgens & Halloran 2008). In the busy fluid
    limit, rides per 100 openings: the **direct** effect compares riders with and without the rule in the same market; the **indirect** one is what riders without it
    gain against a market without the rule; the **total** is their sum; the **overall** effect is what the market gains.
    """)
    return


@app.cell
def two_stages():
    # slide: sub-slide
    _w = np.array([0.25, 0.5, 0.75, 1])
    _chance = 0.34 * (1 + 0.04 * _w) / (0.40 + 0.06 * _w)  # of a ride, for who asks
    two_stages = pd.DataFrame(
        {
            "saturation": _w,
            "direct": 6 * _chance,
            "indirect": 40 * (_chance - 0.34 / 0.40),
            "total": 46 * _chance - 34,
            "overall": (40 + 6 * _w) * _chance - 34,
        }
    )
    two_stages.loc[_w == 1, ["direct", "indirect"]] = np.nan
    as_table(two_stages, digits=3)
    return (two_stages,)


@app.cell(hide_code=True)
def read_stages(two_stages):
    mo.md(f"""
    An A/B test measures the direct effect at one half; the decision asks for the overall one at 1, where nobody is left to compare:
    {percent(two_stages["overall"][3] / two_stages["direct"][1])} of it. At each saturation those without the rule pay, and the more, the more riders have it.
    """)
    return


@app.cell(hide_code=True)
def ring_heading():
    # notes: Aim: clusters trade interference for units. Trap: "five zones together, so no spill":
    # notes: the borders stay. Minutes: 4. If late: the formula.
    mo.md(r"""
    ## How large should a cluster be? · optional

    Zones on a ring, $y = \delta z - \beta \cdot \text{mean}(z \text{ of both neighbours})$; the global effect is $\delta - \beta$. With one
    coin for each $c$ zones, the difference errs on average by $\beta / c$, at the borders. Zones tossed like both neighbours, weighted
    by one over their chance, do not (Aronow & Samii 2017; last column).
    """)
    return


@app.cell
def rings():
    # slide: fragment
    _rows = []
    for _c in (1, 2, 4, 5, 10):
        _z = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
        _z = np.repeat(_z, _c, axis=1)  # three clusters, all tosses; the middle one is looked at
        _own, _left, _right = (_z[:, _c + at : 2 * _c + at] for at in (0, -1, 1))
        _near = (_left + _right) / 2
        _same = _near[_own == 1].mean() - _near[_own == 0].mean()
        _rows.append((_c, 20 // _c, 1 - _same, np.mean((_own == 1) & (_near == 1))))
    _columns = ["zones together", "coins", "bias / beta", "clean, treated"]
    rings = pd.DataFrame(_rows, columns=_columns)
    as_table(rings, digits=3)
    return (rings,)


@app.cell(hide_code=True)
def moments_heading():
    # notes: Aim: a published optimum that holds, and for what. Trap: it is the best for its own
    # notes: estimator and a known memory. Minutes: 6. If late: the table.
    mo.md(r"""
    ## A published optimum, re-examined · optional

    Suppose the carry-over ends after $m$ hours. Bojinov, Simchi-Levi & Zhao (2023) count only hours whose last $m + 1$
    hours had one rule, each over its chance. With all outcomes at their largest (1), the variance over $T$ hours is

    $$\frac{1}{(T - m)^2} \sum_{t, t'} \mathbb 1\{k_{tt'} \ge 1\}\; 2^{\,k_{tt'} + 1}$$

    with $k_{tt'}$ the coins that two windows share. They prove: coins at $1, 2m + 1, 3m + 1, \dots, T - 2m + 1$ are best
    where $T$ is a multiple of $m$, 4 or more times. All $2^{T-1}$ ways, tried, agree:
    """)
    return


@app.cell
def moments():
    # slide: sub-slide
    _rows = []
    for _hours, _m in ((12, 2), (12, 3), (10, 2), (8, 1)):
        _tosses = np.arange(2 ** (_hours - 1))[:, None] >> np.arange(_hours - 1) & 1
        _coin = np.cumsum(np.column_stack([np.ones(len(_tosses), int), _tosses]), axis=1)
        _first, _last = _coin[:, : _hours - _m], _coin[:, _m:]
        _shared = np.minimum(_last[:, :, None], _last[:, None]) + 1
        _shared = np.maximum(_shared - np.maximum(_first[:, :, None], _first[:, None]), 0)
        _sums = np.where(_shared > 0, 2.0 ** (_shared + 1), 0).sum(axis=(1, 2))
        _variance = _sums / (_hours - _m) ** 2
        _best = [1, *(np.flatnonzero(_tosses[_variance.argmin()]) + 2).tolist()]
        _ties = int(np.sum(np.isclose(_variance, _variance.min())))
        _each = _variance[-1]  # a coin every hour
        _rows.append((_hours, _m, str(_best)[1:-1], _ties, _variance.min(), _each))
    _columns = ["hours", "m", "best moments", "minima", "variance", "a coin every hour"]
    moments = pd.DataFrame(_rows, columns=_columns)
    as_table(moments, digits=3)
    return (moments,)


@app.cell(hide_code=True)
def six_heading():
    # notes: Aim: a factor needs its scale and its design. Trap: mocking the source: it is a teaching
    # notes: example, and it says what it assumes. Minutes: 5. If late: the table.
    mo.md("""
    ## A published number, re-examined: a factor of six · optional

    Chamandy (2016), of Lyft, explains interference by two riders and one driver: who has no subsidy asks with chance one half, who has it asks for sure, and of two who ask one gets the driver. True
    gain: 33 %. An A/B test with one rider in each arm says 200 %: "a factor of six". It holds, for this pair of riders, on the *relative* scale:
    """)
    return


@app.cell
def six():
    # slide: sub-slide
    def _rides(mine, other):  # chance that I get the driver, from both riders' chances to ask
        return mine * (1 - other / 2)

    _both, _none = _rides(1, 1), _rides(0.5, 0.5)
    _new, _old = _rides(1, 0.5), _rides(0.5, 1)
    _rows = [("all or nobody", _both, _none), ("one in each arm", _new, _old)]
    _rows.append(("a coin for each", (_new + _both) / 2, (_old + _none) / 2))
    six = pd.DataFrame(_rows, columns=["rides a rider", "with", "without"])
    six["gain (%)"] = 100 * (six["with"] / six["without"] - 1)
    six["factor, relative"] = six["gain (%)"] / six["gain (%)"][0]
    six["gain"] = six["with"] - six["without"]
    six["factor, rides"] = six["gain"] / six["gain"][0]
    as_table(six)
    return (six,)


@app.cell(hide_code=True)
def read_six(six):
    mo.md(f"""
    If each rider has a coin of their own, the same world gives a factor of {number(six["factor, relative"][2], 0)}; in rides a rider, factors of {number(six["factor, rides"][1], 1)} and
    {number(six["factor, rides"][2], 1)}. **A factor without its scale and its design says little**; that also holds for ours, which is in rides, in the busy fluid limit, with a coin for each rider.
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

    - Aronow, P. M., & Samii, C. (2017). Estimating average causal effects under general interference, with application to a social network
      experiment. *The Annals of Applied Statistics*, 11(4), 1912–1947. [doi:10.1214/16-AOAS1005](https://doi.org/10.1214/16-AOAS1005)
    - Bojinov, I., Simchi-Levi, D., & Zhao, J. (2023). Design and analysis of switchback experiments. *Management Science*,
      69(7), 3759–3777. [doi:10.1287/mnsc.2022.4583](https://doi.org/10.1287/mnsc.2022.4583)
    - Chamandy, N. (2016). *Experimentation in a ridesharing marketplace*, part 1: interference across a network. Lyft Engineering, 2 September 2016.
    - Fisher, R. A. (1935). *The Design of Experiments*. Oliver & Boyd.
    - Hudgens, M. G., & Halloran, M. E. (2008). Toward causal inference with interference. *Journal of the American Statistical
      Association*, 103(482), 832–842. [doi:10.1198/016214508000000292](https://doi.org/10.1198/016214508000000292)

    ### Knobs

    All that is simulated here follows from `SEED`; the stored study has its own. `N_WORLDS`: how many cities are analysed anew. `PHI`, `BLOCK`,
    `BURN_IN`: the airport's carry-over, blocks (a divisor of 336, at most 168) and hours not counted. Below stands what the page computes with: nothing to do there.
    """)
    return


@app.cell
def sliders():
    BICYCLES = {"effect": 6.0, "noise_sd": 9.0, "keep": 0.5}  # rides an hour; a share an hour
    scarcity, freed_share = switchback.slider_scarcity(), switchback.slider_freed()
    carry_over, burn_in, block = switchback.sliders_of_blocks()
    roaming, lasting = switchback.sliders_of_cities()
    return BICYCLES, block, burn_in, carry_over, freed_share, lasting, roaming, scarcity


@app.cell
def leaderboard(FREEDOM):
    study = pd.read_csv(FOLDER / "switchback_study.csv", index_col="world")
    study.columns = study.columns.str.split("|", expand=True)
    _truths = study.xs("truth", axis=1, level=1).droplevel(1, axis=1)
    _said = study.xs("estimate", axis=1, level=2).drop(columns="nothing", level=0)
    city_errors = _said.sub(_truths, axis=1, level=0)  # columns: kind of city, design
    _rows = {}
    for _name, _error in city_errors["usual"].items():
        _with, _idle = study["usual"][_name], study["nothing"][_name]
        _half = stdtrit(FREEDOM[_name], (1 + HDI_PROB) / 2)
        _rows[_name] = {
            "bias": _error.mean(),
            "sd": _error.std(),
            "rmse": np.sqrt(np.mean(_error**2)),
            "coverage": float(np.mean(np.abs(_error) < _half * _with["se"])),
            "false_positive_rate": float(np.mean(np.abs(_idle["estimate"]) > _half * _idle["se"])),
            "idle_sd": _idle["estimate"].std(),
        }
    by_design = pd.DataFrame(_rows).T.rename_axis("design")
    by_design["bias_error"] = by_design["sd"] / 20  # Monte Carlo errors of 400 cities
    by_design["rate_error"] = np.sqrt(by_design["coverage"] * (1 - by_design["coverage"]) / 400)
    leaderboard = by_design.reset_index()
    return by_design, city_errors, leaderboard


@app.cell
def winners(by_design, city_errors):
    _square = city_errors**2
    _best = _square.mean().groupby(level=0).idxmin().str[1]
    _ahead = {c: _square[c].drop(columns=b).sub(_square[c][b], axis=0) for c, b in _best.items()}
    _clear = [c for c, gap in _ahead.items() if (gap.mean() > 2 * gap.sem()).all()]
    city_winners, clear_winners = _best.value_counts(), _best[_clear].value_counts()
    honest = by_design.filter(regex="switchback [48] h", axis=0)
    unshared_bias = city_errors["roam=0 carry=0.8"]["zone x 4 h, burn-in 2"].mean()
    return city_winners, clear_winners, honest, unshared_bias


@app.function
def noise(rng, keep, sd, shape=336):
    """Return noise in which a share `keep` of each hour's value stays in the next; sd throughout."""
    step = rng.normal(0, sd, shape)
    step[..., 1:] *= np.sqrt(1 - keep**2)
    return lfilter([1], [1, -keep], step)


@app.function
def per_100(rides, axis=None):
    """Return rides per 100 openings, averaged over axes of (halves, hours, zones)."""
    return 100 * rides.mean(axis=axis) / 20


@app.function
def plans(rng):
    """Return design -> (analysis, who has the new rule, block or size, burn-in)."""
    by_coin = {b: coin(rng, b)[:, None] for b in (1, 4, 8)}
    first = rng.integers(0, 2, 7)  # of two days, which has the new rule
    pairs = np.repeat(np.column_stack([first, 1 - first]).ravel(), 24)[:, None]
    zones = np.repeat(rng.integers(0, 2, (84, 20)), 4, axis=0)
    later = np.arange(336)[:, None] >= 168  # the second week
    single = later * rng.permutation(np.arange(20) % 2)
    five = later * np.repeat(rng.permutation(np.arange(4) % 2), 5)
    return {
        "user-level A/B": (by_riders, np.array([1, 0])[:, None, None], 1, 0),
        "before and after": (by_hours, later * 1, 4, 0),
        "switchback 1 h": (by_hours, by_coin[1], 1, 0),
        "switchback 4 h": (by_hours, by_coin[4], 4, 0),
        "switchback 4 h, burn-in 2": (by_hours, by_coin[4], 4, 2),
        "switchback 8 h": (by_hours, by_coin[8], 8, 0),
        "switchback 8 h, burn-in 2": (by_hours, by_coin[8], 8, 2),
        "days in pairs": (by_pairs, pairs, 24, 0),
        "days in pairs, burn-in 4": (by_pairs, pairs, 24, 4),
        "zone x 4 h, burn-in 2": (by_zones, zones, 4, 2),
        "single zones, a week before": (by_places, single, 1, 0),
        "5 zones together, a week before": (by_places, five, 5, 0),
    }


@app.function
def by_riders(rides, *_):
    """Return the difference of two shares (per 100), its usual standard error, and endless df."""
    with_, without = rides.mean(axis=(1, 2)) / 20
    error = np.sqrt((with_ * (1 - with_) + without * (1 - without)) / (336 * 20 * 20))
    return float(100 * (with_ - without)), float(100 * error), 1e9


@app.function
def by_hours(rides, new, block, burn_in):
    """Return effect at equal hours of the day, its standard error (clustered by block), df."""
    hour = np.arange(336)
    kept = hour % block >= burn_in
    table = pd.DataFrame({"y": per_100(rides, axis=(0, 2)), "x": new[:, 0] * 1.0})[kept]
    table = table - table.groupby(hour[kept] % 24).transform("mean")
    slope = (table["x"] @ table["y"]) / (table["x"] @ table["x"])
    score = table["x"] * (table["y"] - slope * table["x"])
    by_block = score.groupby(hour[kept] // block).sum()
    error = np.sqrt((by_block @ by_block) * len(by_block) / (len(by_block) - 1))
    return slope, error / (table["x"] @ table["x"]), len(by_block) - 1


@app.function
def by_pairs(rides, new, block, burn_in):
    """Return mean, standard error and df of the seven differences within pairs of days."""
    days = per_100(rides, axis=(0, 2)).reshape(-1, block)[:, burn_in:].mean(axis=1)
    gap = (days * (2 * new[::block, 0] - 1)).reshape(-1, 2).sum(axis=1)
    return gap.mean(), gap.std(ddof=1) / np.sqrt(len(gap)), len(gap) - 1


@app.function
def by_zones(rides, new, block, burn_in):
    """Return effect beside zone and hour, its standard error (clustered by zone-block), df."""
    kept = np.arange(336) % block >= burn_in
    y, x = per_100(rides, axis=0)[kept], new[kept] * 1.0
    y, x = (v - v.mean(axis=0) - v.mean(axis=1)[:, None] + v.mean() for v in (y, x))
    slope = np.sum(x * y) / np.sum(x * x)
    score = (x * (y - slope * x)).reshape(336 // block, -1, 20).sum(axis=1)
    return slope, np.sqrt(np.sum(score**2)) / np.sum(x * x), score.size - 1


@app.function
def by_places(rides, new, size, _):
    """Return the difference of changes from week to week, its standard error, df."""
    y = per_100(rides, axis=0)
    change = (y[168:].mean(axis=0) - y[:168].mean(axis=0)).reshape(-1, size).mean(axis=1)
    treated = new[-1].reshape(-1, size)[:, 0]
    one, other = change[treated == 1], change[treated == 0]
    spread = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    return one.mean() - other.mean(), spread, len(change) - 2


@app.function
def twelve_designs(rng):
    """Return what twelve designs say of one city: its truth, and (estimate, error, df) each."""
    asks, drivers = city(rng)
    designs = plans(rng)
    truth = per_100(dispatch(asks, drivers, 1) - dispatch(asks, drivers, 0))
    said = {
        name: analyse(dispatch(asks, drivers, new), new, block, burn_in)
        for name, (analyse, new, block, burn_in) in designs.items()
    }
    return truth, said


@app.cell
def live_cities(N_WORLDS, SEED):
    _live = [twelve_designs(worlds.rng_of(SEED, i)) for i in range(N_WORLDS)]
    live = pd.DataFrame([{n: said[0] for n, said in each.items()} for _, each in _live])
    live_truth = np.array([truth for truth, _ in _live])
    live_bias = live.sub(live_truth, axis=0).mean()
    FREEDOM = {name: said[2] for name, said in _live[0][1].items()}
    _rng = worlds.rng_of(SEED, 0)  # our city again, with its coins
    _asks, _drivers = city(_rng)
    _new = plans(_rng)["switchback 4 h"][1]
    four_new, four_rides = _new[:, 0], per_100(dispatch(_asks, _drivers, _new), axis=0)
    return FREEDOM, four_new, four_rides, live, live_bias, live_truth


@app.function(hide_code=True)
def fluid(drivers, freed=0.04):
    """Return what the A/B test says and what the city gains, rides per 100, without chance."""
    # Look at it after exercise 2.
    says = (0.46 - 0.40) * np.minimum(1, drivers * (1 + freed / 2) / 0.43)
    gains = np.minimum(0.46, drivers * (1 + freed)) - np.minimum(0.40, drivers)
    return 100 * says, 100 * gains


@app.function(hide_code=True)
def typical_error(phi, block, burn_in, effect=4.0, noise_sd=6.0, keep=0.8, hours=336):
    """Return bias, sd and typical error of a switchback whose coins, not all alike, set blocks."""
    # Look at it after exercise 3.
    level = lfilter([1 - phi], [1, -phi], np.ones(block))  # from old to new, hour by hour
    bias = effect * (level[burn_in:].mean() - 1)
    counted, tosses = np.arange(burn_in, block), hours // block
    lasting = np.mean(keep ** np.abs(counted[:, None] - counted[None, :]))
    before = (1 - phi**block) / (1 + phi**block) / 4  # variance of s where a block begins
    n_new = np.arange(1, tosses)  # blocks with the new rule: how many, and how likely
    a_block = np.average(1 / n_new + 1 / (tosses - n_new), weights=comb(tosses, n_new))
    sd = np.sqrt((noise_sd**2 * lasting + bias**2 * before) * a_block)
    return float(bias), float(sd), float(np.hypot(bias, sd))


@app.function
def contrast(new):
    """Return the weight of each hour in the difference of means, new minus old; hours last."""
    n_new = new.sum(axis=-1, keepdims=True)
    return np.where(new == 1, 1 / n_new, -1 / (new.shape[-1] - n_new))


@app.function
def t_rejects(y, new, level=0.05):
    """Return in which share of rows the usual t test of new against old rejects."""
    n_new, n = new.sum(axis=1), new.shape[1]
    gap = np.sum(contrast(new) * y, axis=1)
    y, x = (v - v.mean(axis=1, keepdims=True) for v in (y, new))
    left = y - x * gap[:, None]
    error = np.sqrt(np.sum(left**2, axis=1) / (n - 2) * (1 / n_new + 1 / (n - n_new)))
    return float(np.mean(np.abs(gap) > stdtrit(n - 2, 1 - level / 2) * error))


@app.cell(hide_code=True)
def airport_tosses(BLOCK, BURN_IN, SEED, hours):
    # Look at it after exercise 5.
    _rng, _kept = np.random.default_rng(SEED + 1), hours["hour"] % BLOCK >= BURN_IN
    _rides, _new = hours["rides"][_kept], hours["new_rule"].to_numpy()[_kept]
    redrawn = np.array([contrast(coin(_rng, BLOCK)[_kept]) @ _rides for _ in range(1_000)])
    seen_difference = contrast(_new) @ _rides
    _as_far = np.sum(np.abs(redrawn) >= abs(seen_difference) - 1e-9)
    randomisation_p = float((1 + _as_far) / 1_001)
    return randomisation_p, redrawn, seen_difference


@app.cell(hide_code=True)
def false_alarms(SEED):
    # Look at it after exercise 5.
    _rng, _rows, _quiet = np.random.default_rng(SEED + 2), [], 1_000
    _fresh = np.random.default_rng(SEED + 5).normal(0, 6, (_quiet, 336))  # noise that does not last
    for _b in (1, 2, 4, 8, 24):
        _new = np.array([coin(_rng, _b) for _ in range(_quiet)])
        _rides = noise(_rng, 0.8, 6, (_quiet, 336))
        _by_block = _rides.reshape(_quiet, -1, _b).mean(axis=2)
        _tosses = np.array([contrast(coin(_rng, _b)) for _ in range(499)])
        _seen = np.abs(np.sum(contrast(_new) * _rides, axis=1))
        _as_far = 1 + np.sum(np.abs(_rides @ _tosses.T) >= _seen[:, None], axis=1)
        _hours, _blocks = t_rejects(_rides, _new), t_rejects(_by_block, _new[:, ::_b])
        _own = float(np.mean(_as_far <= 0.05 * 500))
        _rows.append((_b, _hours, t_rejects(_fresh, _new), _blocks, _own))
    _columns = ["block", "t on hours", "same, noise fresh each hour", "t on blocks", "own coins"]
    false_alarms = pd.DataFrame(_rows, columns=_columns)
    return (false_alarms,)


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 40
    return (N_WORLDS,)


@app.cell
def knob_phi():
    PHI = 0.6
    return (PHI,)


@app.cell
def knob_block():
    BLOCK = 8
    return (BLOCK,)


@app.cell
def knob_burn_in():
    BURN_IN = 2
    return (BURN_IN,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
