"""Secrets at rest: sealed with keys that are derived from those that seal tokens."""

import base64
import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.federation.errors import SecretLost, SecretsRefused

PURPOSE = b"samkod: secrets of peers"


class Vault:
    """Seals with the first of its keys, and opens what any of them has sealed."""

    def __init__(self, keys: str | None) -> None:
        """`keys` are those of `PASETO_KEY`, separated by commas or blanks; None where there is none.

        Raises ValueError for what is not Base64.
        """
        given = re.split(r"[\s,]+", keys.strip(", \t\r\n")) if keys else []
        sealers = [Fernet(_derived(key)) for key in given]
        self._sealer = MultiFernet(sealers) if sealers else None

    def seal(self, secret: str) -> str:
        """Text that only says something to those who have the key. Raises SecretsRefused."""
        if self._sealer is None:
            raise SecretsRefused
        return self._sealer.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret. Raises SecretLost."""
        try:
            if self._sealer is not None:
                return self._sealer.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SecretLost from error
        raise SecretLost


def _derived(key: str) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc5869"""
    secret = base64.b64decode(key, validate=True)
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret)
    return base64.urlsafe_b64encode(derived)
