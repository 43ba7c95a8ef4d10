//! Source that lies beside a model, and what it imports from beside itself.

use mainstay_reading::{NearbyError, Place};

use super::{Imported, look_at_file};
use crate::examination::Examination;

/// The most files of code that are read for one model.
pub(crate) const READ: usize = 64;
/// The most that are looked for.
const NAMED: usize = 1_000;

/// Where imports by a whole name are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// Among the libraries alone.
    Libraries,
    /// First beside the source: its folder is on the path of Python.
    Beside,
}

/// Reads the files of these paths, as far as they are there, and the files that they import; `when`
/// completes "this code runs ...".
pub(crate) fn look_at_files(files: Vec<String>, when: &str, examination: &mut Examination<'_>) {
    Code { files, next: 0, read: 0, when, search: Search::Libraries }.read(examination);
}

/// The same for a script, beside which Python finds modules too.
pub(crate) fn look_at_script_beside(path: &str, when: &str, examination: &mut Examination<'_>) {
    let files = vec![path.to_owned()];
    Code { files, next: 0, read: 0, when, search: Search::Beside }.read(examination);
}

/// The same for a script whose bytes are here, and which stands at `place`.
pub(crate) fn look_at_script(
    (path, bytes): (&str, &[u8]),
    place: &Place,
    when: &str,
    examination: &mut Examination<'_>,
) {
    let files = vec![path.to_owned()];
    let mut code = Code { files, next: 1, read: 1, when, search: Search::Beside };
    let imported = look_at_file(bytes, place, when, examination);
    code.add(path, imported, place, examination);
    code.read(examination);
}

struct Code<'w> {
    /// What is looked for, by its path.
    files: Vec<String>,
    /// The next of them.
    next: usize,
    /// How many were read.
    read: usize,
    when: &'w str,
    search: Search,
}

impl Code<'_> {
    fn read(&mut self, examination: &mut Examination<'_>) {
        while let Some(file) = self.files.get(self.next).cloned() {
            self.next += 1;
            let place = Place { file: Some(file.as_str().into()), ..Place::default() };
            let bytes = match examination.nearby.read(&file) {
                Ok(bytes) => bytes,
                // That it is run is told already, and that it is not here is no secret.
                Err(NearbyError::Absent) => continue,
                Err(error) => {
                    let reason = format!("the code of the model was not read: {error}");
                    examination.gap(place, reason, "read it before you load the model");
                    continue;
                }
            };
            if self.read >= READ {
                return tell_rest(place, examination);
            }
            self.read += 1;
            let imported = look_at_file(&bytes, &place, self.when, examination);
            self.add(&file, imported, &place, examination);
        }
    }

    /// Takes in what a file imports.
    fn add(
        &mut self,
        file: &str,
        imported: Imported,
        place: &Place,
        examination: &mut Examination<'_>,
    ) {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let within = |import: String| {
            if folder.is_empty() { import } else { format!("{folder}/{import}") }
        };
        let mut wanted: Vec<String> = imported.beside.into_iter().map(within).collect();
        if self.search == Search::Beside {
            let paths = imported.named.iter().map(|module| module.replace('.', "/"));
            wanted.extend(
                paths.flat_map(|path| [format!("{path}.py"), format!("{path}/__init__.py")]),
            );
        }
        for next in wanted {
            if self.files.contains(&next) {
                continue;
            }
            if self.files.len() >= NAMED {
                return tell_rest(place.clone(), examination);
            }
            self.files.push(next);
        }
    }
}

fn tell_rest(place: Place, examination: &mut Examination<'_>) {
    let reason = format!("of the code of the model only {READ} files were read");
    examination.gap(place, reason, "read the rest before you load the model");
}
