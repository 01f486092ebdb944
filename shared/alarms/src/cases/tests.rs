use std::collections::BTreeMap;

use super::*;
use crate::definition::tests::sum_alarm;

fn case(series: &[(&str, &str)], states: &str) -> Case {
    let series = series
        .iter()
        .map(|&(name, tokens)| (name.to_owned(), tokens.to_owned()))
        .collect();
    Case {
        name: "a case".into(),
        series,
        states: states.into(),
        actions: None,
        contributors: BTreeMap::new(),
        resolution: None,
        start: None,
    }
}

fn composite(properties: &serde_json::Value) -> Subject {
    Subject::Composite(Box::new(Composite::from_properties(properties).unwrap()))
}

#[test]
fn a_case_holds_or_says_what_came_instead() {
    let subject = Subject::Metric(Box::new(sum_alarm(3, 2)));
    assert_eq!(
        case(&[("Errors", "0x3 6 7 _x2")], "OK OK ALARM ALARM ALARM").run(&subject),
        Ok(())
    );
    let failure = case(&[("Errors", "0x3 6 7")], "OK OK")
        .run(&subject)
        .unwrap_err();
    assert_eq!(failure.to_string(), "expected OK OK, got OK OK OK OK ALARM");
}

#[test]
fn a_case_must_fit_its_alarm() {
    let subject = Subject::Metric(Box::new(sum_alarm(3, 2)));
    assert!(matches!(
        case(&[("Failures", "0")], "OK").run(&subject),
        Err(Failure::Series { .. })
    ));
    assert!(matches!(
        case(&[("Errors", "0")], "OK OK").run(&subject),
        Err(Failure::Length)
    ));
    assert!(matches!(
        case(&[("Errors", "many")], "OK").run(&subject),
        Err(Failure::Tokens(_))
    ));
}

#[test]
fn a_composite_alarms_series_are_its_childrens_states() {
    let subject = composite(&serde_json::json!({"AlarmRule": "ALARM(a) OR ALARM(b)"}));
    assert_eq!(
        case(
            &[("a", "OK OK ALARM"), ("b", "OK ALARM OK")],
            "OK ALARM ALARM"
        )
        .run(&subject),
        Ok(())
    );
    assert!(matches!(
        case(&[("a", "OK"), ("b", "OK OK")], "OK").run(&subject),
        Err(Failure::Length)
    ));
}

#[test]
fn a_file_is_a_list_of_suites_and_knows_its_fields() {
    let suites = read("- Alarm: A\n  Cases:\n    - Name: n\n      Series: { Errors: 0 6 _ }\n      States: OK ALARM\n").unwrap();
    assert_eq!(suites[0].cases[0].series["Errors"], "0 6 _");
    assert!(suites[0].cases[0].fires());
    assert!(read("- Alarm: A\n  Case: []\n").is_err());
}

fn metric(properties: &serde_json::Value) -> Subject {
    Subject::Metric(Box::new(Definition::from_properties(properties).unwrap()))
}

#[test]
fn a_token_can_be_shorter_than_a_period() {
    let mut properties = crate::definition::tests::properties();
    properties["Period"] = serde_json::json!(300);
    properties["EvaluationPeriods"] = serde_json::json!(1);
    let subject = metric(&properties);
    let mut minutes = case(&[("Errors", "0x8 3 0 0 3 0x4")], "OKx11 ALARM ALARM OKx3");
    minutes.resolution = Some(60);
    assert_eq!(minutes.run(&subject), Ok(()));
}

#[test]
fn values_can_arrive_late() {
    let subject = metric(&serde_json::json!({
        "AlarmName": "n", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    }));
    assert_eq!(
        case(&[("Errors", "0 4+4@60 0")], "OK OK OK").run(&subject),
        Ok(())
    );
    assert_eq!(
        case(&[("Errors", "0 4+4@60 _")], "OK OK ALARM").run(&subject),
        Ok(())
    );
}

#[test]
fn actions_can_be_expected() {
    let subject = Subject::Metric(Box::new(sum_alarm(1, 1)));
    let mut actions = case(&[("Errors", "0 6 7 0")], "OK ALARM ALARM OK");
    actions.actions = Some("OK ALARM - OK".into());
    assert_eq!(actions.run(&subject), Ok(()));
    actions.actions = Some("OK ALARM ALARM OK".into());
    assert_eq!(
        actions.run(&subject).unwrap_err().to_string(),
        "expected OK ALARM ALARM OK, got OK ALARM - OK"
    );
}

#[test]
fn a_composite_alarms_actions_wait_for_its_suppressor() {
    let subject = composite(&serde_json::json!({
        "AlarmRule": "ALARM(a)", "ActionsSuppressor": "blind",
        "ActionsSuppressorWaitPeriod": 120, "ActionsSuppressorExtensionPeriod": 60,
    }));
    let mut waits = case(&[("a", "OKx4 ALARMx4"), ("blind", "OKx8")], "OKx4 ALARMx4");
    waits.actions = Some("- - ALARM -".into());
    assert_eq!(waits.run(&subject), Ok(()));
    let mut suppressed = case(
        &[("a", "OKx4 ALARMx4"), ("blind", "OKx5 ALARMx3")],
        "OKx4 ALARMx4",
    );
    suppressed.actions = Some("-x4".into());
    assert_eq!(suppressed.run(&subject), Ok(()));
    assert_eq!(
        case(&[("a", "OK ALARM")], "OK ALARM").run(&subject),
        Ok(()),
        "without the suppressor's series"
    );
}

#[test]
fn a_band_is_supplied_and_counted_apart() {
    let subject = metric(&crate::definition::tests::band("GreaterThanUpperThreshold"));
    assert!(subject.is_supplied());
    let series = [("m1", "5 5"), ("lower", "0 0"), ("upper", "9 4")];
    assert_eq!(case(&series, "OK ALARM").run(&subject), Ok(()));
    assert!(matches!(
        case(&[("m1", "5")], "OK").run(&subject),
        Err(Failure::Series { .. })
    ));
}

#[test]
fn a_querys_series_are_named_by_their_labels() {
    let subject = metric(&serde_json::json!({
        "AlarmName": "n", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [{"Id": "q", "Period": 60, "Expression":
            "SELECT MAX(Errors) FROM App WHERE Zone = '1' GROUP BY Host ORDER BY MAX()"}],
    }));
    let series = [
        ("Host=a,Zone=1", "0 9"),
        ("Host=b,Zone=2", "9 0"),
        ("Errors", "9 9"),
    ];
    assert_eq!(case(&series, "OK ALARM").run(&subject), Ok(()));
}

#[test]
fn a_case_says_the_states_of_contributors() {
    let subject = metric(&serde_json::json!({
        "AlarmName": "n", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [{"Id": "q", "Period": 60, "Expression":
            "SELECT MAX(Errors) FROM App GROUP BY Host, Zone"}],
    }));
    let series = [
        ("Host=a,Zone=1", "0 9 0 0"),
        ("Zone=1,Host=b", "_ 9 9 _"),
        ("Host=c", "1 1 1 1"),
    ];
    let with = |name: &str, states: &str| {
        let mut case = case(&series, "OK ALARM ALARM ALARM");
        case.contributors = [(name.to_owned(), states.to_owned())].into();
        case.run(&subject)
    };
    for (name, states) in [
        ("Host=a,Zone=1", "OK ALARM OK OK"),
        ("Zone=1, Host=a", "OK OK"),
        ("Host=b,Zone=1", "- ALARM ALARM ALARM"),
        ("Host=c,Zone=Other", "OKx4"),
        ("Host=c", "-x4"),
        ("Host=d,Zone=1", "-x4"),
    ] {
        assert_eq!(with(name, states), Ok(()), "{name} {states}");
    }
    let error = with("Host=a,Zone=1", "ALARM ALARM").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the contributor Host=a,Zone=1: expected ALARM ALARM, got OK ALARM OK OK"
    );
    assert!(matches!(
        with("Host=a,Zone=1", "well").unwrap_err(),
        Failure::Tokens(_)
    ));
}

/// New York's day of 25 hours: the last hour decides, and a window of 24 hours would not see it.
#[test]
fn a_case_can_begin_at_a_time_of_its_own() {
    let mut properties = crate::definition::tests::properties();
    properties["Period"] = serde_json::json!(86_400);
    properties["EvaluationPeriods"] = serde_json::json!(1);
    properties["EvaluationWindow"] =
        serde_json::json!({"WallClockWindow": {"Timezone": "America/New_York"}});
    let subject = metric(&properties);
    let mut case = case(
        &[("Errors", "0x24 9 0x23 0")],
        "INSUFFICIENT_DATAx24 ALARMx24 OK",
    );
    case.start = Some("2026-11-01T04:00:00Z".parse().unwrap());
    case.resolution = Some(3_600);
    assert_eq!(case.run(&subject), Ok(()));
}

#[test]
fn coverage_counts_alarms_by_what_their_cases_show() {
    let plain = Subject::Metric(Box::new(sum_alarm(1, 1)));
    let band = metric(&crate::definition::tests::band("GreaterThanUpperThreshold"));
    let alarms: BTreeMap<String, &Subject> = [
        ("both", &plain),
        ("band", &band),
        ("fires", &plain),
        ("silent", &plain),
        ("none", &plain),
    ]
    .map(|(id, subject)| (id.to_owned(), subject))
    .into();
    let suite = |alarm: &str, states: &[&str]| Suite {
        alarm: alarm.into(),
        cases: states.iter().map(|states| case(&[], states)).collect(),
    };
    let suites = [
        suite("both", &["OK ALARM", "OK"]),
        suite("band", &["ALARM", "OK"]),
        suite("fires", &["ALARMx3"]),
        suite("silent", &["OKx2", "INSUFFICIENT_DATA"]),
        suite("gone", &["OK"]),
    ];
    let names = |list: &[&str]| {
        list.iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let expected = Coverage {
        tested: names(&["both"]),
        supplied: names(&["band"]),
        untested: names(&["none"]),
        never_fires: names(&["silent"]),
        never_silent: names(&["fires"]),
        unknown: names(&["gone"]),
    };
    assert_eq!(Coverage::of(&alarms, &suites), expected);
}

#[test]
fn a_file_is_a_list_or_names_its_template_and_parameters() {
    let list = "# Cases\n\n- Alarm: A\n  Cases: [{Name: n, Series: {M: 1}, States: OK}]\n";
    let file = read_file(list).unwrap();
    assert_eq!(
        (file.template.as_str(), file.alarms.len()),
        ("template.yaml", 1)
    );
    let named = format!(
        "# Cases\nTemplate: ../t.yaml\nParameters: {{A: 1, B: \"2\"}}\nAlarms:\n{}",
        &list[9..]
    );
    let named = read_file(&named).unwrap();
    assert_eq!(named.alarms, file.alarms);
    assert_eq!(named.template, "../t.yaml");
    assert_eq!(
        (&named.parameters["A"], &named.parameters["B"]),
        (&1.into(), &"2".into())
    );
    let error = read_file("Alarm: A").unwrap_err().to_string();
    assert!(error.contains("Alarm"), "{error}");
}
