"""Worlds whose truth is known: linear Gaussian structural models, simulated and in closed form.

Source of the algebra (total effects as sums over paths, implied covariances): Wright (1934), The
method of path coefficients, doi:10.1214/aoms/1177732676; Bollen (1989), Structural Equations with
Latent Variables, doi:10.1002/9781118619179.
"""

from __future__ import annotations

import graphlib
import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.graphs import find_cycle


@dataclass(frozen=True)
class LinearWorld:
    """A world in which every variable is a weighted sum of its causes plus Gaussian noise.

    Attributes:
        coefficients: (cause, effect) -> change of the effect per unit of the cause.
        intercepts: variable -> its value when all its causes are 0; 0 where not given.
        noise: variable -> standard deviation of its own noise, in its unit; 1 where not given.

    Raises:
        ValueError: the arrows form a cycle, a noise is negative, or a name is unknown.
    """

    coefficients: Mapping[tuple[str, str], float]
    intercepts: Mapping[str, float] = field(default_factory=dict)
    noise: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a world that cannot be simulated."""
        cycle = find_cycle(self.coefficients)
        if cycle:
            raise ValueError(f"The arrows form a cycle: {' → '.join(cycle)}.")
        unknown = {*self.intercepts, *self.noise} - {node for edge in self.edges for node in edge}
        if unknown:
            raise ValueError(f"No arrow mentions {sorted(unknown)}: give it an arrow, even of 0.")
        negative = [name for name, sd in self.noise.items() if sd < 0]
        if negative:
            raise ValueError(f"A standard deviation cannot be negative: {negative}.")

    @property
    def edges(self) -> list[tuple[str, str]]:
        """Return the arrows as (cause, effect) pairs."""
        return list(self.coefficients)

    @property
    def variables(self) -> list[str]:
        """Return the variables in causal order, causes first; by name where that is open."""
        waiting: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
        for cause, effect in self.edges:
            waiting.add(effect, cause)
        waiting.prepare()
        order, ready = [], list(waiting.get_ready())
        while ready:
            heapq.heapify(ready)
            order.append(heapq.heappop(ready))
            waiting.done(order[-1])
            ready += waiting.get_ready()
        return order

    def _direct(self) -> pd.DataFrame:
        """Return the matrix of direct effects, rows effects, columns causes."""
        names = self.variables
        matrix = pd.DataFrame(0.0, index=names, columns=names)
        for (cause, effect), weight in self.coefficients.items():
            matrix.loc[effect, cause] = weight
        return matrix

    def _total(self) -> pd.DataFrame:
        """Return (I - B)^-1: the change of each row per unit of noise in each column."""
        direct = self._direct()
        inverse = np.linalg.inv(np.eye(len(direct)) - direct.to_numpy())
        return pd.DataFrame(inverse, index=direct.index, columns=direct.columns)

    def mean(self) -> pd.Series:
        """Return the exact mean of every variable, in its unit."""
        total = self._total()
        return total @ pd.Series({name: self.intercepts.get(name, 0.0) for name in total.columns})

    def covariance(self) -> pd.DataFrame:
        """Return the exact covariance matrix of all variables (rows and columns: variables)."""
        total = self._total()
        sd = np.array([self.noise.get(name, 1.0) for name in total.columns])
        scaled = total.to_numpy() * sd
        return pd.DataFrame(scaled @ scaled.T, index=total.index, columns=total.columns)

    def correlation(self, first: str, second: str, given: Iterable[str] = ()) -> float:
        """Return the exact (partial) correlation of two variables, given others.

        Args:
            first: a variable.
            second: another one.
            given: variables held fixed, linearly.

        Raises:
            KeyError: a name is not in this world.
        """
        names = [first, second, *given]
        precision = np.linalg.inv(self.covariance().loc[names, names].to_numpy())
        return float(-precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1]))

    def slope(self, outcome: str, on: str, given: Iterable[str] = ()) -> float:
        """Return the exact population regression coefficient of `outcome` on `on`.

        Args:
            outcome: the variable on the left side.
            on: the regressor whose coefficient is returned (unit: outcome per unit of `on`).
            given: further regressors; an intercept is always included.

        Raises:
            KeyError: a name is not in this world.
        """
        regressors = [on, *given]
        covariance = self.covariance()
        inner = covariance.loc[regressors, regressors].to_numpy()
        return float(np.linalg.solve(inner, covariance.loc[regressors, outcome].to_numpy())[0])

    def total_effect(self, treatment: str, outcome: str) -> float:
        """Return what one unit more of `do(treatment)` adds to the outcome: the sum over paths.

        Unit: that of the outcome per unit of the treatment.

        Raises:
            KeyError: a name is not in this world.
        """
        return float(self._total().loc[outcome, treatment])

    def sample(
        self, n: int, seed: int, do: Mapping[str, float | np.ndarray] | None = None
    ) -> pd.DataFrame:
        """Return n simulated units.

        Args:
            n: number of units.
            seed: of the random generator; the same seed gives the same noise with and without
                `do`, so that two worlds can be compared unit by unit.
            do: variable -> the value it is set to, a number or an array of shape (n,).

        Returns:
            Frame of shape (n, variables), columns in causal order, each in its unit.

        Raises:
            ValueError: `do` names a variable that is not in this world.
        """
        do = dict(do or {})
        if set(do) - set(self.variables):
            raise ValueError(f"Not in this world: {sorted(set(do) - set(self.variables))}.")
        rng = np.random.default_rng(seed)
        direct = self._direct()
        columns: dict[str, np.ndarray] = {}
        for name in self.variables:
            noise = rng.normal(0, self.noise.get(name, 1.0), n)
            caused = sum(direct.loc[name, cause] * columns[cause] for cause in columns)
            natural = self.intercepts.get(name, 0.0) + caused + noise
            columns[name] = np.broadcast_to(do[name], (n,)).astype(float) if name in do else natural
        return pd.DataFrame(columns)
