import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="How does the programme work?",
    layout_file="layouts/08_mediation.slides.json",
    css_file="../slides/theme.css",
)

with app.setup(hide_code=True):
    import marimo as mo
    import numpy as np
    import pandas as pd
    import xarray as xr
    from scipy.special import expit, ndtr, ndtri

    from helpers import checks, fits, graphs, simulate, tidy
    from helpers.lessons import mediation
    from helpers.tidy import as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    # notes: Aim: from "does it work" to "how does it work". Ask the room for their guess and write it down. Trap: people reach for a method; stay with the question. Minutes: 1. If late: read the title and the card.
    mo.md(r"""
    # How does the programme work?

    A programme for families lowers the risk that a teenager later has a substance-use disorder. Does it
    work because they keep away from deviant peers? Because they try fewer drugs? Or in some other way?

    *Sections marked "optional" can wait.*
    """)
    return


@app.cell(hide_code=True)
def card():
    # slide: sub-slide
    mo.md(r"""
    | | |
    |:---|:---|
    | You will be able to | split an effect by the way it travels, name what the split assumes, and say how little takes it away |
    | Estimand | direct and indirect effects on the probability of a disorder, averaged over 410 families |
    | Design | randomised programme; the mediators are *not* randomised |
    | Data | simulated, with known truth |
    | Time | core 60 minutes, optional 44; seven checked exercises |
    | Before | notebooks 01 and 02 (graphs, `do`, mediators); 05 helps |
    """)
    return


@app.cell(hide_code=True)
def whether_heading():
    # notes: Aim: the trial answers "whether" by itself; know the six columns, and which one a coin decided. Trap: the mediators come after the programme, and nobody randomised them. Minutes: 5. If late: the picture and the sentence below it.
    mo.md(r"""
    ## Does it work?

    410 families, and a coin decides who gets the programme. A year later we ask about friends and drugs; as young adults, who
    has a disorder.
    """)
    return


@app.cell
def first_picture(n_families, rates):
    # slide: fragment
    mediation.chart_arms(rates, n_families)
    return


@app.cell(hide_code=True)
def variables():
    # slide: sub-slide
    mo.md(r"""
    | name | meaning | values | role |
    |:---|:---|:---|:---|
    | `gender` | gender of the teenager (half and half, by quota) | 1 boy, 0 girl | covariate |
    | `conflict` | conflict in the family before (by quota) | 1 calm to 5 | covariate |
    | `intervention` | the family took part (a coin decided) | 1 yes, 0 no | treatment $T$ |
    | `peers` | deviant friends, a year later | 1 yes, 0 no | mediator $M_1$ |
    | `drugs` | has tried drugs, a year later | 1 yes, 0 no | mediator $M_2$ |
    | `disorder` | substance-use disorder as a young adult | 1 yes, 0 no | outcome $Y$ |
    """)
    return


@app.cell
def families():
    _conflict = pd.DataFrame({"conflict": range(1, 6), "families": [25, 45, 65, 45, 25]})
    kinds = pd.DataFrame({"gender": [0, 1]}).merge(_conflict, how="cross")
    families = kinds.loc[kinds.index.repeat(kinds["families"])].reset_index(drop=True)
    n_families = len(families)
    return families, kinds, n_families


@app.cell
def arrows_of_the_world():
    # One number for each arrow of the graph, in log-odds per unit of the cause.
    TRUE = {
        "peers_intercept": -0.4,
        "peers_intervention": -0.75,
        "peers_gender": 0.4,
        "peers_conflict": 0.5,
        "drugs_intercept": -1.05,
        "drugs_intervention": -0.35,
        "drugs_gender": 0.3,
        "drugs_conflict": 0.4,
        "disorder_intercept": -2.85,
        "disorder_intervention": -0.3,
        "disorder_peers": 1.3,
        "disorder_drugs": 0.9,
        "disorder_gender": 0.3,
        "disorder_conflict": 0.35,
    }
    CAUSES = {
        "peers": ["intervention", "gender", "conflict"],
        "drugs": ["intervention", "gender", "conflict"],
        "disorder": ["intervention", "peers", "drugs", "gender", "conflict"],
    }
    return CAUSES, TRUE


@app.cell
def world(CAUSES, TRUE, families):
    def simulate_world(rng, n_worlds=1, rho=0.0):
        """Return the columns as 0/1 arrays (world, family); rho ties what is hidden behind peers and disorder."""
        shape = (n_worlds, len(families))
        behind_peers, own = rng.normal(size=(2, *shape))
        behind_disorder = rho * behind_peers + np.sqrt(1 - rho**2) * own
        luck = {"peers": ndtr(-behind_peers), "drugs": rng.random(shape)}
        luck["disorder"] = ndtr(-behind_disorder)
        columns = {"gender": families["gender"].to_numpy()}
        columns["conflict"] = families["conflict"].to_numpy() - 3  # 3 is the middle
        columns["intervention"] = rng.integers(2, size=shape)
        for caused, causes in CAUSES.items():
            line = TRUE[f"{caused}_intercept"] + sum(
                TRUE[f"{caused}_{c}"] * columns[c] for c in causes
            )
            columns[caused] = (luck[caused] < expit(line)).astype(int)
        return {name: np.broadcast_to(values, shape) for name, values in columns.items()}

    return (simulate_world,)


@app.cell
def data(SEED, simulate_world):
    _world = simulate_world(np.random.default_rng([SEED, 3]))
    study = pd.DataFrame({name: column[0] for name, column in _world.items()})
    rates = study.groupby("intervention")[["peers", "drugs", "disorder"]].mean()
    return rates, study


@app.cell
def naive(study):
    # 94 % interval of a difference of two shares.
    _arms = study.groupby("intervention")["disorder"]
    naive_difference = float(_arms.mean()[1] - _arms.mean()[0])
    naive_se = float(np.sqrt((_arms.var() / _arms.size()).sum()))
    _half = float(ndtri((1 + tidy.HDI_PROB) / 2)) * naive_se
    naive_interval = (naive_difference - _half, naive_difference + _half)
    _clean = study.query("peers == 0 and drugs == 0").groupby("intervention")["disorder"].mean()
    difference_without_both = float(_clean[1] - _clean[0])
    return difference_without_both, naive_difference, naive_interval


@app.cell(hide_code=True)
def naive_read(naive_difference, naive_interval):
    # slide: sub-slide
    mo.md(f"""
    The probability of a disorder changes by **{signed(naive_difference, 3)}** (94 % interval {signed(naive_interval[0], 3)} to
    {signed(naive_interval[1], 3)}). The coin makes the arms alike, but for chance, in all that came before: it vouches for this
    *difference of the arms*.

    To be frank: we simulated eight such studies, and took the one most alike a published example. A hundred others from the same
    world:
    """)
    return


@app.cell
def hundred(SEED, naive_difference, simulate_world):
    # slide: fragment
    _others = simulate_world(np.random.default_rng([SEED, 8]), 100)
    _y, _arm = _others["disorder"], _others["intervention"]
    _with, _without = (np.average(_y, axis=1, weights=_arm == on) for on in (1, 0))
    hundred_differences = _with - _without
    mediation.chart_hundred(hundred_differences, naive_difference)
    return


@app.cell(hide_code=True)
def coin_heading(difference_without_both):
    # notes: Aim: comparing groups by their mediators looks like an answer to "how". Trap: "it was a randomised trial" is said to defend that comparison too. Minutes: 5. If late: graph and exercise.
    mo.md(f"""
    ## What did the coin decide?

    A **mediator** stands between treatment and outcome: a part of the effect flows through it. How does the programme work? Many would look at the
    families with *neither* deviant peers nor drugs: there the arms differ by {signed(difference_without_both, 3)}. Is that what the programme does in
    other ways? Here is what moves what. Nothing moves `intervention` but the coin.
    """)
    return


@app.cell
def graph(CAUSES):
    _arrows = [(cause, effect) for effect, causes in CAUSES.items() for cause in causes]
    programme_graph = graphs.dag(
        _arrows, treatment="intervention", outcome="disorder", adjusted=["gender", "conflict"]
    )
    programme_graph.draw("No arrow into the intervention, none between the mediators")
    return


@app.cell(hide_code=True)
def question_1():
    # next: skip
    mo.md(r"""
    ### Exercise 1 · predict · 3 min

    Suppose that a daring temper, which nobody measured, moves `peers` and `disorder`. Which of the two differences is then no
    effect of the programme, however many families join? Answer with one of `"all families"`, `"families without both"`,
    `"both"`, `"neither"`.
    """)
    return


@app.cell
def exercise_1_temper():
    # Your prediction: one of the four texts.
    # solution
    falsified = "families without both"
    falsified
    return (falsified,)


@app.cell(hide_code=True)
def check_1(falsified, set_progress):
    check_1 = mediation.judge_1(falsified).noted(1, set_progress)
    check_1
    return


@app.cell(hide_code=True)
def hand_heading():
    # notes: Aim: one idea: let the programme act on each way separately. Trap: t' is no value of the mediator, it is the arm whose mediator we borrow. Minutes: 8. If late: the picture; the exercise at home.
    mo.md(r"""
    ## One mediator, by hand

    A small world first, with peers alone and numbers that we make up: how often they are deviant in each arm, and what follows.
    """)
    return


@app.cell
def by_hand():
    # Rows: the arm. Columns: no deviant peers, deviant peers.
    p_peers = np.array([[0.4, 0.6], [0.6, 0.4]])
    p_disorder = np.array([[0.15, 0.45], [0.10, 0.30]])  # P(disorder)
    return p_disorder, p_peers


@app.cell(hide_code=True)
def hand_formula():
    # slide: fragment
    mo.md(r"""
    Let the programme act *directly* as in arm $t$, while peers are as in arm $t'$:

    $$E[t, t'] = \sum_m P(Y{=}1 \mid t, m)\; P(M{=}m \mid t')$$
    """)
    return


@app.cell
def four_worlds(p_disorder, p_peers):
    four_worlds = p_disorder @ p_peers.T  # E[t, t'], by t and t'
    hand_total = four_worlds[1, 1] - four_worlds[0, 0]
    hand_direct = four_worlds[1, 0] - four_worlds[0, 0]
    hand_indirect = four_worlds[0, 1] - four_worlds[0, 0]
    mediation.chart_routes(four_worlds)
    return four_worlds, hand_direct, hand_indirect, hand_total


@app.cell(hide_code=True)
def hand_read(hand_direct, hand_indirect, hand_total):
    # slide: fragment
    mo.md(f"""
    *Neither* and *both* are the two arms; nobody has seen the other two. **Total** effect {signed(hand_total, 2)}. **Direct** effect
    {signed(hand_direct, 2)}: peers stay as they are without the programme. **Indirect** effect {signed(hand_indirect, 2)}: only the
    peers change. The two parts add up to {signed(hand_direct + hand_indirect, 2)}, not to the total.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    # next: skip
    mo.md(r"""
    ### Exercise 2 · complete · 4 min

    The indirect effect lets only the peers change, and nothing else. Compute the same step in a world where the programme
    already acts *directly*. `indirect_after_direct`: one number, a change in probability, from `four_worlds[t, t']`.
    """)
    return


@app.cell
def exercise_2_other_edge(four_worlds):
    # A world: four_worlds[1, 0] is t = 1 and t' = 0.
    # solution
    indirect_after_direct = four_worlds[1, 1] - four_worlds[1, 0]
    indirect_after_direct
    return (indirect_after_direct,)


@app.cell(hide_code=True)
def check_2(four_worlds, indirect_after_direct, set_progress):
    check_2 = mediation.judge_2(indirect_after_direct, four_worlds).noted(2, set_progress)
    check_2
    return


@app.cell(hide_code=True)
def estimand_heading():
    # notes: Aim: the same with two switches for two mediators. Trap: an edge near 000 and the parallel edge near 111 are not the same length; that difference is the remainder. Minutes: 8. If late: the cube with IIE1, and stop.
    mo.md(r"""
    ## Two mediators: eight worlds

    Give each *way* its own switch. $E[t, t', t'']$: the probability of a disorder when the programme acts directly as in arm $t$,
    while deviant peers are as common as in arm $t'$, and drugs as in arm $t''$. Of the eight, two are like the arms: $E[1,1,1]$ and $E[0,0,0]$. Nobody has seen the other six.
    """)
    return


@app.cell(hide_code=True)
def estimand_formula():
    # slide: sub-slide
    mo.md(r"""
    $Y(t, m_1, m_2)$: a teenager's outcome if programme, peers and drugs were *set* to these values. $x$: gender and conflict.

    $$\begin{aligned}
    E[t, t', t''] = \frac{1}{410} \sum_{i=1}^{410} \sum_{m_1, m_2} \; & E\big[Y_i(t, m_1, m_2) \mid x_i\big] \\
    \times \; & P\big(M_1(t') = m_1 \mid x_i\big)\; P\big(M_2(t'') = m_2 \mid x_i\big)
    \end{aligned}$$

    The mediators are *drawn*, each apart, from what arm $t'$ or $t''$ gives families of this kind. Effects defined so are called
    **interventional** (Vansteelandt & Daniel 2017).
    """)
    return


@app.cell
def contrasts():
    EFFECTS = {
        "TE": {"111": 1, "000": -1},  # total
        "DE": {"100": 1, "000": -1},  # direct
        "IIE1": {"010": 1, "000": -1},  # indirect, through peers
        "IIE2": {"001": 1, "000": -1},  # indirect, through drugs
        "INT": {"011": 1, "010": -1, "001": -1, "000": 1},  # peers and drugs together
        "remainder": {"111": 1, "100": -1, "011": -1, "000": 1},
    }

    def effect(worlds, name):
        """Return the contrast of this name between corners of the eight worlds."""
        total = 0
        for (t, t1, t2), sign in EFFECTS[name].items():
            total = total + sign * worlds.sel(t=int(t), t1=int(t1), t2=int(t2), drop=True)
        return total

    return EFFECTS, effect


@app.cell(hide_code=True)
def contrasts_read():
    # slide: sub-slide
    mo.md(r"""
    - **TE** = E111 − E000: everything on, everything off.
    - **DE** = E100 − E000: the direct way only. **IIE1** = E010 − E000: peers only. **IIE2** = E001 − E000: drugs only.
    - **INT** = E011 − E010 − E001 + E000: what peers and drugs do beyond the sum of the two.
    - **remainder** = (E111 − E011) − (E100 − E000): by how much the direct effect changes when both mediators have moved.

    TE = DE + IIE1 + IIE2 + INT + remainder, always: write it out, and every corner but two cancels.
    """)
    return


@app.cell
def axes(kinds):
    def axis(name):
        return xr.DataArray([0, 1], dims=name, coords={name: [0, 1]})

    t, t1, t2, m1, m2 = (axis(name) for name in ["t", "t1", "t2", "m1", "m2"])
    kind = kinds.assign(conflict=kinds["conflict"] - 3).rename_axis("kind").to_xarray()
    share = kind["families"] / kind["families"].sum()
    return kind, m1, m2, share, t, t1, t2


@app.cell
def probability(kind):
    def probability(arrows, effect, **causes):
        """Return P(effect = 1), for each kind of family and each value of the causes."""
        line = arrows[f"{effect}_intercept"]
        values = {**causes, "gender": kind["gender"], "conflict": kind["conflict"]}
        for cause, value in values.items():
            line = line + arrows[f"{effect}_{cause}"] * value
        return expit(line)

    def either(m, p):
        """Return P(M = m) where P(M = 1) = p."""
        return m * p + (1 - m) * (1 - p)

    return either, probability


@app.cell
def mediation_formula(either, m1, m2, probability, share, t, t1, t2):
    def eight_worlds(arrows):
        """Return E[t, t', t''] (dims t, t1, t2, and those of the arrows): the formula, term by term."""
        p_y = probability(arrows, "disorder", intervention=t, peers=m1, drugs=m2)
        p_m1 = either(m1, probability(arrows, "peers", intervention=t1))
        p_m2 = either(m2, probability(arrows, "drugs", intervention=t2))
        return xr.dot(p_y, p_m1, p_m2, share, dim=["kind", "m1", "m2"])

    return (eight_worlds,)


@app.cell
def true_effects(EFFECTS, TRUE, effect, eight_worlds):
    def effects_of(arrows):
        """Return the six effects by name, for arrows of any dimensions."""
        found = eight_worlds(arrows)
        return {name: effect(found, name) for name in EFFECTS}

    true_worlds = eight_worlds(xr.Dataset(TRUE))
    true_effects = {name: float(v) for name, v in effects_of(xr.Dataset(TRUE)).items()}
    return effects_of, true_effects, true_worlds


@app.cell(hide_code=True)
def cube_words():
    # slide: skip
    mo.md(r"""
    A **cube**: each corner is a world, with the true numbers of our simulation. Flip a switch and you walk along an edge. An effect adds some corners
    (+) and subtracts others (−).
    """)
    return


@app.cell
def cube_switches(EFFECTS, true_worlds):
    _labels = {"t": "directly (t)", "t1": "through peers (t')", "t2": "through drugs (t'')"}
    _switches = {name: mo.ui.switch(label=label) for name, label in _labels.items()}
    _effect = mo.ui.dropdown(list(EFFECTS), value="IIE1", label="effect", allow_select_none=False)
    cube_ui = mo.ui.dictionary({**_switches, "effect": _effect})
    draw_cube = mediation.drawing_cube(true_worlds, EFFECTS)
    return cube_ui, draw_cube


@app.cell
def show_cube(cube_ui, draw_cube):
    _here = "".join(str(int(cube_ui.value[name])) for name in ("t", "t1", "t2"))
    chart_worlds = draw_cube(_here, cube_ui.value["effect"])
    mo.vstack([mo.hstack(cube_ui.elements.values(), justify="start", gap=1.5), chart_worlds])
    return


@app.cell(hide_code=True)
def cube_read(true_effects):
    # slide: fragment
    mo.md(f"""
    Walk directly from 000: {signed(true_effects["DE"], 4)}. Walk directly from 011, where the mediators have moved already:
    {signed(true_effects["DE"] + true_effects["remainder"], 4)}. Fewer disorders are left to prevent. The two steps differ by the remainder,
    {signed(true_effects["remainder"], 4)}.
    """)
    return


@app.cell(hide_code=True)
def identification_heading():
    # notes: Aim: the assumptions before any model, each with who vouches for it. Trap: even TE as E111 - E000 needs more than the coin. Minutes: 6. If late: the list.
    mo.md(r"""
    ## What must be true to learn this from data?

    - **Consistency**: one version of the programme; we see $Y(T, M_1, M_2)$.
    - **Sequential ignorability**, given $x$: nothing unmeasured moves both treatment and outcome, nor treatment and mediators (*the coin vouches*);
      nor **mediators and outcome** (*nobody vouches*).
    - **Mediators independent**, given $T$ and $x$: then E111 − E000 is the difference of the arms, otherwise in general not.
    - **Positivity**: every kind of family could have any $(t, m_1, m_2)$.
    """)
    return


@app.cell(hide_code=True)
def mediation_formula_text():
    # slide: sub-slide
    mo.md(r"""
    Then what is *set* may be replaced by what is *seen*, and the estimand becomes the **mediation formula**, the last lines of
    `eight_worlds`:

    $$\begin{aligned}
    E[t, t', t''] = \frac{1}{410} \sum_i \sum_{m_1, m_2} \; & P(Y{=}1 \mid t, m_1, m_2, x_i) \\
    \times \; & P(m_1 \mid t', x_i)\; P(m_2 \mid t'', x_i)
    \end{aligned}$$
    """)
    return


@app.cell(hide_code=True)
def tied_words():
    # slide: sub-slide
    mo.md(r"""
    What does the third assumption do? Take a world where a disorder needs *both* mediators, each as common in one arm as in the other. In the control
    arm they come together; under the programme, independently.
    """)
    return


@app.cell
def tied():
    # slide: fragment
    # P(peers, drugs) in each arm: rows no peers, peers; columns no drugs, drugs.
    together = {0: np.array([[0.5, 0.0], [0.0, 0.5]]), 1: np.array([[0.25, 0.25], [0.25, 0.25]])}
    needs_both = np.array([[0, 0], [0, 1]])  # P(disorder), in both arms
    apart = {t: np.outer(p.sum(axis=1), p.sum(axis=0)) for t, p in together.items()}
    tied_arms = float((needs_both * (together[1] - together[0])).sum())
    tied_te = float((needs_both * (apart[1] - apart[0])).sum())
    as_table(pd.DataFrame({"difference of the arms": [tied_arms], "TE = E111 − E000": [tied_te]}))
    return tied_arms, tied_te


@app.cell(hide_code=True)
def tied_read(tied_arms, tied_te):
    # slide: fragment
    mo.md(f"""
    The coin vouches for the difference of the arms, {signed(tied_arms, 2)}. TE draws the two mediators apart, loses what ties
    them, and says {number(tied_te, 2)}. So **the coin vouches for the difference of the arms, not for TE**: the two are the same
    number under the second and the third assumption; instead of the third it is enough that the mediators' parts in the
    chance of a disorder add up.
    """)
    return


@app.cell(hide_code=True)
def model_heading():
    # notes: Aim: four Bernoulli lines in the order of the arrows; the same program simulates, conditions and intervenes. Trap: forgetting the coin as the first line; without it there is nothing to do. Minutes: 4. If late: skip the maths.
    mo.md(r"""
    ## The graph as a program

    Four yes/no variables, four Bernoulli lines, in the order of the arrows; $x$ is gender and conflict.

    $$\begin{aligned}
    T &\sim \text{Bernoulli}(0.5) & \text{the coin}\\
    M_1 &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + \alpha_T T + x^\top\alpha)\big) & \text{peers}\\
    M_2 &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\beta_0 + \beta_T T + x^\top\beta)\big) & \text{drugs}\\
    Y &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\gamma_0 + \gamma_T T + \gamma_1 M_1 + \gamma_2 M_2 + x^\top\gamma)\big) & \text{disorder}
    \end{aligned}$$

    Each of the Greek letters has the prior Normal(0, 2), in log-odds.
    """)
    return


@app.cell
def libraries():
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from numpyro import handlers, infer

    return dist, handlers, infer, jax, jnp, numpyro


@app.cell
def log_odds(CAUSES, dist, jnp, numpyro):
    def log_odds(effect, values):
        """Return intercept + slopes · causes: one slope for each arrow into `effect`."""
        prior = dist.Normal(0, 2)  # chance of 2 % to 98 %; odds times or divided by up to 50
        causes = jnp.column_stack([values[cause] for cause in CAUSES[effect]])
        slopes = numpyro.sample(f"{effect}_slopes", prior.expand([causes.shape[1]]).to_event(1))
        return numpyro.sample(f"{effect}_intercept", prior) + causes @ slopes

    return (log_odds,)


@app.cell
def model(dist, jax, jnp, log_odds, numpyro):
    def model(gender, conflict, **seen):
        """Coin -> peers, drugs -> disorder. Arrays of shape (family,); what is `seen` is conditioned on."""
        values = {"gender": gender, "conflict": conflict}
        family = numpyro.plate("family", len(gender))

        def happens(name, logits):
            with family:
                numpyro.deterministic(f"mu_{name}", jax.nn.sigmoid(logits))
                values[name] = numpyro.sample(
                    name, dist.Bernoulli(logits=logits), obs=seen.get(name)
                )

        happens("intervention", jnp.zeros(len(gender)))
        happens("peers", log_odds("peers", values))
        happens("drugs", log_odds("drugs", values))
        happens("disorder", log_odds("disorder", values))

    return (model,)


@app.cell
def arrays(SEED, jax, jnp, study):
    background = {name: jnp.array(study[name], float) for name in ("gender", "conflict")}
    seen = {name: jnp.array(study[name]) for name in ("intervention", "peers", "drugs", "disorder")}
    # One key for each purpose, split once.
    key_prior, key_fit, key_check, key_do = jax.random.split(jax.random.PRNGKey(SEED), 4)
    return background, key_check, key_do, key_fit, key_prior, seen


@app.cell(hide_code=True)
def fit_heading():
    # notes: Aim: condition on the four columns; nothing is rewritten. Trap: NumPyro is silent while it works. Minutes: 2. If late: keep.
    mo.md(r"""
    ## Condition on the data

    Eight chains of NUTS, side by side. NumPyro shows no progress here: the next cell takes 8 to 20 seconds, the first time.
    """)
    return


@app.cell
def fit(handlers, infer, model):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit(key, background, seen, draws):
        """Return posterior draws of the arrows, given the columns in `seen`."""
        arrows_only = handlers.block(model, hide_fn=lambda site: site["type"] == "deterministic")
        kernel = infer.NUTS(arrows_only, dense_mass=True)
        how = {"num_chains": 8, "chain_method": "vectorized", "progress_bar": False}
        mcmc = infer.MCMC(kernel, num_warmup=300, num_samples=draws, **how)
        mcmc.run(key, **background, **seen, extra_fields=("diverging",))
        return tidy.posterior_from_numpyro(mcmc)

    return (fit,)


@app.cell
def fit_numpyro(DRAWS, background, by_arrow, fit, key_fit, seen):
    # slide: fragment
    with mo.status.spinner("Sampling the arrows: 8 to 20 s, the first time"):
        idata_numpyro = fit(key_fit, background, seen, DRAWS)
    arrows = by_arrow(idata_numpyro.posterior, "chain", "draw")
    diagnostics_numpyro = tidy.diagnostics(idata_numpyro)
    tidy.show_diagnostics(diagnostics_numpyro)
    return arrows, idata_numpyro


@app.cell
def by_arrow(CAUSES):
    def by_arrow(draws, *dims):
        """Return one variable for each arrow, with these dimensions, from intercepts and slopes."""
        names = {f"{effect}_intercept": draws[f"{effect}_intercept"] for effect in CAUSES}
        for effect, causes in CAUSES.items():
            slopes = np.moveaxis(np.asarray(draws[f"{effect}_slopes"]), -1, 0)
            names |= {f"{effect}_{cause}": v for cause, v in zip(causes, slopes, strict=True)}
        return xr.Dataset({name: (dims, np.asarray(v, float)) for name, v in names.items()})

    return (by_arrow,)


@app.cell(hide_code=True)
def effects_heading():
    # notes: Aim: read the split with its intervals; say which ones speak and which are silent. Trap: "DE holds zero, so everything is mediated". Minutes: 4. If late: chart and one sentence.
    mo.md(r"""
    ## How it works: the split

    The formula again, once for each posterior draw.
    """)
    return


@app.cell
def worlds(EFFECTS, arrows, effect, eight_worlds):
    worlds = eight_worlds(arrows).transpose("chain", "draw", "t", "t1", "t2")
    draws = {name: effect(worlds, name) for name in EFFECTS}
    helps = {name: float((values < 0).mean()) for name, values in draws.items()}
    parts = sum(values for name, values in draws.items() if name != "TE")
    remainder_identity_error = float(np.abs(draws["TE"] - parts).max())
    return draws, helps, remainder_identity_error, worlds


@app.cell
def chart_split(draws, true_effects):
    # slide: fragment
    effects = tidy.summarise(draws).rename(columns={"label": "effect"})
    effects["truth"] = effects["effect"].map(true_effects)
    split = effects.set_index("effect")
    mediation.chart_split(effects)
    return effects, split


@app.cell(hide_code=True)
def effects_read(draws, helps, remainder_identity_error, split):
    # slide: sub-slide
    mo.md(f"""
    - **TE** {mediation.said(split, "TE")}: the probability that the programme helps is {percent(helps["TE"])}.
    - **IIE1**, through peers, {mediation.said(split, "IIE1")}: {percent(helps["IIE1"])}. **IIE2**, through drugs, {mediation.said(split, "IIE2")}: {percent(helps["IIE2"])}.
    - **DE**, any other way, {mediation.said(split, "DE")}: {percent(helps["DE"])}.

    In brackets the 94 % highest-density interval (HDI: the shortest that holds 94 % of the draws). An interval that holds zero says "we do not know", not
    "there is nothing": 410 families are few for such a split. The parts add up to TE in each of the {draws["TE"].size:,} draws, to {remainder_identity_error:.0e}:
    arithmetic, not estimation.
    """)
    return


@app.cell(hide_code=True)
def break_heading():
    # notes: Aim: the one assumption that nobody vouches for, as a dial. Trap: rho cannot be estimated from these data; it is an argument, not a parameter. Minutes: 8. If late: slider and the sentence below it.
    mo.md(r"""
    ## Break it: something hidden behind friends and disorder

    A daring temper may lead to deviant peers *and* to a disorder. Call $\rho$ the correlation of what is hidden behind the two
    ($\rho = 0$: nothing shared; Imai, Keele & Yamamoto 2010). How strong must it be before the effect through peers could be zero?
    """)
    return


@app.cell(hide_code=True)
def rho_maths():
    # slide: sub-slide
    mo.md(r"""
    Let $e_M, e_Y$ be standard normal with correlation $\rho$. A teenager has deviant peers if $e_M$ is above a threshold,
    and a disorder if $e_Y > -\eta$. Then

    $$\underbrace{P(Y{=}1 \mid m)}_{\text{seen}} = E\!\left[\Phi\!\left(\frac{\eta + \rho\, e_M}{\sqrt{1 - \rho^2}}\right) \Big|\; m\right],
    \qquad \underbrace{P(Y(m){=}1)}_{\text{done}} = \Phi(\eta)$$

    The data fix what is seen. For each $\rho$ we solve for $\eta$: no refit, and every $\rho$ fits the data equally well.
    """)
    return


@app.cell
def seen_to_done(m1):
    LEVELS = xr.DataArray((np.arange(16) + 0.5) / 16, dims="level")

    def seen_to_done(p_seen, p_m1, rho):
        """Return P(disorder | do(peers)) from P(disorder | peers seen): solve for eta by Newton's steps."""
        behind = xr.where(m1 == 1, ndtri(1 - p_m1 * (1 - LEVELS)), ndtri((1 - p_m1) * LEVELS))
        spread, goal = np.sqrt(1 - rho**2), ndtri(p_seen)
        eta = goal
        for _ in range(4):
            z = (eta + rho * behind) / spread
            now = ndtri(ndtr(z).mean("level"))
            slope = np.exp(-(z**2) / 2).mean("level") / spread / np.exp(-(now**2) / 2)
            eta = eta - (now - goal) / slope
        return ndtr(eta)

    return (seen_to_done,)


@app.cell
def iie1_if_hidden(either, m1, m2, probability, seen_to_done, share, t1):
    def iie1_if_hidden(arrows, rho):
        """Return IIE1 = E010 − E000 when hidden causes of peers and disorder correlate by rho."""
        p_m1 = probability(arrows, "peers", intervention=t1)
        p_seen = probability(arrows, "disorder", intervention=0, peers=m1, drugs=m2)
        p_done = seen_to_done(p_seen, p_m1.sel(t1=0, drop=True), rho)
        p_m2 = either(m2, probability(arrows, "drugs", intervention=0))
        moved = p_m1.sel(t1=1, drop=True) - p_m1.sel(t1=0, drop=True)
        step = p_done.sel(m1=1, drop=True) - p_done.sel(m1=0, drop=True)
        return xr.dot(moved, step, p_m2, share, dim=["kind", "m2"])

    return (iie1_if_hidden,)


@app.cell
def sensitivity_function(iie1_if_hidden):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def iie1_along(arrows, rhos):
        """Return IIE1 (rho, chain, draw) for each of these correlations."""
        return xr.concat([iie1_if_hidden(arrows, rho) for rho in rhos], dim="rho")

    return (iie1_along,)


@app.cell
def sensitivity(arrows, iie1_along):
    RHOS = np.arange(-8, 17) / 20
    few_arrows = arrows.isel(draw=slice(None, None, max(1, arrows.sizes["draw"] // 100)))
    with mo.status.spinner("Hiding a cause, 25 times: some seconds, the first time"):
        _draws = dict(zip(RHOS, iie1_along(few_arrows, RHOS), strict=True))
    sensitivity = tidy.summarise(_draws).rename(columns={"label": "rho"}).drop(columns="sd")
    return RHOS, sensitivity


@app.cell
def turning_points(arrows, kind, sensitivity, share):
    def crossing(column):
        """Return the rho at which this column passes zero, read off between the grid's points."""
        after = max(1, int(np.argmax(sensitivity[column].to_numpy() >= 0)))
        (x0, y0), (x1, y1) = sensitivity[["rho", column]].iloc[[after - 1, after]].to_numpy()
        return float(x0 - y0 * (x1 - x0) / (y1 - y0))

    rho_interval, rho_mean = crossing("upper"), crossing("mean")
    # What leaving out conflict would amount to: its part of the hidden spread behind both.
    _spread = float(np.sqrt((share * kind["conflict"] ** 2).sum()))  # its mean is 0
    _parts = [arrows[f"{name}_conflict"] * _spread for name in ("peers", "disorder")]
    _shares = [part / np.sqrt(part**2 + np.pi**2 / 3) for part in _parts]
    rho_conflict = float((_shares[0] * _shares[1]).mean())
    return rho_conflict, rho_interval, rho_mean


@app.cell
def rho_slider(RHOS, sensitivity):
    rho_hidden = mo.ui.slider(
        steps=[float(rho) for rho in RHOS], value=0.0, label="ρ", show_value=True
    )
    draw_sensitivity = mediation.drawing_sensitivity(sensitivity)
    return draw_sensitivity, rho_hidden


@app.cell
def show_sensitivity(draw_sensitivity, rho_hidden):
    chart_sensitivity = draw_sensitivity(rho_hidden.value)
    mo.vstack([rho_hidden, chart_sensitivity])
    return


@app.cell(hide_code=True)
def sensitivity_read(rho_conflict, rho_interval, rho_mean):
    # slide: fragment
    mo.md(f"""
    The interval holds zero from ρ = **{number(rho_interval, 2)}** on; at ρ = **{number(rho_mean, 2)}** the mean itself is zero. To leave `conflict` out
    would be about a ρ of {number(rho_conflict, 2)}. These data cannot say what ρ is. Whatever it is, the difference of the arms is an effect.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    # next: skip
    mo.md(r"""
    ### Exercise 3 · complete · 4 min

    A critic and you agree that $\rho$ lies between −0.2 and 0.2, both included. From `sensitivity` (columns `rho`, `mean`, `lower`,
    `upper`): what is the **weakest** effect through peers that any 94 % interval in this range allows? `weakest`: one number, a change
    in probability. If it is negative, the effect survives the whole range.
    """)
    return


@app.cell
def exercise_3_range(sensitivity):
    # Rows of a frame: sensitivity[sensitivity["rho"].between(-0.2, 0.2)].
    # solution
    weakest = float(sensitivity[sensitivity["rho"].between(-0.2, 0.2)]["upper"].max())
    round(weakest, 4)
    return (weakest,)


@app.cell(hide_code=True)
def check_3(sensitivity, set_progress, weakest):
    check_3 = mediation.judge_3(weakest, sensitivity).noted(3, set_progress)
    check_3
    return


@app.cell(hide_code=True)
def transfer_heading():
    # notes: Aim: the whole method in one sitting: what the coin protects, shares within kinds, worlds, contrasts. Trap: shares that mix kinds of people. Minutes: 8. If late: the first answer only.
    mo.md(r"""
    ## Another programme: a course for job seekers

    By a coin, half of a town's job seekers get a course. Who `applies` for jobs every week, a month later? Who has a `job`, half a year later?
    `long_term`: out of work for over a year before. Does the course work because people apply more?
    """)
    return


@app.cell
def jobs(SEED):
    # slide: fragment
    jobs = mediation.simulate_jobs(SEED)
    jobs_graph = graphs.dag(
        [
            *(("course", name) for name in ("applies", "job")),
            *(("long_term", name) for name in ("applies", "job")),
            ("applies", "job"),
        ],
        treatment="course",
        outcome="job",
        adjusted=["long_term"],
    )
    jobs_graph.draw("What moves what in the town")
    return (jobs,)


@app.cell(hide_code=True)
def question_4():
    # next: skip
    mo.md(r"""
    ### Exercise 4 · build · 7 min

    First `unprotected`: for which pair must we still hope that nothing unmeasured moves both? One of `"course and applies"`, `"course and job"`,
    `"applies and job"`. Then `split_elsewhere`: a dict with the keys `"total"`, `"direct"`, `"indirect"`, each a change in the
    probability of a job, averaged over all job seekers. Shares from the table are good enough; 20,000 people are many.
    """)
    return


@app.cell
def exercise_4_jobs(either, jobs):
    # Shares: kinds_of_people[x], applies[x, t'], found[x, t, m].
    kinds_of_people = jobs["long_term"].value_counts(normalize=True)
    applies = jobs.groupby(["long_term", "course"])["applies"].mean()
    found = jobs.groupby(["long_term", "course", "applies"])["job"].mean()
    # solution
    #| unprotected = ...
    #| split_elsewhere = ...

    def _world(t, t1):
        _m = {(x, m): either(m, applies[x, t1]) for x in (0, 1) for m in (0, 1)}
        return sum(kinds_of_people[x] * p * found[x, t, m] for (x, m), p in _m.items())

    unprotected = "applies and job"
    split_elsewhere = {
        "total": _world(1, 1) - _world(0, 0),
        "direct": _world(1, 0) - _world(0, 0),
        "indirect": _world(0, 1) - _world(0, 0),
    }
    as_table(pd.DataFrame([split_elsewhere]), digits=3)
    return split_elsewhere, unprotected


@app.cell(hide_code=True)
def check_4(jobs, set_progress, split_elsewhere, unprotected):
    check_4 = mediation.judge_4(unprotected, split_elsewhere, jobs).noted(4, set_progress)
    check_4
    return


@app.cell(hide_code=True)
def takeaways(rho_interval, split):
    # notes: Aim: the answer to the first question, with its conditions. Ask how many would have said "a third is mediated". Trap: quoting IIE1 without rho. Minutes: 1. If late: keep.
    mo.md(f"""
    ## Takeaways

    - **How does it work?** Total {mediation.said(split, "TE")}: through peers {mediation.said(split, "IIE1")}, through drugs {mediation.said(split, "IIE2")}, in other ways {mediation.said(split, "DE")}. What holds zero is unknown, not absent.
    - **The coin vouches for the difference of the arms.** The parts need more: nothing hidden behind mediators and outcome; TE as E111 − E000 in general also independent mediators, given programme and covariates.
    - **Say how little takes it away.** With a ρ of {number(rho_interval, 2)} behind peers and disorder, the interval of the effect through peers holds zero.
    - **An indirect effect is a contrast of worlds**, and where you start matters: name the remainder, or two honest people report two splits.
    """)
    return


@app.cell(hide_code=True)
def progress(get_progress):
    checks.progress(get_progress(), total=7)
    return


@app.cell(hide_code=True)
def natural_heading():
    # notes: Aim: what may be said of one person. Trap: the formula is the same; what one may say with it is not. Minutes: 2. If late: skip.
    mo.md(r"""
    ## Natural effects: one person, two worlds · optional

    *Natural* effects (Robins & Greenland 1992; Pearl 2001) ask for $Y_i(1, M_i(0))$: the outcome under the programme with the very friends that this teenager
    has without it. No experiment can show both worlds for one person. So one must assume that $Y_i(1, m)$ and $M_i(0)$ are independent given $x$:
    the **cross-world assumption**. Interventional effects draw the mediator from a distribution, and do not need it. Here the formula is the
    same; what one may say with it is not.
    """)
    return


@app.cell(hide_code=True)
def tied_heading():
    # notes: Aim: what is left when the mediators cannot be drawn apart. Trap: multiplying margins. Minutes: 9. If late: skip.
    mo.md(r"""
    ## When the mediators are tied · optional

    If trying drugs *depended* on peers, natural effects through one of them could not be told (VanderWeele, Vansteelandt & Robins 2014), and our two
    parts would not add up. What stays whole is their **joint** indirect effect: both mediators drawn together as in arm 1 instead of arm 0, nothing acting directly.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    # slide: fragment
    # next: skip
    mo.md(r"""
    ### Exercise 5 · build · 8 min

    Write the joint indirect effect for one kind of family: `p_y[t, m1, m2]` is $P(Y{=}1)$, `p_joint[t, m1, m2]` is
    $P(M_1{=}m_1, M_2{=}m_2)$ in arm $t$. `joint_indirect(p_y, p_joint)` returns one number.
    """)
    return


@app.cell
def exercise_5_joint():
    # Two arrays of shape (2, 2, 2) come in, one float goes out. For this example: -0.08.
    p_example = np.array([[[0.1, 0.2], [0.3, 0.5]], [[0.1, 0.2], [0.3, 0.4]]])
    q_example = np.array([[[0.4, 0.2], [0.1, 0.3]], [[0.6, 0.2], [0.1, 0.1]]])

    # solution
    #| def joint_indirect(p_y, p_joint):
    #|     return ...
    def joint_indirect(p_y, p_joint):
        return float((p_y[0] * (p_joint[1] - p_joint[0])).sum())

    joint_indirect(p_example, q_example)
    return (joint_indirect,)


@app.cell(hide_code=True)
def check_5(joint_indirect, set_progress):
    check_5 = mediation.judge_5(joint_indirect).noted(5, set_progress)
    check_5
    return


@app.cell(hide_code=True)
def do_heading():
    # notes: Aim: the formula is a short cut; the program itself can visit the eight worlds. Trap: the mediators must come from runs of their own, not from the run in which the outcome is drawn. Minutes: 4. If late: read the sentence below.
    mo.md(r"""
    ## The same, by `do` · optional

    One run of the program with `do` gives the peers of arm $t'$, a second the drugs of arm $t''$; a third sets all three.
    """)
    return


@app.cell
def crossed_world(background, handlers, jax, jnp, model, n_families):
    def crossed_world(key, draw, t, t1, t2):
        """Return the mean of mu_disorder over the families in world (t, t', t''), for one draw."""
        fitted = handlers.substitute(model, data=draw)

        def run(key, intervention, **mediators):
            settings = {"intervention": jnp.full(n_families, intervention), **mediators}
            program = handlers.seed(handlers.do(fitted, data=settings), key)
            return handlers.trace(program).get_trace(**background)

        key_peers, key_drugs, key_outcome = jax.random.split(key, 3)
        peers = run(key_peers, t1)["peers"]["value"]
        drugs = run(key_drugs, t2)["drugs"]["value"]
        return run(key_outcome, t, peers=peers, drugs=drugs)["mu_disorder"]["value"].mean()

    return (crossed_world,)


@app.cell
def visits(crossed_world, jax):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def visit_worlds(key, samples):
        """Return the chance of a disorder in each world, one run for each draw: (draw, t, t', t'')."""
        visit = jax.jit(jax.vmap(crossed_world, in_axes=(0, 0, None, None, None)))
        keys = jax.random.split(key, len(samples["peers_intercept"]))
        means = [visit(keys, samples, *world) for world in np.ndindex(2, 2, 2)]
        return np.array(means).T.reshape(-1, 2, 2, 2)

    return (visit_worlds,)


@app.cell
def by_do(EFFECTS, draws, effect, idata_numpyro, key_do, visit_worlds, worlds):
    # slide: fragment
    samples = {k: np.concatenate(v.to_numpy()) for k, v in idata_numpyro.posterior.items()}
    with mo.status.spinner("Visiting the eight worlds: about 5 s, the first time"):
        worlds_by_do = worlds.copy(data=visit_worlds(key_do, samples).reshape(worlds.shape))
    by_do = pd.DataFrame({"formula": {name: float(draws[name].mean()) for name in EFFECTS}})
    by_do["do"] = {name: float(effect(worlds_by_do, name).mean()) for name in EFFECTS}
    _gap = {name: float((effect(worlds_by_do, name) - draws[name]).std()) for name in EFFECTS}
    by_do["Monte Carlo error"] = pd.Series(_gap) / draws["TE"].size ** 0.5
    do_gap = float(((by_do["do"] - by_do["formula"]) / by_do["Monte Carlo error"]).abs().max())
    as_table(by_do, digits=5)
    return (do_gap,)


@app.cell(hide_code=True)
def by_do_read(do_gap):
    mo.md(f"""
    The formula sums, `do` draws: {number(do_gap, 1)} Monte Carlo errors apart at most.
    """)
    return


@app.cell(hide_code=True)
def proportion_heading():
    # notes: Aim: a ratio with a denominator near zero is no summary. Trap: "57 % is mediated" reads like a fact about the programme. Minutes: 7. If late: the picture and the exercise.
    mo.md(r"""
    ## "What share is mediated?" · optional

    Everybody asks for the **proportion mediated**, (IIE1 + IIE2 + INT) / TE. Compute it in each draw, and look.
    """)
    return


@app.cell
def proportion(draws):
    # slide: fragment
    proportion_mediated = (draws["IIE1"] + draws["IIE2"] + draws["INT"]) / draws["TE"]
    other_proportion = 1 - draws["DE"] / draws["TE"]
    medians = [float(each.median()) for each in (proportion_mediated, other_proportion)]
    mediation.chart_proportion(proportion_mediated)
    return (medians,)


@app.cell(hide_code=True)
def proportion_read(medians, true_effects):
    # slide: sub-slide
    mo.md(f"""
    The truth is {number(1 - (true_effects["DE"] + true_effects["remainder"]) / true_effects["TE"], 2)}. Three faults:

    - where TE comes near zero, the ratio explodes;
    - where direct and indirect effects have opposite signs, it is negative or beyond 1;
    - it has two definitions: this one has the median {number(medians[0], 2)}, and 1 − DE/TE has {number(medians[1], 2)}. They differ by the
      remainder's share.

    Report the effects, each with its interval.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    # next: skip
    mo.md(r"""
    ### Exercise 6 · predict · 3 min

    Another programme: mediated part −0.036, DE **+0.030**, remainder zero. A report says that it "explains most of
    the effect". What is the proportion mediated? Answer `"below 0"`, `"between 0 and 1"` or `"above 1"`.
    """)
    return


@app.cell
def exercise_6_proportion():
    # Your prediction: "below 0", "between 0 and 1" or "above 1".
    # solution
    proportion_is = "above 1"
    proportion_is
    return (proportion_is,)


@app.cell(hide_code=True)
def check_6(proportion_is, set_progress):
    check_6 = mediation.judge_6(proportion_is, -0.036, 0.030).noted(6, set_progress)
    check_6
    return


@app.cell
def moved_direct(TRUE, effects_of):
    def with_direct(log_odds):
        """Return TE, mediated part and proportion in the true world with another direct arrow."""
        moved = effects_of(xr.Dataset({**TRUE, "disorder_intervention": ("direct", log_odds)}))
        table = pd.DataFrame({name: values.to_numpy() for name, values in moved.items()})
        mediated = table["IIE1"] + table["IIE2"] + table["INT"]
        return table.assign(direct=log_odds, mediated=mediated, proportion=mediated / table["TE"])

    direct_curve = with_direct(np.linspace(-1.5, 1.5, 301))
    draw_direct = mediation.drawing_direct(direct_curve)
    direct_log_odds = mo.ui.slider(
        steps=[round(x, 1) for x in np.arange(-1.5, 1.51, 0.1)],
        value=-0.3,
        label="true direct arrow, intervention → disorder (log-odds)",
        show_value=True,
    )
    return direct_curve, direct_log_odds, draw_direct, with_direct


@app.cell
def show_direct(direct_log_odds, draw_direct, with_direct):
    # slide: sub-slide
    chart_direct = draw_direct(with_direct([direct_log_odds.value]))
    mo.vstack([direct_log_odds, chart_direct])
    return


@app.cell(hide_code=True)
def direct_read(direct_curve):
    mo.md(f"""
    The mediated part is {signed(direct_curve["mediated"][0], 3)} all along the curve: peers and drugs prevent what they prevent. The
    "proportion" goes from below 1 to infinity and comes back negative. The grey band is where it looks like a proportion.
    """)
    return


@app.cell(hide_code=True)
def warm_up_heading():
    # notes: Aim: the product rule, where it is exactly right, and why it ends with yes and no. Trap: the second slope must hold the treatment fixed. Minutes: 7. If late: skip the exercise.
    mo.md(r"""
    ## Straight lines: the product rule · optional

    Suppose friends and risk were *scores*, and every arrow a straight line: the programme moves the peer
    score by $a$, a point of the peer score moves the risk score by $b$, and the programme moves it by $c$
    past the peers. Then *indirect* $= a \times b$, *direct* $= c$, *total* $= a b + c$: the **product rule**.
    """)
    return


@app.cell
def warm_up():
    a, b, c = -0.8, 0.5, -0.3
    warm_up = simulate.LinearWorld(
        {
            ("programme", "peer_score"): a,
            ("peer_score", "risk_score"): b,
            ("programme", "risk_score"): c,
        }
    )
    return (warm_up,)


@app.cell(hide_code=True)
def question_7():
    # slide: fragment
    # next: skip
    mo.md(r"""
    ### Exercise 7 · fix · 4 min

    A colleague computes the indirect effect as below. The second slope lets the programme vary: it mixes the
    effect of the peers with the programme's own. Mend it: `indirect_mended`, one number, in points of the risk score.
    """)
    return


@app.cell
def exercise_7_product(warm_up):
    # The bug: the second slope compares families of both arms. Mend it.
    slope_peers = warm_up.slope("peer_score", on="programme")
    indirect_buggy = slope_peers * warm_up.slope("risk_score", on="peer_score")
    # solution
    _held = warm_up.slope("risk_score", on="peer_score", given=["programme"])
    indirect_mended = slope_peers * _held
    indirect_mended
    return (indirect_mended,)


@app.cell(hide_code=True)
def check_7(indirect_mended, set_progress, warm_up):
    check_7 = mediation.judge_7(indirect_mended, warm_up).noted(7, set_progress)
    check_7
    return


@app.cell(hide_code=True)
def product_read(TRUE):
    # slide: sub-slide
    mo.md(f"""
    Our friends, drugs and disorder are yes or no: their arrows are log-odds. The product rule would say {number(TRUE["peers_intervention"], 2)} ×
    {number(TRUE["disorder_peers"], 2)} = {number(TRUE["peers_intervention"] * TRUE["disorder_peers"], 2)}: log-odds times log-odds. It is no
    probability, and how many disorders it prevents depends on everything else about the family.
    """)
    return


@app.cell(hide_code=True)
def prior_heading(prior_ends):
    # notes: Aim: the prior in the unit of the answer: a change in probability. Trap: a wide prior on log-odds is not flat on probabilities. Minutes: 2. If late: skip.
    mo.md(f"""
    ## Before the data · optional

    Draw all arrows from their priors, and send each draw through the formula. The total effect then lies between {signed(prior_ends[0], 2)} and
    {signed(prior_ends[1], 2)} (94 % HDI), and no sign is preferred.
    """)
    return


@app.cell
def prior_function(by_arrow, infer, model):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def draw_prior(key, background, draws):
        """Return the arrows (draw) as the priors expect them."""
        return by_arrow(infer.Predictive(model, num_samples=draws)(key, **background), "draw")

    return (draw_prior,)


@app.cell
def prior_effects(background, draw_prior, effects_of, key_prior):
    # slide: fragment
    with mo.status.spinner("Drawing from the priors: some seconds, the first time"):
        _all = effects_of(draw_prior(key_prior, background, 1000))
    prior_effects = {name: _all[name] for name in ("TE", "DE", "IIE1", "IIE2")}
    prior_ends = tidy.hdi(prior_effects["TE"])
    mediation.chart_prior(prior_effects)
    return (prior_ends,)


@app.cell(hide_code=True)
def predictive_heading():
    # notes: Aim: the fitted model invents families like ours. Trap: a good fit says nothing about what is hidden. Minutes: 2. If late: skip.
    mo.md(r"""
    ## Does it fit? · optional

    Let the fitted program invent peers, drugs and disorders again.
    """)
    return


@app.cell
def replicated(
    background,
    idata_numpyro,
    infer,
    key_check,
    model,
    rates,
    seen,
):
    # slide: fragment
    _some = {k: np.concatenate(v.to_numpy()) for k, v in idata_numpyro.posterior.items()}
    _some = {name: v[:: max(1, len(v) // 300)] for name, v in _some.items()}
    _again = infer.Predictive(model, _some)
    invented = _again(key_check, **background, intervention=seen["intervention"])
    _arm = np.asarray(seen["intervention"])
    _keys = [(name, t) for name in rates for t in (0, 1)]
    replicated = {(n, t): np.asarray(invented[n])[:, _arm == t].mean(axis=1) for n, t in _keys}
    predictive = mediation.predictive_rows(rates, replicated)
    mediation.chart_predictive(predictive)
    return (predictive,)


@app.cell(hide_code=True)
def predictive_read(predictive):
    mo.md(f"""
    {predictive["mean"].between(predictive["lower"], predictive["upper"]).sum()} of {len(predictive)} shares lie inside. That says nothing about what is hidden.
    """)
    return


@app.cell(hide_code=True)
def repeated_heading():
    # notes: Aim: is 94 % really 94 %? And what does a hidden cause do to it? Trap: coverage is a property of the procedure in a world, not of one interval. Minutes: 5. If late: the chart only.
    mo.md(r"""
    ## Can one trust the intervals? · optional

    One study cannot tell. So we run the study again and again in the same world, and count how often the
    94 % interval holds the truth (its **coverage**). NUTS for each world would take long; a **Laplace approximation** (a normal around the peak of the posterior)
    takes seconds for all.
    """)
    return


@app.function
def laplace(rng, design, y, prior_sd, n_draws):
    """Return draws (world, draw, column) of a logistic regression: normal around the posterior's peak."""
    peak = np.zeros((len(y), design.shape[-1]))
    for _ in range(8):  # Newton's steps, in all worlds at once
        p = expit(np.einsum("wfc,wc->wf", design, peak))
        weighted = np.swapaxes(design * (p * (1 - p))[..., None], 1, 2)
        curvature = weighted @ design + np.diag(prior_sd**-2.0)
        gradient = np.einsum("wfc,wf->wc", design, y - p) - peak / prior_sd**2
        peak = peak + np.linalg.solve(curvature, gradient[..., None])[..., 0]
    noise = rng.normal(size=(len(y), n_draws, peak.shape[1]))
    spread = np.linalg.cholesky(np.linalg.inv(curvature))
    return peak[:, None] + noise @ np.swapaxes(spread, 1, 2)


@app.cell
def approximate(CAUSES):
    def approximate(rng, columns, n_draws=300):
        """Return one variable for each arrow (world, draw): same model and priors as for NUTS."""
        found = {}
        for effect, causes in CAUSES.items():
            constant = np.ones(columns[effect].shape)
            design = np.stack([constant, *(columns[cause] for cause in causes)], axis=-1)
            prior_sd = np.full(len(causes) + 1, 2.0)
            beta = laplace(rng, design, columns[effect], prior_sd, n_draws)
            for i, cause in enumerate(["intercept", *causes]):
                found[f"{effect}_{cause}"] = (("world", "draw"), beta[..., i])
        return xr.Dataset(found)

    return (approximate,)


@app.cell
def approximation_checked(SEED, approximate, effects_of, split, study):
    # slide: fragment
    MAIN = ["TE", "DE", "IIE1", "IIE2"]
    _columns = {name: study[name].to_numpy()[None] for name in study}
    _laplace = effects_of(approximate(np.random.default_rng([SEED, 5]), _columns, 4000))
    approximation = tidy.summarise({name: _laplace[name] for name in MAIN}).set_index("label")
    approximation["NUTS"] = split["mean"]
    _apart = (approximation["mean"] - approximation["NUTS"]).abs() / split["sd"]
    laplace_gap = float(_apart.max())
    return MAIN, laplace_gap


@app.cell(hide_code=True)
def approximation_read(laplace_gap):
    # slide: skip
    mo.md(f"""
    On our own data the means of the two differ by {number(laplace_gap, 2)} posterior standard deviations at most. What is approximate: the posterior of
    the *arrows* is taken as normal. The effects are still computed from each draw by the formula, so they may be skewed.
    """)
    return


@app.cell
def judged(MAIN, approximate, effects_of, simulate_world, true_effects):
    def judged(name, values):
        """Return how the intervals of an effect, one for each world, did against the truth."""
        truth = true_effects[name]
        low, high = np.array([tidy.hdi(one) for one in values]).T
        found = {"effect": name, "n_worlds": len(values), "bias": values.mean() - truth}
        found |= {"coverage": ((low <= truth) & (truth <= high)).mean()}
        return found | {"mean_width": (high - low).mean(), "excludes_zero": (low * high > 0).mean()}

    def study_again(rng, n_worlds, rho=0.0):
        """Return bias and coverage of the 94 % interval for each effect, over new worlds."""
        again = effects_of(approximate(rng, simulate_world(rng, n_worlds, rho)))
        return pd.DataFrame([judged(name, again[name].to_numpy()) for name in MAIN])

    return (study_again,)


@app.cell
def repeated_worlds(N_WORLDS, SEED, study_again):
    # slide: sub-slide
    repeated_worlds = study_again(np.random.default_rng([SEED, 6]), N_WORLDS)
    hidden_worlds = study_again(np.random.default_rng([SEED, 7]), N_WORLDS, rho=0.4)
    both_worlds = pd.concat(
        [repeated_worlds.assign(world="nothing hidden"), hidden_worlds.assign(world="ρ = 0.4")]
    )
    nothing_hidden = repeated_worlds.set_index("effect")
    temper_hidden = hidden_worlds.set_index("effect")
    coverage_se = float(np.sqrt(tidy.HDI_PROB * (1 - tidy.HDI_PROB) / N_WORLDS))
    mediation.chart_coverage(both_worlds, N_WORLDS)
    return coverage_se, nothing_hidden, temper_hidden


@app.cell(hide_code=True)
def coverage_read(N_WORLDS, coverage_se, nothing_hidden, temper_hidden):
    # slide: sub-slide
    mo.md(f"""
    - **Nothing hidden**: the intervals hold the truth in {percent(nothing_hidden["coverage"].min())} to {percent(nothing_hidden["coverage"].max())} of {N_WORLDS} worlds
      (Monte Carlo error {number(100 * coverage_se, 1)} points). They are wide: that of DE excludes zero in {percent(nothing_hidden["excludes_zero"]["DE"])}.
    - **ρ = 0.4**: IIE1 comes out {number(abs(temper_hidden["bias"]["IIE1"]), 3)} too strong, DE {number(abs(temper_hidden["bias"]["DE"]), 3)} too weak; the interval of
      IIE1 holds the truth in {percent(temper_hidden["coverage"]["IIE1"])}. The bias moves effect from one way to another, and TE (coverage {percent(temper_hidden["coverage"]["TE"])}) hardly
      shows it.

    IIE1 is a product of two uncertain numbers: its posterior is skewed, and a highest-density interval leans towards zero. With $\\rho = 0.4$ TE drifts
    a little as well: the fit follows the difference of the arms, and that is no longer $E[1,1,1] - E[0,0,0]$, which draws the mediators afresh and so cuts
    their tie with what is hidden.
    """)
    return


@app.cell(hide_code=True)
def second_heading():
    # notes: Aim: another library, another likelihood (counts), the same numbers. Trap: identical data, so agreement says nothing about the assumptions. Minutes: 4. If late: the table only.
    mo.md(r"""
    ## A second way: PyMC, from counts · optional

    Families of one kind, arm and mediators are alike for the model: how many there are, and how many say yes, is all it needs. The
    same three regressions in PyMC, with **Binomial** counts and one vector of arrows. (5 to 20 seconds, the first time.)
    """)
    return


@app.cell
def counts(CAUSES, study):
    def counted(effect, causes):
        """Return one row per kind, arm and mediators: how many families, how many say yes."""
        table = study.groupby(causes, as_index=False).agg(n=(effect, "size"), yes=(effect, "sum"))
        names = {cause: f"{effect}_{cause}" for cause in causes}
        return table.rename(columns=names).assign(**{f"{effect}_intercept": 1})

    counts = pd.concat([counted(*pair) for pair in CAUSES.items()], ignore_index=True).fillna(0)
    return (counts,)


@app.cell
def model_pymc():
    import logging

    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.WARNING)  # its warnings matter, its log does not

    def counts_model(counts, arrows):
        """Return the model: one log-odds for each arrow, Binomial counts."""
        n, yes, causes = (counts[column].to_numpy() for column in ("n", "yes", arrows))
        with pm.Model(coords={"arrow": arrows}) as model:
            arrow = pm.Normal("arrow_log_odds", 0, 2, dims="arrow")
            pm.Binomial("yes", n=n, logit_p=causes @ arrow, observed=yes)
        return model

    return counts_model, pm


@app.cell
def fit_function(counts_model, pm):
    @mo.persistent_cache(save_path=fits.FOLDER)
    def fit_counts(counts, arrows, draws, seed):
        """Return posterior draws of the arrows, given the counts."""
        return pm.sample(
            draws,
            tune=300,
            chains=8,
            model=counts_model(counts, arrows),
            nuts_sampler="numpyro",
            nuts={"chain_method": "vectorized"},
            progressbar=False,
            random_seed=seed,
        )

    return (fit_counts,)


@app.cell
def fit_pymc(DRAWS, SEED, TRUE, counts, fit_counts):
    with mo.status.spinner("Sampling once more, in PyMC: 5 to 20 s, the first time"):
        idata_pymc = fit_counts(counts, list(TRUE), DRAWS, SEED)
    diagnostics_pymc = tidy.diagnostics(idata_pymc)
    tidy.show_diagnostics(diagnostics_pymc)
    return (idata_pymc,)


@app.cell
def effects_pymc(MAIN, effects_of, idata_pymc, split):
    _all = effects_of(idata_pymc.posterior["arrow_log_odds"].to_dataset(dim="arrow"))
    _pymc = tidy.summarise({name: _all[name] for name in MAIN}).set_index("label")
    _both = {"PyMC": _pymc, "NumPyro": split.loc[MAIN]}
    second_way = pd.concat({k: v[["mean", "lower", "upper"]] for k, v in _both.items()}, axis=1)
    second_gap = float(((_pymc["mean"] - split["mean"]).abs() / split["sd"]).max())
    as_table(second_way.rename_axis("effect"), digits=3)
    return (second_gap,)


@app.cell(hide_code=True)
def second_read(counts, n_families, second_gap):
    mo.md(f"""
    {len(counts)} rows of counts in place of three sub-models over {n_families} families, and the largest gap of means is {number(second_gap, 2)} posterior
    standard deviations. Both rest on the same assumptions: agreement of two programs is no evidence for them.
    """)
    return


@app.cell(hide_code=True)
def published_heading(published_gap):
    # notes: Aim: recognise the shape; be exact about where it comes from. Trap: people cite this example as a study of real families. Minutes: 2. If late: skip.
    mo.md(f"""
    ## Where have you seen this before? · optional

    A public example of mediation (StatsNotebook 2020; R package intmed) has these six columns; the
    published effects below are for N = 410. Its makers document the data as *simulated*. Our world was tuned to look like it: our true effects lie
    within {number(published_gap, 3)} of the published means. And our study is one of eight draws, chosen because its split looks most like this one: another
    `SEED` gives another split.
    """)
    return


@app.cell
def published(effects):
    # slide: fragment
    _rows = [
        ("TE", -0.063, -0.127, -0.004),
        ("DE", -0.036, -0.100, 0.028),
        ("IIE1", -0.027, -0.048, -0.009),
        ("IIE2", -0.009, -0.025, 0.005),
    ]
    _columns = ["effect", "published", "published_lower", "published_upper"]
    published = pd.DataFrame(_rows, columns=_columns)
    side_by_side = published.merge(
        effects[["effect", "truth", "mean", "lower", "upper"]], on="effect"
    )
    published_gap = float((side_by_side["truth"] - side_by_side["published"]).abs().max())
    as_table(side_by_side, digits=3)
    return (published_gap,)


@app.cell(hide_code=True)
def references():
    # slide: skip
    mo.md(r"""
    ### References

    - Imai, K., Keele, L. & Yamamoto, T. (2010). Identification, inference and sensitivity analysis for causal mediation effects. *Statistical Science* 25(1). [doi:10.1214/10-STS321](https://doi.org/10.1214/10-STS321)
    - Pearl, J. (2001). Direct and indirect effects. *Proceedings of UAI 17*, 411–420.
    - Robins, J. M. & Greenland, S. (1992). Identifiability and exchangeability for direct and indirect effects. *Epidemiology* 3(2). [doi:10.1097/00001648-199203000-00013](https://doi.org/10.1097/00001648-199203000-00013)
    - StatsNotebook (2020). [Causal mediation analysis](https://statsnotebook.io/blog/analysis/mediation). The data are described as simulated, and as fictitious in the R package intmed (Chan 2020).
    - VanderWeele, T. J., Vansteelandt, S. & Robins, J. M. (2014). Effect decomposition in the presence of an exposure-induced mediator-outcome confounder. *Epidemiology* 25(2). [doi:10.1097/EDE.0000000000000034](https://doi.org/10.1097/EDE.0000000000000034)
    - Vansteelandt, S. & Daniel, R. M. (2017). Interventional effects for mediation analysis with multiple mediators. *Epidemiology* 28(2). [doi:10.1097/EDE.0000000000000596](https://doi.org/10.1097/EDE.0000000000000596)

    ### Knobs

    All that is simulated follows from `SEED`. `DRAWS` (a chain) and `N_WORLDS` set what a run costs.
    """)
    return


@app.cell
def seed():
    SEED = 2026
    return (SEED,)


@app.cell
def cost():
    DRAWS = 400
    return (DRAWS,)


@app.cell
def cost_worlds():
    N_WORLDS = 200
    return (N_WORLDS,)


@app.cell
def progress_state():
    get_progress, set_progress = mo.state({})
    return get_progress, set_progress


if __name__ == "__main__":
    app.run()
