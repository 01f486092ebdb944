//! The invocation, and where it runs.

use lambda_runtime::Context;

use crate::{error::Error, model::Home, resources::Resources};

/// The identity of an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// Its id, which its retries share: a retry takes over the lease of the try that died.
    pub request_id: String,
    /// The ARN of this function.
    pub function_arn: String,
}

impl From<&Context> for Invocation {
    fn from(context: &Context) -> Self {
        Self {
            request_id: context.request_id.clone(),
            function_arn: context.invoked_function_arn.clone(),
        }
    }
}

impl Invocation {
    /// Where the function runs, from its own ARN: `arn:aws:lambda:eu-west-1:123456789012:function:…`.
    pub(crate) fn home(&self, stack: &str, resources: &Resources) -> Result<Home, Error> {
        let parts: Vec<_> = self.function_arn.split(':').collect();
        match parts[..] {
            [
                "arn",
                partition,
                "lambda",
                region,
                account,
                "function",
                _,
                ..,
            ] if ![partition, region, account].contains(&"") => Ok(Home {
                partition: partition.to_owned(),
                region: region.to_owned(),
                account: account.to_owned(),
                stack: stack.to_owned(),
                resources: resources.clone(),
            }),
            _ => Err(Error::Home(self.function_arn.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_whole_or_an_error() {
        let home = |arn: &str| {
            Invocation {
                request_id: "r".into(),
                function_arn: arn.into(),
            }
            .home("picket-dev", &Resources::default())
        };
        let whole = home("arn:aws-cn:lambda:cn-north-1:123456789012:function:f:live").unwrap();
        assert_eq!(
            (
                whole.partition.as_str(),
                whole.region.as_str(),
                whole.account.as_str()
            ),
            ("aws-cn", "cn-north-1", "123456789012")
        );
        for arn in [
            "",
            "f",
            "arn:aws:lambda:::function:f",
            "arn:aws:sns:eu-west-1:123456789012:topic:t",
        ] {
            assert!(matches!(home(arn), Err(Error::Home(_))), "{arn}");
        }
    }
}
