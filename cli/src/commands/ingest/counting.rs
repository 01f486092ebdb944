//! Files into totals, block by block.

use std::{
    io,
    path::{Path, PathBuf},
};

use event_processor::ingest::Ingest;
use picket_shared::report::ErrorChain;

use crate::{
    exit::Exit,
    input::{self, Blocks, Encoding, Named, Unreadable},
    output::Output,
    progress,
    refusal::Refusal,
};

/// The totals so far.
pub(super) struct Counting {
    pub(super) ingest: Ingest,
    /// The files that could be read and are understood.
    pub(super) understood: usize,
    /// The beginning of each file, to say why nothing matches.
    pub(super) first: Vec<Named>,
}

impl Counting {
    pub(super) fn new(ingest: Ingest) -> Self {
        Self {
            ingest,
            understood: 0,
            first: Vec::new(),
        }
    }

    /// A `.json` file is a Kinesis event; anything else is payloads, one a line.
    pub(super) fn take(&mut self, file: &PathBuf, output: &mut Output<'_>) -> io::Result<Exit> {
        let is_json = file
            .extension()
            .is_some_and(|own| own.eq_ignore_ascii_case("json"));
        if is_json {
            return self.event(file, output);
        }
        match self.lines(file, output) {
            Ok(()) => {
                self.understood += 1;
                Ok(Exit::Done)
            }
            Err(unreadable) => {
                output.complain(ErrorChain(&unreadable))?;
                Ok(Exit::Unreadable)
            }
        }
    }

    fn event(&mut self, file: &PathBuf, output: &mut Output<'_>) -> io::Result<Exit> {
        let (read, exit) = input::read_all(std::slice::from_ref(file), output)?;
        for named in read {
            if let Err(error) = self.ingest.event(&named.bytes) {
                return output.refuse(&Refusal::of_file(&named.path, ErrorChain(&error)));
            }
            self.understood += 1;
            self.first.push(named);
        }
        Ok(exit)
    }

    fn lines(&mut self, file: &Path, output: &Output<'_>) -> Result<(), Unreadable> {
        let blocks = Blocks::open(file)?;
        let path = file.to_string_lossy().into_owned();
        let bar = progress::bytes(blocks.size(), output);
        for block in blocks {
            let block = block?;
            self.ingest
                .payloads_from(&path, block.first_line, &block.bytes);
            bar.inc(u64::try_from(block.bytes.len()).unwrap_or(u64::MAX));
            if block.first_line == 1 {
                let line = block.bytes.split(|byte| *byte == b'\n');
                let line = line.map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
                self.first.push(Named {
                    path: path.clone(),
                    bytes: line.unwrap_or_default().to_vec(),
                    encoding: Encoding::Utf8,
                });
            }
        }
        bar.finish_and_clear();
        Ok(())
    }
}
