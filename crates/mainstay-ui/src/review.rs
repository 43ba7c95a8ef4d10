//! What every page must keep to, as a function: HTML in, faults in words out. The tests of the
//! server ask it about every route.
//!
//! It looks for what the content security policy would block, for what a person without a mouse,
//! without sight or without scripts would miss (WCAG 2.2, those rules that markup alone can
//! break), and for a form that would be forged. It does not render: contrast, focus and sizes
//! are for a browser to check, and it does not prove that HTML is valid.
//!
//! Its work is linear in the page, and it looks at no more than [`MAX_BYTES`].

mod links;
mod names;
mod page;
mod tokens;

use page::Reading;
use tokens::Tokens;

/// The longest page that is looked at, in bytes; a longer one is a fault by itself.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What is wrong with a whole page. Empty when nothing that is looked for was found.
///
/// ```
/// use mainstay_ui::{Page, review::faults};
/// assert_eq!(faults(&Page::new("Overview").render()), [""; 0]);
/// assert!(faults("<p onclick=x>").contains(&"the attribute onclick on p is inline script".to_owned()));
/// ```
pub fn faults(html: &str) -> Vec<String> {
    let mut reading = read(html);
    reading.finish_document();
    reading.faults()
}

/// What is wrong with a part of a page, such as the answer to a swap: as [`faults`], without
/// what only a whole document has.
pub fn faults_of_part(html: &str) -> Vec<String> {
    let mut reading = read(html);
    reading.finish();
    reading.faults()
}

fn read(html: &str) -> Reading {
    let mut reading = Reading::default();
    if html.len() > MAX_BYTES {
        reading.fault(format!("the page has {} bytes, more than {MAX_BYTES}", html.len()));
        return reading;
    }
    for token in Tokens::of(html) {
        reading.token(&token);
    }
    reading
}
