"""A file of arrays that is only ever appended to: where undo spills, and where a session keeps its pixels."""

from __future__ import annotations

import io
import tempfile
import threading
import weakref
import zlib
from pathlib import Path
from typing import NamedTuple

import imagecodecs
import numpy as np

from cnnstudio.errors import UnreadablePhoto

DAMAGED = "A part of this session is damaged on the disk."
_MOST_BYTES = 1 << 28
"""Of an array that is read; a layer's are an eighth of that, and a few kilobytes can be unpacked to gigabytes."""
_LEVEL = 1  # of zstd: masks shrink a hundredfold at any level, photographs hardly at any


class Ref(NamedTuple):
    """Where an array is in its store: bytes ``offset .. offset + length``, with the CRC-32 ``crc``."""

    offset: int
    length: int
    crc: int


class Store:
    """Arrays in a file; may be used from any thread.

    An array that is put again, or was got from here, is not written twice.

    Args:
        path: of the file, made if it does not exist; None takes a temporary file that vanishes with the program.
    """

    def __init__(self, path: Path | None = None) -> None:
        # Without a buffer of its own, the file has no bytes left over from a write that failed.
        self._file = tempfile.TemporaryFile(buffering=0) if path is None else path.open("a+b", buffering=0)  # noqa: SIM115
        self._closed = weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()
        self._refs: dict[int, tuple[weakref.ref[np.ndarray], Ref]] = {}
        self._arrays: weakref.WeakValueDictionary[Ref, np.ndarray] = weakref.WeakValueDictionary()

    def put(self, array: np.ndarray) -> Ref:
        """Stores an array, which must not change any more.

        Raises:
            OSError: the file cannot be written; the store is as it was.
        """
        known = self._known(array)
        if known is not None:
            return known
        npy = io.BytesIO()
        np.save(npy, array, allow_pickle=False)
        # Outside the lock: the window must not wait for another thread's large array.
        data = imagecodecs.zstd_encode(npy.getvalue(), level=_LEVEL)
        crc = zlib.crc32(data)
        with self._lock:
            offset = self._file.seek(0, io.SEEK_END)
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[self._file.write(rest) :]
            except OSError:
                self._file.truncate(offset)
                raise
            ref = Ref(offset, len(data), crc)
            self._remember(array, ref)
            return ref

    def get(self, ref: Ref) -> np.ndarray:
        """A stored array, read-only; the same object as long as somebody holds it.

        Raises:
            UnreadablePhoto: the file does not hold it (any more).
        """
        with self._lock:
            array = self._arrays.get(ref)
        if array is not None:
            return array
        try:
            with self._lock:
                data = self._read(ref)
            array = _array(imagecodecs.zstd_decode(data, out=_unpacked_size(data)))
        except Exception as error:  # numpy raises errors of every kind on a damaged header
            raise UnreadablePhoto(DAMAGED, repr(error)) from error
        with self._lock:
            meanwhile = self._arrays.get(ref)  # another thread may have been faster
            if meanwhile is None:
                self._remember(array, ref)
            return array if meanwhile is None else meanwhile

    def holds(self, ref: Ref) -> bool:
        """Whether the file holds the array, whole and unharmed.

        Raises:
            OSError: the file cannot be read at all.
        """
        with self._lock:
            try:
                self._read(ref)
            except ValueError:
                return False
            return True

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        """Lets go of the file; a store that nobody holds any more does so by itself."""
        self._closed()

    def _known(self, array: np.ndarray) -> Ref | None:
        with self._lock:
            known = self._refs.get(id(array))
            return None if known is None else known[1]

    def _read(self, ref: Ref) -> bytes:
        end = self._file.seek(0, io.SEEK_END)
        if not 0 <= ref.offset <= ref.offset + ref.length <= end:
            raise ValueError(f"no bytes {ref.offset} to {ref.offset + ref.length} in a file of {end}")
        self._file.seek(ref.offset)
        data = bytearray(ref.length)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.readinto(rest) :]
        if zlib.crc32(data) != ref.crc:
            raise ValueError(f"bytes {ref.offset} to {ref.offset + ref.length} are not what was written")
        return bytes(data)

    def _remember(self, array: np.ndarray, ref: Ref) -> None:
        number = id(array)
        self._refs[number] = weakref.ref(array, lambda _: self._refs.pop(number, None)), ref
        self._arrays[ref] = array


def _unpacked_size(frame: bytes) -> int:
    """Bytes that a zstd frame says it unpacks to (RFC 8878, section 3.1.1.1)."""
    descriptor = frame[4]
    is_single = bool(descriptor & 0x20)
    start = 5 + (not is_single) + (0, 1, 2, 4)[descriptor & 3]
    width = (int(is_single), 2, 4, 8)[descriptor >> 6]
    size = int.from_bytes(frame[start : start + width], "little") + 256 * (width == 2)
    if size > _MOST_BYTES:
        raise ValueError(f"an array of {size} bytes")
    return size


def _array(npy: bytes | bytearray) -> np.ndarray:
    """The array of an ``.npy`` file, read-only, over those bytes; its header claims no more than there is."""
    file = io.BytesIO(npy)
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"version {version}")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.hasobject:  # its bytes would be taken for addresses
        raise ValueError(f"no numbers: {dtype}")
    return np.ndarray(shape, dtype, memoryview(npy)[file.tell() :].toreadonly(), order="F" if is_fortran else "C")
