//! The report for people.

use std::fmt;

use picket_shared::{
    money::{dollars, grouped, unit_cost},
    usage::all,
};
use rust_decimal::Decimal;

use super::{Costs, Incidents, Row, UsageReport};
use crate::{
    commands::usage::metrics::{Latency, Measured},
    style::{BAD, BOLD, FAINT, RESET},
    terminal::Value,
};

impl fmt::Display for UsageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, .. } = self;
        let days = if first == last {
            first.to_string()
        } else {
            format!("{first} to {last}")
        };
        write!(f, "{BOLD}{days} (UTC)  {}{RESET}", cost(&self.total))?;
        write!(
            f,
            "  {} requests",
            grouped(&self.total.requests.to_string())
        )?;
        if let Some(cost) = self.total.per_request_usd {
            write!(f, ", {} each", unit(cost))?;
        }
        table(f, "agent", &self.agents, self.top)?;
        table(f, "model", &self.models, self.top)?;
        self.incidents.write(f, self.top)?;
        if self.days.len() > 1 {
            table(f, "day", &self.days, usize::MAX)?;
        }
        if let Some(measured) = &self.measured {
            write!(f, "{measured}")?;
        }
        if self.total.unpriced_requests > 0 {
            let unpriced = grouped(&self.total.unpriced_requests.to_string());
            write!(
                f,
                "\n{BAD}unpriced{RESET}: {unpriced} requests have no price and are in no sum; see picket prices check"
            )?;
        }
        if self.unreadable_rows > 0 {
            write!(
                f,
                "\n{BAD}incomplete{RESET}: {} rows of the ledger cannot be read or added up",
                self.unreadable_rows
            )?;
        }
        Ok(())
    }
}

impl Incidents {
    fn write(&self, f: &mut fmt::Formatter<'_>, top: usize) -> fmt::Result {
        if self.all.is_empty() {
            return Ok(());
        }
        table(f, "incident", &self.all, top)?;
        write!(f, "\n{FAINT}{} incidents", grouped(&self.count.to_string()))?;
        if let Some(cost) = self.per_incident_usd {
            write!(f, ", {} each on average", unit(cost))?;
        }
        if self.unpriced > 0 {
            write!(f, ", {} with requests without a price", self.unpriced)?;
        }
        if let Some(successful) = self.successful {
            write!(f, "; {successful} succeeded")?;
        }
        if let Some(cost) = self.per_successful_incident_usd {
            write!(f, ", {} for each of them", unit(cost))?;
        }
        write!(f, "{RESET}")
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = &self.throughput;
        let peak = points
            .iter()
            .max_by(|a, b| a.requests.total_cmp(&b.requests));
        if let Some(peak) = peak {
            write!(
                f,
                "\n\n{BOLD}throughput{RESET}: at most {:.1} requests a minute, at {}",
                peak.per_minute, peak.at
            )?;
            for point in points {
                write!(
                    f,
                    "\n{FAINT}{}{RESET}  {:>10.1} a minute  {:>8.2} a second",
                    point.at, point.per_minute, point.per_second
                )?;
            }
        }
        match &self.latency {
            None => write!(f, "\n\n{BOLD}latency{RESET}: no datapoints"),
            Some(latency) => write!(f, "\n\n{BOLD}latency{RESET}: {latency}"),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "average {:.0} ms", self.average_ms)?;
        match self.p95_ms {
            Some((least, most)) if least < most => {
                write!(f, ", p95 between {least:.0} and {most:.0} ms")
            }
            Some((_, most)) => write!(f, ", p95 {most:.0} ms"),
            None => write!(f, ", p95 unknown"),
        }?;
        write!(f, ", of {:.0} requests", self.requests)
    }
}

fn table(f: &mut fmt::Formatter<'_>, by: &str, rows: &[Row], top: usize) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    write!(
        f,
        "\n\n{FAINT}{:>12}  {:>10}  {:>14}  {:>12}{RESET}  {by}",
        "cost", "requests", "tokens", "per 1,000"
    )?;
    for Row { name, costs } in rows.iter().take(top) {
        let tokens =
            all(&costs.tokens).map_or_else(String::new, |tokens| grouped(&tokens.to_string()));
        let each = costs.per_thousand_tokens_usd.map_or_else(String::new, unit);
        let requests = grouped(&costs.requests.to_string());
        let name = if name.is_empty() { "(no name)" } else { name };
        write!(
            f,
            "\n{:>12}  {requests:>10}  {tokens:>14}  {each:>12}  {}",
            cost(costs),
            Value(name)
        )?;
    }
    match rows.len().checked_sub(top) {
        Some(rest) if rest > 0 => write!(f, "\n{FAINT}{rest} more{RESET}"),
        _ => Ok(()),
    }
}

fn cost(costs: &Costs) -> String {
    costs
        .cost_usd
        .map_or_else(|| "unpriced".to_owned(), dollars)
}

fn unit(cost: Decimal) -> String {
    format!("${}", unit_cost(cost))
}
