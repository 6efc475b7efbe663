"""Notebook 18: its numbers against closed forms, what it runs against what it shows, exercises."""

from __future__ import annotations

import functools
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import statsmodels.api as sm

from helpers import cases
from helpers.lessons import your_case
from tests import claims
from tests.answers import accepted, asked, never_done, refused
from tests.claims import prior_of
from tests.cold import load
from tests.support import ROOT, recheck, run

NAME = "18_your_own_case"
OWN = {
    "bakery": (
        (
            "weekday -> price: -medium\nweekday -> loaves: strong\nprice -> loaves: -6 loaves\n"
            "price: number, euros, 3, 0.4\nloaves: number, loaves, 120, 20"
        ),
        "price",
        "loaves",
        "",
    ),
    "time": (
        "price -> sales: -0.8\nsales -> price next: strong\nseason -> sales\nseason -> season next",
        "price",
        "sales",
        "",
    ),
    "coaching": (
        (
            "ambition -> coaching: strong\nambition -> solved: strong\n"
            "invited -> coaching: strong\n"
            "seniority -> coaching\nseniority -> solved\ncoaching -> solved: +3 calls\n"
            "solved: number, calls, 40, 6\ncoaching: yes/no\ninvited: yes/no"
        ),
        "coaching",
        "solved",
        "ambition",
    ),
    "counts": ("checks -> falls: -0.08\nchecks: count, 8\nfalls: count, 2", "checks", "falls", ""),
    "no way": ("u -> t\nu -> y\nt -> y\ny: count, 3", "t", "y", "u"),
}
"""Cases of our own; "coaching" and the last one have no set of measured names that will do."""


@pytest.fixture
def done(run_notebook: Any) -> Any:
    return run_notebook("solutions", NAME)


@functools.cache
def case_of(name: str) -> cases.Case:
    if name in OWN:
        return cases.read_case(*OWN[name])
    return your_case.read(None, cases.starters()[name])


def visits(coupon: float, base: Any, strength: Any, mood: float = 0.25) -> Any:
    """Return the mean number of visits at one value of the coupon: the mood is N(0, 1)."""
    return np.exp(base + strength * (coupon - 0.3) + mood**2 / 2)


def shop_effect(base: Any = 0.693, strength: Any = 0.3, worth: Any = 5.0) -> Any:
    """Return the effect of a coupon on spending, in euros: exact."""
    return worth * (visits(1, base, strength) - visits(0, base, strength))


def robust(table: pd.DataFrame, names: list[str]) -> Any:
    """Return the fit of spending on coupon and names, with robust errors, by statsmodels."""
    x = sm.add_constant(table[["coupon", *names]].astype(float))
    return sm.OLS(table["spending"], x).fit(cov_type="HC0")


# The program -------------------------------------------------------------------------------------


def test_what_runs_is_what_is_shown(done: Any) -> None:
    """The text on the page, run here, draws the page's own table."""
    text, seed = done.defs["case_program"], done.defs["SEED"]
    shown = [o.text for o in done.outputs if "def build(n)" in getattr(o, "text", "")]
    assert len(shown) == 1
    assert "pm.HalfNormal(&quot;spending_sd&quot;, 30)" in shown[0]
    space: dict[str, Any] = {}
    exec(text, space)  # noqa: S102
    world = pm.do(space["build"](5_000), space["guess"])
    again = cases.sampler(world, done.defs["case"].measured)(seed).head(done.defs["N_UNITS"])
    pd.testing.assert_frame_equal(again, done.defs["simulated"])


def test_the_program_is_short_and_has_units() -> None:
    text = cases.write_program(case_of("Marketing"))
    lines = text.splitlines()
    assert len(lines) < 70
    priors = [
        line for line in lines if "pm." in line and "dims" not in line and "Model" not in line
    ]
    priors = [line for line in priors if "math" not in line]
    assert len(priors) == 15
    assert all("  # " in line for line in priors)
    assert "visit_to_spending = pm.Normal" in text
    assert "# euros per visit" in text


def test_priors_are_the_guess_give_or_take_as_much() -> None:
    model = cases.run(cases.write_program(case_of("Marketing")))[0](3)
    expected = {
        "loyalty_to_spending": ("Normal", [8, 8]),
        "visit_to_spending": ("Normal", [5, 5]),
        "coupon_to_visit": ("Normal", [0.3, 0.3]),
        "visit_base": ("Normal", [0.693, 0.5]),
        "loyalty_to_coupon": ("Normal", [1.2, 1.2]),
        "spending_base": ("Normal", [60, 15]),
        "coupon_base": ("Normal", [-0.847, 1]),
    }
    assert {name: prior_of(model, name) for name in expected} == expected
    assert prior_of(model, "spending_sd")[0] == "HalfNormal"
    assert prior_of(model, "spending_sd")[1][-1] == 30


@pytest.mark.parametrize("name", [*cases.starters(), *OWN])
def test_forward_simulation_is_quick(name: str) -> None:
    """5,000 units under a second, compiling left aside; the same seed gives the same units."""
    case = case_of(name)
    build, guess = cases.run(cases.write_program(case))
    draw = cases.sampler(pm.do(build(5_000), guess), case.measured)
    start = time.process_time()
    table = draw(4)
    assert time.process_time() - start < 1
    pd.testing.assert_frame_equal(draw(4), table)
    assert not set(table) & {case.key(hidden) for hidden in case.graph.hidden}
    for node in case.nodes.values():
        if node.key in table and node.kind == "yes/no":
            assert abs(table[node.key].mean() - node.mean) < 0.12
        elif node.key in table and node.kind == "count":
            assert table[node.key].mean() == pytest.approx(node.mean, rel=0.35)


def test_what_causes_what_in_the_program_is_what_the_graph_says() -> None:
    for name in [*cases.starters(), *OWN]:
        case = case_of(name)
        model = cases.run(cases.write_program(case))[0](3)
        parents = your_case._parents(model)
        nodes = {node.key for node in case.nodes.values()}
        for node in case.nodes.values():
            drawn = parents[node.key] & nodes
            assert drawn == {case.key(cause) for cause in case.parents(node.name)}


# The answers -------------------------------------------------------------------------------------


def test_truth_in_closed_form(done: Any) -> None:
    """3.30 euros; the page's 40 draws are within four Monte Carlo errors."""
    draws = done.defs["effect_draws"]
    assert shop_effect() == pytest.approx(3.30, abs=0.01)
    assert abs(done.defs["true_effect"] - shop_effect()) < 4 * draws.std(ddof=1) / np.sqrt(40)
    assert done.defs["shop_effect"] == pytest.approx(done.defs["true_effect"], abs=1e-9)


def test_answers_by_another_library(done: Any) -> None:
    table, answers = done.defs["simulated"], done.defs["answers"].set_index("method")
    every = ["loyalty", "season", "visit", "newsletter_opened"]
    for method, names in (
        ("naive", []),
        ("adjusted", ["loyalty", "season"]),
        ("every column", every),
    ):
        fit = robust(table, names)
        expected = [fit.params["coupon"], *fit.conf_int(0.06).loc["coupon"]]
        assert np.allclose(
            answers.loc[method, ["estimate", "lower", "upper"]].astype(float), expected, atol=1e-6
        )
    assert answers.loc["naive", "lower"] > 8
    assert answers.loc["every column", "upper"] < shop_effect()
    assert sorted(done.defs["every_column"]) == sorted(every)


def test_the_truth_of_exercise_4(done: Any) -> None:
    exact = 60 + 5 * (visits(1, 0.693, 0.3) - 2)
    assert done.defs["shop_truth"] == pytest.approx(exact, abs=0.25)
    assert done.defs["holders"] - exact > 5


def test_repeated_worlds(done: Any) -> None:
    """Naive never covers with 5,000 units, adjusted as often as its level says."""
    grades, n = done.defs["grades"].set_index("method"), done.defs["N_WORLDS"]
    assert grades.loc["naive", "coverage"] == 0
    assert abs(grades.loc["adjusted", "coverage"] - 0.94) < 4 * np.sqrt(0.94 * 0.06 / n)
    assert abs(grades.loc["adjusted", "bias"]) < 4 * grades.loc["adjusted", "bias_se"]
    clear = done.defs["clear"].set_index(["method", "n"])["clear"]
    assert clear["naive", 500] > 0.95
    assert clear["adjusted", 500] < 0.7
    assert done.defs["n_clear"] in {1_000, 2_000, 5_000}


def test_the_hunch_turns_the_answer(done: Any) -> None:
    hunches, truth = done.defs["hunches"].set_index("strength"), done.defs["hunch_truth"]
    assert truth == pytest.approx(shop_effect(), abs=0.08)
    assert abs(hunches.loc[0.0, "estimate"] - truth) < 3
    assert hunches["estimate"].is_monotonic_increasing or hunches["estimate"].diff().min() > -1
    assert hunches.loc[-1.5, "estimate"] < 0 < hunches.loc[1.5, "estimate"]
    assert done.defs["hunch_unit"] == "log odds per sd of mood_for_shopping"
    assert "into the treatment, from something" in done.defs["turns"]
    shown = [getattr(output, "text", "") for output in done.outputs]
    assert not any("into the treatment, from something" in text for text in shown)  # not moved yet
    assert -1 <= done.defs["turning_point"] <= -0.2


def test_suspicion_has_both_arrows_in_every_case() -> None:
    for name in [*cases.starters(), *OWN]:
        case = case_of(name)
        found, key = cases.suspect(case)
        hidden = min(found.graph.hidden)
        causes = {(a, b) for a, b in found.graph.edges if a in found.graph.hidden}
        targets = {b for _, b in causes}
        assert {case.graph.treatment, case.graph.outcome} <= targets
        assert key in cases.guess_of(found)
        assert hidden in found.nodes


# Learning ----------------------------------------------------------------------------------------


def test_strengths_are_learnt(done: Any) -> None:
    """Those of the invented table are inside their intervals, save for the rate of the level."""
    learnt, fainter, guess = (done.defs[k] for k in ("learnt", "fainter", "guess"))
    assert len(learnt) == 8
    inside = (learnt["lower"] < 0.6) & (learnt["upper"] > 0.6)
    assert inside.sum() >= 6
    assert fainter["visit_to_spending"] == pytest.approx(0.6 * guess["visit_to_spending"])
    assert set(done.defs["assumed"]) == {
        "mood_for_shopping_to_visit",
        "mood_for_shopping_to_spending",
    }


def test_scenarios_in_closed_form(done: Any) -> None:
    """Means under `do` for every learnt draw, against the exact ones."""
    rows, plans = done.defs["learnt_rows"], done.defs["plan_draws"]
    for value, plan in ((0, "coupon = 0 for all"), (1, "coupon = 1 for all")):
        mean = visits(value, rows["visit_base"], rows["coupon_to_visit"])
        exact = rows["spending_base"] + rows["visit_to_spending"] * (mean - 2)
        error = plans[plan] - exact.to_numpy()
        assert abs(error.mean()) < 0.15  # 2,000 new units for each of 200 draws
    assert len(rows) >= 200
    gain = shop_effect(rows["visit_base"], rows["coupon_to_visit"], rows["visit_to_spending"])
    assert done.defs["gain_mean"] == pytest.approx(gain.mean(), abs=0.05)
    assert done.defs["gain_lower"] < shop_effect(0.693, 0.18, 3.0) < done.defs["gain_upper"]


def test_scenarios_say_what_they_assume(done: Any) -> None:
    frame = done.defs["scenarios"]
    assert {"scenario", "mean", "lower", "upper", "assumes"} <= set(frame)
    assert len(frame) == 4
    assert frame["assumes"].str.contains("mood for shopping").all()
    assert (frame["lower"] < frame["mean"]).all()
    assert (frame["mean"] < frame["upper"]).all()


def test_a_file_takes_the_place_of_the_invented_table(done: Any) -> None:
    """Its rows arrive; another file's refusal keeps the page going on with the invented one."""
    other = done.defs["shop"].head(300)
    field = SimpleNamespace(value=[SimpleNamespace(contents=other.to_csv(index=False).encode())])
    table = cases.read_table(your_case.content_of(field, b""), 1)
    columns = your_case.choose_columns(done.defs["case"], table).value
    found, notes = cases.fit_columns(done.defs["case"], table.frame, columns)
    assert notes == []
    assert np.allclose(found["spending"], other["spending"])
    assert set(found["coupon"]) == {0, 1}
    assert abs(found["loyalty"].mean()) < 1e-9


# Taking home -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*cases.starters(), *OWN])
def test_the_case_at_home_runs_by_itself(name: str, tmp_path: Path) -> None:
    """It imports nothing of the course, and its answers are those of its program."""
    case = case_of(name)
    chosen = case.graph.one_adjustment_set()
    names = None if chosen is None else [case.key(node) for node in chosen]
    text = cases.write_notebook(case, "# Ours\n\n'\"\\ {x}\n```", names, seed=5, n_rows=900)
    assert "helpers" not in text
    assert "__generated_with" in text
    path = tmp_path / "our_case.py"
    path.write_text(text, encoding="utf-8")
    _, found = load(path).app.run()
    answers = found["answers"]
    assert list(answers.index) == ["naive", *([] if names is None else ["adjusted"]), "do"]
    assert np.isfinite(answers).all()
    assert len(found["simulated"]) == 900
    if name == "bakery":
        assert answers["do"] == pytest.approx(-6, abs=1e-6)
        assert answers["adjusted"] == pytest.approx(-6, abs=3)


def test_the_page_of_the_run(done: Any) -> None:
    page = done.defs["one_page"]
    assert page.startswith("# What does coupon do to spending?")
    assert "an invented table" in page
    assert done.defs["turns"] in page
    assert done.defs["case_notebook"].count("@app.cell") == 5
    assert f"+{done.defs['gain_mean']:.2f} euros" in page
    assert "adjusted for loyalty, season, visit, newsletter opened" in page.replace("&#95;", " ")


def test_the_notebook_at_home_says_what_the_page_says(done: Any, tmp_path: Path) -> None:
    """The same table, so the same regressions; `do` up to its Monte Carlo error."""
    path = tmp_path / "our_case.py"
    path.write_text(done.defs["case_notebook"], encoding="utf-8")
    _, found = load(path).app.run()
    ours, theirs = done.defs["answers"].set_index("method")["estimate"], found["answers"]
    assert theirs["naive"] == pytest.approx(ours["naive"], abs=1e-9)
    assert theirs["adjusted"] == pytest.approx(ours["adjusted"], abs=1e-9)
    assert theirs["do"] == pytest.approx(ours["do"], abs=8 * done.defs["truth_error"])


def on_page(monkeypatch: pytest.MonkeyPatch, name: str) -> Any:
    """Return the run of the solution, on a case of our own."""
    text, treatment, outcome, hidden = OWN[name]
    typed = SimpleNamespace(
        value={"text": text, "treatment": treatment, "outcome": outcome, "hidden": hidden},
        text="",
    )
    monkeypatch.setattr(your_case, "ask", lambda _: typed)
    return run(ROOT / "solutions" / f"{NAME}.py", DRAWS=600, N_WORLDS=5)


@pytest.mark.deep
def test_a_case_that_no_set_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says so at each step, and names what could help."""
    found = on_page(monkeypatch, "coaching")
    shown = " ".join(
        [*claims.titles(found), *(getattr(output, "text", "") for output in found.outputs)]
    )
    assert {check.status for check in found.checks.values()} == {"done"}
    assert found.defs["no_set"] == found.defs["turns"]
    assert "“invited”, an instrument" in found.defs["no_set"]
    assert shown.count("No set of measured columns will do") >= 2
    assert "off on average: " in shown
    assert "adjusted for seniority, enough at 0 alone" in shown
    at_zero = found.defs["hunches"].set_index("strength").loc[0.0, "estimate"]
    assert at_zero == pytest.approx(3, abs=0.6)
    assert found.defs["answers"]["estimate"][0] > 4
    assert "No hidden arrow" not in found.defs["one_page"]


@pytest.mark.deep
def test_another_case_takes_the_whole_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same page, on a team's own case: every cell runs, every exercise stays answerable."""
    found = on_page(monkeypatch, "bakery")
    assert {check.status for check in found.checks.values()} == {"done"}
    assert found.defs["case"].treatment.key == "price"
    assert found.defs["true_effect"] == pytest.approx(-6, abs=1e-6)
    assert "What does price do to loaves?" in found.defs["one_page"]
    assert found.defs["gain_lower"] < -3.6 < found.defs["gain_upper"]


# Exercises ---------------------------------------------------------------------------------------


def test_exercise_1(done: Any) -> None:
    judge = asked(done, "check_1", "direction")
    accepted(judge, ["too high", "Too high"])
    refused(judge, {"Would these customers": "too low", "a coin": "about right"})
    never_done(judge)


def test_exercise_3(done: Any) -> None:
    judge = asked(done, "check_3", "adjust_for")
    accepted(judge, [{"season", "loyalty"}, ["loyalty", "season"]])
    refused(judge, {"shut": {"loyalty", "season", "visit"}, "which other": {"loyalty"}})
    never_done(judge)


def test_exercise_4(done: Any) -> None:
    judge, shop = asked(done, "check_4", "everybody"), done.defs["shop"]
    given = pm.do(done.defs["shop_world"], {"coupon": np.ones(5_000, dtype=int)})
    other = pm.draw(given["mu_spending"], random_seed=99, mode="FAST_COMPILE").mean()
    accepted(judge, [other, 60 + 5 * (visits(1, 0.693, 0.3) - 2)])
    wrong = {"Filtering": done.defs["holders"], "as it is": shop["spending"].mean()}
    refused(judge, wrong)
    never_done(judge)


def test_exercise_5(done: Any) -> None:
    judge, table = asked(done, "check_5", "naive_coverage"), done.defs["repeated"]
    table = table.assign(covers=table["truth"].between(table["lower"], table["upper"]))
    shares = table.groupby(["method", "n"])["covers"].mean()
    naive, adjusted = (
        [shares[method, n] for n in (100, 5_000)] for method in ("naive", "adjusted")
    )
    assert naive[0] > 0.05
    assert naive[1] == 0
    accepted(judge, [naive, np.array(naive)])
    refused(judge, {"adjusted": adjusted, "not it": [0, 0], "shape": 0})
    never_done(judge)


def test_exercise_6(done: Any) -> None:
    judge, parcels = asked(done, "check_6", "delay_effect"), done.defs["parcels"]
    x = sm.add_constant(parcels[["express_carrier", "distance", "priority_in_depot"]].astype(float))
    accepted(judge, [sm.OLS(parcels["delay"], x).fit().params["express_carrier"]])
    means = parcels.groupby("express_carrier")["delay"].mean()
    refused(judge, {"naive": means[1] - means[0]})
    never_done(judge)


def test_exercise_2_reads_any_model(done: Any) -> None:
    with pm.Model() as turned:
        visit = pm.Poisson("visit", 2)
        pm.Bernoulli("coupon", pm.math.sigmoid(visit))
        pm.Normal("spending", visit, 1)
    assert "still decides" in recheck(done, "check_2", mended_model=turned).message
    never_done(asked(done, "check_2", "mended_model"))
