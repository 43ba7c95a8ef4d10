//! Python source inside of a model: what `torch.package` saves, the handlers of a `TorchServe`
//! archive, code in a `.nemo` or an `MLflow` model.
//!
//! Specification: none of its own; see [`crate::python_source`] for the dangers. Source that lies
//! in a folder is no model: only what a model names is read there.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::formats::torchscript;
use crate::front_door;
use crate::part::Part;
use crate::python_source;
use crate::wrappings::members::Members;

pub(crate) const FORMAT: Format = Format {
    id: "python-source",
    title: "Python source",
    role: Role::Beside,
    endings: &[],
    likeness,
    read,
};

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let begins = beginning.bytes.get(..4096).unwrap_or(beginning.bytes);
    let is_python = matches!(&*beginning.ending(), "py" | "pyw");
    if beginning.is_inside && is_python && !begins.contains(&0) {
        Likeness::Possible
    } else {
        Likeness::No
    }
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let when = "when the model is loaded or served";
    python_source::look_at_file(part.bytes, &part.whole(), when, examination);
}

/// Whether a member was read as Python when it was met.
pub(crate) fn was_read(part: &Part<'_>, path: &str, members: &dyn Members) -> bool {
    let is_torchscript = torchscript::is_code(path) && torchscript::is_of(members);
    !is_torchscript && front_door::reads_as(&FORMAT, part)
}

#[cfg(test)]
mod tests {
    use mainstay_archives::{Budget, Limits};
    use mainstay_reading::NothingNearby;

    use crate::examination::Examination;
    use crate::{Detail, Examined};

    use super::*;

    fn inside(name: &str, source: &str) -> Examined {
        let budget = Budget::new(Limits::default());
        let mut examination = Examination::new(&budget, &NothingNearby, Detail::Judged);
        let archive = Part::file("model.mar", &[]);
        examination.enter(&archive.inside(name, source.as_bytes()));
        examination.finish()
    }

    #[test]
    fn a_handler_in_an_archive_is_read() {
        let found = inside("code/handler.py", "import os\nos.system('echo inert')\n");
        assert_eq!(found.dangers.len(), 1);
        let place = &found.dangers[0].place;
        assert_eq!((place.member.as_deref(), place.line), (Some("code/handler.py"), Some(2)));
    }

    #[test]
    fn an_ordinary_handler_is_clean() {
        let source = "import os\nimport json\nimport torch\n\n\nclass Handler:\n    def \
                      initialize(self, context):\n        folder = \
                      context.system_properties['model_dir']\n        path = \
                      os.path.join(folder, 'model.pt')\n        self.model = \
                      torch.jit.load(path)\n        self.model.eval()\n        with \
                      open(os.path.join(folder, 'names.json')) as names:\n            self.names \
                      = json.load(names)\n";
        let found = inside("handler.py", source);
        assert!(found.dangers.is_empty() && found.gaps.is_empty(), "{found:#?}");
    }
}
