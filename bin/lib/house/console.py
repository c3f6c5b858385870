"""What the tools say to the person who runs them, and how they run other programs."""

import contextlib
import os
import signal
import subprocess
import sys
import time

# Programs of ours that others of ours start go on with their clock.
START = float(os.environ.setdefault("PROSPECT_CLOCK", str(time.monotonic())))
RUNNING = (
    set()
)  # what a stop of ours has to stop too, in whichever thread it was started
HEARTBEAT = 10  # seconds of silence after which a long step says that it is alive


class Trouble(Exception):
    """Something a person has to mend; its text says what and how."""


def say(text=""):
    """Say how things go, on stderr: stdout is for results."""
    stamp = f"{time.monotonic() - START:5.0f}s  " if text else ""
    print(f"{stamp}{text}", file=sys.stderr, flush=True)


def _end(_signal, _frame):
    raise KeyboardInterrupt


def main(function):
    """Run a command; turn its troubles into a message and an exit code."""
    signal.signal(signal.SIGTERM, _end)
    try:
        sys.exit(function() or 0)
    except Trouble as trouble:
        command = os.environ.get("PROSPECT_COMMAND", sys.argv[0])
        print(f"\n{command}: {trouble}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        print(
            "\nStopped. The same command goes on from here.",
            file=sys.stderr,
            flush=True,
        )
        sys.exit(130)
    finally:
        for process in list(RUNNING):
            stop(process, patience=5)


def megabytes(folder):
    """Size of what a download has brought so far."""
    total = 0
    for path, _folders, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):  # it was moved while we looked
                total += os.lstat(os.path.join(path, name)).st_size
    return total / 1e6


def run_step(label, command, log, watch=None, **options):
    """Run a long command with its output in a log file, saying that it goes on.

    :param watch: folder whose growing size is shown
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    began = spoke = time.monotonic()
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **options,
        )
        RUNNING.add(process)
        try:
            while True:
                try:
                    code = process.wait(timeout=0.5)
                    break
                except subprocess.TimeoutExpired:
                    if time.monotonic() - spoke >= HEARTBEAT:
                        spoke = time.monotonic()
                        size = f", {megabytes(watch):.0f} MB" if watch else ""
                        say(f"  … {label}: {spoke - began:.0f} s{size}")
        except BaseException:
            stop(process)
            raise
        finally:
            RUNNING.discard(process)
    if code:
        lines = log.read_text("utf-8", "replace").strip().splitlines()[-15:]
        tail = "\n".join(f"    {line}" for line in lines)
        raise Trouble(f"{label} failed (exit {code}). The end of {log}:\n{tail}")


def stop(process, patience=15):
    """End a process that we started: politely first."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
