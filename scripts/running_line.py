"""The running local line, from the state file that `picket demo` writes."""

import json
import pathlib
import socket
import sys
import urllib.parse

import boto3
import botocore.exceptions

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The folder of the line that `make demo` starts.
LINE = ROOT / "target/local"
FUNCTIONS = {
    "event-processor": "EventProcessor",
    "metrics-publisher": "MetricsPublisher",
    "probe-runner": "ProbeRunner",
    "slack-forwarder": "SlackForwarder",
    "cost-reporter": "CostReporter",
    "alarm-remediator": "AlarmRemediator",
}
# The emulator's root key, which allows every action, on this machine only.
ROOT_KEY = "test"


class RunningLine:
    """The functions of its stack, with their environment and credentials."""

    def __init__(self, folder=LINE):
        self.file = folder / "line.json"
        try:
            state = json.loads(self.file.read_text())
        except FileNotFoundError:
            sys.exit("no line is running: start one in another terminal with `make demo`")
        self.stack = state["stack"]
        self.prometheus = state.get("prometheus")
        self.inherited = {
            "AWS_ENDPOINT_URL": state["endpoint"],
            # The page's server is also a stand-in for Cost Explorer.
            "AWS_ENDPOINT_URL_COST_EXPLORER": state["page"],
        }
        session = boto3.Session(ROOT_KEY, ROOT_KEY, region_name=state["region"])
        client = lambda service: session.client(service, endpoint_url=state["endpoint"])
        self.region = state["region"]
        self.cloudformation, self.functions, self.sts = map(client, ("cloudformation", "lambda", "sts"))

    @classmethod
    def find(cls, folder=LINE):
        """Returns the line, or None if none is running. One that was killed leaves its file behind."""
        if not (folder / "line.json").exists():
            return None
        line = cls(folder)
        address = urllib.parse.urlsplit(line.inherited["AWS_ENDPOINT_URL"])
        try:
            socket.create_connection((address.hostname, address.port), timeout=5).close()
        except OSError:
            return None
        return line

    def ports(self):
        """Returns the ports of this machine that the functions use."""
        addresses = [*self.inherited.values(), *filter(None, [self.prometheus])]
        return sorted({urllib.parse.urlsplit(address).port for address in addresses})

    def environment(self, function):
        """Returns the environment of its process: its variables, inherited ones, and a session of its own role."""
        configuration = self._configuration(function)
        role = self.sts.assume_role(RoleArn=configuration["Role"], RoleSessionName="invoke")["Credentials"]
        return {
            **self.inherited,
            **configuration["Environment"]["Variables"],
            "AWS_ACCESS_KEY_ID": role["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": role["SecretAccessKey"],
            "AWS_SESSION_TOKEN": role["SessionToken"],
            "AWS_REGION": self.region,
            "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(configuration["Timeout"]),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        }

    def _configuration(self, function):
        # By the stack's output: the function may be in a nested stack.
        try:
            [stack] = self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"]
            name = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}[FUNCTIONS[function]]
        except botocore.exceptions.EndpointConnectionError:
            sys.exit(f"the line of {self.file} does not respond: start one in another terminal with `make demo`")
        except (botocore.exceptions.ClientError, KeyError) as error:
            sys.exit(f"the line has no {FUNCTIONS[function]} yet ({error}): wait until its timeline shows the deployment")
        return self.functions.get_function_configuration(FunctionName=name)
