# Reference values for synthesize.tables2x2: Rscript tables2x2.R > ../values/tables2x2.json
# R 4.2.2 with metafor 3.8-1, metadat 1.2-0, brglm2 0.9, jsonlite. Where R's own function stops early
# (fisher.test and mantelhaen.test find their limits to 1e-4 only), the equation is solved again here, by
# other formulas than the ones under test, and R's own figure is kept beside it.
suppressPackageStartupMessages({library(metafor); library(brglm2); library(jsonlite)})

tables <- list(
  list("Park 2015, recurrence after CR, kept v stopped (doi 10.3350/cmh.2015.21.3.287)", 1, 5, 2, 2),
  list("Newcombe 1998 table II (a)", 56, 70, 48, 80), list("Newcombe 1998 table II (b)", 9, 10, 3, 10),
  list("Newcombe 1998 table II (c)", 6, 7, 2, 7), list("Newcombe 1998 table II (d)", 5, 56, 0, 29),
  list("Newcombe 1998 table II (e)", 0, 10, 0, 20), list("Newcombe 1998 table II (f)", 0, 10, 0, 10),
  list("Newcombe 1998 table II (g)", 10, 10, 0, 20), list("Newcombe 1998 table II (h)", 10, 10, 0, 10),
  list("Fisher 1935, tea tasting (?fisher.test)", 3, 4, 1, 4),
  list("Fisher 1962, convictions of twins (?fisher.test)", 2, 17, 10, 13),
  list("statistics of ties: scipy's Barnard drops one", 3, 10, 7, 9),
  list("statistics of ties, second", 6, 25, 11, 18),
  list("BCG 1948 Aronson (metadat dat.bcg 1)", 4, 123, 11, 139),
  list("BCG 1949 Ferguson & Simes (metadat dat.bcg 2)", 6, 306, 29, 303),
  list("Rabbits, penicillin 1/2 (?mantelhaen.test)", 0, 6, 5, 6))

strata <- list(
  rabbits = { data <- array(c(0,0,6,5, 3,0,3,6, 6,2,0,4, 5,6,1,0, 2,5,0,0), c(2,2,5)); data },
  ucb = aperm(UCBAdmissions, c(2, 1, 3)),
  bcg = with(dat.bcg[1:4, ], array(rbind(tpos, cpos, tneg, cneg), c(2, 2, 4))),
  nielweise2007 = with(dat.nielweise2007, array(rbind(ai, ci, n1i - ai, n2i - ci), c(2, 2, length(ai)))),
  collins1985b = with(subset(dat.collins1985b, !is.na(pre.xti)),
    array(rbind(pre.xti, pre.xci, pre.nti - pre.xti, pre.nci - pre.xci), c(2, 2, length(pre.xti)))))

pmf <- function(n1, n2, m, lor) { x <- max(0, m - n2):min(n1, m)
  l <- lchoose(n1, x) + lchoose(n2, m - x) + x * lor; p <- exp(l - max(l)); list(x = x, p = p / sum(p)) }
root <- function(f) uniroot(f, c(-40, 40), tol = 1e-14, maxiter = 1e4)$root
conditional <- function(a, n1, cc, n2, level = 0.95) {
  m <- a + cc; lo <- max(0, m - n2); hi <- min(n1, m); al <- (1 - level) / 2
  if (lo == hi) return(list(fixed = TRUE))
  up <- function(b, w) { d <- pmf(n1, n2, m, b); sum(d$p[d$x > a]) + w * d$p[d$x == a] }
  dn <- function(b, w) { d <- pmf(n1, n2, m, b); sum(d$p[d$x < a]) + w * d$p[d$x == a] }
  mean_x <- function(b) { d <- pmf(n1, n2, m, b); sum(d$x * d$p) - a }
  lim <- function(f, w) if (f == "l") if (a == lo) 0 else exp(root(function(b) up(b, w) - al))
                        else if (a == hi) Inf else exp(root(function(b) dn(b, w) - al))
  d <- pmf(n1, n2, m, 0); own <- d$p[d$x == a]; ml <- sum(d$p[d$p <= own * (1 + 1e-7)])
  central <- min(1, 2 * min(sum(d$p[d$x <= a]), sum(d$p[d$x >= a])))
  list(fixed = FALSE, value = if (a == lo) 0 else if (a == hi) Inf else exp(root(mean_x)),
       lower = lim("l", 1), upper = lim("u", 1), mid_value = if (a == lo) 0 else if (a == hi) Inf else exp(root(function(b) dn(b, .5) - .5)),
       mid_lower = lim("l", .5), mid_upper = lim("u", .5),
       p_minlike = ml, p_central = central, p_midp = ml - own / 2)
}
newcombe <- function(a, n1, cc, n2) { w <- function(x, n) { z <- qnorm(.975); p <- x / n
    (2 * n * p + z^2 + c(-1, 1) * z * sqrt(z^2 + 4 * n * p * (1 - p))) / (2 * (n + z^2)) }
  p1 <- a / n1; p2 <- cc / n2; w1 <- w(a, n1); w2 <- w(cc, n2)
  c(p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2)) }
# Miettinen and Nurminen's closed form for the restricted estimate (their appendix I)
mn <- function(a, n1, cc, n2) { N <- n1 + n2; d0 <- a / n1 - cc / n2
  z <- function(d) { L3 <- N; L2 <- (n1 + 2 * n2) * d - N - (a + cc); L1 <- (n2 * d - N - 2 * cc) * d + a + cc
    L0 <- cc * d * (1 - d); q <- L2^3 / (3 * L3)^3 - L1 * L2 / (6 * L3^2) + L0 / (2 * L3)
    p <- sign(q) * sqrt(max(0, L2^2 / (3 * L3)^2 - L1 / (3 * L3)))
    R0 <- if (p == 0) -L2 / (3 * L3) else 2 * p * cos((pi + acos(max(-1, min(1, q / p^3)))) / 3) - L2 / (3 * L3)
    R0 <- min(1, max(0, R0)); R1 <- min(1, max(0, R0 + d)); (d0 - d) / sqrt(1e-300 + (R1 * (1 - R1) / n1 + R0 * (1 - R0) / n2) * N / (N - 1)) }
  e <- 1e-12; f <- function(s, l, u) uniroot(function(d) z(d) - s, c(l, u), tol = 1e-13, maxiter = 1e4)$root
  c(if (d0 <= -1) -1 else f(qnorm(.975), -1 + e, d0 - e), if (d0 >= 1) 1 else f(qnorm(.025), d0 + e, 1 - e)) }
supremum <- function(n1, n2, extreme) { X <- row(extreme) - 1; Y <- col(extreme) - 1
  pr <- function(p) sum((dbinom(X, n1, p) * dbinom(Y, n2, p))[extreme])
  if (all(extreme)) return(1)
  g <- seq(0.002, 0.998, by = 0.002); v <- sapply(g, pr); top <- order(v, decreasing = TRUE)[1:3]
  max(v, sapply(g[top], function(t) optimize(pr, c(max(0, t - .002), min(1, t + .002)), maximum = TRUE, tol = 1e-13)$objective)) }
unconditional <- function(a, n1, cc, n2) { X <- matrix(0:n1, n1 + 1, n2 + 1); Y <- matrix(0:n2, n1 + 1, n2 + 1, byrow = TRUE)
  m <- X + Y; N <- n1 + n2; z <- (X * n2 - Y * n1)^2 / ifelse(m == 0 | m == N, 1, m * (N - m))
  fis <- matrix(mapply(function(x, y) fisher.test(matrix(c(x, n1 - x, y, n2 - y), 2))$p.value, X, Y), n1 + 1)
  le <- matrix(phyper(X, n1, n2, m), n1 + 1); ge <- matrix(phyper(X - 1, n1, n2, m, lower.tail = FALSE), n1 + 1)
  i <- a + 1; j <- cc + 1; t <- 1 + 1e-9
  list(barnard = supremum(n1, n2, z >= z[i, j] / t), boschloo = supremum(n1, n2, fis <= fis[i, j] * t),
       boschloo_central = min(1, 2 * min(supremum(n1, n2, le <= le[i, j] * t), supremum(n1, n2, ge <= ge[i, j] * t)))) }
firth <- function(a, n1, cc, n2) { y <- c(a, cc); n <- c(n1, n2); x <- c(1, 0)
  fit <- glm(cbind(y, n - y) ~ x, family = binomial, method = "brglmFit", type = "AS_mean", epsilon = 1e-12, maxit = 1e4)
  pl <- function(al, b) { p <- plogis(al + b * x); q <- plogis(-al - b * x)
    sum(y * log(p) + (n - y) * log(q)) + .5 * log(det(crossprod(cbind(1, x), (n * p * q) * cbind(1, x)))) }
  prof <- function(b) optimize(function(al) pl(al, b), c(-30, 30), maximum = TRUE, tol = 1e-12)$objective
  best <- pl(coef(fit)[[1]], coef(fit)[[2]]); cut <- best - qchisq(.95, 1) / 2
  f <- function(l, u) uniroot(function(b) prof(b) - cut, c(l, u), tol = 1e-12)$root; b <- coef(fit)[[2]]
  list(beta = b, se = sqrt(vcov(fit)[2, 2]), lower = f(b - 25, b), upper = f(b, b + 25),
       p = pchisq(2 * (best - prof(0)), 1, lower.tail = FALSE), penalized_loglik = best) }
posterior <- function(a, n1, cc, n2, k) integrate(function(p) dbeta(p, a + k, n1 - a + k) *
  pbeta(p, cc + k, n2 - cc + k, lower.tail = FALSE), 0, 1, rel.tol = 1e-11, subdivisions = 5000L)$value

one <- function(t) { a <- t[[2]]; n1 <- t[[3]]; cc <- t[[4]]; n2 <- t[[5]]
  ft <- fisher.test(matrix(c(a, n1 - a, cc, n2 - cc), 2))
  list(source = t[[1]], counts = c(a, n1, cc, n2), conditional = conditional(a, n1, cc, n2),
       fisher_test = list(p = ft$p.value, or = ft$estimate[[1]], lower = ft$conf.int[1], upper = ft$conf.int[2]),
       newcombe = newcombe(a, n1, cc, n2), miettinen_nurminen = mn(a, n1, cc, n2),
       unconditional = unconditional(a, n1, cc, n2), firth = firth(a, n1, cc, n2),
       posterior_uniform = posterior(a, n1, cc, n2, 1), posterior_jeffreys = posterior(a, n1, cc, n2, .5)) }

# exact common odds ratio by convolution, limits solved to 1e-14
common <- function(arr, level = 0.95) { K <- dim(arr)[3]; al <- (1 - level) / 2
  n1 <- arr[1,1,] + arr[1,2,]; n2 <- arr[2,1,] + arr[2,2,]; m <- arr[1,1,] + arr[2,1,]; s <- sum(arr[1,1,])
  dist <- function(b) { p <- 1; lo <- 0; for (k in 1:K) { d <- pmf(n1[k], n2[k], m[k], b); lo <- lo + d$x[1]
      q <- numeric(length(p) + length(d$p) - 1)
      for (i in seq_along(d$p)) { j <- i - 1 + seq_along(p); q[j] <- q[j] + p * d$p[i] }; p <- q }
    list(x = lo + seq_along(p) - 1, p = p) }
  r <- function(f) exp(uniroot(f, c(-12, 12), tol = 1e-13, maxiter = 1e4)$root); d0 <- dist(0); own <- d0$p[d0$x == s]
  list(value = r(function(b) { d <- dist(b); sum(d$x * d$p) - s }), lower = r(function(b) { d <- dist(b); sum(d$p[d$x >= s]) - al }),
       upper = r(function(b) { d <- dist(b); sum(d$p[d$x <= s]) - al }), p_minlike = sum(d0$p[d0$p <= own * (1 + 1e-7)])) }
many <- function(arr) { ai <- arr[1,1,]; bi <- arr[1,2,]; ci <- arr[2,1,]; di <- arr[2,2,]
  mh <- rma.mh(ai = ai, bi = bi, ci = ci, di = di, measure = "OR", add = 0, drop00 = TRUE, correct = FALSE)
  rd <- rma.mh(ai = ai, bi = bi, ci = ci, di = di, measure = "RD", add = 0)
  pe <- suppressWarnings(rma.peto(ai = ai, bi = bi, ci = ci, di = di, add = 0))
  me <- tryCatch(mantelhaen.test(arr, exact = TRUE), error = function(e) NULL)
  put <- function(f) list(beta = f$beta[[1]], se = f$se, lower = f$ci.lb, upper = f$ci.ub, p = f$pval)
  list(tables = lapply(seq_along(ai), function(k) c(ai[k], ai[k] + bi[k], ci[k], ci[k] + di[k])), exact = common(arr),
       mantelhaen_test = if (is.null(me)) NULL else list(or = me$estimate[[1]], lower = me$conf.int[1], upper = me$conf.int[2], p = me$p.value),
       mh_or = put(mh), mh_p = mh$MHp, mh_rd = put(rd), peto = put(pe)) }

out <- list(versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
  metadat = as.character(packageVersion("metadat")), brglm2 = as.character(packageVersion("brglm2"))),
  tables = lapply(tables, one), strata = lapply(strata, many))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, null = "null", na = "string", pretty = 1), "\n")
