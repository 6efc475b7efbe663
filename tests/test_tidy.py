"""Summaries of draws against closed forms and against ArviZ."""

from __future__ import annotations

import re

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from scipy import stats

from helpers import tidy


@pytest.fixture(scope="module")
def posterior() -> xr.DataTree:
    """Return draws of a scalar and a vector, four chains of 500."""
    rng = np.random.default_rng(1)
    return az.from_dict(
        {
            "posterior": {"mu": rng.normal(2, 1, (4, 500)), "beta": rng.normal(0, 1, (4, 500, 2))},
            "sample_stats": {"diverging": np.zeros((4, 500), dtype=bool)},
        },
        dims={"beta": ["covariate"]},
        coords={"covariate": ["age", "income"]},
    )


def test_hdi_of_a_gamma_is_its_highest_density_region() -> None:
    """The shortest interval: equal density at both ends, the stated mass inside."""
    draws = stats.gamma(3).rvs(200_000, random_state=np.random.default_rng(2))
    lower, upper = tidy.hdi(draws)
    density = stats.gamma(3).pdf([lower, upper])
    assert density[0] == pytest.approx(density[1], rel=0.15)
    assert np.diff(stats.gamma(3).cdf([lower, upper])).item() == pytest.approx(0.94, abs=0.005)
    assert lower < stats.gamma(3).ppf(0.03)


def test_hdi_agrees_with_arviz() -> None:
    """ArviZ finds the same interval, up to a draw."""
    draws = np.random.default_rng(3).gamma(2, 1, (4, 1000))
    assert tidy.hdi(draws) == pytest.approx(tuple(az.hdi(draws.ravel(), prob=0.94)), abs=0.02)


@pytest.mark.parametrize("bad", [0, 1, 94])
def test_hdi_refuses_a_level_that_is_none(bad: float) -> None:
    """A probability of 94 is meant to be .94, and no draws have no interval."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        tidy.hdi([1.0, 2.0], bad)
    with pytest.raises(ValueError, match="finite"):
        tidy.hdi([np.nan])


def test_tidy_draws_keeps_chains_and_coordinates(posterior: xr.DataTree) -> None:
    """One row a draw and element; trees, datasets and dicts of arrays give the same numbers."""
    frame = tidy.tidy_draws(posterior)
    assert list(frame.columns) == ["chain", "draw", "variable", "covariate", "value"]
    assert len(frame) == 4 * 500 * 3
    means = frame[frame["variable"] == "beta"].groupby("covariate")["value"].mean()
    array = posterior["posterior"]["beta"]
    assert means["age"] == pytest.approx(float(array.sel(covariate="age").mean()))
    same = tidy.tidy_draws({"mu": posterior["posterior"]["mu"].to_numpy()})
    assert same["value"].tolist() == frame.loc[frame["variable"] == "mu", "value"].tolist()
    assert len(tidy.tidy_draws(posterior["posterior"].to_dataset(), ["mu"])) == 2000


def test_tidy_draws_says_what_it_needs(posterior: xr.DataTree) -> None:
    """Unknown names, flat arrays and strangers are answered with what is expected."""
    with pytest.raises(KeyError, match="there are: "):
        tidy.tidy_draws(posterior, ["sigma"])
    with pytest.raises(ValueError, match="chain, draw"):
        tidy.tidy_draws({"mu": np.zeros(10)})
    with pytest.raises(TypeError, match="DataTree"):
        tidy.tidy_draws(3)


def test_summarise(posterior: xr.DataTree) -> None:
    """Mean, sd and interval of a standard case."""
    row = tidy.summarise({"mu": posterior["posterior"]["mu"]}).iloc[0]
    assert (row["mean"], row["sd"]) == pytest.approx((2, 1), abs=0.1)
    assert (row["lower"], row["upper"]) == pytest.approx((2 - 1.88, 2 + 1.88), abs=0.25)


def test_diagnostics_pass_and_fail(posterior: xr.DataTree) -> None:
    """Independent draws pass; chains that disagree, few draws and a divergence do not."""
    assert bool(tidy.diagnostics(posterior)["passed"].item())
    draws = posterior["posterior"]["mu"].to_numpy()

    def verdict(mu: np.ndarray, *, diverging: bool = False) -> bool:
        stats_group = {"diverging": np.full(mu.shape, diverging)}
        tree = az.from_dict({"posterior": {"mu": mu}, "sample_stats": stats_group})
        return bool(tidy.diagnostics(tree)["passed"].item())

    assert not verdict(draws + np.arange(4)[:, None])
    assert not verdict(draws[:, :60])
    assert not verdict(draws, diverging=True)
    assert verdict(draws)


def test_diagnostics_are_shown_beside_the_rule(posterior: xr.DataTree) -> None:
    """The table gives rule and value, and says whether the fit may be read."""
    good = tidy.diagnostics(posterior)
    assert "may be read" in tidy.show_diagnostics(good).text
    bad = tidy.show_diagnostics(good.assign(divergences=3, passed=False)).text
    assert "must not be read" in bad
    assert '<td style="text-align: left;">3</td>' in bad


def test_both_libraries_give_one_frame() -> None:
    """The same model in PyMC and NumPyro: same columns, same posterior as the closed form."""
    import jax
    import numpyro
    import numpyro.distributions as dist
    from numpyro.infer import MCMC, NUTS

    data = np.random.default_rng(5).normal(1, 1, 50)
    exact_mean, exact_sd = data.sum() / 51, 51**-0.5

    with pm.Model():
        mu = pm.Normal("mu", 0, 1)
        pm.Normal("y", mu, 1, observed=data)
        idata = pm.sample(500, tune=500, chains=4, random_seed=1, backend="jax", progressbar=False)

    def model(y: np.ndarray) -> None:
        mu = numpyro.sample("mu", dist.Normal(0, 1))
        with numpyro.plate("unit", len(y)):
            numpyro.sample("y", dist.Normal(mu, 1), obs=y)

    mcmc = MCMC(
        NUTS(model),
        num_warmup=500,
        num_samples=500,
        num_chains=4,
        chain_method="vectorized",
        progress_bar=False,
    )
    mcmc.run(jax.random.PRNGKey(1), data)
    named = tidy.posterior_from_numpyro(mcmc, dims={"mu": []}, coords={"unit": np.arange(3)})
    assert named["posterior"]["mu"].dims == ("chain", "draw")
    for tree in (idata, tidy.posterior_from_numpyro(mcmc)):
        frame = tidy.tidy_draws(tree, ["mu"])
        assert list(frame.columns) == ["chain", "draw", "variable", "value"]
        assert frame["value"].mean() == pytest.approx(exact_mean, abs=4 * exact_sd / 400**0.5)
        assert frame["value"].std() == pytest.approx(exact_sd, rel=0.15)
        assert bool(tidy.diagnostics(tree)["passed"].item())


@pytest.mark.parametrize(
    ("value", "digits", "unit", "expected"),
    [
        (-0.919, 2, "", "−0.92"),
        (-0.001, 2, "", "0.00"),
        (1548.237, 2, "", "1,548.24"),
        (-635.03, 0, "$", "−$635"),
    ],
)
def test_number_prints_a_true_minus(value: float, digits: int, unit: str, expected: str) -> None:
    """The minus sign stands before the currency, and zero has none."""
    assert tidy.number(value, digits, unit) == expected
    plus = "+" if value > 0 else ""
    assert tidy.signed(value, digits, unit) == plus + expected


@pytest.mark.parametrize(
    ("share", "digits", "expected"),
    [
        (0.94, 0, "94 %"),
        (0.9996, 0, "> 99 %"),
        (0.9996, 1, "> 99.9 %"),
        (0.0004, 0, "< 1 %"),
        (0.0, 0, "0 %"),
        (1.0, 0, "100 %"),
        (-0.0636, 1, "−6.4 %"),
    ],
)
def test_percent_never_prints_certainty(share: float, digits: int, expected: str) -> None:
    """A probability close to 0 or 1 is not printed as 0 or 1."""
    assert tidy.percent(share, digits) == expected


def test_table_writes_numbers_as_the_course_does() -> None:
    """True minus signs, fixed digits, thousands apart, a dash for what is missing."""
    frame = pd.DataFrame({"n": [1, -20_000], "x": [-0.125, np.nan], "what": ["a|b", True]})
    text = tidy.as_table(frame, digits=1).text
    rows = re.findall(r"<tr>(.*?)</tr>", text, flags=re.DOTALL)
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in rows]
    assert found == [["n", "x", "what"], ["1", "−0.1", "a|b"], ["−20,000", "–", "True"]]
    assert "marimo-table" not in text


@pytest.mark.parametrize(
    ("frame", "head"),
    [
        (pd.DataFrame({"x": [1]}, index=["row"]), ["", "x"]),
        (pd.DataFrame({"x": [1]}, index=pd.Index([3], name="week")), ["week", "x"]),
        (pd.DataFrame({"x": [1]}, index=[3]), ["x"]),
        (pd.DataFrame({("x", "low"): [1], ("x", ""): [2]}), ["x, low", "x"]),
        (pd.DataFrame({"x": [1], "g": ["a"], "h": [2]}).set_index(["g", "h"]), ["g", "h", "x"]),
    ],
)
def test_table_shows_an_index_that_says_something(frame: pd.DataFrame, head: list[str]) -> None:
    """Names and texts are shown, bare numbers of rows are not."""
    text = tidy.as_table(frame).text
    assert re.findall(r"<th [^>]*>(.*?)</th>", text, flags=re.DOTALL) == head
