//! The client against a server on the loopback address.

use std::time::Duration;

use mainstay_fetch::{
    Conditions, FetchErrorKind, Fetcher, Limits, Outcome, Proxies, Reach, Resume,
};
use mainstay_testkit::{BucketServer, Fault};
use mainstay_types::SourceUrl;

fn fetcher(limits: Limits) -> Fetcher {
    Fetcher::new(limits, "mainstay-test", Proxies::None)
}

fn url(server: &BucketServer, path: &str) -> SourceUrl {
    SourceUrl::new(&format!("{}{path}", server.url()))
}

fn get(server: &BucketServer, path: &str) -> Result<Vec<u8>, FetchErrorKind> {
    let response = fetcher(Limits::default()).get(&url(server, path), &Conditions::default());
    let bytes = response.and_then(mainstay_fetch::Response::read_to_end);
    bytes.map_err(|error| error.kind().clone())
}

#[test]
fn a_file_comes_whole() {
    let server = BucketServer::start();
    server.put("/a", "hello");
    assert_eq!(get(&server, "/a").unwrap(), b"hello");
}

#[test]
fn a_file_that_is_not_there_is_a_status() {
    assert_eq!(get(&BucketServer::start(), "/a"), Err(FetchErrorKind::Status(404)));
}

#[test]
fn a_redirect_is_followed() {
    let server = BucketServer::start();
    server.put("/b", "hello");
    server.fault("/a", Fault::Redirect("/b".to_owned()));
    assert_eq!(get(&server, "/a").unwrap(), b"hello");
}

#[test]
fn a_redirect_in_a_circle_ends() {
    let server = BucketServer::start();
    server.fault("/a", Fault::Redirect("/a".to_owned()));
    assert!(matches!(get(&server, "/a"), Err(FetchErrorKind::Redirect(_))));
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn a_redirect_to_a_file_is_refused() {
    let server = BucketServer::start();
    server.fault("/a", Fault::Redirect("file:///etc/passwd".to_owned()));
    assert!(matches!(get(&server, "/a"), Err(FetchErrorKind::Redirect(_))));
}

#[test]
fn a_body_that_breaks_off_is_an_error_and_the_rest_can_be_asked_for() {
    let server = BucketServer::start();
    server.put("/a", "hello world");
    server.fault("/a", Fault::BreakOnceAfter(5));
    assert!(matches!(get(&server, "/a"), Err(FetchErrorKind::Broken(_))));
    let fetcher = fetcher(Limits::default());
    let whole = fetcher.get(&url(&server, "/a"), &Conditions::default()).unwrap();
    let validator = whole.validator().unwrap();
    let resume = Some(Resume { offset: 5, validator });
    let rest = fetcher.get(&url(&server, "/a"), &Conditions { resume, ..Conditions::default() });
    let rest = rest.unwrap();
    assert_eq!(rest.outcome, Outcome::Rest { offset: 5 });
    assert_eq!(rest.read_to_end().unwrap(), b" world");
}

#[test]
fn a_file_that_changed_comes_whole_instead_of_its_rest() {
    let server = BucketServer::start();
    server.put("/a", "hello world");
    let resume = Some(Resume { offset: 5, validator: "\"other\"" });
    let conditions = Conditions { resume, ..Conditions::default() };
    let response = fetcher(Limits::default()).get(&url(&server, "/a"), &conditions).unwrap();
    assert_eq!(response.outcome, Outcome::Whole);
}

#[test]
fn a_file_that_did_not_change_does_not_come_again() {
    let server = BucketServer::start();
    server.put("/a", "hello");
    let fetcher = fetcher(Limits::default());
    let first = fetcher.get(&url(&server, "/a"), &Conditions::default()).unwrap();
    let conditions = Conditions { etag: first.etag.as_deref(), ..Conditions::default() };
    let second = fetcher.get(&url(&server, "/a"), &conditions).unwrap();
    assert_eq!(second.outcome, Outcome::NotModified);
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    let server = BucketServer::start();
    server.put("/a", vec![0; 1000]);
    let fetcher = fetcher(Limits { bytes: 999, ..Limits::default() });
    let error = fetcher.get(&url(&server, "/a"), &Conditions::default()).unwrap_err();
    assert_eq!(*error.kind(), FetchErrorKind::TooLarge(999));
}

#[test]
fn a_port_where_nobody_listens_means_no_network() {
    let closed = BucketServer::start().url();
    let error = fetcher(Limits::default())
        .get(&SourceUrl::new(&closed), &Conditions::default())
        .unwrap_err();
    assert!(error.is_no_network(), "{error}");
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    // The listener takes the connection and never answers.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = SourceUrl::new(&format!("http://{}", listener.local_addr().unwrap()));
    let limits = Limits { stall: Duration::from_millis(50), ..Limits::default() };
    let error = fetcher(limits).get(&url, &Conditions::default()).unwrap_err();
    assert_eq!(*error.kind(), FetchErrorKind::Timeout);
}

#[test]
fn only_http_is_spoken() {
    let url = SourceUrl::new("ftp://host.example/file");
    let error = fetcher(Limits::default()).get(&url, &Conditions::default()).unwrap_err();
    assert!(matches!(error.kind(), FetchErrorKind::Address(_)));
}

#[test]
fn a_secret_in_the_address_is_not_shown() {
    let url = SourceUrl::new("ftp://user:s3cret@host.example/file");
    let error = fetcher(Limits::default()).get(&url, &Conditions::default()).unwrap_err();
    assert!(!error.to_string().contains("s3cret"));
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[test]
fn a_call_for_public_machines_does_not_reach_this_one() {
    let server = BucketServer::start();
    let there = |reach| {
        let fetcher = Fetcher::to(reach, Limits::default(), "mainstay-test");
        fetcher.post(&url(&server, "/a"), &[("webhook-id", "x")], b"{}")
    };
    let refused = there(Reach::Public).unwrap_err();
    assert!(refused.to_string().contains("no public address"), "{refused}");
    assert!(server.requests().is_empty());
    assert!(there(Reach::PublicAndThisMachine).is_ok());
}

#[test]
fn a_call_crosses_no_network_in_the_clear() {
    let fetcher = Fetcher::to(Reach::Public, Limits::default(), "mainstay-test");
    let refused = fetcher.post(&SourceUrl::new("http://hooks.example/"), &[], b"{}");
    assert!(matches!(refused.unwrap_err().kind(), FetchErrorKind::Address(_)));
}
