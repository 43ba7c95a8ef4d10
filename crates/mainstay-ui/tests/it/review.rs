//! What the review of a page finds.

use mainstay_ui::review::{MAX_BYTES, faults, faults_of_part};
use mainstay_ui::{Csrf, Page, Place, Who, html, outside_link};
use proptest::prelude::*;

/// The faults of a page with this content.
fn with(content: &str) -> Vec<String> {
    let page = format!(
        "<!doctype html><html lang=en><head><title>T</title><meta name=viewport content=x></head>\
         <body><main><h1>H</h1>{content}</main></body></html>"
    );
    faults(&page)
}

fn only(content: &str, fault: &str) {
    assert_eq!(with(content), [fault]);
}

#[test]
fn a_page_of_this_crate_has_no_faults() {
    let who = Who { name: "Ada".to_owned(), sign_out_token: Csrf::new("t") };
    let page = Page::new("Log").nav(Place::Log).who(Some(who)).live("log").content(html! { "x" });
    assert_eq!(faults(&page.render()), [""; 0]);
    assert_eq!(faults(&Page::new("Sign in").places(&[]).render()), [""; 0]);
}

#[test]
fn no_page_of_the_gallery_has_faults() {
    for (path, page) in crate::gallery::pages() {
        assert_eq!(faults(&page.render()), [""; 0], "{path}");
    }
}

#[test]
fn no_page_of_the_gallery_takes_more_than_60_kb_with_its_assets() {
    let assets: usize = mainstay_ui::assets().iter().map(|asset| asset.bytes.len()).sum();
    for (path, page) in crate::gallery::pages() {
        assert!(page.render().len() + assets <= 60 * 1024, "{path}");
    }
}

#[test]
fn a_page_has_one_heading_one_title_and_a_language() {
    assert_eq!(
        faults("<!doctype html><html><main>x</main></html>"),
        [
            "the page has 0 times html element with lang, not once",
            "the page has 0 times title, not once",
            "the page has 0 times viewport, not once",
            "the page has 0 times h1, not once",
        ]
    );
    only("<h1>again</h1>", "the page has 2 times h1, not once");
}

#[test]
fn a_control_needs_a_label() {
    only("<input name=q>", "no label is tied to input q");
    only("<select id=s></select>", "no label is tied to select s");
    only("<textarea></textarea>", "no label is tied to textarea without a name");
}

#[test]
fn a_label_may_come_after_around_or_as_an_attribute() {
    for named in [
        "<input id=a><label for=a>A</label>",
        "<label>A <input></label>",
        "<input aria-label=A>",
        "<input type=hidden>",
        "<button>A</button>",
    ] {
        assert_eq!(with(named), [""; 0], "{named}");
    }
}

#[test]
fn nothing_is_inline() {
    only("<p style='color:red'>x</p>", "the attribute style on p is inline");
    only("<style>p{}</style>", "the element style is inline");
    only("<script>x()</script>", "a script is inline");
    only("<script src=/assets/a.js>x()</script>", "a script is inline");
    only("<p ONCLICK=x()>x</p>", "the attribute onclick on p is inline script");
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    only(
        "<img alt='' src=https://a.example/x.png>",
        "src of img is not on this server: https://a.example/x.png",
    );
    only(
        "<script src=//a.example/x.js></script>",
        "src of script is not on this server: //a.example/x.js",
    );
    only("<link rel=icon href=/\\a.example>", "href of link is not on this server: /\\a.example");
    only(
        "<form action=http://a.example></form>",
        "action of form is not on this server: http://a.example",
    );
    assert_eq!(with("<img alt='' src='data:image/png;base64,AA'>"), [""; 0]);
}

#[test]
fn a_link_runs_nothing_and_tells_nothing() {
    only("<a href=javascript:x()>x</a>", "a link leads to no page: javascript:x()");
    assert_eq!(
        with("<a href=https://a.example/ rel=nofollow>x</a>"),
        [
            "a link to elsewhere lacks noopener: https://a.example/",
            "a link to elsewhere lacks noreferrer: https://a.example/"
        ]
    );
    assert_eq!(with("<a href=https://a.example/ rel='noopener noreferrer'>x</a>"), [""; 0]);
}

#[test]
fn a_table_needs_a_caption_and_its_headings_a_scope() {
    only("<table><tr><td>1</table>", "a table has no caption");
    only("<table><caption>C</caption><th>1</th></table>", "a heading of a table has no scope");
}

#[test]
fn an_id_is_there_once_and_what_is_named_is_there() {
    only("<p id=a>1<p id=a>2", "the id a is there more than once");
    only("<p id='a b'>1", "an id of p is empty, or has a space in it");
    only("<p aria-describedby='b'>1", "aria-describedby names the id b, which is not there");
    only("<a href=#c>1</a>", "a link names the id c, which is not there");
}

#[test]
fn an_image_has_an_alternative() {
    only("<img src=/a.png>", "an image has no alt");
    only("<a href=/><img src=/a.png alt=''></a>", "a a has no words");
    assert_eq!(with("<a href=/><img src=/a.png alt=A></a>"), [""; 0]);
}

#[test]
fn a_form_that_is_posted_has_the_token() {
    only("<form method=post action=/x></form>", "a form that is sent with POST has no field csrf");
    only(
        "<form method=POST action=/x><input type=hidden name=csrf value=''></form>",
        "a form that is sent with POST has no field csrf",
    );
    assert_eq!(with("<form method=post><input type=hidden name=csrf value=t></form>"), [""; 0]);
}

#[test]
fn headings_do_not_leave_out_a_level() {
    only("<h3>x</h3>", "a heading of level 3 follows one of level 1");
    assert_eq!(with("<h2>x</h2><h3>y</h3><h2>z</h2>"), [""; 0]);
}

#[test]
fn a_drawing_that_is_a_picture_has_a_title_which_is_not_the_page_s() {
    only("<svg role=img></svg>", "a drawing has no title");
    assert_eq!(with("<svg role=img><title>A</title></svg>"), [""; 0]);
}

#[test]
fn frames_and_refreshes_are_not_allowed() {
    only("<iframe></iframe>", "the element iframe is not allowed");
    only("<meta http-equiv=refresh content=0>", "a meta element with http-equiv acts on the page");
}

#[test]
fn a_part_of_a_page_needs_no_frame_of_its_own() {
    assert_eq!(faults_of_part("<ul id=a><li>x</ul>"), [""; 0]);
    assert_eq!(faults_of_part("<input name=q>"), ["no label is tied to input q"]);
}

#[test]
fn a_page_that_is_too_long_is_a_fault() {
    assert!(faults(&"x".repeat(MAX_BYTES + 1))[0].starts_with("the page has 8388609 bytes"));
}

#[test]
fn deep_nesting_is_told_and_does_not_cost() {
    let deep = "<form>".repeat(100_000) + &"</table>".repeat(100_000);
    assert!(faults(&deep).contains(&"elements are nested more than 256 deep".to_owned()));
}

proptest! {
    #[test]
    fn any_text_can_be_reviewed(text in "\\PC*") {
        faults(&text);
    }

    #[test]
    fn any_address_of_others_leaves_a_page_without_faults(
        scheme in prop::sample::select(&["", "http://", "HTTPS://", "javascript:", "//", "\\t"][..]),
        rest in "\\PC{1,40}",
    ) {
        let address = format!("{scheme}{rest}");
        let html = outside_link(&address, "x").into_string();
        prop_assert_eq!(faults_of_part(&html), [""; 0]);
    }

    #[test]
    fn any_markup_can_be_reviewed(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)
    ) {
        faults(&pieces.concat());
    }

    #[test]
    fn any_text_in_a_page_of_this_crate_leaves_it_without_faults(text in "[\\PC\n]{1,80}") {
        prop_assume!(!text.trim().is_empty());
        let page = Page::new(text.clone()).lead(text.clone()).live(text.clone());
        prop_assert_eq!(faults(&page.content(html! { p title=(text) { (text) } }).render()), [""; 0]);
    }
}

const PIECES: [&str; 24] = [
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<!",
    "<script",
    "</script>",
    "<title>",
    "<input ",
    "=",
    "\"",
    "'",
    " ",
    "a",
    "<form method=post>",
    "<svg>",
    "</svg>",
    "<table>",
    "\u{e9}",
    "\0",
    "&lt;",
    "<?",
];
