//! The part of the JSON contract that is about VEX statements.

use mainstay_vex::{Justification, Reason, Statement};
use serde::Serialize;

use super::FindingJson;
use crate::scan::Scan;
use crate::statements::{Cited, Said, Silenced, Stated, VexDocument, Weight, WithoutEffect};

#[derive(Serialize)]
pub(super) struct StatementJson<'a> {
    status: &'static str,
    justification: Option<&'static str>,
    impact: Option<&'a str>,
    action: Option<&'a str>,
    evidence: &'a [String],
    notes: Option<&'a str>,
    product: &'a str,
    flaw: &'a str,
    author: Option<&'a str>,
    document: &'a str,
    document_version: Option<&'a str>,
    format: &'static str,
    issued: Option<String>,
    updated: Option<String>,
    expires: Option<String>,
    path: &'a str,
    line: Option<u32>,
    provenance: &'static str,
    /// Absent for the statement that silences: there it always counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<&'static str>,
}

impl<'a> StatementJson<'a> {
    pub(super) fn of(cited: &'a Cited) -> Self {
        let Statement { said_by, flaw, product, claim, .. } = &cited.statement;
        let reason = claim.reason();
        Self {
            status: claim.word(),
            justification: reason.and_then(Reason::justification).map(Justification::word),
            impact: reason.and_then(Reason::impact),
            action: claim.action(),
            evidence: &cited.statement.evidence,
            notes: cited.statement.notes.as_deref(),
            product: &product.written,
            flaw: &flaw.id,
            author: said_by.author.as_deref(),
            document: &said_by.document,
            document_version: said_by.version.as_deref(),
            format: said_by.format.word(),
            issued: cited.statement.issued.map(|at| at.to_string()),
            updated: cited.statement.updated.map(|at| at.to_string()),
            expires: cited.statement.expires.map(|day| day.to_string()),
            path: &cited.document.path,
            line: cited.statement.line,
            provenance: cited.document.provenance.word(),
            standing: None,
        }
    }

    pub(super) fn of_said(said: &'a Said) -> Self {
        let standing = match said.standing {
            Weight::Counts => "counts",
            Weight::CountsInPart => "counts-in-part",
            Weight::Overruled => "overruled",
        };
        Self { standing: Some(standing), ..Self::of(&said.cited) }
    }
}

impl Cited {
    /// The statement as the JSON contract has it.
    pub fn json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::to_value(StatementJson::of(self))
    }
}

impl Stated {
    /// What changed nothing, as the JSON contract has it.
    pub fn without_effect_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        let all: Vec<_> = self.without_effect.iter().map(WithoutEffectJson::of).collect();
        serde_json::to_value(all)
    }
}

#[derive(Serialize)]
pub(super) struct SilencedJson<'a> {
    finding: FindingJson<'a>,
    by: StatementJson<'a>,
}

impl<'a> SilencedJson<'a> {
    pub(super) fn of(scan: &'a Scan, silenced: &'a Silenced) -> Self {
        Self {
            finding: FindingJson::of(scan, &silenced.finding),
            by: StatementJson::of(&silenced.by),
        }
    }
}

#[derive(Serialize)]
pub(super) struct VexJson<'a> {
    path: &'a str,
    format: &'static str,
    author: Option<&'a str>,
    document: &'a str,
    document_version: Option<&'a str>,
    statements: usize,
    provenance: &'static str,
}

impl<'a> VexJson<'a> {
    pub(super) fn of(document: &'a VexDocument) -> Self {
        let said_by = &document.said_by;
        Self {
            path: &document.path,
            format: said_by.format.word(),
            author: said_by.author.as_deref(),
            document: &said_by.document,
            document_version: said_by.version.as_deref(),
            statements: document.statements,
            provenance: document.provenance.word(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct WithoutEffectJson<'a> {
    code: &'static str,
    place: &'a str,
    subject: &'a str,
    status: Option<&'static str>,
    why: &'a str,
}

impl<'a> WithoutEffectJson<'a> {
    pub(super) fn of(one: &'a WithoutEffect) -> Self {
        Self {
            code: one.code.code(),
            place: &one.place,
            subject: &one.subject,
            status: one.status,
            why: &one.why,
        }
    }
}
