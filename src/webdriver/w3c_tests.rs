//! The driver's W3C endpoints, spoken to by an unmodified fantoccini, against a real PhantomJS.

use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::cookies::Cookie;
use fantoccini::error::ErrorStatus;
use fantoccini::key::Key;
use fantoccini::wd::{PrintConfiguration, TimeoutConfiguration};
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::browser::phantom::fixture::{Listening, listening};

/// Answers no request at all.
const SILENT: &str = "/silent";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn page(path: &str) -> Option<&'static str> {
    Some(match path {
        "/first" => {
            "<title>First</title><h1 id=head class='big loud'>Hello  <b>there</b></h1>\
             <a href=/second>to the second</a> <p style='display:none' id=secret>secret</p>\
             <ul><li>one<li>two</ul><div style='height:3000px'></div><button id=far>far</button>"
        }
        "/second" => "<title>Second</title><p>second",
        "/form" => {
            "<title>Form</title><form action=/done><input name=q id=q value=old>\
             <input type=checkbox id=box><select name=s><option value=1>one<option value=2>two</select>\
             <input type=submit value=Send></form><script>var log = [];\
             ['keydown', 'keyup', 'click', 'dblclick'].forEach(function (name) {\
               document.addEventListener(name, function (e) { log.push(name + (e.shiftKey ? '+' : '')); }); });</script>"
        }
        "/done" => "<title>Done</title><script>document.write(location.search)</script>",
        "/frames" => {
            "<title>Frames</title><iframe src=/inner></iframe><iframe src=/second></iframe>"
        }
        "/inner" => "<title>Inner</title><p id=in>inner</p><iframe src=/first></iframe>",
        _ => return None,
    })
}

async fn serve(mut stream: TcpStream) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let request = String::from_utf8(request).ok()?;
    let path = request.split([' ', '?']).nth(1)?;
    if path == SILENT {
        std::future::pending::<()>().await;
    }
    let (status, body) = page(path).map_or((404, "not found"), |body| (200, body));
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + body).as_bytes()).await.ok()
}

/// Serves the pages on loopback; the address they are at.
async fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    format!("http://{address}")
}

async fn session(base_port: u16) -> (Listening, Client) {
    let phantom = listening(base_port).await;
    let client = phantom.endpoint.new_session().await.expect("a session");
    (phantom, client)
}

async fn open(client: &Client, path: &str) -> String {
    let site = site().await;
    client.goto(&(site.clone() + path)).await.expect("loads");
    site
}

fn status<T: std::fmt::Debug>(result: Result<T, CmdError>) -> ErrorStatus {
    match result.expect_err("fails") {
        CmdError::Standard(error) => error.error,
        other => panic!("not a WebDriver error: {other}"),
    }
}

async fn text_of(client: &Client, selector: &str) -> String {
    let element = client.find(Locator::Css(selector)).await.expect("found");
    element.text().await.expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_gone_to_and_back() {
    let (_phantom, client) = session(23_300).await;
    let site = open(&client, "/first").await;
    let url = async || client.current_url().await.expect("an address").to_string();
    assert_eq!(client.title().await.expect("a title"), "First");
    client.goto("/second").await.expect("loads");
    assert_eq!(url().await, format!("{site}/second"));
    client.back().await.expect("goes back");
    assert_eq!(url().await, format!("{site}/first"));
    let _ = client.execute("document.title = 'changed'", vec![]).await;
    client.refresh().await.expect("loads again");
    assert_eq!(client.title().await.expect("a title"), "First");
    client.forward().await.expect("goes forward");
    assert_eq!(url().await, format!("{site}/second"));
    let source = client.source().await.expect("a source");
    assert!(source.contains("<p>second</p>"), "{source}");
    let refused = client.goto("http://127.0.0.1:9/").await;
    assert_eq!(status(refused), ErrorStatus::UnknownError);
}

#[tokio::test(flavor = "multi_thread")]
async fn elements_are_found_and_described() {
    let (_phantom, client) = session(23_330).await;
    let _ = open(&client, "/first").await;
    let head = client.find(Locator::Css("#head")).await.expect("found");
    assert_eq!(head.text().await.expect("a text"), "Hello there");
    assert_eq!(head.tag_name().await.expect("a name"), "h1");
    let class = head.attr("class").await.expect("an attribute");
    assert_eq!(class.as_deref(), Some("big loud"));
    assert_eq!(head.attr("title").await.expect("none"), None);
    let inner = head.prop("innerHTML").await.expect("a property");
    assert_eq!(inner.as_deref(), Some("Hello  <b>there</b>"));
    assert_eq!(head.css_value("display").await.expect("a style"), "block");
    let (x, _, width, height) = head.rectangle().await.expect("a box");
    assert!(x > 0.0 && width > 100.0 && height > 10.0);
    assert!(head.is_displayed().await.expect("known"));
    let bold = head.find(Locator::XPath("./b")).await.expect("found");
    assert_eq!(bold.text().await.expect("a text"), "there");
    let link = client.find(Locator::LinkText("to the second")).await;
    let href = link.expect("found").attr("href").await.expect("known");
    assert_eq!(href.as_deref(), Some("/second"));
    let items = client.find_all(Locator::Css("li")).await.expect("found");
    assert_eq!(items.len(), 2);
    let secret = client.find(Locator::Id("secret")).await.expect("found");
    assert!(!secret.is_displayed().await.expect("known"));
    assert_eq!(secret.text().await.expect("a text"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_filled_and_sent() {
    let (_phantom, client) = session(23_360).await;
    let _ = open(&client, "/form").await;
    let field = client.find(Locator::Id("q")).await.expect("found");
    field.clear().await.expect("cleared");
    let shift = Key::Shift + "up";
    field.send_keys("é😀x").await.expect("typed");
    field.send_keys(&(Key::Left + &shift)).await.expect("typed");
    let value = field.prop("value").await.expect("a property");
    assert_eq!(value.as_deref(), Some("é😀UPx"));
    let active = client.active_element().await.expect("one is");
    assert_eq!(
        active.attr("id").await.expect("known").as_deref(),
        Some("q")
    );
    let tick = client.find(Locator::Id("box")).await.expect("found");
    assert!(!tick.is_selected().await.expect("known"));
    tick.click().await.expect("clicked");
    assert!(tick.is_selected().await.expect("known"));
    let select = client.find(Locator::Css("select")).await.expect("found");
    select.select_by_label("two").await.expect("selected");
    let form = client.form(Locator::Css("form")).await.expect("found");
    form.set_by_name("q", "new").await.expect("set");
    form.submit().await.expect("sent");
    assert_eq!(client.title().await.expect("a title"), "Done");
    assert_eq!(text_of(&client, "body").await, "?q=new&s=2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_waits_for_the_page_it_opens() {
    let (_phantom, client) = session(23_390).await;
    let _ = open(&client, "/first").await;
    let head = client.find(Locator::Id("head")).await.expect("found");
    let link = client.find(Locator::Css("a")).await.expect("found");
    link.click().await.expect("clicked");
    assert_eq!(client.title().await.expect("a title"), "Second");
    assert_eq!(
        status(head.text().await),
        ErrorStatus::StaleElementReference
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_take_and_give_values_and_elements() {
    let (_phantom, client) = session(23_420).await;
    let _ = open(&client, "/first").await;
    let head = client.find(Locator::Id("head")).await.expect("found");
    let head = serde_json::to_value(head).expect("JSON");
    let script =
        "return { same: arguments[0], id: arguments[0].id, list: [1.5, null, arguments[1]] }";
    let args = vec![head.clone(), json!({ "a": "\u{2028}é" })];
    let value = client.execute(script, args).await.expect("runs");
    let list = json!([1.5, null, { "a": "\u{2028}é" }]);
    assert_eq!(value["id"], "head");
    assert_eq!(value["list"], list);
    assert_eq!(
        value["same"]["element-6066-11e4-a52e-4f735466cecf"],
        head["element-6066-11e4-a52e-4f735466cecf"]
    );
    let later =
        "var done = arguments[1], n = arguments[0]; setTimeout(function () { done(n + 1); }, 50)";
    let value = client.execute_async(later, vec![json!(41)]).await;
    assert_eq!(value.expect("runs"), json!(42));
    let failed = client
        .execute("throw new TypeError('on purpose')", vec![])
        .await;
    let message = failed.as_ref().expect_err("throws").to_string();
    assert!(message.contains("TypeError: on purpose"), "{message}");
    assert_eq!(status(failed), ErrorStatus::JavascriptError);
    let unread = client.execute("return (", vec![]).await;
    assert_eq!(status(unread), ErrorStatus::JavascriptError);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_session_has_its_cookies() {
    let (phantom, client) = session(23_450).await;
    let other = phantom.endpoint.new_session().await.expect("a session");
    let blank = client.add_cookie(Cookie::new("early", "1")).await;
    assert_eq!(status(blank), ErrorStatus::InvalidCookieDomain);
    let site = open(&client, "/first").await;
    other.goto(&(site + "/first")).await.expect("loads");
    let mut cookie = Cookie::new("name", "value");
    cookie.set_path("/");
    cookie.set_http_only(true);
    client.add_cookie(cookie).await.expect("added");
    client
        .add_cookie(Cookie::new("second", "2"))
        .await
        .expect("added");
    let found = client.get_named_cookie("name").await.expect("there");
    assert_eq!(found.value(), "value");
    assert_eq!(found.http_only(), Some(true));
    assert_eq!(client.get_all_cookies().await.expect("known").len(), 2);
    assert!(other.get_all_cookies().await.expect("known").is_empty());
    client.delete_cookie("name").await.expect("deleted");
    let gone = client.get_named_cookie("name").await;
    assert_eq!(status(gone), ErrorStatus::NoSuchCookie);
    client.delete_all_cookies().await.expect("deleted");
    assert!(client.get_all_cookies().await.expect("known").is_empty());
    let mut foreign = Cookie::new("a", "b");
    foreign.set_domain("example.com");
    let refused = client.add_cookie(foreign).await;
    assert_eq!(status(refused), ErrorStatus::InvalidCookieDomain);
}

/// Width and height of a PNG.
fn size(image: &[u8]) -> (u32, u32) {
    assert!(image.starts_with(PNG));
    let number = |at: usize| u32::from_be_bytes(image[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_show_the_window() {
    let (_phantom, client) = session(23_480).await;
    let _ = open(&client, "/first").await;
    client.set_window_size(640, 480).await.expect("set");
    assert_eq!(client.get_window_size().await.expect("known"), (640, 480));
    let inner = client.execute("return innerWidth", vec![]).await;
    assert_eq!(inner.expect("runs"), json!(640));
    let far = client.find(Locator::Id("far")).await.expect("found");
    let (_, _, width, height) = far.rectangle().await.expect("a box");
    let (image_width, image_height) = size(&far.screenshot().await.expect("drawn"));
    assert!((f64::from(image_width) - width).abs() < 2.0);
    assert!((f64::from(image_height) - height).abs() < 2.0);
    // PhantomJS draws the whole document and scrolls to its top for that.
    let scrolled = client
        .execute("return pageYOffset", vec![])
        .await
        .expect("runs");
    assert!(scrolled.as_f64() > Some(1000.0), "{scrolled}");
    assert_eq!(size(&client.screenshot().await.expect("drawn")), (640, 480));
    let paper = client.print(PrintConfiguration::default()).await;
    assert!(paper.expect("printed").starts_with(b"%PDF-"));
    let screen = client.maximize_window().await;
    assert_eq!(status(screen), ErrorStatus::UnsupportedOperation);
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_are_entered_and_left() {
    let (_phantom, client) = session(23_510).await;
    let site = open(&client, "/frames").await;
    let outer = client.find(Locator::Css("iframe")).await.expect("found");
    outer.clone().enter_frame().await.expect("entered");
    assert_eq!(text_of(&client, "#in").await, "inner");
    assert_eq!(client.title().await.expect("the top's"), "Frames");
    client.enter_frame(0).await.expect("entered");
    assert_eq!(text_of(&client, "#head").await, "Hello there");
    let link = client.find(Locator::Css("a")).await.expect("found");
    link.click().await.expect("clicked two frames down");
    assert_eq!(text_of(&client, "p").await, "second");
    client.enter_parent_frame().await.expect("left");
    assert_eq!(text_of(&client, "#in").await, "inner");
    let missing = client.enter_frame(7).await;
    assert_eq!(status(missing), ErrorStatus::NoSuchFrame);
    let removal = "parent.document.body.innerHTML = ''";
    assert_eq!(
        status(client.execute(removal, vec![]).await),
        ErrorStatus::NoSuchWindow
    );
    client
        .goto(&(site + "/second"))
        .await
        .expect("loads at the top");
    assert_eq!(text_of(&client, "p").await, "second");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_kept() {
    let (_phantom, client) = session(23_540).await;
    let site = open(&client, "/first").await;
    let second = Some(Duration::from_secs(1));
    let limits = TimeoutConfiguration::new(second, second, second);
    client.update_timeouts(limits.clone()).await.expect("set");
    assert_eq!(client.get_timeouts().await.expect("known"), limits);
    let script = client.execute_async("", vec![]).await;
    assert_eq!(status(script), ErrorStatus::ScriptTimeout);
    let load = client.goto(&(site + SILENT)).await;
    assert_eq!(status(load), ErrorStatus::Timeout);
    let grow = "setTimeout(function () { document.body.id = 'late' }, 100)";
    let _ = client.execute(grow, vec![]).await.expect("runs");
    assert!(client.find(Locator::Css("#late")).await.is_ok());
    let never = client.find(Locator::Css("#never")).await;
    assert_eq!(status(never), ErrorStatus::NoSuchElement);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_the_mouse_act() {
    let (_phantom, client) = session(23_570).await;
    let _ = open(&client, "/form").await;
    let field = client.find(Locator::Id("q")).await.expect("found");
    let element = field.clone();
    let press = PointerAction::Down { button: 0 };
    let release = PointerAction::Up { button: 0 };
    let mouse = MouseActions::new("mouse".into())
        .then(PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        })
        .then(press.clone())
        .then(release.clone())
        .then(press)
        .then(release);
    client.perform_actions(mouse).await.expect("performed");
    let keys = KeyActions::new("keys".into())
        .then(KeyAction::Down {
            value: Key::Shift.into(),
        })
        .then(KeyAction::Down { value: 'a' });
    client.perform_actions(keys).await.expect("performed");
    client.release_actions().await.expect("released");
    let log = client.execute("return log", vec![]).await.expect("runs");
    assert_eq!(
        log,
        json!([
            "click", "click", "dblclick", "keydown+", "keydown+", "keyup+", "keyup"
        ])
    );
    // A double click selects the word, which the key replaces.
    let value = field.prop("value").await.expect("a property");
    assert_eq!(value.as_deref(), Some("A"));
}

/// A command that names its session.
#[derive(Debug)]
struct Title(String);

impl WebDriverCompatibleCommand for Title {
    fn endpoint(&self, base: &url::Url, _: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/title", self.0))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::GET, None)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_have_the_codes_of_the_standard() {
    let (phantom, client) = session(23_600).await;
    let _ = open(&client, "/first").await;
    let missing = client.find(Locator::Css("#none")).await;
    assert_eq!(status(missing), ErrorStatus::NoSuchElement);
    let selector = client.find(Locator::Css("##")).await;
    assert_eq!(status(selector), ErrorStatus::InvalidSelector);
    let hidden = client.find(Locator::Id("secret")).await.expect("found");
    let click = hidden.click().await;
    assert_eq!(status(click), ErrorStatus::ElementNotInteractable);
    let head = client.find(Locator::Id("head")).await.expect("found");
    assert_eq!(status(head.clear().await), ErrorStatus::InvalidElementState);
    let dialog = client.get_alert_text().await;
    assert_eq!(status(dialog), ErrorStatus::NoSuchAlert);
    let window = client.new_window(false).await;
    assert_eq!(status(window), ErrorStatus::UnsupportedOperation);
    let id = client
        .session_id()
        .await
        .expect("known")
        .expect("a session");
    client.close().await.expect("closed");
    let channel = phantom.endpoint.connect().await.expect("a connection");
    let late: Result<Value, _> = channel.run(Title(id), Duration::from_secs(30)).await;
    let Err(WebDriverError::Command(error)) = late else {
        panic!("not an answer: {late:?}");
    };
    assert_eq!(status::<()>(Err(*error)), ErrorStatus::InvalidSessionId);
}
