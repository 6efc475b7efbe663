"""One module a notebook: its drawings, and the judges of its exercises.

Plain typed functions, tested without running a notebook. None of them holds a model, a prior, an
adjustment choice, an estimand, a `do` or an estimator: those stand on the page.
"""
