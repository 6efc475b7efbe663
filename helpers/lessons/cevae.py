"""Drawings and judges of notebook 07, "Do side quests sell items, when motivation is hidden?".

Plain functions of what the page has computed: no model, adjustment set, estimand, `do` or
estimator. Purchases and effects are in dollars throughout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from helpers import checks
from helpers.tidy import signed

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


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
    why = f"Same program and draws: {signed(right, 1)} dollars by doing, {signed(seen, 1)} by seeing."
    return checks.close(ate_mended, right, tolerance=0.01, hints=hints, why=why)


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


def judge_4(loading: Any) -> checks.Check:
    """Return the verdict on exercise 4: how strongly the first of three readings follows its cause.

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
        "The formula above, with `np.cov`, and a root.",
    ]
    why = (
        "Not one value of motivation was used. It works as long as what the readings share is "
        "motivation, and nothing else."
    )
    return checks.holds(loading, rightly, hints=hints, why=why)


def judge_5(tells_apart: Any) -> checks.Check:
    """Return the verdict on exercise 5: what tells two worlds with one likelihood apart?

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
        why="It moves hours and not u: how much purchases follow it is β. Proxies, and a front "
        "door, are other columns that break the tie. Design, not training.",
    )
