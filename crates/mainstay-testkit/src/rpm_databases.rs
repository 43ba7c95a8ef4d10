//! RPM databases built by the descriptions of their formats: headers, and the `SQLite` and NDB files
//! that hold them.

const PAGE: usize = 4096;

/// The header of a package, with so many bytes of filling.
pub fn rpm_header(
    name: &str,
    version: &str,
    release: &str,
    epoch: Option<u32>,
    source: &str,
    filling: usize,
) -> Vec<u8> {
    let mut data = Vec::new();
    let mut table: Vec<[u32; 4]> = Vec::new();
    if let Some(epoch) = epoch {
        table.push([1003, 4, 0, 1]);
        data.extend(epoch.to_be_bytes());
    }
    let texts = [(1000, name), (1001, version), (1002, release), (1022, "x86_64"), (1044, source)];
    for (tag, text) in texts {
        table.push([tag, 6, u32::try_from(data.len()).unwrap(), 1]);
        data.extend(text.bytes());
        data.push(0);
    }
    data.resize(data.len() + filling, b'x');
    let mut blob = Vec::new();
    blob.extend(u32::try_from(table.len()).unwrap().to_be_bytes());
    blob.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    blob.extend(table.into_iter().flatten().flat_map(u32::to_be_bytes));
    blob.extend(data);
    blob
}

/// The header, with files: for each the position of its folder, and its name. Nobody asks whether
/// the folder is there.
pub fn rpm_files(header: &[u8], folders: &[&str], files: &[(u32, &str)]) -> Vec<u8> {
    let zero_ended = |texts: &mut dyn Iterator<Item = &str>| -> Vec<u8> {
        texts.flat_map(|text| text.bytes().chain([0])).collect()
    };
    let indexes = files.iter().flat_map(|(folder, _)| folder.to_be_bytes()).collect();
    let names = zero_ended(&mut files.iter().map(|(_, name)| *name));
    let header = rpm_tag(header, 1116, 4, files.len(), indexes);
    let header = rpm_tag(&header, 1117, 8, files.len(), names);
    rpm_tag(&header, 1118, 8, folders.len(), zero_ended(&mut folders.iter().copied()))
}

/// The header, with one more tag: its number, its type, how many values it has, and these.
pub fn rpm_tag(header: &[u8], tag: u32, kind: u32, count: usize, values: Vec<u8>) -> Vec<u8> {
    let number = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap());
    let (entries, bytes) = (number(0), number(4));
    let (table, data) = header[8..].split_at(usize::try_from(entries).unwrap() * 16);
    let more = u32::try_from(values.len()).unwrap();
    let entry = [tag, kind, bytes, u32::try_from(count).unwrap()];
    let head = [entries + 1, bytes + more].into_iter().flat_map(u32::to_be_bytes);
    head.chain(table.iter().copied())
        .chain(entry.into_iter().flat_map(u32::to_be_bytes))
        .chain(data.iter().copied())
        .chain(values)
        .collect()
}

/// A database whose first page has the schema and whose second is the root of `Packages`.
pub fn rpm_sqlite(blobs: &[Vec<u8>]) -> Vec<u8> {
    let mut pages: Vec<Vec<u8>> = vec![Vec::new(), Vec::new()];
    let mut leaves = Vec::new();
    let mut cells: Vec<Vec<u8>> = Vec::new();
    let mut room = PAGE - 8;
    for (key, blob) in (1_u64..).zip(blobs) {
        let kind = u64::try_from(blob.len()).unwrap() * 2 + 12;
        let record = record(&[(0, &[]), (kind, blob)]);
        let cell = cell(key, &record, &mut pages);
        if cell.len() + 2 > room {
            leaves.push((key - 1, std::mem::take(&mut cells)));
            room = PAGE - 8;
        }
        room -= cell.len() + 2;
        cells.push(cell);
    }
    leaves.push((u64::try_from(blobs.len()).unwrap(), cells));
    if leaves.len() == 1 {
        pages[1] = leaf(0, &leaves[0].1);
    } else {
        let mut pointers = Vec::new();
        for (key, cells) in &leaves {
            pages.push(leaf(0, cells));
            let number = u32::try_from(pages.len()).unwrap();
            pointers.push((number, *key));
        }
        pages[1] = interior(&pointers);
    }
    let sql = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)";
    let text = |text: &str| u64::try_from(text.len()).unwrap() * 2 + 13;
    let schema = record(&[
        (text("table"), b"table"),
        (text("Packages"), b"Packages"),
        (text("Packages"), b"Packages"),
        (1, &[2]),
        (text(sql), sql.as_bytes()),
    ]);
    let first = cell(1, &schema, &mut pages);
    pages[0] = leaf(100, &[first]);
    let head = &mut pages[0];
    head[..16].copy_from_slice(b"SQLite format 3\0");
    head[16..18].copy_from_slice(&4096_u16.to_be_bytes());
    head[56..60].copy_from_slice(&1_u32.to_be_bytes());
    pages.concat()
}

fn record(columns: &[(u64, &[u8])]) -> Vec<u8> {
    let kinds: Vec<u8> = columns.iter().flat_map(|(kind, _)| varint(*kind)).collect();
    let mut record = varint(u64::try_from(kinds.len()).unwrap() + 1);
    record.extend(kinds);
    record.extend(columns.iter().flat_map(|(_, bytes)| bytes.iter().copied()));
    record
}

fn cell(key: u64, record: &[u8], pages: &mut Vec<Vec<u8>>) -> Vec<u8> {
    let mut cell = varint(u64::try_from(record.len()).unwrap());
    cell.extend(varint(key));
    let (most, least) = (PAGE - 35, (PAGE - 12) * 32 / 255 - 23);
    if record.len() <= most {
        cell.extend(record);
        return cell;
    }
    let wanted = least + (record.len() - least) % (PAGE - 4);
    let (here, rest) = record.split_at(if wanted <= most { wanted } else { least });
    cell.extend(here);
    cell.extend(u32::try_from(pages.len() + 1).unwrap().to_be_bytes());
    let parts: Vec<_> = rest.chunks(PAGE - 4).collect();
    for (at, part) in parts.iter().enumerate() {
        let is_end = at + 1 == parts.len();
        let next = if is_end { 0 } else { u32::try_from(pages.len() + 2).unwrap() };
        let mut page = next.to_be_bytes().to_vec();
        page.extend(*part);
        page.resize(PAGE, 0);
        pages.push(page);
    }
    cell
}

fn leaf(head: usize, cells: &[Vec<u8>]) -> Vec<u8> {
    page(13, head, 8, None, cells)
}

fn interior(children: &[(u32, u64)]) -> Vec<u8> {
    let (last, others) = children.split_last().unwrap();
    let cells: Vec<Vec<u8>> = others
        .iter()
        .map(|(page, key)| page.to_be_bytes().into_iter().chain(varint(*key)).collect())
        .collect();
    page(5, 0, 12, Some(last.0), &cells)
}

fn page(kind: u8, head: usize, size: usize, right: Option<u32>, cells: &[Vec<u8>]) -> Vec<u8> {
    let mut page = vec![0; PAGE];
    page[head] = kind;
    page[head + 3..head + 5].copy_from_slice(&u16::try_from(cells.len()).unwrap().to_be_bytes());
    if let Some(right) = right {
        page[head + 8..head + 12].copy_from_slice(&right.to_be_bytes());
    }
    let mut end = PAGE;
    for (at, cell) in cells.iter().enumerate() {
        end -= cell.len();
        page[end..end + cell.len()].copy_from_slice(cell);
        let place = head + size + 2 * at;
        page[place..place + 2].copy_from_slice(&u16::try_from(end).unwrap().to_be_bytes());
    }
    page
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(number & 0x7F).unwrap()];
    number >>= 7;
    while number > 0 {
        bytes.push(u8::try_from(number & 0x7F).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.reverse();
    bytes
}

/// One page of slots, then the packages.
pub fn rpm_ndb(blobs: &[Vec<u8>]) -> Vec<u8> {
    let mut slots = Vec::new();
    for number in [u32::from_le_bytes(*b"RpmP"), 0, 1, 1, 2, 0, 0, 0] {
        slots.extend(number.to_le_bytes());
    }
    let mut body: Vec<u8> = Vec::new();
    for (package, blob) in (1_u32..).zip(blobs) {
        let block = u32::try_from((PAGE + body.len()) / 16).unwrap();
        let blocks = u32::try_from((blob.len() + 28).div_ceil(16)).unwrap();
        for number in [u32::from_le_bytes(*b"Slot"), package, block, blocks] {
            slots.extend(number.to_le_bytes());
        }
        let length = u32::try_from(blob.len()).unwrap();
        for number in [u32::from_le_bytes(*b"BlbS"), package, 1, length] {
            body.extend(number.to_le_bytes());
        }
        body.extend(blob);
        body.resize(body.len().next_multiple_of(16) + 16, 0);
    }
    while slots.len() < PAGE {
        slots.extend(*b"Slot");
        slots.extend([0; 12]);
    }
    slots.extend(body);
    slots
}
