//! The extra fields of a zip, and the numbers of a header.

/// A header that is read from its start.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        let bytes = self.take(2)?.first_chunk::<2>()?;
        Some(u16::from_le_bytes(*bytes))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let bytes = self.take(4)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*bytes))
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        let bytes = self.take(8)?.first_chunk::<8>()?;
        Some(u64::from_le_bytes(*bytes))
    }
}

/// The first extra field with this id. Broken ones end the search, as tools do it.
pub(super) fn find(extra: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut fields = Fields(extra);
    loop {
        let id = fields.u16()?;
        let length = fields.u16()?;
        let value = fields.take(usize::from(length))?;
        if id == wanted {
            return Some(value);
        }
    }
}

/// The field that carries 64-bit sizes (APPNOTE 4.5.3).
pub(super) const ZIP64: u16 = 0x0001;
/// A name in UTF-8 (APPNOTE 4.6.9).
pub(super) const UNICODE_PATH: u16 = 0x7075;

/// A size that the 64-bit field holds where the short one is full.
pub(super) fn long(short: u32, zip64: &mut Fields<'_>) -> Option<u64> {
    if short == u32::MAX { zip64.u64() } else { Some(u64::from(short)) }
}

/// The characters of code page 437 above ASCII, in which names are that do not say otherwise
/// (APPNOTE, appendix D).
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";

/// A name as text. What says that it is UTF-8 and is not gets U+FFFD, which is noted as deceptive.
pub(super) fn name(bytes: &[u8], is_utf8: bool) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if is_utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => {
            let table: Vec<char> = CP437.chars().collect();
            let decode = |byte: &u8| match byte.checked_sub(0x80) {
                None => char::from(*byte),
                Some(at) => table.get(usize::from(at)).copied().unwrap_or('\u{FFFD}'),
            };
            bytes.iter().map(decode).collect()
        }
    }
}
