"""Money: an integer count of minor units in one ISO 4217 currency. No float, no default currency."""

from dataclasses import dataclass

from paycore.invariants import ensure

AMOUNT_MINOR_MAX = 10**15  # far below 2^53, so that every JSON reader keeps it exact

# ISO 4217 list one (February 2026): the active currencies of payment by their number of decimals.
_CODES_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE "
        "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ "
        "GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD "
        "MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON "
        "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS "
        "UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
    ),
}
EXPONENTS = {code: exponent for exponent, codes in _CODES_BY_EXPONENT.items() for code in codes.split()}


@dataclass(frozen=True, slots=True)
class Money:
    """`amount_minor` in minor units of `currency`: Money(1250, "EUR") is 12.50 EUR, Money(1250, "JPY") is 1250 yen."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        ensure(type(self.amount_minor) is int, "an amount is an integer")
        ensure(self.currency in EXPONENTS, "a currency is an active ISO 4217 code")
        ensure(abs(self.amount_minor) <= AMOUNT_MINOR_MAX, "an amount is within ±10^15 minor units")

    def __str__(self) -> str:
        """For people: 12.50 EUR."""
        return f"{decimal(self.amount_minor, self.currency)} {self.currency}"


def decimal(amount_minor: int, currency: str) -> str:
    """The amount with the decimals of its currency: 12.50. Of any size, as a balance may be."""
    exponent = EXPONENTS[currency]
    if exponent == 0:
        return str(amount_minor)
    whole, part = divmod(abs(amount_minor), 10**exponent)
    return f"{'-' if amount_minor < 0 else ''}{whole}.{part:0{exponent}d}"
