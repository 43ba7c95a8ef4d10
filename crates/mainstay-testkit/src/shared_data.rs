//! Real data that lie beside the repository on some machines and are never part of it.

use std::path::{Path, PathBuf};

/// The folder with the shared data: `data` in `$MAINSTAY_SHARED`, else in `shared` beside the
/// repository.
/// `None` when it is not there; a test then says what it leaves out, and passes.
pub fn shared_data() -> Option<PathBuf> {
    let named = std::env::var_os("MAINSTAY_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = named.unwrap_or(beside).join("data");
    folder.join("osv").is_dir().then_some(folder)
}
