import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="What would change the answer?", css_file="../theme.css")

with app.setup:
    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd
    from scipy.stats import norm, t

    from helpers import charts
    from helpers.tidy import as_table, number, percent, signed


@app.cell(hide_code=True)
def title():
    mo.md("""
    # What would change the answer?

    For an estimate of your own that rests on "nothing hidden moves both". Type what the report says; three ways
    tell how strong a hidden cause would have to be. None of them says whether it exists. What you type stays
    with the machine that shows this page.
    """)
    return


@app.cell(hide_code=True)
def line_heading():
    mo.md("""
    ## A difference, or a slope, from least squares

    The row of the treatment in the regression's table. The example: the job programme of notebook 05, dollars.
    """)
    return


@app.cell(hide_code=True)
def line_asked():
    asked = mo.ui.dictionary(
        {
            "estimate": mo.ui.text("1548", label="Estimate"),
            "error": mo.ui.text("781", label="Standard error"),
            "df": mo.ui.text("604", label="Degrees of freedom (rows less coefficients)"),
        }
    )
    mo.hstack(list(asked.elements.values()), justify="start", wrap=True)
    return (asked,)


@app.function(hide_code=True)
def read_number(text):
    """Return the number that somebody typed, or None; a comma may stand for the decimal point."""
    plain = str(text).strip().replace(" ", "").replace("−", "-")
    plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    try:
        value = float(plain.replace(",", ""))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


@app.function(hide_code=True)
def read_line(estimate, error, df):
    """Return (estimate, error, df) as numbers and None, or three None and what to mend."""
    found = [read_number(each) for each in (estimate, error, df)]
    names = ("the estimate", "the standard error", "the degrees of freedom")
    lost = [name for name, value in zip(names, found, strict=True) if value is None]
    if lost:
        return (None, None, None), f"Type {' and '.join(lost)} as a plain number, such as 1548.2."
    if found[1] <= 0:
        return (None, None, None), "A standard error is greater than 0."
    if found[2] < 2:
        return (None, None, None), "Two degrees of freedom or more are needed."
    if found[0] == 0:
        return (None, None, None), "The estimate is 0: there is nothing to explain away."
    return tuple(found), None


@app.cell
def line(asked):
    (estimate, error, df), line_message = read_line(*asked.value.values())
    line_message = line_message and mo.callout(mo.md(line_message), kind="warn")
    line_message
    return df, error, estimate, line_message


@app.function(hide_code=True)
def robustness_value(t_value, df, alpha=None):
    """Return the share of both that a hidden cause must explain (Cinelli & Hazlett 2020).

    Args:
        t_value: estimate over standard error.
        df: degrees of freedom of the regression.
        alpha: None: until the estimate is zero; else until a test at this level finds nothing.
    """
    strength = abs(t_value) / np.sqrt(df)
    if alpha is not None:
        needed = t.ppf(1 - alpha / 2, df - 1) / np.sqrt(df - 1)
        if strength <= needed:
            return 0.0
        if needed > 0 and strength >= 1 / needed:  # the error grows faster than the bias
            return float((strength**2 - needed**2) / (1 + strength**2))
        strength -= needed
    return float((np.sqrt(strength**4 + 4 * strength**2) - strength**2) / 2)


@app.function(hide_code=True)
def bias_of(error, df, share_outcome, share_treatment):
    """Return by how much an estimate is off, in its unit, if a hidden cause explains these shares."""
    return error * np.sqrt(df * share_outcome * share_treatment / (1 - share_treatment))


@app.cell(hide_code=True)
def shares():
    _label = "hidden cause explains, of what is left of the {} (%)"
    share_outcome, share_treatment = (
        mo.ui.slider(
            0, 60, 1, value=at, label=_label.format(what), show_value=True, full_width=True
        )
        for what, at in (("outcome", 3), ("treatment", 3))
    )
    return share_outcome, share_treatment


@app.function(hide_code=True)
def chart_shares(error, estimate, df, share_outcome, share_treatment):
    """Return the curve on which nothing is left of an estimate, and where the sliders stand (%)."""
    by = np.linspace(0.5, 60, 120) / 100
    needed = (estimate / error) ** 2 / df * (1 - by) / by
    curve = pd.DataFrame({"treatment": 100 * by, "outcome": 100 * needed}).query("outcome <= 60")
    here = pd.DataFrame({"treatment": [share_treatment], "outcome": [share_outcome]})
    bias = bias_of(error, df, share_outcome / 100, share_treatment / 100)
    left = estimate - np.sign(estimate) * bias
    turned = "The sign has turned" if left * estimate < 0 else "The sign holds"
    axis = alt.X("treatment:Q", title="of the treatment (%)", scale=alt.Scale(domain=[0, 60]))
    up = alt.Y("outcome:Q", title="of the outcome (%)", scale=alt.Scale(domain=[0, 60]))
    line = alt.Chart(curve).mark_line(color=charts.ROLES["truth"], strokeDash=[6, 4])
    point = alt.Chart(here).mark_point(size=220, filled=True, color=charts.ROLES["naive"])
    title = f"{turned}: {signed(left, 3 if abs(left) < 10 else 0)} would be left"
    drawn = (line.encode(axis, up) + point.encode(axis, up)).properties(title=title, height=230)
    words = f"{title}. Dashed: shares at which nothing is left. Dot: where the sliders stand."
    return charts.describe(drawn, words)


@app.cell(hide_code=True)
def line_shown(df, error, estimate, line_message, share_outcome, share_treatment):
    mo.stop(line_message is not None)
    _shares = (share_outcome.value, share_treatment.value)
    mo.vstack(
        [
            mo.md(
                f"**Robustness value {percent(robustness_value(estimate / error, df), 1)}**: a hidden cause "
                "that explains as much of what is left of the treatment and of the outcome brings the "
                f"estimate to zero; {percent(robustness_value(estimate / error, df, 0.05), 1)} is enough to "
                "make a test at 5 % find nothing."
            ),
            share_treatment,
            share_outcome,
            chart_shares(error, estimate, df, *_shares),
        ]
    )
    return


@app.cell(hide_code=True)
def rho_heading():
    mo.md(r"""
    ## The same, as a correlation of what is left out

    Let $\rho$ be the correlation of two noises: of the treatment, and of the outcome, beside what is measured. For a treatment
    that is a number, straight lines and normal noise each $\rho$ fits the data equally well, and each has its own effect:

    $$\alpha(\rho) = \hat\alpha - \frac{\rho}{\sqrt{1 - \rho^2}}\; \text{se}\sqrt{\text{df}}$$
    """)
    return


@app.function(hide_code=True)
def effect_at(rho, estimate, error, df):
    """Return the effect that a correlation of the two noises would leave, in the estimate's unit."""
    return estimate - rho / np.sqrt(1 - np.square(rho)) * error * np.sqrt(df)


@app.function(hide_code=True)
def tipping_rho(estimate, error, df):
    """Return the correlation of the two noises at which the effect is zero."""
    strength = estimate / error / np.sqrt(df)
    return float(strength / np.sqrt(1 + strength**2))


@app.function(hide_code=True)
def chart_rho(estimate, error, df):
    """Return the effect against the correlation of the noises, with a band of 94 % intervals."""
    rho = np.linspace(-0.6, 0.6, 121)
    effect = effect_at(rho, estimate, error, df)
    half = norm.ppf(0.97) * error
    frame = pd.DataFrame(
        {"rho": rho, "effect": effect, "low": effect - half, "high": effect + half}
    )
    tip = tipping_rho(estimate, error, df)
    title = f"Zero at ρ = {signed(tip)}"
    x = alt.X("rho:Q", title="correlation ρ of the two noises")
    base = alt.Chart(frame)
    band = base.mark_area(color=charts.ROLES["adjusted"], opacity=0.25).encode(
        x, alt.Y("low:Q", title="effect (its unit)"), alt.Y2("high:Q")
    )
    line = base.mark_line(color=charts.ROLES["adjusted"]).encode(
        x, alt.Y("effect:Q", title="effect")
    )
    rules = [
        alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule().encode(y="at:Q"),
        alt.Chart(pd.DataFrame({"at": [tip]})).mark_rule(strokeDash=[6, 4]).encode(x="at:Q"),
    ]
    words = (
        f"{title}. Effect and its 94 % confidence interval for each correlation from −0.6 to 0.6."
    )
    return charts.describe(alt.layer(band, line, *rules).properties(title=title, height=220), words)


@app.cell(hide_code=True)
def rho_shown(df, error, estimate, line_message):
    mo.stop(line_message is not None)
    chart_rho(estimate, error, df)
    return


@app.cell(hide_code=True)
def ratio_heading():
    mo.md("""
    ## A risk ratio

    A risk ratio (or the odds ratio of a rare outcome) with the ends of its 95 % interval. The example is invented.
    """)
    return


@app.cell(hide_code=True)
def ratio_asked():
    asked_ratio = mo.ui.dictionary(
        {
            "ratio": mo.ui.text("1.8", label="Risk ratio"),
            "low": mo.ui.text("1.2", label="Lower end"),
            "high": mo.ui.text("2.7", label="Upper end"),
        }
    )
    mo.hstack(list(asked_ratio.elements.values()), justify="start", wrap=True)
    return (asked_ratio,)


@app.function(hide_code=True)
def e_value(ratio):
    """Return the E-value of a risk ratio (VanderWeele & Ding 2017); 1 for a ratio of 1."""
    away = max(ratio, 1 / ratio)
    return float(away + np.sqrt(away * (away - 1)))


@app.function(hide_code=True)
def e_value_of_end(low, high):
    """Return the E-value of the end of an interval that is nearer to 1; 1 where it holds 1."""
    return 1.0 if low <= 1 <= high else e_value(low if low > 1 else high)


@app.function(hide_code=True)
def read_ratio(ratio, low, high):
    """Return (ratio, low, high) and None, or three None and what to mend."""
    found = [read_number(each) for each in (ratio, low, high)]
    if any(value is None for value in found):
        return (None, None, None), "Type three plain numbers, such as 1.8, 1.2 and 2.7."
    if min(found) <= 0:
        return (None, None, None), "A ratio is greater than 0."
    if not found[1] <= found[0] <= found[2]:
        return (None, None, None), "The lower end, the ratio and the upper end go up in this order."
    return tuple(found), None


@app.cell(hide_code=True)
def ratio_shown(asked_ratio):
    (_ratio, _low, _high), _message = read_ratio(*asked_ratio.value.values())
    _shown = (
        mo.callout(mo.md(_message), kind="warn")
        if _message
        else mo.md(
            f"**E-value {number(e_value(_ratio))}**; for the interval's end **{number(e_value_of_end(_low, _high))}**. "
            "A hidden cause that is tied to the treatment *and* to the outcome by risk ratios of this size, beside "
            "what is measured, could explain all of it; if both ties are weaker, it could not."
        )
    )
    _shown
    return


@app.cell
def what_each_says():
    _rows = [
        (
            "robustness value",
            "how much of the noise a hidden cause would have to explain, linear model",
            "whether it exists; a benchmark among the measured causes is a guess about the unmeasured",
        ),
        (
            "correlation ρ",
            "the effect for each belief about ρ: an interval, if you can bound it",
            "which ρ is true: without an instrument all fit equally well (notebook 05, 10)",
        ),
        (
            "E-value",
            "the same for risk ratios, with one number for both arrows",
            "anything about selection, measurement or interference; small studies have large ones too",
        ),
    ]
    what_each_says = pd.DataFrame(_rows, columns=["number", "says", "cannot say"])
    as_table(what_each_says)
    return


@app.cell(hide_code=True)
def references():
    mo.md("""
    ### References

    - Cinelli, C., & Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias. *Journal of the Royal
      Statistical Society, Series B*, 82(1), 39–67. [doi:10.1111/rssb.12348](https://doi.org/10.1111/rssb.12348)
    - VanderWeele, T. J., & Ding, P. (2017). Sensitivity analysis in observational research: introducing the E-value.
      *Annals of Internal Medicine*, 167(4), 268–274. [doi:10.7326/M16-2607](https://doi.org/10.7326/M16-2607)
    """)
    return


if __name__ == "__main__":
    app.run()
