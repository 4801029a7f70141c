"""Whether a delivery comes from the provider (reference: signature 15.4). Pure."""

import base64
import binascii
import re
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import load_pem_public_key

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)
# A signature of the largest key in use has 1,368 characters.
_LONGEST = 2_000


@lru_cache(maxsize=4)
def read_keys(pem: str) -> tuple[RSAPublicKey, ...]:
    """Return the RSA keys of a PEM text; several stand one after the other while the provider changes its key.

    ``ValueError`` where a part is not an RSA key; no key in an empty text.
    """
    keys = []
    for part in _PEM.findall(pem):
        try:
            key = load_pem_public_key(part.encode())
        except UnsupportedAlgorithm as error:
            raise ValueError("a key of an unknown kind") from error
        if not isinstance(key, RSAPublicKey):
            raise ValueError("not an RSA key")
        keys.append(key)
    if pem.strip() and not keys:
        raise ValueError("no public key in PEM form")
    return tuple(keys)


def is_signed(body: bytes, signature: str, keys: tuple[RSAPublicKey, ...]) -> bool:
    """Tell whether one of the keys signed these very bytes: RSA, SHA-512, PKCS#1 v1.5, the signature in base64."""
    if not signature or len(signature) > _LONGEST:
        return False
    try:
        signed = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return any(_fits(key, signed, body) for key in keys)


def _fits(key: RSAPublicKey, signature: bytes, body: bytes) -> bool:
    try:
        key.verify(signature, body, PKCS1v15(), SHA512())
    except InvalidSignature:
        return False
    return True
