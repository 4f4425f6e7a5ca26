"""Signatures over released versions, checked by OpenSSL as the pages tell people to."""

import html
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli.dataset import build_dataset, command, folders, release_dataset
from cli.wiring import open_database
from reports.dataset.site import PAGES
from reports.dataset.versions import Waiver
from tests.recorded import add, violation
from tests.services import missing


def key_at(file: Path, *, ed25519: bool = True) -> Path:
    key = Ed25519PrivateKey.generate() if ed25519 else generate_private_key(SECP256R1())
    nothing = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, nothing)
    )
    file.chmod(0o600)
    return file


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.fixture
def version(home: Path) -> str:
    assert home.is_dir()
    add(open_database(), violation(1))
    draft = build_dataset(open_database()).version
    return release_dataset(open_database(), draft, Waiver(early="a test"), by="甲").version


def by_openssl(page: str) -> bool:
    """Whether the command that a page shows finds the signature good."""
    if not shutil.which("openssl"):
        missing("no openssl on this machine")
    text = (folders().public / page).read_text("utf-8")
    (line,) = re.findall(r"<code>(openssl .*?)</code>", text)
    ran = subprocess.run(
        shlex.split(html.unescape(line)), cwd=folders().public, capture_output=True, check=False
    )
    return ran.returncode == 0


def test_a_signature_is_checked_by_openssl_and_by_us(version: str, tmp_path: Path) -> None:
    before = {file.name: file.read_bytes() for file in (folders().versions / version).iterdir()}
    key = key_at(tmp_path / "key.pem")
    first = run("sign", version, "--key", str(key))
    assert first.output.startswith(f"signed version {version}; SHA-256 of the public key: ")
    assert all(map(by_openssl, PAGES))
    assert run("verify").exit_code == 0
    assert run("sign", version, "--key", str(key)).output == first.output
    assert {file.name: file.read_bytes() for file in (folders().versions / version).iterdir()} == before

    signature = folders().signatures / f"{version}.sig"
    signature.write_bytes(bytes(64))
    assert not any(map(by_openssl, PAGES))
    assert f"{version}.sig: does not fit manifest.json" in run("verify").output
    public = generate_private_key(SECP256R1()).public_key()
    other = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folders().signatures / f"{version}.pem").write_bytes(other)
    assert f"{version}.pem: is no Ed25519 key" in run("verify").output
    (folders().signatures / f"{version}.pem").write_text("no key")
    assert f"{version}.pem, {version}.sig: cannot be read" in run("verify").output


def test_a_version_without_a_signature_says_nothing_of_one(version: str) -> None:
    assert run("verify", version).exit_code == 0
    assert not any("openssl" in (folders().public / page).read_text("utf-8") for page in PAGES)


def test_what_cannot_be_signed_with_is_named(version: str, tmp_path: Path) -> None:
    key = key_at(tmp_path / "key.pem")
    for name in ("2020-01-01-0", f"../versions/{version}"):
        assert f"there is no released version {name}" in run("sign", name, "--key", str(key)).output
    key.chmod(0o644)
    assert f"nothing signed: {key} can be read by others" in run("sign", version, "--key", str(key)).output
    other = key_at(tmp_path / "other.pem", ed25519=False)
    assert f"{other} holds no Ed25519 key" in run("sign", version, "--key", str(other)).output
    other.write_text("no key")
    assert f"{other} holds no key that can be read" in run("sign", version, "--key", str(other)).output
    assert run("sign", version, "--key", str(tmp_path / "none.pem")).exit_code == 1
    assert not folders().signatures.exists()
