//! `picket chain check`: damaged and missing slices in a deployed stack's chains.

use std::{fmt, io};

use jiff::Timestamp;
use picket_aws::{
    Fault,
    chain::{ChainTable, Inspection},
};
use picket_shared::report::ErrorChain;
use serde::Serialize;

use crate::{
    exit::Exit,
    output::Output,
    stack,
    style::{BAD, FAINT, RESET},
};

/// The result for a chain.
#[derive(Debug, Serialize)]
struct ChainReport {
    /// Stream and shard.
    chain: String,
    slices: u64,
    /// Slices of a newer build, which this one cannot judge.
    newer: u64,
    damaged: Vec<Damaged>,
    gaps: Vec<Gap>,
}

/// A slice that cannot be read.
#[derive(Debug, Serialize)]
struct Damaged {
    /// The mark before it: the item's sort key.
    mark: String,
    /// The mark after it.
    after: Option<String>,
    committed_at: Option<Timestamp>,
    reason: String,
}

/// Marks between which there is nothing.
#[derive(Debug, Serialize)]
struct Gap {
    from: String,
    to: String,
}

/// Reads every chain of a stack and prints what it found, a chain a line. Exit status 1 where a slice is damaged, or
/// the table cannot be read.
pub(crate) async fn check(stack: &str, output: &mut Output<'_>) -> io::Result<Exit> {
    match inspect(stack).await {
        Ok(inspections) => report(&inspections, output),
        Err(fault) => {
            output.complain(ErrorChain(&fault))?;
            Ok(Exit::Failed)
        }
    }
}

async fn inspect(stack: &str) -> Result<Vec<Inspection>, Fault> {
    let (aws, table) = stack::named(stack, "ChainTable").await?;
    let table = ChainTable::new(aws_sdk_dynamodb::Client::new(&aws), table);
    let mut inspections = Vec::new();
    for chain in table.chains().await? {
        inspections.push(table.inspect(&chain).await?);
    }
    Ok(inspections)
}

fn report(inspections: &[Inspection], output: &mut Output<'_>) -> io::Result<Exit> {
    if inspections.is_empty() {
        output.note("the table has no chains: no event has been committed")?;
    }
    for inspection in inspections {
        output.answer(&ChainReport::of(inspection))?;
    }
    let all_are_whole = inspections
        .iter()
        .all(|inspection| inspection.damaged.is_empty());
    Ok(if all_are_whole {
        Exit::Done
    } else {
        Exit::Failed
    })
}

impl ChainReport {
    fn of(inspection: &Inspection) -> Self {
        let damaged = inspection.damaged.iter().map(|damaged| Damaged {
            mark: damaged.mark.clone(),
            after: damaged.end.as_ref().map(|(after, _)| after.to_string()),
            committed_at: damaged.end.as_ref().map(|(_, at)| *at),
            reason: damaged.reason.clone(),
        });
        let gaps = inspection.gaps.iter().map(|gap| Gap {
            from: gap.from.to_string(),
            to: gap.to.to_string(),
        });
        Self {
            chain: inspection.chain.to_string(),
            slices: inspection.slices,
            newer: inspection.newer,
            damaged: damaged.collect(),
            gaps: gaps.collect(),
        }
    }
}

impl fmt::Display for ChainReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            chain,
            slices,
            newer,
            damaged,
            gaps,
        } = self;
        write!(f, "{chain}: {slices} slices, {} damaged", damaged.len())?;
        if *newer > 0 {
            write!(f, ", {newer} of a newer build")?;
        }
        for Damaged {
            mark,
            after,
            committed_at,
            reason,
        } in damaged
        {
            write!(f, "\n  {BAD}damaged{RESET} at mark {mark}")?;
            if let (Some(after), Some(at)) = (after, committed_at) {
                write!(f, " to {after}, committed at {at}")?;
            }
            write!(f, ": {reason}")?;
        }
        for Gap { from, to } in gaps {
            write!(f, "\n  {FAINT}nothing between {from} and {to}{RESET}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use picket_aws::chain;
    use picket_shared::{chain::ChainId, position::Position};

    use super::*;

    fn position(number: &str) -> Position {
        Position::new(number, 0).unwrap()
    }

    fn inspection() -> Inspection {
        Inspection {
            chain: ChainId::new("events", "shard-1").unwrap(),
            slices: 720,
            newer: 0,
            damaged: Vec::new(),
            gaps: vec![chain::Gap {
                from: position("3"),
                to: position("7"),
            }],
        }
    }

    fn damaged() -> Inspection {
        let end = (position("9"), Timestamp::UNIX_EPOCH);
        let damaged = |end| chain::Damaged {
            mark: "0017.0000000000".into(),
            end,
            reason: "it is odd".into(),
        };
        Inspection {
            damaged: vec![damaged(Some(end)), damaged(None)],
            newer: 2,
            gaps: Vec::new(),
            ..inspection()
        }
    }

    /// The printed text, and whether it is a failure.
    fn printed(inspections: &[Inspection], json: bool) -> (String, bool) {
        let (mut answers, mut complaints) = (Vec::new(), Vec::new());
        let mut output = Output::new(&mut answers, &mut complaints);
        output.use_json(json);
        let exit = report(inspections, &mut output).unwrap();
        drop(output);
        (
            String::from_utf8(answers).unwrap(),
            matches!(exit, Exit::Failed),
        )
    }

    #[test]
    fn a_chain_is_a_line_of_json_and_a_damaged_slice_is_a_failure() {
        let whole = r#"{"chain":"events/shard-1","slices":720,"newer":0,"damaged":[],"gaps":[{"from":"0013.0000000000","to":"0017.0000000000"}]}"#;
        assert_eq!(
            printed(&[inspection()], true),
            (format!("{whole}\n"), false)
        );
        let (lines, failed) = printed(&[inspection(), damaged()], true);
        assert!(failed);
        let named = r#""damaged":[{"mark":"0017.0000000000","after":"0019.0000000000","committed_at":"1970-01-01T00:00:00Z","reason":"it is odd"},{"mark":"0017.0000000000","after":null,"committed_at":null,"reason":"it is odd"}]"#;
        assert!(lines.starts_with(whole) && lines.contains(named), "{lines}");
    }

    #[test]
    fn a_person_reads_what_is_damaged_and_what_is_missing() {
        let (text, _) = printed(&[damaged(), inspection()], false);
        for expected in [
            "events/shard-1: 720 slices, 2 damaged, 2 of a newer build\n",
            "at mark 0017.0000000000 to 0019.0000000000, committed at 1970-01-01T00:00:00Z: it is odd\n",
            "events/shard-1: 720 slices, 0 damaged\n",
            "nothing between 0013.0000000000 and 0017.0000000000",
        ] {
            assert!(text.contains(expected), "{text}");
        }
    }
}
