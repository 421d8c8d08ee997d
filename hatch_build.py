"""Build hook: a wheel carries compiled catalogues and built assets; a clone gets both from the Makefile."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
BUILT = HERE / "src" / "etappe" / "web" / "static" / "built"


def build_assets(target: Path) -> None:
    """Run `assets/build.py`, which leaves scripts and styles in `target`."""
    script = HERE / "assets" / "build.py"
    if not script.exists():
        return
    spec = importlib.util.spec_from_file_location("etappe_assets_build", script)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build(target)


def compile_messages() -> None:
    """Compile every catalogue below `src/etappe/locale`."""
    sys.path.insert(0, str(HERE / "src"))
    from etappe.config.catalogues import compile_all

    compile_all()


class Hook(BuildHookInterface[Any]):
    """What hatchling calls before it packs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill in what git does not hold."""
        if version != "editable":
            compile_messages()
            build_assets(BUILT)


if __name__ == "__main__":
    compile_messages()
    build_assets(BUILT)
