"""The shared charts say what they show, and keep one meaning a colour."""

from __future__ import annotations

import io
import itertools
import json
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from marimo._output.formatting import get_formatter

from helpers import charts
from tests.support import ROOT

ESTIMATES = pd.DataFrame(
    {
        "label": ["naive", "adjusted", "do"],
        "mean": [0.48, -1.0, -0.98],
        "lower": [0.3, np.nan, -1.1],
        "upper": [0.6, np.nan, -0.9],
        "role": ["naive", "adjusted", "treated"],
    }
)
DRAWS = pd.DataFrame(
    {
        "label": ["prior"] * 300 + ["posterior"] * 300,
        "value": np.random.default_rng(1).normal([0] * 300 + [-1] * 300, [2] * 300 + [0.2] * 300),
        "role": ["prior"] * 300 + ["adjusted"] * 300,
    }
)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(colour: str) -> float:
    """Return the WCAG contrast of a colour against white."""
    return 1.05 / (luminance(colour) + 0.05)


def lightness(colour: str) -> float:
    """Return L* of a colour, 0 to 100: how light a grey print makes it."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def grey(chart: alt.TopLevelMixin) -> np.ndarray:
    """Return a chart as a grey print: 0 is black, 255 is paper."""
    vl_convert = pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    image = pytest.importorskip("PIL.Image", reason="drawing needs Pillow")
    drawn = image.open(io.BytesIO(vl_convert.vegalite_to_png(chart.to_dict())))
    paper = image.new("RGBA", drawn.size, "white")
    paper.alpha_composite(drawn.convert("RGBA"))
    return np.asarray(paper.convert("L"))


def test_effect_chart_shows_interval_level_and_truth() -> None:
    """Numbers, the level of the interval and the truth are on the chart and in its description."""
    spec = charts.chart_effect(ESTIMATES, title="T", unit="rooms per euro", truth=-1).to_dict()
    assert spec["title"]["subtitle"] == "line: 94 % HDI"
    assert "rooms per euro" in spec["description"]
    assert "naive: 0.48 (0.3 to 0.6)" in spec["description"]
    assert "truth: -1" in spec["description"]
    assert "HDI" not in str(
        charts.chart_effect(ESTIMATES[1:2], title="T", unit="u").to_dict()["title"]
    )


def test_density_chart_covers_the_draws() -> None:
    """Each curve integrates to one, and the title of its axis is the unit."""
    chart = charts.chart_density(DRAWS, title="T", unit="rooms per euro", truth=-1)
    spec = chart.to_dict()
    rows = max(spec["datasets"].values(), key=len)
    curves = pd.DataFrame(rows)
    for _, curve in curves.groupby("label"):
        area = np.trapezoid(curve["density"], curve["value"])
        assert area == pytest.approx(1, abs=0.05)
    assert "rooms per euro" in str(spec)


@pytest.mark.parametrize("column", ["label", "mean", "lower", "upper", "role"])
def test_missing_columns_are_named(column: str) -> None:
    """A frame that lacks a column is answered with its name."""
    with pytest.raises(ValueError, match=column):
        charts.chart_effect(ESTIMATES.drop(columns=column), title="T", unit="u")


def test_roles() -> None:
    """A role has one colour and one shape; an unknown role is answered with the list."""
    assert charts.role_scale("naive", "truth").to_dict()["range"] == ["#CC79A7", "#000000"]
    assert set(charts.SHAPES) == set(charts.ROLES)
    assert len(set(charts.ROLES.values())) == len(set(charts.SHAPES.values())) == len(charts.ROLES)
    with pytest.raises(ValueError, match="the roles are"):
        charts.role_scale("confounder")


def test_roles_read_without_colour() -> None:
    """In grey, two roles differ in shape, and their curves in dash or clearly in lightness."""
    assert set(charts.DASHES) == set(charts.ROLES)
    for a, b in itertools.combinations(charts.ROLES, 2):
        darker = abs(lightness(charts.ROLES[a]) - lightness(charts.ROLES[b]))
        assert charts.SHAPES[a] != charts.SHAPES[b]
        assert charts.DASHES[a] != charts.DASHES[b] or darker > 15, (a, b)


def test_grey_print_tells_the_roles() -> None:
    """The same draws in another role make another grey picture, on paper that is not blank."""
    pictures = []
    for role in charts.ROLES:
        rows = ESTIMATES.assign(role=role)[:1]
        effect = grey(charts.chart_effect(rows, title="T", unit="u"))
        curve = DRAWS[:300].assign(role=role, label="draws")
        density = grey(charts.chart_density(curve, title="T", unit="u"))
        pictures.append((effect, density))
    for kind in zip(*pictures, strict=True):
        assert all((picture < 160).mean() > 0.005 for picture in kind)
        for one, other in itertools.combinations(kind, 2):
            assert np.mean(np.abs(one.astype(int) - other) > 30) > 1e-4


def test_graphs_text_can_be_read() -> None:
    """White text on the filled nodes of a drawing has enough contrast for large type."""
    for role in ("treated", "adjusted", "counterfactual"):
        assert contrast(charts.ROLES[role]) > 3


def test_theme_is_the_default_and_readable() -> None:
    """Type is at least 14 px, and a chart without any setting uses the theme."""
    assert alt.theme.active == "course"
    config = alt.Chart(ESTIMATES).mark_point().encode(x="mean").to_dict()["config"]
    sizes = [config["axis"]["labelFontSize"], config["axis"]["titleFontSize"]]
    assert min([*sizes, config["legend"]["labelFontSize"], config["text"]["fontSize"]]) >= 14


def test_long_titles_are_broken_into_lines() -> None:
    """No line of a title is longer than the chart is wide."""
    title = charts.chart_effect(ESTIMATES, title="a finding " * 20, unit="u").to_dict()["title"]
    assert len(title["text"]) > 1
    assert max(map(len, title["text"])) <= 62
    assert charts.wrap("short") == ["short"]


def test_what_wraps_text_is_called_so() -> None:
    """Its old name stays for notebooks of the first edition; this one uses the new one."""
    assert charts.lines is charts.wrap
    for folder in ("helpers", "solutions", "notebooks", "slides"):
        for file in (ROOT / folder).rglob("*.py"):
            assert "charts.lines(" not in file.read_text(encoding="utf-8"), file


def test_charts_are_drawn() -> None:
    """Both charts render without a browser, with a mark for every row."""
    vl_convert = pytest.importorskip("vl_convert", reason="drawing needs the dev group")
    svg = vl_convert.vegalite_to_svg(
        charts.chart_effect(ESTIMATES, title="T", unit="u", truth=-1).to_dict()
    )
    assert svg.count('aria-roledescription="point"') == 3
    density = charts.chart_density(DRAWS, title="T", unit="u").to_dict()
    assert 'aria-roledescription="line mark"' in vl_convert.vegalite_to_svg(density)


def test_the_page_gets_a_chart_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marimo draws the specification that a chart gives, theme and all, made once."""
    chart = charts.chart_effect(ESTIMATES, title="T", unit="rooms per euro")
    made, to_dict = [], alt.LayerChart.to_dict

    def counted(self: alt.LayerChart, *args: Any, **kwargs: Any) -> dict[str, Any]:
        made.append(self)
        return to_dict(self, *args, **kwargs)

    monkeypatch.setattr(alt.LayerChart, "to_dict", counted)
    mime, text = get_formatter(chart)(chart)
    spec = json.loads(text)
    assert mime == charts.MIME
    assert spec["title"]["text"] == ["T"]
    assert spec["usermeta"]["embedOptions"] == {"renderer": "svg"}
    assert spec["config"]["axis"]["labelFontSize"] == 14
    assert len(made) == 1


def test_redraw_replaces_data_by_their_columns() -> None:
    """New rows, title and words; a missing number is null; a frame without a place is refused."""
    chart = alt.Chart(pd.DataFrame({"x": [0.0], "y": 0.0})).mark_point().encode(x="x:Q", y="y:Q")
    template = chart.properties(title=alt.Title("", subtitle="old")).to_dict()
    frame = pd.DataFrame({"x": [1.0, np.nan], "y": [2.0, 3.0]})
    drawing = charts.redraw(template, frame, words="Two points.", title="New", subtitle="newer")
    mime, text = drawing._mime_()
    spec = json.loads(text)
    assert mime == charts.MIME
    assert list(spec["datasets"].values()) == [[{"x": 1, "y": 2}, {"x": None, "y": 3}]]
    assert spec["title"] == {"text": ["New"], "subtitle": "newer"}
    assert spec["description"] == "Two points."
    assert template["title"]["subtitle"] == "old"
    with pytest.raises(ValueError, match=r"\['x', 'z'\]"):
        charts.redraw(template, frame.rename(columns={"y": "z"}), words="")


def test_no_density_lies_below_a_floor() -> None:
    """Draws of a positive scale: the curve starts at zero, holds all of the mass, and is right."""
    values = np.abs(np.random.default_rng(1).normal(size=20_000))
    curve = charts._density(values, 0.0)
    assert curve["value"].min() >= 0
    assert np.trapezoid(curve["density"], curve["value"]) == pytest.approx(1, abs=0.01)
    truth = 2 * np.exp(-(curve["value"] ** 2) / 2) / np.sqrt(2 * np.pi)
    assert np.abs(curve["density"] - truth).max() < 0.04
    assert charts._density(values)["value"].min() < 0
