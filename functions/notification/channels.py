"""The ways to reach a person: e-mail through Amazon SES; SMS and push are simulated.

A simulated SMS is a mail to SES's mailbox simulator, which takes and drops it; locally the mailbox shows it. A push has
nobody to go to.
"""

from functions.notification.notice import Channel
from paycore import aws, settings
from paycore.errors import Unavailable
from paycore.observability import logger
from paycore.personal_data import PersonalData
from paycore.settings import MailSettings

# SES says with these that this very message will never go out; everything else may pass.
_FINAL = {"MessageRejected", "MailFromDomainNotVerifiedException", "InvalidParameterValue"}

# What is sent there counts against no quota and no reputation: see SES's guide, "Using the mailbox simulator".
SMS_SIMULATOR = "success+{}@simulator.amazonses.com"


def send(channel: Channel, address: PersonalData, subject: str, body: str) -> bool:
    """True when it is on its way, False when it never will be; raises Unavailable when it may be tried again."""
    if channel == "sms" and address.phone:
        return _send_mail(SMS_SIMULATOR.format(address.phone.removeprefix("+")), subject, body)
    if channel == "email":
        return _send_mail(address.email, subject, body)
    return True  # simulated, or the inbox itself


def _send_mail(recipient: str, subject: str, body: str) -> bool:
    try:
        aws.client("ses").send_email(
            Source=settings.read(MailSettings).mail_sender,
            Destination={"ToAddresses": [recipient]},
            Message={
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": body, "Charset": "UTF-8"}},
            },
        )
    except aws.Refused as trouble:
        code = trouble.response["Error"]["Code"]
        if code not in _FINAL:
            raise Unavailable from trouble
        logger.error("a mail was refused", extra={"reason": code})
        return False
    except aws.NoAnswer as trouble:
        raise Unavailable from trouble
    return True
