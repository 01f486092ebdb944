"""Writes the Prometheus rules of workloads into their templates, for Amazon Managed Service for Prometheus.

A template marks the place of a file by two comments:

      # Begin prometheus/rules/application.yaml, written by scripts/rules_into_templates.py.
      # End prometheus/rules/application.yaml.

The runbook links get the stack's prefix in the place of the external label that a Prometheus of one's own has. In the
values of a Helm chart, prometheus/helm-values.yaml, the same comments mark the places of rules and of Alertmanager's
configuration. Tests compare all of them with the files.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECTION = re.compile(
    r"( *)# Begin (prometheus/rules/[a-z-]+\.yaml), written by [^\n]*\n(?:.*?\n)??\1# End \2\.\n", re.DOTALL
)

VALUES = re.compile(
    r"( *)# Begin ((?:rules/)?[a-z-]+\.yaml), written by [^\n]*\n(?:.*?\n)??\1# End \2\.\n", re.DOTALL
)


def data(folder: pathlib.Path, name: str, indent: str) -> str:
    rules = (folder / name).read_text(encoding="utf-8")
    if "${" in rules:
        sys.exit(f"{name}: a template would replace ${{")
    # Managed Prometheus has no external labels.
    rules = rules.replace("{{ $externalLabels.runbook_base }}", "${RunbookBaseUrl}")
    lines = ["Data: !Sub |", *(f"  {line}" if line else "" for line in rules.splitlines())]
    return "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)


def main() -> None:
    for path in sorted(ROOT.glob("workloads/*/template.yaml")):

        def section(match: re.Match) -> str:
            indent, name = match.groups()
            begin = f"{indent}# Begin {name}, written by scripts/rules_into_templates.py.\n"
            return begin + data(path.parent, name, indent) + f"{indent}# End {name}.\n"

        text = path.read_text(encoding="utf-8")
        path.write_text(SECTION.sub(section, text), encoding="utf-8")
    for path in sorted(ROOT.glob("workloads/*/prometheus/helm-values.yaml")):

        def values(match: re.Match) -> str:
            indent, name = match.groups()
            lines = (path.parent / name).read_text(encoding="utf-8").splitlines()
            begin = f"{indent}# Begin {name}, written by scripts/rules_into_templates.py.\n"
            return begin + "".join(f"{indent}{line}".rstrip() + "\n" for line in lines) + f"{indent}# End {name}.\n"

        text = path.read_text(encoding="utf-8")
        path.write_text(VALUES.sub(values, text), encoding="utf-8")


if __name__ == "__main__":
    main()
