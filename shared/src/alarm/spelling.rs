//! CloudWatch spells one thing several ways; the model has one of each.

/// The five simple statistics as `GetMetricData` and the widget API spell them. SNS writes them in upper case.
const STATISTICS: [&str; 5] = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];

/// A statistic as the widget API spells it; percentiles, trimmed means and their like are left alone.
pub(super) fn statistic(written: &str) -> String {
    let squeezed = written.replace('_', "");
    STATISTICS
        .into_iter()
        .find(|statistic| statistic.eq_ignore_ascii_case(&squeezed))
        .unwrap_or(written)
        .to_owned()
}

/// Returns the treatment of missing data, as the API spells it. SNS writes `- TreatMissingData:
/// missing`.
pub(super) fn missing_data(written: &str) -> Option<String> {
    let word = written.rsplit(':').next().unwrap_or(written).trim();
    let known = match word.to_ascii_lowercase().as_str() {
        "" => return None,
        "missing" => "missing",
        "breaching" => "breaching",
        "notbreaching" | "nonbreaching" => "notBreaching",
        "ignore" => "ignore",
        _ => word,
    };
    Some(known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_spelt_as_the_widget_api_does() {
        for (written, expected) in [
            ("SAMPLECOUNT", "SampleCount"),
            ("SAMPLE_COUNT", "SampleCount"),
            ("AVERAGE", "Average"),
            ("Sum", "Sum"),
            ("p99.9", "p99.9"),
            ("TM(10%:90%)", "TM(10%:90%)"),
        ] {
            assert_eq!(statistic(written), expected);
        }
    }

    #[test]
    fn missing_data_loses_the_label_that_sns_puts_before_it() {
        for (written, expected) in [
            (
                "- TreatMissingData:                    missing",
                Some("missing"),
            ),
            ("- TreatMissingData:NonBreaching", Some("notBreaching")),
            ("notBreaching", Some("notBreaching")),
            ("", None),
            ("- TreatMissingData: ", None),
        ] {
            assert_eq!(missing_data(written).as_deref(), expected, "{written}");
        }
    }
}
