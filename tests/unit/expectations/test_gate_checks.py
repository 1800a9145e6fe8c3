"""Which checks a table gets, before any engine runs them."""

import pytest

from catalog.fields import FIELDS
from catalog.rules import RULES
from catalog.tables import CHECKED, TABLES
from catalog.topic import Tuning
from catalog.vocabulary import vocabulary
from expectations.checks import all_checks

CHECKS = {check.id: check for check in all_checks()}


def test_every_check_has_a_name_of_its_own_and_a_sentence():
    assert len(CHECKS) == len(all_checks())
    assert all(check.sentence and check.severity in ("critical", "warning", "info") for check in CHECKS.values())
    assert not any("None" in check.sentence for check in CHECKS.values())


@pytest.mark.parametrize("name", CHECKED)
def test_every_declaration_becomes_a_check(name):
    table = TABLES[name]
    assert CHECKS[f"{name}.{table.key}_unique"].severity == "critical"
    for column in (table.key, *table.required):
        assert CHECKS[f"{name}.{column}_filled"].severity == "critical"
    for column in table.columns:
        field = FIELDS[column]
        if field.vocabulary:
            assert CHECKS[f"{name}.{column}_known"].arguments["values"] == list(vocabulary(field.vocabulary).codes)
        elif field.minimum is not None or field.maximum is not None:
            check = CHECKS[f"{name}.{column}_within"]
            assert check.arguments == {"min_value": field.minimum, "max_value": field.maximum}
            assert check.severity == field.severity
    for pointer in table.foreign_keys:
        check = CHECKS[f"{name}.{pointer.column}_is_a_{pointer.table}"]
        assert (check.severity, check.kind, check.arguments["table"]) == ("critical", "points", pointer.table)


def test_a_pair_points_to_studies_or_patients_by_its_kind():
    assert CHECKS["overlap.first_id_is_a_study"].where == ("unit_kind", ("study",))
    assert CHECKS["overlap.first_id_is_a_patient"].where == ("unit_kind", ("patient",))


def test_every_rule_becomes_a_check_that_names_its_source():
    for rule in RULES:
        check = CHECKS[f"{rule.table}.{rule.name}"]
        assert (check.sentence, check.severity, check.note) == (rule.sentence, rule.severity, rule.standard)
    assert CHECKS["study.listed_equals_counted"].columns == ("n_cr", "n_listed")


def test_a_topic_changes_a_severity_and_its_reason_stands_beside_it():
    tuning = Tuning("study.listed_equals_counted", "warning", "lists are partial in this field")
    tuned = {check.id: check for check in all_checks((tuning,))}
    check = tuned.pop("study.listed_equals_counted")
    assert (check.severity, check.note) == ("warning", "severity set by the topic: lists are partial in this field")
    assert all(CHECKS[name] == check for name, check in tuned.items())
