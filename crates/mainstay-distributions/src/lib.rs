//! What a Linux system says is installed on it: the databases of dpkg, apk and RPM.
//!
//! A database names packages; which distribution built them, and of which release they are, stands
//! in the system's os-release file. A reader asks for that file through
//! [`Nearby`](mainstay_reading::Nearby), so the same readers serve a folder, an unpacked root and
//! a container image.
//!
//! | module | what it reads | standard |
//! | --- | --- | --- |
//! | `database` | which path is which database: the table [`DATABASES`] | |
//! | `owned` | which files the packages of a database own | |
//! | `os_release` | the distribution and its release | os-release(5) |
//! | `dpkg` | `status`, `status.d` | Debian Policy, chapter 5; dpkg(1), "Package states" |
//! | `apk` | `installed` | apk-tools, "Installeddb" |
//! | `rpm` | `rpmdb.sqlite`, `Packages.db` | RPM's package format, `lib/backend` of RPM |
//!
//! Everything here is pure: bytes in, an inventory out.

mod apk;
mod database;
mod dpkg;
mod installed;
mod os_release;
mod owned;
mod rpm;

pub use database::{DATABASES, Database, database_of};
pub use os_release::System;
pub use owned::{Owned, owned};
