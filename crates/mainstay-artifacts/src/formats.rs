//! One module per format; the table that names them is [`crate::FORMATS`].

pub(crate) mod any_zip;
pub(crate) mod crate_file;
pub(crate) mod gem;
pub(crate) mod jar;
pub(crate) mod npm_tarball;
pub(crate) mod nupkg;
pub(crate) mod program;
pub(crate) mod sdist;
pub(crate) mod tarball;
pub(crate) mod wheel;
