"""The wallet API as a Lambda function."""

from functions.wallet.read_wallet import entry_key
from functions.wallet.routes import routes
from functions.wallet.rules.routes import routes as rules
from functions.wallet.statement.routes import routes as statement
from paycore.database import database_check
from paycore.entry import api_handler
from paycore.health import health_router, redis_check
from paycore.http import create_app
from paycore.session import caller_of

health = health_router("wallet", needed={"database": database_check}, helpful={"redis": redis_check})
app = create_app("Wallets", routes, statement, rules, health, identify=caller_of, entry_key=entry_key)
handler = api_handler(app)
