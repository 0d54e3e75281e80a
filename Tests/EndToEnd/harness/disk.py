"""A disk of a test's own, which can be filled; and what makes any disk slow."""

import errno
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


class Disk:
    """A file system in memory, of so many megabytes. To mount it one has to be root."""

    def __init__(self, folder, megabytes):
        self.folder = folder
        self.filler = folder / "filler"
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "paitify-test", str(folder)], check=True
        )

    def fill(self):
        """Leaves no room; what has room already keeps it. Others may write meanwhile."""
        size, step = 0, 1 << 26
        with open(self.filler, "wb") as filler:
            while step:
                try:
                    os.posix_fallocate(filler.fileno(), size, step)
                    size += step
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error
                    step //= 2

    def empty(self):
        self.filler.unlink()

    def close(self):
        # Lazily: whoever still has a file open there ends soon.
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


class SlowFlushes:
    """For processes that start with its `environment`: flushes that take as long as they are told to."""

    def __init__(self, folder):
        library = folder / "slow_disk.so"
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-o", library, HERE / "slow_disk.c", "-ldl"],
            check=True,
        )
        self.control = folder / "slow_disk"
        self.felt = folder / "slow_disk.felt"
        self.felt.touch()
        self.felt.chmod(0o666)
        self.environment = {"LD_PRELOAD": str(library), "SLOW_DISK": str(self.control)}

    def slow(self, milliseconds):
        self.felt.write_text("")
        fresh = self.control.with_suffix(".new")
        fresh.write_text(str(milliseconds))
        fresh.rename(self.control)

    def quick(self):
        """Fails where nothing was flushed meanwhile."""
        self.control.unlink()
        assert self.felt.stat().st_size > 0, "nobody felt that the disk was slow"
