"""Linear worlds: closed form against simulation, regression and interventions."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from helpers.simulate import LinearWorld

HOTEL = LinearWorld(
    {("temperature", "price"): 2, ("temperature", "bookings"): 5, ("price", "bookings"): -1},
    intercepts={"temperature": 23},
    noise={"temperature": 3, "price": 5, "bookings": 5},
)


def test_hotel_in_closed_form() -> None:
    """The figures of the hotel: 29/61, 29/sqrt(61 x 131), -1, -1."""
    assert HOTEL.slope("bookings", "price") == pytest.approx(29 / 61)
    assert HOTEL.correlation("price", "bookings") == pytest.approx(29 / np.sqrt(61 * 131))
    assert HOTEL.slope("bookings", "price", ["temperature"]) == pytest.approx(-1)
    assert HOTEL.total_effect("price", "bookings") == -1
    assert HOTEL.total_effect("temperature", "bookings") == pytest.approx(3)
    means = {"temperature": 23, "price": 46, "bookings": 69}
    assert HOTEL.mean().to_dict() == pytest.approx(means)


@pytest.mark.parametrize("seed", range(20))
def test_variables_come_in_causal_order(seed: int) -> None:
    """Causes first, and by name where that is open: networkx gives the same order."""
    rng = np.random.default_rng(seed)
    names = rng.permutation(list("abcdefgh"))
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if rng.random() < 0.3]
    order = nx.lexicographical_topological_sort(nx.DiGraph(pairs))
    assert LinearWorld(dict.fromkeys(pairs, 1)).variables == list(order)


def test_simulation_agrees_with_closed_form() -> None:
    """Means, covariances and least squares of a large sample are the exact ones."""
    data = HOTEL.sample(200_000, seed=1)
    assert np.allclose(data.mean(), HOTEL.mean()[data.columns], atol=0.1)
    assert np.allclose(data.cov(), HOTEL.covariance().loc[data.columns, data.columns], rtol=0.03)
    design = np.column_stack([np.ones(len(data)), data["price"], data["temperature"]])
    slope = np.linalg.lstsq(design, data["bookings"], rcond=None)[0][1]
    assert slope == pytest.approx(HOTEL.slope("bookings", "price", ["temperature"]), abs=0.01)


def test_do_changes_what_lies_downstream_and_nothing_else() -> None:
    """Unit by unit, do(price + 1) adds the effect to bookings; causes of price stay."""
    seen = HOTEL.sample(500, seed=2)
    done = HOTEL.sample(500, seed=2, do={"price": seen["price"].to_numpy() + 1})
    assert np.allclose(done["bookings"] - seen["bookings"], -1)
    assert np.allclose(done["temperature"], seen["temperature"])
    fixed = HOTEL.sample(500, seed=2, do={"price": 40})
    assert (fixed["price"] == 40).all()


def test_seed() -> None:
    """The same seed gives the same units, another seed others."""
    assert HOTEL.sample(50, seed=3).equals(HOTEL.sample(50, seed=3))
    assert not HOTEL.sample(50, seed=3).equals(HOTEL.sample(50, seed=4))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coefficients": {("a", "b"): 1, ("b", "a"): 1}}, "cycle"),
        ({"coefficients": {("a", "b"): 1}, "noise": {"a": -1}}, "negative"),
        ({"coefficients": {("a", "b"): 1}, "intercepts": {"c": 1}}, "mentions"),
    ],
)
def test_impossible_worlds_are_refused(arguments: dict, message: str) -> None:
    """A cycle, a negative noise and an unknown name get a sentence."""
    with pytest.raises(ValueError, match=message):
        LinearWorld(**arguments)
    with pytest.raises(ValueError, match="Not in this world"):
        HOTEL.sample(10, seed=1, do={"weather": 1})
