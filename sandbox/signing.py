"""The key pair that signs webhooks (reference: signature 15.4; the real service uses 4096 bits)."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS = 2048


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Return this process's signing key, made on first use."""
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)


@cache
def strange_key() -> rsa.RSAPrivateKey:
    """Return a key that nobody trusts, for forgeries."""
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)


def sign(body: bytes, key: rsa.RSAPrivateKey | None = None) -> str:
    """Return the value of ``X-Lxo-Signature``: RSA with SHA-512 and PKCS#1 v1.5 padding, in base64."""
    return base64.b64encode((key or private_key()).sign(body, padding.PKCS1v15(), hashes.SHA512())).decode()


def public_key_pem() -> str:
    """Return the public half as PEM (SubjectPublicKeyInfo)."""
    public = private_key().public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
