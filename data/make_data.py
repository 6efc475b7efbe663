# /// script
# requires-python = ">=3.12,<3.14"
# dependencies = ["causalpy==0.9.0"]
# ///
"""Write the course's tables of real data, the same bytes on every machine.

Run by `uv run data/make_data.py`. uv gives this script an environment of its own, because the
package that carries the tables cannot live beside the course's PyMC. The package is never
imported: its files are found, read as text, renamed and recoded. Numbers pass as they are written
in the source, digit by digit. `uv run data/make_data.py FOLDER` writes to another folder.
"""

import csv
import hashlib
import sys
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from statistics import median

FOLDER = Path(__file__).resolve().parent
PACKAGE = "causalpy"
Rows = list[dict[str, str]]
LAST_YEAR = 2019  # of deaths: before the pandemic

# What the source's dummies stand for: level 1 of education and level 0 of exercise and activity
# have no column of their own.
EDUCATION_LEVELS = {"education_2": 2, "education_3": 3, "education_4": 4, "education_5": 5}
EXERCISE_LACK = {"exercise_1": 1, "exercise_2": 2}
INACTIVITY = {"active_1": 1, "active_2": 2}


def lalonde_row(row: dict[str, str]) -> dict[str, str]:
    """Return one man of the Lalonde table under the course's column names."""
    return {
        # The source labels the comparison group PSID; it is CPS-3 (see data/README.md).
        "person": row["rownames"].replace("NSW", "nsw_").replace("PSID", "comparison_"),
        "treated": row["treat"],
        "age": row["age"],
        "education_years": row["educ"],
        "race": {"black": "black", "hispan": "hispanic", "white": "white"}[row["race"]],
        "black": str(int(row["race"] == "black")),
        "hispanic": str(int(row["race"] == "hispan")),
        "married": row["married"],
        "no_degree": row["nodegree"],
        "earnings_1974": row["re74"],
        "earnings_1975": row["re75"],
        "earnings_1978": row["re78"],
    }


def nhefs_row(row: dict[str, str]) -> dict[str, str]:
    """Return one smoker of the NHEFS table under the course's column names."""
    return {
        "quit_smoking": row["trt"],
        "sex_female": row["sex"],
        "age": row["age"],
        "race_not_white": row["race"],
        "education_level": level(row, EDUCATION_LEVELS, lowest=1),
        "cigarettes_per_day": row["smokeintensity"],
        "smoking_years": row["smokeyrs"],
        "exercise_lack": level(row, EXERCISE_LACK, lowest=0),
        "inactivity": level(row, INACTIVITY, lowest=0),
        "weight_1971": row["wt71"],
        "weight_change": row["outcome"],
    }


def level(row: dict[str, str], levels: dict[str, int], *, lowest: int) -> str:
    """Return the level that a row's dummies stand for; `lowest` where none is 1.

    Raises:
        ValueError: when two dummies of one variable are 1.
    """
    chosen = [number for name, number in levels.items() if row[name] == "1"]
    if len(chosen) > 1:
        message = f"expected at most one of {list(levels)} to be 1, got {len(chosen)}"
        raise ValueError(message)
    return str(chosen[0] if chosen else lowest)


def schooling_row(row: dict[str, str]) -> dict[str, str]:
    """Return one man of Card's table under the course's column names; IQ may be missing."""
    yes = {"yes": "1", "no": "0"}
    return {
        "wage": row["wage"],
        "education_years": row["education"],
        "near_college": yes[row["nearcollege"]],
        "age": row["age"],
        "black": {"afam": "1", "other": "0"}[row["ethnicity"]],
        "city": yes[row["smsa"]],
        "south": yes[row["south"]],
        "city_1966": yes[row["smsa66"]],
        "south_1966": yes[row["south66"]],
        "iq": "" if row["iq"] == "NA" else row["iq"],
    }


def prop99_rows(row: dict[str, str]) -> Rows:
    """Return one year of the table of states, one row a state."""
    return [
        {"state": state, "year": row["Year"], "packs": packs}
        for state, packs in row.items()
        if state != "Year"
    ]


def deaths_rows(row: dict[str, str]) -> Rows:
    """Return one month up to 2019; none later."""
    if int(row["year"]) > LAST_YEAR:
        return []
    names = {"year": "year", "month": "month", "deaths": "deaths", "temperature": "temp"}
    return [{name: row[origin] for name, origin in names.items()}]


def banks_table(rows: Rows) -> Rows:
    """Return one row a year: the medians of its days."""
    years = dict.fromkeys(row["year"] for row in rows)
    names = {"atlanta": "bib6", "st_louis": "bib8"}
    return [
        {"year": year}
        | {
            name: f"{median(int(row[origin]) for row in rows if row['year'] == year):g}"
            for name, origin in names.items()
        }
        for year in years
    ]


def by_row(convert: Callable[[dict[str, str]], dict[str, str] | Rows]) -> Callable[[Rows], Rows]:
    """Return what makes a table from what makes a row, or several, of each of its rows."""

    def table(rows: Rows) -> Rows:
        found: Rows = []
        for row in rows:
            made = convert(row)
            found += [made] if isinstance(made, dict) else made
        return found

    return table


SOURCES = {
    "lalonde.csv": ("lalonde.csv", by_row(lalonde_row)),
    "nhefs.csv": ("nhefs.csv", by_row(nhefs_row)),
    "schooling.csv": ("schoolingReturns.csv", by_row(schooling_row)),
    "prop99.csv": ("california_prop99.csv", by_row(prop99_rows)),
    "banks.csv": ("banks.csv", banks_table),
    "deaths.csv": ("deaths_and_temps_england_wales.csv", by_row(deaths_rows)),
}
"""File of the course -> file of the source, and what makes the one's rows from the other's."""


def make(source: Path, target: Path) -> dict[str, str]:
    """Write every table from the folder `source` to the folder `target`.

    Returns:
        The SHA-256 checksum of each file written, by file name.
    """
    checksums = {}
    for name, (origin, convert) in SOURCES.items():
        with (source / origin).open(encoding="utf-8", newline="") as file:
            rows = convert(list(csv.DictReader(file)))
        with (target / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        checksums[name] = hashlib.sha256((target / name).read_bytes()).hexdigest()
    return checksums


def source_folder() -> Path:
    """Return the folder of the installed package that holds the source tables."""
    for file in distribution(PACKAGE).files or []:
        if file.name == "lalonde.csv":
            return Path(str(file.locate())).parent
    message = f"lalonde.csv is not among the files of {PACKAGE}"
    raise FileNotFoundError(message)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for table, checksum in make(source_folder(), folder).items():
        print(f"{checksum}  {table}")
