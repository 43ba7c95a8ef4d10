//! `mainstay explain ID`: what an advisory says, or what a code in a report means.
//!
//! Codes are explained by `docs/user/codes.md`, which is part of the binary: one section per code.

mod record;
mod starter_fact;

use anyhow::{Context as _, bail};
use mainstay_advisories::osv;
use mainstay_console::{ExitCode, Line, Sheet, Tone};
use mainstay_knowledge::{DataFolder, EcosystemKnowledge, Knowledge, starter};
use mainstay_types::Ecosystem;

use crate::Context;
use crate::args::Common;
use crate::settings::{self, UserFile};

/// The pages of the codes.
const CODES: &str = include_str!("../../../../docs/user/codes.md");

pub(crate) fn explain(context: &Context, common: &Common, id: &str) -> anyhow::Result<ExitCode> {
    if let Some(section) = code_section(id) {
        let mut sheet = context.output.sheet();
        sheet.push(&Line::default().toned(Tone::Strong, id));
        for paragraph in section.trim().split("\n\n") {
            sheet.push(&Line::default().text(paragraph.replace('\n', " ")));
        }
        context.output.result(&sheet.into_string())?;
        return Ok(ExitCode::Done);
    }
    let user = UserFile::read()?;
    let folder = DataFolder::open(&settings::data_dir(common, &context.environment, &user)?)?;
    let knowledge = Knowledge::open(&folder, Ecosystem::all());
    let mut sheet = context.output.sheet();
    if !advisories(context, &mut sheet, &knowledge, id)? {
        bail!(
            "\"{id}\" is neither a code of Mainstay nor an advisory in the data that are here; \
             `mainstay db status` says what is here, and `mainstay db update` fetches more"
        );
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

/// The section of `docs/user/codes.md` with this heading.
fn code_section(code: &str) -> Option<&'static str> {
    CODES.split("\n### ").skip(1).find_map(|section| {
        let (heading, text) = section.split_once('\n')?;
        let text = text.split("\n## ").next().unwrap_or(text);
        (heading.trim().trim_matches('`') == code).then_some(text)
    })
}

/// Every record with this id or alias, and every fact of the starter set: several databases may
/// describe one flaw, and they need not agree. False when there is none.
fn advisories(
    context: &Context,
    sheet: &mut Sheet,
    knowledge: &Knowledge,
    id: &str,
) -> anyhow::Result<bool> {
    let mut ids: Vec<&str> = Vec::new();
    for ecosystem in Ecosystem::all() {
        let EcosystemKnowledge::Imported { index, .. } = knowledge.ecosystem(ecosystem) else {
            continue;
        };
        match index.advisories(id) {
            Ok(found) => ids.extend(found.iter().map(|advisory| advisory.id)),
            Err(error) => context.output.warn(&error.to_string()),
        }
    }
    // The record of that very id first, then the others.
    ids.sort_by_key(|found| (!found.eq_ignore_ascii_case(id), *found));
    ids.dedup();
    if ids.is_empty() {
        // A record that names no package stands in no index, and may still be kept.
        ids.push(id);
    }
    let now = context.environment.now()?;
    let mut any = false;
    for found in ids {
        let Some(bytes) = knowledge.record(found)? else { continue };
        let read = osv::Record::parse(&bytes)
            .with_context(|| format!("the kept record of {found} cannot be read"))?;
        if any {
            sheet.gap();
        }
        record::page(sheet, knowledge, &read, now);
        any = true;
    }
    for fact in starter::facts().iter().filter(|fact| starter_fact::is_about(fact, id)) {
        if any {
            sheet.gap();
        }
        starter_fact::page(sheet, fact);
        any = true;
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    use super::code_section;
    use mainstay_reading::ReadErrorKind;
    use mainstay_scan::UnknownCode;

    #[test]
    fn every_reason_for_the_unknown_is_explained() {
        for code in UnknownCode::ALL {
            assert!(code_section(code.word()).is_some(), "{}", code.word());
        }
    }

    #[test]
    fn every_way_a_file_can_be_unreadable_is_explained() {
        for kind in ReadErrorKind::ALL {
            assert!(code_section(kind.code()).is_some(), "{}", kind.code());
        }
    }

    #[test]
    fn every_code_of_a_finding_is_explained() {
        let statements = mainstay_scan::NoEffect::ALL.map(mainstay_scan::NoEffect::code);
        for code in mainstay_scan::finding_codes().into_iter().chain(statements) {
            assert!(code_section(code).is_some(), "{code}");
        }
    }
}
