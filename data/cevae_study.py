"""Write `cevae_study.csv`: a CEVAE with three readings in many worlds, for notebook 07.

Run by `uv run python data/cevae_study.py` (some six CPU minutes; --help lists the options).

The worlds are the notebook's game, 1,500 players each, with three honest readings of motivation:

- `straight`: readings and purchases follow motivation in straight lines, as in the notebook;
- `bent`: the survey saturates, logins grow by a factor, and purchases follow a parabola.

Two methods in each world: `CEVAE` (the notebook's model and encoder, width 8, written here without
NumPyro, so that each is a check of the other) and `covariances` (loadings from three readings, then
least squares). The standard error is that of a bootstrap of eight resamples, each fitted anew; with
so few the interval is Student's, with seven degrees of freedom.

One row a world, kind and method. Columns: world, kind, method, estimate, lower, upper (94 %
interval), truth (the players' own mean effect); dollars.
"""

# ruff: noqa: INP001

from __future__ import annotations

import sys
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from scipy.stats import t as student

from helpers import worlds
from helpers.tidy import HDI_PROB

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS, N_PLAYERS = 2026, 50, 1_500
STEPS, WIDTH, RESAMPLES = 400, 8, 8
WIDE = float(student.ppf((1 + HDI_PROB) / 2, RESAMPLES - 1))


def draw(rng: np.random.Generator, kind: str, n: int = N_PLAYERS) -> dict[str, np.ndarray]:
    """Return one world's players.

    Returns:
        guild, engagement (0 or 1), purchases, effect (dollars), each of shape (n,), and readings
        of shape (n, 3).
    """
    u, skill_noise = rng.normal(size=(2, n))
    experience = rng.gamma(4, 0.75, n)
    skill = 40 + 5 * experience + 10 * skill_noise
    guild = (rng.random(n) < 1 / (1 + np.exp(1.5 - 0.5 * experience))).astype(float)
    keen = -2 + 2.4 * rng.integers(2, size=n) + 0.6 * guild + 1.6 * u
    engagement = (rng.random(n) < 1 / (1 + np.exp(-keen))).astype(float)
    items, effect = rng.poisson(np.exp(0.5 + 0.02 * skill)), 5.0 * rng.poisson(5, n)
    bent = kind == "bent"
    own = 30 * u + 8 * (u**2 - 1) * bent
    follows = np.column_stack([np.tanh(u), np.exp(0.5 * u), u] if bent else [u, u, u])
    purchases = 100 + 10 * guild + own + 20 * rng.normal(size=n) + 5 * items + effect * engagement
    readings = [50, 30, 12] + [10, 6, 2] * follows + [10, 6, 2.5] * rng.normal(size=(n, 3))
    return {
        "guild": guild,
        "engagement": engagement,
        "purchases": purchases,
        "effect": effect,
        "readings": readings,
    }


def by_covariances(world: dict[str, np.ndarray]) -> float:
    """Return the effect in dollars from loadings of straight lines."""
    causes = [world[name] for name in ("engagement", "guild", "purchases")]
    full = np.cov(np.column_stack([world["readings"], *causes]).T)
    (c01, c02), c12 = full[0, 1:3], full[1, 2]
    loadings = np.sqrt(np.abs([c01 * c02 / c12, c01 * c12 / c02, c02 * c12 / c01]))
    shared = (full[:3, 3:] / loadings[:, None]).mean(axis=0)
    moments = np.block([[full[3:5, 3:5], shared[:2, None]], [shared[None, :2], 1.0]])
    return float(np.linalg.solve(moments, [*full[3:5, 5], shared[2]])[0])


def start(key: jax.Array) -> dict[str, Any]:
    """Return the parameters of decoder (2 -> 6) and encoder (6 -> 2) before training."""

    def layers(key: jax.Array, n_in: int, n_out: int) -> list[jax.Array]:
        first, second = jax.random.split(key)
        return [
            jax.random.normal(first, (n_in, WIDTH)) / n_in**0.5,
            jnp.zeros(WIDTH),
            jax.random.normal(second, (WIDTH, n_out)) / WIDTH**0.5,
            jnp.zeros(n_out),
        ]

    one, two = jax.random.split(key)
    return {"decoder": layers(one, 2, 6), "encoder": layers(two, 6, 2), "log_sd": jnp.zeros(4)}


def network(layers: list[jax.Array], columns: jax.Array) -> jax.Array:
    """Return a network of one hidden layer: (player, in) -> (player, out)."""
    return jnp.tanh(columns @ layers[0] + layers[1]) @ layers[2] + layers[3]


def guess(parameters: dict[str, Any], world: dict[str, jax.Array], key: jax.Array) -> tuple:
    """Return one draw of motivation for each player, and the log sd of its distribution."""
    seen = [world[name][:, None] for name in ("guild", "engagement", "purchases")]
    columns = jnp.concatenate([*seen, world["readings"]], axis=1)
    mean, log_sd = network(parameters["encoder"], columns).T
    return mean + jnp.exp(log_sd) * jax.random.normal(key, mean.shape), log_sd


def loss(parameters: dict[str, Any], world: dict[str, jax.Array], key: jax.Array) -> jax.Array:
    """Return the negative ELBO per player, constants left out."""
    u, log_sd = guess(parameters, world, key)
    out = network(parameters["decoder"], jnp.column_stack([world["guild"], u]))
    t, scale = world["engagement"], parameters["log_sd"]
    mean = jnp.where(t == 1, out[:, 5], out[:, 4])
    seen = jnp.column_stack([world["readings"], world["purchases"]])
    gap = (seen - jnp.column_stack([out[:, :3], mean])) / jnp.exp(scale)
    fit = -0.5 * (gap**2).sum(axis=1) - scale.sum()
    chose = t * out[:, 3] - jnp.logaddexp(0, out[:, 3])
    return -(fit + chose - 0.5 * u**2 + log_sd).mean()


@cache
def trainer() -> Callable[[dict[str, jax.Array], jax.Array], jax.Array]:
    """Return a compiled function: worlds (fit, player, ...), keys (fit,) -> ATE of each fit."""
    optimiser = optax.adam(optax.cosine_onecycle_schedule(STEPS, peak_value=0.02))

    def train(world: dict[str, jax.Array], key: jax.Array) -> jax.Array:
        parameters = start(key)

        def step(state: tuple, step_key: jax.Array) -> tuple:
            parameters, memory = state
            slope = jax.grad(loss)(parameters, world, step_key)
            change, memory = optimiser.update(slope, memory)
            return (optax.apply_updates(parameters, change), memory), None

        keys = jax.random.split(key, STEPS)
        (parameters, _), _ = jax.lax.scan(step, (parameters, optimiser.init(parameters)), keys)
        u, _ = guess(parameters, world, key)
        out = network(parameters["decoder"], jnp.column_stack([world["guild"], u]))
        return (out[:, 5] - out[:, 4]).mean()

    return jax.jit(jax.vmap(train))


def scaled(world: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the columns in standard units, 0 or 1 as they are."""
    wanted = {name: world[name] for name in ("guild", "engagement", "purchases", "readings")}
    return {
        name: (values - values.mean(axis=0)) / values.std(axis=0)
        if name in ("purchases", "readings")
        else values
        for name, values in wanted.items()
    }


def study(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return both methods' answers in one straight and one bent world."""
    rows = []
    for kind in ("straight", "bent"):
        world = draw(rng, kind)
        again = [np.arange(N_PLAYERS), *rng.integers(0, N_PLAYERS, (RESAMPLES, N_PLAYERS))]
        resampled = [{name: v[rows_] for name, v in world.items()} for rows_ in again]
        seed = int(rng.integers(2**31))
        with jax.enable_x64(new_val=False):  # the same 32 bits, whatever else has run
            fits = jax.tree.map(lambda *v: jnp.array(v), *map(scaled, resampled))
            keys = jax.random.split(jax.random.key(seed), len(again))
            effects = np.asarray(trainer()(fits, keys))
        spread = np.array([each["purchases"].std() for each in resampled])
        answers = {
            "CEVAE": spread * effects,
            "covariances": np.array([by_covariances(each) for each in resampled]),
        }
        for method, found in answers.items():
            half = WIDE * found[1:].std(ddof=1)
            ends = {"lower": found[0] - half, "upper": found[0] + half}
            row = {"kind": kind, "method": method, "estimate": found[0], **ends}
            row = {k: v if isinstance(v, str) else round(float(v), 3) for k, v in row.items()}
            rows.append({**row, "truth": round(float(world["effect"].mean()), 3)})
    return rows


main = partial(worlds.command, study, N_WORLDS, SEED, FILE)

if __name__ == "__main__":
    sys.exit(main(["--backend", "threading", *sys.argv[1:]]))
