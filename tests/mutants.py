"""Careless edits, and how many the suite notices: `uv run python -m tests.mutants [--only 02]`.

Each stored edit is made in a copy of the course, alone; a solution is derived again, as its author
would; then the tests that read the file run until the first one fails. Printed per edit: noticed
(and by which test) or escaped; at the end the share of each kind. An edit whose text stands in the
file no longer, or twice, is an error: store another.

First every selected test runs in the untouched copy: what fails there proves nothing. The exit
status is 1 where too few are noticed: of code under 9 in 10, of words under 8 in 10.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT

KINDS = ("code", "prose", "unit", "level", "prior", "hint", "tolerance", "helper", "judge")
"""Code, a sentence, a unit, an interval's level or a prior of a notebook; a hint, a tolerance or a
verdict of a lesson; a line of helpers/."""
WORDS = ("prose", "unit", "hint")
"""Kinds of what is read rather than run."""
NOTICED_CODE, NOTICED_WORDS = 0.9, 0.8
"""The shares of code (and what works like it) and of words that must be noticed."""
BY_NOTEBOOK = ("tests/test_notebooks.py", "tests/test_numbers.py", "tests/test_page.py")
AFTER_DERIVING = "test_derived_equals_committed"
"""An edit is derived, as its author would: that test would derive all notebooks again."""
BY_CLOCK = ("test_cold_run", "test_budget")
"""What is measured with a clock notices a busy machine, and no edit."""
LEFT_OUT = [f"--deselect=tests/test_notebooks.py::{name}" for name in (AFTER_DERIVING, *BY_CLOCK)]
NO_CLOCK = "not answer_at_once and not answers_quickly and not are_quick and not moves_at_once"
"""Words with underscores: the test of a claim is named by the claim's own words, with hyphens."""
NOTHING = 5  # exit status of pytest where no test was selected


@dataclass(frozen=True)
class Edit:
    """One careless edit.

    Attributes:
        file: from the top of the course.
        old: text that stands in it once.
        new: what takes its place.
        kind: one of `KINDS`.
    """

    file: str
    old: str
    new: str
    kind: str

    def __str__(self) -> str:
        return f"{self.kind}, {self.file}: {_short(self.old)} -> {_short(self.new)}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= 60 else text[:57] + '...'}”"


ONE = "solutions/01_causal_graphs.py"
CAUSAL_GRAPHS = "helpers/lessons/causal_graphs.py"
TWO = "solutions/02_confounders_colliders_mediators.py"
THREE, S_LEARNER = "solutions/03_s_learner.py", "helpers/lessons/s_learner.py"
FIVE = "solutions/05_lalonde_do_operator.py"
CONFOUNDERS, LALONDE = (f"helpers/lessons/{name}.py" for name in ("confounders", "lalonde"))
TEN, ELEVEN = (f"solutions/{name}.py" for name in ("10_identification", "11_weighting"))
IDENTIFICATION, WEIGHTING = (
    f"helpers/lessons/{name}.py" for name in ("identification", "weighting")
)
FOURTEEN, SWITCHBACK = "solutions/14_switchback.py", "helpers/lessons/switchback.py"
FIFTEEN, STRUCTURAL = "solutions/15_structural_bayes.py", "helpers/lessons/structural.py"
SIXTEEN = "solutions/16_counterfactuals.py"
COUNTERFACTUALS = "helpers/lessons/counterfactuals.py"
SEVENTEEN = "solutions/17_decisions.py"
DECISIONS = "helpers/lessons/decisions.py"
FOUR, AB_TESTING = "solutions/04_bayesian_ab_testing.py", "helpers/lessons/ab_testing.py"
SIX, MUNDLAK = "solutions/06_mundlak.py", "helpers/lessons/mundlak.py"
SEVEN, CEVAE = "solutions/07_cevae.py", "helpers/lessons/cevae.py"
EIGHT, MEDIATION = "solutions/08_mediation.py", "helpers/lessons/mediation.py"
NINE, MARKETING = "solutions/09_marketing_mix.py", "helpers/lessons/marketing_mix.py"
TWELVE, LEARNERS = "solutions/12_learners.py", "helpers/lessons/learners.py"
EIGHTEEN, YOUR_CASE = "solutions/18_your_own_case.py", "helpers/lessons/your_case.py"
CASES = "helpers/cases.py"
THIRTEEN = "solutions/13_before_and_after.py"
BEFORE_AFTER = "helpers/lessons/before_after.py"
EDITS: tuple[Edit, ...] = (
    # 01: the hotel, its sentences, its model; its lesson
    Edit(
        ONE,
        'evenings, "bookings", on="price", given=["temperature"]',
        'evenings, "bookings", on="price", given=[]',
        "code",
    ),
    Edit(
        ONE,
        'seed=SEED + 1, do={"price": _prices})',
        'seed=SEED + 1, do={"temperature": _prices})',
        "code",
    ),
    Edit(
        ONE,
        'customers.loc[offered, "y1"].mean() - customers.loc[~offered, "y0"].mean()',
        'customers.loc[offered, "y1"].mean() - customers.loc[~offered, "y1"].mean()',
        "code",
    ),
    Edit(
        ONE,
        "rooms_when(0), rooms_when(1)",
        "rooms_when(0), rooms_when(2)",
        "code",
    ),
    Edit(
        ONE,
        "An arrow a → b says: b listens to a.",
        "An arrow a → b says: a listens to b.",
        "prose",
    ),
    Edit(
        ONE,
        "**chain** a → m → b, **collider** a → m ← b.",
        "**collider** a → m → b, **chain** a → m ← b.",
        "prose",
    ),
    Edit(
        ONE,
        "This is a **linear extrapolation**.",
        "This is a **measured effect**.",
        "prose",
    ),
    Edit(
        ONE,
        "{signed(do_slope)} rooms per euro.",
        "{signed(do_slope)} euros per room.",
        "unit",
    ),
    Edit(
        ONE,
        '"price_sd": 5.0,  # €',
        '"price_sd": 50.0,  # €',
        "code",
    ),
    Edit(
        ONE,
        '_half = _frame["error"] * NormalDist().inv_cdf((1 + HDI_PROB) / 2)',
        '_half = _frame["error"] * NormalDist().inv_cdf((1 + 0.88) / 2)',
        "level",
    ),
    Edit(
        ONE,
        'pm.Normal("bookings_per_euro", 0, 1)',
        'pm.Normal("bookings_per_euro", 0, 10)',
        "prior",
    ),
    Edit(
        CAUSAL_GRAPHS,
        '(truth * 100, "Give shares, not per cent."),',
        '(truth / 100, "Give shares, not per cent."),',
        "hint",
    ),
    Edit(
        CAUSAL_GRAPHS,
        'if "ice_creams" in chosen:',
        'if "sunshine" in chosen:',
        "judge",
    ),
    Edit(
        CAUSAL_GRAPHS,
        "tolerance=1.5, hints=hints",
        "tolerance=15, hints=hints",
        "tolerance",
    ),
    Edit(
        CAUSAL_GRAPHS,
        '"price": ("price", "€ per night"),',
        '"price": ("price", "€ per room"),',
        "unit",
    ),
    # 02: worlds, estimators, sentences
    Edit(
        TWO,
        'adjusted_slope, _ = regress(neighbourhoods, "price", on="listings", given=["tourism"])',
        'adjusted_slope, _ = regress(neighbourhoods, "price", on="listings")',
        "code",
    ),
    Edit(
        TWO,
        'total_effect, _ = regress(hours, "profit", on="rain")',
        'total_effect, _ = regress(hours, "profit", on="rain", given=["requests"])',
        "code",
    ),
    Edit(
        TWO,
        "days = ice_world(reports_per_degree=0.5).sample(N_UNITS, SEED)",
        "days = ice_world(reports_per_degree=0.5).sample(N_UNITS, 7)",
        "code",
    ),
    Edit(
        TWO,
        "that *enters* the treatment, also those",
        "that *leaves* the treatment, also those",
        "prose",
    ),
    Edit(CONFOUNDERS, '"smoking": "packs a week"', '"smoking": "packs a day"', "unit"),
    Edit(
        TWO,
        "Older people train less and earn more",
        "Older people train more and earn more",
        "prose",
    ),
    Edit(
        TWO,
        "**For the total effect leave alone what the treatment changes**",
        "**For the total effect hold fixed what the treatment changes**",
        "prose",
    ),
    Edit(
        TWO,
        "{number(ice_slope / ice_error, 0)} standard errors",
        "{number(ice_slope / ice_error, 0)} standard deviations",
        "unit",
    ),
    Edit(TWO, "| cones sold | cones per hour |", "| cones sold | cones per day |", "unit"),
    Edit(
        TWO,
        "_z = NormalDist().inv_cdf((1 + HDI_PROB) / 2)",
        "_z = NormalDist().inv_cdf((1 + 0.88) / 2)",
        "level",
    ),
    # 03: worlds, steps, the program, sentences; its lesson
    Edit(
        THREE,
        'CHURN |= {"service_calls": 0.75,',
        'CHURN |= {"service_calls": 0.25,',
        "code",
    ),
    Edit(
        THREE,
        'x.assign(plan_x_minutes=x["plan"] * x["call_minutes"])',
        'x.assign(plan_x_minutes=x["plan"] * x["age"])',
        "code",
    ),
    Edit(
        THREE,
        "att_draws = effect_draws.isel(unit=has_plan)",
        "att_draws = effect_draws.isel(unit=~has_plan)",
        "code",
    ),
    Edit(
        THREE,
        "pull = penalty if j else 0",
        "pull = penalty",
        "code",
    ),
    Edit(
        THREE,
        'pm.Normal("effect", 0, 1)',
        'pm.Normal("effect", 0, 10)',
        "prior",
    ),
    Edit(
        THREE,
        "Z = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)",
        "Z = NormalDist().inv_cdf(tidy.HDI_PROB)",
        "level",
    ),
    Edit(
        THREE,
        "- **Only if nothing unseen** moves",
        "- **Even if something unseen** moves",
        "prose",
    ),
    Edit(
        THREE,
        "pulls the S-learner towards 0 and the T-learner towards the naive answer",
        "pulls the T-learner towards 0 and the S-learner towards the naive answer",
        "prose",
    ),
    Edit(
        THREE,
        "The bootstrap measures scatter; it cannot see",
        "The bootstrap measures scatter, and so does it see",
        "prose",
    ),
    Edit(
        THREE,
        "| What if nobody had the plan? | ATT, on the treated | those who have it |",
        "| What if nobody had the plan? | ATE, on the treated | those who have it |",
        "prose",
    ),
    Edit(
        THREE,
        "{points(att)} points, the truth",
        "{points(att)} per cent, the truth",
        "unit",
    ),
    Edit(
        S_LEARNER,
        '"effect": ("effect on churn", "percentage points")',
        '"effect": ("effect on churn", "% of customers")',
        "unit",
    ),
    Edit(
        S_LEARNER,
        '(1 / ratio, "Upside down',
        '(2 / ratio, "Upside down',
        "hint",
    ),
    Edit(
        S_LEARNER,
        "held = np.asarray(effect_draws)[..., has_plan]",
        "held = np.asarray(effect_draws)[..., ~has_plan]",
        "judge",
    ),
    Edit(
        S_LEARNER,
        "    room = 0.3\n",
        "    room = 3.0\n",
        "tolerance",
    ),
    # 05: the program, its priors, what is read off it
    Edit(
        FIVE,
        'pm.Normal("join_slopes", 0, 2.5, dims',
        'pm.Normal("join_slopes", 0, 25, dims',
        "prior",
    ),
    Edit(
        FIVE,
        'pm.HalfNormal("sigma", 10)  # $10,000',
        'pm.HalfNormal("sigma", 1)  # $10,000',
        "prior",
    ),
    Edit(FIVE, "att_do = gain.sel(unit=took_part", "att_do = gain.sel(unit=~took_part", "code"),
    Edit(
        FIVE,
        "earnings_without = mu_without.sel(unit=_men.index) + luck",
        "earnings_without = mu_without.sel(unit=_men.index) - luck",
        "code",
    ),
    Edit(
        FIVE,
        "`naive_difference` is **{number(naive_difference, 0)} dollars**",
        "`naive_difference` is **{number(naive_difference, 0)} euros**",
        "unit",
    ),
    Edit(FIVE, r"\frac{R^2_Y\, R^2_T}{1 - R^2_T}", r"\frac{R^2_Y\, R^2_T}{1 - R^2_Y}", "prose"),
    Edit(FIVE, "can be weighed, not ruled out**", "can be weighed, and ruled out**", "prose"),
    Edit(
        FIVE,
        "Z = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)  # standard errors",
        "Z = NormalDist().inv_cdf((1 + 0.9) / 2)  # standard errors",
        "level",
    ),
    # The lessons: hints, tolerances, verdicts, axes
    Edit(CONFOUNDERS, '(truth * 100, "Give shares', '(truth / 100, "Give shares', "hint"),
    Edit(
        CONFOUNDERS,
        "inv_cdf((1 + HDI_PROB) / 2) * errors",
        "inv_cdf(HDI_PROB) * errors",
        "level",
    ),
    Edit(
        CONFOUNDERS,
        "The marker is a confounder in story A and a mediator in story B.",
        "The marker is a mediator in story A and a confounder in story B.",
        "judge",
    ),
    Edit(
        CONFOUNDERS,
        "right = options[0] if naive < truth - 1 else options[2]",
        "right = options[2] if naive < truth - 1 else options[0]",
        "judge",
    ),
    Edit(
        LALONDE,
        "        doing,\n        tolerance=1.0,",
        "        doing,\n        tolerance=1000.0,",
        "tolerance",
    ),
    Edit(LALONDE, '(-filtered, "Still two groups', '(filtered / 2, "Still two groups', "hint"),
    # 10: graphs, instruments, bounds
    Edit(
        TEN,
        "own = z - fixed @ np.linalg.lstsq(fixed, z)[0]  # what `given` leaves of it",
        "own = z - z.mean()  # what `given` leaves of it",
        "code",
    ),
    Edit(
        TEN,
        '("age", "last_year"): 0.5',
        '("age", "last_year"): 0.5, ("advice", "last_year"): 0.3',
        "code",
    ),
    Edit(
        TEN,
        'if not graph.independent(z, "t") and cut.independent(z, "y"):',
        'if not graph.independent(z, "t"):',
        "code",
    ),
    Edit(
        TEN,
        'slope_of(_tested, "iq", "near_college", CONTROLS["age, home in 1966 only"][2:])',
        'slope_of(_tested, "iq", "near_college", CONTROLS["and home in 1966"][2:])',
        "code",
    ),
    Edit(
        TEN,
        '"equal age": ["age", "age_2", *_place, *_home],',
        '"equal age": ["age", *_place, *_home],',
        "code",
    ),
    Edit(
        TEN,
        '_kept = plain_types["y1"] >= plain_types["y0"]',
        '_kept = plain_types["y1"] <= plain_types["y0"]',
        "code",
    ),
    Edit(
        TEN,
        "mean = np.average(effects, weights=weight)",
        "mean = effects[weight.argmax()]",
        "code",
    ),
    Edit(
        TEN,
        "Where it is not, more of the same data never gives the number;",
        "Where it is not, more of the same data gives the number;",
        "prose",
    ),
    Edit(
        TEN,
        "**An instrument answers for some** (exercise 5), if four",
        "**An instrument answers for everybody** (exercise 5), if four",
        "prose",
    ),
    Edit(
        TEN,
        '{number(card["two_stage"][3], 3)}, with a 94 %',
        '{number(card["two_stage"][2], 3)}, with a 94 %',
        "prose",
    ),
    Edit(
        TEN,
        'The first-stage F is {number(card["f"][1], 1)}.',
        'The first-stage F is {number(card["f"][0], 1)}.',
        "prose",
    ),
    Edit(
        TEN,
        "** (€ 100 per hour).",
        "** (€ per hour).",
        "unit",
    ),
    Edit(
        TEN,
        'effect = pm.Normal("effect", 0, effect_sd)  # log wage per year',
        'effect = pm.Normal("effect", 0, 2 * effect_sd)  # log wage per year',
        "prior",
    ),
    Edit(
        IDENTIFICATION,
        "Z = NormalDist().inv_cdf((1 + HDI_PROB) / 2)",
        "Z = NormalDist().inv_cdf(HDI_PROB)",
        "level",
    ),
    Edit(
        TEN,
        'return mine["lower"].max(), mine["upper"].min()',
        'return mine["lower"].min(), mine["upper"].max()',
        "code",
    ),
    Edit(
        IDENTIFICATION,
        'return "income" in choice and "reviews" not in choice',
        'return "income" in choice',
        "judge",
    ),
    Edit(
        IDENTIFICATION,
        '"log_wage": "log wage per year of school"',
        '"log_wage": "log wage per month of school"',
        "unit",
    ),
    # 11: matching, weights, two models
    Edit(
        ELEVEN,
        "logit = k * (-0.5 + 0.8 * age - 0.5 * commute + 0.4 * bend)",
        "logit = k * (-0.5 + 0.8 * age - 0.5 * commute + 0.3 * bend)",
        "code",
    ),
    Edit(
        ELEVEN,
        '"att": np.where(treated == 1, 1, score / (1 - score)),',
        '"att": np.where(treated == 1, 1, (1 - score) / score),',
        "code",
    ),
    Edit(
        ELEVEN,
        "weight = np.where(treated == 1, 1 / score, -1 / (1 - score))",
        "weight = np.where(treated == 1, 1 / score, 1 / (1 - score))",
        "code",
    ),
    Edit(
        ELEVEN,
        "if gap[best] <= caliper * logit.std():",
        "if gap[best] <= caliper:",
        "code",
    ),
    Edit(
        ELEVEN,
        'tilt = everybody["share"] * everybody["chance"] * (1 - everybody["chance"])',
        'tilt = everybody["share"] * everybody["chance"]',
        "code",
    ),
    Edit(
        ELEVEN,
        "precision = np.r_[np.zeros(len(free)), np.full(40, 1 / slope_sd**2)]",
        "precision = np.r_[np.zeros(len(free)), np.full(40, 1 / slope_sd)]",
        "prior",
    ),
    Edit(
        ELEVEN,
        'half = NormalDist().inv_cdf((1 + HDI_PROB) / 2) * worlds_["se"]',
        'half = NormalDist().inv_cdf(HDI_PROB) * worlds_["se"]',
        "level",
    ),
    Edit(
        ELEVEN,
        "Overlap weights balance the means",
        "ATE weights balance the means",
        "prose",
    ),
    Edit(
        ELEVEN,
        "In what nobody measured, no; a balanced table proves nothing",
        "In what nobody measured, too; a balanced table proves it",
        "prose",
    ),
    Edit(
        ELEVEN,
        "finite only if $0.4 k < 0.5$",
        "finite only if $0.4 k > 0.5$",
        "prose",
    ),
    Edit(
        ELEVEN,
        "The prior misses the **signs**",
        "The prior misses the **size**",
        "prose",
    ),
    Edit(
        ELEVEN,
        "_slope = 1.5 / (1 - _out) - 1 / (1 + _out) - 0.5",
        "_slope = 1.5 / (1 - _out) - 1 / (1 + _out)",
        "code",
    ),
    Edit(
        ELEVEN,
        "a referee for the **ATT**, and for no other",
        "a referee for the **ATE**, and for no other",
        "prose",
    ),
    Edit(
        ELEVEN,
        "Too wide with many others",
        "Too narrow with many others",
        "prose",
    ),
    Edit(
        ELEVEN,
        '{number(two_step_sd["AIPW"], 3)} kg is how far',
        '{number(two_step_sd["AIPW"], 3)} pounds is how far',
        "unit",
    ),
    Edit(
        ELEVEN,
        "dollars answer three questions,",
        "points answer three questions,",
        "unit",
    ),
    Edit(ELEVEN, "the middle third less.", "the middle third more.", "prose"),
    Edit(
        ELEVEN,
        "3 * bend + 3 * unseen",
        "3 * bend + 2 * unseen",
        "code",
    ),
    Edit(
        WEIGHTING,
        '"wellbeing": ("well-being", "points"),',
        '"wellbeing": ("well-being", "dollars"),',
        "unit",
    ),
    Edit(
        WEIGHTING,
        '"The residuals of those who did not join are subtracted, not added.",',
        '"The residuals of those who did not join are added, not subtracted.",',
        "hint",
    ),
    Edit(
        WEIGHTING,
        "share, others = of_treated / n_treated, of_others / int(np.sum(treated == 0))",
        "share, others = of_treated / n_treated, of_others / n_treated",
        "judge",
    ),
    # The helpers
    Edit("helpers/tidy.py", "HDI_PROB = 0.94", "HDI_PROB = 0.9", "helper"),
    Edit(
        "helpers/checks.py",
        "np.abs(value - truth) <= tolerance",
        "value - truth <= tolerance",
        "helper",
    ),
    Edit(
        "helpers/simulate.py",
        "scaled = total.to_numpy() * sd",
        "scaled = total.to_numpy() * sd**2",
        "helper",
    ),
    Edit(
        "helpers/graphs.py",
        "if names & nx.descendants(graph, treatment):",
        "if names & nx.descendants(graph, outcome):",
        "helper",
    ),
    # 04: lifts, broken tests, decisions
    Edit(
        FOUR,
        "said[20 // k - 1 :: 20 // k].any(axis=0).mean()",
        "said[:k].any(axis=0).mean()",
        "code",
    ),
    Edit(
        FOUR,
        "works = (1 - share) * density_seen(seen, noise, usual, tail)",
        "works = share * density_seen(seen, noise, usual, tail)",
        "code",
    ),
    Edit(
        FOUR,
        "noise = np.sqrt(1 / _old + 1 / _new - 2 / 10_000)",
        "noise = np.sqrt(1 / _old + 1 / _new)",
        "code",
    ),
    Edit(
        FOUR,
        "return -0.5 * (np.expm1(grid) / lift_sd) ** 2 + grid",
        "return -0.5 * (np.expm1(grid) / lift_sd) ** 2",
        "code",
    ),
    Edit(
        FOUR,
        '"HDI outside ROPE": (lower > margin) | (upper < -margin),',
        '"HDI outside ROPE": (lower > margin) | (upper < margin),',
        "code",
    ),
    Edit(
        FOUR,
        'found["loss if kept"] = REVENUE * mass @ np.maximum(middle, 0)',
        'found["loss if kept"] = REVENUE * mass @ middle',
        "code",
    ),
    Edit(
        FOUR,
        "theta = (past * after).sum(-1, keepdims=True) / (past**2).sum(-1, keepdims=True)",
        "theta = (past * after).sum(-1, keepdims=True) / (after**2).sum(-1, keepdims=True)",
        "code",
    ),
    Edit(
        FOUR,
        'relative_lift = pm.Normal("relative_lift", 0, 0.1)',
        'relative_lift = pm.Normal("relative_lift", 0, 0.2)',
        "prior",
    ),
    Edit(
        FOUR,
        "shortest(*posterior_of(_old, _new, _n, points=401), HDI_PROB)",
        "shortest(*posterior_of(_old, _new, _n, points=401), 0.8)",
        "level",
    ),
    Edit(
        FOUR,
        "ours is most probably broken",
        "ours most probably works",
        "prose",
    ),
    Edit(
        FOUR,
        "**This assumption carries the answer**",
        "**This assumption hardly matters**",
        "prose",
    ),
    Edit(
        FOUR,
        "Where the true lift is zero, the z-test stays at 5 %",
        "Where the true lift is zero, the z-test falls below 5 %",
        "prose",
    ),
    Edit(
        FOUR,
        "expects a gap of {number(replicated_gaps.mean(), 0)} buyers",
        "expects a gap of {number(replicated_gaps.mean(), 0)} euros",
        "unit",
    ),
    Edit(
        AB_TESTING,
        '"spend": ("effect on spending", "€10"),',
        '"spend": ("effect on spending", "€"),',
        "unit",
    ),
    Edit(
        AB_TESTING,
        '(1 - truth, "Those are the probabilities that the test *works*."),',
        '(1 - truth, "The order is turned: first sd 0.1, then sd 0.2."),',
        "hint",
    ),
    Edit(
        AB_TESTING,
        "        truth,\n        tolerance=0.006,",
        "        truth,\n        tolerance=0.06,",
        "tolerance",
    ),
    Edit(
        AB_TESTING,
        '"decision": "ship" if shop["revenue"] * mean > shop["cost"] else "keep",',
        '"decision": "ship" if shop["revenue"] * raw > shop["cost"] else "keep",',
        "judge",
    ),
    # 06: the trick, the small team, do, non-collapsibility, what group means remove
    Edit(
        SIX,
        "(len(_renewed) ** 0.5 * v.std() for v in _columns.values())",
        "(v.std() / len(_renewed) ** 0.5 for v in _columns.values())",
        "code",
    ),
    Edit(
        SIX,
        "fixed effects are enough (with a logit: if groups are large)",
        "fixed effects are enough (with a logit: if groups are small)",
        "prose",
    ),
    Edit(
        SIX,
        'slope_mundlak = linear_slope(customers["renewed"], customers["attention"], own_mean)',
        'slope_mundlak = linear_slope(customers["renewed"], customers["attention"])',
        "code",
    ),
    Edit(
        SIX,
        "psi_of_six = SIGMA_2 / (SIGMA_2 + 6 * TAU_2)",
        "psi_of_six = SIGMA_2 / (SIGMA_2 + TAU_2)",
        "code",
    ),
    Edit(
        SIX,
        "chance_more[_name] = chance_when(_seen + 1, *_given)",
        "chance_more[_name] = chance_when(_seen + 2, *_given)",
        "code",
    ),
    Edit(
        SIX,
        'from_mean = attention - customers["attention"].mean()',
        "from_mean = attention",
        "code",
    ),
    Edit(
        SIX,
        "return (1 + s * s) / (2 + s * s), s * s / (s * s + 1)",
        "return (1 + s * s) / (2 + s * s), s * s / (s * s + 2)",
        "code",
    ),
    Edit(
        SIX,
        "k_limit = min(1 - 1 / np.log10(_n_draws), 0.7)",
        "k_limit = 0.7",
        "code",
    ),
    Edit(
        SIX,
        "- **Limit**: only confounders that are constant inside groups are removed.",
        "- **Limit**: all confounders are removed.",
        "prose",
    ),
    Edit(
        SIX,
        "The multilevel slope stands\n    between naive and fixed effects",
        "The multilevel slope stands\n    above naive and fixed effects",
        "prose",
    ),
    Edit(
        SIX,
        "group means still take away the market's part.",
        "group means no longer take away the market's part.",
        "prose",
    ),
    Edit(
        SIX,
        "Log-odds do\n    not average (they are **non-collapsible**)",
        "Log-odds\n    average (they are **collapsible**)",
        "prose",
    ),
    Edit(
        SIX,
        "**away from zero**: the price",
        "**towards zero**: the price",
        "prose",
    ),
    Edit(
        SIX,
        '(ate["multilevel"].mean()), 1)}\n    points from',
        '(ate["multilevel"].mean()), 1)}\n    customers from',
        "unit",
    ),
    Edit(
        SIX,
        '{number(100 * small_slopes["naive"], 0)} points per\n    unit',
        '{number(100 * small_slopes["naive"], 0)} log-odds per\n    unit',
        "unit",
    ),
    Edit(
        MUNDLAK,
        '"slope": ("slope of attention", "log-odds per unit"),',
        '"slope": ("slope of attention", "points per unit"),',
        "unit",
    ),
    Edit(
        SIX,
        "Each line is a 94 % **HDI**",
        "Each line is a 90 % **HDI**",
        "level",
    ),
    Edit(
        SIX,
        'by_mean = pm.Normal("slope_team_mean", 0, 1)',
        'by_mean = pm.Normal("slope_team_mean", 0, 10)',
        "prior",
    ),
    Edit(
        MUNDLAK,
        '                share("Mundlak", 67),\n',
        '                share("multilevel", 7),\n',
        "hint",
    ),
    Edit(
        MUNDLAK,
        '    truth = _by_dummies(customers, "team", "attention", "renewed")',
        '    truth = _slope(customers["attention"], customers["renewed"])',
        "judge",
    ),
    # 07: ways round, the program, what is read off it
    Edit(
        SEVEN,
        "np.hypot(items_slope * _dollars_se, dollars_slope * _items_se)",
        "np.hypot(items_slope * _items_se, dollars_slope * _dollars_se)",
        "code",
    ),
    Edit(
        SEVEN,
        "least_squares(_y, _m, _t, _g)  # engagement held fixed",
        "least_squares(_y, _m, _g)  # engagement held fixed",
        "code",
    ),
    Edit(
        SEVEN,
        "simulate_players(np.random.default_rng([SEED, 7]), N_PLAYERS)",
        "simulate_players(np.random.default_rng([7, 7]), N_PLAYERS)",
        "code",
    ),
    Edit(
        SEVEN,
        'took = players[players["engagement"] == arm]',
        'took = players[players["engagement"] != arm]',
        "code",
    ),
    Edit(SEVEN, "(a[:, 1] - a[:, 0]).mean(axis=1)", "(a[:, 0] - a[:, 1]).mean(axis=1)", "code"),
    Edit(
        SEVEN,
        "hold engagement fixed, and the path through",
        "leave engagement free, and the path through",
        "prose",
    ),
    Edit(SEVEN, "data need not show it", "the loss always shows it", "prose"),
    Edit(
        SEVEN, "all three leave more than a quarter", "all three leave less than a tenth", "prose"
    ),
    Edit(
        SEVEN,
        "the readings are independent of each other, of engagement",
        "the readings follow each other, and are independent of engagement",
        "prose",
    ),
    Edit(
        SEVEN,
        "{number(dollars_slope, 2)} dollars an item",
        "{number(dollars_slope, 2)} euros an item",
        "unit",
    ),
    Edit(CEVAE, '"ate": ("ATE", "dollars"),', '"ate": ("ATE", "euros"),', "unit"),
    Edit(
        CEVAE,
        "WIDE = NormalDist().inv_cdf((1 + tidy.HDI_PROB) / 2)",
        "WIDE = NormalDist().inv_cdf((1 + 0.88) / 2)",
        "level",
    ),
    Edit(CEVAE, "        tolerance=0.5,\n", "        tolerance=5,\n", "tolerance"),
    Edit(CEVAE, '(moved / sold, "Upside down', '(moved * sold, "Upside down', "hint"),
    Edit(CEVAE, 'right = "a random invitation"', 'right = "more chance"', "judge"),
    # 08: what the coin vouches for, worlds, contrasts, what is hidden
    Edit(
        EIGHT,
        '"excludes_zero": (low * high > 0).mean()',
        '"excludes_zero": (low * high < 0).mean()',
        "code",
    ),
    Edit(
        EIGHT,
        "Interventional effects draw the mediator from a distribution, and do not need it.",
        "Interventional effects draw the mediator from a distribution, and need it as well.",
        "prose",
    ),
    Edit(
        EIGHT,
        'p_m2 = either(m2, probability(arrows, "drugs", intervention=t2))',
        'p_m2 = either(m2, probability(arrows, "drugs", intervention=t1))',
        "code",
    ),
    Edit(
        EIGHT,
        '"DE": {"100": 1, "000": -1},  # direct',
        '"DE": {"111": 1, "011": -1},  # direct',
        "code",
    ),
    Edit(
        EIGHT,
        "(needs_both * (apart[1] - apart[0])).sum()",
        "(needs_both * (together[1] - together[0])).sum()",
        "code",
    ),
    Edit(
        EIGHT,
        "p_done = seen_to_done(p_seen, p_m1.sel(t1=0, drop=True), rho)",
        "p_done = seen_to_done(p_seen, p_m1.sel(t1=1, drop=True), rho)",
        "code",
    ),
    Edit(
        EIGHT,
        'crossing("upper"), crossing("mean")',
        'crossing("mean"), crossing("upper")',
        "code",
    ),
    Edit(EIGHT, "prior = dist.Normal(0, 2)  #", "prior = dist.Normal(0, 1)  #", "prior"),
    Edit(
        EIGHT,
        "effects = tidy.summarise(draws).rename(",
        "effects = tidy.summarise(draws, 0.88).rename(",
        "level",
    ),
    Edit(
        EIGHT,
        'zero says "we do not know", not\n    "there is nothing"',
        'zero says "there is nothing", not\n    "we do not know"',
        "prose",
    ),
    Edit(EIGHT, "the arms, not for TE**", "the arms, and for TE**", "prose"),
    Edit(
        EIGHT, "or two honest people report two", "and all honest people report the same", "prose"
    ),
    Edit(
        EIGHT, "posterior\n    standard deviations. Both", "posterior\n    variances. Both", "unit"
    ),
    Edit(
        MEDIATION,
        '"direct arrow": ("true direct arrow", "log-odds"),',
        '"direct arrow": ("true direct arrow", "odds"),',
        "unit",
    ),
    Edit(MEDIATION, "clip(values, -1.49, 3.49), np", "clip(values, 0.01, 0.99), np", "helper"),
    Edit(
        MEDIATION,
        '(float(e[1, 1] - e[0, 0]), "That is the total',
        '(float(e[1, 1] + e[0, 0]), "That is the total',
        "hint",
    ),
    Edit(
        MEDIATION,
        "right, tolerance=1e-4, hints=hints, why=why)\n\n\nRANGE",
        "right, tolerance=0.05, hints=hints, why=why)\n\n\nRANGE",
        "tolerance",
    ),
    Edit(
        MEDIATION,
        'arms, clean = "all families", "families without both"',
        'clean, arms = "all families", "families without both"',
        "judge",
    ),
    # 09: the response, the program, the test, the decision, the study
    Edit(NINE, "return (1 - fading) / (1 + fading)", "return (1 - fading) / (1 - fading)", "code"),
    Edit(
        NINE,
        "float(np.sqrt(((v - 1) ** 2).mean()))",
        "float(np.sqrt(((v - v.mean()) ** 2).mean()))",
        "code",
    ),
    Edit(
        NINE,
        "draw) are in 100,000 euros a week.",
        "draw) are in thousand euros a week.",
        "unit",
    ),
    Edit(
        NINE, 'mu += numpyro.sample("demand_effect"', 'mu -= numpyro.sample("demand_effect"', "code"
    ),
    Edit(
        NINE,
        'numpyro.deterministic("weekly_effect", caused.sum(0) / n_weeks)',
        'numpyro.deterministic("weekly_effect", typical)',
        "code",
    ),
    Edit(
        NINE,
        'weekly_sales(hidden, splits).mean(["chain", "draw"])',
        'weekly_sales(known, splits).mean(["chain", "draw"])',
        "code",
    ),
    Edit(
        NINE,
        'marginal_known = returns(history["spend"], known, factor=1.01)',
        'marginal_known = returns(history["spend"], known, factor=0)',
        "code",
    ),
    Edit(
        NINE,
        "pays only if its marginal ROAS is above\n    $1/m$",
        "pays only if its marginal ROAS is above\n    $m$",
        "prose",
    ),
    Edit(
        NINE,
        "a channel sells as much whatever the other does",
        "no channel interferes with another week",
        "prose",
    ),
    Edit(NINE, "**Bias is\n    not error**", "**Bias is\n    error**", "prose"),
    Edit(NINE, "one that trusts it stays", "one that doubts it stays", "prose"),
    Edit(
        NINE,
        'a euro of radio {number(true_roas["radio"])}',
        'a euro of radio {number(true_roas["social"])}',
        "prose",
    ),
    Edit(
        MARKETING,
        '"money": ("money", "thousand euros a week")',
        '"money": ("money", "million euros a week")',
        "unit",
    ),
    Edit(
        NINE,
        "loses {number(lost, 0)} thousand euros a week against",
        "loses {number(lost, 0)} thousand euros a year against",
        "unit",
    ),
    Edit(NINE, "tidy.hdi(week) for week", "np.quantile(week, [0.03, 0.97]) for week", "level"),
    Edit(
        NINE, "dist.HalfNormal(3))  # 0 to 6 euros", "dist.HalfNormal(30))  # 0 to 6 euros", "prior"
    ),
    Edit(MARKETING, "SPARE = 4.0", "SPARE = 40.0", "tolerance"),
    Edit(MARKETING, '(right / 11, "Divided', '(right * 11, "Divided', "hint"),
    Edit(MARKETING, 'right = found("radio", 1.1)', 'right = found("radio", 1.01)', "judge"),
    Edit(NINE, "most sales booked under it would", "most people who click would", "prose"),
    Edit(NINE, "week's sales, an outcome, bias the estimate.", "week's sales only harm.", "prose"),
    Edit(NINE, "cannot know, add a test, and", "cannot know, repair it by a test, and", "prose"),
    Edit(NINE, "second test, with half the error,", "second test, twice as precise,", "prose"),
    # 01 to 08: what escaped before: definitions, units of variables, too strong a word
    Edit(ONE, "over the five who got the offer (", "over the five who did not (", "prose"),
    Edit(TWO, "three assumptions of the beginning, each with", "you break each of them,", "prose"),
    Edit(THREE, "a model that misses some may cover less", "a model covers at most that", "prose"),
    Edit(EIGHT, "then E111 − E000 is the", "only then is E111 − E000 the", "prose"),
    Edit(THREE, "takings this year | thousand euros", "takings this year | euros", "unit"),
    Edit(FIVE, "after the programme | dollars a year", "after the programme | dollars", "unit"),
    Edit(SIX, "team | standard deviations | covariate", "team | years | covariate", "unit"),
    Edit(SEVEN, "purchases | dollars a month", "purchases | dollars a year", "unit"),
    Edit(EIGHT, "before (by quota) | 1 calm to 5", "before (by quota) | 1 to 7", "unit"),
    # 14: a city that shares drivers, an airport, twelve designs
    Edit(
        FOURTEEN,
        "says = (0.46 - 0.40) * np.minimum(1, drivers * (1 + freed / 2) / 0.43)",
        "says = (0.46 - 0.40) * np.minimum(1, drivers * (1 + freed) / 0.43)",
        "code",
    ),
    Edit(
        FOURTEEN,
        "rate = roam * drivers / np.maximum(nearby, 1e-9)",
        "rate = drivers / np.maximum(nearby, 1e-9)",
        "code",
    ),
    Edit(
        FOURTEEN,
        "bias = effect * (level[burn_in:].mean() - 1)",
        "bias = effect * (level.mean() - 1)",
        "code",
    ),
    Edit(
        FOURTEEN,
        "_as_far = np.sum(np.abs(redrawn) >= abs(seen_difference) - 1e-9)",
        "_as_far = np.sum(redrawn >= seen_difference - 1e-9)",
        "code",
    ),
    Edit(
        FOURTEEN,
        "weight = np.log(1 - keep**2) + np.log(np.linalg.det(inverse)) - df * np.log(left)",
        "weight = np.log(np.linalg.det(inverse)) - df * np.log(left)",
        "code",
    ),
    Edit(
        FOURTEEN,
        "return np.where(new == 1, 1 / n_new, -1 / (new.shape[-1] - n_new))",
        "return np.where(new == 1, 1 / n_new, -1 / new.shape[-1])",
        "code",
    ),
    Edit(
        FOURTEEN,
        '{"with carry-over": np.linspace(0, 0.95, 39)',
        '{"with carry-over": np.linspace(0, 0.50, 39)',
        "prior",
    ),
    Edit(
        FOURTEEN,
        "_half = stdtrit(FREEDOM[_name], (1 + HDI_PROB) / 2)",
        "_half = stdtrit(FREEDOM[_name], HDI_PROB)",
        "level",
    ),
    Edit(
        FOURTEEN,
        "see less than a coin: before each new block",
        "see more than a coin: before each new block",
        "prose",
    ),
    Edit(
        FOURTEEN,
        "sees neither",
        "sees both",
        "prose",
    ),
    Edit(
        FOURTEEN,
        "the city gains only the drivers that the rule frees",
        "the city gains what the A/B test says",
        "prose",
    ),
    Edit(
        FOURTEEN,
        "**Count coins, not rows.**",
        "**Count rows, not coins.**",
        "prose",
    ),
    Edit(
        FOURTEEN,
        "{signed(switchback_difference)} rides an hour",
        "{signed(switchback_difference)} rides a day",
        "unit",
    ),
    Edit(
        SWITCHBACK,
        '"error_100": ("typical error", "rides per 100 openings"),',
        '"error_100": ("typical error", "rides per hour"),',
        "unit",
    ),
    Edit(
        SWITCHBACK,
        "return worst(block, burn_in) <= 1.05 * best",
        "return worst(block, burn_in) <= 2 * best",
        "tolerance",
    ),
    Edit(
        SWITCHBACK,
        "return 1 - sum(phi**hour for hour in counted) / len(counted)",
        "return 1 - sum(phi**hour for hour in counted) / block",
        "judge",
    ),
    Edit(
        SWITCHBACK,
        "return mine == (RATES[2], RATES[0])",
        "return mine[0] == RATES[2]",
        "judge",
    ),
    Edit(
        SWITCHBACK,
        '"The burn-in is forgotten: hours 1 to burn_in do not count."',
        '"The hours are counted from 0."',
        "hint",
    ),
    # 12: the shop, its learners and its leaderboard
    Edit(
        TWELVE,
        "    return 2 - 4 * spend + 2 * recency",
        "    return 2 + 4 * spend + 2 * recency",
        "code",
    ),
    Edit(
        TWELVE,
        "return lambda new: (1 - chance(new)) * offered(new) + chance(new) * others(new)",
        "return lambda new: chance(new) * offered(new) + (1 - chance(new)) * others(new)",
        "code",
    ),
    Edit(
        TWELVE,
        "    pull[0, 0] = 0  # the constant is free",
        "    pull[0, 0] = penalty  # the constant is free",
        "code",
    ),
    Edit(
        TWELVE,
        "    return offer * (2 * (2 * t - 1) * (y - m) - cost)",
        "    return offer * (1 * (2 * t - 1) * (y - m) - cost)",
        "code",
    ),
    Edit(
        TWELVE,
        "    return y_residual / t_residual, t_residual**2",
        "    return y_residual / t_residual, abs(t_residual)",
        "code",
    ),
    Edit(
        TWELVE,
        "NormalDist().inv_cdf((1 + HDI_PROB) / 2)",
        "NormalDist().inv_cdf((1 + 0.88) / 2)",
        "level",
    ),
    Edit(TWELVE, "flat / slope_sd**2]", "flat / slope_sd]", "prior"),
    Edit(
        TWELVE,
        "2. **Choosing is easier than measuring**",
        "2. **Measuring is easier than choosing**",
        "prose",
    ),
    Edit(TWELVE, "Coins see that the old rule loses", "Coins see that the old rule earns", "prose"),
    Edit(TWELVE, "pays less where effects are small", "pays more where effects are small", "prose"),
    Edit(
        TWELVE,
        "and in the confounded one,",
        "and in the weak one,",
        "prose",
    ),
    Edit(
        TWELVE,
        '2011): {number(pehe["S"])} dollars',
        '2011): {number(pehe["S"])} per cent',
        "unit",
    ),
    Edit(TWELVE, "terms(x, degree) * sent", "terms(x) * sent", "code"),
    Edit(TWELVE, "of X, R and DR below, 56.", "of all learners below, 56.", "prose"),
    Edit(
        LEARNERS,
        '"value": ("net value", "dollars a customer")',
        '"value": ("net value", "dollars")',
        "unit",
    ),
    Edit(LEARNERS, 'title=title, autosize="pad")', "title=title)", "code"),
    Edit(
        LEARNERS, '"Swapped: which guess uses the model of the many?"', '"That is right."', "hint"
    ),
    Edit(
        LEARNERS,
        "        return share >= 0.8 or (",
        "        return share >= 0.3 or (",
        "tolerance",
    ),
    # 18
    Edit(
        EIGHTEEN,
        "a number around 0, in sds of what moves it beside its causes |",
        "a number in sds, around 0 |",
        "unit",
    ),
    Edit(
        EIGHTEEN,
        "A missing arrow is the stronger claim.",
        "An arrow is the stronger claim.",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "PN, necessity: helped, among those who took it and recovered;",
        "PN, necessity: helped, among those who did not take it and did not recover;",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "| $T$ | tutoring | hours a week | treatment |",
        "| $T$ | tutoring | hours a day | treatment |",
        "unit",
    ),
    Edit(
        SIXTEEN,
        '("PN", *pn, helped_1 / took_well)',
        '("PN", *pn, helped_1 / (helped_0 + helped_1))',
        "code",
    ),
    Edit(EIGHTEEN, "residual = y - x @ coefficients", "residual = y - y.mean()", "code"),
    Edit(
        EIGHTEEN,
        "return np.subtract(draws[1], draws[0]) / (case.levels[1] - case.levels[0])",
        "return np.subtract(draws[0], draws[1]) / (case.levels[1] - case.levels[0])",
        "code",
    ),
    Edit(
        EIGHTEEN,
        "half = NormalDist().inv_cdf((1 + HDI_PROB) / 2) * error",
        "half = NormalDist().inv_cdf(HDI_PROB) * error",
        "level",
    ),
    Edit(EIGHTEEN, "key: 0.6 * value if key in", "key: 0.8 * value if key in", "code"),
    Edit(CASES, "MOST_LOG_RATE = 15", "MOST_LOG_RATE = 60", "code"),
    Edit(
        CASES,
        "graph.edges if edge != arrow",
        "graph.edges if edge == arrow",
        "code",
    ),
    Edit(
        EIGHTEEN,
        "can take\n    its effect away",
        "take\n    its effect away",
        "prose",
    ),
    Edit(
        EIGHTEEN,
        "model = pm.do(cases.run(program)[0](len(table)), assumed)",
        "model = cases.run(program)[0](len(table))",
        "code",
    ),
    Edit(
        EIGHTEEN,
        "In the shop more units make the naive answer clearer, and no truer.",
        "In the shop more units make the naive answer clearer, and truer.",
        "prose",
    ),
    Edit(
        EIGHTEEN,
        "every column together turns the sign of the coupon's effect",
        "every column together keeps the sign of the coupon's effect",
        "prose",
    ),
    Edit(
        EIGHTEEN,
        "0.6 times your guess",
        "0.9 times your guess",
        "prose",
    ),
    Edit(
        CASES,
        'wide = max(WORDS[node.kind]["weak"]',
        'wide = max(WORDS[node.kind]["strong"]',
        "prior",
    ),
    Edit(CASES, 'key.startswith(("mu_", "at_"))', 'key.startswith("xyz_")', "helper"),
    Edit(
        YOUR_CASE,
        '"ratio": ("learnt strength", "times the guess")',
        '"ratio": ("learnt strength", "euros")',
        "unit",
    ),
    Edit(YOUR_CASE, 'graph["spending"] == {"visit"} and _as_asked', "_as_asked", "judge"),
    Edit(YOUR_CASE, "if not np.allclose(means, VISITS, rtol=0.06):", "if False:", "judge"),
    Edit(
        EIGHTEEN,
        'kept = ("posterior", "sample_stats")',
        'kept = ("posterior", "sample_stats", "observed_data")',
        "code",
    ),
    Edit(
        EIGHTEEN,
        "the table itself is not stored",
        "the table itself is stored",
        "prose",
    ),
    # 17: bandits, a clerk, letters, two offers
    Edit(
        SEVENTEEN,
        "return rng.beta(*belief(clicks, shown)).argmax(axis=1)",
        "return rng.beta(*belief(clicks, shown)).argmin(axis=1)",
        "code",
    ),
    Edit(
        SEVENTEEN,
        "chance = np.where(by_coin, 0.5, np.where(angry, c, 1 - c))",
        "chance = np.where(by_coin, 0.5, np.where(angry, 1 - c, c))",
        "code",
    ),
    Edit(
        SEVENTEEN,
        "options = {a: 10 - 2 * a + 0.95 * (1 - loss[a]) * stays for a in calls}",
        "options = {a: 10 + 2 * a + 0.95 * (1 - loss[a]) * stays for a in calls}",
        "code",
    ),
    Edit(
        SEVENTEEN,
        "mended = model[context, rule[context]] + w * (reward - model[context, action])",
        "mended = model[context, rule[context]] - w * (reward - model[context, action])",
        "code",
    ),
    Edit(
        SEVENTEEN,
        'w = chance_of(a1, a0) / chance_of(a1, offers[["A0", "L"]])',
        'w = chance_of(a1, offers[["A0", "L"]]) / chance_of(a1, a0)',
        "code",
    ),
    Edit(
        SEVENTEEN,
        'moved = least_squares(hours, offers["A0"])',
        'moved = least_squares(hours, offers["A1"])',
        "code",
    ),
    Edit(
        SEVENTEEN,
        "losses_if_done = tuple(LEAVE.mean(axis=0))",
        "losses_if_done = tuple(LEAVE.max(axis=0))",
        "code",
    ),
    Edit(
        SEVENTEEN,
        "And a winner is lucky in *any* log:",
        "And a winner is lucky in *such* a log:",
        "prose",
    ),
    Edit(
        SEVENTEEN,
        "DR, in large logs, that the chance or the model is right.",
        "DR, in large logs, that the chance and the model are right.",
        "prose",
    ),
    Edit(
        SEVENTEEN,
        "**More rows that he decided repair nothing**",
        "**More rows of the same log repair nothing**",
        "prose",
    ),
    Edit(
        SEVENTEEN,
        "never leave fixed what the first has moved.**",
        "always leave fixed what the first has moved.**",
        "prose",
    ),
    Edit(
        SEVENTEEN,
        "the learned policy is worse than the one it learned from.**",
        "the learned policy is better than the one it learned from.**",
        "prose",
    ),
    Edit(
        SEVENTEEN,
        "In truth both offers bring {number(true_both, 0)} euros a year.",
        "In truth both offers bring {number(true_both, 0)} euros a month.",
        "unit",
    ),
    Edit(
        SEVENTEEN,
        "weighted[row, arm] += click / chance",
        "weighted[row, arm] += click * chance",
        "code",
    ),
    Edit(
        SEVENTEEN,
        "a1 = by_hours if a1 is None else np.full(n, a1)",
        "a1 = by_hours",
        "code",
    ),
    Edit(
        SEVENTEEN,
        "each letter\n    of $\\pi$ has a chance above zero (positivity)",
        "each letter\n    of $\\pi$ has a chance of a half (positivity)",
        "prose",
    ),
    Edit(
        DECISIONS,
        'verdict = "less than" if worth < habit',
        'verdict = "less than" if worth > habit',
        "code",
    ),
    Edit(
        DECISIONS,
        '"worth": ("value of a subscriber at risk", "euros"),',
        '"worth": ("value of a subscriber at risk", "clicks"),',
        "unit",
    ),
    Edit(DECISIONS, "inv_cdf((1 + tidy.HDI_PROB) / 2)", "inv_cdf(tidy.HDI_PROB)", "level"),
    Edit(
        DECISIONS,
        "close_to(rates(clerk_log[coin]), 0.004)",
        "close_to(rates(clerk_log[coin]), 0.4)",
        "tolerance",
    ),
    # 13: roads, shops, California, a drifting series; its lesson
    Edit(THIRTEEN, "- 10 * after + np.array(noise)", "- 12 * after + np.array(noise)", "code"),
    Edit(
        THIRTEEN,
        "_seen, _until = donors.index < _year,",
        "_seen, _until = donors.index <= _year,",
        "code",
    ),
    Edit(
        THIRTEEN,
        "_mean_gap[_after].mean() - _mean_gap[~_after].mean()",
        "_mean_gap[_after].mean() + _mean_gap[~_after].mean()",
        "code",
    ),
    Edit(THIRTEEN, "LAW_YEAR = 1989", "LAW_YEAR = 1988", "code"),
    Edit(
        THIRTEEN,
        "A **pre-trend test** passed does not",
        "A **pre-trend test** passed does",
        "prose",
    ),
    Edit(THIRTEEN, "a low gap in the last month", "a high gap in the last month", "prose"),
    Edit(THIRTEEN, "while nobody stays so, fewer", "whoever stays so, fewer", "prose"),
    Edit(THIRTEEN, "HalfNormal(1))  # omega", "HalfNormal(9))  # omega", "prior"),
    Edit(
        THIRTEEN,
        "*beyond* difference in differences",
        "*short of* difference in differences",
        "prose",
    ),
    Edit(THIRTEEN, "dist.HalfNormal(5))  # packs", "dist.HalfNormal(1))  # packs", "prior"),
    Edit(
        THIRTEEN,
        "fits = early**2 <= 5 * early[at] ** 2",
        "fits = early**2 >= 5 * early[at] ** 2",
        "code",
    ),
    Edit(THIRTEEN, "inside, too rarely, and in", "inside, too often, and in", "prose"),
    Edit(THIRTEEN, "_slope = _sum @ _walk @ _sum.T", "_slope = _sum @ _walk", "code"),
    Edit(
        THIRTEEN,
        "The price of a slope that may walk",
        "The price of a level that may walk",
        "prose",
    ),
    Edit(
        BEFORE_AFTER,
        '("cigarettes", "packs per head and year")',
        '("cigarettes", "packs a day")',
        "unit",
    ),
    Edit(BEFORE_AFTER, "true + 0.25 * 14,\n", "true + 0.25 * 13.5,\n", "judge"),
    Edit(
        BEFORE_AFTER,
        '(near(-truth, small), "The sign is turned: with the law minus without."),',
        "",
        "hint",
    ),
    # 15: the clinic, the flat valley, the smokers' map
    Edit(
        FIFTEEN,
        "a kilogram avoided is worth 50 euros.",
        "a kilogram avoided is worth 50 cents.",
        "unit",
    ),
    Edit(
        FIFTEEN,
        "u = 3 * (rho * v + np.sqrt(1 - rho**2) * e)",
        "u = 3 * (rho * v + e)",
        "code",
    ),
    Edit(
        FIFTEEN,
        '"hidden_share", rho * s_u / s_v * v',
        '"hidden_share", rho * s_v / s_u * v',
        "code",
    ),
    Edit(
        FIFTEEN,
        '"hidden_share": ["hours", "letters", "habit"]',
        '"hidden_share": ["hours", "habit"]',
        "code",
    ),
    Edit(FIFTEEN, "inside / 2))", "inside))", "code"),
    Edit(
        FIFTEEN,
        'alpha = pm.Normal("alpha", 0, 3)',
        'alpha = pm.Normal("alpha", 0, 1)',
        "prior",
    ),
    Edit(FIFTEEN, "further from the truth than OLS", "nearer to the truth than OLS", "prose"),
    Edit(
        FIFTEEN,
        "as far as its exclusion holds; as a control it",
        "whether or not its exclusion holds; as a control it",
        "prose",
    ),
    Edit(
        FIFTEEN,
        "tends to elect the largest group, not the valid one",
        "tends to elect the valid one",
        "prose",
    ),
    Edit(
        STRUCTURAL,
        '"gain": ("effect of stopping", "kg")',
        '"gain": ("effect of stopping", "lb")',
        "unit",
    ),
    Edit(STRUCTURAL, "inv_cdf((1 + tidy.HDI_PROB) / 2)", "inv_cdf(tidy.HDI_PROB)", "level"),
    Edit(
        STRUCTURAL,
        "An instrument helps in another place.",
        "An instrument helps everywhere.",
        "hint",
    ),
    Edit(
        FIFTEEN,
        "x_t.T @ mills, [np.sum(e**2 - 1",
        "x_t.T @ mills, [np.sum(e**2 + 1",
        "code",
    ),
    Edit(FIFTEEN, "1 / sd**2) for sd in alpha_sd", "1 / sd) for sd in alpha_sd", "prior"),
    Edit(FIFTEEN, "flexibility is nearly innocent", "flexibility is to blame", "prose"),
    Edit(FIFTEEN, "- 1.5 * np.log1p(odds**2)", "+ 1.5 * np.log1p(odds**2)", "code"),
    Edit(
        FIFTEEN,
        "SBC tests the computation, the share left what the data say",
        "SBC tests what the data say, the share left the computation",
        "prose",
    ),
    Edit(FIFTEEN, "bend * (x**2 - 1) + 3 * u", "bend * (x**3 - 1) + 3 * u", "code"),
    Edit(
        FIFTEEN, '"none for weight": (traits, _full)', '"none for weight": (_full, traits)', "code"
    ),
    Edit(FIFTEEN, "whoever set them", "unless the coach set them", "prose"),
    Edit(STRUCTURAL, "two_stage - WIDE * error", "two_stage - 1.96 * error", "level"),
    Edit(FIFTEEN, "Up to 60 euros offering", "Up to 80 euros offering", "prose"),
    Edit(
        FIFTEEN,
        "A peak made by the form is worth what the form is worth",
        "A peak made by the form is worth its log units",
        "prose",
    ),
    # 16: three doors, one pupil, advice and fairness
    Edit(
        SIXTEEN,
        "opened = np.where(knows & (car != 1), 5 - car, coin)",
        "opened = np.where(knows & (car != 1), car, coin)",
        "code",
    ),
    Edit(
        SIXTEEN,
        "knack = (logit(score / 100) + 0.5 - 0.9 * hours) / 0.8",
        "knack = (logit(score / 100) + 0.5 - 0.9 * hours) / 0.9",
        "code",
    ),
    Edit(
        SIXTEEN,
        "return variance * 0.6 * (1.2 - hours) / 0.5**2, np.sqrt(variance)",
        "return variance * 0.6 * (hours - 1.2) / 0.5**2, np.sqrt(variance)",
        "code",
    ),
    Edit(
        SIXTEEN,
        "spread = 2 * np.sqrt(2 * (1 - c))",
        "spread = 2 * np.sqrt(1 - c)",
        "code",
    ),
    Edit(
        SIXTEEN,
        '_worked = ready_of(rejected["skill"] + _more_skill, rejected["slack"])',
        '_worked = ready_of(rejected["skill"] + _more_badge, rejected["slack"])',
        "code",
    ),
    Edit(
        SIXTEEN,
        'knack = pm.Normal("knack", 0, 1)',
        'knack = pm.Normal("knack", 0, 2)',
        "prior",
    ),
    Edit(
        SIXTEEN,
        "an equation for each variable, and a distribution",
        "an equation for each variable, without a distribution",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "a luckier day means less knack",
        "a luckier day means more knack",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "**Identification first: no trial, however large,",
        "**Identification first: a trial, if large,",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "records of their own choices can at most narrow it",
        "records of their own choices identify it",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "1 + np.min(ndtr((_y - 1) / 2) - ndtr(_y / 2))",
        "1 + np.min(ndtr((_y + 1) / 2) - ndtr(_y / 2))",
        "code",
    ),
    Edit(
        SIXTEEN,
        "But it rests on 44 deaths.",
        "But it rests on 60 deaths.",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "told the group, only the 0.3 of",
        "told the group, only the 0.8 of",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "below zero.)",
        "above zero.)",
        "prose",
    ),
    Edit(
        COUNTERFACTUALS,
        '"without": ("score without tutoring", "points")',
        '"without": ("score without tutoring", "hours")',
        "unit",
    ),
    Edit(
        COUNTERFACTUALS,
        '"hours": ("tutoring", "hours a week")',
        '"hours": ("tutoring", "hours a day")',
        "unit",
    ),
    Edit(
        COUNTERFACTUALS,
        "return mine == READINGS",
        "return mine == READINGS[::-1]",
        "judge",
    ),
    Edit(
        SIXTEEN,
        "np.quantile(redrawn_bound, [0.03, 0.97])",
        "np.quantile(redrawn_bound, [0.05, 0.95])",
        "level",
    ),
    Edit(
        SIXTEEN,
        "in_brightness = factors[:, 2] - push * factors[:, 1]",
        "in_brightness = factors[:, 2]",
        "code",
    ),
    Edit(
        SIXTEEN,
        "**no picture tells which latents",
        "**each picture tells which latents",
        "prose",
    ),
    Edit(
        COUNTERFACTUALS,
        '"error": ("error of the answer", "1: the picture left as it is")',
        '"error": ("error of the answer", "1: the right picture")',
        "unit",
    ),
    Edit(
        SIXTEEN,
        "predicts a little better, and is confounded too",
        "predicts a little better, and is confounded no more",
        "prose",
    ),
    Edit(
        SIXTEEN,
        "(70 - score_of(2.0, _knack)) / 5",
        "(70 - score_of(2.0, _knack)) / 10",
        "code",
    ),
    Edit(
        CONFOUNDERS,
        "part of what the drug does: leave it alone.",
        "part of what the drug does: hold it fixed.",
        "hint",
    ),
    Edit(LALONDE, "must count more.", "must count less.", "hint"),
    Edit(FOUR, "in €10 per customer; truth 2.", "in € per customer; truth 2.", "unit"),
)


class LostEditError(Exception):
    """A stored edit does not fit its file any more."""


def apply(edit: Edit, root: Path) -> str:
    """Make an edit below `root`; return the text that the file had before.

    Raises:
        LostEditError: the old text stands there not once.
    """
    path = root / edit.file
    before = path.read_text(encoding="utf-8")
    if before.count(edit.old) != 1 or edit.old == edit.new:
        raise LostEditError(f"{edit}: stands {before.count(edit.old)} times in the file.")
    path.write_text(before.replace(edit.old, edit.new), encoding="utf-8", newline="\n")
    return before


def selected(file: str, root: Path = ROOT) -> list[list[str]]:
    """Return the tests that read a file, as arguments of pytest, the quick ones first.

    A solution: the tests of its number, and what the tests of all notebooks ask of it. A lesson:
    its own tests, then those of the notebook that imports it. A helper: its own tests, then those
    of the first two notebooks.
    """
    path = Path(file)
    solutions = sorted((root / "solutions").glob("[0-9]*.py"))
    lesson = path.parent.name == "lessons"
    if path.parent.name == "solutions":
        users = [path.stem]
    elif lesson:
        imports = re.compile(rf"from helpers\.lessons import .*\b{path.stem}\b")
        users = [p.stem for p in solutions if imports.search(p.read_text(encoding="utf-8"))]
    else:
        users = [p.stem for p in solutions[:2]]
    own = f"tests/test_lessons_{path.stem}.py" if lesson else f"tests/test_{path.stem}.py"
    found = [[own]] if (root / own).exists() else []
    for name in users:
        numbered = sorted(str(p.relative_to(root)) for p in root.glob(f"tests/test_{name[:3]}*.py"))
        files = [each for each in numbered if "browser" not in each]
        files += [each for each in BY_NOTEBOOK if (root / each).exists()]
        found += [[*files, "-k", f"{name[:3]} and {NO_CLOCK}", *LEFT_OUT]] if files else []
    return found


@contextmanager
def copy_of_the_course() -> Iterator[Path]:
    """Give a copy of the tracked files, as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        root = Path(folder, "course")
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).exists():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)
        yield root


def derive_again(root: Path, name: str) -> str:
    """Write notebook and layout of one solution; return what is wrong with it, or nothing."""
    code = (
        "from pathlib import Path; from helpers.course import derive; "
        f"root, name = Path('.').resolve(), {name!r}; "
        "source = (root / 'solutions' / f'{name}.py').read_text(encoding='utf-8'); "
        "draft = derive.derive_source(source, name); "
        "text = derive.finish({f'{name}.py': draft})[f'{name}.py']; "
        "(root / 'notebooks' / f'{name}.py').write_text(text, encoding='utf-8'); "
        "(root / 'solutions' / 'layouts' / f'{name}.slides.json').write_text("
        "derive.layout_of(source, name), encoding='utf-8')"
    )
    done = _python(root, "-c", code)
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def _python(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, whose helpers come before the installed ones."""
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def first_failure(root: Path, file: str) -> str | None:
    """Return the first test that fails for a file; None where all pass.

    Raises:
        RuntimeError: pytest itself did not run.
    """
    for arguments in selected(file, root):
        done = _python(root, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *arguments)
        if done.returncode in (0, NOTHING):
            continue
        found = re.search(r"^(?:FAILED|ERROR) (\S.*?)(?: - |$)", done.stdout, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"pytest {arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return found[1]
    return None


def noticed_by(edit: Edit, root: Path) -> str | None:
    """Make an edit, ask the tests, and take it back; return who noticed it, or None."""
    kept = {edit.file: apply(edit, root)}
    try:
        if edit.file.startswith("solutions/"):
            name = Path(edit.file).stem
            for other in (f"notebooks/{name}.py", f"solutions/layouts/{name}.slides.json"):
                kept[other] = (root / other).read_text(encoding="utf-8")
            if fault := derive_again(root, name):
                return f"course derive: {fault}"
        return first_failure(root, edit.file)
    finally:
        for other, text in kept.items():
            (root / other).write_text(text, encoding="utf-8", newline="\n")


def too_few(made: Counter[str], seen: Counter[str]) -> list[str]:
    """Return a sentence for each of the two groups of which too few edits were noticed."""
    found = []
    for group, floor in (("code", NOTICED_CODE), ("words", NOTICED_WORDS)):
        kinds = [kind for kind in made if (kind in WORDS) == (group == "words")]
        tried, noticed = (sum(count[kind] for kind in kinds) for count in (made, seen))
        if noticed < floor * tried:
            found.append(f"{noticed} of {tried} edits of {group} noticed: under {floor:.0%}.")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the stored edits; return 1 if one is lost, tests fail anyway, or too few are noticed."""
    parser = argparse.ArgumentParser(prog="tests.mutants", description="Try the stored edits.")
    parser.add_argument("--only", default="", help="only edits whose file holds this text")
    chosen = [edit for edit in EDITS if parser.parse_args(arguments).only in edit.file]
    with copy_of_the_course() as root, tempfile.TemporaryDirectory(prefix="fits-") as fits:
        os.environ.setdefault("COURSE_FITS", fits)
        for edit in chosen:  # a lost one is named before the long part begins
            (root / edit.file).write_text(apply(edit, root), encoding="utf-8", newline="\n")
        for file in dict.fromkeys(edit.file for edit in chosen):
            if failed := first_failure(root, file):
                print(f"{failed} fails without any edit of {file}.")
                return 1
        made, seen = Counter(), Counter()
        for edit in chosen:
            who = noticed_by(edit, root)
            made[edit.kind] += 1
            seen[edit.kind] += who is not None
            print(f"{'ESCAPED' if who is None else 'noticed'}  {edit}", flush=True)
            print(f"         {who or 'by nobody'}", flush=True)
    for kind in KINDS:
        if made[kind]:
            print(f"{kind:<10}{seen[kind]:>3} of {made[kind]}")
    print(f"{'all':<10}{seen.total():>3} of {made.total()}")
    for fault in (faults := too_few(made, seen)):
        print(fault)
    return int(bool(faults))


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except LostEditError as lost:
        print(lost)
        raise SystemExit(1) from None
