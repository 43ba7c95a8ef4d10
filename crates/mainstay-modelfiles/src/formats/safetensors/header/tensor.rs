//! What the header says of one tensor: `dtype`, `shape` and `data_offsets`.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::Reading;
use crate::description::Tensor;
use crate::formats::safetensors::layout::Spans;
use crate::json_walk::{Broken, Event, Text};

/// The most dimensions that a library has.
const MOST_DIMENSIONS: u64 = 64;

/// What is said of a tensor, as far as it was understood.
#[derive(Default)]
struct Statement<'a> {
    dtype: Option<Text<'a>>,
    shape: Option<Shape>,
    offsets: Option<(u64, u64)>,
}

/// Dimensions, and what they multiply to unless it overflows.
#[derive(Default)]
struct Shape {
    first: Vec<u64>,
    count: u64,
    elements: Option<u64>,
}

impl<'a> Reading<'_, 'a, '_> {
    pub(super) fn tensor(&mut self, name: Text<'a>, spans: &mut Spans) -> Result<(), Broken> {
        let depth = self.walk.depth();
        match self.walk.next()? {
            Some(Event::Object) => {}
            other => {
                self.malformed(name.at, "a tensor is not described by an object");
                if other == Some(Event::Array) {
                    self.walk.leave(depth + 1)?;
                }
                return Ok(());
            }
        }
        let mut statement = Statement::default();
        let mut is_understood = true;
        while let Some(Event::Key(field)) = self.walk.next()? {
            is_understood &= self.field(field, &mut statement)?;
        }
        if is_understood {
            self.judge(name, &statement, spans);
        }
        Ok(())
    }

    /// Reads a field. Whether it could be understood.
    fn field(&mut self, field: Text<'a>, into: &mut Statement<'a>) -> Result<bool, Broken> {
        let is_new = if field.is("dtype") {
            let Some(dtype) = self.text_value()? else { return Ok(self.odd(field, "a text")) };
            into.dtype.replace(dtype).is_none()
        } else if field.is("shape") {
            let Some(shape) = self.numbers()? else { return Ok(self.odd(field, "whole numbers")) };
            into.shape.replace(shape).is_none()
        } else if field.is("data_offsets") {
            let numbers = self.numbers()?;
            let Some(Shape { first, count: 2, .. }) = numbers else {
                return Ok(self.odd(field, "two whole numbers"));
            };
            let &[begin, end, ..] = &*first else { return Ok(false) };
            into.offsets.replace((begin, end)).is_none()
        } else {
            self.walk.skip()?;
            let message = "a tensor has a field that the format does not know: what stands in it \
                           is read by nobody, or by one reader only";
            let danger = Danger::new(DangerCode::OddContainer, self.at(field.at), message);
            self.examination.danger(danger.graded(Severity::Medium).shown(field.raw));
            true
        };
        if !is_new {
            let message = "a tensor states a field twice: some readers take the first, others \
                           the last";
            let danger = Danger::new(DangerCode::OddContainer, self.at(field.at), message);
            self.examination.danger(danger.shown(field.raw));
        }
        Ok(true)
    }

    fn odd(&mut self, field: Text<'_>, what: &str) -> bool {
        let message = format!("the field `{}` of a tensor should be {what}", field.value());
        self.malformed(field.at, &message);
        false
    }

    fn text_value(&mut self) -> Result<Option<Text<'a>>, Broken> {
        let depth = self.walk.depth();
        match self.walk.next()? {
            Some(Event::String(text)) => return Ok(Some(text)),
            Some(Event::Object | Event::Array) => self.walk.leave(depth + 1)?,
            _ => {}
        }
        Ok(None)
    }

    /// An array of whole numbers.
    fn numbers(&mut self) -> Result<Option<Shape>, Broken> {
        let depth = self.walk.depth();
        match self.walk.next()? {
            Some(Event::Array) => {}
            Some(Event::Object) => {
                self.walk.leave(depth + 1)?;
                return Ok(None);
            }
            _ => return Ok(None),
        }
        let mut shape = Shape { elements: Some(1), ..Shape::default() };
        loop {
            match self.walk.next()? {
                Some(Event::Number(number)) => {
                    let Ok(number) = number.parse::<u64>() else {
                        self.walk.leave(depth + 1)?;
                        return Ok(None);
                    };
                    shape.add(number);
                }
                Some(Event::End) => return Ok(Some(shape)),
                _ => {
                    self.walk.leave(depth + 1)?;
                    return Ok(None);
                }
            }
        }
    }

    fn judge(&mut self, name: Text<'_>, statement: &Statement<'_>, spans: &mut Spans) {
        let Statement { dtype: Some(dtype), shape: Some(shape), offsets: Some((begin, end)) } =
            statement
        else {
            return self.malformed(name.at, "a tensor lacks its type, its shape or its offsets");
        };
        let dtype = dtype.value();
        self.examination.describe(|description| {
            description.tensor(Tensor {
                name: name.value().into_owned(),
                dtype: dtype.clone().into_owned(),
                shape: shape.first.clone(),
                bytes: end.checked_sub(*begin),
            });
        });
        if shape.count > MOST_DIMENSIONS {
            self.malformed(name.at, "a tensor has more dimensions than any library has");
        }
        let Some(length) = end.checked_sub(*begin) else {
            return self.malformed(name.at, "a tensor ends before it begins");
        };
        spans.add(*begin, *end, name.at);
        self.size(name, &dtype, shape, length);
    }

    fn size(&mut self, name: Text<'_>, dtype: &str, shape: &Shape, length: u64) {
        let Some(bits) = bits_of(dtype) else {
            let shown = format!("dtype: {}", crate::odd_text::readable(dtype.as_bytes()));
            let message = "the type of a tensor is none that readers know, so they refuse the file";
            let danger = Danger::new(DangerCode::Malformed, self.at(name.at), message);
            // A type of tomorrow looks like those of today.
            let belongs = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            let is_plausible =
                dtype.len() < 16 && dtype.bytes().all(|byte| belongs(byte) || byte == b'_');
            let grade = if is_plausible { Severity::Medium } else { Severity::High };
            return self.examination.danger(danger.graded(grade).shown(shown));
        };
        let declared = shape.elements.and_then(|elements| elements.checked_mul(bits));
        let Some(declared) = declared else {
            return self.malformed(
                name.at,
                "the shape of a tensor multiplies to more than a computer can count: a careless \
                 reader would take too little memory and write behind it",
            );
        };
        if u128::from(declared) != u128::from(length) * 8 {
            let message = format!(
                "a tensor should have {} bytes by its type and shape, and its offsets give it \
                 {length}: a careless reader would read outside of it",
                declared.div_ceil(8)
            );
            self.malformed(name.at, &message);
        }
    }
}

impl Shape {
    fn add(&mut self, number: u64) {
        if self.count < MOST_DIMENSIONS {
            self.first.push(number);
        }
        self.count += 1;
        self.elements = self.elements.and_then(|product| product.checked_mul(number));
    }
}

/// The bits of one element.
fn bits_of(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "F4" => 4,
        "F6_E2M3" | "F6_E3M2" => 6,
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" | "F8_E4M3FNUZ"
        | "F8_E5M2FNUZ" => 8,
        "I16" | "U16" | "F16" | "BF16" => 16,
        "I32" | "U32" | "F32" => 32,
        "I64" | "U64" | "F64" | "C64" => 64,
        "C128" => 128,
        _ => return None,
    })
}
