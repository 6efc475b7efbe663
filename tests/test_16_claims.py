"""What notebook 16 says, and what makes it true. See tests/claims.py."""

# ruff: noqa: E501 -- a quotation stands in one line

from __future__ import annotations

import ast
import contextlib
import functools
import math
import types
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, stats
from sklearn.linear_model import LinearRegression

from helpers.lessons import counterfactuals as lesson
from tests import claims
from tests.claims import Claim, prior_of
from tests.support import ROOT, cells, run
from tests.test_16_counterfactuals import (
    NAME,
    doors,
    fair_exactly,
    mean_of,
    mean_sd,
    off_of,
    passing,
    redrawn,
    score,
    stored_pictures,
    true_hdi,
)
from tests.test_lessons_counterfactuals import bounds_of, exact, minutes_of, stamina_of

LEA = (math.log(0.7 / 0.3) + 0.5 - 1.8) / 0.8
"""Lea's knack."""


def near(value: float, goal: float, room: float = 0.006) -> bool:
    return bool(abs(float(value) - float(goal)) <= room)


def never_the_car(g: Any) -> bool:
    """A host who knows opens door 2 or 3, never the car's; 200,000 games."""
    car, opened = g.three_doors(np.random.default_rng(1), knows=True)
    return bool(len(car) == 200_000 and set(opened) == {2, 3} and not np.any(opened == car))


def no_choice(g: Any) -> bool:
    """With the car behind door 2 he opens door 3, always; behind door 1 a coin says which."""
    car, opened = g.three_doors(np.random.default_rng(1), knows=True)
    return set(opened[car == 2]) == {3} and near(np.mean(opened[car == 1] == 3), 0.5, 0.01)


@functools.cache
def harm(c: float) -> float:
    """Return the share harmed: individual effects are Normal(1, 2 sqrt(2 (1 - c)))."""
    sd = 2 * math.sqrt(2 * (1 - c))
    return float(stats.norm.cdf(0, 1, sd)) if sd else 0.0


def harmed_is_right(g: Any) -> bool:
    table = g.harmed.set_index("c")["share"]
    return all(near(share, harm(c), 1e-9) for c, share in table.items())


@functools.cache
def blind_to_c() -> bool:
    """Means and spreads of both columns, which a trial shows, are alike for c = 1 and c = -1."""
    e = np.random.default_rng(2).normal(size=(2, 200_000))
    shown = []
    for c in (1.0, -1.0):
        y0, y1 = 2 * e[0], 1 + 2 * (c * e[0] + math.sqrt(1 - c**2) * e[1])
        shown.append(np.quantile([y0, y1], [0.1, 0.3, 0.5, 0.7, 0.9], axis=1).ravel())
    return bool(np.abs(shown[0] - shown[1]).max() < 0.04)


def abducts(g: Any) -> bool:
    """The posterior of the knack is narrower than both the prior and what the hours alone say."""
    spread = float(g.idata_pupil.posterior["knack"].std())
    hours_alone = 1 / math.sqrt(1 + 0.36 / 0.25)
    return spread < hours_alone < 1


def leas_answer(g: Any) -> bool:
    """Her true score without tutoring has the mean and the 94 % HDI of the posterior on a grid."""
    low, high = g.twin["lower"][0], g.twin["upper"][0]
    draws = g.twin_draws["true score"]
    return bool(
        near(g.twin["mean"][0], mean_sd("true")[0], 0.25)
        and near(low, true_hdi()[0], 0.9)
        and near(high, true_hdi()[1], 0.9)
        and near(np.mean((draws >= low) & (draws <= high)), g.HDI_PROB, 0.005)
    )


def slip_cancels(g: Any) -> bool:
    """The score with the same slip hardly depends on the knack; with a fresh one it varies by 5."""
    same = g.twin["sd"][1]
    return bool(near(same, mean_sd("kept")[1], 0.06) and g.twin["sd"][2] > 5 > same)


@functools.cache
def harmed_at_most(n: int = 20_000) -> float:
    """Return the largest share harmed of any joining of the two columns: by matching, greedily.

    The lowest result with the new book goes to the lowest one with the old book above it.
    """
    at = stats.norm.ppf((np.arange(n) + 0.5) / n)
    old, new, pairs = 2 * at, 1 + 2 * at, 0
    for result in old:
        pairs += bool(new[pairs] < result)
    return pairs / n


def only_the_equation(g: Any) -> bool:
    """The score rises with the knack, and gives it back, whatever moved the hours."""
    rng, grid = np.random.default_rng(7), np.linspace(-4, 4, 801)
    rises = all(np.all(np.diff(g.score_of(hours, grid)) > 0) for hours in (0.0, 1.0, 2.0, 3.0))
    knack, hidden = rng.normal(size=(2, 500))
    hours = 2 - 0.3 * knack + hidden**2  # not the school's rule
    again = g.imagine(g.score_of(hours, knack), hours, 0.0)
    return bool(rises and np.allclose(again, 100 / (1 + np.exp(0.5 - 0.8 * knack))))


def another_form(g: Any) -> bool:
    """An equation in which an hour counts less draws the same hours and scores; Lea's answer moves.

    Its knack is .625 times the hours larger: normal again, and as unseen.
    """
    hours, knack = g.pupils["hours"], g.pupils["knack"] + 0.625 * g.pupils["hours"]
    same = np.allclose(100 / (1 + np.exp(0.5 - 0.4 * hours - 0.8 * knack)), g.pupils["score"])
    lea = 100 / (1 + math.exp(0.5 - (math.log(0.7 / 0.3) + 0.5 - 0.4 * 2)))
    return bool(same and lea - float(g.imagine(70.0, 2.0, 0.0)) > 20)


@functools.cache
def knack_of_the_like(shared: float) -> float:
    """Return the mean knack of those with Lea's hours and score, drawn and sorted out.

    Args:
        shared: correlation of the slip with what else moves the hours.
    """
    rng = np.random.default_rng(12)
    knack, mood, slip = rng.normal(size=(3, 3_000_000))
    slip = shared * mood + math.sqrt(1 - shared**2) * slip
    hours = 1.2 - 0.6 * knack + 0.5 * mood
    seen = 100 / (1 + np.exp(0.5 - 0.9 * hours - 0.8 * knack)) + 5 * slip
    like = (np.abs(hours - 2) < 0.05) & (np.abs(seen - 70) < 1)
    return float(knack[like].mean())


def other_pushes(g: Any) -> bool:
    """Less knack in group 1 to begin with, and smaller pushes, draw the same table."""
    rng = np.random.default_rng(13)
    knack, one, two, three = rng.normal(size=(4, 1_000))
    group = rng.integers(0, 2, 1_000)
    less = knack - 0.3 * group
    same = (
        np.allclose(less - 0.5 * group + 0.6 * one, knack - 0.8 * group + 0.6 * one)
        and np.allclose(less - 0.9 * group + 0.8 * two, knack - 1.2 * group + 0.8 * two)
        and np.allclose(less + 0.6 * three, knack - 0.3 * group + 0.6 * three)
    )
    fair_there = lesson.judge_5(lambda grade, test, a: (grade + 0.5 * a, test + 0.9 * a))
    return same and fair_there.status == "wrong" and lesson.judge_5(g.fair_inputs).status == "done"


def necessity(y1: float, y0: float, tw: float, ti: float, nw: float, ni: float) -> float:
    """Return the lower bound of PN by a linear programme over the cells of type and choice."""
    rows = [[0, 1, 0, 1] * 2, [0, 0, 1, 1] * 2]
    rows += [[0] * 4 + [0, 1, 0, 1], [0] * 4 + [1, 0, 1, 0]]
    rows += [[0, 0, 1, 1] + [0] * 4, [1, 1, 0, 0] + [0] * 4]
    helped = np.array([0] * 4 + [0, 1, 0, 0])
    found = optimize.linprog(helped, A_eq=rows, b_eq=[y1, y0, tw, ti, nw, ni], bounds=(0, 1))
    return float(found.fun / tw)


def forty_four(g: Any) -> bool:  # noqa: ARG001
    """With 16 or with 40 deaths with the drug in the trial the bound is 1; else it moves."""
    choices = (0.001, 0.499, 0.014, 0.486)
    idle = [near(necessity(y1, 0.014, *choices), 1, 1e-6) for y1 in (0.016, 0.040)]
    moved = [
        necessity(0.016, 0.0145, *choices),
        necessity(0.016, 0.014, 0.001, 0.499, 0.0135, 0.4865),
    ]
    return all(idle) and max(moved) < 0.6 and 14 + 2 + 28 == 44


def random_rows_are_enough(g: Any) -> bool:
    """The random rows' own line gives a dose near the best one at a fever of 3."""
    rows = g.nurses_log[g.nurses_log["random"] == 1]
    line = LinearRegression().fit(rows[["fever", "dose"]].to_numpy(), rows["next_fever"])
    dose = -(line.intercept_ + 3 * line.coef_[0]) / line.coef_[1]
    return bool(
        g.n_random == len(rows)
        and near(len(rows) / len(g.nurses_log), 0.05, 0.012)
        and (dose - 2.4) ** 2 < 1 < 2.4**2
        and g.world_models["dose"].tolist()[:3] == [0, 0, 0]
    )


@functools.cache
def mean_by_integral(prior_sd: float = 1.0) -> float:
    """Return the mean of Lea's true score without tutoring, given a prior of her knack."""

    def weight(u: float) -> float:
        noisy = stats.norm.pdf(70, score(2, u), 5) * stats.norm.pdf(2, 1.2 - 0.6 * u, 0.5)
        return float(stats.norm.pdf(u, 0, prior_sd) * noisy)

    above = integrate.quad(lambda u: weight(u) * score(0, u), -6, 4)[0]
    return float(above / integrate.quad(weight, -6, 4)[0])


def knack_is_the_unit(g: Any) -> bool:
    """Grade and year share a knack of variance one, times one: they are in its units."""
    shared = np.cov(g.college["grade"], g.college["year"])[0, 1]
    return near(shared - 0.8 * 0.3 / 4, 1, 0.02)  # without what the group adds


def labels_used(g: Any) -> tuple[list[int], list[int]]:
    """Return how many labelled pictures train each network, and how many name its latents."""
    (cell,) = (cell for cell in cells(g.run.path) if cell.name == "two_trainings")
    told: list[int] = []
    named: list[int] = []

    def train(pictures: Any, labels: Any, *_: Any) -> tuple[None, None]:
        assert len(pictures) == len(labels)
        told.append(int(np.isfinite(labels).all(axis=1).sum()))
        return None, None

    stand_ins = {
        "train": train,
        "name_latents": lambda _, pictures, factors: named.append(
            min(map(len, (pictures, factors)))
        ),
        "nnx": types.SimpleNamespace(update=lambda *_: None),
        "mo": types.SimpleNamespace(
            status=types.SimpleNamespace(spinner=lambda *_: contextlib.nullcontext())
        ),
    }
    body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
    exec(compile(ast.Module(body, []), cell.name, "exec"), {**g.run.defs, **stand_ins})  # noqa: S102
    return told, named


def lines_and_bends(g: Any) -> bool:
    """Errors of the best line and of the exact mean of the next fever, in logs of our own.

    Given fever and dose the nurse's pallor has mean (dose - .2 fever) / 1.25, a random dose tells
    nothing of it, and in a mixture each counts with its chance.
    """
    found = {}
    for share in (0.0, 0.05, 0.2, 1.0):
        log = draw_log(share)
        line = LinearRegression().fit(log[:, :2], log[:, 2])
        found[share] = [
            float(np.sqrt(np.mean((log[:, 2] - said) ** 2)))
            for said in (line.predict(log[:, :2]), mean_given(share, *log[:, :2].T))
        ]
    alike = all(near(*found[share], 0.001) for share in (0.0, 1.0))
    bends = all(0.005 < line - bent < 0.06 for line, bent in (found[0.05], found[0.2]))
    trial = draw_log(1.0)
    set_by_somebody = [
        np.sqrt(np.mean((trial[:, 2] - mean_given(share, *trial[:, :2].T)) ** 2))
        for share in (0.05, 0.2)
    ]
    page = g.world_models["rmse_log"]
    same = all(near(page[i], found[share][0], 0.025) for i, share in enumerate(found))
    return bool(alike and bends and same and min(set_by_somebody) > found[1.0][0] + 0.3)


@functools.cache
def draw_log(share: float, n: int = 20_000) -> np.ndarray:
    """Return fever, dose and next fever, 25 steps of n patients; a share of the doses is random."""
    rng, rows = np.random.default_rng(16), []
    fever = rng.normal(3, 2, n)
    for _ in range(25):
        pallor, e, w, drawn = rng.normal(size=(4, n))
        dose = np.where(rng.random(n) < share, 1.5 * drawn, 0.2 * fever + pallor + 0.5 * e)
        later = 0.8 * fever - dose + 2 * pallor + 0.5 * w
        rows.append(np.column_stack([fever, dose, later]))
        fever = later
    return np.concatenate(rows)


def mean_given(share: float, fever: np.ndarray, dose: np.ndarray) -> np.ndarray:
    """Return the exact mean of the next fever in a log with a share of random doses."""
    nurse = (1 - share) * stats.norm.pdf(dose, 0.2 * fever, math.sqrt(1.25))
    chance = share * stats.norm.pdf(dose, 0, 1.5)
    pallor = nurse / (nurse + chance) * (dose - 0.2 * fever) / 1.25
    return 0.8 * fever - dose + 2 * pallor


@functools.cache
def best_dose() -> float:
    """Return the dose at a fever of 3 whose next fevers are nearest to 0, by simulation."""
    pallor, w = np.random.default_rng(14).normal(size=(2, 200_000))
    later = 0.8 * 3 + 2 * pallor + 0.5 * w
    doses = np.linspace(0, 5, 101)
    return float(doses[np.argmin([np.mean((later - dose) ** 2) for dose in doses])])


def three_shares(g: Any) -> bool:
    """The truths of the wards' table, counted patient by patient, by what each one would do."""
    would = {"never": (0, 0), "helped": (0, 1), "harmed": (1, 0), "always": (1, 1)}  # without, with
    found = g.bounds.set_index(["ward", "quantity"])["truth"]
    for name, ward in g.WARDS.items():
        rows = [
            (share, chose, would[kind][chose], kind == "helped")
            for kind, shares in ward.items()
            for chose, share in enumerate(shares)
        ]
        for quantity, among in (("PNS, trial", None), ("PN", (1, 1)), ("PS", (0, 0))):
            these = [row for row in rows if among is None or row[1:3] == among]
            helped = sum(share for share, *_, was in these if was)
            if not near(found[name, quantity], helped / sum(row[0] for row in these), 1e-9):
                return False
    return len(g.WARDS) == 3


def in_their_units(g: Any) -> bool:
    """The table's units are those of the axes; the program's numbers have them."""
    hours, points = lesson.AXES["hours"][1], lesson.AXES["score"][1]
    units = {"tutoring": hours, "score": f"{points}, 0 to 100", "knack": "standard deviations"}
    return (
        claims.unit_rows(g, {**units, "mood": hours}, g.pupils)
        and hours == "hours a week"
        and lesson.AXES["own_change"][1] == "sd of knack"
        and near(g.score_of(50.0, 9.0), 100, 1e-6)
        and near(g.score_of(-50.0, -9.0), 0, 1e-6)
        and near(g.hours_of(0.0, 1.0) - g.hours_of(0.0, 0.0), 1, 1e-9)
    )


def bounds_narrow(g: Any) -> bool:
    table = g.bounds.set_index(["ward", "quantity"])
    wide = {w: table.loc[(w, "PNS, trial")] for w in ("Anna", "Ben")}
    both = {w: table.loc[(w, "PNS, with choices")] for w in ("Anna", "Ben")}
    same = np.allclose(
        wide["Anna"][["lower", "upper"]].astype(float),
        wide["Ben"][["lower", "upper"]].astype(float),
    )
    narrower = (
        both["Anna"]["upper"] - both["Anna"]["lower"]
        < 0.25
        < wide["Anna"]["upper"] - wide["Anna"]["lower"]
    )
    idle = near(both["Ben"]["lower"], 0.22, 1e-9) and near(both["Ben"]["upper"], 0.6, 1e-9)
    return bool(same and narrower and idle)


def fair_in_its_program(g: Any) -> bool:
    """The predictor without pushes does not move when an applicant's group does; others do."""
    change = g.fairness.set_index("predictor")["own_change"]
    return bool(
        change.iloc[2] < 1e-9 and change.iloc[0] > 0.25 and change.iloc[1] > 2 * change.iloc[0]
    )


def no_row_has_all(g: Any) -> bool:
    """Each predictor misses one of: no own change, equal rates, no residual in a group."""
    rows = g.fairness.set_index("predictor").astype(float)
    fair = rows["own_change"] < 1e-6
    rates = (rows["admitted_0"] - rows["admitted_1"]).abs() < 0.02
    ready = (rows["true_positive_0"] - rows["true_positive_1"]).abs() < 0.02
    even = (rows["residual_0"] - rows["residual_1"]).abs() < 0.02
    return not bool((fair & rates & ready & even).any())


def redraws_alike(g: Any) -> bool:
    """No training draws its pictures better or worse than .02 of light, whatever it answers."""
    return bool(stored_pictures()["redrawn"].between(0.018, 0.0225).all()) and near(
        g.vae_runs["redrawn"].max(), stored_pictures()["redrawn"].max(), 1e-9
    )


def pictures_follow(g: Any) -> bool:
    """The page's factors have the equations' slopes and spreads, and a set size cuts one arrow."""
    noise = np.random.default_rng(5).normal(size=(100_000, 4))
    free, fixed = g.factors_of(noise), g.factors_of(noise, 1.5)
    own = free[:, 1] - 0.7 * free[:, 0], free[:, 2] + 0.6 * free[:, 1]
    return bool(
        near(own[0].std(), 0.71, 0.01)
        and near(own[1].std(), 0.8, 0.01)
        and max(abs(np.corrcoef(own[0], free[:, 0])[0, 1]), 0) < 0.02
        and (fixed[:, 1] == 1.5).all()
        and np.allclose(fixed[:, 2] + 0.6 * 1.5, own[1])
        and np.array_equal(fixed[:, [0, 3]], free[:, [0, 3]])
    )


def knows_its_world(g: Any) -> bool:
    """With labels the slopes of the prior are the world's and each latent is its factor's."""
    slopes = np.array(g.networks["with labels"][0].slopes[...])
    named = {how: list(names[0]) for how, (_, names) in g.networks.items()}
    return bool(np.abs(slopes - [0.7, -0.6]).max() < 0.08 and named["with labels"] == [0, 1, 2, 3])


CLAIMS = [
    # Doors
    Claim(
        (
            "Three doors show a step that Lea's answer needs: what is seen tells how it came about. A car is behind one, goats behind the others.",
            "A host who *knows* where the car is opens door 3: a goat. Would switching to door 2 win? Of 200,000 games, those in which just this is seen:",
        ),
        never_the_car,
    ),
    Claim(
        "The host knows: switching wins in # % of these games",
        lambda g: near(g.numbers("The host knows: switching wins")[0], 200 / 3, 0.7),
    ),
    Claim(
        (
            "Working back from what was seen to what is hidden is **abduction**.",
            "With the car behind door 2 that host had no choice.",
        ),
        lambda g: (
            near(g.knowing["share"].iloc[1], float(doors(knows=True)), 0.007) and no_choice(g)
        ),
    ),
    Claim(
        "He knows nothing, opens door 2 or 3 by a coin, and *happens* to open door 3 with a goat.",
        lambda g: (
            doors(knows=False) == 0.5
            and near(
                np.mean(g.three_doors(np.random.default_rng(1), knows=False)[1] == 2), 0.5, 0.01
            )
        ),
    ),
    # One pupil
    Claim(
        (
            "| $T$ | tutoring | hours a week | treatment |",
            "| $S$ | score | points, 0 to 100 | outcome |",
            "| $U$ | knack | standard deviations | common cause, not seen |",
            "| $M$ | mood | hours a week | moves the hours alone |",
        ),
        in_their_units,
    ),
    Claim(
        "What nobody measures: the **knack**, in standard deviations. Pupils with less of it take more tutoring.",
        lambda g: (
            g.pupil_graph.hidden == frozenset({"knack"})
            and near(g.pupils["knack"].std(), 1, 0.03)
            and np.corrcoef(g.pupils["knack"], g.pupils["hours"])[0, 1] < -0.6
        ),
    ),
    Claim(
        (
            "A **structural causal model** (Pearl 2009) is a program: an equation for each variable, and a distribution for what each unit brings along, here knack $U \\sim$ Normal(0, 1) and mood $M \\sim$ Normal(0, 0.5):",
            r"$$T = 1.2 - 0.6\, U + M, \qquad S = \frac{100}{1 + e^{-(-0.5 + 0.9\, T + 0.8\, U)}}$$",
        ),
        lambda g: (
            near(g.hours_of(0.7, 0.2), 1.2 - 0.42 + 0.2, 1e-9)
            and near(g.score_of(1.3, -0.4), score(1.3, -0.4), 1e-9)
            and near((g.pupils["hours"] - 1.2 + 0.6 * g.pupils["knack"]).std(), 0.5, 0.02)
        ),
    ),
    Claim(
        (
            "An hour more goes with # points",
            "An hour more goes with only {signed(naive_slope, 1)} points.",
        ),
        lambda g: (
            near(g.naive_slope, stats.linregress(g.pupils["hours"], g.pupils["score"]).slope, 1e-6)
            and near(g.numbers("An hour more goes with only")[0], g.naive_slope, 0.06)
        ),
    ),
    Claim(
        '(Hours are normal here to keep the sums short; {percent(float(np.mean(pupils["hours"] < 0)))} are below zero.)',
        lambda g: near(
            np.mean(g.pupils["hours"] < 0), stats.norm.cdf(-1.2 / math.sqrt(0.61)), 0.008
        ),
    ),
    Claim(
        (
            "**seeing**: the mean score of the pupils who took 0 hours, $E[S \\mid T = 0]$;",
            "**doing**: the mean score, if nobody got tutoring, $E[S \\mid do(T = 0)]$;",
            "**imagining**: the score that Lea herself would have had, $S_{T=0}$ of *this* pupil.",
        ),
        lambda g: (
            near(g.among(0.0, 0.0), mean_of(0, 0), 1e-6)
            and near(g.doing(0.0), mean_of(0), 1e-6)
            and near(g.imagine(70.0, 2.0, 0.0), score(0, LEA), 1e-9)
            and g.imagine(70.0, 2.0, 0.0) < g.doing(0.0) < g.among(0.0, 0.0)
        ),
    ),
    Claim(
        (
            r"$$P\bigl(S_{T=t} \le s \mid x\bigr) = \int \mathbb 1\{f(t, u) \le s\}\; p(u \mid x)\, du$$",
            "**Abduction**: from what was seen, learn what this unit brings along, $p(u \\mid x)$.",
            "**Action**: set $T = t$; its own equation no longer counts.",
            "**Prediction**: run the program forward with the *same* $u$.",
        ),
        lambda g: (
            # Through the three steps a pupil gets back what was seen of her, in her own world.
            near(g.imagine(55.0, 1.0, 1.0), 55, 1e-9)
            and near(
                np.mean(g.twin_draws["true score"] <= 28),
                np.mean(100 / (1 + np.exp(0.5 - 0.8 * g.idata_pupil.posterior["knack"])) <= 28),
                1e-9,
            )
        ),
    ),
    Claim(
        (
            "The *measured* score is the true one plus a **slip** (measurement error, sd 5 points).",
            "Prior: knack $\\sim$ Normal(0, 1).",
        ),
        lambda g: prior_of(g.pupil_model(), "knack") == ("Normal", [0, 1]) and abducts(g),
    ),
    Claim(
        "Her hours speak too, if they and the score have **no other common cause**.",
        lambda g: (
            near(knack_of_the_like(0), g.idata_pupil.posterior["knack"].mean(), 0.03)
            and abs(knack_of_the_like(0.8) - knack_of_the_like(0)) > 0.1
        ),
    ),
    Claim(
        "Without tutoring: the same slip tells most, a fresh one least",
        lambda g: g.twin["sd"][1] < g.twin["sd"][0] < g.twin["sd"][2],
    ),
    Claim(
        "line: # % HDI",
        lambda g: all(
            near(np.mean((draws >= low) & (draws <= high)), 0.94, 0.005)
            for draws, low, high in zip(
                g.twin_draws.values(), g.twin["lower"], g.twin["upper"], strict=True
            )
        ),
    ),
    Claim(
        'Knack {number(float(idata_pupil.posterior["knack"].mean()))}, standard deviation {number(float(idata_pupil.posterior["knack"].std()))}.',
        lambda g: all(
            near(found, goal, 0.02)
            for found, goal in zip(
                (g.idata_pupil.posterior["knack"].mean(), g.idata_pupil.posterior["knack"].std()),
                mean_sd("knack"),
                strict=True,
            )
        ),
    ),
    Claim(
        'Her true score without tutoring: {number(twin["mean"][0], 1)}, standard deviation {number(twin["sd"][0], 1)}, {percent(HDI_PROB)} HDI {number(twin["lower"][0], 1)} to {number(twin["upper"][0], 1)}; its mean on a grid of knacks, without a sampler: {number(by_grid, 1)}.',
        lambda g: (
            leas_answer(g)
            and near(g.by_grid, mean_by_integral(), 0.002)
            and near(g.twin["sd"][0], mean_sd("true")[1], 0.25)
        ),
    ),
    Claim(
        (
            '**The slip is this pupil\'s too.** Keep it, and what the *test* would have shown is known to {number(twin["sd"][1], 1)} points: a luckier day means less knack, and the two nearly cancel.',
            'A fresh slip ({number(twin["sd"][2], 1)} points) answers for another day.',
        ),
        lambda g: slip_cancels(g) and near(g.twin["sd"][2], math.hypot(mean_sd("true")[1], 5), 0.3),
    ),
    Claim(
        "Seen # without tutoring #: own effect #",
        lambda g: all(
            near(shown, goal, 0.06)
            for shown, goal in zip(
                g.numbers("without tutoring #: own effect"),
                (70, score(0, LEA), 70 - score(0, LEA)),
                strict=True,
            )
        ),
    ),
    Claim(
        "What is right for none: Lea's score minus the average effect of two hours, {number(average_effect, 1)} points. The equation bends, so each pupil has an effect of her own.",
        lambda g: (
            near(g.average_effect, mean_of(2) - mean_of(0), 1e-6)
            and abs(70 - g.average_effect - score(0, LEA)) > 5
        ),
    ),
    Claim(
        (
            "**Form**: this equation, and no other one that fits the same data.",
            "**Invertibility**: *one* unseen cause, found exactly by solving for it.",
            "**Invariance**: the same knack and the same equation in both worlds.",
            "Seeing needs none of them; a trial could answer doing, but not imagining.",
        ),
        lambda g: only_the_equation(g) and another_form(g) and blind_to_c(),
    ),
    Claim(
        "**Consistency**: with her own hours she has the score that was seen.",
        lambda g: all(
            near(g.imagine(seen, hours, hours), seen, 1e-9)
            for seen in (20.0, 70.0)
            for hours in (0.0, 2.0)
        ),
    ),
    Claim(
        "With a noisy score, also a **prior** and no other common cause (below).",
        # Neither counts where the score is exact; where it is noisy, both move the answer.
        lambda g: (
            only_the_equation(g)
            and mean_by_integral(prior_sd=10) - mean_by_integral() < -0.5
            and abs(knack_of_the_like(0.8) - knack_of_the_like(0)) > 0.1
        ),
    ),
    # Two programs
    Claim(
        (
            r"$$Y_0 = 2\, e_0, \qquad Y_1 = 1 + 2\, e_1, \qquad \operatorname{corr}(e_0, e_1) = c$$",
            "The trial shows both columns of dots, and nothing of the lines between them. It says: one point better on average, whatever $c$.",
        ),
        lambda g: (
            blind_to_c()
            and all(
                near(
                    (np.subtract(*g.same_columns(np.random.default_rng(3), c)[::-1])).mean(),
                    1,
                    1e-9,
                )
                for c in (-1.0, 0.0, 1.0)
            )
        ),
    ),
    Claim(
        "c = #: # % of pupils are harmed",
        lambda g: g.numbers("of pupils are harmed") == [1.0, 0.0] and harm(1.0) == 0,
    ),
    Claim(
        'The share who are **harmed** may be anything from {percent(harmed["share"].iloc[0])} to {percent(harmed["share"].iloc[-1])}, as long as the pair is normal, itself an assumption: joined otherwise, the same two columns allow up to {percent(most_harmed)} (Fan & Park 2010).',
        lambda g: harmed_is_right(g) and near(g.most_harmed, harmed_at_most(), 0.002),
    ),
    Claim(
        'A pupil with the new book and 3 points would have had {signed(harmed["old book, given 3 with the new"].iloc[0], 0)} points with the old one, or {signed(harmed["old book, given 3 with the new"].iloc[-1], 0)}.',
        # e1 = 1 and |c| = 1: e0 = c, without any spread.
        lambda g: [g.harmed["old book, given 3 with the new"].iloc[i] for i in (0, -1)] == [2, -2],
    ),
    Claim(
        (
            "**Identification first: no trial, however large, identifies $c$**, because each pupil shows one outcome. Without further assumptions, records of their own choices can at most narrow it.",
            "Lea's answer had one: her knack is the same in both worlds.",
        ),
        lambda g: blind_to_c() and bounds_narrow(g),
    ),
    # Recourse
    Claim(
        (
            "The formula is right for {percent(accuracy)} of pupils.",
            "The badge does not make ready: pupils who are ready collect it.",
        ),
        lambda g: (
            near(g.accuracy, passing()["accuracy"], 0.003)
            and ("ready", "badge") in g.course_graph.edges
            and ("badge", "ready") not in g.course_graph.edges
        ),
    ),
    Claim(
        'It rejects {percent(len(rejected) / len(applicants))}; {percent(rejected["ready"].mean(), 1)} of those are ready all the same.',
        lambda g: (
            near(len(g.rejected) / len(g.applicants), passing()["rejected"], 0.006)
            and near(g.applicants["skill"].var() + g.applicants["slack"].var(), 2, 0.03)
            and np.sum(g.applicants["margin"] < 0) == len(g.rejected)
            and near(g.rejected["ready"].mean(), passing()["ready"], 0.003)
        ),
    ),
    Claim(
        "Each asks: what must I change? The **nearest change** of one entry lifts the formula to zero.",
        lambda g: near(
            np.abs(
                g.margin(
                    g.course_rule,
                    g.rejected["skill"] - g.rejected["margin"] / g.course_rule[1],
                    g.rejected["badge"],
                )
            ).max(),
            0,
            1e-9,
        ),
    ),
    Claim(
        (
            "After the badge # % are ready, after more skill # %",
            "mean change: badge # points, skill # sd",
        ),
        lambda g: (
            all(
                near(shown, goal, 0.6)
                for shown, goal in zip(
                    g.numbers("are ready, after more skill"),
                    (100 * passing()["ready"], 100 * passing()["worked"]),
                    strict=True,
                )
            )
            and all(
                near(shown, passing()[what], 0.08)
                for shown, what in zip(
                    g.numbers("mean change: badge"), ("badge", "skill"), strict=True
                )
            )
        ),
    ),
    Claim(
        (
            'After the badge {percent(advice["ready"][0], 1)} are ready, as many as before; after the skill {percent(advice["ready"][1], 1)}.',
            "The badge is a *symptom*: **a counterfactual explanation says what would change the score; recourse must change the world** (König et al. 2023).",
        ),
        lambda g: (
            near(g.advice["ready"][0], passing()["ready"], 0.003)
            and near(g.advice["ready"][1], passing()["worked"], 0.005)
            and g.advice["ready"][0] == g.rejected["ready"].mean()
        ),
    ),
    Claim(
        'If all who are rejected collect the badge, the formula accepts everybody, and is right for {percent(float(applicants["ready"].mean()))} of pupils.',
        lambda g: near(g.applicants["ready"].mean(), 0.5, 0.005),
    ),
    Claim(
        (
            "Let every rejected pupil who is **not ready** gain one standard deviation of skill.",
            "A colleague's code holds the badge at its old value.",
        ),
        lambda g: (
            lesson.judge_4(g.accepted_share, g.rejected, g.course_rule).status == "done"
            and near(g.applicants["skill"].std(), 1, 0.01)
        ),
    ),
    # Fairness
    Claim(
        (
            r"$$G = U - 0.8 A + 0.6\, \varepsilon_G, \qquad L = U - 1.2 A + 0.8\, \varepsilon_L$$",
            r"$$Y = U - 0.3 A + 0.6\, \varepsilon_Y$$",
            "A prediction is **counterfactually fair** (Kusner et al. 2017) if it would have been the same, had this applicant's $A$ been the other one: abduct her noise, set $A$, predict again.",
        ),
        lambda g: (
            fair_in_its_program(g)
            and all(
                near(g.college.groupby("group")[name].mean().diff().iloc[1], push, 0.04)
                and near(
                    g.college.groupby("group")[name].std().iloc[0], math.sqrt(1 + noise**2), 0.02
                )
                for name, push, noise in (
                    ("grade", -0.8, 0.6),
                    ("test", -1.2, 0.8),
                    ("year", -0.3, 0.6),
                )
            )
        ),
    ),
    Claim(
        (
            "**Leaving the group out more than doubles the own change**: told the group, only the 0.3 of the first year is left; not told, the pushes pass for a lack of knack.",
            "No row is fair in all columns at once: the fair one expects {number(too_much)} too much of group 1, as much too little of group 0.",
        ),
        lambda g: (
            near(fair_exactly(0, told=True)[0], 0.3, 1e-9)
            and fair_exactly(0)[0] > 2 * 0.3
            and fair_in_its_program(g)
            and no_row_has_all(g)
            and near(g.too_much, 0.3 / 2, 0.01)
            and near(g.fairness.set_index("predictor")["residual_0"]["fair"], 0.3 / 2, 0.01)
        ),
    ),
    Claim(
        "# times the true push: own change #, error #",
        lambda g: all(
            near(shown, goal, 0.0006)
            for shown, goal in zip(
                g.numbers("times the true push: own change"), (0, *fair_exactly(0)), strict=True
            )
        ),
    ),
    Claim(
        "Half the true pushes off: {number(own_half)}; one and a half: {number(own_too_much)}; none (the group left out): {number(own_unaware, 3)}. That the pushes are the group's doing is an assumption: no table can show it.",
        lambda g: (
            other_pushes(g)
            and near(g.own_half, fair_exactly(0.5)[0], 1e-9)
            and near(g.own_too_much, fair_exactly(1.5)[0], 1e-9)
            and near(g.own_unaware, fair_exactly(0)[0], 1e-9)
        ),
    ),
    # The runner
    Claim(
        r"$$\log m = 5.7 - 0.006\, k - 0.1\, (1 + k / 100)\, u$$",
        lambda g: (
            near(g.runner(200.0, 50.0, 80.0), minutes_of(80, stamina_of(200, 50)), 1e-6)
            and lesson.judge_6(g.runner).status == "done"
        ),
    ),
    # Takeaways
    Claim(
        """1. **One unit, three steps**: abduction, action, prediction, with one noise for both worlds. {f"Lea, measured with a slip: {number(twin['mean'][0], 1)} points untutored ({percent(HDI_PROB)} HDI {number(twin['lower'][0], 1)} to {number(twin['upper'][0], 1)}). " if check_3.status == "done" else ""}The answer is as good as the program, noise included.""",
        lambda g: (
            near(g.imagine(70.0, 2.0, 2.0), 70, 1e-9)
            and slip_cancels(g)
            and g.check_3.status == "done"
            and leas_answer(g)
        ),
    ),
    Claim(
        '2. **Data end before the individual.** One trial fits every share of harmed pupils from {percent(harmed["share"].iloc[0])} to {percent(most_harmed)}; a normal pair, itself an assumption, ends at {percent(harmed["share"].iloc[-1])}.',
        lambda g: (
            harmed_is_right(g)
            and blind_to_c()
            and near(g.most_harmed, harmed_at_most(), 0.002)
            and g.harmed["share"].max() < g.most_harmed / 1.9
        ),
    ),
    Claim(
        '3. **Explain the score, or change the world.** In this world, after the badge {percent(advice["ready"][0], 1)} of rejected pupils are ready, after more skill {percent(advice["ready"][1], 1)}.',
        lambda g: (
            near(g.advice["ready"][0], passing()["ready"], 0.003)
            and near(g.advice["ready"][1], passing()["worked"], 0.005)
        ),
    ),
    Claim(
        "4. **Leaving an attribute out is not fairness.** Here one's own prediction still changes by {number(own_unaware, 3)} sd of the knack; less its true pushes, by 0.",
        lambda g: (
            other_pushes(g)
            and knack_is_the_unit(g)
            and near(g.own_unaware, fair_exactly(0)[0], 1e-9)
            and fair_exactly(1)[0] < 1e-12 < fair_exactly(0.9)[0]
        ),
    ),
    # Probabilities of causation
    Claim(
        (
            "PNS, necessity and sufficiency: helped, among all;",
            "PN, necessity: helped, among those who took it and recovered;",
            "PS, sufficiency: helped, among those who did not take it and did not recover.",
        ),
        three_shares,
    ),
    Claim(
        (
            "Each patient is of one of four types: never recovers, is **helped** (only with the treatment), is harmed (only without), always recovers. Three shares, the **probabilities of causation**:",
            "Three shares, the **probabilities of causation**:",
            r"$$\max\{0,\, P(y_1) - P(y_0),\, P(y) - P(y_0),\, P(y_1) - P(y)\} \le \text{PNS}$$",
            r"$$\begin{aligned}\text{PNS} \le \min\{&P(y_1),\, 1 - P(y_0),\, P(x, y) + P(x', y'),\\ &P(y_1) - P(y_0) + P(x, y') + P(x', y)\}\end{aligned}$$",
        ),
        lambda g: all(
            np.allclose(g.pns_bounds(*ward), bounds_of(*ward), atol=1e-8)
            and np.allclose(exact(*ward), bounds_of(*ward), atol=1e-8)
            for ward in lesson.PATIENTS
        ),
    ),
    Claim(
        "In Anna's they narrow PNS: **confounded choice, which notebook 02 removes, is evidence here.**",
        bounds_narrow,
    ),
    Claim(
        '"The effect is the share helped" needs that nobody is harmed. In Anna\'s ward, where {percent(float(WARDS["Anna"]["harmed"].sum()))} are harmed, the effect is {number(float(WARDS["Anna"]["helped"].sum() - WARDS["Anna"]["harmed"].sum()))}, the share helped {number(float(WARDS["Anna"]["helped"].sum()))}.',
        lambda g: (
            near(g.WARDS["Anna"]["helped"].sum(), 0.32, 1e-9)
            and near(g.WARDS["Anna"]["harmed"].sum(), 0.10, 1e-9)
        ),
    ),
    # The textbook's assurance
    Claim(
        (
            r"$$\frac{P(y) - P(y_0)}{P(x, y)} = \frac{0.015 - 0.014}{0.001} = 1$$",
            "But it rests on 44 deaths. Draw those three counts again:",
        ),
        lambda g: near(((2 + 28) / 2_000 - 14 / 1_000) / (2 / 2_000), 1, 1e-9) and forty_four(g),
    ),
    Claim(
        ("Redrawn, the bound of # runs from # to #", "# % of the samples; beyond # drawn at #"),
        lambda g: (
            g.numbers("Redrawn, the bound")[0] == 1
            and all(
                near(shown, goal, 1)
                for shown, goal in zip(
                    g.numbers("Redrawn, the bound")[1:],
                    np.nanquantile(redrawn(), [0.03, 0.97]),
                    strict=True,
                )
            )
            and g.numbers("% of the samples; beyond") == [94, 15, 15]
        ),
    ),
    Claim(
        (
            "{percent(HDI_PROB)} of the redrawn bounds lie between {number(bound_lower, 0)} and {number(bound_upper, 0)}; {percent(bound_useless)} say nothing (zero or less), {percent(bound_beyond)} the impossible (above 1); in {percent(no_bound)} of the samples nobody who chose the drug died, and there is none.",
            "On these counts the bound is a coin toss. **A bound from a sample needs an interval, like any estimate.**",
        ),
        lambda g: (
            near(
                np.mean((g.redrawn_bound >= g.bound_lower) & (g.redrawn_bound <= g.bound_upper)),
                g.HDI_PROB,
                0.02,
            )
            and near(g.bound_lower, np.nanquantile(redrawn(), 0.03), 0.6)
            and near(g.bound_upper, np.nanquantile(redrawn(), 0.97), 0.6)
            and near(g.bound_useless, np.mean(redrawn()[~np.isnan(redrawn())] <= 0), 0.01)
            and near(g.bound_beyond, np.mean(redrawn()[~np.isnan(redrawn())] > 1), 0.01)
            and near(g.no_bound, 0.998**1_000, 0.005)
        ),
    ),
    # World model
    Claim(
        (
            r"$$a = 0.2\, s + h + 0.5\, e, \qquad s' = 0.8\, s - a + 2\, h + 0.5\, w$$",
            "For the same reason its simulator **predicts its own kind of log better than an honest one can**.",
            "A simulator that is to plan must be judged under doses that somebody *set*.",
        ),
        lambda g: (
            near(g.world_models["slope"][0], -1 + 2 / 1.25, 0.02)
            and near(g.world_models["slope"][3], -1, 0.03)
            and g.world_models["rmse_log"][0] < 1.1
            and g.world_models["rmse_do"].min() > 2
            and g.world_models["rmse_do"][0] > 1.5 * g.world_models["rmse_do"][3]
        ),
    ),
    Claim(
        "Where both kinds mix, a model that bends predicts a little better, and is confounded too.",
        lines_and_bends,
    ),
    Claim(
        "2,000 patients each; best dose at a fever of 3: {number(0.8 * 3)}. The nurse's log teaches the wrong *sign*: dose leaks the pallor that she saw.",
        lambda g: near(best_dose(), 0.8 * 3, 0.051) and g.world_models["slope"][0] > 0.5,
    ),
    Claim(
        "Mixing in a few random doses moves the slope, and not the dose that is chosen; looked at alone, your {n_random} are enough for a good dose.",
        lambda g: (
            random_rows_are_enough(g)
            and g.world_models["slope"].diff()[1:3].max() < 0
            and g.world_models["dose"][:3].nunique() == 1
        ),
    ),
    # Pictures
    Claim(
        (
            r"$$s = 0.7\, x + 0.71\, \varepsilon_s, \qquad b = -0.6\, s + 0.8\, \varepsilon_b$$",
            "Brightness follows; position and height stay. In a **structural VAE** (variational autoencoder, notebook 07) an *encoder* guesses four latent numbers, the graph's equations are their prior, and a *decoder* draws the picture.",
        ),
        lambda g: pictures_follow(g) and knows_its_world(g),
    ),
    Claim(
        (
            "Size #: error # with labels, # without",
            "#: as far from the truth as the picture left as it is; # pictures",
        ),
        lambda g: (
            all(
                near(shown, goal, 0.006)
                for shown, goal in zip(
                    g.numbers("Size #: error"),
                    (1.5, *off_of(g.imagined)),
                    strict=True,
                )
            )
            and g.numbers("as far from the truth as the picture") == [1, 2_000]
            and off_of(g.imagined)[0] < 0.5
            and off_of(g.imagined)[1] > 0.6
        ),
    ),
    Claim(
        (
            "At size 1.5 labels of 5,000 pictures bring the answer nearer to the truth than pictures alone do.",
            "From pictures alone, 50 labelled ones still name the latents.",
        ),
        lambda g: (
            off_of(g.imagined)[0] < 0.8 * off_of(g.imagined)[1]
            and labels_used(g) == ([5_000, 0], [50, 50])
        ),
    ),
    Claim(
        (
            "Error: # with labels, # from pictures alone",
            "medians of # starts (data/pictures_study.py); beyond the rule: worse than none",
        ),
        lambda g: (
            all(
                near(
                    shown, stored_pictures().query(f"training == '{how}'")["error"].median(), 0.006
                )
                for shown, how in zip(
                    g.numbers("Error: # with labels"), ("labels", "pictures alone"), strict=True
                )
            )
            and g.numbers("beyond the rule: worse than none") == [6]
        ),
    ),
    Claim(
        'All networks draw again what they saw, {number(vae_runs["redrawn"].max())} off in a light of about 0.6.',
        lambda g: redraws_alike(g) and near(lesson.spots(np.zeros((1, 4))).max(), 0.6, 0.07),
    ),
    Claim(
        'Yet from pictures alone the answer is worse than none in {int((vae_runs.query("training == \'pictures alone\'")["error"] > 1).sum())} of six starts: other latents draw the same pictures, and **no picture tells which latents are the world\'s** (Locatello et al. 2019).',
        lambda g: (
            redraws_alike(g)
            and g.vae_runs.equals(stored_pictures())
            and (stored_pictures().query("training == 'pictures alone'")["error"] > 1).sum() == 5
        ),
    ),
    Claim(
        "A **pair** of pictures with one factor drawn anew is a small experiment: it helps, most where it is said which (2020).",
        lambda _: (
            stored_pictures().groupby("training")["error"].max()["pairs, told which"]
            < stored_pictures().groupby("training")["error"].min()["pairs, not told"]
            < stored_pictures().groupby("training")["error"].median()["pictures alone"]
        ),
    ),
]

test_words, test_claims, test_all_claimed = claims.tests_of(NAME, CLAIMS)


@pytest.mark.deep
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_other_seeds(seed: int) -> None:
    """Another seed is another school: its checks are done, and every claim holds there too."""
    other = run(ROOT / "solutions" / f"{NAME}.py", SEED=seed)
    assert {check.status for check in other.checks.values()} == {"done"}
    assert not claims.broken(CLAIMS, other)
