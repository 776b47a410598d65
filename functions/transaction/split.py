"""Splits an amount by weights, exactly: the largest-remainder method."""

from collections.abc import Sequence


def split_amount(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` minor units in parts that sum to exactly `amount`, each within one unit of its exact share.

    The units that rounding down leaves over go to the largest remainders, among equal ones to the earlier part: 100 by
    1:1:1 is 34, 33, 33. `weights` are positive.
    """
    total = sum(weights)
    parts = [amount * weight // total for weight in weights]
    remainders = [amount * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -remainders[place])
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts
