"""A signature over a released version, for those who want to know that it is the publisher's.

It is made with Ed25519 over `manifest.json`, which holds the hash of every file. OpenSSL checks it:

    openssl pkeyutl -verify -pubin -inkey VERSION.pem -rawin -in manifest.json -sigfile VERSION.sig

Which key is the publisher's is told by the fingerprint that the publisher makes known elsewhere.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from reports.dataset.folders import Folders, only_one
from reports.dataset.manifest import NAME
from reports.dataset.site import write_site
from reports.dataset.versions import index


class SignatureError(Exception):
    """Nothing was signed; the message says why."""


def sign(folders: Folders, version: str, key_file: Path) -> str:
    """Sign a released version, and return the fingerprint of the public key.

    Args:
        folders: where versions lie.
        version: name of the version.
        key_file: PEM file with an Ed25519 key, as `openssl genpkey -algorithm ed25519` writes it.

    Raises:
        SignatureError: there is no such version, or no such key that others cannot read.
    """
    if version not in {line["version"] for line in index(folders)}:
        raise SignatureError(f"there is no released version {version}")
    manifest, key = folders.versions / version / NAME, _key(key_file)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with only_one(folders):
        folders.signatures.mkdir(exist_ok=True)
        for ending, content in (("pem", public), ("sig", key.sign(manifest.read_bytes()))):
            draft = folders.signatures / f".{version}.{ending}.tmp"
            draft.write_bytes(content)
            draft.replace(folders.signatures / f"{version}.{ending}")
        write_site(folders)
    return fingerprint(folders, version)


def fingerprint(folders: Folders, version: str) -> str:
    """SHA-256 of the public key that stands beside a signature; empty for a version that has none."""
    file = folders.signatures / f"{version}.pem"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


def signature_problems(folders: Folders, version: Path) -> Iterator[str]:
    """What is wrong with the signature of the version in a folder; nothing for one that has none."""
    key, signature = (folders.signatures / f"{version.name}.{ending}" for ending in ("pem", "sig"))
    if not key.exists() and not signature.exists():
        return
    try:
        public = serialization.load_pem_public_key(key.read_bytes())
        if isinstance(public, Ed25519PublicKey):
            public.verify(signature.read_bytes(), (version / NAME).read_bytes())
        else:
            yield f"{key.name}: is no Ed25519 key"
    except InvalidSignature:
        yield f"{signature.name}: does not fit {NAME}"
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        yield f"{key.name}, {signature.name}: cannot be read: {error}"


def _key(file: Path) -> Ed25519PrivateKey:
    try:
        if file.stat().st_mode & 0o077:
            raise SignatureError(f"{file} can be read by others; run: chmod 600 {file}")
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SignatureError(f"{file} holds no key that can be read: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SignatureError(f"{file} holds no Ed25519 key")
    return key
