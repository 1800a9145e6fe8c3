import pytest

from catalog.errors import InvalidInput
from synthesize.estimate import NotEstimable
from synthesize.survival.person_time import rate_ratio


def test_no_event_on_the_drug_gives_a_ratio_of_zero_with_an_upper_limit():
    on, off, ratio = rate_ratio(0, 60, 4, 40)
    assert (on.value, on.lower) == (0.0, 0.0)
    # closed form: -log(0.025) / months
    assert on.upper == pytest.approx(100 * 3.6888794541139363 / 60, rel=1e-12)
    assert (ratio.value, ratio.lower) == (0.0, 0.0)
    # closed form: (1 - share)^4 = 0.025 with share / (1 - share) = ratio * 60 / 40
    assert ratio.upper == pytest.approx((0.025**-0.25 - 1) * 40 / 60, rel=1e-12)
    assert off.value == 10.0


def test_no_event_off_the_drug_leaves_the_ratio_unbounded():
    ratio = rate_ratio(4, 40, 0, 60)[2]
    assert ratio.value is None
    assert ratio.upper is None
    assert ratio.detail["value"] == ratio.detail["upper"] == "unbounded"
    assert ratio.lower == pytest.approx((60 / 40) / (0.025**-0.25 - 1), rel=1e-12)


def test_no_event_at_all_gives_rates_and_no_ratio():
    on, off, ratio = rate_ratio(0, 40, 0, 60)
    assert (on.value, off.value) == (0.0, 0.0)
    assert isinstance(ratio, NotEstimable)
    assert "no event" in ratio.reason


@pytest.mark.parametrize(("months_on", "months_off", "word"), [(0, 50, "on"), (50, 0, "off")])
def test_a_status_without_person_time_has_no_rate(months_on, months_off, word):
    events_on, events_off = (0, 1) if months_on == 0 else (1, 0)
    results = {r.method: r for r in rate_ratio(events_on, months_on, events_off, months_off)}
    assert isinstance(results[f"person_time_rate_{word}"], NotEstimable)
    assert isinstance(results["person_time_rate_ratio"], NotEstimable)
    assert f"no person-time {word}" in results["person_time_rate_ratio"].reason


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ((1, 0, 2, 50), "1 events on the drug without person-time"),
        ((-1, 10, 2, 50), "not a count"),
        ((0.5, 10, 2, 50), "not a count"),
        ((1, -10, 2, 50), "not a time"),
        ((1, float("nan"), 2, 50), "not a time"),
        ((1, float("inf"), 2, 50), "not a time"),
        ((float("nan"), 10, 2, 50), "not a count"),
    ],
)
def test_impossible_input_is_refused(call, message):
    with pytest.raises(InvalidInput, match=message):
        rate_ratio(*call)


@pytest.mark.filterwarnings("error")
def test_millions_of_events_and_extreme_shares():
    for call in [(5_000_000, 1e7, 5_001_000, 1e7), (1, 1e-9, 3, 1e9), (0, 1e12, 10_000_000, 1e-3)]:
        ratio = rate_ratio(*call)[2]
        assert ratio.lower <= ratio.value <= ratio.upper
        assert 0 < ratio.p_value <= 1
