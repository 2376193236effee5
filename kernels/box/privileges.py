"""Giving up what a process could do beyond its user's files, for good."""

from __future__ import annotations

import ctypes
import errno
import os

_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION = 0x20080522
_CAP_DAC_OVERRIDE = 1
_KEPT = 1 << _CAP_DAC_OVERRIDE
"""Lets root reach files of others, which is often how its files come to a container; Landlock limits which."""

_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def give_up_privileges() -> None:
    """Gain nothing by programs that change the user, and keep nothing of what makes root special.

    Without that root could load modules into the system, or raise its limits again.
    """
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise _error()
    for capability in range(64):
        if capability != _CAP_DAC_OVERRIDE and _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            if ctypes.get_errno() not in {errno.EINVAL, errno.EPERM}:
                raise _error()
            break  # the system knows no more of them, or there are none to give up
    _keep_capabilities()


def _keep_capabilities() -> None:
    header, had = _Header(_CAPABILITY_VERSION, 0), (_Capabilities * 2)()
    if _libc.capget(ctypes.byref(header), had):
        raise _error()
    kept = (_Capabilities * 2)(_Capabilities(had[0].effective & _KEPT, had[0].permitted & _KEPT, 0))
    if _libc.capset(ctypes.byref(header), kept):
        raise _error()


def _error() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
