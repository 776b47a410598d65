"""Every minute: claims what waits for an address, ends overdue holds, makes partitions, removes what is old, spreads
wallets that are hot.
"""

from functions.transaction.tending.tend_ledger import tend_ledger
from paycore.entry import schedule_handler

handler = schedule_handler(tend_ledger)
