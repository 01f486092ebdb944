//! The compose file and the chart's values for those who have no Prometheus: made of the same files, and whole.

use std::fs;

use serde_json::Value;

use crate::{
    files::{files, folders, root, yaml},
    tools::run,
};

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The services of a folder's compose file, by name.
fn services(folder: &str) -> Vec<(String, Value)> {
    let compose: Value = yaml(&format!("{folder}/compose.yaml"));
    let services = compose["services"].as_object().expect("services");
    services
        .iter()
        .map(|(name, service)| (name.clone(), service.clone()))
        .collect()
}

/// The source and the target of each mount of a file or folder of the workload.
fn mounts(service: &Value) -> Vec<(String, String)> {
    let mounts = list(&service["volumes"]).filter_map(Value::as_str);
    let own = mounts.filter_map(|mount| mount.strip_prefix("./")?.split_once(':'));
    own.map(|(source, target)| {
        let target = target
            .strip_suffix(":ro")
            .expect("it is mounted to be read");
        (source.to_owned(), target.to_owned())
    })
    .collect()
}

#[test]
fn every_image_has_a_version_and_every_mount_exists() {
    for folder in folders() {
        let mut count = 0;
        for (name, service) in services(&folder) {
            let image = service["image"].as_str().expect("an image");
            let (_, version) = image.rsplit_once(':').expect("a version");
            let numbers = version.trim_start_matches('v').split('.');
            let numbers: Vec<_> = numbers.map(str::parse::<u32>).collect();
            assert!(
                numbers.len() == 3 && numbers.iter().all(Result::is_ok),
                "{image}"
            );
            for (source, _) in mounts(&service) {
                assert!(
                    root().join(&folder).join(&source).exists(),
                    "{name}: {source}"
                );
                count += 1;
            }
            for port in list(&service["ports"]) {
                let port = port.as_str().expect("a port");
                assert!(
                    port.starts_with("127.0.0.1:"),
                    "{name}: {port} is for everyone"
                );
            }
        }
        assert!(count >= 6, "{count} mounts");
    }
}

#[test]
fn what_one_service_names_is_another_and_paths_are_where_the_mounts_put_them() {
    for folder in folders() {
        let services = services(&folder);
        let has = |name: &str| services.iter().any(|(known, _)| known == name);
        let prometheus: Value = yaml(&format!("{folder}/prometheus.yaml"));
        let alertmanagers = &prometheus["alerting"]["alertmanagers"][0]["static_configs"];
        let scraped =
            list(&prometheus["scrape_configs"]).flat_map(|job| list(&job["static_configs"]));
        for target in list(alertmanagers)
            .chain(scraped)
            .flat_map(|one| list(&one["targets"]))
        {
            let (host, _) = target
                .as_str()
                .expect("a target")
                .split_once(':')
                .expect("a port");
            // The application is in a file of its own.
            assert!(host == "api" || has(host), "{host}");
        }
        let sources: Value = yaml(&format!("{folder}/grafana/provisioning/datasources.yaml"));
        assert_eq!(sources["datasources"][0]["url"], "http://prometheus:9090");
        let provider: Value = yaml(&format!("{folder}/grafana/provisioning/dashboards.yaml"));
        let path = &provider["providers"][0]["options"]["path"];
        let (_, grafana) = services
            .iter()
            .find(|(name, _)| name == "grafana")
            .expect("Grafana");
        let mounted = mounts(grafana);
        let of_dashboards = mounted
            .iter()
            .find(|(source, _)| source == "grafana/dashboards");
        assert_eq!(path, &of_dashboards.expect("the dashboards").1);
        // The rules are beside the configuration, which names them by a relative path.
        let (_, server) = services
            .iter()
            .find(|(name, _)| name == "prometheus")
            .expect("Prometheus");
        let targets: Vec<_> = mounts(server)
            .into_iter()
            .map(|(_, target)| target)
            .collect();
        assert_eq!(
            targets,
            ["/etc/prometheus/prometheus.yaml", "/etc/prometheus/rules"]
        );
        assert_eq!(prometheus["rule_files"][0], "rules/*.yaml");
    }
}

#[test]
fn the_values_of_the_chart_hold_the_rules_and_the_configuration_of_the_files() {
    for folder in folders() {
        let values: Value = yaml(&format!("{folder}/helm-values.yaml"));
        let workload = folder.split('/').nth(1).expect("a workload");
        let rules = files(&format!("{folder}/rules"), ".yaml");
        let given = values["additionalPrometheusRulesMap"]
            .as_object()
            .expect("rules");
        assert_eq!(given.len(), rules.len());
        for path in rules {
            let name = path
                .rsplit('/')
                .next()
                .and_then(|name| name.strip_suffix(".yaml"));
            let name = format!("{workload}-{}", name.expect("a name"));
            let file: Value = yaml(&path);
            assert!(
                given[&name] == file,
                "{name}: run scripts/rules_into_templates.py"
            );
        }
        let file: Value = yaml(&format!("{folder}/alertmanager.yaml"));
        let is_same = values["alertmanager"]["config"] == file;
        assert!(is_same, "run scripts/rules_into_templates.py");
        let readme = crate::files::text(&format!("{folder}/README.md"));
        let dashboards = &values["grafana"]["sidecar"]["dashboards"];
        let label = format!(
            "{}={}",
            dashboards["label"].as_str().expect("a label"),
            dashboards["labelValue"].as_str().expect("a value")
        );
        assert!(readme.contains(&label), "README.md does not set {label}");
    }
}

#[test]
fn promtool_accepts_the_scrape_configurations_of_the_chart() {
    for folder in folders() {
        let values: Value = yaml(&format!("{folder}/helm-values.yaml"));
        let jobs = &values["prometheus"]["prometheusSpec"]["additionalScrapeConfigs"];
        assert!(list(jobs).any(|job| job["job_name"] == "inquiry-pipeline"));
        // Debian builds promtool without the discovery of Kubernetes.
        let mut jobs = jobs.clone();
        for job in jobs.as_array_mut().into_iter().flatten() {
            let job = job.as_object_mut().unwrap();
            assert!(job.remove("kubernetes_sd_configs").is_some());
        }
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("prometheus.yml");
        // JSON is YAML.
        fs::write(
            &path,
            serde_json::json!({"scrape_configs": jobs}).to_string(),
        )
        .unwrap();
        let path = path.to_string_lossy();
        assert_eq!(run("promtool", &["check", "config", &path]), Ok(()));
    }
}

/// The external label that the links to the runbook begin with.
const RUNBOOK_BASE: &str = "runbook_base";

#[test]
fn the_links_to_the_runbook_have_a_base_that_no_alert_has_as_a_label() {
    for folder in folders() {
        let own: Value = yaml(&format!("{folder}/prometheus.yaml"));
        let chart: Value = yaml(&format!("{folder}/helm-values.yaml"));
        let spec = &chart["prometheus"]["prometheusSpec"];
        for (labels, dropped) in [
            (
                &own["global"]["external_labels"],
                &own["alerting"]["alert_relabel_configs"],
            ),
            (
                &spec["externalLabels"],
                &spec["additionalAlertRelabelConfigs"],
            ),
        ] {
            let base = labels[RUNBOOK_BASE].as_str().expect("an address");
            assert!(
                base.starts_with("https://") && base.ends_with('/'),
                "{base}"
            );
            let expected = serde_json::json!([{"regex": RUNBOOK_BASE, "action": "labeldrop"}]);
            assert_eq!(dropped, &expected, "{folder}");
        }
    }
}
