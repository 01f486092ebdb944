"""Invokes a function with one event in Lambda's container, by `sam local invoke`. Needs a container engine.

    local_invoke.py slack-forwarder events/slack-forwarder/alarm-by-sns.json --builds target/container

Beside a running line, the function has the variables, the endpoints and a session of the role of its deployed
counterpart. Without one, it has the variables of the template, and reaches no service.
"""

import argparse
import os
import pathlib
import platform
import subprocess
import sys

import samcli.yamlhelper

from invoke import failed
from running_line import FUNCTIONS, LINE, ROOT, RunningLine

# The template that `sam local invoke` reads, beside the builds.
TEMPLATE = ROOT / "target/container/template.yaml"
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
# What SAM prints where there is no container engine, and this program's exit status for it.
NO_ENGINE = "requires a container runtime"
EXIT_NO_ENGINE = 3
# The address of the host in containers of Docker Desktop, whose host network is that of a virtual machine.
DESKTOP_HOST = "host.docker.internal"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("function", choices=FUNCTIONS)
    parser.add_argument("event", type=pathlib.Path)
    parser.add_argument("--builds", type=pathlib.Path, required=True, help="folder of FUNCTION/bootstrap or FUNCTION")
    parser.add_argument("--architecture", choices=sorted(set(ARCHITECTURES.values())), default=host_architecture())
    parser.add_argument("--line", type=pathlib.Path, default=LINE, help="folder of a running line's line.json")
    parser.add_argument("--sam-options", default="", help="further options of `sam local invoke`")
    arguments = parser.parse_args()
    if not arguments.event.is_file():
        sys.exit(f"{arguments.event} is not a file: events/{arguments.function}/ has samples")
    line = RunningLine.find(arguments.line)
    variables = container_environment(line, arguments.function) if line else {}
    write_template(arguments, variables)
    return invoke(arguments)


def host_architecture():
    return ARCHITECTURES[platform.machine()]


def container_environment(line, function):
    """Returns the function's environment beside the line, with addresses that a container reaches."""
    environment = line.environment(function)
    if platform.system() == "Linux":
        return environment
    local = ("127.0.0.1", "localhost")
    reachable = lambda value: value.replace(local[0], DESKTOP_HOST).replace(local[1], DESKTOP_HOST)
    return {name: reachable(value) for name, value in environment.items()}


def write_template(arguments, variables):
    """Writes the template with the architecture and the folders of the builds, and the variables of one function.

    SAM gives a container only those variables that the template declares.
    """
    template = samcli.yamlhelper.yaml_parse((ROOT / "template.yaml").read_text())
    template["Globals"]["Function"]["Architectures"] = [arguments.architecture]
    for function, logical in FUNCTIONS.items():
        properties = template["Resources"][logical]["Properties"]
        properties["CodeUri"] = str(code_folder(arguments.builds, function))
        if function == arguments.function:
            properties.setdefault("Environment", {}).setdefault("Variables", {}).update(variables)
    # Nested stacks have no functions, and are named by paths from the root.
    template["Resources"] = {
        logical: resource
        for logical, resource in template["Resources"].items()
        if resource["Type"] != "AWS::CloudFormation::Stack"
    }
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_text(samcli.yamlhelper.yaml_dump(template))


def code_folder(builds, function):
    """Returns the folder with the function's bootstrap. A dev build is a file of the function's name, and is linked."""
    built = (builds / function).resolve()
    if built.is_dir():
        return built
    folder = TEMPLATE.parent / "code" / function
    folder.mkdir(parents=True, exist_ok=True)
    bootstrap = folder / "bootstrap"
    bootstrap.unlink(missing_ok=True)
    if built.is_file():
        os.link(built, bootstrap)
    return folder


def invoke(arguments):
    sam = pathlib.Path(sys.executable).with_name("sam")
    command = [str(sam), "local", "invoke", FUNCTIONS[arguments.function], "--template", str(TEMPLATE)]
    command += ["--event", str(arguments.event.resolve()), *arguments.sam_options.split()]
    if platform.system() == "Linux":
        # The line listens on the loopback interface only.
        command += ["--docker-network", "host"]
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr)
    if NO_ENGINE in done.stderr:
        return EXIT_NO_ENGINE
    print(done.stdout.strip())
    return 1 if done.returncode or failed(done.stdout) else 0


if __name__ == "__main__":
    sys.exit(main())
