"""The user API as a Lambda function."""

from functions.user.account.routes import routes as account_routes
from functions.user.administration.routes import routes as administration_routes
from functions.user.api_keys.routes import routes as api_key_routes
from functions.user.email.routes import routes as email_routes
from functions.user.kyc.routes import routes as kyc_routes
from functions.user.phone.routes import routes as phone_routes
from functions.user.profile import entry_key
from functions.user.routes import auth_routes, user_routes
from functions.user.second_factor.routes import factor_routes
from paycore.database import database_check
from paycore.entry import api_handler
from paycore.health import health_router, redis_check
from paycore.http import create_app
from paycore.session import caller_of

health = health_router("user", needed={"database": database_check}, helpful={"redis": redis_check})
routers = (
    auth_routes,
    user_routes,
    account_routes,
    administration_routes,
    kyc_routes,
    phone_routes,
    factor_routes,
    api_key_routes,
    email_routes,
    health,
)
app = create_app("Users", *routers, identify=caller_of, entry_key=entry_key)
handler = api_handler(app)
