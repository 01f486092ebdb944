//! The rows that `picket prices import` writes: a table of comma-separated values, one row a line, in order.
//!
//! ```text
//! #source,litellm-1.110.2,2026-11-29,https://pypi.org/project/litellm/1.110.2/
//! id,model,region,tier,above,from,input,output,cache_read,cache_write_5m,cache_write_1h,source,note
//! amazon.nova-pro-v1-0.flex,amazon.nova-pro-v1:0,,flex,0,2023-09-28,0.4,1.6,0.1,,,litellm-1.110.2,
//! ```
//!
//! A cell has no comma and no quotation mark of CSV's; the note is the rest of its line.

use std::{collections::HashMap, str::FromStr, sync::Arc, sync::OnceLock};

use jiff::civil::Date;

use super::{
    Price, PriceId, Rates,
    read::{Rate, Source, TierName},
};
use crate::{Glob, Problem, Problems};

/// The imported rows, in the order of model, region, tier, context step and first day.
#[derive(Debug, Default)]
pub struct ImportedPrices {
    rows: Vec<Price>,
    /// Indices of the rows in the order of their ids; made when the first row is looked up so.
    by_id: OnceLock<Vec<usize>>,
}

/// The columns.
pub const COLUMNS: &str = "id,model,region,tier,above,from,input,output,cache_read,cache_write_5m,cache_write_1h,source,note";
/// Begins a line that declares a source.
const SOURCE: &str = "#source,";

impl PartialEq for ImportedPrices {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl ImportedPrices {
    /// Reads a file: the checked rows, or everything that is wrong with it. `file` is for messages alone.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let rows = rows(text, |line, message| {
            problems.push(Problem {
                file: file.to_owned(),
                line,
                column: 1,
                message,
            });
        });
        let imported = Self {
            rows,
            by_id: OnceLock::new(),
        };
        if problems.is_empty() {
            Ok(imported)
        } else {
            Err(Problems(problems))
        }
    }

    /// Every row, in order.
    pub fn rows(&self) -> &[Price] {
        &self.rows
    }

    /// Returns the rows of a model's or a profile's id.
    pub(super) fn of_model(&self, model: &str) -> &[Price] {
        let start = self.rows.partition_point(|row| row.model.as_str() < model);
        let rest = &self.rows[start..];
        let length = rest.partition_point(|row| row.model.as_str() == model);
        &rest[..length]
    }

    /// Returns the row of an id.
    pub(super) fn by_id(&self, id: &str) -> Option<&Price> {
        let order = self.by_id.get_or_init(|| {
            let mut order: Vec<usize> = (0..self.rows.len()).collect();
            order.sort_unstable_by_key(|&row| &self.rows[row].id);
            order
        });
        let place = order.binary_search_by_key(&id, |&row| self.rows[row].id.as_str());
        place.ok().map(|place| &self.rows[order[place]])
    }
}

fn rows(text: &str, mut problem: impl FnMut(u64, String)) -> Vec<Price> {
    let mut sources = HashMap::new();
    let mut rows: Vec<Price> = Vec::new();
    let mut lines = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(declared) = line.strip_prefix(SOURCE) {
            match source(declared) {
                Ok((name, source)) => _ = sources.insert(name, source),
                Err(message) => problem(number, message),
            }
        } else if !line.is_empty() && !line.starts_with('#') && line != COLUMNS {
            match row(line, &sources) {
                Ok(row) => {
                    if rows.last().is_some_and(|before| before.key() >= row.key()) {
                        problem(number, OUT_OF_ORDER.to_owned());
                    }
                    if let Some(other) = lines.insert(row.id.clone(), number) {
                        let id = row.id.as_str();
                        problem(
                            number,
                            format!(
                                "the id {id:?} is taken by line {other}: rows are superseded under a new id, never edited"
                            ),
                        );
                    }
                    rows.push(row);
                }
                Err(message) => problem(number, message),
            }
        }
    }
    rows
}

const OUT_OF_ORDER: &str = "rows stand in the order of model, region, tier, context step and first day, each of these once";

/// Reads `NAME,DATE,ADDRESS`.
fn source(declared: &str) -> Result<(&str, (Date, Arc<str>)), String> {
    let mut cells = declared.splitn(3, ',');
    let mut cell = || cells.next().unwrap_or_default();
    let (name, read, address) = (cell(), cell(), cell());
    let read = parse("the date of a source", read)?;
    let Source(address) = parse("the address of a source", address)?;
    Ok((name, (read, address)))
}

fn row(line: &str, sources: &HashMap<&str, (Date, Arc<str>)>) -> Result<Price, String> {
    let mut cells = line.splitn(13, ',');
    let mut cell = |name: &str| cells.next().ok_or_else(|| format!("`{name}` is missing"));
    let id = parse::<PriceId>("id", cell("id")?)?;
    let model = cell("model")?;
    if model.is_empty() || model.contains('*') {
        return Err(format!("`model`: {model:?} is not a model's id"));
    }
    let model = parse::<Glob>("model", model)?;
    let region = Some(cell("region")?).filter(|region| !region.is_empty());
    let tier = parse::<TierName>("tier", cell("tier")?)?.0;
    let above = parse("above", cell("above")?)?;
    let from = parse("from", cell("from")?)?;
    let mut rate = |name| match cell(name)? {
        "" => Ok(None),
        text => parse::<Rate>(name, text).map(|rate| Some(rate.0)),
    };
    let rates = Rates {
        input: rate("input")?,
        output: rate("output")?,
        cache_read: rate("cache_read")?,
        cache_write_5m: rate("cache_write_5m")?,
        cache_write_1h: rate("cache_write_1h")?,
    };
    if rates == Rates::default() {
        return Err("the row has no price".to_owned());
    }
    let name = cell("source")?;
    let (read, source) = sources
        .get(name)
        .ok_or_else(|| format!("the source {name:?} is not declared above"))?;
    let note = Some(cell("note")?).filter(|note| !note.is_empty());
    Ok(Price {
        id,
        model,
        region: region.map(str::to_owned),
        tier,
        above,
        from,
        source: Arc::clone(source),
        read: *read,
        rates,
        batch: None,
        note: note.map(str::to_owned),
    })
}

fn parse<T: FromStr<Err: std::fmt::Display>>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|error| format!("`{name}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# a comment\n#source,s,2026-11-29,https://example.com/\n";

    fn read(rows: &[&str]) -> Result<ImportedPrices, Vec<String>> {
        let text = format!("{HEAD}{COLUMNS}\n{}\n", rows.join("\n"));
        ImportedPrices::parse("p.csv", &text)
            .map_err(|problems| problems.0.iter().map(ToString::to_string).collect())
    }

    const FLEX: &str = "m.flex,m,,flex,0,2026-01-01,0.4,1.6,,,,s,";
    const LONG: &str =
        "m.above,m,,standard,200000,2026-01-01,6,22.5,0.6,7.5,12,s,a note, with a comma";

    #[test]
    fn a_row_has_every_column() {
        let imported = read(&[FLEX, LONG]).unwrap();
        let [flex, long] = imported.rows() else {
            panic!("{imported:?}");
        };
        assert_eq!((flex.tier.as_str(), flex.rates.cache_read), ("flex", None));
        assert_eq!(flex.rates.output, "1.6".parse().ok());
        assert_eq!(
            (long.above, long.rates.cache_write_1h),
            (200_000, "12".parse().ok())
        );
        assert_eq!(long.note.as_deref(), Some("a note, with a comma"));
        assert_eq!(&*long.source, "https://example.com/");
        assert_eq!(imported.by_id("m.above"), Some(long));
        assert_eq!(imported.by_id("m"), None);
        assert_eq!(imported.of_model("m").len(), 2);
        assert_eq!(imported.of_model("l"), []);
        assert_eq!(imported.of_model("n"), []);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (rows, expected) in [
            (vec![LONG, FLEX], "p.csv:5:1: rows stand in the order"),
            (vec![FLEX, FLEX], "p.csv:5:1: rows stand in the order"),
            (
                vec![FLEX, &FLEX.replace("m,,", "n,,")],
                "p.csv:5:1: the id \"m.flex\" is taken by line 4",
            ),
            (
                vec![&FLEX.replace(",s,", ",t,")],
                "p.csv:4:1: the source \"t\" is not declared above",
            ),
            (
                vec![&FLEX.replace("0.4", "4e-7")],
                "p.csv:4:1: `input`: \"4e-7\" is not a price",
            ),
            (
                vec![&FLEX.replace("0.4,1.6", ",")],
                "p.csv:4:1: the row has no price",
            ),
            (
                vec![&FLEX.replace(",m,", ",m*,")],
                "p.csv:4:1: `model`: \"m*\" is not a model's id",
            ),
            (
                vec![&FLEX.replace("flex,0", "Flex,0")],
                "p.csv:4:1: `tier`: \"Flex\" is not a tier",
            ),
            (vec!["a,b"], "p.csv:4:1: `region` is missing"),
            (
                vec!["#source,x,today,https://example.com"],
                "p.csv:4:1: `the date of a source`: ",
            ),
            (
                vec!["#source,x,2026-01-01,example.com"],
                "p.csv:4:1: `the address of a source`: ",
            ),
        ] {
            let said = read(&rows).unwrap_err();
            assert!(said[0].starts_with(expected), "{expected}: {said:?}");
        }
    }
}
