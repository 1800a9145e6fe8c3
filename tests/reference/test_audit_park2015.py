"""Park 2015 (doi:10.3350/cmh.2015.21.3.287): its text and abstract against its own tables 2 to 5, claim by claim.

Each claim of `claims.csv` was checked by hand against the seven patients. In order of the table:
age 48 43 47 71 61 70 53; size 9.8 6 5.3 13 5.1 6 3.5 cm; AFP 13913 468 315.5 30376 1.8 1788 685.6;
PIVKA-II - - 411 2000 113 - 1755; time to CR 2 6 2 3 2 5 3; drug 5 1 9 47 12 11 28; disease-free 10 42 9 43 3 7 25;
cause B C B+alcohol C B B B; Child–Pugh 8 5 7 6 6 7 5; treated before: 1, 5, 6, 7.
"""

import pytest
from support.chain import store_of

from catalog.errors import Problems
from harmonize.audit import audit
from harmonize.tables import audit_sources, read_sources

CONTRADICTED = {
    # claim: (printed, recomputed, severity, part of the explanation); why it is one
    "c05": ("6", "5", "warning", "as if one with HCV had been counted under HBV"),  # HCV: patients 2 and 4
    "c06": ("86", "71.4", "warning", "follows from the printed count, 6 (c05)"),  # 5/7
    "c07": ("1", "2", "warning", "as if one with HCV had been counted under HBV"),
    "c08": ("14", "28.6", "warning", "follows from the printed count, 1 (c07)"),  # 2/7
    "c12": ("4", "3", "warning", "4 is the number in the other categories"),  # none: patients 2, 3 and 4
    # 3.5 5.1 5.3 | 6 | 6 9.8 13; of patients 3 to 7 alone 3.5 5.1 | 5.3 | 6 13
    "c16": ("5.3", "6", "warning", "the third of the seven values in order of size; it is the median of the five with"),
    "c18": ("5", "6", "warning", "any limit of normal from 1.8 to below 315.5 gives six"),  # all but patient 5
    # 315.5 468 685.6 | 1788 13913 30376: mean of the middle two; 685.6 is the middle of all seven
    "c21": ("685.6", "1236.8", "warning", "the median of all seven"),
    "c28": ("34", "3", "warning", "3 in another place (abstract); misprint: 34 for 3"),  # 2 2 2 | 3 | 3 5 6
    "c29": ("7", "6", "info", "with park2015_p2, exactly 6, counted the other way (<= 6)"),
    # patient 4: 47, of which 44 after CR
    "c32": ("44", "47", "warning", "misprint: 44 for 47, one digit; it is the maximum counted from CR"),
    # 3 7 9 | 10 | 25 42 43; of patients 3 to 7 alone 3 7 | 9 | 25 43
    "c38": ("9", "10", "warning", "the third of the seven values in order of size; it is the median of the five with"),
}
UNIT = {"t10": ("184", "184 10^9/L or 10^3/µL", "info", "184 /uL cannot be")}
"""A unit that cannot be, in table 1: no disagreement of text and tables."""
RANGE_OF_ALL = ("c16", "c21", "c38")
"""Medians of other patients beside a range that is right."""
ROWS = {
    # stopped 6 weeks after CR at 2 months, that is 3.4 months after the start; 5 months of drug
    ("park2015_p1", "drug_duration"): ("5 months", "3.38 months", "warning"),
    # maintained, 2 months to CR and 9 without recurrence, yet 9 months of drug
    ("park2015_p3", "drug_duration"): ("9 months", "at least 11 months", "warning"),
    # side effects "No", dose reduced for diarrhoea
    ("park2015_p7", "harms"): ("no", "dose reduced", "info"),
}


@pytest.fixture(scope="module")
def findings(harmonized_data):
    return audit_sources(store_of(harmonized_data))


@pytest.fixture(scope="module")
def of_claims(findings):
    return {one.claim["claim_id"]: one for one in findings if one.claim.get("claim_id")}


@pytest.mark.parametrize("name", CONTRADICTED | UNIT)
def test_text_and_tables_disagree(of_claims, name):
    printed, recomputed, severity, words = (CONTRADICTED | UNIT)[name]
    found = of_claims[name]
    assert (found.outcome, found.claim["printed"], found.recomputed, found.severity) == (
        "contradicted", printed, recomputed, severity,
    )  # fmt: skip
    assert words in found.explanation


def test_no_other_claim_of_the_paper_is_called_wrong(of_claims):
    wrong = {name for name, one in of_claims.items()
             if one.claim["study_id"] == "park2015" and one.outcome == "contradicted"}  # fmt: skip
    assert wrong == {*CONTRADICTED, *UNIT}


def test_what_the_tables_bear_out_agrees_and_only_means_of_the_cohort_cannot_be_checked(of_claims):
    outcomes = {name: one.outcome for name, one in of_claims.items() if one.claim["study_id"] == "park2015"}
    rest = {name: outcome for name, outcome in outcomes.items() if name not in CONTRADICTED | UNIT}
    unchecked = {name for name, outcome in rest.items() if outcome == "not_checkable"}
    assert unchecked == {"t01", "t06", "t07", "t08", "t09", "t21", "t22", "t23"}
    assert set(rest.values()) == {"agrees", "not_checkable"}


def test_a_range_of_one_group_beside_a_median_of_another_is_named(of_claims):
    told = {
        name for name, one in of_claims.items() if "the printed range is that of the group itself" in one.explanation
    }
    assert told == set(RANGE_OF_ALL)


def test_the_seven_places_that_a_careful_reader_found_are_among_them(of_claims):
    """Time to CR 34, disease-free 9, drug 44, HBV and HCV, AFP elevated in 5, size 5.3, four initially advanced."""
    for name in ("c28", "c38", "c32", "c05", "c07", "c18", "c21", "c16", "c12"):
        assert of_claims[name].outcome == "contradicted"


def test_contradictions_within_rows(findings):
    found = {
        (one.claim["patient_id"], one.claim["field"]): (one.claim["printed"], one.recomputed, one.severity)
        for one in findings
        if one.kind == "row_inconsistency" and one.claim["study_id"] == "park2015"
    }
    assert found == ROWS


def test_the_footnote_stands_beside_the_contradiction(findings):
    harms = next(one for one in findings if one.claim["field"] == "harms")
    assert harms.explanation == "in the source's words: dose reduced 2 months after CR (diarrhea)"


OTHERS = {
    "c57": ("2.6", "2.67", "info"),  # 12 of 449, cut off
    "c59": ("0.4", "0.51", "warning"),  # 8 of 1566
    "c64": ("83.4", "83.33", "info"),  # no count of 12 gives 83.4 %
}


def test_other_sources_of_the_topic(findings, of_claims):
    wrong = {name: (one.claim["printed"], one.recomputed, one.severity) for name, one in of_claims.items()
             if one.claim["study_id"] != "park2015" and one.outcome == "contradicted"}  # fmt: skip
    assert wrong == OTHERS
    rows = [(one.claim["patient_id"], one.claim["field"]) for one in findings
            if one.kind == "row_inconsistency" and one.claim["study_id"] != "park2015"]  # fmt: skip
    assert rows == [("annhepatol2019_p1", "bclc_stage")]


def test_every_figure_that_agrees_would_be_caught_if_it_were_otherwise(harmonized_data, of_claims):
    """One unit in the last printed place more, or two for a percentage's half, contradicts every recomputed claim."""
    sources = read_sources(store_of(harmonized_data), Problems())
    agreeing = [one.claim for one in of_claims.values()
                if one.outcome == "agrees" and one.claim["study_id"] == "park2015"
                and one.claim["subject"].startswith("CR")]  # fmt: skip
    assert len(agreeing) == 28
    for claim in agreeing:
        decimals = len(claim["printed"].partition(".")[2])
        off = f"{float(claim['printed']) + 2 * 10.0**-decimals:.{decimals}f}"
        changed = [{**one, "printed": off} if one["claim_id"] == claim["claim_id"] else one for one in sources.claims]
        found = next(one for one in audit(changed, sources.patients, sources.studies)
                     if one.claim.get("claim_id") == claim["claim_id"])  # fmt: skip
        assert found.outcome == "contradicted", claim["claim_id"]


def test_the_table_holds_every_contradiction_with_both_figures(harmonized_data):
    rows = store_of(harmonized_data).read("discrepancy").to_pylist()
    expected = len(CONTRADICTED) + len(UNIT) + len(OTHERS) + len(ROWS) + 1
    assert len(rows) == len({row["discrepancy_id"] for row in rows}) == expected
    by_claim = {row["claim_id"]: row for row in rows if row["claim_id"]}
    assert set(by_claim) == {*CONTRADICTED, *UNIT, *OTHERS}
    row = by_claim["c32"]
    assert (row["discrepancy_kind"], row["study_id"], row["field"], row["statistic"], row["unit"]) == (
        "printed_against_recomputed", "park2015", "drug_duration", "max", "months",
    )  # fmt: skip
    assert (row["where_in_source"], row["source_url"]) == (
        "results: dosage and maintenance", "https://www.e-cmh.org/journal/view.php?number=1152",
    )  # fmt: skip
