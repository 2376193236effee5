"""Linux's Landlock by its three system calls (``man 7 landlock``), which have these numbers on every architecture.

A ruleset says which kinds of access it restricts; its rules say where they are allowed all the same. A process that
restricts itself by one can never get rid of it, nor can what it starts.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from enum import IntFlag

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH, _NET_PORT = 1, 2
_PORTS = range(1, 1 << 16)
_TCP_SINCE, _SCOPES_SINCE = 4, 6
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1


class Access(IntFlag):
    """What can be done to a file or a folder (``LANDLOCK_ACCESS_FS_*``)."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15
    RESOLVE_UNIX = 1 << 16


READ = Access.EXECUTE | Access.READ_FILE | Access.READ_DIR
WRITE = ~(Access.MAKE_CHAR | Access.MAKE_BLOCK | Access.IOCTL_DEV)
"""Everything but making and steering devices."""
_OF_FILES = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV
_SINCE = {Access.REFER: 2, Access.TRUNCATE: 3, Access.IOCTL_DEV: 5, Access.RESOLVE_UNIX: 9}
"""The ABI that knows an access first; the others are as old as Landlock."""


class Scope(IntFlag):
    """What does not reach beyond the processes under the same ruleset (``LANDLOCK_SCOPE_*``)."""

    ABSTRACT_UNIX_SOCKET = 1 << 0
    SIGNAL = 1 << 1


class _RulesetAttribute(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


class _NetPort(ctypes.Structure):
    _fields_ = (("allowed_access", ctypes.c_uint64), ("port", ctypes.c_uint64))


_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The version of Landlock; raises :class:`OSError` where there is none, or it was turned off."""
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)


def known(version: int) -> Access:
    """Every access that this version of Landlock can restrict."""
    return Access(sum(access for access in Access if _SINCE.get(access, 1) <= version))


def ruleset_of_files(version: int, allowed: Iterable[tuple[str, Access]], *, offline: bool = False) -> int:
    """The descriptor of a ruleset under which files can be reached only as ``allowed`` says, and signals stay inside.

    An access to a folder holds for everything in it; paths that do not exist are left out. ``offline`` there is no TCP,
    where Landlock knows of it.
    """
    handled = known(version)
    scoped = Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET if version >= _SCOPES_SINCE else 0
    ports = _BIND_TCP | _CONNECT_TCP if offline and version >= _TCP_SINCE else 0
    attribute = _RulesetAttribute(handled_access_fs=handled, handled_access_net=ports, scoped=scoped)
    ruleset = _create(attribute)
    try:
        for path, access in allowed:
            _allow_path(ruleset, path, access & handled)
    except BaseException:
        os.close(ruleset)
        raise
    return ruleset


def ruleset_of_ports(version: int, closed: Iterable[int]) -> int | None:
    """The descriptor of a ruleset under which no TCP connection can be made to the ``closed`` ports.

    ``None`` where Landlock knows nothing of TCP. Everything that is allowed takes a rule, so this takes a while.
    """
    if version < _TCP_SINCE:
        return None
    ruleset = _create(_RulesetAttribute(handled_access_fs=Access.REFER, handled_access_net=_CONNECT_TCP))
    _allow_path(ruleset, "/", Access.REFER)  # which every ruleset denies, whether it says so or not
    rule = _NetPort(allowed_access=_CONNECT_TCP)
    reference = ctypes.byref(rule)
    for rule.port in sorted(set(_PORTS) - set(closed)):
        _call(_ADD_RULE, ruleset, _NET_PORT, reference, 0)
    return ruleset


def restrict_self(ruleset: int) -> None:
    """Put this thread, and what it starts from now on, under the ruleset; it must have given up new privileges."""
    _call(_RESTRICT_SELF, ruleset, 0)


def _create(attribute: _RulesetAttribute) -> int:
    return _call(_CREATE_RULESET, ctypes.byref(attribute), ctypes.c_size_t(ctypes.sizeof(attribute)), 0)


def _allow_path(ruleset: int, path: str, access: Access) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        fitting = access if os.path.isdir(path) else access & _OF_FILES
        rule = _PathBeneath(allowed_access=fitting, parent_fd=place)
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    result: int = _libc.syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
