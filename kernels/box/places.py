"""Which files a program needs that are not its own: the interpreter, its packages, the system's libraries and devices.

Landlock can only allow, and a folder is allowed with everything in it. So what has to stay *hidden* in an allowed
folder is left out by allowing the folder's other contents one by one.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import podium
from podium.kernels.box.landlock import READ, Access

_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/nix/store", "/gnu/store"),
    *("/var/lib/ca-certificates", "/var/cache/fontconfig"),
    # where the name server is found, also by links from /etc
    *("/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager/resolv.conf", "/mnt/wsl/resolv.conf"),
    *("/sys/devices", "/sys/class", "/sys/bus", "/sys/fs/cgroup", "/sys/kernel/mm"),
    "/proc",
)
_FROM_ENVIRONMENT = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_GRAPHICS = ("/dev/nvidia*", "/dev/dri/renderD*", "/dev/kfd")
_OF_KERNELS = ("runner", "kernels")
_USE = Access.READ_FILE | Access.WRITE_FILE | Access.IOCTL_DEV
_SHARED_MEMORY = Access.READ_FILE | Access.WRITE_FILE | Access.MAKE_REG | Access.REMOVE_FILE | Access.TRUNCATE
"""Without a look at what others have there: names are random, and who does not know one cannot open it."""
_FOLDER = stat.S_IROTH | stat.S_IXOTH


def common_places(hidden: Collection[Path], sources: Collection[str] = _OF_KERNELS) -> list[tuple[str, Access]]:
    """What every program of an interpreter like this one may reach, with these packages of Podium.

    Nothing of what is ``hidden`` is among it.
    """
    secret = [*map(_real, hidden), *_private()]
    places = [(str(path), READ) for folder in _readable(sources) for path in _without(_real(folder), secret)]
    places += [(path, _USE) for path in (*_DEVICES, *(found for each in _GRAPHICS for found in glob.glob(each)))]
    return [*places, (_package(), Access.READ_DIR), ("/dev/shm", _SHARED_MEMORY)]  # noqa: S108 - where semaphores live


def _readable(sources: Collection[str]) -> list[Path]:
    package = Path(_package())
    interpreter = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *sys.path]
    named = [os.environ[name] for name in _FROM_ENVIRONMENT if name in os.environ]
    ours = [package / name for name in (*sources, "__init__.py")]
    return [*map(Path, dict.fromkeys((*_SYSTEM, *interpreter, *named))), *ours]


def _package() -> str:
    return str(podium.__path__[0])


def _private() -> Iterator[Path]:
    """What only root may read of the system's settings, where this is root; others are kept from it anyway."""
    if os.geteuid() == 0:
        yield from _unreadable(Path("/etc"))


def _unreadable(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode) and mode & _FOLDER == _FOLDER:
            yield from _unreadable(Path(entry.path))
        elif not stat.S_ISLNK(mode) and not mode & stat.S_IROTH:
            yield Path(entry.path)


def _without(folder: Path, hidden: Collection[Path]) -> Iterator[Path]:
    """``folder``, or else what is in it, but for what is ``hidden``."""
    inside = [path for path in hidden if path.is_relative_to(folder)]
    if not inside:
        yield folder
    elif folder not in inside:
        for entry in os.scandir(folder):
            if not entry.is_symlink():  # where it leads is allowed by itself, or not meant to be
                yield from _without(Path(entry.path), inside)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
