"""Watches a process change files: every such system call is told before it happens.

Whoever watches lets it happen, refuses it as a full disk does, or makes it the process's last. The kernel asks by
seccomp's user notifications, in the order in which the calls come, from whatever thread and library. Linux on x86-64.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import select
import signal
import socket
import struct
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KILL = -1
"""What :func:`watched` is told by ``decide`` where the process shall end in place of the call."""

# What each argument is: a file descriptor, a directory's, a path; anything else is passed over.
_CALLS = {
    1: ("write", "f"), 18: ("pwrite64", "f"), 20: ("writev", "f"), 296: ("pwritev", "f"), 328: ("pwritev2", "f"),
    40: ("sendfile", "f"), 326: ("copy_file_range", "--f"), 285: ("fallocate", "f"),
    74: ("fsync", "f"), 75: ("fdatasync", "f"), 76: ("truncate", "p"), 77: ("ftruncate", "f"),
    2: ("open", "p"), 257: ("open", "dp"), 85: ("creat", "p"),
    82: ("rename", "pp"), 264: ("rename", "dpdp"), 316: ("rename", "dpdp"),
    86: ("link", "pp"), 265: ("link", "dpdp"), 88: ("symlink", "-p"), 266: ("symlink", "-dp"),
    87: ("unlink", "p"), 84: ("rmdir", "p"), 263: ("unlink", "dp"), 83: ("mkdir", "p"), 258: ("mkdir", "dp"),
    90: ("chmod", "p"), 91: ("chmod", "f"), 268: ("chmod", "dp"), 452: ("chmod", "dp"),
}  # fmt: skip
_FLAGS_OF_OPEN = {2: 1, 257: 2}
_X86_64 = 0xC000003E
_SECCOMP, _NEW_LISTENER, _NO_NEW_PRIVILEGES = 317, 8, 38
_ALLOW, _ASK = 0x7FFF0000, 0x7FC00000
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101
_GO_ON = 1


@dataclass(frozen=True)
class Call:
    """A system call that is about to change something below the folder that is watched.

    Attributes:
        name: as the manual has it, less the variants: ``"open"`` for one that may make or empty a file, ``"write"``,
            ``"fsync"``, ``"rename"``, …
        paths: what it is about; of a rename or link the old name and the new.
        empties: whether an ``"open"`` throws away what the file holds.
    """

    name: str
    paths: tuple[Path, ...]
    empties: bool = False

    def __str__(self) -> str:
        return f"{self.name} {' '.join(path.name for path in self.paths)}"


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes:
        code: its exit code; None where it was killed.
        said: what it wrote on stdout and stderr.
        calls: that it made below the folder; the last one did not happen where it was killed.
    """

    code: int | None
    said: str
    calls: list[Call]


def why_not() -> str:
    """Why nothing can be watched here; empty where it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "needs Linux on x86-64"
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    if not actions.exists() or "user_notif" not in actions.read_text().split():
        return "the kernel does not notify of system calls (seccomp)"
    return ""


def forked(work: Callable[[], object]) -> Ended:
    """Does something in a process of its own, which has all modules that this one has.

    Args:
        work: what it returns is the exit code, where that is a number.
    """
    return _run(work, None, None)


def watched(work: Callable[[], object], folder: Path, decide: Callable[[Call], int]) -> Ended:
    """Does something in a process of its own, asking before it changes anything below ``folder``.

    Args:
        work: as of :func:`forked`.
        decide: 0 lets the call happen, an ``errno`` refuses it, :data:`KILL` ends the process and all it has started.
    """
    return _run(work, folder, decide)


def _run(work: Callable[[], object], folder: Path | None, decide: Callable[[Call], int] | None) -> Ended:
    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    with tempfile.TemporaryFile() as output, ours, theirs:
        process = os.fork()
        if process == 0:
            _child(work, output.fileno(), theirs if decide else None)
        theirs.close()
        calls: list[Call] = []
        if folder and decide:
            _, (listener, *_), _, _ = socket.recv_fds(ours, 1, 1)
            calls = _supervise(process, listener, folder.resolve(), decide)
            os.close(listener)
        _, status = os.waitpid(process, 0)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    return Ended(None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), said, calls)


def _child(work: Callable[[], object], output: int, answer: socket.socket | None) -> None:
    code = 70
    try:
        os.setsid()
        os.dup2(output, 1)
        os.dup2(output, 2)
        if answer:
            listener = _listen()
            socket.send_fds(answer, [b"!"], [listener])
            os.close(listener)
        result = work()
        sys.stdout.flush()
        code = result if isinstance(result, int) else 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _listen() -> int:
    """Has the kernel ask before each of the calls from now on; returns where it asks."""
    steps = [(_LOAD_WORD, 0, 0, 4), (_JUMP_IF_EQUAL, 0, len(_CALLS) + 1, _X86_64), (_LOAD_WORD, 0, 0, 0)]
    steps += [(_JUMP_IF_EQUAL, len(_CALLS) - i, 0, number) for i, number in enumerate(_CALLS)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ASK)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("H6xQ", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener = int(libc.syscall(_SECCOMP, 1, _NEW_LISTENER, program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def _supervise(process: int, listener: int, folder: Path, decide: Callable[[Call], int]) -> list[Call]:
    import fcntl  # which Windows has not, where it can still be asked why nothing is watched

    calls: list[Call] = []
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while True:
        if not poll.poll()[0][1] & select.POLLIN:
            return calls  # nobody is left who could ask
        question = bytearray(80)
        try:
            fcntl.ioctl(listener, _RECEIVE, question)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EINTR):
                continue  # it has ended meanwhile
            raise
        token, thread, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", question)
        call = _call(thread, number, arguments)
        answer = 0
        if call and any(path == folder or folder in path.parents for path in call.paths):
            calls.append(call)
            answer = decide(call)
            if answer == KILL:
                os.killpg(process, signal.SIGKILL)
                return calls
        with suppress(FileNotFoundError):
            fcntl.ioctl(listener, _ANSWER, struct.pack("QqiI", token, 0, -answer, 0 if answer else _GO_ON))


def _call(thread: int, number: int, arguments: list[int]) -> Call | None:
    name, kinds = _CALLS[number]
    flags = arguments[_FLAGS_OF_OPEN[number]] if number in _FLAGS_OF_OPEN else os.O_CREAT | os.O_TRUNC
    if name == "open" and not flags & (os.O_CREAT | os.O_TRUNC):
        return None
    paths, base = [], Path(f"/proc/{thread}/cwd")
    try:
        for kind, value in zip(kinds, arguments, strict=False):
            descriptor = ctypes.c_int32(value & 0xFFFFFFFF).value
            if kind == "f":
                paths.append(Path(f"/proc/{thread}/fd/{descriptor}").readlink())
            elif kind == "d":
                base = Path(f"/proc/{thread}/cwd" if descriptor < 0 else f"/proc/{thread}/fd/{descriptor}")
            elif kind == "p":
                path = Path(os.fsdecode(_text_at(thread, value)))
                paths.append(path if path.is_absolute() else base.readlink() / path)
    except FileNotFoundError:
        return None  # a descriptor that is none; the call will fail
    return Call("open" if name == "creat" else name, tuple(paths), bool(flags & os.O_TRUNC))


def _text_at(thread: int, address: int) -> bytes:
    with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - no path of a file
        memory.seek(address)
        return memory.read(4096).split(b"\0", 1)[0]
