"""Wallets as a Kafka consumer of what moves money or changes a limit."""

from functions.wallet.rules.watch_balances import watch_balances
from paycore.consumer import kafka_handler
from paycore.events.envelope import DEAD_LETTERS_WALLET

handler = kafka_handler(watch_balances, DEAD_LETTERS_WALLET)
