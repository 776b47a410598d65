"""The payment API as a Lambda function."""

from functions.payment.routes import routes
from paycore.entry import api_handler
from paycore.http import create_app
from paycore.session import caller_of

app = create_app("Payments", routes, identify=caller_of)
handler = api_handler(app)
