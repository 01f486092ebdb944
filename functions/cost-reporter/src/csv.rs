//! The report as CSV (RFC 4180), for a bucket.

use picket_shared::fleet::{Charges, CostReport};
use rust_decimal::Decimal;

/// The first line.
const HEAD: &str = "date,account,currency,estimated,kind,name,amount,day_before";

/// One line an amount: the total, the kinds of charges, the services, and the accounts. An unknown amount is empty, and
/// not zero.
pub(crate) fn csv(report: &CostReport) -> String {
    let mut text = format!("{HEAD}\r\n");
    let mut line = |kind: &str, name: &str, amount: Option<Decimal>, before: Option<Decimal>| {
        let written =
            |amount: Option<Decimal>| amount.map_or_else(String::new, |amount| amount.to_string());
        let fields = [
            report.date.to_string(),
            field(report.account.as_deref().unwrap_or_default()),
            field(&report.currency),
            report.estimated.to_string(),
            kind.to_owned(),
            field(name),
            written(amount),
            written(before),
        ];
        text += &fields.join(",");
        text += "\r\n";
    };
    line("total", "", report.total, report.previous_total);
    for (name, amount) in report.analysis.charges.iter().flat_map(Charges::named) {
        line("charge", name, Some(amount), None);
    }
    for row in &report.by_service {
        line("service", &row.service, Some(row.amount), row.previous);
    }
    for row in &report.absent {
        line("service", &row.service, None, Some(row.previous));
    }
    for row in &report.analysis.accounts {
        line("account", &row.account, Some(row.amount), None);
    }
    text
}

/// A field in quotes where it needs them. A spreadsheet takes what begins with one of four characters for a formula; an
/// apostrophe makes it text.
fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_quoted_where_it_must_be_and_never_a_formula() {
        for (text, expected) in [
            ("AWS Lambda", "AWS Lambda"),
            ("EC2, other", "\"EC2, other\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("=1+1", "'=1+1"),
            ("@x,y", "\"'@x,y\""),
        ] {
            assert_eq!(field(text), expected);
        }
    }
}
