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
    }
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
    let subject = Subject::Composite("ALARM(a) OR ALARM(b)".parse().unwrap());
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
