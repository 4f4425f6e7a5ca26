"""Salaries are read as far as they say something, and never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.terms import terms
from crawlers.pay import read_pay
from events.types import Pay


def yuan(low: float | None, high: float | None, per: str | None = None, **given: object) -> Pay:
    fields = {"low": low and round(low * 100), "high": high and round(high * 100), "per": per}
    return Pay.model_validate({"currency": "CNY", **fields, **given})


READ = [
    ("1-2万/月", yuan(10_000, 20_000, "month")),
    ("1.1万-1.5万", yuan(11_000, 15_000)),
    ("3千-6千", yuan(3_000, 6_000)),
    ("8千-1万", yuan(8_000, 10_000)),
    ("3000-1万/月", yuan(3_000, 10_000, "month")),
    ("0.8-1.2万/月", yuan(8_000, 12_000, "month")),
    ("10-15万/年", yuan(100_000, 150_000, "year")),
    ("年薪20-30万", yuan(200_000, 300_000, "year")),
    ("10万以上/年", yuan(100_000, None, "year")),
    ("1.5千以下/月", yuan(None, 1_500, "month")),
    ("8-12K·14薪", yuan(8_000, 12_000, "month", months=14)),
    ("15-25K·16薪", yuan(15_000, 25_000, "month", months=16)),
    ("年薪20万（13薪）", yuan(200_000, 200_000, "year", months=13)),
    ("1万-1.8万·13-15薪", yuan(10_000, 18_000)),
    ("8K-12K", yuan(8_000, 12_000, currency="")),
    ("12k-18k/月", yuan(12_000, 18_000, "month", currency="")),
    ("1-1.5w", yuan(10_000, 15_000, currency="")),
    ("11001-15000", yuan(11_001, 15_000, currency="")),
    ("6000—8000元/月", yuan(6_000, 8_000, "month")),
    ("６０００～８０００元／月", yuan(6_000, 8_000, "month")),
    ("6,000 至 8,000 元 / 月", yuan(6_000, 8_000, "month")),
    ("8000元/月-12000元/月", yuan(8_000, 12_000, "month")),
    ("￥5000", yuan(5_000, 5_000)),
    ("月薪8000元", yuan(8_000, 8_000, "month")),
    ("月薪（元）：8000-12000", yuan(8_000, 12_000, "month")),
    ("20.5元/小时", yuan(20.5, 20.5, "hour")),
    ("150-200元/天", yuan(150, 200, "day")),
    ("30-50/天", yuan(30, 50, "day", currency="")),
    ("20元/时 日结", yuan(20, 20, "hour")),
    ("5000元起", yuan(5_000, None)),
    ("5000+", yuan(5_000, None, currency="")),
    ("综合薪资6000-8000元，包吃住", yuan(6_000, 8_000)),
    ("8000-10000元（可面议）", yuan(8_000, 10_000, negotiable=True)),
    ("面议", Pay(negotiable=True)),
    ("薪资待遇面谈", Pay(negotiable=True)),
    ("2-3万美元/年", yuan(20_000, 30_000, "year", currency="USD")),
    ("2万港币/月", yuan(20_000, 20_000, "month", currency="HKD")),
    ("8000.0-12000.0 CNY/MONTH", yuan(8_000, 12_000, "month")),
    ("45 USD/HOUR", yuan(45, 45, "hour", currency="USD")),
    ("£50879 - £85262 per week", yuan(50_879, 85_262, "week", currency="GBP")),
    ("60,000 to 80,000 EUR/YEAR", yuan(60_000, 80_000, "year", currency="EUR")),
    ("50 000 – 70 000 Kč", yuan(50_000, 70_000, currency="CZK")),
    ("US$120K a year", yuan(120_000, 120_000, "year", currency="USD")),
]
UNREAD = [
    "", " ", "-", "0", "0-0", "0-0元/月", "8-12", "8-12/月", "8元/月", "12-8K", "13812345678",
    "按公司规定执行", "底薪3000元+提成", "试用期4000，转正5000", "3000/4000/5000", "5000元/月或20元/时",
    "3000元+2000元", "800元/件", "无", "14薪", "五千元",
    "1-2万/月，8000元以上", "=IFERROR(1)", "😀", "9" * 30, "8000元" + "，包吃住" * 40, "1000000万",
]  # fmt: skip


@pytest.mark.parametrize(("written", "pay"), READ)
def test_salaries_as_boards_write_them(written: str, pay: Pay) -> None:
    assert read_pay(written) == pay


@pytest.mark.parametrize("written", UNREAD)
def test_what_can_be_read_in_two_ways_or_not_at_all_is_left_open(written: str) -> None:
    assert read_pay(written) is None


@given(st.text(max_size=150))
def test_no_text_breaks_the_reader_and_what_it_reads_is_sound(written: str) -> None:
    pay = read_pay(written)
    if pay is None:
        return
    assert pay.negotiable or pay.low or pay.high
    assert pay.low is None or pay.high is None or pay.low <= pay.high


AMOUNTS = st.decimals(1, 99_999, places=1).map(lambda amount: amount.normalize())


@given(
    amounts=st.tuples(AMOUNTS, AMOUNTS).map(sorted),
    scale=st.sampled_from([("千", 1_000), ("K", 1_000), ("万", 10_000)]),
    dash=st.sampled_from(["-", "~", " - ", "至", "—"]),
    period=st.sampled_from([("/月", "month"), ("/年", "year"), ("/天", "day"), ("", None)]),
)
def test_a_range_comes_back_in_hundredths(
    amounts: list[Decimal], scale: tuple[str, int], dash: str, period: tuple[str, str | None]
) -> None:
    low, high = (f"{amount:f}" for amount in amounts)
    pay = read_pay(f"{low}{dash}{high}{scale[0]}{period[0]}")
    if amounts[1] * scale[1] > 100_000_000:
        assert pay is None
        return
    assert pay is not None
    assert (pay.low, pay.high, pay.per) == (
        int(amounts[0] * scale[1] * 100),
        int(amounts[1] * scale[1] * 100),
        period[1],
    )


@given(st.integers(10**9, 10**12))
def test_a_telephone_number_is_no_salary(number: int) -> None:
    assert read_pay(f"{number}") is None
    assert read_pay(f"联系电话 {number}") is None


@given(low=st.integers(1_000, 50_000), high=st.integers(1_000, 50_000))
def test_a_range_that_is_turned_round_is_refused(low: int, high: int) -> None:
    assert (read_pay(f"{low}-{high}元") is None) == (low > high)


def test_each_word_for_a_time_or_a_currency_is_found() -> None:
    for per, words in terms().pay.periods.items():
        for word in words:
            found = read_pay(f"8000元{word}") or read_pay(f"{word}8000元")
            assert found is not None, word
            assert (found.low, found.per) == (800_000, per), word
    for currency, words in terms().pay.currencies.items():
        for word in words:
            found = read_pay(f"8000 {word}")
            assert found is not None, word
            assert (found.low, found.currency) == (800_000, currency), word
