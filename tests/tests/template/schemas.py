"""Holds schemas/*.json to the shipped files and the reference pages. Arguments: the checkout. Prints what differs."""

import copy
import json
import pathlib
import re
import sys

import yaml
from jsonschema import Draft7Validator

PAGES = {
    "metrics": "format-metrics.md",
    "alarms.test": "format-alarm-cases.md",
    "routes": "format-routes.md",
    "playbooks": "format-playbooks.md",
    "prices": "format-prices.md",
}


class Loader(yaml.SafeLoader):
    """Days are texts, as for editors."""


Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


# `!Ref`, `!Sub` and others of CloudFormation, in what is pasted.
Loader.add_multi_constructor("!", lambda loader, tag, node: f"{tag} {node.value}")


def read(text):
    return yaml.load(text, Loader)


def shipped(root):
    """The files, with the names of their schemas."""
    for path in sorted(root.glob("workloads/*/metrics.yaml")):
        yield path, "metrics"
    for path in sorted(root.glob("workloads/*/*.test.yaml")):
        yield path, "alarms.test"
    yield root / "functions/slack-forwarder/routes.yaml", "routes"
    for path in sorted(root.glob("workloads/*/playbooks.yaml")):
        yield path, "playbooks"
    yield root / "functions/alarm-remediator/playbooks.yaml", "playbooks"
    yield root / "shared/rules/prices.yaml", "prices"


def properties(schema):
    """The names of all fields."""
    if isinstance(schema, dict):
        fields = schema.get("properties", {})
        if isinstance(fields, dict):
            yield from (name for name, field in fields.items() if isinstance(field, dict))
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


def misspelled(value):
    """Copies of a file, each with one field misspelled."""
    if isinstance(value, dict):
        for name, field in value.items():
            yield {(other + "x" if other == name else other): kept for other, kept in value.items()}
            for changed in misspelled(field):
                yield {**value, name: changed}
    elif isinstance(value, list) and value:
        for changed in misspelled(value[0]):
            yield [changed, *value[1:]]


# Below these, names are the user's own.
FREE = {"Series", "Parameters", "tags", "dimensions", "attributes"}


def without_free(value):
    if isinstance(value, dict):
        return {name: ({} if name in FREE and isinstance(field, dict) else without_free(field)) for name, field in value.items()}
    return [without_free(one) for one in value] if isinstance(value, list) else value


def check(root):
    schemas = {name: json.loads((root / f"schemas/{name}.json").read_text()) for name in PAGES}
    validators = {name: Draft7Validator(schema) for name, schema in schemas.items()}
    for name, schema in schemas.items():
        Draft7Validator.check_schema(schema)
    for path, name in shipped(root):
        text = path.read_text()
        for error in validators[name].iter_errors(read(text)):
            yield f"{path.relative_to(root)}: {error.json_path}: {error.message[:200]}"
        line = f"# yaml-language-server: $schema=../../schemas/{name}.json"
        if text.splitlines()[0] != line:
            yield f"{path.relative_to(root)}: the first line is not {line}"
    for name, page in PAGES.items():
        text = (root / "docs" / page).read_text()
        blocks = re.findall(r"```yaml\n(.*?)```", text, re.S)
        # An answer that is pasted as it stands is YAML once it is indented.
        examples = [read(re.sub(r"^(?=[{} ])", "  ", block, flags=re.M) if "\n{" in block else block) for block in blocks]
        for example in examples:
            for error in validators[name].iter_errors(example):
                yield f"{page}: {error.json_path}: {error.message[:200]}"
        for changed in misspelled(without_free(copy.deepcopy(examples[0]))):
            if validators[name].is_valid(changed):
                yield f"{page}: the schema takes {json.dumps(changed)[:400]}"
        fields = set(properties(schemas[name]))
        for field in sorted(fields):
            if not re.search(rf"[`{{ ,\n-]{re.escape(field)}[`:]", text):
                yield f"{page}: the schema has {field}, and the page does not"
        for table in re.findall(r"\| (?:field|action) \|.*?\n\n", text + "\n\n", re.S):
            for cell in re.findall(r"^\| (`.*?) \|", table, re.M):
                for field in re.findall(r"`([^`]+)`", cell):
                    if field not in fields:
                        yield f"{page}: the page has {field}, and the schema does not"


differences = list(check(pathlib.Path(sys.argv[1])))
print("\n".join(differences))
sys.exit(bool(differences))
