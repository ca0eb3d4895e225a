use std::fs::{self, DirBuilder, File, FileTimes};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::SystemTime;

use super::*;

struct Root(PathBuf);

impl Root {
    fn new() -> Self {
        let root = std::env::temp_dir().join(format!("sweep-{:x}", rand::random::<u64>()));
        fs::create_dir(&root).expect("made");
        Self(root)
    }

    /// A directory as engines make it.
    fn directory(&self, name: &str) -> PathBuf {
        let directory = self.0.join(name);
        DirBuilder::new()
            .mode(0o700)
            .create(&directory)
            .expect("made");
        directory
    }

    /// What an engine that was killed leaves.
    fn leftover(&self, number: u64) -> PathBuf {
        let directory = self.directory(&format!("{PREFIX}{number}-{number:016x}"));
        drop(UnixListener::bind(directory.join(SOCKET)).expect("bound"));
        directory
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("removed");
    }
}

fn make_old(directory: &Path) {
    let long_ago = SystemTime::now() - 2 * STILL_BEGINNING;
    File::open(directory)
        .and_then(|file| file.set_times(FileTimes::new().set_modified(long_ago)))
        .expect("set");
}

#[test]
fn names_are_strict() {
    assert!(is_name(&new_name()));
    assert!(is_name("phantom-cluster-17-0123456789abcdef"));
    for name in [
        "phantom-cluster-primary",
        "phantom-cluster-screenshots",
        "phantom-cluster-1.0.0",
        "phantom-cluster-doctor-a1b2c3",
        "phantom-cluster-1-00",
        "phantom-cluster-17-0123456789abcdef0",
        "phantom-cluster-17-0123456789ABCDEF",
        "phantom-cluster-017-0123456789abcdef",
        "phantom-cluster-+1-0123456789abcdef",
        "phantom-cluster--0123456789abcdef",
        "phantom-cluster-17-0123456789abcdef.bak",
        "my-phantom-cluster-17-0123456789abcdef",
    ] {
        assert!(!is_name(name), "{name}");
    }
}

#[tokio::test]
async fn leftovers_of_dead_masters_are_swept_however_many() {
    let root = Root::new();
    let dead: Vec<_> = (1..=300).map(|number| root.leftover(number)).collect();
    let with_tables = &dead[0];
    fs::create_dir(with_tables.join(SHARED_FOLDER)).expect("made");
    for table in SHARED_TABLES {
        symlink("/usr/share", with_tables.join(table)).expect("linked");
    }
    let never_listened = root.directory("phantom-cluster-1-0000000000000000");
    drop(UnixListener::bind(never_listened.join(BEGUN_SOCKET)).expect("bound"));
    make_old(&never_listened);
    sweep(&root.0.join("own")).await;
    assert_eq!(fs::read_dir(&root.0).expect("read").count(), 0);
}

#[tokio::test]
async fn those_that_are_used_stay() {
    let root = Root::new();
    let living = root.directory("phantom-cluster-1-0000000000000001");
    let _listener = UnixListener::bind(living.join(SOCKET)).expect("bound");
    let beginning = root.directory("phantom-cluster-1-0000000000000002");
    let full = root.directory("phantom-cluster-1-0000000000000003");
    let (_full, _connecting) = full_socket(&full.join(SOCKET));
    sweep(&root.0.join("own")).await;
    assert!(living.exists() && beginning.exists() && full.exists());
}

/// A socket that lets nobody in any more: a connection to it blocks.
fn full_socket(path: &Path) -> (socket2::Socket, Vec<socket2::Socket>) {
    use socket2::{Domain, SockAddr, Socket, Type};
    let address = SockAddr::unix(path).expect("short");
    let socket = || Socket::new(Domain::UNIX, Type::STREAM, None).expect("made");
    let full = socket();
    full.bind(&address).expect("bound");
    full.listen(0).expect("listens");
    let mut connecting = Vec::new();
    loop {
        let next = socket();
        next.set_nonblocking(true).expect("set");
        if next.connect(&address).is_err() {
            return (full, connecting);
        }
        connecting.push(next);
    }
}

#[tokio::test]
async fn what_is_not_ours_beyond_doubt_stays() {
    let root = Root::new();
    let mut number = 0;
    let mut leftover = || {
        number += 1;
        root.leftover(number)
    };

    let unknown_file = leftover();
    fs::write(unknown_file.join("notes.txt"), "mine").expect("written");
    let unknown_folder = leftover();
    fs::create_dir(unknown_folder.join("src")).expect("made");
    let unknown_table = leftover();
    fs::create_dir(unknown_table.join(SHARED_FOLDER)).expect("made");
    fs::write(unknown_table.join(SHARED_TABLES[0]), "no link").expect("written");
    let hidden = leftover();
    fs::write(hidden.join(".keep"), "").expect("written");
    let no_socket = root.directory("phantom-cluster-9-0000000000000009");
    fs::write(no_socket.join(SOCKET), "a file").expect("written");
    let open = leftover();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).expect("set");
    let sticky = leftover();
    fs::set_permissions(&sticky, fs::Permissions::from_mode(0o1700)).expect("set");

    let elsewhere = Root::new();
    let target = elsewhere.leftover(1);
    let link = root.0.join("phantom-cluster-8-0000000000000008");
    symlink(&target, &link).expect("linked");
    let file = root.0.join("phantom-cluster-7-0000000000000007");
    fs::write(&file, "a file").expect("written");
    let stranger = root.0.join("phantom-cluster-screenshots");
    fs::create_dir(&stranger).expect("made");

    let mut all = vec![
        unknown_file,
        unknown_folder,
        unknown_table,
        hidden,
        no_socket,
        open,
        sticky,
        stranger,
    ];
    all.iter().for_each(|directory| make_old(directory));
    all.extend([target, link, file]);
    sweep(&root.0.join("own")).await;
    for path in all {
        assert!(fs::symlink_metadata(&path).is_ok(), "{}", path.display());
    }
}

#[test]
fn a_directory_with_something_unknown_loses_our_files_only() {
    let root = Root::new();
    let directory = root.leftover(1);
    let mine = directory.join("mine.txt");
    fs::write(&mine, "mine").expect("written");
    remove(&directory);
    assert!(mine.exists());
    assert!(UnixStream::connect(directory.join(SOCKET)).is_err());
    fs::remove_file(mine).expect("removed");
    remove(&directory);
    assert!(!directory.exists());
}
