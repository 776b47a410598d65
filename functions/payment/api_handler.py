"""The payment API as a Lambda function."""

from functions.payment.routes import routes
from paycore.database import database_check
from paycore.entry import api_handler
from paycore.health import health_router, redis_check
from paycore.http import create_app
from paycore.session import caller_of

health = health_router("payment", needed={"database": database_check}, helpful={"redis": redis_check})
app = create_app("Payments", routes, health, identify=caller_of)
handler = api_handler(app)
