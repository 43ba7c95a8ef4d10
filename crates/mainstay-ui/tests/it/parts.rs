//! The parts of pages.

use mainstay_types::{Severity, Tlp};
use mainstay_ui::{
    Amount, Checked, Choice, Csrf, Empty, Facts, Field, Filter, Form, Hit, Links, Pages, Passkey,
    Step, Steps, Table, TextKind, Tile, Tone, Trail, Unknowns, Verdict, alert, command, href, html,
    outside_link, search_results, severity, squares, state, tiles, tlp, verdict,
};

use crate::{at, html_of};

#[test]
fn every_severity_has_its_word_and_a_shape_of_its_own() {
    let mut shapes = Vec::new();
    for one in Severity::ALL {
        let html = html_of(severity(one));
        assert!(html.contains(&format!("</svg>{}</span>", one.word())), "{html}");
        let shape = html.split_once("<svg").unwrap().1.split_once("</svg>").unwrap().0.to_owned();
        assert!(!shapes.contains(&shape), "{one}");
        shapes.push(shape);
    }
}

#[test]
fn a_marking_is_written_with_its_prefix() {
    for one in Tlp::ALL {
        assert!(html_of(tlp(one)).contains(one.label()));
    }
}

#[test]
fn verdict_and_state_are_words() {
    assert!(html_of(verdict(Verdict::Unknown)).ends_with("</svg>unknown</span>"));
    assert!(html_of(state(Tone::Success, "answered")).ends_with("</svg>answered</span>"));
}

#[test]
fn a_table_has_a_caption_and_names_its_columns() {
    let table = Table::new("Assets").text("Name").number("Findings");
    let html = html_of(table.row([html! { "shop" }, html! { "3" }]));
    assert!(html.contains("<caption>Assets</caption>"));
    assert!(html.contains("<th scope=\"col\">Name</th>"));
    assert!(html.contains("<td class=\"number\">3</td>"));
}

#[test]
fn a_table_without_rows_says_so_over_its_whole_width() {
    let html = html_of(Table::new("Assets").text("Name").number("Findings").empty("No assets."));
    assert!(html.contains("colspan=\"2\">No assets.</td>"));
}

#[test]
fn a_row_that_is_short_keeps_the_columns_in_place() {
    let html = html_of(Table::new("Assets").text("A").text("B").row([html! { "x" }]));
    assert!(html.contains("<tr><td>x</td><td></td></tr>"));
}

#[test]
fn a_cell_beyond_the_columns_is_shown_all_the_same() {
    let html = html_of(Table::new("Assets").number("A").row([html! { "1" }, html! { "2" }]));
    assert!(html.contains("<tr><td class=\"number\">1</td><td>2</td></tr>"), "{html}");
}

#[test]
fn filter_and_pages_can_replace_the_list_alone() {
    assert!(html_of(Filter::new("/a", "Filter").swap("list")).contains("data-swap=\"list\""));
    let pages = Pages::new("1 of 2").next(Some("/a?after=1".to_owned())).swap("list");
    assert!(html_of(pages).contains("href=\"/a?after=1\" data-swap=\"list\""));
}

#[test]
fn the_error_of_a_field_is_tied_to_it() {
    let field = Field::text("name", "Name").error(Some("a name is needed".to_owned()));
    let html = html_of(field.hint("As others know you."));
    assert!(html.contains("aria-describedby=\"field-name-error field-name-hint\""), "{html}");
    assert!(html.contains("aria-invalid=\"true\""));
    assert!(html.contains("<p class=\"problem\" id=\"field-name-error\">"));
}

#[test]
fn a_password_is_never_sent_back() {
    let html = html_of(Field::password("secret", "Password").value("hunter2"));
    assert!(!html.contains("hunter2"));
    assert!(html.contains("autocomplete=\"current-password\""));
}

#[test]
fn the_choice_that_was_made_is_selected() {
    let choices = [Choice::new("a", "A"), Choice::new("b", "B")];
    let html = html_of(Field::select("kind", "Kind", choices).value("b"));
    assert!(html.contains("<option value=\"b\" selected>B</option>"));
    assert!(html.contains("<option value=\"a\">A</option>"));
}

#[test]
fn a_box_can_be_ticked() {
    assert!(html_of(Field::checkbox("all", "All", Checked::Yes)).contains(" checked>"));
    assert!(!html_of(Field::checkbox("all", "All", Checked::No)).contains(" checked>"));
}

#[test]
fn text_in_an_area_keeps_its_first_line_break() {
    assert!(html_of(Field::area("text", "Text", 3).value("\nx")).contains(">\n\nx</textarea>"));
}

#[test]
fn a_code_is_typed_in_digits_and_filled_in_from_messages() {
    let html = html_of(Field::text("code", "Code").kind(TextKind::Code));
    assert!(html.contains("inputmode=\"numeric\""));
    assert!(html.contains("autocomplete=\"one-time-code\""));
}

#[test]
fn two_forms_of_one_page_may_ask_for_the_same_thing() {
    let csrf = Csrf::new("t");
    let form = |id: &str| Form::post("/x", &csrf).id(id).field(Field::text("name", "Name"));
    assert!(html_of(form("one")).contains("<label for=\"one-name\">"));
    assert!(html_of(form("two")).contains("<label for=\"two-name\">"));
}

#[test]
fn a_form_that_changes_something_carries_the_token() {
    let html = html_of(Form::post("/assets", &Csrf::new("abc")).submit("Add"));
    assert!(html.contains("method=\"post\""));
    assert!(html.contains("<input type=\"hidden\" name=\"csrf\" value=\"abc\">"));
}

#[test]
fn the_token_does_not_show_itself() {
    assert!(!format!("{:?}", Csrf::new("abc")).contains("abc"));
    assert!(!format!("{:?}", Form::post("/", &Csrf::new("abc"))).contains("abc"));
}

#[test]
fn a_form_with_files_is_sent_in_parts() {
    let html =
        html_of(Form::post_files("/sboms", &Csrf::new("t")).field(Field::file("sbom", "SBOM")));
    assert!(html.contains("enctype=\"multipart/form-data\""));
}

#[test]
fn a_form_with_a_passkey_has_a_place_for_the_credential_and_for_what_went_wrong() {
    let form = Form::post("/sign-in", &Csrf::new("t")).passkey(Passkey::Get, "/sign-in/options");
    let html = html_of(form);
    assert!(html.contains("data-passkey=\"get\" data-options=\"/sign-in/options\""));
    assert!(html.contains("name=\"credential\""));
    assert!(html.contains("data-status role=\"status\""));
}

#[test]
fn errors_and_warnings_interrupt_and_others_wait() {
    assert!(html_of(alert(Tone::Error, "x")).contains("role=\"alert\""));
    assert!(html_of(alert(Tone::Success, "x")).contains("role=\"status\""));
}

#[test]
fn an_answer_whose_knowledge_has_no_age_says_so() {
    let now = at("2026-11-29T00:00:00Z");
    assert!(html_of(Unknowns::new(now)).contains("How old the knowledge behind this answer is"));
    let html = html_of(Unknowns::new(now).as_of("KEV", None).as_of("npm", Some(now)));
    assert!(html.contains("KEV: how old this is, is not known."));
    assert!(!html.contains("nothing was left out"));
}

#[test]
fn an_answer_says_what_was_not_looked_at() {
    let now = at("2026-11-29T00:00:00Z");
    let known = Unknowns::new(now).as_of("Advisories for npm", Some(at("2026-11-26T00:00:00Z")));
    let html = html_of(known.clone().unknown("2 assets have no SBOM."));
    assert!(html.contains("<li>2 assets have no SBOM.</li>"));
    assert!(html.contains("(3 days ago)"));
    assert!(!html.contains("nothing was left out"));
    assert!(html_of(known).contains("nothing was left out"));
}

#[test]
fn what_is_not_shown_is_not_zero() {
    let said = |amount: Amount| amount.to_string();
    assert_eq!(said(Amount::Exactly(0)), "0");
    assert_eq!(said(Amount::Between(5, 9)), "5-9");
    assert_eq!(said(Amount::FewerThan(5)), "fewer than 5");
    assert_eq!(said(Amount::AtLeast(3)), "at least 3");
    assert_eq!(said(Amount::NotShown), "not shown");
    assert_eq!(said(Amount::Unknown), "unknown");
}

#[test]
fn a_tile_leads_to_its_list() {
    let html = html_of(tiles(&[Tile::new("Critical", Amount::Exactly(3)).href("/x?q=a")]));
    assert!(html.contains("<a href=\"/x?q=a\">Critical</a>"));
    assert!(html.contains("<strong>3</strong>"));
}

#[test]
fn a_filter_asks_with_get_and_keeps_other_parameters() {
    let html = html_of(Filter::new("/affected", "Filter").value("a\"b").keep("sort", "age"));
    assert!(html.contains("method=\"get\" action=\"/affected\""));
    assert!(html.contains("name=\"q\" value=\"a&quot;b\""));
    assert!(html.contains("<input type=\"hidden\" name=\"sort\" value=\"age\">"));
}

#[test]
fn the_ends_of_a_list_have_no_link_further() {
    let html =
        html_of(Pages::new("1 to 2 of 2").next(None).previous(Some("/x?before=3".to_owned())));
    assert!(html.contains("rel=\"prev\""));
    assert!(!html.contains("rel=\"next\""));
}

#[test]
fn where_we_are_is_said_to_those_who_do_not_see() {
    let html = html_of(Links::new("Parts").here("Open", "/o").link("Closed", "/c"));
    assert!(html.contains("<a href=\"/o\" aria-current=\"page\">Open</a>"));
    let html = html_of(Steps::new("Way").step("One", Step::Done).step("Two", Step::Current));
    assert!(html.contains("<li aria-current=\"step\">Two</li>"));
    assert!(html.contains("One<span class=\"sr\"> (done)</span>"));
}

#[test]
fn lists_of_names_and_ways_keep_their_order() {
    let html = html_of(Facts::new().fact("A", "1").fact("B", html! { em { "2" } }));
    assert!(html.contains("<dt>A</dt><dd>1</dd></div><div><dt>B</dt><dd><em>2</em></dd>"));
    let html = html_of(Trail::new().to("Inventory", "/inventory"));
    assert!(html.contains("<li><a href=\"/inventory\">Inventory</a></li>"));
}

#[test]
fn an_empty_place_offers_one_next_step() {
    let html = html_of(Empty::new("No SBOM yet.").next("Add one", "/inventory/add"));
    assert_eq!(html.matches("<a ").count(), 1);
}

#[test]
fn a_command_can_be_copied_as_it_is() {
    let html = html_of(command("mainstay scan \"a b\""));
    assert!(html.contains("data-copy=\"mainstay scan &quot;a b&quot;\" hidden"));
}

#[test]
fn dark_squares_are_drawn_within_a_light_margin() {
    let html = html_of(squares("Code", 2, |x, y| x == y));
    assert!(html.contains("viewBox=\"-4 -4 10 10\""), "{html}");
    assert!(html.contains("<title>Code</title><path d=\"M0 0h1v1h-1zM1 1h1v1h-1z\">"), "{html}");
}

#[test]
fn a_search_without_results_says_so() {
    assert!(html_of(search_results(&[])).contains("Nothing was found"));
    let hit = Hit {
        title: "shop".to_owned(),
        href: "/inventory/1".to_owned(),
        kind: "asset".to_owned(),
        note: String::new(),
    };
    assert!(html_of(search_results(&[hit])).contains("<a href=\"/inventory/1\">shop</a>"));
}

#[test]
fn a_query_in_an_address_is_encoded() {
    assert_eq!(href("/a", &[]), "/a");
    assert_eq!(href("/a", &[("q", "a&b=c"), ("x", "\u{e9}")]), "/a?q=a%26b%3Dc&x=%C3%A9");
}

#[test]
fn an_address_of_others_is_a_link_only_when_it_leads_to_the_web() {
    assert!(
        html_of(outside_link("https://a.example/", "a"))
            .contains("rel=\"noopener noreferrer nofollow\"")
    );
    for address in
        ["javascript:alert(1)", "data:text/html,x", "//a.example", " https://a.example", "https"]
    {
        assert!(!html_of(outside_link(address, "a")).contains("<a "), "{address}");
    }
}
