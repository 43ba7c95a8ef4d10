//! The frame of a page.

use mainstay_types::Tlp;
use mainstay_ui::{
    CONTENT_SECURITY_POLICY, Csrf, Page, Place, SECURITY_HEADERS, Who, assets, html,
};

#[test]
fn a_page_has_one_heading_and_it_is_the_title() {
    let page = Page::new("Who is affected").render();
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(page.contains("<h1>Who is affected</h1>"));
    assert!(page.contains("<title>Who is affected - Mainstay</title>"));
}

#[test]
fn a_title_from_outside_is_text() {
    let page = Page::new("<script>alert(1)</script>").render();
    assert!(!page.contains("<script>alert"));
}

#[test]
fn the_current_place_is_marked_and_no_other() {
    let page = Page::new("Log").nav(Place::Log).render();
    assert_eq!(page.matches("aria-current=\"page\"").count(), 1);
    assert!(page.contains("<a href=\"/log\" data-key=\"l\" aria-current=\"page\">Log</a>"));
}

#[test]
fn only_the_places_of_the_reader_are_in_the_navigation() {
    let page = Page::new("Log").places(&[Place::Overview, Place::Log]).render();
    assert!(page.contains(r#"href="/log""#));
    assert!(!page.contains(r#"href="/administration""#));
}

#[test]
fn a_page_without_places_has_no_navigation_and_no_search() {
    let page = Page::new("Sign in").places(&[]).render();
    assert!(!page.contains("aria-label=\"Main\""));
    assert!(!page.contains("id=\"search\""));
}

#[test]
fn no_two_places_share_a_key_or_a_path() {
    for (at, one) in Place::ALL.iter().enumerate() {
        for other in &Place::ALL[at + 1..] {
            assert_ne!(one.key(), other.key());
            assert_ne!(one.path(), other.path());
        }
    }
}

#[test]
fn a_marking_stands_above_and_beneath_the_page_with_its_word() {
    let page = Page::new("Notice").marking(Tlp::AmberStrict).render();
    assert_eq!(page.matches("class=\"strip tlp-amber-strict\"").count(), 2);
    assert_eq!(page.matches("TLP:AMBER+STRICT").count(), 2);
}

#[test]
fn who_is_signed_in_can_sign_out_with_the_token_of_the_session() {
    let who = Who { name: "Ada".to_owned(), sign_out_token: Csrf::new("abc") };
    let page = Page::new("Overview").who(Some(who)).render();
    assert!(
        page.contains("action=\"/sign-out\"><input type=\"hidden\" name=\"csrf\" value=\"abc\">")
    );
    assert!(!page.contains("/sign-in"));
}

#[test]
fn a_page_does_not_show_its_tokens_in_debug_output() {
    let page = Page::new("Overview").content(html! { (Csrf::new("abc")) });
    assert_eq!(format!("{page:?}"), "Page { title: \"Overview\", .. }");
}

#[test]
fn what_was_searched_for_stands_in_the_field() {
    let page = Page::new("Search").searched("a\"b").render();
    assert!(page.contains("name=\"q\" value=\"a&quot;b\""));
}

#[test]
fn nobody_is_offered_to_sign_in() {
    assert!(Page::new("Overview").render().contains("<a href=\"/sign-in\">Sign in</a>"));
}

#[test]
fn a_live_page_names_its_topic_in_an_encoded_address() {
    let page = Page::new("Log").live("log & more").content(html! { p { "x" } }).render();
    assert!(page.contains(r#"data-live="/events?topic=log%20%26%20more""#), "{page}");
}

#[test]
fn stylesheet_and_scripts_are_asked_for_under_their_hashed_names() {
    let page = Page::new("Overview").render();
    for one in assets() {
        assert!(page.contains(&format!("\"{}\"", one.path)), "{}", one.path);
    }
}

#[test]
fn the_policy_allows_no_inline_code_and_no_other_server() {
    assert!(
        CONTENT_SECURITY_POLICY
            .starts_with("default-src 'none'; script-src 'self'; style-src 'self';")
    );
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
    assert!(SECURITY_HEADERS.contains(&("content-security-policy", CONTENT_SECURITY_POLICY)));
}
