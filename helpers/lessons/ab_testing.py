"""Drawings and judges of notebook 04, "Did the new page convert better?".

Plain functions of what the page has computed: no model, prior, estimand, posterior or decision
rule. Lifts are shares (0.1 is 10 %), losses euros a year.
"""

from __future__ import annotations

from typing import Any

from helpers import checks

# Judges ------------------------------------------------------------------------------------------


def judge_1(flat_belief: Any) -> checks.Check:
    """Return the verdict on exercise 1: how often does a flat prior expect a lift beyond 50 %?

    Args:
        flat_belief: the answer, one of four texts.
    """
    return checks.choice(
        flat_belief,
        "about 60 %",
        ["about 5 %", "about 20 %", "about 60 %", "it has no opinion"],
        hints=[
            (
                "about 5 %",
                "That would be a belief in small lifts. Draw two numbers between 0 and 1.",
            ),
            ("about 20 %", "More. One draw in four alone has the new rate below half of the old."),
            (
                "it has no opinion",
                "Every prior on two rates implies one on their ratio. Simulate it.",
            ),
            "Draw p0 and p1 from 0 to 1, often. How often is p1 / p0 above 1.5 or below 0.5?",
        ],
        why="Exactly 7 in 12. A flat prior on the rates expects huge lifts as a rule.",
    )


def judge_5(peeking_guess: Any) -> checks.Check:
    """Return the verdict on exercise 5: how many false positives do twenty looks give?

    Args:
        peeking_guess: the answer, one of four texts.
    """
    return checks.choice(
        peeking_guess,
        "about 25 %",
        ["about 5 %", "about 10 %", "about 25 %", "about 64 %"],
        hints=[
            ("about 5 %", "That holds for one look. Each further look can fool you again."),
            ("about 10 %", "That is what two or three looks do. Here are twenty."),
            (
                "about 64 %",
                "That is 1 − 0.95²⁰, for independent looks. These share most visitors.",
            ),
            "More than one look's share, less than if the 20 looks had nothing in common.",
        ],
        why="Twenty looks at the same growing data: five times what the label promises.",
    )
