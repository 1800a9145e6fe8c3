"""How fast the statistics are beside R, as ratios of CPU time on one machine in one run.

    python -m benchmarks.statistics [--peer PYTHON]

PYTHON is an interpreter of its own that has lifelines; without one its row is left out:

    python -m venv PEER && PEER/bin/pip install lifelines==0.30.3

R, metafor and boot are Debian's (``apt-get install r-base-core r-cran-metafor r-cran-lme4 r-cran-boot``); a row whose
package is missing is left out and says so. Start-up and loading of packages count on neither side. Where R would take
minutes, a few calls are timed and multiplied; the row says how many. Of each side the quickest round counts, because
whatever else the machine does can only slow it down. The same numbers go to both sides, and both must agree.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks import statistics_r
from benchmarks.calibration_tally import Floats
from synthesize.estimate import Estimate, Result
from synthesize.proportions import pool
from synthesize.proportions.glmm import fit_many
from synthesize.proportions.sensitivity import leave_one_out
from synthesize.survival.resample import bootstrap_medians

FOUR = (np.array([7.0, 18, 2, 0]), np.array([523.0, 3047, 90, 449]))
"""The four denominators that the founding paper cites."""
MONTHS = (2.0, 2.0, 3.0, 3.0, 5.0, 5.0, 6.0)
"""Seven times to CR with median 3, so many that R's and our bootstrap can both be seen to be right."""
LIFELINES = """
import time, numpy as np
from lifelines import KaplanMeierFitter
drawn = np.random.default_rng(1).choice({months}, ({calls} + 1, 7))
KaplanMeierFitter().fit(drawn[0])
start = time.process_time()
for times in drawn[1:]:
    KaplanMeierFitter().fit(times).median_survival_time_
print((time.process_time() - start) / {calls})
"""
SIMULATED, STUDIES, LEFT_OUT = 1000, 20, 500
ROUNDS = 5


@dataclass(frozen=True)
class Comparison:
    """One row: our seconds, the peer's (already multiplied), the ratio promised, and whether the answers agree."""

    name: str
    ours: float
    theirs: float | None
    aim: float
    note: str
    peer: str = "R"

    def line(self) -> str:
        if self.theirs is None:
            return f"{self.name}: {_seconds(self.ours)}; {self.peer} left out: {self.note}"
        ratio = self.theirs / self.ours
        met = "met" if ratio >= self.aim else "MISSED"
        return (
            f"{self.name}: {_seconds(self.ours)}, {self.peer} {_seconds(self.theirs)}: {ratio:,.0f} times as fast "
            f"(aim {self.aim:g}: {met}); {self.note}"
        )


def _seconds(value: float) -> str:
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"


def quickest(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the least CPU seconds of some rounds after one that does not count."""
    work()
    best = math.inf
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def in_r(script: str, package: str) -> tuple[list[float], str]:
    """Return the numbers that an R script prints, the CPU seconds first; nothing and why where R cannot."""
    if shutil.which("Rscript") is None:
        return [], "Rscript is not installed"
    guard = f"if (!suppressWarnings(suppressMessages(require({package}, quietly = TRUE)))) quit(status = 3)\n"
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"], check=False, input=guard + script, text=True, capture_output=True
    )
    if done.returncode == 3:
        return [], f"R's {package} is not installed"
    if done.returncode:
        raise SystemExit(f"R failed:\n{done.stderr}")
    return [float(number) for number in done.stdout.split()], ""


def simulated(sets: int, studies: int) -> tuple[Floats, Floats]:
    """Return events and totals (sets, studies): 50 to 3,000 patients, median rate 0.8 %, τ = 0.5."""
    numbers = np.random.default_rng(2015)
    n = np.rint(np.exp(numbers.uniform(math.log(50), math.log(3000), (sets, studies))))
    logit = math.log(0.008 / 0.992) + 0.5 * numbers.standard_normal((sets, studies))
    return numbers.binomial(n.astype(int), 1 / (1 + np.exp(-logit))).astype(float), n


def one_fit() -> list[Comparison]:
    """Four studies: the fit alone, and the primary row with its τ² interval, tests and prediction interval."""
    x, n = FOUR
    found, why = in_r(statistics_r.one_fit(x, n), "metafor")
    fitted = fit_many(x[None, :], n[None, :])
    note = why or _agrees(float(fitted.beta[0]), found[1], 1e-4, "mean logit")
    theirs = found[0] if found else None
    return [
        Comparison("one GLMM of 4 studies: fit", quickest(lambda: fit_many(x[None, :], n[None, :])), theirs, 20, note),
        Comparison(
            "one GLMM of 4 studies: the whole glmm_t row (R gives no interval of τ²)",
            quickest(lambda: pool(x, n, methods=["glmm_t"])), theirs, 20, note,
        ),
    ]  # fmt: skip


def many_fits() -> list[Comparison]:
    """A thousand meta-analyses of twenty studies."""
    x, n = simulated(SIMULATED, STUDIES)
    calls = 25
    found, why = in_r(statistics_r.many_fits(x[:calls], n[:calls]), "metafor")
    fitted = fit_many(x, n)
    note = why or f"R: {calls} calls, multiplied; " + _agrees(
        float(fitted.beta[:calls].mean()), found[1], 1e-3, "mean of the mean logits"
    )
    ours = quickest(lambda: fit_many(x, n), rounds=2)
    theirs = found[0] * SIMULATED / calls if found else None
    return [Comparison(f"{SIMULATED:,} GLMMs of {STUDIES} studies", ours, theirs, 50, note)]


def without_each() -> list[Comparison]:
    """Leave-one-out of five hundred studies."""
    (x,), (n,) = simulated(1, LEFT_OUT)
    calls = 3
    found, why = in_r(statistics_r.without_each(x, n, calls), "metafor")
    first = _estimate(leave_one_out(x, n)[0])
    note = why or f"R: {calls} of {LEFT_OUT} calls, multiplied; " + _agrees(
        float(first.detail["beta"]), found[1], 1e-3, "mean logit without the first"
    )
    ours = quickest(lambda: leave_one_out(x, n), rounds=2)
    theirs = found[0] * LEFT_OUT / calls if found else None
    return [Comparison(f"leave-one-out of {LEFT_OUT} studies, GLMM", ours, theirs, 100, note)]


def bootstraps() -> list[Comparison]:
    """Ten thousand bootstrap medians of seven times."""
    found, why = in_r(statistics_r.bootstrap(MONTHS), "boot")
    ours = quickest(lambda: bootstrap_medians(MONTHS, MONTHS, n_bootstrap=10_000))
    medians = bootstrap_medians(MONTHS, MONTHS, n_bootstrap=10_000)
    # the standard error of each side's mean is 0.01 months
    note = why or _agrees(float(medians.mean()), found[1], 0.02, "mean of the medians")
    return [Comparison("10,000 bootstrap medians of 7", ours, found[0] if found else None, 20, note)]


def in_lifelines(peer: str | None) -> Comparison:
    """The same medians by lifelines' Kaplan–Meier, one call each as its users write them."""
    ours = quickest(lambda: bootstrap_medians(MONTHS, MONTHS, n_bootstrap=10_000))
    name, calls = "10,000 bootstrap medians of 7, lifelines", 50
    if peer is None:
        return Comparison(name, ours, None, 1000, "no --peer with lifelines was given", "lifelines")
    script = LIFELINES.format(months=list(MONTHS), calls=calls)
    done = subprocess.run([peer, "-c", script], check=True, text=True, capture_output=True)
    return Comparison(name, ours, float(done.stdout) * 10_000, 1000, f"{calls} calls, multiplied", "lifelines")


def bayes() -> list[Comparison]:
    """The Bayesian twin of four studies: posterior, interval and prediction without sampling."""
    x, n = FOUR
    found, why = in_r(statistics_r.bayes(x, n), "stats")
    methods = ["glmm_bayes_nm4_hn1"]
    estimate = _estimate(pool(x, n, methods=methods)[0])
    note = why or _agrees(float(estimate.value or 0.0), found[1], 1e-3, "posterior median")
    ours = quickest(lambda: pool(x, n, methods=methods))
    return [Comparison("Bayesian GLMM of 4 studies", ours, found[0] if found else None, 20, note)]


def _estimate(result: Result) -> Estimate:
    assert isinstance(result, Estimate), result
    return result


def _agrees(ours: float, theirs: float, tolerance: float, what: str) -> str:
    if abs(ours - theirs) > tolerance * abs(theirs):
        raise SystemExit(f"the {what} is {ours} here and {theirs} in R: there is nothing to compare")
    return f"{what} {ours:.5g}, R {theirs:.5g}"


def import_time() -> str:
    """Return what ``import synthesize`` costs in a process of its own, beyond starting Python."""
    code = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"

    def cost(module: str) -> float:
        runs = [subprocess.run([sys.executable, "-c", code.format(module)], check=True, text=True, capture_output=True)
                for _ in range(ROUNDS)]  # fmt: skip
        return min(float(run.stdout) for run in runs)

    whole, parts = (
        cost("synthesize"),
        cost("synthesize.proportions, synthesize.survival.turnbull, synthesize.tables2x2"),
    )
    met = "met" if whole < 0.3 else "MISSED"
    return f"import synthesize: {_seconds(whole)} (aim 0.3 s: {met}); with every estimator {_seconds(parts)}"


def growth() -> str:
    """Return how the cost of one fit grows with its studies: the slope of log time on log studies."""
    sizes = (250, 500, 1000, 2000, 4000)
    times = []
    for size in sizes:
        x, n = simulated(1, size)
        times.append(quickest(lambda x=x, n=n: fit_many(x, n), rounds=3))  # type: ignore[misc]
    slope = float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
    shown = ", ".join(f"{size:,}: {_seconds(seconds)}" for size, seconds in zip(sizes, times, strict=True))
    met = "met" if slope <= 1.15 else "MISSED"
    return f"one GLMM by number of studies: {shown}; grows with the power {slope:.2f} (aim 1, linear: {met})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer", metavar="PYTHON", help="interpreter that has lifelines")
    asked = parser.parse_args()
    for compare in (one_fit, many_fits, without_each, bootstraps, bayes):
        for comparison in compare():
            print(comparison.line(), flush=True)
    print(in_lifelines(asked.peer).line(), flush=True)
    print(import_time())
    print(growth())


if __name__ == "__main__":
    main()
