use serde_json::json;

use super::*;

#[test]
fn tags_become_functions_in_their_long_form() {
    for (yaml, expected) in [
        ("!Ref Topic", json!({"Ref": "Topic"})),
        ("!Condition OnAws", json!({"Condition": "OnAws"})),
        ("!Sub '${A}-b'", json!({"Fn::Sub": "${A}-b"})),
        (
            "!GetAtt A.Outputs.B",
            json!({"Fn::GetAtt": ["A", "Outputs.B"]}),
        ),
        ("!GetAtt [A, B]", json!({"Fn::GetAtt": ["A", "B"]})),
        (
            "!If [A, !Ref B, 3]",
            json!({"Fn::If": ["A", {"Ref": "B"}, 3]}),
        ),
        ("!Ref 5", json!({"Ref": "5"})),
        (
            "!Sub\n- ${X}\n- X: !Ref Y",
            json!({"Fn::Sub": ["${X}", {"X": {"Ref": "Y"}}]}),
        ),
        (
            "!Transform { Name: 'AWS::Include' }",
            json!({"Fn::Transform": {"Name": "AWS::Include"}}),
        ),
    ] {
        assert_eq!(read(yaml).as_ref(), Ok(&expected), "{yaml}");
    }
}

#[test]
fn plain_scalars_are_those_of_yaml_1_1() {
    for (yaml, expected) in [
        ("yes", json!(true)),
        ("Off", json!(false)),
        ("no", json!(false)),
        ("y", json!("y")),
        ("'yes'", json!("yes")),
        ("", json!(null)),
        ("~", json!(null)),
        ("60", json!(60)),
        ("-1", json!(-1)),
        ("+1_000", json!(1000)),
        ("010", json!(8)),
        ("0x1F", json!(31)),
        ("0b11", json!(3)),
        ("1:30", json!(90)),
        ("012345678901", json!("012345678901")),
        ("99999999999999999999", json!("99999999999999999999")),
        ("0.5", json!(0.5)),
        ("-.5", json!(-0.5)),
        ("1.5e+3", json!(1500.0)),
        ("1e3", json!("1e3")),
        (".inf", json!(".inf")),
        ("2010-09-09", json!("2010-09-09")),
        ("!!str 60", json!("60")),
    ] {
        assert_eq!(read(&format!("- {yaml}")), Ok(json!([expected])), "{yaml}");
    }
}

#[test]
fn anchors_and_merge_keys_are_resolved() {
    let yaml = "base: &base {Period: 60, Statistic: Sum}\na: {<<: *base, Period: 300}\nb: *base\nc: {<<: [{X: 1}, *base]}";
    let read = read(yaml).unwrap();
    assert_eq!(read["a"], json!({"Period": 300, "Statistic": "Sum"}));
    assert_eq!(read["b"], json!({"Period": 60, "Statistic": "Sum"}));
    assert_eq!(read["c"], json!({"X": 1, "Period": 60, "Statistic": "Sum"}));
}

#[test]
fn json_is_read_as_json_with_its_tabs() {
    let read = read("{\n\t\"Resources\": {\"A\": {\"Fn::Sub\": \"${B}\\u00e4\"}, \"On\": true}\n}")
        .unwrap();
    assert_eq!(
        read,
        json!({"Resources": {"A": {"Fn::Sub": "${B}ä"}, "On": true}})
    );
}

#[test]
fn what_is_refused_is_named_with_its_line() {
    for (yaml, expected) in [
        (
            "a: 1\nb: 2\na: 3",
            "line 3, column 1: the key \"a\" is there twice",
        ),
        (
            "a: !!binary aGk=",
            "line 1, column 13: CloudFormation has no tag",
        ),
        ("? [a]\n: 1", "line 1, column 3: a key must be a text"),
        ("a: 1\n---\nb: 2", "a template is one YAML document"),
        ("a: *b", "line 1, column 4: "),
        ("a: [1", "line "),
        ("a: {<<: 3}", "<< merges mappings"),
        ("{\"a\": 1, \"a\": 2}", "the key \"a\" is there twice"),
        ("{\"a\": 1,, \"b\": 2}", "it is not JSON: "),
    ] {
        let error = read(yaml).unwrap_err().to_string();
        assert!(error.contains(expected), "{yaml}: {error}");
    }
}

/// Aliases of aliases: four kilobytes that would be 10^9 nodes, and nesting that would overflow the stack.
#[test]
fn a_document_that_grows_by_its_aliases_is_refused() {
    let aliases = |many: usize| {
        let line = |level: usize| {
            let below = vec![format!("*a{}", level - 1); many].join(", ");
            format!("a{level}: &a{level} [{below}]\n")
        };
        let above: String = (1..200).map(line).collect();
        format!("a0: &a0 [x]\n{above}")
    };
    let (wide, deep) = (aliases(10), aliases(1));
    for yaml in [wide, deep] {
        let error = read(&yaml).unwrap_err().to_string();
        assert!(error.contains("more than a template can hold"), "{error}");
    }
}
