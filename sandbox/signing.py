"""The key pair that signs webhooks (reference: signature 15.4; the real service uses 4096 bits)."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 2048


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Return this process's signing key, made on first use."""
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)


def public_key_pem() -> str:
    """Return the public half as PEM (SubjectPublicKeyInfo)."""
    public = private_key().public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
