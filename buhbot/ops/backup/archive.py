"""The file of a backup: a tar with its manifest, encrypted with age where a key is set (BAK-01)."""

import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import Any

from buhbot.ops.backup.programs import BackupFailed, program, run

FORMAT = 1
MANIFEST, DUMP, MEDIA, CONFIG = "manifest.json", "database.dump", "media.jsonl", "config.json"
MEMBERS = (DUMP, MEDIA, CONFIG)
AGE_HEADER = b"age-encryption.org/v1"
PIECE = 1024 * 1024


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and SHA-256 of each member that stands in the folder."""
    return {
        name: {"size": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)} for name in MEMBERS
    }


def pack(folder: Path, target: Path, manifest: dict[str, Any]) -> None:
    """Write the members and their manifest into one tar."""
    (folder / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True), "utf-8"
    )
    with tarfile.open(target, "w") as tar:
        for name in (MANIFEST, *MEMBERS):
            tar.add(folder / name, arcname=name, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def encrypt(source: Path, target: Path, recipient: str) -> None:
    """Encrypt for the owner of the key. Raises BackupFailed for a key that is none."""
    run([program("age"), "--encrypt", "--recipient", recipient, "--output", str(target), str(source)])
    with target.open("rb") as file:
        is_age = file.read(len(AGE_HEADER)) == AGE_HEADER
    if not is_age or target.stat().st_size <= source.stat().st_size:
        raise BackupFailed("age wrote something else than the encrypted archive.")


def is_encrypted(path: Path) -> bool:
    """Tell by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(AGE_HEADER)) == AGE_HEADER


def unpack(path: Path, folder: Path, *, identity: Path | None) -> dict[str, Any]:
    """Decrypt and unpack into the folder, check every member, and return the manifest. Raises BackupFailed."""
    if not path.is_file():
        raise BackupFailed(f"There is no file {path}.")
    tar = _decrypted(path, folder, identity) if is_encrypted(path) else path
    try:
        with tarfile.open(tar, "r:") as archive:
            archive.extractall(folder, members=_expected(archive), filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (tarfile.TarError, ValueError, OSError) as error:
        raise BackupFailed(f"{path.name} is damaged, or no backup: {error}") from error
    _require_whole(path, folder, manifest)
    return manifest


def _decrypted(path: Path, folder: Path, identity: Path | None) -> Path:
    if identity is None:
        raise BackupFailed(f"{path.name} is encrypted: name the file of the secret key with --identity.")
    if not identity.is_file():
        raise BackupFailed(f"There is no key file {identity}.")
    tar = folder / "archive.tar"
    run([program("age"), "--decrypt", "--identity", str(identity), "--output", str(tar), str(path)])
    return tar


def _expected(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    found = [member for member in archive if member.name in (MANIFEST, *MEMBERS) and member.isfile()]
    missing = {MANIFEST, *MEMBERS} - {member.name for member in found}
    if missing:
        raise tarfile.ReadError(f"{', '.join(sorted(missing))} is not in it")
    return found


def _require_whole(path: Path, folder: Path, manifest: dict[str, Any]) -> None:
    if manifest.get("format") != FORMAT:
        raise BackupFailed(f"{path.name} has format {manifest.get('format')}; this release reads {FORMAT}.")
    wrong = [name for name, told in describe(folder).items() if manifest["members"].get(name) != told]
    if wrong:
        raise BackupFailed(f"{path.name} is damaged: {', '.join(wrong)} differs from the manifest.")


def put_to_disk(path: Path) -> None:
    """Let the disk have every byte before the file gets its name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
