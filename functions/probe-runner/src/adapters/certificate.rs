//! The reasons for refused certificates.

use std::error::Error;

/// The reason why rustls refused a certificate, where that is the cause of an error.
pub(super) fn refusal(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(rustls::Error::InvalidCertificate(refused)) = error.downcast_ref() {
        return Some(sentence(refused));
    }
    // The source of an I/O error is the source of the error in it, and skips that error itself.
    let held = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    let below = held
        .map(|held| held as &(dyn Error + 'static))
        .or_else(|| error.source());
    refusal(below?)
}

fn sentence(error: &rustls::CertificateError) -> String {
    use rustls::CertificateError as Refused;
    match error {
        Refused::Expired | Refused::ExpiredContext { .. } => "it has run out".to_owned(),
        Refused::NotValidYet | Refused::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        Refused::NotValidForName | Refused::NotValidForNameContext { .. } => {
            "it is another host's".to_owned()
        }
        Refused::UnknownIssuer => {
            "it is not signed by a trusted root; is the root private?".to_owned()
        }
        other => other.to_string(),
    }
}
