//! The form that each kind of value has in JSON: that of `serde_json`.

use std::fmt;
use std::io::Write;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::{CleanJson, JsonError, is_plain};

/// One value, where the document has come to.
pub(super) struct Form<'a, W>(pub(super) &'a mut CleanJson<W>);

/// The members of an array or an object.
pub(super) struct Members<'a, W> {
    json: &'a mut CleanJson<W>,
    closes_with: &'static str,
    is_empty: bool,
    /// Whether it is the value of a variant, which is an object of one member around it.
    in_variant: bool,
}

impl<'a, W: Write> Members<'a, W> {
    fn array(json: &'a mut CleanJson<W>) -> Self {
        Self::of(json, "[", "]")
    }

    fn object(json: &'a mut CleanJson<W>) -> Self {
        Self::of(json, "{", "}")
    }

    fn of(json: &'a mut CleanJson<W>, opens_with: &str, closes_with: &'static str) -> Self {
        json.raw(opens_with);
        json.depth += 1;
        Self { json, closes_with, is_empty: true, in_variant: false }
    }

    /// The place of the next member.
    fn begin(&mut self) -> Result<(), JsonError> {
        if !self.is_empty {
            self.json.raw(",");
        }
        self.is_empty = false;
        self.json.pass_on()?;
        self.json.new_line();
        Ok(())
    }

    /// A name that a type gives: it is known to be plain.
    fn name(&mut self, name: &'static str) -> Result<(), JsonError> {
        debug_assert!(is_plain(name), "{name} needs an escape");
        self.begin()?;
        self.json.raw("\"");
        self.json.raw(name);
        self.json.raw("\"");
        self.json.colon();
        Ok(())
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), JsonError> {
        self.begin()?;
        value.serialize(Form(self.json))
    }

    fn close(self) {
        let Self { json, closes_with, is_empty, in_variant } = self;
        close(json, closes_with, is_empty);
        if in_variant {
            close(json, "}", false);
        }
    }
}

fn close<W: Write>(json: &mut CleanJson<W>, closes_with: &str, is_empty: bool) {
    json.depth -= 1;
    if !is_empty {
        json.new_line();
    }
    json.raw(closes_with);
}

impl<'a, W: Write> Form<'a, W> {
    /// The object around the value of a variant, as far as the value.
    fn variant(self, name: &'static str) -> Result<&'a mut CleanJson<W>, JsonError> {
        let mut around = Members::object(self.0);
        around.name(name)?;
        Ok(around.json)
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty)),* $(,)?) => {
        $(fn $method(self, value: $type) -> Result<(), JsonError> {
            self.0.scalar(value)
        })*
    };
}

impl<'a, W: Write> Serializer for Form<'a, W> {
    type Ok = ();
    type Error = JsonError;
    type SerializeSeq = Members<'a, W>;
    type SerializeTuple = Members<'a, W>;
    type SerializeTupleStruct = Members<'a, W>;
    type SerializeTupleVariant = Members<'a, W>;
    type SerializeMap = Members<'a, W>;
    type SerializeStruct = Members<'a, W>;
    type SerializeStructVariant = Members<'a, W>;

    scalars! {
        serialize_bool(bool),
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_i128(i128),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64),
        serialize_u128(u128),
        serialize_f32(f32), serialize_f64(f64),
    }

    fn serialize_char(self, value: char) -> Result<(), JsonError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), JsonError> {
        self.0.quoted(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), JsonError> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), JsonError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), JsonError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), JsonError> {
        self.0.raw("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), JsonError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), JsonError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), JsonError> {
        let json = self.variant(variant)?;
        value.serialize(Form(json))?;
        close(json, "}", false);
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'a, W>, JsonError> {
        Ok(Members::array(self.0))
    }

    fn serialize_tuple(self, _: usize) -> Result<Members<'a, W>, JsonError> {
        Ok(Members::array(self.0))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Members<'a, W>, JsonError> {
        Ok(Members::array(self.0))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'a, W>, JsonError> {
        Ok(Members { in_variant: true, ..Members::array(self.variant(variant)?) })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a, W>, JsonError> {
        Ok(Members::object(self.0))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a, W>, JsonError> {
        Ok(Members::object(self.0))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'a, W>, JsonError> {
        Ok(Members { in_variant: true, ..Members::object(self.variant(variant)?) })
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), JsonError> {
        struct Text<'a, W>(&'a mut CleanJson<W>);
        impl<W: Write> fmt::Write for Text<'_, W> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.text(text);
                Ok(())
            }
        }
        self.0.raw("\"");
        fmt::Write::write_fmt(&mut Text(self.0), format_args!("{value}"))
            .map_err(|_| JsonError::NoForm("a value that cannot be put into words".to_owned()))?;
        self.0.raw("\"");
        Ok(())
    }
}

macro_rules! elements {
    ($($trait:ident::$method:ident),* $(,)?) => {
        $(impl<W: Write> $trait for Members<'_, W> {
            type Ok = ();
            type Error = JsonError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
                self.element(value)
            }

            fn end(self) -> Result<(), JsonError> {
                self.close();
                Ok(())
            }
        })*
    };
}

elements! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

macro_rules! fields {
    ($($trait:ident),*) => {
        $(impl<W: Write> $trait for Members<'_, W> {
            type Ok = ();
            type Error = JsonError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), JsonError> {
                self.name(name)?;
                value.serialize(Form(self.json))
            }

            fn end(self) -> Result<(), JsonError> {
                self.close();
                Ok(())
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);

impl<W: Write> SerializeMap for Members<'_, W> {
    type Ok = ();
    type Error = JsonError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), JsonError> {
        self.begin()?;
        let at = self.json.waiting.len();
        key.serialize(Form(self.json))?;
        if self.json.waiting.get(at) != Some(&b'"') {
            return Err(JsonError::NoForm("a key that is no text".to_owned()));
        }
        self.json.colon();
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), JsonError> {
        value.serialize(Form(self.json))
    }

    fn end(self) -> Result<(), JsonError> {
        self.close();
        Ok(())
    }
}
