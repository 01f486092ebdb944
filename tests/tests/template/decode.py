"""Prints the templates as one JSON object: decoded, and the root template as SAM translates it.

Runs with the Python of `make setup`, whose aws-sam-cli has the decoder and the translator of `sam deploy`.
"""

import copy
import json
import pathlib
import sys

import boto3
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator


def translated(template):
    """Returns the template as CloudFormation receives it. The translator needs uploaded code: CodeUri is an S3 URI."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    session = boto3.Session(region_name="eu-central-1")
    translator = Translator({}, Parser(), boto_session=session)
    parameters = {"Environment": "dev"}
    return translator.translate(sam_template=template, parameter_values=parameters)


def main():
    root = pathlib.Path(sys.argv[1])
    template = yaml_parse((root / "template.yaml").read_text())
    workloads = {
        path.parent.name: yaml_parse(path.read_text()) for path in sorted(root.glob("workloads/*/template.yaml"))
    }
    decoded = {
        "source": template,
        "translated": translated(template),
        "workloads": workloads,
        "account": yaml_parse((root / "account.yaml").read_text()),
        "service-events": yaml_parse((root / "service-events.yaml").read_text()),
    }
    json.dump(decoded, sys.stdout, default=str)


if __name__ == "__main__":
    main()
