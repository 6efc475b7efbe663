"""What notebook 15 computes by hand, against routes of another kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, stats

NAME = "15_structural_bayes"


@pytest.fixture(scope="module")
def page(run_notebook: Any) -> dict[str, Any]:
    """Return the globals of the solved page."""
    return run_notebook("solutions", NAME).defs


# The joint model of a binary treatment -----------------------------------------------------------


def clients(n: int, seed: int) -> tuple[np.ndarray, ...]:
    """Return loss, coaching (0 or 1), columns of the loss and columns of the coaching."""
    x, z, v, u = np.random.default_rng(seed).normal(size=(4, n))
    t = (0.3 + 0.5 * x + z + v > 0) * 1.0
    y = 2 + 3 * t + x + 2 * (0.5 * v + np.sqrt(0.75) * u)
    ones = np.ones(n)
    return y, t, np.column_stack([ones, x]), np.column_stack([ones, x, z])


def chance_and_density(
    point: np.ndarray, y: float, t: float, x: np.ndarray, x_t: np.ndarray
) -> Any:
    """Return the density of one client's (loss, coaching): an integral over the hidden V."""
    effect, *line_y = point[:3]
    line_t, s, rho = point[3:6], np.exp(point[6]), np.tanh(point[7])
    left, cut = y - effect * t - x @ line_y, -x_t @ line_t  # coached where V is above the cut

    def density(v: float) -> float:
        return stats.norm.pdf(v) * stats.norm.pdf(left, rho * s * v, s * np.sqrt(1 - rho**2))

    low, high = (cut, 12.0) if t else (-12.0, cut)
    return integrate.quad(density, low, high, epsabs=1e-12)[0]


def test_the_likelihood_is_the_integral_over_what_is_hidden(page: dict[str, Any]) -> None:
    """The page's closed form, also where the treatment has columns of its own, and its slope."""
    y, t, x, x_t = clients(40, 3)
    point = np.array([2.5, 1.5, 0.8, 0.2, 0.4, 0.9, 0.6, 0.35])
    one_by_one = [chance_and_density(point, *each) for each in zip(y, t, x, x_t, strict=True)]
    value, slope = page["minus_log_likelihood"](point, y, t, x, x_t)
    assert -1_000 * value == pytest.approx(np.log(one_by_one).sum(), abs=1e-6)
    steps = optimize.approx_fprime(
        point, lambda at: page["minus_log_likelihood"](at, y, t, x, x_t)[0], 1e-7
    )
    assert np.allclose(slope, steps, atol=1e-6)


def test_the_fit_is_the_highest_point_and_its_error_the_bend(page: dict[str, Any]) -> None:
    """Another optimiser, without slopes, climbs no higher; rho held at 0 is least squares."""
    y, t, x, x_t = clients(1_500, 4)
    fit = page["fit_probit"](y, t, x, x_t=x_t)
    start = np.array([fit["effect (kg)"] + 0.3, 2.2, 1.1, 0.2, 0.6, 0.9, 0.6, 0.4])

    def value(at: np.ndarray) -> float:
        return page["minus_log_likelihood"](at, y, t, x, x_t)[0]

    look = {"xatol": 1e-7, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000, "adaptive": True}
    other = optimize.minimize(value, start, method="Nelder-Mead", options=look)
    assert fit["log_likelihood"] == pytest.approx(-1_000 * other.fun, abs=1e-3)
    assert fit["effect (kg)"] == pytest.approx(other.x[0], abs=0.01)
    assert fit["rho"] == pytest.approx(np.tanh(other.x[-1]), abs=0.005)
    assert abs(fit["effect (kg)"] - 3) < 3 * fit["its se"]
    held = page["fit_probit"](y, t, x, 0.0, x_t)
    design = np.column_stack([t, x])
    assert held["effect (kg)"] == pytest.approx(np.linalg.lstsq(design, y)[0][0], abs=1e-4)


def test_what_the_smokers_lose_at_rho_zero_is_the_likelihood_of_two_normals(
    page: dict[str, Any],
) -> None:
    """At rho 0 each model is least squares and a probit apart: 33 log units in the last."""
    gained, stopped, traits = (page[name] for name in ("gained", "stopped", "traits"))
    full = np.column_stack([np.ones(len(gained)), traits])
    for name, x, x_t in (
        ("both intercepts", full, full),
        ("none for weight", traits, full),
        ("none for stopping", full, traits),
        ("no intercepts", traits, traits),
    ):
        design = np.column_stack([stopped, x])
        left = gained - design @ np.linalg.lstsq(design, gained)[0]
        apart = stats.norm.logpdf(left, 0, rms(left)).sum()

        def probit(line: np.ndarray, x: np.ndarray = x_t) -> float:
            return -stats.norm.logcdf((2 * stopped - 1) * (x @ line)).sum()

        apart -= optimize.minimize(probit, np.zeros(x_t.shape[1]), method="BFGS").fun
        row = page["joint_smokers"].loc[name]
        assert row["log_likelihood"] - row["lost at rho 0"] == pytest.approx(apart, abs=0.01)


def test_what_the_fourth_judge_says_of_our_fit(page: dict[str, Any]) -> None:
    """Without intercepts rho is near that program's -0.28; s used twice is about what is left."""
    row = page["joint_smokers"].loc["no intercepts"]
    assert row["rho"] == pytest.approx(-0.276, abs=row["rho se"])
    assert page["check_4"].message.count(f"{row['rho']:.2f}".replace("-", "−")) == 1
    both = np.column_stack([page["stopped"], page["traits"]])
    left = page["gained"] - both @ np.linalg.lstsq(both, page["gained"])[0]
    assert rms(left) == pytest.approx(np.sqrt(2) * 5, rel=0.1)


def rms(left: np.ndarray) -> float:
    """Return the spread around zero."""
    return float(np.sqrt(np.mean(left**2)))


# The posterior without a sampler -----------------------------------------------------------------


def by_brute_force(
    habit: np.ndarray,
    letters: np.ndarray,
    hours: np.ndarray,
    loss: np.ndarray,
    rng: Any,
    draws: int,
) -> tuple[float, ...]:
    """Return means and sds of alpha and rho: draws of the program's prior, weighted by likelihood.

    No regression, no formula for alpha, no Jacobian: only the two mechanisms and their priors.
    """
    a_t, b_t, g, beta = rng.normal(size=(4, draws, 1))
    a_y, alpha = 3 * rng.normal(size=(2, draws, 1))
    s_v, s_u = (np.exp(mean + 0.3 * rng.normal(size=(draws, 1))) for mean in (0, 1))
    rho = rng.uniform(-1, 1, (draws, 1))
    v = (hours - a_t - b_t * habit - g * letters) / s_v
    u = (loss - a_y - alpha * hours - beta * habit) / s_u
    square = np.sum((u**2 - 2 * rho * u * v + v**2) / (1 - rho**2), axis=1)
    log = -square / 2 - len(habit) * np.log(s_u * s_v * np.sqrt(1 - rho**2))[:, 0]
    w = np.exp(log - log.max())
    return moments(alpha[:, 0], rho[:, 0], w / w.sum())


def moments(alpha: np.ndarray, rho: np.ndarray, w: np.ndarray) -> tuple[float, ...]:
    """Return mean and sd of alpha and of rho, and the effective number of draws."""
    means = w @ alpha, w @ rho
    sds = np.sqrt(w @ (alpha - means[0]) ** 2), np.sqrt(w @ (rho - means[1]) ** 2)
    return means[0], sds[0], means[1], sds[1], 1 / (w @ w)


@pytest.mark.parametrize("sent", [1, 0])
def test_weighted_draws_are_the_posterior(page: dict[str, Any], sent: int) -> None:
    """With nine clients every prior and the Jacobian count; weighing the prior says the same."""
    rng = np.random.default_rng(11)
    habit, letters, v, e = rng.normal(size=(4, 9))
    letters = sent * letters
    hours = 0.5 + 0.5 * habit + letters + v
    loss = 1 + hours + habit + 2.5 * (0.5 * v + np.sqrt(0.75) * e)
    many = [by_brute_force(habit, letters, hours, loss, rng, 300_000) for _ in range(6)]
    goal, error = np.mean(many, axis=0), np.std(many, axis=0) / np.sqrt(6)
    found = page["weighted_draws"](
        habit, letters if sent else None, hours, loss, np.random.default_rng(12), 400_000
    )
    mine = moments(*found)
    assert mine[4] > 1_000
    room = 3 * error[:4] + 3 / np.sqrt(mine[4]) * np.array([mine[1], mine[1], mine[3], mine[3]])
    assert (np.abs(np.array(mine[:4]) - goal[:4]) < room).all(), (mine, goal, room)
    assert room[0] < 0.2
    assert room[2] < 0.06
