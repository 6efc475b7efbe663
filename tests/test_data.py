"""The tables are the ones the lessons were written on, and say so when they are not."""

from __future__ import annotations

import csv
import re
import runpy
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from helpers import data

SCRIPT = data.FOLDER / "make_data.py"
LALONDE_COVARIATES = [
    "age",
    "education_years",
    "black",
    "hispanic",
    "married",
    "no_degree",
    "earnings_1974",
    "earnings_1975",
]


def slope_of_first(frame: pd.DataFrame, outcome: str, columns: list[str]) -> float:
    """Return the least-squares coefficient of the first column, with an intercept."""
    design = np.column_stack([np.ones(len(frame)), frame[columns].to_numpy(float)])
    return np.linalg.lstsq(design, frame[outcome].to_numpy(float), rcond=None)[0][1]


def test_lalonde_has_the_published_sizes_and_types():
    frame = data.load_lalonde()
    assert frame.shape == (614, 12)
    assert frame["treated"].value_counts().to_dict() == {0: 429, 1: 185}
    assert not frame.isna().any().any()
    assert frame["person"].is_unique
    text = frame.select_dtypes(exclude="number").columns
    assert set(text) == {"person", "race"}


def test_lalonde_dummies_agree_with_race():
    frame = data.load_lalonde()
    for race in ("black", "hispanic"):
        assert (frame[race] == (frame["race"] == race)).all()
    assert set(frame["race"]) == {"black", "hispanic", "white"}
    assert set(frame.loc[frame["treated"] == 1, "person"].str.extract(r"^([a-z]+)_")[0]) == {"nsw"}


def test_lalonde_naive_difference_is_the_published_one():
    means = data.load_lalonde().groupby("treated")["earnings_1978"].mean()
    assert means[1] - means[0] == pytest.approx(-635.03, abs=0.01)


def test_lalonde_regressions_are_the_published_ones():
    frame = data.load_lalonde()
    columns = ["treated", *LALONDE_COVARIATES]
    assert slope_of_first(frame, "earnings_1978", columns) == pytest.approx(1548.24, abs=0.01)
    columns.remove("earnings_1974")
    assert slope_of_first(frame, "earnings_1978", columns) == pytest.approx(1221.22, abs=0.01)


def test_lalonde_comparison_group_has_the_averages_of_cps_3():
    """Angrist and Pischke (2009), table 3.3.2, Full CPS-3: the README's claim on the survey."""
    means = data.load_lalonde().query("treated == 0").mean(numeric_only=True)
    expected = {
        "age": 28.03,
        "education_years": 10.24,
        "black": 0.20,
        "hispanic": 0.14,
        "married": 0.51,
        "no_degree": 0.60,
    }
    for column, value in expected.items():
        assert means[column] == pytest.approx(value, abs=0.005), column
    assert means["earnings_1974"] == pytest.approx(5619, abs=0.5)
    assert means["earnings_1975"] == pytest.approx(2466, abs=0.5)


def test_nhefs_has_the_published_groups():
    """Hernan and Robins (2020), chapter 12: 403 of 1,566; 4.5 and 2.0 kg; chapter 15: 3.5 kg."""
    frame = data.load_nhefs()
    assert frame.shape == (1566, 11)
    assert not frame.isna().any().any()
    means = frame.groupby("quit_smoking")["weight_change"].mean()
    assert frame["quit_smoking"].sum() == 403
    assert means[1] == pytest.approx(4.5, abs=0.05)
    assert means[0] == pytest.approx(2.0, abs=0.05)


def test_nhefs_adjusted_effect_is_the_published_one():
    """Levels rebuilt from dummies are right: the regression on them gives the book's 3.5 kg."""
    frame = data.load_nhefs()
    for column in ("age", "weight_1971", "cigarettes_per_day", "smoking_years"):
        frame[f"{column}_squared"] = frame[column] ** 2
    levels = ["education_level", "exercise_lack", "inactivity"]
    frame = pd.get_dummies(frame, columns=levels, drop_first=True, dtype=float)
    columns = [name for name in frame if name != "weight_change"]
    assert columns[0] == "quit_smoking"
    assert len(columns) == 19
    assert slope_of_first(frame, "weight_change", columns) == pytest.approx(3.46, abs=0.01)


def test_schooling_has_the_known_sizes_and_types():
    frame = data.load_schooling()
    assert frame.shape == (3010, 10)
    assert frame["iq"].isna().sum() == 949
    assert not frame.drop(columns="iq").isna().any().any()
    assert frame["near_college"].sum() == 2053
    assert frame["age"].between(24, 34).all()
    yes_no = ["near_college", "black", "city", "south", "city_1966", "south_1966"]
    assert set(frame[yes_no].to_numpy().ravel()) == {0, 1}


def test_schooling_regressions_are_the_known_ones():
    """Least squares .0740; by the instrument .1323: ratio of two slopes, with the same controls."""
    frame = data.load_schooling()
    frame["experience"] = frame["age"] - frame["education_years"] - 6
    frame["experience_squared"] = frame["experience"] ** 2
    frame["log_wage"] = np.log(frame["wage"])
    controls = ["experience", "experience_squared", "black", "city", "south"]
    least = slope_of_first(frame, "log_wage", ["education_years", *controls])
    assert least == pytest.approx(0.0740, abs=5e-5)
    wage = slope_of_first(frame, "log_wage", ["near_college", *controls])
    schooling = slope_of_first(frame, "education_years", ["near_college", *controls])
    assert wage / schooling == pytest.approx(0.1323, abs=5e-5)


def test_prop99_is_the_published_table():
    """39 states, 31 years; California sold 123 packs per head in 1970 and 41.6 in 2000."""
    frame = data.load_prop99()
    assert frame.shape == (39 * 31, 3)
    wide = frame.pivot_table("packs", "year", "state")
    assert not wide.isna().any().any()
    assert wide["California"][1970] == pytest.approx(123.0)
    assert wide["California"][2000] == pytest.approx(41.6, abs=0.05)
    others = wide.drop(columns="California").mean(axis=1)
    gap = wide["California"] - others
    after = gap.index > 1988
    assert gap[after].mean() - gap[~after].mean() == pytest.approx(-27.35, abs=0.005)


def test_banks_have_the_published_difference():
    """Angrist and Pischke (2014), chapter 5: 19 banks saved from 1930 to 1931."""
    frame = data.load_banks().set_index("year")
    fell = frame.loc[1931] - frame.loc[1930]
    assert fell["atlanta"] - fell["st_louis"] == 19


def test_deaths_end_before_the_pandemic():
    frame = data.load_deaths()
    assert frame.shape == (168, 4)
    assert (frame["year"].min(), frame["year"].max()) == (2006, 2019)
    assert (frame.groupby("year")["month"].nunique() == 12).all()
    assert not frame.isna().any().any()


def test_script_takes_the_median_of_a_years_days():
    script = runpy.run_path(str(SCRIPT), run_name="make_data")
    days = [{"year": "1", "bib6": str(n), "bib8": "7"} for n in (1, 2, 9)]
    assert script["banks_table"](days) == [{"year": "1", "atlanta": "2", "st_louis": "7"}]


def test_each_load_gives_a_new_frame():
    first = data.load_lalonde()
    first["age"] = 0
    assert data.load_lalonde()["age"].min() == 16


@pytest.mark.parametrize("name", list(data.CHECKSUMS))
def test_missing_file_says_what_to_do(tmp_path, name):
    with pytest.raises(data.DataError, match="is missing") as error:
        data._load(name, tmp_path)
    assert f"git checkout -- data/{name}" in str(error.value)
    assert "uv run data/make_data.py" in str(error.value)
    assert str(tmp_path) in str(error.value)


@pytest.mark.parametrize("name", list(data.CHECKSUMS))
def test_changed_file_says_what_to_do(tmp_path, name):
    shutil.copy(data.FOLDER / name, tmp_path)
    changed = (tmp_path / name).read_text(encoding="utf-8").replace("\n", "\n ", 1)
    (tmp_path / name).write_text(changed, encoding="utf-8", newline="\n")
    with pytest.raises(data.DataError, match="has changed") as error:
        data._load(name, tmp_path)
    assert f"git checkout -- data/{name}" in str(error.value)


def test_windows_line_ends_would_be_noticed(tmp_path):
    content = (data.FOLDER / "lalonde.csv").read_bytes()
    assert b"\r" not in content
    (tmp_path / "lalonde.csv").write_bytes(content.replace(b"\n", b"\r\n"))
    with pytest.raises(data.DataError, match="has changed"):
        data._load("lalonde.csv", tmp_path)


def test_git_is_told_to_leave_the_line_ends_alone():
    attributes = (data.FOLDER.parent / ".gitattributes").read_text(encoding="utf-8").split("\n")
    assert "data/*.csv -text" in attributes


def test_readme_states_checksums_and_every_column():
    readme = (data.FOLDER / "README.md").read_text(encoding="utf-8")
    for name, checksum in data.CHECKSUMS.items():
        assert f"`{checksum}`" in readme
        section = readme.split(f"## {name}")[1].split("\n## ")[0]
        described = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)
        with (data.FOLDER / name).open(encoding="utf-8", newline="") as file:
            assert described == next(csv.reader(file))


LOADERS = [
    data.load_lalonde,
    data.load_nhefs,
    data.load_schooling,
    data.load_prop99,
    data.load_banks,
    data.load_deaths,
]


@pytest.mark.parametrize("load", LOADERS)
def test_docstring_names_every_column(load):
    named = set(re.findall(r"`(\w+)`", load.__doc__))
    assert set(load().columns) <= named


def test_script_joins_dummies_and_refuses_two_at_once():
    script = runpy.run_path(str(SCRIPT), run_name="make_data")
    levels = script["EDUCATION_LEVELS"]
    none = dict.fromkeys(levels, "0")
    assert script["level"](none, levels, lowest=1) == "1"
    assert script["level"]({**none, "education_4": "1"}, levels, lowest=1) == "4"
    with pytest.raises(ValueError, match="at most one"):
        script["level"]({**none, "education_4": "1", "education_5": "1"}, levels, lowest=1)


def test_script_writes_the_committed_bytes(tmp_path):
    """Made again from the source by the command of the README, where its packages are at hand."""
    if shutil.which("uv") is None:
        pytest.skip("uv is not on the PATH")
    command = ["uv", "run", "--offline", "--no-project", str(SCRIPT), str(tmp_path)]
    made = subprocess.run(command, capture_output=True, text=True, cwd=data.FOLDER, check=False)
    if made.returncode and "network was disabled" in made.stderr:
        pytest.skip("the packages of data/make_data.py are not in uv's cache; no network is used")
    assert made.returncode == 0, made.stderr
    for name, checksum in data.CHECKSUMS.items():
        assert (tmp_path / name).read_bytes() == (data.FOLDER / name).read_bytes()
        assert f"{checksum}  {name}" in made.stdout
