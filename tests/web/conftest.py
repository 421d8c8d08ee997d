"""What tests of pages share."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Page

from tests.scenery import kept
from tests.web.everything import Everything, make_everything

REPOSITORY = Path(__file__).parents[2]
FILES = TemporaryDirectory(prefix="etappe-everything-", ignore_cleanup_errors=True)


def make_with_files() -> Everything:
    """`make_everything`, with files that stay as long as this process."""
    kept_in = Path(FILES.name)
    with override_settings(UPLOADS=kept_in / "uploads", EXPORTS=kept_in / "exports"):
        return make_everything()


everything = kept(make_with_files)


@pytest.fixture
def all_(everything: Everything, settings: Any, tmp_path: Path) -> Everything:
    """A workspace with one of everything."""
    files_for_one_test(settings, tmp_path)
    return everything


def files_for_one_test(settings: Any, folder: Path) -> None:
    """The files of `everything` as copies, which a test may change."""
    for name in ("uploads", "exports"):
        setattr(settings, name.upper(), shutil.copytree(Path(FILES.name) / name, folder / name))


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built assets, brought up to date."""
    found = importlib.util.spec_from_file_location("etappe_assets_build", REPOSITORY / "assets" / "build.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    module.build()
    return Path(module.TARGET)


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page of a browser that has nothing to complain about: no error on the console, no request that failed."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"{request.url} {request.failure}"))
    yield page
    # A page that is left takes back what it was still fetching: that is the browser's doing, not a failure.
    said = [line for line in said if not line.endswith(" net::ERR_ABORTED")]
    assert said == []
