"""Notebook 16: its numbers against recomputations, its exercises, its globals."""

from __future__ import annotations

import functools
import itertools
import math
import runpy
import types
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from helpers import worlds
from helpers.data import FOLDER
from helpers.lessons import counterfactuals
from tests import claims
from tests.answers import accepted, asked, never_done, refused
from tests.test_lessons_counterfactuals import bounds_of

NAME = "16_counterfactuals"


def score(hours: float, knack: float) -> float:
    return 100 / (1 + math.exp(-(-0.5 + 0.9 * hours + 0.8 * knack)))


@functools.cache
def doors(*, knows: bool) -> Fraction:
    """Return how often switching wins where door 3 is opened and shows a goat: all cases."""
    seen = {1: Fraction(0), 2: Fraction(0)}
    for car, coin in itertools.product((1, 2, 3), (2, 3)):
        opened = (5 - car if car != 1 else coin) if knows else coin
        if opened == 3 != car:
            seen[car] += Fraction(1, 6)
    return seen[2] / sum(seen.values())


@functools.cache
def mean_of(hours: float, seen: float | None = None) -> float:
    """Return the mean score at some hours, of all or of those seen at other hours; by integration.

    The knacks of those who took `seen` hours are found from the joint density.
    """

    def weight(u: float) -> float:
        of_hours = 1.0 if seen is None else stats.norm.pdf(seen, 1.2 - 0.6 * u, 0.5)
        return float(stats.norm.pdf(u) * of_hours)

    above = integrate.quad(lambda u: weight(u) * score(hours, u), -8, 8)[0]
    return float(above / integrate.quad(weight, -8, 8)[0])


@functools.cache
def posterior() -> dict[str, np.ndarray]:
    """Return Lea's knack on a grid, its probabilities, and her scores without tutoring."""
    knack = np.linspace(-4, 3, 40_001)
    pull = -0.5 + 0.9 * 2 + 0.8 * knack
    seen = 100 / (1 + np.exp(-pull))
    log = -(knack**2) / 2 - (2 - 1.2 + 0.6 * knack) ** 2 / 0.5 - (70 - seen) ** 2 / 50
    share = np.exp(log - log.max())
    true = 100 / (1 + np.exp(0.5 - 0.8 * knack))
    return {"knack": knack, "share": share / share.sum(), "true": true, "kept": true + 70 - seen}


def mean_sd(name: str) -> tuple[float, float]:
    grid = posterior()
    mean = float(grid["share"] @ grid[name])
    return mean, float(np.sqrt(grid["share"] @ (grid[name] - mean) ** 2))


@functools.cache
def true_hdi(level: float = 0.94) -> tuple[float, float]:
    """Return the shortest interval of the true score without tutoring (it rises with knack)."""
    grid = posterior()
    below = np.cumsum(grid["share"])
    starts = np.flatnonzero(below < 1 - level)[::20]
    ends = np.searchsorted(below, below[starts] + level)
    widths = grid["true"][ends] - grid["true"][starts]
    at = widths.argmin()
    return float(grid["true"][starts[at]]), float(grid["true"][ends[at]])


@functools.cache
def fair_exactly(push: float, *, told: bool = False) -> tuple[float, float]:
    """Return own change and error of the best linear prediction, from the equations' coefficients.

    Columns of the coefficients: group, knack, noise of grade, test and year; the group has
    variance 1/4, the others 1.

    Args:
        push: which multiple of the true pushes is taken off.
        told: whether the group itself is an input too.
    """
    year = np.array([-0.3, 1, 0, 0, 0.6])
    inputs = [[-0.8 * (1 - push), 1, 0.6, 0, 0], [-1.2 * (1 - push), 1, 0, 0.8, 0]]
    if told:
        inputs.append([1, 0, 0, 0, 0])
    inputs, variance = np.array(inputs), np.diag([0.25, 1, 1, 1, 1])
    weights = np.linalg.solve(inputs @ variance @ inputs.T, inputs @ variance @ year)
    left = year - weights @ inputs
    return float(abs(weights @ inputs[:, 0])), float(np.sqrt(left @ variance @ left))


@functools.cache
def passing() -> dict[str, float]:
    """Return the applicants' shares by integration over skill and app luck (rule as learnt)."""
    rng = np.random.default_rng(11)
    skill, slack, luck = rng.normal(size=(3, 2_000_000))
    ready = skill + 0.7 * slack > 0
    badge = np.where(ready, 0.75, -0.75) + 0.5 * luck
    # The logistic rule of the world itself: ready is a probit of skill; weights of the limit.
    formula = 2.556 * skill + 6.063 * badge - 0.02
    out = formula < 0
    worked = skill - formula / 2.556 + 0.7 * slack > 0
    return {
        "accuracy": float(np.mean((formula >= 0) == ready)),
        "rejected": float(out.mean()),
        "ready": float(ready[out].mean()),
        "worked": float(worked[out].mean()),
        "badge": float((-formula / 6.063)[out].mean()),
        "skill": float((-formula / 2.556)[out].mean()),
    }


@pytest.fixture
def done(run_notebook: Any) -> Any:
    return run_notebook("solutions", NAME)


# The worlds --------------------------------------------------------------------------------------


def test_doors(done: Any) -> None:
    """Two thirds and one half, within four standard errors of the games that were seen."""
    assert (doors(knows=True), doors(knows=False)) == (Fraction(2, 3), Fraction(1, 2))
    for row in done.defs["games"].itertuples(index=False):
        exact = doors(knows=row[0] == "knows")
        exact = float(exact if row[1] == 2 else 1 - exact)
        assert row[3] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / row[2]))


def test_four_readings(done: Any) -> None:
    """60.3, 39.2, 25.6 and 27.8, by integration and by solving for the knack."""
    knack = stats.logistic.ppf(0.7)
    knack = (knack + 0.5 - 1.8) / 0.8
    goal = [mean_of(0, 0), mean_of(0), mean_of(0, 2), score(0, knack)]
    assert np.round(goal, 1).tolist() == [60.3, 39.2, 25.6, 27.8]
    assert done.defs["four_readings"]["without"].tolist() == pytest.approx(goal, abs=1e-6)
    assert done.defs["average_effect"] == pytest.approx(mean_of(2) - mean_of(0), abs=1e-6)
    assert (done.defs["knack"], done.defs["score_without"]) == pytest.approx((knack, goal[3]))


def test_pupils(done: Any) -> None:
    """The simulated school has the equations' moments, and the line its exact slope."""
    pupils = done.defs["pupils"]
    assert pupils["hours"].mean() == pytest.approx(1.2, abs=0.025)
    assert pupils["hours"].std() == pytest.approx(np.sqrt(0.61), abs=0.02)
    grid, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    u, m = np.meshgrid(grid, 0.5 * grid)
    both, hours = np.outer(weights, weights), 1.2 - 0.6 * u + m
    scores = 100 / (1 + np.exp(-(-0.5 + 0.9 * hours + 0.8 * u)))
    slope = float(np.sum(both * (hours - 1.2) * scores) / 0.61)
    # Residual sd about 15 points, 20,000 pupils: standard error about .14.
    assert done.defs["naive_slope"] == pytest.approx(slope, abs=0.6)


def test_lea_posterior(done: Any) -> None:
    """Knack and scores without tutoring, by a grid; four standard errors of some 4,000 draws."""
    knack = done.defs["idata_pupil"].posterior["knack"]
    mean, sd = mean_sd("knack")
    assert (round(mean, 2), round(sd, 2)) == (-0.58, 0.27)
    assert float(knack.mean()) == pytest.approx(mean, abs=4 * sd / np.sqrt(4_000))
    twin = done.defs["twin"].set_index("label")
    for label, name in (("true score", "true"), ("measured, the same slip", "kept")):
        mean, sd = mean_sd(name)
        assert twin["mean"][label] == pytest.approx(mean, abs=4 * sd / np.sqrt(4_000))
        assert twin["sd"][label] == pytest.approx(sd, rel=0.08)
    fresh = float(np.hypot(mean_sd("true")[1], 5))
    assert twin["sd"]["measured, a fresh slip"] == pytest.approx(fresh, rel=0.05)
    assert [twin[end]["true score"] for end in ("lower", "upper")] == pytest.approx(
        true_hdi(), abs=1.2
    )


def test_model_is_the_world(done: Any) -> None:
    """Priors and scales of the program, as the maths says."""
    model = done.defs["pupil_model"]()
    assert [variable.name for variable in model.basic_RVs] == ["knack", "hours", "score"]
    from tests.claims import prior_of

    assert prior_of(model, "knack") == ("Normal", [0, 1])
    point = {"knack": -0.5, "hours": 2.0, "score": 71.0}
    logp = model.compile_logp()(point)
    by_hand = stats.norm.logpdf(-0.5) + stats.norm.logpdf(2.0, 1.5, 0.5)
    by_hand += stats.norm.logpdf(71.0, score(2.0, -0.5), 5)
    assert float(logp) == pytest.approx(by_hand)


def test_harm(done: Any) -> None:
    """Shares harmed by simulation, and the conditional mean by regression."""
    rng = np.random.default_rng(4)
    e0, e = rng.normal(size=(2, 400_000))
    for row in done.defs["harmed"].itertuples(index=False):
        c = row[0]
        y0, y1 = 2 * e0, 1 + 2 * (c * e0 + np.sqrt(1 - c**2) * e)
        assert row[1] == pytest.approx(np.mean(y1 < y0 - 1e-9), abs=0.004)
        assert row[2] == pytest.approx(np.std(y1 - y0), abs=0.02)
        line = np.polyfit(y1, y0, 1)
        assert row[3] == pytest.approx(np.polyval(line, 3), abs=0.02)


def test_columns_stand_still(done: Any) -> None:
    """Whatever c, the two columns of dots are the same; only who goes with whom differs."""
    make = done.defs["same_columns"]
    one, other = (make(np.random.default_rng(1), c) for c in (1.0, -0.75))
    for a, b in zip(one, other, strict=True):
        assert np.allclose(np.sort(a), np.sort(b))
    assert np.corrcoef(*one)[0, 1] > 0.999
    assert np.corrcoef(*other)[0, 1] < -0.5


def test_advice(done: Any) -> None:
    """4.0 % and 90.3 % ready, on applicants of our own."""
    g, ours = done.defs, passing()
    assert g["accuracy"] == pytest.approx(ours["accuracy"], abs=0.003)
    assert len(g["rejected"]) / len(g["applicants"]) == pytest.approx(ours["rejected"], abs=0.006)
    assert g["advice"]["ready"].tolist() == pytest.approx(
        [ours["ready"], ours["worked"]], abs=0.006
    )
    assert (round(ours["ready"], 2), round(ours["worked"], 2)) == (0.04, 0.90)
    assert g["advice"]["mean change"].tolist() == pytest.approx(
        [ours["badge"], ours["skill"]], abs=0.03
    )


def test_fairness(done: Any) -> None:
    """Own change and error, exactly by the equations' coefficients; .300 told, .683 untold."""
    table = done.defs["fairness"].set_index("predictor")
    exact = {
        "full": fair_exactly(0, told=True),
        "unaware": fair_exactly(0),
        "fair": fair_exactly(1),
    }
    assert [round(change, 3) for change, _ in exact.values()] == [0.3, 0.683, 0]
    for name, (change, error) in exact.items():
        # 200,000 applicants: the group's coefficient has a standard error of about .004.
        assert table["own_change"][name] == pytest.approx(change, abs=0.016)
        assert table["rmse"][name] == pytest.approx(error, abs=0.006)
    for push in (0, 0.5, 1, 1.5):
        assert done.defs["own_change"](push) == pytest.approx(fair_exactly(push), abs=1e-9)
    assert table["flipped"]["fair"] == 0
    assert table["flipped"]["unaware"] > 2 * table["flipped"].iloc[0]


def test_wards(done: Any) -> None:
    """Bounds by linear programmes, truths by counting."""
    bounds = done.defs["bounds"].set_index(["ward", "quantity"])
    for name, ward in done.defs["WARDS"].items():
        (n0, h0, m0, a0), (n1, h1, m1, a1) = ward.to_numpy()
        y1, y0 = h0 + h1 + a0 + a1, m0 + m1 + a0 + a1
        shares = (h1 + a1, n1 + m1, m0 + a0, n0 + h0)
        assert sum(shares) == pytest.approx(1)
        row = bounds.loc[(name, "PNS, with choices")]
        assert [row["lower"], row["upper"]] == pytest.approx(bounds_of(y1, y0, *shares), abs=1e-8)
        for quantity, truth in (
            ("PNS, trial", h0 + h1),
            ("PN", h1 / shares[0]),
            ("PS", h0 / shares[3]),
        ):
            row = bounds.loc[(name, quantity)]
            assert row["truth"] == pytest.approx(truth)
            assert row["lower"] - 1e-9 <= truth <= row["upper"] + 1e-9
    printed = bounds[["lower", "upper"]].round(3).to_numpy().tolist()
    assert printed[:4] == [[0.22, 0.6], [0.29, 0.5], [0.604, 0.75], [0, 0.583]]


@functools.cache
def redrawn() -> np.ndarray:
    rng = np.random.default_rng(8)
    trial, chose, other = (rng.binomial(1_000, p, 300_000) for p in (0.014, 0.002, 0.028))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chose > 0, (chose + other - 2 * trial) / chose, np.nan)


def test_assurance(done: Any) -> None:
    g, ours = done.defs, redrawn()
    ends = np.nanquantile(ours, [0.03, 0.97])
    assert [g["bound_lower"], g["bound_upper"]] == pytest.approx(ends, abs=0.6)
    assert g["no_bound"] == pytest.approx(0.998**1_000, abs=0.005)
    assert g["bound_useless"] == pytest.approx(np.mean(ours[~np.isnan(ours)] <= 0), abs=0.008)


def test_world_models(done: Any) -> None:
    """Slope +.60 where the truth is -1, better on its log and worse under doses that are set."""
    models = done.defs["world_models"].set_index("log")
    assert models["slope"][0.0] == pytest.approx(-1 + 2 / 1.25, abs=0.02)
    assert models["slope"][1.0] == pytest.approx(-1, abs=0.03)
    assert models["rmse_log"][0.0] == pytest.approx(np.sqrt(4 / 5 + 0.25), abs=0.02)
    assert models["rmse_do"][1.0] == pytest.approx(np.sqrt(4.25), abs=0.04)
    assert models["rmse_do"][0.0] == pytest.approx(3.43, abs=0.1)
    assert models["dose"].tolist()[:3] == [0, 0, 0]
    assert models["dose"][1.0] == pytest.approx(2.4, abs=0.12)


# Pictures ----------------------------------------------------------------------------------------


@functools.cache
def pictures_script() -> types.SimpleNamespace:
    """Return the names of the script that writes the study of pictures."""
    return types.SimpleNamespace(**runpy.run_path(str(FOLDER / "pictures_study.py")))


@functools.cache
def stored_pictures() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "pictures_study.csv")


def off_of(pictures: dict[str, np.ndarray]) -> tuple[float, float]:
    """Return how far both answers lie from the truth, as a share of doing nothing."""
    off = [np.linalg.norm(each - pictures["truth"]) for each in list(pictures.values())]
    by_name = dict(zip(pictures, off, strict=True))
    return tuple(by_name[how] / by_name["seen"] for how in ("with labels", "pictures alone"))


def test_page_and_study_draw_the_same_pictures(done: Any) -> None:
    """Equations and light of the page are the script's, to the last digit."""
    script, noise = pictures_script(), np.random.default_rng(1).normal(size=(300, 4))
    factors = done.defs["factors_of"](noise)
    assert np.allclose(factors, script.factors_of(noise))
    assert np.allclose(counterfactuals.spots(factors), script.draw(factors))


def test_page_and_study_have_the_same_loss(done: Any) -> None:
    """Of the page's own network, by the script's arithmetic and the page's random numbers."""
    import jax
    import jax.numpy as jnp

    script, net = pictures_script(), done.defs["networks"]["with labels"][0]
    rng = np.random.default_rng(2)
    factors = script.factors_of(rng.normal(size=(200, 4)))
    seen, key = script.seen(rng, factors), jax.random.key(3)

    def of(sequence: Any) -> list[Any]:
        layers = [layer for layer in sequence.layers if hasattr(layer, "kernel")]
        return [(layer.kernel[...], layer.bias[...]) for layer in layers]

    weights = {"encoder": of(net.encoder), "decoder": of(net.decoder), "slopes": net.slopes[...]}
    batch = {"picture": jnp.asarray(seen), "factors": jnp.asarray(factors)}
    for training, labels in (("labels", factors), ("pictures alone", np.full((200, 4), np.nan))):
        there = script.loss(training, weights, batch, key)
        first = jax.random.split(key)[0]
        here = done.defs["picture_loss"](net, first, jnp.asarray(seen), jnp.asarray(labels))
        assert float(here) == pytest.approx(float(there), rel=1e-3)


def test_two_trainings(done: Any) -> None:
    """Both settle; with labels the page answers as the study's networks do, alone it does not."""
    stored = stored_pictures().set_index("training")
    with_labels, alone = off_of(done.defs["imagined"])
    assert with_labels < 1.3 * stored.loc["labels", "error"].max()
    assert alone > max(0.6, 1.5 * with_labels)
    for how, name in (("with labels", "labels"), ("pictures alone", "pictures alone")):
        losses = done.defs["losses"][how].reshape(10, -1).mean(axis=1)
        assert abs(losses[-1] - losses[-2]) < 0.03 * losses[-1]
        assert losses[-1] == pytest.approx(stored.loc[name, "loss"].mean(), rel=0.06)


def test_a_set_size_is_answered_by_the_three_steps(done: Any) -> None:
    """A network that is perfect, and scrambles and stretches its latents, gives the truth."""
    script, rng = pictures_script(), np.random.default_rng(6)
    order, stretch = [2, 0, 3, 1], np.array([2.0, -1.0, 0.5, -3.0])

    class Perfect:
        def __init__(self, factors: np.ndarray) -> None:
            self.factors = factors

        def encoder(self, _: np.ndarray) -> np.ndarray:
            latents = (self.factors * stretch)[:, order]
            return np.column_stack([latents, latents])

        def decoder(self, latents: np.ndarray) -> np.ndarray:
            return script.draw(latents[:, np.argsort(order)] / stretch)

    noise = rng.normal(size=(100_000, 4))
    net = Perfect(script.factors_of(noise))
    names = done.defs["name_latents"](net, None, net.factors)
    assert list(names[0]) == np.argsort(order).tolist()
    found = done.defs["imagine_spots"](net, names, None, 1.5)
    truth = script.draw(done.defs["factors_of"](noise, 1.5))
    # The slope of brightness on size is estimated: 100,000 pictures, standard error .0025.
    assert np.abs(found - truth).max() < 0.01


def test_pictures_study_is_what_the_page_says() -> None:
    stored = stored_pictures()
    assert stored["training"].value_counts().tolist() == [6] * 4
    error = stored.groupby("training")["error"]
    assert error.max()["labels"] < error.min()["pairs, told which"]
    assert error.max()["pairs, told which"] < error.min()["pairs, not told"] < 1
    assert (error.get_group("pictures alone") > 1).sum() == 5
    assert stored["redrawn"].between(0.018, 0.0225).all()


@pytest.mark.deep
def test_pictures_study_writes_what_is_stored() -> None:
    """One training of the command's first world, run anew, gives the stored row."""
    script = pictures_script()
    (again,) = script.study(worlds.rng_of(script.SEED, 0), trainings=("labels",))
    row = stored_pictures().query("world == 0 and training == 'labels'").iloc[0]
    for name, room in (("mcc", 0.01), ("error", 0.05), ("slope", 0.05), ("redrawn", 0.003)):
        assert again[name] == pytest.approx(row[name], abs=room)
    assert again["loss"] == pytest.approx(row["loss"], rel=0.05)


# The exercises, as the page asks them -----------------------------------------------------------


def test_no_rounded_number_answers_exercise_3(run_notebook: Any) -> None:
    """Before it is done the page shows no number that its check would take."""
    page = run_notebook("notebooks", NAME)
    assert page.checks["check_3"].status == "todo"
    numbers = [
        float(number.translate(str.maketrans("−", "-", ",+")))
        for text in claims.shown_texts(page)
        for number in claims.NUMBER.findall(text)
    ]
    assert len(numbers) > 50
    knack = (math.log(0.7 / 0.3) + 0.5 - 1.8) / 0.8
    assert [n for n in numbers if abs(n - knack) <= 0.005 or abs(n - score(0, knack)) <= 0.1] == []


def test_tables_use_the_learners_functions(done: Any, run_notebook: Any) -> None:
    """Exercises 5 and 7: their rows appear with the answer, and nothing is computed without."""
    page = run_notebook("notebooks", NAME)
    assert page.defs["fairness"]["predictor"].tolist() == ["full", "unaware"]
    assert done.defs["fairness"]["predictor"].tolist() == ["full", "unaware", "fair"]
    assert len(page.defs["bounds"]) == 0
    assert len(done.defs["bounds"]) == 12


def test_exercises_on_the_page(done: Any) -> None:
    """Texts and numbers, by the page's own check cells."""
    one = asked(done, "check_1", "blind_share")
    accepted(one, ["1/2"])
    refused(one, {"host who knows": "2/3"})
    four = asked(done, "check_4", "accepted_share")
    accepted(four, [done.defs["accepted_share"]])
    refused(four, {"between 0 and 1": 100 * done.defs["accepted_share"]})
    eight = asked(done, "check_8", "act")
    accepted(eight, [done.defs["act"]])
    refused(eight, {"use `log`": lambda _, fever: 0.8 * fever})
    for judge in (one, four):
        never_done(judge)
