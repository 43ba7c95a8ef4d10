//! What VEX statements did: findings that they silence, and what in them changed nothing.

use maud::{Markup, html};

use super::Outside;
use crate::package::Package;
use crate::report::stated::{nothing, sentences};
use crate::scan::Scan;

pub(super) fn silenced(scan: &Scan) -> Markup {
    if scan.stated.silenced.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="silenced" {
            h2 #silenced { "Silenced by a VEX statement" }
            ul { @for one in &scan.stated.silenced {
                @let package = one.finding.package.and_then(|at| scan.packages.get(at));
                li {
                    strong { (Outside(one.finding.id())) } " "
                    (Outside(&package.map(Package::label).unwrap_or_default())) ": "
                    @for (at, said) in sentences(&one.finding).enumerate() {
                        @if at > 0 { "; " } (Outside(&said))
                    }
                }
            } }
        }
    }
}

pub(super) fn without_effect(scan: &Scan) -> Markup {
    let all = &scan.stated.without_effect;
    if all.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="without-effect" {
            h2 #without-effect { "VEX statements without effect" }
            details {
                summary { (all.len()) }
                ul { @for one in all {
                    li { code { (Outside(&one.place)) } " " (Outside(&nothing(one))) }
                } }
            }
        }
    }
}
