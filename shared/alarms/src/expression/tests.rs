use super::*;

fn value_of(text: &str) -> Series {
    let known = [
        ("m1", vec![Some(1.0), None, Some(3.0)]),
        ("m2", vec![Some(2.0), Some(0.0), Some(0.0)]),
        ("none", vec![None; 3]),
    ]
    .into();
    text.parse::<Expression>().unwrap().evaluate(&known, 3)
}

#[test]
fn worked_expressions() {
    let rows: [(&str, [Option<f64>; 3]); 14] = [
        ("m1 + 1", [Some(2.0), None, Some(4.0)]),
        ("1 + 2 * 3 - 4 / 2", [Some(5.0); 3]),
        ("(1 + 2) * -m2", [Some(-6.0), Some(-0.0), Some(-0.0)]),
        ("m1 / m2", [Some(0.5), None, None]),
        ("FILL(m1, 0)", [Some(1.0), Some(0.0), Some(3.0)]),
        ("FILL(m1, REPEAT)", [Some(1.0), Some(1.0), Some(3.0)]),
        ("FILL(none, 0)", [None; 3]),
        ("IF(m2 > 1, 10, 20)", [Some(10.0), Some(20.0), Some(20.0)]),
        ("IF(m2 >= 2, m1)", [Some(1.0), None, None]),
        ("IF(m1 != 3, 1, 0)", [Some(1.0), None, Some(0.0)]),
        ("MAX([m1, m2])", [Some(2.0), Some(0.0), Some(3.0)]),
        ("MIN([m1,m2])", [Some(1.0), Some(0.0), Some(0.0)]),
        ("unknown", [None; 3]),
        ("1024*60", [Some(61_440.0); 3]),
    ];
    for (text, expected) in rows {
        assert_eq!(value_of(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_known_is_refused_with_its_place() {
    for text in [
        "",
        "m1 +",
        "(m1",
        "RATE(m1)",
        "SELECT AVG(x)",
        "m1 m2",
        "FILL(m1)",
        "ANOMALY_DETECTION_BAND(m1)",
        "1 &",
    ] {
        let error = text.parse::<Expression>().unwrap_err();
        assert!(error.to_string().contains("cannot be read"), "{text}");
    }
}

#[test]
fn names_are_listed_wherever_they_stand() {
    let expression: Expression = "IF(a > 1, FILL(b, 0), MAX([c, -d]))".parse().unwrap();
    assert_eq!(expression.names(), ["a", "b", "c", "d"]);
}
