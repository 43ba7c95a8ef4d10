//! `mainstay affected`: whether what is here is affected, and the answer to a signed question.

mod examined;
mod sending;

use anyhow::Context as _;
use mainstay_console::{ExitCode, Line, Tone, clean_json};
use mainstay_knowledge::{DataFolder, Knowledge};
use mainstay_questions::{
    Answer, Drafting, Examination, FlawFacts, Name, SignedQuestion, Subject, Words, examine,
};
use mainstay_scan::{Installed, ReportFormat, inventory};
use mainstay_store::SigningKey;
use mainstay_types::{Ecosystem, SectorId, Tlp};

use crate::Context;
use crate::args::{AffectedHereArgs, AnswerForm, AnsweringArgs, Common, ScanArgs};
use crate::commands::question::{opened_with, push, signing_key, subject};
use crate::commands::remote;
use crate::output::write_file;
use crate::settings::{self, ScanSettings, UserFile};
use sending::Way;

pub(crate) fn affected(
    context: &Context,
    common: &Common,
    args: AffectedHereArgs,
) -> anyhow::Result<ExitCode> {
    let mut environment = context.environment.clone();
    if args.offline {
        environment.offline = Some("1".to_owned());
    }
    let context = &Context { output: context.output.clone(), environment };
    let token = match &args.answering.organisation {
        Some(_) => Some(remote::token(context, args.answering.token_file.as_deref())?),
        None => None,
    };
    let signed = match &args.question {
        Some(source) => Some(opened_with(context, source, &args.trust, token.as_deref())?),
        None => None,
    };
    let way = match (&args.question, &args.answering.organisation, token) {
        (Some(source), Some(organisation), Some(token)) if args.answering.send => {
            Some(Way::of(source, organisation, token)?)
        }
        _ => None,
    };
    let subject = match &signed {
        Some(signed) => signed.question.subject.clone(),
        None => subject(&args.subject)?,
    };
    let user = UserFile::read()?;
    let scan = ScanArgs {
        targets: args.targets,
        format: ReportFormat::Text,
        offline: true,
        max_data_age: None,
        statements: args.statements,
    };
    let settings = settings::of_scan(&scan, &context.environment, &user)?;
    let examination = examination(context, common, &user, &subject, settings)?;
    match signed {
        Some(signed) => {
            let how = (&args.answering, args.format, way.as_ref());
            answer(context, common, &signed, &examination, how)?;
        }
        None => examined::report(context, &subject, &examination, args.format)?,
    }
    Ok(ExitCode::Done)
}

/// Looks at what is here, with the data that are here. Installed trees are always looked at: what
/// runs is in them.
fn examination(
    context: &Context,
    common: &Common,
    user: &UserFile,
    subject: &Subject,
    mut settings: ScanSettings,
) -> anyhow::Result<Examination> {
    let now = context.environment.now()?;
    let mut excluded: Vec<String> = Vec::new();
    for target in &mut settings.targets {
        target.installed = Installed::Everywhere;
        excluded.extend(target.exclude.iter().map(|pattern| pattern.as_str().to_owned()));
    }
    let limits = settings.limits;
    let inventoried = inventory(settings.targets, limits);
    Ok(match subject {
        Subject::Package { .. } => {
            examine(subject, &inventoried.describe(now), &FlawFacts::default(), &excluded)
        }
        Subject::Flaw(id) => {
            let data = settings::data_dir(common, &context.environment, user)?;
            let knowledge = Knowledge::open(&DataFolder::open(&data)?, Ecosystem::all());
            let facts = FlawFacts::of(&knowledge, id);
            let scan = inventoried
                .with_statements(&settings.statements, limits)
                .judge(&knowledge, limits, now);
            examine(subject, &scan, &facts, &excluded)
        }
    })
}

/// Shows what would leave, and writes it where a file is named.
fn answer(
    context: &Context,
    common: &Common,
    question: &SignedQuestion,
    examination: &Examination,
    (args, format, way): (&AnsweringArgs, AnswerForm, Option<&Way>),
) -> anyhow::Result<()> {
    let now = context.environment.now()?;
    let file = common.output.as_ref().filter(|_| !args.dry_run);
    let way = way.filter(|_| !args.dry_run);
    // A key is made only for somebody who signs.
    let key = if file.is_some() || way.is_some() {
        let name = args.name.as_deref().unwrap_or("mainstay");
        Some(signing_key(context, common, &args.signing, name)?)
    } else {
        None
    };
    let answer = examination.answer(drafting(question, args, key.as_ref(), now)?)?;
    if now > question.question.deadline.at() {
        let deadline = question.question.deadline.as_str();
        context.output.warn(&format!("the deadline {deadline} is over: the answer will be late"));
    }
    match format {
        AnswerForm::Json => context.output.show(&clean_json(answer.payload()))?,
        AnswerForm::Text => show(context, question, examination, &answer)?,
    }
    let Some(key) = key else { return Ok(()) };
    let envelope = answer.seal(&key)?;
    if let Some(file) = file {
        write_file(file, |to| Ok(to.write_all(envelope.as_bytes())?))?;
        if format == AnswerForm::Text {
            let mut sheet = context.output.sheet();
            sheet.push(&Line::default().text(format!(
                "Written to {} and signed by {}.{}",
                file.display(),
                key.verifying(),
                if way.is_some() { "" } else { " Nothing was sent." }
            )));
            context.output.show(&sheet.into_string())?;
        }
    }
    if let Some(way) = way {
        way.send(context, (&envelope, &key), format)?;
    }
    Ok(())
}

fn drafting<'q>(
    question: &'q SignedQuestion,
    args: &AnsweringArgs,
    key: Option<&SigningKey>,
    now: jiff::Timestamp,
) -> anyhow::Result<Drafting<'q>> {
    let name = args.name.as_deref().or(key.map(SigningKey::name)).unwrap_or("mainstay");
    let sectors = args.sector.iter().map(|text| {
        SectorId::parse(text).with_context(|| format!("--sector {text} cannot be read"))
    });
    let marking = args.marking.as_deref().map(str::parse::<Tlp>).transpose();
    let since = args.fixed_since.as_deref().map(str::parse::<jiff::Timestamp>).transpose();
    Ok(Drafting {
        question,
        answered_by: Name::parse("--as", name)?,
        sectors: sectors.collect::<anyhow::Result<_>>()?,
        marking: marking.context("--marking cannot be read")?,
        detail: args.detail.into(),
        fixed_since: since
            .context("--fixed-since is no time with an offset, such as 2026-02-01T00:00:00Z")?,
        note: args.text.as_deref().map(|text| Words::parse("--text", text)).transpose()?,
        now,
    })
}

fn show(
    context: &Context,
    question: &SignedQuestion,
    examination: &Examination,
    answer: &Answer,
) -> anyhow::Result<()> {
    let mut sheet = context.output.sheet();
    push(&mut sheet, question);
    sheet.gap();
    examined::push(&mut sheet, examination);
    sheet.gap();
    sheet.push(&Line::default().toned(Tone::Strong, "What would leave, and nothing else"));
    let detail = answer.shown.detail().word();
    sheet.push(&Line::indented(2).toned(
        Tone::Dim,
        format!("--detail {detail}; written with --output FILE, sent with --send, and else it stays here"),
    ));
    let mut text = sheet.into_string();
    text.push_str(&clean_json(answer.payload()));
    context.output.show(&text)
}
