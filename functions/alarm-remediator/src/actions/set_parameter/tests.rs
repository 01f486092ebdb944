use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::{
    actions::testing::{Case, change, minutes_before, own, parsed, request, sentence, tagged},
    setting::{Reading, Value},
    testing::now,
};

fn bounds(parameter: &str) -> SetParameter {
    SetParameter {
        parameter: parameter.into(),
        value: "fallback".into(),
        allowed: vec!["primary".into(), "fallback".into()],
    }
}

fn facts(value: &str) -> ParameterFacts {
    ParameterFacts {
        tags: tagged(),
        value: Reading::settled(Value::Text(value.into())),
        last_changed: None,
    }
}

fn decided(parameter: &str, facts: Option<&ParameterFacts>) -> String {
    let case = Case::new("{ diagnose: {} }");
    let bounds = bounds(parameter);
    let candidate = case.candidate(&target(&bounds));
    sentence(decide(&candidate, &bounds, facts, &case.scope(), now()))
}

#[test]
fn an_allowed_value_is_set_and_the_one_before_reverts_it() {
    let case = Case::new("{ diagnose: {} }");
    let bounds = bounds("/agent/model");
    let candidate = case.candidate(&target(&bounds));
    let decision = decide(
        &candidate,
        &bounds,
        Some(&facts("primary")),
        &case.scope(),
        now(),
    );
    let change = change(decision);
    assert_eq!(change.target, "parameter/agent/model");
    assert_eq!(
        (parsed(&change.request()), parsed(&change.revert().unwrap())),
        (
            request(
                "ssm put-parameter",
                json!({"Name":"/agent/model","Overwrite":true,"Type":"String","Value":"fallback"})
            ),
            request(
                "ssm put-parameter",
                json!({"Name":"/agent/model","Overwrite":true,"Type":"String","Value":"primary"})
            )
        )
    );
}

#[test]
fn each_guard_rail_says_what_it_found() {
    let name = "/agent/model";
    for (parameter, facts, expected) in [
        (
            name,
            Some(facts("primary")),
            "change: set the parameter /agent/model from primary to fallback (the alarm throttles is in ALARM; the application reads the value when it next reads the parameter)",
        ),
        (
            name,
            None,
            "refusal: there is no parameter /agent/model in this account and region",
        ),
        (
            name,
            Some(facts("fallback")),
            "refusal: the parameter /agent/model is \"fallback\" already",
        ),
        (
            name,
            Some(facts("secret-of-a-person")),
            "refusal: the value of the parameter /agent/model is none of the playbook's (primary, fallback): a person has set it",
        ),
        (
            name,
            Some(ParameterFacts {
                tags: own(),
                ..facts("primary")
            }),
            "refusal: /agent/model belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            "/picket-dev/remediation",
            Some(facts("primary")),
            "refusal: /picket-dev/remediation belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            name,
            Some(ParameterFacts {
                last_changed: Some(minutes_before(now(), 1)),
                ..facts("primary")
            }),
            "refusal: parameter/agent/model was changed 60 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            name,
            Some(ParameterFacts {
                tags: BTreeMap::new(),
                ..facts("primary")
            }),
            "refusal: parameter/agent/model is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
    ] {
        assert_eq!(decided(parameter, facts.as_ref()), expected);
    }
}
