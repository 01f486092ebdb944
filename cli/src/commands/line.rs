//! `picket line`: what a running line is reached with.

use std::{fmt, io};

use picket_line::{emulator::ROOT_KEY, local::Local};
use serde::Serialize;

use crate::{exit::Exit, output::Output};

/// The variables of the AWS CLI and SDKs.
#[derive(Debug, Serialize)]
struct Environment {
    #[serde(rename = "AWS_ENDPOINT_URL")]
    endpoint: String,
    #[serde(rename = "AWS_REGION")]
    region: String,
    #[serde(rename = "AWS_ACCESS_KEY_ID")]
    key: &'static str,
    #[serde(rename = "AWS_SECRET_ACCESS_KEY")]
    secret: &'static str,
    /// Not a variable of AWS: for `--stack`.
    #[serde(rename = "STACK")]
    stack: String,
}

/// Prints the variables. Exit status 1 where no line runs.
pub(crate) async fn env(output: &mut Output<'_>) -> io::Result<Exit> {
    match Local::here().await {
        Ok(local) => {
            output.answer(&Environment::of(local))?;
            Ok(Exit::Done)
        }
        Err(error) => {
            output.complain(format_args!("{error:#}"))?;
            Ok(Exit::Failed)
        }
    }
}

impl Environment {
    fn of(local: Local) -> Self {
        Self {
            endpoint: local.endpoint,
            region: local.region,
            key: ROOT_KEY,
            secret: ROOT_KEY,
            stack: local.stack,
        }
    }
}

/// Commands of a POSIX shell. A profile, a token and another Region of the shell would win otherwise.
impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            endpoint,
            region,
            key,
            secret,
            stack,
        } = self;
        writeln!(f, "unset AWS_PROFILE AWS_SESSION_TOKEN")?;
        writeln!(f, "export AWS_ENDPOINT_URL='{endpoint}'")?;
        writeln!(
            f,
            "export AWS_REGION='{region}' AWS_DEFAULT_REGION='{region}'"
        )?;
        writeln!(
            f,
            "export AWS_ACCESS_KEY_ID='{key}' AWS_SECRET_ACCESS_KEY='{secret}'"
        )?;
        write!(f, "export STACK='{stack}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_are_commands_of_a_shell() {
        let local = Local {
            endpoint: "http://127.0.0.1:4566".into(),
            region: "us-east-1".into(),
            stack: "picket-demo".into(),
            page: "http://127.0.0.1:4180".into(),
            process_group: 7,
            prometheus: None,
        };
        assert_eq!(
            Environment::of(local).to_string(),
            "unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ENDPOINT_URL='http://127.0.0.1:4566'
export AWS_REGION='us-east-1' AWS_DEFAULT_REGION='us-east-1'
export AWS_ACCESS_KEY_ID='test' AWS_SECRET_ACCESS_KEY='test'
export STACK='picket-demo'"
        );
    }
}
