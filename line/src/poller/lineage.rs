//! Parents before children: a split's records of one key stay in order only if the parent is drained first.

use std::{collections::HashSet, hash::BuildHasher};

use super::ShardInfo;

/// The shards that may be read now: not drained themselves, and no parent that is still listed is undrained. A parent
/// that is no longer listed has expired.
pub fn readable<'a>(
    shards: &'a [ShardInfo],
    drained: &HashSet<String, impl BuildHasher>,
) -> Vec<&'a ShardInfo> {
    let listed: HashSet<&str> = shards.iter().map(|shard| shard.id.as_str()).collect();
    let waits = |parent: &String| listed.contains(parent.as_str()) && !drained.contains(parent);
    shards
        .iter()
        .filter(|shard| !drained.contains(&shard.id) && !shard.parents.iter().any(waits))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(id: &str, parents: &[&str]) -> ShardInfo {
        ShardInfo {
            id: id.into(),
            parents: parents.iter().map(|&parent| parent.into()).collect(),
            closed: false,
        }
    }

    #[test]
    fn children_wait_for_every_listed_parent() {
        let shards = [
            shard("a", &[]),
            shard("b", &["expired"]),
            shard("c", &["a"]),
            shard("d", &["a", "b"]),
        ];
        let ids = |drained: &[&str]| {
            let drained = drained
                .iter()
                .map(|&id| id.to_owned())
                .collect::<HashSet<_>>();
            readable(&shards, &drained)
                .iter()
                .map(|shard| shard.id.as_str())
                .collect::<Vec<_>>()
                .join("")
        };
        assert_eq!(ids(&[]), "ab");
        assert_eq!(ids(&["a"]), "bc");
        assert_eq!(ids(&["b"]), "a");
        assert_eq!(ids(&["a", "b"]), "cd");
    }
}
