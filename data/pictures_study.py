"""Write `pictures_study.csv`: one picture's other world from four trainings, for notebook 16.

Run by `uv run python data/pictures_study.py` (some two CPU minutes; --help lists the options).

The world is the notebook's: position, size, brightness and height of a spot of light, 8 x 8 pixels.
Each world has 5,000 fresh pictures and a fresh start of the networks, which are the notebook's
(written here without Flax, so that each is a check of the other), and four trainings:

- `labels`: each picture comes with its four factors;
- `pairs, told which`: each comes with a second one, of which one factor was drawn anew, and it is
  said which; the other three latents are shared;
- `pairs, not told`: likewise, but the latent that differs most is taken for the one drawn anew;
- `pictures alone`: nothing but the pictures, and the graph.

Afterwards 50 labelled pictures name the latents: each factor gets one of them, and the line from
the latent to it. Question: the picture, had its size been -1.5 or 1.5.

One row a world and training. Columns: world, training, mcc (mean |correlation| of a factor and its
latent, 2,000 new pictures), error (root mean squared error of the answer over that of leaving the
picture as it is), slope (of brightness on size, of the named latents; truth -.6), redrawn (root
mean squared error of a picture drawn again, of 1), loss (per picture, last 100 steps).
"""

# ruff: noqa: INP001

from __future__ import annotations

import sys
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from scipy.optimize import linear_sum_assignment

from helpers import worlds

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path(__file__).resolve().with_suffix(".csv")
SEED, N_WORLDS = 2026, 6
N_PICTURES, N_NAMED, N_NEW, STEPS, BATCH = 5_000, 50, 2_000, 2_500, 128
PIXEL_NOISE, LABEL_NOISE = 0.05, 0.04
SIZES = (-1.5, 1.5)
TRAININGS = ("labels", "pairs, told which", "pairs, not told", "pictures alone")


def factors_of(noise: np.ndarray) -> np.ndarray:
    """Return position, size, brightness, height of spots: (n, 4) -> (n, 4)."""
    size = 0.7 * noise[:, 0] + 0.71 * noise[:, 1]
    return np.column_stack([noise[:, 0], size, -0.6 * size + 0.8 * noise[:, 2], noise[:, 3]])


def draw(factors: np.ndarray) -> np.ndarray:
    """Return pictures without noise: (n, 4) -> (n, 64)."""
    at = (np.arange(8) + 0.5) / 4 - 1
    position, size, brightness, height = (column[:, None] for column in factors.T)
    wide = 0.4 * np.exp(0.3 * size)
    across = np.exp(-(((at - 0.2 * position) / wide) ** 2) / 2)
    down = np.exp(-(((at - 0.2 * height) / wide) ** 2) / 2)
    light = (0.6 + 0.15 * brightness)[:, :, None]
    return (light * down[:, :, None] * across[:, None, :]).reshape(-1, 64)


def seen(rng: np.random.Generator, factors: np.ndarray) -> np.ndarray:
    """Return pictures with noise: (n, 4) -> (n, 64)."""
    return draw(factors) + PIXEL_NOISE * rng.normal(size=(len(factors), 64))


def start(key: jax.Array) -> dict[str, Any]:
    """Return the weights of encoder (64 -> 8) and decoder (4 -> 64), and both slopes."""

    def layers(key: jax.Array, *sizes: int) -> list[tuple[jax.Array, jax.Array]]:
        keys = jax.random.split(key, len(sizes) - 1)
        return [
            (jax.random.normal(key, (n_in, n_out)) / n_in**0.5, jnp.zeros(n_out))
            for key, (n_in, n_out) in zip(keys, pairwise(sizes), strict=True)
        ]

    one, two = jax.random.split(key)
    both = {"encoder": layers(one, 64, 64, 64, 8), "decoder": layers(two, 4, 64, 64, 64)}
    return {**both, "slopes": jnp.zeros(2)}


def network(layers: list[tuple[jax.Array, jax.Array]], columns: jax.Array) -> jax.Array:
    """Return what layers make of columns: (n, in) -> (n, out)."""
    for weights, bias in layers[:-1]:
        columns = jax.nn.gelu(columns @ weights + bias)
    return columns @ layers[-1][0] + layers[-1][1]


def misfit(net: dict[str, Any], pictures: jax.Array, latents: jax.Array) -> jax.Array:
    """Return minus the log-likelihood of each picture, constants left out: shape (n,)."""
    gap = (pictures - network(net["decoder"], latents)) / PIXEL_NOISE
    return 0.5 * (gap**2).sum(axis=1)


def surprise(net: dict[str, Any], latents: jax.Array) -> jax.Array:
    """Return minus the log-prior of each picture's latents by the graph: shape (n,)."""
    position, size, brightness, height = latents.T
    one, two = net["slopes"]
    noise = [position, (size - one * position) / 0.71, (brightness - two * size) / 0.8, height]
    return 0.5 * sum(each**2 for each in noise)


def loss(
    training: str, net: dict[str, Any], batch: dict[str, jax.Array], key: jax.Array
) -> jax.Array:
    """Return minus the ELBO per picture, with what the labels say; constants left out."""
    keys = jax.random.split(key)
    mean, log_sd = jnp.split(network(net["encoder"], batch["picture"]), 2, axis=1)
    if not training.startswith("pairs"):
        latents = mean + jnp.exp(log_sd) * jax.random.normal(keys[0], mean.shape)
        found = misfit(net, batch["picture"], latents) + surprise(net, latents)
        if training == "labels":
            found += 0.5 * (((mean - batch["factors"]) / LABEL_NOISE) ** 2).sum(axis=1)
        return (found - log_sd.sum(axis=1)).mean()
    mean_2, log_sd_2 = jnp.split(network(net["encoder"], batch["partner"]), 2, axis=1)
    which = batch["changed"]
    if training == "pairs, not told":
        which = jnp.argmax(jnp.abs(mean - mean_2) / jnp.exp((log_sd + log_sd_2) / 2), axis=1)
    changed = jax.nn.one_hot(which, 4)
    mean = jnp.where(changed, mean, (mean + mean_2) / 2)
    log_sd = jnp.where(changed, log_sd, (log_sd + log_sd_2) / 2)
    latents = mean + jnp.exp(log_sd) * jax.random.normal(keys[0], mean.shape)
    fresh = mean_2 + jnp.exp(log_sd_2) * jax.random.normal(keys[1], mean.shape)
    found = misfit(net, batch["picture"], latents) + surprise(net, latents) - log_sd.sum(axis=1)
    found += misfit(net, batch["partner"], jnp.where(changed, fresh, latents))
    found += (changed * (0.5 * fresh**2 - log_sd_2)).sum(axis=1)
    return found.mean() / 2


@cache
def trainer(training: str, steps: int = STEPS) -> Callable[..., tuple[dict[str, Any], jax.Array]]:
    """Return a compiled function: pictures, a key -> trained weights, losses (step,)."""
    optimiser = optax.adam(optax.cosine_onecycle_schedule(steps, peak_value=0.003))

    def train(world: dict[str, jax.Array], key: jax.Array) -> tuple[dict[str, Any], jax.Array]:
        def step(state: tuple, key: jax.Array) -> tuple:
            rows_key, draw_key = jax.random.split(key)
            rows = jax.random.randint(rows_key, (BATCH,), 0, N_PICTURES)
            batch = {name: values[rows] for name, values in world.items()}
            now, slope = jax.value_and_grad(partial(loss, training))(state[0], batch, draw_key)
            change, memory = optimiser.update(slope, state[1])
            return (optax.apply_updates(state[0], change), memory), now

        first, second = jax.random.split(key)
        net = start(first)
        keys = jax.random.split(second, steps)
        (net, _), losses = jax.lax.scan(step, (net, optimiser.init(net)), keys)
        return net, losses

    return jax.jit(train)


def names(latents: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each factor its latent, shape (4,), and the lines to them, shape (4, 2)."""
    fit = np.abs(np.corrcoef(latents.T, factors.T)[4:, :4])
    which = linear_sum_assignment(-fit)[1]
    lines = [np.polyfit(latents[:, w], f, 1) for w, f in zip(which, factors.T, strict=True)]
    return which, np.array(lines)


def scores(net: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Return mcc, error, slope and redrawn of trained networks on new pictures."""

    def means(pictures: np.ndarray) -> np.ndarray:
        return np.array(network(net["encoder"], jnp.asarray(pictures))[:, :4], float)

    def decoded(latents: np.ndarray) -> np.ndarray:
        return np.array(network(net["decoder"], jnp.asarray(latents)), float)

    shown = factors_of(rng.normal(size=(N_NAMED, 4)))
    which, lines = names(means(seen(rng, shown)), shown)
    noise = rng.normal(size=(N_NEW, 4))
    factors = factors_of(noise)
    latents = means(seen(rng, factors))
    found = lines[:, 0] * latents[:, which] + lines[:, 1]
    slope = np.polyfit(found[:, 1], found[:, 2], 1)[0]
    missed, left = [], []
    for size in SIZES:
        truth = factors.copy()
        truth[:, 1], truth[:, 2] = size, -0.6 * size + 0.8 * noise[:, 2]
        answer, said = latents.copy(), found.copy()
        said[:, 2] += slope * (size - found[:, 1])
        said[:, 1] = size
        answer[:, which] = (said - lines[:, 1]) / lines[:, 0]
        missed.append((decoded(answer) - draw(truth)) ** 2)
        left.append((draw(factors) - draw(truth)) ** 2)
    fit = [abs(np.corrcoef(latents[:, w], f)[0, 1]) for w, f in zip(which, factors.T, strict=True)]
    return {
        "mcc": float(np.mean(fit)),
        "error": float(np.sqrt(np.mean(missed) / np.mean(left))),
        "slope": float(slope),
        "redrawn": float(np.sqrt(np.mean((decoded(latents) - draw(factors)) ** 2))),
    }


def pictures(rng: np.random.Generator) -> dict[str, jax.Array]:
    """Return one world: picture and partner (n, 64), factors (n, 4), changed (n,)."""
    factors = factors_of(rng.normal(size=(N_PICTURES, 4)))
    changed, other = rng.integers(0, 4, N_PICTURES), factors.copy()
    other[np.arange(N_PICTURES), changed] = rng.normal(size=N_PICTURES)
    columns = {"picture": seen(rng, factors), "partner": seen(rng, other), "factors": factors}
    return {k: jnp.asarray(v) for k, v in {**columns, "changed": changed}.items()}


def study(rng: np.random.Generator, trainings: tuple[str, ...] = TRAININGS) -> list[dict[str, Any]]:
    """Return what some trainings have learnt from one world's pictures."""
    rows = []
    with jax.enable_x64(new_val=False):  # the same 32 bits, whatever else has run
        world, key = pictures(rng), jax.random.key(int(rng.integers(2**31)))
        seed = int(rng.integers(2**31))
        for training in trainings:
            net, losses = trainer(training)(world, key)
            found = scores(net, np.random.default_rng(seed))
            found["loss"] = float(losses[-100:].mean())
            rows.append({"training": training, **{k: round(v, 3) for k, v in found.items()}})
    return rows


main = partial(worlds.command, study, N_WORLDS, SEED, FILE)

if __name__ == "__main__":
    sys.exit(main(["--backend", "threading", "--jobs", "1", *sys.argv[1:]]))
