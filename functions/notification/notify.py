"""Tells everybody whom an event concerns, on each channel once."""

from datetime import datetime

from functions.notification import channels, store
from functions.notification.notice import CODE, NAME, Channel, Notice
from functions.notification.texts import notices
from paycore import clock, settings
from paycore.crypto import CannotOpen, key_ring
from paycore.directory import address_of
from paycore.events.account import UserErased
from paycore.events.event import Event
from paycore.events.phone import UserPhoneVerificationAsked
from paycore.events.second_factor import UserMfaEnrollmentAsked
from paycore.events.user import UserEmailChangeAsked, UserPasswordForgotten, UserRegistered
from paycore.observability import MASK, logger
from paycore.personal_data import PersonalData
from paycore.settings import NoticesKeysSettings

CODE_PURPOSE = "one-time-code"
NAME_LETTERS = 2
_WithCode = (
    UserRegistered | UserPasswordForgotten | UserEmailChangeAsked | UserMfaEnrollmentAsked | UserPhoneVerificationAsked
)


def notify(event: Event) -> None:
    """Stores and sends every notice of `event`, each once; forgets whom it says to be erased."""
    if isinstance(event.data, UserErased):
        store.forget(event.data.user_id)
    for notice in notices(event.data):
        address = address_of(notice.person_id)
        if address is None:
            logger.info("nobody to notify", extra={"event_id": event.id})  # closed since, or a stale registration
            continue
        for channel in notice.channels:
            if channel != "sms" or address.phone:
                _deliver(event, notice, channel, address)


def _deliver(event: Event, notice: Notice, channel: Channel, address: PersonalData) -> None:
    stored = store.add(event, notice.person_id, channel, notice.subject, _masked(notice.body))
    if stored["status"] != store.PENDING:
        return
    text = _with_code(event, notice.body.replace(NAME, address.full_name[:NAME_LETTERS]), address.phone)
    sent = text is not None and channels.send(channel, address, notice.subject, text)
    store.settle(stored["_id"], sent=sent)


def _masked(body: str) -> str:
    return body.replace(CODE, MASK).replace(NAME, MASK)


def _with_code(event: Event, body: str, phone: str | None) -> str | None:
    """The body with its code in clear, for this one sending; None when the code is stale or cannot be opened.

    One that was asked for another phone is stale, too: nobody makes us send codes to numbers that are not theirs.
    """
    if CODE not in body or not isinstance(event.data, _WithCode):
        return body
    if datetime.fromisoformat(event.data.expires_at) <= clock.now():
        return None
    ring = key_ring(settings.read(NoticesKeysSettings).notices_keys_secret)
    to_phone = isinstance(event.data, UserPhoneVerificationAsked)
    bound = f"{event.id} {phone}" if to_phone else event.id
    try:
        return body.replace(CODE, ring.open(CODE_PURPOSE, event.data.sealed_code, bound))
    except CannotOpen:
        # Of a phone that is what its owner may bring about; of any other code, a key that is gone.
        tell = logger.warning if to_phone else logger.error
        tell("a code cannot be opened", extra={"event_id": event.id})
        return None
