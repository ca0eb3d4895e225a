//! Authentication tokens: of the link, of PhantomJS's web server, and in the path of the WebSocket that PhantomJS opens.

/// A new token: 128 random bits in hexadecimal.
pub(crate) fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Compares without an early exit, so that timing tells nothing of the token.
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    let difference = a
        .bytes()
        .zip(b.bytes())
        .fold(0, |sum, (a, b)| sum | (a ^ b));
    a.len() == b.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_compared_as_a_whole() {
        assert!(is_same("/abc", "/abc"));
        for wrong in ["", "/", "/ab", "/abcd", "/abd", "/ABC"] {
            assert!(!is_same(wrong, "/abc"), "{wrong}");
        }
    }
}
