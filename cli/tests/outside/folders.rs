//! Workloads of folders outside the checkout.

use std::{ffi::OsStr, fs, path::Path};

use picket_rules::outside;

use crate::root;

fn file(folder: &Path, path: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a temporary folder can be written to"))
        .expect("a temporary folder can be written to");
    fs::write(path, "").expect("a temporary folder can be written to");
}

fn names(folders: &[&Path]) -> Result<Vec<String>, String> {
    let folders: Vec<_> = folders.iter().map(|folder| folder.to_path_buf()).collect();
    outside::of_folders(&folders, &root()).map(|found| found.into_keys().collect())
}

#[test]
fn workloads_are_the_folders_that_have_a_file_of_one() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    file(a.path(), "orders/metrics.yaml");
    file(a.path(), ".git/metrics.yaml");
    file(a.path(), "documents/read.md");
    file(b.path(), "carts/template.yaml");
    assert_eq!(names(&[a.path(), b.path()]).unwrap(), ["carts", "orders"]);
    assert_eq!(names(&[]).unwrap(), [""; 0]);
    file(b.path(), "orders/playbooks.yaml");
    assert!(
        names(&[a.path(), b.path()])
            .unwrap_err()
            .contains("two workloads have the name orders")
    );
}

#[test]
fn what_is_no_folder_of_workloads_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    assert!(
        names(&[&at.join("nowhere")])
            .unwrap_err()
            .ends_with("there is no such folder")
    );
    assert!(
        names(&[at])
            .unwrap_err()
            .contains("in which no folder is a workload")
    );
    file(at, "web-api/metrics.yaml");
    assert!(
        names(&[at])
            .unwrap_err()
            .contains("two workloads have the name web-api")
    );
    assert!(
        names(&[&at.join("web-api")])
            .unwrap_err()
            .ends_with("name the folder around it")
    );
    fs::rename(at.join("web-api"), at.join("Web_API")).unwrap();
    assert!(
        names(&[at])
            .unwrap_err()
            .contains("has no name for a workload")
    );
}

#[test]
fn folders_are_parted_as_those_of_the_path_are() {
    let folders = outside::folders(OsStr::new("../mine:/abs:"), Path::new("/checkout"));
    assert_eq!(folders, [Path::new("/checkout/../mine"), Path::new("/abs")]);
}
