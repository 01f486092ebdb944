"""Prints the templates as one JSON object: decoded, and the root template as SAM translates it.

Runs with the Python of `make setup`, whose aws-sam-cli has the decoder and the translator of `sam deploy`.
"""

import copy
import json
import pathlib
import re
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


def substituted(value, names):
    """Returns the value with every parameter in `names` replaced by what the parent stack passes for it."""
    if isinstance(value, list):
        return [substituted(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return names.get(value["Ref"], value)
    if isinstance(value.get("Fn::Sub"), str):
        return {"Fn::Sub": re.sub(r"\$\{(\w+)\}", lambda name: in_text(name, names), value["Fn::Sub"])}
    return {key: substituted(item, names) for key, item in value.items()}


def in_text(name, names):
    """Returns what replaces `${Name}` in the text of Fn::Sub."""
    given = names.get(name.group(1), {"Ref": name.group(1)})
    # What a condition switches off stands for itself.
    if "Fn::If" in given:
        given = given["Fn::If"][1]
    if isinstance(given, str):
        return given
    return "${" + (given["Ref"] if "Ref" in given else ".".join(given["Fn::GetAtt"])) + "}"


def flattened(template, nested):
    """Returns the root template with the resources and conditions of the functions' nested stacks in it."""
    template = copy.deepcopy(template)
    outputs = {}
    for stack in [name for name, resource in template["Resources"].items() if url(resource).startswith("functions/")]:
        resource = template["Resources"].pop(stack)
        child = substituted(nested[url(resource).split("/")[1]], resource["Properties"]["Parameters"])
        template["Conditions"].update(child.get("Conditions", {}))
        for name, own in child["Resources"].items():
            condition = {"Condition": resource["Condition"]} if "Condition" in resource else {}
            template["Resources"][name] = {**condition, **own}
        outputs.update({(stack, f"Outputs.{name}"): output["Value"] for name, output in child["Outputs"].items()})
    return without_outputs(template, outputs)


def without_outputs(value, outputs):
    """Returns the value with every Fn::GetAtt of a nested stack's output replaced by the output's value."""
    if isinstance(value, list):
        return [without_outputs(item, outputs) for item in value]
    if not isinstance(value, dict):
        return value
    path = value.get("Fn::GetAtt")
    if isinstance(path, list) and tuple(path) in outputs:
        return outputs[tuple(path)]
    return {key: without_outputs(item, outputs) for key, item in value.items()}


def url(resource):
    """Returns the location of a nested stack's template, and an empty string for any other resource."""
    return resource.get("Properties", {}).get("TemplateURL", "")


def main():
    root = pathlib.Path(sys.argv[1])
    template = yaml_parse((root / "template.yaml").read_text())
    nested = lambda folder: {
        path.parent.name: yaml_parse(path.read_text()) for path in sorted(root.glob(f"{folder}/*/template.yaml"))
    }
    decoded = {
        "source": template,
        "translated": flattened(translated(template), nested("functions")),
        "functions": nested("functions"),
        "workloads": nested("workloads"),
        "account": yaml_parse((root / "account.yaml").read_text()),
        "service-events": yaml_parse((root / "service-events.yaml").read_text()),
    }
    json.dump(decoded, sys.stdout, default=str)


if __name__ == "__main__":
    main()
