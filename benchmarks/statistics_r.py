"""The R side of `benchmarks.statistics`: scripts that print CPU seconds and one number to compare."""

from __future__ import annotations

from collections.abc import Iterable

TIMED = """
timed <- function(work, rounds = 3) {
  work()
  min(replicate(rounds, { start <- proc.time(); work(); sum((proc.time() - start)[1:2]) }))
}
"""


def _c(numbers: Iterable[float]) -> str:
    return f"c({', '.join(f'{number:.17g}' for number in numbers)})"


def one_fit(x: Iterable[float], n: Iterable[float]) -> str:
    # one call is near the clock's step of a millisecond, so ten are timed
    return f"""{TIMED}
xi <- {_c(x)}; ni <- {_c(n)}
fit <- function() rma.glmm(measure = "PLO", xi = xi, ni = ni, test = "t")
cat(timed(function() for (i in 1:10) fit()) / 10, coef(fit()))
"""


def many_fits(x: Iterable[Iterable[float]], n: Iterable[Iterable[float]]) -> str:
    pairs = ",\n".join(f"list(x = {_c(xs)}, n = {_c(ns)})" for xs, ns in zip(x, n, strict=True))
    return f"""{TIMED}
sets <- list({pairs})
fits <- function() sapply(sets, function(s) coef(rma.glmm(measure = "PLO", xi = s$x, ni = s$n)))
cat(timed(fits, 1), mean(fits()))
"""


def without_each(x: Iterable[float], n: Iterable[float], calls: int) -> str:
    return f"""{TIMED}
xi <- {_c(x)}; ni <- {_c(n)}
without <- function(i) coef(rma.glmm(measure = "PLO", xi = xi[-i], ni = ni[-i]))
cat(timed(function() sapply(1:{calls}, without), 1), without(1))
"""


def bootstrap(months: Iterable[float]) -> str:
    return f"""{TIMED}
months <- {_c(months)}
set.seed(1)
run <- function() boot(months, function(data, rows) median(data[rows]), R = 10000)
cat(timed(run), mean(run()$t))
"""


def bayes(x: Iterable[float], n: Iterable[float]) -> str:
    """μ ~ N(−4, 2²), τ ~ half-normal(1): each study's likelihood by `integrate`, the rest on a fine enough grid."""
    return f"""{TIMED}
xi <- {_c(x)}; ni <- {_c(n)}
study <- function(x, n, mu, tau) {{
  peak <- optimize(function(u) dbinom(x, n, plogis(mu + tau * u), log = TRUE) + dnorm(u, log = TRUE),
                   c(-9, 9), maximum = TRUE)$objective
  peak + log(integrate(function(u) exp(dbinom(x, n, plogis(mu + tau * u), log = TRUE) + dnorm(u, log = TRUE) - peak),
                       -9, 9, rel.tol = 1e-7, subdivisions = 500)$value)
}}
quantiles <- function() {{
  mu <- seq(-9, -2, length.out = 71); tau <- seq(0, 4, length.out = 33)
  height <- outer(mu, tau, Vectorize(function(m, t)
    sum(mapply(study, xi, ni, m, t)) + dnorm(m, -4, 2, log = TRUE) + dnorm(t, 0, 1, log = TRUE)))
  mass <- exp(height - max(height))
  mass[, 1] <- mass[, 1] / 2
  density <- splinefun(mu, rowSums(mass))
  fine <- seq(-9, -2, length.out = 20001)
  share <- cumsum(density(fine)); share <- share / share[20001]
  plogis(approx(share, fine, c(0.5, 0.025, 0.975), ties = "ordered")$y)
}}
cat(timed(quantiles, 1), quantiles()[1])
"""
