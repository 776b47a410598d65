"""The simulated card processor as a Lambda function: another company's API, reached over HTTP like any other."""

from functions.payment.processor.routes import routes
from paycore.entry import api_handler
from paycore.http import create_app

# Its only client is ourselves: a limit per address would count our own servers.
app = create_app("Simulated card processor", routes, limited=False)
handler = api_handler(app)
