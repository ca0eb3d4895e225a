//! `--cookies-file`: what outlasts the browser, in PhantomJS's own format, so that a file serves both browsers. It is what
//! Qt's `QSettings` makes of a list of cookies: one line of text with escapes for bytes.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use tracing::warn;

use super::{AllCookies, Cookie, Jar, date};
use crate::browser::chromium::cdp::{CdpError, Connection};
use crate::browser::chromium::tabs::Tabs;
use crate::lived;

/// How often it is looked whether there is anything new to write: a browser that is killed loses no more.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long an exit waits for the last of it.
const LAST: Duration = Duration::from_millis(500);
const BEGIN: &str = "[General]\ncookies=\"@Variant(";
const END: &str = ")\"\n";
/// Of a QVariant: a type by its name, and the number of that list's version.
const HEAD: &[u8] = b"\0\0\0\x7f\0\0\0\x16QList<QNetworkCookie>\0\0\0\0\x01";

/// Of whose cookies it is.
#[derive(Clone, Copy, Debug)]
pub(in crate::browser::chromium) struct Keeping<'a> {
    pub(in crate::browser::chromium) connection: &'a Connection,
    pub(in crate::browser::chromium) tabs: &'a Tabs,
    pub(in crate::browser::chromium) cookies: &'a AllCookies,
}

/// Puts in what the file has. One that is not there, or that nobody understands, has nothing.
pub(in crate::browser::chromium) async fn load(jar: &Jar, file: &Path) -> Result<(), CdpError> {
    let path = file.to_owned();
    let reading = tokio::task::spawn_blocking(move || std::fs::read(path));
    let Ok(Ok(bytes)) = reading.await else {
        return Ok(());
    };
    for cookie in cookies_of(&bytes).unwrap_or_default() {
        match jar.fill(vec![cookie]).await {
            // Chromium would not have it.
            Ok(()) | Err(CdpError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes the file whenever its cookies have changed, until the browser is gone.
pub(in crate::browser::chromium) async fn keep(browser: &Keeping<'_>, file: &Path) {
    let mut written = None;
    loop {
        lived::sleep(INTERVAL).await;
        written = save(browser, file, written).await;
    }
}

/// The same for the last time.
pub(in crate::browser::chromium) async fn end(browser: &Keeping<'_>, file: &Path) {
    let _ = lived::timeout(LAST, save(browser, file, None)).await;
}

/// Gives what the file has now.
async fn save(browser: &Keeping<'_>, file: &Path, written: Option<String>) -> Option<String> {
    if browser.cookies.are_off() {
        return written;
    }
    let shared = browser.tabs.shared().context;
    let jar = Jar::new(browser.connection, shared.as_deref());
    let Ok(cookies) = jar.all().await else {
        return written;
    };
    let text = text_of(&cookies);
    if written.as_ref() == Some(&text) {
        return written;
    }
    let (path, content) = (file.to_owned(), text.clone());
    let writing = tokio::task::spawn_blocking(move || write(&path, content.as_bytes()));
    if let Ok(Err(error)) = writing.await {
        warn!(file = %file.display(), %error, "cookies are not kept");
    }
    Some(text)
}

/// Whoever reads it meanwhile sees all of the old one or all of the new one. Cookies are their user's alone.
fn write(file: &Path, content: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}", crate::secret::random()));
    let mut options = std::fs::OpenOptions::new();
    let _ = options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let _ = options.mode(0o600);
    }
    let moved = options
        .open(&name)
        .and_then(|mut new| new.write_all(content))
        .and_then(|()| std::fs::rename(&name, file));
    if moved.is_err() {
        let _ = std::fs::remove_file(&name);
    }
    moved
}

/// Without those that end with the browser.
fn text_of(cookies: &[Cookie]) -> String {
    let lines: Vec<String> = cookies.iter().filter_map(line_of).collect();
    let mut bytes = HEAD.to_vec();
    bytes.extend((lines.len() as u32).to_be_bytes());
    for line in &lines {
        bytes.extend((line.len() as u32).to_be_bytes());
        bytes.extend(line.as_bytes());
    }
    format!("{BEGIN}{}{END}", escaped(&bytes))
}

/// As `Set-Cookie` has it.
fn line_of(cookie: &Cookie) -> Option<String> {
    if cookie.expires < 0.0 {
        return None;
    }
    let mut line = format!("{}={}", cookie.name, cookie.value);
    if cookie.secure {
        line.push_str("; secure");
    }
    if cookie.http_only {
        line.push_str("; HttpOnly");
    }
    let date = date::format(cookie.expires as i64);
    // "Sat, 28 Nov 2026 07:57:07 GMT", with dashes.
    let parts: Vec<&str> = date.splitn(4, ' ').collect();
    if let [weekday, day, month, rest] = parts[..] {
        line.push_str(&format!("; expires={weekday} {day}-{month}-{rest}"));
    }
    line.push_str(&format!("; domain={}; path={}", cookie.domain, cookie.path));
    if let Some(same_site) = &cookie.same_site {
        line.push_str(&format!("; SameSite={same_site}"));
    }
    Some(line)
}

fn cookie_of(line: &str) -> Option<Cookie> {
    let mut parts = line.split("; ");
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        url: None,
        domain: String::new(),
        path: "/".to_owned(),
        expires: -1.0,
        http_only: false,
        secure: false,
        same_site: None,
        partition_key: None,
    };
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name.to_ascii_lowercase().as_str() {
            "secure" => cookie.secure = true,
            "httponly" => cookie.http_only = true,
            "expires" => cookie.expires = date::parse(&value.replace('-', " "))? as f64,
            "domain" => value.clone_into(&mut cookie.domain),
            "path" => value.clone_into(&mut cookie.path),
            "samesite" => cookie.same_site = Some(value.to_owned()),
            _ => {}
        }
    }
    (!cookie.domain.is_empty()).then_some(cookie)
}

/// None where it is no such file.
fn cookies_of(file: &[u8]) -> Option<Vec<Cookie>> {
    let text = String::from_utf8_lossy(file);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("cookies="))?;
    let value = line.trim().trim_matches('"').strip_prefix("@Variant(")?;
    let bytes = unescaped(value.strip_suffix(')')?);
    let mut rest = bytes.strip_prefix(HEAD)?;
    let mut count = take_number(&mut rest)?;
    let mut cookies = Vec::new();
    while count > 0 {
        count -= 1;
        let size = take_number(&mut rest)? as usize;
        let (line, others) = rest.split_at_checked(size)?;
        rest = others;
        cookies.extend(cookie_of(&String::from_utf8_lossy(line)));
    }
    Some(cookies)
}

fn take_number(bytes: &mut &[u8]) -> Option<u32> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*number))
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    // Behind a number in hexadecimal a letter or digit would belong to it.
    let mut is_open = false;
    for byte in bytes {
        let is_digit = byte.is_ascii_hexdigit();
        match byte {
            0 => text.push_str("\\0"),
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(*byte));
            }
            b' '..=b'~' if !(is_open && is_digit) => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\x{byte:x}")),
        }
        is_open = *byte == 0 || !(b' '..=b'~').contains(byte) || is_open && is_digit;
    }
    text
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(one) = chars.next() {
        if one != '\\' {
            bytes.extend(one.to_string().as_bytes());
            continue;
        }
        let Some(kind) = chars.next() else { break };
        let mut number = |radix: u32, first: u32| {
            let mut value = first;
            while let Some(digit) = chars.peek().and_then(|next| next.to_digit(radix)) {
                value = value.wrapping_mul(radix).wrapping_add(digit);
                let _ = chars.next();
            }
            value as u8
        };
        bytes.push(match kind {
            'x' => number(16, 0),
            '0'..='7' => number(8, kind as u32 - '0' as u32),
            'a' => 7,
            'b' => 8,
            't' => b'\t',
            'n' => b'\n',
            'v' => 11,
            'f' => 12,
            'r' => b'\r',
            other => other as u8,
        });
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As PhantomJS 2.1.1 was seen to write it.
    const SEEN: &str = concat!(
        r#"cookies="@Variant(\0\0\0\x7f\0\0\0\x16QList<QNetworkCookie>\0\0\0\0\x1\0\0\0\x2\0\0\0Np=2; HttpOnly; "#,
        r"expires=Sat, 28-Nov-2026 07:57:07 GMT; domain=127.0.0.1; path=/\0\0\0H",
        r#"q=\xe9\"x\"; expires=Sat, 28-Nov-2026 07:57:07 GMT; domain=127.0.0.1; path=/a)""#,
    );

    #[test]
    fn what_phantomjs_wrote_is_read() {
        let cookies = cookies_of(format!("[General]\n{SEEN}\n").as_bytes()).expect("cookies");
        let shown: Vec<_> = cookies
            .iter()
            .map(|cookie| (cookie.name.as_str(), cookie.path.as_str(), cookie.http_only))
            .collect();
        assert_eq!(shown, [("p", "/", true), ("q", "/a", false)]);
        assert_eq!(cookies[0].expires, 1_795_852_627.0);
        assert!(cookies[1].value.ends_with("\"x\""), "{:?}", cookies[1]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let lines = [
            "a=\"\\\u{e9}; expires=Sat, 28-Nov-2026 07:57:07 GMT; domain=.a.test; path=/",
            "0f=1; secure; HttpOnly; expires=Sat, 28-Nov-2026 07:57:07 GMT; domain=b; path=/; SameSite=None",
        ];
        let cookies: Vec<Cookie> = lines.iter().filter_map(|line| cookie_of(line)).collect();
        assert_eq!(line_of(&cookies[1]).as_deref(), Some(lines[1]));
        assert_eq!(cookies_of(text_of(&cookies).as_bytes()), Some(cookies));
        let session = cookie_of("s=1; domain=a; path=/").expect("a cookie");
        assert_eq!(cookies_of(text_of(&[session]).as_bytes()), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_such_file_has_none() {
        for file in [
            "",
            "a=1",
            "[General]\ncookies=\"@Variant(\\0\\0\\0\\x7f)\"\n",
        ] {
            assert_eq!(cookies_of(file.as_bytes()), None);
        }
    }
}
