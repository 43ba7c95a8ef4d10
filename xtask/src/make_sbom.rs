//! `cargo xtask make-sbom`: an SPDX document of any size, to measure with.
//!
//! What it lists is made up: packages with a package URL, a supplier, a licence and a checksum,
//! each needed by one other. Measure with
//!
//! ```text
//! cargo xtask make-sbom --megabytes 100 --output /tmp/large.spdx.json
//! /usr/bin/time -v target/release/mainstay scan --offline --max-file-size 200MiB /tmp/large.spdx.json
//! ```

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::step::Outcome;

/// What to make.
#[derive(Args)]
pub(crate) struct Options {
    /// The size, in millions of bytes
    #[arg(long, default_value_t = 100)]
    megabytes: usize,
    /// As tag-value, not JSON
    #[arg(long)]
    tag_value: bool,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

/// Writes the document.
pub(crate) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let form = if options.tag_value { Form::TagValue } else { Form::Json };
    let file = File::create(&options.output)
        .with_context(|| format!("cannot write {}", options.output.display()))?;
    let mut out = Counted { out: BufWriter::new(file), bytes: 0 };
    let packages = form.write(&mut out, options.megabytes * 1_000_000)?;
    out.out.flush()?;
    println!("{} bytes, {packages} packages", out.bytes);
    Ok(Outcome::Passed)
}

/// What has been written so far.
struct Counted<W> {
    out: W,
    bytes: usize,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

#[derive(Clone, Copy)]
enum Form {
    Json,
    TagValue,
}

impl Form {
    /// Writes packages until they and their relationships fill so many bytes. Gives their number.
    fn write<W: Write>(self, out: &mut Counted<W>, bytes: usize) -> std::io::Result<usize> {
        // Each package has one relationship, of about this size.
        let relationship = match self {
            Self::Json => 140,
            Self::TagValue => 65,
        };
        self.head(out)?;
        let mut packages = 0;
        while out.bytes + packages * relationship < bytes {
            self.package(out, packages)?;
            packages += 1;
        }
        self.relationships(out, packages)?;
        Ok(packages)
    }

    fn head(self, out: &mut impl Write) -> std::io::Result<()> {
        match self {
            Self::Json => write!(
                out,
                "{{\n  \"spdxVersion\": \"SPDX-2.3\",\n  \"dataLicense\": \"CC0-1.0\",\n  \
                 \"SPDXID\": \"SPDXRef-DOCUMENT\",\n  \"name\": \"large\",\n  \
                 \"documentNamespace\": \"https://sbom.example/large\",\n  \"creationInfo\": {{\
                 \"created\": \"2026-01-01T00:00:00Z\", \"creators\": [\"Tool: xtask-1\"]}},\n  \
                 \"packages\": ["
            ),
            Self::TagValue => write!(
                out,
                "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\n\
                 DocumentName: large\nDocumentNamespace: https://sbom.example/large\n\
                 Creator: Tool: xtask-1\nCreated: 2026-01-01T00:00:00Z\n"
            ),
        }
    }

    fn package(self, out: &mut impl Write, n: usize) -> std::io::Result<()> {
        let licence = ["MIT", "Apache-2.0", "MIT OR Apache-2.0"].get(n % 3).unwrap_or(&"MIT");
        let (minor, patch, supplier) = (n % 50, n % 7, n % 100);
        match self {
            Self::Json => write!(
                out,
                "{}\n    {{\n      \"SPDXID\": \"SPDXRef-Package-{n}\",\n      \
                 \"name\": \"package-{n}\",\n      \"versionInfo\": \"1.{minor}.{patch}\",\n      \
                 \"supplier\": \"Organization: Example {supplier} (help@supplier.example)\",\n      \
                 \"downloadLocation\": \"https://registry.example/package-{n}.tgz\",\n      \
                 \"filesAnalyzed\": false,\n      \"licenseConcluded\": \"NOASSERTION\",\n      \
                 \"licenseDeclared\": \"{licence}\",\n      \"copyrightText\": \"NOASSERTION\",\n      \
                 \"checksums\": [{{\"algorithm\": \"SHA256\", \"checksumValue\": \"{n:064x}\"}}],\n      \
                 \"externalRefs\": [{{\"referenceCategory\": \"PACKAGE-MANAGER\", \
                 \"referenceType\": \"purl\", \
                 \"referenceLocator\": \"pkg:npm/package-{n}@1.{minor}.{patch}\"}}]\n    }}",
                if n == 0 { "" } else { "," }
            ),
            Self::TagValue => write!(
                out,
                "\nPackageName: package-{n}\nSPDXID: SPDXRef-Package-{n}\n\
                 PackageVersion: 1.{minor}.{patch}\n\
                 PackageSupplier: Organization: Example {supplier} (help@supplier.example)\n\
                 PackageDownloadLocation: https://registry.example/package-{n}.tgz\n\
                 FilesAnalyzed: false\nPackageLicenseConcluded: NOASSERTION\n\
                 PackageLicenseDeclared: {licence}\nPackageCopyrightText: NOASSERTION\n\
                 PackageChecksum: SHA256: {n:064x}\n\
                 ExternalRef: PACKAGE-MANAGER purl pkg:npm/package-{n}@1.{minor}.{patch}\n"
            ),
        }
    }

    fn relationships(self, out: &mut impl Write, packages: usize) -> std::io::Result<()> {
        if matches!(self, Self::Json) {
            write!(out, "\n  ],\n  \"relationships\": [")?;
        }
        for n in 0..packages {
            let (from, kind) = match n {
                0 => ("DOCUMENT".to_owned(), "DESCRIBES"),
                _ => (format!("Package-{}", n / 4), "DEPENDS_ON"),
            };
            match self {
                Self::Json => write!(
                    out,
                    "{}\n    {{\"spdxElementId\": \"SPDXRef-{from}\", \
                     \"relationshipType\": \"{kind}\", \
                     \"relatedSpdxElement\": \"SPDXRef-Package-{n}\"}}",
                    if n == 0 { "" } else { "," }
                )?,
                Self::TagValue => {
                    writeln!(out, "Relationship: SPDXRef-{from} {kind} SPDXRef-Package-{n}")?;
                }
            }
        }
        match self {
            Self::Json => writeln!(out, "\n  ]\n}}"),
            Self::TagValue => Ok(()),
        }
    }
}
