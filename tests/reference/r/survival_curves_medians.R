# Pooled medians by quantile estimation (McGrath et al. 2019, doi 10.1002/sim.8013), independent of ours:
# two-parameter optim() per family from several starts, then metafor's REML.
# Rscript survival_curves_medians.R > ../values/survival_curves_medians.json
suppressMessages({library(metafor); library(jsonlite)})
distance <- function(theta, q, shares, times) {
  value <- suppressWarnings(sum((q(shares, exp(theta[1]), exp(theta[2])) - times)^2))
  if (is.finite(value)) value else 1e10
}
families <- list(
  lognormal = list(q = function(p, a, b) qlnorm(p, log(b), a), d = function(a, b) dlnorm(b, log(b), a)),
  gamma = list(q = function(p, a, b) qgamma(p, a, scale = b), d = function(a, b) dgamma(qgamma(.5, a, scale = b), a, scale = b)),
  weibull = list(q = function(p, a, b) qweibull(p, a, b), d = function(a, b) dweibull(qweibull(.5, a, b), a, b)))
one <- function(s) {
  all <- c(1 / s$n, .25, .5, .75, 1 - 1 / s$n); x <- c(s$min, s$q1, s$median, s$q3, s$max)
  shares <- all[!is.na(x)]; times <- x[!is.na(x)]
  line <- lm(times ~ qnorm(shares))
  fits <- list(normal = c(sum(resid(line)^2), dnorm(0, 0, coef(line)[2])))
  for (f in names(families)) {
    best <- list(value = Inf)
    for (a in c(-1.5, 0, 1, 2.5)) for (b in log(s$median) + c(-2, 0, 1)) {
      o <- list(par = c(a, b))
      for (again in 1:4) o <- optim(o$par, distance, q = families[[f]]$q, shares = shares, times = times,
        control = list(reltol = 1e-15, maxit = 5000))
      if (o$value < best$value) best <- o
    }
    fits[[f]] <- c(best$value, families[[f]]$d(exp(best$par[1]), exp(best$par[2])))
  }
  chosen <- names(which.min(sapply(fits, `[`, 1)))
  list(family = chosen, se = sqrt(1 / (4 * s$n * fits[[chosen]][2]^2)))
}
study <- function(n, median, min = NA, q1 = NA, q3 = NA, max = NA)
  data.frame(n = n, median = median, min = min, q1 = q1, q3 = q3, max = max)
sets <- list(
  # synthetic months, shaped like printed series: ranges, quartiles, both
  ranges = rbind(study(7, 3, 2, max = 6), study(11, 4.2, 1.1, max = 19), study(20, 5, 1.5, max = 14), study(5, 9, 3, max = 30)),
  quartiles = rbind(study(25, 6, q1 = 3.5, q3 = 11), study(40, 7.4, q1 = 5, q3 = 9.9), study(18, 3.9, q1 = 2.2, q3 = 8.1)),
  mixed = rbind(study(12, 4, 1, 2.5, 8, 21), study(30, 6.5, q1 = 4, q3 = 9), study(9, 2.8, 1.2, max = 7.5),
                study(60, 10, 2, 6, 15, 38), study(15, 5.5, q1 = 4.9, q3 = 6.4)),
  homogeneous = rbind(study(50, 5, q1 = 3, q3 = 8), study(60, 5.1, q1 = 3, q3 = 8.2), study(45, 4.9, q1 = 2.9, q3 = 7.9)))
out <- lapply(sets, function(d) {
  fits <- lapply(seq_len(nrow(d)), function(i) one(as.list(d[i, ])))
  se <- sapply(fits, `[[`, "se")
  m <- rma(d$median, sei = se, method = "REML", test = "t", control = list(threshold = 1e-13, maxiter = 1000))
  p <- predict(m)
  list(studies = d, family = sapply(fits, `[[`, "family"), se = se, value = c(m$beta), standard_error = m$se,
       lower = m$ci.lb, upper = m$ci.ub, tau2 = m$tau2, q = m$QE, prediction_lower = p$pi.lb, prediction_upper = p$pi.ub)
})
cat(toJSON(list(versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor"))), sets = out),
           auto_unbox = TRUE, digits = NA, na = "null", pretty = TRUE), "\n")
