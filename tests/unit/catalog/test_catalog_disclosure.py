import pytest

from catalog.disclosure import shown_age


@pytest.mark.parametrize(
    ("age", "shown"), [(48, 48), (89, 89), (89.5, 90), (90, 90), (93, 90), (104, 90), (0, 0), (None, None)]
)
def test_ages_over_89_are_one_category(age, shown):
    assert shown_age(age) == shown
