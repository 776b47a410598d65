"""The edge as a Lambda function: health of all services, public keys, the API's document and its browser."""

from functions.edge.routes import routes
from paycore.entry import api_handler
from paycore.http import create_app

app = create_app("Edge", routes)
handler = api_handler(app)
