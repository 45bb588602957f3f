"""The system calls that a process may make from now on (seccomp): none to the network, to other processes, to programs.

What is named here fails with EPERM; all else goes on, so that a newer libvips or C library does not break.
"""

import ctypes
import errno
import os
import platform
import struct

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_X86_64 = 0xC000003E
_X32 = 0x40000000  # the same calls once more, by other numbers
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _ATLEAST, _SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # of the kernel's packet filter
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # places in what it looks at: call, machine, arguments
_CLONE, _CLONE3, _CLONE_THREAD = 56, 435, 0x00010000
_OWN = (62, 234, 302)  # kill, tgkill, prlimit64: of itself only

FORBIDDEN: dict[str, int] = {
    # the network, and other processes on this machine
    "socket": 41,
    "connect": 42,
    "bind": 49,
    "listen": 50,
    "socketpair": 53,
    "ptrace": 101,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "tkill": 200,
    "kcmp": 312,
    "rt_sigqueueinfo": 129,
    "rt_tgsigqueueinfo": 297,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "pidfd_send_signal": 424,
    "shmget": 29,
    "shmat": 30,
    "semget": 64,
    "msgget": 68,
    "mq_open": 240,
    # programs and new processes
    "execve": 59,
    "execveat": 322,
    "fork": 57,
    "vfork": 58,
    # the file system as a whole, names that point elsewhere, files without a path
    "mount": 165,
    "umount2": 166,
    "pivot_root": 155,
    "chroot": 161,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "mount_setattr": 442,
    "mknod": 133,
    "mknodat": 259,
    "symlink": 88,
    "symlinkat": 266,
    "link": 86,
    "linkat": 265,
    "name_to_handle_at": 303,
    "open_by_handle_at": 304,
    "chown": 92,
    "lchown": 94,
    "fchownat": 260,
    # namespaces, users, the kernel
    "unshare": 272,
    "setns": 308,
    "setuid": 105,
    "setgid": 106,
    "setgroups": 116,
    "setreuid": 113,
    "setregid": 114,
    "setresuid": 117,
    "setresgid": 119,
    "capset": 126,
    "personality": 135,
    "bpf": 321,
    "perf_event_open": 298,
    "userfaultfd": 323,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "keyctl": 250,
    "add_key": 248,
    "request_key": 249,
    "init_module": 175,
    "finit_module": 313,
    "delete_module": 176,
    "kexec_load": 246,
    "reboot": 169,
    "swapon": 167,
    "swapoff": 168,
    "acct": 163,
    "quotactl": 179,
    "syslog": 103,
    "iopl": 172,
    "ioperm": 173,
    "settimeofday": 164,
    "clock_settime": 227,
    "adjtimex": 159,
    "clock_adjtime": 305,
    "sethostname": 170,
    "setdomainname": 171,
}

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def restrict() -> bool:
    """Filter the calls of this process, and of its threads to come. False: not on this machine."""
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    if platform.machine() != "x86_64":
        return False
    code = b"".join(_instructions(os.getpid()))
    program = _Program(len(code) // 8, code)
    return not _libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0)


def _instructions(pid: int) -> list[bytes]:
    """The filter. A jump names how many instructions it passes over, when its condition holds and when not."""
    forbid = _FAIL | errno.EPERM
    program = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, _X86_64, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _step(_ATLEAST, _X32, 0, 1),
        _step(_RETURN, forbid),
        # clone3 hides its flags in memory; without it the C library takes clone, which is for threads only
        _step(_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _FAIL | errno.ENOSYS),
        _step(_EQUAL, _CLONE, 0, 4),
        _step(_LOAD, _FIRST),
        _step(_SET, _CLONE_THREAD, 1, 0),
        _step(_RETURN, forbid),
        _step(_RETURN, _ALLOW),
    ]
    for number in _OWN:
        program += [
            _step(_EQUAL, number, 0, 5),
            _step(_LOAD, _FIRST),
            _step(_EQUAL, pid, 1, 0),
            _step(_EQUAL, 0, 0, 1),
            _step(_RETURN, _ALLOW),
            _step(_RETURN, forbid),
        ]
    for number in FORBIDDEN.values():
        program += [_step(_EQUAL, number, 0, 1), _step(_RETURN, forbid)]
    return [*program, _step(_RETURN, _ALLOW)]


def _step(code: int, value: int, when: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when, otherwise, value)
