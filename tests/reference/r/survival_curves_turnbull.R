# Nonparametric maximum likelihood of interval-censored times, independent of ours: the EM algorithm on the
# finest partition (every distinct end as a point, every gap between them), run until the derivative toward no
# cell exceeds its bound by 1e-10. survfit(type = "interval2") stands beside it; it stops at 5e-5.
# Rscript survival_curves_turnbull.R > ../values/survival_curves_turnbull.json
suppressMessages({library(survival); library(jsonlite)})

npmle <- function(lower, upper) {
  upper[is.na(upper)] <- Inf
  v <- sort(unique(c(0, lower, upper[is.finite(upper)])))
  # cells: the point v[1], the gap after it, the point v[2], ...; the last gap is open
  at <- c(rbind(v, v)); gap <- rep(c(FALSE, TRUE), length(v))
  covers <- t(mapply(function(l, r) {
    if (l == r) !gap & at == l
    else if (gap[1] || l > 0) ifelse(gap, at >= l & at < r, at > l & at <= r)
    else ifelse(gap, at < r, at <= r)   # lower end 0: known only to be before r
  }, lower, upper)) * 1
  p <- rep(1 / ncol(covers), ncol(covers)); n <- length(lower)
  for (i in 1:2000000) {
    gradient <- drop(crossprod(covers, 1 / drop(covers %*% p))) / n
    if (i %% 100 == 0 && max(gradient) - 1 < 1e-10) break
    p <- p * gradient
  }
  list(rounds = i, gap = max(gradient) - 1, loglik = sum(log(covers %*% p)), time = v, survival = 1 - cumsum(p)[!gap])
}
cosmesis <- list(   # Finkelstein and Wolfe 1985, doi 10.2307/2530965, as in R's MLEcens::cosmesis
  radiotherapy = list(
    lower = c(45,6,0,46,46,7,17,7,37,0,4,15,11,22,46,46,25,46,26,46,27,36,46,36,37,40,17,46,11,38,5,37,0,18,24,36,5,19,17,24,32,33,19,37,34,36),
    upper = c(NA,10,7,NA,NA,16,NA,14,44,8,11,NA,15,NA,NA,NA,37,NA,40,NA,34,44,NA,48,NA,NA,25,NA,18,NA,12,NA,5,NA,NA,NA,11,35,25,NA,NA,NA,26,NA,NA,NA)),
  chemotherapy = list(
    lower = c(8,0,24,17,17,24,16,13,11,16,18,17,32,23,44,14,0,5,12,11,33,31,13,19,34,13,16,35,15,11,22,10,30,13,10,8,4,11,14,4,34,30,18,16,35,21,11,48),
    upper = c(12,22,31,27,23,30,24,NA,13,20,25,26,NA,NA,48,17,5,8,20,NA,40,NA,39,32,NA,NA,24,NA,22,17,32,35,34,NA,17,21,9,NA,19,8,NA,36,24,60,39,NA,20,NA)))
visits <- function(t, e, width) list(lower = ifelse(e == 1, floor((t - 1e-9) / width) * width, t),
                                     upper = ifelse(e == 1, ceiling(t / width) * width, NA))
set.seed(2); month <- round(rweibull(40, 1.4, 6), 2); last <- round(runif(40, 1, 9), 2)
sets <- c(cosmesis, list(
  both_arms = list(lower = c(cosmesis[[1]]$lower, cosmesis[[2]]$lower), upper = c(cosmesis[[1]]$upper, cosmesis[[2]]$upper)),
  lung_visits = visits(lung$time, lung$status - 1, 60),
  veteran_visits = visits(veteran$time, veteran$status, 30),
  ovarian_visits = visits(ovarian$futime, ovarian$fustat, 90),
  kidney_exact = with(kidney, list(lower = time, upper = ifelse(status == 1, time, NA))),
  current_status = list(lower = ifelse(month <= last, 0, last), upper = ifelse(month <= last, last, NA)),  # simulated, seed 2
  founding_scans = list(lower = c(0, 4, 0, 2, 0, 4, 2), upper = c(2, 6, 2, 4, 2, 6, 4)),
  mixed = list(lower = c(0, 2, 2, 3, 0, 4, 1, 2), upper = c(3, 2, 5, 9, 7, NA, 2, NA)),
  touching = list(lower = c(1, 2, 2, 3, 1), upper = c(2, 3, 2, 3, 3))))
out <- lapply(sets, function(d) {
  f <- survfit(Surv(ifelse(d$lower == 0 & !d$upper %in% 0, NA, d$lower), d$upper, type = "interval2") ~ 1)
  c(list(data = d), npmle(d$lower, d$upper), list(survfit = list(time = f$time, survival = f$surv)))
})
cat(toJSON(list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival"))), sets = out),
           auto_unbox = TRUE, digits = NA, na = "null"), "\n")
