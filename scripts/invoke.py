"""Invokes a function's dev build with one event, beside a running line. Prints the response; the log goes to stderr.

    invoke.py slack-forwarder events/slack-forwarder/alarm.json --builds target/debug
"""

import argparse
import json
import pathlib
import sys

from running_line import FUNCTIONS, RunningLine
from runtime_emulator import invoke


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("function", nargs="?", choices=FUNCTIONS)
    parser.add_argument("event", nargs="?", type=pathlib.Path)
    parser.add_argument("--builds", type=pathlib.Path, help="the folder of the dev builds")
    arguments = parser.parse_args()
    if not (arguments.function and arguments.event and arguments.builds):
        parser.error("a function, an event and --builds are required: make invoke FUNCTION=slack-forwarder EVENT=events/…")
    if not arguments.event.is_file():
        sys.exit(f"{arguments.event} is not a file: events/{arguments.function}/ has samples")
    bootstrap = str((arguments.builds / arguments.function).resolve())
    environment = RunningLine().environment(arguments.function)
    answer, log = invoke([bootstrap], environment, arguments.event.read_bytes())
    sys.stderr.write(log)
    print(answer)
    return 1 if failed(answer) else 0


def failed(answer):
    """Returns whether the response is an error of Lambda, or there is none: a function that ends has not responded."""
    if not answer.strip():
        return True
    try:
        return "errorType" in json.loads(answer)
    except (ValueError, TypeError):
        return False


if __name__ == "__main__":
    sys.exit(main())
