# Reference values for person_time, logrank and cox_firth:
#   Rscript comparisons.R ../values      writes comparisons.json and comparisons_data.csv there
# R 4.2.2, survival 3.5-3, MASS 7.3-58, jsonlite. R has no Firth Cox with strata, (start, stop] and Efron in
# Debian: the penalised likelihood is put together from coxph's own likelihood and information at fixed
# coefficients (iter.max = 0) and maximised here.
suppressPackageStartupMessages({library(survival); library(jsonlite)})
to <- commandArgs(TRUE)[1]
row0 <- function(name, start, stop, event, x, stratum = 1) data.frame(set = name, start = as.numeric(start),
  stop = as.numeric(stop), event = as.integer(event), x = as.numeric(x), stratum = as.integer(as.factor(stratum)))
gehan <- MASS::gehan; heart <- survival::heart; cgd0 <- survival::cgd
pbc <- subset(survival::pbc, !is.na(trt)); lung <- subset(survival::lung, !is.na(ph.ecog))
data <- list(
  row0("park2015_split", c(0, 1.5, 0, 0, 0, 0, 0, 0), c(1.5, 10, 42, 9, 43, 3, 7, 25), c(0, 1, 1, 0, 0, 1, 0, 0), c(1, 0, 0, 1, 1, 1, 1, 1)),
  row0("park2015_cr", 0, c(10, 42, 9, 43, 3, 7, 25), c(1, 1, 0, 0, 1, 0, 0), c(1, 0, 1, 1, 1, 1, 1)),
  row0("park2015_label", 0, c(10, 42, 9, 43, 3, 7, 25), c(1, 1, 0, 0, 1, 0, 0), c(0, 0, 1, 1, 1, 1, 1)),
  row0("park2015_landmark3", 3, c(10, 42, 9, 43, 7, 25), c(1, 1, 0, 0, 0, 0), c(0, 0, 1, 1, 1, 1)),
  with(aml, row0("aml", 0, time, status, x == "Maintained")),
  with(ovarian, row0("ovarian", 0, futime, fustat, rx)),
  with(subset(ovarian, rx == 1 | fustat == 0), row0("ovarian_separated", 0, futime, fustat, rx)),
  with(gehan, row0("gehan", 0, time, cens, treat == "6-MP")),
  with(gehan, row0("gehan_heavy_ties", 0, ceiling(time / 8) * 8, cens, treat == "6-MP")),
  with(veteran, row0("veteran_by_cell", 0, time, status, trt, celltype)),
  with(lung, row0("lung_by_ecog", 0, time, status == 2, sex, ph.ecog)),
  with(lung, row0("lung_age", 0, ceiling(time / 100), status == 2, age)),
  with(kidney, row0("kidney", 0, time, status, sex)),
  with(heart, row0("heart", start, stop, event, transplant == 1)),
  with(heart, row0("heart_by_surgery", start, stop, event, transplant == 1, surgery)),
  with(pbc, row0("pbc", 0, time, status == 2, trt)),
  with(cgd0, row0("cgd_by_hospital", tstart, tstop, status, treat == "rIFN-g", hos.cat)))
names(data) <- sapply(data, function(d) d$set[1])

at <- function(d, b) { f <- suppressWarnings(coxph(Surv(start, stop, event) ~ x + strata(stratum), d, init = b,
    ties = "efron", control = coxph.control(iter.max = 0, timefix = FALSE)))
  c(loglik = f$loglik[[2]], information = 1 / f$var[1, 1]) }
firth <- function(d) { pl <- function(b) { v <- at(d, b); v[[1]] + log(v[[2]]) / 2 }
  s <- diff(range(d$x)); g <- seq(-4, 4, by = .25) / s; k <- which.max(sapply(g, pl))
  # the maximum as the root of a symmetric difference: optimize() alone stops at 1e-8
  h <- 1e-3 / s; up <- function(b) (8 * (pl(b + h) - pl(b - h)) - (pl(b + 2 * h) - pl(b - 2 * h))) / (12 * h)
  b <- uniroot(up, g[k] + c(-.26, .26) / s, tol = 1e-12)$root
  cut <- pl(b) - qchisq(.95, 1) / 2; f <- function(l, u) uniroot(function(z) pl(z) - cut, c(l, u), tol = 1e-12)$root
  se <- 1 / sqrt(at(d, b)[[2]]); w <- se; while (pl(b - w) > cut) w <- w * 1.5; v <- se; while (pl(b + v) > cut) v <- v * 1.5
  list(beta = b, se = se, lower = f(b - w, b), upper = f(b, b + v), penalized_loglik = pl(b),
       p = pchisq(2 * (pl(b) - pl(0)), 1, lower.tail = FALSE)) }
pieces <- function(d) lapply(c(0, .5, -1) / diff(range(d$x)), function(b) c(beta = b, at(d, b)))
# log-rank: survdiff; with (start, stop] the score test of the exact (discrete) partial likelihood is the same
logrank <- function(d) if (all(d$start == 0)) { f <- survdiff(Surv(stop, event) ~ x, d)
    list(chi2 = f$chisq, observed = f$obs, expected = f$exp, variance = f$var[2, 2], by = "survdiff") } else {
    f <- suppressWarnings(coxph(Surv(start, stop, event) ~ x, d, ties = "exact")); list(chi2 = f$score, by = "coxph exact score") }
two <- function(d) length(unique(d$x)) == 2
groups <- list(veteran_celltype = with(veteran, data.frame(time, event = status, group = as.integer(celltype))),
               lung_ecog = with(lung, data.frame(time, event = as.integer(status == 2), group = ph.ecog)))
several <- lapply(groups, function(d) { f <- survdiff(Surv(time, event) ~ group, d)
  list(time = d$time, event = d$event, group = d$group, chi2 = f$chisq, df = length(f$n) - 1, observed = f$obs, expected = f$exp) })

# permutation log-rank: every allocation through survdiff
small <- list(park2015_label = data$park2015_label, park2015_landmark3 = data$park2015_landmark3,
  aml_12 = rbind(head(subset(data$aml, x == 1), 6), head(subset(data$aml, x == 0), 6)),
  gehan_10 = rbind(head(subset(data$gehan, x == 1), 5), head(subset(data$gehan, x == 0), 5)),
  ovarian_9 = rbind(head(subset(data$ovarian, x == 1), 5), head(subset(data$ovarian, x == 2), 4)))
permuted <- lapply(small, function(d) { n <- nrow(d); g <- d$x == max(d$x)
  stat <- function(g) { f <- tryCatch(survdiff(Surv(stop, event) ~ g, d), error = function(e) NULL)
    if (is.null(f)) c(0, 0) else c(abs(f$obs[2] - f$exp[2]), if (f$var[2, 2] > 1e-12) f$chisq else 0) }
  own <- stat(g); all <- apply(combn(n, sum(g)), 2, function(i) stat(seq_len(n) %in% i))
  list(time = d$stop, event = d$event, group = as.integer(g), allocations = ncol(all),
       p_abs_u = mean(all[1, ] >= own[1] * (1 - 1e-9)), p_chi2 = mean(all[2, ] >= own[2] * (1 - 1e-9))) })

# person-time: Park 2015; ?poisson.test; British doctors, coronary deaths smokers v non-smokers by age
# (Breslow and Day 1987, table 2.3, person-years); rates without events
person_time <- list(c(1, 88.5, 2, 50.5), c(11, 800, 25, 3011), c(32, 52407, 2, 18790), c(104, 43248, 12, 10673),
  c(206, 28612, 28, 5710), c(186, 12663, 28, 2585), c(102, 5317, 31, 1462), c(0, 60, 4, 40), c(4, 40, 0, 60),
  c(137, 24.19893, 11, 3), c(3, 1000000, 50000, 1000000))
rates <- lapply(person_time, function(v) { f <- poisson.test(v[c(1, 3)], v[c(2, 4)])
  one <- function(e, t) { g <- poisson.test(e, t); c(g$estimate[[1]], g$conf.int) }
  list(counts = v, ratio = f$estimate[[1]], lower = f$conf.int[1], upper = f$conf.int[2], p = f$p.value,
       on = one(v[1], v[2]), off = one(v[3], v[4])) })

out <- list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival")),
    MASS = as.character(packageVersion("MASS"))),
  firth = lapply(data, firth), pieces = lapply(data, pieces), logrank = lapply(Filter(two, data), logrank),
  several = several, permuted = permuted, person_time = rates)
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, na = "string", pretty = 1), file.path(to, "comparisons.json"))
write.csv(do.call(rbind, data), file.path(to, "comparisons_data.csv"), row.names = FALSE, quote = FALSE)
