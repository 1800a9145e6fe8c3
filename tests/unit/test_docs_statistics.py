"""``docs/validation.md`` holds what the calibration tables hold, and ``docs/methods.md`` what the estimators give."""

from __future__ import annotations

import csv
import re
import statistics
from pathlib import Path

import numpy as np
import pytest
from support.chain import shipped_topic, store_of

from benchmarks import calibration, calibration_page, calibration_rates
from synthesize.command import number_text, span
from synthesize.eligibility import select
from synthesize.estimate import Estimate, Result
from synthesize.load import load
from synthesize.proportions import METHODS, pool, study_intervals
from synthesize.survival import cox_firth
from synthesize.survival.competing import aalen_johansen
from synthesize.survival.kaplan_meier import kaplan_meier
from synthesize.survival.person_time import rate_ratio
from synthesize.survival.turnbull import turnbull
from synthesize.tables2x2 import compare

ROOT = Path(__file__).parents[2]
METHODS_PAGE = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
VALIDATION_PAGE = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
PARK = ROOT / "tests" / "reference" / "values" / "park2015_coded.csv"


def test_the_calibration_on_the_page_is_that_of_the_tables() -> None:
    parts = {name: calibration.read(calibration.FOLDER / f"{name}.csv") for name in calibration.PARTS}
    for name, block in calibration_page.blocks(parts).items():
        fresh = calibration_page.inserted(VALIDATION_PAGE, name, block) == VALIDATION_PAGE
        assert fresh, f"the table {name} of docs/validation.md is stale: run `make calibration`"


@pytest.mark.parametrize("name", calibration.PARTS)
def test_every_cell_was_simulated(name: str) -> None:
    part = calibration.PARTS[name]
    rows = calibration.read(calibration.FOLDER / f"{name}.csv")
    assert tuple(rows[0]) == part.columns
    there = {tuple(row[key] for key in part.cells[0]) for row in rows}
    assert there == {tuple(str(value) for value in cell.values()) for cell in part.cells}


def test_the_primary_interval_covers_nine_times_in_ten_everywhere() -> None:
    rows = calibration.read(calibration.FOLDER / "rates.csv")
    for row in rows:
        if row["method"] == "glmm_t":
            error = (0.9 * 0.1 / int(row["data_sets"])) ** 0.5
            assert float(row["coverage"]) > 0.9 - 2 * error, row


def test_what_is_calibrated_is_what_is_offered() -> None:
    """The batched intervals of the simulation are those of `pool`, data set by data set."""
    cell = calibration_rates.CELLS[20]
    x, n, _ = calibration_rates.draw(cell, 3)
    batched = calibration_rates._glmm(x, n) | calibration_rates._beta_binomial(x, n)
    for name, (lower, upper) in batched.items():
        if name in METHODS:
            for place in range(len(x)):
                (alone,) = pool(x[place], n[place], methods=[name])
                # the limits of either search are placed to 1e-8 on the logit
                assert _both(alone) == pytest.approx((lower[place], upper[place]), rel=1e-6)


def _both(result: Result) -> tuple[float | None, float | None]:
    assert isinstance(result, Estimate)
    return result.lower, result.upper


def _section(title: str) -> str:
    return METHODS_PAGE.split(f"## {title}", 1)[1].split("\n## ", 1)[0]


def _rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


EXAMPLE = _section("5. Worked example on the shipped evidence")
POOLED = {name: (int(x), int(n)) for name, x, n in re.findall(r"^(\w+),(\d+),(\d+)$", EXAMPLE, flags=re.MULTILINE)}


def test_the_worked_example_pools_what_the_primary_analysis_pools(gated_data: Path) -> None:
    topic = shipped_topic()
    evidence = load(store_of(gated_data), topic)
    primary = next(analysis for analysis in topic.of("cr_rate") if analysis.id == "primary")
    rows = select(evidence, topic, primary).rows
    assert {row["study_id"]: (row["n_cr"], row["n_treated"]) for row in rows} == POOLED


def test_the_worked_example_shows_what_the_command_prints() -> None:
    shown = {row[0].strip("`"): row[1:] for row in _rows(EXAMPLE) if row[0].startswith("`")}
    assert len(shown) == 8
    results = pool(*zip(*POOLED.values(), strict=True), methods=list(shown))
    for result in results:
        assert isinstance(result, Estimate)
        numbers = number_text(result.value), _span(result)
        assert shown[result.method] == [*numbers, span(result, "prediction_lower", "prediction_upper")]


def _park() -> list[dict[str, str]]:
    with PARK.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _column(name: str) -> list[float]:
    return [float(row[name]) for row in _park()]


REDONE = _section("6. A published analysis redone")


def test_park_2015_text_and_tables_2_and_3() -> None:
    (own,) = study_intervals([7], [523])
    _stands(f"{100 * own.value:.4g} %, exact 95 % {_percent(own)}")
    glmm, crude = pool([7, 18, 2, 0], [523, 3047, 90, 449], methods=["glmm_t", "complete_pooling_exact"])
    for result in (glmm, crude):
        assert isinstance(result, Estimate)
        _stands(f"{100 * result.value:.4g} %, {_percent(result)}")
    ages, sizes, afp = _column("age_years"), _column("max_tumor_size_cm"), _column("afp_baseline_ng_ml")
    _stands(f"| {statistics.median(ages):g} ({min(ages):g}–{max(ages):g}) |", times=1)
    _stands(f"| {statistics.median(sizes):g} ({min(sizes):g}–{max(sizes):g}) |")
    raised = [value for value in afp if value > 20]
    _stands(f"{len(raised)}, {statistics.median(raised):g} ({statistics.median(afp):g} is the median of all seven)")


def _percent(result: Estimate) -> str:
    return f"{100 * result.lower:.4g} – {100 * result.upper:.4g}"


def _stands(text: str, times: int = 0) -> None:
    count = REDONE.count(text)
    assert count == times if times else count, text


def test_park_2015_table_4() -> None:
    months = _column("time_to_cr_months")
    curve, bootstrap = kaplan_meier(months, [1] * 7), turnbull(months, months)
    assert isinstance(curve, Estimate)
    assert isinstance(bootstrap, Estimate)
    _stands(f"| {curve.value:g}, log–log 95 % {_span(curve)}; bootstrap {_span(bootstrap)} |")
    _stands(f"| {sum(month < 6 for month in months)} (patient 2 at exactly 6) |")
    used = _column("drug_duration_months")
    _stands(f"| {min(used):g}–{max(used):g} |")


def _span(result: Estimate) -> str:
    return span(result, "lower", "upper")


def test_park_2015_table_5() -> None:
    months, event, cause = [10, 42, 9, 43, 3, 7, 25], [1, 1, 0, 0, 1, 0, 0], [1, 1, 2, 0, 1, 0, 0]
    assert months == _column("disease_free_from_cr_months")
    free = kaplan_meier(months, event)
    assert isinstance(free, Estimate)
    assert free.upper is None
    _stands(f"| {free.value:g} by Kaplan–Meier, 95 % {free.lower:g} – not reached;")
    left = float(free.detail["curve"]["survival"][-1])
    recurred, died = aalen_johansen(months, cause)
    _stands(f"{100 * recurred.value:.4g} %, death without recurrence {100 * died.value:.4g} %")
    _stands(f"(1 − Kaplan–Meier says {100 * (1 - left):.4g} %)")
    by_method = {result.method: result for result in compare(1, 5, 2, 2)}
    p = {name: f"{result.p_value:.4g}" for name, result in by_method.items() if getattr(result, "p_value", None)}
    _stands(f"Fisher p {p['fisher_exact']}, mid-p {p['fisher_midp']}, Barnard and Boschloo {p['barnard']}, ")
    assert p["barnard"] == p["boschloo"]
    _stands(f"Firth {p['firth_logistic']}; odds ratio {_span(by_method['fisher_exact'])} |")
    newcombe, score = by_method["risk_difference_newcombe"], by_method["risk_difference_mn"]
    words = f"{newcombe.value:g}, Newcombe {_span(newcombe)}, Miettinen–Nurminen {_span(score)}"
    _stands(words.replace("-", "−"))


def test_park_2015_split_at_the_stop() -> None:
    rows = re.search(r"start,stop,status,group\\n(.+?)\\n'", REDONE)
    assert rows
    start, stop, status, group = zip(*(row.split(",") for row in rows[1].split("\\n")), strict=True)
    starts, stops, events = (np.array(column, dtype=float) for column in (start, stop, status))
    on = np.array([name == "on" for name in group], dtype=float)
    months = [float((stops - starts) @ side) for side in (on, 1 - on)]
    rate_on, rate_off, ratio = rate_ratio(int(events @ on), months[0], int(events @ (1 - on)), months[1])
    _stands(f"{rate_on.value:.4g} (1 in {months[0]:.2f}), {rate_off.value:.4g} (2 in {months[1]:.2f})")
    _stands(f"{ratio.value:.4g}, exact 95 % {_span(ratio)}")
    (cox,) = cox_firth.fit(starts, stops, events, on)
    _stands(f"{cox.value:.4g}, profile 95 % {_span(cox)}, p {cox.p_value:.2g}")


def test_every_method_offered_for_a_rate_is_on_the_page() -> None:
    short = {name for name in METHODS if name.startswith("glmm_bayes")} - {"glmm_bayes_nm4_hn05"}
    missing = [name for name in METHODS if f"`{name}`" not in METHODS_PAGE and name not in short]
    assert missing == []
