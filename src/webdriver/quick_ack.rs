//! Acknowledgements without delay, for connections to PhantomJS.
//!
//! It writes what belongs together in several segments, and its kernel holds the second one back until the first is
//! acknowledged: 40 ms with delayed acknowledgements (tcp(7)).

use tokio::net::TcpStream;

/// Lets the kernel acknowledge at once what was read. The option does not stick, so it is to be set again after each read.
/// Nothing elsewhere than on Linux.
pub(crate) fn acknowledge_at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    {
        // Only speed depends on it.
        let _ = socket2::SockRef::from(stream).set_tcp_quickack(true);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}
