//! `mainstay question`: signed questions, and the count of their answers.

mod tally;

use std::path::Path;

use anyhow::{Context as _, bail};
use mainstay_console::{ExitCode, Line, Sheet, Tone, clean_json};
use mainstay_fetch::{Conditions, Limits, Proxies};
use mainstay_questions::{
    Deadline, Keyring, MAX_ENVELOPE_BYTES, Name, Party, Question, SignedQuestion, Subject, Words,
};
use mainstay_store::{DataDir, SigningKey, VerifyingKey};
use mainstay_types::{SourceUrl, Tlp};

use crate::Context;
use crate::args::{
    AnswerForm, Common, NewQuestionArgs, QuestionCommand, SigningArgs, SubjectArgs, TrustArgs,
};
use crate::commands::db::fetcher;
use crate::commands::remote;
use crate::settings::{self, UserFile};

/// The most bytes of a file of keys.
const MOST_KEY_BYTES: u64 = 64 << 20;

pub(crate) fn run(
    context: &Context,
    common: &Common,
    command: &QuestionCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        QuestionCommand::New(args) => new(context, common, args),
        QuestionCommand::Show { question, trust, format } => {
            let signed = opened(context, question, trust)?;
            match format {
                AnswerForm::Json => {
                    context.output.result(&clean_json(signed.question.payload()))?;
                }
                AnswerForm::Text => {
                    let mut sheet = context.output.sheet();
                    push(&mut sheet, &signed);
                    context.output.result(&sheet.into_string())?;
                }
            }
            Ok(ExitCode::Done)
        }
        QuestionCommand::Tally(args) => tally::tally(context, args),
        QuestionCommand::Key { signing, name } => {
            let key = signing_key(context, common, signing, name)?;
            context.output.result(&format!("{}\n", key.verifying()))?;
            Ok(ExitCode::Done)
        }
    }
}

fn new(context: &Context, common: &Common, args: &NewQuestionArgs) -> anyhow::Result<ExitCode> {
    let now = context.environment.now()?;
    let words = |field, text: &Option<String>| {
        text.as_deref().map(|text| Words::parse(field, text)).transpose()
    };
    let question = Question {
        id: Question::new_id(now)?,
        subject: subject(&args.subject)?,
        asked_by: Name::parse("--from", &args.from)?,
        purpose: words("--text", &args.text)?,
        reply_to: words("--reply-to", &args.reply_to)?,
        marking: args.marking.parse::<Tlp>().context("--marking cannot be read")?,
        asked_at: now,
        deadline: Deadline::parse(&args.deadline)?,
    };
    if question.deadline.at() <= now {
        bail!("the deadline {} is over", args.deadline);
    }
    let key = signing_key(context, common, &args.signing, &args.from)?;
    context.output.result(&question.seal(&key))?;
    if common.output.is_some() {
        let mut sheet = context.output.sheet();
        sheet.push(
            &Line::default().text("Asked: ").toned(Tone::Strong, question.subject.to_string()),
        );
        sheet.push(&Line::indented(2).text(format!("signed by {}", key.verifying())));
        sheet.push(&Line::indented(2).toned(
            Tone::Dim,
            "give this key to those who are asked on another way than the question",
        ));
        context.output.show(&sheet.into_string())?;
    }
    Ok(ExitCode::Done)
}

/// What flags ask about.
pub(super) fn subject(args: &SubjectArgs) -> anyhow::Result<Subject> {
    Ok(match (&args.advisory, &args.package) {
        (Some(id), _) => Subject::flaw(id)?,
        (None, Some(purl)) => Subject::package(purl, args.range.as_deref())?,
        (None, None) => bail!("name what is asked about: --advisory ID or --package PURL"),
    })
}

/// Reads a question and checks its signature.
pub(super) fn opened(
    context: &Context,
    source: &str,
    trust: &TrustArgs,
) -> anyhow::Result<SignedQuestion> {
    opened_with(context, source, trust, None)
}

/// The same, of a server that gives it to those who have a token.
pub(super) fn opened_with(
    context: &Context,
    source: &str,
    trust: &TrustArgs,
    token: Option<&str>,
) -> anyhow::Result<SignedQuestion> {
    let trusted = keyring(trust)?;
    let bytes = envelope(context, source, token)?;
    SignedQuestion::open(&bytes, &trusted).with_context(|| format!("{source} is not taken"))
}

/// The bytes of an envelope: of a file, or of what an https address gives. A server on this
/// machine may be asked over http.
fn envelope(context: &Context, source: &str, token: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let url = SourceUrl::new(source);
    let most = u64::try_from(MAX_ENVELOPE_BYTES).unwrap_or(u64::MAX);
    match url.scheme().as_deref() {
        Some("http") if !url.is_this_machine() => {
            bail!("{url} is not fetched: give an https address, or a file")
        }
        Some("https" | "http") => {
            if settings::is_offline(&context.environment, &UserFile::read()?)? {
                bail!("{url} is not fetched: the network is not to be used (MAINSTAY_OFFLINE)");
            }
            if let Some(token) = token {
                return remote::done(remote::client(&url).get_with_token(&url, token)?);
            }
            let limits = Limits { bytes: most, ..Limits::default() };
            let fetcher = fetcher(limits, Proxies::FromEnvironment);
            Ok(fetcher.get(&url, &Conditions::default())?.read_to_end()?)
        }
        _ => read(Path::new(source), most),
    }
}

/// A file of at most so many bytes.
pub(super) fn read(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let failed = || format!("cannot read {shown}");
    let facts = std::fs::metadata(path).with_context(failed)?;
    if !facts.is_file() || facts.len() > most {
        bail!("{shown} is no file of at most {most} bytes");
    }
    std::fs::read(path).with_context(failed)
}

/// The keys that were given, as lines or as files of lines.
pub(super) fn keyring(trust: &TrustArgs) -> anyhow::Result<Keyring> {
    let mut keys: Vec<VerifyingKey> = Vec::new();
    for given in &trust.key {
        if let Ok(key) = given.parse() {
            keys.push(key);
        } else {
            keys.extend(parties(Path::new(given))?.into_iter().map(|party| party.key));
        }
    }
    Ok(Keyring::new(keys))
}

/// A file of keys, with the sectors of each.
pub(super) fn parties(path: &Path) -> anyhow::Result<Vec<Party>> {
    let shown = path.display();
    if !path.exists() {
        bail!("{shown} is neither a key of the form name+id+base64 nor a file of such lines");
    }
    let bytes = read(path, MOST_KEY_BYTES)?;
    let text = String::from_utf8(bytes).with_context(|| format!("{shown} is no text"))?;
    Party::read_all(&text).with_context(|| format!("{shown} is no file of keys"))
}

/// The key that signs: of the named file, or of the instance. A new one gets the name.
pub(super) fn signing_key(
    context: &Context,
    common: &Common,
    args: &SigningArgs,
    name: &str,
) -> anyhow::Result<SigningKey> {
    if let Some(path) = &args.key_file {
        return Ok(SigningKey::open_or_create(path, name)?);
    }
    let user = UserFile::read()?;
    let data = settings::data_dir(common, &context.environment, &user)?;
    let folder = DataDir::open(&data.join("instance"))?;
    Ok(SigningKey::open_or_create(&folder.signing_key(), name)?)
}

/// What a question asks.
pub(super) fn push(sheet: &mut Sheet, signed: &SignedQuestion) {
    let question = &signed.question;
    let head = Line::default().toned(Tone::Strong, question.subject.to_string());
    sheet.push(&head.text(format!("  {}", question.marking)));
    let mut line = |label: &str, text: &str| {
        sheet.push(&Line::indented(2).toned(Tone::Dim, label).text(text));
    };
    line("asked by ", question.asked_by.as_str());
    for signer in &signed.signers {
        line("signed by ", &signer.to_string());
    }
    if let Some(purpose) = &question.purpose {
        line("for ", purpose.as_str());
    }
    if let Some(reply_to) = &question.reply_to {
        line("answers go to ", reply_to.as_str());
    }
    line("asked at ", &question.asked_at.to_string());
    line("until ", &format!("{} ({})", question.deadline.as_str(), question.deadline.at()));
    line("content ", signed.digest.as_str());
}
