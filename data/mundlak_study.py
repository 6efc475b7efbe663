"""Write `mundlak_study.csv`: the slope of five models in many simulated worlds, for notebook 06.

Run by `uv run python data/mundlak_study.py` (about five minutes of CPU); with a folder as argument
it writes there. A world is 30 groups and a true slope of zero (see `simulate_world`).

Each model of the notebook gives every group an intercept with a normal distribution, so that the
intercepts can be integrated out one at a time, by adaptive Gauss-Hermite quadrature. Two to eight
parameters are left. Their mode and curvature give a first proposal, a multivariate t with 5 degrees
of freedom; weighted draws from it give the centre and spread of a second one, and the importance
weights of its draws turn them into the posterior. Approximate are the quadrature (11 nodes) and the
finite number of weighted draws, nothing else. `tests/test_06_mundlak.py` compares with NUTS.

Sources: world and models follow the lectures to McElreath (2020), Statistical Rethinking,
doi:10.1201/9780429029608; Mundlak (1978), doi:10.2307/1913646; quadrature: Naylor and Smith
(1982), doi:10.2307/2347995.
"""

# ruff: noqa: INP001

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jax.scipy.stats import norm

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).resolve().parent
FILE = "mundlak_study.csv"
N_GROUPS = 30
DRAWS = {7: 500, 20: 500, 67: 250}  # rows per group -> weighted draws per world
N_WORLDS = 100
FIXED_SD = 10.0
PROB = 0.94
MAX_STEPS, SMALL_STEP = 40, 1e-3  # of the climb to the mode
NODES, _WEIGHTS = np.polynomial.hermite.hermgauss(11)
LOG_WEIGHTS = np.log(_WEIGHTS) + NODES**2


def simulate_world(seed: int, n_per_group: int) -> dict[str, np.ndarray]:
    """Return one world: x and y with shape (group, row), z with shape (group,).

    U_g ~ N(1.5, 1), x ~ N(U_g, 1), z_g ~ N(0, 1), y ~ Bernoulli(logit(-2 + 0 x + U_g + z_g)).
    """
    rng = np.random.default_rng([seed, n_per_group])
    u, z = rng.normal(1.5, 1, N_GROUPS), rng.normal(0, 1, N_GROUPS)
    x = rng.normal(u[:, None], 1, (N_GROUPS, n_per_group))
    log_odds = -2 + 0 * x + (u + z)[:, None]
    y = rng.random(x.shape) < 1 / (1 + np.exp(-log_odds))
    return {"x": x, "y": y.astype(float), "z": z}


# Each model: parameters and world -> mean and sd of the groups' intercepts, log prior, and what the
# model says of x. Parameters 0 and 1 are the slopes of x and z; scales come as logarithms.


def _log_scale(value: jax.Array) -> jax.Array:
    """Return the log density of log(scale) when scale ~ Exponential(1)."""
    return value - jnp.exp(value)


def naive(p: jax.Array, world: dict) -> tuple:
    """One intercept for all: its spread is zero."""
    return p[2] + 0 * world["z"], None, norm.logpdf(p[2])


def fixed(p: jax.Array, world: dict) -> tuple:
    """Each group's intercept by itself: N(0, 10)."""
    return 0 * world["z"], FIXED_SD, 0.0 * p[0]


def multilevel(p: jax.Array, world: dict) -> tuple:
    """Intercepts from one population: N(a, tau)."""
    return p[2] + 0 * world["z"], jnp.exp(p[3]), norm.logpdf(p[2]) + _log_scale(p[3])


def mundlak(p: jax.Array, world: dict) -> tuple:
    """The population's mean moves with the group's mean of x: N(a + b mean(x), tau)."""
    mean = p[2] + p[4] * world["x"].mean(axis=1)
    return mean, jnp.exp(p[3]), norm.logpdf(p[2]) + _log_scale(p[3]) + norm.logpdf(p[4])


def latent(p: jax.Array, world: dict) -> tuple:
    """N(a + b u, tau), with u ~ N(0, 1) read from x ~ N(c + loading u, sigma), loading > 0."""
    x, loading, sigma = world["x"], jnp.exp(p[6]), jnp.exp(p[7])
    precision = 1 + x.shape[1] * (loading / sigma) ** 2
    u_mean = loading * (x - p[5]).sum(axis=1) / sigma**2 / precision
    log_x = norm.logpdf(x, p[5] + loading * u_mean[:, None], sigma).sum(axis=1)
    log_x += norm.logpdf(u_mean) - norm.logpdf(0, 0, precision**-0.5)
    prior = norm.logpdf(p[2]) + _log_scale(p[3]) + norm.logpdf(p[4]) + norm.logpdf(p[5])
    prior += _log_scale(p[6]) + _log_scale(p[7]) + log_x.sum()
    return p[2] + p[4] * u_mean, jnp.sqrt(jnp.exp(2 * p[3]) + p[4] ** 2 / precision), prior


MODELS = {
    "naive": (naive, 3),
    "fixed effects": (fixed, 2),
    "multilevel": (multilevel, 4),
    "Mundlak": (mundlak, 5),
    "latent Mundlak": (latent, 8),
}


def log_posterior(model: object, p: jax.Array, world: dict) -> jax.Array:
    """Return the log posterior of the parameters, intercepts integrated out."""
    mean, sd, prior = model(p, world)
    prior += norm.logpdf(p[:2]).sum()
    mean += p[1] * world["z"]
    x, y = p[0] * world["x"], world["y"]

    def log_likelihood(c: jax.Array) -> jax.Array:
        eta = c[:, None] + x
        return (y * eta - jnp.logaddexp(0, eta)).sum(axis=1)

    if sd is None:
        return prior + log_likelihood(mean).sum()

    def curved(c: jax.Array) -> tuple:
        chance = jax.nn.sigmoid(c[:, None] + x)
        slope = (y - chance).sum(axis=1) - (c - mean) / sd**2
        return slope, (chance * (1 - chance)).sum(axis=1) + 1 / sd**2

    def newton(c: jax.Array, _: None) -> tuple:
        slope, curvature = curved(c)
        return c + jnp.clip(slope / curvature, -2, 2), None

    mode = jax.lax.stop_gradient(jax.lax.scan(newton, mean, None, length=7)[0])
    width = jax.lax.stop_gradient(jnp.sqrt(2 / curved(mode)[1]))
    height = jax.vmap(
        lambda node: (
            log_likelihood(mode + width * node) + norm.logpdf(mode + width * node, mean, sd)
        )
    )(jnp.asarray(NODES))
    integral = jax.nn.logsumexp(height + LOG_WEIGHTS[:, None], axis=0) + jnp.log(width)
    return prior + integral.sum()


def weighted_summary(value: jax.Array, weight: jax.Array) -> tuple:
    """Return mean, sd and highest-density interval of weighted draws of one number."""
    order = jnp.argsort(value)
    value, weight = value[order], weight[order]
    mean = (weight * value).sum()
    sd = jnp.sqrt((weight * (value - mean) ** 2).sum())
    below = jnp.cumsum(weight) - weight / 2
    lower_tail = jnp.linspace(0.002, 1 - PROB - 0.002, 57)
    low, high = (jnp.interp(lower_tail + shift, below, value) for shift in (0, PROB))
    best = jnp.argmin(high - low)
    return mean, sd, low[best], high[best]


@partial(jax.jit, static_argnums=(0, 1, 4))
def posterior_of_slope(
    model: object, size: int, world: dict, key: jax.Array, n_draws: int
) -> tuple:
    """Return mean, sd, lower and upper of the slope of x, and the effective number of draws."""
    target = partial(log_posterior, model, world=world)

    def slopes(p: jax.Array) -> tuple:
        gradient = jax.grad(target)(p)
        return gradient, gradient

    def climb(state: tuple) -> tuple:
        p, _, _, count, _ = state
        curvature, gradient = jax.jacfwd(slopes, has_aux=True)(p)
        value, vector = jnp.linalg.eigh(-curvature)
        step = vector @ (vector.T @ gradient / jnp.maximum(jnp.abs(value), 0.1))
        length = jnp.linalg.norm(step)
        return p + step / jnp.maximum(1, length), value, vector, count + 1, length

    start = jnp.zeros(size), jnp.ones(size), jnp.eye(size), 0, 1.0
    mode, value, vector, *_ = jax.lax.while_loop(
        lambda state: (state[3] < MAX_STEPS) & (state[4] > SMALL_STEP), climb, start
    )

    def weigh(proposal: tuple, key: jax.Array) -> tuple:
        centre, root = proposal
        key_normal, key_chi = jax.random.split(key)
        normal = jax.random.normal(key_normal, (n_draws // 2, size))
        chi = jax.random.gamma(key_chi, 2.5, (n_draws // 2, 1)) / 2.5
        standard = jnp.concatenate([normal, -normal]) / jnp.sqrt(jnp.concatenate([chi, chi]))
        draws = centre + standard @ root.T
        log_proposal = -0.5 * (5 + size) * jnp.log1p((standard**2).sum(axis=1) / 5)
        log_weight = jax.lax.map(target, draws, batch_size=50) - log_proposal
        weight = jax.nn.softmax(log_weight)
        blunt = jnp.minimum(weight, n_draws**-0.5)
        blunt /= blunt.sum()
        centre = blunt @ draws
        spread = (blunt[:, None] * (draws - centre)).T @ (draws - centre)
        return (centre, jnp.linalg.cholesky(spread)), (draws[:, 0], weight)

    first = mode, vector / jnp.sqrt(jnp.maximum(value, 0.1))
    _, (slopes_drawn, weights) = jax.lax.scan(weigh, first, jax.random.split(key))
    return *weighted_summary(slopes_drawn[-1], weights[-1]), 1 / (weights[-1] ** 2).sum()


def study(model: str, n_per_group: int, seeds: Iterable[int]) -> pd.DataFrame:
    """Return the posterior of the slope in each world.

    Columns: model, n_per_group, world (its seed), mean, sd, lower, upper (94 % highest-density
    interval; log-odds per unit of x), effective_draws.
    """
    jax.config.update("jax_enable_x64", True)  # noqa: FBT003
    function, size = MODELS[model]
    rows = []
    for seed in seeds:
        world = {k: jnp.asarray(v) for k, v in simulate_world(seed, n_per_group).items()}
        found = posterior_of_slope(function, size, world, jax.random.key(seed), DRAWS[n_per_group])
        rows.append((model, n_per_group, seed, *map(float, found)))
    columns = ["mean", "sd", "lower", "upper", "effective_draws"]
    return pd.DataFrame(rows, columns=["model", "n_per_group", "world", *columns])


def main(folder: Path) -> None:
    """Write the study: five models, three group sizes, `N_WORLDS` worlds each."""
    parts = [study(model, n, range(N_WORLDS)) for n in DRAWS for model in MODELS]
    table = pd.concat(parts, ignore_index=True)
    table.to_csv(folder / FILE, index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
