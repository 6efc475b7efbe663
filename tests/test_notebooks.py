"""The contract of every notebook: it runs, checks itself, keeps its budgets, and reads well.

Both forms run once in this process; the notebook finds the fits of its solution. What a run costs
in a fresh process is measured with empty caches (cold), and with kept fits (the second opening):
of one notebook in the quick tier, of all in the deep one.
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from helpers.course import derive
from helpers.graphs import Graph
from tests.cold import within
from tests.support import NAMES, ROOT, cells, descriptions, load, move, sliders

if TYPE_CHECKING:
    from pathlib import Path

WALL_S = dict.fromkeys(("05_lalonde_do_operator", "06_mundlak", "07_cevae", "09_marketing_mix"), 90)
DEFAULT_WALL_S = 60
PEAK_MIB = 2048
FIRST_PICTURE_S = 5
COLD = "05_lalonde_do_operator"
"""The notebook that the quick tier runs in fresh processes."""
FRESH = [n if n == COLD else pytest.param(n, marks=pytest.mark.deep) for n in NAMES]

Number = (float, np.floating)
Draws = xr.DataArray
GLOBALS: dict[str, dict[str, Any]] = {
    "01_causal_graphs": {
        "true_effect": (int, *Number),
        "naive_slope": Number,
        "adjusted_slope": Number,
        "do_slope": Number,
        "insurance_edges": list,
    },
    "02_confounders_colliders_mediators": {
        **dict.fromkeys(("true_effect", "naive_slope", "adjusted_slope", "do_effect"), Number),
        **dict.fromkeys(("correlation_all", "correlation_selected"), Number),
        **dict.fromkeys(("total_effect", "direct_effect"), Number),
        "game": {"graph", "treatment", "outcome", "valid_sets"},
    },
    "03_s_learner": {
        **dict.fromkeys(("true_ate", "true_att", "true_atu", "naive_difference"), Number),
        **dict.fromkeys(("ate", "att", "atu"), Number),
        "coverage": {"method", "n_worlds", "coverage", "mean_width"},
    },
    "04_bayesian_ab_testing": {
        "lift": Draws,
        "lift_quadrature": {"mean", "sd", "lower", "upper"},
        "power": {"prior", "true_lift", "n_per_arm", "rule", "rate", "monte_carlo_se"},
        "peeking": {"rule", "looks", "false_positive_rate"},
        "cuped_sd_ratio": Number,
    },
    "05_lalonde_do_operator": {
        "naive_difference": Number,
        "ols_ate": Number,
        "ols_ate_without_re74": Number,
        "ate_coefficient": Draws,
        "ate_do": Draws,
        "att_do": Draws,
        "ate_gamma": Draws,
        "ate_hurdle": Draws,
        "experimental_benchmark": (int, *Number),
    },
    "06_mundlak": {
        "slopes": {"model", "variable", "mean", "sd", "lower", "upper"},
        "loo": {"model", "elpd", "se", "difference", "difference_se"},
        "repeated_worlds": {
            *("model", "n_per_group", "n_worlds", "bias", "rmse", "coverage"),
            "mean_width",
        },
    },
    "07_cevae": {
        **dict.fromkeys(("true_ate", "naive_difference"), Number),
        **dict.fromkeys(("front_door_ate", "instrument_ate"), Number),
        "cevae_runs": {"proxies", "seed", "width", "steps", "loss_per_row", "ate"},
        **dict.fromkeys(("ate_with_proxies", "ate_without_proxies"), np.ndarray),
    },
    "08_mediation": {
        "effects": {"effect", "truth", "mean", "lower", "upper"},
        "worlds": Draws,
        "remainder_identity_error": Number,
        "repeated_worlds": {"effect", "n_worlds", "bias", "coverage"},
    },
    "09_marketing_mix": {
        "roas": {"model", "channel", "truth", "mean", "lower", "upper"},
        "marginal_roas": {"model", "channel", "truth", "mean", "lower", "upper"},
        "allocation": {"plan", "channel", "spend", "expected_sales", "lower", "upper", "regret"},
        **dict.fromkeys(("last_click_share", "true_share"), Number),
    },
    "10_identification": {
        **dict.fromkeys(("true_effect", "robustness_value"), (int, *Number)),
        "customers": {"income", "age", "advice", "spend", "last_year", "reviews"},
        "identified": {"graph", "backdoor", "front_door", "instrument"},
        "refuter_matrix": {"placebo", "random cause", "subset", "dummy outcome"},
        "weak_instruments": {"hours", "mean_f", "median", "t_covers", "ar_covers"},
        "men": {"log_wage", "education_years", "near_college", "experience"},
        "card": {"controls", "ols", "two_stage", "se", "f"},
        "bounds": {"assumption", "lower", "upper"},
        "effect_draws": Draws,
    },
    "11_weighting": {
        **dict.fromkeys(("true_ate", "true_att", "naive_difference", "naive_limit"), Number),
        **dict.fromkeys(("ipw_ate", "aipw_ate", "aipw_se", "nhefs_ipw", "bootstrap_sd"), Number),
        "people": {"age", "commute", "bend", "chance", "effect", "joined", "wellbeing"},
        "propensity_score": np.ndarray,
        "weights": {"ate", "att", "overlap", "stabilised"},
        "balance": {"covariate", "before", "after"},
        "two_by_two": {"score", "outcome", "bias", "sd", "coverage"},
        "matched": dict,
        "two_step_sd": dict,
    },
    "12_learners": {
        **dict.fromkeys(("COST", "oracle_value", "mean_gain"), Number),
        "customers": {"spend", "recency", "visits", "tenure", "age", "offered", "sales"},
        "true_cate": np.ndarray,
        **dict.fromkeys(("worlds", "learners", "regret", "areas"), dict),
        "leaderboard": {"world", "learner", "penalty", "bias", "pehe", "value", "regret", "wins"},
        "policy_value": {"rule", "mean", "lower", "upper", "truth"},
        "qini": {"learner", "in_sample", "held_out", "sd"},
    },
    "13_before_and_after": {
        **dict.fromkeys(("RHO", "naive_difference", "its_step", "true_effect", "did"), Number),
        "roads": {"month", "after", "accidents"},
        "its_interval": tuple,
        "event_study": {"period", "estimate", "low", "high"},
        "twfe_weights": np.ndarray,
        **dict.fromkeys(("donor_weights", "gap"), pd.Series),
        "idata_bsts": xr.DataTree,
    },
    "14_switchback": {
        **dict.fromkeys(("true_effect", "naive_difference", "overstatement"), Number),
        **dict.fromkeys(("switchback_difference", "randomisation_p", "PHI"), Number),
        **dict.fromkeys(("BLOCK", "BURN_IN"), int),
        "hours": {"hour", "new_rule", "rides"},
        "block_means": {"block", "new_rule", "rides"},
        "false_alarms": {"block", "t on hours", "t on blocks", "own coins"},
        "leaderboard": {
            *("design", "bias", "sd", "rmse", "coverage", "false_positive_rate"),
        },
        "idata_carry_over": xr.DataTree,
    },
    "15_structural_bayes": {
        **dict.fromkeys(("true_alpha", "ols_alpha", "made_ols", "forced_effect"), Number),
        **dict.fromkeys(("rho_break_even", "rho_zero", "MAP_SE"), Number),
        "drift": {"rho", "regression", "exact", "simulated"},
        "flat": {"rho", "alpha", "sigma_u", "log-likelihood"},
        "nhefs_map": {"rho", "alpha", "se", "drop"},
        "sparse": {"direct effects", "prior", "mean", "sd", "coverage"},
        "model_joint": object,
        "idata_joint": xr.DataTree,
        "effect_draws": Draws,
        "act": FunctionType,
    },
    "16_counterfactuals": {
        **dict.fromkeys(("knack", "score_without", "naive_slope"), Number),
        "harmed": {"c", "share"},
        "bounds": {"ward", "quantity", "lower", "upper", "truth"},
        "fairness": {"predictor", "rmse", "own_change", "flipped"},
        "world_models": {"log", "slope", "rmse_log", "rmse_do", "dose", "regret"},
        "idata_pupil": xr.DataTree,
        "act": FunctionType,
    },
    "17_decisions": {
        **dict.fromkeys(("policy_value", "ips", "snips", "dr", "effective_n"), Number),
        "clerk_contrast": Number,
        "clicks": {"visitor", "arm", "click", "propensity"},
        "regret": pd.Series,
        "PAYOUT": np.ndarray,
        "best_n": int,
        "logged": {"context", "action", "reward", "propensity"},
    },
    "18_your_own_case": {
        **dict.fromkeys(("case_program", "one_page", "case_notebook"), str),
        **dict.fromkeys(("true_effect", "shop_effect", "turning_point"), Number),
        "case_graph": Graph,
        "simulated": {"loyalty", "season", "coupon", "visit", "newsletter_opened", "spending"},
        "answers": {"method", "estimate", "lower", "upper", "truth"},
        "scenarios": {"scenario", "mean", "lower", "upper", "assumes"},
    },
}
"""What each notebook must define: a type, or the columns of a frame."""


def test_there_are_notebooks() -> None:
    """The folder is not empty, and every notebook has its contract here."""
    assert NAMES
    assert set(NAMES) <= set(GLOBALS)


@pytest.mark.parametrize("name", NAMES)
def test_solution_is_done(name: str, run_notebook: Any) -> None:
    """A solution runs without an exception and answers all of its own checks."""
    done = run_notebook("solutions", name)
    assert len(done.checks) >= 4
    assert {check: found.status for check, found in done.checks.items()} == dict.fromkeys(
        done.checks, "done"
    )


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_to_do(name: str, run_notebook: Any) -> None:
    """A derived notebook runs from top to bottom, and every check waits for its answer."""
    solved = run_notebook("solutions", name).checks
    statuses = {k: check.status for k, check in run_notebook("notebooks", name).checks.items()}
    assert statuses == dict.fromkeys(solved, "todo")


@pytest.mark.parametrize("name", NAMES)
def test_no_number_becomes_a_list(name: str, run_notebook: Any) -> None:
    """No sentence is torn apart because a number that ends it begins a line: “203.” is a list."""
    shown = [getattr(out, "text", "") for out in run_notebook("solutions", name).outputs]
    assert [text for text in shown if "<ol start=" in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_globals(name: str, run_notebook: Any) -> None:
    """The names that the course relies on exist, with their types."""
    defs = run_notebook("solutions", name).defs
    for expected, kind in GLOBALS[name].items():
        columns, kind = (kind, pd.DataFrame) if isinstance(kind, set) else (set(), kind)  # noqa: PLW2901
        assert isinstance(defs[expected], kind), f"{expected}: {type(defs[expected])}"
        assert not columns - set(getattr(defs[expected], "columns", ())), expected
        if kind is Draws:
            assert defs[expected].dims[:2] == ("chain", "draw")


@pytest.mark.parametrize("name", NAMES)
def test_diagnostics(name: str, run_notebook: Any) -> None:
    """Every fit shows its diagnostics, and they pass, in both forms."""
    found = []
    for form in ("solutions", "notebooks"):
        defs = run_notebook(form, name).defs
        fits = {key: value for key, value in defs.items() if key.startswith("diagnostics_")}
        source = cells(ROOT / form / f"{name}.py")
        samplings = sum("pm.sample(" in "\n".join(cell.lines) for cell in source)
        assert len(fits) >= samplings
        for key, table in fits.items():
            assert bool(table["passed"].all()), f"{form}, {key}: {table.to_dict('records')}"
        found.append(set(fits))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_unwanted_is_written(name: str, run_notebook: Any) -> None:
    """No warning and no progress bar is written while a notebook runs."""
    assert run_notebook("notebooks", name).printed.strip() == ""


@pytest.mark.parametrize("name", FRESH)
def test_cold_run(name: str, cold_run: Any) -> None:
    """Fresh and without caches, the notebook is to do, its fits pass, and nothing is written."""
    found = cold_run(name)
    assert set(found["checks"].values()) == {"todo"}
    assert set(found["diagnostics"].values()) <= {True}
    assert found["stderr"].strip() == ""


@pytest.mark.parametrize("name", FRESH)
def test_budget(name: str, cold_run: Any) -> None:
    """Cold, in a fresh process: wall clock, memory and the first picture stay in their budgets.

    CPU seconds spread over two cores stand in for the wall clock where a busy machine slows it; a
    slower machine gets more time (see tests/cold.py).
    """
    cost = cold_run(name)
    limit = WALL_S.get(name, DEFAULT_WALL_S)
    assert within(min(cost["total_s"], cost["cpu_s"]), limit, cost["loop_s"]), cost
    assert cost["peak_mib"] is None or cost["peak_mib"] < PEAK_MIB
    assert cost["first_picture_s"] is not None
    first = min(cost["first_picture_s"], cost["first_picture_cpu_s"])
    assert within(first, FIRST_PICTURE_S, cost["loop_s"]), cost


@pytest.mark.parametrize("name", NAMES)
def test_derived_equals_committed(name: str, derived: dict[Path, str]) -> None:
    """The notebook and the layout of the slides are what `course derive` makes of the solution."""
    layout = ROOT / "solutions" / "layouts" / f"{name}.slides.json"
    for path in (ROOT / "notebooks" / f"{name}.py", layout):
        assert path.read_text(encoding="utf-8") == derived[path]


def test_marimo_check_is_strict() -> None:
    """Marimo finds nothing to complain about in any notebook, deck or teaching page."""
    pages = sorted(ROOT.glob("slides/*.py")) + sorted(ROOT.glob("slides/teaching/*.py"))
    files = [ROOT / form / f"{name}.py" for name in NAMES for form in ("solutions", "notebooks")]
    assert len(pages) >= 8
    command = [sys.executable, "-m", "marimo", "check", "--strict", *map(str, [*files, *pages])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_small(name: str) -> None:
    """A cell holds one idea: median at most 6 lines, nine in ten at most 15, none over 25."""
    path, sizes = ROOT / "solutions" / f"{name}.py", []
    file = path.read_text(encoding="utf-8").splitlines()
    for cell in cells(path):
        if cell.kind == "setup" or cell.prose is not None:
            continue
        body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
        lines = ast.unparse(ast.Module(body, [])).splitlines()
        # What a reader sees: marimo writes the signature and the `return`, and shows neither.
        first = body[0].lineno if cell.kind == "cell" else cell.node.lineno
        text = file[first - 1 : body[-1].end_lineno]
        source = [ln for ln in text if ln.strip() and not ln.strip().startswith("#")]
        sizes.append(max(len(lines), len(source)))
        assert sizes[-1] <= 25, f"{cell.name}: {sizes[-1]} lines"
    assert statistics.median(sizes) <= 6
    assert np.quantile(sizes, 0.9) <= 15


@pytest.mark.parametrize("name", NAMES)
def test_seed_stands_alone(name: str) -> None:
    """SEED has a cell of its own, so that a run can replace it."""
    source = cells(ROOT / "solutions" / f"{name}.py")
    (seed,) = [cell for cell in source if any(re.match(r" +SEED = \d+", ln) for ln in cell.lines)]
    assert seed.returned == ["SEED"]
    assert seed.kind == "cell"


@pytest.mark.parametrize("name", NAMES)
def test_exercises_differ_in_size(name: str) -> None:
    """There are at least four exercises, of at least three of the four sizes."""
    text = (ROOT / "solutions" / f"{name}.py").read_text(encoding="utf-8")
    sizes = re.findall(r"### Exercise \d+ · (predict|fix|complete|build) · \d+ min", text)
    marked = [cell for cell in cells(ROOT / "solutions" / f"{name}.py") if cell.markers]
    assert len(sizes) == len(marked) >= 4
    assert len(set(sizes)) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_slides_have_notes(name: str) -> None:
    """Every section of the presentation has speaker notes: aim, trap, minutes, what to skip."""
    source = cells(ROOT / "solutions" / f"{name}.py")
    sections = [cell for cell in source if derive.slide_of(cell)["type"] == "slide"]
    assert sections
    for cell in sections:
        notes = str(derive.slide_of(cell).get("speakerNotes", ""))
        for word in ("Aim", "Trap", "Minutes", "If late"):
            assert word in notes, f"{cell.name}: the notes lack “{word}”"


def _charts(value: Any) -> list[Any]:
    return [value] if isinstance(value, alt.TopLevelMixin) else []


def _lines(spec: dict[str, Any]) -> list[str]:
    """Return the lines of a chart's title."""
    title = spec.get("title", [])
    text = title.get("text", []) if isinstance(title, dict) else title
    return [text] if isinstance(text, str) else list(text)


def _titles(spec: Any) -> list[tuple[str, Any]]:
    """Return (channel, title) of every x and y encoding that shows an axis."""
    found = []
    if isinstance(spec, dict):
        encoding = spec.get("encoding", {})
        for channel in ("x", "y"):
            axis = encoding.get(channel)
            if isinstance(axis, dict) and ("field" in axis or "aggregate" in axis):
                found.append((channel, axis))
        for key in ("layer", "hconcat", "vconcat", "concat", "spec"):
            inner = spec.get(key, [])
            for part in inner if isinstance(inner, list) else [inner]:
                found += _titles(part)
    return found


def charts_of(done: Any) -> dict[str, Any]:
    """Return the charts of a run: those that cells show, and those kept in globals."""
    shown = {f"output {i}": out for i, out in enumerate(done.outputs) for _ in _charts(out)}
    kept = {k: v for k, v in done.defs.items() if isinstance(v, alt.TopLevelMixin)}
    return {**shown, **kept}


@pytest.mark.parametrize("name", NAMES)
def test_charts_say_what_they_show(name: str, run_notebook: Any) -> None:
    """Every chart has a description for screen readers, and a title on each axis."""
    charts = charts_of(run_notebook("solutions", name))
    assert charts
    for label, chart in charts.items():
        spec = chart.to_dict()
        assert len(spec.get("description", "")) > 40, f"{label} lacks a description"
        assert all(len(line) <= 62 for line in _lines(spec)), f"{label}: {_lines(spec)} is cut off"
        axes = _titles(spec)
        for channel in ("x", "y"):
            own = [axis for where, axis in axes if where == channel]
            assert not own or any("title" in axis or axis.get("axis", 0) is None for axis in own), (
                f"{label}: the {channel} axis has no title"
            )


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_described(name: str, run_notebook: Any) -> None:
    """Each chart and graph on the page, also one beside its slider, says in words what it shows."""
    done = run_notebook("solutions", name)
    found = descriptions(done)
    assert len(found) >= len([out for out in done.outputs if _charts(out)])
    assert [words for words in found if len(words) <= 40] == []


@pytest.mark.parametrize("name", NAMES)
def test_tables_can_be_presented(name: str, run_notebook: Any) -> None:
    """No bare data frame: marimo shows one in type that nobody reads on a projector."""
    done = run_notebook("solutions", name)
    assert not [out for out in done.outputs if isinstance(out, pd.DataFrame | pd.Series)]


@pytest.mark.parametrize("name", NAMES)
def test_charts_draw(name: str, run_notebook: Any) -> None:
    """Every chart renders, without a browser, to a picture that is not blank."""
    vl_convert = pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    for label, chart in charts_of(run_notebook("solutions", name)).items():
        svg = vl_convert.vegalite_to_svg(chart.to_dict())
        marks = len(re.findall(r'aria-roledescription="(?!axis|legend|title)', svg))
        assert marks > 0 or svg.count("<path") > 12, f"{label} came out blank"


@pytest.mark.parametrize("name", NAMES)
def test_sliders_answer_at_once(name: str, run_notebook: Any) -> None:
    """A move of any slider takes under 200 ms of work: the best of three positions."""
    done = run_notebook("solutions", name)
    for slider, control in sliders(done).items():
        stops = control.steps or (control.start, control.stop, control.value)
        cost = min(move(done, slider, at)[0] for at in stops[-3:])
        assert within(cost, 0.2), f"{slider}: {1000 * cost:.0f} ms"


@pytest.mark.parametrize("name", NAMES)
def test_frames_are_not_mutated(name: str, run_notebook: Any) -> None:
    """Re-running every cell that makes a frame gives the same frame: cells are idempotent."""
    first = run_notebook("solutions", name)
    frames = {k: v for k, v in first.defs.items() if isinstance(v, pd.DataFrame)}
    assert frames
    for cell in cells(first.path):
        made = [key for key in cell.returned if key in frames]
        text = "\n".join(cell.lines)
        if not made or "pm.sample" in text or "pm.fit" in text:
            continue
        space = dict(first.defs)
        body = [node for node in cell.node.body if not isinstance(node, ast.Return)]
        exec(compile(ast.Module(body, []), cell.name, "exec"), space)  # noqa: S102
        for key in made:
            pd.testing.assert_frame_equal(space[key], frames[key])


def test_setup_is_cheap() -> None:
    """No setup cell imports PyMC, JAX, NumPyro, ArviZ or DoWhy: the first picture comes first."""
    for name in NAMES:
        module = load(ROOT / "solutions" / f"{name}.py")
        heavy = {"pymc", "jax", "numpyro", "arviz", "dowhy"}
        text = (ROOT / "solutions" / f"{name}.py").read_text(encoding="utf-8")
        setup = text.split("with app.setup")[1].split("@app.")[0]
        imported = set(re.findall(r"(?:import|from) (\w+)", setup))
        assert not imported & heavy, module.__name__
