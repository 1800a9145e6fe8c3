# Kaplan-Meier, cumulative incidence and parametric fits of published data sets by R's survival.
# Rscript survival_curves.R > ../values/survival_curves.json
suppressMessages({library(survival); library(jsonlite)})

right <- list(  # time, event of data sets that ship with survival; the last three are shapes on the edge
  founding_cr = data.frame(time = c(2, 6, 2, 3, 2, 5, 3), event = 1),
  founding_disease_free = data.frame(time = c(10, 42, 9, 43, 3, 7, 25), event = c(1, 1, 0, 0, 1, 0, 0)),
  aml = with(aml, data.frame(time = time, event = status)),
  ovarian = with(ovarian, data.frame(time = futime, event = fustat)),
  veteran = with(veteran, data.frame(time = time, event = status)),
  lung = with(lung, data.frame(time = time, event = status - 1)),
  myeloma_first_100 = with(myeloma[1:100, ], data.frame(time = futime, event = death)),
  kidney = with(kidney, data.frame(time = time, event = status)),
  stanford2 = with(stanford2, data.frame(time = time, event = status)),
  rats_female = with(subset(rats, sex == "f"), data.frame(time = time, event = status)),
  mgus = with(mgus, data.frame(time = futime, event = death)),
  bladder_first = with(subset(bladder, enum == 1), data.frame(time = stop, event = event)),
  pbc_first_150 = with(pbc[1:150, ], data.frame(time = time, event = as.numeric(status == 2))),
  retinopathy_argon_100 = with(subset(retinopathy, laser == "argon")[1:100, ], data.frame(time = futime, event = status)),
  gbsg_100 = with(gbsg[1:100, ], data.frame(time = rfstime, event = status)),
  diabetic_100 = with(diabetic[1:100, ], data.frame(time = time, event = status)),
  all_censored = data.frame(time = c(4, 9, 2), event = 0),
  one_patient = data.frame(time = 5, event = 1),
  heavy_ties = data.frame(time = rep(c(1, 2, 3), c(30, 40, 30)), event = rep(c(1, 0, 1), length.out = 100)))

# long curves are kept at 25 places, evenly spread; `place` counts from 1
thin <- function(n) unique(round(seq(1, n, length.out = min(n, 25))))

km <- function(d, entry = NULL) {
  keep <- thin(length(if (is.null(entry)) unique(d$time) else survfit(Surv(entry, time, event) ~ 1, d)$time))
  one <- function(conf.type, level) {
    f <- if (is.null(entry)) survfit(Surv(time, event) ~ 1, d, conf.type = conf.type, conf.int = level)
         else survfit(Surv(entry, time, event) ~ 1, d, conf.type = conf.type, conf.int = level)
    s <- summary(f)$table
    list(conf_type = conf.type, level = level, median = unname(s["median"]), lower = unname(s[8]), upper = unname(s[9]),
         curve_lower = f$lower[keep], curve_upper = f$upper[keep])
  }
  f <- if (is.null(entry)) survfit(Surv(time, event) ~ 1, d) else survfit(Surv(entry, time, event) ~ 1, d)
  s <- summary(f, rmean = "common")$table
  list(place = I(keep), time = f$time[keep], survival = f$surv[keep], at_risk = f$n.risk[keep],
       events = f$n.event[keep], censored = f$n.censor[keep],
       rmean = unname(s["rmean"]), se_rmean = unname(s["se(rmean)"]),
       intervals = list(one("log-log", .95), one("log", .95), one("plain", .95), one("log-log", .9)))
}
quartiles <- function(d) {
  q <- quantile(survfit(Surv(time, event) ~ 1, d, conf.type = "log-log"), c(.25, .75))
  list(value = unname(q$quantile), lower = unname(q$lower), upper = unname(q$upper))
}
fit <- function(y, dist) {
  f <- survreg(y ~ 1, dist = dist, control = list(rel.tolerance = 1e-13, maxiter = 200))
  p <- predict(f, data.frame(x = 1), type = "uquantile", p = .5, se.fit = TRUE)
  half <- qnorm(.975) * p$se.fit[[1]]
  list(median = exp(p$fit[[1]]), lower = exp(p$fit[[1]] - half), upper = exp(p$fit[[1]] + half), loglik = f$loglik[2],
       location = unname(coef(f)), scale = f$scale, se = unname(sqrt(diag(vcov(f)))), aic = AIC(f))
}
# generalised gamma (Prentice): density and survival written out, maximised by optim
gamma_loglik <- function(theta, lower, upper) {
  mu <- theta[1]; sigma <- exp(theta[2]); q <- theta[3]; a <- 1 / q^2
  z <- function(t) (log(t) - mu) / sigma
  exact <- !is.na(upper) & lower == upper; open <- is.na(upper); between <- !exact & !open
  d <- log(abs(q)) + a * log(a) - lgamma(a) + a * (q * z(lower) - exp(q * z(lower))) - log(sigma * lower)
  s <- function(t, log = FALSE) pgamma(a * exp(q * z(t)), a, lower.tail = q < 0, log.p = log)
  sum(d[exact]) + sum(s(lower[open], TRUE)) + sum(log((s(lower) - s(upper))[between]))
}
generalised <- function(lower, upper) {
  best <- NULL
  for (q in c(-.5, .3, 1.2)) {
    o <- list(par = c(mean(log(lower[lower > 0])), 0, q))
    f <- function(p) { v <- suppressWarnings(-gamma_loglik(p, lower, upper)); if (is.finite(v)) v else 1e10 }
    for (again in 1:6) o <- optim(o$par, f, control = list(reltol = 1e-16, maxit = 10000))
    if (is.null(best) || o$value < best$value) best <- o
  }
  list(loglik = -best$value, location = best$par[1], log_scale = best$par[2], shape = best$par[3])
}
out <- lapply(names(right), function(name) {
  d <- right[[name]]; y <- Surv(d$time, d$event)
  r <- list(name = name, data = list(time = d$time, event = d$event), km = km(d), quartiles = quartiles(d))
  if (sum(d$event) > 2 && name != "heavy_ties") { r$weibull <- fit(y, "weibull"); r$lognormal <- fit(y, "lognormal") }
  if (name %in% c("aml", "ovarian", "veteran", "lung", "myeloma_first_100", "kidney", "pbc_first_150", "gbsg_100", "mgus", "stanford2"))
    r$generalized_gamma <- generalised(d$time, ifelse(d$event == 1, d$time, NA))
  r
})
# delayed entry: Stanford heart transplants, months on the waiting list and after it
late <- subset(heart, transplant == 1 & stop > start)
entered <- list(data = list(entry = late$start, time = late$stop, event = late$event),
                km = km(data.frame(time = late$stop, event = late$event), late$start))
# competing events
cause <- list(
  founding = list(time = c(10, 42, 9, 43, 3, 7, 25), cause = c(1, 1, 2, 0, 1, 0, 0)),
  mgus2_first_150 = with(mgus2[1:150, ], list(time = ifelse(pstat == 1, ptime, futime), cause = ifelse(pstat == 1, 1, 2 * death))),
  transplant_first_150 = with(subset(transplant, futime > 0)[1:150, ], list(time = futime, cause = match(event, c("censored", "ltx", "death", "withdraw")) - 1)),
  pbc_first_150 = with(pbc[1:150, ], list(time = time, cause = status)),
  myeloid_first_150 = with(myeloid[1:150, ], list(time = ifelse(is.na(txtime), futime, txtime), cause = ifelse(is.na(txtime), 2 * death, 1))),
  heavy_ties = list(time = rep(1:5, each = 12), cause = rep(0:2, 20)))
incidence <- lapply(names(cause), function(name) {
  d <- cause[[name]]
  one <- function(conf.type) {
    f <- survfit(Surv(time, factor(cause, 0:max(cause))) ~ 1, d, conf.type = conf.type)
    list(conf_type = conf.type, lower = f$lower[keep, -1], upper = f$upper[keep, -1])
  }
  f <- survfit(Surv(time, factor(cause, 0:max(cause))) ~ 1, d)
  keep <- thin(length(f$time))
  list(name = name, data = d, place = I(keep), time = f$time[keep], incidence = f$pstate[keep, -1], se = f$std.err[keep, -1],
       limits = list(one("log-log"), one("log"), one("plain")))
})
# interval-censored times for survreg: visits every 6 weeks of lung, tobin-like left-censoring, mixed
visits <- function(t, e, width) list(lower = ifelse(e == 1, floor((t - 1e-9) / width) * width, t),
                                     upper = ifelse(e == 1, ceiling(t / width) * width, NA))
interval <- list(
  lung_visits = visits(lung$time, lung$status - 1, 60),
  veteran_visits = visits(veteran$time, veteran$status, 30),
  aml_left = list(lower = ifelse(aml$time < 12 & aml$status == 1, 0, aml$time),
                  upper = ifelse(aml$status == 0, NA, ifelse(aml$time < 12, 12, aml$time))),
  founding_scans = list(lower = c(0, 4, 0, 2, 0, 4, 2), upper = c(2, 6, 2, 4, 2, 6, 4)),
  mixed = list(lower = c(0, 2, 2, 3, 0, 4, 1, 2), upper = c(3, 2, 5, 9, 7, NA, 2, NA)))
intervals <- lapply(names(interval), function(name) {
  d <- interval[[name]]; y <- Surv(ifelse(d$lower == 0, NA, d$lower), d$upper, type = "interval2")
  r <- list(name = name, data = d, weibull = fit(y, "weibull"), lognormal = fit(y, "lognormal"))
  if (name == "veteran_visits" || name == "lung_visits") r$generalized_gamma <- generalised(d$lower, d$upper)
  r
})
cat(toJSON(list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival"))),
  right = out, delayed_entry = entered, competing = incidence, intervals = intervals),
  auto_unbox = TRUE, digits = NA, na = "null", null = "null"), "\n")
