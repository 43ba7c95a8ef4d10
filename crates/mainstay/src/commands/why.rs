//! `mainstay why PACKAGE`: by which path of dependencies a package is there. Needs no advisory
//! data and no network.

use std::fmt::Write as _;

use anyhow::{anyhow, bail};
use mainstay_console::{ExitCode, Line, Tone};
use mainstay_scan::{Package, inventory};
use mainstay_types::{PackageName, Purl};
use mainstay_vex::read_purl;

use crate::Context;
use crate::args::TargetArgs;
use crate::settings::{self, UserFile};

pub(crate) fn why(context: &Context, wanted: &str, args: &TargetArgs) -> anyhow::Result<ExitCode> {
    let purl = wanted.starts_with("pkg:").then(|| read_purl(wanted)).transpose();
    let purl = purl.map_err(|error| {
        anyhow!("\"{wanted}\" is no package URL such as pkg:npm/left-pad: {error}")
    })?;
    if wanted.trim().is_empty() {
        bail!("name a package: its name, name@version, or a package URL");
    }
    let user = UserFile::read()?;
    let (targets, limits) = settings::of_inventory(args, &context.environment, &user)?;
    let inventoried = inventory(targets, limits);
    let mut sheet = context.output.sheet();
    let mut found = 0_usize;
    let is_wanted = |package: &&Package| match &purl {
        Some(purl) => is_of_purl(package, purl),
        None => is_of_name(package, wanted),
    };
    for package in inventoried.packages().iter().filter(is_wanted) {
        found += 1;
        let heading = Line::default().toned(Tone::Strong, package.label());
        sheet.push(&heading.text(format!(" ({}, {})", package.name.ecosystem(), package.scope)));
        for (location, path) in inventoried.paths_to(package) {
            sheet.push(&Line::indented(2).toned(Tone::Dim, "at ").text(location.to_string()));
            sheet.push(&Line::indented(4).text(path_line(package, &path)));
        }
        sheet.gap();
    }
    let unread = inventoried.unread();
    if found == 0 {
        let looked = inventoried.packages().len();
        let mut text = format!("{wanted} is not among the {looked} packages that were read");
        if !unread.is_empty() {
            // Writing to a `String` cannot fail.
            let _ = write!(text, ", but not everything could be read");
        }
        sheet.push(&Line::default().text(text));
    }
    for (path, problem) in unread {
        let line = Line::default().toned(Tone::Warning, "not known: ");
        sheet.push(&line.text(format!("{path}: {problem}")));
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

fn path_line(package: &Package, path: &[String]) -> String {
    match (path, package.direct) {
        ([], Some(true)) | ([_], _) => "the project asks for it itself".to_owned(),
        ([], _) => "the file does not tell which package needs it".to_owned(),
        (path, _) => path.join(" > "),
    }
}

/// A package URL with or without a version.
fn is_of_purl(package: &Package, wanted: &Purl) -> bool {
    let own = Purl::of_package(&package.name, package.version.exact());
    let is_version = wanted.version().is_none() || wanted.version() == own.version();
    wanted.key() == own.key() && is_version
}

/// A name or `name@version`.
fn is_of_name(package: &Package, wanted: &str) -> bool {
    let names = |text: &str| {
        PackageName::parse(package.name.ecosystem(), text).is_ok_and(|name| name == package.name)
    };
    if names(wanted) {
        return true;
    }
    // The last `@` parts name and version; a leading one belongs to an npm scope.
    wanted
        .rsplit_once('@')
        .filter(|(name, _)| !name.is_empty())
        .is_some_and(|(name, version)| names(name) && package.version.exact() == Some(version))
}
