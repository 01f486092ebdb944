//! Prices and playbooks of workloads beside Picket's own.

use picket_rules::{playbooks, prices};

const ROW: &str = "prices:
  - { id: ID, model: my.model, input: 1.00, output: 2.00, from: 2026-01-01, source: 'https://example.com/contract', read: 2026-01-01 }
";

#[test]
fn prices_of_a_workload_are_beside_the_others_under_ids_of_their_own() {
    let row = |id: &str| ROW.replace("ID", id);
    let (own, mine) = (row("own"), row("mine"));
    let joined = prices::joined([("a", own.as_str()), ("b", mine.as_str())]).unwrap();
    let ids: Vec<&str> = joined.rows().iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["own", "mine"]);
    let day = "2026-06-01".parse().unwrap();
    // Of two rows for the same, the later file's.
    assert_eq!(
        joined.find("my.model", None, day).unwrap().id.as_str(),
        "mine"
    );
    let taken = prices::joined([("a", own.as_str()), ("b", own.as_str())]).unwrap_err();
    assert_eq!(taken.0[0].file, "b");
    assert!(
        taken
            .to_string()
            .contains("is taken by a row of another file")
    );
}

fn playbook(name: &str) -> String {
    format!(
        "playbooks:
  - name: {name}
    match: {{ namespace: AWS/Lambda, metric: Throttles }}
    action: {{ raise-reserved-concurrency: {{ factor: 1.5, maximum: 200, keep-unreserved: 100 }} }}
    allow-tag: picket:remediate=true
    cooldown: 30m
"
    )
}

#[test]
fn playbooks_of_a_workload_come_first_and_have_no_limits_of_their_own() {
    let own = playbooks::parse("own", &playbook("own")).unwrap();
    let mine = playbook("mine");
    let joined = playbooks::joined(&own, [("mine", mine.as_str())]).unwrap();
    let names: Vec<&str> = joined
        .all()
        .iter()
        .map(|playbook| playbook.name.as_str())
        .collect();
    assert_eq!(names, ["mine", "own"]);
    assert_eq!(joined.limits(), own.limits());
    let limited = format!("limits: {{ actions-per-hour: 50 }}\n{mine}");
    for (text, expected) in [
        (playbook("own"), "another playbook is named \"own\""),
        (limited, "`limits` hold for all playbooks"),
    ] {
        let refused = playbooks::joined(&own, [("mine", text.as_str())]).unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
    }
}
