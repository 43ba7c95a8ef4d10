//! What is known of a name that a pickle imports. Allow lists come first; sinks are listed to name
//! a danger; what neither lists is unknown.
//!
//! The lists are data, in `lists/`. Where two entries cover one name the longest path counts, and
//! an exact entry of an allow list before any other. Of the libraries that most pickles need, all
//! modules are listed: one that only looks like them (`sklearn.tree._clases`) is somebody else's.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::names::{self, Hidden};

const CONSTRUCTORS: &str = include_str!("lists/constructors.txt");
const CHECKED: &str = include_str!("lists/checked.txt");
const LIBRARIES: &str = include_str!("lists/libraries.txt");
const MODULES: &str = include_str!("lists/modules.txt");
const RENAMED: &str = include_str!("lists/renamed.txt");
const SINKS: [&str; 2] =
    [include_str!("lists/sinks_of_python.txt"), include_str!("lists/sinks_of_libraries.txt")];

/// What is known of an imported name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Makes plain data from any arguments.
    Constructor,
    /// Harmless when its arguments are.
    Checked(Rule),
    /// A name of a trusted library. Its classes may be made without their `__init__`.
    Library,
    /// Does harm when it is called.
    Sink(Sink),
    /// Reached by a path that no writer of pickles takes.
    Hidden(Hidden),
    /// Nobody knows.
    Unknown,
}

/// A name that does harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sink {
    pub(super) sort: Sort,
    pub(super) advisory: Option<&'static str>,
}

/// Which harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Code,
    Files,
    /// Files, when it is called; its import is nothing.
    Opens,
    Network,
    Hides,
    /// Hides, when it is called; its import is nothing.
    Wraps,
    Changes,
    Scanner,
}

/// How arguments are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// `getattr(class or instance, plain name)`.
    Attribute,
    /// `_codecs.encode(text, "latin1")`.
    Encode,
    /// `copyreg._reconstructor(class, plain base, state)`.
    Reconstruct,
    /// `copyreg.__newobj__(class, ...)`.
    NewObject,
    /// `copyreg.__newobj_ex__(class, args, kwargs)`.
    NewObjectEx,
    /// `functools.partial(allowed, ...)`.
    Partial,
    /// Plain names of attributes or items.
    Names,
    /// `operator.methodcaller(plain name, ...)`.
    Method,
    /// `operator.getitem(class, ...)`.
    Item,
    /// `type(value)`.
    TypeOf,
    /// `defaultdict(allowed, ...)`.
    Factory,
    /// A class of arrays first, of which it makes an empty one.
    ArrayClass,
    /// A class of arrays first, and the class of its data second.
    MaskedClass,
    /// A class first, of which it makes an instance.
    FirstClass,
    /// The constructors of numpy's random generators.
    NumpyRandom,
    /// Imports the second argument from the first.
    Ufunc,
    /// Calls the first argument with a later tuple.
    CallsFirst,
    /// Loads bytes as a pickle.
    Nested,
    /// Literals only.
    Literals,
    /// `numpy.dtype(text, ...)`.
    Dtype,
    /// A type by its name in the tables of dill.
    TypeName,
    /// joblib's stand-in for an array whose bytes follow.
    ArrayWrapper,
    /// joblib's stand-in for an array in another file.
    OtherFile,
    /// A class of named values, which gives the one that is asked for.
    Enum,
    /// `iter(container)`.
    Iterator,
    /// `map(plain type, ...)`.
    Mapping,
    /// A lazy iterator with a plain type or nothing as its function.
    Lazy,
    /// `reduce(or_, types)`.
    Union,
    /// `numpy.core.multiarray.scalar(dtype, bytes)`.
    Scalar,
    /// A time zone by its name, which is the name of a file.
    Zone,
}

/// What is known of a name.
pub(super) fn standing(module: &str, name: &str) -> Standing {
    POLICY.standing(module, name)
}

/// What a name does that is listed itself, and not only its module.
pub(super) fn listed_sink(module: &str, name: &str) -> Option<Sink> {
    POLICY.sinks.get(&*path_of(module, name)).copied().flatten()
}

/// The newest path of a name: `__builtin__.eval` is `builtins.eval`.
pub(super) fn path_of(module: &str, name: &str) -> String {
    POLICY.path_of(module, name)
}

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::read);

struct Policy {
    constructors: HashSet<&'static str>,
    checked: HashMap<&'static str, Rule>,
    libraries: HashSet<&'static str>,
    /// Every module of the libraries that are known whole, these among them.
    known_modules: HashSet<&'static str>,
    renamed: HashMap<&'static str, &'static str>,
    sinks: HashMap<&'static str, Entry>,
    modules: HashMap<&'static str, Entry>,
}

/// What a line of sinks says; `None` takes trust away and tells no harm.
type Entry = Option<Sink>;

impl Policy {
    fn read() -> Self {
        let mut policy = Self {
            constructors: lines(CONSTRUCTORS).collect(),
            checked: HashMap::new(),
            libraries: lines(LIBRARIES).collect(),
            known_modules: lines(MODULES).collect(),
            renamed: lines(RENAMED).filter_map(|line| line.split_once(' ')).collect(),
            sinks: HashMap::new(),
            modules: HashMap::new(),
        };
        for (path, rule) in lines(CHECKED).filter_map(|line| line.split_once(' ')) {
            policy.checked.extend(rule_named(rule).map(|rule| (path, rule)));
        }
        for (path, entry) in SINKS.into_iter().flat_map(lines).filter_map(sink) {
            match path.strip_suffix(".*") {
                Some(module) => policy.modules.insert(module, entry),
                None => policy.sinks.insert(path, entry),
            };
        }
        policy
    }

    fn path_of(&self, module: &str, name: &str) -> String {
        let path = format!("{module}.{name}");
        if let Some(new) = self.renamed.get(&*path) {
            return (*new).to_owned();
        }
        // The longest prefix of the module that has moved.
        let dots = module.match_indices('.').map(|(end, _)| end);
        let mut ends: Vec<usize> = dots.chain([module.len()]).collect();
        while let Some(end) = ends.pop() {
            let (old, rest) = path.split_at_checked(end).unwrap_or((&path, ""));
            if let Some(new) = self.renamed.get(old) {
                return format!("{new}{rest}");
            }
        }
        path
    }

    fn standing(&self, module: &str, name: &str) -> Standing {
        let path = self.path_of(module, name);
        if self.constructors.contains(&*path) {
            return Standing::Constructor;
        }
        if let Some(rule) = self.checked.get(&*path) {
            return Standing::Checked(*rule);
        }
        if let Some(Some(sink)) = self.sinks.get(&*path) {
            return Standing::Sink(*sink);
        }
        if names::is_exported_constant(module, name) {
            return Standing::Library;
        }
        let area = self.area(&path);
        if matches!(area, Area::Harmful(_)) && names::is_complaint(module, name) {
            return Standing::Constructor;
        }
        if let Area::Harmful(sink) = area {
            return Standing::Sink(sink);
        }
        if name.starts_with("__pyx_unpickle_") && area == Area::Library {
            return Standing::Checked(Rule::FirstClass);
        }
        if let Some(hidden) = names::hidden(module, name)
            && !self.is_of_listed_class(&path, name)
        {
            return Standing::Hidden(hidden);
        }
        match area {
            Area::Library if self.is_stranger(module, &path, name) => Standing::Unknown,
            Area::Library => Standing::Library,
            Area::Harmful(_) | Area::Unknown => Standing::Unknown,
        }
    }

    /// Whether a module claims to be of a library that is known whole, and is not in it, by neither
    /// of its names.
    fn is_stranger(&self, module: &str, path: &str, name: &str) -> bool {
        let root = module.split('.').next().unwrap_or(module);
        let renamed = path.strip_suffix(name).and_then(|rest| rest.strip_suffix('.'));
        let is_known = |module: &str| self.known_modules.contains(module);
        is_known(root) && !is_known(module) && !renamed.is_some_and(is_known)
    }

    /// Whether a path of attributes begins with a class that is listed, and ends in it.
    fn is_of_listed_class(&self, path: &str, name: &str) -> bool {
        let class = path.rsplit_once('.').map(|(class, _)| class);
        name.matches('.').count() == 1
            && !name.contains("__")
            && class.is_some_and(|class| self.libraries.contains(class))
    }

    /// What the longest listed prefix of a path says.
    fn area(&self, path: &str) -> Area {
        let ends = path.match_indices('.').map(|(end, _)| end).chain([path.len()]);
        let mut area = Area::Unknown;
        for end in ends {
            let prefix = path.get(..end).unwrap_or(path);
            if self.libraries.contains(prefix) {
                area = Area::Library;
            }
            match self.modules.get(prefix) {
                Some(Some(sink)) => area = Area::Harmful(*sink),
                Some(None) => area = Area::Unknown,
                None => {}
            }
        }
        area
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Area {
    Library,
    Harmful(Sink),
    Unknown,
}

fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn sink(line: &'static str) -> Option<(&'static str, Entry)> {
    let mut words = line.split(' ');
    let (path, sort) = (words.next()?, words.next()?);
    let advisory = words.next();
    let sort = match sort {
        "code" => Sort::Code,
        "files" => Sort::Files,
        "opens" => Sort::Opens,
        "network" => Sort::Network,
        "hides" => Sort::Hides,
        "wraps" => Sort::Wraps,
        "changes" => Sort::Changes,
        "scanner" => Sort::Scanner,
        "unknown" => return Some((path, None)),
        _ => return None,
    };
    Some((path, Some(Sink { sort, advisory })))
}

fn rule_named(name: &str) -> Option<Rule> {
    Some(match name {
        "attribute" => Rule::Attribute,
        "encode" => Rule::Encode,
        "reconstruct" => Rule::Reconstruct,
        "new-object" => Rule::NewObject,
        "new-object-ex" => Rule::NewObjectEx,
        "partial" => Rule::Partial,
        "names" => Rule::Names,
        "method" => Rule::Method,
        "item" => Rule::Item,
        "type-of" => Rule::TypeOf,
        "factory" => Rule::Factory,
        "array-class" => Rule::ArrayClass,
        "masked-class" => Rule::MaskedClass,
        "first-class" => Rule::FirstClass,
        "numpy-random" => Rule::NumpyRandom,
        "ufunc" => Rule::Ufunc,
        "calls-first" => Rule::CallsFirst,
        "nested" => Rule::Nested,
        "literals" => Rule::Literals,
        "dtype" => Rule::Dtype,
        "type-name" => Rule::TypeName,
        "array-wrapper" => Rule::ArrayWrapper,
        "other-file" => Rule::OtherFile,
        "enum" => Rule::Enum,
        "iterator" => Rule::Iterator,
        "mapping" => Rule::Mapping,
        "lazy" => Rule::Lazy,
        "union" => Rule::Union,
        "scalar" => Rule::Scalar,
        "zone" => Rule::Zone,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: [&str; 7] =
        [CONSTRUCTORS, CHECKED, LIBRARIES, MODULES, RENAMED, SINKS[0], SINKS[1]];

    #[test]
    fn every_list_is_sorted_and_names_nothing_twice() {
        for list in LISTS {
            let paths: Vec<&str> =
                lines(list).map(|line| line.split(' ').next().unwrap_or(line)).collect();
            assert!(paths.is_sorted_by(|one, other| one < other), "{:?}", first_unsorted(&paths));
        }
    }

    fn first_unsorted<'a>(paths: &[&'a str]) -> Option<(&'a str, &'a str)> {
        paths.windows(2).find(|pair| pair[0] >= pair[1]).map(|pair| (pair[0], pair[1]))
    }

    #[test]
    fn every_line_of_a_list_is_well_formed() {
        let is_path = |path: &str| {
            path.strip_suffix(".*").unwrap_or(path).split('.').all(names::is_identifier)
        };
        assert!(lines(CONSTRUCTORS).chain(lines(LIBRARIES)).chain(lines(MODULES)).all(is_path));
        assert!(lines(CHECKED).all(|line| {
            line.split_once(' ')
                .is_some_and(|(path, rule)| is_path(path) && rule_named(rule).is_some())
        }));
        assert!(lines(RENAMED).all(|line| {
            line.split_once(' ').is_some_and(|(old, new)| is_path(old) && is_path(new))
        }));
        for line in SINKS.into_iter().flat_map(lines) {
            assert!(sink(line).is_some_and(|(path, _)| is_path(path)), "{line}");
            assert!(line.split(' ').count() <= 3, "{line}");
        }
    }

    #[test]
    fn a_module_that_only_looks_like_one_of_a_library_is_unknown() {
        for module in ["sklearn.tree._clases", "numpy.corre.multiarray", "scipy.sparse.csr_"] {
            assert_eq!(standing(module, "Thing"), Standing::Unknown, "{module}");
        }
        for module in ["sklearn.tree._classes", "sklearn.tree.tree", "scipy.sparse._csr", "numpy"] {
            assert_eq!(standing(module, "Thing"), Standing::Library, "{module}");
        }
    }

    #[test]
    fn what_is_below_a_listed_module_is_listed() {
        let Standing::Sink(sink) = standing("idlelib.some.where", "thing") else { panic!() };
        assert_eq!(sink.sort, Sort::Code);
    }

    #[test]
    fn a_name_of_python_2_is_known_by_its_new_one() {
        assert_eq!(path_of("__builtin__", "eval"), "builtins.eval");
        assert_eq!(path_of("commands", "getoutput"), "subprocess.getoutput");
        assert_eq!(path_of("numpy._core.multiarray", "scalar"), "numpy.core.multiarray.scalar");
        assert_eq!(standing("copy_reg", "_reconstructor"), Standing::Checked(Rule::Reconstruct));
    }
}
