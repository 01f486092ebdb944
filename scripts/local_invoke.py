"""Invokes a function with one event in Lambda's container, by `sam local invoke`. Needs a container engine.

    local_invoke.py slack-forwarder events/slack-forwarder/alarm-by-sns.json --builds target/container/builds

Beside a running line, the function has the variables, the endpoints and a session of the role of its deployed
counterpart. Without one, it has the variables of the template, and reaches no service. The exit status is 3 if there is
no container engine.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys

import samcli.yamlhelper

from invoke import failed
from loopback import relayed
from running_line import FUNCTIONS, LINE, ROOT, RunningLine
from runtime_emulator import until_report

# Everything that `sam local invoke` reads, relative to the root: the paths of Unix sockets are short.
CONTAINER = pathlib.Path("target/container")
TEMPLATE = CONTAINER / "template.yaml"
RELAY = "picket-relay"
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
# The folder of the code in the container.
TASK = "/var/task"
# What SAM prints where there is no container engine, and this program's exit status for it.
NO_ENGINE = "requires a container runtime"
EXIT_NO_ENGINE = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("function", choices=FUNCTIONS)
    parser.add_argument("event", type=pathlib.Path)
    parser.add_argument("--builds", type=pathlib.Path, required=True, help="folder of NAME/bootstrap, or of NAME")
    parser.add_argument("--architecture", choices=sorted(set(ARCHITECTURES.values())), default=host_architecture())
    parser.add_argument("--line", type=pathlib.Path, default=LINE, help="folder of a running line's line.json")
    parser.add_argument("--sam-options", default="", help="further options of `sam local invoke`")
    arguments = parser.parse_args()
    event, builds = arguments.event.resolve(), arguments.builds.resolve()
    if not event.is_file():
        sys.exit(f"{arguments.event} is not a file: events/{arguments.function}/ has samples")
    line = RunningLine.find(arguments.line.resolve())
    os.chdir(ROOT)
    code = CONTAINER / "code" / arguments.function
    ports = line.ports() if line else []
    stage(code, builds, arguments.function, ports)
    variables = line.environment(arguments.function) if line else {}
    write_template(arguments.function, arguments.architecture, code, variables)
    command = sam_command(arguments.function, event, arguments.sam_options)
    with relayed(ports, code) if on_linux() else contextlib.nullcontext():
        return invoke(command)


def host_architecture():
    return ARCHITECTURES[platform.machine()]


def on_linux():
    return platform.system() == "Linux"


def stage(code, builds, function, ports):
    """Writes the folder that the container mounts: the build, or the relay that runs it beside a line."""
    code.mkdir(parents=True, exist_ok=True)
    if not ports:
        link(built(builds, function), code / "bootstrap")
        return
    link(built(builds, function), code / "function")
    link(built(builds, RELAY), code / "relay")
    # A container of Docker Desktop reaches this machine's loopback interface by name, and no Unix socket.
    target = (lambda port: f"{TASK}/{port}.sock") if on_linux() else (lambda port: f"host.docker.internal:{port}")
    routes = " ".join(f"{port}={target(port)}" for port in ports)
    bootstrap = code / "bootstrap"
    bootstrap.unlink(missing_ok=True)
    bootstrap.write_text(f"#!/bin/sh\nexec {TASK}/relay {routes} -- {TASK}/function\n")
    bootstrap.chmod(0o755)


def built(builds, name):
    found = builds / name / "bootstrap" if (builds / name).is_dir() else builds / name
    if not found.is_file():
        sys.exit(f"{found} does not exist: make local-invoke builds it")
    return found


def link(source, target):
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        # The builds are on another file system.
        shutil.copy2(source, target)


def write_template(function, architecture, code, variables):
    """Writes the template with the architecture and the folder of the build, and the function's variables.

    SAM gives a container only those variables that the template declares.
    """
    own = ROOT / "functions" / function / "template.yaml"
    if own.exists():
        template = alone(samcli.yamlhelper.yaml_parse(own.read_text()), FUNCTIONS[function])
    else:
        template = samcli.yamlhelper.yaml_parse((ROOT / "template.yaml").read_text())
        # Nested stacks are named by paths from the root.
        template["Resources"] = {
            logical: resource
            for logical, resource in template["Resources"].items()
            if resource["Type"] != "AWS::CloudFormation::Stack"
        }
    resource = template["Resources"][FUNCTIONS[function]]
    properties = resource["Properties"]
    properties["Architectures"] = [architecture]
    properties["Code" if resource["Type"] == "AWS::Lambda::Function" else "CodeUri"] = str(code.resolve())
    properties.setdefault("Environment", {}).setdefault("Variables", {}).update(variables)
    TEMPLATE.write_text(samcli.yamlhelper.yaml_dump(template))


def alone(template, logical):
    """The template of a nested stack with its function alone. Its parameters get a value: the root template sets them."""
    for parameter in template["Parameters"].values():
        values = parameter.get("AllowedValues", [0 if parameter["Type"] == "Number" else ""])
        parameter.setdefault("Default", values[0])
    return {
        "AWSTemplateFormatVersion": template["AWSTemplateFormatVersion"],
        "Parameters": template["Parameters"],
        "Resources": {logical: template["Resources"][logical]},
    }


def sam_command(function, event, options):
    sam = pathlib.Path(sys.executable).with_name("sam")
    command = [str(sam), "local", "invoke", FUNCTIONS[function]]
    return command + ["--template", str(TEMPLATE), "--event", str(event), *options.split()]


def invoke(command):
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    # When the container is ended, the function complains that the emulator is gone.
    sys.stderr.write(done.stderr if done.returncode else until_report(done.stderr))
    if NO_ENGINE in done.stderr:
        return EXIT_NO_ENGINE
    print(done.stdout.strip())
    return 1 if done.returncode or failed(done.stdout) else 0


if __name__ == "__main__":
    sys.exit(main())
