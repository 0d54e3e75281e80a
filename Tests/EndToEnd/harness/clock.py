"""A wall clock that a test sets while a program runs (libfaketime)."""

import ctypes
import os
from pathlib import Path


class Clock:
    """For processes that start with its `environment`."""

    def __init__(self, folder):
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        self.file = folder / "clock"
        self.set(0)
        # Where nobody has made these, libfaketime does, and names them in the environment; Swift then finds no arguments.
        self.name = f"/paitify_clock_{os.getpid()}"
        self.libc = ctypes.CDLL(None)
        self.libc.sem_open.restype = ctypes.c_void_p
        assert self.libc.sem_open(self.name.encode(), os.O_CREAT, 0o600, 1)
        self.memory = Path("/dev/shm" + self.name)
        with open(self.memory, "wb") as memory:
            memory.truncate(4096)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_SHARED": f"{self.name} {self.name}",
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            # Looked at with every question for the time; and clocks that never go back are left alone.
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds):
        """So many after the true one, or before it."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.rename(self.file)

    def close(self):
        self.libc.sem_unlink(self.name.encode())
        self.memory.unlink()
