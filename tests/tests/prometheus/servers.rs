//! A real Prometheus with the rules, and a real Alertmanager with the configuration, of a workload.

use picket_line::{
    alerting::{self, Publication},
    alertmanager::Alertmanager,
    checkout::Checkout,
    prometheus::Prometheus,
};
use picket_shared::env::{Process, Variables};
use tempfile::TempDir;

use crate::{
    files::{root, text},
    world::TOPIC,
};

/// What the links to the runbook begin with.
pub(crate) const RUNBOOK_BASE: &str = "https://git.example.com/picket/blob/main/";

/// What runs, and its folder.
pub(crate) struct Servers {
    pub(crate) prometheus: Prometheus,
    _alertmanager: Alertmanager,
    _folder: TempDir,
}

impl Servers {
    /// Starts both; what Alertmanager publishes goes to `topics`. `None` where they are not installed, unless
    /// `PICKET_REQUIRE_PROMETHEUS` is set.
    #[expect(clippy::print_stderr, reason = "a skip is said plainly")]
    pub(crate) async fn start(workload: &str, topics: &str) -> Option<Self> {
        let checkout = Checkout::find().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let publication = Publication {
            address: topics,
            key: "key",
            critical: TOPIC,
            warning: "warning",
        };
        let shipped = text(&format!("{workload}/alertmanager.yaml"));
        let configuration = alerting::alertmanager(&shipped, &publication).unwrap();
        let port = Alertmanager::free_port().unwrap();
        let alertmanager =
            Alertmanager::start(&checkout, &place("alertmanager"), &configuration, port).await;
        let Some(alertmanager) = alertmanager.unwrap() else {
            assert!(
                Process.get("PICKET_REQUIRE_PROMETHEUS").is_none(),
                "there is no Alertmanager; run scripts/prometheus.sh"
            );
            eprintln!(
                "skipped: there is no Alertmanager; scripts/prometheus.sh puts one into target/"
            );
            return None;
        };
        alerting::copy_rules(&root().join(workload).join("rules"), &place("rules")).unwrap();
        let target = format!("127.0.0.1:{port}");
        let configuration = alerting::prometheus(&place("rules"), &target, &[], Some(RUNBOOK_BASE));
        let prometheus =
            Prometheus::configured(&checkout, &place("prometheus"), &configuration).await;
        Some(Self {
            prometheus: prometheus.unwrap().expect("both come together"),
            _alertmanager: alertmanager,
            _folder: folder,
        })
    }
}
