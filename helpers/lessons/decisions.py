"""Drawings and judges of notebook 17, "Which arm next, and what may the log teach us?".

Plain functions of what the page has computed: no world, policy or estimator of its sections. Values
in euros, rates in clicks a visitor or answers a letter. Sources stand in the judges' docstrings.
"""

from __future__ import annotations

import functools
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from helpers import charts, checks, tidy
from helpers.tidy import number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    import marimo as mo

AXES = {
    "visitor": ("visitors so far", "number"),
    "share": ("share of visitors", "%"),
    "regret": ("regret", "clicks"),
    "angry": ("c, chance that an angry one is called", "share"),
    "leaving": ("called minus not called", "share"),
    "worth": ("value of a subscriber at risk", "euros"),
    "random": ("chance of a random letter", "share"),
    "error": ("half interval", "answers"),
    "offers": ("both offers minus none", "euros a year"),
}
"""What each axis measures, and its unit: every axis title of the notebook is made here."""

Z = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)
"""Half of a normal interval at the level of the course, in standard errors."""
LEVEL = f"{percent(tidy.HDI_PROB)} confidence interval"
NEAR = 0.06
"""Two standard errors are alike where their ratio is this near to 1."""
SETTINGS = {"letters": "at random", "offers": "strength"}
"""What changes from row to row in each part of the stored study."""
SHADES = {"A": "#E3E3E3", "B": "#BDBDBD", "C": "#8F8F8F", "D": "#404040"}
"""Banners have no role: greys, told apart by lightness, edge and name."""


def axis_title(quantity: str) -> str:
    """Return the title of an axis: what it measures, with its unit in brackets (see `AXES`)."""
    what, unit = AXES[quantity]
    return f"{what} ({unit})"


after, below = checks.after, charts.below


def slider_clerk() -> mo.ui.slider:
    """Return the slider of the chance that the clerk calls an angry subscriber."""
    import marimo as mo

    label = "c, chance that an angry one is called"
    return mo.ui.slider(0.1, 0.95, 0.05, value=0.5, show_value=True, label=label)


def slider_random() -> mo.ui.slider:
    """Return the slider of the chance of a random letter."""
    import marimo as mo

    steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
    return mo.ui.slider(steps=steps, value=0.05, show_value=True, label="chance of a random letter")


def scores(study: pd.DataFrame, part: str) -> pd.DataFrame:
    """Return mean, its Monte Carlo error, standard deviation and coverage, by setting and method.

    Args:
        study: columns part, setting, method, worlds, mean, square (mean of squares), covers.
        part: of the study, one of `SETTINGS`; its rows are batches of worlds.
    """
    rows = study[study["part"] == part].astype({"setting": str})
    by = rows.groupby(["setting", "method"], sort=False)
    n, mean = by["worlds"].sum(), by["mean"].mean()
    sd = np.sqrt((by["square"].mean() - mean**2) * n / (n - 1))
    table = {"mean": mean, "Monte Carlo error": sd / np.sqrt(n), "sd": sd}
    table = pd.DataFrame({**table, "covers": by["covers"].mean()})
    return table.rename_axis([SETTINGS[part], "method"])


# Charts ------------------------------------------------------------------------------------------


def chart_shares(clicks: pd.DataFrame) -> alt.LayerChart:
    """Return which banner each 100 visitors saw, as a stack of shares.

    Args:
        clicks: columns visitor (number, from 1), arm (0 to 3), click, propensity.
    """
    frame = clicks.assign(visitor=(clicks["visitor"] - 1) // 100 * 100 + 100)
    count = frame.groupby("visitor")["arm"].value_counts(normalize=True).unstack(fill_value=0)  # noqa: PD010
    count = count.reindex(columns=range(4), fill_value=0).set_axis(list("ABCD"), axis=1)
    last = count.tail(10).mean()
    tidy_ = count.reset_index().melt("visitor", var_name="banner", value_name="share").round(4)
    colours = alt.Scale(domain=list(SHADES), range=list(SHADES.values()))
    x = alt.X("visitor:Q", title=axis_title("visitor"), scale=alt.Scale(nice=False))
    y = alt.Y("share:Q", title=axis_title("share"), stack="zero", axis=alt.Axis(format="%"))
    legend = alt.Legend(title="banner", symbolType="square")
    area = alt.Chart(tidy_).mark_area(stroke="white", strokeWidth=1)
    area = area.encode(x, y, alt.Color("banner:N", scale=colours, legend=legend), order="banner:N")
    edge = last.cumsum() - last / 2
    names = pd.DataFrame({"name": [f"banner {a}" for a in "ABCD"], "at": edge, "size": last})
    names["ink"] = ["black"] * 3 + ["white"]
    names = names[names["size"] > 0.06]  # noqa: PLR2004
    text = alt.Chart(names.assign(visitor=9_400)).mark_text(
        align="right", fontSize=16, fontWeight="bold"
    )
    ink = alt.Color("ink:N", scale=None)
    text = text.encode(x="visitor:Q", y="at:Q", text="name:N", color=ink)
    title = f"Banner D: from a quarter of the visitors to {percent(last['D'])}"
    words = f"{title}. Shares of four banners in each 100 visitors: "
    words += ", ".join(f"{a} {percent(last[a])}" for a in "ABCD") + " of the last 1,000."
    chart = alt.layer(area, text).properties(title=alt.Title(charts.wrap(title)), height=160)
    return charts.describe(chart, words)


def chart_regret(regret: pd.Series, lost: pd.DataFrame) -> alt.LayerChart:
    """Return the mean regret of each rule, with the middle 90 % of worlds.

    Args:
        regret: clicks, by rule.
        lost: clicks, one row a world, one column a rule that depends on chance.
    """
    frame = pd.DataFrame({"rule": regret.index, "mean": regret.to_numpy()})
    for end, q in (("low", 0.05), ("high", 0.95)):
        frame[end] = [lost[r].quantile(q) if r in lost else regret[r] for r in frame["rule"]]
    frame = frame.round(1).assign(told=[number(m, 0) for m in frame["mean"]])
    frame["role"] = ["naive"] + ["adjusted"] * (len(frame) - 1)
    base = alt.Chart(frame).encode(alt.Y("rule:N", sort=regret.index.tolist(), title=None))
    colour = alt.Color("role:N", scale=charts.role_scale("naive", "adjusted"), legend=None)
    x = alt.X("low:Q", title=axis_title("regret"), scale=alt.Scale(domain=[0, 260]))
    layers = [
        base.mark_rule(strokeWidth=4).encode(x, colour, x2="high:Q"),
        base.mark_point(filled=True, size=180, opacity=1, shape="diamond").encode(
            x="mean:Q", color=colour
        ),
        base.mark_text(dy=-16, fontSize=15, fontWeight="bold").encode(x="mean:Q", text="told:N"),
    ]
    least = regret.idxmin()
    title = f"{least} loses least of these: {number(regret[least], 0)} clicks"
    how = "mark: mean; line: from the 5th to the 95th percentile of worlds"
    words = f"{title}. {how}. " + ", ".join(f"{r}: {number(v, 0)}" for r, v in regret.items())
    head = alt.Title(charts.wrap(title), subtitle=how)
    return charts.describe(alt.layer(*layers).properties(title=head, height=190), words + ".")


@functools.cache
def _clerk_template() -> dict[str, Any]:
    """Return the specification of log and truth against the clerk's habit."""
    ends = pd.DataFrame({"c": [0.0], "gap": [0.0], "who": ["the log"]})
    who, roles = ["the log", "do(call)"], ["naive", "truth"]
    colours = alt.Scale(domain=who, range=[charts.ROLES[r] for r in roles])
    dashes = alt.Scale(domain=who, range=[[2, 3], [1, 0]])
    y = alt.Y("gap:Q", title=axis_title("leaving"), scale=alt.Scale(domain=[-0.6, 0.4]))
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolSize=500)
    lines = alt.Chart(ends).mark_line(strokeWidth=3)
    lines = lines.encode(
        alt.X("c:Q", title=axis_title("angry"), scale=alt.Scale(domain=[0, 1])),
        y,
        alt.Color("who:N", scale=colours, legend=legend, sort=who),
        alt.StrokeDash("who:N", scale=dashes, legend=legend, sort=who),
    )
    at = pd.DataFrame({"here": [0.5], "gap_here": [0.0], "told": [""]})
    point = alt.Chart(at).encode(x="here:Q", y="gap_here:Q")
    mark = point.mark_point(filled=True, size=180, opacity=1, shape="cross", color="#CC79A7")
    text = point.mark_text(dy=-18, fontSize=16, fontWeight="bold").encode(text="told:N")
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color="#999999").encode(y="zero:Q")
    return alt.layer(zero, lines, mark, text).properties(title=alt.Title(""), height=160).to_dict()


def chart_clerk(
    c: float, in_log: Callable[[float], tuple[float, float]], done: tuple[float, float]
) -> charts.Drawing:
    """Return what the clerk's log says of a call, against his habit, and the truth.

    Args:
        c: chance that an angry subscriber is called.
        in_log: function of c: shares who leave in the log, not called and called (straight in c).
        done: chances to leave without and with a call, if everybody were treated so.
    """

    def gap(pair: tuple[float, float]) -> float:
        return round(float(pair[1] - pair[0]), 6)

    here, truth = gap(in_log(c)), gap(done)
    ends = pd.DataFrame({"c": [0.0, 1, 0, 1]})
    ends["gap"] = [gap(in_log(0.0)), gap(in_log(1.0)), truth, truth]
    ends["who"] = ["the log", "the log", "do(call)", "do(call)"]
    at = pd.DataFrame({"here": [c], "gap_here": [here], "told": [signed(here, 3)]})
    title = f"c = {number(c)}: the log says {signed(here, 3)}, the truth is {signed(truth, 3)}"
    words = f"{title}. Share who leave, called minus not called, against the clerk's habit."
    return charts.redraw(_clerk_template(), ends, at, title=title, words=words)


def chart_worth(promise: float, worth: float, habit: float, best: float) -> alt.LayerChart:
    """Return what policies are worth at risk: as bars; the learned one's promise as an outline.

    Args:
        promise: value that dynamic programming on the log gives, euros.
        worth: of the policy learned, in truth.
        habit: of the clerk.
        best: of the best of the two simple policies.
    """
    names = ["learned from the log: promise", "learned from the log: worth"]
    names += ["the clerk's habit", "call everybody at risk"]
    frame = pd.DataFrame({"policy": names, "worth": [promise, worth, habit, best]}).round(2)
    frame["role"] = ["prior", "naive", "control", "adjusted"]
    frame["told"] = [number(v) for v in frame["worth"]]
    axis = alt.Axis(labelLimit=300)
    base = alt.Chart(frame).encode(alt.Y("policy:N", sort=names, title=None, axis=axis))
    roles = charts.role_scale("prior", "naive", "control", "adjusted")
    x = alt.X("worth:Q", title=axis_title("worth"), scale=alt.Scale(domain=[0, 110]))
    bars = base.mark_bar(height=26).encode(x, alt.Color("role:N", scale=roles, legend=None))
    text = base.mark_text(align="left", dx=6, fontSize=15, fontWeight="bold")
    layers = [bars, text.encode(x="worth:Q", text="told:N")]
    verdict = "less than" if worth < habit else "no less than"
    title = f"Promised {number(promise)} euros, worth {number(worth)}: {verdict} the clerk"
    told = ", ".join(f"{n}: {number(v)} euros" for n, v in zip(names, frame["worth"], strict=True))
    chart = alt.layer(*layers).properties(title=alt.Title(charts.wrap(title)), height=200)
    return charts.describe(chart, f"{title}. {told}.")


@functools.cache
def _random_template() -> dict[str, Any]:
    """Return the specification of the interval's half against the chance of a random letter."""
    some = pd.DataFrame({"chance": [0.01, 1.0], "half": [0.3, 0.04]})
    at = pd.DataFrame({"here": [0.05], "half_here": [0.1], "told": [""]})
    rule = pd.DataFrame({"gain": [0.1], "label": [""], "left": [0.3]})
    scale = alt.Scale(type="log", domain=[0.01, 1], nice=False)
    ticks = alt.Axis(values=[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1], format="%")
    x = alt.X("chance:Q", title=axis_title("random"), scale=scale, axis=ticks)
    y = alt.Y("half:Q", title=axis_title("error"), scale=alt.Scale(domain=[0, 0.32], clamp=True))
    curve = alt.Chart(some).mark_line(strokeWidth=3, color=charts.ROLES["adjusted"]).encode(x, y)
    base = alt.Chart(rule)
    black = base.mark_rule(strokeDash=[6, 4], strokeWidth=2).encode(y="gain:Q")
    name = base.mark_text(align="left", dy=-9, fontSize=15).encode(
        x="left:Q", y="gain:Q", text="label:N"
    )
    point = alt.Chart(at).encode(x="here:Q", y="half_here:Q")
    mark = point.mark_point(filled=True, size=180, opacity=1, shape="diamond", color="#009E73")
    text = point.mark_text(dx=10, dy=-12, align="left", fontSize=16, fontWeight="bold")
    layers = alt.layer(curve, black, name, mark, text.encode(text="told:N"))
    return layers.properties(title=alt.Title(""), height=160).to_dict()


def chart_random(
    chances: np.ndarray,
    spread: list[float],
    at: float,
    spread_at: float,
    weight: float,
    rows: float,
    gain: float,
) -> charts.Drawing:
    """Return half of IPS's interval against the chance of a random letter, and the gain.

    Args:
        chances: of a random letter, shape (n,).
        spread: standard deviation of IPS there, answers a letter.
        at: where the slider stands.
        spread_at: standard deviation there.
        weight: largest weight there.
        rows: effective number of rows there, of 2,000.
        gain: what the new policy earns more than the log, answers a letter.
    """
    curve = pd.DataFrame({"chance": chances, "half": Z * np.asarray(spread)}).round(5)
    told = f"±{number(Z * spread_at, 3)}"
    point = pd.DataFrame({"here": [at], "half_here": [round(Z * spread_at, 5)], "told": [told]})
    rule = pd.DataFrame({"gain": [gain], "label": [f"the gain, {number(gain, 3)}"], "left": [0.3]})
    title = f"{percent(at)} at random: weight {number(weight, 0)}; "
    title += f"{number(rows, 0)} of 2,000 rows count; {told}"
    words = f"{title}. Half of IPS's {LEVEL} against the chance of a random letter; "
    words += f"the gain to be seen is {number(gain, 3)} answers a letter."
    return charts.redraw(_random_template(), curve, point, rule, title=title, words=words)


def chart_offers(table: pd.DataFrame, truth: float) -> alt.LayerChart:
    """Return what four methods say of both offers against none.

    Args:
        table: index method; columns mean, se (euros a year).
        truth: both against none in the same readers, euros a year.
    """
    frame = table.rename_axis("label").reset_index()
    frame = frame.assign(
        lower=frame["mean"] - Z * frame["se"], upper=frame["mean"] + Z * frame["se"]
    )
    frame["role"] = ["naive", "naive", "adjusted", "adjusted"]
    says = table["mean"]["g-formula"], table["mean"]["regression with L"]
    title = (
        f"Same coefficients: {signed(says[0], 1)} in the order of time, "
        f"{signed(says[1], 1)} as a sum"
    )
    return charts.chart_effect(
        frame,
        title=title,
        unit=axis_title("offers"),
        truth=truth,
        interval=LEVEL,
        number_format=".1f",
    )


# Judges ------------------------------------------------------------------------------------------


def _open(*values: Any) -> bool:
    """Return whether one of these has not been answered yet."""
    return any(value is None or value is Ellipsis for value in values)


def _pair(value: Any, what: str = "two numbers are expected") -> tuple[float, float]:
    """Return two finite numbers.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(value, str | bytes | dict | set):
        raise TypeError(what)
    first, second = value
    if any(isinstance(each, str | bytes | bool) for each in (first, second)):
        raise TypeError(what)
    pair = float(first), float(second)
    if not np.isfinite(pair).all():
        raise TypeError("a number is missing or infinite")
    return pair


_CLICKS, _SHOWN = np.array([0.0, 6.0, 2.0]), np.array([1.0, 12.0, 3.0])
_TRIES = 2_000


@functools.cache
def _chances(kind: str) -> tuple[float, ...]:
    """Return how often each of three arms is chosen: rightly, or by a usual mistake."""
    rng, c, s = np.random.default_rng(1), _CLICKS, _SHOWN
    n = (60_000, 3)
    draws = {
        "right": lambda: rng.beta(1 + c, 1 + s - c, n).argmax(axis=1),
        "smallest": lambda: rng.beta(1 + c, 1 + s - c, n).argmin(axis=1),
        "shown": lambda: rng.beta(1 + c, 1 + s, n).argmax(axis=1),
        "no prior": lambda: rng.beta(np.maximum(c, 1e-9), s - c, n).argmax(axis=1),
        "no one below": lambda: rng.beta(1 + c, s - c, n).argmax(axis=1),
    }[kind]()
    return tuple(np.bincount(draws, minlength=3) / n[0])


def judge_1(next_arm: Any) -> checks.Check:
    """Return the verdict on exercise 1: one step of Thompson sampling.

    Thompson (1933), doi:10.1093/biomet/25.3-4.285. Right: shares of 2,000 picks (seed 7) are within
    .045 of those of 60,000 (seed 1).

    Args:
        next_arm: the answer, a function of clicks, shown (arrays of shape (3,)) and a generator.
    """
    found: list[np.ndarray] = []

    def rightly(function: Any) -> bool | str:
        rng = np.random.default_rng(7)
        first = function(_CLICKS.copy(), _SHOWN.copy(), rng)
        if first is None or first is Ellipsis:
            raise checks.Unanswered("Replace `...` by your answer.")
        if isinstance(first, str | bytes | bool) or np.size(first) != 1:
            return "One whole number is expected: which arm is shown next."
        picks = [first]
        picks += [function(_CLICKS.copy(), _SHOWN.copy(), rng) for _ in range(_TRIES - 1)]
        arms = np.array(picks, float).ravel()
        if not np.isin(arms, [0, 1, 2]).all():
            return "Arms have the numbers 0, 1, 2, ...: return the place of the largest draw."
        found.append(np.bincount(arms.astype(int), minlength=3) / _TRIES)
        return bool(np.abs(found[0] - _chances("right")).max() < 0.045)  # noqa: PLR2004

    def like(kind: str) -> Callable[[Any], bool]:
        return lambda _: bool(np.abs(found[0] - _chances(kind)).max() < 0.04)  # noqa: PLR2004

    return checks.holds(
        next_arm,
        rightly,
        hints=[
            (
                lambda _: found[0].max() == 1,
                "Always the same arm: the best mean is no draw. Draw from the beliefs.",
            ),
            (
                like("smallest"),
                "The smallest draw is taken, or clicks and misses have changed places.",
            ),
            (like("shown"), "The second number counts visitors *without* a click."),
            (like("no prior"), "The prior is forgotten: it adds one to both counts."),
            (like("no one below"), "The prior adds one to both counts, not to one."),
            (
                lambda _: bool(np.abs(found[0] - 1 / 3).max() < 0.04),  # noqa: PLR2004
                "Each arm a third of the time: what is known is not used.",
            ),
            "One draw from each arm's Beta belief; then the place of the largest.",
        ],
        why="An arm is shown with exactly the probability that it is the best, given what is known "
        "so far.",
    )


SIDES = ("below", "at", "above")


def judge_2(coin_mean: Any, winner_mean: Any, toy: dict[str, float]) -> checks.Check:
    """Return the verdict on exercise 2: on which side the two means are.

    Nie and others (2018), arXiv:1708.01977; Shin and others (2019), arXiv:1905.11397.

    Args:
        coin_mean: the answer for one coin, one of `SIDES`.
        winner_mean: the answer for the better coin, likewise.
        toy: the exact biases, "coin" and "winner".
    """

    def plain(text: Any) -> str:
        if not isinstance(text, str):
            raise TypeError(f"a {type(text).__name__}; a text is expected")
        return text.strip().casefold()

    def rightly(answer: Any) -> bool | str:
        mine = tuple(plain(each) for each in answer)
        if any(each not in SIDES for each in mine):
            return f"Choose both among {', '.join(SIDES)}."
        return mine == ("below", "above")

    def said(*pair: str) -> Callable[[Any], bool]:
        return lambda v: tuple(map(plain, v)) == pair

    return checks.holds(
        None if _open(coin_mean, winner_mean) else (coin_mean, winner_mean),
        rightly,
        hints=[
            (
                said("at", "at"),
                "Every toss is fair. But is it fair *which coin gets a second toss*?",
            ),
            (said("at", "above"), "The winner is right. Which coins never get a second chance?"),
            (said("below", "below"), "One coin is right. But who is called the winner, and why?"),
            (
                said("above", "above"),
                "The winner is right. Where does a coin with a bad start stay?",
            ),
            (said("above", "below"), "Turned round, both of them."),
            "Write down the cases: a coin that begins with 0, and one that begins with 1.",
        ],
        why=f"Exactly {signed(toy['coin'], 4)} and {signed(toy['winner'], 4)}. A coin that starts "
        "badly stays at 0; one that starts well is pulled back to one half. And the better of two "
        "means is one that was lucky.",
    )


def judge_3(
    loss: Any, clerk_log: pd.DataFrame, plan: Callable[..., Any], done: tuple[float, float]
) -> checks.Check:
    """Return the verdict on exercise 3: the chance to leave without and with a call.

    Args:
        loss: the answer; right: within .004 of what the coin's rows say.
        clerk_log: columns called, by_coin, left.
        plan: function of two losses that returns (action, values: calm and at risk, euros).
        done: chances to leave without and with a call, if everybody at risk were treated so.
    """

    def rates(rows: pd.DataFrame, by: str = "called") -> tuple[float, float]:
        left = rows.groupby(by)["left"].mean()
        return float(left.iloc[0]), float(left.iloc[1])

    def close_to(pair: tuple[float, float], room: float = 0.008) -> Callable[[Any], bool]:
        return lambda v: bool(np.abs(np.subtract(_pair(v), pair)).max() < room)

    coin = clerk_log["by_coin"]
    right, told = close_to(rates(clerk_log[coin]), 0.004), close_to(done, 1e-9)
    action, values = plan(done)
    return checks.holds(
        loss,
        lambda v: right(v) and not told(v),
        hints=[
            (
                told,
                "The page told you these; the newspaper doesn't know them. Which rows tell them?",
            ),
            (
                close_to(rates(clerk_log)),
                "All rows: mostly the clerk decided. What did he know? More rows don't help.",
            ),
            (
                close_to(rates(clerk_log[~coin])),
                "Those are the clerk's own rows, the others are left.",
            ),
            (
                close_to(rates(clerk_log, "by_coin")),
                "That compares who decided, not what was done.",
            ),
            (close_to(done[::-1], 0.02), "Turned round: first without a call, then with one."),
            (
                lambda v: max(_pair(v)) > 1,
                "Chances are asked for, not counts or per cents.",
            ),
            "In which rows did the mood have no say in who was called?",
        ],
        why="A tenth of the rows, and right up to chance: now the planner says "
        f"{'call' if action else 'never call'}, {number(float(values[1]), 0)} euros each. "
        "A better model of `called` and `left` "
        "would not have found it: the mood is in neither.",
    )


_REWARD = np.array([1.0, 0, 1, 1, 0, 1, 0, 1])
_TARGET = np.array([0.5, 1, 0, 1, 0.25, 1, 1, 0.5])
_LOGGED = np.array([0.8, 0.5, 0.5, 0.05, 0.25, 0.5, 0.9, 0.6])


def judge_4(off_policy: Any) -> checks.Check:
    """Return the verdict on exercise 4: IPS and SNIPS.

    Horvitz & Thompson (1952), doi:10.1080/01621459.1952.10483446; Dudík and others (2011).

    Args:
        off_policy: the answer, a function of reward, target and propensity, that returns both.
    """
    found: list[tuple[float, float]] = []
    r, t, p = _REWARD, _TARGET, _LOGGED

    def both(w: np.ndarray) -> tuple[float, float]:
        return float((w * r).mean()), float((w * r).sum() / w.sum())

    def rightly(function: Any) -> bool:
        answer = function(r.copy(), t.copy(), p.copy())
        if answer is None or answer is Ellipsis:
            raise checks.Unanswered("Replace `...` by your answer.")
        if isinstance(answer, tuple | list) and any(_open(each) for each in answer):
            raise checks.Unanswered("Replace `...` by your answer.")
        found.append(_pair(answer, "two numbers are expected: ips, snips"))
        return bool(np.allclose(found[0], both(t / p)))

    def like(ips: float | None, snips: float | None) -> Callable[[Any], bool]:
        return lambda _: all(
            want is None or np.isclose(have, want)
            for have, want in zip(found[0], (ips, snips), strict=True)
        )

    right = both(t / p)
    matches = float((t / p * r)[t > 0].mean())
    clipped = both(np.minimum(t / p, 10))
    return checks.holds(
        off_policy,
        rightly,
        hints=[
            (like(*right[::-1]), "Both are there, in the other order: first IPS, then SNIPS."),
            (like(*both(p)), "That is the log's chance itself: the weight is upside down."),
            (like(*both(t * p)), "The weight is upside down: a rare action must count more."),
            (
                like(*both(np.divide(p, t, out=np.zeros(8), where=t > 0))),
                "Upside down: new over old.",
            ),
            (like(*both(1 / p)), "The new policy's chance (`target`) is left out."),
            (like(*both(t)), "The log's chance (`propensity`) is left out."),
            (like(matches, None), "IPS divides by *all* rows, also those that do not match."),
            (like(*clipped), "Weights are cut off: less noise, but no longer unbiased."),
            (like(right[0], right[0]), "SNIPS divides by the sum of the weights."),
            (
                like(right[0], None),
                "IPS is right; SNIPS divides the same sum by the sum of weights.",
            ),
            "weight = target / propensity; then a mean over all rows, and a weighted mean.",
        ],
        why="IPS is right on average whatever the rewards are; SNIPS gives up a little of that for "
        "an answer that stays between the smallest and the largest reward.",
    )


def judge_5(
    both_minus_none: Any, coefficient: dict[str, float], hours_moved: float, mean_hours: float
) -> checks.Check:
    """Return the verdict on exercise 5: the g-formula from three coefficients.

    Robins (1986), doi:10.1016/0270-0255(86)90088-6.

    Args:
        both_minus_none: the answer, euros a year; right: within .05.
        coefficient: of the regression, keys A0, A1, L.
        hours_moved: mean of L with the first offer minus without.
        mean_hours: mean of L among all.
    """
    a0, a1, slope = (coefficient[k] for k in ("A0", "A1", "L"))
    truth = a0 + a1 + slope * hours_moved
    return checks.close(
        both_minus_none,
        truth,
        tolerance=0.05,
        hints=[
            (a0 + a1, "L is held where it is; but the first offer moves it."),
            (a0, "The coefficient of A0 alone leaves out its way through L, and the second offer."),
            (a1, "That is the second offer alone."),
            (a1 + slope * hours_moved, "The first offer's own coefficient is left out."),
            (a0 + slope * hours_moved, "That is the first offer alone; both are asked for."),
            (a0 + a1 + slope * mean_hours, "L moves by what A0 does to it, not to its mean."),
            (a0 + a1 + slope, "L moves by `hours_moved`, here not exactly by 1."),
            (-truth, "The sign is turned: both minus none."),
            "Three things change: A0 by 1, A1 by 1, and L by what A0 does to it.",
        ],
        why="The same three coefficients, read in the order of time. The sum of A0 and A1 alone is "
        f"{number(a0 + a1, 1)}: it holds L fixed, and A0 has the wrong sign.",
    )


def judge_6(answer: Any, lessons: pd.DataFrame, rule: np.ndarray) -> checks.Check:
    """Return the verdict on exercise 6: value of a rule from a log, with its interval.

    Args:
        answer: the answer (value, lower, upper), shares; right: near IPS, SNIPS or strata of the
            app's rows.
        lessons: columns level, action (0, 1, 2), propensity, solved, by ("app" or "tutor").
        rule: action by level, shape (3,).
    """

    def of(rows: pd.DataFrame) -> dict[str, tuple[float, float]]:
        match = (rows["action"].to_numpy() == rule[rows["level"]]).astype(float)
        w, y = match / rows["propensity"].to_numpy(), rows["solved"].to_numpy(float)
        value = (w * y).sum() / w.sum()
        parts = rows[match == 1].groupby("level")["solved"].agg(["mean", "var", "size"])
        share = rows["level"].value_counts(normalize=True).sort_index()
        within = np.sqrt((share**2 * parts["var"] / parts["size"]).sum())
        return {
            "ips": ((w * y).mean(), (w * y).std(ddof=1) / np.sqrt(len(y))),
            "snips": (value, np.sqrt((w**2 * (y - value) ** 2).sum()) / w.sum()),
            "by level": ((share * parts["mean"]).sum(), within),
            "matching": (y[match == 1].mean(), y[match == 1].std() / np.sqrt(match.sum())),
        }

    rows = {"app": lessons[lessons["by"] == "app"], "all": lessons}
    rows["tutor"] = lessons[lessons["by"] == "tutor"]
    told = {name: of(part) for name, part in rows.items()}
    right = [told["app"][k] for k in ("ips", "snips", "by level")]

    def three(value: Any) -> tuple[float, float, float]:
        if isinstance(value, str | bytes | dict | set) or len(value) != 3:  # noqa: PLR2004
            raise TypeError("three numbers are expected: value, lower, upper")
        found = tuple(float(each) for each in value)
        if not np.isfinite(found).all():
            raise TypeError("a number is missing or infinite")
        return found

    def value_near(pairs: list[tuple[float, float]], room: float) -> Callable[[Any], bool]:
        return lambda v: any(abs(three(v)[0] - pair[0]) < room for pair in pairs)

    def half(v: Any) -> float:
        return (three(v)[2] - three(v)[1]) / 2

    def rightly(v: Any) -> bool | str:
        value, lower, upper = three(v)
        if not lower <= value <= upper:
            return "The order is value, lower, upper, and the value lies between the ends."
        small, large = min(e for _, e in right), max(e for _, e in right)
        inside = 0.9 * Z * small < half(v) < 1.1 * Z * large
        return inside and value_near(right, 0.5 * small)(v)

    ends = [told["app"]["ips"][1], told["app"]["snips"][1]]
    return checks.holds(
        answer,
        rightly,
        hints=[
            (
                value_near([told["all"][k] for k in ("ips", "snips", "by level")], 0.004),
                "All rows: a chance estimated from level and action knows not what the tutor saw.",
            ),
            (
                value_near([told["tutor"][k] for k in ("ips", "snips", "by level")], 0.004),
                "The tutors' rows are many, but they chose by what is in no column.",
            ),
            (
                lambda v: (
                    value_near(right, 0.004)(v) and any(abs(half(v) / e - 1) < NEAR for e in ends)
                ),
                "The value is right; the interval is one standard error to each side.",
            ),
            (
                lambda v: value_near(right, 0.004)(v) and half(v) > 4 * Z * max(ends),
                "The value is right; the spread of single rows is not the error of their mean.",
            ),
            (
                lambda v: value_near(right, 0.004)(v) and half(v) < 0.75 * Z * min(ends),
                "The value is right; the interval is too narrow: how many rows are used?",
            ),
            (
                value_near([told["app"]["matching"]], 0.004),
                "Matching rows without weights: levels whose action is rare count too little.",
            ),
            (lambda v: three(v)[0] > 1, "A share is asked for."),
            "Which rows have a chance that was recorded? Weigh those by rule over chance.",
        ],
        why="A quarter of the rows, and an answer that can be defended: the chances were recorded "
        "when the app drew. The tutors' log compares pupils who look lost with pupils who do not.",
    )


_USERS = np.array([100.0, 814.0, 5_000.0, 100_000.0])


def _above(m: float, s: np.ndarray) -> np.ndarray:
    """Return the mean of max(X, 0), X normal."""
    from scipy.special import ndtr

    return m * ndtr(m / s) + s * np.exp(-((m / s) ** 2) / 2) / np.sqrt(2 * np.pi)


def judge_7(evsi: Any) -> checks.Check:
    """Return the verdict on exercise 7: what a test of n users a side is worth.

    Raiffa & Schlaifer (1961), Applied Statistical Decision Theory: the preposterior mean.

    Args:
        evsi: the answer, a function of n; million euros.
    """
    found: list[np.ndarray] = []

    def worth(n: np.ndarray, prior: float = 0.25, variance: float = 800.0) -> np.ndarray:
        return _above(0.1, prior / np.sqrt(prior + variance / n)) - 0.1

    posterior = 1 / np.sqrt(4 + _USERS / 800)

    def rightly(function: Any) -> bool:
        values = [function(n) for n in _USERS.tolist()]
        if all(value is None or value is Ellipsis for value in values):
            raise checks.Unanswered("Replace `...` by your answer.")
        if any(isinstance(value, str | bytes | bool) or np.size(value) != 1 for value in values):
            raise TypeError("it returns no number")
        found.append(np.array([float(np.asarray(value).item()) for value in values]))
        return bool(np.allclose(found[0], worth(_USERS), atol=2e-5))

    def like(values: np.ndarray, room: float = 2e-5) -> Callable[[Any], bool]:
        return lambda _: bool(np.allclose(found[0], values, atol=room))

    return checks.holds(
        evsi,
        rightly,
        hints=[
            (
                like(_above(0.1, posterior) - 0.1),
                "That is the posterior's spread; asked is how far the posterior mean may move.",
            ),
            (
                like(worth(_USERS) + 0.1),
                "Without a test one launches, and expects 0.1: take it off.",
            ),
            (like(worth(_USERS, variance=400.0)), "Two sides: the variance is 20² · 2 / n."),
            (like(0 * _USERS), "Nobody launches at a loss: the mean of the *larger* of both."),
            (like(worth(_USERS) - 4e-5 * _USERS), "Before its price: the price comes later."),
            (like(np.full(4, _above(0.1, np.array(0.5)) - 0.1)), "That is a perfect test, any n."),
            "Prior variance minus posterior variance; its root is the s of mean_above_zero.",
        ],
        why="At 1,000 a side 0.055 million, at 10,000 0.128, at 100,000 0.150, of at most 0.153: "
        "the first users are worth most.",
    )
