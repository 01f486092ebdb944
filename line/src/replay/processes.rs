//! The processes of deployed functions, to kill them in the middle of their work.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

/// A running function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process(u32);

/// The running processes of a function.
///
/// The emulator unpacks each deployment package into a folder named by its SHA-256, and that is where they run.
pub(super) async fn of(
    lambda: &aws_sdk_lambda::Client,
    function: &str,
    group: u32,
) -> Result<Vec<Process>> {
    let configuration = lambda
        .get_function_configuration()
        .function_name(function)
        .send()
        .await?;
    let hash = configuration
        .code_sha256()
        .context("the function has no code")?;
    let hash = base64_simd::STANDARD
        .decode_to_vec(hash)
        .context("the function's hash is not base64")?;
    running(Path::new("/proc"), group, &hex::encode(&hash))
}

fn running(proc: &Path, group: u32, folder: &str) -> Result<Vec<Process>> {
    let entries = fs::read_dir(proc).context("only Linux shows its processes, in /proc")?;
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let belongs = |id: &u32| {
        let of = proc.join(id.to_string());
        let program = fs::read_link(of.join("exe")).unwrap_or_default();
        let stat = fs::read_to_string(of.join("stat")).unwrap_or_default();
        program
            .parent()
            .is_some_and(|parent| parent.ends_with(folder))
            && process_group(&stat) == Some(group)
    };
    Ok(ids.filter(belongs).map(Process).collect())
}

/// The third field after the program's name, which is in brackets and may hold anything.
fn process_group(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(2)?
        .parse()
        .ok()
}

/// Ends a process at once, as Lambda ends a sandbox. One that is gone already is no error.
pub(super) fn kill(Process(id): Process) -> Result<()> {
    let status = Command::new("/bin/sh")
        .arg("-c")
        .arg(format!("kill -9 {id} 2>/dev/null; exit 0"))
        .status()
        .context("there is no shell to kill with")?;
    ensure!(status.success(), "the shell did not run");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_spelled_as_the_emulator_spells_it() {
        assert_eq!(hex::encode([0x00, 0x9f, 0xa0]), "009fa0");
    }

    #[test]
    fn the_group_is_read_past_a_name_that_looks_like_fields() {
        assert_eq!(process_group("12 (a) S 9 9) S 1 77 77 0 -1"), Some(77));
        assert_eq!(process_group(""), None);
    }
}
