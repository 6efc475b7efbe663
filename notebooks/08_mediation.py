import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="How does the programme work?",
    css_file="../slides/theme.css",
)

with app.setup:
    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd
    import xarray as xr
    from scipy.special import expit, ndtr, ndtri

    from helpers import charts, checks, fits, graphs, simulate, tidy


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # How does the programme work?

    A programme for families lowers the risk that a teenager later has a substance-use disorder. Does it
    work because they keep away from deviant peers? Because they try fewer drugs? Or in some other way?
    """)
    return


@app.cell(hide_code=True)
def card():
    mo.md(r"""
    | | |
    |:---|:---|
    | You will be able to | split an effect by the way it travels, say what the split assumes, and how little it takes to break it |
    | Estimand | direct and indirect effects on the probability of a disorder, averaged over 410 families |
    | Design | randomised programme; the mediators are *not* randomised |
    | Data | simulated, with known truth |
    | Time | core 94 minutes; six checked exercises |
    | Prerequisites | notebooks 01 and 02 (graphs, `do`, mediators); 05 helps |
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


@app.cell(hide_code=True)
def data_heading():
    mo.md(r"""
    ## Whom do we follow?

    410 families, enrolled by quota: boys and girls alike, family conflict from 1 (calm) to 5. A coin decides who
    gets the programme. A year later we ask about friends and drugs; as young adults, who has a disorder.
    """)
    return


@app.cell(hide_code=True)
def variables():
    mo.md(r"""
    | name | meaning | values | role |
    |:---|:---|:---|:---|
    | `gender` | gender of the teenager | 1 boy, 0 girl | covariate |
    | `conflict` | conflict in the family before the programme | 1 to 5 | covariate |
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


@app.cell(hide_code=True)
def families_read(kinds, n_families):
    mo.md(f"""
    There are {len(kinds)} kinds of family (gender and conflict) and {n_families} families. Who enrols is the same
    in every world that we simulate, so the truth is one set of numbers. A **mediator** stands between treatment and outcome: a part
    of the effect flows through it.
    """)
    return


@app.cell
def true_arrows():
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
    return (TRUE,)


@app.cell
def causes():
    CAUSES = {
        "peers": ["intervention", "gender", "conflict"],
        "drugs": ["intervention", "gender", "conflict"],
        "disorder": ["intervention", "peers", "drugs", "gender", "conflict"],
    }
    return (CAUSES,)


@app.cell
def world(CAUSES, TRUE, families):
    def simulate_world(rng, n_worlds=1, rho=0.0):
        """Return the columns as 0/1 arrays (world, family); rho ties what is hidden behind peers and disorder."""
        shape = (n_worlds, len(families))
        behind_peers, own = rng.normal(size=(2, *shape))
        behind_disorder = rho * behind_peers + np.sqrt(1 - rho**2) * own
        luck = {"peers": ndtr(-behind_peers), "drugs": rng.random(shape)}
        luck["disorder"] = ndtr(-behind_disorder)
        seen = {"gender": families["gender"].to_numpy()}
        seen["conflict"] = families["conflict"].to_numpy() - 3  # 3 is the middle
        seen["intervention"] = rng.integers(2, size=shape)
        for effect, causes in CAUSES.items():
            line = TRUE[f"{effect}_intercept"] + sum(
                TRUE[f"{effect}_{c}"] * seen[c] for c in causes
            )
            seen[effect] = (luck[effect] < expit(line)).astype(int)
        return {name: np.broadcast_to(values, shape) for name, values in seen.items()}

    return (simulate_world,)


@app.cell
def data(SEED, simulate_world):
    _world = simulate_world(np.random.default_rng([SEED, 3]))
    study = pd.DataFrame({name: column[0] for name, column in _world.items()})
    rates = study.groupby("intervention")[["peers", "drugs", "disorder"]].mean()
    return rates, study


@app.cell(hide_code=True)
def chart_rates(rates, study):
    _arms = {0: "control", 1: "treated"}
    _rows = [
        {"label": f"{name}, {_arms[t]}", "mean": rates.loc[t, name], "role": _arms[t]}
        for name in rates
        for t in _arms
    ]
    charts.chart_effect(
        pd.DataFrame(_rows).assign(lower=np.nan, upper=np.nan),
        title=f"{len(study)} families, one coin each",
        unit="share of the families",
        number_format=".2f",
    ).properties(height=260)
    return


@app.cell(hide_code=True)
def rates_read(rates):
    _gap = 100 * (rates.loc[1] - rates.loc[0])
    mo.md(f"""
    Treated minus control, in points of a hundred: peers {tidy.signed(_gap["peers"], 0)}, drugs
    {tidy.signed(_gap["drugs"], 0)}, disorder {tidy.signed(_gap["disorder"], 0)}.
    """)
    return


@app.cell(hide_code=True)
def naive_heading():
    mo.md(r"""
    ## The easy half: does it work?

    A coin decided, so the two arms differ in nothing but the programme and chance. Compare them.
    """)
    return


@app.cell
def naive(study):
    # 94 % interval of a difference of two shares.
    _arms = study.groupby("intervention")["disorder"]
    naive_difference = float(_arms.mean()[1] - _arms.mean()[0])
    naive_se = float(np.sqrt((_arms.var() / _arms.size()).sum()))
    _half = float(ndtri((1 + tidy.HDI_PROB) / 2)) * naive_se
    naive_interval = (naive_difference - _half, naive_difference + _half)
    return naive_difference, naive_interval


@app.cell
def naive_among_clean(study):
    _clean = study.query("peers == 0 and drugs == 0").groupby("intervention")["disorder"].mean()
    difference_without_mediators = float(_clean[1] - _clean[0])
    return (difference_without_mediators,)


@app.cell(hide_code=True)
def naive_read(difference_without_mediators, naive_difference, naive_interval):
    _low, _high = naive_interval
    mo.md(f"""
    The probability of a disorder changes by **{tidy.signed(naive_difference, 3)}** (94 % interval
    {tidy.signed(_low, 3)} to {tidy.signed(_high, 3)}). That is the *total* effect, and randomisation
    vouches for it.

    How? Many would look only at the families with no deviant peers and no drugs: there the difference is
    {tidy.signed(difference_without_mediators, 3)}. But who is in that group was decided *after* the programme, and by more than the programme.
    """)
    return


@app.cell(hide_code=True)
def warm_up_heading():
    mo.md(r"""
    ## Warm-up: straight lines

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
    return a, b, c, warm_up


@app.cell
def product_rule(warm_up):
    slope_peers = warm_up.slope("peer_score", on="programme")
    slope_risk = warm_up.slope("risk_score", on="peer_score", given=["programme"])
    slope_direct = warm_up.slope("risk_score", on="programme", given=["peer_score"])
    total_linear = warm_up.slope("risk_score", on="programme")
    return slope_direct, slope_peers, slope_risk, total_linear


@app.cell
def linear_split(a, b, c, slope_direct, slope_peers, slope_risk, total_linear):
    linear = {"indirect": slope_peers * slope_risk, "direct": slope_direct, "total": total_linear}
    true_linear = {"indirect": a * b, "direct": c, "total": a * b + c}
    tidy.as_table(pd.DataFrame({"by slopes": linear, "true": true_linear}), digits=3)
    return (linear,)


@app.cell(hide_code=True)
def product_read(linear):
    mo.md(f"""
    Exact, not estimated: of a total of {tidy.signed(linear["total"], 2)}, {tidy.signed(linear["indirect"], 2)} runs through
    the peers.
    """)
    return


@app.cell(hide_code=True)
def question_1():
    mo.md(r"""
    ### Exercise 1 · fix · 5 min

    A colleague computes the indirect effect as below. The second slope lets the programme vary: it mixes the
    effect of the peers with the programme's own. Mend it: `indirect_mended`, one number, in points of the risk score.
    """)
    return


@app.cell
def exercise_1_product(slope_peers, warm_up):
    # The bug: the second slope compares families of both arms. Mend it.
    indirect_buggy = slope_peers * warm_up.slope("risk_score", on="peer_score")
    indirect_mended = ...
    return (indirect_mended,)


@app.cell(hide_code=True)
def hints_1(linear, slope_direct, slope_peers, warm_up):
    hints_1 = [
        (
            slope_peers * warm_up.slope("risk_score", on="peer_score"),
            "That is still the bug.",
        ),
        (slope_peers * slope_direct, "The second slope is of the *peers*, not of the programme."),
        (linear["total"], "That is the total effect: it holds the direct way too."),
        (linear["direct"], "That is the direct effect: what does not pass through the peers."),
        (-linear["indirect"], "The sign is turned: the programme lowers the peer score."),
        (slope_peers, "That is the first arrow only; multiply by the second."),
        "Slope of risk on peers, with the programme held fixed: `given=[...]`.",
    ]
    return (hints_1,)


@app.cell(hide_code=True)
def check_1(hints_1, indirect_mended, linear, set_progress):
    _why = (
        "Product and difference (total minus direct) agree on straight lines. Soon they will not."
    )
    check_1 = checks.close(
        indirect_mended, linear["indirect"], tolerance=1e-6, hints=hints_1, why=_why
    )
    set_progress(check_1.record("1"))
    check_1
    return


@app.cell(hide_code=True)
def no_lines_heading():
    mo.md(r"""
    ## Ours are yes or no

    Friends, drugs and disorder are yes/no: their arrows are log-odds. What does the product rule say there?
    """)
    return


@app.cell
def product_of_log_odds(TRUE):
    product_of_log_odds = TRUE["peers_intervention"] * TRUE["disorder_peers"]
    return (product_of_log_odds,)


@app.cell(hide_code=True)
def product_of_log_odds_read(TRUE, product_of_log_odds):
    mo.md(f"""
    {tidy.number(TRUE["peers_intervention"], 2)} × {tidy.number(TRUE["disorder_peers"], 2)} =
    {tidy.number(product_of_log_odds, 2)}: log-odds times log-odds. It is no probability, and how many disorders it
    prevents depends on everything else about the family. We need a definition that does not lean on straight lines.
    """)
    return


@app.cell(hide_code=True)
def estimand_heading():
    mo.md(r"""
    ## What do we want to know? Eight worlds

    Give each *way* its own switch. $E[t, t', t'']$: the probability of a disorder when the programme acts

    - on the outcome directly as in arm $t$,
    - while deviant peers are as common as in arm $t'$,
    - and drugs as common as in arm $t''$.

    Three switches, eight worlds. $E[1,1,1]$ and $E[0,0,0]$ are the two arms; the other six nobody has seen.
    """)
    return


@app.cell(hide_code=True)
def estimand_formula():
    mo.md(r"""
    $Y(t, m_1, m_2)$: a teenager's outcome if programme, peers and drugs were *set* to these values. $x$: gender and conflict.

    $$\begin{aligned}
    E[t, t', t''] = \frac{1}{410} \sum_{i=1}^{410} \sum_{m_1, m_2} \; & E\big[Y_i(t, m_1, m_2) \mid x_i\big] \\
    \times \; & P\big(M_1(t') = m_1 \mid x_i\big)\; P\big(M_2(t'') = m_2 \mid x_i\big)
    \end{aligned}$$

    The mediators are *drawn* from what arm $t'$ or $t''$ would give families of this kind. Effects defined so are
    called **interventional** (Vansteelandt & Daniel 2017).
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
    _signs = pd.DataFrame(EFFECTS)[["INT", "remainder"]].dropna(how="all")
    tidy.as_table(_signs.T.fillna(0).astype(int))
    return (EFFECTS,)


@app.cell
def effect(EFFECTS):
    def effect(worlds, name):
        """Return the contrast of this name between corners of the eight worlds."""
        total = 0
        for (t, t1, t2), sign in EFFECTS[name].items():
            total = total + sign * worlds.sel(t=int(t), t1=int(t1), t2=int(t2), drop=True)
        return total

    return (effect,)


@app.cell(hide_code=True)
def contrasts_read():
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
        for cause, value in {
            **causes,
            "gender": kind["gender"],
            "conflict": kind["conflict"],
        }.items():
            line = line + arrows[f"{effect}_{cause}"] * value
        return expit(line)

    def either(m, p):
        """Return P(M = m) where P(M = 1) = p."""
        return m * p + (1 - m) * (1 - p)

    return either, probability


@app.cell
def mediation_formula(TRUE, either, m1, m2, probability, share, t, t1, t2):
    def eight_worlds(arrows):
        """Return E[t, t', t''] (dims t, t1, t2, and those of the arrows): the formula, term by term."""
        p_disorder = probability(arrows, "disorder", intervention=t, peers=m1, drugs=m2)
        p_peers = either(m1, probability(arrows, "peers", intervention=t1))
        p_drugs = either(m2, probability(arrows, "drugs", intervention=t2))
        return xr.dot(p_disorder, p_peers, p_drugs, share, dim=["kind", "m1", "m2"])

    true_worlds = eight_worlds(xr.Dataset(TRUE))
    mo.md("One line for each factor, and `xr.dot` for the sums.")
    return eight_worlds, true_worlds


@app.cell
def truth_table(true_worlds):
    _ways = {f"t' = {a}, t'' = {b}": true_worlds.sel(t1=a, t2=b) for a in (0, 1) for b in (0, 1)}
    _corners = {way: corner.to_numpy() for way, corner in _ways.items()}
    tidy.as_table(pd.DataFrame({"t": [0, 1]} | _corners), digits=3)
    return


@app.cell
def effects_of(EFFECTS, effect, eight_worlds):
    def effects_of(arrows):
        """Return the six effects by name, for arrows of any dimensions."""
        found = eight_worlds(arrows)
        return {name: effect(found, name) for name in EFFECTS}

    return (effects_of,)


@app.cell
def true_effects(TRUE, effects_of):
    MAIN = ["TE", "DE", "IIE1", "IIE2"]
    true_effects = {name: float(v) for name, v in effects_of(xr.Dataset(TRUE)).items()}
    return MAIN, true_effects


@app.cell(hide_code=True)
def truth_read(true_effects):
    mo.md(f"""
    In this world, because we made it: TE {tidy.signed(true_effects["TE"], 3)}, DE
    {tidy.signed(true_effects["DE"], 3)}, IIE1 {tidy.signed(true_effects["IIE1"], 3)}, IIE2
    {tidy.signed(true_effects["IIE2"], 3)}, INT {tidy.signed(true_effects["INT"], 3)}, remainder
    {tidy.signed(true_effects["remainder"], 3)}.
    """)
    return


@app.cell(hide_code=True)
def cube_heading():
    mo.md(r"""
    ## The cube

    Each corner is a world. Flip a switch and you walk along an edge. Choose an effect and see which corners it
    adds (+) and which it subtracts (−).
    """)
    return


@app.cell(hide_code=True)
def cube_switches(EFFECTS):
    _labels = {"t": "directly (t)", "t1": "through peers (t')", "t2": "through drugs (t'')"}
    _switches = {name: mo.ui.switch(label=label) for name, label in _labels.items()}
    _effect = mo.ui.dropdown(list(EFFECTS), value="IIE1", label="effect", allow_select_none=False)
    cube_ui = mo.ui.dictionary({**_switches, "effect": _effect})
    return (cube_ui,)


@app.cell(hide_code=True)
def corners(true_worlds):
    corners = true_worlds.to_series().rename("E").reset_index()
    corners["corner"] = corners[["t", "t1", "t2"]].astype(str).agg("".join, axis=1)
    corners["x"] = corners["t"] + 0.42 * corners["t2"]
    corners["y"] = corners["t1"] + 0.36 * corners["t2"]
    return (corners,)


@app.cell(hide_code=True)
def edges(corners):
    _ways = {"t": "directly", "t1": "through peers", "t2": "through drugs"}
    _start = corners.merge(corners, how="cross", suffixes=("", "_end"))
    edges = pd.concat(
        [
            _start[
                (_start[f"{flip}_end"] == _start[flip] + 1)
                & (
                    _start[[k for k in _ways if k != flip]].to_numpy()
                    == _start[[f"{k}_end" for k in _ways if k != flip]].to_numpy()
                ).all(axis=1)
            ].assign(walk=walk)
            for flip, walk in _ways.items()
        ]
    )
    return (edges,)


@app.cell(hide_code=True)
def cube_frame(edges):
    CUBE = {
        "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.1, 1.8])),
        "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.25, 1.5])),
    }
    _walks = list(edges["walk"].unique())
    _dashes = alt.Scale(domain=_walks, range=[[1, 0], [8, 4], [2, 3]])
    _look = alt.StrokeDash("walk:N", title=None, scale=_dashes, sort=None)
    _look = _look.legend(orient="top", symbolSize=900, symbolStrokeColor="gray")
    _lines = alt.Chart(edges).mark_rule(strokeWidth=2, color="gray")
    cube_layers = [_lines.encode(**CUBE, x2="x_end", y2="y_end", strokeDash=_look)]
    return CUBE, cube_layers


@app.cell(hide_code=True)
def cube_marks(CUBE, EFFECTS, corners):
    def cube_marks(here, name):
        """Return the corners with their numbers, the signs of an effect, and a mark where we are."""
        signs = corners["corner"].map(EFFECTS[name]).map({1: "+", -1: "−"}).fillna("")
        label = signs + "  " + corners["corner"] + ": " + corners["E"].map("{:.3f}".format)
        marks = corners.assign(sign=signs, label=label)
        rings = alt.Chart(marks[marks["sign"] != ""]).mark_point(size=380, strokeWidth=4)
        we = alt.Chart(marks[marks["corner"] == here]).mark_point(shape="diamond", filled=True)
        return marks, [
            alt.Chart(marks)
            .mark_point(size=80, filled=True, opacity=1, color="gray")
            .encode(**CUBE),
            rings.encode(**CUBE, color=alt.value(charts.ROLES["adjusted"])),
            we.encode(**CUBE, size=alt.value(300), color=alt.value(charts.ROLES["treated"])),
            *(
                alt.Chart(marks[marks["t2"] == t2])
                .mark_text(align="left", dx=15, dy=dy)
                .encode(**CUBE, text="label:N")
                for t2, dy in ((0, 17), (1, -13))
            ),
        ]

    return (cube_marks,)


@app.cell(hide_code=True)
def where_we_are(cube_marks, cube_ui, true_effects):
    _here = "".join(str(int(cube_ui.value[name])) for name in ("t", "t1", "t2"))
    _name = cube_ui.value["effect"]
    marks, marks_layers = cube_marks(_here, _name)
    _e = marks.loc[marks["corner"] == _here, "E"].iloc[0]
    cube_title = (
        f"E[{', '.join(_here)}] = {_e:.3f};  {_name} = {tidy.signed(true_effects[_name], 4)}"
    )
    return cube_title, marks, marks_layers


@app.cell(hide_code=True)
def cube_chart(cube_layers, cube_title, marks, marks_layers):
    chart_worlds = charts.describe(
        alt.layer(*cube_layers, *marks_layers).properties(title=cube_title, height=260),
        f"A cube of eight worlds. {cube_title}. {'; '.join(marks['label'])}.",
    )
    return (chart_worlds,)


@app.cell(hide_code=True)
def show_cube(chart_worlds, cube_ui):
    _controls = mo.hstack(cube_ui.elements.values(), justify="start", gap=1.5)
    mo.vstack([_controls, chart_worlds])
    return


@app.cell(hide_code=True)
def cube_read(true_worlds):
    _first = float(true_worlds.sel(t=1, t1=0, t2=0) - true_worlds.sel(t=0, t1=0, t2=0))
    _last = float(true_worlds.sel(t=1, t1=1, t2=1) - true_worlds.sel(t=0, t1=1, t2=1))
    mo.md(f"""
    Walk directly from 000: {tidy.signed(_first, 4)}. Walk directly from 011, where the mediators have moved already:
    {tidy.signed(_last, 4)}. Fewer disorders are left to prevent. The two steps differ by the remainder,
    {tidy.signed(_last - _first, 4)}.
    """)
    return


@app.cell(hide_code=True)
def question_2():
    mo.md(r"""
    ### Exercise 2 · complete · 5 min

    IIE1 lets only the peers change, while everything else stays as in the control arm. Compute the same step in a
    world where the programme already acts *directly* (drugs still as in the control arm). `true_worlds` has the
    dimensions `t`, `t1`, `t2`. One number, a change in probability.
    """)
    return


@app.cell
def exercise_2_other_edge():
    # A corner: true_worlds.sel(t=0, t1=1, t2=0). Begin names of your own with _ (a, b, c are taken).
    peers_after_direct = ...
    return (peers_after_direct,)


@app.cell(hide_code=True)
def hints_2(true_worlds):
    def _e(t, t1, t2):
        return float(true_worlds.sel(t=t, t1=t1, t2=t2))

    right_2 = _e(1, 1, 0) - _e(1, 0, 0)
    hints_2 = [
        (_e(0, 1, 0) - _e(0, 0, 0), "That is IIE1 itself: there, nothing acts directly."),
        (_e(1, 1, 1) - _e(1, 0, 1), "Drugs have moved too; keep t'' = 0."),
        (_e(1, 1, 1) - _e(1, 0, 0), "Both mediators have moved; move the peers only."),
        (_e(1, 1, 0) - _e(0, 0, 0), "Two switches at once: start where t is 1 already."),
        (-right_2, "The sign is turned: with the peers moved minus without."),
        (_e(1, 1, 0), "That is one world; an effect is the difference of two."),
        "Two corners that differ in t' alone, both with t = 1.",
    ]
    return hints_2, right_2


@app.cell(hide_code=True)
def check_2(hints_2, peers_after_direct, right_2, set_progress, true_effects):
    _why = f"IIE1 is {tidy.signed(true_effects['IIE1'], 4)}: the same step, longer. Which end you start from is a choice; name it."
    check_2 = checks.close(peers_after_direct, right_2, tolerance=1e-5, hints=hints_2, why=_why)
    set_progress(check_2.record("2"))
    check_2
    return


@app.cell(hide_code=True)
def identification_heading():
    mo.md(r"""
    ## What must be true to learn this from data?

    Six of the eight worlds were never seen. The graph says what lets us compute them.
    """)
    return


@app.cell
def graph(CAUSES):
    _arrows = [(cause, effect) for effect, causes in CAUSES.items() for cause in causes]
    programme_graph = graphs.dag(
        _arrows, treatment="intervention", outcome="disorder", adjusted=["gender", "conflict"]
    )
    return (programme_graph,)


@app.cell(hide_code=True)
def show_graph(programme_graph):
    _words = (
        "The coin cut every arrow into `intervention`. Nothing cut those into `peers` and `drugs`."
    )
    _caption = "No arrow into the intervention, none between the mediators"
    mo.vstack([programme_graph.draw(_caption), mo.md(_words)])
    return


@app.cell(hide_code=True)
def assumptions():
    mo.md(r"""
    - **Consistency**: one version of the programme; we see $Y(T, M_1, M_2)$.
    - **Sequential ignorability** (no unmeasured confounding), in parts, given $x$: of treatment and outcome; of treatment and
      mediators (*both by the coin*); of **mediators and outcome** (*by nothing but hope*).
    - **No arrow between the mediators**, and no cause of mediator and outcome that the programme changes.
    - **Positivity**: every kind of family could have any $(t, m_1, m_2)$.
    """)
    return


@app.cell(hide_code=True)
def mediation_formula_text():
    mo.md(r"""
    Then what is *set* may be replaced by what is *seen*, and the estimand becomes the **mediation formula**:

    $$\begin{aligned}
    E[t, t', t''] = \frac{1}{410} \sum_i \sum_{m_1, m_2} \; & P(Y{=}1 \mid t, m_1, m_2, x_i) \\
    \times \; & P(m_1 \mid t', x_i)\; P(m_2 \mid t'', x_i)
    \end{aligned}$$

    Every factor can be estimated. Each line of `eight_worlds` is one of them.
    """)
    return


@app.cell(hide_code=True)
def cross_world():
    mo.md(r"""
    **Cross-world assumption.** *Natural* effects ask for $Y_i(1, M_i(0))$: the outcome under the programme with the very friends
    that this teenager has without it. No experiment can show both worlds for one person, so one must assume that $Y_i(1, m)$ and
    $M_i(0)$ are independent given $x$. Interventional effects draw the mediator from a distribution, and do not need it. Here
    the formula is the same; what one may say with it is not.
    """)
    return


@app.cell(hide_code=True)
def question_3():
    mo.md(r"""
    ### Exercise 3 · predict · 3 min

    Suppose that we measured neither gender nor conflict, nor anything else before the programme. Which effects would the coin
    still vouch for? Answer with one of these texts: `"TE only"`, `"TE and DE"`, `"all of them"`.
    """)
    return


@app.cell
def exercise_3_randomised():
    # Your prediction: "TE only", "TE and DE" or "all of them".
    vouched_for = ...
    return (vouched_for,)


@app.cell(hide_code=True)
def hints_3():
    hints_3 = [
        ("TE and DE", "DE holds the mediators where they would be; who decided those?"),
        ("all of them", "The coin decided the programme. Did it decide who has which friends?"),
        "Find the arrows that the coin cut.",
    ]
    return (hints_3,)


@app.cell(hide_code=True)
def check_3(hints_3, set_progress, vouched_for):
    _options = ["TE only", "TE and DE", "all of them"]
    _why = "Families with conflict have more deviant peers and more disorders. The coin balances conflict between the arms, not between teenagers with and without deviant peers."
    check_3 = checks.choice(vouched_for, "TE only", _options, hints=hints_3, why=_why)
    set_progress(check_3.record("3"))
    check_3
    return


@app.cell(hide_code=True)
def question_4():
    mo.md(r"""
    ### Exercise 4 · build · 10 min

    If trying drugs *depended* on peers, the two could not be drawn apart. What is left is their **joint** indirect effect: both
    mediators drawn together as in arm 1 instead of arm 0, nothing acting directly. Write it for one kind of family:
    `p_disorder[t, m1, m2]` is $P(Y{=}1)$, `p_joint[t, m1, m2]` is $P(M_1{=}m_1, M_2{=}m_2)$ in arm $t$. Return one number.
    """)
    return


@app.cell
def exercise_4_joint():
    # Two arrays of shape (2, 2, 2) come in, one float goes out. For this example: -0.08.
    p_example = np.array([[[0.1, 0.2], [0.3, 0.5]], [[0.1, 0.2], [0.3, 0.4]]])
    q_example = np.array([[[0.4, 0.2], [0.1, 0.3]], [[0.6, 0.2], [0.1, 0.1]]])

    def joint_indirect(p_disorder, p_joint):
        return ...

    return (joint_indirect,)


@app.cell(hide_code=True)
def joint_tables(SEED):
    _rng = np.random.default_rng([SEED, 4])
    _joint = _rng.dirichlet(np.ones(4), (5, 2)).reshape(5, 2, 2, 2)
    joint_tables = list(zip(_rng.uniform(0.05, 0.6, (5, 2, 2, 2)), _joint, strict=True))
    return (joint_tables,)


@app.cell(hide_code=True)
def answers_4():
    def _apart(q):
        return q.sum(2)[:, :, None] * q.sum(1)[:, None, :]

    answers_4 = {
        "right": lambda p, q: (p[0] * (q[1] - q[0])).sum(),
        "total": lambda p, q: (p[1] * q[1]).sum() - (p[0] * q[0]).sum(),
        "direct": lambda p, q: ((p[1] - p[0]) * q[0]).sum(),
        "other end": lambda p, q: (p[1] * (q[1] - q[0])).sum(),
        "sign": lambda p, q: (p[0] * (q[0] - q[1])).sum(),
        "independent": lambda p, q: (p[0] * (_apart(q)[1] - _apart(q)[0])).sum(),
        "one world": lambda p, q: (p[0] * q[1]).sum(),
    }
    return (answers_4,)


@app.cell(hide_code=True)
def judge_4(answers_4, joint_tables):
    def same_4(name):
        """Return a predicate: does the function answer like this one, on five random tables?"""
        return lambda f: all(
            np.isclose(float(f(p.copy(), q.copy())), answers_4[name](p, q), rtol=0, atol=1e-8)
            for p, q in joint_tables
        )

    def right_4(f):
        if not callable(f):
            return "A function is expected."
        answer = f(*(table.copy() for table in joint_tables[0]))
        if answer is None or answer is ...:
            raise checks.Unanswered
        size = np.size(answer)
        return (
            same_4("right")(f)
            if size == 1
            else f"It returns {size} numbers; sum over both mediators."
        )

    return right_4, same_4


@app.cell(hide_code=True)
def hints_4(same_4):
    hints_4 = [
        (same_4("total"), "That is the total effect: the disorder table changes too."),
        (same_4("direct"), "That is the direct effect: keep the disorder table instead."),
        (same_4("other end"), "Nothing acts directly: use the disorder table of arm 0."),
        (same_4("sign"), "The sign is turned: arm 1 minus arm 0."),
        (same_4("independent"), "You multiplied the margins: the mediators belong together."),
        (same_4("one world"), "That is one world; an effect is the difference of two."),
        "Weigh the disorder table by the joint table, and sum over both mediators.",
    ]
    return (hints_4,)


@app.cell(hide_code=True)
def check_4(hints_4, joint_indirect, right_4, set_progress):
    _why = "With an arrow between the mediators, IIE1 and IIE2 lose their meaning as separate ways; this sum does not."
    check_4 = checks.holds(joint_indirect, right_4, hints=hints_4, why=_why)
    set_progress(check_4.record("4"))
    check_4
    return


@app.cell(hide_code=True)
def model_heading():
    mo.md(r"""
    ## The graph as a program

    Four yes/no variables, four Bernoulli lines, in the order of the arrows; $x$ is gender and conflict.

    $$\begin{aligned}
    T &\sim \text{Bernoulli}(0.5) & \text{the coin}\\
    M_1 &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\alpha_0 + \alpha_T T + x^\top\alpha)\big) & \text{peers}\\
    M_2 &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\beta_0 + \beta_T T + x^\top\beta)\big) & \text{drugs}\\
    Y &\sim \text{Bernoulli}\big(\text{logit}^{-1}(\gamma_0 + \gamma_T T + \gamma_1 M_1 + \gamma_2 M_2 + x^\top\gamma)\big) & \text{disorder}
    \end{aligned}$$
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
def keys(SEED, jax):
    # One key for each purpose, split once.
    key_prior, key_fit, key_check, key_do = jax.random.split(jax.random.PRNGKey(SEED), 4)
    return key_check, key_do, key_fit, key_prior


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
def arrays(jnp, study):
    background = {name: jnp.array(study[name], float) for name in ("gender", "conflict")}
    seen = {name: jnp.array(study[name]) for name in ("intervention", "peers", "drugs", "disorder")}
    return background, seen


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
def prior_heading():
    mo.md(r"""
    ## What does the model believe before it sees the data?

    Draw all arrows from their priors, and send each draw through the formula.
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
    with mo.status.spinner("Drawing from the priors: some seconds, the first time"):
        _all = effects_of(draw_prior(key_prior, background, 1000))
    prior_effects = {name: _all[name] for name in ("TE", "DE", "IIE1", "IIE2")}
    return (prior_effects,)


@app.cell(hide_code=True)
def chart_prior(prior_effects):
    charts.chart_effect(
        tidy.summarise(prior_effects).assign(role="prior"),
        title="The prior allows large effects of either sign",
        unit="change in the probability of a disorder",
    )
    return


@app.cell(hide_code=True)
def prior_read(prior_effects):
    _low, _high = tidy.hdi(prior_effects["TE"])
    mo.md(f"""
    Before the data the total effect lies between {tidy.signed(_low, 2)} and {tidy.signed(_high, 2)} (94 % highest-density
    interval, HDI: the shortest that holds 94 % of the draws), and no sign is preferred.
    """)
    return


@app.cell(hide_code=True)
def fit_heading():
    mo.md(r"""
    ## Condition on the data

    Eight chains of NUTS, side by side. **NumPyro shows no progress here: the next cell takes 8 to 20 seconds, the first time**,
    most of them to compile.
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
    with mo.status.spinner("Sampling the arrows: 8 to 20 s, the first time"):
        idata_numpyro = fit(key_fit, background, seen, DRAWS)
    arrows = by_arrow(idata_numpyro.posterior, "chain", "draw")
    samples = {k: np.concatenate(v.to_numpy()) for k, v in idata_numpyro.posterior.items()}
    return arrows, idata_numpyro, samples


@app.cell
def diagnose_numpyro(idata_numpyro):
    diagnostics_numpyro = tidy.diagnostics(idata_numpyro)
    tidy.show_diagnostics(diagnostics_numpyro)
    return


@app.cell(hide_code=True)
def rule():
    mo.md(r"""
    **R-hat** compares the chains with each other (1: they agree); **effective draws** count what the draws are worth as independent
    ones; a **divergence** is a step that the sampler could not follow.
    """)
    return


@app.cell
def predictive(background, infer, key_check, model, samples, seen):
    _some = {name: v[:: max(1, len(v) // 300)] for name, v in samples.items()}
    _again = infer.Predictive(model, _some)
    invented = _again(key_check, **background, intervention=seen["intervention"])
    return (invented,)


@app.cell
def replicated(invented, rates, seen):
    _arm = np.asarray(seen["intervention"])
    replicated = {
        (name, t): np.asarray(invented[name])[:, _arm == t].mean(axis=1)
        for name in rates
        for t in (0, 1)
    }
    return (replicated,)


@app.cell(hide_code=True)
def chart_predictive(rates, replicated):
    _arms = {0: "control", 1: "treated"}
    _rows = [
        (f"{name}, {_arms[t]}", rates.loc[t, name], *tidy.hdi(shares), _arms[t])
        for (name, t), shares in replicated.items()
    ]
    charts.chart_effect(
        pd.DataFrame(_rows, columns=["label", "mean", "lower", "upper", "role"]),
        title="Mark: what we saw. Line: what the fitted model invents",
        unit="share of the families",
        number_format=".2f",
    ).properties(height=260)
    return


@app.cell(hide_code=True)
def predictive_read(rates, replicated):
    _ends = {key: tidy.hdi(shares) for key, shares in replicated.items()}
    _inside = sum(low <= rates.loc[t, name] <= high for (name, t), (low, high) in _ends.items())
    mo.md(f"""
    {_inside} of the {len(_ends)} shares that we saw lie inside what the fitted model invents again (94 % HDI). A good fit, which says nothing about
    what is hidden.
    """)
    return


@app.cell(hide_code=True)
def effects_heading():
    mo.md(r"""
    ## How it works: the split

    The formula again, now once for each posterior draw: eight worlds per draw, contrasts per draw.
    """)
    return


@app.cell
def worlds(EFFECTS, arrows, effect, eight_worlds):
    worlds = eight_worlds(arrows).transpose("chain", "draw", "t", "t1", "t2")
    draws = {name: effect(worlds, name) for name in EFFECTS}
    tidy.as_table(pd.DataFrame([dict(worlds.sizes)]))
    return draws, worlds


@app.cell
def effects(draws, true_effects):
    effects = tidy.summarise(draws).rename(columns={"label": "effect"})
    effects["truth"] = effects["effect"].map(true_effects)
    tidy.as_table(effects[["effect", "truth", "mean", "lower", "upper"]], digits=3)
    return (effects,)


@app.cell(hide_code=True)
def chart_split(effects):
    _forest = charts.chart_effect(
        effects.rename(columns={"effect": "label"}).assign(role="adjusted"),
        title=f"Total {tidy.signed(effects['mean'][0], 3)}, and one part for each way it travels",
        unit="change in the probability of a disorder (black bar: truth)",
        number_format="+.3f",
    )
    _truth = alt.Chart(effects).mark_tick(thickness=4, size=16, color=charts.ROLES["truth"])
    _layers = _forest + _truth.encode(x="truth:Q", y=alt.Y("effect:N", sort=None))
    chart_effects = charts.describe(
        _layers.properties(height=260),
        f"{_forest.description} Black bars: truth.",
    )
    chart_effects
    return


@app.cell(hide_code=True)
def effects_read(draws):
    def _say(name):
        _low, _high = tidy.hdi(draws[name])
        return f"{tidy.signed(float(draws[name].mean()), 3)} [{tidy.signed(_low, 3)}, {tidy.signed(_high, 3)}]"

    def _chance(name):
        _p = float((draws[name] < 0).mean())
        return "> 0.99" if _p > 0.99 else f"{_p:.2f}"

    mo.md(f"""
    - **TE** {_say("TE")}: probability that the programme helps {_chance("TE")}.
    - **IIE1**, through peers, {_say("IIE1")}: {_chance("IIE1")}. **IIE2**, through drugs, {_say("IIE2")}: {_chance("IIE2")}.
    - **DE**, any other way, {_say("DE")}: {_chance("DE")}.

    An interval that holds zero says "we do not know", not "there is nothing". 410 families are few for a split in
    six: the interval of DE is as wide as that of the total.
    """)
    return


@app.cell
def identity(EFFECTS, draws):
    parts = sum(draws[name] for name in EFFECTS if name != "TE")
    remainder_identity_error = float(np.abs(draws["TE"] - parts).max())
    mo.md(f"Largest error over all draws: {remainder_identity_error:.0e}.")
    return (remainder_identity_error,)


@app.cell(hide_code=True)
def identity_read(draws, remainder_identity_error):
    mo.md(f"""
    The identity holds in each of the {draws["TE"].size:,} draws, to {remainder_identity_error:.0e}: arithmetic, not estimation.
    """)
    return


@app.cell(hide_code=True)
def do_heading():
    mo.md(r"""
    ## The same, by `do`

    No formula: let the program live. One run with `do(intervention = t')` gives the peers, a second with `t''` the drugs;
    in a third we set all three and read the probability of a disorder.
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

    mo.md("Three runs of one program: `do` sets, nothing is rewritten.")
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
def worlds_by_do(key_do, samples, visit_worlds, worlds):
    with mo.status.spinner("Visiting the eight worlds: about 5 s, the first time"):
        worlds_by_do = worlds.copy(data=visit_worlds(key_do, samples).reshape(worlds.shape))
    return (worlds_by_do,)


@app.cell
def by_do(EFFECTS, draws, effect, worlds_by_do):
    by_do = pd.DataFrame({"formula": {name: float(draws[name].mean()) for name in EFFECTS}})
    by_do["do"] = {name: float(effect(worlds_by_do, name).mean()) for name in EFFECTS}
    _gap = {name: float((effect(worlds_by_do, name) - draws[name]).std()) for name in EFFECTS}
    by_do["Monte Carlo error"] = pd.Series(_gap) / draws["TE"].size ** 0.5
    tidy.as_table(by_do, digits=5)
    return (by_do,)


@app.cell(hide_code=True)
def by_do_read(by_do):
    _z = ((by_do["do"] - by_do["formula"]) / by_do["Monte Carlo error"]).abs().max()
    mo.md(f"""
    The largest gap is {_z:.1f} Monte Carlo errors. The formula sums over the mediators; `do` draws them.
    """)
    return


@app.cell(hide_code=True)
def proportion_heading():
    mo.md(r"""
    ## "What share is mediated?"

    Everybody asks for the **proportion mediated**, (IIE1 + IIE2 + INT) / TE. Compute it in each draw, and look.
    """)
    return


@app.cell
def proportion(draws):
    mediated = draws["IIE1"] + draws["IIE2"] + draws["INT"]
    proportion_mediated = mediated / draws["TE"]
    outside = float(((proportion_mediated < 0) | (proportion_mediated > 1)).mean())
    other_proportion = 1 - draws["DE"] / draws["TE"]
    return other_proportion, outside, proportion_mediated


@app.cell(hide_code=True)
def proportion_bins(proportion_mediated):
    _shown = np.clip(proportion_mediated.to_numpy().ravel(), -1.49, 3.49)
    _share, _edges = np.histogram(_shown, np.linspace(-1.5, 3.5, 51))
    bins = pd.DataFrame({"from": _edges[:-1], "to": _edges[1:], "share": _share / len(_shown)})
    bins["role"] = np.where(bins["from"].between(-0.05, 0.95), "adjusted", "naive")
    return (bins,)


@app.cell(hide_code=True)
def chart_proportion(bins, outside, proportion_mediated):
    _ends = alt.Chart(pd.DataFrame({"at": [0, 1], "label": ["none", "all"]})).encode(x="at:Q")
    _bars = alt.Chart(bins).encode(
        x=alt.X("from:Q", bin="binned", title="proportion mediated (outermost bars: all beyond)"),
        x2="to:Q",
        y=alt.Y("share:Q", title="share of the draws", axis=alt.Axis(format=".0%")),
        color=alt.Color("role:N", scale=charts.role_scale("adjusted", "naive"), legend=None),
    )
    _words = _ends.mark_text(align="left", dx=5, baseline="top").encode(
        y=alt.value(2), text="label:N"
    )
    _low, _high = (tidy.number(end, 2) for end in tidy.hdi(proportion_mediated))
    _title = f"94 % HDI {_low} to {_high}; {100 * outside:.1f} % of the draws outside 0 to 1"
    _layered = _bars.mark_bar() + _ends.mark_rule(strokeDash=[6, 4], strokeWidth=2) + _words
    charts.describe(
        _layered.properties(title=_title, height=240),
        f"{_title}. Histogram of the proportion mediated; those outside 0 to 1 in another colour.",
    )
    return


@app.cell(hide_code=True)
def proportion_read(other_proportion, proportion_mediated, true_effects):
    _low, _high = tidy.hdi(proportion_mediated)
    _true = sum(true_effects[name] for name in ("IIE1", "IIE2", "INT")) / true_effects["TE"]
    mo.md(f"""
    94 % HDI {tidy.number(_low, 2)} to {tidy.number(_high, 2)}; the truth is {_true:.2f}. Three faults:

    - where TE comes near zero, the ratio explodes;
    - where direct and indirect effects have opposite signs, it is negative or beyond 1;
    - it has two definitions: 1 − DE/TE has the median {float(other_proportion.median()):.2f}, this one
      {float(proportion_mediated.median()):.2f}. They differ by the remainder.

    Report the effects, each with its interval.
    """)
    return


@app.cell(hide_code=True)
def direct_slider():
    direct_log_odds = mo.ui.slider(
        steps=[round(x, 1) for x in np.arange(-1.5, 1.51, 0.1)],
        value=-0.3,
        label="true direct arrow, intervention → disorder (log-odds)",
        show_value=True,
    )
    return (direct_log_odds,)


@app.cell
def moved_direct(TRUE, effects_of):
    def with_direct(log_odds):
        """Return TE, mediated part and proportion in the true world with another direct arrow."""
        moved = effects_of(xr.Dataset({**TRUE, "disorder_intervention": ("direct", log_odds)}))
        table = pd.DataFrame({name: values.to_numpy() for name, values in moved.items()})
        mediated = table["IIE1"] + table["IIE2"] + table["INT"]
        return table.assign(direct=log_odds, mediated=mediated, proportion=mediated / table["TE"])

    direct_curve = with_direct(np.linspace(-1.5, 1.5, 301))
    return direct_curve, with_direct


@app.cell(hide_code=True)
def direct_background(direct_curve):
    DIRECT = {
        "x": alt.X("direct:Q", title="true direct arrow (log-odds)"),
        "y": alt.Y("proportion:Q", title="proportion mediated").scale(domain=[-4, 4], clamp=True),
    }
    _sides = direct_curve.assign(side=np.where(direct_curve["TE"] < 0, "helps", "harms"))
    _line = alt.Chart(_sides.query("abs(proportion) < 4")).mark_line(strokeWidth=3)
    _band = alt.Chart(pd.DataFrame({"low": [0], "high": [1]})).mark_rect(opacity=0.12)
    direct_layers = [
        _band.encode(y="low:Q", y2="high:Q"),
        _line.encode(**DIRECT, detail="side:N", color=alt.value(charts.ROLES["adjusted"])),
    ]
    return DIRECT, direct_layers


@app.cell(hide_code=True)
def show_direct(DIRECT, direct_layers, direct_log_odds, with_direct):
    _here = with_direct([direct_log_odds.value])
    _te, _part, _share = (tidy.signed(_here[k][0], 3) for k in ("TE", "mediated", "proportion"))
    _title = f"TE {_te}, mediated {_part}: proportion {_share}"
    _point = alt.Chart(_here).mark_point(filled=True, size=200, opacity=1).encode(**DIRECT)
    chart_direct = charts.describe(
        alt.layer(*direct_layers, _point).properties(title=_title, height=230),
        f"{_title}. The proportion against the direct arrow: it has no bounds near a total of zero.",
    )
    mo.vstack([direct_log_odds, chart_direct])
    return


@app.cell(hide_code=True)
def direct_read(direct_curve):
    mo.md(f"""
    The mediated part is {tidy.signed(direct_curve["mediated"][0], 3)} all along the curve: peers and drugs prevent what they prevent. The
    "proportion" goes from below 1 to infinity and comes back negative. The grey band is where it looks like a proportion.
    """)
    return


@app.cell(hide_code=True)
def question_5():
    mo.md(r"""
    ### Exercise 5 · predict · 3 min

    Another programme: mediated part −0.036, DE **+0.030**, remainder zero. A report says that it "explains most of
    the effect". What is the proportion mediated? Answer `"below 0"`, `"between 0 and 1"` or `"above 1"`.
    """)
    return


@app.cell
def exercise_5_proportion():
    # Your prediction: "below 0", "between 0 and 1" or "above 1".
    proportion_is = ...
    return (proportion_is,)


@app.cell(hide_code=True)
def hints_5():
    hints_5 = [
        ("below 0", "Add up the total first: is its sign not that of the mediated part?"),
        ("between 0 and 1", "Only where both ways pull in the same direction. Do they?"),
        "The total is the sum of the two.",
    ]
    return (hints_5,)


@app.cell(hide_code=True)
def check_5(hints_5, proportion_is, set_progress):
    _options = ["below 0", "between 0 and 1", "above 1"]
    _te = -0.036 + 0.030
    _why = f"TE is {tidy.number(_te, 3)}, so the proportion is {-0.036 / _te:.0f}: the programme itself undoes most of what it does through the mediators."
    check_5 = checks.choice(proportion_is, "above 1", _options, hints=hints_5, why=_why)
    set_progress(check_5.record("5"))
    check_5
    return


@app.cell(hide_code=True)
def break_heading():
    mo.md(r"""
    ## Break it: something hidden behind friends and disorder

    A daring temper may lead to deviant peers *and* to a disorder. The coin does not help. Call $\rho$ the correlation
    of what is hidden behind `peers` and what is hidden behind `disorder` ($\rho = 0$: nothing shared).
    How strong must it be before the effect through peers could be zero?
    """)
    return


@app.cell(hide_code=True)
def rho_maths():
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
    _levels = (np.arange(16) + 0.5) / 16
    LEVELS = xr.DataArray(_levels, dims="level")

    def seen_to_done(p_seen, p_peers, rho):
        """Return P(disorder | do(peers)) from P(disorder | peers seen): solve for eta by Newton's steps."""
        behind = xr.where(m1 == 1, ndtri(1 - p_peers * (1 - LEVELS)), ndtri((1 - p_peers) * LEVELS))
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
        p_peers = probability(arrows, "peers", intervention=t1)
        seen = probability(arrows, "disorder", intervention=0, peers=m1, drugs=m2)
        done = seen_to_done(seen, p_peers.sel(t1=0, drop=True), rho)
        p_drugs = either(m2, probability(arrows, "drugs", intervention=0))
        moved = p_peers.sel(t1=1, drop=True) - p_peers.sel(t1=0, drop=True)
        step = done.sel(m1=1, drop=True) - done.sel(m1=0, drop=True)
        return xr.dot(moved, step, p_drugs, share, dim=["kind", "m2"])

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
    tidy.as_table(sensitivity.iloc[::4], digits=3)
    return RHOS, sensitivity


@app.cell
def turning_points(sensitivity):
    def crossing(column):
        """Return the rho at which this column passes zero, read off between the grid's points."""
        after = max(1, int(np.argmax(sensitivity[column].to_numpy() >= 0)))
        (x0, y0), (x1, y1) = sensitivity[["rho", column]].iloc[[after - 1, after]].to_numpy()
        return float(x0 - y0 * (x1 - x0) / (y1 - y0))

    rho_interval, rho_mean = crossing("upper"), crossing("mean")
    return rho_interval, rho_mean


@app.cell
def benchmarks(arrows, kind, share):
    # What leaving out a covariate would amount to: its part of the hidden spread behind both.
    def rho_of(covariate):
        spread = float(
            np.sqrt((share * kind[covariate] ** 2).sum() - (share * kind[covariate]).sum() ** 2)
        )
        part = {e: arrows[f"{e}_{covariate}"] * spread for e in ("peers", "disorder")}
        return float(
            np.prod([p / np.sqrt(p**2 + np.pi**2 / 3) for p in part.values()], axis=0).mean()
        )

    rho_benchmarks = {name: rho_of(name) for name in ("conflict", "gender")}
    return (rho_benchmarks,)


@app.cell(hide_code=True)
def rho_slider(RHOS):
    rho_hidden = mo.ui.slider(
        steps=[float(rho) for rho in RHOS], value=0.0, label="ρ", show_value=True
    )
    return (rho_hidden,)


@app.cell(hide_code=True)
def sensitivity_background(sensitivity):
    RHO = {
        "x": alt.X("rho:Q", title="ρ: correlation of what is hidden behind peers and disorder"),
        "y": alt.Y("lower:Q", title="IIE1 (change in probability)"),
        "y2": "upper:Q",
    }
    _all, _green = alt.Chart(sensitivity), charts.ROLES["adjusted"]
    _zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(strokeDash=[6, 4], strokeWidth=2)
    rho_layers = [
        _all.mark_area(color=_green, opacity=0.25).encode(**RHO),
        _all.mark_line(color=_green, strokeWidth=3).encode(x=RHO["x"], y="mean:Q"),
        _zero.encode(y="zero:Q"),
    ]
    return RHO, rho_layers


@app.cell(hide_code=True)
def show_sensitivity(RHO, rho_hidden, rho_layers, sensitivity):
    _here = sensitivity[np.isclose(sensitivity["rho"], rho_hidden.value)]
    _rho, _mean, _low, _high = _here.iloc[0]
    _verdict = "holds zero" if _low <= 0 <= _high else "excludes zero"
    _title = f"ρ = {tidy.number(_rho, 2)}: IIE1 {tidy.signed(_mean, 3)}, the interval {_verdict}"
    _bar = alt.Chart(_here).mark_rule(strokeWidth=4).encode(**RHO)
    _point = alt.Chart(_here).mark_point(size=180, filled=True, opacity=1)
    _layers = alt.layer(*rho_layers, _bar, _point.encode(x=RHO["x"], y="mean:Q"))
    chart_sensitivity = charts.describe(
        _layers.properties(title=alt.Title(_title, subtitle="band and bar: 94 % HDI"), height=230),
        f"{_title}. IIE1 and its 94 % HDI against rho.",
    )
    mo.vstack([rho_hidden, chart_sensitivity])
    return


@app.cell(hide_code=True)
def sensitivity_read(rho_benchmarks, rho_interval, rho_mean):
    _ratio = rho_interval / rho_benchmarks["conflict"]
    _much = f"{_ratio:.1f} times what `conflict` does" if _ratio > 0 else "nothing at all"
    mo.md(f"""
    The interval holds zero from ρ = **{tidy.number(rho_interval, 2)}** on; at ρ = **{tidy.number(rho_mean, 2)}** the mean itself is
    zero. For scale: had we not measured `conflict`, that alone would be a ρ of {tidy.number(rho_benchmarks["conflict"], 2)} (`gender`:
    {tidy.number(rho_benchmarks["gender"], 2)}). So for the interval to hold zero, something hidden must do {_much}. Does a daring temper? Ask those who know teenagers;
    these data cannot say.

    The difference between the two *arms* does not depend on ρ: the coin vouches for it.
    """)
    return


@app.cell(hide_code=True)
def question_6():
    mo.md(r"""
    ### Exercise 6 · complete · 5 min

    A critic and you agree that $\rho$ lies between −0.2 and 0.2, both included. From `sensitivity` (columns `rho`, `mean`, `lower`,
    `upper`): what is the **weakest** effect through peers that any 94 % interval in this range allows? One number, a change
    in probability. If it is negative, the effect survives the whole range.
    """)
    return


@app.cell
def exercise_6_range():
    # Rows of a frame: sensitivity[sensitivity["rho"].between(-0.2, 0.2)].
    weakest = ...
    return (weakest,)


@app.cell(hide_code=True)
def hints_6(sensitivity):
    _range = sensitivity[sensitivity["rho"].between(-0.2, 0.2)].set_index("rho")
    right_6 = float(_range["upper"].max())
    hints_6 = [
        (_range["lower"].min(), "That is the strongest effect that an interval allows."),
        (_range["mean"].max(), "That is the weakest mean; take the intervals into account."),
        (sensitivity["upper"].max(), "That is over every ρ of the table; keep −0.2 to 0.2."),
        (_range["upper"].min(), "That is the upper end at the kindest ρ; take the worst."),
        (_range["upper"][0.0], "That is the upper end at ρ = 0, as if nothing were hidden."),
        (
            sensitivity[sensitivity["rho"].between(-0.16, 0.16)]["upper"].max(),
            "Both ends belong to the range: ρ = −0.2 and ρ = 0.2 too.",
        ),
        (0.2, "That is a ρ; the question asks for the effect there."),
        "The upper end of an interval is the weakest effect: the effect is negative.",
    ]
    return hints_6, right_6


@app.cell(hide_code=True)
def check_6(hints_6, right_6, set_progress, weakest):
    _why = "A range of ρ and the worst interval in it: an honest way to report an indirect effect."
    check_6 = checks.close(weakest, right_6, tolerance=1e-4, hints=hints_6, why=_why)
    set_progress(check_6.record("6"))
    check_6
    return


@app.cell(hide_code=True)
def repeated_heading(N_WORLDS):
    mo.md(f"""
    ## Can one trust the intervals? {N_WORLDS} worlds

    One study cannot tell. So we run the study again and again in the same world, and count how often the
    94 % interval holds the truth (its **coverage**). NUTS for each world would take long; a **Laplace approximation** (a normal around the peak of the posterior) takes seconds for all.
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
def approximation_checked(MAIN, SEED, approximate, draws, effects_of, study):
    _columns = {name: study[name].to_numpy()[None] for name in study}
    _laplace = effects_of(approximate(np.random.default_rng([SEED, 5]), _columns, 4000))
    _both = {"NUTS": draws, "Laplace": _laplace}
    approximation = tidy.summarise({f"{n}, {how}": _both[how][n] for how in _both for n in MAIN})
    tidy.as_table(approximation.rename(columns={"label": "effect"}), digits=3)
    return (approximation,)


@app.cell(hide_code=True)
def approximation_read(approximation):
    _nuts, _laplace = approximation.iloc[:4], approximation.iloc[4:]
    _gap = np.abs(_nuts["mean"].to_numpy() - _laplace["mean"].to_numpy()) / _nuts["sd"].to_numpy()
    mo.md(f"""
    On our own data the two differ by {_gap.max():.2f} posterior standard deviations at most. What is approximate: the posterior of the
    *arrows* is taken as normal. The effects are still computed from each draw by the formula, so they may be skewed.
    """)
    return


@app.cell
def judged(true_effects):
    def judged(name, values):
        """Return how the intervals of an effect, one for each world, did against the truth."""
        truth = true_effects[name]
        low, high = np.array([tidy.hdi(one) for one in values]).T
        found = {"effect": name, "n_worlds": len(values), "bias": values.mean() - truth}
        found |= {"coverage": ((low <= truth) & (truth <= high)).mean()}
        return found | {"mean_width": (high - low).mean(), "excludes_zero": (low * high > 0).mean()}

    return (judged,)


@app.cell
def study_again(MAIN, approximate, effects_of, judged, simulate_world):
    def study_again(rng, n_worlds, rho=0.0):
        """Return bias and coverage of the 94 % interval for each effect, over new worlds."""
        again = effects_of(approximate(rng, simulate_world(rng, n_worlds, rho)))
        return pd.DataFrame([judged(name, again[name].to_numpy()) for name in MAIN])

    return (study_again,)


@app.cell
def repeated_worlds(N_WORLDS, SEED, study_again):
    repeated_worlds = study_again(np.random.default_rng([SEED, 6]), N_WORLDS)
    hidden_worlds = study_again(np.random.default_rng([SEED, 7]), N_WORLDS, rho=0.4)
    tidy.as_table(repeated_worlds, digits=3)
    return hidden_worlds, repeated_worlds


@app.cell(hide_code=True)
def coverage_of_both(hidden_worlds, repeated_worlds):
    WORLDS = ["nothing hidden", "ρ = 0.4"]
    both_worlds = pd.concat(
        [repeated_worlds.assign(world=WORLDS[0]), hidden_worlds.assign(world=WORLDS[1])]
    )
    return WORLDS, both_worlds


@app.cell(hide_code=True)
def chart_coverage(N_WORLDS, WORLDS, both_worlds):
    _colours = alt.Scale(domain=WORLDS, range=charts.role_scale("adjusted", "naive").range)
    _shapes = alt.Scale(domain=WORLDS, range=["diamond", "cross"])
    _x = alt.X("coverage:Q", title="share of the 94 % intervals that hold the truth")
    _points = alt.Chart(both_worlds).encode(
        y=alt.Y("effect:N", sort=None, title=None),
        x=_x.scale(domain=[0.5, 1], clamp=True).axis(format=".0%"),
        color=alt.Color("world:N", scale=_colours, title=None, legend=alt.Legend(orient="top")),
        shape=alt.Shape("world:N", scale=_shapes, title=None),
    )
    _goal = alt.Chart(pd.DataFrame({"goal": [tidy.HDI_PROB]})).mark_rule(strokeDash=[6, 4])
    _words = (f"{r.effect}, {r.world}: {r.coverage:.0%}" for r in both_worlds.itertuples())
    charts.describe(
        (
            _goal.encode(
                x=alt.X("goal:Q", title="share of the 94 % intervals that hold the truth").scale(
                    domain=[0.5, 1]
                )
            )
            + _points.mark_point(filled=True, size=200, opacity=1)
        ).properties(title=f"{N_WORLDS} worlds of each kind (dashed: 94 %)", height=220),
        f"Coverage of the 94 % intervals. {'; '.join(_words)}.",
    )
    return


@app.cell(hide_code=True)
def coverage_read(N_WORLDS, hidden_worlds, repeated_worlds):
    _here, _there = (100 * f.set_index("effect") for f in (repeated_worlds, hidden_worlds))
    _noise = 200 * np.sqrt(tidy.HDI_PROB * (1 - tidy.HDI_PROB) / N_WORLDS)
    _clear = ", ".join(f"{name} {_here['excludes_zero'][name]:.0f} %" for name in _here.index)
    mo.md(f"""
    Nothing hidden: the intervals hold the truth in {_here["coverage"].min():.0f} to {_here["coverage"].max():.0f} % of the worlds
    ({N_WORLDS} worlds leave ± {_noise:.0f} of chance). But they are wide, and exclude zero in: {_clear}.

    ρ = 0.4: in points of a hundred, IIE1 comes out {tidy.number(abs(_there["bias"]["IIE1"]), 1)} too strong, DE
    {tidy.number(abs(_there["bias"]["DE"]), 1)} too weak; the interval of IIE1 holds the truth in {_there["coverage"]["IIE1"]:.0f} %. The bias moves effect from
    one way to another, and the total (coverage {_there["coverage"]["TE"]:.0f} %) hardly shows it.
    """)
    return


@app.cell(hide_code=True)
def coverage_more():
    mo.md(r"""
    IIE1 is a product of two uncertain numbers: its posterior is skewed, and a highest-density interval leans towards zero. The
    total drifts a little as well when $\rho \neq 0$: $E[1,1,1] - E[0,0,0]$ draws the mediators afresh and so cuts their tie
    with what is hidden; the plain difference of the arms does not.
    """)
    return


@app.cell(hide_code=True)
def second_heading():
    mo.md(r"""
    ## A second way: PyMC, from counts

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
def library_pymc():
    import logging

    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.WARNING)  # its warnings matter, its log does not
    return (pm,)


@app.cell
def model_pymc(TRUE, counts, pm):
    def counts_model(counts, arrows):
        n, yes, causes = (counts[column].to_numpy() for column in ("n", "yes", arrows))
        with pm.Model(coords={"arrow": arrows}) as model:
            arrow = pm.Normal("arrow_log_odds", 0, 2, dims="arrow")
            pm.Binomial("yes", n=n, logit_p=causes @ arrow, observed=yes)
        return model

    mo.md(f"One prior for each of {len(TRUE)} arrows, one likelihood for {len(counts)} counts.")
    return (counts_model,)


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
    return (idata_pymc,)


@app.cell
def diagnose_pymc(idata_pymc):
    diagnostics_pymc = tidy.diagnostics(idata_pymc)
    tidy.show_diagnostics(diagnostics_pymc)
    return


@app.cell
def effects_pymc(MAIN, effects, effects_of, idata_pymc):
    _all = effects_of(idata_pymc.posterior["arrow_log_odds"].to_dataset(dim="arrow"))
    _pymc = tidy.summarise({name: _all[name] for name in MAIN}).rename(columns={"label": "effect"})
    _both = _pymc.drop(columns="sd").merge(effects, on="effect", suffixes=("_pymc", "_numpyro"))
    second_way = _both.drop(columns="truth")
    _shown = second_way.drop(columns="sd")
    tidy.as_table(_shown.rename(columns=lambda name: name.replace("_", ", ")), digits=3)
    return (second_way,)


@app.cell(hide_code=True)
def second_read(counts, n_families, second_way):
    _gap = (second_way["mean_pymc"] - second_way["mean_numpyro"]).abs()
    _largest = float((_gap / second_way["sd"]).max())
    mo.md(f"""
    {len(counts)} rows of counts in place of three sub-models over {n_families} families, and the largest gap is {_largest:.2f} posterior
    standard deviations. Both rest on the same assumptions: agreement of two programs is no evidence for them.
    """)
    return


@app.cell(hide_code=True)
def published_heading():
    mo.md(r"""
    ## Where have you seen this before?

    A public example of mediation (StatsNotebook 2020; R package intmed) has these six columns; the
    published effects below are for N = 410. Its makers document the data as *simulated*. Our world was tuned to look like it.
    """)
    return


@app.cell
def published():
    _rows = [
        ("TE", -0.063, -0.127, -0.004),
        ("DE", -0.036, -0.100, 0.028),
        ("IIE1", -0.027, -0.048, -0.009),
        ("IIE2", -0.009, -0.025, 0.005),
    ]
    _columns = ["effect", "published", "published_lower", "published_upper"]
    published = pd.DataFrame(_rows, columns=_columns)
    return (published,)


@app.cell
def side_by_side(effects, published):
    side_by_side = published.merge(
        effects[["effect", "truth", "mean", "lower", "upper"]], on="effect"
    )
    tidy.as_table(side_by_side, digits=3)
    return (side_by_side,)


@app.cell(hide_code=True)
def published_read(side_by_side):
    _gap = (side_by_side["truth"] - side_by_side["published"]).abs().max()
    _width = (side_by_side["upper"] - side_by_side["lower"]) / (
        side_by_side["published_upper"] - side_by_side["published_lower"]
    )
    mo.md(f"""
    Our true effects lie within {_gap:.3f} of the published means, and our intervals are {_width.min():.2f} to {_width.max():.2f}
    times as wide. To be frank: of eight draws of 410 families we took the one that looks most alike. Another `SEED` gives another split.
    """)
    return


@app.cell(hide_code=True)
def takeaways(effects, rho_interval):
    _row = effects.set_index("effect").apply(
        lambda r: (
            f"{tidy.signed(r['mean'], 3)} [{tidy.signed(r['lower'], 3)}, {tidy.signed(r['upper'], 3)}]"
        ),
        axis=1,
    )
    _names = [name for name in _row.index[:4] if effects.set_index("effect")["upper"][name] < 0]
    _clear = f"Clear of zero: {' and '.join(_names) or 'none'}."
    mo.md(f"""
    ## Takeaways

    - **How does it work?** Total {_row["TE"]}: through peers {_row["IIE1"]}, through drugs {_row["IIE2"]}, directly {_row["DE"]}. {_clear}
    - **The coin vouches for the total alone.** A ρ of {rho_interval:.2f} behind peers and disorder, and the effect through peers may be zero.
    - **An indirect effect is a contrast of worlds**, not a product of coefficients.
    - **Name the remainder**, or two honest people report two splits.
    - **Never only a proportion mediated.**
    """)
    return


@app.cell(hide_code=True)
def references():
    mo.md(r"""
    ### References

    - Imai, K., Keele, L. & Yamamoto, T. (2010). Identification, inference and sensitivity analysis for causal mediation effects. *Statistical Science* 25(1). doi:10.1214/10-STS321
    - Pearl, J. (2001). Direct and indirect effects. *Proceedings of UAI 17*, 411–420.
    - Robins, J. M. & Greenland, S. (1992). Identifiability and exchangeability for direct and indirect effects. *Epidemiology* 3(2). doi:10.1097/00001648-199203000-00013
    - StatsNotebook (2020). [Causal mediation analysis](https://statsnotebook.io/blog/analysis/mediation). The data are described as simulated, and as fictitious in the R package intmed (Chan 2020).
    - VanderWeele, T. J., Vansteelandt, S. & Robins, J. M. (2014). Effect decomposition in the presence of an exposure-induced mediator-outcome confounder. *Epidemiology* 25(2). doi:10.1097/EDE.0000000000000034
    - Vansteelandt, S. & Daniel, R. M. (2017). Interventional effects for mediation analysis with multiple mediators. *Epidemiology* 28(2). doi:10.1097/EDE.0000000000000596
    """)
    return


@app.cell(hide_code=True)
def progress(get_progress):
    checks.progress(get_progress(), total=6)
    return


if __name__ == "__main__":
    app.run()
