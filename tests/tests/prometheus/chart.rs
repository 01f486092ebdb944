//! The keys of the chart's values: Helm takes one that the chart does not know, and does nothing with it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::files::{folders, yaml};

/// The keys that are documented in version 88.5.3 of the chart
/// (<https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/values.yaml>),
/// or, of `grafana.admin` and `grafana.persistence`, in that of Grafana
/// (<https://github.com/grafana-community/helm-charts/blob/grafana-12.11.1/charts/grafana/values.yaml>). What is below a
/// key that ends in `*` is not the chart's: Kubernetes's, Prometheus's or Alertmanager's.
const DOCUMENTED: [&str; 33] = [
    "additionalPrometheusRulesMap.*",
    "alertmanager.config.*",
    "alertmanager.serviceAccount.annotations.*",
    "defaultRules.disabled.InfoInhibitor",
    "defaultRules.disabled.Watchdog",
    "grafana.admin.existingSecret",
    "grafana.admin.passwordKey",
    "grafana.admin.userKey",
    "grafana.persistence.enabled",
    "grafana.persistence.size",
    "grafana.sidecar.dashboards.enabled",
    "grafana.sidecar.dashboards.label",
    "grafana.sidecar.dashboards.labelValue",
    "grafana.sidecar.dashboards.searchNamespace",
    "grafana.sidecar.datasources.defaultDatasourceScrapeInterval",
    "grafana.sidecar.datasources.enabled",
    "kubeControllerManager.enabled",
    "kubeEtcd.enabled",
    "kubeProxy.enabled",
    "kubeScheduler.enabled",
    "prometheus.prometheusSpec.additionalAlertRelabelConfigs.*",
    "prometheus.prometheusSpec.additionalScrapeConfigs.*",
    "prometheus.prometheusSpec.enableRemoteWriteReceiver",
    "prometheus.prometheusSpec.evaluationInterval",
    "prometheus.prometheusSpec.externalLabels.*",
    "prometheus.prometheusSpec.podMonitorSelectorNilUsesHelmValues",
    "prometheus.prometheusSpec.replicas",
    "prometheus.prometheusSpec.resources.*",
    "prometheus.prometheusSpec.retention",
    "prometheus.prometheusSpec.retentionSize",
    "prometheus.prometheusSpec.scrapeInterval",
    "prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues",
    "prometheus.prometheusSpec.storageSpec.*",
];

/// The paths of the values that are no objects, and of those whose inside is not the chart's.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    let open = format!("{path}.*");
    if DOCUMENTED.contains(&open.as_str()) {
        found.insert(open);
        return;
    }
    let Some(object) = value.as_object() else {
        found.insert(path.to_owned());
        return;
    };
    for (name, inner) in object {
        let separator = if path.is_empty() { "" } else { "." };
        keys(inner, &format!("{path}{separator}{name}"), found);
    }
}

#[test]
fn every_key_of_the_values_is_one_that_the_chart_documents() {
    for folder in folders() {
        let values: Value = yaml(&format!("{folder}/helm-values.yaml"));
        let mut found = BTreeSet::new();
        keys(&values, "", &mut found);
        assert!(found.len() > 15, "{found:?}");
        let unknown = found
            .iter()
            .filter(|key| !DOCUMENTED.contains(&key.as_str()));
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

#[test]
fn the_list_is_in_order_and_of_the_version_that_is_installed() {
    assert!(DOCUMENTED.is_sorted());
    for folder in folders() {
        let text = crate::files::text(&format!("{folder}/helm-values.yaml"));
        assert!(
            text.contains("kube-prometheus-stack --version 88.5.3 "),
            "{folder}"
        );
    }
}
