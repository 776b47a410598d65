"""The wallet API as a Lambda function."""

from functions.wallet.routes import routes
from paycore.entry import api_handler
from paycore.http import create_app
from paycore.session import caller_of

app = create_app("Wallets", routes, identify=caller_of)
handler = api_handler(app)
