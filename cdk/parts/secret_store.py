"""The generated secrets: nobody chooses them, nobody sees them, the template has only their recipe."""

import json

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk.acknowledgements import accept
from cdk.parts.data_context import DataContext

# Purpose -> what it is for. The signing key `token-signing` is no random string: the command that rotates
# signing keys makes it, together with the public keys in the SSM parameter `jwks`.
PASSWORDS = {
    "redis": "Password of the cache",
    "processor": "Bearer token between us and the card processor",
}
KEY_RINGS = {
    "notices-keys": "Seals one-time codes on their way from user to notification",
    "identity-keys": "Password pepper, one-time codes, refresh tokens",
    "cursor-keys": "Signs pagination cursors",
    "card-keys": "Fingerprints of cards",
    "recipient-keys": "Index of e-mail addresses, and addresses of recipients whom nobody knows yet",
    "personal-keys": "Wraps each person's data key",
}

# 64 letters and digits: 380 bits, and no character that a store refuses.
LENGTH = 64


class SecretStore(Construct):
    """One secret per purpose, named `paycore/<stage>/<purpose>`."""

    def __init__(self, scope: Construct, context: DataContext) -> None:
        super().__init__(scope, "SecretStore")
        self._context = context
        self.secrets = {purpose: self._create(purpose, text, {}, "password") for purpose, text in PASSWORDS.items()} | {
            purpose: self._create(purpose, text, {"current": "k1"}, "k1") for purpose, text in KEY_RINGS.items()
        }

    def _create(
        self, purpose: str, description: str, template: dict[str, str], generated_key: str
    ) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            purpose,
            secret_name=self._context.secret_name(purpose),
            description=description,
            encryption_key=self._context.key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps(template),
                generate_string_key=generated_key,
                password_length=LENGTH,
                exclude_punctuation=True,
            ),
        )
        reason = "A new key is added to the ring and made current by an operator: old values must stay readable."
        if purpose in PASSWORDS:
            reason = "Changed together with the other side of the connection, by the runbook."
        accept(secret, {"SMG4": reason})
        return secret
