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

from ministack.app import main  # noqa: E402  the leash stands before the slow import
from ministack.core import iam_actions  # noqa: E402

# MiniStack 1.5.33 takes every request under /concurrency for PutFunctionConcurrency, so whoever may only look is refused.
CONCURRENCY = {"GET": "GetFunctionConcurrency", "DELETE": "DeleteFunctionConcurrency"}
lambda_action = iam_actions._lambda_action


def lambda_action_by_method(method, path):
    action = lambda_action(method, path)
    return CONCURRENCY.get(method, action) if action == "PutFunctionConcurrency" else action


iam_actions._lambda_action = lambda_action_by_method

main()
