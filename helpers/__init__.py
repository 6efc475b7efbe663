"""Shared pieces of the course: data, worlds, graphs, charts, checks and the course's own tooling.

The lesson itself (a model, a prior, an adjustment set, an estimand, a `do`, an estimator) is never
in here: it stands on the page, in a notebook.
"""
