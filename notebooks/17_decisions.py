import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Which arm next, and what may the log teach us?",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    from itertools import product

    import marimo as mo
    import numpy as np
    import pandas as pd
    from scipy.special import betainc, expit, ndtr, ndtri

    from helpers import checks, graphs
    from helpers.data import FOLDER
    from helpers.lessons import decisions
    from helpers.tidy import as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Which arm next, and what may the log teach us?

    A newspaper decides all day, each time among several choices (*arms*): which banner a visitor sees, whom a clerk calls, who
    gets a letter, who gets a second offer. Each decision is written into a log, and the next policy is learned from it. When can
    that log be trusted?

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait. Helper functions
    stand below the takeaways; folded ones hold answers.*
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | learn while acting, read an adaptive test, distrust a log, judge a policy from a log, add two offers |
    | Question | What would another policy have earned? |
    | Estimand | the value of a policy: the mean outcome, if it decided |
    | Design | one newspaper: a bandit, a clerk's log, a log with recorded chances, two offers in time |
    | Data | simulated, with known truth |
    | Time | core 60 minutes, optional 20; seven checked exercises |
    | Before | notebook 02 (confounders), 04 (A/B tests); 12 helps |
    """)
    return


@app.cell(hide_code=True)
def banner_heading():
    mo.md("""
    ## Four banners, ten thousand visitors

    Nobody knows which banner brings most clicks. The newspaper moves visitors to better banners while it learns.
    """)
    return


@app.cell
def first_picture(clicks):
    decisions.chart_shares(clicks)
    return


@app.cell(hide_code=True)
def read_first(last_shares):
    mo.md(f"""
    All began with a quarter. Of the last 1,000 visitors D had {percent(last_shares["D"])}.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### The rule

    A choice with a reward that one sees is an **arm**; several are a **bandit**. Believe, before any data, that each arm's rate
    is uniform between 0 and 1 clicks a visitor. After some visitors the belief is Beta(1 + clicks, 1 + visitors without a
    click). **Thompson sampling** (Thompson 1933) draws one rate from each arm's belief, and shows the arm whose draw is the
    largest. Taken for granted: rates stay, clicks come at once, and one visitor's banner does not touch another's.

    ### Exercise 1 · complete · 4 min

    Write one step: `clicks` and `shown` are arrays, one entry an arm; return the number of the arm to show next (0 for the
    first).
    """)
    return


@app.function
def next_arm(clicks, shown, rng):
    # rng.beta(a, b) draws from Beta(a, b); a and b may be arrays.
    return ...


@app.cell(hide_code=True)
def check_1(set_progress):
    check_1 = decisions.judge_1(next_arm)
    check_1.noted(1, set_progress)
    return


@app.cell(hide_code=True)
def cost_heading():
    mo.md(r"""
    ## What does learning cost?

    Let $\mu_a$ be the rate of arm $a$, $\mu^*$ the best one, and $a_t$ the arm that visitor $t$ saw. The **regret** is what
    was lost by not knowing:

    $$\text{regret} = \sum_t \bigl(\mu^* - \mu_{a_t}\bigr)$$

    In our simulation the banners bring 4, 5, 6 and 8 clicks per 100 visitors. Three rules: a test of 2,000 visitors
    (500 a banner), then its winner; **epsilon-greedy**, which shows the leading banner, and one at random to a tenth of the visitors;
    Thompson sampling, updated after each visitor.
    """)
    return


@app.cell
def regret_picture(N_WORLDS, RATES, SEED, greedy, thompson, winner_of_test):
    with mo.status.spinner("Three rules, 10,000 visitors each: about 5 s"):
        _rng = np.random.default_rng(SEED + 1)
        regret_by_world = pd.DataFrame(
            {
                "test, then the winner": winner_of_test(_rng, RATES, 500, 10_000, N_WORLDS),
                "epsilon-greedy": bandit(_rng, RATES, 10_000, N_WORLDS, greedy)[2],
                "Thompson sampling": bandit(_rng, RATES, 10_000, N_WORLDS, thompson)[2],
            }
        )
    _uniform = 10_000 * np.mean(RATES.max() - RATES)
    regret = pd.Series({"a quarter each": _uniform, **regret_by_world.mean()})
    decisions.chart_regret(regret, regret_by_world)
    return regret, regret_by_world


@app.cell(hide_code=True)
def read_regret(N_WORLDS, regret, regret_by_world):
    mo.md(f"""
    Clicks lost by each rule, mean of {N_WORLDS} worlds. Thompson sampling loses {number(regret["Thompson sampling"], 0)} (Monte Carlo error
    {number(regret_by_world["Thompson sampling"].std() / N_WORLDS**0.5, 1)}) of the {number(regret["a quarter each"], 0)} that a quarter each would.
    In one world in twenty it loses more than {number(regret_by_world["Thompson sampling"].quantile(0.95), 0)}; epsilon-greedy, {number(regret_by_world["epsilon-greedy"].quantile(0.95), 0)}.
    Neither 500 nor the tenth was searched for; a test of any size loses more than 60.
    """)
    return


@app.cell(hide_code=True)
def mean_heading():
    mo.md("""
    ## What may the report say?

    The campaign ends; somebody writes "banner D: so many clicks per 100". Is that a fair report? The smallest case: two coins,
    both with chance one half. Toss each once. The third toss goes to the one that is better so far (if they are alike, chance
    decides). Then report each coin's mean.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    mo.md("""
    ### Exercise 2 · predict · 2 min

    On average over all that may happen, is the mean of the first coin `"below"`, `"at"` or `"above"` one half: `coin_mean`? And
    the mean of the coin that ends with the better mean: `winner_mean`?
    """)
    return


@app.cell
def exercise_2_predict():
    # Two texts, each one of "below", "at", "above".
    coin_mean = ...
    winner_mean = ...
    return coin_mean, winner_mean


@app.cell(hide_code=True)
def check_2(coin_mean, set_progress, toy, winner_mean):
    check_2 = decisions.judge_2(coin_mean, winner_mean, toy)
    check_2.noted(2, set_progress)
    return (check_2,)


@app.cell
def adaptive_worlds(SEED, greedy, thompson):
    _rates, _rng, _each = np.array([0.50, 0.55]), np.random.default_rng(SEED + 2), (16_000, 2)
    _clicks, _shown, _, _weighted = bandit(_rng, _rates, 200, 16_000, greedy)
    _runs = {
        "half each": (_rng.binomial(100, _rates, _each), np.full(_each, 100)),
        "Thompson sampling": bandit(_rng, _rates, 200, 16_000, thompson)[:2],
        "epsilon-greedy": (_clicks, _shown),
        "epsilon-greedy, weighted": (_weighted, np.full(_each, 200)),
    }
    reports = pd.DataFrame({name: report(*run, _rates) for name, run in _runs.items()}).T
    return (reports,)


@app.cell(hide_code=True)
def adaptive_shown(check_2, reports):
    _table = as_table(100 * reports.rename_axis("clicks per 100"), digits=1)
    _words = mo.md(f"""
    Two banners of 50 and 55 clicks per 100, 200 visitors, 16,000 worlds (Monte Carlo error at most 0.2). **Two faults.** Both adaptive rules
    bend each mean: Thompson sampling reports A {number(-100 * reports["bias A"]["Thompson sampling"], 1)} and B
    {number(-100 * reports["bias B"]["Thompson sampling"], 1)} too low, their difference as {number(100 * reports["B minus A"]["Thompson sampling"], 1)} for a true 5 (Nie
    and others 2018; Shin and others 2019). And a winner is lucky in *any* log: half each puts it {number(100 * reports["winner's lift"]["half each"], 1)} ahead, in truth
    {number(100 * reports["its true lift"]["half each"], 1)}. **An adaptive log is good for deciding; for reporting, its plain means are not.** Weights
    by epsilon-greedy's chances (last row) mend the first fault, and worsen the second: B minus A is
    {number(100 * reports["B minus A"]["epsilon-greedy, weighted"], 1)}, the winner's lift {number(100 * reports["winner's lift"]["epsilon-greedy, weighted"], 1)}. Letters, below, are judged by weights.
    """)
    decisions.after(check_2, mo.vstack([_table, _words]))
    return


@app.cell(hide_code=True)
def clerk_heading():
    mo.md("""
    ## A clerk who hears the mood

    Some subscribers are at risk of leaving. For years a clerk has called about half of them, and each month's log says who was called and
    who left. Half of those at risk are angry, each month anew, and the clerk *hears* it; nobody writes it down. He calls the angry with chance
    *c*, the others with chance 1 − *c*.
    """)
    return


@app.cell
def clerk_graph():
    _arrows = [("mood", "called"), ("mood", "left"), ("called", "left")]
    clerk_graph = graphs.dag(_arrows, treatment="called", outcome="left", hidden=["mood"])
    clerk_graph.draw()
    return


@app.cell(hide_code=True)
def losses_note():
    mo.md(r"""
    A call helps both moods. Without one, a subscriber in good mood leaves with chance 0.10, an angry one with 0.60; after a call
    0.05 and 0.40. So calling everybody, $do(\text{call})$, changes the chance to leave by
    $(0.05 + 0.40)/2 - (0.10 + 0.60)/2 = -0.125$. The log compares other people with other people:

    $$P(\text{left} \mid \text{called}) - P(\text{left} \mid \text{not called}) = 0.85\, c - 0.55$$

    Move *c* below: from where on does the log say that calls harm?
    """)
    return


@app.cell
def clerk_slider():
    angry_called = decisions.slider_clerk()
    return (angry_called,)


@app.cell
def clerk_picture(angry_called, losses, losses_if_done):
    _chart = decisions.chart_clerk(angry_called.value, losses, losses_if_done)
    decisions.below(_chart, angry_called)
    return


@app.cell(hide_code=True)
def read_clerk_picture():
    mo.md("""
    At *c* = 0.5 the clerk does not heed the mood, and his log says what *do* says. The more often he calls the angry, the more his log
    blames the call; the truth does not move.
    """)
    return


@app.cell
def clerk_month(SEED, clerk):
    clerk_log = clerk(np.random.default_rng(SEED + 3), 100_000, 0.9)
    _left = left_by_call(clerk_log)
    clerk_contrast = _left["mean"][1] - _left["mean"][0]
    clerk_error = np.sqrt((_left["var"] / _left["size"]).sum())
    as_table(_left[["mean", "size"]], digits=3)
    return clerk_contrast, clerk_error, clerk_log


@app.cell(hide_code=True)
def read_clerk(clerk_contrast, clerk_error):
    mo.md(f"""
    Our clerk has *c* = 0.9. Where he decides, those he called left {signed(clerk_contrast, 3)} more often (standard error
    {number(clerk_error, 3)}): the wrong sign, and chance cannot explain it. **More rows that he decided repair nothing**: they make the
    wrong number more precise.
    """)
    return


@app.cell(hide_code=True)
def learned_heading():
    mo.md(r"""
    ## What a policy learns from the clerk

    A subscriber is calm, at risk or gone; who is gone brings nothing. Each month brings 10 euros while he stays; a call costs 2; next month counts 0.95.
    A calm one is at risk next month with chance 0.2; one at risk leaves with chance $\ell_a$, where $a$ is 1 for a call, or stays, calm or at
    risk with half a chance each. The **value** of a state is all that is still to come, by the best action:

    $$V_{\text{risk}} = \max_a \Bigl[ 10 - 2a + 0.95\,(1 - \ell_a)\, \tfrac12 (V_{\text{calm}} + V_{\text{risk}}) \Bigr]$$

    $$V_{\text{calm}} = 10 + 0.95\,(0.8\, V_{\text{calm}} + 0.2\, V_{\text{risk}})$$

    **Dynamic programming** repeats these two lines until they stand still.
    """)
    return


@app.function
def best_policy(loss, calls=(0, 1)):
    """Return the best action at risk and the values (calm, at risk), euros; loss by action."""
    calm = risk = 0.0
    for _ in range(1_000):
        stays = (calm + risk) / 2
        options = {a: 10 - 2 * a + 0.95 * (1 - loss[a]) * stays for a in calls}
        calm, risk = 10 + 0.95 * (0.8 * calm + 0.2 * risk), max(options.values())
    return max(options, key=options.get), np.array([calm, risk])


@app.cell
def worth_picture(habit, losses, losses_if_done):
    _learned, _promise = best_policy(losses(0.9))
    _best, _value = best_policy(losses_if_done)
    policy_value = float(best_policy(losses_if_done, calls=[_learned])[1][1])
    best_value, promised_value = float(_value[1]), float(_promise[1])
    habit_value = float(habit(0.9)[1])
    decisions.chart_worth(promised_value, policy_value, habit_value, best_value)
    return best_value, habit_value, policy_value, promised_value


@app.cell(hide_code=True)
def read_worth(best_value, habit_value, policy_value, promised_value):
    mo.md(f"""
    Learned from the log, exactly and without noise, the policy is "never call". It promises {number(promised_value)} euros for each subscriber at risk
    and is worth {number(policy_value)}. The clerk's own habit is worth {number(habit_value)}; calling all at risk, {number(best_value)}.
    **At *c* = 0.9 the learned policy is worse than the one it learned from.**
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · fix · 4 min

    A colleague hands `clerk_log` to the planner. Its columns: `called`; `by_coin`, true in the one case of ten, drawn by lot, in
    which a coin was tossed about the call; `left`. Assumed: a call does the same whoever chose it (consistency), and nothing to
    others (no interference). Repair her code, so that `loss` gives the chance to leave without and with a call, if *everybody*
    were treated so.
    """)
    return


@app.cell
def exercise_3_fix(clerk_log):
    # The colleague's code.
    _left = clerk_log.groupby("called")["left"].mean()
    _colleague = (_left[0], _left[1])
    loss = ...
    return (loss,)


@app.cell(hide_code=True)
def check_3(clerk_log, loss, losses_if_done, set_progress):
    check_3 = decisions.judge_3(loss, clerk_log, best_policy, losses_if_done)
    check_3.noted(3, set_progress)
    return


@app.cell(hide_code=True)
def letters_heading():
    mo.md(r"""
    ## Judging a policy from a log

    Four kinds of readers, three letters. The program sends the first letter, but with chance 0.05 it picks one of the three at
    random; kind, letter, its chance and the answer are in the log. What would *another* policy $\pi$ have earned: for each kind
    $x$ the letter best in truth? Its value is the readers' mean answer $R$:

    $$V(\pi) = \sum_x P(x)\; E[R \mid x, do(\pi(x))]$$

    Asked: a letter does the same whoever chose it (consistency), kind and coin alone decide about it (exchangeability), each letter
    of $\pi$ has a chance above zero (positivity), and none touches another reader (no interference).
    """)
    return


@app.cell
def letters_log(EPS, SEED, letters):
    logged = letters(np.random.default_rng(SEED + 4), 2_000, EPS)
    as_table(logged.head(4))
    return (logged,)


@app.cell(hide_code=True)
def question_4():
    mo.md("""
    ### Exercise 4 · complete · 4 min

    The log took its action with chance `propensity`; the new policy would take the same one with chance `target`. Let each row
    count as often as the new policy would have met it. Return two estimates of the new policy's mean reward: `ips` (**inverse
    propensity scoring**), right on average over logs; and `snips` (self-normalised), which stays between the smallest and the
    largest reward.
    """)
    return


@app.function
def off_policy(reward, target, propensity):
    # Three arrays, one entry a row of the log.
    return ...


@app.cell(hide_code=True)
def check_4(set_progress):
    check_4 = decisions.judge_4(off_policy)
    check_4.noted(4, set_progress)
    return


@app.cell(hide_code=True)
def robust_note():
    mo.md(r"""
    A model of rewards, $\hat m(x, a)$, can help. **Doubly robust** (DR; Dudík and others 2011): let the model say what the new policy $\pi$ earns,
    and mend its errors by weighted rows ($x$ kind, $a$ letter, $r$ answer, 0 or 1; $w$ the weight of exercise 4; $n$ rows):

    $$\text{DR} = \frac1n \sum_i \Bigl[ \hat m(x_i, \pi(x_i)) + w_i \bigl( r_i - \hat m(x_i, a_i) \bigr) \Bigr], \qquad
    n_{\text{eff}} = \frac{(\sum_i w_i)^2}{\sum_i w_i^2}$$

    IPS and SNIPS ask that the recorded chance is the true one; DR, in large logs, that the chance or the model is right. All ask for consistency,
    positivity and no interference. Our model is additive in kind and letter, and wrong. The **effective number** of rows says how many the weights leave.
    """)
    return


@app.cell
def letter_answers(BEST, KINDS, REWARDS, logged):
    ips, snips, dr, effective_n, ips_error = policy_estimates(logged, BEST)
    letter_value = float(KINDS @ REWARDS[np.arange(4), BEST])
    model_value = float(KINDS @ additive(logged)[np.arange(4), BEST])
    log_mean = float(logged["reward"].mean())
    _rows = {"truth": letter_value, "the log's own mean": log_mean, "model alone": model_value}
    answers = pd.Series({**_rows, "IPS": ips, "SNIPS": snips, "DR": dr}, name="answers a letter")
    as_table(answers.to_frame().rename_axis("policy's value"), digits=3)
    return effective_n, ips, ips_error, letter_value, model_value


@app.cell(hide_code=True)
def read_answers(ips, ips_error, letter_value, model_value):
    mo.md(f"""
    Truth {number(letter_value, 3)}; IPS says {number(ips, 3)} in our one log (94 % confidence interval {number(ips - decisions.Z * ips_error, 3)} to
    {number(ips + decisions.Z * ips_error, 3)}), the model alone {number(model_value, 3)}. Over many logs IPS is right on average. The model is not: it goes to
    0.213, however many the rows, as its form is wrong.
    """)
    return


@app.cell
def randomness_slider():
    at_random = decisions.slider_random()
    return (at_random,)


@app.cell
def randomness_picture(at_random, exact_spread, gain):
    _chances = np.array([0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1])
    _curve = [exact_spread(chance)[0] for chance in _chances]
    _here = exact_spread(at_random.value)
    decisions.below(
        decisions.chart_random(_chances, _curve, at_random.value, *_here, gain()), at_random
    )
    return


@app.cell(hide_code=True)
def read_letters(EPS, effective_n, exact_spread):
    mo.md(f"""
    Of the 2,000 rows of our log {number(effective_n, 0)} count (on average {number(exact_spread(EPS)[2], 0)}): one log may err by more than the gain.
    **Unbiased is not enough: ask how many rows count.** How much chance makes half the interval shorter than the gain?
    """)
    return


@app.cell
def letters_study():
    study = pd.read_csv(FOLDER / "decisions_study.csv")
    letters_table = decisions.scores(study, "letters")
    as_table(letters_table.drop(index="0.2", level=0), digits=4)
    return letters_table, study


@app.cell(hide_code=True)
def read_letters_study(letter_value, letters_table):
    mo.md(f"""
    2,000 logs a row (`data/decisions_study.py`); "covers": how often the 94 % confidence interval holds the truth. SNIPS:
    {percent(letters_table["covers"][("0.02", "SNIPS")])} with 2 %: nothing invents rows. DR, fitted to the same log:
    {number((letter_value - letters_table["mean"][("0.05", "DR")]) / letters_table["Monte Carlo error"][("0.05", "DR")], 1)} Monte Carlo errors low at 5 %.
    """)
    return


@app.cell(hide_code=True)
def offers_heading():
    mo.md(r"""
    ## Two offers in time

    In spring a coin decides who gets a first offer, `A0`. Then the newspaper looks at the hours read, `L`, and makes a second
    offer, `A1`, more often to those who read little. In the end: `Y`, euros a year (in formulas $A_0$, $L$, $A_1$, $Y$). What do both
    offers bring, against none?
    """)
    return


@app.cell
def offers_graph():
    _arrows = [("A0", "L"), ("taste", "L"), ("L", "A1"), ("L", "Y"), ("A1", "Y"), ("taste", "Y")]
    offers_graph = graphs.dag(_arrows, treatment="A0", outcome="Y", hidden=["taste"])
    offers_graph.draw()
    return


@app.cell(hide_code=True)
def dilemma():
    mo.md(r"""
    Asked for is a mean over all readers, $Y_{a_0 a_1}$ being what one would bring under these offers:

    $$E[Y_{11}] - E[Y_{00}]$$

    Assumed: consistency, no interference, offers by chance given what stands before them here (**sequential exchangeability**), and none that
    was certain (positivity). Without `L`, the second offer is confounded: those who read little get it. *With* `L` in the regression, the first offer's way
    through `L` is cut, and `L` is a collider of the first offer and a taste for reading that nobody measured. **Neither of these
    two regressions answers for both offers.**
    """)
    return


@app.cell
def readers(SEED):
    offers = two_offers(np.random.default_rng(SEED + 5), 2_000)
    _fit = least_squares(offers["Y"], offers[["A0", "A1", "L"]])
    coefficient = dict(zip(["A0", "A1", "L"], _fit[0][1:].tolist(), strict=True))
    _hours = offers.groupby("A0")["L"].mean()
    hours_moved = float(_hours[1] - _hours[0])
    _row = {**coefficient, "hours moved by A0": hours_moved}
    as_table(pd.DataFrame([_row], index=["Y on A0, A1, L"]).rename_axis("regression"))
    return coefficient, hours_moved, offers


@app.cell(hide_code=True)
def question_5():
    mo.md("""
    ### Exercise 5 · complete · 3 min

    If the lines are straight, and hours are all that decides about `A1`, the regression's coefficients *are* right about two things:
    what `A1` adds at a given `L`, and what predicts `Y` at a given `A0`, `A1` and `L`. Predict `Y` with both offers and without any,
    letting `L` go where `A0` sends it: `both_minus_none`, euros a year, from `coefficient` (keys `"A0"`, `"A1"`, `"L"`) and `hours_moved`.
    """)
    return


@app.cell
def exercise_5_complete():
    # What changes between nobody offered and both offered?
    both_minus_none = ...
    return (both_minus_none,)


@app.cell(hide_code=True)
def check_5(both_minus_none, coefficient, hours_moved, offers, set_progress):
    check_5 = decisions.judge_5(both_minus_none, coefficient, hours_moved, offers["L"].mean())
    check_5.noted(5, set_progress)
    return (check_5,)


@app.cell(hide_code=True)
def formula_heading():
    mo.md(r"""
    ## The g-formula: in the order of time

    The **g-formula** (Robins 1986) predicts in the order of time, each step given what came before, and sets the offers on the way:

    $$E[Y_{a_0 a_1}] = \sum_l E[Y \mid a_0, l, a_1]\; P(l \mid a_0)$$

    For hours the sum is an integral (with straight lines, exercise 5). It needs the assumptions of the beginning, and right models of $Y$ and
    $L$. Weights need a right model of $A_1$ in their place, and offers that add up: each reader counts
    $P(A_1 \mid A_0) / P(A_1 \mid A_0, L)$ times.
    """)
    return


@app.cell
def offer_answers(SEED, check_5, offers):
    _none, _both = (
        two_offers(np.random.default_rng(SEED + 5), 2_000, a0=a, a1=a)["Y"] for a in (0, 1)
    )
    true_both = float((_both - _none).mean())  # do: the same readers twice
    offers_table = four_answers(offers)
    _chart = decisions.chart_offers(offers_table, true_both)
    decisions.after(check_5, _chart, "picture", exercise=5)
    return offers_table, true_both


@app.cell(hide_code=True)
def read_offers(check_5, offers_table, true_both):
    decisions.after(
        check_5,
        mo.md(f"""
        In truth both offers bring {number(true_both, 0)} euros a year. The *same* coefficients say
        {signed(offers_table["mean"]["regression with L"], 1)} as a sum, and {signed(offers_table["mean"]["g-formula"], 1)} when `L`
        goes where `A0` sends it. **When you contrast both offers with none, never leave fixed what the first has moved.**
        """),
        "reading",
        exercise=5,
    )
    return


@app.cell(hide_code=True)
def offers_study(check_5, study, true_both):
    offers_scores = decisions.scores(study, "offers")
    _words = mo.md(f"""
    2,000 worlds for each strength with which reading decides the second offer. At 0.8 the weights' interval covers
    {percent(offers_scores["covers"][("0.8", "weights")])}: its error takes fitted weights for known ones, and is too wide. At 1.5 some readers hardly ever get
    the offer: the weights say {number(offers_scores["mean"][("1.5", "weights")], 1)} on average for a true {number(true_both, 0)}, with a standard deviation of
    {number(offers_scores["sd"][("1.5", "weights")], 1)}, and cover {percent(offers_scores["covers"][("1.5", "weights")])}. The g-formula nearly keeps its precision, as long as its straight
    lines are right.
    """)
    _table = as_table(offers_scores.drop(index="regression without L", level=1))
    decisions.after(check_5, mo.vstack([_table, _words]), "table", exercise=5)
    return


@app.cell(hide_code=True)
def turn_heading():
    mo.md("""
    ## Your turn: may a new rule decide?

    A learning app helps pupils in one of three ways (`action` 0, 1, 2). `lessons` has 12,000 rows: pupil's `level` (0, 1, 2),
    `action`, `propensity`, `solved`, and `by`, who chose the action: a tutor in the room, or the app by a draw. `propensity` is noted
    by the app at its draw; for tutors it is the share of that action at that level.

    ### Exercise 6 · build · 5 min

    The new rule would take action `RULE[level]`. Give `answer = (value, lower, upper)`: the share of tasks solved under the new rule, with a
    94 % confidence interval (1.881 standard errors to each side).
    """)
    return


@app.cell
def exercise_6_build(SEED):
    lessons = app_lessons(SEED)
    RULE = np.array([2, 2, 1])
    answer = ...
    return RULE, answer, lessons


@app.cell(hide_code=True)
def check_6(RULE, answer, lessons, set_progress):
    check_6 = decisions.judge_6(answer, lessons, RULE)
    check_6.noted(6, set_progress)
    return


@app.cell(hide_code=True)
def takeaways(best_value, habit_value, policy_value, regret):
    mo.md(f"""
    ## Takeaways: what may the log teach us?

    1. **Act while you learn**: Thompson sampling lost {number(regret["Thompson sampling"], 0)} clicks where a quarter each loses
       {number(regret["a quarter each"], 0)}, with four banners, 10,000 visitors and rates that stay.
    2. **Then do not report its plain means**: how often an arm is shown, and which one wins, depends on luck. Recorded chances can mend
       the first.
    3. **A log misleads where the decider acted on more than it holds.** At *c* = 0.9 the policy learned is worth {number(policy_value)}, the clerk
       {number(habit_value)}, the best {number(best_value)}.
    4. **Toss some coins, and record each chance.** Then a log can judge another policy whose actions all had one, as far as its effective
       rows go.
    5. **Two decisions in time need two steps**: predict in the order of time, or weight. Both need all that moved the second offer and the outcome.
    """)
    return


@app.function
def bandit(rng, rates, visitors, n_worlds, rule):
    """Return clicks, shown, regret (clicks), clicks over chance; by world and, but regret, by arm."""
    clicks, shown, weighted = np.zeros((3, n_worlds, len(rates)))
    regret, row = np.zeros(n_worlds), np.arange(n_worlds)
    for _ in range(visitors):
        arm, chance = rule(rng, clicks, shown)
        click = rng.random(n_worlds) < rates[arm]
        clicks[row, arm] += click
        weighted[row, arm] += click / chance
        shown[row, arm] += 1
        regret += rates.max() - rates[arm]
    return clicks, shown, regret, weighted


@app.function(hide_code=True)
def belief(clicks, shown):
    """Return the two numbers of each arm's Beta belief, from a uniform prior; shapes as given."""
    return 1 + clicks, 1 + shown - clicks


@app.cell(hide_code=True)
def rules():
    def thompson(rng, clicks, shown):
        """Return the next arm in each world, by one draw from each arm's belief; chance not noted."""
        return rng.beta(*belief(clicks, shown)).argmax(axis=1), np.nan

    def greedy(rng, clicks, shown, epsilon=0.1):
        """Return the arm with the best mean (1 where unseen), or one at random, and its chance."""
        mean = np.where(shown > 0, clicks / np.maximum(shown, 1), 1.0)
        best = mean == mean.max(axis=1, keepdims=True)
        chance = epsilon / mean.shape[1] + (1 - epsilon) * best / best.sum(axis=1, keepdims=True)
        arm = (rng.random((len(mean), 1)) < chance.cumsum(axis=1)).argmax(axis=1)
        return arm, chance[np.arange(len(mean)), arm]

    def winner_of_test(rng, rates, each, visitors, n_worlds):
        """Return the regret of a test with `each` visitors an arm, then its winner, in clicks."""
        size, gap = (n_worlds, len(rates)), rates.max() - rates
        winner = (rng.binomial(each, rates, size) + rng.random(size) / 2).argmax(axis=1)
        return each * gap.sum() + (visitors - each * len(rates)) * gap[winner]

    return greedy, thompson, winner_of_test


@app.function
def chance_best(clicks, shown):
    """Return each arm's chance to have the largest rate, by its Beta belief on a fine grid."""
    grid = np.linspace(0, 1, 4_001)[:, None]
    below = betainc(*belief(clicks, shown), grid)
    mass, others = np.diff(below, axis=0), (below[1:] + below[:-1]) / 2
    lead = [
        (mass[:, a] * np.delete(others, a, axis=1).prod(axis=1)).sum() for a in range(len(clicks))
    ]
    return np.array(lead) / np.sum(lead)


@app.function
def campaign(rng, rates, batches, size):
    """Return a frame of visitors: Thompson sampling, updated after each batch of `size`."""
    clicks, shown = np.zeros((2, len(rates)))
    parts = []
    for _ in range(batches):
        chance = chance_best(clicks, shown)
        arm = rng.choice(len(rates), size, p=chance)
        click = (rng.random(size) < rates[arm]).astype(int)
        np.add.at(shown, arm, 1)
        np.add.at(clicks, arm, click)
        parts.append(pd.DataFrame({"arm": arm, "click": click, "propensity": chance[arm]}))
    log = pd.concat(parts, ignore_index=True)
    log.insert(0, "visitor", np.arange(1, len(log) + 1))
    return log


@app.cell
def newspaper(RATES, SEED):
    clicks = campaign(np.random.default_rng(SEED + 9), RATES, 100, 100)
    _last = clicks["arm"].tail(1_000).value_counts(normalize=True)
    last_shares = {name: float(_last.get(arm, 0)) for arm, name in enumerate("ABCD")}
    return clicks, last_shares


@app.function
def report(clicks, shown, rates):
    """Return what a report says on average: the arms' bias, the difference, the winner's lift."""
    mean, row = clicks / np.maximum(shown, 1), np.arange(len(clicks))
    first = mean.argmax(axis=1)
    lift = mean[row, first] - mean[row, 1 - first]
    true_lift = rates[first] - rates[1 - first]
    bias_a, bias_b = (mean - rates).mean(axis=0)
    return {
        "bias A": bias_a,
        "bias B": bias_b,
        "B minus A": (mean[:, 1] - mean[:, 0]).mean(),
        "winner's lift": lift.mean(),
        "its true lift": true_lift.mean(),
    }


@app.cell(hide_code=True)
def two_coins():
    # Look at it after exercise 2.
    toy = {"coin": -0.5, "winner": -0.5}  # what remains after 1/2 is taken off
    for _a, _b, _third, _tie in product((0, 1), repeat=4):
        _first = _a > _b or (_a == _b and _tie == 0)  # the third toss goes to the first coin
        _mean = ((_a + _third) / 2, _b) if _first else (_a, (_b + _third) / 2)
        toy["coin"] += _mean[0] / 16
        toy["winner"] += max(_mean) / 16
    return (toy,)


@app.cell
def clerk_world():
    # Chance to leave: mood (good, angry; half each) x call (no, yes).
    LEAVE = np.array([[0.10, 0.05], [0.60, 0.40]])
    losses_if_done = tuple(LEAVE.mean(axis=0))  # do(no call), do(call)

    def clerk(rng, n, c):
        """Return a log of subscribers at risk: called, by_coin, left; the mood is not in it."""
        angry, by_coin = rng.random(n) < 0.5, rng.random(n) < 0.1
        chance = np.where(by_coin, 0.5, np.where(angry, c, 1 - c))
        called = (rng.random(n) < chance).astype(int)
        left = (rng.random(n) < LEAVE[angry.astype(int), called]).astype(int)
        return pd.DataFrame({"called": called, "by_coin": by_coin, "left": left})

    def calls(c):
        """Return the share of each mood (rows: good, angry) and call (columns: no, yes)."""
        return np.array([[c, 1 - c], [1 - c, c]]) / 2

    def losses(c):
        """Return the chance to leave in the clerk's log: of those not called, of those called."""
        return tuple((calls(c) * LEAVE).sum(axis=0) / calls(c).sum(axis=0))

    def habit(c):
        """Return the values (calm, at risk), euros, of the clerk's own habit: a linear system."""
        stays = 0.95 * (1 - (calls(c) * LEAVE).sum()) / 2
        system = np.array([[1 - 0.95 * 0.8, -0.95 * 0.2], [-stays, 1 - stays]])
        return np.linalg.solve(system, [10, 10 - 2 * calls(c)[:, 1].sum()])

    return clerk, habit, losses, losses_if_done


@app.function(hide_code=True)
def left_by_call(log):
    """Return mean, variance and number of `left`, by call, in the rows that the clerk decided."""
    return log[~log["by_coin"]].groupby("called")["left"].agg(["mean", "var", "size"])


@app.cell
def letter_world():
    KINDS = np.array([0.4, 0.3, 0.2, 0.1])  # shares of four kinds of readers
    # Answers a letter: kind x letter.
    REWARDS = np.array([[30, 20, 10], [10, 30, 20], [20, 10, 40], [25, 25, 25]]) / 100
    BEST = REWARDS.argmax(axis=1)

    def letters(rng, n, eps):
        """Return a log: the first letter, or with chance eps one of the three at random."""
        context, random = rng.choice(4, n, p=KINDS), rng.random(n) < eps
        action = np.where(random, rng.integers(0, 3, n), 0)
        chance = eps / 3 + (1 - eps) * (action == 0)
        reward = (rng.random(n) < REWARDS[context, action]).astype(int)
        return pd.DataFrame(
            {"context": context, "action": action, "reward": reward, "propensity": chance}
        )

    def exact_spread(eps, n=2_000):
        """Return the sd of IPS, the largest weight, and n over the mean squared weight."""
        chance = eps / 3 + (1 - eps) * (BEST == 0)
        best = REWARDS[np.arange(4), BEST]
        variance = KINDS @ (best / chance) - (KINDS @ best) ** 2
        return np.sqrt(variance / n), 1 / chance.min(), n / (KINDS @ (1 / chance))

    def gain(eps=0.05):
        """Return what the best policy earns more than the log, answers a letter."""
        log = (1 - eps) * REWARDS[:, 0] + eps * REWARDS.mean(axis=1)
        return float(KINDS @ (REWARDS[np.arange(4), BEST] - log))

    return BEST, KINDS, REWARDS, exact_spread, gain, letters


@app.function
def additive(log):
    """Return rewards (4 kinds, 3 letters) by a model that adds kind and letter: least squares."""
    design = np.column_stack(
        [np.ones(len(log))]
        + [log["context"] == k for k in (1, 2, 3)]
        + [log["action"] == a for a in (1, 2)]
    ).astype(float)
    b = np.linalg.lstsq(design, log["reward"].to_numpy(float), rcond=None)[0]
    return b[0] + np.array([0, *b[1:4]])[:, None] + np.array([0, *b[4:]])


@app.function(hide_code=True)
def policy_estimates(log, rule):
    """Return IPS, SNIPS, DR (Dudík and others 2011; answers a letter), effective rows, IPS's error.

    log: columns context, action, reward, propensity; rule: action by context, shape (kinds,).
    """
    context, action, reward = (log[k].to_numpy() for k in ("context", "action", "reward"))
    w = (action == rule[context]) / log["propensity"].to_numpy()
    model = additive(log)
    mended = model[context, rule[context]] + w * (reward - model[context, action])
    weighted, rows = w * reward, w.sum() ** 2 / (w @ w)
    error = weighted.std(ddof=1) / np.sqrt(len(log))
    found = weighted.mean(), weighted.sum() / w.sum(), mended.mean(), rows, error
    return tuple(map(float, found))


@app.function
def two_offers(rng, n, slope=0.8, a0=None, a1=None):
    """Return A0 by coin, L hours, A1 by hours, or do(a0, a1); Y euros a year; taste is left out."""
    taste, coin = rng.normal(size=n), rng.integers(0, 2, n)
    a0 = coin if a0 is None else np.full(n, a0)
    hours = a0 + taste + rng.normal(size=n)
    by_hours = (rng.random(n) < expit(0.4 - slope * hours)).astype(int)
    a1 = by_hours if a1 is None else np.full(n, a1)
    euros = 20 + 4 * hours + 6 * a1 + 5 * taste + rng.normal(0, 5, n)
    return pd.DataFrame({"A0": a0, "L": hours, "A1": a1, "Y": euros})


@app.function
def least_squares(y, x, weight=None):
    """Return coefficients (intercept first) and their covariance: robust where weights are given."""
    y, x = np.asarray(y, float), np.column_stack([np.ones(len(y)), x])
    w = np.ones(len(y)) if weight is None else weight
    inverse = np.linalg.inv((x * w[:, None]).T @ x)
    b = inverse @ (x * w[:, None]).T @ y
    residual = y - x @ b
    if weight is None:
        return b, inverse * (residual @ residual) / (len(y) - x.shape[1])
    score = x * (w * residual)[:, None]
    return b, inverse @ score.T @ score @ inverse


@app.function
def chance_of(a, x):
    """Return the fitted chance of what was done: logistic regression of `a` on x (Newton)."""
    x = np.column_stack([np.ones(len(a)), x])
    b = np.zeros(x.shape[1])
    for _ in range(12):
        p = expit(x @ b)
        b = b + np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (a - p))
    return np.where(a == 1, expit(x @ b), 1 - expit(x @ b))


@app.function(hide_code=True)
def four_answers(offers):
    """Return both offers minus none, euros a year, by four methods: mean and error of each.

    g-formula: Robins (1986); offers: columns A0, L, A1, Y.
    """
    offered, hours, y = offers[["A0", "A1"]], offers["L"], offers["Y"]
    plain, with_l = least_squares(y, offered), least_squares(y, offers[["A0", "A1", "L"]])
    moved = least_squares(hours, offers["A0"])
    a0, a1 = offers["A0"].to_numpy(), offers["A1"].to_numpy()
    w = chance_of(a1, a0) / chance_of(a1, offers[["A0", "L"]])
    path = np.array([0, 1, 1, moved[0][1]])  # what changes between none and both
    rows = {}
    for name, (b, cov), k in (
        ("regression without L", plain, np.array([0, 1, 1])),
        ("regression with L", with_l, np.array([0, 1, 1, 0])),
        ("g-formula", with_l, path),
        ("weights", least_squares(y, offered, w), np.array([0, 1, 1])),
    ):
        rows[name] = b @ k, np.sqrt(k @ cov @ k)
    extra = with_l[0][3] ** 2 * moved[1][1, 1]  # L's move is estimated too
    rows["g-formula"] = rows["g-formula"][0], np.hypot(rows["g-formula"][1], np.sqrt(extra))
    return pd.DataFrame(rows, index=["mean", "se"]).T


@app.function(hide_code=True)
def app_lessons(seed):
    """Return lessons of pupils: level, action, propensity, solved, by (9,000 tutor, 3,000 app)."""
    rng, n = np.random.default_rng(seed + 6), 12_000
    level, lost = rng.integers(0, 3, n), rng.random(n) < 0.5  # the tutor sees who is lost
    app = np.arange(n) >= 9_000
    by_tutor = np.where(lost[:, None], [0.05, 0.15, 0.8], [0.7, 0.2, 0.1])
    drawn = np.array([[0.6, 0.2, 0.2], [0.3, 0.3, 0.4], [0.2, 0.7, 0.1]])[level]
    chance = np.where(app[:, None], drawn, by_tutor)
    action = (rng.random(n)[:, None] > chance.cumsum(axis=1)).sum(axis=1)
    helped = np.array([[0.0, 0.1, 0.3], [0.0, 0.1, 0.25], [0.0, 0.25, 0.0]])[level, action]
    solved = (rng.random(n) < 0.25 + 0.1 * level + 0.3 * ~lost + helped).astype(int)
    frame = pd.DataFrame({"level": level, "action": action, "solved": solved})
    share = frame[~app].groupby("level")["action"].value_counts(normalize=True)
    seen = share.reindex(pd.MultiIndex.from_arrays([level, action])).to_numpy()
    frame.insert(2, "propensity", np.where(app, chance[np.arange(n), action], seen).round(4))
    return frame.assign(by=np.where(app, "app", "tutor"))


@app.cell(hide_code=True)
def arms_heading():
    mo.md("""
    ## Arms that feel the intent · optional

    Two machines, a gambler who is drunk or not, lamps that blink or not: four states, equally likely. The table of payouts is
    from Bareinboim, Forney & Pearl (2015); machines are built to exploit the machine that the gambler would *by himself* choose, his
    **intent**. Columns of `PAYOUT` are states; `INTENT` names the machine that he would choose in each.
    """)
    return


@app.cell
def gamblers(SEED, thompson):
    PAYOUT = np.array([[0.10, 0.50, 0.40, 0.20], [0.50, 0.10, 0.20, 0.40]])
    INTENT = np.array([0, 1, 1, 0])
    _rng, _world, _rows = np.random.default_rng(SEED + 7), np.arange(400), {}
    for _name in ("follow the intent", "Thompson sampling", "Thompson, given the intent"):
        _clicks, _shown, _paid = *np.zeros((2, 400, 2, 2)), []
        for _ in range(1_000):
            _state = _rng.integers(0, 4, 400)
            _intent = INTENT[_state]
            _case = _intent if "given" in _name else 0 * _intent
            _arm, _ = thompson(_rng, _clicks[_world, _case], _shown[_world, _case])
            _arm = _intent if "follow" in _name else _arm
            _clicks[_world, _case, _arm] += _rng.random(400) < PAYOUT[_arm, _state]
            _shown[_world, _case, _arm] += 1
            _paid.append(PAYOUT[_arm, _state].mean())
        _rows[_name] = {"last 200 plays": np.mean(_paid[-200:]), "regret": 450 - np.sum(_paid)}
    intents = pd.DataFrame(_rows).T.rename_axis("payout a play")
    as_table(intents, digits=3)
    return (intents,)


@app.cell(hide_code=True)
def read_intents(intents):
    mo.md(f"""
    1,000 plays, 400 worlds. The log of free choices pays 0.15 on either machine, a trial 0.30 on either; the machine that one did
    *not* intend pays 0.45. Thompson sampling that hears the intent earns {number(intents["last 200 plays"].iloc[2], 3)} a play, the same rule without it
    {number(intents["last 200 plays"].iloc[1], 3)}. **The intent is a context**: a measurement that a plain trial throws away.
    """)
    return


@app.cell(hide_code=True)
def worth_heading():
    mo.md(r"""
    ## What is a test worth? · optional

    A launch may bring $\delta$ million euros. Belief: $\delta \sim N(0.1, 0.5)$ (mean, standard deviation). One user's result, scaled to the
    whole launch, has a standard deviation of 20 million euros, so that a test with $n$ users on each side measures $\delta$ with standard deviation
    $20 \sqrt{2/n}$; a user costs 20 euros. Without a test one launches, and expects 0.1. A perfect test is worth

    $$\text{EVPI} = E[\max(\delta, 0)] - \max(E[\delta], 0)$$

    For a normal $X$ with mean $m$ and sd $s$, $E[\max(X, 0)] = m\,\Phi(m/s) + s\,\phi(m/s)$: `mean_above_zero(m, s)` below.
    """)
    return


@app.cell(hide_code=True)
def question_7():
    mo.md("""
    ### Exercise 7 · build · 4 min

    Before the test one does not know what the posterior mean will be. It has mean 0.1, and a variance by which the posterior's variance
    is *smaller* than the prior's. Write `evsi`: what a test with `n` users a side is worth, million euros, before its price.
    """)
    return


@app.function
def mean_above_zero(m, s):
    """Return the mean of max(X, 0), X normal with mean m and standard deviation s."""
    return m * ndtr(m / s) + s * np.exp(-((m / s) ** 2) / 2) / np.sqrt(2 * np.pi)


@app.function
def evsi(n):
    # The prior's variance is 0.5**2, the test's 2 * 20**2 / n.
    return ...


@app.cell(hide_code=True)
def check_7(set_progress):
    check_7 = decisions.judge_7(evsi)
    check_7.noted(7, set_progress)
    return (check_7,)


@app.cell
def sizes(check_7, size_table):
    decisions.after(check_7, as_table(size_table.rename_axis("million euros"), digits=3))
    return


@app.cell(hide_code=True)
def read_sizes(best_n, best_net, evpi):
    mo.md(f"""
    A perfect test is worth {number(evpi(), 4)} million. The best size is about {number(best_n, 0)} a side, and brings {number(best_net, 3)} million net.
    **Power answers another question**: it asks how surely a given effect is seen (two-sided, level 5 %), and neither what a user
    costs nor what an error costs.
    """)
    return


@app.cell(hide_code=True)
def stop_heading():
    mo.md(r"""
    ## When may one stop? · optional

    Daily looks, 28 days at most; a day's result has a standard deviation of 1.5 around $\delta$, and the prior is $\delta \sim N(0, 0.5)$ (mean, sd), euros a visitor. Stop as
    soon as $P(\delta > 0)$ is above 0.95 or below 0.05, and claim. 20,000 worlds: effects drawn from the prior, or the same effect in all.
    """)
    return


@app.function
def stopped_worlds(rng, delta, days=28):
    """Return a frame of worlds that stop early or not: chance, posterior mean and sd, raw mean."""
    k = np.arange(1, days + 1)
    raw = rng.normal(delta[:, None], 1.5, (len(delta), days)).cumsum(axis=1) / k
    precision = 1 / 0.5**2 + k / 1.5**2
    mean, sd = raw * (k / 1.5**2) / precision, 1 / np.sqrt(precision)
    chance = ndtr(mean / sd)
    out = (chance > 0.95) | (chance < 0.05)
    day = np.where(out.any(axis=1), out.argmax(axis=1), days - 1)
    at = np.arange(len(delta)), day
    values = {"chance": chance[at], "mean": mean[at], "sd": sd[day], "raw": raw[at]}
    return pd.DataFrame({"truth": delta, "claims": out[at], **values})


@app.cell
def stopping(SEED):
    _rng, _n, _rows = np.random.default_rng(SEED + 8), 20_000, {}
    for _name, _delta in (
        ("from the prior", _rng.normal(0, 0.5, _n)),
        ("always 0", np.zeros(_n)),
        ("always 0.3", np.full(_n, 0.3)),
    ):
        _end = stopped_worlds(_rng, _delta)
        _claim, _won = _end[_end["claims"]], _end[_end["chance"] > 0.95]
        _rows[_name] = {
            "claims": len(_claim) / _n,
            "true claims": np.mean((_claim["chance"] > 0.5) == (_claim["truth"] > 0)),
            "winners: posterior": _won["mean"].mean(),
            "truth": _won["truth"].mean(),
            "raw mean": _won["raw"].mean(),
        }
    stops = pd.DataFrame(_rows).T.rename_axis("effect")
    stops.loc["always 0", "true claims"] = np.nan  # neither sign is true
    as_table(stops, digits=3)
    return (stops,)


@app.cell(hide_code=True)
def read_stops(stops):
    mo.md(f"""
    With effects from the prior, {percent(stops["true claims"].iloc[0], 1)} of the claims are true, and winners' posterior mean is right on average; their raw mean
    is nearly twice the truth. With no effect at all there is a claim in {percent(stops["claims"].iloc[1], 1)} of worlds; with 0.3 in all, winners' posterior says
    {signed(stops["winners: posterior"].iloc[2], 3)}. **"Bayes needs no correction" is true on average over the prior, and false at a chosen effect.**
    """)
    return


@app.cell(hide_code=True)
def best_size():
    # Look at it after exercise 7.
    def evpi(m=0.1, s=0.5):
        """Return what a perfect test is worth, million euros, by the prior's mean and sd."""
        return mean_above_zero(m, s) - max(m, 0)

    _n = np.arange(10, 200_000, 2)
    _spread = 0.5 / np.sqrt(1 + 2 * 20**2 / (_n * 0.5**2))
    _net = mean_above_zero(0.1, _spread) - 0.1 - 2 * _n * 20e-6
    best_n, best_net = int(_n[_net.argmax()]), float(_net.max())
    _level, _power = 0.05, 0.80  # two-sided
    _seen = 20 * (ndtri(1 - _level / 2) + ndtri(_power))
    _sizes = {f"80 % power at {effect}": round(2 * (_seen / effect) ** 2) for effect in (0.5, 0.1)}
    size_table = pd.DataFrame({"n a side": {"best": best_n, **_sizes}})
    size_table["price"] = 2 * size_table["n a side"] * 20e-6
    return best_n, best_net, evpi, size_table


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=7)
    return


@app.cell(hide_code=True)
def references():
    mo.md("""
    ### References

    - Bareinboim, E., Forney, A., & Pearl, J. (2015). Bandits with unobserved confounders: a causal approach. *Advances in Neural
      Information Processing Systems*, 28.
    - Dudík, M., Langford, J., & Li, L. (2011). Doubly robust policy evaluation and learning. *Proceedings of the 28th
      International Conference on Machine Learning*.
    - Nie, X., Tian, X., Taylor, J., & Zou, J. (2018), on means of adaptive logs (the title answers exercise 2). *Proceedings of the 21st
      International Conference on Artificial Intelligence and Statistics*. arXiv:1708.01977.
    - Robins, J. (1986). A new approach to causal inference in mortality studies with a sustained exposure period: application
      to control of the healthy worker survivor effect. *Mathematical Modelling*, 7(9–12), 1393–1512.
      [doi:10.1016/0270-0255(86)90088-6](https://doi.org/10.1016/0270-0255(86)90088-6)
    - Shin, J., Ramdas, A., & Rinaldo, A. (2019). Are sample means in multi-armed bandits positively or negatively biased?
      *Advances in Neural Information Processing Systems*, 32. arXiv:1905.11397.
    - Thompson, W. R. (1933). On the likelihood that one unknown probability exceeds another in view of the evidence of two
      samples. *Biometrika*, 25(3–4), 285–294. [doi:10.1093/biomet/25.3-4.285](https://doi.org/10.1093/biomet/25.3-4.285)

    ### Knobs

    All that is simulated here follows from `SEED`; the stored study has its own. `N_WORLDS`: campaigns for each rule. `RATES`:
    the banners' clicks a visitor. `EPS`: the chance of a random letter.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def knob_n_worlds():
    N_WORLDS = 300
    return (N_WORLDS,)


@app.cell
def knob_chances():
    RATES, EPS = np.array([0.04, 0.05, 0.06, 0.08]), 0.05
    return EPS, RATES


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
