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
        .collect();
    names.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it for build scripts"));
    for kind in ["metrics", "probes", "health"] {
        let entry = |name: &String| {
            let file = format!("workloads/{name}/{kind}.yaml");
            let path = workloads.join(name).join(format!("{kind}.yaml"));
            let is_there = path.exists();
            let path = path.display().to_string();
            is_there.then(|| format!("({file:?}, include_str!({path:?})),\n"))
        };
        let list: String = names.iter().filter_map(entry).collect();
        fs::write(out.join(format!("{kind}.rs")), format!("&[\n{list}]\n"))?;
    }
    Ok(())
}
