//! Reading AWS's Price List: the offer files of its bulk API, by HTTPS. They are public, so no credentials are needed.

use std::time::Duration;

use crate::input::{Encoding, Named};

/// The bulk API's host (AWS Billing user guide, "Getting price list files manually").
pub(super) const ENDPOINT: &str = "https://pricing.us-east-1.amazonaws.com";
/// The offers that have prices of models.
const OFFERS: [&str; 2] = ["AmazonBedrock", "AmazonBedrockFoundationModels"];
/// A file has a few megabytes, and more than the minute that a slow line takes is a broken one.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Why a file is not there.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// No answer, or one that broke off.
    #[error("{address} cannot be read now; try again")]
    Transport {
        address: String,
        source: reqwest::Error,
    },
    /// An answer other than 200.
    #[error("{address} answers {status}: is the Region's name right?")]
    Status { address: String, status: u16 },
}

/// Reads both offer files of each Region.
pub(super) async fn offer_files(
    endpoint: &str,
    regions: &[String],
) -> Result<Vec<Named>, FetchError> {
    let client = picket_aws::web::client();
    let mut files = Vec::new();
    for region in regions {
        for offer in OFFERS {
            let address = format!("{endpoint}/offers/v1.0/aws/{offer}/current/{region}/index.json");
            let bytes = body(&client, &address).await?;
            files.push(Named {
                path: address,
                bytes,
                encoding: Encoding::Utf8,
            });
        }
    }
    Ok(files)
}

async fn body(client: &reqwest::Client, address: &str) -> Result<Vec<u8>, FetchError> {
    let transport = |source: reqwest::Error| FetchError::Transport {
        address: address.to_owned(),
        source,
    };
    let request = client.get(address).timeout(TIMEOUT);
    let answer = request.send().await.map_err(transport)?;
    let status = answer.status();
    if !status.is_success() {
        return Err(FetchError::Status {
            address: address.to_owned(),
            status: status.as_u16(),
        });
    }
    let bytes = answer.bytes().await.map_err(transport)?;
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use wiremock::{
        Mock, MockServer, ResponseTemplate,
        matchers::{method, path},
    };

    use super::*;

    #[tokio::test]
    async fn both_offer_files_of_each_region_are_read() {
        let server = MockServer::start().await;
        for offer in OFFERS {
            for region in ["us-east-1", "eu-west-1"] {
                let place = format!("/offers/v1.0/aws/{offer}/current/{region}/index.json");
                let answer =
                    ResponseTemplate::new(200).set_body_string(format!("{offer} {region}"));
                let mock = Mock::given(method("GET"))
                    .and(path(place))
                    .respond_with(answer);
                mock.expect(1).mount(&server).await;
            }
        }
        let regions = ["us-east-1".to_owned(), "eu-west-1".to_owned()];
        let files = offer_files(&server.uri(), &regions).await.unwrap();
        let bodies: Vec<_> = files
            .iter()
            .map(|file| String::from_utf8_lossy(&file.bytes).into_owned())
            .collect();
        assert_eq!(
            bodies,
            [
                "AmazonBedrock us-east-1",
                "AmazonBedrockFoundationModels us-east-1",
                "AmazonBedrock eu-west-1",
                "AmazonBedrockFoundationModels eu-west-1",
            ]
        );
    }

    #[tokio::test]
    async fn a_region_that_is_not_there_is_an_error_with_its_address() {
        let server = MockServer::start().await;
        let error = offer_files(&server.uri(), &["moon-1".to_owned()]).await;
        let said = error.err().unwrap().to_string();
        assert!(
            said.contains("/AmazonBedrock/current/moon-1/index.json answers 404"),
            "{said}"
        );
    }
}
