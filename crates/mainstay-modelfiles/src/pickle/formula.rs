//! Formulas of models, as patsy and formulaic read them: `y ~ x1 + C(x2) + np.log(x3)`.
//!
//! Both evaluate each term as Python. A formula is harmless if it is made of names, numbers,
//! operators and calls of the functions that formulas are written with, and of nothing else.

/// Functions of formulas.
const FUNCTIONS: [&str; 34] = [
    "C",
    "Diff",
    "Helmert",
    "I",
    "Poly",
    "Q",
    "Sum",
    "Treatment",
    "abs",
    "bs",
    "cc",
    "center",
    "contr.diff",
    "contr.helmert",
    "contr.poly",
    "contr.sum",
    "contr.treatment",
    "cr",
    "cs",
    "exp",
    "hashed",
    "lag",
    "log",
    "log10",
    "log1p",
    "log2",
    "max",
    "min",
    "poly",
    "scale",
    "sqrt",
    "standardize",
    "te",
    "tensor",
];
/// Functions of numpy that take numbers and give numbers.
const OF_NUMPY: [&str; 30] = [
    "abs",
    "absolute",
    "arcsinh",
    "arctan",
    "cbrt",
    "ceil",
    "clip",
    "cos",
    "exp",
    "expm1",
    "floor",
    "log",
    "log10",
    "log1p",
    "log2",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "power",
    "reciprocal",
    "round",
    "sign",
    "sin",
    "sqrt",
    "square",
    "std",
    "tan",
    "tanh",
];
/// Names of Python that no column has. `C(x, name)` calls what it is given.
const OF_PYTHON: [&str; 9] =
    ["breakpoint", "compile", "eval", "exec", "exit", "globals", "lambda", "locals", "quit"];
/// The longest formula that is looked at.
const LONGEST: usize = 100_000;

/// What stood before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// An operator, an opening bracket, or nothing.
    Operator,
    /// A name that may be called.
    Function,
    /// A name, a number, a text or a closing bracket.
    Operand,
}

/// Whether a formula does nothing but compute numbers.
pub(super) fn is_plain(formula: &str) -> bool {
    let mut rest = formula;
    let mut before = Before::Operator;
    while let Some(first) = rest.chars().next() {
        let Some((next, length)) = token(rest, first, before) else { return false };
        before = next;
        rest = rest.get(length..).unwrap_or_default();
    }
    formula.len() <= LONGEST
}

/// Takes a token: what it is, and how long. `None` if it is none of a plain formula.
fn token(rest: &str, first: char, before: Before) -> Option<(Before, usize)> {
    match first {
        ' ' | '\n' | '\t' | '\r' => Some((before, 1)),
        '\'' | '"' | '`' => {
            let inner = rest.get(1..)?;
            let end = inner.find(first)?;
            let name = inner.get(..end)?;
            let is_name = |each: char| each.is_alphanumeric() || "_ .-".contains(each);
            // Two texts, or a text behind a name, are written by nobody: `b"..."`, `f"..."`.
            let is_plain = before == Before::Operator
                && !name.is_empty()
                && !name.contains("__")
                && name.chars().all(is_name);
            is_plain.then_some((Before::Operand, end + 2))
        }
        '0'..='9' => {
            let number = number_of(rest);
            let is_number = number.parse::<f64>().is_ok() && before == Before::Operator;
            is_number.then_some((Before::Operand, number.len()))
        }
        '(' => (before != Before::Operand).then_some((Before::Operator, 1)),
        // A list of values; behind an operand it would take an item of it.
        '[' => (before == Before::Operator).then_some((Before::Operator, 1)),
        ')' | ']' => Some((Before::Operand, 1)),
        '.' if before == Before::Operator => Some((Before::Operand, 1)),
        _ if "~+-*/:^|,=<>!&%".contains(first) => Some((Before::Operator, 1)),
        _ if first == '_' || first.is_alphabetic() => {
            let is_part = |each: char| each == '_' || each == '.' || each.is_alphanumeric();
            let length = rest.find(|each| !is_part(each)).unwrap_or(rest.len());
            let name = rest.get(..length)?;
            let is_of_numpy = name
                .strip_prefix("np.")
                .or_else(|| name.strip_prefix("numpy."))
                .is_some_and(|last| OF_NUMPY.contains(&last));
            let is_called = is_of_numpy || FUNCTIONS.contains(&name);
            let is_plain = is_called
                || (!name.contains('.') && !name.contains("__") && !OF_PYTHON.contains(&name));
            let kind = if is_called { Before::Function } else { Before::Operand };
            (is_plain && before == Before::Operator).then_some((kind, length))
        }
        _ => None,
    }
}

/// What reads as a number, with the sign of an exponent.
fn number_of(rest: &str) -> &str {
    let is_part = |each: char| each.is_ascii_alphanumeric() || each == '.' || each == '_';
    let plain = rest.find(|each| !is_part(each)).unwrap_or(rest.len());
    let begun = rest.get(..plain).unwrap_or_default();
    let behind = rest.get(plain..).unwrap_or_default();
    if begun.ends_with(['e', 'E']) && behind.starts_with(['+', '-']) {
        let behind = behind.get(1..).unwrap_or_default();
        let more = behind.find(|each| !is_part(each)).unwrap_or(behind.len());
        return rest.get(..plain + 1 + more).unwrap_or_default();
    }
    begun
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_formulas_are_plain() {
        for formula in [
            "y ~ x1 + C(x2) + np.log(x3) + I(x1 ** 2)",
            "np.log(price) ~ Q('floor area') * C(kind, Treatment(reference=\"none\")) - 1",
            "Lottery ~ Literacy + Wealth + C(Region)",
            "y ~ bs(x, df=4, degree=3) + center(z):w + (a + b) ** 2 | 0 + `some name`",
            "y ~ .",
            "y ~ I(x > 1.5e-3) + C(kind, levels=['a', 'b'])",
            "größe ~ alter",
        ] {
            assert!(is_plain(formula), "{formula}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for formula in [
            "y ~ print('inert')",
            "y ~ __import__",
            "y ~ np.load(x)",
            "y ~ np.lib",
            "y ~ x.values",
            "y ~ C (x)(z)",
            "y ~ I(x)[0](z)",
            "y ~ [print][0]('inert')",
            "y ~ 'a'.join(x)",
            "y ~ 1 .real",
            "y ~ 1.0.real",
            "y ~ (lambda: 0)()",
            "y ~ [z for z in x]",
            "y ~ {print('inert')}",
            "y ~ I(x) ; z",
            "y ~ print (x)",
            "y ~ print\n(x)",
            "y ~ f'{x}'",
            "y ~ '''a''' + '''('''",
            "y ~ \"a\\\" + print(x) #\"",
            "y ~ C(x, breakpoint)",
            "y ~ @x",
            "y ~ x # (",
        ] {
            assert!(!is_plain(formula), "{formula}");
        }
    }
}
