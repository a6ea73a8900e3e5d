"""What the pretended providers know: one customer, his signatures, and marked numbers."""

import re

import phonenumbers

KEY_ID = "sandbox-key-id"
KEY_SECRET = "sandbox-key-secret"  # noqa: S105 - worth nothing anywhere else
RECEIPT_TOKEN = "sandbox-receipt-token"  # noqa: S105 - the sandbox's own account has it
SDK_APP_ID = "1400000001"
# Signature → whether it is approved.
SIGNS = {"沙箱签名": True, "审核中签名": False}
# Templates that begin so were never approved.
UNKNOWN_TEMPLATE = "404"
# Refused at once; taken, but the receipt tells of a failure.
REFUSED, UNREACHABLE = "13900000404", "13900000405"
_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def is_domestic(digits: str) -> bool:
    return bool(_CHINESE_MOBILE.fullmatch(digits))


def is_foreign(digits: str) -> bool:
    """With its country code in front."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return False
    is_plain = digits.isascii() and digits.isdigit()
    return is_plain and number.country_code != 86 and phonenumbers.is_valid_number(number)
