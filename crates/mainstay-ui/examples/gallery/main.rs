//! Writes a folder with every part that pages are made of, to be looked at in a browser:
//!
//! ```text
//! cargo run -p mainstay-ui --example gallery -- target/gallery
//! cd target/gallery && python3 -m http.server --bind 127.0.0.1 8000
//! ```
//!
//! There is no `/events` there, so the live page says that it is not live.

mod pages;

use std::{env, fs, io, path::Path};

use mainstay_ui::assets;

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "say into which folder: gallery FOLDER")
    })?;
    let folder = Path::new(&folder);
    for asset in assets() {
        write(&folder.join(asset.path.trim_start_matches('/')), asset.bytes)?;
    }
    for (path, page) in pages::pages() {
        let file = folder.join(path.trim_start_matches('/')).join("index.html");
        write(&file, page.render().as_bytes())?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
