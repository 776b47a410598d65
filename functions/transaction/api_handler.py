"""The transaction API as a Lambda function."""

from functions.transaction.conversion.routes import routes as conversion
from functions.transaction.limits.routes import routes as limits
from functions.transaction.read_transactions import entry_key
from functions.transaction.routes import routes
from functions.transaction.schedules.routes import routes as schedules
from functions.transaction.step_up.routes import routes as step_up
from functions.transaction.verification.routes import routes as verification
from paycore.database import database_check
from paycore.entry import api_handler
from paycore.health import health_router, redis_check
from paycore.http import create_app
from paycore.session import caller_of

health = health_router("transaction", needed={"database": database_check}, helpful={"redis": redis_check})
app = create_app(
    "Transactions",
    conversion,
    limits,
    step_up,
    schedules,
    routes,
    verification,
    health,
    identify=caller_of,
    entry_key=entry_key,
)
handler = api_handler(app)
