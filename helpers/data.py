"""Loaders of the course's real tables. What they return is what `data/README.md` describes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parent.parent / "data"

CHECKSUMS = {
    "lalonde.csv": "d89da1adb2f2d5e6b054d51ae62e95272d5a24e0c92b2d25107a81f57fe179f8",
    "nhefs.csv": "4c06028966d637e365c05bdf0e70bf848bc4957b46deeec6db06e96da686e0c6",
    "schooling.csv": "43496a906d7e1ea7c2c3ba04bdd385c647369c4e94c99c85da7487cb3d3f7b24",
    "prop99.csv": "50580ba4160ecc08339cf28d7f56524fc5b91bc181cc13a17cd54b5bd4f9c453",
    "banks.csv": "060975e9e1e11175317474f7d30d304572edec615918f659258490f89503d999",
    "deaths.csv": "0443addf9e23ead7b08b48f30d625e15144a305e37f330df4ba4e3d6ae783cb1",
}
"""SHA-256 of each file, as `uv run data/make_data.py` writes it."""


class DataError(Exception):
    """A table is missing, or is not the one the course was written on."""


def load_lalonde() -> pd.DataFrame:
    """Return 614 men: 185 who took part in a job programme, and 429 from a survey who did not.

    The programme is the National Supported Work Demonstration (NSW). The comparison group is drawn
    from a population survey, so that the two groups differ in much more than the programme.

    Returns:
        One row per man; every value is present. Columns:

        - `person`: identifier (text)
        - `treated`: 1 took part in the programme, 0 did not
        - `age`: years
        - `education_years`: years of schooling
        - `race`: "black", "hispanic" or "white" (white: neither of the two)
        - `black`, `hispanic`: 1 yes, 0 no
        - `married`: 1 yes, 0 no
        - `no_degree`: 1 has no high-school degree, 0 has one
        - `earnings_1974`, `earnings_1975`, `earnings_1978`: dollars a year, as in the source
          (the programme ran in between: 1978 is the outcome)

    Raises:
        DataError: `data/lalonde.csv` is missing, or its SHA-256 is not the expected one.

    Source:
        LaLonde (1986), American Economic Review 76(4), 604-620; subsample of Dehejia and Wahba
        (1999), doi:10.1080/01621459.1999.10473858. Licence: see data/README.md.
    """
    return _load("lalonde.csv", FOLDER)


def load_nhefs() -> pd.DataFrame:
    """Return 1,566 cigarette smokers of 1971, of whom 403 had stopped smoking by 1982.

    Returns:
        One row per person; every value is present. Columns:

        - `quit_smoking`: 1 stopped between 1971 and 1982, 0 did not
        - `sex_female`: 1 woman, 0 man
        - `age`: years, in 1971
        - `race_not_white`: 1 black or other, 0 white
        - `education_level`: 1 eighth grade or less, 2 high school without a degree, 3 high school,
          4 college without a degree, 5 college and more
        - `cigarettes_per_day`: cigarettes, in 1971
        - `smoking_years`: years of smoking, in 1971
        - `exercise_lack`: in recreation 0 much exercise, 1 moderate, 2 little or none
        - `inactivity`: on a usual day 0 very active, 1 moderately active, 2 inactive
        - `weight_1971`: kilograms
        - `weight_change`: kilograms, 1982 minus 1971

    Raises:
        DataError: `data/nhefs.csv` is missing, or its SHA-256 is not the expected one.

    Source:
        NHANES I Epidemiologic Follow-up Study, US National Center for Health Statistics; selection
        of Hernan and Robins (2020), Causal Inference: What If. Licence: see data/README.md.
    """
    return _load("nhefs.csv", FOLDER)


def load_schooling() -> pd.DataFrame:
    """Return 3,010 men of 1976: wages, years of schooling, and who grew up near a college.

    Returns:
        One row per man; `iq` is missing for 949 of them, everything else is present. Columns:

        - `wage`: cents an hour, in 1976
        - `education_years`: years of schooling, by 1976
        - `near_college`: 1 grew up near a four-year college, 0 did not
        - `age`: years, in 1976
        - `black`: 1 yes, 0 no
        - `city`, `city_1966`: 1 lived in a metropolitan area in 1976, in 1966, 0 did not
        - `south`, `south_1966`: 1 lived in the South in 1976, in 1966, 0 did not
        - `iq`: score of a test that the school reported

    Raises:
        DataError: `data/schooling.csv` is missing, or its SHA-256 is not the expected one.

    Source:
        National Longitudinal Survey of Young Men; selection of Card (1995), Using geographic
        variation in college proximity to estimate the return to schooling, doi:10.3386/w4483.
        Licence: see data/README.md.
    """
    return _load("schooling.csv", FOLDER)


def load_prop99() -> pd.DataFrame:
    """Return cigarette sales of California and 38 other states, 1970 to 2000.

    California's Proposition 99 raised the tax on cigarettes from January 1989. States that raised
    theirs much in these years are not in the table.

    Returns:
        1,209 rows, one per state and year. Columns:

        - `state`: name
        - `year`: 1970 to 2000
        - `packs`: packs of cigarettes sold per head in that year

    Raises:
        DataError: `data/prop99.csv` is missing, or its SHA-256 is not the expected one.

    Source:
        Abadie, Diamond and Hainmueller (2010), doi:10.1198/jasa.2009.ap08746. Licence: see
        data/README.md.
    """
    return _load("prop99.csv", FOLDER)


def load_banks() -> pd.DataFrame:
    """Return banks in business in two Federal Reserve districts of Mississippi, 1929 to 1934.

    In the crisis of late 1930 the Atlanta Fed lent to banks in trouble, the St. Louis Fed did not.

    Returns:
        Six rows, one per year. Columns:

        - `year`: 1929 to 1934
        - `atlanta`: banks in business in the sixth district, median of the days of the year
        - `st_louis`: likewise in the eighth district

    Raises:
        DataError: `data/banks.csv` is missing, or its SHA-256 is not the expected one.

    Source:
        Richardson and Troost (2009), doi:10.1086/649603. Licence: see data/README.md.
    """
    return _load("banks.csv", FOLDER)


def load_deaths() -> pd.DataFrame:
    """Return monthly deaths in England and Wales, 2006 to 2019.

    Returns:
        168 rows, one per month. Columns:

        - `year`: 2006 to 2019
        - `month`: 1 to 12
        - `deaths`: deaths in that month
        - `temperature`: mean of the month, degrees Celsius

    Raises:
        DataError: `data/deaths.csv` is missing, or its SHA-256 is not the expected one.

    Source: see data/README.md, with the licence.
    """
    return _load("deaths.csv", FOLDER)


def verify(name: str, folder: Path = FOLDER) -> bytes:
    """Return the bytes of a table, once they are known to be the expected ones.

    Args:
        name: file name, a key of `CHECKSUMS`.
        folder: where the file lies.

    Raises:
        DataError: the file is missing, or its SHA-256 is not `CHECKSUMS[name]`.
    """
    path = folder / name
    repair = (
        f"Run `git checkout -- data/{name}` in the folder of the course, "
        "or `uv run data/make_data.py` where there is no git."
    )
    if not path.is_file():
        raise DataError(f"data/{name} is missing: expected it at {path}. {repair}")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != CHECKSUMS[name]:
        raise DataError(
            f"data/{name} has changed: expected SHA-256 {CHECKSUMS[name][:12]}..., "
            f"got {found[:12]}... The lessons' numbers hold for the original only. {repair}"
        )
    return content


def _load(name: str, folder: Path) -> pd.DataFrame:
    """Return the verified table `name` of `folder` as a new frame."""
    verify(name, folder)
    return pd.read_csv(folder / name)
