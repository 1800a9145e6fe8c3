"""Person-time, log-rank and Firth Cox against R 4.2.2 with survival 3.5-3 (`r/comparisons.R`).

The data sets (R's survival and MASS packages, and the founding paper's seven patients) lie in
`values/comparisons_data.csv`, the numbers that R printed in `values/comparisons.json`.
"""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from synthesize.survival import cox_firth, logrank
from synthesize.survival.partial_likelihood import moments, risk_sets
from synthesize.survival.person_time import rate_ratio

VALUES_DIR = Path(__file__).parent / "values"
VALUES = json.loads((VALUES_DIR / "comparisons.json").read_text(encoding="utf-8"))
EXACT = 1e-9  # both sides closed forms or sums; R prints 15 digits
COXPH = 1e-8  # coxph centres the covariate and sums in another order; R's root finders stop at 1e-12


def _read():
    sets = defaultdict(lambda: defaultdict(list))
    with (VALUES_DIR / "comparisons_data.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            for name in ("start", "stop", "event", "x", "stratum"):
                sets[row["set"]][name].append(float(row[name]))
    return {name: {key: np.array(column) for key, column in data.items()} for name, data in sets.items()}


DATA = _read()


@pytest.mark.parametrize("name", list(VALUES["firth"]))
def test_firth_cox(name):
    data, reference = DATA[name], VALUES["firth"][name]
    (fit,) = cox_firth.fit(data["start"], data["stop"], data["event"], data["x"], strata=data["stratum"])
    assert fit.detail["beta"] == pytest.approx(reference["beta"], rel=COXPH)
    assert fit.value == pytest.approx(math.exp(reference["beta"]), rel=COXPH)
    assert fit.detail["se"] == pytest.approx(reference["se"], rel=COXPH)
    assert fit.detail["beta_lower"] == pytest.approx(reference["lower"], rel=COXPH)
    assert fit.detail["beta_upper"] == pytest.approx(reference["upper"], rel=COXPH)
    assert fit.loglik == pytest.approx(reference["penalized_loglik"], rel=COXPH)
    # a p-value near 1 is a difference of two likelihoods of about -500: 1e-13 of each is left
    assert fit.p_value == pytest.approx(reference["p"], rel=1e-6)


@pytest.mark.parametrize("name", list(VALUES["pieces"]))
def test_partial_likelihood_with_strata_entry_and_efron_ties(name):
    data = DATA[name]
    sets = risk_sets(data["start"], data["stop"], data["event"].astype(bool), data["x"], data["stratum"].astype(int))
    for beta, loglik, information in VALUES["pieces"][name]:
        at = moments(sets, beta)
        assert at.loglik == pytest.approx(loglik, rel=EXACT)
        assert at.information == pytest.approx(information, rel=EXACT)


@pytest.mark.parametrize("name", list(VALUES["logrank"]))
def test_logrank_of_two_groups(name):
    data, reference = DATA[name], VALUES["logrank"][name]
    entry = None if (data["start"] == 0).all() else data["start"]
    test = logrank.compare(data["stop"], data["event"], data["x"], entry=entry)[0]
    assert test.detail["chi2"] == pytest.approx(reference["chi2"], rel=EXACT)
    if reference["by"] == "survdiff":
        assert test.detail["observed"].tolist() == reference["observed"]
        assert test.detail["expected"] == pytest.approx(reference["expected"], rel=EXACT)
        assert test.detail["variance"][1, 1] == pytest.approx(reference["variance"], rel=EXACT)


@pytest.mark.parametrize("name", list(VALUES["several"]))
def test_logrank_of_several_groups(name):
    data = VALUES["several"][name]
    test, exact = logrank.compare(data["time"], data["event"], data["group"])
    assert test.detail["chi2"] == pytest.approx(data["chi2"], rel=EXACT)
    assert test.detail["df"] == data["df"]
    assert test.detail["expected"] == pytest.approx(data["expected"], rel=EXACT)
    assert exact.detail["how"] == "Monte Carlo"


@pytest.mark.parametrize("name", list(VALUES["permuted"]))
def test_logrank_exact_against_every_allocation_through_survdiff(name):
    data = VALUES["permuted"][name]
    exact = logrank.compare(data["time"], data["event"], data["group"])[1]
    assert exact.detail["allocations"] == data["allocations"]
    assert exact.p_value == pytest.approx(data["p_abs_u"], rel=EXACT)
    assert exact.detail["p_chi2"] == pytest.approx(data["p_chi2"], rel=EXACT)


@pytest.mark.parametrize("reference", VALUES["person_time"], ids=lambda case: str(case["counts"]))
def test_person_time(reference):
    on, off, ratio = rate_ratio(*(f(x) for f, x in zip((int, float) * 2, reference["counts"], strict=True)))
    for rate, (value, lower, upper) in ((on, reference["on"]), (off, reference["off"])):
        assert [rate.value, rate.lower, rate.upper] == pytest.approx([100 * value, 100 * lower, 100 * upper])
    expected = [float(reference[name]) for name in ("ratio", "lower", "upper")]
    ours = [math.inf if x is None else x for x in (ratio.value, ratio.lower, ratio.upper)]
    assert ours == pytest.approx(expected, rel=EXACT)
    assert ratio.p_value == pytest.approx(reference["p"], rel=EXACT)


# METHODS of the project, section 6 (R 4.2.2), printed digits
def test_founding_paper():
    split = DATA["park2015_split"]
    (fit,) = cox_firth.fit(split["start"], split["stop"], split["event"], split["x"])
    assert [round(x, 4) for x in (fit.value, fit.lower, fit.upper, fit.p_value)] == [
        0.4294, 0.0373, 3.4294, 0.4200
    ]  # fmt: skip
    at_cr = DATA["park2015_cr"]
    (fit,) = cox_firth.fit(at_cr["start"], at_cr["stop"], at_cr["event"], at_cr["x"])
    assert [round(x, 4) for x in (fit.value, fit.lower, fit.upper)] == [0.6976, 0.0779, 8.7507]


def test_founding_paper_exact_logrank_depends_on_the_statistic():
    label = DATA["park2015_label"]
    exact = logrank.compare(label["stop"], label["event"], label["x"])[1]
    assert exact.p_value == pytest.approx(9 / 21)  # |U|: 0.43
    assert exact.detail["p_chi2"] == pytest.approx(11 / 21)  # U² / V: 0.52
    assert exact.detail["statistic"].startswith("|U|")
