"""Golden numbers read exactly, and compared with numbers derived here."""
import struct
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from mpmath import mp, mpf

mp.dps = 150  # golden numbers have 40 digits: 110 are left for what cancels

DIGITS = 40


def hyperparameter(text):
    """A decimal stands for its nearest binary64 value; a boolean for itself."""
    return text if isinstance(text, bool) else mpf(float(text))


@lru_cache(maxsize=None)  # the dialects of a rule share their inputs
def exact(text):
    """An input that is written in full."""
    return mpf(Fraction(text).numerator) / Fraction(text).denominator


@lru_cache(maxsize=None)
def power_of_ten(exponent):
    power = Fraction(10) ** exponent
    return mpf(power.numerator) / power.denominator


def fault_in(text, derived):
    """Why `text` is not the 40-digit rendering of `derived`, or None."""
    if text == "0":
        return None if derived == 0 else "exactly 0 is claimed"
    written = Decimal(text).as_tuple()
    if len(written.digits) != DIGITS:
        return "has %d significant digits" % len(written.digits)
    if abs(mpf(text) - derived) > power_of_ten(written.exponent):
        return "off by more than a unit of the last digit"
    return None


def to_binary32(value):
    """The binary64 `value` rounded to binary32, as a Python float."""
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def to_bfloat16(value):
    """binary32's upper half where the lower is 0: what else has no bfloat16 is cut short."""
    bits = struct.unpack("<I", struct.pack("<f", to_binary32(value)))[0]
    return struct.unpack("<f", struct.pack("<I", bits & 0xffff0000))[0]


@lru_cache(maxsize=None)
def is_bfloat16(text):
    """Whether the decimal is, exactly, a bfloat16 value."""
    return Fraction(to_bfloat16(float(text))) == Fraction(text)


@lru_cache(maxsize=None)
def is_binary32(text):
    return Fraction(to_binary32(float(text))) == Fraction(float(text)) == Fraction(text)
