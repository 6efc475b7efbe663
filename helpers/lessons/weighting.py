"""Drawings and judges of notebook 11, "Can we make the groups alike?".

Plain functions of what the page has computed: no model, adjustment set, estimand, weight or
estimator. Well-being is in points throughout, earnings in dollars a year.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import marimo as mo

AXES = {
    "age": ("age", "standard deviations from the mean"),
    "wellbeing": ("well-being", "points"),
    "propensity_score": ("propensity score", "probability of joining"),
    "gap": ("took part minus others", "standard deviations"),
    "gap_joined": ("joined minus others", "sd"),
    "effect": ("effect on well-being", "points"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

PER_CENT = "format(abs(100 * datum.value), '.0f') + ' %'"
LEVEL = f"{percent(tidy.HDI_PROB)} confidence interval"
GROUPS = {1: "joined", 0: "did not join"}
ROLE = {1: "treated", 0: "control"}


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


after = checks.after

# Charts ------------------------------------------------------------------------------------------


def chart_first(people: pd.DataFrame, naive_difference: float, naive_se: float) -> alt.LayerChart:
    """Return well-being against age, one mark a person, with the mean of each group.

    Args:
        people: columns age (sd), joined (1 or 0), wellbeing (points); 500 rows are drawn.
        naive_difference: mean of those who joined minus mean of the others, in points.
        naive_se: its standard error, in points.
    """
    low, high = (naive_difference + side * _z() * naive_se for side in (-1, 1))
    title = f"Who joined scores {number(naive_difference, 1)} points higher"
    ends = f"{LEVEL} of the difference: {number(low, 1)} to {number(high, 1)} points"
    words = f"{title}. {ends}. Well-being against age, one mark a person, with both groups' means."
    chart = alt.layer(_people_marks(people), *_mean_rules(people))
    head = alt.Title(title, subtitle=ends)
    return charts.describe(chart.properties(title=head, height=134), words)


def _role_colour() -> alt.Color:
    """Return the colour of those who joined and of the others."""
    return alt.Color("role:N", scale=charts.role_scale("treated", "control"), legend=None)


def _people_marks(people: pd.DataFrame) -> alt.Chart:
    """Return 500 people, well-being against age; see `chart_first` for the columns."""
    roles = ["treated", "control"]
    frame = people[["age", "wellbeing"]].round(2).assign(role=people["joined"].map(ROLE))
    shapes = alt.Scale(domain=roles, range=[charts.SHAPES[role] for role in roles])
    ends = [float(np.floor(frame["age"].min())), 6.5]  # room for the labels, right of the marks
    scale = alt.Scale(domain=ends, nice=False)
    x = alt.X("age:Q", title=axis_title("age"), scale=scale, axis=alt.Axis(values=range(-4, 5)))
    y = alt.Y("wellbeing:Q", title=axis_title("wellbeing"), scale=alt.Scale(zero=False))
    shape = alt.Shape("role:N", scale=shapes, legend=None)
    marks = alt.Chart(frame.head(500)).mark_point(filled=True, size=32, opacity=0.45)
    return marks.encode(x, y, _role_colour(), shape=shape)


def _mean_rules(people: pd.DataFrame) -> list[alt.Chart]:
    """Return each group's mean as a rule with its name; see `chart_first` for the columns."""
    means = people.groupby("joined")["wellbeing"].mean()
    lines = pd.DataFrame({"wellbeing": means, "role": means.index.map(ROLE)})
    lines["label"] = [f"{GROUPS[arm]}: mean {number(means[arm], 1)}" for arm in means.index]
    base = alt.Chart(lines).encode(y="wellbeing:Q", color=_role_colour())
    look = {"align": "right", "baseline": "bottom", "dy": -3, "fontSize": 16, "fontWeight": "bold"}
    place = {"x": alt.value("width"), "text": "label"}
    return [
        base.mark_rule(strokeWidth=3, strokeDash=[8, 4]),
        base.mark_text(**look, stroke="white", strokeWidth=6).encode(**place),
        base.mark_text(**look).encode(**place),
    ]


def _score_bars(score: np.ndarray, treated: np.ndarray) -> pd.DataFrame:
    """Return shares of the scores in twenty bins: columns from, to, share, group.

    The shares of those who joined lie above zero, those of the others below.
    """
    edges = np.linspace(0, 1, 21)
    parts = []
    for arm, sign in ((1, 1), (0, -1)):
        share = np.histogram(score[treated == arm], edges)[0] / np.sum(treated == arm)
        parts.append(pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": sign * share}))
        parts[-1]["group"] = ROLE[arm]
    return pd.concat(parts, ignore_index=True)


def _score_chart(bars: pd.DataFrame, names: Mapping[int, str], height: int) -> alt.LayerChart:
    """Return histograms of the scores back to back, each with its name; height in pixels."""
    colour = alt.Color("group:N", scale=charts.role_scale("treated", "control"), legend=None)
    y = alt.Axis(labelExpr=PER_CENT, tickCount=6)
    base = alt.Chart(bars).mark_bar(opacity=0.8, stroke="white")
    base = base.encode(
        alt.X("from:Q", bin="binned", title=axis_title("propensity_score")),
        alt.Y("share:Q", title="share of the group", stack=None, axis=y),
        colour,
        x2="to:Q",
    )
    layers = [base]  # each name where its own bars are short
    for arm, place, at in ((1, 0.01, 8.0), (0, 0.99, height - 20.0)):
        label = pd.DataFrame({"name": [names[arm]], "group": [ROLE[arm]], "at": [at], "x": [place]})
        look = {"align": "left" if arm else "right", "fontSize": 16, "fontWeight": "bold", "dy": 6}
        where = {"x": "x:Q", "text": "name", "y": alt.Y("at:Q", scale=None)}
        halo = alt.Chart(label).mark_text(**look, stroke="white", strokeWidth=6, color="white")
        layers += [halo.encode(**where), alt.Chart(label).mark_text(**look).encode(colour, **where)]
    return alt.layer(*layers).properties(height=height)


def beyond(score: np.ndarray, treated: np.ndarray) -> dict[int, int]:
    """Return how many scores of each group (1 or 0) lie below or above all of the other's.

    Args:
        score: probability of joining, shape (n,).
        treated: 1 or 0, shape (n,).
    """
    found = {}
    for arm in (0, 1):
        mine, other = score[treated == arm], score[treated != arm]
        found[arm] = int(np.sum((mine < other.min()) | (mine > other.max())))
    return found


def chart_scores(
    score: np.ndarray, treated: np.ndarray, names: tuple[str, str] = ("joined", "did not join")
) -> alt.LayerChart:
    """Return propensity scores of those who joined, above, and of the others, below.

    Args:
        score: probability of joining, shape (n,).
        treated: 1 or 0, shape (n,).
        names: of the group that joined, and of the other.

    The title counts the scores of a group below or above all scores of the other.
    """
    outside = beyond(score, treated)
    title = f"Beyond the other group: {outside[0]} who {names[1]}, {outside[1]} who {names[0]}"
    words = f"{title}. Histograms of {axis_title('propensity_score')}: {names[0]} above the line, "
    chart = _score_chart(_score_bars(score, treated), {1: names[0], 0: names[1]}, height=175)
    chart = chart.properties(title=title)
    return charts.describe(chart, f"{words}{names[1]} below.")


LOOKS = (
    (charts.ROLES["naive"], "cross"),
    ("#004D38", "triangle-up"),
    (charts.ROLES["adjusted"], "circle"),
    ("#66D1B0", "diamond"),
)
"""Colour and shape of the columns of a love plot, in their order: naive, then three greens."""


def chart_love(gaps: pd.DataFrame, *, small: bool = False) -> alt.LayerChart:
    """Return a love plot: one row a covariate, one mark a way of comparing.

    Args:
        gaps: one row a covariate, one column (two to four) a way of comparing; standard deviations.
        small: half the page's width, for three covariates of the company's people.
    """
    largest = gaps.abs().max()
    adjusted = largest.iloc[1:]
    worst, best = adjusted.idxmax(), adjusted.idxmin()
    title = f"{worst}: {gaps[worst].abs().idxmax()} still {number(largest[worst])} sd apart"
    title += f"; {best}: at most {number(largest[best])}" if best != worst else ""
    frame = gaps.rename_axis("covariate").reset_index()
    frame = frame.melt("covariate", var_name="way", value_name="gap").round(4)
    ways = list(gaps)
    colours = alt.Scale(domain=ways, range=[colour for colour, _ in LOOKS[: len(ways)]])
    shapes = alt.Scale(domain=ways, range=[shape for _, shape in LOOKS[: len(ways)]])
    legend = alt.Legend(orient="top", title=None)
    order = list(gaps.iloc[:, 0].abs().sort_values(ascending=False).index)
    base = alt.Chart(frame).encode(
        alt.X("gap:Q", title=axis_title("gap_joined" if small else "gap")),
        alt.Y("covariate:N", sort=order, title=None, axis=alt.Axis(grid=True)),
    )
    marks = base.mark_point(filled=True, size=130, opacity=0.9).encode(
        color=alt.Color("way:N", scale=colours, legend=legend, sort=ways),
        shape=alt.Shape("way:N", scale=shapes, legend=legend, sort=ways),
    )
    zero = alt.Chart(pd.DataFrame({"gap": [0.0]})).mark_rule(strokeWidth=2).encode(x="gap:Q")
    words = f"{title}. Gaps of each covariate in standard deviations, one mark a way of comparing."
    size = {"width": 300, "height": 76} if small else {"height": 132}
    head = alt.Title(charts.wrap(title, 28) if small else charts.wrap(title))
    chart = (zero + marks).properties(title=head, **size)
    return charts.describe(chart, words)


def chart_nine(nine: pd.DataFrame) -> alt.LayerChart:
    """Return the table of right and wrong models as a picture: bias and spread in each field.

    Args:
        nine: columns score and outcome ("none", "right", "wrong"), bias, sd (points), coverage
            (share, or missing).
    """
    frame = nine.assign(
        size=nine["bias"].abs(),
        told=[f"{signed(b)} ± {number(s)}" for b, s in zip(nine["bias"], nine["sd"], strict=True)],
        covers=[f"interval covers {percent(c)}" if c == c else "" for c in nine["coverage"]],  # noqa: PLR0124
    )
    biased = nine.set_index("method")["bias"]
    worst = biased.drop("naive").abs().idxmax()
    title = f"Two chances, not two guarantees: {worst} {signed(biased[worst])} points"
    how = "bias ± standard deviation over worlds, points; darker: more bias"
    each = "; ".join(f"{row.method} {row.told}" for row in frame.itertuples())
    head = alt.Title(charts.wrap(title, 54), subtitle=how)
    chart = alt.layer(*_fields(frame)).properties(title=head, width=600, height=176)
    return charts.describe(chart, f"{title}. {how}. {each}.")


def _fields(frame: pd.DataFrame) -> list[alt.Chart]:
    """Return the nine fields: a shade and three lines of text each.

    Args:
        frame: columns score, outcome, method, size (bias without its sign, points), told, covers.
    """
    order = ["none", "right", "wrong"]
    bare = {"domain": False, "ticks": False}
    x = alt.X("outcome:N", sort=order, title="outcome model")
    y = alt.Y("score:N", sort=order, title="score model")
    base = alt.Chart(frame).encode(x.axis(orient="top", labelAngle=0, **bare), y.axis(**bare))
    shade = alt.Scale(domain=[0, 4], range=["#ffffff", charts.ROLES["naive"]], clamp=True)
    colour = alt.Color("size:Q", scale=shade, legend=None)
    return [
        base.mark_rect(stroke="#999999").encode(color=colour),
        base.mark_text(dy=-19, fontSize=14).encode(text="method:N"),
        base.mark_text(fontSize=19, fontWeight="bold").encode(text="told:N"),
        base.mark_text(dy=20, fontSize=13).encode(text="covers:N"),
    ]


def slider_sharpness() -> mo.ui.slider:
    """Return the slider of k, how sharply age and commute decide who joins."""
    import marimo as mo

    return mo.ui.slider(0.2, 3, 0.1, value=1, show_value=True, label="k: how sharp the choice is")


def slider_unseen() -> mo.ui.slider:
    """Return the slider of s, how strongly an unmeasured cause moves joining and well-being."""
    import marimo as mo

    return mo.ui.slider(0, 1.5, 0.25, show_value=True, label="s: strength of the unmeasured cause")


@functools.cache
def _scores_template() -> dict[str, Any]:
    """Return the specification of the scores of both groups, as `show_pair` draws them."""
    some = np.linspace(0.05, 0.95, 19)
    scores = _score_chart(_score_bars(some, np.arange(19) % 2), GROUPS, height=104)
    return scores.properties(title=alt.Title(""), width=345).to_dict()


@functools.cache
def _answers_template(labels: tuple[str, ...]) -> dict[str, Any]:
    """Return the specification of estimates, each with the truth of its own population."""
    frame = pd.DataFrame({"label": labels, "mean": 4.0, "lower": 3.0, "upper": 5.0, "truth": 4.0})
    frame["finite"] = "yes"
    base = alt.Chart(frame).encode(y=alt.Y("label:N", sort=list(labels), title=None))
    scale = alt.Scale(domain=[-4, 16], clamp=True)
    x = alt.X("lower:Q", title=axis_title("effect"), scale=scale)
    known = {"domain": ["yes", "no"]}
    shades = alt.Scale(**known, range=[charts.ROLES["adjusted"], "#BBBBBB"])
    colour = alt.Color("finite:N", scale=shades, legend=None)
    dashes = alt.Scale(**known, range=[charts.DASHES["adjusted"], [4, 4]])
    dash = alt.StrokeDash("finite:N", scale=dashes, legend=None)
    diamond = base.mark_point(filled=True, size=160, opacity=1, shape="diamond")
    layers = alt.layer(
        base.mark_rule(strokeWidth=4).encode(x, colour, dash, x2="upper:Q"),
        base.mark_tick(thickness=3, size=30, color=charts.ROLES["truth"]).encode(x="truth:Q"),
        diamond.encode(colour, x="mean:Q"),
    )
    how = f"estimate, {LEVEL} (grey: infinite variance); tick: truth"
    title = alt.Title("", subtitle=charts.wrap(how, 40))
    return layers.properties(title=title, width=305, height=84).to_dict()


def chart_crowd(
    score: np.ndarray, treated: np.ndarray, k: float, heaviest: float
) -> charts.Drawing:
    """Return the scores of both groups at one sharpness.

    Args:
        score: probability of joining, shape (n,).
        treated: 1 or 0, shape (n,).
        k: the sharpness.
        heaviest: largest share of a group's weight that one person carries.
    """
    title = f"k = {number(k, 1)}: heaviest person {percent(heaviest)}"
    return charts.redraw(
        _scores_template(),
        _score_bars(score, treated),
        title=title,
        subtitle="share of the weight of a group",
        words=f"{title} of a group's weight. Histograms of the scores of both groups.",
    )


def chart_answers(answers: pd.DataFrame) -> charts.Drawing:
    """Return estimates with 94 % confidence intervals, each with the truth of its population.

    Args:
        answers: columns label, mean, error (standard error), truth; points; finite: whether the
            estimator's variance is.
    """
    half = _z() * answers["error"]
    frame = answers.assign(lower=answers["mean"] - half, upper=answers["mean"] + half)
    frame["finite"] = frame["finite"].map({True: "yes", False: "no"})
    told = "; ".join(
        f"{row.label} {signed(row.mean)} (truth {signed(row.truth)}, finite variance: {row.finite})"
        for row in frame.itertuples()
    )
    return charts.redraw(
        _answers_template(tuple(answers["label"])),
        frame[["label", "mean", "lower", "upper", "truth", "finite"]].round(3),
        words=f"Estimates with {LEVEL}s against their truths, in points: {told}.",
    )


def show_pair(slider: Any, left: Any, right: Any) -> mo.Html:
    """Return two charts side by side, below the slider that moves both."""
    import marimo as mo

    return mo.vstack([slider, mo.hstack([left, right], justify="start")])


def _z() -> float:
    """Return how many standard errors a confidence interval of the course goes to each side."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)


# Judges ------------------------------------------------------------------------------------------


def near(wrong: float, within: float) -> Callable[[Any], bool]:
    """Return whether an answer is this wrong number (a predicate for a hint)."""
    return lambda value: abs(float(value) - wrong) <= within


def judge_1(direction: Any, naive_difference: float, true_ate: float) -> checks.Check:
    """Return the verdict on exercise 1: is the naive difference too low or too high?

    Args:
        direction: the answer, one of three texts.
        naive_difference: points.
        true_ate: points.
    """
    return checks.choice(
        direction,
        "too high",
        ["too low", "about right", "too high"],
        hints=[
            (
                "too low",
                "Those who joined are older and live nearer. Are they better off anyway?",
            ),
            ("about right", "It would be, had a coin decided who joins. Look at the two rows."),
            "Imagine that the programme does nothing. Which group feels better a year later?",
        ],
        why=f"Those who joined would have felt better anyway: older, with short ways to work. The "
        f"simulated truth is {signed(true_ate, 0)} points, the naive difference "
        f"{signed(naive_difference, 1)}.",
    )


def judge_2(most_black: Any, black: pd.Series, treated: np.ndarray) -> checks.Check:
    """Return the verdict on exercise 2: how many of the matched others can be black at most?

    Args:
        most_black: the answer; right: a share between 0 and 1, within .01.
        black: 1 or 0, one a man.
        treated: 1 or 0, one a man.
    """
    values = black.to_numpy()
    n_treated = int(treated.sum())
    of_treated, of_others = int(values[treated == 1].sum()), int(values[treated == 0].sum())
    share, others = of_treated / n_treated, of_others / int(np.sum(treated == 0))
    truth = of_others / n_treated
    return checks.close(
        most_black,
        truth,
        tolerance=0.01,
        hints=[
            (near(share, 0.006), "That is the participants' share: is there a twin for each?"),
            (near(others, 0.006), "That is the share before matching; matching picks."),
            (near(of_others / of_treated, 0.006), "Divide by all matched men, white ones too."),
            (near(100 * truth, 1), "Right in per cent; a share between 0 and 1 is asked for."),
            (of_others, "That is the number of men; a share of the matched ones is asked for."),
            (near(1, 0.001), "There are not enough black men among the others for that."),
            "Use every black man of the other group. How large is the matched group?",
        ],
        why=f"{of_others} black men cannot stand for {of_treated}: at most {percent(truth)} of the "
        f"matched others are black, against {percent(share)} of the participants. No algorithm "
        "mends that while every participant must have a man of his own.",
    )


def _proportional(weight: Any, goal: np.ndarray, treated: np.ndarray) -> bool:
    """Return whether weights equal the goal, up to a factor in each group."""
    weight = np.asarray(weight, float)
    if weight.shape != goal.shape or not np.isfinite(weight).all():
        return False
    for arm in (0, 1):
        mine, his = weight[treated == arm], goal[treated == arm]
        if mine.sum() <= 0 or not np.allclose(mine / mine.sum(), his / his.sum(), atol=1e-6):
            return False
    return True


def judge_3(att_weight: Any, score: np.ndarray, treated: np.ndarray) -> checks.Check:
    """Return the verdict on exercise 3: weights that make the others look like the participants.

    A factor common to a whole group does not matter.

    Args:
        att_weight: the answer; right: one weight a man, shape (n,).
        score: probability of joining, shape (n,).
        treated: 1 or 0, shape (n,).
    """
    e, t = score, treated == 1
    wrong = {
        "ate": (np.where(t, 1 / e, 1 / (1 - e)), "These are the ATE weights: all men are asked."),
        "turned": (
            np.where(t, 1, (1 - e) / e),
            "Upside down: others who look like participants must count more.",
        ),
        "atu": (
            np.where(t, (1 - e) / e, 1),
            "That makes the participants look like the others. Turn it round.",
        ),
        "both": (
            np.where(t, e / (1 - e), e / (1 - e)),
            "The participants are weighted as well; they are the target, so one each.",
        ),
        "score": (np.where(t, 1, e), "The score alone is too mild: at 0.8, one stands for four."),
        "overlap": (np.where(t, 1 - e, e), "These are overlap weights: another population."),
        "one over": (
            np.where(t, 1, 1 / (1 - e)),
            "1/(1 − e) makes the others look like all men; here they stand for participants.",
        ),
        "ones": (np.ones(len(e)), "Everybody counts the same: the naive difference."),
    }

    def rightly(answer: Any) -> bool | str:
        values = np.asarray(answer, float)
        if values.shape != e.shape:
            return f"One weight a man is expected, shape {e.shape}; yours is {values.shape}."
        if not np.isfinite(values).all() or (values < 0).any():
            return "A weight is a number, and not below zero."
        return _proportional(values, np.where(t, 1, e / (1 - e)), treated)

    return checks.holds(
        att_weight,
        rightly,
        hints=[
            *[
                (lambda value, w=weights: _proportional(value, w, treated), said)
                for weights, said in wrong.values()
            ],
            "Among men with a score of 0.8 there is one other for every four participants.",
        ],
        why="Where four of five joined, the fifth stands for four: odds of four. So the others "
        "become a copy of the participants, and the difference speaks of them: the ATT.",
    )


def judge_4(
    normalised_ate: Any, outcome: np.ndarray, treated: np.ndarray, score: np.ndarray
) -> checks.Check:
    """Return the verdict on exercise 4: weights that sum to one in each group.

    Args:
        normalised_ate: the answer; right: points, within .005.
        outcome: points, shape (n,).
        treated: 1 or 0, shape (n,).
        score: probability of joining, shape (n,).
    """
    y, t, e = outcome, treated, score
    n, share = len(y), float(np.mean(t))
    w = np.where(t == 1, 1 / e, 1 / (1 - e))
    arm = {a: (t == a) for a in (0, 1)}
    weighted = {a: float(np.average(y[arm[a]], weights=w[arm[a]])) for a in (0, 1)}
    sums = {a: float(np.sum(w[arm[a]] * y[arm[a]])) for a in (0, 1)}
    truth = weighted[1] - weighted[0]
    as_it_is = sums[1] / n - sums[0] / n
    kept = (e > 0.1) & (e < 0.9)  # noqa: PLR2004
    trimmed = np.mean((t * y / e)[kept]) - np.mean(((1 - t) * y / (1 - e))[kept])
    normal = [np.average(y[kept & arm[a]], weights=w[kept & arm[a]]) for a in (1, 0)]
    centred = np.mean(t * (y - y.mean()) / e) - np.mean((1 - t) * (y - y.mean()) / (1 - e))
    stabilised = share * sums[1] / n - (1 - share) * sums[0] / n
    by_group = sums[1] / arm[1].sum() - sums[0] / arm[0].sum()
    small = 0.004
    missed = 100 * (w[arm[1]].sum() - w[arm[0]].sum()) / n
    return checks.close(
        normalised_ate,
        truth,
        tolerance=0.005,
        hints=[
            (near(as_it_is, small), "That is the colleague's number still."),
            (near(trimmed, small), "People were left out; the sum of the weights is as it was."),
            (near(normal[0] - normal[1], small), "Normalised, but people were left out as well."),
            (near(stabilised, small), "Stabilised weights do not sum to one either."),
            (near(by_group, small), "Divide by the sum of a group's weights, not by its size."),
            (near(centred, small), "It no longer moves, but the weights do not sum to one yet."),
            (near(float(y[arm[1]].mean() - y[arm[0]].mean()), small), "No weights at all: naive."),
            (near(-truth, small), "The sign is turned: joined minus not joined."),
            "Add up the weights of those who joined. Is that what the colleague divides by?",
        ],
        why=f"{signed(truth)} points, wherever the scale begins. With weights that miss one, a "
        f"scale that starts 100 higher adds {signed(missed)} points to the colleague's answer.",
    )


def judge_5(
    doubly_robust: Any,
    outcome: np.ndarray,
    treated: np.ndarray,
    score: np.ndarray,
    expected: tuple[np.ndarray, np.ndarray],
) -> checks.Check:
    """Return the verdict on exercise 5: prediction plus weighted residuals, averaged.

    Args:
        doubly_robust: the answer; right: points, within .005.
        outcome: points, shape (n,).
        treated: 1 or 0, shape (n,).
        score: probability of joining, shape (n,).
        expected: expected outcome without and with the programme, points, each shape (n,).
    """
    y, t, e, (m0, m1) = outcome, treated, score, expected
    one, zero = t * (y - m1) / e, (1 - t) * (y - m0) / (1 - e)
    truth = float(np.mean(m1 - m0 + one - zero))
    other = float(np.mean(m1 - m0 + t * (y - m0) / e - (1 - t) * (y - m1) / (1 - e)))
    weighted = float(np.mean(t * y / e) - np.mean((1 - t) * y / (1 - e)))
    unweighted = float(np.mean(m1 - m0 + t * (y - m1) - (1 - t) * (y - m0)))
    by_e = (1 - t) * (y - m0) / e
    same = [float(np.mean(m1 - m0 + one + sign * by_e)) for sign in (1, -1)]
    small = 0.004
    return checks.close(
        doubly_robust,
        truth,
        tolerance=0.005,
        hints=[
            (near(float(np.mean(m1 - m0)), small), "That is regression alone; add the residuals."),
            (
                near(float(np.mean(m1 - m0 + one + zero)), small),
                "The residuals of those who did not join are subtracted, not added.",
            ),
            (near(same[0], small), "That is the colleague's number still."),
            (
                near(same[1], small),
                "The sign is right. Which chance belongs to those who did not join?",
            ),
            (near(other, small), "Each residual is taken from the line of its own group."),
            (near(weighted, small), "That is weighting alone: the outcomes, not the residuals."),
            (near(unweighted, small), "The residuals are not weighted yet: divide by e and 1 − e."),
            (near(truth * len(y), 0.5), "That is the sum over all people; the mean is asked for."),
            (near(-truth, small), "The sign is turned: with the programme minus without."),
            (lambda value: np.size(value) == len(y), "One number a person: average them."),
            "Predicted with minus predicted without, then correct by weighted residuals.",
        ],
        why=f"{signed(truth)} points, and {signed(float(np.mean(m1 - m0)))} by her lines alone. "
        "If the lines are right, the residuals average to nothing whatever the weights; if the "
        "weights are right, they remove what the lines miss.",
    )


def _pair(value: Any) -> tuple[float, float]:
    """Return an answer that holds two numbers.

    Raises:
        ValueError: it doesn't.
    """
    first, second = value
    return float(first), float(second)


def judge_6(
    trimmed_ate: Any, trimmed_truth: Any, people: pd.DataFrame, score: np.ndarray
) -> checks.Check:
    """Return the verdict on exercise 6: the estimate after trimming, and what it estimates now.

    Args:
        trimmed_ate: the first answer; right: points, within .01, with the old scores.
        trimmed_truth: the second; right: points, within .01.
        people: columns joined (1 or 0), wellbeing and effect (points).
        score: fitted probability of joining, shape (n,).
    """
    y, t = people["wellbeing"].to_numpy(), people["joined"].to_numpy()
    effect = people["effect"].to_numpy()
    w = np.where(t == 1, 1 / score, 1 / (1 - score))
    kept = (score > 0.1) & (score < 0.9)  # noqa: PLR2004

    def weighted(rows: np.ndarray, weight: np.ndarray) -> float:
        means = [np.average(y[rows & (t == a)], weights=weight[rows & (t == a)]) for a in (1, 0)]
        return float(means[0] - means[1])

    everyone, ones = np.ones(len(y), bool), np.ones(len(y))
    estimate, truth = weighted(kept, w), float(effect[kept].mean())
    chance = people["chance"].to_numpy()
    by_chance = (chance > 0.1) & (chance < 0.9)  # noqa: PLR2004
    treated_kept = float(effect[kept & (t == 1)].mean())
    small = 0.01
    hints = [
        (lambda v: near(weighted(everyone, w), small)(v[0]), "Nobody is left out yet."),
        (lambda v: near(weighted(kept, ones), small)(v[0]), "The people kept still need weights."),
        (
            lambda v: near(weighted(by_chance, w), small)(v[0]) and not near(estimate, small)(v[0]),
            "Trim by the fitted score: nobody outside a simulation knows `chance`.",
        ),
        (lambda v: near(4, 1e-6)(v[1]), "4 is the mean over everybody. Who is left?"),
        (
            lambda v: near(float(effect.mean()), 0.002)(v[1]) and not near(truth, 0.002)(v[1]),
            "That is the mean effect of all people in the table. Who is left?",
        ),
        (
            lambda v: near(float(effect[~kept].mean()), small)(v[1]),
            "That is the mean effect of those who were left out.",
        ),
        (
            lambda v: near(treated_kept, 0.002)(v[1]) and not near(truth, 0.002)(v[1]),
            "That is an ATT: of those kept, only who joined.",
        ),
        (
            lambda v: near(truth, small)(v[0]) and near(estimate, small)(v[1]),
            "The two numbers have changed places.",
        ),
        "Keep rows with 0.1 < score < 0.9; `effect` holds each person's own effect.",
    ]

    def rightly(answer: Any) -> bool | str:
        found, goal = _pair(answer)
        if not near(estimate, small)(found):
            return "The estimate is not right yet: weighted groups, among those kept."
        return near(truth, small)(goal) or "The estimate is right; whose mean effect is it?"

    def open_(value: Any) -> bool:
        return value is None or value is ...

    answer = None if open_(trimmed_ate) or open_(trimmed_truth) else (trimmed_ate, trimmed_truth)
    return checks.holds(
        answer,
        rightly,
        hints=hints,
        why=f"{signed(estimate)} points, about a mean effect of {signed(truth)} among the "
        f"{number(kept.sum(), 0)} people who are left. Trimming answers another question: say "
        "whose effect it is, and print who was left out.",
    )


def judge_7(honest_error: Any, refitted: float, held: float, n_people: int) -> checks.Check:
    """Return the verdict on exercise 7: a bootstrap that fits the score in each resample.

    Args:
        honest_error: the answer; right: points, nearer to `refitted` than to `held`.
        refitted: standard error with the score fitted anew, points.
        held: the same with the score held fixed, points.
        n_people: how many were resampled.
    """
    middle = np.sqrt(refitted * held)

    def rightly(answer: Any) -> bool | str:
        value = float(answer)
        if not np.isfinite(value) or value <= 0:
            return "A standard error is a number above zero."
        low = refitted**2 / middle if held > refitted else middle
        high = middle if held > refitted else refitted**2 / middle
        return bool(low < value < high)

    width = 2 * _z()
    return checks.holds(
        honest_error,
        rightly,
        hints=[
            (near(held, 0.15 * held), "That is still the colleague's: the score is held fixed."),
            (
                near(refitted**2, 0.15 * refitted**2),
                "That is a variance; its root is the standard error.",
            ),
            (near(width * refitted, 0.15 * refitted), "That is the width of an interval."),
            (near(refitted / np.sqrt(n_people), 0.01), "The sd of the estimates is the error."),
            (near(refitted / np.sqrt(200), 0.015), "The sd of the estimates is the error."),
            "Inside the loop: resample people, fit their score, weight, compare.",
        ],
        why=f"About {number(refitted)} points, against {number(held)} with the score held fixed. "
        "A fitted score corrects chance gaps of the very people at hand; a bootstrap that holds "
        "it misses that, here on the wide side.",
    )
