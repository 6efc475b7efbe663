"""Drawings and judges of notebook 07, "Do side quests raise spending, when motivation is hidden?".

Plain functions of what the page has computed: no model, adjustment set, estimand, `do` or
estimator of the page; `simulate_gym` is the world of the transfer exercise. Purchases, bills and
effects are in dollars (a month) throughout. Game and gym are made up for the course; the papers
behind the methods stand in the page's references. A chart raises KeyError where a column that its
docstring lists is missing; a judge never raises.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AXES = {
    "purchases": ("purchases", "dollars a month"),
    "players": ("share of the group", "per 5 dollars"),
    "effect": ("effect of engagement on purchases", "dollars"),
    "ate": ("ATE", "dollars"),
    "step": ("training step", "number"),
    "excess": ("loss above the best fit + 0.001", "per player"),
    "hour": ("true effect of an hour", "dollars"),
    "fit": ("log-likelihood", "per player"),
    "shared": ("noise that the readings share", "share"),
    "touched": ("what engagement adds", "logins a month"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

FITS = {"readings hidden": "naive", "readings revealed": "adjusted"}
"""The two fits of a CEVAE, each with its role."""
WIDE = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)
"""Standard errors that an interval of the course goes to each side."""
LEVEL = f"{percent(tidy.HDI_PROB)} confidence interval"


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`).

    Raises:
        KeyError: `AXES` has no such quantity.
    """
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


def simulate_gym(seed: int, n: int = 20_000) -> pd.DataFrame:
    """Return the members of a gym: the world of the transfer exercise.

    A reminder brings 3 visits a month, a visit 4 dollars on the bill. `drive` moves reminder and
    bill, and is left out.

    Args:
        seed: of the course.
        n: members.

    Returns:
        Columns lottery, city, reminded (1 or 0), quiz (score), visits (a month), bill (dollars a
        month).
    """
    rng = np.random.default_rng([seed, 11])
    drive, quiz, visits, bill = rng.normal(size=(4, n))
    lottery, city = rng.integers(0, 2, (2, n))
    keen = -1 + 1.2 * lottery + 1.5 * drive + 0.8 * city
    reminded = (rng.random(n) < 1 / (1 + np.exp(-keen))).astype(int)
    visits = 8 + 3 * reminded + 2 * city + 2 * visits
    bill = 20 + 4 * visits + 15 * drive - 8 * lottery + 6 * city + 10 * bill
    columns = {"lottery": lottery, "city": city, "reminded": reminded, "quiz": drive + quiz}
    return pd.DataFrame({**columns, "visits": visits, "bill": bill})


# Charts ------------------------------------------------------------------------------------------


def chart_first(purchases: pd.Series, engagement: pd.Series) -> alt.LayerChart:
    """Return histograms of purchases of those who engage and of the others, with their means.

    Args:
        purchases: dollars a month.
        engagement: 1 or 0, the same players.
    """
    edges = np.arange(0, 301, 5)
    bars, means = [], []
    for arm, role, name in ((1, "treated", "with side quests"), (0, "control", "without")):
        own = purchases[engagement == arm]
        share = np.histogram(own.clip(1, 299), edges)[0] / len(own)
        bars.append(pd.DataFrame({"at": edges[:-1] + 2.5, "share": share, "role": role}))
        words = f"{name}: mean {number(own.mean(), 0, '$')}"
        means.append({"mean": own.mean(), "role": role, "label": words, "top": 14.0 + 20 * arm})
    colour = alt.Color("role:N", scale=charts.role_scale("treated", "control"), legend=None)
    dashes = alt.StrokeDash("role:N", legend=None).scale(
        domain=["treated", "control"], range=[charts.DASHES[r] for r in ("treated", "control")]
    )
    x = alt.X("at:Q", title=axis_title("purchases"))
    room = 1.3 * max(part["share"].max() for part in bars)  # above the curves, for two labels
    y = alt.Y("share:Q", title=axis_title("players"), stack=None).axis(format="%")
    y = y.scale(domain=[0, room])
    area = alt.Chart(pd.concat(bars)).encode(x, y, colour)
    base = alt.Chart(pd.DataFrame(means)).encode(x="mean:Q", color=colour)
    text = base.mark_text(align="left", dx=6, fontSize=16, fontWeight="bold")
    gap = means[0]["mean"] - means[1]["mean"]
    title = f"Players with side quests spend {number(gap, 0)} dollars more"
    layers = (
        area.mark_area(opacity=0.2)
        + area.mark_line(strokeWidth=3).encode(strokeDash=dashes)
        + base.mark_rule(strokeWidth=3).encode(strokeDash=dashes)
        + text.encode(text="label", y=alt.Y("top:Q", scale=None))
    )
    told = "; ".join(row["label"] for row in means)
    words = f"{title}. Shares of players by purchases, with and without side quests. {told}."
    return charts.describe(layers.properties(title=title, height=210), words)


def as_rows(found: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Return label, mean, se, lower, upper (94 % interval, normal) and role of estimates.

    Args:
        found: label -> (value, standard error; NaN where none is known), dollars.
    """
    frame = pd.DataFrame([(k, *v) for k, v in found.items()], columns=["label", "mean", "se"])
    half = WIDE * frame["se"]
    frame = frame.assign(lower=frame["mean"] - half, upper=frame["mean"] + half)
    biased = ("naive", "adjusted for 3", "readings as covariates", "CEVAE without readings")
    return frame.assign(role=np.where(frame["label"].isin(biased), "naive", "adjusted"))


def chart_answers(
    found: Mapping[str, tuple[float, float]], true_ate: float, title: str
) -> alt.LayerChart:
    """Return estimates with their 94 % intervals against the truth.

    Args:
        found: as for `as_rows`.
        true_ate: dollars.
        title: the finding.
    """
    chart = charts.chart_effect(
        as_rows(found),
        title=title,
        unit=axis_title("effect"),
        truth=true_ate,
        number_format=".1f",
        interval=LEVEL,
    )
    return chart.properties(height=min(max(100, 46 * len(found)), 248))  # 248: fits a slide


def _by_name(column: str, roles: Mapping[str, str], orient: str = "top") -> dict[str, Any]:
    """Return colour and shape of a column of names, each with its role (name -> role)."""
    names, look = list(roles), list(roles.values())
    legend = alt.Legend(orient=orient, columns=1 if orient == "bottom" else 0, symbolOpacity=1)
    color = alt.Color(f"{column}:N", title=None, legend=legend)
    shape = alt.Shape(f"{column}:N", title=None, legend=legend)
    return {
        "color": color.scale(domain=names, range=charts.role_scale(*look).range),
        "shape": shape.scale(domain=names, range=[charts.SHAPES[role] for role in look]),
    }


def _rules(levels: Mapping[str, float], *, right: bool = False) -> alt.LayerChart:
    """Return dashed horizontal rules at these heights (dollars), each with its name at an end."""
    frame = pd.DataFrame({"level": list(levels.values()), "name": list(levels)})
    base = alt.Chart(frame).encode(y=alt.Y("level:Q", title=axis_title("ate")))
    words = base.mark_text(align="right" if right else "left", dx=-4 if right else 4, dy=-8)
    words = words.encode(x=alt.value("width" if right else 0), text="name:N")
    return base.mark_rule(strokeDash=[6, 4], strokeWidth=2) + words


def chart_training(ates: np.ndarray, naive: float, true_ate: float) -> alt.LayerChart:
    """Return the ATE along the training of two fits, against truth and naive difference.

    Args:
        ates: dollars, after every 100 steps, shape (stop, 2): readings hidden, revealed.
        naive: dollars.
        true_ate: dollars.
    """
    paths = pd.DataFrame(ates, columns=list(FITS)).assign(step=100 * np.arange(1, len(ates) + 1))
    base = alt.Chart(paths.melt("step", var_name="fit", value_name="ate")).encode(
        x=alt.X("step:Q", title=axis_title("step")),
        y=alt.Y("ate:Q", title=axis_title("ate")).scale(zero=False),
        **_by_name("fit", FITS),
    )
    lines = base.mark_line(strokeWidth=3) + base.mark_point(size=90, filled=True, opacity=1)
    end = [f"{number(value, 0)}" for value in ates[-1]]
    title = f"In the end {end[0]} without readings, {end[1]} with; truth {number(true_ate, 0)}"
    layers = _rules({"truth": true_ate, "naive": naive}) + lines
    words = f"{title}. ATE in dollars by training step of two fits."
    return charts.describe(layers.properties(title=title, height=142), words)


def chart_reveal(draws: np.ndarray, name: str, naive: float, true_ate: float) -> alt.LayerChart:
    """Return a CEVAE's answer beside the naive one.

    Args:
        draws: ATE in dollars, one for each draw of motivation.
        name: "hidden" or "revealed".
        naive: dollars.
        true_ate: dollars.
    """
    role = FITS[f"readings {name}"]
    row = tidy.summarise({f"CEVAE, readings {name}": draws}).assign(role=role)
    other = pd.DataFrame({"label": ["naive"], "mean": [naive], "role": ["naive"]})
    chart = charts.chart_effect(
        pd.concat([row, other]),
        title=f"Readings {name}: {signed(draws.mean(), 1, '$')}; truth {signed(true_ate, 1, '$')}",
        unit=axis_title("effect"),
        truth=true_ate,
        number_format=".1f",
        interval=f"{percent(tidy.HDI_PROB)} HDI over draws of motivation (too narrow to see)",
    )
    return chart.properties(height=100)


def chart_runs(runs: pd.DataFrame, naive: float, true_ate: float) -> alt.LayerChart:
    """Return the ATE of many runs against their loss above the best fit.

    Args:
        runs: columns proxies (0 or 3), loss_per_row, ate (dollars).
        naive: dollars.
        true_ate: dollars.
    """
    least = runs.groupby("proxies")["loss_per_row"].transform("min")
    names = dict(zip((0, 3), FITS, strict=True))
    frame = runs.assign(excess=runs["loss_per_row"] - least + 1e-3, fit=runs["proxies"].map(names))
    points = alt.Chart(frame).encode(
        x=alt.X("excess:Q", title=axis_title("excess")).scale(type="log"),
        y=alt.Y("ate:Q", title=axis_title("ate")).scale(zero=False),
        **_by_name("fit", FITS),
    )
    points = points.mark_point(filled=True, size=110, opacity=0.8)
    title = "Best losses at the left: right with readings, wrong without"
    layers = _rules({"truth": true_ate, "naive": naive}) + points
    words = f"{title}. {len(runs)} points: ATE in dollars against loss per player."
    head = alt.Title(charts.wrap(title))
    return charts.describe(layers.properties(title=head, height=165), words)


VARIANTS = {"naive": -10, "control": -10, "adjusted": 26}
"""Roles of the three fits with items, each with the pixels from its end down to its name."""


def chart_items(runs: pd.DataFrame, front_door: float) -> alt.LayerChart:
    """Return the ATE along the training of fits with items in the decoder.

    Each variant is a line of means over its starts, in a band from the least to the largest, with
    its name at the end.

    Args:
        runs: columns variant (three, the wrong one first), seed, steps, ate (dollars).
        front_door: dollars.

    Raises:
        ValueError: there are not three variants.
    """
    roles = dict(zip(runs["variant"].unique(), VARIANTS, strict=True))
    late = runs.query("steps >= 50").groupby(["variant", "steps"], sort=False)["ate"]
    frame = late.agg(["min", "max", "mean"]).reset_index()
    look = {
        "color": alt.Color("variant:N", legend=None).scale(
            domain=list(roles), range=charts.role_scale(*roles.values()).range
        ),
        "strokeDash": alt.StrokeDash("variant:N", legend=None).scale(
            domain=list(roles), range=[charts.DASHES[role] for role in roles.values()]
        ),
    }
    x = alt.X("steps:Q", title=axis_title("step")).scale(domain=[0, runs["steps"].max()])
    y = alt.Y("mean:Q", title=axis_title("ate"))
    base = alt.Chart(frame).encode(x=x, color=look["color"])
    band = base.mark_area(opacity=0.25).encode(y=alt.Y("min:Q", title=axis_title("ate")), y2="max")
    line = base.mark_line(strokeWidth=3).encode(y=y, strokeDash=look["strokeDash"])
    names = [
        alt.Chart(frame[frame["variant"] == name].tail(1))
        .mark_text(align="right", dy=VARIANTS[role], fontWeight="bold")
        .encode(x=x, y=y, text="variant:N", color=look["color"])
        for name, role in roles.items()
    ]
    title = "Trained on, the wrong fit leaves the front-door answer"
    layers = alt.layer(band, line, _rules({"front door": front_door}), *names)
    words = f"{title}. ATE in dollars by training step. Front door {number(front_door, 1)}."
    return charts.describe(layers.properties(title=title, height=158), words)


def drawing_twins(curve: pd.DataFrame) -> Callable[[pd.DataFrame], charts.Drawing]:
    """Return a function that draws log-likelihood against effect, with a mark at one row.

    Args:
        curve: columns effect, confounding (dollars), fit (log-likelihood per player).

    Returns:
        A function of one row of `curve`.
    """
    middle = curve["fit"].mean()
    axes = {
        "x": alt.X("effect:Q", title=axis_title("hour")).scale(domain=[-2, 47]),
        "y": alt.Y("fit:Q", title=axis_title("fit")).scale(domain=[middle - 1, middle + 1]),
    }
    look = {"size": 250, "filled": True, "opacity": 1, "color": charts.ROLES["treated"]}
    line = alt.Chart(curve).mark_line(strokeWidth=3, color=charts.ROLES["control"])
    point = alt.Chart(curve.head(1).assign(here=1)).mark_point(**look)
    layers = alt.layer(line.encode(**axes), point.encode(**axes))
    template = layers.properties(title=alt.Title(""), height=150, description="").to_dict()

    def draw(row: pd.DataFrame) -> charts.Drawing:
        """Return the drawing with its mark at a row of the curve."""
        effect, fit, confounding = row.iloc[0][["effect", "fit", "confounding"]]
        title = f"Effect {effect:.0f}, confounding {number(confounding, 1)}: log-likelihood "
        title += number(fit, 3)
        words = f"{title}. The line of log-likelihood against the effect is flat."
        return charts.redraw(template, row.assign(here=1), title=title, words=words)

    return draw


def drawing_broken(
    curve: pd.DataFrame, points: pd.DataFrame, naive: float, true_ate: float
) -> Callable[[pd.DataFrame], charts.Drawing]:
    """Return a function that draws the ATE against how much the readings break one rule.

    Args:
        curve: columns kind ("shared" or "touched", one of them), level, ate (dollars).
        points: the same columns and more: fits of the CEVAE.
        naive: dollars.
        true_ate: dollars.

    Returns:
        A function of one row of `curve`.
    """
    axes = {
        "x": alt.X("level:Q", title=axis_title(curve["kind"].iloc[0])),
        "y": alt.Y("ate:Q", title=axis_title("ate")).scale(domain=[-5, 60]),
    }
    line = alt.Chart(curve).mark_line(strokeWidth=3, color=charts.ROLES["adjusted"])
    fits = alt.Chart(points[["level", "ate"]])
    look = {"size": 250, "filled": True, "opacity": 1, "color": charts.ROLES["treated"]}
    layers = alt.layer(
        _rules({"truth": true_ate, "naive": naive}, right=True),
        line.encode(**axes),
        fits.mark_point(size=120, color="black", shape="diamond").encode(**axes),
        alt.Chart(curve.head(1).assign(here=1)).mark_point(**look).encode(**axes),
    )
    how = "line: by covariances; open diamonds: CEVAE"
    head = alt.Title("", subtitle=how)
    template = layers.properties(title=head, height=200, description="").to_dict()

    def draw(row: pd.DataFrame) -> charts.Drawing:
        """Return the drawing with its mark at a row of the curve."""
        ate = float(row["ate"].iloc[0])
        title = f"ATE {signed(ate, 1, '$')}: off by {signed(ate - true_ate, 1, '$')}"
        words = f"{title}. ATE in dollars against how much the readings break the rule. {how}."
        return charts.redraw(template, row.assign(here=1), title=title, words=words)

    return draw


# Judges ------------------------------------------------------------------------------------------


def judge_1(time_played_helps: Any, with_time: float, true_ate: float) -> checks.Check:
    """Return the verdict on exercise 1: does adjusting for time played take care of motivation?

    Args:
        time_played_helps: the answer, one of three texts.
        with_time: effect, adjusted for guild and time played, dollars.
        true_ate: dollars.
    """
    follows, more = "yes, it follows motivation", "yes, more columns cannot hurt"
    right = "no, engagement moves it"
    return checks.choice(
        time_played_helps,
        right,
        [follows, more, right],
        hints=[
            (follows, "It does. What else has an arrow into it?"),
            (more, "A collider can: find one in the graph."),
            "Look for all arrows into `time_played`.",
        ],
        why=f"A collider: adjusted for it, the answer is {signed(with_time, 1)} dollars (truth "
        f"{signed(true_ate, 1)}). Wrong on the other side now.",
    )


def judge_2(effect_in_guild: Any, members: pd.DataFrame, for_all: float) -> checks.Check:
    """Return the verdict on exercise 2: the instrument among guild members.

    Args:
        effect_in_guild: the answer; right: purchases over engagement, both by invitation, dollars.
        members: columns assigned, engagement (0 or 1), purchases (dollars).
        for_all: the same for all players, dollars.
    """
    by = members.groupby("assigned")[["engagement", "purchases"]].mean()
    moved, sold = by.loc[1] - by.loc[0]
    means = members.groupby("engagement")["purchases"].mean()
    return checks.close(
        effect_in_guild,
        sold / moved,
        tolerance=1e-3,
        hints=[
            (sold, "That is what the *invitation* sells; not all who are invited engage."),
            (means[1] - means[0], "That compares engaged with others: motivation is back."),
            (for_all, "That is the answer for all players; take the members."),
            (moved / sold, "Upside down: dollars go on top."),
            (moved, "That is how many more engage; how much more do they spend?"),
            (-sold / moved, "The sign is turned: invited minus not invited, twice."),
            "Two differences between the groups: in purchases, in engagement. Divide.",
        ],
        why="The ratio of two honest comparisons; nobody had to know who is motivated.",
    )


def judge_3(
    ate_mended: Any, mu_0: np.ndarray, mu_1: np.ndarray, engaged: np.ndarray
) -> checks.Check:
    """Return the verdict on exercise 3: the effect from both arms of every player.

    Args:
        ate_mended: the answer; right: the mean difference over draws and players, dollars.
        mu_0: mean purchases under do(0), dollars, shape (draw, player).
        mu_1: the same under do(1).
        engaged: who takes side quests, bool, shape (player,).
    """
    gain = mu_1.astype(float) - mu_0
    right, seen = float(gain.mean()), float(mu_1[:, engaged].mean() - mu_0[:, ~engaged].mean())
    hints = [
        (seen, "That is still the bug: it compares different players."),
        (float(gain[:, engaged].mean()), "That is the effect on the engaged; average over all."),
        (float(gain[:, ~engaged].mean()), "That is the effect on those not engaged; take all."),
        (-right, "The sign is turned: with side quests minus without."),
        (lambda a: np.shape(a) == (len(mu_0),), "One number for each draw: average those too."),
        (lambda a: np.shape(a) == mu_0.shape[1:], "One number for each player: average those too."),
        (float(mu_1.mean()), "That is one arm; an effect is the difference of two."),
        "`do` gives *every* player an outcome in *both* arms.",
    ]
    why = (
        f"Same program and draws: {signed(right, 1)} dollars by doing, {signed(seen, 1)} by seeing."
    )
    return checks.close(ate_mended, right, tolerance=0.01, hints=hints, why=why)


NEAR = 0.1
"""Dollars from a wrong answer within which its hint is given."""
WAYS = ("instrument", "front door", "adjust for the quiz", "none")


def _first_slope(y: pd.Series, *columns: pd.Series) -> float:
    """Return the least-squares slope of y on the first column, the others held fixed."""
    design = np.column_stack([np.ones(len(y)), *columns])
    return float(np.linalg.lstsq(design, y, rcond=None)[0][1])


def judge_4(way_out: Any, effect_elsewhere: Any, gym: pd.DataFrame) -> checks.Check:
    """Return the verdict on exercise 4: a way round a hidden cause at the gym, and its answer.

    Args:
        way_out: the first answer, one of `WAYS`.
        effect_elsewhere: the second; right: within 0.5 dollars of the front door's product.
        gym: what `simulate_gym` returns.
    """
    open_ = [each is None or each is ... for each in (way_out, effect_elsewhere)]
    if any(open_):
        return checks.Check("todo", "Replace both `...` by your answers.")
    way = checks.choice(
        way_out,
        "front door",
        WAYS,
        hints=[
            ("instrument", "The lottery is random. Does it reach the bill by reminders alone?"),
            ("adjust for the quiz", "One noisy reading: held fixed, drive is half free."),
            ("none", "Follow the arrows from `reminded` to `bill`. Does drive touch the middle?"),
        ],
    )
    if way.status != "done":
        return way
    lottery, city, reminded, quiz, visits, bill = (gym[name] for name in gym)
    more, each = _first_slope(visits, reminded, city), _first_slope(bill, visits, reminded, city)
    by_lottery = _first_slope(bill, lottery) / _first_slope(reminded, lottery)
    loose = _first_slope(bill, visits, city)
    means = gym.groupby("reminded")["bill"].mean()
    wrong = {
        "Reminded against others: drive is in it.": means[1] - means[0],
        "Adjusted for the city, and drive is still in it.": _first_slope(bill, reminded, city),
        "The quiz held fixed: drive is half free.": _first_slope(bill, reminded, city, quiz),
        "That is the lottery's answer, and the lottery has an arrow of its own.": by_lottery,
        "Visits → bill: hold `reminded` fixed, or drive comes in.": more * loose,
        "Visits → bill without the city: it moves both.": more
        * _first_slope(bill, visits, reminded),
        "Reminded → visits without the city: it moves both.": each * _first_slope(visits, reminded),
        "That is visits, not dollars: the second slope is missing.": more,
        "That is dollars a visit; how many visits does a reminder bring?": each,
        "The sign is turned.": -more * each,
        "Multiply the two slopes.": more + each,
    }
    return checks.close(
        effect_elsewhere,
        more * each,
        tolerance=0.5,
        hints=[
            *[(lambda v, w=w: abs(float(v) - w) < NEAR, hint) for hint, w in wrong.items()],
            "Two slopes: reminded → visits, visits → bill. Hold fixed what opens a backdoor path.",
        ],
        why=f"{signed(more * each, 1)} dollars (the simulator's truth: 3 visits times 4 dollars), "
        f"where the lottery says {signed(by_lottery, 1)} and the naive difference is "
        f"{signed(means[1] - means[0], 1)}. The graph chose the way; no network was needed.",
    )


def _like(other: Callable[[np.ndarray], float]) -> Callable[[Any], bool]:
    """Return a predicate: does a function of three readings answer as this one does?

    Args:
        other: covariance matrix, shape (3, 3) -> one number.
    """

    def same(function: Any) -> bool:
        return all(
            np.isclose(float(function(*x.copy())), other(np.cov(x)), rtol=0.006, atol=0)
            for x in _triples()
        )

    return same


def _triples() -> list[np.ndarray]:
    """Return three small sets of readings, each of shape (reading, player)."""
    rng, found = np.random.default_rng(4), []
    for scale in ((10, 6, 2), (3, 8, 5), (0.5, 2, 7)):
        motivation, noise = rng.normal(size=400), rng.normal(size=(3, 400))
        found.append(np.array(scale)[:, None] * (motivation + 0.7 * noise))
    return found


def judge_5(loading: Any) -> checks.Check:
    """Return the verdict on exercise 5: how strongly the first of three readings follows its cause.

    Args:
        loading: the answer, a function of three arrays; right: the positive loading of the first,
            in its own unit per standard deviation of the cause.
    """
    right = _like(lambda c: np.sqrt(c[0, 1] * c[0, 2] / c[1, 2]))

    def rightly(function: Any) -> bool | str:
        if not callable(function):
            return "A function is expected."
        answer = function(*_triples()[0])
        if answer is None or answer is ...:
            raise checks.Unanswered
        return right(function) if np.size(answer) == 1 else "One number is expected."

    hints = [
        (_like(lambda c: c[0, 1] * c[0, 2] / c[1, 2]), "That is the square of it: take the root."),
        (
            _like(lambda c: np.sqrt(c[0, 1] * c[1, 2] / c[0, 2])),
            "That is the loading of x2: x1 is the one in both covariances on top.",
        ),
        (
            _like(lambda c: np.sqrt(c[0, 0])),
            "That is the standard deviation of x1: motivation *and* noise.",
        ),
        (
            _like(lambda c: np.sqrt(c[0, 1] * c[0, 2] / c[1, 2] / c[0, 0])),
            "Correlations lose the unit: use covariances.",
        ),
        (_like(lambda c: np.sqrt(c[0, 1])), "Two readings only: how much of it belongs to x1?"),
        "Which two covariances hold λ₁? Multiply them, and divide out what is not λ₁.",
    ]
    why = (
        "Not one value of motivation was used. It works as long as what the readings share is "
        "motivation, and nothing else."
    )
    return checks.holds(loading, rightly, hints=hints, why=why)


def judge_6(tells_apart: Any) -> checks.Check:
    """Return the verdict on exercise 6: what tells two worlds with one likelihood apart?

    Args:
        tells_apart: the answer, one of four texts.
    """
    rows, width, loss = "more players", "a wider network", "a lower loss"
    right = "a random invitation"
    return checks.choice(
        tells_apart,
        right,
        [rows, width, loss, right],
        hints=[
            (rows, "They sharpen the covariance matrix. Both worlds have the same one."),
            (width, "It can express more worlds; that makes the tie larger."),
            (loss, "Both worlds have the same likelihood: which of them is lower?"),
            "What adds a *column* that treats the two worlds differently?",
        ],
        why="It moves hours and not u: purchases moved over hours moved is β. Readings, or a front "
        "door, are other columns that break the tie. Design, not training.",
    )
