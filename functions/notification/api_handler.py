"""The notification API as a Lambda function."""

from functions.notification.routes import routes
from paycore.database import database_check
from paycore.documents import documents_check
from paycore.entry import api_handler
from paycore.health import Observed, health_router, redis_check
from paycore.http import create_app
from paycore.outbox import oldest_age_s
from paycore.session import caller_of

# The relay passes on within a second; above a minute it is down or a key is stuck, and notices come late.
OUTBOX_AGE_S_MAX = 60


def outbox_check() -> Observed:
    """How far the relay is behind: every service's events pass through it, and this one is told by them."""
    age_s = oldest_age_s()
    return Observed(age_s, "s", well=age_s <= OUTBOX_AGE_S_MAX)


health = health_router(
    "notification",
    needed={"documents": documents_check},
    helpful={"redis": redis_check, "database": database_check, "outbox": outbox_check},
)
app = create_app("Notifications", routes, health, identify=caller_of)
handler = api_handler(app)
