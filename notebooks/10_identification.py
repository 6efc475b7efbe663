import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="Can this question be answered at all?",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    from itertools import product

    import marimo as mo
    import numpy as np
    import pandas as pd

    from helpers import checks, graphs, worlds
    from helpers.data import FOLDER, load_schooling
    from helpers.lessons import identification
    from helpers.simulate import LinearWorld
    from helpers.tidy import as_table, hdi, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # Can this question be answered at all?

    A shop gives free advice. Customers who took more of it spent more. The owner asks: what does an hour of advice bring us? Before any model comes another question: can what we know answer hers? Here you learn to say *yes, by this route*, *only for these people*, *only between these two numbers*, or *no*.

    *Click into a cell to edit it; Ctrl+Enter (Cmd+Enter) runs it. Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card_shown():
    mo.md("""
    | | |
    |:--|:--|
    | You will be able to | find the route from a graph and a question to an answer, test it where it can be tested, and say what is left when there is none |
    | Question | What does one hour more of advice do to spending? What is a year of school worth? |
    | Estimand | the mean change of the outcome per unit of `do(treatment)`, and for whom |
    | Design | routes in a graph: backdoor, front door, instrument; else bounds |
    | Data | a simulated shop with known truth; 3,010 men and where they lived in 1966 (Card 1995) |
    | Time | core 60 minutes, optional 30; six checked exercises |
    | Before | notebook 02: confounders, colliders, adjustment sets |
    """)
    return


@app.cell(hide_code=True)
def shop_heading():
    mo.md("""
    ## Customers who got more advice spent more
    """)
    return


@app.cell
def shop_picture(customers, naive):
    identification.chart_shop(customers, *naive)
    return


@app.cell(hide_code=True)
def read_picture(naive, true_effect):
    mo.md(f"""
    The line rises by **{number(naive[0])}** (€ 100 per hour). We built this shop: an hour of advice brings **{number(true_effect, 0)}** (€ 100) a year. Apart from chance, the rest is `income`: well-off customers ask for more advice *and* spend more.
    """)
    return


@app.cell(hide_code=True)
def shop_note():
    mo.md("""
    ### The shop as a program

    | Variable | Meaning | Unit |
    |:--|:--|:--|
    | `income`, `age` | of the customer | sd from the mean |
    | `advice` | free advice taken this year: the treatment | hours |
    | `spend` | this year's spending: the outcome | € 100 |
    | `last_year` | last year's spending, before any advice | € 100 |
    | `reviews` | written at the end of the year | reviews |
    | `invited`, `voucher` | dealt out by coins, used later | 0 or 1 |
    """)
    return


@app.function
def shop_world(hours=0, own_path=0):
    """Return the shop. A coin brings `hours` of advice; an invitation sells `own_path` (€ 100) more."""
    arrows = {("advice", "spend"): 1, ("income", "advice"): 0.8, ("income", "spend"): 1.5}
    arrows |= {("age", "spend"): 0.5, ("income", "last_year"): 1.5, ("age", "last_year"): 0.5}
    arrows |= {("advice", "reviews"): 1, ("spend", "reviews"): 1, ("invited", "spend"): own_path}
    arrows |= {("invited", "advice"): hours, ("voucher", "advice"): hours}
    return LinearWorld(arrows, {"advice": 5, "spend": 15, "last_year": 20, "reviews": -20})


@app.function
def open_shop(n, seed, hours=0, own_path=0, *, bent=False):
    """Return a year of n customers; `bent`: income acts by its square, not along a line."""
    world, coins = shop_world(hours, own_path), np.random.default_rng([seed, 1])
    deal = {name: coins.integers(0, 2, n) for name in ("invited", "voucher")}
    year = world.sample(n, seed, do=deal)
    if bent:
        push = (year["income"].to_numpy() ** 2 - 1) / np.sqrt(2)
        year = world.sample(n, seed, do={**deal, "income": push}).assign(income=year["income"])
    return year


@app.cell
def shop(SEED):
    shop = shop_world()
    true_effect = shop.total_effect("advice", "spend")  # € 100 per hour
    customers = open_shop(1_000, SEED)
    naive = slope_of(customers, "spend", "advice")
    return customers, naive, shop, true_effect


@app.function
def slope_of(frame, outcome, treatment, given=(), by=None):
    """Return the slope of outcome on treatment at equal `given`, and its standard error.

    `by` names an instrument: then only what it moves in the treatment counts.
    """
    y, t, z = (np.asarray(frame[name], float) for name in (outcome, treatment, by or treatment))
    fixed = np.stack([np.ones(len(y)), *(np.asarray(frame[name], float) for name in given)], axis=1)
    own = z - fixed @ np.linalg.lstsq(fixed, z)[0]  # what `given` leaves of it
    slope = own @ y / (own @ t)
    rest = y - slope * t
    rest -= fixed @ np.linalg.lstsq(fixed, rest)[0]
    variance = rest @ rest / (len(y) - fixed.shape[1] - 1)
    return float(slope), float(np.sqrt(variance * (own @ own)) / abs(own @ t))


@app.cell(hide_code=True)
def estimand():
    mo.md(r"""
    ### The question, written down

    Let $Y_i(t)$ be what customer $i$ would spend if her hours of advice were **set** to $t$. We ask, over all customers (here a straight line, the same at every $t$), for

    $$\tau = E[Y_i(t+1) - Y_i(t)] = \frac{d}{dt}\,E[Y \mid do(t)]$$

    The record shows $E[Y \mid t]$, *seeing*. To get from one to the other takes **consistency** (one kind of advice), **no interference** (nobody spends because of another's advice), **positivity** (any customer might take any hours), and a graph.
    """)
    return


@app.cell
def shop_graph(shop):
    _arrows = [edge for edge, weight in shop.coefficients.items() if weight]
    shop_graph = graphs.dag(_arrows, treatment="advice", outcome="spend")
    shop_graph.draw("The shop: what causes what")
    return (shop_graph,)


@app.cell(hide_code=True)
def question_1():
    mo.md("""
    ### Exercise 1 · fix · 4 min

    A colleague held fixed all that the file knows about a customer, "to be on the safe side". Her number is far from the truth. Mend her list, then give the slope that it leads to as `mended`, in € 100 per hour.
    """)
    return


@app.cell
def exercise_1_fix():
    # slope_of(...)[0] is the slope, slope_of(...)[1] its standard error.
    _controls = ["income", "age", "last_year", "reviews"]
    mended = ...
    return (mended,)


@app.cell(hide_code=True)
def check_1(customers, mended, set_progress):
    check_1 = identification.judge_1(mended, customers)
    check_1.noted(1, set_progress)
    return (check_1,)


@app.cell(hide_code=True)
def steps_heading():
    mo.md(r"""
    ## Four steps, by hand and by machine

    1. **Model**: draw the graph: what you know and assume.
    2. **Identify**: turn $E[Y \mid do(t)]$ into something that the record holds. Needs the graph, and no data.
    3. **Estimate**: now data, a method, an error.
    4. **Refute**: try to break it.

    A question is **identified** if any two worlds with this graph and the same record have the same answer; step 2 finds its formula. Where it is not, more of the same data never gives the number; it sharpens bounds at best.
    """)
    return


@app.cell(hide_code=True)
def by_hand(customers, shop_graph):
    # Look at it after exercise 1.
    routes = shop_graph.adjustment_sets()  # step 2: the smallest sets that close every backdoor
    by_hand = slope_of(customers, "spend", "advice", given=sorted(routes[0]))  # step 3
    return by_hand, routes


@app.cell
def by_machine(SEED, customers, shop_graph):
    with identification.quietly():  # DoWhy 0.14 warns about its own code
        import networkx as nx
        from dowhy import CausalModel

        _model = CausalModel(customers, "advice", "spend", graph=nx.DiGraph(shop_graph.edges))
        _found = _model.identify_effect(proceed_when_unidentifiable=True)
        _how = {"method_name": "backdoor.linear_regression", "effect_modifiers": []}  # else: age
        estimate = _model.estimate_effect(_found, **_how)
        _by = {"placebo_type": "permute", "num_simulations": 10, "random_seed": SEED}
        dowhy_placebo = _model.refute_estimate(_found, estimate, "placebo_treatment_refuter", **_by)
    return CausalModel, dowhy_placebo, estimate, nx


@app.cell(hide_code=True)
def read_steps(by_hand, check_1, dowhy_placebo, estimate, routes):
    _read = mo.md(rf"""
    One set is enough, $\{{$`{", ".join(routes[0])}`$\}}$, and the **estimand** in symbols is the backdoor formula:

    $$E[Y \mid do(t)] = \sum_{{w}} E[Y \mid t, \text{{income}} = w]\, P(w)$$

    By hand: {number(by_hand[0], 4)} ± {number(by_hand[1], 4)} (standard error). DoWhy (Sharma & Kiciman 2020) finds the same set and the same slope, {number(estimate.value, 4)}. Its *placebo* shuffles the treatment: {number(dowhy_placebo.new_effect, 2)} is left. What would it have said of a wrong answer?
    """)
    identification.after(check_1, _read, "reading")
    return


@app.cell(hide_code=True)
def graphs_heading():
    mo.md("""
    ## Eight graphs, three routes

    In each graph: what does `t` do to `y`? Dashed nodes are hidden.

    - **Backdoor**: hold some seen nodes fixed (perhaps none, never an effect of `t`), and every non-causal path is blocked.
    - **Front door**: a seen node carries *all* of the effect; nothing confounds `t` with it; and `t` blocks every backdoor from it to `y`.
    - **Instrument**: a seen node goes with `t`, and once the arrows into `t` are cut, nothing open leads from it to `y` (nothing held fixed). This alone gives bounds at best; a number needs one assumption more, below.
    """)
    return


@app.cell
def eight():
    def asked(arrows, hidden=""):
        edges, _ = graphs.parse_edges(arrows.replace("; ", "\n"))
        return graphs.dag(edges, treatment="t", outcome="y", hidden=hidden.split())

    eight = {
        "fork": asked("x -> t -> y; x -> y"),
        "collider": asked("t -> y -> x; t -> x"),
        "mediator": asked("t -> m -> y"),
        "relay": asked("t -> m -> y; t <- u -> y", hidden="u"),
        "M": asked("a -> t -> y <- b -> x <- a", hidden="a b"),
        "lever": asked("z -> t -> y; t <- u -> y", hidden="u"),
        "bow": asked("t -> y; t <- u -> y", hidden="u"),
        "napkin": asked("w -> z -> t -> y; w <- u1 -> t; w <- u2 -> y", hidden="u1 u2"),
    }
    identification.draw_graphs(eight, 4, 0.65)
    return (eight,)


@app.cell(hide_code=True)
def question_2():
    mo.md("""
    ### Exercise 2 · predict · 5 min

    Which route answers each graph? Give the first of `"backdoor"`, `"front door"`, `"instrument"` that fits, or `"none"`. Answer before you read on.
    """)
    return


@app.cell
def exercise_2_predict():
    my_routes = dict.fromkeys(
        ["fork", "collider", "mediator", "relay", "M", "lever", "bow", "napkin"], ...
    )
    return (my_routes,)


@app.cell(hide_code=True)
def check_2(identified, my_routes, set_progress):
    check_2 = identification.judge_2(my_routes, identified)
    check_2.noted(2, set_progress)
    return (check_2,)


@app.cell(hide_code=True)
def question_3():
    mo.md("""
    ### Exercise 3 · complete · 4 min

    A branch does not know incomes; its advice works only by filling the `basket` with other things. The front door is two questions that each have a backdoor answer: what does advice do to the basket, and the basket to spending? Along a path of straight lines, effects multiply. Complete `front_door(slope)`: it gets a function `slope(outcome, on=..., given=[...])` of this record and returns the effect of advice on spending, € 100 per hour.
    """)
    return


@app.cell
def branch():
    def branch_world(direct=0, leak=0):
        arrows = {("income", "advice"): 1, ("advice", "basket"): 0.8, ("advice", "spend"): direct}
        arrows |= {("basket", "spend"): 1.25, ("income", "spend"): 1.5, ("income", "basket"): leak}
        return LinearWorld(arrows, {"advice": 5, "basket": 6, "spend": 10})

    direct = mo.ui.slider(-1, 1, 0.25, value=0, show_value=True, label="advice → spend (€ 100)")
    leak = mo.ui.slider(-1, 1, 0.25, value=0, show_value=True, label="income → basket")
    _arrows = [edge for edge, weight in branch_world().coefficients.items() if weight]
    _roles = {"treatment": "advice", "outcome": "spend", "hidden": ["income"]}
    graphs.dag(_arrows, **_roles).draw("The branch: income is hidden")
    return branch_world, direct, leak


@app.cell
def exercise_3_complete(branch_world):
    def front_door(slope):
        first = slope("basket", on="advice")  # nothing confounds the two
        return ...

    as_table(pd.DataFrame({"effect": [identification.called(front_door, branch_world().slope)]}))
    return (front_door,)


@app.cell(hide_code=True)
def check_3(branch_world, front_door, set_progress):
    check_3 = identification.judge_3(front_door, branch_world)
    check_3.noted(3, set_progress)
    return (check_3,)


@app.cell
def front_shown(branch_world, direct, front_door, leak):
    _world = branch_world(direct.value, leak.value)
    _naive, _truth = _world.slope("spend", on="advice"), _world.total_effect("advice", "spend")
    _yours = identification.called(front_door, _world.slope)  # as if the record had no end
    identification.show_front(_naive, _yours, _truth, [direct, leak])
    return


@app.cell(hide_code=True)
def read_front(branch_world, check_3, front_door):
    _read = mo.md(f"""
    Your formula, with endless data, against the truth. **Break it**: let advice also sell by itself (0.5), and the formula still says {number(identification.called(front_door, branch_world(0.5).slope))} where the truth is {number(branch_world(0.5).total_effect("advice", "spend"), 2)}. Let income fill baskets (0.5), and it is too high. The record looks as tidy as before: the two arrows that must be absent are knowledge, not statistics.
    """)
    identification.after(check_3, _read, "reading", exercise=3)
    return


@app.cell
def criteria():
    def front_doors(graph):
        for m in set(graph.observed) - {"t", "y"}:
            first = graphs.dag(graph.edges, treatment="t", outcome=m, hidden=graph.hidden)
            second = graphs.dag(graph.edges, treatment=m, outcome="y", hidden=graph.hidden)
            around = graphs.dag([edge for edge in graph.edges if m not in edge], nodes="ty")
            if around.do("t").independent("t", "y") and first.is_adjustment_set([]):
                yield from [m] * second.is_adjustment_set(["t"])

    def instruments(graph):
        cut = graphs.dag([edge for edge in graph.edges if edge[1] != "t"], nodes=graph.nodes)
        for z in set(graph.observed) - {"t", "y"}:
            if not graph.independent(z, "t") and cut.independent(z, "y"):
                yield z

    return front_doors, instruments


@app.cell
def identified(eight, front_doors, instruments):
    identified = pd.DataFrame(
        {
            "graph": name,
            "backdoor": identification.sets(graph.adjustment_sets()),
            "front_door": ", ".join(front_doors(graph)) or "no",
            "instrument": ", ".join(instruments(graph)) or "no",
        }
        for name, graph in eight.items()
    )
    return (identified,)


@app.cell
def identified_shown(check_2, identified):
    _read = mo.md("Six have a route, `mediator` two; *bow* and *napkin* have none of the three.")
    identification.after(check_2, mo.vstack([as_table(identified), _read]), "table", exercise=2)
    return


@app.cell(hide_code=True)
def refuters_heading():
    mo.md("""
    ## What do refuters see?

    Four of DoWhy's refuters, by hand, each one change to the analysis:

    | Refuter | Change | Should give |
    |:--|:--|:--|
    | placebo | shuffle the treatment | 0 |
    | random cause | hold a column of noise fixed too | the same |
    | subset | keep 80 % of the customers | the same |
    | dummy outcome | replace the outcome by noise | 0 |
    """)
    return


@app.cell(hide_code=True)
def question_4():
    mo.md("""
    ### Exercise 4 · predict · 3 min

    An analyst holds fixed `age` alone, because `income` is **hidden** from her; with endless data her slope is 1.73. Which of the four refuters will notice, in more than one world of ten? Give a set of their names.
    """)
    return


@app.cell
def exercise_4_predict():
    # A set, as large or as small as you like, such as {"placebo", "subset"}.
    noticing = ...
    return (noticing,)


@app.cell(hide_code=True)
def check_4(noticing, set_progress):
    check_4 = identification.judge_4(noticing)
    check_4.noted(4, set_progress)
    return (check_4,)


@app.function(hide_code=True)
def designs():
    """Return seven analyses: the kind of year, and what the analyst does with it."""
    all_seen, coin = {"given": ["income", "age"]}, {"given": ["age"], "by": "invited"}
    return {
        "sound": ({}, all_seen),
        "income hidden": ({}, {"given": ["age"]}),
        "collider held fixed": ({}, {"given": ["income", "age", "reviews"]}),
        "wrong curve": ({"bent": True}, all_seen),
        "coin, strong": ({"hours": 1}, coin),
        "coin, weak": ({"hours": 0.1}, coin),
        "coin, own path": ({"hours": 1, "own_path": 0.6}, coin),
    }


@app.function
def refuter_verdicts(year, analysis, slope, rng, n_runs=100):
    """Return which refuters say "refuted": p < .05, DoWhy's two-sided p of 100 runs."""

    def again(changed, **change):
        return slope_of({**year, **changed}, "spend", "advice", **{**analysis, **change})[0]

    runs, n = [], len(year["spend"])
    moved = {"advice", analysis.get("by", "advice")}  # DoWhy moves an instrument along
    more = [*analysis["given"], "noise"]
    for _ in range(n_runs):
        order, noise = rng.permutation(n), rng.normal(size=n)
        kept = {name: values[order[: 4 * n // 5]] for name, values in year.items()}
        placebo = again({name: year[name][order] for name in moved})
        runs.append([placebo, again({"noise": noise}, given=more)])
        runs[-1] += [again(kept), again({"spend": noise})]
    above = (np.array(runs) > [0, slope, slope, 0]).mean(axis=0)
    p = 2 * np.minimum(above, 1 - above)
    return dict(zip(identification.REFUTERS, p < 0.05, strict=True))


@app.function(hide_code=True)
def other_verdicts(year, given, by=None):
    """Return which statements of the analysis fail (p < .05, F < 10); only those that apply."""

    def far(slope, error):
        return abs(slope) > 1.96 * error

    found = {"last year's spend": far(*slope_of(year, "last_year", "advice", given, by))}
    if by:
        one, two = (slope_of(year, "spend", "advice", given, coin) for coin in (by, "voucher"))
        push, error = slope_of(year, "advice", by, given)
        found["first-stage F < 10"] = (push / error) ** 2 < 10
        found["two coins agree"] = far(one[0] - two[0], np.hypot(one[1], two[1]))
        return found
    square = {**year, "square": year[given[0]] ** 2}
    found["square adds nothing"] = far(*slope_of(square, "spend", "square", ["advice", *given]))
    if "income" in given:
        cause = "reviews" if "reviews" in given else "income"  # her graph makes it a cause
        found["age goes its own way"] = far(*slope_of(year, cause, "age"))
    return found


@app.function
def audit(rng):
    """Return one world: seven analyses, and which checks speak up in each."""
    rows = []
    for name, (kind, analysis) in designs().items():
        frame = open_shop(1_000, int(rng.integers(2**31)), **kind)
        year = {name: column.to_numpy() for name, column in frame.items()}
        slope, _ = slope_of(year, "spend", "advice", **analysis)
        found = refuter_verdicts(year, analysis, slope, rng) | other_verdicts(year, **analysis)
        said = {check: int(speaks) for check, speaks in found.items()}
        rows.append({"design": name, "estimate": round(slope, 4), **said})
    return rows


@app.cell(hide_code=True)
def audit_note(check_4):
    _read = mo.md("""
    ### Seven analyses, checked in 200 worlds

    A check needs a statement that can fail (`data/refuters_study.csv` holds the worlds; two run again). The first three are of the **graph**:

    - **negative control** (Lipsitch et al. 2010): given her controls, `advice` does not predict `last_year`, which must share the hidden cause and not move `advice` itself;
    - **age goes its own way**: causes that her graph leaves apart are uncorrelated;
    - for a coin: a second coin **agrees** (where the effect is the same for all);
    - **square adds nothing** to a line that is straight in her first control; a first-stage **F of 10** or more is a custom about strength.
    """)
    identification.after(check_4, _read, "note")
    return


@app.cell
def study(SEED, check_4):
    study = pd.read_csv(FOLDER / "refuters_study.csv")
    refuter_matrix = study.groupby("design", sort=False)[identification.CHECKS].mean()
    with mo.status.spinner("Auditing two of the worlds again ..."):
        live = worlds.repeat(audit, 2, SEED)
    stored_refuted, live_refuted = (f[identification.REFUTERS].to_numpy() for f in (study, live))
    identification.after(check_4, identification.chart_matrix(refuter_matrix))
    return live_refuted, refuter_matrix, stored_refuted


@app.cell(hide_code=True)
def read_matrix(check_4, live_refuted, refuter_matrix, stored_refuted):
    _read = mo.md(f"""
    {number(stored_refuted.size, 0)} verdicts of the four refuters, {number(stored_refuted.sum(), 0)} of them "refuted", all by the subset on the weak coin. Here, {number(live_refuted.sum(), 0)} of {number(live_refuted.size, 0)}. The negative control finds the hidden income in {percent(refuter_matrix["last year's spend"]["income hidden"])} of worlds, and errs in {percent(refuter_matrix["last year's spend"]["sound"], 1)} where all is sound. No check finds every fault; the four take the graph as given.
    """)
    identification.after(check_4, _read, "reading")
    return


@app.cell(hide_code=True)
def coin_heading(kinds):
    mo.md(f"""
    ## A coin that only encourages

    Next year's plan: income stays hidden, and the shop invites half of its customers, by coin, to one long session. Each customer **takes** it or not, and **comes back** next year or not. What does the session do to coming back? In truth {percent(kinds["share"][0])} always take it, {percent(kinds["share"][2])} never, the rest only if invited.

    Three assumptions make the coin an **instrument** (Angrist, Imbens & Rubin 1996): *independence* (nothing moves the coin and also treatment or outcome), *relevance* (it moves the treatment), *exclusion* (it reaches the outcome by the session alone). A fourth gives a number: *monotonicity* (nobody would take it only if not invited). Then who takes it uninvited always does, who refuses invited never does; the rest cannot be named.
    """)
    return


@app.function
def record_of(kinds):
    """Return what an endless record shows: among those with one coin, the share of each result."""
    rows = []
    for invited, took, back in product((0, 1), repeat=3):
        takers = ["always takes it", "only if invited"][: 1 + invited]
        chance = kinds["back_with"] if took else kinds["back_without"]
        chance = chance if back else 1 - chance
        who = kinds["kind"].isin(takers) == bool(took)
        rows.append((invited, took, back, (kinds["share"] * chance)[who].sum()))
    return pd.DataFrame(rows, columns=["invited", "took", "back", "share"])


@app.cell
def coin_record(kinds):
    record = record_of(kinds)
    means = record[["took", "back"]].mul(record["share"], axis=0).groupby(record["invited"]).sum()
    _share = record.pivot_table("share", "took", "back", aggfunc="sum")
    naive_back = float((_share[1] / _share.sum(axis=1)).diff()[1])
    as_table(means, digits=3)
    return means, naive_back, record


@app.cell(hide_code=True)
def question_5(naive_back):
    mo.md(f"""
    ### Exercise 5 · complete · 5 min

    Those who took it come back more often, by {signed(naive_back)}: part of that is who they are. From `means`, the table above (who took it and came back, by `invited`), compute the effect of the session that the coin shows, `coin_effect`, and say whose effect it is, `whom`: `"all customers"`, `"those who took it"` or `"those whom the coin moved"`.
    """)
    return


@app.cell
def exercise_5_complete(means):
    _more = means.loc[1] - means.loc[0]  # what an invitation changes: took, back
    coin_effect = ...
    whom = ...
    return coin_effect, whom


@app.cell(hide_code=True)
def check_5(coin_effect, kinds, means, set_progress, whom):
    check_5 = identification.judge_5(coin_effect, whom, kinds, means)
    check_5.noted(5, set_progress)
    return (check_5,)


@app.cell(hide_code=True)
def card_heading():
    mo.md(r"""
    ## What is a year of school worth?

    3,010 men, in 1976. The worry: a hidden `ability` keeps boys in school, and is paid. We ask for $E[Y(s) - Y(s-1)]$, log wage by year $s$ of school, at equal age. Card (1995): near a four-year **college** a boy studies longer. Given race, region and city: does the place pay by schooling alone?
    """)
    return


@app.cell
def men():
    men = load_schooling().assign(
        log_wage=lambda man: np.log(man["wage"]),
        experience=lambda man: man["age"] - man["education_years"] - 6,
        experience_2=lambda man: man["experience"] ** 2,
        age_2=lambda man: man["age"] ** 2,
    )
    _place, _home = ["black", "city", "south"], ["city_1966", "south_1966"]
    CONTROLS = {
        "nothing": [],
        "equal experience": ["experience", "experience_2", *_place],
        "and home in 1966": ["experience", "experience_2", *_place, *_home],
        "equal age": ["age", "age_2", *_place, *_home],
        "age, home in 1966 only": ["age", "age_2", "black", *_home],
    }
    return CONTROLS, men


@app.cell
def card_graph():
    _arrows = "near_college -> education_years <- ability -> log_wage <- region -> near_college"
    _arrows += "; region -> education_years -> experience -> log_wage <- education_years"
    _edges, _ = graphs.parse_edges(_arrows.replace("; ", "\n"))
    _roles = {"treatment": "education_years", "outcome": "log_wage", "hidden": ["ability"]}
    _graph = graphs.dag(_edges, adjusted=["region"], **_roles)
    _graph.draw("Card's graph, and one arrow more: schooling → experience").style({"zoom": "0.77"})
    return


@app.cell(hide_code=True)
def late_note(check_5):
    _read = mo.md(r"""
    Exercise 5 in symbols, for a treatment of yes or no: where the four hold, the ratio of two differences is the **local average treatment effect** (LATE), on the **compliers**, whom the coin moved:

    $$\frac{E[Y \mid Z=1] - E[Y \mid Z=0]}{E[T \mid Z=1] - E[T \mid Z=0]} = E[Y(1) - Y(0) \mid T(1) > T(0)]$$

    With years of school it is a mean **per year** (Angrist & Imbens 1995), over boys whom a college nearby *moved* past year $s$:

    $$\beta = \sum_s w_s\, E[Y(s) - Y(s-1) \mid T(1) \ge s > T(0)]$$

    with weights $w_s$ in proportion to $P(T(1) \ge s > T(0))$.
    """)
    identification.after(check_5, _read, "reading", exercise=5)
    return


@app.cell
def card_rows(CONTROLS, men):
    def returns(held):
        ols, ols_se = slope_of(men, "log_wage", "education_years", held)
        two_stage, se = slope_of(men, "log_wage", "education_years", held, by="near_college")
        push, push_se = slope_of(men, "education_years", "near_college", held)
        row = {"ols": ols, "ols_se": ols_se, "two_stage": two_stage, "se": se}
        ends = (two_stage + sign * identification.Z * se for sign in (-1, 1))
        return row | {"f": (push / push_se) ** 2} | dict(zip(["lower", "upper"], ends, strict=True))

    card = pd.DataFrame({"controls": name, **returns(held)} for name, held in CONTROLS.items())

    def heard(effect):  # standard errors of what the college says of the rest of the wage
        rest = {**men, "rest": men["log_wage"] - effect * men["education_years"]}
        return np.divide(*slope_of(rest, "rest", "near_college", CONTROLS["equal age"]))

    ar_age = [e for e in np.arange(-0.2, 0.5, 0.002) if abs(heard(e)) < identification.Z]
    identification.chart_card(card)
    return ar_age, card


@app.cell(hide_code=True)
def read_card(card):
    mo.md(rf"""
    With experience held fixed (row 2), least squares says {number(card["ols"][1], 3)} in log wage a year, the instrument {number(card["two_stage"][1], 3)} ({number(card["lower"][1], 3)} to {number(card["upper"][1], 3)}): a mean per year, if the four assumptions hold and the mean of `near_college` is linear in the controls. The first-stage F is {number(card["f"][1], 1)}. Not yet our question.
    """)
    return


@app.cell(hide_code=True)
def which_question(ar_age, card):
    mo.md(f"""
    ### Which question?

    `experience` is age − schooling − 6: schooling *causes* it. So {number(card["two_stage"][2], 3)} (row 3) aims at a year of school at equal **experience**, a direct effect. **But** held fixed, this child of a collider links college and `ability` again.

    At equal **age**, the choice that a boy of 18 has, it is {number(card["two_stage"][3], 3)}, with a 94 % confidence interval from {number(card["lower"][3], 3)} to {number(card["upper"][3], 3)}: it holds zero. F is {number(card["f"][3], 1)}, just past the custom of 10; the interval of Anderson and Rubin (1949), right at any first-stage strength if the instrument is valid: {number(ar_age[0], 3)} to {number(ar_age[-1], 3)}.

    **When was it measured?** `city` and `south` of 1976 come after school as well; half of the men were 18 or older in 1966. With its home alone it is {number(card["two_stage"][4], 3)}, {number(card["lower"][4], 3)} to {number(card["upper"][4], 3)}.
    """)
    return


@app.cell
def second_looks(CONTROLS, CausalModel, men, nx):
    _tested = men.dropna(subset=["iq"])  # a score that the school reported
    iq_raw = slope_of(_tested, "iq", "near_college")
    iq_given, _se = slope_of(_tested, "iq", "near_college", CONTROLS["age, home in 1966 only"][2:])
    iq_ends = [iq_given + sign * identification.Z * _se for sign in (-1, 1)]
    schooling = men.groupby(men["iq"].notna())["education_years"].mean()  # years
    _into = [*CONTROLS["equal experience"], "near_college", "ability"]
    _arrows = [(cause, "education_years") for cause in _into]
    _arrows += [(c, "log_wage") for c in [*_into, "education_years"] if c != "near_college"]
    with identification.quietly():  # it warns that ability is hidden, which we know
        _asked = CausalModel(men, "education_years", "log_wage", graph=nx.DiGraph(_arrows))
        _found = _asked.identify_effect(proceed_when_unidentifiable=True)
        dowhy_iv = _asked.estimate_effect(_found, method_name="iv.instrumental_variable").value
    return dowhy_iv, iq_ends, iq_given, iq_raw, schooling


@app.cell(hide_code=True)
def read_second_looks(dowhy_iv, iq_ends, iq_given, iq_raw, men, schooling):
    mo.md(f"""
    - **A negative control.** Of the {number(men["iq"].count(), 0)} men with a test score, those from near a college have {signed(iq_raw[0], 1)} points of IQ ({number(iq_raw[0] / iq_raw[1], 1)} standard errors): the raw ratio is suspect. At equal race and home of 1966 it is {signed(iq_given, 1)} (94 % confidence interval {signed(iq_ends[0], 1)} to {signed(iq_ends[1], 1)}): weak comfort, for three reasons: the interval holds nearly all of the raw difference; school may move a score; and the {percent(men["iq"].isna().mean())} without one left school early (mean {number(schooling[False], 1)} years, the others {number(schooling[True], 1)}).
    - **DoWhy, asked the same**, gives {number(dowhy_iv, 4)}, the raw ratio of row 1: its estimator by instrument (0.14) uses no covariates. Draw region → college, as we must, and it finds no instrument.
    """)
    return


@app.cell(hide_code=True)
def bounds_heading():
    mo.md("""
    ## When the answer is no: bounds

    The owner wants to send *all* her customers to the session. That is the average effect, and the coin alone does not show it. But every customer is one of a few **types**, by what she would do and what would come of it. Search all mixtures of types that show the record: the smallest and the largest mean effect are the **bounds**.
    """)
    return


@app.function
def extremes(types, seen):
    """Return the smallest and largest mean effect among mixtures of types that show the record.

    types: rows with y0, y1 (back without, with the session); seen: pairs (who shows it, share).
    """
    from scipy.optimize import linprog

    gain = (types["y1"] - types["y0"]).to_numpy(float)
    who, share = (np.array(each, float) for each in zip(*seen, strict=True))
    return tuple(sign * linprog(sign * gain, A_eq=who, b_eq=share).fun for sign in (1, -1))


@app.cell
def no_coin(record):
    plain_types = pd.DataFrame(product((0, 1), repeat=3), columns=["took", "y0", "y1"])
    _back = np.where(plain_types["took"] == 1, plain_types["y1"], plain_types["y0"])
    plain_seen = [  # the coin is ignored: its two halves are one record
        ((plain_types["took"] == took) & (_back == back), share / 2)
        for (took, back), share in record.groupby(["took", "back"])["share"].sum().items()
    ]
    nothing = extremes(plain_types, plain_seen)
    return nothing, plain_seen, plain_types


@app.cell(hide_code=True)
def question_6(nothing):
    mo.md(f"""
    ### Exercise 6 · complete · 6 min

    Without further assumptions the effect lies between {signed(nothing[0], 4)} and {signed(nothing[1], 4)} (Manski 1990). The width is 1, whatever the record: of each customer's two outcomes one is never seen. Now use the coin. A type says whether she takes the session uninvited (`t0`) and invited (`t1`), and `y0`, `y1`. The coin is dealt to all types alike, so each of the 8 rows of `record` is the share of the types that show it. Give `with_coin`, the pair of bounds.
    """)
    return


@app.cell
def exercise_6_complete(record):
    # As in the cell above: for each row of `record`, who shows it; then extremes(types, seen).
    coin_types = pd.DataFrame(product((0, 1), repeat=4), columns=["t0", "t1", "y0", "y1"])
    _seen = []
    for _row in record.itertuples():
        ...  # append (which of coin_types show this row, _row.share)
    with_coin = ...
    return (with_coin,)


@app.cell(hide_code=True)
def check_6(kinds, nothing, record, set_progress, with_coin):
    check_6 = identification.judge_6(with_coin, record, kinds, nothing)
    check_6.noted(6, set_progress)
    return (check_6,)


@app.cell(hide_code=True)
def buy_note():
    mo.md("""
    ### What each assumption buys

    - **never hurts**: the session makes nobody stay away who would come back without it (*monotone treatment response*; it is enough that in no kind fewer come back, as here);
    - **takers do better**: those who took it would come back more often anyway, with it and without (*monotone treatment selection*, Manski & Pepper 2000);
    - **the coin**: your bounds, of Balke and Pearl (1997), from independence and exclusion alone;
    - **same for all**: the session has the same mean effect on every kind. Then the number of exercise 5 is the answer.
    """)
    return


@app.cell
def bounds(
    check_5,
    check_6,
    coin_effect,
    naive_back,
    nothing,
    plain_seen,
    plain_types,
    with_coin,
):
    _kept = plain_types["y1"] >= plain_types["y0"]
    never_hurts = extremes(plain_types[_kept], [(mask[_kept], share) for mask, share in plain_seen])
    late, _ = identification.pair((coin_effect, coin_effect), check_5)
    _rows = [("nothing", *nothing), ("never hurts", *never_hurts)]
    _rows += [("takers do better", nothing[0], naive_back)]
    _rows += [("never hurts, takers do better", never_hurts[0], naive_back)]
    _rows += [("the coin", *identification.pair(with_coin, check_6)), ("same for all", late, late)]
    bounds = pd.DataFrame(_rows, columns=["assumption", "lower", "upper"])
    _names = ["never hurts", "takers do better", "the coin", "same for all"]
    ticks = mo.ui.multiselect(_names, label="I assume:")
    return bounds, late, ticks


@app.cell
def bounds_shown(bounds, kinds, ticks):
    def left_by(ticked):  # single bounds, laid over each other
        mine = bounds[bounds["assumption"].isin(["nothing", *ticked])]
        return mine["lower"].max(), mine["upper"].min()

    true_ate = float((kinds["share"] * (kinds["back_with"] - kinds["back_without"])).sum())
    identification.show_bounds(bounds, ticks, left_by(ticks.value), true_ate)
    return (true_ate,)


@app.cell(hide_code=True)
def read_bounds(check_5, check_6, late, true_ate):
    _read = mo.md(f"""
    The truth is {signed(true_ate)}. The first three hold here, and each leaves an interval around it. *Same for all* is wrong: {signed(late)} is the effect on those whom the coin moved.
    """)
    _read = identification.after(check_6, _read, "reading", exercise=6)
    identification.after(check_5, _read, "reading", exercise=5)
    return


@app.cell(hide_code=True)
def takeaways(bounds, naive, refuter_matrix):
    mo.md(f"""
    ## Takeaways: can it be answered?

    1. **Identify first.** Graph and question decide whether any data can answer; {number(naive[0])} ± {number(naive[1])} (standard error) is precise and wrong.
    2. **Three routes**: backdoor, front door, instrument. Each stands on *absent* arrows: knowledge.
    3. **Use checks that can fail where the graph does** (exercise 4). A negative control found the hidden income in {percent(refuter_matrix["last year's spend"]["income hidden"])} of our worlds, where it carries income as strongly as spending does.
    4. **An instrument answers for some** (exercise 5), if four assumptions hold.
    5. **"No" is an answer with numbers**, where the outcome has bounds: without further assumptions {signed(bounds["lower"][0])} to {signed(bounds["upper"][0])}, and each assumption has a price.
    """)
    return


@app.cell(hide_code=True)
def moves_heading():
    mo.md(r"""
    ## Three moves behind the routes · optional

    **Do-calculus** (Pearl 1995) rewrites a formula until no $do$ is left. Each move needs $y$ separate from $z$, given $t$ and $w$, in a graph with arrows cut; below, the five cuts that the front door needs.

    1. **forget**: $P(y \mid do(t), z, w) = P(y \mid do(t), w)$. Cut the arrows into $t$.
    2. **see, not do**: $P(y \mid do(t), do(z), w) = P(y \mid do(t), z, w)$. Cut into $t$ and out of $z$.
    3. **drop**: $P(y \mid do(t), do(z), w) = P(y \mid do(t), w)$. Cut into $t$, and into those of $z$ that are no ancestors of $w$ (once $t$ is cut).
    """)
    return


@app.cell
def moves(eight):
    def surgery(graph, into=(), out_of=()):
        kept = [(a, b) for a, b in graph.edges if b not in into and a not in out_of]
        return graphs.dag(kept, nodes=graph.nodes, hidden=graph.hidden)

    _door = eight["relay"]
    moves = {
        "P(m | do t) = P(m | t)": (surgery(_door, out_of="t"), "m", "t", []),
        "P(y | do t, m) = P(y | do t, do m)": (surgery(_door, "t", "m"), "y", "m", ["t"]),
        "P(y | do t, do m) = P(y | do m)": (surgery(_door, "tm"), "y", "t", ["m"]),
        "P(t | do m) = P(t)": (surgery(_door, "m"), "t", "m", []),
        "P(y | do m, t) = P(y | m, t)": (surgery(_door, out_of="m"), "y", "m", ["t"]),
    }
    licences = [graph.independent(a, b, given) for graph, a, b, given in moves.values()]
    identification.draw_graphs({move: graph for move, (graph, *_) in moves.items()}, 5, 0.55)
    return (licences,)


@app.cell(hide_code=True)
def read_moves(licences):
    mo.md(rf"""
    {sum(licences)} of {len(licences)} licences hold, and give

    $$P(y \mid do(t)) = \sum_m P(m \mid t) \sum_{{t'}} P(y \mid m, t')\, P(t')$$

    What the three moves cannot reach is not identified by the graph alone (Shpitser & Pearl 2006).
    """)
    return


@app.cell(hide_code=True)
def napkin_heading(napkin_long):
    mo.md(rf"""
    ## The napkin · optional

    The last of the eight graphs, all nodes yes or no, as exact shares of an endless record. The truth is 0.25; no adjustment set gives it. Do-calculus does:

    $$P(y \mid do(t)) = \frac{{\sum_w P(w)\, P(t, y \mid w, z)}}{{\sum_w P(w)\, P(t \mid w, z)}}$$

    It gives {number(napkin_long[0], 4)} at z = 0 and {number(napkin_long[1], 4)} at z = 1. That the two agree is what this graph lets you test.
    """)
    return


@app.cell
def napkin():
    _all = pd.DataFrame(product((0, 1), repeat=6), columns=["u1", "u2", "w", "z", "t", "y"])
    _chance = {
        "w": 0.1 + 0.5 * _all["u1"] + 0.35 * _all["u2"],
        "z": 0.2 + 0.6 * _all["w"],
        "t": 0.1 + 0.45 * _all["z"] + 0.4 * _all["u1"],
        "y": 0.15 + 0.25 * _all["t"] + 0.5 * _all["u2"],  # the effect is .25
    }
    _parts = [p.where(_all[name] == 1, 1 - p) for name, p in _chance.items()]
    napkin = _all.assign(p=0.25 * np.prod(_parts, axis=0))  # u1 and u2 are fair coins
    return (napkin,)


@app.cell
def napkin_answers(napkin):
    def adjusted(held):
        cells = napkin.assign(nothing=0)
        share = cells.pivot_table("p", [*held, "t"], "y", aggfunc="sum")
        rate = (share[1] / share.sum(axis=1)).groupby(level=held).diff().dropna()
        return float((rate.droplevel("t") * cells.groupby(held)["p"].sum()).sum())

    def long_way(z):
        record = napkin[napkin["z"] == z]
        weight = napkin.groupby("w")["p"].sum() / record.groupby("w")["p"].sum()
        record = record.assign(p=record["p"] * record["w"].map(weight))  # P(w) P(t, y | w, z)
        share = record.pivot_table("p", "t", "y", aggfunc="sum")
        return float((share[1] / share.sum(axis=1)).diff()[1])

    napkin_sets = {each: adjusted(each.split(" + ")) for each in ("nothing", "w", "z", "w + z")}
    napkin_long = [long_way(0), long_way(1)]
    as_table(pd.DataFrame([{"held fixed": "effect", **napkin_sets}]), 4)
    return (napkin_long,)


@app.cell(hide_code=True)
def weak_heading(weak_instruments):
    mo.md(f"""
    ## How strong must a coin be? · optional

    The shop without age and voucher, income hidden, 1,000 customers; the invitation brings less and less advice. Truth 1. The weaker the coin, the nearer its median to least squares: {number(weak_instruments["median"][0])} at 0.04 hours.
    """)
    return


@app.function
def coin_years(hours, n_worlds, rng):
    """Return one row a world: slope by the coin, its error, F, and whether two intervals hold 1."""
    coin, income, luck, more = rng.normal(size=(4, n_worlds, 1_000))
    advice = hours * (coin > 0) + 0.8 * income + luck
    spend = advice + 1.5 * income + more
    coin, advice, spend = (v - v.mean(1, keepdims=True) for v in (coin > 0, advice, spend))
    squares, to_advice, to_spend = ((coin * v).sum(1) for v in (coin, advice, spend))
    push, slope = to_advice / squares, to_spend / to_advice

    def error_of(rest):  # of a slope on the coin
        return np.sqrt(rest.var(1, ddof=2) / squares)

    error = error_of(spend - slope[:, None] * advice) / abs(push)
    f = (push / error_of(advice - push[:, None] * coin)) ** 2
    gap = push * (slope - 1)  # what the coin says of spend - advice; by the true effect, nothing
    ar = abs(gap) < identification.Z * error_of(spend - advice - gap[:, None] * coin)
    held = abs(slope - 1) < identification.Z * error
    return pd.DataFrame({"slope": slope, "f": f, "t_covers": held, "ar_covers": ar})


@app.cell
def weak_worlds(SEED):
    _rng, _hours = np.random.default_rng([SEED, 7]), [0.04, 0.1, 0.2, 0.4, 1]
    weak_worlds = {each: coin_years(each, 1_000, _rng) for each in _hours}
    _years = pd.concat(weak_worlds, names=["hours"]).assign(strong=lambda year: year["f"] > 10)
    _means = {name: (name, "mean") for name in ("t_covers", "ar_covers", "strong")}
    _agg = {"mean_f": ("f", "mean"), "median": ("slope", "median"), **_means}
    _high = _years[_years["strong"]].groupby("hours")["slope"].median()
    weak_instruments = _years.groupby("hours").agg(**_agg).assign(median_strong=_high).reset_index()
    hours = mo.ui.slider(steps=_hours, value=0.2, show_value=True, label="hours per invitation")
    _new = {"mean_f": "mean F", "strong": "share of F > 10", "median_strong": "their median"}
    _new |= {"t_covers": "t interval holds 1", "ar_covers": "Anderson–Rubin holds 1"}
    as_table(weak_instruments.rename(columns=_new))
    return hours, weak_instruments, weak_worlds


@app.cell
def weak_shown(hours, weak_worlds):
    identification.show_weak(weak_worlds[hours.value], hours)
    return


@app.cell(hide_code=True)
def read_weak(weak_instruments):
    mo.md(f"""
    With 0.2 hours the median is {number(weak_instruments["median"][2])}; of worlds with F > 10, {number(weak_instruments["median_strong"][2])}. Publishing only where F > 10 *makes* this bias. Both 94 % intervals hold the truth about as promised; that of Anderson and Rubin keeps each effect that leaves the coin nothing to say. One weak coin is wide, rarely dishonest, while the errors correlate moderately (here by a half; Angrist & Kolesár 2024).
    """)
    return


@app.cell(hide_code=True)
def bayes_heading():
    mo.md(r"""
    ## The instrument as one joint model · optional

    Card's men, at equal experience, race, city and region (taken out first, by least squares):

    $$\begin{aligned}\text{school}_i &\sim \text{Normal}(\mu_i,\ \sigma_s), \quad \mu_i = a + \pi\, \text{near}_i \\ \text{wage}_i &\sim \text{Normal}(b + \beta\, \text{school}_i + \kappa\,(\text{school}_i - \mu_i),\ \sigma_w)\end{aligned}$$

    $\pi$ is `push`; $\kappa$ (`ability`, log wage per year) is what the two errors share. $\beta$ is what a year would do, alike for all. (This is row 2: the warning above holds.) Prior: $\beta \sim \text{Normal}(0, 0.2)$ log wage per year; the others stand in the code, and are wide: see the wages drawn from them.
    """)
    return


@app.cell
def iv_model():
    import logging

    import pymc as pm

    from helpers import fits, tidy

    logging.getLogger("pymc").setLevel(logging.WARNING)  # warnings yes, chatter no

    def iv_model(near, effect_sd):
        with pm.Model(coords={"man": np.arange(len(near))}) as model:
            near = pm.Data("near", near, dims="man")
            base_school = pm.Normal("base_school", 0, 1)  # years
            push = pm.Normal("push", 0, 1)  # years for a college nearby
            sd_school = pm.HalfNormal("sd_school", 3)  # years
            mu_school = base_school + push * near
            school = pm.Normal("school", mu_school, sd_school, dims="man")
            base_wage = pm.Normal("base_wage", 0, 1)  # log wage
            effect = pm.Normal("effect", 0, effect_sd)  # log wage per year
            ability = pm.Normal("ability", 0, 1)  # log wage per year that ability adds
            sd_wage = pm.HalfNormal("sd_wage", 1)  # log wage
            mu_wage = base_wage + effect * school + ability * (school - mu_school)
            pm.Normal("wage", mu_wage, sd_wage, dims="man")
        return model

    return fits, iv_model, pm, tidy


@app.cell
def prior_wages(CONTROLS, SEED, iv_model, men, pm):
    _fixed = np.column_stack([np.ones(len(men)), men[CONTROLS["equal experience"]]])
    _columns = men[["education_years", "log_wage", "near_college"]].to_numpy(float)
    _left = (_columns - _fixed @ np.linalg.lstsq(_fixed, _columns)[0]).T
    partial = dict(zip(["school", "wage", "near"], _left, strict=True))
    _drawn = pm.draw(iv_model(partial["near"], 0.2)["wage"], 400, random_seed=SEED)
    _rows = [("drawn from the prior", *hdi(_drawn)), ("of the men", *hdi(partial["wage"]))]
    wages = pd.DataFrame(_rows, columns=["94 % of the log wages", "from", "to"])
    as_table(wages)
    return (partial,)


@app.cell
def fit_function(fits, iv_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_iv(school, wage, near, effect_sd, seed):
        observed = pm.observe(iv_model(near, effect_sd), {"school": school, "wage": wage})
        how = {"draws": 500, "tune": 400, "chains": 4, "random_seed": seed, "progressbar": False}
        nuts = {"chain_method": "vectorized", "dense_mass": True}
        return pm.sample(model=observed, nuts_sampler="numpyro", nuts=nuts, **how)

    return (fit_iv,)


@app.cell
def fit_card(SEED, fit_iv, partial, tidy):
    with mo.status.spinner("Sampling the joint model: about 20 s, the first time"):
        idata_iv = fit_iv(**partial, effect_sd=0.2, seed=SEED)
    effect_draws, diagnostics_iv = idata_iv["posterior"]["effect"], tidy.diagnostics(idata_iv)
    tidy.show_diagnostics(diagnostics_iv)
    return (effect_draws,)


@app.cell
def prior_table(partial):
    def posterior(effect_sd):  # on a grid, from the two slopes on `near` alone
        z, pairs = partial["near"], np.stack([partial["wage"], partial["school"]])
        slopes = pairs @ z / (z @ z)
        rest = pairs - np.outer(slopes, z)
        inverse = np.linalg.inv(rest @ rest.T / (len(z) - 7) / (z @ z))
        effects = np.linspace(-1, 2, 3_001)
        ray = np.stack([effects, np.ones_like(effects)])  # wage and school for one year of push
        width = (ray * (inverse @ ray)).sum(axis=0)
        log = 0.5 * (slopes @ inverse @ ray) ** 2 / width - 0.5 * np.log(width)
        weight = np.exp(log - log.max() - 0.5 * (effects / effect_sd) ** 2)
        mean = np.average(effects, weights=weight)
        return mean, np.sqrt(np.average((effects - mean) ** 2, weights=weight))

    _rows = [(sd, *posterior(sd)) for sd in (0.05, 0.1, 0.2, 1)]
    by_prior = pd.DataFrame(_rows, columns=["prior sd", "mean", "sd"])
    as_table(by_prior, digits=3)
    return (by_prior,)


@app.cell(hide_code=True)
def read_bayes(by_prior, effect_draws):
    mo.md(f"""
    Sampled: {number(float(effect_draws.mean()), 3)} ± {number(float(effect_draws.std()), 3)} (sd), 94 % HDI {number(hdi(effect_draws)[0], 3)} to {number(hdi(effect_draws)[1], 3)}. The table does nearly the same by a grid (error covariance as estimated, no prior on the push), for four priors: at sd 0.05 the mean is {number(by_prior["mean"][0], 3)}. The college says little, so the prior speaks. That is honest; it does not repair the instrument.
    """)
    return


@app.cell(hide_code=True)
def sensitivity_heading(black_school, black_share, robustness_value):
    mo.md(rf"""
    ## How strong must a hidden cause be? · optional

    Least squares, row 3 (a direct effect): what if `ability` explains a share $r_y$ of what is left of the wage and $r_t$ of what is left of schooling? The slope is off by (Cinelli & Hazlett 2020)

    $$\text{{bias}} = \text{{se}}\,\sqrt{{\text{{df}}}}\,\sqrt{{\frac{{r_y\, r_t}}{{1 - r_t}}}}$$

    If it explains {percent(robustness_value, 1)} of both (the **robustness value**) and pulls that way, nothing is left; the benchmark `black` explains {percent(black_share, 1)} of the wage and {percent(black_school, 1)} of schooling: at 4 % of each, as below, about a tenth goes. A price, not a proof: ability may explain more than race does.
    """)
    return


@app.cell
def sensitivity(CONTROLS, card, men):
    _held = CONTROLS["and home in 1966"]
    ols, ols_se = card.loc[2, ["ols", "ols_se"]]
    dof = len(men) - len(_held) - 2
    _f2 = (ols / ols_se) ** 2 / dof
    robustness_value = float((np.sqrt(_f2**2 + 4 * _f2) - _f2) / 2)  # r_y = r_t that takes it all
    _others = [name for name in _held if name != "black"]
    _wage = np.divide(*slope_of(men, "log_wage", "black", ["education_years", *_others])) ** 2
    _school = np.divide(*slope_of(men, "education_years", "black", _others)) ** 2  # squared t
    black_share, black_school = float(_wage / (_wage + dof)), float(_school / (_school + dof + 1))
    _look = {"step": 0.02, "value": 0.04, "show_value": True}
    r_wage = mo.ui.slider(0, 0.6, label="share of the wage", **_look)
    r_school = mo.ui.slider(0, 0.6, label="share of the schooling", **_look)
    return (
        black_school,
        black_share,
        dof,
        ols,
        ols_se,
        r_school,
        r_wage,
        robustness_value,
    )


@app.cell
def strength_shown(dof, ols, ols_se, r_school, r_wage):
    _ry, _rt = r_wage.value, r_school.value
    _bias = ols_se * np.sqrt(dof * _ry * _rt / (1 - _rt))
    identification.show_strength(ols, ols - _bias, (_ry, _rt), [r_wage, r_school])
    return


@app.cell(hide_code=True)
def facure_heading(book_as_is, book_turned):
    mo.md(f"""
    ## A published number, re-examined · optional

    *Causal Inference for the Brave and True* (Facure 2022, chapter 8) simulates instruments of falling strength. The truth, 2, lies outside even the strongest one's 95 % interval. The text explains it by the finite sample. In the code each instrument is drawn *from the treatment*: `Z ~ Normal(T, s)`.

    With a million rows the answer is {number(book_as_is[0], 3)} ± {number(book_as_is[1], 3)}: a child of the treatment has the limit of least squares, 2 − 1/26 = {number(2 - 1 / 26, 4)}. **Turn the arrow**, and it is {number(book_turned[0], 3)} ± {number(book_turned[1], 3)} (standard errors). A reader noticed (issue 426, 2025); a mend is proposed there.
    """)
    return


@app.cell
def book_answers(SEED):
    def book_year(n, rng, *, turned=False):
        x, u, z = rng.normal(0, [[2], [2], [3]], (3, n))
        t = 1 + 0.5 * u + (z + rng.normal(0, 4, n) if turned else rng.normal(0, 5, n))
        y = 2 + x - 0.5 * u + 2 * t + rng.normal(0, 5, n)
        z = z if turned else rng.normal(t, 0.1)  # the book's arrow: from the treatment
        return {"x": x, "t": t, "y": y, "z": z}

    _rng = np.random.default_rng([SEED, 8])
    book_as_is = slope_of(book_year(1_000_000, _rng), "y", "t", ["x"], by="z")
    book_turned = slope_of(book_year(1_000_000, _rng, turned=True), "y", "t", ["x"], by="z")
    return book_as_is, book_turned


@app.cell(hide_code=True)
def progress_shown(get_progress):
    checks.progress(get_progress(), total=6)
    return


@app.cell(hide_code=True)
def references():
    mo.md("""
    ### References

    - Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a complete system of stochastic equations. *Annals of Mathematical Statistics*, 20(1), 46–63. [doi:10.1214/aoms/1177730090](https://doi.org/10.1214/aoms/1177730090)
    - Angrist, J. D., & Imbens, G. W. (1995). Two-stage least squares estimation of average causal effects in models with variable treatment intensity. *JASA*, 90(430), 431–442. [doi:10.1080/01621459.1995.10476535](https://doi.org/10.1080/01621459.1995.10476535)
    - Angrist, J. D., & Kolesár, M. (2024). One instrument to rule them all: the bias and coverage of just-ID IV. *Journal of Econometrics*, 240(2), 105398. [doi:10.1016/j.jeconom.2022.12.012](https://doi.org/10.1016/j.jeconom.2022.12.012)
    - Angrist, J. D., Imbens, G. W., & Rubin, D. B. (1996). Identification of causal effects using instrumental variables. *JASA*, 91(434), 444–455. [doi:10.1080/01621459.1996.10476902](https://doi.org/10.1080/01621459.1996.10476902)
    - Balke, A., & Pearl, J. (1997). Bounds on treatment effects from studies with imperfect compliance. *JASA*, 92(439), 1171–1176. [doi:10.1080/01621459.1997.10474074](https://doi.org/10.1080/01621459.1997.10474074)
    - Card, D. (1995). Using geographic variation in college proximity to estimate the return to schooling. In *Aspects of Labour Market Behaviour*, University of Toronto Press, 201–222. NBER Working Paper 4483 (1993): [doi:10.3386/w4483](https://doi.org/10.3386/w4483)
    - Cinelli, C., & Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias. *JRSS B*, 82(1), 39–67. [doi:10.1111/rssb.12348](https://doi.org/10.1111/rssb.12348)
    - Facure, M. (2022). *Causal Inference for the Brave and True*, chapter 8; [issue 426](https://github.com/matheusfacure/python-causality-handbook/issues/426).
    - Lipsitch, M., Tchetgen Tchetgen, E., & Cohen, T. (2010). Negative controls: a tool for detecting confounding and bias in observational studies. *Epidemiology*, 21(3), 383–388. [doi:10.1097/EDE.0b013e3181d61eeb](https://doi.org/10.1097/EDE.0b013e3181d61eeb)
    - Manski, C. F. (1990). Nonparametric bounds on treatment effects. *American Economic Review*, 80(2), 319–323.
    - Manski, C. F., & Pepper, J. V. (2000). Monotone instrumental variables: with an application to the returns to schooling. *Econometrica*, 68(4), 997–1010. [doi:10.1111/1468-0262.00144](https://doi.org/10.1111/1468-0262.00144)
    - Pearl, J. (1995). Causal diagrams for empirical research. *Biometrika*, 82(4), 669–688. [doi:10.1093/biomet/82.4.669](https://doi.org/10.1093/biomet/82.4.669)
    - Sharma, A., & Kiciman, E. (2020). DoWhy: an end-to-end library for causal inference. [arXiv:2011.04216](https://arxiv.org/abs/2011.04216)
    - Shpitser, I., & Pearl, J. (2006). Identification of joint interventional distributions in recursive semi-Markovian causal models. *Proceedings of the 21st National Conference on Artificial Intelligence*, 1219–1226.

    ### Knobs
    All that is simulated here follows from `SEED`.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def kinds():
    _kinds = [("always takes it", 0.20, 0.60, 0.65), ("only if invited", 0.45, 0.40, 0.70)]
    _kinds += [("never takes it", 0.35, 0.20, 0.30)]
    kinds = pd.DataFrame(_kinds, columns=["kind", "share", "back_without", "back_with"])
    return (kinds,)


@app.cell
def state_progress():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
