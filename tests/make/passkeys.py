"""A device with passkeys, as far as the house sees it: it answers what a page asks."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


def question_of(page: Any) -> dict[str, Any]:
    """What the page asks the device."""
    found = re.search(r'id="passkey-question" type="application/json">(.*?)</script>', page.text)
    return json.loads(found[1])["publicKey"]


class Device:
    """One passkey for one host."""

    def __init__(self, host: str = "testserver", scheme: str = "https"):
        self.host, self.origin = host, f"{scheme}://{host}"
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(self._key.public_key())
        number = secrets.token_bytes(32)
        self.credential = AttestedCredentialData.create(Aaguid.NONE, number, public)

    def made(self, question: dict[str, Any]) -> str:
        """The answer to the question for a new passkey."""
        data = self._data(FLAG.AT | FLAG.UP | FLAG.UV, self.credential)
        attested = AttestationObject.create("none", data, {})
        client = self._client("webauthn.create", question)
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "attestationObject": websafe_encode(attested),
                "transports": ["internal"],
            }
        )

    def proved(self, question: dict[str, Any]) -> str:
        """The answer to the question for proof."""
        data = self._data(FLAG.UP | FLAG.UV)
        client = self._client("webauthn.get", question)
        signature = self._key.sign(data + client.hash, ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
            }
        )

    def _data(self, flags: Any, credential: bytes = b"") -> AuthenticatorData:
        host = hashlib.sha256(self.host.encode()).digest()
        return AuthenticatorData.create(host, flags, 0, credential)

    def _client(self, kind: str, question: dict[str, Any]) -> CollectedClientData:
        challenge = websafe_decode(question["challenge"])
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, response: dict[str, Any]) -> str:
        number = websafe_encode(self.credential.credential_id)
        return json.dumps(
            {
                "id": number,
                "rawId": number,
                "type": "public-key",
                "authenticatorAttachment": "platform",
                "clientExtensionResults": {},
                "response": response,
            }
        )
