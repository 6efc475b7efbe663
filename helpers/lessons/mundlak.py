"""Drawings and judges of notebook 06, "Is it the treatment, or the group?".

Plain functions of what the page has computed: no model, prior, adjustment set, estimand, `do` or
estimator. A chance lies between 0 and 1, a slope is in log-odds per unit of attention, unless a
docstring says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import marimo as mo
    from marimo import Html

AXES = {
    "attention_bin": ("attention, mean of the bin", "log scale"),
    "attention": ("attention", "log scale"),
    "renewed": ("renewed", "%"),
    "chance": ("chance to renew", "%"),
    "prior_share": ("team's renewals that the prior expects", "%"),
    "team_size": ("team size", "customers"),
    "leak": ("slope", "log-odds per unit"),
    "slope": ("slope of attention", "log-odds per unit"),
    "seniority": ("slope of seniority", "log-odds per sd"),
    "ate": ("ATE", "percentage points of renewal"),
    "need": ("strength s of need", "units of attention"),
    "limit": ("slope", "outcome per unit"),
    "world_slope": ("posterior mean of the slope", "log-odds per unit"),
    "loading": ("loading", "units of attention"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

ROLE = {
    "naive": "naive",
    "fixed effects": "adjusted",
    "multilevel": "naive",
    "Mundlak": "adjusted",
    "latent Mundlak": "adjusted",
    "latent, NumPyro": "adjusted",
}
"""Role of each model: does it leave the market in the slope, or not?"""

NEARLY_ALL = 0.99
"""A team with more renewals than this, or fewer than the rest, is nearly certain."""
PER_CENT = alt.Axis(format=".0%")
SIGN_TURNED = "The sign is turned: after minus before."


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


# Drawings ----------------------------------------------------------------------------------------


def chart_naive(customers: pd.DataFrame) -> alt.LayerChart:
    """Return the share of customers who renewed in each tenth of attention.

    Args:
        customers: columns attention (log scale), renewed (1 or 0).
    """
    tenth = pd.qcut(customers["attention"], 10, labels=False)
    bins = customers.groupby(tenth)[["attention", "renewed"]].mean().round(3)
    base = alt.Chart(bins).encode(
        x=alt.X("attention:Q", title=axis_title("attention_bin")),
        y=alt.Y("renewed:Q", title=axis_title("renewed"), axis=PER_CENT),
    )
    look = {"color": charts.ROLES["naive"]}
    layers = base.mark_line(**look) + base.mark_point(filled=True, size=120, shape="cross", **look)
    title = f"{len(customers)} customers: more attention, more renewals"
    each = ", ".join(percent(share) for share in bins["renewed"])
    words = f"{title}. Share that renewed in each tenth of attention, from least to most: {each}"
    return charts.describe(layers.properties(title=title, height=130), words)


def _segments(at: Any, height: Any, slope: float, half: float) -> pd.DataFrame:
    """Return pieces of line through points: columns x, x2 (attention), y, y2 (shares)."""
    at, height = np.atleast_1d(at), np.atleast_1d(height)
    ends = {"x": at - half, "x2": at + half}
    return pd.DataFrame({**ends, "y": height - half * slope, "y2": height + half * slope})


def chart_two_slopes(
    teams: pd.DataFrame, slope_between: float, slope_within: float
) -> alt.LayerChart:
    """Return the teams' means, each with the common slope inside teams, and the line between them.

    Args:
        teams: columns attention, renewed (means of a team; log scale, share).
        slope_between: of the team means, chance per unit of attention.
        slope_within: inside the teams, same unit; drawn, not printed.
    """
    share = alt.Scale(domain=[-0.2, 1.2], clamp=True)
    axes = {
        "x": alt.X("x:Q", title=axis_title("attention")),
        "y": alt.Y("y:Q", title=axis_title("renewed"), scale=share, axis=PER_CENT),
    }
    middle = teams.mean()
    inside = _segments(teams["attention"], teams["renewed"], slope_within, 1)
    across = _segments(middle["attention"], middle["renewed"], slope_between, 2.4)

    def lines(frame: pd.DataFrame, role: str, **look: Any) -> alt.Chart:
        rules = alt.Chart(frame).mark_rule(color=charts.ROLES[role], **look)
        return rules.encode(**axes, x2="x2:Q", y2="y2:Q")

    dots = alt.Chart(teams[["attention", "renewed"]])
    dots = dots.mark_point(filled=True, size=70, color=charts.ROLES["control"])
    layers = (
        lines(inside, "adjusted", strokeWidth=2)
        + dots.encode(x="attention:Q", y="renewed:Q")
        + lines(across, "naive", strokeWidth=5, strokeDash=[8, 4])
    )
    text = f"Between teams: {signed(100 * slope_between, 0)} points per unit of attention"
    key = "dot: a team · solid: the common line inside teams · dashed: between teams"
    words = f"{text}. {len(teams)} team means; {key}."
    return charts.describe(
        layers.properties(title=alt.Title(text, subtitle=key), height=250), words
    )


def slider_team_size() -> mo.ui.slider:
    """Return the slider of the team size, in customers."""
    import marimo as mo

    steps = [2, 3, 5, 7, 10, 15, 20, 30, 45, 67, 100, 150, 200]
    return mo.ui.slider(steps=steps, value=7, show_value=True, label=axis_title("team_size"))


def drawer_leak(curve: pd.DataFrame, fitted: pd.DataFrame) -> Callable[..., charts.Drawing]:
    """Return a function that draws the leak at a team size: (m, slope, psi) -> drawing.

    Args:
        curve: columns m (customers), slope (log-odds per unit): the formula.
        fitted: columns size (customers), bias (log-odds per unit): means of fitted worlds.
    """
    x = alt.X("m:Q", title=axis_title("team_size"))
    x = x.scale(type="log", domain=[2, 200]).axis(values=[2, 5, 10, 20, 50, 100, 200])
    y = alt.Y("slope:Q", title=axis_title("leak"))
    line = alt.Chart(curve).mark_line(color=charts.ROLES["naive"], strokeWidth=3).encode(x, y)
    square = {"size": 110, "shape": "square", "color": charts.ROLES["control"]}
    squares = alt.Chart(fitted[["size", "bias"]]).mark_point(filled=True, **square)
    here = alt.Chart(pd.DataFrame({"at": [7], "now": [0.3]}))
    ring = here.mark_point(size=260, strokeWidth=3, color=charts.ROLES["naive"])
    layers = alt.layer(
        line,
        squares.encode(x="size:Q", y="bias:Q"),
        here.mark_rule(strokeDash=[4, 4]).encode(x="at:Q"),
        ring.encode(x="at:Q", y="now:Q"),
    )
    key = "truth 0 · line: formula · squares: means of a hundred fitted worlds"
    template = layers.properties(title=alt.Title("", subtitle=key), height=150).to_dict()
    most, least = number(curve["slope"].max()), number(curve["slope"].min())
    ends = f"from {most} at 2 per team to {least} at 200"

    def draw(m: int, slope: float, psi: float) -> charts.Drawing:
        """Draw it with the mark at team size m."""
        title = f"{m} per team: slope about {signed(slope)} (ψ = {number(psi)})"
        frame = pd.DataFrame({"at": [m], "now": [slope]})
        return charts.redraw(
            template, frame, words=f"{title}. A curve that falls {ends}.", title=title
        )

    return draw


def chart_prior(shares: Mapping[str, Any]) -> alt.LayerChart:
    """Return what two priors expect of teams: histograms of a team's share of renewals.

    Args:
        shares: two models -> shares of renewals (0 to 1), any shape; the first is drawn above.
    """
    edges = np.linspace(0, 1, 21)
    rows, extreme = [], {}
    for (name, each), sign in zip(shares.items(), (1, -1), strict=True):
        part = sign * np.histogram(np.ravel(each), edges)[0] / np.size(each)
        bins = {"from": edges[:-1], "to": edges[1:], "share": part}
        rows.append(pd.DataFrame(bins).assign(model=name, at=0.12 * sign))
        extreme[name] = float((np.abs(np.ravel(each) - 0.5) > NEARLY_ALL - 0.5).mean())
    bars = alt.Chart(pd.concat(rows)).mark_bar(
        color=charts.ROLES["prior"], opacity=0.8, stroke="white"
    )
    positive = alt.Axis(labelExpr="format(abs(100 * datum.value), '.0f') + ' %'")
    bars = bars.encode(
        x=alt.X("from:Q", bin="binned", title=axis_title("prior_share"), axis=PER_CENT),
        x2="to:Q",
        y=alt.Y("share:Q", title="share of the teams (%)", stack=None, axis=positive),
    )
    names = alt.Chart(pd.concat([each.head(1) for each in rows])[["model", "at"]])
    names = names.mark_text(fontSize=16, fontWeight="bold")
    layers = bars + names.encode(x=alt.datum(0.5), y="at:Q", text="model")
    told = ", ".join(f"{name} {percent(share)}" for name, share in extreme.items())
    title = f"Teams under 1 % or over 99 %: {told}"
    above, below = shares
    words = f"{title}. Histograms of a team's renewals (per cent): {above} above, {below} below."
    return charts.describe(
        layers.properties(title=alt.Title(charts.wrap(title)), height=220), words
    )


def table_diagnostics(found: Mapping[str, pd.DataFrame]) -> Html:
    """Return the diagnostics of several fits beside the rule of the course, as one table.

    Args:
        found: model -> what `tidy.diagnostics` returns.
    """
    import marimo as mo

    rows = [
        f"| {name} | {t.max_rhat[0]:.3f} | {t.min_ess_bulk[0]:,.0f} | {t.min_ess_tail[0]:,.0f} "
        f"| {t.divergences[0]} | {'may be read' if t.passed[0] else '**must not be read**'} |"
        for name, t in found.items()
    ]
    enough = f"at least {tidy.MIN_ESS}"
    head = [
        "| model | R-hat, largest | ESS, bulk | ESS, tail | divergences | verdict |",
        "|:--|:--|:--|:--|:--|:--|",
        f"| *rule* | at most {tidy.MAX_R_HAT} | {enough} | {enough} | none | |",
    ]
    return mo.md("\n".join([*head, *rows]))


def chart_slopes(slopes: pd.DataFrame, variable: str, truth: float) -> alt.LayerChart:
    """Return the models' slopes of one variable with their intervals, one line each.

    Args:
        slopes: columns model, variable ("attention" or "seniority"), mean, sd, lower, upper
            (log-odds per unit of the variable).
        variable: which rows.
        truth: same unit.
    """
    frame = slopes[slopes["variable"] == variable].rename(columns={"model": "label"})
    mean, sd = (frame.set_index("label")[column] for column in ("mean", "sd"))
    if variable == "attention":
        told = ", ".join(f"{name} {signed(mean[name])}" for name in mean.index[-2:])
        title = f"{told}; truth 0"
    else:
        times = sd["fixed effects"] / sd["Mundlak"]
        title = f"Fixed effects lose seniority: {number(times, 0)} times Mundlak's sd"
    return charts.chart_effect(
        frame.assign(role=frame["label"].map(ROLE)),
        title=title,
        unit=axis_title("slope" if variable == "attention" else "seniority"),
        truth=truth,
    ).properties(height=36 * len(frame))


def chart_ate(ate: Mapping[str, Any]) -> alt.LayerChart:
    """Return the models' average effects with their intervals, one line each.

    Args:
        ate: model -> draws of the effect on the chance of renewal (-1 to 1), any shape.
    """
    points = tidy.summarise({name: 100 * draws for name, draws in ate.items()})
    naive, best = (signed(100 * float(ate[name].mean()), 1) for name in ("naive", "Mundlak"))
    return charts.chart_effect(
        points.assign(role=points["label"].map(ROLE)),
        title=f"One more unit of attention: naive {naive} points, Mundlak {best}",
        unit=axis_title("ate"),
        truth=0.0,
        number_format=".1f",
    ).properties(height=42 * len(points))


def slider_need() -> mo.ui.slider:
    """Return the slider of the strength s of what confounds inside the teams."""
    import marimo as mo

    return mo.ui.slider(0.0, 2.0, 0.25, value=0.5, show_value=True, label="strength s of need")


def drawer_need(curves: pd.DataFrame) -> Callable[..., charts.Drawing]:
    """Return a function that draws the limits of two slopes: (s, naive, within) -> drawing.

    Args:
        curves: columns s, naive, within (limits, outcome per unit of attention; the truth is 0).
    """
    x = alt.X("s:Q", title=axis_title("need"), axis=alt.Axis(tickCount=5))
    y = axis_title("limit")
    base = alt.Chart(curves)
    naive = base.mark_line(strokeWidth=3, strokeDash=[8, 4], color=charts.ROLES["naive"])
    within = base.mark_line(strokeWidth=3, color=charts.ROLES["adjusted"])
    here = alt.Chart(pd.DataFrame({"at": [0.5], "naive_now": [0.5], "within_now": [0.2]}))
    look = {"size": 220, "strokeWidth": 3}
    layers = alt.layer(
        naive.encode(x, alt.Y("naive:Q", title=y)),
        within.encode(x, alt.Y("within:Q", title=y)),
        here.mark_point(color=charts.ROLES["naive"], **look).encode(x="at:Q", y="naive_now:Q"),
        here.mark_point(color=charts.ROLES["adjusted"], **look).encode(x="at:Q", y="within_now:Q"),
    )
    key = "truth 0 · dashed: naive slope · solid: slope within teams"
    template = layers.properties(title=alt.Title("", subtitle=key), height=140).to_dict()

    def draw(s: float, naive_now: float, within_now: float) -> charts.Drawing:
        """Draw both curves with marks at strength s."""
        title = f"At s = {number(s)}: within {signed(within_now)}, naive {signed(naive_now)}"
        frame = pd.DataFrame({"at": [s], "naive_now": [naive_now], "within_now": [within_now]})
        words = f"{title}. Both curves rise with s; the naive one stays above."
        return charts.redraw(template, frame, words=words, title=title)

    return draw


def slider_spread() -> mo.ui.slider:
    """Return the slider of the spread between teams, in log-odds."""
    import marimo as mo

    label = "spread between teams (sd, log-odds)"
    return mo.ui.slider(0.0, 3.0, 0.5, value=1.5, show_value=True, label=label)


def drawer_collapse(
    attention: np.ndarray, team_curves: np.ndarray, mean_curve: np.ndarray
) -> Callable[..., charts.Drawing]:
    """Return a function that draws the teams' curves and their mean.

    Args:
        attention: shape (points,), log scale, from its mean.
        team_curves: chances, shape (points, teams), for the template.
        mean_curve: chances, shape (points,), for the template.

    Returns:
        (spread, team_curves, mean_curve, slope, marginal slope) -> drawing; slopes in log-odds.
    """

    def frames(teams: np.ndarray, mean: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
        n = teams.shape[1]
        thin = {"attention": np.tile(attention, n), "chance": teams.T.ravel()}
        thin["team"] = np.repeat(np.arange(n), len(attention))
        return pd.DataFrame(thin), pd.DataFrame({"attention": attention, "mean_chance": mean})

    thin, mean = frames(team_curves, mean_curve)
    x = alt.X("attention:Q", title="attention, from its mean (log scale)")
    y = {"title": axis_title("chance"), "axis": PER_CENT, "scale": alt.Scale(domain=[0, 1])}
    teams = alt.Chart(thin).mark_line(strokeWidth=1.5, color=charts.ROLES["adjusted"])
    bold = alt.Chart(mean).mark_line(strokeWidth=5, strokeDash=[8, 4], color=charts.ROLES["naive"])
    layers = teams.encode(x, alt.Y("chance:Q", **y), detail="team:N")
    layers += bold.encode(x, alt.Y("mean_chance:Q", **y))
    key = "thin: a team · dashed: the mean of all teams"
    template = layers.properties(title=alt.Title("", subtitle=key), height=90).to_dict()

    def draw(
        spread: float, teams: np.ndarray, mean: np.ndarray, slope: float, marginal: float
    ) -> charts.Drawing:
        """Draw the curves at one spread."""
        both = f"in each team {signed(slope)}, of the mean {signed(marginal)}"
        title = f"Spread {number(spread, 1)}: {both}"
        words = (
            f"{title}. Chances of {teams.shape[1]} teams rise with attention; so does their mean."
        )
        return charts.redraw(template, *frames(teams, mean), words=words, title=title)

    return draw


def choice_of_worlds(results: pd.DataFrame) -> mo.ui.dropdown:
    """Return the menu of the stored study; its value is (customers per team, true slope).

    Args:
        results: columns n_per_group, effect (log-odds per unit).
    """
    import marimo as mo

    settings = results[["n_per_group", "effect"]].drop_duplicates()
    options = {
        f"{row.n_per_group} customers per team, true slope {effect_words(row.effect)}": (
            row.n_per_group,
            row.effect,
        )
        for row in settings.itertuples()
    }
    return mo.ui.dropdown(options, value=next(iter(options)), label="worlds with")


def effect_words(effect: float) -> str:
    """Return a true slope as it is written: with its sign, and 0 as 0."""
    return signed(effect, 1) if effect else "0"


def drawer_worlds(study: pd.DataFrame, results: pd.DataFrame) -> Callable[..., charts.Drawing]:
    """Return a function that draws the stored study: (team size, true slope) -> drawing.

    Args:
        study: columns model, n_per_group, effect, mean; one row a posterior.
        results: columns model, n_per_group, effect, n_worlds, bias, coverage; one row a setting.
    """

    def at(size: int, effect: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, str]:
        rows, graded = (
            frame[(frame["n_per_group"] == size) & (frame["effect"] == effect)]
            for frame in (study, results)
        )
        words = [
            f"bias {signed(row.bias)}, covers {number(row.coverage * row.n_worlds, 0)}"
            for row in graded.itertuples()
        ]
        ticks = rows[["model", "mean"]].assign(role=rows["model"].map(ROLE))
        middle = pd.DataFrame(
            {"model": graded["model"], "centre": effect + graded["bias"], "words": words}
        )
        truth = pd.DataFrame({"truth": [effect]})
        bias = graded.set_index("model")["bias"]
        told = ", ".join(f"{name} {signed(bias[name])}" for name in ("multilevel", "Mundlak"))
        title = f"{size} per team, truth {effect_words(effect)}: bias {told}"
        return ticks, middle, truth, title

    ticks, middle, truth, _ = at(7, 0.0)
    y = alt.Y("model:N", sort=list(ROLE), title=None)
    x = alt.X("mean:Q", title=axis_title("world_slope"))
    x = x.scale(domain=[-1.2, 2.4]).axis(values=[-1, -0.5, 0, 0.5, 1, 1.5])
    colour = alt.Color("role:N", scale=charts.role_scale("naive", "adjusted"), legend=None)
    rows = alt.Chart(middle)
    mean = rows.mark_point(filled=True, size=150, shape="diamond", color=charts.ROLES["truth"])
    text = rows.mark_text(align="right", fontSize=13)
    layers = alt.layer(
        alt.Chart(truth).mark_rule(strokeDash=[6, 4]).encode(x="truth:Q"),
        alt.Chart(ticks).mark_tick(opacity=0.5, size=22, clip=True).encode(x, y, colour),
        mean.encode(x="centre:Q", y=y),
        text.encode(x=alt.datum(2.38), y=y, text="words:N"),
    )
    level = percent(tidy.HDI_PROB)
    key = f"tick: a world · diamond: mean · dashed: truth · covers: {level} HDIs of 100 with it"
    template = layers.properties(title=alt.Title("", subtitle=key), height=200).to_dict()

    def draw(size: int, effect: float) -> charts.Drawing:
        """Draw the hundred worlds of one size and one true slope."""
        ticks, middle, truth, title = at(size, effect)
        each = "; ".join(f"{row.model}: {row.words}" for row in middle.itertuples())
        return charts.redraw(template, ticks, middle, truth, words=f"{title}. {each}.", title=title)

    return draw


def chart_free(loading: np.ndarray) -> alt.Chart:
    """Return the draws of the loading, one row a chain.

    Args:
        loading: shape (chain, draw), units of attention.
    """
    frame = tidy.tidy_draws({"loading": loading[:, ::20]})
    frame["chain"] += 1
    mirrored = int((loading.mean(axis=1) < 0).sum())
    title = f"Without the constraint {mirrored} of {len(loading)} chains found the mirror image"
    chart = alt.Chart(frame).mark_tick(size=16, opacity=0.5, color=charts.ROLES["adjusted"])
    chart = chart.encode(
        x=alt.X("value:Q", title=axis_title("loading")), y=alt.Y("chain:O", title="chain")
    )
    words = f"{title}. Draws of the loading, one row per chain, on the two sides of zero."
    return charts.describe(chart.properties(title=alt.Title(charts.wrap(title)), height=220), words)


# Judges ------------------------------------------------------------------------------------------

WITHIN = ("about as many", "about zero", "about as many, negative")


def judge_1(within_teams: Any, customers: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 1: what is left of the difference inside teams.

    Args:
        within_teams: the answer; one of `WITHIN`.
        customers: columns team, attention, renewed.
    """
    above = customers["attention"] > customers.groupby("team")["attention"].transform("median")
    shares = customers.groupby(["team", above])["renewed"].mean().unstack()  # noqa: PD010
    gaps = 100 * (shares[True] - shares[False])
    return checks.choice(
        within_teams,
        "about zero",
        WITHIN,
        hints=[
            ("about as many", "Inside one team all customers share one market. What is left?"),
            (
                "about as many, negative",
                "Removing a confounder need not turn the sign. What is true in this world?",
            ),
            "Look at the line with log_odds in the simulator: what differs inside a team?",
        ],
        why=f"Inside teams the difference is {signed(gaps.mean(), 0)} points (standard error "
        f"{number(gaps.sem(), 0)}): chance alone. The market has one value per team.",
    )


def _slope(x: Any, y: Any) -> float:
    """Return the least-squares slope of y on x, with an intercept; no answer of the page."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    return float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())


def _by_dummies(frame: pd.DataFrame, group: str, x: str, y: str) -> float:
    """Return the slope of x in a regression of y with a dummy a group, by plain least squares."""
    dummies = pd.get_dummies(frame[group]).to_numpy(float)
    design = np.column_stack([frame[x], dummies])
    return float(np.linalg.lstsq(design, frame[y], rcond=None)[0][0])


def judge_2(within_slope: Any, customers: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 2: the slope inside teams, chance per unit of attention.

    Args:
        within_slope: the answer; one number.
        customers: columns team, attention, renewed.
    """
    group = customers.groupby("team")
    means = group[["attention", "renewed"]].transform("mean")
    team_means = group[["attention", "renewed"]].mean()
    inside = customers[["attention", "renewed"]] - means
    truth = _by_dummies(customers, "team", "attention", "renewed")
    each = [_slope(t["attention"], t["renewed"]) for _, t in group]
    return checks.close(
        within_slope,
        truth,
        tolerance=1e-4,
        hints=[
            (
                _slope(customers["attention"], customers["renewed"]),
                "That is the pooled slope: no mean has been taken away yet.",
            ),
            (
                _slope(team_means["attention"], team_means["renewed"]),
                "That is the slope between team means. Look inside the teams.",
            ),
            (-truth, "The sign is turned."),
            (100 * truth, "Right in percentage points; a chance between 0 and 1 is asked for."),
            (
                _slope(customers["attention"], inside["renewed"]),
                "Only `renewed` lost its team mean. `attention` must lose its own as well.",
            ),
            (
                _slope(inside["renewed"], inside["attention"]),
                "Turned round: regress renewal on attention, not attention on renewal.",
            ),
            (
                float(np.mean(each)),
                "A plain mean of 30 slopes: pool the differences of all, divide once.",
            ),
            "Sum of products of the two differences, over the sum of squares of attention's.",
        ],
        why="The check used another route: a regression with a dummy (a 0/1 column) for each team. "
        "It gives the same slope to the last digit. That is what 'fixed effects' means.",
    )


def judge_3(slope_of_sixty: Any, noise: float, between: float) -> checks.Check:
    """Return the verdict on exercise 3: the small team's slope with sixty customers.

    Args:
        slope_of_sixty: the answer; chance per unit of attention.
        noise: variance of one renewal.
        between: variance of a team's share.
    """
    psi = noise / (noise + 60 * between)
    small = noise / (noise + 6 * between)
    of_six, truth = small * 3 / (4 + small * 13.5), psi * 30 / (40 + psi * 135)
    return checks.close(
        slope_of_sixty,
        truth,
        tolerance=5e-4,
        hints=[
            (of_six, "That is still the team of six: ψ has m in it."),
            (psi * 30 / (4 + psi * 135), "The sum of squares inside the team is ten times 4, too."),
            (psi * 3 / (40 + psi * 13.5), "Inside all is there; between teams m is 60 as well."),
            (30 / 175, "That is the naive slope: ψ = 1."),
            (psi, "That is ψ; put it into the formula."),
            (100 * truth, "Right in percentage points; a chance is asked for."),
            (0, "Nothing leaks with fixed effects; a random intercept still pulls a little."),
            "First ψ with m = 60; every other sum is ten times what it was, above and below.",
        ],
        why=f"With 6 customers ψ is {number(small)} and {number(100 * of_six, 0)} points leak into "
        f"the slope; with 60, ψ is {number(psi)} and {number(100 * truth, 0)} points leak. All "
        "other sums grew alike: only ψ has changed. Large teams speak for themselves.",
    )


ON_FORM_4: list[Any] = [
    (
        lambda value: np.size(value) == 1,
        "One number: keep the draws, and average over customers only (axis=0).",
    ),
]


def judge_4(
    effect_draws: Any,
    chance_of_renewal: Callable[[Any, Any], np.ndarray],
    attention: pd.Series,
    own_mean: np.ndarray,
) -> checks.Check:
    """Return the verdict on exercise 4: the effect of one unit less, one number a draw.

    Args:
        effect_draws: the answer; shape (draw,), -1 to 1.
        chance_of_renewal: (attention, team mean), one a customer -> chances (customer, draw).
        attention: as it was seen, one a customer.
        own_mean: mean attention of the customer's team.
    """
    before, less = (
        chance_of_renewal(attention, own_mean),
        chance_of_renewal(attention - 1, own_mean),
    )
    right = (less - before).mean(axis=0)
    moved = (chance_of_renewal(attention - 1, own_mean - 1) - before).mean(axis=0)
    mean_alone = (chance_of_renewal(attention, own_mean - 1) - before).mean(axis=0)
    error = 100 * float((moved - right).mean())
    more = (chance_of_renewal(attention + 1, own_mean) - before).mean(axis=0)
    return checks.close(
        effect_draws,
        right,
        tolerance=1e-6,
        hints=[
            (moved, "The colleague's number: the means moved too, as if attention made markets."),
            (mean_alone, "That moves the team mean alone; move attention alone."),
            (-right, SIGN_TURNED),
            (more, "That is one unit more; here it is one unit less."),
            (100 * right, "Right in percentage points; a chance is asked for."),
            (
                lambda value: np.shape(value) == (len(attention),),
                "One number per customer: average over customers, not over draws.",
            ),
            *ON_FORM_4,
            "What does the team mean stand for? Would one unit of attention change that?",
        ],
        why="The team mean is in the model as a stand-in for the market. Attention does not make "
        f"markets, so `do` leaves it as it was. The colleague errs by {signed(error, 0)} points.",
    )


def clinics(seed: int) -> pd.DataFrame:
    """Return the world of exercise 5: one row a patient, columns clinic, hours, mobility (points).

    Clinics differ in something that moves both their patients' hours and their mobility.

    Args:
        seed: of the draw.
    """
    rng = np.random.default_rng([seed, 5])
    clinic = np.repeat(np.arange(40), 8)
    state = rng.normal(0, 1, 40)[clinic]
    hours = 10 - 2 * state + rng.normal(0, 1.5, len(clinic))
    mobility = 50 + 1.5 * (hours - 10) + 8 * state + rng.normal(0, 4, len(clinic))
    return pd.DataFrame({"clinic": clinic, "hours": hours, "mobility": mobility})


SPOILS = ("the clinic's equipment", "how ill each patient is", "the town of the clinic")


def judge_5(clinic_answers: Any, patients: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 5: the whole method on another world.

    Args:
        clinic_answers: the answer; {"naive": points per hour, "effect": points per hour,
            "spoiled by": one of `SPOILS`}.
        patients: columns clinic, hours, mobility.
    """
    naive = _slope(patients["hours"], patients["mobility"])
    effect = _by_dummies(patients, "clinic", "hours", "mobility")
    means = patients.groupby("clinic")[["hours", "mobility"]].mean()
    between = _slope(means["hours"], means["mobility"])

    def said(key: str) -> float:
        value = np.asarray(clinic_answers_now[key], float)
        if value.size != 1:
            raise ValueError(f"{key} is not one number")
        return float(value.reshape(()))

    clinic_answers_now: dict[str, Any] = {}

    def judge(answer: Any) -> bool | str:
        if not isinstance(answer, dict):
            return f"A dictionary is expected, not a {type(answer).__name__}."
        lacking = [k for k in ("naive", "effect", "spoiled by") if answer.get(k) in (None, ...)]
        if lacking:
            return f"Still open: {', '.join(lacking)}."
        clinic_answers_now.update(answer)
        if abs(said("naive") - naive) > 0.005:  # noqa: PLR2004
            return _said_of_naive(said("naive"), naive, effect, between)
        if abs(said("effect") - effect) > 0.005:  # noqa: PLR2004
            return _said_of_effect(said("effect"), naive, effect, between)
        return _said_of_spoiling(answer["spoiled by"])

    return checks.holds(
        clinic_answers,
        judge,
        hints=[
            "Naive: the slope of mobility on hours, all patients in one heap.",
            "Effect: beside `hours`, a column with the mean hours of the patient's clinic.",
            "Group means remove what has one value per group. Which of the three has not?",
        ],
        why=f"Naive {signed(naive)}, given the clinic's mean {signed(effect)} points per hour: the "
        "sign has turned. Clinics whose patients are worse off give more hours. What differs "
        "between patients of one clinic is not removed.",
    )


def _said_of_naive(value: float, naive: float, effect: float, between: float) -> str:
    """Return what is wrong with a naive slope (points per hour)."""
    if abs(value - effect) < 0.005:  # noqa: PLR2004
        return "`naive` holds the slope inside clinics: leave the clinics out of it."
    if abs(value - between) < 0.005:  # noqa: PLR2004
        return "`naive` holds the slope between clinic means; take all patients."
    if abs(value + naive) < 0.005:  # noqa: PLR2004
        return "`naive`: the sign is turned."
    return f"`naive` is {number(value)}, and that is not the slope over all patients."


def _said_of_effect(value: float, naive: float, effect: float, between: float) -> str:
    """Return what is wrong with an adjusted slope (points per hour)."""
    if abs(value - naive) < 0.005:  # noqa: PLR2004
        return "`effect` is still the naive slope: the clinics are not in it."
    if abs(value - between) < 0.005:  # noqa: PLR2004
        return "`effect` is the slope between clinics, where the confounder lives."
    if abs(value - (between - effect)) < 0.005:  # noqa: PLR2004
        return "That is the coefficient of the clinic's mean; the one of `hours` is asked for."
    if abs(value + effect) < 0.005:  # noqa: PLR2004
        return "`effect`: the sign is turned."
    return f"`effect` is {number(value)}, and that is not it: put the clinic's mean beside `hours`."


def _said_of_spoiling(value: Any) -> bool | str:
    """Return whether a text names what clinic means do not remove, or what is wrong with it."""
    plain = " ".join(str(value).split()).casefold()
    if plain not in SPOILS:
        return f"`spoiled by` is one of: {'; '.join(SPOILS)}."
    if plain != "how ill each patient is":
        return "That has one value per clinic: the clinic's mean stands for it. What does not?"
    return True


def judge_6(share_of_bias: Any, study: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 6: bias² / rmse² of the multilevel slope at 67 per team.

    Args:
        share_of_bias: the answer; 0 to 1.
        study: columns model, n_per_group, effect, mean (log-odds per unit).
    """

    def share(model: str, size: int, effect: float = 0.0) -> float:
        rows = study[(study["model"] == model) & (study["n_per_group"] == size)]
        error = rows.loc[rows["effect"] == effect, "mean"] - effect
        return float(error.mean() ** 2 / (error**2).mean())

    truth = share("multilevel", 67)
    mixed = study[(study["model"] == "multilevel") & (study["n_per_group"] == 67)]["mean"]  # noqa: PLR2004
    return checks.close(
        share_of_bias,
        truth,
        tolerance=0.01,
        hints=[
            (truth**0.5, "That is bias / rmse. Square it."),
            (1 - truth, "That is the share of the variance; the rest is bias."),
            (100 * truth, "Right in per cent; a share between 0 and 1 is asked for."),
            (
                share("Mundlak", 67),
                "That is Mundlak's model. Choose the rows of the multilevel one.",
            ),
            (share("multilevel", 7), "That is 7 per team. Choose 67."),
            (share("multilevel", 20), "That is 20 per team. Choose 67."),
            (
                float(mixed.mean() ** 2 / (mixed**2).mean()),
                "Three true slopes are mixed: choose the rows with `effect` 0.",
            ),
            "bias is the mean of the column `mean`, since the truth is 0.",
        ],
        why=f"{percent(truth)} of the squared error is bias: more teams would not mend it. More "
        "customers per team would, or one more column.",
    )


def judge_7(preferred: Any, gap: float, gap_se: float) -> checks.Check:
    """Return the verdict on exercise 7: which model LOO prefers.

    Args:
        preferred: the answer; "Mundlak", "latent Mundlak" or "neither".
        gap: score of latent Mundlak minus Mundlak (elpd).
        gap_se: its standard error.
    """
    words = f"The gap is {number(abs(gap))}, its standard error {number(gap_se)}."
    leader = "latent Mundlak" if gap > 0 else "Mundlak"
    right = leader if abs(gap) > max(4, 2 * gap_se) else "neither"
    return checks.choice(
        preferred,
        right,
        ["Mundlak", "latent Mundlak", "neither"],
        hints=[
            ("Mundlak", f"{words} Is the simpler model better at prediction, or only simpler?"),
            ("latent Mundlak", f"{words} A decimal in a table is not a preference."),
            ("neither", f"{words} That is over 4, and more than two of them."),
            "Compare the gap with what chance alone does to it, and with 4.",
        ],
        why=f"{words} Under the line a tie is a tie: choose between them for other reasons.",
    )


def judge_8(free_loading: Any) -> checks.Check:
    """Return the verdict on exercise 8: a distribution that does not know the loading's sign.

    Args:
        free_loading: the answer; a distribution of NumPyro, of one number.
    """
    from numpyro import distributions as dist

    def is_free(prior: Any) -> bool | str:
        if isinstance(prior, type):
            return "That is a kind of distribution; give it its parameters: `dist.Name(...)`."
        if not isinstance(prior, dist.Distribution):
            return f"A NumPyro distribution is expected, not a {type(prior).__name__}."
        if prior.batch_shape or prior.event_shape:
            return "One loading, one number: the distribution has a shape of its own."
        ends = np.array([-0.7, 0.7])
        if not bool(prior.support(ends[0])):
            return "This one still knows the sign: it gives negative loadings no chance."
        below, above = np.asarray(prior.log_prob(ends))
        if abs(below - above) > 1e-6:  # noqa: PLR2004
            return "Both signs are possible, but not equally likely. Centre it at zero."
        spread_out = below > -4  # noqa: PLR2004
        return (
            True if spread_out else "Its spread leaves ±0.7 almost no chance; of order one, please."
        )

    return checks.holds(
        free_loading,
        is_free,
        hints=["Exponential, HalfNormal, LogNormal and Gamma are positive. Which one is not?"],
        why="Now the posterior has two mirrored hills, and no data can tell them apart.",
    )
