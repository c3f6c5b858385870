"""Where the bytes of a table come from: memory, a path or an open file."""

import io
import os

from .errors import TableError


class Source:
    """Bytes that can be read again from the start.

    :param source: bytes, a path that is a ``os.PathLike``, or a binary file that can
        be sought; the file stays the caller's, who closes it
    """

    def __init__(self, source):
        self._path = self._file = self._bytes = None
        if isinstance(source, os.PathLike):
            self._path = source
            self.size = os.stat(source).st_size
        elif isinstance(source, bytes | bytearray | memoryview):
            self._bytes = bytes(source)
            self.size = len(self._bytes)
        else:
            self._file = source
            self._start = source.tell()
            self.size = source.seek(0, os.SEEK_END) - self._start
            source.seek(self._start)

    def open(self):
        """A binary file at the start, which the reader closes."""
        if self._path is not None:
            return open(self._path, "rb")
        if self._bytes is not None:
            return io.BytesIO(self._bytes)
        return io.BufferedReader(_Part(self._file, self._start))

    def place(self):
        """Where another process finds the bytes: a path, and a file to keep open.

        :raises TableError: ``no_room``
        """
        if self._path is not None:
            return os.path.abspath(self._path), None
        # not in the process that reads, which starts for each workbook
        import shutil  # noqa: PLC0415
        import tempfile  # noqa: PLC0415

        try:
            copy = tempfile.NamedTemporaryFile(prefix="prospect-")  # noqa: SIM115
            with self.open() as file:
                shutil.copyfileobj(file, copy)
            copy.flush()
        except OSError as error:
            raise TableError("no_room") from error
        return copy.name, copy

    def head(self, length):
        """The first bytes."""
        with self.open() as file:
            return file.read(length)


class _Part(io.RawIOBase):
    """Somebody else's open file, from where it stood; closing it leaves that open.

    It keeps its own place, so that two readers of one file do not disturb each other.
    """

    def __init__(self, file, start):
        self._file, self._start, self._place = file, start, 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=os.SEEK_SET):
        if whence == os.SEEK_CUR:
            offset += self._place
        elif whence == os.SEEK_END:
            offset += self._file.seek(0, os.SEEK_END) - self._start
        self._place = offset
        return offset

    def readinto(self, buffer):
        self._file.seek(self._start + self._place)
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)
