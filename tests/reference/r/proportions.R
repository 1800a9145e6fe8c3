# Reference values for the pooled proportions:
#   Rscript proportions.R ../values      writes proportions.json there (about ten minutes)
# R 4.2.2, metafor 3.8-1, metadat 1.2-0, jsonlite. What R has no exact estimator for is put together from its own
# densities: the marginal likelihood of the random-intercept model is a plain trapezoid sum over 3001 values of the
# random effect in ±8.5, far finer than any peak in these data, maximised by nlminb and profiled by uniroot.
suppressPackageStartupMessages({library(metafor); library(metadat); library(jsonlite)})
to <- commandArgs(TRUE)[1]
arm <- function(x, n) { keep <- !is.na(x) & !is.na(n); list(x = x[keep], n = n[keep]) }
set.seed(20151124)
n500 <- sample(50:3000, 500, TRUE); x500 <- rbinom(500, n500, plogis(-4.8 + 0.7 * rnorm(500)))
yusuf6 <- subset(dat.yusuf1985, table == "6"); none <- subset(dat.pagliaro1992, trt == "control")
data <- list(
  founding = arm(c(7, 18, 2, 0), c(523, 3047, 90, 449)),
  founding3 = arm(c(7, 18, 2), c(523, 3047, 90)),
  spread5 = arm(c(30, 1, 12, 3, 0), c(250000, 18, 16000, 60, 700)),
  identical = arm(c(5, 5, 5), c(50, 50, 50)),
  nearly_all = arm(c(16, 19, 40, 12), c(17, 19, 41, 15)),
  pritz1997 = with(dat.pritz1997, arm(xi, ni)),
  debruin2009 = with(dat.debruin2009, arm(xi, ni)),
  bcg_vaccinated = with(dat.bcg, arm(tpos, tpos + tneg)),
  bcg_control = with(dat.bcg, arm(cpos, cpos + cneg)),
  axfors2021_treated = with(dat.axfors2021, arm(hcq_arm_event, hcq_arm_total)),
  axfors2021_control = with(dat.axfors2021, arm(control_arm_event, control_arm_total)),
  hine1989 = with(dat.hine1989, arm(ai, n1i)),
  nielweise2007 = with(dat.nielweise2007, arm(ai, n1i)),
  graves2010 = with(dat.graves2010, arm(ai, n1i)),
  lee2004 = with(dat.lee2004, arm(ci, n2i)),
  damico2009 = with(dat.damico2009, arm(xt, nt)),
  linde2005 = with(dat.linde2005, arm(ci, n2i)),
  yusuf1985 = with(yusuf6, arm(ai, n1i)),
  pagliaro1992 = with(none, arm(xi, ni)),
  k500 = arm(x500, n500))

u <- seq(-8.5, 8.5, length.out = 3001); base <- dnorm(u, log = TRUE) + log(u[2] - u[1])
study <- function(x, n, mu, tau) { h <- dbinom(x, n, plogis(mu + tau * u), log = TRUE) + base; m <- max(h); m + log(sum(exp(h - m))) }
loglik <- function(d, mu, tau) sum(mapply(study, d$x, d$n, rep_len(mu, length(d$x)), MoreArgs = list(tau = tau)))
common <- function(d) sum(dbinom(d$x, d$n, sum(d$x) / sum(d$n), log = TRUE))
top <- function(f, starts, lower = -Inf) {
  runs <- lapply(starts, function(s) nlminb(s, function(p) -f(p), lower = lower, control = list(rel.tol = 1e-15, x.tol = 1e-12, eval.max = 2000, iter.max = 1000)))
  runs[[which.min(sapply(runs, function(r) r$objective))]]
}
# second derivatives by central differences at two step sizes, extrapolated (Richardson)
hessian <- function(f, p) {
  one <- function(h) { k <- length(p); H <- matrix(0, k, k); e <- diag(h, k)
    for (i in 1:k) for (j in i:k) H[i, j] <- H[j, i] <- (f(p + e[i, ] + e[j, ]) - f(p + e[i, ] - e[j, ]) - f(p - e[i, ] + e[j, ]) + f(p - e[i, ] - e[j, ])) / (4 * h^2)
    H }
  (4 * one(0.005) - one(0.01)) / 3
}
edge <- function(profile, from, step, goal) {
  to <- from + step; while (profile(to) > goal) { to <- to + step; step <- 1.5 * step; if (abs(to) > 60) return(NA) }
  uniroot(function(v) profile(v) - goal, sort(c(from, to)), tol = 1e-11)$root
}
best_of <- function(f, breaks) max(sapply(seq_along(breaks[-1]), function(i) optimize(f, breaks[i + 0:1], maximum = TRUE, tol = 1e-9)$objective))

glmm <- function(d, profiles = TRUE) {
  f <- function(p) loglik(d, p[1], p[2]); m0 <- qlogis((sum(d$x)) / sum(d$n))
  fit <- top(f, list(c(m0, 0.4), c(m0 - 1, 2)), c(-Inf, 0)); mu <- fit$par[1]; tau <- fit$par[2]; l <- -fit$objective
  if (tau < 1e-4 || l - common(d) < 1e-9) { tau <- 0; mu <- m0; l <- common(d); se <- sqrt(1 / sum(d$x) + 1 / sum(d$n - d$x)) }
  else se <- sqrt(solve(-hessian(f, c(mu, tau)))[1, 1])
  out <- list(beta = mu, se = se, tau2 = tau^2, loglik = l, loglik_common = common(d))
  if (!profiles) return(out)
  goal <- l - qchisq(0.95, 1) / 2; step <- 1.5 * se
  pm <- function(m) best_of(function(t) loglik(d, m, t), c(0, 0.5, 2, 15))
  pt <- function(t) optimize(function(m) loglik(d, m, t), c(mu - 12, mu + 12), maximum = TRUE, tol = 1e-9)$objective
  out$beta_lower <- edge(pm, mu, -step, goal); out$beta_upper <- edge(pm, mu, step, goal)
  k <- length(d$x); goal_t <- l - k * log(1 + qt(0.975, k - 1)^2 / (k - 1)) / 2
  out$beta_lower_t <- edge(pm, mu, -step, goal_t); out$beta_upper_t <- edge(pm, mu, step, goal_t)
  out$tau2_upper <- edge(pt, tau, 0.5, goal)^2
  out$tau2_lower <- if (common(d) >= goal) 0 else uniroot(function(t) pt(t) - goal, c(0, tau), tol = 1e-11)$root^2
  out
}

dbb <- function(x, n, p, rho) { s <- 1 / rho - 1; a <- p * s; b <- (1 - p) * s; lchoose(n, x) + lbeta(x + a, n - x + b) - lbeta(a, b) }
beta_binomial <- function(d) {
  f <- function(p) sum(dbb(d$x, d$n, plogis(p[1]), plogis(p[2]))); m0 <- qlogis(sum(d$x) / sum(d$n))
  fit <- top(f, list(c(m0, -5), c(m0, -2)), c(-Inf, -16)); l <- -fit$objective
  if (plogis(fit$par[2]) < 1e-5) return(NULL)  # lbeta cancels there
  goal <- l - qchisq(0.95, 1) / 2
  pm <- function(m) best_of(function(r) f(c(m, r)), c(-13, -6, -3, 4))
  list(mean = plogis(fit$par[1]), rho = plogis(fit$par[2]), loglik = l,
    lower = plogis(edge(pm, fit$par[1], -0.3, goal)), upper = plogis(edge(pm, fit$par[1], 0.3, goal)))
}

tight <- list(threshold = 1e-13, maxiter = 20000, tol = 1e-13)
inverse_variance <- function(d) {
  ways <- c("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
  fits <- lapply(ways, function(m) tryCatch(rma(measure = "PLO", xi = d$x, ni = d$n, method = m, control = tight), error = function(e) NULL))
  names(fits) <- ways
  one <- function(r) { p <- predict(r); list(beta = c(r$b), se = r$se, lower = p$ci.lb, upper = p$ci.ub, new_lower = p$pi.lb, new_upper = p$pi.ub, i2 = r$I2) }
  kh <- function(m) one(rma(measure = "PLO", xi = d$x, ni = d$n, method = m, test = "knha", control = tight))
  q <- confint(fits$DL, control = list(tol = 1e-12, tau2.max = 1e4))$random["tau^2", 2:3]
  ft <- rma(measure = "PFT", xi = d$x, ni = d$n, method = "REML", control = tight)
  pf <- predict(ft, transf = transf.ipft.hm, targs = list(ni = d$n))
  list(tau2 = lapply(fits, function(r) r$tau2), q = fits$DL$QE, q_p = fits$DL$QEp, q_lower = q[[1]], q_upper = q[[2]],
    iv_logit_reml = one(fits$REML), iv_logit_dl = one(fits$DL),
    iv_logit_reml_knha = if (diff(range(d$x / d$n)) > 0) kh("REML"), iv_logit_pm_knha = if (diff(range(d$x / d$n)) > 0) kh("PM"),
    loglik_reml = c(logLik(fits$REML)), loglik_ml = c(logLik(fits$ML)),
    freeman_tukey = list(value = pf$pred, lower = pf$ci.lb, upper = pf$ci.ub, new_lower = pf$pi.lb, new_upper = pf$pi.ub, tau2 = ft$tau2))
}
rma_glmm <- function(d) tryCatch({ r <- rma.glmm(measure = "PLO", xi = d$x, ni = d$n)
  list(beta = c(r$b), se = r$se, tau2 = r$tau2, i2 = r$I2, lrt = r$QE.LRT) }, error = function(e) NULL)
fisher <- function(d) if (length(d$x) <= 6 && sum(d$x) <= 60) fisher.test(cbind(d$x, d$n - d$x), workspace = 2e8)$p.value

# posterior on a grid: mu in 501 steps over the whole of what matters, tau in 201 steps from 0, likelihood as above
bayes <- function(d, m, s, scale, from, to) {
  mu <- seq(from, to, length.out = 501); tau <- seq(0, 6.5 * scale, length.out = 201)
  v <- u[seq(1, 3001, 3)]; b <- dnorm(v, log = TRUE) + log(v[2] - v[1])
  L <- sapply(tau, function(t) { l <- numeric(length(mu))
    for (i in seq_along(d$x)) { h <- exp(dbinom(d$x[i], d$n[i], plogis(outer(mu, t * v, "+")), log = TRUE)); l <- l + log(c(h %*% exp(b))) }
    l + dnorm(mu, m, s, TRUE) + dnorm(t, 0, scale, TRUE) + log(2) })
  w <- exp(L - max(L)); w[, 1] <- w[, 1] / 2; w <- w / sum(w)
  fine <- seq(from, to, length.out = 2e5); dens <- pmax(splinefun(mu, rowSums(w))(fine), 0); cdf <- cumsum(dens) / sum(dens)
  q <- function(p) approx(cdf, fine, p)$y
  new <- function(p) uniroot(function(c) sum(w * outer(mu, tau, function(a, t) ifelse(t == 0, as.numeric(a <= c), pnorm((c - a) / pmax(t, 1e-12))))) - p, c(from - 10, to + 10), tol = 1e-10)$root
  list(value = plogis(q(0.5)), lower = plogis(q(0.025)), upper = plogis(q(0.975)), new_lower = plogis(new(0.025)), new_upper = plogis(new(0.975)))
}
twins <- list(
  list(set = "founding", method = "glmm_bayes_nm4_hn1", r = bayes(data$founding, -4, 2, 1, -11, 0)),
  list(set = "founding", method = "glmm_bayes_n10_hn05", r = bayes(data$founding, 0, 10, 0.5, -9, -2)),
  list(set = "hine1989", method = "glmm_bayes_n25_hn05", r = bayes(data$hine1989, 0, 2.5, 0.5, -5, 0)),
  list(set = "hine1989", method = "glmm_bayes_nm4_hn1", r = bayes(data$hine1989, -4, 2, 1, -7, 2)),
  list(x = c(0, 0, 0), n = c(449, 90, 250), method = "glmm_bayes_nm4_hn05", r = bayes(arm(c(0, 0, 0), c(449, 90, 250)), -4, 2, 0.5, -16, -2)),
  list(x = c(2, 0), n = c(90, 449), method = "glmm_bayes_nm4_hn1", r = bayes(arm(c(2, 0), c(90, 449)), -4, 2, 1, -13, 3)))

# one covariate, and means of groups, in the same model
d <- data$bcg_vaccinated; z <- dat.bcg$ablat
f <- function(p) loglik(d, p[1] + p[2] * (z - 30), p[3]); fit <- top(f, list(c(-4, 0, 1), c(-4, -0.05, 0.5)), c(-Inf, -Inf, 0))
regression <- list(x = d$x, n = d$n, z = z, slope = fit$par[2], se = sqrt(solve(-hessian(f, fit$par))[2, 2]), tau2 = fit$par[3]^2, loglik = -fit$objective)
g <- as.integer(factor(dat.bcg$alloc, unique(dat.bcg$alloc)))
f <- function(p) loglik(d, p[g], p[4]); fit <- top(f, list(c(-4, -4, -4, 1), c(-5, -3, -4, 0.5)), c(-Inf, -Inf, -Inf, 0))
groups <- list(x = d$x, n = d$n, group = dat.bcg$alloc, beta = fit$par[1:3], se = sqrt(diag(solve(-hessian(f, fit$par))))[1:3], tau2 = fit$par[4]^2,
  loglik = -fit$objective, loglik_separate = sum(sapply(1:3, function(k) glmm(arm(d$x[g == k], d$n[g == k]), FALSE)$loglik)))
left_out <- lapply(seq_along(data$hine1989$x), function(i) glmm(arm(data$hine1989$x[-i], data$hine1989$n[-i]), FALSE))

exact <- lapply(list(c(7, 523), c(0, 449), c(449, 449), c(1, 3), c(18, 3047), c(3, 1e7)), function(v) list(x = v[1], n = v[2],
  clopper_pearson = binom.test(v[1], v[2])$conf.int[1:2], clopper_pearson_90 = binom.test(v[1], v[2], conf.level = 0.9)$conf.int[1:2],
  wilson = prop.test(v[1], v[2], correct = FALSE)$conf.int[1:2]))
sets <- lapply(names(data), function(name) { message(name); d <- data[[name]]
  list(name = name, x = d$x, n = d$n, glmm = glmm(d, name != "k500"), beta_binomial = if (name != "k500") beta_binomial(d),
    inverse_variance = inverse_variance(d), rma_glmm = rma_glmm(d), fisher = fisher(d)) })
versions <- list(R = R.version.string, metafor = as.character(packageVersion("metafor")), metadat = as.character(packageVersion("metadat")))
write_json(list(versions = versions, exact = exact, sets = sets, bayes = twins, regression = regression, groups = groups, left_out = left_out),
  file.path(to, "proportions.json"), digits = NA, auto_unbox = TRUE, null = "null", pretty = 1)
