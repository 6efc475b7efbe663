"""The page on sensitivity: its formulas against published figures, data, and a known truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.formula.api as smf

from helpers.data import load_lalonde
from tests.pages import axis_titles
from tests.support import ROOT, Run, descriptions, move, run, sliders

PAGE = ROOT / "slides" / "teaching" / "sensitivity.py"


@pytest.fixture(scope="module")
def page() -> Run:
    """Return the page, run once as it opens."""
    return run(PAGE)


def test_the_example_is_that_of_notebook_05(page: Any) -> None:
    """Estimate, standard error and degrees of freedom are those of the job programme."""
    men = load_lalonde()
    held = "age + education_years + black + hispanic + married + no_degree"
    formula = f"earnings_1978 ~ treated + {held} + earnings_1974 + earnings_1975"
    fit = smf.ols(formula, men).fit()
    typed = [page.defs[name] for name in ("estimate", "error", "df")]
    assert typed == [
        round(fit.params["treated"]),
        round(fit.bse["treated"]),
        fit.df_resid,
    ]


def test_robustness_values_of_the_paper(page: Any) -> None:
    """Cinelli & Hazlett (2020), Darfur: 13.9 %, and 7.6 % for a test at 5 %."""
    value = page.defs["robustness_value"]
    assert value(4.184, 783) == pytest.approx(0.139, abs=0.0005)
    assert value(4.184, 783, 0.05) == pytest.approx(0.076, abs=0.0005)
    assert value(1.5, 783, 0.05) == 0
    for t_value, df in ((4, 20), (60, 3), (300, 5)):
        assert 0 < value(t_value, df, 0.05) < value(t_value, df) < 1


@pytest.mark.parametrize("share", [0.1, 0.35])
def test_at_the_robustness_value_nothing_is_left(page: Any, share: float) -> None:
    """The bias formula, at equal shares, gives back the estimate; the residuals agree."""
    df, error = 100, 2.0
    estimate = page.defs["bias_of"](error, df, share, share)
    assert page.defs["robustness_value"](estimate / error, df) == pytest.approx(share)


def test_a_hidden_cause_has_the_bias_that_is_said(page: Any) -> None:
    """Leave a column out of a regression: the estimate moves by the formula, in sample, exactly."""
    rng = np.random.default_rng(1)
    hidden = rng.normal(size=400)
    dose = 0.5 * hidden + rng.normal(size=400)
    outcome = 1.5 * dose + 2 * hidden + rng.normal(size=400)

    def ols(y: np.ndarray, *columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        design = np.column_stack([np.ones(400), *columns])
        slopes = np.linalg.lstsq(design, y, rcond=None)[0]
        return slopes, y - design @ slopes

    short, left = ols(outcome, dose)
    full, left_full = ols(outcome, dose, hidden)
    _, dose_left = ols(dose, hidden)
    by_outcome = 1 - left_full @ left_full / (left @ left)
    by_dose = 1 - dose_left @ dose_left / np.sum((dose - dose.mean()) ** 2)
    error = np.sqrt(left @ left / 398 / np.sum((dose - dose.mean()) ** 2))
    said = page.defs["bias_of"](error, 398, by_outcome, by_dose)
    assert said == pytest.approx(short[1] - full[1])


def test_the_right_rho_gives_the_truth(page: Any) -> None:
    """A world with correlated noises: least squares errs, the true correlation repairs it."""
    rng, n, rho = np.random.default_rng(2), 200_000, 0.6
    v = rng.normal(size=n)
    u = 3 * (rho * v + np.sqrt(1 - rho**2) * rng.normal(size=n))
    x = rng.normal(size=n)
    dose = 0.5 + 0.5 * x + v
    fit = smf.ols("y ~ dose + x", {"y": 2 + 3 * dose + x + u, "dose": dose, "x": x}).fit()
    row = fit.params["dose"], fit.bse["dose"], fit.df_resid
    assert row[0] == pytest.approx(4.8, abs=0.03)
    assert page.defs["effect_at"](rho, *row) == pytest.approx(3, abs=0.03)
    tip = page.defs["tipping_rho"](*row)
    assert page.defs["effect_at"](tip, *row) == pytest.approx(0, abs=1e-9)
    assert tip == pytest.approx(row[0] / np.sqrt(row[0] ** 2 + row[1] ** 2 * row[2]))


def test_e_values_of_the_paper(page: Any) -> None:
    """VanderWeele & Ding (2017): a ratio of 3.9 (1.8 to 8.7) has 7.26, and 3.0 for its end."""
    assert page.defs["e_value"](3.9) == pytest.approx(7.26, abs=0.005)
    assert page.defs["e_value_of_end"](1.8, 8.7) == pytest.approx(3.0, abs=0.005)
    assert page.defs["e_value"](1 / 3.9) == pytest.approx(page.defs["e_value"](3.9))
    assert page.defs["e_value"](1) == 1
    assert page.defs["e_value_of_end"](0.8, 1.3) == 1
    assert page.defs["e_value_of_end"](0.2, 0.5) == pytest.approx(page.defs["e_value"](0.5))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("", "1", "9"), "estimate"),
        (("many", "", "9"), "the estimate and the standard error"),
        (("1", "0", "9"), "greater than 0"),
        (("1", "-2", "9"), "greater than 0"),
        (("1", "2", "1"), "degrees"),
        (("0", "2", "9"), "nothing to explain"),
        (("nan", "inf", "__import__('os')"), "Type"),
    ],
)
def test_what_cannot_be_read_is_said(page: Any, typed: tuple[str, ...], words: str) -> None:
    """A sentence says what to mend; nothing that is typed is run."""
    values, message = page.defs["read_line"](*typed)
    assert values == (None, None, None)
    assert words in message


def test_numbers_as_people_type_them(page: Any) -> None:
    """Decimal commas, thousands, blanks and a long minus are read."""
    read = page.defs["read_number"]
    assert [read(each) for each in (" 1,548.2", "0,31", "−2", "1 548", "1e3")] == [
        1548.2,
        0.31,
        -2,
        1548,
        1000,
    ]
    assert read("1.2.3") is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [(("1", "x", "2"), "plain"), (("0", "0", "1"), "greater"), (("2", "3", "4"), "order")],
)
def test_ratios_that_cannot_be(page: Any, typed: tuple[str, ...], words: str) -> None:
    assert words in page.defs["read_ratio"](*typed)[1]


def test_pictures_say_what_they_show(page: Any) -> None:
    """Each has words for screen readers and titles on its axes; a slider moves the verdict."""
    found = descriptions(page)
    assert len(found) == 2
    assert all(len(words) > 40 for words in found)
    shares, rho = page.defs["chart_shares"], page.defs["chart_rho"]
    kept = shares(781, 1548, 604, 3, 3).to_dict()
    assert axis_titles([kept]) == {"of the treatment (%)", "of the outcome (%)"}
    lost = shares(781, 1548, 604, 30, 30).to_dict()
    assert kept["title"].startswith("The sign holds")
    assert lost["title"].startswith("The sign has turned")
    tip = page.defs["tipping_rho"](1548, 781, 604)
    assert rho(1548, 781, 604).to_dict()["title"] == f"Zero at ρ = +{tip:.2f}"
    for slider in sliders(page).values():
        assert slider is not None
    cost, *_ = move(page, "share_outcome", 30)
    assert cost < 2
