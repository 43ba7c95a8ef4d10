//! Model files: what they are, and what loading them would do. Bytes in, [`Danger`]s out.
//!
//! Open models arrive as files that can run code when they are loaded. This room reads them as
//! what they are, programs and containers, without running anything: no Python, no framework. It
//! opens no file and connects to nothing.
//!
//! One front door ([`examine`]) tells a format by its bytes, never by its name; a name that
//! disagrees is a danger of its own. Each format is a module under `formats` and a line in
//! [`FORMATS`]; what wraps another file is under `wrappings`; pickles have a machine of their own
//! in `pickle`. What is found comes in four sorts:
//!
//! * [`Danger`]: what would run code, touch files or the network, or break a reader;
//! * [`Gap`]: what could not be looked at. Unknown is never clean: a format that is recognised and
//!   not read to its dangers, and a budget that ran out, are gaps;
//! * a [`Description`]: tensors, metadata, licences, the trace of a pickle.
//!
//! How to add a format: `docs/how-to/add-a-model-format.md`.

mod cursor;
mod description;
mod examination;
mod findings;
mod flatbuffer;
mod format;
mod formats;
mod front_door;
mod jinja;
mod json_walk;
mod licence;
mod markup;
mod named_path;
mod neighbours;
mod odd_text;

mod part;
mod pickle;
mod protobuf;
mod python_source;
mod repeats;
mod wrappings;

pub use description::{Description, Fact, Tensor, TraceLine};
pub use examination::{Detail, Examined};
pub use format::{FORMATS, Format, Likeness, Role};
pub use formats::picture::{PictureEnd, picture_end};
pub use front_door::{ModelFile, SNIFFED, examine, examine_as, has_model_name, role_of};
pub use mainstay_reading::{Danger, DangerCode, Gap};
pub use neighbours::{is_weights, matters_beside_weights};
