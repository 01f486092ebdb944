//! Lists the workloads, so that a new folder under `workloads/` is compiled in without an edit.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let workloads = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workloads");
    println!("cargo::rerun-if-changed={}", workloads.display());
    let mut names: Vec<String> = fs::read_dir(&workloads)?
        .filter_map(|folder| folder.ok()?.file_name().into_string().ok())
        .filter(|name| workloads.join(name).join("metrics.yaml").exists())
        .collect();
    names.sort();
    let entry = |name: &String| {
        let file = format!("workloads/{name}/metrics.yaml");
        let path = workloads.join(name).join("metrics.yaml");
        let path = path.display().to_string();
        format!("({file:?}, include_str!({path:?})),\n")
    };
    let list: String = names.iter().map(entry).collect();
    let out = env::var_os("OUT_DIR").expect("cargo sets it for build scripts");
    fs::write(
        PathBuf::from(out).join("workloads.rs"),
        format!("&[\n{list}]\n"),
    )
}
