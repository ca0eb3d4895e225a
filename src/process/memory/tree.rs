//! Memory of a process with all that it started.

#[cfg(target_os = "linux")]
use std::{fs, path::Path, sync::LazyLock};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::resident;

/// Bytes that the tree of `root` takes; none when `root` is gone.
///
/// One process counts what it has resident. Of several each counts its proportional share (PSS) where the system tells
/// it: what they share, a browser's program foremost, counts once.
pub(super) fn memory(root: u32) -> Option<u64> {
    let mut system = System::new();
    let root = Pid::from_u32(root);
    let alone = resident(&mut system, root)?;
    let offspring = offspring(&mut system, root);
    if offspring.is_empty() {
        return Some(alone);
    }
    let members = offspring.into_iter().chain([root]);
    // One that has ended meanwhile takes nothing.
    Some(members.filter_map(|pid| share(&mut system, pid)).sum())
}

/// What counts for one of several processes, bytes.
fn share(system: &mut System, pid: Pid) -> Option<u64> {
    #[cfg(target_os = "linux")]
    if let Some(bytes) = proportional(pid) {
        return Some(bytes);
    }
    resident(system, pid)
}

/// The proportional set size, from Linux 4.14 on; none where it cannot be read: of another user's process, say.
#[cfg(target_os = "linux")]
fn proportional(pid: Pid) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib: u64 = rest.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}

/// All that a process started, and what these started.
fn offspring(system: &mut System, root: Pid) -> Vec<Pid> {
    #[cfg(target_os = "linux")]
    if *THREADS_NAME_CHILDREN {
        return descend(root, children_by_threads);
    }
    let _ = system.refresh_processes_specifics(
        ProcessesToUpdate::All,
        true,
        ProcessRefreshKind::nothing().with_memory().without_tasks(),
    );
    let children = |parent: Pid| {
        let processes = system.processes().iter();
        let born = processes.filter(|(_, process)| process.parent() == Some(parent));
        born.map(|(pid, _)| *pid).collect()
    };
    descend(root, children)
}

/// All below `root`, by who the children of each are.
fn descend(root: Pid, children: impl Fn(Pid) -> Vec<Pid>) -> Vec<Pid> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let born = children(parent).into_iter();
        // Numbers are given again while we look: none counts twice.
        let new: Vec<Pid> = born.filter(|pid| !found.contains(pid)).collect();
        found.extend(new);
        next += 1;
    }
    found.split_off(1)
}

/// Whether this kernel names the children of a thread (`CONFIG_PROC_CHILDREN`): cheaper than to ask each process of
/// the machine who its parent is.
#[cfg(target_os = "linux")]
static THREADS_NAME_CHILDREN: LazyLock<bool> =
    LazyLock::new(|| Path::new("/proc/thread-self/children").exists());

#[cfg(target_os = "linux")]
fn children_by_threads(parent: Pid) -> Vec<Pid> {
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else {
        return Vec::new();
    };
    let lists = threads
        .flatten()
        .map(|thread| thread.path().join("children"));
    let texts = lists.filter_map(|list| fs::read_to_string(list).ok());
    let pids = texts.flat_map(|text| {
        let pids = text.split_ascii_whitespace().map(str::parse);
        pids.flatten().map(Pid::from_u32).collect::<Vec<_>>()
    });
    pids.collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::fixture::{Family, MIB};
    use super::*;

    #[test]
    fn a_tree_takes_what_its_children_and_theirs_take() {
        let family = Family::start();
        let of_one = resident(&mut System::new(), Pid::from_u32(family.pid()));
        let of_all = memory(family.pid()).expect("alive");
        assert!(of_one.expect("alive") < 40 * MIB, "{of_one:?}");
        assert!(of_all > 75 * MIB && of_all < 200 * MIB, "{of_all}");
    }

    #[test]
    fn a_process_without_children_takes_what_it_has_resident() {
        let family = Family::start();
        let leaf = family.leaves()[0];
        let resident = resident(&mut System::new(), leaf);
        assert_eq!(memory(leaf.as_u32()), resident);
    }

    #[test]
    fn a_process_that_is_gone_takes_nothing() {
        let family = Family::start();
        let pid = family.pid();
        drop(family);
        assert_eq!(memory(pid), None);
    }

    /// Pages that a child has of its parent are there once.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_processes_share_counts_once() {
        let family = Family::sharing();
        let mut system = System::new();
        let root = Pid::from_u32(family.pid());
        let members = offspring(&mut system, root).into_iter().chain([root]);
        let sum: u64 = members.filter_map(|pid| resident(&mut system, pid)).sum();
        let of_all = memory(family.pid()).expect("alive");
        assert!(sum > 110 * MIB, "{sum}");
        assert!(of_all > 35 * MIB && of_all < 75 * MIB, "{of_all}");
    }

    /// Where the kernel has both ways of finding children.
    #[cfg(target_os = "linux")]
    #[test]
    fn threads_name_the_same_children() {
        let family = Family::start();
        if *THREADS_NAME_CHILDREN {
            let found = descend(Pid::from_u32(family.pid()), children_by_threads);
            assert_eq!(found.len(), 3);
            assert!(family.leaves().iter().all(|leaf| found.contains(leaf)));
        }
    }
}
