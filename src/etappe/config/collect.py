"""Collect scripts and styles into ETAPPE_HOME, hashed and compressed: `python -m etappe.config.collect`."""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path

from etappe.config.home import Home, find, replace

SOURCE = Path(__file__).parent.parent / "web" / "static"
PACKAGES = ("etappe", "django", "django-htmx", "django-allauth", "django-ninja", "whitenoise")


def fingerprint() -> str:
    """A digest of names, sizes and times of our own files and of the versions of packages that bring some."""
    digest = hashlib.sha256()
    for path in sorted(path for path in SOURCE.rglob("*") if path.is_file()):
        found = path.stat()
        digest.update(f"{path.relative_to(SOURCE)} {found.st_size} {found.st_mtime_ns}\n".encode())
    for package in PACKAGES:
        digest.update(importlib.metadata.version(package).encode())
    return digest.hexdigest()


def is_collected(home: Home) -> bool:
    """Whether what lies in this home is what there is to collect."""
    note = _note(home)
    return note.exists() and note.read_text() == fingerprint()


def _note(home: Home) -> Path:
    return home.path / "static-version"


def collect() -> None:
    """Collect, whatever lies there."""
    import django
    from django.core.management import call_command
    from django.test.utils import override_settings

    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    django.setup()
    from django.conf import settings

    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": storage}):
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    replace(_note(find()), fingerprint())


if __name__ == "__main__":
    collect()
