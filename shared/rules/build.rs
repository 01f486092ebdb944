//! Lists the workloads, so that a new folder under `workloads/`, or one of the folders that the environment variable
//! `WORKLOADS` names, is compiled in without an edit.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

#[expect(
    unreachable_pub,
    dead_code,
    reason = "a module of the crate, of which the build script uses a part"
)]
#[path = "src/outside.rs"]
mod outside;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    println!(
        "cargo::rerun-if-changed={}",
        root.join("workloads").display()
    );
    println!("cargo::rerun-if-env-changed={}", outside::VARIABLE);
    println!("cargo::rerun-if-changed=src/outside.rs");
    let named = env::var_os(outside::VARIABLE).unwrap_or_default();
    let folders = outside::folders(&named, &root);
    for folder in &folders {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    let own = outside::of_checkout(&root);
    let others = match outside::of_folders(&folders, &root) {
        Ok(others) => others,
        Err(sentence) => {
            println!("cargo::error={sentence}");
            return Ok(());
        }
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it for build scripts"));
    for kind in outside::KINDS {
        let entry = |(name, folder): (&String, &PathBuf)| {
            let file = format!("workloads/{name}/{kind}.yaml");
            let path = folder.join(format!("{kind}.yaml"));
            let is_there = path.exists();
            let path = path.display().to_string();
            is_there.then(|| format!("({file:?}, include_str!({path:?})),\n"))
        };
        let list: String = own.iter().chain(&others).filter_map(entry).collect();
        fs::write(out.join(format!("{kind}.rs")), format!("&[\n{list}]\n"))?;
    }
    let folder = |(name, folder): (&String, &PathBuf)| {
        let (name, folder) = (format!("workloads/{name}/"), folder.display().to_string());
        format!("({name:?}, {folder:?}),\n")
    };
    let list: String = others.iter().map(folder).collect();
    fs::write(out.join("outside.rs"), format!("&[\n{list}]\n"))
}
