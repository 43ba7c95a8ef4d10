//! `mainstay serve` and `mainstay submit`: what can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::InstanceArgs;

/// `mainstay serve`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  \
    mainstay serve                       pages on this machine, at the address that is printed\n  \
    mainstay serve --demo                an example world to look around in\n  \
    mainstay serve --listen 0.0.0.0:443 --public-url https://mainstay.example \\\n      \
        --tls-certificate cert.pem --tls-key key.pem")]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) instance: InstanceArgs,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8450")]
    pub(crate) listen: SocketAddr,
    /// The address that people type, such as `https://mainstay.example`; needed when other
    /// machines are answered
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// The certificate to answer with, and those between it and the root, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub(crate) tls_key: Option<PathBuf>,
    /// A proxy stands before the server: take the last address of `X-Forwarded-For` for whoever
    /// asks
    #[arg(long)]
    pub(crate) behind_proxy: bool,
    /// Refuse passwords of this list: lines `SHA-1:count`, sorted
    #[arg(long, value_name = "FILE")]
    pub(crate) breached_passwords: Option<PathBuf>,
    /// Put letters to people (links for lost passwords, news of their accounts) into this folder,
    /// for another program to send; without it they wait
    #[arg(long, value_name = "DIR")]
    pub(crate) mail_folder: Option<PathBuf>,
    /// Send letters by this mail server: `smtps://user@host:465`, or `smtp://user@host:587` with
    /// STARTTLS; in the clear to this machine only
    #[arg(long, value_name = "URL", conflicts_with = "mail_folder")]
    pub(crate) smtp: Option<String>,
    /// The file with the password of the mail server; without it `MAINSTAY_SMTP_PASSWORD` is read
    #[arg(long, value_name = "FILE", requires = "smtp")]
    pub(crate) smtp_password_file: Option<PathBuf>,
    /// From which address letters come; without it, from `mainstay` at the name of this server
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) mail_from: Option<String>,
    /// Fill an instance of its own with an example world, clearly marked
    #[arg(long, conflicts_with = "database")]
    pub(crate) demo: bool,
}

/// `mainstay submit`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SendArgs {
    /// The SBOM, or a VEX document
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The address of the server
    #[arg(long, value_name = "URL")]
    pub(crate) server: String,
    /// The id of the organisation
    #[arg(long, value_name = "ID")]
    pub(crate) organisation: String,
    /// The name of what the SBOM describes; it is added when it is not there. Of a VEX document: the
    /// only asset of which it is to speak
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) asset: String,
    /// The file makes statements on flaws (VEX) and is no SBOM. OpenVEX and CSAF are known by
    /// themselves; CycloneDX and SPDX are taken for SBOMs
    #[arg(long)]
    pub(crate) vex: bool,
    /// Its version
    #[arg(long, value_name = "VERSION", default_value = "")]
    pub(crate) release: String,
    /// A file that holds the API token; without it, the variable `MAINSTAY_TOKEN`
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}
