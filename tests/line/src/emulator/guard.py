"""Runs MiniStack until standard input closes, then ends the process group.

The other end of standard input is held by the program that started us: however that ends, by Ctrl-C or by SIGKILL, the pipe
closes, and neither MiniStack nor a function that it started stays behind.
"""

import os
import signal
import sys
import threading


def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = ["ministack"]

from ministack.app import main  # noqa: E402  the guard stands before the slow import

main()
