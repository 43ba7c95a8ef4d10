//! Names of the properties with which Mainstay writes what no standard has a field for, and which it
//! reads back. `docs/user/sboms.md` lists them.

/// Where a package comes from, if not from a registry: `git`, `path` or `url`.
pub const ORIGIN: &str = "mainstay:origin";
/// The address of that.
pub const ORIGIN_URL: &str = "mainstay:origin:url";
/// The commit of that.
pub const ORIGIN_COMMIT: &str = "mainstay:origin:commit";
/// Why a package is there: `runtime`, `optional`, `build` or `dev`.
pub const SCOPE: &str = "mainstay:scope";
/// The versions that are asked for, where none is locked.
pub const ASKED: &str = "mainstay:asked";
