"""Write `mundlak_study.csv`: the slope of five models in many simulated worlds, for notebook 06.

Run by `uv run python data/mundlak_study.py` (about fifteen minutes of CPU); with a folder as its
argument it writes there. A world is 30 groups and a true slope of 0, 0.5 or -0.5 (see
`simulate_world`); slopes other than zero are studied in the smallest groups, where models differ.

Each model of the notebook gives every group an intercept with a normal distribution, so that the
intercepts can be integrated out one at a time, by adaptive Gauss-Hermite quadrature. Two to eight
parameters are left. Their mode and curvature give a first proposal, a multivariate t with 5 degrees
of freedom; weighted draws from it give the centre and spread of a second one, and the importance
weights of its draws turn them into the posterior. The draws are a scrambled Sobol sequence, which
fills the space evenly; the interval follows from their mean, standard deviation and skewness, since
the ends of an interval that are read off a few hundred draws would be too uncertain to judge a
coverage by. `tests/test_06_mundlak.py` compares with NUTS and with 8,192 draws.

Sources: world and models follow the lectures to McElreath (2020), Statistical Rethinking,
doi:10.1201/9780429029608; Mundlak (1978), doi:10.2307/1913646; quadrature: Naylor and Smith
(1982), doi:10.2307/2347995; quantiles from moments: Cornish and Fisher (1938), doi:10.2307/1400905.
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
from jax.scipy.special import ndtri
from jax.scipy.stats import norm
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).resolve().parent
FILE = "mundlak_study.csv"
N_GROUPS = 30
CASES = {0.0: (7, 20, 67), 0.5: (7,), -0.5: (7,)}  # true slope, log-odds per unit -> sizes
FIRST_DRAWS, DRAWS = 256, {7: 512, 20: 512, 67: 256}  # rows per group -> of the second proposal
ENOUGH, MORE = 15, 16  # with fewer effective draws than enough, draw again, more times as many
N_WORLDS = 100
FIXED_SD = 10.0
PROB = 0.94
MAX_STEPS, SMALL_STEP = 40, 1e-3  # of the climb to the mode
NODES, _WEIGHTS = np.polynomial.hermite.hermgauss(11)
LOG_WEIGHTS = np.log(_WEIGHTS) + NODES**2


def simulate_world(seed: int, n_per_group: int, effect: float = 0.0) -> dict[str, np.ndarray]:
    """Return one world: x and y with shape (group, row), z with shape (group,).

    U_g ~ N(1.5, 1), x ~ N(U_g, 1), z_g ~ N(0, 1), y ~ Bernoulli(logit(-2 + effect x + U_g + z_g)).
    """
    rng = np.random.default_rng([seed, n_per_group])
    u, z = rng.normal(1.5, 1, N_GROUPS), rng.normal(0, 1, N_GROUPS)
    x = rng.normal(u[:, None], 1, (N_GROUPS, n_per_group))
    log_odds = -2 + effect * x + (u + z)[:, None]
    y = rng.random(x.shape) < 1 / (1 + np.exp(-log_odds))
    return {"x": x, "y": y.astype(float), "z": z}


# x is counted from its mean over all rows, so that an intercept is the log-odds there.
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
    """Return mean, sd and highest-density interval of weighted draws of one number.

    The interval is the shortest one between quantiles that follow from mean, sd and skewness.
    """
    mean = (weight * value).sum()
    sd = jnp.sqrt((weight * (value - mean) ** 2).sum())
    skew = (weight * ((value - mean) / sd) ** 3).sum()
    lower_tail = jnp.linspace(0.002, 1 - PROB - 0.002, 57)

    def quantile(share: jax.Array) -> jax.Array:
        z = ndtri(share)
        return mean + sd * (z + skew / 6 * (z**2 - 1) - skew**2 / 36 * (2 * z**3 - 5 * z))

    low, high = quantile(lower_tail), quantile(lower_tail + PROB)
    best = jnp.argmin(high - low)
    return mean, sd, low[best], high[best]


def standard_draws(seed: int, n_draws: int, size: int) -> np.ndarray:
    """Return draws of a multivariate t with 5 degrees of freedom, even over the space.

    Shape (n_draws, size); a scrambled Sobol sequence, so n_draws is a power of two.
    """
    even = stats.qmc.Sobol(size + 1, rng=np.random.default_rng(seed)).random(n_draws)
    even = even.clip(1e-9, 1 - 1e-9)
    normal, chi = stats.norm.ppf(even[:, :size]), stats.chi2.ppf(even[:, size:], 5) / 5
    return normal / np.sqrt(chi)


@partial(jax.jit, static_argnums=(0, 1))
def posterior_of_slope(
    model: object, size: int, world: dict, first: jax.Array, second: jax.Array
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

    def weigh(centre: jax.Array, root: jax.Array, standard: jax.Array) -> tuple:
        draws = centre + standard @ root.T
        log_proposal = -0.5 * (5 + size) * jnp.log1p((standard**2).sum(axis=1) / 5)
        log_weight = jax.lax.map(target, draws, batch_size=64) - log_proposal
        return draws, jax.nn.softmax(log_weight)

    draws, weight = weigh(mode, vector / jnp.sqrt(jnp.maximum(value, 0.1)), first)
    weight = jnp.minimum(weight, len(first) ** -0.5)
    weight /= weight.sum()
    centre = weight @ draws
    spread = (weight[:, None] * (draws - centre)).T @ (draws - centre)
    draws, weight = weigh(centre, jnp.linalg.cholesky(spread), second)
    return *weighted_summary(draws[:, 0], weight), 1 / (weight**2).sum()


def study(
    model: str,
    n_per_group: int,
    seeds: Iterable[int],
    effect: float = 0.0,
    n_draws: int | None = None,
) -> pd.DataFrame:
    """Return the posterior of the slope in each world.

    `n_draws` is a power of two; by default that of `DRAWS`.

    Columns: model, n_per_group, effect (the true slope), world (its seed), mean, sd, lower, upper
    (94 % highest-density interval; log-odds per unit of x), effective_draws.
    """
    jax.config.update("jax_enable_x64", True)  # noqa: FBT003
    function, size = MODELS[model]
    sizes, rows = (FIRST_DRAWS, n_draws or DRAWS[n_per_group]), []
    for seed in seeds:
        world = {k: jnp.asarray(v) for k, v in simulate_world(seed, n_per_group, effect).items()}
        world["x"] -= world["x"].mean()
        for times in (1, MORE):
            draws = [standard_draws(2 * seed + k, times * n, size) for k, n in enumerate(sizes)]
            found = posterior_of_slope(function, size, world, *draws)
            if found[-1] >= ENOUGH:
                break
        rows.append((model, n_per_group, effect, seed, *map(float, found)))
    columns = ["mean", "sd", "lower", "upper", "effective_draws"]
    return pd.DataFrame(rows, columns=["model", "n_per_group", "effect", "world", *columns])


def main(folder: Path) -> None:
    """Write the study: five models, `N_WORLDS` worlds of each true slope and group size."""
    cases = [
        (model, n, effect) for effect, sizes in CASES.items() for n in sizes for model in MODELS
    ]
    parts = [study(model, n, range(N_WORLDS), effect) for model, n, effect in cases]
    table = pd.concat(parts, ignore_index=True)
    table.to_csv(folder / FILE, index=False, float_format="%.4f", lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
