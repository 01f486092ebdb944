//! What the documents and the parameters say of repairs, against the built-in playbooks.

use std::collections::BTreeSet;

use alarm_remediator::playbook::built_in;
use picket_rules::playbooks::Mode;

use crate::load::{templates, text};

/// The names of built-in playbooks in a text.
fn named(text: &str) -> BTreeSet<&'static str> {
    let all = built_in()
        .all()
        .iter()
        .map(|playbook| playbook.name.as_str());
    let is_in = |name: &str| {
        text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'))
            .any(|word| word == name)
    };
    all.filter(|name| is_in(name)).collect()
}

#[test]
fn the_parameter_and_the_page_name_the_playbooks_that_act_and_no_others() {
    let acting: BTreeSet<_> = built_in()
        .all()
        .iter()
        .filter(|playbook| playbook.mode == Mode::Act)
        .map(|playbook| playbook.name.as_str())
        .collect();
    assert!(!acting.is_empty());
    let parameter = &templates().source()["Parameters"]["RemediationMode"]["Description"];
    let parameter = parameter.as_str().expect("a description");
    assert_eq!(named(parameter), acting, "{parameter}");
    let page = text("docs/remediation.md");
    let sentence = page
        .split_once("these act:")
        .and_then(|(_, after)| after.split_once("The others observe"))
        .expect("the section on built-in playbooks")
        .0;
    assert_eq!(named(sentence), acting, "{sentence}");
}

/// `approve` makes changes too, after a person's approval.
#[test]
fn no_description_says_that_repairs_need_the_mode_act() {
    let source = templates().source();
    let kill_switch = &source["Resources"]["RemediationSwitch"]["Properties"]["Description"];
    let function = &templates().functions()["alarm-remediator"]["Resources"]["AlarmRemediator"];
    for description in [kill_switch, &function["Properties"]["Description"]] {
        let description = description.as_str().expect("a description");
        assert!(description.contains("RemediationMode"), "{description}");
        assert!(description.contains("approve"), "{description}");
    }
}
